//! One episode looked at for failures: violations, margins, interventions of a shield (control 5.7).

use crate::config::Result;
use crate::plant::PlantSpec;
use crate::rollout::{EndKind, LeverMode, Rollout};

use super::constraint::{COUNT, Constraints, TRIGGERS, nearest, nearest_mixed};
use crate::evaluate::agents::macro_and_hardware;
use crate::evaluate::trials::run_through;

/// Most violations and interventions of an episode that are listed one by one; more are counted.
const LISTED: usize = 1_000;

/// Ticks of an interval of [`Episode::lowest`]: a quarter of an hour.
pub const INTERVAL_TICKS: u64 = 180;

/// Steps after which the reference calls an episode survived: 24 minutes, where a day was meant (control 5.7).
pub const SOURCE_TICKS: u64 = 288;

/// A constraint that was violated on a tick.
#[derive(Debug, Clone, PartialEq)]
pub struct Violation {
    /// Tick, counted from 1.
    pub timestep: u64,
    /// Number of the constraint.
    pub constraint: usize,
    /// How far beyond it, negative, in the constraint's unit.
    pub margin: f64,
    /// What the agent saw after the tick.
    pub observation: Vec<f64>,
    /// What it had commanded, as applied.
    pub action: Vec<f64>,
}

/// A tick on which a shield changed what the agent asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Intervention {
    /// Tick, counted from 0: the shield acts before the step.
    pub timestep: u64,
    /// What the agent asked for; empty where the log does not tell.
    pub raw: Vec<f64>,
    /// What the shield let through.
    pub safe: Vec<f64>,
    /// Euclidean length of the change; NaN where the log does not tell.
    pub size: f64,
    /// The constraint with the smallest bare margin before the step, as the reference chooses it.
    pub at_risk: usize,
}

/// All interventions of an episode.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Interventions {
    /// How many.
    pub count: u64,
    /// The first ones.
    pub listed: Vec<Intervention>,
    /// Sum of their sizes, those that are known.
    pub size_sum: f64,
    /// How many sizes are known.
    pub sized: u64,
    /// Largest size.
    pub size_max: f64,
    /// How many by the constraint at risk.
    pub by: [u64; COUNT],
}

impl Interventions {
    /// Takes one in.
    pub fn push(&mut self, one: Intervention) {
        self.count += 1;
        if let Some(count) = self.by.get_mut(one.at_risk) {
            *count += 1;
        }
        if one.size.is_finite() {
            self.size_sum += one.size;
            self.sized += 1;
            self.size_max = self.size_max.max(one.size);
        }
        if self.listed.len() < LISTED {
            self.listed.push(one);
        }
    }
}

/// What an episode came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Episode {
    /// Who acted.
    pub agent: String,
    /// Where.
    pub scenario: String,
    /// Seed of the run; of a log, the number of its episode.
    pub seed: u64,
    /// File that it was read from; `None` for a run of one's own.
    pub log: Option<String>,
    /// Sum of the hardware reward.
    pub total_reward: f64,
    /// Ticks.
    pub ticks: u64,
    /// Ticks of a whole episode.
    pub whole: u64,
    /// How it ended, in words.
    pub end: String,
    /// Violations by constraint.
    pub counts: [u64; COUNT],
    /// The first violations.
    pub violations: Vec<Violation>,
    /// Mean margin by constraint, in its unit.
    pub mean_margin: [f64; COUNT],
    /// Smallest margin by constraint, in its unit.
    pub worst: [f64; COUNT],
    /// Tick of each smallest margin, counted from 1.
    pub worst_at: [u64; COUNT],
    /// Smallest margin of all in mixed units, as the reference has it.
    pub worst_mixed: f64,
    /// Fewest triggers left per quarter of an hour, by constraint.
    pub lowest: Vec<[f64; COUNT]>,
    /// Interventions of a shield; `None` where the log does not tell them.
    pub interventions: Option<Interventions>,
}

