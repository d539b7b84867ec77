//! What controllers ask somebody outside: asked on threads of their own, answered between ticks.
//!
//! An answer may take minutes and a server may never answer, so that nobody waits for a thread: not the worker, which
//! goes on serving the person, and not the end of the session. A question that nobody wants any more (another run,
//! another controller, a future that was left) is skipped where it still waits, and its answer is dropped where it was
//! asked already.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::control::{Question, llm};
use crate::rollout::Rollout;

use super::handle::Message;
use super::view::ThinkingView;

/// Questions that may wait for a thread.
const WAITING: usize = 64;

/// Most threads that ask: so many servers may hang before a question waits for another.
const THREADS: usize = 8;

/// A question that is out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Out {
    number: u64,
    since: u64,
    waits: bool,
}

/// The questions of all slots of a run.
pub(super) struct Inquiries {
    desk: Desk,
    /// Which slots have a controller that asks.
    asks: Vec<bool>,
    out: Vec<Option<Out>>,
    /// Tick before which each slot was asked for last: a decision is asked for once.
    asked_at: Vec<Option<u64>>,
    /// Questions so far.
    asked: u64,
}

impl Inquiries {
    /// Nobody asks yet. Answers go to `answers`, with the number of the run.
    pub fn new(run: u64, answers: Sender<Message>) -> Self {
        Self { desk: Desk::new(run, answers), asks: Vec::new(), out: Vec::new(), asked_at: Vec::new(), asked: 0 }
    }

    /// Looks who asks and forgets every question that is out: a run begins, or goes on from another instant.
    pub fn begin(&mut self, rollout: &Rollout) {
        self.desk.open().clear();
        self.asks = rollout.slots().iter().map(|s| s.asks()).collect();
        self.out = vec![None; self.asks.len()];
        self.asked_at = vec![None; self.asks.len()];
    }

    /// Looks who asks after a slot got another controller, or its controller another parameter. What another controller
    /// was asked belongs to nobody. A tuned one that time stands for is asked again; a late answer stays welcome.
    pub fn renew(&mut self, rollout: &Rollout, slot: usize, same_controller: bool) {
        self.asks = rollout.slots().iter().map(|s| s.asks()).collect();
        let (Some(out), Some(asked_at)) = (self.out.get_mut(slot), self.asked_at.get_mut(slot)) else { return };
        if !same_controller {
            *asked_at = None;
        }
        if let Some(gone) = out.take_if(|out| out.waits || !same_controller) {
            self.desk.open().remove(&gone.number);
            *asked_at = None;
        }
    }

    /// Whether any controller ever asks.
    pub fn any(&self) -> bool {
        self.asks.contains(&true)
    }

    /// Whether time has to stand until an answer is there.
    pub fn wait(&self) -> bool {
        self.out.iter().flatten().any(|out| out.waits)
    }

    /// What a slot's controller thinks about.
    pub fn thinking(&self, slot: usize) -> Option<ThinkingView> {
        let out = self.out.get(slot).copied().flatten()?;
        Some(ThinkingView { since: out.since, waits: out.waits })
    }

    /// Asks for every slot that wants to before the next tick. Returns the answers of those that nobody could ask.
    pub fn consult(&mut self, rollout: &mut Rollout) -> Vec<(usize, String)> {
        let mut unasked = Vec::new();
        for slot in 0..self.asks.len() {
            let (Some(out), Some(asked_at)) = (self.out.get_mut(slot), self.asked_at.get_mut(slot)) else { continue };
            let tick = rollout.tick();
            if out.is_some() || *asked_at == Some(tick) || self.asks.get(slot) != Some(&true) {
                continue;
            }
            let Some(question) = rollout.question(slot) else { continue };
            *asked_at = Some(tick);
            self.asked += 1;
            let (number, waits) = (self.asked, question.wait);
            match self.desk.ask(number, question) {
                Ok(()) => *out = Some(Out { number, since: tick, waits }),
                Err(error) => unasked.push((slot, error)),
            }
        }
        unasked
    }

    /// The slot that an answer is for; `None` when nobody waits for it any more.
    pub fn answered(&mut self, number: u64) -> Option<usize> {
        let slot = self.out.iter().position(|out| out.is_some_and(|out| out.number == number))?;
        *self.out.get_mut(slot)? = None;
        Some(slot)
    }
}

/// Where questions wait for a thread.
struct Desk {
    run: u64,
    questions: Sender<(u64, Question)>,
    for_threads: Receiver<(u64, Question)>,
    answers: Sender<Message>,
    shared: Arc<Shared>,
    threads: usize,
}

/// What desk and threads share.
#[derive(Default)]
struct Shared {
    /// Questions that somebody still wants an answer to and nobody has asked yet.
    open: Mutex<BTreeSet<u64>>,
    /// Questions that wait or are being asked.
    under_way: AtomicUsize,
}

impl Desk {
    fn new(run: u64, answers: Sender<Message>) -> Self {
        let (questions, for_threads) = bounded(WAITING);
        Self { run, questions, for_threads, answers, shared: Arc::default(), threads: 0 }
    }

    fn open(&self) -> MutexGuard<'_, BTreeSet<u64>> {
        self.shared.open()
    }

    /// Hands a question to a thread; another one is started when all are busy. Fails with an answer that says so.
    fn ask(&mut self, number: u64, question: Question) -> Result<(), String> {
        let under_way = self.shared.under_way.fetch_add(1, Ordering::Relaxed) + 1;
        if under_way > self.threads && self.threads < THREADS {
            let (run, questions, answers) = (self.run, self.for_threads.clone(), self.answers.clone());
            let shared = Arc::clone(&self.shared);
            let thread = std::thread::Builder::new().name("c2g-asker".to_owned());
            // Nobody joins it: it ends when its desk is gone and its server has answered or timed out.
            if thread.spawn(move || shared.ask_all(run, &questions, &answers)).is_ok() {
                self.threads += 1;
            }
        }
        self.open().insert(number);
        if self.threads > 0 && self.questions.try_send((number, question)).is_ok() {
            return Ok(());
        }
        self.open().remove(&number);
        self.shared.under_way.fetch_sub(1, Ordering::Relaxed);
        let error = "too many questions wait for an answer that does not come";
        Err(serde_json::json!({ "error": error }).to_string())
    }
}

impl Shared {
    fn open(&self) -> MutexGuard<'_, BTreeSet<u64>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a thread does until the desk is gone.
    fn ask_all(&self, run: u64, questions: &Receiver<(u64, Question)>, answers: &Sender<Message>) {
        while let Ok((number, question)) = questions.recv() {
            let wanted = self.open().remove(&number);
            let told = !wanted || answers.send(Message::Answer { run, number, text: llm::ask(&question) }).is_ok();
            self.under_way.fetch_sub(1, Ordering::Relaxed);
            if !told {
                return;
            }
        }
    }
}
