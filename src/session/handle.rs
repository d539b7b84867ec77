//! The handle on a live world: starts its threads, hands out pictures, takes commands.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use arc_swap::ArcSwap;
use crossbeam_channel::{Receiver, Sender, TryRecvError, TrySendError, bounded};

use crate::config::{Document, Error, Result};
use crate::evaluate::Asked;
use crate::evaluate::headroom;
use crate::plant::Planned;
use crate::record::Refill;
use crate::rollout::{Rollout, Setup, World};

use super::again::Found;
use super::clock::Speed;
use super::command::Command;
use super::limits::{FoundLimits, OfLog};
use super::memory::{DEFAULT_BYTES, Memory};
use super::query::{Outlook, Query, look_ahead};
use super::reel::Worker;
use super::rerun::{Past, Rerun};
use super::view::{PlayState, RunView};
use super::why::WhyView;
use super::worker::Live;

/// How a session begins.
#[derive(Clone)]
pub struct SessionOptions {
    /// File that the full log goes to.
    pub log: Option<PathBuf>,
    /// Recorded logs, and folders of them, that are played in front of the run, the first one first.
    pub replay: Vec<PathBuf>,
    /// Column of tables among them that is taken for the time; `None` finds it.
    pub time_column: Option<String>,
    /// What befalls the run, and when.
    pub plan: Vec<Planned>,
    /// Whether time passes from the start.
    pub play: bool,
    /// Speed from the start.
    pub speed: Speed,
    /// Bytes that rows, what is told of them and snapshots may take; beyond that old rows go, and come back when they
    /// are looked at.
    pub memory_bytes: u64,
    /// Called whenever a new picture exists.
    pub wake: Option<Wake>,
}

impl Default for SessionOptions {
    fn default() -> Self {
        Self {
            log: None,
            replay: Vec::new(),
            time_column: None,
            plan: Vec::new(),
            play: false,
            speed: Speed::Factor(60.0),
            memory_bytes: DEFAULT_BYTES,
            wake: None,
        }
    }
}

/// Tells the window that a new picture exists.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// Messages that may wait for the worker; more are dropped, the person clicks again.
const WAITING: usize = 1_024;

/// What the worker is told.
pub(super) enum Message {
    Command(Command),
    Outlook(u64, Outlook),
    /// Rows of a run that were made again.
    Rows(Rows),
    /// What the site could give, with the number of the run.
    Headroom(u64, FoundLimits),
    /// What the thread of a log tells of its head-room, with the number of the log.
    LogHeadroom(u64, OfLog),
    /// What somebody outside answered to the question of this number in this run.
    Answer {
        run: u64,
        number: u64,
        text: String,
    },
    /// What came of running a recorded run again, with the number of the work.
    Again(u64, Found),
    /// What was found out about a tick, with the number of the question.
    Why(u64, WhyView),
    Stop,
}

/// Rows that were made again, or why they could not be.
pub(super) struct Rows {
    /// The run that they belong to.
    pub run: u64,
    /// The number of the question.
    pub number: u64,
    /// The rows.
    pub rows: Result<Refill>,
    /// Whether nothing follows.
    pub over: bool,
}

/// What handle and worker share.
pub(super) struct Shared {
    pub view: ArcSwap<RunView>,
    wake: Mutex<Option<Wake>>,
}

impl Shared {
    /// What begins with a first picture.
    pub fn new(view: ArcSwap<RunView>, wake: Option<Wake>) -> Self {
        Self { view, wake: Mutex::new(wake) }
    }

    /// Tells the window that there is something new.
    pub fn wake(&self) {
        // A poisoned lock means that a hook panicked; the picture is there all the same.
        let hook = self.wake.lock().map_or_else(|p| p.into_inner().clone(), |g| g.clone());
        if let Some(hook) = hook {
            hook();
        }
    }
}

/// A live world with its worker threads. Dropping it stops them and closes the log.
pub struct Session {
    world: World,
    shared: Arc<Shared>,
    sender: Sender<Message>,
    threads: Vec<JoinHandle<()>>,
}

