//! Held to a run while it passes a tick: notes where each slot stood at its decision and what was done from there on.

use std::sync::Arc;

use crate::config::{Error, Place, Result};
use crate::plant::{Factor, InputBus, PlantSpec, SlotActions};

use super::super::engine::{Before, Rollout, Step};
use super::super::intervention::LeverMode;
use super::super::words::short;
use super::words;
use super::{DealWhy, FactorWhy, Normal, SeenWhy, ServiceWhy, SlotWhy, TermWhy, Why};

/// Points of an acceptance curve.
const CURVE_POINTS: u32 = 120;

/// What was done in a tick.
pub(super) struct Done {
    pub tick: u64,
    pub inputs: InputBus,
    pub actions: Vec<SlotActions>,
    /// Whether it was the last tick of its episode.
    pub closed: bool,
}

/// A slot's decision, and what came of it.
#[derive(Default)]
pub(super) struct Stretch {
    /// Where it begins among what was done.
    pub begin: usize,
    /// Where it ends; `None` while it goes on.
    pub end: Option<usize>,
    /// Where the run stood before it.
    pub before: Option<Arc<Before>>,
    pub controller: String,
    pub drives: bool,
    pub seen: Vec<f64>,
    pub own: Vec<f64>,
    pub commanded: Vec<f64>,
    pub guarded: Vec<f64>,
    pub applied: Vec<f64>,
    pub levers: Vec<LeverMode>,
    pub trouble: Option<String>,
    /// The row of the decision's own tick.
    pub first_row: Vec<f64>,
    /// The last row of the stretch.
    pub row: Vec<f64>,
    curve: Vec<[f64; 3]>,
    chance_by_price: f64,
}

/// Takes a tick apart while a run passes it.
///
/// The run is stepped from [`Probe::from`] on by [`Probe::step`], after whatever was done before each tick, until
/// [`Probe::is_over`]. Then [`Probe::tell`] runs the counterfactuals. [`Probe::take_apart`] does all of it.
pub struct Probe {
    tick: u64,
    known: u64,
    spec: Arc<PlantSpec>,
    pub(super) done: Vec<Done>,
    pub(super) slots: Vec<Stretch>,
    over: bool,
    pub(super) rides_through: bool,
}

impl Probe {
    /// For a tick of a run with these tables. Ticks from `known` on have not been run: what is told of them is what comes
    /// when everything goes on as it does.
    pub fn new(spec: &Arc<PlantSpec>, tick: u64, known: u64) -> Self {
        let slots = spec.slots.iter().map(|_| Stretch::default()).collect();
        Self { tick, known, spec: Arc::clone(spec), done: Vec::new(), slots, over: false, rides_through: false }
    }

    /// The tick from which on the run has to be seen, so that every decision that is in force is.
    pub fn from(spec: &PlantSpec, tick: u64) -> u64 {
        let longest = spec.slots.iter().map(|s| s.period_ticks).max().unwrap_or(1).max(1);
        tick.saturating_sub(longest - 1)
    }

    /// Tick behind the last one that has to be seen at most.
    pub fn until(spec: &PlantSpec, tick: u64) -> u64 {
        let longest = spec.slots.iter().map(|s| s.period_ticks).max().unwrap_or(1).max(1);
        tick.saturating_add(longest)
    }

    /// Takes a tick apart: steps a run that stands at [`Probe::from`] or before as far as it takes. `prepare` is called
    /// before each tick, does what was done there, and says whether that tick is known; it is asked for more than `known`
    /// ticks only where a stretch is not over by then.
    ///
    /// # Errors
    /// When the run does not come to the tick, and what `prepare` and the rollout complain of.
    pub fn take_apart(
        rollout: &mut Rollout,
        tick: u64,
        known: u64,
        prepare: &mut dyn FnMut(&mut Rollout) -> Result<bool>,
    ) -> Result<Why> {
        let spec = Arc::clone(rollout.spec());
        let from = Self::from(&spec, tick);
        let mut probe = Self::new(&spec, tick, known);
        while !probe.is_over() && rollout.end().is_none() && prepare(rollout)? {
            let goes = if rollout.tick() >= from { probe.step(rollout)? } else { rollout.step()? == Step::Ran };
            if !goes {
                break;
            }
        }
        probe.tell(rollout)
    }

