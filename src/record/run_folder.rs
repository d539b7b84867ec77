//! A run folder of SustainDC's users (`results/sustaindc/<location>/<algorithm>/<experiment>/seed-<n>-<date>/`): its
//! `config.json` as a setup, `progress.txt` as a curve of rewards, the evaluation logs, and the models.
//!
//! What it lacks is left out, and what is not known is told: the folder helps to understand its logs and is never needed.
#![deny(clippy::indexing_slicing)]

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::config::{Document, Error, Place, Result};
use crate::plant::sustaindc::params::MONTHS;
use crate::rollout::{Layer, Setup, World};
use crate::trace::sustaindc::{LOADS, city_of};

/// Plant of these folders.
const PLANT: &str = "sustaindc";

/// How far above a file its run folder is looked for.
const HIGHEST: usize = 3;

/// Largest file of words that is read, bytes.
const LARGEST: u64 = 16 << 20;

/// Keys that the source ignores whenever a location is set (sustaindc 0, row 5).
const IGNORED: [&str; 2] = ["cintensity_file", "weather_file"];

/// What a model file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelFile {
    /// The file.
    pub path: PathBuf,
    /// Its size, bytes.
    pub bytes: u64,
    /// What it is and what it is good for, one sentence.
    pub about: String,
}

/// A point of the curve of rewards.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProgressPoint {
    /// Steps of the environment so far; the number of the line where the file has none.
    pub steps: f64,
    /// Mean reward of an episode of the evaluation.
    pub reward: f64,
}

/// A run folder.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RunFolder {
    /// The folder.
    pub path: PathBuf,
    /// Location, algorithm and experiment by the names of the folders above, as far as they are there.
    pub names: Vec<(&'static str, String)>,
    /// What `config.json` says, as a setup of the plant.
    pub setup: Option<Setup>,
    /// The curve of rewards in the order of the file.
    pub progress: Vec<ProgressPoint>,
    /// Evaluation logs, in the order of their numbers.
    pub evaluations: Vec<PathBuf>,
    /// Models by name.
    pub models: Vec<ModelFile>,
    /// Names of what lies in `logs/`.
    pub logs: Vec<String>,
    /// What a person should know: keys that are not known or not in force, lines that cannot be read.
    pub notes: Vec<String>,
}

impl RunFolder {
    /// The best point of the curve: its number and the point; the first of several.
    pub fn best(&self) -> Option<(usize, ProgressPoint)> {
        let points = self.progress.iter().copied().enumerate().filter(|(_, p)| p.reward.is_finite());
        points.reduce(|a, b| if b.1.reward > a.1.reward { b } else { a })
    }

    /// The folder that a file or folder belongs to; `None` where there is none.
    pub fn around(path: &Path, world: &World) -> Option<Self> {
        let start = if path.is_dir() { Some(path) } else { path.parent() };
        let above = std::iter::successors(start, |p| p.parent()).take(HIGHEST + 1);
        above.map(|p| if p.as_os_str().is_empty() { Path::new(".") } else { p }).find(|p| is_run_folder(p)).map(
            |folder| {
                Self::read(folder, world).unwrap_or_else(|error| Self {
                    path: folder.to_path_buf(),
                    notes: vec![error.to_string()],
                    ..Self::default()
                })
            },
        )
    }

    /// Reads a folder. What is spoilt in it is told among the notes.
    ///
    /// # Errors
    /// A folder that is not there, or that holds nothing of a run.
    pub fn read(folder: &Path, world: &World) -> Result<Self> {
        if !folder.is_dir() {
            let what = "there is no such folder";
            return Err(Error::invalid(Place::file(folder), what, "Give the folder of a run: `…/seed-1-…/`."));
        }
        let mut run = Self { path: folder.to_path_buf(), names: names(folder), ..Self::default() };
        run.read_config(world);
        run.read_progress();
        run.evaluations = listed(&folder.join("evaluation_data"), &["csv"]);
        run.models = listed(&folder.join("models"), &["pt", "onnx"]).into_iter().map(model).collect();
        run.logs = listed(&folder.join("logs"), &[]).iter().map(|p| name_of(p)).collect();
        let nothing = run.setup.is_none()
            && run.progress.is_empty()
            && run.evaluations.is_empty()
            && run.models.is_empty()
            && run.notes.is_empty();
        if nothing {
            let what = "this is no run folder: it has no config.json, progress.txt, models/ or evaluation_data/";
            return Err(Error::invalid(Place::file(folder), what, "Give the folder of a run: `…/seed-1-…/`."));
        }
        Ok(run)
    }

