//! What the data hall publishes: entities, signals, slots, inputs, events, metrics, topology.

use std::collections::BTreeMap;

use c2g_twin::noise::{Draw, StreamSpec};
use c2g_twin::plant::{Action, Axis, BuildRequest, Fold, PlantSpec, Severity, Slot};
use c2g_twin::signal::{Carrier, Limits, NodeKind, Signal, SignalId, Term, Topology};

use super::super::table::{
    Columns, balance, calendar, chart, edge, entity, event, input, metric, node, observation, switch, term,
};
use super::tiles::tiles;
use super::{BATTERY, EPISODE_TICKS, NAME, Params, SET_POINT, SHIFT, TICK_H, TICK_S};

/// Columns of a row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ids {
    pub p_import: SignalId,
    pub carbon: SignalId,
    pub emitted: SignalId,
    pub demand: SignalId,
    pub p_it: SignalId,
    pub p_shifted: SignalId,
    pub deferred: SignalId,
    pub t_ambient: SignalId,
    pub t_hall: SignalId,
    pub set_point: SignalId,
    pub p_cooling: SignalId,
    pub pue: SignalId,
    pub warm: SignalId,
    pub hot: SignalId,
    pub p_battery: SignalId,
    pub p_loss: SignalId,
    pub stored: SignalId,
    pub soc: SignalId,
    pub empty: SignalId,
    pub p_aux: SignalId,
    pub rewards: [[SignalId; 3]; 3],
}

/// Entities, parents first.
const SITE: usize = 0;
const GRID: usize = 1;
const IT: usize = 2;
const COOLING: usize = 3;
const CELLS: usize = 4;
const AUX: usize = 5;
const AGENTS: usize = 6;

fn columns(p: &Params) -> (Columns, Ids) {
    let mut c = Columns::default();
    let mut add = |signal: Signal, carrier: Carrier| c.add(signal.carrier(carrier));
    let (grid, it, cool, cells) = (Carrier::Grid, Carrier::It, Carrier::Cooling, Carrier::Battery);
    let mw = |name: &str, entity: usize, label: &str, top: f64, doc: &str| {
        Signal::new(name, entity, label, "MW", doc).mean().range(-top.min(2.0), top).decimals(2)
    };
    let alarm = |name: &str, entity: usize, label: &str, doc: &str| {
        Signal::new(name, entity, label, "", doc).step().decimals(0)
    };
    let mut ids = Ids {
        p_import: add(mw("p_import_mw", GRID, "Import", 16.0, "Power from the grid."), grid),
        carbon: add(
            Signal::new("carbon_g_kwh", GRID, "Carbon intensity", "g/kWh", "Carbon intensity of the import.")
                .step()
                .range(0.0, 800.0),
            grid,
        ),
        emitted: add(Signal::new("emitted_kg", GRID, "Emitted", "kg", "Carbon dioxide of this tick.").sum(), grid),
        demand: add(mw("p_demand_mw", IT, "Demand", 10.0, "Load that arrives."), it),
        p_it: add(mw("p_it_mw", IT, "IT power", 12.0, "Load that runs: its heat."), it),
        p_shifted: add(mw("p_shifted_mw", IT, "Shifted", 3.0, "Load put off, + = deferred."), it),
        deferred: add(
            Signal::new("e_deferred_mwh", IT, "Waiting", "MWh", "Work that waits.").range(0.0, p.deferred_max_mwh),
            it,
        ),
        t_ambient: add(Signal::new("t_ambient_degc", SITE, "Ambient", "°C", "Outside.").range(0.0, 45.0), cool),
        t_hall: add(
            Signal::new("t_hall_degc", COOLING, "Hall", "°C", "Air in the hall.")
                .range(15.0, 45.0)
                .limits(Limits::high(p.t_warn_degc, p.t_trip_degc)),
            cool,
        ),
        set_point: add(Signal::new("t_set_degc", COOLING, "Set point", "°C", "What cooling aims at.").step(), cool),
        p_cooling: add(mw("p_cooling_mw", COOLING, "Cooling", 5.0, "Draw of the cooling."), cool),
        pue: add(Signal::new("pue", SITE, "PUE", "", "Import without battery over IT power.").mean(), grid),
        warm: add(alarm("alarm_warm", COOLING, "Hall warm", "1 while the hall is above its warning."), cool),
        hot: add(alarm("fault_hot", COOLING, "Hall too hot", "1 when the hall is above its limit."), cool),
        p_battery: add(mw("p_battery_mw", CELLS, "Battery", 1.0, "Battery power, + = discharge."), cells),
        p_loss: add(mw("p_battery_loss_mw", CELLS, "Battery loss", 0.1, "Lost in the battery."), Carrier::Aux),
        stored: add(
            Signal::new("e_battery_mwh", CELLS, "Stored", "MWh", "Energy in the cells.").range(0.0, p.battery_mwh),
            cells,
        ),
        soc: add(Signal::new("soc_frac", CELLS, "State of charge", "", "Stored over capacity.").decimals(3), cells),
        empty: add(alarm("alarm_empty", CELLS, "Battery empty", "1 while nothing is stored."), cells),
        p_aux: add(mw("p_aux_mw", AUX, "Auxiliary", 1.0, "Light and network."), Carrier::Aux),
        rewards: [[0; 3]; 3],
    };
    for (slot, (name, terms)) in REWARDS.iter().enumerate() {
        let reward = |quantity: &str, label: &str| {
            let doc = format!("{label} in the reward of slot {name}.");
            Signal::new(&format!("reward_{name}{quantity}"), AGENTS, label, "", &doc)
                .mean()
                .range(-2.0, 1.0)
                .decimals(3)
        };
        ids.rewards[slot][0] = add(reward("", "Reward"), Carrier::Market);
        for (k, (term, label, carrier)) in terms.iter().enumerate() {
            ids.rewards[slot][k + 1] = add(reward(&format!("_{term}"), label), *carrier);
        }
    }
    (c, ids)
}

