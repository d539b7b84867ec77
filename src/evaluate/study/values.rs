//! Parameters of studies and the values that a person gave them.

use std::path::{Path, PathBuf};

use crate::config::{Error, Place, Result};
use crate::signal::format_number;

/// What a parameter may be.
#[derive(Debug, Clone, PartialEq)]
pub enum Range {
    /// A number from one value to another.
    Number {
        /// Lowest.
        low: f64,
        /// Highest.
        high: f64,
        /// Decimals that make a difference.
        decimals: usize,
    },
    /// One of several; the value is its number.
    Choice(Vec<Choice>),
}

/// One of several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Stable name.
    pub name: String,
    /// Words.
    pub label: String,
}

/// Something that may be moved.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Stable name with its unit: `ambient_degc`.
    pub name: String,
    /// Words.
    pub label: String,
    /// Unit; empty for pure numbers and choices.
    pub unit: String,
    /// What it may be.
    pub range: Range,
    /// What it is where nothing is said.
    pub default: f64,
    /// What it does, in a line.
    pub about: String,
}

impl Parameter {
    /// A number with its unit.
    pub fn number(name: &str, label: &str, unit: &str, (low, high): (f64, f64), default: f64, decimals: usize) -> Self {
        let range = Range::Number { low, high, decimals };
        let (name, label, unit) = (name.to_owned(), label.to_owned(), unit.to_owned());
        Self { name, label, unit, range, default, about: String::new() }
    }

    /// One of several `(name, words)`.
    pub fn choice<N: Into<String>, L: Into<String>>(
        name: &str,
        label: &str,
        choices: impl IntoIterator<Item = (N, L)>,
        default: usize,
    ) -> Self {
        let one = |(name, label): (N, L)| Choice { name: name.into(), label: label.into() };
        Self {
            name: name.to_owned(),
            label: label.to_owned(),
            unit: String::new(),
            range: Range::Choice(choices.into_iter().map(one).collect()),
            default: default as f64,
            about: String::new(),
        }
    }

    /// With a line about it.
    #[must_use]
    pub fn about(mut self, about: &str) -> Self {
        about.clone_into(&mut self.about);
        self
    }

    /// Whether a value is allowed.
    ///
    /// # Errors
    /// A value outside the range or that is no number, with the range.
    pub fn check(&self, value: f64) -> Result<()> {
        let good = match &self.range {
            Range::Number { low, high, .. } => (*low..=*high).contains(&value),
            Range::Choice(choices) => value >= 0.0 && value.fract() == 0.0 && (value as usize) < choices.len(),
        };
        if good {
            return Ok(());
        }
        let cure = match &self.range {
            Range::Number { low, high, decimals } => {
                let number = |v: &f64| format_number(*v, *decimals);
                format!("Give a number from {} to {} {}", number(low), number(high), self.unit).trim_end().to_owned()
                    + "."
            }
            Range::Choice(choices) => {
                let names: Vec<&str> = choices.iter().map(|c| c.name.as_str()).collect();
                format!("Choose one of {}.", names.join(", "))
            }
        };
        Err(Error::invalid(Place::source(format!("--set {}", self.name)), format!("{value} is out of range"), cure))
    }

    /// The value that a text means.
    ///
    /// # Errors
    /// Neither a number nor a choice, or out of range.
    pub fn parse(&self, text: &str) -> Result<f64> {
        let text = text.trim();
        let place = || Place::source(format!("--set {}", self.name));
        let value = match &self.range {
            Range::Number { .. } => text.parse::<f64>().map_err(|_| {
                Error::invalid(place(), format!("`{text}` is no number"), "Write for example 12.5.".to_owned())
            })?,
            Range::Choice(choices) => {
                let found = choices.iter().position(|c| c.name.eq_ignore_ascii_case(text));
                let names = choices.iter().map(|c| c.name.as_str());
                found.ok_or_else(|| Error::unknown(place(), "choice", text, names))? as f64
            }
        };
        self.check(value)?;
        Ok(value)
    }

    /// A value in words, with its unit.
    pub fn words(&self, value: f64) -> String {
        match &self.range {
            Range::Number { decimals, .. } => {
                format!("{} {}", format_number(value, *decimals), self.unit).trim_end().to_owned()
            }
            Range::Choice(choices) => {
                choices.get(value.max(0.0) as usize).map_or_else(String::new, |c| c.label.clone())
            }
        }
    }
}

/// Values of a study's parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Values {
    parameters: Vec<Parameter>,
    values: Vec<f64>,
    data: Option<PathBuf>,
}

impl Values {
    /// All parameters at their defaults.
    pub fn new(parameters: Vec<Parameter>) -> Self {
        let values = parameters.iter().map(|p| p.default).collect();
        Self { parameters, values, data: None }
    }

