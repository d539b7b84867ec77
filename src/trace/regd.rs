//! A recorded regulation signal in place of the plant's own law: real PJM RegD, two or four seconds a value.
//!
//! The file is a CSV whose last column holds the signal, −1..1, + = the grid is short. A header, a column of times
//! before the value and lines that begin with `#` are allowed; times are not read, the step is told beside the file.

use std::path::Path;
use std::sync::Arc;

use csv::ByteRecord;

use super::{Table, TraceSource};
use crate::config::{Error, Place, Result};

/// Longest step of a value that is accepted, s.
const LONGEST_STEP_S: f64 = 300.0;

/// Distance beyond ±1 that rounding may leave.
const SLACK: f64 = 1e-6;

/// Values of the signal with their step.
#[derive(Debug, Clone, PartialEq)]
pub struct RegdSignal {
    /// −1..1, + = the grid is short: the site sheds load.
    values: Vec<f64>,
    /// Time that a value holds, s.
    step_s: f64,
    /// CRC-32 of the bytes of the file that it was read from.
    crc32: Option<u32>,
}

impl RegdSignal {
    /// A signal from its values; each holds for `step_s` seconds.
    ///
    /// # Errors
    /// Steps that are no time between 0 and 300 s, signals without a value, values beyond ±1; `place` names the source.
    pub fn new(values: Vec<f64>, step_s: f64, place: &Place) -> Result<Self> {
        if !(step_s > 0.0 && step_s <= LONGEST_STEP_S) {
            return Err(Error::invalid(
                Place::source("--regd-step"),
                format!("{step_s} s is no step of a regulation signal"),
                format!("Give the seconds between two values, above 0 and up to {LONGEST_STEP_S}; PJM has 2 or 4."),
            ));
        }
        if values.is_empty() {
            let cure = "Give a CSV whose last column holds the signal, one value a row.";
            return Err(Error::invalid(place.clone(), "there is no value of the signal", cure));
        }
        let values = values.into_iter().map(|x| x.clamp(-1.0, 1.0)).collect();
        Ok(Self { values, step_s, crc32: None })
    }

    /// Reads a file.
    ///
    /// # Errors
    /// Files that cannot be read; cells that are no number within ±1, with line and column.
    pub fn read(path: &Path, step_s: f64) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|e| Error::io(path, "read the regulation signal", e))?;
        let place = Place::file(path);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .comment(Some(b'#'))
            .from_reader(bytes.as_slice());
        let mut record = ByteRecord::new();
        let mut values = Vec::new();
        let mut first = true;
        loop {
            let more = reader.read_byte_record(&mut record).map_err(|e| {
                Error::invalid(place.clone(), format!("the file is no CSV: {e}"), "Save it as a plain CSV.")
            })?;
            if !more {
                break;
            }
            let cell =
                record.iter().next_back().map(|c| String::from_utf8_lossy(c).trim().to_owned()).unwrap_or_default();
            let header = std::mem::take(&mut first);
            let value = cell.parse::<f64>().ok().filter(|x| x.is_finite());
            match value {
                Some(x) if x.abs() <= 1.0 + SLACK => values.push(x),
                None if header => {}
                other => {
                    let line = record.position().map_or(0, csv::Position::line);
                    let column = u64::try_from(record.len()).unwrap_or(1);
                    let what = match other {
                        Some(x) => format!("{x} lies beyond ±1"),
                        None => format!("`{cell}` is no number"),
                    };
                    return Err(Error::invalid(
                        place.at_line(line).at_column(column),
                        what,
                        "Give the signal as a share of the commitment, from -1 to 1.",
                    ));
                }
            }
        }
        Ok(Self { crc32: Some(crc32fast::hash(&bytes)), ..Self::new(values, step_s, &place)? })
    }

    /// CRC-32 of the bytes of the file that it was read from; `None` when it comes from elsewhere.
    pub fn crc32(&self) -> Option<u32> {
        self.crc32
    }

    /// Number of ticks that the signal fills, at least one.
    pub fn ticks(&self, tick_s: u32) -> u64 {
        ((self.values.len() as f64 * self.step_s / f64::from(tick_s)).floor() as u64).max(1)
    }

    /// Mean of the signal over each tick, weighted by time; a value holds until the next one. A tail that fills no
    /// whole tick is dropped.
    pub fn resampled(&self, tick_s: u32) -> Vec<f64> {
        let tick_s = f64::from(tick_s);
        let at = |index: usize| self.values.get(index).or(self.values.last()).copied().unwrap_or(0.0);
        (0..self.ticks(tick_s as u32))
            .map(|tick| {
                let (begin, end) = (tick as f64 * tick_s, (tick + 1) as f64 * tick_s);
                let (first, last) = ((begin / self.step_s).floor() as usize, (end / self.step_s).ceil() as usize);
                let held = |index: usize| {
                    let from = (index as f64 * self.step_s).max(begin);
                    let to = ((index + 1) as f64 * self.step_s).min(end);
                    (to - from).max(0.0) * at(index)
                };
                ((first..last).map(held).sum::<f64>() / tick_s).clamp(-1.0, 1.0)
            })
            .collect()
    }
}

