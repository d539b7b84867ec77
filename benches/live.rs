//! How much of its speed a run keeps while somebody looks at it.
//!
//! `cargo bench --no-default-features --bench live` runs the default day, going on for half a million ticks, once
//! headless and once in a session that records every row at full speed while another thread takes a picture sixty times
//! a second and asks for the stretches of ten columns on 800 pixels. Both are measured in turns, and the median of the
//! ratios counts: it says the same on a slow and on a busy machine. The wanted ratio is told; the exit status is 0 all the
//! same, because a machine with a single core can do no better.

use std::error::Error;
use std::time::{Duration, Instant};

use c2g_twin::rollout::{OnTrip, Setup, Step, World};
use c2g_twin::session::{PlayState, Session, SessionOptions, Speed};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Ticks of each run.
const TICKS: u64 = 500_000;

/// Rounds of each measurement; the median counts.
const ROUNDS: usize = 5;

/// Time between two pictures.
const FRAME: Duration = Duration::from_micros(16_667);

/// What every picture asks for.
const COLUMNS: usize = 10;
const PIXELS: usize = 800;

/// Smallest part of its headless speed that a live run should have.
const LEAST: f64 = 0.5;

/// Runs all ticks headless.
fn headless(world: &World, setup: &Setup) -> Result<Duration> {
    // Building counts on both sides.
    let begin = Instant::now();
    let mut rollout = world.build(setup)?;
    while rollout.tick() < TICKS {
        if rollout.step()? == Step::Ended {
            break;
        }
        std::hint::black_box(rollout.row());
    }
    if rollout.tick() < TICKS {
        return Err(format!("the run ended at tick {}: {:?}", rollout.tick(), rollout.end()).into());
    }
    Ok(begin.elapsed())
}

/// What the looking thread saw.
struct Seen {
    time: Duration,
    frames: u32,
    /// Time spent in asking for stretches.
    asking: Duration,
}

/// Runs all ticks in a session and looks at them.
fn live(world: &World, setup: &Setup) -> Result<Seen> {
    let options = SessionOptions { play: true, speed: Speed::Max, ..SessionOptions::default() };
    let begin = Instant::now();
    let session = Session::start(world.clone(), setup.clone(), options)?;
    let mut seen = Seen { time: Duration::ZERO, frames: 0, asking: Duration::ZERO };
    loop {
        let frame = Instant::now();
        let view = session.view();
        let step = (view.schema.len() / COLUMNS).max(1);
        for column in (0..COLUMNS).map(|k| k * step) {
            std::hint::black_box(view.recording.envelope(column, 0, view.recording.rows(), PIXELS));
        }
        seen.asking += frame.elapsed();
        seen.frames += 1;
        if view.tick >= TICKS {
            seen.time = begin.elapsed();
            return Ok(seen);
        }
        if view.play != PlayState::Playing {
            return Err(format!("the run stands at tick {}: {:?}", view.tick, view.end).into());
        }
        drop(view);
        std::thread::sleep(FRAME.saturating_sub(frame.elapsed()));
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn main() -> Result<()> {
    let world = World::default();
    let setup = Setup { continuous: true, on_trip: OnTrip::RideThrough, ticks: Some(TICKS), ..Setup::default_day()? };
    let (mut ratios, mut alone, mut seen, mut asking) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let quiet = headless(&world, &setup)?.as_secs_f64();
        let looked = live(&world, &setup)?;
        let time = looked.time.as_secs_f64();
        ratios.push(quiet / time);
        alone.push(quiet * 1e9 / TICKS as f64);
        seen.push(time * 1e9 / TICKS as f64);
        asking.push(looked.asking.as_secs_f64() * 1e6 / f64::from(looked.frames));
    }
    let ratio = median(ratios);
    println!("headless, ns a tick                         {:>8.1}", median(alone));
    println!("live and looked at, ns a tick               {:>8.1}", median(seen));
    println!("a picture's {COLUMNS} columns on {PIXELS} pixels, µs      {:>8.1}", median(asking));
    println!("live over headless                          {ratio:>8.2}  {}", verdict(ratio >= LEAST));
    Ok(())
}

fn verdict(met: bool) -> String {
    format!("wanted ≥ {LEAST}: {}", if met { "met" } else { "MISSED" })
}