impl Episode {
    /// Violations of all constraints together.
    pub fn violated(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Violations a tick.
    pub fn rate(&self) -> f64 {
        self.violated() as f64 / self.ticks.max(1) as f64
    }

    /// Tick of the first violation, counted from 1.
    pub fn first(&self) -> Option<u64> {
        self.violations.first().map(|v| v.timestep)
    }

    /// Whether the whole episode was run.
    pub fn survived(&self) -> bool {
        self.ticks >= self.whole
    }

    /// The constraint that came nearest, its triggers left, and when (counted from 1).
    pub fn nearest(&self) -> (usize, f64, u64) {
        let (constraint, triggers) = nearest(&self.worst);
        (constraint, triggers, self.worst_at.get(constraint).copied().unwrap_or(0))
    }
}

/// Looks at an episode tick by tick.
pub struct Watch {
    ticks: u64,
    counts: [u64; COUNT],
    violations: Vec<Violation>,
    sums: [f64; COUNT],
    known: [u64; COUNT],
    worst: [f64; COUNT],
    worst_at: [u64; COUNT],
    worst_mixed: f64,
    lowest: Vec<[f64; COUNT]>,
    reward: f64,
}

impl Default for Watch {
    fn default() -> Self {
        Self {
            ticks: 0,
            counts: [0; COUNT],
            violations: Vec::new(),
            sums: [0.0; COUNT],
            known: [0; COUNT],
            worst: [f64::INFINITY; COUNT],
            worst_at: [0; COUNT],
            worst_mixed: f64::INFINITY,
            lowest: Vec::new(),
            reward: 0.0,
        }
    }
}

impl Watch {
    /// Takes a tick in: margins after it, its reward, and where to get what the agent saw and did from.
    pub fn tick(&mut self, margins: &[f64; COUNT], reward: f64, seen: &mut dyn FnMut() -> (Vec<f64>, Vec<f64>)) {
        if self.ticks.is_multiple_of(INTERVAL_TICKS) {
            self.lowest.push([f64::INFINITY; COUNT]);
        }
        self.ticks += 1;
        if reward.is_finite() {
            self.reward += reward;
        }
        self.worst_mixed = self.worst_mixed.min(nearest_mixed(margins).1);
        let mut lowest = self.lowest.last_mut();
        for (k, &margin) in margins.iter().enumerate() {
            if margin.is_nan() {
                continue;
            }
            let [sum, worst] = [&mut self.sums, &mut self.worst].map(|list| list.get_mut(k));
            if let (Some(sum), Some(worst)) = (sum, worst) {
                *sum += margin;
                if margin < *worst {
                    *worst = margin;
                    if let Some(at) = self.worst_at.get_mut(k) {
                        *at = self.ticks;
                    }
                }
            }
            if let Some(known) = self.known.get_mut(k) {
                *known += 1;
            }
            let triggers = margin / TRIGGERS.get(k).copied().unwrap_or(1.0);
            if let Some(low) = lowest.as_mut().and_then(|l| l.get_mut(k)) {
                *low = low.min(triggers);
            }
            if margin < 0.0 {
                if let Some(count) = self.counts.get_mut(k) {
                    *count += 1;
                }
                if self.violations.len() < LISTED {
                    let (observation, action) = seen();
                    let timestep = self.ticks;
                    self.violations.push(Violation { timestep, constraint: k, margin, observation, action });
                }
            }
        }
    }

    /// Ticks so far.
    pub fn ticks(&self) -> u64 {
        self.ticks
    }

