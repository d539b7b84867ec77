//! The rows that are explained, as columns: episodes one after another, each row with its moment, each lever with the
//! class of its value.
//!
//! A row stands for the tick that it ends, and its moment is that end, as everywhere in the product and in SustainDC's own
//! evaluation logs (sustaindc 9: day and hour of the next tick).

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::plant::{CivilTime, Domain, PlantSpec};
use crate::record::{Provenance, Recording};
use crate::rollout::Schema;
use crate::signal::SignalId;

/// Most rows that are looked at; of more every second, third … is.
pub const MOST_ROWS: u64 = 200_000;

/// One episode that is explained.
#[derive(Clone)]
pub struct Part {
    /// The plant's tables, at the time that the episode begins.
    pub spec: Arc<PlantSpec>,
    /// The columns of a row.
    pub schema: Arc<Schema>,
    /// The rows.
    pub recording: Recording,
    /// Rows that count: the first so many.
    pub rows: u64,
    /// Where each column comes from in a log; `None` on a run of one's own.
    pub provenance: Option<Arc<[Provenance]>>,
    /// Slots that nobody drives.
    pub idle_slots: Vec<bool>,
    /// What it is called ("episode 2").
    pub name: String,
}

/// When a row is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stamp {
    /// Number of the episode, from 0.
    pub episode: usize,
    /// Ticks run at the end of the row.
    pub instant: u64,
    /// Day since the first of January of the year in which the episode begins, from 0.
    pub day: i64,
    /// Hour of the day, with its fraction.
    pub hour: f64,
    /// The moment on the site's clock.
    pub time: CivilTime,
}

/// A lever as its classes: the positions of a switch, or low, middle and high of a range.
#[derive(Debug, Clone, PartialEq)]
pub struct Lever {
    /// Number of its slot.
    pub slot: usize,
    /// Number of the action in its slot.
    pub action: usize,
    /// `slot.action`.
    pub name: String,
    /// Words for people.
    pub label: String,
    /// What the classes are called.
    pub classes: Vec<String>,
    /// Whether it is a switch.
    pub is_switch: bool,
    /// Lowest and highest value.
    pub bounds: (f64, f64),
    /// Value in force on each row.
    pub values: Vec<f64>,
    /// Class of each row's value; `None` where there is no value.
    pub class: Vec<Option<usize>>,
    /// Whether the row is one of its decisions.
    pub decided: Vec<bool>,
}

impl Lever {
    /// Rows on which it was decided, with the class.
    pub fn decisions(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let rows = self.class.iter().zip(&self.decided).enumerate();
        rows.filter_map(|(row, (class, decided))| Some((row, (*class).filter(|_| *decided)?)))
    }

    /// Number of decisions in each class.
    pub fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.classes.len()];
        for (_, class) in self.decisions() {
            if let Some(count) = counts.get_mut(class) {
                *count += 1;
            }
        }
        counts
    }
}

/// Rows of one or several episodes, as columns.
pub struct Frame {
    /// The plant's tables.
    pub spec: Arc<PlantSpec>,
    /// The columns of a row.
    pub schema: Arc<Schema>,
    /// Names of the episodes.
    pub episodes: Vec<String>,
    /// When each row is.
    pub stamps: Vec<Stamp>,
    /// The levers that somebody drove.
    pub levers: Vec<Lever>,
    /// Rows from one that is looked at to the next; 1 when every row is.
    pub every: u64,
    /// Rows that are gone from memory and could not be looked at.
    pub gone: u64,
    columns: BTreeMap<SignalId, Vec<f64>>,
}

impl Frame {
    /// Reads the columns that are needed. All episodes must be of one plant.
    pub fn read(parts: &[Part], needed: &[SignalId]) -> Self {
        let (spec, schema) = match parts.first() {
            Some(first) => (Arc::clone(&first.spec), Arc::clone(&first.schema)),
            None => (Arc::new(PlantSpec::default()), Arc::new(Schema::new(&PlantSpec::default()))),
        };
        let rows: u64 = parts.iter().map(|p| p.rows.min(p.recording.rows())).sum();
        let every = rows.div_ceil(MOST_ROWS).max(1);
        let present = |column: SignalId| {
            let told = |p: &Part| {
                p.provenance.as_ref().is_none_or(|all| all.get(column).is_some_and(|o| *o != Provenance::Absent))
            };
            parts.iter().any(told)
        };
        let mut frame = Self {
            spec: Arc::clone(&spec),
            schema: Arc::clone(&schema),
            episodes: parts.iter().map(|p| p.name.clone()).collect(),
            stamps: Vec::new(),
            levers: Vec::new(),
            every,
            gone: 0,
            columns: BTreeMap::new(),
        };
        for &column in needed.iter().filter(|&&c| c < schema.len() && present(c)) {
            frame.columns.entry(column).or_insert_with(|| column_of(parts, column, every));
        }
        // A column without a single number is not in the log either.
        frame.columns.retain(|_, values| values.iter().any(|v| v.is_finite()));
        for (episode, part) in parts.iter().enumerate() {
            frame.stamp(episode, part);
            frame.gone += part.recording.missing(0, part.rows).iter().map(|r| r.end - r.start).sum::<u64>();
        }
        for (slot, columns) in spec.slots.iter().zip(&schema.levers).enumerate().map(|(k, (_, c))| (k, c)) {
            if parts.iter().all(|p| p.idle_slots.get(slot) == Some(&true)) {
                continue;
            }
            for (action, at) in columns.iter().enumerate() {
                // What was given where that is known, else what was asked for.
                let column = if present(at.applied) { at.applied } else { at.commanded };
                if present(column) {
                    frame.add_lever(parts, slot, action, column);
                }
            }
        }
        frame
    }

