//! Numbers and values of levers as people call them, for logs and explanations alike.

use crate::plant::{Action, Domain};
use crate::signal::format_number;

/// A number with no more digits than it needs, at most three after the point.
pub(super) fn short(value: f64) -> String {
    let text = format_number(value, 3);
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    text.to_owned()
}

/// A value of a lever: the position's name, or a number as fine as a nudge.
pub(super) fn level(action: &Action, value: f64) -> String {
    match &action.domain {
        Domain::Discrete { labels } => labels
            .get(value.round().max(0.0) as usize)
            .filter(|_| value.is_finite())
            .cloned()
            .unwrap_or_else(|| format_number(value, 0)),
        Domain::Continuous { .. } => format_number(value, decimals(action)),
    }
}

/// Decimals of a lever's values.
pub(super) fn decimals(action: &Action) -> usize {
    if action.nudge < 0.01 { 3 } else { 2 }
}