/// Rewards by slot: its name, then name, label and carrier of its two terms.
type Terms = [(&'static str, &'static str, Carrier); 2];
const REWARDS: [(&str, Terms); 3] = [
    ("shift", [("carbon", "Carbon", Carrier::Grid), ("waiting", "Waiting work", Carrier::It)]),
    ("set_point", [("energy", "Energy", Carrier::Cooling), ("heat", "Heat", Carrier::Cooling)]),
    ("battery", [("carbon", "Carbon", Carrier::Grid), ("wear", "Wear", Carrier::Battery)]),
];

fn slot(index: usize, label: &str, action: Action, ids: &Ids, seen: &[usize], optional: bool) -> Slot {
    let all = [
        observation("hour_sin", -1.0, 1.0, 1.0, "", "Sine of the hour of the day."),
        observation("hour_cos", -1.0, 1.0, 1.0, "", "Cosine of the hour of the day."),
        observation("carbon", 0.0, 1.0, 1000.0, "g/kWh", "Carbon intensity."),
        observation("waiting", 0.0, 1.0, 1.0, "", "Waiting work over its limit."),
        observation("t_hall", 0.0, 1.0, 50.0, "°C", "Temperature of the hall."),
        observation("soc", 0.0, 1.0, 1.0, "", "State of charge."),
    ];
    let (name, terms) = REWARDS[index];
    let [total, first, second] = ids.rewards[index];
    let [a, b] = terms.map(|(n, l, c)| (n, l, c));
    Slot {
        name: name.to_owned(),
        label: label.to_owned(),
        period_ticks: 1,
        phase_ticks: 0,
        observations: seen.iter().map(|&k| all[k].clone()).collect(),
        actions: vec![action],
        reward: Some(total),
        reward_terms: vec![term(a.0, a.1, first, a.2), term(b.0, b.1, second, b.2)],
        reward_when: None,
        optional,
        default_controller: "hold".to_owned(),
    }
}

