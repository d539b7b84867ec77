//! SustainDC's folder in the embedded set: a year of weather and carbon intensity for each of the eight places, three
//! loads. Mean, deviation and extremes are those of the measured files (sustaindc 11); no measured value is in it.

use std::f64::consts::TAU;

use serde::Deserialize;

use super::super::epw::Epw;
use super::super::humid_air::dew_point_degc;
use super::super::sustaindc::{CITIES, HourlyKind, missing};
use super::super::{Column, Origin, Table, TimeAxis};
use super::inputs::rows;
use super::random::{Drift, Stream};
use crate::config::Result;

/// Hours of a common year.
const HOURS: usize = 8760;
/// Warmest day of the year and hour of the day.
const WARMEST: (f64, f64) = (201.0, 15.0);

/// Parameters of a place (`data/sustaindc/places.csv`).
#[derive(Debug, Clone, Deserialize)]
struct PlaceInputs {
    place: String,
    seed: u64,
    clock_utc_h: f64,
    t_mean_degc: f64,
    t_std_k: f64,
    t_min_degc: f64,
    t_max_degc: f64,
    annual_share: f64,
    daily_share: f64,
    weather_hours: f64,
    humidity_mean_pct: f64,
    humidity_daily_pct: f64,
    humidity_std_pct: f64,
    pressure_pa: f64,
    ci_mean_g_kwh: f64,
    ci_std_g_kwh: f64,
    ci_min_g_kwh: f64,
    ci_max_g_kwh: f64,
    ci_noon_dip: f64,
    ci_evening: f64,
    ci_season: f64,
    ci_hours: f64,
}

/// Parameters of a load (`data/sustaindc/loads.csv`).
#[derive(Debug, Clone, Deserialize)]
struct LoadInputs {
    file: String,
    seed: u64,
    hours: usize,
    first_index: u64,
    mean: f64,
    std: f64,
    min: f64,
    max: f64,
    daily_share: f64,
    weekly_share: f64,
    peak_hour: f64,
    memory_hours: f64,
}

macro_rules! built_in {
    ($name:literal) => {
        (
            concat!("data/sustaindc/", $name),
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/sustaindc/", $name)),
        )
    };
}

/// A bell over the hours of a day.
fn bell(hour: f64, middle: f64, width: f64) -> f64 {
    let away = (hour - middle + 36.0).rem_euclid(24.0) - 12.0;
    libm::exp(-0.5 * (away / width) * (away / width))
}

/// Deviations from the mean at which a tail begins.
const TAIL: f64 = 2.0;

/// Gives a series its mean, deviation and extremes: scaled, clipped, its tails stretched to the extremes, and all of it
/// again until everything holds. Measured series have longer tails than waves and noise make.
fn fit(mut z: Vec<f64>, mean: f64, std: f64, low: f64, high: f64) -> Vec<f64> {
    let n = z.len().max(1) as f64;
    for _ in 0..12 {
        let m = z.iter().sum::<f64>() / n;
        let s = (z.iter().map(|v| (v - m) * (v - m)).sum::<f64>() / n).sqrt();
        for v in &mut z {
            *v = (mean + (*v - m) / s * std).clamp(low, high);
        }
        for (begin, end, sign) in [(mean - TAIL * std, low, -1.0), (mean + TAIL * std, high, 1.0)] {
            let reach = z.iter().map(|v| sign * (v - begin)).fold(0.0, f64::max);
            let stretch = sign * (end - begin) / reach;
            if reach > 0.0 && stretch > 1.0 {
                z.iter_mut().filter(|v| sign * (**v - begin) > 0.0).for_each(|v| *v = begin + (*v - begin) * stretch);
            }
        }
    }
    z
}

/// Rounded to a number of decimals given as their power of ten.
fn rounded(value: f64, power: f64) -> f64 {
    (value * power).round() / power
}

