//! What the hardware agent sees and what its tick is worth (core 8.3, 8.4).

use crate::plant::InputBus;

use super::super::params::{AmbientObservation, ThermalPenalty};
use super::super::row::Tick;
use super::super::tables::input;
use super::C2g;

impl C2g {
    /// Binary32 image of an observation, unless the profile keeps binary64.
    pub(super) fn seen(&self, x: f64) -> f64 {
        if self.params.fidelity.float32_obs { f64::from(x as f32) } else { x }
    }

    /// Ambient on the observation's scale at a tick (D-13).
    fn ambient_observed(&self, tick: u64, inputs: &mut InputBus) -> f64 {
        let bounds = &self.choice.weather.weather;
        let actual = self.params.fidelity.tamb_obs == AmbientObservation::Actual;
        let t = if actual && !self.weather_driven { self.t_static_degc } else { self.data.weather.at(tick) };
        bounds.normalise(inputs.apply(input::AMBIENT, t))
    }

    /// The 18 observations (core 8.3).
    pub(super) fn observe_hardware(&self, t: &Tick, inputs: &mut InputBus) -> [f64; 18] {
        let p = &self.params;
        let (cap, safe) = (p.site.facility_cap_kw, p.site.t_safe_degc);
        let st = &self.state;
        let raw = [
            st.t_a_degc / safe,
            st.t_b_degc / safe,
            st.battery.soc,
            (t.demand.base_a_kw + t.demand.base_b_kw) / cap,
            t.demand.arrived_kw / cap,
            (t.flow.facility_mw * 1000.0 / cap).min(2.0),
            st.regd_shown.clamp(-1.0, 1.0),
            (t.lmp_usd / 200.0).min(1.0),
            self.data.load_frac(t.load_mw),
            f64::from(u8::from(t.demand.is_spike)),
            t.throttle,
            t.pump,
            (t.flow.pue / 2.5).min(2.0),
            self.ambient_observed(st.tick, inputs),
            ((st.f_hz - self.swing.f_nominal_hz) / 0.5).clamp(-1.0, 1.0),
            t.v_pcc_pu.clamp(0.0, 1.1),
            (st.queue.backlog_kw / self.p_flex_max_kw).min(2.0),
            st.committed_mw / self.choice.scenario.committed_mw_max,
        ];
        raw.map(|x| self.seen(x))
    }

    /// The seven reward terms in order (core 8.4).
    pub(super) fn reward_terms(&self, throttle: f64, err_kw: f64, v_pu: f64) -> [f64; 7] {
        let (w, site) = (&self.params.reward, &self.params.site);
        let st = &self.state;
        let hot_a = (st.t_a_degc - site.t_warn_a_degc).max(0.0);
        let hot_b = (st.t_b_degc - site.t_warn_b_degc).max(0.0);
        let heat = match self.params.fidelity.thermal_penalty {
            ThermalPenalty::Seed => hot_a.max(hot_b),
            ThermalPenalty::Code => {
                let span = (site.t_safe_degc - site.t_warn_a_degc).max(1.0);
                hot_a / span + hot_b / span
            }
        };
        let pcc = &site.electrical.pcc;
        let beyond_hz = ((st.f_hz - self.swing.f_nominal_hz).abs() - self.params.grid.frequency_dead_band_hz).max(0.0);
        let beyond_pu = (pcc.v_low_pu - v_pu).max(0.0) + (v_pu - pcc.v_high_pu).max(0.0);
        [
            w.throughput * throttle,
            -w.tracking * err_kw / (st.committed_mw * 1000.0).max(w.tracking_floor_kw),
            -w.thermal * heat,
            if st.battery.soc < w.soc_low { -w.soc_penalty } else { 0.0 },
            -w.frequency * beyond_hz,
            -w.voltage * beyond_pu,
            -w.backlog * st.queue.backlog_kw / self.p_flex_max_kw,
        ]
    }
}
