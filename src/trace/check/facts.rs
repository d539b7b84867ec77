//! Values and statistics of one file against what is known of it.
//!
//! The numbers of the workload traces are those that the benchmark's documentation publishes; a trace that misses them
//! is another trace, and the published figures cannot be expected from it.

use super::super::layout::{self, BATCH_FULL_GPU_MILLI, DLRM_FULL_GPUS, Kind, Market};
use super::super::{Table, TimeAxis, stamp, stats};
use super::report::Finding;
use crate::config::{Place, Result};

/// Largest plausible load of a market in MW.
const MOST_LOAD_MW: f64 = 250_000.0;
/// Plausible air temperatures in °C.
const PLAUSIBLE_DEGC: (f64, f64) = (-60.0, 60.0);
/// A level this far from the market's preset is worth a note.
const LEVEL_TOLERANCE: f64 = 0.25;
/// Part of a year that a load or weather file must cover.
const LEAST_COVERAGE: f64 = 0.95;

/// What a file is measured against.
struct Examiner<'a> {
    table: &'a Table,
    place: &'a Place,
    findings: &'a mut Vec<Finding>,
}

/// Checks the values of a file and returns its main statistics in words.
pub fn examine(table: &Table, place: &Place, kind: Kind, findings: &mut Vec<Finding>) -> Result<String> {
    let mut examiner = Examiner { table, place, findings };
    match kind {
        Kind::Workload if table.id == layout::BATCH => examiner.batch(),
        Kind::Workload if table.id == layout::DLRM => examiner.dlrm(),
        Kind::Workload => examiner.genai(),
        Kind::Load(key, market) => examiner.load(key, market),
        Kind::Weather(_) => examiner.weather(),
    }
}

