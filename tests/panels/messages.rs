//! Messages: toasts, errors at full length, and the end of a run in a small tile.

use c2g_twin::app::panel::TileId;
use c2g_twin::app::theme::ThemeName;
use c2g_twin::session::{Command, Notice, NoticeKind, RunView};
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;

use super::desk::Desk;
use super::events::warm;
use super::lone::Lone;
use super::pictures::tripped;
use super::views;

const ERROR: &str = "runs/today.csv:812: column 9 is not a number";

fn notice(id: u64, kind: NoticeKind, text: &str, cure: &str) -> Notice {
    Notice { id, kind, text: text.to_owned(), cure: cure.to_owned() }
}

fn told(mut view: RunView) -> RunView {
    view.notices = vec![
        notice(1, NoticeKind::Error, ERROR, "Write a number, or leave the row out."),
        notice(2, NoticeKind::Done, "The full log goes to runs/today-2.csv", ""),
        notice(
            3,
            NoticeKind::Error,
            &format!("--plant: there is no `x`. {}", "Known plants are many. ".repeat(20)),
            "",
        ),
    ];
    view
}

#[test]
fn an_error_opens_as_a_card_and_is_copied() {
    let mut desk = Desk::open(told(views::day(2_000)), (1280.0, 800.0), ThemeName::Dark);
    let toast = |desk: &mut Desk, part: &str| {
        let at = desk.harness().get_all_by_label_contains(part).next().unwrap().rect();
        let at = at.left_top() + egui::vec2(60.0, 20.0);
        desk.harness().hover_at(at);
        for pressed in [true, false] {
            let (button, modifiers) = (egui::PointerButton::Primary, Modifiers::NONE);
            desk.harness().event(egui::Event::PointerButton { pos: at, button, pressed, modifiers });
        }
        desk.settle();
    };
    toast(&mut desk, "column 9");
    assert!(desk.has("Copy") && desk.has("Close"));
    desk.click("Copy");
    let asked = desk.click("Close");
    assert!(asked.contains(&Command::Dismiss { notice: 1 }), "{asked:?}");
    assert!(!desk.has("Close"));
    toast(&mut desk, "there is no `x`");
    assert!(desk.has("Close"));
    let asked = desk.press(Modifiers::NONE, Key::Escape);
    assert!(asked.contains(&Command::Dismiss { notice: 3 }), "{asked:?}");
}

#[test]
fn toasts_stand_above_an_alarm_card() {
    let mut desk = Desk::open(told(warm()), (1280.0, 800.0), ThemeName::Light);
    desk.shown().panel.still = true;
    desk.settle();
    let card = desk.harness().get_by_label_contains("at this slope").rect();
    let toast = desk.harness().get_by_label_contains("column 9").rect();
    assert!(toast.bottom() <= card.top(), "{toast:?} {card:?}");
}

#[test]
fn the_end_fits_a_small_window() {
    let mut view = tripped();
    view.notices.clear();
    let mut desk = Desk::open(view, (700.0, 520.0), ThemeName::Dark);
    desk.shown().panel.still = true;
    desk.settle();
    desk.click("Acknowledge");
    assert_eq!(desk.click("Begin again"), [Command::Reset { seed: None }]);
}

#[test]
fn a_tile_that_is_not_there_says_so() {
    let tile = TileId::Plant("nowhere".to_owned());
    let mut lone = Lone::open(tile, views::day(0), (420.0, 260.0), ThemeName::Dark);
    lone.snapshot("tile_absent_dark");
    assert!(lone.has("Copy") && !lone.has("Try again"));
    assert_eq!(lone.names_with("has no tile of the name"), 1);
}
