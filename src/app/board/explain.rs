//! The thread behind the tile Explain: works out what was done in a run, makes the run again where that is wanted, and gives
//! up what nobody wants any more.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, unbounded};

use crate::app::guard::guarded;
use crate::config::{Error, Place, Result};
use crate::evaluate::exhibit::Exhibit;
use crate::evaluate::explain::{self, Part, Wanted, Whole};
use crate::evaluate::study::Finding;
use crate::record::RunFolder;
use crate::rollout::World;
use crate::session::Wake;

/// Shortest time between two words of how far it is.
const BEAT: Duration = Duration::from_millis(80);
/// Longest wait for the log of the run that is shown.
const LOG_WAIT: Duration = Duration::from_secs(120);
/// Between two looks at it.
const LOOK_EVERY: Duration = Duration::from_millis(40);

/// What tells one explaining from another.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExplainKey {
    /// Number of the run, or of the replay.
    pub run: u64,
    /// The log that is played; empty on a live run.
    pub log: String,
    /// Rows that count.
    pub rows: u64,
    /// Whether the run is made again for what needs that.
    pub again: bool,
}

/// What is to be explained.
#[derive(Clone)]
pub struct Explaining {
    /// What tells it from others.
    pub key: ExplainKey,
    /// The rows, where the run is not made again.
    pub parts: Vec<Part>,
    /// The log, where it is; of a live run the place that its copy comes to.
    pub path: Option<PathBuf>,
    /// Whether the log is such a copy, which goes at the end.
    pub passing: bool,
    /// What the run is called.
    pub source: String,
}

impl std::fmt::Debug for Explaining {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Explaining").field("key", &self.key).field("path", &self.path).finish_non_exhaustive()
    }
}

impl PartialEq for Explaining {
    /// Rows are not looked at: the key says whose and how many they are.
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key && self.path == other.path
    }
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct ExplainShown {
    /// What it explains.
    pub key: ExplainKey,
    /// The figures.
    pub exhibits: Vec<Exhibit>,
    /// What they say.
    pub findings: Vec<Finding>,
    /// What a person should know.
    pub notes: Vec<String>,
    /// Rules in words, line by line.
    pub rules: String,
    /// Whether the plant has stories for which the run must be made again.
    pub may_again: bool,
}

/// What is being worked out.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ExplainRunning {
    /// What.
    pub key: ExplainKey,
    /// Part that is done, 0 to 1.
    pub share: f64,
    /// What is being done.
    pub what: String,
    /// It was told to end.
    pub stopping: bool,
}

/// What could not be worked out.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ExplainFailed {
    /// What.
    pub key: ExplainKey,
    /// What is wrong.
    pub text: String,
    /// What to do.
    pub cure: String,
}

/// What the tile knows.
#[derive(Debug, Clone, Default)]
pub struct ExplainBoard {
    /// What was found last.
    pub shown: Option<Arc<ExplainShown>>,
    /// What is being worked out.
    pub running: Option<ExplainRunning>,
    /// What failed last.
    pub failed: Option<ExplainFailed>,
}

enum Told {
    Progress(f64, String),
    Over(u64, Box<std::result::Result<Option<ExplainShown>, ExplainFailed>>),
}

/// Works it out. `watch` is told the part that is done and says whether to go on.
///
/// # Errors
/// A log that cannot be read, or that does not come.
pub fn run(world: &World, what: &Explaining, watch: &mut dyn FnMut(f64, &str) -> bool) -> Result<Option<ExplainShown>> {
    let whole = match &what.path {
        Some(path) if what.key.again => {
            let begin = Instant::now();
            while what.passing && !path.exists() {
                if !watch(0.0, "Waiting for the log of the run") {
                    return Ok(None);
                }
                if begin.elapsed() > LOG_WAIT {
                    let cure = "Let the run stand still and try again.";
                    return Err(Error::invalid(Place::file(path), "the log of the run does not come", cure));
                }
                std::thread::sleep(LOOK_EVERY);
            }
            let wanted = Wanted { path: path.clone(), source: what.source.clone(), ..Wanted::default() };
            let whole = explain::explain(world, &wanted, watch);
            if what.passing {
                let _ = std::fs::remove_file(path);
            }
            whole?
        }
        path => {
            let folder = path.as_ref().filter(|_| !what.passing).and_then(|p| RunFolder::around(p, world));
            Whole::of_rows(&what.parts, &what.source, folder, watch)
        }
    };
    Ok(whole.map(|whole| ExplainShown {
        key: what.key.clone(),
        rules: explain::rules_text(&whole.frame, &whole.told),
        may_again: explain::has_again(&whole.frame.spec),
        notes: whole.told.all_notes(),
        exhibits: whole.exhibits,
        findings: whole.findings,
    }))
}

