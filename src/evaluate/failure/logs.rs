//! Failures read from logs: transition logs of the hardware agent, those under a shield among them
//! (`runs/<agent>_<scenario>_ha/episode*.csv`), and full logs.
//!
//! A transition log holds what the agent saw and did, so that violations and margins follow. What a shield changed
//! stands in it only where somebody wrote it: the action asked for (`raw_<lever>`, `a_raw_<lever>`, `raw_action_<k>`),
//! a flag (`shield_modified` and its kin of control 2), or a running count or rate. Without any of these it is not
//! known, and is said so.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::config::{Error, Place, Result};
use crate::control::{FIXED, shown_name};
use crate::record::{Item, LogKind, Tape, TapeHead, sort_out};
use crate::rollout::World;

use super::constraint::{COUNT, Constraints, nearest_mixed};
use super::episode::{Episode, Intervention, Interventions, Named, Watch, hardware};

/// Levers in the order of the hardware agent's actions, as logs call them.
const LEVERS: [&str; 4] = ["throttle_batch", "pump_speed_A", "hvac_effort", "bess_dispatch"];

/// Observations that the constraints need: name and number (control 5.3).
const SEEN: [(&str, usize); 5] =
    [("temp_A_norm", 0), ("temp_B_norm", 1), ("bess_soc", 2), ("freq_dev_norm", 14), ("v_pcc_pu", 15)];

/// Flags of the four shields, and a plain one (control 2.2 to 2.5).
const FLAGS: [&str; 6] =
    ["shield_modified", "cbf_modified", "hj_modified", "mpcsf_modified", "shield_intervened", "shielded"];

/// Ends of columns that count interventions so far, and that tell their share so far.
const RUNNING: [&str; 2] = ["_interventions", "_intervention_rate"];

/// A change smaller than this is none (control 2.3).
const LEAST_CHANGE: f64 = 1e-4;

/// What was read from logs.
#[derive(Debug, Default)]
pub struct Logs {
    /// Episodes, in the order of the files.
    pub episodes: Vec<Episode>,
    /// What a person should know: files that hold nothing to look at, rows that were left out.
    pub notes: Vec<String>,
}

/// Reads every log among files and folders.
///
/// # Errors
/// Files that cannot be opened, and paths among which there is no log of this plant.
pub fn read(world: &World, paths: &[PathBuf], plant: &str) -> Result<Logs> {
    let axes = world.factory(plant)?.axes();
    let scenarios: Vec<String> = axes.iter().take(1).flat_map(|a| a.choices.iter().map(|c| c.name.clone())).collect();
    let shelf = sort_out(paths, &scenarios, BTreeMap::new());
    if let Some(error) = shelf.errors.into_iter().next() {
        return Err(error);
    }
    let mut logs = Logs::default();
    for found in &shelf.logs {
        match found.kind {
            LogKind::Hardware => logs.episodes.push(transitions(world, &found.path, &mut logs.notes)?),
            LogKind::Full => {
                if let Some(episode) = full(world, &found.path, plant, &mut logs.notes)? {
                    logs.episodes.push(episode);
                }
            }
            _ => logs.notes.push(format!(
                "{}: left out, a {} tells nothing of constraints",
                found.path.display(),
                found.kind.words()
            )),
        }
    }
    if logs.episodes.is_empty() {
        return Err(Error::invalid(
            Place::source("--logs"),
            "there is no log of the hardware agent",
            "Give folders such as runs/<agent>_<scenario>_ha, or full logs of this plant.",
        ));
    }
    Ok(logs)
}

/// Who drove, in one word.
fn agent_of(head: &TapeHead) -> String {
    let names: Vec<&str> = head.controllers.iter().flatten().map(|n| shown_name(n)).filter(|n| *n != FIXED).collect();
    if names.is_empty() { "unknown".to_owned() } else { names.join("+") }
}

/// Number of an episode by its file's name.
fn number_of(path: &Path) -> u64 {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let digits: String = stem.trim_start_matches("episode").chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}

