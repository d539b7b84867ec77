//! What shadows cost, told as multiples of a controlled tick.
//!
//! `cargo bench --no-default-features --bench shadow` plays a stretch of the default day without and with shadows, in
//! turns, and prints by how much a tick grows per shadow; the median of several rounds counts, so that the ratio says the
//! same on a slow and on a busy machine.

use std::error::Error;
use std::time::Instant;

use c2g_twin::rollout::{Rollout, Setup, Shadow, World};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Ticks of a measurement.
const TICKS: u64 = 4_000;

/// Rounds; the median counts.
const ROUNDS: usize = 9;

fn build(world: &World, shadows: &[(&str, &str)]) -> Result<(Rollout, Vec<Shadow>)> {
    let rollout = world.build(&Setup::default_day()?)?;
    let mut all = Vec::with_capacity(shadows.len());
    for (slot, name) in shadows {
        all.push(Shadow::new(world, &rollout, slot, name)?);
    }
    Ok((rollout, all))
}

/// Seconds of a tick.
fn time(world: &World, shadows: &[(&str, &str)]) -> Result<f64> {
    let (mut rollout, mut shadows) = build(world, shadows)?;
    let begin = Instant::now();
    while rollout.tick() < TICKS {
        if shadows.is_empty() {
            rollout.step()?;
        } else {
            let before = rollout.before();
            rollout.step()?;
            shadows.iter_mut().for_each(|shadow| shadow.after(&before, &rollout));
        }
        std::hint::black_box(rollout.row());
    }
    Ok(begin.elapsed().as_secs_f64() / TICKS as f64)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn main() -> Result<()> {
    let world = World::default();
    println!("{:<44} {:>10} {:>10} {:>12}", "run of the default day", "tick", "per tick", "per shadow");
    let four = [("hardware", "pid"), ("hardware", "bang_bang"), ("hardware", "random"), ("hardware", "hold")];
    for (name, shadows) in [
        ("one hardware shadow (pid)", &four[..1]),
        ("four hardware shadows", &four[..]),
        ("one macro shadow (rule_macro)", &[("macro", "rule_macro")][..]),
    ] {
        let (mut times, mut ratios) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let plain = time(&world, &[])?;
            let with = time(&world, shadows)?;
            times.push(with);
            ratios.push(with / plain);
        }
        let (time, ratio) = (median(times) * 1e6, median(ratios));
        let each = (ratio - 1.0) / shadows.len() as f64;
        println!("{name:<44} {time:>7.2} µs {ratio:>10.2} {each:>12.2}");
    }
    Ok(())
}
