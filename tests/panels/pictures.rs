//! What the screen looks like, compared with the pictures in `tests/snapshots`.

use c2g_twin::app::theme::ThemeName;
use c2g_twin::rollout::{Intervention, LeverMode, Setup};
use c2g_twin::session::{Notice, NoticeKind, RunView};

use super::desk::Desk;
use super::views::{self, Toy};

const NARROW: (f32, f32) = (1280.0, 800.0);
const WIDE: (f32, f32) = (1920.0, 1080.0);

/// 14:20:35 on the default day, with one lever in a hand and one pinned.
pub fn taken() -> RunView {
    let lever = |name: &str, mode| Intervention::Lever { lever: name.to_owned(), mode };
    let done = [
        lever("hardware.bess_dispatch", LeverMode::Manual(0.4)),
        lever("hardware.pump_speed_A", LeverMode::Pinned(0.55)),
    ];
    views::run(Setup::default_day().unwrap(), 10_327, &done)
}

#[test]
fn dark_narrow() {
    Desk::open(views::day(10_327), NARROW, ThemeName::Dark).snapshot("live_dark_1280");
}

#[test]
fn dark_wide() {
    Desk::open(views::day(10_327), WIDE, ThemeName::Dark).snapshot("live_dark_1920");
}

#[test]
fn light() {
    Desk::open(taken(), NARROW, ThemeName::Light).snapshot("live_light_1280");
}

#[test]
fn operator() {
    Desk::open(taken(), NARROW, ThemeName::Operator).snapshot("live_operator_1280");
}

#[test]
fn high_contrast() {
    Desk::open(taken(), WIDE, ThemeName::HighContrast).snapshot("live_high_contrast_1920");
}

/// A day that breaks a limit: cooling is pinned low.
pub fn tripped() -> RunView {
    let mut setup = Setup::default_day().unwrap();
    setup.fixed_actions.insert("hardware.hvac_effort".to_owned(), 0.05);
    setup.fixed_actions.insert("hardware.pump_speed_A".to_owned(), 0.15);
    let mut view = views::run(setup, 10_327, &[]);
    assert!(view.end.is_some(), "the plant must trip");
    view.notices = vec![
        Notice {
            id: 1,
            kind: NoticeKind::Error,
            text: "runs/today.csv:812: column 9 is not a number".to_owned(),
            cure: "Write a number, or leave the row out.".to_owned(),
        },
        Notice {
            id: 2,
            kind: NoticeKind::Done,
            text: "The full log goes to runs/today-2.csv".to_owned(),
            cure: String::new(),
        },
    ];
    view
}

#[test]
fn the_end_of_a_run() {
    Desk::open(tripped(), NARROW, ThemeName::Dark).snapshot("tripped_dark_1280");
}

#[test]
fn the_end_of_a_run_for_operators() {
    Desk::open(tripped(), NARROW, ThemeName::Operator).snapshot("tripped_operator_1280");
}

#[test]
fn many_levers() {
    Desk::open(Toy::chargers().view(), NARROW, ThemeName::Dark).snapshot("toy_chargers_1280");
}

#[test]
fn levers_with_positions() {
    Desk::open(Toy::positions().view(), NARROW, ThemeName::Light).snapshot("toy_positions_1280");
}

#[test]
fn before_the_first_tick() {
    Desk::open(views::day(0), NARROW, ThemeName::Dark).snapshot("begin_dark_1280");
}

#[test]
fn pointer_help_and_palette() {
    let mut desk = Desk::open(taken(), NARROW, ThemeName::Dark);
    desk.hover("Demanded chart");
    desk.picture("readout_dark_1280");
    desk.press(egui::Modifiers::SHIFT, egui::Key::F1);
    desk.snapshot("help_dark_1280");
    desk.press(egui::Modifiers::SHIFT, egui::Key::F1);
    desk.press(egui::Modifiers::COMMAND, egui::Key::K);
    desk.snapshot("palette_dark_1280");
}

#[test]
fn help_in_a_small_window_scrolls() {
    let mut desk = Desk::open(taken(), (900.0, 600.0), ThemeName::Light);
    desk.press(egui::Modifiers::SHIFT, egui::Key::F1);
    desk.snapshot("help_light_900");
    desk.press(egui::Modifiers::NONE, egui::Key::PageDown);
    desk.press(egui::Modifiers::NONE, egui::Key::PageDown);
    desk.snapshot("help_end_light_900");
    desk.press(egui::Modifiers::NONE, egui::Key::Escape);
    assert!(!desk.has("Close help"), "Escape closes the help");
}

#[test]
fn a_small_window() {
    Desk::open(taken(), (900.0, 600.0), ThemeName::Dark).snapshot("small_dark_900");
}

#[test]
fn a_window_of_960() {
    Desk::open(taken(), (960.0, 640.0), ThemeName::Dark).snapshot("small_dark_960");
}

#[test]
fn the_smallest_window() {
    Desk::open(taken(), (640.0, 400.0), ThemeName::Dark).snapshot("small_dark_640");
}

#[test]
fn a_trip_ahead() {
    let mut setup = Setup::default_day().unwrap();
    setup.fixed_actions.insert("hardware.hvac_effort".to_owned(), 0.05);
    let view = views::run(setup, 300, &[]);
    assert!(view.outlook.as_ref().is_some_and(|o| o.ticks_to_trip.is_some()), "the outlook must see the trip");
    let mut desk = Desk::open(view, NARROW, ThemeName::Dark);
    desk.snapshot("ahead_dark_1280");
    assert!(desk.names_with("trip in") >= 1, "the card of the alarm tells it");
    desk.press(egui::Modifiers::NONE, egui::Key::K);
    assert_eq!(desk.names_with("if nothing changes"), 1, "after that a line does");
}

#[test]
fn menus() {
    let mut desk = Desk::open(taken(), WIDE, ThemeName::Dark);
    desk.click("Scenario");
    desk.snapshot("picker_dark_1920");
    desk.click("Run");
    desk.snapshot("run_menu_dark_1920");
}

#[test]
fn events_and_control_as_tabs() {
    let mut desk = Desk::open(taken(), NARROW, ThemeName::Light);
    desk.click("Events tab");
    desk.click("Control tab");
    desk.snapshot("tabs_light_1280");
}
