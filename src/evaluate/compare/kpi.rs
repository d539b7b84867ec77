//! Metrics of several runs over the same rows, each against a reference: better, worse, or the same within noise.
//!
//! **The same within noise.** The rows are cut into blocks: a quarter of an hour of site time, or the period of the slowest
//! slot where that is longer. Of a metric that is a sum, a mean, a share, a ratio or a root mean square each block has a
//! contribution, so that the mean of the contributions is the metric (its square for a root mean square, its sum over the
//! number of blocks for a sum). A mean and a ratio A/B contribute `r + (a − r·b)/mean(b)` with the block's sums a and b and
//! r = A/B. Both runs have lived through the same noise, and so the contributions are paired block by block: when the 95 %
//! interval of the mean difference by Student's t holds 0, the metric is the same within noise. Blocks are taken for
//! independent; a difference that drifts slowly is therefore called real a little too soon.
//!
//! Of rows that are gone nothing is told: they have to come back first ([`Gone`]).
//!
//! Extremes, last values, changes and counts have no contributions: they are the same when they are the same number, and
//! else better or worse by it. The rows after the last whole block count for the values, not for the test.

use std::ops::Range;

use crate::evaluate::statistics::{Direction, Interval, Verdict, paired_t};
use crate::plant::{Fold, MetricBank, MetricSpec, PlantSpec};
use crate::record::Recording;

/// Level of the intervals.
const LEVEL: f64 = 0.95;

/// Shortest block, s.
const BLOCK_S: u64 = 900;

/// A run to compare.
#[derive(Debug, Clone, Copy)]
pub struct KpiRun<'a> {
    /// Its tables.
    pub spec: &'a PlantSpec,
    /// Its rows; the plant's signals come first in them.
    pub recording: &'a Recording,
}

/// A metric of one run against the reference.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KpiCell {
    /// Its value over the rows; NaN where there is none.
    pub value: f64,
    /// What it has more than the reference.
    pub difference: f64,
    /// 95 % interval of the mean difference of a block's contribution, in the unit of the contribution; `None` where the
    /// metric has no contributions or there are fewer than two blocks.
    pub interval: Option<Interval>,
    /// Blocks that were paired.
    pub blocks: usize,
    /// The difference in a word; the reference itself is the same.
    pub verdict: Verdict,
}

/// A metric over all runs.
#[derive(Debug, Clone, PartialEq)]
pub struct KpiRow {
    /// Number of the metric in the reference's table.
    pub metric: usize,
    /// Its name.
    pub name: String,
    /// Name of the slot whose result it is.
    pub slot: String,
    /// Unit as printed.
    pub unit: String,
    /// Which way it is better.
    pub better: Direction,
    /// One cell a run, in the order of the runs.
    pub cells: Vec<KpiCell>,
}

/// Rows that have to come back before the metrics can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    /// Number of the run.
    pub run: usize,
    /// From the first of its rows that is gone to the last.
    pub rows: Range<u64>,
}

/// What a run comes to: a metric's value, and numerator and denominator of each block.
struct Folded {
    values: Vec<f64>,
    /// By block, by metric.
    blocks: Vec<Vec<Option<(f64, f64)>>>,
}

/// Rows of a block.
pub fn block_rows(spec: &PlantSpec) -> u64 {
    let slowest = spec.slots.iter().map(|s| s.period_ticks).max().unwrap_or(1);
    spec.calendar.ticks_in(BLOCK_S).max(slowest)
}

/// Numerator and denominator of a block's contribution; `None` for folds that have none.
fn parts(fold: &Fold, (rows, a, b): (u64, f64, f64)) -> Option<(f64, f64)> {
    match fold {
        Fold::Mean(_) | Fold::RootMeanSquare(_) | Fold::ShareAbove(_) | Fold::ShareImageReaches(_) => {
            Some((a, rows as f64))
        }
        Fold::Sum(_) => Some((a, 1.0)),
        Fold::Ratio(..) => Some((a, b)),
        Fold::Min(_) | Fold::Max(_) | Fold::Last(_) | Fold::Change(_) | Fold::Count | Fold::Reached(_) => None,
    }
}