    /// Steps the run by a tick and sees it; whether there was one.
    ///
    /// # Errors
    /// What the rollout complains of.
    pub fn step(&mut self, rollout: &mut Rollout) -> Result<bool> {
        self.before(rollout);
        if rollout.step()? == Step::Ended {
            self.done.pop();
            return Ok(false);
        }
        self.after(rollout);
        Ok(true)
    }

    /// Sees the run before its next tick.
    fn before(&mut self, rollout: &mut Rollout) {
        let before = Arc::new(rollout.before());
        let at = self.done.len();
        if before.tick() <= self.tick {
            for (slot, stretch) in self.spec.slots.iter().zip(&mut self.slots) {
                if slot.is_due(rollout.episode_tick()) {
                    *stretch = Stretch { begin: at, before: Some(Arc::clone(&before)), ..Stretch::default() };
                }
            }
        }
        self.rides_through = rollout.rides_through();
        self.done.push(Done { tick: before.tick(), inputs: before.inputs.clone(), actions: Vec::new(), closed: false });
    }

    /// Sees the run behind that tick.
    fn after(&mut self, rollout: &Rollout) {
        let count = self.done.len();
        let Some(done) = self.done.last_mut() else { return };
        done.actions = rollout.actions().to_vec();
        done.closed = rollout.closed();
        let (tick, closed) = (done.tick, done.closed);
        for (index, (slot, stretch)) in self.spec.slots.iter().zip(&mut self.slots).enumerate() {
            if stretch.before.is_none() || stretch.end.is_some() {
                continue;
            }
            if stretch.begin + 1 == count {
                stretch.note(rollout, index);
            }
            if tick >= self.tick {
                stretch.row = rollout.row().to_vec();
                if closed || slot.is_due(rollout.episode_tick()) {
                    stretch.end = Some(count);
                }
            }
        }
        let open = self.slots.iter().any(|s| s.before.is_some() && s.end.is_none());
        self.over = tick >= self.tick && !open;
    }

    /// Tick of the decision of a slot that is in force.
    pub fn decided(&self, slot: usize) -> Option<u64> {
        let stretch = self.slots.get(slot).filter(|s| s.before.is_some())?;
        self.done.get(stretch.begin).map(|done| done.tick)
    }

    /// Says who decided in a slot, where somebody stood in for him.
    pub fn call(&mut self, slot: usize, controller: &str) {
        if let Some(stretch) = self.slots.get_mut(slot) {
            controller.clone_into(&mut stretch.controller);
        }
    }

    /// Whether all has been seen.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// Tells what was seen, and what would have come: the counterfactuals run through the rollout's own plant, which then
    /// stands where it stood.
    ///
    /// # Errors
    /// When the tick was not run, or the plant does not take back its own states.
    pub fn tell(mut self, rollout: &mut Rollout) -> Result<Why> {
        if self.done.last().is_none_or(|done| done.tick < self.tick) {
            return Err(Error::invalid(
                Place::source("why"),
                format!("tick {} was not run: there are {} ticks", self.tick, rollout.tick()),
                "Choose a tick that was run; they count from 0.",
            ));
        }
        // A record that ends within a stretch: what there is of it counts.
        let count = self.done.len();
        for stretch in self.slots.iter_mut().filter(|s| s.before.is_some()) {
            stretch.end.get_or_insert(count);
        }
        let mut why = Why { tick: self.tick, slots: Vec::with_capacity(self.slots.len()) };
        let here = rollout.before();
        for slot in 0..self.slots.len() {
            let told = self.slot(rollout, slot)?;
            why.slots.push(told);
        }
        rollout.stand(&here)?;
        Ok(why)
    }

