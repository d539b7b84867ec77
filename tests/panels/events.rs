//! Events and alarms: what is new, what stands, what was taken note of.

use c2g_twin::app::panel::TileId;
use c2g_twin::app::theme::ThemeName;
use c2g_twin::plant::Severity;
use c2g_twin::session::{EventView, RunView};
use egui_kittest::kittest::Queryable;

use super::desk::Desk;
use super::lone::Lone;
use super::views::{self, Toy};

/// A day with a warm zone: one warning stands, another is over, bids and spikes went by.
pub fn warm() -> RunView {
    let mut view = views::day(10_327);
    let signal = |view: &RunView, name: &str| view.spec.signal(name).unwrap();
    let (zone, flag) = (signal(&view, "t_zone_a_degc"), signal(&view, "alarm_t_zone_a"));
    let mut row = view.row.to_vec();
    (row[zone], row[flag]) = (33.07, 1.0);
    view.row = row.into();
    let event = |tick, severity, label: &str, value: &str| EventView {
        instant: tick + 1,
        event: None,
        slot: None,
        entity: None,
        tick,
        severity,
        label: label.to_owned(),
        value: value.to_owned(),
    };
    let events = std::sync::Arc::make_mut(&mut view.events);
    events.push(event(10_300, Severity::Trip, "Voltage below 0.90 pu", "0.894 pu"));
    events.push(event(10_310, Severity::Note, "hardware.bess_dispatch pinned at 0.400", ""));
    events.push(event(10_320, Severity::Warning, "Zone A above its warning temperature", "33.07 °C"));
    view
}

fn open(view: RunView, size: (f32, f32), theme: ThemeName) -> Lone {
    Lone::open(TileId::Events, view, size, theme)
}

#[test]
fn pictures_of_events() {
    open(warm(), (376.0, 300.0), ThemeName::Dark).snapshot("tile_events_376_dark");
    open(warm(), (376.0, 300.0), ThemeName::Operator).snapshot("tile_events_376_operator");
    open(warm(), (256.0, 300.0), ThemeName::Light).snapshot("tile_events_256_light");
    open(warm(), (820.0, 240.0), ThemeName::HighContrast).snapshot("tile_events_820_contrast");
    Lone::scaled(TileId::Events, warm(), (440.0, 240.0), ThemeName::Dark, 2.0).snapshot("tile_events_440_dark_2x");
    open(views::day(0), (376.0, 200.0), ThemeName::Dark).snapshot("tile_events_begin");
    open(Toy::positions().view(), (376.0, 200.0), ThemeName::Dark).snapshot("tile_events_toy");
}

#[test]
fn a_click_takes_note_shows_the_moment_and_selects() {
    let mut tile = open(warm(), (376.0, 300.0), ThemeName::Dark);
    assert_eq!(tile.names_with("to acknowledge"), 2);
    let at = tile.rect_with("Zone A above its warning temperature").center();
    assert_eq!(tile.tap(at, 1), []);
    assert_eq!(tile.names_with("to acknowledge"), 1);
    let shown = tile.shown();
    assert!(!shown.panel.charts.follows());
    let entity = shown.panel.selection.entity.unwrap();
    assert_eq!(shown.view.spec.entities[entity].name, "zone_a");
    // What a person did selects the thing that the lever acts on.
    let at = tile.rect_with("hardware.bess_dispatch").center();
    tile.tap(at, 1);
    assert_ne!(tile.shown().panel.selection.entity, Some(entity));
}

#[test]
fn everything_is_acknowledged_at_once() {
    let mut tile = open(warm(), (376.0, 300.0), ThemeName::Dark);
    tile.click("Acknowledge all");
    assert_eq!(tile.names_with("to acknowledge"), 0);
    assert!(!tile.has("Acknowledge all"));
    tile.snapshot("tile_events_acknowledged");
    // What happens later is new again.
    let view = &mut tile.shown().view;
    view.tick += 10;
    let again = EventView { tick: view.tick - 1, ..view.events.last().unwrap().clone() };
    std::sync::Arc::make_mut(&mut view.events).push(again);
    tile.settle();
    assert_eq!(tile.names_with("to acknowledge"), 1);
}

#[test]
fn filters_hide_what_is_not_asked_for() {
    let mut tile = open(warm(), (820.0, 300.0), ThemeName::Dark);
    tile.click("Show Trips");
    assert!(tile.names_with("Trip at") == 1 && tile.names_with("Note at") == 0);
    tile.click("Show All");
    tile.click("Kind of event");
    tile.click("Kind of event: Done by hand");
    assert!(tile.names_with("Note at") == 1 && tile.names_with("Trip at") == 0);
    tile.click("Kind of event");
    tile.click("Kind of event: Every kind");
    tile.click("Find events");
    tile.write("zone a");
    assert!(tile.names_with("Zone A above") == 1 && tile.names_with("Trip at") == 0);
    tile.write(" on the moon");
    assert_eq!(tile.names_with(" at 14:"), 0);
}

#[test]
fn alarms_blink_until_they_are_acknowledged() {
    let mut desk = Desk::open(warm(), (1920.0, 1080.0), ThemeName::Operator);
    desk.shown().panel.still = true;
    desk.settle();
    assert_eq!(desk.names_with("1 warning"), 1);
    desk.click("Events tab");
    assert!(desk.names_with("to acknowledge") >= 2, "the chip and the events");
    desk.click("Acknowledge");
    assert!(!desk.has("Acknowledge"), "the card has gone");
    assert_eq!(desk.names_with("1 warning"), 1, "the alarm stands");
    assert_eq!(desk.names_with("33.07 °C, to acknowledge"), 0, "its event is acknowledged, too");
}

