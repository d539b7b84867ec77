//! Transition logs of the benchmark: what a slot saw, did, saw next and earned (control 5.3).

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::config::{Error, Result};
use crate::plant::c2g::tables::HARDWARE_OBS;
use crate::rollout::{LeverMode, Rollout};

use super::csv_number::python_repr;
use super::full_log::FLUSH_AFTER;

/// One open file.
struct Sheet {
    slot: usize,
    path: PathBuf,
    out: BufWriter<File>,
    timestep: u64,
    /// Observation that the decision of this row was made on.
    before: Vec<f64>,
    action: Vec<f64>,
    /// Reward terms by name, in the order of their columns.
    terms: Vec<usize>,
}

/// What the files of a transition log are called, where a benchmark knows better than the run itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TransitionNames {
    /// Agent in the folders' names.
    pub agent: String,
    /// Number of the run's first episode.
    pub first_episode: u64,
    /// Slots that are not logged although somebody drives them.
    pub silent_slots: Vec<usize>,
}

/// Writes the transition log of every slot that somebody drives, a file for each episode.
pub struct TransitionWriter {
    dir: PathBuf,
    names: TransitionNames,
    episode: u64,
    sheets: Vec<Sheet>,
    after: Vec<f64>,
    flushed: Instant,
}

/// Names of observations in the macro log: the source reuses the fast names, although from the fifth on they mean
/// something else, and adds two of its own (control 5.3).
fn macro_names() -> Vec<&'static str> {
    HARDWARE_OBS.iter().take(17).copied().chain(["rmcp_norm", "reg_need_norm"]).collect()
}

/// Names of actions in the macro log.
const MACRO_ACTIONS: [&str; 2] = ["commit_norm", "bid_price"];

/// Tags of pinned levers in file names (control 5.3).
fn tag(action: &str) -> String {
    match action {
        "throttle_batch" => "THROTTLE".to_owned(),
        "pump_speed_A" => "PUMP".to_owned(),
        "hvac_effort" => "HVAC".to_owned(),
        "bess_dispatch" => "BESS".to_owned(),
        "bid_mw_norm" => "COMMIT".to_owned(),
        "bid_price_norm" => "PRICE".to_owned(),
        other => other.to_uppercase(),
    }
}

/// Pinned levers as they stand in file names: sorted tags with at most three decimals, joined by `_`.
pub fn pin_tags(pins: &[(String, f64)]) -> String {
    let mut tags: Vec<(String, String)> = pins
        .iter()
        .map(|(name, value)| {
            let text = format!("{value:.3}");
            let short = text.trim_end_matches('0').trim_end_matches('.');
            (tag(name), if short == "-0" { "0".to_owned() } else { short.to_owned() })
        })
        .collect();
    tags.sort();
    let words: Vec<String> = tags.into_iter().map(|(t, v)| format!("{t}_{v}")).collect();
    words.join("_")
}

/// Name of an episode's file: pinned levers stand in it as tags.
pub fn episode_file(episode: u64, pins: &[(String, f64)]) -> String {
    let tags = pin_tags(pins);
    if tags.is_empty() { format!("episode{episode}.csv") } else { format!("episode{episode}__{tags}.csv") }
}

impl TransitionWriter {
    /// Creates `DIR/<agent>_<scenario>_<type>/episode0.csv` for every slot that somebody drives.
    ///
    /// # Errors
    /// When a folder or file cannot be created.
    pub fn create(dir: &Path, rollout: &Rollout) -> Result<Self> {
        let names = TransitionNames { agent: rollout.agent_name(), ..TransitionNames::default() };
        Self::create_as(dir, rollout, names)
    }

    /// Creates `DIR/<agent>_<scenario>_<type>/episode<N>.csv` with another agent's name and episode number than the run
    /// has itself.
    ///
    /// # Errors
    /// When a folder or file cannot be created.
    pub fn create_as(dir: &Path, rollout: &Rollout, names: TransitionNames) -> Result<Self> {
        let longest = rollout.spec().slots.iter().map(|s| s.observations.len()).max().unwrap_or(0);
        Ok(Self {
            dir: dir.to_path_buf(),
            episode: rollout.restarts(),
            sheets: open_sheets(dir, rollout, &names)?,
            names,
            after: vec![0.0; longest],
            flushed: Instant::now(),
        })
    }

    /// The files.
    pub fn paths(&self) -> Vec<&Path> {
        self.sheets.iter().map(|s| s.path.as_path()).collect()
    }

