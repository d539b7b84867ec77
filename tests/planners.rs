//! Planners: the closed forms of the control specification, and that the corrected ones earn what they promise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use c2g_twin::config::Place;
use c2g_twin::control::{Controller, ControllerRegistry, ControllerRequest, Decision};
use c2g_twin::rollout::{Rollout, Setup, Step, World};

fn setup(agents: (&str, &str), axes: &[(&str, &str)], set: &[&str], ticks: u64) -> Setup {
    Setup {
        axes: axes.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect(),
        policies: [("macro", agents.0), ("hardware", agents.1)].map(|(s, n)| (s.to_owned(), n.to_owned())).into(),
        set: set.iter().map(|s| (*s).to_owned()).collect(),
        ticks: Some(ticks),
        ..Setup::default()
    }
}

fn build(setup: &Setup) -> Rollout {
    World::default().build(setup).unwrap()
}

/// Answers of a controller to observations, each given twice where nothing may depend on the one before.
fn answer(slot: &str, name: &str, set: &[&str], observations: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let rollout = build(&setup(("fixed", "hold"), &[], set, 1));
    let spec = rollout.spec();
    let index = spec.slot(slot).unwrap();
    let request = ControllerRequest { spec, slot: index, config: rollout.config(), seed: 0 };
    let mut controller: Box<dyn Controller> =
        ControllerRegistry::builtin().build(name, Place::source("test"), &request).unwrap();
    let slot = &spec.slots[index];
    let held: Vec<f64> = slot.actions.iter().map(|a| a.default).collect();
    let decide = |(k, observation): (usize, &Vec<f64>)| {
        let mut action = vec![f64::NAN; slot.actions.len()];
        let decision = Decision { tick: k as u64, slot, observation, held: &held, row: &[] };
        controller.decide(&decision, &mut action);
        action
    };
    observations.iter().enumerate().map(decide).collect()
}

fn hardware_obs(t_a_degc: f64, regd: f64) -> Vec<f64> {
    let mut obs = vec![0.3; 18];
    (obs[0], obs[6], obs[17]) = (t_a_degc / 35.0, regd, 0.5);
    obs
}

fn near(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{found:?}, expected {expected:?}");
}

#[test]
fn the_reference_of_mpc_fast_is_its_closed_form() {
    let set = ["control.mpc_fast.mode=reference"];
    for regd in [-1.0, -0.3, 0.0, 0.7, 1.0] {
        // 24 steps at pump 0.7 lead zone A to 33 °C from 32.66 °C (control 1.4).
        for (t, pump) in [(25.0, 0.7), (30.0, 0.7), (32.65, 0.7), (32.67, 1.0), (33.0, 1.0), (34.9, 1.0)] {
            near(&answer("hardware", "mpc_fast", &set, &[hardware_obs(t, regd)])[0], &[1.0, pump, 0.5, regd]);
        }
    }
    // Replayed: the second answer is the first one's.
    let set = ["control.mpc_fast.mode=reference", "control.mpc_fast.replan_every=2"];
    let observations = [hardware_obs(30.0, 0.2), hardware_obs(34.0, -0.9), hardware_obs(34.0, -0.9)];
    let found = answer("hardware", "mpc_fast", &set, &observations);
    near(&found[1], &found[0]);
    near(&found[2], &[1.0, 1.0, 0.5, -0.9]);
}

#[test]
fn the_references_of_both_macro_planners_hand_out_a_battery_power_as_price() {
    for name in ["mpc_macro", "milp"] {
        let mode = format!("control.{name}.mode=reference");
        for (soc, expected) in [
            (0.05, [0.5, 0.0]),
            (0.12, [0.5, 0.0]),
            (0.13, [1.0, 0.01 / 0.70175]),
            (0.3, [1.0, 0.18 / 0.70175]),
            (0.5, [1.0, 0.38 / 0.70175]),
            (0.95, [1.0, 1.0]),
        ] {
            let mut obs = vec![0.4; 19];
            obs[2] = soc;
            near(&answer("macro", name, &[&mode], &[obs])[0], &expected);
        }
    }
}

/// Six hours, ticks.
const QUARTER_DAY: u64 = 4320;