    fn stamp(&mut self, episode: usize, part: &Part) {
        let calendar = &part.spec.calendar;
        let new_year = jiff::civil::date(calendar.start.year(), 1, 1);
        for row in (0..part.rows.min(part.recording.rows())).step_by(self.every as usize) {
            let time = calendar.civil(row + 1);
            let hour = f64::from(time.hour()) + f64::from(time.minute()) / 60.0 + f64::from(time.second()) / 3_600.0;
            let day = (time.date() - new_year).get_days();
            self.stamps.push(Stamp { episode, instant: row + 1, day: i64::from(day), hour, time });
        }
    }

    fn add_lever(&mut self, parts: &[Part], slot: usize, action: usize, column: SignalId) {
        let Some(of) = self.spec.slots.get(slot) else { return };
        let Some(what) = of.actions.get(action) else { return };
        let values = column_of(parts, column, self.every);
        if !values.iter().any(|v| v.is_finite()) {
            return;
        }
        let bounds = what.domain.bounds();
        let (classes, is_switch) = match &what.domain {
            Domain::Discrete { labels } => (labels.clone(), true),
            Domain::Continuous { .. } => (["Low", "Mid", "High"].map(str::to_owned).to_vec(), false),
        };
        let count = classes.len();
        let class = values.iter().map(|&v| class_of(v, bounds, is_switch, count)).collect();
        let mut decided = Vec::with_capacity(values.len());
        let mut before = None;
        for stamp in &self.stamps {
            let tick = stamp.instant - 1;
            let turn = tick.checked_sub(of.phase_ticks).map(|t| (stamp.episode, t / of.period_ticks.max(1)));
            decided.push(turn.is_some() && turn != before);
            before = turn;
        }
        let label = if of.actions.len() == 1 && of.label == what.label { of.label.clone() } else { what.label.clone() };
        let name = format!("{}.{}", of.name, what.name);
        let lever = Lever { slot, action, name, label, classes, is_switch, bounds, values, class, decided };
        self.levers.push(lever);
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.stamps.len()
    }

    /// Values of a column, a row each; `None` where the log does not tell them.
    pub fn column(&self, column: SignalId) -> Option<&[f64]> {
        self.columns.get(&column).map(Vec::as_slice)
    }

    /// Words of a column.
    pub fn label(&self, column: SignalId) -> &str {
        self.schema.signals.get(column).map_or("", |s| s.label.as_str())
    }

    /// Name of a column, with its unit as suffix.
    pub fn name(&self, column: SignalId) -> &str {
        self.schema.signals.get(column).map_or("", |s| s.name.as_str())
    }

    /// Unit of a column.
    pub fn unit(&self, column: SignalId) -> &str {
        self.schema.signals.get(column).map_or("", |s| s.unit.as_str())
    }

    /// The lever of a slot's action.
    pub fn lever(&self, slot: usize, action: usize) -> Option<&Lever> {
        self.levers.iter().find(|l| l.slot == slot && l.action == action)
    }

    /// Sum of a column over the rows of an episode, or of all; rows that were passed over count like their neighbours.
    pub fn total(&self, column: SignalId, episode: Option<usize>) -> Option<f64> {
        let values = self.column(column)?.iter().zip(&self.stamps);
        let sum: f64 =
            values.filter(|(v, s)| v.is_finite() && episode.is_none_or(|e| s.episode == e)).map(|(v, _)| *v).sum();
        Some(sum * self.every as f64)
    }
}

/// A column of all episodes, one after another.
fn column_of(parts: &[Part], column: SignalId, every: u64) -> Vec<f64> {
    let rows = |p: &Part| p.rows.min(p.recording.rows());
    let mut values = Vec::with_capacity(parts.iter().map(|p| (rows(p) / every + 1) as usize).sum());
    for part in parts {
        values.extend((0..rows(part)).step_by(every as usize).map(|row| part.recording.value(row, column)));
    }
    values
}

/// Class of a value: the position of a switch, or the third of its range.
fn class_of(value: f64, (low, high): (f64, f64), is_switch: bool, classes: usize) -> Option<usize> {
    if !value.is_finite() || classes == 0 {
        return None;
    }
    let place =
        if is_switch { value.round() } else { ((value - low) / (high - low).max(1e-12) * classes as f64).floor() };
    Some((place.max(0.0) as usize).min(classes - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_positions_or_thirds() {
        let third = |v: f64| class_of(v, (-1.0, 1.0), false, 3);
        assert_eq!([-1.0, -0.4, -0.3, 0.3, 0.34, 1.0, 7.0].map(third), [0, 0, 1, 1, 2, 2, 2].map(Some));
        assert_eq!(class_of(f64::NAN, (0.0, 1.0), false, 3), None);
        assert_eq!([0.0, 1.0, 2.0, 9.0].map(|v| class_of(v, (0.0, 2.0), true, 3)), [0, 1, 2, 2].map(Some));
    }
}
