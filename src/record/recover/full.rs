//! Full logs: rows that follow each other from the first tick on, with the inputs between them.

use std::collections::BTreeMap;
use std::path::Path;

use crate::config::{Error, Place, Result};
use crate::record::full_log::{
    FullLog, HASH_START, LogHeader, LogWriter, is_full_log, mix, parse_header, parse_input, parse_row,
};
use crate::record::replay::LogKind;
use crate::rollout::LoggedIntervention;

use super::raw::RawLines;
use super::{Compute, Recovery, count};

/// What a line turned out to be.
enum Line {
    /// The row of a tick.
    Row(u64, Vec<f64>),
    /// Something that was done before the row of its tick.
    Input(LoggedIntervention),
    /// Rows and hash as a check says them, with the check's own sum over the lines before it.
    Check { rows: u64, crc: u32, hash: u64 },
    /// A remark that somebody put in, or an empty line: no part of any sum.
    Remark,
    /// Zero bytes.
    Zeros,
    /// Nothing that can be read: column (from 1) and words.
    Spoilt(Option<u64>, String),
    /// The last line, cut off.
    Half(Half),
}

/// What a line that was cut off was going to be.
enum Half {
    Row,
    Input,
    Check,
}

fn classify(lines: &RawLines, width: usize) -> Line {
    if lines.zeros() {
        return Line::Zeros;
    }
    if !lines.whole() {
        return Line::Half(match lines.bytes.get(..2) {
            Some(b"#i") => Half::Input,
            Some(b"#c") => Half::Check,
            _ => Half::Row,
        });
    }
    let text = match lines.text() {
        Ok(text) => text,
        Err(column) => return Line::Spoilt(Some(column), "this is not text".to_owned()),
    };
    if let Some(rest) = text.strip_prefix("#check ") {
        return check(rest).unwrap_or_else(|| Line::Spoilt(None, "a check that cannot be read".to_owned()));
    }
    if let Some(rest) = text.strip_prefix("#input ") {
        return match parse_input(rest) {
            Ok(input) => Line::Input(input),
            Err(what) => Line::Spoilt(None, what),
        };
    }
    if text.is_empty() || text.starts_with('#') {
        return Line::Remark;
    }
    let tick = text.split(',').next().unwrap_or("");
    match tick.parse::<u64>() {
        Ok(tick) => match parse_row(text, tick, width) {
            Ok(row) => Line::Row(tick, row),
            Err((column, what)) => Line::Spoilt(Some(column), what),
        },
        Err(_) => {
            let shown: String = tick.chars().take(40).collect();
            Line::Spoilt(Some(1), format!("`{shown}` is not a tick"))
        }
    }
}

fn check(text: &str) -> Option<Line> {
    let mut words = text.split(' ');
    let rows = words.next()?.parse().ok()?;
    let crc = u32::from_str_radix(words.next()?, 16).ok()?;
    let hash = u64::from_str_radix(words.next()?, 16).ok()?;
    words.next().is_none().then_some(Line::Check { rows, crc, hash })
}

/// Hash of one row on its own.
fn row_hash(row: &[f64]) -> u64 {
    row.iter().fold(HASH_START, |h, &v| mix(h, v))
}

/// What stands behind the place where trouble began.
#[derive(Default)]
struct Rest {
    /// First and last line.
    first: u64,
    last: u64,
    /// Rows that can be read, by their tick, each as a hash of its own.
    rows: BTreeMap<u64, u64>,
    /// Inputs with their lines.
    inputs: Vec<(u64, LoggedIntervention)>,
    /// Rows and hash of each check, with its line.
    checks: Vec<(u64, u64, u64)>,
    /// The last line is cut off.
    half: bool,
}

/// A full log that is being saved.
struct Saving<'a> {
    path: &'a Path,
    log: FullLog,
    /// Inputs that stand before the row of their tick, at the last check.
    checked_inputs: usize,
    hash: u64,
    checked_hash: u64,
    segment: crc32fast::Hasher,
    found: Recovery,
}

/// What made an end of plain reading.
struct Trouble {
    line: u64,
    column: Option<u64>,
    what: String,
    /// Rows since the last check are not what was written.
    doubtful: bool,
}

pub(super) fn recover(path: &Path, out: &Path, compute: Compute<'_>) -> Result<Recovery> {
    let mut lines = RawLines::open(path)?;
    let (header, mut waiting, notes) = head(&mut lines, path)?;
    let width = header.signals.len() + 1;
    let log = FullLog { header, rows: Vec::new(), inputs: Vec::new(), checked_rows: 0, incomplete: false };
    let mut saving = Saving {
        path,
        log,
        checked_inputs: 0,
        hash: HASH_START,
        checked_hash: HASH_START,
        segment: crc32fast::Hasher::new(),
        found: Recovery { notes, ..Recovery::of(LogKind::Full) },
    };
    while std::mem::take(&mut waiting) || lines.next()? {
        let Err(trouble) = saving.take(&lines, width) else { continue };
        let rest = saving.rest(&mut lines, width)?;
        match saving.compute(&rest, compute) {
            // Reading goes on behind the check that proves what was computed.
            Some(line) => {
                let place = saving.place(&trouble);
                saving.found.notes.push(format!("{place}: {}", trouble.what));
                lines = RawLines::open(path)?;
                while lines.number < line && lines.next()? {}
            }
            None => {
                saving.give_up(&trouble, &rest);
                break;
            }
        }
    }
    saving.write(out)
}

