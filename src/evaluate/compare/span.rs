//! What a signal does over a range of rows, and between two cursors.

use crate::record::Recording;
use crate::signal::{Kind, Limits, Signal, SignalId};

/// A limit of a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitKind {
    /// Trip below.
    TripLow,
    /// Warn below.
    WarnLow,
    /// Warn above.
    WarnHigh,
    /// Trip above.
    TripHigh,
}

impl LimitKind {
    /// The limits that a signal has, lowest first.
    pub fn of(limits: &Limits) -> Vec<(Self, f64)> {
        let all = [
            (Self::TripLow, limits.trip_low),
            (Self::WarnLow, limits.warn_low),
            (Self::WarnHigh, limits.warn_high),
            (Self::TripHigh, limits.trip_high),
        ];
        all.into_iter().filter_map(|(kind, level)| Some((kind, level?))).collect()
    }

    /// Whether a value lies beyond the limit at `level`. A gap does not.
    pub fn beyond(self, value: f64, level: f64) -> bool {
        match self {
            Self::TripLow | Self::WarnLow => value < level,
            Self::WarnHigh | Self::TripHigh => value > level,
        }
    }

    /// As a person reads it.
    pub fn words(self) -> &'static str {
        match self {
            Self::TripLow => "below trip",
            Self::WarnLow => "below warning",
            Self::WarnHigh => "above warning",
            Self::TripHigh => "above trip",
        }
    }
}

/// Time beyond a limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Beyond {
    /// Which limit.
    pub limit: LimitKind,
    /// Where it lies, in the signal's unit.
    pub level: f64,
    /// Time beyond it, s.
    pub seconds: f64,
}

/// What a signal comes to over time.
#[derive(Debug, Clone, PartialEq)]
pub struct Integral {
    /// The number: value times hours, the plain sum of what is a sum over ticks already, the number of events.
    pub value: f64,
    /// Its unit (`MWh` for a signal in MW).
    pub unit: String,
}

/// A signal over a range of rows.
#[derive(Debug, Clone, PartialEq)]
pub struct SpanStatistics {
    /// Rows in the range.
    pub rows: u64,
    /// Rows of them that are gone ([`Recording::missing`]). As long as there are any, all that follows is unknown: 0 and NaN.
    pub gone: u64,
    /// Rows with a number; all that follows is of these, and NaN where there is none.
    pub numbers: u64,
    /// Smallest value.
    pub min: f64,
    /// Largest value.
    pub max: f64,
    /// Arithmetic mean.
    pub mean: f64,
    /// Sample standard deviation (divisor n − 1); NaN for fewer than two numbers.
    pub std: f64,
    /// What it comes to.
    pub integral: Integral,
    /// Time beyond each of its limits.
    pub beyond: Vec<Beyond>,
}

/// Unit of an amount over hours.
fn hourly(unit: &str) -> String {
    match unit {
        "" => "h".to_owned(),
        "W" | "kW" | "MW" | "GW" | "MVA" | "kVA" | "MVAr" | "kVAr" => format!("{unit}h"),
        _ => match unit.strip_suffix("/h") {
            Some(unit) => unit.to_owned(),
            None => format!("{unit}·h"),
        },
    }
}

impl SpanStatistics {
    /// Of a column over rows `from..to`, as far as there are any. `tick_s` is the length of a tick, s.
    pub fn of(recording: &Recording, column: SignalId, signal: &Signal, tick_s: u32, from: u64, to: u64) -> Self {
        let range = from..to.min(recording.rows()).max(from);
        let rows = range.end - range.start;
        let gone = recording.missing(range.start, range.end).iter().map(|gone| gone.end - gone.start).sum();
        let range = if gone > 0 { range.start..range.start } else { range };
        let values = || range.clone().map(|row| recording.value(row, column)).filter(|v| !v.is_nan());
        let limits = LimitKind::of(&signal.limits);
        let mut ticks = vec![0_u64; limits.len()];
        let (mut numbers, mut sum, mut min, mut max) = (0_u64, 0.0, f64::INFINITY, f64::NEG_INFINITY);
        for value in values() {
            numbers += 1;
            sum += value;
            (min, max) = (value.min(min), value.max(max));
            for ((limit, level), ticks) in limits.iter().zip(&mut ticks) {
                *ticks += u64::from(limit.beyond(value, *level));
            }
        }
        let n = numbers as f64;
        let some = |value: f64| if numbers > 0 { value } else { f64::NAN };
        let mean = sum / n;
        let squares: f64 = values().map(|v| (v - mean) * (v - mean)).sum();
        let seconds = f64::from(tick_s);
        let integral = match signal.kind {
            Kind::State | Kind::Mean => Integral { value: some(sum * seconds / 3600.0), unit: hourly(&signal.unit) },
            Kind::Sum => Integral { value: some(sum), unit: signal.unit.clone() },
            Kind::Event => Integral { value: some(sum), unit: "events".to_owned() },
        };
        let beyond = limits.into_iter().zip(ticks);
        Self {
            rows,
            gone,
            numbers,
            min: some(min),
            max: some(max),
            mean: some(mean),
            std: if numbers > 1 { (squares / (n - 1.0)).sqrt() } else { f64::NAN },
            integral,
            beyond: beyond
                .map(|((limit, level), ticks)| Beyond { limit, level, seconds: some(ticks as f64 * seconds) })
                .collect(),
        }
    }
}

