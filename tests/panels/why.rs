//! The tiles Why, Observation, One step more and the bid: what they say, whom they ask, how they look.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use c2g_twin::app::panel::TileId;
use c2g_twin::app::theme::ThemeName;
use c2g_twin::rollout::{Intervention, LeverMode, Setup, Why};
use c2g_twin::session::{Command, RunView, WhyView};

use super::desk::Desk;
use super::lone::Lone;
use super::views::{self, Toy};

/// 14:20:35 on the default day, made once.
fn day() -> RunView {
    static DAY: OnceLock<RunView> = OnceLock::new();
    DAY.get_or_init(|| views::day(10_327)).clone()
}

/// SustainDC, half a day in.
fn sustaindc() -> RunView {
    static RUN: OnceLock<RunView> = OnceLock::new();
    let policies: BTreeMap<String, String> =
        ["agent_ls", "agent_dc", "agent_bat"].map(|slot| (slot.to_owned(), "random".to_owned())).into();
    let setup = || Setup { plant: "sustaindc".to_owned(), policies, ..Setup::default() };
    RUN.get_or_init(|| views::run(setup(), 300, &[])).clone()
}

fn told(view: &RunView) -> Arc<Why> {
    view.beside.why.as_ref().unwrap().told.clone().unwrap()
}

fn asked(commands: &[Command]) -> Vec<u64> {
    let tick = |c: &Command| if let Command::Why { tick } = c { Some(*tick) } else { None };
    commands.iter().filter_map(tick).collect()
}

#[test]
fn the_tile_says_the_reward_its_terms_and_why() {
    let view = day();
    let why = told(&view);
    let hardware = why.slots.iter().find(|s| s.name == "hardware").unwrap();
    let mut tile = Lone::open(TileId::Why, view, (780.0, 500.0), ThemeName::Dark);
    assert!(tile.has(&hardware.headline));
    assert!(hardware.because.len() >= 3);
    for because in hardware.because.iter().take(3) {
        assert!(tile.has(&because.text), "{}", because.text);
    }
    for term in ["Throughput", "Tracking", "Thermal", "SOC", "Frequency", "Voltage", "Backlog", "Sum"] {
        assert_eq!(tile.names_with(&format!("{term} ")), 1, "{term}");
    }
    assert_eq!(tile.names_with("Asked "), 1);
    assert_eq!(tile.names_with("Tick 10\u{202F}326, which ends at 14:20:35"), 1);
    assert!(asked(&tile.asked()).is_empty(), "the answer is there");
    tile.snapshot("tile_why_tick_dark");

    // The interval, and the way of the commands.
    let market = why.slots.iter().find(|s| s.name == "macro").unwrap();
    tile.click("Why Macro");
    assert!(tile.has(&market.headline));
    assert_eq!(tile.names_with("as it comes when everything goes on"), 1, "the interval is not over");
    tile.snapshot("tile_why_interval_dark");
    tile.click("The way of the commands");
    assert!(tile.names_with("Battery: ") > 0 && tile.names_with("Bid size: ") > 0);
}

/// Terms were written over each other where the layout Everything left the tile 90 points.
#[test]
fn a_flat_tile_says_its_terms_in_a_sentence() {
    let tile = Lone::open(TileId::Why, day(), (360.0, 120.0), ThemeName::Dark);
    assert_eq!(tile.names_with("Sum "), 0, "no waterfall");
    assert_eq!(tile.names_with("Throughput +"), 1);
    let tile = Lone::open(TileId::Why, day(), (640.0, 400.0), ThemeName::Dark);
    assert_eq!(tile.names_with("Sum "), 1);
}

#[test]
fn whatever_overrode_a_command_is_said_with_its_number() {
    let lever = |name: &str, mode| Intervention::Lever { lever: name.to_owned(), mode };
    let done = [
        lever("hardware.bess_dispatch", LeverMode::Manual(0.4)),
        lever("hardware.pump_speed_A", LeverMode::Pinned(0.55)),
    ];
    let view = views::run(Setup::default_day().unwrap(), 3_327, &done);
    let why = told(&view);
    let hardware = why.slots.iter().find(|s| s.name == "hardware").unwrap();
    let texts: Vec<&str> = hardware.because.iter().map(|b| b.text.as_str()).collect();
    assert!(texts.iter().any(|t| t.starts_with("Pump A is pinned at 0.55: at the ")), "{texts:?}");
    assert!(texts.iter().any(|t| t.starts_with("Battery is in a hand at 0.40: at the ")), "{texts:?}");
    let mut tile = Lone::open(TileId::Why, view, (780.0, 430.0), ThemeName::Operator);
    tile.click("The way of the commands");
    assert_eq!(tile.names_with("Pump A: Pinned at 0.55"), 1);
    assert_eq!(tile.names_with("Battery: By hand at 0.40"), 1);
    tile.snapshot("tile_why_commands_operator");
}

