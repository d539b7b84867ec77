//! The description that the embedded set is expanded from: the small CSV files of `data/`, compiled in.
#![deny(clippy::indexing_slicing)]

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::config::{Error, Place, Result};

/// Parameters of one market (`data/markets.csv`; the units stand in the names, the meanings in `data/README.md`).
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct MarketInputs {
    /// Key of the market.
    pub market: String,
    /// Standard time minus UTC in hours.
    pub clock_utc_h: i64,
    /// Seed of the weather.
    pub weather_seed: u64,
    /// Standard deviation of the weather of days, in winter, in K.
    pub synoptic_std_k: f64,
    /// Memory of the weather of days in hours.
    pub synoptic_hours: f64,
    /// Standard deviation of the hourly noise in K.
    pub gust_std_k: f64,
    /// Weather anomaly of the first hour in K; it fades like any other weather.
    pub first_anomaly_k: f64,
    /// Mean distance of the dew point in K.
    pub dew_spread_k: f64,
    /// Seed of the load.
    pub load_seed: u64,
    /// Length of time that a load value is held, 5 or 60 minutes.
    pub load_step_min: usize,
    /// Yearly mean over the market's preset.
    pub level_scale: f64,
    /// Day of the year of the highest load level.
    pub season_peak_day: f64,
    /// Exponent of the season: a larger one makes the high season shorter.
    pub season_sharpness: f64,
    /// Rise of the level from low to high season, as a fraction of the mean.
    pub season_gain: f64,
    /// The same for the opposite season, half a year away.
    pub opposite_gain: f64,
    /// Yearly mean of the daily half range over the market's preset amplitude.
    pub amp_scale: f64,
    /// Rise of the daily half range from low to high season, as a fraction of its mean.
    pub amp_season_gain: f64,
    /// Standard deviation of the noise over the market's preset.
    pub noise_scale: f64,
    /// Fraction of the level missing on a Sunday.
    pub weekend_drop: f64,
    /// Load per kelvin of a summer's weather anomaly in MW.
    pub heat_mw_per_k: f64,
}

/// Hot days that are part of the script of the set (`data/heat_waves.csv`).
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct HeatWave {
    /// Key of the market.
    pub market: String,
    /// First day, `MM-DD`.
    pub first: String,
    /// Last day, `MM-DD`.
    pub last: String,
    /// Anomaly at the height of the wave in K.
    pub anomaly_k: f64,
}

/// A long batch burst that is part of the script (`data/batch_bursts.csv`).
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct BatchBurst {
    /// Day of the trace, from 0.
    pub day: usize,
    /// Time of day, `HH:MM`.
    pub time: String,
    /// Five-minute records.
    pub records: usize,
    /// Rank among the bursts; the highest gets the highest utilisation.
    pub level: f64,
}

/// A GenAI burst of every day (`data/genai_bursts.csv`).
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct GenaiBurst {
    /// Time of day, `HH:MM`.
    pub time: String,
    /// Length in minutes.
    pub minutes: usize,
    /// Height in an arbitrary unit.
    pub height: f64,
}

/// An hour of the DLRM profiles (`data/dlrm_profile.csv`).
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct DlrmHour {
    /// GPUs on the first day of the trace.
    pub first_day_gpus: f64,
    /// Deviation from the mean on a working day, in an arbitrary unit.
    pub weekday: f64,
    /// The same on a Saturday or Sunday.
    pub weekend: f64,
}

#[derive(Deserialize)]
struct Scalar {
    key: String,
    value: f64,
}

/// Named numbers of `data/workload.csv`.
pub struct Scalars(BTreeMap<String, f64>);

impl Scalars {
    /// A number by its key.
    pub fn get(&self, key: &str) -> Result<f64> {
        let known = || self.0.keys().cloned();
        self.0.get(key).copied().ok_or_else(|| Error::unknown(Place::source("data/workload.csv"), "key", key, known()))
    }

    /// A count by its key.
    pub fn count(&self, key: &str) -> Result<usize> {
        Ok(self.get(key)? as usize)
    }

    /// A seed by its key.
    pub fn seed(&self, key: &str) -> Result<u64> {
        Ok(self.get(key)? as u64)
    }
}

