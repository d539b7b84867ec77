//! The site as planners know it: the plant's own constants and equations, read from the same configuration.
//!
//! Nothing here is written down a second time: heat goes through the plant's `Twin`, charge through its `Battery`,
//! the market through its `Offer`. What a planner adds is only the choice of which of them to ask.

use crate::config::Result;
use crate::control::ControllerRequest;
use crate::plant::c2g::bess::{Battery, State};
use crate::plant::c2g::params::{Market, Params, Scenario, ThermalPenalty, Tracking};
use crate::plant::c2g::thermal::{Load, Twin};
use crate::plant::c2g::{TICK_S, resolve};

/// Seconds of an hour.
const HOUR_S: f64 = 3600.0;

/// The site's constants in the units that planners use: MW, degC, ticks.
pub(in crate::control) struct Site {
    /// Everything that the configuration says about the plant.
    pub params: Params,
    /// The scenario in force.
    pub scenario: Scenario,
    /// The grid market in force.
    pub grid: Market,
    /// The market whose temperature bounds scale the ambient observation.
    pub weather: Market,
    /// The battery's equations.
    pub battery: Battery,
    /// Factor on both zones' conductances that the scenario announces; 1 without a fault.
    pub fault_factor: f64,
}

/// What a stretch of ticks is asked to do to the two zones.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::control) struct Heat {
    /// Heat in zone A, MW.
    pub p_a_mw: f64,
    /// Heat in zone B, MW.
    pub p_b_mw: f64,
    /// Ambient, degC.
    pub t_ambient_degc: f64,
}

impl Site {
    /// Reads the site from the configuration that the run is built from.
    ///
    /// # Errors
    /// Configurations that the plant would refuse as well.
    pub fn of(request: &ControllerRequest<'_>) -> Result<Self> {
        let params = Params::from_document(request.config)?;
        let axis = |name: &str| request.spec.axes.iter().find(|a| a.name == name).map_or("", |a| a.value.as_str());
        let choice = resolve(&params, axis("scenario"), axis("market"), request.config)?;
        let battery =
            Battery::new(&params.site.bess, params.fidelity.bess_e_mwh, params.fidelity.bess_p_mw, f64::from(TICK_S));
        let scenario_fault =
            if choice.scenario.cooling_fault { choice.scenario.fault_factor.unwrap_or(0.4) } else { 1.0 };
        let fault_factor = params.thermal_override.fault_factor.unwrap_or(scenario_fault);
        Ok(Self {
            battery,
            fault_factor,
            scenario: choice.scenario,
            grid: choice.grid,
            weather: choice.weather,
            params,
        })
    }

    /// The plant's thermal equations over one stretch of constant levers, ticks long.
    pub fn twin(&self, ticks: u32) -> Twin {
        Twin::new(&self.params.site.thermal, &self.params.thermal_override, f64::from(TICK_S) * f64::from(ticks))
    }

    /// Both temperatures after a stretch of constant levers, degC.
    pub fn heat(&self, twin: &Twin, t_degc: [f64; 2], pump: f64, hvac: f64, heat: &Heat) -> [f64; 2] {
        let after = twin.step(
            t_degc[0],
            t_degc[1],
            &Load {
                p_a_mw: heat.p_a_mw,
                p_b_mw: heat.p_b_mw,
                hvac,
                pump,
                t_ambient_degc: heat.t_ambient_degc,
                fault_a: self.fault_factor,
                fault_b: self.fault_factor,
            },
        );
        [after.t_a_degc, after.t_b_degc]
    }

    /// Ambient behind observation 13, degC: the scenario's own where it is static (D-13).
    pub fn ambient_degc(&self, observed: f64) -> f64 {
        if let Some(t) = self.params.thermal_override.T_amb {
            return t;
        }
        if !self.scenario.weather_driven {
            return self.scenario.t_ambient_degc;
        }
        let w = &self.weather.weather;
        w.norm_min_degc + (w.norm_max_degc - w.norm_min_degc) * observed
    }

    /// Power that the battery gives and takes at a state of charge after derating, MW, both positive (core 5 step 2).
    pub fn battery_reach_mw(&self, soc: f64) -> (f64, f64) {
        let b = &self.params.site.bess;
        let share = |room: f64| (room / b.derate_window).clamp(0.0, 1.0);
        (self.battery.p_max_mw * share(soc - b.soc_min), self.battery.p_max_mw * share(b.soc_max - soc))
    }

    /// State of charge that one tick of 1 MW moves: (spent by discharge, gained by charge), both positive, at the
    /// efficiency of a state and a power in MW (core 5 step 3).
    pub fn soc_per_mw_tick(&self, soc: f64, p_mw: f64) -> (f64, f64) {
        let mut state = State { soc, age: 0.0 };
        let eta = self.battery.step(&mut state, p_mw).eta;
        let per_tick = f64::from(TICK_S) / HOUR_S / self.battery.e_mwh;
        (per_tick / eta, per_tick * eta)
    }

    /// Draw of the cooling levers above the tracking baseline, MW (core 4, 8.2).
    pub fn cooling_mw(&self, pump: f64, hvac: f64) -> f64 {
        let t = &self.params.site.thermal;
        t.zone_b.hvac_max_mw * (hvac - t.nominal_hvac) + t.pump_max_mw * (pump.max(t.pump_min_speed) - t.nominal_pump)
    }

    /// Largest batch power, MW.
    pub fn flex_max_mw(&self) -> f64 {
        self.params.site.workload.batch.racks * self.params.fidelity.rack_a_max_kw / 1000.0
    }

    /// Whether throttling counts as delivered regulation although all work is served (D-12).
    pub fn throttle_counts(&self) -> bool {
        self.params.fidelity.tracking == Tracking::Code
    }

    /// Whether the draw of cooling counts as regulation (D-12).
    pub fn cooling_counts(&self) -> bool {
        self.params.fidelity.tracking != Tracking::SeedLiteral
    }

    /// Whether the hotter zone alone is punished (D-14).
    pub fn hotter_zone_only(&self) -> bool {
        self.params.fidelity.thermal_penalty == ThermalPenalty::Seed
    }

    /// Penalty per tick and kelvin of one zone above its warning temperature (core 8.4 term 3).
    pub fn heat_price_per_k(&self) -> f64 {
        let site = &self.params.site;
        let span = if self.hotter_zone_only() { 1.0 } else { (site.t_safe_degc - site.t_warn_a_degc).max(1.0) };
        self.params.reward.thermal / span
    }

    /// Penalty per tick and megawatt of tracking error at a commitment in MW (core 8.4 term 2).
    pub fn error_price_per_mw(&self, committed_mw: f64) -> f64 {
        let r = &self.params.reward;
        r.tracking * 1000.0 / (committed_mw * 1000.0).max(r.tracking_floor_kw)
    }
}
