//! The way of the commands: what each stage between controller and plant made of them.

use egui::{Align, Rect, ScrollArea, Stroke, Ui, pos2, vec2};

use crate::app::panel::pen::Pen;
use crate::app::panel::widget::spoken;
use crate::app::theme::Face;
use crate::rollout::{LeverWhy, Stage, StageKind, Why};
use crate::signal::format_number;

use super::{Ink, PAD};

/// Height of a lever with what is said of it.
const ROW: f32 = 40.0;

/// Height of a heading.
const HEADING: f32 = 24.0;

/// The stages in their order.
const STAGES: [StageKind; 6] =
    [StageKind::Controller, StageKind::Hand, StageKind::Shield, StageKind::Clip, StageKind::Pin, StageKind::Plant];

/// Draws every lever of every slot.
pub(super) fn show(ui: &mut Ui, rect: Rect, why: &Why, ink: Ink) {
    crate::app::panel::inside(ui, rect, "commands", |ui| {
        ScrollArea::vertical().id_salt("commands").auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let mut slots: Vec<_> = why.slots.iter().filter(|s| s.drives && !s.levers.is_empty()).collect();
            slots.sort_by_key(|s| s.until.saturating_sub(s.decided.unwrap_or(s.until)));
            for slot in slots {
                let (_, head) = ui.allocate_space(vec2(rect.width(), HEADING));
                let pen = Pen::new(ui, &ink.theme);
                let who = crate::control::shown_name(&slot.controller);
                let at = pos2(head.left() + PAD, head.center().y);
                let runs = [
                    (slot.label.as_str(), Face::LabelStrong, ink.of(ink.theme.text)),
                    ("  ", Face::Label, ink.of(ink.theme.text3)),
                    (who, Face::Label, ink.of(ink.theme.text2)),
                ];
                pen.runs(at, Align::Min, &runs);
                captions(&pen, head, ink);
                for lever in &slot.levers {
                    let (_, row) = ui.allocate_space(vec2(rect.width(), ROW));
                    if ui.is_rect_visible(row) {
                        draw(ui, row, lever, ink);
                    }
                }
            }
        });
    });
}

/// Where the column of a stage ends.
fn column(row: Rect, index: usize) -> f32 {
    let names = (0.26 * row.width()).clamp(70.0, 180.0);
    let cell = (row.width() - names - 2.0 * PAD) / STAGES.len() as f32;
    row.left() + PAD + names + (index + 1) as f32 * cell
}

fn captions(pen: &Pen, row: Rect, ink: Ink) {
    let cell = column(row, 1) - column(row, 0) - 4.0;
    for (index, stage) in STAGES.iter().enumerate() {
        let at = pos2(column(row, index), row.center().y);
        pen.text_within(at, Align::Max, cell, stage.words(), Face::Caption, ink.of(ink.theme.text3));
    }
}

fn draw(ui: &Ui, row: Rect, lever: &LeverWhy, ink: Ink) {
    let theme = &ink.theme;
    let pen = Pen::new(ui, theme);
    let y = row.top() + 12.0;
    pen.hline(row.left() + PAD, row.right() - PAD, row.top(), Stroke::new(1.0, ink.of(theme.line)));
    let names = column(row, 0) - row.left() - PAD - 44.0;
    pen.text_within(pos2(row.left() + PAD, y), Align::Min, names, &lever.label, Face::LabelStrong, ink.of(theme.text));
    for (index, kind) in STAGES.iter().enumerate() {
        let Some(stage) = lever.stages.iter().find(|s| s.kind == *kind) else { continue };
        let ends = matches!(kind, StageKind::Controller | StageKind::Plant);
        let (face, shade) = match (ends, stage.changed) {
            (_, true) => (Face::Number, theme.text),
            (true, false) => (Face::NumberLabel, theme.text2),
            (false, false) => (Face::NumberLabel, theme.text3),
        };
        let text = if ends || stage.changed { format_number(stage.value, 3) } else { "·".to_owned() };
        pen.text(pos2(column(row, index), y), Align::Max, &text, face, ink.of(shade));
    }
    let words = words(lever);
    let room = row.width() - 2.0 * PAD;
    let at = pos2(row.left() + PAD, row.top() + 28.0);
    pen.text_within(at, Align::Min, room, &words, Face::Label, ink.of(theme.text2));
    let name = format!("{}: {words}", lever.label);
    spoken(ui, row, ui.id().with(("way", &lever.name)), &name).on_hover_text(&name);
}

/// What happened on the way, and what came of it.
fn words(lever: &LeverWhy) -> String {
    let said: Vec<&str> = lever.stages.iter().map(|s: &Stage| s.words.as_str()).filter(|w| !w.is_empty()).collect();
    let way = if said.is_empty() { "Applied as commanded".to_owned() } else { said.join("; ") };
    if !lever.effect.is_finite() {
        return way;
    }
    let decimals = if lever.effect.abs() >= 100.0 { 0 } else { 2 };
    let effect = format_number(lever.effect, decimals);
    format!("{way}; effect {effect} {}", lever.unit).trim_end().to_owned()
}
