//! Everything that fixes a run before its first tick, as it stands in files, flags and log headers.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::config::{Document, Error, Place, Result};

/// What a run does when a limit ends the episode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnTrip {
    /// Ends the run.
    #[default]
    Stop,
    /// Begins a new episode with the next seed.
    Restart,
    /// Goes on as if nothing had happened.
    RideThrough,
}

impl FromStr for OnTrip {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text.replace('-', "_").as_str() {
            "stop" => Ok(Self::Stop),
            "restart" => Ok(Self::Restart),
            "ride_through" => Ok(Self::RideThrough),
            _ => Err(Error::unknown(Place::source("--on-trip"), "choice", text, ["stop", "restart", "ride-through"])),
        }
    }
}

/// A layer of configuration that a person gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    /// File name, for error messages.
    pub name: String,
    /// YAML text.
    pub text: String,
}

fn one() -> u64 {
    42
}

fn counter() -> String {
    "counter".to_owned()
}

fn c2g() -> String {
    "c2g".to_owned()
}

/// Everything that fixes a run before its first tick.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setup {
    /// Plant in the registry.
    #[serde(default = "c2g")]
    pub plant: String,
    /// Chosen value of each of the plant's axes.
    #[serde(default)]
    pub axes: BTreeMap<String, String>,
    /// Controller of each slot; slots that are absent take their default.
    #[serde(default)]
    pub policies: BTreeMap<String, String>,
    /// Levers that are pinned from the start, by `slot.action` or a unique action name.
    #[serde(default)]
    pub fixed_actions: BTreeMap<String, f64>,
    /// Seed of every random stream.
    #[serde(default = "one")]
    pub seed: u64,
    /// Noise mode: `counter`, `numpy`, `recorded=FILE`.
    #[serde(default = "counter")]
    pub noise: String,
    /// Begin of the episode, `MM-DD HH:MM` local site time.
    #[serde(default)]
    pub start: Option<String>,
    /// Folder of real data; `None` plays the embedded set.
    #[serde(default)]
    pub data: Option<PathBuf>,
    /// Ticks to run; `None` is one episode.
    #[serde(default)]
    pub ticks: Option<u64>,
    /// Go on past the episode's end with the same plant state.
    #[serde(default)]
    pub continuous: bool,
    /// Controllers keep what they remember when a new episode begins (as the source's benchmark does).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub carry_state: bool,
    /// What a trip does.
    #[serde(default)]
    pub on_trip: OnTrip,
    /// Configuration on top of the plant's own, lowest first.
    #[serde(default)]
    pub layers: Vec<Layer>,
    /// `path=value` changes on top of the layers.
    #[serde(default)]
    pub set: Vec<String>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            plant: c2g(),
            axes: BTreeMap::new(),
            policies: BTreeMap::new(),
            fixed_actions: BTreeMap::new(),
            seed: one(),
            noise: counter(),
            start: None,
            data: None,
            ticks: None,
            continuous: false,
            carry_state: false,
            on_trip: OnTrip::Stop,
            layers: Vec::new(),
            set: Vec::new(),
        }
    }
}

/// The day that window, headless start, pictures and benches show.
const DEFAULT_DAY: &str = include_str!("../../configs/default_day.yaml");

impl Setup {
    /// Reads a setup from YAML text; `name` stands in error messages.
    pub fn from_yaml(name: &str, text: &str) -> Result<Self> {
        let mut document = Document::new();
        document.layer_text(name, text)?;
        document.fill("")
    }

    /// Reads a setup from a YAML file.
    pub fn from_file(path: &Path) -> Result<Self> {
        let mut document = Document::new();
        document.layer_file(path)?;
        document.fill("")
    }

    /// The default day: July, rule_macro over rule_based.
    pub fn default_day() -> Result<Self> {
        Self::from_yaml("configs/default_day.yaml", DEFAULT_DAY)
    }

    /// Controller named for a slot.
    pub fn policy(&self, slot: &str) -> Option<&str> {
        self.policies.get(slot).map(String::as_str)
    }
}
