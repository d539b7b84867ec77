//! Networks in the loop.

use std::collections::BTreeMap;
use std::path::Path;

use c2g_twin::control::onnx::{Options, Policy};
use c2g_twin::control::{Controller, Decision};
use c2g_twin::evaluate::{Replay, replay_log};
use c2g_twin::record::{LogHeader, LogWriter};
use c2g_twin::rollout::{Intervention, Rollout, Setup, Step, World};

use super::net::{F32, I64, Net, actor, actor_by_hand};
use super::{folder, stored, written};

fn setup(plant: &str, policies: &[(&str, &Path)], set: &[&str], ticks: u64) -> Setup {
    Setup {
        plant: plant.to_owned(),
        policies: policies.iter().map(|(slot, path)| ((*slot).to_owned(), path.display().to_string())).collect(),
        set: set.iter().map(|s| (*s).to_owned()).collect(),
        ticks: Some(ticks),
        ..Setup::default()
    }
}

fn begin(plant: &str, policies: &[(&str, &Path)], set: &[&str], ticks: u64) -> Rollout {
    World::default().build(&setup(plant, policies, set, ticks)).unwrap()
}

/// A network that always gives these values.
fn constant(values: &'static [f32]) -> Net {
    let net = Net::new().input("obs", F32, &[-1, 18]);
    net.linear("obs", "action", [18, 4], |_, _| 0.0, |k| values[k]).output("action", F32, &[-1, 4])
}

fn insight(rollout: &Rollout, slot: usize, name: &str) -> f64 {
    let insight = rollout.slots()[slot].insight();
    insight.values.iter().find(|(n, _)| n == name).unwrap_or_else(|| panic!("{name} in {insight:?}")).1
}

fn warnings(rollout: &Rollout, slot: usize) -> Vec<String> {
    let texts = rollout.slots()[slot].insight().texts;
    texts.into_iter().filter(|(name, _)| name == "warning").map(|(_, text)| text).collect()
}

#[test]
fn actions_are_the_networks_answers_to_what_the_slot_sees() {
    let dir = folder();
    let sizes = [18, 16, 4];
    let path = written(&dir, "tiny.onnx", actor(&sizes));
    let mut rollout = begin("c2g", &[("hardware", &path)], &[], 50);
    assert_eq!(rollout.agent_name(), "tiny", "a file is named by its stem");
    while rollout.step().unwrap() == Step::Ran {
        let state = &rollout.slots()[1];
        let seen: Vec<f32> = state.seen.iter().map(|&x| x as f32).collect();
        for (k, (value, hand)) in state.commanded.iter().zip(actor_by_hand(&sizes, &seen)).enumerate() {
            let hand = f64::from(hand).clamp(if k == 3 { -1.0 } else { 0.0 }, 1.0);
            assert!((value - hand).abs() < 1e-5, "tick {} action {k}: {value} is not {hand}", rollout.tick());
        }
    }
    assert_eq!(rollout.slots()[1].fallbacks, 0);
}

#[test]
fn scaled_outputs_are_spread_over_the_bounds_when_that_is_switched_on() {
    let dir = folder();
    let path = written(&dir, "raw.onnx", constant(&[-1.0, 0.0, 1.0, -0.5]));
    let action = |set: &[&str]| {
        let mut rollout = begin("c2g", &[("hardware", &path)], set, 150);
        while rollout.step().unwrap() == Step::Ran {}
        (rollout.slots()[1].commanded.clone(), insight(&rollout, 1, "clamped, %"), warnings(&rollout, 1))
    };
    let (plain, clamped, told) = action(&[]);
    assert_eq!((plain, clamped), (vec![0.0, 0.0, 1.0, -0.5], 100.0));
    assert!(
        told[0].starts_with("100.0 % of the decisions were clamped to their bounds, most of them throttle_batch"),
        "{told:?}"
    );
    assert!(told[1].contains("\"outputs are in [−1,1], rescale\""), "{told:?}");
    let (spread, clamped, told) = action(&["control.onnx.rescale=true"]);
    assert_eq!((spread, clamped, told.len()), (vec![0.0, 0.5, 1.0, -0.5], 0.0, 0));
    // The file may say so itself.
    let own = written(&dir, "own.onnx", constant(&[-1.0, 0.0, 1.0, -0.5]).says("c2g.outputs", "unit"));
    let mut rollout = begin("c2g", &[("hardware", &own)], &[], 1);
    rollout.step().unwrap();
    assert_eq!(rollout.slots()[1].commanded, [0.0, 0.5, 1.0, -0.5]);
}

