//! The data centre as a plant: load shifting, hall and cooling, battery, rewards, one after the other (sustaindc 1).

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::config::{Error, Place, Result};
use crate::noise::Noise;
use crate::plant::{InputBus, Outcome, Plant, PlantSpec, SlotActions, StepContext};

use super::battery::{self, Drive};
use super::cooling::{Cooling, Rating, SET_POINT_DEGC, SetPoint, pump_w};
use super::features::clock_of_day;
use super::hall::{HallState, Rack, Racks};
use super::managers::{Series, TICKS_PER_DAY};
use super::observe::{Observations, View};
use super::params::{BatterySize, Params};
use super::queue::{Ages, Queue, Rules, Shift};
use super::rewards::{self, Facts, History, SavedHistory, Terms};
use super::row::{Constants, Tick, write_tick};
use super::site::SiteData;
use super::sizing::Sizing;
use super::tables::{BATTERY, COOLING, SHIFT, input};
use super::{ROOM_BEFORE_DEGC, TICK_H};

/// Everything that changes from tick to tick.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct State {
    pub tick: u64,
    pub set_point: SetPoint,
    pub queue: Queue,
    pub stored_mwh: f64,
    pub sums: Sums,
    pub obs: Observations,
    /// Tells the weather that this state belongs to.
    weather: u64,
}

/// Ticks whose tasks wait together at most: each waits at least one, and the queue is finite.
const QUEUE_TICKS: usize = 1024;

/// Sums since reset.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Sums {
    pub it_kwh: f64,
    pub total_kwh: f64,
    pub days: Days,
    pub grid_kwh: f64,
    pub co2_g: f64,
    pub water_l: f64,
}

impl Default for Sums {
    fn default() -> Self {
        Self { it_kwh: 0.0, total_kwh: 0.0, days: Days::default(), grid_kwh: 0.0, co2_g: 0.0, water_l: 0.0 }
    }
}

/// Energy of the day so far, and the PUE of the days that are over.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Days {
    /// IT of this day, kWh.
    pub it_kwh: f64,
    /// Everything of this day, kWh.
    pub total_kwh: f64,
    /// Lowest PUE of a day; NaN before one is over.
    pub best: f64,
    /// Highest PUE of a day; NaN before one is over.
    pub worst: f64,
}

impl Default for Days {
    fn default() -> Self {
        Self { it_kwh: 0.0, total_kwh: 0.0, best: f64::NAN, worst: f64::NAN }
    }
}

impl Days {
    /// The day is over: its PUE counts for best and worst.
    pub(super) fn close(&mut self) {
        if self.it_kwh > 0.0 {
            let pue = self.total_kwh / self.it_kwh;
            // `min` and `max` take the number where the other is none.
            (self.best, self.worst) = (self.best.min(pue), self.worst.max(pue));
        }
        (self.it_kwh, self.total_kwh) = (0.0, 0.0);
    }
}

/// A state as it is saved.
#[derive(Serialize, Deserialize)]
struct Saved {
    state: State,
    history: SavedHistory,
}

/// The SustainDC data centre.
pub struct SustainDc {
    spec: Arc<PlantSpec>,
    params: Arc<Params>,
    data: Arc<SiteData>,
    racks: Racks,
    sizing: Sizing,
    rules: Rules,
    capacity_mwh: f64,
    constants: Constants,
    ambient: Series,
    wet_bulb: Series,
    /// Hash of the weather of this episode.
    weather: u64,
    clock: [[f64; 2]; TICKS_PER_DAY as usize],
    history: History,
    rack_states: Vec<Rack>,
    state: State,
}

