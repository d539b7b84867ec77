//! What actions go along with: correlations with drivers, means of outcomes by action (sustaindc 13, points 3 and 4).
//! Association, not cause: what else was different at those times is not taken out.

use crate::signal::SignalId;

use super::frame::{Frame, Lever};

/// What an action is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Driver {
    /// A column.
    Signal(SignalId),
    /// The hour of the day.
    Hour,
}

impl Driver {
    /// Words for people.
    pub fn label(self, frame: &Frame) -> String {
        match self {
            Self::Signal(id) => frame.label(id).to_owned(),
            Self::Hour => "Hour of the day".to_owned(),
        }
    }

    /// Stable name.
    pub fn name(self, frame: &Frame) -> String {
        match self {
            Self::Signal(id) => frame.name(id).to_owned(),
            Self::Hour => "hour".to_owned(),
        }
    }

    /// Values on every row.
    pub fn values(self, frame: &Frame) -> Option<Vec<f64>> {
        match self {
            Self::Signal(id) => frame.column(id).map(<[f64]>::to_vec),
            Self::Hour => Some(frame.stamps.iter().map(|s| s.hour).collect()),
        }
    }
}

/// Pearson's correlation of pairs, gaps left out; `None` where one of the two does not change or fewer than two pairs are
/// left.
pub fn pearson(a: impl Iterator<Item = f64>, b: impl Iterator<Item = f64>) -> Option<f64> {
    let pairs: Vec<(f64, f64)> = a.zip(b).filter(|(x, y)| x.is_finite() && y.is_finite()).collect();
    let n = pairs.len() as f64;
    if pairs.len() < 2 {
        return None;
    }
    let (first, second) = pairs.first().copied()?;
    // What never changes is told exactly, whatever rounding makes of its mean.
    if pairs.iter().all(|(x, _)| *x == first) || pairs.iter().all(|(_, y)| *y == second) {
        return None;
    }
    let mean = |of: &dyn Fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>() / n;
    let (ma, mb) = (mean(&|p| p.0), mean(&|p| p.1));
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (x, y) in &pairs {
        ab += (x - ma) * (y - mb);
        aa += (x - ma) * (x - ma);
        bb += (y - mb) * (y - mb);
    }
    let r = ab / (aa * bb).sqrt();
    r.is_finite().then(|| r.clamp(-1.0, 1.0))
}

/// Correlation of a lever's value (a switch: its position) with a driver, over its decisions.
pub fn correlation(frame: &Frame, lever: &Lever, driver: Driver) -> Option<f64> {
    let values = driver.values(frame)?;
    let rows: Vec<usize> = lever.decisions().map(|(row, _)| row).collect();
    let at = |all: &[f64], row: usize| all.get(row).copied().unwrap_or(f64::NAN);
    pearson(rows.iter().map(|&r| at(&lever.values, r)), rows.iter().map(|&r| at(&values, r)))
}

/// Means of outcomes while a lever was in a class.
#[derive(Debug, Clone, PartialEq)]
pub struct ByAction {
    /// The class.
    pub class: String,
    /// Rows.
    pub rows: usize,
    /// Mean of each outcome over them, in the order that was asked for; NaN without a row.
    pub means: Vec<f64>,
}

/// Means of outcomes by class of a lever.
pub fn by_action(frame: &Frame, lever: &Lever, outcomes: &[SignalId]) -> Vec<ByAction> {
    let of = |(class, name): (usize, &String)| {
        let here: Vec<usize> =
            lever.class.iter().enumerate().filter(|(_, c)| **c == Some(class)).map(|(r, _)| r).collect();
        let mean = |column: &SignalId| {
            let Some(values) = frame.column(*column) else { return f64::NAN };
            let known: Vec<f64> =
                here.iter().filter_map(|&r| values.get(r).copied()).filter(|v| v.is_finite()).collect();
            known.iter().sum::<f64>() / known.len() as f64
        };
        ByAction { class: name.clone(), rows: here.len(), means: outcomes.iter().map(mean).collect() }
    };
    lever.classes.iter().enumerate().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn correlations_are_pearsons_and_undefined_without_change() {
        let r = |a: &[f64], b: &[f64]| pearson(a.iter().copied(), b.iter().copied());
        assert_eq!(r(&[1.0, 2.0, 3.0], &[2.0, 4.0, 6.0]), Some(1.0));
        assert_eq!(r(&[1.0, 2.0, 3.0], &[0.1; 3]), None);
        assert_eq!(r(&[1.0, f64::NAN, 3.0], &[3.0, 9.0, 1.0]), Some(-1.0));
        assert_eq!(r(&[1.0], &[1.0]), None);
        // By hand: covariance 1.5, variances 2 and 1.5 (sums of squares 5, 3.5; cross 3.5).
        let got = r(&[1.0, 2.0, 3.0, 4.0], &[1.0, 3.0, 2.0, 5.0]).unwrap_or(0.0);
        assert!((got - 5.5 / (5.0_f64 * 8.75).sqrt()).abs() < 1e-12, "{got}");
    }
}
