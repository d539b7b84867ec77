//! A run in progress: steps, interventions, snapshots.

mod drive;
mod witness;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::config::{Error, Place, Result};
use crate::control::{Controller, ControllerRegistry, ControllerRequest, Decision, FIXED, Insight, Setting};
use crate::noise::Noise;
use crate::plant::{InputBus, MetricBank, Outcome, Override, Plant, PlantSpec, SlotActions, StepContext};
use crate::safety::Shield;

use super::intervention::{Intervention, LeverMode};
use super::schema::Schema;
use super::setup::{OnTrip, Setup};
use super::snapshot::{SlotSnapshot, Snapshot};

pub use witness::Before;

/// Why a run stands still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndKind {
    /// A limit was broken.
    Trip,
    /// The episode has run its length.
    EpisodeEnd,
    /// The ticks that were asked for are run.
    TicksReached,
    /// The recorded noise has no more rows.
    NoiseExhausted,
}

/// The end of a run and its cause.
#[derive(Debug, Clone, PartialEq)]
pub struct End {
    /// Ticks run.
    pub tick: u64,
    /// Why.
    pub kind: EndKind,
    /// The cause in words.
    pub cause: String,
}

/// An event that began on a tick.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EventRecord {
    /// The tick of its row.
    pub tick: u64,
    /// Number in [`PlantSpec::events`].
    pub event: usize,
    /// Value of the event's own signal, NaN without one.
    pub value: f64,
}

/// A slot in a running rollout.
pub struct SlotState {
    /// Name of the controller.
    pub controller_name: String,
    controller: Box<dyn Controller>,
    shield: Option<Box<dyn Shield>>,
    /// Who moves each lever.
    pub levers: Vec<LeverMode>,
    /// What controller or hand asked for.
    pub commanded: Vec<f64>,
    /// What the plant was given.
    pub applied: Vec<f64>,
    /// The observation that the last decision was made on.
    pub seen: Vec<f64>,
    /// What the next decision commands, whatever the controller would say.
    told: Option<Vec<f64>>,
    /// What the controller itself asked for in the last decision since the run was built or restored.
    pub(in crate::rollout) own: Vec<f64>,
    /// What the shield let through of the last command.
    pub(in crate::rollout) guarded: Vec<f64>,
    /// Answers that came while a restart was due: the controller gets them when the new episode has begun.
    early: Vec<String>,
    /// Decisions since the present controller took the slot that were not its own: a stand-in's, or the last value for
    /// want of a usable number.
    pub fallbacks: u64,
    /// Why the last of them was not; forgotten when another controller takes the slot.
    pub trouble: Option<String>,
    /// Whether the last decision was not the controller's own.
    pub troubled: bool,
    /// Parameters that were tuned since the run began, by `controller.parameter`.
    pub tuned: BTreeMap<String, Setting>,
    /// Whether the shield changed the last decision.
    pub shielded: bool,
    /// Levers on which a pin put aside what the shield had changed in the last decision.
    pub defeated: Vec<bool>,
}

impl SlotState {
    /// Whether somebody drives this slot.
    pub fn drives(&self) -> bool {
        self.controller.drives()
    }

    /// Inner values of the controller worth showing.
    pub fn inspect(&self) -> Vec<(&'static str, f64)> {
        self.controller.inspect()
    }

    /// All of the controller's inner state worth showing.
    pub fn insight(&self) -> Insight {
        self.controller.insight()
    }

    /// Whether the controller ever asks somebody outside, see [`Controller::asks`].
    pub fn asks(&self) -> bool {
        self.controller.asks()
    }

    /// Whether its decisions follow from the run alone, see [`Controller::native`].
    pub fn native(&self) -> bool {
        self.controller.native()
    }
}

/// What a call to [`Rollout::step`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// One tick was run; its row is [`Rollout::row`].
    Ran,
    /// The run had ended before; nothing was done.
    Ended,
}

