//! Three discrete agents on quarter-hour ticks: one shifts load, one moves a set point, one drives a battery.
//!
//! A data hall buys power whose carbon intensity follows the sun. Every slot has three positions and a reward of its
//! own. Signs: battery + = discharge; shifted load + = deferred.

use std::collections::BTreeMap;
use std::sync::Arc;

use c2g_twin::config::Result;
use c2g_twin::noise::{Draw, Noise, StreamSpec};
use c2g_twin::plant::{
    Action, Axis, BuildRequest, Fold, InputBus, Outcome, Plant, PlantFactory, PlantSpec, Severity, Slot, SlotActions,
    StepContext,
};
use c2g_twin::signal::{Carrier, Limits, NodeKind, Signal, SignalId, Term, Topology};
use serde::{Deserialize, Serialize};

use super::table::{
    Columns, axis, balance, calendar, chart, choose, daily, edge, entity, event, flag, from_bytes, hour_of_day, input,
    metric, node, observation, switch, term, to_bytes,
};

/// Name in the registry.
pub const NAME: &str = "three_agents";

/// Ticks of an episode: two days of quarter hours.
pub const EPISODE_TICKS: u64 = 192;

/// Length of a tick, s.
const TICK_S: u32 = 900;

/// Length of a tick, h.
const TICK_H: f64 = 0.25;

const DEFAULTS: &str = "
hall:
  it_mw: 10.0                  # full load
  flexible_frac: 0.3           # share of the load that may wait
  catch_up_mw: 2.0
  deferred_max_mwh: 20.0
  aux_mw: 0.4
  heat_mwh_per_k: 0.5
  cooling_max_mw: 12.0         # heat that the machines can carry away
  cop: 4.0
  set_point_degc: [18.0, 27.0]
  t_warn_degc: 30.0
  t_trip_degc: 40.0
  battery_mw: 1.0
  battery_mwh: 4.0
  battery_eta: 0.95            # one way
";

/// Slot numbers.
const SHIFT: usize = 0;
const SET_POINT: usize = 1;
const BATTERY: usize = 2;

/// Positions of the three switches.
const LOW: f64 = 0.0;
const MIDDLE: f64 = 1.0;
const HIGH: f64 = 2.0;

/// Input numbers.
const IN_DEMAND: usize = 0;
const IN_AMBIENT: usize = 1;
const IN_CARBON: usize = 2;
const IN_COOLING: usize = 3;

/// Stream numbers.
const DEMAND_Z: usize = 0;
const AMBIENT_Z: usize = 1;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    it_mw: f64,
    flexible_frac: f64,
    catch_up_mw: f64,
    deferred_max_mwh: f64,
    aux_mw: f64,
    heat_mwh_per_k: f64,
    cooling_max_mw: f64,
    cop: f64,
    set_point_degc: [f64; 2],
    t_warn_degc: f64,
    t_trip_degc: f64,
    battery_mw: f64,
    battery_mwh: f64,
    battery_eta: f64,
}

/// Climate and grid of a location.
#[derive(Debug, Clone, Copy)]
struct Location {
    t_mean_degc: f64,
    t_swing_k: f64,
    carbon_mean: f64,
    carbon_swing: f64,
}

/// Registers the plant as [`NAME`].
pub struct Factory;

impl PlantFactory for Factory {
    fn name(&self) -> &str {
        NAME
    }

    fn about(&self) -> &str {
        "One data hall, three agents with three positions each, a tick every quarter hour"
    }

    fn axes(&self) -> Vec<Axis> {
        let choices = [("coast", "Coast"), ("desert", "Desert")];
        vec![axis("location", "Location", &choices, "Climate and carbon intensity of the site.")]
    }

    fn layers(&self) -> Vec<(String, String)> {
        vec![("three_agents.yaml".to_owned(), DEFAULTS.to_owned())]
    }

    fn build(&self, request: &BuildRequest<'_>) -> Result<Box<dyn Plant>> {
        let params: Params = request.config.fill("hall")?;
        let axes = choose(self.axes(), request.axes)?;
        let desert = axes.iter().any(|a| a.value == "desert");
        let location = if desert {
            Location { t_mean_degc: 28.0, t_swing_k: 10.0, carbon_mean: 420.0, carbon_swing: 150.0 }
        } else {
            Location { t_mean_degc: 16.0, t_swing_k: 4.0, carbon_mean: 250.0, carbon_swing: 80.0 }
        };
        let (spec, columns) = spec(&params, axes, request);
        let state = State::begin(&params, &location);
        Ok(Box::new(Hall { spec: Arc::new(spec), columns, params, location, state }))
    }
}

