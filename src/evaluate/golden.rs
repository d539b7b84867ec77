//! Golden trajectories of the C2G environments: run again through the rollout (core 14).

#![deny(clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::config::{Document, Error, Place, Result};
use crate::noise::{self, NoiseKind};
use crate::plant::c2g::data::{RawTraces, Series};
use crate::plant::c2g::params::Params;
use crate::plant::c2g::tables::{HARDWARE, MACRO};
use crate::plant::c2g::{TICK_S, assemble, resolve};
use crate::plant::{Calendar, Operation, Override, Plant, PlantFactory, c2g};
use crate::rollout::{Intervention, LeverMode, OnTrip, Rollout, Setup, Step, World};

use super::columns::{env_column, is_known, macro_column};
use super::compare::Comparison;

/// Which environment a golden file records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GoldenKind {
    /// One row a tick of the hardware environment.
    Env,
    /// One row an interval of the market environment.
    Macro,
}

/// A table of numbers with its header line.
struct Sheet {
    path: PathBuf,
    columns: Vec<String>,
    rows: Vec<Vec<f64>>,
}

impl Sheet {
    /// Reads a CSV of numbers; an empty cell is NaN.
    fn read(path: &Path) -> Result<Self> {
        let syntax = |line: u64, column: u64, what: String| {
            Error::invalid(
                Place::file(path).at_line(line).at_column(column),
                what,
                "Restore the file as it was written.",
            )
        };
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path).map_err(|e| match e.into_kind() {
            csv::ErrorKind::Io(io) => Error::io(path, "read", io),
            other => syntax(1, 1, format!("{other:?}")),
        })?;
        let columns: Vec<String> =
            reader.headers().map_err(|e| syntax(1, 1, e.to_string()))?.iter().map(str::to_owned).collect();
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|e| syntax(e.position().map_or(1, csv::Position::line), 1, e.to_string()))?;
            let line = record.position().map_or(0, csv::Position::line);
            if record.len() != columns.len() {
                return Err(syntax(line, 1, format!("{} cells where {} should stand", record.len(), columns.len())));
            }
            let mut row = Vec::with_capacity(columns.len());
            for (k, cell) in record.iter().enumerate() {
                let value = if cell.is_empty() { Ok(f64::NAN) } else { cell.trim().parse::<f64>() };
                row.push(value.map_err(|_| syntax(line, k as u64 + 1, format!("`{cell}` is not a number")))?);
            }
            rows.push(row);
        }
        Ok(Self { path: path.to_path_buf(), columns, rows })
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|c| c == name)
    }

    fn need(&self, name: &str) -> Result<usize> {
        self.find(name).ok_or_else(|| {
            Error::unknown(Place::file(&self.path), "column", name, self.columns.iter().map(String::as_str))
        })
    }

    /// A ragged column: an empty cell ends it.
    fn ragged(&self, name: &str) -> Result<Vec<f64>> {
        let k = self.need(name)?;
        Ok(self.rows.iter().map_while(|r| r.get(k).copied().filter(|v| !v.is_nan())).collect())
    }

    fn at(&self, row: usize, column: usize) -> f64 {
        self.rows.get(row).and_then(|r| r.get(column)).copied().unwrap_or(f64::NAN)
    }
}

/// A golden trajectory with everything it needs to be run again.
pub struct Golden {
    path: PathBuf,
    header: Value,
    sheet: Sheet,
    kind: GoldenKind,
    rows: usize,
    columns: Vec<String>,
}

/// Reads the header of a golden trajectory.
///
/// # Errors
/// A file that cannot be read, or is no JSON, with its place.
pub(super) fn read_header(path: &Path) -> Result<Value> {
    let text = std::fs::read_to_string(path).map_err(|e| Error::io(path, "read", e))?;
    serde_json::from_str(&text).map_err(|e| {
        let place = Place::file(path).at_line(e.line() as u64).at_column(e.column() as u64);
        Error::invalid(place, e.to_string(), "Give the JSON header of a golden trajectory.")
    })
}

/// Columns that a header names; those of its table where it names none.
pub(super) fn column_names(header: &Value, of_table: &[String]) -> Vec<String> {
    match header.get("columns").and_then(Value::as_array) {
        Some(list) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        None => of_table.to_vec(),
    }
}

/// Columns whose presence tells a market trajectory.
const MACRO_MARK: &str = "bid_mw_norm";