macro_rules! built_in {
    ($name:literal) => {
        (concat!("data/", $name), include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/", $name)))
    };
}

/// The numbers of the workload generators.
pub fn scalars() -> Result<Scalars> {
    let rows: Vec<Scalar> = rows(built_in!("workload.csv"))?;
    Ok(Scalars(rows.into_iter().map(|row| (row.key, row.value)).collect()))
}

/// The parameters of a market.
pub fn market(key: &str) -> Result<MarketInputs> {
    let file = built_in!("markets.csv");
    let all: Vec<MarketInputs> = rows(file)?;
    let known: Vec<String> = all.iter().map(|inputs| inputs.market.clone()).collect();
    let found = all.into_iter().find(|inputs| inputs.market == key);
    found.ok_or_else(|| Error::unknown(Place::source(file.0), "market", key, known))
}

/// The hot days of a market.
pub fn heat_waves(key: &str) -> Result<Vec<HeatWave>> {
    let mut all: Vec<HeatWave> = rows(built_in!("heat_waves.csv"))?;
    all.retain(|wave| wave.market == key);
    Ok(all)
}

/// The long bursts of the batch trace.
pub fn batch_bursts() -> Result<Vec<BatchBurst>> {
    rows(built_in!("batch_bursts.csv"))
}

/// The bursts of the GenAI day.
pub fn genai_bursts() -> Result<Vec<GenaiBurst>> {
    rows(built_in!("genai_bursts.csv"))
}

/// The 24 hours of the DLRM profiles.
pub fn dlrm_hours() -> Result<Vec<DlrmHour>> {
    rows(built_in!("dlrm_profile.csv"))
}

/// The 24 hourly values of a market's daily load profile, in an arbitrary unit.
pub fn load_profile(key: &str) -> Result<Vec<f64>> {
    let file = built_in!("load_profile.csv");
    let all: Vec<BTreeMap<String, f64>> = rows(file)?;
    all.iter()
        .map(|hour| hour.get(key).copied())
        .collect::<Option<Vec<f64>>>()
        .ok_or_else(|| Error::unknown(Place::source(file.0), "market", key, Vec::<String>::new()))
}

/// Minutes since midnight of `HH:MM`.
pub fn minutes(time: &str) -> Result<usize> {
    let parsed = time.split_once(':').and_then(|(h, m)| Some((h.parse::<usize>().ok()?, m.parse::<usize>().ok()?)));
    match parsed {
        Some((hour, minute)) if hour < 24 && minute < 60 => Ok(hour * 60 + minute),
        _ => Err(Error::invalid(Place::source("data"), format!("`{time}` is no time of day"), "Write `HH:MM`.")),
    }
}

/// The rows of a built-in file.
pub fn rows<T: DeserializeOwned>((name, text): (&str, &str)) -> Result<Vec<T>> {
    csv::Reader::from_reader(text.as_bytes()).deserialize().collect::<std::result::Result<Vec<T>, _>>().map_err(|e| {
        let line = e.position().map_or(1, csv::Position::line);
        Error::invalid(Place::source(name).at_line(line), e.to_string(), "Correct this row and build again.")
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::super::layout::MARKETS;
    use super::*;

    #[test]
    fn every_built_in_file_is_readable_and_complete() {
        for preset in &MARKETS {
            let inputs = market(preset.key).unwrap();
            assert!(matches!(inputs.load_step_min, 5 | 60), "{}", preset.key);
            assert_eq!(load_profile(preset.key).unwrap().len(), 24);
            for wave in heat_waves(preset.key).unwrap() {
                assert!(wave.first < wave.last && wave.first.parse::<super::super::super::Start>().is_ok());
            }
        }
        assert_eq!(dlrm_hours().unwrap().len(), 24);
        for burst in batch_bursts().unwrap() {
            assert!(burst.day >= 1 && burst.day < 33 && burst.records <= 12 && minutes(&burst.time).is_ok());
        }
        for burst in genai_bursts().unwrap() {
            assert!(minutes(&burst.time).unwrap() + burst.minutes < 1440);
        }
    }

    #[test]
    fn an_unknown_key_is_located() {
        let error = scalars().unwrap().get("batch_seeds").err().unwrap();
        assert!(error.cure().contains("batch_seed"), "{}", error.cure());
        assert!(market("nowhere").is_err());
        assert!(minutes("25:00").is_err());
    }
}
