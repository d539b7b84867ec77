//! Head-room: every answer is rolled again on a run of its own, at the values found and slightly beyond them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[allow(unused_imports)]
mod plants;
mod until;

use c2g_twin::evaluate::headroom::{Direction, Found, Headroom, Passed, Reach, Stop, find, stop_words};
use c2g_twin::plant::{CountFrom, Domain, Measured, PlantSpec, Severity};
use c2g_twin::record::{LogHeader, LogWriter};
use c2g_twin::rollout::{Intervention, LeverMode, Rollout, Setup, Snapshot, Step, World};
use c2g_twin::session::{Command, HeadroomNote, Session, SessionOptions};

/// A run of the default day, so many ticks on, with changes.
fn run(ticks: u64, set: &[&str], what: &[Intervention]) -> Rollout {
    let mut setup = Setup::default_day().unwrap();
    setup.set.extend(set.iter().map(|s| (*s).to_owned()));
    let mut rollout = World::default().build(&setup).unwrap();
    what.iter().for_each(|what| rollout.apply(what).unwrap());
    on(&mut rollout, ticks);
    rollout
}

fn on(rollout: &mut Rollout, ticks: u64) {
    for _ in 0..ticks {
        assert_eq!(rollout.step().unwrap(), Step::Ran);
    }
}

fn headroom(rollout: &Rollout) -> Headroom {
    let mut own = World::default().build(rollout.setup()).unwrap();
    find(&mut own, &rollout.snapshot(), &|| false).unwrap().unwrap()
}

/// What a run with pinned levers comes to: the smallest contribution, and whether a warning limit or a trip was passed.
struct Rolled {
    least: f64,
    passed: bool,
}

/// Rolls the plant with plain pins, controllers and all, and reads its rows.
fn roll(setup: &Setup, from: &Snapshot, values: &[f64], aim: Measured, sign: f64, rest: &[f64]) -> Rolled {
    let mut rollout = World::default().build(setup).unwrap();
    rollout.restore(from).unwrap();
    let spec = std::sync::Arc::clone(rollout.spec());
    let table = spec.headroom.as_ref().unwrap();
    let begin: Vec<f64> = table.limits.iter().map(|&s| rollout.row()[s]).collect();
    for (lever, &value) in table.levers.iter().zip(values) {
        let slot = &spec.slots[lever.slot];
        let name = format!("{}.{}", slot.name, slot.actions[lever.action].name);
        rollout.apply(&Intervention::Lever { lever: name, mode: LeverMode::Pinned(value) }).unwrap();
    }
    let mut rolled = Rolled { least: f64::INFINITY, passed: false };
    for rested in rest.iter().take(table.ticks as usize) {
        if rollout.step().unwrap() == Step::Ended {
            break;
        }
        let row = rollout.row();
        let from = match aim.from {
            CountFrom::Level(level) => level,
            CountFrom::Rest => *rested,
        };
        rolled.least = rolled.least.min(sign * aim.factor * (row[aim.signal] - from));
        for (&signal, &begin) in table.limits.iter().zip(&begin) {
            let limits = spec.signals[signal].limits;
            let (low, high) = (limits.warn_low.or(limits.trip_low), limits.warn_high.or(limits.trip_high));
            rolled.passed |= low.is_some_and(|low| row[signal] < low.min(begin));
            rolled.passed |= high.is_some_and(|high| row[signal] > high.max(begin));
        }
        rolled.passed |= rollout.events().iter().any(|e| spec.events[e.event].severity == Severity::Trip);
    }
    rolled
}

/// The signal of `aim` tick by tick with every lever at rest.
fn at_rest(setup: &Setup, from: &Snapshot, aim: Measured) -> Vec<f64> {
    let mut rollout = World::default().build(setup).unwrap();
    rollout.restore(from).unwrap();
    let spec = std::sync::Arc::clone(rollout.spec());
    let table = spec.headroom.as_ref().unwrap();
    for lever in &table.levers {
        let slot = &spec.slots[lever.slot];
        let action = &slot.actions[lever.action];
        let mode = LeverMode::Pinned(action.default);
        rollout.apply(&Intervention::Lever { lever: format!("{}.{}", slot.name, action.name), mode }).unwrap();
    }
    (0..table.ticks)
        .map(|_| {
            rollout.step().unwrap();
            rollout.row()[aim.signal]
        })
        .collect()
}

