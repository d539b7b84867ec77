//! What a person can ask the live world to do. Applied between ticks, in order.

use std::path::PathBuf;

use crate::rollout::{Intervention, Setup};

use super::clock::Speed;

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
    /// Go to a tick that has been run; what came after it is forgotten. In a replay, to any tick that has been read.
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
    /// Play recorded logs, the first one first; the live run waits behind them.
    Replay(Vec<PathBuf>),
    /// Play another log of the set that is open.
    Pick(usize),
    /// Stop reading the log that is played; what was read stays.
    StopReading,
    /// Leave the replay: the live run is there again.
    Leave,
    /// Take away a notice that was read.
    Dismiss {
        /// Its number.
        notice: u64,
    },
}
