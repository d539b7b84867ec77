//! A session on a log: plays, steps, jumps, refuses, and gives the live run back.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use c2g_twin::rollout::{EndKind, Intervention, LeverMode, Setup, World};
use c2g_twin::session::{Command, PlayState, RunView, Session, SessionOptions, Speed};

use super::until::until;
use super::{c2g, record, sustaindc};

fn replaying(paths: &[&Path]) -> Session {
    let replay = paths.iter().map(|p| p.to_path_buf()).collect();
    let options = SessionOptions { replay, ..SessionOptions::default() };
    Session::start(World::default(), Setup::default(), options).unwrap()
}

/// Waits until the file is read.
fn read(session: &Session) -> Arc<RunView> {
    until(session, |v| v.replay.as_ref().is_some_and(|r| r.reading.is_none()) && v.tick > 0)
}

#[test]
fn a_replay_steps_jumps_and_ends() {
    let dir = tempfile::tempdir().unwrap();
    let recorded = record(dir.path(), &c2g(&[], &[("macro", "rule_macro"), ("hardware", "pid")], 1_000));
    let session = replaying(&[&recorded.full]);
    let view = read(&session);
    assert_eq!((view.tick, view.reach(), view.span_ticks()), (1, 1_000, 1_000));
    assert_eq!(view.play, PlayState::Paused);
    let replay = view.replay.clone().unwrap();
    assert_eq!((replay.name.as_str(), replay.kind, replay.rows), ("full.csv", "full log", 1_000));
    assert_eq!(view.driver.controllers, "rule_macro + pid");
    // Forth, back, and forth again: the picture of a tick is always the same.
    for (command, tick) in [
        (Command::GoTo { tick: 700 }, 700),
        (Command::StepTick, 701),
        (Command::StepInterval, 720),
        (Command::BackTick, 719),
        (Command::BackInterval, 540),
        (Command::GoTo { tick: 5_000 }, 1_000),
        (Command::GoTo { tick: 3 }, 3),
        (Command::Reset { seed: None }, 0),
        (Command::StepTick, 1),
    ] {
        session.send(command);
        let view = until(&session, |v| v.tick == tick);
        assert_eq!(view.recording.rows(), tick);
        if let Some(last) = (tick as usize).checked_sub(1) {
            let bits = |row: &[f64]| row.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&view.row), bits(&recorded.rows[last]));
            assert_eq!(view.end.is_some(), tick == 1_000);
        } else {
            assert!(view.row.iter().all(|v| v.is_nan()), "before the first row nothing is known");
        }
    }
    // To the end at full speed; the end is that of the log.
    session.send(Command::Speed(Speed::Max));
    session.send(Command::Play);
    let view = until(&session, |v| v.play == PlayState::Ended);
    assert_eq!((view.tick, view.end.as_ref().map(|e| e.kind)), (1_000, Some(EndKind::TicksReached)));
}

#[test]
fn events_and_metrics_are_those_of_the_run() {
    let dir = tempfile::tempdir().unwrap();
    let setup = c2g(&[("scenario", "scenario_a")], &[("macro", "rule_macro"), ("hardware", "rule_based")], 2_000);
    let recorded = record(dir.path(), &setup);
    let live =
        Session::start(World::default(), setup, SessionOptions { speed: Speed::Max, play: true, ..Default::default() });
    let live = live.unwrap();
    let wanted = until(&live, |v| v.play == PlayState::Ended);
    let session = replaying(&[&recorded.full]);
    read(&session);
    let at = |tick: u64| {
        session.send(Command::GoTo { tick });
        until(&session, |v| v.tick == tick)
    };
    at(2_000);
    at(100);
    let view = at(2_000);
    assert_eq!(*view.events, *wanted.events);
    let bits = |all: &[f64]| all.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&view.metrics), bits(&wanted.metrics));
    assert!(at(100).events.iter().all(|e| e.tick < 100));
    for (is, was) in view.levers.iter().zip(&wanted.levers) {
        let of = |l: &c2g_twin::session::LeverView| bits(&[l.commanded, l.applied, l.effect]);
        assert_eq!((&is.name, of(is)), (&was.name, of(was)));
    }
}

#[test]
fn what_a_log_lacks_is_no_value_in_any_metric() {
    let dir = tempfile::tempdir().unwrap();
    let recorded = record(dir.path(), &c2g(&[], &[("hardware", "pid")], 500));
    let session = replaying(&[&recorded.others[0]]);
    let view = read(&session);
    session.send(Command::GoTo { tick: 500 });
    let view = until(&session, |v| v.tick == 500 && v.run == view.run);
    for (metric, spec) in view.metrics.iter().zip(&view.spec.metrics) {
        let known = spec
            .fold
            .signals()
            .iter()
            .chain(&spec.when)
            .all(|s| !matches!(view.provenance(*s), Some(c2g_twin::record::Provenance::Absent)));
        assert_eq!(metric.is_finite(), known, "{}", spec.name);
    }
}