impl Golden {
    /// Reads a header and the CSV it names.
    ///
    /// # Errors
    /// Files that are missing or malformed, with place and cure.
    pub fn open(path: &Path) -> Result<Self> {
        let header = read_header(path)?;
        let name = string(&header, "file").ok_or_else(|| missing(path, "file"))?;
        let root = root_of(path);
        let sheet = Sheet::read(&root.join(name))?;
        let columns = column_names(&header, &sheet.columns);
        for column in &columns {
            sheet.need(column)?;
        }
        let kind = if sheet.find(MACRO_MARK).is_some() { GoldenKind::Macro } else { GoldenKind::Env };
        let rows = header.get("rows").and_then(Value::as_u64).map_or(sheet.rows.len(), |n| n as usize);
        if rows > sheet.rows.len() {
            return Err(Error::invalid(
                Place::file(path),
                format!("`rows` is {rows}, but {} holds {}", sheet.path.display(), sheet.rows.len()),
                "Restore the file as it was written.",
            ));
        }
        Ok(Self { path: path.to_path_buf(), header, sheet, kind, rows, columns })
    }

    /// Which environment it records.
    pub fn kind(&self) -> GoldenKind {
        self.kind
    }

    /// Runs the trajectory again and compares every column at a tolerance. `emit` is handed each computed row.
    ///
    /// # Errors
    /// Inputs that cannot be read or do not fit.
    pub fn verify(&self, rtol: f64, emit: &mut dyn FnMut(&[f64]) -> Result<()>) -> Result<Comparison> {
        let mut rollout = self.rollout()?;
        let unknown: Vec<&str> =
            self.columns.iter().map(String::as_str).filter(|c| !is_known(self.kind == GoldenKind::Macro, c)).collect();
        let mut comparison = Comparison::new(self.columns.len() - unknown.len(), rtol);
        if !unknown.is_empty() {
            comparison.remark = Some(format!("unknown and not compared: {}", unknown.join(", ")));
        }
        let places: Vec<usize> = self.columns.iter().map(|c| self.sheet.need(c)).collect::<Result<_>>()?;
        match self.kind {
            GoldenKind::Env => self.run_env(&mut rollout, &places, &mut comparison, emit)?,
            GoldenKind::Macro => self.run_macro(&mut rollout, &places, &mut comparison, emit)?,
        }
        Ok(comparison)
    }

