//! What a controller says of itself: whom it fits, its parameters with unit and range, one line about it.
//!
//! A card is a YAML file, `configs/controllers/NAME.yaml`. Pickers, command line and benchmark read it; the values of its
//! parameters are the lowest layer of the section `control.NAME`, so that `--set control.NAME.PARAMETER=VALUE`, a
//! person's own file and the window change them alike, within the same ranges.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::{Deserialize, Serialize};

use crate::config::{Document, Error, Place, Result, Value};
use crate::plant::{PlantSpec, Slot};

/// Word for "every plant" and "every slot".
const ANY: &str = "any";

/// Word for slots that may be left out.
const OPTIONAL: &str = "optional";

fn yes() -> bool {
    true
}

/// A controller's card.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// Name on the command line.
    pub name: String,
    /// Plant that it knows, or `any`.
    pub plant: String,
    /// Slots that it can drive, or `any`, or `optional` for those that may be left out.
    pub slots: Vec<String>,
    /// One line about it.
    pub about: String,
    /// Whether its actions follow from the run alone, on every machine (see [`super::Controller::native`]).
    #[serde(default = "yes")]
    pub native: bool,
    /// Parameters by name, in the order of their names.
    #[serde(default)]
    pub parameters: BTreeMap<String, Parameter>,
}

/// One parameter of a controller.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// Value that ships; nothing where the controller finds its own.
    #[serde(default)]
    pub value: Option<Setting>,
    /// Unit of a number; `1` for plain ratios, empty for what has none.
    #[serde(default)]
    pub unit: String,
    /// Smallest and largest number.
    #[serde(default)]
    pub range: Option<(f64, f64)>,
    /// Whether only whole numbers make sense.
    #[serde(default)]
    pub whole: bool,
    /// Texts to choose from; empty where any text will do.
    #[serde(default)]
    pub choices: Vec<String>,
    /// One line about it.
    pub about: String,
}

/// Value of a parameter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Setting {
    /// Yes or no.
    Switch(bool),
    /// A number.
    Number(f64),
    /// A choice or a text.
    Text(String),
}

impl Setting {
    /// The value as YAML text on one line, which reads back to the same value.
    pub fn to_yaml(&self) -> String {
        match self {
            Self::Switch(on) => on.to_string(),
            Self::Number(x) if x.fract() == 0.0 && x.abs() < 1e15 => format!("{x:.0}"),
            Self::Number(x) => format!("{x:?}"),
            // JSON texts are YAML texts.
            Self::Text(text) => serde_json::Value::from(text.as_str()).to_string(),
        }
    }
}

impl Parameter {
    /// Whether it holds a number (or nothing, in place of one).
    pub fn is_number(&self) -> bool {
        matches!(self.value, Some(Setting::Number(_))) || (self.value.is_none() && self.range.is_some())
    }

    /// What is wrong with a value, if anything: what was expected, in words.
    fn refuses(&self, value: &Value) -> Option<String> {
        let number = match value {
            Value::Null => return self.value.is_some().then(|| self.wants()),
            Value::Int(x) => Some(*x as f64),
            Value::Float(x) => Some(*x),
            _ => None,
        };
        let fits = match (self.is_number(), number, value, &self.value) {
            (true, Some(x), ..) => {
                let within = self.range.is_none_or(|(low, high)| (low..=high).contains(&x));
                within && (!self.whole || x.fract() == 0.0)
            }
            (false, None, Value::Bool(_), Some(Setting::Switch(_))) => true,
            (false, None, Value::Str(text), Some(Setting::Text(_)) | None) => {
                self.choices.is_empty() || self.choices.contains(text)
            }
            _ => false,
        };
        (!fits).then(|| self.wants())
    }

    /// What is expected, in words.
    fn wants(&self) -> String {
        if self.is_number() {
            let kind = if self.whole { "a whole number" } else { "a number" };
            let unit = if matches!(self.unit.as_str(), "" | "1") { String::new() } else { format!(" {}", self.unit) };
            return self
                .range
                .map_or_else(|| kind.to_owned(), |(low, high)| format!("{kind} from {low} to {high}{unit}"));
        }
        match &self.value {
            Some(Setting::Switch(_)) => "true or false".to_owned(),
            _ if self.choices.is_empty() => "a text".to_owned(),
            _ => format!("one of {}", self.choices.join(", ")),
        }
    }
}

impl Card {
    /// Reads a card; `source` names the file in error messages.
    ///
    /// # Errors
    /// Texts that are no card, and values outside their own ranges.
    pub fn read(source: &str, text: &str) -> Result<Self> {
        let mut document = Document::new();
        document.layer_text(source, text)?;
        let card: Self = document.fill("")?;
        for (name, parameter) in &card.parameters {
            let path = format!("parameters.{name}.value");
            let Some(node) = document.get(&path) else { continue };
            if let Some(wants) = parameter.refuses(&node.value) {
                let what = format!("parameter `{name}` breaks its own range");
                return Err(Error::invalid(document.place(&path), what, format!("Write {wants}.")));
            }
        }
        Ok(card)
    }

    /// Whether it can drive a slot.
    pub fn fits(&self, spec: &PlantSpec, slot: &Slot) -> bool {
        let plant = self.plant == ANY || self.plant == spec.name;
        plant && self.slots.iter().any(|s| s == ANY || *s == slot.name || (s == OPTIONAL && slot.optional))
    }

