//! What SustainDC publishes: slots, inputs, streams, events, metrics, charts.

use std::collections::BTreeMap;

use crate::noise::{Draw, StreamSpec};
use crate::plant::{
    Action, Axis, Calendar, Chart, Direction, Domain, EventKind, Fold, Input, MetricSpec, Observation, PlantSpec,
    RewardTerm, Severity, Slot,
};
use crate::signal::{Carrier, Limits};

use super::disturbances::disturbances;
use super::explain::explain;
use super::headroom::headroom;
use super::managers::TICKS_PER_DAY;
use super::observe::{USED, WIDTH};
use super::params::Params;
use super::questions::questions;
use super::signals::{Col, Layout, entities, signals};
use super::sizing::Sizing;
use super::telling::telling;
use super::tiles::tiles;
use super::topology::topology;

/// Slot of the load-shifting agent.
pub const SHIFT: usize = 0;
/// Slot of the cooling agent.
pub const COOLING: usize = 1;
/// Slot of the battery agent.
pub const BATTERY: usize = 2;

/// Random streams in the order of their number.
pub mod stream {
    /// Steps of the weather's walk, one for each quarter hour of the year, all at reset.
    pub const WEATHER: usize = 0;
    /// Days that the weather is shifted by, one at reset.
    pub const ROLL: usize = 1;
}

/// Input numbers.
pub mod input {
    /// Load, 0 to 1.
    pub const WORKLOAD: usize = 0;
    /// Dry bulb, °C.
    pub const AMBIENT: usize = 1;
    /// Wet bulb, °C.
    pub const WET_BULB: usize = 2;
    /// Carbon intensity, g/kWh.
    pub const CARBON: usize = 3;
    /// Factor on the tower's air.
    pub const TOWER_AIR: usize = 4;
    /// Whether the battery obeys.
    pub const BATTERY: usize = 5;
    /// Whether the set point obeys.
    pub const SET_POINT: usize = 6;
}

/// Names of the three slots, as the source's agents are called.
pub const AGENTS: [&str; 3] = ["agent_ls", "agent_dc", "agent_bat"];

fn inputs() -> Vec<Input> {
    let input = Input::new;
    vec![
        input("workload_frac", "Workload", "", (0.0, 1.0), false, "Load that arrives (sustaindc 2.4)."),
        input("t_ambient_degc", "Ambient", "°C", (-30.0, 55.0), false, "Dry bulb (sustaindc 2.5)."),
        input("t_wet_bulb_degc", "Wet bulb", "°C", (-30.0, 40.0), false, "Wet bulb: evaporation (sustaindc 2.7)."),
        input("ci_g_kwh", "Carbon intensity", "g/kWh", (0.0, 1200.0), false, "Carbon intensity (sustaindc 2.6)."),
        input(
            "tower_air_factor",
            "Tower fan fault",
            "",
            (0.05, 1.0),
            true,
            "Share of the tower's air that its fan can still move.",
        ),
        input(
            "battery_available",
            "Battery outage",
            "",
            (0.0, 1.0),
            true,
            "Below one half the battery rests whatever it is told.",
        ),
        input(
            "set_point_follows",
            "Set point stuck",
            "",
            (0.0, 1.0),
            true,
            "Below one half the set point stays where it is.",
        ),
    ]
}

