//! Each lever pinned in turn, none of them, and all: what it costs, on the same seeds.

use super::drivers::{agent, driven, episodes, hours, seed, telling};
use super::{
    Card, Finding, Group, Parameter, Progress, Shown, Study, Values, fidelity_choices, market_choices, scenario_choices,
};
use crate::config::Result;
use crate::evaluate::ablation::{ablate, levers};
use crate::evaluate::arms::{Against, Played};
use crate::evaluate::exhibit::{Axis, Bar, Exhibit, Layer, Plot, Table, Tint};
use crate::evaluate::statistics::{Direction, direction};
use crate::rollout::World;
use crate::signal::format_number;

/// What pinning a lever costs.
pub(super) struct Ablation;

impl Study for Ablation {
    fn card(&self) -> &'static Card {
        &Card {
            name: "ablation",
            title: "Ablation of the levers",
            group: Group::Controllers,
            about: "What it costs to pin each lever in turn: reward, tracking and energy against the same seeds with \
                    all levers free.",
            quick: false,
        }
    }

    fn parameters(&self, world: &World) -> Result<Vec<Parameter>> {
        let pin = |name: &str, label: &str, low: f64, value: f64| {
            Parameter::number(name, label, "", (low, 1.0), value, 2)
                .about("Where the lever stands when its turn comes.")
        };
        Ok(vec![
            agent("rule_based"),
            scenario_choices(world)?,
            market_choices(world)?,
            fidelity_choices(world)?,
            episodes(20.0, 5.0),
            hours(24.0),
            seed(),
            pin("throttle_batch", "Throttle pinned at", 0.0, 1.0),
            pin("pump_speed_A", "Pump pinned at", 0.0, 0.7),
            pin("hvac_effort", "HVAC pinned at", 0.0, 0.7),
            pin("bess_dispatch", "Battery pinned at", -1.0, 0.0),
        ])
    }

    fn run(&self, world: &World, values: &Values, progress: &dyn Progress) -> Result<Option<Shown>> {
        let base = driven(world, values)?;
        let mut levers = levers(world.build(&base)?.spec());
        for lever in &mut levers {
            let own = values.get(lever.name.rsplit('.').next().unwrap_or(""));
            if own.is_finite() {
                lever.value = own;
            }
        }
        let count = values.whole("episodes");
        let played = telling(progress, |told| ablate(world, &base, &levers, count, told))?;
        Ok(played.map(|played| shown(&played, values.chosen("agent"))))
    }
}

/// The figures that are drawn.
const DRAWN: [&str; 3] = ["total_reward", "tracking_rmse", "energy_mwh"];

fn shown(played: &Played, agent: &str) -> Shown {
    let arms = played.arms.len();
    let mut table = Table::new([
        "arm",
        "figure",
        "unit",
        "seeds",
        "mean",
        "mean_low",
        "mean_high",
        "difference",
        "difference_low",
        "difference_high",
        "p_paired_t",
    ]);
    let mut findings = Vec::new();
    for (f, figure) in played.figures.iter().enumerate() {
        for (a, came) in played.arms.iter().enumerate() {
            let told = played.told(a, f);
            let [low, high] = told.interval.map_or([f64::NAN; 2], |i| [i.low, i.high]);
            let (below, above) = reach(&told);
            let numbers = [told.mean, low, high, told.difference, below, above, told.paired.map_or(f64::NAN, |p| p.p)];
            let names = [came.arm.name.as_str().into(), figure.name.as_str().into(), figure.unit.as_str().into()];
            let seeds = std::iter::once(played.seeds.1 as f64);
            table.row(names.into_iter().chain(seeds.chain(numbers).map(Into::into)));
        }
    }
    for name in DRAWN {
        let Some(f) = played.figure(name) else { continue };
        for a in 1..arms {
            findings.extend(finding(played, a, f));
        }
    }
    let plots = DRAWN.iter().filter_map(|name| played.figure(name)).map(|f| plot(played, f)).collect();
    let exhibit = Exhibit::new(
        "ablation",
        format!("Ablation of the levers, {agent}"),
        format!(
            "Difference to the same seeds ({}) with nothing pinned; whiskers hold the true mean difference with 95 %. \
             Green is better, red is worse, grey may be chance.",
            played.seeds.1
        ),
        table,
    );
    Shown::one(exhibit.plots(3, plots), findings)
}

/// Ends of the interval of the difference; the difference itself where one seed tells none.
fn reach(told: &Against) -> (f64, f64) {
    let interval = told.paired.and_then(|p| p.interval);
    interval.map_or((f64::NAN, f64::NAN), |i| (i.low, i.high))
}

