//! Where full batches of rows wait to be sealed, and the thread that seals them.
//!
//! Sealing costs about as much as running the ticks, so that it has a thread of its own. Nobody depends on it: whoever
//! needs the rows sealed, or finds the queue full, takes the next batch itself. Batches leave the queue only while the
//! sealed rows are locked, and therefore are sealed in the order in which they came, whoever does it: what is recorded is
//! the same on every machine.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Select, Sender, TryRecvError, TrySendError, bounded};

use super::chunk::CHUNK_ROWS;
use super::open::Open;
use super::pyramid::Pyramid;

/// Batches that may wait. They stay in the processor's cache, and outlast a short pause of the thread.
const WAITING: usize = 4;

/// Rows, one after another: as many as a chunk has.
type Batch = Vec<f64>;

/// A queue of batches with its thread. Dropping it ends the thread.
#[derive(Debug)]
pub(super) struct Sealing {
    /// `None` only while it is dropped.
    full: Option<Sender<Batch>>,
    /// Batches that were sealed: their memory is used again.
    empty: Receiver<Batch>,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// What the thread and its owner share.
#[derive(Debug)]
struct Shared {
    sealed: Mutex<Sealed>,
    full: Receiver<Batch>,
    empty: Sender<Batch>,
}

/// Sealed rows.
#[derive(Debug)]
struct Sealed {
    pyramid: Pyramid,
    /// Room for the work of sealing; holds no rows in between.
    open: Open,
}

impl Sealing {
    /// Nothing is sealed yet, of rows of so many columns. The thread begins with the first batch.
    pub fn new(columns: usize) -> Self {
        Self::go_on(columns, Pyramid::default())
    }

    /// These rows are sealed already.
    pub fn go_on(columns: usize, pyramid: Pyramid) -> Self {
        let (full, to_seal) = bounded(WAITING);
        let (sealed, empty) = bounded(WAITING);
        let work = Mutex::new(Sealed { pyramid, open: Open::new(columns) });
        let shared = Arc::new(Shared { sealed: work, full: to_seal, empty: sealed });
        Self { full: Some(full), empty, shared, thread: None }
    }

    /// Hands over the rows of a chunk, and returns room for as many.
    pub fn hand_over(&mut self, batch: Batch) -> Batch {
        if self.thread.is_none() {
            let shared = Arc::clone(&self.shared);
            // Without a thread the owner seals everything itself, as soon as the queue is full.
            self.thread = std::thread::Builder::new().name("c2g-recorder".to_owned()).spawn(move || shared.run()).ok();
        }
        let mut handed = Some(batch);
        while let (Some(batch), Some(full)) = (handed.take(), &self.full) {
            if let Err(TrySendError::Full(batch)) = full.try_send(batch) {
                // What it took or found taken makes room for this one.
                let _ = self.shared.seal_next(&mut self.shared.lock());
                handed = Some(batch);
            }
        }
        self.empty.try_recv().unwrap_or_default()
    }

    /// All rows that were handed over, sealed.
    pub fn pyramid(&self) -> Pyramid {
        self.shared.finish().pyramid.clone()
    }

    /// What is sealed by now. Others may wait.
    pub fn look<T>(&self, look: impl FnOnce(&Pyramid) -> T) -> T {
        look(&self.shared.lock().pyramid)
    }

    /// Changes what is sealed by now, without adding or cutting anything.
    pub fn change<T>(&mut self, change: impl FnOnce(&mut Pyramid) -> T) -> T {
        change(&mut self.shared.lock().pyramid)
    }

    /// Forgets the chunk that holds a row and all that came later. Returns so many values of that chunk's first rows,
    /// one row after another.
    pub fn cut(&mut self, row: usize, columns: usize) -> Vec<f64> {
        let cut = self.shared.finish().pyramid.cut(row);
        let strips: Vec<_> = cut.iter().flat_map(|chunk| (0..columns).map(|column| chunk.strip(column))).collect();
        (0..row % CHUNK_ROWS).flat_map(|row| strips.iter().map(move |strip| strip.value(row))).collect()
    }
}

impl Drop for Sealing {
    fn drop(&mut self) {
        drop(self.full.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Sealed> {
        self.sealed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Seals whatever waits.
    fn finish(&self) -> MutexGuard<'_, Sealed> {
        let mut sealed = self.lock();
        while self.seal_next(&mut sealed).is_ok() {}
        sealed
    }

    /// Seals the batch that has waited longest, if one waits.
    fn seal_next(&self, sealed: &mut Sealed) -> Result<(), TryRecvError> {
        let mut batch = self.full.try_recv()?;
        if let Some(chunk) = sealed.open.take(CHUNK_ROWS, &batch) {
            sealed.pyramid.push(chunk);
        }
        batch.clear();
        // Where enough are empty, this one goes.
        let _ = self.empty.try_send(batch);
        Ok(())
    }

    /// What the thread does until its owner is gone.
    fn run(&self) {
        loop {
            // Waits without taking anything: that is done under the lock.
            let mut waiting = Select::new();
            waiting.recv(&self.full);
            waiting.ready();
            if self.seal_next(&mut self.lock()) == Err(TryRecvError::Disconnected) {
                return;
            }
        }
    }
}
