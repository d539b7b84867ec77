//! How efficient the site was (PUE): extremes with their moments and conditions, mean of ratios and ratio of means, spread,
//! days and episodes (sustaindc 13, point 6).

use std::collections::BTreeMap;

use crate::evaluate::statistics::{mean, percentile, sample_std};
use crate::plant::Efficiency;
use crate::signal::SignalId;

use super::frame::{Frame, Stamp};

/// Best moments that are told.
const BEST: usize = 3;

/// A moment with its conditions.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// Row.
    pub row: usize,
    /// When.
    pub stamp: Stamp,
    /// The ratio.
    pub value: f64,
    /// Values of the signals that belong to it.
    pub conditions: Vec<(SignalId, f64)>,
}

/// The ratio over a day or an episode.
#[derive(Debug, Clone, PartialEq)]
pub struct Stretch {
    /// What it is called.
    pub name: String,
    /// Day since the first of January, of a day.
    pub day: i64,
    /// Rows.
    pub rows: usize,
    /// Mean of the ticks' ratios.
    pub mean: f64,
    /// Sum above over sum below.
    pub ratio_of_means: f64,
}

/// Statistics of the ratio.
#[derive(Debug, Clone, PartialEq)]
pub struct EfficiencyStatistics {
    /// Words for people.
    pub label: String,
    /// Rows with a value.
    pub rows: usize,
    /// Mean of the ticks' ratios.
    pub mean: f64,
    /// Sum above over sum below.
    pub ratio_of_means: f64,
    /// What the overhead is mostly made of, and its share of what stands above the line, 0 to 1.
    pub overhead: Option<(SignalId, f64)>,
    /// Middle value.
    pub median: f64,
    /// Sample deviation, divisor n − 1.
    pub std: f64,
    /// First and third quartile.
    pub quartiles: (f64, f64),
    /// The best moments, best first; the earlier of two equal ones before.
    pub best: Vec<Moment>,
    /// The worst moment.
    pub worst: Moment,
    /// Days in their order.
    pub days: Vec<Stretch>,
    /// Numbers of the best and the worst day in `days`, by the mean of ratios.
    pub best_day: usize,
    /// The worst day.
    pub worst_day: usize,
    /// Episodes in their order.
    pub episodes: Vec<Stretch>,
    /// Every row's ratio, NaN where there is none.
    pub values: Vec<f64>,
}

/// Works the statistics out; `None` where the ratio does not follow from the log. Where the log holds both powers, the
/// ratio of a tick is theirs.
pub fn efficiency(frame: &Frame, spec: &Efficiency) -> Option<EfficiencyStatistics> {
    let (above, below) = (frame.column(spec.above), frame.column(spec.below));
    let told = frame.column(spec.ratio);
    let values: Vec<f64> = (0..frame.rows())
        .map(|row| {
            let at = |c: Option<&[f64]>| c.and_then(|c| c.get(row)).copied().unwrap_or(f64::NAN);
            let own = at(told);
            if own.is_finite() { own } else { at(above) / at(below) }
        })
        .collect();
    let mut order: Vec<usize> = (0..values.len()).filter(|&r| value(&values, r).is_finite()).collect();
    let known: Vec<f64> = order.iter().map(|&r| value(&values, r)).collect();
    if known.is_empty() {
        return None;
    }
    order.sort_by(|&a, &b| value(&values, a).total_cmp(&value(&values, b)).then(a.cmp(&b)));
    let sorted: Vec<f64> = order.iter().map(|&r| value(&values, r)).collect();
    let moment = |row: usize| {
        let conditions = spec.conditions.iter().filter_map(|&c| Some((c, *frame.column(c)?.get(row)?)));
        let stamp = *frame.stamps.get(row)?;
        Some(Moment { row, stamp, value: value(&values, row), conditions: conditions.collect() })
    };
    let best: Vec<Moment> = order.iter().take(BEST).filter_map(|&r| moment(r)).collect();
    let top = sorted.last().copied().unwrap_or(f64::NAN);
    let worst = moment(order.iter().copied().find(|&r| value(&values, r) == top)?)?;
    let stretch = |name: String, day: i64, rows: &[usize]| {
        let of: Vec<f64> = rows.iter().map(|&r| value(&values, r)).collect();
        let sum = |c: Option<&[f64]>| {
            c.map_or(f64::NAN, |c| rows.iter().filter_map(|&r| c.get(r)).filter(|v| v.is_finite()).sum::<f64>())
        };
        Stretch { name, day, rows: rows.len(), mean: mean(&of), ratio_of_means: sum(above) / sum(below) }
    };
    let mut by_day: BTreeMap<i64, (String, Vec<usize>)> = BTreeMap::new();
    let mut by_episode: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for row in 0..values.len() {
        let Some(stamp) = frame.stamps.get(row).filter(|_| value(&values, row).is_finite()) else { continue };
        let day = by_day.entry(stamp.day).or_insert_with(|| (stamp.time.strftime("%-d %b").to_string(), Vec::new()));
        day.1.push(row);
        by_episode.entry(stamp.episode).or_default().push(row);
    }
    let days: Vec<Stretch> = by_day.into_iter().map(|(day, (name, rows))| stretch(name, day, &rows)).collect();
    let name = |e: usize| frame.episodes.get(e).cloned().unwrap_or_default();
    let episodes: Vec<Stretch> = by_episode.iter().map(|(e, rows)| stretch(name(*e), 0, rows)).collect();
    // A day of which only a little was seen is neither best nor worst.
    let whole = days.iter().map(|d| d.rows).max().unwrap_or(0) / 2;
    let day = |better: &dyn Fn(f64, f64) -> bool| {
        let seen = days.iter().enumerate().filter(|(_, d)| d.rows >= whole);
        let found = seen.reduce(|a, b| if better(b.1.mean, a.1.mean) { b } else { a });
        found.map_or(0, |(k, _)| k)
    };
    let (best_day, worst_day) = (day(&|a, b| a < b), day(&|a, b| a > b));
    let all: Vec<usize> = (0..values.len()).filter(|&r| value(&values, r).is_finite()).collect();
    Some(EfficiencyStatistics {
        label: spec.label.clone(),
        rows: known.len(),
        mean: mean(&known),
        ratio_of_means: stretch(String::new(), 0, &all).ratio_of_means,
        overhead: spec.overhead.and_then(|id| Some((id, frame.total(id, None)? / frame.total(spec.above, None)?))),
        median: percentile(&sorted, 0.5),
        std: sample_std(&known),
        quartiles: (percentile(&sorted, 0.25), percentile(&sorted, 0.75)),
        best,
        worst,
        days,
        best_day,
        worst_day,
        episodes,
        values,
    })
}

fn value(values: &[f64], row: usize) -> f64 {
    values.get(row).copied().unwrap_or(f64::NAN)
}
