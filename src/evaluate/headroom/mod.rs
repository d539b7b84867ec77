//! Head-room: how much the site could give for the time that a commitment lasts, found by rolling the plant to its limits.
//!
//! From an instant the plant is run on, again and again, with levers pinned at values that are tried, on the noise and
//! the traces that the run itself will meet. What counts is sustained: the smallest contribution of all ticks. A value
//! whose run passes a limit does not count. Which levers, which signal and which limits stand in the plant's table
//! ([`HeadroomSpec`]); a limit that is passed already may not be passed further.
//!
//! The search is bounded by its number of runs and draws nothing at random: the same instant gives the same bytes.

mod search;

use crate::config::Result;
use crate::plant::{HeadroomSpec, Measured, PlantSpec};
use crate::rollout::{Rollout, Snapshot};
use crate::signal::SignalId;

pub use search::Passed;
use search::{Goal, Probe, Search};

/// A direction of regulation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Draw less.
    Up,
    /// Draw more.
    Down,
}

impl Direction {
    /// Both, in the order in which they are told.
    pub const BOTH: [Self; 2] = [Self::Up, Self::Down];

    /// Factor on a contribution, so that more is better.
    fn sign(self) -> f64 {
        match self {
            Self::Up => 1.0,
            Self::Down => -1.0,
        }
    }

    /// Stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
        }
    }

    /// What it means, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Up => "draw less",
            Self::Down => "draw more",
        }
    }
}

/// What keeps a lever from going further.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Stop {
    /// It stands at an end of its range.
    End,
    /// A step further a limit is passed.
    Limit(Passed),
    /// A step further gives less over the whole time (a battery that would be empty before).
    Fades,
    /// A step further changes nothing.
    Nothing,
}

/// The most that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// What is given on every tick at least, in the plant's unit, in the direction that was asked for.
    pub amount: f64,
    /// What each lever gives of it, on the tick on which least is given; in all they add up to the amount.
    pub parts: Vec<f64>,
    /// Values of all levers.
    pub values: Vec<f64>,
    /// Why each lever that was moved goes no further; `None` for those that stood still.
    pub stops: Vec<Option<Stop>>,
    /// How close each limit's signal comes: its extreme towards the limit.
    pub closest: Vec<f64>,
}

/// An answer for one direction.
#[derive(Debug, Clone, PartialEq)]
pub enum Reach {
    /// So much can be given.
    Can(Found),
    /// A limit is passed whatever the levers do.
    Cannot(Passed),
}

impl Reach {
    /// What can be given; `None` where a limit is passed anyway.
    pub fn found(&self) -> Option<&Found> {
        match self {
            Self::Can(found) => Some(found),
            Self::Cannot(_) => None,
        }
    }
}

/// One direction.
#[derive(Debug, Clone, PartialEq)]
pub struct Side {
    /// All levers together.
    pub all: Reach,
    /// Each lever alone, the others as they stand now: what it gives itself.
    pub alone: Vec<Reach>,
}

/// Head-room from an instant on.
#[derive(Debug, Clone, PartialEq)]
pub struct Headroom {
    /// Ticks run at the instant.
    pub tick: u64,
    /// How long it lasts, ticks.
    pub ticks: u64,
    /// What is owed on the next tick; `None` where nobody owes anything.
    pub commitment: Option<f64>,
    /// Draw less.
    pub up: Side,
    /// Draw more.
    pub down: Side,
    /// Runs that were made.
    pub runs: u64,
}

impl Headroom {
    /// One direction.
    pub fn side(&self, direction: Direction) -> &Side {
        match direction {
            Direction::Up => &self.up,
            Direction::Down => &self.down,
        }
    }

    /// What is left above the commitment in a direction, negative where it falls short; `None` without a commitment, and
    /// where a limit is passed anyway.
    pub fn spare(&self, direction: Direction) -> Option<f64> {
        Some(self.side(direction).all.found()?.amount - self.commitment?)
    }
}

/// Finds the head-room from a snapshot on. The rollout must be of the same setup and is left anywhere; `stale` is asked
/// now and then and stops the work.
///
/// `None` where the plant's tables tell nothing of head-room, where no tick is left to run, and where it was stopped.
///
/// # Errors
/// A snapshot of another run.
pub fn find(rollout: &mut Rollout, from: &Snapshot, stale: &dyn Fn() -> bool) -> Result<Option<Headroom>> {
    let spec = std::sync::Arc::clone(rollout.spec());
    let Some(table) = spec.headroom.as_ref().filter(|table| !table.levers.is_empty()) else { return Ok(None) };
    rollout.restore(from)?;
    let Some(probe) = Probe::new(rollout, from, &spec, table)? else { return Ok(None) };
    let mut search = Search::new(probe, stale);
    let (Some(up), Some(down)) = (side(&mut search, table, Direction::Up)?, side(&mut search, table, Direction::Down)?)
    else {
        return Ok(None);
    };
    let (commitment, runs) = (search.probe.commitment, search.probe.runs);
    Ok(Some(Headroom { tick: from.tick, ticks: table.ticks, commitment, up, down, runs }))
}

fn side(search: &mut Search<'_>, table: &HeadroomSpec, direction: Direction) -> Result<Option<Side>> {
    let sign = direction.sign();
    let mut alone = Vec::with_capacity(table.levers.len());
    for lever in 0..table.levers.len() {
        let Some(reach) = search.reach(&Goal { sign, levers: vec![lever], part: Some(lever) })? else {
            return Ok(None);
        };
        alone.push(reach);
    }
    let levers = (0..table.levers.len()).collect();
    // What each lever finds alone is a good place to begin with.
    let begin = alone.iter().zip(0..).filter_map(|(reach, k)| reach.found()?.values.get(k).map(|v| (k, *v))).collect();
    let all = search.reach_from(&Goal { sign, levers, part: None }, begin)?;
    Ok(all.map(|all| Side { all, alone }))
}

/// Words for what stops a lever, with the number: "Zone B at 33.00 °C".
pub fn stop_words(spec: &PlantSpec, stop: &Stop) -> String {
    match stop {
        Stop::End => "at its end".to_owned(),
        Stop::Limit(passed) => format!("held by {}", passed_words(spec, passed)),
        Stop::Fades => "more would not last".to_owned(),
        Stop::Nothing => "more changes nothing".to_owned(),
    }
}

/// Words for what is passed: "Zone B 33 °C", "frequency beyond 0.5 Hz".
pub fn passed_words(spec: &PlantSpec, passed: &Passed) -> String {
    match *passed {
        Passed::Limit { signal, level } => match spec.signals.get(signal) {
            Some(s) => format!("{} {}", s.label, with_unit(&short(level), &s.unit)),
            None => String::new(),
        },
        Passed::Event(event) => spec.events.get(event).map_or_else(String::new, |e| e.label.clone()),
        Passed::Trip => "a trip".to_owned(),
    }
}

/// Up to three decimals, no more than are needed.
fn short(value: f64) -> String {
    let text = crate::signal::format_number(value, 3);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A number with its unit behind a thin space.
fn with_unit(number: &str, unit: &str) -> String {
    if unit.is_empty() { number.to_owned() } else { format!("{number}\u{2009}{unit}") }
}

/// Value of a contribution on a row, counted from `rest` (the signal's value with every lever at rest).
fn measured(m: &Measured, row: &[f64], rest: impl Fn(SignalId) -> f64) -> f64 {
    let from = match m.from {
        crate::plant::CountFrom::Level(level) => level,
        crate::plant::CountFrom::Rest => rest(m.signal),
    };
    m.factor * (row.get(m.signal).copied().unwrap_or(f64::NAN) - from)
}
