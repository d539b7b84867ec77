//! What a person or a clock did to a run: applied between ticks, logged, and replayed at the same tick.

use serde::{Deserialize, Serialize};

use crate::control::{FIXED, Setting, shown_name};
use crate::plant::{Operation, Override, PlantSpec};
use crate::signal::{EntityId, format_number};

use super::words::{level, short};

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
    /// A parameter of the controller that drives a slot is tuned, or set back to what the run began with.
    Parameter {
        /// Slot name.
        slot: String,
        /// Parameter on the controller's card.
        name: String,
        /// The new value; `None` sets it back.
        value: Option<Setting>,
    },
    /// Somebody outside answered the controller of a slot: a language model, a policy in another process.
    Answer {
        /// Slot name.
        slot: String,
        /// The answer as it came.
        text: String,
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
    /// What was done, in the plant's own words: "Pump A pinned at 0.55", "Hardware: pid drives".
    ///
    /// `controllers` names who drives each slot, so that a lever that is given back says to whom.
    pub fn describe(&self, spec: &PlantSpec, controllers: &[&str]) -> String {
        match self {
            Self::Lever { lever, mode } => {
                let found = spec.find_action(lever);
                let action = found.and_then(|(s, a)| spec.slots.get(s)?.actions.get(a));
                let label = action.map_or(lever.as_str(), |a| a.label.as_str());
                let value = |v: f64| action.map_or_else(|| format_number(v, 3), |a| level(a, v));
                match mode {
                    LeverMode::Auto => {
                        let driver = found.and_then(|(s, _)| controllers.get(s)).filter(|name| **name != FIXED);
                        format!("{label} handed to {}", driver.map_or("nobody", |name| shown_name(name)))
                    }
                    LeverMode::Manual(v) => format!("{label} by hand at {}", value(*v)),
                    LeverMode::Pinned(v) => format!("{label} pinned at {}", value(*v)),
                }
            }
            Self::Controller { slot, name } => {
                let label = slot_label(spec, slot);
                if name == FIXED {
                    format!("{label}: nobody drives")
                } else {
                    format!("{label}: {} drives", shown_name(name))
                }
            }
            Self::Parameter { slot, name, value } => {
                let label = slot_label(spec, slot);
                let name = name.replace('_', " ");
                match value {
                    None => format!("{label}: {name} set back"),
                    Some(Setting::Number(x)) => format!("{label}: {name} set to {}", short(*x)),
                    Some(Setting::Switch(on)) => format!("{label}: {name} {}", if *on { "on" } else { "off" }),
                    Some(Setting::Text(text)) => format!("{label}: {name} set to {text}"),
                }
            }
            Self::Answer { slot, .. } => format!("{}: an answer came", slot_label(spec, slot)),
            Self::Input { input, change } => {
                let found = spec.inputs.iter().find(|i| i.name == *input);
                let (label, unit) = found.map_or((input.as_str(), ""), |i| (i.label.as_str(), i.unit.as_str()));
                let number = |v: f64| format!("{} {unit}", short(v)).trim_end().to_owned();
                match change {
                    None => format!("{label} back to normal"),
                    Some(c) => match c.operation {
                        Operation::Set => format!("{label} set to {}", number(c.value)),
                        Operation::Add if c.value < 0.0 => format!("{label} lowered by {}", number(-c.value)),
                        Operation::Add => format!("{label} raised by {}", number(c.value)),
                        Operation::Scale => format!("{label} × {}", short(c.value)),
                        Operation::Hold => format!("{label} held"),
                    },
                }
            }
        }
    }

    /// The entity that it is about: where the lever acts. `None` for inputs and controllers.
    pub fn entity(&self, spec: &PlantSpec) -> Option<EntityId> {
        let Self::Lever { lever, .. } = self else { return None };
        let (slot, action) = spec.find_action(lever)?;
        let effect = spec.slots.get(slot)?.actions.get(action)?.effect?;
        spec.signals.get(effect).map(|signal| signal.entity)
    }
}

