//! Full logs, row by row: every column is recorded, what a person did stands between the rows.

use std::path::{Path, PathBuf};

use crate::config::{Document, Error, Place, Result};
use crate::record::full_log::{LogHeader, MAGIC};
use crate::rollout::{Intervention, LeverMode, LoggedIntervention, World};

use super::FromLines;
use super::cells::{Need, numbers};
use super::lines::Lines;
use super::{BadRows, Gaps, Item, LogKind, Provenance, Rows, TapeHead, nothing, tables};

/// What is said of bytes that are no text.
const GARBLED: &str = "this is not UTF-8 text";

/// What to do about a spoilt beginning.
const RESTORE: &str = "Restore the file as it was written.";

/// Longest header, bytes.
const LONGEST_HEADER: usize = 1 << 23;

/// Reads header and tables.
pub(super) fn open(path: &Path, world: &World) -> Result<(TapeHead, Box<dyn Rows>)> {
    let mut lines = Lines::open(path)?;
    let wrong = |line: u64, what: &str, cure: &str| Error::invalid(Place::file(path).at_line(line), what, cure);
    lines.next()?;
    let text = |lines: &Lines| {
        let garbled =
            |column| Error::invalid(Place::file(path).at_line(lines.number).at_column(column), GARBLED, RESTORE);
        lines.text().map(str::to_owned).map_err(garbled)
    };
    let first = text(&lines)?;
    if first.trim_start_matches('\u{feff}').trim_end() != MAGIC {
        let what = format!("format `{}` is not known", first.trim_end());
        return Err(wrong(1, &what, "Use the version of the program that wrote it."));
    }
    let mut yaml = String::new();
    let names = loop {
        if !lines.next()? || !lines.whole {
            return Err(wrong(lines.number, "the log ends inside its header", "Nothing was recorded; record again."));
        }
        let line = text(&lines)?;
        match line.strip_prefix('#') {
            Some(_) if yaml.len() > LONGEST_HEADER => {
                return Err(wrong(lines.number, "the header is longer than a header can be", RESTORE));
            }
            Some(text) => {
                yaml.push_str(text.strip_prefix(' ').unwrap_or(text));
                yaml.push('\n');
            }
            None => break line,
        }
    };
    let mut document = Document::new();
    document.layer_text(&format!("{} (header, from line 2)", path.display()), &yaml)?;
    let header: LogHeader = document.fill("")?;
    let names: Vec<String> = names.split(',').map(str::to_owned).collect();
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
    let places: Vec<Option<usize>> = names.iter().map(|name| tables.schema.find(name)).collect();
    let wanted = names.iter().zip(&places).map(|(name, place)| match (name.as_str(), place) {
        ("tick", _) | (_, Some(_)) => Need::Read,
        (_, None) => Need::Look,
    });
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
        time: None,
    };
    let pins = header.setup.fixed_actions.iter().map(|(lever, value)| {
        let mode = LeverMode::Pinned(*value);
        LoggedIntervention { tick: 0, what: Intervention::Lever { lever: lever.clone(), mode } }
    });
    let rows = FullRows {
        path: path.to_path_buf(),
        lines,
        wanted: wanted.collect(),
        places,
        cells: Vec::new(),
        tick: 0,
        gaps: Gaps::default(),
        waiting: None,
        first: pins.collect(),
    };
    Ok((head, Box::new(rows)))
}

/// Rows of a full log.
struct FullRows {
    path: PathBuf,
    lines: Lines,
    /// What is wanted of each cell.
    wanted: Vec<Need>,
    /// Column of the row for each cell.
    places: Vec<Option<usize>>,
    cells: Vec<f64>,
    /// The tick that comes next.
    tick: u64,
    gaps: Gaps,
    /// Tick of the row in `cells`, when rows before it are lacking.
    waiting: Option<u64>,
    /// What holds before the first row, last one first.
    first: Vec<LoggedIntervention>,
}

impl FullRows {
    /// The row in `cells`, of this tick; a gap while rows before it are lacking.
    fn hand_out(&mut self, tick: u64, row: &mut [f64]) -> Item {
        row.fill(f64::NAN);
        self.waiting = (tick > self.tick).then_some(tick);
        self.tick += 1;
        if self.waiting.is_some() {
            return Item::Gap;
        }
        for (place, value) in self.places.iter().zip(&self.cells) {
            if let Some(cell) = place.and_then(|p| row.get_mut(p)) {
                *cell = *value;
            }
        }
        Item::Row
    }
}

impl FromLines for FullRows {
    fn next_row(&mut self, row: &mut [f64], bad: &mut BadRows) -> Result<Option<Item>> {
        if let Some(input) = self.first.pop() {
            return Ok(Some(Item::Input(input)));
        }
        if let Some(tick) = self.waiting {
            return Ok(Some(self.hand_out(tick, row)));
        }
        while self.lines.next()? {
            let place = Place::file(&self.path).at_line(self.lines.number);
            // A run that is still being written, or was killed, has no whole last line.
            if !self.lines.whole {
                break;
            }
            let line = self.lines.bytes();
            if let Some(input) = line.strip_prefix(b"#input ") {
                match std::str::from_utf8(input).ok().and_then(parse_input) {
                    Some(input) => return Ok(Some(Item::Input(input))),
                    None => bad.note(place, "what was done cannot be read"),
                }
                continue;
            }
            if line.first().is_none_or(|first| *first == b'#') {
                continue;
            }
            if let Err((column, what)) = numbers(line, b',', &self.wanted, &mut self.cells) {
                bad.note(place.at_column(column), &what);
                continue;
            }
            let tick = self.cells.first().copied().unwrap_or(f64::NAN);
            if !self.gaps.admit(self.tick, tick) {
                bad.note(place.at_column(1), &format!("tick {tick} where {} should stand", self.tick));
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

    /// A line that was cut off when its writer was killed is never a row.
    fn always_patient(&self) -> bool {
        self.lines.patient
    }
}

/// Reads what stands after `#input`.
fn parse_input(text: &str) -> Option<LoggedIntervention> {
    let (tick, json) = text.split_once(' ')?;
    Some(LoggedIntervention { tick: tick.parse().ok()?, what: serde_json::from_str(json).ok()? })
}
