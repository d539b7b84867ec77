//! What a person can ask the live world to do. Applied between ticks, in order.

use std::path::PathBuf;

use crate::plant::Override;
use crate::rollout::{Intervention, Setup};

use super::clock::Speed;
use super::until::Until;

/// One request to the worker.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Let time pass.
    Play,
    /// Let time stand.
    Pause,
    /// Play when paused, pause when playing.
    TogglePlay,
    /// Run one tick and pause.
    StepTick,
    /// Run to the next boundary of the slowest slot and pause.
    StepInterval,
    /// Go back one tick and pause.
    BackTick,
    /// Go back to the boundary of the slowest slot before this one and pause.
    BackInterval,
    /// Go to a tick that has been run, or that has been read of a log. What came after it stays until something is changed.
    GoTo {
        /// Ticks run at the wanted instant.
        tick: u64,
    },
    /// Change the speed.
    Speed(Speed),
    /// A lever, a controller or an input changes; logged and replayed.
    Intervene(Intervention),
    /// Choose another value of an axis: begins a new run with it.
    Axis {
        /// Axis name.
        name: String,
        /// Value.
        value: String,
    },
    /// Begin again from tick 0 with the same setup and another seed, if one is given.
    Reset {
        /// New seed; `None` keeps the old one.
        seed: Option<u64>,
    },
    /// Begin a run with another setup.
    Begin(Box<Setup>),
    /// Begin a run with the setup in a file.
    Open(PathBuf),
    /// Begin to write the full log into a file, from the first tick on.
    Log(PathBuf),
    /// Write the full log of what has been run into a file once, and go on as before; the file appears whole.
    CopyLog(PathBuf),
    /// Play recorded logs, the first one first; the live run waits behind them. Folders are searched, and watched from
    /// then on; results of benchmarks go to [`Beside::results`](super::Beside::results).
    Replay(Vec<PathBuf>),
    /// Play another log of the set that is open.
    Pick(usize),
    /// Take another column of the table that is played for the time, or count rows
    /// ([`ROW_NUMBER`](crate::record::ROW_NUMBER)).
    TimeColumn(String),
    /// Stop reading the log that is played; what was read stays.
    StopReading,
    /// Leave the replay: the live run is there again.
    Leave,
    /// Go on from here, in a log: the log is run again and checked up to the instant that is shown, and what was the
    /// live run stands beside.
    TakeOver,
    /// Run the log that is played again and compare every row.
    Check {
        /// Ask every controller again, not only those whose decisions follow from the run alone.
        recompute: bool,
    },
    /// Begin another future of the shown run; the one that is there stands beside. The branch is shown.
    Branch {
        /// Instant to branch at, ticks run; `None` is the present.
        tick: Option<u64>,
        /// Name; `None` finds one.
        name: Option<String>,
        /// What is different in it from its first tick on.
        changes: Vec<Intervention>,
    },
    /// Begin a branch of the present for each of these controllers and let them run in step.
    Race {
        /// Slot that they drive, by name.
        slot: String,
        /// Controllers, by name.
        controllers: Vec<String>,
    },
    /// Show another run; the one that was shown stands beside.
    Follow(u64),
    /// Make a branch the home run; its parents stay.
    Promote(u64),
    /// Take a run away. The shown one cannot be.
    Close(u64),
    /// Give a run another name.
    Rename {
        /// The run.
        id: u64,
        /// The name.
        name: String,
    },
    /// Set recorded logs beside the runs, to compare.
    Lay(Vec<PathBuf>),
    /// Let a controller compute beside the one that drives, from the next tick on.
    Shadow {
        /// Slot that it looks at, by name.
        slot: String,
        /// Controller, by name.
        controller: String,
    },
    /// Take a shadow away.
    Unshadow(u64),
    /// Put a disturbance on the time line.
    Plan {
        /// Name for people.
        label: String,
        /// The input that it moves.
        input: String,
        /// How it moves it.
        change: Override,
        /// First tick that it works in.
        from: u64,
        /// How many ticks it works; `None` stays.
        ticks: Option<u64>,
    },
    /// Take a disturbance from the time line; one that works ends.
    Unplan(u64),
    /// Let time pass until something is so; `None` forgets what it passes until.
    Until(Option<Until>),
    /// The same without a word when it is reached: a tour tells of it itself.
    PlayUntil(Until),
    /// Let time go round between two instants; `None` ends that.
    Loop(Option<(u64, u64)>),
    /// Set a mark.
    Mark {
        /// Instant, ticks run.
        tick: u64,
        /// Note.
        text: String,
    },
    /// Change the note of a mark.
    Remark {
        /// The mark.
        id: u64,
        /// Note.
        text: String,
    },
    /// Take a mark away.
    Unmark(u64),
    /// Bring back rows that went because memory is short: somebody shows them. Wishes of one moment are served together;
    /// later ones take their place.
    Need {
        /// The run; `None` is the one that is shown.
        run: Option<u64>,
        /// First row.
        from: u64,
        /// Row behind the last one.
        to: u64,
    },
    /// Let rows, pyramids and snapshots of all runs take so many bytes together; beyond that old rows go.
    Memory(u64),
    /// Find out why a tick of what is shown came as it did; the answer comes to [`Beside::why`](super::Beside::why). A newer
    /// wish takes the place of one that was not served yet.
    Why {
        /// The tick, counted from 0.
        tick: u64,
    },
    /// Find out what the site could give from the present on ([`RunView::headroom`](super::RunView::headroom)).
    Headroom,
    /// Take away a notice that was read.
    Dismiss {
        /// Its number.
        notice: u64,
    },
}
