//! The command line: one file per subcommand, the same words as in the window.
//!
//! Exit codes: 0 good, 1 a check failed, 2 bad input, 130 interrupted with valid output; `recover`: 0 all saved, 3 some
//! lost, 1 nothing.

mod ask;
mod benchmark;
mod controllers;
mod data;
mod disturb;
mod evaluate;
mod explain;
mod export;
mod failures;
mod headroom;
mod outputs;
#[cfg(feature = "onnx")]
mod policy;
mod recover;
mod report;
mod run;
mod setup_args;
#[cfg(feature = "app")]
pub mod shot;
mod study;
mod summary;
mod text_table;
mod tour;
mod verify;
mod why;
#[cfg(feature = "app")]
pub mod window;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::{Arg, ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::config::Error;
use crate::rollout::World;

pub use setup_args::SetupArgs;
pub use summary::Summary;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Everything went well.
    Good,
    /// A check failed, or nothing could be saved.
    CheckFailed,
    /// Some of what was to be saved is lost.
    SomeLost,
    /// Interrupted; what was written is valid.
    Interrupted,
}

/// Result of a command.
pub type Outcome = std::result::Result<Exit, Error>;

#[derive(Parser)]
#[command(
    name = "c2g-twin",
    version,
    about = "Interactive digital twin of a grid-interactive data centre",
    long_about = "Interactive digital twin of a grid-interactive data centre.\n\nWithout a command it opens the window with the default day.",
    after_help = "Every flag is accepted with `_` and `-`. Exit codes: 0 good, 1 a check failed, 2 bad input, 130 interrupted with valid output; `recover`: 0 all saved, 3 some lost, 1 nothing.",
    args_conflicts_with_subcommands = true
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[cfg(feature = "app")]
    #[command(flatten)]
    window: window::WindowArgs,
    #[cfg(feature = "app")]
    #[command(flatten)]
    setup: SetupArgs,
}

#[derive(Subcommand)]
enum Command {
    /// Plays an episode headless
    Run(Box<run::RunArgs>),
    /// Plays agents times scenarios times seeds and writes the tables
    Benchmark(Box<benchmark::BenchmarkArgs>),
    /// Runs golden trajectories and full logs again and compares
    Verify(verify::VerifyArgs),
    /// Saves what can be saved of a log that was cut off or spoilt
    Recover(recover::RecoverArgs),
    /// The embedded data set: write it, check a folder
    #[command(subcommand)]
    Data(data::DataCommand),
    /// What a benchmark's results say: intervals, tests against a baseline, figures
    Evaluate(Box<evaluate::EvaluateArgs>),
    /// One page about a benchmark's results, tables for papers
    Report(Box<report::ReportArgs>),
    /// Takes a tick apart: reward terms, what was seen, what one step of a lever would have changed
    Why(Box<why::WhyArgs>),
    /// Questions about a recorded run: worst, hottest, dearest, first, how long
    Ask(ask::AskArgs),
    /// Explains a run: what was done when, what it goes along with, rules in words, PUE, what it saves
    Explain(explain::ExplainArgs),
    /// What the site could give for the next 15 minutes, found by rolling the plant to its limits
    Headroom(Box<headroom::HeadroomArgs>),
    /// Sweeps of the plant: figures, numbers and findings
    Study(study::StudyArgs),
    /// Where, how often and how nearly agents break their constraints
    Failures(Box<failures::FailuresArgs>),
    /// Pictures, drawings, films, reports and tables of a run or of a recorded log
    Export(Box<export::ExportArgs>),
    /// ONNX policies
    #[cfg(feature = "onnx")]
    #[command(subcommand)]
    Policy(policy::PolicyCommand),
    /// Guided tours: what is on offer, and whether a tour of one's own holds
    Tour(tour::TourArgs),
    /// Pictures from recorded states, without a display
    #[cfg(feature = "app")]
    Shot(Box<shot::ShotArgs>),
}

/// `--record_transitions` and `--record-transitions` are one flag.
fn fold_underscores(argument: OsString) -> OsString {
    let Some(text) = argument.to_str() else { return argument };
    let Some(flag) = text.strip_prefix("--") else { return argument };
    let (name, rest) = flag.find('=').map_or((flag, ""), |at| flag.split_at(at));
    format!("--{}{rest}", name.replace('_', "-")).into()
}

/// Adds a flag for every axis of every plant.
fn with_axes(mut command: clap::Command, world: &World, top: bool) -> clap::Command {
    let mut axes: BTreeMap<String, (String, Vec<String>)> = BTreeMap::new();
    for name in world.plants.names() {
        let Ok(factory) = world.factory(name) else { continue };
        for axis in factory.axes() {
            let entry = axes.entry(axis.name).or_insert_with(|| (axis.doc, Vec::new()));
            entry.1.extend(axis.choices.into_iter().map(|c| c.name));
        }
    }
    let add = |mut c: clap::Command| {
        for (id, slot, optional) in [("macro_agent", "macro", true), ("hardware", "hardware", false)] {
            c = c.mut_arg(id, |arg| arg.help(controllers::help(world, slot, optional)));
        }
        for (name, (doc, choices)) in &axes {
            let help = format!("{doc} [{}]", choices.join(", "));
            c = c.arg(
                Arg::new(name.clone())
                    .long(name.clone())
                    .value_name("NAME")
                    .help(help)
                    .help_heading("Axes of the plant"),
            );
        }
        c
    };
    command = command.mut_subcommand("run", add);
    command = command.mut_subcommand("why", add);
    command = command.mut_subcommand("headroom", add);
    let lists = |mut c: clap::Command| {
        for (name, (doc, choices)) in &axes {
            // The source says `--scenarios`; every axis takes several choices under both forms.
            let help = format!("{doc} [{}]", choices.join(", "));
            let several = Arg::new(name.clone()).long(plural(name)).visible_alias(name.clone()).value_name("NAME");
            c = c.arg(several.num_args(1..).value_delimiter(',').help(help).help_heading("Axes of the plant"));
        }
        c
    };
    command = command.mut_subcommand("benchmark", lists);
    command = command.mut_subcommand("failures", lists);
    command = command.mut_subcommand("export", add);
    if cfg!(feature = "app") {
        command = command.mut_subcommand("shot", add);
        if top {
            command = add(command);
        }
    }
    command
}