impl SustainDc {
    /// Puts a plant together.
    pub fn new(spec: Arc<PlantSpec>, params: Arc<Params>, data: Arc<SiteData>) -> Self {
        let racks = Racks::new(&params.hall, params.capacity_mw);
        let sizing = Sizing::new(&params.hall, &racks, &params.location);
        let capacity_mwh = match params.profile.battery {
            BatterySize::Sized => sizing.battery_mwh,
            BatterySize::Explicit => params.battery_mwh,
        };
        let hall = &params.hall;
        let fan_ratio = hall.crac_flow_m3s_per_w / hall.crac_reference_flow_m3s_per_w;
        let pump = |p: &super::params::Pump| pump_w(p.pressure_pa, p.flow_m3s, p.efficiency);
        let constants = Constants {
            crac_fan_w: hall.crac_fan_w * (fan_ratio * fan_ratio * fan_ratio),
            chilled_pump_w: pump(&hall.chilled_water_pump),
            tower_pump_w: pump(&hall.tower_pump),
            power_low_kw: sizing.power_low_kw,
            power_high_kw: sizing.power_high_kw,
            capacity_mwh,
            queue_max: params.profile.queue_max_tasks,
        };
        Self {
            rules: Rules { flexible_ratio: params.flexible_ratio(), queue_max: params.profile.queue_max_tasks },
            history: History::new(params.profile.history_energies),
            rack_states: vec![Rack::default(); racks.len()],
            state: State {
                tick: 0,
                set_point: SetPoint::default(),
                queue: Queue::with_capacity(QUEUE_TICKS),
                stored_mwh: 0.0,
                sums: Sums::default(),
                obs: Observations::default(),
                weather: 0,
            },
            ambient: Series::default(),
            wet_bulb: Series::default(),
            weather: 0,
            clock: clock_of_day(),
            spec,
            params,
            data,
            racks,
            sizing,
            capacity_mwh,
            constants,
        }
    }

    /// What was sized.
    pub fn sizing(&self) -> &Sizing {
        &self.sizing
    }

    /// Capacity of the battery, MWh.
    pub fn capacity_mwh(&self) -> f64 {
        self.capacity_mwh
    }

    /// Index of the tick that comes next.
    fn index(&self) -> u64 {
        self.data.start + self.state.tick
    }

    /// Looks around at the tick that comes next. Overrides that are in force show in what is present, not in what is
    /// forecast.
    fn look(&mut self, inputs: &InputBus, ages: Ages) {
        let i = self.index();
        let carbon = inputs.preview(input::CARBON, self.data.carbon.at(i));
        let ambient = inputs.preview(input::AMBIENT, self.ambient.at(i));
        let st = &self.state;
        self.state.obs = Observations::of(&View {
            index: i,
            workload: (&self.data.workload, inputs.preview(input::WORKLOAD, self.data.workload.at(i))),
            ambient: (&self.ambient, self.ambient.scale(ambient)),
            carbon: (&self.data.carbon, self.data.carbon.scale(carbon)),
            clock: self.clock.get((i % TICKS_PER_DAY) as usize).copied().unwrap_or_default(),
            ages,
            tasks: st.queue.len(),
            queue_max: self.rules.queue_max,
            soc: st.stored_mwh / self.capacity_mwh,
        });
    }

    /// Rewards of the three agents, in the source's order: the first may write the history that the others read.
    fn rewards(&mut self, facts: &Facts) -> ([f64; 3], [Terms; 3]) {
        let kinds = self.params.rewards;
        let mut terms = kinds.map(|kind| rewards::reward(kind, facts, &mut self.history));
        let own = terms.map(|t| t.own());
        if !self.params.profile.reward_mixing {
            return (own, terms);
        }
        let mixed = rewards::mix(own, self.params.reward_weight);
        for ((term, own), mixed) in terms.iter_mut().zip(own).zip(mixed) {
            term.others = mixed - own;
        }
        (mixed, terms)
    }
}

/// Hour of the day of an index.
pub(super) fn hour_of(index: u64) -> f64 {
    (index % TICKS_PER_DAY) as f64 * TICK_H
}

/// Day of an index; it does not wrap at the year's end.
pub(super) fn day_of(index: u64) -> u64 {
    index / TICKS_PER_DAY
}

/// Hours since the year began.
pub(super) fn hours_of(index: u64) -> f64 {
    index as f64 * TICK_H
}

/// A hash of the weather, so that a state never meets another one unnoticed.
fn fingerprint(series: &Series) -> u64 {
    series
        .values()
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, v| (hash ^ v.to_bits()).wrapping_mul(0x0100_0000_01b3))
}

fn position(actions: &[SlotActions], slot: usize, rest: f64) -> f64 {
    actions.get(slot).and_then(|a| a.values.first()).copied().unwrap_or(rest)
}

impl Plant for SustainDc {
    fn spec(&self) -> &Arc<PlantSpec> {
        &self.spec
    }

