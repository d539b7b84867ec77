//! SustainDC: a 1 MW data centre with three agents on quarter hours (`sustaindc` spec): one shifts load in time, one moves the
//! set point of the cooling, one drives the battery.
//!
//! Signs: battery + = discharge; moved tasks + = put off. Powers are published in kW, energies in kWh of a tick, carbon
//! dioxide in grams; where a log's own name says otherwise, the signal's description has it.
//!
//! Behaviours of the source that have no switch: the set point is not reset between episodes; the tower is sized at 50 °C in most
//! places; compressor power falls with a warmer ambient; pumps and the cooling unit's fan stand in no total; the forecast is perfect.

pub mod battery;
pub mod cooling;
mod disturbances;
mod explain;
mod factory;
pub mod features;
pub mod hall;
mod headroom;
pub mod logged;
pub mod managers;
pub mod observe;
pub mod params;
mod questions;
pub mod queue;
pub mod rewards;
mod row;
pub mod signals;
pub mod site;
pub mod sizing;
pub mod tables;
mod telling;
mod tiles;
mod topology;
mod twin;

pub use factory::{Factory, assemble};
pub use twin::SustainDc;

/// Length of a tick, s.
pub const TICK_S: u32 = 900;

/// Length of a tick, h.
pub const TICK_H: f64 = 0.25;

/// What the source says about the room before the first tick, °C.
pub const ROOM_BEFORE_DEGC: f64 = 16.0;
