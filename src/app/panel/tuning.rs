//! Parameters of a slot's controller, tuned while the run goes on: folded rows with a number, a choice, a switch or a
//! text, each with a way back to what the run began with.

use std::collections::BTreeSet;

use egui::{Align, DragValue, Id, Key, Rect, Sense, TextEdit, Ui, WidgetInfo, WidgetType, pos2, vec2};

use crate::app::theme::{Face, corners};
use crate::control::Setting;
use crate::plant::Slot;
use crate::rollout::Intervention;
use crate::session::{Command, ParameterView, PlayState, SlotView};
use crate::signal::format_number;

use super::Cx;
use super::pen::Pen;
use super::picker::{Alternative, Picker};
use super::widget::{Button, Look, Segment, focus_ring, segmented, spoken};

/// Height of the line that folds the rows.
const HEAD: f32 = 24.0;

/// Height of a row.
const ROW: f32 = 27.0;

/// Pictures after which what was asked for must be in one.
const PATIENCE: u64 = 2;

/// What the rows remember.
#[derive(Debug, Clone, Default)]
pub(super) struct TuningState {
    /// Slots whose rows are open, by name.
    open: BTreeSet<String>,
    /// A value that is being changed, or was asked for and is not in a picture yet.
    draft: Option<Draft>,
}

/// A value on its way.
#[derive(Debug, Clone, PartialEq)]
struct Draft {
    slot: String,
    parameter: String,
    value: Setting,
    /// Number of the picture at which it was asked for; `None` while it is being changed.
    asked_at: Option<u64>,
}

/// Why nothing can be tuned now.
fn locked(cx: &Cx<'_>) -> Option<&'static str> {
    match (&cx.view.replay, cx.view.play) {
        (Some(_), _) => Some("This is a replay: nothing can be changed"),
        (None, PlayState::Ended) => Some("The run has ended"),
        _ => None,
    }
}

/// Draws the line that folds, and the rows below it when they are open.
pub(super) fn show(ui: &mut Ui, spec: &Slot, state: &SlotView, tuning: &mut TuningState, cx: &mut Cx<'_>) {
    if state.parameters.is_empty() {
        return;
    }
    if tuning.draft.as_ref().is_some_and(|d| d.asked_at.is_some_and(|at| cx.view.generation > at + PATIENCE)) {
        tuning.draft = None;
    }
    let open = head(ui, spec, state, tuning, cx);
    if open {
        for parameter in &state.parameters {
            row(ui, spec, parameter, tuning, cx);
        }
    }
}

/// `Parameters · 2 tuned`, and the button that sets all of them back; returns whether the rows are open.
fn head(ui: &mut Ui, spec: &Slot, state: &SlotView, tuning: &mut TuningState, cx: &mut Cx<'_>) -> bool {
    let theme = cx.theme;
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), HEAD));
    let id = ui.id().with(("parameters", &spec.name));
    let pen = Pen::new(ui, &theme);
    let (left, right) = (rect.left() + 12.0, rect.right() - 12.0);
    let tuned = state.parameters.iter().filter(|p| p.tuned).count();
    let mut end = right;
    if tuned > 0 {
        let name = format!("{}: reset all parameters", spec.label);
        let tip = "Sets every parameter back to what the run began with";
        let button = Button { name: &name, disabled: locked(cx), ..Button::words("Reset all", tip) };
        let width = button.width(&pen) + 2.0;
        let place = Rect::from_min_size(pos2(right - width, rect.center().y - 10.0), vec2(width, 20.0));
        end = place.left() - 8.0;
        if button.show(ui, &theme, place, id.with("reset all")).clicked() {
            for parameter in state.parameters.iter().filter(|p| p.tuned) {
                ask(spec, &parameter.name, None, cx);
            }
            tuning.draft = None;
        }
    }
    let line = Rect::from_min_max(pos2(left - 4.0, rect.top() + 1.0), pos2(end, rect.bottom() - 1.0));
    let response = ui.interact(line, id, Sense::click());
    let open = tuning.open.contains(&spec.name);
    let name = format!("{} parameters", spec.label);
    response.widget_info(|| WidgetInfo::selected(WidgetType::CollapsingHeader, true, open, &name));
    if response.hovered() {
        pen.painter.rect_filled(line, corners(theme.tokens.radius.control), theme.hover);
    }
    let y = rect.center().y;
    let tip = if open { [(-3.5, -2.0), (3.5, -2.0), (0.0, 2.5)] } else { [(-2.0, -3.5), (-2.0, 3.5), (2.5, 0.0)] };
    let points = tip.map(|(dx, dy)| pos2(left + 3.0 + dx, y + dy)).to_vec();
    pen.painter.add(egui::Shape::convex_polygon(points, *theme.text3, egui::Stroke::NONE));
    let words = match tuned {
        0 => "Parameters".to_owned(),
        n => format!("Parameters · {n} tuned"),
    };
    let (face, ink) = if tuned > 0 { (Face::LabelStrong, theme.text) } else { (Face::Label, theme.text2) };
    pen.text_within(pos2(left + 13.0, y), Align::Min, end - left - 15.0, &words, face, ink);
    focus_ring(ui, &theme, &response, line);
    if response.clicked() && !tuning.open.remove(&spec.name) {
        tuning.open.insert(spec.name.clone());
    }
    open
}

