//! From the hall's heat to the weather: cooling unit, chiller, tower, water (sustaindc 4.3), and the set point (4.5).

use serde::{Deserialize, Serialize};

use super::hall::HallState;
use super::params::Hall;

/// Ambient below which the tower's fan rests, °C (strict).
const FAN_REST_DEGC: f64 = 5.0;
/// Temperature that the tower's air may reach, °C.
const TOWER_TOP_DEGC: f64 = 50.0;
/// Least part load of the chiller.
const LEAST_PART_LOAD: f64 = 0.05;
/// Coefficient of performance at rating.
const RATED_COP: f64 = 3.0;

/// Compressor power of a chiller of `capacity_w` that carries `load_w` at an ambient, W.
///
/// It falls with a warmer ambient, because of how the source evaluates the capacity curve (sustaindc 0, row 17).
pub fn chiller_w(capacity_w: f64, load_w: f64, ambient_degc: f64) -> f64 {
    let d = (ambient_degc - 35.0) / 2.778 - (6.67 - 35.0);
    let capacity_ratio = 0.944_836 - 0.057_008_8 * d + 0.001_854_86 * (d * d);
    let available_w = capacity_w * capacity_ratio;
    let full_ratio = 2.333 - 1.975 * capacity_ratio + 0.6121 * (capacity_ratio * capacity_ratio);
    let part = if available_w > 0.0 { (load_w / available_w).clamp(LEAST_PART_LOAD, 1.0) } else { 0.0 };
    let part_ratio = 0.033_03 + 0.6852 * part + 0.2818 * (part * part);
    let asked = load_w / available_w;
    let operating = if asked < LEAST_PART_LOAD { asked } else { part };
    let running = if operating < LEAST_PART_LOAD { (operating / LEAST_PART_LOAD).min(1.0) } else { 1.0 };
    if operating > 0.0 { part_ratio * full_ratio * available_w / RATED_COP * running } else { 0.0 }
}

/// Air that a tower needs to carry `load_w`, m³/s.
pub fn tower_air_m3s(hall: &Hall, load_w: f64, ambient_degc: f64, set_point_degc: f64) -> f64 {
    let rise_k = (TOWER_TOP_DEGC - (ambient_degc - set_point_degc)).max(1.0);
    load_w / (hall.c_air_j_kgk * rise_k) / hall.rho_air_kg_m3
}

/// Heat that the cooling unit carries away, W.
pub fn crac_w(hall: &Hall, it_w: f64, return_degc: f64, supply_degc: f64) -> f64 {
    hall.rho_air_kg_m3 * hall.crac_flow_m3s_per_w * it_w * hall.c_air_j_kgk * (return_degc - supply_degc).max(0.0)
}

/// What cooling is built for (sustaindc 4.4).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rating {
    /// Rated load of tower and chiller, W.
    pub load_w: f64,
    /// Air of the tower at full speed, m³/s.
    pub air_m3s: f64,
}

/// Cooling on one tick.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Cooling {
    /// Heat that the cooling unit carries to the chiller, W.
    pub heat_w: f64,
    /// Compressor, W.
    pub compressor_w: f64,
    /// Tower fan, W.
    pub tower_w: f64,
    /// Speed of the tower fan over full speed, 0 to 1.
    pub tower_speed: f64,
    /// Evaporated water, litres a tick.
    pub water_l: f64,
    /// Whether the tower would need more air than it has.
    pub saturated: bool,
}

impl Cooling {
    /// Cooling of a hall at an ambient; temperatures in °C, `tick_h` in hours.
    pub fn of(
        hall: &Hall,
        rating: &Rating,
        state: &HallState,
        set_point_degc: f64,
        ambient_degc: f64,
        wet_bulb_degc: f64,
        tick_h: f64,
    ) -> Self {
        let heat_w = crac_w(hall, state.it_w, state.return_degc, set_point_degc);
        let (mut tower_w, mut asked) = (0.0, 0.0);
        if ambient_degc >= FAN_REST_DEGC {
            asked = tower_air_m3s(hall, heat_w, ambient_degc, set_point_degc) / rating.air_m3s;
            let speed = asked.min(1.0);
            tower_w = rating.load_w * (speed * speed * speed);
        }
        Self {
            heat_w,
            compressor_w: chiller_w(rating.load_w, heat_w, ambient_degc),
            tower_w,
            tower_speed: asked.min(1.0),
            water_l: water_l(wet_bulb_degc, state.return_degc - set_point_degc, tick_h),
            saturated: asked > 1.0,
        }
    }
}

/// Water that the tower evaporates, litres a tick, to four decimals (sustaindc 4.3).
pub fn water_l(wet_bulb_degc: f64, range_k: f64, tick_h: f64) -> f64 {
    let m3_per_h = (0.044 * wet_bulb_degc + (0.3528 * range_k + 0.101)).max(0.0) * 1.01;
    round_to(m3_per_h * 1000.0 * tick_h, 1e4)
}

/// Rounds to a number of decimals given as their power of ten, halves to even.
pub fn round_to(value: f64, power: f64) -> f64 {
    (value * power).round_ties_even() / power
}

/// Power of a pump, W: pressure times flow over efficiency. Pumps stand in no total (sustaindc 0, row 15).
pub fn pump_w(pressure_pa: f64, flow_m3s: f64, efficiency: f64) -> f64 {
    pressure_pa * flow_m3s / efficiency
}

/// Lowest and highest set point, °C.
pub const SET_POINT_DEGC: (f64, f64) = (15.0, 21.6);
/// Set point when a run begins, °C. It is not reset between episodes.
pub const FIRST_SET_POINT_DEGC: f64 = 18.0;
/// Repetitions after which raising speeds up.
const PATIENCE: u32 = 3;

/// The set point of the supply air and how it is moved (sustaindc 4.5).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SetPoint {
    /// Where it stands, °C.
    pub degc: f64,
    /// Equal moves in a row.
    pub consecutive: u32,
    /// Size of the next move, K.
    pub scale: u32,
    last: Option<i8>,
}

impl Default for SetPoint {
    fn default() -> Self {
        Self { degc: FIRST_SET_POINT_DEGC, consecutive: 0, scale: 1, last: None }
    }
}

impl SetPoint {
    /// A set point that stands somewhere.
    pub fn at(degc: f64) -> Self {
        Self { degc, ..Self::default() }
    }

    /// A new episode: moves are forgotten, the place is kept.
    pub fn begin(&mut self) {
        *self = Self::at(self.degc);
    }

    /// Lowers (0), holds (1) or raises (2); returns the move before scale and stop, K.
    pub fn step(&mut self, position: f64) -> f64 {
        let action = position as i64;
        let delta: i8 = match action {
            0 => -1,
            2 => 1,
            _ => 0,
        };
        if self.last == Some(delta) && action != 0 {
            self.consecutive += 1;
        } else {
            self.consecutive = 1;
            self.scale = 1;
        }
        if self.consecutive > PATIENCE {
            self.scale += 1;
        }
        self.last = Some(delta);
        let wanted = self.degc + f64::from(delta) * f64::from(self.scale);
        self.degc = wanted.clamp(SET_POINT_DEGC.0, SET_POINT_DEGC.1);
        f64::from(delta)
    }
}
