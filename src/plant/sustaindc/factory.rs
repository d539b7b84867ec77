//! Builds the SustainDC plant from configuration, choices and traces.

use std::sync::Arc;

use crate::config::{Document, Error, Place, Result};
use crate::plant::{Axis, BuildRequest, Calendar, Choice, Plant, PlantFactory};
use crate::trace::sustaindc::{CITIES, City, HourlyKind, LOADS, city_of};
use crate::trace::{Start, TraceSource};

use super::managers::{TICKS_PER_HOUR, first_day};
use super::params::{BatterySize, MONTHS, PLANT_FILE, Params, month_of};
use super::site::{Begin, Hourly, LEAST_HOURS, SiteData, check_workload};
use super::sizing::Sizing;
use super::{SustainDc, TICK_S, hall::Racks, tables};

const PLANT: &str = include_str!("../../../configs/sustaindc/plant.yaml");
const HALL: &str = include_str!("../../../configs/sustaindc/hall.yaml");
const USER_FORK: &str = include_str!("../../../configs/sustaindc/user_fork.yaml");

/// Year of the calendar that ticks are shown on: common, as the series are; it begins on a Sunday.
const CALENDAR_YEAR: i16 = 2023;

/// Registers the plant as `sustaindc`.
pub struct Factory;

fn choice(name: &str, label: &str) -> Choice {
    Choice { name: name.to_owned(), label: label.to_owned() }
}

fn axis(name: &str, label: &str, value: &str, doc: &str, choices: Vec<Choice>) -> Axis {
    Axis { name: name.to_owned(), label: label.to_owned(), choices, value: value.to_owned(), doc: doc.to_owned() }
}

