//! Taking along from the window: the field, what it asks for, the threads and the process behind it; layouts as files.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use c2g_twin::app::board::{Ask, Board, News, Office, Take, TakePictures, Taking};
use c2g_twin::app::layout_file::LayoutFile;
use c2g_twin::app::panel::{FileWish, TileId};
use c2g_twin::app::theme::ThemeName;
use c2g_twin::evaluate::charts::ChartKind;
use c2g_twin::rollout::{Setup, World};
use c2g_twin::session::{Command, Session, SessionOptions};
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;

use super::desk::Desk;
use super::views;

const ALT_SHIFT: Modifiers = Modifiers { alt: true, shift: true, ..Modifiers::NONE };

/// Waits for news of an office; commands that it wants go to the session.
fn news(office: &mut Office, board: &mut Board, session: Option<&Session>) -> Vec<News> {
    let begin = Instant::now();
    let mut all = Vec::new();
    while begin.elapsed() < Duration::from_secs(240) {
        for one in office.collect(board) {
            match (one, session) {
                (News::Wants(command), Some(session)) => session.send(command),
                (other, _) => all.push(other),
            }
        }
        if !all.is_empty() {
            return all;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("no news");
}

fn office() -> (Office, Board) {
    (Office::open(World::default(), Arc::new(|| {})).unwrap(), Board::default())
}

#[test]
fn the_field_asks_for_a_picture_and_refuses_odd_sizes() {
    let mut desk = Desk::open(views::day(400), (1_280.0, 800.0), ThemeName::Dark);
    desk.press(ALT_SHIFT, Key::I);
    desk.picture("take_picture_field_dark");
    desk.press(Modifiers::COMMAND, Key::A);
    let field = desk.harness().get_by_role_and_label(egui::accesskit::Role::TextInput, "Size, pixels");
    field.type_text("9x9");
    desk.settle();
    desk.click("Choose a file…");
    assert_eq!(desk.shown().panel.wish, None, "no file is asked for");
    desk.press(Modifiers::NONE, Key::Escape);
    desk.press(ALT_SHIFT, Key::G);
    desk.click("Choose a file…");
    assert_eq!(desk.shown().panel.wish, Some(FileWish::Gif));
    let Some(Take::Pictures(take)) = desk.shown().panel.board.take.clone() else { panic!("nothing to take") };
    let all = take.arguments.join(" ");
    assert!(all.starts_with("gif --size 1280x800 --theme dark") && all.contains("--every 60 --fps 10"), "{all}");
    assert!(take.log.is_none() && take.layout.is_some());
}

/// Found in the open window: on a system without portal and zenity every export ended without a word.
#[test]
fn where_there_is_no_file_dialog_the_path_is_typed() {
    let mut desk = Desk::open(views::day(400), (1_280.0, 800.0), ThemeName::Dark);
    desk.shown().panel.ask_path(FileWish::Export, "runs/signals.csv".to_owned());
    desk.settle();
    desk.picture("path_field_dark");
    desk.press(Modifiers::NONE, Key::Enter);
    let typed = desk.shown().panel.typed.take().expect("a path");
    assert_eq!(
        (typed.wish, typed.path.as_path(), typed.sure),
        (FileWish::Export, Path::new("runs/signals.csv"), false)
    );
    assert!(!desk.has("Path of the file"), "the field has gone");
    // A file that is there is replaced only when that is said again, of the same path.
    desk.shown().panel.ask_replacing(FileWish::Export, Path::new("runs/signals.csv"));
    desk.settle();
    assert_eq!(desk.names_with("signals.csv is there already"), 1);
    let field = desk.harness().get_by_role_and_label(egui::accesskit::Role::TextInput, "Path of the file");
    field.type_text("x");
    desk.settle();
    assert_eq!(desk.names_with("is there already"), 0);
    desk.click("Save");
    let typed = desk.shown().panel.typed.take().expect("another path");
    assert!(!typed.sure && typed.path != Path::new("runs/signals.csv"));
    desk.shown().panel.ask_replacing(FileWish::Export, Path::new("runs/signals.csv"));
    desk.settle();
    desk.click("Save");
    assert!(desk.shown().panel.typed.take().expect("the same path").sure);
    // Put away, it asks for nothing; without a word it does not close.
    desk.shown().panel.ask_path(FileWish::Replay, String::new());
    desk.settle();
    desk.click("Open");
    assert_eq!(desk.names_with("Type where the file lies"), 1);
    desk.press(Modifiers::NONE, Key::Escape);
    assert!(desk.shown().panel.typed.is_none() && !desk.has("Path of the file"));
}

#[test]
fn a_film_says_how_far_it_is_and_can_be_ended() {
    let mut desk = Desk::open(views::day(400), (1_280.0, 800.0), ThemeName::Dark);
    desk.shown().panel.board.taking = Some(Taking { done: 12, total: 40, ..Taking::default() });
    desk.settle();
    desk.picture("taking_chip_dark");
    desk.click("Cancel the film");
    assert!(desk.shown().panel.board.asks.contains(&Ask::StopTaking));
}

#[test]
fn charts_and_reports_are_written_by_the_office() {
    let folder = tempfile::tempdir().unwrap();
    let mut desk = Desk::open(views::day(400), (1_280.0, 800.0), ThemeName::Dark);
    desk.shown().panel.custom.charts.insert(1, vec!["t_zone_a_degc".to_owned(), "p_facility_mw".to_owned()]);
    desk.shown().panel.custom.set_kind(1, ChartKind::Xy);
    desk.shown().panel.tiling.reveal(&TileId::Custom(1));
    desk.settle();
    let (mut office, mut board) = office();
    for (key, wish, name, word) in [
        (Key::V, FileWish::Svg, "chart.svg", "Facility power"),
        (Key::R, FileWish::Report, "report.html", "How to run it again"),
        (Key::W, FileWish::SaveLayout, "layout.yaml", "custom:1"),
    ] {
        desk.press(ALT_SHIFT, key);
        assert_eq!(desk.shown().panel.wish.take(), Some(wish));
        board.take = desk.shown().panel.board.take.take();
        let path = folder.path().join(name);
        board.asks.push(Ask::Take(path.clone()));
        let told = news(&mut office, &mut board, None);
        assert!(matches!(told.as_slice(), [News::Done(_)]), "{told:?}");
        assert!(std::fs::read_to_string(&path).unwrap().contains(word), "{name}");
    }
    // The layout comes back into another window, with its chart.
    board.asks.push(Ask::Layout(folder.path().join("layout.yaml")));
    let begin = Instant::now();
    while board.layout.is_none() && begin.elapsed() < Duration::from_secs(20) {
        assert!(office.collect(&mut board).is_empty());
        std::thread::sleep(Duration::from_millis(10));
    }
    let mut other = Desk::open(views::day(10), (1_280.0, 800.0), ThemeName::Dark);
    other.shown().panel.board.layout = board.layout.take();
    other.settle();
    assert_eq!(other.shown().panel.custom.kind(1), ChartKind::Xy);
    assert!(other.shown().panel.tiling.shows(&TileId::Custom(1)));
    // One that is spoilt is refused with its place.
    std::fs::write(folder.path().join("bad.yaml"), "c2g_layout: 1\nname: x\ntiles: {tabz: []}\n").unwrap();
    board.asks.push(Ask::Layout(folder.path().join("bad.yaml")));
    let told = news(&mut office, &mut board, None);
    let [News::Problem(error)] = told.as_slice() else { panic!("{told:?}") };
    assert!(error.to_string().contains("bad.yaml:3"), "{error}");
    // A place that cannot be written.
    board.take = LayoutFile::of(&other.shown().panel, &views::day(10).spec).map(|f| Take::Layout(Box::new(f)));
    board.asks.push(Ask::Take(folder.path().join("bad.yaml/x.yaml")));
    let told = news(&mut office, &mut board, None);
    assert!(matches!(told.as_slice(), [News::Problem(_)]), "{told:?}");
}

fn pictures(arguments: &str) -> Take {
    let arguments = arguments.split(' ').map(str::to_owned).collect();
    let program = Some(Path::new(env!("CARGO_BIN_EXE_c2g-twin")).to_path_buf());
    Take::Pictures(Box::new(TakePictures { arguments, layout: None, log: None, program }))
}

#[test]
fn a_film_of_the_run_that_is_shown_is_drawn_by_a_process_and_ends_when_told() {
    let folder = tempfile::tempdir().unwrap();
    let setup = Setup { ticks: Some(40), ..Setup::default_day().unwrap() };
    let session = Session::start(World::default(), setup, SessionOptions::default()).unwrap();
    session.send(Command::StepInterval);
    let (mut office, mut board) = office();
    let path = folder.path().join("a.y4m");
    board.take = Some(pictures("film --size 320x240 --tile now --from 0 --to 20 --every 10"));
    board.asks.push(Ask::Take(path.clone()));
    let told = news(&mut office, &mut board, Some(&session));
    assert!(matches!(told.as_slice(), [News::Done(words)] if words.contains("a.y4m")), "{told:?}");
    let bytes = std::fs::read(&path).unwrap();
    let frame = 6 + 320 * 240 * 3 / 2;
    let head = bytes.iter().position(|b| *b == b'\n').unwrap() + 1;
    assert_eq!((bytes.len() - head) / frame, 3, "three pictures");
    assert!(board.taking.is_none());
    // A long one is ended; nothing of it is left.
    board.take = Some(pictures("film --size 320x240 --tile now --from 0 --to 40 --every 1"));
    board.asks.push(Ask::Take(folder.path().join("b.y4m")));
    assert!(
        office
            .collect(&mut board)
            .into_iter()
            .all(|n| matches!(n, News::Wants(c) if { session.send(c.clone()); true }))
    );
    board.asks.push(Ask::StopTaking);
    let told = news(&mut office, &mut board, Some(&session));
    assert!(matches!(told.as_slice(), [News::Done(words)] if words.contains("nothing was written")), "{told:?}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}