    fn reset(&mut self, inputs: &mut InputBus, noise: &mut dyn Noise, row: &mut [f64]) {
        (self.ambient, self.wet_bulb) = self.data.weather(&self.params, noise);
        self.weather = fingerprint(&self.ambient);
        let mut set_point = self.state.set_point;
        set_point.begin();
        self.state = State {
            tick: 0,
            set_point,
            queue: Queue::with_capacity(QUEUE_TICKS),
            stored_mwh: 0.0,
            sums: Sums::default(),
            obs: Observations::default(),
            weather: self.weather,
        };
        if !self.params.profile.keep_history {
            self.history.clear();
        }
        self.look(inputs, Ages::default());
        let i = self.index();
        // The racks as they stand; everything else about the tick before the first is unknown.
        let hall = self.racks.at(set_point.degc, self.data.workload.at(i), &mut self.rack_states);
        let hall = HallState {
            room_degc: ROOM_BEFORE_DEGC,
            outlet_min_degc: hall.outlet_min_degc,
            outlet_max_degc: hall.outlet_max_degc,
            return_degc: hall.return_degc,
            ..HallState::default()
        };
        let carbon_g_kwh = inputs.preview(input::CARBON, self.data.carbon.at(i));
        let tick = Tick {
            hall,
            ambient_degc: inputs.preview(input::AMBIENT, self.ambient.at(i)),
            wet_bulb_degc: inputs.preview(input::WET_BULB, self.wet_bulb.at(i)),
            carbon_g_kwh,
            carbon_frac: self.data.carbon.scale(carbon_g_kwh),
            pue: f64::NAN,
            ..Tick::default()
        };
        write_tick(row, &tick, &self.state, &self.constants, &self.rack_states);
        self.write_outlook(row, i, i);
    }

    fn observe(&self, slot: usize, out: &mut [f64]) {
        self.state.obs.write(slot, out);
    }

    fn step(&mut self, cx: StepContext<'_>, row: &mut [f64]) -> Outcome {
        let i = self.index();
        let inputs = cx.inputs;
        let workload = inputs.apply(input::WORKLOAD, self.data.workload.at(i));
        let ambient_degc = inputs.apply(input::AMBIENT, self.ambient.at(i));
        let wet_bulb_degc = inputs.apply(input::WET_BULB, self.wet_bulb.at(i));
        let carbon_g_kwh = inputs.apply(input::CARBON, self.data.carbon.at(i));
        let tower_air = inputs.apply(input::TOWER_AIR, 1.0);
        let battery_there = inputs.apply(input::BATTERY, 1.0) >= 0.5;
        let set_point_follows = inputs.apply(input::SET_POINT, 1.0) >= 0.5;

        // 1. Load shifting.
        let shift = Shift::from_position(position(cx.actions, SHIFT, 1.0));
        let st = &mut self.state;
        let waited = st.queue.len();
        let shifted = st.queue.step(hours_of(i), workload, shift, &self.rules);
        let ages = st.queue.ages(hours_of(i));

        // 2. Data centre.
        let was_degc = st.set_point.degc;
        let wanted = if set_point_follows { position(cx.actions, COOLING, 1.0) } else { 1.0 };
        let move_k = st.set_point.step(wanted);
        let set_degc = st.set_point.degc;
        let hall = self.racks.at(set_degc, shifted.utilisation, &mut self.rack_states);
        let rating = Rating { air_m3s: self.sizing.rating.air_m3s * tower_air, ..self.sizing.rating };
        let cooling = Cooling::of(&self.params.hall, &rating, &hall, set_degc, ambient_degc, wet_bulb_degc, TICK_H);
        let hvac_w = cooling.tower_w + cooling.compressor_w;
        let total_kw = (hall.it_w + hvac_w) / 1000.0;

        // 3. Battery.
        let drive = if battery_there { Drive::from_position(position(cx.actions, BATTERY, 2.0)) } else { Drive::Idle };
        let drawn = battery::step(&mut st.stored_mwh, self.capacity_mwh, total_kw / 1000.0, drive, TICK_H);
        let co2_g = drawn.with_kwh * carbon_g_kwh;

        // 4. Time goes on.
        if st.tick > 0 && i.is_multiple_of(TICKS_PER_DAY) {
            st.sums.days.close();
        }
        st.tick += 1;
        let it_kwh = hall.it_w / 1000.0 * TICK_H;
        let sums = &mut st.sums;
        sums.it_kwh += it_kwh;
        sums.days.it_kwh += it_kwh;
        sums.total_kwh += drawn.without_kwh;
        sums.days.total_kwh += drawn.without_kwh;
        sums.grid_kwh += drawn.with_kwh;
        sums.co2_g += co2_g;
        sums.water_l += cooling.water_l;

        // 5. and 6. What the agents see and earn belongs to the next tick, carbon even to the one after.
        self.look(inputs, ages);
        let facts = Facts {
            carbon: self.data.carbon.scaled(i + 2),
            energy_kwh: drawn.with_kwh,
            it_kw: hall.it_w / 1000.0,
            total_kw,
            room_degc: hall.room_degc,
            water_l: cooling.water_l,
            overdue: shifted.overdue as f64,
            oldest_days: ages.oldest_h / 24.0,
            hour: hour_of(i + 1),
            renewable: self.params.profile.renewable_energy_ratio,
            room_range_degc: self.params.profile.room_range_degc,
        };
        let (rewards, terms) = self.rewards(&facts);
        let truncated = self.state.tick == self.spec.episode_ticks;
        let workload_rounds = |index: u64| index / (self.data.workload.len() as u64).max(1);
        let tick = Tick {
            workload,
            shifted,
            moved: self.state.queue.len() - waited,
            ages,
            set_point_move_k: move_k,
            set_point_moved_k: set_degc - was_degc,
            hall,
            cooling,
            drawn,
            carbon_g_kwh,
            carbon_frac: self.data.carbon.scale(carbon_g_kwh),
            ambient_degc,
            wet_bulb_degc,
            pue: (hall.it_w + hvac_w) / hall.it_w,
            co2_g,
            rewards,
            terms,
            energy_z: self.history.z(drawn.with_kwh),
            set_point_at_stop: move_k != 0.0 && (set_degc == SET_POINT_DEGC.0 || set_degc == SET_POINT_DEGC.1),
            battery_empty: drive == Drive::Discharge && drawn.discharged_mwh < 1e-6,
            no_room: shift == Shift::Execute && waited > 0 && shifted.processed == 0,
            wrapped: self.state.tick > 1 && workload_rounds(i) != workload_rounds(i - 1),
            truncated,
        };
        write_tick(row, &tick, &self.state, &self.constants, &self.rack_states);
        self.write_outlook(row, i, i + 1);
        Outcome { terminated: false, truncated }
    }

