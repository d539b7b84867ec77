//! SustainDC's evaluation logs: taken apart into episodes, each played as a run of its own (sustaindc 9).

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::config::{Error, Place, Result};
use crate::plant::PlantSpec;
use crate::plant::sustaindc::logged::{DERIVED, Sums};
use crate::plant::sustaindc::signals::Col;
use crate::plant::sustaindc::tables::COOLING;
use crate::record::RunFolder;
use crate::record::evaluation::{
    COLUMNS, EvaluationEpisode, EvaluationRow, Origin, ReadRows, TICK_H, as_plant_row, gap, next_hour, read_rows, split,
};
use crate::rollout::{Schema, Setup, World};
use crate::signal::SignalId;

use super::lines::Change;
use super::{BadRows, Item, LogKind, Provenance, Rows, TapeHead, nothing, tables};

/// Plant that these logs are of.
const PLANT: &str = "sustaindc";

/// Reads the first row, or the whole file where a later episode is wanted, and makes the tables.
pub(super) fn open(path: &Path, episode: usize, world: &World) -> Result<(TapeHead, Box<dyn Rows>)> {
    let (setup, mut spec, told) = configured(path, world)?;
    let text = read(path)?;
    let place = Place::file(path);
    let beginning = match episode {
        0 => {
            // Enough for the columns and the first row that is sound.
            let end = text.match_indices('\n').nth(40).map_or(text.len(), |(at, _)| at);
            let lines = text.get(..end).unwrap_or(&text);
            let read = read_rows(lines, &place, true, &mut |_, _, _| {})?;
            let row = read.rows.first().map(|(row, _)| *row);
            (read.present, row)
        }
        k => {
            let read = read_rows(&text, &place, true, &mut |_, _, _| {})?;
            let present = read.present;
            let row = episodes(read, &[]).get(k).and_then(|e| e.rows.first().copied());
            if row.is_none() {
                let what = format!("there is no episode {} in this file", k + 1);
                return Err(Error::invalid(place, what, "Choose one of its episodes."));
            }
            (present, row)
        }
    };
    let (present, first) = beginning;
    let hour = first.map_or(0.0, |row| next_hour(&row) - TICK_H);
    let year = jiff::civil::datetime(spec.calendar.start.year(), 1, 1, 0, 0, 0, 0);
    let seconds = if hour.is_finite() { (hour * 3600.0).round() as i64 } else { 0 };
    spec.calendar.start = year.saturating_add(jiff::SignedDuration::from_secs(seconds));
    let levers = Schema::new(&spec).levers;
    let tables = tables(spec, |_, id| origin(id, &present, &levers));
    let head = TapeHead {
        path: path.to_path_buf(),
        kind: LogKind::Evaluation,
        episode,
        controllers: vec![None; tables.spec.slots.len()],
        known_axes: told.as_ref().map(|_| setup.axes.keys().cloned().collect()).unwrap_or_default(),
        spec: tables.spec,
        schema: tables.schema,
        provenance: tables.provenance,
        notes: told.unwrap_or_else(|| {
            vec!["The file does not tell location, month and load: year and time zone are assumed".to_owned()]
        }),
        setup,
        time: None,
    };
    let rows = EpisodeRows {
        path: path.to_path_buf(),
        text: Some(text),
        schema: std::sync::Arc::clone(&head.schema),
        wanted: episode,
        episodes: 1,
        rows: Vec::new().into_iter(),
        sums: Sums::default(),
        total: 1,
        done: 0,
        patient: false,
        stamp: stamp(path),
        handed: Vec::new(),
    };
    Ok((head, Box::new(rows)))
}

/// Setup and tables: those of the run folder's `config.json` where the file lies in one and the plant takes it, with what
/// should be known of it; else the plant's own.
fn configured(path: &Path, world: &World) -> Result<(Setup, PlantSpec, Option<Vec<String>>)> {
    if let Some(folder) = RunFolder::around(path, world)
        && let Some(setup) = folder.setup
        && let Ok(config) = world.configuration(&setup)
        && let Ok(spec) = world.tables(&setup, &config)
    {
        let mut notes = vec![format!("Set up as {} says", folder.path.join("config.json").display())];
        notes.extend(folder.notes);
        return Ok((setup, spec, Some(notes)));
    }
    let setup = Setup { plant: PLANT.to_owned(), ..Setup::default() };
    let config = world.configuration(&setup)?;
    let spec = world.tables(&setup, &config)?;
    Ok((setup, spec, None))
}

