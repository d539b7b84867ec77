//! Hourly weather of the embedded set: the yearly and daily cycle of core spec 7 with weather on top.
//!
//! Differences from the reference's synthetic year, both on purpose: the daily cycle follows the site's standard time
//! and peaks in the afternoon (the reference's has its minimum at midnight UTC everywhere), and there is weather, as
//! autocorrelated noise that is stronger in winter than in summer.

use std::f64::consts::TAU;

use super::super::layout::{self, Market};
use super::super::stamp::{self, DAY_S};
use super::super::{Column, Origin, Start, Table, TimeAxis};
use super::inputs::{self, MarketInputs};
use super::random::{Drift, Stream};
use crate::config::Result;

/// Hour of the site's standard time at which a day is warmest.
const WARMEST_HOUR: f64 = 15.0;
/// Part of the winter's weather that is left in high summer.
const SUMMER_WEATHER: f64 = 0.5;
/// Hours of a leap year.
const HOURS: usize = 8784;

/// The weather of days of a market, hour by hour in UTC: what lies on top of the cycles, in K.
pub fn anomaly_k(market: &Market, inputs: &MarketInputs) -> Result<Vec<f64>> {
    let mut stream = Stream::new(inputs.weather_seed);
    let scale = inputs.synoptic_std_k.max(1e-9);
    let mut drift = Drift::new(inputs.synoptic_hours, inputs.first_anomaly_k / scale);
    let mut anomaly: Vec<f64> = (0..HOURS)
        .map(|k| {
            let warmth = 0.5 + 0.5 * annual_cycle(market, k);
            scale * (1.0 - (1.0 - SUMMER_WEATHER) * warmth) * drift.step(&mut stream)
        })
        .collect();
    for wave in inputs::heat_waves(market.key)? {
        let from = first_hour(&wave.first, market, inputs)?;
        let hours = first_hour(&wave.last, market, inputs)? + 24.0 - from;
        for (k, value) in anomaly.iter_mut().enumerate() {
            let phase = (k as f64 - from) / hours;
            if (0.0..1.0).contains(&phase) {
                // A hot spell replaces the weather that would have been: both swing in and out smoothly.
                let swing = (0.5 - 0.5 * libm::cos(TAU * phase)).sqrt();
                *value = (1.0 - 0.7 * swing) * *value + wave.anomaly_k * swing;
            }
        }
    }
    Ok(anomaly)
}

/// The yearly cycle from −1 to 1 at an hour of the year (core 7).
fn annual_cycle(market: &Market, hour: usize) -> f64 {
    let sign = if market.climate.southern { 1.0 } else { -1.0 };
    sign * libm::cos(TAU * (hour as f64 / 24.0) / 365.25)
}

/// UTC hour of the weather year at which a day `MM-DD` of the site begins.
fn first_hour(day: &str, market: &Market, inputs: &MarketInputs) -> Result<f64> {
    let day: Start = day.parse()?;
    let year = i64::from(market.weather_year);
    let days =
        stamp::days_from_civil(year, i64::from(day.month), i64::from(day.day)) - stamp::days_from_civil(year, 1, 1);
    Ok((days * 24 - inputs.clock_utc_h) as f64)
}

/// The table of a market's station.
pub fn station(market: &Market) -> Result<Table> {
    let inputs = inputs::market(market.key)?;
    let anomaly = anomaly_k(market, &inputs)?;
    let climate = &market.climate;
    // A second stream, so that the anomaly that the load sees is the one that the thermometer sees.
    let mut stream = Stream::new(inputs.weather_seed + 1000);
    let mut gust = Drift::new(3.0, 0.0);
    let mut moisture = Drift::new(30.0, 0.0);
    let mut temp = Vec::with_capacity(HOURS);
    let mut dew = Vec::with_capacity(HOURS);
    for (k, anomaly) in anomaly.iter().enumerate() {
        let hour = (k as i64 + inputs.clock_utc_h).rem_euclid(24) as f64;
        let daily = libm::cos(TAU * (hour - WARMEST_HOUR) / 24.0);
        let level = climate.annual_mean_degc + climate.annual_amp_k * annual_cycle(market, k);
        let t = level + climate.daily_amp_k * daily + anomaly + inputs.gust_std_k * gust.step(&mut stream);
        let t = tenth(t.clamp(climate.norm_min_degc, climate.norm_max_degc));
        // Air dries in the afternoon; it never holds more water than at its own temperature.
        let spread = inputs.dew_spread_k + 0.4 * climate.daily_amp_k * daily + 2.2 * moisture.step(&mut stream);
        temp.push(t);
        dew.push(tenth(t - spread.max(0.4)));
    }
    let first_s = stamp::days_from_civil(i64::from(market.weather_year), 1, 1) * DAY_S;
    let unix_s = (0..HOURS).map(|k| first_s + 3600 * k as i64).collect();
    Ok(Table {
        id: layout::weather_id(market.station),
        origin: Origin::Synthetic(market.key.to_owned()),
        time: TimeAxis::Stamp { unix_s, utc: true },
        columns: vec![
            Column { name: "temp_c".to_owned(), values: temp },
            Column { name: "dewpoint_c".to_owned(), values: dew },
        ],
    })
}

/// Rounded to 0.1, as stations report; the same number that its decimal text reads back to.
fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
