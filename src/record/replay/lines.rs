//! Lines of a file that may be broken anywhere: numbers, bytes read so far, what is no text.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use crate::config::{Error, Result};

/// Longest line that is taken for text, bytes: a file without line ends does not fill the memory.
const LONGEST: u64 = 1 << 20;

/// Lines with their number, without their ends.
pub(super) struct Lines {
    inner: BufReader<File>,
    path: std::path::PathBuf,
    bytes: Vec<u8>,
    size: u64,
    read: u64,
    /// Number of the line in `text`, from 1.
    pub number: u64,
    /// The line; empty where it is no text.
    pub text: String,
    /// It ends with a line feed; only a file's last line can lack it.
    pub whole: bool,
    /// Column of the first byte that is no text, from 1.
    pub garbled: Option<u64>,
}

impl Lines {
    /// Opens a file.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|e| Error::io(path, "read", e))?;
        let size = file.metadata().map_or(0, |m| m.len());
        Ok(Self {
            inner: BufReader::with_capacity(1 << 16, file),
            path: path.to_path_buf(),
            bytes: Vec::new(),
            size,
            read: 0,
            number: 0,
            text: String::new(),
            whole: false,
            garbled: None,
        })
    }

    /// Goes on to the next line; false at the end.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn next(&mut self) -> Result<bool> {
        use std::io::Read;
        self.text.clear();
        self.bytes.clear();
        self.number += 1;
        let mut part = (&mut self.inner).take(LONGEST);
        let n = part.read_until(b'\n', &mut self.bytes).map_err(|e| Error::io(&self.path, "read", e))?;
        self.read += n as u64;
        self.whole = self.bytes.pop_if(|last| *last == b'\n').is_some();
        self.bytes.pop_if(|last| self.whole && *last == b'\r');
        self.garbled = None;
        match std::str::from_utf8(&self.bytes) {
            Ok(text) => self.text.push_str(text),
            Err(error) => self.garbled = Some(error.valid_up_to() as u64 + 1),
        }
        Ok(n > 0)
    }

    /// Part of the file that has been read, 0 to 1.
    pub fn progress(&self) -> f64 {
        if self.size == 0 { 1.0 } else { (self.read as f64 / self.size as f64).min(1.0) }
    }
}

/// Cells of a line of numbers: an empty cell is no value.
///
/// # Errors
/// Column (from 1) and words for the first cell that is no number, or for a wrong count of cells.
pub(super) fn numbers(line: &str, wanted: usize, out: &mut Vec<f64>) -> std::result::Result<(), (u64, String)> {
    out.clear();
    for (cell, column) in line.split(',').zip(1_u64..) {
        let cell = cell.trim().trim_matches('"');
        let value = match cell {
            "" => f64::NAN,
            "True" | "true" => 1.0,
            "False" | "false" => 0.0,
            _ => cell.parse().map_err(|_| (column, format!("`{}` is not a number", shortened(cell))))?,
        };
        out.push(value);
    }
    if out.len() == wanted {
        return Ok(());
    }
    Err((out.len() as u64, format!("{} cells where {wanted} should stand", out.len())))
}

/// The first letters of a text.
pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
