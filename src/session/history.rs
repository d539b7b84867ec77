//! Snapshots every few minutes and every intervention: from these any tick of the run is made again.

use std::ops::Range;
use std::sync::Arc;

use crate::config::Result;
use crate::rollout::{Intervention, LoggedIntervention, Rollout, Snapshot};

use super::rerun::Past;

/// Ticks between two snapshots.
pub(super) const SNAPSHOT_EVERY: u64 = 180;

/// Most snapshots kept; beyond it every second one is dropped.
const MOST_SNAPSHOTS: usize = 4_096;

/// What is needed to go back, and to come again to where one was.
#[derive(Default)]
pub(super) struct History {
    snapshots: Vec<Arc<Snapshot>>,
    interventions: Vec<LoggedIntervention>,
    /// Interventions that are in force in the rollout; the others are still to come after going back.
    applied: usize,
    /// Interventions that the run began with: they are part of its first instant.
    first: usize,
    /// Ticks between snapshots, doubled whenever there are too many.
    every: u64,
}

impl History {
    /// A history that begins where the rollout stands.
    pub fn begin(rollout: &Rollout) -> Self {
        Self {
            snapshots: vec![Arc::new(rollout.snapshot())],
            interventions: Vec::new(),
            applied: 0,
            first: 0,
            every: SNAPSHOT_EVERY,
        }
    }

    /// The history of a run that is this one up to an instant. What was done there counts only where it is in force.
    pub fn fork(&self, tick: u64) -> Self {
        let later =
            |(index, i): &(usize, &LoggedIntervention)| i.tick < tick || (i.tick == tick && *index < self.applied);
        Self {
            snapshots: self.snapshots.iter().filter(|s| s.tick <= tick).cloned().collect(),
            interventions: self.interventions.iter().enumerate().filter(later).map(|(_, i)| i.clone()).collect(),
            applied: 0,
            first: self.first,
            every: self.every,
        }
    }

    /// Called after every tick that was never run before.
    pub fn tick(&mut self, rollout: &Rollout) {
        if !rollout.tick().is_multiple_of(self.every) {
            return;
        }
        self.snapshots.push(Arc::new(rollout.snapshot()));
        if self.snapshots.len() > MOST_SNAPSHOTS {
            self.every *= 2;
            let every = self.every;
            self.snapshots.retain(|s| s.tick.is_multiple_of(every));
        }
    }

    /// Notes an intervention before the next tick; it is in force already.
    pub fn note(&mut self, tick: u64, what: Intervention) {
        self.interventions.push(LoggedIntervention { tick, what });
        self.applied = self.interventions.len();
    }

    /// What was done so far is what the run begins with.
    pub fn found(&mut self) {
        self.first = self.interventions.len();
    }

    /// All interventions so far, in order.
    pub fn interventions(&self) -> &[LoggedIntervention] {
        &self.interventions
    }

    /// Whether something was done that is not in force yet: the run went back before it.
    pub fn pending(&self) -> bool {
        self.applied < self.interventions.len()
    }

    /// Whether just this was done before this tick.
    pub fn has(&self, tick: u64, what: &Intervention) -> bool {
        self.interventions.iter().rev().take_while(|i| i.tick >= tick).any(|i| i.tick == tick && i.what == *what)
    }

    /// Does again what was done before the next tick.
    pub fn replay(&mut self, rollout: &mut Rollout) -> Result<()> {
        while let Some(next) = self.interventions.get(self.applied).filter(|i| i.tick <= rollout.tick()) {
            rollout.apply(&next.what)?;
            self.applied += 1;
        }
        Ok(())
    }

    /// The last snapshot at or before an instant.
    fn nearest(&self, tick: u64) -> Option<&Arc<Snapshot>> {
        let after = self.snapshots.partition_point(|s| s.tick <= tick);
        self.snapshots.get(after.checked_sub(1)?)
    }

    /// Ticks that have to be run again to come to the instant after `tick` ticks.
    pub fn ticks_to(&self, tick: u64) -> u64 {
        self.nearest(tick).map_or(0, |s| tick - s.tick)
    }

    /// What is needed to run some ticks again: the nearest snapshot, and what was done from there on until they end.
    pub fn plan_for(&self, ticks: Range<u64>) -> Option<Past> {
        let snapshot = Arc::clone(self.nearest(ticks.start)?);
        let done = self.interventions.iter().skip_while(|i| i.tick < snapshot.tick);
        let done = done.take_while(|i| i.tick < ticks.end).cloned().collect();
        Some(Past::new(ticks, snapshot, done))
    }

    /// Room that snapshots and interventions take, bytes.
    pub fn bytes(&self) -> u64 {
        // Snapshots of a run are of much the same size; the newest one stands for all.
        let snapshot = self.snapshots.last().map_or(0, |snapshot| snapshot.size());
        let text = |i: &LoggedIntervention| match &i.what {
            Intervention::Answer { text, .. } => text.len(),
            _ => 0,
        };
        let done: usize = self.interventions.iter().map(|i| size_of::<LoggedIntervention>() + text(i)).sum();
        (self.snapshots.len() * snapshot + done) as u64
    }

    /// Brings the rollout to the instant after `tick` ticks, as it was when it first came there: what was done at that
    /// instant is still to come.
    pub fn bring(&mut self, rollout: &mut Rollout, tick: u64) -> Result<()> {
        let Some(snapshot) = self.nearest(tick).cloned() else { return Ok(()) };
        rollout.restore(&snapshot)?;
        self.applied = self.interventions.partition_point(|i| i.tick < snapshot.tick);
        for founding in self.interventions.iter().take(self.first).skip(self.applied) {
            rollout.apply(&founding.what)?;
            self.applied += 1;
        }
        while rollout.tick() < tick {
            self.replay(rollout)?;
            if rollout.step()? == crate::rollout::Step::Ended {
                break;
            }
        }
        Ok(())
    }
}
