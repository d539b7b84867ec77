//! The result of a check, and how it prints.

use std::fmt;
use std::path::{Path, PathBuf};

use super::super::stamp;
use super::super::{Table, TimeAxis};
use crate::config::Place;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// The check fails.
    Problem,
}

/// Something that the check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// File, line and column; empty where the text names them.
    pub place: Place,
    /// What was found and what was expected.
    pub what: String,
    /// What to do about it, or why nothing needs to be done.
    pub cure: String,
}

impl Finding {
    pub(in crate::trace) fn problem(place: Place, what: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { severity: Severity::Problem, place, what: what.into(), cure: cure.into() }
    }

    pub(in crate::trace) fn note(place: Place, what: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { severity: Severity::Note, place, what: what.into(), cure: cure.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.severity {
            Severity::Problem => "problem",
            Severity::Note => "note",
        };
        match &*self.place.source {
            "" => write!(f, "{word}: {}\n  cure: {}", self.what, self.cure),
            _ => write!(f, "{word}: {}: {}\n  cure: {}", self.place, self.what, self.cure),
        }
    }
}

/// What is known of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileCheck {
    /// Path in the layout.
    pub id: String,
    /// Whether the file is there.
    pub found: bool,
    /// Rows read.
    pub rows: usize,
    /// First and last record number or time.
    pub span: (String, String),
    /// Gaps in time.
    pub gaps: usize,
    /// Problems found in this file.
    pub problems: usize,
    /// Its main statistics in words.
    pub facts: String,
}

impl FileCheck {
    /// A file that may be missing.
    pub(in crate::trace) fn absent(id: &str) -> Self {
        Self { problems: 0, facts: "missing, played from the embedded set".to_owned(), ..Self::missing(id) }
    }

    pub(super) fn missing(id: &str) -> Self {
        let id = id.to_owned();
        let span = (String::new(), String::new());
        Self { id, found: false, rows: 0, span, gaps: 0, problems: 1, facts: "missing".to_owned() }
    }

    pub(in crate::trace) fn unreadable(id: &str) -> Self {
        Self { found: true, facts: "cannot be read".to_owned(), ..Self::missing(id) }
    }

    pub(in crate::trace) fn read(table: &Table, gaps: usize, facts: String, findings: &[Finding]) -> Self {
        let show = |key: Option<&i64>| match (&table.time, key) {
            (_, None) => String::new(),
            (TimeAxis::Tick(_), Some(key)) => key.to_string(),
            (TimeAxis::Stamp { .. }, Some(key)) => stamp::format(*key, ' '),
        };
        let (TimeAxis::Tick(keys) | TimeAxis::Stamp { unix_s: keys, .. }) = &table.time;
        Self {
            id: table.id.clone(),
            found: true,
            rows: table.rows(),
            span: (show(keys.first()), show(keys.last())),
            gaps,
            problems: findings.iter().filter(|finding| finding.severity == Severity::Problem).count(),
            facts,
        }
    }

    fn cells(&self) -> [String; 7] {
        let result = if self.problems == 0 { "ok" } else { "PROBLEM" };
        let (from, to) = self.span.clone();
        let (rows, gaps) = (self.rows.to_string(), self.gaps.to_string());
        [self.id.clone(), rows, from, to, gaps, result.to_owned(), self.facts.clone()]
    }
}

/// The result of checking a folder. Displayed as an aligned table, then the findings, then one line that sums up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckReport {
    /// The folder that holds `workload_traces`, `energy` and `weather`.
    pub root: PathBuf,
    /// Whether the folder says of itself that its values are generated.
    pub synthetic: bool,
    /// The files in the order of the layout.
    pub files: Vec<FileCheck>,
    /// Problems and notes in the order of the files.
    pub findings: Vec<Finding>,
}

impl CheckReport {
    pub(super) fn new(root: &Path, synthetic: bool) -> Self {
        Self { root: root.to_path_buf(), synthetic, files: Vec::new(), findings: Vec::new() }
    }

    pub(in crate::trace) fn push(&mut self, file: FileCheck, findings: Vec<Finding>) {
        self.files.push(file);
        self.findings.extend(findings);
    }

    /// Whether there is no problem.
    pub fn ok(&self) -> bool {
        self.problems() == 0
    }

    /// Number of problems.
    pub fn problems(&self) -> usize {
        self.findings.iter().filter(|finding| finding.severity == Severity::Problem).count()
    }
}

impl fmt::Display for CheckReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.synthetic { " (marked as synthetic)" } else { "" };
        writeln!(f, "{}{kind}\n", self.root.display())?;
        let head = ["File", "Rows", "From", "To", "Gaps", "Result", "Facts"].map(str::to_owned);
        let rows: Vec<[String; 7]> = std::iter::once(head).chain(self.files.iter().map(FileCheck::cells)).collect();
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths: [usize; 7] = std::array::from_fn(width);
        for row in &rows {
            let mut line = String::new();
            for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
                // Counts are read from the right, everything else from the left.
                let cell = if matches!(column, 1 | 4) { format!("{cell:>width$}") } else { format!("{cell:<width$}") };
                line.push_str(&cell);
                line.push_str("  ");
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        writeln!(f)?;
        for finding in &self.findings {
            writeln!(f, "{finding}")?;
        }
        let count = |n: usize, word: &str| {
            if n == 1 { format!("1 {word}") } else { format!("{n} {word}s") }
        };
        let problems = if self.ok() { "no problems".to_owned() } else { count(self.problems(), "problem") };
        write!(f, "{}, {problems}", count(self.files.len(), "file"))?;
        match self.findings.len() - self.problems() {
            0 => Ok(()),
            notes => write!(f, ", {}", count(notes, "note")),
        }
    }
}
