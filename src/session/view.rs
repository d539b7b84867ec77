//! What the window reads: a picture of the run at one instant, shared and never changed.

use std::sync::Arc;

use crate::control::{Insight, Parameter, Setting};
use crate::evaluate::headroom::Headroom;
use crate::plant::{Axis, CivilTime, Disturbance, PlantSpec, Severity};
use crate::record::{BadRows, Provenance, Recording, TimeColumn};
use crate::rollout::{End, LeverMode, Schema, Setup};
use crate::signal::{Alarm, EntityId};

use super::beside::{Beside, PlannedView};
use super::clock::Speed;
use super::query::Outlook;

/// Whether time passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlayState {
    /// Time stands.
    Paused,
    /// Time passes.
    Playing,
    /// The run is over; only going back or a new run goes on.
    Ended,
}

/// One lever.
#[derive(Debug, Clone, PartialEq)]
pub struct LeverView {
    /// `slot.action`, as interventions name it.
    pub name: String,
    /// Number of the slot.
    pub slot: usize,
    /// Number of the action in its slot.
    pub action: usize,
    /// Who moves it.
    pub mode: LeverMode,
    /// What controller or hand asked for.
    pub commanded: f64,
    /// What the plant was given.
    pub applied: f64,
    /// Its effect in the unit of [`LeverView::effect_unit`]; NaN where none is told.
    pub effect: f64,
    /// Change of the applied value per minute of site time, over the last minute or the last tick where that is
    /// longer; 0 before there are two rows.
    pub rate_per_min: f64,
    /// Unit of the effect.
    pub effect_unit: String,
    /// Why applied differs from commanded, or why the effect falls short; `None` when it does not.
    pub reason: Option<String>,
}

/// One slot.
#[derive(Debug, Clone, PartialEq)]
pub struct SlotView {
    /// Name of its controller.
    pub controller: String,
    /// Controllers that fit it.
    pub choices: Vec<OptionView>,
    /// Ticks until its next decision; 0 when the next tick is one.
    pub ticks_to_decision: u64,
    /// Inner state of the controller.
    pub insight: Insight,
    /// Decisions that were not the controller's own.
    pub fallbacks: u64,
    /// Why the last of them was not.
    pub trouble: Option<String>,
    /// Whether the last decision was not.
    pub troubled: bool,
    /// A question of the controller that somebody outside thinks about.
    pub thinking: Option<ThinkingView>,
    /// Parameters of the controller, by name.
    pub parameters: Vec<ParameterView>,
    /// Whether somebody drives it.
    pub drives: bool,
}

/// A question that somebody outside thinks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThinkingView {
    /// Ticks run when it was asked.
    pub since: u64,
    /// Whether time stands until the answer is there; else the last decision holds.
    pub waits: bool,
}

/// One parameter of a slot's controller.
#[derive(Debug, Clone, PartialEq)]
pub struct ParameterView {
    /// Name on the card.
    pub name: String,
    /// What the card says of it.
    pub card: Parameter,
    /// Value in force; nothing where the controller finds its own.
    pub value: Option<Setting>,
    /// Whether it was tuned since the run began.
    pub tuned: bool,
}

/// One alternative of a picker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionView {
    /// Stable name.
    pub name: String,
    /// One line about it.
    pub about: String,
}

/// Who drives.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DriverView {
    /// Controllers' names joined by ` + `, without slots that nobody drives.
    pub controllers: String,
    /// Levers in a person's hand.
    pub manual: usize,
    /// Levers that are pinned.
    pub pinned: usize,
    /// Whether a shield changed the last command.
    pub shield: bool,
    /// Levers (`slot.action`) whose pin puts aside what the shield wanted.
    pub defeated: Vec<String>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct EventView {
    /// The tick of its row; what a person did is filed under the tick before which it was done.
    pub tick: u64,
    /// Ticks run at the instant at which it is seen: a row tells what happened in its tick, so its instant is the tick's
    /// end; what a person did happened before its tick.
    pub instant: u64,
    /// Kind in [`PlantSpec::events`]; `None` for what a person or a controller did.
    pub event: Option<usize>,
    /// The slot whose controller began to decide not itself; `None` for everything else.
    pub slot: Option<usize>,
    /// The entity that it is about: owner of the flag, or where a lever acts.
    pub entity: Option<crate::signal::EntityId>,
    /// How serious.
    pub severity: Severity,
    /// What happened.
    pub label: String,
    /// The value beside it, with unit; empty without one.
    pub value: String,
}

