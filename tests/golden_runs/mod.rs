//! Golden runs: trajectories, pinned levers, the frequency fault, controllers, random streams.

use std::path::Path;

use c2g_twin::config::Place;
use c2g_twin::control::{ControllerRegistry, ControllerRequest, Decision};
use c2g_twin::evaluate::Golden;
use c2g_twin::noise::numpy::Generator;
use c2g_twin::plant::c2g::signals::Col;
use c2g_twin::plant::c2g::tables::HARDWARE;
use c2g_twin::rollout::{Intervention, LeverMode, OnTrip, Rollout, Setup, World};

use crate::golden_table::{Table, Tally};

type Verdict = Result<(), String>;

/// A trajectory with a JSON header, through `verify`'s own path.
pub fn trajectory(path: &Path) -> Verdict {
    let golden = Golden::open(&path.with_extension("json")).map_err(|e| e.report())?;
    let mut rows = 0;
    let comparison = golden
        .verify(1e-9, &mut |_| {
            rows += 1;
            Ok(())
        })
        .map_err(|e| e.report())?;
    if rows == 0 {
        return Err("no row was run".into());
    }
    if comparison.holds() { Ok(()) } else { Err(comparison.to_string()) }
}

const ACTIONS: [&str; 4] = ["throttle_batch", "pump_speed_A", "hvac_effort", "bess_dispatch"];

fn lever(rollout: &mut Rollout, action: &str, mode: LeverMode) {
    rollout.apply(&Intervention::Lever { lever: format!("hardware.{action}"), mode }).unwrap();
}

/// Agent actions with three levers pinned (core 8.7): a pinned value is cast and clipped, the throttle stays free.
pub fn fixed_action(path: &Path) -> Verdict {
    let env = path.parent().unwrap();
    let mut rollout = golden_rollout(env, "seed", "default");
    for (action, value) in [("bess_dispatch", 0.0), ("hvac_effort", 0.8), ("pump_speed_A", 1.7)] {
        lever(&mut rollout, action, LeverMode::Pinned(value));
    }
    let mut tally = Tally::new(1e-9);
    let mut obs = [0.0; 18];
    for (k, row) in Table::read(path).rows().enumerate() {
        lever(&mut rollout, "throttle_batch", LeverMode::Manual(row.num("a_throttle")));
        rollout.step().map_err(|e| e.report())?;
        rollout.observe(HARDWARE, &mut obs);
        let applied = &rollout.slots()[HARDWARE].applied;
        for (name, value) in ["af_throttle", "af_pump", "af_hvac", "af_bess"].iter().zip(applied) {
            tally.check(k, name, *value, row.num(name));
        }
        for (spec, value) in rollout.spec().slots[HARDWARE].observations.iter().zip(obs) {
            tally.check(k, &spec.name, value, row.num(&format!("o_{}", spec.name)));
        }
        tally.check(k, "reward", rollout.row()[Col::Reward as usize], row.num("reward"));
    }
    tally.verdict()
}

/// The frequency fault fires in the documented profile and cannot in the other.
pub fn freq_fault(path: &Path) -> Verdict {
    let env = path.parent().unwrap();
    let table = Table::read(path);
    let mut tally = Tally::new(1e-9);
    for profile in ["seed", "code"] {
        let mut rollout = golden_rollout(env, profile, "default");
        let mut obs = [0.0; 18];
        let mut first = None;
        for (k, row) in table.rows().enumerate() {
            for (i, action) in ACTIONS.iter().enumerate() {
                lever(&mut rollout, action, LeverMode::Manual(row.num(&format!("a{i}"))));
            }
            rollout.step().map_err(|e| e.report())?;
            rollout.observe(HARDWARE, &mut obs);
            let at = |c: Col| rollout.row()[c as usize];
            if at(Col::FaultFreq) == 1.0 && first.is_none() {
                first = Some(k);
            }
            for (name, value) in [
                ("f_hz", at(Col::FGrid)),
                ("freq_fault", at(Col::FaultFreq)),
                ("thermal_fault", at(Col::FaultThermal)),
                ("o14", obs[14]),
                ("r_freq", at(Col::RFreq)),
                ("deficit_kw", (at(Col::RegdDemanded) - at(Col::RegdDelivered)) * 1000.0),
                ("reward", at(Col::Reward)),
            ] {
                tally.check(k, name, value, row.num(&format!("{profile}_{name}")));
            }
        }
        let expected = if profile == "seed" { Some(718) } else { None };
        if first != expected {
            return Err(format!("{profile}: first frequency fault at {first:?}, expected {expected:?}"));
        }
    }
    tally.verdict()
}

