//! Logs among files and folders that a person gives: folders are searched, the logs of both agents of one run belong
//! together, results of benchmarks are told apart.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::config::{Error, Place};

use super::{LogKind, detect};

/// Folders within folders that are searched.
const DEEPEST: usize = 6;

/// Most files that are looked at.
const MOST_FILES: usize = 20_000;

/// Endings of folders' names by agent (control 5.3), with what is said of them.
const TYPES: [(&str, &str); 4] = [
    ("_hardware_ha", "hardware, shielded"),
    ("_hardware", "hardware"),
    ("_macro", "macro"),
    ("_ha", "hardware, shielded"),
];

/// A log that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The file.
    pub path: PathBuf,
    /// The macro agent's log of the same run.
    pub partner: Option<PathBuf>,
    /// What it is.
    pub kind: LogKind,
    /// Name for people, of logs that lie in a folder that was given.
    pub name: Option<String>,
}

/// What there is among files and folders that were given.
#[derive(Debug, Default)]
pub struct Shelf {
    /// Logs, in the order in which they were given; those of a folder by name, numbers as numbers.
    pub logs: Vec<Found>,
    /// Results of benchmarks.
    pub results: Vec<PathBuf>,
    /// What could not be opened.
    pub errors: Vec<Error>,
    /// Files whose kind is known, so that they need not be looked at again.
    pub known: BTreeMap<PathBuf, LogKind>,
}

/// Sorts out files and folders. `scenarios` are the names that folders may hold (`<agent>_<scenario>_<type>`); files in
/// `known` are not looked at again.
pub fn sort_out(paths: &[PathBuf], scenarios: &[String], known: BTreeMap<PathBuf, LogKind>) -> Shelf {
    let mut shelf = Shelf { known, ..Shelf::default() };
    for path in paths {
        if path.is_dir() {
            shelf.search(path, scenarios);
            continue;
        }
        match shelf.kind(path) {
            Ok(LogKind::Results) => shelf.results.push(path.clone()),
            Ok(kind) => shelf.logs.push(Found { path: path.clone(), partner: None, kind, name: None }),
            Err(error) => shelf.errors.push(error),
        }
    }
    shelf.join(scenarios);
    shelf
}

impl Shelf {
    fn kind(&mut self, path: &Path) -> crate::config::Result<LogKind> {
        if let Some(kind) = self.known.get(path) {
            return Ok(*kind);
        }
        let kind = detect(path)?;
        self.known.insert(path.to_path_buf(), kind);
        Ok(kind)
    }

    /// Searches a folder. Where it holds logs, other tables in it are left alone.
    fn search(&mut self, folder: &Path, scenarios: &[String]) {
        let mut files = Vec::new();
        let complete = walk(folder, DEEPEST, &mut files);
        files.sort_by_cached_key(|path| natural(path));
        let (mut logs, mut tables, mut results) = (Vec::new(), Vec::new(), Vec::new());
        let mut failed = 0;
        for path in files {
            let kind = match self.kind(&path) {
                Ok(kind) => kind,
                Err(_) => {
                    failed += 1;
                    continue;
                }
            };
            let found = Found { name: Some(name(folder, &path, scenarios)), path, partner: None, kind };
            match kind {
                LogKind::Results => results.push(found.path),
                LogKind::Table => tables.push(found),
                _ => logs.push(found),
            }
        }
        let place = Place::file(folder);
        if !complete {
            let what = format!("there are more than {MOST_FILES} files in this folder; the rest is left out");
            self.errors.push(Error::invalid(place.clone(), what, "Give a folder further down."));
        }
        if logs.is_empty() && tables.is_empty() && results.is_empty() {
            let what = match failed {
                0 => "there is no CSV file in this folder".to_owned(),
                n => format!("none of the {n} CSV files in this folder can be played"),
            };
            let cure = "Give a folder of logs: `runs/<agent>_<scenario>_<type>/`, or one above it.";
            self.errors.push(Error::invalid(place, what, cure));
        }
        if logs.is_empty() {
            logs = tables;
        }
        self.logs.extend(logs);
        self.results.extend(results);
    }

