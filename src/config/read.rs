//! Reading YAML text into a [`Node`] tree: limits for hostile documents, and errors with place, lines and cure.
#![deny(clippy::indexing_slicing)]

use serde_saphyr::{Location, MessageFormatter, Spanned, UserMessageFormatter};
use std::collections::BTreeSet;
use std::fmt::Write;

use super::error::{Error, Place, Result};
use super::node::{Key, Node, Value, shortened};
use super::raw::Raw;

/// Largest document that is read, in bytes (4 MiB).
pub const MAX_DOCUMENT_BYTES: usize = 4 * 1024 * 1024;
/// Deepest nesting of lists and maps in a document; reading it stays within half of the smallest usual stack, 1 MiB.
const MAX_DEPTH: usize = 32;
/// Most lists, maps and scalars in a document, counting every use of an alias.
const MAX_NODES: usize = 100_000;
/// Longest key in bytes; short enough that every key can be written back as a simple key, even escaped.
pub(super) const MAX_KEY_BYTES: usize = 128;

/// A YAML text and how its positions are told.
#[derive(Debug)]
pub(super) struct Source<'a> {
    /// File, built-in document, or `--set` with its path.
    origin: Place,
    /// The whole text shown around an error.
    shown: &'a str,
    /// How many bytes of `shown` stand before the YAML itself.
    skipped_bytes: usize,
    /// A command line argument: positions are columns only, nesting is shallower.
    argument: bool,
}

impl<'a> Source<'a> {
    /// A document of its own.
    pub(super) fn document(name: &str, text: &'a str) -> Self {
        Self { origin: Place::source(name), shown: text, skipped_bytes: 0, argument: false }
    }

    /// The value that begins at byte `skipped_bytes` of the command line argument `shown`.
    pub(super) fn argument(origin: Place, shown: &'a str, skipped_bytes: usize) -> Self {
        Self { origin, shown, skipped_bytes, argument: true }
    }