fn ask(spec: &Slot, parameter: &str, value: Option<Setting>, cx: &mut Cx<'_>) {
    let (slot, name) = (spec.name.clone(), parameter.to_owned());
    cx.out.push(Command::Intervene(Intervention::Parameter { slot, name, value }));
}

/// One parameter.
fn row(ui: &mut Ui, spec: &Slot, parameter: &ParameterView, tuning: &mut TuningState, cx: &mut Cx<'_>) {
    let theme = cx.theme;
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), ROW));
    let id = ui.id().with(("parameter", &spec.name, &parameter.name));
    let pen = Pen::new(ui, &theme);
    let (left, right) = (rect.left() + 25.0, rect.right() - 12.0);
    let y = rect.center().y;
    let words = parameter.name.replace('_', " ");
    // All rows keep room for the way back, so that nothing moves when a value is tuned.
    let reset = Button::words("Reset", "As the run began");
    let back = reset.width(&pen) + 2.0;
    let room = (right - left - back - 6.0).max(1.0);
    let field = (room * 0.52).min(170.0);
    let place = Rect::from_min_max(pos2(right - back - 6.0 - field, y - 11.0), pos2(right - back - 6.0, y + 11.0));
    let ink = if parameter.tuned { theme.text } else { theme.text2 };
    let face = if parameter.tuned { Face::LabelStrong } else { Face::Label };
    let name = Rect::from_min_max(pos2(left, y - 9.0), pos2(place.left() - 8.0, y + 9.0));
    pen.text_within(pos2(left, y), Align::Min, name.width(), &words, face, ink);
    spoken(ui, name, id.with("name"), &words).on_hover_text(tip(parameter));
    let label = format!("{} {words}", spec.label);
    let draft = tuning.draft.as_ref().filter(|d| d.slot == spec.name && d.parameter == parameter.name);
    let shown = draft.map(|d| d.value.clone()).or_else(|| parameter.value.clone());
    let mut made = None;
    match (locked(cx), shown) {
        (Some(why), shown) => {
            let value = shown.map_or_else(|| "auto".to_owned(), |s| words_of(&s));
            let text = unit(parameter).map_or_else(|| value.clone(), |unit| format!("{value} {unit}"));
            let at = pen.text_within(place.left_center(), Align::Min, field, &text, Face::Label, theme.text3);
            spoken(ui, at, id.with("value"), &format!("{label}: {text}")).on_hover_text(why);
        }
        (None, Some(Setting::Number(value))) => {
            made = number(ui, place, &label, value, spec, parameter, tuning).map(Setting::Number);
        }
        (None, None) if parameter.card.is_number() => {
            let (low, high) = parameter.card.range.unwrap_or((0.0, 1.0));
            let name = format!("{label}: found by the controller");
            let button =
                Button { name: &name, ..Button::words("Auto", "The controller finds it. Click: set it by hand") };
            if button.show(ui, &theme, place, id.with("auto")).clicked() {
                let middle = low + (high - low) / 2.0;
                made = Some(Setting::Number(if parameter.card.whole { middle.round() } else { middle }));
            }
        }
        (None, Some(Setting::Switch(on))) => {
            let segment = |words: &'static str, chosen| Segment {
                words,
                name: format!("{label}: {}", words.to_lowercase()),
                tip: &parameter.card.about,
                chosen,
            };
            let parts = [segment("Off", !on), segment("On", on)];
            let chosen =
                segmented(ui, &theme, place.with_max_x(place.left() + 84.0_f32.min(field)), id.with("switch"), &parts);
            made = chosen.map(|k| k == 1).filter(|wanted| *wanted != on).map(Setting::Switch);
        }
        (None, Some(Setting::Text(text))) if !parameter.card.choices.is_empty() => {
            let choices: Vec<Alternative<'_>> =
                parameter.card.choices.iter().map(|c| Alternative { name: c, label: c, about: "" }).collect();
            let about = &parameter.card.about;
            let picker = Picker { label: &label, about, value: &text, alternatives: &choices };
            made = picker.show(ui, &theme, place, id.with("choice")).map(Setting::Text);
        }
        (None, shown) => {
            let text = if let Some(Setting::Text(text)) = shown { text } else { String::new() };
            made = typed(ui, place, &label, text, id, spec, parameter, tuning, cx).map(Setting::Text);
        }
    }
    if let Some(value) = made {
        let asked_at = Some(cx.view.generation);
        let (slot, name) = (spec.name.clone(), parameter.name.clone());
        tuning.draft = Some(Draft { slot, parameter: name, value: value.clone(), asked_at });
        ask(spec, &parameter.name, Some(value), cx);
    }
    if parameter.tuned {
        let name = format!("{label}: reset");
        let button = Button { name: &name, disabled: locked(cx), ..reset.look(Look::Quiet) };
        let place = Rect::from_min_max(pos2(right - back, y - 10.0), pos2(right, y + 10.0));
        if button.show(ui, &theme, place, id.with("reset")).clicked() {
            ask(spec, &parameter.name, None, cx);
            tuning.draft = None;
        }
    }
}

