//! The C2G-Bench data centre: six simulators, the 5-second environment, the 15-minute market (`core` spec).
//!
//! Signs: battery + = discharge; RegD + = the grid is short and the site sheds load. Powers are published in MW.
//!
//! Behaviours of the sources that have no switch: in the power chain IT power never falls below its idle floor although
//! the thermal model uses the true power (D-3); the battery is not part of facility power, voltage or cost (D-4);
//! voltage cannot reach its penalty or trip by load alone (D-5).

pub mod bess;
pub mod data;
mod derived;
mod disturbances;
pub mod electrical;
mod explain;
mod factory;
pub mod grid;
mod headroom;
pub mod interval;
pub mod logged;
mod logged_market;
mod logged_site;
mod metrics;
pub mod params;
mod questions;
mod ranges;
mod row;
pub mod signals;
mod state;
pub mod tables;
mod telling;
pub mod thermal;
mod tiles;
mod topology;
mod twin;
pub mod workload;

pub use factory::{EPISODE_TICKS, Factory, TICK_S, assemble, resolve};
pub use twin::C2g;