/// Largest file that is read: it is taken apart as a whole.
const LARGEST: u64 = 1 << 29;

/// Length and time of the last change.
fn stamp(path: &Path) -> Option<(u64, SystemTime)> {
    let of = std::fs::metadata(path).ok()?;
    Some((of.len(), of.modified().ok()?))
}

fn read(path: &Path) -> Result<String> {
    if stamp(path).is_some_and(|(length, _)| length > LARGEST) {
        let what = "this is larger than an evaluation log that is read at once";
        return Err(Error::invalid(Place::file(path), what, "Give a part of it, with its line of column names."));
    }
    let bytes = std::fs::read(path).map_err(|e| Error::io(path, "read", e))?;
    // A byte that is no text spoils its row, not the file.
    Ok(String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned()))
}

/// Where a column of the plant comes from.
fn origin(id: SignalId, present: &[bool], levers: &[Vec<crate::rollout::ActionColumns>]) -> Provenance {
    let lever =
        |slot: usize| levers.get(slot).and_then(|l| l.first()).is_some_and(|c| c.commanded == id || c.applied == id);
    for (column, present) in COLUMNS.iter().zip(present) {
        let here = match column.origin {
            Origin::Signal(col) => col as usize == id,
            Origin::Action(slot) => lever(slot),
            Origin::Zero => false,
        };
        if here && *present {
            return Provenance::Logged(column.name.to_owned());
        }
    }
    if lever(COOLING) || DERIVED.iter().any(|col| *col as usize == id) {
        return Provenance::Derived;
    }
    Provenance::Absent
}

/// Most parts that are looked at to join them.
const MOST_JOINED: usize = 1_000;

/// Takes the rows apart into episodes, and joins those that only bad rows keep apart. `spoilt` are the lines of bad rows.
fn episodes(read: ReadRows, spoilt: &[u64]) -> Vec<EvaluationEpisode> {
    let mut parts = split(read.rows, read.order);
    // So many parts are no episodes that bad rows keep apart.
    if spoilt.is_empty() || parts.len() > MOST_JOINED {
        return parts;
    }
    let most = spoilt.len() as f64 + 1.0;
    let mut later = 1;
    while later < parts.len() {
        let begins = parts.get(later).and_then(|p| Some((next_hour(p.rows.first()?), *p.lines.first()?)));
        let Some((hour, line)) = begins else { break };
        // As many ticks are lacking as bad lines could have held, and the site is the same.
        let before = parts.iter().take(later).position(|part| {
            let Some((last, ended)) = part.rows.last().zip(part.lines.last()) else { return false };
            let ticks = (hour - next_hour(last)) / TICK_H;
            let between = spoilt.iter().any(|l| l > ended && *l < line);
            let same = parts.get(later).and_then(|p| p.rows.first()).is_some_and(|first| same_site(last, first));
            ticks > 1.0 && ticks <= most && between && same
        });
        let Some(before) = before else {
            later += 1;
            continue;
        };
        let rest = parts.remove(later);
        if let Some(part) = parts.get_mut(before) {
            let mut at = part.rows.last().map_or(hour, next_hour) + TICK_H;
            while at < hour - TICK_H / 2.0 {
                part.rows.push(gap(at));
                part.lines.push(0);
                at += TICK_H;
            }
            part.rows.extend(rest.rows);
            part.lines.extend(rest.lines);
        }
    }
    parts
}

/// Battery and largest power are the same: the same site.
fn same_site(a: &EvaluationRow, b: &EvaluationRow) -> bool {
    let of = |row: &EvaluationRow, col: Col| {
        let k = COLUMNS.iter().position(|c| c.origin == Origin::Signal(col));
        k.and_then(|k| row.get(k)).copied().unwrap_or(f64::NAN)
    };
    let differs = |col: Col| (of(a, col) - of(b, col)).abs() > 1e-3;
    !differs(Col::Capacity) && !differs(Col::PowerHigh)
}

