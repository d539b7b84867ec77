//! Golden trajectories of SustainDC: run again through the rollout (sustaindc 12).

#![deny(clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::config::{Document, Error, Place, Result};
use crate::noise::{self, NoiseKind};
use crate::plant::PlantFactory;
use crate::plant::sustaindc::battery::Drive;
use crate::plant::sustaindc::hall::Racks;
use crate::plant::sustaindc::managers::{Series, TICKS_PER_DAY, TICKS_PER_HOUR};
use crate::plant::sustaindc::params::Params;
use crate::plant::sustaindc::site::{SiteData, Weather};
use crate::plant::sustaindc::sizing::Sizing;
use crate::plant::sustaindc::tables::{AGENTS, observation_names};
use crate::plant::sustaindc::{Factory, assemble};
use crate::record::{EvaluationOrder, evaluation_header, evaluation_line};
use crate::rollout::{Intervention, LeverMode, Rollout, Setup, Step, World};
use crate::trace::sustaindc::city_of;

use super::compare::Comparison;
use super::golden::{column_names, read_header};
use super::sustaindc_columns::{Seen, is_known, is_observation, value};

/// Largest error of an observation: the source keeps them in binary32, and the distance of an almost constant window
/// in deviations is ill-conditioned (sustaindc 12).
const OBSERVATION: f64 = 2e-6;

/// A golden trajectory with everything it needs to be run again.
pub struct SustainGolden {
    path: PathBuf,
    header: Value,
    columns: Vec<String>,
    rows: Vec<Vec<f64>>,
}

/// Whether a JSON text is the header of such a trajectory.
pub fn is_sustaindc_header(text: &str) -> bool {
    serde_json::from_str::<Value>(text)
        .is_ok_and(|v| v.get("effective").is_some() && v.get("start_time_step").is_some())
}

fn table(path: &Path) -> Result<(Vec<String>, Vec<Vec<f64>>)> {
    let syntax = |line: u64, what: String| {
        Error::invalid(Place::file(path).at_line(line), what, "Restore the file as it was written.")
    };
    let mut reader = csv::ReaderBuilder::new().from_path(path).map_err(|e| match e.into_kind() {
        csv::ErrorKind::Io(io) => Error::io(path, "read", io),
        other => syntax(1, format!("{other:?}")),
    })?;
    let columns: Vec<String> =
        reader.headers().map_err(|e| syntax(1, e.to_string()))?.iter().map(str::to_owned).collect();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| syntax(e.position().map_or(1, csv::Position::line), e.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |cell: &str| match cell.trim() {
            "" => Ok(f64::NAN),
            text => match text.parse::<f64>() {
                Ok(value) => Ok(value),
                Err(_) => word(text).ok_or_else(|| syntax(line, format!("`{text}` is not a number"))),
            },
        };
        rows.push(record.iter().map(cell).collect::<Result<Vec<f64>>>()?);
    }
    Ok((columns, rows))
}

/// Words that stand in a table of numbers: what the battery did, and Python's truth values.
fn word(text: &str) -> Option<f64> {
    let drives = (0..3).map(f64::from).find(|&p| Drive::from_position(p).word() == text);
    drives.or(match text {
        "True" => Some(1.0),
        "False" => Some(0.0),
        _ => None,
    })
}

impl SustainGolden {
    /// Reads a header and the two tables beside it: `<name>.csv` and, when it is run, `<name>.inputs.csv`.
    ///
    /// # Errors
    /// Files that are missing or malformed, with place and cure.
    pub fn open(path: &Path) -> Result<Self> {
        let header = read_header(path)?;
        let (names, rows) = table(&path.with_extension("csv"))?;
        let columns = column_names(&header, &names);
        // The table in the order of the header.
        let mut places = Vec::with_capacity(columns.len());
        for column in &columns {
            let place = names.iter().position(|n| n == column);
            places.push(place.ok_or_else(|| {
                Error::unknown(Place::file(&path.with_extension("csv")), "column", column, names.iter().cloned())
            })?);
        }
        let ordered = |row: Vec<f64>| places.iter().map(|&k| row.get(k).copied().unwrap_or(f64::NAN)).collect();
        let steps = header.get("steps").and_then(Value::as_u64).map_or(rows.len(), |n| n as usize);
        if steps > rows.len() {
            return Err(Error::invalid(
                Place::file(path),
                format!("`steps` is {steps}, but the table holds {}", rows.len()),
                "Restore the files as they were written.",
            ));
        }
        let rows = rows.into_iter().take(steps).map(ordered).collect();
        Ok(Self { path: path.to_path_buf(), header, columns, rows })
    }

