//! Two toy plants that prove the tables: nothing outside this folder knows them, and yet they run, are recorded,
//! rewound, shown and verified like the plant that ships.
//!
//! - [`three_agents`]: three discrete slots on quarter-hour ticks in one data hall;
//! - [`chargers`]: so many chargers as its configuration says (129), as many actions in one slot that decides every
//!   fourth tick, and as many random streams.
//!
//! Both register through the public registries: [`registry`] and [`world`] are all that a test needs.

#![allow(dead_code, reason = "every test crate that shares this folder uses a part of it")]
#![allow(clippy::result_large_err, reason = "the error of the product, as the traits ask for it")]

mod chargers_plant;
mod table;
mod three_agents_plant;

use std::sync::Arc;

use c2g_twin::control::ControllerRegistry;
use c2g_twin::plant::{PlantFactory, PlantRegistry};
use c2g_twin::rollout::World;

pub use chargers_plant::NAME as CHARGERS;
pub use three_agents_plant::NAME as THREE_AGENTS;

/// Ticks of a quarter hour that an episode of [`three_agents`] lasts: two days.
pub const THREE_AGENTS_EPISODE: u64 = three_agents_plant::EPISODE_TICKS;

/// Ticks of five minutes that an episode of [`chargers`] lasts: one day.
pub const CHARGERS_EPISODE: u64 = chargers_plant::EPISODE_TICKS;

/// A data hall with three agents that choose among three positions each.
pub fn three_agents() -> Arc<dyn PlantFactory> {
    Arc::new(three_agents_plant::Factory)
}

/// A car park whose chargers share one feeder.
pub fn chargers() -> Arc<dyn PlantFactory> {
    Arc::new(chargers_plant::Factory)
}

/// The plants that ship, and the two toys.
pub fn registry() -> PlantRegistry {
    let mut plants = PlantRegistry::builtin();
    plants.register(three_agents());
    plants.register(chargers());
    plants
}

/// The toys beside the plants and controllers that ship.
pub fn world() -> World {
    World { plants: registry(), controllers: ControllerRegistry::builtin() }
}
