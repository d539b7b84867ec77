//! Who decides and what is run: a picker per slot, when it decides next, what goes on inside its controller; then the
//! choices that a run begins with.

use egui::{Align, Id, Rect, ScrollArea, Ui, pos2, vec2};

use crate::app::command::WindowDeed;
use crate::app::theme::{Face, corners};
use crate::control::shown_name;
use crate::plant::Slot;
use crate::rollout::Intervention;
use crate::session::{Command, SlotView};
use crate::signal::format_number;

use super::glyph::Glyph;
use super::levers::slot_order;
use super::pen::Pen;
use super::picker::{Alternative, Picker};
use super::widget::{Button, spoken};
use super::words::{decision_in, duration, seconds};
use super::{Cx, PanelState, begin, replay, told, tuning};

/// Height of a line of inner values.
const LINE: f32 = 17.0;

/// Most inner values that are listed.
const MOST_INNER: usize = 24;

/// Height of a picker with the room around it.
pub(super) const FIELD: f32 = 30.0;

/// Height of a line of words.
pub(super) const WORDS: f32 = 18.0;

/// Draws slots, hands and setup into a tile's body.
pub(super) fn show(ui: &mut Ui, rect: Rect, state: &mut PanelState, cx: &mut Cx<'_>) {
    super::inside(ui, rect, "control", |ui| {
        ScrollArea::vertical().id_salt("control").auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.allocate_space(vec2(1.0, 4.0));
            if let Some(replay) = cx.view.replay.clone() {
                replay::show(ui, &replay, cx);
            }
            for slot in slot_order(cx.view) {
                let (Some(spec), Some(seen)) = (cx.view.spec.slots.get(slot), cx.view.slots.get(slot)) else {
                    continue;
                };
                let width = ui.available_width();
                let (_, place) = ui.allocate_space(vec2(width, height(width, spec, seen)));
                block(ui, place, spec, seen, cx);
                told::show(ui, spec, seen, &mut state.told, cx);
                tuning::show(ui, spec, seen, &mut state.tuning, cx);
                let (_, rule) = ui.allocate_space(vec2(width, 6.0));
                let pen = Pen::new(ui, &cx.theme);
                pen.hline(rule.left() + 12.0, rule.right() - 12.0, rule.bottom() - 3.5, cx.theme.hairline());
            }
            begin::hands(ui, cx);
            if cx.view.replay.is_none() {
                begin::setup(ui, state, cx);
            }
        });
    });
}

/// Where a field's name ends and its picker begins.
pub(super) fn name_width(rect: Rect) -> f32 {
    (rect.width() * 0.27).clamp(58.0, 110.0)
}

/// Writes a field's name and returns the room of its picker.
pub(super) fn field(pen: &Pen, rect: Rect, name: &str) -> Rect {
    let (left, right) = (rect.left() + 12.0, rect.right() - 12.0);
    let from = left + name_width(rect);
    let y = rect.top() + 3.0 + 12.0;
    pen.text_within(pos2(left, y), Align::Min, from - left - 6.0, name, Face::Body, pen.theme.text2);
    Rect::from_min_max(pos2(from, y - 12.0), pos2(right.max(from + 1.0), y + 12.0))
}

fn about(state: &SlotView) -> &str {
    state.choices.iter().find(|c| c.name == state.controller).map_or("", |c| c.about.as_str())
}

/// How many columns of inner values fit.
fn columns(width: f32) -> usize {
    ((width / 112.0) as usize).clamp(1, 4)
}

fn inner_lines(width: f32, state: &SlotView) -> usize {
    state.insight.values.len().min(MOST_INNER).div_ceil(columns(width - 24.0))
}

fn height(width: f32, spec: &Slot, state: &SlotView) -> f32 {
    let about = if about(state).is_empty() { 0.0 } else { WORDS };
    let inner = inner_lines(width, state) as f32 * LINE;
    let track = if spec.period_ticks > 1 { 6.0 } else { 0.0 };
    FIELD + WORDS + about + inner + track + 2.0
}

fn block(ui: &Ui, rect: Rect, spec: &Slot, state: &SlotView, cx: &mut Cx<'_>) {
    let theme = cx.theme;
    let pen = Pen::new(ui, &theme);
    let id = ui.id().with(("slot", &spec.name));
    let (left, right) = (rect.left() + 12.0, rect.right() - 12.0);
    let place = field(&pen, rect, &spec.label);
    let number = cx.view.spec.slots.iter().position(|s| s.name == spec.name);
    let beside = cx.view.replay.is_none() && place.width() > 110.0;
    let (picker, button) =
        if beside { place.split_left_right_at_x(place.right() - 28.0) } else { (place, Rect::NOTHING) };
    pick(ui, picker, id, spec, state, cx);
    if beside {
        let name = format!("Race or shadow {}", spec.label);
        let tip = "Race several controllers, or let them compute beside this one";
        let button = button.with_min_x(button.left() + 4.0);
        if Button::sign(Glyph::More, &name, tip).show(ui, &theme, button, id.with("race")).clicked() {
            cx.deeds.push(WindowDeed::Race(number));
        }
    }
    let mut y = rect.top() + FIELD;
    let line = |y: f32| Rect::from_x_y_ranges(left..=right, y..=y + WORDS);
    let words = about(state);
    if !words.is_empty() {
        let at = pen.text_within(line(y).left_center(), Align::Min, right - left, words, Face::Label, theme.text2);
        let response = spoken(ui, at, id.with("about"), words);
        if pen.width(words, Face::Label) > right - left {
            response.on_hover_text(words);
        }
        y += WORDS;
    }
    decisions(ui, &pen, line(y), id, spec, state, cx);
    y += WORDS;
    if spec.period_ticks > 1 {
        progress(&pen, Rect::from_x_y_ranges(left..=right, y..=y + 3.0), spec, state, cx);
        y += 6.0;
    }
    inner(ui, &pen, Rect::from_min_max(pos2(left, y), pos2(right, rect.bottom())), id, state);
}

