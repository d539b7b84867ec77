//! `rule_based`: thermal rule, battery on RegD, the rest from load and cooling (control 1.1).

use serde::Deserialize;

use super::{Controller, Decision, f32_image};

/// Parameters, filled from `control.rule_based`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Params {
    /// Battery command per commitment and RegD; `None` takes the scenario's ratio.
    pub gain: Option<f64>,
    /// Normalised temperature at which heat is fought.
    pub t_warn: f64,
    /// Normalised temperature at which everything else stops.
    pub t_critical: f64,
    /// |RegD| below which the battery rests.
    pub dead_band: f64,
}

pub(super) struct RuleBased {
    params: Params,
    gain: f64,
    residual: f64,
}

impl RuleBased {
    pub(super) fn new(params: Params, scenario_gain: f64) -> Self {
        let gain = params.gain.unwrap_or(scenario_gain);
        Self { params, gain, residual: 0.0 }
    }
}

/// Entry of an observation vector; 0 where it is too short.
pub(super) fn entry(observation: &[f64], index: usize) -> f64 {
    observation.get(index).copied().unwrap_or(0.0)
}

/// Commitment entry; 0.1 where the vector is too short, as the source has it.
pub(super) fn commitment(observation: &[f64]) -> f64 {
    observation.get(17).copied().unwrap_or(0.1)
}

impl Controller for RuleBased {
    fn decide(&mut self, decision: &Decision<'_>, action: &mut [f64]) {
        let obs = decision.observation;
        let (soc, regd) = (entry(obs, 2), entry(obs, 6));
        let hottest = entry(obs, 0).max(entry(obs, 1));
        let (mut throttle, mut pump, mut hvac, mut bess) = (1.0_f64, 0.7_f64, 0.7_f64, 0.0_f64);
        let p = &self.params;
        if hottest >= p.t_critical {
            (throttle, pump, hvac) = (0.0, 1.0, 1.0);
        } else if hottest >= p.t_warn {
            let excess = (hottest - p.t_warn) / (p.t_critical - p.t_warn);
            hvac = (0.7 + excess).min(1.0);
            pump = (0.7 + excess).min(1.0);
            throttle = (1.0 - excess).max(0.0);
        }
        let raw = self.gain * commitment(obs) * regd;
        if regd.abs() >= p.dead_band {
            bess = raw.clamp(-1.0, 1.0);
            if soc < 0.15 && bess > 0.0 {
                bess *= ((soc - 0.10) / 0.05).max(0.0);
            }
            if soc > 0.80 && bess < 0.0 {
                bess *= ((0.95 - soc) / 0.15).max(0.0);
            }
        }
        let residual = raw - bess;
        self.residual = residual;
        if residual > 0.05 && entry(obs, 9) <= 0.5 {
            throttle = throttle.min(1.0 - 0.12 * residual).max(0.0);
            let ease = (0.1 * residual).min(0.3);
            pump = (pump - ease).max(0.3);
            hvac = (hvac - ease).max(0.3);
        } else if residual < -0.05 {
            let push = (0.1 * residual.abs()).min(0.3);
            pump = (pump + push).min(1.0);
            hvac = (hvac + push).min(1.0);
        }
        if regd.abs() < p.dead_band && soc < 0.40 {
            bess = -0.3;
        }
        for (out, value) in action.iter_mut().zip([throttle, pump, hvac, bess]) {
            *out = f32_image(value);
        }
    }

    fn inspect(&self) -> Vec<(&'static str, f64)> {
        vec![("gain", self.gain), ("residual", self.residual)]
    }
}
