//! Names and formats of C2G-Bench's `data/processed`, and the six markets that it covers.
//!
//! Sources: core spec 2.1 (workload files), 6.1 and 6.2 (load files), 7 (weather stations). The specification names the
//! keys (`NYC`, `PJM_DOM`, …); that a key's file is `energy/<key>.csv` and a station's `weather/<station>.csv` is how
//! the public data set stores them.

use crate::config::{Error, Place, Result};

/// Batch jobs, zone A, flexible: `tick,gpu_milli_request,avg_duration_ticks`.
pub const BATCH: &str = "workload_traces/batch_v2023.csv";
/// Recommendation inference, zone B, rigid: `tick,active_gpu_count,active_cpu_cores,active_mem_gib`.
pub const DLRM: &str = "workload_traces/dlrm_v2025.csv";
/// Generative inference, zone A, rigid: `tick,total_qps,avg_gpu_duty_cycle,active_genai_pods`.
pub const GENAI: &str = "workload_traces/genai_v2026.csv";

/// Records of the batch trace: 33 days (core 2.1).
pub const BATCH_RECORDS: usize = 9504;
/// Records of the DLRM trace: 30 days (core 2.1).
pub const DLRM_RECORDS: usize = 8640;
/// Records of the GenAI trace: one day (core 2.1).
pub const GENAI_RECORDS: usize = 288;
/// Records of a day of five-minute data.
pub const RECORDS_PER_DAY: usize = 288;

/// Length of a workload record in seconds (core 2.1).
pub const WORKLOAD_RECORD_S: u32 = 300;
/// Length of a load record in seconds (core 6.2).
pub const LOAD_RECORD_S: u32 = 300;
/// Length of a weather record in seconds (core 7).
pub const WEATHER_RECORD_S: u32 = 3600;

/// Largest batch request of a record, which is full utilisation, in thousandths of a GPU (core 2.2).
pub const BATCH_FULL_GPU_MILLI: f64 = 12_620.0;
/// DLRM GPU count of full utilisation (core 2.2).
pub const DLRM_FULL_GPUS: f64 = 227.0;
/// A GenAI duty cycle above this many percent is a spike (core 2.2; 75th percentile of the trace).
pub const GENAI_SPIKE_DUTY_PCT: f64 = 12.19;

/// A file of this name beside the three folders says that the set is synthetic.
pub const MARKER: &str = "SYNTHETIC.md";

/// The eleven load zones of NYISO as the data set spells them.
pub const NYISO_ZONES: [&str; 11] =
    ["CAPITL", "CENTRL", "DUNWOD", "GENESE", "HUD_VL", "LONGIL", "MHK_VL", "MILLWD", "NORTH", "NYC", "WEST"];

/// What orders the rows of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeColumn {
    /// An integer record number under this header.
    Tick(&'static str),
    /// A naive local time stamp under this header.
    Local(&'static str),
    /// A UTC time stamp under this header, with or without a written offset.
    Utc(&'static str),
}

impl TimeColumn {
    /// The header.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tick(name) | Self::Local(name) | Self::Utc(name) => name,
        }
    }
}

/// What a reader does about a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// The column must exist and every cell must be a number.
    Every,
    /// The column must exist; an empty cell is a gap.
    Gaps,
    /// The column may be missing, and cells may be empty.
    Optional,
}

/// The format of a file of the layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format {
    /// What orders the rows.
    pub time: TimeColumn,
    /// Numeric columns in the order of the header.
    pub columns: &'static [(&'static str, Need)],
    /// The exact header.
    pub header: &'static str,
}