/// A run in progress.
pub struct Rollout {
    setup: Setup,
    regd_crc32: Option<u32>,
    spec: Arc<PlantSpec>,
    schema: Arc<Schema>,
    plant: Box<dyn Plant>,
    noise: Box<dyn Noise>,
    controllers: ControllerRegistry,
    config: Arc<crate::config::Document>,
    slots: Vec<SlotState>,
    actions: Vec<SlotActions>,
    inputs: InputBus,
    metrics: MetricBank,
    row: Vec<f64>,
    flags: Vec<bool>,
    events: Vec<EventRecord>,
    tick: u64,
    episode: u64,
    episode_tick: u64,
    noise_rows: Option<u64>,
    interval_rows: Option<u64>,
    warnings: Vec<String>,
    /// A trip ended the episode and the next step begins another.
    restart_due: bool,
    end: Option<End>,
}

/// What a [`Rollout`] is made of.
pub(super) struct Parts {
    pub setup: Setup,
    /// CRC-32 of the file with the recorded regulation signal.
    pub regd_crc32: Option<u32>,
    pub plant: Box<dyn Plant>,
    pub noise: Box<dyn Noise>,
    pub controllers: ControllerRegistry,
    pub config: crate::config::Document,
    pub warnings: Vec<String>,
}

impl Rollout {
    pub(super) fn assemble(parts: Parts) -> Result<Self> {
        let Parts { setup, regd_crc32, plant, noise, controllers, config, mut warnings } = parts;
        let spec = Arc::clone(plant.spec());
        spec.check_tiles()?;
        spec.check_disturbances()?;
        spec.check_telling()?;
        let schema = Arc::new(Schema::new(&spec));
        let mut slots = Vec::with_capacity(spec.slots.len());
        for (index, slot) in spec.slots.iter().enumerate() {
            let name = setup.policy(&slot.name).unwrap_or(&slot.default_controller).to_owned();
            let place = Place::source(format!("--{}", slot.name));
            let request = ControllerRequest { spec: &spec, slot: index, config: &config, seed: setup.seed };
            let controller = controllers.build(&name, place, &request)?;
            let defaults: Vec<f64> = slot.actions.iter().map(|a| a.domain.admit(a.default)).collect();
            slots.push(SlotState {
                controller_name: name,
                controller,
                shield: None,
                levers: vec![LeverMode::Auto; slot.actions.len()],
                commanded: defaults.clone(),
                applied: defaults,
                seen: vec![0.0; slot.observations.len()],
                told: None,
                own: vec![f64::NAN; slot.actions.len()],
                guarded: vec![f64::NAN; slot.actions.len()],
                early: Vec::new(),
                fallbacks: 0,
                trouble: None,
                troubled: false,
                tuned: BTreeMap::new(),
                shielded: false,
                defeated: vec![false; slot.actions.len()],
            });
        }
        for name in setup.policies.keys() {
            if spec.slot(name).is_none() {
                let known = spec.slots.iter().map(|s| s.name.as_str());
                return Err(Error::unknown(Place::source("--policy"), "slot", name, known));
            }
        }
        // Streams that every tick draws from decide how far a recording reaches.
        let noise_rows = (0..spec.streams.len()).filter(|&s| !spec.streams.get(s).is_some_and(|x| x.optional));
        let noise_rows = noise_rows.filter_map(|s| noise.rows(s)).min();
        let interval_rows = (0..spec.streams.len()).filter(|&s| spec.streams.get(s).is_some_and(|x| x.optional));
        let interval_rows = interval_rows.filter_map(|s| noise.rows(s)).min();
        for (name, &value) in &setup.fixed_actions {
            let action = spec.find_action(name).and_then(|(s, a)| spec.slots.get(s)?.actions.get(a));
            let Some((low, high)) = action.map(|a| a.domain.bounds()) else { continue };
            if value < low || value > high {
                let clipped = value.clamp(low, high);
                warnings.push(format!("--fixed-action {name}={value} is clipped to {clipped} (range {low} to {high})"));
            }
        }
        for (slot, state) in spec.slots.iter().zip(&slots) {
            if slot.optional && state.drives() {
                need_streams(&spec, &*noise, &slot.name)?;
            }
        }
        let mut rollout = Self {
            actions: spec
                .slots
                .iter()
                .map(|s| SlotActions { values: vec![0.0; s.actions.len()], active: false, due: false })
                .collect(),
            inputs: InputBus::new(spec.inputs.iter().map(|i| i.range)),
            metrics: MetricBank::new(&spec.metrics),
            row: vec![0.0; schema.len()],
            flags: vec![false; spec.events.len()],
            events: Vec::with_capacity(spec.events.len()),
            setup,
            regd_crc32,
            spec,
            schema,
            plant,
            noise,
            controllers,
            config: Arc::new(config),
            slots,
            tick: 0,
            episode: 0,
            episode_tick: 0,
            noise_rows,
            interval_rows,
            warnings,
            restart_due: false,
            end: None,
        };
        for (name, value) in rollout.setup.fixed_actions.clone() {
            rollout.set_lever(&name, LeverMode::Pinned(value), &Place::source("--fixed-action"))?;
        }
        rollout.begin_episode();
        rollout.warnings.extend(rollout.plant.warnings());
        Ok(rollout)
    }

