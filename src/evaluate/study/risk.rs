//! Random driving in every scenario: how often it ends the episode, when and by which limit, and how much of the
//! observations' ranges it visits.

use super::drivers::{agent, episodes, hours, named, seed, telling, ticks};
use super::{Card, Finding, Group, Parameter, Progress, Shown, Site, Study, Values, fidelity_choices, market_choices};
use crate::config::Result;
use crate::evaluate::agents::macro_and_hardware;
use crate::evaluate::exhibit::{Axis, Bar, Exhibit, Layer, Plot, Table, Tint};
use crate::evaluate::figures::scenario_label;
use crate::evaluate::trials::{play_all, run_through, seeds};
use crate::rollout::{EndKind, Rollout, Setup, World};
use crate::signal::format_number;

/// Ticks between two looks at the observations: half a minute.
const LOOK_EVERY: u64 = 6;

/// Bins of an observation's declared range.
const BINS: usize = 50;

/// Risk of termination, and coverage.
pub(super) struct Risk;

impl Study for Risk {
    fn card(&self) -> &'static Card {
        &Card {
            name: "scenario-risk",
            title: "Risk of termination",
            group: Group::Scenarios,
            about: "How often 30 random episodes end before the day does in each scenario, when, and what of the \
                    observations they visit.",
            quick: false,
        }
    }

    fn parameters(&self, world: &World) -> Result<Vec<Parameter>> {
        Ok(vec![
            agent("random"),
            market_choices(world)?,
            fidelity_choices(world)?,
            episodes(100.0, 30.0),
            hours(24.0),
            seed(),
        ])
    }

    fn run(&self, world: &World, values: &Values, progress: &dyn Progress) -> Result<Option<Shown>> {
        let base = named(world, values, values.chosen("agent"))?;
        let site = Site::new(world, values)?;
        let scenarios: Vec<&String> = site.params.scenarios.keys().collect();
        let count = values.whole("episodes").max(1);
        let mut setups = Vec::new();
        for name in &scenarios {
            let mut setup = base.clone();
            setup.axes.insert("scenario".to_owned(), (*name).clone());
            setups.extend(seeds(&setup, count));
        }
        let play = |_: usize, mut rollout: Rollout, stopped: &dyn Fn() -> bool| episode(&mut rollout, stopped);
        let Some(found) = telling(progress, |told| play_all(world, &setups, &play, told))? else { return Ok(None) };
        let observations = observations(world, &base)?;
        let each = usize::try_from(count).unwrap_or(1);
        let names: Vec<&str> = scenarios.iter().map(|n| n.as_str()).collect();
        let groups: Vec<&[Episode]> = found.chunks(each).collect();
        let hours = ticks(values) as f64 / 720.0;
        let exhibits = vec![survival(&names, &groups, hours), coverage(&observations, &found)];
        Ok(Some(Shown { exhibits, findings: findings(&names, &groups, &observations, &found) }))
    }
}

/// What is kept of an episode.
#[derive(Debug, Clone)]
struct Episode {
    ticks: u64,
    /// The limit that ended it, in words; `None` where none did.
    trip: Option<String>,
    /// Lowest and highest of each observation.
    reach: Vec<(f64, f64)>,
    /// Which bins of its range each observation visited.
    bins: Vec<[bool; BINS]>,
}

/// An observation of the hardware slot.
struct Observation {
    name: String,
    low: f64,
    high: f64,
}

fn observations(world: &World, setup: &Setup) -> Result<Vec<Observation>> {
    let rollout = world.build(setup)?;
    let spec = rollout.spec();
    let slot = macro_and_hardware(spec).map_or(0, |(_, hardware)| hardware);
    let own = spec.slots.get(slot).map_or(&[][..], |s| s.observations.as_slice());
    Ok(own.iter().map(|o| Observation { name: o.name.clone(), low: o.low, high: o.high }).collect())
}

fn episode(rollout: &mut Rollout, stopped: &dyn Fn() -> bool) -> Result<Option<Episode>> {
    let spec = std::sync::Arc::clone(rollout.spec());
    let slot = macro_and_hardware(&spec).map_or(0, |(_, hardware)| hardware);
    let ranges: Vec<(f64, f64)> =
        spec.slots.get(slot).map_or_else(Vec::new, |s| s.observations.iter().map(|o| (o.low, o.high)).collect());
    let mut seen = vec![0.0; ranges.len()];
    let mut reach = vec![(f64::INFINITY, f64::NEG_INFINITY); ranges.len()];
    let mut bins = vec![[false; BINS]; ranges.len()];
    let whole = run_through(rollout, stopped, &mut |rollout| {
        if !rollout.tick().is_multiple_of(LOOK_EVERY) {
            return;
        }
        rollout.observe(slot, &mut seen);
        for (((value, (low, high)), reach), bins) in seen.iter().zip(&ranges).zip(&mut reach).zip(&mut bins) {
            *reach = (reach.0.min(*value), reach.1.max(*value));
            let place = (value - low) / (high - low);
            if (0.0..=1.0).contains(&place)
                && let Some(bin) = bins.get_mut(((place * BINS as f64) as usize).min(BINS - 1))
            {
                *bin = true;
            }
        }
    })?;
    let trip = rollout.end().filter(|e| e.kind == EndKind::Trip).map(|e| e.cause.clone());
    Ok(whole.then(|| Episode { ticks: rollout.tick(), trip, reach, bins }))
}

