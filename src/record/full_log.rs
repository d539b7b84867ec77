//! The full log: everything that happened, in a CSV that any tool reads and the twin can run again.
//!
//! `#c2g-log 1`, a YAML header in `# ` lines, the column names, then one line a tick. `#input` lines stand before the
//! row of the tick they were applied to. `#check ROWS CRC HASH` stands every 180 rows and at the end: CRC-32 of the
//! bytes since the check before, and a running hash of all values. Empty cells are values that do not exist. A run that
//! was killed leaves a last line that is cut off: it is left out when the log is read.

#![deny(clippy::indexing_slicing)]

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::config::{Document, Error, Place, Result, yaml_string};
use crate::rollout::{Intervention, LoggedIntervention, Rollout, Setup};
use crate::signal::Kind;

use super::csv_number::push_number;

pub(super) const MAGIC: &str = "#c2g-log 1";
const SLOW_TICK_S: u32 = 900;
const CHECK_ROWS: u64 = 180;
/// Longest that a row waits for the disk, but for the time between two looks.
pub(super) const FLUSH_AFTER: Duration = Duration::from_millis(800);

/// Description of a column in a header.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnNote {
    /// Column name.
    pub name: String,
    /// Unit; empty for pure numbers.
    #[serde(default)]
    pub unit: String,
    /// `state`, `mean`, `sum` or `event`.
    pub kind: String,
    /// What it means.
    #[serde(default)]
    pub doc: String,
}

/// What stands above the rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogHeader {
    /// Version of the program that wrote it.
    pub version: String,
    /// Length of a tick, s.
    pub tick_s: u32,
    /// Site time of tick 0.
    pub start: String,
    /// What fixed the run before its first tick.
    pub setup: Setup,
    /// CRC-32 of the bytes of the recorded regulation signal (`setup.regd`), 8 hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regd_crc32: Option<String>,
    /// The effective configuration as YAML text.
    pub configuration: String,
    /// The columns.
    pub signals: Vec<ColumnNote>,
}

impl LogHeader {
    /// The header of a run.
    pub fn of(rollout: &Rollout) -> Self {
        let (spec, schema) = (rollout.spec(), rollout.schema());
        let kind = |k: Kind| match k {
            Kind::State => "state",
            Kind::Mean => "mean",
            Kind::Sum => "sum",
            Kind::Event => "event",
        };
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            tick_s: spec.calendar.tick_s,
            start: spec.calendar.start.to_string(),
            setup: rollout.setup().clone(),
            regd_crc32: rollout.regd_crc32().map(|crc| format!("{crc:08x}")),
            configuration: rollout.config().to_yaml(),
            signals: schema
                .signals
                .iter()
                .map(|s| ColumnNote {
                    name: s.name.clone(),
                    unit: s.unit.clone(),
                    kind: kind(s.kind).to_owned(),
                    doc: s.doc.clone(),
                })
                .collect(),
        }
    }

    fn check_every(&self) -> u64 {
        if self.tick_s >= SLOW_TICK_S { 1 } else { CHECK_ROWS }
    }
}

/// Running hash of all values (FNV-1a over their bits).
pub(super) fn mix(hash: u64, value: f64) -> u64 {
    // All NaNs are one value in a log: an empty cell.
    let bits = if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() };
    (hash ^ bits).wrapping_mul(0x0000_0100_0000_01b3)
}

/// Hash before the first value.
pub(super) const HASH_START: u64 = 0xcbf2_9ce4_8422_2325;

/// State of the writer at the end of a row, so that a rewind can cut the file there.
#[derive(Debug, Clone, Copy)]
struct Mark {
    bytes: u64,
    hash: u64,
}

/// Writes a full log. Rows reach the file at most a second after they happened.
pub struct LogWriter {
    path: PathBuf,
    file: File,
    buffer: String,
    written: u64,
    header_bytes: u64,
    segment: crc32fast::Hasher,
    segment_start: u64,
    hash: u64,
    marks: Vec<Mark>,
    checked_rows: u64,
    check_every: u64,
    flushed: Instant,
    line: String,
    /// The disk refused: part of the buffer may be in the file, so writing it again would garble it.
    failed: bool,
}