    fn begin_episode(&mut self) {
        let seed = self.setup.seed.wrapping_add(self.episode);
        if self.episode > 0 {
            self.noise.reseed(seed);
        }
        for slot in &mut self.slots {
            if self.episode == 0 || !self.setup.carry_state {
                slot.controller.reset(seed);
            }
        }
        for (index, slot) in self.slots.iter().enumerate() {
            self.plant.set_active(index, slot.drives());
        }
        self.plant.reset(&mut self.inputs, &mut *self.noise, &mut self.row);
        self.metrics = MetricBank::new(&self.spec.metrics);
        self.flags.fill(false);
        self.episode_tick = 0;
        self.write_levers();
    }

    fn write_levers(&mut self) {
        for (state, columns) in self.slots.iter().zip(&self.schema.levers) {
            for ((commanded, applied), at) in state.commanded.iter().zip(&state.applied).zip(columns) {
                if let Some(cell) = self.row.get_mut(at.commanded) {
                    *cell = *commanded;
                }
                if let Some(cell) = self.row.get_mut(at.applied) {
                    *cell = *applied;
                }
            }
        }
    }

    /// Runs one tick.
    ///
    /// # Errors
    /// None today; plants and controllers that can fail later report here.
    pub fn step(&mut self) -> Result<Step> {
        if self.end.is_some() {
            return Ok(Step::Ended);
        }
        self.begin_due_episode();
        if self.noise_rows.is_some_and(|rows| self.episode_tick + 1 >= rows) || self.interval_draws_end() {
            let cause = format!("the recorded noise ends after {} ticks", self.episode_tick);
            self.finish(EndKind::NoiseExhausted, cause);
            return Ok(Step::Ended);
        }
        self.events.clear();
        self.decide();
        let context =
            StepContext { tick: self.tick, actions: &self.actions, inputs: &mut self.inputs, noise: &mut *self.noise };
        let outcome = self.plant.step(context, &mut self.row);
        self.tick += 1;
        self.episode_tick += 1;
        let ending = self.ending(outcome);
        if ending.is_some() {
            self.plant.close(&mut self.row);
        }
        self.write_levers();
        self.metrics.push(&self.spec.metrics, &self.row);
        self.detect_events();
        match ending {
            // The next step begins the new episode, so that this row still shows the trip.
            Some(EndKind::Trip) if self.setup.on_trip == OnTrip::Restart && self.setup.ticks != Some(self.tick) => {
                self.restart_due = true;
            }
            Some(EndKind::Trip) if self.setup.on_trip == OnTrip::Restart => {
                self.finish(EndKind::TicksReached, self.cause(EndKind::TicksReached));
            }
            Some(kind) => {
                let cause = self.cause(kind);
                self.finish(kind, cause);
            }
            None => {}
        }
        Ok(Step::Ran)
    }

    /// Whether the recording has no draw left for an optional slot's next decision: one draw a decision.
    fn interval_draws_end(&self) -> bool {
        let Some(rows) = self.interval_rows else { return false };
        self.spec.slots.iter().zip(&self.slots).any(|(slot, state)| {
            slot.optional
                && state.drives()
                && slot.is_due(self.episode_tick)
                && self.episode_tick / slot.period_ticks.max(1) >= rows
        })
    }