    /// With a folder of measured series in place of the embedded set.
    #[must_use]
    pub fn with_data(mut self, folder: Option<PathBuf>) -> Self {
        self.data = folder;
        self
    }

    /// The folder of measured series; `None` for the embedded set.
    pub fn data(&self) -> Option<&Path> {
        self.data.as_deref()
    }

    /// The parameters.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// The values, beside the parameters.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Sets a value by the parameter's number; one that is out of range is brought into it, one that is no number is
    /// left out.
    pub fn put(&mut self, number: usize, value: f64) {
        if let (Some(p), Some(own)) = (self.parameters.get(number), self.values.get_mut(number)) {
            match &p.range {
                Range::Number { low, high, .. } if value.is_finite() => *own = value.clamp(*low, *high),
                Range::Choice(choices) if value >= 0.0 && (value as usize) < choices.len() => *own = value.floor(),
                _ => {}
            }
        }
    }

    /// Sets a value by `name=value`.
    ///
    /// # Errors
    /// Unknown names, values that are none or out of range.
    pub fn set(&mut self, assignment: &str) -> Result<()> {
        let Some((name, text)) = assignment.split_once('=') else {
            let what = format!("`{assignment}` is no assignment");
            return Err(Error::invalid(Place::source("--set"), what, "Write --set name=value."));
        };
        let name = name.trim();
        let Some(number) = self.parameters.iter().position(|p| p.name == name) else {
            let known = self.parameters.iter().map(|p| p.name.as_str());
            return Err(Error::unknown(Place::source("--set"), "parameter", name, known));
        };
        if let (Some(p), Some(own)) = (self.parameters.get(number), self.values.get_mut(number)) {
            *own = p.parse(text)?;
        }
        Ok(())
    }

    fn number_of(&self, name: &str) -> Option<usize> {
        self.parameters.iter().position(|p| p.name == name)
    }

    /// The value of a parameter; NaN where there is none of the name.
    pub fn get(&self, name: &str) -> f64 {
        self.number_of(name).and_then(|k| self.values.get(k)).copied().unwrap_or(f64::NAN)
    }

    /// A value as a whole number, at least 0.
    pub fn whole(&self, name: &str) -> u64 {
        self.get(name).max(0.0).round() as u64
    }

    /// The name of a choice; empty where there is none.
    pub fn chosen(&self, name: &str) -> &str {
        let found = self.number_of(name).and_then(|k| Some((self.parameters.get(k)?, *self.values.get(k)?)));
        match found {
            Some((Parameter { range: Range::Choice(choices), .. }, value)) => {
                choices.get(value.max(0.0) as usize).map_or("", |c| c.name.as_str())
            }
            _ => "",
        }
    }

    /// All values in words: `ambient 25 °C, market NYISO`.
    pub fn words(&self) -> String {
        let pairs = self.parameters.iter().zip(&self.values);
        // The first letter only: HVAC and zone A keep theirs.
        let small = |label: &str| {
            let mut letters = label.chars();
            let first = letters.next();
            let keeps = letters.clone().next().is_some_and(char::is_uppercase);
            match first {
                Some(first) if !keeps => first.to_lowercase().chain(letters).collect(),
                _ => label.to_owned(),
            }
        };
        let one = |(p, v): (&Parameter, &f64)| format!("{} {}", small(&p.label), p.words(*v));
        pairs.map(one).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn values() -> Values {
        Values::new(vec![
            Parameter::number("ambient_degc", "Ambient", "°C", (-10.0, 45.0), 25.0, 1),
            Parameter::choice("season", "Season", [("winter", "Winter"), ("summer", "Summer")], 1),
        ])
    }

    #[test]
    fn values_are_set_by_name_and_in_words() {
        let mut v = values();
        assert_eq!((v.get("ambient_degc"), v.chosen("season")), (25.0, "summer"));
        v.set("ambient_degc=-3.5").unwrap();
        v.set("season=WINTER").unwrap();
        assert_eq!((v.get("ambient_degc"), v.chosen("season")), (-3.5, "winter"));
        assert_eq!(v.words(), "ambient −3.5 °C, season Winter");
        v.put(0, 400.0);
        v.put(0, f64::NAN);
        assert_eq!(v.get("ambient_degc"), 45.0);
    }

    #[test]
    fn wrong_values_are_refused_with_place_and_cure() {
        let mut v = values();
        for (text, words) in [
            ("ambient_degc", "no assignment"),
            ("ambient_degc=x", "no number"),
            ("ambient_degc=46", "from −10.0 to 45.0 °C"),
            ("ambient_degc=NaN", "out of range"),
            ("season=spring", "winter"),
            ("sun=1", "ambient_degc"),
        ] {
            let message = v.set(text).err().unwrap().report();
            assert!(message.contains(words), "{text}: {message}");
        }
        assert_eq!(v, values(), "nothing was changed");
    }
}
