//! What the C2G plant publishes: slots, inputs, events, metrics, topology, charts.

use std::collections::BTreeMap;

use crate::noise::{Draw, StreamSpec};
use crate::plant::{
    Action, Axis, Calendar, Chart, Domain, EventKind, Input, Observation, PlantSpec, RewardTerm, Severity, Slot,
};
use crate::signal::{Carrier, Limits};

use super::data::Choice;
use super::disturbances::disturbances;
use super::explain::explain;
use super::headroom::headroom;
use super::metrics::metrics;
use super::params::Params;
use super::questions::questions;
use super::signals::{Col, entities, signals};
use super::telling::telling;
use super::tiles::tiles;
use super::topology::topology;

/// Slot numbers.
pub const MACRO: usize = 0;
/// The hardware agent's slot.
pub const HARDWARE: usize = 1;

/// Random streams in the order of their number.
pub mod stream {
    /// Innovation of RegD, one a tick and one at reset.
    pub const REGD: usize = 0;
    /// Frequency noise, one a tick.
    pub const FREQUENCY: usize = 1;
    /// Noise of the regulation price, one an interval with a bid.
    pub const RMCP: usize = 2;
    /// Acceptance of a bid, one an interval with a bid.
    pub const ACCEPTANCE: usize = 3;
}

/// Input numbers.
pub mod input {
    /// Batch trace value.
    pub const BATCH: usize = 0;
    /// GenAI duty, percent.
    pub const GENAI: usize = 1;
    /// Recommendation GPUs.
    pub const DLRM: usize = 2;
    /// Ambient, degC.
    pub const AMBIENT: usize = 3;
    /// Zone load, MW.
    pub const LOAD: usize = 4;
    /// Energy price, $/MWh.
    pub const LMP: usize = 5;
    /// Regulation signal.
    pub const REGD: usize = 6;
    /// Regulation price, $.
    pub const RMCP: usize = 7;
    /// Commitment, MW.
    pub const COMMITTED: usize = 8;
    /// Factor on both zones' cooling.
    pub const COOLING: usize = 9;
    /// Factor on zone A's pumps.
    pub const PUMP: usize = 10;
    /// Battery in service.
    pub const BESS: usize = 11;
    /// Extra voltage drop, pu.
    pub const VOLTAGE_DIP: usize = 12;
    /// Extra frequency deviation, Hz.
    pub const FREQUENCY: usize = 13;
}

fn inputs(committed_max: f64) -> Vec<Input> {
    let input = Input::new;
    vec![
        input("batch_gpu_milli", "Batch demand", "", (0.0, 12_620.0), false, "Batch trace value (core 2.1)."),
        input(
            "genai_duty_pct",
            "GenAI duty",
            "%",
            (0.0, 100.0),
            false,
            "GenAI duty; above 12.19 % it is a spike (core 2.2).",
        ),
        input(
            "dlrm_gpus",
            "Recommendation GPUs",
            "",
            (0.0, 227.0),
            false,
            "Active GPUs of recommendation serving (core 2.1).",
        ),
        input("t_ambient_degc", "Ambient", "°C", (-40.0, 60.0), false, "Ambient temperature (core 7)."),
        input("p_grid_load_mw", "Grid load", "MW", (0.0, 200_000.0), false, "Load of the market's zone (core 6.2)."),
        input("lmp_usd_mwh", "Energy price", "$/MWh", (0.0, 500.0), false, "Locational marginal price (core 6.3)."),
        input("regd", "RegD", "", (-1.0, 1.0), false, "Regulation signal to be tracked on the next tick (core 6.4)."),
        input(
            "rmcp_usd",
            "Regulation price",
            "$/MW·h",
            (0.0, 500.0),
            false,
            "Regulation market clearing price (core 6.7).",
        ),
        input("p_committed_mw", "Commitment", "MW", (0.0, committed_max), false, "Regulation committed (core 9)."),
        input(
            "cooling_factor",
            "Cooling fault",
            "",
            (0.0, 1.0),
            true,
            "Factor on both zones' cooling conductances (core 4).",
        ),
        input("pump_factor", "Pump fault", "", (0.0, 1.0), true, "Factor on zone A's liquid conductance."),
        input(
            "bess_available",
            "Battery outage",
            "",
            (0.0, 1.0),
            true,
            "Share of the battery's command that is carried out.",
        ),
        input("v_dip_pu", "Voltage dip", "pu", (0.0, 0.5), true, "Extra voltage drop at the grid connection."),
        input(
            "f_offset_hz",
            "Frequency excursion",
            "Hz",
            (-2.0, 2.0),
            true,
            "Offset on the grid frequency of this tick.",
        ),
    ]
}