/// Reads what stands above the rows. The flag says that the line that was read last is one of the body.
fn head(lines: &mut RawLines, path: &Path) -> Result<(LogHeader, bool, Vec<String>)> {
    let mut notes = Vec::new();
    lines.next()?;
    if !lines.text().is_ok_and(is_full_log) {
        notes.push(format!("{}: the first line was spoilt and is put back", Place::file(path).at_line(1)));
    }
    let mut yaml = String::new();
    let nothing = |line: u64, column: Option<u64>, what: &str| {
        let place = Place::file(path).at_line(line);
        let place = column.map_or(place.clone(), |column| place.at_column(column));
        Error::invalid(place, what, "Without its header a log cannot be understood; record again.")
    };
    loop {
        if !lines.next()? || !lines.whole() {
            return Err(nothing(lines.number, None, "the log ends inside its header"));
        }
        match lines.text() {
            Ok(text) if text == "#" || text.starts_with("# ") => {
                yaml.push_str(text.get(2..).unwrap_or_default());
                yaml.push('\n');
            }
            Ok(_) => break,
            // Column names may be spoilt; what the header describes may not.
            Err(_) if parse_header(path, &yaml).is_ok() => break,
            Err(column) => return Err(nothing(lines.number, Some(column), "the header is not text")),
        }
    }
    let header = parse_header(path, &yaml)?;
    let names = std::iter::once("tick").chain(header.signals.iter().map(|s| s.name.as_str()));
    let text = lines.text().unwrap_or_default();
    if text.split(',').eq(names) {
        return Ok((header, false, notes));
    }
    notes.push(format!(
        "{}: the line of column names was spoilt and is put back",
        Place::file(path).at_line(lines.number)
    ));
    let body = matches!(classify(lines, header.signals.len() + 1), Line::Row(..) | Line::Input(_) | Line::Check { .. });
    Ok((header, body, notes))
}

