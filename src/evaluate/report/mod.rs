//! Reports: one page that holds everything (HTML), and tables for papers (LaTeX, Markdown).
#![deny(clippy::indexing_slicing)]

mod html;
mod run_page;
mod tables;

pub use html::html;
pub use run_page::{RunFigure, RunPage};
pub use tables::{latex, markdown};

use super::analysis::Analysis;
use super::results::Results;

/// Where the documentation and the reference program differ, and what these results go by (control 8): what it is
/// about, what the documentation says, what the program does, what is done here.
const CONFLICTS: [(&str, &str, &str, &str); 9] = [
    (
        "Thermal violations",
        "share of ticks above 33 °C",
        "at or above 33/35 on rounded observations",
        "the documentation's; the other as `thermal_viol_rate_program`",
    ),
    (
        "Throughput ratio",
        "served over nominal batch work",
        "throttle; 0.0 in all published rows",
        "the documentation's in fidelity documented; `throttle_mean` beside it",
    ),
    (
        "Survival",
        "24 hours, 17,280 ticks",
        "288 ticks (24 minutes) in the high-assurance runner, 287 in training",
        "17,280 ticks",
    ),
    ("Mean reward", "mean episode reward", "mean step reward", "mean step reward, and labelled so"),
    (
        "Battery wear",
        "capacity fade times 10⁴",
        "growth of battery age times 10⁴; fade is 0.2 of age",
        "the program's; fade as `bess_degradation_documented`",
    ),
    (
        "Gain of rule_based",
        "not told",
        "6 in the published tables; later the scenario's own ratio",
        "the scenario's ratio; `--rule-gain 6` makes the published tables",
    ),
    (
        "Battery in planners and shields",
        "15 MWh, 5 MW",
        "150 MWh, 50 MW in mpc_fast and the shields",
        "mode `reference` as the program, mode `corrected` with the plant's own",
    ),
    (
        "Markets and stress",
        "each scenario has its own market and load",
        "NYISO preset in every scenario, no scaling",
        "fidelity `documented` or `as_shipped`",
    ),
    (
        "Expected rewards",
        "random −15,000 to −5,000 and seldom alive",
        "random −119,000 and always alive",
        "what the runs give; the two cannot be reconciled",
    ),
];

/// What the numbers do not mean.
const LIMITS: [&str; 7] = [
    "Episodes share one model of one plant. An interval says how far another set of seeds may move a mean, not how far a real data centre may.",
    "A seed draws the noise, not the traces: load, weather and prices are the same series in every episode unless the start was moved.",
    "With five episodes an interval is rough and Mann–Whitney cannot come below p = 0.008; \u{201c}same within noise\u{201d} means that these episodes do not tell, not that the agents are equal.",
    "A bootstrap of few episodes is too narrow: it can only draw what was seen. Student's t stands beside it and assumes normal means.",
    "Pairs share seeds. With NumPy's noise an agent that bids draws other numbers than one that does not, so that a seed is no shared luck between them.",
    "Metrics of one table hang together (a better reward often is a better tracking error); corrections treat them as separate tests, which is cautious.",
    "The benchmark's tracking number and a PJM-style score are different things, and neither is a payment.",
];

/// How the numbers came about, sentence by sentence.
fn methods(results: &Results, analysis: &Analysis) -> Vec<String> {
    let level = super::numbers::percent(analysis.level);
    let tests = analysis.comparisons.iter().filter(|c| !c.p.alone.is_nan()).count();
    let episodes: usize = results.frames.iter().flat_map(|f| &f.groups).map(|g| g.episodes()).sum();
    vec![
        format!("{episodes} episodes from {} files; deviations have the divisor n − 1.", results.sources.len()),
        format!(
            "Bootstrap: {level} percentile interval of the mean over 10,000 resamples, drawn by PCG64 with seed 42, begun \
             anew for every interval; percentiles are linear between neighbours."
        ),
        format!("Student's t: mean ± t · s/√n, {level}."),
        "Unpaired test: Welch's t where both sides have five episodes or more, else Mann–Whitney's U, two-sided: counted \
         out where there are no ties and one side has at most eight, else by the normal curve with corrections for ties \
         and continuity."
            .to_owned(),
        "Paired tests run on the differences over shared seeds: Student's t, and Wilcoxon's signed ranks (counted out up \
         to 50 differences without ties and zeros)."
            .to_owned(),
        "Effect: Cohen's d over the pooled deviation; below 0.2 negligible, 0.5 small, 0.8 medium, else large.".to_owned(),
        format!(
            "{tests} comparisons were made. Beside each p-value stand Holm's (chance of even one false alarm among all) \
             and Benjamini and Hochberg's (expected share of false alarms). The verdict goes by Holm's, of the paired t \
             test where three seeds or more are shared."
        ),
    ]
}
