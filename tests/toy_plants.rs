//! Two plants that the product does not know prove that its tables are enough: they run, are pinned, swapped, disturbed,
//! recorded, verified and rewound through the same doors as the plant that ships.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod plants;
mod until;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use c2g_twin::evaluate::verify_log;
use c2g_twin::plant::{Domain, Operation, Override, PlantSpec};
use c2g_twin::record::{LogHeader, LogWriter, read_full_log};
use c2g_twin::rollout::{EndKind, Intervention, LeverMode, OnTrip, Rollout, Setup, Step};
use c2g_twin::session::{Command, PlayState, RunView, Session, SessionOptions, Speed};
use plants::{CHARGERS, CHARGERS_EPISODE, THREE_AGENTS, THREE_AGENTS_EPISODE, world};
use until::until;

const TOYS: [&str; 2] = [THREE_AGENTS, CHARGERS];

fn setup(plant: &str) -> Setup {
    Setup { plant: plant.to_owned(), ..Setup::default() }
}

/// A setup in which one controller drives every slot.
fn driven(plant: &str, controller: &str) -> Setup {
    let spec = Arc::clone(world().build(&setup(plant)).unwrap().spec());
    let policies = spec.slots.iter().map(|s| (s.name.clone(), controller.to_owned())).collect();
    Setup { policies, ..setup(plant) }
}

fn lever(name: &str, mode: LeverMode) -> Intervention {
    Intervention::Lever { lever: name.to_owned(), mode }
}

fn swap(slot: &str, name: &str) -> Intervention {
    Intervention::Controller { slot: slot.to_owned(), name: name.to_owned() }
}

fn change(input: &str, operation: Operation, value: f64) -> Intervention {
    Intervention::Input { input: input.to_owned(), change: Some(Override { operation, value }) }
}

fn bits(row: &[f64]) -> Vec<u64> {
    row.iter().map(|v| v.to_bits()).collect()
}

fn value(rollout: &Rollout, signal: &str) -> f64 {
    rollout.row()[rollout.schema().find(signal).unwrap_or_else(|| panic!("no signal {signal}"))]
}

/// Steps so many ticks and gives the rows as bits.
fn rows(rollout: &mut Rollout, ticks: u64) -> Vec<Vec<u64>> {
    (0..ticks)
        .map(|_| {
            assert_eq!(rollout.step().unwrap(), Step::Ran);
            bits(rollout.row())
        })
        .collect()
}

/// Holds rows against each other without printing thousands of numbers.
#[track_caller]
fn assert_same(rows: &[Vec<u64>], expected: &[Vec<u64>], what: &str) {
    assert_eq!(rows.len(), expected.len(), "{what}: rows");
    let mut pairs = rows.iter().zip(expected).enumerate();
    if let Some((tick, (a, b))) = pairs.find(|(_, (a, b))| a != b) {
        let column = a.iter().zip(b).position(|(x, y)| x != y);
        panic!("{what}: row {tick} differs first in column {column:?}");
    }
}

/// What must hold on every row of every plant, whoever drives it.
fn check_row(spec: &PlantSpec, before: &[f64], rollout: &Rollout) {
    let row = rollout.row();
    for balance in &spec.topology.balances {
        let left = balance.residual(before, row);
        assert!(balance.closes(before, row), "{}: {left} is left at tick {}", balance.name, rollout.tick());
    }
    for slot in &spec.slots {
        let Some(reward) = slot.reward.map(|r| row[r]) else { continue };
        if slot.reward_when.is_some_and(|w| row[w] != 1.0) {
            continue;
        }
        let sum: f64 = slot.reward_terms.iter().map(|t| row[t.signal]).sum();
        assert!((reward - sum).abs() < 1e-9, "reward of {} is not the sum of its terms", slot.name);
    }
    for (slot, state) in spec.slots.iter().zip(rollout.slots()) {
        for (action, value) in slot.actions.iter().zip(&state.applied) {
            let (low, high) = action.domain.bounds();
            assert!((low..=high).contains(value), "{} is at {value}", action.name);
            if matches!(action.domain, Domain::Discrete { .. }) {
                assert_eq!(value.fract(), 0.0, "{} stands between two positions", action.name);
            }
        }
    }
}

