//! Ranges of the parameters: what lies outside is refused with file, line, column and cure.

use crate::config::{Checker, Document, Result};

use super::params::Params;

impl Params {
    /// Holds every parameter against its range.
    pub(super) fn check(&self, config: &Document) -> Result<()> {
        self.check_site(config)?;
        self.check_markets(config)?;
        self.check_rules(config)
    }

    fn check_site(&self, config: &Document) -> Result<()> {
        let mut check = Checker::new(config, "site");
        check.range("t_safe_degc", self.site.t_safe_degc, 20.0, 80.0, "degC");
        check.range("t_warn_a_degc", self.site.t_warn_a_degc, 15.0, self.site.t_safe_degc, "degC");
        check.range("t_warn_b_degc", self.site.t_warn_b_degc, 15.0, self.site.t_safe_degc, "degC");
        check.range("facility_cap_kw", self.site.facility_cap_kw, 1.0, 1e8, "kW");
        check.range("workload.record_s", f64::from(self.site.workload.record_s), 5.0, 86_400.0, "s");
        check.range("workload.spike_duty_pct", self.site.workload.spike_duty_pct, 0.0, 100.0, "%");
        let w = &self.site.workload;
        for (key, s) in [("batch", w.batch), ("genai", w.genai), ("dlrm", w.dlrm)] {
            check.range(&format!("workload.{key}.racks"), s.racks, 0.0, 1e6, "");
            check.range(&format!("workload.{key}.idle_kw"), s.idle_kw, 0.0, 1e3, "kW");
            check.range(&format!("workload.{key}.exponent"), s.exponent, 0.1, 5.0, "");
            check.positive(&format!("workload.{key}.full_scale"), s.full_scale, "");
        }
        let e = &self.site.electrical;
        check.range("electrical.transformer.rating_mva", e.transformer.rating_mva, 1.0, 1e4, "MVA");
        check.range("electrical.transformer.iron_loss_mw", e.transformer.iron_loss_mw, 0.0, 100.0, "MW");
        check.range("electrical.transformer.copper_loss_frac", e.transformer.copper_loss_frac, 0.0, 0.5, "");
        for (key, z) in [("zone_a", e.zone_a), ("zone_b", e.zone_b)] {
            check.range(&format!("electrical.{key}.racks"), z.racks, 0.0, 1e6, "");
            check.range(&format!("electrical.{key}.idle_kw"), z.idle_kw, 0.0, 1e3, "kW");
            check.range(&format!("electrical.{key}.exponent"), z.exponent, 0.1, 5.0, "");
            check.range(&format!("electrical.{key}.ups_eta_peak"), z.ups_eta_peak, 0.5, 1.0, "");
            check.range(&format!("electrical.{key}.ups_k_loss"), z.ups_k_loss, 0.0, 1.0, "");
            check.range(&format!("electrical.{key}.ups_k_no_load"), z.ups_k_no_load, 0.0, 1.0, "");
            check.range(&format!("electrical.{key}.pdu_loss_frac"), z.pdu_loss_frac, 0.0, 0.5, "");
        }
        let pf = e.power_factor;
        for (key, value) in [("gpu", pf.gpu), ("cpu", pf.cpu), ("hvac", pf.hvac), ("misc", pf.misc)] {
            check.range(&format!("electrical.power_factor.{key}"), value, 0.1, 1.0, "");
        }
        check.range("electrical.lighting_mw", e.lighting_mw, 0.0, 1e3, "MW");
        check.range("electrical.network_mw", e.network_mw, 0.0, 1e3, "MW");
        check.range("electrical.pcc.z_pu", e.pcc.z_pu, 0.0, 1.0, "pu");
        check.range("electrical.pcc.x_over_r", e.pcc.x_over_r, 0.0, 1e3, "");
        let t = &self.site.thermal;
        for (key, value) in [
            ("zone_a.c_mj_per_k", t.zone_a.c_mj_per_k),
            ("zone_b.c_mj_per_k", t.zone_b.c_mj_per_k),
            ("zone_a.cop", t.zone_a.cop),
            ("zone_b.cop", t.zone_b.cop),
        ] {
            check.positive(&format!("thermal.{key}"), value, "");
        }
        for (key, value) in [
            ("zone_a.k_liquid_mw_per_k", t.zone_a.k_liquid_mw_per_k),
            ("zone_a.k_envelope_mw_per_k", t.zone_a.k_envelope_mw_per_k),
            ("zone_b.k_air_mw_per_k", t.zone_b.k_air_mw_per_k),
            ("zone_b.k_envelope_mw_per_k", t.zone_b.k_envelope_mw_per_k),
            ("zone_b.hvac_max_mw", t.zone_b.hvac_max_mw),
            ("pump_max_mw", t.pump_max_mw),
        ] {
            check.range(&format!("thermal.{key}"), value, 0.0, 1e5, "");
        }
        check.range("thermal.zone_a.t_supply_degc", t.zone_a.t_supply_degc, 20.0, 40.0, "degC");
        check.range("thermal.zone_b.t_supply_degc", t.zone_b.t_supply_degc, 15.0, 27.0, "degC");
        check.range("thermal.pump_min_speed", t.pump_min_speed, 0.0, 1.0, "");
        check.range("thermal.nominal_hvac", t.nominal_hvac, 0.0, 1.0, "");
        check.range("thermal.nominal_pump", t.nominal_pump, 0.0, 1.0, "");
        let b = &self.site.bess;
        check.range("bess.soc_min", b.soc_min, 0.0, 1.0, "");
        check.range("bess.soc_max", b.soc_max, b.soc_min, 1.0, "");
        check.range("bess.eta_peak", b.eta_peak, 0.5, 1.0, "");
        check.range("bess.eta_min", b.eta_min, 0.1, b.eta_peak, "");
        check.range("bess.derate_window", b.derate_window, 1e-6, 1.0, "");
        check.range("bess.fade_depth", b.fade_depth, 0.0, 1.0, "");
        check.positive("bess.fade_throughput_factor", b.fade_throughput_factor, "");
        check.positive("bess.voltage_v", b.voltage_v, "V");
        check.finish()
    }