/// Which of the six observations each slot sees.
pub(super) const SEEN: [&[usize]; 3] = [&[0, 1, 2, 3], &[0, 1, 4], &[0, 1, 2, 5]];

fn slots(ids: &Ids) -> Vec<Slot> {
    let shift = switch(
        "shift",
        "Load shift",
        ["Defer", "Keep", "Catch up"],
        Carrier::It,
        (ids.p_shifted, "defers", "catches up"),
        "What happens to the load that may wait.",
    );
    let set_point = switch(
        "move",
        "Set point",
        ["Down", "Hold", "Up"],
        Carrier::Cooling,
        (ids.p_cooling, "draws", "draws"),
        "Moves the set point by half a degree.",
    );
    let battery = switch(
        "drive",
        "Battery",
        ["Charge", "Idle", "Discharge"],
        Carrier::Battery,
        (ids.p_battery, "discharges", "charges"),
        "Drives the battery at full power, + = discharge.",
    );
    vec![
        slot(SHIFT, "Load shift", shift, ids, SEEN[SHIFT], false),
        slot(SET_POINT, "Set point", set_point, ids, SEEN[SET_POINT], false),
        slot(BATTERY, "Battery", battery, ids, SEEN[BATTERY], true),
    ]
}

fn topology(p: &Params, ids: &Ids) -> Topology {
    let nodes = vec![
        node(GRID, "Grid", NodeKind::Source, Carrier::Grid),
        node(SITE, "Hall bus", NodeKind::Bus, Carrier::Grid),
        node(IT, "Racks", NodeKind::Load, Carrier::It),
        node(COOLING, "Cooling", NodeKind::Load, Carrier::Cooling),
        node(AUX, "Auxiliary", NodeKind::Load, Carrier::Aux),
        c2g_twin::signal::Node {
            loss: Some(ids.p_loss),
            ..node(CELLS, "Battery", NodeKind::Storage, Carrier::Battery)
        },
    ];
    let edges = vec![
        edge(0, 1, ids.p_import, None),
        edge(1, 2, ids.p_it, None),
        edge(1, 3, ids.p_cooling, None),
        edge(1, 4, ids.p_aux, None),
        edge(5, 1, ids.p_battery, Some(p.battery_mw)),
    ];
    let (v, d) = (Term::Value, Term::Change);
    let mut balances = vec![
        balance(
            "bus",
            "Import + battery = IT + cooling + auxiliary",
            "MW",
            vec![
                v(1.0, ids.p_import),
                v(1.0, ids.p_battery),
                v(-1.0, ids.p_it),
                v(-1.0, ids.p_cooling),
                v(-1.0, ids.p_aux),
            ],
        ),
        balance(
            "load",
            "Demand = running + shifted",
            "MW",
            vec![v(1.0, ids.demand), v(-1.0, ids.p_it), v(-1.0, ids.p_shifted)],
        ),
        balance(
            "waiting",
            "Waiting work grows by what is shifted",
            "MWh",
            vec![d(1.0, ids.deferred), v(-TICK_H, ids.p_shifted)],
        ),
        balance(
            "battery",
            "Stored energy falls by terminal power and loss",
            "MWh",
            vec![d(1.0, ids.stored), v(TICK_H, ids.p_battery), v(TICK_H, ids.p_loss)],
        ),
    ];
    for ((name, _), [total, a, b]) in REWARDS.iter().zip(ids.rewards) {
        let terms = vec![v(1.0, total), v(-1.0, a), v(-1.0, b)];
        balances.push(balance(&format!("reward_{name}"), "Reward = sum of its terms", "", terms));
    }
    Topology { nodes, edges, balances }
}

