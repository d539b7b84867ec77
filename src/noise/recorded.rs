//! Recorded noise: the columns of CSV files, row by row.
#![deny(clippy::indexing_slicing)]

use std::path::PathBuf;

use super::table::{CURE_NUMBER, Table, objection};
use super::{Noise, NoiseKind, StreamSpec, stable_hash, state};
use crate::config::{Error, Place, Result};

/// Noise that was written down before: row `index` of the column that belongs to a stream.
///
/// Sources of columns: CSV files ([`build`](super::build) with [`NoiseKind::Recorded`]) or columns that another reader
/// took from elsewhere, such as a full log ([`from_columns`](Self::from_columns)).
#[derive(Debug)]
pub struct Recorded {
    files: Vec<PathBuf>,
    /// One column for each stream; `None` for an absent optional one.
    columns: Vec<Option<Vec<f64>>>,
    /// Hash of all columns.
    fingerprint: u64,
}

impl Recorded {
    /// Noise from columns (name, draws) that were read from `files`. Columns that no stream asks for are dropped.
    ///
    /// # Errors
    /// If a stream that is not optional finds no column or an empty one, if a number is not finite, or a uniform draw
    /// lies outside \[0, 1).
    pub fn from_columns(columns: Vec<(String, Vec<f64>)>, files: &[PathBuf], streams: &[StreamSpec]) -> Result<Self> {
        let mut found = Vec::with_capacity(streams.len());
        for stream in streams {
            let column = columns.iter().find(|(name, _)| *name == stream.column).map(|(_, draws)| draws);
            for (row, &value) in column.into_iter().flatten().enumerate() {
                if let Some(what) = objection(stream, value) {
                    let place = Place::source(join_names(files));
                    return Err(Error::invalid(place, format!("row {row}: {what}"), CURE_NUMBER));
                }
            }
            found.push(column.cloned());
        }
        let names: Vec<String> = columns.into_iter().map(|(name, _)| name).collect();
        Self::assemble(found, &names, files, streams)
    }

    /// Noise from CSV files: each stream takes its column from the first file that has it.
    pub(super) fn from_files(files: &[PathBuf], streams: &[StreamSpec]) -> Result<Self> {
        let mut found = vec![None; streams.len()];
        let mut names = Vec::new();
        for path in files {
            let bytes = std::fs::read(path).map_err(|source| Error::io(path, "read the recorded noise", source))?;
            names.extend(Table::new(path, &bytes).read(streams, &mut found)?);
        }
        Self::assemble(found, &names, files, streams)
    }

    /// The last checks: every stream that needs a column has one that holds something.
    fn assemble(
        columns: Vec<Option<Vec<f64>>>,
        names: &[String],
        files: &[PathBuf],
        streams: &[StreamSpec],
    ) -> Result<Self> {
        for (stream, column) in streams.iter().zip(&columns) {
            let lack = match column {
                None => "there is no column",
                Some(draws) if draws.is_empty() => "there is no row in column",
                Some(_) => continue,
            };
            if !stream.optional {
                return Err(Error::invalid(
                    Place::source(join_names(files)),
                    format!("{lack} `{}` for the noise stream `{}`", stream.column, stream.name),
                    format!(
                        "Add the column, or a further file that has it: recorded=FILE+FILE. Columns found: {}.",
                        if names.is_empty() { "none".to_owned() } else { names.join(", ") }
                    ),
                ));
            }
        }
        let fingerprint = stable_hash(columns.iter().flat_map(|column| {
            // The length keeps streams apart; an absent one differs from an empty one.
            let length = column.as_ref().map_or(u64::MAX, |draws| draws.len() as u64);
            let bits = column.iter().flatten().map(|draw| draw.to_bits());
            std::iter::once(length).chain(bits).flat_map(u64::to_le_bytes)
        }));
        Ok(Self { files: files.to_vec(), columns, fingerprint })
    }
}

impl Noise for Recorded {
    fn kind(&self) -> NoiseKind {
        NoiseKind::Recorded(self.files.clone())
    }

    fn draw(&mut self, stream: usize, index: u64) -> f64 {
        match self.columns.get(stream) {
            Some(Some(draws)) => {
                usize::try_from(index).ok().and_then(|row| draws.get(row)).copied().unwrap_or(f64::NAN)
            }
            Some(None) => 0.0,
            None => f64::NAN,
        }
    }

    fn rows(&self, stream: usize) -> Option<u64> {
        Some(self.columns.get(stream).and_then(Option::as_ref).map_or(0, |draws| draws.len() as u64))
    }

    fn save(&self) -> Vec<u8> {
        state::encode(&state::State::Recorded { fingerprint: self.fingerprint })
    }

    fn restore(&mut self, bytes: &[u8]) -> Result<()> {
        match state::decode(bytes)? {
            state::State::Recorded { fingerprint } if fingerprint == self.fingerprint => Ok(()),
            state::State::Recorded { .. } => Err(state::refusal("it belongs to another recording")),
            other => Err(other.belongs_elsewhere("recorded")),
        }
    }

    fn reseed(&mut self, _seed: u64) {}
}

