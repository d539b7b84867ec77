//! What each control asks for.

use c2g_twin::app::theme::ThemeName;
use c2g_twin::rollout::{Intervention, LeverMode};
use c2g_twin::session::{Command, Notice, NoticeKind, PlayState, RunView, Speed};
use egui::{Event, Key, Modifiers, PointerButton, Pos2, pos2};
use egui_kittest::kittest::Queryable;

use super::desk::Desk;
use super::pictures::{taken, tripped};
use super::views::{self, Toy};

fn day() -> RunView {
    views::day(2_000)
}

fn desk(view: RunView) -> Desk {
    Desk::open(view, (1280.0, 800.0), ThemeName::Dark)
}

fn wide(view: RunView) -> Desk {
    Desk::open(view, (1920.0, 1080.0), ThemeName::Dark)
}

fn lever(name: &str, mode: LeverMode) -> Command {
    Command::Intervene(Intervention::Lever { lever: name.to_owned(), mode })
}

/// Presses the pointer at a point, moves it to another, lets go.
fn drag(desk: &mut Desk, from: Pos2, to: Pos2) -> Vec<Command> {
    desk.shown().asked.clear();
    let button = |pos, pressed| Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    desk.harness().hover_at(from);
    desk.settle();
    desk.harness().event(button(from, true));
    desk.settle();
    desk.harness().hover_at(to);
    desk.settle();
    desk.harness().event(button(to, false));
    desk.settle();
    std::mem::take(&mut desk.shown().asked)
}

/// A short click at a point.
fn tap(desk: &mut Desk, at: Pos2) -> Vec<Command> {
    desk.shown().asked.clear();
    desk.harness().event(Event::PointerMoved(at));
    for pressed in [true, false] {
        let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
        desk.harness().event(Event::PointerButton { pos: at, button, pressed, modifiers });
    }
    desk.settle();
    std::mem::take(&mut desk.shown().asked)
}

#[test]
fn transport_buttons_ask_for_time() {
    let mut desk = desk(day());
    assert_eq!(desk.click("Pause"), [Command::TogglePlay]);
    assert_eq!(desk.click("Step one tick"), [Command::StepTick]);
    assert_eq!(desk.click("Back one tick"), [Command::BackTick]);
    assert_eq!(desk.click("Step 15 min"), [Command::StepInterval]);
    assert_eq!(desk.click("Back 15 min"), [Command::BackInterval]);
    desk.shown().view.play = PlayState::Paused;
    desk.settle();
    assert_eq!(desk.click("Play"), [Command::TogglePlay]);
}

#[test]
fn nothing_goes_back_before_the_beginning() {
    let mut desk = desk(views::day(0));
    assert_eq!(desk.click("Back one tick"), []);
    assert_eq!(desk.press(Modifiers::NONE, Key::ArrowLeft), []);
    assert_eq!(desk.click("Step one tick"), [Command::StepTick]);
}

#[test]
fn speeds_have_buttons_a_list_and_keys() {
    let mut desk = desk(day());
    for (name, speed) in [("0.1×", 0.1), ("1×", 1.0), ("60×", 60.0), ("10k×", 10_000.0)] {
        assert_eq!(desk.click(&format!("Speed {name}")), [Command::Speed(Speed::Factor(speed))]);
    }
    assert_eq!(desk.click("Speed Max"), [Command::Speed(Speed::Max)]);
    assert_eq!(desk.press(Modifiers::NONE, Key::Plus), [Command::Speed(Speed::Factor(1_000.0))]);
    assert_eq!(desk.press(Modifiers::NONE, Key::Minus), [Command::Speed(Speed::Factor(300.0))]);
    assert_eq!(desk.press(Modifiers::NONE, Key::M), [Command::Speed(Speed::Max)]);
    assert_eq!(desk.click("More speeds"), []);
    assert_eq!(desk.click("300×"), [Command::Speed(Speed::Factor(300.0))]);
}

#[test]
fn keys_ask_for_what_the_table_says() {
    let mut desk = desk(day());
    assert_eq!(desk.press(Modifiers::NONE, Key::Space), [Command::TogglePlay]);
    assert_eq!(desk.press(Modifiers::NONE, Key::ArrowRight), [Command::StepTick]);
    assert_eq!(desk.press(Modifiers::SHIFT, Key::ArrowRight), [Command::StepInterval]);
    assert_eq!(desk.press(Modifiers::SHIFT, Key::ArrowLeft), [Command::BackInterval]);
    assert_eq!(desk.press(Modifiers::COMMAND, Key::R), [Command::Reset { seed: None }]);
    assert_eq!(desk.press(Modifiers::NONE, Key::T), []);
    assert_eq!(desk.shown().panel.theme, ThemeName::Light);
    desk.press(Modifiers::COMMAND, Key::Minus);
    assert_eq!(desk.shown().panel.scale(), 0.75);
    desk.press(Modifiers::COMMAND, Key::Num0);
    desk.press(Modifiers::COMMAND, Key::Equals);
    assert_eq!(desk.shown().panel.scale(), 1.25);
}

