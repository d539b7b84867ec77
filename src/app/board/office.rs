//! The threads behind the board: one reads files and probes policies, one runs the benchmark.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, unbounded};

use crate::app::guard::guarded;
use crate::app::layout_file::LayoutFile;
use crate::app::panel::check_tour;
use crate::app::samples::SAMPLES;
use crate::config::{Error, Place, Result};
use crate::evaluate::compare::kpi::{KpiRow, KpiRun, kpis};
use crate::evaluate::matrix::{self, Plan, Report, Request};
use crate::rollout::World;
use crate::session::Wake;
use crate::session::tour::{self, Tour};

use super::read::{self, Listed};
use super::taking::{self, Take, TakePictures, Taking};
use super::{
    Answered, Ask, Asking, Board, Compare, Compared, Explainer, Export, Laboratory, Policy, Progress, Sampled, Stored,
    policy,
};

/// Shortest time between two pictures of the progress.
const BEAT: Duration = Duration::from_millis(100);

/// Asks for something from another thread, a file dialog for instance.
pub type Post = Arc<dyn Fn(Ask) + Send + Sync>;

/// What the threads tell.
enum Tell {
    Stored(Stored),
    Models(Vec<PathBuf>),
    Key(Option<&'static str>),
    Compared(Compared),
    Exported(Result<String>),
    Tour(Box<Tour>),
    Sample(Sampled),
    Answered(Answered, bool),
    Taking(Taking),
    Taken(Box<Result<String>>),
    Layout(Box<LayoutFile>),
    Policy(Policy),
    Problem(Error),
    Progress(Progress),
    Finished(Box<Result<Report>>),
}

/// What the reading thread is told.
enum Job {
    Ask(Ask),
    Export(PathBuf, Box<Export>),
    /// Questions, with the number of the asking: a newer one takes its place.
    Question(u64, Box<Asking>),
    Take(PathBuf, Box<Take>),
    /// Rows were added to a file.
    Again(PathBuf),
    Stop,
}

/// Tells the window something and wakes it.
#[derive(Clone)]
struct Teller {
    tell: Sender<Tell>,
    wake: Wake,
}

impl Teller {
    fn tell(&self, what: Tell) {
        // Nobody hears when the window is gone.
        let _ = self.tell.send(what);
        (self.wake)();
    }
}

/// A benchmark that runs.
struct Runner {
    cancel: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

/// Reads results, runs benchmarks and looks at policies for a [`Board`]. Dropping it cancels what runs; result files then
/// hold every row that was complete.
pub struct Office {
    world: World,
    teller: Teller,
    told: Receiver<Tell>,
    post: Sender<Ask>,
    posted: Receiver<Ask>,
    jobs: Sender<Job>,
    clerk: Option<JoinHandle<()>>,
    /// Number of the newest asking.
    asked: Arc<AtomicU64>,
    runner: Option<Runner>,
    /// Draws pictures and films.
    painter: Option<Runner>,
    /// Runs studies.
    laboratory: Laboratory,
    /// Explains runs.
    explainer: Explainer,
}

/// What a person should hear beside what stands on the board.
#[derive(Debug)]
pub enum News {
    /// Something went as wished.
    Done(String),
    /// Something could not be done.
    Problem(Error),
    /// The session has to do something first.
    Wants(crate::session::Command),
}

impl Office {
    /// Opens an office; `wake` is called whenever there is something to [collect](Self::collect).
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn open(world: World, wake: Wake) -> Result<Self> {
        let (tell, told) = unbounded();
        let (post, posted) = unbounded();
        let (jobs, waiting) = unbounded();
        let teller = Teller { tell, wake };
        let (own, of) = (teller.clone(), world.clone());
        let asked = Arc::new(AtomicU64::new(0));
        let newest = Arc::clone(&asked);
        let clerk = spawn("c2g-board", move || clerk(&of, &waiting, &own, &newest))?;
        let laboratory = Laboratory::open(world.clone(), Arc::clone(&teller.wake))?;
        let explainer = Explainer::open(world.clone(), Arc::clone(&teller.wake))?;
        Ok(Self {
            laboratory,
            explainer,
            world,
            teller,
            told,
            post,
            posted,
            jobs,
            clerk: Some(clerk),
            asked,
            runner: None,
            painter: None,
        })
    }

