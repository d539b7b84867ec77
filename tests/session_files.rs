//! Files that a person opens or names while the world is live: read or refused by the worker, never by the window.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod until;

use std::path::{Path, PathBuf};

use c2g_twin::control::Setting;
use c2g_twin::evaluate::verify_log;
use c2g_twin::rollout::{Intervention, LeverMode, Setup, World};
use c2g_twin::session::{Command, NoticeKind, RunView, Session, SessionOptions};
use until::until;

fn session() -> Session {
    Session::start(World::default(), Setup::default(), SessionOptions::default()).unwrap()
}

#[test]
fn a_setup_that_is_opened_begins_its_run() {
    let session = session();
    session.send(Command::Open(Path::new(env!("CARGO_MANIFEST_DIR")).join("configs/default_day.yaml")));
    let view = until(&session, |v| v.run == 1);
    assert_eq!(view.driver.controllers, "rule_macro + rule_based");
    assert_eq!(view.tick, 0);
}

#[test]
fn a_setup_that_cannot_be_read_is_told_and_the_run_goes_on() {
    let session = session();
    session.send(Command::StepTick);
    session.send(Command::Open(PathBuf::from("no/such/setup.yaml")));
    let view = until(&session, |v| !v.notices.is_empty());
    assert_eq!((view.run, view.tick), (0, 1));
    assert_eq!(view.notices[0].kind, NoticeKind::Error);
    assert!(view.notices[0].text.contains("no/such/setup.yaml") && !view.notices[0].cure.is_empty());
}

#[test]
fn a_new_run_keeps_what_was_tuned_and_its_log_holds_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tuned.csv");
    let setup = Setup { policies: [("hardware".to_owned(), "pid".to_owned())].into(), ..Setup::default() };
    let session = Session::start(World::default(), setup, SessionOptions::default()).unwrap();
    let tune = |name: &str, value: f64| {
        let (slot, name) = ("hardware".to_owned(), name.to_owned());
        let value = Some(Setting::Number(value));
        session.send(Command::Intervene(Intervention::Parameter { slot, name, value }));
    };
    let gain = |view: &RunView| {
        let parameter = view.slots[1].parameters.iter().find(|p| p.name == "bess_gain").unwrap();
        (parameter.tuned, parameter.value.clone())
    };
    let tuned = (true, Some(Setting::Number(3.0)));
    tune("bess_gain", 3.0);
    session.send(Command::StepInterval);
    session.send(Command::Log(path.clone()));
    until(&session, |v| v.tick == 180 && v.log.is_some());
    session.send(Command::Reset { seed: Some(7) });
    let view = until(&session, |v| v.run == 1);
    assert_eq!((view.seed, gain(&view)), (7, tuned.clone()));
    assert_eq!(view.events.iter().map(|e| e.label.as_str()).collect::<Vec<_>>(), ["Hardware: bess gain set to 3"]);
    session.send(Command::StepInterval);
    session.send(Command::GoTo { tick: 0 });
    let view = until(&session, |v| v.tick == 0 && v.reach() == 180);
    assert_eq!(gain(&view), tuned, "the run began with it");
    let pin = LeverMode::Pinned(0.5);
    session.send(Command::Intervene(Intervention::Lever { lever: "hvac_effort".to_owned(), mode: pin }));
    session.send(Command::StepInterval);
    let view = until(&session, |v| v.run == 2 && v.tick == 180);
    assert_eq!((gain(&view), view.driver.pinned), (tuned.clone(), 1), "so did the other future of its first instant");
    session.send(Command::Axis { name: "scenario".to_owned(), value: "scenario_b".to_owned() });
    let view = until(&session, |v| v.run == 3);
    assert_eq!(gain(&view), tuned);
    session.send(Command::StepTick);
    // Another controller is not touched, and a setup of a person's own begins as it says.
    session.send(Command::Begin(Box::new(Setup { policies: view.setup.policies.clone(), ..Setup::default() })));
    let view = until(&session, |v| v.run == 4);
    assert!(!gain(&view).0);
    drop(session);
    for (name, rows) in [("tuned.csv", 180), ("tuned-2.csv", 180), ("tuned-3.csv", 180), ("tuned-4.csv", 1)] {
        let path = dir.path().join(name);
        let comparison = verify_log(&World::default(), &path, 0.0).unwrap();
        assert!(comparison.holds() && comparison.rows == rows, "{name}: {comparison}");
        let text = std::fs::read_to_string(&path).unwrap();
        let inputs = text.lines().filter(|l| l.starts_with("#input 0 ") && l.contains("bess_gain")).count();
        assert_eq!(inputs, 1, "{name}");
    }
}

#[test]
fn a_log_that_is_begun_late_holds_the_run_from_its_first_tick() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("late.csv");
    let session = session();
    session.send(Command::StepInterval);
    session.send(Command::Log(path.clone()));
    session.send(Command::StepTick);
    until(&session, |v| v.tick == 181 && v.log.is_some());
    drop(session);
    let comparison = verify_log(&World::default(), &path, 0.0).unwrap();
    assert!(comparison.holds() && comparison.rows == 181, "{comparison}");
}