/// Holds a found value against runs of its own; returns how many levers were held by a limit.
fn hold(spec: &PlantSpec, setup: &Setup, from: &Snapshot, found: &Found, aim: Measured, sign: f64) -> usize {
    let table = spec.headroom.as_ref().unwrap();
    let rest = at_rest(setup, from, aim);
    let rolled = roll(setup, from, &found.values, aim, sign, &rest);
    assert!(!rolled.passed, "a limit is passed at {:?}", found.values);
    assert!((rolled.least - found.amount).abs() < 1e-9, "{} is told, {} is rolled", found.amount, rolled.least);
    let mut held = 0;
    for ((k, stop), lever) in found.stops.iter().enumerate().zip(&table.levers) {
        let Some(stop) = stop else { continue };
        let action = &spec.slots[lever.slot].actions[lever.action];
        let (low, high) = action.domain.bounds();
        let step = if matches!(action.domain, Domain::Discrete { .. }) { 1.0 } else { (high - low) * 2e-3 };
        let beyond = |by: f64| {
            let mut values = found.values.clone();
            values[k] = (values[k] + by).clamp(low, high);
            (values[k] != found.values[k]).then(|| roll(setup, from, &values, aim, sign, &rest))
        };
        let sides: Vec<Rolled> = [beyond(step), beyond(-step)].into_iter().flatten().collect();
        let at_end = found.values[k] == low || found.values[k] == high;
        let better = sides.iter().any(|side| !side.passed && side.least > found.amount + 1e-6);
        assert!(!better, "{} gives more a step further", action.name);
        match stop {
            Stop::Limit(_) => {
                assert!(sides.iter().any(|side| side.passed), "{}: no limit is passed beyond", action.name);
                held += 1;
            }
            Stop::End => assert!(at_end, "{} stands at {} of {low}..{high}", action.name, found.values[k]),
            Stop::Fades => assert!(sides.iter().any(|side| side.least < found.amount), "{}", action.name),
            Stop::Nothing => {}
        }
    }
    held
}

/// Checks all directions, alone and together; returns how many levers were held by a limit.
fn check(rollout: &Rollout, told: &Headroom) -> usize {
    let (spec, setup, from) = (rollout.spec(), rollout.setup(), rollout.snapshot());
    let table = spec.headroom.as_ref().unwrap();
    let mut held = 0;
    for direction in Direction::BOTH {
        let sign = if direction == Direction::Up { 1.0 } else { -1.0 };
        let side = told.side(direction);
        let all = side.all.found().unwrap();
        held += hold(spec, setup, &from, all, table.delivered, sign);
        assert!((all.parts.iter().sum::<f64>() - all.amount).abs() < 1e-6, "parts add up: {:?}", all.parts);
        for (k, (alone, lever)) in side.alone.iter().zip(&table.levers).enumerate() {
            match alone {
                Reach::Can(found) => {
                    held += hold(spec, setup, &from, found, lever.part, sign);
                    assert!((found.parts[k] - found.amount).abs() < 1e-9);
                }
                Reach::Cannot(_) => nothing_helps(rollout, k, lever.part, sign),
            }
        }
    }
    held
}

/// A lever that is said not to keep the limits passes one wherever it stands, the others as they are.
fn nothing_helps(rollout: &Rollout, k: usize, aim: Measured, sign: f64) {
    let (spec, setup, from) = (rollout.spec(), rollout.setup(), rollout.snapshot());
    let table = spec.headroom.as_ref().unwrap();
    let now: Vec<f64> = table.levers.iter().map(|l| rollout.slots()[l.slot].applied[l.action]).collect();
    let rest = at_rest(setup, &from, aim);
    let lever = &table.levers[k];
    let (low, high) = spec.slots[lever.slot].actions[lever.action].domain.bounds();
    for step in 0..=20 {
        let mut values = now.clone();
        values[k] = low + (high - low) * f64::from(step) / 20.0;
        assert!(roll(setup, &from, &values, aim, sign, &rest).passed, "lever {k} at {} passes no limit", values[k]);
    }
}

