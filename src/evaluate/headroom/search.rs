//! The search behind head-room: runs with pinned levers, and a climb from value to value in halving steps.

use crate::config::Result;
use crate::plant::{CountFrom, Domain, HeadroomSpec, PlantSpec, Severity};
use crate::rollout::{EndKind, Intervention, LeverMode, Rollout, Snapshot, Step};
use crate::signal::SignalId;

use super::{Found, Reach, Stop, measured};

/// Values of a continuous lever that are tried first, spread evenly, the ends among them.
const GRID: u32 = 8;

/// Halvings of the step after that: 8 × 2¹³ steps lie in a lever's range at the end.
const HALVINGS: u32 = 13;

/// Rounds over all levers.
const ROUNDS: u32 = 4;

/// A gain below this is none, in the plant's unit.
const GAIN: f64 = 1e-9;

/// Step beyond a found value that shows what stops it, as a share of the lever's range.
const BEYOND: f64 = 1e-3;

/// How far beyond every limit a trip counts, as a multiple of a signal's display range.
const TRIPPED: f64 = 1e3;

/// What a run passed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Passed {
    /// A limit of a signal.
    Limit {
        /// The signal.
        signal: SignalId,
        /// Where the limit lies, in its unit.
        level: f64,
    },
    /// An event of the plant that is a trip began.
    Event(usize),
    /// The run tripped.
    Trip,
}

/// What is looked for.
pub(super) struct Goal {
    /// Direction.
    pub sign: f64,
    /// Levers that may be moved.
    pub levers: Vec<usize>,
    /// The lever whose own part counts; `None` for all that is delivered.
    pub part: Option<usize>,
}

/// A limit as it holds from an instant on.
struct Bound {
    signal: SignalId,
    low: Option<f64>,
    high: Option<f64>,
    /// Width of the signal's display range.
    width: f64,
}

/// How good a run is: one that passes a limit is worse than any that passes none, the more the further.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Score {
    Passes(f64, Passed),
    Gives(f64),
}

impl Score {
    fn beats(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Gives(a), Self::Gives(b)) => *a > *b + GAIN,
            (Self::Passes(a, _), Self::Passes(b, _)) => *a < *b - GAIN,
            (Self::Gives(_), Self::Passes(..)) => true,
            (Self::Passes(..), Self::Gives(_)) => false,
        }
    }
}

/// What a run came to.
struct Trial {
    score: Score,
    parts: Vec<f64>,
    closest: Vec<f64>,
}

/// A lever as the search moves it.
struct Handle {
    name: String,
    domain: Domain,
}

/// Runs the plant with levers pinned at values.
pub(super) struct Probe<'a> {
    rollout: &'a mut Rollout,
    from: &'a Snapshot,
    table: &'a HeadroomSpec,
    handles: Vec<Handle>,
    bounds: Vec<Bound>,
    /// Events that trip.
    trips: Vec<usize>,
    /// Slots all of whose levers are pinned: their controllers need not be asked.
    mute: Vec<usize>,
    /// Values at the instant.
    now: Vec<f64>,
    /// Signals that are counted from rest, and their values tick by tick with every lever at rest.
    rest: Vec<(SignalId, Vec<f64>)>,
    pub commitment: Option<f64>,
    pub runs: u64,
}

