//! SustainDC's evaluation logs, `all_agents_episode_N.csv` (sustaindc 9): written as the source writes them, read in
//! either order of columns, and taken apart where several episodes lie in one file.
//!
//! Some names in these files are not what they say: "kW" of the pumps is watts, energies are of a quarter hour, carbon
//! dioxide is grams. [`COLUMNS`] holds what is true.
#![deny(clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::config::{Error, Place, Result};
use crate::plant::sustaindc::signals::Col;
use crate::plant::sustaindc::tables::{BATTERY, COOLING, SHIFT};
use crate::rollout::{Rollout, Schema};

use super::csv_number::python_repr;
use super::full_log::FLUSH_AFTER;

/// Where the value of a column comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A signal of the plant.
    Signal(Col),
    /// Applied action of a slot.
    Action(usize),
    /// Always zero: a leftover of older versions.
    Zero,
}

/// A column of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name in the file.
    pub name: &'static str,
    /// Unit of its values, whatever the name says.
    pub unit: &'static str,
    /// Where it comes from.
    pub origin: Origin,
}

const fn of(name: &'static str, unit: &'static str, col: Col) -> Column {
    Column { name, unit, origin: Origin::Signal(col) }
}

const fn zero(name: &'static str) -> Column {
    Column { name, unit: "", origin: Origin::Zero }
}

const fn action(name: &'static str, slot: usize) -> Column {
    Column { name, unit: "", origin: Origin::Action(slot) }
}

/// The columns in the order of an evaluation.
pub const COLUMNS: [Column; 34] = [
    of("ls_original_workload", "", Col::Workload),
    of("ls_shifted_workload", "", Col::Utilisation),
    action("ls_action", SHIFT),
    zero("ls_norm_load_left"),
    zero("ls_unasigned_day_load_left"),
    zero("ls_penalty_flag"),
    of("ls_tasks_in_queue", "tasks", Col::TasksInQueue),
    of("ls_tasks_dropped", "tasks per step", Col::TasksOverflow),
    of("ls_current_hour", "h", Col::Hour),
    of("dc_ITE_total_power_kW", "kW", Col::PIt),
    of("dc_HVAC_total_power_kW", "kW", Col::PHvac),
    of("dc_total_power_kW", "kW", Col::PTotal),
    of("dc_power_lb_kW", "kW", Col::PowerLow),
    of("dc_power_ub_kW", "kW", Col::PowerHigh),
    of("dc_crac_setpoint_delta", "K", Col::SetPointMove),
    of("dc_crac_setpoint", "°C", Col::SetPoint),
    of("dc_cpu_workload_fraction", "", Col::Utilisation),
    of("dc_int_temperature", "°C", Col::TRoom),
    of("dc_CW_pump_power_kW", "W", Col::PCwPump),
    of("dc_CT_pump_power_kW", "W", Col::PCtPump),
    of("dc_water_usage", "L per 15 min", Col::Water),
    of("dc_exterior_ambient_temp", "°C", Col::TAmbient),
    of("outside_temp", "°C", Col::TNext),
    of("day", "", Col::DayNext),
    of("hour", "h", Col::HourNext),
    action("bat_action", BATTERY),
    of("bat_SOC", "", Col::Soc),
    of("bat_CO2_footprint", "g per step", Col::Co2),
    of("bat_avg_CI", "g/kWh", Col::Ci),
    of("bat_total_energy_without_battery_KWh", "kWh per step", Col::EWithout),
    of("bat_total_energy_with_battery_KWh", "kWh per step", Col::EWith),
    of("bat_max_bat_cap", "MWh", Col::Capacity),
    of("bat_dcload_min", "kWh per step", Col::LoadLow),
    of("bat_dcload_max", "kWh per step", Col::LoadHigh),
];

/// In which order a file has its columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Of an evaluation: by agent.
    Evaluation,
    /// Of a rendered episode: by name.
    Render,
}