/// Plays a whole episode and checks every row.
fn play(setup: &Setup) -> Rollout {
    let mut rollout = world().build(setup).unwrap();
    let spec = Arc::clone(rollout.spec());
    let mut before = rollout.row().to_vec();
    while rollout.step().unwrap() == Step::Ran {
        check_row(&spec, &before, &rollout);
        before = rollout.row().to_vec();
    }
    rollout
}

#[test]
fn the_tables_are_whole() {
    for plant in TOYS {
        let rollout = world().build(&setup(plant)).unwrap();
        let (spec, schema) = (rollout.spec(), rollout.schema());
        let names: BTreeSet<&str> = schema.signals.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(names.len(), schema.len(), "{plant}: two columns share a name");
        assert_eq!(rollout.row().len(), schema.len());
        assert!(
            spec.entities.iter().enumerate().all(|(i, e)| e.parent.is_none_or(|p| p < i)),
            "{plant}: parents come first"
        );
        assert!(spec.signals.iter().all(|s| s.entity < spec.entities.len() && s.doc.ends_with('.')));
        let count = spec.signals.len();
        for edge in &spec.topology.edges {
            assert!(edge.flow < count && edge.from.max(edge.to) < spec.topology.nodes.len());
        }
        assert!(spec.events.iter().all(|e| e.flag < count && e.value.is_none_or(|v| v < count)));
        for chart in &spec.charts {
            let units: BTreeSet<&str> = chart.series.iter().map(|&s| spec.signals[s].unit.as_str()).collect();
            assert_eq!(units.len(), 1, "{plant}: chart {} mixes units", chart.name);
        }
        for (index, slot) in spec.slots.iter().enumerate() {
            let mut seen = vec![f64::NAN; slot.observations.len() + 1];
            rollout.observe(index, &mut seen[..slot.observations.len()]);
            assert!(seen[..slot.observations.len()].iter().all(|v| v.is_finite()), "{plant}: {} sees a gap", slot.name);
            assert!(!world().controllers.fitting(spec, slot).is_empty());
        }
        assert!(spec.metrics.iter().all(|m| m.slot < spec.slots.len()));
        assert!(
            !spec.axes.is_empty()
                && !spec.inputs.is_empty()
                && !spec.streams.is_empty()
                && !spec.topology.balances.is_empty()
        );
    }
}

#[test]
fn tiles_and_reasons_of_every_plant_fit() {
    for plant in plants::registry().names() {
        let rollout = world().build(&setup(plant)).unwrap();
        let spec = rollout.spec();
        spec.check_tiles().unwrap();
        for action in spec.slots.iter().flat_map(|slot| &slot.actions) {
            for (flag, words) in &action.reasons {
                assert!(*flag < spec.signals.len());
                assert!(words.chars().count() <= 44, "{plant}: `{words}` does not fit one line");
            }
        }
        let nodes = &spec.topology.nodes;
        assert!(spec.topology.edges.iter().filter_map(|e| e.reactive).all(|q| q < spec.signals.len()));
        assert!(nodes.iter().flat_map(|n| [n.loss, n.efficiency]).flatten().all(|s| s < spec.signals.len()));
    }
}

#[test]
fn three_slots_of_three_positions_on_quarter_hours() {
    let rollout = world().build(&setup(THREE_AGENTS)).unwrap();
    let spec = rollout.spec();
    assert_eq!(spec.calendar.tick_s, 900);
    assert_eq!(spec.slots.len(), 3);
    for slot in &spec.slots {
        let [action] = slot.actions.as_slice() else { panic!("{} has one action", slot.name) };
        assert!(matches!(&action.domain, Domain::Discrete { labels } if labels.len() == 3));
    }
}

