//! Thermal twin: two zones, each one heat capacity with an exact step (core 4).

use super::params::{Thermal, ThermalOverride};

/// Way in which zone B sheds heat on a tick (core 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Regime {
    /// Colder than the supply air: only the envelope works.
    BelowSupply = 0,
    /// Limited by the air flow.
    Convection = 1,
    /// Limited by what the machines can lift.
    Capacity = 2,
}

/// What the zones are given on a tick.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Load {
    /// Heat in zone A, MW.
    pub p_a_mw: f64,
    /// Heat in zone B, MW.
    pub p_b_mw: f64,
    /// HVAC effort, 0..1.
    pub hvac: f64,
    /// Pump speed, 0..1.
    pub pump: f64,
    /// Ambient, degC.
    pub t_ambient_degc: f64,
    /// Factor on zone A's conductance.
    pub fault_a: f64,
    /// Factor on zone B's conductance.
    pub fault_b: f64,
}

/// What a tick gave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cooling {
    /// Zone A after the tick, degC.
    pub t_a_degc: f64,
    /// Zone B after the tick, degC.
    pub t_b_degc: f64,
    /// Chiller behind the liquid loop, MW.
    pub p_cool_a_mw: f64,
    /// Air handling, MW.
    pub p_hvac_mw: f64,
    /// Pump, MW.
    pub p_pump_mw: f64,
    /// How zone B shed its heat.
    pub regime: Regime,
    /// COP of the air machines.
    pub cop_air: f64,
    /// COP of the liquid loop.
    pub cop_liquid: f64,
}

/// The two zones with their constants.
#[derive(Debug, Clone)]
pub struct Twin {
    p: Thermal,
    dt_s: f64,
}

#[allow(clippy::too_many_arguments)] // the symbols of one equation
/// Exact solution of C dT/dt = P − K (T − Tc) + Ke (Ta − T) over one step.
fn relax(t: f64, c: f64, p_mw: f64, k: f64, tc: f64, ke: f64, ta: f64, dt_s: f64) -> f64 {
    let kt = k + ke;
    if kt < 1e-9 {
        return t + p_mw * dt_s / c;
    }
    let equilibrium = (p_mw + k * tc + ke * ta) / kt;
    equilibrium + (t - equilibrium) * libm::exp(-kt * dt_s / c)
}

impl Twin {
    /// Takes the site's constants with research overrides on top (core 1). `dt_s` is the tick in seconds.
    pub fn new(site: &Thermal, over: &ThermalOverride, dt_s: f64) -> Self {
        let mut p = site.clone();
        for (target, value) in [
            (&mut p.zone_a.c_mj_per_k, over.C_A),
            (&mut p.zone_b.c_mj_per_k, over.C_B),
            (&mut p.zone_a.k_liquid_mw_per_k, over.K_liq),
            (&mut p.zone_b.k_air_mw_per_k, over.K_air),
            (&mut p.zone_a.k_envelope_mw_per_k, over.K_env_A),
            (&mut p.zone_b.k_envelope_mw_per_k, over.K_env_B),
            (&mut p.zone_a.t_supply_degc, over.T_supply_A),
            (&mut p.zone_b.t_supply_degc, over.T_supply_B),
            (&mut p.zone_b.cop, over.COP_base),
        ] {
            if let Some(value) = value {
                *target = value;
            }
        }
        Self { p, dt_s }
    }

    /// Electrical draw of nominal cooling that tracking counts from, MW (36.5 with the default site).
    pub fn baseline_mw(&self) -> f64 {
        self.p.nominal_hvac * self.p.zone_b.hvac_max_mw + self.p.pump_max_mw * self.p.nominal_pump
    }

    /// The constants in force.
    pub fn params(&self) -> &Thermal {
        &self.p
    }

    /// COP of the liquid loop (core 4).
    fn cop_liquid(&self) -> f64 {
        let a = &self.p.zone_a;
        a.cop * (1.0 - a.cop_slope_per_k * (a.t_reference_degc - a.t_supply_degc)).max(0.3)
    }

    /// Chiller behind the liquid loop at a temperature of zone A after the tick, MW (core 4). NaN stays NaN.
    pub fn chiller_mw(&self, t_a_degc: f64, pump: f64, fault_a: f64) -> f64 {
        let a = &self.p.zone_a;
        let speed = pump.clamp(0.0, 1.0).max(self.p.pump_min_speed);
        let above = t_a_degc - a.t_supply_degc;
        let above = if above < 0.0 { 0.0 } else { above };
        a.k_liquid_mw_per_k * speed * fault_a * above / self.cop_liquid()
    }

    /// Advances both zones one tick from the given temperatures (core 4).
    pub fn step(&self, t_a_degc: f64, t_b_degc: f64, load: &Load) -> Cooling {
        let hvac = load.hvac.clamp(0.0, 1.0);
        let speed = load.pump.clamp(0.0, 1.0).max(self.p.pump_min_speed);
        let (p_a, p_b) = (load.p_a_mw.max(0.0), load.p_b_mw.max(0.0));

        let a = &self.p.zone_a;
        let k_a = a.k_liquid_mw_per_k * speed * load.fault_a;
        let t_a = relax(
            t_a_degc,
            a.c_mj_per_k,
            p_a,
            k_a,
            a.t_supply_degc,
            a.k_envelope_mw_per_k,
            load.t_ambient_degc,
            self.dt_s,
        );
        let cop_liquid = self.cop_liquid();
        let p_cool_a_mw = k_a * (t_a - a.t_supply_degc).max(0.0) / cop_liquid;

        let b = &self.p.zone_b;
        let p_hvac_mw = b.hvac_max_mw * hvac;
        let cop_air = b.cop
            * (1.0 - b.cop_ambient_slope_per_k * (load.t_ambient_degc - 25.0)).max(0.3)
            * (1.0 - b.cop_supply_slope_per_k * (b.t_reference_degc - b.t_supply_degc)).max(0.3);
        let q_cap = p_hvac_mw * cop_air;
        let k_air = b.k_air_mw_per_k * load.fault_b * (0.3 + 0.7 * hvac);
        let t_cross = if k_air <= 1e-9 { b.t_supply_degc } else { b.t_supply_degc + q_cap / k_air };
        let (regime, k, tc, source) = if t_b_degc < b.t_supply_degc {
            (Regime::BelowSupply, 0.0, 0.0, p_b)
        } else if t_b_degc < t_cross {
            (Regime::Convection, k_air, b.t_supply_degc, p_b)
        } else {
            (Regime::Capacity, 0.0, 0.0, p_b - q_cap)
        };
        let t_b = relax(t_b_degc, b.c_mj_per_k, source, k, tc, b.k_envelope_mw_per_k, load.t_ambient_degc, self.dt_s);
        Cooling {
            t_a_degc: t_a,
            t_b_degc: t_b,
            p_cool_a_mw,
            p_hvac_mw,
            p_pump_mw: self.p.pump_max_mw * speed,
            regime,
            cop_air,
            cop_liquid,
        }
    }
}
