//! What was worked out, as exhibits: the same in files, on pages and in the window.

mod actions;
mod outcomes;
mod stories;

use crate::evaluate::exhibit::{Axis, Exhibit, Plot, Table};

use super::{Explained, Frame};

/// Everything that there is to show, in the order in which it is looked at. Names are those of the files.
pub fn exhibits(frame: &Frame, told: &Explained) -> Vec<Exhibit> {
    let mut all = Vec::new();
    all.extend(actions::distribution(told));
    all.extend(actions::timeline(frame, told));
    all.extend(actions::heat_maps(told));
    all.extend(actions::quartiles(frame, told));
    all.extend(actions::correlations(frame, told));
    all.extend(outcomes::by_action(frame, told));
    all.extend(outcomes::efficiency(frame, told));
    all.extend(outcomes::asked(frame, told));
    all.extend(outcomes::rewards(told));
    all.extend(actions::saturation(told));
    all.extend(stories::queue(told));
    all.extend(stories::store(told));
    all.extend(stories::sizes(told));
    all.extend(stories::paired(told));
    all.extend(stories::training(told));
    all
}

/// An exhibit, or none where there is nothing to see on it.
fn exhibit(
    name: &str,
    title: impl Into<String>,
    caption: impl Into<String>,
    plots: Vec<Plot>,
    columns: usize,
    table: Table,
) -> Option<Exhibit> {
    (!plots.is_empty()).then(|| Exhibit::new(name, title, caption, table).plots(columns, plots))
}

/// Words and unit of a quantity, as axes have them.
fn with_unit(label: &str, unit: &str) -> String {
    if unit.is_empty() { label.to_owned() } else { format!("{label}, {unit}") }
}

/// The hours of a day as an axis.
fn day_hours() -> Axis {
    Axis::hours("hour of the day")
}

/// Middles of the hours of a day with their values.
fn over_hours(values: &[f64; 24]) -> Vec<(f64, f64)> {
    values.iter().enumerate().map(|(hour, v)| (hour as f64 + 0.5, *v)).collect()
}
