//! Lines of a file that may hold anything, with their bytes and how they end.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::config::{Error, Result};

/// Longest line, bytes; a file without line ends does not fill the memory. Headers hold whole files in one line.
const LONGEST: u64 = 1 << 24;

/// Lines with their number.
pub(super) struct RawLines {
    inner: BufReader<File>,
    path: PathBuf,
    /// Number of the line, from 1.
    pub number: u64,
    /// The line with its end.
    pub bytes: Vec<u8>,
}

impl RawLines {
    /// Opens a file.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|e| Error::io(path, "read", e))?;
        let inner = BufReader::with_capacity(1 << 16, file);
        Ok(Self { inner, path: path.to_path_buf(), number: 0, bytes: Vec::new() })
    }

    /// Goes on to the next line; false at the end.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn next(&mut self) -> Result<bool> {
        self.bytes.clear();
        self.number += 1;
        let mut part = (&mut self.inner).take(LONGEST);
        let n = part.read_until(b'\n', &mut self.bytes).map_err(|e| Error::io(&self.path, "read", e))?;
        Ok(n > 0)
    }

    /// Whether the line has its end; only a file's last line can lack it.
    pub fn whole(&self) -> bool {
        self.bytes.ends_with(b"\n")
    }

    /// The line without its end, or the column (from 1) of the first byte that is no text.
    pub fn text(&self) -> std::result::Result<&str, u64> {
        let bytes = self.bytes.strip_suffix(b"\n").unwrap_or(&self.bytes);
        let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        if let Some(at) = bytes.iter().position(|b| *b == 0) {
            return Err(at as u64 + 1);
        }
        std::str::from_utf8(bytes).map_err(|e| e.valid_up_to() as u64 + 1)
    }

    /// Whether there is nothing in the line but zero bytes, as a machine that lost its power leaves them.
    pub fn zeros(&self) -> bool {
        !self.bytes.is_empty() && self.bytes.iter().all(|b| *b == 0 || *b == b'\n')
    }
}