#[test]
fn a_yaml_number_makes_129_chargers_one_family() {
    let rollout = world().build(&setup(CHARGERS)).unwrap();
    let spec = rollout.spec();
    assert_eq!((spec.slots.len(), spec.action_count(), spec.slots[0].period_ticks), (1, 129, 4));
    assert_eq!(spec.streams.len(), 129);
    let family = |spec: &PlantSpec, quantity: &str| {
        let members = spec.signals.iter().filter(|s| s.quantity == quantity);
        let classes: BTreeSet<String> = members.clone().map(|s| spec.entities[s.entity].class.clone()).collect();
        (members.count(), classes)
    };
    for quantity in ["p_kw", "soc_frac", "e_missing_kwh", "present"] {
        assert_eq!(family(spec, quantity), (129, BTreeSet::from(["charger".to_owned()])), "{quantity}");
    }

    let few = Setup { set: vec!["park.chargers=7".to_owned(), "park.per_row=3".to_owned()], ..setup(CHARGERS) };
    let rollout = play(&few);
    assert_eq!(rollout.spec().action_count(), 7);
    assert_eq!(family(rollout.spec(), "p_row_kw").0, 3);
}

#[test]
fn they_run_a_whole_episode_whoever_drives() {
    for (plant, episode) in [(THREE_AGENTS, THREE_AGENTS_EPISODE), (CHARGERS, CHARGERS_EPISODE)] {
        for controller in ["hold", "manual", "random"] {
            let rollout = play(&driven(plant, controller));
            let end = rollout.end().unwrap();
            assert_eq!((end.kind, end.tick), (EndKind::EpisodeEnd, episode), "{plant} under {controller}");
            let spec = rollout.spec();
            for (k, metric) in spec.metrics.iter().enumerate() {
                assert!(rollout.metric(k).is_finite(), "{plant} under {controller}: {} has no value", metric.name);
            }
            let metric = |name: &str| rollout.metric(spec.metrics.iter().position(|m| m.name == name).unwrap());
            assert_eq!(metric("survived"), 1.0);
            match plant {
                THREE_AGENTS => assert_eq!(metric("ticks"), episode as f64),
                _ => {
                    assert_eq!(metric("decisions"), (episode / 4) as f64);
                    assert!(metric("cars_left") > 100.0, "cars came and went: {}", metric("cars_left"));
                    assert!(metric("peak_kw") > 200.0);
                }
            }
        }
    }
}

#[test]
fn a_slot_that_nobody_drives_rests() {
    let mut fixed = setup(THREE_AGENTS);
    fixed.policies = BTreeMap::from([("battery".to_owned(), "fixed".to_owned())]);
    fixed.fixed_actions = BTreeMap::from([("battery.drive".to_owned(), 2.0)]);
    let rollout = play(&fixed);
    assert_eq!(value(&rollout, "e_battery_mwh"), 2.0, "the battery never moved");
    assert!(!rollout.slot_counts(2));
    assert_eq!(rollout.agent_name(), "hold+hold");

    let wrong = Setup { policies: BTreeMap::from([("shift".to_owned(), "fixed".to_owned())]), ..setup(THREE_AGENTS) };
    let error = world().build(&wrong).err().unwrap().to_string();
    assert!(error.contains("does not fit"), "{error}");
    let wrong =
        Setup { policies: BTreeMap::from([("shift".to_owned(), "rule_based".to_owned())]), ..setup(THREE_AGENTS) };
    assert!(world().build(&wrong).is_err(), "a controller of another plant does not fit");
}

