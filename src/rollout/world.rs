//! The plants and controllers that exist, and how a setup becomes a run.

use std::str::FromStr;
use std::sync::Arc;

use crate::config::{Document, Error, Place, Result};
use crate::control::ControllerRegistry;
use crate::noise::{self, Noise, NoiseKind};
use crate::plant::{BuildRequest, Plant, PlantFactory, PlantRegistry, PlantSpec};
use crate::trace::{Embedded, Folder, NormalsFactory, RegdSignal, Start, TraceSource, WithRegd};

use super::engine::{Parts, Rollout};
use super::setup::Setup;

/// Everything that can be built by name.
#[derive(Clone)]
pub struct World {
    /// Plants.
    pub plants: PlantRegistry,
    /// Controllers.
    pub controllers: ControllerRegistry,
}

impl Default for World {
    fn default() -> Self {
        Self { plants: PlantRegistry::builtin(), controllers: ControllerRegistry::builtin() }
    }
}

/// Sections of a configuration that may be absent from the built-in layers of every plant.
const OPTIONAL_SECTIONS: [&str; 3] = ["thermal_override", "commitment", "data"];

impl World {
    /// The effective configuration of a setup: built-in layers, the axes' layers, the person's files and changes.
    ///
    /// # Errors
    /// Unknown plants, axes, choices, sections and controllers; syntax errors; each with its place and cure.
    pub fn configuration(&self, setup: &Setup) -> Result<Document> {
        let factory = self.plants.get(&setup.plant, Place::source("--plant"))?;
        let axes = factory.axes();
        for (name, value) in &setup.axes {
            let Some(axis) = axes.iter().find(|a| a.name == *name) else {
                let known = axes.iter().map(|a| a.name.as_str());
                return Err(Error::unknown(Place::source(format!("--{name}")), "axis", name, known));
            };
            // Choices that a person's own file adds are checked by the plant itself.
            let known: Vec<&str> = axis.choices.iter().map(|c| c.name.as_str()).collect();
            if setup.layers.is_empty() && !known.contains(&value.as_str()) {
                return Err(Error::unknown(Place::source(format!("--{name}")), "choice", value, known));
            }
        }
        let mut config = Document::new();
        for (name, text) in factory.layers() {
            config.layer_text(&name, &text)?;
        }
        for (name, text) in self.controllers.layers() {
            config.layer_text(&name, &text)?;
        }
        for (name, text) in factory.axis_layers(&setup.axes) {
            config.layer_text(&name, &text)?;
        }
        let known: Vec<String> =
            config.keys("").into_iter().map(|k| k.to_string()).chain(OPTIONAL_SECTIONS.map(str::to_owned)).collect();
        for layer in &setup.layers {
            config.layer_text(&layer.name, &layer.text)?;
        }
        for change in &setup.set {
            config.set(change)?;
        }
        for key in config.keys("") {
            if !known.iter().any(|k| k.as_str() == key) {
                return Err(Error::unknown(config.key_place(key), "section", key, known));
            }
        }
        Ok(config)
    }

    /// Builds a run and begins its episode.
    ///
    /// # Errors
    /// Everything that can be wrong with a setup, each with its place and cure.
    pub fn build(&self, setup: &Setup) -> Result<Rollout> {
        let config = self.configuration(setup)?;
        self.build_with(setup, config)
    }

    /// Builds a run from a configuration that is effective already (a log's header).
    ///
    /// # Errors
    /// As [`World::build`].
    pub fn build_with(&self, setup: &Setup, config: Document) -> Result<Rollout> {
        self.build_on(setup, config, self.traces(setup)?)
    }

    /// The exogenous series of a setup: the embedded set, or its folder with what was read from it so far; the recorded
    /// regulation signal beside them.
    ///
    /// # Errors
    /// When the folder does not exist or holds no series, or the signal cannot be read.
    pub fn traces(&self, setup: &Setup) -> Result<Arc<dyn TraceSource>> {
        let traces: Arc<dyn TraceSource> = match &setup.data {
            Some(dir) => Arc::new(Folder::open(dir)?.with_normals(reference_normals(setup.seed))),
            None => Arc::new(Embedded),
        };
        Ok(match &setup.regd {
            Some(regd) => Arc::new(WithRegd::new(traces, RegdSignal::read(&regd.file, regd.step_s)?)),
            None => traces,
        })
    }

