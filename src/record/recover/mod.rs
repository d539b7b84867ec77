//! What can be saved of a log that was cut off or spoilt, and what is lost, in words.
//!
//! A full log is kept up to the first thing in it that cannot be trusted. If a check that comes later can still be read,
//! the rows up to it are computed again from header and inputs; where the check's hash comes out, they are proven to be
//! what was written, and reading goes on behind it. Tables (transition and evaluation logs) lose their unreadable rows
//! and keep all others as they stand, byte for byte.

#![deny(clippy::indexing_slicing)]

mod full;
mod raw;
mod table;

use std::path::{Path, PathBuf};

use crate::config::{Error, Place, Result};

use super::full_log::FullLog;
use super::replay::{LogKind, kind_of};
use raw::RawLines;

/// Computes rows of a run again: from the end of the log's rows up to so many in all. `None` where the run cannot be
/// built or its actions do not follow from it.
pub type Compute<'a> = &'a dyn Fn(&FullLog, u64) -> Option<Vec<Vec<f64>>>;

/// How much was saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// Every row and input.
    All,
    /// Some are lost.
    Some,
    /// None; no file was written.
    Nothing,
}

/// What came of rescuing a log.
#[derive(Debug, Clone, PartialEq)]
pub struct Recovery {
    /// Kind of log.
    pub kind: LogKind,
    /// Rows in the rescued file.
    pub rows: u64,
    /// First and last tick among them, where the log counts ticks.
    pub ticks: Option<(u64, u64)>,
    /// Inputs in the rescued file.
    pub inputs: u64,
    /// Rows whose content a check proves; `None` for logs without checks.
    pub proven: Option<u64>,
    /// Rows that were computed again, proven by a check behind them.
    pub computed: u64,
    /// What was found and cost nothing.
    pub notes: Vec<String>,
    /// What is lost, with its place.
    pub lost: Vec<String>,
}

impl Recovery {
    fn of(kind: LogKind) -> Self {
        Self { kind, rows: 0, ticks: None, inputs: 0, proven: None, computed: 0, notes: Vec::new(), lost: Vec::new() }
    }

    /// How much was saved.
    pub fn saved(&self) -> Saved {
        match (self.rows, self.lost.is_empty()) {
            (0, _) => Saved::Nothing,
            (_, true) => Saved::All,
            (_, false) => Saved::Some,
        }
    }
}

/// `1 row`, `2 rows`.
fn count(n: u64, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

impl std::fmt::Display for Recovery {
    /// A line on what was saved, then one for each thing that was found.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {} saved", self.kind.words(), count(self.rows, "row"))?;
        if let Some((first, last)) = self.ticks {
            write!(f, " (ticks {first} to {last})")?;
        }
        if self.inputs > 0 {
            write!(f, ", {}", count(self.inputs, "input"))?;
        }
        match self.proven {
            Some(rows) if rows == self.rows && rows > 0 => write!(f, "; checks prove all of them")?,
            Some(0) => write!(f, "; no check proves them")?,
            Some(rows) => write!(f, "; the check at row {rows} proves what stands before it, none the rest")?,
            None => {}
        }
        if self.computed > 0 {
            let rows = count(self.computed, "row");
            write!(f, "\n  restored: {rows} computed again from header and inputs, proven by a check behind")?;
        }
        for note in &self.notes {
            write!(f, "\n  note: {note}")?;
        }
        for lost in &self.lost {
            write!(f, "\n  lost: {lost}")?;
        }
        Ok(())
    }
}

/// Most findings of one kind that are listed; more are counted.
const MOST_LISTED: usize = 20;

/// Findings of one kind: the first ones in words, the others counted.
#[derive(Default)]
struct Findings {
    listed: Vec<String>,
    more: u64,
}

impl Findings {
    fn add(&mut self, text: String) {
        if self.listed.len() < MOST_LISTED {
            self.listed.push(text);
        } else {
            self.more += 1;
        }
    }

    fn into_lines(mut self, what: &str) -> Vec<String> {
        if self.more > 0 {
            self.listed.push(format!("and {} {what}", self.more));
        }
        self.listed
    }
}

/// Holds the two names against each other before anything is read.
///
/// # Errors
/// A folder in place of the log, and a file where the rescued one shall stand.
pub fn may_recover(path: &Path, out: &Path) -> Result<()> {
    if path.is_dir() {
        return Err(Error::invalid(Place::file(path), "this is a folder", "Give one of the log files in it."));
    }
    if out.is_dir() {
        return Err(Error::invalid(Place::file(out), "this is a folder", "Give --out the name of a new file in it."));
    }
    if std::fs::metadata(out).is_ok_and(|m| m.is_file()) {
        return Err(Error::invalid(
            Place::file(out),
            "a file stands here already, and what was recorded is not written over",
            "Give --out the name of a new file.",
        ));
    }
    Ok(())
}

/// Writes what can be saved of a log into a new file. Where nothing can, no file is written.
///
/// # Errors
/// A file that cannot be read ([`Error::Io`]) or in which nothing can be understood, and a place that cannot be written
/// ([`Error::Io`]).
pub fn recover(path: &Path, out: &Path, compute: Compute<'_>) -> Result<Recovery> {
    let part = partial(out);
    let found = match kind(path)? {
        LogKind::Full => full::recover(path, &part, compute),
        kind => table::recover(path, &part, kind),
    };
    if part == out {
        return found;
    }
    match found {
        Ok(found) if found.rows > 0 => {
            std::fs::rename(&part, out).map_err(|e| Error::io(out, "write", e))?;
            Ok(found)
        }
        other => {
            // A rescued log that is not whole is of no use; where there is none, nothing is removed.
            let _ = std::fs::remove_file(&part);
            other
        }
    }
}

/// Kind of a log whose first line may be spoilt.
fn kind(path: &Path) -> Result<LogKind> {
    let mut lines = RawLines::open(path)?;
    if !lines.next()? {
        return Err(Error::invalid(Place::file(path), "the file is empty", "There is nothing to save; record again."));
    }
    let first = lines.text().map(str::to_owned);
    // What stands in the second line of a full log stands nowhere else.
    if lines.next()? && lines.text().is_ok_and(|t| t.starts_with("# version:")) {
        return Ok(LogKind::Full);
    }
    match first {
        Ok(text) => {
            let names = text.trim_start_matches('\u{feff}').trim_end();
            let other = || {
                Error::invalid(
                    Place::file(path).at_line(1),
                    "this is no log of the twin, the benchmark or SustainDC, so nothing tells which rows are sound",
                    "Open it as it is: rows that cannot be read are counted and left out.",
                )
            };
            match kind_of(names, text.as_bytes(), Place::file(path)) {
                Ok(LogKind::Table | LogKind::Results) => Err(other()),
                Err(_) if names.contains([',', ';', '\t']) && !names.starts_with(['{', '[']) => Err(other()),
                told => told,
            }
        }
        Err(column) => Err(Error::invalid(
            Place::file(path).at_line(1).at_column(column),
            "this is not text: what kind of log it was cannot be told",
            "Give a full log, a transition log or an evaluation log of SustainDC.",
        )),
    }
}

/// Where the rescued log is written until it is whole.
fn partial(out: &Path) -> PathBuf {
    // A device or a pipe is written to as it is: nothing may take its place.
    if std::fs::metadata(out).is_ok() {
        return out.to_path_buf();
    }
    let mut partial = out.to_path_buf();
    partial.as_mut_os_string().push(".part");
    partial
}
