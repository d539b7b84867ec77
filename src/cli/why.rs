//! `why`: takes a tick of a run or of a full log apart.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;

use crate::config::{Error, Place};
use crate::evaluate::Asked;
use crate::plant::{Calendar, PlantSpec};
use crate::rollout::{DealWhy, Probe, Setup, SlotWhy, Why, World};
use crate::signal::format_number;

use super::text_table::TextTable;
use super::{Exit, Outcome, SetupArgs};

/// Flags of `why`.
#[derive(Debug, Args)]
pub struct WhyArgs {
    /// Full log to ask; without it the run that the other flags describe
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
    /// Tick to take apart, counted from 0
    #[arg(long, value_name = "N")]
    tick: u64,
    /// Only this slot
    #[arg(long, value_name = "NAME")]
    slot: Option<String>,
    /// Writes everything as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    setup: SetupArgs,
}

/// Takes a tick apart and prints what came of it.
///
/// # Errors
/// Everything that can be wrong with setup and log, a tick that was not run.
pub fn run(args: &WhyArgs, world: &World, axes: &BTreeMap<String, String>) -> Outcome {
    let (mut why, spec) = if let Some(path) = &args.log {
        let mut asked = Asked::open(world, path)?;
        (asked.why(args.tick)?, asked.spec())
    } else {
        let setup = args.setup.to_setup(Setup::default_day()?, axes)?;
        let mut rollout = world.build(&setup)?;
        let spec = std::sync::Arc::clone(rollout.spec());
        // Nothing was done to it from outside, so that what is to come is known.
        let known = Probe::until(&spec, args.tick);
        let why = Probe::take_apart(&mut rollout, args.tick, known, &mut |rollout| {
            rollout.consult()?;
            Ok(true)
        })?;
        (why, spec)
    };
    if let Some(name) = &args.slot {
        if spec.slot(name).is_none() {
            let known = spec.slots.iter().map(|s| s.name.as_str());
            return Err(Error::unknown(Place::source("--slot"), "slot", name, known));
        }
        why.slots.retain(|slot| slot.name == *name);
    }
    if args.json {
        let text = serde_json::to_string_pretty(&why)
            .map_err(|e| Error::invalid(Place::source("why"), e.to_string(), "Leave --json out."))?;
        say(&text)?;
    } else {
        print(&why, &spec)?;
    }
    Ok(Exit::Good)
}

/// Writes a line; the space between a number and its unit is a plain one in a terminal.
fn say(text: &str) -> crate::config::Result<()> {
    super::say(&text.replace('\u{A0}', " "))
}

fn print(why: &Why, spec: &PlantSpec) -> crate::config::Result<()> {
    say(&format!("Tick {}, {}", why.tick, clock(&spec.calendar, why.tick)))?;
    for slot in &why.slots {
        say("")?;
        print_slot(slot)?;
    }
    Ok(())
}

/// Site time at which a tick begins.
fn clock(calendar: &Calendar, tick: u64) -> String {
    calendar.civil(tick).to_string()
}

fn number(value: f64, decimals: usize) -> String {
    format_number(value, decimals)
}

fn signed(value: f64, decimals: usize) -> String {
    let text = format_number(value, decimals);
    if value > 0.0 { format!("+{text}") } else { text }
}

fn print_slot(slot: &SlotWhy) -> crate::config::Result<()> {
    let who = if slot.drives { format!(", {}", crate::control::shown_name(&slot.controller)) } else { String::new() };
    let ticks = match slot.decided {
        Some(from) if slot.until > from + 1 => format!(", ticks {from} to {}", slot.until - 1),
        _ => String::new(),
    };
    say(&format!("{}{who}{ticks}", slot.label))?;
    if let Some(tick) = slot.foretold_from {
        say(&format!("  from tick {tick} on as it comes when everything goes on as it does"))?;
    }
    say(&format!("  {}", slot.headline))?;
    for because in &slot.because {
        say(&format!("  {}", because.text))?;
    }
    if !slot.terms.is_empty() {
        let mut table = TextTable::new(&["term", "formula", "came to", "value"], 3);
        for term in &slot.terms {
            table.row(vec![term.label.clone(), term.formula.clone(), term.words.clone(), signed(term.value, 3)]);
        }
        table.row(vec!["Sum".to_owned(), String::new(), String::new(), signed(slot.sum(), 3)]);
        say(&table.lines())?;
    }
    if slot.drives && !slot.levers.is_empty() {
        let mut table = TextTable::new(&["lever", "on its way", "controller", "applied"], 2);
        for lever in &slot.levers {
            let value = |s: Option<&crate::rollout::Stage>| s.map_or("–".to_owned(), |s| number(s.value, 3));
            let words: Vec<&str> = lever.stages.iter().map(|s| s.words.as_str()).filter(|w| !w.is_empty()).collect();
            let way = if words.is_empty() { "as commanded".to_owned() } else { words.join("; ") };
            table.row(vec![lever.label.clone(), way, value(lever.stages.first()), value(lever.stages.last())]);
        }
        say(&table.lines())?;
        let given = slot.service.as_ref().map_or("effect", |_| "gives");
        let mut table = TextTable::new(&["one step", "", given, "reward"], 2);
        for step in &slot.steps {
            let told = |text: String| if step.trial.is_some() { text } else { String::new() };
            table.row(vec![
                step.label.clone(),
                step.held.clone(),
                told(signed(step.given, 2)),
                told(signed(step.reward, 3)),
            ]);
        }
        say(&table.lines())?;
        let best = slot.best.and_then(|best| slot.steps.get(best)).map_or_else(
            || "No single step would have earned more.".to_owned(),
            |step| format!("Best single step: {}, reward {}.", step.label, signed(step.reward, 3)),
        );
        say(&format!("  {best}"))?;
    }
    if let Some(deal) = &slot.deal {
        print_deal(deal)?;
    }
    let mut table = TextTable::new(&["seen", "means", "normal", "as seen"], 3);
    for entry in &slot.seen {
        let outside = entry.normal.is_some_and(|n| n.outside);
        let normal = if outside { format!("outside {}", entry.usual) } else { entry.usual.clone() };
        table.row(vec![entry.label.clone(), entry.words.clone(), normal, number(entry.seen, 3)]);
    }
    if slot.seen.is_empty() { Ok(()) } else { say(&table.lines()) }
}

fn print_deal(deal: &DealWhy) -> crate::config::Result<()> {
    let [price, quantity, paid] = &deal.units;
    if let Some(taken) = deal.taken {
        say(&format!(
            "  Offered {} {quantity} at {} {price}, {} {quantity} wanted: chance {} % ({} % by price alone), cleared at {}, {}",
            number(deal.quantity, 1),
            number(deal.price, 2),
            number(deal.wanted, 1),
            number(100.0 * deal.chance, 0),
            number(100.0 * deal.chance_by_price, 0),
            number(deal.cleared, 2),
            if taken { "accepted" } else { "rejected" },
        ))?;
    }
    if deal.paid.is_finite() {
        say(&format!("  Paid {} {paid} = {}", number(deal.paid, 2), deal.product))?;
    }
    Ok(())
}
