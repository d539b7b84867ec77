//! Logs played again: whatever a log holds as rows of its plant, and where every column comes from.
//!
//! [`detect`] tells the kind of a file by what stands in it. [`Tape::open`] reads what stands above the rows and makes
//! the plant's tables; [`Tape::next`] then hands out one row after the other. Columns that the log lacks are NaN; those
//! that follow from recorded ones are computed and said to be so ([`Provenance`]). A row that cannot be read is counted,
//! listed and left out; a tick without a row is a gap, so that everything after it stays at its time.

#![deny(clippy::indexing_slicing)]

mod cells;
mod detect;
mod episode;
mod folder;
mod full;
mod joined;
mod lines;
mod sample;
mod stamp;
mod table;
mod time_column;
mod transitions;
mod units;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::{Error, Place, Result};
use crate::plant::PlantSpec;
use crate::rollout::{LoggedIntervention, Schema, Setup, World};
use crate::signal::SignalId;

pub(super) use detect::kind_of;
pub use detect::{LogKind, detect};
pub use folder::{Found, Shelf, sort_out};
pub use lines::Change;
use lines::Lines;
pub use table::TABLE;
pub use time_column::ROW_NUMBER;

/// Where the values of a column come from when a log is played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Provenance {
    /// They stand in the file, in a column of this name.
    Logged(String),
    /// They follow from what stands in the file.
    Derived,
    /// The log does not tell them.
    Absent,
}

impl Provenance {
    /// One sentence for people.
    pub fn words(&self) -> String {
        match self {
            Self::Logged(column) => format!("Recorded: column `{column}` of the file."),
            Self::Derived => "Derived: computed from recorded values.".to_owned(),
            Self::Absent => "Not in this log, and it does not follow from it.".to_owned(),
        }
    }
}

/// What is known of a log before its rows are read.
#[derive(Debug, Clone)]
pub struct TapeHead {
    /// The file.
    pub path: PathBuf,
    /// Kind of log.
    pub kind: LogKind,
    /// Which of the episodes in the file it is, from 0.
    pub episode: usize,
    /// What the run was begun with, as far as the log tells.
    pub setup: Setup,
    /// Names of the axes whose values the log tells; the others are not known.
    pub known_axes: Vec<String>,
    /// The plant's tables, at the time that the log begins. Descriptions of signals say where their values come from.
    pub spec: Arc<PlantSpec>,
    /// The columns of a row.
    pub schema: Arc<Schema>,
    /// Where each column comes from.
    pub provenance: Arc<[Provenance]>,
    /// Controller of each slot, as far as it is known.
    pub controllers: Vec<Option<String>>,
    /// What a person should know about this log: what was assumed.
    pub notes: Vec<String>,
    /// Which column is taken for the time, where a person may choose it.
    pub time: Option<TimeColumn>,
}

/// The time column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeColumn {
    /// Its name in the file; `None` counts rows.
    pub chosen: Option<String>,
    /// What can be chosen; the last one is [`ROW_NUMBER`].
    pub choices: Arc<[String]>,
}

/// How a log is opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TapeOptions {
    /// Which of the episodes in the file, from 0.
    pub episode: usize,
    /// Column of a table that is taken for the time, or [`ROW_NUMBER`]; `None` finds it. Other logs tell it themselves.
    pub time_column: Option<String>,
    /// The macro agent's log of the same run, beside one of the hardware agent: its rows are held over their intervals.
    pub partner: Option<PathBuf>,
}

/// What a call to [`Tape::next`] brought.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A row.
    Row,
    /// A tick whose row is lacking; the row is all NaN.
    Gap,
    /// What a person or a clock did before the next row.
    Input(LoggedIntervention),
}

/// Most bad rows that are listed; more are counted.
const MOST_LISTED: usize = 200;

/// Rows that could not be read.
#[derive(Debug, Clone, Default)]
pub struct BadRows {
    /// How many.
    pub count: u64,
    /// The first ones, each with line and column.
    pub listed: Vec<String>,
}

