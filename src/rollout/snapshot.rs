//! The whole of a rollout at one instant, small enough to keep every few minutes of a day.

use std::collections::BTreeMap;

use crate::control::Setting;
use crate::plant::{InputBus, MetricBank};

use super::engine::End;
use super::intervention::LeverMode;

/// Plant, controllers, held actions, shield, noise position, metrics, pins, overrides: everything that the next tick
/// depends on. Restoring and stepping gives the same bytes as never having left.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// Ticks run when it was taken.
    pub tick: u64,
    pub(super) episode: u64,
    pub(super) episode_tick: u64,
    pub(super) plant: Vec<u8>,
    pub(super) noise: Vec<u8>,
    pub(super) slots: Vec<SlotSnapshot>,
    pub(super) inputs: InputBus,
    pub(super) metrics: MetricBank,
    pub(super) row: Vec<f64>,
    pub(super) flags: Vec<bool>,
    pub(super) restart_due: bool,
    pub(super) end: Option<End>,
}

/// A slot's part of a snapshot.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SlotSnapshot {
    pub controller: String,
    pub memory: Vec<u8>,
    pub shield: Option<Vec<u8>>,
    pub levers: Vec<LeverMode>,
    pub commanded: Vec<f64>,
    pub applied: Vec<f64>,
    pub seen: Vec<f64>,
    pub early: Vec<String>,
    pub fallbacks: u64,
    pub trouble: Option<String>,
    pub troubled: bool,
    pub tuned: BTreeMap<String, Setting>,
}

impl Snapshot {
    /// Size in memory, in bytes, roughly.
    pub fn size(&self) -> usize {
        let slots: usize = self
            .slots
            .iter()
            .map(|s| s.memory.len() + 8 * (s.commanded.len() + s.applied.len() + s.seen.len()) + 16 * s.levers.len())
            .sum();
        self.plant.len() + self.noise.len() + 8 * self.row.len() + slots + size_of::<Self>()
    }
}