    /// Section of the configuration that holds its parameters.
    pub fn section(&self) -> String {
        format!("control.{}", self.name)
    }

    /// The values that ship, as a layer of the configuration; nothing without parameters.
    pub fn layer(&self) -> Option<String> {
        if self.parameters.is_empty() {
            return None;
        }
        let mut text = format!("control:\n  {}:\n", self.name);
        for (name, parameter) in &self.parameters {
            let value = parameter.value.as_ref().map_or_else(|| "null".to_owned(), Setting::to_yaml);
            // Writing into a String cannot fail.
            let _ = writeln!(text, "    {name}: {value}");
        }
        Some(text)
    }

    /// Checks its section of a configuration: names, kinds and ranges.
    ///
    /// # Errors
    /// The first name that it does not know and the first value that it refuses, with place and cure.
    pub fn check(&self, config: &Document) -> Result<()> {
        let section = self.section();
        for name in config.keys(&section) {
            let path = format!("{section}.{name}");
            let Some(parameter) = self.parameters.get(name) else {
                let known = self.parameters.keys().map(String::as_str);
                return Err(Error::unknown(config.key_place(&path), "key", name, known));
            };
            let Some(node) = config.get(&path) else { continue };
            if let Some(wants) = parameter.refuses(&node.value) {
                let what = format!("`{path}` must be {wants}");
                return Err(Error::invalid(config.place(&path), what, format!("Give {wants}: {}.", parameter.about)));
            }
        }
        Ok(())
    }

    /// Checks one value for a parameter.
    ///
    /// # Errors
    /// Unknown names and values that the parameter refuses.
    pub fn check_setting(&self, name: &str, value: Option<&Setting>, place: &Place) -> Result<()> {
        let Some(parameter) = self.parameters.get(name) else {
            let known = self.parameters.keys().map(String::as_str);
            return Err(Error::unknown(place.clone(), "parameter", name, known));
        };
        let value = match value {
            None => return Ok(()),
            Some(Setting::Switch(on)) => Value::Bool(*on),
            Some(Setting::Number(x)) => Value::Float(*x),
            Some(Setting::Text(text)) => Value::Str(text.clone()),
        };
        match parameter.refuses(&value) {
            Some(wants) => {
                let what = format!("parameter `{name}` of `{}` must be {wants}", self.name);
                Err(Error::invalid(place.clone(), what, format!("Give {wants}.")))
            }
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const TEXT: &str = "name: toy\nplant: any\nslots: [any]\nabout: A toy\nparameters:\n  gain: { value: 2.5, unit: MW, \
                        range: [0, 10], about: Gain }\n  own: { value: null, range: [0, 1], about: Found alone }\n  \
                        steps: { value: 3, range: [1, 8], whole: true, about: Steps }\n  mode: { value: soft, choices: \
                        [soft, hard], about: Mode }\n  on: { value: true, about: Switch }\n";

    #[test]
    fn a_card_gives_the_lowest_layer_and_checks_what_lies_above() {
        let card = Card::read("toy.yaml", TEXT).unwrap();
        let layer = card.layer().unwrap();
        assert!(layer.contains("    gain: 2.5\n") && layer.contains("    own: null\n"), "{layer}");
        assert!(layer.contains("    mode: \"soft\"\n") && layer.contains("    steps: 3\n"), "{layer}");
        let check = |set: &str| {
            let mut config = Document::new();
            config.layer_text("toy", &layer).unwrap();
            config.set(set).unwrap();
            card.check(&config).map_err(|e| e.to_string())
        };
        for good in ["gain=10", "gain=0.5", "own=0.25", "own=null", "steps=8", "mode=hard", "on=false"] {
            assert_eq!(check(&format!("control.toy.{good}")), Ok(()), "{good}");
        }
        for (bad, words) in [
            ("gain=11", "`control.toy.gain` must be a number from 0 to 10 MW"),
            ("gain=soft", "a number from 0 to 10 MW"),
            ("gain=null", "a number from 0 to 10 MW"),
            ("steps=2.5", "a whole number from 1 to 8"),
            ("mode=medium", "one of soft, hard"),
            ("on=1", "true or false"),
            ("gian=1", "unknown key `gian`"),
        ] {
            let error = check(&format!("control.toy.{bad}")).unwrap_err();
            assert!(error.contains(words), "{bad}: {error}");
        }
    }

    #[test]
    fn a_card_that_breaks_its_own_range_is_refused() {
        let error = Card::read("toy.yaml", &TEXT.replace("value: 2.5", "value: 25")).unwrap_err();
        assert!(error.to_string().contains("breaks its own range"), "{error}");
    }

    #[test]
    fn single_settings_are_checked_alike() {
        let card = Card::read("toy.yaml", TEXT).unwrap();
        let check = |name: &str, value: Option<&Setting>| card.check_setting(name, value, &Place::source("parameter"));
        assert!(check("gain", Some(&Setting::Number(3.0))).is_ok() && check("gain", None).is_ok());
        assert!(check("gain", Some(&Setting::Number(f64::NAN))).is_err());
        assert!(check("gain", Some(&Setting::Text("x".into()))).is_err() && check("gone", None).is_err());
    }
}
