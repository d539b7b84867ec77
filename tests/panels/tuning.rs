//! Controllers in the Control tile: parameters to tune, words, trouble, thoughts; and plans on the levers.

use std::sync::Arc;

use c2g_twin::app::panel::TileId;
use c2g_twin::app::theme::ThemeName;
use c2g_twin::control::{Insight, Parameter, PlanTrace, Setting};
use c2g_twin::plant::Severity;
use c2g_twin::rollout::Intervention;
use c2g_twin::session::{Command, EventView, ParameterView, PlayState, RunView, ThinkingView};
use egui::{Key, Modifiers};

use super::desk::Desk;
use super::lone::Lone;
use super::views;

const BODY: (f32, f32) = (336.0, 620.0);

fn card(value: Option<Setting>, unit: &str, range: Option<(f64, f64)>, choices: &[&str], about: &str) -> Parameter {
    let choices = choices.iter().map(|c| (*c).to_owned()).collect();
    Parameter { value, unit: unit.to_owned(), range, whole: false, choices, about: about.to_owned() }
}

fn number(x: f64) -> Option<Setting> {
    Some(Setting::Number(x))
}

fn text(x: &str) -> Option<Setting> {
    Some(Setting::Text(x.to_owned()))
}

/// A run whose hardware controller has a parameter of every kind, two of them tuned.
fn tunable() -> RunView {
    let mut view = views::day(10_327);
    let row = |name: &str, card: Parameter, value: Option<Setting>, tuned: bool| ParameterView {
        name: name.to_owned(),
        value: if tuned { value } else { card.value.clone() },
        card,
        tuned,
    };
    view.slots[1].parameters = vec![
        row("auto_gain", card(None, "1", Some((0.0, 50.0)), &[], "Battery command"), None, false),
        row("horizon", card(number(60.0), "s", Some((5.0, 600.0)), &[], "How far it looks"), number(120.0), true),
        row("limit_mw", card(number(2.5), "MW", Some((0.0, 5.0)), &[], "Most power"), None, false),
        row("mode", card(text("soft"), "", None, &["soft", "hard"], "How it acts"), text("hard"), true),
        row("server", card(text("http://localhost"), "", None, &[], "Whom it asks"), None, false),
        row("warm_start", card(Some(Setting::Switch(true)), "", None, &[], "Begins with the last plan"), None, false),
    ];
    view
}

/// The same with words, and with decisions that were not its own.
fn troubled() -> RunView {
    let mut view = tunable();
    let slot = &mut view.slots[1];
    slot.controller = "llm_policy".to_owned();
    let said = "The zones are cool and the battery is half full, so that I shed what is asked. ".repeat(6);
    slot.insight = Insight {
        values: vec![("answers".to_owned(), 14.0)],
        texts: vec![("Status".to_owned(), "Answered".to_owned()), ("Last answer".to_owned(), said)],
        plans: Vec::new(),
    };
    (slot.fallbacks, slot.troubled) = (12, true);
    slot.trouble = Some("http://localhost:8000/v1/chat/completions: no answer in time".to_owned());
    Arc::make_mut(&mut view.events).push(EventView {
        tick: 10_320,
        instant: 10_321,
        event: None,
        slot: Some(1),
        entity: None,
        severity: Severity::Warning,
        label: "Hardware: llm_policy did not decide itself".to_owned(),
        value: "no answer in time".to_owned(),
    });
    view
}

/// A run whose hardware controller plans the battery for two minutes.
fn planned() -> RunView {
    let mut view = views::day(10_327);
    let values = (0..25).map(|k| f64::from(k) / 24.0 - 0.5).collect();
    view.slots[1].insight.plans = vec![PlanTrace { lever: 3, from_tick: view.tick - 1, step_ticks: 1, values }];
    view
}

fn open(view: RunView) -> Lone {
    Lone::open(TileId::Control, view, BODY, ThemeName::Dark)
}

fn tuned(name: &str, value: Option<Setting>) -> Command {
    Command::Intervene(Intervention::Parameter { slot: "hardware".to_owned(), name: name.to_owned(), value })
}

#[test]
fn pictures_of_tuning() {
    for (theme, name) in [(ThemeName::Dark, "dark"), (ThemeName::Operator, "operator")] {
        let mut tile = Lone::open(TileId::Control, troubled(), BODY, theme);
        tile.click("Hardware parameters");
        tile.snapshot(&format!("tile_control_tuning_{name}"));
    }
    Lone::open(TileId::Control, troubled(), (256.0, 420.0), ThemeName::Light).snapshot("tile_control_trouble_light");
    Lone::open(TileId::Levers, planned(), (336.0, 610.0), ThemeName::Dark).snapshot("tile_levers_plan_dark");
}