#[test]
fn axes_and_seeds_change_the_run() {
    let run = |plant: &str, axes: &[(&str, &str)], seed: u64, ticks: u64| {
        let axes = axes.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let mut rollout = world().build(&Setup { axes, seed, ..driven(plant, "hold") }).unwrap();
        rows(&mut rollout, ticks)
    };
    assert!(run(THREE_AGENTS, &[("location", "coast")], 1, 5) != run(THREE_AGENTS, &[("location", "desert")], 1, 5));
    assert!(run(CHARGERS, &[("day", "weekday")], 1, 200) != run(CHARGERS, &[("day", "weekend")], 1, 200));
    for plant in TOYS {
        assert_same(&run(plant, &[], 1, 150), &run(plant, &[], 1, 150), plant);
        assert!(run(plant, &[], 1, 150) != run(plant, &[], 2, 150), "{plant}: the seed does nothing");
    }
    let wrong = Setup { axes: BTreeMap::from([("day".to_owned(), "holiday".to_owned())]), ..setup(CHARGERS) };
    let error = world().build(&wrong).err().unwrap().to_string();
    assert!(error.contains("holiday"), "{error}");
}

#[test]
fn discrete_and_continuous_levers_are_pinned_and_let_go() {
    let mut rollout = world().build(&driven(THREE_AGENTS, "random")).unwrap();
    // 1.6 is no position; the nearest one is taken. `drive` is unique and needs no slot.
    rollout.apply(&lever("drive", LeverMode::Pinned(1.6))).unwrap();
    rollout.apply(&lever("shift.shift", LeverMode::Manual(0.0))).unwrap();
    for _ in 0..40 {
        rollout.step().unwrap();
        assert_eq!(value(&rollout, "act_battery_drive"), 2.0);
        assert_eq!((value(&rollout, "cmd_shift_shift"), value(&rollout, "act_shift_shift")), (0.0, 0.0));
    }
    assert_eq!(value(&rollout, "e_battery_mwh"), 0.0, "pinned to discharge, the battery ran empty");
    rollout.apply(&lever("battery.drive", LeverMode::Auto)).unwrap();
    let seen: BTreeSet<u64> = (0..40)
        .map(|_| {
            rollout.step().unwrap();
            value(&rollout, "act_battery_drive").to_bits()
        })
        .collect();
    assert_eq!(seen.len(), 3, "its controller uses all positions again");

    let pinned = BTreeMap::from([("charger_129".to_owned(), 0.25), ("park.charger_001".to_owned(), 7.0)]);
    let mut rollout = world().build(&Setup { fixed_actions: pinned, ..driven(CHARGERS, "random") }).unwrap();
    assert_eq!(rollout.warnings().len(), 1, "a pin outside its range is told: {:?}", rollout.warnings());
    for _ in 0..6 {
        rollout.step().unwrap();
        assert_eq!((value(&rollout, "act_park_charger_129"), value(&rollout, "act_park_charger_001")), (0.25, 1.0));
    }
    // Six ticks are run: the next decision is two ticks away, but a hand moves a lever at once.
    rollout.apply(&lever("park.charger_064", LeverMode::Manual(0.125))).unwrap();
    rollout.step().unwrap();
    assert_eq!(value(&rollout, "act_park_charger_064"), 0.125);

    let unknown = rollout.apply(&lever("park.charger_130", LeverMode::Auto)).err().unwrap().to_string();
    assert!(unknown.contains("charger_130"), "{unknown}");
    assert!(rollout.apply(&lever("park.charger_001", LeverMode::Pinned(f64::NAN))).is_err());
}

#[test]
fn a_slot_of_period_four_decides_on_every_fourth_tick() {
    let mut rollout = world().build(&driven(CHARGERS, "random")).unwrap();
    let levers = rollout.spec().action_count();
    let mut changes = Vec::new();
    let mut last = Vec::new();
    for tick in 0..24_u64 {
        rollout.step().unwrap();
        let applied = bits(&rollout.slots()[0].applied);
        if applied != last {
            changes.push(tick);
        }
        last = applied;
    }
    assert_eq!(changes, [0, 4, 8, 12, 16, 20]);
    assert_eq!(last.len(), levers);
    assert!(last.iter().collect::<BTreeSet<_>>().len() > 100, "every charger is driven on its own");
}

