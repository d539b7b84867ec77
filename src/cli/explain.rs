//! `explain`: what a policy did and what came of it, as figures, numbers, rules and sentences.

use std::path::PathBuf;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use crate::config::Result;
use crate::evaluate::explain::{self, Wanted, Whole};
use crate::rollout::World;

use super::{Exit, Outcome, say};

/// Flags of `explain`.
#[derive(Debug, Args)]
#[command(after_help = "Files in DIR keep the names that SustainDC's users know: action_distribution.png, \
                        actions_timeline.png, action_correlations.html, power_co2_analysis.png, policy_rules.txt; beside them \
                        further figures with their numbers (CSV), explain.txt and explain.json.")]
pub struct ExplainArgs {
    /// Log of any kind, a folder of logs, or a run folder of SustainDC's users (with config.json)
    #[arg(value_name = "RUN")]
    run: PathBuf,
    /// Folder for figures, numbers and words; without it the findings are printed only
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Which of several episodes in the file, from 0; without it all of them
    #[arg(long, value_name = "N")]
    episode: Option<usize>,
    /// Leaves out what needs the run made again: saving against rest, size of the battery
    #[arg(long)]
    as_recorded: bool,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// Explains a run.
///
/// # Errors
/// Files that cannot be read, folders without a log, a disk that refuses.
pub fn run(args: &ExplainArgs, world: &World) -> Outcome {
    let bar = ProgressBar::new(1000);
    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {percent} %") {
        bar.set_style(style);
    }
    let wanted =
        Wanted { path: args.run.clone(), episode: args.episode, as_recorded: args.as_recorded, source: String::new() };
    let whole = explain::explain(world, &wanted, &mut |share, what| {
        bar.set_message(what.to_owned());
        bar.set_position((1000.0 * share) as u64);
        true
    });
    bar.finish_and_clear();
    let Some(whole) = whole? else { return Ok(Exit::Interrupted) };
    if let Some(folder) = &args.out {
        explain::write(folder, &whole.frame, &whole.told, &whole.exhibits, &whole.findings)?;
    }
    if args.json {
        let json = explain::json::json(&whole.frame, &whole.told);
        say(&serde_json::to_string_pretty(&json).unwrap_or_default())?;
        return Ok(Exit::Good);
    }
    told(args, &whole)?;
    Ok(Exit::Good)
}

fn told(args: &ExplainArgs, whole: &Whole) -> Result<()> {
    say(&explain::summary(&whole.told, &whole.findings))?;
    if let Some(folder) = &args.out {
        let names: Vec<&str> = whole.exhibits.iter().map(|e| e.name.as_str()).collect();
        say(&format!("{}: {} (PNG, SVG, CSV), explain.txt, explain.json", folder.display(), names.join(", ")))?;
    }
    Ok(())
}
