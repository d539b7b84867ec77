//! Rows of a log that do not fit into memory: they go to a file and come back when they are played or looked at.

use std::ops::Range;

use super::Replay;

impl Replay {
    /// Lets old rows go to a file where they take more memory than they may.
    pub(super) fn keep_within_budget(&mut self) {
        if let Err(error) = self.room.keep(self.number, self.tick, &mut self.recorder) {
            // What was read so far stays; the rest would take more memory than there may be.
            self.reading = None;
            self.notices.complain(&error);
        }
    }

    /// Brings rows back from the file.
    pub(super) fn bring(&mut self, rows: &Range<u64>) {
        match self.room.bring(&mut self.recorder, rows) {
            Ok(0) => {}
            Ok(_) => self.all = self.recorder.picture(),
            Err(error) => self.notices.complain(&error),
        }
    }

    /// Brings back some of the rows that charts lack; true when there were some.
    pub(super) fn bring_back(&mut self) -> bool {
        let Some(failed) = self.room.bring_back(&mut self.recorder) else { return false };
        if let Some(error) = failed {
            self.notices.complain(&error);
        }
        self.keep_within_budget();
        self.all = self.recorder.picture();
        true
    }
}
