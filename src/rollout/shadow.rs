//! Shadows: controllers that decide on what a slot saw, without acting, and what they would have earned.

use crate::config::{Error, Place, Result};
use crate::control::{Controller, Decision, FIXED};
use crate::noise::Noise;
use crate::plant::{InputBus, Plant, PlantSpec, SlotActions, StepContext};

use super::engine::{Before, Rollout};
use super::intervention::LeverMode;
use super::setup::Setup;
use super::world::World;

/// Stands in the slots of the run that a shadow's plant comes from.
const STAND_IN: &str = "hold";

/// A controller beside the one that drives a slot. It decides whenever the slot does, on the same observation and on the
/// levers as they stand, and nothing follows from it in the run.
///
/// What it would have earned comes from a plant of its own. On a decision that plant is put where the run stood before
/// the tick; then it is stepped as the run was, with the same noise, inputs and actions of all other slots, hands and pins
/// in force, but with the shadow's command in its slot. It goes on so until the next decision:
///
/// - a slot that decides every tick earns in each tick what the shadow's command would have earned from where the run
///   really stood: a counterfactual of one step;
/// - a slot that decides every so many ticks earns what the whole stretch since its decision would have come to, had the
///   other slots done what they did. A reward that is only told at the end of the stretch (`Slot::reward_when`) is
///   NaN before.
///
/// It is NaN, too, before the first decision, for slots without a reward, and after a trip that only the shadow's plant
/// came to, until the next decision. A shield of the slot does not look at shadows.
pub struct Shadow {
    slot: usize,
    name: String,
    controller: Box<dyn Controller>,
    plant: Box<dyn Plant>,
    noise: Box<dyn Noise>,
    inputs: InputBus,
    row: Vec<f64>,
    actions: Vec<SlotActions>,
    observation: Vec<f64>,
    state: ShadowState,
}

/// What a shadow remembers, so that a run can be rewound with it.
#[derive(Debug, Clone)]
pub struct ShadowState {
    memory: Vec<u8>,
    episode: u64,
    /// Its own command; NaN before the first decision.
    commanded: Vec<f64>,
    /// The command with the hand on the levers, as the slot would hold it.
    held: Vec<f64>,
    reward: f64,
    trouble: Option<String>,
    /// Whether its plant goes on from the last decision.
    goes_on: bool,
    /// Plant, noise and row between two decisions; empty where every tick is one.
    between: Option<(Vec<u8>, Vec<u8>, Vec<f64>)>,
}

impl Shadow {
    /// A shadow of a slot, by names. It begins with what the driver remembers where that is the same controller, else
    /// with nothing; it has the parameters that are tuned in the slot now.
    ///
    /// # Errors
    /// Unknown slots and controllers, controllers that do not fit, `fixed`, and language models: they ask somebody
    /// outside, and nobody answers a shadow.
    pub fn new(world: &World, rollout: &Rollout, slot: &str, name: &str) -> Result<Self> {
        let spec = rollout.spec();
        let Some(index) = spec.slot(slot) else {
            let known = spec.slots.iter().map(|s| s.name.as_str());
            return Err(Error::unknown(Place::source("shadow"), "slot", slot, known));
        };
        let controller = rollout.twin_controller(index, name)?;
        let place = Place::source(format!("shadow of slot {slot}"));
        if controller.asks() {
            let what = format!("controller `{name}` asks somebody outside, and nobody answers a shadow");
            return Err(Error::invalid(
                place,
                what,
                "Choose a controller that decides itself, or race it in a branch.",
            ));
        }
        if !controller.drives() {
            let what = format!("controller `{name}` commands nothing");
            return Err(Error::invalid(place, what, "Choose a controller that drives."));
        }
        let (plant, noise) =
            world.build_with(&bare(rollout.setup(), spec), rollout.config().as_ref().clone())?.into_world();
        let (commanded, seen) =
            rollout.slots().get(index).map(|s| (s.commanded.clone(), s.seen.clone())).unwrap_or_default();
        Ok(Self {
            slot: index,
            name: name.to_owned(),
            plant,
            noise,
            inputs: rollout.inputs().clone(),
            row: rollout.row().to_vec(),
            actions: rollout.actions().to_vec(),
            observation: seen,
            state: ShadowState {
                memory: controller.save(),
                episode: rollout.restarts(),
                commanded: vec![f64::NAN; commanded.len()],
                held: commanded,
                reward: f64::NAN,
                trouble: None,
                goes_on: false,
                between: None,
            },
            controller,
        })
    }