/// Reward of a run: the hardware's sum and the macro agent's.
fn rewards(agents: (&str, &str), axes: &[(&str, &str)], ticks: u64) -> (f64, f64) {
    let mut rollout = build(&setup(agents, axes, &[], ticks));
    let columns = ["reward", "macro_reward_total"].map(|n| rollout.schema().find(n).unwrap());
    let mut sum = 0.0;
    while rollout.step().unwrap() == Step::Ran {
        sum += rollout.row()[columns[0]];
    }
    assert_eq!(rollout.tick(), ticks, "{agents:?}: {:?}", rollout.end());
    assert!(rollout.slots().iter().all(|s| s.fallbacks == 0), "{agents:?} had no plan");
    (sum, rollout.row()[columns[1]])
}

/// Planned bids over hardware that plans: nobody is ever without a plan, and both do better than the rules.
#[test]
fn planners_drive_together() {
    for scenario in ["default", "scenario_b"] {
        let axes = [("scenario", scenario)];
        let rules = rewards(("rule_macro", "rule_based"), &axes, QUARTER_DAY);
        for name in ["mpc_macro", "milp"] {
            let planned = rewards((name, "mpc_fast"), &axes, QUARTER_DAY);
            assert!(planned.0 > rules.0 && planned.1 > rules.1, "{name}, {scenario}: {planned:?} against {rules:?}");
        }
    }
}

#[test]
fn planners_earn_more_than_rules() {
    for scenario in ["default", "scenario_b", "scenario_c"] {
        for fidelity in ["documented", "as_shipped"] {
            let axes = [("scenario", scenario), ("fidelity", fidelity)];
            let rules = rewards(("rule_macro", "rule_based"), &axes, 2160);
            let planned = rewards(("rule_macro", "mpc_fast"), &axes, 2160);
            assert!(planned.0 > rules.0 && planned.1 > rules.1, "{axes:?}: {planned:?} against {rules:?}");
            for name in ["mpc_macro", "milp"] {
                let bids = rewards((name, "rule_based"), &axes, 2160);
                assert!(bids.1 > rules.1, "{name}, {axes:?}: {} against {}", bids.1, rules.1);
            }
        }
    }
}

#[test]
fn the_benchmarks_market_is_bid_at_nothing_and_a_cost_aware_bid_at_its_cost() {
    let prices = |name: &str, market: &str| {
        let market = format!("control.{name}.market={market}");
        let mut rollout = build(&setup((name, "rule_based"), &[], &[&market], 3600));
        let column = rollout.schema().find("bid_price_usd").unwrap();
        let mut prices = Vec::new();
        while rollout.step().unwrap() == Step::Ran {
            prices.push(rollout.row()[column]);
        }
        prices
    };
    for name in ["mpc_macro", "milp"] {
        assert!(prices(name, "benchmark").iter().all(|&usd| usd == 0.0), "{name}");
        let asked = prices(name, "cost_aware");
        assert!(asked.iter().all(|&usd| 0.5 < usd && usd < 20.0), "{name}: {:?}", asked.first());
    }
}

#[test]
fn milp_bids_whole_blocks_or_what_competitors_leave_open() {
    let mut rollout = build(&setup(("milp", "rule_based"), &[], &["control.milp.blocks=6"], 3600));
    let [bid, need] = ["p_bid_mw", "p_reg_residual_mw"].map(|n| rollout.schema().find(n).unwrap());
    while rollout.step().unwrap() == Step::Ran {
        let (mw, residual) = (rollout.row()[bid], rollout.row()[need]);
        let blocks = mw / 5.0;
        assert!((blocks - blocks.round()).abs() < 1e-5 || (mw - residual).abs() < 1.0, "{mw} MW, need {residual} MW");
    }
}

/// Ten days of these seeds once led to bids of nothing: errors were taken for a share of what is asked alone.
#[test]
fn no_macro_planner_bids_less_than_what_a_rejected_bid_commits() {
    for name in ["mpc_macro", "milp"] {
        for seed in [101, 102, 103] {
            let axes = [("scenario", "scenario_b")];
            let mut rollout = build(&Setup { seed, ..setup((name, "rule_based"), &axes, &[], 5400) });
            let bid = rollout.schema().find("p_bid_mw").unwrap();
            while rollout.step().unwrap() == Step::Ran {
                assert!(rollout.row()[bid] >= 4.99, "{name}, seed {seed}: {} MW", rollout.row()[bid]);
            }
        }
    }
}