/// A number to drag or to type. It is asked for once it is let go, not on the way.
fn number(
    ui: &mut Ui,
    place: Rect,
    label: &str,
    value: f64,
    spec: &Slot,
    parameter: &ParameterView,
    tuning: &mut TuningState,
) -> Option<f64> {
    let card = &parameter.card;
    let (low, high) = card.range.unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
    let span = high - low;
    // A drag of a few hundred points crosses small ranges; large ones follow the value.
    let fine =
        if span.is_finite() { (span / 400.0).min(value.abs().max(span / 1e4) / 50.0) } else { value.abs() / 50.0 };
    let speed = if card.whole { fine.max(0.05) } else { fine.max(1e-6) };
    let mut edited = value;
    let response = super::inside(ui, place, ("number", label), |ui| {
        let mut drag = DragValue::new(&mut edited).range(low..=high).speed(speed).update_while_editing(false);
        drag = if card.whole { drag.fixed_decimals(0) } else { drag.max_decimals(4) };
        if let Some(unit) = unit(parameter) {
            drag = drag.suffix(format!(" {unit}"));
        }
        ui.add_sized(place.size(), drag)
    });
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(label));
    let (dragged, released) = (response.dragged(), response.drag_stopped());
    let changed = response.changed();
    response.on_hover_text(tip(parameter));
    if dragged && !released {
        if changed {
            let (slot, parameter) = (spec.name.clone(), parameter.name.clone());
            tuning.draft = Some(Draft { slot, parameter, value: Setting::Number(edited), asked_at: None });
        }
        return None;
    }
    let known = parameter.value.as_ref().is_some_and(|v| *v == Setting::Number(edited));
    ((released || changed) && !known).then_some(edited)
}