    /// Asks every slot that is due and carries its command through hand, shield, clip and pins.
    fn decide(&mut self) {
        for (index, (slot, state)) in self.spec.slots.iter().zip(&mut self.slots).enumerate() {
            let Some(actions) = self.actions.get_mut(index) else { continue };
            actions.active = state.controller.drives();
            actions.due = slot.is_due(self.episode_tick);
            if actions.due && actions.active {
                self.plant.observe_for_decision(index, &mut state.seen);
                let decision =
                    Decision { tick: self.tick, slot, observation: &state.seen, held: &state.applied, row: &self.row };
                let mut trouble = match state.told.take() {
                    // A logged command stands in for the controller, which is not asked.
                    Some(told) => {
                        state.commanded.copy_from_slice(&told);
                        None
                    }
                    None => {
                        state.controller.decide(&decision, &mut state.commanded);
                        state.controller.trouble()
                    }
                };
                for ((value, applied), action) in state.commanded.iter_mut().zip(&state.applied).zip(&slot.actions) {
                    if !value.is_finite() {
                        trouble
                            .get_or_insert_with(|| format!("{} is not a number, the value before holds", action.label));
                        *value = *applied;
                    }
                }
                state.own.copy_from_slice(&state.commanded);
                state.troubled = trouble.is_some();
                if state.troubled {
                    state.fallbacks += 1;
                    state.trouble = trouble;
                }
            }
            for (value, mode) in state.commanded.iter_mut().zip(&state.levers) {
                if let LeverMode::Manual(hand) = mode {
                    *value = *hand;
                }
            }
            state.applied.copy_from_slice(&state.commanded);
            state.shielded = match &mut state.shield {
                Some(shield) if actions.due && actions.active => shield.filter(slot, &state.seen, &mut state.applied),
                _ => false,
            };
            state.guarded.copy_from_slice(&state.applied);
            let orders = state.levers.iter().zip(&state.commanded).zip(&mut state.defeated);
            for ((value, action), ((mode, commanded), defeated)) in
                state.applied.iter_mut().zip(&slot.actions).zip(orders)
            {
                let guarded = action.domain.admit(*value);
                let changed = state.shielded && guarded != action.domain.admit(*commanded);
                *value = match mode {
                    LeverMode::Pinned(pin) => action.domain.admit(*pin),
                    LeverMode::Auto | LeverMode::Manual(_) => guarded,
                };
                *defeated = changed && *value != guarded;
            }
            actions.values.copy_from_slice(&state.applied);
        }
    }

    fn ending(&self, outcome: Outcome) -> Option<EndKind> {
        if outcome.terminated && self.setup.on_trip != OnTrip::RideThrough {
            return Some(EndKind::Trip);
        }
        if outcome.truncated && !self.setup.continuous {
            return Some(EndKind::EpisodeEnd);
        }
        (self.setup.ticks == Some(self.tick)).then_some(EndKind::TicksReached)
    }

    fn cause(&self, kind: EndKind) -> String {
        match kind {
            EndKind::Trip => {
                let names: Vec<&str> = self
                    .spec
                    .events
                    .iter()
                    .filter(|e| e.terminal && self.row.get(e.flag).is_some_and(|&f| f != 0.0))
                    .map(|e| e.label.as_str())
                    .collect();
                if names.is_empty() { "a limit was broken".to_owned() } else { names.join("; ") }
            }
            EndKind::EpisodeEnd => format!("the episode of {} ticks is over", self.spec.episode_ticks),
            EndKind::TicksReached => format!("the {} ticks asked for are run", self.tick),
            EndKind::NoiseExhausted => "the recorded noise has no more rows".to_owned(),
        }
    }

    fn finish(&mut self, kind: EndKind, cause: String) {
        self.end = Some(End { tick: self.tick, kind, cause });
    }

