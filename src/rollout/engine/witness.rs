//! What a shadow is told of a run: the instant before a tick, and what was done in it.

use crate::config::{Place, Result};
use crate::control::Controller;
use crate::noise::Noise;
use crate::plant::{InputBus, Outcome, Plant, SlotActions, StepContext};

use super::{OnTrip, Rollout, need_streams};

/// The instant before a tick: all that plant, noise and inputs make of the tick depends on it. Controllers are not in it.
#[derive(Debug, Clone)]
pub struct Before {
    pub(in crate::rollout) tick: u64,
    pub(in crate::rollout) episode: u64,
    pub(in crate::rollout) episode_tick: u64,
    pub(in crate::rollout) plant: Vec<u8>,
    pub(in crate::rollout) noise: Vec<u8>,
    pub(in crate::rollout) inputs: InputBus,
    pub(in crate::rollout) row: Vec<f64>,
    /// What each slot's levers stood at.
    pub(in crate::rollout) applied: Vec<Vec<f64>>,
}

impl Before {
    /// Number of the tick that it stands before.
    pub fn tick(&self) -> u64 {
        self.tick
    }
}

impl Rollout {
    /// The instant before the next tick, for shadows. Whether it is taken or not, the run goes on with the same bytes: an
    /// episode that is due to begin is begun here instead of in [`Rollout::step`].
    pub fn before(&mut self) -> Before {
        self.begin_due_episode();
        Before {
            tick: self.tick,
            episode: self.episode,
            episode_tick: self.episode_tick,
            plant: self.plant.save(),
            noise: self.noise.save(),
            inputs: self.inputs.clone(),
            row: self.row.clone(),
            applied: self.slots.iter().map(|s| s.applied.clone()).collect(),
        }
    }

    /// What the plant was given in the last tick.
    pub(in crate::rollout) fn actions(&self) -> &[SlotActions] {
        &self.actions
    }

    /// Whether the last tick was the last one of its episode.
    pub(in crate::rollout) fn closed(&self) -> bool {
        self.end.is_some() || self.restart_due
    }

    /// Whether the run goes on after a trip in the same episode.
    pub(in crate::rollout) fn rides_through(&self) -> bool {
        self.setup.on_trip == OnTrip::RideThrough
    }

    /// Seed of the episode, for what controllers draw.
    pub(in crate::rollout) fn episode_seed(&self) -> u64 {
        self.setup.seed.wrapping_add(self.episode)
    }

    /// A controller for a slot as the run would build it now, and, where the same one drives, with what that one
    /// remembers.
    ///
    /// # Errors
    /// Unknown names, controllers that do not fit, recordings that lack what an optional slot draws from.
    pub(in crate::rollout) fn twin_controller(&self, slot: usize, name: &str) -> Result<Box<dyn Controller>> {
        let Some((spec, state)) = self.spec.slots.get(slot).zip(self.slots.get(slot)) else {
            return self.build_controller(slot, name, &Default::default(), Place::source("shadow"));
        };
        let place = Place::source(format!("shadow of slot {}", spec.name));
        let mut controller = self.build_controller(slot, name, &state.tuned, place)?;
        if spec.optional && controller.drives() {
            need_streams(&self.spec, &*self.noise, &spec.name)?;
        }
        if state.controller_name == name {
            controller.restore(&state.controller.save())?;
        }
        Ok(controller)
    }

    /// Chance of an offer in the stretch that has begun, see [`Plant::chance`].
    pub(in crate::rollout) fn chance(&self, slot: usize, price: f64, quantity: Option<f64>) -> Option<f64> {
        self.plant.chance(slot, price, quantity)
    }

    /// Puts plant and noise where they stood before a tick; nothing else.
    ///
    /// # Errors
    /// States of another plant or build.
    pub(in crate::rollout) fn stand(&mut self, before: &Before) -> Result<()> {
        self.plant.restore(&before.plant)?;
        self.noise.restore(&before.noise)
    }

    /// Steps the plant alone, from where [`Rollout::stand`] put it.
    pub(in crate::rollout) fn try_step<'a>(
        &'a mut self,
        context: impl FnOnce(&'a mut dyn Noise) -> StepContext<'a>,
        row: &mut [f64],
    ) -> Outcome {
        self.plant.step(context(&mut *self.noise), row)
    }

    /// Closes what the plant has still open.
    pub(in crate::rollout) fn try_close(&mut self, row: &mut [f64]) {
        self.plant.close(row);
    }

    /// Takes plant and noise out of a run that is not needed otherwise.
    pub(in crate::rollout) fn into_world(self) -> (Box<dyn Plant>, Box<dyn Noise>) {
        (self.plant, self.noise)
    }
}