#[test]
fn nothing_can_be_changed_and_the_toast_says_why_once() {
    let dir = tempfile::tempdir().unwrap();
    let recorded = record(dir.path(), &sustaindc(50));
    let session = replaying(&[&recorded.others[0]]);
    let before = read(&session);
    for k in 0..10 {
        let mode = LeverMode::Manual(f64::from(k % 3));
        session.send(Command::Intervene(Intervention::Lever { lever: "agent_bat.battery".into(), mode }));
    }
    session.send(Command::Axis { name: "location".into(), value: "az".into() });
    let view = until(&session, |v| !v.notices.is_empty());
    assert_eq!(view.notices.len(), 1);
    assert!(view.notices[0].text.contains("This is a replay"), "{:?}", view.notices);
    assert!(view.notices[0].cure.contains("live run"));
    assert_eq!((view.run, view.tick), (before.run, before.tick));
    session.send(Command::Dismiss { notice: view.notices[0].id });
    until(&session, |v| v.notices.is_empty());
}

#[test]
fn a_log_stands_in_front_of_the_live_run() {
    let dir = tempfile::tempdir().unwrap();
    let recorded = record(dir.path(), &sustaindc(60));
    let full = record(&dir.path().join("c2g"), &c2g(&[], &[("hardware", "pid")], 30));
    let live = Session::start(World::default(), Setup::default(), SessionOptions::default()).unwrap();
    live.send(Command::StepInterval);
    let before = until(&live, |v| v.tick == 180);
    let none = PathBuf::from("/nowhere/at/all.csv");
    live.send(Command::Replay(vec![none.clone()]));
    let view = until(&live, |v| !v.notices.is_empty());
    assert!(view.replay.is_none() && view.notices[0].text.contains("all.csv"), "{:?}", view.notices);
    // One that is missing does not keep the others away.
    live.send(Command::Replay(vec![recorded.others[0].clone(), none, full.full.clone()]));
    let view = until(&live, |v| v.replay.is_some());
    assert!(view.run > before.run && view.spec.name == "sustaindc");
    assert_eq!(view.notices.len(), 2);
    let replay = view.replay.clone().unwrap();
    assert_eq!(replay.set.to_vec(), ["all_agents_episode_1.csv", "full.csv"]);
    live.send(Command::Pick(1));
    let view = until(&live, |v| v.spec.name == "c2g");
    assert_eq!(view.replay.as_ref().map(|r| r.chosen), Some(1));
    live.send(Command::Leave);
    let view = until(&live, |v| v.replay.is_none());
    assert_eq!((view.tick, view.play), (180, PlayState::Paused));
    let bits = |row: &[f64]| row.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&view.row), bits(&before.row));
    live.send(Command::StepTick);
    until(&live, |v| v.tick == 181);
}

#[test]
fn episodes_that_lie_in_one_file_are_a_set() {
    let dir = tempfile::tempdir().unwrap();
    let first = record(&dir.path().join("a"), &sustaindc(96));
    let mut setup = sustaindc(96);
    setup.seed = 7;
    let second = record(&dir.path().join("b"), &setup);
    let rows = |path: &Path| -> Vec<String> {
        std::fs::read_to_string(path).unwrap().lines().skip(1).map(str::to_owned).collect()
    };
    let header = std::fs::read_to_string(&first.others[0]).unwrap().lines().next().unwrap().to_owned();
    let (a, b) = (rows(&first.others[0]), rows(&second.others[0]));
    // As the source sorts them: by day and hour.
    let mut all: Vec<(f64, String)> = a
        .iter()
        .chain(&b)
        .map(|line| {
            let cells: Vec<f64> = line.split(',').map(|c| c.parse().unwrap()).collect();
            (cells[23] * 24.0 + cells[24], line.clone())
        })
        .collect();
    all.sort_by(|x, y| x.0.total_cmp(&y.0));
    let text = all.into_iter().fold(header, |text, (_, line)| text + "\n" + &line) + "\n";
    let path = dir.path().join("all_agents_episode_2.csv");
    std::fs::write(&path, text).unwrap();
    let session = replaying(&[&path]);
    let view = read(&session);
    let set = view.replay.as_ref().unwrap().set.to_vec();
    assert_eq!(set, ["all_agents_episode_2.csv, episode 1", "all_agents_episode_2.csv, episode 2"]);
    assert_eq!(view.reach(), 96);
    session.send(Command::Pick(1));
    let view = until(&session, |v| v.replay.as_ref().is_some_and(|r| r.chosen == 1 && r.reading.is_none()));
    assert_eq!(view.reach(), 96);
}

#[test]
fn what_a_person_did_is_there_again() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("log.csv");
    let options = SessionOptions { log: Some(path.clone()), ..SessionOptions::default() };
    let live = Session::start(World::default(), c2g(&[], &[("hardware", "pid")], 400), options).unwrap();
    live.send(Command::StepInterval);
    until(&live, |v| v.tick == 180);
    let pin = LeverMode::Pinned(0.5);
    live.send(Command::Intervene(Intervention::Lever { lever: "hardware.bess_dispatch".into(), mode: pin }));
    live.send(Command::Intervene(Intervention::Controller { slot: "hardware".into(), name: "rule_based".into() }));
    live.send(Command::StepInterval);
    let wanted = until(&live, |v| v.tick == 360);
    drop(live);
    let session = replaying(&[&path]);
    read(&session);
    session.send(Command::GoTo { tick: 360 });
    let view = until(&session, |v| v.tick == 360);
    assert_eq!(*view.events, *wanted.events);
    assert_eq!(view.driver, wanted.driver);
    assert!(view.levers.iter().any(|l| l.mode == pin));
    session.send(Command::GoTo { tick: 100 });
    let view = until(&session, |v| v.tick == 100);
    assert_eq!((view.driver.controllers.as_str(), view.driver.pinned), ("pid", 0));
}
