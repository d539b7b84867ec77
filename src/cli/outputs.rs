//! What `run` writes along. One output that fails leaves the others going; a thread brings everything to the disk at
//! least once a second, also while a tick takes long.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use clap::Args;

use crate::config::{Error, Place, Result};
use crate::record::{EvaluationOrder, EvaluationWriter, LogHeader, LogWriter, ParquetWriter, TransitionWriter};
use crate::rollout::{Intervention, Rollout};

use super::complain;

/// Flags that name files of rows.
#[derive(Debug, Args)]
pub struct OutputArgs {
    /// Writes the full log, a CSV that `verify` runs again
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    log: Option<PathBuf>,
    /// Writes the columns of the log as Parquet, its header as key-value metadata. The file is whole only when the run
    /// ends (also by Ctrl-C) and is called FILE.part until then; what is killed leaves nothing that can be read: for that
    /// there is --log
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    parquet: Option<PathBuf>,
    /// Writes transition CSVs to DIR/<agent>_<scenario>_<type>/episode0.csv
    #[arg(long, value_name = "DIR", num_args = 0..=1, default_missing_value = "runs", help_heading = "Output")]
    record_transitions: Option<PathBuf>,
    /// Writes SustainDC's evaluation log to DIR/all_agents_episode_1.csv
    #[arg(long, value_name = "DIR", num_args = 0..=1, default_missing_value = "runs/evaluation_data", help_heading = "Output")]
    evaluation_data: Option<PathBuf>,
}

/// Between two looks at what waits for the disk; the writers themselves wait 0.8 s.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// One output.
enum Output {
    Log(LogWriter),
    Parquet(Box<ParquetWriter>),
    Transitions(TransitionWriter),
    Evaluation(EvaluationWriter),
}

impl Output {
    fn input(&mut self, tick: u64, what: &Intervention) -> Result<()> {
        match self {
            Self::Log(log) => log.input(tick, what),
            Self::Parquet(parquet) => parquet.input(tick, what),
            Self::Transitions(_) | Self::Evaluation(_) => Ok(()),
        }
    }

    fn tick(&mut self, rollout: &Rollout) -> Result<()> {
        match self {
            Self::Log(log) => log.row(rollout.tick() - 1, rollout.row()),
            Self::Parquet(parquet) => parquet.row(rollout.tick() - 1, rollout.row()),
            Self::Transitions(transitions) => transitions.tick(rollout),
            Self::Evaluation(evaluation) => evaluation.tick(rollout),
        }
    }

    fn flush_if_due(&mut self) -> Result<()> {
        match self {
            Self::Log(log) => log.flush_if_due(),
            Self::Parquet(_) => Ok(()),
            Self::Transitions(transitions) => transitions.flush_if_due(),
            Self::Evaluation(evaluation) => evaluation.flush_if_due(),
        }
    }

    fn finish(self) -> Result<()> {
        match self {
            Self::Log(log) => log.finish(),
            Self::Parquet(parquet) => parquet.finish(),
            Self::Transitions(mut transitions) => transitions.flush(),
            Self::Evaluation(evaluation) => evaluation.finish().map(drop),
        }
    }
}

/// The outputs that are left, and what happened to the first one that failed.
#[derive(Default)]
struct Open {
    outputs: Vec<Output>,
    failed: Option<Error>,
}

impl Open {
    /// Does something with every output; those that fail are given up.
    fn each(&mut self, mut deed: impl FnMut(&mut Output) -> Result<()>) {
        let mut errors = Vec::new();
        self.outputs.retain_mut(|output| deed(output).map_err(|error| errors.push(error)).is_ok());
        for error in errors {
            self.give_up(error);
        }
    }

    fn give_up(&mut self, error: Error) {
        if !self.outputs.is_empty() {
            complain(&format!("warning: {error}; the other outputs go on"));
        }
        self.failed.get_or_insert(error);
    }
}

/// All outputs of a run.
#[derive(Default)]
pub(super) struct Outputs {
    open: Mutex<Open>,
    done: AtomicBool,
}

impl Outputs {
    /// Creates the files.
    ///
    /// # Errors
    /// Files that cannot be created, names that cannot be meant.
    pub fn create(args: &OutputArgs, rollout: &Rollout) -> Result<Self> {
        let refuse = |flag: &str, what: &str, cure: &str| Err(Error::invalid(Place::source(flag), what, cure));
        if args.log.is_some() && args.log == args.parquet {
            return refuse("--parquet", "the log goes to the same file", "Give the two files different names.");
        }
        let parquet_name = |path: &PathBuf| path.extension().is_some_and(|e| e.eq_ignore_ascii_case("parquet"));
        if args.log.as_ref().is_some_and(parquet_name) {
            return refuse("--log", "the log is a CSV, and its name says Parquet", "Use --parquet FILE for that.");
        }
        let mut outputs = Vec::new();
        if let Some(path) = &args.log {
            outputs.push(Output::Log(LogWriter::create(path, &LogHeader::of(rollout))?));
        }
        if let Some(path) = &args.parquet {
            outputs.push(Output::Parquet(Box::new(ParquetWriter::create(path, &LogHeader::of(rollout))?)));
        }
        if let Some(dir) = &args.record_transitions {
            outputs.push(Output::Transitions(TransitionWriter::create(dir, rollout)?));
        }
        if let Some(dir) = &args.evaluation_data {
            let order = EvaluationOrder::Evaluation;
            outputs.push(Output::Evaluation(EvaluationWriter::create(dir, rollout, order)?));
        }
        Ok(Self { open: Mutex::new(Open { outputs, failed: None }), done: AtomicBool::new(false) })
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        // Whoever panicked with the lock left the list as it was before or after its deed.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes an intervention that is applied before the next row.
    pub fn input(&self, tick: u64, what: &Intervention) {
        self.open().each(|output| output.input(tick, what));
    }

    /// Takes in the tick that the rollout has just run; false when the last output failed and nobody is left to run for.
    pub fn tick(&self, rollout: &Rollout) -> bool {
        let mut open = self.open();
        open.each(|output| output.tick(rollout));
        open.failed.is_none() || !open.outputs.is_empty()
    }

    /// Runs something while a thread of its own brings what waits to the disk.
    pub fn flushed_while<T>(&self, work: impl FnOnce() -> T) -> T {
        std::thread::scope(|scope| {
            let flusher = scope.spawn(|| {
                while !self.done.load(Ordering::Acquire) {
                    self.open().each(Output::flush_if_due);
                    std::thread::park_timeout(LOOK_EVERY);
                }
            });
            let result = work();
            self.done.store(true, Ordering::Release);
            flusher.thread().unpark();
            result
        })
    }

    /// Closes everything that is left.
    ///
    /// # Errors
    /// What happened to the first output that failed, now or before.
    pub fn finish(self) -> Result<()> {
        let mut open = self.open.into_inner().unwrap_or_else(PoisonError::into_inner);
        while !open.outputs.is_empty() {
            let output = open.outputs.remove(0);
            if let Err(error) = output.finish() {
                open.give_up(error);
            }
        }
        open.failed.map_or(Ok(()), Err)
    }
}