impl Session {
    /// Builds the run and starts its worker.
    ///
    /// # Errors
    /// Everything that can be wrong with the setup, a log that cannot be created, and recorded logs none of which can
    /// be played.
    pub fn start(world: World, setup: Setup, options: SessionOptions) -> Result<Self> {
        let (sender, receiver) = bounded(WAITING);
        let (questions, asked) = bounded::<Question>(1);
        let mut live = Live::new(world.clone(), setup, questions, sender.clone())?;
        live.pace.play = if options.play { PlayState::Playing } else { PlayState::Paused };
        live.pace.speed = options.speed.admit();
        live.memory = Memory::new(options.memory_bytes);
        if let Some(path) = options.log {
            live.start_log(path)?;
        }
        for Planned { label, input, change, from, until } in options.plan {
            let ticks = until.map(|until| until.saturating_sub(from));
            live.arrange(Command::Plan { label, input, change, from, ticks });
        }
        let newest = Arc::clone(&live.newest_question);
        let mut work = Worker::new(world.clone(), live);
        if !options.replay.is_empty() {
            work.open(&options.replay, options.time_column.as_deref())?;
            work.pace().play = if options.play { PlayState::Playing } else { PlayState::Paused };
        }
        let view = work.picture();
        let shared = Arc::new(Shared::new(ArcSwap::from_pointee(view), options.wake));
        let spawn = |name: &str, work: Box<dyn FnOnce() + Send>| {
            std::thread::Builder::new().name(name.to_owned()).spawn(work).map_err(|e| {
                Error::invalid(
                    crate::config::Place::source("session"),
                    format!("no thread: {e}"),
                    "Close other programs and try again.",
                )
            })
        };
        let answers = sender.clone();
        let own = world.clone();
        let seer = spawn("c2g-queries", Box::new(move || answer_questions(&world, &asked, &newest, &answers)))?;
        let for_worker = Arc::clone(&shared);
        let worker = spawn("c2g-session", Box::new(move || work.run(&receiver, &for_worker)))?;
        Ok(Self { world: own, shared, sender, threads: vec![worker, seer] })
    }

    /// What can be built by name in this session.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// The newest picture.
    pub fn view(&self) -> Arc<RunView> {
        self.shared.view.load_full()
    }

    /// Asks the worker for something. Never blocks: what does not fit into the queue is dropped.
    pub fn send(&self, command: Command) {
        match self.sender.try_send(Message::Command(command)) {
            Ok(()) | Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {}
        }
    }

