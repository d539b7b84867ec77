//! What a person takes along: drawings, reports and layouts are written here; pictures and films are drawn by the same
//! program in a process of its own, so that the window goes on, nothing that breaks there breaks it, and a film can be
//! stopped at once.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::app::layout_file::LayoutFile;
use crate::config::{Error, Place, Result};
use crate::evaluate::charts::{ChartDrawing, ChartKind};
use crate::evaluate::film::write_whole;
use crate::evaluate::report::{RunFigure, RunPage};
use crate::plant::PlantSpec;
use crate::record::Recording;
use crate::rollout::{Schema, Setup};
use crate::signal::SignalId;

/// Longest wait for the log of the run that is shown.
const LOG_WAIT: Duration = Duration::from_secs(120);

/// Between two looks at it.
const LOOK_EVERY: Duration = Duration::from_millis(40);

/// Something to take along: written once its file is known.
#[derive(Debug, Clone)]
pub enum Take {
    /// A chart as vectors.
    Svg(Box<TakeChart>),
    /// A page about the run.
    Report(Box<TakeReport>),
    /// A picture or a film.
    Pictures(Box<TakePictures>),
    /// The layout that stands.
    Layout(Box<LayoutFile>),
}

/// A chart with its rows.
#[derive(Debug, Clone)]
pub struct TakeChart {
    /// Words above it.
    pub title: String,
    /// What it makes of its signals.
    pub kind: ChartKind,
    /// Its signals.
    pub columns: Vec<SignalId>,
    /// The plant's tables.
    pub spec: Arc<PlantSpec>,
    /// The columns that there are.
    pub schema: Arc<Schema>,
    /// The rows.
    pub recording: Recording,
    /// First row and row after the last one.
    pub rows: (u64, u64),
    /// Width and height, points.
    pub size: (f64, f64),
}

/// A run with everything that a report tells.
#[derive(Debug, Clone)]
pub struct TakeReport {
    /// The plant's tables.
    pub spec: Arc<PlantSpec>,
    /// The columns of a row.
    pub schema: Arc<Schema>,
    /// The rows.
    pub recording: Recording,
    /// What the run was begun with; `None` where a log does not tell.
    pub setup: Option<Arc<Setup>>,
    /// Who drives.
    pub driver: String,
    /// Where the rows come from.
    pub source: String,
    /// The person's own charts.
    pub figures: Vec<RunFigure>,
    /// What a reader should know.
    pub notes: Vec<String>,
}

/// A picture or a film of recorded states.
#[derive(Debug, Clone)]
pub struct TakePictures {
    /// Arguments of `export`, the kind first; log, layout and file are added.
    pub arguments: Vec<String>,
    /// Tiles and charts.
    pub layout: Option<LayoutFile>,
    /// The log that is played; `None` takes the run that is shown.
    pub log: Option<PathBuf>,
    /// The program that draws; `None` is this one.
    pub program: Option<PathBuf>,
}

/// Where a film stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taking {
    /// The file.
    pub path: PathBuf,
    /// Pictures so far.
    pub done: u64,
    /// Pictures of all; 0 before the first.
    pub total: u64,
    /// It was told to end.
    pub stopping: bool,
}

/// Writes what needs no graphics; returns what to tell.
///
/// # Errors
/// As the writers'.
pub(super) fn write(path: &Path, take: &Take) -> Result<String> {
    match take {
        Take::Svg(chart) => {
            let drawing = ChartDrawing {
                title: &chart.title,
                kind: chart.kind,
                schema: &chart.schema,
                calendar: &chart.spec.calendar,
                recording: &chart.recording,
                columns: &chart.columns,
                from: chart.rows.0,
                to: chart.rows.1,
                size: chart.size,
            };
            write_whole(path, drawing.svg()?.as_bytes())?;
            Ok(format!("The chart is in {}", path.display()))
        }
        Take::Report(report) => {
            let page = RunPage {
                spec: &report.spec,
                schema: &report.schema,
                recording: &report.recording,
                setup: report.setup.as_deref(),
                driver: &report.driver,
                source: &report.source,
                figures: &report.figures,
                notes: &report.notes,
            };
            write_whole(path, page.html()?.as_bytes())?;
            Ok(format!("The report is in {}", path.display()))
        }
        Take::Layout(file) => {
            file.write(path)?;
            Ok(format!("The layout is in {}", path.display()))
        }
        Take::Pictures(_) => Ok(String::new()),
    }
}

/// A place for the log that the pictures are drawn from.
pub(super) fn log_place() -> PathBuf {
    static NUMBER: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    std::env::temp_dir().join(format!("c2g-twin-{}-{number}.csv", std::process::id()))
}

/// A file that goes when it is not needed any more.
struct Passing(PathBuf);

