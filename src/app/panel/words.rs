//! Numbers and times as the window prints them.

use crate::plant::{CivilTime, Severity};
use crate::session::{EventView, RunView, Speed};
use crate::signal::{Signal, format_number};

/// The space between a number and its unit, which no line breaks at.
pub(super) const SPACE: &str = "\u{A0}";

/// `14:20:35`.
pub(super) fn clock(time: CivilTime) -> String {
    format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second())
}

/// `13 Jul 2024`.
pub(super) fn date(time: CivilTime) -> String {
    time.strftime("%-d %b %Y").to_string()
}

/// `13 Jul`.
pub(super) fn short_date(time: CivilTime) -> String {
    time.strftime("%-d %b").to_string()
}

/// Simulated seconds of so many ticks.
pub(super) fn seconds(view: &RunView, ticks: f64) -> f64 {
    ticks * f64::from(view.spec.calendar.tick_s)
}

/// A length of time in the largest unit that keeps it a round number: `5 s`, `15 min`, `1 h`.
pub(super) fn duration(seconds: f64) -> String {
    let whole = seconds.round().max(0.0) as u64;
    match whole {
        0..=119 if !whole.is_multiple_of(60) || whole == 0 => format!("{whole} s"),
        60..=7_199 if !whole.is_multiple_of(3_600) && whole.is_multiple_of(60) => format!("{} min", whole / 60),
        0..=7_199 if !whole.is_multiple_of(3_600) => format!("{} min {} s", whole / 60, whole % 60),
        _ if whole.is_multiple_of(86_400) => format!("{} d", whole / 86_400),
        _ if whole.is_multiple_of(3_600) => format!("{} h", whole / 3_600),
        _ => format!("{} h {} min", whole / 3_600, whole % 3_600 / 60),
    }
}

/// Time left: `03:25`, with hours `1:03:25`.
pub(super) fn countdown(seconds: f64) -> String {
    let whole = seconds.max(0.0).ceil() as u64;
    let (hours, minutes, seconds) = (whole / 3_600, whole / 60 % 60, whole % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes:02}:{seconds:02}") }
}

/// Time to a decision that is so many ticks away: `now` when the next tick is one.
pub(super) fn decision_in(view: &RunView, ticks: u64) -> String {
    if ticks == 0 { "now".to_owned() } else { countdown(seconds(view, (ticks as f64 - view.fraction).max(0.0))) }
}

/// A whole number in groups of three: `10 327`.
pub(super) fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('\u{202F}');
        }
        out.push(digit);
    }
    out
}

/// A factor of time: `598×`, `12.4k×`.
pub(super) fn factor(value: f64) -> String {
    if !value.is_finite() || value < 0.0 {
        return "–".to_owned();
    }
    match value {
        v if v < 10.0 => format!("{v:.1}×"),
        v if v < 9_999.5 => format!("{v:.0}×"),
        v if v < 999_500.0 => format!("{:.1}k×", v / 1_000.0),
        v => format!("{:.1}M×", v / 1_000_000.0),
    }
}

/// The wanted speed: `600×`, `Max`.
pub(super) fn speed(speed: Speed) -> String {
    speed.to_string()
}

/// A value with sign: `+6.49`, `−6.49`, `0.00`.
pub(super) fn signed(value: f64, decimals: usize) -> String {
    let text = format_number(value, decimals);
    let zero = text.bytes().all(|b| matches!(b, b'0' | b'.'));
    if value > 0.0 && !zero { format!("+{text}") } else { text }
}

/// A signal's value with its unit: `31.20 °C`.
pub(super) fn value_unit(signal: &Signal, value: f64) -> String {
    let number = number_of(signal, value);
    if signal.unit.is_empty() { number } else { format!("{number}{SPACE}{}", signal.unit) }
}

/// A signal's value, with a sign where both signs mean something.
pub(super) fn number_of(signal: &Signal, value: f64) -> String {
    if signal.range.0 < 0.0 && signal.range.1 > 0.0 { signed(value, signal.decimals) } else { signal.format(value) }
}

/// Digits after the decimal point that tell a step apart, at most four.
pub(super) fn decimals_of(step: f64) -> usize {
    let mut decimals = 0;
    let mut scaled = step.abs();
    while decimals < 4 && scaled.is_finite() && scaled > 0.0 && (scaled - scaled.round()).abs() > 1e-6 {
        scaled *= 10.0;
        decimals += 1;
    }
    decimals
}

/// A word for a severity.
pub(super) fn severity(kind: Severity) -> &'static str {
    match kind {
        Severity::Note => "Note",
        Severity::Warning => "Warning",
        Severity::Trip => "Trip",
    }
}

/// Ticks run at the instant of an event.
pub(super) fn instant(_: &RunView, event: &EventView) -> u64 {
    event.instant
}

/// A text with its first letter in upper case.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// A class of things as people write it: as its label does (`UPS`), else abbreviations in capitals.
pub(super) fn class(class: &str, label: &str) -> String {
    let written = label.split_whitespace().find(|word| word.eq_ignore_ascii_case(class));
    let abbreviated = !class.to_lowercase().contains(['a', 'e', 'i', 'o', 'u', 'y']);
    match written {
        Some(word) => sentence(word),
        None if abbreviated => class.to_uppercase(),
        None => sentence(class),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_short() {
        let texts = [5.0, 60.0, 90.0, 900.0, 3_600.0, 5_400.0, 86_400.0, 8_100.0].map(duration);
        assert_eq!(texts, ["5 s", "1 min", "90 s", "15 min", "1 h", "90 min", "1 d", "2 h 15 min"]);
    }

    #[test]
    fn countdowns_round_up_and_never_go_below_zero() {
        assert_eq!(countdown(204.2), "03:25");
        assert_eq!(countdown(-3.0), "00:00");
        assert_eq!(countdown(3_661.0), "1:01:01");
        assert_eq!(countdown(f64::NAN), "00:00");
    }

    #[test]
    fn factors_and_numbers_keep_their_form() {
        assert_eq!(factor(598.4), "598×");
        assert_eq!(factor(12_440.0), "12.4k×");
        assert_eq!(factor(f64::INFINITY), "–");
        assert_eq!(grouped(10_327), "10\u{202F}327");
        assert_eq!(grouped(327), "327");
        assert_eq!(signed(6.494, 2), "+6.49");
        assert_eq!(signed(-0.001, 2), "0.00");
        assert_eq!(decimals_of(0.05), 2);
        assert_eq!(decimals_of(1.0), 0);
        assert_eq!(decimals_of(f64::NAN), 0);
        assert_eq!(sentence("the episode"), "The episode");
        assert_eq!(class("ups", "UPS A"), "UPS");
        assert_eq!(class("pcc", "Grid connection"), "PCC");
        assert_eq!(class("row", "Lane 7"), "Row");
    }
}
