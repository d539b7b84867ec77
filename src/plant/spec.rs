//! What a plant publishes: all that the rest of the house knows of it. Made at run time from configuration.

use std::collections::BTreeMap;

use crate::noise::StreamSpec;
use crate::signal::{Carrier, Entity, Signal, SignalId, Topology};

use super::{Calendar, Disturbance, ExplainSpec, HeadroomSpec, MetricSpec, Question, Telling, TileSpec};

/// The tables of a plant.
#[derive(Debug, Clone, Default)]
pub struct PlantSpec {
    /// Name in the registry (`c2g`).
    pub name: String,
    /// Words for people.
    pub title: String,
    /// Entities as a tree; parents come before their parts.
    pub entities: Vec<Entity>,
    /// Signals: column `i` of a row is `signals[i]`.
    pub signals: Vec<Signal>,
    /// Who decides what, and how often.
    pub slots: Vec<Slot>,
    /// Exogenous values and faults that can be overridden per tick.
    pub inputs: Vec<Input>,
    /// What can befall it: ways to move an input that have a name.
    pub disturbances: Vec<Disturbance>,
    /// The choices a person made, with the alternatives.
    pub axes: Vec<Axis>,
    /// Random streams, in the order of their stream number.
    pub streams: Vec<StreamSpec>,
    /// How the flows hang together.
    pub topology: Topology,
    /// What can happen.
    pub events: Vec<EventKind>,
    /// What is counted over an episode.
    pub metrics: Vec<MetricSpec>,
    /// Charts that say most about this plant, most important first.
    pub charts: Vec<Chart>,
    /// Tiles that the plant composes for its own subjects.
    pub tiles: Vec<TileSpec>,
    /// Tick length and wall clock of the site.
    pub calendar: Calendar,
    /// Ticks of one episode.
    pub episode_ticks: u64,
    /// Numbers that a controller may want to know (`committed_mw_max`), by name.
    pub facts: BTreeMap<String, f64>,
    /// What it says of itself when somebody asks why.
    pub telling: Telling,
    /// What head-room means here; `None` where nothing is told.
    pub headroom: Option<HeadroomSpec>,
    /// Questions about a run that only this plant knows to ask; most follow from the other tables.
    pub questions: Vec<Question>,
    /// What explains its runs.
    pub explain: ExplainSpec,
}

impl PlantSpec {
    /// Index of a signal by its name.
    pub fn signal(&self, name: &str) -> Option<SignalId> {
        self.signals.iter().position(|s| s.name == name)
    }

    /// Index of a slot by its name.
    pub fn slot(&self, name: &str) -> Option<usize> {
        self.slots.iter().position(|s| s.name == name)
    }

    /// Index of an input by its name.
    pub fn input(&self, name: &str) -> Option<usize> {
        self.inputs.iter().position(|i| i.name == name)
    }

    /// Actions of all slots together.
    pub fn action_count(&self) -> usize {
        self.slots.iter().map(|s| s.actions.len()).sum()
    }

    /// Finds `slot.action`, or a bare action name where only one slot has it.
    pub fn find_action(&self, name: &str) -> Option<(usize, usize)> {
        if let Some((slot, action)) = name.split_once('.') {
            let s = self.slot(slot)?;
            let a = self.slots.get(s)?.actions.iter().position(|a| a.name == action)?;
            return Some((s, a));
        }
        let mut hits = self.slots.iter().enumerate().flat_map(|(s, slot)| {
            slot.actions.iter().enumerate().filter(|(_, a)| a.name == name).map(move |(a, _)| (s, a))
        });
        match (hits.next(), hits.next()) {
            (Some(hit), None) => Some(hit),
            _ => None,
        }
    }

    /// All actions as `slot.action`.
    pub fn action_names(&self) -> Vec<String> {
        self.slots.iter().flat_map(|s| s.actions.iter().map(move |a| format!("{}.{}", s.name, a.name))).collect()
    }
}

/// One decision maker: what it sees, what it sets, how often. A hierarchy is slots with different periods, nothing else.
#[derive(Debug, Clone, PartialEq)]
pub struct Slot {
    /// Stable name (`hardware`).
    pub name: String,
    /// Words for people.
    pub label: String,
    /// Ticks between two decisions, at least 1.
    pub period_ticks: u64,
    /// Tick of the first decision.
    pub phase_ticks: u64,
    /// What it sees, in order.
    pub observations: Vec<Observation>,
    /// What it sets, in order.
    pub actions: Vec<Action>,
    /// Its reward, where it has one.
    pub reward: Option<SignalId>,
    /// The terms that add up to the reward.
    pub reward_terms: Vec<RewardTerm>,
    /// Event signal that is 1 on the rows where the reward holds; `None` when every row does.
    pub reward_when: Option<SignalId>,
    /// The plant also runs with this slot left out (`fixed`).
    pub optional: bool,
    /// Controller that drives it unless another is named.
    pub default_controller: String,
}