impl Examiner<'_> {
    fn batch(&mut self) -> Result<String> {
        let requests = self.table.column("gpu_milli_request")?;
        self.range("gpu_milli_request", requests, 0.0, BATCH_FULL_GPU_MILLI);
        self.rows(layout::BATCH_RECORDS);
        let zeros = requests.iter().filter(|value| **value == 0.0).count() as f64 / requests.len().max(1) as f64;
        let mean = stats::mean(requests).unwrap_or(0.0) / BATCH_FULL_GPU_MILLI;
        let max = stats::max(requests).unwrap_or(0.0);
        let two_hours = stats::autocorrelation(requests, 24).unwrap_or(0.0);
        self.statistic("share of zero records", zeros, 0.78, 0.02);
        self.statistic("mean utilisation", mean, 0.043, 0.004);
        self.statistic("largest request", max, BATCH_FULL_GPU_MILLI, 0.5);
        self.statistic("autocorrelation after 2 h", two_hours, 0.0, 0.1);
        if let Ok(durations) = self.table.column("avg_duration_ticks") {
            self.range("avg_duration_ticks", durations, 0.0, 2825.0);
        }
        Ok(format!("{:.1} % zero, mean utilisation {mean:.3}, max {max:.0}", 100.0 * zeros))
    }

    fn dlrm(&mut self) -> Result<String> {
        let gpus = self.table.column("active_gpu_count")?;
        self.range("active_gpu_count", gpus, 0.0, DLRM_FULL_GPUS);
        self.rows(layout::DLRM_RECORDS);
        let mean = stats::mean(gpus).unwrap_or(0.0);
        let min = stats::min(gpus).unwrap_or(0.0);
        let day = stats::autocorrelation(gpus, layout::RECORDS_PER_DAY).unwrap_or(0.0);
        self.statistic("mean GPU count", mean, 101.0, 3.0);
        self.statistic("smallest GPU count", min, 1.0, 0.5);
        if day < 0.2 {
            let cure = "Check that the rows are five minutes apart; the known trace has a clear 24-h cycle.";
            self.note(format!("the autocorrelation after 24 h is {day:.2}, expected above 0.2"), cure);
        }
        if let Some((skewness, _)) = stats::shape(gpus)
            && skewness.abs() > 0.75
        {
            let cure = "Check the column; the known trace is near-Gaussian.";
            self.note(format!("the skewness of the GPU count is {skewness:.2}, expected near 0"), cure);
        }
        Ok(format!("mean {mean:.1} GPUs, min {min}, 24-h autocorrelation {day:.2}"))
    }

    fn genai(&mut self) -> Result<String> {
        let duty = self.table.column("avg_gpu_duty_cycle")?;
        self.range("avg_gpu_duty_cycle", duty, 0.0, 100.0);
        self.rows(layout::GENAI_RECORDS);
        let mean = stats::mean(duty).unwrap_or(0.0);
        let max = stats::max(duty).unwrap_or(0.0);
        let upper = stats::quantile(duty, 0.75).unwrap_or(0.0);
        self.statistic("mean duty cycle", mean, 6.7, 0.2);
        self.statistic("largest duty cycle", max, 24.4, 0.2);
        self.statistic("75th percentile of the duty cycle", upper, layout::GENAI_SPIKE_DUTY_PCT, 0.2);
        Ok(format!("mean {mean:.1} %, max {max:.2} %, P75 {upper:.2} %"))
    }

    fn load(&mut self, key: &str, market: &Market) -> Result<String> {
        let load = self.table.column("Load")?;
        self.range("Load", load, 0.0, MOST_LOAD_MW);
        self.coverage(layout::LOAD_RECORD_S);
        let values: Vec<f64> = load.iter().copied().filter(|value| !value.is_nan()).collect();
        let mean = stats::mean(&values).unwrap_or(0.0);
        let preset = market.load.mean_mw;
        if key == market.load_csv && (mean - preset).abs() > LEVEL_TOLERANCE * preset {
            let cure = "It can be played: prices follow the distance from the file's own median.";
            self.note(format!("the mean load is {mean:.0} MW, the preset of {} says {preset:.0} MW", market.key), cure);
        }
        let (median, max) = (stats::median(&values).unwrap_or(0.0), stats::max(&values).unwrap_or(0.0));
        Ok(format!("mean {mean:.0} MW, median {median:.0} MW, max {max:.0} MW{}", self.empty_cells(load)))
    }

    fn weather(&mut self) -> Result<String> {
        let temp = self.table.column("temp_c")?;
        self.range("temp_c", temp, PLAUSIBLE_DEGC.0, PLAUSIBLE_DEGC.1);
        self.coverage(layout::WEATHER_RECORD_S);
        if let Ok(dew) = self.table.column("dewpoint_c") {
            self.range("dewpoint_c", dew, -100.0, PLAUSIBLE_DEGC.1);
            // Stations round both to 0.1, and report saturated air a little above.
            let above = temp.iter().zip(dew).filter(|(temp, dew)| **dew > **temp + 0.5).count();
            if above > 0 {
                let cure = "The dew point is shown only; no simulation depends on it.";
                self.note(format!("the dew point lies above the temperature in {above} rows"), cure);
            }
        }
        let values: Vec<f64> = temp.iter().copied().filter(|value| !value.is_nan()).collect();
        let mean = stats::mean(&values).unwrap_or(0.0);
        let (min, max) = (stats::min(&values).unwrap_or(0.0), stats::max(&values).unwrap_or(0.0));
        Ok(format!("mean {mean:.1} °C, {min:.1} to {max:.1} °C{}", self.empty_cells(temp)))
    }

    /// A value outside its range is a problem; the first one is named.
    fn range(&mut self, name: &str, values: &[f64], min: f64, max: f64) {
        let outside = |value: &f64| *value < min || *value > max;
        let Some((row, value)) = values.iter().enumerate().find(|(_, value)| outside(value)) else {
            return;
        };
        let more = values.iter().filter(|value| outside(value)).count() - 1;
        let at = match &self.table.time {
            TimeAxis::Tick(ticks) => format!("tick {}", ticks.get(row).copied().unwrap_or_default()),
            TimeAxis::Stamp { unix_s, .. } => stamp::format(unix_s.get(row).copied().unwrap_or_default(), ' '),
        };
        let what = format!("`{name}` is {value} at {at}, outside {min} to {max} (and {more} more)");
        self.problem(what, "Correct these values; check the unit of the column.");
    }

    fn rows(&mut self, expected: usize) {
        let rows = self.table.rows();
        if rows != expected {
            let cure = "Fetch the file again, or take the difference as meant: the published figures need this trace.";
            self.problem(format!("the trace has {rows} records, expected {expected}"), cure);
        }
    }

    fn statistic(&mut self, name: &str, found: f64, expected: f64, tolerance: f64) {
        if (found - expected).abs() > tolerance {
            let what = format!("the {name} is {found:.3}, expected {expected:.3} ± {tolerance}");
            self.problem(what, "This is another trace than the published one; fetch the file again.");
        }
    }

    /// A file must cover most of a year, or a start in summer has no record.
    fn coverage(&mut self, record_s: u32) {
        let rows_per_year = 365.0 * 86_400.0 / f64::from(record_s);
        let part = self.table.rows() as f64 / rows_per_year;
        if part < LEAST_COVERAGE {
            let what = format!("the file covers {:.0} % of a year", 100.0 * part);
            self.problem(what, "Give the file of a whole year.");
        }
    }

    fn empty_cells(&self, values: &[f64]) -> String {
        match values.iter().filter(|value| value.is_nan()).count() {
            0 => String::new(),
            empty => format!(", {empty} empty cells"),
        }
    }

    fn problem(&mut self, what: String, cure: &str) {
        self.findings.push(Finding::problem(self.place.clone(), what, cure));
    }

    fn note(&mut self, what: String, cure: &str) {
        self.findings.push(Finding::note(self.place.clone(), what, cure));
    }
}
