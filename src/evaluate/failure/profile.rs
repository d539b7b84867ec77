//! Episodes of one agent in one scenario put together, and one agent held against another on the same seeds
//! (control 5.7).

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::constraint::{COUNT, LABELS, NAMES};
use super::episode::{Episode, Interventions, SOURCE_TICKS};

/// The failures of an agent in a scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Who acted.
    pub agent: String,
    /// Where.
    pub scenario: String,
    /// Whether episodes were read from logs.
    pub from_logs: bool,
    /// Its episodes, in the order of their seeds.
    pub episodes: Vec<Episode>,
}

impl Profile {
    /// Sorts episodes by scenario and agent, both in the order in which they first came.
    pub fn sort(episodes: Vec<Episode>) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for episode in episodes {
            let from_logs = episode.log.is_some();
            let own = |p: &Self| p.agent == episode.agent && p.scenario == episode.scenario && p.from_logs == from_logs;
            match all.iter_mut().find(|p| own(p)) {
                Some(profile) => profile.episodes.push(episode),
                None => all.push(Self {
                    agent: episode.agent.clone(),
                    scenario: episode.scenario.clone(),
                    from_logs,
                    episodes: vec![episode],
                }),
            }
        }
        for profile in &mut all {
            profile.episodes.sort_by_key(|e| e.seed);
        }
        all
    }

    fn mean(&self, of: impl Fn(&Episode) -> f64) -> f64 {
        self.episodes.iter().map(of).sum::<f64>() / self.episodes.len().max(1) as f64
    }

    /// Violations of all episodes by constraint.
    pub fn counts(&self) -> [u64; COUNT] {
        let mut counts = [0; COUNT];
        for episode in &self.episodes {
            for (count, more) in counts.iter_mut().zip(episode.counts) {
                *count += more;
            }
        }
        counts
    }

    /// Violations of all episodes.
    pub fn violated(&self) -> u64 {
        self.counts().iter().sum()
    }

    /// Ticks of all episodes.
    pub fn ticks(&self) -> u64 {
        self.episodes.iter().map(|e| e.ticks).sum()
    }

    /// Share of episodes that lasted at least so many ticks; without a number, their whole length.
    pub fn survival(&self, ticks: Option<u64>) -> f64 {
        self.mean(|e| f64::from(u8::from(ticks.map_or_else(|| e.survived(), |t| e.ticks >= t))))
    }

    /// The episode with most violations, the first of several.
    pub fn worst_episode(&self) -> Option<&Episode> {
        self.episodes.iter().rev().max_by_key(|e| e.violated())
    }

    /// Smallest margin of all in mixed units.
    pub fn worst_margin(&self) -> f64 {
        self.episodes.iter().map(|e| e.worst_mixed).fold(f64::NAN, f64::min)
    }

    /// Smallest margin by constraint, in its unit.
    pub fn worst(&self) -> [f64; COUNT] {
        let mut worst = [f64::NAN; COUNT];
        for episode in &self.episodes {
            for (worst, own) in worst.iter_mut().zip(episode.worst) {
                *worst = worst.min(own);
            }
        }
        worst
    }

    /// Mean margin by constraint over all ticks, in its unit.
    pub fn mean_margin(&self) -> [f64; COUNT] {
        let mut mean = [0.0; COUNT];
        for episode in &self.episodes {
            for (mean, own) in mean.iter_mut().zip(episode.mean_margin) {
                *mean += own * episode.ticks as f64;
            }
        }
        mean.map(|sum| sum / self.ticks().max(1) as f64)
    }

    /// The episode that came nearest to a constraint, with the constraint, its triggers left and the tick from 1.
    pub fn nearest(&self) -> Option<(&Episode, usize, f64, u64)> {
        let told = self.episodes.iter().map(|e| (e, e.nearest()));
        let (episode, (constraint, triggers, at)) =
            told.min_by(|(_, a), (_, b)| a.1.total_cmp(&b.1)).filter(|(_, n)| n.1.is_finite())?;
        Some((episode, constraint, triggers, at))
    }

    /// Interventions of all episodes; `None` where no log tells them.
    fn interventions(&self) -> Option<Interventions> {
        let mut all = Interventions::default();
        for own in self.episodes.iter().map(|e| e.interventions.as_ref()) {
            let own = own?;
            all.count += own.count;
            all.size_sum += own.size_sum;
            all.sized += own.sized;
            all.size_max = all.size_max.max(own.size_max);
            for (count, more) in all.by.iter_mut().zip(own.by) {
                *count += more;
            }
        }
        Some(all)
    }

    /// Interventions a tick, mean of the episodes; `None` where no log tells them.
    pub fn intervention_rate(&self) -> Option<f64> {
        self.interventions()?;
        Some(self.mean(|e| e.interventions.as_ref().map_or(0.0, |i| i.count as f64) / e.ticks.max(1) as f64))
    }

    /// The profile as the reference's file has it, with this program's own numbers after them.
    pub fn to_json(&self) -> Value {
        let worst = self.worst_episode();
        let first: Vec<f64> = self.episodes.iter().filter_map(|e| e.first()).map(|t| t as f64).collect();
        let mean_first = (!first.is_empty()).then(|| first.iter().sum::<f64>() / first.len() as f64);
        let ticks = self.ticks().max(1) as f64;
        let counts = self.counts();
        let interventions = self.interventions();
        let of = |value: &dyn Fn(&Interventions) -> Value| interventions.as_ref().map_or(Value::Null, value);
        let mean_size = |i: &Interventions| match (i.count, i.sized) {
            (0, _) => json!(0.0),
            (_, 0) => Value::Null,
            (_, sized) => json!(i.size_sum / sized as f64),
        };
        let max_size = |i: &Interventions| if i.count > 0 && i.sized == 0 { Value::Null } else { json!(i.size_max) };
        let mut all = Map::new();
        let mut put = |key: &str, value: Value| all.insert(key.to_owned(), value);
        put("agent", json!(self.agent));
        put("scenario", json!(self.scenario));
        put("n_seeds", json!(self.episodes.len()));
        put("total_violations", json!(self.violated()));
        put("total_interventions", of(&|i| json!(i.count)));
        put("mean_violation_rate", number(self.mean(Episode::rate)));
        put("mean_intervention_rate", self.intervention_rate().map_or(Value::Null, number));
        put("per_constraint_violation_counts", by_name(counts.map(|c| json!(c))));
        put("per_constraint_violation_rates", by_name(counts.map(|c| number(c as f64 / ticks))));
        put("worst_episode_seed", worst.map_or(Value::Null, |e| json!(e.seed)));
        put("worst_episode_violations", worst.map_or(Value::Null, |e| json!(e.violated())));
        put("worst_margin_ever", number(self.worst_margin()));
        put("mean_worst_margin", number(self.mean(|e| e.worst_mixed)));
        put("mean_first_violation_step", mean_first.map_or(Value::Null, number));
        put("survival_rate", number(self.survival(None)));
        put("mean_intervention_magnitude", of(&mean_size));
        put("max_intervention_magnitude", of(&max_size));
        put("intervention_by_constraint", of(&|i| by_name(i.by.map(|c| json!(c)))));
        put("survival_rate_288", number(self.survival(Some(SOURCE_TICKS))));
        put("survival_ticks", worst.map_or(Value::Null, |e| json!(e.whole)));
        put("mean_total_reward", number(self.mean(|e| e.total_reward)));
        put("mean_episode_length", number(self.mean(|e| e.ticks as f64)));
        put("per_constraint_worst_margins", by_name(self.worst().map(number)));
        put("per_constraint_mean_margins", by_name(self.mean_margin().map(number)));
        let nearest = self.nearest();
        put("nearest_constraint", nearest.map_or(Value::Null, |(_, c, ..)| json!(NAMES.get(c))));
        put("nearest_triggers_left", nearest.map_or(Value::Null, |(_, _, t, _)| number(t)));
        put("nearest_seed", nearest.map_or(Value::Null, |(e, ..)| json!(e.seed)));
        put("nearest_step", nearest.map_or(Value::Null, |(.., at)| json!(at)));
        put("source", json!(if self.from_logs { "logs" } else { "runs" }));
        Value::Object(all)
    }
}

