//! What the car park publishes: as many entities, signals and levers as it has chargers.

use std::collections::BTreeMap;

use c2g_twin::noise::{Draw, StreamSpec};
use c2g_twin::plant::{
    Action, Axis, BuildRequest, Domain, Fold, Input, MetricSpec, Observation, PlantSpec, Severity, Slot,
};
use c2g_twin::signal::{Carrier, Entity, Limits, NodeKind, Signal, SignalId, Term, Topology};

use super::super::table::{
    Columns, balance, calendar, chart, edge, entity, event, input, metric, node, observation, term,
};
use super::tiles::tiles;
use super::{EPISODE_TICKS, NAME, PERIOD, Params, TICK_H, TICK_S};

/// Columns of one charger.
#[derive(Debug, Clone, Copy)]
pub(super) struct ChargerIds {
    pub power: SignalId,
    pub soc: SignalId,
    pub missing: SignalId,
    pub present: SignalId,
}

/// Columns of a row.
#[derive(Debug, Clone)]
pub(super) struct Ids {
    pub p_feeder: SignalId,
    pub p_cars: SignalId,
    pub p_light: SignalId,
    pub t_feeder: SignalId,
    pub limited: SignalId,
    pub warm: SignalId,
    pub hot: SignalId,
    pub price: SignalId,
    pub t_ambient: SignalId,
    pub present: SignalId,
    pub stored: SignalId,
    pub arrived: SignalId,
    pub departed: SignalId,
    pub unmet: SignalId,
    pub left: SignalId,
    pub reward: SignalId,
    pub fares: SignalId,
    pub energy: SignalId,
    pub waiting: SignalId,
    pub decided: SignalId,
    pub rows: Vec<SignalId>,
    pub chargers: Vec<ChargerIds>,
}

/// Entities before the rows of chargers.
const SITE: usize = 0;
const FEEDER: usize = 1;
const LIGHT: usize = 2;
const OPERATOR: usize = 3;
const FIXED_ENTITIES: usize = 4;

/// Number of rows of chargers.
fn row_count(p: &Params) -> usize {
    p.chargers.div_ceil(p.per_row)
}

/// Entity of a charger.
fn charger_entity(p: &Params, k: usize) -> usize {
    FIXED_ENTITIES + row_count(p) + k
}

fn entities(p: &Params) -> Vec<Entity> {
    let mut all = vec![
        entity("site", "Car park", "site", None),
        entity("feeder", "Feeder", "feeder", Some(SITE)),
        entity("light", "Lighting", "auxiliary", Some(SITE)),
        entity("operator", "Operator", "operator", Some(SITE)),
    ];
    for r in 1..=row_count(p) {
        all.push(entity(&format!("row_{r:02}"), &format!("Row {r}"), "row", Some(SITE)));
    }
    for k in 0..p.chargers {
        let row = FIXED_ENTITIES + k / p.per_row;
        all.push(entity(&format!("charger_{:03}", k + 1), &format!("Charger {}", k + 1), "charger", Some(row)));
    }
    all
}

