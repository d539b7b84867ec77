//! The one stepping loop: plant, controllers, shield, pins and inputs in, one row of signals per tick out.
//!
//! Headless runs, the live session, verification and the benchmark all call it. Order of actuation on a tick:
//! controller → hand on the lever → shield → cast and clip → pins → physics.

mod engine;
mod intervention;
mod schema;
mod setup;
mod shadow;
mod snapshot;
mod why;
mod words;
mod world;

pub use engine::{Before, End, EndKind, EventRecord, Rollout, SlotState, Step};
pub use intervention::{Intervention, LeverMode, LoggedIntervention};
pub use schema::{ActionColumns, Schema};
pub use setup::{Layer, OnTrip, RegdFile, Setup};
pub use shadow::{Shadow, ShadowState};
pub use snapshot::Snapshot;
pub use why::{
    Because, DealWhy, FactorWhy, LeverWhy, Normal, Probe, SeenWhy, ServiceWhy, SlotWhy, Stage, StageKind, StepWhy,
    TermWhy, Trial, Why,
};
pub use world::World;
