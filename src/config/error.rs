//! The one error type that a person's input can cause, rendered alike by the window and the command line.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Result of anything that reads what a person gave.
pub type Result<T> = std::result::Result<T, Error>;

/// Where something stands: a file or another named source, and the position inside it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// File path, `--set` argument, or name of a built-in document; shared by all places in one source.
    pub source: Arc<str>,
    /// Line, counted from 1.
    pub line: Option<u64>,
    /// Column, counted from 1.
    pub column: Option<u64>,
}

impl Place {
    /// A whole source, without a position.
    pub fn source(name: impl Into<String>) -> Self {
        Self { source: name.into().into(), line: None, column: None }
    }

    /// A whole file.
    pub fn file(path: &Path) -> Self {
        Self::source(path.display().to_string())
    }

    /// The same source at a line (counted from 1).
    pub fn at_line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// The same place at a column (counted from 1).
    pub fn at_column(mut self, column: u64) -> Self {
        self.column = Some(column);
        self
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)?;
        match (self.line, self.column) {
            (Some(line), Some(column)) => write!(f, ":{line}:{column}"),
            (Some(line), None) => write!(f, ":{line}"),
            (None, Some(column)) => write!(f, " (column {column})"),
            (None, None) => Ok(()),
        }
    }
}

/// What can be wrong with an input: each variant names the place, what was found, and the cure.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file could not be opened, read or written.
    #[error("{}: cannot {action}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was tried, as a verb phrase ("read", "create", "write the log").
        action: &'static str,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A text that does not follow its format (YAML, CSV, JSON, a date).
    #[error("{place}: {what}")]
    Syntax {
        /// Where.
        place: Place,
        /// What was found and what was expected.
        what: String,
        /// What to do about it.
        cure: String,
        /// The lines around the place, as shown to the person; may be empty.
        snippet: String,
    },
    /// A name that is not one of the known ones.
    #[error("{place}: unknown {kind} `{name}`")]
    Unknown {
        /// Where.
        place: Place,
        /// What kind of name ("key", "scenario", "controller").
        kind: &'static str,
        /// The name that was given.
        name: String,
        /// The names that exist.
        known: Vec<String>,
    },
    /// A number outside its range.
    #[error("{place}: `{key}` is {value}{unit}, outside {min} to {max}{unit}")]
    Range {
        /// Where.
        place: Place,
        /// Dotted name of the value.
        key: String,
        /// What was given.
        value: f64,
        /// Smallest value allowed.
        min: f64,
        /// Largest value allowed.
        max: f64,
        /// Unit with a leading space, or empty.
        unit: String,
    },
    /// Anything else that is wrong with an input.
    #[error("{place}: {what}")]
    Invalid {
        /// Where.
        place: Place,
        /// What is wrong.
        what: String,
        /// What to do about it.
        cure: String,
    },
}

impl Error {
    /// An input that is wrong in a way that needs its own words.
    pub fn invalid(place: Place, what: impl Into<String>, cure: impl Into<String>) -> Self {
        Self::Invalid { place, what: what.into(), cure: cure.into() }
    }

    /// A file operation that failed.
    pub fn io(path: &Path, action: &'static str, source: std::io::Error) -> Self {
        Self::Io { path: path.to_path_buf(), action, source }
    }

    /// A name that is not one of `known`.
    pub fn unknown<S: Into<String>>(
        place: Place,
        kind: &'static str,
        name: &str,
        known: impl IntoIterator<Item = S>,
    ) -> Self {
        Self::Unknown { place, kind, name: name.to_owned(), known: known.into_iter().map(Into::into).collect() }
    }

