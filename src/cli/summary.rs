//! What an episode came to, as a table for people and as JSON for programs.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::rollout::{EndKind, Rollout};
use crate::signal::format_number;

/// What an episode came to.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    plant: String,
    agent: String,
    axes: Map<String, Value>,
    seed: u64,
    noise: String,
    start: String,
    ticks: u64,
    restarts: u64,
    end: Option<Value>,
    fallbacks: u64,
    metrics: Map<String, Value>,
    wall_time_s: f64,
    #[serde(skip)]
    lines: Vec<(String, String, f64, String)>,
}

impl Summary {
    /// Sums up a run that took `wall_time_s`.
    pub fn of(rollout: &Rollout, wall_time_s: f64) -> Self {
        let spec = rollout.spec();
        let mut metrics = Map::new();
        let mut lines = Vec::new();
        for (index, slot) in spec.slots.iter().enumerate().rev() {
            if !rollout.slot_counts(index) {
                continue;
            }
            let mut own = Map::new();
            for (k, metric) in spec.metrics.iter().enumerate().filter(|(_, m)| m.slot == index) {
                let value = rollout.metric(k);
                own.insert(metric.name.clone(), if value.is_finite() { json!(value) } else { Value::Null });
                lines.push((slot.label.clone(), metric.name.clone(), value, metric.unit.clone()));
            }
            metrics.insert(slot.name.clone(), Value::Object(own));
        }
        let end = rollout.end().map(|e| {
            let kind = match e.kind {
                EndKind::Trip => "trip",
                EndKind::EpisodeEnd => "episode_end",
                EndKind::TicksReached => "ticks_reached",
                EndKind::NoiseExhausted => "noise_exhausted",
            };
            json!({ "kind": kind, "tick": e.tick, "cause": e.cause })
        });
        Self {
            plant: spec.name.clone(),
            agent: rollout.agent_name(),
            axes: spec.axes.iter().map(|a| (a.name.clone(), json!(a.value))).collect(),
            seed: rollout.setup().seed,
            noise: rollout.setup().noise.clone(),
            start: spec.calendar.start.to_string(),
            ticks: rollout.tick(),
            restarts: rollout.restarts(),
            end,
            fallbacks: rollout.slots().iter().map(|s| s.fallbacks).sum(),
            metrics,
            wall_time_s,
            lines,
        }
    }

    /// The summary as JSON text.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let axes: Vec<String> = self.axes.iter().map(|(k, v)| format!("{k} {}", v.as_str().unwrap_or("?"))).collect();
        writeln!(
            f,
            "{} · {} · {} · seed {}, noise {}",
            self.plant,
            self.agent,
            axes.join(", "),
            self.seed,
            self.noise
        )?;
        let cause = self.end.as_ref().and_then(|e| e.get("cause")).and_then(Value::as_str).unwrap_or("still running");
        writeln!(f, "{} ticks in {:.2} s; {cause}", self.ticks, self.wall_time_s)?;
        if self.restarts > 0 {
            writeln!(f, "{} restarts after trips; the figures are of the last episode", self.restarts)?;
        }
        if self.fallbacks > 0 {
            writeln!(f, "{} times a controller gave no usable number and the last value held", self.fallbacks)?;
        }
        let mut slot = "";
        for (owner, name, value, unit) in &self.lines {
            if owner != slot {
                writeln!(f, "\n{owner}")?;
                slot = owner;
            }
            writeln!(f, "  {name:<26} {:>18} {unit}", format_number(*value, 4))?;
        }
        Ok(())
    }
}