    /// Takes in the tick that the rollout has just run.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn tick(&mut self, rollout: &Rollout) -> Result<()> {
        if rollout.restarts() != self.episode {
            // A file is one episode: its rows follow each other.
            self.flush()?;
            self.episode = rollout.restarts();
            self.sheets = open_sheets(&self.dir, rollout, &self.names)?;
        }
        let (spec, row) = (rollout.spec(), rollout.row());
        let at = |signal: usize| row.get(signal).copied().unwrap_or(f64::NAN);
        for sheet in &mut self.sheets {
            let (Some(slot), Some(state)) = (spec.slots.get(sheet.slot), rollout.slots().get(sheet.slot)) else {
                continue;
            };
            if slot.is_due(rollout.episode_tick().saturating_sub(1)) {
                sheet.before.copy_from_slice(&state.seen);
                sheet.action.copy_from_slice(&state.commanded);
            }
            let closed = slot.reward_when.is_none_or(|flag| at(flag) == 1.0);
            if !closed {
                continue;
            }
            let after = self.after.get_mut(..slot.observations.len()).unwrap_or(&mut []);
            rollout.observe(sheet.slot, after);
            let image = |x: f64| python_repr(f64::from(x as f32));
            let mut cells = vec![sheet.timestep.to_string()];
            cells.extend(sheet.before.iter().map(|&x| image(x)));
            cells.extend(sheet.action.iter().map(|&x| image(x)));
            cells.extend(after.iter().map(|&x| image(x)));
            cells.push(python_repr(slot.reward.map_or(f64::NAN, at)));
            cells.extend(sheet.terms.iter().map(|&signal| python_repr(at(signal))));
            sheet.timestep += 1;
            sheet.write_line(&cells)?;
        }
        self.flush_if_due()
    }

    /// Flushes when the last flush is long enough ago.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn flush_if_due(&mut self) -> Result<()> {
        if self.flushed.elapsed() >= FLUSH_AFTER { self.flush() } else { Ok(()) }
    }

    /// Brings everything into the files.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn flush(&mut self) -> Result<()> {
        self.flushed = Instant::now();
        for sheet in &mut self.sheets {
            sheet.out.flush().map_err(|e| Error::io(&sheet.path, "write the transition log", e))?;
        }
        Ok(())
    }
}

/// Pinned levers by action name, with the values that are in force.
fn pins(rollout: &Rollout) -> Vec<(String, f64)> {
    let slots = rollout.spec().slots.iter().zip(rollout.slots());
    let levers = slots.flat_map(|(slot, state)| slot.actions.iter().zip(&state.levers));
    levers
        .filter_map(|(action, mode)| match mode {
            LeverMode::Pinned(value) => Some((action.name.clone(), *value)),
            LeverMode::Auto | LeverMode::Manual(_) => None,
        })
        .collect()
}

/// Opens the files of the episode that begins, with their headers.
fn open_sheets(dir: &Path, rollout: &Rollout, names: &TransitionNames) -> Result<Vec<Sheet>> {
    let spec = rollout.spec();
    let scenario = spec.axes.first().map_or("default", |a| a.value.as_str());
    let agent = &names.agent;
    let pins = pins(rollout);
    let mut sheets = Vec::new();
    for (index, slot) in spec.slots.iter().enumerate() {
        if !rollout.slot_counts(index) || names.silent_slots.contains(&index) {
            continue;
        }
        let folder = dir.join(format!("{agent}_{scenario}_{}", slot.name));
        std::fs::create_dir_all(&folder).map_err(|e| Error::io(&folder, "create the folder", e))?;
        let path = folder.join(episode_file(names.first_episode + rollout.restarts(), &pins));
        let file = File::create(&path).map_err(|e| Error::io(&path, "create the transition log", e))?;
        let mut order: Vec<usize> = (0..slot.reward_terms.len()).collect();
        let term_name = |i: usize| slot.reward_terms.get(i).map_or("", |t| t.name.as_str());
        order.sort_by_key(|&i| term_name(i));
        let mut sheet = Sheet {
            slot: index,
            path,
            out: BufWriter::new(file),
            timestep: 0,
            before: vec![0.0; slot.observations.len()],
            action: vec![0.0; slot.actions.len()],
            terms: order.iter().filter_map(|&i| slot.reward_terms.get(i).map(|t| t.signal)).collect(),
        };
        let is_macro = spec.name == "c2g" && slot.name == "macro";
        let observations: Vec<&str> =
            if is_macro { macro_names() } else { slot.observations.iter().map(|o| o.name.as_str()).collect() };
        let actions: Vec<&str> =
            if is_macro { MACRO_ACTIONS.to_vec() } else { slot.actions.iter().map(|a| a.name.as_str()).collect() };
        let mut header = vec!["timestep".to_owned()];
        header.extend(observations.iter().map(|n| format!("s_{n}")));
        header.extend(actions.iter().map(|n| format!("a_{n}")));
        header.extend(observations.iter().map(|n| format!("o_{n}")));
        header.push("r".to_owned());
        header.extend(order.iter().map(|&i| format!("r_{}", term_name(i))));
        sheet.write_line(&header)?;
        sheets.push(sheet);
    }
    Ok(sheets)
}

impl Sheet {
    fn write_line(&mut self, cells: &[String]) -> Result<()> {
        let line = cells.join(",") + "\r\n";
        self.out.write_all(line.as_bytes()).map_err(|e| Error::io(&self.path, "write the transition log", e))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pinned_levers_stand_in_the_file_name() {
        let pin = |name: &str, value: f64| (name.to_owned(), value);
        assert_eq!(episode_file(0, &[]), "episode0.csv");
        assert_eq!(episode_file(2, &[pin("bess_dispatch", 0.0)]), "episode2__BESS_0.csv");
        assert_eq!(
            episode_file(0, &[pin("throttle_batch", 0.5), pin("bess_dispatch", -0.1234)]),
            "episode0__BESS_-0.123_THROTTLE_0.5.csv"
        );
    }
}
