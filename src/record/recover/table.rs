//! Tables: unreadable rows are left out, the others stay as they stand.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use crate::config::{Error, Place, Result};
use crate::record::replay::LogKind;

use super::raw::RawLines;
use super::{Findings, Recovery, count};

/// Why a row is left out: column from 1, and words.
type Wrong = (Option<u64>, String);

/// Holds a row against the header and the row before it. Returns its count of steps, where the table has one.
fn row(text: &str, width: usize, clock: Option<usize>, last: Option<u64>) -> std::result::Result<Option<u64>, Wrong> {
    let mut step = None;
    let mut cells = 0;
    for (cell, place) in text.split(',').zip(0_usize..) {
        cells += 1;
        let bare = cell.trim().trim_matches('"');
        let number = match bare {
            "" | "True" | "False" | "true" | "false" => Some(f64::NAN),
            _ => bare.parse::<f64>().ok(),
        };
        let Some(number) = number else {
            let shown: String = bare.chars().take(40).collect();
            return Err((Some(place as u64 + 1), format!("`{shown}` is not a number")));
        };
        if clock == Some(place) {
            if !(number >= 0.0 && number.fract() == 0.0 && number < 1e15) {
                return Err((Some(place as u64 + 1), format!("`{bare}` is no count of steps")));
            }
            let now = number as u64;
            if let Some(last) = last.filter(|last| now <= *last) {
                return Err((Some(place as u64 + 1), format!("step {now} stands after step {last}")));
            }
            step = Some(now);
        }
    }
    if cells == width { Ok(step) } else { Err((None, format!("{cells} cells where {width} should stand"))) }
}

/// Writes the readable rows of a table into a new file.
///
/// # Errors
/// When the file cannot be read or the new one cannot be written.
pub(super) fn recover(path: &Path, out: &Path, kind: LogKind) -> Result<Recovery> {
    let mut lines = RawLines::open(path)?;
    lines.next()?;
    let header = lines.text().unwrap_or_default().trim_start_matches('\u{feff}').to_owned();
    let names: Vec<&str> = header.split(',').map(|n| n.trim().trim_matches('"')).collect();
    let clock = names.iter().position(|n| *n == "timestep");
    let mut found = Recovery::of(kind);
    let (mut lost, mut missing) = (Findings::default(), Findings::default());
    if !lines.whole() {
        found.lost.push(format!("{}: the file ends inside its line of column names", Place::file(path).at_line(1)));
        return Ok(found);
    }
    let io = |e| Error::io(out, "write the rescued log", e);
    let mut writer = None;
    let head = lines.bytes.clone();
    let mut last = None;
    while lines.next()? {
        let place = Place::file(path).at_line(lines.number);
        if lines.zeros() {
            found.notes.push(format!("{place}: {} without content left out", count(lines.bytes.len() as u64, "byte")));
            continue;
        }
        if !lines.whole() {
            lost.add(format!("{place}: the last line is cut off, 1 row"));
            break;
        }
        let read = match lines.text() {
            Ok("") => continue,
            Ok(text) => row(text, names.len(), clock, last),
            Err(column) => Err((Some(column), "this is not text".to_owned())),
        };
        match read {
            Ok(step) => {
                if let (Some(step), Some(before)) = (step, last)
                    && step > before + 1
                {
                    missing.add(format!("{place}: steps {} to {} are not in the file", before + 1, step - 1));
                }
                if writer.is_none() {
                    // Only now it is known that there is something to save.
                    let mut file = BufWriter::new(File::create(out).map_err(io)?);
                    file.write_all(&head).map_err(io)?;
                    writer = Some(file);
                }
                if let Some(file) = &mut writer {
                    file.write_all(&lines.bytes).map_err(io)?;
                }
                found.rows += 1;
                if let Some(step) = step {
                    found.ticks = Some((found.ticks.map_or(step, |(first, _)| first), step));
                    last = Some(step);
                }
            }
            Err((column, what)) => {
                let place = column.map_or(place.clone(), |column| place.at_column(column));
                lost.add(format!("{place}: {what}, 1 row"));
            }
        }
    }
    found.lost.extend(lost.into_lines("unreadable rows more"));
    // What is missing between two rows is most often what was found to be unreadable; it is told besides, by its steps.
    if found.lost.is_empty() {
        found.lost.extend(missing.into_lines("gaps more"));
    } else {
        found.notes.extend(missing.into_lines("gaps more"));
    }
    if let Some(mut file) = writer {
        file.flush().map_err(io)?;
    }
    Ok(found)
}
