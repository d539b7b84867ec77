//! Controllers and the regulation signal against the golden vectors of the control specification.
//!
//! `controller_golden.csv` holds 200 observations with the answer of every controller; `bang_seq` and `pid_seq` carry
//! their state down the file from a fresh reset. `regd_nyiso_seeds100_102.csv` holds the signal of three benchmark
//! seeds: row 0 at reset, row k after tick k.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use c2g_twin::config::Place;
use c2g_twin::control::{Controller, ControllerRegistry, ControllerRequest, Decision};
use c2g_twin::rollout::{Rollout, Setup, Step, World};

/// Largest difference of an action: the golden values are binary32 results printed in binary64.
const TOLERANCE: f64 = 1e-6;

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/c2g/control").join(name)
}

/// A CSV of numbers by column; texts and empty cells are NaN.
fn columns(name: &str) -> BTreeMap<String, Vec<f64>> {
    let mut reader = csv::Reader::from_path(golden(name)).unwrap();
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let mut table: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for record in reader.records() {
        for (name, cell) in names.iter().zip(&record.unwrap()) {
            table.entry(name.clone()).or_default().push(cell.parse().unwrap_or(f64::NAN));
        }
    }
    table
}

/// A run whose tables and configuration controllers are built from.
fn world_with(scenario: &str, set: &[String]) -> Rollout {
    let axes = [("scenario".to_owned(), scenario.to_owned())].into();
    World::default().build(&Setup { axes, set: set.to_vec(), ..Setup::default() }).unwrap()
}

fn controller(name: &str, rollout: &Rollout) -> Box<dyn Controller> {
    let spec = rollout.spec();
    let request = ControllerRequest { spec, slot: spec.slot("hardware").unwrap(), config: rollout.config(), seed: 0 };
    let mut controller = ControllerRegistry::builtin().build(name, Place::source("test"), &request).unwrap();
    controller.reset(0);
    controller
}

/// Every row's answer of a controller.
fn answers(rollout: &Rollout, controller: &mut dyn Controller, table: &BTreeMap<String, Vec<f64>>) -> Vec<[f64; 4]> {
    let spec = rollout.spec();
    let slot = &spec.slots[spec.slot("hardware").unwrap()];
    let rows = table["case"].len();
    let mut held = [1.0, 0.7, 0.7, 0.0];
    (0..rows)
        .map(|row| {
            let observation: Vec<f64> = (0..18).map(|k| table[&format!("obs{k}")][row]).collect();
            let mut action = [f64::NAN; 4];
            controller.decide(
                &Decision { tick: row as u64, slot, observation: &observation, held: &held, row: &[] },
                &mut action,
            );
            held = action;
            action
        })
        .collect()
}

/// Holds answers against the four columns that begin with `prefix`; returns the largest difference.
fn assert_agree(prefix: &str, answers: &[[f64; 4]], table: &BTreeMap<String, Vec<f64>>) {
    assert_eq!(answers.len(), 200);
    for (k, lever) in ["thr", "pump", "hvac", "bess"].iter().enumerate() {
        let expected = &table[&format!("{prefix}_{lever}")];
        for (row, (answer, &expected)) in answers.iter().zip(expected).enumerate() {
            let computed = answer[k];
            assert!(
                (computed - expected).abs() <= TOLERANCE,
                "{prefix}_{lever}, case {row}: {computed}, golden {expected}"
            );
        }
    }
}

#[test]
fn rule_based_answers_as_the_golden_at_every_gain() {
    let table = columns("controller_golden.csv");
    for gain in [6, 8, 12] {
        let rollout = world_with("default", &[format!("control.rule_based.gain={gain}")]);
        let found = answers(&rollout, &mut *controller("rule_based", &rollout), &table);
        assert_agree(&format!("rule_g{gain}"), &found, &table);
    }
}

#[test]
fn rule_based_takes_its_gain_from_the_scenario() {
    let table = columns("controller_golden.csv");
    for (scenario, gain) in [("default", 6), ("scenario_a", 8), ("scenario_b", 12), ("scenario_c", 8)] {
        let rollout = world_with(scenario, &[]);
        let found = answers(&rollout, &mut *controller("rule_based", &rollout), &table);
        assert_agree(&format!("rule_g{gain}"), &found, &table);
    }
}

#[test]
fn bang_bang_and_pid_carry_their_state_down_the_file() {
    let table = columns("controller_golden.csv");
    let rollout = world_with("default", &[]);
    for (name, prefix) in [("bang_bang", "bang_seq"), ("pid", "pid_seq")] {
        let mut driver = controller(name, &rollout);
        assert_agree(prefix, &answers(&rollout, &mut *driver, &table), &table);
        // A reset forgets everything: the same file gives the same answers again.
        driver.reset(7);
        assert_agree(prefix, &answers(&rollout, &mut *driver, &table), &table);
    }
}