/// 95 % interval of a share by Wilson's formula: where k of n happened.
fn wilson(k: f64, n: f64) -> (f64, f64) {
    let z = 1.959_963_984_540_054;
    let (p, zz) = (k / n, z * z / n);
    let middle = (p + zz / 2.0) / (1.0 + zz);
    let reach = z * libm::sqrt(p * (1.0 - p) / n + zz / (4.0 * n)) / (1.0 + zz);
    // At the ends rounding may leave a hair outside.
    ((middle - reach).max(0.0), (middle + reach).min(1.0))
}

fn tripped(group: &[Episode]) -> f64 {
    group.iter().filter(|e| e.trip.is_some()).count() as f64
}

fn survival(names: &[&str], groups: &[&[Episode]], hours: f64) -> Exhibit {
    let mut table = Table::new(["scenario", "episode", "ticks", "tripped", "cause"]);
    let (mut bars, mut whiskers, mut lines) = (Vec::new(), Vec::new(), Vec::new());
    for (k, (name, group)) in names.iter().zip(groups).enumerate() {
        for (number, e) in group.iter().enumerate() {
            let flag = f64::from(u8::from(e.trip.is_some()));
            let cause = e.trip.clone().unwrap_or_default();
            table.row([(*name).into(), (number as f64).into(), (e.ticks as f64).into(), flag.into(), cause.into()]);
        }
        let n = group.len().max(1) as f64;
        let mut bar = Bar::new(k as f64, 0.6, 100.0 * tripped(group) / n);
        bar.tint = Some(Tint::Series(k));
        bars.push(bar);
        let (low, high) = wilson(tripped(group), n);
        whiskers.push((k as f64, 100.0 * low, 100.0 * high));
        let mut ends: Vec<f64> = group.iter().filter(|e| e.trip.is_some()).map(|e| e.ticks as f64 / 720.0).collect();
        ends.sort_by(f64::total_cmp);
        let mut points = vec![(0.0, 100.0)];
        for (gone, at) in ends.iter().enumerate() {
            points.push((*at, 100.0 * (1.0 - gone as f64 / n)));
            points.push((*at, 100.0 * (1.0 - (gone + 1) as f64 / n)));
        }
        points.push((hours, 100.0 * (1.0 - ends.len() as f64 / n)));
        lines.push(Layer::line(scenario_label(name), points, k));
    }
    let labels: Vec<&str> = names.iter().map(|n| scenario_label(n)).collect();
    let layers = vec![
        Layer::Bars { name: String::new(), bars, tint: Tint::Series(0), lying: false },
        Layer::Whiskers { points: whiskers, tint: Tint::Ink, lying: false },
    ];
    let plots = vec![
        Plot::new(
            "Ended by a limit",
            Axis::names("", labels),
            Axis::new("share of episodes, %").from_to(0.0, 100.0),
            layers,
        ),
        Plot::new(
            "Still running",
            Axis::new("time, h").from_to(0.0, hours),
            Axis::new("share of episodes, %").from_to(0.0, 105.0),
            lines,
        ),
    ];
    Exhibit::new(
        "termination_risk",
        "Risk of termination",
        "Episodes that a limit ended before their time; whiskers hold the true share with 95 % (Wilson). Beside \
         it, how many are still running.",
        table,
    )
    .plots(2, plots)
}

/// Lowest, highest and share of visited bins of an observation over all episodes.
fn covered(found: &[Episode], observation: usize) -> (f64, f64, f64) {
    let reach = found.iter().filter_map(|e| e.reach.get(observation));
    let (low, high) = reach.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), r| (l.min(r.0), h.max(r.1)));
    let visited = (0..BINS)
        .filter(|bin| {
            found.iter().filter_map(|e| e.bins.get(observation)).any(|b| b.get(*bin).copied().unwrap_or(false))
        })
        .count();
    (low, high, visited as f64 / BINS as f64)
}

