//! Any table with a line of names: its columns of numbers become the signals of a plant that is made on the spot.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::{Error, Place, Result};
use crate::plant::{Calendar, Chart, PlantSpec};
use crate::rollout::{Schema, Setup};
use crate::signal::{Entity, Signal};

use super::FromLines;
use super::cells::{Need, ends_in_quotes, number, numbers, shortened, split, wrong};
use super::lines::Lines;
use super::sample::{Holds, LOOKED_AT, Sample, beginning};
use super::time_column::{Clock, choices};
use super::units::{guess, snake};
use super::{BadRows, Gaps, Item, LogKind, Provenance, Rows, TapeHead, TimeColumn, nothing};

/// Name of the plant that a table makes.
pub const TABLE: &str = "table";

/// Series of a chart.
const SERIES: usize = 6;

/// Charts that are made.
const CHARTS: usize = 12;

/// Longest cell over several lines, bytes.
const LONGEST_CELL: usize = 1 << 20;

/// Reads the first rows and makes the tables.
pub(super) fn open(path: &Path, time_column: Option<&str>) -> Result<(TapeHead, Box<dyn Rows>)> {
    let bytes = beginning(path, LOOKED_AT)?;
    let place = Place::file(path);
    let cure = "Give a table with a line of column names and a column of numbers.";
    let sample = Sample::of(&bytes).filter(Sample::is_table);
    let sample = sample.ok_or_else(|| Error::invalid(place.clone(), "this is no table of numbers", cure))?;
    let clock = Clock::find(&sample, time_column, &place.at_line(sample.head_lines))?;
    let mut notes = clock.notes.clone();
    let (signals, places) = signals(&sample, &clock);
    let left_out = |at: &usize| sample.holds(*at) == Holds::Text && Some(*at) != clock.column;
    let text: Vec<&str> =
        (0..sample.names.len()).filter(left_out).filter_map(|at| sample.names.get(at)).map(String::as_str).collect();
    if !text.is_empty() {
        let some = text.iter().take(8).map(|n| shortened(n)).collect::<Vec<_>>().join(", ");
        let more = if text.len() > 8 { " …" } else { "" };
        notes.push(format!("{} columns hold text and are left out: {some}{more}", text.len()));
        let comma = |at: usize| sample.column(at).take(20).any(|c| number(c.replace(',', ".").as_bytes()).is_some());
        if sample.separator != ',' && (0..sample.names.len()).filter(left_out).any(comma) {
            notes.push("Decimal commas are not read: write numbers with a point".to_owned());
        }
    }
    let mut wanted = vec![Need::Skip; sample.names.len()];
    for cell in places.iter().map(|(cell, _)| *cell) {
        if let Some(need) = wanted.get_mut(cell) {
            *need = Need::Read;
        }
    }
    let spec = Arc::new(spec(path, &sample, &clock, signals));
    let schema = Arc::new(Schema::new(&spec));
    let provenance: Vec<Provenance> = places
        .iter()
        .map(|(cell, _)| Provenance::Logged(sample.names.get(*cell).cloned().unwrap_or_default()))
        .collect();
    let chosen = clock.column.and_then(|at| sample.names.get(at)).cloned();
    let head = TapeHead {
        path: path.to_path_buf(),
        kind: LogKind::Table,
        episode: 0,
        setup: Setup { plant: TABLE.to_owned(), ..Setup::default() },
        known_axes: Vec::new(),
        controllers: Vec::new(),
        schema,
        spec,
        provenance: provenance.into(),
        notes,
        time: Some(TimeColumn { chosen, choices: choices(&sample).into() }),
    };
    let mut lines = Lines::open(path)?;
    for _ in 0..sample.head_lines {
        lines.next()?;
    }
    let rows = TableRows {
        path: path.to_path_buf(),
        lines,
        separator: sample.separator,
        wanted,
        places,
        clock,
        cells: Vec::new(),
        joined: Vec::new(),
        tick: 0,
        gaps: Gaps::default(),
        waiting: None,
    };
    Ok((head, Box::new(rows)))
}

