//! Controllers that fit any slot: fixed, manual, hold, random.

use rand::Rng;
use serde::{Deserialize, Serialize};

use super::{Controller, Decision, from_bytes, to_bytes};
use crate::config::Result;
use crate::noise::CounterRng;
use crate::plant::Domain;

/// Leaves the slot out: the plant runs without it.
pub(super) struct Fixed;

impl Controller for Fixed {
    fn decide(&mut self, decision: &Decision<'_>, action: &mut [f64]) {
        action.copy_from_slice(decision.held);
    }

    fn drives(&self) -> bool {
        false
    }
}

/// Gives back what the levers stand at: a person's hand, or the last value for ever.
pub(super) struct Hold;

impl Controller for Hold {
    fn decide(&mut self, decision: &Decision<'_>, action: &mut [f64]) {
        action.copy_from_slice(decision.held);
    }
}

/// Draws every action uniformly from its domain. The draw depends only on seed, slot and tick.
#[derive(Serialize, Deserialize)]
pub(super) struct Random {
    seed: u64,
}

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed }
    }
}

/// A uniform number in 0..1 from 53 random bits.
fn unit(rng: &mut CounterRng) -> f64 {
    (rng.next_u64() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
}

impl Controller for Random {
    fn decide(&mut self, decision: &Decision<'_>, action: &mut [f64]) {
        let mut rng = CounterRng::new(self.seed, &decision.slot.name, decision.tick);
        for (value, spec) in action.iter_mut().zip(&decision.slot.actions) {
            let u = unit(&mut rng);
            let (low, high) = spec.domain.bounds();
            *value = match &spec.domain {
                Domain::Continuous { .. } => f64::from((low + u * (high - low)) as f32),
                Domain::Discrete { labels } => (u * labels.len() as f64).floor().min(high),
            };
        }
    }

    fn reset(&mut self, seed: u64) {
        self.seed = seed;
    }

    fn save(&self) -> Vec<u8> {
        to_bytes(self)
    }

    fn restore(&mut self, state: &[u8]) -> Result<()> {
        *self = from_bytes("random", state)?;
        Ok(())
    }
}