/// Columns of a row.
#[derive(Debug, Clone, Copy)]
struct Ids {
    p_import: SignalId,
    carbon: SignalId,
    emitted: SignalId,
    demand: SignalId,
    p_it: SignalId,
    p_shifted: SignalId,
    deferred: SignalId,
    t_ambient: SignalId,
    t_hall: SignalId,
    set_point: SignalId,
    p_cooling: SignalId,
    pue: SignalId,
    warm: SignalId,
    hot: SignalId,
    p_battery: SignalId,
    p_loss: SignalId,
    stored: SignalId,
    soc: SignalId,
    empty: SignalId,
    p_aux: SignalId,
    rewards: [[SignalId; 3]; 3],
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
const SEEN: [&[usize]; 3] = [&[0, 1, 2, 3], &[0, 1, 4], &[0, 1, 2, 5]];

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

fn spec(p: &Params, axes: Vec<Axis>, request: &BuildRequest<'_>) -> (PlantSpec, Ids) {
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
        charts: vec![
            chart("power", "Power", &[ids.p_import, ids.p_it, ids.p_cooling]),
            chart("hall", "Temperatures", &[ids.t_hall, ids.set_point, ids.t_ambient]),
            chart("battery", "State of charge", &[ids.soc]),
        ],
        calendar: calendar(TICK_S, request.start, "UTC"),
        episode_ticks: EPISODE_TICKS,
        facts: BTreeMap::from([("battery_mw".to_owned(), p.battery_mw)]),
    };
    (spec, ids)
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct State {
    tick: u64,
    deferred_mwh: f64,
    t_hall_degc: f64,
    t_set_degc: f64,
    stored_mwh: f64,
    /// What the slots see: the six observations.
    seen: [f64; 6],
}

impl State {
    fn begin(p: &Params, location: &Location) -> Self {
        let t_set_degc = f64::midpoint(p.set_point_degc[0], p.set_point_degc[1]);
        let stored_mwh = 0.5 * p.battery_mwh;
        let seen = [0.0, 1.0, location.carbon_mean / 1000.0, 0.0, t_set_degc / 50.0, 0.5];
        Self { tick: 0, deferred_mwh: 0.0, t_hall_degc: t_set_degc, t_set_degc, stored_mwh, seen }
    }
}

struct Hall {
    spec: Arc<PlantSpec>,
    columns: Ids,
    params: Params,
    location: Location,
    state: State,
}

/// What the outside does on a tick.
struct Outside {
    demand_mw: f64,
    t_ambient_degc: f64,
    carbon_g_kwh: f64,
    cooling_factor: f64,
}

/// What the three switches did.
struct Flows {
    shifted_mw: f64,
    cooling_mw: f64,
    battery_mw: f64,
    loss_mw: f64,
}

impl Hall {
    fn outside(&self, inputs: &mut InputBus, noise: &mut dyn Noise) -> Outside {
        let (tick, at) = (self.state.tick, &self.location);
        let hour = hour_of_day(&self.spec.calendar, tick);
        let demand = 0.6 + 0.25 * daily(hour, 15.0) + 0.03 * noise.draw(DEMAND_Z, tick);
        let ambient = at.t_mean_degc + at.t_swing_k * daily(hour, 15.0) + 0.3 * noise.draw(AMBIENT_Z, tick);
        let carbon = at.carbon_mean + at.carbon_swing * daily(hour, 20.0);
        Outside {
            demand_mw: self.params.it_mw * inputs.apply(IN_DEMAND, demand.clamp(0.0, 1.0)),
            t_ambient_degc: inputs.apply(IN_AMBIENT, ambient),
            carbon_g_kwh: inputs.apply(IN_CARBON, carbon),
            cooling_factor: inputs.apply(IN_COOLING, 1.0),
        }
    }

    /// Moves load, hall and battery by the positions of the three switches.
    fn advance(&mut self, positions: [f64; 3], o: &Outside) -> Flows {
        let (p, s) = (&self.params, &mut self.state);
        let [shift, set_point, battery] = positions;

        let room_mw = (p.deferred_max_mwh - s.deferred_mwh) / TICK_H;
        let shifted_mw = if shift == LOW {
            (o.demand_mw * p.flexible_frac).min(room_mw)
        } else if shift == HIGH {
            -p.catch_up_mw.min(s.deferred_mwh / TICK_H)
        } else {
            0.0
        };
        s.deferred_mwh += shifted_mw * TICK_H;

        let [low, high] = p.set_point_degc;
        s.t_set_degc = (s.t_set_degc + 0.5 * (set_point - MIDDLE)).clamp(low, high);
        let heat_mw = o.demand_mw - shifted_mw;
        // Half of the distance to the set point goes in a tick, as far as the machines can carry the heat.
        let wanted_mw = heat_mw + 0.5 * (s.t_hall_degc - s.t_set_degc) * p.heat_mwh_per_k / TICK_H;
        let carried_mw = wanted_mw.clamp(0.0, p.cooling_max_mw * o.cooling_factor);
        s.t_hall_degc += (heat_mw - carried_mw) * TICK_H / p.heat_mwh_per_k;
        let cop = p.cop * (1.0 + 0.03 * (s.t_set_degc - 22.0)) * (1.0 - 0.02 * (o.t_ambient_degc - 20.0)).max(0.3);

        let before_mwh = s.stored_mwh;
        let battery_mw = if battery == LOW {
            -p.battery_mw.min((p.battery_mwh - s.stored_mwh) / p.battery_eta / TICK_H)
        } else if battery == HIGH {
            p.battery_mw.min(s.stored_mwh * p.battery_eta / TICK_H)
        } else {
            0.0
        };
        let cell_mw = if battery_mw > 0.0 { battery_mw / p.battery_eta } else { battery_mw * p.battery_eta };
        s.stored_mwh = (before_mwh - cell_mw * TICK_H).clamp(0.0, p.battery_mwh);
        let loss_mw = (before_mwh - s.stored_mwh) / TICK_H - battery_mw;
        Flows { shifted_mw, cooling_mw: carried_mw / cop, battery_mw, loss_mw }
    }

