//! Who guards: filters between what a controller commands and what is applied.
//!
//! The seam stands: a rollout asks each slot's shield, saves and restores it, and reports what it changed. No shield
//! ships yet.

use crate::config::Result;
use crate::plant::Slot;

/// Changes a command that would be unsafe.
pub trait Shield: Send {
    /// Name for people and logs.
    fn name(&self) -> &str;

    /// Looks at a command and may change it; returns whether it did.
    fn filter(&mut self, slot: &Slot, observation: &[f64], action: &mut [f64]) -> bool;

    /// The whole memory as bytes.
    fn save(&self) -> Vec<u8>;

    /// Takes back a memory from [`Shield::save`].
    fn restore(&mut self, state: &[u8]) -> Result<()>;
}
