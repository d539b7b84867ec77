//! The battery (sustaindc 5), written from the specification's equations.
//!
//! Full charge takes long because the *time* that a tick charges shrinks with the charge, not the power.

use super::cooling::round_to;

/// What the battery agent may do, in the source's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drive {
    /// Charges.
    Charge,
    /// Discharges.
    Discharge,
    /// Rests.
    Idle,
}

impl Drive {
    /// The agent's position.
    pub fn from_position(value: f64) -> Self {
        match value as i64 {
            0 => Self::Charge,
            1 => Self::Discharge,
            _ => Self::Idle,
        }
    }

    /// The source's word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Charge => "charge",
            Self::Discharge => "discharge",
            Self::Idle => "idle",
        }
    }
}

/// One tick of the battery.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Drawn {
    /// Energy that the data centre used, kWh.
    pub without_kwh: f64,
    /// Energy that came from the grid, kWh.
    pub with_kwh: f64,
    /// Energy that went into the cells, MWh.
    pub charged_mwh: f64,
    /// Energy that came out of them, MWh.
    pub discharged_mwh: f64,
    /// Time that the tick charged or discharged for, h.
    pub duration_h: f64,
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

/// Share of a tick that charging uses at a state of charge, to four decimals.
pub fn charge_share(soc: f64) -> f64 {
    round_to(0.5 * (1.0 - logistic(10.0 * (soc - 0.5))), 1e4)
}

/// Share of a tick that discharging uses at a state of charge: at least half, four when full.
pub fn discharge_share(soc: f64) -> f64 {
    (4.0 * logistic(10.0 * (soc - 0.25))).max(0.5)
}

/// Moves energy for one tick of `tick_h` hours while the data centre draws `load_mw`; `stored_mwh` is what the cells
/// hold of `capacity_mwh`, rounded to 10⁻⁸ MWh as in the source.
pub fn step(stored_mwh: &mut f64, capacity_mwh: f64, load_mw: f64, drive: Drive, tick_h: f64) -> Drawn {
    let without_kwh = load_mw * 1000.0 * tick_h;
    let soc = *stored_mwh / capacity_mwh;
    let mut out = Drawn { without_kwh, with_kwh: without_kwh, ..Drawn::default() };
    match drive {
        Drive::Charge => {
            let hours = charge_share(soc) * tick_h;
            let power_mw = (0.1 * capacity_mwh).min((capacity_mwh - *stored_mwh) / (hours + 0.04)).min(capacity_mwh);
            let energy = power_mw * hours;
            *stored_mwh = round_to(*stored_mwh + energy, 1e8);
            (out.charged_mwh, out.duration_h) = (energy, hours);
            out.with_kwh = without_kwh + 1000.0 * energy;
        }
        Drive::Discharge => {
            let hours = discharge_share(soc) * tick_h;
            let power_mw = capacity_mwh.min(*stored_mwh / (0.01 + hours)).min(load_mw / 4.0);
            let energy = power_mw * hours;
            *stored_mwh = round_to(*stored_mwh - energy, 1e8);
            (out.discharged_mwh, out.duration_h) = (energy, hours);
            out.with_kwh = without_kwh - 1000.0 * energy;
        }
        Drive::Idle => {}
    }
    out
}
