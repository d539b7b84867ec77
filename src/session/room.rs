//! Rows of a log from outside that do not fit into memory: they go to a file and come back when they are looked at.

use std::ops::Range;

use crate::config::{Error, Result};
use crate::record::{Recorder, Spill};

use super::memory::{Held, Memory};

/// Rows that are brought back from the file without looking at messages.
const BROUGHT_ROWS: u64 = 8_192;

/// A budget for the rows of one log, and the file for those beyond it.
#[derive(Debug, Default)]
pub(super) struct Room {
    /// Budget and wishes.
    pub memory: Memory,
    spill: Spill,
}

impl Room {
    /// Lets old rows go to the file where they take more memory than they may. `run` is the log's number, `now` the row
    /// that it stands at.
    ///
    /// # Errors
    /// A file that cannot be made or written: then no more rows go.
    pub fn keep(&mut self, run: u64, now: u64, recorder: &mut Recorder) -> Result<()> {
        let Self { memory, spill } = self;
        let mut failed = None;
        let go = &mut |recorders: &mut [&mut Recorder], bytes: u64, asked: &dyn Fn(usize, u64) -> u64| {
            if let Some(recorder) = recorders.first_mut() {
                failed = spill.shed(recorder, bytes, asked).err();
            }
        };
        memory.keep_by(go, &mut [Held { run, now, recorder }], 0);
        failed.map_or(Ok(()), Err)
    }

    /// Brings rows back from the file. Returns how many came.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn bring(&mut self, recorder: &mut Recorder, rows: &Range<u64>) -> Result<u64> {
        self.spill.bring(recorder, rows)
    }

    /// Brings back some of the rows that charts lack; `None` when nothing is wanted. What cannot be brought is not asked
    /// for again.
    pub fn bring_back(&mut self, recorder: &mut Recorder) -> Option<Option<Error>> {
        let (.., rows) = self.memory.next(&|_| Some(&*recorder))?;
        let end = rows.end.min(rows.start + BROUGHT_ROWS);
        let failed = self.bring(recorder, &(rows.start..end)).err();
        if recorder.missing(rows.start, end).is_empty() {
            self.memory.not_asked();
        } else {
            self.memory.give_up();
        }
        Some(failed)
    }

    /// Forgets the file: the log is read again from its beginning.
    pub fn clear(&mut self) {
        self.spill = Spill::default();
    }
}
