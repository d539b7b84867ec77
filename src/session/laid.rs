//! A recorded log beside the runs, to compare with: all of its rows, none of its time.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use crate::config::Result;
use crate::plant::MetricBank;
use crate::record::{Divergence, LogKind, Provenance, Recorder, Recording, Tape, TapeHead};
use crate::rollout::{Schema, World};

use super::beside::{RunEntry, RunKind};
use super::course::Passport;
use super::notices::Notices;
use super::reader::{Ended, Reading};
use super::room::Room;
use super::view::NoticeKind;

/// A log that is laid beside the runs.
pub(super) struct Laid {
    pub passport: Passport,
    head: TapeHead,
    reading: Option<Reading>,
    progress: f64,
    recorder: Recorder,
    /// Rows that do not fit into memory, and how much they may take.
    room: Room,
    metrics: MetricBank,
    /// Metrics that the log cannot tell.
    untold: Vec<bool>,
    compared: Compared,
}

/// How far a log was compared with a run.
#[derive(Debug, Clone, Copy, Default)]
struct Compared {
    /// Number of the run.
    run: u64,
    rows: u64,
    differs_at: Option<u64>,
}

/// Rows of a log that are compared at a time: the worker has other things to do.
const MOST_COMPARED: u64 = 65_536;

impl Laid {
    /// Begins to read a log.
    ///
    /// # Errors
    /// As [`Tape::open`].
    pub fn open(world: &World, path: &Path, passport: Passport) -> Result<Self> {
        let tape = Tape::open(path, 0, world)?;
        let head = tape.head().clone();
        let lacking = |s: &usize| !matches!(head.provenance.get(*s), Some(Provenance::Logged(_) | Provenance::Derived));
        let untold = head.spec.metrics.iter().map(|m| m.fold.signals().iter().chain(&m.when).any(lacking)).collect();
        Ok(Self {
            passport,
            reading: Some(Reading::start(tape)?),
            progress: 0.0,
            recorder: Recorder::new(head.schema.len()),
            room: Room::default(),
            metrics: MetricBank::new(&head.spec.metrics),
            untold,
            compared: Compared::default(),
            head,
        })
    }

    /// Whether it is still being read, or rows are still to come back.
    pub fn reads(&self) -> bool {
        self.reading.is_some() || self.room.memory.wants()
    }

    /// Memory that its rows take, bytes.
    pub fn bytes(&self) -> u64 {
        self.recorder.bytes()
    }

    /// Lets rows go to a file where they take more than so many bytes.
    pub fn keep_within(&mut self, bytes: u64, notices: &mut Notices) {
        if self.room.memory.bytes() != bytes {
            self.room.memory.set(bytes);
        }
        if let Err(error) = self.room.keep(self.passport.id, self.recorder.rows(), &mut self.recorder) {
            // What was read so far stays; the rest would take more memory than there may be.
            self.reading = None;
            notices.complain(&error);
        }
    }

    /// Somebody shows these rows and lacks some of them.
    pub fn need(&mut self, rows: Range<u64>) {
        self.room.memory.need(self.passport.id, rows);
    }

    /// Brings back some of the rows that charts lack; true when there were some.
    pub fn bring_back(&mut self, notices: &mut Notices) -> bool {
        let Some(failed) = self.room.bring_back(&mut self.recorder) else { return false };
        if let Some(error) = failed {
            notices.complain(&error);
        }
        true
    }

    /// Takes in rows that were read; true when there were some.
    pub fn take_in(&mut self, notices: &mut Notices) -> bool {
        let columns = self.head.schema.len().max(1);
        let mut some = false;
        while let Some(batch) = self.reading.as_ref().and_then(|r| r.batches.try_recv().ok()) {
            some = true;
            for (row, gap) in batch.cells.chunks_exact(columns).zip(&batch.gaps) {
                self.recorder.push(row);
                if !gap {
                    self.metrics.push(&self.head.spec.metrics, row);
                }
            }
            self.progress = batch.progress;
            match batch.end {
                None => {}
                Some(Ended::Whole) => self.reading = None,
                Some(Ended::Failed(text, cure)) => {
                    self.reading = None;
                    notices.tell(NoticeKind::Error, &text, &cure);
                }
            }
        }
        some
    }

    /// Looks on where it begins to differ from the shown run. Only a full log can tell: the others round their numbers,
    /// and say nothing of most columns.
    pub fn compare(&mut self, run: u64, plant: &str, schema: &Schema, rows: &Recording) {
        if self.head.kind != LogKind::Full || self.head.spec.name != plant || self.head.schema.len() != schema.len() {
            return;
        }
        // Another run is shown, or the same was begun again.
        if self.compared.run != run || self.compared.rows > rows.rows() {
            self.compared = Compared { run, ..Compared::default() };
        }
        if self.compared.differs_at.is_some() {
            return;
        }
        let from = self.compared.rows;
        let to = rows.rows().min(self.recorder.rows()).min(from + MOST_COMPARED);
        let pairs: Vec<(usize, usize)> = (0..schema.len()).map(|c| (c, c)).collect();
        match rows.first_difference(&self.recorder.picture(), &pairs, from, to) {
            Divergence::At(found) => self.compared.differs_at = Some(found.row),
            Divergence::Nowhere => self.compared.rows = to.max(from),
            Divergence::Gone(rows) => self.compared.rows = rows.start.max(from),
        }
    }

    /// As the window lists it.
    pub fn entry(&self) -> RunEntry {
        let spec = Arc::clone(&self.head.spec);
        let metric =
            |(m, untold): (usize, &bool)| if *untold { f64::NAN } else { self.metrics.value(&spec.metrics, m) };
        let controllers: Vec<&str> = self.head.controllers.iter().flatten().map(String::as_str).collect();
        RunEntry {
            id: self.passport.id,
            name: self.passport.name.clone(),
            colour: self.passport.colour,
            kind: RunKind::Log,
            parent: None,
            branched_at: 0,
            race: None,
            schema: Arc::clone(&self.head.schema),
            controllers: controllers.join(" + "),
            recording: self.recorder.picture(),
            reach: self.recorder.rows(),
            metrics: self.untold.iter().enumerate().map(metric).collect(),
            end: None,
            differs_at: self.compared.differs_at,
            reading: self.reading.as_ref().map(|_| self.progress),
            spec,
        }
    }
}
