//! `run`: plays an episode headless.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use crate::config::{Error, Place};
use crate::plant::Planned;
use crate::rollout::{OnTrip, Rollout, Setup, Step, World};

use super::disturb::DisturbArgs;
use super::outputs::{OutputArgs, Outputs};
use super::{Exit, Outcome, SetupArgs, Summary, complain, controllers, disturb, say};

/// Flags of `run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    #[command(flatten)]
    setup: SetupArgs,
    #[command(flatten)]
    disturb: DisturbArgs,
    #[command(flatten)]
    outputs: OutputArgs,
    /// Writes the summary as JSON, to the standard output without FILE
    #[arg(long, value_name = "FILE", num_args = 0..=1, help_heading = "Output")]
    summary: Option<Option<PathBuf>>,
    /// Lists every controller with its parameters, and runs nothing
    #[arg(long, help_heading = "Output")]
    list_controllers: bool,
    /// Lists the disturbances of the plant, and runs nothing
    #[arg(long, help_heading = "Output")]
    list_disturbances: bool,
    /// No progress bar and no table
    #[arg(long, help_heading = "Output")]
    quiet: bool,
}

/// Ticks between two looks at the progress bar.
const LOOK_EVERY: u64 = 256;

/// Whether Ctrl-C was pressed.
pub(super) fn interrupt_flag() -> Result<Arc<AtomicBool>, Error> {
    let flag = Arc::new(AtomicBool::new(false));
    let set = Arc::clone(&flag);
    ctrlc::set_handler(move || set.store(true, Ordering::Relaxed)).map_err(|e| {
        Error::invalid(Place::source("signals"), format!("Ctrl-C cannot be caught: {e}"), "Run it again.")
    })?;
    Ok(flag)
}

fn progress(args: &RunArgs, ticks: u64) -> ProgressBar {
    if args.quiet || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} ticks  {per_sec}  {eta} left");
    ProgressBar::new(ticks).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Plays an episode headless.
pub fn run(args: &RunArgs, world: &World, axes: &BTreeMap<String, String>) -> Outcome {
    if args.list_controllers {
        controllers::list(world)?;
        return Ok(Exit::Good);
    }
    let mut setup = args.setup.to_setup(Setup::default(), axes)?;
    let mut rollout = world.build(&setup)?;
    if args.list_disturbances {
        disturb::list(rollout.spec())?;
        return Ok(Exit::Good);
    }
    let plan = args.disturb.read(rollout.spec())?;
    if setup.ticks.is_none() && (setup.continuous || setup.on_trip == OnTrip::Restart) {
        // Nothing else would end such a run when nobody watches it.
        setup.ticks = Some(rollout.spec().episode_ticks);
        rollout = world.build(&setup)?;
    }
    for warning in rollout.warnings() {
        complain(&format!("warning: {warning}"));
    }
    let outputs = Outputs::create(&args.outputs, &rollout)?;
    let interrupted = interrupt_flag()?;
    let begin = Instant::now();
    let bar = progress(args, setup.ticks.unwrap_or(rollout.spec().episode_ticks));
    let outcome = outputs.flushed_while(|| play(&mut rollout, &plan, &outputs, &interrupted, &bar));
    bar.finish_and_clear();
    // What was written is closed whatever became of the run.
    let written = outputs.finish();
    outcome?;
    for remark in rollout.remarks().into_iter().chain(disturb::missed(&plan, &rollout)) {
        complain(&format!("warning: {remark}"));
    }
    if written.is_ok() || interrupted.load(Ordering::Relaxed) || rollout.end().is_some() {
        report(args, &Summary::of(&rollout, begin.elapsed().as_secs_f64()))?;
    }
    written?;
    Ok(if interrupted.load(Ordering::Relaxed) { Exit::Interrupted } else { Exit::Good })
}

fn play(
    rollout: &mut Rollout,
    plan: &[Planned],
    outputs: &Outputs,
    interrupted: &AtomicBool,
    bar: &ProgressBar,
) -> Result<(), Error> {
    loop {
        disturb::apply(plan, rollout, |tick, what| outputs.input(tick, what))?;
        for answer in rollout.consult()? {
            outputs.input(rollout.tick(), &answer);
        }
        if rollout.step()? == Step::Ended {
            break;
        }
        if !outputs.tick(rollout) || interrupted.load(Ordering::Relaxed) {
            break;
        }
        if rollout.tick().is_multiple_of(LOOK_EVERY) {
            bar.set_position(rollout.tick());
        }
    }
    Ok(())
}

fn report(args: &RunArgs, summary: &Summary) -> Result<(), Error> {
    match &args.summary {
        Some(None) => {
            return say(&summary.to_json());
        }
        Some(Some(path)) => {
            if let Some(dir) = path.parent().filter(|d| !d.as_os_str().is_empty()) {
                std::fs::create_dir_all(dir).map_err(|e| Error::io(dir, "create the folder", e))?;
            }
            std::fs::write(path, summary.to_json() + "\n").map_err(|e| Error::io(path, "write the summary", e))?;
        }
        None => {}
    }
    if args.quiet { Ok(()) } else { say(summary.to_string().trim_end()) }
}
