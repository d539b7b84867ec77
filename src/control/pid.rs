//! `pid`: two temperature loops and a proportional battery (control 1.3).
//!
//! With the default gains the loops never leave their lower clamp below 35 °C; `inspect` shows the raw output.

use serde::{Deserialize, Serialize};

use super::rule_based::{commitment, entry};
use super::{Controller, Decision, f32_image, from_bytes, to_bytes};
use crate::config::{Error, Place, Result};

/// Parameters, filled from `control.pid`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Params {
    /// Normalised temperature that the loops aim at.
    pub setpoint: f64,
    /// Step of the loops, s.
    pub tick_s: f64,
    /// Battery command per commitment and RegD.
    pub bess_gain: f64,
    /// Proportional gain.
    pub kp: f64,
    /// Integral gain.
    pub ki: f64,
    /// Derivative gain.
    pub kd: f64,
    /// Lowest output of a loop.
    pub output_low: f64,
    /// Highest output of a loop.
    pub output_high: f64,
    /// Clamp of the integral.
    pub integral_limit: f64,
    /// Throttle per residual.
    pub flex_gain: f64,
    /// Cooling per residual.
    pub cool_gain: f64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
struct Loop {
    integral: f64,
    previous: f64,
    raw: f64,
}

impl Loop {
    fn step(&mut self, error: f64, p: &Params) -> f64 {
        self.integral = (self.integral + p.tick_s * error).clamp(-p.integral_limit, p.integral_limit);
        self.raw = p.kp * error + p.ki * self.integral + p.kd * (error - self.previous) / p.tick_s;
        self.previous = error;
        self.raw.clamp(p.output_low, p.output_high)
    }
}

pub(super) struct Pid {
    params: Params,
    loops: [Loop; 2],
}

impl Pid {
    /// # Errors
    /// Outputs whose lowest is above their highest.
    pub(super) fn new(params: Params, place: Place) -> Result<Self> {
        if params.output_low > params.output_high {
            return Err(Error::invalid(
                place,
                format!("the lowest output {} is above the highest {}", params.output_low, params.output_high),
                "Set output_low to at most output_high.",
            ));
        }
        Ok(Self { params, loops: [Loop::default(); 2] })
    }
}

impl Controller for Pid {
    fn decide(&mut self, decision: &Decision<'_>, action: &mut [f64]) {
        let (obs, p) = (decision.observation, &self.params);
        let (soc, regd) = (entry(obs, 2), entry(obs, 6));
        let ideal = p.bess_gain * commitment(obs) * regd;
        let mut bess = ideal.clamp(-1.0, 1.0);
        if (soc < 0.12 && bess > 0.0) || (soc > 0.93 && bess < 0.0) {
            bess = 0.0;
        }
        let residual = ideal - bess;
        let [a, b] = &mut self.loops;
        let mut pump = a.step(entry(obs, 0) - p.setpoint, p);
        let mut hvac = b.step(entry(obs, 1) - p.setpoint, p);
        let mut throttle = 1.0_f64;
        if residual > 0.05 {
            throttle = (1.0 - p.flex_gain * residual).max(0.0);
            let ease = (p.cool_gain * residual).min(0.3);
            pump = (pump - ease).max(0.3);
            hvac = (hvac - ease).max(0.3);
        } else if residual < -0.05 {
            let push = (p.cool_gain * residual.abs()).min(0.3);
            pump = (pump + push).min(1.0);
            hvac = (hvac + push).min(1.0);
        }
        for (out, value) in action.iter_mut().zip([throttle, pump, hvac, bess]) {
            *out = f32_image(value);
        }
    }

    fn reset(&mut self, _seed: u64) {
        self.loops = [Loop::default(); 2];
    }

    fn save(&self) -> Vec<u8> {
        to_bytes(&self.loops)
    }

    fn restore(&mut self, state: &[u8]) -> Result<()> {
        self.loops = from_bytes("pid", state)?;
        Ok(())
    }

    fn inspect(&self) -> Vec<(&'static str, f64)> {
        let [a, b] = &self.loops;
        vec![
            ("pump loop, raw", a.raw),
            ("pump loop, integral", a.integral),
            ("hvac loop, raw", b.raw),
            ("hvac loop, integral", b.integral),
        ]
    }
}
