//! Parts of one line: a countdown and a note.

use egui::{Align, Rect, Ui, pos2};

use crate::app::theme::Face;

use super::super::Cx;
use super::super::pen::Pen;
use super::super::widget::spoken;
use super::super::words::decision_in;

/// Time until a slot decides again; `None` where the run is over or nobody drives the slot.
pub(super) fn time_left(slot: usize, cx: &Cx<'_>) -> Option<String> {
    let slot = cx.view.slots.get(slot).filter(|s| s.drives && cx.view.end.is_none())?;
    Some(decision_in(cx.view, slot.ticks_to_decision))
}

/// Draws the time until a slot decides again.
pub(super) fn countdown(ui: &Ui, rect: Rect, slot: usize, words: &str, cx: &Cx<'_>) {
    let theme = &cx.theme;
    let pen = Pen::new(ui, theme);
    let y = rect.center().y;
    let time = time_left(slot, cx).unwrap_or_else(|| "–".to_owned());
    // The time has its own place, so that it stands still while it runs.
    let room = (rect.width() - pen.width("00:00", Face::Number) - 8.0).max(1.0);
    let words_at = pen.text_within(pos2(rect.left(), y), Align::Min, room, words, Face::Label, theme.text2);
    pen.text(pos2(words_at.right() + 8.0, y), Align::Min, &time, Face::Number, theme.text);
    let period = cx.view.spec.slots.get(slot).map_or(1, |s| s.period_ticks);
    let tip = format!("Site time until this slot decides again, every {period} ticks; minutes and seconds");
    spoken(ui, rect, ui.id().with("countdown"), &format!("{words} {time}")).on_hover_text(tip);
}

/// Draws a line of explanation.
pub(super) fn note(ui: &Ui, rect: Rect, words: &str, cx: &Cx<'_>) {
    let pen = Pen::new(ui, &cx.theme);
    pen.paragraph(rect.min, rect.width(), words, Face::Caption, cx.theme.text3);
    spoken(ui, rect, ui.id().with("note"), words).on_hover_text(
        "Limits that the marks and bands above are drawn at; each signal's own tooltip and the manual (F1) say where \
         they come from",
    );
}

/// Height of a line of explanation, which does not shrink.
pub(super) fn note_height(pen: &Pen, words: &str, width: f32) -> f32 {
    pen.paragraph_height(width, words, Face::Caption).ceil()
}
