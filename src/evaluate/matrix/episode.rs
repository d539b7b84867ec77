//! One episode: the run itself, what is looked at on its rows, and the figures it gives.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use crate::config::Result;
use crate::evaluate::regulation::{Parts, ScoreDefinition, mean_parts, score_run};
use crate::evaluate::settlement::{Credit, Hour, SettlementRule};
use crate::plant::PlantSpec;
use crate::record::{TransitionNames, TransitionWriter};
use crate::rollout::{EndKind, Rollout, Step};
use crate::signal::SignalId;

use super::figures::{CreditPart, Figures, Market, Origin, Regulation, ScorePart};

/// Ticks between two looks at the cancel flag.
const LOOK_EVERY: u64 = 256;

/// Seconds of an hour.
const HOUR_S: u64 = 3600;

/// What an episode came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Values of the row's figures, in their order; NaN where there is none.
    pub values: Vec<f64>,
    /// How it ended, in one word.
    pub end: String,
    /// Wall time, s.
    pub wall_s: f64,
    /// Scores by interval and hour, where they were asked for.
    pub scores: Vec<ScoreRow>,
    /// What a person should know about it.
    pub warnings: Vec<String>,
}

/// A score of a stretch of an episode.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreRow {
    /// `interval` or `hour`.
    pub span: &'static str,
    /// Its number in the episode, from 0.
    pub index: usize,
    /// Its parts; `None` where nothing was asked for.
    pub parts: Option<Parts>,
}

/// What is done with the rows of an episode beside counting.
#[derive(Debug, Default)]
pub struct Wishes {
    /// Folder and names of transition logs.
    pub transitions: Option<(std::path::PathBuf, TransitionNames)>,
    /// Scores of every interval and hour.
    pub scores: bool,
}

/// Plays a run to its end. `None` when it was cancelled.
///
/// # Errors
/// When the run or a log fails.
pub fn play(rollout: &mut Rollout, figures: &Figures, wishes: &Wishes, cancel: &AtomicBool) -> Result<Option<Outcome>> {
    let begin = Instant::now();
    let spec = Arc::clone(rollout.spec());
    let mut watch = Watch::of(&spec);
    let mut log = match &wishes.transitions {
        Some((dir, names)) => Some(TransitionWriter::create_as(dir, rollout, names.clone())?),
        None => None,
    };
    loop {
        rollout.consult()?;
        if rollout.step()? == Step::Ended {
            break;
        }
        watch.tick(rollout.row());
        if let Some(log) = &mut log {
            log.tick(rollout)?;
        }
        if rollout.tick().is_multiple_of(LOOK_EVERY) && cancel.load(Ordering::Relaxed) {
            return Ok(None);
        }
    }
    if let Some(log) = &mut log {
        log.flush()?;
    }
    let told = watch.finish(&spec);
    let value = |origin: Origin| match origin {
        Origin::Metric(k) => rollout.metric(k),
        Origin::Score(part) => told.score(part),
        Origin::Credit(part) => told.credit(part),
        Origin::Fallbacks => rollout.slots().iter().map(|s| s.fallbacks).sum::<u64>() as f64,
    };
    Ok(Some(Outcome {
        values: figures.all().map(|f| value(f.from)).collect(),
        end: rollout.end().map_or("", |e| end_word(e.kind)).to_owned(),
        wall_s: begin.elapsed().as_secs_f64(),
        scores: if wishes.scores { told.rows() } else { Vec::new() },
        warnings: rollout.warnings().iter().cloned().chain(rollout.remarks()).collect(),
    }))
}

/// How an episode ended, as the column says it.
fn end_word(kind: EndKind) -> &'static str {
    match kind {
        EndKind::Trip => "trip",
        EndKind::EpisodeEnd => "episode_end",
        EndKind::TicksReached => "ticks_reached",
        EndKind::NoiseExhausted => "noise_exhausted",
    }
}

/// What is kept of every row.
struct Watch {
    pair: Option<Regulation>,
    market: Option<Market>,
    request: Vec<f64>,
    response: Vec<f64>,
    /// Way of the signal on each tick.
    mileage: Vec<f64>,
    /// Commitment times price on each tick, $/h.
    offered: Vec<f64>,
    signal: f64,
}