/// Rows of one episode.
struct EpisodeRows {
    path: PathBuf,
    /// The file's text, until it is taken apart.
    text: Option<String>,
    schema: std::sync::Arc<Schema>,
    wanted: usize,
    episodes: usize,
    rows: std::vec::IntoIter<EvaluationRow>,
    sums: Sums,
    total: usize,
    done: usize,
    /// Having no rows is no error.
    patient: bool,
    stamp: Option<(u64, SystemTime)>,
    /// The first and the last row that were handed out, to know them again.
    handed: Vec<EvaluationRow>,
}

impl EpisodeRows {
    fn take_apart(&mut self, text: &str, bad: &mut BadRows) -> Result<()> {
        let mut spoilt = Vec::new();
        let place = Place::file(&self.path);
        let mut read = read_rows(text, &place, true, &mut |place, what, _| {
            spoilt.push(place.line.unwrap_or(0));
            bad.note(place, &what);
        })?;
        // Without day and hour nobody can say where a row belongs.
        let path = &self.path;
        read.rows.retain(|(row, line)| {
            let placed = next_hour(row).is_finite();
            if !placed {
                spoilt.push(*line);
                bad.note(Place::file(path).at_line(*line), "day or hour is missing");
            }
            placed
        });
        let mut all = episodes(read, &spoilt);
        self.episodes = all.len().max(1);
        if self.wanted >= all.len() {
            return if self.patient { Ok(()) } else { Err(nothing(&self.path, bad)) };
        }
        let episode = all.swap_remove(self.wanted);
        self.total = episode.rows.len().max(1);
        self.rows = episode.rows.into_iter();
        for _ in 0..self.done {
            self.rows.next();
        }
        Ok(())
    }
}

impl Rows for EpisodeRows {
    fn next(&mut self, out: &mut [f64], bad: &mut BadRows) -> Result<Option<Item>> {
        if let Some(text) = self.text.take() {
            // Where the file is read again, its bad rows are told again.
            *bad = BadRows::default();
            self.take_apart(&text, bad)?;
        }
        let Some(row) = self.rows.next() else {
            if self.done == 0 && !self.patient {
                return Err(nothing(&self.path, bad));
            }
            return Ok(None);
        };
        self.done += 1;
        self.handed.truncate(1);
        self.handed.push(row);
        if row.iter().filter(|v| v.is_finite()).count() <= 2 {
            out.fill(f64::NAN);
            return Ok(Some(Item::Gap));
        }
        as_plant_row(&row, &self.schema, out);
        self.sums.complete(out, self.rows.len() == 0);
        Ok(Some(Item::Row))
    }

    fn progress(&self) -> f64 {
        if self.text.is_some() { 0.0 } else { self.done as f64 / self.total as f64 }
    }

    fn episodes(&self) -> usize {
        self.episodes
    }

    fn set_patient(&mut self, patient: bool) {
        self.patient = patient;
    }

    fn is_half(&self) -> bool {
        false
    }

    fn is_finished(&self) -> bool {
        true
    }

    /// Rows of several episodes may lie side by side: what has grown is taken apart again, behind the rows that were
    /// handed out.
    fn poll(&mut self) -> Change {
        let now = stamp(&self.path);
        if now.is_none() || now == self.stamp {
            return Change::Same;
        }
        let Ok(text) = read(&self.path) else { return Change::Same };
        // A half last line is a row of its own time.
        let whole = text.rfind('\n').and_then(|end| text.get(..=end)).unwrap_or_default().to_owned();
        let grown = read_rows(&whole, &Place::file(&self.path), true, &mut |_, _, _| {});
        let Ok(read) = grown else { return Change::Replaced };
        let now_there = episodes(read, &[]).into_iter().nth(self.wanted).unwrap_or_default().rows;
        let alike = |a: &EvaluationRow, b: &EvaluationRow| a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits());
        let first = self.handed.first().zip(now_there.first()).is_none_or(|(a, b)| alike(a, b));
        let last = self.done.checked_sub(1).and_then(|at| now_there.get(at));
        let last = self.handed.last().is_none_or(|a| last.is_some_and(|b| alike(a, b)));
        if !first || !last {
            return Change::Replaced;
        }
        self.stamp = now;
        let more = now_there.len() > self.done;
        self.text = more.then_some(whole);
        if more { Change::Grown } else { Change::Same }
    }
}
