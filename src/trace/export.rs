//! `data synth`: writes the embedded set as files.
//!
//! Headers and number formats are those of the measured files, so that other programs read the set unchanged. Since a
//! header cannot say "synthetic", the folder carries a note beside the files, and the weather's station columns do.

use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::layout::{self, Format, Kind, MARKER};
use super::stamp;
use super::{Embedded, Table, TimeAxis, TraceSource};
use crate::config::{Error, Place, Result};

/// Rows between two reports of progress.
const REPORT_ROWS: usize = 16_384;

/// Writes the embedded set into a folder and returns the files, the note first. Progress is told as the file's path in
/// the layout, rows written and rows in all. Each file appears whole or not at all.
///
/// # Errors
/// When the folder holds data files that are not marked synthetic (they are never overwritten), or cannot be written.
pub fn write_set(dir: &Path, progress: &mut dyn FnMut(&str, u64, u64)) -> Result<Vec<PathBuf>> {
    write_marked(dir, NOTE, layout::set_ids(), |id, path| {
        let (kind, format) = layout::describe(id)?;
        let table = Embedded.table(id)?;
        write_whole(path, |out| write_table(out, &table, kind, &format, &mut |row, rows| progress(id, row, rows)))
    })
}

/// Writes a note and the files of a set below a folder, which is created, and returns them, the note first. `write`
/// writes a file of an id to its path.
///
/// # Errors
/// When the folder holds data files that are not marked synthetic (they are never overwritten), or cannot be written.
pub(super) fn write_marked(
    dir: &Path,
    note: &str,
    ids: Vec<String>,
    mut write: impl FnMut(&str, &Path) -> Result<()>,
) -> Result<Vec<PathBuf>> {
    let path_of = |id: &str| id.split('/').fold(dir.to_path_buf(), |path, part| path.join(part));
    let marker = dir.join(MARKER);
    if !marker.exists()
        && let Some(measured) = ids.iter().map(|id| path_of(id)).find(|path| path.exists())
    {
        return Err(Error::invalid(
            Place::file(&measured),
            "this file may hold measured data: the folder is not marked as a synthetic set",
            "Choose an empty folder, or remove the data files from this one.",
        ));
    }
    create_dir(dir)?;
    // The note goes first: a set that is only half written is marked too.
    write_whole(&marker, |out| out.write_all(note.as_bytes()))?;
    let mut written = vec![marker];
    for id in ids {
        let path = path_of(&id);
        if let Some(parent) = path.parent() {
            create_dir(parent)?;
        }
        write(&id, &path)?;
        written.push(path);
    }
    Ok(written)
}

const NOTE: &str = "# Synthetic data set

Every value in these folders is generated. Nothing in them was measured, and nothing about a real data centre, grid or
station can be concluded from them.

They were written by `c2g-twin data synth` and have the layout of C2G-Bench's `data/processed`: three workload traces
(`workload_traces`), the load of six markets (`energy`, naive local time, five minutes) and six weather stations
(`weather`, UTC, hourly). Level, cycles, bursts and other statistics follow those published for the measured files.

Keep this note beside the files: by it the set is recognised as synthetic.
";

fn create_dir(dir: &Path) -> Result<()> {
    fs::create_dir_all(dir).map_err(|e| Error::io(dir, "create the folder", e))
}

/// Writes a file beside its place and moves it there when it is complete.
pub(super) fn write_whole(path: &Path, write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".partial");
    let partial = path.with_file_name(name);
    let result = fs::File::create(&partial).and_then(|file| {
        let mut out = BufWriter::new(file);
        write(&mut out)?;
        out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(&partial, path)
    });
    result.map_err(|e| {
        // The first error is the one to report; a leftover is only untidy.
        let _ = fs::remove_file(&partial);
        Error::io(path, "write", e)
    })
}

/// Writes a table as its file looks in the measured set.
fn write_table(
    out: &mut dyn Write,
    table: &Table,
    kind: Kind,
    format: &Format,
    progress: &mut dyn FnMut(u64, u64),
) -> std::io::Result<()> {
    let rows = table.rows();
    progress(0, rows as u64);
    writeln!(out, "{}", format.header)?;
    let mut line = String::new();
    for row in 0..rows {
        line.clear();
        push_key(&mut line, &table.time, row, kind);
        for column in &table.columns {
            line.push(',');
            push_number(&mut line, column.values.get(row).copied().unwrap_or(f64::NAN));
        }
        line.push('\n');
        out.write_all(line.as_bytes())?;
        if (row + 1) % REPORT_ROWS == 0 {
            progress(row as u64 + 1, rows as u64);
        }
    }
    progress(rows as u64, rows as u64);
    Ok(())
}

