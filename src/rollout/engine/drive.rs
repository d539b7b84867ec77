//! Who drives a slot, with which parameters, and what comes back from outside.

use std::collections::BTreeMap;

use crate::config::{Error, Place, Result};
use crate::control::{Controller, ControllerRequest, Decision, FIXED, Question, Setting, WARNING, llm, shown_name};

use super::super::intervention::Intervention;
use super::{Rollout, need_streams};

impl Rollout {
    /// Number of a slot by its name.
    fn slot_number(&self, slot: &str, what: &str) -> Result<usize> {
        self.spec.slot(slot).ok_or_else(|| {
            let known = self.spec.slots.iter().map(|s| s.name.as_str());
            Error::unknown(Place::source(what), "slot", slot, known)
        })
    }

    pub(super) fn set_controller(&mut self, slot: &str, name: &str) -> Result<()> {
        let index = self.slot_number(slot, "controller")?;
        let place = Place::source(format!("controller of slot {slot}"));
        let tuned = self.slots.get(index).map(|s| s.tuned.clone()).unwrap_or_default();
        let controller = self.build_controller(index, name, &tuned, place)?;
        let drives = controller.drives();
        if drives && self.spec.slots.get(index).is_some_and(|s| s.optional) {
            need_streams(&self.spec, &*self.noise, slot)?;
        }
        if let Some(state) = self.slots.get_mut(index) {
            state.controller = controller;
            name.clone_into(&mut state.controller_name);
            (state.fallbacks, state.trouble, state.troubled) = (0, None, false);
            // What another controller was asked belongs to nobody.
            state.early.clear();
        }
        self.plant.set_active(index, drives);
        Ok(())
    }

    /// Tunes a parameter of the controller that drives a slot. What the controller remembers stays.
    pub(super) fn set_parameter(&mut self, slot: &str, name: &str, value: Option<Setting>) -> Result<()> {
        let index = self.slot_number(slot, "parameter")?;
        let place = Place::source(format!("parameter of slot {slot}"));
        let Some(state) = self.slots.get(index) else { return Ok(()) };
        let (controller, memory) = (state.controller_name.clone(), state.controller.save());
        let Some(card) = self.controllers.card(&controller) else {
            let cure = "Choose a controller that has a card in the registry.";
            return Err(Error::invalid(place, format!("controller `{controller}` has no parameters"), cure));
        };
        card.check_setting(name, value.as_ref(), &place)?;
        let mut tuned = state.tuned.clone();
        let key = format!("{}.{name}", card.name);
        match value {
            Some(value) => tuned.insert(key, value),
            None => tuned.remove(&key),
        };
        let mut built = self.build_controller(index, &controller, &tuned, place)?;
        built.restore(&memory)?;
        if let Some(state) = self.slots.get_mut(index) {
            state.controller = built;
            state.tuned = tuned;
        }
        Ok(())
    }

    /// Builds a controller for a slot, tuned as given, and begins its episode.
    pub(super) fn build_controller(
        &self,
        slot: usize,
        name: &str,
        tuned: &BTreeMap<String, Setting>,
        place: Place,
    ) -> Result<Box<dyn Controller>> {
        let seed = self.setup.seed.wrapping_add(self.episode);
        // Policies that are named by their file share a card, and with it the names of their parameters.
        let own = self.controllers.card(name).map_or(name, |card| card.name.as_str());
        let mut changed = None;
        for (key, value) in tuned.iter().filter(|(key, _)| key.strip_prefix(own).is_some_and(|k| k.starts_with('.'))) {
            let config = changed.get_or_insert_with(|| crate::config::Document::clone(&self.config));
            config.set(&format!("control.{key}={}", value.to_yaml()))?;
        }
        let config = changed.as_ref().unwrap_or(&self.config);
        let request = ControllerRequest { spec: &self.spec, slot, config, seed };
        let mut controller = self.controllers.build(name, place, &request)?;
        controller.reset(seed);
        Ok(controller)
    }

    /// Puts the controller of a snapshot into a slot, unless it is there already.
    pub(super) fn put_back(&mut self, slot: usize, name: &str, tuned: &BTreeMap<String, Setting>) -> Result<()> {
        if self.slots.get(slot).is_some_and(|s| s.controller_name == name && s.tuned == *tuned) {
            return Ok(());
        }
        let controller = self.build_controller(slot, name, tuned, Place::source("snapshot"))?;
        if let Some(state) = self.slots.get_mut(slot) {
            state.controller = controller;
            name.clone_into(&mut state.controller_name);
            state.tuned.clone_from(tuned);
        }
        Ok(())
    }