const BATCH_FORMAT: Format = Format {
    time: TimeColumn::Tick("tick"),
    columns: &[("gpu_milli_request", Need::Every), ("avg_duration_ticks", Need::Optional)],
    header: "tick,gpu_milli_request,avg_duration_ticks",
};
const DLRM_FORMAT: Format = Format {
    time: TimeColumn::Tick("tick"),
    columns: &[
        ("active_gpu_count", Need::Every),
        ("active_cpu_cores", Need::Optional),
        ("active_mem_gib", Need::Optional),
    ],
    header: "tick,active_gpu_count,active_cpu_cores,active_mem_gib",
};
const GENAI_FORMAT: Format = Format {
    time: TimeColumn::Tick("tick"),
    columns: &[
        ("total_qps", Need::Optional),
        ("avg_gpu_duty_cycle", Need::Every),
        ("active_genai_pods", Need::Optional),
    ],
    header: "tick,total_qps,avg_gpu_duty_cycle,active_genai_pods",
};
const LOAD_FORMAT: Format =
    Format { time: TimeColumn::Local("Time Stamp"), columns: &[("Load", Need::Gaps)], header: "Time Stamp,Load" };
const WEATHER_FORMAT: Format = Format {
    time: TimeColumn::Utc("timestamp_utc"),
    columns: &[("temp_c", Need::Gaps), ("dewpoint_c", Need::Optional)],
    header: "timestamp_utc,zone,station_id,station_name,temp_c,dewpoint_c",
};

/// Parameters of a market's load: the reference's fallback generator (core 6.1, columns load mean, amp, noise std).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LoadSpec {
    /// Yearly mean in MW.
    pub mean_mw: f64,
    /// Amplitude of the daily cycle in MW.
    pub daily_amp_mw: f64,
    /// Stationary standard deviation of the noise in MW.
    pub noise_std_mw: f64,
}

/// Parameters of a market's climate (core 7).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClimateSpec {
    /// Ambient temperature where no weather is used, in °C.
    pub fallback_degc: f64,
    /// Yearly mean in °C.
    pub annual_mean_degc: f64,
    /// Amplitude of the yearly cycle in K.
    pub annual_amp_k: f64,
    /// Amplitude of the daily cycle in K.
    pub daily_amp_k: f64,
    /// Whether the warm half of the year is the southern one (phase +π/2 instead of −π/2).
    pub southern: bool,
    /// Lower bound of the normalisation in °C.
    pub norm_min_degc: f64,
    /// Upper bound of the normalisation in °C.
    pub norm_max_degc: f64,
}

impl ClimateSpec {
    /// A temperature as the controllers see it, from 0 to 1 (core 7).
    pub fn normalised(&self, temp_degc: f64) -> f64 {
        ((temp_degc - self.norm_min_degc) / (self.norm_max_degc - self.norm_min_degc)).clamp(0.0, 1.0)
    }
}

/// A market: which files describe it, and where it lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Market {
    /// Name of the market in configurations (`nyiso_nyc`).
    pub key: &'static str,
    /// Key of its load file (`NYC` for `energy/NYC.csv`).
    pub load_csv: &'static str,
    /// Key of its weather station (`NYC` for `weather/NYC.csv`).
    pub station: &'static str,
    /// Name of the weather station.
    pub station_name: &'static str,
    /// Words by which an EnergyPlus weather file of the place is known.
    pub epw_words: &'static [&'static str],
    /// IANA name of the site's time zone.
    pub time_zone: &'static str,
    /// Year of the load file; its stamps are naive local times.
    pub load_year: i16,
    /// Year of the weather file; its stamps are UTC.
    pub weather_year: i16,
    /// Level and shape of the load.
    pub load: LoadSpec,
    /// Level and shape of the temperature.
    pub climate: ClimateSpec,
}

const fn load(mean_mw: f64, daily_amp_mw: f64, noise_std_mw: f64) -> LoadSpec {
    LoadSpec { mean_mw, daily_amp_mw, noise_std_mw }
}

const fn climate(fallback: f64, mean: f64, annual: f64, daily: f64, norm: (f64, f64)) -> ClimateSpec {
    ClimateSpec {
        fallback_degc: fallback,
        annual_mean_degc: mean,
        annual_amp_k: annual,
        daily_amp_k: daily,
        southern: false,
        norm_min_degc: norm.0,
        norm_max_degc: norm.1,
    }
}