/// A finite number, else null.
fn number(value: f64) -> Value {
    if value.is_finite() { json!(value) } else { Value::Null }
}

fn by_name(values: [Value; COUNT]) -> Value {
    Value::Object(NAMES.iter().zip(values).map(|(name, value)| ((*name).to_owned(), value)).collect())
}

/// A seed on which one agent violates more than another.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparative {
    /// Where.
    pub scenario: String,
    /// Seed of both.
    pub seed: u64,
    /// Who fails.
    pub failing: String,
    /// Who does better.
    pub succeeding: String,
    /// Violations of both, the failing one's first.
    pub violations: (u64, u64),
    /// Smallest margins of both in mixed units, the failing one's first.
    pub worst_margins: (f64, f64),
    /// Constraints that only the failing one violates.
    pub only: Vec<usize>,
}

impl Comparative {
    /// As the reference's file has it.
    pub fn to_json(&self) -> Value {
        let only: Vec<&str> = self.only.iter().filter_map(|&c| NAMES.get(c).copied()).collect();
        json!({
            "scenario": self.scenario,
            "seed": self.seed,
            "failing_agent": self.failing,
            "succeeding_agent": self.succeeding,
            "failing_violations": self.violations.0,
            "succeeding_violations": self.violations.1,
            "failing_worst_margin": number(self.worst_margins.0),
            "succeeding_worst_margin": number(self.worst_margins.1),
            "constraints_only_failing_violates": only,
        })
    }

