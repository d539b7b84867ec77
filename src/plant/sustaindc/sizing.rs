//! How large cooling and battery are built, once, when the plant is made (sustaindc 4.4).

use super::cooling::{Rating, chiller_w, crac_w, tower_air_m3s};
use super::hall::Racks;
use super::params::Hall;

/// Sizes of a data centre.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sizing {
    /// Ambient that it was sized for, °C.
    pub ambient_degc: f64,
    /// Cooling.
    pub rating: Rating,
    /// Least IT power, W.
    pub it_min_w: f64,
    /// Largest IT power, W.
    pub it_max_w: f64,
    /// Compressor at the largest IT power, W.
    pub chiller_max_w: f64,
    /// Lower bound of the total power, kW.
    pub power_low_kw: f64,
    /// Upper bound of the total power, kW.
    pub power_high_kw: f64,
    /// Battery that holds an hour of it, MWh.
    pub battery_mwh: f64,
    /// Lower bound of the room, °C.
    // A tenth below the coolest, as for power; in °C this is no tenth of anything.
    pub room_min_degc: f64,
    /// Upper bound of the room, °C.
    pub room_max_degc: f64,
}

/// Set point at which the tower is sized, °C.
const TOWER_SET_POINT_DEGC: f64 = 21.6;
/// Supply that the load is held against, °C.
const SUPPLY_DEGC: f64 = 15.0;
/// Set points that are tried for the bounds, °C.
const SET_POINTS_DEGC: std::ops::RangeInclusive<u32> = 15..=22;

/// Ambient that a place is sized for, °C: known for three places, the hottest for all others.
pub fn design_ambient_degc(location: &str) -> f64 {
    let place = location.to_lowercase();
    if place.contains("ny") {
        30.0
    } else if place.contains("az") {
        50.0
    } else if place.contains("wa") {
        20.0
    } else {
        50.0
    }
}

impl Sizing {
    /// Sizes of a hall at a place.
    pub fn new(hall: &Hall, racks: &Racks, location: &str) -> Self {
        let ambient_degc = design_ambient_degc(location);
        let worst = racks.at(TOWER_SET_POINT_DEGC, 1.0, &mut []);
        let load_w = crac_w(hall, worst.it_w, worst.return_degc, SUPPLY_DEGC);
        let air_m3s = tower_air_m3s(hall, load_w, ambient_degc, SUPPLY_DEGC);
        let (mut it_min_w, mut it_max_w) = (f64::INFINITY, 0.0_f64);
        let (mut room_min_degc, mut room_max_degc) = (f64::INFINITY, 0.0_f64);
        for degc in SET_POINTS_DEGC {
            for tenth in 0..=10 {
                let state = racks.at(f64::from(degc), f64::from(tenth) / 10.0, &mut []);
                it_min_w = it_min_w.min(state.it_w);
                it_max_w = it_max_w.max(state.it_w);
                room_min_degc = room_min_degc.min(state.room_degc);
                room_max_degc = room_max_degc.max(state.room_degc);
            }
        }
        let chiller_max_w = chiller_w(load_w, it_max_w, ambient_degc);
        let high_w = 1.1 * (it_max_w + load_w + chiller_max_w);
        Self {
            ambient_degc,
            rating: Rating { load_w, air_m3s },
            it_min_w,
            it_max_w,
            chiller_max_w,
            power_low_kw: 0.9 * it_min_w / 1000.0,
            power_high_kw: high_w / 1000.0,
            battery_mwh: high_w / 1e6,
            room_min_degc: 0.9 * room_min_degc,
            room_max_degc: 1.1 * room_max_degc,
        }
    }
}
