//! `rbc_battery`: charges when carbon intensity will rise, discharges when it will not (sustaindc 8). It never rests.

use serde::Deserialize;

use super::{Controller, Decision};
use crate::signal::SignalId;

/// Positions of the battery's lever.
const CHARGE: f64 = 0.0;
const DISCHARGE: f64 = 1.0;

/// Parameters, filled from `control.rbc_battery`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Params {
    /// Ticks ahead that are compared with now.
    pub look_ahead: usize,
    /// Values of the moving average over the forecast.
    pub smooth_window: usize,
}

pub(super) struct RbcBattery {
    params: Params,
    /// Carbon intensity now and ahead.
    ahead: Vec<SignalId>,
}

impl RbcBattery {
    /// Compares the signals `ahead`, the first of which is the present.
    pub(super) fn new(params: Params, ahead: Vec<SignalId>) -> Self {
        Self { params, ahead }
    }
}

impl Controller for RbcBattery {
    fn decide(&mut self, decision: &Decision<'_>, action: &mut [f64]) {
        let at = |k: usize| self.ahead.get(k).and_then(|&s| decision.row.get(s)).copied();
        let window = self.params.smooth_window.max(1);
        // Averages exist only where the whole window lies in the forecast; the last one stands for all later ones.
        let last = self.ahead.len().saturating_sub(window);
        let first = self.params.look_ahead.min(last);
        let mean = (first..first + window).filter_map(at).sum::<f64>() / window as f64;
        action.fill(if mean > at(0).unwrap_or(f64::NAN) { CHARGE } else { DISCHARGE });
    }
}