#[test]
fn controllers_are_swapped_in_flight() {
    for (plant, slot) in [(THREE_AGENTS, "shift"), (CHARGERS, "park")] {
        let mut a = world().build(&driven(plant, "hold")).unwrap();
        let mut b = world().build(&driven(plant, "hold")).unwrap();
        assert_same(&rows(&mut a, 30), &rows(&mut b, 30), plant);
        b.apply(&swap(slot, "random")).unwrap();
        assert!(rows(&mut a, 30) != rows(&mut b, 30), "{plant}: random drives otherwise than hold");
        b.apply(&swap(slot, "hold")).unwrap();
        b.step().unwrap();
        let held = b.slots()[0].applied.clone();
        rows(&mut b, 9);
        assert_eq!(b.slots()[0].applied, held, "{plant}: hold keeps what random left");
        assert!(b.apply(&swap(slot, "rule_macro")).is_err());
        assert!(b.apply(&swap("nobody", "hold")).is_err());
    }
}

#[test]
fn every_input_moves_something_and_faults_end_the_episode() {
    for plant in TOYS {
        let inputs = world().build(&setup(plant)).unwrap().spec().inputs.clone();
        for input in inputs {
            let ride = Setup { on_trip: OnTrip::RideThrough, ..setup(plant) };
            let mut calm = world().build(&ride).unwrap();
            let mut disturbed = world().build(&ride).unwrap();
            disturbed.apply(&change(&input.name, Operation::Set, 0.8 * input.range.0 + 0.2 * input.range.1)).unwrap();
            assert!(rows(&mut calm, 100) != rows(&mut disturbed, 100), "{plant}: {} does nothing", input.name);
        }
    }

    let mut hall = world().build(&setup(THREE_AGENTS)).unwrap();
    hall.apply(&change("cooling_factor", Operation::Set, 0.0)).unwrap();
    let mut names = Vec::new();
    while hall.step().unwrap() == Step::Ran {
        names.extend(hall.events().iter().map(|e| hall.spec().events[e.event].name.clone()));
    }
    assert_eq!(names, ["hall_warm", "hall_trip"], "each event is told once, on the tick where it begins");
    let end = hall.end().unwrap();
    assert_eq!((end.kind, end.cause.as_str()), (EndKind::Trip, "Hall above its limit"));

    let mut park = world().build(&Setup { on_trip: OnTrip::RideThrough, ..setup(CHARGERS) }).unwrap();
    park.apply(&change("t_ambient_degc", Operation::Set, 90.0)).unwrap();
    park.apply(&change("arrival_factor", Operation::Scale, 9.0)).unwrap();
    let spec = Arc::clone(park.spec());
    let mut before = park.row().to_vec();
    while park.step().unwrap() == Step::Ran {
        check_row(&spec, &before, &park);
        before = park.row().to_vec();
    }
    assert_eq!(park.end().unwrap().kind, EndKind::EpisodeEnd);
    assert!(value(&park, "t_feeder_degc") > 85.0);
}

/// Such an intervention would stand in a log as `null`, which nothing can read.
#[test]
fn an_override_that_no_log_can_hold_is_refused() {
    let mut rollout = world().build(&setup(CHARGERS)).unwrap();
    for operation in [Operation::Set, Operation::Add, Operation::Scale, Operation::Hold] {
        let error = rollout.apply(&change("price_usd_kwh", operation, f64::NAN)).err().unwrap().to_string();
        assert!(error.contains("price_usd_kwh"), "{error}");
    }
    assert_eq!(rollout.inputs().active().count(), 0);
}

#[test]
fn an_unfinished_decision_is_settled_when_the_run_stops() {
    let mut rollout = world().build(&Setup { ticks: Some(10), ..setup(CHARGERS) }).unwrap();
    while rollout.step().unwrap() == Step::Ran {}
    assert_eq!(rollout.end().unwrap().kind, EndKind::TicksReached);
    let decisions = rollout.spec().metrics.iter().position(|m| m.name == "decisions").unwrap();
    assert_eq!(rollout.metric(decisions), 3.0, "two whole decisions and one of two ticks");
}

