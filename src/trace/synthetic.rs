//! The reference's own generators for a missing load or weather file (core spec 6.2 and 7).
//!
//! They are not the embedded set: an episode falls back on them when a folder lacks a file. The load needs standard
//! normals from outside, because the reference draws them from NumPy's generator, seeded with the episode's seed + 999,
//! one per record in order.

use std::f64::consts::PI;

use super::layout::{ClimateSpec, LoadSpec};

/// Records of the reference's synthetic load: a year of 365 days in steps of five minutes.
pub const SYNTHETIC_LOAD_RECORDS: usize = 105_120;
/// Records of the reference's synthetic weather: a leap year in hours.
pub const SYNTHETIC_WEATHER_RECORDS: usize = 8784;

/// Factor from one record to the next of the load's noise (core 6.2).
const LOAD_NOISE_DECAY: f64 = 0.97;

/// The first `n` records of a synthetic load in MW (core 6.2); shorter where the normals end.
///
/// `load = max(0.3·mean, mean + amp·sin(2π·hour/24 − π/2) + s)` with `s ← 0.97 s + noise·√(1 − 0.97²)·z`.
pub fn synthetic_load(spec: &LoadSpec, normals: impl Iterator<Item = f64>, n: usize) -> Vec<f64> {
    let innovation_mw = spec.noise_std_mw * (1.0 - LOAD_NOISE_DECAY * LOAD_NOISE_DECAY).sqrt();
    let mut noise_mw = 0.0;
    normals
        .take(n)
        .enumerate()
        .map(|(k, z)| {
            let hour = (k as f64 * 5.0 / 60.0) % 24.0;
            let daily_mw = spec.daily_amp_mw * libm::sin(2.0 * PI * hour / 24.0 - PI / 2.0);
            noise_mw = LOAD_NOISE_DECAY * noise_mw + innovation_mw * z;
            (spec.mean_mw + daily_mw + noise_mw).max(0.3 * spec.mean_mw)
        })
        .collect()
}

/// A synthetic leap year of hourly temperature and dew point in °C (core 7).
///
/// `T = mean + annual·sin(2π·d/365.25 + φ) + daily·sin(2π·h/24 − π/2)`, φ = −π/2 (south: +π/2); the dew point lies 6 K
/// below above 20 °C and 10 K below otherwise. No noise: the extremes fall on 1 January and 2 July.
pub fn synthetic_weather(spec: &ClimateSpec) -> (Vec<f64>, Vec<f64>) {
    let phase = if spec.southern { PI / 2.0 } else { -PI / 2.0 };
    (0..SYNTHETIC_WEATHER_RECORDS)
        .map(|k| {
            let day = k as f64 / 24.0;
            let hour = (k % 24) as f64;
            let annual_k = spec.annual_amp_k * libm::sin(2.0 * PI * day / 365.25 + phase);
            let daily_k = spec.daily_amp_k * libm::sin(2.0 * PI * hour / 24.0 - PI / 2.0);
            let temp_degc = spec.annual_mean_degc + annual_k + daily_k;
            (temp_degc, temp_degc - if temp_degc > 20.0 { 6.0 } else { 10.0 })
        })
        .unzip()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::layout::{self, MARKETS};
    use super::super::test_support::golden_rows;
    use super::*;

    #[test]
    fn the_load_is_the_golden_load() {
        let normals = golden_rows("synthetic_load_z.csv");
        let golden = golden_rows("synthetic_load.csv");
        assert_eq!((normals.len(), golden.len()), (1000, 1200));
        for (column, market) in MARKETS.iter().enumerate() {
            let z = normals.iter().map(|row| row[column + 1].parse::<f64>().unwrap());
            let load = synthetic_load(&market.load, z, 1000);
            let rows: Vec<_> = golden.iter().filter(|row| row[0] == market.key).collect();
            assert_eq!(rows.len(), 200);
            for row in rows {
                let k: usize = row[1].parse().unwrap();
                let expected: f64 = row[3].parse().unwrap();
                assert!((load[k] - expected).abs() <= 1e-9 * expected.abs(), "{} {k}: {}", market.key, load[k]);
            }
            let median: f64 = golden.iter().find(|row| row[0] == market.key).unwrap()[4].parse().unwrap();
            assert!((super::super::stats::median(&load).unwrap() - median).abs() <= 1e-9 * median);
        }
    }

    #[test]
    fn the_weather_is_the_golden_weather() {
        let golden = golden_rows("weather_synthetic.csv");
        assert_eq!(golden.len(), 726);
        for row in &golden {
            let climate = &layout::market(&row[0]).unwrap().climate;
            let (temp, dew) = synthetic_weather(climate);
            let hour: usize = row[1].parse().unwrap();
            let expected: Vec<f64> = row[2..5].iter().map(|cell| cell.parse().unwrap()).collect();
            for (found, expected) in [temp[hour], dew[hour], climate.normalised(temp[hour])].into_iter().zip(expected) {
                assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{row:?}: {found}");
            }
        }
    }

    #[test]
    fn the_normalised_temperatures_are_the_golden_ones() {
        for row in golden_rows("weather_lookup.csv") {
            let temp: f64 = row[1].parse().unwrap();
            for (cell, market) in row[2..].iter().zip(&MARKETS) {
                let expected: f64 = cell.parse().unwrap();
                assert!((market.climate.normalised(temp) - expected).abs() < 1e-12, "{row:?}");
            }
        }
    }

    #[test]
    fn a_load_never_falls_below_its_floor() {
        let spec = layout::market("nyiso_nyc").unwrap().load;
        let load = synthetic_load(&spec, std::iter::repeat(-100.0), 50);
        assert_eq!(load.last(), Some(&(0.3 * 5500.0)));
    }
}
