//! A benchmark's results, weighed: every metric summed up, every agent held against a baseline (control 5.8).
//!
//! Uncorrected p-values stand beside ones corrected for the number of tests made here. A verdict ("better", "worse",
//! "same within noise") goes by the corrected one: of the paired t test where three seeds or more are shared, else of
//! Welch's or Mann–Whitney's.
#![deny(clippy::indexing_slicing)]

use super::results::{Frame, Group, Results, Shape};
use super::statistics::{
    Direction, Interval, MannWhitney, Moments, PairedT, Summary, Verdict, Welch, Wilcoxon, benjamini_hochberg,
    cohens_d, direction, holm, mann_whitney, paired_t, t_interval, welch, wilcoxon,
};
use crate::config::{Error, Place, Result};

/// Metrics that are shown when none are named, where a file has them.
const HEADLINES: [&str; 19] = [
    "mean_reward",
    "tracking_rmse",
    "thermal_viol_rate",
    "throughput_ratio",
    "bess_degradation",
    "survival_rate",
    "hard_violation_rate",
    "shield_intervention_rate",
    "constraint_margin",
    "worst_case_margin",
    "bid_acceptance_rate",
    "total_reg_revenue",
    "total_elec_cost",
    "mean_perf_score",
    "co2_kg",
    "energy_kwh",
    "pue",
    "water_l",
    "tasks_dropped",
];
/// The agent that the reference compares against (control 5.8), where it is there.
const REFERENCE_BASELINE: &str = "ha_c2g";
/// Below so many episodes on a side Mann–Whitney takes the place of Welch (control 5.8).
const FEWEST_FOR_WELCH: usize = 5;
/// Below so many shared seeds the verdict is left to the unpaired test.
const FEWEST_PAIRS: usize = 3;

/// What is asked.
#[derive(Debug, Clone)]
pub struct Request {
    /// Metrics by name; `None` for the headlines, `all` for every one.
    pub metrics: Option<Vec<String>>,
    /// The agent that others are held against.
    pub baseline: Option<String>,
    /// Share of intervals that hold the true value, 0..1; one minus it is the level of tests.
    pub level: f64,
}

impl Default for Request {
    fn default() -> Self {
        Self { metrics: None, baseline: None, level: 0.95 }
    }
}

/// One metric of one agent in one scenario.
#[derive(Debug, Clone)]
pub struct Line {
    /// Place in [`Results::frames`].
    pub frame: usize,
    /// Scenario.
    pub scenario: String,
    /// Agent.
    pub agent: String,
    /// Name of the metric.
    pub metric: String,
    /// Count, mean, deviation.
    pub moments: Moments,
    /// Everything that needs single episodes; `None` where only means are known.
    pub summary: Option<Summary>,
    /// Interval of the mean by Student's t.
    pub t: Option<Interval>,
}

/// Which unpaired test speaks (control 5.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Test {
    /// Welch's t: five episodes or more on both sides, or only means are known.
    Welch,
    /// Mann–Whitney's U.
    MannWhitney,
    /// Neither could be made.
    None,
}

impl Test {
    /// Its name.
    pub fn words(self) -> &'static str {
        match self {
            Self::Welch => "Welch t",
            Self::MannWhitney => "Mann–Whitney U",
            Self::None => "none",
        }
    }
}

/// A p-value, alone and among all tests of its kind that were made here.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct P {
    /// Uncorrected; NaN where there was no test.
    pub alone: f64,
    /// By Holm.
    pub holm: f64,
    /// By Benjamini and Hochberg.
    pub bh: f64,
}

/// One agent against the baseline in one metric and scenario.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// Place in [`Results::frames`].
    pub frame: usize,
    /// Scenario.
    pub scenario: String,
    /// Agent.
    pub agent: String,
    /// Agent it is held against.
    pub baseline: String,
    /// Name of the metric.
    pub metric: String,
    /// Which way the metric is better.
    pub direction: Direction,
    /// The agent's side.
    pub of_agent: Moments,
    /// The baseline's side.
    pub of_baseline: Moments,
    /// Mean of the agent − mean of the baseline.
    pub difference: f64,
    /// Cohen's d.
    pub effect: Option<f64>,
    /// Welch's test.
    pub welch: Option<Welch>,
    /// Mann–Whitney's test.
    pub mann_whitney: Option<MannWhitney>,
    /// Which of the two speaks.
    pub test: Test,
    /// p of the one that speaks.
    pub p: P,
    /// Student's t on shared seeds.
    pub paired: Option<PairedT>,
    /// p of the paired t test.
    pub paired_p: P,
    /// Wilcoxon's test on shared seeds.
    pub wilcoxon: Option<Wilcoxon>,
    /// p of Wilcoxon's test.
    pub wilcoxon_p: P,
    /// Difference in words.
    pub verdict: Verdict,
    /// Whether the verdict is of the paired test.
    pub verdict_is_paired: bool,
}

