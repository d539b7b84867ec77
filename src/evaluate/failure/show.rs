//! A failure analysis as exhibits and findings.

use super::constraint::{COUNT, LABELS, NAMES, TRIGGERS, UNITS};
use super::episode::{Episode, INTERVAL_TICKS, SOURCE_TICKS};
use super::{Analysis, Profile};
use crate::evaluate::exhibit::{Axis, Cells, Exhibit, Layer, Plot, Scale, Table};
use crate::evaluate::figures::scenario_label;
use crate::evaluate::study::Finding;
use crate::signal::format_number;

/// Short words on axes, in the order of the constraints.
const SHORT: [&str; COUNT] = ["C1 T A", "C2 T B", "C3 low", "C3 high", "C4 f", "C5 v"];

/// What a profile is called on an axis.
fn title(profile: &Profile, several: bool) -> String {
    let agent = if profile.from_logs { format!("{} (log)", profile.agent) } else { profile.agent.clone() };
    if several { format!("{agent}, {}", scenario_label(&profile.scenario)) } else { agent }
}

/// The exhibits: violations and margins by constraint, margins over the day, survival.
pub fn exhibits(analysis: &Analysis, tick_s: u32) -> Vec<Exhibit> {
    if analysis.profiles.is_empty() {
        return Vec::new();
    }
    vec![constraints(analysis), day(analysis, tick_s), survival(analysis)]
}

/// Counts and margins by constraint, the last profile below.
fn constraints(analysis: &Analysis) -> Exhibit {
    let several = analysis.scenarios().len() > 1;
    // Rows of cells count from below; the first profile is to stand above.
    let profiles: Vec<&Profile> = analysis.profiles.iter().rev().collect();
    let names: Vec<String> = profiles.iter().map(|p| title(p, several)).collect();
    let cells = |of: &dyn Fn(&Profile) -> [f64; COUNT], scale: Scale, label: &str, decimals: usize| {
        let values = profiles.iter().flat_map(|p| of(p)).collect();
        Layer::Cells(Cells::grid(COUNT, profiles.len(), values, scale, label).with_numbers(decimals))
    };
    let plot = |title: &str, layer: Layer| {
        Plot::new(title, Axis::names("", SHORT), Axis::names("", names.clone()), vec![layer])
    };
    let counts = |p: &Profile| p.counts().map(|c| c as f64);
    let triggers = |p: &Profile| {
        let mut left = p.worst();
        left.iter_mut().zip(TRIGGERS).for_each(|(margin, trigger)| *margin /= trigger);
        left
    };
    let most = profiles.iter().flat_map(|p| counts(p)).fold(1.0, f64::max);
    let unit = |k: usize| UNITS.get(k).filter(|u| !u.is_empty()).map_or_else(String::new, |u| format!("_{u}"));
    let mut columns: Vec<String> = ["agent", "scenario", "episodes", "ticks"].map(str::to_owned).to_vec();
    columns.extend(NAMES.iter().map(|n| format!("violations {n}")));
    columns.extend(NAMES.iter().enumerate().map(|(k, n)| format!("worst margin{} {n}", unit(k))));
    columns.extend(NAMES.iter().enumerate().map(|(k, n)| format!("mean margin{} {n}", unit(k))));
    let mut table = Table::new(columns);
    for p in &analysis.profiles {
        let counted = [p.episodes.len() as f64, p.ticks() as f64];
        let numbers = counted.into_iter().chain(counts(p)).chain(p.worst()).chain(p.mean_margin());
        table.row([p.agent.as_str().into(), p.scenario.as_str().into()].into_iter().chain(numbers.map(Into::into)));
    }
    let plots = vec![
        plot("Ticks on which it was violated", cells(&counts, Scale::Even(Some((0.0, most))), "ticks", 0)),
        plot("Smallest margin", cells(&triggers, Scale::Even(Some((0.0, 5.0))), "triggers left", 1)),
    ];
    Exhibit::new(
        "failure_constraints",
        "Constraints, violated and nearly so",
        "Margins are counted in triggers, so that they can be held against each other: 1 is where Simplex acts \
         (1 K, 0.03 of the charge, 0.1 Hz, 0.02 pu), below 0 the limit is broken.",
        table,
    )
    .plots(2, plots)
}