impl LogWriter {
    /// Creates the file (and its folder) and writes the header.
    ///
    /// # Errors
    /// When the file cannot be created or written.
    pub fn create(path: &Path, header: &LogHeader) -> Result<Self> {
        if let Some(dir) = path.parent().filter(|d| !d.as_os_str().is_empty()) {
            std::fs::create_dir_all(dir).map_err(|e| Error::io(dir, "create the folder", e))?;
        }
        // A log that is cut is read again. A pipe is not: whoever holds its other end too never learns that its reader has
        // gone, and waits for ever.
        let file = File::options()
            .read(!std::fs::metadata(path).is_ok_and(|m| !m.is_file()))
            .write(true)
            .create(true)
            .truncate(true)
            .open(path)
            .map_err(|e| Error::io(path, "create the log", e))?;
        let mut text = format!("{MAGIC}\n");
        for line in yaml_string(header)?.lines() {
            text.push_str("# ");
            text.push_str(line);
            text.push('\n');
        }
        text.push_str("tick");
        for signal in &header.signals {
            text.push(',');
            text.push_str(&signal.name);
        }
        text.push('\n');
        let mut writer = Self {
            path: path.to_path_buf(),
            file,
            buffer: String::with_capacity(1 << 16),
            written: 0,
            header_bytes: 0,
            segment: crc32fast::Hasher::new(),
            segment_start: 0,
            hash: HASH_START,
            marks: Vec::new(),
            checked_rows: 0,
            check_every: header.check_every(),
            flushed: Instant::now(),
            line: String::with_capacity(4096),
            failed: false,
        };
        writer.put(&text);
        // The header is not part of the first segment.
        writer.begin_segment();
        writer.header_bytes = writer.written;
        writer.flush()?;
        Ok(writer)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn put(&mut self, text: &str) {
        self.buffer.push_str(text);
        self.written += text.len() as u64;
        self.segment.update(text.as_bytes());
    }

    fn begin_segment(&mut self) {
        self.segment = crc32fast::Hasher::new();
        self.segment_start = self.written;
    }

    /// Notes an intervention that is applied before the next row.
    pub fn input(&mut self, tick: u64, what: &Intervention) -> Result<()> {
        let json = serde_json::to_string(what).map_err(|e| {
            Error::invalid(Place::file(&self.path), e.to_string(), "Use finite numbers in interventions.")
        })?;
        let text = format!("#input {tick} {json}\n");
        self.put(&text);
        self.flush_if_due()
    }

    /// Writes the row of a tick.
    ///
    /// # Errors
    /// When the disk refuses; what was written before stays valid.
    pub fn row(&mut self, tick: u64, row: &[f64]) -> Result<()> {
        let mut line = std::mem::take(&mut self.line);
        line.clear();
        push_number(&mut line, tick as f64);
        for &value in row {
            line.push(',');
            push_number(&mut line, value);
            self.hash = mix(self.hash, value);
        }
        line.push('\n');
        self.put(&line);
        self.line = line;
        self.marks.push(Mark { bytes: self.written, hash: self.hash });
        if (self.marks.len() as u64).is_multiple_of(self.check_every) {
            self.check();
        }
        if self.buffer.len() > 1 << 16 {
            self.flush()?;
        }
        self.flush_if_due()
    }

    fn check(&mut self) {
        let rows = self.marks.len() as u64;
        let crc = self.segment.clone().finalize();
        let text = format!("#check {rows} {crc:08x} {:016x}\n", self.hash);
        self.put(&text);
        if let Some(mark) = self.marks.last_mut() {
            mark.bytes = self.written;
        }
        self.checked_rows = rows;
        self.begin_segment();
    }

    /// Flushes when the last flush is long enough ago.
    pub fn flush_if_due(&mut self) -> Result<()> {
        if self.flushed.elapsed() >= FLUSH_AFTER { self.flush() } else { Ok(()) }
    }

    /// Brings everything written so far into the file.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn flush(&mut self) -> Result<()> {
        self.flushed = Instant::now();
        if self.buffer.is_empty() {
            return Ok(());
        }
        let result = self.file.write_all(self.buffer.as_bytes());
        self.buffer.clear();
        self.failed |= result.is_err();
        result.map_err(|e| Error::io(&self.path, "write the log", e))
    }

