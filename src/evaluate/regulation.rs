//! How well a response followed a regulation request, by a named and versioned definition.
//!
//! Markets change their rules; a score without its definition says nothing. [`ScoreDefinition`] names one, and its
//! caption belongs on screen beside every number made by it.

use std::ops::RangeInclusive;

use crate::record::Recording;
use crate::signal::SignalId;

/// Length of a scored block, s.
const BLOCK_S: f64 = 300.0;

/// Longest delay that is looked for, and the response that a block needs after its end, s.
const LONGEST_DELAY_S: f64 = 300.0;

/// Wanted distance of samples, s.
const SAMPLE_S: f64 = 10.0;

/// Blocks of an hour.
const HOUR_BLOCKS: u64 = 12;

/// Fewest samples a block must have for a correlation that means something.
const FEWEST_SAMPLES: usize = 10;

/// Mean size of the request below which nothing was asked for, in the request's unit.
const NOTHING_ASKED: f64 = 1e-9;

/// Standard deviation over mean size below which a signal counts as flat. The manual does not give its threshold.
const FLAT_FRAC: f64 = 0.01;

/// A definition of the score. New rules become new variants; what a variant computes never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum ScoreDefinition {
    /// PJM Manual 12 before the redesign of 2025, sections 4.4.6 and 4.5.6, in blocks of five minutes.
    ///
    /// Ten-second samples. *Correlation* is Pearson's between the request and the response shifted by 0 to 5 minutes;
    /// *delay* is 1 − shift / 5 min; the shift with the largest sum of both is taken (joint argmax, no allowance for
    /// propagation). *Precision* is 1 − mean |response − request| / mean |request| without shift. Each lies in 0..1, the
    /// composite is their mean.
    ///
    /// Where the manual leaves something open: a block in which nothing was asked has no score; a response that does
    /// not correlate earns neither correlation nor delay; a flat request is compared by its slope, 1 − the difference
    /// of both changes over the block / mean |request|.
    #[default]
    PjmM12LegacyJointArgmax,
}

impl ScoreDefinition {
    /// Stable name with its version, for files.
    pub fn name(self) -> &'static str {
        match self {
            Self::PjmM12LegacyJointArgmax => "pjm_m12_legacy_joint_argmax_v1",
        }
    }

    /// The definition in one line, for the screen.
    pub fn caption(self) -> &'static str {
        match self {
            Self::PjmM12LegacyJointArgmax => {
                "M12 legacy · joint argmax(corr + delay) · 5-min blocks · precision ÷ mean |request|"
            }
        }
    }

    /// How the definition divides time at a tick length; `None` where ticks are too long for it.
    pub fn timing(self, tick_s: u32) -> Option<Timing> {
        let tick_s = f64::from(tick_s.max(1));
        let sample_ticks = (SAMPLE_S / tick_s).round().max(1.0);
        let sample_s = sample_ticks * tick_s;
        let samples = (BLOCK_S / sample_s).round() as usize;
        (samples >= FEWEST_SAMPLES).then_some(Timing {
            sample_ticks: sample_ticks as u64,
            sample_s,
            samples,
            shifts: (LONGEST_DELAY_S / sample_s).round() as usize,
        })
    }

    /// Scores one block. `request` holds its samples, `response` the samples from the same instant on for the block and
    /// the longest delay after it: `samples` and `samples + shifts` of [`Timing`].
    ///
    /// `None` where something is no number, is missing, or nothing was asked for.
    pub fn score(self, request: &[f64], response: &[f64], sample_s: f64) -> Option<Parts> {
        let samples = request.len();
        let shifts = response.len().checked_sub(samples)?;
        if samples < 2 || !request.iter().chain(response).all(|v| v.is_finite()) {
            return None;
        }
        let size = mean(request.iter().map(|v| v.abs()));
        if size < NOTHING_ASKED {
            return None;
        }
        let error = mean(request.iter().zip(response).map(|(asked, gave)| (gave - asked).abs()));
        let precision = (1.0 - error / size).clamp(0.0, 1.0);
        let mut best = Parts { correlation: 0.0, delay: 0.0, precision, delay_s: 0.0 };
        for shift in 0..=shifts {
            let shifted = response.get(shift..shift + samples)?;
            let correlation = likeness(request, shifted, size);
            let delay_s = shift as f64 * sample_s;
            let delay = (1.0 - delay_s / LONGEST_DELAY_S).clamp(0.0, 1.0);
            // Only a response that follows at all has a delay; of equals the earliest counts.
            if correlation > 0.0 && correlation + delay > best.correlation + best.delay {
                best = Parts { correlation, delay, delay_s, ..best };
            }
        }
        Some(best)
    }
}