impl<'a> Probe<'a> {
    /// Looks at the instant, and runs on with every lever at rest. `None` where there is no tick left.
    pub fn new(
        rollout: &'a mut Rollout,
        from: &'a Snapshot,
        spec: &PlantSpec,
        table: &'a HeadroomSpec,
    ) -> Result<Option<Self>> {
        let mut handles = Vec::new();
        let (mut now, mut neutral) = (Vec::new(), Vec::new());
        for lever in &table.levers {
            let Some((slot, action)) = spec.slots.get(lever.slot).and_then(|s| Some((s, s.actions.get(lever.action)?)))
            else {
                return Ok(None);
            };
            handles.push(Handle { name: format!("{}.{}", slot.name, action.name), domain: action.domain.clone() });
            let applied = rollout.slots().get(lever.slot).and_then(|s| s.applied.get(lever.action));
            now.push(applied.copied().unwrap_or(action.default));
            neutral.push(action.domain.admit(action.default));
        }
        let row = rollout.row();
        let bounds = table.limits.iter().filter_map(|&signal| {
            let (s, value) = (spec.signals.get(signal)?, row.get(signal).copied()?);
            let (low, high) = (s.limits.warn_low.or(s.limits.trip_low), s.limits.warn_high.or(s.limits.trip_high));
            // What is beyond its limit already may not go further.
            let (low, high) = (low.map(|low| low.min(value)), high.map(|high| high.max(value)));
            Some(Bound { signal, low, high, width: (s.range.1 - s.range.0).abs().max(1e-9) })
        });
        let bounds = bounds.collect();
        let trips = spec.events.iter().enumerate().filter(|(_, e)| e.severity == Severity::Trip).map(|(k, _)| k);
        let trips = trips.collect();
        let whole = |(k, slot): &(usize, &crate::plant::Slot)| {
            (0..slot.actions.len()).all(|a| table.levers.iter().any(|l| l.slot == *k && l.action == a))
        };
        let mute = spec.slots.iter().enumerate().filter(whole).map(|(k, _)| k).collect();
        let counted = table.levers.iter().map(|l| &l.part).chain([&table.delivered]);
        let mut rest: Vec<(SignalId, Vec<f64>)> = Vec::new();
        for m in counted.filter(|m| m.from == CountFrom::Rest) {
            if rest.iter().all(|(signal, _)| *signal != m.signal) {
                rest.push((m.signal, Vec::new()));
            }
        }
        let mut probe = Self {
            rollout,
            from,
            table,
            handles,
            bounds,
            trips,
            mute,
            now,
            rest: Vec::new(),
            commitment: None,
            runs: 0,
        };
        probe.begin(&neutral)?;
        for tick in 0..table.ticks {
            if probe.step(&neutral)? == Step::Ended {
                break;
            }
            let row = probe.rollout.row();
            for (signal, values) in &mut rest {
                values.push(row.get(*signal).copied().unwrap_or(f64::NAN));
            }
            if tick == 0 {
                probe.commitment = table.commitment.and_then(|signal| row.get(signal).copied());
                probe.runs = 1;
            }
            if rest.is_empty() {
                break;
            }
        }
        probe.rest = rest;
        Ok((probe.runs > 0).then_some(probe))
    }

    fn begin(&mut self, values: &[f64]) -> Result<()> {
        self.rollout.restore(self.from)?;
        for (handle, &value) in self.handles.iter().zip(values) {
            self.rollout.apply(&Intervention::Lever { lever: handle.name.clone(), mode: LeverMode::Pinned(value) })?;
        }
        Ok(())
    }

    fn step(&mut self, values: &[f64]) -> Result<Step> {
        let spec = std::sync::Arc::clone(self.rollout.spec());
        for &slot in &self.mute {
            let Some(due) = spec.slots.get(slot).filter(|s| s.is_due(self.rollout.episode_tick())) else { continue };
            let told: Vec<f64> = (0..due.actions.len())
                .map(|action| {
                    let lever = self.table.levers.iter().position(|l| l.slot == slot && l.action == action);
                    lever.and_then(|k| values.get(k)).copied().unwrap_or(0.0)
                })
                .collect();
            self.rollout.command(slot, &told);
        }
        self.rollout.step()
    }

