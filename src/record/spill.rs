//! Rows of a log from outside that do not fit into memory: nobody can make them again, so they go to a file.
//!
//! The file lies in the system's folder for temporary files and belongs to nobody else: where the system allows it, it
//! has lost its name as soon as it is open, and elsewhere it goes with its owner.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::config::{Error, Place, Result};

use super::chunk::{CHUNK_ROWS, Chunk};
use super::recorder::Recorder;
use super::shedding::{Refill, shed_after};

/// A file that goes with its owner.
#[derive(Debug)]
struct Temporary {
    file: File,
    /// Its name, where it still has one.
    path: Option<PathBuf>,
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Some(path) = self.path.take() {
            // What cannot be removed goes with the folder.
            let _ = fs::remove_file(path);
        }
    }
}

/// Rows of one recorder in a file.
#[derive(Debug, Default)]
pub struct Spill {
    /// The folder; `None` is the system's own.
    folder: Option<PathBuf>,
    /// `None` before the first row.
    file: Option<Temporary>,
    /// Where each chunk begins, by its number.
    places: BTreeMap<usize, u64>,
    /// Length of the file.
    end: u64,
}

impl Spill {
    /// A file in another folder than the system's own.
    pub fn into_folder(folder: PathBuf) -> Self {
        Self { folder: Some(folder), ..Self::default() }
    }

    /// As [`super::shed`] for one recorder, with all rows that go in the file before.
    ///
    /// # Errors
    /// A file that cannot be made or written, a full disk: then no more rows go.
    pub fn shed(&mut self, recorder: &mut Recorder, bytes: u64, asked: &dyn Fn(usize, u64) -> u64) -> Result<u64> {
        let columns = recorder.columns();
        let mut failed = None;
        let left = shed_after(&mut [recorder], bytes, asked, &mut |index, chunk| {
            failed = self.keep(index, chunk, columns).err();
            failed.is_none()
        });
        match failed {
            None => Ok(left),
            Some(error) => Err(self.complaint("write", &error)),
        }
    }

    /// Puts rows back that are in the file, in whole chunks. Returns how many came.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn bring(&mut self, recorder: &mut Recorder, rows: &Range<u64>) -> Result<u64> {
        let mut filled = 0;
        for gone in recorder.missing(rows.start, rows.end) {
            let whole = Refill::around(&gone);
            for index in whole.start as usize / CHUNK_ROWS..whole.end as usize / CHUNK_ROWS {
                let mut refill = Refill::new(recorder.columns(), (index * CHUNK_ROWS) as u64);
                self.read(index, &mut refill, recorder.columns()).map_err(|error| self.complaint("read", &error))?;
                filled += recorder.fill(refill)?;
            }
        }
        Ok(filled)
    }

    fn complaint(&self, what: &str, error: &io::Error) -> Error {
        let folder = self.folder.clone().unwrap_or_else(std::env::temp_dir);
        Error::invalid(
            Place::file(&folder),
            format!("cannot {what} the rows that do not fit into memory: {error}"),
            "Make room there, or raise the memory budget, and open the log again.",
        )
    }

    /// Writes a chunk, unless it is in the file.
    fn keep(&mut self, index: usize, chunk: &Chunk, columns: usize) -> io::Result<()> {
        if self.places.contains_key(&index) {
            return Ok(());
        }
        let strips: Vec<_> = (0..columns).map(|column| chunk.strip(column)).collect();
        let values = (0..CHUNK_ROWS).flat_map(|row| strips.iter().map(move |strip| strip.value(row)));
        let bytes: Vec<u8> = values.flat_map(f64::to_le_bytes).collect();
        let end = self.end;
        let file = self.open()?;
        file.seek(SeekFrom::Start(end))?;
        file.write_all(&bytes)?;
        self.places.insert(index, end);
        self.end += bytes.len() as u64;
        Ok(())
    }

    fn read(&mut self, index: usize, refill: &mut Refill, columns: usize) -> io::Result<()> {
        let place = self.places.get(&index).copied().ok_or(io::ErrorKind::NotFound)?;
        let mut bytes = vec![0; CHUNK_ROWS * columns * size_of::<f64>()];
        let file = self.open()?;
        file.seek(SeekFrom::Start(place))?;
        file.read_exact(&mut bytes)?;
        let (values, _) = bytes.as_chunks::<8>();
        let values: Vec<f64> = values.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect();
        values.chunks_exact(columns.max(1)).for_each(|row| refill.push(row));
        Ok(())
    }

    /// The file; made when it is needed first.
    fn open(&mut self) -> io::Result<&mut File> {
        static FILES: AtomicU64 = AtomicU64::new(0);
        let open = match self.file.take() {
            Some(open) => open,
            None => {
                let number = FILES.fetch_add(1, Ordering::Relaxed);
                let name = format!("c2g-twin-{}-{number}.rows", std::process::id());
                let path = self.folder.clone().unwrap_or_else(std::env::temp_dir).join(name);
                let file = OpenOptions::new().read(true).write(true).create_new(true).open(&path)?;
                // Without its name it goes with its owner, however that ends.
                let gone = cfg!(unix) && fs::remove_file(&path).is_ok();
                Temporary { file, path: (!gone).then_some(path) }
            }
        };
        Ok(&mut self.file.insert(open).file)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::shedding::support::{recorder, row};
    use super::*;

    #[test]
    fn rows_go_to_a_file_and_come_back_to_the_bit() {
        let folder = tempfile::tempdir().unwrap();
        let mut spill = Spill::into_folder(folder.path().to_path_buf());
        let mut recorder = recorder(20_000);
        let before = recorder.bytes();
        for round in 0..3 {
            assert!(spill.shed(&mut recorder, 0, &|_, _| 0).unwrap() < before / 2, "round {round}");
            assert_eq!(recorder.missing(0, u64::MAX), std::slice::from_ref(&(0..62 * 256)));
            assert_eq!(spill.bring(&mut recorder, &(1_000..2_000)).unwrap(), 5 * 256);
            assert_eq!(spill.bring(&mut recorder, &(0..20_000)).unwrap(), 57 * 256);
            let picture = recorder.picture();
            let same = |r: u64| [0, 1, 2].map(|c| picture.value(r, c).to_bits()) == row(r).map(f64::to_bits);
            assert!((0..20_000).all(same) && recorder.bytes() == before);
        }
        assert_eq!(spill.end, 62 * 256 * 3 * 8, "what is in the file is not written again");
        if cfg!(unix) {
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "the file has no name");
        }
        drop(spill);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_place_that_cannot_be_written_is_told_and_rows_stay() {
        let mut spill = Spill::into_folder(PathBuf::from("/no/such/folder"));
        let mut recorder = recorder(20_000);
        let error = spill.shed(&mut recorder, 0, &|_, _| 0).unwrap_err();
        assert!(error.to_string().contains("/no/such/folder") && !error.cure().is_empty(), "{error}");
        assert!(recorder.missing(0, u64::MAX).is_empty());
    }

    /// Linux has a device that is always full.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_told_and_rows_stay() {
        let full = OpenOptions::new().read(true).write(true).open("/dev/full").unwrap();
        let mut spill = Spill { file: Some(Temporary { file: full, path: None }), ..Spill::default() };
        let mut recorder = recorder(20_000);
        let error = spill.shed(&mut recorder, 0, &|_, _| 0).unwrap_err();
        assert!(error.to_string().contains("do not fit into memory"), "{error}");
        assert!(recorder.missing(0, u64::MAX).is_empty());
    }
}
