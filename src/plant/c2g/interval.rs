//! A market interval: what is summed up over its ticks, what is paid for it, what the macro agent sees (core 9).

use serde::{Deserialize, Serialize};

use super::params::Handshake;

/// Sums and extremes over the ticks of the interval that is running.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Sums {
    /// Ticks so far.
    pub ticks: u32,
    /// Observations 0, 1, 3, 5, 8, 14, 15 of the hardware agent.
    pub obs: [f64; 7],
    /// |RegD| as observed.
    pub regd_abs: f64,
    /// LMP, $/MWh.
    pub lmp: f64,
    /// Energy bought, $.
    pub energy_cost_usd: f64,
    /// Tracking error, kW.
    pub err_kw: f64,
    /// Backlog over full batch power, capped at 2.
    pub backlog: f64,
    /// Hardware reward.
    pub reward: f64,
    /// Hottest tick of zone A, degC.
    pub t_a_max: f64,
    /// Hottest tick of zone B, degC.
    pub t_b_max: f64,
    /// Whether any tick was a spike.
    pub spike: bool,
    /// Shed work, kW.
    pub flex_kw: f64,
    /// Battery power, kW.
    pub bess_kw: f64,
    /// Cooling above baseline, kW.
    pub cool_kw: f64,
    /// Pump power, MW.
    pub pump_mw: f64,
    /// HVAC power, MW.
    pub hvac_mw: f64,
}

/// Hardware observations whose means the macro agent sees.
pub const MEAN_OBS: [usize; 7] = [0, 1, 3, 5, 8, 14, 15];

impl Default for Sums {
    fn default() -> Self {
        Self {
            ticks: 0,
            obs: [0.0; 7],
            regd_abs: 0.0,
            lmp: 0.0,
            energy_cost_usd: 0.0,
            err_kw: 0.0,
            backlog: 0.0,
            reward: 0.0,
            t_a_max: f64::NEG_INFINITY,
            t_b_max: f64::NEG_INFINITY,
            spike: false,
            flex_kw: 0.0,
            bess_kw: 0.0,
            cool_kw: 0.0,
            pump_mw: 0.0,
            hvac_mw: 0.0,
        }
    }
}

impl Sums {
    /// Mean of a sum over the ticks so far; 0 before the first.
    pub fn mean(&self, sum: f64) -> f64 {
        if self.ticks == 0 { 0.0 } else { sum / f64::from(self.ticks) }
    }
}

/// The bid that is in force and what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bid {
    /// Normalised size, 0..1, after the cast to binary32.
    pub mw_norm: f64,
    /// Normalised price, 0..1, after the cast to binary32.
    pub price_norm: f64,
    /// Size, MW.
    pub mw: f64,
    /// Price, $.
    pub price_usd: f64,
    /// Probability of being taken.
    pub probability: f64,
    /// Whether it was taken.
    pub accepted: bool,
}

/// What an interval earned and cost.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Settlement {
    /// 1 − mean error over commitment, ≥ 0.
    pub perf: f64,
    /// $.
    pub revenue_usd: f64,
    /// Electricity cost in the sense of the reward, $.
    pub electricity_usd: f64,
    /// Change of the normalised bid.
    pub churn: f64,
    /// Reward terms: regulation, hardware, electricity, churn.
    pub terms: [f64; 4],
    /// Their sum.
    pub reward: f64,
}

/// Settles an interval (core 9). Hours are always the nominal ones, also after an early stop.
///
/// `power_scale` turns mean observation 5 into what the price multiplies: 1 (normalised) or the cap in MW (physical).
pub fn settle(sums: &Sums, h: &Handshake, committed_mw: f64, rate: f64, churn: f64, power_scale: f64) -> Settlement {
    let hours = f64::from(h.interval_s) / 3600.0;
    let mean_err = sums.mean(sums.err_kw);
    let perf = (1.0 - mean_err / (committed_mw * 1000.0).max(1.0)).max(0.0);
    let revenue_usd = rate * committed_mw * perf * hours;
    let electricity_usd = sums.mean(sums.lmp) * (sums.mean(sums.obs[3]) * power_scale) * hours;
    let terms = [
        h.lambda_revenue * revenue_usd / 1000.0,
        sums.mean(sums.reward),
        -h.lambda_electricity * electricity_usd / 1000.0,
        -h.lambda_churn * churn,
    ];
    Settlement { perf, revenue_usd, electricity_usd, churn, terms, reward: terms[0] + terms[1] + terms[2] + terms[3] }
}
