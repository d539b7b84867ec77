//! What a plant says about explaining its runs: what a policy may have looked at, what its actions come to, and the
//! stories that only this plant can tell.
//!
//! Everything here names columns, slots and keys of configuration; the numbers are worked out elsewhere. A plant without a
//! story leaves it out, and nobody asks.

use crate::signal::SignalId;

use super::Side;

/// Everything that explaining a run needs to know of a plant beyond its other tables.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ExplainSpec {
    /// What a policy may have looked at, most telling first: actions are held against each. Empty takes the signals of the
    /// plant's charts.
    pub drivers: Vec<SignalId>,
    /// Drivers that an action changes within its own tick: rules take them from the tick before, as a policy saw them.
    pub answers: Vec<SignalId>,
    /// What actions come to (powers, carbon, water), most telling first. Empty takes the signals of the plant's charts.
    pub outcomes: Vec<SignalId>,
    /// A ratio that the site is judged by.
    pub efficiency: Option<Efficiency>,
    /// Sums over a run that a person wants to know.
    pub totals: Vec<Amount>,
    /// Rules that people ask about: how often is this done when that holds?
    pub asked: Vec<AskedRule>,
    /// Work that may wait.
    pub queue: Option<QueueStory>,
    /// Energy that is stored.
    pub store: Option<StoreStory>,
    /// What is told apart when a run is held against one with every lever at rest.
    pub pairing: Option<Pairing>,
}

/// A ratio of two powers that the site is judged by, small is good (PUE).
#[derive(Debug, Clone, PartialEq)]
pub struct Efficiency {
    /// Words for people ("PUE").
    pub label: String,
    /// The signal that holds it on a tick.
    pub ratio: SignalId,
    /// What stands above the line.
    pub above: SignalId,
    /// What stands below the line.
    pub below: SignalId,
    /// What the overhead is mostly made of (cooling), and whose share is told.
    pub overhead: Option<SignalId>,
    /// Signals worth knowing at its best and worst moments.
    pub conditions: Vec<SignalId>,
    /// Values that people know, with what they call them (2.0, "poor").
    pub marks: Vec<(f64, String)>,
}

/// A signal summed over a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Amount {
    /// Stable name with its unit (`co2_kg`).
    pub name: String,
    /// Words for people ("CO₂").
    pub label: String,
    /// The signal, an amount of a tick.
    pub signal: SignalId,
    /// Factor into `unit`.
    pub factor: f64,
    /// Unit of the sum.
    pub unit: String,
}

/// A level of a driver: a quartile of the run, or a number in the driver's unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Level {
    /// The share of the run's values that lie below it, 0 to 1.
    Quantile(f64),
    /// A fixed value.
    Value(f64),
}

/// How often a position of a lever is taken under a condition.
#[derive(Debug, Clone, PartialEq)]
pub struct AskedRule {
    /// Stable name (`defer_when_ci_high`).
    pub name: String,
    /// Number of the slot.
    pub slot: usize,
    /// Number of the action in its slot.
    pub action: usize,
    /// Position of a switch, from 0.
    pub position: usize,
    /// When: the driver, the side, the level. `None` is always.
    pub when: Option<(SignalId, Side, Level)>,
}

/// Work that may wait, in tasks.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueStory {
    /// What a task is, one sentence.
    pub task: String,
    /// Tasks of a tick that may wait.
    pub shiftable: SignalId,
    /// Tasks of a tick that cannot.
    pub fixed: SignalId,
    /// Tasks put off on a tick.
    pub deferred: SignalId,
    /// Waiting tasks that were taken up on a tick.
    pub taken_up: SignalId,
    /// Overdue tasks that ran because there was room.
    pub forced: SignalId,
    /// Tasks that found the queue full and ran at once.
    pub overflow: SignalId,
    /// Tasks that wait.
    pub waiting: SignalId,
    /// Waiting tasks that are overdue.
    pub overdue: SignalId,
    /// Age of the oldest task, h.
    pub oldest_h: SignalId,
    /// Waiting tasks by age: the signals with their words, youngest first.
    pub ages: Vec<(SignalId, String)>,
    /// Load that arrived and load that ran, shares of capacity.
    pub load: (SignalId, SignalId),
}

/// A store of energy.
#[derive(Debug, Clone, PartialEq)]
pub struct StoreStory {
    /// Words for people ("Battery").
    pub label: String,
    /// Slot and action that drive it.
    pub lever: (usize, usize),
    /// State of charge, 0 to 1.
    pub soc: SignalId,
    /// Its capacity, and the factor into MWh; `None` where no signal holds it.
    pub capacity: Option<(SignalId, f64)>,
    /// Its power, + = discharge, and the factor into kW.
    pub power: (SignalId, f64),
    /// What is to be saved: the sum of a signal.
    pub saves: Amount,
    /// How its size is changed; `None` where it cannot be.
    pub size: Option<StoreSize>,
}

/// How the size of a store is changed, for a sweep.
#[derive(Debug, Clone, PartialEq)]
pub struct StoreSize {
    /// Changes of the configuration that make the size count, as `path=value`.
    pub before: Vec<String>,
    /// Key that holds the size in MWh.
    pub key: String,
    /// Energy that the site uses on a tick, and the factor into MWh: what is left in the store at the end is worth what the
    /// amount to be saved comes to for each MWh of it.
    pub energy: (SignalId, f64),
    /// Smallest and largest size that the plant takes, MWh.
    pub range_mwh: (f64, f64),
    /// Controllers that are tried beside what was done, by name.
    pub controllers: Vec<String>,
    /// What it is worth waiting for: it fills where this is low and empties where it is high.
    pub signal: SignalId,
    /// Positions of the lever: fill, empty, rest.
    pub positions: [f64; 3],
}

/// How a run is held against one with every lever at rest, on the same inputs.
#[derive(Debug, Clone, PartialEq)]
pub struct Pairing {
    /// The groups of slots among which a saving is split, with their words.
    pub players: Vec<(String, Vec<usize>)>,
    /// What is saved, most telling first.
    pub amounts: Vec<Amount>,
    /// Inputs whose values stand in the row of their tick, so that a run can be made again from its rows: name of the input
    /// and signal.
    pub inputs: Vec<(String, SignalId)>,
}
