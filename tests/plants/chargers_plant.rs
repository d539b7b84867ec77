//! A car park: so many chargers as the configuration says, all behind one feeder, all in one slot of period 4.
//!
//! Every charger is an entity of one class with the same quantities, has an action and a random stream of its own, and
//! belongs to a row of chargers. Cars arrive, wait, and leave with what they got.

use std::collections::BTreeMap;
use std::sync::Arc;

use c2g_twin::config::{Error, Result};
use c2g_twin::noise::{Draw, Noise, StreamSpec};
use c2g_twin::plant::{
    Action, Axis, BuildRequest, Domain, Fold, Input, InputBus, MetricSpec, Observation, Outcome, Plant, PlantFactory,
    PlantSpec, Severity, Slot, StepContext,
};
use c2g_twin::signal::{Carrier, Entity, Limits, NodeKind, Signal, SignalId, Term, Topology};
use serde::{Deserialize, Serialize};

use super::table::{
    Columns, axis, balance, calendar, chart, choose, daily, edge, entity, event, flag, from_bytes, hour_of_day, input,
    metric, node, observation, term, to_bytes,
};

/// Name in the registry.
pub const NAME: &str = "chargers";

/// Ticks of an episode: one day of five minutes.
pub const EPISODE_TICKS: u64 = 288;

/// Ticks between two decisions.
const PERIOD: u64 = 4;

/// Length of a tick, s.
const TICK_S: u32 = 300;

/// Length of a tick, h.
const TICK_H: f64 = 300.0 / 3600.0;

const DEFAULTS: &str = "
park:
  chargers: 129
  per_row: 10
  charger_kw: 11.0
  car_kwh: 60.0
  eta: 0.92
  wanted_frac: 0.9             # what a driver wants to leave with
  stay_ticks: [12, 108]        # one to nine hours
  arrivals_per_day: 3.0        # at each charger
  feeder_kw: 900.0
  light_kw: 12.0
  feeder_rise_k: 60.0          # warmth of the feeder at its limit
  feeder_tau_ticks: 12.0
  t_warn_degc: 80.0
  t_trip_degc: 105.0
  price_usd_kwh: 0.20
  fare_usd_kwh: 0.35
";

const WEEKEND: &str = "
park:
  arrivals_per_day: 1.5
  stay_ticks: [24, 160]
";

/// Input numbers.
const IN_PRICE: usize = 0;
const IN_ARRIVALS: usize = 1;
const IN_AMBIENT: usize = 2;
const IN_FEEDER: usize = 3;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    chargers: usize,
    per_row: usize,
    charger_kw: f64,
    car_kwh: f64,
    eta: f64,
    wanted_frac: f64,
    stay_ticks: [u64; 2],
    arrivals_per_day: f64,
    feeder_kw: f64,
    light_kw: f64,
    feeder_rise_k: f64,
    feeder_tau_ticks: f64,
    t_warn_degc: f64,
    t_trip_degc: f64,
    price_usd_kwh: f64,
    fare_usd_kwh: f64,
}

/// Registers the plant as [`NAME`].
pub struct Factory;

impl PlantFactory for Factory {
    fn name(&self) -> &str {
        NAME
    }

    fn about(&self) -> &str {
        "A car park: as many chargers as you like behind one feeder"
    }

    fn axes(&self) -> Vec<Axis> {
        let choices = [("weekday", "Weekday"), ("weekend", "Weekend")];
        vec![axis("day", "Day", &choices, "How many cars come and how long they stay.")]
    }

    fn layers(&self) -> Vec<(String, String)> {
        vec![("chargers.yaml".to_owned(), DEFAULTS.to_owned())]
    }

    fn axis_layers(&self, axes: &BTreeMap<String, String>) -> Vec<(String, String)> {
        match axes.get("day").map(String::as_str) {
            Some("weekend") => vec![("weekend.yaml".to_owned(), WEEKEND.to_owned())],
            _ => Vec::new(),
        }
    }

