//! What stands around the plot of a drawing: axes with units, times, legend.

use super::draw::Series;
use crate::evaluate::figures::axis::{Plot, ticks};
use crate::evaluate::figures::style::{Colour, LINE, LINE_STRONG, SERIES, SMALL, TEXT2, TEXT3};
use crate::evaluate::figures::{Anchor, Sheet};
use crate::evaluate::numbers::fixed;
use crate::plant::Calendar;
use crate::signal::{Alarm, Signal, format_number};

/// Colours of series.
pub(super) const COLOURS: [Colour; 8] = SERIES;

/// Room for an axis and its numbers, points.
const AXIS: f64 = 54.0;

/// Steps of time between marks, s.
const STEPS_S: [f64; 16] = [
    5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1_800.0, 3_600.0, 7_200.0, 10_800.0, 21_600.0, 43_200.0,
    86_400.0, 172_800.0,
];

/// The plot of a drawing with so many axes at its right.
pub(super) fn place((width, height): (f64, f64), right_axes: usize) -> Plot {
    let (left, top) = (AXIS + 6.0, 56.0);
    let right = (AXIS * right_axes as f64).min(width * 0.5) + 16.0;
    let (width, height) = ((width - left - right).max(40.0), (height - top - 26.0).max(30.0));
    Plot { left, top, width, height, x: (0.0, 1.0), y: (0.0, 1.0) }
}

/// `, MW`; nothing for pure numbers.
pub(super) fn unit_words(unit: &str) -> String {
    if unit.is_empty() { String::new() } else { format!(", {unit}") }
}

/// `warn 33`.
pub(super) fn limit_words(at: f64, alarm: Alarm, signal: &Signal) -> String {
    let word = if alarm == Alarm::Trip { "trip" } else { "warn" };
    let digits =
        (0..=signal.decimals).find(|d| (format!("{at:.d$}").parse::<f64>().unwrap_or(f64::NAN) - at).abs() < 1e-9);
    let unit = if signal.unit.is_empty() { String::new() } else { format!(" {}", signal.unit) };
    format!("{word} {}{unit}", format_number(at, digits.unwrap_or(signal.decimals)))
}

/// A value axis.
pub(super) struct Axes<'a> {
    /// Where, and which values.
    pub plot: &'a Plot,
    /// Its number: the first stands at the left, the others at the right, one beside the other.
    pub number: usize,
    /// How many there are.
    pub of: usize,
    /// Its unit.
    pub unit: &'a str,
    /// The series that are read on it.
    pub series: &'a [Series<'a>],
}

impl Axes<'_> {
    /// Draws it; hairlines only for the first.
    pub fn draw(&self, sheet: &mut Sheet) {
        let plot = self.plot;
        let (marks, decimals) = ticks(plot.y, (plot.height / 34.0).clamp(2.0, 8.0) as usize);
        let x = if self.number == 0 { plot.left } else { plot.left + plot.width + AXIS * (self.number - 1) as f64 };
        for mark in marks {
            let y = plot.at_y(mark);
            let words = fixed(mark, decimals);
            if self.number == 0 {
                sheet.line(vec![(plot.left, y), (plot.left + plot.width, y)], LINE, 0.75);
                sheet.text((x - 5.0, y), &words, SMALL, TEXT3, Anchor::Right);
            } else {
                sheet.line(vec![(x, y), (x + 3.0, y)], LINE_STRONG, 0.75);
                sheet.text((x + 6.0, y), &words, SMALL, TEXT3, Anchor::Left);
            }
        }
        // Where there are several axes each has the colour of its first series.
        let colour = self.series.first().filter(|_| self.of > 1).map_or(LINE_STRONG, |s| s.colour);
        let thick = if self.of > 1 { 2.0 } else { 0.75 };
        sheet.line(vec![(x, plot.top), (x, plot.top + plot.height)], colour, thick);
        let (at, anchor) = if self.number == 0 {
            ((x - 5.0, plot.top - 10.0), Anchor::Right)
        } else {
            ((x + 2.0, plot.top - 10.0), Anchor::Left)
        };
        let words = if self.unit.is_empty() && self.of > 1 { "1" } else { self.unit };
        sheet.text(at, words, SMALL, TEXT2, anchor);
    }
}

/// Times below a plot whose horizontal axis counts ticks.
pub(super) fn time_axis(sheet: &mut Sheet, plot: &Plot, calendar: &Calendar) {
    let tick_s = f64::from(calendar.tick_s.max(1));
    let (from, to) = plot.x;
    let span_s = (to - from) * tick_s;
    let raw = span_s / (plot.width / 72.0).clamp(2.0, 24.0);
    let step = STEPS_S.into_iter().find(|s| *s >= raw).unwrap_or_else(|| (raw / 86_400.0).ceil() * 86_400.0);
    let start = calendar.start;
    let offset = f64::from(start.hour()) * 3_600.0 + f64::from(start.minute()) * 60.0 + f64::from(start.second());
    let first = ((from * tick_s + offset) / step).ceil();
    let bottom = plot.top + plot.height;
    sheet.line(vec![(plot.left, bottom), (plot.left + plot.width, bottom)], LINE_STRONG, 0.75);
    for k in 0..=((span_s / step) as usize).min(200) {
        let second = (first + k as f64) * step - offset;
        let at = second / tick_s;
        if at > to {
            break;
        }
        let x = plot.at_x(at);
        sheet.line(vec![(x, plot.top), (x, bottom)], LINE, 0.75);
        sheet.line(vec![(x, bottom), (x, bottom + 3.0)], LINE_STRONG, 0.75);
        let time = calendar.start.saturating_add(jiff::SignedDuration::from_secs(second.round() as i64));
        let words = if step >= 86_400.0 {
            time.strftime("%-d %b").to_string()
        } else if step < 60.0 {
            time.strftime("%H:%M:%S").to_string()
        } else {
            time.strftime("%H:%M").to_string()
        };
        sheet.text((x, bottom + 11.0), &words, SMALL, TEXT3, Anchor::Middle);
    }
}

/// Names of series in the line above a plot, each with a sample of its colour and a word more where there is room.
pub(super) fn legend(sheet: &mut Sheet, plot: &Plot, series: &[Series<'_>], more: impl Fn(usize) -> String) {
    let y = 38.0;
    let mut x = plot.left;
    let right = sheet.width - 12.0;
    for (k, s) in series.iter().enumerate() {
        let name = format!("{}{}", s.signal.label, unit_words(&s.signal.unit));
        let more = more(k);
        let long = if more.is_empty() { name.clone() } else { format!("{name} ({more})") };
        let fits = |words: &String| x + 18.0 + Sheet::width_of(words, SMALL) <= right;
        let Some(words) = [long, name].into_iter().find(fits) else {
            if x + 60.0 <= right {
                sheet.text((x, y), &format!("{} more", series.len() - k), SMALL, TEXT3, Anchor::Left);
            }
            return;
        };
        sheet.rect((x, y - 1.5), (12.0, 3.0), s.colour);
        sheet.text((x + 17.0, y), &words, SMALL, TEXT2, Anchor::Left);
        x += 17.0 + Sheet::width_of(&words, SMALL) + 18.0;
    }
}
