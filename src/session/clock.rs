//! One clock: an integer tick. Wall time only says how many ticks are owed.

use std::fmt;
use std::time::{Duration, Instant};

use super::view::PlayState;

/// How fast the site's time passes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Speed {
    /// So many simulated seconds per second.
    Factor(f64),
    /// As fast as the worker can.
    Max,
}

/// Slowest and fastest factor.
pub const FACTOR_RANGE: (f64, f64) = (0.1, 10_000.0);

impl Speed {
    /// The steps that keys and buttons offer.
    pub const STEPS: [Speed; 9] = [
        Speed::Factor(0.1),
        Speed::Factor(1.0),
        Speed::Factor(10.0),
        Speed::Factor(60.0),
        Speed::Factor(300.0),
        Speed::Factor(600.0),
        Speed::Factor(1_000.0),
        Speed::Factor(10_000.0),
        Speed::Max,
    ];

    /// The factor, infinite for [`Speed::Max`].
    pub fn factor(self) -> f64 {
        match self {
            Self::Factor(f) => f,
            Self::Max => f64::INFINITY,
        }
    }

    /// The same speed inside the allowed range.
    pub fn admit(self) -> Self {
        match self {
            Self::Factor(f) if f.is_finite() => Self::Factor(f.clamp(FACTOR_RANGE.0, FACTOR_RANGE.1)),
            Self::Factor(_) => Self::Factor(1.0),
            Self::Max => Self::Max,
        }
    }

    /// The next faster step.
    pub fn faster(self) -> Self {
        Self::STEPS.into_iter().find(|s| s.factor() > self.factor()).unwrap_or(Self::Max)
    }

    /// The next slower step.
    pub fn slower(self) -> Self {
        Self::STEPS.into_iter().rev().find(|s| s.factor() < self.factor()).unwrap_or(Self::Factor(FACTOR_RANGE.0))
    }
}

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Factor(x) if *x >= 1_000.0 => write!(f, "{}k×", x / 1_000.0),
            Self::Factor(x) => write!(f, "{x}×"),
            Self::Max => f.write_str("Max"),
        }
    }
}

/// Ticks owed for wall time that has passed, with the fraction carried over.
#[derive(Debug, Clone, Copy, Default)]
struct Debt {
    ticks: f64,
}

/// Most ticks that may be owed: after a stall the clock does not race to catch up.
const MOST_OWED: f64 = 20_000.0;

impl Debt {
    /// Adds what `wall_s` seconds at `factor` are worth in ticks of `tick_s`.
    pub fn add(&mut self, wall_s: f64, factor: f64, tick_s: f64) {
        self.ticks = (self.ticks + wall_s * factor / tick_s).min(MOST_OWED);
    }

    /// Takes one whole tick, if one is owed.
    pub fn take(&mut self) -> bool {
        if self.ticks >= 1.0 {
            self.ticks -= 1.0;
            true
        } else {
            false
        }
    }

    /// Part of the next tick that has passed, 0..1.
    pub fn fraction(&self) -> f64 {
        self.ticks.clamp(0.0, 1.0)
    }

    /// Forgets what is owed.
    pub fn clear(&mut self) {
        self.ticks = 0.0;
    }
}

/// Whether and how fast time passes, what is owed, and what was reached.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    pub play: PlayState,
    pub speed: Speed,
    debt: Debt,
    achieved: f64,
    /// When it was measured last, and the ticks that had passed by then, the running one in part.
    meter: (Instant, f64),
}

impl Pace {
    /// Time stands.
    pub fn new() -> Self {
        let meter = (Instant::now(), 0.0);
        Self { play: PlayState::Paused, speed: Speed::Factor(60.0), debt: Debt::default(), achieved: 0.0, meter }
    }

    /// Lets time pass or stand; after the end it stands.
    pub fn set_play(&mut self, on: bool, tick: u64) {
        if self.play != PlayState::Ended {
            self.play = if on { PlayState::Playing } else { PlayState::Paused };
            self.rest(tick);
        }
    }