    /// Sets what is called whenever a new picture exists.
    pub fn set_wake(&self, wake: Wake) {
        if let Ok(mut hook) = self.shared.wake.lock() {
            *hook = Some(wake);
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Blocking here is right: the worker drains its queue within a batch.
        let _ = self.sender.send(Message::Stop);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// A question with setup and configuration of its run, so that the second worker can build the same one: a run that was
/// taken over from a log has that log's configuration.
pub(super) struct Question {
    pub setup: Setup,
    pub config: Arc<Document>,
    pub query: Query,
    pub number: u64,
}

impl Question {
    /// A question about the run of a rollout.
    pub fn of(rollout: &Rollout, query: Query, number: u64) -> Self {
        Self { setup: rollout.setup().clone(), config: Arc::clone(rollout.config()), query, number }
    }
}

/// A rollout of the run that was asked about last.
#[derive(Default)]
struct Own(Option<(u64, Rollout)>);

impl Own {
    /// That of a run; built anew when another one was asked about before.
    fn of(&mut self, world: &World, run: u64, setup: &Setup, config: &Document) -> Result<&mut Rollout> {
        self.or(run, || world.build_with(setup, config.clone()))
    }

    fn or(&mut self, run: u64, build: impl FnOnce() -> Result<Rollout>) -> Result<&mut Rollout> {
        let kept = self.0.take().filter(|(of, _)| *of == run);
        let rollout = kept.map_or_else(build, |(_, rollout)| Ok(rollout))?;
        Ok(&mut self.0.insert((run, rollout)).1)
    }
}

fn answer_questions(world: &World, asked: &Receiver<Question>, newest: &AtomicU64, answers: &Sender<Message>) {
    // A rerun takes its time and is left for every other question: each kind has a rollout of its own.
    let [mut ahead, mut back, mut apart, mut limits] = std::array::from_fn(|_| Own::default());
    let mut log: Option<Asked<'_>> = None;
    let mut rerun: Option<(Rerun, Setup, Arc<Document>)> = None;
    loop {
        let question = match &rerun {
            None => asked.recv().map_err(|_| TryRecvError::Disconnected),
            Some(_) => asked.try_recv(),
        };
        match question {
            Err(TryRecvError::Disconnected) => return,
            Err(TryRecvError::Empty) => {
                if let Some((work, setup, config)) = &mut rerun {
                    let part = back.of(world, work.run, setup, config).and_then(|rollout| work.go_on(rollout));
                    let Some((rows, over)) = part
                        .map(|part| part.map(|(rows, over)| (Ok(rows), over)))
                        .unwrap_or_else(|e| Some((Err(e), true)))
                    else {
                        continue;
                    };
                    // Waits where the worker is busy, so that no part is lost.
                    let gone =
                        answers.send(Message::Rows(Rows { run: work.run, number: work.number, rows, over })).is_err();
                    if over || gone {
                        rerun = None;
                    }
                }
            }
            Ok(Question { setup, config, query, number }) => match query {
                Query::Outlook { from, ticks, run } => {
                    let Ok(rollout) = ahead.of(world, run, &setup, &config) else { continue };
                    let stale = || newest.load(Ordering::Relaxed) != number;
                    if let Ok(Some(outlook)) = look_ahead(rollout, &from, ticks, &stale) {
                        let _ = answers.try_send(Message::Outlook(run, outlook));
                    }
                }
                Query::Why(asked) => {
                    let tick = asked.tick;
                    let told = {
                        let built = apart.of(world, asked.run, &setup, &config);
                        built.and_then(|rollout| asked.look(rollout))
                    };
                    let _ = answers.send(Message::Why(number, WhyView::of(tick, told)));
                }
                Query::WhyLog { path, tick } => {
                    let known = log.take().filter(|log| log.path() == path && tick < log.rows());
                    let opened = known.map_or_else(|| Asked::open(world, &path), Ok);
                    let told = opened.and_then(|mut asked| {
                        let told = asked.why(tick);
                        log = Some(asked);
                        told
                    });
                    let _ = answers.send(Message::Why(number, WhyView::of(tick, told)));
                }
                Query::Headroom { from, run } => {
                    // Bounded by its number of runs; a later instant is asked about when this one is answered.
                    let built = limits.of(world, run, &setup, &config);
                    let told = built.and_then(|rollout| headroom::find(rollout, &from, &|| false));
                    let found = FoundLimits { tick: from.tick, told: told.map(|found| found.map(Box::new)) };
                    let _ = answers.send(Message::Headroom(run, found));
                }
                // Whatever was run again before is not wanted any more.
                Query::Rows { ticks, snapshot, interventions, run } => {
                    rerun = Some((Rerun::new(Past::new(ticks, snapshot, interventions), run, number), setup, config));
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::rollout::Step;

    /// A run that was taken over from a log of another configuration has that configuration, which no setup tells.
    #[test]
    fn an_outlook_is_that_of_the_runs_own_configuration() {
        let world = World::default();
        let setup = Setup::default_day().unwrap();
        let mut config = world.configuration(&setup).unwrap();
        config.set("site.thermal.zone_b.c_mj_per_k=5000").unwrap();
        let mut own = world.build_with(&setup, config).unwrap();
        let (send, asked) = bounded(1);
        let (answers, told) = bounded(4);
        let from = Arc::new(own.snapshot());
        send.send(Question::of(&own, Query::Outlook { from, ticks: 180, run: 1 }, 1)).unwrap();
        drop(send);
        answer_questions(&world, &asked, &AtomicU64::new(1), &answers);
        let Ok(Message::Outlook(1, outlook)) = told.try_recv() else { unreachable!("an outlook was asked for") };
        let mut row = || (own.step().unwrap() == Step::Ran).then(|| own.row().to_vec());
        let rows: Vec<Vec<f64>> = (0..180).map_while(|_| row()).collect();
        let (tick, last) = outlook.rows.last().unwrap();
        let expected = rows.get(*tick as usize - 1).unwrap();
        assert!(last.iter().zip(expected).all(|(a, b)| a.to_bits() == b.to_bits()), "row before tick {tick}");
    }
}
