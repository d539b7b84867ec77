//! Sensitivity of a controller: every parameter of its card moved to both ends, on the same seeds.

use crate::config::Result;
use crate::control::{Parameter, Setting};
use crate::rollout::{Setup, World};

use super::arms::{Arm, Played, play};
use super::trials::Told;

/// One end of a parameter: the number of its arm and the value.
#[derive(Debug, Clone, PartialEq)]
pub struct End {
    /// Number of the arm.
    pub arm: usize,
    /// Value in words.
    pub words: String,
}

/// A parameter that was moved.
#[derive(Debug, Clone, PartialEq)]
pub struct Moved {
    /// Controller.
    pub controller: String,
    /// Parameter.
    pub name: String,
    /// Value that ships, in words.
    pub ships: String,
    /// Unit; empty for pure numbers.
    pub unit: String,
    /// Towards smaller values; of choices, the first other one.
    pub low: Option<End>,
    /// Towards larger values; of choices, the last other one.
    pub high: Option<End>,
}

/// What moving the parameters came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Tornado {
    /// The runs; arm 0 is the controller as it ships.
    pub played: Played,
    /// The parameters, in the order of the cards.
    pub moved: Vec<Moved>,
    /// Values that no controller can be built with, and why.
    pub notes: Vec<String>,
}

impl Tornado {
    /// Difference of a figure at both ends, NaN where there is none.
    pub fn ends(&self, moved: &Moved, figure: usize) -> [f64; 2] {
        [&moved.low, &moved.high]
            .map(|end| end.as_ref().map_or(f64::NAN, |end| self.played.told(end.arm, figure).difference))
    }

    /// Parameters by how far a figure swings, widest first.
    pub fn ranked(&self, figure: usize) -> Vec<&Moved> {
        let swing = |moved: &Moved| {
            let ends = self.ends(moved, figure);
            ends.iter().filter(|v| v.is_finite()).fold(0.0_f64, |most, v| most.max(v.abs()))
        };
        let mut all: Vec<&Moved> = self.moved.iter().collect();
        // Equal swings keep the order of the cards.
        all.sort_by(|a, b| swing(b).total_cmp(&swing(a)));
        all
    }
}

/// The two values of a parameter, so far (0 to 1) of the way from what ships to each end of its range.
fn ends(parameter: &Parameter, span: f64) -> [Option<Setting>; 2] {
    let ships = match &parameter.value {
        Some(Setting::Number(x)) => Some(*x),
        _ => None,
    };
    if let Some((low, high)) = parameter.range.filter(|_| parameter.is_number()) {
        let toward = |end: f64| {
            // A value that the controller finds itself has no way to go: the ends themselves are taken.
            let value = ships.map_or(end, |x| x + (end - x) * span).clamp(low, high);
            let value = if parameter.whole { value.round() } else { value };
            (ships != Some(value)).then_some(Setting::Number(value))
        };
        return [toward(low), toward(high)];
    }
    if let Some(Setting::Text(own)) = &parameter.value {
        let others: Vec<&String> = parameter.choices.iter().filter(|c| *c != own).collect();
        let text = |choice: Option<&&String>| choice.map(|c| Setting::Text((*c).clone()));
        return [text(others.first()), text(others.last().filter(|_| others.len() > 1))];
    }
    if let Some(Setting::Switch(on)) = parameter.value {
        return [Some(Setting::Switch(!on)), None];
    }
    [None, None]
}

/// Words of a setting.
fn words(setting: Option<&Setting>) -> String {
    match setting {
        Some(Setting::Number(x)) => short(*x),
        Some(Setting::Text(text)) => text.clone(),
        Some(Setting::Switch(on)) => if *on { "on" } else { "off" }.to_owned(),
        None => "own choice".to_owned(),
    }
}

