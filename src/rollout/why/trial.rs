//! Counterfactuals: a stretch run again through the plant with one lever at another value.

use crate::config::Result;
use crate::plant::{Action, Domain, StepContext};

use super::super::engine::Rollout;
use super::super::intervention::LeverMode;
use super::super::words::level;
use super::probe::{Probe, Stretch};
use super::words::step_label;
use super::{LeverWhy, SlotWhy, Stage, StageKind, StepWhy, Trial};

/// What a stretch came to.
struct Outcome {
    row: Vec<f64>,
    trips: bool,
}

impl Probe {
    /// Runs the stretch of a slot again with one lever at a value; everything else as it was.
    fn again(&self, rollout: &mut Rollout, slot: usize, lever: usize, value: f64) -> Result<Option<Outcome>> {
        let Some(stretch) = self.slots.get(slot) else { return Ok(None) };
        let (Some(before), Some(end)) = (&stretch.before, stretch.end) else { return Ok(None) };
        rollout.stand(before)?;
        let mut row = before.row.clone();
        let mut trips = false;
        for done in self.done.get(stretch.begin..end).unwrap_or_default() {
            let mut actions = done.actions.clone();
            if let Some(cell) = actions.get_mut(slot).and_then(|a| a.values.get_mut(lever)) {
                *cell = value;
            }
            let mut inputs = done.inputs.clone();
            let outcome = rollout.try_step(
                |noise| StepContext { tick: done.tick, actions: &actions, inputs: &mut inputs, noise },
                &mut row,
            );
            trips |= outcome.terminated;
            if done.closed || (outcome.terminated && !self.rides_through) {
                rollout.try_close(&mut row);
                break;
            }
        }
        Ok(Some(Outcome { row, trips }))
    }

    /// What a lever at a value would have come to.
    fn trial(
        &self,
        rollout: &mut Rollout,
        of: &SlotWhy,
        lever: usize,
        value: f64,
    ) -> Result<Option<(Trial, Vec<f64>)>> {
        let spec = std::sync::Arc::clone(rollout.spec());
        let Some(slot) = spec.slots.get(of.slot) else { return Ok(None) };
        let Some(outcome) = self.again(rollout, of.slot, lever, value)? else { return Ok(None) };
        let at = |signal: usize| outcome.row.get(signal).copied().unwrap_or(f64::NAN);
        let is_told = slot.reward_when.is_none_or(|when| at(when) == 1.0);
        let effect = slot.actions.get(lever).and_then(|a| a.effect);
        let given = spec.telling(of.slot).service.map_or(effect, |service| Some(service.given));
        let told = |signal: Option<usize>| signal.filter(|_| is_told).map_or(f64::NAN, at);
        let trial = Trial { lever, value, reward: told(slot.reward), given: told(given), trips: outcome.trips };
        Ok(Some((trial, outcome.row)))
    }

    /// The way of each command, and what other values would have come to.
    pub(super) fn levers(&self, rollout: &mut Rollout, told: &mut SlotWhy, stretch: &Stretch) -> Result<()> {
        let spec = std::sync::Arc::clone(rollout.spec());
        let Some(slot) = spec.slots.get(told.slot) else { return Ok(()) };
        let telling = spec.telling(told.slot);
        let service = telling.service.as_ref().map(|service| service.given);
        let at = |signal: usize| stretch.row.get(signal).copied().unwrap_or(f64::NAN);
        for (index, action) in slot.actions.iter().enumerate() {
            let value = |list: &[f64]| list.get(index).copied().unwrap_or(f64::NAN);
            let (own, applied) = (value(&stretch.own), value(&stretch.applied));
            let stages = if stretch.drives { stages(action, stretch, index) } else { Vec::new() };
            let mut lever = LeverWhy {
                name: format!("{}.{}", slot.name, action.name),
                label: action.label.clone(),
                stages,
                effect: action.effect.map_or(f64::NAN, at),
                unit: action.effect.and_then(|e| spec.signals.get(e)).map_or(String::new(), |s| s.unit.clone()),
                neutral: None,
                own: None,
            };
            if let Some(stage) = lever.stages.last_mut()
                && let Some((_, words)) = action.reasons.iter().find(|(flag, _)| at(*flag) == 1.0)
            {
                stage.words.clone_from(words);
            }
            if stretch.drives {
                let admitted = |x: f64| action.domain.admit(x);
                if admitted(action.default) != applied {
                    let trial = self.trial(rollout, told, index, admitted(action.default))?;
                    lever.neutral = trial.map(|(trial, _)| trial).filter(|t| t.reward.is_finite());
                }
                if own.is_finite() && admitted(own) != applied {
                    lever.own = self.trial(rollout, told, index, admitted(own))?.map(|(trial, _)| trial);
                }
                let given = service.or(action.effect).map_or(f64::NAN, at);
                let size = telling.steps.get(index).copied().filter(|s| *s > 0.0).unwrap_or(action.nudge);
                for direction in [-1_i8, 1] {
                    let value = admitted(applied + f64::from(direction) * size);
                    told.steps.push(self.one_step(
                        rollout,
                        told,
                        (index, action),
                        (applied, value, given),
                        direction,
                    )?);
                }
            }
            told.levers.push(lever);
        }
        let gains = told.steps.iter().enumerate().filter(|(_, step)| step.reward > 0.0);
        told.best = gains.max_by(|(_, a), (_, b)| a.reward.total_cmp(&b.reward)).map(|(index, _)| index);
        Ok(())
    }