#[test]
fn dragging_a_lever_takes_it() {
    let mut desk = desk(day());
    let track = desk.harness().get_by_label("Battery lever").rect();
    let to = pos2(track.left() + 0.75 * track.width(), track.center().y);
    let asked = drag(&mut desk, pos2(track.left() + 0.9 * track.width(), track.center().y), to);
    let Some(Command::Intervene(Intervention::Lever { lever, mode: LeverMode::Manual(value) })) = asked.last() else {
        panic!("{asked:?}");
    };
    assert_eq!(lever, "hardware.bess_dispatch");
    assert!((value - 0.5).abs() < 0.02, "{value}");
}

#[test]
fn holding_a_thumb_still_asks_for_nothing() {
    let mut desk = desk(taken());
    let track = desk.harness().get_by_label("Battery lever").rect();
    let thumb = pos2(track.left() + 0.7 * track.width() + 2.0, track.center().y);
    assert_eq!(drag(&mut desk, thumb, thumb), []);
}

#[test]
fn dragging_a_pin_keeps_it_a_pin() {
    let mut desk = desk(taken());
    let track = desk.harness().get_by_label("Pump A lever").rect();
    let at = pos2(track.left() + 0.25 * track.width(), track.center().y);
    let asked = drag(&mut desk, at, at);
    let Some(Command::Intervene(Intervention::Lever { mode: LeverMode::Pinned(value), .. })) = asked.last() else {
        panic!("{asked:?}");
    };
    assert!((value - 0.25).abs() < 0.02, "{value}");
}

#[test]
fn taking_a_lever_over_does_not_move_it() {
    let view = day();
    let applied = view.levers.iter().find(|l| l.name == "hardware.hvac_effort").unwrap().applied;
    let mut desk = desk(view);
    assert_eq!(desk.click("HVAC B: Manual"), [lever("hardware.hvac_effort", LeverMode::Manual(applied))]);
    // The screen shows it at once; the next click begins from there.
    assert_eq!(desk.click("HVAC B: Pin"), [lever("hardware.hvac_effort", LeverMode::Pinned(applied))]);
    assert_eq!(desk.click("HVAC B: Auto"), [lever("hardware.hvac_effort", LeverMode::Auto)]);
}

#[test]
fn arrows_nudge_the_lever_that_has_the_keyboard() {
    let mut desk = desk(taken());
    // The fourth lever of the list.
    assert_eq!(desk.press(Modifiers::NONE, Key::Num4), []);
    let near = |asked: &[Command], wanted: f64| match asked {
        [Command::Intervene(Intervention::Lever { lever, mode: LeverMode::Manual(v) })] => {
            assert_eq!(lever, "hardware.bess_dispatch");
            assert!((v - wanted).abs() < 1e-9, "{v} is not {wanted}");
        }
        other => panic!("{other:?}"),
    };
    near(&desk.press(Modifiers::NONE, Key::ArrowRight), 0.45);
    // The picture has not changed, yet the second step goes on from the first.
    near(&desk.press(Modifiers::NONE, Key::ArrowRight), 0.5);
    near(&desk.press(Modifiers::SHIFT, Key::ArrowLeft), 0.49);
    assert_eq!(desk.press(Modifiers::NONE, Key::Space), [Command::TogglePlay], "Space still plays");
    let back = desk.press(Modifiers::NONE, Key::Escape);
    assert_eq!(back, [lever("hardware.bess_dispatch", LeverMode::Auto)], "Escape gives it back");
    assert_eq!(desk.press(Modifiers::NONE, Key::ArrowRight), [Command::StepTick], "the arrows are free again");
}

#[test]
fn pickers_ask_for_axes_and_controllers() {
    let mut desk = wide(day());
    desk.click("Scenario");
    let choice = desk.shown().view.axes[0].choices[1].clone();
    let asked = desk.click(&format!("Scenario: {}", choice.label));
    assert_eq!(asked, [Command::Axis { name: "scenario".to_owned(), value: choice.name }]);
    let pickers: Vec<_> = desk.harness().get_all_by_label("Hardware").map(|n| n.rect()).collect();
    assert!(pickers.len() >= 2, "in the top bar and in Control");
    tap(&mut desk, pickers[0].center());
    let asked = desk.click("Hardware: pid");
    let what = Intervention::Controller { slot: "hardware".to_owned(), name: "pid".to_owned() };
    assert_eq!(asked, [Command::Intervene(what)]);
}