    /// What it came to.
    pub fn finish(self, name: Named, interventions: Option<Interventions>) -> Episode {
        let mut mean_margin = self.sums;
        for (mean, known) in mean_margin.iter_mut().zip(self.known) {
            *mean = if known == 0 { f64::NAN } else { *mean / known as f64 };
        }
        let gap = |value: f64| if value == f64::INFINITY { f64::NAN } else { value };
        Episode {
            agent: name.agent,
            scenario: name.scenario,
            seed: name.seed,
            log: name.log,
            whole: name.whole,
            end: name.end,
            total_reward: self.reward,
            ticks: self.ticks,
            counts: self.counts,
            violations: self.violations,
            mean_margin,
            worst: self.worst.map(gap),
            worst_at: self.worst_at,
            worst_mixed: gap(self.worst_mixed),
            lowest: self.lowest.into_iter().map(|l| l.map(gap)).collect(),
            interventions,
        }
    }
}

/// What an episode is called.
#[derive(Debug, Clone, Default)]
pub struct Named {
    /// Who acted.
    pub agent: String,
    /// Where.
    pub scenario: String,
    /// Seed, or number of the episode of a log.
    pub seed: u64,
    /// File that it was read from.
    pub log: Option<String>,
    /// Ticks of a whole episode.
    pub whole: u64,
    /// How it ended, in words.
    pub end: String,
}

/// The slot whose levers move the plant on every tick.
pub(super) fn hardware(spec: &PlantSpec) -> usize {
    macro_and_hardware(spec).map_or(0, |(_, hardware)| hardware)
}

/// Plays a run to its end and looks at it; `None` when it was given up.
///
/// # Errors
/// When the run fails, or the plant has no such constraints.
pub fn play(agent: &str, rollout: &mut Rollout, stopped: &dyn Fn() -> bool) -> Result<Option<Episode>> {
    let spec = std::sync::Arc::clone(rollout.spec());
    let constraints = Constraints::of(&spec)?;
    let slot = hardware(&spec);
    let reward = spec.slots.get(slot).and_then(|s| s.reward);
    let width = spec.slots.get(slot).map_or(0, |s| s.observations.len());
    let mut watch = Watch::default();
    let mut interventions = Interventions::default();
    let mut before = constraints.margins(rollout.row());
    let whole = run_through(rollout, stopped, &mut |rollout| {
        let row = rollout.row();
        let margins = constraints.margins(row);
        if let Some(one) = intervention(rollout, slot, watch.ticks(), &before) {
            interventions.push(one);
        }
        before = margins;
        let reward = reward.and_then(|id| row.get(id)).copied().unwrap_or(0.0);
        watch.tick(&margins, reward, &mut || {
            let mut observation = vec![0.0; width];
            rollout.observe(slot, &mut observation);
            (observation, rollout.slots().get(slot).map(|s| s.applied.clone()).unwrap_or_default())
        });
    })?;
    if !whole {
        return Ok(None);
    }
    let end = match rollout.end() {
        Some(end) if end.kind == EndKind::Trip => end.cause.clone(),
        Some(end) if end.kind == EndKind::NoiseExhausted => "the recorded noise has no more rows".to_owned(),
        _ => "whole".to_owned(),
    };
    let name = Named {
        agent: agent.to_owned(),
        scenario: spec.axes.first().map_or_else(String::new, |a| a.value.clone()),
        seed: rollout.setup().seed,
        log: None,
        whole: spec.episode_ticks,
        end,
    };
    Ok(Some(watch.finish(name, Some(interventions))))
}

/// What a shield did on the tick that was just run, if one changed the command.
fn intervention(rollout: &Rollout, slot: usize, timestep: u64, before: &[f64; COUNT]) -> Option<Intervention> {
    let state = rollout.slots().get(slot).filter(|s| s.shielded)?;
    let pinned = |k: usize| matches!(state.levers.get(k), Some(LeverMode::Pinned(_)));
    let pairs = state.commanded.iter().zip(&state.applied).enumerate();
    let square: f64 = pairs.filter(|(k, _)| !pinned(*k)).map(|(_, (raw, safe))| (raw - safe) * (raw - safe)).sum();
    Some(Intervention {
        timestep,
        raw: state.commanded.clone(),
        safe: state.applied.clone(),
        size: libm::sqrt(square),
        at_risk: nearest_mixed(before).0,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::rollout::{OnTrip, Setup, World};

    fn setup(ticks: u64) -> Setup {
        Setup { seed: 100, ticks: Some(ticks), ..Setup::default() }
    }

    #[test]
    fn a_quiet_run_has_margins_and_no_violation() {
        let world = World::default();
        let mut rollout = world.build(&setup(400)).unwrap();
        let mut direct = world.build(&setup(400)).unwrap();
        let episode = play("rule_based", &mut rollout, &|| false).unwrap().unwrap();
        // Counted another way: straight from the rows.
        let t_a = direct.spec().signal("t_zone_a_degc").unwrap();
        let (mut hottest, mut sum, mut at) = (f64::MIN, 0.0, 0);
        for k in 1..=400 {
            direct.step().unwrap();
            let t = direct.row()[t_a];
            sum += 35.0 - t;
            if t > hottest {
                (hottest, at) = (t, k);
            }
        }
        assert_eq!(episode.ticks, 400);
        assert_eq!(episode.violated(), 0);
        assert_eq!(episode.worst[0], 35.0 - hottest);
        assert_eq!(episode.worst_at[0], at);
        assert!((episode.mean_margin[0] - sum / 400.0).abs() < 1e-9);
        assert_eq!(episode.lowest.len(), 3, "two quarters of an hour and a part");
        assert_eq!(episode.interventions.as_ref().unwrap().count, 0);
        assert!(!episode.survived(), "400 ticks are no day, although 288 would do in the reference");
    }

    #[test]
    fn a_zone_that_boils_is_counted_on_every_tick() {
        let pins = [("pump_speed_A", 0.0), ("hvac_effort", 0.0)].map(|(n, v)| (n.to_owned(), v));
        let hot = Setup {
            axes: [("scenario".to_owned(), "scenario_b".to_owned())].into(),
            fixed_actions: pins.into(),
            on_trip: OnTrip::RideThrough,
            ..setup(600)
        };
        let world = World::default();
        let episode = play("rule_based", &mut world.build(&hot).unwrap(), &|| false).unwrap().unwrap();
        let first = episode.first().unwrap();
        assert!(episode.violated() > 0 && first > 1);
        let listed = episode.violations.iter().filter(|v| v.constraint == 0).count() as u64;
        assert_eq!(listed, episode.counts[0]);
        let one = episode.violations.first().unwrap();
        assert!(one.margin < 0.0 && one.observation.len() == 18 && one.action.len() == 4);
        assert_eq!((one.action[1], one.action[2]), (0.0, 0.0), "what was applied");
        // The observation of the violation tells the same temperature.
        let seen = if one.constraint == 0 { one.observation[0] } else { one.observation[1] };
        assert!((35.0 - 35.0 * seen - one.margin).abs() < 1e-4);
    }
}