/// Fewest triggers left of any constraint per quarter of an hour, over all episodes of a profile.
fn lowest(profile: &Profile) -> Vec<f64> {
    let longest = profile.episodes.iter().map(|e| e.lowest.len()).max().unwrap_or(0);
    let at = |k: usize| {
        let all = profile.episodes.iter().filter_map(|e: &Episode| e.lowest.get(k));
        all.flatten().copied().fold(f64::NAN, f64::min)
    };
    (0..longest).map(at).collect()
}

fn day(analysis: &Analysis, tick_s: u32) -> Exhibit {
    let hours = INTERVAL_TICKS as f64 * f64::from(tick_s) / 3600.0;
    let mut table = Table::new(["scenario", "agent", "hour", "triggers_left"]);
    let mut plots = Vec::new();
    for scenario in analysis.scenarios() {
        let mut layers = vec![Layer::limit(0.0, "limit"), Layer::limit(1.0, "Simplex acts")];
        let own = analysis.profiles.iter().filter(|p| p.scenario == scenario);
        for (number, profile) in own.enumerate() {
            let mut points = Vec::new();
            for (k, value) in lowest(profile).into_iter().enumerate() {
                // Each value holds for its whole quarter of an hour.
                points.extend([(k as f64 * hours, value), ((k + 1) as f64 * hours, value)]);
                let hour = k as f64 * hours;
                table.row([scenario.into(), profile.agent.as_str().into(), hour.into(), value.into()]);
            }
            layers.push(Layer::line(title(profile, false), points, number));
        }
        let y = Axis::new("triggers left").with_zero();
        plots.push(Plot::new(scenario_label(scenario), Axis::new("time into the episode, h").with_zero(), y, layers));
    }
    Exhibit::new(
        "failure_day",
        "How near the nearest limit was, through the day",
        "The fewest triggers left of any constraint in each quarter of an hour, over all seeds. A line that ends \
         before the day does is an agent whose last episode was tripped there.",
        table,
    )
    .plots(plots.len().min(2), plots)
}

fn survival(analysis: &Analysis) -> Exhibit {
    let several = analysis.scenarios().len() > 1;
    let names: Vec<String> = analysis.profiles.iter().map(|p| title(p, several)).collect();
    let whole = analysis.profiles.iter().flat_map(|p| &p.episodes).map(|e| e.whole).max().unwrap_or(0);
    let mut table = Table::new([
        "agent",
        "scenario",
        "survival_whole_day",
        "survival_288_ticks",
        "mean_length_ticks",
        "mean_reward",
    ]);
    for p in &analysis.profiles {
        let n = p.episodes.len().max(1) as f64;
        let mean = |of: &dyn Fn(&Episode) -> f64| p.episodes.iter().map(of).sum::<f64>() / n;
        table.row([
            p.agent.as_str().into(),
            p.scenario.as_str().into(),
            p.survival(None).into(),
            p.survival(Some(SOURCE_TICKS)).into(),
            mean(&|e| e.ticks as f64).into(),
            mean(&|e| e.total_reward).into(),
        ]);
    }
    let share = |ticks: Option<u64>| analysis.profiles.iter().map(|p| p.survival(ticks) * 100.0).collect::<Vec<_>>();
    // Names along the axis that stands upright, so that long ones have room.
    let bars = |values: Vec<f64>, shift: f64| {
        let last = values.len();
        let bar = |(k, value): (usize, f64)| {
            let at = (last - 1 - k) as f64 + shift;
            crate::evaluate::exhibit::Bar::new(at, 0.34, value).words(format!("{} %", format_number(value, 0)))
        };
        values.into_iter().enumerate().map(bar).collect::<Vec<_>>()
    };
    let layer = |name: &str, values: Vec<f64>, shift: f64, number: usize| Layer::Bars {
        name: name.to_owned(),
        bars: bars(values, shift),
        tint: crate::evaluate::exhibit::Tint::Series(number),
        lying: true,
    };
    let plots = vec![Plot::new(
        "Episodes that survived",
        Axis::new("share, %").from_to(0.0, 112.0),
        Axis::names("", names.into_iter().rev()),
        vec![
            layer(&format!("{whole} ticks"), share(None), 0.18, 0),
            layer(&format!("{SOURCE_TICKS} ticks"), share(Some(SOURCE_TICKS)), -0.18, 1),
        ],
    )];
    Exhibit::new(
        "failure_survival",
        "Survival",
        format!(
            "Share of episodes that ran the whole day of {whole} ticks, as documented, and share that ran \
             {SOURCE_TICKS} ticks (24 minutes), which the source's program calls survived."
        ),
        table,
    )
    .plots(1, plots)
}

