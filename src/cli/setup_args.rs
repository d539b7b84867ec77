//! Flags that fix a run before its first tick.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::Args;

use crate::config::{Document, Error, Place, Result};
use crate::control::{ControllerRegistry, Setting, model_in};
use crate::rollout::{Layer, OnTrip, RegdFile, Setup};
use crate::trace::layout::nyiso_zone;

/// Flags that fix a run before its first tick.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Run")]
pub struct SetupArgs {
    /// Setup file (YAML); other flags override what stands in it
    #[arg(long, value_name = "FILE")]
    pub setup: Option<PathBuf>,
    /// Plant
    #[arg(long, value_name = "NAME")]
    pub plant: Option<String>,
    /// Controller of the macro slot
    #[arg(long = "macro", value_name = "NAME")]
    pub macro_agent: Option<String>,
    /// Controller of the hardware slot
    #[arg(long, value_name = "NAME")]
    pub hardware: Option<String>,
    /// Controller of any slot; a name that ends in .onnx is a network
    #[arg(long, value_name = "SLOT=NAME")]
    pub policy: Vec<String>,
    /// Folder of the hardware network (sac, ppo): final_model.onnx, else the only ONNX file in it
    #[arg(long, value_name = "DIR")]
    pub hw_model_dir: Option<PathBuf>,
    /// Folder of the macro network (sac_macro, ppo_macro)
    #[arg(long, value_name = "DIR")]
    pub macro_model_dir: Option<PathBuf>,
    /// Runs networks on this libonnxruntime instead of the built-in engine
    #[arg(long, value_name = "PATH")]
    pub onnxruntime: Option<PathBuf>,
    /// Pins a lever for the whole run
    #[arg(long, visible_alias = "pin", value_name = "[SLOT.]ACTION=VALUE", allow_hyphen_values = true)]
    pub fixed_action: Vec<String>,
    /// Seed of every random stream
    #[arg(long)]
    pub seed: Option<u64>,
    /// Noise: counter, numpy, recorded=FILE[+FILE]
    #[arg(long, value_name = "MODE")]
    pub noise: Option<String>,
    /// Begin of the episode in local site time; without it every series plays from its first record
    #[arg(long, value_name = "MM-DD HH:MM")]
    pub start: Option<String>,
    /// Ticks to run; without it one episode
    #[arg(long)]
    pub ticks: Option<u64>,
    /// Go on past the episode's end with the same plant state
    #[arg(long)]
    pub continuous: bool,
    /// What a trip does: stop, restart, ride-through
    #[arg(long, value_name = "WHAT")]
    pub on_trip: Option<String>,
    /// Folder of real data in the layout of C2G-Bench's `data/processed` or of SustainDC's `data`
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Recorded regulation signal (CSV, last column −1 to 1) in place of the market's own; real PJM RegD fits
    #[arg(long, value_name = "FILE")]
    pub regd: Option<PathBuf>,
    /// Seconds between two values of --regd; 2 without it
    #[arg(long, value_name = "S", requires = "regd")]
    pub regd_step: Option<f64>,
    /// Load zone of the NYISO market
    #[arg(long, value_name = "ZONE")]
    pub nyiso_zone: Option<String>,
    /// Commitment while nobody bids, MW
    #[arg(long, value_name = "MW")]
    pub commit_mw: Option<f64>,
    /// Configuration file (YAML) on top of the built-in one
    #[arg(long, value_name = "FILE")]
    pub config: Vec<PathBuf>,
    /// Changes one value of the configuration
    #[arg(long, value_name = "PATH=VALUE", allow_hyphen_values = true)]
    pub set: Vec<String>,
}

/// Splits `name=value`; `flag` stands in the error message.
fn split<'a>(flag: &str, text: &'a str, shape: &str) -> Result<(&'a str, &'a str)> {
    text.split_once('=').map(|(n, v)| (n.trim(), v.trim())).filter(|(n, v)| !n.is_empty() && !v.is_empty()).ok_or_else(
        || {
            Error::invalid(
                Place::source(flag.to_owned()),
                format!("`{text}` is not of the form {shape}"),
                format!("Write {flag} {shape}."),
            )
        },
    )
}

/// A pinned lever and its value, `ACTION=VALUE`; `flag` stands in the error message.
pub(super) fn pin(flag: &str, text: &str) -> Result<(String, f64)> {
    let (name, value) = split(flag, text, "ACTION=VALUE")?;
    let number = value.parse::<f64>().ok().filter(|v| v.is_finite()).ok_or_else(|| {
        let what = format!("`{value}` for `{name}` is not a finite number");
        Error::invalid(Place::source(flag.to_owned()), what, "Give a number inside the action's range.")
    })?;
    Ok((name.to_owned(), number))
}