    /// A way to ask from another thread.
    pub fn post(&self) -> Post {
        let (post, wake) = (self.post.clone(), Arc::clone(&self.teller.wake));
        Arc::new(move |ask| {
            let _ = post.send(ask);
            wake();
        })
    }

    /// Takes up what the board asks for and puts on it what has become known. Never waits.
    pub fn collect(&mut self, board: &mut Board) -> Vec<News> {
        let mut news = Vec::new();
        let asks: Vec<Ask> = board.asks.drain(..).chain(self.posted.try_iter()).collect();
        for ask in asks {
            match ask {
                Ask::Benchmark(request) => {
                    if let Err(error) = self.begin(*request, board) {
                        news.push(News::Problem(error));
                    }
                }
                Ask::Cancel => {
                    if let (Some(runner), Some(progress)) = (&self.runner, &mut board.progress) {
                        runner.cancel.store(true, Ordering::Relaxed);
                        progress.stopping = true;
                    }
                }
                Ask::Export(path) => {
                    if let Some(export) = board.export.take() {
                        let _ = self.jobs.send(Job::Export(path, Box::new(export)));
                    }
                }
                Ask::Question(asking) => {
                    let number = self.asked.fetch_add(1, Ordering::Relaxed) + 1;
                    board.asking = Some(asking.key.clone());
                    let _ = self.jobs.send(Job::Question(number, asking));
                }
                Ask::Take(path) => match board.take.take() {
                    Some(Take::Pictures(pictures)) => match self.paint(path, *pictures, board) {
                        Ok(wanted) => news.extend(wanted.map(News::Wants)),
                        Err(error) => news.push(News::Problem(error)),
                    },
                    Some(take) => {
                        let _ = self.jobs.send(Job::Take(path, Box::new(take)));
                    }
                    None => {}
                },
                Ask::Study(key) => self.laboratory.ask(key, &mut board.lab),
                Ask::StopStudy => self.laboratory.stop(&mut board.lab),
                Ask::Explain(mut what) => {
                    if what.key.again && what.path.is_none() {
                        // A live run is made again from a copy of its log.
                        let place = taking::log_place();
                        news.push(News::Wants(crate::session::Command::CopyLog(place.clone())));
                        (what.path, what.passing) = (Some(place), true);
                    }
                    self.explainer.ask(what, &mut board.explain);
                }
                Ask::StopExplain => self.explainer.stop(&mut board.explain),
                Ask::StopTaking => {
                    if let (Some(painter), Some(taking)) = (&self.painter, &mut board.taking) {
                        painter.cancel.store(true, Ordering::Relaxed);
                        taking.stopping = true;
                    }
                }
                other => {
                    match &other {
                        Ask::Compare(what) => board.comparing = Some(what.key.clone()),
                        Ask::Check(path) => board.policy = Some(Policy::Reading(path.clone())),
                        Ask::Fit(paths) => {
                            let reading = paths.iter().map(|path| (path.clone(), Policy::Reading(path.clone())));
                            board.networks.extend(reading);
                        }
                        _ => {}
                    }
                    let _ = self.jobs.send(Job::Ask(other));
                }
            }
        }
        self.laboratory.collect(&mut board.lab);
        self.explainer.collect(&mut board.explain);
        while let Ok(told) = self.told.try_recv() {
            match told {
                Tell::Stored(stored) => board.stored = Arc::new(stored),
                Tell::Models(models) => board.models = models.into(),
                Tell::Key(key) => board.key = key,
                Tell::Compared(compared) => {
                    if board.comparing.as_ref() == Some(&compared.key) {
                        board.comparing = None;
                    }
                    board.compared = Some(Arc::new(compared));
                }
                Tell::Tour(tour) => board.tour = Some(tour),
                Tell::Sample(sample) => board.sample = Some(sample),
                Tell::Answered(answered, over) => {
                    if over && board.asking.as_ref() == Some(&answered.key) {
                        board.asking = None;
                    }
                    board.answered = Some(Arc::new(answered));
                }
                Tell::Exported(Ok(words)) => news.push(News::Done(words)),
                Tell::Exported(Err(error)) => news.push(News::Problem(error)),
                Tell::Taking(taking) => {
                    let stopping = board.taking.as_ref().is_some_and(|t| t.stopping);
                    board.taking = Some(Taking { stopping, ..taking });
                }
                Tell::Taken(outcome) => {
                    board.taking = None;
                    if let Some(painter) = self.painter.take() {
                        let _ = painter.thread.join();
                    }
                    news.push(outcome.map_or_else(News::Problem, News::Done));
                }
                Tell::Layout(file) => board.layout = Some(*file),
                Tell::Policy(policy) => {
                    board.networks.insert(path_of(&policy).to_path_buf(), policy.clone());
                    // The card of a file that nobody asks about any more is not shown.
                    if board.policy.as_ref().is_some_and(|asked| path_of(asked) == path_of(&policy)) {
                        board.policy = Some(policy);
                    }
                }
                Tell::Problem(error) => news.push(News::Problem(error)),
                Tell::Progress(progress) => {
                    let stopping = board.progress.as_ref().is_some_and(|p| p.stopping);
                    board.progress = Some(Progress { stopping, ..progress });
                }
                Tell::Finished(outcome) => {
                    board.progress = None;
                    if let Some(runner) = self.runner.take() {
                        let _ = runner.thread.join();
                    }
                    news.extend(ending(*outcome));
                }
            }
        }
        news
    }