impl Watch {
    fn of(spec: &PlantSpec) -> Self {
        let pair = Regulation::of(spec);
        let ticks = pair.map_or(0, |_| usize::try_from(spec.episode_ticks).unwrap_or(0).min(1 << 20));
        let room = || Vec::with_capacity(ticks);
        Self {
            pair,
            market: Market::of(spec),
            request: room(),
            response: room(),
            mileage: room(),
            offered: room(),
            signal: f64::NAN,
        }
    }

    fn tick(&mut self, row: &[f64]) {
        let at = |signal: SignalId| row.get(signal).copied().unwrap_or(f64::NAN);
        let Some(pair) = self.pair else { return };
        self.request.push(at(pair.request));
        self.response.push(at(pair.response));
        if let Some(market) = self.market {
            let signal = at(market.signal);
            let way = (signal - self.signal).abs();
            self.mileage.push(if way.is_finite() { way } else { 0.0 });
            self.signal = signal;
            let offered = at(market.committed_mw) * at(market.price_usd);
            self.offered.push(if offered.is_finite() { offered } else { 0.0 });
        }
    }

    fn finish(self, spec: &PlantSpec) -> Told {
        let tick_s = spec.calendar.tick_s;
        let run = score_run(ScoreDefinition::default(), &self.request, &self.response, tick_s);
        let Some((timing, blocks)) = run else { return Told::default() };
        let block_s = timing.block_ticks() * u64::from(tick_s.max(1));
        let of_span = |span_s: u64| -> Vec<Option<Parts>> {
            let each = usize::try_from(span_s / block_s.max(1)).unwrap_or(1).max(1);
            blocks.chunks(each).map(mean_parts).collect()
        };
        // A plant's longest decision period is its market interval.
        let interval_s = spec.slots.iter().map(|s| s.period_ticks).max().unwrap_or(1) * u64::from(tick_s);
        let hours = of_span(HOUR_S);
        let credit = self.market.map(|_| {
            let ticks = usize::try_from(HOUR_S / u64::from(tick_s.max(1))).unwrap_or(1).max(1);
            let tick_h = f64::from(tick_s) / HOUR_S as f64;
            let paid: Vec<Hour> = self
                .mileage
                .chunks(ticks)
                .zip(self.offered.chunks(ticks))
                .enumerate()
                .map(|(k, (way, offered))| Hour {
                    score: hours.get(k).copied().flatten().map(|p| p.composite()),
                    mileage: way.iter().sum(),
                    offered_usd: offered.iter().sum::<f64>() * tick_h,
                })
                .collect();
            SettlementRule::default().settle(&paid)
        });
        Told { intervals: of_span(interval_s), hours, credit }
    }
}

/// What the watched rows tell.
#[derive(Default)]
struct Told {
    intervals: Vec<Option<Parts>>,
    hours: Vec<Option<Parts>>,
    credit: Option<Credit>,
}

impl Told {
    fn score(&self, part: ScorePart) -> f64 {
        let hours = mean_parts(&self.hours);
        let value = match part {
            ScorePart::Hours => hours.map(|p| p.composite()),
            ScorePart::Intervals => mean_parts(&self.intervals).map(|p| p.composite()),
            ScorePart::WorstHour => self.hours.iter().flatten().map(Parts::composite).min_by(f64::total_cmp),
            ScorePart::Correlation => hours.map(|p| p.correlation),
            ScorePart::Delay => hours.map(|p| p.delay),
            ScorePart::Precision => hours.map(|p| p.precision),
        };
        value.unwrap_or(f64::NAN)
    }

    fn credit(&self, part: CreditPart) -> f64 {
        self.credit.map_or(f64::NAN, |credit| match part {
            CreditPart::Capability => credit.capability_usd,
            CreditPart::Performance => credit.performance_usd,
            CreditPart::Forfeited => f64::from(credit.forfeited_hours),
        })
    }

    fn rows(&self) -> Vec<ScoreRow> {
        let rows = |span: &'static str, list: &[Option<Parts>]| -> Vec<ScoreRow> {
            list.iter().enumerate().map(|(index, &parts)| ScoreRow { span, index, parts }).collect()
        };
        let mut all = rows("interval", &self.intervals);
        all.extend(rows("hour", &self.hours));
        all
    }
}
