//! Shows a branch by hand: play the default day to 14:30, take a snapshot, and see the next hour twice, once as it
//! comes and once with the battery pinned.
//!
//! `cargo run --release --no-default-features --example what_if`

use c2g_twin::config::Error;
use c2g_twin::rollout::{Intervention, LeverMode, Rollout, Setup, World};

/// Ticks of an hour.
const HOUR: u64 = 720;

fn hour(rollout: &mut Rollout) -> Result<(f64, f64), Error> {
    let (error, soc) = (rollout.schema().find("p_tracking_error_mw"), rollout.schema().find("soc_frac"));
    let at = |rollout: &Rollout, signal: Option<usize>| {
        signal.and_then(|s| rollout.row().get(s).copied()).unwrap_or(f64::NAN)
    };
    let mut sum = 0.0;
    for _ in 0..HOUR {
        rollout.step()?;
        sum += at(rollout, error);
    }
    Ok((sum / HOUR as f64, at(rollout, soc)))
}

fn main() -> Result<(), Error> {
    let mut rollout = World::default().build(&Setup::default_day()?)?;
    while rollout.tick() < 14 * HOUR + HOUR / 2 {
        rollout.step()?;
    }
    let half_past_two = rollout.snapshot();
    let (error_mw, soc) = hour(&mut rollout)?;
    println!("as it comes:       mean error {error_mw:.2} MW, state of charge {soc:.2}");

    rollout.restore(&half_past_two)?;
    let lever = "hardware.bess_dispatch".to_owned();
    rollout.apply(&Intervention::Lever { lever, mode: LeverMode::Pinned(0.0) })?;
    let (error_mw, soc) = hour(&mut rollout)?;
    println!("battery pinned:    mean error {error_mw:.2} MW, state of charge {soc:.2}");
    Ok(())
}
