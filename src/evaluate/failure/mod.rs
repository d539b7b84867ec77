//! Failure analysis (control 5.7): which constraints an agent violates, how near it comes to them, what a shield had to
//! change, and on which seeds another agent does better. Episodes are played again or read from logs.

pub mod constraint;
mod episode;
pub mod logs;
mod profile;
mod show;
mod tables;

use crate::config::{Error, Place, Result};
use crate::rollout::{Setup, World};

use super::agents::{AgentOptions, default_agents};
use super::trials::{Told, play_all, seeds, with_agent};

pub use episode::{Episode, INTERVAL_TICKS, Intervention, Interventions, SOURCE_TICKS, Violation};
pub use profile::{Comparative, Profile, compare};
pub use show::{exhibits, findings};
pub use tables::{episodes_csv, to_json, violations_csv};

/// Seeds of the reference's analysis (control 5.7).
pub const EPISODES: u64 = 10;

/// First of them (control 5.7).
pub const SEED: u64 = 100;

/// What is analysed.
#[derive(Debug, Clone)]
pub struct Request {
    /// What all runs share: plant, noise, start, data, configuration, pins; its seed is the first one.
    pub base: Setup,
    /// Agents by the benchmark's names; none takes the plant's defaults.
    pub agents: Vec<String>,
    /// What agents may need beside their names.
    pub options: AgentOptions,
    /// Choices on the plant's first axis; none takes all of them.
    pub scenarios: Vec<String>,
    /// Episodes of each agent in each scenario.
    pub episodes: u64,
    /// Only pairs with this agent are compared.
    pub baseline: Option<String>,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            base: Setup { seed: SEED, ..Setup::default() },
            agents: Vec::new(),
            options: AgentOptions::default(),
            scenarios: Vec::new(),
            episodes: EPISODES,
            baseline: None,
        }
    }
}

/// What an analysis came to.
#[derive(Debug, Clone, Default)]
pub struct Analysis {
    /// A profile for each agent in each scenario.
    pub profiles: Vec<Profile>,
    /// Seeds on which one agent fails and another does better.
    pub comparisons: Vec<Comparative>,
    /// What a person should know.
    pub notes: Vec<String>,
}

impl Analysis {
    /// Puts episodes together.
    pub fn of(episodes: Vec<Episode>, baseline: Option<&str>, notes: Vec<String>) -> Self {
        let profiles = Profile::sort(episodes);
        let comparisons = compare(&profiles, baseline);
        Self { profiles, comparisons, notes }
    }

    /// Agents in the order in which they first came.
    pub fn agents(&self) -> Vec<&str> {
        first_of(self.profiles.iter().map(|p| p.agent.as_str()))
    }

    /// Scenarios in the order in which they first came.
    pub fn scenarios(&self) -> Vec<&str> {
        first_of(self.profiles.iter().map(|p| p.scenario.as_str()))
    }
}

fn first_of<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut all: Vec<&str> = Vec::new();
    for name in names {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all
}

/// Plays everything that is asked for; `None` when it was given up.
///
/// # Errors
/// Unknown agents and scenarios, plants without these constraints, runs that fail.
pub fn episodes(world: &World, request: &Request, told: Told<'_>) -> Result<Option<Vec<Episode>>> {
    if request.episodes == 0 {
        let cure = "Give a number of episodes from 1 up.";
        return Err(Error::invalid(Place::source("--n-episodes"), "there are no episodes to run", cure));
    }
    let axes = world.factory(&request.base.plant)?.axes();
    let lead = axes.first();
    let mut scenarios = request.scenarios.clone();
    if scenarios.is_empty() {
        scenarios.extend(lead.iter().flat_map(|a| a.choices.iter().map(|c| c.name.clone())));
    }
    let probe = world.build(&request.base)?;
    constraint::Constraints::of(probe.spec())?;
    let mut agents = request.agents.clone();
    if agents.is_empty() {
        agents = default_agents(probe.spec(), &world.controllers);
    }
    let mut setups = Vec::new();
    let mut names = Vec::new();
    for scenario in &scenarios {
        let mut base = request.base.clone();
        if let Some(axis) = lead {
            base.axes.insert(axis.name.clone(), scenario.clone());
        }
        for agent in &agents {
            let (agent, setup) = with_agent(world, &base, agent, &request.options)?;
            let own = seeds(&setup, request.episodes);
            names.extend(own.iter().map(|_| agent.name.clone()));
            setups.extend(own);
        }
    }
    let play = |index: usize, mut rollout: crate::rollout::Rollout, stopped: &dyn Fn() -> bool| {
        episode::play(names.get(index).map_or("", String::as_str), &mut rollout, stopped)
    };
    play_all(world, &setups, &play, told)
}

/// Plays everything that is asked for and puts it together; `None` when it was given up.
///
/// # Errors
/// As [`episodes`].
pub fn analyse(world: &World, request: &Request, told: Told<'_>) -> Result<Option<Analysis>> {
    let Some(found) = episodes(world, request, told)? else { return Ok(None) };
    Ok(Some(Analysis::of(found, request.baseline.as_deref(), Vec::new())))
}
