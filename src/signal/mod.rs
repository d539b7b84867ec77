//! What a quantity is: an entity's quantity with unit, kind, hold, limits, display range and description.
//!
//! The room knows no plant. A plant publishes a table of [`Signal`]s; logs, charts, tiles and metrics are made from it.

mod topology;

pub use topology::{Balance, Edge, Node, NodeKind, Term, Topology};

/// Index of a signal in its table: the column of a row.
pub type SignalId = usize;

/// Index of an entity in its table.
pub type EntityId = usize;

/// Form of energy or value that a thing belongs to. The window gives each one accent colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Carrier {
    /// Grid connection: tie line, transformer, frequency, voltage, regulation.
    Grid,
    /// Racks, workload, throughput, backlog.
    It,
    /// Coolant loops, air handling, temperatures.
    Cooling,
    /// Cells, inverter, state of charge.
    Battery,
    /// Bids, prices, commitment, revenue.
    Market,
    /// Lighting, network, losses and everything else.
    #[default]
    Aux,
}

/// A thing of the plant that owns quantities: the site, a zone, a charger.
#[derive(Debug, Clone, PartialEq)]
pub struct Entity {
    /// Stable name in snake case, unique within the plant.
    pub name: String,
    /// Words for people.
    pub label: String,
    /// What it is ("site", "zone", "battery"): entities of one class fold into a family.
    pub class: String,
    /// The entity that it is a part of; `None` for the root.
    pub parent: Option<EntityId>,
}

/// How a value relates to its tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Value at the end of the tick.
    State,
    /// Mean over the tick.
    Mean,
    /// Sum over the tick.
    Sum,
    /// 1 on the ticks where it happens, 0 elsewhere.
    Event,
}

/// How a value is drawn between ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// Constant until the next tick.
    Step,
    /// A line to the next value.
    Linear,
}

/// Where a quantity becomes worrying and where it stops the plant, in the signal's unit.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Limits {
    /// Warn below this.
    pub warn_low: Option<f64>,
    /// Warn above this.
    pub warn_high: Option<f64>,
    /// Trip below this.
    pub trip_low: Option<f64>,
    /// Trip above this.
    pub trip_high: Option<f64>,
}

/// How far a value stands from its limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Alarm {
    /// Inside every limit.
    Normal,
    /// Beyond a warning limit.
    Warn,
    /// Beyond a trip limit.
    Trip,
}

impl Limits {
    /// Warning and trip above.
    pub fn high(warn: f64, trip: f64) -> Self {
        Self { warn_high: Some(warn), trip_high: Some(trip), ..Self::default() }
    }

    /// Where `value` stands. A value that is not a number stands nowhere: `Normal`.
    pub fn judge(&self, value: f64) -> Alarm {
        let above = |limit: Option<f64>| limit.is_some_and(|l| value > l);
        let below = |limit: Option<f64>| limit.is_some_and(|l| value < l);
        if above(self.trip_high) || below(self.trip_low) {
            Alarm::Trip
        } else if above(self.warn_high) || below(self.warn_low) {
            Alarm::Warn
        } else {
            Alarm::Normal
        }
    }
}

/// One column of a row: what it is, in which unit, and how to show it.
#[derive(Debug, Clone, PartialEq)]
pub struct Signal {
    /// Unique name with its unit as suffix, as logs and predicates use it (`t_zone_a_degc`).
    pub name: String,
    /// Owner.
    pub entity: EntityId,
    /// Name of the quantity within the entity; the same quantity of a class of entities forms a family.
    pub quantity: String,
    /// Words for people.
    pub label: String,
    /// Unit as printed; empty for pure numbers.
    pub unit: String,
    /// Relation to the tick.
    pub kind: Kind,
    /// Shape between ticks.
    pub hold: Hold,
    /// Warning and trip limits.
    pub limits: Limits,
    /// Range that a gauge shows, in the unit.
    pub range: (f64, f64),
    /// Digits after the decimal point.
    pub decimals: usize,
    /// Names of its values 0, 1, 2 …, where it is a state rather than a number; else empty.
    pub labels: Vec<String>,
    /// Form of energy, for the accent colour.
    pub carrier: Carrier,
    /// What it means, sign convention and source.
    pub doc: String,
}

