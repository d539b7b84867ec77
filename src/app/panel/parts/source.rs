//! Where the numbers of parts come from, and how they are written.

use std::collections::HashMap;
use std::sync::Arc;

use crate::plant::{Readout, Slot, Source};
use crate::record::Recording;
use crate::session::RunView;
use crate::signal::{Signal, SignalId, format_number};

/// Minutes that a slope is taken over.
const SLOPE_MINUTES: f64 = 5.0;

/// Values that took a scan over rows, kept as long as the picture is the same.
#[derive(Debug, Clone, Default)]
pub(in crate::app::panel) struct Memo {
    /// Run, picture and tick that the values belong to.
    stamp: (u64, u64, u64),
    values: HashMap<Key, f64>,
    /// What slots earned, with the number of rows that are in it.
    earned: HashMap<(SignalId, usize), (u64, f64)>,
    /// The last row that was in sight: while it stands where it stood, what was earned before it stands too.
    seen: Option<(u64, Arc<[f64]>)>,
}

/// What a kept value is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Sum(SignalId),
    SumSince(SignalId, usize),
    RmsSince(SignalId, usize),
}

impl Memo {
    /// The value of a source, scanned at most once a picture.
    pub fn value(&mut self, view: &RunView, source: &Source) -> f64 {
        let key = match *source {
            Source::Sum(signal) => Key::Sum(signal),
            Source::SumSince(signal, slot) => Key::SumSince(signal, slot),
            Source::RmsSince(signal, slot) => Key::RmsSince(signal, slot),
            _ => return value(view, source),
        };
        self.keep(view, key, || value(view, source))
    }

    /// Sum of a slot's reward, or of one of its terms, over the run: once a decision where it holds only then.
    pub fn earned(&mut self, view: &RunView, signal: SignalId, slot: usize) -> f64 {
        let Some(spec) = view.spec.slots.get(slot) else { return f64::NAN };
        match spec.reward_when {
            None => self.value(view, &Source::Sum(signal)),
            Some(flag) => {
                self.follow(view);
                let rows = view.recording.rows();
                let (counted, so_far) = self.earned.get(&(signal, slot)).copied().unwrap_or((0, f64::NAN));
                // A sum of which rows have gone from memory is not known.
                if !view.recording.missing(counted, rows).is_empty() {
                    return f64::NAN;
                }
                let sum = closings(spec, counted, rows)
                    .filter(|row| view.recording.value(*row, flag) == 1.0)
                    .map(|row| view.recording.value(row, signal))
                    .filter(|v| v.is_finite())
                    .fold(so_far, |sum, v| if sum.is_nan() { v } else { sum + v });
                self.earned.insert((signal, slot), (rows, sum));
                sum
            }
        }
    }

    fn keep(&mut self, view: &RunView, key: Key, make: impl FnOnce() -> f64) -> f64 {
        self.follow(view);
        *self.values.entry(key).or_insert_with(make)
    }

    /// Forgets what another picture told; what was earned stands as long as the run only went on.
    fn follow(&mut self, view: &RunView) {
        let stamp = (view.run, view.generation, view.tick);
        if self.stamp == stamp {
            return;
        }
        let same_run = self.stamp.0 == view.run;
        self.stamp = stamp;
        self.values.clear();
        let stands = |(rows, row): &(u64, Arc<[f64]>)| {
            let mut now = vec![f64::NAN; row.len()];
            let known = rows.checked_sub(1).is_some_and(|last| view.recording.row(last, &mut now));
            known && now.iter().zip(row.iter()).all(|(a, b)| a.to_bits() == b.to_bits())
        };
        if !(same_run && self.seen.as_ref().is_some_and(stands)) {
            self.earned.clear();
        }
        self.seen = Some((view.recording.rows(), Arc::clone(&view.row)));
    }
}

/// The value of a source now; NaN where there is none.
pub(in crate::app::panel) fn value(view: &RunView, source: &Source) -> f64 {
    let rows = view.recording.rows();
    match *source {
        Source::Signal(signal) => view.value(signal),
        Source::Metric(metric) => view.metrics.get(metric).copied().unwrap_or(f64::NAN),
        Source::Sum(signal) => sum(view, signal, 0, rows),
        Source::SumSince(signal, slot) => match last_decision(view, slot) {
            Some(from) => sum(view, signal, from, rows),
            None => f64::NAN,
        },
        Source::RmsSince(signal, slot) => match last_decision(view, slot) {
            Some(from) => rms(&view.recording, signal, from, rows),
            None => f64::NAN,
        },
        Source::SlopePerMinute(signal) => slope_per_minute(view, signal),
        Source::Change(signal) => view.value(signal) - view.recording.value(0, signal),
    }
}