#[test]
fn another_tick_is_asked_for_and_the_old_answer_stays_paler() {
    let mut view = day();
    let before = view.beside.why.clone();
    view.beside.why = None;
    let mut tile = Lone::open(TileId::Why, view.clone(), (640.0, 400.0), ThemeName::Dark);
    assert_eq!(asked(&tile.asked()), [10_326], "asked once, the last tick");
    assert!(tile.has("The tick is being run again …"));
    // An answer about another tick is drawn while the right one is under way.
    tile.shown().view.beside.why = before.map(|why| WhyView { tick: 10_000, ..why });
    tile.settle();
    assert_eq!(tile.names_with("Tracking "), 1);
    assert!(asked(&tile.asked()).is_empty(), "it is on its way");
    tile.snapshot("tile_why_paler_dark");
    // The present moves on: asked for, but not on every frame.
    for now in 5_001..5_009 {
        tile.shown().view.tick = now;
        tile.settle();
    }
    tile.settle();
    let all = asked(&tile.asked());
    assert_eq!(all.last(), Some(&5_007), "{all:?}");
    assert!(all.len() < 9, "{all:?}");
}

#[test]
fn what_is_in_the_way_is_said() {
    let mut view = day();
    let refused = Err(("It is gone".to_owned(), "Ask for another one.".to_owned()));
    view.beside.why = Some(WhyView { tick: 10_326, told: refused });
    let tile = Lone::open(TileId::Why, view, (400.0, 200.0), ThemeName::Dark);
    assert!(tile.has("It is gone"));
    let tile = Lone::open(TileId::Why, views::day(0), (400.0, 200.0), ThemeName::Dark);
    assert!(tile.has("Nothing has been run yet."));
}

#[test]
fn the_observation_has_meanings_and_tells_what_is_unusual() {
    let view = day();
    let hardware = told(&view).slots.iter().find(|s| s.name == "hardware").unwrap().clone();
    let mut tile = Lone::open(TileId::Observation, view, (560.0, 480.0), ThemeName::Dark);
    for entry in &hardware.seen {
        assert!(tile.names_with(&format!("{} {}", entry.label, entry.words)) >= 1, "{}", entry.label);
    }
    let outside = hardware.seen.iter().filter(|e| e.normal.is_some_and(|n| n.outside)).count();
    assert_eq!(tile.names_with("outside the normal"), outside);
    tile.snapshot("tile_observation_dark");
    let mut tile = Lone::open(TileId::Observation, sustaindc(), (360.0, 420.0), ThemeName::Light);
    assert_eq!(tile.names_with("26 numbers that random saw"), 1);
    tile.snapshot("tile_observation_sustaindc_light");
}

#[test]
fn one_step_more_names_the_best() {
    let view = day();
    let hardware = told(&view).slots.iter().find(|s| s.name == "hardware").unwrap().clone();
    let mut tile = Lone::open(TileId::Steps, view, (520.0, 280.0), ThemeName::Dark);
    assert_eq!(hardware.steps.len(), 8);
    for step in &hardware.steps {
        assert_eq!(tile.names_with(&format!("{}: ", step.label)), 1, "{}", step.label);
    }
    let best = hardware
        .best
        .map_or("No single step".to_owned(), |b| format!("Best single step: {}, reward ", hardware.steps[b].label));
    assert_eq!(tile.names_with(&best), 1);
    tile.snapshot("tile_steps_dark");
    let mut tile = Lone::open(TileId::Steps, sustaindc(), (420.0, 200.0), ThemeName::Light);
    for step in ["Load shifting: ", "Set point: ", "Battery: "] {
        assert!(tile.names_with(step) >= 2, "{step}");
    }
    tile.snapshot("tile_steps_sustaindc_light");
}

#[test]
fn the_bid_stands_on_its_curve_with_what_was_paid() {
    let view = day();
    let deal = told(&view).slots[0].deal.clone().unwrap();
    let mut tile = Lone::open(TileId::Bid, view, (560.0, 300.0), ThemeName::Dark);
    assert_eq!(tile.names_with("Bid 24.0 MW at "), 1);
    assert_eq!(tile.names_with(&format!("= {}", deal.product)), 1);
    assert_eq!(tile.names_with("by price alone"), 1);
    tile.snapshot("tile_bid_dark");
    let tile = Lone::open(TileId::Bid, sustaindc(), (300.0, 120.0), ThemeName::Dark);
    assert!(tile.has("This plant sells nothing by bids."));
}

#[test]
fn a_plant_that_says_nothing_of_itself_is_told_in_its_tables_words() {
    // Made of tables alone: no run behind it, no words.
    let view = Toy::positions().view();
    for tile in [TileId::Why, TileId::Observation, TileId::Steps, TileId::Bid] {
        Lone::open(tile, view.clone(), (400.0, 240.0), ThemeName::Dark);
    }
}

#[test]
fn the_layout_shows_a_tick_taken_apart() {
    for (view, size, theme, name) in [
        (day(), (1280.0, 800.0), ThemeName::Dark, "why_dark_1280"),
        (day(), (1920.0, 1080.0), ThemeName::Operator, "why_operator_1920"),
        (sustaindc(), (1280.0, 800.0), ThemeName::Light, "why_sustaindc_light_1280"),
    ] {
        let mut desk = Desk::open(view, size, theme);
        desk.shown().panel.tiling.choose("Why");
        desk.settle();
        desk.snapshot(name);
    }
}