    fn build(&self, request: &BuildRequest<'_>) -> Result<Box<dyn Plant>> {
        let params: Params = request.config.fill("park")?;
        if params.chargers == 0 || params.per_row == 0 {
            let place = request.config.place("park.chargers");
            return Err(Error::invalid(place, "a park without chargers", "Give at least one charger and one per row."));
        }
        let axes = choose(self.axes(), request.axes)?;
        let (spec, columns) = spec(&params, axes, request);
        let state = State::begin(&params);
        Ok(Box::new(Park { spec: Arc::new(spec), columns, state, powers_kw: vec![0.0; params.chargers], params }))
    }
}

/// Columns of one charger.
#[derive(Debug, Clone, Copy)]
struct ChargerIds {
    power: SignalId,
    soc: SignalId,
    missing: SignalId,
    present: SignalId,
}

/// Columns of a row.
#[derive(Debug, Clone)]
struct Ids {
    p_feeder: SignalId,
    p_cars: SignalId,
    p_light: SignalId,
    t_feeder: SignalId,
    limited: SignalId,
    warm: SignalId,
    hot: SignalId,
    price: SignalId,
    t_ambient: SignalId,
    present: SignalId,
    stored: SignalId,
    arrived: SignalId,
    departed: SignalId,
    unmet: SignalId,
    left: SignalId,
    reward: SignalId,
    fares: SignalId,
    energy: SignalId,
    waiting: SignalId,
    decided: SignalId,
    rows: Vec<SignalId>,
    chargers: Vec<ChargerIds>,
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

fn spec(p: &Params, axes: Vec<Axis>, request: &BuildRequest<'_>) -> (PlantSpec, Ids) {
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
        axes,
        streams: (1..=p.chargers).map(stream).collect(),
        topology: topology(p, &ids),
        events: vec![
            event("feeder_trip", "Feeder above its limit", Severity::Trip, ids.hot, Some(ids.t_feeder)),
            event("feeder_warm", "Feeder above its warning", Severity::Warning, ids.warm, Some(ids.t_feeder)),
            event("feeder_limited", "Chargers are held back", Severity::Note, ids.limited, Some(ids.p_feeder)),
        ],
        metrics: metrics(&ids),
        charts: vec![
            chart("power", "Power", &[ids.p_feeder, ids.p_cars]),
            chart("feeder", "Feeder", &[ids.t_feeder, ids.t_ambient]),
            chart("cars", "Cars", &[ids.present]),
        ],
        calendar: calendar(TICK_S, request.start, "America/Lima"),
        episode_ticks: EPISODE_TICKS,
        facts: BTreeMap::from([("feeder_kw".to_owned(), p.feeder_kw)]),
    };
    (spec, ids)
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Car {
    stored_kwh: f64,
    leaves_at: u64,
}

/// Reward of the decision that is being carried out.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Tally {
    ticks: u64,
    fares: f64,
    energy: f64,
    unmet: f64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct State {
    tick: u64,
    cars: Vec<Option<Car>>,
    t_feeder_degc: f64,
    p_feeder_kw: f64,
    price_usd_kwh: f64,
    tally: Tally,
}

impl State {
    fn begin(p: &Params) -> Self {
        Self {
            tick: 0,
            cars: vec![None; p.chargers],
            t_feeder_degc: 25.0,
            p_feeder_kw: 0.0,
            price_usd_kwh: p.price_usd_kwh,
            tally: Tally::default(),
        }
    }
}

struct Park {
    spec: Arc<PlantSpec>,
    columns: Ids,
    params: Params,
    state: State,
    /// Power of each charger on this tick; no state, only room.
    powers_kw: Vec<f64>,
}

/// What came and went on a tick.
#[derive(Debug, Default)]
struct Traffic {
    arrived_kwh: f64,
    departed_kwh: f64,
    unmet_kwh: f64,
    left: f64,
}

impl Park {
    fn wanted_kwh(&self, car: &Car) -> f64 {
        (self.params.wanted_frac * self.params.car_kwh - car.stored_kwh).max(0.0)
    }