impl Order {
    /// Places in [`COLUMNS`] in this order.
    pub fn places(self) -> Vec<usize> {
        let mut places: Vec<usize> = (0..COLUMNS.len()).collect();
        if self == Self::Render {
            places.sort_by_key(|&k| COLUMNS.get(k).map_or("", |c| c.name));
        }
        places
    }
}

/// Place of a column by its name in the file.
pub fn column(name: &str) -> Option<usize> {
    COLUMNS.iter().position(|c| c.name == name)
}

/// Header line of a file.
pub fn header_line(order: Order) -> String {
    let names: Vec<&str> = order.places().into_iter().filter_map(|k| COLUMNS.get(k)).map(|c| c.name).collect();
    names.join(",")
}

/// The tick that a rollout has just run, as a line of a file: four decimals, as the source rounds.
pub fn line(rollout: &Rollout, order: Order) -> String {
    let row = rollout.row();
    let value = |column: &Column| match column.origin {
        Origin::Signal(col) => row.get(col as usize).copied().unwrap_or(f64::NAN),
        Origin::Action(slot) => rollout.slots().get(slot).and_then(|s| s.applied.first()).copied().unwrap_or(f64::NAN),
        Origin::Zero => 0.0,
    };
    let cells: Vec<String> =
        order.places().into_iter().filter_map(|k| COLUMNS.get(k)).map(|c| python_repr(rounded(value(c)))).collect();
    cells.join(",")
}

/// Rounds to four decimals; no negative zero, which the source does not write either.
fn rounded(value: f64) -> f64 {
    (value * 1e4).round_ties_even() / 1e4 + 0.0
}

/// Writes `all_agents_episode_1.csv` of a SustainDC run.
pub struct EvaluationWriter {
    path: PathBuf,
    order: Order,
    out: BufWriter<File>,
    flushed: Instant,
}

impl EvaluationWriter {
    /// Creates the file in a folder, which is created too.
    ///
    /// # Errors
    /// When the run is of another plant, or the disk refuses.
    pub fn create(dir: &Path, rollout: &Rollout, order: Order) -> Result<Self> {
        if rollout.spec().name != "sustaindc" {
            return Err(Error::invalid(
                Place::source("--evaluation-data"),
                format!("the plant is {}, and evaluation logs are SustainDC's", rollout.spec().name),
                "Use --log, which every plant has, or --plant sustaindc.",
            ));
        }
        std::fs::create_dir_all(dir).map_err(|e| Error::io(dir, "create the folder", e))?;
        let path = dir.join("all_agents_episode_1.csv");
        let file = File::create(&path).map_err(|e| Error::io(&path, "create the evaluation log", e))?;
        let mut writer = Self { path, order, out: BufWriter::new(file), flushed: Instant::now() };
        writer.write(&header_line(order))?;
        Ok(writer)
    }

    /// Takes in the tick that the rollout has just run.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn tick(&mut self, rollout: &Rollout) -> Result<()> {
        let text = line(rollout, self.order);
        self.write(&text)?;
        self.flush_if_due()
    }

    /// Brings everything into the file when the last time is long enough ago.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn flush_if_due(&mut self) -> Result<()> {
        if self.flushed.elapsed() < FLUSH_AFTER {
            return Ok(());
        }
        self.flushed = Instant::now();
        self.out.flush().map_err(|e| Error::io(&self.path, "write the evaluation log", e))
    }

    fn write(&mut self, text: &str) -> Result<()> {
        writeln!(self.out, "{text}").map_err(|e| Error::io(&self.path, "write the evaluation log", e))
    }

    /// Brings everything into the file.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn finish(mut self) -> Result<PathBuf> {
        self.out.flush().map_err(|e| Error::io(&self.path, "write the evaluation log", e))?;
        Ok(self.path)
    }
}

/// One tick of a file, by [`COLUMNS`].
pub type EvaluationRow = [f64; COLUMNS.len()];

/// One episode of a file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EvaluationEpisode {
    /// Its ticks in order.
    pub rows: Vec<EvaluationRow>,
    /// Line of each tick in the file.
    pub lines: Vec<u64>,
}