impl Slot {
    /// Whether a decision falls on `tick`.
    pub fn is_due(&self, tick: u64) -> bool {
        tick >= self.phase_ticks && (tick - self.phase_ticks).is_multiple_of(self.period_ticks.max(1))
    }
}

/// One entry of an observation vector.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// Stable name, as logs use it.
    pub name: String,
    /// Lowest declared value.
    pub low: f64,
    /// Highest declared value.
    pub high: f64,
    /// Factor that turns the entry into `unit`.
    pub scale: f64,
    /// Unit after scaling; empty for pure numbers.
    pub unit: String,
    /// What it means.
    pub doc: String,
}

/// One entry of a reward.
#[derive(Debug, Clone, PartialEq)]
pub struct RewardTerm {
    /// Stable short name (`tracking`).
    pub name: String,
    /// Words for people.
    pub label: String,
    /// The signal that holds it, signed.
    pub signal: SignalId,
    /// Form of energy, for the accent colour.
    pub carrier: Carrier,
}

/// Values that an action can take.
#[derive(Debug, Clone, PartialEq)]
pub enum Domain {
    /// Any number between two bounds.
    Continuous {
        /// Lowest value.
        low: f64,
        /// Highest value.
        high: f64,
    },
    /// One of a few positions; the value is the position's number from 0.
    Discrete {
        /// What each position is called.
        labels: Vec<String>,
    },
}

impl Domain {
    /// Lowest and highest value.
    pub fn bounds(&self) -> (f64, f64) {
        match self {
            Self::Continuous { low, high } => (*low, *high),
            Self::Discrete { labels } => (0.0, labels.len().saturating_sub(1) as f64),
        }
    }

    /// Casts to binary32 and clips (continuous), or rounds to a position (discrete). Spec core 8.2 step 1.
    ///
    /// NaN stays NaN: the caller decides what replaces it.
    pub fn admit(&self, value: f64) -> f64 {
        let (low, high) = self.bounds();
        match self {
            Self::Continuous { .. } => f64::from(value as f32).clamp(low, high),
            Self::Discrete { .. } => value.round().clamp(low, high),
        }
    }
}

/// One actuator.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    /// Stable name (`throttle_batch`).
    pub name: String,
    /// Words for people.
    pub label: String,
    /// Values it can take.
    pub domain: Domain,
    /// Neutral value.
    pub default: f64,
    /// Step of a keyboard nudge.
    pub nudge: f64,
    /// Form of energy, for the accent colour.
    pub carrier: Carrier,
    /// Signal that tells its effect, in MW where it can be told.
    pub effect: Option<SignalId>,
    /// Verbs for a positive and a negative effect ("discharges", "charges").
    pub verbs: (String, String),
    /// Event-like flags that say why the effect falls short of the value, with the words to show.
    pub reasons: Vec<(SignalId, String)>,
    /// What it does, with the sign convention.
    pub doc: String,
}

/// An exogenous value or a fault.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// Stable name (`t_ambient_degc`).
    pub name: String,
    /// Words for people.
    pub label: String,
    /// Unit; empty for pure numbers.
    pub unit: String,
    /// Lowest and highest value that makes sense; an override is clamped to it.
    pub range: (f64, f64),
    /// Whether it is a fault rather than an exogenous value.
    pub fault: bool,
    /// What it means.
    pub doc: String,
}

impl Input {
    /// An input by name, words, unit, range, whether it is a fault, and meaning.
    pub fn new(name: &str, label: &str, unit: &str, range: (f64, f64), fault: bool, doc: &str) -> Self {
        let own = str::to_owned;
        Self { name: own(name), label: own(label), unit: own(unit), range, fault, doc: own(doc) }
    }
}

/// A choice that a person makes before an episode.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// Stable name and command-line flag (`scenario`).
    pub name: String,
    /// Words for people.
    pub label: String,
    /// The alternatives.
    pub choices: Vec<Choice>,
    /// The one in force.
    pub value: String,
    /// What it decides.
    pub doc: String,
}

/// One alternative of an axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// Stable name.
    pub name: String,
    /// Words for people.
    pub label: String,
}

/// How serious an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Something drifts; somebody should look.
    Warning,
    /// A limit was broken.
    Trip,
}

/// Something that can happen: it begins on the tick where its signal turns from 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct EventKind {
    /// Stable name.
    pub name: String,
    /// What happened, in words.
    pub label: String,
    /// How serious.
    pub severity: Severity,
    /// The flag that tells it.
    pub flag: SignalId,
    /// A signal whose value is worth printing beside it.
    pub value: Option<SignalId>,
    /// Whether it ends the episode.
    pub terminal: bool,
    /// Device number of the protection that acts (IEEE C37.2: "81" is frequency).
    pub device: Option<String>,
}

/// A chart that shows what matters: signals of one unit on one axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// Stable name.
    pub name: String,
    /// Title of the tile.
    pub title: String,
    /// The series, most important first; all of one unit.
    pub series: Vec<SignalId>,
}