/// The six markets (core 6.1 and 7).
pub static MARKETS: [Market; 6] = [
    Market {
        key: "nyiso_nyc",
        load_csv: "NYC",
        station: "NYC",
        station_name: "New York Central Park",
        epw_words: &["new.york", "nyc"],
        time_zone: "America/New_York",
        load_year: 2023,
        weather_year: 2024,
        load: load(5500.0, 1500.0, 300.0),
        climate: climate(25.0, 13.0, 12.5, 5.0, (-20.0, 42.0)),
    },
    Market {
        key: "pjm_dom",
        load_csv: "PJM_DOM",
        station: "DCA",
        station_name: "Reagan National Airport",
        epw_words: &["reagan", "washington.dc", "leesburg"],
        time_zone: "America/New_York",
        load_year: 2024,
        weather_year: 2024,
        load: load(14_000.0, 3000.0, 800.0),
        climate: climate(26.0, 15.0, 13.0, 7.0, (-15.0, 42.0)),
    },
    Market {
        key: "caiso_pgae",
        load_csv: "CAISO_PGAE",
        station: "SJC",
        station_name: "San Jose Mineta Airport",
        epw_words: &["san.jose"],
        time_zone: "America/Los_Angeles",
        load_year: 2024,
        weather_year: 2024,
        load: load(26_000.0, 6000.0, 1500.0),
        climate: climate(18.0, 14.5, 6.5, 8.0, (-5.0, 42.0)),
    },
    Market {
        key: "ercot_north",
        load_csv: "ERCOT_NORTH",
        station: "DFW",
        station_name: "Dallas Fort Worth Airport",
        epw_words: &["dallas-fort.worth", "dallas"],
        time_zone: "America/Chicago",
        load_year: 2024,
        weather_year: 2024,
        load: load(42_000.0, 12_000.0, 2000.0),
        climate: climate(29.0, 19.5, 15.0, 9.0, (-15.0, 46.0)),
    },
    Market {
        key: "entso_de",
        load_csv: "ENTSOE_DE",
        station: "FRA",
        station_name: "Frankfurt Airport",
        epw_words: &["frankfurt"],
        time_zone: "Europe/Berlin",
        load_year: 2024,
        weather_year: 2024,
        load: load(58_000.0, 10_000.0, 3000.0),
        climate: climate(12.0, 11.0, 10.5, 7.0, (-20.0, 40.0)),
    },
    Market {
        key: "aemo_nsw",
        load_csv: "AEMO_NSW",
        station: "BKT",
        station_name: "Bankstown Airport",
        epw_words: &["bankstown", "sydney"],
        time_zone: "Australia/Sydney",
        load_year: 2024,
        weather_year: 2024,
        load: load(8200.0, 1500.0, 400.0),
        climate: ClimateSpec { southern: true, ..climate(21.0, 18.5, 9.0, 8.0, (-5.0, 46.0)) },
    },
];

/// The market of a configuration key.
///
/// # Errors
/// When no market has this key; the message lists the six.
pub fn market(key: &str) -> Result<&'static Market> {
    MARKETS
        .iter()
        .find(|market| market.key == key)
        .ok_or_else(|| Error::unknown(Place::source("market"), "market", key, MARKETS.iter().map(|m| m.key)))
}

/// The market whose presets describe a load key; every NYISO zone belongs to `nyiso_nyc`.
pub fn market_of_load(csv_key: &str) -> Option<&'static Market> {
    let key = if NYISO_ZONES.contains(&csv_key) { "NYC" } else { csv_key };
    MARKETS.iter().find(|market| market.load_csv == key)
}

/// The market that uses a weather station.
pub fn market_of_station(station: &str) -> Option<&'static Market> {
    MARKETS.iter().find(|market| market.station == station)
}