    fn see(&mut self, carbon_g_kwh: f64) {
        let hour = hour_of_day(&self.spec.calendar, self.state.tick);
        let s = &mut self.state;
        s.seen = [
            daily(hour, 6.0),
            daily(hour, 0.0),
            carbon_g_kwh / 1000.0,
            s.deferred_mwh / self.params.deferred_max_mwh,
            s.t_hall_degc / 50.0,
            s.stored_mwh / self.params.battery_mwh,
        ]
        .map(|x| f64::from(x as f32));
    }

    fn write(&self, row: &mut [f64], o: &Outside, f: &Flows) {
        let (p, s, c) = (&self.params, &self.state, &self.columns);
        let it_mw = o.demand_mw - f.shifted_mw;
        let site_mw = it_mw + f.cooling_mw + p.aux_mw;
        let import_mw = site_mw - f.battery_mw;
        let kg = o.carbon_g_kwh * TICK_H;
        let rewards = [
            [-it_mw * kg / 1000.0, -0.1 * s.deferred_mwh / p.deferred_max_mwh],
            [-f.cooling_mw / 4.0, -0.2 * (s.t_hall_degc - p.set_point_degc[1]).max(0.0)],
            [f.battery_mw * kg / 100.0, -0.05 * f.battery_mw.abs()],
        ];
        for (ids, terms) in c.rewards.iter().zip(rewards) {
            let [total, a, b] = *ids;
            (row[total], row[a], row[b]) = (terms[0] + terms[1], terms[0], terms[1]);
        }
        for (column, value) in [
            (c.p_import, import_mw),
            (c.carbon, o.carbon_g_kwh),
            (c.emitted, import_mw * kg),
            (c.demand, o.demand_mw),
            (c.p_it, it_mw),
            (c.p_shifted, f.shifted_mw),
            (c.deferred, s.deferred_mwh),
            (c.t_ambient, o.t_ambient_degc),
            (c.t_hall, s.t_hall_degc),
            (c.set_point, s.t_set_degc),
            (c.p_cooling, f.cooling_mw),
            (c.pue, if it_mw > 0.1 { site_mw / it_mw } else { 1.0 }),
            (c.warm, flag(s.t_hall_degc > p.t_warn_degc)),
            (c.hot, flag(s.t_hall_degc > p.t_trip_degc)),
            (c.p_battery, f.battery_mw),
            (c.p_loss, f.loss_mw),
            (c.stored, s.stored_mwh),
            (c.soc, s.stored_mwh / p.battery_mwh),
            (c.empty, flag(s.stored_mwh <= 1e-9)),
            (c.p_aux, p.aux_mw),
        ] {
            row[column] = value;
        }
    }
}

impl Plant for Hall {
    fn spec(&self) -> &Arc<PlantSpec> {
        &self.spec
    }

    fn reset(&mut self, _inputs: &mut InputBus, _noise: &mut dyn Noise, row: &mut [f64]) {
        self.state = State::begin(&self.params, &self.location);
        row.fill(0.0);
        let at = &self.location;
        let outside = Outside {
            demand_mw: 0.6 * self.params.it_mw,
            t_ambient_degc: at.t_mean_degc,
            carbon_g_kwh: at.carbon_mean,
            cooling_factor: 1.0,
        };
        let still = Flows { shifted_mw: 0.0, cooling_mw: 0.0, battery_mw: 0.0, loss_mw: 0.0 };
        self.write(row, &outside, &still);
        self.see(at.carbon_mean);
    }

    fn observe(&self, slot: usize, out: &mut [f64]) {
        for (cell, &k) in out.iter_mut().zip(SEEN.get(slot).copied().unwrap_or(&[])) {
            *cell = self.state.seen[k];
        }
    }

    fn step(&mut self, cx: StepContext<'_>, row: &mut [f64]) -> Outcome {
        // A slot that nobody drives stands in the middle.
        let position =
            |a: Option<&SlotActions>| a.filter(|a| a.active).and_then(|a| a.values.first().copied()).unwrap_or(MIDDLE);
        let positions = [SHIFT, SET_POINT, BATTERY].map(|slot| position(cx.actions.get(slot)));
        let outside = self.outside(cx.inputs, cx.noise);
        let flows = self.advance(positions, &outside);
        self.state.tick += 1;
        self.see(outside.carbon_g_kwh);
        self.write(row, &outside, &flows);
        Outcome {
            terminated: self.state.t_hall_degc > self.params.t_trip_degc,
            truncated: self.state.tick >= self.spec.episode_ticks,
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
