//! A car park: so many chargers as the configuration says, all behind one feeder, all in one slot of period 4.
//!
//! Every charger is an entity of one class with the same quantities, has an action and a random stream of its own, and
//! belongs to a row of chargers. Cars arrive, wait, and leave with what they got.

mod tables;
mod tiles;

use std::collections::BTreeMap;
use std::sync::Arc;

use c2g_twin::config::{Error, Result};
use c2g_twin::noise::Noise;
use c2g_twin::plant::{Axis, BuildRequest, InputBus, Outcome, Plant, PlantFactory, PlantSpec, StepContext};
use serde::{Deserialize, Serialize};

use super::table::{axis, choose, daily, flag, from_bytes, hour_of_day, to_bytes};
use tables::{Ids, spec};

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
