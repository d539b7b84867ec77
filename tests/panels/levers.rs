//! The Levers tile: its states, its keys, and numbers that are typed.

use c2g_twin::app::panel::TileId;
use c2g_twin::app::theme::ThemeName;
use c2g_twin::rollout::{Intervention, LeverMode};
use c2g_twin::session::{Command, PlayState, RunView};
use egui::{Key, Modifiers};

use super::lone::Lone;
use super::views::{self, Toy};

/// Room of the tile in a window of 1280 × 800 points.
const NARROW: (f32, f32) = (256.0, 388.0);

/// The states of the style sheet side by side: auto, pinned, manual, limited.
fn states() -> RunView {
    let lever = |name: &str, mode| Intervention::Lever { lever: name.to_owned(), mode };
    let done = [
        lever("hardware.pump_speed_A", LeverMode::Pinned(0.55)),
        lever("hardware.hvac_effort", LeverMode::Manual(0.58)),
    ];
    let setup = c2g_twin::rollout::Setup::default_day().unwrap();
    let mut view = views::run(setup, 10_327, &done);
    let battery = view.levers.iter_mut().find(|l| l.name == "hardware.bess_dispatch").unwrap();
    (battery.commanded, battery.applied, battery.effect) = (1.0, 0.28, 1.4);
    battery.reason = Some("Limited: battery derated at SOC 18 %".to_owned());
    view
}

fn open(view: RunView) -> Lone {
    Lone::open(TileId::Levers, view, NARROW, ThemeName::Dark)
}

fn asked(asked: &[Command]) -> (&str, LeverMode) {
    match asked {
        [Command::Intervene(Intervention::Lever { lever, mode })] => (lever.as_str(), *mode),
        other => panic!("{other:?}"),
    }
}

#[test]
fn pictures_of_every_state() {
    open(states()).snapshot("tile_levers_states_dark");
    Lone::open(TileId::Levers, states(), NARROW, ThemeName::Operator).snapshot("tile_levers_states_operator");
    Lone::open(TileId::Levers, states(), (336.0, 610.0), ThemeName::Light).snapshot("tile_levers_light_336");
    Lone::open(TileId::Levers, states(), (336.0, 302.0), ThemeName::Dark).snapshot("tile_levers_low_336");
    Lone::open(TileId::Levers, states(), (480.0, 620.0), ThemeName::Dark).snapshot("tile_levers_wide_480");
    Lone::scaled(TileId::Levers, states(), NARROW, ThemeName::Dark, 2.0).snapshot("tile_levers_states_dark_2x");
}

#[test]
fn pictures_of_the_beginning_the_end_and_toys() {
    open(views::day(0)).snapshot("tile_levers_begin");
    let mut ended = states();
    ended.play = PlayState::Ended;
    open(ended).snapshot("tile_levers_ended");
    let toy = |toy: Toy| Lone::open(TileId::Levers, toy.view(), NARROW, ThemeName::Dark);
    toy(Toy::chargers()).snapshot("tile_levers_chargers");
    toy(Toy::positions()).snapshot("tile_levers_positions");
}

#[test]
fn the_four_fast_levers_stand_in_a_small_tile() {
    let lone = open(states());
    let bottom = lone.rect("Battery lever").bottom();
    assert!(bottom + 40.0 < NARROW.1 + 36.0, "{bottom}");
    assert!(lone.has("Limited: battery derated at SOC 18 %"));
    assert!(lone.has("Pinned at 0.55 by you") && lone.has("Manual, you hold it"));
}

#[test]
fn keys_move_the_lever_that_has_the_keyboard() {
    let mut lone = open(states());
    lone.press(Modifiers::NONE, Key::Num3);
    let near = |commands: &[Command], wanted: f64| match asked(commands) {
        ("hardware.hvac_effort", LeverMode::Manual(v)) => assert!((v - wanted).abs() < 1e-9, "{v} is not {wanted}"),
        other => panic!("{other:?}"),
    };
    near(&lone.press(Modifiers::NONE, Key::ArrowRight), 0.63);
    near(&lone.press(Modifiers::SHIFT, Key::ArrowRight), 0.64);
    near(&lone.press(Modifiers::NONE, Key::PageDown), 0.39);
    near(&lone.press(Modifiers::NONE, Key::PageUp), 0.64);
    let neutral = {
        let view = &lone.shown().view;
        view.spec.slots.iter().flat_map(|s| &s.actions).find(|a| a.name == "hvac_effort").unwrap().default
    };
    near(&lone.press(Modifiers::NONE, Key::Home), neutral);
}

