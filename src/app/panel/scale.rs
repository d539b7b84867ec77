//! Where an axis puts its marks.

use crate::plant::Calendar;

/// A mark on an axis.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mark {
    /// Where, in the axis's own unit.
    pub at: f64,
    /// What it says.
    pub text: String,
}

/// A range of values with round marks.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Values {
    /// Lowest value shown.
    pub low: f64,
    /// Highest value shown.
    pub high: f64,
    /// Distance of two marks.
    pub step: f64,
}

impl Values {
    /// A range that shows `low..high` with about `count` round steps and a little air; always a proper range, and never
    /// shorter than `least`, so that a line that hardly moves does not look as if it did.
    pub fn around(low: f64, high: f64, least: f64, count: usize) -> Self {
        let (low, high) = if low.is_finite() && high.is_finite() && low <= high { (low, high) } else { (0.0, 1.0) };
        let (lowest, highest) = (low, high);
        let size = high.abs().max(low.abs()).max(1e-6);
        let least = if least.is_finite() { least.max(size * 1e-3) } else { size * 1e-3 };
        let more = (least - (high - low)).max(0.0) / 2.0;
        let (low, high) = (low - more, high + more);
        let span = high - low;
        let step = round_step(span / count.max(1) as f64);
        let air = span * 0.04;
        // Ends stand at half steps: at whole ones half of a low chart would be empty.
        let half = step / 2.0;
        let mut first = ((low - air) / half).floor() * half;
        let mut last = ((high + air) / half).ceil() * half;
        // Air never makes a quantity of one sign look as if it had two.
        if lowest >= 0.0 && highest > 0.0 {
            first = first.max(0.0);
        }
        if highest <= 0.0 && lowest < 0.0 {
            last = last.min(0.0);
        }
        let values = Self { low: first, high: last, step };
        if values.marks().len() >= 2 {
            return values;
        }
        let first = (first / step).floor() * step;
        Self { low: first, high: (last / step).ceil().max(first / step + 1.0) * step, step }
    }

    /// The marks: multiples of the step, lowest first.
    pub fn marks(&self) -> Vec<f64> {
        let first = (self.low / self.step - 1e-6).ceil();
        let count = ((self.high / self.step + 1e-6).floor() - first).clamp(-1.0, 40.0);
        if !count.is_finite() {
            return Vec::new();
        }
        (0..(count + 1.0) as usize).map(|k| (first + k as f64) * self.step + 0.0).collect()
    }
}

/// The smallest of 1, 2, 2.5, 5 × a power of ten that is not below `raw`.
pub(super) fn round_step(raw: f64) -> f64 {
    if !raw.is_finite() || raw <= 0.0 {
        return 1.0;
    }
    let mut power = 1.0;
    while power > raw {
        power /= 10.0;
    }
    while power * 10.0 <= raw {
        power *= 10.0;
    }
    [1.0, 2.0, 2.5, 5.0].into_iter().map(|f| f * power).find(|s| *s >= raw * 0.999_999).unwrap_or(power * 10.0)
}

/// A round number that is not below `most` and not much above it: the end of a scale that begins at zero.
pub(super) fn round_bound(most: f64) -> f64 {
    let step = round_step(most / 10.0);
    if most.is_finite() && most > 0.0 { (most / step - 1e-9).ceil() * step } else { 1.0 }
}

/// Distances of marks on a clock, seconds.
const CLOCK_STEPS: [f64; 21] = [
    1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 180.0, 300.0, 600.0, 900.0, 1_800.0, 3_600.0, 7_200.0, 10_800.0,
    14_400.0, 21_600.0, 43_200.0, 86_400.0, 172_800.0,
];

