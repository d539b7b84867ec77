//! Results of a benchmark as they lie in its files: a row per episode, or a row of means and deviations.
//!
//! Columns are found by their names (control 5.1, 5.2); ones that are missing are missing, others that hold numbers are
//! metrics. Rows are gathered into *frames*, within which agents are comparable: same kind of agent, market, fidelity,
//! noise. A frame holds groups, one for each scenario and agent.
#![deny(clippy::indexing_slicing)]

mod gather;
mod read;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::configurations::Configurations;
use super::statistics::Moments;
use crate::config::{Error, Place, Result};

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A row per episode.
    Episodes,
    /// A row of means per agent and scenario, with deviations.
    Means,
}

/// A file that was read.
#[derive(Debug, Clone)]
pub struct Source {
    /// Where it lies.
    pub path: PathBuf,
    /// What it holds.
    pub shape: Shape,
    /// Rows that were taken.
    pub rows: usize,
}

/// One metric of one group.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Cell {
    value: f64,
    std: f64,
}

/// One row of a file.
#[derive(Debug, Clone)]
struct Row {
    source: usize,
    line: u64,
    keys: Vec<(String, String)>,
    scenario: String,
    agent: String,
    hash: String,
    seed: Option<u64>,
    /// Episodes that the row is a mean of; 1 for an episode.
    episodes: usize,
    /// By place in [`Results::metrics`]; NaN where the cell is empty.
    cells: Vec<Cell>,
}

/// All episodes, or the means, of one agent in one scenario.
#[derive(Debug, Clone)]
pub struct Group {
    /// Scenario, or whatever the plant's first axis is.
    pub scenario: String,
    /// Name of the agent, with a number where the same agent came in several configurations.
    pub agent: String,
    /// Whether single episodes are known.
    pub shape: Shape,
    /// Hashes of the configurations it was run with; empty where the file does not tell.
    pub hashes: BTreeSet<String>,
    rows: Vec<Row>,
}

impl Group {
    /// Values of a metric with their seeds, in the order of the file. Empty where only means are known.
    pub fn values(&self, metric: usize) -> Vec<(Option<u64>, f64)> {
        if self.shape == Shape::Means {
            return Vec::new();
        }
        let cell = |row: &Row| row.cells.get(metric).map(|c| (row.seed, c.value));
        self.rows.iter().filter_map(cell).filter(|(_, v)| !v.is_nan()).collect()
    }

    /// Count, mean and deviation of a metric; `None` where nothing stands in the file.
    pub fn moments(&self, metric: usize) -> Option<Moments> {
        match self.shape {
            Shape::Episodes => {
                let values: Vec<f64> = self.values(metric).into_iter().map(|(_, v)| v).collect();
                (!values.is_empty()).then(|| Moments::of(&values))
            }
            Shape::Means => {
                let row = self.rows.first()?;
                let cell = row.cells.get(metric).filter(|c| !c.value.is_nan())?;
                Some(Moments {
                    n: row.episodes,
                    mean: cell.value,
                    std: if row.episodes < 2 { f64::NAN } else { cell.std },
                })
            }
        }
    }

    /// Number of episodes behind it.
    pub fn episodes(&self) -> usize {
        self.rows.iter().map(|r| r.episodes).sum()
    }

    /// Seeds of its episodes, in the order of the file.
    pub fn seeds(&self) -> Vec<u64> {
        self.rows.iter().filter_map(|r| r.seed).collect()
    }
}

/// Rows within which agents are comparable.
#[derive(Debug, Clone)]
pub struct Frame {
    /// What its rows share, as column and value: kind of agent, market, fidelity, noise, further axes.
    pub keys: Vec<(String, String)>,
    /// Scenarios in the order in which they come.
    pub scenarios: Vec<String>,
    /// Agents in the order in which they come.
    pub agents: Vec<String>,
    /// One for each scenario and agent that has rows.
    pub groups: Vec<Group>,
}

impl Frame {
    /// The group of an agent in a scenario.
    pub fn group(&self, scenario: &str, agent: &str) -> Option<&Group> {
        self.groups.iter().find(|g| g.scenario == scenario && g.agent == agent)
    }

    /// What its rows share, in a few words ("hardware · market nyiso · noise numpy").
    pub fn title(&self) -> String {
        let word = |(key, value): &(String, String)| match key.as_str() {
            "type" => value.clone(),
            key => format!("{key} {value}"),
        };
        let words: Vec<String> = self.keys.iter().map(word).collect();
        if words.is_empty() { "all rows".to_owned() } else { words.join(" · ") }
    }

    /// The same as part of a file name.
    pub fn slug(&self) -> String {
        let values: Vec<&str> = self.keys.iter().map(|(_, v)| v.as_str()).collect();
        let safe = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.') { c } else { '_' };
        values.join("_").chars().map(safe).collect()
    }
}

/// Everything that was read, in order.
#[derive(Debug, Clone)]
pub struct Results {
    /// The files.
    pub sources: Vec<Source>,
    /// Names of all metrics; groups refer to them by place.
    pub metrics: Vec<String>,
    /// Frames in the order in which their first rows come.
    pub frames: Vec<Frame>,
    /// What the rows were made with, where a file beside the tables tells.
    pub configurations: Configurations,
    /// What a person should know of the files: rows that were left out, settings that were mixed.
    pub notes: Vec<String>,
}

impl Results {
    /// Reads one or several files as one set of results.
    ///
    /// # Errors
    /// When a file cannot be read, names neither agent nor scenario, or leaves no usable row.
    pub fn read<P: AsRef<Path>>(paths: &[P]) -> Result<Self> {
        let mut table = read::Table::default();
        for path in paths {
            table.take(path.as_ref())?;
        }
        let mut results = gather::gather(table);
        for path in paths {
            results.configurations.join(Configurations::read(&Configurations::beside(path.as_ref()))?);
        }
        Ok(results)
    }

    /// Place of a metric.
    ///
    /// # Errors
    /// When no file has it.
    pub fn metric(&self, name: &str) -> Result<usize> {
        let known = || Error::unknown(Place::source("--metric"), "metric", name, self.metrics.iter().cloned());
        self.metrics.iter().position(|m| m == name).ok_or_else(known)
    }

    /// All agents, each once.
    pub fn agents(&self) -> Vec<String> {
        let mut agents: Vec<String> = Vec::new();
        for agent in self.frames.iter().flat_map(|f| &f.agents) {
            if !agents.contains(agent) {
                agents.push(agent.clone());
            }
        }
        agents
    }

    /// Keeps some scenarios only.
    ///
    /// # Errors
    /// When one of them is in no file.
    pub fn only_scenarios(&mut self, wanted: &[String]) -> Result<()> {
        let known: BTreeSet<String> = self.frames.iter().flat_map(|f| f.scenarios.iter().cloned()).collect();
        for name in wanted {
            if !known.contains(name) {
                return Err(Error::unknown(Place::source("--scenario"), "scenario", name, known));
            }
        }
        self.keep(|group| wanted.is_empty() || wanted.contains(&group.scenario));
        Ok(())
    }

    fn keep(&mut self, wanted: impl Fn(&Group) -> bool) {
        for frame in &mut self.frames {
            frame.groups.retain(&wanted);
            let groups = &frame.groups;
            frame.scenarios.retain(|s| groups.iter().any(|g| &g.scenario == s));
            frame.agents.retain(|a| groups.iter().any(|g| &g.agent == a));
        }
        self.frames.retain(|f| !f.groups.is_empty());
    }
}