#[test]
fn letters_say_who_moves_it_and_escape_gives_it_back() {
    let mut lone = open(states());
    let stood = lone.shown().view.levers.iter().find(|l| l.name == "hardware.throttle_batch").unwrap().applied;
    lone.press(Modifiers::NONE, Key::Num1);
    let commands = lone.press(Modifiers::NONE, Key::P);
    assert_eq!(asked(&commands), ("hardware.throttle_batch", LeverMode::Pinned(stood)), "nothing jumps");
    let commands = lone.press(Modifiers::NONE, Key::M);
    assert_eq!(asked(&commands), ("hardware.throttle_batch", LeverMode::Manual(stood)));
    let commands = lone.press(Modifiers::NONE, Key::A);
    assert_eq!(asked(&commands), ("hardware.throttle_batch", LeverMode::Auto));
    lone.press(Modifiers::NONE, Key::M);
    let commands = lone.press(Modifiers::NONE, Key::Escape);
    assert_eq!(asked(&commands), ("hardware.throttle_batch", LeverMode::Auto));
    // The keyboard is free again: M is the fastest speed.
    let commands = lone.press(Modifiers::NONE, Key::M);
    assert!(matches!(commands[..], [Command::Speed(_)]), "{commands:?}");
}

#[test]
fn a_number_is_typed_and_checked() {
    let mut lone = open(states());
    lone.press(Modifiers::NONE, Key::Num3);
    assert_eq!(lone.press(Modifiers::NONE, Key::Enter), []);
    assert!(lone.has("HVAC B value"));
    lone.write("7");
    assert!(lone.has("From 0.00 to 1.00"));
    assert_eq!(lone.press(Modifiers::NONE, Key::Enter), [], "out of range");
    lone.picture("tile_levers_typing");
    lone.press(Modifiers::COMMAND, Key::A);
    lone.write("0,75");
    let commands = lone.press(Modifiers::NONE, Key::Enter);
    assert_eq!(asked(&commands), ("hardware.hvac_effort", LeverMode::Manual(0.75)));
    assert!(!lone.has("HVAC B value"));
    // The track has the keyboard again.
    lone.press(Modifiers::NONE, Key::Enter);
    assert_eq!(lone.press(Modifiers::NONE, Key::Escape), [], "Escape leaves the field, not the hand");
    assert!(!lone.has("HVAC B value"));
}

#[test]
fn a_double_click_on_the_value_opens_it() {
    let mut lone = open(states());
    let at = lone.rect("Pump A").left_top() + egui::vec2(70.0, 61.0);
    assert_eq!(lone.tap(at, 2), []);
    assert!(lone.has("Pump A value"));
    lone.write("0.6");
    let commands = lone.press(Modifiers::NONE, Key::Enter);
    assert_eq!(asked(&commands), ("hardware.pump_speed_A", LeverMode::Pinned(0.6)), "a pin stays a pin");
}

#[test]
fn a_click_selects_what_the_lever_acts_on() {
    let mut lone = open(states());
    lone.click("Battery");
    let shown = lone.shown();
    let entity = shown.panel.selection.entity.unwrap();
    let name = &shown.view.spec.entities[entity].name;
    let action = shown.view.spec.slots.iter().flat_map(|s| &s.actions).find(|a| a.name == "bess_dispatch").unwrap();
    assert_eq!(shown.view.spec.signals[action.effect.unwrap()].entity, entity, "{name}");
    lone.snapshot("tile_levers_selected");
}

#[test]
fn nobody_moves_a_lever_of_a_run_that_has_ended() {
    let mut view = states();
    view.play = PlayState::Ended;
    let mut lone = open(view);
    assert!(!lone.has("Battery: Manual"));
    lone.press(Modifiers::NONE, Key::Num1);
    assert_eq!(lone.press(Modifiers::NONE, Key::ArrowUp), []);
    let at = lone.rect("Battery lever").center();
    assert_eq!(lone.tap(at, 1), []);
    assert!(lone.names_with("The run has ended") >= 4);
}