/// A signal for every column of numbers, with the cell that it is read from.
fn signals(sample: &Sample, clock: &Clock) -> (Vec<Signal>, Vec<(usize, usize)>) {
    let mut signals: Vec<Signal> = Vec::new();
    let mut places = Vec::new();
    let mut taken = std::collections::BTreeSet::new();
    for (at, label) in sample.names.iter().enumerate() {
        if Some(at) == clock.column || sample.holds(at) == Holds::Text {
            continue;
        }
        // A nameless column of nothing is a separator too many.
        if label.is_empty() && sample.column(at).all(str::is_empty) {
            continue;
        }
        let mut name = snake(label);
        let bare = name.clone();
        let mut more = 2;
        while !taken.insert(name.clone()) {
            name = format!("{bare}_{more}");
            more += 1;
        }
        let values = || sample.column(at).filter_map(|c| number(c.as_bytes())).filter(|v| v.is_finite());
        let (low, high) = values().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        let (unit, carrier) = guess(label);
        let label = if label.is_empty() { name.clone() } else { label.clone() };
        let doc = format!("Recorded: column `{label}` of the file.");
        let mut signal = Signal::new(&name, 0, &label, &unit, &doc).carrier(carrier);
        if low < high {
            signal = signal.range(low, high);
        }
        let whole = values().all(|v| v.fract() == 0.0);
        let size = low.abs().max(high.abs());
        signal = signal.decimals(match size {
            _ if whole => 0,
            s if s >= 1000.0 => 1,
            s if s >= 10.0 => 2,
            s if s >= 0.1 => 3,
            _ => 5,
        });
        if whole {
            signal = signal.step();
        }
        places.push((at, signals.len()));
        signals.push(signal);
    }
    (signals, places)
}

/// The plant's tables: one entity, charts by unit.
fn spec(path: &Path, sample: &Sample, clock: &Clock, signals: Vec<Signal>) -> PlantSpec {
    let stem = path.file_stem().map_or_else(|| TABLE.to_owned(), |s| s.to_string_lossy().into_owned());
    let mut charts: Vec<Chart> = Vec::new();
    for (id, signal) in signals.iter().enumerate() {
        let unit = |chart: &Chart| chart.series.first().and_then(|s| signals.get(*s)).map(|s| s.unit.as_str());
        let room = |chart: &Chart| chart.series.len() < SERIES && unit(chart) == Some(signal.unit.as_str());
        let count = charts.len();
        match charts.iter_mut().find(|chart| room(chart)) {
            Some(chart) => chart.series.push(id),
            None if count < CHARTS => {
                let title = if signal.unit.is_empty() { "Pure numbers" } else { &signal.unit };
                let name = format!("columns_{}", count + 1);
                charts.push(Chart { name, title: title.to_owned(), series: vec![id] });
            }
            None => {}
        }
    }
    let defaults = Calendar::default();
    PlantSpec {
        name: TABLE.to_owned(),
        title: stem.clone(),
        entities: vec![Entity { name: TABLE.to_owned(), label: stem, class: TABLE.to_owned(), parent: None }],
        signals,
        charts,
        calendar: Calendar {
            tick_s: clock.tick_s(),
            start: clock.start.unwrap_or(defaults.start),
            zone: "as in the file".to_owned(),
        },
        episode_ticks: (sample.rows.len() as u64).max(1),
        ..PlantSpec::default()
    }
}

/// Rows of a table.
struct TableRows {
    path: PathBuf,
    lines: Lines,
    separator: char,
    /// What is wanted of each cell.
    wanted: Vec<Need>,
    /// Cells that are read, each with its column of the row.
    places: Vec<(usize, usize)>,
    clock: Clock,
    cells: Vec<f64>,
    /// Lines that belong together, because a cell in quotes goes over their ends.
    joined: Vec<u8>,
    /// The tick that comes next.
    tick: u64,
    gaps: Gaps,
    /// Tick of the row in `cells`, when rows before it are lacking.
    waiting: Option<u64>,
}

/// A cell of a line without quotes.
fn nth(line: &[u8], separator: u8, at: usize) -> &[u8] {
    line.split(|b| *b == separator).nth(at).unwrap_or_default()
}

impl TableRows {
    /// The row in `cells`, of this tick; a gap while rows before it are lacking.
    fn hand_out(&mut self, tick: u64, row: &mut [f64]) -> Item {
        row.fill(f64::NAN);
        self.waiting = (tick > self.tick).then_some(tick);
        self.tick += 1;
        if self.waiting.is_some() {
            return Item::Gap;
        }
        for (cell, column) in &self.places {
            if let (Some(value), Some(place)) = (self.cells.get(*cell), row.get_mut(*column)) {
                *place = *value;
            }
        }
        Item::Row
    }