/// Entry of an observation: name, range, unit, meaning.
type Entry = (&'static str, f64, f64, &'static str, &'static str);

const SHARED: [Entry; 10] = [
    ("cos_h", 0.0, 1.0, "", "Cosine of the hour, on 0 to 1 (sustaindc 2.8)."),
    ("sin_h", 0.0, 1.0, "", "Sine of the hour, on 0 to 1 (sustaindc 2.8)."),
    ("ci", 0.0, 1.0, "", "Carbon intensity on the scale of thirty days."),
    ("ci_fut_slope", -1.0, 1.0, "", "Slope of the carbon intensity of the next two hours."),
    ("ci_past_slope", -1.0, 1.0, "", "Slope of the carbon intensity of the last four hours."),
    ("ci_mean", 0.0, 1.0, "", "Mean carbon intensity of the next two hours."),
    ("ci_std", 0.0, 1.0, "", "Deviation of the carbon intensity of the next two hours."),
    ("ci_z", -2.0, 2.0, "", "Carbon intensity now against the next two hours, in deviations; often beyond its range."),
    ("ci_t_peak", 0.0, 1.0, "", "Time to the next peak of carbon intensity, over two hours."),
    ("ci_t_valley", 0.0, 1.0, "", "Time to the next valley of carbon intensity, over two hours."),
];

const OWN_LS: [Entry; 16] = [
    ("oldest_age", 0.0, 2.0, "d", "Age of the oldest waiting task."),
    ("avg_age", 0.0, 2.0, "d", "Mean age of the waiting tasks."),
    ("queue", 0.0, 1.0, "", "Waiting tasks over the queue's size."),
    ("workload", 0.0, 1.0, "", "Load that arrives next."),
    ("temp", 0.0, 1.0, "", "Ambient next, on the scale of thirty days."),
    ("temp_slope", -1.0, 1.0, "", "Slope of the ambient of the next four hours."),
    ("temp_mean", 0.0, 1.0, "", "Mean ambient of the next four hours."),
    ("temp_std", 0.0, 1.0, "", "Deviation of the ambient of the next four hours."),
    ("temp_z", -2.0, 2.0, "", "Ambient against the next four hours, in deviations; often beyond its range."),
    ("temp_t_peak", 0.0, 1.0, "", "Time to the next peak of the ambient, over four hours."),
    ("temp_t_valley", 0.0, 1.0, "", "Time to the next valley of the ambient, over four hours."),
    ("hist0", 0.0, 1.0, "", "Share of waiting tasks up to 6 hours old."),
    ("hist1", 0.0, 1.0, "", "Share of waiting tasks of 6 to 12 hours."),
    ("hist2", 0.0, 1.0, "", "Share of waiting tasks of 12 to 18 hours."),
    ("hist3", 0.0, 1.0, "", "Share of waiting tasks of 18 to 24 hours."),
    ("hist4", 0.0, 1.0, "", "1 when any task waits 24 hours or longer."),
];

const OWN_DC: [Entry; 4] = [
    ("workload", 0.0, 1.0, "", "Load that arrives next."),
    ("next_workload", 0.0, 1.0, "", "Load that arrives after it."),
    ("temp", 0.0, 1.0, "", "Ambient next, on the scale of thirty days."),
    ("next_temp", 0.0, 1.0, "", "Ambient after it."),
];

const OWN_BAT: [Entry; 3] = [
    ("workload", 0.0, 1.0, "", "Load that arrives next."),
    ("temp", 0.0, 1.0, "", "Ambient next, on the scale of thirty days."),
    ("soc", 0.0, 1.0, "", "State of charge."),
];

/// Names of a slot's observation, without its padding.
pub fn observation_names(slot: usize) -> Vec<&'static str> {
    entries(slot).map(|e| e.0).collect()
}

fn entries(slot: usize) -> impl Iterator<Item = &'static Entry> {
    let own: &[Entry] = match slot {
        SHIFT => &OWN_LS,
        COOLING => &OWN_DC,
        _ => &OWN_BAT,
    };
    SHARED.iter().chain(own)
}

fn observations(slot: usize) -> Vec<Observation> {
    let mut all: Vec<Observation> = entries(slot)
        .map(|&(name, low, high, unit, doc)| Observation {
            name: name.to_owned(),
            low,
            high,
            scale: 1.0,
            unit: unit.to_owned(),
            doc: doc.to_owned(),
        })
        .collect();
    all.extend((all.len()..WIDTH).map(|k| Observation {
        name: format!("padding_{k}"),
        low: -1.0,
        high: 1.0,
        scale: 1.0,
        unit: String::new(),
        doc: "Always 0: the networks of all three agents are as wide as the widest (sustaindc 10).".to_owned(),
    }));
    all
}

