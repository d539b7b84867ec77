//! A recorded regulation signal in place of the plant's own.

use crate::config::{Error, Place, Result};
use crate::plant::{InputBus, Operation, Override, PlantSpec};
use crate::trace::SignalFile;

use super::setup::Setup;

/// Puts a recorded signal on an input, tick by tick.
pub(super) struct Feed {
    input: usize,
    signal: SignalFile,
    tick_s: f64,
}

impl Feed {
    /// The feed that a setup asks for.
    pub fn open(setup: &Setup, spec: &PlantSpec) -> Result<Option<Self>> {
        let Some(path) = &setup.regd else { return Ok(None) };
        let Some(input) = spec.input("regd") else {
            let what = format!("plant `{}` follows no regulation signal", spec.name);
            return Err(Error::invalid(Place::source("--regd"), what, "Leave --regd out."));
        };
        let tick_s = f64::from(spec.calendar.tick_s);
        Ok(Some(Self { input, signal: SignalFile::open(path)?, tick_s }))
    }

    fn value(&self, tick: u64) -> Override {
        Override { operation: Operation::Set, value: self.signal.at(tick as f64 * self.tick_s) }
    }

    /// Begins an episode with the signal's first value.
    pub fn begin(&self, inputs: &mut InputBus) {
        inputs.set(self.input, self.value(0));
    }

    /// Puts the value on the input that is shown after `episode_tick`. An override from elsewhere wins.
    pub fn advance(&self, inputs: &mut InputBus, episode_tick: u64) {
        if inputs.get(self.input) == Some(self.value(episode_tick)) {
            inputs.set(self.input, self.value(episode_tick + 1));
        }
    }
}
