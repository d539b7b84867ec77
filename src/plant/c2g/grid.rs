//! Macro grid: price, regulation signal, frequency and the market's offer (core 6).

use serde::{Deserialize, Serialize};

use super::data::Choice;
use super::params::{Grid, Handshake, Market, Params, Regd, Squash};

/// Mutable state of the regulation signal (core 6.4).
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct RegdState {
    /// State of the AR(1) law.
    pub ar: f64,
    /// Sum of the raw values in the window so far.
    pub window_sum: f64,
    /// Number of them.
    pub window_len: u32,
}

/// The regulation signal's law.
#[derive(Debug, Clone, Copy)]
pub struct RegdLaw {
    /// Persistence, innovation, window.
    pub regd: Regd,
    /// How the state becomes a signal.
    pub squash: Squash,
    /// Whether the window's mean is taken out once.
    pub neutrality: bool,
    /// Scale of the output; 1 when stress is not applied.
    pub stress: f64,
}

impl RegdLaw {
    /// The law of a market in a scenario, with the fidelity in force (D-2, D-9).
    pub fn of(params: &Params, choice: &Choice) -> Self {
        let fidelity = &params.fidelity;
        Self {
            regd: choice.grid.regd,
            squash: fidelity.regd_squash,
            neutrality: fidelity.neutrality,
            stress: if fidelity.apply_stress_scale { choice.scenario.grid_stress_scale } else { 1.0 },
        }
    }

    /// Advances the law with one standard normal and returns the signal, −1..1. + = the grid is short (core 6.4).
    pub fn step(&self, s: &mut RegdState, z: f64) -> f64 {
        s.ar = self.regd.rho * s.ar + self.regd.sigma * z;
        let raw = match self.squash {
            Squash::Tanh => libm::tanh(s.ar),
            Squash::Clip => s.ar.clamp(-1.0, 1.0),
        };
        let mut out = raw;
        if self.neutrality {
            s.window_sum += raw;
            s.window_len += 1;
            if s.window_len >= self.regd.window {
                out = raw - s.window_sum / f64::from(s.window_len);
                s.window_sum = 0.0;
                s.window_len = 0;
            }
        }
        (out * self.stress).clamp(-1.0, 1.0)
    }
}

/// Swing equation of the grid around its nominal frequency (core 6.6).
#[derive(Debug, Clone, Copy)]
pub struct Swing {
    /// Nominal frequency, Hz.
    pub f_nominal_hz: f64,
    /// Median load, MW.
    pub median_load_mw: f64,
    /// Clamp of the deviation, Hz.
    pub clip_hz: f64,
    /// Inertia, s.
    pub inertia_h_s: f64,
    /// Damping.
    pub damping_d: f64,
    /// Noise per tick, Hz.
    pub noise_hz: f64,
    /// Tick, s.
    pub dt_s: f64,
}

impl Swing {
    /// Frequency after a tick in which `deficit_mw` = demanded − delivered was missing.
    pub fn step(&self, f_hz: f64, deficit_mw: f64, z: f64) -> f64 {
        let dp = -deficit_mw / self.median_load_mw.max(1.0);
        let df = f_hz - self.f_nominal_hz;
        let rate = (1.0 / (2.0 * self.inertia_h_s)) * (dp - self.damping_d * df / self.f_nominal_hz);
        let next = f_hz + self.dt_s * rate + self.noise_hz * z;
        next.clamp(self.f_nominal_hz - self.clip_hz, self.f_nominal_hz + self.clip_hz)
    }
}

/// Energy price at a load, $/MWh (core 6.3).
pub fn lmp_usd_mwh(market: &Market, grid: &Grid, load_mw: f64, median_mw: f64) -> f64 {
    let above_gw = (load_mw - median_mw).max(0.0) / 1000.0;
    (market.lmp.base_usd_mwh + market.lmp.slope_usd_mwh_per_gw * above_gw).clamp(0.0, grid.lmp_max_usd_mwh)
}

/// What the market asks for before an interval (core 6.7).
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Offer {
    /// Regulation price, $.
    pub rmcp_usd: f64,
    /// Regulation need, MW.
    pub need_mw: f64,
    /// What competitors leave open, MW.
    pub residual_mw: f64,
}

impl Offer {
    /// The state before the first offer.
    pub fn initial(market: &Market) -> Self {
        let r = &market.regulation;
        Self {
            rmcp_usd: r.rmcp_base_usd,
            need_mw: r.need_base_mw,
            residual_mw: r.need_base_mw * (1.0 - r.competitor_fill),
        }
    }

    /// The offer at a price and a load, with one standard normal.
    pub fn draw(market: &Market, grid: &Grid, lmp_usd_mwh: f64, load_frac: f64, z: f64) -> Self {
        let r = &market.regulation;
        let price =
            r.rmcp_base_usd + grid.rmcp_lmp_beta * (lmp_usd_mwh - market.lmp.base_usd_mwh) + grid.rmcp_noise_usd * z;
        let need_mw = r.need_base_mw * (1.0 + grid.need_slope * load_frac);
        Self {
            rmcp_usd: price.clamp(0.0, grid.lmp_max_usd_mwh),
            need_mw,
            residual_mw: need_mw * (1.0 - r.competitor_fill),
        }
    }

    /// Probability that a bid of `mw` at `price` is taken (core 6.7).
    pub fn acceptance(&self, handshake: &Handshake, price_usd: f64, mw: f64) -> f64 {
        self.acceptance_by_price(handshake, price_usd) * (self.residual_mw / mw.max(0.01)).min(1.0)
    }

    /// The same by price alone: what a bid within the need would have (core 6.7).
    pub fn acceptance_by_price(&self, handshake: &Handshake, price_usd: f64) -> f64 {
        1.0 / (1.0 + libm::exp(-handshake.sigmoid_k_p * (self.rmcp_usd - price_usd)))
    }
}

/// Median of a series: mean of the two middle values for an even count; 0 for an empty one.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match (sorted.get(middle), middle.checked_sub(1).and_then(|m| sorted.get(m))) {
        (Some(&high), Some(&low)) if sorted.len().is_multiple_of(2) => (low + high) / 2.0,
        (Some(&high), _) => high,
        _ => 0.0,
    }
}
