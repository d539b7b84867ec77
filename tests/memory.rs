//! A budget for the past: old rows go, what is told about them stays, and an interval that is looked at comes back byte
//! for byte, whatever was done in it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[allow(dead_code)]
#[path = "language_model/server.rs"]
mod server;
mod until;

use c2g_twin::evaluate::verify_log;
use c2g_twin::plant::{Operation, Override};
use c2g_twin::record::Recording;
use c2g_twin::rollout::{Intervention, LeverMode, Setup, World};
use c2g_twin::session::{Command, Session, SessionOptions};
use server::{Manner, start};
use until::until;

const INTERVAL: u64 = 180;
const DAY: u64 = 96 * INTERVAL;

/// A run of several days with this budget.
fn session(base: &str, memory_bytes: u64) -> Session {
    let mut setup = Setup::default_day().unwrap();
    setup.continuous = true;
    setup.set.push(format!("control.llm_policy_macro.base_url={base}"));
    Session::start(World::default(), setup, SessionOptions { memory_bytes, ..SessionOptions::default() }).unwrap()
}

/// Lets so many intervals pass.
fn pass(session: &Session, intervals: u64) {
    let goal = session.view().tick + intervals * INTERVAL;
    for part in (0..intervals).step_by(100) {
        (part..intervals.min(part + 100)).for_each(|_| session.send(Command::StepInterval));
        let reached = goal - (intervals - intervals.min(part + 100)) * INTERVAL;
        until(session, |view| view.tick == reached);
    }
}

fn intervene(session: &Session, what: Intervention) {
    session.send(Command::Intervene(what));
}

fn lever(session: &Session, index: usize, mode: LeverMode) {
    intervene(session, Intervention::Lever { lever: session.view().levers[index].name.clone(), mode });
}

fn controller(session: &Session, slot: &str, name: &str) {
    intervene(session, Intervention::Controller { slot: slot.to_owned(), name: name.to_owned() });
}

fn input(session: &Session, index: usize, change: Option<Override>) {
    intervene(session, Intervention::Input { input: session.view().spec.inputs[index].name.clone(), change });
}

/// So many days, with everything that a person can do in the first of them.
fn live(session: &Session, days: u64) {
    pass(session, 7);
    lever(session, 2, LeverMode::Pinned(0.5));
    pass(session, 3);
    // Several in one tick, and some in the midst of an interval.
    session.send(Command::StepTick);
    until(session, |view| view.tick == 10 * INTERVAL + 1);
    lever(session, 2, LeverMode::Auto);
    lever(session, 3, LeverMode::Manual(0.2));
    controller(session, "hardware", "pid");
    (0..70).for_each(|_| session.send(Command::StepTick));
    until(session, |view| view.tick == 10 * INTERVAL + 71);
    input(session, 0, Some(Override { operation: Operation::Scale, value: 1.3 }));
    session.send(Command::StepInterval);
    until(session, |view| view.tick == 11 * INTERVAL);
    pass(session, 9);
    // A language model bids for a while.
    controller(session, "macro", "llm_policy_macro");
    pass(session, 20);
    controller(session, "macro", "rule_macro");
    lever(session, 3, LeverMode::Auto);
    input(session, 0, None);
    pass(session, 30);
    controller(session, "hardware", "rule_based");
    pass(session, days * 96 - 70);
}

/// All of some rows, as bits.
fn bits(recording: &Recording, columns: usize, from: u64, to: u64) -> Vec<u64> {
    let mut row = vec![0.0; columns];
    let mut all = Vec::with_capacity((to - from) as usize * columns);
    for k in from..to {
        assert!(recording.row(k, &mut row), "row {k} is not there");
        all.extend(row.iter().map(|value| value.to_bits()));
    }
    all
}

