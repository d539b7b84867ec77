//! The thread behind the Lab: runs the study that was asked for last, tells how far it is, and gives up what nobody wants
//! any more.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, unbounded};

use crate::app::guard::guarded;
use crate::config::{Error, Place, Result};
use crate::evaluate::study::{self, Parameter, Progress, Shown, Values};
use crate::rollout::World;
use crate::session::Wake;

/// Shortest time between two words of how far it is.
const BEAT: Duration = Duration::from_millis(60);

/// A study with values.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LabKey {
    /// Name of the study.
    pub study: String,
    /// Values of its parameters, in their order; empty for the defaults.
    pub values: Vec<f64>,
    /// Folder of measured series; `None` for the embedded set.
    pub data: Option<PathBuf>,
}

/// What a study showed.
#[derive(Debug, Clone, PartialEq)]
pub struct LabShown {
    /// What it answers.
    pub key: LabKey,
    /// The values in words.
    pub words: String,
    /// Figures and findings.
    pub shown: Shown,
}

/// A study that is being run.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LabRunning {
    /// What is run.
    pub key: LabKey,
    /// So much is done.
    pub done: u64,
    /// Of so much; 0 while nobody can tell.
    pub of: u64,
    /// It was told to end.
    pub stopping: bool,
}

/// A study that could not be run.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LabFailed {
    /// What was asked for.
    pub key: LabKey,
    /// What is wrong.
    pub text: String,
    /// What to do.
    pub cure: String,
}

/// What the Lab knows.
#[derive(Debug, Clone, Default)]
pub struct LabBoard {
    /// Parameters of the studies that were opened, by name.
    pub parameters: BTreeMap<String, Arc<[Parameter]>>,
    /// What was shown last.
    pub shown: Option<Arc<LabShown>>,
    /// What is being run.
    pub running: Option<LabRunning>,
    /// What failed last.
    pub failed: Option<LabFailed>,
    /// What was stopped last.
    pub stopped: Option<LabKey>,
}

/// What the thread tells.
pub enum LabTold {
    /// Parameters of a study.
    Parameters(String, Vec<Parameter>),
    /// How far it is: done, of.
    Progress(u64, u64),
    /// What came of the asking with this number; nothing when it was stopped.
    Over(u64, Box<std::result::Result<Option<LabShown>, LabFailed>>),
}

impl LabBoard {
    /// Takes in what the thread told; `newest` is the number of the newest asking.
    pub fn take(&mut self, told: LabTold, newest: u64) {
        match told {
            LabTold::Parameters(name, list) => {
                self.parameters.insert(name, list.into());
            }
            LabTold::Progress(done, of) => {
                if let Some(running) = &mut self.running {
                    (running.done, running.of) = (done, of);
                }
            }
            LabTold::Over(number, outcome) => {
                match *outcome {
                    // A picture that is no longer the newest wish is still newer than the one before it.
                    Ok(Some(shown)) => {
                        self.failed = None;
                        self.shown = Some(Arc::new(shown));
                    }
                    Ok(None) => {}
                    Err(failed) => self.failed = Some(failed),
                }
                if number == newest
                    && let Some(running) = self.running.take()
                    && running.stopping
                {
                    self.stopped = Some(running.key);
                }
            }
        }
    }
}

/// Runs a study whose parameters are known.
///
/// # Errors
/// Unknown studies, plants that cannot be built so.
pub fn run(world: &World, key: &LabKey, parameters: &[Parameter], progress: &dyn Progress) -> Result<Option<LabShown>> {
    let study = study::find(&key.study)?;
    let mut values = Values::new(parameters.to_vec()).with_data(key.data.clone());
    for (k, value) in key.values.iter().enumerate() {
        values.put(k, *value);
    }
    let shown = study.run(world, &values, progress)?;
    let key = LabKey { values: values.values().to_vec(), ..key.clone() };
    Ok(shown.map(|shown| LabShown { key, words: values.words(), shown }))
}

/// The laboratory: a thread, and the way to it.
pub struct Laboratory {
    jobs: Option<Sender<(u64, LabKey)>>,
    told: Receiver<LabTold>,
    newest: Arc<AtomicU64>,
    thread: Option<JoinHandle<()>>,
}

impl Laboratory {
    /// Opens it; `wake` is called whenever there is something new.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn open(world: World, wake: Wake) -> Result<Self> {
        let (jobs, waiting) = unbounded::<(u64, LabKey)>();
        let (tell, told) = unbounded();
        let newest = Arc::new(AtomicU64::new(0));
        let own = Arc::clone(&newest);
        let work = move || work(&world, &waiting, &tell, &wake, &own);
        let thread = std::thread::Builder::new().name("c2g-lab".to_owned()).spawn(work).map_err(|e| {
            Error::invalid(Place::source("window"), format!("no thread: {e}"), "Close other programs and try again.")
        })?;
        Ok(Self { jobs: Some(jobs), told, newest, thread: Some(thread) })
    }

    /// Asks for a study. What is being run gives way.
    pub fn ask(&self, key: LabKey, board: &mut LabBoard) {
        let number = self.newest.fetch_add(1, Ordering::Relaxed) + 1;
        board.running = Some(LabRunning { key: key.clone(), ..LabRunning::default() });
        board.stopped = None;
        if let Some(jobs) = &self.jobs {
            let _ = jobs.send((number, key));
        }
    }

    /// Ends what is being run.
    pub fn stop(&self, board: &mut LabBoard) {
        if let Some(running) = &mut board.running
            && !running.stopping
        {
            running.stopping = true;
            let number = self.newest.fetch_add(1, Ordering::Relaxed) + 1;
            if let Some(jobs) = &self.jobs {
                // An asking for nothing, so that its end is told.
                let _ = jobs.send((number, LabKey::default()));
            }
        }
    }

    /// Puts on the board what has become known. Never waits.
    pub fn collect(&self, board: &mut LabBoard) {
        while let Ok(told) = self.told.try_recv() {
            board.take(told, self.newest.load(Ordering::Relaxed));
        }
    }
}