    /// Runs with the levers at `values`. It may stop early where it cannot beat `floor`; `None` then.
    fn run(&mut self, goal: &Goal, values: &[f64], floor: Option<&Score>) -> Result<Option<Trial>> {
        self.runs += 1;
        self.begin(values)?;
        let counted = |k: usize| self.table.levers.get(k).map(|l| l.part);
        let aim = goal.part.and_then(counted).unwrap_or(self.table.delivered);
        let (mut least, mut worst) = (f64::INFINITY, None::<(f64, Passed)>);
        let mut parts = vec![f64::NAN; self.table.levers.len()];
        let mut closest = vec![(f64::NEG_INFINITY, f64::NAN); self.bounds.len()];
        for tick in 0..self.table.ticks {
            if self.step(values)? == Step::Ended {
                break;
            }
            let (row, k) = (self.rollout.row(), tick as usize);
            let at = |signal: SignalId| row.get(signal).copied().unwrap_or(f64::NAN);
            let rest = |signal: SignalId| {
                let found = self.rest.iter().find(|(s, _)| *s == signal);
                found.and_then(|(_, values)| values.get(k)).copied().unwrap_or(f64::NAN)
            };
            let amount = goal.sign * measured(&aim, row, rest);
            if amount < least {
                least = amount;
                for (part, lever) in parts.iter_mut().zip(&self.table.levers) {
                    *part = goal.sign * measured(&lever.part, row, rest);
                }
            }
            for (bound, close) in self.bounds.iter().zip(&mut closest) {
                let value = at(bound.signal);
                let over = bound.high.map(|high| (value - high, high));
                let under = bound.low.map(|low| (low - value, low));
                // The side that is nearer to being passed.
                let side = [over, under].into_iter().flatten().max_by(|a, b| a.0.total_cmp(&b.0));
                let Some((beyond, level)) = side else { continue };
                if beyond > close.0 {
                    *close = (beyond, value);
                }
                let excess = beyond / bound.width;
                if beyond > 0.0 && worst.is_none_or(|(w, _)| excess > w) {
                    worst = Some((excess, Passed::Limit { signal: bound.signal, level }));
                }
            }
            let began = self.rollout.events().iter().find(|e| self.trips.contains(&e.event)).map(|e| e.event);
            let tripped = self.rollout.end().is_some_and(|end| end.kind == EndKind::Trip);
            if began.is_some() || tripped {
                // The later the better.
                let left = (self.table.ticks - tick) as f64;
                worst = Some((TRIPPED + left, began.map_or(Passed::Trip, Passed::Event)));
                break;
            }
            match (floor, worst) {
                (Some(Score::Gives(_)), Some(_)) => return Ok(None),
                (Some(Score::Gives(floor)), None) if least <= *floor + GAIN => return Ok(None),
                (Some(Score::Passes(floor, _)), Some((w, _))) if w >= *floor - GAIN => return Ok(None),
                _ => {}
            }
        }
        let score = match worst {
            Some((excess, passed)) => Score::Passes(excess, passed),
            None => Score::Gives(least),
        };
        Ok(Some(Trial { score, parts, closest: closest.into_iter().map(|(_, value)| value).collect() }))
    }
}

/// The best so far.
struct Best {
    values: Vec<f64>,
    trial: Trial,
}

/// The search.
pub(super) struct Search<'a> {
    pub probe: Probe<'a>,
    stale: &'a dyn Fn() -> bool,
}

impl<'a> Search<'a> {
    /// A search with a probe.
    pub fn new(probe: Probe<'a>, stale: &'a dyn Fn() -> bool) -> Self {
        Self { probe, stale }
    }

    /// The most that a goal's levers give; `None` when nobody wants to know any more.
    pub fn reach(&mut self, goal: &Goal) -> Result<Option<Reach>> {
        self.reach_from(goal, Vec::new())
    }