fn weather(p: &PlaceInputs) -> Epw {
    let mut stream = Stream::new(p.seed);
    let mut front = Drift::new(p.weather_hours, 0.0);
    let mut gust = Drift::new(4.0, 0.0);
    let mut damp = Drift::new(20.0, 0.0);
    let mut press = Drift::new(60.0, 0.0);
    let rest = (1.0 - p.annual_share * p.annual_share - p.daily_share * p.daily_share).max(0.02).sqrt();
    let (mut z, mut humidity_pct, mut pressure_pa) = (Vec::new(), Vec::new(), Vec::new());
    for k in 0..HOURS {
        let (day, hour) = (k as f64 / 24.0, (k % 24) as f64);
        let annual = libm::cos(TAU * (day - WARMEST.0) / 365.0) * std::f64::consts::SQRT_2;
        let daily = libm::cos(TAU * (hour - WARMEST.1) / 24.0) * std::f64::consts::SQRT_2;
        let season = libm::cos(TAU * (day - WARMEST.0) / 365.0);
        // Winters swing more than summers.
        let swing = front.step(&mut stream) * (1.0 - 0.25 * season) + 0.25 * gust.step(&mut stream);
        z.push(p.annual_share * annual + p.daily_share * daily + rest * swing);
        let moist = p.humidity_mean_pct - p.humidity_daily_pct * daily / std::f64::consts::SQRT_2
            + p.humidity_std_pct * damp.step(&mut stream);
        humidity_pct.push(moist.round().clamp(6.0, 100.0));
        pressure_pa.push((p.pressure_pa + 600.0 * press.step(&mut stream)).round());
    }
    let dry: Vec<f64> = fit(z, p.t_mean_degc, p.t_std_k, p.t_min_degc, p.t_max_degc);
    let dry_degc: Vec<f64> = dry.iter().map(|t| rounded(*t, 10.0)).collect();
    let dew = dry_degc.iter().zip(&humidity_pct);
    Epw {
        place: format!("synthetic {}", p.place.to_uppercase()),
        clock_utc_h: p.clock_utc_h,
        dew_degc: dew.map(|(t, rh)| rounded(dew_point_degc(*t, rh / 100.0), 10.0)).collect(),
        dry_degc,
        humidity_pct,
        pressure_pa,
        repeated: 0,
    }
}

fn carbon(p: &PlaceInputs) -> Vec<f64> {
    let mut stream = Stream::new(p.seed + 1000);
    let mut wind = Drift::new(p.ci_hours, 0.0);
    let z = (0..HOURS)
        .map(|k| {
            // The files count in UTC; sun and people do not.
            let hour = (k as f64 + p.clock_utc_h).rem_euclid(24.0);
            let day = k as f64 / 24.0;
            let summer = libm::cos(TAU * (day - WARMEST.0) / 365.0);
            let sun = bell(hour, 12.5, 2.8) * (1.0 + 0.3 * summer);
            let evening = bell(hour, 19.0, 2.5);
            p.ci_season * summer - 2.0 * p.ci_noon_dip * sun
                + 2.0 * p.ci_evening * evening
                + 0.7 * wind.step(&mut stream)
        })
        .collect();
    fit(z, p.ci_mean_g_kwh, p.ci_std_g_kwh, p.ci_min_g_kwh, p.ci_max_g_kwh)
}

fn load(p: &LoadInputs) -> Vec<f64> {
    let mut stream = Stream::new(p.seed);
    let mut drift = Drift::new(p.memory_hours, 0.0);
    let mut long = Drift::new(24.0 * 9.0, 0.0);
    let rest = (1.0 - p.daily_share * p.daily_share).sqrt();
    let z = (0..p.hours)
        .map(|k| {
            let (day, hour) = (k / 24, (k % 24) as f64);
            let daily = libm::cos(TAU * (hour - p.peak_hour) / 24.0)
                + 0.35 * libm::cos(2.0 * TAU * (hour - p.peak_hour) / 24.0);
            let weekend = if matches!(day % 7, 5 | 6) { -1.0 } else { 0.4 };
            p.daily_share * std::f64::consts::SQRT_2 * daily
                + p.weekly_share * weekend
                + rest * (0.75 * drift.step(&mut stream) + 0.5 * long.step(&mut stream))
        })
        .collect();
    fit(z, p.mean, p.std, p.min, p.max)
}

fn column(id: &str, what: &str, name: &str, values: Vec<f64>) -> Table {
    Table {
        id: id.to_owned(),
        origin: Origin::Synthetic(what.to_owned()),
        time: TimeAxis::Tick((0..values.len() as i64).collect()),
        columns: vec![Column { name: name.to_owned(), values }],
    }
}

