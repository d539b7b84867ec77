//! Columns of SustainDC's golden trajectories: which quantity of the twin each one is.
#![deny(clippy::indexing_slicing)]

use crate::plant::sustaindc::observe::WIDTH;
use crate::plant::sustaindc::queue::Ages;
use crate::plant::sustaindc::rewards::{Facts, History, Kind, mix, reward};
use crate::plant::sustaindc::signals::Col;
use crate::plant::sustaindc::tables::observation_names;
use crate::rollout::Rollout;

/// Golden name, column of the twin, factor from the twin's unit to the file's.
type Map = (&'static str, Col, f64);

const MAP: [Map; 68] = [
    ("in_day", Col::Day, 1.0),
    ("in_hour", Col::Hour, 1.0),
    ("in_workload", Col::Workload, 1.0),
    ("in_temp_C", Col::TAmbient, 1.0),
    ("in_wet_bulb_C", Col::TWetBulb, 1.0),
    ("in_ci", Col::Ci, 1.0),
    ("in_norm_ci", Col::CiScaled, 1.0),
    ("dc_ITE_total_power_kW", Col::PIt, 1.0),
    ("dc_CT_total_power_kW", Col::PTower, 1.0),
    ("dc_Compressor_total_power_kW", Col::PCompressor, 1.0),
    ("dc_HVAC_total_power_kW", Col::PHvac, 1.0),
    ("dc_total_power_kW", Col::PTotal, 1.0),
    ("dc_crac_setpoint_delta", Col::SetPointMove, 1.0),
    ("dc_crac_setpoint", Col::SetPoint, 1.0),
    ("dc_cpu_workload_fraction", Col::Utilisation, 1.0),
    ("dc_int_temperature", Col::TRoom, 1.0),
    ("dc_exterior_ambient_temp", Col::TAmbient, 1.0),
    ("dc_power_lb_kW", Col::PowerLow, 1.0),
    ("dc_power_ub_kW", Col::PowerHigh, 1.0),
    ("dc_CW_pump_power_kW", Col::PCwPump, 1.0),
    ("dc_CT_pump_power_kW", Col::PCtPump, 1.0),
    ("dc_water_usage", Col::Water, 1.0),
    ("ls_original_workload", Col::Workload, 1.0),
    ("ls_shifted_workload", Col::Utilisation, 1.0),
    ("ls_tasks_in_queue", Col::TasksInQueue, 1.0),
    ("ls_norm_tasks_in_queue", Col::QueueFill, 1.0),
    ("ls_tasks_dropped", Col::TasksOverflow, 1.0),
    ("ls_current_hour", Col::Hour, 1.0),
    ("ls_tasks_processed", Col::TasksProcessed, 1.0),
    ("ls_overdue_penalty", Col::TasksOverdue, 1.0),
    ("ls_computed_tasks", Col::TasksComputed, 1.0),
    ("bat_SOC", Col::Soc, 1.0),
    ("bat_CO2_footprint", Col::Co2, 1.0),
    ("bat_avg_CI", Col::Ci, 1.0),
    ("bat_total_energy_without_battery_KWh", Col::EWithout, 1.0),
    ("bat_total_energy_with_battery_KWh", Col::EWith, 1.0),
    ("bat_max_bat_cap", Col::Capacity, 1.0),
    ("bat_dcload_min", Col::LoadLow, 1.0),
    ("bat_dcload_max", Col::LoadHigh, 1.0),
    ("outside_temp", Col::TNext, 1.0),
    ("day", Col::DayNext, 1.0),
    ("hour", Col::HourNext, 1.0),
    ("norm_CI", Col::Ci1, 1.0),
    ("forecast_CI_0", Col::Ci1, 1.0),
    ("forecast_CI_1", Col::Ci2, 1.0),
    ("forecast_CI_2", Col::Ci3, 1.0),
    ("forecast_CI_3", Col::Ci4, 1.0),
    ("forecast_CI_4", Col::Ci5, 1.0),
    ("forecast_CI_5", Col::Ci6, 1.0),
    ("forecast_CI_6", Col::Ci7, 1.0),
    ("forecast_CI_7", Col::Ci8, 1.0),
    ("isterminal", Col::Truncated, 1.0),
    ("truncated_all", Col::Truncated, 1.0),
    ("x_bat_load_after_MWh", Col::Stored, 1.0),
    ("x_dc_consecutive", Col::SetPointRepeats, 1.0),
    ("x_dc_scale", Col::SetPointScale, 1.0),
    ("x_cpu_W", Col::PCpu, 1000.0),
    ("x_itfan_W", Col::PItFan, 1000.0),
    ("x_crac_return_C", Col::TReturn, 1.0),
    ("x_crac_cooling_W", Col::QCrac, 1000.0),
    ("x_crac_fan_W", Col::PCracFan, 1.0),
    ("x_outlet_min_C", Col::TOutletMin, 1.0),
    ("x_outlet_max_C", Col::TOutletMax, 1.0),
    ("x_PUE", Col::Pue, 1.0),
    ("r_ls", Col::RewardLs, 1.0),
    ("r_dc", Col::RewardDc, 1.0),
    ("r_bat", Col::RewardBat, 1.0),
    ("x_norm_energy", Col::EnergyZ, 1.0),
];

/// Columns that need more than a look at the row.
const OWN: [&str; 30] = [
    "k",
    "in_time_step",
    "a_ls",
    "a_dc",
    "a_bat",
    "ls_action",
    "bat_action",
    "bat_a_t",
    "ls_norm_load_left",
    "ls_unasigned_day_load_left",
    "ls_penalty_flag",
    "ls_enforced",
    "ls_queue_max_len",
    "ls_oldest_task_age",
    "ls_average_task_age",
    "ls_task_age_histogram_0",
    "ls_task_age_histogram_1",
    "ls_task_age_histogram_2",
    "ls_task_age_histogram_3",
    "ls_task_age_histogram_4",
    "x_bat_load_before_MWh",
    "x_bat_discharge_MWh",
    "r_ls_mix08",
    "r_dc_mix08",
    "r_bat_mix08",
    "rw_energy_efficiency",
    "rw_energy_PUE",
    "rw_water",
    "rw_temp_eff_18_27",
    "rw_tou_if_hour_integer",
];

/// What a column's value needs beside the row.
pub(super) struct Seen {
    /// Share of its reward that an agent keeps when rewards are mixed.
    pub weight: f64,
    /// Index of the first tick.
    pub start: u64,
}

/// Slot and entry of an observation's column.
fn observed(column: &str) -> Option<(usize, usize)> {
    let name = column.strip_prefix("obs_")?;
    ["ls_", "dc_", "bat_"].iter().enumerate().find_map(|(slot, prefix)| {
        let own = name.strip_prefix(prefix)?;
        Some((slot, observation_names(slot).iter().position(|n| *n == own)?))
    })
}

/// Whether a column is an entry of an observation.
pub(super) fn is_observation(column: &str) -> bool {
    column.starts_with("obs_")
}

/// Whether the twin computes a column.
pub(super) fn is_known(column: &str) -> bool {
    MAP.iter().any(|(name, ..)| *name == column) || OWN.contains(&column) || observed(column).is_some()
}

/// Columns of counters, flags and words, which golden files write without a decimal point.
pub fn is_whole(column: &str) -> bool {
    matches!(
        column,
        "k" | "in_time_step"
            | "in_day"
            | "a_ls"
            | "a_dc"
            | "a_bat"
            | "dc_crac_setpoint_delta"
            | "ls_action"
            | "ls_norm_load_left"
            | "ls_unasigned_day_load_left"
            | "ls_penalty_flag"
            | "ls_queue_max_len"
            | "ls_tasks_in_queue"
            | "ls_tasks_dropped"
            | "ls_tasks_processed"
            | "ls_enforced"
            | "ls_overdue_penalty"
            | "ls_computed_tasks"
            | "bat_action"
            | "day"
            | "isterminal"
            | "truncated_all"
            | "x_dc_consecutive"
            | "x_dc_scale"
    )
}

/// Value of a column on the tick just run; `None` for a column that the twin does not know.
pub(super) fn value(column: &str, k: usize, rollout: &Rollout, seen: &Seen, stored_before: f64) -> Option<f64> {
    let row = rollout.row();
    let at = |col: Col| row.get(col as usize).copied().unwrap_or(f64::NAN);
    if let Some(&(_, col, factor)) = MAP.iter().find(|(name, ..)| *name == column) {
        return Some(at(col) * factor);
    }
    if let Some((slot, entry)) = observed(column) {
        let mut obs = [0.0; WIDTH];
        rollout.observe(slot, &mut obs);
        return obs.get(entry).copied();
    }
    let action = |slot: usize| rollout.slots().get(slot).and_then(|s| s.applied.first()).copied();
    let ages = Ages {
        oldest_h: at(Col::OldestAge),
        average_h: at(Col::AverageAge),
        classes: [Col::Age0, Col::Age6, Col::Age12, Col::Age18, Col::Age24].map(|c| at(c) as i64),
    };
    let share = |i: usize| ages.histogram(at(Col::TasksInQueue) as i64).get(i).copied();
    let mixed = |i: usize| mix([at(Col::RewardLs), at(Col::RewardDc), at(Col::RewardBat)], seen.weight).get(i).copied();
    let named = |kind: Kind| {
        let facts = Facts {
            carbon: at(Col::Ci1),
            energy_kwh: at(Col::EWith),
            it_kw: at(Col::PIt),
            total_kw: at(Col::PTotal),
            room_degc: at(Col::TRoom),
            water_l: at(Col::Water),
            overdue: at(Col::TasksOverdue),
            oldest_days: ages.oldest_h / 24.0,
            hour: at(Col::HourNext),
            renewable: 0.0,
            room_range_degc: [18.0, 27.0],
        };
        Some(reward(kind, &facts, &mut History::new(2)).own())
    };
    match column {
        "k" => Some(k as f64),
        "in_time_step" => Some((seen.start + k as u64) as f64),
        "a_ls" | "ls_action" => action(0),
        "a_dc" => action(1),
        "a_bat" | "bat_action" | "bat_a_t" => action(2),
        "ls_norm_load_left" | "ls_unasigned_day_load_left" | "ls_penalty_flag" | "ls_enforced" => Some(0.0),
        "ls_queue_max_len" => rollout.spec().facts.get("queue_max_tasks").copied(),
        "ls_oldest_task_age" => Some(ages.oldest_h / 24.0),
        "ls_average_task_age" => Some(ages.average_h / 24.0),
        "ls_task_age_histogram_0" => share(0),
        "ls_task_age_histogram_1" => share(1),
        "ls_task_age_histogram_2" => share(2),
        "ls_task_age_histogram_3" => share(3),
        "ls_task_age_histogram_4" => share(4),
        "x_bat_load_before_MWh" => Some(stored_before),
        "x_bat_discharge_MWh" => Some(((at(Col::EWithout) - at(Col::EWith)) / 1000.0).max(0.0)),
        "r_ls_mix08" => mixed(0),
        "r_dc_mix08" => mixed(1),
        "r_bat_mix08" => mixed(2),
        "rw_energy_efficiency" => named(Kind::EnergyEfficiencyReward),
        "rw_energy_PUE" => named(Kind::EnergyPueReward),
        "rw_water" => named(Kind::WaterUsageEfficiencyReward),
        "rw_temp_eff_18_27" => named(Kind::TemperatureEfficiencyReward),
        // The source fails at quarter hours: there is no value then.
        "rw_tou_if_hour_integer" if at(Col::HourNext).fract() != 0.0 => Some(f64::NAN),
        "rw_tou_if_hour_integer" => named(Kind::TouReward),
        _ => None,
    }
}