/// A source of traces with a regulation signal beside it.
pub struct WithRegd {
    inner: Arc<dyn TraceSource>,
    signal: RegdSignal,
}

impl WithRegd {
    /// Puts a signal beside the tables of a source.
    pub fn new(inner: Arc<dyn TraceSource>, signal: RegdSignal) -> Self {
        Self { inner, signal }
    }
}

impl TraceSource for WithRegd {
    fn table(&self, id: &str) -> Result<Arc<Table>> {
        self.inner.table(id)
    }

    fn label(&self) -> String {
        self.inner.label()
    }

    fn warnings(&self) -> Vec<String> {
        self.inner.warnings()
    }

    fn regd(&self) -> Option<&RegdSignal> {
        Some(&self.signal)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(text: &str, step_s: f64) -> Result<RegdSignal> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("regd.csv");
        std::fs::write(&path, text).unwrap();
        RegdSignal::read(&path, step_s)
    }

    #[test]
    fn ticks_of_five_seconds_are_means_weighted_by_time() {
        let signal = read("1.0\n0.5\n0.0\n-0.5\n-1.0\n", 2.0).unwrap();
        // 0..5 s: 1.0 and 0.5 for 2 s, 0.0 for 1 s. 5..10 s: 0.0 for 1 s, −0.5 and −1.0 for 2 s.
        assert_eq!(signal.resampled(5), [0.6, -0.6]);
        let signal = read("0.5\n-0.5\n0.25\n", 4.0).unwrap();
        assert_eq!(signal.resampled(5), [0.3, -0.2], "0.5·4 − 0.5·1; −0.5·3 + 0.25·2; two seconds are left over");
        assert_eq!(read("0.25\n", 2.0).unwrap().resampled(5), [0.25], "shorter than a tick: the last value holds");
    }

    #[test]
    fn times_headers_and_remarks_are_skipped() {
        let text = "# PJM\nDATETIME,RegD\n2024-07-01 00:00:00,0.25\n2024-07-01 00:00:02,-1.0\n";
        assert_eq!(read(text, 2.0).unwrap().values, [0.25, -1.0]);
    }

    #[test]
    fn wrong_cells_are_told_with_their_line() {
        for (text, words) in [("regd\n0.1\nx\n", ":3:1: `x` is no number"), ("0.1\n1.5\n", ":2:1: 1.5 lies beyond ±1")]
        {
            let error = read(text, 2.0).unwrap_err();
            assert!(error.to_string().ends_with(words), "{error}");
        }
        assert!(read("regd\n", 2.0).unwrap_err().to_string().ends_with("there is no value of the signal"));
        assert!(read("0.1\n", 0.0).is_err() && read("0.1\n", f64::NAN).is_err());
    }
}