    /// Builds a run on series that are shared with others. They must be those of [`World::traces`] for the same folder
    /// and seed: a file that is missing there is generated from the seed.
    ///
    /// # Errors
    /// As [`World::build`].
    pub fn build_on(&self, setup: &Setup, config: Document, traces: Arc<dyn TraceSource>) -> Result<Rollout> {
        let factory = self.plants.get(&setup.plant, Place::source("--plant"))?;
        let start = setup.start.as_deref().map(Start::from_str).transpose()?;
        let request = BuildRequest { config: &config, axes: &setup.axes, traces: &*traces, start, seed: setup.seed };
        let plant = factory.build(&request)?;
        if setup.regd.is_some() && plant.spec().input("regd").is_none() {
            return Err(Error::invalid(
                Place::source("--regd"),
                format!("plant `{}` follows no regulation signal", setup.plant),
                "Leave --regd out, or run plant c2g.",
            ));
        }
        let noise = build_noise(setup, plant.spec())?;
        let warnings = traces.warnings();
        let regd_crc32 = traces.regd().and_then(RegdSignal::crc32);
        let controllers = self.controllers.clone();
        Rollout::assemble(Parts { setup: setup.clone(), regd_crc32, plant, noise, controllers, config, warnings })
    }

    /// The tables of a plant as a setup makes them, without a run: what a recorded log is shown on. Controllers and
    /// noise need not exist here, and a data folder that is not here is replaced by the embedded set.
    ///
    /// # Errors
    /// An unknown plant or choice, a configuration that is spoilt.
    pub fn tables(&self, setup: &Setup, config: &Document) -> Result<PlantSpec> {
        let factory = self.plants.get(&setup.plant, Place::source("--plant"))?;
        let start = setup.start.as_deref().map(Start::from_str).transpose()?;
        let build = |traces: &dyn TraceSource| {
            factory.build(&BuildRequest { config, axes: &setup.axes, traces, start, seed: setup.seed })
        };
        let folder = setup.data.as_ref().and_then(|dir| Folder::open(dir).ok());
        let plant = match folder.map(|folder| build(&folder.with_normals(reference_normals(setup.seed)))) {
            Some(Ok(plant)) => plant,
            Some(Err(_)) | None => build(&Embedded)?,
        };
        Ok(PlantSpec::clone(plant.spec()))
    }

    /// Puts a run together from a plant and a noise that were built elsewhere (recorded inputs, golden runs).
    ///
    /// # Errors
    /// Unknown slots, controllers and levers.
    pub fn assemble(
        &self,
        setup: &Setup,
        plant: Box<dyn Plant>,
        noise: Box<dyn Noise>,
        config: Document,
    ) -> Result<Rollout> {
        Rollout::assemble(Parts {
            setup: setup.clone(),
            regd_crc32: None,
            plant,
            noise,
            controllers: self.controllers.clone(),
            config,
            warnings: Vec::new(),
        })
    }

    /// The factory of a plant.
    pub fn factory(&self, name: &str) -> Result<&Arc<dyn PlantFactory>> {
        self.plants.get(name, Place::source("--plant"))
    }
}

/// Normals of the reference's stand-in load: its own generator, seeded with the run's seed + 999 (core 6.2).
fn reference_normals(seed: u64) -> NormalsFactory {
    Arc::new(move || {
        let mut generator = noise::numpy::Generator::new(seed.wrapping_add(999));
        Box::new(std::iter::repeat_with(move || generator.standard_normal()))
    })
}

fn build_noise(setup: &Setup, spec: &PlantSpec) -> Result<Box<dyn Noise>> {
    noise::build(&NoiseKind::from_str(&setup.noise)?, setup.seed, &spec.streams)
}