#[test]
fn a_solver_without_a_plan_is_counted_and_rules_drive() {
    let mut rollout = build(&setup(("fixed", "mpc_fast"), &[], &["control.mpc_fast.max_iter=1"], 50));
    let mut rules = build(&setup(("fixed", "rule_based"), &[], &[], 50));
    while rollout.step().unwrap() == Step::Ran {
        rules.step().unwrap();
        assert_eq!(rollout.slots()[1].applied, rules.slots()[1].applied);
    }
    assert_eq!(rollout.slots()[1].fallbacks, 50);
    // One plan, then none: the last one goes on and is counted too.
    let mut rollout = build(&setup(("fixed", "mpc_fast"), &[], &[], 400));
    for _ in 0..30 {
        rollout.step().unwrap();
    }
    let tune = c2g_twin::rollout::Intervention::Parameter {
        slot: "hardware".into(),
        name: "max_iter".into(),
        value: Some(c2g_twin::control::Setting::Number(1.0)),
    };
    rollout.apply(&tune).unwrap();
    for _ in 0..100 {
        rollout.step().unwrap();
    }
    let fallbacks = rollout.slots()[1].fallbacks;
    assert!((50..=100).contains(&fallbacks), "{fallbacks}");
    let row = rollout.row();
    let error = rollout.schema().find("p_tracking_error_mw").unwrap();
    assert!(row[error] < 0.01, "the old plan still serves the signal: {} MW missing", row[error]);
}

/// Decisions of one controller that were not its own were once told of the next one.
#[test]
fn another_controller_begins_without_fallbacks() {
    let mut rollout = build(&setup(("fixed", "mpc_fast"), &[], &["control.mpc_fast.max_iter=1"], 60));
    for _ in 0..20 {
        rollout.step().unwrap();
    }
    let before = rollout.snapshot();
    let drive = |rollout: &mut Rollout, name: &str| {
        let (slot, name) = ("hardware".to_owned(), name.to_owned());
        rollout.apply(&c2g_twin::rollout::Intervention::Controller { slot, name }).unwrap();
        rollout.step().unwrap();
        rollout.slots()[1].fallbacks
    };
    assert_eq!((rollout.slots()[1].fallbacks, drive(&mut rollout, "rule_based")), (20, 0));
    assert_eq!(rollout.remarks(), [""; 0]);
    assert_eq!(drive(&mut rollout, "mpc_fast"), 1, "nor does it come back with those of its first turn");
    rollout.restore(&before).unwrap();
    assert_eq!(rollout.slots()[1].fallbacks, 20);
}

#[test]
fn a_plan_is_shown_lever_by_lever() {
    let mut rollout = build(&setup(("mpc_macro", "mpc_fast"), &[], &[], 100));
    while rollout.step().unwrap() == Step::Ran {}
    let plans = rollout.slots()[1].insight().plans;
    assert_eq!(plans.iter().map(|p| p.lever).collect::<Vec<_>>(), [0, 1, 2, 3]);
    for plan in &plans {
        assert_eq!(plan.from_tick, 99);
        assert!(plan.values.len() > 60 && plan.values.iter().all(|v| v.abs() <= 1.0), "{plan:?}");
    }
    let bids = rollout.slots()[0].insight().plans;
    assert_eq!((bids.len(), bids[0].step_ticks, bids[0].values.len()), (1, 180, 8));
}

#[test]
fn the_same_run_gives_the_same_bytes_on_every_thread() {
    let run = || {
        let mut rollout = build(&setup(("milp", "mpc_fast"), &[("scenario", "scenario_c")], &[], 900));
        while rollout.step().unwrap() == Step::Ran {}
        rollout.row().iter().map(|x| x.to_bits()).collect::<Vec<_>>()
    };
    let here = run();
    let there: Vec<_> = std::thread::scope(|s| {
        let threads: Vec<_> = (0..3).map(|_| s.spawn(run)).collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    assert!(there.iter().all(|row| *row == here));
}