/// Names of the 18 hardware observations, as logs use them (core 10).
pub const HARDWARE_OBS: [&str; 18] = [
    "temp_A_norm",
    "temp_B_norm",
    "bess_soc",
    "p_base_norm",
    "p_flex_nom_norm",
    "p_facility_norm",
    "regd_signal",
    "lmp_norm",
    "grid_load_norm",
    "is_spike",
    "prev_throttle",
    "prev_pump_speed",
    "pue_norm",
    "T_amb_norm",
    "freq_dev_norm",
    "v_pcc_pu",
    "backlog_norm",
    "committed_mw_norm",
];

/// Names of the 19 macro observations (core 9).
pub const MACRO_OBS: [&str; 19] = [
    "temp_A_mean",
    "temp_B_mean",
    "bess_soc_end",
    "p_base_mean",
    "p_facility_mean",
    "regd_mean",
    "lmp_mean",
    "grid_load_mean",
    "tracking_err_mean",
    "is_spike_any",
    "thermal_headroom_A",
    "thermal_headroom_B",
    "bid_mw_prev_norm",
    "bid_price_prev_norm",
    "freq_dev_mean",
    "v_pcc_mean",
    "backlog_norm_mean",
    "rmcp_norm",
    "reg_need_norm",
];

fn hardware_observations(p: &Params, c: &Choice) -> Vec<Observation> {
    let cap = p.site.facility_cap_kw / 1000.0;
    let flex_max = p.site.workload.batch.racks * p.fidelity.rack_a_max_kw / 1000.0;
    let rows: [(f64, f64, f64, &str, &str); 18] = [
        (0.0, 2.0, p.site.t_safe_degc, "°C", "Temperature of zone A over T_safe."),
        (0.0, 2.0, p.site.t_safe_degc, "°C", "Temperature of zone B over T_safe."),
        (0.0, 1.0, 1.0, "", "State of charge."),
        (0.0, 1.0, cap, "MW", "Rigid IT power."),
        (0.0, 1.0, cap, "MW", "Batch work arriving."),
        (0.0, 2.0, cap, "MW", "Facility power."),
        (-1.0, 1.0, 1.0, "", "Regulation signal to be tracked on the next tick."),
        (0.0, 1.0, 200.0, "$/MWh", "Energy price."),
        (0.0, 1.0, 1.0, "", "Grid load over its maximum."),
        (0.0, 1.0, 1.0, "", "GenAI spike."),
        (0.0, 1.0, 1.0, "", "Throttle just applied."),
        (0.0, 1.0, 1.0, "", "Pump speed just applied."),
        (0.0, 2.0, 2.5, "", "PUE."),
        (0.0, 1.0, 1.0, "", "Ambient on the weather market's scale."),
        (-1.0, 1.0, 0.5, "Hz", "Frequency deviation."),
        (0.0, 1.1, 1.0, "pu", "Voltage at the grid connection."),
        (0.0, 2.0, flex_max, "MW", "Backlog over full batch power."),
        (0.0, 1.0, c.scenario.committed_mw_max, "MW", "Commitment."),
    ];
    observations(&HARDWARE_OBS, &rows)
}

/// Observations from names and their rows: lowest and highest as agents see them, scale to the unit, unit, words.
fn observations(names: &[&str], rows: &[(f64, f64, f64, &str, &str)]) -> Vec<Observation> {
    let observation = |(name, row): (&&str, &(f64, f64, f64, &str, &str))| {
        let &(low, high, scale, unit, doc) = row;
        Observation { name: (*name).to_owned(), low, high, scale, unit: unit.to_owned(), doc: doc.to_owned() }
    };
    names.iter().zip(rows).map(observation).collect()
}