#[test]
fn the_default_day_at_two_in_the_afternoon() {
    let rollout = run(10_080, &[], &[]);
    let told = headroom(&rollout);
    check(&rollout, &told);
    let (up, down) = (told.up.all.found().unwrap(), told.down.all.found().unwrap());
    assert!(up.amount > 20.0 && down.amount > 5.0, "{} up, {} down", up.amount, down.amount);
    // The battery has 5 MW both ways, and shedding never makes the site draw more.
    assert!((told.up.alone[0].found().unwrap().amount - 5.0).abs() < 1e-6);
    assert!(told.down.alone[1].found().unwrap().amount.abs() < 1e-9);
    // Nominal cooling can be raised by the rest of the air handling, 15 MW, pumps are at nominal speed already.
    assert!((told.down.alone[3].found().unwrap().amount - 15.0).abs() < 1e-6);
    assert_eq!(told.commitment, Some(rollout_commitment(&rollout)));
    let spare = told.spare(Direction::Up).unwrap();
    assert!((spare - (up.amount - told.commitment.unwrap())).abs() < 1e-12);
    assert_eq!(told, headroom(&rollout), "the same instant gives the same bytes");
}

/// The commitment of the next tick.
fn rollout_commitment(rollout: &Rollout) -> f64 {
    let mut own = World::default().build(rollout.setup()).unwrap();
    own.restore(&rollout.snapshot()).unwrap();
    own.step().unwrap();
    own.row()[own.spec().signal("p_committed_mw").unwrap()]
}

#[test]
fn an_empty_battery_gives_what_lasts() {
    let low = Intervention::Lever { lever: "bess_dispatch".into(), mode: LeverMode::Pinned(1.0) };
    let rollout = run(1_500, &[], &[low]);
    let told = headroom(&rollout);
    check(&rollout, &told);
    let battery = told.up.alone[0].found().unwrap();
    assert!(battery.amount < 1.0, "{} MW from an empty battery", battery.amount);
    assert!(told.down.alone[0].found().unwrap().amount > 4.9, "and it can take all");
}

/// The default day at 05:00 with hardly any cooling of zone B, until that is warmer than `level`.
fn until_warmer(level: f64) -> (Rollout, usize) {
    let mut rollout = run(3_600, &[], &[]);
    let zone = rollout.spec().signal("t_zone_b_degc").unwrap();
    let low = LeverMode::Pinned(0.02);
    rollout.apply(&Intervention::Lever { lever: "hvac_effort".into(), mode: low }).unwrap();
    while rollout.row()[zone] <= level && rollout.tick() < 17_000 {
        on(&mut rollout, 1);
    }
    assert!(rollout.row()[zone] > level && rollout.end().is_none(), "zone B stands at {}", rollout.row()[zone]);
    (rollout, zone)
}

#[test]
fn a_warm_zone_holds_the_air_handling_back() {
    let (rollout, zone) = until_warmer(32.6);
    let told = headroom(&rollout);
    assert!(check(&rollout, &told) > 0, "something is held by a limit");
    let hvac = told.up.alone[3].found().unwrap();
    assert!(matches!(hvac.stops[3], Some(Stop::Limit(Passed::Limit { signal, .. })) if signal == zone));
    assert_eq!(stop_words(rollout.spec(), &hvac.stops[3].unwrap()), "held by Zone B 33\u{2009}°C");
    let table = rollout.spec().headroom.clone().unwrap();
    let place = table.limits.iter().position(|&s| s == zone).unwrap();
    assert!(hvac.closest[place] <= 33.0 && hvac.closest[place] > 32.99, "it comes to {}", hvac.closest[place]);
}

#[test]
fn a_hot_zone_may_not_get_hotter() {
    let (rollout, zone) = until_warmer(33.4);
    let told = headroom(&rollout);
    check(&rollout, &told);
    let hvac = told.up.alone[3].found().unwrap();
    assert!(matches!(hvac.stops[3], Some(Stop::Limit(Passed::Limit { signal, .. })) if signal == zone));
    assert!(hvac.amount < 34.0, "not all of the cooling");
}

#[test]
fn every_market_fidelity_and_counting_holds() {
    for (axis, value) in [("market", "caiso_lazona"), ("fidelity", "as_shipped"), ("scenario", "thermal_squeeze")] {
        let mut setup = Setup::default_day().unwrap();
        setup.axes.insert(axis.to_owned(), value.to_owned());
        let Ok(mut rollout) = World::default().build(&setup) else { continue };
        on(&mut rollout, 5_400);
        let told = headroom(&rollout);
        for direction in Direction::BOTH {
            assert!(matches!(told.side(direction).all, Reach::Can(_)), "{axis} {value}: {direction:?}");
        }
        check(&rollout, &told);
    }
}

