//! Head-room of what is shown: of a run through the second worker, of a full log through a thread that runs it again
//! beside the clock, with word of how far it is.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, unbounded};

use crate::config::{Error, Result};
use crate::evaluate::headroom::Headroom;
use crate::evaluate::{Asked, Replay};
use crate::rollout::World;

use super::handle::{Message, Question};
use super::query::Query;
use super::worker::Live;

/// Shortest time between two words about progress.
const TELL_EVERY: Duration = Duration::from_millis(100);

/// What stands where no head-room is told.
#[derive(Debug, Clone, PartialEq)]
pub enum HeadroomNote {
    /// The log is being run again up to the instant: the part that is done, 0 to 1.
    Again(f64),
    /// Nothing can be told of an instant.
    Refused {
        /// Ticks run at the instant.
        tick: u64,
        /// What is in the way.
        what: String,
        /// What to do about it.
        cure: String,
    },
}

impl HeadroomNote {
    /// No head-room because of an error.
    pub(super) fn failed(tick: u64, error: &Error) -> Self {
        Self::Refused { tick, what: error.to_string(), cure: error.cure() }
    }

    /// No tick is left to run.
    pub(super) fn over(tick: u64) -> Self {
        let (what, cure) = ("no tick comes after this one", "Go to an earlier one.");
        Self::Refused { tick, what: what.to_owned(), cure: cure.to_owned() }
    }
}

/// What was found: of which instant, and head-room, nothing because no tick is left, or an error.
pub(super) struct FoundLimits {
    /// Ticks run at the instant.
    pub tick: u64,
    /// What came of it.
    pub told: Result<Option<Box<Headroom>>>,
}

/// What is known of the head-room of a run.
#[derive(Default)]
pub(super) struct Limits {
    told: Option<Arc<Headroom>>,
    note: Option<HeadroomNote>,
    /// Somebody wants to know it of the present.
    wanted: bool,
    /// It is being found: changes to the run when it was asked about.
    out: Option<u64>,
}

impl Limits {
    /// Somebody wants to know it of the present.
    pub fn want(&mut self) {
        self.wanted = true;
    }

    /// What is known was told of another state.
    pub fn forget(&mut self) {
        (self.told, self.note) = (None, None);
    }

    /// An answer came; `same` says of a number of changes whether it is the present one.
    pub fn found(&mut self, found: FoundLimits, same: impl Fn(u64) -> bool) {
        if !self.out.take().is_some_and(same) {
            // Something was done meanwhile: it was told of another state.
            self.wanted = true;
            return;
        }
        self.keep(found);
    }

    fn keep(&mut self, found: FoundLimits) {
        (self.told, self.note) = match found.told {
            Ok(Some(told)) => (Some(Arc::new(*told)), None),
            Ok(None) => (None, Some(HeadroomNote::over(found.tick))),
            Err(error) => (None, Some(HeadroomNote::failed(found.tick, &error))),
        };
    }

    /// Head-room as far as it is known before `tick` ticks.
    pub fn told(&self, tick: u64) -> Option<Arc<Headroom>> {
        self.told.clone().filter(|told| told.tick <= tick)
    }

    /// What stands where there is none.
    pub fn note(&self) -> Option<HeadroomNote> {
        self.note.clone()
    }
}

impl Live {
    /// Asks what the site could give, where somebody wants to know and nothing is being found.
    pub(super) fn ask_headroom(&mut self) {
        let rollout = &self.course.rollout;
        let limits = &self.limits;
        if !limits.wanted || limits.out.is_some() || rollout.end().is_some() || self.questions.is_full() {
            return;
        }
        let query = Query::Headroom { from: Arc::new(rollout.snapshot()), run: self.number() };
        // Not a newer question about the future: the outlook goes on.
        let number = self.newest_question.load(Ordering::Relaxed);
        if self.questions.try_send(Question::of(rollout, query, number)).is_ok() {
            (self.limits.wanted, self.limits.out) = (false, Some(self.changes));
        }
    }
}

/// What the thread of a log tells.
pub(super) enum OfLog {
    /// Part of running it again that is done, 0 to 1.
    Part(f64),
    /// An answer.
    Found(FoundLimits),
}

/// The head-room of a full log. Dropping it stops the thread.
pub(super) struct LogLimits {
    /// Number of the log: what is told of another one counts no more.
    pub number: u64,
    limits: Limits,
    wanted: Option<u64>,
    out: Option<u64>,
    wishes: Option<Sender<u64>>,
    stop: Arc<AtomicBool>,
}