    /// Reads a line into `cells`; its tick.
    ///
    /// # Errors
    /// Column (from 1) and words.
    fn read(&mut self, joined: bool) -> std::result::Result<f64, (u64, String)> {
        let Self { lines, joined: long, cells, wanted, clock, separator, tick, .. } = self;
        let line = if joined { long.as_slice() } else { lines.bytes() };
        let mut owned = Vec::new();
        if line.contains(&b'"') {
            let text = std::str::from_utf8(line).map_err(|e| (1, format!("this is not UTF-8 text: {e}")))?;
            owned = split(text, *separator);
            cells.clear();
            for (at, cell) in owned.iter().enumerate() {
                let value = match wanted.get(at) {
                    Some(Need::Read) => {
                        number(cell.as_bytes()).ok_or_else(|| (at as u64 + 1, wrong(cell.as_bytes())))?
                    }
                    _ => f64::NAN,
                };
                cells.push(value);
            }
            if cells.len() != wanted.len() {
                return Err((cells.len() as u64, format!("{} cells where {} should stand", cells.len(), wanted.len())));
            }
        } else {
            numbers(line, *separator as u8, wanted, cells)?;
        }
        let Some(at) = clock.column else { return Ok(*tick as f64) };
        let cell = match owned.get(at) {
            Some(cell) => cell.as_bytes(),
            None => nth(line, *separator as u8, at),
        };
        let text = std::str::from_utf8(cell).unwrap_or_default();
        let seconds = clock.stamp.seconds(text);
        let seconds = seconds.ok_or_else(|| (at as u64 + 1, format!("`{}` is no time", shortened(text.trim()))))?;
        let place = clock.tick(seconds);
        if place < *tick as f64 {
            let told = if place + 1.0 == *tick as f64 { "stands at the tick of the row before" } else { "goes back" };
            return Err((at as u64 + 1, format!("time {told}: `{}`", shortened(text.trim()))));
        }
        Ok(place)
    }
}

impl FromLines for TableRows {
    fn next_row(&mut self, row: &mut [f64], bad: &mut BadRows) -> Result<Option<Item>> {
        if let Some(tick) = self.waiting {
            return Ok(Some(self.hand_out(tick, row)));
        }
        while self.lines.next()? {
            let place = Place::file(&self.path).at_line(self.lines.number);
            let line = self.lines.bytes();
            let goes_on = !self.joined.is_empty();
            if !goes_on && (line.trim_ascii().is_empty() || line.starts_with(b"#")) {
                continue;
            }
            if goes_on || line.contains(&b'"') {
                if goes_on {
                    self.joined.push(b'\n');
                }
                self.joined.extend_from_slice(line);
                let whole = self.lines.whole && self.joined.len() < LONGEST_CELL;
                if ends_in_quotes(&self.joined, self.separator as u8) {
                    if whole {
                        continue;
                    }
                    bad.note(place.at_column(1), "a quotation mark is not closed");
                    self.joined.clear();
                    continue;
                }
            }
            let joined = !self.joined.is_empty();
            let read = self.read(joined);
            self.joined.clear();
            let tick = match read {
                Ok(tick) => tick,
                Err((column, what)) => {
                    // A last line without its end is still being written.
                    if self.lines.whole {
                        bad.note(place.at_column(column), &what);
                        // Where rows are counted, the bad one keeps its place.
                        if self.clock.column.is_none() {
                            row.fill(f64::NAN);
                            self.tick += 1;
                            return Ok(Some(Item::Gap));
                        }
                    }
                    continue;
                }
            };
            if !self.gaps.admit(self.tick, tick) {
                bad.note(place.at_column(1), &format!("tick {tick} is too far from {}, the one before", self.tick));
                continue;
            }
            return Ok(Some(self.hand_out(tick as u64, row)));
        }
        if self.tick == 0 && !self.lines.patient { Err(nothing(&self.path, bad)) } else { Ok(None) }
    }

    fn lines(&self) -> &Lines {
        &self.lines
    }

    fn lines_mut(&mut self) -> &mut Lines {
        &mut self.lines
    }
}