    fn slot(&self, rollout: &mut Rollout, index: usize) -> Result<SlotWhy> {
        let (Some(slot), Some(stretch)) = (self.spec.slots.get(index), self.slots.get(index)) else {
            return Ok(SlotWhy::default());
        };
        let mut told = SlotWhy {
            slot: index,
            name: slot.name.clone(),
            label: slot.label.clone(),
            reward: f64::NAN,
            until: self.tick + 1,
            headline: "Nothing has been decided yet.".to_owned(),
            ..SlotWhy::default()
        };
        if stretch.before.is_none() || stretch.row.is_empty() {
            return Ok(told);
        }
        let telling = self.spec.telling(index);
        let begins = self.done.get(stretch.begin).map_or(self.tick, |d| d.tick);
        let last = stretch.end.and_then(|end| self.done.get(end.checked_sub(1)?)).map_or(self.tick, |d| d.tick);
        told.controller.clone_from(&stretch.controller);
        told.drives = stretch.drives;
        told.decided = Some(begins);
        told.until = last + 1;
        told.foretold_from = (told.until > self.known).then_some(self.known.max(begins));
        let at = |signal: usize| stretch.row.get(signal).copied().unwrap_or(f64::NAN);
        let is_told = slot.reward_when.is_none_or(|when| at(when) == 1.0);
        if is_told {
            told.reward = slot.reward.map_or(f64::NAN, at);
        }
        if told.reward.is_finite() {
            told.terms = slot
                .reward_terms
                .iter()
                .enumerate()
                .map(|(k, term)| {
                    let value = at(term.signal);
                    let words = telling.terms.get(k).cloned().unwrap_or_default();
                    let text = if value == 0.0 && !words.idle.is_empty() { &words.idle } else { &words.told };
                    let number = |name: &str| {
                        let column = self.spec.signal(name);
                        (name.to_owned(), column.map_or(f64::NAN, at))
                    };
                    TermWhy {
                        name: term.name.clone(),
                        label: term.label.clone(),
                        formula: words.formula.clone(),
                        words: self.spec.fill(text, &stretch.row),
                        value,
                        numbers: crate::plant::places(text).map(number).collect(),
                    }
                })
                .collect();
        }
        told.seen = self.seen(index, &stretch.seen);
        told.service = telling.service.as_ref().filter(|_| is_told).map(|service| ServiceWhy {
            asked: service.asked.map_or(f64::NAN, at),
            given: at(service.given),
            unit: self.spec.signals.get(service.given).map_or(String::new(), |s| s.unit.clone()),
            shares: service.shares.iter().map(|s| (s.label.clone(), s.factor * at(s.signal))).collect(),
        });
        told.deal = telling.deal.as_ref().map(|deal| self.deal(stretch, deal, (begins, told.until), is_told));
        self.levers(rollout, &mut told, stretch)?;
        words::tell(&self.spec, &mut told);
        Ok(told)
    }

    fn seen(&self, slot: usize, seen: &[f64]) -> Vec<SeenWhy> {
        let Some(spec) = self.spec.slots.get(slot) else { return Vec::new() };
        let telling = self.spec.telling(slot);
        let entries = spec.observations.iter().zip(seen).enumerate();
        let tell = |(k, (entry, &seen)): (usize, (&crate::plant::Observation, &f64))| {
            let known = telling.seen.get(k);
            let words = known.cloned().unwrap_or_else(|| words::plain_entry(entry));
            let (factor, offset, unit) = words.physical(entry);
            let value = seen * factor + offset;
            let label = if words.label.is_empty() { entry.name.replace('_', " ") } else { words.label.clone() };
            let back = |x: f64| (x - offset) / factor;
            // What is seen is a binary32 image: its last digits are no news.
            let slack = |x: f64| 1e-6 * x.abs().max(1e-3 * factor.abs());
            let normal = words.normal.map(|(low, high)| Normal {
                physical: (low, high),
                seen: (back(low), back(high)),
                outside: value < low - slack(low) || value > high + slack(high),
            });
            SeenWhy {
                name: entry.name.clone(),
                label,
                seen,
                range: (entry.low, entry.high),
                value,
                unit: unit.to_owned(),
                usual: words.normal.map_or(String::new(), |range| words::usual(&words, range, unit)),
                words: words::entry(&words, value, unit),
                normal,
            }
        };
        entries.map(tell).collect()
    }