fn slot_label<'a>(spec: &'a PlantSpec, slot: &'a str) -> &'a str {
    spec.slots.iter().find(|s| s.name == slot).map_or(slot, |s| s.label.as_str())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::plant::Operation;
    use crate::rollout::{Setup, World};

    #[test]
    fn what_was_done_is_told_in_the_plants_words() {
        let rollout = World::default().build(&Setup::default()).unwrap();
        let spec = rollout.spec();
        let told = |what: Intervention| what.describe(spec, &["fixed", "rule_based"]);
        let lever = |lever: &str, mode: LeverMode| Intervention::Lever { lever: lever.into(), mode };
        let input = |input: &str, operation: Operation, value: f64| Intervention::Input {
            input: input.into(),
            change: Some(Override { operation, value }),
        };
        let drives = |slot: &str, name: &str| Intervention::Controller { slot: slot.into(), name: name.into() };
        let tuned = |value: Option<Setting>| Intervention::Parameter {
            slot: "hardware".into(),
            name: "integral_limit".into(),
            value,
        };
        for (what, words) in [
            (lever("hardware.pump_speed_A", LeverMode::Pinned(0.55)), "Pump A pinned at 0.55"),
            (lever("bess_dispatch", LeverMode::Manual(-0.4)), "Battery by hand at −0.40"),
            (lever("hardware.bess_dispatch", LeverMode::Auto), "Battery handed to rule_based"),
            (lever("macro.bid_mw_norm", LeverMode::Auto), "Bid size handed to nobody"),
            (drives("hardware", "pid"), "Hardware: pid drives"),
            (drives("macro", "fixed"), "Macro: nobody drives"),
            (tuned(Some(Setting::Number(2.5))), "Hardware: integral limit set to 2.5"),
            (tuned(Some(Setting::Switch(true))), "Hardware: integral limit on"),
            (tuned(Some(Setting::Text("soft".into()))), "Hardware: integral limit set to soft"),
            (tuned(None), "Hardware: integral limit set back"),
            (Intervention::Answer { slot: "macro".into(), text: "{}".into() }, "Macro: an answer came"),
            (input("cooling_factor", Operation::Set, 0.4), "Cooling fault set to 0.4"),
            (input("t_ambient_degc", Operation::Add, 5.0), "Ambient raised by 5 °C"),
            (input("t_ambient_degc", Operation::Add, -2.5), "Ambient lowered by 2.5 °C"),
            (input("lmp_usd_mwh", Operation::Scale, 1.25), "Energy price × 1.25"),
            (input("regd", Operation::Hold, 0.0), "RegD held"),
            (Intervention::Input { input: "regd".into(), change: None }, "RegD back to normal"),
        ] {
            assert_eq!(told(what), words);
        }
        let entity = |name: &str| lever(name, LeverMode::Auto).entity(spec).map(|e| spec.entities[e].name.as_str());
        assert_eq!(entity("pump_speed_A"), Some("cdu"));
        assert_eq!(entity("no_such_lever"), None);
    }

    #[test]
    fn interventions_survive_a_line_of_text() {
        for what in [
            Intervention::Lever { lever: "hardware.bess_dispatch".into(), mode: LeverMode::Pinned(-0.1) },
            Intervention::Lever { lever: "hardware.bess_dispatch".into(), mode: LeverMode::Auto },
            Intervention::Controller { slot: "macro".into(), name: "rule_macro".into() },
            Intervention::Parameter {
                slot: "hardware".into(),
                name: "kp".into(),
                value: Some(Setting::Number(0.1 + 0.2)),
            },
            Intervention::Parameter { slot: "hardware".into(), name: "kp".into(), value: None },
            Intervention::Parameter {
                slot: "hardware".into(),
                name: "mode".into(),
                value: Some(Setting::Text("true".into())),
            },
            Intervention::Answer { slot: "macro".into(), text: "{\n\"bid\": 1}".into() },
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