/// Marks at round clock times between two ticks, at most about `count`.
pub(super) fn times(calendar: &Calendar, from: f64, to: f64, count: usize) -> Vec<Mark> {
    let tick_s = f64::from(calendar.tick_s.max(1));
    if !(from.is_finite() && to.is_finite() && from < to) || count == 0 {
        return Vec::new();
    }
    let span_s = (to - from) * tick_s;
    let raw = span_s / count as f64;
    let step = CLOCK_STEPS.into_iter().find(|s| *s >= raw).unwrap_or_else(|| (raw / 86_400.0).ceil() * 86_400.0);
    // Seconds since midnight of the first day, so that marks stand at round times whenever the run began.
    let start = calendar.start;
    let offset = f64::from(start.hour()) * 3_600.0 + f64::from(start.minute()) * 60.0 + f64::from(start.second());
    let first = ((from * tick_s + offset) / step).ceil();
    let marks = (span_s / step) as usize + 1;
    (0..=marks.min(200))
        .map(|k| (first + k as f64) * step - offset)
        .map(|s| (s, s / tick_s))
        .filter(|(_, at)| *at <= to && *at >= from.max(0.0))
        .map(|(s, at)| Mark { at, text: at_second(calendar, s, step) })
        .collect()
}

/// What a mark says: the time, or at midnights of a long axis the day.
fn at_second(calendar: &Calendar, second: f64, step: f64) -> String {
    let whole = jiff::SignedDuration::from_secs(second.round() as i64);
    let time = calendar.start.saturating_add(whole);
    if step >= 86_400.0 {
        super::words::short_date(time)
    } else if step < 60.0 {
        super::words::clock(time)
    } else {
        format!("{:02}:{:02}", time.hour(), time.minute())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_get_round_marks_and_air() {
        let values = Values::around(-9.3, 17.2, 1.0, 4);
        assert!(values.low <= -9.3 && values.high >= 17.2);
        assert_eq!(values.step, 10.0);
        assert!(values.marks().contains(&0.0));
    }

    #[test]
    fn scales_end_at_round_numbers() {
        let ends = [5.7, 0.93, 12.0, 101.0, 0.0, f64::NAN].map(round_bound);
        assert_eq!(ends, [6.0, 1.0, 12.0, 120.0, 1.0, 1.0]);
    }

    #[test]
    fn a_quantity_of_one_sign_begins_at_zero() {
        let earned = Values::around(0.0, 4_842.0, 0.0, 4);
        assert_eq!((earned.low, earned.high), (0.0, 6_000.0));
        assert_eq!(Values::around(-3.0, 0.0, 0.0, 4).high, 0.0);
        assert_eq!(Values::around(-24.0, 24.0, 0.0, 4).marks(), [-20.0, 0.0, 20.0]);
    }

    #[test]
    fn a_line_that_does_not_move_gets_a_range() {
        for value in [0.0, 0.5, -31.2, 1e9] {
            let values = Values::around(value, value, 0.0, 4);
            assert!(values.low < value && value < values.high, "{value}: {values:?}");
            assert!(values.marks().len() <= 41);
        }
        let nothing = Values::around(f64::NAN, f64::NAN, f64::NAN, 4);
        assert!(nothing.low < nothing.high);
        let calm = Values::around(0.5, 0.5, 0.02, 4);
        assert!(calm.high - calm.low >= 0.02, "{calm:?}");
    }

    #[test]
    fn times_stand_at_round_minutes_even_when_the_run_began_at_an_odd_one() {
        let calendar = Calendar { start: jiff::civil::datetime(2024, 7, 13, 0, 7, 30, 0), ..Calendar::default() };
        let marks = times(&calendar, 0.0, 720.0, 6);
        let texts: Vec<_> = marks.iter().map(|m| m.text.as_str()).collect();
        assert_eq!(texts, ["00:10", "00:20", "00:30", "00:40", "00:50", "01:00"]);
        assert_eq!(marks.first().map(|m| m.at), Some(30.0));
    }

    #[test]
    fn times_of_nothing_are_no_marks() {
        let calendar = Calendar::default();
        assert!(times(&calendar, 5.0, 5.0, 6).is_empty());
        assert!(times(&calendar, f64::NAN, 5.0, 6).is_empty());
        assert!(times(&calendar, 0.0, 1e9, 6).len() <= 10);
    }
}
