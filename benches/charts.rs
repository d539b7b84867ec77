//! What a chart costs over a long run, told as a multiple of what it costs over a short one.
//!
//! `cargo bench --no-default-features --bench charts` records the default day, going on for 1,000,000 rows, and asks for
//! the stretches of charts 1,500 pixels wide over all of them and over the first 10,000. Both are measured in turns, and
//! the median of the ratios counts: it says the same on a slow and on a busy machine. The exit status is 1 when a long
//! run costs more than 1.3 times a short one.

use std::error::Error;
use std::process::ExitCode;
use std::time::Instant;

use c2g_twin::record::{Recorder, Recording};
use c2g_twin::rollout::{OnTrip, Setup, Step, World};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Rows of the short and of the long run.
const SHORT: u64 = 10_000;
const LONG: u64 = 1_000_000;

/// Rows of a day.
const DAY: u64 = 17_280;

/// Width of a chart.
const PIXELS: usize = 1_500;

/// Most that the long run may cost, as a multiple of the short one.
const MOST: f64 = 1.3;

/// Rounds of each measurement.
const ROUNDS: usize = 31;

/// Pictures of the run after so many rows.
fn record(world: &World, lengths: &[u64]) -> Result<Vec<Recording>> {
    let day = Setup { continuous: true, on_trip: OnTrip::RideThrough, ticks: Some(LONG), ..Setup::default_day()? };
    let mut rollout = world.build(&day)?;
    let mut recorder = Recorder::new(rollout.schema().len());
    let mut pictures = Vec::new();
    for &rows in lengths {
        while recorder.rows() < rows {
            if rollout.step()? == Step::Ended {
                return Err(format!("the run ended at tick {}: {:?}", rollout.tick(), rollout.end()).into());
            }
            recorder.push(rollout.row());
        }
        pictures.push(recorder.picture());
    }
    Ok(pictures)
}

/// Asks for the stretches of some columns over rows `from..to`; returns the time it took, µs.
fn draw(recording: &Recording, columns: &[usize], from: u64, to: u64, pixels: usize) -> f64 {
    let begin = Instant::now();
    for &column in columns {
        let stretches = std::hint::black_box(recording).envelope(column, from, to, pixels);
        assert!(stretches.len() <= pixels + 1, "more than two points a pixel");
        std::hint::black_box(stretches);
    }
    begin.elapsed().as_secs_f64() * 1e6
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Measures two charts in turns and prints both; returns how much more the second costs.
fn compare(name: &str, mut short: impl FnMut() -> f64, mut long: impl FnMut() -> f64) -> f64 {
    let pairs: Vec<(f64, f64)> = (0..ROUNDS).map(|_| (short(), long())).collect();
    let ratio = median(pairs.iter().map(|(short, long)| long / short).collect());
    let (short, long) = pairs.into_iter().unzip();
    println!("{name:<44} {:>10.1} {:>10.1} {ratio:>7.2}", median(short), median(long));
    ratio
}

fn main() -> Result<ExitCode> {
    let world = World::default();
    let pictures = record(&world, &[SHORT, DAY, LONG])?;
    let [short, day, long] = pictures.as_slice() else { return Err("no pictures".into()) };
    let spec = world.build(&Setup::default_day()?)?.spec().clone();
    let all: Vec<usize> = (0..spec.signals.len()).collect();

    println!("{:<44} {:>10} {:>10} {:>7}", format!("{PIXELS} pixels, µs"), "short", "long", "ratio");
    let mut worst = 0.0_f64;
    for chart in &spec.charts {
        let name = format!("{} ({} series), 10,000 and 1,000,000 rows", chart.title, chart.series.len());
        let cost = |recording: &Recording| draw(recording, &chart.series, 0, recording.rows(), PIXELS);
        worst = worst.max(compare(&name, || cost(short), || cost(long)));
    }
    let cost = |recording: &Recording| draw(recording, &all, 0, recording.rows(), PIXELS);
    worst = worst.max(compare(&format!("all {} columns", all.len()), || cost(short), || cost(long)));

    // Not held against the limit: how charts of other lengths and widths compare.
    for rows in [DAY, 5 * DAY, 7 * DAY, 20 * DAY] {
        for pixels in [400, PIXELS] {
            let name = format!("  {} days, {pixels} pixels", rows / DAY);
            let newest = || draw(long, &all, LONG - rows, LONG, pixels);
            compare(&name, || draw(day, &all, 0, DAY, pixels), newest);
        }
    }
    compare("  sum of every column, 10,000 and 1,000,000", || sums(short, &all), || sums(long, &all));

    let met = worst <= MOST;
    println!("the worst ratio is {worst:.2}, wanted ≤ {MOST}: {}", if met { "met" } else { "MISSED" });
    Ok(if met { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Sums every column over all rows; returns the time it took, µs.
fn sums(recording: &Recording, columns: &[usize]) -> f64 {
    let begin = Instant::now();
    for &column in columns {
        std::hint::black_box(std::hint::black_box(recording).sum(column, 0, recording.rows()));
    }
    begin.elapsed().as_secs_f64() * 1e6
}