#[test]
fn the_rescale_switch_is_tuned_while_the_run_goes_on() {
    let dir = folder();
    let path = written(&dir, "raw.onnx", constant(&[-1.0, 0.0, 1.0, -0.5]));
    let mut rollout = begin("c2g", &[("hardware", &path)], &[], 10);
    rollout.step().unwrap();
    let value = Some(c2g_twin::control::Setting::Switch(true));
    rollout.apply(&Intervention::Parameter { slot: "hardware".into(), name: "rescale".into(), value }).unwrap();
    let snapshot = rollout.snapshot();
    rollout.step().unwrap();
    let row = rollout.row().to_vec();
    assert_eq!(rollout.slots()[1].commanded, [0.0, 0.5, 1.0, -0.5]);
    rollout.restore(&snapshot).unwrap();
    rollout.step().unwrap();
    assert!(row.iter().zip(rollout.row()).all(|(a, b)| a.to_bits() == b.to_bits()));
}

#[test]
fn a_network_that_gives_no_number_never_stops_the_run() {
    let dir = folder();
    // A number on both probes, none once entry 0 is large.
    let net = Net::new()
        .input("obs", F32, &[-1, 18])
        .linear("obs", "z", [18, 4], |r, _| if r == 0 { -0.01 } else { 0.0 }, |_| 0.9)
        .node("Sqrt", &["z"], "action", &[])
        .output("action", F32, &[-1, 4]);
    let spec = begin("c2g", &[], &[], 1).spec().clone();
    let slot = &spec.slots[1];
    let mut policy = Policy::open(&written(&dir, "root.onnx", net), &spec, slot, &Options::default()).unwrap();
    let mut action = [9.0; 4];
    let held = [0.5; 4];
    let mut ask = |policy: &mut Policy, first: f64| {
        let mut observation = vec![0.0; 18];
        observation[0] = first;
        policy.decide(&Decision { tick: 0, slot, observation: &observation, held: &held, row: &[] }, &mut action);
        action
    };
    assert!(ask(&mut policy, 0.0).iter().all(|x| x.is_finite()));
    assert_eq!(policy.trouble(), None);
    assert!(ask(&mut policy, 500.0).iter().all(|x| x.is_nan()));
    let why = policy.trouble().unwrap();
    assert!(why.ends_with("value 0 of its output is NaN, not a number that can act; the last action holds"), "{why}");
    assert_eq!((policy.trouble(), policy.failed()), (None, 1));
}

#[test]
fn failures_hold_the_last_action_and_are_counted_in_a_run() {
    let dir = folder();
    let spec = begin("c2g", &[], &[], 1).spec().clone();
    let regd = spec.slots[1].observations.iter().position(|o| o.name.contains("regd")).unwrap();
    // The square root of RegD: no number whenever the grid asks for more load.
    let net = Net::new()
        .input("obs", F32, &[-1, 18])
        .linear("obs", "z", [18, 4], |r, _| f32::from(u8::from(r == regd)), |_| 0.0)
        .node("Sqrt", &["z"], "action", &[])
        .output("action", F32, &[-1, 4]);
    let mut rollout = begin("c2g", &[("hardware", &written(&dir, "root.onnx", net))], &[], 600);
    let mut failures = 0;
    let mut before = rollout.slots()[1].applied.clone();
    while rollout.step().unwrap() == Step::Ran {
        let state = &rollout.slots()[1];
        if state.seen[regd] < 0.0 {
            failures += 1;
            assert_eq!(state.applied, before, "the last action holds");
            assert!(state.trouble.as_ref().unwrap().starts_with("root: value 0 of its output is NaN"));
        }
        before.clone_from(&rollout.slots()[1].applied);
    }
    assert!(failures > 50 && failures < 600, "{failures}");
    assert_eq!(rollout.slots()[1].fallbacks, failures);
    assert_eq!(insight(&rollout, 1, "failed"), failures as f64);
}

#[test]
fn discrete_heads_take_the_highest_score_the_first_of_equals() {
    let dir = folder();
    let scores = |name: &str, values: [f32; 3]| {
        let net = Net::new().input("obs", F32, &[-1, 26]);
        let net = net.linear("obs", "logits", [26, 3], |_, _| 0.0, |k| values[k]).output("logits", F32, &[-1, 3]);
        written(&dir, name, net)
    };
    for (k, (values, position)) in
        [([0.0, 2.0, 1.0], 1.0), ([-3.0, -2.0, -1.0], 2.0), ([5.0, 5.0, 5.0], 0.0), ([0.0, 7.0, 7.0], 1.0)]
            .into_iter()
            .enumerate()
    {
        let path = scores(&format!("{k}.onnx"), values);
        let mut rollout = begin("sustaindc", &[("agent_ls", &path)], &[], 3);
        rollout.step().unwrap();
        assert_eq!(rollout.slots()[0].commanded, [position]);
    }
    // A network that has chosen already gives the position as a whole number.
    let chosen = Net::new()
        .input("obs", F32, &[-1, 26])
        .linear("obs", "logits", [26, 3], |_, _| 0.0, |k| k as f32)
        .node("ArgMax", &["logits"], "action", &[("axis", 1), ("keepdims", 0)])
        .output("action", I64, &[-1]);
    let mut rollout = begin("sustaindc", &[("agent_dc", &written(&dir, "chosen.onnx", chosen))], &[], 3);
    rollout.step().unwrap();
    assert_eq!(rollout.slots()[1].commanded, [2.0]);
}

