//! EnergyPlus weather files: eight lines of header, then a year of hours in local standard time (sustaindc 2.5).
//!
//! Rows are taken in the order of the file: a typical year is put together from months of different years, and its
//! year column means nothing. Sentinels of missing values (99.9, 999, 999999) and broken cells repeat the hour before;
//! more than one in a hundred of them is an error.
#![deny(clippy::indexing_slicing)]

use std::path::Path;

use super::humid_air::wet_bulb_degc;
use super::stamp::{self, DAY_S};
use super::table::{Column, Origin, Table, TimeAxis};
use crate::config::{Error, Place, Result};

/// Lines before the first hour.
const HEADER_LINES: usize = 8;
/// One broken hour in so many is borne.
const HOURS_PER_BAD_HOUR: usize = 100;
/// A common year: stamps of a typical year are put on it.
const STAMP_YEAR: i64 = 2023;
/// Hours of a common year.
const YEAR_HOURS: usize = 8760;

/// Column, name, and the range outside which a value is a sentinel.
const COLUMNS: [(usize, &str, f64, f64); 4] = [
    (6, "dry_bulb_degc", -80.0, 80.0),
    (7, "dew_point_degc", -80.0, 80.0),
    (8, "humidity_pct", 0.0, 130.0),
    (9, "pressure_pa", 30_000.0, 130_000.0),
];

/// A weather file in memory, hour by hour.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Epw {
    /// Name of the place, as the header has it.
    pub place: String,
    /// Standard time less UTC, h.
    pub clock_utc_h: f64,
    /// Dry bulb, °C.
    pub dry_degc: Vec<f64>,
    /// Dew point, °C.
    pub dew_degc: Vec<f64>,
    /// Relative humidity, %.
    pub humidity_pct: Vec<f64>,
    /// Station pressure, Pa.
    pub pressure_pa: Vec<f64>,
    /// Values that repeat the hour before.
    pub repeated: usize,
}

