//! How fast things that move in the picture move: dashes of flows, blades of fans.

use crate::session::{PlayState, RunView, Speed};
use crate::signal::SignalId;

use super::flow::GEARS;

/// Turns of dashes and fans per second of wall time while time passes.
const TURNS_PER_S: f64 = 1.0;

/// Most that dashes and fans move from one tick to the next, turns: slow time must not look as if it stood.
const MOST_TURN: f64 = 0.31;

/// How far the fastest dashes and fans have turned, from 0 to [`GEARS`] turns, after which slower ones are where they
/// were, too: it follows from the tick alone, so that the same instant gives the same
/// picture, and stands while time stands.
pub(super) fn phase(view: &RunView) -> f64 {
    let tick_s = f64::from(view.spec.calendar.tick_s);
    let per_tick = match view.speed {
        Speed::Factor(factor) => (tick_s / factor.max(1e-3) * TURNS_PER_S).min(MOST_TURN),
        Speed::Max => 1.0 / 128.0,
    };
    let fraction = if view.play == PlayState::Playing { view.fraction.clamp(0.0, 1.0) } else { 0.0 };
    ((view.tick as f64 + fraction) * per_tick).rem_euclid(f64::from(GEARS))
}

/// How long a flash lasts, seconds of wall time.
const FLASH_S: f64 = 0.7;

/// Whether something that is told by a flag began just now: for [`FLASH_S`] at the speed of the run, at least one tick.
/// It follows from the rows alone, so that going back shows it again.
pub(super) fn flashes(view: &RunView, flag: SignalId) -> bool {
    let Speed::Factor(factor) = view.speed else { return false };
    let on = |value: f64| value > 0.5;
    let ticks = (FLASH_S * factor / f64::from(view.spec.calendar.tick_s)).ceil().clamp(1.0, 120.0) as u64;
    // The row of tick t is the one before t ticks have run.
    let row = |back: u64| view.tick.checked_sub(1 + back).map(|row| view.recording.value(row, flag));
    on(view.value(flag)) && (1..=ticks).any(|back| row(back).is_some_and(|value| value.is_finite() && !on(value)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::rollout::{Setup, World};
    use crate::session::{Session, SessionOptions};

    #[test]
    fn dashes_stand_with_the_time_and_move_with_it() {
        let setup = Setup::default_day().unwrap();
        let view = Session::start(World::default(), setup, SessionOptions::default()).unwrap().view();
        let mut view = RunView::clone(&view);
        view.play = PlayState::Paused;
        let stands = phase(&view);
        view.fraction = 0.7;
        assert_eq!(phase(&view), stands);
        view.tick += 30;
        assert_ne!(phase(&view), stands);
    }
}
