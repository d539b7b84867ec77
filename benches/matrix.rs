//! How many episodes a second the benchmark plays, and what more cores give.
//!
//! `cargo bench --no-default-features --bench matrix` plays four scenarios × six markets × {rule_based, pid, bang_bang,
//! random} × five episodes on 1, 2, 4 … cores and prints episodes a second, ticks a second, the gain over one core, and
//! how many exponentials of `libm` a tick costs: the ratio that says the same on every machine. A number after `--`
//! plays so many episodes of each instead of five (`-- 1`).

use std::error::Error;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use c2g_twin::evaluate::matrix::{self, Plan, Request};
use c2g_twin::rollout::World;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Agents that are compared.
const AGENTS: [&str; 4] = ["rule_based", "pid", "bang_bang", "random"];

/// The six markets; the four scenarios are the default.
const MARKETS: [&str; 6] = ["nyiso_nyc", "pjm_dom", "caiso_pgae", "ercot_north", "entso_de", "aemo_nsw"];

/// Ticks of an episode.
const DAY: f64 = 17_280.0;

/// Nanoseconds of one exponential, by an array of them.
fn exponential_ns() -> f64 {
    let arguments: Vec<f64> = (0..4_096_u64).map(|k| (k * 2_654_435_761 % 4_096) as f64 / 512.0 - 7.0).collect();
    let begin = Instant::now();
    let mut sum = 0.0;
    for _ in 0..512 {
        for &x in std::hint::black_box(&arguments) {
            sum += libm::exp(x);
        }
    }
    std::hint::black_box(sum);
    begin.elapsed().as_secs_f64() * 1e9 / (512.0 * arguments.len() as f64)
}

fn main() -> Result<()> {
    let episodes = std::env::args().skip(1).find_map(|a| a.parse::<u64>().ok()).unwrap_or(5);
    let world = World::default();
    let folder = std::env::temp_dir().join(format!("c2g-twin-bench-{}", std::process::id()));
    let request = |jobs: usize| Request {
        agents: AGENTS.map(str::to_owned).to_vec(),
        axes: [("market".to_owned(), MARKETS.map(str::to_owned).to_vec())].into(),
        episodes,
        jobs,
        output: Some(folder.join("matrix.csv")),
        ..Request::default()
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut counts: Vec<usize> = std::iter::successors(Some(1), |n| Some(n * 2)).take_while(|&n| n < cores).collect();
    counts.push(cores);
    // Tables that are expanded once for the life of the program are none of the benchmark's cost.
    matrix::run(&Plan::new(&world, Request { episodes: 1, ..request(0) })?, &|_| {}, &AtomicBool::new(false))?;
    println!(
        "{:>5} {:>9} {:>9} {:>12} {:>12} {:>7} {:>15}",
        "cores", "episodes", "s", "episodes/s", "ticks/s", "gain", "exp a tick"
    );
    let mut alone = f64::NAN;
    for jobs in counts {
        let exponential = exponential_ns();
        let begin = Instant::now();
        let plan = Plan::new(&world, request(jobs))?;
        let report = matrix::run(&plan, &|_| {}, &AtomicBool::new(false))?;
        let seconds = begin.elapsed().as_secs_f64();
        let rate = report.played as f64 / seconds;
        if alone.is_nan() {
            alone = rate;
        }
        println!(
            "{jobs:>5} {:>9} {seconds:>9.2} {rate:>12.1} {:>12.0} {:>7.2} {:>15.1}",
            report.played,
            rate * DAY,
            rate / alone,
            1e9 * jobs as f64 / (rate * DAY) / exponential
        );
    }
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}