#[test]
fn what_does_not_fit_in_the_bar_stands_in_a_list() {
    let mut desk = desk(day());
    desk.click("More choices");
    let asked = desk.click("Hardware: bang_bang");
    let what = Intervention::Controller { slot: "hardware".to_owned(), name: "bang_bang".to_owned() };
    assert_eq!(asked, [Command::Intervene(what)]);
}

#[test]
fn the_chips_say_who_drives_and_give_levers_back() {
    let mut desk = desk(day());
    assert!(desk.has("Driver: rule_macro + rule_based"));
    assert!(!desk.has("Driver: MANUAL"));
    desk.shown().view = taken();
    desk.settle();
    assert!(desk.has("Driver: MANUAL") && desk.has("Driver: PINNED 1"));
    desk.click("Driver: MANUAL");
    assert_eq!(desk.click("Give back Battery"), [lever("hardware.bess_dispatch", LeverMode::Auto)]);
}

#[test]
fn the_end_tells_its_cause_and_what_to_do() {
    let mut view = tripped();
    view.notices.clear();
    let mut desk = desk(view);
    assert!(desk.names_with("Zone above its safe temperature") >= 1, "in the banner");
    assert_eq!(desk.names_with("Tripped at 00:33:50"), 1);
    assert_eq!(desk.press(Modifiers::NONE, Key::Space), [], "time cannot go on");
    assert_eq!(desk.click("Begin again"), [Command::Reset { seed: None }]);
    let seed = desk.shown().view.seed + 1;
    assert_eq!(desk.click("Continue with next seed"), [Command::Reset { seed: Some(seed) }, Command::Play]);
    let back: Vec<Pos2> = desk.harness().get_all_by_label("Back 15 min").map(|n| n.rect().center()).collect();
    assert_eq!(back.len(), 2, "in the banner and in the timeline");
    for at in back {
        assert_eq!(tap(&mut desk, at), [Command::BackInterval]);
    }
}

#[test]
fn the_strip_goes_back_but_not_ahead() {
    let mut desk = desk(views::day(10_327));
    let strip = desk.harness().get_by_label("Time of the run").rect();
    let at = |share: f32| pos2(strip.left() + share * strip.width(), strip.center().y);
    assert_eq!(drag(&mut desk, at(0.25), at(0.25)), [Command::GoTo { tick: 4_320 }]);
    assert_eq!(drag(&mut desk, at(0.3), at(0.5)), [Command::GoTo { tick: 8_640 }], "only where it was let go");
    assert_eq!(drag(&mut desk, at(0.9), at(0.9)), []);
}

#[test]
fn charts_pan_zoom_and_follow_again() {
    let mut desk = wide(day());
    let plot = desk.harness().get_by_label("Demanded chart").rect();
    assert!(desk.shown().panel.charts.follows());
    assert_eq!(drag(&mut desk, plot.center(), plot.center() + egui::vec2(120.0, 0.0)), []);
    assert!(!desk.shown().panel.charts.follows());
    desk.click("Follow the present");
    assert!(desk.shown().panel.charts.follows());
    desk.click("Show 6 h");
    assert_eq!(desk.shown().panel.charts.span, c2g_twin::app::panel::Span::SixHours);
}

#[test]
fn an_event_is_shown_in_the_charts() {
    let mut desk = wide(day());
    desk.click("Events tab");
    let view = desk.shown().view.clone();
    let event = view.events.last().unwrap();
    let name = format!("Note at {}", view.spec.calendar.civil(event.tick + 1).strftime("%H:%M:%S"));
    let at = desk.harness().get_all_by_label_contains(&name).next().unwrap().rect().center();
    assert_eq!(tap(&mut desk, at), []);
    assert!(!desk.shown().panel.charts.follows());
}

#[test]
fn the_palette_finds_and_does() {
    let mut desk = desk(day());
    desk.press(Modifiers::COMMAND, Key::P);
    desk.harness().event(Event::Text("hardware pid".to_owned()));
    desk.settle();
    let asked = desk.press(Modifiers::NONE, Key::Enter);
    let what = Intervention::Controller { slot: "hardware".to_owned(), name: "pid".to_owned() };
    assert_eq!(asked, [Command::Intervene(what)]);
    // Closed again: a letter is a key and no text.
    assert_eq!(desk.press(Modifiers::NONE, Key::M), [Command::Speed(Speed::Max)]);
    desk.press(Modifiers::COMMAND, Key::K);
    assert_eq!(desk.press(Modifiers::NONE, Key::M), [], "the palette has the letters");
    desk.press(Modifiers::NONE, Key::Escape);
    assert_eq!(desk.press(Modifiers::NONE, Key::M), [Command::Speed(Speed::Max)]);
}

