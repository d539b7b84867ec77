//! SustainDC as a plant: what holds on every tick whatever is done to it, what its choices change, what its rules do,
//! what it reads and writes, and that a run goes on from any tick as if one had never left.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod choices;
mod files;
mod laws;

use c2g_twin::rollout::{Rollout, Setup, Step, World};

const AGENTS: [&str; 3] = ["agent_ls", "agent_dc", "agent_bat"];
const LS: [&str; 4] = ["hold", "manual", "random", "carbon_shift"];
const DC: [&str; 4] = ["hold", "manual", "random", "trim_and_respond"];
const BAT: [&str; 4] = ["hold", "manual", "random", "rbc_battery"];

fn setup(axes: &[(&str, &str)], policies: [&str; 3]) -> Setup {
    Setup {
        plant: "sustaindc".to_owned(),
        axes: axes.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect(),
        policies: AGENTS.iter().zip(policies).map(|(a, p)| ((*a).to_owned(), p.to_owned())).collect(),
        ..Setup::default()
    }
}

fn resting() -> Setup {
    setup(&[], ["hold"; 3])
}

fn build(setup: &Setup) -> Rollout {
    World::default().build(setup).unwrap_or_else(|e| panic!("{}", e.report()))
}

fn value(rollout: &Rollout, signal: &str) -> f64 {
    rollout.row()[rollout.schema().find(signal).unwrap_or_else(|| panic!("no signal {signal}"))]
}

fn metric(rollout: &Rollout, slot: &str, name: &str) -> f64 {
    let spec = rollout.spec();
    let slot = spec.slot(slot).unwrap();
    rollout.metric(spec.metrics.iter().position(|m| m.slot == slot && m.name == name).unwrap())
}

fn run(rollout: &mut Rollout, ticks: u64) {
    for _ in 0..ticks {
        assert_eq!(rollout.step().unwrap(), Step::Ran, "{:?}", rollout.end());
    }
}

fn play(setup: &Setup) -> Rollout {
    let mut rollout = build(setup);
    while rollout.step().unwrap() == Step::Ran {}
    rollout
}

fn bits(row: &[f64]) -> Vec<u64> {
    row.iter().map(|v| v.to_bits()).collect()
}