impl Epw {
    /// Reads a file.
    ///
    /// # Errors
    /// When it cannot be read or is no weather file.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|e| Error::io(path, "read", e))?;
        Self::parse(&String::from_utf8_lossy(&bytes), &Place::file(path))
    }

    /// Reads the text of a file; `place` names it in messages.
    ///
    /// # Errors
    /// When it is no weather file.
    pub fn parse(text: &str, place: &Place) -> Result<Self> {
        let wrong = |line: usize, what: String| {
            Error::invalid(place.clone().at_line(line as u64), what, "Give an EnergyPlus weather file (.epw).")
        };
        let mut lines = text.lines();
        let first = lines.next().unwrap_or_default();
        let head: Vec<&str> = first.trim_start_matches('\u{feff}').split(',').map(str::trim).collect();
        if head.first().is_none_or(|w| !w.eq_ignore_ascii_case("LOCATION")) {
            return Err(wrong(1, "the first line is not LOCATION,…".to_owned()));
        }
        let mut epw = Self {
            place: (*head.get(1).unwrap_or(&"")).to_owned(),
            clock_utc_h: head.get(8).and_then(|h| h.parse().ok()).unwrap_or(0.0),
            ..Self::default()
        };
        let mut values: [Vec<f64>; 4] = Default::default();
        for (number, line) in text.lines().enumerate().skip(HEADER_LINES).filter(|(_, l)| !l.trim().is_empty()) {
            let cells: Vec<&str> = line.split(',').collect();
            for ((index, _, low, high), list) in COLUMNS.iter().zip(&mut values) {
                let cell = cells.get(*index).ok_or_else(|| {
                    wrong(number + 1, format!("{} cells, at least {} were expected", cells.len(), index + 1))
                })?;
                let value = cell.trim().parse::<f64>().ok().filter(|v| (*low..=*high).contains(v));
                let Some(value) = value.or_else(|| list.last().copied()) else {
                    return Err(wrong(number + 1, format!("`{cell}` is no value and no hour stands before it")));
                };
                epw.repeated += usize::from(cell.trim().parse::<f64>() != Ok(value));
                list.push(value);
            }
        }
        let [dry, dew, humidity, pressure] = values;
        if dry.len() < 24 {
            return Err(wrong(HEADER_LINES + 1, format!("{} hours after the header", dry.len())));
        }
        if epw.repeated * HOURS_PER_BAD_HOUR > dry.len() * COLUMNS.len() {
            return Err(wrong(HEADER_LINES + 1, format!("{} values are missing", epw.repeated)));
        }
        (epw.dry_degc, epw.dew_degc, epw.humidity_pct, epw.pressure_pa) = (dry, dew, humidity, pressure);
        Ok(epw)
    }

    /// Wet bulb of every hour, °C.
    pub fn wet_bulb_degc(&self) -> Vec<f64> {
        let hours = self.dry_degc.iter().zip(&self.humidity_pct).zip(&self.pressure_pa);
        hours.map(|((t, rh), p)| wet_bulb_degc(*t, rh / 100.0, *p)).collect()
    }

    /// The file as a table of hours, with the wet bulb beside what stands in it.
    pub fn hours(&self, id: &str, origin: Origin) -> Table {
        let column = |name: &str, values: &[f64]| Column { name: name.to_owned(), values: values.to_vec() };
        Table {
            id: id.to_owned(),
            origin,
            time: TimeAxis::Tick((0..self.dry_degc.len() as i64).collect()),
            columns: vec![
                column("dry_bulb_degc", &self.dry_degc),
                column("wet_bulb_degc", &self.wet_bulb_degc()),
                column("humidity_pct", &self.humidity_pct),
                column("pressure_pa", &self.pressure_pa),
            ],
        }
    }

    /// The file as a station's table: UTC stamps of a common year, air temperature and dew point. Hours of the last
    /// evening that lie in the next UTC year stand at its beginning, as the year is played round and round.
    pub fn station(&self, id: &str, origin: Origin) -> Table {
        let n = self.dry_degc.len().min(YEAR_HOURS);
        let shift = (self.clock_utc_h.round() as i64).rem_euclid(n.max(1) as i64) as usize;
        let in_utc = |values: &[f64]| {
            let mut year: Vec<f64> = values.iter().take(n).copied().collect();
            year.rotate_left(shift.min(n));
            year
        };
        let first_s = stamp::days_from_civil(STAMP_YEAR, 1, 1) * DAY_S;
        Table {
            id: id.to_owned(),
            origin,
            time: TimeAxis::Stamp { unix_s: (0..n).map(|k| first_s + 3600 * k as i64).collect(), utc: true },
            columns: vec![
                Column { name: "temp_c".to_owned(), values: in_utc(&self.dry_degc) },
                Column { name: "dewpoint_c".to_owned(), values: in_utc(&self.dew_degc) },
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn file(hours: usize, hour: impl Fn(usize) -> String) -> String {
        let mut text = "LOCATION,Somewhere,NY,USA,TMYx,1,40.8,-73.9,-5.0,3.4\n".to_owned();
        text += &"COMMENT\n".repeat(7);
        for k in 0..hours {
            text += &format!("2019,1,1,1,0,?9,{}\n", hour(k));
        }
        text
    }

    #[test]
    fn hours_are_read_in_the_order_of_the_file() {
        let text = file(48, |k| format!("{}.5,1.0,50,101325,0,0", k % 24));
        let epw = Epw::parse(&text, &Place::source("a.epw")).unwrap();
        assert_eq!((epw.place.as_str(), epw.clock_utc_h, epw.dry_degc.len()), ("Somewhere", -5.0, 48));
        assert_eq!((epw.dry_degc[3], epw.humidity_pct[0], epw.pressure_pa[47]), (3.5, 50.0, 101_325.0));
        let table = epw.hours("Weather/a.epw", Origin::Synthetic("x".into()));
        let wet = table.column("wet_bulb_degc").unwrap();
        assert!(wet[20] < 20.5 && wet[20] > 10.0, "{}", wet[20]);
    }

    #[test]
    fn local_midnight_is_five_hours_into_the_utc_day() {
        let text = file(8760, |k| format!("{},1.0,50,101325,0,0", k % 24));
        let table = Epw::parse(&text, &Place::source("a.epw")).unwrap().station("x", Origin::Synthetic("x".into()));
        let temp = table.column("temp_c").unwrap();
        assert_eq!((temp[5], temp[0]), (0.0, 19.0));
        assert_eq!(table.stamps().unwrap().0[0], 1_672_531_200);
    }

    #[test]
    fn a_missing_hour_repeats_the_one_before_and_many_are_an_error() {
        let text = file(500, |k| if k == 7 { "99.9,1,50,101325".into() } else { format!("{},1,50,101325", k % 24) });
        let epw = Epw::parse(&text, &Place::source("a.epw")).unwrap();
        assert_eq!((epw.dry_degc[7], epw.repeated), (6.0, 1));
        let text = file(100, |k| if k % 9 == 7 { "99.9,99.9,999,999999".into() } else { "1,1,50,101325".into() });
        assert!(Epw::parse(&text, &Place::source("a.epw")).is_err());
        assert!(Epw::parse("Time Stamp,Load\n", &Place::source("a.csv")).is_err());
    }
}
