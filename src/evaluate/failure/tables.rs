//! The files of a failure analysis: the reference's JSON, and tables of episodes and violations.

use std::fmt::Write;

use serde_json::{Value, json};

use super::Analysis;
use super::constraint::{NAMES, UNITS};
use super::episode::Episode;
use super::profile::{Comparative, Profile};

/// `{profiles, comparisons}` as the reference writes it (control 5.7), with more keys in every profile.
pub fn to_json(analysis: &Analysis) -> Value {
    let profiles: Vec<Value> = analysis.profiles.iter().map(Profile::to_json).collect();
    let comparisons: Vec<Value> = analysis.comparisons.iter().map(Comparative::to_json).collect();
    json!({ "profiles": profiles, "comparisons": comparisons })
}

fn each(analysis: &Analysis) -> impl Iterator<Item = &Episode> {
    analysis.profiles.iter().flat_map(|p| &p.episodes)
}

/// A number of a table; nothing for what is not known.
fn cell(value: f64) -> String {
    if value.is_finite() { format!("{value}") } else { String::new() }
}

/// A row per episode: length, reward, violations and smallest margin of each constraint, interventions.
pub fn episodes_csv(analysis: &Analysis) -> String {
    let mut out = "agent,scenario,seed,ticks,survived,survived_288,total_reward,violations,first_step".to_owned();
    for name in NAMES {
        let _ = write!(out, ",violations {name}");
    }
    for (name, unit) in NAMES.iter().zip(UNITS) {
        let unit = if unit.is_empty() { String::new() } else { format!(" [{unit}]") };
        let _ = write!(out, ",worst margin {name}{unit}");
    }
    out.push_str(",nearest,nearest_triggers_left,nearest_step,interventions,end\n");
    for e in each(analysis) {
        let (nearest, triggers, at) = e.nearest();
        let flag = |yes: bool| u8::from(yes);
        let _ = write!(
            out,
            "{},{},{},{},{},{},{},{},{}",
            e.agent,
            e.scenario,
            e.seed,
            e.ticks,
            flag(e.survived()),
            flag(e.ticks >= super::SOURCE_TICKS),
            cell(e.total_reward),
            e.violated(),
            e.first().map_or_else(String::new, |t| t.to_string())
        );
        for count in e.counts {
            let _ = write!(out, ",{count}");
        }
        for margin in e.worst {
            let _ = write!(out, ",{}", cell(margin));
        }
        let _ = writeln!(
            out,
            ",{},{},{at},{},{}",
            NAMES.get(nearest).copied().unwrap_or(""),
            cell(triggers),
            e.interventions.as_ref().map_or_else(String::new, |i| i.count.to_string()),
            e.end.replace([',', '\n'], ";")
        );
    }
    out
}

/// A row per violation that is listed: when, how far, what was seen and done.
pub fn violations_csv(analysis: &Analysis) -> String {
    let joined = |values: &[f64]| values.iter().map(|v| cell(*v)).collect::<Vec<_>>().join(" ");
    let mut out = "agent,scenario,seed,timestep,constraint,margin,observation,action\n".to_owned();
    for e in each(analysis) {
        for v in &e.violations {
            let _ = writeln!(
                out,
                "{},{},{},{},{},{},{},{}",
                e.agent,
                e.scenario,
                e.seed,
                v.timestep,
                NAMES.get(v.constraint).copied().unwrap_or(""),
                cell(v.margin),
                joined(&v.observation),
                joined(&v.action)
            );
        }
    }
    out
}