fn named(head: &TapeHead, path: &Path, seed: u64) -> Named {
    Named {
        agent: agent_of(head),
        scenario: head.spec.axes.first().map_or_else(String::new, |a| a.value.clone()),
        seed,
        log: Some(path.display().to_string()),
        whole: head.spec.episode_ticks,
        end: String::new(),
    }
}

/// Columns of a transition log.
struct Columns {
    seen: [Option<usize>; 5],
    observation: Vec<usize>,
    action: [Option<usize>; 4],
    raw: Vec<usize>,
    flag: Option<usize>,
    count: Option<usize>,
    rate: Option<usize>,
    reward: Option<usize>,
}

impl Columns {
    fn find(names: &[String]) -> Self {
        let at = |name: &str| names.iter().position(|n| n == name);
        let ends = |end: &str| names.iter().position(|n| n.ends_with(end));
        let lever = |k: usize, prefixes: &[&str]| {
            let named = |prefix: &&str| LEVERS.get(k).and_then(|l| at(&format!("{prefix}{l}")));
            prefixes.iter().find_map(named)
        };
        let raw: Vec<usize> = (0..LEVERS.len())
            .filter_map(|k| {
                lever(k, &["raw_", "a_raw_", "raw_a_"])
                    .or_else(|| at(&format!("raw_action_{k}")))
                    .or_else(|| at(&format!("raw_{k}")))
            })
            .collect();
        Self {
            seen: SEEN.map(|(name, k)| at(&format!("o_{name}")).or_else(|| at(&format!("o_{k}")))),
            observation: (0..names.len()).filter(|&k| names.get(k).is_some_and(|n| n.starts_with("o_"))).collect(),
            action: [0, 1, 2, 3].map(|k| lever(k, &["a_"]).or_else(|| at(&format!("a_{k}")))),
            raw: if raw.len() == LEVERS.len() { raw } else { Vec::new() },
            flag: FLAGS.iter().find_map(|flag| at(flag)),
            count: ends(RUNNING[0]),
            rate: ends(RUNNING[1]),
            reward: at("r"),
        }
    }

    fn tells_shield(&self) -> bool {
        !self.raw.is_empty() || self.flag.is_some() || self.count.is_some() || self.rate.is_some()
    }
}

/// A cell as a number; words for yes and no count as 1 and 0.
fn cell(text: &str) -> f64 {
    match text.trim() {
        "True" | "true" => 1.0,
        "False" | "false" => 0.0,
        text => text.parse().unwrap_or(f64::NAN),
    }
}

