//! What a person or a clock did to a run: applied between ticks, logged, and replayed at the same tick.

use serde::{Deserialize, Serialize};

use crate::plant::Override;

/// Who moves a lever.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeverMode {
    /// The slot's controller.
    #[default]
    Auto,
    /// A person: the value replaces the controller's before the shield.
    Manual(f64),
    /// Nobody: the value is forced after the shield and the clip.
    Pinned(f64),
}

impl LeverMode {
    /// The value that a person set.
    pub fn value(self) -> Option<f64> {
        match self {
            Self::Auto => None,
            Self::Manual(v) | Self::Pinned(v) => Some(v),
        }
    }
}

/// One change from outside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intervention {
    /// A lever changes hands or value.
    Lever {
        /// `slot.action`.
        lever: String,
        /// Who moves it from now on.
        mode: LeverMode,
    },
    /// A slot gets another controller.
    Controller {
        /// Slot name.
        slot: String,
        /// Controller name.
        name: String,
    },
    /// An exogenous value or a fault is overridden, or left alone again.
    Input {
        /// Input name.
        input: String,
        /// The override; `None` ends it.
        change: Option<Override>,
    },
}

/// An intervention with the tick before which it was applied.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LoggedIntervention {
    /// Applied before this tick was stepped.
    pub tick: u64,
    /// What was done.
    pub what: Intervention,
}

impl Intervention {
    /// What was done, in words.
    pub fn describe(&self) -> String {
        match self {
            Self::Lever { lever, mode: LeverMode::Auto } => format!("{lever} back to its controller"),
            Self::Lever { lever, mode: LeverMode::Manual(v) } => format!("{lever} by hand: {v:.3}"),
            Self::Lever { lever, mode: LeverMode::Pinned(v) } => format!("{lever} pinned at {v:.3}"),
            Self::Controller { slot, name } => format!("{slot} now driven by {name}"),
            Self::Input { input, change: None } => format!("{input} back to normal"),
            Self::Input { input, change: Some(c) } => format!("{input}: {:?} {}", c.operation, c.value),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::plant::Operation;

    #[test]
    fn interventions_survive_a_line_of_text() {
        for what in [
            Intervention::Lever { lever: "hardware.bess_dispatch".into(), mode: LeverMode::Pinned(-0.1) },
            Intervention::Lever { lever: "hardware.bess_dispatch".into(), mode: LeverMode::Auto },
            Intervention::Controller { slot: "macro".into(), name: "rule_macro".into() },
            Intervention::Input {
                input: "regd".into(),
                change: Some(Override { operation: Operation::Hold, value: 0.0 }),
            },
        ] {
            let text = serde_json::to_string(&what).unwrap();
            assert!(!text.contains('\n'));
            assert_eq!(serde_json::from_str::<Intervention>(&text).unwrap(), what);
        }
    }
}
