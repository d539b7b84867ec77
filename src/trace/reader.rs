//! Reads one CSV file of the layout into a [`Table`].
//!
//! A row that cannot be read is skipped, counted and reported with its line and column, because one broken cell in a
//! year of measurements is no reason to stop. When more than one row in a hundred is broken, the file is not what its
//! name says and reading fails with the first of them. Rows are sorted by time; equal times keep their order.
#![deny(clippy::indexing_slicing)]

use std::path::Path;

use csv::ByteRecord;

use super::layout::{Format, Need, TimeColumn};
use super::stamp;
use super::table::{Column, Origin, Table, TimeAxis};
use crate::config::{Error, Place, Result};

/// Rows described in full in a report; the rest is only counted.
const DESCRIBED_ROWS: usize = 5;
/// One broken row in so many is borne.
const ROWS_PER_BAD_ROW: usize = 100;

/// A row that was skipped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRow {
    /// Line and column of the cell.
    pub place: Place,
    /// What was found and expected.
    pub what: String,
}

/// What the reader noticed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReadReport {
    /// Rows skipped.
    pub bad_rows: usize,
    /// The first few of them.
    pub described: Vec<BadRow>,
    /// First row whose time lies before the one above it.
    pub out_of_order: Option<Place>,
    /// Whether the header is exactly the layout's.
    pub header_exact: bool,
}

impl ReadReport {
    /// One sentence about the skipped rows, if any.
    pub fn warning(&self, file: &str) -> Option<String> {
        let first = self.described.first()?;
        let rows = if self.bad_rows == 1 { "row was" } else { "rows were" };
        Some(format!("{file}: {} {rows} skipped, the first at {}: {}", self.bad_rows, first.place, first.what))
    }
}

/// Reads a file. The table's columns are those of `format` that the file has.
///
/// # Errors
/// When the file cannot be read, lacks a needed column, has no rows, or more than one row in a hundred is broken.
pub fn read_table(path: &Path, id: &str, origin: Origin, format: &Format) -> Result<(Table, ReadReport)> {
    let file = std::fs::File::open(path).map_err(|e| Error::io(path, "read", e))?;
    read_from(file, &Place::file(path), id, origin, format)
}

/// Reads a table from any source; `place` names it in messages.
pub fn read_from(
    source: impl std::io::Read,
    place: &Place,
    id: &str,
    origin: Origin,
    format: &Format,
) -> Result<(Table, ReadReport)> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(source);
    let mut record = ByteRecord::new();
    if !reader.read_byte_record(&mut record).map_err(|e| broken(&e, place))? {
        return Err(Error::invalid(place.clone(), "the file is empty", expected_header(format)));
    }
    let header = Header::read(&record, place, format)?;
    let mut rows = Rows::new(format);
    let mut report = ReadReport { header_exact: header.text == format.header, ..ReadReport::default() };
    let mut read_rows = 0_usize;
    while reader.read_byte_record(&mut record).map_err(|e| broken(&e, place))? {
        read_rows += 1;
        match rows.push(&record, &header, format) {
            Ok(()) => {
                if report.out_of_order.is_none() && rows.last_is_out_of_order() {
                    report.out_of_order = Some(located(place, &record, header.time));
                }
            }
            Err((field, what)) => {
                report.bad_rows += 1;
                if report.described.len() < DESCRIBED_ROWS {
                    report.described.push(BadRow { place: located(place, &record, field), what });
                }
            }
        }
    }
    if report.bad_rows * ROWS_PER_BAD_ROW > read_rows {
        return Err(too_many(&report, read_rows, format));
    }
    if read_rows == 0 {
        return Err(Error::invalid(place.clone(), "the file has a header but no rows", "Give the complete file."));
    }
    let (time, columns) = rows.finish(format, report.out_of_order.is_some());
    Ok((Table { id: id.to_owned(), origin, time, columns }, report))
}