struct Switch {
    name: &'static str,
    label: &'static str,
    positions: [&'static str; 3],
    rest: f64,
    carrier: Carrier,
    effect: Col,
    verbs: (&'static str, &'static str),
    reasons: &'static [(Col, &'static str)],
    doc: &'static str,
}

fn action(s: &Switch) -> Action {
    Action {
        name: s.name.to_owned(),
        label: s.label.to_owned(),
        domain: Domain::Discrete { labels: s.positions.map(str::to_owned).to_vec() },
        default: s.rest,
        nudge: 1.0,
        carrier: s.carrier,
        effect: Some(s.effect as usize),
        verbs: (s.verbs.0.to_owned(), s.verbs.1.to_owned()),
        reasons: s.reasons.iter().map(|(col, words)| (*col as usize, (*words).to_owned())).collect(),
        doc: s.doc.to_owned(),
    }
}

const SWITCHES: [Switch; 3] = [
    Switch {
        name: "ls_action",
        label: "Load shifting",
        positions: ["Defer", "Hold", "Execute"],
        rest: 1.0,
        carrier: Carrier::It,
        effect: Col::TasksMoved,
        verbs: ("puts off", "catches up"),
        reasons: &[
            (Col::Overflow, "The queue is full: tasks run at once"),
            (Col::RoomLacking, "90 % are in use: nothing more can run"),
        ],
        doc: "What happens to the load that may wait: it waits, runs as it comes, or runs with waiting load (sustaindc 3).",
    },
    Switch {
        name: "dc_action",
        label: "Set point",
        positions: ["Lower", "Hold", "Raise"],
        rest: 1.0,
        carrier: Carrier::Cooling,
        effect: Col::PHvac,
        verbs: ("draws", "draws"),
        reasons: &[(Col::AtStop, "The set point is at its stop")],
        doc: "Moves the supply air by a kelvin; from the fourth raise in a row on by more (sustaindc 4.5).",
    },
    Switch {
        name: "bat_action",
        label: "Battery",
        positions: ["Charge", "Discharge", "Idle"],
        rest: 2.0,
        carrier: Carrier::Battery,
        effect: Col::PBattery,
        verbs: ("discharges", "charges"),
        reasons: &[(Col::Empty, "Nothing is left to discharge")],
        doc: "Drives the battery; how long it charges or discharges follows from its charge (sustaindc 5).",
    },
];

fn slots() -> Vec<Slot> {
    let term = |name: &str, label: &str, col: Col, carrier: Carrier| RewardTerm {
        name: name.to_owned(),
        label: label.to_owned(),
        signal: col as usize,
        carrier,
    };
    let labels = ["Load shifting", "Cooling", "Battery"];
    let rewards = [Col::RewardLs, Col::RewardDc, Col::RewardBat];
    let terms = [
        vec![
            term("carbon", "Carbon", Col::RLsCarbon, Carrier::Grid),
            term("overdue", "Overdue", Col::RLsOverdue, Carrier::It),
            term("age", "Oldest", Col::RLsAge, Carrier::It),
            term("other", "Bounds", Col::RLsOther, Carrier::Aux),
            term("others", "Mixing", Col::RLsOthers, Carrier::Aux),
        ],
        vec![
            term("carbon", "Carbon", Col::RDcCarbon, Carrier::Grid),
            term("other", "Other", Col::RDcOther, Carrier::Aux),
            term("others", "Mixing", Col::RDcOthers, Carrier::Aux),
        ],
        vec![
            term("carbon", "Carbon", Col::RBatCarbon, Carrier::Grid),
            term("other", "Other", Col::RBatOther, Carrier::Aux),
            term("others", "Mixing", Col::RBatOthers, Carrier::Aux),
        ],
    ];
    let parts = AGENTS.into_iter().zip(labels).zip(rewards).zip(terms).zip(&SWITCHES).enumerate();
    parts
        .map(|(index, ((((name, label), reward), reward_terms), switch))| Slot {
            name: name.to_owned(),
            label: label.to_owned(),
            period_ticks: 1,
            phase_ticks: 0,
            observations: observations(index),
            actions: vec![action(switch)],
            reward: Some(reward as usize),
            reward_terms,
            reward_when: None,
            optional: false,
            default_controller: "hold".to_owned(),
        })
        .collect()
}

