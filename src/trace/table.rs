//! One file of the layout in memory.

use std::fmt;
use std::path::PathBuf;

use crate::config::{Error, Place, Result};

/// Where the values of a table come from. Displayed as the reference's weather source string (core spec 7).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A file of measured values; displayed by its name, because a log must not depend on where a folder stands.
    Real(PathBuf),
    /// Generated values; the text names the market or the trace they stand for.
    Synthetic(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Real(path) => match path.file_name() {
                Some(name) => write!(f, "real:{}", name.to_string_lossy()),
                None => write!(f, "real:{}", path.display()),
            },
            Self::Synthetic(what) => write!(f, "synthetic:{what}"),
        }
    }
}

/// What orders the rows of a table. Ascending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimeAxis {
    /// Number of a five-minute record.
    Tick(Vec<i64>),
    /// Moments in seconds since 1970-01-01 00:00.
    Stamp {
        /// Seconds; with `utc` false, a naive local time counted as if it were UTC.
        unix_s: Vec<i64>,
        /// Whether these are moments in UTC and not naive local times.
        utc: bool,
    },
}

impl TimeAxis {
    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Tick(ticks) => ticks.len(),
            Self::Stamp { unix_s, .. } => unix_s.len(),
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A named column of numbers; an empty cell of the file is NaN.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Header of the column, which carries the unit as C2G-Bench writes it.
    pub name: String,
    /// One value per row.
    pub values: Vec<f64>,
}

/// One file of the layout: a time axis and columns of the same length.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Path in the layout, with forward slashes: `workload_traces/batch_v2023.csv`.
    pub id: String,
    /// Where the values come from.
    pub origin: Origin,
    /// What orders the rows.
    pub time: TimeAxis,
    /// The numeric columns.
    pub columns: Vec<Column>,
}

impl Table {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.time.len()
    }

    /// The values of a column.
    ///
    /// # Errors
    /// When the table has no such column; the message lists the columns it has.
    pub fn column(&self, name: &str) -> Result<&[f64]> {
        self.columns
            .iter()
            .find(|column| column.name == name)
            .map(|column| column.values.as_slice())
            .ok_or_else(|| Error::unknown(self.place(), "column", name, self.columns.iter().map(|c| c.name.as_str())))
    }

    /// The record numbers of a table that is keyed by `tick`.
    ///
    /// # Errors
    /// When the table is keyed by time stamps.
    pub fn ticks(&self) -> Result<&[i64]> {
        match &self.time {
            TimeAxis::Tick(ticks) => Ok(ticks),
            TimeAxis::Stamp { .. } => Err(self.wrong_axis("time stamps", "record numbers (`tick`)")),
        }
    }

    /// The time stamps of a table in seconds, and whether they are UTC.
    ///
    /// # Errors
    /// When the table is keyed by `tick`.
    pub fn stamps(&self) -> Result<(&[i64], bool)> {
        match &self.time {
            TimeAxis::Stamp { unix_s, utc } => Ok((unix_s, *utc)),
            TimeAxis::Tick(_) => Err(self.wrong_axis("record numbers (`tick`)", "time stamps")),
        }
    }

    /// The file for messages: where it was read, or its name in the layout.
    pub fn place(&self) -> Place {
        match &self.origin {
            Origin::Real(path) => Place::file(path),
            Origin::Synthetic(_) => Place::source(self.id.as_str()),
        }
    }

    fn wrong_axis(&self, found: &str, wanted: &str) -> Error {
        Error::invalid(
            self.place(),
            format!("the table is keyed by {found}, {wanted} were expected"),
            "Check that the file stands under its own name in the folder of the data set.",
        )
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn table() -> Table {
        Table {
            id: "energy/NYC.csv".to_owned(),
            origin: Origin::Real(PathBuf::from("somewhere/NYC.csv")),
            time: TimeAxis::Stamp { unix_s: vec![0, 300], utc: false },
            columns: vec![Column { name: "Load".to_owned(), values: vec![1.0, 2.0] }],
        }
    }

    #[test]
    fn an_unknown_column_lists_the_known_ones() {
        let error = table().column("load").unwrap_err();
        assert!(error.to_string().contains("somewhere/NYC.csv: unknown column `load`"), "{error}");
        assert!(error.cure().contains("Did you mean `Load`?"), "{}", error.cure());
    }

    #[test]
    fn an_origin_prints_as_the_reference_does() {
        assert_eq!(table().origin.to_string(), "real:NYC.csv");
        assert_eq!(Origin::Synthetic("nyiso_nyc".to_owned()).to_string(), "synthetic:nyiso_nyc");
    }

    #[test]
    fn asking_for_the_wrong_axis_is_an_error() {
        assert!(table().ticks().is_err());
        assert_eq!(table().stamps().unwrap(), ([0, 300].as_slice(), false));
    }
}
