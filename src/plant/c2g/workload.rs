//! Workload: three traces become rack power; batch work queues behind the throttle (core 2).

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::params::Stream;

/// Power of a rack group in kW at utilisation `u`, which is clamped to 0..1 (core 2.2).
pub fn stream_power_kw(stream: &Stream, rack_max_kw: f64, u: f64) -> f64 {
    let u = u.clamp(0.0, 1.0);
    stream.racks * (stream.idle_kw + (rack_max_kw - stream.idle_kw) * libm::pow(u, stream.exponent))
}

/// One record of the traces, turned into power.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Demand {
    /// Rigid power in zone A (GenAI), kW.
    pub base_a_kw: f64,
    /// Rigid power in zone B (recommendation), kW.
    pub base_b_kw: f64,
    /// Batch work that arrives on each tick of the record, kW.
    pub arrived_kw: f64,
    /// Whether GenAI duty is above the spike threshold.
    pub is_spike: bool,
}

/// What one tick of the queue gave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Served {
    /// Batch work served, kW.
    pub served_kw: f64,
    /// Batch work left waiting, kW.
    pub backlog_kw: f64,
    /// Average delay by Little's law, in ticks (core 2.3 step 7).
    pub avg_delay_ticks: f64,
    /// Age of the oldest work still waiting, in ticks; 0 when nothing waits.
    pub oldest_age_ticks: f64,
}

/// Work that arrived during one stretch of ticks, oldest first in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Cohort {
    arrived_at_tick: u64,
    waiting_kw: f64,
}

/// The batch queue: first in, first out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Queue {
    /// Work waiting, kW.
    pub backlog_kw: f64,
    /// Sum over ticks of the backlog before arrivals, kW·ticks.
    delay_acc: f64,
    /// Work served since reset, kW·ticks.
    served_total_kw: f64,
    /// What waits, by time of arrival. Arrivals of one record share an entry, so that a starved day stays small.
    cohorts: VecDeque<Cohort>,
}

/// What rounding may leave of a cohort that is served: no work, and nothing that grows old, kW.
const CRUMB_KW: f64 = 1e-6;

/// Cohorts for which room is made at once: two days of five-minute records.
const COHORT_ROOM: usize = 576;

impl Default for Queue {
    fn default() -> Self {
        Self { backlog_kw: 0.0, delay_acc: 0.0, served_total_kw: 0.0, cohorts: VecDeque::with_capacity(COHORT_ROOM) }
    }
}

impl Queue {
    /// Takes in arrivals and serves up to `capacity_kw` (core 2.3 steps 4 to 7).
    ///
    /// `record_begins` says that this tick opens a new record; its arrivals form a cohort of their own.
    pub fn step(&mut self, tick: u64, record_begins: bool, arrived_kw: f64, capacity_kw: f64) -> Served {
        self.delay_acc += self.backlog_kw;
        let before = self.backlog_kw;
        self.backlog_kw += arrived_kw;
        let served_kw = self.backlog_kw.min(capacity_kw);
        self.backlog_kw -= served_kw;
        self.served_total_kw += served_kw;
        self.age_cohorts(tick, record_begins, before, arrived_kw, served_kw);
        let avg_delay_ticks = if self.served_total_kw > 0.0 { self.delay_acc / self.served_total_kw } else { 0.0 };
        let oldest_age_ticks = self.cohorts.front().map_or(0.0, |c| tick.saturating_sub(c.arrived_at_tick) as f64);
        Served { served_kw, backlog_kw: self.backlog_kw, avg_delay_ticks, oldest_age_ticks }
    }

    fn age_cohorts(&mut self, tick: u64, record_begins: bool, before_kw: f64, arrived_kw: f64, served_kw: f64) {
        if self.backlog_kw <= 0.0 {
            self.cohorts.clear();
            return;
        }
        let from_waiting = served_kw.min(before_kw);
        let mut left = from_waiting;
        while left > 0.0 {
            let Some(front) = self.cohorts.front_mut() else { break };
            if front.waiting_kw <= left + CRUMB_KW {
                left -= front.waiting_kw;
                self.cohorts.pop_front();
            } else {
                front.waiting_kw -= left;
                left = 0.0;
            }
        }
        let fresh = arrived_kw - (served_kw - from_waiting);
        if fresh <= 0.0 {
            return;
        }
        match self.cohorts.back_mut() {
            Some(back) if !record_begins => back.waiting_kw += fresh,
            _ => self.cohorts.push_back(Cohort { arrived_at_tick: tick, waiting_kw: fresh }),
        }
    }

    /// Empties the queue and its counters, keeping the room that was made.
    pub fn clear(&mut self) {
        self.backlog_kw = 0.0;
        self.delay_acc = 0.0;
        self.served_total_kw = 0.0;
        self.cohorts.clear();
    }

    /// Sum of what the cohorts hold, kW: equal to the backlog but for rounding.
    pub fn cohort_sum_kw(&self) -> f64 {
        self.cohorts.iter().map(|c| c.waiting_kw).sum()
    }
}

/// Power of every record, computed once.
#[derive(Debug, Clone, Default)]
pub struct WorkloadTable {
    /// Raw trace values per record: batch GPU-milli, GenAI duty in percent, recommendation GPUs.
    pub raw: Vec<[f64; 3]>,
    /// The same as power.
    pub demand: Vec<Demand>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_throttle_serves_at_once() {
        let mut queue = Queue::default();
        let served = queue.step(0, true, 9_600.0, 90_000.0);
        assert_eq!(served.served_kw, 9_600.0);
        assert_eq!(served.backlog_kw, 0.0);
        assert_eq!(served.oldest_age_ticks, 0.0);
    }

    #[test]
    fn the_oldest_work_is_served_first() {
        let mut queue = Queue::default();
        queue.step(0, true, 100.0, 0.0);
        queue.step(1, true, 50.0, 0.0);
        let third = queue.step(2, true, 10.0, 120.0);
        assert_eq!(third.served_kw, 120.0);
        assert_eq!(third.backlog_kw, 40.0);
        assert_eq!(third.oldest_age_ticks, 1.0, "the work of tick 0 is gone, that of tick 1 is next");
        assert_eq!(queue.cohort_sum_kw(), 40.0);
    }

    #[test]
    fn rounding_leaves_no_crumb_that_grows_old() {
        let mut queue = Queue::default();
        queue.step(0, true, 17_513.384_034_551_396, 5_837.066_821_215_214);
        queue.step(1, false, 17_513.384_034_551_396, 27_458.056_692_949_158);
        let served = queue.step(2, true, 18_510.986_589_767_082, 12_809.778_264_069_106);
        assert_eq!(served.oldest_age_ticks, 0.0, "all work that came before this tick is served");
    }

    #[test]
    fn starving_fills_one_cohort_a_record() {
        let mut queue = Queue::default();
        for tick in 0..120 {
            queue.step(tick, tick % 60 == 0, 9_600.0, 0.0);
        }
        assert_eq!(queue.cohorts.len(), 2);
        assert!((queue.cohort_sum_kw() - queue.backlog_kw).abs() < 1e-6);
    }
}
