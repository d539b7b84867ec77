//! Failure analysis as a study: violations, margins and survival of agents in scenarios (control 5.7).

use super::drivers::{episodes, hours, seed, telling, ticks};
use super::{Card, Group, Parameter, Progress, Shown, Study, Values, market_choices, scenario_choices, setup};
use crate::config::Result;
use crate::evaluate::failure::{self, Request};
use crate::plant::c2g::TICK_S;
use crate::rollout::{OnTrip, Setup, World};

/// Every agent or every scenario.
const ALL: &str = "all";

/// The agents, by the benchmark's names.
const AGENTS: [&str; 6] = ["rule_based", "bang_bang", "pid", "random", "mpc_fast", "hold"];

/// Where, how often and how nearly agents break the constraints.
pub(super) struct Failures;

impl Study for Failures {
    fn card(&self) -> &'static Card {
        &Card {
            name: "failures",
            title: "Failure analysis",
            group: Group::Controllers,
            about: "Which constraints agents violate, which limit comes nearest and when, and who survives the day.",
            quick: false,
        }
    }

    fn parameters(&self, world: &World) -> Result<Vec<Parameter>> {
        let mut scenario = scenario_choices(world)?;
        if let super::Range::Choice(choices) = &mut scenario.range {
            choices.insert(0, super::values::Choice { name: ALL.to_owned(), label: "All".to_owned() });
        }
        scenario.default = 0.0;
        let agents = std::iter::once((ALL, "The source's four")).chain(AGENTS.map(|a| (a, a)));
        Ok(vec![
            Parameter::choice("agents", "Agents", agents, 0),
            scenario,
            market_choices(world)?,
            episodes(20.0, 2.0).about("The source plays ten, from seed 100 on."),
            hours(24.0),
            seed(),
            Parameter::choice(
                "on_trip",
                "After a trip",
                [("stop", "The episode ends"), ("ride_through", "It goes on")],
                0,
            ),
        ])
    }

    fn run(&self, world: &World, values: &Values, progress: &dyn Progress) -> Result<Option<Shown>> {
        let one = |name: &str| Some(values.chosen(name)).filter(|v| *v != ALL).map(str::to_owned);
        let mut base = Setup { ticks: Some(ticks(values)), ..setup(values) };
        base.axes.remove("scenario");
        if values.chosen("on_trip") == "ride_through" {
            base.on_trip = OnTrip::RideThrough;
        }
        let request = Request {
            base,
            agents: one("agents").into_iter().collect(),
            scenarios: one("scenario").into_iter().collect(),
            episodes: values.whole("episodes"),
            ..Request::default()
        };
        let Some(mut episodes) = telling(progress, |told| failure::episodes(world, &request, told))? else {
            return Ok(None);
        };
        // A shorter run is whole when it has run its own length.
        let whole = ticks(values);
        episodes.iter_mut().for_each(|e| e.whole = e.whole.min(whole));
        let analysis = failure::Analysis::of(episodes, None, Vec::new());
        Ok(Some(Shown { exhibits: failure::exhibits(&analysis, TICK_S), findings: failure::findings(&analysis) }))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::super::Quiet;
    use super::*;
    use crate::rollout::Step;

    /// The nearest limit is told by a direct run of the same episode as well.
    #[test]
    fn the_nearest_limit_is_that_of_a_direct_run() {
        let world = World::default();
        let mut values = Values::new(Failures.parameters(&world).unwrap());
        for set in ["agents=rule_based", "scenario=scenario_c", "episodes=1", "hours=0.5"] {
            values.set(set).unwrap();
        }
        let shown = Failures.run(&world, &values, &Quiet).unwrap().unwrap();
        let number = |name: &str| shown.findings.iter().find(|f| f.name == name).unwrap().value;
        assert_eq!(shown.exhibits.len(), 3);
        let axes = [("scenario".to_owned(), "scenario_c".to_owned())];
        let policies = [("macro", "fixed"), ("hardware", "rule_based")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        let setup =
            Setup { axes: axes.into(), policies: policies.into(), seed: 100, ticks: Some(360), ..Setup::default() };
        let mut direct = world.build(&setup).unwrap();
        let column = |name: &str| direct.spec().signal(name).unwrap();
        let columns = ["t_zone_a_degc", "t_zone_b_degc", "soc_frac"].map(column);
        let mut best = (f64::INFINITY, 0, 0.0);
        let mut tick = 0;
        while direct.step().unwrap() == Step::Ran {
            tick += 1;
            let [a, b, soc] = columns.map(|c| direct.row()[c]);
            for (margin, trigger) in [(35.0 - a, 1.0), (35.0 - b, 1.0), (soc - 0.10, 0.03)] {
                if margin / trigger < best.0 {
                    best = (margin / trigger, tick, margin);
                }
            }
        }
        assert_eq!(number("nearest_tick"), f64::from(best.1));
        assert!((number("nearest_limit") - best.2).abs() < 1e-12);
        assert_eq!(number("violations"), 0.0);
    }
}
