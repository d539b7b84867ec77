//! What stands beside the run that is shown: other runs, shadows, what is planned, marks on the time line.

use std::path::PathBuf;
use std::sync::Arc;

use crate::plant::{Override, PlantSpec};
use crate::record::Recording;
use crate::rollout::{End, Schema};

use super::limits::HeadroomNote;
use super::view::EventView;
use super::why::WhyView;

/// Where a run beside comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunKind {
    /// The run that the session was begun with, or the one that was promoted to it.
    Home,
    /// A branch of another run.
    Branch,
    /// A recorded log, to compare with.
    Log,
}

/// One of the runs of a session. All that were branched from each other share seed and noise.
#[derive(Debug, Clone)]
pub struct RunEntry {
    /// Number that commands name it by; never used again.
    pub id: u64,
    /// Name, unique in the session.
    pub name: String,
    /// Place in the row of run colours; the first free one when the run came.
    pub colour: usize,
    /// Where it comes from.
    pub kind: RunKind,
    /// Run that it was branched from, while that one is there.
    pub parent: Option<u64>,
    /// Instant (ticks run) at which it was branched: rows before it are the parent's.
    pub branched_at: u64,
    /// Number of the race that it runs in.
    pub race: Option<u64>,
    /// Its tables.
    pub spec: Arc<PlantSpec>,
    /// Its columns.
    pub schema: Arc<Schema>,
    /// Who drives it, joined by ` + `.
    pub controllers: String,
    /// All of its rows.
    pub recording: Recording,
    /// Ticks run, the rows of `recording`.
    pub reach: u64,
    /// Metrics at `reach`, in the order of the plant's table.
    pub metrics: Arc<[f64]>,
    /// Its end, once it has come.
    pub end: Option<End>,
    /// First row that differs from the parent's, of a full log from the shown run's; `None` while none does.
    pub differs_at: Option<u64>,
    /// Part that has been read of a log, 0 to 1; `None` when there is nothing to wait for.
    pub reading: Option<f64>,
}

/// A controller that computes each tick without acting.
#[derive(Debug, Clone)]
pub struct ShadowView {
    /// Number that commands name it by.
    pub id: u64,
    /// Number of the slot that it looks at.
    pub slot: usize,
    /// Its controller.
    pub controller: String,
    /// Place in the row of run colours.
    pub colour: usize,
    /// What it would command now, by action; NaN before its first decision.
    pub commanded: Arc<[f64]>,
    /// What the slot's reward would have been in the last tick; NaN where that cannot be told.
    pub reward: f64,
    /// The same, tick by tick: a column per action, then the reward. Row 0 belongs to the tick `since`.
    pub recording: Recording,
    /// Tick of the first row of `recording`.
    pub since: u64,
    /// Sum of its rewards since `since` less that of the controller that drives, over the same ticks.
    pub ahead: f64,
    /// Why its last decision was not its own.
    pub trouble: Option<String>,
}

/// A disturbance that stands on the time line.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedView {
    /// Number that commands name it by.
    pub id: u64,
    /// Name for people: "Pump fault".
    pub label: String,
    /// The input that it moves.
    pub input: String,
    /// How it moves it.
    pub change: Override,
    /// First tick that it works in.
    pub from: u64,
    /// First tick that it does not work in any more; `None` when it stays.
    pub until: Option<u64>,
}

/// A mark that a person set, with a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bookmark {
    /// Number that commands name it by.
    pub id: u64,
    /// Instant, ticks run.
    pub tick: u64,
    /// The note; may be empty.
    pub text: String,
}

/// What became of running a recorded log again.
#[derive(Debug, Clone, PartialEq)]
pub enum Checked {
    /// It is being run: part done, 0 to 1.
    Running(f64),
    /// Every row is the same.
    Same {
        /// Rows compared.
        rows: u64,
        /// In words: as logged, or with every controller asked again.
        how: String,
    },
    /// It differs.
    Differs {
        /// First tick that differs.
        tick: u64,
        /// Column that differs first.
        signal: String,
        /// Value in the log.
        logged: f64,
        /// Value of the run.
        run: f64,
        /// In words: as logged, or with every controller asked again.
        how: String,
    },
    /// It cannot be run again: message and cure.
    Failed(String, String),
}

/// What stands beside the run that is shown.
#[derive(Debug, Clone, Default)]
pub struct Beside {
    /// All runs, the one that is shown among them, in the order in which they came. Empty in a replay.
    pub runs: Arc<[RunEntry]>,
    /// Number of the one that is shown.
    pub shown: u64,
    /// Rows that the shown run has: more than its tick after going back.
    pub reach: u64,
    /// What happened later than the instant that is shown, in the future that is kept.
    pub events_ahead: Arc<Vec<EventView>>,
    /// Shadows of the shown run.
    pub shadows: Arc<[ShadowView]>,
    /// What is planned in the shown run, by time.
    pub plan: Arc<[PlannedView]>,
    /// Marks, by time.
    pub bookmarks: Arc<[Bookmark]>,
    /// What time passes until, in words.
    pub until: Option<String>,
    /// Instants that time goes round between.
    pub looped: Option<(u64, u64)>,
    /// What became of running the log that is played again.
    pub checked: Option<Checked>,
    /// Files that were given as logs and are results of a benchmark, all since the session began, each time they were
    /// given: they belong on the Scoreboard.
    pub results: Arc<[PathBuf]>,
    /// What was found out about a tick of what is shown ([`Command::Why`](super::Command::Why)).
    pub why: Option<WhyView>,
    /// Counts what was done to the shown run besides going on: what was told of its future before counts no more.
    pub changes: u64,
    /// What stands where no head-room is told ([`RunView::headroom`](super::RunView::headroom)).
    pub headroom: Option<HeadroomNote>,
}

impl Beside {
    /// A run by its number.
    pub fn run(&self, id: u64) -> Option<&RunEntry> {
        self.runs.iter().find(|run| run.id == id)
    }

    /// The run that is shown; `None` in a replay.
    pub fn shown_run(&self) -> Option<&RunEntry> {
        self.run(self.shown)
    }
}