fn transitions(world: &World, path: &Path, notes: &mut Vec<String>) -> Result<Episode> {
    // The tables and who acted, by the same rules as the player of logs.
    let tape = Tape::open(path, 0, world)?;
    let head = tape.head().clone();
    drop(tape);
    let constraints = Constraints::of(&head.spec)?;
    let spoilt = |e: csv::Error| {
        let cure = "Use the file as it was written, or record again.";
        Error::invalid(Place::file(path), e.to_string(), cure)
    };
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path).map_err(spoilt)?;
    let names: Vec<String> = reader.headers().map_err(spoilt)?.iter().map(|n| n.trim().to_owned()).collect();
    let columns = Columns::find(&names);
    let mut watch = Watch::default();
    let mut interventions = Interventions::default();
    let mut before = [f64::NAN; COUNT];
    let (mut left_out, mut last) = (0_u64, (f64::NAN, f64::NAN));
    for record in reader.records() {
        let Ok(record) = record else {
            left_out += 1;
            continue;
        };
        let at = |place: Option<usize>| place.and_then(|p| record.get(p)).map_or(f64::NAN, cell);
        let [a, b, soc, f, v] = columns.seen.map(at);
        if [a, b, soc].iter().all(|x| x.is_nan()) {
            left_out += 1;
            continue;
        }
        let t_safe = constraints.t_safe_degc();
        let margins = constraints.margins_of(t_safe * a, t_safe * b, soc, constraints.f_trip_hz() * f, v);
        let action = columns.action.map(at);
        let raw: Vec<f64> = columns.raw.iter().map(|&k| at(Some(k))).collect();
        let square: f64 = raw.iter().zip(action).map(|(raw, safe)| (raw - safe) * (raw - safe)).sum();
        let size = if raw.is_empty() { f64::NAN } else { libm::sqrt(square) };
        if columns.flag.map_or(size > LEAST_CHANGE, |flag| at(Some(flag)) >= 0.5) {
            // Before the first row the margins are not known: the reset is in its `s_` columns alone.
            let at_risk = if before.iter().all(|m| m.is_nan()) { &margins } else { &before };
            let at_risk = nearest_mixed(at_risk).0;
            let safe = action.to_vec();
            interventions.push(Intervention { timestep: watch.ticks(), raw, safe, size, at_risk });
        }
        last = (at(columns.count), at(columns.rate));
        before = margins;
        watch.tick(&margins, at(columns.reward), &mut || {
            (columns.observation.iter().map(|&k| at(Some(k))).collect(), action.to_vec())
        });
    }
    if left_out > 0 {
        notes.push(format!("{}: {left_out} rows could not be read and are left out", path.display()));
    }
    if columns.flag.is_none() && columns.raw.is_empty() {
        // Only how many there were is known, neither when nor how large.
        let told = if last.0.is_finite() { last.0 } else { last.1 * watch.ticks() as f64 };
        if told.is_finite() {
            interventions.count = told.max(0.0).round() as u64;
        }
    }
    if !columns.tells_shield() && path.parent().is_some_and(is_shielded) {
        notes.push(format!("{}: the log does not tell what the shield changed", path.display()));
    }
    let known = columns.tells_shield().then_some(interventions);
    Ok(watch.finish(named(&head, path, number_of(path)), known))
}

/// Whether a folder is one of shielded agents (control 5.3).
fn is_shielded(folder: &Path) -> bool {
    folder.file_name().is_some_and(|name| name.to_string_lossy().ends_with("_ha"))
}

