//! Files that are still written, folders in which runs appear: seen as they come.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use c2g_twin::record::TransitionWriter;
use c2g_twin::rollout::{Rollout, Setup, Step, World};
use c2g_twin::session::{Command, PlayState, RunView, Session, SessionOptions, Speed};

use super::until::until;
use super::{c2g, record};

fn play(paths: &[&Path]) -> Session {
    let replay = paths.iter().map(|p| p.to_path_buf()).collect();
    let options = SessionOptions { replay, play: true, speed: Speed::Max, ..SessionOptions::default() };
    Session::start(World::default(), Setup::default(), options).unwrap()
}

fn bits(view: &RunView, row: u64) -> Vec<u64> {
    (0..view.schema.len()).map(|c| view.recording.value(row, c).to_bits()).collect()
}

#[test]
fn a_log_is_followed_while_it_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let recorded = record(dir.path(), &c2g(&[], &[("hardware", "pid")], 600));
    for source in [&recorded.full, &recorded.others[0]] {
        let text = std::fs::read(source).unwrap();
        let path = source.with_file_name("growing.csv");
        // Header and some rows, the last one half.
        std::fs::write(&path, &text[..text.len() / 2 + 7]).unwrap();
        let session = play(&[&path]);
        let view = until(&session, |v| v.tick > 200 && v.replay.as_ref().unwrap().reading.is_none());
        assert_eq!(view.replay.as_ref().unwrap().bad.count, 0);
        assert!(view.replay.as_ref().unwrap().following, "a half line says that somebody writes");
        assert_eq!((view.play, view.end.clone()), (PlayState::Playing, None), "time waits at the end");
        // The rest comes in pieces that know no lines.
        let writer = std::thread::spawn({
            let (path, rest) = (path.clone(), text[text.len() / 2 + 7..].to_vec());
            move || {
                let mut file = File::options().append(true).open(path).unwrap();
                for piece in rest.chunks(rest.len() / 5 + 1) {
                    file.write_all(piece).unwrap();
                    file.flush().unwrap();
                    std::thread::sleep(Duration::from_millis(150));
                }
            }
        });
        let view = until(&session, |v| v.tick == 600);
        writer.join().unwrap();
        assert_eq!(view.replay.as_ref().unwrap().bad.count, 0, "{:?}", view.replay.as_ref().unwrap().bad.listed);
        assert_eq!(view.run, session.view().run);
        drop(session);
        let session = play(&[source]);
        let whole = until(&session, |v| v.tick == 600);
        assert!((0..600).all(|row| bits(&view, row) == bits(&whole, row)), "the same as read at once");
    }
}

#[test]
fn a_file_that_is_replaced_is_begun_again() {
    let dir = tempfile::tempdir().unwrap();
    let recorded = record(dir.path(), &c2g(&[], &[("hardware", "pid")], 400));
    let text = std::fs::read_to_string(&recorded.others[0]).unwrap();
    let path = dir.path().join("episode0.csv");
    std::fs::write(&path, &text).unwrap();
    let session = play(&[&path]);
    let first = until(&session, |v| v.tick == 400 && v.play == PlayState::Ended);
    // The next training run writes over it.
    let some: String = text.lines().take(101).map(|l| format!("{l}\n")).collect();
    std::fs::write(&path, some).unwrap();
    let view = until(&session, |v| v.replay.as_ref().is_some_and(|r| r.rows == 100) && v.tick == 100);
    assert!(view.notices.iter().any(|n| n.text.contains("was replaced or cut")), "{:?}", view.notices);
    assert_ne!(view.run, first.run, "charts begin anew");
    assert_eq!(bits(&view, 99), bits(&first, 99));
}