impl EvaluationEpisode {
    /// Values of a column, by its name in the file.
    pub fn column(&self, name: &str) -> Option<Vec<f64>> {
        let k = column(name)?;
        Some(self.rows.iter().map(|row| at(row, k)).collect())
    }
}

/// A tick of a file as a row of the plant: signals that the file has not are NaN. Rows are as long as the schema.
///
/// The cooling agent's action is not in the file; its commanded move is, which is the action less one.
pub fn as_plant_row(row: &EvaluationRow, schema: &Schema, out: &mut [f64]) {
    out.fill(f64::NAN);
    let mut put = |place: usize, value: f64| {
        if let Some(cell) = out.get_mut(place) {
            *cell = value;
        }
    };
    let act = |slot: usize, value: f64, put: &mut dyn FnMut(usize, f64)| {
        if let Some(columns) = schema.levers.get(slot).and_then(|l| l.first()) {
            put(columns.commanded, value);
            put(columns.applied, value);
        }
    };
    for (column, &value) in COLUMNS.iter().zip(row) {
        match column.origin {
            Origin::Signal(col) => put(col as usize, value),
            Origin::Action(slot) => act(slot, value, &mut put),
            Origin::Zero => {}
        }
        if column.origin == Origin::Signal(Col::SetPointMove) {
            act(COOLING, value + 1.0, &mut put);
        }
    }
}

/// A file, taken apart into its episodes.
#[derive(Debug, Clone, PartialEq)]
pub struct EvaluationLog {
    /// Order of its columns.
    pub order: Order,
    /// Episodes by their first line.
    pub episodes: Vec<EvaluationEpisode>,
}

fn at(row: &EvaluationRow, k: usize) -> f64 {
    row.get(k).copied().unwrap_or(f64::NAN)
}

/// Whether the first line of a file is that of an evaluation log, in either order.
pub fn is_evaluation_log(first_line: &str) -> bool {
    let names: Vec<&str> = first_line.trim().trim_start_matches('\u{feff}').split(',').map(str::trim).collect();
    ["ls_original_workload", "dc_crac_setpoint", "bat_SOC"].iter().all(|n| names.contains(n))
}

/// Reads a file.
///
/// # Errors
/// Columns that are missing and cells that are no numbers, with their place.
pub fn read_evaluation_log(path: &Path) -> Result<EvaluationLog> {
    let text = std::fs::read_to_string(path).map_err(|e| Error::io(path, "read", e))?;
    parse(&text, &Place::file(path))
}

fn parse(text: &str, place: &Place) -> Result<EvaluationLog> {
    let cure = "Restore the file as it was written.";
    let mut first = None;
    let read = read_rows(text, place, false, &mut |place, what, _| {
        first.get_or_insert_with(|| Error::invalid(place, what, cure));
    })?;
    match first {
        Some(error) => Err(error),
        None => Ok(EvaluationLog { order: read.order, episodes: split(read.rows, read.order) }),
    }
}

/// Rows of a file with their lines, before they are taken apart.
pub(super) struct ReadRows {
    pub order: Order,
    pub rows: Vec<(EvaluationRow, u64)>,
    /// Which of [`COLUMNS`] the file has.
    pub present: [bool; COLUMNS.len()],
}