/// A month's name with a capital.
fn month_label(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

impl PlantFactory for Factory {
    fn name(&self) -> &str {
        "sustaindc"
    }

    fn about(&self) -> &str {
        "1 MW data centre on quarter hours: load shifting, cooling set point and battery by three agents"
    }

    fn axes(&self) -> Vec<Axis> {
        vec![
            axis(
                "location",
                "Location",
                "ny",
                "Weather, carbon intensity and sizing (sustaindc 2.1, 4.4).",
                CITIES.iter().map(|c| choice(c.key, c.label)).collect(),
            ),
            axis(
                "month",
                "Month",
                "july",
                "Month in which the episode begins, up to a week around its first day (sustaindc 2.2).",
                MONTHS.iter().map(|m| choice(m, &month_label(m))).collect(),
            ),
            axis(
                "workload",
                "Workload",
                "alibaba_1",
                "File of the load (sustaindc 2.4).",
                LOADS.iter().map(|(name, label, _)| choice(name, label)).collect(),
            ),
            axis(
                "flavour",
                "Flavour",
                "head",
                "The published source, or the fork that its users describe (sustaindc 0).",
                vec![choice("head", "Head"), choice("user_fork", "User fork")],
            ),
        ]
    }

    fn layers(&self) -> Vec<(String, String)> {
        [(PLANT_FILE, PLANT), ("configs/sustaindc/hall.yaml", HALL)]
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
            .to_vec()
    }

    fn axis_layers(&self, axes: &std::collections::BTreeMap<String, String>) -> Vec<(String, String)> {
        match axes.get("flavour").map(String::as_str) {
            Some("user_fork") => vec![("configs/sustaindc/user_fork.yaml".to_owned(), USER_FORK.to_owned())],
            _ => Vec::new(),
        }
    }

    fn build(&self, request: &BuildRequest<'_>) -> Result<Box<dyn Plant>> {
        let mut params = Params::from_document(request.config)?;
        let mut axes = self.axes();
        let chosen = |name: &str| request.axes.get(name).map(String::as_str);
        // A choice on the command line wins over the same key in a file.
        if let Some(month) = chosen("month") {
            params.month = month_of(month, Place::source("--month"))?;
        }
        if let Some(location) = chosen("location") {
            location.clone_into(&mut params.location);
        }
        let city = city_of(&params.location, request.config.place("location"))?;
        let load = workload(&params, chosen("workload"))?;
        for axis in &mut axes {
            match axis.name.as_str() {
                "location" => city.key.clone_into(&mut axis.value),
                "month" => (*MONTHS.get(params.month).unwrap_or(&"")).clone_into(&mut axis.value),
                "workload" => {
                    if !axis.choices.iter().any(|c| c.name == load.axis) {
                        axis.choices.push(choice(&load.axis, &load.axis));
                    }
                    load.axis.clone_into(&mut axis.value);
                }
                _ => {
                    if let Some(value) = chosen(&axis.name) {
                        value.clone_into(&mut axis.value);
                    }
                }
            }
        }
        check_axes(&axes, request)?;
        let begin = request.start.map_or_else(|| Begin::draw(&params, request.seed), at_start);
        let hourly = load_traces(request.traces, &params, city, &load.file, request.config)?;
        let data = SiteData::new(&hourly, &params, begin);
        Ok(Box::new(assemble(params, data, axes, city)))
    }
}

/// Puts a plant together from parts that need no files: what golden runs and tests use.
pub fn assemble(params: Params, data: SiteData, axes: Vec<Axis>, city: &City) -> SustainDc {
    let racks = Racks::new(&params.hall, params.capacity_mw);
    let sizing = Sizing::new(&params.hall, &racks, &params.location);
    let battery_mwh = match params.profile.battery {
        BatterySize::Sized => sizing.battery_mwh,
        BatterySize::Explicit => params.battery_mwh,
    };
    let seconds = i64::try_from(data.start).unwrap_or(0).saturating_mul(i64::from(TICK_S));
    let new_year = jiff::civil::datetime(CALENDAR_YEAR, 1, 1, 0, 0, 0, 0);
    let start = new_year.saturating_add(jiff::SignedDuration::from_secs(seconds));
    let calendar = Calendar { tick_s: TICK_S, start, zone: city.time_zone.to_owned() };
    let mut spec = tables::spec(&params, axes, calendar, battery_mwh, &sizing);
    let (latitude_deg, longitude_deg) = city.place_deg;
    spec.facts.insert("latitude_deg".to_owned(), latitude_deg);
    spec.facts.insert("longitude_deg".to_owned(), longitude_deg);
    SustainDc::new(Arc::new(spec), Arc::new(params), Arc::new(data))
}

/// A load file and what the axis calls it.
struct Load {
    file: String,
    axis: String,
}

/// The load file: the axis's where one was chosen, else the configured one, else the first.
fn workload(params: &Params, chosen: Option<&str>) -> Result<Load> {
    let known = |name: &str| LOADS.iter().find(|(axis, ..)| *axis == name);
    let load = |file: &str, axis: &str| Load { file: file.to_owned(), axis: axis.to_owned() };
    match (chosen, &params.workload_file) {
        (Some(name), _) => match known(name) {
            Some((axis, _, file)) => Ok(load(file, axis)),
            None => Err(Error::unknown(Place::source("--workload"), "workload", name, LOADS.map(|l| l.0))),
        },
        (None, Some(file)) => {
            let axis = LOADS.iter().find(|(.., f)| f == file).map_or(file.as_str(), |l| l.0);
            Ok(load(file, axis))
        }
        (None, None) => Ok(LOADS.first().map_or_else(|| load("", ""), |(axis, _, file)| load(file, axis))),
    }
}

/// Axes whose value must be one of their choices.
fn check_axes(axes: &[Axis], request: &BuildRequest<'_>) -> Result<()> {
    for axis in axes.iter().filter(|a| a.name != "workload" && request.axes.contains_key(&a.name)) {
        let known: Vec<&str> = axis.choices.iter().map(|c| c.name.as_str()).collect();
        if !known.contains(&axis.value.as_str()) {
            return Err(Error::unknown(Place::source(format!("--{}", axis.name)), "choice", &axis.value, known));
        }
    }
    Ok(())
}

/// A start on the site's clock; the series know no 29 February.
fn at_start(start: Start) -> Begin {
    let month = usize::from(start.month).saturating_sub(1);
    let last = if start.month == 2 { 28 } else { 31 };
    let day = first_day(month) + u32::from(start.day.min(last)).saturating_sub(1);
    let tick = u32::from(start.hour) * TICKS_PER_HOUR as u32 + u32::from(start.minute) * 60 / TICK_S;
    Begin { day, tick }
}

/// Reads the three series. Files that are named win over the location's (sustaindc 0, row 5).
fn load_traces(
    source: &dyn TraceSource,
    params: &Params,
    city: &City,
    load: &str,
    config: &Document,
) -> Result<Hourly> {
    let named = |file: &Option<String>, own: &str| file.clone().unwrap_or_else(|| own.to_owned());
    let workload = source.table(&HourlyKind::Workload.id(load))?;
    let weather = source.table(&HourlyKind::Weather.id(&named(&params.weather_file, city.weather)))?;
    let carbon = source.table(&HourlyKind::Carbon.id(&named(&params.cintensity_file, city.carbon)))?;
    let load = workload.column("cpu_load")?;
    check_workload(load, &workload.place())?;
    if let Some(hours) = params.profile.workload_hours_max
        && hours < LEAST_HOURS
    {
        return Err(Error::Range {
            place: config.place("profile.workload_hours_max"),
            key: "profile.workload_hours_max".to_owned(),
            value: hours as f64,
            min: LEAST_HOURS as f64,
            max: f64::from(u32::MAX),
            unit: " h".to_owned(),
        });
    }
    for (table, what) in [(&weather, "weather"), (&carbon, "carbon intensity")] {
        if table.rows() < LEAST_HOURS {
            return Err(Error::invalid(
                table.place(),
                format!("the {what} has {} hours", table.rows()),
                "Give the complete year.",
            ));
        }
    }
    Ok(Hourly {
        workload: load.to_vec(),
        dry_degc: weather.column("dry_bulb_degc")?.to_vec(),
        wet_degc: weather.column("wet_bulb_degc")?.to_vec(),
        carbon_g_kwh: carbon.column("avg_CI")?.to_vec(),
    })
}