    /// Begins a benchmark, one at a time.
    fn begin(&mut self, request: Request, board: &mut Board) -> Result<()> {
        if self.runner.is_some() {
            let cure = "Wait until it is done, or cancel it.";
            return Err(Error::invalid(Place::source("benchmark"), "another benchmark is running", cure));
        }
        let cancel = Arc::new(AtomicBool::new(false));
        let (world, teller, jobs, flag) =
            (self.world.clone(), self.teller.clone(), self.jobs.clone(), Arc::clone(&cancel));
        let thread = spawn("c2g-benchmark", move || {
            let outcome = guarded(|| play(&world, request, &teller, &jobs, &flag));
            let broken = |what: String| {
                Err(Error::invalid(
                    Place::source("benchmark"),
                    format!("it broke down: {what}"),
                    "Its files hold every row that was complete. Start it again to go on.",
                ))
            };
            teller.tell(Tell::Finished(Box::new(outcome.unwrap_or_else(broken))));
        })?;
        self.runner = Some(Runner { cancel, thread });
        board.progress = Some(Progress::default());
        Ok(())
    }
}

impl Office {
    /// Begins to draw pictures, one after the other; returns what the session has to do for it.
    fn paint(
        &mut self,
        path: PathBuf,
        take: TakePictures,
        board: &mut Board,
    ) -> Result<Option<crate::session::Command>> {
        if self.painter.is_some() {
            let cure = "Wait until it is done, or cancel it.";
            return Err(Error::invalid(Place::file(&path), "another picture is being drawn", cure));
        }
        let log = take.log.is_none().then(taking::log_place);
        let wanted = log.clone().map(crate::session::Command::CopyLog);
        let cancel = Arc::new(AtomicBool::new(false));
        let (teller, flag, place) = (self.teller.clone(), Arc::clone(&cancel), path.clone());
        let thread = spawn("c2g-pictures", move || {
            let tell = |taking| teller.tell(Tell::Taking(taking));
            let drawn = guarded(|| taking::draw(&path, &take, log.clone(), &flag, &tell));
            let broken = |what: String| {
                Err(Error::invalid(Place::file(&path), format!("it broke down: {what}"), "Try another size."))
            };
            teller.tell(Tell::Taken(Box::new(drawn.unwrap_or_else(broken))));
        })?;
        self.painter = Some(Runner { cancel, thread });
        board.taking = Some(Taking { path: place, ..Taking::default() });
        Ok(wanted)
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        if let Some(painter) = self.painter.take() {
            painter.cancel.store(true, Ordering::Relaxed);
            let _ = painter.thread.join();
        }
        // Waiting is short: an episode looks at the flag every few ticks.
        if let Some(runner) = self.runner.take() {
            runner.cancel.store(true, Ordering::Relaxed);
            let _ = runner.thread.join();
        }
        self.asked.fetch_add(1, Ordering::Relaxed);
        let _ = self.jobs.send(Job::Stop);
        if let Some(clerk) = self.clerk.take() {
            let _ = clerk.join();
        }
    }
}

fn path_of(policy: &Policy) -> &Path {
    match policy {
        Policy::Reading(path) | Policy::Failed { path, .. } => path,
        Policy::Card(view) => &view.path,
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>> {
    std::thread::Builder::new().name(name.to_owned()).spawn(work).map_err(|e| {
        Error::invalid(Place::source("window"), format!("no thread: {e}"), "Close other programs and try again.")
    })
}

/// What a person hears of the end of a benchmark.
fn ending(outcome: Result<Report>) -> Vec<News> {
    let report = match outcome {
        Ok(report) => report,
        Err(error) => return vec![News::Problem(error)],
    };
    let files: Vec<String> = report.files.iter().map(|f| f.display().to_string()).collect();
    let done = report.played + report.found;
    let found = if report.found > 0 { format!(", {} of them from the files", report.found) } else { String::new() };
    let mut news = vec![News::Done(if report.cancelled {
        format!(
            "Benchmark cancelled after {done} episodes{found}; the same choices go on. Complete rows: {}",
            files.join(", ")
        )
    } else {
        format!("Benchmark done: {done} episodes{found}, in {}", files.join(", "))
    })];
    news.extend(report.warnings.iter().map(|w| News::Done(format!("Benchmark: {w}"))));
    news
}

/// Plays a benchmark and tells how far it is.
fn play(world: &World, request: Request, teller: &Teller, jobs: &Sender<Job>, cancel: &AtomicBool) -> Result<Report> {
    let plan = Plan::new(world, request)?;
    let total = plan.episodes();
    teller.tell(Tell::Progress(Progress { total, ..Progress::default() }));
    let begin = Instant::now();
    let state = std::cell::Cell::new((None::<Instant>, None::<u64>));
    let episodes = plan.paths.episodes.clone();
    let report = matrix::run(
        &plan,
        &|progress| {
            if progress.summary.is_some() {
                let _ = jobs.send(Job::Again(episodes.clone()));
                return;
            }
            let (last, first) = state.get();
            // What was found in the files took no time.
            let first = first.unwrap_or(progress.done.saturating_sub(1));
            let due = last.is_none_or(|last| last.elapsed() >= BEAT) || progress.done == total;
            state.set((if due { Some(Instant::now()) } else { last }, Some(first)));
            if !due {
                return;
            }
            let played = progress.done.saturating_sub(first);
            let rest = total.saturating_sub(progress.done);
            let left_s = (played > 0).then(|| begin.elapsed().as_secs_f64() / played as f64 * rest as f64);
            let now = format!("{} · {}", progress.row.agent.name, progress.row.lead());
            teller.tell(Tell::Progress(Progress { done: progress.done, total, left_s, now, stopping: false }));
        },
        cancel,
    )?;
    if report.played + report.found > 0 {
        let _ = jobs.send(Job::Again(episodes));
    }
    Ok(report)
}

/// Reads files and policies, one after the other. Wishes that came together are read together.
fn clerk(world: &World, jobs: &Receiver<Job>, teller: &Teller, newest: &AtomicU64) {
    let mut files: Vec<Listed> = Vec::new();
    while let Ok(first) = jobs.recv() {
        let mut changed = false;
        for job in std::iter::once(first).chain(jobs.try_iter().collect::<Vec<_>>()) {
            let ask = match job {
                Job::Ask(ask) => ask,
                Job::Again(path) => {
                    list(&mut files, path, false);
                    changed = true;
                    continue;
                }
                Job::Export(path, export) => {
                    teller.tell(Tell::Exported(write(&path, &export)));
                    continue;
                }
                Job::Question(number, asking) => {
                    let stale = || newest.load(Ordering::Relaxed) != number;
                    // Questions that cannot be answered leave their places empty.
                    let _ = guarded(|| answer(&asking, &stale, teller));
                    continue;
                }
                Job::Take(path, take) => {
                    let written = guarded(|| taking::write(&path, &take));
                    let broken = |what: String| {
                        let cure = "Choose another place.";
                        Err(Error::invalid(Place::file(&path), format!("it cannot be written: {what}"), cure))
                    };
                    teller.tell(Tell::Exported(written.unwrap_or_else(broken)));
                    continue;
                }
                Job::Stop => return,
            };
            match ask {
                Ask::Look => {
                    read::in_results().into_iter().for_each(|path| list(&mut files, path, false));
                    teller.tell(Tell::Models(read::in_models()));
                    teller.tell(Tell::Key(crate::control::llm::key_name()));
                    changed = true;
                }
                Ask::Read(paths) => {
                    paths.into_iter().for_each(|path| list(&mut files, path, true));
                    changed = true;
                }
                Ask::Forget => {
                    files.clear();
                    changed = true;
                }
                Ask::Check(path) => teller.tell(Tell::Policy(look(world, &path))),
                Ask::Fit(paths) => paths.iter().for_each(|path| teller.tell(Tell::Policy(look(world, path)))),
                Ask::Compare(what) => {
                    // A comparison that cannot be made leaves its place empty.
                    let rows = guarded(|| compare(&what)).unwrap_or_default();
                    teller.tell(Tell::Compared(Compared { key: what.key, rows }));
                }
                Ask::Tour(name) => {
                    let read = tour::find(&name, world).and_then(|tour| check_tour(&tour).map(|()| tour));
                    teller.tell(read.map_or_else(Tell::Problem, |tour| Tell::Tour(Box::new(tour))));
                }
                Ask::Sample(index) => {
                    let Some(sample) = SAMPLES.get(index) else { continue };
                    let results = sample.results;
                    let laid = sample.place().map(|path| Sampled { path, results });
                    teller.tell(laid.map_or_else(Tell::Problem, Tell::Sample));
                }
                Ask::Layout(path) => match LayoutFile::read(&path) {
                    Ok(file) => teller.tell(Tell::Layout(Box::new(file))),
                    Err(error) => teller.tell(Tell::Problem(error)),
                },
                Ask::Benchmark(_)
                | Ask::Cancel
                | Ask::Export(_)
                | Ask::Question(_)
                | Ask::Take(_)
                | Ask::StopTaking
                | Ask::Study(_)
                | Ask::StopStudy
                | Ask::Explain(_)
                | Ask::StopExplain => {}
            }
        }
        if changed {
            match guarded(|| read::read(&mut files)) {
                Ok((stored, errors)) => {
                    errors.into_iter().for_each(|error| teller.tell(Tell::Problem(error)));
                    teller.tell(Tell::Stored(stored));
                }
                Err(what) => {
                    let error = Error::invalid(
                        Place::source("results"),
                        format!("they cannot be read: {what}"),
                        "Open fewer files at a time to find the one that is broken.",
                    );
                    files.clear();
                    teller.tell(Tell::Problem(error));
                }
            }
        }
    }
}

/// Answers questions and tells the answers now and then, and all of them at the end.
fn answer(asking: &Asking, stale: &dyn Fn() -> bool, teller: &Teller) {
    let mut told = Instant::now();
    super::answer_all(asking, stale, &mut |answered| {
        let over = answered.is_whole();
        if over || told.elapsed() >= BEAT {
            told = Instant::now();
            teller.tell(Tell::Answered(answered.clone(), over));
        }
    });
}

/// The metrics of runs against those of the first; none where rows are gone that they would need.
fn compare(what: &Compare) -> Vec<KpiRow> {
    let runs: Vec<KpiRun<'_>> = what.runs.iter().map(|(spec, recording)| KpiRun { spec, recording }).collect();
    kpis(&runs, 0, what.key.from, what.key.to).unwrap_or_default()
}

/// Writes rows of signals, and says how many.
fn write(path: &Path, export: &Export) -> Result<String> {
    let rows = crate::record::Export {
        schema: &export.schema,
        calendar: &export.calendar,
        columns: &export.columns,
        from: export.from,
        to: export.to,
    };
    let broken = |what: String| {
        Err(Error::invalid(Place::file(path), format!("it cannot be written: {what}"), "Choose another place."))
    };
    let count = guarded(|| rows.write(path, &export.recording)).unwrap_or_else(broken)?;
    let signals = export.columns.len();
    Ok(format!("Exported {count} rows of {signals} signals, every row of the range, to {}", path.display()))
}

/// The card of a policy, also where looking at it breaks down.
fn look(world: &World, path: &Path) -> Policy {
    let seen = guarded(|| policy::look(world, path));
    seen.unwrap_or_else(|what| Policy::Failed {
        path: path.to_path_buf(),
        text: format!("{}: it cannot be run: {what}", path.display()),
        cure: "Export it again with the script that `c2g-twin policy export-help` prints.".to_owned(),
    })
}

/// Puts a file on the list, once.
fn list(files: &mut Vec<Listed>, path: PathBuf, named: bool) {
    match files.iter_mut().find(|f| f.path == path) {
        Some(file) => file.named |= named,
        None => files.push(Listed { path, named }),
    }
}