    fn detect_events(&mut self) {
        let row = &self.row;
        let at = |signal: usize| row.get(signal).copied().unwrap_or(0.0);
        for (index, (kind, was)) in self.spec.events.iter().zip(&mut self.flags).enumerate() {
            let on = at(kind.flag) != 0.0;
            if on && !*was {
                let value = kind.value.map_or(f64::NAN, at);
                self.events.push(EventRecord { tick: self.tick - 1, event: index, value });
            }
            *was = on;
        }
    }

    /// Applies a change from outside before the next tick.
    ///
    /// # Errors
    /// Unknown names and values that are not numbers; nothing is changed then.
    pub fn apply(&mut self, what: &Intervention) -> Result<()> {
        match what {
            Intervention::Lever { lever, mode } => self.set_lever(lever, *mode, &Place::source("lever")),
            Intervention::Controller { slot, name } => self.set_controller(slot, name),
            Intervention::Parameter { slot, name, value } => self.set_parameter(slot, name, value.clone()),
            Intervention::Answer { slot, text } => self.answer(slot, text),
            Intervention::Input { input, change } => self.set_input(input, *change),
        }
    }

    fn set_lever(&mut self, lever: &str, mode: LeverMode, place: &Place) -> Result<()> {
        let Some((slot, action)) = self.spec.find_action(lever) else {
            return Err(Error::unknown(place.clone(), "lever", lever, self.spec.action_names()));
        };
        let spec = self.spec.slots.get(slot).and_then(|s| s.actions.get(action));
        let state = self.slots.get_mut(slot).and_then(|s| s.levers.get_mut(action));
        let (Some(spec), Some(state)) = (spec, state) else { return Ok(()) };
        let (low, high) = spec.domain.bounds();
        let fit = |v: f64| -> Result<f64> {
            if v.is_finite() {
                return Ok(v.clamp(low, high));
            }
            Err(Error::invalid(
                place.clone(),
                format!("`{lever}` is not a number"),
                format!("Give a number from {low} to {high}."),
            ))
        };
        *state = match mode {
            LeverMode::Auto => LeverMode::Auto,
            LeverMode::Manual(v) => LeverMode::Manual(fit(v)?),
            LeverMode::Pinned(v) => LeverMode::Pinned(fit(v)?),
        };
        Ok(())
    }

    fn set_input(&mut self, input: &str, change: Option<Override>) -> Result<()> {
        let Some(index) = self.spec.input(input) else {
            let known = self.spec.inputs.iter().map(|i| i.name.as_str());
            return Err(Error::unknown(Place::source("input"), "input", input, known));
        };
        match change {
            // Also for `Hold`, which does not use it: a log could not write the intervention down.
            Some(c) if !c.value.is_finite() => Err(Error::invalid(
                Place::source("input"),
                format!("the override of `{input}` is not a number"),
                "Give a number.",
            )),
            Some(c) => {
                self.inputs.set(index, c);
                Ok(())
            }
            None => {
                self.inputs.clear(index);
                Ok(())
            }
        }
    }

