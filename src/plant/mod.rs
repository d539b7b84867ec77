//! The simulated systems, one folder each. Pure computation: no input or output, no threads, no clocks.
//!
//! A plant publishes its tables once ([`PlantSpec`]) and is then stepped tick by tick: actions and input overrides go
//! in, one row of signals comes out. Everything random comes from the [`Noise`](crate::noise::Noise) it is handed.

pub mod c2g;
mod calendar;
mod disturbance;
mod explain;
mod headroom;
mod inputs;
mod metrics;
mod question;
mod registry;
mod signal_table;
mod spec;
pub mod sustaindc;
mod telling;
mod tile;
mod tile_check;

use std::sync::Arc;

pub use calendar::{Calendar, CivilTime};
pub use disturbance::{Disturbance, Planned};
pub use explain::{Amount, AskedRule, Efficiency, ExplainSpec, Level, Pairing, QueueStory, StoreSize, StoreStory};
pub use headroom::{CountFrom, HeadroomLever, HeadroomSpec, Measured};
pub use inputs::{InputBus, Operation, Override};
pub use metrics::{Direction, Fold, MetricBank, MetricSpec};
pub use question::{Asked, Condition, Question, Side};
pub use registry::{BuildRequest, PlantFactory, PlantRegistry};
pub use spec::{
    Action, Axis, Chart, Choice, Domain, EventKind, Input, Observation, PlantSpec, RewardTerm, Severity, Slot,
};
pub use telling::{Deal, Factor, SeenTelling, Service, Share, SlotTelling, Telling, TermTelling, places};
pub use tile::{
    Bound, BoundAt, Column, Home, IntervalRow, Intervals, Lines, Part, Readout, Role, Row, Series, Source, Span,
    TileSpec, Told,
};

use crate::config::Result;
use crate::noise::Noise;

/// What the controllers decided, after shield, clip and pins.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SlotActions {
    /// Values in the slot's action order.
    pub values: Vec<f64>,
    /// Whether somebody drives this slot at all (`false`: `fixed`).
    pub active: bool,
    /// Whether this tick is one of the slot's decisions.
    pub due: bool,
}

/// What a plant is handed for one tick.
pub struct StepContext<'a> {
    /// Number of the tick, from 0.
    pub tick: u64,
    /// One entry per slot.
    pub actions: &'a [SlotActions],
    /// Overrides of exogenous values and faults.
    pub inputs: &'a mut InputBus,
    /// The random streams, numbered as in [`PlantSpec::streams`].
    pub noise: &'a mut dyn Noise,
}

/// How a tick ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outcome {
    /// A limit was broken that ends an episode.
    pub terminated: bool,
    /// The episode has run its length.
    pub truncated: bool,
}

/// A simulated system.
pub trait Plant: Send {
    /// The tables.
    fn spec(&self) -> &Arc<PlantSpec>;

    /// Begins an episode and writes the row of the initial state. Noise is drawn as the plant's source defines it.
    fn reset(&mut self, inputs: &mut InputBus, noise: &mut dyn Noise, row: &mut [f64]);

    /// Writes what a slot sees now.
    fn observe(&self, slot: usize, out: &mut [f64]);

    /// Writes what a slot is shown for its decision; the same as [`Plant::observe`] unless the source differs there.
    fn observe_for_decision(&self, slot: usize, out: &mut [f64]) {
        self.observe(slot, out);
    }

    /// Advances one tick and writes its row.
    fn step(&mut self, cx: StepContext<'_>, row: &mut [f64]) -> Outcome;

    /// Says whether somebody drives a slot, before the first step and after every swap.
    fn set_active(&mut self, slot: usize, active: bool) {
        let _ = (slot, active);
    }

    /// Closes what is still open (an unfinished interval) when an episode stops here, and updates the row.
    fn close(&mut self, row: &mut [f64]) {
        let _ = row;
    }

    /// Chance that an offer at a price would be taken in the stretch that has begun with the last decision of a slot, 0 to
    /// 1, with as much as `quantity` offered, or by its price alone; `None` where the slot sells nothing. Prices and
    /// quantities are in the units of the slot's [`Deal`].
    fn chance(&self, slot: usize, price: f64, quantity: Option<f64>) -> Option<f64> {
        let _ = (slot, price, quantity);
        None
    }

    /// What a person should know about the run that has just begun; asked once, after the first reset.
    fn warnings(&self) -> Vec<String> {
        Vec::new()
    }

    /// The whole mutable state as bytes.
    fn save(&self) -> Vec<u8>;

    /// Takes back a state from [`Plant::save`]; fails when the bytes are not of this plant.
    fn restore(&mut self, state: &[u8]) -> Result<()>;
}
