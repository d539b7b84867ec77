//! Values of a signal over a range of rows, every one or in even steps.

use crate::record::Recording;
use crate::signal::SignalId;

/// Values of a column at rows `from`, `from + every`, … before `to`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Samples {
    /// First row.
    pub from: u64,
    /// Row after the last one that could be looked at.
    pub to: u64,
    /// Rows from one value to the next; 1 when every row was looked at.
    pub every: u64,
    /// The values; NaN where there is none.
    pub values: Vec<f64>,
    /// Rows of the range that are gone from memory.
    pub gone: u64,
}

impl Samples {
    /// Row of a value.
    pub fn row(&self, index: usize) -> u64 {
        self.from + index as u64 * self.every
    }

    /// Values that are numbers.
    pub fn finite(&self) -> impl Iterator<Item = f64> + '_ {
        self.values.iter().copied().filter(|v| v.is_finite())
    }

    /// Smallest and largest value.
    pub fn extremes(&self) -> Option<(f64, f64)> {
        self.finite().map(|v| (v, v)).reduce(|(l, h), (a, b)| (l.min(a), h.max(b)))
    }
}

/// Rows from one value to the next so that a range has at most `most`: a power of two, so that growing ranges change it
/// seldom.
pub fn every_for(rows: u64, most: u64) -> u64 {
    rows.div_ceil(most.max(1)).max(1).next_power_of_two()
}

/// A range of rows with its ends moved down to multiples of a power of two that grows with it (1 below 4,096 rows): a
/// chart that plays needs new numbers only now and then. Never empty when the range was not.
pub fn snapped(from: u64, to: u64) -> (u64, u64) {
    let step = ((to.saturating_sub(from)) / 2_048).max(1).next_power_of_two();
    let (a, b) = (from / step * step, to / step * step);
    if b > a { (a, b) } else { (from, to) }
}

/// Values of a column over rows `from..to`, at most about `most` of them. Steps begin at multiples of their length, so
/// that the same rows are looked at while a run grows.
pub fn samples(recording: &Recording, column: SignalId, from: u64, to: u64, most: u64) -> Samples {
    let to = to.min(recording.rows());
    if from >= to {
        return Samples { from, to: from, every: 1, ..Samples::default() };
    }
    let every = every_for(to - from, most);
    let first = from.div_ceil(every) * every;
    let gone = recording.missing(from, to).iter().map(|rows| rows.end - rows.start).sum();
    let mut out = Samples { from: first, to, every, values: Vec::new(), gone };
    if every > 1 || gone > 0 {
        out.values = (first..to).step_by(every as usize).map(|row| recording.value(row, column)).collect();
    } else {
        // Stretches of one row each: the recording walks along its chunks.
        out.values = vec![f64::NAN; (to - from) as usize];
        for stretch in recording.envelope(column, from, to, (to - from) as usize) {
            if let Some(value) = out.values.get_mut((stretch.row - from) as usize) {
                *value = stretch.last;
            }
        }
    }
    out
}

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::record::Recorder;

    /// A recording of columns that functions of the row give.
    pub fn recording(rows: u64, columns: &[fn(u64) -> f64]) -> Recording {
        let mut recorder = Recorder::new(columns.len());
        for row in 0..rows {
            recorder.push(&columns.iter().map(|of| of(row)).collect::<Vec<_>>());
        }
        recorder.picture()
    }

    #[test]
    fn values_are_those_of_the_rows() {
        let rows = recording(3_000, &[|r| if r % 7 == 3 { f64::NAN } else { (r * 31 % 977) as f64 }]);
        for (from, to, most) in [(0, 3_000, 5_000), (100, 1_300, 5_000), (5, 2_999, 100), (2_990, 9_000, 50)] {
            let got = samples(&rows, 0, from, to, most);
            assert!(got.values.len() as u64 <= most + 1 && !got.values.is_empty());
            for (k, value) in got.values.iter().enumerate() {
                let row = got.row(k);
                assert!(row >= from && row < to.min(3_000));
                assert_eq!(value.to_bits(), rows.value(row, 0).to_bits(), "row {row}");
            }
            assert_eq!((got.every, got.every.is_power_of_two()), (every_for(to.min(3_000) - from, most), true));
        }
        assert!(samples(&rows, 0, 9, 9, 10).values.is_empty() && samples(&rows, 0, 5_000, 6_000, 10).values.is_empty());
    }

    #[test]
    fn ranges_that_grow_are_the_same_for_a_while() {
        assert_eq!(snapped(3, 700), (3, 700));
        let seen: std::collections::BTreeSet<_> = (1_000_000..1_000_512).map(|to| snapped(0, to)).collect();
        assert!(seen.len() <= 2, "{seen:?}");
        assert!((0..5_000).all(|to| snapped(0, to).1 <= to && (to == 0 || snapped(0, to).1 > 0)));
    }
}
