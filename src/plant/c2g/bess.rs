//! Battery: an equivalent-circuit model with derating, losses and fade (core 5). + = discharge.

use serde::{Deserialize, Serialize};

use super::params::Bess;

/// Mutable state.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// State of charge, 0..1.
    pub soc: f64,
    /// Age, 0..1.
    pub age: f64,
}

/// What a tick gave.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Report {
    /// Power at the terminals, MW, + = discharge.
    pub actual_mw: f64,
    /// Command within the battery's power, MW.
    pub command_mw: f64,
    /// Power after clamp and derating, before the limits of energy, MW.
    pub derated_mw: f64,
    /// Stored energy after fade, MWh.
    pub stored_mwh: f64,
    /// One-way efficiency, 0..1.
    pub eta: f64,
    /// Power over energy, 1/h.
    pub c_rate: f64,
    /// Power taken out of the cells, MW, + = discharge: actual plus loss.
    pub cell_mw: f64,
    /// DC current, A.
    pub current_a: f64,
    /// Heat, kW.
    pub heat_kw: f64,
    /// Temperature, degC.
    pub temperature_degc: f64,
    /// Reported charging limit, MW.
    pub max_charge_mw: f64,
    /// Reported discharging limit, MW.
    pub max_discharge_mw: f64,
}

/// The battery's constants.
#[derive(Debug, Clone, Copy)]
pub struct Battery {
    p: Bess,
    /// Energy, MWh.
    pub e_mwh: f64,
    /// Power, MW.
    pub p_max_mw: f64,
    dt_s: f64,
}

/// Distance to a SOC limit below which power is taken from what is left rather than from the command.
const AT_LIMIT: f64 = 1e-6;

impl Battery {
    /// A battery of `e_mwh` and `p_max_mw`, stepped by `dt_s` seconds.
    pub fn new(p: &Bess, e_mwh: f64, p_max_mw: f64, dt_s: f64) -> Self {
        Self { p: *p, e_mwh, p_max_mw, dt_s }
    }

    /// A new battery at a state of charge, clamped to the usable window.
    pub fn at(&self, soc: f64) -> State {
        State { soc: soc.clamp(self.p.soc_min, self.p.soc_max), age: 0.0 }
    }

    /// Advances one tick at a command in MW.
    pub fn step(&self, s: &mut State, command_mw: f64) -> Report {
        let p = &self.p;
        let command_mw = command_mw.clamp(-self.p_max_mw, self.p_max_mw);
        let mut power = command_mw;
        let room = if power > 0.0 { s.soc - p.soc_min } else { p.soc_max - s.soc };
        power *= (room / p.derate_window).clamp(0.0, 1.0);
        let c_rate = power.abs() / self.e_mwh;
        let eta = self.efficiency(s, power);
        let hours = self.dt_s / 3600.0;
        let change =
            if power > 0.0 { -power * hours / (eta * self.e_mwh) } else { power.abs() * hours * eta / self.e_mwh };
        let next = (s.soc + change).clamp(p.soc_min, p.soc_max);
        let actual = if power > 0.0 && next <= p.soc_min + AT_LIMIT {
            (s.soc - p.soc_min) * self.e_mwh * eta / hours
        } else if power < 0.0 && next >= p.soc_max - AT_LIMIT {
            -((p.soc_max - s.soc) * self.e_mwh / eta / hours)
        } else {
            power
        };
        let cell_mw = (s.soc - next) * self.e_mwh / hours;
        s.soc = next;
        s.age = (s.age + actual.abs() * hours / (self.e_mwh * p.fade_throughput_factor)).min(1.0);
        let heat_kw = actual.abs() * 1000.0 * (1.0 - eta);
        Report {
            actual_mw: actual,
            command_mw,
            derated_mw: power,
            stored_mwh: s.soc * self.e_mwh * (1.0 - p.fade_depth * s.age),
            eta,
            c_rate,
            cell_mw,
            current_a: actual.abs() * 1e6 / p.voltage_v,
            heat_kw,
            temperature_degc: 25.0 + heat_kw / 100.0,
            max_charge_mw: self.p_max_mw * ((p.soc_max - s.soc) / p.report_charge_window).min(1.0),
            max_discharge_mw: self.p_max_mw * ((s.soc - p.soc_min) / p.derate_window).min(1.0),
        }
    }

    /// Share of the capacity that is gone at an age, 0..1.
    pub fn fade(&self, s: &State) -> f64 {
        self.p.fade_depth * s.age
    }

    /// Energy that full discharge gives and full charge takes within `hours` from a state, MWh at the terminals.
    ///
    /// Solves step 2 to 5 of core 5 in closed form at full power and the efficiency of now: constant power until the
    /// distance to the SOC limit falls below the derating window, then the distance decays exponentially. `p_max_mw` is
    /// the power that is in service.
    pub fn reach(&self, s: &State, p_max_mw: f64, hours: f64) -> (f64, f64) {
        let p = &self.p;
        let eta = self.efficiency(s, p_max_mw);
        let drawn = |room: f64, soc_per_h: f64| {
            if room <= 0.0 || soc_per_h <= 0.0 {
                return 0.0;
            }
            let steady_h = ((room - p.derate_window) / soc_per_h).clamp(0.0, hours);
            let steady = steady_h * soc_per_h;
            let decaying = if steady_h < hours {
                (room - steady) * (1.0 - libm::exp(-soc_per_h / p.derate_window * (hours - steady_h)))
            } else {
                0.0
            };
            steady + decaying
        };
        let up = drawn(s.soc - p.soc_min, p_max_mw / (eta * self.e_mwh)) * self.e_mwh * eta;
        let down = drawn(p.soc_max - s.soc, p_max_mw * eta / self.e_mwh) * self.e_mwh / eta;
        (up, down)
    }

    /// One-way efficiency at a power and a state, 0..1 (core 5 step 3).
    fn efficiency(&self, s: &State, power_mw: f64) -> f64 {
        let p = &self.p;
        let c_rate = power_mw.abs() / self.e_mwh;
        let off_centre = s.soc - 0.5;
        (p.eta_peak - p.k_c_rate * c_rate * c_rate - p.k_soc * off_centre * off_centre).max(p.eta_min)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn battery() -> Battery {
        let p = Bess {
            soc_min: 0.1,
            soc_max: 0.95,
            eta_peak: 0.97,
            eta_min: 0.7,
            k_c_rate: 0.008,
            k_soc: 0.01,
            derate_window: 0.1,
            report_charge_window: 0.05,
            voltage_v: 800.0,
            fade_throughput_factor: 1000.0,
            fade_depth: 0.2,
        };
        Battery::new(&p, 15.0, 5.0, 5.0)
    }

    #[test]
    fn the_energy_within_reach_is_what_the_next_quarter_hour_gives() {
        let battery = battery();
        for soc in [0.1, 0.12, 0.17, 0.25, 0.5, 0.8, 0.93, 0.95] {
            let start = State { soc, age: 0.0 };
            let (up, down) = battery.reach(&start, 5.0, 0.25);
            for (command, told) in [(5.0, up), (-5.0, down)] {
                let mut s = start;
                let given: f64 = (0..180).map(|_| battery.step(&mut s, command).actual_mw.abs() * 5.0 / 3600.0).sum();
                assert!((given - told).abs() < 0.004, "SOC {soc}, {command} MW: {given} MWh given, {told} told");
            }
        }
        assert_eq!(battery.reach(&State { soc: 0.5, age: 0.0 }, 0.0, 0.25), (0.0, 0.0), "out of service");
    }
}
