//! Reads a log beside the clock: rows in batches through a bounded channel, so that the first ones are shown before the
//! last ones are read.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::config::{Error, Place, Result};
use crate::record::{BadRows, Item, Tape};
use crate::rollout::LoggedIntervention;

/// Rows of a batch.
const BATCH_ROWS: usize = 256;

/// Batches that may wait.
const WAITING: usize = 16;

/// Some rows of a log.
#[derive(Debug, Clone, Default)]
pub(super) struct Batch {
    /// Rows one after the other.
    pub cells: Vec<f64>,
    /// For each row, whether it is lacking in the file.
    pub gaps: Vec<bool>,
    /// What was done, with the tick before which it was done.
    pub inputs: Vec<LoggedIntervention>,
    /// Part of the file that has been read, 0 to 1.
    pub progress: f64,
    /// Rows that could not be read so far.
    pub bad: Option<BadRows>,
    /// Episodes in the file.
    pub episodes: usize,
    /// How it ended, in the last batch.
    pub end: Option<Ended>,
}

/// How the reading ended.
#[derive(Debug, Clone)]
pub(super) enum Ended {
    /// All was read.
    Whole,
    /// It failed: message and cure.
    Failed(String, String),
}

/// A reading in progress. Dropping it stops it.
pub(super) struct Reading {
    pub batches: Receiver<Batch>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Reading {
    /// Reads a log on a thread of its own.
    ///
    /// # Errors
    /// When there is no thread.
    pub fn start(tape: Tape) -> Result<Self> {
        let (sender, batches) = bounded(WAITING);
        let stop = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&stop);
        let thread =
            std::thread::Builder::new().name("c2g-reader".to_owned()).spawn(move || read(tape, &sender, &told));
        let thread = thread.map_err(|e| {
            Error::invalid(Place::source("replay"), format!("no thread: {e}"), "Close other programs and try again.")
        })?;
        Ok(Self { batches, stop, thread: Some(thread) })
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // A reader that waits for room finds the channel closed.
        self.batches = crossbeam_channel::never();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn read(mut tape: Tape, sender: &Sender<Batch>, stop: &AtomicBool) {
    let columns = tape.head().schema.len();
    let mut row = vec![f64::NAN; columns];
    let mut batch = Batch::default();
    let mut told = 0;
    while !stop.load(Ordering::Relaxed) {
        match tape.next(&mut row) {
            Ok(Some(Item::Input(input))) => {
                batch.inputs.push(input);
                continue;
            }
            Ok(Some(item)) => {
                batch.cells.extend_from_slice(&row);
                batch.gaps.push(item == Item::Gap);
            }
            Ok(None) => batch.end = Some(Ended::Whole),
            Err(error) => batch.end = Some(Ended::Failed(error.to_string(), error.cure())),
        }
        // The very first row is shown at once.
        let full = batch.gaps.len() >= BATCH_ROWS || told == 0;
        if full || batch.end.is_some() {
            told += 1;
            let over = batch.end.is_some();
            batch.progress = if over { 1.0 } else { tape.progress() };
            batch.episodes = tape.episodes();
            batch.bad = (tape.bad().count > 0 && (over || told % 16 == 0)).then(|| tape.bad().clone());
            if sender.send(std::mem::take(&mut batch)).is_err() || over {
                return;
            }
        }
    }
}