/// Every load key: the six markets' own, then the other NYISO zones.
pub fn load_keys() -> impl Iterator<Item = &'static str> {
    MARKETS.iter().map(|market| market.load_csv).chain(NYISO_ZONES.into_iter().filter(|zone| *zone != "NYC"))
}

/// The key of a NYISO zone from what a person writes: letters of either case, blanks as NYISO itself writes them.
///
/// # Errors
/// When there is no such zone; the message lists the eleven.
pub fn nyiso_zone(name: &str) -> Result<&'static str> {
    let key = name.trim().to_uppercase().replace([' ', '-'], "_");
    let unknown = || Error::unknown(Place::source("--nyiso-zone"), "zone", name, NYISO_ZONES);
    NYISO_ZONES.into_iter().find(|zone| *zone == key).ok_or_else(unknown)
}

/// Id of a load file.
pub fn load_id(csv_key: &str) -> String {
    format!("energy/{csv_key}.csv")
}

/// Id of a weather file.
pub fn weather_id(station: &str) -> String {
    format!("weather/{station}.csv")
}

/// What an id of the layout stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// One of the three workload traces.
    Workload,
    /// A load file: its key and the market whose presets fit it.
    Load(&'static str, &'static Market),
    /// A weather file.
    Weather(&'static Market),
}

/// What an id stands for and how its file is written.
///
/// # Errors
/// When the layout has no such file; the message lists all of them.
pub fn describe(id: &str) -> Result<(Kind, Format)> {
    match id {
        BATCH => return Ok((Kind::Workload, BATCH_FORMAT)),
        DLRM => return Ok((Kind::Workload, DLRM_FORMAT)),
        GENAI => return Ok((Kind::Workload, GENAI_FORMAT)),
        _ => {}
    }
    if let Some(key) = load_keys().find(|key| load_id(key) == id)
        && let Some(market) = market_of_load(key)
    {
        return Ok((Kind::Load(key, market), LOAD_FORMAT));
    }
    if let Some(market) = MARKETS.iter().find(|market| weather_id(market.station) == id) {
        return Ok((Kind::Weather(market), WEATHER_FORMAT));
    }
    let known = set_ids().into_iter().chain(load_keys().skip(MARKETS.len()).map(load_id));
    Err(Error::unknown(Place::source("data set"), "table", id, known))
}

/// The ids that a complete set for the six markets has: three workload traces, six loads, six weather stations.
pub fn set_ids() -> Vec<String> {
    let workload = [BATCH, DLRM, GENAI].into_iter().map(str::to_owned);
    let loads = MARKETS.iter().map(|market| load_id(market.load_csv));
    let stations = MARKETS.iter().map(|market| weather_id(market.station));
    workload.chain(loads).chain(stations).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_id_of_the_set_is_described_and_its_columns_stand_in_its_header() {
        let ids = set_ids();
        assert_eq!(ids.len(), 15);
        for id in ids {
            let (_, format) = describe(&id).unwrap();
            let header: Vec<&str> = format.header.split(',').collect();
            assert_eq!(header.first().copied(), Some(format.time.name()), "{id}");
            for (name, _) in format.columns {
                assert!(header.contains(name), "{id}: {name}");
            }
        }
    }

    #[test]
    fn every_nyiso_zone_takes_the_presets_of_new_york() {
        for zone in NYISO_ZONES {
            assert_eq!(market_of_load(zone).unwrap().key, "nyiso_nyc");
            assert_eq!(nyiso_zone(&zone.to_lowercase().replace('_', " ")).unwrap(), zone);
            assert!(matches!(describe(&load_id(zone)).unwrap().0, Kind::Load(key, _) if key == zone));
        }
    }

    #[test]
    fn an_unknown_name_gets_the_list() {
        assert!(nyiso_zone("NYK").unwrap_err().cure().contains("Did you mean `NYC`?"));
        assert!(market("nyiso").unwrap_err().cure().contains("ercot_north"));
        assert!(describe("energy/TEXAS.csv").unwrap_err().cure().contains("energy/ERCOT_NORTH.csv"));
    }
}
