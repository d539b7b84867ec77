//! What was done: shares of each class of each lever, by hour and day, by quartile of a driver, and how often a lever stood
//! at its bounds or could do no more (sustaindc 13, points 1 and 2).

use std::collections::BTreeMap;

use crate::evaluate::statistics::percentile;
use crate::signal::SignalId;

use super::frame::{Frame, Lever};

/// Share of a class.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassShare {
    /// What the class is called.
    pub class: String,
    /// Decisions in it.
    pub count: usize,
    /// Share of all decisions, 0 to 1.
    pub share: f64,
}

/// How often each class of a lever was chosen.
pub fn shares(lever: &Lever) -> Vec<ClassShare> {
    let counts = lever.counts();
    let all: usize = counts.iter().sum();
    let of = |(class, &count): (&String, &usize)| ClassShare {
        class: class.clone(),
        count,
        share: count as f64 / all.max(1) as f64,
    };
    lever.classes.iter().zip(&counts).map(of).collect()
}

/// A lever by day and hour of the day.
#[derive(Debug, Clone, PartialEq)]
pub struct HeatMap {
    /// The days, with their names.
    pub days: Vec<(i64, String)>,
    /// 24 cells a day: the class that was chosen most (the lower one of two that were as often) for a switch, the mean for
    /// a range; `None` where there is no value.
    pub cells: Vec<Vec<Option<f64>>>,
}

/// The heat map of a lever.
pub fn heat_map(frame: &Frame, lever: &Lever) -> HeatMap {
    let mut days: BTreeMap<i64, (String, Vec<Vec<f64>>)> = BTreeMap::new();
    for (row, class) in lever.decisions() {
        let Some(stamp) = frame.stamps.get(row) else { continue };
        let day =
            days.entry(stamp.day).or_insert_with(|| (stamp.time.strftime("%-d %b").to_string(), vec![Vec::new(); 24]));
        let value = if lever.is_switch { class as f64 } else { lever.values.get(row).copied().unwrap_or(f64::NAN) };
        if let Some(cell) = day.1.get_mut((stamp.hour.max(0.0) as usize).min(23)) {
            cell.push(value);
        }
    }
    let cell = |values: Vec<f64>| match (values.is_empty(), lever.is_switch) {
        (true, _) => None,
        (false, true) => most_often(&values),
        (false, false) => Some(values.iter().sum::<f64>() / values.len() as f64),
    };
    let mut map = HeatMap { days: Vec::new(), cells: Vec::new() };
    for (day, (name, cells)) in days {
        map.days.push((day, name));
        map.cells.push(cells.into_iter().map(cell).collect());
    }
    map
}

/// The value that is most often, the smallest of several.
fn most_often(values: &[f64]) -> Option<f64> {
    let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
    for value in values {
        *counts.entry(*value as i64).or_default() += 1;
    }
    let most = counts.values().copied().max()?;
    counts.into_iter().find(|(_, n)| *n == most).map(|(v, _)| v as f64)
}

/// Shares of a lever's classes in the quarters of a driver's values.
#[derive(Debug, Clone, PartialEq)]
pub struct ByQuartile {
    /// The driver.
    pub driver: SignalId,
    /// First quartile, median and third quartile of the driver.
    pub cuts: [f64; 3],
    /// Decisions in each quarter.
    pub counts: [usize; 4],
    /// Share of each class in each quarter, 0 to 1; by quarter, then class.
    pub shares: [Vec<f64>; 4],
}

/// First quartile, median and third quartile of the numbers among values, linear between neighbours.
pub fn quartiles(values: &[f64]) -> Option<[f64; 3]> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
    if sorted.is_empty() {
        return None;
    }
    sorted.sort_by(f64::total_cmp);
    Some([0.25, 0.5, 0.75].map(|q| percentile(&sorted, q)))
}

/// A lever in the quarters of a driver; `None` where the driver is not known or never changes. A value on a cut belongs to
/// the lower quarter.
pub fn by_quartile(frame: &Frame, lever: &Lever, driver: SignalId) -> Option<ByQuartile> {
    let values = frame.column(driver)?;
    let cuts = quartiles(values)?;
    let mut counted = [(); 4].map(|()| vec![0_usize; lever.classes.len()]);
    for (row, class) in lever.decisions() {
        let value = values.get(row).copied().unwrap_or(f64::NAN);
        if !value.is_finite() {
            continue;
        }
        let quarter = cuts.iter().filter(|cut| value > **cut).count();
        if let Some(count) = counted.get_mut(quarter).and_then(|c| c.get_mut(class)) {
            *count += 1;
        }
    }
    let counts = [0, 1, 2, 3].map(|q: usize| counted.get(q).map_or(0, |c| c.iter().sum::<usize>()));
    if counts.iter().filter(|n| **n > 0).count() < 2 {
        return None;
    }
    let shares = counted.map(|c| {
        let all: usize = c.iter().sum();
        c.iter().map(|n| if all == 0 { f64::NAN } else { *n as f64 / all as f64 }).collect()
    });
    Some(ByQuartile { driver, cuts, counts, shares })
}

/// How often a lever could do no more.
#[derive(Debug, Clone, PartialEq)]
pub struct Saturation {
    /// Share of rows at the lower bound (a switch: in its first position), 0 to 1.
    pub at_low: f64,
    /// Share of rows at the upper bound (a switch: in its last position).
    pub at_high: f64,
    /// Longest time in one position, ticks; of a range: at one of its bounds.
    pub longest_ticks: u64,
    /// Why the effect fell short, with the share of rows on which it did.
    pub reasons: Vec<(String, f64)>,
}

/// Saturation of a lever.
pub fn saturation(frame: &Frame, lever: &Lever) -> Saturation {
    let (low, high) = lever.bounds;
    let near = 1e-6 * (high - low).abs().max(1e-9);
    let known: Vec<f64> = lever.values.iter().copied().filter(|v| v.is_finite()).collect();
    let share =
        |test: &dyn Fn(f64) -> bool| known.iter().filter(|v| test(**v)).count() as f64 / known.len().max(1) as f64;
    let (at_low, at_high) = (share(&|v| v <= low + near), share(&|v| v >= high - near));
    let mut longest = 0_u64;
    let (mut run, mut before): (u64, Option<(usize, f64)>) = (0, None);
    for (value, stamp) in lever.values.iter().zip(&frame.stamps) {
        let counts = lever.is_switch || *value <= low + near || *value >= high - near;
        let same = before == Some((stamp.episode, *value));
        run = if !counts || !value.is_finite() {
            0
        } else if same {
            run + 1
        } else {
            1
        };
        before = Some((stamp.episode, *value));
        longest = longest.max(run);
    }
    let action = frame.spec.slots.get(lever.slot).and_then(|s| s.actions.get(lever.action));
    let reasons = action.map_or(&[][..], |a| &a.reasons);
    let of = |(signal, words): &(SignalId, String)| {
        let values = frame.column(*signal)?;
        let up = values.iter().filter(|v| **v >= 1.0).count();
        Some((words.clone(), up as f64 / values.len().max(1) as f64))
    };
    let reasons = reasons.iter().filter_map(of).collect();
    Saturation { at_low, at_high, longest_ticks: longest * frame.every, reasons }
}
