//! A log that is played: going on from it live, and what became of running it again.

use egui::{Align, Rect, Ui, pos2, vec2};

use crate::app::command;
use crate::app::theme::Face;
use crate::session::Checked;

use super::super::Cx;
use super::super::pen::Pen;
use super::super::widget::{Button, Look, spoken};
use super::super::words::{SPACE, grouped, sentence};
use super::runs::PAD;

/// What became of running the log again: short words, and all of it.
pub(in crate::app::panel) fn words(checked: &Checked) -> (String, String) {
    match checked {
        Checked::Running(part) => {
            let words = format!("Running it again: {:.0}{SPACE}%", part * 100.0);
            (words.clone(), words)
        }
        Checked::Same { rows, how } => (
            format!("Verified, {} rows", grouped(*rows)),
            format!("Every one of {} rows is the same, {how}", grouped(*rows)),
        ),
        Checked::Differs { tick, signal, logged, run, how } => (
            format!("Differs from tick {} on", grouped(*tick)),
            format!("Tick {}: `{signal}` is {logged} in the log and {run} in the run, {how}", grouped(*tick)),
        ),
        Checked::Failed(what, cure) => ("It cannot be run again".to_owned(), format!("{what}\n{cure}")),
    }
}

/// Draws the chip of what became of it; returns its right edge.
pub(in crate::app::panel) fn chip(ui: &Ui, at: egui::Pos2, room: f32, checked: &Checked, cx: &Cx<'_>) -> f32 {
    let theme = &cx.theme;
    let pen = Pen::new(ui, theme);
    let (short, all) = words(checked);
    let mark = match checked {
        Checked::Same { .. } => 14.0,
        Checked::Differs { .. } | Checked::Failed(..) => 16.0,
        Checked::Running(_) => 0.0,
    };
    let width = (pen.width(&short, Face::LabelStrong) + 16.0 + mark).min(room.max(20.0));
    let rect = Rect::from_min_size(pos2(at.x, at.y - 11.0), vec2(width, 22.0));
    let radius = crate::app::theme::corners(theme.tokens.radius.chip);
    pen.painter.rect(rect, radius, theme.raised, theme.outline(), egui::StrokeKind::Inside);
    let middle = pos2(rect.left() + 13.0, at.y);
    match checked {
        Checked::Same { .. } => {
            let line = egui::Stroke::new(1.6, *theme.text);
            let points = vec![middle + vec2(-4.0, 0.0), middle + vec2(-1.0, 3.0), middle + vec2(4.5, -3.5)];
            pen.painter.add(egui::Shape::line(points, line));
        }
        Checked::Differs { .. } | Checked::Failed(..) => super::super::error_card::sign(&pen, middle, theme),
        Checked::Running(part) => {
            let done = rect.with_max_x(rect.left() + rect.width() * part.clamp(0.0, 1.0) as f32);
            pen.painter.rect_filled(done.with_min_y(rect.bottom() - 3.0), 1.0, theme.focus);
        }
    }
    let from = pos2(rect.left() + 8.0 + mark, at.y);
    pen.text_within(from, Align::Min, rect.right() - 6.0 - from.x, &short, Face::LabelStrong, theme.text);
    spoken(ui, rect, ui.id().with("checked"), &short).on_hover_text(all);
    rect.right()
}

/// What the tile Runs shows while a log is played.
pub(super) fn instead(ui: &mut Ui, rect: Rect, cx: &mut Cx<'_>) {
    let theme = cx.theme;
    let pen = Pen::new(ui, &theme);
    let width = (rect.width() - 2.0 * PAD).clamp(1.0, 420.0);
    let words = "A log is played. Take over here to go on live from this instant: the log is run again up to it, and \
                 what was the live run stands beside. Or run the whole log again and compare every row.";
    let at = pos2(rect.left() + PAD, rect.top() + 14.0);
    let said = pen.paragraph(at, width, words, Face::Body, theme.text2);
    spoken(ui, said, ui.id().with("replay"), words);
    let bottom = buttons(ui, pos2(said.left(), said.bottom() + 12.0), width, cx);
    if let Some(checked) = cx.view.beside.checked.clone() {
        chip(ui, pos2(said.left(), bottom + 18.0), width, &checked, cx);
        if !matches!(checked, Checked::Running(_)) {
            let (_, all) = self::words(&checked);
            let from = pos2(said.left(), bottom + 36.0);
            pen.paragraph(from, width, &sentence(&all), Face::Label, theme.text2);
        }
    }
}

/// Buttons that go on from the log or run it again, from a corner on; returns where they end.
pub(in crate::app::panel) fn buttons(ui: &Ui, from: egui::Pos2, width: f32, cx: &mut Cx<'_>) -> f32 {
    let theme = cx.theme;
    let pen = Pen::new(ui, &theme);
    let mut at = from;
    let mut first = true;
    for id in ["take_over", "check", "check_recompute"] {
        let Some(entry) = command::find(id) else { continue };
        let tip = entry.tip();
        let look = if first { Look::Primary } else { Look::Plain };
        let button = Button { disabled: (entry.deed)(cx.view).err(), ..Button::words(entry.words, &tip).look(look) };
        let wide = (button.width(&pen) + 8.0).min(width);
        if at.x + wide > from.x + width {
            at = pos2(from.x, at.y + 30.0);
        }
        let place = Rect::from_min_size(at, vec2(wide, 24.0));
        if button.show(ui, &theme, place, ui.id().with(id)).clicked() {
            cx.run(entry);
        }
        at.x = place.right() + 6.0;
        first = false;
    }
    at.y + 24.0
}
