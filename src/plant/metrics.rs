//! Streaming metrics: folds over rows, so that a year costs no more memory than a tick.

use serde::{Deserialize, Serialize};

use crate::signal::SignalId;

/// How a metric sums up an episode.
#[derive(Debug, Clone, PartialEq)]
pub enum Fold {
    /// Arithmetic mean.
    Mean(SignalId),
    /// Plain sum over rows.
    Sum(SignalId),
    /// Square root of the mean square.
    RootMeanSquare(SignalId),
    /// Smallest value.
    Min(SignalId),
    /// Largest value.
    Max(SignalId),
    /// Value on the last row.
    Last(SignalId),
    /// Change from the first row to the last.
    Change(SignalId),
    /// Sum of one signal over the sum of another; 0 where nothing was asked for.
    Ratio(SignalId, SignalId),
    /// Share of rows where any of the signals lies above its threshold.
    ShareAbove(Vec<(SignalId, f64)>),
    /// Share of rows where any of the signals, divided by its scale and cast to binary32, reaches its threshold: what a
    /// program counts that looks at normalised observations.
    ShareImageReaches(Vec<(SignalId, f64, f64)>),
    /// Number of rows.
    Count,
    /// 1 when at least so many rows were run, else 0.
    Reached(u64),
}

impl Fold {
    /// The signals that it reads.
    pub fn signals(&self) -> Vec<SignalId> {
        match self {
            Self::Mean(s)
            | Self::Sum(s)
            | Self::RootMeanSquare(s)
            | Self::Min(s)
            | Self::Max(s)
            | Self::Last(s)
            | Self::Change(s) => vec![*s],
            Self::Ratio(a, b) => vec![*a, *b],
            Self::ShareAbove(limits) => limits.iter().map(|(s, _)| *s).collect(),
            Self::ShareImageReaches(limits) => limits.iter().map(|(s, ..)| *s).collect(),
            Self::Count | Self::Reached(_) => Vec::new(),
        }
    }
}

/// Which way a metric is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// More is better: rewards, revenue, survival.
    Higher,
    /// Less is better: errors, violations, wear, cost.
    Lower,
    /// Neither: sums of power, means of levers. A difference is told as "higher" or "lower".
    Neither,
}

/// One metric of a plant.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricSpec {
    /// Stable name, as result files use it.
    pub name: String,
    /// Unit as printed.
    pub unit: String,
    /// The slot whose result it is.
    pub slot: usize,
    /// How it is computed.
    pub fold: Fold,
    /// Factor on the result (unit conversion).
    pub scale: f64,
    /// Only rows where this event signal is 1 count.
    pub when: Option<SignalId>,
    /// Which way it is better.
    pub better: Direction,
    /// What it means.
    pub doc: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Cell {
    rows: u64,
    a: f64,
    b: f64,
}

/// The running values of a plant's metrics.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MetricBank {
    cells: Vec<Cell>,
}

impl MetricBank {
    /// Empty folds for `specs`.
    pub fn new(specs: &[MetricSpec]) -> Self {
        Self { cells: vec![Cell { rows: 0, a: 0.0, b: 0.0 }; specs.len()] }
    }

    /// Takes in one row.
    pub fn push(&mut self, specs: &[MetricSpec], row: &[f64]) {
        let at = |s: SignalId| row.get(s).copied().unwrap_or(f64::NAN);
        for (cell, spec) in self.cells.iter_mut().zip(specs) {
            if spec.when.is_some_and(|s| at(s) != 1.0) {
                continue;
            }
            let first = cell.rows == 0;
            cell.rows += 1;
            match &spec.fold {
                Fold::Mean(s) | Fold::Sum(s) => cell.a += at(*s),
                Fold::RootMeanSquare(s) => cell.a += at(*s) * at(*s),
                Fold::Min(s) => cell.a = if first { at(*s) } else { cell.a.min(at(*s)) },
                Fold::Max(s) => cell.a = if first { at(*s) } else { cell.a.max(at(*s)) },
                Fold::Last(s) => cell.a = at(*s),
                Fold::Change(s) => {
                    if first {
                        cell.b = at(*s);
                    }
                    cell.a = at(*s);
                }
                Fold::Ratio(s, t) => {
                    cell.a += at(*s);
                    cell.b += at(*t);
                }
                Fold::ShareAbove(list) => {
                    if list.iter().any(|&(s, threshold)| at(s) > threshold) {
                        cell.a += 1.0;
                    }
                }
                Fold::ShareImageReaches(list) => {
                    let image = |s: SignalId, scale: f64| f64::from((at(s) / scale) as f32);
                    if list.iter().any(|&(s, scale, threshold)| image(s, scale) >= threshold) {
                        cell.a += 1.0;
                    }
                }
                Fold::Count | Fold::Reached(_) => {}
            }
        }
    }

