//! `--start`: from a date on the site's clock to a record of each series (core spec 12.2).
//!
//! The year is each series' own: a load file of 2023 and a weather file of 2024 are entered at the same month, day and
//! hour. Load files hold naive local times, so the site's clock is used as it is; weather files hold UTC, so the site's
//! clock goes through its time zone first (the bundled database, so that every machine gives the same record). A local
//! time that a spring-forward night skips is taken one hour later; one that an autumn night repeats is taken the first
//! time. A series wraps at its year's end. Where a series' year has no 29 February, 28 February is played; the workload
//! traces have no year and count days as a common one.
#![deny(clippy::indexing_slicing)]

use std::fmt;
use std::str::FromStr;

use jiff::civil::DateTime;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::layout::{self, Market};
use super::series::{LoadSeries, WeatherSeries};
use super::stamp::{self, DAY_S};
use crate::config::{Error, Place, Result};

/// A file must have a record at most this long before the start.
const LARGEST_GAP_S: i64 = DAY_S;

/// A moment of the year on the site's clock, to the minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Start {
    /// Month, 1 to 12.
    pub month: u8,
    /// Day of the month, from 1; 29 February is allowed.
    pub day: u8,
    /// Hour, 0 to 23.
    pub hour: u8,
    /// Minute, 0 to 59.
    pub minute: u8,
}

/// Where a series is entered: a record, and how much of it has already passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Offset {
    /// Index of the record.
    pub record: usize,
    /// Seconds of this record that lie before the start; less than the record's length.
    pub seconds_into_record: u32,
}

impl Start {
    /// Date and time in a year; 28 February for a 29 February that the year does not have. Seconds as if UTC.
    fn clock_s_in(self, year: i64) -> i64 {
        let day = i64::from(self.day).min(stamp::days_in_month(year, i64::from(self.month)));
        let days = stamp::days_from_civil(year, i64::from(self.month), day);
        days * DAY_S + i64::from(self.hour) * 3600 + i64::from(self.minute) * 60
    }
}

impl fmt::Display for Start {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}-{:02} {:02}:{:02}", self.month, self.day, self.hour, self.minute)
    }
}

impl FromStr for Start {
    type Err = Error;

    /// Reads `MM-DD HH:MM`; a `T` may stand for the blank, and the time may be left out (midnight).
    fn from_str(text: &str) -> Result<Self> {
        let mut cursor = Cursor { text, at: 0 };
        let month = cursor.number("month", 1, 12)?;
        cursor.byte(b"-", "`-` between month and day")?;
        // 2024 stands for any leap year here: whether the 29th exists is each series' own matter.
        let last_day = stamp::days_in_month(2024, i64::from(month));
        let day = cursor.number("day", 1, u8::try_from(last_day).unwrap_or(31))?;
        let (mut hour, mut minute) = (0, 0);
        if cursor.at < text.len() {
            cursor.byte(b" T", "a blank between date and time")?;
            hour = cursor.number("hour", 0, 23)?;
            cursor.byte(b":", "`:` between hour and minute")?;
            minute = cursor.number("minute", 0, 59)?;
        }
        if cursor.at < text.len() {
            return Err(cursor.error("the end was expected".to_owned()));
        }
        Ok(Self { month, day, hour, minute })
    }
}

/// Reads a start from left to right and knows where it stands.
struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl Cursor<'_> {
    fn rest(&self) -> &[u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn number(&mut self, what: &str, min: u8, max: u8) -> Result<u8> {
        let digits = self.rest().iter().take(2).take_while(|byte| byte.is_ascii_digit()).count();
        let number = self.text.get(self.at..self.at + digits).and_then(|text| text.parse::<u8>().ok());
        match number {
            None => Err(self.error(format!("a {what} was expected"))),
            Some(number) if number < min || number > max => {
                Err(self.error(format!("the {what} is {number}, outside {min} to {max}")))
            }
            Some(number) => {
                self.at += digits;
                Ok(number)
            }
        }
    }

    fn byte(&mut self, allowed: &[u8], what: &str) -> Result<()> {
        match self.rest().first() {
            Some(byte) if allowed.contains(byte) => {
                self.at += 1;
                Ok(())
            }
            _ => Err(self.error(format!("{what} was expected"))),
        }
    }

    fn error(&self, what: String) -> Error {
        Error::Syntax {
            place: Place::source("--start").at_column(self.at as u64 + 1),
            what,
            cure: "Give the month, day and time on the site's clock, for example '07-13 14:00'.".to_owned(),
            snippet: format!("  {}\n  {}^\n", self.text, " ".repeat(self.at)),
        }
    }
}

