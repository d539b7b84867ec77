//! Grid load of the embedded set: level, daily half range and noise of core spec 6.1, a season, weekends, and hot days.
//!
//! The level of a day is `mean·(1 + gain·(s − s̄) + opposite·(o − ō))` with a season `s` from 0 to 1 and the opposite
//! season `o` half a year away; the daily half range rises with `s` in the same way; the weather's anomaly adds load in
//! season. Where the measured file holds hourly values
//! twelve times, so does this one.

use std::f64::consts::TAU;

use super::super::layout::{self, Market, RECORDS_PER_DAY};
use super::super::stamp::{self, DAY_S};
use super::super::{Column, Origin, Table, TimeAxis};
use super::inputs::{self, MarketInputs};
use super::random::{Drift, Stream};
use super::weather;
use crate::config::Result;

/// Memory of the load's noise in five-minute records: a factor of 0.97 from one to the next (core 6.2).
const NOISE_RECORDS: f64 = 32.83;
/// Hours between which a day takes over from the one before it.
const DAY_TURNS_AT: (f64, f64) = (3.0, 7.0);

/// The table of a market's load.
pub fn load(market: &Market) -> Result<Table> {
    let inputs = inputs::market(market.key)?;
    let year = i64::from(market.load_year);
    let first_day = stamp::days_from_civil(year, 1, 1);
    let days = (stamp::days_from_civil(year + 1, 1, 1) - first_day) as usize;
    let values = expand(market, &inputs, first_day, days)?;
    let unix_s = (0..values.len()).map(|k| first_day * DAY_S + 300 * k as i64).collect();
    Ok(Table {
        id: layout::load_id(market.load_csv),
        origin: Origin::Synthetic(market.key.to_owned()),
        time: TimeAxis::Stamp { unix_s, utc: false },
        columns: vec![Column { name: "Load".to_owned(), values }],
    })
}

/// What is the same all day long.
struct Day {
    /// Season from 0 to 1.
    season: f64,
    /// Level without weekend and weather in MW.
    level_mw: f64,
    /// Half of the distance between the lowest and the highest hour in MW.
    half_range_mw: f64,
    /// Factors of yesterday and today for days of rest.
    rest: [f64; 2],
}

fn expand(market: &Market, inputs: &MarketInputs, first_day: i64, days: usize) -> Result<Vec<f64>> {
    let per_record = inputs.load_step_min / 5;
    let steps_per_day = RECORDS_PER_DAY / per_record.max(1);
    let profile = daily_profile(&inputs::load_profile(market.key)?, steps_per_day);
    let anomaly = weather::anomaly_k(market, inputs)?;
    let mut stream = Stream::new(inputs.load_seed);
    let mut noise = Drift::new(NOISE_RECORDS / per_record as f64, 0.0);
    let noise_mw = market.load.noise_std_mw * inputs.noise_scale;
    let decimals = if per_record == 1 { 100.0 } else { 10.0 };
    let mut values = Vec::with_capacity(days * RECORDS_PER_DAY);
    for (index, day) in days_of_year(market, inputs, first_day, days).into_iter().enumerate() {
        // The weather is of a leap year: from March on its days are one further than those of a common year.
        let weather_day = index + usize::from(days == 365 && index >= 59);
        for (step, &shape) in profile.iter().enumerate() {
            let hour = step as f64 * 24.0 / steps_per_day as f64;
            let turned = ((hour - DAY_TURNS_AT.0) / (DAY_TURNS_AT.1 - DAY_TURNS_AT.0)).clamp(0.0, 1.0);
            let rest = day.rest[0] + (day.rest[1] - day.rest[0]) * turned;
            let utc_hour = (weather_day * 24) as i64 + hour as i64 - inputs.clock_utc_h;
            let anomaly_k = anomaly[utc_hour.rem_euclid(anomaly.len() as i64) as usize];
            let heat_mw = inputs.heat_mw_per_k * day.season * anomaly_k * (0.75 + 0.25 * shape);
            let noise_mw = noise_mw * noise.step(&mut stream);
            let load_mw = day.level_mw * rest + day.half_range_mw * shape + heat_mw + noise_mw;
            let load_mw = (load_mw.max(0.3 * market.load.mean_mw) * decimals).round() / decimals;
            values.extend(std::iter::repeat_n(load_mw, per_record));
        }
    }
    Ok(values)
}