fn macro_observations(p: &Params, c: &Choice) -> Vec<Observation> {
    let cap = p.site.facility_cap_kw / 1000.0;
    let (t, max, price) = (p.site.t_safe_degc, c.scenario.committed_mw_max, p.handshake.rmcp_max_usd);
    let rows: [(f64, f64, f64, &str, &str); 19] = [
        (0.0, 2.0, t, "°C", "Mean temperature of zone A."),
        (0.0, 2.0, t, "°C", "Mean temperature of zone B."),
        (0.0, 1.0, 1.0, "", "State of charge at the end."),
        (0.0, 1.0, cap, "MW", "Mean rigid IT power."),
        (0.0, 2.0, cap, "MW", "Mean facility power."),
        (0.0, 1.0, 1.0, "", "Mean size of the regulation signal."),
        (0.0, 1.0, 200.0, "$/MWh", "Mean energy price."),
        (0.0, 1.0, 1.0, "", "Mean grid load over its maximum."),
        (0.0, 2.0, 1.0, "", "Mean tracking error over commitment; may exceed its bound."),
        (0.0, 1.0, 1.0, "", "Any GenAI spike."),
        (0.0, 1.0, t, "K", "Head-room of zone A at its hottest tick."),
        (0.0, 1.0, t, "K", "Head-room of zone B at its hottest tick."),
        (0.0, 1.0, max, "MW", "Bid just made."),
        (0.0, 1.0, 2.0 * price, "$/MW·h", "Bid price just made."),
        (-1.0, 1.0, 0.5, "Hz", "Mean frequency deviation."),
        (0.0, 1.1, 1.0, "pu", "Mean voltage."),
        (0.0, 2.0, 1.0, "", "Mean backlog over full batch power."),
        (0.0, 5.0, price, "$/MW·h", "Regulation price of the interval."),
        (0.0, 5.0, max, "MW", "Need that competitors left open."),
    ];
    observations(&MACRO_OBS, &rows)
}

#[allow(clippy::too_many_arguments)] // one line per actuator in the tables below
fn action(
    name: &str,
    label: &str,
    low: f64,
    default: f64,
    carrier: Carrier,
    effect: Option<Col>,
    verbs: (&str, &str),
    doc: &str,
) -> Action {
    Action {
        name: name.to_owned(),
        label: label.to_owned(),
        domain: Domain::Continuous { low, high: 1.0 },
        default,
        nudge: 0.05,
        carrier,
        effect: effect.map(|c| c as usize),
        verbs: (verbs.0.to_owned(), verbs.1.to_owned()),
        reasons: Vec::new(),
        doc: doc.to_owned(),
    }
}

/// Why an actuator's effect may differ from its value: flags with words that fit one line, the strongest first.
fn reasons(action: &str, p: &Params, c: &Choice) -> Vec<(usize, String)> {
    const WAITS: &str = "Counts from the next bid on";
    let because = |col: Col, words: &str| (col as usize, words.to_owned());
    let rejected = format!("Rejected: the baseline of {:.1} MW holds", c.scenario.dr_baseline_mw);
    match action {
        "throttle_batch" => vec![because(Col::QueueIdle, "No effect: all work is served anyway")],
        "pump_speed_A" => vec![
            (Col::PumpFloor as usize, format!("Runs at its floor of {:.2}", p.site.thermal.pump_min_speed)),
            because(Col::ImpairedA, "Fault: the loop carries less heat"),
        ],
        "hvac_effort" => vec![
            because(Col::HvacIdle, "No effect: zone B is below its supply air"),
            because(Col::HvacCapacity, "Limited by the machines, not the air flow"),
            because(Col::ImpairedB, "Fault: the air carries less heat"),
        ],
        "bess_dispatch" => vec![
            because(Col::BessOut, "Outage: only part of it is in service"),
            because(Col::BessLimited, "Derated: its charge is near a limit"),
        ],
        "bid_mw_norm" => vec![because(Col::BidSizeWaits, WAITS), (Col::BidVoid as usize, rejected)],
        "bid_price_norm" => vec![because(Col::BidPriceWaits, WAITS), (Col::BidVoid as usize, rejected)],
        _ => Vec::new(),
    }
}