    fn text(&mut self, name: &str) -> Option<(PathBuf, String)> {
        let path = self.path.join(name);
        let size = std::fs::metadata(&path).ok()?.len();
        if size > LARGEST {
            self.notes.push(format!("{}: larger than such a file is; left out", path.display()));
            return None;
        }
        match std::fs::read(&path) {
            Ok(bytes) => Some((path, String::from_utf8_lossy(&bytes).into_owned())),
            Err(error) => {
                self.notes.push(Error::io(&path, "read", error).to_string());
                None
            }
        }
    }

    fn read_config(&mut self, world: &World) {
        let Some((path, text)) = self.text("config.json") else { return };
        match setup_of(&path, &text, world) {
            Ok((setup, notes)) => {
                self.setup = Some(setup);
                self.notes.extend(notes);
            }
            Err(error) => self.notes.push(format!("{error}. {}", error.cure())),
        }
    }

    /// Reads `steps,reward` a line; a line of words above them is a header.
    fn read_progress(&mut self) {
        let Some((path, text)) = self.text("progress.txt") else { return };
        let mut bad = Vec::new();
        for (line, number) in text.lines().zip(1_u64..).filter(|(l, _)| !l.trim().is_empty()) {
            let cells = line.split([',', ';', '\t', ' ']).map(str::trim).filter(|c| !c.is_empty());
            let numbers: Option<Vec<f64>> = cells.map(|c| c.parse().ok()).collect();
            match numbers.as_deref() {
                Some([reward]) => {
                    self.progress.push(ProgressPoint { steps: self.progress.len() as f64 + 1.0, reward: *reward });
                }
                Some([steps, .., reward]) => self.progress.push(ProgressPoint { steps: *steps, reward: *reward }),
                _ if number == 1 => {}
                _ => bad.push(number),
            }
        }
        if let Some(first) = bad.first() {
            let place = Place::file(&path).at_line(*first);
            self.notes.push(format!("{place}: {} lines are not `steps,reward` and were left out", bad.len()));
        }
    }
}

/// Whether a folder is that of a run.
fn is_run_folder(folder: &Path) -> bool {
    let has = |name: &str| folder.join(name).exists();
    has("progress.txt") && (has("config.json") || has("models"))
        || has("config.json") && has("evaluation_data")
        || has("config.json") && has("models")
}

/// Names of the folders, from the right: `seed-<n>-<date>`, experiment, algorithm, location.
fn names(folder: &Path) -> Vec<(&'static str, String)> {
    let whole = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf());
    let parts: Vec<String> = whole.components().map(|c| c.as_os_str().to_string_lossy().into_owned()).collect();
    let Some(seed) = parts.last().filter(|p| p.starts_with("seed-")) else { return Vec::new() };
    let above = parts.iter().rev().skip(1).map(String::clone);
    let mut names: Vec<(&'static str, String)> =
        ["experiment", "algorithm", "location"].into_iter().zip(above).collect();
    names.reverse();
    names.push(("seed and date", seed.trim_start_matches("seed-").to_owned()));
    names
}

/// Files of a folder by name, numbers as numbers.
fn listed(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path());
    let fits = |path: &PathBuf| {
        let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase());
        path.is_file() && (endings.is_empty() || ending.is_some_and(|e| endings.contains(&e.as_str())))
    };
    let mut files: Vec<PathBuf> = entries.filter(fits).collect();
    files.sort_by_cached_key(|path| {
        let name = name_of(path);
        let digits: String = name.chars().filter(char::is_ascii_digit).collect();
        let letters: String = name.chars().filter(|c| !c.is_ascii_digit()).collect();
        (letters, digits.parse::<u64>().unwrap_or(0))
    });
    files
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

fn model(path: PathBuf) -> ModelFile {
    let bytes = std::fs::metadata(&path).map_or(0, |m| m.len());
    let name = name_of(&path);
    let agents = ["load shifting", "set point", "battery"];
    let agent = name.strip_prefix("actor_agent").and_then(|rest| rest.chars().next()?.to_digit(10));
    let is_onnx = name.ends_with(".onnx");
    let about = match agent.and_then(|k| agents.get(k as usize)) {
        Some(what) if is_onnx => format!("Actor of the {what} agent: it can drive its slot as it is."),
        Some(what) => format!(
            "Actor of the {what} agent, as PyTorch saved it. To drive a slot, export it to ONNX (`c2g-twin policy export-help`)."
        ),
        None if name.starts_with("critic") => "Critic: needed to train on, not to act.".to_owned(),
        None if name.starts_with("value_normalizer") => {
            "Scale of the critic's returns: needed to train on, not to act.".to_owned()
        }
        None if is_onnx => "A network; `c2g-twin policy check` tells which slot it fits.".to_owned(),
        None => "A model of another kind.".to_owned(),
    };
    ModelFile { path, bytes, about }
}