    /// Puts the macro agent's log to the hardware agent's of the same run.
    fn join(&mut self, scenarios: &[String]) {
        let given: Vec<PathBuf> = self.logs.iter().map(|l| l.path.clone()).collect();
        let mut partners = Vec::new();
        for at in 0..self.logs.len() {
            let Some(log) = self.logs.get(at).filter(|l| l.kind == LogKind::Hardware) else { continue };
            let Some(partner) = partner(&log.path, scenarios) else { continue };
            // A single file is played as it is, unless the other one was given too.
            let wanted = log.name.is_some() || given.contains(&partner);
            if wanted && partner.is_file() && matches!(self.kind(&partner), Ok(LogKind::Macro)) {
                partners.push(partner.clone());
                if let Some(log) = self.logs.get_mut(at) {
                    log.name = log.name.take().map(|n| n.replace(" · hardware", ""));
                    log.partner = Some(partner);
                }
            }
        }
        self.logs.retain(|log| !partners.contains(&log.path));
    }
}

/// Collects CSV files; false where there are too many.
fn walk(folder: &Path, depth: usize, out: &mut Vec<PathBuf>) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else { return true };
    let mut folders = Vec::new();
    for entry in entries.flatten() {
        let (path, hidden) = (entry.path(), entry.file_name().to_string_lossy().starts_with('.'));
        let Ok(kind) = entry.file_type() else { continue };
        if hidden {
            continue;
        }
        if kind.is_dir() {
            folders.push(path);
        } else if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv")) && path.is_file() {
            if out.len() >= MOST_FILES {
                return false;
            }
            out.push(path);
        }
    }
    folders.sort();
    depth == 0 || folders.iter().all(|folder| walk(folder, depth - 1, out))
}

/// A key that sorts numbers as numbers: `episode10` after `episode9`.
fn natural(path: &Path) -> Vec<(String, u64)> {
    let mut key = Vec::new();
    let (mut word, mut number) = (String::new(), None);
    for letter in path.to_string_lossy().chars() {
        match letter.to_digit(10) {
            Some(digit) => number = Some(number.unwrap_or(0_u64).saturating_mul(10).saturating_add(u64::from(digit))),
            None => {
                if let Some(number) = number.take() {
                    key.push((std::mem::take(&mut word), number));
                }
                word.push(letter);
            }
        }
    }
    key.push((word, number.unwrap_or(0)));
    key
}

/// Agent, scenario and type of a folder's name, read from the right.
fn parsed<'a>(folder: &'a str, scenarios: &[String]) -> Option<(&'a str, &'a str, &'static str, &'static str)> {
    let (rest, (ending, words)) = TYPES.iter().find_map(|t| Some((folder.strip_suffix(t.0)?, *t)))?;
    let mut known: Vec<&String> = scenarios.iter().collect();
    known.sort_by_key(|name| std::cmp::Reverse(name.len()));
    let agent = known.into_iter().find_map(|s| rest.strip_suffix(s.as_str())?.strip_suffix('_'))?;
    Some((agent, rest.get(agent.len() + 1..)?, ending, words))
}

/// The macro agent's log of the run that a hardware agent's log is of: the same file in the folder beside it.
fn partner(path: &Path, scenarios: &[String]) -> Option<PathBuf> {
    let folder = path.parent()?;
    let name = folder.file_name()?.to_str()?;
    let (agent, scenario, ending, _) = parsed(name, scenarios)?;
    if !agent.contains('+') || ending == "_macro" {
        return None;
    }
    Some(folder.parent()?.join(format!("{agent}_{scenario}_macro")).join(path.file_name()?))
}