/// The golden inputs and noise under `hold`, built the way `verify` builds them.
fn golden_rollout(env: &Path, profile: &str, scenario: &str) -> Rollout {
    let header = serde_json::json!({
        "file": "env/inputs_traces.csv", "columns": [], "rows": 0, "profile": profile, "scenario": scenario,
        "inputs": "env/inputs_traces.csv", "noise": "env/noise.csv"
    });
    // Headers are read from files only; a temporary one beside a link to the golden folder keeps this one path.
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("env");
    std::fs::create_dir(&folder).unwrap();
    for name in ["inputs_traces.csv", "noise.csv"] {
        std::fs::copy(env.join(name), folder.join(name)).unwrap();
    }
    let path = folder.join("run.json");
    // The input sheet is ragged, so it cannot stand in for a trajectory; a one-line sheet can.
    std::fs::write(folder.join("empty.csv"), "t\n").unwrap();
    std::fs::write(
        &path,
        header.to_string().replace("\"file\":\"env/inputs_traces.csv\"", "\"file\":\"env/empty.csv\""),
    )
    .unwrap();
    let golden = Golden::open(&path).unwrap_or_else(|e| panic!("{}", e.report()));
    golden.rollout().unwrap_or_else(|e| panic!("{}", e.report()))
}

/// Interleaved draws of NumPy's generator, bit for bit, and the first integers of a fresh one.
pub fn numpy_seed(path: &Path) -> Verdict {
    let header: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(path.with_extension("json")).unwrap()).unwrap();
    let seed = header["seed"].as_u64().unwrap();
    let mut generator = Generator::new(seed);
    for (k, row) in Table::read(path).rows().enumerate() {
        let value = match row.text("method") {
            "standard_normal" => generator.standard_normal(),
            "random" => generator.random(),
            other => return Err(format!("row {k}: method {other} is not known")),
        };
        if value.to_bits() != row.num("value").to_bits() {
            return Err(format!("row {k}: drew {value}, expected {}", row.text("value")));
        }
    }
    let mut fresh = Generator::new(seed);
    for expected in header["integers_0_2_31_first_8_from_a_fresh_generator"].as_array().unwrap() {
        let drawn = u64::from(fresh.integers_2_31());
        if Some(drawn) != expected.as_u64() {
            return Err(format!("integers: drew {drawn}, expected {expected}"));
        }
    }
    Ok(())
}

/// Unit vectors of the controllers; stateful ones are carried down the file from a fresh reset.
pub fn controllers(path: &Path) -> Verdict {
    let world = World::default();
    let mut tally = Tally::new(1e-6);
    let table = Table::read(path);
    let rollout = world.build(&Setup { ticks: Some(1), ..Setup::default() }).unwrap();
    for (column, name, gain) in [
        ("rule_g6", "rule_based", Some(6.0)),
        ("rule_g8", "rule_based", Some(8.0)),
        ("rule_g12", "rule_based", Some(12.0)),
        ("bang_seq", "bang_bang", None),
        ("pid_seq", "pid", None),
    ] {
        let mut config = world.configuration(&Setup::default()).unwrap();
        if let Some(gain) = gain {
            config.set(&format!("control.rule_based.gain={gain}")).unwrap();
        }
        let request = ControllerRequest { spec: rollout.spec(), slot: HARDWARE, config: &config, seed: 0 };
        let mut controller = ControllerRegistry::builtin().build(name, Place::source("test"), &request).unwrap();
        controller.reset(0);
        for (k, row) in table.rows().enumerate() {
            let observation: Vec<f64> = (0..18).map(|i| row.num(&format!("obs{i}"))).collect();
            let mut action = [0.0; 4];
            let slot = &rollout.spec().slots[HARDWARE];
            controller.decide(
                &Decision { tick: k as u64, slot, observation: &observation, held: &[0.0; 4], row: &[] },
                &mut action,
            );
            for (lever, value) in ["thr", "pump", "hvac", "bess"].iter().zip(action) {
                let name = format!("{column}_{lever}");
                tally.check(k, &name, value, row.num(&name));
            }
        }
    }
    tally.verdict()
}

/// RegD of three published seeds, through the plant with NumPy's order of draws.
pub fn regd(path: &Path) -> Verdict {
    let table = Table::read(path);
    let (mut first, mut rest) = (Tally::new(1e-7), Tally::new(1e-12));
    for seed in [100, 101, 102] {
        let mut setup =
            Setup { seed, noise: "numpy".into(), on_trip: OnTrip::RideThrough, continuous: true, ..Setup::default() };
        setup.axes.insert("fidelity".into(), "as_shipped".into());
        let mut rollout = World::default().build(&setup).unwrap_or_else(|e| panic!("{}", e.report()));
        for (k, row) in table.rows().enumerate() {
            if k > 0 {
                rollout.step().map_err(|e| e.report())?;
            }
            let tally = if k == 0 { &mut first } else { &mut rest };
            let name = format!("regd_seed{seed}");
            tally.check(k, &name, rollout.row()[Col::Regd as usize], row.num(&name));
        }
    }
    first.verdict().and(rest.verdict())
}