/// Sum of a column over rows; NaN where there are none, and where none of them has a number: nothing known is not zero.
fn sum(view: &RunView, signal: SignalId, from: u64, to: u64) -> f64 {
    let known = from < to && signal < view.schema.len() && view.recording.extremes(signal, from, to).is_some();
    if known { view.recording.sum(signal, from, to) } else { f64::NAN }
}

fn rms(recording: &Recording, signal: SignalId, from: u64, to: u64) -> f64 {
    let (mut count, mut squares) = (0_u32, 0.0);
    for value in (from..to).map(|r| recording.value(r, signal)).filter(|v| v.is_finite()) {
        count += 1;
        squares += value * value;
    }
    if count == 0 { f64::NAN } else { (squares / f64::from(count)).sqrt() }
}

/// Tick of a slot's last decision; `None` before its first.
pub(in crate::app::panel) fn last_decision(view: &RunView, slot: usize) -> Option<u64> {
    let slot = view.spec.slots.get(slot)?;
    let last = view.recording.rows().checked_sub(1)?.checked_sub(slot.phase_ticks)?;
    let period = slot.period_ticks.max(1);
    Some(slot.phase_ticks + last / period * period)
}

/// Rows `from..to` on which the intervals of a slot close.
fn closings(slot: &Slot, from: u64, to: u64) -> impl Iterator<Item = u64> {
    let period = slot.period_ticks.max(1);
    let first = slot.phase_ticks.saturating_add(period) - 1;
    let first = first + from.saturating_sub(first).next_multiple_of(period);
    (first..to).step_by(usize::try_from(period).unwrap_or(usize::MAX))
}

/// The newest row on which a slot's reward holds.
pub(in crate::app::panel) fn reward_row(view: &RunView, slot: &Slot) -> Option<u64> {
    let last = view.recording.rows().checked_sub(1)?;
    let Some(flag) = slot.reward_when else { return Some(last) };
    // It holds once a period; two periods back nothing can be newer.
    let reach = slot.period_ticks.max(1).saturating_mul(2);
    (last.saturating_sub(reach)..=last).rev().find(|row| view.recording.value(*row, flag) == 1.0)
}

/// Change per minute over the last five minutes, or over as much as there is; NaN before the second row.
pub(in crate::app::panel) fn slope_per_minute(view: &RunView, signal: SignalId) -> f64 {
    let tick_min = f64::from(view.spec.calendar.tick_s.max(1)) / 60.0;
    let Some(last) = view.recording.rows().checked_sub(1) else { return f64::NAN };
    let back = ((SLOPE_MINUTES / tick_min).round() as u64).max(1).min(last);
    let change = view.recording.value(last, signal) - view.recording.value(last - back, signal);
    if back == 0 { f64::NAN } else { change / (back as f64 * tick_min) }
}

/// A readout's number and unit as they are printed; a dollar sign stands before its number, a state is told by its name.
pub(in crate::app::panel) fn words(view: &RunView, readout: &Readout, value: f64) -> (String, String) {
    if let Some(signal) = signal_of(view, readout).filter(|s| !s.labels.is_empty()) {
        return (signal.format(value), String::new());
    }
    let value = value * readout.scale;
    let number =
        if readout.signed { signed_grouped(value, readout.decimals) } else { grouped(value, readout.decimals) };
    if readout.unit == "$" { (format!("$\u{202F}{number}"), String::new()) } else { (number, readout.unit.clone()) }
}

/// The signal whose last value a readout tells.
pub(in crate::app::panel) fn signal_of<'a>(view: &'a RunView, readout: &Readout) -> Option<&'a Signal> {
    match readout.source {
        Source::Signal(signal) => view.schema.signals.get(signal),
        _ => None,
    }
}

