//! What holds on every row, and snapshots.

use std::sync::Arc;

use c2g_twin::plant::sustaindc::queue::{Queue, Rules, Shift};
use c2g_twin::plant::{Operation, Override, PlantSpec};
use c2g_twin::rollout::{Intervention, LeverMode, Rollout, Setup, Step, World};
use proptest::prelude::*;
use proptest::sample::select;

use super::{AGENTS, BAT, DC, LS, bits, build, play, resting, setup, value};

/// Columns without a value until a day is over, or before the first tick.
const SOMETIMES: [&str; 4] = ["pue_best_day", "pue_worst_day", "pue_day", "pue_episode"];

/// A change from outside.
#[derive(Debug, Clone)]
enum Act {
    Lever(usize, u8, f64),
    Input(usize, u8, f64),
    Clear(usize),
    Controller(usize, usize),
}

type Script = Vec<(u64, Act)>;

fn scripts(ticks: u64, most: usize) -> impl Strategy<Value = Script> {
    let act = prop_oneof![
        4 => (0_usize..3, 0_u8..3, -0.5..2.5).prop_map(|(k, mode, x)| Act::Lever(k, mode, x)),
        4 => (0_usize..7, 0_u8..4, -0.2..1.2).prop_map(|(k, operation, x)| Act::Input(k, operation, x)),
        2 => (0_usize..7).prop_map(Act::Clear),
        2 => (0_usize..3, 0_usize..4).prop_map(|(slot, k)| Act::Controller(slot, k)),
    ];
    prop::collection::vec((0..ticks, act), 0..most).prop_map(|mut script| {
        script.sort_by_key(|(tick, _)| *tick);
        script
    })
}

fn intervention(act: &Act, spec: &PlantSpec) -> Intervention {
    match act {
        Act::Lever(k, mode, x) => {
            let lever = spec.action_names()[*k].clone();
            let mode = [LeverMode::Auto, LeverMode::Manual(*x), LeverMode::Pinned(*x)][usize::from(*mode)];
            Intervention::Lever { lever, mode }
        }
        Act::Input(k, operation, x) => {
            let input = &spec.inputs[*k];
            let span = input.range.1 - input.range.0;
            let (operation, value) = match operation {
                0 => (Operation::Set, input.range.0 + x * span),
                1 => (Operation::Add, (x - 0.5) * span),
                2 => (Operation::Scale, 2.0 * x),
                _ => (Operation::Hold, 0.0),
            };
            Intervention::Input { input: input.name.clone(), change: Some(Override { operation, value }) }
        }
        Act::Clear(k) => Intervention::Input { input: spec.inputs[*k].name.clone(), change: None },
        Act::Controller(slot, k) => {
            Intervention::Controller { slot: AGENTS[*slot].to_owned(), name: [LS, DC, BAT][*slot][*k].to_owned() }
        }
    }
}

fn step(rollout: &mut Rollout, script: &Script) {
    let tick = rollout.tick();
    for (_, act) in script.iter().filter(|(t, _)| *t == tick) {
        let what = intervention(act, rollout.spec());
        rollout.apply(&what).unwrap();
    }
    assert_eq!(rollout.step().unwrap(), Step::Ran, "{:?}", rollout.end());
}

fn setups() -> impl Strategy<Value = Setup> {
    let places = vec!["az", "ca", "ga", "il", "ny", "tx", "va", "wa"];
    let months = vec!["january", "february", "june", "july", "december"];
    let axes = (
        select(places),
        select(months),
        select(vec!["alibaba_1", "alibaba_2", "google"]),
        select(vec!["head", "user_fork"]),
    );
    let switches = select(vec![
        vec![],
        vec!["profile.reward_mixing=true"],
        vec!["profile.battery=explicit", "max_bat_cap_Mw=0.7"],
        vec!["profile.queue_max_tasks=40", "datacenter_capacity_mw=0.4"],
    ]);
    let policies = (select(LS.to_vec()), select(DC.to_vec()), select(BAT.to_vec()));
    (any::<u64>(), axes, policies, switches, select(vec!["counter", "numpy"])).prop_map(
        |(seed, (place, month, load, flavour), (ls, dc, bat), switches, noise)| Setup {
            seed,
            noise: noise.to_owned(),
            continuous: true,
            set: switches.into_iter().map(str::to_owned).collect(),
            ..setup(&[("location", place), ("month", month), ("workload", load), ("flavour", flavour)], [ls, dc, bat])
        },
    )
}

