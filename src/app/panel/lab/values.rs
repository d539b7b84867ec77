//! Parameters of a study: a slider with its number for each, a picker for choices.

use egui::{Align, DragValue, Rect, Slider, Ui, pos2, vec2};

use crate::app::theme::Face;
use crate::evaluate::study::{Parameter, Range, Study};

use super::super::pen::Pen;
use super::super::picker::{Alternative, Picker};
use super::super::{Cx, PanelState, inside};

/// Height of a parameter that is a number.
const NUMBER: f32 = 50.0;

/// Height of a parameter that is a choice.
const CHOICE: f32 = 50.0;

/// Rows of the parameters.
pub(super) fn show(
    ui: &mut Ui,
    study: &'static dyn Study,
    parameters: Option<&[Parameter]>,
    state: &mut PanelState,
    cx: &mut Cx<'_>,
) {
    let Some(parameters) = parameters else { return };
    ui.spacing_mut().item_spacing.y = 0.0;
    let defaults = || parameters.iter().map(|p| p.default).collect::<Vec<f64>>();
    let mut own = state.lab.values.get(study.name()).cloned().unwrap_or_else(defaults);
    own.resize(parameters.len(), 0.0);
    let before = own.clone();
    for (p, value) in parameters.iter().zip(&mut own) {
        match &p.range {
            Range::Number { low, high, decimals } => {
                state.lab.moving |= number(ui, p, (*low, *high), *decimals, value, cx);
            }
            Range::Choice(choices) => {
                let list: Vec<Alternative<'_>> =
                    choices.iter().map(|c| Alternative { name: &c.name, label: &c.label, about: "" }).collect();
                if let Some(name) = choice(ui, p, &list, *value, cx)
                    && let Some(k) = choices.iter().position(|c| c.name == name)
                {
                    *value = k as f64;
                }
            }
        }
    }
    if own != before {
        state.lab.values.insert(study.name().to_owned(), own);
    }
}

/// A name above its slider, the number at the right; returns whether it is being moved.
fn number(ui: &mut Ui, p: &Parameter, (low, high): (f64, f64), decimals: usize, value: &mut f64, cx: &Cx<'_>) -> bool {
    let theme = cx.theme;
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), NUMBER));
    let rect = rect.with_max_x(rect.right() - 8.0);
    let name = if p.unit.is_empty() { p.label.clone() } else { format!("{}, {}", p.label, p.unit) };
    let field = 66.0_f32.min(rect.width() * 0.4);
    let pen = Pen::new(ui, &theme);
    let y = rect.top() + 12.0;
    pen.text_within(pos2(rect.left(), y), Align::Min, rect.width() - field - 6.0, &name, Face::Label, theme.text2);
    let place = Rect::from_min_max(pos2(rect.right() - field, rect.top() + 1.0), pos2(rect.right(), rect.top() + 23.0));
    let speed = ((high - low) / 400.0).max(libm::pow(10.0, -(decimals as f64)) / 4.0);
    let drag = inside(ui, place.expand(2.0), ("lab number", &p.name), |ui| {
        let drag = DragValue::new(value).range(low..=high).speed(speed).fixed_decimals(decimals);
        ui.put(place, drag.update_while_editing(false))
    });
    ui.ctx().accesskit_node_builder(drag.id, |node| node.set_label(format!("{name}, typed")));
    let track = Rect::from_min_max(pos2(rect.left(), rect.top() + 24.0), pos2(rect.right(), rect.top() + 46.0));
    let slider = inside(ui, track, ("lab slider", &p.name), |ui| {
        ui.spacing_mut().slider_width = track.width();
        let step = libm::pow(10.0, -(decimals as f64));
        let slider = Slider::new(value, low..=high).show_value(false).fixed_decimals(decimals).step_by(step);
        ui.put(track, slider)
    });
    ui.ctx().accesskit_node_builder(slider.id, |node| node.set_label(name.clone()));
    let moving = drag.dragged() || slider.dragged();
    drag.on_hover_text(tip(p));
    slider.on_hover_text(tip(p));
    moving
}

/// A name above a picker; returns another choice that was made.
fn choice(ui: &mut Ui, p: &Parameter, list: &[Alternative<'_>], value: f64, cx: &Cx<'_>) -> Option<String> {
    let theme = cx.theme;
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), CHOICE));
    let rect = rect.with_max_x(rect.right() - 8.0);
    let pen = Pen::new(ui, &theme);
    pen.text_within(pos2(rect.left(), rect.top() + 9.0), Align::Min, rect.width(), &p.label, Face::Label, theme.text2);
    let place = Rect::from_min_max(pos2(rect.left(), rect.top() + 18.0), pos2(rect.right(), rect.top() + 42.0));
    let own = list.get(value.max(0.0) as usize).map_or("", |a| a.name);
    let picker = Picker { label: &p.label, about: &p.about, value: own, alternatives: list };
    picker.show(ui, &theme, place, ui.id().with(("lab choice", &p.name)))
}

/// What a parameter does, its range and its default.
fn tip(p: &Parameter) -> String {
    let mut text = if p.about.is_empty() { String::new() } else { format!("{} ", p.about) };
    if let Range::Number { low, high, .. } = &p.range {
        text += &format!("From {} to {}. ", p.words(*low), p.words(*high));
    }
    text + &format!("Default {}.", p.words(p.default))
}