/// Where the workload traces are entered: `(day of year × 288 + five-minute slot) mod n`, day 0 being 1 January.
pub fn workload_offset(start: Start, n: usize) -> Offset {
    // Any common year will do; a trace of 30 days has no calendar of its own.
    let year = 2023;
    let since_new_year_s = start.clock_s_in(year) - stamp::days_from_civil(year, 1, 1) * DAY_S;
    let record_s = i64::from(layout::WORKLOAD_RECORD_S);
    let record = usize::try_from(since_new_year_s / record_s).unwrap_or(0);
    Offset { record: record % n.max(1), seconds_into_record: (since_new_year_s % record_s) as u32 }
}

/// Where a load series is entered.
///
/// # Errors
/// When the series has no record within a day before the start.
pub fn load_offset(start: Start, load: &LoadSeries, market: &Market) -> Result<Offset> {
    let place = Place::source(layout::load_id(&load.csv_key));
    let zone = if load.utc { Some(zone_of(market)?) } else { None };
    seek(start, &load.unix_s, layout::LOAD_RECORD_S, zone.as_ref(), place)
}

/// Where a weather series is entered.
///
/// # Errors
/// When the series has no record within a day before the start.
pub fn weather_offset(start: Start, weather: &WeatherSeries, market: &Market) -> Result<Offset> {
    let place = Place::source(layout::weather_id(&weather.station));
    seek(start, &weather.unix_s, layout::WEATHER_RECORD_S, Some(&zone_of(market)?), place)
}

/// The bundled rules of a market's time zone.
fn zone_of(market: &Market) -> Result<TimeZone> {
    TimeZoneDatabase::bundled().get(market.time_zone).map_err(|e| {
        Error::invalid(
            Place::source(market.key),
            format!("the time zone {} is not known: {e}", market.time_zone),
            "This is a fault of the program; please report it.",
        )
    })
}

/// The last record at or before the start, and how far into it.
///
/// Records are counted by rows while time passes, so after a gap in a file the seconds are taken modulo the record's
/// length: the next row then begins at its own time.
fn seek(start: Start, unix_s: &[i64], record_s: u32, zone: Option<&TimeZone>, place: Place) -> Result<Offset> {
    let no_record = |found: &str| {
        Error::invalid(
            place.clone(),
            format!("there is no record for the start {start}; {found}"),
            "Choose a start inside the file, or give a file of a whole year.",
        )
    };
    let (Some(first), Some(last), Some(middle)) = (unix_s.first(), unix_s.last(), unix_s.get(unix_s.len() / 2)) else {
        return Err(no_record("the series is empty"));
    };
    let year = stamp::year_of(*middle);
    let year_s = (stamp::days_from_civil(year + 1, 1, 1) - stamp::days_from_civil(year, 1, 1)) * DAY_S;
    let new_year_s = stamp::days_from_civil(year, 1, 1) * DAY_S;
    let local_s = start.clock_s_in(year);
    let target_s = match zone {
        None => local_s,
        Some(zone) => new_year_s + (utc_of(local_s, zone, &place)? - new_year_s).rem_euclid(year_s),
    };
    let (record, elapsed_s) = match unix_s.partition_point(|time| *time <= target_s).checked_sub(1) {
        Some(record) => (record, target_s - unix_s.get(record).copied().unwrap_or(target_s)),
        None => (unix_s.len() - 1, target_s + year_s - last),
    };
    if elapsed_s > LARGEST_GAP_S {
        let range = format!("the records run from {} to {}", stamp::format(*first, ' '), stamp::format(*last, ' '));
        return Err(no_record(&range));
    }
    Ok(Offset { record, seconds_into_record: elapsed_s.rem_euclid(i64::from(record_s)) as u32 })
}

