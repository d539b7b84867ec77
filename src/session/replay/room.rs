//! Rows of a log that do not fit into memory: they go to a file and come back when they are played or looked at.

use std::ops::Range;

use crate::record::Recorder;
use crate::session::memory::Held;

use super::Replay;

/// Rows that are brought back from the file without looking at messages.
const BROUGHT_ROWS: u64 = 8_192;

impl Replay {
    /// Lets old rows go to a file where they take more memory than they may.
    pub(super) fn keep_within_budget(&mut self) {
        let Self { memory, spill, recorder, .. } = self;
        let mut failed = None;
        let go = &mut |recorders: &mut [&mut Recorder], bytes: u64, asked: &dyn Fn(usize, u64) -> u64| {
            if let Some(recorder) = recorders.first_mut() {
                failed = spill.shed(recorder, bytes, asked).err();
            }
        };
        memory.keep_by(go, &mut [Held { run: self.number, now: self.tick, recorder }], 0);
        if let Some(error) = failed {
            // What was read so far stays; the rest would take more memory than there may be.
            self.reading = None;
            self.notices.complain(&error);
        }
    }

    /// Brings rows back from the file.
    pub(super) fn bring(&mut self, rows: &Range<u64>) {
        match self.spill.bring(&mut self.recorder, rows) {
            Ok(0) => {}
            Ok(_) => self.all = self.recorder.picture(),
            Err(error) => self.notices.complain(&error),
        }
    }

    /// Brings back some of the rows that charts lack; true when there were some.
    pub(super) fn bring_back(&mut self) -> bool {
        let recorder = &self.recorder;
        let Some((.., rows)) = self.memory.next(&|_| Some(recorder)) else { return false };
        let end = rows.end.min(rows.start + BROUGHT_ROWS);
        self.bring(&(rows.start..end));
        if self.recorder.missing(rows.start, end).is_empty() {
            self.memory.not_asked();
        } else {
            self.memory.give_up();
        }
        self.keep_within_budget();
        self.all = self.recorder.picture();
        true
    }
}