/// Folds rows `from..to`.
fn fold(run: &KpiRun<'_>, from: u64, to: u64, block: u64) -> Folded {
    let specs = &run.spec.metrics;
    let mut row = vec![f64::NAN; run.spec.signals.len()];
    let mut all = MetricBank::new(specs);
    let mut one = MetricBank::new(specs);
    let mut blocks = Vec::new();
    for (k, at) in (from..to).enumerate() {
        run.recording.row(at, &mut row);
        all.push(specs, &row);
        one.push(specs, &row);
        if (k as u64 + 1).is_multiple_of(block) {
            blocks.push(specs.iter().enumerate().map(|(m, spec)| parts(&spec.fold, one.parts(m))).collect());
            one = MetricBank::new(specs);
        }
    }
    Folded { values: (0..specs.len()).map(|m| all.value(specs, m)).collect(), blocks }
}

/// Contributions of the blocks of two runs that both have any, paired: what the second's is more than the first's.
fn differences(first: &[(f64, f64)], second: &[(f64, f64)]) -> Vec<f64> {
    let full: Vec<_> = first.iter().zip(second).filter(|(a, b)| a.1 != 0.0 && b.1 != 0.0).collect();
    let linear = |of: &dyn Fn(usize) -> (f64, f64)| -> Vec<f64> {
        let n = full.len() as f64;
        let (top, bottom) = (0..full.len()).map(of).fold((0.0, 0.0), |(a, b), (x, y)| (a + x, b + y));
        let (ratio, mean) = (top / bottom, bottom / n);
        (0..full.len()).map(of).map(|(a, b)| ratio + (a - ratio * b) / mean).collect()
    };
    let at = |k: usize, second: bool| full.get(k).map_or((0.0, 0.0), |(a, b)| if second { **b } else { **a });
    let (first, second) = (linear(&|k| at(k, false)), linear(&|k| at(k, true)));
    second.iter().zip(&first).map(|(b, a)| b - a).collect()
}

/// Number of the metric of a run that is the same as one of the reference.
fn counterpart(spec: &PlantSpec, reference: &PlantSpec, metric: &MetricSpec) -> Option<usize> {
    let slot = |spec: &PlantSpec, index: usize| spec.slots.get(index).map(|s| s.name.clone());
    let wanted = slot(reference, metric.slot);
    spec.metrics.iter().position(|m| m.name == metric.name && m.unit == metric.unit && slot(spec, m.slot) == wanted)
}

fn cell(run: &Folded, own: usize, reference: &Folded, metric: usize, better: Direction) -> KpiCell {
    let at = |folded: &Folded, m: usize| folded.values.get(m).copied().unwrap_or(f64::NAN);
    let (value, stands) = (at(run, own), at(reference, metric));
    let difference = value - stands;
    let pairs = |folded: &Folded, m: usize| -> Option<Vec<(f64, f64)>> {
        folded.blocks.iter().map(|block| block.get(m).copied().flatten()).collect()
    };
    let sided = pairs(reference, metric).zip(pairs(run, own)).filter(|(a, b)| !a.is_empty() && !b.is_empty());
    let exact = |difference: f64| if difference == 0.0 { 1.0 } else { 0.0 };
    let has_parts = sided.is_some();
    let found = sided.map(|(a, b)| differences(&a, &b)).unwrap_or_default();
    let test = paired_t(&found, LEVEL);
    let p = match (&test, has_parts) {
        _ if difference == 0.0 => 1.0,
        (Some(test), _) => test.p,
        // Too few blocks to say what noise does.
        (None, true) => f64::NAN,
        (None, false) => exact(difference),
    };
    KpiCell {
        value,
        difference,
        interval: test.and_then(|t| t.interval),
        blocks: found.len(),
        verdict: Verdict::of(difference, p, 1.0 - LEVEL, better),
    }
}

