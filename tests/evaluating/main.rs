//! `evaluate` and `report` on results of real, short episodes: what is printed and written, and how bad files are refused.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod errors;
mod figures;
#[path = "../finished/mod.rs"]
mod finished;
mod reports;
mod tables;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use c2g_twin::record::{TransitionNames, TransitionWriter};
use c2g_twin::rollout::{Rollout, Setup, Step, World};
use finished::{Finished, command_in};
use tempfile::TempDir;

fn twin_in(dir: &Path, args: &[&str]) -> Finished {
    Finished::of(command_in(dir, args).output().unwrap())
}

/// Ticks of an episode here: two market intervals.
const TICKS: u64 = 360;

fn played(scenario: &str, hardware: &str, seed: u64) -> Rollout {
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    let setup = Setup {
        axes: [pair("scenario", scenario)].into(),
        policies: [pair("hardware", hardware)].into(),
        ticks: Some(TICKS),
        seed,
        ..Setup::default()
    };
    let mut rollout = World::default().build(&setup).unwrap();
    while rollout.step().unwrap() == Step::Ran {}
    rollout
}

/// Episodes of three agents in two scenarios over five seeds, as `benchmark` writes them.
fn episodes() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| {
        let mut text = String::new();
        for scenario in ["default", "scenario_b"] {
            for agent in ["rule_based", "pid", "bang_bang"] {
                for episode in 0..5 {
                    let rollout = played(scenario, agent, 100 + episode);
                    let spec = rollout.spec();
                    let slot = spec.slots.iter().position(|s| s.name == "hardware").unwrap();
                    let own: Vec<usize> = (0..spec.metrics.len()).filter(|&k| spec.metrics[k].slot == slot).collect();
                    if text.is_empty() {
                        let names: Vec<&str> = own.iter().map(|&k| spec.metrics[k].name.as_str()).collect();
                        text = format!(
                            "scenario,agent,type,episode,seed,market,fidelity,noise,config_hash,{},end,wall_time_s\n",
                            names.join(",")
                        );
                    }
                    let cells: Vec<String> = own.iter().map(|&k| format!("{}", rollout.metric(k))).collect();
                    let keys = format!("{scenario},{agent},hardware,{episode},{},scenario", 100 + episode);
                    text.push_str(&format!("{keys},documented,counter,00ff{scenario},{},ticks,0.1\n", cells.join(",")));
                }
            }
        }
        text
    })
}

/// A folder with `short_episodes.csv`.
fn bench() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("short_episodes.csv"), episodes()).unwrap();
    dir
}

/// Transition logs of `pid` in `runs/pid_default_hardware`: `count` episodes without pins, one with a pinned pump.
fn recorded(dir: &Path, count: u64) -> PathBuf {
    let runs = dir.join("runs");
    for episode in 0..=count {
        let pinned = episode == count;
        let setup = Setup {
            policies: [("hardware".to_owned(), "pid".to_owned())].into(),
            fixed_actions: if pinned { [("pump_speed_A".to_owned(), 0.25)].into() } else { Default::default() },
            ticks: Some(TICKS),
            seed: 100 + episode,
            ..Setup::default()
        };
        let mut rollout = World::default().build(&setup).unwrap();
        let names = TransitionNames {
            agent: "pid".to_owned(),
            first_episode: if pinned { 0 } else { episode },
            ..TransitionNames::default()
        };
        let mut writer = TransitionWriter::create_as(&runs, &rollout, names).unwrap();
        while rollout.step().unwrap() == Step::Ran {
            writer.tick(&rollout).unwrap();
        }
        writer.flush().unwrap();
    }
    runs
}

/// Cells of a CSV that quotes nothing.
fn cells(text: &str) -> Vec<Vec<String>> {
    text.lines().map(|l| l.split(',').map(str::to_owned).collect()).collect()
}

/// Place of a column.
fn at(header: &[String], name: &str) -> usize {
    header.iter().position(|h| h == name).unwrap_or_else(|| panic!("no column {name} in {header:?}"))
}