/// All that charts and tiles of long stretches read, as bits.
fn told(recording: &Recording, columns: usize) -> Vec<u64> {
    let rows = recording.rows();
    let mut all = Vec::new();
    for column in 0..columns {
        for days in [1, 3, 10] {
            for from in (0..rows.saturating_sub(days * DAY) + 1).step_by(DAY as usize) {
                let to = from + days * DAY;
                let (low, high) = recording.extremes(column, from, to).unwrap_or((f64::NAN, f64::NAN));
                all.extend([low, high, recording.sum(column, from, to)].map(f64::to_bits));
                for e in recording.envelope(column, from, to, (days * DAY).div_ceil(64 * days) as usize) {
                    all.extend([e.low, e.high, e.first, e.last].map(f64::to_bits));
                }
            }
        }
    }
    all
}

#[test]
fn ten_days_fit_into_a_small_budget_and_lose_nothing() {
    let days = 10;
    let server = start(Manner::Says("{\"commit_norm\": 0.4, \"bid_price\": 20}".to_owned()));
    let whole = session(&server.base, u64::MAX);
    live(&whole, days);
    let whole = whole.view();
    let columns = whole.schema.len();
    assert_eq!((whole.tick, whole.recording.lacks()), (days * DAY, false));

    let budget = whole.recording.bytes() / 4;
    let small = session(&server.base, budget);
    live(&small, days);
    let view = until(&small, |view| view.recording.lacks());
    assert!(view.recording.bytes() < budget, "{} of {budget} bytes", view.recording.bytes());
    let missing = view.recording.missing(0, u64::MAX);
    let gone: u64 = missing.iter().map(|rows| rows.end - rows.start).sum();
    assert!(missing[0].start == 0 && gone > days * DAY / 2, "{missing:?}");
    assert!(view.recording.value(4_321, 0).is_nan());
    assert!(told(&view.recording, columns) == told(&whole.recording, columns), "what is told differs");

    // Intervals come back: with all that was done, across a day's end, in one with nothing special.
    for (from, to) in [(1_000, 4_000), (3_700, 7_500), (DAY - 100, DAY + 100), (3 * DAY + 17, 3 * DAY + 700)] {
        small.send(Command::Need { run: None, from, to });
        let view = until(&small, |view| view.recording.missing(from, to).is_empty());
        let same = bits(&view.recording, columns, from, to) == bits(&whole.recording, columns, from, to);
        assert!(same && view.notices.is_empty(), "{from}..{to}: {:?}", view.notices);
        assert!(view.recording.bytes() < budget);
    }

    // A log that is begun now holds every row.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("late.csv");
    small.send(Command::Log(path.clone()));
    until(&small, |view| view.log.is_some());

    // Going back where rows are gone, and on from there, changes nothing.
    let back = 2 * DAY + 1_234;
    small.send(Command::GoTo { tick: back });
    let view = until(&small, |view| view.tick == back);
    assert_eq!(view.notices, []);
    assert!(view.recording.missing(back - 200, back).is_empty() && view.recording.rows() == back);
    let row = |recording: &Recording, k| bits(recording, columns, k, k + 1);
    assert_eq!(row(&view.recording, back - 1), row(&whole.recording, back - 1));
    assert!(view.levers.iter().all(|l| l.rate_per_min.is_finite()));
    small.send(Command::StepInterval);
    let next = (back / INTERVAL + 1) * INTERVAL;
    let view = until(&small, |view| view.tick == next);
    assert!(bits(&view.recording, columns, back, next) == bits(&whole.recording, columns, back, next));
    drop(small);
    let comparison = verify_log(&World::default(), &path, 0.0).unwrap();
    assert!(comparison.holds() && comparison.rows == days * DAY, "{comparison}");
}

#[test]
fn a_budget_can_be_changed_while_the_run_goes_on() {
    let session = session("http://127.0.0.1:9/v1", u64::MAX);
    pass(&session, 96);
    assert!(!session.view().recording.lacks());
    session.send(Command::Memory(1 << 20));
    let view = until(&session, |view| view.recording.lacks());
    assert_eq!(view.recording.missing(DAY - 3_000, DAY), [], "the newest rows stay");
    // More than fits is wanted: the begin of it is shown.
    session.send(Command::Need { run: None, from: 0, to: DAY });
    until(&session, |view| view.recording.missing(0, 4_096).is_empty());
}