/// Level, half range and weekday of every day of a year.
fn days_of_year(market: &Market, inputs: &MarketInputs, first_day: i64, days: usize) -> Vec<Day> {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let season_from = |peak: f64, sharpness: f64| -> Vec<f64> {
        let phase = |day: usize| TAU * (day as f64 - peak) / days as f64;
        (0..days).map(|day| libm::pow(0.5 + 0.5 * libm::cos(phase(day)), sharpness)).collect()
    };
    let season = season_from(inputs.season_peak_day, inputs.season_sharpness);
    let opposite = season_from(inputs.season_peak_day + 0.5 * days as f64, inputs.season_sharpness);
    let (season_mean, opposite_mean) = (mean(&season), mean(&opposite));
    let rest: Vec<f64> = (-1..days as i64).map(|day| 1.0 - inputs.weekend_drop * rest(first_day + day)).collect();
    let mean_mw = market.load.mean_mw * inputs.level_scale / mean(&rest);
    let amp_mw = market.load.daily_amp_mw * inputs.amp_scale;
    (0..days)
        .map(|day| {
            let (high, low) = (season[day] - season_mean, opposite[day] - opposite_mean);
            Day {
                season: season[day],
                level_mw: mean_mw * (1.0 + inputs.season_gain * high + inputs.opposite_gain * low),
                half_range_mw: amp_mw * (1.0 + inputs.amp_season_gain * high),
                rest: [rest[day], rest[day + 1]],
            }
        })
        .collect()
}

/// How much of a day of rest a date is: Sundays and New Year whole, Saturdays for the most part.
fn rest(days_since_epoch: i64) -> f64 {
    // 1 January 1970 was a Thursday; Monday is 0.
    let weekday = (days_since_epoch + 3).rem_euclid(7);
    let (_, month, day) = stamp::civil_from_days(days_since_epoch);
    // Where New Year falls on a Sunday, the Monday is kept free.
    let new_year = month == 1 && (day == 1 || (day == 2 && weekday == 0));
    match weekday {
        _ if new_year => 1.0,
        5 => 0.8,
        6 => 1.0,
        _ => 0.0,
    }
}

/// Hourly values interpolated to the steps of a day, shifted to mean 0 and scaled to a half range of 1.
fn daily_profile(hourly: &[f64], steps: usize) -> Vec<f64> {
    let mut values: Vec<f64> = (0..steps)
        .map(|step| {
            let hour = step as f64 * hourly.len() as f64 / steps as f64;
            let (from, part) = (hour as usize, hour - hour.floor());
            let (a, b) = (hourly[from % hourly.len()], hourly[(from + 1) % hourly.len()]);
            a + (b - a) * part
        })
        .collect();
    let mean = values.iter().sum::<f64>() / steps as f64;
    let high = values.iter().copied().fold(f64::MIN, f64::max);
    let low = values.iter().copied().fold(f64::MAX, f64::min);
    let half_range = ((high - low) / 2.0).max(1e-9);
    values.iter_mut().for_each(|value| *value = (*value - mean) / half_range);
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_normalised() {
        assert_eq!(daily_profile(&[0.0, 4.0, 2.0, 2.0], 8), [-1.0, 0.0, 1.0, 0.5, 0.0, 0.0, 0.0, -0.5]);
    }

    #[test]
    fn sundays_and_new_year_rest() {
        // 1 January 2023 was a Sunday, so its Monday is free; 1 January 2024 was a Monday.
        let days = |year, month, day| stamp::days_from_civil(year, month, day);
        let week = |first: i64| (0..4).map(|day| rest(first + day)).collect::<Vec<f64>>();
        assert_eq!(week(days(2022, 12, 31)), [0.8, 1.0, 1.0, 0.0]);
        assert_eq!(week(days(2023, 12, 31)), [1.0, 1.0, 0.0, 0.0]);
        assert_eq!(week(days(2023, 7, 14)), [0.0, 0.8, 1.0, 0.0]);
    }
}
