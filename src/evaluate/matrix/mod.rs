//! The benchmark: agents times choices times seeds, played on all cores, as tables of means and of episodes.
//!
//! [`Plan::new`] says everything that is wrong with a [`Request`] before anything runs; [`run`] plays it. Results are
//! the same bytes for any number of cores, wall times apart: episodes share nothing, and tables grow in the order of the
//! plan. Tables end with a whole row at every moment, so that a killed run can be gone on with (`append`).

mod episode;
mod figures;
mod plan;
mod results;
mod sheet;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crossbeam_channel::Sender;

use crate::config::Result;
use crate::record::TransitionNames;
use crate::rollout::{Rollout, World};
use crate::trace::TraceSource;

use super::agents::{Kind, macro_and_hardware};
use episode::{Outcome, Wishes};
pub use figures::columns;
pub use plan::{Paths, Plan, RESULTS, Request, Row};
pub use results::Summary;
use results::Tables;

/// Where a benchmark stands: told after every episode.
#[derive(Debug, Clone, Copy)]
pub struct Progress<'a> {
    /// Episodes played or found in the files.
    pub done: u64,
    /// Episodes of the plan.
    pub total: u64,
    /// The row whose episode came last.
    pub row: &'a Row,
    /// A row of means that has become complete.
    pub summary: Option<&'a Summary>,
}

/// What a benchmark came to.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Rows of means in the order of the plan, those that were found in the files among them.
    pub summaries: Vec<Summary>,
    /// The files.
    pub files: Vec<PathBuf>,
    /// Episodes that were played.
    pub played: u64,
    /// Episodes that were found in the files.
    pub found: u64,
    /// Whether it was cancelled before its end.
    pub cancelled: bool,
    /// What a person should know about the episodes.
    pub warnings: Vec<String>,
}

/// Episodes of one row that one core plays one after the other.
struct Job {
    row: usize,
    episodes: std::ops::Range<usize>,
}

/// What a worker tells: an episode of a row, or what went wrong.
type Told = Result<(usize, usize, Outcome)>;

/// Plays a plan. `progress` is called on the calling thread; `cancel` ends the run within a moment, and the files hold
/// every row that was complete then.
///
/// # Errors
/// When a run cannot be built or a file cannot be written; files hold every row that was complete then.
pub fn run(plan: &Plan, progress: &dyn Fn(&Progress<'_>), cancel: &AtomicBool) -> Result<Report> {
    let mut tables = Tables::open(plan)?;
    let count = usize::try_from(plan.request.episodes).unwrap_or(usize::MAX);
    let lacking = |row: usize| (0..count).filter(|&e| tables.lacks(row, e)).collect::<Vec<_>>();
    let mut jobs = Vec::new();
    let mut wanted: Vec<Vec<bool>> = Vec::with_capacity(plan.rows.len());
    for row in 0..plan.rows.len() {
        let mut own = vec![false; count];
        let missing = lacking(row);
        for &e in &missing {
            if let Some(flag) = own.get_mut(e) {
                *flag = true;
            }
        }
        wanted.push(own);
        if plan.request.carry_state {
            // What is carried must be made again, also where some episodes stand in the file.
            jobs.extend((!missing.is_empty()).then_some(Job { row, episodes: 0..count }));
        } else {
            jobs.extend(missing.into_iter().map(|e| Job { row, episodes: e..e + 1 }));
        }
    }
    let played_now: u64 = wanted.iter().flatten().map(|&w| u64::from(w)).sum();
    let mut report = Report { found: plan.episodes() - played_now, files: tables.paths(), ..Report::default() };
    let total = plan.episodes();
    let stop = AtomicBool::new(false);
    let next = AtomicUsize::new(0);
    let shared = Shared { plan, traces: Mutex::default(), stop: &stop, cancel };
    let (tell, hear) = crossbeam_channel::unbounded::<Told>();
    let mut failed = None;
    std::thread::scope(|scope| {
        for _ in 0..plan.jobs().min(jobs.len()) {
            let (tell, jobs, next, shared) = (tell.clone(), &jobs, &next, &shared);
            scope.spawn(move || {
                while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if shared.stopped() || !shared.play(job, &tell) {
                        break;
                    }
                }
            });
        }
        drop(tell);
        for told in &hear {
            let done = told.and_then(|(r, e, outcome)| {
                let known = wanted.get(r).and_then(|own| own.get(e)).copied().unwrap_or(false);
                let Some(row) = plan.rows.get(r).filter(|_| known) else { return Ok(()) };
                report.played += 1;
                for warning in outcome.warnings.iter().filter(|w| !plan.warnings.contains(w)) {
                    if !report.warnings.contains(warning) {
                        report.warnings.push(warning.clone());
                    }
                }
                let done = report.found + report.played;
                let mut rows = Vec::new();
                tables.take(r, e, outcome, &mut |summary| rows.push(summary.clone()))?;
                progress(&Progress { done, total, row, summary: None });
                for summary in &rows {
                    progress(&Progress { done, total, row, summary: Some(summary) });
                }
                Ok(())
            });
            if let Err(error) = done {
                failed.get_or_insert(error);
                stop.store(true, Ordering::Relaxed);
            }
        }
    });
    if let Some(error) = failed {
        return Err(error);
    }
    report.summaries = tables.summaries();
    report.cancelled = cancel.load(Ordering::Relaxed) && report.found + report.played < total;
    Ok(report)
}