/// A thread that explains, and the way to it.
pub struct Explainer {
    jobs: Option<Sender<(u64, Option<Box<Explaining>>)>>,
    told: Receiver<Told>,
    newest: Arc<AtomicU64>,
    thread: Option<JoinHandle<()>>,
}

impl Explainer {
    /// Opens it; `wake` is called whenever there is something new.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn open(world: World, wake: Wake) -> Result<Self> {
        let (jobs, waiting) = unbounded::<(u64, Option<Box<Explaining>>)>();
        let (tell, told) = unbounded();
        let newest = Arc::new(AtomicU64::new(0));
        let own = Arc::clone(&newest);
        let work = move || work(&world, &waiting, &tell, &wake, &own);
        let thread = std::thread::Builder::new().name("c2g-explain".to_owned()).spawn(work).map_err(|e| {
            Error::invalid(Place::source("window"), format!("no thread: {e}"), "Close other programs and try again.")
        })?;
        Ok(Self { jobs: Some(jobs), told, newest, thread: Some(thread) })
    }

    /// Asks for an explanation. What is being worked out gives way.
    pub fn ask(&self, what: Box<Explaining>, board: &mut ExplainBoard) {
        let number = self.newest.fetch_add(1, Ordering::Relaxed) + 1;
        board.running = Some(ExplainRunning { key: what.key.clone(), ..ExplainRunning::default() });
        board.failed = None;
        if let Some(jobs) = &self.jobs {
            let _ = jobs.send((number, Some(what)));
        }
    }

    /// Ends what is being worked out.
    pub fn stop(&self, board: &mut ExplainBoard) {
        if let Some(running) = &mut board.running
            && !running.stopping
        {
            running.stopping = true;
            let number = self.newest.fetch_add(1, Ordering::Relaxed) + 1;
            if let Some(jobs) = &self.jobs {
                // An asking for nothing, so that its end is told.
                let _ = jobs.send((number, None));
            }
        }
    }

    /// Puts on the board what has become known. Never waits.
    pub fn collect(&self, board: &mut ExplainBoard) {
        while let Ok(told) = self.told.try_recv() {
            match told {
                Told::Progress(share, what) => {
                    if let Some(running) = &mut board.running {
                        (running.share, running.what) = (share, what);
                    }
                }
                Told::Over(number, outcome) => {
                    match *outcome {
                        Ok(Some(shown)) => board.shown = Some(Arc::new(shown)),
                        Ok(None) => {}
                        Err(failed) => board.failed = Some(failed),
                    }
                    if number == self.newest.load(Ordering::Relaxed) {
                        board.running = None;
                    }
                }
            }
        }
    }
}

impl Drop for Explainer {
    fn drop(&mut self) {
        self.newest.fetch_add(1, Ordering::Relaxed);
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn work(
    world: &World,
    waiting: &Receiver<(u64, Option<Box<Explaining>>)>,
    tell: &Sender<Told>,
    wake: &Wake,
    newest: &AtomicU64,
) {
    while let Ok(first) = waiting.recv() {
        // Only the newest wish counts.
        let (number, what) = waiting.try_iter().last().unwrap_or(first);
        let Some(what) = what else {
            let _ = tell.send(Told::Over(number, Box::new(Ok(None))));
            wake();
            continue;
        };
        let mut last = Instant::now();
        let mut watch = |share: f64, words: &str| {
            if last.elapsed() >= BEAT {
                last = Instant::now();
                let _ = tell.send(Told::Progress(share, words.to_owned()));
                wake();
            }
            newest.load(Ordering::Relaxed) == number
        };
        let outcome = guarded(|| run(world, &what, &mut watch));
        let failed = |text: String, cure: String| ExplainFailed { key: what.key.clone(), text, cure };
        let outcome = match outcome {
            Ok(Ok(shown)) => Ok(shown),
            Ok(Err(error)) => Err(failed(error.to_string(), error.cure())),
            Err(words) => Err(failed(format!("it broke down: {words}"), "Try another run or log.".to_owned())),
        };
        let _ = tell.send(Told::Over(number, Box::new(outcome)));
        wake();
    }
}
