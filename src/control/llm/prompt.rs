//! Numbers that a prompt may name (control 4.4).

use crate::plant::PlantSpec;

use super::Kind;

/// Facts of the run.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    scenario: String,
    committed_mw_max: f64,
    bess_p_max_mw: f64,
    t_safe_degc: f64,
    dr_baseline_mw: f64,
    facility_cap_kw: f64,
    rmcp_max_usd: f64,
}

/// Largest battery command that a plain rule gives, within the room that the state of charge leaves (control 1.1 step 3).
fn plain_bess(raw: f64, soc: f64, regd: f64) -> f64 {
    if regd.abs() < 0.10 {
        return 0.0;
    }
    let bess = raw.clamp(-1.0, 1.0);
    if soc < 0.15 && bess > 0.0 {
        bess * ((soc - 0.10) / 0.05).max(0.0)
    } else if soc > 0.80 && bess < 0.0 {
        bess * ((0.95 - soc) / 0.15).max(0.0)
    } else {
        bess
    }
}

impl Facts {
    /// Facts of a plant.
    pub fn of(spec: &PlantSpec) -> Self {
        let fact = |name: &str| spec.facts.get(name).copied().unwrap_or(0.0);
        let scale = |slot: &str, name: &str| {
            let slot = spec.slots.iter().find(|s| s.name == slot);
            slot.and_then(|s| s.observations.iter().find(|o| o.name == name)).map_or(0.0, |o| o.scale)
        };
        Self {
            scenario: spec.axes.iter().find(|a| a.name == "scenario").map_or(String::new(), |a| a.value.clone()),
            committed_mw_max: fact("committed_mw_max"),
            bess_p_max_mw: fact("bess_p_max_mw"),
            t_safe_degc: fact("t_safe_degc"),
            dr_baseline_mw: fact("dr_baseline_mw"),
            facility_cap_kw: scale("hardware", "p_flex_nom_norm") * 1000.0,
            rmcp_max_usd: scale("macro", "rmcp_norm"),
        }
    }

    /// Names and values for a question. `entry` reads the observation.
    pub fn values(
        &self,
        kind: Kind,
        observation: &[f64],
        entry: fn(&[f64], usize) -> f64,
    ) -> Vec<(&'static str, String)> {
        let at = |i: usize| entry(observation, i);
        let mut values = vec![
            ("scenario", self.scenario.clone()),
            ("committed_mw_max", format!("{}", self.committed_mw_max)),
            ("bess_p_max_mw", format!("{}", self.bess_p_max_mw)),
            ("T_max", format!("{}", self.t_safe_degc)),
        ];
        match kind {
            Kind::Hardware => {
                let committed = at(17) * self.committed_mw_max;
                let gain = if self.bess_p_max_mw > 0.0 { self.committed_mw_max / self.bess_p_max_mw } else { 0.0 };
                values.extend([
                    ("committed_mw", format!("{committed:.2}")),
                    ("target_kw", format!("{:.0}", committed * at(6) * 1000.0)),
                    ("p_flex_nom_kw", format!("{:.0}", at(4) * self.facility_cap_kw)),
                    ("backlog_increment", format!("{:.4}", at(4) * 2.78)),
                    ("bess_dispatch_baseline", format!("{:.4}", plain_bess(gain * at(17) * at(6), at(2), at(6)))),
                ]);
            }
            Kind::Macro => {
                let load = at(7);
                let offer = if load > 0.7 {
                    0.80
                } else if load > 0.4 {
                    0.50
                } else {
                    0.20
                };
                values.extend([
                    ("dr_baseline_mw", format!("{}", self.dr_baseline_mw)),
                    ("rmcp_usd", format!("{:.2}", at(17) * self.rmcp_max_usd)),
                    ("commit_norm_0", format!("{offer:.2}")),
                    ("bid_price_0", format!("{:.2}", (40.0 * at(17)).clamp(0.0, 100.0))),
                    ("commit_norm_prev", format!("{:.3}", at(12))),
                ]);
            }
        }
        values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plain_battery_rule_keeps_its_limits() {
        assert_eq!(plain_bess(2.0, 0.5, 0.5), 1.0);
        assert_eq!(plain_bess(2.0, 0.5, 0.05), 0.0);
        assert_eq!(plain_bess(1.0, 0.10, 0.5), 0.0);
        assert!((plain_bess(-1.0, 0.90, -0.5) + 1.0 / 3.0).abs() < 1e-12);
    }
}
