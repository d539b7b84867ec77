//! The columns of a row: the plant's signals, then what was commanded and applied on every lever.

use crate::plant::{Domain, PlantSpec};
use crate::signal::{Kind, Signal, SignalId};

/// Where a lever's values stand in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActionColumns {
    /// What controller or hand asked for, before shield, clip and pins.
    pub commanded: SignalId,
    /// What the plant was given.
    pub applied: SignalId,
}

/// The table of a row's columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Schema {
    /// Column `i` is `signals[i]`.
    pub signals: Vec<Signal>,
    /// Number of the plant's own signals; they come first.
    pub plant_signals: usize,
    /// Columns of each slot's actions.
    pub levers: Vec<Vec<ActionColumns>>,
}

impl Schema {
    /// The table for a plant.
    pub fn new(spec: &PlantSpec) -> Self {
        let mut signals = spec.signals.clone();
        let mut levers = Vec::with_capacity(spec.slots.len());
        for slot in &spec.slots {
            let mut columns = Vec::with_capacity(slot.actions.len());
            for action in &slot.actions {
                let mut add = |prefix: &str, words: &str| {
                    let name = format!("{prefix}_{}_{}", slot.name, action.name);
                    let doc = format!("{words} on {} of slot {}.", action.label, slot.label);
                    let mut signal =
                        Signal::new(&name, 0, &format!("{}, {}", action.label, words.to_lowercase()), "", &doc);
                    let (low, high) = action.domain.bounds();
                    signal = signal.step().range(low, high).carrier(action.carrier).quantity(&name);
                    signal.decimals = if matches!(action.domain, Domain::Discrete { .. }) { 0 } else { 3 };
                    signal.kind = Kind::Mean;
                    signals.push(signal);
                    signals.len() - 1
                };
                columns.push(ActionColumns { commanded: add("cmd", "Commanded"), applied: add("act", "Applied") });
            }
            levers.push(columns);
        }
        Self { signals, plant_signals: spec.signals.len(), levers }
    }

    /// Number of columns.
    pub fn len(&self) -> usize {
        self.signals.len()
    }

    /// Whether there are no columns.
    pub fn is_empty(&self) -> bool {
        self.signals.is_empty()
    }

    /// Column of a signal by its name.
    pub fn find(&self, name: &str) -> Option<SignalId> {
        self.signals.iter().position(|s| s.name == name)
    }
}