#[test]
fn sustaindc_is_driven_by_three_recorded_actors() {
    let (ls, dc) = (stored("synthetic_64x64_ls.onnx"), stored("synthetic_64x64_dc.onnx"));
    let policies: [(&str, &Path); 3] = [("agent_ls", &ls), ("agent_dc", &dc), ("agent_bat", &dc)];
    let mut rollout = begin("sustaindc", &policies, &[], 96);
    let mut used = BTreeMap::new();
    while rollout.step().unwrap() == Step::Ran {
        for state in rollout.slots() {
            *used.entry(state.commanded[0] as i64).or_insert(0) += 1;
        }
    }
    assert_eq!(rollout.tick(), 96);
    assert!(used.len() > 1 && used.keys().all(|k| (0..3).contains(k)), "{used:?}");
    assert_eq!(rollout.agent_name(), "synthetic_64x64_ls+synthetic_64x64_dc+synthetic_64x64_dc");
}

#[test]
fn inputs_far_from_the_metadata_are_told_as_drift() {
    let dir = folder();
    let list = |x: &str| format!("[{}]", vec![x; 18].join(", "));
    let at_home = written(
        &dir,
        "home.onnx",
        actor(&[18, 16, 4]).says("c2g.obs_mean", &list("0.5")).says("c2g.obs_std", &list("10")),
    );
    let abroad = written(
        &dir,
        "far.onnx",
        actor(&[18, 16, 4]).says("c2g.obs_mean", &list("-40")).says("c2g.obs_std", &list("0.5")),
    );
    for (path, drifts) in [(&at_home, 0), (&abroad, 18)] {
        let mut rollout = begin("c2g", &[("hardware", path)], &[], 200);
        while rollout.step().unwrap() == Step::Ran {}
        let told = warnings(&rollout, 1).into_iter().filter(|w| w.contains(" drifts: its mean z-score is ")).count();
        assert_eq!(told, drifts, "{}", path.display());
        let spec = rollout.spec().clone();
        let z = insight(&rollout, 1, &format!("z of {}", spec.slots[1].observations[0].name));
        assert_eq!(z.abs() < 3.0, drifts == 0, "{z}");
    }
}

#[test]
fn inputs_are_held_against_a_recorded_log() {
    let dir = folder();
    let path = written(&dir, "tiny.onnx", actor(&[18, 16, 4]));
    let mut rollout = begin("c2g", &[], &[], 300);
    let mut writer = c2g_twin::record::TransitionWriter::create(dir.path(), &rollout).unwrap();
    while rollout.step().unwrap() == Step::Ran {
        writer.tick(&rollout).unwrap();
    }
    writer.flush().unwrap();
    let log = writer.paths()[0].display().to_string();
    let set = format!("control.onnx.reference={}", c2g_twin::control::Setting::Text(log.clone()).to_yaml());
    let mut rollout = begin("c2g", &[("hardware", &path)], &[&set], 5);
    while rollout.step().unwrap() == Step::Ran {}
    let zs: Vec<f64> = rollout.slots()[1]
        .insight()
        .values
        .into_iter()
        .filter(|(n, _)| n.starts_with("z of "))
        .map(|(_, z)| z)
        .collect();
    assert_eq!(zs.len(), 18);
    assert!(zs.iter().any(|z| z.is_finite()));
    // A file that holds something else is refused with its place.
    std::fs::write(dir.path().join("other.csv"), "a,b\n1,2\n").unwrap();
    let set = format!("control.onnx.reference={}", dir.path().join("other.csv").display());
    let error = World::default().build(&setup("c2g", &[("hardware", &path)], &[&set], 5)).err().unwrap();
    assert!(error.to_string().contains("other.csv:1: there is no column `s_"), "{error}");
}