    fn check_markets(&self, config: &Document) -> Result<()> {
        let mut check = Checker::new(config, "markets");
        for (name, m) in &self.markets {
            check.one_of(&format!("{name}.f_nominal_hz"), &m.f_nominal_hz.to_string(), "frequency", &["50", "60"]);
            check.range(&format!("{name}.regd.rho"), m.regd.rho, 0.0, 1.0, "");
            check.range(&format!("{name}.regd.sigma"), m.regd.sigma, 0.0, 1.0, "");
            check.range(&format!("{name}.regd.window"), f64::from(m.regd.window), 1.0, 17_280.0, "ticks");
            check.range(&format!("{name}.lmp.base_usd_mwh"), m.lmp.base_usd_mwh, -500.0, 5e3, "$/MWh");
            check.range(&format!("{name}.load.mean_mw"), m.load.mean_mw, 1.0, 1e6, "MW");
            check.range(&format!("{name}.regulation.competitor_fill"), m.regulation.competitor_fill, 0.0, 1.0, "");
            check.range(&format!("{name}.regulation.need_base_mw"), m.regulation.need_base_mw, 0.0, 1e5, "MW");
            let low = m.weather.norm_min_degc;
            check.range(&format!("{name}.weather.norm_max_degc"), m.weather.norm_max_degc, low + 1.0, 100.0, "degC");
        }
        check.finish()?;
        let mut check = Checker::new(config, "scenarios");
        let names: Vec<&str> = self.markets.keys().map(String::as_str).collect();
        for (name, s) in &self.scenarios {
            check.one_of(&format!("{name}.grid_market"), &s.grid_market, "market", &names);
            check.one_of(&format!("{name}.weather_market"), &s.weather_market, "market", &names);
            check.range(&format!("{name}.t_ambient_degc"), s.t_ambient_degc, -60.0, 60.0, "degC");
            check.range(&format!("{name}.committed_mw_max"), s.committed_mw_max, 0.1, 1e4, "MW");
            check.range(&format!("{name}.soc_initial"), s.soc_initial, 0.0, 1.0, "");
            check.range(&format!("{name}.fault_factor"), s.fault_factor.unwrap_or(1.0), 0.0, 1.0, "");
            check.range(&format!("{name}.genai_spike_scale"), s.genai_spike_scale, 0.0, 10.0, "");
            check.range(&format!("{name}.grid_stress_scale"), s.grid_stress_scale, 0.0, 10.0, "");
            check.range(&format!("{name}.dr_baseline_mw"), s.dr_baseline_mw, 0.0, s.committed_mw_max, "MW");
            check.range(&format!("{name}.dr_rate_usd_mwh"), s.dr_rate_usd_mwh, 0.0, 1e4, "$/MW·h");
        }
        check.finish()
    }

    fn check_rules(&self, config: &Document) -> Result<()> {
        let mut check = Checker::new(config, "fidelity");
        let f = &self.fidelity;
        check.one_of("load_ticks_per_record", &f.load_ticks_per_record.to_string(), "value", &["1", "60"]);
        check.range("freq_clip_hz", f.freq_clip_hz, 0.01, 5.0, "Hz");
        check.range("rack_a_max_kw", f.rack_a_max_kw, self.site.electrical.zone_a.idle_kw, 1e3, "kW");
        check.range("rack_b_max_kw", f.rack_b_max_kw, self.site.electrical.zone_b.idle_kw, 1e3, "kW");
        check.range("bess_e_mwh", f.bess_e_mwh, 0.001, 1e5, "MWh");
        check.range("bess_p_mw", f.bess_p_mw, 0.0, 1e5, "MW");
        check.finish()?;
        let mut check = Checker::new(config, "handshake");
        check.positive("rmcp_max_usd", self.handshake.rmcp_max_usd, "$");
        check.range("interval_s", f64::from(self.handshake.interval_s), 5.0, 86_400.0, "s");
        check.finish()?;
        let mut check = Checker::new(config, "reward");
        check.positive("tracking_floor_kw", self.reward.tracking_floor_kw, "kW");
        check.finish()?;
        let mut check = Checker::new(config, "grid");
        check.positive("inertia_h_s", self.grid.inertia_h_s, "s");
        check.range("frequency_noise_hz", self.grid.frequency_noise_hz, 0.0, 1.0, "Hz");
        check.finish()?;
        let mut check = Checker::new(config, "thermal_override");
        let o = &self.thermal_override;
        for (key, value) in [("C_A", o.C_A), ("C_B", o.C_B), ("COP_base", o.COP_base)] {
            if let Some(value) = value {
                check.positive(key, value, "");
            }
        }
        for (key, value, low, high) in [
            ("K_liq", o.K_liq, 0.0, 1e5),
            ("K_air", o.K_air, 0.0, 1e5),
            ("K_env_A", o.K_env_A, 0.0, 1e5),
            ("K_env_B", o.K_env_B, 0.0, 1e5),
            ("T_supply_A", o.T_supply_A, 20.0, 40.0),
            ("T_supply_B", o.T_supply_B, 15.0, 27.0),
            ("fault_factor", o.fault_factor, 0.0, 1.0),
            ("T_amb", o.T_amb, -60.0, 60.0),
        ] {
            if let Some(value) = value {
                check.range(key, value, low, high, "");
            }
        }
        check.finish()
    }
}
