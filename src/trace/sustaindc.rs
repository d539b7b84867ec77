//! SustainDC's data folder: `Workload/*.csv`, `Weather/*.epw`, `CarbonIntensity/*.csv` (sustaindc 2 and 11).
//!
//! Its files are hourly and played from the first row on; none of them is entered by a date. A table's id is the path
//! in the folder (`Weather/USA_NY_New.York-LaGuardia.epw`); behind the folder's name any path of a file may stand.
#![deny(clippy::indexing_slicing)]

use std::path::{Path, PathBuf};

use super::epw::Epw;
use super::table::{Column, Origin, Table, TimeAxis};
use crate::config::{Error, Place, Result};

/// Which of the three folders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HourlyKind {
    /// CPU utilisation, 0 to 1, column `cpu_load`.
    Workload,
    /// Weather, EPW.
    Weather,
    /// Carbon intensity, g/kWh, column `avg_CI`.
    Carbon,
}

impl HourlyKind {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Workload, Self::Weather, Self::Carbon];

    /// Name of the folder.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Workload => "Workload",
            Self::Weather => "Weather",
            Self::Carbon => "CarbonIntensity",
        }
    }

    /// Id of a file.
    pub fn id(self, name: &str) -> String {
        format!("{}/{name}", self.folder())
    }

    /// Kind and file name of an id; `None` for an id of another layout.
    pub fn of(id: &str) -> Option<(Self, &str)> {
        Self::ALL.into_iter().find_map(|kind| Some((kind, id.strip_prefix(kind.folder())?.strip_prefix('/')?)))
    }
}

/// A place with its files (sustaindc 2.1).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct City {
    /// Two letters.
    pub key: &'static str,
    /// Words for people.
    pub label: &'static str,
    /// Weather file.
    pub weather: &'static str,
    /// Carbon file.
    pub carbon: &'static str,
    /// IANA name of its time zone.
    pub time_zone: &'static str,
    /// Latitude and longitude of the weather station, degrees north and east.
    pub place_deg: (f64, f64),
}

const fn city(
    key: &'static str,
    label: &'static str,
    weather: &'static str,
    carbon: &'static str,
    time_zone: &'static str,
    place_deg: (f64, f64),
) -> City {
    City { key, label, weather, carbon, time_zone, place_deg }
}

/// The eight places, in the order in which a location is looked for.
pub static CITIES: [City; 8] = [
    city("az", "Arizona", "USA_AZ_Phoenix-Sky.Harbor.epw", "AZ_NG_&_avgCI.csv", "America/Phoenix", (33.43, -112.00)),
    city(
        "ca",
        "California",
        "USA_CA_San.Jose-Mineta.epw",
        "CA_NG_&_avgCI.csv",
        "America/Los_Angeles",
        (37.36, -121.92),
    ),
    city(
        "ga",
        "Georgia",
        "USA_GA_Atlanta-Hartsfield-Jackson.epw",
        "GA_NG_&_avgCI.csv",
        "America/New_York",
        (33.63, -84.44),
    ),
    city("il", "Illinois", "USA_IL_Chicago.OHare.epw", "IL_NG_&_avgCI.csv", "America/Chicago", (41.98, -87.92)),
    city("ny", "New York", "USA_NY_New.York-LaGuardia.epw", "NY_NG_&_avgCI.csv", "America/New_York", (40.78, -73.88)),
    city("tx", "Texas", "USA_TX_Dallas-Fort.Worth.epw", "TX_NG_&_avgCI.csv", "America/Chicago", (32.90, -97.02)),
    city("va", "Virginia", "USA_VA_Leesburg.Exec.epw", "VA_NG_&_avgCI.csv", "America/New_York", (39.08, -77.56)),
    city("wa", "Washington", "USA_WA_Seattle-Tacoma.epw", "WA_NG_&_avgCI.csv", "America/Los_Angeles", (47.44, -122.31)),
];

/// The load files that are known, with words for people.
pub const LOADS: [(&str, &str, &str); 3] = [
    ("alibaba_1", "Alibaba 2017, first", "Alibaba_CPU_Data_Hourly_1.csv"),
    ("alibaba_2", "Alibaba 2017, second", "Alibaba_CPU_Data_Hourly_2.csv"),
    ("google", "Google 2011", "GoogleClusteData_CPU_Data_Hourly_1.csv"),
];

/// The place that a location names: its two letters may stand anywhere in the text.
///
/// # Errors
/// When no place fits; the message lists the eight.
pub fn city_of(location: &str, place: Place) -> Result<&'static City> {
    let small = location.to_lowercase();
    CITIES
        .iter()
        .find(|city| small.contains(city.key))
        .ok_or_else(|| Error::unknown(place, "location", location, CITIES.iter().map(|c| c.key)))
}

/// Whether a name is one of the files that the embedded set stands in for.
pub fn is_known(kind: HourlyKind, name: &str) -> bool {
    match kind {
        HourlyKind::Workload => LOADS.iter().any(|load| load.2 == name),
        HourlyKind::Weather => CITIES.iter().any(|city| city.weather == name),
        HourlyKind::Carbon => CITIES.iter().any(|city| city.carbon == name),
    }
}