/// A number with as many digits as it needs, four after the point at most.
fn short(x: f64) -> String {
    let text = crate::signal::format_number(x, 4);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// Plays the controllers of a setup with every parameter moved; `None` when it was given up. `span` is the share of the
/// way to each end of a parameter's range.
///
/// # Errors
/// Setups that cannot be built, runs that fail.
pub fn tornado(world: &World, base: &Setup, span: f64, episodes: u64, told: Told<'_>) -> Result<Option<Tornado>> {
    let mut arms = vec![Arm { name: "ships".to_owned(), label: "As it ships".to_owned(), setup: base.clone() }];
    let (mut all, mut notes) = (Vec::new(), Vec::new());
    let probe = world.build(base)?;
    let mut controllers: Vec<String> = Vec::new();
    for state in probe.slots().iter().filter(|s| s.drives()) {
        if !controllers.contains(&state.controller_name) {
            controllers.push(state.controller_name.clone());
        }
    }
    for controller in controllers {
        let Some(card) = world.controllers.card(&controller) else { continue };
        for (name, parameter) in &card.parameters {
            let mut reach = |setting: Option<Setting>| -> Option<End> {
                let setting = setting?;
                let mut setup = base.clone();
                setup.set.push(format!("control.{controller}.{name}={}", setting.to_yaml()));
                if let Err(error) = world.build(&setup) {
                    notes.push(format!("{controller}.{name} = {}: left out, {error}", words(Some(&setting))));
                    return None;
                }
                let words = words(Some(&setting));
                arms.push(Arm { name: format!("{controller}.{name}={words}"), label: words.clone(), setup });
                Some(End { arm: arms.len() - 1, words })
            };
            let [low, high] = ends(parameter, span).map(&mut reach);
            if low.is_some() || high.is_some() {
                all.push(Moved {
                    controller: controller.clone(),
                    name: name.clone(),
                    ships: words(parameter.value.as_ref()),
                    unit: if parameter.unit == "1" { String::new() } else { parameter.unit.clone() },
                    low,
                    high,
                });
            }
        }
    }
    let played = play(world, arms, episodes, told)?;
    Ok(played.map(|played| Tornado { played, moved: all, notes }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn base(hardware: &str) -> Setup {
        let policies = [("macro", "fixed"), ("hardware", hardware)].map(|(s, n)| (s.to_owned(), n.to_owned()));
        Setup { seed: 100, ticks: Some(120), policies: policies.into(), ..Setup::default() }
    }

    #[test]
    fn every_parameter_of_the_card_is_moved_within_its_range() {
        let world = World::default();
        for hardware in ["rule_based", "bang_bang", "pid"] {
            let told = tornado(&world, &base(hardware), 1.0, 1, &mut |_, _| true).unwrap().unwrap();
            let card = world.controllers.card(hardware).unwrap();
            assert_eq!(told.moved.len() + told.notes.len(), card.parameters.len(), "{hardware}: {:?}", told.notes);
            for moved in &told.moved {
                let (low, high) = card.parameters[&moved.name].range.unwrap();
                let number = |end: &Option<End>| end.as_ref().map(|e| e.words.parse::<f64>().unwrap());
                if let Some(x) = number(&moved.low) {
                    assert_eq!(x, low);
                }
                if let Some(x) = number(&moved.high) {
                    assert_eq!(x, high);
                }
            }
        }
    }

    #[test]
    fn a_moved_parameter_gives_what_a_run_with_it_gives() {
        let world = World::default();
        let told = tornado(&world, &base("bang_bang"), 1.0, 2, &mut |_, _| true).unwrap().unwrap();
        let reward = told.played.figure("total_reward").unwrap();
        let gain = told.moved.iter().find(|m| m.name == "gain").unwrap();
        let total = |set: &[&str], seed: u64| {
            let set = set.iter().map(|s| (*s).to_owned()).collect();
            let mut rollout = world.build(&Setup { set, seed, ..base("bang_bang") }).unwrap();
            let column = rollout.spec().signal("reward").unwrap();
            let mut sum = 0.0;
            while rollout.step().unwrap() == crate::rollout::Step::Ran {
                sum += rollout.row()[column];
            }
            sum
        };
        let by_hand: f64 =
            [100, 101].map(|seed| total(&["control.bang_bang.gain=0"], seed) - total(&[], seed)).iter().sum::<f64>()
                / 2.0;
        assert!((told.ends(gain, reward)[0] - by_hand).abs() < 1e-9);
        let widest = told.ranked(reward)[0];
        let reach =
            |m: &Moved| told.ends(m, reward).iter().filter(|v| v.is_finite()).fold(0.0_f64, |a, v| a.max(v.abs()));
        assert!(told.moved.iter().all(|m| reach(m) <= reach(widest)));
    }

    #[test]
    fn a_highest_output_below_the_lowest_is_refused_and_does_not_panic() {
        let told = tornado(&World::default(), &base("pid"), 1.0, 1, &mut |_, _| true).unwrap().unwrap();
        assert!(told.moved.iter().all(|m| m.name != "output_high"));
        assert!(
            told.notes.iter().any(|n| n.contains("output_high = 0") && n.contains("lowest output")),
            "{:?}",
            told.notes
        );
    }

    #[test]
    fn half_the_way_lies_between() {
        let whole = Parameter { whole: true, ..number(2.0, (1.0, 10.0)) };
        assert_eq!(ends(&number(2.0, (1.0, 10.0)), 0.5), [1.5, 6.0].map(|x| Some(Setting::Number(x))));
        assert_eq!(ends(&whole, 0.1), [None, Some(Setting::Number(3.0))]);
        assert_eq!(ends(&number(1.0, (1.0, 10.0)), 1.0)[0], None, "what ships is at its end");
    }

    fn number(value: f64, range: (f64, f64)) -> Parameter {
        Parameter {
            value: Some(Setting::Number(value)),
            unit: String::new(),
            range: Some(range),
            whole: false,
            choices: Vec::new(),
            about: String::new(),
        }
    }
}
