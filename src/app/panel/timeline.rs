//! The bottom bar: transport, speed, both clocks, and the whole run in one strip.

mod fields;
pub(super) mod lanes;
pub(super) mod menu;

use egui::{Align, Id, Popup, Rect, Ui, pos2, vec2};

use crate::app::command;
use crate::app::theme::{Face, corners};
use crate::session::{Command, PlayState, RunView, Speed};

use super::glyph::Glyph;
use super::pen::Pen;
use super::widget::{self, Button, Look, Segment};
use super::words::{self, countdown, duration, grouped, seconds};
use super::{Cx, PanelState, charts, overview};

pub(super) use fields::{TimelineState, show as show_fields};

/// Speeds that have a button of their own.
const SPEEDS: [Speed; 6] = [
    Speed::Factor(0.1),
    Speed::Factor(1.0),
    Speed::Factor(60.0),
    Speed::Factor(600.0),
    Speed::Factor(10_000.0),
    Speed::Max,
];

/// Width of transport and speed.
const TRANSPORT: f32 = 286.0;

/// Width of the buttons that look for events.
const SEARCH: f32 = 72.0;

/// Width of the clocks.
const CLOCKS: f32 = 158.0;

/// Draws the bar.
pub(super) fn show(ui: &mut Ui, rect: Rect, state: &mut PanelState, cx: &mut Cx<'_>) {
    let theme = cx.theme;
    let radius = corners(theme.tokens.radius.tile);
    ui.painter().rect(rect, radius, theme.surface, theme.hairline(), egui::StrokeKind::Inside);
    let pen = Pen::new(ui, &theme);
    let inner = rect.shrink2(vec2(10.0, 8.0));
    let transport = Rect::from_min_size(inner.min, vec2(TRANSPORT.min(inner.width()), inner.height()));
    let rows = if rect.height() > 95.0 { 34.0 } else { 33.0 };
    let top = if rect.height() > 95.0 { transport.top() + 10.0 } else { transport.top() + 3.0 };
    let line = |k: f32, height: f32| {
        Rect::from_min_size(pos2(transport.left(), top + k * rows), vec2(transport.width(), height))
    };
    buttons(ui, line(0.0, 26.0), cx);
    speeds(ui, &pen, line(1.0, 24.0), cx);
    let mut left = transport.right() + 14.0;
    if inner.right() - left > SEARCH + CLOCKS + 260.0 {
        let at = |k: f32, height: f32| {
            Rect::from_min_size(pos2(transport.right() + 6.0, line(k, height).top()), vec2(SEARCH - 6.0, height))
        };
        search(ui, [at(0.0, 26.0), at(1.0, 24.0)], cx);
        left += SEARCH;
    }
    if inner.right() - left > CLOCKS + 220.0 {
        pen.vline(left - 4.0, inner.top(), inner.bottom(), theme.hairline());
        clocks(ui, &pen, Rect::from_min_size(pos2(left + 6.0, inner.top()), vec2(CLOCKS - 14.0, inner.height())), cx);
        left += CLOCKS;
        pen.vline(left - 2.0, inner.top(), inner.bottom(), theme.hairline());
    }
    let spans = charts::span_bar_width(&pen);
    if inner.right() - left > spans + 640.0 {
        let column = Rect::from_min_size(pos2(left + 8.0, inner.top()), vec2(spans, inner.height()));
        let row = column.height() / 3.0;
        let part = |k: f32| Rect::from_min_size(column.min + vec2(0.0, k * row), vec2(spans, row));
        pen.text(part(0.0).left_center(), Align::Min, "Charts show", Face::Label, theme.text2);
        charts::span_bar(ui, part(1.0), state, cx);
        charts::ahead(ui, part(2.0).expand2(vec2(0.0, -1.0)), state, cx);
        left += spans + 20.0;
        pen.vline(left - 4.0, inner.top(), inner.bottom(), theme.hairline());
    }
    overview::show(ui, Rect::from_min_max(pos2(left, inner.top()), inner.max), state, cx);
}

