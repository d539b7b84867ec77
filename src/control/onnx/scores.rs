//! How far what a policy sees stands from what it was trained on: z-scores of its inputs.
//!
//! The reference is the policy's own metadata (`c2g.obs_mean` and `c2g.obs_std`) or a recorded log of transitions. An
//! input drifts when its mean z-score over about a hundred decisions leaves ±3: a single far value is news, a lasting
//! one means that the policy works outside its experience.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::config::{Error, Place, Result};
use crate::plant::Slot;

use super::header::Header;

/// Weight of the newest z-score in the running mean.
const WEIGHT: f64 = 1.0 / 64.0;
/// Running mean beyond which an input drifts, in standard deviations.
pub const DRIFT: f64 = 3.0;
/// Decisions before drift is told: the running mean begins at zero.
const SETTLED: u64 = 64;
/// Spread below which an input counts as constant; it then has no z-score (NaN).
const LEAST_STD: f64 = 1e-9;

/// Mean and standard deviation of every entry of an observation.
#[derive(Debug, Clone, PartialEq)]
pub struct Reference {
    /// Mean.
    pub mean: Vec<f64>,
    /// Standard deviation.
    pub std: Vec<f64>,
    /// Where it comes from.
    pub source: String,
}

impl Reference {
    /// What a network's metadata says, when it says it for as many entries as the network takes.
    pub fn of_metadata(header: &Header, entries: usize) -> Option<Self> {
        let (mean, std) = (header.numbers("obs_mean")?, header.numbers("obs_std")?);
        let fits = mean.len() == entries && std.len() == entries;
        fits.then(|| Self { mean, std, source: "metadata of the policy".to_owned() })
    }

    /// Mean and spread of a slot's observations in a CSV of transitions: columns `s_NAME`, else `obs_NAME`, else `NAME`.
    ///
    /// # Errors
    /// A file that cannot be read, a column that is missing, fewer than two rows.
    pub fn of_log(path: &Path, slot: &Slot) -> Result<Self> {
        let wrong = |place: Place, what: String| {
            Error::invalid(
                place,
                what,
                "Give a CSV of transitions of this slot, as `run --record_transitions` writes it.",
            )
        };
        let mut reader = csv::ReaderBuilder::new()
            .comment(Some(b'#'))
            .from_path(path)
            .map_err(|e| Error::io(path, "read", std::io::Error::other(e)))?;
        let header = reader.headers().map_err(|e| wrong(Place::file(path), e.to_string()))?.clone();
        let find = |name: &str| {
            let names = [format!("s_{name}"), format!("obs_{name}"), name.to_owned()];
            names.iter().find_map(|n| header.iter().position(|h| h == n))
        };
        let mut columns = Vec::with_capacity(slot.observations.len());
        for observation in &slot.observations {
            let column = find(&observation.name);
            columns.push(column.ok_or_else(|| {
                wrong(Place::file(path).at_line(1), format!("there is no column `s_{}`", observation.name))
            })?);
        }
        // Welford's running mean and sum of squares: one pass, no cancellation.
        let mut count = 0.0;
        let (mut mean, mut squares) = (vec![0.0; columns.len()], vec![0.0; columns.len()]);
        for record in reader.records() {
            let record = record.map_err(|e| wrong(Place::file(path), e.to_string()))?;
            count += 1.0;
            for ((&column, mean), squares) in columns.iter().zip(&mut mean).zip(&mut squares) {
                let cell = record.get(column).unwrap_or("");
                let x: f64 = cell.trim().parse().ok().filter(|x: &f64| x.is_finite()).ok_or_else(|| {
                    let line = record.position().map_or(0, csv::Position::line);
                    wrong(Place::file(path).at_line(line), format!("`{cell}` is not a number"))
                })?;
                let delta = x - *mean;
                *mean += delta / count;
                *squares += delta * (x - *mean);
            }
        }
        if count < 2.0 {
            return Err(wrong(Place::file(path), "there are fewer than two rows".to_owned()));
        }
        let std = squares.iter().map(|s| (s / (count - 1.0)).sqrt()).collect();
        Ok(Self { mean, std, source: path.display().to_string() })
    }
}