#[test]
fn rows_are_folded_until_they_are_asked_for() {
    let mut tile = open(tunable());
    assert!(!tile.has("Hardware horizon"));
    assert_eq!(tile.click("Hardware parameters"), []);
    assert!(tile.has("Hardware horizon") && tile.has("Hardware mode"));
    assert!(tile.has("Hardware horizon: reset") && !tile.has("Hardware limit mw: reset"), "only what was tuned");
    tile.click("Hardware parameters");
    assert!(!tile.has("Hardware horizon"));
}

#[test]
fn every_kind_of_value_can_be_tuned_and_set_back() {
    let mut tile = open(tunable());
    tile.click("Hardware parameters");
    tile.click("Hardware limit mw");
    tile.write("4");
    assert_eq!(tile.press(Modifiers::NONE, Key::Enter), [tuned("limit_mw", number(4.0))]);
    tile.click("Hardware mode");
    assert_eq!(tile.click("Hardware mode: soft"), [tuned("mode", text("soft"))]);
    assert_eq!(tile.click("Hardware warm start: off"), [tuned("warm_start", Some(Setting::Switch(false)))]);
    let auto = "Hardware auto gain: found by the controller";
    assert_eq!(tile.click(auto), [tuned("auto_gain", number(25.0))]);
    tile.click("Hardware server");
    tile.press(Modifiers::NONE, Key::End);
    tile.write(":8000");
    assert_eq!(tile.press(Modifiers::NONE, Key::Enter), [tuned("server", text("http://localhost:8000"))]);
    assert_eq!(tile.click("Hardware horizon: reset"), [tuned("horizon", None)]);
    assert_eq!(tile.click("Hardware: reset all parameters"), [tuned("horizon", None), tuned("mode", None)]);
}

#[test]
fn a_number_stays_in_its_range() {
    let mut tile = open(tunable());
    tile.click("Hardware parameters");
    tile.click("Hardware limit mw");
    tile.write("99");
    assert_eq!(tile.press(Modifiers::NONE, Key::Enter), [tuned("limit_mw", number(5.0))]);
}

#[test]
fn nothing_is_tuned_after_the_end() {
    let mut view = tunable();
    view.play = PlayState::Ended;
    let mut tile = open(view);
    tile.click("Hardware parameters");
    assert!(tile.has("Hardware horizon: 120 s") && !tile.has("Hardware horizon"));
    assert_eq!(tile.click("Hardware: reset all parameters"), []);
}

#[test]
fn trouble_is_told_with_its_count_and_words_open() {
    let mut tile = open(troubled());
    let words = "12 decisions not its own: http://localhost:8000/v1/chat/completions: no answer in time";
    assert!(tile.has(words) && tile.has("Status: Answered"));
    let before = tile.rect_with("Last answer").height();
    let at = tile.rect_with("Last answer").center();
    tile.tap(at, 1);
    assert!(tile.rect_with("Last answer").height() > before);
}

#[test]
fn trouble_is_an_alarm_until_it_has_gone() {
    let mut desk = Desk::open(troubled(), (1280.0, 800.0), ThemeName::Dark);
    assert!(desk.names_with("Hardware: llm_policy does not decide itself") > 0);
    desk.shown().view.slots[1].troubled = false;
    desk.settle();
    assert_eq!(desk.names_with("Hardware: llm_policy does not decide itself"), 0);
}

#[test]
fn who_thinks_is_said_in_chip_and_tile() {
    for (waits, words) in [(true, "thinks, the twin waits"), (false, "thinks, its last decision holds")] {
        let mut view = views::day(10_327);
        view.slots[0].thinking = Some(ThinkingView { since: 10_300, waits });
        assert!(open(view.clone()).has(&format!("Macro {words}")));
        let desk = Desk::open(view, (1920.0, 1080.0), ThemeName::Dark);
        assert!(desk.has(&format!("Driver: Macro {words}")));
    }
}

#[test]
fn a_plan_is_named_on_its_lever_alone() {
    let tile = Lone::open(TileId::Levers, planned(), (336.0, 610.0), ThemeName::Dark);
    assert_eq!(tile.names_with("what rule_based plans for the next 2 min"), 1);
}
