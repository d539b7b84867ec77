//! Files that a person opens or names while the world is live: read or refused by the worker, never by the window.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use c2g_twin::evaluate::verify_log;
use c2g_twin::rollout::{Setup, World};
use c2g_twin::session::{Command, NoticeKind, RunView, Session, SessionOptions};

fn until(session: &Session, done: impl Fn(&RunView) -> bool) -> Arc<RunView> {
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(20) {
        let view = session.view();
        if done(&view) {
            return view;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("the session did not get there in 20 s");
}

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
