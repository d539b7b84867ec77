//! A result file that grows by whole rows: what a killed run or a full disk leaves behind can be read and gone on with.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::config::{Error, Place, Result};

/// A row by its columns' names; columns that are absent stay empty.
pub type Cells = Vec<(String, String)>;

/// A row that was read.
pub type ReadRow = BTreeMap<String, String>;

/// A CSV file with a header that grows by whole rows.
#[derive(Debug)]
pub struct Sheet {
    path: PathBuf,
    file: File,
    header: Vec<String>,
    /// Bytes up to the end of the last whole row.
    whole: u64,
}

impl Sheet {
    /// Begins a file; what stood there is gone.
    ///
    /// # Errors
    /// When folder or file cannot be created or written.
    pub fn create(path: &Path, header: Vec<String>) -> Result<Self> {
        if let Some(dir) = path.parent().filter(|d| !d.as_os_str().is_empty()) {
            std::fs::create_dir_all(dir).map_err(|e| Error::io(dir, "create the folder", e))?;
        }
        let file = File::create(path).map_err(|e| Error::io(path, "create the results", e))?;
        let mut sheet = Self { path: path.to_path_buf(), file, header, whole: 0 };
        let line = line_of(&sheet.header);
        sheet.put(&line)?;
        Ok(sheet)
    }

    /// Goes on with a file and hands out its rows. A torn last row is cut off. Columns that the file lacks are added
    /// behind its own.
    ///
    /// # Errors
    /// When the file cannot be read or written, or is no table.
    pub fn reopen(path: &Path, header: Vec<String>) -> Result<(Self, Vec<ReadRow>)> {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok((Self::create(path, header)?, Vec::new())),
            Err(e) => return Err(Error::io(path, "read the results", e)),
        };
        let whole = bytes.iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
        let whole_rows = bytes.get(..whole).unwrap_or_default();
        if whole_rows.is_empty() {
            return Ok((Self::create(path, header)?, Vec::new()));
        }
        let (own, rows) = read_table(path, whole_rows)?;
        let mut union = own.clone();
        union.extend(header.into_iter().filter(|name| !own.contains(name)));
        if union.len() == own.len() {
            let mut file =
                OpenOptions::new().write(true).open(path).map_err(|e| Error::io(path, "open the results", e))?;
            let cut = |file: &mut File| {
                file.set_len(whole as u64)?;
                file.seek(SeekFrom::End(0))
            };
            cut(&mut file).map_err(|e| Error::io(path, "write the results", e))?;
            return Ok((Self { path: path.to_path_buf(), file, header: union, whole: whole as u64 }, rows));
        }
        // New columns: the table is written anew beside the old one and takes its place when it is whole.
        let beside = path.with_extension("csv.new");
        let mut sheet = Self::create(&beside, union)?;
        for row in &rows {
            let cells: Cells = row.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
            sheet.push(&cells)?;
        }
        std::fs::rename(&beside, path).map_err(|e| Error::io(path, "replace the results", e))?;
        sheet.path = path.to_path_buf();
        Ok((sheet, rows))
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds a row. When this fails the file still ends with a whole row.
    ///
    /// # Errors
    /// When the disk refuses, or a cell belongs to no column.
    pub fn push(&mut self, cells: &Cells) -> Result<()> {
        let mut row = vec![""; self.header.len()];
        for (name, value) in cells {
            let at = self.header.iter().position(|column| column == name);
            match at.and_then(|at| row.get_mut(at)) {
                Some(cell) => *cell = value,
                None => {
                    return Err(Error::invalid(
                        Place::file(&self.path),
                        format!("the table has no column `{name}`"),
                        "Write into a new file.",
                    ));
                }
            }
        }
        let line = line_of(&row);
        self.put(&line)
    }

    fn put(&mut self, line: &str) -> Result<()> {
        if let Err(error) = self.file.write_all(line.as_bytes()) {
            // Half a row is worse than none; when even this fails, a reader cuts it off.
            let _ = self.file.set_len(self.whole);
            return Err(Error::io(&self.path, "write the results", error));
        }
        self.whole += line.len() as u64;
        Ok(())
    }
}

/// Cells as a line of CSV.
fn line_of<S: AsRef<str>>(cells: &[S]) -> String {
    let quoted = |text: &str| {
        if text.contains([',', '"', '\n', '\r']) {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text.to_owned()
        }
    };
    let cells: Vec<String> = cells.iter().map(|c| quoted(c.as_ref())).collect();
    cells.join(",") + "\n"
}

/// Header and rows of a table.
fn read_table(path: &Path, bytes: &[u8]) -> Result<(Vec<String>, Vec<ReadRow>)> {
    let broken = |e: csv::Error| {
        let place = Place::file(path);
        let place = e.position().map_or(place.clone(), |p| place.at_line(p.line()));
        Error::invalid(place, format!("this is no table of results: {e}"), "Name another file, or leave out --append.")
    };
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let header: Vec<String> = reader.headers().map_err(broken)?.iter().map(str::to_owned).collect();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(broken)?;
        rows.push(header.iter().cloned().zip(record.iter().map(str::to_owned)).collect());
    }
    Ok((header, rows))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(|s| (*s).to_owned()).collect()
    }

    fn cells(list: &[(&str, &str)]) -> Cells {
        list.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn rows_come_back_and_a_torn_one_is_cut_off() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("deep/er.csv");
        let mut sheet = Sheet::create(&path, names(&["a", "b"])).unwrap();
        sheet.push(&cells(&[("b", "2, and more"), ("a", "1")])).unwrap();
        sheet.push(&cells(&[("b", "\"4\"")])).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "a,b\n1,\"2, and more\"\n,\"\"\"4\"\"\"\n");
        std::fs::write(&path, "a,b\n1,2\n3").unwrap();
        let (mut sheet, rows) = Sheet::reopen(&path, names(&["a", "b"])).unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0]["b"], "2");
        sheet.push(&cells(&[("a", "5"), ("b", "6")])).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "a,b\n1,2\n5,6\n");
    }

    #[test]
    fn new_columns_go_behind_the_old_ones() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.csv");
        std::fs::write(&path, "a,b\r\n1,2\r\n").unwrap();
        let (mut sheet, rows) = Sheet::reopen(&path, names(&["c", "a"])).unwrap();
        assert_eq!(rows[0]["b"], "2");
        sheet.push(&cells(&[("c", "9")])).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "a,b,c\n1,2,\n,,9\n");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn a_file_that_is_missing_or_empty_begins_anew() {
        let dir = tempfile::tempdir().unwrap();
        for text in [None, Some(""), Some("a,")] {
            let path = dir.path().join("x.csv");
            if let Some(text) = text {
                std::fs::write(&path, text).unwrap();
            }
            let (_, rows) = Sheet::reopen(&path, names(&["a"])).unwrap();
            assert!(rows.is_empty());
            assert_eq!(std::fs::read_to_string(&path).unwrap(), "a\n");
        }
    }

    #[test]
    fn a_cell_without_a_column_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let mut sheet = Sheet::create(&dir.path().join("x.csv"), names(&["a"])).unwrap();
        assert!(sheet.push(&cells(&[("z", "1")])).unwrap_err().to_string().contains("`z`"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_said_with_the_file() {
        let error = Sheet::create(Path::new("/dev/full"), names(&["a"])).unwrap_err();
        assert!(error.to_string().starts_with("/dev/full: cannot write the results"), "{error}");
        assert!(error.cure().contains("Free some space"), "{}", error.cure());
    }
}