/// The setup that a `config.json` stands for, with what should be known of it.
fn setup_of(path: &Path, text: &str, world: &World) -> Result<(Setup, Vec<String>)> {
    let cure = "Restore the file as the training wrote it.";
    let json: Value = serde_json::from_str(text).map_err(|e| {
        let place = Place::file(path).at_line(e.line() as u64).at_column(e.column() as u64);
        Error::invalid(place, format!("this is not JSON: {e}"), cure)
    })?;
    let Value::Object(all) = &json else {
        return Err(Error::invalid(Place::file(path), "this is not a table of keys", cure));
    };
    let own = match all.get("env_args") {
        Some(Value::Object(own)) => own,
        Some(_) => return Err(Error::invalid(Place::file(path), "`env_args` is not a table of keys", cure)),
        None => all,
    };
    let name = path.display();
    let mut notes = Vec::new();
    let mut setup = Setup { plant: PLANT.to_owned(), ..Setup::default() };
    let base = world.configuration(&setup)?;
    let known: Vec<String> = base.keys("").into_iter().map(str::to_owned).collect();
    let mut layer = String::new();
    for (key, value) in own {
        match (key.as_str(), value) {
            ("location", Value::String(location)) => match city_of(location, Place::file(path)) {
                Ok(city) => drop(setup.axes.insert("location".to_owned(), city.key.to_owned())),
                Err(error) => notes.push(format!("{error}; New York is taken")),
            },
            ("month", value) => {
                let number = value.as_u64().map(|n| n as usize);
                let word = value.as_str().map(str::to_lowercase);
                let of = |m: &&str| number.is_some_and(|n| MONTHS.get(n) == Some(m)) || word.as_deref() == Some(*m);
                match MONTHS.iter().find(|m| of(m)) {
                    Some(month) => drop(setup.axes.insert("month".to_owned(), (*month).to_owned())),
                    None => notes.push(format!(
                        "{}: month {value} is not one of 0 (January) to 11; July is taken",
                        path.display()
                    )),
                }
            }
            ("workload_file", Value::String(file)) => {
                let bare = file.rsplit(['/', '\\']).next().unwrap_or(file);
                match LOADS.iter().find(|(.., known)| *known == bare) {
                    Some((axis, ..)) => drop(setup.axes.insert("workload".to_owned(), (*axis).to_owned())),
                    None => notes.push(format!(
                        "{name}: the load `{file}` is not built in; give its folder with --data and the file with --set \
                         workload_file={bare}"
                    )),
                }
            }
            (key, _) if IGNORED.contains(&key) => {
                notes.push(format!("{name}: `{key}` is ignored wherever a location is set, as in the source"));
            }
            (key, value) if known.iter().any(|k| k == key) => {
                // JSON is YAML.
                let candidate = format!("{key}: {value}\n");
                let mut trial = setup.clone();
                trial.layers = vec![Layer { name: name.to_string(), text: candidate.clone() }];
                match checks(world, &trial) {
                    Ok(()) => layer.push_str(&candidate),
                    Err(error) => notes.push(format!("{error}; left out")),
                }
            }
            (key, _) => notes.push(format!("{name}: `{key}` is not known and was left out")),
        }
    }
    if !layer.is_empty() {
        setup.layers.push(Layer { name: name.to_string(), text: layer });
    }
    for (key, what) in [("main_args", "algo"), ("main_args", "exp_name")] {
        if let Some(value) = all.get(key).and_then(|a| a.get(what)).and_then(Value::as_str) {
            notes.push(format!("{}: {value}", if what == "algo" { "Algorithm" } else { "Experiment" }));
        }
    }
    if let Some(seed) = all.get("algo_args").and_then(|a| a.get("seed")?.get("seed")?.as_u64()) {
        setup.seed = seed;
    }
    if let Ok(config) = world.configuration(&setup)
        && let Ok(params) = crate::plant::sustaindc::params::Params::from_document(&config)
    {
        notes.extend(params.warnings);
    }
    Ok((setup, notes))
}