impl Comparison {
    /// Interval of the difference: paired where the verdict is, else Welch's.
    pub fn interval(&self) -> Option<Interval> {
        if self.verdict_is_paired { self.paired.and_then(|t| t.interval) } else { self.welch.and_then(|w| w.interval) }
    }

    /// The p-values that the verdict goes by.
    pub fn deciding_p(&self) -> P {
        if self.verdict_is_paired { self.paired_p } else { self.p }
    }
}

/// Results, weighed.
#[derive(Debug, Clone)]
pub struct Analysis {
    /// Share of intervals that hold the true value.
    pub level: f64,
    /// Metrics that were looked at.
    pub metrics: Vec<String>,
    /// Baseline of each frame; `None` where it has no episodes there.
    pub baselines: Vec<Option<String>>,
    /// Every metric of every agent.
    pub lines: Vec<Line>,
    /// Every agent against the baseline.
    pub comparisons: Vec<Comparison>,
    /// What could not be computed, and why.
    pub missing: Vec<String>,
}

impl Analysis {
    /// Weighs results.
    ///
    /// # Errors
    /// When the level is no share, or a metric or the baseline is in no file.
    pub fn of(results: &Results, request: &Request) -> Result<Self> {
        let level = request.level;
        if !(level > 0.0 && level < 1.0) {
            let what = format!("{level} is no share between 0 and 1");
            return Err(Error::invalid(Place::source("--level"), what, "Give for example 0.95."));
        }
        let metrics = chosen(results, request.metrics.as_deref())?;
        let baselines = baselines(results, request.baseline.as_deref())?;
        let mut lines = Vec::new();
        let mut comparisons = Vec::new();
        for (at, frame) in results.frames.iter().enumerate() {
            let baseline = baselines.get(at).and_then(Option::as_deref);
            for &metric in &metrics {
                let name = results.metrics.get(metric).cloned().unwrap_or_default();
                for scenario in &frame.scenarios {
                    for agent in &frame.agents {
                        let Some(group) = frame.group(scenario, agent) else { continue };
                        lines.extend(line(at, group, metric, &name, level));
                        if let Some(other) = baseline.filter(|b| b != agent).and_then(|b| frame.group(scenario, b)) {
                            comparisons.extend(compare(at, group, other, metric, &name, level));
                        }
                    }
                }
            }
        }
        correct(&mut comparisons, 1.0 - level);
        let missing = missing(results, &comparisons, &baselines);
        let metrics = metrics.iter().filter_map(|&k| results.metrics.get(k).cloned()).collect();
        Ok(Self { level, metrics, baselines, lines, comparisons, missing })
    }
}

/// Places of the metrics that are looked at.
fn chosen(results: &Results, wanted: Option<&[String]>) -> Result<Vec<usize>> {
    let all: Vec<usize> = (0..results.metrics.len()).collect();
    match wanted {
        Some(names) if names.iter().any(|n| n == "all") => Ok(all),
        Some(names) => {
            let mut places = Vec::new();
            for name in names {
                let place = results.metric(name)?;
                if !places.contains(&place) {
                    places.push(place);
                }
            }
            Ok(places)
        }
        None => {
            let headline = |name: &&'static str| results.metrics.iter().position(|m| m == *name);
            let found: Vec<usize> = HEADLINES.iter().filter_map(headline).collect();
            Ok(if found.is_empty() { all } else { found })
        }
    }
}

/// The baseline of each frame: the one that was named, else the reference's own, else the first agent.
fn baselines(results: &Results, named: Option<&str>) -> Result<Vec<Option<String>>> {
    let has = |frame: &Frame, name: &str| frame.agents.iter().any(|a| a == name);
    if let Some(name) = named {
        if !results.frames.iter().any(|f| has(f, name)) {
            return Err(Error::unknown(Place::source("--baseline"), "agent", name, results.agents()));
        }
        return Ok(results.frames.iter().map(|f| has(f, name).then(|| name.to_owned())).collect());
    }
    let of = |frame: &Frame| {
        if has(frame, REFERENCE_BASELINE) {
            return Some(REFERENCE_BASELINE.to_owned());
        }
        frame.agents.first().filter(|_| frame.agents.len() > 1).cloned()
    };
    Ok(results.frames.iter().map(of).collect())
}

fn line(frame: usize, group: &Group, metric: usize, name: &str, level: f64) -> Option<Line> {
    let moments = group.moments(metric)?;
    let values: Vec<f64> = group.values(metric).into_iter().map(|(_, v)| v).collect();
    Some(Line {
        frame,
        scenario: group.scenario.clone(),
        agent: group.agent.clone(),
        metric: name.to_owned(),
        moments,
        summary: Summary::of(&values, level),
        t: t_interval(moments, level),
    })
}

