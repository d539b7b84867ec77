//! How far each parameter of a controller moves its total reward, on the same noise.

use super::drivers::{agent, driven, episodes, hours, seed, telling};
use super::{
    Card, Finding, Group, Parameter, Progress, Shown, Study, Values, fidelity_choices, market_choices, scenario_choices,
};
use crate::config::Result;
use crate::evaluate::exhibit::{Axis, Bar, Exhibit, Layer, Plot, Table, Tint};
use crate::evaluate::tornado::{self, Moved};
use crate::rollout::World;
use crate::signal::format_number;

/// Most parameters that are drawn; the table holds all.
const MOST: usize = 14;

/// Which parameters matter.
pub(super) struct Tornado;

impl Study for Tornado {
    fn card(&self) -> &'static Card {
        &Card {
            name: "tornado",
            title: "Sensitivity of a controller",
            group: Group::Controllers,
            about: "How far each parameter of a controller's card moves the total reward, from one end of its range \
                    to the other.",
            quick: false,
        }
    }

    fn parameters(&self, world: &World) -> Result<Vec<Parameter>> {
        Ok(vec![
            agent("rule_based"),
            scenario_choices(world)?,
            market_choices(world)?,
            fidelity_choices(world)?,
            Parameter::number("span_percent", "Way to the ends", "%", (1.0, 100.0), 10.0, 0)
                .about("How far from what ships towards each end of the range; 100 goes all the way."),
            episodes(10.0, 2.0),
            hours(24.0),
            seed(),
        ])
    }

    fn run(&self, world: &World, values: &Values, progress: &dyn Progress) -> Result<Option<Shown>> {
        let base = driven(world, values)?;
        let (span, count) = (values.get("span_percent") / 100.0, values.whole("episodes"));
        let told = telling(progress, |told| tornado::tornado(world, &base, span, count, told))?;
        Ok(told.map(|told| shown(&told, values.chosen("agent"))))
    }
}

/// Name of a parameter; the controller's with it where there are several.
fn name(moved: &Moved, several: bool) -> String {
    if several { format!("{}.{}", moved.controller, moved.name) } else { moved.name.clone() }
}