impl SetupArgs {
    /// The setup that these flags describe, on top of `base`.
    ///
    /// # Errors
    /// Files that cannot be read, flags that are malformed.
    pub fn to_setup(&self, base: Setup, axes: &BTreeMap<String, String>) -> Result<Setup> {
        let mut setup = match &self.setup {
            Some(path) => Setup::from_file(path)?,
            None => base,
        };
        if let Some(plant) = self.plant.as_ref().filter(|plant| **plant != setup.plant) {
            // Controllers, start and choices of one plant mean nothing to another.
            setup = Setup { plant: plant.clone(), ..Setup::default() };
        }
        setup.axes.extend(axes.iter().map(|(k, v)| (k.clone(), v.clone())));
        for (slot, name) in [("macro", &self.macro_agent), ("hardware", &self.hardware)] {
            if let Some(name) = name {
                setup.policies.insert(slot.to_owned(), name.clone());
            }
        }
        for text in &self.policy {
            let (slot, name) = split("--policy", text, "SLOT=NAME")?;
            setup.policies.insert(slot.to_owned(), name.to_owned());
        }
        for text in &self.fixed_action {
            let (name, value) = pin("--fixed-action", text)?;
            setup.fixed_actions.insert(name, value);
        }
        if let Some(seed) = self.seed {
            setup.seed = seed;
        }
        if let Some(noise) = &self.noise {
            setup.noise.clone_from(noise);
        }
        if let Some(start) = &self.start {
            setup.start = Some(start.clone());
        }
        if let Some(ticks) = self.ticks {
            setup.ticks = Some(ticks);
        }
        if setup.ticks == Some(0) {
            let place = match (&self.setup, self.ticks) {
                (Some(path), None) => Place::file(path),
                _ => Place::source("--ticks"),
            };
            return Err(Error::invalid(
                place,
                "there are no ticks to run",
                "Give a number of ticks from 1 up, or none for one episode.",
            ));
        }
        setup.continuous |= self.continuous;
        if let Some(what) = &self.on_trip {
            setup.on_trip = OnTrip::from_str(what)?;
        }
        if let Some(dir) = &self.data {
            setup.data = Some(dir.clone());
        }
        if let Some(file) = &self.regd {
            setup.regd = Some(RegdFile { file: file.clone(), step_s: self.regd_step.unwrap_or(2.0) });
        }
        for path in &self.config {
            // Read here so that the log header holds the text; parsed (with its own error) when the run is built.
            Document::new().layer_file(path)?;
            let text = std::fs::read_to_string(path).map_err(|e| Error::io(path, "read", e))?;
            setup.layers.push(Layer { name: path.display().to_string(), text });
        }
        setup.set.extend(self.networks()?);
        setup.set.extend(self.set.iter().cloned());
        if let Some(zone) = &self.nyiso_zone {
            setup.set.push(format!("data.nyiso_zone={}", nyiso_zone(zone)?));
        }
        if let Some(mw) = self.commit_mw {
            setup.set.push(format!("commitment.fixed_mw={mw}"));
        }
        Ok(setup)
    }
}

impl SetupArgs {
    /// Changes of the configuration that name networks and the engine that runs them.
    fn networks(&self) -> Result<Vec<String>> {
        let registry = ControllerRegistry::builtin();
        let text = |path: &Path| Setting::Text(path.display().to_string()).to_yaml();
        let mut changes = Vec::new();
        for (slot, flag, dir) in
            [("hardware", "--hw-model-dir", &self.hw_model_dir), ("macro", "--macro-model-dir", &self.macro_model_dir)]
        {
            let Some(dir) = dir else { continue };
            let model = text(&model_in(dir, flag, slot)?);
            let agents = registry.cards().filter(|c| c.takes_model() && c.slots.iter().any(|s| s == slot));
            changes.extend(agents.map(|card| format!("{}={model}", card.model_key())));
        }
        changes.extend(self.onnxruntime.iter().map(|path| format!("control.onnx.runtime={}", text(path))));
        Ok(changes)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn flags_override_a_setup() {
        let args = SetupArgs {
            hardware: Some("pid".into()),
            fixed_action: vec!["bess_dispatch=-0.5".into()],
            commit_mw: Some(12.0),
            ..SetupArgs::default()
        };
        let setup = args.to_setup(Setup::default_day().unwrap(), &BTreeMap::new()).unwrap();
        assert_eq!(setup.policy("hardware"), Some("pid"));
        assert_eq!(setup.policy("macro"), Some("rule_macro"));
        assert_eq!(setup.fixed_actions.get("bess_dispatch"), Some(&-0.5));
        assert_eq!(setup.set, ["commitment.fixed_mw=12"]);
    }

    #[test]
    fn another_plant_begins_with_its_own_defaults() {
        let args = SetupArgs { plant: Some("sustaindc".into()), seed: Some(7), ..SetupArgs::default() };
        let setup = args.to_setup(Setup::default_day().unwrap(), &BTreeMap::new()).unwrap();
        assert_eq!((setup.plant.as_str(), setup.seed), ("sustaindc", 7));
        assert!(setup.policies.is_empty() && setup.start.is_none() && setup.axes.is_empty());
        let args = SetupArgs { plant: Some("c2g".into()), ..SetupArgs::default() };
        let day = Setup::default_day().unwrap();
        assert_eq!(args.to_setup(day.clone(), &BTreeMap::new()).unwrap(), day);
    }

    #[test]
    fn a_pin_that_is_no_number_is_refused_with_its_name() {
        for bad in ["bess_dispatch=full", "bess_dispatch=nan", "bess_dispatch=inf", "bess_dispatch", "=1"] {
            let args = SetupArgs { fixed_action: vec![bad.into()], ..SetupArgs::default() };
            let error = args.to_setup(Setup::default(), &BTreeMap::new()).unwrap_err();
            assert!(error.to_string().starts_with("--fixed-action"), "{error}");
        }
    }
}