fn slots(p: &Params, c: &Choice, tick_s: u32) -> Vec<Slot> {
    let term = |name: &str, label: &str, col: Col, carrier: Carrier| RewardTerm {
        name: name.to_owned(),
        label: label.to_owned(),
        signal: col as usize,
        carrier,
    };
    let macro_slot = Slot {
        name: "macro".to_owned(),
        label: "Macro".to_owned(),
        period_ticks: u64::from(p.handshake.interval_s / tick_s).max(1),
        phase_ticks: 0,
        observations: macro_observations(p, c),
        actions: vec![
            action(
                "bid_mw_norm",
                "Bid size",
                0.0,
                0.5,
                Carrier::Market,
                Some(Col::BidMw),
                ("bids", "bids"),
                "Regulation offered, as a share of the largest commitment (core 9).",
            ),
            action(
                "bid_price_norm",
                "Bid price",
                0.0,
                0.5,
                Carrier::Market,
                None,
                ("asks", "asks"),
                "Price asked, as a share of twice the price normaliser (core 9).",
            ),
        ],
        reward: Some(Col::MacroReward as usize),
        reward_terms: vec![
            term("regulation", "Regulation", Col::MRegulation, Carrier::Market),
            term("sub", "Hardware", Col::MSub, Carrier::It),
            term("elec", "Electricity", Col::MElec, Carrier::Aux),
            term("churn", "Bid change", Col::MChurn, Carrier::Aux),
        ],
        reward_when: Some(Col::IntervalClosed as usize),
        optional: true,
        default_controller: "fixed".to_owned(),
    };
    let hardware = Slot {
        name: "hardware".to_owned(),
        label: "Hardware".to_owned(),
        period_ticks: 1,
        phase_ticks: 0,
        observations: hardware_observations(p, c),
        actions: vec![
            action(
                "throttle_batch",
                "Batch throttle",
                0.0,
                1.0,
                Carrier::It,
                Some(Col::FlexReduction),
                ("sheds", "drains"),
                "Share of the batch racks allowed to run; less sheds load (core 2.3).",
            ),
            action(
                "pump_speed_A",
                "Pump A",
                0.0,
                0.7,
                Carrier::Cooling,
                Some(Col::PPump),
                ("draws", "draws"),
                "Speed of the liquid loop's pumps; never below 0.15 in effect (core 4).",
            ),
            action(
                "hvac_effort",
                "HVAC B",
                0.0,
                0.7,
                Carrier::Cooling,
                Some(Col::PHvac),
                ("draws", "draws"),
                "Effort of the air handling; its draw follows the command (core 4).",
            ),
            action(
                "bess_dispatch",
                "Battery",
                -1.0,
                0.0,
                Carrier::Battery,
                Some(Col::PBess),
                ("discharges", "charges"),
                "Battery command over its power, + = discharge (core 5).",
            ),
        ],
        reward: Some(Col::Reward as usize),
        reward_terms: vec![
            term("throughput", "Throughput", Col::RThroughput, Carrier::It),
            term("tracking", "Tracking", Col::RTracking, Carrier::Grid),
            term("thermal", "Thermal", Col::RThermal, Carrier::Cooling),
            term("soc", "SOC", Col::RSoc, Carrier::Battery),
            term("freq", "Frequency", Col::RFreq, Carrier::Grid),
            term("volt", "Voltage", Col::RVolt, Carrier::Grid),
            term("backlog", "Backlog", Col::RBacklog, Carrier::It),
        ],
        reward_when: None,
        optional: false,
        default_controller: "rule_based".to_owned(),
    };
    let mut slots = vec![macro_slot, hardware];
    for action in slots.iter_mut().flat_map(|slot| &mut slot.actions) {
        action.reasons = reasons(&action.name, p, c);
    }
    slots
}

fn events() -> Vec<EventKind> {
    let event = |name: &str, label: &str, severity: Severity, flag: Col, value: Option<Col>| EventKind {
        name: name.to_owned(),
        label: label.to_owned(),
        severity,
        flag: flag as usize,
        value: value.map(|v| v as usize),
        terminal: severity == Severity::Trip,
        device: None,
    };
    let trip = |name: &str, label: &str, device: &str, flag: Col, value: Col| EventKind {
        device: Some(device.to_owned()),
        ..event(name, label, Severity::Trip, flag, Some(value))
    };
    vec![
        trip("thermal_trip", "Zone above its safe temperature", "26", Col::FaultThermal, Col::THottest),
        trip("frequency_trip", "Frequency beyond 0.5 Hz", "81", Col::FaultFreq, Col::FDev),
        trip("voltage_trip", "Voltage below 0.90 pu", "27/59", Col::FaultVolt, Col::VPcc),
        event("zone_a_warm", "Zone A above its warning temperature", Severity::Warning, Col::WarnA, Some(Col::TZoneA)),
        event("zone_b_warm", "Zone B above its warning temperature", Severity::Warning, Col::WarnB, Some(Col::TZoneB)),
        event("soc_low", "Battery nearly empty", Severity::Warning, Col::WarnSoc, Some(Col::Soc)),
        event("frequency_warning", "Frequency beyond its dead band", Severity::Warning, Col::WarnFreq, Some(Col::FDev)),
        event("voltage_warning", "Voltage outside its band", Severity::Warning, Col::WarnVolt, Some(Col::VPcc)),
        event("spike", "GenAI spike begins", Severity::Note, Col::IsSpike, Some(Col::PBaseA)),
        event("bid_accepted", "Bid accepted", Severity::Note, Col::BidTaken, Some(Col::BidMw)),
        event("bid_rejected", "Bid rejected", Severity::Note, Col::BidLost, Some(Col::BidMw)),
    ]
}

