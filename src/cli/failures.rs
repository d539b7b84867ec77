//! `failures`: where, how often and how nearly agents break the constraints C1 to C5.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use crate::config::{Error, Result};
use crate::evaluate::agents::AgentOptions;
use crate::evaluate::failure::{self, Analysis, Request, logs};
use crate::rollout::{OnTrip, Setup, World};

use super::run::interrupt_flag;
use super::text_table::TextTable;
use super::{Exit, Outcome, complain, say};

/// Name of the file that the source calls so.
const JSON: &str = "failure_analysis.json";

/// Flags of `failures`. The axes of the plant stand beside them, each with any number of choices.
#[derive(Debug, Args)]
pub struct FailuresArgs {
    /// Agents, by the names of `benchmark` [default: rule_based bang_bang pid random; none where --logs are given]
    #[arg(long, value_name = "NAME", num_args = 1.., value_delimiter = ',')]
    agents: Vec<String>,
    /// Logs to read instead of or beside playing: runs/<agent>_<scenario>_ha, any transition logs, full logs
    #[arg(long, value_name = "PATH", num_args = 1..)]
    logs: Vec<PathBuf>,
    /// Episodes of each agent in each scenario
    #[arg(long, value_name = "N", default_value_t = failure::EPISODES)]
    n_episodes: u64,
    /// Seed of episode 0; episode i has seed + i
    #[arg(long, default_value_t = failure::SEED)]
    seed: u64,
    /// Ticks of an episode, where less than a day is wanted
    #[arg(long, value_name = "N")]
    ticks: Option<u64>,
    /// Compares every other agent with this one only [default: every agent with every other]
    #[arg(long, value_name = "NAME")]
    baseline: Option<String>,
    /// Goes on after a trip, so that violations are counted to the end of the day
    #[arg(long)]
    ride_through: bool,
    /// Counts an episode as survived from 288 ticks on, as the source's program does, instead of a whole day
    #[arg(long)]
    source_survival: bool,
    /// Pins a lever in all episodes
    #[arg(long, visible_alias = "pin", value_name = "ACTION=VALUE", allow_hyphen_values = true)]
    fixed_action: Vec<String>,
    /// Folder of the network that drives the hardware
    #[arg(long, value_name = "DIR")]
    hw_model_dir: Option<PathBuf>,
    /// Folder of the network that bids
    #[arg(long, value_name = "DIR")]
    macro_model_dir: Option<PathBuf>,
    /// Noise: counter, numpy, recorded=FILE[+FILE]
    #[arg(long, value_name = "MODE")]
    noise: Option<String>,
    /// Begin of the episodes in local site time
    #[arg(long, value_name = "MM-DD HH:MM")]
    start: Option<String>,
    /// Folder of real data
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Changes one value of the configuration
    #[arg(long, value_name = "PATH=VALUE", allow_hyphen_values = true)]
    set: Vec<String>,
    /// Folder for failure_analysis.json, tables and figures; without it the findings are printed only
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    out: Option<PathBuf>,
    /// Prints what failure_analysis.json holds
    #[arg(long, help_heading = "Output")]
    json: bool,
}