/// To the events beside the present, and run until.
fn search(ui: &Ui, [upper, lower]: [Rect; 2], cx: &mut Cx<'_>) {
    let half = (upper.width() - 4.0) / 2.0;
    let until = cx.view.beside.until.clone();
    let words = if until.is_some() { "Stop at…" } else { "Until…" };
    let places = [
        ("previous_event", "", Glyph::PreviousEvent, Rect::from_min_size(upper.min, vec2(half, upper.height()))),
        ("next_event", "", Glyph::NextEvent, upper.with_min_x(upper.right() - half)),
        ("until", words, Glyph::More, lower),
    ];
    for (id, words, glyph, place) in places {
        let Some(entry) = command::find(id) else { continue };
        let tip = match (&until, id) {
            (Some(what), "until") => format!("Time passes until {what}. {}", entry.tip()),
            _ => entry.tip(),
        };
        let sign = words.is_empty().then_some(glyph);
        let look = if id == "until" && until.is_some() { Look::Primary } else { Look::Plain };
        let disabled = (entry.deed)(cx.view).err();
        let button = Button { glyph: sign, words, name: entry.words, tip: &tip, disabled, look };
        if button.show(ui, &cx.theme, place, ui.id().with(id)).clicked() {
            cx.run(entry);
        }
    }
}

/// Length of the slowest slot's interval, in words.
pub(super) fn interval_words(view: &RunView) -> String {
    let ticks = view.spec.slots.iter().map(|s| s.period_ticks).max().unwrap_or(1).max(1);
    duration(seconds(view, ticks as f64))
}

fn buttons(ui: &Ui, rect: Rect, cx: &mut Cx<'_>) {
    let interval = interval_words(cx.view);
    let playing = cx.view.play == PlayState::Playing;
    let (back, step) = (format!("Back {interval}"), format!("Step {interval}"));
    let play = if playing { (Glyph::Pause, "Pause") } else { (Glyph::Play, "Play") };
    let parts: [(&str, Glyph, &str, &str, Look); 5] = [
        ("back_interval", Glyph::BackInterval, &interval, &back, Look::Plain),
        ("back_tick", Glyph::BackTick, "", "Back one tick", Look::Plain),
        ("toggle_play", play.0, "", play.1, Look::Primary),
        ("step_tick", Glyph::StepTick, "", "Step one tick", Look::Plain),
        ("step_interval", Glyph::StepInterval, &interval, &step, Look::Plain),
    ];
    let gap = 6.0;
    let words = (rect.width() - 34.0 - 46.0 - 34.0 - 4.0 * gap) / 2.0;
    let widths = [words, 34.0, 46.0, 34.0, words];
    let mut x = rect.left();
    for ((id, sign, text, name, look), width) in parts.into_iter().zip(widths) {
        let Some(entry) = command::find(id) else { continue };
        let tip = entry.tip();
        let disabled = (entry.deed)(cx.view).err();
        let button = Button { glyph: Some(sign), words: text, name, tip: &tip, disabled, look };
        let place = Rect::from_min_size(pos2(x, rect.top()), vec2(width, rect.height()));
        if button.show(ui, &cx.theme, place, ui.id().with(id)).clicked() {
            cx.run(entry);
        }
        x += width + gap;
    }
}

