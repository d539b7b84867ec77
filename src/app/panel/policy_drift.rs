//! How far what a driving policy sees stands from what it was trained on: a z-score for each of its inputs.

use egui::{Align, Rect, RichText, Stroke, Ui, pos2, vec2};

use crate::app::theme::{Face, corners};
use crate::control::WARNING;
use crate::session::SlotView;
use crate::signal::format_number;

use super::Cx;
use super::pen::Pen;
use super::widget::spoken;

/// What insights call a z-score.
const Z: &str = "z of ";

/// Ends of the scale, standard deviations.
const END: f64 = 6.0;

/// Beyond this an input stands out, standard deviations.
const FAR: f64 = 3.0;

/// Height of a line.
const LINE: f32 = 17.0;

/// Draws what a policy that drives a slot tells of its inputs.
pub(super) fn show(ui: &mut Ui, slot: &str, seen: &SlotView, cx: &Cx<'_>) {
    let theme = &cx.theme;
    let scores: Vec<(&str, f64)> =
        seen.insight.values.iter().filter_map(|(name, z)| Some((name.strip_prefix(Z)?, *z))).collect();
    ui.separator();
    ui.label(RichText::new(format!("It drives {slot} now")).color(*theme.text).strong());
    for (_, text) in seen.insight.texts.iter().filter(|(name, _)| name == WARNING) {
        ui.add(egui::Label::new(RichText::new(text).color(*theme.text)).wrap());
    }
    if scores.is_empty() {
        let words = "It brings no mean and spread of its inputs, so that nobody can tell how far they stand from its \
                     training. Give it a reference log (parameter “reference”) or metadata.";
        ui.add(egui::Label::new(RichText::new(words).color(*theme.text3)).wrap());
        return;
    }
    let words = "Inputs against its training, in standard deviations; beyond ±3 it works outside its experience";
    ui.add(egui::Label::new(RichText::new(words).color(*theme.text2)).wrap());
    let columns = if ui.available_width() > 480.0 { 2 } else { 1 };
    let lines = scores.len().div_ceil(columns);
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), lines as f32 * LINE + 4.0));
    let width = (rect.width() - 24.0 * (columns - 1) as f32) / columns as f32;
    for (k, (name, z)) in scores.into_iter().enumerate() {
        let left = rect.left() + (k / lines) as f32 * (width + 24.0);
        let place = Rect::from_min_size(pos2(left, rect.top() + (k % lines) as f32 * LINE), vec2(width, LINE));
        line(ui, place, name, z, cx);
    }
}

fn line(ui: &Ui, rect: Rect, name: &str, z: f64, cx: &Cx<'_>) {
    let theme = &cx.theme;
    let pen = Pen::new(ui, theme);
    let y = rect.center().y;
    let far = z.abs() > FAR;
    let named = rect.width() * 0.5;
    let ink = if far { theme.text } else { theme.text2 };
    let face = if far { Face::LabelStrong } else { Face::Label };
    pen.text_within(pos2(rect.left(), y), Align::Min, named - 8.0, name, face, ink);
    let text = format_number(z, 1);
    pen.text(pos2(rect.right(), y), Align::Max, &text, Face::NumberLabel, ink);
    let track = Rect::from_min_max(pos2(rect.left() + named, y - 3.0), pos2(rect.right() - 44.0, y + 3.0));
    if track.width() < 12.0 {
        return;
    }
    let x = |z: f64| track.left() + ((z / END).clamp(-1.0, 1.0) as f32 + 1.0) / 2.0 * track.width();
    pen.painter.rect_filled(track, corners(1.0), theme.sunken);
    let usual = Rect::from_min_max(pos2(x(-FAR), track.top()), pos2(x(FAR), track.bottom()));
    pen.painter.rect_filled(usual, corners(1.0), theme.hover);
    if z.is_finite() {
        let thumb = Rect::from_center_size(pos2(x(z), y), vec2(4.0, 10.0));
        if far {
            // Shape tells it too: the thumb of an input that stands out is as high as the line.
            let edge = Stroke::new(1.0, theme.text);
            let thumb = thumb.expand2(vec2(1.0, 1.0));
            pen.painter.rect(thumb, corners(1.0), *theme.alarm.warn, edge, egui::StrokeKind::Inside);
        } else {
            pen.painter.rect_filled(thumb, corners(1.0), theme.text2);
        }
    }
    let words = format!("{name}: {text} standard deviations{}", if far { ", outside its experience" } else { "" });
    spoken(ui, rect, ui.id().with(("z", name)), &words).on_hover_text(&words);
}
