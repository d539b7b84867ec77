//! A part of the past, run again: from the nearest snapshot, with everything that was done from there on.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use crate::config::{Error, Place, Result};
use crate::record::{CHUNK_ROWS, Recorder, Refill};
use crate::rollout::{LoggedIntervention, Rollout, Snapshot, Step};

use super::history::History;
use super::query::Query;

/// Ticks that are run between two looks at what else is asked.
const SLICE: u64 = 64;

/// Rows that are handed on together while more are to come.
const HANDED_ROWS: u64 = 1_024;

/// Ticks to run again, and what has to be known to do it.
#[derive(Debug, Clone)]
pub(super) struct Past {
    ticks: Range<u64>,
    snapshot: Arc<Snapshot>,
    pending: VecDeque<LoggedIntervention>,
}

impl Past {
    /// Ticks `ticks`, run from a snapshot that is not after them, with what was done from its tick on.
    pub fn new(ticks: Range<u64>, snapshot: Arc<Snapshot>, interventions: Vec<LoggedIntervention>) -> Self {
        Self { ticks, snapshot, pending: interventions.into() }
    }

    /// The same as a question.
    pub fn into_query(self, run: u64) -> Query {
        Query::Rows { ticks: self.ticks, snapshot: self.snapshot, interventions: self.pending.into(), run }
    }

    /// Where it begins, and what was done from there on.
    pub fn into_parts(self) -> (Arc<Snapshot>, Vec<LoggedIntervention>) {
        (self.snapshot, self.pending.into())
    }

    /// Brings a rollout of the same setup to the snapshot.
    fn begin(&self, rollout: &mut Rollout) -> Result<()> {
        rollout.restore(&self.snapshot)
    }

    /// Runs the next tick; its row is the rollout's. `None` before the first one that is wanted.
    fn step(&mut self, rollout: &mut Rollout) -> Result<Option<u64>> {
        let tick = rollout.tick();
        while let Some(next) = self.pending.pop_front_if(|next| next.tick <= tick) {
            rollout.apply(&next.what)?;
        }
        if rollout.step()? == Step::Ended {
            return Err(Error::invalid(
                Place::source("history"),
                format!("the run ended at tick {tick} when ticks to {} were run again", self.ticks.end),
                "A controller of this run does not decide the same twice. Raise the memory budget to keep rows.",
            ));
        }
        Ok((tick >= self.ticks.start).then_some(tick))
    }

    /// Runs all of it and hands on the wanted rows.
    pub fn run(mut self, rollout: &mut Rollout, take: &mut dyn FnMut(u64, &[f64]) -> Result<()>) -> Result<()> {
        self.begin(rollout)?;
        while rollout.tick() < self.ticks.end {
            if let Some(tick) = self.step(rollout)? {
                take(tick, rollout.row())?;
            }
        }
        Ok(())
    }
}

/// A part of the past that is being run again, a slice at a time.
pub(super) struct Rerun {
    past: Past,
    /// What was run so far; `None` before the first tick.
    refill: Option<Refill>,
    /// The run that it belongs to.
    pub run: u64,
    /// The number of the question.
    pub number: u64,
}

impl Rerun {
    /// Nothing is run yet.
    pub fn new(past: Past, run: u64, number: u64) -> Self {
        Self { past, refill: None, run, number }
    }

    /// Runs some ticks. Returns rows as soon as there are many of them or all, and whether these are the last ones.
    pub fn go_on(&mut self, rollout: &mut Rollout) -> Result<Option<(Refill, bool)>> {
        let refill = match &mut self.refill {
            Some(refill) => refill,
            None => {
                self.past.begin(rollout)?;
                self.refill.insert(Refill::new(rollout.schema().len(), self.past.ticks.start))
            }
        };
        let end = self.past.ticks.end;
        let until = end.min(rollout.tick() + SLICE);
        while rollout.tick() < until {
            if self.past.step(rollout)?.is_some() {
                refill.push(rollout.row());
            }
        }
        let (over, rows) = (rollout.tick() >= end, refill.rows());
        Ok((over || rows.end - rows.start >= HANDED_ROWS).then(|| (refill.take(), over)))
    }
}

/// Makes the rows again that a recording must have before it goes on after `tick` ticks, and those just before them.
/// Leaves the rollout somewhere in the past.
///
/// # Errors
/// When the run does not come to the same rows again.
pub(super) fn mend(recorder: &mut Recorder, history: &History, rollout: &mut Rollout, tick: u64) -> Result<()> {
    let Some(lack) = recorder.lacks_before(tick) else { return Ok(()) };
    // Rates of the last minutes are read before the present as well.
    refill(recorder, history, rollout, Refill::around(&(lack.start.saturating_sub(1)..lack.end)))
}

/// Makes the rows of the chunk again that begins where the rollout stands, if they are gone: it is about to pass them.
///
/// # Errors
/// As [`mend`].
pub(super) fn mend_ahead(recorder: &mut Recorder, history: &History, rollout: &mut Rollout) -> Result<()> {
    let now = rollout.tick();
    if !now.is_multiple_of(CHUNK_ROWS as u64) || recorder.missing(now, now + 1).is_empty() {
        return Ok(());
    }
    let here = rollout.snapshot();
    let made = refill(recorder, history, rollout, Refill::around(&(now..now + 1)));
    rollout.restore(&here)?;
    made
}

fn refill(recorder: &mut Recorder, history: &History, rollout: &mut Rollout, rows: Range<u64>) -> Result<()> {
    let Some(past) = history.plan_for(rows) else { return Ok(()) };
    let mut refill = Refill::new(rollout.schema().len(), past.ticks.start);
    past.run(rollout, &mut |_, row| {
        refill.push(row);
        Ok(())
    })?;
    recorder.fill(refill).map(|_| ())
}

/// Hands on every row of a run in order. Those that are gone are made again; the rollout stands where it stood.
///
/// # Errors
/// Those of `take`, and a run that does not come to the same rows again.
pub(super) fn every_row(
    recorder: &Recorder,
    history: &History,
    rollout: &mut Rollout,
    take: &mut dyn FnMut(u64, &[f64]) -> Result<()>,
) -> Result<()> {
    let here = rollout.snapshot();
    let all = hand_on(recorder, history, rollout, take);
    rollout.restore(&here)?;
    all
}

fn hand_on(
    recorder: &Recorder,
    history: &History,
    rollout: &mut Rollout,
    take: &mut dyn FnMut(u64, &[f64]) -> Result<()>,
) -> Result<()> {
    let recording = recorder.picture();
    let mut row = vec![0.0; recorder.columns()];
    let mut next = 0;
    while next < recording.rows() {
        if recording.row(next, &mut row) {
            take(next, &row)?;
            next += 1;
            continue;
        }
        let gone = recording.missing(next, recording.rows()).first().map_or(next + 1, |gone| gone.end);
        let Some(past) = history.plan_for(next..gone) else { return Ok(()) };
        past.run(rollout, take)?;
        next = gone;
    }
    Ok(())
}