impl Saving<'_> {
    fn place(&self, trouble: &Trouble) -> Place {
        let place = Place::file(self.path).at_line(trouble.line);
        trouble.column.map_or(place.clone(), |column| place.at_column(column))
    }

    fn rows(&self) -> u64 {
        self.log.rows.len() as u64
    }

    fn push(&mut self, row: Vec<f64>) {
        self.hash = row.iter().fold(self.hash, |h, &v| mix(h, v));
        self.log.rows.push(row);
    }

    /// Everything up to here is what was written.
    fn checked(&mut self) {
        self.log.checked_rows = self.rows();
        self.checked_inputs = self.log.inputs.len();
        self.checked_hash = self.hash;
        self.segment = crc32fast::Hasher::new();
    }

    /// Takes in a line that follows what was read so far.
    fn take(&mut self, lines: &RawLines, width: usize) -> std::result::Result<(), Trouble> {
        let trouble = |column, what: String, doubtful| Trouble { line: lines.number, column, what, doubtful };
        let line = Place::file(self.path).at_line(lines.number);
        let rows = self.rows();
        let sum = |segment: &mut crc32fast::Hasher| {
            segment.update(lines.text().unwrap_or_default().as_bytes());
            segment.update(b"\n");
        };
        match classify(lines, width) {
            Line::Row(tick, row) if tick == rows => {
                sum(&mut self.segment);
                self.push(row);
            }
            Line::Row(tick, _) => {
                return Err(trouble(Some(1), format!("tick {tick} where {rows} should stand"), false));
            }
            Line::Input(input) if input.tick == rows => {
                sum(&mut self.segment);
                self.log.inputs.push(input);
            }
            Line::Input(input) => {
                let what = format!("an input of tick {} stands before the row of tick {rows}", input.tick);
                return Err(trouble(None, what, false));
            }
            Line::Check { rows: of, crc, hash } => {
                if (of, crc, hash) != (rows, self.segment.clone().finalize(), self.hash) {
                    let what = "the check does not hold: lines before it were changed or lost".to_owned();
                    return Err(trouble(None, what, true));
                }
                self.checked();
            }
            Line::Remark => {
                if !lines.text().is_ok_and(str::is_empty) {
                    self.found.notes.push(format!("{line}: a remark that is no part of the log is left out"));
                }
            }
            Line::Zeros => {
                let bytes = count(lines.bytes.len() as u64, "byte");
                self.found.notes.push(format!("{line}: {bytes} without content left out"));
            }
            Line::Spoilt(column, what) => return Err(trouble(column, what, false)),
            Line::Half(Half::Row) => {
                self.found.lost.push(format!("{line}: the last line is cut off: the row of tick {rows}"));
            }
            Line::Half(Half::Input) => {
                self.found.lost.push(format!("{line}: the last line is cut off: an input before tick {rows}"));
            }
            Line::Half(Half::Check) => {
                self.found.notes.push(format!("{line}: the last line, a check, is cut off and left out"));
            }
        }
        Ok(())
    }

    /// Looks through what is left of the file, the present line among it.
    fn rest(&self, lines: &mut RawLines, width: usize) -> Result<Rest> {
        let mut rest = Rest { first: lines.number, ..Rest::default() };
        loop {
            rest.last = lines.number;
            match classify(lines, width) {
                Line::Row(tick, row) => {
                    rest.rows.entry(tick).or_insert_with(|| row_hash(&row));
                }
                Line::Input(input) => rest.inputs.push((lines.number, input)),
                Line::Check { rows, hash, .. } => rest.checks.push((rows, hash, lines.number)),
                Line::Half(_) => rest.half = true,
                Line::Remark | Line::Zeros | Line::Spoilt(..) => {}
            }
            if !lines.next()? {
                return Ok(rest);
            }
        }
    }

    /// Computes rows from the last check on and keeps those that a later check proves; returns its line.
    fn compute(&mut self, rest: &Rest, compute: Compute<'_>) -> Option<u64> {
        let checked = self.log.checked_rows;
        let until = rest.checks.iter().map(|c| c.0).filter(|rows| *rows > checked).max()?;
        let mut run = self.log.clone();
        run.rows.truncate(checked as usize);
        run.inputs.extend(rest.inputs.iter().map(|(_, input)| input.clone()));
        run.inputs.sort_by_key(|input| input.tick);
        let rows = compute(&run, until)?;
        let mut hash = self.checked_hash;
        let mut proven = None;
        for (row, after) in rows.iter().zip(checked + 1..) {
            hash = row.iter().fold(hash, |h, &v| mix(h, v));
            if let Some((_, _, line)) = rest.checks.iter().find(|c| (c.0, c.1) == (after, hash)) {
                proven = Some((after, *line));
            }
        }
        let (until, line) = proven?;
        let known = |tick: u64, row: &[f64]| match self.log.rows.get(tick as usize) {
            Some(read) => row_hash(read) == row_hash(row),
            None => rest.rows.get(&tick) == Some(&row_hash(row)),
        };
        let unread = rows.iter().zip(checked..until).filter(|(row, tick)| !known(*tick, row)).count();
        self.found.computed += unread as u64;
        self.log.rows.truncate(checked as usize);
        self.log.inputs.extend(rest.inputs.iter().filter(|(at, _)| *at < line).map(|(_, input)| input.clone()));
        self.hash = self.checked_hash;
        rows.into_iter().take((until - checked) as usize).for_each(|row| self.push(row));
        self.checked();
        Some(line)
    }

    /// Nothing behind the trouble can be trusted: says what is lost.
    fn give_up(&mut self, trouble: &Trouble, rest: &Rest) {
        let before = self.rows();
        if trouble.doubtful {
            self.log.rows.truncate(self.log.checked_rows as usize);
            self.log.inputs.truncate(self.checked_inputs);
        }
        let (rows, place) = (self.rows(), self.place(trouble));
        // An input whose row is not there may stay: it was done before what would have been the next row.
        let end = rest.rows.keys().next_back().map_or(before, |last| (last + 1).max(before));
        let mut words = format!("{place}: {}", trouble.what);
        if end > rows {
            words.push_str(&format!("; {} (ticks {rows} to {})", count(end - rows, "row"), end - 1));
        }
        let lines = if rest.first == rest.last {
            format!("line {}", rest.first)
        } else {
            format!("lines {} to {}", rest.first, rest.last)
        };
        words.push_str(&format!("; {lines} left out"));
        if !rest.inputs.is_empty() {
            words.push_str(&format!(", {} among them", count(rest.inputs.len() as u64, "input")));
        }
        if rest.half {
            words.push_str(", the last one cut off");
        }
        self.found.lost.push(words);
    }

    /// Writes the log anew.
    fn write(mut self, out: &Path) -> Result<Recovery> {
        let (rows, log) = (self.rows(), &self.log);
        let last = rows.checked_sub(1);
        (self.found.rows, self.found.ticks) = (rows, last.map(|last| (0, last)));
        (self.found.inputs, self.found.proven) = (log.inputs.len() as u64, Some(log.checked_rows));
        if rows == 0 {
            return Ok(self.found);
        }
        let mut writer = LogWriter::create(out, &log.header)?;
        let mut inputs = log.inputs.iter().peekable();
        for (row, tick) in log.rows.iter().zip(0..) {
            while let Some(next) = inputs.next_if(|i| i.tick <= tick) {
                writer.input(next.tick, &next.what)?;
            }
            writer.row(tick, row)?;
        }
        for next in inputs {
            writer.input(next.tick, &next.what)?;
        }
        // A check where there was none would say more than is known.
        let whole = log.checked_rows == rows && self.checked_inputs == log.inputs.len();
        if whole {
            writer.finish()?
        } else {
            writer.leave()?
        }
        Ok(self.found)
    }
}