    /// Changes the speed.
    pub fn set_speed(&mut self, speed: Speed, tick: u64) {
        self.speed = speed.admit();
        self.rest(tick);
    }

    /// Forgets what is owed and measures from here on.
    pub fn rest(&mut self, tick: u64) {
        self.debt.clear();
        self.meter = (Instant::now(), tick as f64);
    }

    /// Forgets what is owed.
    pub fn forgive(&mut self) {
        self.debt.clear();
    }

    /// Adds what wall time is worth.
    pub fn owe(&mut self, wall_s: f64, tick_s: f64) {
        if let Speed::Factor(factor) = self.speed {
            self.debt.add(wall_s, factor, tick_s);
        }
    }

    /// Whether a tick is due; takes it.
    pub fn due(&mut self) -> bool {
        matches!(self.speed, Speed::Max) || self.debt.take()
    }

    /// Measures the speed that was reached, every half second.
    pub fn measure(&mut self, tick: u64, tick_s: f64) {
        self.measure_at(Instant::now(), tick, tick_s);
    }

    fn measure_at(&mut self, now: Instant, tick: u64, tick_s: f64) {
        let (since, from) = self.meter;
        let span = now.saturating_duration_since(since).as_secs_f64();
        if span > 0.5 {
            // A tick may be longer than the time between two measurements: what has passed of it counts.
            let passed = tick as f64 + self.fraction();
            self.achieved = (passed - from).max(0.0) * tick_s / span;
            self.meter = (now, passed);
        }
    }

    /// Speed that was reached while time passes, else 0.
    pub fn achieved(&self) -> f64 {
        if self.play == PlayState::Playing { self.achieved } else { 0.0 }
    }

    /// Part of the next tick that has passed, 0..1.
    pub fn fraction(&self) -> f64 {
        self.debt.fraction()
    }

    /// Time until the next tick is owed, at most a few milliseconds so that pictures stay fresh.
    pub fn wait(&self, tick_s: f64) -> Duration {
        match self.speed {
            Speed::Max => Duration::ZERO,
            Speed::Factor(factor) => {
                let owed = (1.0 - self.debt.fraction()) * tick_s / factor;
                Duration::from_secs_f64(owed.clamp(0.0, 0.02))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_go_up_and_down_and_stop_at_the_ends() {
        assert_eq!(Speed::Factor(60.0).faster(), Speed::Factor(300.0));
        assert_eq!(Speed::Max.faster(), Speed::Max);
        assert_eq!(Speed::Max.slower(), Speed::Factor(10_000.0));
        assert_eq!(Speed::Factor(0.1).slower(), Speed::Factor(0.1));
        assert_eq!(Speed::Factor(f64::NAN).admit(), Speed::Factor(1.0));
    }

    /// At the pace of a clock a tick of 5 s ends in few of the measurements, one of 15 min in hardly any.
    #[test]
    fn the_speed_that_was_reached_is_steady_where_ticks_are_long() {
        for (factor, tick_s) in [(1.0, 5.0), (0.1, 5.0), (60.0, 900.0)] {
            let mut pace = Pace::new();
            pace.set_speed(Speed::Factor(factor), 0);
            pace.set_play(true, 0);
            let (mut now, mut tick) = (pace.meter.0, 0);
            for step in 0..1_000 {
                now += Duration::from_millis(20);
                pace.owe(0.02, tick_s);
                while pace.due() {
                    tick += 1;
                }
                pace.measure_at(now, tick, tick_s);
                if step > 30 {
                    assert!((pace.achieved() / factor - 1.0).abs() < 1e-6, "{factor}: {}", pace.achieved());
                }
            }
        }
    }

    #[test]
    fn debt_carries_fractions() {
        let mut debt = Debt::default();
        debt.add(1.0, 2.0, 5.0);
        assert!(!debt.take());
        debt.add(1.5, 2.0, 5.0);
        assert!(debt.take());
        assert!(!debt.take());
    }
}