fn shown(told: &tornado::Tornado, agent: &str) -> Shown {
    let played = &told.played;
    let Some(figure) = played.figure("total_reward") else { return Shown::default() };
    let several = told.moved.iter().any(|m| told.moved.first().is_some_and(|f| f.controller != m.controller));
    let ranked = told.ranked(figure);
    let ships = played.told(0, figure).mean;
    let mut table = Table::new([
        "parameter",
        "unit",
        "ships",
        "low",
        "high",
        "difference_low",
        "difference_low_from",
        "difference_low_to",
        "difference_high",
        "difference_high_from",
        "difference_high_to",
    ]);
    let ends = |m: &Moved| [&m.low, &m.high].map(|end| end.as_ref().map(|end| played.told(end.arm, figure)));
    for moved in &ranked {
        let words = [&moved.low, &moved.high].map(|e| e.as_ref().map_or_else(String::new, |e| e.words.clone()));
        let [low, high] = words;
        let numbers = ends(moved).into_iter().flat_map(|told| {
            let interval = told.and_then(|t| t.paired).and_then(|p| p.interval);
            let [from, to] = interval.map_or([f64::NAN; 2], |i| [i.low, i.high]);
            [told.map_or(f64::NAN, |t| t.difference), from, to]
        });
        let names = [name(moved, several), moved.unit.clone(), moved.ships.clone(), low, high];
        table.row(names.into_iter().map(Into::into).chain(numbers.map(Into::into)));
    }
    let drawn: Vec<&Moved> = ranked.iter().copied().take(MOST).collect();
    let place = |k: usize| (drawn.len() - 1 - k) as f64;
    let bars = |which: usize| -> Vec<Bar> {
        let one = |(k, moved): (usize, &&Moved)| {
            let end = [&moved.low, &moved.high].into_iter().nth(which)?.as_ref()?;
            let difference = played.told(end.arm, figure).difference;
            let sign = if difference > 0.0 { "+" } else { "" };
            let words = format!("{} ({sign}{})", end.words, format_number(difference, 1));
            // One above the other, so that two that go the same way are both seen.
            let shift = if which == 0 { 0.19 } else { -0.19 };
            Some(Bar::new(place(k) + shift, 0.34, difference).words(words))
        };
        drawn.iter().enumerate().filter_map(one).collect()
    };
    let layer = |name: &str, which: usize| Layer::Bars {
        name: name.to_owned(),
        bars: bars(which),
        tint: Tint::Series(which),
        lying: true,
    };
    let names: Vec<String> = drawn.iter().rev().map(|m| format!("{} = {}", name(m, several), m.ships)).collect();
    let plots = vec![Plot::new(
        "Total reward",
        Axis::new("difference of the total reward").with_zero(),
        Axis::names("", names),
        vec![layer("towards smaller", 0), layer("towards larger", 1)],
    )];
    let exhibit = Exhibit::new(
        "tornado",
        format!("Sensitivity of {agent}"),
        format!(
            "Difference of the total reward, seeds: {}, to the controller as it ships ({}). Beside each bar the value \
             that the parameter was moved to and the difference; beside its name the value that ships.",
            played.seeds.1,
            format_number(ships, 1)
        ),
        table,
    )
    .plots(1, plots);
    let mut findings = vec![Finding::new(
        "ships",
        format!("As it ships: total reward {}, seeds: {}.", format_number(ships, 1), played.seeds.1),
        ships,
        "",
    )];
    for moved in ranked.iter().take(MOST) {
        for (end, told) in [&moved.low, &moved.high].into_iter().zip(ends(moved)) {
            let (Some(end), Some(told)) = (end, told) else { continue };
            let sign = if told.difference > 0.0 { "+" } else { "" };
            let words = format!(
                "{} from {} to {}{}: {sign}{}.",
                name(moved, several),
                moved.ships,
                end.words,
                if moved.unit.is_empty() { String::new() } else { format!(" {}", moved.unit) },
                format_number(told.difference, 1)
            );
            findings.push(Finding::new(format!("{}={}", name(moved, several), end.words), words, told.difference, ""));
        }
    }
    for note in &told.notes {
        findings.push(Finding::new("left_out", note.clone(), f64::NAN, ""));
    }
    Shown::one(exhibit, findings)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::super::Quiet;
    use super::*;

    /// A battery command of gain 0 is what pinning the battery at rest gives for bang_bang, whose other levers do not
    /// read it: two ways to the same episode.
    #[test]
    fn a_gain_of_nothing_is_nearly_a_battery_at_rest() {
        let world = World::default();
        let mut values = Values::new(Tornado.parameters(&world).unwrap());
        for set in ["agent=bang_bang", "episodes=1", "hours=0.25", "span_percent=100"] {
            values.set(set).unwrap();
        }
        let shown = Tornado.run(&world, &values, &Quiet).unwrap().unwrap();
        let ships = shown.findings.iter().find(|f| f.name == "ships").unwrap().value;
        let moved = shown.findings.iter().find(|f| f.name == "gain=0").unwrap().value;
        // Control 1.2: the smallest command is 0.05 of the battery's power, so the gain 0 leaves that.
        let mut setup = driven(&world, &values).unwrap();
        setup.set.push("control.bang_bang.gain=0".to_owned());
        let mut direct = world.build(&setup).unwrap();
        let (reward, battery) = ["reward", "bess_dispatch"].map(|n| direct.spec().signal(n).unwrap()).into();
        let mut sum = 0.0;
        while direct.step().unwrap() == crate::rollout::Step::Ran {
            sum += direct.row()[reward];
            assert!(direct.row()[battery].abs() <= 0.05 + 1e-6);
        }
        assert!((ships + moved - sum).abs() < 1e-9);
        assert!(shown.exhibits[0].table.rows.len() >= 3);
    }
}
