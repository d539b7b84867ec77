//! Which way a metric is better, and a difference in words.

pub use crate::plant::Direction;

/// Lower is better. The first six are control 5.8's; the rest are of the same kind in this program's own tables.
const LOWER: [&str; 44] = [
    "hard_violation_rate",
    "shield_intervention_rate",
    "thermal_viol_rate",
    "tracking_rmse",
    "bess_degradation",
    "bess_degradation_documented",
    "computational_overhead_ms",
    "thermal_viol_rate_program",
    "total_elec_cost",
    "temp_A_max",
    "temp_B_max",
    "backlog_max_mw",
    "pue_episode",
    "pue",
    "pue_best_day",
    "pue_worst_day",
    "co2_kg",
    "energy_kwh",
    "water_l",
    "tasks_dropped",
    "tasks_overdue",
    "fallbacks",
    "forfeited_hours",
    "nonfinite",
    "clamps",
    "wall_time_s",
    "restarts",
    "co2_mean_g",
    "energy_mean_kwh",
    "pue_mean",
    "pue_min",
    "pue_max",
    "hvac_mean_kw",
    "hvac_max_kw",
    "tower_mean_kw",
    "compressor_mean_kw",
    "outlet_max_degc",
    "tower_limit_share",
    "overdue_share",
    "tasks_in_queue",
    "queue_mean",
    "queue_max",
    "queue_end",
    "age_max_h",
];

/// Neither: what was done, not how well.
const NEITHER: [&str; 21] = [
    "episode_length",
    "throttle_mean",
    "mean_committed_mw",
    "mean_flex_kw",
    "mean_bess_kw",
    "mean_cool_delta_kw",
    "mean_p_pump_mw",
    "mean_p_hvac_mw",
    "mean_inner_throttle",
    "mean_inner_pump",
    "mean_inner_hvac",
    "mean_inner_bess",
    "soc_min",
    "facility_mean_mw",
    "it_mean_kw",
    "room_mean_degc",
    "tasks_deferred",
    "workload_mean",
    "soc_mean",
    "soc_end",
    "battery_idle_share",
];

/// Which way a metric is better, by its name; an `inner_` in front does not change it.
pub fn direction(metric: &str) -> Direction {
    let name = metric.strip_prefix("inner_").unwrap_or(metric);
    if LOWER.contains(&name) {
        Direction::Lower
    } else if NEITHER.contains(&name) || name.starts_with("cumul_") {
        Direction::Neither
    } else {
        Direction::Higher
    }
}

/// A comparison in one word or three.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Better than the baseline, beyond noise.
    Better,
    /// Worse than the baseline, beyond noise.
    Worse,
    /// Higher, where neither way is better.
    Higher,
    /// Lower, where neither way is better.
    Lower,
    /// No difference that noise could not make.
    Same,
    /// Too few numbers to say.
    Unknown,
}

impl Verdict {
    /// From the difference to the baseline and a corrected p-value (NaN: not tested) at the level `alpha`.
    pub fn of(difference: f64, p: f64, alpha: f64, direction: Direction) -> Self {
        if p.is_nan() || difference.is_nan() {
            return Self::Unknown;
        }
        if p >= alpha || difference == 0.0 {
            return Self::Same;
        }
        match (direction, difference > 0.0) {
            (Direction::Higher, true) | (Direction::Lower, false) => Self::Better,
            (Direction::Higher, false) | (Direction::Lower, true) => Self::Worse,
            (Direction::Neither, true) => Self::Higher,
            (Direction::Neither, false) => Self::Lower,
        }
    }

    /// As it is printed.
    pub fn words(self) -> &'static str {
        match self {
            Self::Better => "better",
            Self::Worse => "worse",
            Self::Higher => "higher",
            Self::Lower => "lower",
            Self::Same => "same within noise",
            Self::Unknown => "not tested",
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::rollout::{Setup, World};

    #[test]
    fn names_say_the_same_as_the_tables_of_the_plants() {
        for plant in ["c2g", "sustaindc"] {
            let setup = Setup { plant: plant.to_owned(), ..Setup::default() };
            let rollout = World::default().build(&setup).unwrap();
            for metric in &rollout.spec().metrics {
                assert_eq!(direction(&metric.name), metric.better, "{plant}: {}", metric.name);
            }
        }
    }

    #[test]
    fn the_way_that_is_better_decides_the_word() {
        let word = |metric: &str, difference: f64, p: f64| Verdict::of(difference, p, 0.05, direction(metric)).words();
        assert_eq!(word("mean_reward", 1.0, 0.01), "better");
        assert_eq!(word("mean_reward", -1.0, 0.01), "worse");
        assert_eq!(word("tracking_rmse", -1.0, 0.01), "better");
        assert_eq!(word("inner_tracking_rmse", 1.0, 0.01), "worse");
        assert_eq!(word("cumul_p_pump_mw", 1.0, 0.01), "higher");
        assert_eq!(word("mean_reward", 1.0, 0.05), "same within noise");
        assert_eq!(word("mean_reward", 0.0, 0.0), "same within noise");
        assert_eq!(word("mean_reward", 1.0, f64::NAN), "not tested");
    }
}