    /// Lets cars leave and come. Every charger draws on every tick, occupied or not.
    fn traffic(&mut self, rate: f64, noise: &mut dyn Noise) -> Traffic {
        let mut traffic = Traffic::default();
        let tick = self.state.tick;
        for k in 0..self.state.cars.len() {
            let u = noise.draw(k, tick);
            if let Some(car) = self.state.cars[k].filter(|c| c.leaves_at <= tick) {
                traffic.departed_kwh += car.stored_kwh;
                traffic.unmet_kwh += self.wanted_kwh(&car);
                traffic.left += 1.0;
                self.state.cars[k] = None;
            }
            if self.state.cars[k].is_none() && u < rate {
                // Below the rate the draw is uniform again: it says how empty the car is and how long it stays.
                let v = u / rate;
                let stored_kwh = (0.1 + 0.5 * v) * self.params.car_kwh;
                let [short, long] = self.params.stay_ticks;
                let leaves_at = tick + short + ((1.0 - v) * (long - short) as f64) as u64;
                self.state.cars[k] = Some(Car { stored_kwh, leaves_at });
                traffic.arrived_kwh += stored_kwh;
            }
        }
        traffic
    }

    /// Shares the feeder among the chargers; returns whether it was not enough.
    fn share(&mut self, actions: &[f64], available_kw: f64) -> bool {
        let p = &self.params;
        let mut wanted_kw = 0.0;
        for (k, power) in self.powers_kw.iter_mut().enumerate() {
            let room = self.state.cars[k].map_or(0.0, |c| (p.car_kwh - c.stored_kwh).max(0.0) / (p.eta * TICK_H));
            *power = (actions.get(k).copied().unwrap_or(1.0) * p.charger_kw).min(room);
            wanted_kw += *power;
        }
        let room_kw = (available_kw - p.light_kw).max(0.0);
        let limited = wanted_kw > room_kw;
        if limited {
            for power in &mut self.powers_kw {
                *power *= room_kw / wanted_kw;
            }
        }
        for (car, power) in self.state.cars.iter_mut().zip(&self.powers_kw) {
            if let Some(car) = car {
                car.stored_kwh += power * p.eta * TICK_H;
            }
        }
        limited
    }

    fn write(&self, row: &mut [f64], t_ambient_degc: f64, limited: bool, traffic: &Traffic) {
        let (p, s, c) = (&self.params, &self.state, &self.columns);
        let mut stored_kwh = 0.0;
        let mut cars = 0.0;
        for ((ids, car), &power) in c.chargers.iter().zip(&s.cars).zip(&self.powers_kw) {
            row[ids.power] = power;
            row[ids.present] = flag(car.is_some());
            row[ids.soc] = car.map_or(0.0, |c| c.stored_kwh / p.car_kwh);
            row[ids.missing] = car.map_or(0.0, |c| self.wanted_kwh(&c));
            stored_kwh += car.map_or(0.0, |c| c.stored_kwh);
            cars += flag(car.is_some());
        }
        for (&id, powers) in c.rows.iter().zip(self.powers_kw.chunks(p.per_row)) {
            row[id] = powers.iter().sum();
        }
        for (column, value) in [
            (c.p_feeder, s.p_feeder_kw),
            (c.p_cars, s.p_feeder_kw - p.light_kw),
            (c.p_light, p.light_kw),
            (c.t_feeder, s.t_feeder_degc),
            (c.limited, flag(limited)),
            (c.warm, flag(s.t_feeder_degc > p.t_warn_degc)),
            (c.hot, flag(s.t_feeder_degc > p.t_trip_degc)),
            (c.price, s.price_usd_kwh),
            (c.t_ambient, t_ambient_degc),
            (c.present, cars),
            (c.stored, stored_kwh),
            (c.arrived, traffic.arrived_kwh),
            (c.departed, traffic.departed_kwh),
            (c.unmet, traffic.unmet_kwh),
            (c.left, traffic.left),
        ] {
            row[column] = value;
        }
    }

