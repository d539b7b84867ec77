//! Plants by name: what is registered here appears on the command line and in the whole window.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::config::{Document, Error, Place, Result};
use crate::trace::{Start, TraceSource};

use super::{Axis, Plant, c2g, sustaindc};

/// What a factory is handed to build a plant.
pub struct BuildRequest<'a> {
    /// The effective configuration: the factory's defaults with the person's layers on top.
    pub config: &'a Document,
    /// Chosen value of each axis; axes that are absent take their default.
    pub axes: &'a BTreeMap<String, String>,
    /// Exogenous series.
    pub traces: &'a dyn TraceSource,
    /// Moment of the year at which the episode begins; `None` plays every series from its first record.
    pub start: Option<Start>,
    /// Seed of the run, for what is drawn before the first tick: where an episode begins.
    pub seed: u64,
}

/// Makes plants of one kind.
pub trait PlantFactory: Send + Sync {
    /// Name on the command line.
    fn name(&self) -> &str;

    /// One line about the plant.
    fn about(&self) -> &str;

    /// Axes with their choices and defaults, as far as they are known without building.
    fn axes(&self) -> Vec<Axis>;

    /// Built-in configuration layers: name and YAML text, lowest first.
    fn layers(&self) -> Vec<(String, String)>;

    /// Layers that a choice of axes adds on top of [`PlantFactory::layers`].
    fn axis_layers(&self, axes: &BTreeMap<String, String>) -> Vec<(String, String)> {
        let _ = axes;
        Vec::new()
    }

    /// Builds a plant. Errors name the file, the key and the cure.
    fn build(&self, request: &BuildRequest<'_>) -> Result<Box<dyn Plant>>;
}

/// The plants that exist.
#[derive(Clone, Default)]
pub struct PlantRegistry {
    factories: Vec<Arc<dyn PlantFactory>>,
}

impl PlantRegistry {
    /// No plants.
    pub fn empty() -> Self {
        Self::default()
    }

    /// The plants that ship with the product.
    pub fn builtin() -> Self {
        let mut registry = Self::empty();
        registry.register(Arc::new(c2g::Factory));
        registry.register(Arc::new(sustaindc::Factory));
        registry
    }

    /// Adds a plant; a later one of the same name replaces the earlier.
    pub fn register(&mut self, factory: Arc<dyn PlantFactory>) {
        self.factories.retain(|f| f.name() != factory.name());
        self.factories.push(factory);
    }

    /// Names in order of registration.
    pub fn names(&self) -> Vec<&str> {
        self.factories.iter().map(|f| f.name()).collect()
    }

    /// The factory of a plant; `place` says where the name was read.
    pub fn get(&self, name: &str, place: Place) -> Result<&Arc<dyn PlantFactory>> {
        self.factories
            .iter()
            .find(|f| f.name() == name)
            .ok_or_else(|| Error::unknown(place, "plant", name, self.names()))
    }
}