/// All metrics of the reference's table for all runs, over rows `from..to` as far as all of them have rows.
///
/// `reference` is the number of the run that the others are held against. Metrics that a run does not have, as one of
/// another plant, are NaN there. It reads every row once a run: a million rows take a while, and a thread of one's own.
///
/// # Errors
/// Rows that are gone, of the first run that lacks any.
pub fn kpis(runs: &[KpiRun<'_>], reference: usize, from: u64, to: u64) -> Result<Vec<KpiRow>, Gone> {
    let Some(standard) = runs.get(reference) else { return Ok(Vec::new()) };
    let to = runs.iter().map(|run| run.recording.rows()).fold(to, u64::min).max(from);
    for (run, KpiRun { recording, .. }) in runs.iter().enumerate() {
        let missing = recording.missing(from, to);
        if let Some((first, last)) = missing.first().zip(missing.last()) {
            return Err(Gone { run, rows: first.start..last.end });
        }
    }
    let folded: Vec<Folded> = runs.iter().map(|run| fold(run, from, to, block_rows(run.spec))).collect();
    let Some(stands) = folded.get(reference) else { return Ok(Vec::new()) };
    let row = |(metric, spec): (usize, &MetricSpec)| {
        let cells = runs.iter().zip(&folded).map(|(run, folded)| {
            let own = counterpart(run.spec, standard.spec, spec);
            own.map_or(
                KpiCell { value: f64::NAN, difference: f64::NAN, interval: None, blocks: 0, verdict: Verdict::Unknown },
                |own| cell(folded, own, stands, metric, spec.better),
            )
        });
        KpiRow {
            metric,
            name: spec.name.clone(),
            slot: standard.spec.slots.get(spec.slot).map(|s| s.name.clone()).unwrap_or_default(),
            unit: spec.unit.clone(),
            better: spec.better,
            cells: cells.collect(),
        }
    };
    Ok(standard.spec.metrics.iter().enumerate().map(row).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used)]
    use super::*;
    use crate::plant::Calendar;
    use crate::record::{Recorder, shed};
    use crate::signal::Signal;

    /// A plant with blocks of two rows, a signal, a weight and a gate.
    fn spec() -> PlantSpec {
        let signal = |name: &str| Signal::new(name, 0, name, "MW", "A toy.");
        let metric = |name: &str, fold: Fold, better: Direction, when: Option<usize>| MetricSpec {
            name: name.to_owned(),
            unit: "MW".to_owned(),
            slot: 0,
            fold,
            scale: 1.0,
            when,
            better,
            doc: "A toy.".to_owned(),
        };
        PlantSpec {
            signals: ["x", "weight", "gate"].map(signal).into(),
            metrics: vec![
                metric("mean", Fold::Mean(0), Direction::Higher, None),
                metric("sum", Fold::Sum(0), Direction::Lower, None),
                metric("rms", Fold::RootMeanSquare(0), Direction::Lower, None),
                metric("ratio", Fold::Ratio(0, 1), Direction::Neither, None),
                metric("max", Fold::Max(0), Direction::Lower, None),
                metric("gated", Fold::Mean(0), Direction::Higher, Some(2)),
                metric("rows", Fold::Count, Direction::Neither, None),
            ],
            calendar: Calendar { tick_s: 450, ..Calendar::default() },
            ..PlantSpec::default()
        }
    }

    fn recording(rows: &[[f64; 3]]) -> Recording {
        let mut recorder = Recorder::new(3);
        rows.iter().for_each(|row| recorder.push(row));
        recorder.picture()
    }

    fn table(a: &[[f64; 3]], b: &[[f64; 3]]) -> Vec<KpiRow> {
        let (spec, a, b) = (spec(), recording(a), recording(b));
        let runs = [&a, &b].map(|recording| KpiRun { spec: &spec, recording });
        kpis(&runs, 0, 0, u64::MAX).expect("all rows are there")
    }

    fn of<'a>(table: &'a [KpiRow], name: &str) -> &'a KpiCell {
        table.iter().find(|row| row.name == name).map(|row| &row.cells[1]).expect("the metric is there")
    }

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    #[test]
    fn differences_of_blocks_are_tested_as_by_hand() {
        let row = |x: f64| [x, 1.0, 1.0];
        // Blocks of two: means 1, 2, 3 against 2, 2.5, 4.5. Differences 1, 0.5, 1.5: mean 1, deviation 0.5.
        let a = [0.0, 2.0, 1.0, 3.0, 3.0, 3.0].map(row);
        let b = [2.0, 2.0, 2.0, 3.0, 4.0, 5.0].map(row);
        let table = table(&a, &b);
        let mean = of(&table, "mean");
        assert!(near(mean.value, 3.0) && near(mean.difference, 1.0) && mean.blocks == 3);
        // t(0.975, 2) = 4.302652729911275; the half width is that times 0.5 / sqrt(3).
        let half = 4.302_652_729_911_275 * 0.5 / 3.0_f64.sqrt();
        let interval = mean.interval.expect("three blocks");
        assert!(near(interval.low, 1.0 - half) && near(interval.high, 1.0 + half), "{interval:?}");
        // The interval, −0.242 to 2.242, holds 0.
        assert_eq!(mean.verdict, Verdict::Same);
        let sum = of(&table, "sum");
        assert!(near(sum.value, 18.0) && near(sum.difference, 6.0));
        assert_eq!(sum.verdict, Verdict::Same, "a sum is tested as its mean is");
        assert_eq!(of(&table, "max").verdict, Verdict::Worse, "5 against 3, and less would be better");
        assert_eq!(of(&table, "rows").verdict, Verdict::Same);
        assert_eq!(table[0].cells[0].verdict, Verdict::Same, "the reference itself");
    }

    #[test]
    fn what_differs_in_every_block_is_better_or_worse() {
        let of_x =
            |k: usize, more: f64| [(k % 5) as f64 + more + 0.1 * (k % 3) as f64, 1.0, f64::from(u8::from(k % 2 == 1))];
        let a: Vec<[f64; 3]> = (0..41).map(|k| of_x(k, 0.0)).collect();
        let b: Vec<[f64; 3]> = (0..41).map(|k| of_x(k, if k % 4 == 0 { 0.9 } else { 1.0 })).collect();
        let table = table(&a, &b);
        for (name, verdict) in [
            ("mean", Verdict::Better),
            ("sum", Verdict::Worse),
            ("rms", Verdict::Worse),
            ("ratio", Verdict::Higher),
            ("gated", Verdict::Better),
        ] {
            let cell = of(&table, name);
            assert_eq!((cell.verdict, cell.blocks), (verdict, 20), "{name}: {cell:?}");
            assert!(cell.interval.is_some_and(|i| i.low > 0.0), "{name}");
        }
        // The row after the last whole block counts for the value: 41 rows.
        assert!(near(of(&table, "rows").value, 41.0));
    }

    #[test]
    fn a_ratio_contributes_so_that_the_mean_is_the_ratio() {
        // Blocks (a, b): (2, 1), (6, 3) and (3, 1), (5, 4): ratios 8/4 = 2 and 8/5 = 1.6.
        let found = differences(&[(2.0, 1.0), (6.0, 3.0)], &[(3.0, 1.0), (5.0, 4.0)]);
        // First: 2 + (2 − 2)/2 = 2 and 2 + (6 − 6)/2 = 2; second: 1.6 + (3 − 1.6)/2.5 = 2.16 and 1.6 − 1.4/2.5 = 1.04.
        assert!(near(found[0], 0.16) && near(found[1], -0.96), "{found:?}");
        assert!(near((found[0] + found[1]) / 2.0, 1.6 - 2.0));
        assert_eq!(differences(&[(2.0, 0.0), (6.0, 3.0)], &[(3.0, 1.0), (6.0, 3.0)]), [0.0], "a block without weight");
    }

    #[test]
    fn few_blocks_say_nothing_unless_nothing_differs() {
        let row = |x: f64| [x, 1.0, 1.0];
        let short = table(&[1.0, 2.0, 3.0].map(row), &[1.0, 2.0, 4.0].map(row));
        assert_eq!(of(&short, "mean").verdict, Verdict::Unknown);
        assert_eq!(of(&short, "max").verdict, Verdict::Worse);
        let same = table(&[1.0, 2.0, 3.0].map(row), &[1.0, 2.0, 3.0, 9.0].map(row));
        assert!(same.iter().all(|row| row.cells[1].verdict == Verdict::Same), "as far as both have rows");
        assert!(table(&[], &[]).iter().all(|row| matches!(row.cells[1].verdict, Verdict::Unknown | Verdict::Same)));
    }

    #[test]
    fn rows_that_are_gone_have_to_come_back_first() {
        let mut recorder = Recorder::new(3);
        (0..6_000).for_each(|r| recorder.push(&[f64::from(r), 1.0, 1.0]));
        let whole = recorder.picture();
        shed(&mut [&mut recorder], 0, &|_, _| 0);
        let (spec, lean) = (spec(), recorder.picture());
        let runs = [&whole, &lean].map(|recording| KpiRun { spec: &spec, recording });
        let missing = lean.missing(0, 6_000);
        let rows = missing[0].start..missing[missing.len() - 1].end;
        assert_eq!(kpis(&runs, 0, 0, 6_000), Err(Gone { run: 1, rows: rows.clone() }));
        assert!(kpis(&runs, 0, rows.end, 6_000).is_ok());
    }
}