#[test]
fn the_state_of_a_controller_can_be_carried_in_a_snapshot_at_any_row() {
    let table = columns("controller_golden.csv");
    let rollout = world_with("default", &[]);
    let part = |from: usize, to: usize| -> BTreeMap<String, Vec<f64>> {
        table.iter().map(|(name, values)| (name.clone(), values[from..to].to_vec())).collect()
    };
    for (name, prefix) in [("rule_based", "rule_g6"), ("bang_bang", "bang_seq"), ("pid", "pid_seq")] {
        let mut first = controller(name, &rollout);
        let mut found = answers(&rollout, &mut *first, &part(0, 73));
        let mut second = controller(name, &rollout);
        second.restore(&first.save()).unwrap();
        found.extend(answers(&rollout, &mut *second, &part(73, 200)));
        assert_agree(prefix, &found, &table);
    }
}

#[test]
fn answers_are_binary32_numbers_inside_the_box() {
    let table = columns("controller_golden.csv");
    let rollout = world_with("default", &[]);
    for name in ["rule_based", "bang_bang", "pid"] {
        for action in answers(&rollout, &mut *controller(name, &rollout), &table) {
            assert!(action.iter().all(|&x| x == f64::from(x as f32)), "{name}: {action:?}");
            let [levers @ .., bess] = action;
            assert!(levers.iter().all(|x| (0.0..=1.0).contains(x)) && bess.abs() <= 1.0, "{name}: {action:?}");
        }
    }
}

#[test]
fn regd_of_the_benchmark_seeds_comes_out_of_the_plant() {
    let table = columns("regd_nyiso_seeds100_102.csv");
    for seed in [100, 101, 102] {
        let expected = &table[&format!("regd_seed{seed}")];
        let setup = Setup {
            axes: [("fidelity".to_owned(), "as_shipped".to_owned())].into(),
            seed,
            noise: "numpy".to_owned(),
            // The observation is kept in binary64 so that it can be held against twelve digits.
            set: vec!["fidelity.float32_obs=false".to_owned()],
            ..Setup::default()
        };
        let mut rollout = World::default().build(&setup).unwrap();
        let hardware = rollout.spec().slot("hardware").unwrap();
        let column = rollout.schema().find("regd").unwrap();
        let mut obs = [0.0; 18];
        rollout.observe(hardware, &mut obs);
        assert!((obs[6] - expected[0]).abs() <= 1e-7, "seed {seed}, reset: {}, golden {}", obs[6], expected[0]);
        for (tick, &golden) in expected.iter().enumerate().skip(1) {
            assert_eq!(rollout.step().unwrap(), Step::Ran, "seed {seed}, tick {tick}");
            rollout.observe(hardware, &mut obs);
            assert!((obs[6] - golden).abs() <= 1e-12, "seed {seed}, tick {tick}: {}, golden {golden}", obs[6]);
            assert_eq!(rollout.row()[column].clamp(-1.0, 1.0), obs[6]);
        }
        assert!(rollout.tick() > 100);
    }
}

/// Parameters change while a run goes on, as an input: what the controller remembers stays, a snapshot brings the old
/// value back, and setting back is what the run began with.
#[test]
fn a_parameter_is_tuned_while_the_run_goes_on() {
    use c2g_twin::control::Setting;
    use c2g_twin::rollout::{Intervention, Setup, World};
    let mut setup = Setup { ticks: Some(400), ..Setup::default() };
    setup.policies.insert("hardware".into(), "pid".into());
    let tune = |name: &str, value: Option<f64>| Intervention::Parameter {
        slot: "hardware".into(),
        name: name.into(),
        value: value.map(Setting::Number),
    };
    let bess = |rollout: &c2g_twin::rollout::Rollout| rollout.slots()[1].commanded[3];
    let run = |rollout: &mut c2g_twin::rollout::Rollout, ticks: u64| {
        let mut seen = Vec::new();
        for _ in 0..ticks {
            rollout.step().unwrap();
            seen.push(bess(rollout).to_bits());
        }
        seen
    };
    let mut rollout = World::default().build(&setup).unwrap();
    run(&mut rollout, 100);
    let before = rollout.snapshot();
    let plain = run(&mut rollout, 100);
    rollout.restore(&before).unwrap();
    let integral = rollout.slots()[1].insight().values;
    rollout.apply(&tune("bess_gain", Some(1.0))).unwrap();
    assert_eq!(rollout.slots()[1].insight().values, integral, "what it remembers stays");
    let tuned = run(&mut rollout, 100);
    assert_ne!(plain, tuned);
    rollout.restore(&before).unwrap();
    assert_eq!(run(&mut rollout, 100), plain, "the snapshot is of the time before the tuning");
    rollout.restore(&before).unwrap();
    rollout.apply(&tune("bess_gain", Some(1.0))).unwrap();
    rollout.apply(&tune("bess_gain", None)).unwrap();
    assert_eq!(run(&mut rollout, 100), plain);
    for (name, value, words) in [
        ("bess_gain", Some(1e9), "must be a number from 0 to 50"),
        ("bes_gain", Some(1.0), "unknown parameter `bes_gain`"),
    ] {
        let error = rollout.apply(&tune(name, value)).unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    }
}
