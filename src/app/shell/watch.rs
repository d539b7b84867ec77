//! The watchdog: what every frame cost, as a table that a test or a person can read.
//!
//! Processor time comes from the system's accounting of threads, so a frame that is held up by somebody else's work does
//! not count that work as its own. Elsewhere than on Linux only wall time is told.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bevy::app::{App, AppExit, First, Last, Plugin};
use bevy::ecs::message::MessageReader;
use bevy::ecs::prelude::{ResMut, Resource};

use super::Problem;
use crate::config::Error;

/// Threads whose work is not the window's: the run's worker, its questions, the settings, the waker.
const OTHERS: &str = "c2g-";

/// What one frame cost.
#[derive(Debug, Clone, Copy, Default)]
struct Cost {
    /// Processor time of the window's own thread.
    own: Duration,
    /// Processor time of all threads of the window, the graphics driver's among them.
    all: Duration,
    /// Wall time from the frame's begin to its end.
    wall: Duration,
    /// Wall time that handing over to and from the worker took.
    worker: Duration,
}

/// Costs of all frames, and where they go.
#[derive(Resource)]
pub(super) struct Watch {
    path: PathBuf,
    problem: Problem,
    begun: Option<(Instant, Duration)>,
    all_before: Option<Duration>,
    /// Time that the desk spent on handing over in this frame.
    pub worker: Duration,
    costs: Vec<Cost>,
}

impl Watch {
    /// Writes its table to `path` when the window closes.
    pub fn new(path: PathBuf, problem: Problem) -> Self {
        Self { path, problem, begun: None, all_before: None, worker: Duration::ZERO, costs: Vec::new() }
    }

    fn begin(&mut self) {
        self.begun = Some((Instant::now(), own_time()));
        self.worker = Duration::ZERO;
    }

    fn end(&mut self) {
        let Some((wall, own)) = self.begun.take() else { return };
        let all = all_time();
        let before = self.all_before.replace(all).unwrap_or(all);
        self.costs.push(Cost {
            own: own_time().saturating_sub(own),
            all: all.saturating_sub(before),
            wall: wall.elapsed(),
            worker: self.worker,
        });
    }

    /// Writes the table.
    fn write(&self) -> std::io::Result<()> {
        let mut file = fs::File::create(&self.path)?;
        writeln!(file, "frame,cpu_own_ms,cpu_all_ms,wall_ms,worker_ms")?;
        let ms = |d: Duration| d.as_secs_f64() * 1_000.0;
        for (frame, cost) in self.costs.iter().enumerate() {
            let (own, all, wall, worker) = (ms(cost.own), ms(cost.all), ms(cost.wall), ms(cost.worker));
            writeln!(file, "{frame},{own:.3},{all:.3},{wall:.3},{worker:.4}")?;
        }
        file.sync_all()
    }
}

/// Watches frames while a [`Watch`] is there.
pub(super) struct WatchPlugin;

impl Plugin for WatchPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(First, |mut watch: ResMut<Watch>| watch.begin()).add_systems(Last, end);
    }
}

fn end(mut watch: ResMut<Watch>, mut exits: MessageReader<AppExit>) {
    watch.end();
    if exits.read().next().is_some()
        && let Err(error) = watch.write()
        && let Ok(mut slot) = watch.problem.lock()
    {
        *slot = Some(Error::io(&watch.path, "write", error));
    }
}

/// Processor time of this thread so far; zero where the system does not tell.
fn own_time() -> Duration {
    time_of(Path::new("/proc/thread-self"))
}

/// Processor time of all of the window's threads so far.
fn all_time() -> Duration {
    let Ok(threads) = fs::read_dir("/proc/self/task") else { return Duration::ZERO };
    let own = threads
        .flatten()
        .map(|t| t.path())
        .filter(|path| fs::read_to_string(path.join("comm")).is_ok_and(|name| !name.starts_with(OTHERS)));
    own.map(|path| time_of(&path)).sum()
}

fn time_of(thread: &Path) -> Duration {
    let text = fs::read_to_string(thread.join("schedstat")).unwrap_or_default();
    Duration::from_nanos(text.split_whitespace().next().and_then(|n| n.parse().ok()).unwrap_or(0))
}