impl BadRows {
    fn note(&mut self, place: Place, what: &str) {
        self.count += 1;
        if self.listed.len() < MOST_LISTED {
            self.listed.push(format!("{place}: {what}"));
        }
    }
}

/// A source of rows.
trait Rows: Send {
    /// Brings the next row into `row`, or `None` at the end.
    fn next(&mut self, row: &mut [f64], bad: &mut BadRows) -> Result<Option<Item>>;

    /// Part of the file that has been read, 0 to 1.
    fn progress(&self) -> f64;

    /// Episodes in the file, as far as they are known.
    fn episodes(&self) -> usize {
        1
    }

    /// Waits for the rest of a half last line instead of taking it as it stands, and for rows where there are none.
    fn set_patient(&mut self, patient: bool);

    /// Whether a half line waits for its rest.
    fn is_half(&self) -> bool;

    /// Whether nobody has written for some time.
    fn is_finished(&self) -> bool;

    /// Nothing has come since the last look; true when there is something to hand out all the same.
    fn quiet(&mut self) -> bool {
        false
    }

    /// What became of the file since its end was reached.
    fn poll(&mut self) -> Change;
}

/// Rows that are read from one file line by line.
trait FromLines: Send {
    /// As [`Rows::next`].
    fn next_row(&mut self, row: &mut [f64], bad: &mut BadRows) -> Result<Option<Item>>;

    /// The file.
    fn lines(&self) -> &Lines;

    /// The same, to change how it is read.
    fn lines_mut(&mut self) -> &mut Lines;

    /// Whether a half last line is never a row, even if nobody follows the file.
    fn always_patient(&self) -> bool {
        false
    }
}

impl<T: FromLines> Rows for T {
    fn next(&mut self, row: &mut [f64], bad: &mut BadRows) -> Result<Option<Item>> {
        self.next_row(row, bad)
    }

    fn progress(&self) -> f64 {
        self.lines().progress()
    }

    fn set_patient(&mut self, patient: bool) {
        let always = self.always_patient();
        self.lines_mut().patient = patient || always;
    }

    fn is_half(&self) -> bool {
        self.lines().is_half()
    }

    fn is_finished(&self) -> bool {
        self.lines().is_finished()
    }

    fn poll(&mut self) -> Change {
        self.lines_mut().poll()
    }
}

/// Ticks without a row: a few are rows that are lacking, very many a broken number.
#[derive(Debug, Clone, Copy, Default)]
struct Gaps {
    ticks: u64,
}

/// Ticks that may be lacking between two rows.
const LONGEST_GAP: u64 = 200_000;

impl Gaps {
    /// Whether a row may stand at `tick` where `next` is the one that comes next. All gaps together may be longer than
    /// the rows only up to a bound: a broken file does not fill the memory.
    fn admit(&mut self, next: u64, tick: f64) -> bool {
        if tick < next as f64 || tick.fract() != 0.0 || tick >= (next + LONGEST_GAP) as f64 {
            return false;
        }
        let more = tick as u64 - next;
        let rows = next - self.ticks;
        if self.ticks + more > 2 * LONGEST_GAP + rows {
            return false;
        }
        self.ticks += more;
        true
    }
}

/// A log that is being read.
pub struct Tape {
    head: TapeHead,
    rows: Box<dyn Rows>,
    bad: BadRows,
}

impl Tape {
    /// Opens an episode of a log, whatever its kind. Rows are not read yet.
    ///
    /// # Errors
    /// Files that cannot be read, that are no logs, or whose beginning is spoilt: each with place and cure.
    pub fn open(path: &Path, episode: usize, world: &World) -> Result<Self> {
        Self::open_with(path, &TapeOptions { episode, ..TapeOptions::default() }, world)
    }