/// How often the slot decides and when it does so next.
fn decisions(ui: &Ui, pen: &Pen, rect: Rect, id: Id, spec: &Slot, state: &SlotView, cx: &Cx<'_>) {
    let theme = &cx.theme;
    let every = duration(seconds(cx.view, spec.period_ticks as f64));
    let next = decision_in(cx.view, state.ticks_to_decision);
    let at = rect.left_center();
    let thinks = told::thinking(state).map(super::words::sentence);
    let ink = if thinks.is_some() { theme.text } else { theme.text3 };
    let words = match thinks {
        Some(thinks) => thinks,
        None if state.drives => format!("Decides every {every}"),
        None => "Nobody decides".to_owned(),
    };
    pen.text_within(at, Align::Min, rect.width(), &words, Face::Label, ink);
    let counts = state.drives && spec.period_ticks > 1;
    if counts {
        let runs = [("next in ", Face::Label, *theme.text3), (next.as_str(), Face::NumberLabel, *theme.text)];
        let runs = if state.ticks_to_decision == 0 { &runs[1..] } else { &runs[..] };
        pen.runs(rect.right_center(), Align::Max, runs);
    }
    let spoken_words = if let Some(thinks) = told::thinking(state) {
        format!("{} {thinks}", spec.label)
    } else if counts {
        format!("{} decides next in {next}", spec.label)
    } else {
        words
    };
    let tip = format!("This slot decides every {} ticks; the time is site time", spec.period_ticks);
    spoken(ui, rect, id.with("next"), &spoken_words).on_hover_text(tip);
}

/// Inner values of the controller, in as many columns as fit. Behind the last comma of a name stands its unit.
fn inner(ui: &Ui, pen: &Pen, rect: Rect, id: Id, state: &SlotView) {
    let theme = &pen.theme;
    let columns = columns(rect.width());
    let width = (rect.width() - (columns - 1) as f32 * 20.0) / columns as f32;
    for (index, (name, value)) in state.insight.values.iter().take(MOST_INNER).enumerate() {
        let left = rect.left() + (index % columns) as f32 * (width + 20.0);
        let middle = rect.top() + ((index / columns) as f32 + 0.5) * LINE;
        let (name, unit) = name.rsplit_once(", ").unwrap_or((name, ""));
        let name = name.replace('_', " ");
        let text = format_number(*value, inner_decimals(*value));
        let mut end = pos2(left + width, middle);
        if !unit.is_empty() {
            end.x = pen.text(end, Align::Max, unit, Face::Caption, theme.text3).left() - 3.0;
        }
        let number = pen.text(end, Align::Max, &text, Face::NumberLabel, theme.text);
        pen.text_within(pos2(left, middle), Align::Min, number.left() - left - 8.0, &name, Face::Label, theme.text3);
        let told = format!("{name}: {text} {unit}");
        let line = Rect::from_min_max(pos2(left, middle - LINE / 2.0), pos2(left + width, middle + LINE / 2.0));
        spoken(ui, line, id.with(("inner", index)), told.trim_end()).on_hover_text(told.trim_end());
    }
}

/// Digits after the point of a value whose size is not known beforehand: three that say something.
fn inner_decimals(value: f64) -> usize {
    match value.abs() {
        _ if value.fract() == 0.0 => 0,
        size if size >= 100.0 => 0,
        size if size >= 10.0 => 1,
        _ => 3,
    }
}

/// The picker of a slot's controller.
pub(super) fn pick(ui: &Ui, rect: Rect, id: Id, spec: &Slot, state: &SlotView, cx: &mut Cx<'_>) {
    let alternatives: Vec<Alternative<'_>> = state
        .choices
        .iter()
        .map(|c| Alternative { name: &c.name, label: shown_name(&c.name), about: &c.about })
        .collect();
    let picker = Picker {
        label: &spec.label,
        about: "Who decides for this slot",
        value: &state.controller,
        alternatives: &alternatives,
    };
    if let Some(name) = picker.show(ui, &cx.theme, rect, id.with("controller")) {
        cx.out.push(Command::Intervene(Intervention::Controller { slot: spec.name.clone(), name }));
    }
}

/// How much of the interval between two decisions has passed.
fn progress(pen: &Pen, track: Rect, spec: &Slot, state: &SlotView, cx: &Cx<'_>) {
    pen.painter.rect_filled(track, corners(1.0), pen.theme.sunken);
    if state.drives {
        let left = (state.ticks_to_decision as f64 - cx.view.fraction).max(0.0) / spec.period_ticks as f64;
        let passed = (1.0 - left).clamp(0.0, 1.0) as f32;
        let done = Rect::from_min_size(track.min, vec2(track.width() * passed, track.height()));
        pen.painter.rect_filled(done, corners(1.0), pen.theme.text2);
    }
}
