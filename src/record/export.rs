//! Rows of chosen columns as a CSV, undecimated.
//!
//! `#` lines say what it is and the unit of every column, then come the column names (`tick,site_time,…`) and one line a
//! row. An empty cell is a value that does not exist. Loads with `pandas.read_csv(path, comment='#')`.

#![deny(clippy::indexing_slicing)]

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::config::{Error, Place, Result};
use crate::plant::Calendar;
use crate::rollout::Schema;
use crate::signal::SignalId;

use super::csv_number::push_number;
use super::recording::Recording;

/// What is exported.
#[derive(Debug, Clone, Copy)]
pub struct Export<'a> {
    /// The columns that there are.
    pub schema: &'a Schema,
    /// Tick length and clock of the site.
    pub calendar: &'a Calendar,
    /// The columns that are wanted, in the order in which they are written.
    pub columns: &'a [SignalId],
    /// First row.
    pub from: u64,
    /// Row after the last one.
    pub to: u64,
}

impl Export<'_> {
    /// Writes rows of a recording, as far as there are any; returns their number. The file appears whole or not at all.
    ///
    /// # Errors
    /// No column, an unknown one, no row in the range, rows that are gone, a file that cannot be written.
    pub fn write(&self, path: &Path, recording: &Recording) -> Result<u64> {
        let whole = Self { to: self.to.min(recording.rows()), ..*self };
        if let Some(gone) = recording.missing(whole.from, whole.to).first() {
            return Err(Error::invalid(
                Place::source("export"),
                format!("rows {} to {} are not in memory", gone.start, gone.end),
                "Let them come back first: look at them in a chart.",
            ));
        }
        whole.write_from(path, &mut |row, cells| {
            for (cell, &column) in cells.iter_mut().zip(self.columns) {
                *cell = recording.value(row, column);
            }
            Ok(true)
        })
    }

    /// Writes rows that come from elsewhere: `fill` writes the wanted columns of a row and says whether the row exists.
    /// Returns the number of rows. The file appears whole or not at all.
    ///
    /// # Errors
    /// As [`Export::write`], and those of `fill`.
    pub fn write_from(&self, path: &Path, fill: &mut dyn FnMut(u64, &mut [f64]) -> Result<bool>) -> Result<u64> {
        self.check()?;
        if std::fs::metadata(path).is_ok_and(|m| m.is_dir()) {
            let what = "this is a folder, not a file";
            return Err(Error::invalid(Place::file(path), what, "Give the name of a file in it."));
        }
        if let Some(dir) = path.parent().filter(|d| !d.as_os_str().is_empty()) {
            std::fs::create_dir_all(dir).map_err(|e| Error::io(dir, "create the folder", e))?;
        }
        let partial = partial(path);
        let result = self.rows(&partial, path, fill).and_then(|rows| {
            std::fs::rename(&partial, path).map_err(|e| Error::io(path, "write", e))?;
            Ok(rows)
        });
        result.inspect_err(|_| {
            // Rows without their end are of no use.
            let _ = std::fs::remove_file(&partial);
        })
    }

    fn check(&self) -> Result<()> {
        let place = || Place::source("export");
        if self.columns.is_empty() {
            return Err(Error::invalid(place(), "no signal is chosen", "Choose at least one signal."));
        }
        if let Some(column) = self.columns.iter().find(|&&c| c >= self.schema.len()) {
            let what = format!("there is no column {column}");
            return Err(Error::invalid(place(), what, "Choose signals of this run."));
        }
        if self.from >= self.to {
            let what = format!("rows {} to {} are none", self.from, self.to);
            return Err(Error::invalid(place(), what, "Choose a range in which the run has rows."));
        }
        Ok(())
    }

    /// Writes everything into a file, which stands for `path` in messages.
    fn rows(&self, partial: &Path, path: &Path, fill: &mut dyn FnMut(u64, &mut [f64]) -> Result<bool>) -> Result<u64> {
        let io = |e| Error::io(path, "write", e);
        let mut file = BufWriter::new(File::create(partial).map_err(io)?);
        file.write_all(self.head().as_bytes()).map_err(io)?;
        let mut cells = vec![f64::NAN; self.columns.len()];
        let mut line = String::new();
        let mut rows = 0;
        for row in self.from..self.to {
            cells.fill(f64::NAN);
            if !fill(row, &mut cells)? {
                break;
            }
            line.clear();
            push_number(&mut line, row as f64);
            line.push(',');
            line.push_str(&self.calendar.civil(row).to_string());
            for &value in &cells {
                line.push(',');
                push_number(&mut line, value);
            }
            line.push('\n');
            file.write_all(line.as_bytes()).map_err(io)?;
            rows += 1;
        }
        if rows == 0 {
            let what = format!("there is no row from {} on", self.from);
            return Err(Error::invalid(Place::source("export"), what, "Choose a range in which the run has rows."));
        }
        file.into_inner().map_err(|e| io(e.into_error()))?.sync_data().map_err(io)?;
        Ok(rows)
    }

    /// What stands above the rows.
    fn head(&self) -> String {
        let signals = self.columns.iter().filter_map(|&c| self.schema.signals.get(c));
        let (mut units, mut names) = ("# units: tick,site time".to_owned(), "tick,site_time".to_owned());
        for signal in signals {
            units.push(',');
            units.push_str(if signal.unit.is_empty() { "1" } else { &signal.unit });
            names.push(',');
            names.push_str(&quoted(&signal.name));
        }
        let calendar = self.calendar;
        format!(
            "# c2g-twin export; a tick is {} s, site time is {}\n{units}\n{names}\n",
            calendar.tick_s, calendar.zone
        )
    }
}