    /// The same, with more to choose.
    ///
    /// # Errors
    /// As [`Tape::open`], and where the time column is not there or tells no time.
    pub fn open_with(path: &Path, options: &TapeOptions, world: &World) -> Result<Self> {
        let (head, rows) = match detect(path)? {
            LogKind::Full => full::open(path, world)?,
            LogKind::Evaluation => episode::open(path, options.episode, world)?,
            LogKind::Hardware if let Some(partner) = &options.partner => joined::open(path, partner, world)?,
            kind @ (LogKind::Hardware | LogKind::Macro) => transitions::open(path, kind, world)?,
            LogKind::Table => table::open(path, options.time_column.as_deref())?,
            LogKind::Results => {
                let what = "these are results of a benchmark: they have no time";
                let cure = "Show them on the Scoreboard; to replay, give the logs of the runs.";
                return Err(Error::invalid(Place::file(path), what, cure));
            }
        };
        Ok(Self { head, rows, bad: BadRows::default() })
    }

    /// Follows a file that is being written: a half last line waits for its rest, and where there are no rows yet they
    /// are no error. Without, what is there is taken as it stands.
    pub fn set_patient(&mut self, patient: bool) {
        self.rows.set_patient(patient);
    }

    /// Whether a half line waits for its rest.
    pub fn is_half(&self) -> bool {
        self.rows.is_half()
    }

    /// Whether nobody has written for some time, so that a half line will stay one.
    pub fn is_finished(&self) -> bool {
        self.rows.is_finished()
    }

    /// Says that [`Tape::poll`] found nothing; true when rows that waited for others wait no longer.
    pub fn quiet(&mut self) -> bool {
        self.rows.quiet()
    }

    /// What became of the file since [`Tape::next`] brought nothing more. When it has grown, [`Tape::next`] goes on;
    /// when it is another one, it has to be opened again.
    pub fn poll(&mut self) -> Change {
        self.rows.poll()
    }

    /// What stands above the rows.
    pub fn head(&self) -> &TapeHead {
        &self.head
    }

    /// Brings the next row into `row`, which is as long as the schema; `None` at the end. Named like an iterator's
    /// method, but it lends its row.
    ///
    /// # Errors
    /// When the disk fails, or when nothing of the log can be read.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self, row: &mut [f64]) -> Result<Option<Item>> {
        self.rows.next(row, &mut self.bad)
    }

    /// Rows that could not be read so far.
    pub fn bad(&self) -> &BadRows {
        &self.bad
    }

    /// Part of the file that has been read, 0 to 1.
    pub fn progress(&self) -> f64 {
        self.rows.progress()
    }

    /// Episodes in the file, as far as they are known.
    pub fn episodes(&self) -> usize {
        self.rows.episodes()
    }
}

/// Writes into every description where its values come from, and makes the columns of the rows.
fn tables(mut spec: PlantSpec, provenance: impl Fn(&str, SignalId) -> Provenance) -> Tables {
    let bare = Schema::new(&spec);
    let origin: Vec<Provenance> = bare.signals.iter().zip(0..).map(|(s, id)| provenance(&s.name, id)).collect();
    let say = |doc: &str, origin: &Provenance| format!("{doc} {}", origin.words()).trim_start().to_owned();
    for (signal, origin) in spec.signals.iter_mut().zip(&origin) {
        signal.doc = say(&signal.doc, origin);
    }
    let mut schema = Schema::new(&spec);
    for (signal, origin) in schema.signals.iter_mut().zip(&origin).skip(spec.signals.len()) {
        signal.doc = say(&signal.doc, origin);
    }
    Tables { spec: Arc::new(spec), schema: Arc::new(schema), provenance: origin.into() }
}

/// The tables of a log.
struct Tables {
    spec: Arc<PlantSpec>,
    schema: Arc<Schema>,
    provenance: Arc<[Provenance]>,
}

/// What is said where not one row can be read.
fn nothing(path: &Path, bad: &BadRows) -> Error {
    let what = match bad.listed.first() {
        Some(first) => format!("no row can be read; the first one: {first}"),
        None => "there are no rows".to_owned(),
    };
    Error::invalid(Place::file(path), what, "Use the file as it was written, or record again.")
}
