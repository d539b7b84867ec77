//! The scenarios played: two hours of each side by side, and the mean reward of every scenario in every market.

use super::drivers::{agent, episodes, hours, named, seed, telling};
use super::{Card, Finding, Group, Parameter, Progress, Shown, Site, Study, Values, fidelity_choices, market_choices};
use crate::config::Result;
use crate::evaluate::arms;
use crate::evaluate::exhibit::{Axis, Cells, Exhibit, Layer, Plot, Scale, Table};
use crate::evaluate::figures::scenario_label;
use crate::evaluate::trials::{play_all, run_through};
use crate::rollout::{Rollout, Setup, World};
use crate::signal::format_number;

/// Signals of the traces: name, label with unit.
const SIGNALS: [(&str, &str); 6] = [
    ("t_zone_a_degc", "zone A, °C"),
    ("t_zone_b_degc", "zone B, °C"),
    ("soc_frac", "state of charge"),
    ("p_facility_mw", "facility, MW"),
    ("p_tracking_error_mw", "tracking error, MW"),
    ("reward_total", "cumulated reward"),
];

/// Most points of a trace.
const POINTS: u64 = 1_440;

/// Setups of all scenarios with the agent that the parameters name.
fn each(world: &World, values: &Values) -> Result<Vec<(String, Setup)>> {
    let base = named(world, values, values.chosen("agent"))?;
    let site = Site::new(world, values)?;
    let own = |name: &String| {
        let mut setup = base.clone();
        setup.axes.insert("scenario".to_owned(), name.clone());
        (name.clone(), setup)
    };
    Ok(site.params.scenarios.keys().map(own).collect())
}

/// Two hours of every scenario.
pub(super) struct Traces;

impl Study for Traces {
    fn card(&self) -> &'static Card {
        &Card {
            name: "scenario-traces",
            title: "Scenarios side by side",
            group: Group::Scenarios,
            about: "Temperatures, charge, power, tracking and reward of the same agent in every scenario.",
            quick: false,
        }
    }

    fn parameters(&self, world: &World) -> Result<Vec<Parameter>> {
        Ok(vec![agent("rule_based"), market_choices(world)?, fidelity_choices(world)?, hours(2.0), seed()])
    }

    fn run(&self, world: &World, values: &Values, progress: &dyn Progress) -> Result<Option<Shown>> {
        let all = each(world, values)?;
        let setups: Vec<Setup> = all.iter().map(|(_, s)| s.clone()).collect();
        let play = |_: usize, mut rollout: Rollout, stopped: &dyn Fn() -> bool| traced(&mut rollout, stopped);
        let found = telling(progress, |told| play_all(world, &setups, &play, told))?;
        let Some(found) = found else { return Ok(None) };
        let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
        Ok(Some(shown(&names, &found, values.chosen("agent"))))
    }
}

/// A run's signals at even steps, and how it ended.
struct Traced {
    hours: Vec<f64>,
    values: Vec<Vec<f64>>,
    end: String,
}

fn traced(rollout: &mut Rollout, stopped: &dyn Fn() -> bool) -> Result<Option<Traced>> {
    let columns: Vec<Option<usize>> = SIGNALS.iter().map(|(name, _)| rollout.spec().signal(name)).collect();
    let tick_h = f64::from(rollout.spec().calendar.tick_s) / 3600.0;
    let every = (rollout.setup().ticks.unwrap_or(0) / POINTS).max(1);
    let mut out = Traced { hours: Vec::new(), values: vec![Vec::new(); SIGNALS.len()], end: String::new() };
    let whole = run_through(rollout, stopped, &mut |rollout| {
        if (rollout.tick() - 1).is_multiple_of(every) {
            out.hours.push(rollout.tick() as f64 * tick_h);
            for (list, column) in out.values.iter_mut().zip(&columns) {
                list.push(column.and_then(|c| rollout.row().get(c)).copied().unwrap_or(f64::NAN));
            }
        }
    })?;
    out.end = rollout.end().map_or_else(String::new, |e| e.cause.clone());
    Ok(whole.then_some(out))
}