    /// The same, looking also from `begin` (levers with values) on.
    pub fn reach_from(&mut self, goal: &Goal, begin: Vec<(usize, f64)>) -> Result<Option<Reach>> {
        let now = self.probe.now.clone();
        let Some(trial) = self.probe.run(goal, &now, None)? else { return Ok(None) };
        let mut best = Best { values: now, trial };
        if !begin.is_empty() {
            let mut values = best.values.clone();
            for (k, value) in begin {
                if let Some(cell) = values.get_mut(k) {
                    *cell = value;
                }
            }
            self.try_values(goal, &mut best, values)?;
        }
        for round in 0..if goal.levers.len() > 1 { ROUNDS } else { 1 } {
            let mut better = false;
            for &lever in &goal.levers {
                if (self.stale)() {
                    return Ok(None);
                }
                better |= self.climb(goal, &mut best, lever, round)?;
            }
            if !better {
                break;
            }
        }
        let Score::Gives(amount) = best.trial.score else {
            let Score::Passes(_, passed) = best.trial.score else { return Ok(None) };
            return Ok(Some(Reach::Cannot(passed)));
        };
        let mut stops = vec![None; best.values.len()];
        for &lever in &goal.levers {
            let stop = self.stop(goal, &best, amount, lever)?;
            if let Some(cell) = stops.get_mut(lever) {
                *cell = Some(stop);
            }
        }
        let Best { values, trial: Trial { parts, closest, .. } } = best;
        Ok(Some(Reach::Can(Found { amount, parts, values, stops, closest })))
    }

    fn try_values(&mut self, goal: &Goal, best: &mut Best, values: Vec<f64>) -> Result<bool> {
        if values == best.values {
            return Ok(false);
        }
        let trial = self.probe.run(goal, &values, Some(&best.trial.score))?;
        let Some(trial) = trial.filter(|trial| trial.score.beats(&best.trial.score)) else { return Ok(false) };
        *best = Best { values, trial };
        Ok(true)
    }

    fn try_lever(&mut self, goal: &Goal, best: &mut Best, lever: usize, value: f64) -> Result<bool> {
        let Some(handle) = self.probe.handles.get(lever) else { return Ok(false) };
        let mut values = best.values.clone();
        if let Some(cell) = values.get_mut(lever) {
            *cell = handle.domain.admit(value);
        }
        self.try_values(goal, best, values)
    }

    /// Moves one lever to where more is given.
    fn climb(&mut self, goal: &Goal, best: &mut Best, lever: usize, round: u32) -> Result<bool> {
        let Some(handle) = self.probe.handles.get(lever) else { return Ok(false) };
        let (low, high) = handle.domain.bounds();
        let mut better = false;
        if let Domain::Discrete { labels } = &handle.domain {
            for position in 0..labels.len() {
                better |= self.try_lever(goal, best, lever, position as f64)?;
            }
            return Ok(better);
        }
        if round == 0 {
            for k in 0..=GRID {
                let value = low + (high - low) * f64::from(k) / f64::from(GRID);
                better |= self.try_lever(goal, best, lever, value)?;
            }
        }
        let mut step = (high - low) / f64::from(2 * GRID);
        for _ in 0..HALVINGS {
            let here = best.values.get(lever).copied().unwrap_or(low);
            if self.try_lever(goal, best, lever, here + step)? || self.try_lever(goal, best, lever, here - step)? {
                better = true;
            }
            step *= 0.5;
        }
        Ok(better)
    }

    /// What keeps a lever where it was found: its range's end, a limit, or that more gives less.
    fn stop(&mut self, goal: &Goal, best: &Best, amount: f64, lever: usize) -> Result<Stop> {
        let Some(handle) = self.probe.handles.get(lever) else { return Ok(Stop::Nothing) };
        let domain = handle.domain.clone();
        let (low, high) = domain.bounds();
        let here = best.values.get(lever).copied().unwrap_or(low);
        let step = if matches!(domain, Domain::Discrete { .. }) { 1.0 } else { (high - low) * BEYOND };
        let (mut passed, mut less) = (None, false);
        for value in [here + step, here - step] {
            let value = domain.admit(value);
            if value == here {
                continue;
            }
            let mut values = best.values.clone();
            if let Some(cell) = values.get_mut(lever) {
                *cell = value;
            }
            match self.probe.run(goal, &values, None)?.map(|trial| trial.score) {
                Some(Score::Passes(_, what)) => passed = Some(what),
                Some(Score::Gives(given)) if given < amount - GAIN => less = true,
                _ => {}
            }
        }
        let at_end = here <= low || here >= high;
        Ok(match passed {
            Some(what) => Stop::Limit(what),
            None if at_end => Stop::End,
            None if less => Stop::Fades,
            None => Stop::Nothing,
        })
    }
}