/// What lies between two cursors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CursorDelta {
    /// Value at cursor A.
    pub a: f64,
    /// Value at cursor B.
    pub b: f64,
    /// B less A, in the signal's unit.
    pub difference: f64,
    /// Time from A to B, s; negative when B stands before A.
    pub seconds: f64,
    /// Slope between them, in the signal's unit per hour; NaN when they stand at one row.
    pub per_hour: f64,
}

impl CursorDelta {
    /// Of a column between the rows `a` and `b`. `tick_s` is the length of a tick, s.
    pub fn of(recording: &Recording, column: SignalId, tick_s: u32, a: u64, b: u64) -> Self {
        let [at_a, at_b] = [a, b].map(|row| recording.value(row, column));
        let seconds = (b as f64 - a as f64) * f64::from(tick_s);
        let difference = at_b - at_a;
        let per_hour = if seconds == 0.0 { f64::NAN } else { difference / seconds * 3600.0 };
        Self { a: at_a, b: at_b, difference, seconds, per_hour }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Recorder, shed};

    fn recording(values: &[f64]) -> Recording {
        let mut recorder = Recorder::new(1);
        values.iter().for_each(|v| recorder.push(&[*v]));
        recorder.picture()
    }

    fn signal(unit: &str) -> Signal {
        let limits = Limits { warn_low: Some(1.0), warn_high: Some(4.0), trip_high: Some(5.0), ..Limits::default() };
        Signal::new("x", 0, "X", unit, "A toy.").limits(limits)
    }

    #[test]
    fn statistics_are_those_of_the_numbers_in_the_range() {
        let of = recording(&[99.0, 2.0, 4.0, f64::NAN, 4.0, 5.0, 0.0, 99.0]);
        let found = SpanStatistics::of(&of, 0, &signal("MW"), 1_800, 1, 7);
        // By hand: sum 15 of five numbers, mean 3, squares 1 + 1 + 1 + 4 + 9 = 16, divisor 4.
        assert_eq!((found.rows, found.numbers, found.min, found.max), (6, 5, 0.0, 5.0));
        assert_eq!((found.mean, found.std), (3.0, 2.0));
        assert_eq!(found.integral, Integral { value: 7.5, unit: "MWh".to_owned() });
        let beyond: Vec<(LimitKind, f64)> = found.beyond.iter().map(|b| (b.limit, b.seconds)).collect();
        let told = [(LimitKind::WarnLow, 1_800.0), (LimitKind::WarnHigh, 1_800.0), (LimitKind::TripHigh, 0.0)];
        assert_eq!(beyond, told);
    }

    #[test]
    fn what_is_a_sum_or_an_event_is_counted() {
        let of = recording(&[1.0, 0.0, 1.0]);
        let integral = |signal: Signal| SpanStatistics::of(&of, 0, &signal, 900, 0, 9).integral;
        assert_eq!(integral(signal("L").sum()), Integral { value: 2.0, unit: "L".to_owned() });
        assert_eq!(integral(signal("").event()), Integral { value: 2.0, unit: "events".to_owned() });
        assert_eq!(integral(signal("°C")), Integral { value: 0.5, unit: "°C·h".to_owned() });
        assert_eq!(["", "kW", "1/h", "$/MW·h"].map(hourly), ["h", "kWh", "1", "$/MW·h·h"]);
    }

    #[test]
    fn a_range_without_numbers_has_no_statistics() {
        for (values, from, to) in [(&[f64::NAN, f64::NAN][..], 0, 2), (&[1.0], 5, 9), (&[1.0], 1, 0)] {
            let found = SpanStatistics::of(&recording(values), 0, &signal("MW"), 5, from, to);
            assert_eq!(found.numbers, 0);
            let all = [found.min, found.max, found.mean, found.std, found.integral.value];
            assert!(all.iter().all(|v| v.is_nan()), "{all:?}");
        }
        assert!(SpanStatistics::of(&recording(&[3.0]), 0, &signal("MW"), 5, 0, 1).std.is_nan());
    }

    #[test]
    fn cursors_tell_difference_and_slope() {
        let of = recording(&[1.0, 2.0, 4.0]);
        let found = CursorDelta::of(&of, 0, 1_800, 0, 2);
        assert_eq!((found.a, found.b, found.difference, found.seconds, found.per_hour), (1.0, 4.0, 3.0, 3_600.0, 3.0));
        let back = CursorDelta::of(&of, 0, 1_800, 2, 1);
        assert_eq!((back.difference, back.seconds, back.per_hour), (-2.0, -1_800.0, 4.0));
        assert!(CursorDelta::of(&of, 0, 5, 1, 1).per_hour.is_nan());
        assert!(CursorDelta::of(&of, 0, 5, 1, 7).difference.is_nan());
    }

    #[test]
    fn of_rows_that_are_gone_nothing_is_told() {
        let mut recorder = Recorder::new(1);
        (0..6_000).for_each(|r| recorder.push(&[f64::from(r)]));
        shed(&mut [&mut recorder], 0, &|_, _| 0);
        let lean = recorder.picture();
        let gone = SpanStatistics::of(&lean, 0, &signal("MW"), 5, 100, 5_990);
        assert!(gone.rows == 5_890 && gone.gone > 0 && gone.numbers == 0 && gone.mean.is_nan());
        assert!(gone.beyond.iter().all(|b| b.seconds.is_nan()));
        let there = SpanStatistics::of(&lean, 0, &signal("MW"), 5, 5_900, 6_000);
        assert_eq!((there.gone, there.numbers, there.mean), (0, 100, 5_949.5));
    }
}