    /// Begins the episode that follows a trip, if one is due, and hands over the answers that came for it.
    pub(super) fn begin_due_episode(&mut self) {
        if !std::mem::take(&mut self.restart_due) {
            return;
        }
        self.episode += 1;
        self.begin_episode();
        for state in &mut self.slots {
            for text in std::mem::take(&mut state.early) {
                state.controller.answer(&text);
            }
        }
    }

    /// What the controller of a slot wants to ask somebody outside before the next tick. The answer goes back by
    /// [`crate::rollout::Intervention::Answer`], before that tick or, if the twin does not wait, before a later one.
    pub fn question(&mut self, slot: usize) -> Option<Question> {
        if self.end.is_some() || !self.slots.get(slot)?.asks() {
            return None;
        }
        if !self.restart_due {
            return self.question_now(slot);
        }
        // The next decision is the first of an episode that the next step begins. It is begun here to see what that
        // decision is made on, and taken back: a replay, which asks nobody, must find what the run found.
        let (before, events) = (self.snapshot(), std::mem::take(&mut self.events));
        self.begin_due_episode();
        let question = self.question_now(slot);
        let back = self.restore(&before);
        self.events = events;
        back.ok().and(question)
    }

    /// What a controller wants to ask about the state as it is.
    fn question_now(&mut self, slot: usize) -> Option<Question> {
        let spec = self.spec.slots.get(slot)?;
        let state = self.slots.get_mut(slot)?;
        if !spec.is_due(self.episode_tick) {
            return None;
        }
        let mut seen = vec![0.0; state.seen.len()];
        self.plant.observe_for_decision(slot, &mut seen);
        let decision =
            Decision { tick: self.tick, slot: spec, observation: &seen, held: &state.applied, row: &self.row };
        state.controller.question(&decision)
    }

    /// Commands a slot's next decision in place of its controller, which is then not asked: how a replay plays actions
    /// as they were logged. Hand, shield, clip and pins apply as ever; a value that is no number holds the last one.
    pub fn command(&mut self, slot: usize, commanded: &[f64]) {
        if let Some(state) = self.slots.get_mut(slot)
            && state.commanded.len() == commanded.len()
        {
            state.told = Some(commanded.to_vec());
        }
    }

    /// Asks for every slot that wants to, waits, and takes the answers in; returns what was done, for the log. Runs
    /// without a window call it before every tick; most controllers ask nobody, and then it costs nothing.
    ///
    /// # Errors
    /// None today: a server that fails answers with an error, which counts as a fallback.
    pub fn consult(&mut self) -> Result<Vec<Intervention>> {
        let mut done = Vec::new();
        for slot in 0..self.slots.len() {
            let Some(question) = self.question(slot) else { continue };
            let name = self.spec.slots.get(slot).map(|s| s.name.clone()).unwrap_or_default();
            let what = Intervention::Answer { slot: name, text: llm::ask(&question) };
            self.apply(&what)?;
            done.push(what);
        }
        Ok(done)
    }

    pub(super) fn answer(&mut self, slot: &str, text: &str) -> Result<()> {
        let index = self.slot_number(slot, "answer")?;
        let Some(state) = self.slots.get_mut(index) else { return Ok(()) };
        if self.restart_due {
            // A controller forgets what it was told when its episode begins.
            state.early.push(text.to_owned());
        } else {
            state.controller.answer(text);
        }
        Ok(())
    }

    /// What controllers warn of at the end of a run: clamped actions, inputs that drift, decisions that were not their
    /// own.
    pub fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        for state in &self.slots {
            let name = shown_name(&state.controller_name);
            let warnings = state.insight().texts.into_iter().filter(|(kind, _)| kind == WARNING);
            remarks.extend(warnings.map(|(_, text)| format!("{name}: {text}")));
            if let Some(trouble) = state.trouble.as_ref().filter(|_| state.fallbacks > 0) {
                let count = state.fallbacks;
                let times = if count == 1 { "decision was" } else { "decisions were" };
                remarks.push(format!("{count} {times} not those of {name}; the last time: {trouble}"));
            }
        }
        remarks
    }

    /// Takes over what the controllers of another run remember, slot by slot where both have the same one: how a
    /// benchmark carries state from one episode into the next.
    ///
    /// # Errors
    /// Memories of another version.
    pub fn carry_memory(&mut self, from: &Self) -> Result<()> {
        for (state, other) in self.slots.iter_mut().zip(&from.slots) {
            if state.controller_name == other.controller_name {
                state.controller.restore(&other.controller.save())?;
            }
        }
        Ok(())
    }

    /// Names as `macro+hardware`, or the hardware's alone: how folders and results are named.
    pub fn agent_name(&self) -> String {
        let names = self.slots.iter().map(|s| shown_name(&s.controller_name));
        let names: Vec<&str> = names.filter(|n| *n != FIXED).collect();
        names.join("+")
    }
}
