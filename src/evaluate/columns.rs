//! Columns of the golden trajectories: which quantity of the twin each one is.

use crate::plant::c2g::signals::Col;
use crate::plant::c2g::tables::{HARDWARE_OBS, MACRO_OBS};
use crate::rollout::Rollout;

/// Golden name, column of the twin, factor from the twin's unit to the file's.
type Map = (&'static str, Col, f64);

const ENV: [Map; 50] = [
    ("reward", Col::Reward, 1.0),
    ("terminated", Col::Terminated, 1.0),
    ("truncated", Col::Truncated, 1.0),
    ("temp_A", Col::TZoneA, 1.0),
    ("temp_B", Col::TZoneB, 1.0),
    ("bess_soc", Col::Soc, 1.0),
    ("p_facility_mw", Col::PFacility, 1.0),
    ("p_total_it_mw", Col::PIt, 1.0),
    ("pue", Col::Pue, 1.0),
    ("tracking_err_kw", Col::TrackingError, 1000.0),
    ("delta_p_actual_kw", Col::RegdDelivered, 1000.0),
    ("delta_p_demanded_kw", Col::RegdDemanded, 1000.0),
    ("flex_reduction_kw", Col::FlexReduction, 1000.0),
    ("bess_actual_kw", Col::PBess, 1000.0),
    ("cool_delta_kw", Col::CoolDelta, 1000.0),
    ("lmp", Col::Lmp, 1.0),
    ("regd_signal", Col::Regd, 1.0),
    ("backlog_kw", Col::Backlog, 1000.0),
    ("avg_delay_steps", Col::AvgDelay, 1.0),
    ("is_spike", Col::IsSpike, 1.0),
    ("p_hvac_mw", Col::PHvac, 1.0),
    ("p_pump_mw", Col::PPump, 1.0),
    ("T_amb", Col::TAmbient, 1.0),
    ("thermal_fault", Col::FaultThermal, 1.0),
    ("freq_fault", Col::FaultFreq, 1.0),
    ("voltage_fault", Col::FaultVolt, 1.0),
    ("f_grid_hz", Col::FGrid, 1.0),
    ("freq_dev_hz", Col::FDev, 1.0),
    ("v_pcc_pu", Col::VPcc, 1.0),
    ("v_drop_pu", Col::VDrop, 1.0),
    ("reward_throughput", Col::RThroughput, 1.0),
    ("reward_tracking", Col::RTracking, 1.0),
    ("reward_thermal", Col::RThermal, 1.0),
    ("reward_soc", Col::RSoc, 1.0),
    ("reward_freq", Col::RFreq, 1.0),
    ("reward_volt", Col::RVolt, 1.0),
    ("reward_backlog", Col::RBacklog, 1.0),
    ("bess_age_frac", Col::BessAge, 1.0),
    ("x_p_flex_served_kw", Col::PFlexServed, 1000.0),
    ("x_p_cool_A_mw", Col::PCoolA, 1.0),
    ("x_committed_mw", Col::Committed, 1.0),
    ("x_grid_load_mw", Col::GridLoad, 1.0),
    ("x_p_base_a_kw", Col::PBaseA, 1000.0),
    ("x_p_base_b_kw", Col::PBaseB, 1000.0),
    ("x_q_mvar", Col::Q, 1.0),
    ("x_hvac_regime", Col::HvacRegime, 1.0),
    ("af_throttle", Col::Throttle, 1.0),
    ("af_pump", Col::PumpSpeed, 1.0),
    ("af_hvac", Col::HvacEffort, 1.0),
    ("af_bess", Col::BessDispatch, 1.0),
];

const MACRO: [Map; 33] = [
    ("reward", Col::MacroReward, 1.0),
    ("terminated", Col::Terminated, 1.0),
    ("macro_tick", Col::Interval, 1.0),
    ("committed_mw", Col::IntervalCommitted, 1.0),
    ("bid_mw", Col::BidMw, 1.0),
    ("bid_price", Col::BidPrice, 1.0),
    ("bid_accepted", Col::BidAccepted, 1.0),
    ("accept_prob", Col::AcceptProb, 1.0),
    ("clearing_price", Col::Rmcp, 1.0),
    ("regulation_revenue", Col::Revenue, 1.0),
    ("electricity_cost", Col::ElecCost, 1.0),
    ("perf_score", Col::Perf, 1.0),
    ("rate", Col::Rate, 1.0),
    ("mean_sub_reward", Col::MSub, 1.0),
    ("commit_churn_pen", Col::MChurnPen, 1.0),
    ("mean_tracking_err", Col::MeanErr, 1000.0),
    ("mean_lmp", Col::MeanLmp, 1.0),
    ("rmcp_usd", Col::Rmcp, 1.0),
    ("residual_mw", Col::Residual, 1.0),
    ("x_reg_need_mw", Col::RegNeed, 1.0),
    ("spike_any", Col::IntervalSpike, 1.0),
    ("temp_A_max", Col::IntervalTAMax, 1.0),
    ("temp_B_max", Col::IntervalTBMax, 1.0),
    ("bess_soc_end", Col::Soc, 1.0),
    ("backlog_norm_mean", Col::IntervalBacklog, 1.0),
    ("sub_steps_run", Col::IntervalTicks, 1.0),
    ("mean_flex_reduction_kw", Col::IntervalFlex, 1000.0),
    ("mean_bess_actual_kw", Col::IntervalBess, 1000.0),
    ("mean_cool_delta_kw", Col::IntervalCool, 1000.0),
    ("mean_p_pump_mw", Col::IntervalPump, 1.0),
    ("mean_p_hvac_mw", Col::IntervalHvac, 1.0),
    ("reward_regulation", Col::MRegulation, 1.0),
    ("reward_sub", Col::MSub, 1.0),
];

fn lookup(map: &[Map], name: &str, row: &[f64]) -> Option<f64> {
    map.iter().find(|(n, ..)| *n == name).and_then(|&(_, col, k)| row.get(col as usize).map(|v| v * k))
}

fn observed(names: &[&str], column: &str, obs: &[f64]) -> Option<f64> {
    let name = column.strip_prefix("o_")?;
    let k = names.iter().position(|n| *n == name)?;
    obs.get(k).copied()
}

/// Columns of a trajectory that are its inputs.
const INPUTS: [&str; 6] = ["a_throttle", "a_pump", "a_hvac", "a_bess", "bid_mw_norm", "bid_price_norm"];

/// Whether a column is an input or a quantity that the twin computes.
pub(super) fn is_known(market: bool, column: &str) -> bool {
    let (map, observations, own): (&[Map], &[&str], &[&str]) = if market {
        (&MACRO, &MACRO_OBS, &["m", "truncated", "reward_elec", "reward_churn"])
    } else {
        (&ENV, &HARDWARE_OBS, &["t"])
    };
    INPUTS.contains(&column)
        || own.contains(&column)
        || map.iter().any(|(name, ..)| *name == column)
        || column.strip_prefix("o_").is_some_and(|name| observations.contains(&name))
}

/// Value of a hardware trajectory's column on the tick just run; `None` for a column that is an input.
pub(super) fn env_column(column: &str, t: usize, rollout: &Rollout, obs: &[f64]) -> Option<f64> {
    if column == "t" {
        return Some(t as f64);
    }
    observed(&HARDWARE_OBS, column, obs).or_else(|| lookup(&ENV, column, rollout.row()))
}

/// Value of a market trajectory's column on the interval just closed; `None` for a column that is an input.
pub(super) fn macro_column(column: &str, m: usize, rollout: &Rollout, obs: &[f64]) -> Option<f64> {
    let row = rollout.row();
    let at = |col: Col| row.get(col as usize).copied().unwrap_or(f64::NAN);
    match column {
        "m" => return Some(m as f64),
        "truncated" => {
            // The market environment truncates after its last interval unless a limit was broken (core 9).
            let last = at(Col::Interval) >= 96.0 && at(Col::Terminated) == 0.0;
            return Some(f64::from(u8::from(last)));
        }
        "reward_elec" => return Some(at(Col::MElec)),
        "reward_churn" => return Some(at(Col::MChurn)),
        _ => {}
    }
    observed(&MACRO_OBS, column, obs).or_else(|| lookup(&MACRO, column, row))
}
