//! Reads a log beside the clock: rows in batches through a bounded channel, so that the first ones are shown before the
//! last ones are read. A log that is followed is looked at again after its end, and so are the folders of its set.

use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use crate::config::{Error, Place, Result};
use crate::record::{BadRows, Change, Found, Item, Tape, TapeHead, TapeOptions};
use crate::rollout::{LoggedIntervention, World};

use super::set::Watch;

/// Cells of a batch, at most.
const BATCH_CELLS: usize = 1 << 16;

/// Rows of a batch, at most.
const BATCH_ROWS: usize = 256;

/// Batches that may wait.
const WAITING: usize = 16;

/// Time between two looks at a file that was read to its end, and at folders.
const LOOK: Duration = Duration::from_millis(500);

/// Rows are expected for so long after the last ones came.
const EXPECT: Duration = Duration::from_secs(60);

/// Some rows of a log.
#[derive(Debug, Clone, Default)]
pub(super) struct Batch {
    /// The log begins again: its file was cut or replaced. Comes before any rows.
    pub again: Option<Box<TapeHead>>,
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
    /// How it ended, in the last batch; of a log that is followed whenever its end is reached.
    pub end: Option<Ended>,
    /// Whether more rows are expected.
    pub following: bool,
    /// What stands in the folders now, when that has changed.
    pub found: Option<Vec<Found>>,
}

/// How the reading ended.
#[derive(Debug, Clone)]
pub(super) enum Ended {
    /// All was read.
    Whole,
    /// It failed: message and cure.
    Failed(String, String),
}

/// What is needed to follow a log.
pub(super) struct Following {
    /// To open it again.
    pub world: World,
    /// How it was opened.
    pub options: TapeOptions,
    /// Folders of its set.
    pub watch: Option<Watch>,
}

