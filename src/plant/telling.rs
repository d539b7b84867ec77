//! What a plant says of itself when somebody asks why: words for reward terms, meanings of observations, what a slot is
//! asked for and what it gives, what it sells.
//!
//! All of it is optional: a plant that says nothing is told in the words of its other tables. Lists run beside those of
//! the slot ([`Slot`](super::Slot)) and may be shorter.

use crate::config::{Error, Place, Result};
use crate::signal::{Carrier, SignalId};

use super::{Observation, PlantSpec};

/// Words of all slots, in slot order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Telling {
    /// One entry per slot.
    pub slots: Vec<SlotTelling>,
}

/// Words of a slot.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SlotTelling {
    /// Beside [`Slot::reward_terms`](super::Slot::reward_terms).
    pub terms: Vec<TermTelling>,
    /// Beside [`Slot::observations`](super::Slot::observations).
    pub seen: Vec<SeenTelling>,
    /// Beside [`Slot::actions`](super::Slot::actions): what counts as one step of a lever, in its own unit; 0 is its nudge.
    pub steps: Vec<f64>,
    /// What the slot is asked for and what it gives.
    pub service: Option<Service>,
    /// What it sells.
    pub deal: Option<Deal>,
}

/// Words of a reward term. `{signal_name}` stands for the value of a signal with its unit.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TermTelling {
    /// How it is computed, short ("−2 × error / commitment").
    pub formula: String,
    /// What it came to.
    pub told: String,
    /// The same where it came to nothing; empty takes `told`.
    pub idle: String,
}

impl TermTelling {
    /// Formula, words, words for nothing.
    pub fn new(formula: impl Into<String>, told: impl Into<String>, idle: impl Into<String>) -> Self {
        Self { formula: formula.into(), told: told.into(), idle: idle.into() }
    }
}

/// Meaning of an entry of an observation. In physical terms it is `entry × scale + offset`, see [`Observation::scale`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SeenTelling {
    /// Words for people; empty takes the entry's name.
    pub label: String,
    /// What is added after scaling, in the unit.
    pub offset: f64,
    /// Factor on top of the table's own scale and unit in its place (°C where the table has a share); `None` keeps both.
    pub scaled: Option<(f64, String)>,
    /// Where it lies on most days, in physical terms.
    pub normal: Option<(f64, f64)>,
    /// Digits after the decimal point.
    pub decimals: usize,
    /// Names of its values 0, 1 …, where it is a state.
    pub labels: Vec<String>,
}

impl SeenTelling {
    /// An entry by words, digits and normal range.
    pub fn new(label: &str, decimals: usize, normal: (f64, f64)) -> Self {
        Self { label: label.to_owned(), decimals, normal: Some(normal), ..Self::default() }
    }

    /// A factor, an offset and a unit in place of the table's.
    pub fn scaled(mut self, factor: f64, offset: f64, unit: &str) -> Self {
        (self.scaled, self.offset) = (Some((factor, unit.to_owned())), offset);
        self
    }

    /// Names of the values 0, 1 ….
    pub fn labels(mut self, labels: &[&str]) -> Self {
        self.labels = labels.iter().map(|&l| l.to_owned()).collect();
        self
    }

    /// Factor, offset and unit that turn an entry into physical terms.
    pub fn physical<'a>(&'a self, entry: &'a Observation) -> (f64, f64, &'a str) {
        let (factor, unit) =
            self.scaled.as_ref().map_or((entry.scale, entry.unit.as_str()), |(factor, unit)| (*factor, unit.as_str()));
        (factor, self.offset, unit)
    }
}

/// What a slot is asked for in a tick and what it gives.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Service {
    /// What is asked for; `None` where nobody asks for a number.
    pub asked: Option<SignalId>,
    /// What is given, in the same unit.
    pub given: SignalId,
    /// What it is made of: they add up to it.
    pub shares: Vec<Share>,
}

/// A part of what is given.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    /// Words for people ("cooling").
    pub label: String,
    /// The signal that holds it.
    pub signal: SignalId,
    /// Factor on the signal: −1 where less of it gives more.
    pub factor: f64,
    /// Form of energy, for the accent colour.
    pub carrier: Carrier,
}

/// What a slot sells in the stretch between two decisions: an offer at a price, a draw by chance, a product that is paid.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Deal {
    /// What it is called ("bid").
    pub label: String,
    /// How much is offered.
    pub quantity: SignalId,
    /// At what price.
    pub price: SignalId,
    /// How much of it is wanted.
    pub wanted: SignalId,
    /// Chance with which it is taken, 0 to 1.
    pub chance: SignalId,
    /// 1 when it was taken, 0 when not.
    pub taken: SignalId,
    /// The price that clears.
    pub cleared: SignalId,
    /// How well it was done, 0 to 1.
    pub score: SignalId,
    /// What is paid: the product of `factors`.
    pub paid: SignalId,
    /// What is multiplied, in this order.
    pub factors: Vec<Factor>,
    /// Lowest and highest price that can be asked.
    pub prices: (f64, f64),
}

/// A factor of what is paid.
#[derive(Debug, Clone, PartialEq)]
pub enum Factor {
    /// A signal, on the row that closes the stretch.
    Signal(SignalId),
    /// A constant, with its unit.
    Constant(f64, String),
}