/// A clock time of a zone in UTC seconds.
fn utc_of(local_s: i64, zone: &TimeZone, place: &Place) -> Result<i64> {
    let outside = |e: jiff::Error| {
        Error::invalid(place.clone(), format!("the start cannot be placed: {e}"), "Give a file of a civil year.")
    };
    let clock: DateTime = jiff::Timestamp::from_second(local_s).map_err(outside)?.to_zoned(TimeZone::UTC).datetime();
    Ok(zone.to_timestamp(clock).map_err(outside)?.as_second())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::super::Origin;
    use super::*;

    fn start(text: &str) -> Start {
        text.parse().unwrap()
    }

    fn load_year(year: i64, records: i64) -> LoadSeries {
        let first = stamp::days_from_civil(year, 1, 1) * DAY_S;
        LoadSeries {
            csv_key: "NYC".to_owned(),
            origin: Origin::Synthetic("test".to_owned()),
            unix_s: (0..records).map(|k| first + 300 * k).collect(),
            utc: false,
            load_mw: vec![1.0; usize::try_from(records).unwrap()],
            median_mw: 1.0,
            max_mw: 1.0,
        }
    }

    fn weather_2024(skip: &[i64]) -> WeatherSeries {
        let first = stamp::days_from_civil(2024, 1, 1) * DAY_S;
        let unix_s: Vec<i64> = (0..8784).filter(|hour| !skip.contains(hour)).map(|hour| first + 3600 * hour).collect();
        WeatherSeries {
            station: "NYC".to_owned(),
            origin: Origin::Synthetic("test".to_owned()),
            temp_degc: vec![0.0; unix_s.len()],
            dewpoint_degc: vec![0.0; unix_s.len()],
            unix_s,
        }
    }

    fn offset(record: usize, seconds_into_record: u32) -> Offset {
        Offset { record, seconds_into_record }
    }

    #[test]
    fn a_start_is_read_in_its_forms() {
        let expected = Start { month: 7, day: 5, hour: 14, minute: 3 };
        assert_eq!(start("07-05 14:03"), expected);
        assert_eq!(start("7-5T14:3"), expected);
        assert_eq!(start("07-05"), Start { hour: 0, minute: 0, ..expected });
        assert_eq!(expected.to_string(), "07-05 14:03");
        assert_eq!(start("02-29 00:00").day, 29);
    }

    #[test]
    fn a_bad_start_is_located() {
        for (text, message) in [
            ("13-01 00:00", "--start (column 1): the month is 13, outside 1 to 12"),
            ("02-30 00:00", "--start (column 4): the day is 30, outside 1 to 29"),
            ("07-15 24:00", "--start (column 7): the hour is 24, outside 0 to 23"),
            ("07-15 12.00", "--start (column 9): `:` between hour and minute was expected"),
            ("07-15 12:00h", "--start (column 12): the end was expected"),
            ("July 15", "--start (column 1): a month was expected"),
            ("", "--start (column 1): a month was expected"),
            ("7–15", "--start (column 2): `-` between month and day was expected"),
        ] {
            let error = text.parse::<Start>().unwrap_err();
            assert_eq!(error.to_string(), message);
            assert!(error.cure().contains("'07-13 14:00'"));
        }
    }

    #[test]
    fn the_workload_counts_days_of_a_common_year() {
        assert_eq!(workload_offset(start("01-01 00:00"), 8640), offset(0, 0));
        assert_eq!(workload_offset(start("01-02 00:07"), 8640), offset(289, 120));
        assert_eq!(workload_offset(start("01-31 00:00"), 8640), offset(0, 0));
        assert_eq!(workload_offset(start("07-13 12:00"), 8640), offset((193 * 288 + 144) % 8640, 0));
        assert_eq!(workload_offset(start("02-29 01:00"), 8640), workload_offset(start("02-28 01:00"), 8640));
        assert_eq!(workload_offset(start("03-01 00:00"), 100_000), offset(59 * 288, 0));
    }

    #[test]
    fn a_naive_load_is_entered_at_the_same_clock_time() {
        let market = layout::market("nyiso_nyc").unwrap();
        let load = load_year(2023, 105_120);
        assert_eq!(load_offset(start("01-01 00:00"), &load, market).unwrap(), offset(0, 0));
        assert_eq!(load_offset(start("07-13 14:02"), &load, market).unwrap(), offset(193 * 288 + 168, 120));
        assert_eq!(load_offset(start("02-29 06:00"), &load, market).unwrap(), offset(58 * 288 + 72, 0));
        assert_eq!(load_offset(start("12-31 23:59"), &load, market).unwrap(), offset(105_119, 240));
        let leap = load_year(2024, 105_408);
        assert_eq!(load_offset(start("02-29 06:00"), &leap, market).unwrap(), offset(59 * 288 + 72, 0));
        assert_eq!(load_offset(start("03-01 00:00"), &leap, market).unwrap(), offset(60 * 288, 0));
    }

    #[test]
    fn the_weather_goes_through_the_zone_and_wraps() {
        let weather = weather_2024(&[]);
        let at = |text: &str, key: &str| weather_offset(start(text), &weather, layout::market(key).unwrap()).unwrap();
        // New York lies 5 h behind UTC in winter and 4 h in summer.
        assert_eq!(at("01-01 00:00", "nyiso_nyc"), offset(5, 0));
        assert_eq!(at("07-13 14:30", "nyiso_nyc"), offset(194 * 24 + 18, 1800));
        assert_eq!(at("12-31 20:00", "nyiso_nyc"), offset(1, 0));
        // Berlin lies ahead, so its new year begins in the last hour of the file.
        assert_eq!(at("01-01 00:15", "entso_de"), offset(8783, 900));
        // Sydney in its summer time, UTC+11.
        assert_eq!(at("01-01 12:00", "aemo_nsw"), offset(1, 0));
        assert_eq!(at("02-29 12:00", "aemo_nsw"), offset(59 * 24 + 1, 0));
    }

    #[test]
    fn nights_of_the_clock_change_have_one_meaning() {
        let weather = weather_2024(&[]);
        let market = layout::market("nyiso_nyc").unwrap();
        let at = |text: &str| weather_offset(start(text), &weather, market).unwrap();
        // 10 March 2024 02:30 does not exist and is 03:30 summer time; 3 November 01:30 is meant the first time.
        assert_eq!(at("03-10 02:30"), at("03-10 03:30"));
        assert_eq!(at("11-03 01:30"), offset(307 * 24 + 5, 1800));
        assert_eq!(at("11-03 02:30"), offset(307 * 24 + 7, 1800));
    }

    #[test]
    fn a_gap_keeps_the_following_rows_at_their_times() {
        let market = layout::market("nyiso_nyc").unwrap();
        // As in the real file: no record at 00:00 on 1 January, and none at 17:00 on 10 January (UTC).
        let weather = weather_2024(&[0, 9 * 24 + 17]);
        let at = |text: &str| weather_offset(start(text), &weather, market).unwrap();
        assert_eq!(at("12-31 19:20"), offset(8781, 1200));
        assert_eq!(at("01-10 12:30"), offset(9 * 24 + 15, 1800));
        assert_eq!(at("01-10 13:00"), offset(9 * 24 + 16, 0));
    }

    #[test]
    fn a_file_that_does_not_cover_the_start_is_an_error() {
        let market = layout::market("nyiso_nyc").unwrap();
        let error = load_offset(start("07-01 00:00"), &load_year(2023, 288), market).unwrap_err();
        assert!(error.to_string().contains("energy/NYC.csv: there is no record for the start 07-01 00:00"), "{error}");
        assert!(error.to_string().contains("2023-01-01 00:00:00 to 2023-01-01 23:55:00"), "{error}");
    }
}
