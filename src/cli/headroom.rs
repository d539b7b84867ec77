//! `headroom`: what the site could give for the next 15 minutes, from an instant of a run or of a full log on.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use crate::config::{Error, Place, Result};
use crate::evaluate::headroom::{Direction, Headroom, Reach, find, passed_words, stop_words};
use crate::evaluate::take_over;
use crate::plant::{HeadroomSpec, PlantSpec};
use crate::rollout::{Rollout, Setup, Step, World};
use crate::signal::format_number;

use super::text_table::TextTable;
use super::{Exit, Outcome, SetupArgs, complain, say};

/// Flags of `headroom`.
#[derive(Debug, Args)]
pub struct HeadroomArgs {
    /// Full log that is run again up to the instant; without it a run is played
    #[arg(value_name = "LOG")]
    log: Option<PathBuf>,
    #[command(flatten)]
    setup: SetupArgs,
    /// Instant to look from: ticks run, or a time of day on the site's clock [default: the begin, of a log its end]
    #[arg(long, value_name = "TICK|HH:MM", help_heading = "Output")]
    at: Option<String>,
    /// Prints JSON
    #[arg(long, help_heading = "Output")]
    json: bool,
}

/// Prints the head-room from an instant on.
///
/// # Errors
/// Setups and logs that are wrong, instants that are not reached, plants that tell nothing of head-room.
pub fn run(args: &HeadroomArgs, world: &World, axes: &BTreeMap<String, String>) -> Outcome {
    let mut rollout = match &args.log {
        Some(path) => of_log(args, path, world)?,
        None => played(args, world, axes)?,
    };
    let from = rollout.snapshot();
    let spec = std::sync::Arc::clone(rollout.spec());
    let Some(table) = &spec.headroom else {
        return Err(Error::invalid(
            Place::source("headroom"),
            format!("plant `{}` tells nothing of head-room", spec.name),
            "Choose a plant that does: c2g, sustaindc.",
        ));
    };
    let Some(told) = find(&mut rollout, &from, &|| false)? else {
        return Err(Error::invalid(
            Place::source("--at"),
            format!("the run is over after {} ticks: nothing comes after it", from.tick),
            "Choose an earlier instant.",
        ));
    };
    say(&if args.json { as_json(&spec, table, &told) } else { as_text(&spec, table, &told) })?;
    Ok(Exit::Good)
}

/// The instant that was asked for.
fn instant(args: &HeadroomArgs, spec: &PlantSpec) -> Result<Option<u64>> {
    let Some(text) = &args.at else { return Ok(None) };
    let tick = spec.calendar.tick_of(text);
    tick.map(Some).ok_or_else(|| {
        let what = format!("`{text}` is neither a number of ticks nor a time of day");
        Error::invalid(Place::source("--at"), what, "Write for example --at 8640 or --at 14:30.")
    })
}

/// A run that is played up to the instant.
fn played(args: &HeadroomArgs, world: &World, axes: &BTreeMap<String, String>) -> Result<Rollout> {
    let setup = args.setup.to_setup(Setup::default_day()?, axes)?;
    let mut rollout = world.build(&setup)?;
    for warning in rollout.warnings() {
        complain(&format!("warning: {warning}"));
    }
    let wanted = instant(args, rollout.spec())?.unwrap_or(0);
    while rollout.tick() < wanted {
        rollout.consult()?;
        if rollout.step()? == Step::Ended {
            break;
        }
    }
    if rollout.tick() < wanted {
        let cause = rollout.end().map_or_else(String::new, |end| format!(": {}", end.cause));
        return Err(Error::invalid(
            Place::source("--at"),
            format!("the run ends after {} ticks{cause}", rollout.tick()),
            "Choose an earlier instant.",
        ));
    }
    Ok(rollout)
}

/// The run of a full log, gone through again up to the instant.
fn of_log(args: &HeadroomArgs, path: &std::path::Path, world: &World) -> Result<Rollout> {
    let log = crate::record::read_full_log(path)?;
    let rows = log.rows.len() as u64;
    let setup = &log.header.setup;
    let mut configuration = crate::config::Document::new();
    configuration.layer_text(&path.display().to_string(), &log.header.configuration)?;
    let spec = world.tables(setup, &configuration)?;
    let wanted = instant(args, &spec)?.unwrap_or(rows);
    let taken = take_over(world, path, wanted, &mut |_, _| true)?;
    taken
        .map(|taken| taken.rollout)
        .ok_or_else(|| Error::invalid(Place::file(path), "it was not run again to its end", "Run the command again."))
}

/// Names of the levers, as a person reads them.
fn lever_label<'a>(spec: &'a PlantSpec, table: &HeadroomSpec, k: usize) -> &'a str {
    let lever = table.levers.get(k);
    let action = lever.and_then(|l| spec.slots.get(l.slot)?.actions.get(l.action));
    action.map_or("", |a| a.label.as_str())
}