fn full(world: &World, path: &Path, plant: &str, notes: &mut Vec<String>) -> Result<Option<Episode>> {
    let mut tape = Tape::open(path, 0, world)?;
    let head = tape.head().clone();
    if head.setup.plant != plant {
        notes.push(format!("{}: left out, a log of plant `{}`", path.display(), head.setup.plant));
        return Ok(None);
    }
    let constraints = Constraints::of(&head.spec)?;
    let slot = hardware(&head.spec);
    let reward = head.spec.slots.get(slot).and_then(|s| s.reward);
    let levers = head.schema.levers.get(slot).cloned().unwrap_or_default();
    let mut watch = Watch::default();
    let mut row = vec![f64::NAN; head.schema.len()];
    while let Some(item) = tape.next(&mut row)? {
        if matches!(item, Item::Input(_)) {
            continue;
        }
        let at = |id: usize| row.get(id).copied().unwrap_or(f64::NAN);
        let action = || levers.iter().map(|l| at(l.applied)).collect();
        watch.tick(&constraints.margins(&row), reward.map_or(0.0, at), &mut || (Vec::new(), action()));
    }
    if tape.bad().count > 0 {
        notes.push(format!("{}: {} rows could not be read and are left out", path.display(), tape.bad().count));
    }
    Ok(Some(watch.finish(named(&head, path, head.setup.seed), None)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::evaluate::failure::episode::play;
    use crate::record::{LogHeader, LogWriter, TransitionWriter};
    use crate::rollout::{Setup, Step};

    fn folder(name: &str) -> PathBuf {
        let dir = std::env::temp_dir().join(format!("c2g-failure-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&dir);
        std::fs::create_dir_all(&dir).unwrap();
        dir
    }

    fn setup() -> Setup {
        let policies = [("macro", "fixed"), ("hardware", "pid")].map(|(s, n)| (s.to_owned(), n.to_owned()));
        Setup { seed: 100, ticks: Some(60), policies: policies.into(), ..Setup::default() }
    }

    #[test]
    fn a_log_tells_what_its_run_tells() {
        let world = World::default();
        let dir = folder("same");
        let mut rollout = world.build(&setup()).unwrap();
        let mut transitions = TransitionWriter::create(&dir.join("runs"), &rollout).unwrap();
        let mut log = LogWriter::create(&dir.join("full.csv"), &LogHeader::of(&rollout)).unwrap();
        while rollout.step().unwrap() == Step::Ran {
            transitions.tick(&rollout).unwrap();
            log.row(rollout.tick() - 1, rollout.row()).unwrap();
        }
        transitions.flush().unwrap();
        log.finish().unwrap();
        let direct = play("pid", &mut world.build(&setup()).unwrap(), &|| false).unwrap().unwrap();
        let told = read(&world, &[dir.join("runs"), dir.join("full.csv")], "c2g").unwrap();
        assert_eq!(told.episodes.len(), 2);
        for episode in &told.episodes {
            assert_eq!((episode.agent.as_str(), episode.scenario.as_str(), episode.ticks), ("pid", "default", 60));
            assert!((episode.total_reward - direct.total_reward).abs() < 1e-9);
            for (own, other) in episode.worst.iter().zip(direct.worst) {
                assert!((own - other).abs() < 1e-5, "observations are of single precision");
            }
            assert!(episode.interventions.is_none(), "no log tells of a shield that was not there");
        }
        let _ = std::fs::remove_dir_all(dir);
    }

    #[test]
    fn interventions_come_from_the_columns_that_a_shielded_log_holds() {
        let dir = folder("ha");
        let own = dir.join("cbf_ppo_scenario_c_hardware_ha");
        std::fs::create_dir_all(&own).unwrap();
        let header = "timestep,s_temp_A_norm,a_throttle_batch,a_pump_speed_A,a_hvac_effort,a_bess_dispatch,\
                      o_temp_A_norm,o_temp_B_norm,o_bess_soc,o_freq_dev_norm,o_v_pcc_pu,r";
        let raws = "raw_throttle_batch,raw_pump_speed_A,raw_hvac_effort,raw_bess_dispatch";
        let rows = [
            "0,0.9,1,0.7,0.7,0,0.9,0.8,0.5,0,0.99,0.5,1,0.7,0.7,0",
            "1,0.9,1,0.7,0.7,0,0.9,0.8,0.11,0,0.99,0.5,1,0.7,0.7,0.6",
            "2,0.9,0.6,0.7,0.7,0,1.02,0.8,0.11,0,0.99,-1.5,1,1,0.7,0",
        ];
        std::fs::write(own.join("episode3.csv"), format!("{header},{raws}\n{}\n", rows.join("\n"))).unwrap();
        let told = read(&World::default(), std::slice::from_ref(&dir), "c2g").unwrap();
        let episode = &told.episodes[0];
        assert_eq!((episode.agent.as_str(), episode.scenario.as_str(), episode.seed), ("cbf_ppo", "scenario_c", 3));
        assert_eq!(episode.counts[0], 1, "35.7 °C");
        assert!((episode.worst[0] + 0.7).abs() < 1e-12);
        let found = episode.interventions.as_ref().unwrap();
        assert_eq!(found.count, 2);
        assert!((found.size_max - 0.6).abs() < 1e-12 && (found.size_sum - (0.6 + 0.5)).abs() < 1e-12);
        assert_eq!(found.by, [0, 0, 1, 0, 0, 1], "voltage was nearest before the second, the battery before the third");
        // Without these columns the same log tells nothing of the shield, and says so.
        let bare: Vec<String> = rows.iter().map(|r| r.split(',').take(12).collect::<Vec<_>>().join(",")).collect();
        std::fs::write(own.join("episode3.csv"), format!("{header}\n{}\n", bare.join("\n"))).unwrap();
        let told = read(&World::default(), std::slice::from_ref(&dir), "c2g").unwrap();
        assert!(told.episodes[0].interventions.is_none());
        assert!(told.notes.iter().any(|n| n.contains("does not tell what the shield changed")), "{:?}", told.notes);
        let _ = std::fs::remove_dir_all(dir);
    }
}