/// What the analysis says, most telling first.
pub fn findings(analysis: &Analysis) -> Vec<Finding> {
    let mut all = Vec::new();
    let violated: u64 = analysis.profiles.iter().map(Profile::violated).sum();
    let ticks: u64 = analysis.profiles.iter().map(Profile::ticks).sum();
    all.push(Finding::new(
        "violations",
        format!("{violated} violations of C1 to C5 on {ticks} ticks."),
        violated as f64,
        "",
    ));
    let nearest = analysis.profiles.iter().filter_map(|p| p.nearest().map(|n| (p, n)));
    if let Some((profile, (episode, constraint, triggers, at))) = nearest.min_by(|a, b| a.1.2.total_cmp(&b.1.2)) {
        let margin = episode.worst.get(constraint).copied().unwrap_or(f64::NAN);
        let unit = UNITS.get(constraint).copied().unwrap_or("");
        let label = LABELS.get(constraint).copied().unwrap_or("");
        let name = NAMES.get(constraint).copied().unwrap_or("");
        all.push(Finding::new(
            "nearest_limit",
            format!(
                "Nearest limit: {label} ({name}) with {} {} left, {} triggers, by {} in {} with seed {} at tick {at}.",
                format_number(margin, 3),
                unit,
                format_number(triggers, 2),
                title(profile, false),
                scenario_label(&profile.scenario),
                episode.seed
            )
            .replace("  ", " "),
            margin,
            unit,
        ));
        all.push(Finding::new("nearest_tick", format!("It was nearest at tick {at}, counted from 1."), at as f64, ""));
    }
    let several = analysis.scenarios().len() > 1;
    for p in &analysis.profiles {
        let share = p.survival(None);
        let worst = p.worst_episode().filter(|e| e.violated() > 0);
        let worst = worst.map_or_else(String::new, |e| {
            format!(
                "; worst seed {} with {} violations, first at tick {}",
                e.seed,
                e.violated(),
                e.first().unwrap_or(0)
            )
        });
        let shield = p.intervention_rate().filter(|rate| *rate > 0.0).map_or_else(String::new, |rate| {
            format!("; a shield stepped in on {} % of ticks", format_number(100.0 * rate, 1))
        });
        all.push(Finding::new(
            format!("survival {} {}", p.agent, p.scenario),
            format!(
                "{}: {} % of {} episodes ran the whole day ({} % ran 288 ticks), {} violations{worst}{shield}.",
                title(p, several),
                format_number(100.0 * share, 0),
                p.episodes.len(),
                format_number(100.0 * p.survival(Some(SOURCE_TICKS)), 0),
                p.violated()
            ),
            100.0 * share,
            "%",
        ));
    }
    for c in analysis.comparisons.iter().take(6) {
        let name = format!("{} {} {} {}", c.scenario, c.seed, c.failing, c.succeeding);
        all.push(Finding::new(format!("comparison {name}"), c.words() + ".", c.violations.0 as f64, ""));
    }
    all
}
