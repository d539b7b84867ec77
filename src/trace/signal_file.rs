//! A recorded regulation signal: one value column on a fixed step of 2 s or 4 s, as grid operators publish theirs.

use std::path::Path;

use crate::config::{Error, Place, Result};

/// Rows of a day on steps of 2 s; a file with at least so many has such steps.
const DAY_AT_2_S: usize = 43_200;

/// Rows of a day on steps of 4 s; a file with about so many has such steps.
const DAY_AT_4_S: std::ops::RangeInclusive<usize> = 21_600..=21_601;

/// A recorded signal between −1 and 1. It is held between its values and begins anew at its end.
#[derive(Debug, Clone, PartialEq)]
pub struct SignalFile {
    values: Vec<f64>,
    step_s: f64,
}

impl SignalFile {
    /// Reads `FILE` or `FILE@SECONDS`. The last column holds the values; a first line without a number is a header.
    /// Without `@` the step is 4 s where the file is as long as a day of such steps, else 2 s.
    ///
    /// # Errors
    /// When the file cannot be read, is empty, or a value is no number between −1 and 1; with the line.
    pub fn open(name: &Path) -> Result<Self> {
        let text = name.to_string_lossy();
        let stepped = text.rsplit_once('@').and_then(|(file, step)| Some((file, step.parse::<f64>().ok()?)));
        let (path, step) = match stepped {
            Some((file, step)) if !name.is_file() => (Path::new(file), Some(step)),
            _ => (name, None),
        };
        if let Some(step) = step.filter(|s| !(s.is_finite() && *s > 0.0)) {
            let cure = "Write FILE@2 or FILE@4.";
            return Err(Error::invalid(Place::file(name), format!("a step of {step} s makes no sense"), cure));
        }
        let text = std::fs::read_to_string(path).map_err(|e| Error::io(path, "read the signal", e))?;
        let values = parse(&text, path)?;
        let guess = if DAY_AT_4_S.contains(&values.len()) && values.len() < DAY_AT_2_S { 4.0 } else { 2.0 };
        Ok(Self { values, step_s: step.unwrap_or(guess) })
    }

    /// The value that holds so many seconds after the first.
    pub fn at(&self, seconds: f64) -> f64 {
        let index = (seconds / self.step_s) as usize % self.values.len().max(1);
        self.values.get(index).copied().unwrap_or(0.0)
    }

    /// Seconds between two values.
    pub fn step_s(&self) -> f64 {
        self.step_s
    }
}

fn parse(text: &str, path: &Path) -> Result<Vec<f64>> {
    let mut values = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let cell = line.rsplit([',', ';', '\t']).next().unwrap_or("").trim().trim_matches('"');
        if line.trim().is_empty() {
            continue;
        }
        match cell.parse::<f64>() {
            Ok(value) if (-1.0..=1.0).contains(&value) => values.push(value),
            Err(_) if index == 0 => {}
            _ => {
                return Err(Error::invalid(
                    Place::file(path).at_line(index as u64 + 1),
                    format!("`{cell}` is no value of a regulation signal"),
                    "Give one value from -1 to 1 a line, in the last column.",
                ));
            }
        }
    }
    if values.is_empty() {
        let cure = "Give one value from -1 to 1 a line.";
        return Err(Error::invalid(Place::file(path), "the file holds no values", cure));
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn file(text: &str) -> (tempfile::TempDir, std::path::PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("regd.csv");
        std::fs::write(&path, text).unwrap();
        (dir, path)
    }

    #[test]
    fn values_are_held_and_begin_anew() {
        let (_dir, path) = file("time,RegD\n00:00:00,0.5\n00:00:02,-1\n00:00:04,0.25\n");
        let signal = SignalFile::open(&path).unwrap();
        assert_eq!([0.0, 1.9, 2.0, 5.0, 6.0].map(|s| signal.at(s)), [0.5, 0.5, -1.0, 0.25, 0.5]);
        let slow = SignalFile::open(Path::new(&format!("{}@4", path.display()))).unwrap();
        assert_eq!([0.0, 5.0, 10.0].map(|s| slow.at(s)), [0.5, -1.0, 0.25]);
    }

    #[test]
    fn the_length_of_a_day_tells_the_step() {
        let (_dir, path) = file(&"0.1\n".repeat(21_600));
        assert_eq!(SignalFile::open(&path).unwrap().step_s(), 4.0);
        let (_dir, path) = file(&"0.1\n".repeat(43_200));
        assert_eq!(SignalFile::open(&path).unwrap().step_s(), 2.0);
    }

    #[test]
    fn what_is_no_signal_is_refused_with_its_line() {
        for (text, words) in
            [("0.1\n1.5\n", "regd.csv:2: `1.5`"), ("x\ny\n", "regd.csv:2: `y`"), ("RegD\n", "no values"), ("0\nnan", ":2:")]
        {
            let (_dir, path) = file(text);
            let error = SignalFile::open(&path).unwrap_err();
            assert!(error.to_string().contains(words), "{error}");
        }
        assert!(SignalFile::open(Path::new("nosuch.csv")).unwrap_err().to_string().contains("nosuch.csv"));
        let (_dir, path) = file("0.1\n");
        assert!(SignalFile::open(Path::new(&format!("{}@0", path.display()))).is_err());
    }
}