#[test]
fn the_help_opens_and_closes() {
    let mut desk = desk(day());
    desk.press(Modifiers::SHIFT, Key::F1);
    assert!(desk.has("Close help"));
    desk.press(Modifiers::NONE, Key::Escape);
    assert!(!desk.has("Close help"));
    desk.click("Manual");
    assert!(desk.has("Close manual"), "the button opens the manual");
    desk.click("Close manual");
    assert!(!desk.has("Close manual"));
}

#[test]
fn the_run_menu_begins_with_a_seed() {
    let mut desk = desk(day());
    desk.click("Run");
    desk.click("New seed");
    desk.harness().event(Event::Text("7".to_owned()));
    desk.settle();
    assert_eq!(desk.click("Begin with it"), [Command::Reset { seed: Some(7) }]);
}

#[test]
fn messages_are_dismissed_errors_by_hand_and_good_news_by_time() {
    let notice = |id, kind| Notice { id, kind, text: format!("message {id}"), cure: String::new() };
    let mut view = day();
    view.notices = vec![notice(1, NoticeKind::Error), notice(2, NoticeKind::Done)];
    let mut desk = desk(view);
    desk.shown().asked.clear();
    desk.harness().run_steps(40);
    let asked = std::mem::take(&mut desk.shown().asked);
    assert!(asked.contains(&Command::Dismiss { notice: 2 }) && !asked.contains(&Command::Dismiss { notice: 1 }));
    desk.shown().view.notices.pop();
    desk.settle();
    assert_eq!(desk.click("Dismiss"), [Command::Dismiss { notice: 1 }]);
}

#[test]
fn a_slot_of_129_levers_scrolls_and_is_found() {
    let mut desk = desk(Toy::chargers().view());
    assert!(desk.has("Charger 1 lever"));
    assert!(desk.names_with(" lever") < 20, "only rows in sight are drawn");
    desk.click("Find levers");
    desk.harness().event(Event::Text("charger 129".to_owned()));
    desk.settle();
    let asked = desk.click("Charger 129: Manual");
    assert!(
        matches!(&asked[..], [Command::Intervene(Intervention::Lever { lever, .. })] if lever == "park.charger_128")
    );
}

#[test]
fn positions_are_chosen_by_clicking_them() {
    let mut desk = desk(Toy::positions().view());
    let boxes = desk.harness().get_by_label("Fans lever").rect();
    let third = pos2(boxes.left() + boxes.width() * 0.9, boxes.center().y);
    assert_eq!(drag(&mut desk, third, third), [lever("cool.fans", LeverMode::Manual(2.0))]);
}

#[test]
fn windows_of_any_size_and_scale_draw() {
    for size in [(640.0, 480.0), (320.0, 200.0), (20.0, 20.0), (3840.0, 2160.0)] {
        let mut desk = Desk::open(tripped(), size, ThemeName::Operator);
        desk.press(Modifiers::SHIFT, Key::F1);
        desk.press(Modifiers::COMMAND, Key::K);
    }
    let mut desk = desk(taken());
    for _ in 0..6 {
        desk.press(Modifiers::COMMAND, Key::Equals);
    }
    assert_eq!(desk.shown().panel.scale(), 2.0);
}

#[test]
fn broken_numbers_do_not_break_the_panels() {
    let mut view = taken();
    view.row = vec![f64::NAN; view.row.len()].into();
    view.achieved = f64::NAN;
    view.fraction = f64::NAN;
    for lever in &mut view.levers {
        (lever.commanded, lever.applied, lever.effect) = (f64::NAN, f64::INFINITY, f64::NAN);
        lever.mode = LeverMode::Manual(f64::NAN);
    }
    let mut desk = desk(view.clone());
    desk.press(Modifiers::NONE, Key::Num1);
    desk.press(Modifiers::NONE, Key::ArrowRight);
    // A row that is too short, no levers, no slots, no charts.
    view.row = Vec::new().into();
    view.levers.clear();
    view.slots.clear();
    let mut spec = (*view.spec).clone();
    spec.charts.clear();
    view.spec = std::sync::Arc::new(spec);
    Desk::open(view, (1920.0, 1080.0), ThemeName::Light).settle();
}

#[test]
fn plus_with_ctrl_scales_and_alone_hastens() {
    let mut desk = desk(day());
    assert_eq!(desk.press(Modifiers::SHIFT, Key::Plus), [Command::Speed(Speed::Factor(1_000.0))]);
    assert_eq!(desk.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::Plus), []);
    assert_eq!(desk.shown().panel.scale(), 1.25);
}