#[test]
fn a_plant_without_a_commitment_says_what_it_can() {
    let setup = Setup { plant: "sustaindc".into(), ..Setup::default() };
    let mut rollout = World::default().build(&setup).unwrap();
    on(&mut rollout, 60);
    let told = headroom(&rollout);
    assert_eq!((told.commitment, told.ticks), (None, 1));
    check(&rollout, &told);
    assert!(told.up.all.found().unwrap().amount > 0.0 && told.down.all.found().unwrap().amount > 0.0);
    assert_eq!(told.spare(Direction::Up), None);
}

#[test]
fn toys_without_a_table_and_runs_that_are_over_tell_nothing() {
    let world = plants::world();
    let mut rollout = world.build(&Setup { plant: plants::CHARGERS.into(), ..Setup::default() }).unwrap();
    let from = rollout.snapshot();
    assert_eq!(find(&mut rollout, &from, &|| false).unwrap(), None);
    let mut over = World::default().build(&Setup { ticks: Some(20), ..Setup::default() }).unwrap();
    on(&mut over, 20);
    let from = over.snapshot();
    assert_eq!(find(&mut over, &from, &|| false).unwrap(), None);
    let mut on_time = World::default().build(&Setup::default_day().unwrap()).unwrap();
    let from = on_time.snapshot();
    assert_eq!(find(&mut on_time, &from, &|| true).unwrap(), None, "nobody wants to know any more");
}

#[test]
fn a_session_finds_it_when_somebody_wants_to_know_and_forgets_it_when_time_moves() {
    let session = Session::start(World::default(), Setup::default_day().unwrap(), SessionOptions::default()).unwrap();
    (0..10).for_each(|_| session.send(Command::StepInterval));
    let view = until::until(&session, |v| v.tick == 1_800 && v.outlook.is_some());
    assert!(view.headroom.is_none(), "nobody wanted to know");
    session.send(Command::Headroom);
    let view = until::until(&session, |v| v.headroom.is_some());
    let told = view.headroom.clone().unwrap();
    assert_eq!(*told, headroom(&run(1_800, &[], &[])));
    session.send(Command::StepTick);
    let view = until::until(&session, |v| v.tick == 1_801);
    assert_eq!(view.headroom.as_ref().map(|h| h.tick), Some(1_800), "what is known stays until there is something new");
    session.send(Command::GoTo { tick: 900 });
    let view = until::until(&session, |v| v.tick == 900);
    assert!(view.headroom.is_none(), "it was of another instant");
    // What is done changes what can be given; an answer of the state before it is not shown.
    session.send(Command::Headroom);
    let mode = LeverMode::Pinned(0.0);
    session.send(Command::Intervene(Intervention::Input {
        input: "bess_available".into(),
        change: Some(c2g_twin::plant::Override { operation: c2g_twin::plant::Operation::Set, value: 0.0 }),
    }));
    session.send(Command::Intervene(Intervention::Lever { lever: "bess_dispatch".into(), mode }));
    session.send(Command::Headroom);
    let view = until::until(&session, |v| v.headroom.is_some() && v.beside.runs.len() == 2);
    let battery = view.headroom.as_ref().unwrap().up.alone[0].found().unwrap().amount;
    assert_eq!(battery, 0.0, "the battery is out of service");
}

fn tool(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_c2g-twin")).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn the_command_line_tells_the_same_of_a_run_and_of_its_log() {
    let rollout = run(1_800, &[], &[]);
    let told = headroom(&rollout);
    let (code, text, _) = tool(&["headroom", "--at", "1800", "--json"]);
    assert_eq!(code, Some(0));
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    for direction in Direction::BOTH {
        let side = &json[direction.name()];
        assert_eq!(side["all"]["amount"].as_f64(), told.side(direction).all.found().map(|f| f.amount));
        assert_eq!(side["spare"].as_f64(), told.spare(direction));
        assert_eq!(side["alone"].as_array().unwrap().len(), 4);
    }
    assert_eq!(json["commitment"].as_f64(), told.commitment);
    // 02:30 is tick 1800 of a day that begins at midnight.
    let (_, by_clock, _) = tool(&["headroom", "--at", "02:30", "--json"]);
    assert_eq!(by_clock, text);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.csv");
    let mut own = run(0, &[], &[]);
    let mut log = LogWriter::create(&path, &LogHeader::of(&own)).unwrap();
    for tick in 0..2_000 {
        own.step().unwrap();
        log.row(tick, own.row()).unwrap();
    }
    log.finish().unwrap();
    let (code, of_log, error) = tool(&["headroom", path.to_str().unwrap(), "--at", "1800", "--json"]);
    assert_eq!(code, Some(0), "{error}");
    assert_eq!(of_log, text, "the log's run is the same");
    let (code, words, _) = tool(&["headroom", "--at", "1800"]);
    assert_eq!(code, Some(0));
    assert!(words.contains("Up, draw less: ") && words.contains("36.5 MW cooling baseline"), "{words}");
}