fn coverage(observations: &[Observation], found: &[Episode]) -> Exhibit {
    let mut table =
        Table::new(["observation", "declared_low", "declared_high", "seen_low", "seen_high", "visited_percent"]);
    let last = observations.len().saturating_sub(1);
    let (mut spans, mut shares) = (Vec::new(), Vec::new());
    for (k, o) in observations.iter().enumerate() {
        let (low, high, share) = covered(found, k);
        let name = std::iter::once(o.name.as_str().into());
        table.row(name.chain([o.low, o.high, low, high, 100.0 * share].map(Into::into)));
        let place = |v: f64| 100.0 * (v - o.low) / (o.high - o.low);
        let at = (last - k) as f64;
        spans.push(Bar { from: place(low), ..Bar::new(at, 0.62, place(high)) });
        shares.push(Bar::new(at, 0.62, 100.0 * share).words(format!("{} %", format_number(100.0 * share, 0))));
    }
    let names = || Axis::names("", observations.iter().rev().map(|o| o.name.replace('_', " ")));
    let bars = |bars: Vec<Bar>, number: usize| Layer::Bars {
        name: String::new(),
        bars,
        tint: Tint::Series(number),
        lying: true,
    };
    let plots = vec![
        Plot::new("Span", Axis::new("declared range, %").from_to(0.0, 100.0), names(), vec![bars(spans, 0)]),
        Plot::new("Visited", Axis::new("share of the range, %").from_to(0.0, 112.0), names(), vec![bars(shares, 1)]),
    ];
    Exhibit::new(
        "observation_coverage",
        "What of the observations was visited",
        format!(
            "All scenarios together. Left, from lowest to highest within the declared range; right, how many of {BINS} \
             equal parts of it were visited."
        ),
        table,
    )
    .plots(2, plots)
}

fn findings(names: &[&str], groups: &[&[Episode]], observations: &[Observation], found: &[Episode]) -> Vec<Finding> {
    let mut all = Vec::new();
    for (name, group) in names.iter().zip(groups) {
        let (n, k) = (group.len().max(1) as f64, tripped(group));
        let (low, high) = wilson(k, n);
        let percent = |v: f64| format_number(100.0 * v, 0);
        let first = group.iter().filter(|e| e.trip.is_some()).min_by_key(|e| e.ticks);
        let first = first.map_or_else(String::new, |e| {
            format!("; the first at tick {}: {}", e.ticks, e.trip.clone().unwrap_or_default())
        });
        let words = format!(
            "{}: {} of {} episodes ended by a limit, {} % (95 %: {} to {} %){first}.",
            scenario_label(name),
            format_number(k, 0),
            format_number(n, 0),
            percent(k / n),
            percent(low),
            percent(high)
        );
        all.push(Finding::new(format!("risk {name}"), words, 100.0 * k / n, "%"));
    }
    let shares: Vec<f64> = (0..observations.len()).map(|k| covered(found, k).2).collect();
    let mean = shares.iter().sum::<f64>() / shares.len().max(1) as f64;
    let still = observations.iter().zip(&shares).filter(|(_, s)| **s <= 1.0 / BINS as f64);
    let still: Vec<String> = still.map(|(o, _)| o.name.replace('_', " ")).collect();
    let never = if still.is_empty() { String::new() } else { format!("; hardly moved: {}", still.join(", ")) };
    let words = format!("Of the declared ranges {} % were visited on average{never}.", format_number(100.0 * mean, 0));
    all.push(Finding::new("coverage", words, 100.0 * mean, "%"));
    all
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
    use super::super::super::exhibit::Cell;
    use super::super::Quiet;
    use super::*;

    #[test]
    fn wilson_is_that_of_the_textbook() {
        let (low, high) = wilson(5.0, 30.0);
        assert!((low - 0.0734).abs() < 5e-4 && (high - 0.3356).abs() < 5e-4, "{low} {high}");
        assert_eq!(wilson(0.0, 30.0).0, 0.0);
        assert!((wilson(30.0, 30.0).1 - 1.0).abs() < 1e-12);
    }

    /// Lengths and visited spans are those of direct runs.
    #[test]
    fn an_episode_is_a_direct_run() {
        let world = World::default();
        let mut values = Values::new(Risk.parameters(&world).unwrap());
        for set in ["episodes=2", "hours=1"] {
            values.set(set).unwrap();
        }
        let shown = Risk.run(&world, &values, &Quiet).unwrap().unwrap();
        let rows = &shown.exhibits[0].table.rows;
        assert_eq!(rows.len(), 8);
        let mut setup = named(&world, &values, "random").unwrap();
        setup.axes.insert("scenario".to_owned(), "scenario_c".to_owned());
        setup.seed = 101;
        let mut run = world.build(&setup).unwrap();
        let mut hottest = f64::MIN;
        while run.step().unwrap() == crate::rollout::Step::Ran {
            if run.tick().is_multiple_of(LOOK_EVERY) {
                hottest = hottest.max(run.row()[run.spec().signal("t_zone_a_degc").unwrap()]);
            }
        }
        let own: Vec<&Vec<Cell>> = rows.iter().filter(|r| r[0] == Cell::Text("scenario_c".to_owned())).collect();
        assert_eq!(own[1][2], Cell::Number(run.tick() as f64));
        let Cell::Number(seen) = shown.exhibits[1].table.rows[0][4] else { panic!("no number") };
        assert!(35.0 * seen >= hottest - 1e-4, "the hottest of all scenarios is at least that of one run");
    }
}