impl Drop for LogLimits {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

impl LogLimits {
    /// A log that can be run again: the thread begins when somebody wants to know something.
    pub fn new(number: u64) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        Self { number, limits: Limits::default(), wanted: None, out: None, wishes: None, stop }
    }

    /// Somebody wants to know it of an instant of a log that cannot be run again, and why not.
    pub fn refuse(&mut self, tick: u64, kind: &str) {
        let what = format!("{kind}: it does not hold what the run was begun with");
        let cure = "Only full logs can be run again (`--log FILE`).".to_owned();
        self.limits.note = Some(HeadroomNote::Refused { tick, what, cure });
    }

    /// Somebody wants to know it of an instant of a full log.
    pub fn want(&mut self, world: &World, path: &Path, tick: u64, answers: &Sender<Message>) {
        if self.wishes.is_none() {
            let (wishes, asked) = unbounded();
            let teller = Teller { number: self.number, stop: Arc::clone(&self.stop), answers: answers.clone() };
            let (world, path) = (world.clone(), path.to_path_buf());
            let thread = std::thread::Builder::new().name("c2g-again".to_owned());
            // Nobody joins it: it ends soon after it is told to.
            match thread.spawn(move || teller.serve(&world, &path, &asked)) {
                Ok(_) => self.wishes = Some(wishes),
                Err(e) => {
                    let what = format!("no thread: {e}");
                    let cure = "Close other programs and try again.".to_owned();
                    self.limits.note = Some(HeadroomNote::Refused { tick, what, cure });
                    return;
                }
            }
        }
        self.wanted = Some(tick);
        self.send();
    }

    /// Sends the newest wish on where none is being served.
    fn send(&mut self) {
        if self.out.is_none()
            && let (Some(tick), Some(wishes)) = (self.wanted.take(), &self.wishes)
            && wishes.send(tick).is_ok()
        {
            self.out = Some(tick);
        }
    }

    /// Takes in what the thread tells.
    pub fn take(&mut self, told: OfLog) {
        match told {
            OfLog::Part(part) => self.limits.note = Some(HeadroomNote::Again(part)),
            OfLog::Found(found) => {
                self.limits.keep(found);
                self.out = None;
                self.send();
            }
        }
    }

    /// Head-room of the log as far as it is known; what is of a later instant than the shown one does not count.
    pub fn told(&self, tick: u64) -> Option<Arc<Headroom>> {
        self.limits.told(tick)
    }

    /// What stands where there is none.
    pub fn note(&self) -> Option<HeadroomNote> {
        self.limits.note()
    }
}

/// What the thread of a log needs.
struct Teller {
    number: u64,
    stop: Arc<AtomicBool>,
    answers: Sender<Message>,
}

impl Teller {
    /// Serves wishes until nobody has any; the newest one counts.
    fn serve(&self, world: &World, path: &Path, wishes: &Receiver<u64>) {
        let mut open: Option<Asked<'_>> = None;
        while let Ok(mut tick) = wishes.recv() {
            tick = wishes.try_iter().last().unwrap_or(tick);
            let told = self.find(world, path, tick, &mut open);
            if self.stop.load(Ordering::Relaxed) {
                return;
            }
            let found = OfLog::Found(FoundLimits { tick, told });
            if self.answers.send(Message::LogHeadroom(self.number, found)).is_err() {
                return;
            }
        }
    }

    fn find<'a>(
        &self,
        world: &'a World,
        path: &Path,
        tick: u64,
        open: &mut Option<Asked<'a>>,
    ) -> Result<Option<Box<Headroom>>> {
        // A log that is still being written has more rows by now.
        let asked = match open.take().filter(|asked| tick <= asked.rows()) {
            Some(asked) => open.insert(asked),
            None => open.insert(Asked::open_as(world, path, Replay::Recompute)?),
        };
        let mut last = Instant::now();
        let mut goes_on = |part: f64| {
            if last.elapsed() >= TELL_EVERY {
                last = Instant::now();
                // Somebody who has too much to do hears the next one.
                let _ = self.answers.try_send(Message::LogHeadroom(self.number, OfLog::Part(part)));
            }
            !self.stop.load(Ordering::Relaxed)
        };
        Ok(asked.headroom(tick, &mut goes_on)?.map(Box::new))
    }
}
