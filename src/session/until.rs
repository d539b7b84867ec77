//! What time can be let pass until: a tick, an event, or a comparison of a signal with a number.

use crate::config::{Error, Place, Result};
use crate::plant::PlantSpec;
use crate::rollout::Schema;

/// How a signal is compared with a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `>`
    Above,
    /// `>=`
    AtLeast,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
}

impl Comparison {
    /// All of them as they are written, longer ones first so that a prefix does not win.
    const SIGNS: [(&'static str, Self); 6] = [
        ("<=", Self::AtMost),
        (">=", Self::AtLeast),
        ("==", Self::Equal),
        ("!=", Self::NotEqual),
        ("<", Self::Below),
        (">", Self::Above),
    ];

    /// Whether it holds. Nothing holds for NaN.
    pub fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Self::Below => left < right,
            Self::AtMost => left <= right,
            Self::Above => left > right,
            Self::AtLeast => left >= right,
            Self::Equal => left == right,
            Self::NotEqual => !left.is_nan() && left != right,
        }
    }

    /// The comparison of a sign.
    pub fn of_sign(sign: &str) -> Option<Self> {
        Self::SIGNS.iter().find(|(s, _)| *s == sign).map(|(_, c)| *c)
    }

    /// As it is written.
    pub fn sign(self) -> &'static str {
        Self::SIGNS.iter().find(|(_, c)| *c == self).map_or("", |(sign, _)| sign)
    }
}

/// What time is let pass until.
#[derive(Debug, Clone, PartialEq)]
pub enum Until {
    /// So many ticks have been run.
    Tick(u64),
    /// An event of this kind happens; `None` is the next event of any kind.
    Event(Option<String>),
    /// A signal compares so with a number.
    Signal {
        /// Name of the column.
        signal: String,
        /// How.
        comparison: Comparison,
        /// The number, in the signal's unit.
        value: f64,
    },
}

impl Until {
    /// Reads what a person wrote: `t_zone_a_degc > 34`, `tick 720`, `event zone_a_over_temp`, `event`.
    ///
    /// # Errors
    /// Unknown signals and events, and texts that are none of the three.
    pub fn parse(text: &str, spec: &PlantSpec, schema: &Schema) -> Result<Self> {
        let place = || Place::source("run until");
        let text = text.trim();
        if let Some(number) = text.strip_prefix("tick") {
            let number = number.trim().trim_start_matches(['=', '>']).trim();
            return number.parse().map(Self::Tick).map_err(|_| {
                Error::invalid(place(), format!("`{number}` is not a tick"), "Write a whole number: `tick 720`.")
            });
        }
        if let Some(name) = text.strip_prefix("event") {
            let name = name.trim();
            if name.is_empty() {
                return Ok(Self::Event(None));
            }
            let known = || spec.events.iter().map(|e| e.name.as_str());
            if known().any(|n| n == name) {
                return Ok(Self::Event(Some(name.to_owned())));
            }
            return Err(Error::unknown(place(), "event", name, known()));
        }
        let split = Comparison::SIGNS.iter().find_map(|(sign, comparison)| {
            let (left, right) = text.split_once(sign)?;
            Some((left.trim(), *comparison, right.trim()))
        });
        let Some((signal, comparison, number)) = split else {
            return Err(Error::invalid(
                place(),
                format!("`{text}` is not a condition"),
                "Write a signal, a comparison and a number (`t_zone_a_degc > 34`), `tick 720`, or `event`.",
            ));
        };
        if schema.find(signal).is_none() {
            let known = schema.signals.iter().map(|s| s.name.as_str());
            return Err(Error::unknown(place(), "signal", signal, known));
        }
        let value: f64 = number.parse().ok().filter(|v: &f64| v.is_finite()).ok_or_else(|| {
            Error::invalid(place(), format!("`{number}` is not a number"), "Write a number in the signal's unit.")
        })?;
        Ok(Self::Signal { signal: signal.to_owned(), comparison, value })
    }

    /// What it waits for, in words.
    pub fn words(&self, spec: &PlantSpec) -> String {
        match self {
            Self::Tick(tick) => format!("tick {tick}"),
            Self::Event(None) => "the next event".to_owned(),
            Self::Event(Some(name)) => {
                let label = spec.events.iter().find(|e| e.name == *name).map_or(name.as_str(), |e| e.label.as_str());
                format!("“{label}”")
            }
            Self::Signal { signal, comparison, value } => format!("{signal} {} {value}", comparison.sign()),
        }
    }
}