/// Plays a run and writes its transitions beside somebody who looks.
fn write(dir: &Path, setup: &Setup, pause: Duration) {
    let mut rollout: Rollout = World::default().build(setup).unwrap();
    let mut writer = TransitionWriter::create(dir, &rollout).unwrap();
    while rollout.step().unwrap() == Step::Ran {
        writer.tick(&rollout).unwrap();
        if rollout.tick().is_multiple_of(150) {
            writer.flush().unwrap();
            std::thread::sleep(pause);
        }
    }
    writer.flush().unwrap();
}

#[test]
fn a_watched_folder_shows_new_runs_and_rows() {
    let dir = tempfile::tempdir().unwrap();
    let runs = dir.path().join("runs");
    let setup = |hardware: &str| c2g(&[], &[("macro", "rule_macro"), ("hardware", hardware)], 720);
    write(&runs, &setup("pid"), Duration::ZERO);
    let session = play(&[&runs]);
    let names = |view: &RunView| view.replay.as_ref().map(|r| r.set.to_vec()).unwrap_or_default();
    let view = until(&session, |v| v.tick == 720);
    assert_eq!(names(&view), ["rule_macro + pid · default · episode 0"]);
    // Another process trains.
    let writer = std::thread::spawn({
        let runs = runs.clone();
        move || write(&runs, &setup("bang_bang"), Duration::from_millis(200))
    });
    let view = until(&session, |v| names(v).len() == 2);
    assert_eq!(names(&view)[0], "rule_macro + bang_bang · default · episode 0");
    assert_eq!(view.replay.as_ref().unwrap().chosen, 1, "what is played stays");
    session.send(Command::Pick(0));
    let view = until(&session, |v| v.replay.as_ref().is_some_and(|r| r.chosen == 0) && v.tick > 0);
    assert_eq!(view.driver.controllers, "rule_macro + bang_bang");
    let view: Arc<RunView> = until(&session, |v| v.replay.as_ref().is_some_and(|r| r.rows == 720));
    writer.join().unwrap();
    // Rows waited for the macro agent's row of their interval.
    let bid = view.schema.find("p_bid_mw").unwrap();
    let told = (0..view.recording.rows()).filter(|r| !view.recording.value(*r, bid).is_nan()).count();
    assert_eq!(told as u64, view.recording.rows());
}

#[test]
fn results_go_to_the_scoreboard_and_empty_folders_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let results = dir.path().join("base.csv");
    std::fs::write(&results, "scenario,agent,n_episodes,mean_reward\ndefault,pid,5,1\n").unwrap();
    let session = play(&[&results]);
    let view = session.view();
    assert!(view.replay.is_none() && view.beside.results.as_ref() == [results]);
    let empty = dir.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    session.send(Command::Replay(vec![empty]));
    let view = until(&session, |v| !v.notices.is_empty());
    assert!(view.notices[0].text.contains("no CSV file in this folder"), "{:?}", view.notices);
    assert!(view.notices[0].cure.contains("runs/"));
}

#[test]
fn another_time_column_is_taken_on_request() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("table.csv");
    let rows: String = (0..50).map(|k| format!("{},{},{}\n", 5 * k, 10 + k, k * k)).collect();
    std::fs::write(&path, format!("time_s,later_min,x\n{rows}")).unwrap();
    let session = play(&[&path]);
    let view = until(&session, |v| v.tick == 50);
    let time = view.replay.as_ref().unwrap().time.clone().unwrap();
    assert_eq!((time.chosen.as_deref(), time.choices.len()), (Some("time_s"), 4));
    assert_eq!((view.spec.calendar.tick_s, view.spec.name.as_str()), (5, "table"));
    session.send(Command::TimeColumn("later_min".to_owned()));
    let view = until(&session, |v| v.tick == 50 && v.spec.calendar.tick_s == 60);
    assert!(view.schema.find("time_s").is_some() && view.schema.find("later_min").is_none());
    session.send(Command::TimeColumn("nothing".to_owned()));
    let view = until(&session, |v| !v.notices.is_empty());
    assert!(view.notices[0].text.contains("unknown time column") && view.spec.calendar.tick_s == 60);
}
