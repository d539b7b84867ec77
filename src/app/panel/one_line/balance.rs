//! The plant's first balance as one line of sums that add up to the printed decimal.

use crate::session::RunView;
use crate::signal::{Balance, NodeKind, SignalId, Term, Topology, format_number};

use super::facts::value;
use super::tell::carrier_words;

/// One printed sum.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sum {
    /// Its words in full.
    pub words: String,
    /// Its words where room is short.
    pub short: String,
    /// Its value, as large as the balance counts it.
    pub value: f64,
}

/// A balance ready to print.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Account {
    /// What comes in.
    pub left: Vec<Sum>,
    /// Where it goes.
    pub right: Vec<Sum>,
    /// Unit of all.
    pub unit: String,
    /// Digits after the decimal point.
    pub decimals: usize,
    /// What is left over.
    pub residual: f64,
    /// Whether it closes; `None` while there are no numbers.
    pub closes: Option<bool>,
    /// The balance in words.
    pub label: String,
}

impl Account {
    /// The first balance of the plant; `None` without one.
    pub fn of(view: &RunView) -> Option<Self> {
        let topology = &view.spec.topology;
        let balance = topology.balances.first().filter(|b| !b.terms.is_empty())?;
        let rows = view.recording.rows();
        let before = |column: SignalId| rows.checked_sub(2).map_or(f64::NAN, |row| view.recording.value(row, column));
        let mut account = Self {
            left: Vec::new(),
            right: Vec::new(),
            unit: balance.unit.clone(),
            decimals: 0,
            residual: 0.0,
            closes: None,
            label: balance.label.clone(),
        };
        let mut keys: Vec<(bool, String)> = Vec::new();
        let first_sign = balance.terms.first().map_or(1.0, |t| factor(*t).signum());
        for term in &balance.terms {
            let (k, column, amount) = match *term {
                Term::Value(k, s) => (k, s, k * value(view, s)),
                Term::Change(k, s) => (k, s, k * (value(view, s) - before(s))),
            };
            account.residual += amount;
            let decimals = view.spec.signals.get(column).map_or(0, |s| s.decimals);
            account.decimals = account.decimals.max(decimals.min(2));
            let is_left = k.signum() == first_sign;
            let amount = if is_left { amount * first_sign } else { -amount * first_sign };
            let (words, short) = words(view, topology, balance, column);
            let side = if is_left { &mut account.left } else { &mut account.right };
            let key = (is_left, words.clone());
            match keys.iter().filter(|k| k.0 == is_left).position(|k| *k == key).and_then(|at| side.get_mut(at)) {
                Some(sum) => sum.value += amount,
                None => {
                    side.push(Sum { words, short, value: amount });
                    keys.push(key);
                }
            }
        }
        if account.residual.is_finite() {
            // What follows from the rounded numbers of a log closes as far as it is printed.
            let printed = if view.replay.is_some() { 0.5 / 10_f64.powi(account.decimals as i32) } else { 0.0 };
            account.closes = Some(account.residual.abs() <= balance.tolerance.max(printed));
        }
        if let Some(first) = account.left.first_mut() {
            first.words = super::super::words::sentence(&first.words);
            first.short = super::super::words::sentence(&first.short);
        }
        Some(account)
    }

    /// The numbers of both sides as printed with so many decimals; where the balance closes, so do they.
    pub fn numbers(&self, decimals: usize) -> (Vec<String>, Vec<String>) {
        let values = |side: &[Sum]| side.iter().map(|s| s.value).collect::<Vec<_>>();
        let (left, right) = (values(&self.left), values(&self.right));
        let unit = 10_f64.powi(decimals.min(9) as i32);
        let print = |counts: Vec<f64>| counts.iter().map(|c| format_number(c / unit, decimals)).collect();
        let plain = |side: &[f64]| side.iter().map(|v| (v * unit).round()).collect::<Vec<_>>();
        let counts = plain(&left);
        let total: f64 = counts.iter().sum();
        let closing = self.closes == Some(true) && total.is_finite() && !right.is_empty();
        let other = if closing { parts(&right, unit, total) } else { plain(&right) };
        (print(counts), print(other))
    }
}

/// Rounds parts so that they add up to a whole number: each goes down, and those that lost most go up again.
fn parts(values: &[f64], unit: f64, total: f64) -> Vec<f64> {
    let exact: Vec<f64> = values.iter().map(|v| v * unit).collect();
    let mut counts: Vec<f64> = exact.iter().map(|v| v.floor()).collect();
    let missing = total - counts.iter().sum::<f64>();
    if !(0.0..=values.len() as f64).contains(&missing) {
        return exact.iter().map(|v| v.round()).collect();
    }
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| (exact[*b] - counts[*b]).total_cmp(&(exact[*a] - counts[*a])));
    for index in order.into_iter().take(missing as usize) {
        counts[index] += 1.0;
    }
    counts
}