/// What all workers use.
struct Shared<'a> {
    plan: &'a Plan,
    /// Series by seed: a missing file is generated from the seed.
    traces: Mutex<BTreeMap<u64, Arc<dyn TraceSource>>>,
    stop: &'a AtomicBool,
    cancel: &'a AtomicBool,
}

impl Shared<'_> {
    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || self.cancel.load(Ordering::Relaxed)
    }

    /// Plays the episodes of a job; `false` when there is no use in going on.
    fn play(&self, job: &Job, tell: &Sender<Told>) -> bool {
        let mut before: Option<Rollout> = None;
        for e in job.episodes.clone() {
            match self.episode(job.row, e, before.take()) {
                Ok(Some((rollout, outcome))) => {
                    before = self.plan.request.carry_state.then_some(rollout);
                    if tell.send(Ok((job.row, e, outcome))).is_err() || self.stopped() {
                        return false;
                    }
                }
                Ok(None) => return false,
                Err(error) => {
                    let _ = tell.send(Err(error));
                    return false;
                }
            }
        }
        true
    }

    /// Plays an episode with the memories that the one `before` left, if any. `None` when it was cancelled.
    fn episode(&self, r: usize, e: usize, before: Option<Rollout>) -> Result<Option<(Rollout, Outcome)>> {
        let Some(row) = self.plan.rows.get(r) else { return Ok(None) };
        let setup = row.episode(e as u64);
        let traces = self.traces(&self.plan.world, &setup)?;
        let mut rollout = self.plan.world.build_on(&setup, row.config.clone(), traces)?;
        if let Some(before) = before {
            rollout.carry_memory(&before)?;
        }
        let wishes = self.wishes(row, e, &rollout);
        let outcome = episode::play(&mut rollout, &row.figures, &wishes, self.cancel)?;
        Ok(outcome.map(|outcome| (rollout, outcome)))
    }

    fn traces(&self, world: &World, setup: &crate::rollout::Setup) -> Result<Arc<dyn TraceSource>> {
        let mut traces = self.traces.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = traces.get(&setup.seed) {
            return Ok(Arc::clone(found));
        }
        let fresh = world.traces(setup)?;
        traces.insert(setup.seed, Arc::clone(&fresh));
        Ok(fresh)
    }

    fn wishes(&self, row: &Row, e: usize, rollout: &Rollout) -> Wishes {
        let silent = match (row.agent.kind, macro_and_hardware(rollout.spec())) {
            // The source writes the hardware's log only where a hardware agent was named.
            (Kind::Macro, Some((_, hardware))) => vec![hardware],
            _ => Vec::new(),
        };
        let names = TransitionNames { agent: row.agent.name.clone(), first_episode: e as u64, silent_slots: silent };
        let transitions = self.plan.request.transitions.as_ref().map(|dir| (self.plan.transition_dir(row, dir), names));
        Wishes { transitions, scores: self.plan.request.scores }
    }
}
