//! The beginning of a table: separator, names, and some rows to judge its columns by.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::config::{Error, Result};

use super::cells::{ends_in_quotes, number, split};

/// Most bytes that are looked at.
pub(super) const LOOKED_AT: u64 = 1 << 18;

/// Most rows that are judged.
const MOST_ROWS: usize = 1_000;

/// Most columns of a table; a line with more is no line of names.
pub(super) const MOST_COLUMNS: usize = 8_192;

/// Separators of cells, the likeliest first.
const SEPARATORS: [char; 3] = [',', ';', '\t'];

/// Names and first rows of a table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sample {
    /// What stands between cells.
    pub separator: char,
    /// Lines up to and with the line of names.
    pub head_lines: u64,
    /// Names of the columns, as they stand there.
    pub names: Vec<String>,
    /// Rows with as many cells as there are names.
    pub rows: Vec<Vec<String>>,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// Numbers, or nothing at all.
    Numbers,
    /// Something else.
    Text,
}

/// The first bytes of a file.
///
/// # Errors
/// When it cannot be read.
pub(super) fn beginning(path: &Path, most: u64) -> Result<Vec<u8>> {
    let file = File::open(path).map_err(|e| Error::io(path, "read", e))?;
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes).map_err(|e| Error::io(path, "read", e))?;
    Ok(bytes)
}

impl Sample {
    /// Reads the beginning of a text; `None` where there is no line that could be one of names.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim_start_matches('\u{feff}');
        let mut lines = text.split('\n').map(|line| line.trim_end_matches('\r'));
        let mut head_lines = 0;
        let head = loop {
            let line = lines.next()?;
            head_lines += 1;
            if !line.trim().is_empty() && !line.starts_with('#') {
                break line;
            }
        };
        let rest: Vec<&str> = lines.collect();
        // The separator is the one that cuts most lines like the first one.
        let separator = SEPARATORS.into_iter().max_by_key(|separator| {
            let cells = split(head, *separator).len();
            let alike = |line: &&&str| split(line, *separator).len() == cells;
            let agree = rest.iter().take(20).filter(alike).count();
            // The first one wins where nothing tells them apart.
            let rank = SEPARATORS.iter().rev().position(|s| s == separator);
            (if cells > 1 { agree + 1 } else { 0 }, cells, rank)
        })?;
        let names: Vec<String> = split(head, separator).into_iter().map(|n| n.trim_matches('"').to_owned()).collect();
        if names.len() > MOST_COLUMNS {
            return None;
        }
        let mut rows = Vec::new();
        let mut joined = String::new();
        for line in rest {
            if rows.len() >= MOST_ROWS {
                break;
            }
            if joined.is_empty() && (line.trim().is_empty() || line.starts_with('#')) {
                continue;
            }
            joined.push_str(line);
            if ends_in_quotes(joined.as_bytes(), separator as u8) && joined.len() < 1 << 14 {
                joined.push('\n');
                continue;
            }
            let cells = split(&joined, separator);
            if cells.len() == names.len() {
                rows.push(cells.into_iter().map(|c| c.into_owned()).collect());
            }
            joined.clear();
        }
        Some(Self { separator, head_lines, names, rows })
    }

    /// Cells of a column.
    pub fn column(&self, at: usize) -> impl Iterator<Item = &str> {
        self.rows.iter().filter_map(move |row| row.get(at)).map(String::as_str)
    }

    /// What a column holds: numbers, where four of five cells that are not empty are some.
    pub fn holds(&self, at: usize) -> Holds {
        let (mut numbers, mut others) = (0_usize, 0_usize);
        for cell in self.column(at) {
            match number(cell.as_bytes()) {
                Some(value) if value.is_nan() => {}
                Some(_) => numbers += 1,
                None => others += 1,
            }
        }
        if numbers >= 4 * others { Holds::Numbers } else { Holds::Text }
    }

    /// Whether this is a table: it has names, and a column with a number in it.
    pub fn is_table(&self) -> bool {
        let named = self.names.iter().any(|name| name.parse::<f64>().is_err() && !name.is_empty());
        let mostly = self.names.iter().filter(|n| n.parse::<f64>().is_ok()).count() * 2 <= self.names.len();
        let number_in = |at: usize| {
            self.holds(at) == Holds::Numbers
                && self.column(at).any(|cell| number(cell.as_bytes()).is_some_and(f64::is_finite))
        };
        named && mostly && (0..self.names.len()).any(number_in)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn of(text: &str) -> Sample {
        Sample::of(text.as_bytes()).unwrap()
    }

    #[test]
    fn separators_are_told_by_the_lines() {
        for (text, separator, names) in [
            ("a,b;c\n1,2;3\n4,5\n", ',', vec!["a", "b;c"]),
            ("a;b,c\n1;2\n4;5\n", ';', vec!["a", "b,c"]),
            ("a\tb\n1\t2\n", '\t', vec!["a", "b"]),
            ("# note, with, commas\n\na;b\n1;2\n", ';', vec!["a", "b"]),
            ("\u{feff}\"a, x\",\"b\"\r\n\"1\",2\r\n", ',', vec!["a, x", "b"]),
            ("load\n1\n2\n", ',', vec!["load"]),
            ("a;b\n1,5;2,5\n", ';', vec!["a", "b"]),
        ] {
            let sample = of(text);
            assert_eq!(
                (sample.separator, sample.names),
                (separator, names.into_iter().map(str::to_owned).collect()),
                "{text}"
            );
        }
    }

    #[test]
    fn a_table_has_names_and_numbers() {
        assert!(of("load\n1\n2\n").is_table() && of("a,b\nx,1\ny,2\n").is_table());
        for text in
            ["1,2,3\n4,5,6\n", "hello\nworld\n", "plant: c2g\nseed: 1\n", "a,b\n", "a,b\nx,y\n", "a;b\n1,5;2,5\n"]
        {
            assert!(!of(text).is_table(), "{text}");
        }
        assert!(Sample::of(b"").is_none() && Sample::of(b"#only\n#notes\n").is_none());
    }

    #[test]
    fn columns_hold_numbers_or_text() {
        let sample = of("n,t,e,m\n1,x,,1\n2,y,,2\nNA,z,,3\n4,1,,4\n5,w,,5\n6,v,,oh\n");
        let all: Vec<Holds> = (0..4).map(|k| sample.holds(k)).collect();
        assert_eq!(all, [Holds::Numbers, Holds::Text, Holds::Numbers, Holds::Numbers]);
    }
}