/// Holds one row against the row before it.
fn check_row(spec: &PlantSpec, before: &[f64], rollout: &Rollout) -> Result<(), TestCaseError> {
    let (row, tick) = (rollout.row(), rollout.tick());
    for (signal, value) in rollout.schema().signals.iter().zip(row) {
        let sometimes = SOMETIMES.contains(&signal.name.as_str());
        prop_assert!(value.is_finite() || (sometimes && value.is_nan()), "{} is {value} at tick {tick}", signal.name);
    }
    let at = |name: &str| value(rollout, name);
    prop_assert!((0.0..=1.0).contains(&at("soc_frac")), "SOC is {} at tick {tick}", at("soc_frac"));
    prop_assert!((15.0..=21.6).contains(&at("t_set_degc")));
    prop_assert!(at("tasks_in_queue") >= 0.0 && at("tasks_in_queue") <= spec.facts["queue_max_tasks"]);
    prop_assert!(at("e_grid_kwh") >= 0.0, "the site feeds into the grid");
    let ages: f64 =
        ["0_6h", "6_12h", "12_18h", "18_24h", "over_24h"].iter().map(|a| at(&format!("tasks_age_{a}"))).sum();
    prop_assert_eq!(ages, at("tasks_in_queue"));
    for balance in &spec.topology.balances {
        let left = balance.residual(before, row);
        prop_assert!(balance.closes(before, row), "{}: {left} is left at tick {tick}", balance.name);
    }
    for slot in &spec.slots {
        let sum: f64 = slot.reward_terms.iter().map(|t| row[t.signal]).sum();
        let largest = slot.reward_terms.iter().map(|t| row[t.signal].abs()).fold(0.0, f64::max);
        prop_assert!(
            (row[slot.reward.unwrap()] - sum).abs() <= 1e-9 * largest.max(1.0),
            "reward of {} is not the sum of its terms",
            slot.name
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_row_keeps_the_laws(setup in setups(), script in scripts(700, 24)) {
        let mut rollout = build(&setup);
        let spec = Arc::clone(rollout.spec());
        let mut before = rollout.row().to_vec();
        for _ in 0..700 {
            step(&mut rollout, &script);
            check_row(&spec, &before, &rollout)?;
            before.copy_from_slice(rollout.row());
        }
    }

    /// The queue against a plain list of tasks.
    #[test]
    fn no_task_is_lost_or_made(
        ticks in prop::collection::vec((0.0..1.0_f64, 0_u8..3), 1..300), flexible in 0.0..1.0_f64, most in 0_i64..200
    ) {
        let rules = Rules { flexible_ratio: flexible, queue_max: most };
        let (mut queue, mut plain) = (Queue::default(), std::collections::VecDeque::new());
        for (k, (load, action)) in ticks.iter().enumerate() {
            let now = 0.25 * k as f64;
            let overdue = plain.iter().filter(|came| now - **came > 24.0).count() as i64;
            let out = queue.step(now, *load, Shift::from_position(f64::from(*action)), &rules);
            prop_assert_eq!(out.overdue, overdue);
            for _ in 0..out.forced + out.processed {
                prop_assert!(plain.pop_front().is_some(), "a task ran that nobody sent");
            }
            plain.extend(std::iter::repeat_n(now, out.deferred as usize));
            prop_assert_eq!(queue.len(), plain.len() as i64);
            prop_assert!(queue.len() <= most);
            let ages = queue.ages(now);
            prop_assert_eq!(ages.oldest_h, plain.front().map_or(0.0, |came| now - came));
            prop_assert_eq!(ages.classes.iter().sum::<i64>(), queue.len());
            let ran = (out.utilisation * 100.0).round() as i64;
            prop_assert_eq!(ran, out.fixed + out.shiftable - out.deferred + out.processed + out.forced);
            prop_assert_eq!(out.overflow, if *action == 0 { out.shiftable - out.deferred } else { 0 });
        }
    }
}

/// Runs a while, then again from every tick of it, and holds every row of every run against the first.
fn restore_everywhere(setup: &Setup, script: &Script) {
    const TICKS: u64 = 150;
    let mut rollout = build(setup);
    let (mut snapshots, mut rows) = (Vec::new(), Vec::new());
    for _ in 0..TICKS {
        snapshots.push(rollout.snapshot());
        step(&mut rollout, script);
        rows.push(bits(rollout.row()));
    }
    // The other run has been elsewhere: what it did there must not matter.
    let mut other = build(setup);
    let elsewhere: Script = vec![(2, Act::Lever(0, 2, 0.0)), (5, Act::Input(3, 0, 1.0)), (9, Act::Controller(2, 2))];
    for _ in 0..40 {
        step(&mut other, &elsewhere);
    }
    for (k, snapshot) in snapshots.iter().enumerate() {
        other.restore(snapshot).unwrap();
        for (tick, expected) in rows.iter().enumerate().skip(k) {
            step(&mut other, script);
            assert!(bits(other.row()) == *expected, "{:?}: row {tick} differs after tick {k}", setup.policies);
        }
    }
    assert!(format!("{:?}", other.snapshot()) == format!("{:?}", rollout.snapshot()), "the ends differ");
}

#[test]
fn every_controller_and_noise_goes_on_from_any_tick() {
    for noise in ["counter", "numpy"] {
        for ((ls, dc), bat) in LS.into_iter().zip(DC).zip(BAT) {
            restore_everywhere(&Setup { noise: noise.to_owned(), ..setup(&[], [ls, dc, bat]) }, &Vec::new());
        }
    }
}

#[test]
fn hands_pins_disturbances_and_swaps_go_on_from_any_tick() {
    let script: Script = vec![
        (3, Act::Lever(0, 1, 0.0)),
        (10, Act::Input(1, 3, 0.0)),
        (11, Act::Input(3, 1, 0.7)),
        (25, Act::Lever(2, 2, 0.0)),
        (40, Act::Controller(0, 3)),
        (41, Act::Lever(0, 0, 0.0)),
        (60, Act::Controller(1, 3)),
        (70, Act::Input(4, 0, 0.1)),
        (80, Act::Clear(1)),
        (90, Act::Lever(2, 0, 0.0)),
        (91, Act::Controller(2, 3)),
        (110, Act::Input(5, 0, 0.0)),
        (120, Act::Controller(1, 2)),
        (130, Act::Clear(5)),
    ];
    for noise in ["counter", "numpy"] {
        restore_everywhere(&Setup { noise: noise.to_owned(), ..resting() }, &script);
    }
}

#[test]
fn a_session_plays_it_like_any_plant() {
    use c2g_twin::session::{Command, PlayState, Session, SessionOptions, Speed};
    let setup = setup(&[], ["carbon_shift", "trim_and_respond", "rbc_battery"]);
    let expected = play(&setup);
    let session = Session::start(World::default(), setup, SessionOptions::default()).unwrap();
    session.send(Command::Speed(Speed::Max));
    session.send(Command::Play);
    let begin = std::time::Instant::now();
    while session.view().play != PlayState::Ended {
        assert!(begin.elapsed().as_secs() < 60, "the session hangs");
        std::thread::yield_now();
    }
    session.send(Command::GoTo { tick: 333 });
    while session.view().tick != 333 {
        assert!(begin.elapsed().as_secs() < 60, "the session hangs");
        std::thread::yield_now();
    }
    session.send(Command::Play);
    while session.view().play != PlayState::Ended {
        assert!(begin.elapsed().as_secs() < 60, "the session hangs");
        std::thread::yield_now();
    }
    let view = session.view();
    let mut row = vec![0.0; view.schema.len()];
    assert!(view.recording.row(view.recording.rows() - 1, &mut row));
    assert_eq!(bits(&row), bits(expected.row()));
}
