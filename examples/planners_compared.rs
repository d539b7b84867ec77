//! Compares the planners with the rules on the same seeds and writes the page `docs/results.md`.
//!
//! `cargo run --release --no-default-features --example planners_compared > docs/results.md`
//!
//! Four scenarios × both fidelities × ten seeds: `mpc_fast` against `rule_based` under `rule_macro`; `mpc_macro` and
//! `milp` against `rule_macro` over `rule_based`. A number after `--` plays so many seeds instead of ten.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::atomic::AtomicBool;

use c2g_twin::evaluate::matrix::{self, Plan, Request};
use c2g_twin::evaluate::statistics::{holm, paired_t};
use c2g_twin::rollout::World;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// What everything is held against.
const RULES: &str = "rule_macro+rule_based";

/// The planners, each in the place of one rule: heading, agent, what it replaces.
const PLANNERS: [(&str, &str, &str); 3] = [
    ("mpc_fast", "rule_macro+mpc_fast", "`rule_based`, under `rule_macro`"),
    ("mpc_macro", "mpc_macro+rule_based", "`rule_macro`, over `rule_based`"),
    ("milp", "milp+rule_based", "`rule_macro`, over `rule_based`"),
];

const FIDELITIES: [&str; 2] = ["documented", "as_shipped"];

const SCENARIOS: [&str; 4] = ["default", "scenario_a", "scenario_b", "scenario_c"];

/// Columns that are compared: heading and name in the episodes' table.
const REWARDS: [(&str, &str); 2] =
    [("macro reward of the day", "total_reward"), ("hardware reward of the day", "inner_total_reward")];

/// Share of intervals that hold the true mean.
const LEVEL: f64 = 0.95;

/// Values by seed.
type Values = BTreeMap<u64, f64>;

/// Values of a column, by fidelity, scenario and agent.
type Table = BTreeMap<(String, String, String), Values>;

fn read(path: &std::path::Path, column: &str) -> Result<Table> {
    let mut table = Table::new();
    for row in csv::Reader::from_path(path)?.deserialize::<BTreeMap<String, String>>() {
        let row = row?;
        let cell = |name: &str| row.get(name).cloned().ok_or_else(|| format!("no column {name}"));
        let key = (cell("fidelity")?, cell("scenario")?, cell("agent")?);
        table.entry(key).or_default().insert(cell("seed")?.parse()?, cell(column)?.parse()?);
    }
    Ok(table)
}

/// One comparison.
struct Line {
    place: String,
    rule: f64,
    planner: f64,
    mean: f64,
    interval: (f64, f64),
    p: f64,
    better: usize,
    worst: f64,
    pairs: usize,
}

fn lines(table: &Table, planner: &str) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for fidelity in FIDELITIES {
        for scenario in SCENARIOS {
            let of = |agent: &str| {
                let key = (fidelity.to_owned(), scenario.to_owned(), agent.to_owned());
                table.get(&key).ok_or_else(|| format!("no episodes of {agent} in {scenario}, {fidelity}"))
            };
            let (rule, plan) = (of(RULES)?, of(planner)?);
            let pairs: Vec<(f64, f64)> = rule.iter().filter_map(|(seed, r)| Some((*r, *plan.get(seed)?))).collect();
            let differences: Vec<f64> = pairs.iter().map(|(r, p)| p - r).collect();
            let test = paired_t(&differences, LEVEL).ok_or("a comparison needs two seeds")?;
            let mean = |f: fn(&(f64, f64)) -> f64| pairs.iter().map(f).sum::<f64>() / pairs.len() as f64;
            lines.push(Line {
                place: format!("{scenario}, {fidelity}"),
                rule: mean(|x| x.0),
                planner: mean(|x| x.1),
                mean: test.mean,
                interval: test.interval.map_or((f64::NAN, f64::NAN), |i| (i.low, i.high)),
                p: test.p,
                better: differences.iter().filter(|d| **d > 0.0).count(),
                worst: differences.iter().copied().fold(f64::INFINITY, f64::min),
                pairs: pairs.len(),
            });
        }
    }
    Ok(lines)
}

fn page(path: &std::path::Path, seeds: u64) -> Result<()> {
    println!("# Planners against rules\n");
    println!("Made by `cargo run --release --no-default-features --example planners_compared > docs/results.md`.\n");
    println!(
        "{seeds} seeds (100 to {}), the same for both sides of every pair; four scenarios, both fidelities; counter noise, \
         the embedded data, whole days. Higher is better. Intervals are Student's t over the differences of the pairs \
         ({} %); p is of the paired t test, corrected by Holm over the eight rows of a table.\n",
        99 + seeds,
        LEVEL * 100.0
    );
    for (name, agent, instead) in PLANNERS {
        println!("## `{name}` instead of {instead}\n");
        for (heading, column) in REWARDS {
            let lines = lines(&read(path, column)?, agent)?;
            let corrected = holm(&lines.iter().map(|l| l.p).collect::<Vec<_>>());
            println!("| {heading} | rule | planner | difference | interval | p | better in | worst pair |");
            println!("|---|---|---|---|---|---|---|---|");
            for (line, p) in lines.iter().zip(corrected) {
                let p = if p < 0.001 { "< 0.001".to_owned() } else { format!("{p:.3}") };
                println!(
                    "| {} | {:.1} | {:.1} | {:+.1} | {:+.1} to {:+.1} | {p} | {} of {} | {:+.1} |",
                    line.place,
                    line.rule,
                    line.planner,
                    line.mean,
                    line.interval.0,
                    line.interval.1,
                    line.better,
                    line.pairs,
                    line.worst
                );
            }
            println!();
        }
    }
    println!("What the planners solve, and where their advantage comes from, stands in [planners.md](planners.md).");
    Ok(())
}

fn main() -> Result<()> {
    let seeds = std::env::args().skip(1).find_map(|a| a.parse::<u64>().ok()).unwrap_or(10);
    let folder = std::env::temp_dir().join(format!("c2g-twin-planners-{}", std::process::id()));
    let agents = std::iter::once(RULES).chain(PLANNERS.map(|(_, agent, _)| agent));
    let request = Request {
        agents: agents.map(str::to_owned).collect(),
        axes: [("fidelity".to_owned(), FIDELITIES.map(str::to_owned).to_vec())].into(),
        episodes: seeds,
        output: Some(folder.join("planners.csv")),
        ..Request::default()
    };
    let plan = Plan::new(&World::default(), request)?;
    matrix::run(&plan, &|p| eprint!("\r{} of {} episodes ", p.done, p.total), &AtomicBool::new(false))?;
    eprintln!();
    page(&folder.join("planners_episodes.csv"), seeds)?;
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}
