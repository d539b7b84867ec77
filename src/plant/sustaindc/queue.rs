//! Load shifting: what runs now, what waits, what is too late to wait (sustaindc 3).
//!
//! One task is one hundredth of the data centre for one tick. Tasks that came on the same tick are kept together, so
//! that a queue of a thousand costs no more than the hours it reaches back.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// Utilisation up to which waiting work may be added, in hundredths of the data centre.
const CAPACITY_TASKS: i64 = 90;
/// Age above which a task is overdue, h (strict).
const OVERDUE_H: f64 = 24.0;
/// Upper bounds of the first four age classes, h.
pub const AGE_BOUNDS_H: [f64; 4] = [6.0, 12.0, 18.0, 24.0];

/// What the load-shifting agent may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shift {
    /// The shiftable tasks of this tick wait.
    Defer,
    /// They run as they come.
    Hold,
    /// They run, and waiting ones with them.
    Execute,
}

impl Shift {
    /// The agent's position, in the source's order.
    pub fn from_position(value: f64) -> Self {
        match value as i64 {
            0 => Self::Defer,
            2 => Self::Execute,
            _ => Self::Hold,
        }
    }
}

/// How much may wait.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rules {
    /// Share of the load that may wait, 0 to 1.
    pub flexible_ratio: f64,
    /// Tasks that fit the queue.
    pub queue_max: i64,
}

/// What one tick did with the load.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Shifted {
    /// Utilisation that runs, 0 to 1.
    pub utilisation: f64,
    /// Tasks that cannot wait.
    pub fixed: i64,
    /// Tasks that can.
    pub shiftable: i64,
    /// Tasks that went into the queue.
    pub deferred: i64,
    /// Tasks that found it full: they ran at once, although the source counts them as dropped.
    pub overflow: i64,
    /// Tasks that the agent took out of the queue.
    pub processed: i64,
    /// Overdue tasks that ran by force.
    pub forced: i64,
    /// Overdue tasks before anything ran.
    pub overdue: i64,
}

/// Tasks of one tick.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Cohort {
    came_h: f64,
    tasks: i64,
}

/// Tasks that wait, the oldest first.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Queue {
    cohorts: VecDeque<Cohort>,
    tasks: i64,
}

/// How old the waiting tasks are.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Ages {
    /// The oldest, h.
    pub oldest_h: f64,
    /// Their mean, h.
    pub average_h: f64,
    /// Tasks by age class: up to 6, 12, 18, 24 hours, and older.
    pub classes: [i64; 5],
}

impl Ages {
    /// The classes as the agent sees them: shares of the queue, the last one 1 when anything is in it.
    pub fn histogram(&self, tasks: i64) -> [f64; 5] {
        let mut shares = self.classes.map(|c| c as f64 / tasks.max(1) as f64);
        if let Some(last) = shares.last_mut() {
            *last = if *last > 0.0 { 1.0 } else { 0.0 };
        }
        shares
    }
}

impl Queue {
    /// A queue that can hold so many ticks without asking for memory.
    pub fn with_capacity(ticks: usize) -> Self {
        Self { cohorts: VecDeque::with_capacity(ticks), tasks: 0 }
    }

    /// Tasks that wait.
    pub fn len(&self) -> i64 {
        self.tasks
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.tasks == 0
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.cohorts.clear();
        self.tasks = 0;
    }

    fn push(&mut self, came_h: f64, tasks: i64) {
        if tasks > 0 {
            self.cohorts.push_back(Cohort { came_h, tasks });
            self.tasks += tasks;
        }
    }

    /// Takes the oldest tasks out.
    fn pop(&mut self, mut tasks: i64) {
        while tasks > 0 {
            let Some(front) = self.cohorts.front_mut() else { return };
            let part = front.tasks.min(tasks);
            front.tasks -= part;
            tasks -= part;
            self.tasks -= part;
            if front.tasks == 0 {
                self.cohorts.pop_front();
            }
        }
    }

    fn overdue(&self, now_h: f64) -> i64 {
        self.cohorts.iter().take_while(|c| now_h - c.came_h > OVERDUE_H).map(|c| c.tasks).sum()
    }

    /// How old the tasks are at a time in hours (24 · day + hour).
    pub fn ages(&self, now_h: f64) -> Ages {
        let mut ages = Ages::default();
        let Some(first) = self.cohorts.front() else { return ages };
        ages.oldest_h = now_h - first.came_h;
        let mut sum = 0.0;
        for cohort in &self.cohorts {
            let age = now_h - cohort.came_h;
            sum += age * cohort.tasks as f64;
            let class = AGE_BOUNDS_H.iter().position(|&bound| age < bound).unwrap_or(AGE_BOUNDS_H.len());
            if let Some(count) = ages.classes.get_mut(class) {
                *count += cohort.tasks;
            }
        }
        ages.average_h = sum / self.tasks.max(1) as f64;
        ages
    }

    /// One tick: the load `workload` (0 to 1) arrives at `now_h` and the agent decides about it.
    pub fn step(&mut self, now_h: f64, workload: f64, action: Shift, rules: &Rules) -> Shifted {
        let f = rules.flexible_ratio;
        // Evaluated from left to right, as the source does: another order rounds to other tasks.
        let fixed = libm::ceil(workload * (1.0 - f) * 100.0) as i64;
        let shiftable = libm::floor(workload * f * 100.0) as i64;
        let overdue = self.overdue(now_h);
        let room = CAPACITY_TASKS - (fixed + shiftable);
        let forced = if room > 0 { overdue.min(room) } else { 0 };
        self.pop(forced);
        let room = CAPACITY_TASKS - (fixed + shiftable + forced);
        let mut out = Shifted { fixed, shiftable, forced, overdue, ..Shifted::default() };
        let running = match action {
            Shift::Defer => {
                out.deferred = shiftable.min(rules.queue_max - self.tasks).max(0);
                out.overflow = shiftable - out.deferred;
                self.push(now_h, out.deferred);
                forced + shiftable - out.deferred
            }
            Shift::Execute if room >= 1 => {
                out.processed = shiftable.min(room).min(self.tasks);
                self.pop(out.processed);
                shiftable + out.processed + forced
            }
            Shift::Hold | Shift::Execute => shiftable + forced,
        };
        // Two divisions, as in the source: their sum is rounded once more than that of the tasks.
        out.utilisation = running as f64 / 100.0 + fixed as f64 / 100.0;
        out
    }
}