/// Name of the flag that takes several choices of an axis.
fn plural(axis: &str) -> String {
    axis.strip_suffix('y').map_or_else(|| format!("{axis}s"), |stem| format!("{stem}ies"))
}

/// The axes that were given, with all choices of each.
fn axis_lists_of(matches: &ArgMatches, world: &World) -> BTreeMap<String, Vec<String>> {
    let mut axes = BTreeMap::new();
    for name in world.plants.names() {
        let Ok(factory) = world.factory(name) else { continue };
        for axis in factory.axes() {
            if let Ok(Some(values)) = matches.try_get_many::<String>(&axis.name) {
                axes.insert(axis.name, values.cloned().collect());
            }
        }
    }
    axes
}

/// The axes that were given.
fn axes_of(matches: &ArgMatches, world: &World) -> BTreeMap<String, String> {
    let mut axes = BTreeMap::new();
    for name in world.plants.names() {
        let Ok(factory) = world.factory(name) else { continue };
        for axis in factory.axes() {
            if let Ok(Some(value)) = matches.try_get_one::<String>(&axis.name) {
                axes.insert(axis.name, value.clone());
            }
        }
    }
    axes
}

/// Writes a line to the standard output. A reader that has gone away (`| head`) is no error.
///
/// # Errors
/// When the output cannot be written.
fn say(text: &str) -> crate::config::Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Error::io(Path::new("standard output"), "write", error))
        }
        _ => Ok(()),
    }
}

/// Writes a line to the standard error. When even that fails, nobody is left to tell.
fn complain(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Runs the program with its arguments (the first is the program's name).
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let world = World::default();
    let arguments = arguments.into_iter().enumerate().map(|(i, a)| if i == 0 { a } else { fold_underscores(a) });
    let matches = match with_axes(Cli::command(), &world, true).try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => {
            // `--help` and `--version` come here too; their code is 0.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(2);
        }
    };
    let given = matches.subcommand().map_or(&matches, |(_, sub)| sub);
    match dispatch(cli, &world, given) {
        Ok(Exit::Good) => ExitCode::SUCCESS,
        Ok(Exit::CheckFailed) => ExitCode::from(1),
        Ok(Exit::SomeLost) => ExitCode::from(3),
        Ok(Exit::Interrupted) => ExitCode::from(130),
        Err(error) => {
            complain(&error.report());
            ExitCode::from(2)
        }
    }
}

fn dispatch(cli: Cli, world: &World, given: &ArgMatches) -> Outcome {
    let axes = || axes_of(given, world);
    match cli.command {
        Some(Command::Run(args)) => run::run(&args, world, &axes()),
        Some(Command::Benchmark(args)) => benchmark::run(&args, world, axis_lists_of(given, world)),
        Some(Command::Verify(args)) => verify::run(&args, world),
        Some(Command::Recover(args)) => recover::run(&args, world),
        Some(Command::Data(command)) => data::run(&command),
        Some(Command::Evaluate(args)) => evaluate::run(&args, world),
        Some(Command::Report(args)) => report::run(&args, world),
        Some(Command::Tour(args)) => tour::run(&args, world),
        Some(Command::Why(args)) => why::run(&args, world, &axes()),
        Some(Command::Ask(args)) => ask::run(&args, world),
        Some(Command::Explain(args)) => explain::run(&args, world),
        Some(Command::Headroom(args)) => headroom::run(&args, world, &axes()),
        Some(Command::Study(args)) => study::run(&args, world),
        Some(Command::Failures(args)) => failures::run(&args, world, &axis_lists_of(given, world)),
        Some(Command::Export(args)) => export::run(&args, world, &axes()),
        #[cfg(feature = "onnx")]
        Some(Command::Policy(command)) => policy::run(&command, world),
        #[cfg(feature = "app")]
        Some(Command::Shot(args)) => shot::run(&args, world, &axes()),
        #[cfg(feature = "app")]
        None => window::main(cli.window, &cli.setup, &axes(), world),
        #[cfg(not(feature = "app"))]
        None => Err(Error::invalid(
            crate::config::Place::source("c2g-twin"),
            "this build has no window",
            "Use `c2g-twin run`, or build with the default features.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        with_axes(Cli::command(), &World::default(), true).debug_assert();
    }

    #[test]
    fn flags_with_underscores_are_the_same_flags() {
        assert_eq!(fold_underscores("--record_transitions".into()), "--record-transitions");
        assert_eq!(fold_underscores("--fixed_action=bess_dispatch=0".into()), "--fixed-action=bess_dispatch=0");
        assert_eq!(fold_underscores("rule_based".into()), "rule_based");
    }
}