    fn deal(&self, s: &Stretch, deal: &crate::plant::Deal, (from, until): (u64, u64), is_told: bool) -> DealWhy {
        let first = |signal: usize| s.first_row.get(signal).copied().unwrap_or(f64::NAN);
        let closing = |signal: usize| {
            if is_told { s.row.get(signal).copied().unwrap_or(f64::NAN) } else { f64::NAN }
        };
        let signal = |id: usize| self.spec.signals.get(id);
        let unit = |id: usize| signal(id).map_or(String::new(), |s| s.unit.clone());
        let factors: Vec<FactorWhy> = deal
            .factors
            .iter()
            .map(|factor| match factor {
                Factor::Signal(id) => {
                    let value = closing(*id);
                    let words = signal(*id).map_or(String::new(), |s| s.format(value));
                    FactorWhy { label: signal(*id).map_or(String::new(), |s| s.label.clone()), value, words }
                }
                Factor::Constant(value, unit) => {
                    FactorWhy { label: "Length".to_owned(), value: *value, words: format!("{} {unit}", short(*value)) }
                }
            })
            .collect();
        let taken = first(deal.taken);
        DealWhy {
            from,
            until,
            offered: taken.is_finite(),
            quantity: first(deal.quantity),
            price: first(deal.price),
            wanted: first(deal.wanted),
            cleared: first(deal.cleared),
            chance: first(deal.chance),
            chance_by_price: s.chance_by_price,
            taken: taken.is_finite().then_some(taken == 1.0),
            score: closing(deal.score),
            paid: closing(deal.paid),
            product: factors.iter().map(|f| f.words.as_str()).collect::<Vec<_>>().join(" × "),
            factors,
            curve: s.curve.clone(),
            units: [unit(deal.price), unit(deal.quantity), unit(deal.paid)],
        }
    }
}

impl Stretch {
    /// Notes the decision behind its own tick.
    fn note(&mut self, rollout: &Rollout, slot: usize) {
        let Some(state) = rollout.slots().get(slot) else { return };
        self.controller.clone_from(&state.controller_name);
        self.drives = state.drives();
        self.seen.clone_from(&state.seen);
        self.own.clone_from(&state.own);
        self.commanded.clone_from(&state.commanded);
        self.guarded.clone_from(&state.guarded);
        self.applied.clone_from(&state.applied);
        self.levers.clone_from(&state.levers);
        self.trouble = state.trouble.clone().filter(|_| state.troubled);
        self.first_row = rollout.row().to_vec();
        let Some(deal) = rollout.spec().telling(slot).deal else { return };
        let at = |signal: usize| self.first_row.get(signal).copied().unwrap_or(f64::NAN);
        let (price, quantity) = (at(deal.price), at(deal.quantity));
        let chance = |price: f64, quantity: Option<f64>| rollout.chance(slot, price, quantity).unwrap_or(f64::NAN);
        self.chance_by_price = chance(price, None);
        if !self.chance_by_price.is_finite() {
            return;
        }
        // As wide as it takes to see offer and clearing in its middle, in whole twenties.
        let (low, high) = deal.prices;
        let wide = (2.0 * price.max(at(deal.cleared)) / 20.0).ceil() * 20.0;
        let high = if wide.is_finite() { wide.clamp((low + 20.0).min(high), high) } else { high };
        self.curve = (0..=CURVE_POINTS)
            .map(|k| {
                let price = low + (high - low) * f64::from(k) / f64::from(CURVE_POINTS);
                [price, chance(price, None), chance(price, Some(quantity))]
            })
            .collect();
    }
}
