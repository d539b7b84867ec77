//! `trim_and_respond`: lowers the set point while the room is too warm, and tries a raise now and then (sustaindc 8).

use serde::{Deserialize, Serialize};

use super::{Controller, Decision, from_bytes, to_bytes};
use crate::config::Result;
use crate::signal::SignalId;

/// Positions of the set point's lever.
const LOWER: f64 = 0.0;
const HOLD: f64 = 1.0;
const RAISE: f64 = 2.0;

/// Parameters, filled from `control.trim_and_respond`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Params {
    /// Room above which the set point is lowered, °C (strict).
    pub limit_degc: f64,
    /// Calm decisions before a raise.
    pub patience: u32,
}

#[derive(Serialize, Deserialize, Default)]
struct Memory {
    counter: u32,
}

pub(super) struct TrimAndRespond {
    params: Params,
    room: SignalId,
    memory: Memory,
}

impl TrimAndRespond {
    /// Watches the signal `room`.
    pub(super) fn new(params: Params, room: SignalId) -> Self {
        Self { params, room, memory: Memory::default() }
    }
}

impl Controller for TrimAndRespond {
    fn decide(&mut self, decision: &Decision<'_>, action: &mut [f64]) {
        let room_degc = decision.row.get(self.room).copied().unwrap_or(f64::NAN);
        let position = if room_degc > self.params.limit_degc {
            LOWER
        } else if self.memory.counter > self.params.patience {
            self.memory.counter = 0;
            RAISE
        } else {
            self.memory.counter += 1;
            HOLD
        };
        action.fill(position);
    }

    fn reset(&mut self, _seed: u64) {
        self.memory = Memory::default();
    }

    fn save(&self) -> Vec<u8> {
        to_bytes(&self.memory)
    }

    fn restore(&mut self, state: &[u8]) -> Result<()> {
        self.memory = from_bytes("trim_and_respond", state)?;
        Ok(())
    }

    fn inspect(&self) -> Vec<(&'static str, f64)> {
        vec![("limit, °C", self.params.limit_degc), ("counter", f64::from(self.memory.counter))]
    }
}
