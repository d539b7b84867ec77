//! Two signals as a path in the plane.

use crate::record::Recording;
use crate::signal::SignalId;

use super::samples::samples;

/// A path through the plane of two signals.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Path {
    /// Value of the first signal, of the second, and the row; in order of time, gaps left out.
    pub points: Vec<(f64, f64, u64)>,
    /// Rows from one point to the next; 1 when every row is a point.
    pub every: u64,
    /// Smallest and largest value of the first signal.
    pub x: Option<(f64, f64)>,
    /// The same of the second.
    pub y: Option<(f64, f64)>,
    /// Rows of the range that are gone from memory.
    pub gone: u64,
}

/// The path of two columns over rows `from..to`, of at most about `most` points.
pub fn path(recording: &Recording, columns: (SignalId, SignalId), from: u64, to: u64, most: u64) -> Path {
    let (x, y) = (samples(recording, columns.0, from, to, most), samples(recording, columns.1, from, to, most));
    let both = x.values.iter().zip(&y.values).enumerate();
    let points: Vec<(f64, f64, u64)> =
        both.filter(|(_, (a, b))| a.is_finite() && b.is_finite()).map(|(k, (a, b))| (*a, *b, x.row(k))).collect();
    let range = |of: fn(&(f64, f64, u64)) -> f64| {
        points.iter().map(of).map(|v| (v, v)).reduce(|(l, h), (a, b)| (l.min(a), h.max(b)))
    };
    Path { x: range(|p| p.0), y: range(|p| p.1), every: x.every, gone: x.gone, points }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::super::samples::tests::recording;
    use super::*;

    #[test]
    fn a_path_goes_through_the_pairs_of_the_rows() {
        let rows = recording(900, &[|r| r as f64, |r| if r % 10 == 4 { f64::NAN } else { -(r as f64) }]);
        let whole = path(&rows, (0, 1), 100, 500, 10_000);
        assert_eq!((whole.every, whole.points.len()), (1, 360));
        assert!(whole.points.iter().all(|(x, y, row)| *x == *row as f64 && *y == -(*row as f64)));
        assert_eq!((whole.x, whole.y), (Some((100.0, 499.0)), Some((-499.0, -100.0))));
        let thin = path(&rows, (0, 1), 100, 500, 50);
        assert_eq!(thin.every, 8);
        assert!(thin.points.len() <= 51 && thin.points.iter().all(|(.., row)| row % 8 == 0));
        assert!(path(&rows, (0, 7), 0, 100, 50).points.is_empty());
    }
}
