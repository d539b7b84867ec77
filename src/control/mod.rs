//! Who drives: one file per controller, found by name, parameters from YAML.
//!
//! A controller sees one observation vector and sets one action vector. It knows neither the plant nor the clock, and
//! its whole memory can be saved and restored, so that a run can be rewound to any tick.

mod bang_bang;
mod carbon_shift;
mod card;
mod generic;
mod insight;
pub mod llm;
mod macro_planner;
mod macro_reference;
mod model_file;
mod mpc_fast;
#[cfg(feature = "onnx")]
pub mod onnx;
mod pid;
mod plan;
mod rbc_battery;
mod registry;
mod rule_based;
mod rule_macro;
mod trim_and_respond;

use crate::config::Result;
use crate::plant::Slot;

pub use card::{Card, Parameter, Setting};
pub use insight::{Insight, PlanTrace, WARNING};
pub use model_file::{is_policy_file, model_in, shown_name};
pub use registry::{ControllerFactory, ControllerRegistry, ControllerRequest, FIXED};

/// What a controller is handed for one decision.
pub struct Decision<'a> {
    /// Number of the tick since the run began.
    pub tick: u64,
    /// The slot it drives.
    pub slot: &'a Slot,
    /// What the slot sees: binary32 values in binary64.
    pub observation: &'a [f64],
    /// What the slot's levers stood at before this decision.
    pub held: &'a [f64],
    /// The row of the last tick: what the plant's instruments show, beside what the agent is trained on.
    pub row: &'a [f64],
}

/// A question to a server outside, see [`llm::ask`].
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Address of an OpenAI-compatible server, up to and with its version (`http://localhost:8000/v1`).
    pub server: String,
    /// The request as JSON, without the model.
    pub body: String,
    /// Longest wait, s.
    pub timeout_s: f64,
    /// Whether the twin waits for the answer, or goes on and takes it when it comes.
    pub wait: bool,
}

/// Drives one slot.
pub trait Controller: Send {
    /// Writes the action. Values are cast to binary32 and clipped afterwards; NaN makes the last value hold.
    fn decide(&mut self, decision: &Decision<'_>, action: &mut [f64]);

    /// Forgets everything: a new episode begins, with this seed.
    fn reset(&mut self, seed: u64) {
        let _ = seed;
    }

    /// Whether it drives at all; `fixed` does not.
    fn drives(&self) -> bool {
        true
    }

    /// The whole memory as bytes.
    fn save(&self) -> Vec<u8> {
        Vec::new()
    }

    /// Takes back a memory from [`Controller::save`].
    fn restore(&mut self, state: &[u8]) -> Result<()> {
        let _ = state;
        Ok(())
    }

    /// Inner values worth showing: name and value.
    fn inspect(&self) -> Vec<(&'static str, f64)> {
        Vec::new()
    }

    /// All that is worth showing of its inner state: values, words, plans. Asked for at most once a picture.
    fn insight(&self) -> Insight {
        Insight { values: self.inspect().into_iter().map(|(n, v)| (n.to_owned(), v)).collect(), ..Insight::default() }
    }

    /// Why the last decision was not its own: a solver that gave up, a policy that gave NaN, an answer that did not come.
    /// Asked once after every decision; each answer counts as a fallback and raises an alarm. The action stands as
    /// written: a stand-in's, or NaN to hold the last value.
    fn trouble(&mut self) -> Option<String> {
        None
    }

    /// Whether the same inputs give the same bytes on every machine. Actions of others (networks, language models) are
    /// inputs: replay may take them from the log.
    fn native(&self) -> bool {
        true
    }

    /// Whether it ever asks somebody outside.
    fn asks(&self) -> bool {
        false
    }

    /// What it wants to ask somebody outside before this decision; the answer comes back by [`Controller::answer`].
    /// Called before a due decision; nothing is asked while an answer is outstanding.
    fn question(&mut self, decision: &Decision<'_>) -> Option<Question> {
        let _ = decision;
        None
    }

    /// Takes an answer from outside, as text. What it makes of it must depend on nothing else, so that a logged answer
    /// replays to the same bytes.
    fn answer(&mut self, text: &str) {
        let _ = text;
    }
}

/// Serialises a controller's memory.
fn to_bytes<T: serde::Serialize>(state: &T) -> Vec<u8> {
    // Plain numbers into memory: this cannot fail, and `from_bytes` refuses an empty state.
    postcard::to_stdvec(state).unwrap_or_default()
}

/// Reads a controller's memory back.
fn from_bytes<T: serde::de::DeserializeOwned>(name: &str, state: &[u8]) -> Result<T> {
    postcard::from_bytes(state).map_err(|e| {
        crate::config::Error::invalid(
            crate::config::Place::source(format!("snapshot of controller {name}")),
            e.to_string(),
            "Restore only states of the same controller and version.",
        )
    })
}

/// Binary32 image of a value, as every controller of the source returns its action.
fn f32_image(x: f64) -> f64 {
    f64::from(x as f32)
}
