//! Three discrete agents on quarter-hour ticks: one shifts load, one moves a set point, one drives a battery.
//!
//! A data hall buys power whose carbon intensity follows the sun. Every slot has three positions and a reward of its
//! own. Signs: battery + = discharge; shifted load + = deferred.

mod tables;
mod tiles;

use std::sync::Arc;

use c2g_twin::config::Result;
use c2g_twin::noise::Noise;
use c2g_twin::plant::{
    Axis, BuildRequest, InputBus, Outcome, Plant, PlantFactory, PlantSpec, SlotActions, StepContext,
};
use serde::{Deserialize, Serialize};

use super::table::{axis, choose, daily, flag, from_bytes, hour_of_day, to_bytes};
use tables::{Ids, SEEN, spec};

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