fn events() -> Vec<EventKind> {
    let event = |name: &str, label: &str, severity: Severity, flag: Col, value: Option<Col>| EventKind {
        name: name.to_owned(),
        label: label.to_owned(),
        severity,
        flag: flag as usize,
        value: value.map(|v| v as usize),
        terminal: false,
        device: None,
    };
    vec![
        event("overdue", "Tasks wait longer than a day", Severity::Warning, Col::Overdue, Some(Col::TasksOverdue)),
        event("overflow", "Queue full: tasks run at once", Severity::Warning, Col::Overflow, Some(Col::TasksOverflow)),
        event("tower_limit", "Cooling tower at its limit", Severity::Warning, Col::Saturated, Some(Col::TAmbient)),
        event("hot_outlet", "Rack outlet above 60 °C", Severity::Warning, Col::HotOutlet, Some(Col::TOutletMax)),
        event("set_point_stop", "Set point at its stop", Severity::Note, Col::AtStop, Some(Col::SetPoint)),
        event(
            "no_room",
            "No free capacity for waiting tasks",
            Severity::Note,
            Col::RoomLacking,
            Some(Col::Utilisation),
        ),
        event("battery_empty", "Battery empty", Severity::Note, Col::Empty, Some(Col::Soc)),
        event("workload_wrapped", "The load file begins again", Severity::Note, Col::Wrapped, None),
    ]
}

/// Which way a metric is better; loads, levels and lengths of an episode are neither.
fn better(name: &str) -> Direction {
    const HIGHER: [&str; 4] = ["mean_reward", "total_reward", "survived", "co2_saved_kg"];
    const NEITHER: [&str; 8] = [
        "it_mean_kw",
        "room_mean_degc",
        "episode_length",
        "tasks_deferred",
        "workload_mean",
        "soc_mean",
        "soc_end",
        "battery_idle_share",
    ];
    match name {
        _ if HIGHER.contains(&name) => Direction::Higher,
        _ if NEITHER.contains(&name) => Direction::Neither,
        _ => Direction::Lower,
    }
}