/// The signal names in a text with places, in order.
pub fn places(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

impl PlantSpec {
    /// What the plant says of a slot; nothing where it says nothing.
    pub fn telling(&self, slot: usize) -> SlotTelling {
        self.telling.slots.get(slot).cloned().unwrap_or_default()
    }

    /// Puts values in the places of a text, each with its unit.
    pub fn fill(&self, text: &str, row: &[f64]) -> String {
        let mut out = String::with_capacity(text.len() + 16);
        let mut pieces = text.split('{');
        out.push_str(pieces.next().unwrap_or_default());
        for piece in pieces {
            let (name, rest) = piece.split_once('}').unwrap_or((piece, ""));
            if let Some((index, signal)) = self.signals.iter().enumerate().find(|(_, s)| s.name == name) {
                out.push_str(&signal.format(row.get(index).copied().unwrap_or(f64::NAN)));
                if !signal.unit.is_empty() && signal.labels.is_empty() {
                    out.push('\u{A0}');
                    out.push_str(&signal.unit);
                }
            }
            out.push_str(rest);
        }
        out
    }

    /// Holds the words against the other tables.
    ///
    /// # Errors
    /// Lists that are longer than what they stand beside, places without a signal, indices outside the table, normal
    /// ranges that are none.
    pub fn check_telling(&self) -> Result<()> {
        let wrong = |slot: usize, what: String| {
            let name = self.slots.get(slot).map_or("?", |s| s.name.as_str());
            let place = format!("words of slot `{name}` of plant `{}`", self.name);
            Err(Error::invalid(Place::source(place), what, "Mend the plant's table of words."))
        };
        for (index, told) in self.telling.slots.iter().enumerate() {
            let Some(slot) = self.slots.get(index) else { return wrong(index, "there is no such slot".to_owned()) };
            let lists = [
                ("terms", told.terms.len(), slot.reward_terms.len()),
                ("entries", told.seen.len(), slot.observations.len()),
                ("steps", told.steps.len(), slot.actions.len()),
            ];
            if let Some((what, many, most)) = lists.into_iter().find(|(_, many, most)| many > most) {
                return wrong(index, format!("{many} {what}, but the slot has {most}"));
            }
            let texts = told.terms.iter().flat_map(|t| [&t.told, &t.idle]);
            if let Some(name) = texts.flat_map(|t| places(t)).find(|name| self.signal(name).is_none()) {
                return wrong(index, format!("there is no signal `{name}`"));
            }
            if let Some(entry) = told
                .seen
                .iter()
                .find(|e| e.normal.is_some_and(|(low, high)| low.is_nan() || high.is_nan() || low > high))
            {
                return wrong(index, format!("the normal range of `{}` is none", entry.label));
            }
            if told.steps.iter().any(|s| !(s.is_finite() && *s >= 0.0)) {
                return wrong(index, "a step is no number above 0".to_owned());
            }
            let service = told
                .service
                .iter()
                .flat_map(|s| s.asked.into_iter().chain([s.given]).chain(s.shares.iter().map(|share| share.signal)));
            let deal = told.deal.iter().flat_map(|d| {
                let factors = d.factors.iter().filter_map(|f| match f {
                    Factor::Signal(signal) => Some(*signal),
                    Factor::Constant(..) => None,
                });
                let own = [d.quantity, d.price, d.wanted, d.chance, d.taken, d.cleared, d.score, d.paid];
                own.into_iter().chain(factors)
            });
            if let Some(signal) = service.chain(deal).find(|s| *s >= self.signals.len()) {
                return wrong(index, format!("there is no signal of number {signal}"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::signal::Signal;

    fn spec() -> PlantSpec {
        let signals = vec![
            Signal::new("p_error_mw", 0, "Error", "MW", "An error.").decimals(1),
            Signal::new("state", 0, "State", "", "A state.").labels(&["Idle", "Busy"]),
        ];
        let slot = super::super::Slot {
            name: "s".into(),
            label: "S".into(),
            period_ticks: 1,
            phase_ticks: 0,
            observations: Vec::new(),
            actions: Vec::new(),
            reward: None,
            reward_terms: Vec::new(),
            reward_when: None,
            optional: false,
            default_controller: "hold".into(),
        };
        PlantSpec { signals, slots: vec![slot], ..PlantSpec::default() }
    }

    #[test]
    fn places_are_filled_with_values_and_units() {
        let spec = spec();
        assert_eq!(spec.fill("{p_error_mw} off while {state}.", &[5.74, 1.0]), "5.7\u{A0}MW off while Busy.");
        assert_eq!(spec.fill("nothing", &[]), "nothing");
        assert_eq!(places("{a} of {b}").collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn words_are_held_against_the_tables() {
        let with = |told: SlotTelling| PlantSpec { telling: Telling { slots: vec![told] }, ..spec() };
        assert!(spec().check_telling().is_ok());
        let long = SlotTelling { steps: vec![0.1], ..SlotTelling::default() };
        assert!(with(long).check_telling().unwrap_err().to_string().contains("1 steps, but the slot has 0"));
        let service = Service { asked: None, given: 7, shares: Vec::new() };
        let far = SlotTelling { service: Some(service), ..SlotTelling::default() };
        assert!(with(far).check_telling().unwrap_err().to_string().contains("no signal of number 7"));
    }
}