#[test]
fn a_policys_counters_come_back_with_a_snapshot() {
    let dir = folder();
    let net = actor(&[18, 16, 4]).linear("h1", "value", [16, 1], |_, _| 0.1, |_| 0.0).output("value", F32, &[-1, 1]);
    let mean = vec!["0.4"; 18].join(" ");
    let path = written(&dir, "v.onnx", net.says("obs_mean", &mean).says("obs_std", &mean));
    let mut rollout = begin("c2g", &[("hardware", &path)], &[], 400);
    let state = |rollout: &Rollout| {
        let mut insight = rollout.slots()[1].insight();
        // Wall time, and z-scores of the last decision, are no memory.
        insight.values.retain(|(name, _)| !name.starts_with("decides in") && !name.starts_with("z of"));
        insight
    };
    for _ in 0..150 {
        rollout.step().unwrap();
    }
    let (snapshot, then) = (rollout.snapshot(), state(&rollout));
    assert!(then.values.iter().any(|(name, _)| name == "value"), "{then:?}");
    let mut rows = Vec::new();
    for _ in 0..100 {
        rollout.step().unwrap();
        rows.push(rollout.row().to_vec());
    }
    let after = state(&rollout);
    rollout.restore(&snapshot).unwrap();
    assert_eq!(state(&rollout), then);
    for row in &rows {
        rollout.step().unwrap();
        assert!(row.iter().zip(rollout.row()).all(|(a, b)| a.to_bits() == b.to_bits()));
    }
    assert_eq!(state(&rollout), after);
    // Another run of the same setup takes it over as well.
    let mut other = begin("c2g", &[("hardware", &path)], &[], 400);
    other.restore(&snapshot).unwrap();
    other.step().unwrap();
    assert!(rows[0].iter().zip(other.row()).all(|(a, b)| a.to_bits() == b.to_bits()));
}

#[test]
fn a_log_is_played_without_its_network_and_computed_again_with_it() {
    let dir = folder();
    let path = written(&dir, "tiny.onnx", actor(&[18, 16, 4]));
    let log = dir.path().join("log.csv");
    let world = World::default();
    let mut rollout = world.build(&setup("c2g", &[("hardware", &path)], &[], 400)).unwrap();
    let mut writer = LogWriter::create(&log, &LogHeader::of(&rollout)).unwrap();
    let does = |tick: u64| match tick {
        100 => Some(Intervention::Controller { slot: "hardware".into(), name: "pid".into() }),
        200 => Some(Intervention::Controller { slot: "hardware".into(), name: path.display().to_string() }),
        250 => Some(Intervention::Lever {
            lever: "hardware.bess_dispatch".into(),
            mode: c2g_twin::rollout::LeverMode::Pinned(0.2),
        }),
        300 => Some(Intervention::Lever {
            lever: "hardware.hvac_effort".into(),
            mode: c2g_twin::rollout::LeverMode::Manual(0.9),
        }),
        _ => None,
    };
    for tick in 0..400 {
        if let Some(what) = does(tick) {
            rollout.apply(&what).unwrap();
            writer.input(tick, &what).unwrap();
        }
        rollout.step().unwrap();
        writer.row(tick, rollout.row()).unwrap();
    }
    writer.finish().unwrap();
    let again = replay_log(&world, &log, 0.0, Replay::Recompute).unwrap();
    assert!(again.holds() && again.rows == 400 && again.remark.is_none(), "{again}");
    // The network changes: its own answers no longer match, the logged ones do.
    std::fs::write(&path, constant(&[0.3, 0.3, 0.3, 0.3]).file()).unwrap();
    assert!(!replay_log(&world, &log, 0.0, Replay::Recompute).unwrap().holds());
    std::fs::remove_file(&path).unwrap();
    let played = replay_log(&world, &log, 0.0, Replay::AsLogged).unwrap();
    assert!(played.holds(), "{played}");
    assert_eq!(played.remark.as_deref(), Some("actions of tiny as logged (--recompute asks again)"));
    assert!(replay_log(&world, &log, 0.0, Replay::Recompute).is_err());
}

#[test]
fn networks_that_do_not_fit_are_refused_with_slot_and_reason() {
    let dir = folder();
    let world = World::default();
    let refused = |slot: &str, path: &Path| {
        let plant = if slot.starts_with("agent") { "sustaindc" } else { "c2g" };
        world.build(&setup(plant, &[(slot, path)], &[], 1)).err().unwrap()
    };
    let wide = stored("iquitos_actor_396_129.onnx");
    let error = refused("hardware", &wide);
    let told = "this network does not fit slot `hardware` of plant `c2g`: it takes 396 values, the slot sees 18";
    assert!(error.to_string().ends_with(told), "{error}");
    assert!(error.cure().contains("c2g-twin policy check "), "{}", error.cure());
    let old = written(&dir, "old.onnx", actor(&[14, 16, 3]));
    assert!(refused("agent_dc", &old).to_string().contains("as actors of June 2024 did"));
    let none = world.build(&Setup { policies: [("hardware".to_owned(), "sac".to_owned())].into(), ..Setup::default() });
    let error = none.err().unwrap();
    assert!(error.to_string().ends_with("controller `sac` has no network"), "{error}");
    assert!(error.cure().contains("--hw-model-dir DIR"), "{}", error.cure());
}