/// Name for people: agent, scenario, episode; else the way from the folder that was given.
fn name(given: &Path, path: &Path, scenarios: &[String]) -> String {
    let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let folder = path.parent().and_then(Path::file_name).map(|f| f.to_string_lossy().into_owned()).unwrap_or_default();
    let episode = stem.strip_prefix("episode").and_then(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (number, tags) = rest.split_at_checked(end)?;
        let number: u64 = number.parse().ok()?;
        let tags = tags.trim_matches('_').replace('_', " ");
        Some(if tags.is_empty() { format!("episode {number}") } else { format!("episode {number} · {tags}") })
    });
    match (parsed(&folder, scenarios), episode) {
        (Some((agent, scenario, _, words)), Some(episode)) => {
            format!("{} · {scenario} · {words} · {episode}", agent.replace('+', " + "))
        }
        _ => {
            let way = path.strip_prefix(given).unwrap_or(path).with_extension("");
            way.to_string_lossy().replace('\\', "/")
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    const HARDWARE: &str = "timestep,s_temp_A_norm,a_throttle_batch,o_temp_A_norm,r\n0,0.5,1,0.5,0\n";
    const MACRO: &str = "timestep,s_temp_A_norm,a_commit_norm,a_bid_price,o_temp_A_norm,r\n0,0.5,1,0.5,0.5,0\n";

    fn put(root: &Path, name: &str, text: &str) {
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn scenarios() -> Vec<String> {
        ["default", "scenario_a"].map(str::to_owned).to_vec()
    }

    #[test]
    fn folders_of_runs_are_sets() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        for (name, text) in [
            ("runs/pid_default_hardware/episode10.csv", HARDWARE),
            ("runs/pid_default_hardware/episode9__BESS_0.csv", HARDWARE),
            ("runs/pid_default_hardware/notes.txt", "x"),
            ("runs/pid_default_hardware/spoilt.csv", "hello\n"),
            ("runs/rule_macro+pid_scenario_a_hardware/episode0.csv", HARDWARE),
            ("runs/rule_macro+pid_scenario_a_macro/episode0.csv", MACRO),
            ("runs/rule_macro+pid_scenario_a_macro/episode1.csv", MACRO),
            ("runs/x/weather.csv", "t,x\n0,1\n1,2\n"),
            ("results.csv", "scenario,agent,n_episodes,mean_reward\ndefault,pid,5,1\n"),
        ] {
            put(root, name, text);
        }
        let shelf = sort_out(&[root.to_path_buf()], &scenarios(), BTreeMap::new());
        let names: Vec<&str> = shelf.logs.iter().filter_map(|l| l.name.as_deref()).collect();
        assert_eq!(
            names,
            [
                "pid · default · hardware · episode 9 · BESS 0",
                "pid · default · hardware · episode 10",
                "rule_macro + pid · scenario_a · episode 0",
                "rule_macro + pid · scenario_a · macro · episode 1",
            ]
        );
        assert!(shelf.logs[2].partner.as_ref().unwrap().ends_with("rule_macro+pid_scenario_a_macro/episode0.csv"));
        assert_eq!(shelf.results, [root.join("results.csv")]);
        assert!(shelf.errors.is_empty());
        // The hardware agent's folder alone knows its neighbour; its file alone is played as it is.
        let folder = root.join("runs/rule_macro+pid_scenario_a_hardware");
        let shelf = sort_out(std::slice::from_ref(&folder), &scenarios(), BTreeMap::new());
        assert!(shelf.logs.len() == 1 && shelf.logs[0].partner.is_some());
        let shelf = sort_out(&[folder.join("episode0.csv")], &scenarios(), BTreeMap::new());
        assert_eq!((shelf.logs[0].partner.clone(), shelf.logs[0].name.clone()), (None, None));
        // Tables are a set where nothing else is.
        let shelf = sort_out(&[root.join("runs/x")], &scenarios(), BTreeMap::new());
        assert_eq!(shelf.logs[0].name.as_deref(), Some("weather"));
    }

    #[test]
    fn folders_without_logs_say_so() {
        let dir = tempfile::tempdir().unwrap();
        let of = |path: &Path| sort_out(&[path.to_path_buf()], &scenarios(), BTreeMap::new()).errors[0].to_string();
        assert!(of(dir.path()).contains("there is no CSV file in this folder"));
        put(dir.path(), "a.csv", "hello\n");
        assert!(of(dir.path()).contains("none of the 1 CSV files in this folder can be played"));
        assert!(of(&dir.path().join("none.csv")).contains("none.csv"));
    }

    #[test]
    fn old_types_are_known() {
        let of = |folder: &str| parsed(folder, &scenarios()).map(|(agent, scenario, ..)| format!("{agent}|{scenario}"));
        assert_eq!(of("simplex_ppo_default_hardware_ha").as_deref(), Some("simplex_ppo|default"));
        assert_eq!(of("pid_scenario_a_ha").as_deref(), Some("pid|scenario_a"));
        assert_eq!(of("pid_elsewhere_hardware"), None);
    }
}
