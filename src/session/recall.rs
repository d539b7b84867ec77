//! Rows of live runs that go when memory is short, and come back when they are looked at.

use super::handle::{Question, Rows};
use super::laid::Laid;
use super::memory::Held;
use super::worker::Live;

impl Live {
    /// Lets old rows go where all runs together, with what is told of them and with snapshots, take more than they may.
    pub fn keep_within_budget(&mut self) {
        let Self { course, others, memory, .. } = self;
        let mut snapshots = 0;
        let mut held = Vec::with_capacity(others.len() + 1);
        for course in std::iter::once(course).chain(others) {
            snapshots += course.history.bytes();
            held.push(Held { run: course.passport.id, now: course.now(), recorder: &mut course.recorder });
        }
        let laid: u64 = self.laid.iter().map(Laid::bytes).sum();
        memory.keep(&mut held, snapshots + laid);
    }

    /// The same for logs that are laid beside: together they may take half the budget, each as much as the others.
    pub fn keep_laid_within_budget(&mut self) {
        let share = self.memory.bytes() / 2 / self.laid.len().max(1) as u64;
        for laid in &mut self.laid {
            laid.keep_within(share, &mut self.notices);
        }
        self.keep_within_budget();
    }

    /// Somebody shows rows of a run, of the shown one where none is named, and lacks some of them.
    pub(super) fn need(&mut self, run: Option<u64>, rows: std::ops::Range<u64>) {
        let run = run.unwrap_or(self.number());
        match self.laid.iter_mut().find(|laid| laid.passport.id == run) {
            Some(laid) => laid.need(rows),
            None => self.memory.need(run, rows),
        }
    }

    /// Asks the second worker for rows that are gone and wanted back.
    pub(super) fn ask_back(&mut self) {
        if self.questions.is_full() {
            return;
        }
        let all = || std::iter::once(&self.course).chain(&self.others);
        let find = |run: u64| all().find(|course| course.passport.id == run);
        let Some((number, run, ticks)) = self.memory.next(&|run| find(run).map(|course| &course.recorder)) else {
            return;
        };
        let question = find(run).and_then(|course| {
            let query = course.history.plan_for(ticks)?.into_query(run);
            Some(Question::of(&course.rollout, query, number))
        });
        let sent = question.map(|question| self.questions.try_send(question));
        if !matches!(sent, Some(Ok(()))) {
            self.memory.not_asked();
        }
    }

    /// Takes in rows that were made again.
    pub(super) fn take_back(&mut self, rows: Rows) {
        let run = rows.run;
        let Self { course, others, memory, .. } = self;
        let mut all = std::iter::once(course).chain(others);
        // A run that was closed needs none any more.
        let Some(course) = all.find(|course| course.passport.id == run) else { return };
        if let Some(error) = memory.take(&mut course.recorder, rows) {
            self.complain(&error);
        }
        self.keep_within_budget();
    }
}