/// A text to type; Enter or leaving the field asks for it.
#[expect(clippy::too_many_arguments, reason = "a field with its place")]
fn typed(
    ui: &mut Ui,
    place: Rect,
    label: &str,
    text: String,
    id: Id,
    spec: &Slot,
    parameter: &ParameterView,
    tuning: &mut TuningState,
    cx: &Cx<'_>,
) -> Option<String> {
    let theme = &cx.theme;
    let mut edited = text;
    ui.painter().rect_filled(place, corners(theme.tokens.radius.control), theme.sunken);
    let response = super::inside(ui, place, ("text", label), |ui| {
        let edit = TextEdit::singleline(&mut edited)
            .id(id.with("text"))
            .font(theme.font(Face::Label))
            .vertical_align(Align::Center)
            .frame(egui::Frame::NONE.inner_margin(egui::Margin::symmetric(6, 0)))
            .desired_width(f32::INFINITY);
        ui.add_sized(place.size(), edit)
    });
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(label));
    if response.has_focus() {
        ui.painter().rect_stroke(place, corners(4.0), theme.focus_ring(), egui::StrokeKind::Middle);
    }
    let (left, changed) = (response.lost_focus(), response.changed());
    response.on_hover_text(tip(parameter));
    if changed {
        let (slot, parameter) = (spec.name.clone(), parameter.name.clone());
        tuning.draft = Some(Draft { slot, parameter, value: Setting::Text(edited.clone()), asked_at: None });
    }
    // The end of an entry is told for more than a frame: what was asked for is no entry any more.
    let is_open = |d: &Draft| d.asked_at.is_none() && d.slot == spec.name && d.parameter == parameter.name;
    if !left || !tuning.draft.as_ref().is_some_and(is_open) {
        return None;
    }
    let known = parameter.value.as_ref().is_some_and(|v| *v == Setting::Text(edited.clone()));
    if known || ui.input(|i| i.key_pressed(Key::Escape)) {
        tuning.draft = None;
        return None;
    }
    Some(edited)
}

/// Unit of a number that has one.
fn unit(parameter: &ParameterView) -> Option<&str> {
    Some(parameter.card.unit.as_str()).filter(|unit| !matches!(*unit, "" | "1"))
}

/// A value in words.
fn words_of(value: &Setting) -> String {
    match value {
        Setting::Number(x) if x.fract() == 0.0 => format_number(*x, 0),
        Setting::Number(x) => format!("{x}"),
        Setting::Switch(on) => if *on { "on" } else { "off" }.to_owned(),
        Setting::Text(text) => text.clone(),
    }
}

/// What the card says: what it is, its range, its default.
fn tip(parameter: &ParameterView) -> String {
    let card = &parameter.card;
    let unit = unit(parameter).map_or(String::new(), |unit| format!(" {unit}"));
    let mut text = format!("{}.", card.about.trim_end_matches('.'));
    if let Some((low, high)) = card.range {
        text += &format!(" From {} to {}{unit}.", words_of(&Setting::Number(low)), words_of(&Setting::Number(high)));
    }
    text += &match &card.value {
        None => " The controller finds it by default.".to_owned(),
        Some(Setting::Text(empty)) if empty.is_empty() => String::new(),
        Some(value) => format!(" Default {}{unit}.", words_of(value)),
    };
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::Parameter;

    #[test]
    fn a_tooltip_tells_range_and_default() {
        let card = Parameter {
            value: Some(Setting::Number(2.5)),
            unit: "MW".into(),
            range: Some((0.0, 10.0)),
            whole: false,
            choices: Vec::new(),
            about: "How hard it pulls".into(),
        };
        let mut view = ParameterView { name: "pull".into(), card, value: None, tuned: false };
        assert_eq!(tip(&view), "How hard it pulls. From 0 to 10 MW. Default 2.5 MW.");
        view.card.value = None;
        assert_eq!(tip(&view), "How hard it pulls. From 0 to 10 MW. The controller finds it by default.");
    }
}