const UNTESTED: P = P { alone: f64::NAN, holm: f64::NAN, bh: f64::NAN };

fn compare(frame: usize, a: &Group, b: &Group, metric: usize, name: &str, level: f64) -> Option<Comparison> {
    let (of_agent, of_baseline) = (a.moments(metric)?, b.moments(metric)?);
    let (values_a, values_b) = (a.values(metric), b.values(metric));
    let bare = |values: &[(Option<u64>, f64)]| values.iter().map(|(_, v)| *v).collect::<Vec<f64>>();
    let welch = welch(of_agent, of_baseline, level);
    let mann_whitney = mann_whitney(&bare(&values_a), &bare(&values_b));
    let few = of_agent.n.min(of_baseline.n) < FEWEST_FOR_WELCH;
    let (test, alone) = match (welch, mann_whitney) {
        (Some(w), m) if !few || m.is_none() => (Test::Welch, w.p),
        (_, Some(m)) if of_agent.n.min(of_baseline.n) > 1 => (Test::MannWhitney, m.p),
        _ => (Test::None, f64::NAN),
    };
    let pairs: Vec<f64> = values_a
        .iter()
        .filter_map(|(seed, value)| {
            let seed = (*seed)?;
            values_b.iter().find(|(other, _)| *other == Some(seed)).map(|(_, other)| value - other)
        })
        .collect();
    let paired = paired_t(&pairs, level);
    let wilcoxon = if pairs.len() > 1 { wilcoxon(&pairs) } else { None };
    Some(Comparison {
        frame,
        scenario: a.scenario.clone(),
        agent: a.agent.clone(),
        baseline: b.agent.clone(),
        metric: name.to_owned(),
        direction: direction(name),
        of_agent,
        of_baseline,
        difference: of_agent.mean - of_baseline.mean,
        effect: cohens_d(of_agent, of_baseline),
        welch,
        mann_whitney,
        test,
        p: P { alone, ..UNTESTED },
        paired,
        paired_p: P { alone: paired.map_or(f64::NAN, |t| t.p), ..UNTESTED },
        wilcoxon,
        wilcoxon_p: P { alone: wilcoxon.map_or(f64::NAN, |w| w.p), ..UNTESTED },
        verdict: Verdict::Unknown,
        verdict_is_paired: pairs.len() >= FEWEST_PAIRS,
    })
}

/// Corrects each kind of test among its own, and speaks the verdicts.
fn correct(comparisons: &mut [Comparison], alpha: f64) {
    let kinds: [fn(&mut Comparison) -> &mut P; 3] = [|c| &mut c.p, |c| &mut c.paired_p, |c| &mut c.wilcoxon_p];
    for kind in kinds {
        let alone: Vec<f64> = comparisons.iter_mut().map(|c| kind(c).alone).collect();
        for ((comparison, holm), bh) in comparisons.iter_mut().zip(holm(&alone)).zip(benjamini_hochberg(&alone)) {
            let p = kind(comparison);
            (p.holm, p.bh) = (holm, bh);
        }
    }
    for comparison in comparisons {
        let p = comparison.deciding_p().holm;
        comparison.verdict = Verdict::of(comparison.difference, p, alpha, comparison.direction);
    }
}

/// What could not be computed, and why.
fn missing(results: &Results, comparisons: &[Comparison], baselines: &[Option<String>]) -> Vec<String> {
    let mut out = Vec::new();
    for source in results.sources.iter().filter(|s| s.shape == Shape::Means) {
        let mut text = format!(
            "{} holds means, rounded as they stand: no median, quartiles, extremes, bootstrap interval, Mann–Whitney, \
             paired tests or violins from it",
            source.path.display()
        );
        if let Some(stem) = source.path.file_stem().map(|s| s.to_string_lossy().into_owned()) {
            let beside = source.path.with_file_name(format!("{stem}_episodes.csv"));
            if beside.exists() {
                text.push_str(&format!("; {} has them", beside.display()));
            }
        }
        out.push(text);
    }
    for (frame, baseline) in results.frames.iter().zip(baselines) {
        if baseline.is_none() {
            let why = if frame.agents.len() < 2 { "there is one agent only" } else { "the baseline was not run there" };
            out.push(format!("{}: no comparisons, {why}", frame.title()));
        }
    }
    let few = results.frames.iter().flat_map(|f| &f.groups).filter(|g| g.episodes() < 2).count();
    if few > 0 {
        out.push(format!("{few} of the groups have a single episode: no deviation, no interval, no test of them"));
    }
    let unpaired = comparisons.iter().any(|c| !c.verdict_is_paired && c.test != Test::None);
    if unpaired {
        out.push(format!(
            "where fewer than {FEWEST_PAIRS} seeds are shared with the baseline, the verdict is of the unpaired test"
        ));
    }
    out
}