fn factor(term: Term) -> f64 {
    match term {
        Term::Value(k, _) | Term::Change(k, _) => k,
    }
}

/// What a term is called, in full and in short. Terms of the same words are added up.
fn words(view: &RunView, topology: &Topology, balance: &Balance, column: SignalId) -> (String, String) {
    let both = |text: &str| (text.to_owned(), text.to_owned());
    if is_loss(topology, balance, column) {
        return ("losses".to_owned(), "loss".to_owned());
    }
    let node = |index: usize| topology.nodes.get(index);
    let edge = topology.edges.iter().find(|edge| edge.flow == column);
    if edge.is_some_and(|e| node(e.from).is_some_and(|n| n.kind == NodeKind::Source)) {
        return both("import");
    }
    let store = edge.and_then(|e| [e.from, e.to].into_iter().filter_map(node).find(|n| n.kind == NodeKind::Storage));
    let end = store.or_else(|| edge.and_then(|e| node(e.to)));
    match (end, view.spec.signals.get(column)) {
        (Some(end), _) => match carrier_words(end.carrier) {
            "IT" => both("IT"),
            "Cooling" => ("cooling".to_owned(), "cool".to_owned()),
            "Auxiliary" => both("aux"),
            word => both(&word.to_lowercase()),
        },
        (None, Some(signal)) => both(&lower_first(&signal.label)),
        (None, None) => both("other"),
    }
}

/// Whether a signal tells what is lost: in one node, or in several of them by another balance of the plant.
fn is_loss(topology: &Topology, printed: &Balance, column: SignalId) -> bool {
    let lost = |s: SignalId| topology.nodes.iter().any(|n| n.loss == Some(s));
    let summed = |balance: &Balance| {
        let signals = balance.terms.iter().map(|t| match *t {
            Term::Value(_, s) | Term::Change(_, s) => s,
        });
        let (own, others): (Vec<SignalId>, Vec<SignalId>) = signals.partition(|s| *s == column);
        own.len() == 1 && !others.is_empty() && others.into_iter().all(lost)
    };
    lost(column) || topology.balances.iter().any(|b| b.name != printed.name && summed(b))
}

/// A label inside a sentence: abbreviations keep their capitals.
fn lower_first(label: &str) -> String {
    let mut letters = label.chars();
    match (letters.next(), label.chars().nth(1)) {
        (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().chain(letters).collect(),
        _ => label.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn account(left: &[f64], right: &[f64]) -> Account {
        let sums = |values: &[f64]| {
            values.iter().map(|v| Sum { words: String::new(), short: String::new(), value: *v }).collect()
        };
        let residual = left.iter().sum::<f64>() - right.iter().sum::<f64>();
        Account {
            left: sums(left),
            right: sums(right),
            unit: "MW".to_owned(),
            decimals: 2,
            residual,
            closes: Some(residual.abs() < 1e-9),
            label: String::new(),
        }
    }

    #[test]
    fn printed_numbers_add_up_where_plain_rounding_would_not() {
        let account = account(&[1.0], &[1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0]);
        assert_eq!(account.numbers(1).1, ["0.4", "0.3", "0.3"]);
        assert_eq!(account.numbers(2).0, ["1.00"]);
    }

    #[test]
    fn an_open_balance_is_printed_as_it_is() {
        let account = account(&[10.0], &[4.04, 4.04]);
        assert_eq!(account.numbers(1).1, ["4.0", "4.0"]);
        let nothing = Account { closes: None, ..super::tests::account(&[f64::NAN], &[f64::NAN]) };
        assert_eq!(nothing.numbers(2), (vec!["–".to_owned()], vec!["–".to_owned()]));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn any_closed_balance_closes_on_the_screen(
            parts in proptest::collection::vec(-500.0..500.0_f64, 1..8),
            decimals in 0..3_usize,
        ) {
            let total: f64 = parts.iter().sum();
            let mut account = account(&[total], &parts);
            account.closes = Some(true);
            let (left, right) = account.numbers(decimals);
            let read = |text: &String| text.replace('−', "-").parse::<f64>().unwrap_or(f64::NAN);
            let sum: f64 = right.iter().map(read).sum();
            prop_assert!((read(&left[0]) - sum).abs() < 1e-6, "{left:?} = {right:?}");
            for (printed, exact) in right.iter().zip(&parts) {
                prop_assert!((read(printed) - exact).abs() < 1.000_001 * 10_f64.powi(-(decimals as i32)));
            }
        }
    }
}