fn metrics(episode_ticks: u64) -> Vec<MetricSpec> {
    let metric = |slot: usize, name: &str, unit: &str, fold: Fold, scale: f64, doc: &str| MetricSpec {
        name: name.to_owned(),
        unit: unit.to_owned(),
        slot,
        fold,
        scale,
        when: None,
        better: better(name),
        doc: doc.to_owned(),
    };
    let id = |c: Col| c as usize;
    let cooling =
        |name: &str, unit: &str, fold: Fold, scale: f64, doc: &str| metric(COOLING, name, unit, fold, scale, doc);
    let load = |name: &str, unit: &str, fold: Fold, scale: f64, doc: &str| metric(SHIFT, name, unit, fold, scale, doc);
    let cells =
        |name: &str, unit: &str, fold: Fold, scale: f64, doc: &str| metric(BATTERY, name, unit, fold, scale, doc);
    let mean = |c: Col| Fold::Mean(id(c));
    let sum = |c: Col| Fold::Sum(id(c));
    vec![
        cooling("mean_reward", "", mean(Col::RewardDc), 1.0, "Mean reward per tick."),
        cooling("total_reward", "", sum(Col::RewardDc), 1.0, "Sum of rewards."),
        cooling("co2_kg", "kg", sum(Col::Co2), 1e-3, "Carbon dioxide of the energy from the grid."),
        cooling("co2_mean_g", "g", mean(Col::Co2), 1.0, "Mean carbon dioxide of a tick; the source's \"Avg CO2\"."),
        cooling("energy_kwh", "kWh", sum(Col::EWith), 1.0, "Energy from the grid."),
        cooling(
            "energy_mean_kwh",
            "kWh",
            mean(Col::EWith),
            1.0,
            "Mean energy of a tick; the source's \"Avg Net Energy\".",
        ),
        cooling("water_l", "L", sum(Col::Water), 1.0, "Evaporated water."),
        cooling("pue", "", Fold::Ratio(id(Col::PTotal), id(Col::PIt)), 1.0, "Total over IT energy: a ratio of means."),
        cooling("pue_mean", "", mean(Col::Pue), 1.0, "Mean PUE of the ticks: a mean of ratios."),
        cooling("pue_min", "", Fold::Min(id(Col::Pue)), 1.0, "Lowest PUE of a tick."),
        cooling("pue_max", "", Fold::Max(id(Col::Pue)), 1.0, "Highest PUE of a tick."),
        cooling("pue_best_day", "", Fold::Last(id(Col::PueBestDay)), 1.0, "Lowest PUE of a day."),
        cooling("pue_worst_day", "", Fold::Last(id(Col::PueWorstDay)), 1.0, "Highest PUE of a day."),
        cooling("it_mean_kw", "kW", mean(Col::PIt), 1.0, "Mean IT power."),
        cooling("hvac_mean_kw", "kW", mean(Col::PHvac), 1.0, "Mean HVAC power."),
        cooling("hvac_max_kw", "kW", Fold::Max(id(Col::PHvac)), 1.0, "Highest HVAC power."),
        cooling("tower_mean_kw", "kW", mean(Col::PTower), 1.0, "Mean power of the tower's fan."),
        cooling("compressor_mean_kw", "kW", mean(Col::PCompressor), 1.0, "Mean power of the compressor."),
        cooling("room_mean_degc", "°C", mean(Col::TRoom), 1.0, "Mean room temperature."),
        cooling("outlet_max_degc", "°C", Fold::Max(id(Col::TOutletMax)), 1.0, "Hottest rack outlet."),
        cooling("tower_limit_share", "", mean(Col::Saturated), 1.0, "Share of ticks with the tower at its limit."),
        cooling("episode_length", "ticks", Fold::Count, 1.0, "Ticks run."),
        cooling("survived", "", Fold::Reached(episode_ticks), 1.0, "1 when the whole episode was run."),
        load("mean_reward", "", mean(Col::RewardLs), 1.0, "Mean reward per tick."),
        load("total_reward", "", sum(Col::RewardLs), 1.0, "Sum of rewards."),
        load(
            "tasks_dropped",
            "tasks",
            sum(Col::TasksOverflow),
            1.0,
            "Tasks that found the queue full and ran at once.",
        ),
        load(
            "tasks_overdue",
            "tasks",
            sum(Col::TasksOverdue),
            1.0,
            "Overdue tasks, summed over ticks: what the reward punishes.",
        ),
        load("overdue_share", "", mean(Col::Overdue), 1.0, "Share of ticks with overdue tasks."),
        load("tasks_deferred", "tasks", sum(Col::TasksDeferred), 1.0, "Tasks that were put off."),
        load(
            "tasks_in_queue",
            "tasks",
            sum(Col::TasksInQueue),
            1.0,
            "Queue length, summed over ticks as the source does.",
        ),
        load("queue_mean", "tasks", mean(Col::TasksInQueue), 1.0, "Mean queue length."),
        load("queue_max", "tasks", Fold::Max(id(Col::TasksInQueue)), 1.0, "Longest queue."),
        load("queue_end", "tasks", Fold::Last(id(Col::TasksInQueue)), 1.0, "Tasks left waiting."),
        load("age_max_h", "h", Fold::Max(id(Col::OldestAge)), 1.0, "Oldest task of the episode."),
        load("workload_mean", "", mean(Col::Workload), 1.0, "Mean load."),
        cells("mean_reward", "", mean(Col::RewardBat), 1.0, "Mean reward per tick."),
        cells("total_reward", "", sum(Col::RewardBat), 1.0, "Sum of rewards."),
        cells("soc_mean", "", mean(Col::Soc), 1.0, "Mean state of charge."),
        cells("soc_end", "", Fold::Last(id(Col::Soc)), 1.0, "State of charge at the end."),
        cells("battery_idle_share", "", mean(Col::BatteryIdle), 1.0, "Share of ticks on which no energy moved."),
        cells("co2_saved_kg", "kg", sum(Col::Co2Saved), 1e-3, "Carbon dioxide that the battery saved."),
    ]
}