fn speeds(ui: &Ui, pen: &Pen, rect: Rect, cx: &mut Cx<'_>) {
    let theme = cx.theme;
    let id = ui.id().with("speed");
    let labels = SPEEDS.map(words::speed);
    let segments: Vec<Segment<'_>> = SPEEDS
        .iter()
        .zip(&labels)
        .map(|(speed, label)| Segment {
            words: label,
            name: format!("Speed {label}"),
            tip: "Simulated seconds per second",
            chosen: cx.view.speed == *speed,
        })
        .collect();
    let others = !SPEEDS.contains(&cx.view.speed);
    let current = if others { words::speed(cx.view.speed) } else { String::new() };
    let more_width = if others { pen.width(&current, Face::Label) + 30.0 } else { 26.0 };
    let place = Rect::from_min_max(rect.min, pos2(rect.right() - more_width - 4.0, rect.bottom()));
    if let Some(speed) = widget::segmented(ui, &theme, place, id, &segments).and_then(|i| SPEEDS.get(i)) {
        cx.out.push(Command::Speed(*speed));
    }
    let more = Rect::from_min_max(pos2(place.right() + 4.0, rect.top()), rect.max);
    let button = Button { name: "More speeds", ..Button::sign(Glyph::Caret, "More speeds", "All speeds (+ and −)") };
    let button = Button { words: &current, glyph: if others { None } else { Some(Glyph::Caret) }, ..button };
    let response = button.show(ui, &theme, more, id.with("more"));
    Popup::menu(&response).id(id.with("list")).gap(4.0).show(|ui| finer(ui, cx));
}

/// Every step, and a field for any factor between.
fn finer(ui: &mut Ui, cx: &mut Cx<'_>) {
    ui.set_min_width(150.0);
    for speed in Speed::STEPS {
        if ui.selectable_label(cx.view.speed == speed, words::speed(speed)).clicked() {
            cx.out.push(Command::Speed(speed));
            ui.close();
        }
    }
    ui.separator();
    let mut factor = match cx.view.speed {
        Speed::Factor(f) => f,
        Speed::Max => 600.0,
    };
    let drag =
        egui::DragValue::new(&mut factor).range(0.1..=10_000.0).speed(1.0).max_decimals(1).suffix("×").prefix("Any: ");
    if ui.add(drag).changed() {
        cx.out.push(Command::Speed(Speed::Factor(factor)));
    }
}

/// Both clocks and both countdowns.
fn clocks(ui: &Ui, pen: &Pen, rect: Rect, cx: &Cx<'_>) {
    let theme = &cx.theme;
    let view = cx.view;
    let (left, right) = (rect.left(), rect.right());
    let rows = rect.height() / 4.0;
    let line = |k: f32| rect.top() + rows * (k + 0.5);
    let percent = format!("{:.1}{}%", view.tick as f64 / view.span_ticks() as f64 * 100.0, words::SPACE);
    let row = |k: f32, label: &str, value: &str| {
        let at = pen.text(pos2(right, line(k)), Align::Max, value, Face::NumberCaption, theme.text);
        pen.text_within(pos2(left, line(k)), Align::Min, at.left() - left - 6.0, label, Face::Caption, theme.text2);
    };
    row(0.0, "Tick", &grouped(view.tick));
    row(1.0, "Of the episode", &percent);
    let tick_s = f64::from(view.spec.calendar.tick_s);
    let next = tick_s * (1.0 - view.fraction.clamp(0.0, 1.0));
    let next = if tick_s >= 60.0 { countdown(next) } else { format!("{next:.1}{}s", words::SPACE) };
    row(2.0, "Next tick in", &next);
    if let Some((label, ticks)) = slowest(view) {
        let words = words::decision_in(view, ticks);
        row(3.0, &format!("{label} decides in"), &words);
        let id = Id::new("next decision");
        let tip = "Ticks run; part of the episode = ticks run / ticks of the episode; site time to the next tick and to the \
                   next decision of the slowest slot";
        widget::spoken(ui, rect, id, &format!("Tick {}. {label} decides in {words}", view.tick)).on_hover_text(tip);
    }
}

/// The slowest slot that somebody drives and the ticks to its next decision.
fn slowest(view: &RunView) -> Option<(&str, u64)> {
    let slots = view.spec.slots.iter().zip(&view.slots).filter(|(_, state)| state.drives);
    let (slot, state) = slots.max_by_key(|(slot, _)| slot.period_ticks)?;
    // When the next tick is a decision, it is a tick away.
    Some((slot.label.as_str(), state.ticks_to_decision))
}