    /// In words.
    pub fn words(&self) -> String {
        let only: Vec<&str> = self.only.iter().filter_map(|&c| LABELS.get(c).copied()).collect();
        let only = if only.is_empty() { String::new() } else { format!("; only it violates: {}", only.join(", ")) };
        let (more, fewer) = self.violations;
        format!(
            "{}, seed {}: {} violates {more} times, {} {fewer}{only}",
            self.scenario, self.seed, self.failing, self.succeeding
        )
    }
}

/// Seeds on which A fails and B does better, for every ordered pair of agents of a scenario; with a baseline only
/// pairs in which it is one of the two.
pub fn compare(profiles: &[Profile], baseline: Option<&str>) -> Vec<Comparative> {
    let mut found = Vec::new();
    for a in profiles {
        for b in profiles {
            let same = a.scenario == b.scenario && a.agent != b.agent && a.from_logs == b.from_logs;
            if !same || baseline.is_some_and(|name| a.agent != name && b.agent != name) {
                continue;
            }
            let theirs: BTreeMap<u64, &Episode> = b.episodes.iter().map(|e| (e.seed, e)).collect();
            for own in &a.episodes {
                let Some(other) = theirs.get(&own.seed) else { continue };
                if own.violated() == 0 || own.violated() <= other.violated() {
                    continue;
                }
                let counts = own.counts.iter().zip(other.counts).enumerate();
                found.push(Comparative {
                    scenario: a.scenario.clone(),
                    seed: own.seed,
                    failing: a.agent.clone(),
                    succeeding: b.agent.clone(),
                    violations: (own.violated(), other.violated()),
                    worst_margins: (own.worst_mixed, other.worst_mixed),
                    only: counts.filter(|(_, (mine, theirs))| **mine > 0 && *theirs == 0).map(|(k, _)| k).collect(),
                });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::episode::{Named, Watch};
    use super::*;

    /// An episode whose margins are 1 everywhere but on so many first ticks of a constraint.
    fn episode(agent: &str, seed: u64, constraint: usize, bad: u64, ticks: u64) -> Episode {
        let mut watch = Watch::default();
        for k in 0..ticks {
            let mut margins = [1.0; COUNT];
            margins[constraint] = if k < bad { -0.5 } else { 1.0 };
            watch.tick(&margins, 0.25, &mut || (vec![0.0; 18], vec![0.0; 4]));
        }
        let name =
            Named { agent: agent.to_owned(), scenario: "default".to_owned(), seed, whole: 100, ..Named::default() };
        watch.finish(name, Some(Interventions::default()))
    }

    #[test]
    fn a_profile_counts_as_the_definitions_say() {
        let profiles = Profile::sort(vec![episode("a", 101, 2, 4, 50), episode("a", 100, 0, 10, 100)]);
        assert_eq!(profiles.len(), 1);
        let told = profiles[0].to_json();
        assert_eq!(told["n_seeds"], 2);
        assert_eq!(told["total_violations"], 14);
        assert_eq!(told["mean_violation_rate"], (10.0 / 100.0 + 4.0 / 50.0) / 2.0);
        assert_eq!(told["per_constraint_violation_rates"]["C1:T_A<35"], 10.0 / 150.0);
        assert_eq!(told["worst_episode_seed"], 100);
        assert_eq!(told["worst_margin_ever"], -0.5);
        assert_eq!(told["mean_first_violation_step"], 1.0);
        assert_eq!(told["survival_rate"], 0.5, "one of two ran its whole 100 ticks");
        assert_eq!(told["survival_rate_288"], 0.0);
        assert_eq!(told["mean_total_reward"], 0.25 * 75.0);
        assert_eq!(told["nearest_constraint"], "C3:SOC_lo", "0.5 beyond a trigger of 0.03");
    }

    #[test]
    fn seeds_on_which_one_fails_more_are_found_with_what_only_it_violates() {
        let all = vec![
            episode("a", 100, 0, 10, 100),
            episode("a", 101, 0, 1, 100),
            episode("b", 100, 2, 3, 100),
            episode("b", 101, 0, 1, 100),
        ];
        let found = compare(&Profile::sort(all.clone()), None);
        assert_eq!(found.len(), 1, "the same number is no failure");
        assert_eq!((found[0].failing.as_str(), found[0].violations), ("a", (10, 3)));
        assert_eq!(found[0].only, [0]);
        assert!(compare(&Profile::sort(all), Some("c")).is_empty());
    }

    #[test]
    fn what_no_log_tells_is_null_and_not_zero() {
        let mut silent = episode("a", 0, 0, 0, 10);
        silent.interventions = None;
        let told = Profile::sort(vec![silent])[0].to_json();
        assert!(told["total_interventions"].is_null() && told["mean_intervention_rate"].is_null());
        assert!(told["mean_first_violation_step"].is_null());
    }
}