    fn one_step(
        &self,
        rollout: &mut Rollout,
        of: &SlotWhy,
        (lever, action): (usize, &Action),
        (applied, value, given): (f64, f64, f64),
        direction: i8,
    ) -> Result<StepWhy> {
        let mut step = StepWhy {
            lever,
            label: step_label(action, applied, value, direction),
            direction,
            trial: None,
            reward: f64::NAN,
            given: f64::NAN,
            held: String::new(),
        };
        if value == applied {
            step.held = "at its limit".to_owned();
            return Ok(step);
        }
        let Some((trial, row)) = self.trial(rollout, of, lever, value)? else { return Ok(step) };
        (step.reward, step.given) = (trial.reward - of.reward, trial.given - given);
        if step.reward == 0.0 && (step.given == 0.0 || step.given.is_nan()) {
            let at = |signal: usize| row.get(signal).copied().unwrap_or(f64::NAN);
            let why = action.reasons.iter().find(|(flag, _)| at(*flag) == 1.0);
            step.held = why.map_or_else(|| "no effect".to_owned(), |(_, words)| words.clone());
        }
        step.trial = Some(trial);
        Ok(step)
    }
}

/// The way of a command: controller, hand, shield, cast and clip, pin, plant.
fn stages(action: &Action, s: &Stretch, lever: usize) -> Vec<Stage> {
    let at = |list: &[f64]| list.get(lever).copied().unwrap_or(f64::NAN);
    let (low, high) = action.domain.bounds();
    let same = |a: f64, b: f64| (a - b).abs() <= 1e-6 * (high - low);
    let mode = s.levers.get(lever).copied().unwrap_or_default();
    let (own, hand, guarded, applied) = (at(&s.own), at(&s.commanded), at(&s.guarded), at(&s.applied));
    let clipped = action.domain.admit(guarded);
    let stage = |kind: StageKind, before: f64, value: f64, words: String| {
        let changed = !same(before, value);
        Stage { kind, value, changed, words: if changed { words } else { String::new() } }
    };
    let by_hand = match mode {
        LeverMode::Manual(v) => format!("By hand at {}", level(action, v)),
        LeverMode::Auto | LeverMode::Pinned(_) => String::new(),
    };
    let cut = match &action.domain {
        Domain::Discrete { .. } => "Rounded to a position".to_owned(),
        Domain::Continuous { .. } if guarded > high => format!("Clipped at its upper limit {}", level(action, high)),
        Domain::Continuous { .. } => format!("Clipped at its lower limit {}", level(action, low)),
    };
    let mut all = vec![
        Stage {
            kind: StageKind::Controller,
            value: own,
            changed: false,
            words: s.trouble.as_ref().map_or(String::new(), |t| format!("Not its own decision: {t}")),
        },
        stage(StageKind::Hand, own, hand, by_hand),
        stage(StageKind::Shield, hand, guarded, "Changed by the shield".to_owned()),
        stage(StageKind::Clip, guarded, clipped, cut),
        stage(StageKind::Pin, clipped, applied, format!("Pinned at {}", level(action, applied))),
    ];
    all.push(Stage { kind: StageKind::Plant, value: applied, changed: false, words: String::new() });
    all
}
