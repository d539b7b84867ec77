//! Why a tick came as it did: asked by the window, answered by the second worker, the newest wish first.

use std::path::PathBuf;
use std::sync::Arc;

use crate::config::{Error, Result};
use crate::rollout::{LoggedIntervention, Probe, Rollout, Snapshot, Why};

use super::query::Query;
use super::worker::Live;

/// What was found out about a tick.
#[derive(Debug, Clone, PartialEq)]
pub struct WhyView {
    /// The tick.
    pub tick: u64,
    /// What came of it; else what is in the way, and what to do about it.
    pub told: std::result::Result<Arc<Why>, (String, String)>,
}

impl WhyView {
    /// An answer to the question about a tick.
    pub(super) fn of(tick: u64, told: Result<Why>) -> Self {
        let told = told.map(Arc::new).map_err(|error: Error| (error.to_string(), error.cure()));
        Self { tick, told }
    }

    fn refused(tick: u64, what: &str, cure: &str) -> Self {
        Self { tick, told: Err((what.to_owned(), cure.to_owned())) }
    }
}

/// What belongs to a tick that is asked about.
#[derive(Debug, Clone)]
pub struct WhyAsked {
    /// The tick.
    pub tick: u64,
    /// Ticks that were run.
    pub known: u64,
    /// The nearest instant that is known, before every decision that is in force.
    pub snapshot: Arc<Snapshot>,
    /// What was done from there on.
    pub interventions: Vec<LoggedIntervention>,
    /// Number of the run it belongs to.
    pub run: u64,
}

impl WhyAsked {
    /// Finds it out on a rollout of the same setup.
    ///
    /// # Errors
    /// When the run does not come to the tick again.
    pub(super) fn look(self, rollout: &mut Rollout) -> Result<Why> {
        rollout.restore(&self.snapshot)?;
        let mut pending = self.interventions.into_iter().peekable();
        Probe::take_apart(rollout, self.tick, self.known, &mut |rollout| {
            let now = rollout.tick();
            while let Some(next) = pending.next_if(|next| next.tick <= now) {
                rollout.apply(&next.what)?;
            }
            Ok(true)
        })
    }
}

/// What is shown: a replay or not, and its number.
type Shown = (bool, u64);

/// The wish that is to be served, and the last answer.
#[derive(Default)]
pub(super) struct WhyDesk {
    wanted: Option<u64>,
    /// Number of the question that is out.
    out: Option<u64>,
    numbers: u64,
    of: Shown,
    answer: Option<WhyView>,
}

impl WhyDesk {
    /// Somebody wants to know about a tick of what is shown.
    pub fn want(&mut self, of: Shown, tick: u64) {
        if self.of != of {
            (self.of, self.answer, self.out) = (of, None, None);
        }
        self.wanted = Some(tick);
    }

    /// The wish that is to be served next, if none is being served.
    pub fn next(&self, of: Shown) -> Option<u64> {
        self.wanted.filter(|_| self.of == of && self.out.is_none())
    }

    /// The wish was sent on; returns the number of the question.
    fn sent(&mut self) -> u64 {
        self.numbers += 1;
        (self.wanted, self.out) = (None, Some(self.numbers));
        self.numbers
    }

    /// The wish cannot be served.
    fn refuse(&mut self, answer: WhyView) {
        (self.wanted, self.out, self.answer) = (None, None, Some(answer));
    }

    /// An answer came; whether it is the one that is out.
    pub fn answered(&mut self, number: u64, answer: WhyView) {
        if self.out == Some(number) {
            (self.out, self.answer) = (None, Some(answer));
        }
    }

    /// The last answer about what is shown.
    pub fn picture(&self, of: Shown) -> Option<WhyView> {
        self.answer.clone().filter(|_| self.of == of)
    }
}

/// What is asked about.
pub(super) enum Subject {
    /// The shown run.
    Live,
    /// A full log.
    Log(PathBuf),
    /// A log that does not hold what its run was begun with; what kind of log it is.
    Untold(&'static str),
}

impl Live {
    /// Sends the wish on, if there is one and room for it; true when there is something new to show.
    pub(super) fn ask_why(&mut self, desk: &mut WhyDesk, of: Shown, subject: Subject) -> bool {
        let Some(tick) = desk.next(of) else { return false };
        if self.questions.is_full() {
            return false;
        }
        let query = match subject {
            Subject::Live => match self.why(tick) {
                Some(asked) => Query::Why(Box::new(asked)),
                None => {
                    desk.refuse(WhyView::refused(tick, "This tick has not been run yet", "Choose one that has been."));
                    return true;
                }
            },
            Subject::Log(path) => Query::WhyLog { path, tick },
            Subject::Untold(kind) => {
                let what = format!("{kind}: it does not hold what the run was begun with");
                desk.refuse(WhyView::refused(tick, &what, "Only full logs can be run again (`--log FILE`)."));
                return true;
            }
        };
        let number = desk.sent();
        // The queue had room, and nobody else puts anything into it.
        let _ = self.questions.try_send(super::handle::Question::of(&self.course.rollout, query, number));
        false
    }

    fn why(&self, tick: u64) -> Option<WhyAsked> {
        let (course, spec) = (&self.course, self.course.rollout.spec());
        if tick >= course.reach() {
            return None;
        }
        let ticks = Probe::from(spec, tick)..Probe::until(spec, tick);
        let (snapshot, interventions) = course.history.plan_for(ticks)?.into_parts();
        Some(WhyAsked { tick, known: course.reach(), snapshot, interventions, run: self.number() })
    }
}
