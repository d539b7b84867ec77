//! Shorthand for the rows of a plant's tables, so that the toys say what they publish and little else.

use std::collections::BTreeMap;

use c2g_twin::config::{Error, Place, Result};
use c2g_twin::plant::{
    Action, Axis, Calendar, Chart, Choice, Direction, Domain, EventKind, Fold, Input, MetricSpec, Observation,
    RewardTerm, Severity,
};
use c2g_twin::signal::{Balance, Carrier, Edge, Entity, EntityId, Node, NodeKind, Signal, SignalId, Term};
use c2g_twin::trace::Start;

/// Signals in the order in which they were added: the columns of a row.
#[derive(Default)]
pub struct Columns {
    pub signals: Vec<Signal>,
}

impl Columns {
    /// Adds a signal and gives its column.
    pub fn add(&mut self, signal: Signal) -> SignalId {
        self.signals.push(signal);
        self.signals.len() - 1
    }
}

pub fn entity(name: &str, label: &str, class: &str, parent: Option<EntityId>) -> Entity {
    Entity { name: name.to_owned(), label: label.to_owned(), class: class.to_owned(), parent }
}

/// An axis with its choices as name and label; the first one is the default.
pub fn axis(name: &str, label: &str, choices: &[(&str, &str)], doc: &str) -> Axis {
    let choices: Vec<Choice> =
        choices.iter().map(|(n, l)| Choice { name: (*n).to_owned(), label: (*l).to_owned() }).collect();
    let value = choices.first().map_or(String::new(), |c| c.name.clone());
    Axis { name: name.to_owned(), label: label.to_owned(), choices, value, doc: doc.to_owned() }
}

/// Puts a person's choices into the axes.
///
/// # Errors
/// A value that is none of an axis's choices.
pub fn choose(mut axes: Vec<Axis>, chosen: &BTreeMap<String, String>) -> Result<Vec<Axis>> {
    for axis in &mut axes {
        let Some(value) = chosen.get(&axis.name) else { continue };
        if !axis.choices.iter().any(|c| c.name == *value) {
            let known = axis.choices.iter().map(|c| c.name.as_str());
            return Err(Error::unknown(Place::source(format!("--{}", axis.name)), "choice", value, known));
        }
        axis.value.clone_from(value);
    }
    Ok(axes)
}

pub fn observation(name: &str, low: f64, high: f64, scale: f64, unit: &str, doc: &str) -> Observation {
    Observation { name: name.to_owned(), low, high, scale, unit: unit.to_owned(), doc: doc.to_owned() }
}

/// A lever with positions; `effect` is the signal that tells what it does, with verbs for plus and minus.
pub fn switch(
    name: &str,
    label: &str,
    positions: [&str; 3],
    carrier: Carrier,
    (effect, plus, minus): (SignalId, &str, &str),
    doc: &str,
) -> Action {
    Action {
        name: name.to_owned(),
        label: label.to_owned(),
        domain: Domain::Discrete { labels: positions.map(str::to_owned).to_vec() },
        default: 1.0,
        nudge: 1.0,
        carrier,
        effect: Some(effect),
        verbs: (plus.to_owned(), minus.to_owned()),
        reasons: Vec::new(),
        doc: doc.to_owned(),
    }
}

pub fn term(name: &str, label: &str, signal: SignalId, carrier: Carrier) -> RewardTerm {
    RewardTerm { name: name.to_owned(), label: label.to_owned(), signal, carrier }
}

pub fn input(name: &str, label: &str, unit: &str, range: (f64, f64), fault: bool, doc: &str) -> Input {
    Input::new(name, label, unit, range, fault, doc)
}

/// An event; trips end the episode.
pub fn event(name: &str, label: &str, severity: Severity, flag: SignalId, value: Option<SignalId>) -> EventKind {
    EventKind {
        name: name.to_owned(),
        label: label.to_owned(),
        severity,
        flag,
        value,
        terminal: severity == Severity::Trip,
        device: None,
    }
}

pub fn metric(slot: usize, name: &str, unit: &str, fold: Fold, when: Option<SignalId>, doc: &str) -> MetricSpec {
    let better = if name.contains("reward") { Direction::Higher } else { Direction::Lower };
    MetricSpec {
        name: name.to_owned(),
        unit: unit.to_owned(),
        slot,
        fold,
        scale: 1.0,
        when,
        better,
        doc: doc.to_owned(),
    }
}

pub fn chart(name: &str, title: &str, series: &[SignalId]) -> Chart {
    Chart { name: name.to_owned(), title: title.to_owned(), series: series.to_vec() }
}

pub fn node(entity: EntityId, label: &str, kind: NodeKind, carrier: Carrier) -> Node {
    Node::new(entity, label, kind, carrier)
}

pub fn edge(from: usize, to: usize, flow: SignalId, limit: Option<f64>) -> Edge {
    Edge { limit, ..Edge::new(from, to, flow) }
}

pub fn balance(name: &str, label: &str, unit: &str, terms: Vec<Term>) -> Balance {
    Balance::new(name, label, unit, 1e-9, terms)
}

/// A clock in the site's own zone that begins at `start`, or on 1 January.
pub fn calendar(tick_s: u32, start: Option<Start>, zone: &str) -> Calendar {
    let midnight = jiff::civil::datetime(2024, 1, 1, 0, 0, 0, 0);
    let start = start.map_or(midnight, |s| {
        let [month, day, hour, minute] = [s.month, s.day, s.hour, s.minute].map(|x| i8::try_from(x).unwrap_or(1));
        jiff::civil::datetime(2024, month, day, hour, minute, 0, 0)
    });
    Calendar { tick_s, start, zone: zone.to_owned() }
}

/// Hours since midnight at a tick, 0..24.
pub fn hour_of_day(calendar: &Calendar, tick: u64) -> f64 {
    let time = calendar.civil(tick);
    f64::from(time.hour()) + f64::from(time.minute()) / 60.0 + f64::from(time.second()) / 3600.0
}

/// A daily wave between −1 and 1 that peaks at an hour of the day.
pub fn daily(hour: f64, peak: f64) -> f64 {
    libm::cos((hour - peak) / 24.0 * std::f64::consts::TAU)
}

/// 1 for true, 0 for false.
pub fn flag(on: bool) -> f64 {
    f64::from(u8::from(on))
}

/// Serialises the state of a toy.
pub fn to_bytes<T: serde::Serialize>(state: &T) -> Vec<u8> {
    postcard::to_stdvec(state).unwrap_or_default()
}

/// Reads the state of a toy back.
///
/// # Errors
/// Bytes that are not a state of this plant.
pub fn from_bytes<T: serde::de::DeserializeOwned>(plant: &str, state: &[u8]) -> Result<T> {
    postcard::from_bytes(state).map_err(|e| {
        Error::invalid(
            Place::source(format!("snapshot of plant {plant}")),
            e.to_string(),
            "Restore only states of the same plant and version.",
        )
    })
}
