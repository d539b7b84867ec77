//! Load and weather as the plant plays them: gaps dropped, sorted by time, played record by record.
#![deny(clippy::indexing_slicing)]

use super::layout;
use super::stats;
use super::table::Origin;
use super::{Table, TraceSource};
use crate::config::{Error, Result};

/// A market's grid load (core spec 6.2).
#[derive(Debug, Clone, PartialEq)]
pub struct LoadSeries {
    /// Key of the file (`NYC`).
    pub csv_key: String,
    /// Where it comes from.
    pub origin: Origin,
    /// Time of each record in seconds; a naive local time counted as UTC unless `utc`.
    pub unix_s: Vec<i64>,
    /// Whether `unix_s` are moments in UTC.
    pub utc: bool,
    /// Load of each record in MW.
    pub load_mw: Vec<f64>,
    /// Median over the whole file in MW: the load above which the price rises (core 6.3) and the inertia of the
    /// frequency model (core 6.6).
    pub median_mw: f64,
    /// Largest load of the whole file in MW: what the load is normalised by (core 6.3).
    pub max_mw: f64,
}

/// A station's weather (core spec 7).
#[derive(Debug, Clone, PartialEq)]
pub struct WeatherSeries {
    /// Key of the file (`NYC`).
    pub station: String,
    /// Where it comes from.
    pub origin: Origin,
    /// Time of each record in UTC seconds.
    pub unix_s: Vec<i64>,
    /// Air temperature of each record in °C.
    pub temp_degc: Vec<f64>,
    /// Dew point of each record in °C; 10 K below the temperature where the file has none.
    pub dewpoint_degc: Vec<f64>,
}

/// The load of a key (`NYC`, `PJM_DOM`, …). Rows without a load are dropped, so records count rows and not time, as in
/// the reference (core 6.2).
///
/// # Errors
/// When the source has no such load or it has no usable row.
pub fn load_series(source: &dyn TraceSource, csv_key: &str) -> Result<LoadSeries> {
    let table = source.table(&layout::load_id(csv_key))?;
    let (stamps, utc) = table.stamps()?;
    let load = table.column("Load")?;
    let (unix_s, load_mw): (Vec<i64>, Vec<f64>) =
        stamps.iter().zip(load).filter(|(_, load)| !load.is_nan()).map(|(t, load)| (*t, *load)).unzip();
    let (Some(median_mw), Some(max_mw)) = (stats::median(&load_mw), stats::max(&load_mw)) else {
        return Err(no_values(&table, "Load"));
    };
    if max_mw <= 0.0 {
        return Err(Error::invalid(
            table.place(),
            format!("the largest load is {max_mw} MW; prices and the normalised load need a positive one"),
            "Give a file of loads in MW, consumption counted positive.",
        ));
    }
    Ok(LoadSeries {
        csv_key: csv_key.to_owned(),
        origin: table.origin.clone(),
        unix_s,
        utc,
        load_mw,
        median_mw,
        max_mw,
    })
}

/// The weather of a station (`NYC`, `DCA`, …). Rows without a temperature are dropped, so records count rows and not
/// time, as in the reference (core 7).
///
/// # Errors
/// When the source has no such station or it has no usable row.
pub fn weather_series(source: &dyn TraceSource, station: &str) -> Result<WeatherSeries> {
    let table = source.table(&layout::weather_id(station))?;
    let (stamps, _) = table.stamps()?;
    let temp = table.column("temp_c")?;
    let dew = table.column("dewpoint_c").ok();
    let mut series = WeatherSeries {
        station: station.to_owned(),
        origin: table.origin.clone(),
        unix_s: Vec::with_capacity(temp.len()),
        temp_degc: Vec::with_capacity(temp.len()),
        dewpoint_degc: Vec::with_capacity(temp.len()),
    };
    for (row, (time, temp)) in stamps.iter().zip(temp).enumerate().filter(|(_, (_, temp))| !temp.is_nan()) {
        let dew = dew.and_then(|dew| dew.get(row)).filter(|dew| !dew.is_nan());
        series.unix_s.push(*time);
        series.temp_degc.push(*temp);
        series.dewpoint_degc.push(dew.copied().unwrap_or(*temp - 10.0));
    }
    if series.temp_degc.is_empty() { Err(no_values(&table, "temp_c")) } else { Ok(series) }
}

fn no_values(table: &Table, column: &str) -> Error {
    Error::invalid(
        table.place(),
        format!("no row has a value in `{column}`"),
        "Give the complete file, or remove it to use the synthetic fallback.",
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::super::{Column, TimeAxis};
    use super::*;
    use std::sync::Arc;

    /// A source of exactly one table.
    struct One(Table);

    impl TraceSource for One {
        fn table(&self, _: &str) -> Result<Arc<Table>> {
            Ok(Arc::new(self.0.clone()))
        }
        fn label(&self) -> String {
            "one".to_owned()
        }
    }

    fn one(utc: bool, columns: &[(&str, &[f64])]) -> One {
        let rows = i64::try_from(columns[0].1.len()).unwrap();
        One(Table {
            id: "x.csv".to_owned(),
            origin: Origin::Synthetic("test".to_owned()),
            time: TimeAxis::Stamp { unix_s: (0..rows).map(|k| 300 * k).collect(), utc },
            columns: columns.iter().map(|(n, v)| Column { name: (*n).to_owned(), values: v.to_vec() }).collect(),
        })
    }

    #[test]
    fn a_gap_in_the_load_shifts_the_rows_as_in_the_reference() {
        let load = load_series(&one(false, &[("Load", &[10.0, f64::NAN, 30.0, 50.0, 20.0])]), "NYC").unwrap();
        assert_eq!(load.load_mw, [10.0, 30.0, 50.0, 20.0]);
        assert_eq!(load.unix_s, [0, 600, 900, 1200]);
        assert_eq!((load.median_mw, load.max_mw), (25.0, 50.0));
    }

    #[test]
    fn a_missing_dew_point_lies_ten_kelvin_below() {
        let weather = weather_series(&one(true, &[("temp_c", &[5.0, 7.0]), ("dewpoint_c", &[f64::NAN, 1.0])]), "NYC");
        assert_eq!(weather.unwrap().dewpoint_degc, [-5.0, 1.0]);
        let weather = weather_series(&one(true, &[("temp_c", &[5.0])]), "NYC").unwrap();
        assert_eq!(weather.dewpoint_degc, [-5.0]);
    }

    #[test]
    fn a_file_of_gaps_or_of_nothing_positive_is_an_error() {
        let error = load_series(&one(false, &[("Load", &[f64::NAN])]), "NYC").unwrap_err();
        assert!(error.to_string().contains("no row has a value in `Load`"), "{error}");
        assert!(load_series(&one(false, &[("Load", &[-1.0])]), "NYC").is_err());
        assert!(weather_series(&one(true, &[("temp_c", &[f64::NAN])]), "NYC").is_err());
    }
}
