//! Full logs, row by row: every column is recorded, what a person did stands between the rows.

use std::path::{Path, PathBuf};

use crate::config::{Document, Error, Place, Result};
use crate::record::full_log::{LogHeader, MAGIC};
use crate::rollout::{Intervention, LeverMode, LoggedIntervention, World};

use super::lines::{Lines, numbers};
use super::{BadRows, Item, LogKind, Provenance, Rows, TapeHead, nothing, tables};

/// Reads header and tables.
pub(super) fn open(path: &Path, world: &World) -> Result<(TapeHead, Box<dyn Rows>)> {
    let mut lines = Lines::open(path)?;
    let wrong = |line: u64, what: &str, cure: &str| Error::invalid(Place::file(path).at_line(line), what, cure);
    lines.next()?;
    if lines.text.trim_end() != MAGIC {
        let what = format!("format `{}` is not known", lines.text.trim_end());
        return Err(wrong(1, &what, "Use the version of the program that wrote it."));
    }
    let mut yaml = String::new();
    loop {
        if !lines.next()? || !lines.whole {
            return Err(wrong(lines.number, "the log ends inside its header", "Nothing was recorded; record again."));
        }
        match lines.text.strip_prefix('#') {
            Some(text) => {
                yaml.push_str(text.strip_prefix(' ').unwrap_or(text));
                yaml.push('\n');
            }
            None => break,
        }
    }
    let mut document = Document::new();
    document.layer_text(&format!("{} (header, from line 2)", path.display()), &yaml)?;
    let header: LogHeader = document.fill("")?;
    let names: Vec<String> = lines.text.split(',').map(str::to_owned).collect();
    if names.first().map(String::as_str) != Some("tick") {
        return Err(wrong(lines.number, "the line of column names is missing", "Restore the line of column names."));
    }
    let mut config = Document::new();
    config.layer_text(&format!("{} (configuration)", path.display()), &header.configuration)?;
    let mut spec = world.tables(&header.setup, &config)?;
    if let Ok(start) = header.start.parse() {
        spec.calendar.start = start;
    }
    spec.calendar.tick_s = header.tick_s.max(1);
    let mut notes = Vec::new();
    let tables = tables(spec, |name, _| {
        if names.iter().any(|n| n == name) { Provenance::Logged(name.to_owned()) } else { Provenance::Absent }
    });
    let known = |name: &str| tables.schema.signals.iter().any(|s| s.name == name);
    let strange = names.iter().skip(1).filter(|n| !known(n)).count();
    if strange > 0 {
        notes.push(format!("{strange} columns of this log are not known to this version and are not shown"));
    }
    let places = names.iter().map(|name| tables.schema.find(name)).collect();
    let controllers = tables
        .spec
        .slots
        .iter()
        .map(|slot| Some(header.setup.policy(&slot.name).unwrap_or(&slot.default_controller).to_owned()));
    let head = TapeHead {
        path: path.to_path_buf(),
        kind: LogKind::Full,
        episode: 0,
        known_axes: tables.spec.axes.iter().map(|a| a.name.clone()).collect(),
        controllers: controllers.collect(),
        setup: header.setup.clone(),
        spec: tables.spec,
        schema: tables.schema,
        provenance: tables.provenance,
        notes,
    };
    let pins = header.setup.fixed_actions.iter().map(|(lever, value)| {
        let mode = LeverMode::Pinned(*value);
        LoggedIntervention { tick: 0, what: Intervention::Lever { lever: lever.clone(), mode } }
    });
    let rows = FullRows {
        path: path.to_path_buf(),
        lines,
        width: names.len(),
        places,
        cells: Vec::new(),
        tick: 0,
        waiting: None,
        first: pins.collect(),
    };
    Ok((head, Box::new(rows)))
}

/// Rows of a full log.
struct FullRows {
    path: PathBuf,
    lines: Lines,
    width: usize,
    /// Column of the row for each cell.
    places: Vec<Option<usize>>,
    cells: Vec<f64>,
    /// The tick that comes next.
    tick: u64,
    /// Tick of the row in `cells`, when rows before it are lacking.
    waiting: Option<u64>,
    /// What holds before the first row, last one first.
    first: Vec<LoggedIntervention>,
}

/// Ticks that may be lacking between two rows; more are a broken number.
const LONGEST_GAP: u64 = 1_000_000;

impl FullRows {
    fn hand_out(&mut self, row: &mut [f64]) -> Item {
        row.fill(f64::NAN);
        for (place, value) in self.places.iter().zip(&self.cells) {
            if let Some(cell) = place.and_then(|p| row.get_mut(p)) {
                *cell = *value;
            }
        }
        self.tick += 1;
        Item::Row
    }
}

impl Rows for FullRows {
    fn next(&mut self, row: &mut [f64], bad: &mut BadRows) -> Result<Option<Item>> {
        if let Some(input) = self.first.pop() {
            return Ok(Some(Item::Input(input)));
        }
        if let Some(tick) = self.waiting {
            if tick > self.tick {
                row.fill(f64::NAN);
                self.tick += 1;
                return Ok(Some(Item::Gap));
            }
            self.waiting = None;
            return Ok(Some(self.hand_out(row)));
        }
        while self.lines.next()? {
            let place = Place::file(&self.path).at_line(self.lines.number);
            // A run that is still being written, or was killed, has no whole last line.
            if !self.lines.whole {
                break;
            }
            if let Some(column) = self.lines.garbled {
                bad.note(place.at_column(column), "this is not UTF-8 text");
                continue;
            }
            let text = self.lines.text.as_str();
            if let Some(input) = text.strip_prefix("#input ") {
                match parse_input(input) {
                    Some(input) => return Ok(Some(Item::Input(input))),
                    None => bad.note(place, "what was done cannot be read"),
                }
                continue;
            }
            if text.starts_with('#') || text.is_empty() {
                continue;
            }
            if let Err((column, what)) = numbers(text, self.width, &mut self.cells) {
                bad.note(place.at_column(column), &what);
                continue;
            }
            let tick = self.cells.first().copied().unwrap_or(f64::NAN);
            let fits = tick >= self.tick as f64 && tick < (self.tick + LONGEST_GAP) as f64 && tick.fract() == 0.0;
            if !fits {
                bad.note(place.at_column(1), &format!("tick {tick} where {} should stand", self.tick));
                continue;
            }
            if tick as u64 > self.tick {
                self.waiting = Some(tick as u64);
                row.fill(f64::NAN);
                self.tick += 1;
                return Ok(Some(Item::Gap));
            }
            return Ok(Some(self.hand_out(row)));
        }
        if self.tick == 0 { Err(nothing(&self.path, bad)) } else { Ok(None) }
    }

    fn progress(&self) -> f64 {
        self.lines.progress()
    }
}

/// Reads what stands after `#input`.
fn parse_input(text: &str) -> Option<LoggedIntervention> {
    let (tick, json) = text.split_once(' ')?;
    Some(LoggedIntervention { tick: tick.parse().ok()?, what: serde_json::from_str(json).ok()? })
}
