//! The CSV reader of recorded noise, with errors that name file, line and column.
#![deny(clippy::indexing_slicing)]

use std::path::Path;

use csv::{ReaderBuilder, StringRecord, Trim};

use super::{Draw, StreamSpec};
use crate::config::{Error, Place, Result};

/// Longest line that an error quotes, in characters.
const QUOTED_CHARS: usize = 160;
/// What to do about a number that cannot be a draw.
pub(super) const CURE_NUMBER: &str =
    "Write plain decimal numbers: finite ones for normal streams, at least 0 and less than 1 for uniform ones.";
/// What to do about a row that is not where the index says.
const CURE_INDEX: &str =
    "Let the first column count the rows 0, 1, 2, … without gaps; a missing row would shift all noise after it.";

/// What speaks against a value as a draw of this stream.
pub(super) fn objection(stream: &StreamSpec, value: f64) -> Option<String> {
    match stream.draw {
        _ if !value.is_finite() => Some(format!("`{}` is {value}, not a finite number", stream.column)),
        Draw::Uniform if !(0.0..1.0).contains(&value) => {
            Some(format!("`{}` is {value}, but a uniform draw lies in [0, 1)", stream.column))
        }
        Draw::Normal | Draw::Uniform => None,
    }
}

/// One CSV file: a header, then rows whose first cell counts from 0.
pub(super) struct Table<'a> {
    path: &'a Path,
    text: &'a [u8],
}