/// Clicks the chip of the top bar.
fn open_list(desk: &mut Desk) {
    let at = desk.harness().get_all_by_label_contains("Alarms: ").next().unwrap().rect().center();
    desk.harness().hover_at(at);
    desk.harness().drag_at(at);
    desk.harness().drop_at(at);
    desk.settle();
}

#[test]
fn the_list_of_alarms_acknowledges() {
    let mut desk = Desk::open(warm(), (1920.0, 1080.0), ThemeName::Dark);
    desk.shown().panel.still = true;
    desk.settle();
    open_list(&mut desk);
    assert!(desk.names_with("trip in 4 min at this slope") >= 2, "in the list and on the card");
    let button = desk.harness().get_all_by_label_contains("Acknowledge Zone A above").next().unwrap().rect();
    desk.harness().hover_at(button.center());
    desk.harness().drag_at(button.center());
    desk.harness().drop_at(button.center());
    desk.settle();
    assert_eq!(desk.names_with("Acknowledge Zone A above"), 0);
    assert!(!desk.has("Acknowledge"), "the card has gone, too");
}

/// Clicks the control of this name in a window, also in a list that lies above it.
fn tap(desk: &mut Desk, name: &str) {
    let at = desk.harness().get_all_by_label_contains(name).next().unwrap().rect().center();
    desk.harness().hover_at(at);
    desk.harness().drag_at(at);
    desk.harness().drop_at(at);
    desk.settle();
}

#[test]
fn alarms_go_on_the_shelf_and_come_back() {
    let mut desk = Desk::open(warm(), (1920.0, 1080.0), ThemeName::Dark);
    desk.shown().panel.still = true;
    desk.settle();
    open_list(&mut desk);
    tap(&mut desk, "Shelve Zone A above");
    for words in ["15 min", "1 h", "Until the end"] {
        assert!(desk.has(&format!("Shelve for {words}")));
    }
    tap(&mut desk, "Shelve for 1 h");
    assert!(desk.has("No alarms, 1 shelved"), "it is not counted any more");
    assert!(!desk.has("Acknowledge"), "the card has gone");
    let back = desk.names_with("Shelved: Zone A above 33\u{A0}°C, stands, until 15:20:35");
    assert_eq!(back, 1, "the list tells when it comes back");
    // Its event is shelved, too.
    desk.shown().panel.still = true;
    tap(&mut desk, "Unshelve Zone A above");
    assert_eq!(desk.names_with("Shelved: "), 0);
    assert!(desk.names_with("1 warning") >= 1);
    // By itself when its time is over.
    tap(&mut desk, "Shelve Zone A above");
    tap(&mut desk, "Shelve for 15 min");
    assert!(desk.has("No alarms, 1 shelved"));
    desk.shown().view.tick += 179;
    desk.settle();
    assert!(desk.has("No alarms, 1 shelved"));
    desk.shown().view.tick += 1;
    desk.settle();
    assert!(desk.names_with("1 warning") >= 1, "it is back");
}

#[test]
fn the_events_of_a_shelved_alarm_ask_for_nothing() {
    let mut desk = Desk::open(warm(), (1920.0, 1080.0), ThemeName::Dark);
    desk.shown().panel.still = true;
    desk.click("Events tab");
    open_list(&mut desk);
    tap(&mut desk, "Shelve Zone A above");
    tap(&mut desk, "Shelve for Until the end");
    assert_eq!(desk.names_with("33.07 °C, shelved"), 1);
    assert_eq!(desk.names_with("33.07 °C, to acknowledge"), 0);
    assert_eq!(desk.names_with("0.894 pu, to acknowledge"), 1, "others do");
    desk.snapshot("alarms_shelved_dark_1920");
}

#[test]
fn trips_carry_the_number_of_their_device() {
    let mut view = warm();
    let zone = view.spec.signal("t_zone_b_degc").unwrap();
    let mut row = view.row.to_vec();
    row[zone] = 35.2;
    view.row = row.into();
    let mut desk = Desk::open(view, (1920.0, 1080.0), ThemeName::Dark);
    desk.shown().panel.still = true;
    desk.settle();
    assert!(desk.names_with("Zone B above 35\u{A0}°C (26)") >= 1, "on the card");
    desk.click("Events tab");
    assert_eq!(desk.names_with("Voltage below 0.90 pu (27/59)"), 1);
}

#[test]
fn a_pin_that_defeats_a_shield_is_an_alarm() {
    let mut view = super::pictures::taken();
    view.driver.shield = true;
    view.driver.defeated = vec!["hardware.pump_speed_A".to_owned()];
    let mut desk = Desk::open(view.clone(), (1920.0, 1080.0), ThemeName::Dark);
    desk.shown().panel.still = true;
    desk.settle();
    assert!(desk.names_with("1 warning: Pump A pinned against the shield") >= 1);
    assert!(desk.has("Pinned at 0.55 against the shield"), "the lever says so, too");
    desk.click("Acknowledge");
    assert!(!desk.has("Acknowledge"));
    // Released and pinned against it again: new.
    desk.shown().view.driver.defeated.clear();
    desk.settle();
    assert!(desk.has("No alarms"));
    desk.shown().view = view;
    desk.settle();
    assert!(desk.has("Acknowledge"));
}