    /// What a fold of a metric holds so far: rows taken in, first and second sum (for [`Fold::Mean`] the sum and
    /// nothing, for [`Fold::Ratio`] both sums). Without the scale.
    pub fn parts(&self, metric: usize) -> (u64, f64, f64) {
        self.cells.get(metric).map_or((0, 0.0, 0.0), |cell| (cell.rows, cell.a, cell.b))
    }

    /// The value of a metric so far; NaN before its first row.
    pub fn value(&self, specs: &[MetricSpec], metric: usize) -> f64 {
        let (Some(cell), Some(spec)) = (self.cells.get(metric), specs.get(metric)) else { return f64::NAN };
        let n = cell.rows as f64;
        let raw = match &spec.fold {
            Fold::Count => n,
            Fold::Reached(target) => f64::from(cell.rows >= *target),
            _ if cell.rows == 0 => f64::NAN,
            Fold::Mean(_) | Fold::ShareAbove(_) | Fold::ShareImageReaches(_) => cell.a / n,
            Fold::Sum(_) | Fold::Min(_) | Fold::Max(_) | Fold::Last(_) => cell.a,
            Fold::RootMeanSquare(_) => (cell.a / n).sqrt(),
            Fold::Change(_) => cell.a - cell.b,
            Fold::Ratio(..) => {
                if cell.b == 0.0 {
                    0.0
                } else {
                    cell.a / cell.b
                }
            }
        };
        raw * spec.scale
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(fold: Fold) -> MetricSpec {
        MetricSpec {
            name: "m".into(),
            unit: String::new(),
            slot: 0,
            fold,
            scale: 1.0,
            when: None,
            better: Direction::Higher,
            doc: String::new(),
        }
    }

    #[test]
    fn folds_sum_up_rows() {
        let rows = [[1.0, 4.0], [3.0, 4.0], [-2.0, 0.0]];
        for (fold, expected) in [
            (Fold::Mean(0), 2.0 / 3.0),
            (Fold::Sum(0), 2.0),
            (Fold::RootMeanSquare(0), (14.0_f64 / 3.0).sqrt()),
            (Fold::Min(0), -2.0),
            (Fold::Max(0), 3.0),
            (Fold::Last(0), -2.0),
            (Fold::Change(0), -3.0),
            (Fold::Ratio(0, 1), 0.25),
            (Fold::ShareAbove(vec![(0, 2.0), (1, 3.0)]), 2.0 / 3.0),
            (Fold::ShareImageReaches(vec![(0, 4.0, 0.75)]), 1.0 / 3.0),
            (Fold::ShareImageReaches(vec![(0, 4.0, 0.75), (1, 1.0, 4.0)]), 2.0 / 3.0),
            (Fold::ShareImageReaches(vec![(0, 4.0, 0.75 + 1e-9)]), 0.0),
            (Fold::Count, 3.0),
            (Fold::Reached(3), 1.0),
            (Fold::Reached(4), 0.0),
        ] {
            let specs = [spec(fold)];
            let mut bank = MetricBank::new(&specs);
            for row in &rows {
                bank.push(&specs, row);
            }
            assert_eq!(bank.value(&specs, 0), expected, "{:?}", specs[0].fold);
        }
    }

    #[test]
    fn a_gate_skips_rows_and_a_scale_converts() {
        let specs = [MetricSpec { when: Some(1), scale: 1000.0, ..spec(Fold::Mean(0)) }];
        let mut bank = MetricBank::new(&specs);
        bank.push(&specs, &[5.0, 0.0]);
        assert!(bank.value(&specs, 0).is_nan());
        bank.push(&specs, &[2.0, 1.0]);
        assert_eq!(bank.value(&specs, 0), 2000.0);
    }
}