    fn close(&mut self, row: &mut [f64]) {
        self.state.sums.days.close();
        super::row::write_days(row, &self.state.sums);
    }

    fn warnings(&self) -> Vec<String> {
        let mut warnings = self.params.warnings.clone();
        let (first, n) = (self.data.start, self.data.workload.len() as u64);
        let recorded = matches!(self.data.weather, super::site::Weather::Recorded { .. });
        if !recorded && n > 0 && first / n != (first + self.spec.episode_ticks - 1) / n {
            let wraps = (first / n + 1) * n - first;
            warnings.push(format!(
                "the load file ends after {wraps} ticks of this episode and begins again: it has {} hours",
                n / super::managers::TICKS_PER_HOUR as u64
            ));
        }
        warnings
    }

    fn save(&self) -> Vec<u8> {
        let saved = Saved { state: self.state.clone(), history: self.history.save() };
        // Plain numbers into memory: this cannot fail, and an empty state is refused below.
        postcard::to_stdvec(&saved).unwrap_or_default()
    }

    fn restore(&mut self, state: &[u8]) -> Result<()> {
        let refuse = |what: String| {
            Error::invalid(Place::source("snapshot"), what, "Restore only states of the same plant, run and version.")
        };
        let saved: Saved = postcard::from_bytes(state).map_err(|e| refuse(e.to_string()))?;
        if saved.state.weather != self.weather {
            return Err(refuse("it belongs to an episode with other weather".to_owned()));
        }
        self.state = saved.state;
        self.history.restore(saved.history);
        Ok(())
    }
}

impl SustainDc {
    /// Writes clock and forecast: `now` is the tick of the row, `next` the one that the next decision meets.
    fn write_outlook(&self, row: &mut [f64], now: u64, next: u64) {
        super::row::write_outlook(row, now, next, &self.state.obs.carbon, self.ambient.at(next));
    }
}