/// Whether a difference is well, wrong, or may be chance.
fn tint(told: &Against, metric: &str) -> Tint {
    let (low, high) = reach(told);
    let sure = if low.is_nan() { told.difference != 0.0 } else { low > 0.0 || high < 0.0 };
    // Energy is no score of its own: less is better.
    let way = if metric == "energy_mwh" { Direction::Lower } else { direction(metric) };
    match (sure, way, told.difference > 0.0) {
        (false, ..) | (_, Direction::Neither, _) => Tint::Muted,
        (_, Direction::Higher, true) | (_, Direction::Lower, false) => Tint::Good,
        _ => Tint::Bad,
    }
}

fn plot(played: &Played, figure: usize) -> Plot {
    let arms = played.arms.len();
    let Some(about) = played.figures.get(figure) else {
        return Plot::new("", Axis::new(""), Axis::new(""), Vec::new());
    };
    // The first arm stands for zero; the others from above.
    let place = |arm: usize| (arms - 1 - arm) as f64;
    let told: Vec<(usize, Against)> = (1..arms).map(|a| (a, played.told(a, figure))).collect();
    let bar = |(a, told): &(usize, Against)| {
        let mut bar = Bar::new(place(*a), 0.62, told.difference);
        bar.tint = Some(tint(told, &about.name));
        bar
    };
    let whiskers = told.iter().map(|(a, told)| {
        let (low, high) = reach(told);
        (place(*a), low, high)
    });
    let names: Vec<String> = played.arms.iter().skip(1).rev().map(|c| c.arm.label.clone()).collect();
    let unit = if about.unit.is_empty() { String::new() } else { format!(", {}", about.unit) };
    let layers = vec![
        Layer::Bars { name: String::new(), bars: told.iter().map(bar).collect(), tint: Tint::Series(0), lying: true },
        Layer::Whiskers { points: whiskers.collect(), tint: Tint::Ink, lying: true },
    ];
    let x = Axis::new(format!("difference{unit}")).with_zero();
    Plot::new(about.label.clone(), x, Axis::names("", names), layers)
}

/// What pinning comes to in one figure, in words.
fn finding(played: &Played, arm: usize, figure: usize) -> Option<Finding> {
    let (about, came) = (played.figures.get(figure)?, played.arms.get(arm)?);
    let (told, first) = (played.told(arm, figure), played.told(0, figure));
    let number = |v: f64| format_number(v, about.decimals);
    let signed = |v: f64| if v > 0.0 { format!("+{}", number(v)) } else { number(v) };
    let (low, high) = reach(&told);
    let sure = if low.is_nan() {
        String::new()
    } else {
        format!(" (95 %: {} to {}, p {})", signed(low), signed(high), format_number(told.paired?.p, 4))
    };
    let unit = if about.unit.is_empty() { String::new() } else { format!(" {}", about.unit) };
    let words = format!(
        "{}: {} {}{unit}{sure}, from {} to {}.",
        came.arm.label,
        about.label,
        signed(told.difference),
        number(first.mean),
        number(told.mean)
    );
    Some(Finding::new(format!("{}.{}", came.arm.name, about.name), words, told.difference, about.unit.clone()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::super::Quiet;
    use super::*;
    use crate::rollout::{Setup, Step};

    /// Disabling the battery costs what two direct runs differ by.
    #[test]
    fn what_the_battery_is_worth_is_what_two_direct_runs_differ_by() {
        let world = World::default();
        let mut values = Values::new(Ablation.parameters(&world).unwrap());
        for set in ["agent=pid", "episodes=2", "hours=0.5"] {
            values.set(set).unwrap();
        }
        let shown = Ablation.run(&world, &values, &Quiet).unwrap().unwrap();
        let found = shown.findings.iter().find(|f| f.name == "bess_dispatch.tracking_rmse").unwrap();
        let rmse = |seed: u64, pin: Option<f64>| {
            let policies = [("macro", "fixed"), ("hardware", "pid")].map(|(a, b)| (a.to_owned(), b.to_owned()));
            let fixed_actions = pin.map(|v| ("bess_dispatch".to_owned(), v)).into_iter().collect();
            let setup = Setup { policies: policies.into(), fixed_actions, seed, ticks: Some(360), ..Setup::default() };
            let mut run = world.build(&setup).unwrap();
            let column = run.spec().signal("p_tracking_error_mw").unwrap();
            let mut square = 0.0;
            while run.step().unwrap() == Step::Ran {
                square += run.row()[column].powi(2);
            }
            1000.0 * (square / 360.0).sqrt()
        };
        let direct: f64 = [100, 101].map(|s| rmse(s, Some(0.0)) - rmse(s, None)).iter().sum::<f64>() / 2.0;
        assert!((found.value - direct).abs() < 1e-6, "{} {direct}", found.value);
        assert_eq!(found.unit, "kW");
        assert_eq!(shown.exhibits[0].plots.len(), 3);
    }
}