/// The file that an id means: below `root` where it stands there, else the path as it is.
pub fn find(root: Option<&Path>, kind: HourlyKind, name: &str) -> Option<PathBuf> {
    let below = root.map(|r| r.join(kind.folder()).join(name));
    let own = Path::new(name);
    // A bare name means the folder; only what looks like a path is looked for elsewhere.
    let outside = (own.is_absolute() || own.components().count() > 1).then(|| own.to_path_buf());
    [below, outside].into_iter().flatten().find(|path| path.is_file())
}

/// Reads a file of a kind.
///
/// # Errors
/// When it cannot be read or has not the kind's format.
pub fn read(path: &Path, kind: HourlyKind, id: &str, origin: Origin) -> Result<(Table, Option<String>)> {
    match kind {
        HourlyKind::Weather => {
            let epw = Epw::read(path)?;
            let warning = (epw.repeated > 0)
                .then(|| format!("{}: {} missing values repeat the hour before", path.display(), epw.repeated));
            Ok((epw.hours(id, origin), warning))
        }
        HourlyKind::Workload => Ok((read_column(path, "cpu_load", false, id, origin)?, None)),
        HourlyKind::Carbon => Ok((read_column(path, "avg_CI", true, id, origin)?, None)),
    }
}

/// One column of a CSV file by its name, in the order of the rows.
fn read_column(path: &Path, name: &str, gaps: bool, id: &str, origin: Origin) -> Result<Table> {
    let syntax = |line: u64, what: String| {
        Error::invalid(Place::file(path).at_line(line), what, format!("Give hourly rows with a column `{name}`."))
    };
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path).map_err(|e| match e.into_kind() {
        csv::ErrorKind::Io(io) => Error::io(path, "read", io),
        other => syntax(1, format!("{other:?}")),
    })?;
    let headers = reader.headers().map_err(|e| syntax(1, e.to_string()))?.clone();
    let column = headers
        .iter()
        .position(|h| h.trim_start_matches('\u{feff}').trim() == name)
        .ok_or_else(|| Error::unknown(Place::file(path).at_line(1), "column", name, headers.iter()))?;
    let mut values = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| {
            let what = match e.kind() {
                csv::ErrorKind::Utf8 { .. } => "this is not UTF-8 text".to_owned(),
                _ => e.to_string(),
            };
            syntax(e.position().map_or(1, csv::Position::line), what)
        })?;
        let line = record.position().map_or(0, csv::Position::line);
        let cell = record.get(column).unwrap_or("").trim();
        let value = match cell.parse::<f64>() {
            Ok(value) if value.is_finite() => value,
            _ if gaps && (cell.is_empty() || cell.eq_ignore_ascii_case("nan")) => f64::NAN,
            _ => return Err(syntax(line, format!("`{cell}` in column `{name}` is not a number"))),
        };
        values.push(value);
    }
    if values.iter().all(|v| v.is_nan()) {
        return Err(syntax(2, format!("no row has a value in `{name}`")));
    }
    let time = TimeAxis::Tick((0..values.len() as i64).collect());
    Ok(Table { id: id.to_owned(), origin, time, columns: vec![Column { name: name.to_owned(), values }] })
}

/// The error of a file that is neither here nor in the embedded set.
pub fn missing(root: Option<&Path>, kind: HourlyKind, name: &str) -> Error {
    let known = match kind {
        HourlyKind::Workload => LOADS.map(|l| l.2).join(", "),
        _ => "the eight places' own".to_owned(),
    };
    let (place, at) = match root {
        Some(root) => (Place::file(&root.join(kind.folder()).join(name)), "there"),
        None => (Place::source(kind.id(name)), "into DIR of --data DIR"),
    };
    Error::invalid(
        place,
        format!("this file of {} is missing", kind.folder()),
        format!("Put it {at}, give its full path, or take a file that the embedded set stands in for ({known})."),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn an_id_tells_folder_and_file() {
        assert_eq!(HourlyKind::of("Weather/a.epw"), Some((HourlyKind::Weather, "a.epw")));
        assert_eq!(HourlyKind::of("Workload//data/a.csv"), Some((HourlyKind::Workload, "/data/a.csv")));
        assert_eq!(HourlyKind::of("weather/NYC.csv"), None);
        assert_eq!(HourlyKind::of("Workloads/a.csv"), None);
    }

    #[test]
    fn a_location_may_be_any_text_with_its_letters() {
        assert_eq!(city_of("NY", Place::default()).unwrap().key, "ny");
        assert_eq!(city_of("usa_tx", Place::default()).unwrap().key, "tx");
        assert!(city_of("berlin", Place::default()).is_err());
    }

    #[test]
    fn a_column_is_found_by_name_and_gaps_are_kept() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.csv");
        std::fs::write(&path, "timestamp,WND,avg_CI\na,1,250.5\n,,\nb,2,260\n").unwrap();
        let (table, _) = read(&path, HourlyKind::Carbon, "x", Origin::Real(path.clone())).unwrap();
        let values = table.column("avg_CI").unwrap();
        assert!(values[0] == 250.5 && values[1].is_nan() && values[2] == 260.0);
        std::fs::write(&path, ",cpu_load\n1,0.5\n2,x\n").unwrap();
        let error = read(&path, HourlyKind::Workload, "x", Origin::Real(path.clone())).unwrap_err();
        assert!(error.to_string().contains(":3: `x` in column"), "{error}");
    }
}
