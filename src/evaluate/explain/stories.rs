//! The stories of a queue and of a store of energy, told from rows: what came in, what became of it, how much was used.

use crate::plant::{QueueStory, StoreStory};
use crate::signal::SignalId;

use super::frame::Frame;

/// What became of work that may wait, in tasks over the run. `None` where the log does not tell it.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueTold {
    /// Tasks that cannot wait.
    pub fixed: Option<f64>,
    /// Tasks that may.
    pub shiftable: Option<f64>,
    /// Tasks put off.
    pub deferred: Option<f64>,
    /// Waiting tasks that were taken up.
    pub taken_up: Option<f64>,
    /// Overdue tasks that ran because there was room.
    pub forced: Option<f64>,
    /// Tasks that found the queue full and ran at once.
    pub overflow: Option<f64>,
    /// Tasks that still wait at the end (of each episode, together).
    pub left: Option<f64>,
    /// Mean and largest number of tasks that wait.
    pub waiting: Option<(f64, f64)>,
    /// Share of rows on which some were overdue, and the most at once.
    pub overdue: Option<(f64, f64)>,
    /// Oldest age seen, h.
    pub oldest_h: Option<f64>,
    /// Mean number of waiting tasks by age.
    pub ages: Vec<(String, f64)>,
    /// Mean load that arrived and that ran, shares of capacity.
    pub load: Option<(f64, f64)>,
    /// By hour of the day: mean load that arrived, mean load that ran, mean number that wait.
    pub by_hour: [[f64; 3]; 24],
    /// Whether put off and taken up are only known as rises and falls of the queue.
    pub from_queue: bool,
}

/// Tells a queue's story; `None` where the log does not tell how many wait.
pub fn queue(frame: &Frame, story: &QueueStory) -> Option<QueueTold> {
    let waiting = frame.column(story.waiting)?;
    let total = |id: SignalId| frame.total(id, None);
    let mut left = 0.0;
    let (mut up, mut down) = (0.0, 0.0);
    let mut before = (usize::MAX, 0.0);
    for (value, stamp) in waiting.iter().zip(&frame.stamps).filter(|(v, _)| v.is_finite()) {
        if before.0 != stamp.episode {
            left += if before.0 == usize::MAX { 0.0 } else { before.1 };
            // An episode begins with an empty queue (sustaindc 3).
            before = (stamp.episode, 0.0);
        }
        let step = value - before.1;
        if step > 0.0 {
            up += step
        } else {
            down -= step
        }
        before.1 = *value;
    }
    left += before.1;
    let from_queue = frame.column(story.deferred).is_none();
    let (deferred, taken_up) =
        if from_queue { (Some(up), Some(down)) } else { (total(story.deferred), total(story.taken_up)) };
    let mean = |id: SignalId| frame.column(id).map(mean_of);
    let overdue = frame.column(story.overdue).map(|v| {
        let some = v.iter().filter(|v| **v > 0.0).count();
        (some as f64 / v.len().max(1) as f64, highest(v))
    });
    let hours = |id: SignalId| by_hour(frame, id);
    let (arrived, ran, wait) = (hours(story.load.0), hours(story.load.1), hours(story.waiting));
    let mut told = [[f64::NAN; 3]; 24];
    for (cell, ((a, r), w)) in told.iter_mut().zip(arrived.into_iter().zip(ran).zip(wait)) {
        *cell = [a, r, w];
    }
    Some(QueueTold {
        fixed: total(story.fixed),
        shiftable: total(story.shiftable),
        deferred,
        taken_up,
        forced: total(story.forced),
        overflow: total(story.overflow),
        left: Some(left),
        waiting: Some((mean_of(waiting), highest(waiting))),
        overdue,
        oldest_h: frame.column(story.oldest_h).map(highest),
        ages: story.ages.iter().filter_map(|(id, words)| Some((words.clone(), mean(*id)?))).collect(),
        load: mean(story.load.0).zip(mean(story.load.1)),
        by_hour: told,
        from_queue,
    })
}

/// How a store was used.
#[derive(Debug, Clone, PartialEq)]
pub struct StoreTold {
    /// Full cycles: half of all that the state of charge moved by.
    pub cycles: f64,
    /// Share of rows on which no energy moved, 0 to 1.
    pub idle: f64,
    /// Lowest, mean and highest state of charge, 0 to 1.
    pub soc: [f64; 3],
    /// Energy charged and discharged, MWh; `None` where its power is not known.
    pub energy_mwh: Option<(f64, f64)>,
    /// Its capacity, MWh, where that is known.
    pub capacity_mwh: Option<f64>,
    /// Mean state of charge by hour of the day.
    pub by_hour: [f64; 24],
}

/// Power below which a store rests, kW: what is left of rounding in logs of four decimals.
const RESTS_KW: f64 = 1e-3;

/// Tells a store's story; `None` where the log does not tell its charge.
pub fn store(frame: &Frame, story: &StoreStory) -> Option<StoreTold> {
    let soc = frame.column(story.soc)?;
    let mut moved = 0.0;
    let mut before: Option<(usize, f64)> = None;
    let mut still = 0_usize;
    for (value, stamp) in soc.iter().zip(&frame.stamps).filter(|(v, _)| v.is_finite()) {
        if let Some((_, last)) = before.filter(|(e, _)| *e == stamp.episode) {
            moved += (value - last).abs();
            still += usize::from(*value == last);
        }
        before = Some((stamp.episode, *value));
    }
    let hours = f64::from(frame.spec.calendar.tick_s) / 3_600.0 * frame.every as f64;
    let power = frame.column(story.power.0);
    let energy = power.map(|p| {
        let of =
            |sign: f64| p.iter().map(|v| (sign * v * story.power.1).max(0.0)).filter(|v| v.is_finite()).sum::<f64>();
        (of(-1.0) * hours / 1000.0, of(1.0) * hours / 1000.0)
    });
    let idle = match power {
        Some(p) => p.iter().filter(|v| (*v * story.power.1).abs() < RESTS_KW).count(),
        None => still,
    };
    let low = soc.iter().copied().filter(|v| v.is_finite()).fold(f64::INFINITY, f64::min);
    Some(StoreTold {
        cycles: moved / 2.0,
        idle: idle as f64 / soc.len().max(1) as f64,
        soc: [low, mean_of(soc), highest(soc)],
        energy_mwh: energy,
        capacity_mwh: story.capacity.and_then(|(id, k)| Some(frame.column(id)?.iter().rfind(|v| v.is_finite())? * k)),
        by_hour: by_hour(frame, story.soc),
    })
}

/// Mean of the numbers among values.
pub fn mean_of(values: &[f64]) -> f64 {
    let (sum, n) = values.iter().filter(|v| v.is_finite()).fold((0.0, 0_usize), |(s, n), v| (s + v, n + 1));
    sum / n as f64
}

fn highest(values: &[f64]) -> f64 {
    values.iter().copied().filter(|v| v.is_finite()).fold(f64::NEG_INFINITY, f64::max)
}

/// Mean of a column by hour of the day.
pub fn by_hour(frame: &Frame, column: SignalId) -> [f64; 24] {
    let mut sums = [(0.0, 0_usize); 24];
    for (value, stamp) in frame.column(column).unwrap_or_default().iter().zip(&frame.stamps) {
        if let Some(cell) = sums.get_mut((stamp.hour.max(0.0) as usize).min(23)).filter(|_| value.is_finite()) {
            *cell = (cell.0 + value, cell.1 + 1);
        }
    }
    sums.map(|(sum, n)| if n == 0 { f64::NAN } else { sum / n as f64 })
}
