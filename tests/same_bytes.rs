//! The same log in debug and release builds, headless and live, at any speed, with any pauses, on one thread and on
//! several; and nothing that happens to a log changes the run.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod until;

use std::path::Path;
use std::time::{Duration, Instant};

use c2g_twin::plant::{Operation, Override};
use c2g_twin::record::{LogHeader, LogWriter, read_full_log};
use c2g_twin::rollout::{Intervention, LeverMode, Setup, Step, World};
use c2g_twin::session::{Command, PlayState, RunView, Session, SessionOptions, Speed};
use until::until;

fn day(ticks: u64, seed: u64) -> Setup {
    Setup { ticks: Some(ticks), seed, ..Setup::default_day().unwrap() }
}

/// The log of a run without a session.
fn headless(setup: &Setup) -> String {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run.csv");
    let mut rollout = World::default().build(setup).unwrap();
    let mut log = LogWriter::create(&path, &LogHeader::of(&rollout)).unwrap();
    while rollout.step().unwrap() == Step::Ran {
        log.row(rollout.tick() - 1, rollout.row()).unwrap();
    }
    log.finish().unwrap();
    std::fs::read_to_string(path).unwrap()
}

/// The log of a live run, which is played to its end after whatever happens to it.
fn live(setup: &Setup, happens: impl Fn(&Session)) -> String {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run.csv");
    let options = SessionOptions { log: Some(path.clone()), ..SessionOptions::default() };
    let session = Session::start(World::default(), setup.clone(), options).unwrap();
    happens(&session);
    session.send(Command::Speed(Speed::Max));
    session.send(Command::Play);
    until(&session, |view| view.play == PlayState::Ended);
    drop(session);
    std::fs::read_to_string(path).unwrap()
}

/// The last check of a log: rows and the hash of all their values.
fn last_check(log: &str) -> (&str, &str) {
    let mut words = log.trim_end().lines().next_back().unwrap().split(' ');
    assert_eq!(words.next(), Some("#check"));
    (words.next().unwrap(), words.nth(1).unwrap())
}

#[test]
fn every_build_gives_the_default_day_these_values() {
    // Debug and release builds, on any machine, must come to the same hash. It is another one after a change of the
    // plant, its noise or its columns, and only then: the message says what to put here.
    let expected = [("c2g", "2000", "ad150601eab31325"), ("sustaindc", "672", "dc33d4f68661a5fe")];
    for (plant, rows, hash) in expected {
        let setup = match plant {
            "c2g" => day(2_000, 1),
            other => Setup { plant: other.to_owned(), ..Setup::default() },
        };
        let log = headless(&setup);
        assert_eq!(last_check(&log), (rows, hash), "{plant}");
    }
}

#[test]
fn a_live_run_writes_the_bytes_of_a_headless_one_whatever_its_speed_and_pauses() {
    let setup = day(3_000, 5);
    let expected = headless(&setup);
    let pauses = |speed: Speed, count: usize| {
        move |session: &Session| {
            session.send(Command::Speed(speed));
            for pause in 0..count {
                session.send(Command::Play);
                std::thread::sleep(Duration::from_millis(3 + 7 * pause as u64));
                session.send(Command::Pause);
                session.send(if pause % 2 == 0 { Command::StepTick } else { Command::StepInterval });
                session.send(Command::Speed(if pause % 3 == 0 { speed.slower() } else { speed.faster() }));
            }
        }
    };
    assert!(live(&setup, |_| {}) == expected, "at full speed");
    for (speed, count) in
        [(Speed::Max, 5), (Speed::Factor(10_000.0), 8), (Speed::Factor(1_000.0), 4), (Speed::Factor(37.5), 3)]
    {
        assert!(live(&setup, pauses(speed, count)) == expected, "{speed} with {count} pauses");
    }
    let steps = |session: &Session| {
        for tick in 1..=40 {
            session.send(Command::StepTick);
            until(session, |view| view.tick >= tick);
        }
    };
    assert!(live(&setup, steps) == expected, "step by step");
}

#[test]
fn sessions_on_several_threads_do_not_disturb_each_other() {
    let setups = [day(2_500, 1), day(2_500, 2), day(2_500, 1)];
    let alone: Vec<String> = setups.iter().map(headless).collect();
    assert!(alone[0] == alone[2] && alone[0] != alone[1]);
    for count in [1, 2, 3] {
        let logs: Vec<String> = std::thread::scope(|scope| {
            let threads: Vec<_> = setups.iter().take(count).map(|s| scope.spawn(|| live(s, |_| {}))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(logs == alone[..count], "{count} sessions at once");
    }
}

#[test]
fn a_move_between_two_slow_ticks_reaches_the_file_before_the_next_one() {
    // At a tenth of real time a tick comes every 50 seconds; what was done in between once waited for it in memory.
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run.csv");
    let options = SessionOptions { log: Some(path.clone()), ..SessionOptions::default() };
    let session = Session::start(World::default(), day(3_000, 5), options).unwrap();
    session.send(Command::StepTick);
    until(&session, |view| view.tick == 1);
    session.send(Command::Speed(Speed::Factor(0.1)));
    session.send(Command::Play);
    until(&session, |view| view.play == PlayState::Playing);
    // The row has been brought to the file, so that the move is what waits.
    while read_full_log(&path).unwrap().rows.is_empty() {
        std::thread::sleep(Duration::from_millis(5));
    }
    let lever = LeverMode::Manual(0.5);
    session.send(Command::Intervene(Intervention::Lever { lever: "hardware.bess_dispatch".into(), mode: lever }));
    let begin = Instant::now();
    while read_full_log(&path).unwrap().inputs.is_empty() {
        assert!(begin.elapsed() < Duration::from_secs(20), "the move waits in memory for the next tick");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(session.view().tick, 1);
}

#[cfg(target_os = "linux")]
#[test]
fn a_log_that_cannot_be_written_is_told_and_the_run_goes_on() {
    let session = Session::start(World::default(), day(3_000, 5), SessionOptions::default()).unwrap();
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("file"), "").unwrap();
    for (tick, (path, words, cure)) in [
        (Path::new("/dev/full").to_path_buf(), "/dev/full: cannot write the log", "Free some space"),
        (dir.path().to_path_buf(), "cannot create the log", "is a folder: give the name of a file"),
        (dir.path().join("file/run.csv"), "cannot create the folder", "A file stands where a folder is needed"),
    ]
    .into_iter()
    .enumerate()
    {
        session.send(Command::Log(path));
        let told = |view: &RunView| view.notices.iter().any(|n| n.text.contains(words) && n.cure.contains(cure));
        let view = until(&session, told);
        assert!(view.log.is_none());
        session.send(Command::StepTick);
        until(&session, |view| view.tick == tick as u64 + 1);
    }
    // What was done meanwhile stands in the next log that can be written.
    let ambient = Some(Override { operation: Operation::Add, value: 2.0 });
    session.send(Command::Intervene(Intervention::Input { input: "t_ambient_degc".into(), change: ambient }));
    let path = dir.path().join("good.csv");
    session.send(Command::Log(path.clone()));
    until(&session, |view| view.log.is_some());
    drop(session);
    let log = read_full_log(&path).unwrap();
    assert_eq!((log.rows.len(), log.inputs.len()), (3, 1));
}
