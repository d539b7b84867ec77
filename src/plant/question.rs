//! Ready questions about a run: what a plant thinks worth asking of its own rows.
//!
//! A question names columns of a row; who answers it, and how it is shown, is not the plant's business. Most questions
//! are made from the other tables (limits, levers, rewards, metrics, events); here a plant adds those that only it knows.

use crate::signal::SignalId;

/// Which side of a level a condition is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Above it, strictly.
    Above,
    /// Below it, strictly.
    Below,
    /// At it or above.
    AtLeast,
    /// At it or below.
    AtMost,
}

/// Something that holds on a row or does not. A gap (NaN) never does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Condition {
    /// The column.
    pub signal: SignalId,
    /// Which side of the level.
    pub side: Side,
    /// The level, in the column's unit.
    pub level: f64,
}

impl Condition {
    /// A condition on a column.
    pub fn new(signal: SignalId, side: Side, level: f64) -> Self {
        Self { signal, side, level }
    }

    /// A flag is up.
    pub fn flag(signal: SignalId) -> Self {
        Self::new(signal, Side::AtLeast, 1.0)
    }

    /// Whether it holds for a value.
    pub fn holds(&self, value: f64) -> bool {
        match self.side {
            Side::Above => value > self.level,
            Side::Below => value < self.level,
            Side::AtLeast => value >= self.level,
            Side::AtMost => value <= self.level,
        }
    }

    /// Whether it may hold for any value between two.
    pub fn may_hold(&self, low: f64, high: f64) -> bool {
        self.holds(low) || self.holds(high)
    }
}

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    /// The largest value and when it was first reached.
    Highest(SignalId),
    /// The smallest value and when it was first reached.
    Lowest(SignalId),
    /// The largest mean over spans that begin at full multiples of their length on the site's clock (a minute, an hour).
    HighestMean {
        /// The column.
        signal: SignalId,
        /// Length of the span, s.
        seconds: u32,
    },
    /// The span of the site's clock over which a total rose most.
    LargestRise {
        /// The total.
        signal: SignalId,
        /// Length of the span, s.
        seconds: u32,
    },
    /// The first row on which any of these holds; the words name each of them.
    First(Vec<(Condition, String)>),
    /// For how long any of these held, how often, and the longest time.
    Time(Vec<Condition>),
    /// On how many rows a flag was up, of those where any of the others was.
    Share {
        /// The flag.
        of: SignalId,
        /// The flags that make the whole.
        among: Vec<SignalId>,
    },
    /// The value on the last row.
    Last(SignalId),
    /// A metric over all rows: its number in the plant's table.
    Metric(usize),
    /// Which term of a slot's reward cost most, by the sum of its negative values; and its worst row.
    Loss(usize),
}

/// A question.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Stable name, unique among a plant's own (`worst_tracking`).
    pub name: String,
    /// A few words ("Worst tracking").
    pub label: String,
    /// What is asked.
    pub asked: Asked,
    /// Unit of the answer after scaling; empty takes the column's own where the factor is 1.
    pub unit: String,
    /// Factor on the value.
    pub factor: f64,
    /// Digits after the decimal point; `None` takes the column's own.
    pub decimals: Option<usize>,
    /// Whether it is shown before anybody searches.
    pub ready: bool,
    /// What exactly the number is, one sentence.
    pub doc: String,
}

impl Question {
    /// A ready question in the column's own unit.
    pub fn new(name: &str, label: &str, asked: Asked, doc: &str) -> Self {
        Self {
            name: name.to_owned(),
            label: label.to_owned(),
            asked,
            unit: String::new(),
            factor: 1.0,
            decimals: None,
            ready: true,
            doc: doc.to_owned(),
        }
    }

    /// Sets factor, unit and digits of the answer.
    pub fn scaled(mut self, factor: f64, unit: &str, decimals: usize) -> Self {
        (self.factor, self.unit, self.decimals) = (factor, unit.to_owned(), Some(decimals));
        self
    }

    /// Shows it only where somebody searches.
    pub fn on_request(mut self) -> Self {
        self.ready = false;
        self
    }
}