/// Where the needed columns stand in the file.
struct Header {
    text: String,
    time: usize,
    fields: Vec<Option<usize>>,
}

impl Header {
    fn read(record: &ByteRecord, place: &Place, format: &Format) -> Result<Self> {
        let names: Vec<String> = record.iter().map(header_name).collect();
        let find = |wanted: &str| names.iter().position(|name| name == wanted);
        let missing = |wanted: &str| Error::Syntax {
            place: place.clone().at_line(1).at_column(1),
            what: format!("the column `{wanted}` is missing; the header has {}", quoted(&names)),
            cure: expected_header(format),
            snippet: format!("  1 | {}\n", names.join(",")),
        };
        let time = find(format.time.name()).ok_or_else(|| missing(format.time.name()))?;
        let mut fields = Vec::with_capacity(format.columns.len());
        for (name, need) in format.columns {
            let field = find(name);
            if field.is_none() && *need != Need::Optional {
                return Err(missing(name));
            }
            fields.push(field);
        }
        Ok(Self { text: names.join(","), time, fields })
    }
}

/// A header cell without byte-order mark and blanks.
fn header_name(cell: &[u8]) -> String {
    String::from_utf8_lossy(cell).trim_start_matches('\u{feff}').trim().to_owned()
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn expected_header(format: &Format) -> String {
    format!("Give a file whose first line is `{}`.", format.header)
}

/// Rows while they are read.
struct Rows {
    keys: Vec<i64>,
    columns: Vec<Vec<f64>>,
    line: Vec<f64>,
}

impl Rows {
    fn new(format: &Format) -> Self {
        Self { keys: Vec::new(), columns: vec![Vec::new(); format.columns.len()], line: Vec::new() }
    }

    /// Takes a row, or says which field is wrong and how.
    fn push(
        &mut self,
        record: &ByteRecord,
        header: &Header,
        format: &Format,
    ) -> std::result::Result<(), (usize, String)> {
        let cell = record.get(header.time).unwrap_or_default();
        let key = read_key(cell, format.time).map_err(|what| (header.time, what))?;
        self.line.clear();
        for (field, (name, need)) in header.fields.iter().zip(format.columns) {
            let value = match field {
                None => f64::NAN,
                Some(field) => {
                    let cell = record.get(*field).unwrap_or_default();
                    read_number(cell, *need).map_err(|what| (*field, format!("`{name}` {what}")))?
                }
            };
            self.line.push(value);
        }
        self.keys.push(key);
        for (column, value) in self.columns.iter_mut().zip(&self.line) {
            column.push(*value);
        }
        Ok(())
    }

    fn last_is_out_of_order(&self) -> bool {
        matches!(self.keys.as_slice(), [.., before, last] if last < before)
    }

    /// Sorts where needed and drops the columns that the file does not have.
    fn finish(mut self, format: &Format, sort: bool) -> (TimeAxis, Vec<Column>) {
        if sort {
            let mut order: Vec<usize> = (0..self.keys.len()).collect();
            order.sort_by_key(|&row| self.keys.get(row).copied());
            self.keys = permuted(&self.keys, &order);
            for column in &mut self.columns {
                *column = permuted(column, &order);
            }
        }
        let columns = format
            .columns
            .iter()
            .zip(self.columns)
            .filter(|((_, need), values)| *need != Need::Optional || values.iter().any(|v| !v.is_nan()))
            .map(|((name, _), values)| Column { name: (*name).to_owned(), values })
            .collect();
        let time = match format.time {
            TimeColumn::Tick(_) => TimeAxis::Tick(self.keys),
            TimeColumn::Local(_) => TimeAxis::Stamp { unix_s: self.keys, utc: false },
            TimeColumn::Utc(_) => TimeAxis::Stamp { unix_s: self.keys, utc: true },
        };
        (time, columns)
    }
}

fn permuted<T: Copy>(values: &[T], order: &[usize]) -> Vec<T> {
    order.iter().filter_map(|&row| values.get(row).copied()).collect()
}

/// The sorting key of a row: record number or seconds.
fn read_key(cell: &[u8], time: TimeColumn) -> std::result::Result<i64, String> {
    match time {
        TimeColumn::Tick(_) => read_tick(cell).ok_or_else(|| format!("`{}` is no record number (0, 1, …)", text(cell))),
        TimeColumn::Local(_) => match stamp::parse(cell) {
            Some(stamp::Stamp { clock_s, offset_s: None }) => Ok(clock_s),
            Some(_) => Err(format!("`{}` has an offset; these files hold naive local times", text(cell))),
            None => Err(format!("`{}` is no time stamp `YYYY-MM-DD HH:MM:SS`", text(cell))),
        },
        TimeColumn::Utc(_) => stamp::parse(cell)
            .map(stamp::Stamp::utc_s)
            .ok_or_else(|| format!("`{}` is no time stamp `YYYY-MM-DDTHH:MM:SS+00:00`", text(cell))),
    }
}

/// A record number; pandas writes an integer column with gaps as `12.0`.
fn read_tick(cell: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(cell).ok()?.trim();
    let text = text.strip_suffix(".0").unwrap_or(text);
    text.parse().ok().filter(|tick| *tick >= 0)
}

/// A number, or NaN where an empty cell is allowed.
fn read_number(cell: &[u8], need: Need) -> std::result::Result<f64, String> {
    let trimmed = std::str::from_utf8(cell).map_err(|_| format!("is `{}`, not a number", text(cell)))?.trim();
    if matches!(trimmed, "" | "nan" | "NaN" | "NA" | "null") {
        return if need == Need::Every { Err("is empty".to_owned()) } else { Ok(f64::NAN) };
    }
    match trimmed.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        _ => Err(format!("is `{}`, not a finite number", text(cell))),
    }
}