/// Kind of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeKind {
    /// Something went as wished.
    Done,
    /// Something could not be done.
    Error,
}

/// A message to the person: what, where, cure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Number, for dismissing.
    pub id: u64,
    /// Kind.
    pub kind: NoticeKind,
    /// What happened and where.
    pub text: String,
    /// What to do about it; empty when nothing is to be done.
    pub cure: String,
}

/// The log that is played instead of a run.
#[derive(Debug, Clone)]
pub struct ReplayView {
    /// The file's name, with the episode where it holds several.
    pub name: String,
    /// The file.
    pub path: String,
    /// What kind of log it is.
    pub kind: &'static str,
    /// The logs of the set that is open, by their names.
    pub set: Arc<[String]>,
    /// Number of this log in the set.
    pub chosen: usize,
    /// Rows that have been read.
    pub rows: u64,
    /// All of them, those after the shown instant too.
    pub all: Recording,
    /// Part of the file that has been read while it is being read, 0 to 1.
    pub reading: Option<f64>,
    /// Whether the file is being written and more rows are expected: time waits at its end.
    pub following: bool,
    /// Which column is taken for the time, and what else could be ([`Command::TimeColumn`](super::Command)); of tables
    /// only.
    pub time: Option<TimeColumn>,
    /// Rows that could not be read.
    pub bad: Arc<BadRows>,
    /// Where each column comes from.
    pub provenance: Arc<[Provenance]>,
    /// What had to be assumed.
    pub notes: Arc<[String]>,
    /// Whether the log tells what the run was begun with: seed, noise, configuration.
    pub tells_setup: bool,
}

/// A picture of the run at one instant.
#[derive(Debug, Clone)]
pub struct RunView {
    /// Counts pictures, so that readers see what is new.
    pub generation: u64,
    /// Counts runs: changes when a new run begins and its tables may differ.
    pub run: u64,
    /// The plant's tables.
    pub spec: Arc<PlantSpec>,
    /// The columns of a row.
    pub schema: Arc<Schema>,
    /// Choices in force, with the alternatives.
    pub axes: Vec<Axis>,
    /// Ticks run.
    pub tick: u64,
    /// Site time at `tick`.
    pub clock: CivilTime,
    /// Whether time passes.
    pub play: PlayState,
    /// Wanted speed.
    pub speed: Speed,
    /// Simulated seconds per second over the last second or so.
    pub achieved: f64,
    /// Part of the next tick that has passed, 0..1.
    pub fraction: f64,
    /// The last row; before the first tick the initial state.
    pub row: Arc<[f64]>,
    /// All rows so far.
    pub recording: Recording,
    /// Levers of all slots, in slot order.
    pub levers: Vec<LeverView>,
    /// Slots.
    pub slots: Vec<SlotView>,
    /// Who drives.
    pub driver: DriverView,
    /// What happened, oldest first.
    pub events: Arc<Vec<EventView>>,
    /// The end, once it has come.
    pub end: Option<End>,
    /// Messages that were not dismissed.
    pub notices: Vec<Notice>,
    /// What the run was begun with.
    pub setup: Arc<Setup>,
    /// Plants that a run can be begun with.
    pub plants: Arc<Vec<OptionView>>,
    /// Seed of the run.
    pub seed: u64,
    /// Noise mode of the run.
    pub noise: String,
    /// File that the full log goes to.
    pub log: Option<String>,
    /// What would happen if everything went on as it does; `None` until computed.
    pub outlook: Option<Outlook>,
    /// What the site could give, of the instant that was asked about last; `None` until somebody asks.
    pub headroom: Option<Arc<Headroom>>,
    /// Metrics so far, in the order of the plant's table; NaN before their first row.
    pub metrics: Arc<[f64]>,
    /// A rewind that takes a moment is being computed: ticks to run again.
    pub rewinding: Option<u64>,
    /// The log that is played; `None` when the run is live.
    pub replay: Option<Arc<ReplayView>>,
    /// Other runs, shadows, what is planned, marks.
    pub beside: Beside,
}