fn charts() -> Vec<Chart> {
    let chart = |name: &str, title: &str, series: &[Col]| Chart {
        name: name.to_owned(),
        title: title.to_owned(),
        series: series.iter().map(|c| *c as usize).collect(),
    };
    vec![
        chart("power", "Power", &[Col::PTotal, Col::PIt, Col::PHvac, Col::PGrid]),
        chart("carbon", "Carbon intensity", &[Col::Ci]),
        chart("load", "Load: arriving and running", &[Col::Workload, Col::Utilisation]),
        chart("queue", "Waiting tasks", &[Col::TasksInQueue, Col::TasksOverdue]),
        chart("temperatures", "Temperatures", &[Col::TRoom, Col::SetPoint, Col::TAmbient]),
        chart("battery", "State of charge", &[Col::Soc]),
        chart("pue", "PUE", &[Col::Pue, Col::PueEpisode]),
    ]
}

fn streams() -> Vec<StreamSpec> {
    let stream = |name: &str, draw: Draw, column: &str, doc: &str| StreamSpec {
        name: name.to_owned(),
        draw,
        column: column.to_owned(),
        // All draws are made at reset: a recording's length says nothing about the ticks it reaches.
        optional: true,
        doc: doc.to_owned(),
    };
    vec![
        stream("weather", Draw::Normal, "weather_z", "Steps of the weather's walk: index i for quarter hour i."),
        stream("weather_roll", Draw::Uniform, "weather_roll_u", "Days that the weather is shifted by: index 0."),
    ]
}

/// Puts all tables together.
pub fn spec(p: &Params, axes: Vec<Axis>, calendar: Calendar, battery_mwh: f64, sizing: &Sizing) -> PlantSpec {
    let layout = Layout { rows: p.hall.rows as usize, per_row: p.hall.racks_per_row as usize };
    let mut signals = signals(layout);
    let mut change = |col: Col, limits: Option<Limits>, range: Option<(f64, f64)>| {
        if let Some(signal) = signals.get_mut(col as usize) {
            signal.limits = limits.unwrap_or(signal.limits);
            signal.range = range.unwrap_or(signal.range);
        }
    };
    let high = |warn: f64| Some(Limits { warn_high: Some(warn), ..Limits::default() });
    change(Col::TOutletMax, high(60.0), None);
    change(Col::OldestAge, high(24.0), None);
    change(Col::QueueFill, high(0.95), None);
    change(Col::TasksInQueue, None, Some((0.0, p.profile.queue_max_tasks as f64)));
    change(Col::Stored, None, Some((0.0, battery_mwh)));
    change(Col::Capacity, None, Some((0.0, battery_mwh)));
    let tiles = tiles(&signals);
    let episode_ticks = TICKS_PER_DAY * p.days_per_episode;
    let facts = BTreeMap::from([
        ("battery_mwh".to_owned(), battery_mwh),
        ("queue_max_tasks".to_owned(), p.profile.queue_max_tasks as f64),
        ("flexible_ratio".to_owned(), p.flexible_ratio()),
        ("capacity_mw".to_owned(), p.capacity_mw),
        ("policy_inputs".to_owned(), WIDTH as f64),
    ]);
    debug_assert!(USED.iter().all(|&n| n <= WIDTH));
    PlantSpec {
        name: "sustaindc".to_owned(),
        title: "SustainDC: 1 MW data centre with three agents".to_owned(),
        entities: entities(layout),
        signals,
        slots: slots(),
        inputs: inputs(),
        disturbances: disturbances(&calendar),
        axes,
        streams: streams(),
        topology: topology(sizing),
        events: events(),
        metrics: metrics(episode_ticks),
        charts: charts(),
        tiles,
        calendar,
        episode_ticks,
        facts,
        telling: telling(p),
        headroom: Some(headroom()),
        questions: questions(),
        explain: explain(),
    }
}