impl Drop for Laboratory {
    fn drop(&mut self) {
        self.newest.fetch_add(1, Ordering::Relaxed);
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Tells progress now and then, and whether somebody still wants the answer.
struct Watch<'a> {
    number: u64,
    newest: &'a AtomicU64,
    tell: &'a Sender<LabTold>,
    wake: &'a Wake,
    last: std::sync::Mutex<Instant>,
}

impl Progress for Watch<'_> {
    fn go_on(&self, done: u64, of: u64) -> bool {
        if let Ok(mut last) = self.last.try_lock()
            && last.elapsed() >= BEAT
        {
            *last = Instant::now();
            let _ = self.tell.send(LabTold::Progress(done, of));
            (self.wake)();
        }
        self.newest.load(Ordering::Relaxed) == self.number
    }
}

fn work(world: &World, waiting: &Receiver<(u64, LabKey)>, tell: &Sender<LabTold>, wake: &Wake, newest: &AtomicU64) {
    // Parameters are worked out once: choices come from the plant's configuration.
    let mut known: BTreeMap<String, Vec<Parameter>> = BTreeMap::new();
    while let Ok(first) = waiting.recv() {
        // Only the newest wish counts.
        let (number, key) = waiting.try_iter().last().unwrap_or(first);
        if key.study.is_empty() {
            let _ = tell.send(LabTold::Over(number, Box::new(Ok(None))));
            wake();
            continue;
        }
        let watch = Watch { number, newest, tell, wake, last: std::sync::Mutex::new(Instant::now()) };
        let outcome = guarded(|| {
            if !known.contains_key(&key.study) {
                let list = study::find(&key.study)?.parameters(world)?;
                let _ = tell.send(LabTold::Parameters(key.study.clone(), list.clone()));
                wake();
                known.insert(key.study.clone(), list);
            }
            run(world, &key, known.get(&key.study).map_or(&[][..], Vec::as_slice), &watch)
        });
        let failed = |text: String, cure: String| LabFailed { key: key.clone(), text, cure };
        let outcome = match outcome {
            Ok(Ok(shown)) => Ok(shown),
            Ok(Err(error)) => Err(failed(error.to_string(), error.cure())),
            Err(what) => Err(failed(format!("the study broke down: {what}"), "Set its parameters back.".to_owned())),
        };
        let _ = tell.send(LabTold::Over(number, Box::new(outcome)));
        wake();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::evaluate::study::Quiet;

    fn key(study: &str) -> LabKey {
        LabKey { study: study.to_owned(), ..LabKey::default() }
    }

    /// Collects until something is so, for ten seconds at most.
    fn until(lab: &Laboratory, board: &mut LabBoard, so: impl Fn(&LabBoard) -> bool) {
        for _ in 0..1_000 {
            lab.collect(board);
            if so(board) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        assert!(so(board), "nothing came within ten seconds");
    }

    #[test]
    fn a_study_is_run_and_its_parameters_are_known() {
        let lab = Laboratory::open(World::default(), Arc::new(|| {})).unwrap();
        let mut board = LabBoard::default();
        lab.ask(key("cop"), &mut board);
        assert!(board.running.is_some());
        until(&lab, &mut board, |b| b.running.is_none());
        let shown = board.shown.clone().unwrap();
        assert_eq!(shown.key.values.len(), board.parameters["cop"].len());
        let direct = run(&World::default(), &shown.key, &board.parameters["cop"], &Quiet).unwrap().unwrap();
        assert_eq!(*shown, direct, "the thread shows what the study shows");
    }

    #[test]
    fn the_newest_wish_counts_and_a_stop_ends_it() {
        let lab = Laboratory::open(World::default(), Arc::new(|| {})).unwrap();
        let mut board = LabBoard::default();
        for ambient in [10.0, 20.0, 30.0] {
            lab.ask(LabKey { values: vec![ambient], ..key("cop") }, &mut board);
        }
        until(&lab, &mut board, |b| b.running.is_none());
        assert_eq!(board.shown.clone().unwrap().key.values[0], 30.0);
        lab.ask(key("throttle"), &mut board);
        lab.stop(&mut board);
        until(&lab, &mut board, |b| b.running.is_none());
        assert_eq!(board.stopped.clone().unwrap().study, "throttle");
        assert_eq!(board.shown.clone().unwrap().key.study, "cop", "what was shown stays");
    }

    #[test]
    fn an_unknown_study_says_so() {
        let lab = Laboratory::open(World::default(), Arc::new(|| {})).unwrap();
        let mut board = LabBoard::default();
        lab.ask(key("moon"), &mut board);
        until(&lab, &mut board, |b| b.running.is_none());
        assert!(board.failed.unwrap().text.contains("moon"));
    }
}