/// How a definition divides time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timing {
    /// Ticks between two samples.
    pub sample_ticks: u64,
    /// Seconds between two samples.
    pub sample_s: f64,
    /// Samples of a block.
    pub samples: usize,
    /// Longest delay that is looked for, samples.
    pub shifts: usize,
}

impl Timing {
    /// Ticks of a block.
    pub fn block_ticks(&self) -> u64 {
        self.samples as u64 * self.sample_ticks
    }

    /// Number of the last block that can be scored after so many ticks: its longest delay must have passed.
    pub fn last_block(&self, tick: u64) -> Option<u64> {
        let wait = self.shifts as u64 * self.sample_ticks;
        (tick.checked_sub(wait)? / self.block_ticks().max(1)).checked_sub(1)
    }
}

/// The three parts of a score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parts {
    /// How alike response and request are, 0..1.
    pub correlation: f64,
    /// How soon the response came, 0..1.
    pub delay: f64,
    /// How close it came, 0..1.
    pub precision: f64,
    /// The delay that was found, s.
    pub delay_s: f64,
}

impl Parts {
    /// Mean of the three parts.
    pub fn composite(&self) -> f64 {
        (self.correlation + self.delay + self.precision) / 3.0
    }
}

/// The score of a block, or the mean of several.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// How alike response and request are, 0..1.
    pub correlation: f64,
    /// How soon the response came, 0..1.
    pub delay: f64,
    /// How close it came, 0..1.
    pub precision: f64,
    /// Mean of the three.
    pub composite: f64,
    /// The delay that was found, s.
    pub delay_s: f64,
    /// First tick that is scored.
    pub block_from_tick: u64,
    /// Tick behind the last one that is scored.
    pub block_to_tick: u64,
}

/// The signals that are held against each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Pair {
    /// What was asked for.
    pub request: SignalId,
    /// What was given.
    pub response: SignalId,
}

/// Scores a block of a recording; blocks count from the first row. `None` where it has no score.
pub fn score_block(
    definition: ScoreDefinition,
    recording: &Recording,
    pair: Pair,
    tick_s: u32,
    block: u64,
) -> Option<Score> {
    let timing = definition.timing(tick_s)?;
    let from = block.checked_mul(timing.block_ticks())?;
    let read = |column: SignalId, count: usize| -> Vec<f64> {
        (0..count as u64).map(|k| recording.value(from + k * timing.sample_ticks, column)).collect()
    };
    let request = read(pair.request, timing.samples);
    let response = read(pair.response, timing.samples + timing.shifts);
    let parts = definition.score(&request, &response, timing.sample_s)?;
    Some(Score {
        correlation: parts.correlation,
        delay: parts.delay,
        precision: parts.precision,
        composite: parts.composite(),
        delay_s: parts.delay_s,
        block_from_tick: from,
        block_to_tick: from + timing.block_ticks(),
    })
}

/// Scores the last complete block after `tick` ticks. It ends up to five minutes earlier: the response to its last
/// request may come so late. Worth calling again when [`Timing::last_block`] changes.
pub fn last_score(
    definition: ScoreDefinition,
    recording: &Recording,
    pair: Pair,
    tick_s: u32,
    tick: u64,
) -> Option<Score> {
    let block = definition.timing(tick_s)?.last_block(tick)?;
    score_block(definition, recording, pair, tick_s, block)
}