/// A number with its digits in groups of three: `8 825`, `−1 425.0`.
pub(in crate::app::panel) fn grouped(value: f64, decimals: usize) -> String {
    let text = format_number(value, decimals);
    let from = text.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
    let to = text.find('.').unwrap_or(text.len());
    let (Some(sign), Some(whole), Some(rest)) = (text.get(..from), text.get(from..to), text.get(to..)) else {
        return text;
    };
    if whole.len() < 4 || !whole.bytes().all(|b| b.is_ascii_digit()) {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 6);
    out.push_str(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push('\u{202F}');
        }
        out.push(digit);
    }
    out.push_str(rest);
    out
}

/// As [`grouped`], with a plus sign before positive numbers.
pub(in crate::app::panel) fn signed_grouped(value: f64, decimals: usize) -> String {
    let text = grouped(value, decimals);
    if value > 0.0 && text.bytes().any(|b| matches!(b, b'1'..=b'9')) { format!("+{text}") } else { text }
}

/// The `-ing` form of a short verb: `discharge` → `discharging`, `shed` → `shedding`.
pub(in crate::app::panel) fn doing(verb: &str) -> String {
    let vowel = |c: char| "aeiou".contains(c);
    let letters: Vec<char> = verb.chars().collect();
    match letters.as_slice() {
        [stem @ .., before, 'e'] if *before != 'e' && !stem.is_empty() => {
            format!("{}ing", verb.trim_end_matches('e'))
        }
        [stem @ .., a, b, c]
            if !vowel(*a) && vowel(*b) && !vowel(*c) && !"wxy".contains(*c) && !stem.iter().any(|l| vowel(*l)) =>
        {
            format!("{verb}{c}ing")
        }
        _ => format!("{verb}ing"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plant::{Calendar, PlantSpec};
    use crate::record::Recorder;
    use crate::rollout::Schema;
    use crate::session::{DriverView, PlayState, Speed};

    fn slot(period_ticks: u64, phase_ticks: u64, reward_when: Option<SignalId>) -> Slot {
        Slot {
            name: "s".to_owned(),
            label: "S".to_owned(),
            period_ticks,
            phase_ticks,
            observations: Vec::new(),
            actions: Vec::new(),
            reward: Some(0),
            reward_terms: Vec::new(),
            reward_when,
            optional: false,
            default_controller: String::new(),
        }
    }

    /// A run of rows of two columns: the value, and a flag on every fourth row.
    fn view(values: &[f64]) -> RunView {
        let mut recorder = Recorder::new(2);
        for (row, value) in values.iter().enumerate() {
            recorder.push(&[*value, f64::from(u8::from(row % 4 == 3))]);
        }
        let spec = PlantSpec {
            signals: vec![Signal::new("v", 0, "V", "", "V."), Signal::new("flag", 0, "Flag", "", "Flag.").event()],
            slots: vec![slot(4, 0, Some(1)), slot(4, 2, None)],
            calendar: Calendar { tick_s: 60, ..Calendar::default() },
            ..PlantSpec::default()
        };
        RunView {
            generation: 1,
            run: 1,
            schema: Arc::new(Schema::new(&spec)),
            axes: Vec::new(),
            tick: values.len() as u64,
            clock: spec.calendar.civil(0),
            play: PlayState::Paused,
            speed: Speed::Factor(1.0),
            achieved: 0.0,
            fraction: 0.0,
            row: vec![values.last().copied().unwrap_or(f64::NAN), 0.0].into(),
            recording: recorder.picture(),
            levers: Vec::new(),
            slots: Vec::new(),
            driver: DriverView::default(),
            events: Arc::default(),
            end: None,
            notices: Vec::new(),
            setup: Arc::default(),
            plants: Arc::default(),
            seed: 0,
            noise: String::new(),
            log: None,
            outlook: None,
            headroom: None,
            metrics: Arc::from([7.0]),
            rewinding: None,
            replay: None,
            beside: Default::default(),
            spec: Arc::new(spec),
        }
    }

    #[test]
    fn every_source_has_its_value() {
        let view = view(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0]);
        assert_eq!(value(&view, &Source::Signal(0)), 10.0);
        assert_eq!(value(&view, &Source::Metric(0)), 7.0);
        assert_eq!(value(&view, &Source::Sum(0)), 55.0);
        assert_eq!(value(&view, &Source::SumSince(0, 0)), 19.0, "the decision fell on tick 8");
        assert_eq!(value(&view, &Source::SumSince(0, 1)), 34.0, "the decision fell on tick 6");
        assert_eq!(value(&view, &Source::RmsSince(0, 0)), (90.5_f64).sqrt());
        assert_eq!(value(&view, &Source::SlopePerMinute(0)), 1.0);
        assert_eq!(value(&view, &Source::Change(0)), 9.0);
    }

    #[test]
    fn sources_that_name_nothing_are_not_numbers() {
        let (some, none) = (view(&[1.0]), view(&[]));
        for source in [Source::Metric(9), Source::Signal(9), Source::SumSince(0, 9), Source::Change(9)] {
            assert!(value(&some, &source).is_nan(), "{source:?}");
        }
        for source in [Source::Sum(0), Source::RmsSince(0, 0), Source::SlopePerMinute(0), Source::Change(0)] {
            assert!(value(&none, &source).is_nan(), "{source:?}");
        }
        assert!(value(&some, &Source::SlopePerMinute(0)).is_nan(), "one row has no slope");
        assert_eq!(last_decision(&some, 1), None, "its first decision is still to come");
    }

    #[test]
    fn a_slow_reward_counts_once_a_decision() {
        let view = view(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]);
        let mut memo = Memo::default();
        assert_eq!(memo.earned(&view, 0, 0), 12.0, "rows 3 and 7");
        assert_eq!(memo.earned(&view, 0, 1), 45.0, "every row");
        assert_eq!(reward_row(&view, &slot(4, 0, Some(1))), Some(7));
        assert_eq!(reward_row(&view, &slot(4, 0, None)), Some(8));
    }

    #[test]
    fn what_was_earned_goes_on_with_the_run_and_back_with_it() {
        let picture = |values: &[f64], generation: u64| {
            let mut view = view(values);
            let flag = view.recording.value(view.recording.rows() - 1, 1);
            (view.generation, view.row) = (generation, vec![values[values.len() - 1], flag].into());
            view
        };
        let mut memo = Memo::default();
        assert_eq!(memo.earned(&picture(&[1.0, 2.0, 3.0, 4.0], 1), 0, 0), 4.0);
        assert_eq!(memo.earned(&picture(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0], 2), 0, 0), 12.0);
        assert_eq!(memo.earned(&picture(&[1.0, 2.0, 3.0, 4.0, 5.0], 3), 0, 0), 4.0, "went back");
        let other = [1.0, 2.0, 3.0, 9.0, 9.0, 6.0, 7.0, 8.0, 9.0];
        assert_eq!(memo.earned(&picture(&other, 4), 0, 0), 17.0, "went back and another way");
    }

    #[test]
    fn kept_values_are_made_anew_for_another_picture() {
        let mut memo = Memo::default();
        assert_eq!(memo.value(&view(&[1.0, 2.0]), &Source::Sum(0)), 3.0);
        let mut other = view(&[5.0, 6.0]);
        assert_eq!(memo.value(&other, &Source::Sum(0)), 3.0, "same picture as far as it can tell");
        other.generation += 1;
        assert_eq!(memo.value(&other, &Source::Sum(0)), 11.0);
    }

    #[test]
    fn gaps_do_not_spoil_sums() {
        let view = view(&[1.0, f64::NAN, 3.0]);
        assert_eq!(value(&view, &Source::Sum(0)), 4.0);
        assert_eq!(value(&view, &Source::RmsSince(0, 0)), 5.0_f64.sqrt());
    }

    #[test]
    fn numbers_are_grouped_and_money_stands_behind_its_sign() {
        assert_eq!(grouped(8_825.4, 0), "8\u{202F}825");
        assert_eq!(grouped(-1_234_567.25, 1), "−1\u{202F}234\u{202F}567.2");
        assert_eq!(grouped(999.0, 0), "999");
        assert_eq!(grouped(f64::NAN, 2), "–");
        assert_eq!(signed_grouped(10_249.0, 0), "+10\u{202F}249");
        assert_eq!(signed_grouped(0.001, 2), "0.00");
        let earned = Readout::new("Earned", Source::Sum(0), "$", 0, "");
        assert_eq!(words(&view(&[]), &earned, 4_798.0), ("$\u{202F}4\u{202F}798".to_owned(), String::new()));
    }

    #[test]
    fn verbs_take_their_ending() {
        let texts = ["charge", "discharge", "shed", "draw", "give", "idle", "feed", "cut"].map(doing);
        assert_eq!(texts, ["charging", "discharging", "shedding", "drawing", "giving", "idling", "feeding", "cutting"]);
    }
}
