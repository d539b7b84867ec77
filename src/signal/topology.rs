//! Nodes, edges and balances: how the flows of a plant hang together.

use super::{Carrier, EntityId, SignalId};

/// What a node of the one-line does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeKind {
    /// The connection to the grid.
    Source,
    /// Changes voltage or form, with a loss.
    Converter,
    /// Joins flows.
    Bus,
    /// Uses energy.
    Load,
    /// Takes and gives back energy.
    Storage,
}

/// What a node may carry for good, as far as the plant knows it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rating {
    /// The flow that counts against it.
    pub flow: SignalId,
    /// The most of it, in the flow's unit.
    pub most: f64,
}

/// A node of the one-line.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The entity it stands for.
    pub entity: EntityId,
    /// Words on the drawing.
    pub label: String,
    /// What it does.
    pub kind: NodeKind,
    /// Form of energy.
    pub carrier: Carrier,
    /// Energy lost in it, where it is a converter.
    pub loss: Option<SignalId>,
    /// Efficiency (0..1), where it has one.
    pub efficiency: Option<SignalId>,
    /// Device number of the protection that stands here (IEEE C37.2: "52" is a breaker).
    pub device: Option<String>,
    /// Its rating, where it is no limit of the flow into it.
    pub rating: Option<Rating>,
    /// Where the number of its rating comes from, or why it has none.
    pub rated_by: String,
}

impl Node {
    /// A node without loss, efficiency, rating and protection of its own.
    pub fn new(entity: EntityId, label: &str, kind: NodeKind, carrier: Carrier) -> Self {
        Self {
            entity,
            label: label.to_owned(),
            kind,
            carrier,
            loss: None,
            efficiency: None,
            device: None,
            rating: None,
            rated_by: String::new(),
        }
    }

    /// The same with a rating: the flow that counts, the most of it, and where the number comes from.
    pub fn rated(self, flow: SignalId, most: f64, by: impl Into<String>) -> Self {
        Self { rating: Some(Rating { flow, most }), rated_by: by.into(), ..self }
    }

    /// The same with words about its rating: where that of its flow comes from, or why it has none.
    pub fn rated_by(self, words: impl Into<String>) -> Self {
        Self { rated_by: words.into(), ..self }
    }
}

/// A directed flow between two nodes.
#[derive(Debug, Clone, PartialEq)]
pub struct Edge {
    /// Index of the node it leaves.
    pub from: usize,
    /// Index of the node it enters.
    pub to: usize,
    /// Flow, positive from `from` to `to`.
    pub flow: SignalId,
    /// Reactive power along with it, same direction; `None` where the plant does not know it.
    pub reactive: Option<SignalId>,
    /// Largest flow that is allowed.
    pub limit: Option<f64>,
    /// Unit of the limit where it is not the flow's: that of apparent power counts the reactive part too.
    pub limit_unit: Option<String>,
}

impl Edge {
    /// A flow without a limit and without reactive power.
    pub fn new(from: usize, to: usize, flow: SignalId) -> Self {
        Self { from, to, flow, reactive: None, limit: None, limit_unit: None }
    }
}

/// One term of a balance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Term {
    /// Coefficient times the value of a signal.
    Value(f64, SignalId),
    /// Coefficient times the change of a signal since the row before.
    Change(f64, SignalId),
}

/// A sum of terms that is zero on every row.
#[derive(Debug, Clone, PartialEq)]
pub struct Balance {
    /// Stable name.
    pub name: String,
    /// What is balanced, in words.
    pub label: String,
    /// Unit of the sum.
    pub unit: String,
    /// The terms.
    pub terms: Vec<Term>,
    /// Largest absolute sum that rounding explains where the terms have their usual size, in the unit.
    pub tolerance: f64,
}

impl Balance {
    /// A balance by name, words, unit and tolerance in that unit.
    pub fn new(name: &str, label: &str, unit: &str, tolerance: f64, terms: Vec<Term>) -> Self {
        Self { name: name.to_owned(), label: label.to_owned(), unit: unit.to_owned(), terms, tolerance }
    }

    /// What is left over on a row: zero within the tolerance when the balance closes.
    ///
    /// `before` is the row of the tick before. Signals outside a row count as NaN, so that a wrong table cannot close.
    pub fn residual(&self, before: &[f64], row: &[f64]) -> f64 {
        let at = |row: &[f64], signal: SignalId| row.get(signal).copied().unwrap_or(f64::NAN);
        self.terms
            .iter()
            .map(|term| match *term {
                Term::Value(k, s) => k * at(row, s),
                Term::Change(k, s) => k * (at(row, s) - at(before, s)),
            })
            .sum()
    }

    /// Largest absolute sum that rounding explains on a row: the tolerance, and more where a term is very large.
    pub fn rounding(&self, before: &[f64], row: &[f64]) -> f64 {
        let size = |row: &[f64], signal: SignalId| row.get(signal).map_or(0.0, |v| v.abs());
        let largest = self
            .terms
            .iter()
            .map(|term| match *term {
                Term::Value(k, s) => k.abs() * size(row, s),
                Term::Change(k, s) => k.abs() * size(row, s).max(size(before, s)),
            })
            .fold(0.0, f64::max);
        self.tolerance.max(4.0 * self.terms.len() as f64 * f64::EPSILON * largest)
    }

    /// Whether the balance closes on a row.
    pub fn closes(&self, before: &[f64], row: &[f64]) -> bool {
        self.residual(before, row).abs() <= self.rounding(before, row)
    }
}

/// The whole drawing: nodes, edges, balances.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Topology {
    /// Nodes, in drawing order from the source down.
    pub nodes: Vec<Node>,
    /// Flows.
    pub edges: Vec<Edge>,
    /// What must close on every row. The first one is printed below the drawing.
    pub balances: Vec<Balance>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_grows_with_the_terms() {
        let balance = Balance::new("sum", "Sum", "", 1e-9, vec![Term::Value(1.0, 0), Term::Value(-1.0, 1)]);
        assert!(balance.closes(&[], &[1e8, 1e8 + 1e-8]));
        assert!(!balance.closes(&[], &[1e8, 1e8 + 1e-3]));
        assert!(!balance.closes(&[], &[1.0, 1.0 + 1e-8]));
        assert!(!balance.closes(&[], &[f64::NAN, f64::NAN]));
    }

    #[test]
    fn a_balance_counts_values_and_changes() {
        let terms = vec![Term::Change(1.0, 0), Term::Value(-1.0, 1)];
        let balance = Balance::new("tank", "Tank", "MWh", 1e-9, terms);
        assert!(balance.closes(&[2.0, 0.0], &[5.0, 3.0]));
        assert!(!balance.closes(&[2.0, 0.0], &[5.0, 2.0]));
        assert!(!balance.closes(&[2.0], &[5.0]), "a row without the signal cannot close");
    }
}