impl<'a> Table<'a> {
    /// A file and what stands in it.
    pub(super) fn new(path: &'a Path, bytes: &'a [u8]) -> Self {
        // Spreadsheets put a byte order mark before the text.
        Self { path, text: bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes) }
    }

    /// Fills the streams that have no column yet and find theirs here; returns the header.
    pub(super) fn read(&self, streams: &[StreamSpec], found: &mut [Option<Vec<f64>>]) -> Result<Vec<String>> {
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .comment(Some(b'#'))
            .trim(Trim::All)
            .from_reader(self.text);
        let mut record = StringRecord::new();
        if !self.next(&mut reader, &mut record)? {
            let cure = "Give a CSV with a header line such as `k,regd_z,freq_z` and one row for each tick.";
            return Err(Error::invalid(Place::file(self.path), "the recording is empty", cure));
        }
        let header: Vec<String> = record.iter().map(str::to_owned).collect();
        let mut wanted = Vec::new();
        for (stream, slot) in streams.iter().zip(found.iter_mut()).filter(|(_, slot)| slot.is_none()) {
            // The first cell is the index, whatever it is called.
            let mut fields = header.iter().enumerate().skip(1).filter(|(_, name)| **name == stream.column);
            let Some((field, name)) = fields.next() else { continue };
            if let Some((second, _)) = fields.next() {
                let what = format!("column `{name}` stands twice in the header");
                return Err(self.error(&record, second, what, "Keep one column of each name."));
            }
            wanted.push((field, stream, slot.insert(Vec::new())));
        }
        let mut row = 0_u64;
        while self.next(&mut reader, &mut record)? {
            self.check_shape(&record, row, header.len())?;
            for (field, stream, draws) in &mut wanted {
                let cell = record.get(*field).unwrap_or_default();
                let value = cell.parse::<f64>().map_err(|_| {
                    let what = format!("`{}` is `{cell}`, not a number", stream.column);
                    self.error(&record, *field, what, CURE_NUMBER)
                })?;
                if let Some(what) = objection(stream, value) {
                    return Err(self.error(&record, *field, what, CURE_NUMBER));
                }
                draws.push(value);
            }
            row += 1;
        }
        Ok(header)
    }

    /// Reads the next record; false at the end of the file.
    fn next(&self, reader: &mut csv::Reader<&[u8]>, record: &mut StringRecord) -> Result<bool> {
        reader.read_record(record).map_err(|error| {
            let mut broken = StringRecord::new();
            broken.set_position(error.position().cloned());
            let what = match error.kind() {
                csv::ErrorKind::Utf8 { .. } => "the line is not valid UTF-8 text".to_owned(),
                _ => format!("the line cannot be read ({error})"),
            };
            self.error(&broken, 0, what, "Save the recording as a plain CSV in UTF-8.")
        })
    }

    /// Every row is as long as the header and carries its own number.
    fn check_shape(&self, record: &StringRecord, row: u64, width: usize) -> Result<()> {
        if record.len() != width {
            let what = format!("the row has {} cells, the header has {width}", record.len());
            return Err(self.error(record, record.len().min(width), what, "Complete the row or remove it."));
        }
        let index = record.get(0).unwrap_or_default();
        if index.parse() != Ok(row) {
            return Err(self.error(record, 0, format!("the row counts `{index}`, expected {row}"), CURE_INDEX));
        }
        Ok(())
    }

    /// An error at a field (counted from 0) of a record; the place counts fields as its columns, from 1.
    fn error(&self, record: &StringRecord, field: usize, what: String, cure: &str) -> Error {
        let (line, text) = self.line_at(record.position().map_or(0, csv::Position::byte));
        Error::Syntax {
            place: Place::file(self.path).at_line(line).at_column(field as u64 + 1),
            what,
            cure: cure.to_owned(),
            snippet: format!("{line:>6} | {}", text.chars().take(QUOTED_CHARS).collect::<String>()),
        }
    }

    /// Number and text of the line of a record that the CSV reader began at a byte. The reader's own line number
    /// counts from before the blank lines and comments that it skips.
    fn line_at(&self, byte: u64) -> (u64, String) {
        let start = usize::try_from(byte).unwrap_or(usize::MAX).min(self.text.len());
        let (before, rest) = self.text.split_at(start);
        let mut line = 1 + before.iter().filter(|&&b| b == b'\n').count() as u64;
        for text in rest.split(|&b| b == b'\n') {
            let text = text.strip_suffix(b"\r").unwrap_or(text);
            if !text.is_empty() && !text.starts_with(b"#") {
                return (line, String::from_utf8_lossy(text).into_owned());
            }
            line += 1;
        }
        (line, String::new())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
    use super::*;

    fn streams() -> Vec<StreamSpec> {
        [("regd", Draw::Normal, "regd_z"), ("freq", Draw::Normal, "freq_z"), ("accept", Draw::Uniform, "accept_u")]
            .map(|(name, draw, column)| StreamSpec {
                name: name.into(),
                draw,
                column: column.into(),
                doc: String::new(),
                optional: false,
            })
            .to_vec()
    }

    /// The columns of the three streams in a text.
    fn read(text: &[u8]) -> Result<Vec<Option<Vec<f64>>>> {
        let mut found = vec![None; 3];
        Table::new(Path::new("0.csv"), text).read(&streams(), &mut found)?;
        Ok(found)
    }

    /// The error of a text: what follows the file name, and the error itself.
    fn error_of(text: &[u8]) -> (String, Error) {
        let error = read(text).unwrap_err();
        (error.to_string().strip_prefix("0.csv").unwrap().to_owned(), error)
    }

    #[test]
    fn spreadsheet_habits_are_read() {
        let text = b"\xef\xbb\xbf# made by hand\r\nk ,\"regd_z\",freq_z\r\n\r\n0, 1.5 ,2\r\n# note\r\n1,2.5,3\r\n\r\n";
        assert_eq!(read(text).unwrap(), [Some(vec![1.5, 2.5]), Some(vec![2.0, 3.0]), None]);
    }

    #[test]
    fn bad_cells_are_located() {
        let cases: [(&[u8], &str); 10] = [
            (b"k,regd_z,freq_z\n0,1,2\n1,x,3\n", ":3:2: `regd_z` is `x`, not a number"),
            (b"k,regd_z,freq_z\n0,1,\n", ":2:3: `freq_z` is ``, not a number"),
            (b"k,regd_z,freq_z\n0,1,nan\n", ":2:3: `freq_z` is NaN, not a finite number"),
            (b"k,regd_z,freq_z\n0,-inf,1\n", ":2:2: `regd_z` is -inf, not a finite number"),
            (b"k,regd_z,freq_z\n0,1,2\n1,1\n", ":3:3: the row has 2 cells, the header has 3"),
            (b"k,regd_z,freq_z\n0,1,2,3\n", ":2:4: the row has 4 cells, the header has 3"),
            (b"k,regd_z,freq_z\n0,1,2\n2,1,2\n", ":3:1: the row counts `2`, expected 1"),
            (b"k,regd_z,freq_z\n0.0,1,2\n", ":2:1: the row counts `0.0`, expected 0"),
            (b"k,regd_z,freq_z,accept_u\n0,1,2,1\n", ":2:4: `accept_u` is 1, but a uniform draw lies in [0, 1)"),
            (b"k,regd_z,freq_z,regd_z\n0,1,2,1\n", ":1:4: column `regd_z` stands twice in the header"),
        ];
        for (text, expected) in cases {
            let (message, error) = error_of(text);
            assert_eq!(message, expected);
            assert!(!error.cure().is_empty());
        }
    }

    #[test]
    fn lines_are_counted_past_comments_blank_lines_and_line_ends() {
        for end in ["\n", "\r\n"] {
            let text = ["# a", "k,regd_z,freq_z", "", "0,1,2", "# b", "", "1,1,x", "2,1,2"].join(end);
            let (message, error) = error_of(text.as_bytes());
            assert_eq!(message, ":7:3: `freq_z` is `x`, not a number");
            assert_eq!(error.snippet(), Some("     7 | 1,1,x"));
        }
    }

    #[test]
    fn text_that_is_not_utf_8_is_located() {
        let (message, _) = error_of(b"k,regd_z,freq_z\n0,1,2\n1,\xff,3\n");
        assert_eq!(message, ":3:1: the line is not valid UTF-8 text");
    }
}
