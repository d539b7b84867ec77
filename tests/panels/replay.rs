//! A recorded log on the screen: the chip, dashes for what the log lacks, where values come from, the way back; logs
//! that are dropped onto the window.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use c2g_twin::app::panel::{BuiltIn, FileWish, TileId};
use c2g_twin::app::theme::ThemeName;
use c2g_twin::record::{EvaluationOrder, EvaluationWriter, TransitionWriter};
use c2g_twin::rollout::{Setup, Step, World};
use c2g_twin::session::{Command, RunView, Session, SessionOptions};
use egui::{Key, Modifiers};

use super::desk::Desk;
use super::lone::Lone;
use super::tiles::{at_every_size, draw};
use super::views;

/// Plays these files to a tick.
fn played(files: Vec<PathBuf>, tick: u64) -> RunView {
    let options = SessionOptions { replay: files, ..SessionOptions::default() };
    let session = Session::start(World::default(), Setup::default(), options).unwrap();
    let begin = Instant::now();
    let wait = |ready: &dyn Fn(&RunView) -> bool| loop {
        let view = session.view();
        if ready(&view) {
            return RunView::clone(&view);
        }
        assert!(begin.elapsed() < Duration::from_secs(120), "it never came");
        std::thread::sleep(Duration::from_millis(5));
    };
    wait(&|v| v.replay.as_ref().is_some_and(|r| r.reading.is_none()));
    session.send(Command::GoTo { tick });
    wait(&|v| v.tick == tick)
}

/// A day and a half of SustainDC, from nothing but its evaluation log; one row of it is spoilt.
fn evaluation() -> RunView {
    let policies = [("agent_ls", "carbon_shift"), ("agent_dc", "trim_and_respond"), ("agent_bat", "rbc_battery")];
    let policies = policies.into_iter().map(|(a, b)| (a.to_owned(), b.to_owned())).collect();
    let setup = Setup { plant: "sustaindc".to_owned(), policies, ticks: Some(192), ..Setup::default() };
    let mut rollout = World::default().build(&setup).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let mut writer = EvaluationWriter::create(dir.path(), &rollout, EvaluationOrder::Evaluation).unwrap();
    while rollout.step().unwrap() == Step::Ran {
        writer.tick(&rollout).unwrap();
    }
    let path = writer.finish().unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let spoilt: Vec<String> =
        text.lines().enumerate().map(|(k, l)| if k == 61 { format!("soon{l}") } else { l.to_owned() }).collect();
    std::fs::write(&path, spoilt.join("\n")).unwrap();
    played(vec![path], 150)
}

/// Two hours of C2G, from nothing but its transition logs.
fn transitions() -> RunView {
    let policies = [("macro", "rule_macro"), ("hardware", "rule_based")];
    let policies = policies.into_iter().map(|(a, b)| (a.to_owned(), b.to_owned())).collect();
    let setup = Setup { policies, ticks: Some(1_440), ..Setup::default() };
    let mut rollout = World::default().build(&setup).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let mut writer = TransitionWriter::create(dir.path(), &rollout).unwrap();
    while rollout.step().unwrap() == Step::Ran {
        writer.tick(&rollout).unwrap();
    }
    writer.flush().unwrap();
    let mut files: Vec<PathBuf> = writer.paths().into_iter().map(PathBuf::from).collect();
    files.reverse();
    played(files, 1_000)
}

#[test]
fn a_replay_says_so_and_shows_dashes_for_what_it_lacks() {
    let view = evaluation();
    let absent = view.schema.find("q_crac_kw").or_else(|| view.schema.find("t_wet_bulb_degc")).unwrap();
    assert!(view.value(absent).is_nan());
    let mut desk = Desk::open(view, (1280.0, 800.0), ThemeName::Dark);
    assert!(desk.has("Driver: REPLAY all_agents_episode_1.csv"));
    desk.snapshot("replay_sustaindc_dark_1280");
    desk.reopen(transitions());
    assert!(desk.names_with("Driver: REPLAY episode0.csv") > 0);
    desk.snapshot("replay_c2g_dark_1280");
}

#[test]
fn the_control_tile_tells_what_is_known_of_the_log() {
    let mut lone = Lone::open(TileId::Control, evaluation(), (420.0, 620.0), ThemeName::Dark);
    assert!(lone.has("SustainDC evaluation log") && lone.has("192 rows"));
    assert!(lone.has("1 row left out: it cannot be read"));
    assert!(lone.names_with("is not a number") > 0);
    assert_eq!(lone.click("Back to the live run"), [Command::Leave]);
    lone.snapshot("replay_control_dark");
}

#[test]
fn every_tile_stands_on_a_log_that_lacks_much() {
    at_every_size(&evaluation());
    for layout in BuiltIn::ALL {
        draw(&transitions(), layout.name(), (1280.0, 800.0), 1.0);
    }
}

#[test]
fn the_command_asks_for_files_and_the_way_back_needs_a_replay() {
    let mut desk = Desk::open(views::day(10), (1280.0, 800.0), ThemeName::Dark);
    let keys = Modifiers::COMMAND | Modifiers::SHIFT;
    assert_eq!(desk.press(keys, Key::B), []);
    assert_eq!(desk.press(keys, Key::O), []);
    assert_eq!(desk.shown().panel.wish, Some(FileWish::Replay));
    let mut desk = Desk::open(transitions(), (1280.0, 800.0), ThemeName::Dark);
    assert_eq!(desk.press(keys, Key::B), [Command::Leave]);
    assert_eq!(desk.press(keys, Key::R), [], "another seed is not for a replay");
}

#[test]
fn files_that_are_dropped_are_played_and_setups_opened() {
    let mut desk = Desk::open(views::day(10), (1280.0, 800.0), ThemeName::Dark);
    let mut drop = |names: &[&str]| {
        desk.shown().asked.clear();
        let file = |name: &&str| egui::DroppedFile { path: Some(PathBuf::from(name)), ..Default::default() };
        desk.harness().input_mut().dropped_files = names.iter().map(file).collect();
        desk.settle();
        std::mem::take(&mut desk.shown().asked)
    };
    let logs = ["a/episode0.csv", "b/log.csv"];
    assert_eq!(drop(&logs), [Command::Replay(logs.map(PathBuf::from).to_vec())]);
    assert_eq!(drop(&["day.yaml"]), [Command::Open(PathBuf::from("day.yaml"))]);
    assert_eq!(drop(&[]), []);
}