/// Reads the lines of a file. A row with a cell that is no number is told to `bad`, with what else it holds.
///
/// # Errors
/// An empty file, a file without columns: every one of [`COLUMNS`] must be there, or (`some`) day and hour.
pub(super) fn read_rows(
    text: &str,
    place: &Place,
    some: bool,
    bad: &mut dyn FnMut(Place, String, EvaluationRow),
) -> Result<ReadRows> {
    let mut lines = text.lines().zip(1_u64..).filter(|(l, _)| !l.trim().is_empty());
    let Some((head, _)) = lines.next() else {
        return Err(Error::invalid(place.clone(), "the file is empty", "Give an `all_agents_episode_N.csv`."));
    };
    let names: Vec<&str> = head.trim_start_matches('\u{feff}').split(',').map(str::trim).collect();
    let mut places = Vec::with_capacity(COLUMNS.len());
    let mut present = [true; COLUMNS.len()];
    for ((wanted, present), k) in COLUMNS.iter().zip(&mut present).zip(0..) {
        let found = names.iter().position(|n| *n == wanted.name);
        *present = found.is_some();
        if found.is_none() && (!some || k == DAY || k == HOUR) {
            return Err(Error::invalid(
                place.clone().at_line(1),
                format!("the column `{}` is missing", wanted.name),
                "Give an evaluation log with all 34 columns.",
            ));
        }
        places.push(found.unwrap_or(usize::MAX));
    }
    let order = if names.is_sorted() { Order::Render } else { Order::Evaluation };
    let mut rows = Vec::new();
    for (text, number) in lines {
        let cells: Vec<&str> = text.split(',').collect();
        let mut row = [f64::NAN; COLUMNS.len()];
        let mut wrong = None;
        for (value, &k) in row.iter_mut().zip(&places) {
            let cell = cells.get(k).map_or("", |c| c.trim());
            match cell.parse() {
                Ok(number) => *value = number,
                Err(_) if cell.is_empty() => {}
                Err(_) => {
                    wrong.get_or_insert((k, format!("`{cell}` is not a number")));
                }
            }
        }
        if wrong.is_none() && cells.len() != names.len() {
            wrong = Some((cells.len() - 1, format!("{} cells where {} should stand", cells.len(), names.len())));
        }
        match wrong {
            Some((k, what)) => bad(place.clone().at_line(number).at_column(k as u64 + 1), what, row),
            None => rows.push((row, number)),
        }
    }
    Ok(ReadRows { order, rows, present })
}

/// The row of a tick of which only day and hour are known.
pub(super) fn gap(next_hour: f64) -> EvaluationRow {
    let mut row = [f64::NAN; COLUMNS.len()];
    let day = (next_hour / 24.0).floor();
    for (k, value) in [(DAY, day), (HOUR, next_hour - 24.0 * day)] {
        if let Some(cell) = row.get_mut(k) {
            *cell = value;
        }
    }
    row
}

/// Hours since the year began, of the tick that follows a row.
pub(super) fn next_hour(row: &EvaluationRow) -> f64 {
    24.0 * at(row, DAY) + at(row, HOUR)
}

const DAY: usize = 23;
const HOUR: usize = 24;
pub(super) const TICK_H: f64 = 0.25;
/// Rounding of the file's numbers.
const ROUNDING: f64 = 2e-4;
/// Largest change of a tick that the plant can make: tasks, state of charge.
const MOST_TASKS: f64 = 100.0;
const MOST_SOC: f64 = 0.35;

/// How badly a row follows another; `None` where it cannot.
fn misfit(before: &EvaluationRow, row: &EvaluationRow) -> Option<f64> {
    let step = |name: &str| column(name).map_or(f64::NAN, |k| at(row, k) - at(before, k));
    let value = |row: &EvaluationRow, name: &str| column(name).map_or(f64::NAN, |k| at(row, k));
    if (next_hour(row) - next_hour(before) - TICK_H).abs() > 1e-6 {
        return None;
    }
    // What a row says of the weather to come is the weather that its successor has.
    let weather = (value(row, "dc_exterior_ambient_temp") - value(before, "outside_temp")).abs();
    let (tasks, soc) = (step("ls_tasks_in_queue").abs(), step("bat_SOC").abs());
    let idle = value(row, "bat_action") == 2.0;
    if weather > ROUNDING || tasks > MOST_TASKS || soc > MOST_SOC || (idle && soc > ROUNDING) {
        return None;
    }
    let delta = value(row, "dc_crac_setpoint_delta");
    let moved = step("dc_crac_setpoint");
    // A move goes the commanded way or is cut off at a stop.
    if moved * delta < -ROUNDING || (delta == 0.0 && moved.abs() > ROUNDING) {
        return None;
    }
    let site = step("bat_max_bat_cap").abs() + step("dc_power_ub_kW").abs();
    if site > ROUNDING {
        return None;
    }
    let held = if value(row, "ls_action") == 1.0 { tasks } else { 0.0 };
    Some(weather * 10.0 + soc + tasks / MOST_TASKS + held)
}