/// Whether the plant takes a setup.
fn checks(world: &World, setup: &Setup) -> Result<()> {
    let config: Document = world.configuration(setup)?;
    crate::plant::sustaindc::params::Params::from_document(&config).map(|_| ())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn folder() -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let run = dir.path().join("results/sustaindc/ny/happo/exp7/seed-00001-2025-11-03-10-00-00");
        for sub in ["models", "logs", "evaluation_data"] {
            std::fs::create_dir_all(run.join(sub)).unwrap();
        }
        let write = |name: &str, text: &str| std::fs::write(run.join(name), text).unwrap();
        write(
            "config.json",
            r#"{"main_args": {"algo": "happo", "env": "sustaindc", "exp_name": "exp7"},
               "algo_args": {"seed": {"seed": 7, "seed_specify": true}},
               "env_args": {"location": "ny", "month": 6, "days_per_episode": 7, "flexible_load": 0.6,
                 "workload_file": "data/Workload/Alibaba_CPU_Data_Hourly_2.csv", "weather_file": "USA_NY_New.York-Kennedy.epw",
                 "individual_reward_weight": 7.5, "wandb": true, "max_bat_cap_Mw": 2.0}}"#,
        );
        write("progress.txt", "672,-3.5\n1344,-1.25\noops\n2016,-2.0\n");
        for n in ["9", "10", "1"] {
            write(&format!("evaluation_data/all_agents_episode_{n}.csv"), "x\n");
        }
        for name in ["actor_agent0.pt", "actor_agent2.onnx", "critic_agent.pt", "value_normalizer.pt"] {
            write(&format!("models/{name}"), "weights");
        }
        (dir, run)
    }

    #[test]
    fn a_run_folder_is_read_whole() {
        let (_dir, path) = folder();
        let run = RunFolder::read(&path, &World::default()).unwrap();
        let setup = run.setup.clone().unwrap();
        let axis = |name: &str| setup.axes.get(name).map(String::as_str);
        assert_eq!((axis("location"), axis("month"), axis("workload")), (Some("ny"), Some("july"), Some("alibaba_2")));
        assert_eq!((setup.seed, setup.layers.len()), (7, 1));
        assert!(setup.layers.first().unwrap().text.contains("days_per_episode: 7"));
        assert!(World::default().build(&setup).is_ok());
        let told = |words: &str| run.notes.iter().any(|n| n.contains(words));
        assert!(told("`wandb` is not known") && told("`weather_file` is ignored"), "{:?}", run.notes);
        assert!(told("individual_reward_weight") && told("`max_bat_cap_Mw` is not in force"), "{:?}", run.notes);
        assert!(told("progress.txt:3: 1 lines"), "{:?}", run.notes);
        assert_eq!(run.best(), Some((1, ProgressPoint { steps: 1344.0, reward: -1.25 })));
        let names: Vec<String> = run.evaluations.iter().map(|p| name_of(p)).collect();
        assert_eq!(names, ["1", "9", "10"].map(|n| format!("all_agents_episode_{n}.csv")));
        assert_eq!(run.models.len(), 4);
        assert!(run.models.iter().any(|m| m.about.contains("load shifting") && m.about.contains("export")));
        assert!(run.names.contains(&("algorithm", "happo".to_owned())));
        // A log in it knows its folder.
        let log = path.join("evaluation_data/all_agents_episode_9.csv");
        assert_eq!(RunFolder::around(&log, &World::default()).unwrap().setup, run.setup);
    }

    #[test]
    fn what_is_spoilt_is_told_and_nothing_is_lost() {
        let (_dir, path) = folder();
        std::fs::write(path.join("config.json"), "{\"env_args\": {\"location\": ").unwrap();
        let run = RunFolder::read(&path, &World::default()).unwrap();
        assert!(run.setup.is_none() && run.progress.len() == 3 && run.models.len() == 4);
        assert!(run.notes.iter().any(|n| n.contains("config.json:1:") && n.contains("not JSON")), "{:?}", run.notes);
        let empty = tempfile::tempdir().unwrap();
        assert!(RunFolder::read(empty.path(), &World::default()).unwrap_err().to_string().contains("no run folder"));
        assert!(RunFolder::around(empty.path(), &World::default()).is_none());
        assert!(RunFolder::read(&empty.path().join("none"), &World::default()).is_err());
    }
}