fn charts() -> Vec<Chart> {
    let chart = |name: &str, title: &str, series: &[Col]| Chart {
        name: name.to_owned(),
        title: title.to_owned(),
        series: series.iter().map(|c| *c as usize).collect(),
    };
    vec![
        chart("regulation", "Regulation", &[Col::RegdDemanded, Col::RegdDelivered]),
        chart("thermal", "Zone temperatures", &[Col::TZoneA, Col::TZoneB]),
        chart("battery", "State of charge", &[Col::Soc]),
    ]
}

fn streams() -> Vec<StreamSpec> {
    let stream = |name: &str, draw: Draw, column: &str, optional: bool, doc: &str| StreamSpec {
        name: name.to_owned(),
        draw,
        column: column.to_owned(),
        optional,
        doc: doc.to_owned(),
    };
    vec![
        stream("regd", Draw::Normal, "regd_z", false, "Innovation of RegD: index 0 at reset, t + 1 on tick t."),
        stream("frequency", Draw::Normal, "freq_z", false, "Frequency noise: index t on tick t."),
        stream("rmcp", Draw::Normal, "rmcp_z", true, "Noise of the regulation price: one an interval."),
        stream("acceptance", Draw::Uniform, "accept_u", true, "Acceptance of a bid: one an interval."),
    ]
}

/// Puts all tables together.
pub fn spec(p: &Params, c: &Choice, axes: Vec<Axis>, calendar: Calendar, episode_ticks: u64) -> PlantSpec {
    let mut signals = signals();
    let mut limit = |col: Col, limits: Limits| {
        if let Some(signal) = signals.get_mut(col as usize) {
            signal.limits = limits;
        }
    };
    limit(Col::TZoneA, Limits::high(p.site.t_warn_a_degc, p.site.t_safe_degc));
    limit(Col::TZoneB, Limits::high(p.site.t_warn_b_degc, p.site.t_safe_degc));
    limit(Col::Soc, Limits { warn_low: Some(p.reward.soc_low), ..Limits::default() });
    let (band, trip) = (p.grid.frequency_dead_band_hz, p.grid.frequency_trip_hz);
    limit(
        Col::FDev,
        Limits { warn_low: Some(-band), warn_high: Some(band), trip_low: Some(-trip), trip_high: Some(trip) },
    );
    let pcc = p.site.electrical.pcc;
    limit(
        Col::VPcc,
        Limits {
            warn_low: Some(pcc.v_low_pu),
            warn_high: Some(pcc.v_high_pu),
            trip_low: Some(pcc.v_trip_pu),
            trip_high: None,
        },
    );
    let slots = slots(p, c, calendar.tick_s);
    let intervals = episode_ticks / slots.first().map_or(1, |s| s.period_ticks);
    let facts = BTreeMap::from([
        ("committed_mw_max".to_owned(), c.scenario.committed_mw_max),
        ("dr_baseline_mw".to_owned(), c.scenario.dr_baseline_mw),
        ("bess_p_max_mw".to_owned(), p.fidelity.bess_p_mw),
        ("bess_e_mwh".to_owned(), p.fidelity.bess_e_mwh),
        ("t_safe_degc".to_owned(), p.site.t_safe_degc),
        ("f_nominal_hz".to_owned(), c.grid.f_nominal_hz),
        ("soc_min".to_owned(), p.site.bess.soc_min),
        ("soc_max".to_owned(), p.site.bess.soc_max),
        // The site stands where its weather and its clock are: New York City.
        ("latitude_deg".to_owned(), 40.71),
        ("longitude_deg".to_owned(), -74.01),
    ]);
    let topology = topology(p, f64::from(calendar.tick_s));
    let metrics = metrics(p, episode_ticks, intervals);
    let tiles = tiles(p, c, &metrics, f64::from(calendar.tick_s));
    let questions = questions(&metrics);
    let headroom = Some(headroom(p, calendar.tick_s));
    PlantSpec {
        name: "c2g".to_owned(),
        title: "C2G: 250 MW data centre".to_owned(),
        entities: entities(),
        signals,
        slots,
        inputs: inputs(c.scenario.committed_mw_max),
        disturbances: disturbances(p, &calendar),
        axes,
        streams: streams(),
        topology,
        events: events(),
        metrics,
        charts: charts(),
        tiles,
        calendar,
        episode_ticks,
        facts,
        telling: telling(p, c),
        headroom,
        questions,
        explain: explain(),
    }
}
