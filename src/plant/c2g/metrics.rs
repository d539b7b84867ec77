//! What is counted over an episode (control 5.1).

use crate::plant::{Direction, Fold, MetricSpec};

use super::params::{Params, ThroughputRatio};
use super::signals::Col;
use super::tables::{HARDWARE, MACRO};

/// Metrics of both slots. `intervals` is the number of market intervals in an episode.
pub(super) fn metrics(p: &Params, episode_ticks: u64, intervals: u64) -> Vec<MetricSpec> {
    let metric = |slot: usize, name: &str, unit: &str, fold: Fold, scale: f64, doc: &str| MetricSpec {
        name: name.to_owned(),
        unit: unit.to_owned(),
        slot,
        fold,
        scale,
        when: (slot == MACRO).then_some(Col::IntervalClosed as usize),
        better: better(name),
        doc: doc.to_owned(),
    };
    let id = |c: Col| c as usize;
    let h = |name: &str, unit: &str, fold: Fold, scale: f64, doc: &str| metric(HARDWARE, name, unit, fold, scale, doc);
    let m = |name: &str, unit: &str, fold: Fold, scale: f64, doc: &str| metric(MACRO, name, unit, fold, scale, doc);
    // Over ticks, not intervals: the same where all intervals are whole.
    let inner =
        |name: &str, col: Col, doc: &str| MetricSpec { when: None, ..m(name, "", Fold::Mean(id(col)), 1.0, doc) };
    let throughput = match p.fidelity.throughput_ratio {
        ThroughputRatio::ServedOverNominal => Fold::Ratio(id(Col::PFlexServed), id(Col::PFlexArrived)),
        ThroughputRatio::Throttle => Fold::Mean(id(Col::Throttle)),
    };
    // Where documentation and reference program count differently, both figures are kept (control 8).
    let image = Fold::ShareImageReaches(
        [(Col::TZoneA, p.site.t_warn_a_degc), (Col::TZoneB, p.site.t_warn_b_degc)]
            .map(|(zone, warn)| (id(zone), p.site.t_safe_degc, warn / p.site.t_safe_degc))
            .to_vec(),
    );
    let warm = Fold::ShareAbove(vec![(id(Col::TZoneA), p.site.t_warn_a_degc), (id(Col::TZoneB), p.site.t_warn_b_degc)]);
    vec![
        h("mean_reward", "", Fold::Mean(id(Col::Reward)), 1.0, "Mean hardware reward per tick."),
        h("total_reward", "", Fold::Sum(id(Col::Reward)), 1.0, "Sum of hardware rewards."),
        h(
            "tracking_rmse",
            "kW",
            Fold::RootMeanSquare(id(Col::TrackingError)),
            1000.0,
            "Root mean square tracking error.",
        ),
        h("thermal_viol_rate", "", warm, 1.0, "Share of ticks with a zone above its warning temperature."),
        h("throughput_ratio", "", throughput, 1.0, "Served over arrived batch work (D-15)."),
        h("throttle_mean", "", Fold::Mean(id(Col::Throttle)), 1.0, "Mean throttle."),
        h(
            "bess_degradation",
            "",
            Fold::Change(id(Col::BessAge)),
            1e4,
            "Growth of battery age after the first tick, times 10⁴.",
        ),
        h("episode_length", "ticks", Fold::Count, 1.0, "Ticks run."),
        h("survived", "", Fold::Reached(episode_ticks), 1.0, "1 when the whole episode was run."),
        h("cumul_p_pump_mw", "MW·tick", Fold::Sum(id(Col::PPump)), 1.0, "Sum of pump power."),
        h("cumul_p_hvac_mw", "MW·tick", Fold::Sum(id(Col::PHvac)), 1.0, "Sum of HVAC power."),
        h("cumul_flex_reduction_kw", "kW·tick", Fold::Sum(id(Col::FlexReduction)), 1000.0, "Sum of shed work."),
        h("cumul_bess_actual_kw", "kW·tick", Fold::Sum(id(Col::PBess)), 1000.0, "Sum of battery power, + = discharge."),
        h("temp_A_max", "°C", Fold::Max(id(Col::TZoneA)), 1.0, "Hottest tick of zone A."),
        h("temp_B_max", "°C", Fold::Max(id(Col::TZoneB)), 1.0, "Hottest tick of zone B."),
        h("backlog_max_mw", "MW", Fold::Max(id(Col::Backlog)), 1.0, "Longest queue."),
        h("soc_min", "", Fold::Min(id(Col::Soc)), 1.0, "Lowest state of charge."),
        h("pue_episode", "", Fold::Last(id(Col::PueEpisode)), 1.0, "Facility over IT energy."),
        h("facility_mean_mw", "MW", Fold::Mean(id(Col::PFacility)), 1.0, "Mean facility power."),
        h(
            "thermal_viol_rate_program",
            "",
            image,
            1.0,
            "Share of ticks with a binary32 observation at or above the warning: as the reference program counts.",
        ),
        h(
            "throughput_ratio_documented",
            "",
            Fold::Ratio(id(Col::PFlexServed), id(Col::PFlexArrived)),
            1.0,
            "Served over arrived batch work, whichever fidelity is in force.",
        ),
        h(
            "bess_degradation_documented",
            "",
            Fold::Change(id(Col::BessFade)),
            1e4,
            "Growth of the capacity fade after the first tick, times 10⁴.",
        ),
        h(
            "survived_288_ticks",
            "",
            Fold::Reached(288),
            1.0,
            "1 when 288 ticks were run: what the reference's high-assurance runner calls survival.",
        ),
        m("mean_reward", "", Fold::Mean(id(Col::MacroReward)), 1.0, "Mean macro reward per interval."),
        m("total_reward", "", Fold::Sum(id(Col::MacroReward)), 1.0, "Sum of macro rewards."),
        m("bid_acceptance_rate", "", Fold::Mean(id(Col::BidAccepted)), 1.0, "Share of bids that were taken."),
        m("total_reg_revenue", "$", Fold::Sum(id(Col::Revenue)), 1.0, "Regulation revenue."),
        m(
            "total_elec_cost",
            "$",
            Fold::Sum(id(Col::ElecCost)),
            1.0,
            "Electricity cost in the sense of the reward (D-17).",
        ),
        m("mean_perf_score", "", Fold::Mean(id(Col::Perf)), 1.0, "Mean performance."),
        m("mean_committed_mw", "MW", Fold::Mean(id(Col::IntervalCommitted)), 1.0, "Mean commitment."),
        m(
            "tracking_rmse",
            "kW",
            Fold::RootMeanSquare(id(Col::MeanErr)),
            1000.0,
            "Root mean square of the intervals' mean errors.",
        ),
        m("temp_A_max", "°C", Fold::Max(id(Col::IntervalTAMax)), 1.0, "Hottest tick of zone A."),
        m("temp_B_max", "°C", Fold::Max(id(Col::IntervalTBMax)), 1.0, "Hottest tick of zone B."),
        m("episode_length", "intervals", Fold::Count, 1.0, "Intervals run."),
        m("survived", "", Fold::Reached(intervals), 1.0, "1 when the whole episode was run."),
        m("mean_flex_kw", "kW", Fold::Mean(id(Col::IntervalFlex)), 1000.0, "Mean shed work."),
        m("mean_bess_kw", "kW", Fold::Mean(id(Col::IntervalBess)), 1000.0, "Mean battery power."),
        m("mean_cool_delta_kw", "kW", Fold::Mean(id(Col::IntervalCool)), 1000.0, "Mean cooling above baseline."),
        m("mean_p_pump_mw", "MW", Fold::Mean(id(Col::IntervalPump)), 1.0, "Mean pump power."),
        m("mean_p_hvac_mw", "MW", Fold::Mean(id(Col::IntervalHvac)), 1.0, "Mean HVAC power."),
        inner("mean_inner_throttle", Col::Throttle, "Mean throttle of the hardware agent."),
        inner("mean_inner_pump", Col::PumpSpeed, "Mean pump speed of the hardware agent."),
        inner("mean_inner_hvac", Col::HvacEffort, "Mean HVAC effort of the hardware agent."),
        inner("mean_inner_bess", Col::BessDispatch, "Mean battery command of the hardware agent, + = discharge."),
    ]
}

/// Which way a metric is better (control 5.8); levers, powers and lengths of an episode are neither.
fn better(name: &str) -> Direction {
    const HIGHER: [&str; 9] = [
        "mean_reward",
        "total_reward",
        "throughput_ratio",
        "throughput_ratio_documented",
        "survived",
        "survived_288_ticks",
        "bid_acceptance_rate",
        "total_reg_revenue",
        "mean_perf_score",
    ];
    const LOWER: [&str; 10] = [
        "tracking_rmse",
        "thermal_viol_rate",
        "thermal_viol_rate_program",
        "bess_degradation",
        "bess_degradation_documented",
        "temp_A_max",
        "temp_B_max",
        "backlog_max_mw",
        "pue_episode",
        "total_elec_cost",
    ];
    match name {
        _ if HIGHER.contains(&name) => Direction::Higher,
        _ if LOWER.contains(&name) => Direction::Lower,
        _ => Direction::Neither,
    }
}
