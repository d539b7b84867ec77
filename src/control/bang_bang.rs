//! `bang_bang`: on/off cooling with hysteresis, battery at commitment whatever RegD's size (control 1.2).

use serde::{Deserialize, Serialize};

use super::rule_based::{commitment, entry};
use super::{Controller, Decision, f32_image, from_bytes, to_bytes};
use crate::config::Result;

/// Parameters, filled from `control.bang_bang`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Params {
    /// Battery command per commitment.
    pub gain: f64,
    /// Normalised temperature at which cooling goes to full.
    pub on: f64,
    /// Normalised temperature at which it falls back.
    pub off: f64,
}

#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Latches {
    pump: bool,
    hvac: bool,
}

pub(super) struct BangBang {
    params: Params,
    latches: Latches,
}

impl BangBang {
    pub(super) fn new(params: Params) -> Self {
        Self { params, latches: Latches::default() }
    }
}

fn latch(state: bool, value: f64, on: f64, off: f64) -> bool {
    if value >= on {
        true
    } else if value <= off {
        false
    } else {
        state
    }
}

impl Controller for BangBang {
    fn decide(&mut self, decision: &Decision<'_>, action: &mut [f64]) {
        let (obs, p) = (decision.observation, &self.params);
        self.latches.pump = latch(self.latches.pump, entry(obs, 0), p.on, p.off);
        self.latches.hvac = latch(self.latches.hvac, entry(obs, 1), p.on, p.off);
        let mut pump = if self.latches.pump { 1.0_f64 } else { 0.7 };
        let mut hvac = if self.latches.hvac { 1.0_f64 } else { 0.7 };
        let (soc, regd) = (entry(obs, 2), entry(obs, 6));
        let size = (p.gain * commitment(obs)).clamp(0.05, 1.0);
        let bess = if regd.abs() < 0.05 {
            0.0
        } else if regd > 0.0 {
            if soc > 0.12 { size } else { 0.0 }
        } else if soc < 0.93 {
            -size
        } else {
            0.0
        };
        let residual = p.gain * commitment(obs) * regd - bess;
        let mut throttle = 1.0_f64;
        if residual > 0.05 {
            throttle = (1.0 - 0.12 * residual).max(0.0);
            let ease = (0.1 * residual).min(0.2);
            pump = (pump - ease).max(0.3);
            hvac = (hvac - ease).max(0.3);
        } else if residual < -0.05 {
            let push = (0.1 * residual.abs()).min(0.2);
            pump = (pump + push).min(1.0);
            hvac = (hvac + push).min(1.0);
        }
        for (out, value) in action.iter_mut().zip([throttle, pump, hvac, bess]) {
            *out = f32_image(value);
        }
    }

    fn reset(&mut self, _seed: u64) {
        self.latches = Latches::default();
    }

    fn save(&self) -> Vec<u8> {
        to_bytes(&self.latches)
    }

    fn restore(&mut self, state: &[u8]) -> Result<()> {
        self.latches = from_bytes("bang_bang", state)?;
        Ok(())
    }

    fn inspect(&self) -> Vec<(&'static str, f64)> {
        let flag = |on: bool| f64::from(u8::from(on));
        vec![("pump latched", flag(self.latches.pump)), ("hvac latched", flag(self.latches.hvac))]
    }
}