pub(super) fn spec(p: &Params, axes: Vec<Axis>, request: &BuildRequest<'_>) -> (PlantSpec, Ids) {
    let (columns, ids) = columns(p);
    let stream = |name: &str, doc: &str| StreamSpec {
        name: name.to_owned(),
        draw: Draw::Normal,
        column: format!("{name}_z"),
        optional: false,
        doc: doc.to_owned(),
    };
    let spec = PlantSpec {
        name: NAME.to_owned(),
        title: "Three agents in a data hall".to_owned(),
        entities: vec![
            entity("site", "Site", "site", None),
            entity("grid", "Grid", "grid", Some(SITE)),
            entity("racks", "Racks", "racks", Some(SITE)),
            entity("cooling", "Cooling", "cooling", Some(SITE)),
            entity("battery", "Battery", "battery", Some(SITE)),
            entity("aux", "Auxiliary", "auxiliary", Some(SITE)),
            entity("agents", "Agents", "agents", Some(SITE)),
        ],
        signals: columns.signals,
        slots: slots(&ids),
        inputs: vec![
            input("demand_frac", "Demand", "", (0.0, 1.0), false, "Arriving load over full load."),
            input("t_ambient_degc", "Ambient", "°C", (-30.0, 55.0), false, "Outside temperature."),
            input("carbon_g_kwh", "Carbon intensity", "g/kWh", (0.0, 1000.0), false, "Carbon intensity."),
            input("cooling_factor", "Cooling fault", "", (0.0, 1.0), true, "Share of the cooling that works."),
        ],
        disturbances: Vec::new(),
        axes,
        streams: vec![
            stream("demand", "Noise of the demand: index t on tick t."),
            stream("ambient", "Noise of the ambient: index t on tick t."),
        ],
        topology: topology(p, &ids),
        events: vec![
            event("hall_trip", "Hall above its limit", Severity::Trip, ids.hot, Some(ids.t_hall)),
            event("hall_warm", "Hall above its warning", Severity::Warning, ids.warm, Some(ids.t_hall)),
            event("battery_empty", "Battery is empty", Severity::Note, ids.empty, Some(ids.stored)),
        ],
        metrics: vec![
            metric(SHIFT, "total_reward", "", Fold::Sum(ids.rewards[SHIFT][0]), None, "Sum of rewards."),
            metric(SHIFT, "emitted_kg", "kg", Fold::Sum(ids.emitted), None, "Carbon dioxide of the episode."),
            metric(SHIFT, "waiting_max_mwh", "MWh", Fold::Max(ids.deferred), None, "Most work that waited."),
            metric(SHIFT, "survived", "", Fold::Reached(EPISODE_TICKS), None, "1 when the whole episode was run."),
            metric(SET_POINT, "total_reward", "", Fold::Sum(ids.rewards[SET_POINT][0]), None, "Sum of rewards."),
            metric(SET_POINT, "t_hall_max_degc", "°C", Fold::Max(ids.t_hall), None, "Hottest tick."),
            metric(SET_POINT, "pue_mean", "", Fold::Mean(ids.pue), None, "Mean PUE."),
            metric(BATTERY, "total_reward", "", Fold::Sum(ids.rewards[BATTERY][0]), None, "Sum of rewards."),
            metric(BATTERY, "stored_change_mwh", "MWh", Fold::Change(ids.stored), None, "Growth after the first tick."),
            metric(BATTERY, "ticks", "ticks", Fold::Count, None, "Ticks run."),
        ],
        tiles: tiles(p, &ids, 1),
        charts: vec![
            chart("power", "Power", &[ids.p_import, ids.p_it, ids.p_cooling]),
            chart("hall", "Temperatures", &[ids.t_hall, ids.set_point, ids.t_ambient]),
            chart("battery", "State of charge", &[ids.soc]),
        ],
        calendar: calendar(TICK_S, request.start, "UTC"),
        episode_ticks: EPISODE_TICKS,
        facts: BTreeMap::from([("battery_mw".to_owned(), p.battery_mw)]),
        ..PlantSpec::default()
    };
    (spec, ids)
}
