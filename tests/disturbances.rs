//! Every disturbance of every plant that ships: it acts while it lasts, leaves its input alone afterwards, and replays.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use c2g_twin::evaluate::verify_log;
use c2g_twin::plant::{Disturbance, Operation, Planned};
use c2g_twin::record::{LogHeader, LogWriter};
use c2g_twin::rollout::{Intervention, Rollout, Setup, World};

/// Rows of a run with a plan, and the run at its end.
fn play(world: &World, setup: &Setup, plan: &[Planned], ticks: u64, log: Option<&mut LogWriter>) -> Played {
    let mut rollout = world.build(setup).unwrap();
    let (mut rows, mut log) = (Vec::new(), log);
    for tick in 0..ticks {
        for (input, change) in Planned::due(plan, tick) {
            let what = Intervention::Input { input: input.to_owned(), change };
            rollout.apply(&what).unwrap();
            if let Some(log) = &mut log {
                log.input(tick, &what).unwrap();
            }
        }
        rollout.step().unwrap();
        rows.push(rollout.row().to_vec());
        if let Some(log) = &mut log {
            log.row(tick, rollout.row()).unwrap();
        }
        assert!(rollout.end().is_none(), "{plan:?}: {:?}", rollout.end());
    }
    Played { rows, rollout }
}

struct Played {
    rows: Vec<Vec<f64>>,
    rollout: Rollout,
}

/// Runs that the disturbances befall: the default day at noon, and a day of SustainDC in which everybody acts.
fn setups() -> Vec<Setup> {
    let day = Setup { start: Some("07-13 12:00".to_owned()), ..Setup::default_day().unwrap() };
    let text = "plant: sustaindc\npolicies: {agent_ls: random, agent_dc: random, agent_bat: random}\n";
    vec![day, Setup::from_yaml("sustaindc", text).unwrap()]
}

fn check(world: &World, setup: &Setup, disturbance: &Disturbance, calm: &[Vec<f64>]) {
    let (from, name) = (50, &disturbance.name);
    let plan = [disturbance.at(from)];
    let until = plan[0].until.unwrap();
    let ticks = until + 10;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run.csv");
    let mut log = LogWriter::create(&path, &LogHeader::of(&world.build(setup).unwrap())).unwrap();
    let disturbed = play(world, setup, &plan, ticks, Some(&mut log));
    log.finish().unwrap();

    let differs = |tick: u64| {
        let [a, b] = [&disturbed.rows[..], calm].map(|rows| rows[tick as usize][disturbance.signal]);
        a.to_bits() != b.to_bits()
    };
    let same_row = |tick: u64| {
        let pairs = disturbed.rows[tick as usize].iter().zip(&calm[tick as usize]);
        pairs.into_iter().all(|(a, b)| a.to_bits() == b.to_bits())
    };
    assert!((0..from).all(same_row), "{name}: nothing before it");
    assert!((from..until).any(differs), "{name}: it changes its signal");
    // A frozen signal, a queue that is full anyway: the first tick may look the same, the second does not.
    assert!((from..until.min(from + 2)).any(|tick| !same_row(tick)), "{name}: it acts at once");
    assert_eq!(disturbed.rollout.inputs().active().count(), 0, "{name}: its input is left alone");
    let comparison = verify_log(world, &path, 0.0).unwrap();
    assert!(comparison.holds() && comparison.rows == ticks, "{name}: {comparison}");
    // What only passes an input on is as it was from the first tick after the end.
    let signal = &disturbed.rollout.spec().signals[disturbance.signal];
    if signal.name == disturbance.input && disturbance.operation != Operation::Hold {
        assert!((from..until).all(differs) && !(until..ticks).any(differs), "{name}");
    }
}

#[test]
fn each_disturbance_acts_ends_and_replays() {
    let world = World::default();
    for setup in setups() {
        let spec = std::sync::Arc::clone(world.build(&setup).unwrap().spec());
        assert!(spec.disturbances.len() >= 6, "{}", spec.name);
        let longest = spec.disturbances.iter().filter_map(|d| d.ticks).max().unwrap() + 100;
        let calm = play(&world, &setup, &[], longest, None).rows;
        for disturbance in &spec.disturbances {
            check(&world, &setup, disturbance, &calm);
        }
    }
}

#[test]
fn a_table_that_names_no_input_is_refused() {
    let spec = World::default().build(&Setup::default()).unwrap().spec().clone();
    let mut spec = (*spec).clone();
    spec.disturbances[0].input = "moon".to_owned();
    let error = spec.check_disturbances().unwrap_err();
    assert!(error.to_string().contains("no input `moon`"), "{error}");
}