fn columns(p: &Params) -> (Columns, Ids) {
    let mut c = Columns::default();
    let mut add = |signal: Signal, carrier: Carrier| c.add(signal.carrier(carrier));
    let top = p.feeder_kw * 1.1;
    let kw = |name: &str, entity: usize, label: &str, top: f64, doc: &str| {
        Signal::new(name, entity, label, "kW", doc).mean().range(0.0, top).decimals(1)
    };
    let kwh = |name: &str, entity: usize, label: &str, doc: &str| {
        Signal::new(name, entity, label, "kWh", doc).sum().range(0.0, 100.0).decimals(1)
    };
    let alarm = |name: &str, entity: usize, label: &str, doc: &str| {
        Signal::new(name, entity, label, "", doc).step().decimals(0)
    };
    let reward = |name: &str, label: &str, doc: &str| {
        Signal::new(name, OPERATOR, label, "", doc).step().range(-5.0, 5.0).decimals(3)
    };
    let (grid, it, market) = (Carrier::Grid, Carrier::Battery, Carrier::Market);
    let mut ids = Ids {
        p_feeder: add(kw("p_feeder_kw", FEEDER, "Feeder", top, "Power through the feeder."), grid),
        p_cars: add(kw("p_cars_kw", SITE, "Cars", top, "Power into all cars."), it),
        p_light: add(kw("p_light_kw", LIGHT, "Lighting", 50.0, "Power of the lighting."), Carrier::Aux),
        t_feeder: add(
            Signal::new("t_feeder_degc", FEEDER, "Feeder", "°C", "Warmth of the feeder.")
                .range(0.0, 120.0)
                .limits(Limits::high(p.t_warn_degc, p.t_trip_degc)),
            grid,
        ),
        limited: add(alarm("feeder_limited", FEEDER, "Feeder at its limit", "1 while chargers are held back."), grid),
        warm: add(alarm("alarm_feeder", FEEDER, "Feeder warm", "1 while the feeder is above its warning."), grid),
        hot: add(alarm("fault_feeder", FEEDER, "Feeder too hot", "1 when the feeder is above its limit."), grid),
        price: add(Signal::new("price_usd_kwh", SITE, "Price", "$/kWh", "Price of energy.").step().decimals(3), market),
        t_ambient: add(Signal::new("t_ambient_degc", SITE, "Ambient", "°C", "Outside.").range(0.0, 40.0), Carrier::Aux),
        present: add(
            Signal::new("cars", SITE, "Cars", "cars", "Cars at chargers.").step().range(0.0, 200.0).decimals(0),
            it,
        ),
        stored: add(Signal::new("e_cars_kwh", SITE, "Stored", "kWh", "Energy in all cars.").range(0.0, 9e3), it),
        arrived: add(kwh("e_arrived_kwh", SITE, "Arrived", "Energy in the cars that came on this tick."), it),
        departed: add(kwh("e_departed_kwh", SITE, "Departed", "Energy in the cars that left on this tick."), it),
        unmet: add(kwh("e_unmet_kwh", SITE, "Not delivered", "What cars that left on this tick still wanted."), it),
        left: add(Signal::new("cars_left", SITE, "Cars left", "cars", "Cars that left.").sum().decimals(0), it),
        reward: add(reward("reward", "Reward", "Reward of the last decision."), market),
        fares: add(reward("reward_fares", "Fares", "What drivers paid."), market),
        energy: add(reward("reward_energy", "Energy", "What the energy cost, ≤ 0."), grid),
        waiting: add(reward("reward_unmet", "Not delivered", "Displeasure of drivers, ≤ 0."), it),
        decided: add(
            Signal::new("decision_closed", OPERATOR, "Decision over", "", "1 on a decision's last tick.").event(),
            market,
        ),
        rows: Vec::new(),
        chargers: Vec::new(),
    };
    for r in 1..=row_count(p) {
        let power =
            kw(&format!("p_row_{r:02}_kw"), FIXED_ENTITIES + r - 1, "Power", 120.0, "Power of a row of chargers.");
        ids.rows.push(add(power.quantity("p_row_kw"), it));
    }
    for k in 0..p.chargers {
        let (n, owner) = (k + 1, charger_entity(p, k));
        let power = kw(&format!("p_charger_{n:03}_kw"), owner, "Power", p.charger_kw, "Power of the charger.");
        let soc = Signal::new(&format!("soc_{n:03}_frac"), owner, "State of charge", "", "Of the car; 0 without one.");
        let missing =
            Signal::new(&format!("e_missing_{n:03}_kwh"), owner, "Missing", "kWh", "What the driver still wants.");
        let present = alarm(&format!("present_{n:03}"), owner, "Occupied", "1 while a car is there.");
        ids.chargers.push(ChargerIds {
            power: add(power.quantity("p_kw"), it),
            soc: add(soc.quantity("soc_frac").decimals(2), it),
            missing: add(missing.quantity("e_missing_kwh").range(0.0, p.car_kwh), it),
            present: add(present.quantity("present"), it),
        });
    }
    (c, ids)
}

fn action(p: &Params, ids: &Ids, k: usize) -> Action {
    Action {
        name: format!("charger_{:03}", k + 1),
        label: format!("Charger {}", k + 1),
        domain: Domain::Continuous { low: 0.0, high: 1.0 },
        default: 1.0,
        nudge: 0.1,
        carrier: Carrier::Battery,
        effect: Some(ids.chargers[k].power),
        verbs: ("charges".to_owned(), "idle".to_owned()),
        reasons: vec![(ids.limited, "Held back: the feeder is at its limit".to_owned())],
        doc: format!("Share of the charger's {} kW.", p.charger_kw),
    }
}

fn observations(p: &Params) -> Vec<Observation> {
    let mut all = vec![
        observation("price", 0.0, 1.0, 1.0, "$/kWh", "Price of energy."),
        observation("feeder", 0.0, 1.1, p.feeder_kw, "kW", "Power through the feeder."),
        observation("hour_cos", -1.0, 1.0, 1.0, "", "Cosine of the hour of the day."),
    ];
    for k in 1..=p.chargers {
        all.push(observation(&format!("present_{k:03}"), 0.0, 1.0, 1.0, "", "1 while a car is there."));
        all.push(observation(&format!("missing_{k:03}"), 0.0, 1.0, p.car_kwh, "kWh", "What the driver still wants."));
    }
    all
}