/// Analyses failures.
///
/// # Errors
/// Unknown agents, scenarios and paths; a disk that refuses.
pub fn run(args: &FailuresArgs, world: &World, axes: &BTreeMap<String, Vec<String>>) -> Outcome {
    let request = request(args, axes)?;
    let mut episodes = Vec::new();
    let mut notes = Vec::new();
    if !args.logs.is_empty() {
        let read = logs::read(world, &args.logs, &request.base.plant)?;
        episodes.extend(read.episodes);
        notes.extend(read.notes);
    }
    if args.logs.is_empty() || !args.agents.is_empty() {
        let interrupted = interrupt_flag()?;
        let bar = bar();
        let played = failure::episodes(world, &request, &mut |done, total| {
            bar.set_length(total as u64);
            bar.set_position(done as u64);
            !interrupted.load(Ordering::Relaxed)
        })?;
        bar.finish_and_clear();
        let Some(played) = played else { return Ok(Exit::Interrupted) };
        episodes.extend(played);
    }
    if args.source_survival {
        episodes.iter_mut().for_each(|e| e.whole = e.whole.min(failure::SOURCE_TICKS));
    }
    let analysis = Analysis::of(episodes, request.baseline.as_deref(), notes);
    for note in &analysis.notes {
        complain(&format!("note: {note}"));
    }
    let text = serde_json::to_string_pretty(&failure::to_json(&analysis)).unwrap_or_default();
    if let Some(folder) = &args.out {
        save(&analysis, &text, folder)?;
    }
    if args.json {
        say(&text)?;
        return Ok(Exit::Good);
    }
    say(&table(&analysis))?;
    say("")?;
    for finding in failure::findings(&analysis) {
        say(&finding.words)?;
    }
    if let Some(folder) = &args.out {
        say(&format!("{}: {JSON}, episodes.csv, violations.csv, figures", folder.display()))?;
    }
    Ok(Exit::Good)
}

fn request(args: &FailuresArgs, axes: &BTreeMap<String, Vec<String>>) -> Result<Request> {
    let mut base = Setup { seed: args.seed, ticks: args.ticks, ..Setup::default() };
    for text in &args.fixed_action {
        let (name, value) = super::setup_args::pin("--fixed-action", text)?;
        base.fixed_actions.insert(name, value);
    }
    if let Some(noise) = &args.noise {
        base.noise.clone_from(noise);
    }
    if args.ride_through {
        base.on_trip = OnTrip::RideThrough;
    }
    base.start.clone_from(&args.start);
    base.data.clone_from(&args.data);
    base.set.clone_from(&args.set);
    let mut scenarios = Vec::new();
    for (name, values) in axes {
        if name == "scenario" {
            scenarios.clone_from(values);
        } else if let Some(value) = values.first() {
            base.axes.insert(name.clone(), value.clone());
        }
    }
    let options = AgentOptions {
        hw_model_dir: args.hw_model_dir.clone(),
        macro_model_dir: args.macro_model_dir.clone(),
        ..AgentOptions::default()
    };
    let baseline = args.baseline.clone();
    Ok(Request { base, agents: args.agents.clone(), options, scenarios, episodes: args.n_episodes, baseline })
}

fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} episodes  {eta} left");
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn table(analysis: &Analysis) -> String {
    let columns = ["agent", "scenario", "episodes", "violations", "survived", "nearest", "triggers left", "reward"];
    let mut table = TextTable::new(&columns, 2);
    for p in &analysis.profiles {
        let (nearest, left) = p.nearest().map_or(("–", f64::NAN), |(_, constraint, triggers, _)| {
            (failure::constraint::LABELS.get(constraint).copied().unwrap_or("–"), triggers)
        });
        let reward = p.episodes.iter().map(|e| e.total_reward).sum::<f64>() / p.episodes.len().max(1) as f64;
        let number = crate::signal::format_number;
        table.row(vec![
            p.agent.clone(),
            p.scenario.clone(),
            p.episodes.len().to_string(),
            p.violated().to_string(),
            format!("{} %", number(100.0 * p.survival(None), 0)),
            nearest.to_owned(),
            number(left, 2),
            number(reward, 1),
        ]);
    }
    table.lines()
}

fn save(analysis: &Analysis, json: &str, folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|e| Error::io(folder, "create the folder", e))?;
    for exhibit in failure::exhibits(analysis, crate::plant::c2g::TICK_S) {
        exhibit.save(folder)?;
    }
    let words: Vec<String> = failure::findings(analysis).into_iter().map(|f| f.words).collect();
    for (name, text) in [
        (JSON, format!("{json}\n")),
        ("episodes.csv", failure::episodes_csv(analysis)),
        ("violations.csv", failure::violations_csv(analysis)),
        ("findings.txt", words.join("\n") + "\n"),
    ] {
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(|e| Error::io(&path, "write", e))?;
    }
    Ok(())
}
