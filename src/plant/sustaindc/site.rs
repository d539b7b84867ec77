//! The series that one site plays, and when its episode begins (sustaindc 2).

use crate::config::{Error, Place, Result};
use crate::noise::{CounterRng, Noise};
use rand::Rng;

use super::managers::{self, Series, TICKS_PER_DAY, TICKS_PER_HOUR, WeatherNoise};
use super::params::Params;
use super::tables::stream;

/// Fewest hours of a load file.
pub const LEAST_HOURS: usize = 168;

/// Weather before its noise, or as it was recorded.
#[derive(Debug, Clone, PartialEq)]
pub enum Weather {
    /// A year on the quarter-hour grid; noise is drawn for each episode.
    Year {
        /// Dry bulb, °C.
        dry_degc: Vec<f64>,
        /// Wet bulb, °C.
        wet_degc: Vec<f64>,
    },
    /// What an episode met, scaled already.
    Recorded {
        /// Dry bulb, °C.
        dry_degc: Series,
        /// Wet bulb, °C.
        wet_degc: Series,
    },
}

/// What a site plays.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteData {
    /// Load, 0 to 1.
    pub workload: Series,
    /// Carbon intensity, g/kWh, scaled from the start.
    pub carbon: Series,
    /// Weather.
    pub weather: Weather,
    /// Index of the first tick: 96 · day + 4 · hour.
    pub start: u64,
}

/// Hourly values as they stand in files.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Hourly {
    /// Load, 0 to 1.
    pub workload: Vec<f64>,
    /// Dry bulb, °C.
    pub dry_degc: Vec<f64>,
    /// Wet bulb, °C.
    pub wet_degc: Vec<f64>,
    /// Carbon intensity, g/kWh; NaN in gaps.
    pub carbon_g_kwh: Vec<f64>,
}

/// A day and an hour from which an episode plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Begin {
    /// Day from 0 = 1 January.
    pub day: u32,
    /// Tick of the day.
    pub tick: u32,
}

impl Begin {
    /// Its index.
    pub fn index(self) -> u64 {
        u64::from(self.day) * TICKS_PER_DAY + u64::from(self.tick)
    }

    /// Draws a beginning around the first of the month: day and hour depend on the seed alone.
    pub fn draw(params: &Params, seed: u64) -> Self {
        let first = i64::from(managers::first_day(params.month));
        let jitter = i64::from(params.profile.start_jitter_days);
        let mut rng = CounterRng::new(seed, "sustaindc start", 0);
        let mut below = |n: i64| {
            // 53 random bits are plenty for a few hundred choices.
            let unit = (rng.next_u64() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64);
            (unit * n as f64) as i64
        };
        let day = (first - jitter + below(2 * jitter + 1)).clamp(0, 364);
        let hour = if params.profile.start_any_hour { below(24) } else { 0 };
        Self { day: day as u32, tick: hour as u32 * TICKS_PER_HOUR as u32 }
    }
}

/// A load file that can be played.
///
/// # Errors
/// Too few hours, gaps, values outside 0 to 1.
pub fn check_workload(values: &[f64], place: &Place) -> Result<()> {
    if values.len() < LEAST_HOURS {
        return Err(Error::invalid(
            place.clone(),
            format!("the load has {} hours", values.len()),
            format!("Give at least {LEAST_HOURS} hours: a week."),
        ));
    }
    match values.iter().position(|v| !(0.0..=1.0).contains(v)) {
        None => Ok(()),
        Some(row) => Err(Error::invalid(
            place.clone().at_line(row as u64 + 2),
            format!("the load of hour {row} is {}", values.get(row).copied().unwrap_or(f64::NAN)),
            "Give utilisation from 0 to 1.",
        )),
    }
}

impl SiteData {
    /// Prepares hourly values for an episode from `begin`.
    pub fn new(hourly: &Hourly, params: &Params, begin: Begin) -> Self {
        let shift = params.timezone_shift_h;
        let prepare = |values: &[f64]| {
            let mut grid = managers::stretch(values);
            managers::rotate(&mut grid, shift);
            grid
        };
        let hours = params.profile.workload_hours_max.unwrap_or(usize::MAX).min(hourly.workload.len());
        let load = prepare(hourly.workload.get(..hours).unwrap_or(&hourly.workload));
        let mut carbon = hourly.carbon_g_kwh.clone();
        managers::fill_gaps(&mut carbon);
        let mut carbon = prepare(&carbon);
        carbon.iter_mut().for_each(|v| *v = v.max(0.0));
        let mut carbon = Series::new(carbon);
        carbon.scale_from(begin.index());
        Self {
            workload: Series::new(managers::smooth(&managers::scale_load(&load))),
            carbon,
            weather: Weather::Year { dry_degc: prepare(&hourly.dry_degc), wet_degc: prepare(&hourly.wet_degc) },
            start: begin.index(),
        }
    }

    /// Dry and wet bulb of an episode, with the noise that the profile wants.
    pub fn weather(&self, params: &Params, noise: &mut dyn Noise) -> (Series, Series) {
        match &self.weather {
            Weather::Recorded { dry_degc, wet_degc } => (dry_degc.clone(), wet_degc.clone()),
            Weather::Year { dry_degc, wet_degc } => {
                let drawn = if params.profile.weather_noise {
                    let days = params.profile.weather_roll_days + 1;
                    WeatherNoise::draw(noise, stream::WEATHER, stream::ROLL, dry_degc.len(), days)
                } else {
                    WeatherNoise::default()
                };
                let mut dry = Series::new(drawn.apply(dry_degc));
                dry.scale_from(self.start);
                (dry, Series::new(drawn.apply(wet_degc)))
            }
        }
    }
}
