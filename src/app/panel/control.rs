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
use super::words::{countdown, duration, seconds};

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
                let (Some(spec), Some(state)) = (cx.view.spec.slots.get(slot), cx.view.slots.get(slot)) else { continue };
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

fn height(ui: &Ui, cx: &Cx<'_>, width: f32, state: &SlotView) -> f32 {
    let words = Pen::new(ui, &cx.theme).paragraph_height(width - 24.0, about(state), Face::Label);
    let inner = state.inner.len().min(MOST_INNER) as f32 * LINE + if state.inner.is_empty() { 0.0 } else { 6.0 };
    let fallbacks = if state.fallbacks > 0 { 22.0 } else { 0.0 };
    68.0 + words + 34.0 + inner + fallbacks + 8.0
}

fn block(ui: &Ui, rect: Rect, spec: &Slot, state: &SlotView, cx: &mut Cx<'_>) {
    let theme = cx.theme;
    let pen = Pen::new(ui, &theme);
    let id = ui.id().with(("slot", &spec.name));
    let (left, right) = (rect.left() + 12.0, rect.right() - 12.0);
    let line = rect.top() + 18.0;
    pen.text_within(pos2(left, line), Align::Min, (right - left) * 0.55, &spec.label, Face::Title, theme.text);
    let every = format!("decides every {}", duration(seconds(cx.view, spec.period_ticks as f64)));
    pen.text(pos2(right, line), Align::Max, &every, Face::Caption, theme.text3);
    let field = Rect::from_min_max(pos2(left, rect.top() + 33.0), pos2(right, rect.top() + 58.0));
    pick(ui, field, id, spec, state, cx);
    let words = pen.paragraph(pos2(left, field.bottom() + 5.0), right - left, about(state), Face::Label, theme.text2);
    let mut y = words.bottom() + 6.0;
    next_decision(ui, &pen, Rect::from_min_max(pos2(left, y), pos2(right, y + 26.0)), id, spec, state, cx);
    y += 32.0;
    for (name, value) in state.inner.iter().take(MOST_INNER) {
        let middle = y + LINE / 2.0;
        let decimals = if value.fract() == 0.0 { 0 } else { 3 };
        let number = pen.text(pos2(right, middle), Align::Max, &format_number(*value, decimals), Face::NumberLabel, theme.text);
        pen.text_within(pos2(left, middle), Align::Min, number.left() - left - 8.0, name, Face::Label, theme.text2);
        y += LINE;
    }
    if state.fallbacks > 0 {
        let middle = rect.bottom() - 20.0;
        glyph::severity(&pen.painter, Severity::Warning, pos2(left + 6.0, middle), 10.0, *theme.alarm.warn, None);
        let words = format!("No usable number {} times: the value before held", state.fallbacks);
        pen.text_within(pos2(left + 18.0, middle), Align::Min, right - left - 18.0, &words, Face::Label, theme.text);
    }
    pen.hline(left, right, rect.bottom() - 0.5, theme.hairline());
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

/// Time to the next decision, with how much of the interval has passed.
fn next_decision(ui: &Ui, pen: &Pen, rect: Rect, id: Id, spec: &Slot, state: &SlotView, cx: &Cx<'_>) {
    let theme = &cx.theme;
    let line = rect.top() + 8.0;
    if !state.drives {
        pen.text(pos2(rect.left(), line), Align::Min, "Nobody decides", Face::Label, theme.text3);
        return;
    }
    let period = spec.period_ticks.max(1) as f64;
    let ticks = (state.ticks_to_decision as f64 - cx.view.fraction).max(0.0);
    let words = countdown(seconds(cx.view, ticks));
    pen.text(pos2(rect.left(), line), Align::Min, "Next decision in", Face::Label, theme.text2);
    pen.text(pos2(rect.right(), line), Align::Max, &words, Face::NumberLabel, theme.text);
    spoken(ui, rect, id.with("next"), &format!("{} decides next in {words}", spec.label));
    let track = Rect::from_min_max(pos2(rect.left(), rect.bottom() - 5.0), pos2(rect.right(), rect.bottom() - 2.0));
    pen.painter.rect_filled(track, corners(1.0), theme.sunken);
    if spec.period_ticks > 1 {
        let passed = (1.0 - ticks / period).clamp(0.0, 1.0) as f32;
        let done = Rect::from_min_size(track.min, vec2(track.width() * passed, track.height()));
        pen.painter.rect_filled(done, corners(1.0), theme.text2);
    }
}