fn shown(names: &[&str], found: &[Traced], agent: &str) -> Shown {
    let mut table = Table::new(["scenario", "hour"].into_iter().chain(SIGNALS.iter().map(|(name, _)| *name)));
    let mut findings = Vec::new();
    for (name, run) in names.iter().zip(found) {
        for (k, hour) in run.hours.iter().enumerate() {
            let at = run.values.iter().map(|v| v.get(k).copied().unwrap_or(f64::NAN).into());
            table.row([(*name).into(), (*hour).into()].into_iter().chain(at));
        }
        let of = |signal: usize| run.values.get(signal).map_or(&[][..], Vec::as_slice);
        let hottest = of(0).iter().copied().fold(f64::NAN, f64::max);
        let reward = of(5).last().copied().unwrap_or(f64::NAN);
        let words = format!(
            "{}: zone A reaches {} °C, cumulated reward {}.",
            scenario_label(name),
            format_number(hottest, 2),
            format_number(reward, 1)
        );
        findings.push(Finding::new(format!("hottest {name}"), words, hottest, "°C"));
    }
    let plot = |(number, (_, label)): (usize, &(&str, &str))| {
        let line = |(k, (name, run)): (usize, (&&str, &Traced))| {
            let values = run.values.get(number).map_or(&[][..], Vec::as_slice);
            let points = run.hours.iter().copied().zip(values.iter().copied()).collect();
            Layer::line(scenario_label(name), points, k)
        };
        let mut layers: Vec<Layer> = names.iter().zip(found).enumerate().map(line).collect();
        if number < 2 {
            layers.push(Layer::limit(35.0, "trip"));
        }
        let title = label.split(',').next().unwrap_or(label);
        let mut letters = title.chars();
        let title =
            letters.next().map_or_else(String::new, |c| c.to_uppercase().collect::<String>() + letters.as_str());
        Plot::new(title, Axis::new("time, h").with_zero(), Axis::new(*label), layers)
    };
    let exhibit = Exhibit::new(
        "scenario_traces",
        format!("Scenarios side by side, {agent}"),
        "The same seed in every scenario; each has its own market, ambient, charge and commitment.",
        table,
    );
    Shown::one(exhibit.plots(3, SIGNALS.iter().enumerate().map(plot).collect()), findings)
}

/// Every scenario in every market.
pub(super) struct Grid;