#[test]
fn instants_that_are_not_reached_and_plants_that_tell_nothing_are_refused() {
    let (code, _, error) = tool(&["headroom", "--at", "noon"]);
    assert_eq!(code, Some(2));
    assert!(error.contains("`noon` is neither a number of ticks nor a time of day"), "{error}");
    let (code, _, error) = tool(&["headroom", "--ticks", "50", "--at", "60"]);
    assert_eq!(code, Some(2));
    assert!(error.contains("the run ends after 50 ticks"), "{error}");
    let (code, _, error) = tool(&["headroom", "--ticks", "50", "--at", "50"]);
    assert_eq!(code, Some(2));
    assert!(error.contains("nothing comes after it"), "{error}");
}

#[test]
fn a_full_log_that_is_played_tells_the_head_room_of_its_run() {
    let folder = std::env::temp_dir().join(format!("c2g-headroom-log-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("day.csv");
    let text = path.display().to_string();
    let (code, _, errors) = tool(&["run", "--ticks", "900", "--log", &text]);
    assert_eq!(code, Some(0), "{errors}");
    let options = SessionOptions { replay: vec![path.clone()], ..SessionOptions::default() };
    let session = Session::start(World::default(), Setup::default_day().unwrap(), options).unwrap();
    let read = |v: &c2g_twin::session::RunView| v.replay.as_ref().is_some_and(|r| r.reading.is_none() && r.rows == 900);
    until::until(&session, read);
    for tick in [600, 240, 899] {
        session.send(Command::GoTo { tick });
        until::until(&session, |v| v.tick == tick);
        session.send(Command::Headroom);
        let view = until::until(&session, |v| v.headroom.as_ref().is_some_and(|h| h.tick == tick));
        let taken = c2g_twin::evaluate::take_over(&World::default(), &path, tick, &mut |_, _| true).unwrap().unwrap();
        assert_eq!(**view.headroom.as_ref().unwrap(), headroom(&taken.rollout), "{tick}");
    }
    let refused = |v: &c2g_twin::session::RunView| match &v.beside.headroom {
        Some(HeadroomNote::Refused { what, cure, .. }) => Some((what.clone(), cure.clone())),
        _ => None,
    };
    session.send(Command::GoTo { tick: 900 });
    until::until(&session, |v| v.tick == 900);
    session.send(Command::Headroom);
    let view = until::until(&session, |v| refused(v).is_some());
    assert_eq!(refused(&view).unwrap().0, "no tick comes after this one");
    // A table that does not say what the run was begun with.
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/samples/c2g_hardware.csv");
    session.send(Command::Replay(vec![sample.into()]));
    until::until(&session, |v| v.replay.as_ref().is_some_and(|r| r.path.ends_with("c2g_hardware.csv") && r.rows > 0));
    session.send(Command::Headroom);
    let view = until::until(&session, |v| refused(v).is_some());
    let (what, cure) = refused(&view).unwrap();
    assert!(what.contains("does not hold what the run was begun with") && cure.contains("full logs"), "{what} {cure}");
    assert!(view.headroom.is_none());
    std::fs::remove_dir_all(&folder).unwrap();
}

/// A search that ends with the run leaves a command for the tick that was not run; a snapshot does not take it over.
#[test]
fn a_command_for_a_tick_that_was_not_run_is_gone_after_a_restore() {
    let mut rollout = run(30, &[], &[]);
    let from = rollout.snapshot();
    on(&mut rollout, 1);
    let bits = |rollout: &Rollout| rollout.row().iter().map(|v| v.to_bits()).collect::<Vec<u64>>();
    let row = bits(&rollout);
    rollout.command(1, &[0.5, 0.5, 0.5, -1.0]);
    rollout.restore(&from).unwrap();
    on(&mut rollout, 1);
    assert_eq!(bits(&rollout), row);
}