/// What is remembered of the z-scores.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Drift {
    decisions: u64,
    /// Running mean of each entry's z-score.
    mean: Vec<f64>,
}

/// Z-scores of the last decision, with the running mean behind the warning.
pub(super) struct Scores {
    reference: Reference,
    /// Of the last decision; NaN for entries without spread.
    last: Vec<f64>,
    pub(super) drift: Drift,
}

impl Scores {
    pub(super) fn new(reference: Reference) -> Self {
        let entries = reference.mean.len();
        let drift = Drift { decisions: 0, mean: vec![0.0; entries] };
        Self { last: vec![f64::NAN; entries], reference, drift }
    }

    /// Forgets what was seen.
    pub(super) fn reset(&mut self) {
        *self = Self::new(self.reference.clone());
    }

    /// Takes in what a decision is made on.
    pub(super) fn see(&mut self, observation: impl Iterator<Item = f64>) {
        self.drift.decisions += 1;
        let norms = self.reference.mean.iter().zip(&self.reference.std);
        let state = self.last.iter_mut().zip(&mut self.drift.mean);
        for ((x, (mean, std)), (last, running)) in observation.zip(norms).zip(state) {
            *last = if *std > LEAST_STD { (x - mean) / std } else { f64::NAN };
            if last.is_finite() {
                *running += (*last - *running) * WEIGHT;
            }
        }
    }

    /// The last z-scores, in the network's order.
    pub(super) fn last(&self) -> &[f64] {
        &self.last
    }

    /// Where the reference comes from.
    pub(super) fn source(&self) -> &str {
        &self.reference.source
    }

    /// Entries that drift, with their running mean.
    pub(super) fn drifting(&self) -> impl Iterator<Item = (usize, f64)> {
        let settled = self.drift.decisions >= SETTLED;
        let all = self.drift.mean.iter().copied().enumerate();
        all.filter(move |(_, z)| settled && z.abs() > DRIFT)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn scores() -> Scores {
        Scores::new(Reference { mean: vec![1.0, 0.0, 5.0], std: vec![2.0, 1.0, 0.0], source: String::new() })
    }

    #[test]
    fn a_lasting_distance_is_drift_and_a_single_one_is_not() {
        let mut s = scores();
        for k in 0..500 {
            let far = if k % 50 == 0 { 30.0 } else { 0.0 };
            s.see([1.0 + far, 0.5, 5.0].into_iter());
        }
        assert_eq!(s.drifting().count(), 0);
        s.see([3.0, 0.5, 9.0].into_iter());
        assert_eq!(s.last()[..2], [1.0, 0.5]);
        assert!(s.last()[2].is_nan(), "an entry without spread has no z-score");
        for _ in 0..200 {
            s.see([9.0, 0.5, 5.0].into_iter());
        }
        let drifting: Vec<(usize, f64)> = s.drifting().collect();
        assert_eq!(drifting.len(), 1);
        assert!(drifting[0].0 == 0 && (drifting[0].1 - 4.0).abs() < 0.3, "{drifting:?}");
    }

    #[test]
    fn values_that_are_no_numbers_leave_the_running_mean_alone() {
        let mut s = scores();
        for _ in 0..100 {
            s.see([f64::NAN, f64::INFINITY, 0.0].into_iter());
        }
        assert_eq!(s.drift.mean, [0.0; 3]);
        assert_eq!(s.drifting().count(), 0);
    }

    #[test]
    fn metadata_of_another_width_is_no_reference() {
        let mut header = Header::default();
        header.metadata.insert("c2g.obs_mean".to_owned(), "[1, 2]".to_owned());
        header.metadata.insert("c2g.obs_std".to_owned(), "[1, 1]".to_owned());
        assert!(Reference::of_metadata(&header, 18).is_none());
        assert_eq!(Reference::of_metadata(&header, 2).unwrap().mean, [1.0, 2.0]);
    }
}