    /// Cuts the log after so many rows, and the inputs after them: time was turned back.
    ///
    /// # Errors
    /// When the file cannot be cut or read.
    pub fn truncate(&mut self, rows: u64) -> Result<()> {
        if rows > self.marks.len() as u64 {
            return Ok(());
        }
        self.flush()?;
        let header_end = self.header_bytes;
        self.marks.truncate(rows as usize);
        let (bytes, hash) = self.marks.last().map_or((header_end, HASH_START), |m| (m.bytes, m.hash));
        // The segment begins after the last check at or before the cut.
        self.checked_rows = rows - rows % self.check_every;
        let start = match self.checked_rows.checked_sub(1).and_then(|r| self.marks.get(r as usize)) {
            Some(mark) => mark.bytes,
            None => header_end,
        };
        let io = |e| Error::io(&self.path, "cut the log", e);
        self.file.set_len(bytes).map_err(io)?;
        self.file.seek(SeekFrom::Start(start)).map_err(io)?;
        let mut tail = Vec::new();
        (&self.file).take(bytes - start).read_to_end(&mut tail).map_err(io)?;
        self.file.seek(SeekFrom::Start(bytes)).map_err(io)?;
        (self.written, self.hash, self.segment_start) = (bytes, hash, start);
        self.segment = crc32fast::Hasher::new();
        self.segment.update(&tail);
        Ok(())
    }

    /// Writes the last check and closes the file.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn finish(mut self) -> Result<()> {
        self.close()
    }

    /// Closes the file without a check: what stands behind the last one is said to be no more than it was.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn leave(mut self) -> Result<()> {
        let result = self.flush();
        // Nothing is left to be closed.
        self.failed = true;
        result
    }

    fn close(&mut self) -> Result<()> {
        if self.failed {
            // Told when it happened; what is in the file ends at the last byte that the disk took.
            return Ok(());
        }
        if self.checked_rows < self.marks.len() as u64 || self.segment_start < self.written {
            self.check();
        }
        self.flush()?;
        // Pipes and devices have nothing to bring to a disk.
        if !self.file.metadata().is_ok_and(|m| m.is_file()) {
            return Ok(());
        }
        self.file.sync_data().map_err(|e| Error::io(&self.path, "write the log", e))
    }
}

impl Drop for LogWriter {
    fn drop(&mut self) {
        // A log that is dropped on the way out of an error still ends with a check; the error itself was told before.
        let _ = self.close();
    }
}

/// A full log in memory.
#[derive(Debug, Clone)]
pub struct FullLog {
    /// What stands above the rows.
    pub header: LogHeader,
    /// Rows in column order, without the tick.
    pub rows: Vec<Vec<f64>>,
    /// What a person or a clock did.
    pub inputs: Vec<LoggedIntervention>,
    /// Rows covered by a check that held.
    pub checked_rows: u64,
    /// The last line is cut off, as a run that was killed leaves it; it is not among rows and inputs.
    pub incomplete: bool,
}

/// Whether a first line is that of a full log.
pub fn is_full_log(first_line: &str) -> bool {
    first_line.trim_end().starts_with("#c2g-log")
}

/// Reads a full log and holds it against its checks. A last line without its end is left out (see
/// [`FullLog::incomplete`]); line ends may be those of Windows.
///
/// # Errors
/// A header that cannot be read, a row that does not fit it, a check that does not hold: with line and column.
pub fn read_full_log(path: &Path) -> Result<FullLog> {
    let file = File::open(path).map_err(|e| Error::io(path, "read", e))?;
    let mut reader = Lines::new(file, path);
    let wrong = |line: u64, what: String, cure: &str| Error::invalid(Place::file(path).at_line(line), what, cure);
    if !reader.next()? || !is_full_log(&reader.line) {
        return Err(wrong(
            1,
            format!("this is not a full log: the first line is not `{MAGIC}`"),
            "Give a log written by `run --log`.",
        ));
    }
    if reader.line.trim_end() != MAGIC {
        return Err(wrong(
            1,
            format!("format `{}` is not known", reader.line.trim_end()),
            "Use the version of the program that wrote it.",
        ));
    }
    let mut yaml = String::new();
    let header_line = loop {
        if !reader.next()? || !reader.whole {
            return Err(wrong(
                reader.number,
                "the log ends inside its header".to_owned(),
                "Nothing was recorded; record again.",
            ));
        }
        match reader.line.strip_prefix('#') {
            Some(text) => {
                yaml.push_str(text.strip_prefix(' ').unwrap_or(text));
                yaml.push('\n');
            }
            None => break reader.line.clone(),
        }
    };
    let header = parse_header(path, &yaml)?;
    let names = std::iter::once("tick").chain(header.signals.iter().map(|s| s.name.as_str()));
    if !header_line.split(',').eq(names) {
        let what = "the column names are not those that the header describes".to_owned();
        return Err(wrong(reader.number, what, "Restore the line of column names."));
    }
    let expected = header.signals.len() + 1;
    let mut log = FullLog { header, rows: Vec::new(), inputs: Vec::new(), checked_rows: 0, incomplete: false };
    let mut segment = crc32fast::Hasher::new();
    let mut hash = HASH_START;
    while reader.next()? {
        if !reader.whole {
            log.incomplete = true;
            break;
        }
        let (number, line, rows) = (reader.number, reader.line.as_str(), log.rows.len() as u64);
        if let Some(text) = line.strip_prefix("#check ") {
            if text != format!("{rows} {:08x} {hash:016x}", segment.finalize()) {
                let what = "the check does not hold: lines before it were changed or lost".to_owned();
                return Err(wrong(number, what, "Use the log as it was written."));
            }
            segment = crc32fast::Hasher::new();
            log.checked_rows = rows;
            continue;
        }
        segment.update(line.as_bytes());
        segment.update(b"\n");
        if let Some(text) = line.strip_prefix("#input ") {
            let cure = "Restore the line as it was written.";
            let input = parse_input(text).map_err(|what| wrong(number, what, cure))?;
            if input.tick != rows {
                let what = format!("an input of tick {} stands before the row of tick {rows}", input.tick);
                return Err(wrong(number, what, cure));
            }
            log.inputs.push(input);
        } else if line.starts_with('#') {
            let what = "this is neither a row nor an input nor a check".to_owned();
            return Err(wrong(number, what, "Take the line out, or use the log as it was written."));
        } else {
            let row = parse_row(line, rows, expected).map_err(|(column, what)| {
                let place = Place::file(path).at_line(number).at_column(column);
                Error::invalid(place, what, "Restore the line as it was written.")
            })?;
            hash = row.iter().fold(hash, |h, &v| mix(h, v));
            log.rows.push(row);
        }
    }
    Ok(log)
}

