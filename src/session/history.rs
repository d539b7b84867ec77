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

/// What is needed to go back.
#[derive(Default)]
pub(super) struct History {
    snapshots: Vec<Arc<Snapshot>>,
    interventions: Vec<LoggedIntervention>,
    /// Ticks between snapshots, doubled whenever there are too many.
    every: u64,
}

impl History {
    /// A history that begins where the rollout stands.
    pub fn begin(rollout: &Rollout) -> Self {
        Self { snapshots: vec![Arc::new(rollout.snapshot())], interventions: Vec::new(), every: SNAPSHOT_EVERY }
    }

    /// Called after every tick.
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

    /// Notes an intervention before the next tick.
    pub fn note(&mut self, tick: u64, what: Intervention) {
        self.interventions.push(LoggedIntervention { tick, what });
    }

    /// All interventions so far, in order.
    pub fn interventions(&self) -> &[LoggedIntervention] {
        &self.interventions
    }

    /// Ticks that have to be run again to come to the instant after `tick` ticks.
    pub fn ticks_to(&self, tick: u64) -> u64 {
        let nearest = self.snapshots.partition_point(|s| s.tick <= tick);
        nearest.checked_sub(1).and_then(|i| self.snapshots.get(i)).map_or(0, |s| tick - s.tick)
    }

    /// What is needed to run some ticks again: the nearest snapshot, and what was done from there on until they end.
    pub fn plan_for(&self, ticks: Range<u64>) -> Option<Past> {
        let nearest = self.snapshots.partition_point(|s| s.tick <= ticks.start);
        let snapshot = Arc::clone(self.snapshots.get(nearest.checked_sub(1)?)?);
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

    /// Brings the rollout to the instant after `tick` ticks, as it was then, and forgets what came later.
    pub fn go_back(&mut self, rollout: &mut Rollout, tick: u64) -> Result<()> {
        let nearest = self.snapshots.partition_point(|s| s.tick <= tick);
        let Some(snapshot) = nearest.checked_sub(1).and_then(|i| self.snapshots.get(i)).cloned() else { return Ok(()) };
        rollout.restore(&snapshot)?;
        let from = self.interventions.partition_point(|i| i.tick < snapshot.tick);
        let mut pending = self.interventions.iter().skip(from).peekable();
        while rollout.tick() < tick {
            while let Some(next) = pending.next_if(|i| i.tick <= rollout.tick()) {
                rollout.apply(&next.what)?;
            }
            if rollout.step()? == crate::rollout::Step::Ended {
                break;
            }
        }
        self.snapshots.retain(|s| s.tick <= tick);
        self.interventions.retain(|i| i.tick < tick);
        Ok(())
    }
}