    /// Names of the columns that [`SustainGolden::verify`] hands to `emit`.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Runs the trajectory again and compares every column at a tolerance. `emit` is handed each computed row.
    ///
    /// # Errors
    /// Inputs that cannot be read or do not fit.
    pub fn verify(&self, rtol: f64, emit: &mut dyn FnMut(&[f64]) -> Result<()>) -> Result<Comparison> {
        let unknown: Vec<&str> = self.columns.iter().map(String::as_str).filter(|c| !is_known(c)).collect();
        let mut comparison = Comparison::new(self.columns.len() - unknown.len(), rtol);
        let loose = rtol.max(OBSERVATION);
        comparison.remark = Some(if unknown.is_empty() {
            format!("observations are held to {loose:e}")
        } else {
            format!("observations are held to {loose:e}; unknown and not compared: {}", unknown.join(", "))
        });
        let mut rollout = self.rollout()?;
        self.compare_reset(&rollout, &mut comparison, loose);
        let mut stored_before = 0.0;
        let mut out = vec![0.0; self.columns.len()];
        let seen = Seen { weight: self.reward_weight(), start: self.start() };
        for (k, given) in self.rows.iter().enumerate() {
            self.step(&mut rollout, k)?;
            for ((cell, column), &expected) in out.iter_mut().zip(&self.columns).zip(given) {
                let computed = value(column, k, &rollout, &seen, stored_before);
                *cell = computed.unwrap_or(expected);
                let tolerance = if is_observation(column) { loose } else { rtol };
                comparison.value_within(k as u64, column, *cell, expected, tolerance);
            }
            stored_before =
                rollout.row().get(crate::plant::sustaindc::signals::Col::Stored as usize).copied().unwrap_or(0.0);
            comparison.rows += 1;
            emit(&out)?;
        }
        Ok(comparison)
    }

    /// The run as the source's own evaluation log.
    ///
    /// # Errors
    /// Inputs that cannot be read or do not fit.
    pub fn episode_log(&self) -> Result<String> {
        let mut rollout = self.rollout()?;
        let mut text = evaluation_header(EvaluationOrder::Evaluation) + "\n";
        for k in 0..self.rows.len() {
            self.step(&mut rollout, k)?;
            text += &evaluation_line(&rollout, EvaluationOrder::Evaluation);
            text.push('\n');
        }
        Ok(text)
    }

    /// What the agents see before the first tick.
    fn compare_reset(&self, rollout: &Rollout, comparison: &mut Comparison, tolerance: f64) {
        let mut seen = [0.0; crate::plant::sustaindc::observe::WIDTH];
        for (slot, agent) in AGENTS.iter().enumerate() {
            let Some(list) = self.header.get("reset_obs").and_then(|o| o.get(agent)).and_then(Value::as_array) else {
                continue;
            };
            rollout.observe(slot, &mut seen);
            for ((name, expected), computed) in observation_names(slot).iter().zip(list).zip(seen) {
                let expected = expected.as_f64().unwrap_or(f64::NAN);
                comparison.value_within(0, &format!("reset {agent} {name}"), computed, expected, tolerance);
            }
        }
    }

    fn step(&self, rollout: &mut Rollout, k: usize) -> Result<()> {
        for (agent, column) in AGENTS.iter().zip(["a_ls", "a_dc", "a_bat"]) {
            let place = self.columns.iter().position(|c| c == column);
            let action = place.and_then(|p| self.rows.get(k)?.get(p)).copied();
            let Some(action) = action.filter(|a| a.is_finite()) else {
                return Err(Error::invalid(
                    Place::file(&self.path.with_extension("csv")),
                    format!("row {k} has no action in `{column}`"),
                    "Restore the file as it was written.",
                ));
            };
            let lever = format!("{agent}.{}_action", agent.trim_start_matches("agent_"));
            rollout.apply(&Intervention::Lever { lever, mode: LeverMode::Pinned(action) })?;
        }
        if rollout.step()? == Step::Ended {
            let cause = rollout.end().map_or("it ended", |e| e.cause.as_str());
            return Err(Error::invalid(
                Place::file(&self.path),
                format!("the run stops before row {k}: {cause}"),
                "Check `steps` and `days_per_episode`.",
            ));
        }
        Ok(())
    }

    fn number(&self, section: &str, key: &str) -> Option<f64> {
        let section = if section.is_empty() { Some(&self.header) } else { self.header.get(section) };
        section.and_then(|s| s.get(key)).and_then(Value::as_f64)
    }

    fn reward_weight(&self) -> f64 {
        self.number("config", "individual_reward_weight").unwrap_or(0.8)
    }