/// Reads the YAML that stands above the rows.
pub(super) fn parse_header(path: &Path, yaml: &str) -> Result<LogHeader> {
    let mut document = Document::new();
    document.layer_text(&format!("{} (header, from line 2)", path.display()), yaml)?;
    document.fill("")
}

/// Reads what stands after `#input`.
pub(super) fn parse_input(text: &str) -> std::result::Result<LoggedIntervention, String> {
    let (tick, json) = text.split_once(' ').ok_or("an input needs a tick and what was done")?;
    let tick = tick.parse().map_err(|_| format!("`{tick}` is not a tick"))?;
    let what = serde_json::from_str(json).map_err(|e| format!("what was done cannot be read: {e}"))?;
    Ok(LoggedIntervention { tick, what })
}

/// Reads the row of a tick, in a log of so many columns (the tick among them).
pub(super) fn parse_row(line: &str, tick: u64, expected: usize) -> std::result::Result<Vec<f64>, (u64, String)> {
    let mut cells = line.split(',');
    let first = cells.next().unwrap_or("");
    if first.parse() != Ok(tick) {
        return Err((1, format!("tick `{first}` where {tick} should stand")));
    }
    let mut row = Vec::with_capacity(expected - 1);
    for (k, cell) in cells.enumerate() {
        let value = if cell.is_empty() { Ok(f64::NAN) } else { cell.parse() };
        row.push(value.map_err(|_| (k as u64 + 2, format!("`{cell}` is not a number")))?);
    }
    if row.len() + 1 != expected {
        return Err((row.len() as u64 + 1, format!("{} cells where {expected} should stand", row.len() + 1)));
    }
    Ok(row)
}

/// Lines with their number, without their ends.
struct Lines<'a> {
    inner: BufReader<File>,
    path: &'a Path,
    number: u64,
    bytes: Vec<u8>,
    line: String,
    /// The line ends with a line feed; only a file's last line can lack it.
    whole: bool,
}

impl<'a> Lines<'a> {
    fn new(file: File, path: &'a Path) -> Self {
        Self { inner: BufReader::new(file), path, number: 0, bytes: Vec::new(), line: String::new(), whole: false }
    }

    fn next(&mut self) -> Result<bool> {
        self.line.clear();
        self.bytes.clear();
        self.number += 1;
        let n = self.inner.read_until(b'\n', &mut self.bytes).map_err(|e| Error::io(self.path, "read", e))?;
        self.whole = self.bytes.pop_if(|last| *last == b'\n').is_some();
        if self.whole {
            self.bytes.pop_if(|last| *last == b'\r');
        }
        match std::str::from_utf8(&self.bytes) {
            Ok(text) => self.line.push_str(text),
            // A line that was cut off may end inside a character.
            Err(_) if !self.whole => {}
            Err(error) => {
                let place = Place::file(self.path).at_line(self.number).at_column(error.valid_up_to() as u64 + 1);
                return Err(Error::invalid(place, "this is not UTF-8 text", "Use the log as it was written."));
            }
        }
        Ok(n > 0)
    }
}
