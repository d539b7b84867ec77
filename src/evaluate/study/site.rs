//! What studies of the C2G plant begin with: its parameters, and what scenario and market make of them.

use std::collections::BTreeMap;
use std::path::Path;

use super::Values;
use super::values::Parameter;
use crate::config::{Document, Result};
use crate::plant::c2g::data::Choice;
use crate::plant::c2g::params::Params;
use crate::plant::c2g::resolve;
use crate::rollout::{Setup, World};

/// The plant as a study's parameters `scenario`, `market` and `fidelity` make it, without a run.
pub struct Site {
    /// Constants.
    pub params: Params,
    /// Scenario and markets in force.
    pub chosen: Choice,
    /// The whole configuration.
    pub config: Document,
}

impl Site {
    /// Builds it. Parameters that a study does not have take the plant's defaults.
    ///
    /// # Errors
    /// A configuration that is spoilt.
    pub fn new(world: &World, values: &Values) -> Result<Self> {
        let setup = setup(values);
        let config = world.configuration(&setup)?;
        let params = Params::from_document(&config)?;
        let axis = |name: &str, default: &str| setup.axes.get(name).cloned().unwrap_or_else(|| default.to_owned());
        let chosen = resolve(&params, &axis("scenario", "default"), &axis("market", ""), &config)?;
        Ok(Self { params, chosen, config })
    }
}

/// A setup with the axes that a study's parameters name, and its `seed`.
pub fn setup(values: &Values) -> Setup {
    let mut axes = BTreeMap::new();
    for name in ["scenario", "market", "fidelity"] {
        let chosen = values.chosen(name);
        if !chosen.is_empty() {
            axes.insert(name.to_owned(), chosen.to_owned());
        }
    }
    let seed = values.get("seed");
    let defaults = Setup::default();
    let seed = if seed.is_finite() { seed.max(0.0) as u64 } else { defaults.seed };
    Setup { axes, seed, data: values.data().map(Path::to_path_buf), ..defaults }
}

/// Choices of an axis of the C2G plant as a parameter.
fn axis(world: &World, name: &str, label: &str) -> Result<Parameter> {
    let axes = world.plants.get("c2g", crate::config::Place::source("study"))?.axes();
    let found = axes.into_iter().find(|a| a.name == name);
    let (choices, value) = found.map(|a| (a.choices, a.value)).unwrap_or_default();
    let default = choices.iter().position(|c| c.name == value).unwrap_or(0);
    Ok(Parameter::choice(name, label, choices.into_iter().map(|c| (c.name, c.label)), default))
}

/// The scenarios as a parameter `scenario`.
///
/// # Errors
/// When the plant's axes cannot be read.
pub fn scenario_choices(world: &World) -> Result<Parameter> {
    axis(world, "scenario", "Scenario")
}

/// Documented or as shipped, as a parameter `fidelity`.
///
/// # Errors
/// When the plant's axes cannot be read.
pub fn fidelity_choices(world: &World) -> Result<Parameter> {
    axis(world, "fidelity", "Fidelity")
}

/// The markets as a parameter `market`.
///
/// # Errors
/// When the plant's axes cannot be read.
pub fn market_choices(world: &World) -> Result<Parameter> {
    axis(world, "market", "Market")
}
