//! Who drives in a study, for how long, on which seeds: parameters that several studies share.

use super::{Parameter, Progress, Values, setup};
use crate::config::Result;
use crate::evaluate::agents::AgentOptions;
use crate::evaluate::trials::{Told, with_agent};
use crate::rollout::{Setup, World};

/// Agents that need neither file nor server, by the benchmark's names.
const AGENTS: [(&str, &str); 10] = [
    ("rule_based", "rule_based"),
    ("bang_bang", "bang_bang"),
    ("pid", "pid"),
    ("mpc_fast", "mpc_fast"),
    ("random", "random"),
    ("hold", "hold: resting levers"),
    ("rule_macro+rule_based", "rule_macro over rule_based"),
    ("rule_macro+bang_bang", "rule_macro over bang_bang"),
    ("rule_macro+pid", "rule_macro over pid"),
    ("random_macro+random", "random_macro over random"),
];

/// Who drives, as a parameter `agent`.
pub(super) fn agent(default: &str) -> Parameter {
    let default = AGENTS.iter().position(|(name, _)| *name == default).unwrap_or(0);
    Parameter::choice("agent", "Agent", AGENTS, default)
}

/// First seed, as a parameter `seed`.
pub(super) fn seed() -> Parameter {
    Parameter::number("seed", "First seed", "", (0.0, 100_000.0), 100.0, 0)
}

/// How many seeds, as a parameter `episodes`.
pub(super) fn episodes(most: f64, default: f64) -> Parameter {
    Parameter::number("episodes", "Episodes", "", (1.0, most), default, 0).about("Each on a seed of its own.")
}

/// How long an episode is, as a parameter `hours`.
pub(super) fn hours(default: f64) -> Parameter {
    Parameter::number("hours", "Length", "h", (0.25, 24.0), default, 2).about("From midnight of 1 January on.")
}

/// Ticks of the parameter `hours`.
pub(super) fn ticks(values: &Values) -> u64 {
    let hours = values.get("hours");
    if hours.is_finite() { (hours * 720.0).round().max(1.0) as u64 } else { 17_280 }
}

/// The setup that the parameters name, with the agent in its place.
pub(super) fn driven(world: &World, values: &Values) -> Result<Setup> {
    named(world, values, values.chosen("agent"))
}

/// The same with an agent by its name.
pub(super) fn named(world: &World, values: &Values, agent: &str) -> Result<Setup> {
    let base = Setup { ticks: Some(ticks(values)), ..setup(values) };
    Ok(with_agent(world, &base, agent, &AgentOptions::default())?.1)
}

/// Runs something that tells how far it is, for a study.
pub(super) fn telling<T>(progress: &dyn Progress, work: impl FnOnce(Told<'_>) -> T) -> T {
    work(&mut |done, total| progress.go_on(done as u64, total as u64))
}