/// The full log of the default day.
fn recorded_day(folder: &std::path::Path) -> std::path::PathBuf {
    let path = folder.join("day.csv");
    let options = SessionOptions { log: Some(path.clone()), ..SessionOptions::default() };
    let live = Session::start(World::default(), Setup::default_day().unwrap(), options).unwrap();
    pass(&live, 96);
    path
}

#[test]
fn a_log_that_does_not_fit_goes_to_a_file_and_plays_as_ever() {
    let folder = tempfile::tempdir().unwrap();
    let path = recorded_day(folder.path());

    let open = |memory_bytes: u64| {
        let options = SessionOptions { replay: vec![path.clone()], memory_bytes, ..SessionOptions::default() };
        let session = Session::start(World::default(), Setup::default_day().unwrap(), options).unwrap();
        until(&session, |view| view.replay.as_ref().is_some_and(|replay| replay.rows == DAY));
        session
    };
    let go_to = |session: &Session, tick: u64| {
        session.send(Command::GoTo { tick });
        until(session, |view| view.tick == tick)
    };
    let whole = go_to(&open(u64::MAX), DAY);
    let columns = whole.schema.len();
    assert!(!whole.recording.lacks());
    let small = open(1 << 20);
    let view = go_to(&small, DAY);
    assert!(view.recording.lacks(), "{} bytes", view.recording.bytes());
    // A quarter of the day is the newest rows, which stay.
    assert!(3 * view.recording.bytes() < 2 * whole.recording.bytes());
    assert!(told(&view.recording, columns) == told(&whole.recording, columns), "what is told differs");
    for tick in [5_000, 300, 12_345] {
        let view = go_to(&small, tick);
        let near = |recording: &Recording| bits(recording, columns, tick - 10, tick);
        assert!(near(&view.recording) == near(&whole.recording), "tick {tick}");
        assert_eq!(
            view.row.iter().map(|v| v.to_bits()).collect::<Vec<_>>(),
            bits(&whole.recording, columns, tick - 1, tick)
        );
    }
    // Time passes over rows that have gone.
    small.send(Command::StepInterval);
    small.send(Command::StepInterval);
    let end = (12_345 / INTERVAL + 2) * INTERVAL;
    let view = until(&small, |view| view.tick == end);
    assert!(bits(&view.recording, columns, end - 100, end) == bits(&whole.recording, columns, end - 100, end));
    go_to(&small, DAY);
    small.send(Command::Need { run: None, from: 1_000, to: 3_000 });
    let view = until(&small, |view| view.recording.missing(1_000, 3_000).is_empty());
    assert!(bits(&view.recording, columns, 1_000, 3_000) == bits(&whole.recording, columns, 1_000, 3_000));
    assert_eq!(view.notices, []);
}

#[test]
fn a_log_that_is_laid_beside_lets_rows_go_and_shows_them_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = recorded_day(folder.path());

    let lay = |memory_bytes: u64| {
        let session = session("http://127.0.0.1:9/v1", memory_bytes);
        session.send(Command::Lay(vec![path.clone()]));
        let view = until(&session, |view| view.beside.runs.iter().any(|run| run.reach == DAY && run.reading.is_none()));
        let run = view.beside.runs.iter().find(|run| run.reach == DAY).unwrap().clone();
        (session, run)
    };
    let (_all, whole) = lay(u64::MAX);
    assert!(!whole.recording.lacks());
    let columns = whole.schema.len();
    let (small, lean) = lay(1 << 20);
    assert!(lean.recording.lacks() && 3 * lean.recording.bytes() < 2 * whole.recording.bytes());
    assert!(told(&lean.recording, columns) == told(&whole.recording, columns), "what is told differs");
    small.send(Command::Need { run: Some(lean.id), from: 1_000, to: 3_000 });
    let there = |run: &c2g_twin::session::RunEntry| run.id == lean.id && run.recording.missing(1_000, 3_000).is_empty();
    let view = until(&small, |view| view.beside.runs.iter().any(there));
    let back = view.beside.runs.iter().find(|run| there(run)).unwrap();
    assert!(bits(&back.recording, columns, 1_000, 3_000) == bits(&whole.recording, columns, 1_000, 3_000));
    assert_eq!(view.notices, []);
}