/// File names as the `--noise` option joins them.
fn join_names(files: &[PathBuf]) -> String {
    files.iter().map(|file| file.display().to_string()).collect::<Vec<_>>().join("+")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
    use super::super::{Draw, build};
    use super::*;

    fn spec(name: &str, draw: Draw, column: &str) -> StreamSpec {
        StreamSpec { name: name.into(), draw, column: column.into(), doc: String::new(), optional: false }
    }

    fn streams() -> Vec<StreamSpec> {
        vec![
            spec("regd", Draw::Normal, "regd_z"),
            spec("freq", Draw::Normal, "freq_z"),
            StreamSpec { optional: true, ..spec("accept", Draw::Uniform, "accept_u") },
        ]
    }

    /// Builds noise from files with these contents, called `0.csv`, `1.csv` and so on.
    fn from_texts(texts: &[&[u8]]) -> Result<Box<dyn Noise>> {
        let folder = tempfile::tempdir().unwrap();
        let files = texts.iter().enumerate().map(|(i, text)| {
            let path = folder.path().join(format!("{i}.csv"));
            std::fs::write(&path, text).unwrap();
            path
        });
        build(&NoiseKind::Recorded(files.collect()), 0, &streams())
    }

    /// The error of one file, with the folder cut off.
    fn error_of(text: &[u8]) -> (String, Error) {
        let error = from_texts(&[text]).err().unwrap();
        (error.to_string().rsplit_once("0.csv").unwrap().1.to_owned(), error)
    }

    #[test]
    fn each_stream_finds_its_column_in_the_first_file_that_has_it() {
        let ticks = b"k,freq_z,regd_z\n0,0.5,-1.25\n1,1e-3,2\n2,3,4\n";
        let intervals = b"m,rmcp_z,accept_u,regd_z\n0,9,0.25,7\n1,9,0.75,7\n";
        let mut noise = from_texts(&[ticks, intervals]).unwrap();
        assert_eq!([noise.rows(0), noise.rows(1), noise.rows(2)], [Some(3), Some(3), Some(2)]);
        assert_eq!([noise.draw(0, 2), noise.draw(0, 0), noise.draw(0, 1)], [4.0, -1.25, 2.0]);
        assert_eq!([noise.draw(1, 0), noise.draw(1, 1)], [0.5, 1e-3]);
        assert_eq!([noise.draw(2, 0), noise.draw(2, 1)], [0.25, 0.75]);
    }

    #[test]
    fn past_the_end_is_nan() {
        let mut noise = from_texts(&[b"k,freq_z,regd_z\n0,1,1\n"]).unwrap();
        assert!(noise.draw(0, 1).is_nan());
        assert!(noise.draw(0, u64::MAX).is_nan());
    }

    #[test]
    fn an_absent_optional_stream_draws_zero() {
        let mut noise = from_texts(&[b"k,freq_z,regd_z\n0,1,1\n"]).unwrap();
        assert_eq!(noise.rows(2), Some(0));
        assert_eq!(noise.draw(2, 0), 0.0);
    }

    #[test]
    fn an_absent_stream_is_named_with_its_column_and_the_files() {
        let error = from_texts(&[b"k,regd_z\n0,1\n", b"m,rmcp_z\n0,1\n"]).err().unwrap();
        let text = error.to_string();
        for part in ["0.csv+", "1.csv:", "`freq_z`", "`freq`"] {
            assert!(text.contains(part), "{text}");
        }
        assert!(error.cure().contains("k, regd_z, m, rmcp_z"), "{}", error.cure());
        assert!(from_texts(&[]).is_err());
    }

    #[test]
    fn the_index_column_is_no_stream() {
        let (text, _) = error_of(b"regd_z,freq_z\n0,1\n");
        assert!(text.contains("no column `regd_z`"), "{text}");
    }

    #[test]
    fn an_empty_or_missing_file_is_an_error() {
        assert!(error_of(b"").0.contains("is empty"));
        assert!(error_of(b"k,regd_z,freq_z\n").0.contains("no row in column `regd_z`"));
        let error = build(&NoiseKind::Recorded(vec!["no/such.csv".into()]), 0, &streams()).err().unwrap();
        assert!(error.to_string().starts_with("no/such.csv: cannot read the recorded noise"), "{error}");
    }

    #[test]
    fn columns_can_come_from_elsewhere() {
        let files = [PathBuf::from("run.csv")];
        let columns = |freq| {
            vec![
                ("tick".to_owned(), vec![0.0, 1.0]),
                ("freq_z".to_owned(), vec![0.5, freq]),
                ("regd_z".to_owned(), vec![-0.5]),
            ]
        };
        let mut noise = Recorded::from_columns(columns(0.25), &files, &streams()).unwrap();
        assert_eq!(noise.draw(1, 1), 0.25);
        assert_eq!([noise.rows(0), noise.rows(1), noise.rows(2)], [Some(1), Some(2), Some(0)]);
        assert_eq!(noise.kind().to_string(), "recorded=run.csv");
        let error = Recorded::from_columns(columns(f64::NAN), &files, &streams()).unwrap_err();
        assert_eq!(error.to_string(), "run.csv: row 1: `freq_z` is NaN, not a finite number");
        let error = Recorded::from_columns(Vec::new(), &files, &streams()).unwrap_err();
        assert!(error.cure().contains("Columns found: none."), "{}", error.cure());
    }

    #[test]
    fn a_position_of_another_recording_is_refused() {
        let one = from_texts(&[b"k,freq_z,regd_z\n0,1,1\n"]).unwrap();
        let mut same = from_texts(&[b"t,regd_z,extra,freq_z\n0,1,5,1\n"]).unwrap();
        let mut other = from_texts(&[b"k,freq_z,regd_z\n0,1,1.5\n"]).unwrap();
        assert!(same.restore(&one.save()).is_ok());
        let error = other.restore(&one.save()).unwrap_err();
        assert!(error.to_string().contains("another recording"), "{error}");
    }
}