#[test]
fn a_snapshot_of_any_tick_gives_the_same_bytes() {
    for (plant, ticks) in [(THREE_AGENTS, 96), (CHARGERS, 60)] {
        for noise in ["counter", "numpy"] {
            let setup = Setup { noise: noise.to_owned(), ..driven(plant, "random") };
            let mut rollout = world().build(&setup).unwrap();
            let mut other = world().build(&setup).unwrap();
            let mut snapshots = Vec::new();
            let all: Vec<Vec<u64>> = (0..ticks)
                .flat_map(|_| {
                    snapshots.push(rollout.snapshot());
                    rows(&mut rollout, 1)
                })
                .collect();
            for (k, snapshot) in snapshots.iter().enumerate() {
                other.restore(snapshot).unwrap();
                assert_same(
                    &rows(&mut other, ticks - k as u64),
                    &all[k..],
                    &format!("{plant}, {noise} noise, tick {k}"),
                );
            }
        }
    }
}

#[test]
fn logs_are_written_read_and_run_again() {
    let folder = tempfile::tempdir().unwrap();
    for plant in TOYS {
        let path = folder.path().join(format!("{plant}.csv"));
        let mut rollout = world().build(&Setup { ticks: Some(90), ..driven(plant, "random") }).unwrap();
        let (slot, action) = match plant {
            THREE_AGENTS => ("set_point", "set_point.move"),
            _ => ("park", "park.charger_010"),
        };
        let first_input = rollout.spec().inputs[0].name.clone();
        let plan = [
            (0, lever(action, LeverMode::Pinned(0.0))),
            (20, lever(action, LeverMode::Manual(1.0))),
            (33, swap(slot, "hold")),
            (34, change(&first_input, Operation::Hold, 0.0)),
            (50, change(&first_input, Operation::Scale, 0.5)),
            (51, swap(slot, "random")),
            (70, Intervention::Input { input: first_input.clone(), change: None }),
        ];
        let mut log = LogWriter::create(&path, &LogHeader::of(&rollout)).unwrap();
        loop {
            let tick = rollout.tick();
            for (_, what) in plan.iter().filter(|(at, _)| *at == tick) {
                rollout.apply(what).unwrap();
                log.input(tick, what).unwrap();
            }
            if rollout.step().unwrap() == Step::Ended {
                break;
            }
            log.row(tick, rollout.row()).unwrap();
        }
        log.finish().unwrap();

        let read = read_full_log(&path).unwrap();
        assert_eq!((read.rows.len(), read.checked_rows, read.inputs.len()), (90, 90, plan.len()));
        let text = std::fs::read_to_string(&path).unwrap();
        let checks = text.lines().filter(|l| l.starts_with("#check")).count();
        assert_eq!(checks, if plant == THREE_AGENTS { 90 } else { 1 }, "{plant}: a quarter hour is checked by itself");

        let comparison = verify_log(&world(), &path, 0.0).unwrap();
        assert!(comparison.holds(), "{plant}: {comparison}");
        assert_eq!(comparison.rows, 90);
        refuses_another_history(&path, &text);
    }
}

/// A log with another seed in its header must not verify: the comparison really compares.
fn refuses_another_history(path: &Path, text: &str) {
    let other = text.replacen("seed: 42", "seed: 43", 1);
    assert_ne!(other, text);
    std::fs::write(path, other).unwrap();
    assert!(!verify_log(&world(), path, 0.0).unwrap().holds());
}

fn recorded(view: &RunView) -> Vec<Vec<u64>> {
    until::rows(&view.recording, view.schema.len())
}