/// A cell that holds signs which CSV needs for itself.
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r', '#']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// The file that is written before it takes its place.
fn partial(path: &Path) -> PathBuf {
    let mut partial = path.to_path_buf();
    partial.as_mut_os_string().push(".partial");
    partial
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use crate::record::Recorder;
    use crate::signal::Signal;

    const ROWS: u64 = 1_000;

    fn schema() -> Schema {
        let signal = |name: &str, unit: &str| Signal::new(name, 0, name, unit, "A toy.");
        let signals = vec![signal("a_mw", "MW"), signal("b, odd", ""), signal("c_degc", "°C")];
        Schema { plant_signals: signals.len(), signals, levers: Vec::new() }
    }

    fn value(row: u64, column: usize) -> f64 {
        let gap = column == 1 && row.is_multiple_of(3);
        if gap { f64::NAN } else { (row * 7 + column as u64) as f64 / 3.0 }
    }

    fn recording() -> Recording {
        let mut recorder = Recorder::new(3);
        (0..ROWS).for_each(|r| recorder.push(&[0, 1, 2].map(|c| value(r, c))));
        recorder.picture()
    }

    #[test]
    fn what_is_written_reads_back_to_the_same_bits() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("new/out.csv");
        let (schema, calendar) = (schema(), Calendar::default());
        let export = Export { schema: &schema, calendar: &calendar, columns: &[2, 1], from: 250, to: 700 };
        assert_eq!(export.write(&path, &recording()).unwrap(), 450);
        let text = std::fs::read_to_string(&path).unwrap();
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("# c2g-twin export; a tick is 5 s, site time is UTC"));
        assert_eq!(lines.next(), Some("# units: tick,site time,°C,1"));
        assert_eq!(lines.next(), Some("tick,site_time,c_degc,\"b, odd\""));
        for row in 250..700 {
            let cells: Vec<&str> = lines.next().unwrap().split(',').collect();
            assert_eq!(cells[0], row.to_string());
            assert_eq!(cells[1], calendar.civil(row).to_string());
            assert_eq!(cells[2].parse::<f64>().unwrap().to_bits(), value(row, 2).to_bits());
            let gap = value(row, 1).is_nan();
            assert_eq!(cells[3].is_empty(), gap);
            assert!(gap || cells[3].parse::<f64>().unwrap().to_bits() == value(row, 1).to_bits());
        }
        assert_eq!((lines.next(), std::fs::read_dir(path.parent().unwrap()).unwrap().count()), (None, 1));
    }

    #[test]
    fn a_range_beyond_the_rows_ends_with_them() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out.csv");
        let (schema, calendar) = (schema(), Calendar::default());
        let export = Export { schema: &schema, calendar: &calendar, columns: &[0], from: 990, to: u64::MAX };
        assert_eq!(export.write(&path, &recording()).unwrap(), 10);
        // What stands there is replaced whole, or stays.
        let before = std::fs::read(&path).unwrap();
        let failing = &mut |row: u64, _: &mut [f64]| {
            if row < 995 { Ok(true) } else { Err(Error::invalid(Place::source("toy"), "gone", "Nothing.")) }
        };
        assert!(export.write_from(&path, failing).unwrap_err().to_string().contains("gone"));
        assert_eq!(std::fs::read(&path).unwrap(), before);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_cannot_be_exported_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let (schema, calendar, recording) = (schema(), Calendar::default(), recording());
        let told = |columns: &[usize], from: u64, to: u64, path: &Path| {
            let export = Export { schema: &schema, calendar: &calendar, columns, from, to };
            export.write(path, &recording).unwrap_err().to_string()
        };
        let path = dir.path().join("out.csv");
        assert!(told(&[], 0, 10, &path).contains("no signal is chosen"));
        assert!(told(&[0, 3], 0, 10, &path).contains("no column 3"));
        assert!(told(&[0], 10, 10, &path).contains("are none"));
        assert!(told(&[0], 5_000, 6_000, &path).contains("are none"));
        assert!(told(&[0], 0, 10, dir.path()).contains("folder"));
        let export = Export { schema: &schema, calendar: &calendar, columns: &[0], from: 0, to: 10 };
        assert!(export.write_from(&path, &mut |_, _| Ok(false)).unwrap_err().to_string().contains("no row"));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