impl Study for Grid {
    fn card(&self) -> &'static Card {
        &Card {
            name: "scenario-grid",
            title: "Scenarios in all markets",
            group: Group::Scenarios,
            about: "Mean reward and tracking of the same agent in all 24 pairs of scenario and market.",
            quick: false,
        }
    }

    fn parameters(&self, world: &World) -> Result<Vec<Parameter>> {
        Ok(vec![agent("rule_based"), fidelity_choices(world)?, hours(6.0), episodes(10.0, 1.0), seed()])
    }

    fn run(&self, world: &World, values: &Values, progress: &dyn Progress) -> Result<Option<Shown>> {
        let site = Site::new(world, values)?;
        let markets: Vec<(&String, &str)> = site.params.markets.iter().map(|(n, m)| (n, m.label.as_str())).collect();
        let scenarios = each(world, values)?;
        let mut all = Vec::new();
        for (scenario, setup) in &scenarios {
            for (market, _) in &markets {
                let mut setup = setup.clone();
                setup.axes.insert("market".to_owned(), (*market).clone());
                let name = format!("{scenario} {market}");
                all.push(arms::Arm { label: name.clone(), name, setup });
            }
        }
        let count = values.whole("episodes");
        let Some(played) = telling(progress, |told| arms::play(world, all, count, told))? else { return Ok(None) };
        let [reward, rmse, ticks] = ["total_reward", "tracking_rmse", "episode_length"].map(|n| played.figure(n));
        let of = |arm: usize, figure: Option<usize>| figure.map_or(f64::NAN, |f| played.told(arm, f).mean);
        let mut table = Table::new(["scenario", "market", "mean_reward", "tracking_rmse_kw", "ticks"]);
        let (mut rewards, mut errors) = (Vec::new(), Vec::new());
        // Rows of cells count from below; the first scenario is to stand above.
        for (row, (scenario, _)) in scenarios.iter().enumerate().rev() {
            for (column, (market, _)) in markets.iter().enumerate() {
                let arm = row * markets.len() + column;
                let mean = of(arm, reward) / of(arm, ticks);
                rewards.push(mean);
                errors.push(of(arm, rmse) / 1000.0);
                let words = [scenario.as_str().into(), market.as_str().into()];
                let numbers = [mean, of(arm, rmse), of(arm, ticks)];
                table.row(words.into_iter().chain(numbers.map(Into::into)));
            }
        }
        let names: Vec<&str> = scenarios.iter().rev().map(|(name, _)| scenario_label(name)).collect();
        let columns: Vec<&str> = markets.iter().map(|(_, label)| *label).collect();
        let plot = |title: &str, values: &[f64], scale: Scale, label: &str, decimals: usize| {
            let cells = Cells::grid(columns.len(), names.len(), values.to_vec(), scale, label).with_numbers(decimals);
            let (x, y) = (Axis::names("", columns.clone()), Axis::names("", names.clone()));
            Plot::new(title, x, y, vec![Layer::Cells(cells)])
        };
        let plots = vec![
            plot("Mean reward a tick", &rewards, Scale::Good, "reward a tick", 3),
            plot("Tracking RMSE", &errors, Scale::Even(None), "MW", 2),
        ];
        let exhibit = Exhibit::new(
            "scenario_grid",
            format!("Scenarios in all markets, {}", values.chosen("agent")),
            "A market brings its load, its prices, its regulation signal and its weather; scenarios without \
             weather keep their ambient.",
            table,
        )
        .plots(1, plots);
        let mut findings = Vec::new();
        let arm_of = |cell: usize| {
            let row = scenarios.len() - 1 - cell / markets.len();
            (scenarios.get(row).map_or("", |s| s.0.as_str()), markets.get(cell % markets.len()).map_or("", |m| m.1))
        };
        for (name, words, worst) in [("best", "Best", false), ("worst", "Worst", true)] {
            let known = rewards.iter().enumerate().filter(|(_, v)| v.is_finite());
            let found =
                if worst { known.min_by(|a, b| a.1.total_cmp(b.1)) } else { known.max_by(|a, b| a.1.total_cmp(b.1)) };
            let Some((cell, value)) = found else { continue };
            let (scenario, market) = arm_of(cell);
            let words =
                format!("{words} pair: {} in {market}, {} a tick.", scenario_label(scenario), format_number(*value, 3));
            findings.push(Finding::new(name, words, *value, ""));
        }
        Ok(Some(Shown::one(exhibit, findings)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
    use super::super::super::exhibit::Cell;
    use super::super::Quiet;
    use super::*;

    /// A cell is the mean reward of a direct run of that pair.
    #[test]
    fn a_cell_is_a_direct_run_of_its_pair() {
        let world = World::default();
        let mut values = Values::new(Grid.parameters(&world).unwrap());
        for set in ["hours=0.25", "agent=pid"] {
            values.set(set).unwrap();
        }
        let shown = Grid.run(&world, &values, &Quiet).unwrap().unwrap();
        let table = &shown.exhibits[0].table;
        assert_eq!(table.rows.len(), 24);
        let text = |s: &str| Cell::Text(s.to_owned());
        let row = table.rows.iter().find(|r| r[0] == text("scenario_b") && r[1] == text("aemo_nsw")).unwrap();
        let axes = [("scenario", "scenario_b"), ("market", "aemo_nsw")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        let policies = [("macro", "fixed"), ("hardware", "pid")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        let setup =
            Setup { axes: axes.into(), policies: policies.into(), seed: 100, ticks: Some(180), ..Setup::default() };
        let mut run = world.build(&setup).unwrap();
        run_through(&mut run, &|| false, &mut |_| {}).unwrap();
        let mean = run.spec().metrics.iter().position(|m| m.name == "mean_reward" && m.slot == 1).unwrap();
        let Cell::Number(told) = row[2] else { panic!("{row:?}") };
        assert!((told - run.metric(mean)).abs() < 1e-12);
    }

    #[test]
    fn traces_hold_what_the_rows_of_a_run_hold() {
        let world = World::default();
        let mut values = Values::new(Traces.parameters(&world).unwrap());
        values.set("hours=0.25").unwrap();
        let shown = Traces.run(&world, &values, &Quiet).unwrap().unwrap();
        assert_eq!(shown.exhibits[0].plots.len(), 6);
        let rows = &shown.exhibits[0].table.rows;
        assert_eq!(rows.len(), 4 * 180);
        let setup = named(&world, &values, "rule_based").unwrap();
        let mut run =
            world.build(&Setup { axes: [("scenario".to_owned(), "scenario_c".to_owned())].into(), ..setup }).unwrap();
        for _ in 0..100 {
            run.step().unwrap();
        }
        let own: Vec<&Vec<Cell>> = rows.iter().filter(|r| r[0] == Cell::Text("scenario_c".to_owned())).collect();
        for (k, (name, _)) in SIGNALS.iter().enumerate() {
            assert_eq!(own[99][k + 2], Cell::Number(run.row()[run.spec().signal(name).unwrap()]), "{name}");
        }
    }
}