#[test]
fn a_session_steps_back_and_forth_with_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    for (plant, slot, period) in [(THREE_AGENTS, "shift", 1), (CHARGERS, "park", 4)] {
        let path = folder.path().join(format!("{plant}.csv"));
        let setup = driven(plant, "random");
        let options = SessionOptions { log: Some(path.clone()), ..SessionOptions::default() };
        let session = Session::start(world(), setup.clone(), options).unwrap();
        session.send(Command::Speed(Speed::Max));
        // A swap and a hand on a lever belong to the history that is rewound.
        for _ in 0..10 {
            session.send(Command::StepTick);
        }
        session.send(Command::Intervene(swap(slot, "hold")));
        session.send(Command::Play);
        let end = until(&session, |v| v.play == PlayState::Ended);
        let all = recorded(&end);
        assert_eq!(all.len() as u64, end.tick);

        let mut plain = world().build(&setup).unwrap();
        let mut expected = rows(&mut plain, 10);
        plain.apply(&swap(slot, "hold")).unwrap();
        expected.extend(rows(&mut plain, end.tick - 10));
        assert_same(&all, &expected, "the window's run is the headless run");

        session.send(Command::BackTick);
        let view = until(&session, |v| v.tick == end.tick - 1);
        assert_eq!(view.play, PlayState::Paused);
        assert_same(&recorded(&view), &all[..all.len() - 1], "one tick back");
        session.send(Command::StepTick);
        assert_same(&recorded(&until(&session, |v| v.tick == end.tick)), &all, "and forth");

        for wanted in [101, 7] {
            session.send(Command::GoTo { tick: wanted });
            let view = until(&session, |v| v.tick == wanted);
            assert_same(&recorded(&view), &all[..wanted as usize], "a tick that was asked for");
            assert_same(&[bits(&view.row)], &all[wanted as usize - 1..wanted as usize], "its picture");
        }
        session.send(Command::BackInterval);
        let boundary = 6 / period * period;
        let view = until(&session, |v| v.tick == boundary);
        assert_same(&recorded(&view), &all[..boundary as usize], "the boundary before");
        session.send(Command::StepInterval);
        until(&session, |v| v.tick == boundary + period);

        // What came after is still there, the swap with it.
        session.send(Command::Play);
        let view = until(&session, |v| v.play == PlayState::Ended);
        assert_same(&recorded(&view), &all, "the same history");

        // A branch from before the swap is another history: nobody swaps in it.
        session.send(Command::Branch { tick: Some(7), name: None, changes: Vec::new() });
        until(&session, |v| v.beside.runs.len() == 2);
        session.send(Command::Play);
        let view = until(&session, |v| v.play == PlayState::Ended);
        let mut plain = world().build(&setup).unwrap();
        assert_same(&recorded(&view), &rows(&mut plain, view.tick), "another history");
        assert_eq!(view.driver.controllers.matches("random").count(), view.slots.len());
        let branch = std::path::PathBuf::from(view.log.clone().unwrap());
        drop(session);
        for (path, rows) in [(path, end.tick), (branch, view.tick)] {
            let comparison = verify_log(&world(), &path, 0.0).unwrap();
            assert!(comparison.holds() && comparison.rows == rows, "{plant}: {comparison}");
        }
    }
}

#[test]
fn the_axes_of_a_toy_are_chosen_in_a_session() {
    let session = Session::start(world(), driven(CHARGERS, "random"), SessionOptions::default()).unwrap();
    let view = session.view();
    assert_eq!((view.levers.len(), view.axes[0].value.as_str()), (129, "weekday"));
    assert!(view.slots[0].choices.iter().any(|c| c.name == "random"));
    session.send(Command::Axis { name: "day".to_owned(), value: "weekend".to_owned() });
    let view = until(&session, |v| v.axes[0].value == "weekend");
    assert_eq!((view.run, view.tick, view.slots[0].controller.as_str()), (1, 0, "random"));
    session.send(Command::StepInterval);
    let view = until(&session, |v| v.tick == 4);
    assert_eq!(view.slots[0].ticks_to_decision, 0);
    // The outlook comes from a second worker that builds the same plant.
    let view = until(&session, |v| v.outlook.as_ref().is_some_and(|o| o.tick == 4));
    assert_eq!(view.outlook.as_ref().unwrap().ticks, 3, "a quarter of an hour of five-minute ticks");
}