impl RunView {
    /// Value of a signal in the last row; NaN when there is none.
    pub fn value(&self, signal: usize) -> f64 {
        self.row.get(signal).copied().unwrap_or(f64::NAN)
    }

    /// Value of a signal by name; NaN when there is none.
    pub fn value_of(&self, name: &str) -> f64 {
        self.schema.find(name).map_or(f64::NAN, |s| self.value(s))
    }

    /// Disturbances that are at work now, each with its entry in the plant's table; `None` where an input is moved that
    /// no entry moves.
    pub fn at_work(&self) -> impl Iterator<Item = (&PlannedView, Option<&Disturbance>)> {
        let now = |p: &&PlannedView| p.from <= self.tick && p.until.is_none_or(|until| self.tick < until);
        let entry = |planned: &PlannedView| self.spec.disturbances.iter().find(|d| d.input == planned.input);
        self.beside.plan.iter().filter(now).map(move |planned| (planned, entry(planned)))
    }

    /// Faults that are at work now: disturbances that are at least a warning, each with a thing that it befalls.
    pub fn faults(&self) -> impl Iterator<Item = (&PlannedView, EntityId)> {
        let serious =
            self.at_work().filter_map(|(p, entry)| Some((p, entry.filter(|d| d.severity >= Severity::Warning)?)));
        serious.flat_map(|(planned, entry)| entry.entities(&self.spec).map(move |entity| (planned, entity)))
    }

    /// What is wrong with each entity of the plant, in the order of its table: the worst of its signals against their
    /// limits, and at least a warning where a fault befalls it.
    pub fn wrong(&self) -> Vec<Alarm> {
        let mut worst = vec![Alarm::Normal; self.spec.entities.len()];
        let mut raise = |entity: EntityId, alarm: Alarm| {
            if let Some(own) = worst.get_mut(entity) {
                *own = alarm.max(*own);
            }
        };
        // Before the first tick a row may hold zeros that nobody measured.
        if self.tick > 0 {
            for (column, signal) in self.spec.signals.iter().enumerate() {
                raise(signal.entity, signal.limits.judge(self.value(column)));
            }
        }
        for (_, entity) in self.faults() {
            raise(entity, Alarm::Warn);
        }
        worst
    }

    /// Ticks that the timeline spans: the episode, or what has been run when that is longer; of a log all its rows.
    pub fn span_ticks(&self) -> u64 {
        match &self.replay {
            // While a log is being read nobody knows how long it is.
            Some(replay) if replay.reading.is_none() => replay.rows.max(1),
            Some(replay) => self.spec.episode_ticks.max(replay.rows).max(1),
            None => self.spec.episode_ticks.max(self.reach()).max(1),
        }
    }

    /// The last instant that a person can go to: the farthest that a run has come, all that has been read of a log.
    pub fn reach(&self) -> u64 {
        self.replay.as_ref().map_or_else(|| self.tick.max(self.beside.reach), |replay| replay.rows)
    }

    /// Where a column comes from; `None` on a live run.
    pub fn provenance(&self, column: usize) -> Option<&Provenance> {
        self.replay.as_ref()?.provenance.get(column)
    }
}