    /// What a person can do about it, in one or two sentences.
    pub fn cure(&self) -> String {
        match self {
            Self::Io { source, path, .. } => match source.kind() {
                std::io::ErrorKind::NotFound => format!("Check the path; nothing stands at {}.", path.display()),
                std::io::ErrorKind::PermissionDenied => "Choose a place that you may read and write.".to_owned(),
                std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                    "Free some space on this disk or choose another one.".to_owned()
                }
                std::io::ErrorKind::FileTooLarge => "Choose a disk that takes larger files.".to_owned(),
                std::io::ErrorKind::ReadOnlyFilesystem => "This disk takes no writing: choose another one.".to_owned(),
                std::io::ErrorKind::IsADirectory => {
                    format!("{} is a folder: give the name of a file.", path.display())
                }
                std::io::ErrorKind::NotADirectory | std::io::ErrorKind::AlreadyExists => {
                    "A file stands where a folder is needed: choose another name.".to_owned()
                }
                std::io::ErrorKind::BrokenPipe => "The program that read this is gone: start both again.".to_owned(),
                // Readers of text say so when it is none.
                std::io::ErrorKind::InvalidData => "This is no UTF-8 text: give the file as it was written.".to_owned(),
                _ => "Check the path and the disk, then try again.".to_owned(),
            },
            Self::Syntax { cure, .. } | Self::Invalid { cure, .. } => cure.clone(),
            Self::Unknown { name, known, .. } => match closest(name, known) {
                Some(hit) => format!("Did you mean `{hit}`? Known: {}.", known.join(", ")),
                None if known.is_empty() => "Remove it; nothing is expected here.".to_owned(),
                None => format!("Known: {}.", known.join(", ")),
            },
            Self::Range { min, max, unit, .. } => format!("Give a value from {min} to {max}{unit}."),
        }
    }

    /// The lines around the place, where the reader kept them.
    pub fn snippet(&self) -> Option<&str> {
        match self {
            Self::Syntax { snippet, .. } if !snippet.is_empty() => Some(snippet),
            _ => None,
        }
    }

    /// The whole message for a terminal: what, where, the lines around it, and the cure.
    pub fn report(&self) -> String {
        let mut text = format!("error: {self}");
        if let Some(snippet) = self.snippet() {
            text.push('\n');
            text.push_str(snippet.trim_end());
        }
        text.push_str("\n  cure: ");
        text.push_str(&self.cure());
        text
    }
}

/// The known name with the smallest edit distance, if it is near enough to be a slip of the finger.
fn closest<'a>(name: &str, known: &'a [String]) -> Option<&'a str> {
    let folded = name.to_lowercase().replace('-', "_");
    // `slot.action` may be written as `action` alone.
    let distance = |k: &str| {
        let short = k.rsplit('.').next().unwrap_or(k);
        let of = |k: &str| (edit_distance(&folded, &k.to_lowercase()), k.len());
        of(k).min(of(short))
    };
    known
        .iter()
        .map(|k| (distance(k), k.as_str()))
        .min()
        .filter(|&((distance, length), _)| distance <= 1 + length / 4)
        .map(|(_, k)| k)
}

/// Levenshtein distance between two short strings.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut previous: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut current = vec![i + 1];
        for (j, cb) in b.iter().enumerate() {
            let replace = previous.get(j).copied().unwrap_or(0) + usize::from(ca != *cb);
            let delete = previous.get(j + 1).copied().unwrap_or(0) + 1;
            let insert = current.get(j).copied().unwrap_or(0) + 1;
            current.push(replace.min(delete).min(insert));
        }
        previous = current;
    }
    previous.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_prints_like_a_compiler() {
        let place = Place::source("site.yaml").at_line(4).at_column(9);
        assert_eq!(place.to_string(), "site.yaml:4:9");
    }

    #[test]
    fn a_slip_of_the_finger_gets_a_suggestion() {
        let error = Error::unknown(Place::source("--hardware"), "controller", "rulebased", ["pid", "rule_based"]);
        assert!(error.cure().starts_with("Did you mean `rule_based`?"), "{}", error.cure());
    }

    #[test]
    fn a_slip_in_the_last_part_of_a_dotted_name_gets_a_suggestion() {
        let known = ["macro.bid_mw_norm", "hardware.hvac_effort", "hardware.bess_dispatch"];
        let error = Error::unknown(Place::source("--pin"), "lever", "bess_dispach", known);
        assert!(error.cure().starts_with("Did you mean `hardware.bess_dispatch`?"), "{}", error.cure());
    }

    #[test]
    fn a_far_name_gets_the_list_only() {
        let error = Error::unknown(Place::source("--hardware"), "controller", "zebra", ["pid", "rule_based"]);
        assert_eq!(error.cure(), "Known: pid, rule_based.");
    }
}