impl Drop for Passing {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Draws pictures in a process of its own and tells how far it is; returns what to tell at the end. `log` is the file
/// that the run's log will be in, where it is not there already.
///
/// # Errors
/// What the process says; a log that does not come.
pub(super) fn draw(
    path: &Path,
    take: &TakePictures,
    log: Option<PathBuf>,
    cancel: &AtomicBool,
    tell: &dyn Fn(Taking),
) -> Result<String> {
    let passing = log.map(Passing);
    let begin = Instant::now();
    while let Some(Passing(log)) = passing.as_ref().filter(|log| !log.0.exists()) {
        if cancel.load(Ordering::Relaxed) {
            return Ok("Cancelled: nothing was written".to_owned());
        }
        if begin.elapsed() > LOG_WAIT {
            let cure = "Let the run stand still and try again.";
            return Err(Error::invalid(Place::file(log), "the log of the run does not come", cure));
        }
        std::thread::sleep(LOOK_EVERY);
    }
    let source = passing.as_ref().map(|log| log.0.clone()).or_else(|| take.log.clone());
    let mut layout = None;
    if let Some(file) = &take.layout {
        let place = log_place().with_extension("yaml");
        file.write(&place)?;
        layout = Some(Passing(place));
    }
    let failed = |what: String| {
        let cure = "Try a smaller size, or the same on the command line: c2g-twin export.";
        Error::invalid(Place::file(path), what, cure)
    };
    let program = match &take.program {
        Some(program) => program.clone(),
        None => std::env::current_exe().map_err(|e| failed(format!("the program cannot be found: {e}")))?,
    };
    let mut command = Command::new(program);
    command.arg("export").args(&take.arguments).arg("--progress").arg("--out").arg(path);
    if let Some(source) = &source {
        command.arg("--replay").arg(source);
        if passing.is_some() {
            // A copy of the run that is shown: the pictures show the run.
            command.arg("--as-run");
        }
    }
    if let Some(Passing(layout)) = &layout {
        command.arg("--layout-file").arg(layout);
    }
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.map_err(|e| failed(format!("the drawing process cannot be started: {e}")))?;
    let words = child.stdout.take();
    let errors = child.stderr.take();
    let told = std::thread::scope(|scope| {
        let said = scope.spawn(move || {
            let mut text = String::new();
            // What it says is words for people; what cannot be read is not told.
            let _ = errors.map(|mut e| e.read_to_string(&mut text));
            text
        });
        let (send, lines) = crossbeam_channel::unbounded();
        let reader = scope.spawn(move || {
            for line in words.into_iter().flat_map(|w| BufReader::new(w).lines()).map_while(std::io::Result::ok) {
                let _ = send.send(line);
            }
        });
        let mut stopped = false;
        loop {
            match lines.recv_timeout(LOOK_EVERY) {
                Ok(line) => {
                    if let Some((done, total)) = counted(&line) {
                        tell(Taking { path: path.to_path_buf(), done, total, stopping: false });
                    }
                }
                Err(crossbeam_channel::RecvTimeoutError::Timeout) => {}
                Err(crossbeam_channel::RecvTimeoutError::Disconnected) => break,
            }
            if cancel.load(Ordering::Relaxed) && !stopped {
                stopped = child.kill().is_ok();
            }
        }
        let _ = reader.join();
        let status = child.wait();
        let said = said.join().unwrap_or_default();
        (stopped, status, said)
    });
    match told {
        (true, ..) => {
            for end in [".partial", ".partial.mp4"] {
                let mut half = path.to_path_buf();
                half.as_mut_os_string().push(end);
                let _ = if half.is_dir() { std::fs::remove_dir_all(&half) } else { std::fs::remove_file(&half) };
            }
            Ok("Cancelled: nothing was written".to_owned())
        }
        (_, Ok(status), _) if status.success() => Ok(format!("Drawn: {}", path.display())),
        (_, _, said) => Err(failed(last_words(&said))),
    }
}

/// `picture 3 of 40`.
fn counted(line: &str) -> Option<(u64, u64)> {
    let (done, total) = line.strip_prefix("picture ")?.split_once(" of ")?;
    Some((done.parse().ok()?, total.trim().parse().ok()?))
}

/// What a process said last, in one line.
fn last_words(said: &str) -> String {
    let lines: Vec<&str> = said.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    let last = lines.iter().rev().take(3).rev().copied().collect::<Vec<_>>().join("; ");
    if last.is_empty() { "the drawing process ended without a word".to_owned() } else { last }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn progress_is_read_from_words() {
        assert_eq!(counted("picture 3 of 40"), Some((3, 40)));
        assert_eq!((counted("runs/a.gif"), counted("picture x of 4")), (None, None));
        assert_eq!(last_words("\n a\nb \n\nc\nd\n"), "b; c; d");
    }

    #[test]
    fn a_log_that_does_not_come_can_be_given_up() {
        let take = TakePictures { arguments: vec!["png".to_owned()], layout: None, log: None, program: None };
        let folder = tempfile::tempdir().unwrap();
        let cancel = AtomicBool::new(true);
        let place = folder.path().join("never.csv");
        let words = draw(&folder.path().join("a.png"), &take, Some(place), &cancel, &|_| {}).unwrap();
        assert!(words.contains("nothing was written"));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
