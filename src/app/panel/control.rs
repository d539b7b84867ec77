//! Who decides: a picker per slot, when it decides next, and what goes on inside its controller.

use egui::{Align, Id, Rect, ScrollArea, Ui, pos2, vec2};

use crate::app::theme::{Face, corners};
use crate::plant::{Severity, Slot};
use crate::rollout::Intervention;
use crate::session::{Command, SlotView};
use crate::signal::format_number;

use super::Cx;
use super::glyph;
use super::levers::slot_order;
use super::pen::Pen;
use super::picker::{Alternative, Picker};
use super::widget::spoken;
use super::words::{decision_in, duration, seconds};

/// Height of a line of inner values.
const LINE: f32 = 18.0;

/// Most inner values that are listed.
const MOST_INNER: usize = 24;

/// Draws the slots into a tile's body.
pub(super) fn show(ui: &mut Ui, rect: Rect, cx: &mut Cx<'_>) {
    super::inside(ui, rect, "control", |ui| {
        ScrollArea::vertical().id_salt("control").auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for slot in slot_order(cx.view) {
                let (Some(spec), Some(state)) = (cx.view.spec.slots.get(slot), cx.view.slots.get(slot)) else {
                    continue;
                };
                let width = ui.available_width();
                let height = height(ui, cx, width, state);
                let (_, place) = ui.allocate_space(vec2(width, height));
                block(ui, place, spec, state, cx);
            }
        });
    });
}

fn about(state: &SlotView) -> &str {
    state.choices.iter().find(|c| c.name == state.controller).map_or("", |c| c.about.as_str())
}

/// How many columns of inner values fit.
fn columns(width: f32) -> usize {
    if width > 280.0 { 2 } else { 1 }
}

fn height(ui: &Ui, cx: &Cx<'_>, width: f32, state: &SlotView) -> f32 {
    let words = Pen::new(ui, &cx.theme).paragraph_height(width - 24.0, about(state), Face::Label);
    let lines = state.inner.len().min(MOST_INNER).div_ceil(columns(width)) as f32;
    let inner = if lines > 0.0 { lines * LINE + 4.0 } else { 0.0 };
    let fallbacks = if state.fallbacks > 0 { 22.0 } else { 0.0 };
    62.0 + words + 14.0 + inner + fallbacks + 6.0
}

fn block(ui: &Ui, rect: Rect, spec: &Slot, state: &SlotView, cx: &mut Cx<'_>) {
    let theme = cx.theme;
    let pen = Pen::new(ui, &theme);
    let id = ui.id().with(("slot", &spec.name));
    let (left, right) = (rect.left() + 12.0, rect.right() - 12.0);
    decisions(ui, &pen, Rect::from_x_y_ranges(left..=right, rect.top() + 6.0..=rect.top() + 28.0), id, spec, state, cx);
    let field = Rect::from_min_max(pos2(left, rect.top() + 30.0), pos2(right, rect.top() + 55.0));
    pick(ui, field, id, spec, state, cx);
    let words = pen.paragraph(pos2(left, field.bottom() + 5.0), right - left, about(state), Face::Label, theme.text2);
    let track = Rect::from_x_y_ranges(left..=right, words.bottom() + 6.0..=words.bottom() + 9.0);
    progress(&pen, track, spec, state, cx);
    inner(&pen, Rect::from_min_max(pos2(left, track.bottom() + 5.0), pos2(right, rect.bottom())), state);
    if state.fallbacks > 0 {
        let middle = rect.bottom() - 18.0;
        glyph::severity(&pen.painter, Severity::Warning, pos2(left + 6.0, middle), 10.0, *theme.alarm.warn, None);
        let words = format!("No usable number {} times: the value before held", state.fallbacks);
        pen.text_within(pos2(left + 18.0, middle), Align::Min, right - left - 18.0, &words, Face::Label, theme.text);
    }
    pen.hline(left, right, rect.bottom() - 0.5, theme.hairline());
}

/// The slot's name, how often it decides and when it does so next.
fn decisions(ui: &Ui, pen: &Pen, rect: Rect, id: Id, spec: &Slot, state: &SlotView, cx: &Cx<'_>) {
    let theme = &cx.theme;
    let y = rect.center().y;
    let name =
        pen.text_within(pos2(rect.left(), y), Align::Min, rect.width() * 0.5, &spec.label, Face::Title, theme.text);
    let every = duration(seconds(cx.view, spec.period_ticks as f64));
    let next = decision_in(cx.view, state.ticks_to_decision);
    let words = match (state.drives, spec.period_ticks > 1) {
        (false, _) => "nobody decides".to_owned(),
        (true, false) => format!("decides every {every}"),
        (true, true) => format!("every {every}, next in "),
    };
    let number = if state.drives && spec.period_ticks > 1 { next.as_str() } else { "" };
    let runs = [(words.as_str(), Face::Label, *theme.text3), (number, Face::NumberLabel, *theme.text)];
    let room = rect.right() - name.right() - 8.0;
    if pen.width_of(&runs) < room {
        pen.runs(pos2(rect.right(), y), Align::Max, &runs);
    } else {
        pen.text_within(pos2(rect.right(), y), Align::Max, room, &format!("next {number}"), Face::Label, theme.text3);
    }
    spoken(ui, rect, id.with("next"), &format!("{} decides next in {next}", spec.label)).on_hover_text(words + number);
}

/// Inner values of the controller, in as many columns as fit.
fn inner(pen: &Pen, rect: Rect, state: &SlotView) {
    let theme = &pen.theme;
    let columns = columns(rect.width() + 24.0);
    let width = (rect.width() - (columns - 1) as f32 * 20.0) / columns as f32;
    for (index, (name, value)) in state.inner.iter().take(MOST_INNER).enumerate() {
        let left = rect.left() + (index % columns) as f32 * (width + 20.0);
        let middle = rect.top() + ((index / columns) as f32 + 0.5) * LINE;
        let decimals = if value.fract() == 0.0 { 0 } else { 3 };
        let text = format_number(*value, decimals);
        let number = pen.text(pos2(left + width, middle), Align::Max, &text, Face::NumberLabel, theme.text);
        pen.text_within(pos2(left, middle), Align::Min, number.left() - left - 8.0, name, Face::Label, theme.text2);
    }
}

/// The picker of a slot's controller.
pub(super) fn pick(ui: &Ui, rect: Rect, id: Id, spec: &Slot, state: &SlotView, cx: &mut Cx<'_>) {
    let alternatives: Vec<Alternative<'_>> =
        state.choices.iter().map(|c| Alternative { name: &c.name, label: &c.name, about: &c.about }).collect();
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
    if spec.period_ticks > 1 && state.drives {
        let left = (state.ticks_to_decision as f64 - cx.view.fraction).max(0.0) / spec.period_ticks as f64;
        let passed = (1.0 - left).clamp(0.0, 1.0) as f32;
        let done = Rect::from_min_size(track.min, vec2(track.width() * passed, track.height()));
        pen.painter.rect_filled(done, corners(1.0), pen.theme.text2);
    }
}