/// The parameters of the place whose file has a name.
fn place(kind: HourlyKind, name: &str) -> Result<PlaceInputs> {
    let city = CITIES.iter().find(|c| if kind == HourlyKind::Weather { c.weather == name } else { c.carbon == name });
    let all: Vec<PlaceInputs> = rows(built_in!("places.csv"))?;
    let found = city.and_then(|city| all.into_iter().find(|p| p.place == city.key));
    found.ok_or_else(|| missing(None, kind, name))
}

/// The weather of a place as a file has it.
///
/// # Errors
/// When no place has such a file.
pub fn weather_file(name: &str) -> Result<Epw> {
    Ok(weather(&place(HourlyKind::Weather, name)?))
}

/// First number of a load file's index column.
///
/// # Errors
/// When there is no such load.
pub fn first_index(name: &str) -> Result<u64> {
    Ok(load_inputs(name)?.first_index)
}

fn load_inputs(name: &str) -> Result<LoadInputs> {
    let all: Vec<LoadInputs> = rows(built_in!("loads.csv"))?;
    all.into_iter().find(|p| p.file == name).ok_or_else(|| missing(None, HourlyKind::Workload, name))
}

/// Expands one file.
///
/// # Errors
/// When the set has no such file.
pub fn expand(kind: HourlyKind, name: &str, id: &str) -> Result<Table> {
    match kind {
        HourlyKind::Weather => {
            let p = place(kind, name)?;
            Ok(weather(&p).hours(id, Origin::Synthetic(p.place.clone())))
        }
        HourlyKind::Carbon => {
            let p = place(kind, name)?;
            Ok(column(id, &p.place, "avg_CI", carbon(&p)))
        }
        HourlyKind::Workload => {
            let p = load_inputs(name)?;
            let what = name.strip_suffix(".csv").unwrap_or(name);
            Ok(column(id, what, "cpu_load", load(&p)))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::super::super::stats;
    use super::super::super::sustaindc::LOADS;
    use super::*;

    fn check(name: &str, values: &[f64], mean: f64, std: f64, low: f64, high: f64) {
        let m = stats::mean(values).unwrap();
        let s = (values.iter().map(|v| (v - m) * (v - m)).sum::<f64>() / values.len() as f64).sqrt();
        let (least, most) = (stats::min(values).unwrap(), stats::max(values).unwrap());
        assert!((m - mean).abs() < 0.02 * std, "{name}: mean {m}, {mean} was wanted");
        assert!((s / std - 1.0).abs() < 0.03, "{name}: deviation {s}, {std} was wanted");
        assert!(least >= low && most <= high, "{name}: {least} to {most}");
        assert!(least < low + 1.2 * std && most > high - 1.2 * std, "{name}: {least} to {most}, {low} to {high}");
    }

    #[test]
    fn every_place_has_the_statistics_of_its_files() {
        for city in &CITIES {
            let p = place(HourlyKind::Carbon, city.carbon).unwrap();
            let t = expand(HourlyKind::Weather, city.weather, "x").unwrap();
            check(city.key, t.column("dry_bulb_degc").unwrap(), p.t_mean_degc, p.t_std_k, p.t_min_degc, p.t_max_degc);
            let dry = t.column("dry_bulb_degc").unwrap();
            assert!(t.column("wet_bulb_degc").unwrap().iter().zip(dry).all(|(w, d)| w <= d && *w > d - 32.0));
            let c = expand(HourlyKind::Carbon, city.carbon, "x").unwrap();
            let ci = c.column("avg_CI").unwrap();
            check(city.key, ci, p.ci_mean_g_kwh, p.ci_std_g_kwh, p.ci_min_g_kwh, p.ci_max_g_kwh);
            assert_eq!((ci.len(), dry.len()), (HOURS, HOURS));
        }
    }

    #[test]
    fn every_load_has_the_statistics_of_its_file() {
        for (_, _, file) in LOADS {
            let p = load_inputs(file).unwrap();
            let table = expand(HourlyKind::Workload, file, "x").unwrap();
            check(file, table.column("cpu_load").unwrap(), p.mean, p.std, p.min, p.max);
            assert_eq!(table.rows(), p.hours);
        }
    }

    #[test]
    fn an_unknown_file_is_told_what_exists() {
        let error = expand(HourlyKind::Workload, "mine.csv", "Workload/mine.csv").unwrap_err();
        assert!(error.cure().contains("Alibaba_CPU_Data_Hourly_1.csv"), "{}", error.cure());
    }
}