/// The cells before the numbers: record number or time stamp, and for weather the columns that name the station.
fn push_key(line: &mut String, time: &TimeAxis, row: usize, kind: Kind) {
    match time {
        TimeAxis::Tick(ticks) => line.push_str(&ticks.get(row).copied().unwrap_or_default().to_string()),
        TimeAxis::Stamp { unix_s, .. } => {
            let clock_s = unix_s.get(row).copied().unwrap_or_default();
            match kind {
                Kind::Weather(market) => {
                    // Measured files differ here: New York's separates date and time by `T`, the others by a blank.
                    let separator = if market.station == "NYC" { 'T' } else { ' ' };
                    line.push_str(&stamp::format(clock_s, separator));
                    let (zone, name) = (market.station, market.station_name);
                    line.push_str(&format!("+00:00,{zone},SYNTHETIC-{zone},{name} (synthetic)"));
                }
                _ => line.push_str(&stamp::format(clock_s, ' ')),
            }
        }
    }
}

/// A number in its shortest exact form with at least one decimal, as pandas writes it; nothing for a gap.
fn push_number(line: &mut String, value: f64) {
    if !value.is_nan() {
        line.push_str(&format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::Folder;
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn what_is_written_is_read_back_exactly() {
        let dir = tempfile::tempdir().unwrap();
        let mut told: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        let written = write_set(dir.path(), &mut |id, row, rows| {
            let last = told.insert(id.to_owned(), (row, rows));
            assert!(last.is_none_or(|(before, all)| before <= row && all == rows));
        })
        .unwrap();
        assert_eq!(written.len(), 16);
        assert_eq!(told.len(), 15);
        assert!(told.values().all(|(row, rows)| row == rows && *rows > 0));
        let folder = Folder::open(dir.path()).unwrap();
        assert!(folder.is_synthetic() && folder.label().contains("synthetic"));
        for id in layout::set_ids() {
            assert_eq!(folder.table(&id).unwrap(), Embedded.table(&id).unwrap(), "{id}");
        }
        assert!(folder.warnings().is_empty(), "{:?}", folder.warnings());
        assert!(written.iter().all(|path| !path.to_string_lossy().ends_with(".partial")));
        // A second time over a synthetic set is allowed.
        assert_eq!(write_set(dir.path(), &mut |_, _, _| {}).unwrap(), written);
    }

    #[test]
    fn the_files_look_like_the_measured_ones() {
        let dir = tempfile::tempdir().unwrap();
        write_set(dir.path(), &mut |_, _, _| {}).unwrap();
        let head = |id: &str| -> Vec<String> {
            fs::read_to_string(dir.path().join(id)).unwrap().lines().take(2).map(str::to_owned).collect()
        };
        assert_eq!(head("energy/NYC.csv")[0], "Time Stamp,Load");
        assert!(head("energy/NYC.csv")[1].starts_with("2023-01-01 00:00:00,4"));
        assert!(head("energy/AEMO_NSW.csv")[1].starts_with("2024-01-01 00:00:00,"));
        let nyc = &head("weather/NYC.csv")[1];
        assert!(
            nyc.starts_with("2024-01-01T00:00:00+00:00,NYC,SYNTHETIC-NYC,New York Central Park (synthetic),"),
            "{nyc}"
        );
        assert!(head("weather/DCA.csv")[1].starts_with("2024-01-01 00:00:00+00:00,DCA,"));
        assert_eq!(head(layout::BATCH)[1], "0,0.0,0.0");
        assert!(head(layout::DLRM)[1].starts_with("0,3.0,"));
    }

    #[test]
    fn measured_files_are_never_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("energy")).unwrap();
        fs::write(dir.path().join("energy").join("NYC.csv"), "precious").unwrap();
        let error = write_set(dir.path(), &mut |_, _, _| {}).unwrap_err();
        assert!(error.to_string().contains("not marked as a synthetic set"), "{error}");
        assert_eq!(fs::read_to_string(dir.path().join("energy").join("NYC.csv")).unwrap(), "precious");
        assert!(!dir.path().join(MARKER).exists());
    }
}