    /// Names of the columns that [`Golden::verify`] hands to `emit`.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    fn run_env(
        &self,
        rollout: &mut Rollout,
        places: &[usize],
        comparison: &mut Comparison,
        emit: &mut dyn FnMut(&[f64]) -> Result<()>,
    ) -> Result<()> {
        let levers = ["throttle", "pump", "hvac", "bess"].map(|n| self.sheet.need(&format!("af_{n}")));
        let [throttle, pump, hvac, bess] = levers;
        let levers = [throttle?, pump?, hvac?, bess?];
        let schedule = self.committed_schedule()?;
        let mut obs = [0.0; 18];
        let mut out = vec![0.0; places.len()];
        for t in 0..self.rows {
            if let Some(&mw) = schedule.get(&(t as u64)) {
                let change = Some(Override { operation: Operation::Set, value: mw });
                rollout.apply(&Intervention::Input { input: "p_committed_mw".to_owned(), change })?;
            }
            pin(rollout, HARDWARE, &levers.map(|k| self.sheet.at(t, k)))?;
            if rollout.step()? == Step::Ended {
                return Err(self.short(t, rollout));
            }
            rollout.observe(HARDWARE, &mut obs);
            self.compare(t, places, comparison, &mut out, |column| env_column(column, t, rollout, &obs));
            emit(&out)?;
        }
        Ok(())
    }

    fn run_macro(
        &self,
        rollout: &mut Rollout,
        places: &[usize],
        comparison: &mut Comparison,
        emit: &mut dyn FnMut(&[f64]) -> Result<()>,
    ) -> Result<()> {
        let inner = self.header.get("inner_action").and_then(Value::as_array);
        let inner: Vec<f64> = inner.into_iter().flatten().filter_map(Value::as_f64).collect();
        let inner: [f64; 4] = inner.try_into().map_err(|_| missing(&self.path, "inner_action (four numbers)"))?;
        pin(rollout, HARDWARE, &inner)?;
        let (bids, mw, price) = self.bids()?;
        let source = bids.as_ref().unwrap_or(&self.sheet);
        let mut obs = [0.0; 19];
        let mut out = vec![0.0; places.len()];
        for m in 0..self.rows {
            pin(rollout, MACRO, &[source.at(m, mw), source.at(m, price)])?;
            let closed = c2g::signals::Col::IntervalClosed as usize;
            loop {
                if rollout.step()? == Step::Ended {
                    return Err(self.short(m, rollout));
                }
                if rollout.row().get(closed) == Some(&1.0) {
                    break;
                }
            }
            rollout.observe(MACRO, &mut obs);
            self.compare(m, places, comparison, &mut out, |column| macro_column(column, m, rollout, &obs));
            emit(&out)?;
            if rollout.end().is_some_and(|e| e.kind == crate::rollout::EndKind::Trip) && m + 1 < self.rows {
                return Err(self.short(m + 1, rollout));
            }
        }
        Ok(())
    }

    /// Fills `out` with what was computed of a row, and compares it; a column that is not computed keeps what is given.
    fn compare(
        &self,
        row: usize,
        places: &[usize],
        comparison: &mut Comparison,
        out: &mut [f64],
        computed: impl Fn(&str) -> Option<f64>,
    ) {
        for ((cell, column), &place) in out.iter_mut().zip(&self.columns).zip(places) {
            let given = self.sheet.at(row, place);
            *cell = computed(column).unwrap_or(given);
            comparison.value(row as u64, column, *cell, given);
        }
        comparison.rows += 1;
    }

    fn short(&self, row: usize, rollout: &Rollout) -> Error {
        let cause = rollout.end().map_or("it ended", |e| e.cause.as_str());
        Error::invalid(
            Place::file(&self.path),
            format!("the run stops before row {row} of {}: {cause}", self.rows),
            "Check `rows` and the noise file's length.",
        )
    }

    /// Bids from their own file, if the header names one: sheet, size column, price column.
    fn bids(&self) -> Result<(Option<Sheet>, usize, usize)> {
        let Some(text) = string(&self.header, "bids") else {
            return Ok((None, self.sheet.need("bid_mw_norm")?, self.sheet.need("bid_price_norm")?));
        };
        let sheet = match files(&self.path, text).first() {
            Some(path) => Sheet::read(path)?,
            None => return Err(missing(&self.path, "bids")),
        };
        let (mw, price) = (sheet.need("bid_mw_norm")?, sheet.need("bid_price_norm")?);
        Ok((Some(sheet), mw, price))
    }

    fn committed_schedule(&self) -> Result<BTreeMap<u64, f64>> {
        let mut schedule = BTreeMap::new();
        if let Some(Value::Object(map)) = self.header.get("committed_schedule") {
            for (tick, mw) in map {
                let entry = tick.parse::<u64>().ok().zip(mw.as_f64());
                let (tick, mw) = entry.ok_or_else(|| {
                    let what = format!("`committed_schedule` has the entry {tick}: {mw}");
                    Error::invalid(Place::file(&self.path), what, "Give ticks as keys and megawatts as values.")
                })?;
                schedule.insert(tick, mw);
            }
        }
        Ok(schedule)
    }

    /// The run that the header describes, at its first tick and with every lever held.
    ///
    /// # Errors
    /// Inputs that cannot be read or do not fit.
    pub fn rollout(&self) -> Result<Rollout> {
        let scenario = string(&self.header, "scenario").unwrap_or("default");
        let config = self.configuration(scenario)?;
        let params = Params::from_document(&config)?;
        let chosen = resolve(&params, scenario, "", &config)?;
        let inputs = string(&self.header, "inputs").ok_or_else(|| missing(&self.path, "inputs"))?;
        let inputs = files(&self.path, inputs);
        let inputs = Sheet::read(inputs.first().ok_or_else(|| missing(&self.path, "inputs"))?)?;
        let raw = traces(&inputs, params.fidelity.load_ticks_per_record)?;
        let commit = chosen.scenario.dr_baseline_mw;
        let calendar = Calendar { tick_s: TICK_S, ..Calendar::default() };
        let plant = assemble(params, chosen, raw, c2g::Factory.axes(), calendar, commit);
        let noise = string(&self.header, "noise").ok_or_else(|| missing(&self.path, "noise"))?;
        let noise = noise::build(&NoiseKind::Recorded(files(&self.path, noise)), 0, &plant.spec().streams)?;
        let market = self.kind == GoldenKind::Macro;
        let policy = |slot: &str, name: &str| (slot.to_owned(), name.to_owned());
        let setup = Setup {
            policies: BTreeMap::from([
                policy("macro", if market { "hold" } else { "fixed" }),
                policy("hardware", "hold"),
            ]),
            continuous: !market,
            on_trip: if market { OnTrip::Stop } else { OnTrip::RideThrough },
            ..Setup::default()
        };
        World::default().assemble(&setup, Box::new(plant), noise, config)
    }

    /// The built-in configuration with the header's profile and scenario on top.
    fn configuration(&self, scenario: &str) -> Result<Document> {
        let profile = self.header.get("profile");
        let name =
            profile.and_then(|p| string(p, "name")).or_else(|| profile.and_then(Value::as_str)).unwrap_or("seed");
        let fidelity = if matches!(name, "code" | "as_shipped") { "as_shipped" } else { "documented" };
        let axes = BTreeMap::from([("fidelity".to_owned(), fidelity.to_owned())]);
        let mut config = World::default().configuration(&Setup { axes, ..Setup::default() })?;
        for (key, value) in object(profile) {
            if matches!(key.as_str(), "name" | "recompute_load_max") {
                continue;
            }
            config.set(&format!("fidelity.{key}={value}"))?;
        }
        // The golden files keep observations in binary64 (core 12.1).
        if profile.and_then(|p| p.get("float32_obs")).is_none() {
            config.set("fidelity.float32_obs=false")?;
        }
        for (key, value) in object(self.header.get("scenario_params")) {
            let own = match key.as_str() {
                "T_amb" => "t_ambient_degc",
                "bess_soc_init" => "soc_initial",
                "dr_rate_usd_mw" => "dr_rate_usd_mwh",
                "cooling_fault_factor" | "fault_factor" => "fault_factor",
                "name" | "label" => continue,
                other => other,
            };
            config.set(&format!("scenarios.{scenario}.{own}={value}"))?;
        }
        Ok(config)
    }
}