fn topology(p: &Params, ids: &Ids) -> Topology {
    let mut nodes = vec![
        node(FEEDER, "Feeder", NodeKind::Source, Carrier::Grid),
        node(SITE, "Park bus", NodeKind::Bus, Carrier::Grid),
        node(LIGHT, "Lighting", NodeKind::Load, Carrier::Aux),
    ];
    let mut edges = vec![edge(0, 1, ids.p_feeder, Some(p.feeder_kw)), edge(1, 2, ids.p_light, None)];
    let (v, d) = (Term::Value, Term::Change);
    let mut balances = vec![
        balance(
            "feeder",
            "Feeder = cars + lighting",
            "kW",
            vec![v(1.0, ids.p_feeder), v(-1.0, ids.p_cars), v(-1.0, ids.p_light)],
        ),
        balance(
            "cars",
            "Stored energy: charged + arrived − departed",
            "kWh",
            vec![d(1.0, ids.stored), v(-p.eta * TICK_H, ids.p_cars), v(-1.0, ids.arrived), v(1.0, ids.departed)],
        ),
    ];
    let mut rows = vec![v(1.0, ids.p_cars)];
    for (r, &power) in ids.rows.iter().enumerate() {
        nodes.push(node(FIXED_ENTITIES + r, &format!("Row {}", r + 1), NodeKind::Load, Carrier::Battery));
        edges.push(edge(1, nodes.len() - 1, power, None));
        rows.push(v(-1.0, power));
        let own = ids.chargers.iter().skip(r * p.per_row).take(p.per_row).map(|c| v(-1.0, c.power));
        let terms = std::iter::once(v(1.0, power)).chain(own).collect();
        balances.push(balance(&format!("row_{:02}", r + 1), "Row = its chargers", "kW", terms));
    }
    balances.push(balance("rows", "Cars = rows", "kW", rows));
    for balance in &mut balances {
        balance.tolerance = 1e-6;
    }
    Topology { nodes, edges, balances }
}

fn inputs() -> Vec<Input> {
    vec![
        input("price_usd_kwh", "Price", "$/kWh", (0.0, 2.0), false, "Price of energy."),
        input("arrival_factor", "Arrivals", "", (0.0, 10.0), false, "Factor on the cars that come."),
        input("t_ambient_degc", "Ambient", "°C", (-30.0, 90.0), false, "Outside temperature."),
        input("feeder_factor", "Feeder fault", "", (0.0, 1.0), true, "Share of the feeder that is left."),
    ]
}

fn metrics(ids: &Ids) -> Vec<MetricSpec> {
    let m = |name: &str, unit: &str, fold: Fold, doc: &str| metric(0, name, unit, fold, None, doc);
    let warm = Fold::ShareAbove(vec![(ids.warm, 0.5)]);
    vec![
        metric(0, "total_reward", "", Fold::Sum(ids.reward), Some(ids.decided), "Sum over decisions."),
        metric(0, "decisions", "", Fold::Count, Some(ids.decided), "Decisions that were carried out."),
        m("cars_left", "cars", Fold::Sum(ids.left), "Cars that left."),
        m("unmet_kwh", "kWh", Fold::Sum(ids.unmet), "What drivers did not get."),
        m("peak_kw", "kW", Fold::Max(ids.p_feeder), "Highest power through the feeder."),
        m("warm_share", "", warm, "Share of ticks with a warm feeder."),
        m("survived", "", Fold::Reached(EPISODE_TICKS), "1 when the whole episode was run."),
    ]
}

pub(super) fn spec(p: &Params, axes: Vec<Axis>, request: &BuildRequest<'_>) -> (PlantSpec, Ids) {
    let (columns, ids) = columns(p);
    let slot = Slot {
        name: "park".to_owned(),
        label: "Park".to_owned(),
        period_ticks: PERIOD,
        phase_ticks: 0,
        observations: observations(p),
        actions: (0..p.chargers).map(|k| action(p, &ids, k)).collect(),
        reward: Some(ids.reward),
        reward_terms: vec![
            term("fares", "Fares", ids.fares, Carrier::Market),
            term("energy", "Energy", ids.energy, Carrier::Grid),
            term("unmet", "Not delivered", ids.waiting, Carrier::Battery),
        ],
        reward_when: Some(ids.decided),
        optional: true,
        default_controller: "hold".to_owned(),
    };
    let stream = |k: usize| StreamSpec {
        name: format!("arrival_{k:03}"),
        draw: Draw::Uniform,
        column: format!("arrival_{k:03}_u"),
        optional: false,
        doc: "Whether a car comes and how empty it is: index t on tick t.".to_owned(),
    };
    let spec = PlantSpec {
        name: NAME.to_owned(),
        title: "Car park".to_owned(),
        entities: entities(p),
        signals: columns.signals,
        slots: vec![slot],
        inputs: inputs(),
        disturbances: Vec::new(),
        axes,
        streams: (1..=p.chargers).map(stream).collect(),
        topology: topology(p, &ids),
        events: vec![
            event("feeder_trip", "Feeder above its limit", Severity::Trip, ids.hot, Some(ids.t_feeder)),
            event("feeder_warm", "Feeder above its warning", Severity::Warning, ids.warm, Some(ids.t_feeder)),
            event("feeder_limited", "Chargers are held back", Severity::Note, ids.limited, Some(ids.p_feeder)),
        ],
        metrics: metrics(&ids),
        tiles: tiles(&ids),
        charts: vec![
            chart("power", "Power", &[ids.p_feeder, ids.p_cars]),
            chart("feeder", "Feeder", &[ids.t_feeder, ids.t_ambient]),
            chart("cars", "Cars", &[ids.present]),
        ],
        calendar: calendar(TICK_S, request.start, "America/Lima"),
        episode_ticks: EPISODE_TICKS,
        facts: BTreeMap::from([("feeder_kw".to_owned(), p.feeder_kw)]),
        ..PlantSpec::default()
    };
    (spec, ids)
}
