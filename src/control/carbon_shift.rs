//! `carbon_shift`: puts load off while the grid is dirtier than in the next two hours and takes it up when it is
//! cleaner. SustainDC has no rule of its own for load shifting; this one is the twin's.

use serde::Deserialize;

use super::rule_based::entry;
use super::{Controller, Decision};

/// Positions of the load's lever.
const DEFER: f64 = 0.0;
const HOLD: f64 = 1.0;
const EXECUTE: f64 = 2.0;

/// Entries of the observation (sustaindc 6).
mod seen {
    pub const CARBON: usize = 2;
    pub const SLOPE_AHEAD: usize = 3;
    pub const OLDEST_AGE: usize = 10;
    pub const QUEUE: usize = 12;
    pub const WORKLOAD: usize = 13;
}

/// Parameters, filled from `control.carbon_shift`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Params {
    /// Scaled carbon intensity above which load is put off.
    pub dirty: f64,
    /// Scaled carbon intensity below which waiting load runs.
    pub clean: f64,
    /// Age at which waiting load runs whatever the grid does, h.
    pub age_limit_h: f64,
    /// Fill of the queue above which nothing more is put off, 0 to 1.
    pub queue_limit: f64,
    /// Load above which waiting load must wait on: no capacity would be free.
    pub busy: f64,
}

pub(super) struct CarbonShift {
    params: Params,
}

impl CarbonShift {
    pub(super) fn new(params: Params) -> Self {
        Self { params }
    }
}

impl Controller for CarbonShift {
    fn decide(&mut self, decision: &Decision<'_>, action: &mut [f64]) {
        let see = |k: usize| entry(decision.observation, k);
        let p = &self.params;
        let (carbon, waiting) = (see(seen::CARBON), see(seen::QUEUE));
        let old = see(seen::OLDEST_AGE) * 24.0 >= p.age_limit_h;
        let falling = see(seen::SLOPE_AHEAD) < 0.0;
        let position = if waiting > 0.0 && old && see(seen::WORKLOAD) < p.busy {
            EXECUTE
        } else if carbon > p.dirty && waiting < p.queue_limit && !old {
            DEFER
        } else if carbon < p.clean && waiting > 0.0 && !falling {
            EXECUTE
        } else {
            HOLD
        };
        action.fill(position);
    }
}
