//! A file that appears whole or not at all: it is written beside its place and takes it at the end.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::config::{Error, Place, Result};

/// A file on its way. Dropped before [`Whole::finish`] it leaves nothing behind.
#[derive(Debug)]
pub struct Whole {
    path: PathBuf,
    partial: PathBuf,
    file: Option<BufWriter<File>>,
}

impl Whole {
    /// Begins a file; missing folders are made.
    ///
    /// # Errors
    /// A folder in its place, a place that cannot be written.
    pub fn create(path: &Path) -> Result<Self> {
        if path.is_dir() {
            let what = "this is a folder, not a file";
            return Err(Error::invalid(Place::file(path), what, "Give the name of a file in it."));
        }
        if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|e| Error::io(folder, "create the folder", e))?;
        }
        let mut partial = path.to_path_buf();
        partial.as_mut_os_string().push(".partial");
        let file = File::create(&partial).map_err(|e| Error::io(path, "write", e))?;
        Ok(Self { path: path.to_path_buf(), partial, file: Some(BufWriter::new(file)) })
    }

    /// Writes bytes.
    ///
    /// # Errors
    /// A full disk, with the place.
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        file.write_all(bytes).map_err(|e| Error::io(&self.path, "write", e))
    }

    /// Brings everything to the disk and puts the file into its place.
    ///
    /// # Errors
    /// A full disk, a place that cannot be written; what stood there before stays.
    pub fn finish(mut self) -> Result<()> {
        let io = |e: std::io::Error| Error::io(&self.path, "write", e);
        if let Some(file) = self.file.take() {
            let file = file.into_inner().map_err(|e| io(e.into_error()))?;
            file.sync_all().map_err(io)?;
        }
        std::fs::rename(&self.partial, &self.path).map_err(io)
    }
}

impl Write for Whole {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.file.as_mut().map_or(Ok(bytes.len()), |file| file.write(bytes))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.as_mut().map_or(Ok(()), BufWriter::flush)
    }
}

impl Drop for Whole {
    fn drop(&mut self) {
        // After finish there is no such file any more; before it what is there is of no use.
        self.file = None;
        let _ = std::fs::remove_file(&self.partial);
    }
}

/// Writes a file at once.
///
/// # Errors
/// As [`Whole`].
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut file = Whole::create(path)?;
    file.bytes(bytes)?;
    file.finish()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_file_is_whole_or_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b.txt");
        write_whole(&path, b"first").unwrap();
        let mut half = Whole::create(&path).unwrap();
        half.bytes(b"sec").unwrap();
        drop(half);
        assert_eq!(std::fs::read(&path).unwrap(), b"first");
        write_whole(&path, b"second").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"second");
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "nothing half is left");
    }

    #[test]
    fn places_that_cannot_be_written_are_told() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = write_whole(&file.path().join("x.svg"), b"").unwrap_err();
        assert!(error.to_string().contains(&file.path().display().to_string()), "{error}");
        assert!(!error.cure().is_empty());
        let folder = tempfile::tempdir().unwrap();
        assert!(write_whole(folder.path(), b"").unwrap_err().to_string().contains("folder"));
        #[cfg(target_os = "linux")]
        {
            let mut full = BufWriter::new(File::options().write(true).open("/dev/full").unwrap());
            assert!(full.write_all(&[0; 100_000]).is_err(), "a full disk is an error, not a panic");
        }
    }
}