    /// Takes in a tick that the run has just made. `before` is the instant before it ([`Rollout::before`]); one serves all
    /// shadows of a run. Ticks are taken in one after another.
    ///
    /// Whatever goes wrong in the controller stays here: a value that is no number holds what the lever stood at, and
    /// [`Shadow::trouble`] says so.
    pub fn after(&mut self, before: &Before, rollout: &Rollout) {
        self.state.reward = f64::NAN;
        let spec = rollout.spec();
        let Some(slot) = spec.slots.get(self.slot) else { return };
        if before.episode != self.state.episode {
            self.state.episode = before.episode;
            self.state.goes_on = false;
            if !rollout.setup().carry_state {
                self.controller.reset(rollout.episode_seed());
            }
        }
        let due = slot.is_due(before.episode_tick);
        if due {
            self.state.goes_on = self.put_back(before);
            if self.state.goes_on {
                self.decide(before, spec);
            }
        }
        if !self.state.goes_on {
            return;
        }
        self.order(rollout, due, spec);
        self.inputs.clone_from(&before.inputs);
        let context = StepContext {
            tick: before.tick,
            actions: &self.actions,
            inputs: &mut self.inputs,
            noise: &mut *self.noise,
        };
        let outcome = self.plant.step(context, &mut self.row);
        let tripped = outcome.terminated && !rollout.rides_through();
        if tripped || rollout.closed() {
            self.plant.close(&mut self.row);
            self.state.goes_on = false;
        }
        let at = |signal: usize| self.row.get(signal).copied().unwrap_or(f64::NAN);
        if slot.reward_when.is_none_or(|when| at(when) == 1.0) {
            self.state.reward = slot.reward.map_or(f64::NAN, at);
        }
    }

    /// Puts the plant where the run stood before the tick; whether that was possible.
    fn put_back(&mut self, before: &Before) -> bool {
        if self.plant.restore(&before.plant).is_err() || self.noise.restore(&before.noise).is_err() {
            self.state.trouble = Some("its plant could not be put where the run stood".to_owned());
            return false;
        }
        self.plant.set_active(self.slot, true);
        self.row.clone_from(&before.row);
        true
    }

    /// Asks the controller.
    fn decide(&mut self, before: &Before, spec: &PlantSpec) {
        let Some((slot, applied)) = spec.slots.get(self.slot).zip(before.applied.get(self.slot)) else { return };
        self.plant.observe_for_decision(self.slot, &mut self.observation);
        let decision =
            Decision { tick: before.tick, slot, observation: &self.observation, held: applied, row: &before.row };
        let state = &mut self.state;
        self.controller.decide(&decision, &mut state.held);
        state.trouble = self.controller.trouble();
        let cells = state.held.iter_mut().zip(&mut state.commanded).zip(applied).zip(&slot.actions);
        for (((value, commanded), stood), action) in cells {
            if !value.is_finite() {
                *value = *stood;
                let words = || format!("{} is not a number, the value before holds", action.label);
                state.trouble.get_or_insert_with(words);
            }
            *commanded = action.domain.admit(*value);
        }
    }

    /// The actions of the tick: what the run did, and in this slot the command, with hand and pins as they are.
    fn order(&mut self, rollout: &Rollout, due: bool, spec: &PlantSpec) {
        self.actions.clone_from_slice(rollout.actions());
        let levers = rollout.slots().get(self.slot).map_or(&[][..], |s| &s.levers);
        let slots = spec.slots.get(self.slot).zip(self.actions.get_mut(self.slot));
        let Some((slot, actions)) = slots else { return };
        (actions.active, actions.due) = (true, due);
        let cells = actions.values.iter_mut().zip(&mut self.state.held).zip(&slot.actions).zip(levers);
        for (((value, held), action), mode) in cells {
            if let LeverMode::Manual(hand) = mode {
                *held = *hand;
            }
            *value = match mode {
                LeverMode::Pinned(pin) => action.domain.admit(*pin),
                LeverMode::Auto | LeverMode::Manual(_) => action.domain.admit(*held),
            };
        }
    }

    /// Number of its slot.
    pub fn slot(&self) -> usize {
        self.slot
    }

    /// Name of its controller.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its last command by action, cast and clipped; NaN before the first decision.
    pub fn commanded(&self) -> &[f64] {
        &self.state.commanded
    }

    /// What the slot's reward would have been in the last tick; NaN where that cannot be told.
    pub fn reward(&self) -> f64 {
        self.state.reward
    }

    /// Why its last decision was not its own.
    pub fn trouble(&self) -> Option<&str> {
        self.state.trouble.as_deref()
    }

    /// Its row of a recording: a column per action, then the reward.
    pub fn row(&self) -> Vec<f64> {
        self.state.commanded.iter().copied().chain([self.state.reward]).collect()
    }

    /// All that it remembers.
    pub fn save(&self) -> ShadowState {
        let every_tick = self.plant.spec().slots.get(self.slot).is_none_or(|s| s.period_ticks <= 1);
        let between =
            (self.state.goes_on && !every_tick).then(|| (self.plant.save(), self.noise.save(), self.row.clone()));
        ShadowState { memory: self.controller.save(), between, ..self.state.clone() }
    }

    /// Takes back what it remembered: with the run at the same instant, it goes on as it did.
    ///
    /// # Errors
    /// States of another controller, plant or version.
    pub fn restore(&mut self, state: &ShadowState) -> Result<()> {
        self.controller.restore(&state.memory)?;
        if let Some((plant, noise, row)) = &state.between {
            self.plant.restore(plant)?;
            self.noise.restore(noise)?;
            self.row.clone_from(row);
        }
        self.state = ShadowState { between: None, memory: Vec::new(), ..state.clone() };
        Ok(())
    }
}

/// A setup whose slots are driven by nobody in particular: a shadow's plant needs no controllers.
fn bare(setup: &Setup, spec: &PlantSpec) -> Setup {
    let name = |optional: bool| if optional { FIXED } else { STAND_IN };
    let policies = spec.slots.iter().map(|slot| (slot.name.clone(), name(slot.optional).to_owned())).collect();
    Setup { policies, ..setup.clone() }
}