fn as_text(spec: &PlantSpec, table: &HeadroomSpec, told: &Headroom) -> String {
    let number = |value: f64| format_number(value, table.decimals.max(1));
    let span = f64::from(spec.calendar.tick_s) * told.ticks as f64;
    let time = spec.calendar.civil(told.tick);
    let mut out = format!(
        "{} · head-room of the next {} from tick {} on, {}\n{}\n",
        spec.name,
        crate::evaluate::ask::length(span),
        told.tick,
        time.strftime("%-d %b %H:%M:%S"),
        table.note
    );
    for direction in Direction::BOTH {
        let side = told.side(direction);
        let title = format!("{}, {}", sentence(direction.name()), direction.words());
        let head = match &side.all {
            Reach::Can(found) => format!("{title}: {} {}", number(found.amount), table.unit),
            Reach::Cannot(passed) => format!("{title}: none, {} is passed anyway", passed_words(spec, passed)),
        };
        let against = match (told.spare(direction), told.commitment) {
            (Some(spare), Some(owed)) => format!("; {}", against(spare, owed, &number, &table.unit)),
            _ => String::new(),
        };
        out.push_str(&format!("\n{head}{against}\n"));
        let [together, own] = ["together", "alone"].map(|words| format!("{words}, {}", table.unit));
        let mut rows =
            TextTable::new(&["lever", &together, "lever at", &own, "lever at", "why no further"], usize::MAX);
        for (k, alone) in side.alone.iter().enumerate() {
            let all = side.all.found();
            let value = |found: Option<&crate::evaluate::headroom::Found>| {
                found.and_then(|f| f.values.get(k)).map_or_else(String::new, |v| format_number(*v, 3))
            };
            let part = all.and_then(|f| f.parts.get(k)).map_or_else(|| "–".to_owned(), |p| number(*p));
            let (own, why) = match alone {
                Reach::Can(found) => {
                    let stop = found.stops.get(k).copied().flatten();
                    (number(found.amount), stop.map_or_else(String::new, |stop| stop_words(spec, &stop)))
                }
                Reach::Cannot(passed) => ("–".to_owned(), format!("{} is passed anyway", passed_words(spec, passed))),
            };
            let label = lever_label(spec, table, k).to_owned();
            rows.row(vec![label, part, value(all), own, value(alone.found()), why]);
        }
        out.push_str(&rows.lines());
        out.push('\n');
    }
    out.trim_end().to_owned()
}

/// "34.3 MW to spare over the commitment of 24.0 MW".
fn against(spare: f64, owed: f64, number: &dyn Fn(f64) -> String, unit: &str) -> String {
    let of = format!("the commitment of {} {unit}", number(owed));
    if spare >= 0.0 {
        format!("{} {unit} to spare over {of}", number(spare))
    } else {
        format!("{} {unit} short of {of}", number(-spare))
    }
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn as_json(spec: &PlantSpec, table: &HeadroomSpec, told: &Headroom) -> String {
    let finite = |value: f64| if value.is_finite() { json!(value) } else { Value::Null };
    let reach = |reach: &Reach, only: Option<usize>| match reach {
        Reach::Can(found) => {
            let levers: Vec<Value> = (0..table.levers.len())
                .filter(|k| only.is_none_or(|only| only == *k))
                .map(|k| {
                    let stop = found.stops.get(k).copied().flatten();
                    json!({
                        "lever": lever_name(spec, table, k),
                        "value": found.values.get(k).copied().map_or(Value::Null, finite),
                        "part": found.parts.get(k).copied().map_or(Value::Null, finite),
                        "stop": stop.map(|stop| stop_words(spec, &stop)),
                    })
                })
                .collect();
            json!({ "amount": finite(found.amount), "levers": levers })
        }
        Reach::Cannot(passed) => json!({ "amount": null, "passed_anyway": passed_words(spec, passed) }),
    };
    let side = |direction: Direction| {
        let side = told.side(direction);
        let alone: Vec<Value> = side.alone.iter().enumerate().map(|(k, r)| reach(r, Some(k))).collect();
        json!({ "all": reach(&side.all, None), "alone": alone, "spare": told.spare(direction).map(finite) })
    };
    let all = json!({
        "plant": spec.name,
        "tick": told.tick,
        "time": spec.calendar.civil(told.tick).to_string(),
        "ticks": told.ticks,
        "unit": table.unit,
        "commitment": told.commitment.map(finite),
        "up": side(Direction::Up),
        "down": side(Direction::Down),
        "note": table.note,
        "runs": told.runs,
    });
    serde_json::to_string_pretty(&all).unwrap_or_default()
}

/// `slot.action` of a lever.
fn lever_name(spec: &PlantSpec, table: &HeadroomSpec, k: usize) -> String {
    let lever = table.levers.get(k);
    let found = lever.and_then(|l| spec.slots.get(l.slot).and_then(|s| Some((s, s.actions.get(l.action)?))));
    found.map_or_else(String::new, |(slot, action)| format!("{}.{}", slot.name, action.name))
}