    /// Index of the first tick.
    fn start(&self) -> u64 {
        let day = self.number("", "start_day").unwrap_or(0.0) as u64;
        let hour = self.number("", "start_hour").unwrap_or(0.0);
        let counted = day * TICKS_PER_DAY + (hour * TICKS_PER_HOUR as f64) as u64;
        self.number("", "start_time_step").map_or(counted, |s| s as u64)
    }

    /// The built-in configuration with what the header says was in force.
    fn configuration(&self) -> Result<Document> {
        let setup = Setup { plant: Factory.name().to_owned(), ..Setup::default() };
        let mut config = World::default().configuration(&setup)?;
        let mut set = |key: &str, value: Option<String>| match value {
            Some(value) => config.set(&format!("{key}={value}")).map(|_| ()),
            None => Ok(()),
        };
        if let Some(Value::Object(given)) = self.header.get("config") {
            for key in [
                "location",
                "month",
                "individual_reward_weight",
                "datacenter_capacity_mw",
                "ls_reward",
                "dc_reward",
                "bat_reward",
            ] {
                set(key, given.get(key).map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned)))?;
            }
            let days = given.get("days_per_episode").and_then(Value::as_u64);
            set("days_per_episode", days.map(|d| d.to_string()))?;
        }
        set("profile.flexible_ratio", self.number("effective", "flexible_workload_ratio").map(|v| v.to_string()))?;
        set("profile.queue_max_tasks", self.number("effective", "queue_max_len").map(|v| (v as i64).to_string()))?;
        Ok(config)
    }

    /// The run that the header describes, before its first tick.
    ///
    /// # Errors
    /// Inputs that cannot be read or do not fit.
    pub fn rollout(&self) -> Result<Rollout> {
        let mut config = self.configuration()?;
        let mut params = Params::from_document(&config)?;
        let sized = Sizing::new(&params.hall, &Racks::new(&params.hall, params.capacity_mw), &params.location);
        if let Some(capacity) = self.number("effective", "battery_capacity_MWh")
            && (capacity - sized.battery_mwh).abs() > 1e-9
        {
            config.set("profile.battery=explicit")?.set(&format!("max_bat_cap_Mw={capacity}"))?;
            params = Params::from_document(&config)?;
        }
        params.warnings.clear();
        let city = city_of(&params.location, Place::file(&self.path))?;
        let data = self.series()?;
        let plant = assemble(params, data, Factory.axes(), city);
        let streams = crate::plant::Plant::spec(&plant).streams.clone();
        let setup = Setup {
            plant: Factory.name().to_owned(),
            policies: AGENTS.iter().map(|a| ((*a).to_owned(), "hold".to_owned())).collect::<BTreeMap<_, _>>(),
            continuous: true,
            ..Setup::default()
        };
        // Nothing is drawn: the series are what the episode met.
        let noise = noise::build(&NoiseKind::Counter, 0, &streams)?;
        World::default().assemble(&setup, Box::new(plant), noise, config)
    }

    /// The realised series around the episode, from `<name>.inputs.csv`.
    fn series(&self) -> Result<SiteData> {
        let path = self.path.with_extension("inputs.csv");
        let (names, rows) = table(&path)?;
        let column = |name: &str| -> Result<Vec<f64>> {
            let k = names
                .iter()
                .position(|n| n == name)
                .ok_or_else(|| Error::unknown(Place::file(&path), "column", name, names.iter().cloned()))?;
            Ok(rows.iter().map(|row| row.get(k).copied().unwrap_or(f64::NAN)).collect())
        };
        let first = column("time_step")?.first().copied().unwrap_or(0.0) as u64;
        let norm = |key: &str| {
            self.number("norm", key).ok_or_else(|| {
                Error::invalid(
                    Place::file(&self.path),
                    format!("the header has no `norm.{key}`"),
                    "Give the JSON header of a golden trajectory.",
                )
            })
        };
        let (t_low, t_high) = (norm("temp_min30")?, norm("temp_max30")?);
        let (c_low, c_high) = (norm("ci_min30")?, norm("ci_max30")?);
        Ok(SiteData {
            workload: Series::cut(column("workload")?, first, 0.0, 1.0),
            carbon: Series::cut(column("ci_g_per_kWh")?, first, c_low, c_high),
            weather: Weather::Recorded {
                dry_degc: Series::cut(column("temp_C")?, first, t_low, t_high),
                wet_degc: Series::cut(column("wet_bulb_C")?, first, 0.0, 1.0),
            },
            start: self.start(),
        })
    }
}