    /// Writes what the decision came to; the columns keep their value until the next one is over.
    fn settle(&mut self, row: &mut [f64]) {
        let (t, c) = (std::mem::take(&mut self.state.tally), &self.columns);
        let terms = [t.fares, -t.energy, -0.5 * t.unmet].map(|x| x / 100.0);
        for (column, value) in [c.fares, c.energy, c.waiting].into_iter().zip(terms) {
            row[column] = value;
        }
        row[c.reward] = terms.iter().sum();
        row[c.decided] = 1.0;
    }
}

impl Plant for Park {
    fn spec(&self) -> &Arc<PlantSpec> {
        &self.spec
    }

    fn reset(&mut self, _inputs: &mut InputBus, _noise: &mut dyn Noise, row: &mut [f64]) {
        self.state = State::begin(&self.params);
        self.powers_kw.fill(0.0);
        self.state.p_feeder_kw = self.params.light_kw;
        row.fill(0.0);
        self.write(row, 20.0, false, &Traffic::default());
        let c = &self.columns;
        for column in [c.reward, c.fares, c.energy, c.waiting] {
            row[column] = f64::NAN;
        }
    }

    fn observe(&self, _slot: usize, out: &mut [f64]) {
        let (p, s) = (&self.params, &self.state);
        let hour = hour_of_day(&self.spec.calendar, s.tick);
        let site = [s.price_usd_kwh, s.p_feeder_kw / p.feeder_kw, daily(hour, 0.0)];
        let cars = s.cars.iter().flat_map(|car| {
            let missing = car.map_or(0.0, |c| self.wanted_kwh(&c) / p.car_kwh);
            [flag(car.is_some()), missing]
        });
        for (cell, value) in out.iter_mut().zip(site.into_iter().chain(cars)) {
            *cell = f64::from(value as f32);
        }
    }

    fn step(&mut self, cx: StepContext<'_>, row: &mut [f64]) -> Outcome {
        let p = &self.params;
        let hour = hour_of_day(&self.spec.calendar, self.state.tick);
        let price = p.price_usd_kwh * (1.0 + 0.4 * daily(hour, 19.0));
        self.state.price_usd_kwh = cx.inputs.apply(IN_PRICE, price);
        let t_ambient_degc = cx.inputs.apply(IN_AMBIENT, 20.0 + 8.0 * daily(hour, 15.0));
        let available_kw = p.feeder_kw * cx.inputs.apply(IN_FEEDER, 1.0);
        let rush = (1.0 + daily(hour, 10.0)) * cx.inputs.apply(IN_ARRIVALS, 1.0);
        let rate = (p.arrivals_per_day / EPISODE_TICKS as f64 * rush).min(1.0);
        let traffic = self.traffic(rate, cx.noise);
        // Without an operator every charger gives what it can.
        let slot = cx.actions.first().filter(|a| a.active);
        let limited = self.share(slot.map_or(&[][..], |a| &a.values), available_kw);

        let p = &self.params;
        let cars_kw: f64 = self.powers_kw.iter().sum();
        let s = &mut self.state;
        s.p_feeder_kw = cars_kw + p.light_kw;
        let load = s.p_feeder_kw / p.feeder_kw;
        s.t_feeder_degc += (t_ambient_degc + p.feeder_rise_k * load * load - s.t_feeder_degc) / p.feeder_tau_ticks;
        s.tally.ticks += 1;
        s.tally.fares += cars_kw * TICK_H * p.fare_usd_kwh;
        s.tally.energy += s.p_feeder_kw * TICK_H * s.price_usd_kwh;
        s.tally.unmet += traffic.unmet_kwh;
        s.tick += 1;
        let (terminated, truncated) = (s.t_feeder_degc > p.t_trip_degc, s.tick >= self.spec.episode_ticks);
        self.write(row, t_ambient_degc, limited, &traffic);
        row[self.columns.decided] = 0.0;
        if self.state.tick.is_multiple_of(PERIOD) {
            self.settle(row);
        }
        Outcome { terminated, truncated }
    }

    fn close(&mut self, row: &mut [f64]) {
        if self.state.tally.ticks > 0 {
            self.settle(row);
        }
    }

    fn save(&self) -> Vec<u8> {
        to_bytes(&self.state)
    }

    fn restore(&mut self, state: &[u8]) -> Result<()> {
        self.state = from_bytes(NAME, state)?;
        Ok(())
    }
}
