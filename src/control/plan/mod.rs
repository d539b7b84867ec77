//! What the planning controllers share: the plant as planners know it, and the modes they come in.

pub(super) mod allocate;
pub(super) mod market;
pub(super) mod observer;
pub(super) mod program;
pub(super) mod site;

use serde::Deserialize;

/// Which of a planner's two bodies drives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Mode {
    /// What the source's program does in fact, in closed form: for comparison with published numbers.
    Reference,
    /// A planner on the plant's own constants.
    Corrected,
}

impl Mode {
    /// Words for whoever looks into the controller.
    pub fn words(self) -> &'static str {
        match self {
            Self::Reference => "Reference",
            Self::Corrected => "Corrected",
        }
    }
}