/// A reading in progress. Dropping it stops it.
pub(super) struct Reading {
    pub batches: Receiver<Batch>,
    /// Dropped to stop the thread.
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Reading {
    /// Reads a log to its end on a thread of its own.
    ///
    /// # Errors
    /// When there is no thread.
    pub fn start(tape: Tape) -> Result<Self> {
        Self::spawn(tape, None)
    }

    /// Reads a log and goes on when it grows.
    ///
    /// # Errors
    /// When there is no thread.
    pub fn follow(tape: Tape, following: Following) -> Result<Self> {
        Self::spawn(tape, Some(following))
    }

    fn spawn(tape: Tape, following: Option<Following>) -> Result<Self> {
        let (sender, batches) = bounded(WAITING);
        let (stop, stopped) = bounded(0);
        let mut reader = Reader::new(tape, sender, stopped, following);
        let thread = std::thread::Builder::new().name("c2g-reader".to_owned()).spawn(move || reader.run());
        let thread = thread.map_err(|e| {
            Error::invalid(Place::source("replay"), format!("no thread: {e}"), "Close other programs and try again.")
        })?;
        Ok(Self { batches, stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.stop = None;
        // A reader that waits for room finds the channel closed.
        self.batches = crossbeam_channel::never();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The work of the thread.
struct Reader {
    tape: Tape,
    sender: Sender<Batch>,
    stopped: Receiver<()>,
    following: Option<Following>,
    /// Batches that were sent.
    told: u64,
    /// Rows that were sent.
    rows: u64,
    /// More rows are expected.
    expecting: bool,
    /// When rows came after the end had been reached.
    grown: Instant,
    looked: Instant,
    /// That nothing can be read was told.
    failed: bool,
}

/// Whoever reads is to stop.
struct Stop;

impl Reader {
    fn new(tape: Tape, sender: Sender<Batch>, stopped: Receiver<()>, following: Option<Following>) -> Self {
        let now = Instant::now();
        Self {
            tape,
            sender,
            stopped,
            following,
            told: 0,
            rows: 0,
            expecting: false,
            grown: now,
            looked: now,
            failed: false,
        }
    }

    /// Works until the log ends or, where it is followed, until it is stopped.
    fn run(&mut self) {
        self.tape.set_patient(self.following.is_some());
        loop {
            if self.read().is_err() || self.following.is_none() || self.wait().is_err() {
                return;
            }
        }
    }

    fn is_stopped(&self) -> bool {
        matches!(self.stopped.try_recv(), Err(crossbeam_channel::TryRecvError::Disconnected))
    }

    fn send(&mut self, mut batch: Batch) -> std::result::Result<(), Stop> {
        self.told += 1;
        self.rows += batch.gaps.len() as u64;
        let over = batch.end.is_some();
        batch.progress = if over { 1.0 } else { self.tape.progress() };
        batch.episodes = self.tape.episodes();
        let bad = self.tape.bad();
        batch.bad = (bad.count > 0 && (over || self.told.is_multiple_of(16))).then(|| bad.clone());
        batch.following = self.expecting;
        self.sender.send(batch).map_err(|_| Stop)
    }

    /// Reads to the end of what is there.
    fn read(&mut self) -> std::result::Result<(), Stop> {
        let columns = self.tape.head().schema.len();
        let most = (BATCH_CELLS / columns.max(1)).clamp(1, BATCH_ROWS);
        let mut row = vec![f64::NAN; columns];
        let mut batch = Batch::default();
        loop {
            if self.is_stopped() {
                return Err(Stop);
            }
            match self.tape.next(&mut row) {
                Ok(Some(Item::Input(input))) => {
                    batch.inputs.push(input);
                    continue;
                }
                Ok(Some(item)) => {
                    batch.cells.extend_from_slice(&row);
                    batch.gaps.push(item == Item::Gap);
                }
                Ok(None) => batch.end = Some(Ended::Whole),
                Err(error) => {
                    if self.following.is_some() && std::mem::replace(&mut self.failed, true) {
                        batch.end = Some(Ended::Whole);
                    } else {
                        batch.end = Some(Ended::Failed(error.to_string(), error.cure()));
                    }
                }
            }
            // The very first row is shown at once.
            let over = batch.end.is_some();
            if batch.gaps.len() >= most || self.told == 0 || over {
                if self.following.is_some() && self.looked.elapsed() > LOOK {
                    batch.found = self.look();
                }
                self.expecting |= over && self.tape.is_half();
                self.send(std::mem::take(&mut batch))?;
                if over {
                    return Ok(());
                }
            }
        }
    }

    /// What stands in the folders now, when that has changed.
    fn look(&mut self) -> Option<Vec<Found>> {
        self.looked = Instant::now();
        self.following.as_mut()?.watch.as_mut()?.look()
    }

    /// Waits until there is more to read.
    fn wait(&mut self) -> std::result::Result<(), Stop> {
        loop {
            match self.stopped.recv_timeout(LOOK) {
                Err(RecvTimeoutError::Timeout) => {}
                Ok(()) | Err(RecvTimeoutError::Disconnected) => return Err(Stop),
            }
            if let Some(found) = self.look() {
                self.send(Batch { found: Some(found), ..Batch::default() })?;
            }
            match self.tape.poll() {
                Change::Grown => {
                    (self.grown, self.expecting) = (Instant::now(), true);
                    self.tape.set_patient(true);
                    return Ok(());
                }
                // While it is being written anew there may be nothing to open: later, then.
                Change::Replaced => {
                    if let Some(head) = self.open_again() {
                        (self.grown, self.expecting) = (Instant::now(), true);
                        self.send(Batch { again: Some(Box::new(head)), ..Batch::default() })?;
                        return Ok(());
                    }
                }
                Change::Same if self.tape.quiet() => return Ok(()),
                // Nobody finishes the line: it is taken as it stands. Or there is nothing at all, which is told once.
                Change::Same if self.is_given_up() => {
                    self.tape.set_patient(false);
                    let read = self.read();
                    self.tape.set_patient(true);
                    read?;
                }
                Change::Same => {
                    if self.expecting && self.grown.elapsed() > EXPECT {
                        self.expecting = false;
                        self.send(Batch::default())?;
                    }
                }
            }
        }
    }

    /// Whether there is no use in waiting for the rest of what is there.
    fn is_given_up(&self) -> bool {
        let nothing = self.rows == 0 && !self.failed && (self.tape.bad().count > 0 || self.tape.is_finished());
        nothing || (self.tape.is_half() && self.tape.is_finished())
    }

    fn open_again(&mut self) -> Option<TapeHead> {
        let following = self.following.as_ref()?;
        let path = self.tape.head().path.clone();
        let tape = Tape::open_with(&path, &following.options, &following.world).ok()?;
        self.tape = tape;
        self.tape.set_patient(true);
        (self.rows, self.failed) = (0, false);
        Some(self.tape.head().clone())
    }
}