/// Most pairs of a row and an episode of one moment that are compared.
const MOST_FITS: usize = 10_000;

/// Takes episodes apart: a row goes on where its day, hour, weather, queue, charge and set point fit best.
pub(super) fn split(mut rows: Vec<(EvaluationRow, u64)>, order: Order) -> Vec<EvaluationEpisode> {
    if order == Order::Render {
        // Rendered rows are as they came; an episode may begin anywhere in the year.
        rows.sort_by_key(|(_, line)| *line);
    }
    let mut episodes: Vec<EvaluationEpisode> = Vec::new();
    // Episodes by the moment of their last row: only those can go on with the next one.
    let mut ends: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    let quarter = |hour: f64| (hour / TICK_H).round() as i64;
    let mut next = 0;
    while next < rows.len() {
        // Rows of one moment are dealt out together, the best fit first.
        let hour = rows.get(next).map_or(f64::NAN, |(r, _)| next_hour(r));
        let together = rows.iter().skip(next).take_while(|(r, _)| next_hour(r) == hour).count().max(1);
        let group = rows.get(next..next + together).unwrap_or_default();
        next += together;
        let mut fits: Vec<(f64, usize, usize)> = Vec::new();
        let before = quarter(hour).saturating_sub(1);
        let most = MOST_FITS / group.len().max(1);
        let could: Vec<usize> = ends.get(&before).into_iter().flatten().take(most).copied().collect();
        for (g, (row, _)) in group.iter().enumerate() {
            for (e, episode) in could.iter().filter_map(|e| Some((*e, episodes.get(*e)?))) {
                if let Some(cost) = episode.rows.last().and_then(|last| misfit(last, row)) {
                    fits.push((cost, g, e));
                }
            }
        }
        fits.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
        let mut home: Vec<Option<usize>> = vec![None; group.len()];
        let mut taken = BTreeSet::new();
        for (_, g, e) in fits {
            if let Some(home @ None) = home.get_mut(g)
                && taken.insert(e)
            {
                *home = Some(e);
            }
        }
        if let Some(rest) = ends.get_mut(&before).filter(|_| !taken.is_empty()) {
            rest.retain(|e| !taken.contains(e));
        }
        let gone_on = ends.entry(quarter(hour)).or_default();
        for ((row, line), home) in group.iter().zip(home) {
            let home = home.unwrap_or_else(|| {
                episodes.push(EvaluationEpisode::default());
                episodes.len() - 1
            });
            gone_on.push(home);
            let Some(episode) = episodes.get_mut(home) else { continue };
            episode.rows.push(*row);
            episode.lines.push(*line);
        }
    }
    episodes
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn the_columns_of_the_clock_stand_where_they_are_read() {
        assert_eq!((column("day"), column("hour")), (Some(DAY), Some(HOUR)));
        assert!(is_evaluation_log(&header_line(Order::Render)) && is_evaluation_log(&header_line(Order::Evaluation)));
        assert!(!is_evaluation_log("Time Stamp,Load"));
        let names: Vec<String> = header_line(Order::Render).split(',').map(str::to_owned).collect();
        assert!(names.is_sorted() && names.len() == 34);
    }

    #[test]
    fn a_missing_column_and_a_bad_cell_are_located() {
        let error = parse("a,b\n1,2\n", &Place::source("x.csv")).unwrap_err();
        assert!(error.to_string().contains("`ls_original_workload` is missing"), "{error}");
        let text = format!("{}\n{}\n", header_line(Order::Evaluation), vec!["x"; 34].join(","));
        let error = parse(&text, &Place::source("x.csv")).unwrap_err();
        assert!(error.to_string().starts_with("x.csv:2:1: `x` is not a number"), "{error}");
    }
}
