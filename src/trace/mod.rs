//! Exogenous series: where the plant's workload, grid load and weather come from.
//!
//! Every source speaks the layout of C2G-Bench's `data/processed` ([`layout`]): a [`TraceSource`] hands out one
//! [`Table`] per file name. Two sources exist. [`Embedded`] expands a small seeded description that is compiled into
//! the program; [`Folder`] reads files. The same readers ([`workload_arrays`], [`load_series`], [`weather_series`])
//! serve both, so a plant cannot tell them apart except by asking for the [`Origin`].
//!
//! Beside the sources stand the reference's own fallback generators ([`synthetic_load`], [`synthetic_weather`]), the
//! calendar that turns `--start` into record numbers ([`Start`]), and the two commands on data folders
//! ([`write_set`], [`check_folder`]).

mod calendar;
mod check;
mod embedded;
mod epw;
mod export;
mod folder;
pub mod humid_air;
pub mod layout;
mod reader;
mod regd;
mod series;
mod stamp;
mod stats;
pub mod sustaindc;
mod sustaindc_set;
mod synthetic;
mod table;
mod workload;

use std::sync::Arc;

pub use calendar::{Offset, Start, load_offset, weather_offset, workload_offset};
pub use check::{CheckReport, FileCheck, Finding, Severity, check_folder};
pub use embedded::Embedded;
pub use epw::Epw;
pub use export::write_set;
pub use folder::{Folder, NormalsFactory};
pub use layout::{ClimateSpec, LoadSpec, Market};
pub use regd::{RegdSignal, WithRegd};
pub use series::{LoadSeries, WeatherSeries, load_series, weather_series};
pub use sustaindc_set::write_sustaindc_set;
pub use synthetic::{SYNTHETIC_LOAD_RECORDS, SYNTHETIC_WEATHER_RECORDS, synthetic_load, synthetic_weather};
pub use table::{Column, Origin, Table, TimeAxis};
pub use workload::{Workload, reindex_or_last, reindex_or_zero, tile, workload_arrays};

use crate::config::Result;

/// Something that has the tables of the layout.
pub trait TraceSource: Send + Sync {
    /// The table with an id of [`layout`] (its path in the layout, for example `energy/NYC.csv`).
    ///
    /// # Errors
    /// When the table does not exist here and has no fallback, or cannot be read.
    fn table(&self, id: &str) -> Result<Arc<Table>>;

    /// What to call this source in a window or a log header.
    fn label(&self) -> String;

    /// What a person should know about the tables handed out so far: fallbacks taken, rows skipped.
    fn warnings(&self) -> Vec<String> {
        Vec::new()
    }

    /// A recorded regulation signal that replaces the plant's own law, where a person gave one.
    fn regd(&self) -> Option<&RegdSignal> {
        None
    }
}

#[cfg(test)]
mod test_support {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    /// The columns of a golden file of `c2g/modules`, as text cells row by row, without the header.
    pub fn golden_rows(name: &str) -> Vec<Vec<String>> {
        let path = format!("{}/tests/golden/c2g/modules/{name}", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("golden file {path}: {e}"));
        text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
    }
}