/// A cell for messages: readable and short.
fn text(cell: &[u8]) -> String {
    let text = String::from_utf8_lossy(cell);
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.into_owned(),
    }
}

/// Line and column of a field. The column counts bytes and takes the cells as unquoted, as these files are.
fn located(place: &Place, record: &ByteRecord, field: usize) -> Place {
    let column = 1 + record.iter().take(field).map(|cell| cell.len() as u64 + 1).sum::<u64>();
    let line = record.position().map_or(0, csv::Position::line);
    place.clone().at_line(line).at_column(column)
}

/// The file is not even CSV.
fn broken(error: &csv::Error, place: &Place) -> Error {
    let place = match error.position() {
        Some(position) => place.clone().at_line(position.line()),
        None => place.clone(),
    };
    Error::invalid(place, format!("the file cannot be read as CSV: {error}"), "Check the file, or fetch it again.")
}

/// Too many rows are broken.
fn too_many(report: &ReadReport, rows: usize, format: &Format) -> Error {
    let (place, what) = match report.described.first() {
        Some(row) => (row.place.clone(), row.what.as_str()),
        None => (Place::default(), ""),
    };
    Error::Syntax {
        place,
        what: format!("{what} (and so in {} of {rows} rows)", report.bad_rows),
        cure: format!("{} Correct these rows, or fetch the file again.", expected_header(format)),
        snippet: String::new(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::super::layout;
    use super::*;

    fn read(id: &str, text: &str) -> Result<(Table, ReadReport)> {
        let (_, format) = layout::describe(id).unwrap();
        read_from(text.as_bytes(), &Place::source("file.csv"), id, Origin::Synthetic("test".to_owned()), &format)
    }

    #[test]
    fn a_load_file_is_sorted_and_keeps_gaps_as_nan() {
        let text = "Time Stamp,Load\n2023-01-01 00:05:00,2.5\n2023-01-01 00:00:00,1\n2023-01-01 00:10:00,\n";
        let (table, report) = read("energy/NYC.csv", text).unwrap();
        assert_eq!(table.column("Load").unwrap()[..2], [1.0, 2.5]);
        assert!(table.column("Load").unwrap()[2].is_nan());
        assert_eq!(report.out_of_order, Some(Place::source("file.csv").at_line(3).at_column(1)));
        assert!(report.header_exact);
        assert_eq!(report.bad_rows, 0);
    }

    #[test]
    fn a_missing_column_names_what_the_header_has() {
        let error = read("energy/NYC.csv", "Time Stamp,load\n2023-01-01 00:00:00,1\n").unwrap_err();
        assert!(error.to_string().starts_with("file.csv:1:1: the column `Load` is missing"), "{error}");
        assert!(error.cure().contains("Time Stamp,Load"), "{}", error.cure());
        assert!(error.snippet().is_some());
    }

    #[test]
    fn a_broken_row_is_skipped_and_located() {
        let mut text = "tick,gpu_milli_request,avg_duration_ticks\n".to_owned();
        for tick in 0..200 {
            text += &if tick == 7 { "7,oops,1.0\n".to_owned() } else { format!("{tick},10.0,1.0\n") };
        }
        let (table, report) = read(layout::BATCH, &text).unwrap();
        assert_eq!((table.rows(), report.bad_rows), (199, 1));
        let row = &report.described[0];
        assert_eq!(row.place.to_string(), "file.csv:9:3");
        assert!(row.what.contains("`gpu_milli_request` is `oops`"), "{}", row.what);
        assert!(report.warning("file.csv").unwrap().contains("1 row was skipped, the first at file.csv:9:3"));
    }

    #[test]
    fn many_broken_rows_are_an_error() {
        let error = read(layout::BATCH, "tick,gpu_milli_request\n0,1\n1,\n2,3\n").unwrap_err();
        assert!(error.to_string().contains("file.csv:3:3: `gpu_milli_request` is empty (and so in 1 of 3 rows)"));
        let error = read(layout::BATCH, "tick,gpu_milli_request\n-1,1\n").unwrap_err();
        assert!(error.to_string().contains("`-1` is no record number"), "{error}");
    }

    #[test]
    fn weather_is_read_with_both_separators_and_a_mark_at_the_front() {
        let text = "\u{feff}timestamp_utc,zone,station_id,station_name,temp_c,dewpoint_c\r\n\
                    2024-01-01T01:00:00+00:00,NYC,1,\"Park, Central\",6.1,\r\n2024-01-01 02:00:00+00:00,NYC,1,P,6.7,-1.1\r\n";
        let (table, _) = read("weather/NYC.csv", text).unwrap();
        assert_eq!(table.stamps().unwrap(), ([1_704_070_800, 1_704_074_400].as_slice(), true));
        assert_eq!(table.column("temp_c").unwrap(), [6.1, 6.7]);
        assert!(table.column("dewpoint_c").unwrap()[0].is_nan());
    }

    #[test]
    fn an_optional_column_may_be_missing_and_an_empty_file_is_an_error() {
        let (table, report) = read(layout::GENAI, "tick,avg_gpu_duty_cycle\n0,1.5\n").unwrap();
        assert!(table.column("total_qps").is_err());
        assert!(!report.header_exact);
        assert!(read(layout::GENAI, "").unwrap_err().to_string().contains("empty"));
        assert!(read(layout::GENAI, "tick,avg_gpu_duty_cycle\n").unwrap_err().to_string().contains("no rows"));
    }

    #[test]
    fn a_year_of_load_is_read_whole() {
        let mut text = "Time Stamp,Load\n".to_owned();
        for k in 0..105_120 {
            text += &format!("{},{:.2}\n", stamp::format(1_672_531_200 + 300 * k, ' '), 5000.0 + k as f64 / 97.0);
        }
        let (table, report) = read("energy/NYC.csv", &text).unwrap();
        assert_eq!((table.rows(), report.bad_rows), (105_120, 0));
    }
}
