//! The saved position of a noise source, as bytes.

use serde::{Deserialize, Serialize};

use super::numpy::Generator;
use crate::config::{Error, Place, Result};

/// Everything that has to come back for the same draws.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum State {
    /// Counter noise has no position beyond its seed.
    Counter {
        /// Seed of the episode.
        seed: u64,
    },
    /// The sequential generator.
    Numpy(Generator),
    /// A recording has no position; the data stay with it.
    Recorded {
        /// Hash of the recorded numbers, so that a state never meets other data unnoticed.
        fingerprint: u64,
    },
}

impl State {
    /// The error of a source that finds this state instead of its own.
    pub(super) fn belongs_elsewhere(&self, own: &str) -> Error {
        let found = match self {
            Self::Counter { .. } => "counter",
            Self::Numpy(_) => "numpy",
            Self::Recorded { .. } => "recorded",
        };
        refusal(format!("it was saved with {found} noise, but the noise is {own} now"))
    }
}

/// The error of a state that cannot be restored.
pub(super) fn refusal(what: impl Into<String>) -> Error {
    Error::invalid(
        Place::source("saved noise position"),
        what,
        "Restore it into a run with the same noise setting, or start the episode again.",
    )
}

/// A state as bytes.
pub(super) fn encode(state: &State) -> Vec<u8> {
    // A few integers into a growing vector cannot fail; if it ever did, no bytes at all are refused by `decode`.
    postcard::to_stdvec(state).unwrap_or_default()
}

/// A state from bytes, all of which must belong to it.
pub(super) fn decode(bytes: &[u8]) -> Result<State> {
    match postcard::take_from_bytes(bytes) {
        Ok((state, [])) => Ok(state),
        Ok(_) => Err(refusal("bytes are left over at its end")),
        Err(error) => Err(refusal(format!("it is damaged ({error})"))),
    }
}