/// Mean over the hour that ends with the last complete block; `None` before there is a whole hour, or where none of its
/// blocks has a score. Blocks in which nothing was asked do not count.
pub fn last_hour(
    definition: ScoreDefinition,
    recording: &Recording,
    pair: Pair,
    tick_s: u32,
    tick: u64,
) -> Option<Score> {
    let timing = definition.timing(tick_s)?;
    let last = timing.last_block(tick)?;
    let blocks: RangeInclusive<u64> = (last + 1).checked_sub(HOUR_BLOCKS)?..=last;
    let ticks = (*blocks.start() * timing.block_ticks(), (last + 1) * timing.block_ticks());
    let scores: Vec<Score> = blocks.filter_map(|b| score_block(definition, recording, pair, tick_s, b)).collect();
    if scores.is_empty() {
        return None;
    }
    let mean = |part: fn(&Score) -> f64| mean(scores.iter().map(part));
    Some(Score {
        correlation: mean(|s| s.correlation),
        delay: mean(|s| s.delay),
        precision: mean(|s| s.precision),
        composite: mean(|s| s.composite),
        delay_s: mean(|s| s.delay_s),
        block_from_tick: ticks.0,
        block_to_tick: ticks.1,
    })
}

/// Scores of all blocks of a whole run, from its first tick on; `None` for a block that has no score, the last one
/// among them when the response to it may still come. `request` and `response` hold one value a tick.
pub fn score_run(
    definition: ScoreDefinition,
    request: &[f64],
    response: &[f64],
    tick_s: u32,
) -> Option<(Timing, Vec<Option<Parts>>)> {
    let timing = definition.timing(tick_s)?;
    let every = usize::try_from(timing.sample_ticks).ok()?;
    let sampled = |values: &[f64]| -> Vec<f64> { values.iter().step_by(every).copied().collect() };
    let (request, response) = (sampled(request), sampled(response));
    let blocks = request.len() / timing.samples.max(1);
    let block = |b: usize| {
        let from = b * timing.samples;
        let response = response.get(from..from + timing.samples + timing.shifts)?;
        definition.score(request.get(from..from + timing.samples)?, response, timing.sample_s)
    };
    Some((timing, (0..blocks).map(block).collect()))
}

/// Mean parts of some blocks; blocks without a score do not count. `None` where none has one.
pub fn mean_parts(blocks: &[Option<Parts>]) -> Option<Parts> {
    let scored: Vec<Parts> = blocks.iter().flatten().copied().collect();
    if scored.is_empty() {
        return None;
    }
    let mean = |part: fn(&Parts) -> f64| mean(scored.iter().map(part));
    Some(Parts {
        correlation: mean(|p| p.correlation),
        delay: mean(|p| p.delay),
        precision: mean(|p| p.precision),
        delay_s: mean(|p| p.delay_s),
    })
}

/// Arithmetic mean; 0 of nothing.
fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len().max(1) as f64;
    values.sum::<f64>() / count
}

/// Correlation of a shifted response with the request, 0..1; by slope where the request is flat. `size` is the mean
/// size of the request.
fn likeness(request: &[f64], response: &[f64], size: f64) -> f64 {
    let (asked, gave) = (mean(request.iter().copied()), mean(response.iter().copied()));
    let (mut both, mut own, mut other) = (0.0, 0.0, 0.0);
    for (x, y) in request.iter().zip(response) {
        let (dx, dy) = (x - asked, y - gave);
        both += dx * dy;
        own += dx * dx;
        other += dy * dy;
    }
    let flat = FLAT_FRAC * size * FLAT_FRAC * size * request.len() as f64;
    if own <= flat {
        return (1.0 - (change(request) - change(response)).abs() / size).clamp(0.0, 1.0);
    }
    if other <= flat { 0.0 } else { (both / (own * other).sqrt()).clamp(0.0, 1.0) }
}

/// Change over a block by its regression line.
fn change(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let (centre, middle) = ((count - 1.0) / 2.0, mean(values.iter().copied()));
    let (mut both, mut own) = (0.0, 0.0);
    for (k, y) in values.iter().enumerate() {
        let dx = k as f64 - centre;
        both += dx * (y - middle);
        own += dx * dx;
    }
    if own > 0.0 { both / own * (count - 1.0) } else { 0.0 }
}

#[cfg(test)]
mod tests;
