//! What a plant says about its head-room: which signal is what the site gives, which levers make it, which limits hold.
//!
//! The numbers are found elsewhere, by rolling the plant to its limits; here stands only what they mean.

use crate::signal::SignalId;

/// What a number is counted from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CountFrom {
    /// A fixed level in the signal's unit (a baseline that the plant's own accounts count from; 0 for none).
    Level(f64),
    /// What the signal would be on the same tick with every lever at its neutral value.
    Rest,
}

/// A signal as a contribution: `factor × (signal − from)`, + = the site draws less.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// The signal.
    pub signal: SignalId,
    /// Sign, and conversion into [`HeadroomSpec::unit`].
    pub factor: f64,
    /// What it is counted from.
    pub from: CountFrom,
}

impl Measured {
    /// A signal as it stands, from zero.
    pub fn plain(signal: SignalId) -> Self {
        Self { signal, factor: 1.0, from: CountFrom::Level(0.0) }
    }

    /// The opposite of what a signal lies above a level: a draw that counts when it falls.
    pub fn below(signal: SignalId, level: f64) -> Self {
        Self { signal, factor: -1.0, from: CountFrom::Level(level) }
    }

    /// What a signal differs from rest, times a factor.
    pub fn from_rest(signal: SignalId, factor: f64) -> Self {
        Self { signal, factor, from: CountFrom::Rest }
    }
}

/// A lever that takes part.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeadroomLever {
    /// Number of its slot.
    pub slot: usize,
    /// Number of the action in its slot.
    pub action: usize,
    /// What it contributes; the parts of all levers add up to [`HeadroomSpec::delivered`].
    pub part: Measured,
}

/// What head-room means at a plant.
#[derive(Debug, Clone, PartialEq)]
pub struct HeadroomSpec {
    /// How long it must last, ticks.
    pub ticks: u64,
    /// Unit of every number.
    pub unit: String,
    /// Digits after the decimal point.
    pub decimals: usize,
    /// What the site gives, + = it draws less.
    pub delivered: Measured,
    /// What it owes in both directions, ≥ 0; `None` where nothing is owed.
    pub commitment: Option<SignalId>,
    /// The levers, in the order in which they are told.
    pub levers: Vec<HeadroomLever>,
    /// Signals whose warning limits must hold all the time (the trip limits where there are no warnings).
    pub limits: Vec<SignalId>,
    /// One line that says what is counted from, and what must hold.
    pub note: String,
}