fn pin(rollout: &mut Rollout, slot: usize, values: &[f64]) -> Result<()> {
    let names: Vec<String> = match rollout.spec().slots.get(slot) {
        Some(s) => s.actions.iter().map(|a| format!("{}.{}", s.name, a.name)).collect(),
        None => Vec::new(),
    };
    for (lever, &value) in names.into_iter().zip(values) {
        rollout.apply(&Intervention::Lever { lever, mode: LeverMode::Pinned(value) })?;
    }
    Ok(())
}

/// Input series of the golden runs: ragged columns of one CSV.
fn traces(sheet: &Sheet, load_ticks: u32) -> Result<RawTraces> {
    let (batch, dlrm, genai) = (sheet.ragged("batch")?, sheet.ragged("dlrm")?, sheet.ragged("genai")?);
    let n = batch.len().min(dlrm.len());
    if genai.is_empty() {
        return Err(Error::invalid(
            Place::file(&sheet.path),
            "column genai is empty",
            "Restore the file as it was written.",
        ));
    }
    let duty = crate::trace::tile(&genai, n);
    let rows = batch.iter().zip(&duty).zip(&dlrm).map(|((&b, &g), &d)| [b, g, d]);
    Ok(RawTraces {
        workload: rows.collect(),
        workload_first: (0, 0),
        load: Series::new(sheet.ragged("load")?, u64::from(load_ticks)),
        weather: Series::new(sheet.ragged("weather")?, 720),
        weather_source: format!("real:{}", sheet.path.display()),
        regd: Vec::new(),
    })
}

/// Paths in a header are relative to the parent of the header's folder.
fn root_of(path: &Path) -> PathBuf {
    let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
    let folder = if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder };
    folder.join("..")
}

/// The files that a header's text names: ` + ` joins two, text after `;` is a remark.
fn files(header: &Path, text: &str) -> Vec<PathBuf> {
    let names = text.split(';').next().unwrap_or("");
    names.split(" + ").map(str::trim).filter(|n| !n.is_empty()).map(|n| root_of(header).join(n)).collect()
}

fn string<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str)
}

fn object(value: Option<&Value>) -> Vec<(String, Value)> {
    match value {
        Some(Value::Object(map)) => map.iter().map(|(k, v)| (k.clone(), v.clone())).collect(),
        _ => Vec::new(),
    }
}

fn missing(path: &Path, key: &str) -> Error {
    Error::invalid(
        Place::file(path),
        format!("the header has no `{key}`"),
        "Give the JSON header of a golden trajectory.",
    )
}