    /// The whole state: restoring it and stepping gives the same bytes as never having left.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            tick: self.tick,
            episode: self.episode,
            episode_tick: self.episode_tick,
            plant: self.plant.save(),
            noise: self.noise.save(),
            slots: self
                .slots
                .iter()
                .map(|s| SlotSnapshot {
                    controller: s.controller_name.clone(),
                    memory: s.controller.save(),
                    shield: s.shield.as_ref().map(|x| x.save()),
                    levers: s.levers.clone(),
                    commanded: s.commanded.clone(),
                    applied: s.applied.clone(),
                    seen: s.seen.clone(),
                    early: s.early.clone(),
                    fallbacks: s.fallbacks,
                    trouble: s.trouble.clone(),
                    troubled: s.troubled,
                    tuned: s.tuned.clone(),
                })
                .collect(),
            inputs: self.inputs.clone(),
            metrics: self.metrics.clone(),
            row: self.row.clone(),
            flags: self.flags.clone(),
            restart_due: self.restart_due,
            end: self.end.clone(),
        }
    }

    /// Goes back (or forward) to a snapshot of this run.
    ///
    /// # Errors
    /// When the snapshot is of another plant or another build.
    pub fn restore(&mut self, snapshot: &Snapshot) -> Result<()> {
        self.plant.restore(&snapshot.plant)?;
        self.noise.restore(&snapshot.noise)?;
        self.episode = snapshot.episode;
        for (index, saved) in snapshot.slots.iter().enumerate() {
            self.put_back(index, &saved.controller, &saved.tuned)?;
            let Some(state) = self.slots.get_mut(index) else { continue };
            state.controller.restore(&saved.memory)?;
            if let (Some(shield), Some(memory)) = (&mut state.shield, &saved.shield) {
                shield.restore(memory)?;
            }
            state.levers.clone_from(&saved.levers);
            state.commanded.clone_from(&saved.commanded);
            // A command that waited for a tick that was never run belongs to the future that was left.
            state.told = None;
            state.applied.clone_from(&saved.applied);
            state.seen.clone_from(&saved.seen);
            state.early.clone_from(&saved.early);
            state.fallbacks = saved.fallbacks;
            state.trouble.clone_from(&saved.trouble);
            state.troubled = saved.troubled;
        }
        self.inputs.clone_from(&snapshot.inputs);
        self.metrics.clone_from(&snapshot.metrics);
        self.row.clone_from(&snapshot.row);
        self.flags.clone_from(&snapshot.flags);
        self.events.clear();
        self.tick = snapshot.tick;
        self.episode_tick = snapshot.episode_tick;
        self.restart_due = snapshot.restart_due;
        self.end.clone_from(&snapshot.end);
        Ok(())
    }

    /// What fixed this run before its first tick.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// CRC-32 of the bytes of the recorded regulation signal that this run follows, if it follows one.
    pub fn regd_crc32(&self) -> Option<u32> {
        self.regd_crc32
    }

    /// What a person should know about this run before it begins: clipped pins, stand-in data.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The effective configuration.
    pub fn config(&self) -> &Arc<crate::config::Document> {
        &self.config
    }

    /// The plant's tables.
    pub fn spec(&self) -> &Arc<PlantSpec> {
        &self.spec
    }

    /// The columns of a row.
    pub fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    /// The row of the last tick; before the first, the initial state.
    pub fn row(&self) -> &[f64] {
        &self.row
    }

    /// Events that began on the last tick.
    pub fn events(&self) -> &[EventRecord] {
        &self.events
    }

    /// Ticks run since the run began.
    pub fn tick(&self) -> u64 {
        self.tick
    }

    /// Ticks run since the episode began.
    pub fn episode_tick(&self) -> u64 {
        self.episode_tick
    }

    /// Episodes that a trip ended and a restart followed.
    pub fn restarts(&self) -> u64 {
        self.episode
    }

    /// The end, once it has come.
    pub fn end(&self) -> Option<&End> {
        self.end.as_ref()
    }

    /// Slots with their controllers and levers.
    pub fn slots(&self) -> &[SlotState] {
        &self.slots
    }

    /// Overrides in force.
    pub fn inputs(&self) -> &InputBus {
        &self.inputs
    }

    /// What a slot sees now.
    pub fn observe(&self, slot: usize, out: &mut [f64]) {
        self.plant.observe(slot, out);
    }

    /// Value of a metric so far.
    pub fn metric(&self, index: usize) -> f64 {
        self.metrics.value(&self.spec.metrics, index)
    }

    /// Whether a slot's metrics mean anything: somebody drives it.
    pub fn slot_counts(&self, slot: usize) -> bool {
        self.slots.get(slot).is_some_and(SlotState::drives)
    }
}

/// Optional streams are drawn from only while an optional slot is driven; a recording must hold them then.
fn need_streams(spec: &PlantSpec, noise: &dyn Noise, slot: &str) -> Result<()> {
    for (index, stream) in spec.streams.iter().enumerate() {
        if stream.optional && noise.rows(index) == Some(0) {
            return Err(Error::invalid(
                Place::source("--noise"),
                format!("the recording has no column `{}`, which slot `{slot}` needs", stream.column),
                format!("Join the file that holds it with `+`, or drive slot `{slot}` with `{FIXED}`."),
            ));
        }
    }
    Ok(())
}