impl Signal {
    /// A state drawn as a line; the builder methods refine it.
    pub fn new(name: &str, entity: EntityId, label: &str, unit: &str, doc: &str) -> Self {
        Self {
            name: name.to_owned(),
            entity,
            quantity: name.to_owned(),
            label: label.to_owned(),
            unit: unit.to_owned(),
            kind: Kind::State,
            hold: Hold::Linear,
            limits: Limits::default(),
            range: (0.0, 1.0),
            decimals: 2,
            labels: Vec::new(),
            carrier: Carrier::Aux,
            doc: doc.to_owned(),
        }
    }

    /// Sets the quantity's name within the entity.
    pub fn quantity(mut self, quantity: &str) -> Self {
        quantity.clone_into(&mut self.quantity);
        self
    }

    /// Marks a mean over the tick, drawn as a step.
    pub fn mean(mut self) -> Self {
        self.kind = Kind::Mean;
        self.hold = Hold::Step;
        self
    }

    /// Marks a sum over the tick, drawn as a step.
    pub fn sum(mut self) -> Self {
        self.kind = Kind::Sum;
        self.hold = Hold::Step;
        self
    }

    /// Marks an event flag.
    pub fn event(mut self) -> Self {
        self.kind = Kind::Event;
        self.hold = Hold::Step;
        self.decimals = 0;
        self
    }

    /// Draws a state as a step.
    pub fn step(mut self) -> Self {
        self.hold = Hold::Step;
        self
    }

    /// Sets the limits.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets the gauge range.
    pub fn range(mut self, low: f64, high: f64) -> Self {
        self.range = (low, high);
        self
    }

    /// Sets the digits after the decimal point.
    pub fn decimals(mut self, decimals: usize) -> Self {
        self.decimals = decimals;
        self
    }

    /// Names the values 0, 1, 2 … of a state.
    pub fn labels(mut self, labels: &[&str]) -> Self {
        self.labels = labels.iter().map(|&l| l.to_owned()).collect();
        self
    }

    /// Sets the form of energy.
    pub fn carrier(mut self, carrier: Carrier) -> Self {
        self.carrier = carrier;
        self
    }

    /// The value as text with this signal's decimals and a true minus sign, without unit; '–' for no value. A state's
    /// value is told by its name.
    pub fn format(&self, value: f64) -> String {
        let label = (value >= 0.0 && value.fract() == 0.0).then(|| self.labels.get(value as usize)).flatten();
        label.map_or_else(|| format_number(value, self.decimals), Clone::clone)
    }
}

/// A number with a fixed count of decimals and a true minus sign; '–' when it is not finite; never "−0".
pub fn format_number(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let text = format!("{:.*}", decimals, value.abs());
    let is_zero = text.bytes().all(|b| matches!(b, b'0' | b'.'));
    if value < 0.0 && !is_zero { format!("−{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_judge_strictly() {
        let limits = Limits::high(33.0, 35.0);
        assert_eq!(limits.judge(33.0), Alarm::Normal);
        assert_eq!(limits.judge(33.1), Alarm::Warn);
        assert_eq!(limits.judge(35.0), Alarm::Warn);
        assert_eq!(limits.judge(35.1), Alarm::Trip);
        assert_eq!(limits.judge(f64::NAN), Alarm::Normal);
    }

    #[test]
    fn states_are_told_by_name() {
        let signal = Signal::new("state", 0, "State", "", "A state.").decimals(0).labels(&["Idle", "Busy"]);
        assert_eq!([0.0, 1.0, 2.0, -1.0, f64::NAN].map(|v| signal.format(v)), ["Idle", "Busy", "2", "−1", "–"]);
    }

    #[test]
    fn numbers_have_a_true_minus_and_no_negative_zero() {
        assert_eq!(format_number(-1.25, 1), "−1.2");
        assert_eq!(format_number(-0.001, 2), "0.00");
        assert_eq!(format_number(f64::NAN, 2), "–");
    }
}
