//! Lines of a file that may be broken anywhere and may still be written: bytes read so far, half last lines, growth.

use std::fs::{File, Metadata};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::config::{Error, Result};

/// Longest line that is taken for text, bytes: a file without line ends does not fill the memory.
const LONGEST: usize = 1 << 20;

/// Bytes before the end that tell whether a file is still the one that was read.
const SEAM: u64 = 256;

/// A file that has not changed for so long is finished.
const FINISHED: Duration = Duration::from_secs(10);

/// What became of a file since its end was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Nothing.
    Same,
    /// There is more of it.
    Grown,
    /// It was cut, written anew, or another file has its name.
    Replaced,
}

/// Which file it is, whatever its name.
#[cfg(unix)]
fn identity(of: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (of.dev(), of.ino())
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> (u64, u64) {
    (0, 0)
}

/// Lines with their number, without their ends.
pub(super) struct Lines {
    inner: BufReader<File>,
    path: std::path::PathBuf,
    bytes: Vec<u8>,
    identity: (u64, u64),
    size: u64,
    read: u64,
    changed: Option<SystemTime>,
    /// The last bytes of what was read, once the end was reached, and where they stand.
    seam: Option<(u64, Vec<u8>)>,
    /// `bytes` is a line whose end was not there yet.
    half: bool,
    /// The rest of a half last line is waited for.
    pub patient: bool,
    /// A half line was handed out, so that more of it would be a line of nonsense.
    broken_off: bool,
    /// Number of the line, from 1.
    pub number: u64,
    /// It ends with a line feed; only a file's last line can lack it.
    pub whole: bool,
}

impl Lines {
    /// Opens a file.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|e| Error::io(path, "read", e))?;
        let of = file.metadata().map_err(|e| Error::io(path, "read", e))?;
        Ok(Self {
            inner: BufReader::with_capacity(1 << 17, file),
            path: path.to_path_buf(),
            bytes: Vec::new(),
            identity: identity(&of),
            size: of.len(),
            read: 0,
            changed: of.modified().ok(),
            seam: None,
            half: false,
            patient: false,
            broken_off: false,
            number: 0,
            whole: false,
        })
    }

    /// Goes on to the next line; false at the end. At the end it can be called again: there may be more by then.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn next(&mut self) -> Result<bool> {
        if !self.half {
            self.bytes.clear();
        }
        let room = LONGEST.saturating_sub(self.bytes.len()).max(1) as u64;
        let mut part = (&mut self.inner).take(room);
        let n = part.read_until(b'\n', &mut self.bytes).map_err(|e| Error::io(&self.path, "read", e))?;
        self.read += n as u64;
        let ended = self.bytes.last() == Some(&b'\n');
        if !ended && self.bytes.len() < LONGEST {
            self.half = !self.bytes.is_empty();
            if self.patient || !self.half {
                self.remember();
                return Ok(false);
            }
            self.broken_off = true;
        }
        self.half = false;
        self.number += 1;
        // What is longer than a line can be is cut where it is too long; its parts are lines.
        self.whole = ended || self.bytes.len() >= LONGEST;
        self.bytes.pop_if(|last| ended && *last == b'\n');
        self.bytes.pop_if(|last| ended && *last == b'\r');
        Ok(true)
    }

    /// The line.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The line as text.
    ///
    /// # Errors
    /// Column (from 1) of the first byte that is no text.
    pub fn text(&self) -> std::result::Result<&str, u64> {
        std::str::from_utf8(&self.bytes).map_err(|e| e.valid_up_to() as u64 + 1)
    }

    /// Whether a line without its end waits for the rest.
    pub fn is_half(&self) -> bool {
        self.half
    }

    /// Keeps what stands before the end, to know the file again.
    fn remember(&mut self) {
        if self.seam.as_ref().is_some_and(|(from, bytes)| from + bytes.len() as u64 == self.read) {
            return;
        }
        self.seam = self.look(self.read.saturating_sub(SEAM), self.read);
    }

    /// Bytes of the file that bears the name now.
    fn look(&self, from: u64, to: u64) -> Option<(u64, Vec<u8>)> {
        let mut file = File::open(&self.path).ok()?;
        file.seek(SeekFrom::Start(from)).ok()?;
        let mut bytes = Vec::new();
        file.take(to - from).read_to_end(&mut bytes).ok()?;
        Some((from, bytes))
    }

    /// What became of the file since its end was reached. A file that is gone is the same: what was read stays.
    pub fn poll(&mut self) -> Change {
        let Ok(of) = std::fs::metadata(&self.path) else { return Change::Same };
        let changed = of.modified().ok();
        if identity(&of) != self.identity || of.len() < self.read {
            return Change::Replaced;
        }
        // Its length when it was opened or looked at last: what of it was not read on purpose is nothing new.
        if of.len() == self.size && changed == self.changed {
            return Change::Same;
        }
        if let Some((from, bytes)) = &self.seam
            && self.look(*from, from + bytes.len() as u64).is_some_and(|(_, now)| now != *bytes)
        {
            return Change::Replaced;
        }
        (self.changed, self.size) = (changed, of.len());
        if of.len() == self.read {
            return Change::Same;
        }
        if self.broken_off {
            self.broken_off = false;
            // The line that was taken without its end must have ended there.
            let next = self.look(self.read, self.read + 1).and_then(|(_, bytes)| bytes.first().copied());
            if !matches!(next, Some(b'\n' | b'\r')) {
                return Change::Replaced;
            }
            // Its end is no line of its own.
            self.number = self.number.saturating_sub(1);
        }
        Change::Grown
    }

    /// Whether nobody has written for some time.
    pub fn is_finished(&self) -> bool {
        self.changed.is_none_or(|changed| changed.elapsed().is_ok_and(|since| since > FINISHED))
    }

    /// Part of the file that has been read, 0 to 1.
    pub fn progress(&self) -> f64 {
        if self.size == 0 { 1.0 } else { (self.read as f64 / self.size as f64).min(1.0) }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::io::Write;

    fn all(lines: &mut Lines) -> Vec<String> {
        let mut out = Vec::new();
        while lines.next().unwrap() {
            out.push(lines.text().unwrap().to_owned());
        }
        out
    }

    #[test]
    fn a_file_that_grows_goes_on_where_it_ended() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.csv");
        let mut file = File::create(&path).unwrap();
        file.write_all(b"one\r\ntw").unwrap();
        let mut lines = Lines::open(&path).unwrap();
        lines.patient = true;
        assert_eq!(all(&mut lines), ["one"]);
        assert!(lines.is_half() && lines.poll() == Change::Same);
        file.write_all(b"o\nthree").unwrap();
        assert_eq!(lines.poll(), Change::Grown);
        assert_eq!(all(&mut lines), ["two"]);
        // Nobody waits any longer: what is there is a line.
        lines.patient = false;
        assert_eq!((all(&mut lines), lines.number, lines.whole), (vec!["three".to_owned()], 3, false));
        file.write_all(b"\nfour\n").unwrap();
        assert_eq!((lines.poll(), all(&mut lines)), (Change::Grown, vec![String::new(), "four".to_owned()]));
        assert_eq!(lines.number, 4);
    }

    #[test]
    fn a_file_that_is_another_one_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.csv");
        let begin = || {
            std::fs::write(&path, "a\n1\n2\n").unwrap();
            let mut lines = Lines::open(&path).unwrap();
            lines.patient = true;
            assert_eq!(all(&mut lines).len(), 3);
            lines
        };
        let mut lines = begin();
        std::fs::write(&path, "a\n").unwrap();
        assert_eq!(lines.poll(), Change::Replaced, "cut");
        let mut lines = begin();
        std::fs::write(&path, "a\n7\n8\n9\n").unwrap();
        assert_eq!(lines.poll(), Change::Replaced, "written anew, and longer");
        let mut lines = begin();
        std::fs::write(dir.path().join("b.csv"), "a\n1\n2\n3\n").unwrap();
        std::fs::rename(dir.path().join("b.csv"), &path).unwrap();
        #[cfg(unix)]
        assert_eq!(lines.poll(), Change::Replaced, "another file");
        let mut lines = begin();
        std::fs::remove_file(&path).unwrap();
        assert_eq!(lines.poll(), Change::Same, "gone");
        // A line that was taken as it stood and then went on.
        std::fs::write(&path, "a\n1").unwrap();
        let mut lines = Lines::open(&path).unwrap();
        assert_eq!(all(&mut lines), ["a", "1"]);
        assert!(!lines.next().unwrap());
        File::options().append(true).open(&path).unwrap().write_all(b"5\n").unwrap();
        assert_eq!(lines.poll(), Change::Replaced);
    }

    #[test]
    fn a_file_without_line_ends_does_not_fill_the_memory() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.csv");
        std::fs::write(&path, vec![b'7'; 3 * LONGEST + 5]).unwrap();
        let mut lines = Lines::open(&path).unwrap();
        let mut lengths = Vec::new();
        while lines.next().unwrap() {
            lengths.push(lines.bytes().len());
        }
        assert_eq!(lengths, [LONGEST, LONGEST, LONGEST, 5]);
    }
}