    /// Reads the whole text as one YAML value.
    ///
    /// # Errors
    /// [`Error::Syntax`] for anything that is not YAML 1.2 or beyond the limits of this reader, duplicate keys included;
    /// [`Error::Invalid`] for a text that is too large and for numbers that are not finite.
    pub(super) fn read(&self) -> Result<Node> {
        if self.shown.len() > MAX_DOCUMENT_BYTES {
            return Err(too_large(self.origin.clone()));
        }
        let text = self.shown.get(self.skipped_bytes..).unwrap_or_default();
        let options = serde_saphyr::options! {
            // Half the depth for an argument leaves room for its path: what is merged can always be written and read.
            budget: serde_saphyr::budget! {
                max_depth: if self.argument { MAX_DEPTH / 2 } else { MAX_DEPTH },
                flow_nesting_limit: MAX_DEPTH,
                max_nodes: MAX_NODES,
                max_events: 4 * MAX_NODES,
                max_recorded_anchor_events: 4 * MAX_NODES,
                max_total_scalar_bytes: 2 * MAX_DOCUMENT_BYTES,
                max_recorded_anchor_bytes: 2 * MAX_DOCUMENT_BYTES,
            },
            alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: MAX_NODES },
            duplicate_keys: serde_saphyr::DuplicateKeyPolicy::Error,
            merge_keys: serde_saphyr::MergeKeyPolicy::Merge,
            // YAML 1.2: `no` is a text, and `007` is neither seven nor octal.
            strict_booleans: true,
            leading_zero_numbers_as_strings: true,
            non_finite_float_policy: serde_saphyr::NonFiniteFloatPolicy::Reject,
            reject_unsupported_tags: true,
            emit_comments: false,
            with_snippet: false,
        };
        match serde_saphyr::from_str_with_options::<Spanned<Raw>>(text, options) {
            Ok(raw) => self.located(raw),
            Err(error) => Err(self.explained(&error)),
        }
    }

    /// Turns positions into places, and refuses what YAML allows but a configuration cannot hold.
    fn located(&self, raw: Spanned<Raw>) -> Result<Node> {
        let place = self.place(raw.defined);
        let value = match raw.value {
            // An empty scalar has no extent in the text; `null` and `~` have.
            Raw::Null if raw.defined.span().is_empty() => return Ok(Node::blank(place)),
            Raw::Null => Value::Null,
            Raw::Bool(truth) => Value::Bool(truth),
            Raw::Int(number) => Value::Int(number),
            Raw::Float(number) => Value::Float(number),
            Raw::Str(text) => Value::Str(text),
            Raw::Seq(items) => {
                Value::Seq(items.into_iter().map(|item| self.located(item)).collect::<Result<Vec<_>>>()?)
            }
            Raw::Map(entries) => {
                let mut names = BTreeSet::new();
                let mut map = Vec::with_capacity(entries.len());
                for (key, value) in entries {
                    // `1` and `"1"` are two keys to YAML but one name here.
                    if !names.insert(key.value.clone()) {
                        return Err(self.duplicate(&key.value, key.defined));
                    }
                    if key.value.len() > MAX_KEY_BYTES {
                        let what = format!("the key `{}` is longer than {MAX_KEY_BYTES} bytes", shortened(&key.value));
                        return Err(self.syntax(key.defined, what, "Shorten the key."));
                    }
                    map.push((Key { name: key.value, place: self.place(key.defined) }, self.located(value)?));
                }
                Value::Map(map)
            }
        };
        Ok(Node::new(place, value))
    }

    /// The place of a position in the YAML text.
    fn place(&self, location: Location) -> Place {
        let (line, column) = self.position(location);
        let place = self.origin.clone();
        match (line, column) {
            (0, _) => place,
            (1, column) if self.argument => place.at_column(column),
            (line, column) => place.at_line(line).at_column(column),
        }
    }

    /// Line and column in `shown`, both from 1; line 0 where the position is unknown.
    fn position(&self, location: Location) -> (u64, u64) {
        let skipped_chars = match location.line() {
            1 => self.shown.get(..self.skipped_bytes).unwrap_or_default().chars().count(),
            _ => 0,
        };
        (location.line(), location.column().saturating_add(skipped_chars as u64))
    }

    /// A syntax error at a position, with the lines around it.
    fn syntax(&self, location: Location, what: impl Into<String>, cure: impl Into<String>) -> Error {
        let (line, column) = self.position(location);
        let snippet = excerpt(self.shown, line, column);
        Error::Syntax { place: self.place(location), what: what.into(), cure: cure.into(), snippet }
    }

    /// The error for a key that its map has already.
    fn duplicate(&self, name: &str, location: Location) -> Error {
        let what = format!("the key `{}` stands here a second time", shortened(name));
        self.syntax(location, what, "Keep one of the two lines and remove the other.")
    }

    /// What the YAML reader found wrong, in words that name the cure.
    fn explained(&self, error: &serde_saphyr::Error) -> Error {
        use serde_saphyr::Error as Yaml;
        let at = error.location().unwrap_or(Location::UNKNOWN);
        let inner = match error.without_snippet() {
            Yaml::AliasError { error, .. } => error,
            other => other,
        };
        match inner {
            Yaml::DuplicateMappingKey { key, .. } => self.duplicate(key.as_deref().unwrap_or("?"), at),
            Yaml::NonFiniteFloat { value, .. } => Error::invalid(
                self.place(at),
                format!("expected a finite number, found `{}`", shortened(value)),
                "Give a finite number, or put the value in quotes if it is a text.",
            ),
            Yaml::Budget { .. }
            | Yaml::AliasReplayLimitExceeded { .. }
            | Yaml::AliasExpansionLimitExceeded { .. }
            | Yaml::AliasReplayStackDepthExceeded { .. } => self.syntax(
                at,
                "the document is too large or too deeply nested",
                format!("Keep below {MAX_NODES} values and {MAX_DEPTH} levels, and use fewer aliases."),
            ),
            Yaml::MultipleDocuments { .. } => self.syntax(
                at,
                "a second document begins here",
                "Remove the `---` line, or use one file for each document.",
            ),
            Yaml::NullIntoString { .. } => {
                self.syntax(at, "expected a key, found nothing", "Write a name before the colon; put `null` in quotes.")
            }
            Yaml::UnknownAnchor { .. } => {
                self.syntax(at, "this alias has no anchor", "Define it above with `&name`, or put the text in quotes.")
            }
            Yaml::RecursiveReferencesRequireWeakTypes { .. } => {
                self.syntax(at, "this alias stands inside its own anchor", "Write the value out instead.")
            }
            Yaml::Unexpected { .. } => {
                self.syntax(at, "expected a key, found a list or a map", "Write a plain name before the colon.")
            }
            Yaml::InvalidScalar { .. } => {
                self.syntax(at, "this value does not fit its tag", "Remove the tag; write the plain value.")
            }
            other => {
                let what = UserMessageFormatter.format_message(other).replace(char::is_control, " ");
                let says = |name: &str| what.split(|c: char| !c.is_alphabetic()).any(|word| word == name);
                let cure = if says("tab") || says("tabs") {
                    "Indent with spaces; YAML does not allow tabs there."
                } else if says("tag") {
                    "Remove the tag; write the plain value."
                } else {
                    "Check the indentation, colons, quotes and brackets at this place."
                };
                self.syntax(at, what, cure)
            }
        }
    }
}

/// The error for a text beyond [`MAX_DOCUMENT_BYTES`].
pub(super) fn too_large(place: Place) -> Error {
    let what = format!("the document is larger than {} MiB", MAX_DOCUMENT_BYTES / 1024 / 1024);
    Error::invalid(place, what, "Give a configuration; data belongs into CSV files.")
}

/// The line at a position with up to two lines before it, and a caret below the column; empty where there is no line.
///
/// The end of the text counts as a line, since that is where something unclosed is missed.
pub(super) fn excerpt(text: &str, line: u64, column: u64) -> String {
    /// Widest part of a line that is shown, in characters.
    const WIDTH: usize = 96;
    let (Ok(line), Ok(column)) = (usize::try_from(line), usize::try_from(column)) else {
        return String::new();
    };
    let Some(index) = line.checked_sub(1) else {
        return String::new();
    };
    let first = index.saturating_sub(2);
    // All lines shift together, so that they stay aligned and the caret stays below its character.
    let shift = column.saturating_sub(WIDTH * 3 / 4);
    let gutter = line.to_string().len();
    // YAML also ends lines at a lone carriage return, and does not count a byte order mark as a column.
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<&str> = text.split('\n').skip(first).take(index - first + 1).collect();
    if lines.len() <= index - first {
        return String::new();
    }
    let mut shown = String::new();
    for (i, content) in lines.into_iter().enumerate() {
        let printable = |c: char| if c.is_control() { ' ' } else { c };
        let cut: String = content.chars().skip(shift).take(WIDTH).map(printable).collect();
        // Writing into a String cannot fail.
        let _ = writeln!(shown, "{:>gutter$} | {}", first + i + 1, cut.trim_end());
    }
    let _ = writeln!(shown, "{:>gutter$} | {:>caret$}", "", "^", caret = column.saturating_sub(shift).max(1));
    shown
}

#[cfg(test)]
mod tests;
