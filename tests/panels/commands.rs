//! Every command can be reached by keyboard, palette and menu: the table is walked.

use c2g_twin::app::command::{Deed, Group, TABLE, in_words};
use c2g_twin::app::panel::TileId;
use c2g_twin::app::theme::ThemeName;
use c2g_twin::session::RunView;
use egui_kittest::kittest::Queryable;

use super::desk::Desk;
use super::views;

/// What menus and palette call an entry of this run.
fn words(id: &str, words: &str, view: &RunView) -> String {
    let number = |prefix: &str| id.strip_prefix(prefix).and_then(|n| n.parse::<usize>().ok());
    if let Some(n) = number("tile_") {
        return format!("Show {}", TileId::all(&view.spec)[n - 1].title(&view.spec));
    }
    words.to_owned()
}

#[test]
fn every_command_has_keys_and_a_place_in_the_menu() {
    let view = views::day(400);
    let mut desk = Desk::open(view.clone(), (1280.0, 800.0), ThemeName::Dark);
    for group in Group::ALL {
        desk.click("Menu");
        desk.click(&format!("{} ⏵", group.label()));
        for entry in TABLE.iter().filter(|e| e.group == group) {
            assert!(!entry.keys.is_empty(), "{} has no key", entry.id);
            let words = words(entry.id, entry.words, &view);
            let there = desk.names_with(&words) > 0;
            assert!(there, "{} ({words}) is not in the menu {}", entry.id, group.label());
        }
        desk.press(egui::Modifiers::NONE, egui::Key::Escape);
        desk.press(egui::Modifiers::NONE, egui::Key::Escape);
    }
}

#[test]
fn every_command_is_in_the_palette() {
    let view = views::day(400);
    let mut desk = Desk::open(view.clone(), (1280.0, 800.0), ThemeName::Dark);
    let mut find = |words: &str| {
        desk.reopen(view.clone());
        desk.press(egui::Modifiers::COMMAND, egui::Key::P);
        desk.harness().event(egui::Event::Text(words.to_owned()));
        desk.settle();
        desk.names_with(words) > 0
    };
    for entry in TABLE.iter().filter(|e| e.id != "palette" && !e.id.starts_with("lever_")) {
        let words = words(entry.id, entry.words, &view);
        assert!(find(&words), "{} ({words}) is not in the palette", entry.id);
    }
    // Levers stand there by their own names.
    for lever in &view.levers {
        let label = &view.spec.slots[lever.slot].actions[lever.action].label;
        assert!(find(&format!("Lever: {label}")), "{label} is not in the palette");
    }
}

#[test]
fn every_command_does_something_by_its_keys() {
    let view = views::day(400);
    let mut desk = Desk::open(view.clone(), (1280.0, 800.0), ThemeName::Dark);
    for entry in TABLE {
        let Ok(deed) = (entry.deed)(&view) else { continue };
        for keys in entry.keys {
            let before = format!("{:?}", desk.shown().panel);
            let asked = desk.press(keys.modifiers, keys.logical_key);
            match &deed {
                Deed::Run(command) => {
                    assert_eq!(asked, std::slice::from_ref(command), "{} by {}", entry.id, in_words(keys))
                }
                Deed::Window(_) => {
                    let quiet = [
                        "follow",
                        "natural_size",
                        "layout_live",
                        "reset_layout",
                        "select_nothing",
                        "acknowledge",
                        "cancel_benchmark",
                        "cursors_off",
                        // No tour is played.
                        "tour_toggle",
                        "tour_next",
                        "tour_back",
                        "tour_loop",
                        "tour_end",
                    ];
                    let changed = format!("{:?}", desk.shown().panel) != before || !asked.is_empty();
                    assert!(changed || quiet.contains(&entry.id), "{} by {}", entry.id, in_words(keys));
                }
            }
            desk.reopen(view.clone());
        }
    }
}

#[test]
fn a_tile_that_fails_shows_its_error_and_the_rest_lives() {
    let mut desk = Desk::open(views::day(400), (1280.0, 800.0), ThemeName::Dark);
    desk.shown().panel.break_tile(TileId::Levers);
    desk.settle();
    assert!(desk.has("Levers could not be drawn") && desk.has("told to fail"));
    assert_eq!(desk.click("Pause"), [c2g_twin::session::Command::TogglePlay], "the timeline lives");
    desk.click("Draw it again");
    assert!(!desk.has("told to fail"));
    assert!(desk.has("Battery: Pin"), "the levers are back");
}

#[test]
fn tiles_are_closed_shown_filled_and_kept_by_commands() {
    let mut desk = Desk::open(views::day(400), (1280.0, 800.0), ThemeName::Dark);
    desk.press(egui::Modifiers::ALT, egui::Key::Num4);
    assert!(desk.has("Control tab"));
    desk.press(egui::Modifiers::COMMAND, egui::Key::W);
    assert!(!desk.has("Control tab"), "Ctrl+W closes the tile that was shown last");
    desk.press(egui::Modifiers::COMMAND, egui::Key::L);
    desk.harness().get_by_label("Name of the layout").type_text("Mine");
    desk.settle();
    desk.click("Save the layout");
    assert_eq!(desk.shown().panel.tiling.name(), "Mine");
    desk.press(egui::Modifiers::COMMAND, egui::Key::Num1);
    assert!(desk.has("Control tab"));
    desk.press(egui::Modifiers::NONE, egui::Key::Z);
    assert!(desk.has("Give the room back"));
    desk.press(egui::Modifiers::NONE, egui::Key::Z);
    assert!(!desk.has("Give the room back"));
}
