//! Something could not be done, at full length: what happened, where, and what to do.

use egui::{Align, Color32, Rect, Stroke, StrokeKind, Ui, pos2, vec2};

use crate::app::theme::{Face, Theme, corners};
use crate::plant::Severity;

use super::glyph;
use super::pen::Pen;
use super::widget::{Button, Look, spoken};
use super::words::sentence;

/// Widest card.
const WIDEST: f32 = 520.0;

/// Room around the words.
const PAD: f32 = 16.0;

/// Height of the line of buttons.
const BUTTONS: f32 = 40.0;

/// An error in parts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Words<'a> {
    /// What could not be done, in a few words.
    pub title: &'a str,
    /// Where: file and line, flag; empty where the text does not begin with a place.
    pub place: &'a str,
    /// What happened.
    pub text: &'a str,
    /// What to do; empty when nothing is to be done.
    pub cure: &'a str,
}

impl<'a> Words<'a> {
    /// Takes the place off the front of an error's text.
    pub fn of(title: &'a str, text: &'a str, cure: &'a str) -> Self {
        let (place, text) = split_place(text);
        Self { title, place, text, cure }
    }

    /// Everything as plain text, for the clipboard.
    fn plain(&self) -> String {
        let parts = [self.title, self.place, self.text, self.cure];
        parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join("\n")
    }

    /// Height of a card of a width, with its buttons.
    pub fn height(&self, pen: &Pen, width: f32) -> f32 {
        let room = width - 2.0 * PAD;
        let place = if self.place.is_empty() { 0.0 } else { 20.0 };
        let cure = if self.cure.is_empty() { 0.0 } else { pen.paragraph_height(room, self.cure, Face::Body) + 8.0 };
        PAD + 26.0 + place + pen.paragraph_height(room, &sentence(self.text), Face::Body) + cure + 8.0 + BUTTONS
    }
}

/// Splits `runs/today.csv:812: column 9 is not a number` into place and words.
pub(super) fn split_place(text: &str) -> (&str, &str) {
    match text.split_once(": ") {
        Some((place, rest)) if !place.contains(' ') && place.contains(['/', '.', ':', '-']) => (place, rest),
        _ => ("", text),
    }
}

/// Draws what could not be drawn instead of a tile's body; returns whether it shall be tried again.
pub(super) fn error_card(ui: &Ui, theme: &Theme, rect: Rect, title: &str, text: &str, cure: &str, retry: bool) -> bool {
    if !(rect.width() > 24.0 && rect.height() > 24.0) {
        return false;
    }
    let words = Words::of(title, text, cure);
    let width = (rect.width() - 24.0).min(WIDEST);
    let height = words.height(&Pen::new(ui, theme), width).min(rect.height() - 16.0);
    let top = (rect.center().y - height / 2.0).max(rect.top() + 8.0);
    let card = Rect::from_min_size(pos2(rect.center().x - width / 2.0, top), vec2(width, height));
    draw(ui, theme, card, &words, retry.then_some("Try again"))
}

/// Draws a card of an error; returns whether its own button was pressed. What does not fit is cut off above the buttons.
pub(super) fn draw(ui: &Ui, theme: &Theme, card: Rect, words: &Words<'_>, button: Option<&str>) -> bool {
    let pen = Pen::new(ui, theme);
    let id = ui.id().with(("error card", words.title));
    pen.painter.rect(card, corners(theme.tokens.radius.menu), theme.raised, theme.outline(), StrokeKind::Inside);
    let buttons =
        Rect::from_min_max(pos2(card.left() + PAD, card.bottom() - BUTTONS), card.right_bottom() - vec2(PAD, 0.0));
    let inner = pen.clipped(card.with_max_y(buttons.top()).shrink2(vec2(2.0, 2.0)));
    let (left, right) = (card.left() + PAD, card.right() - PAD);
    let mut y = card.top() + PAD + 6.0;
    // An error of the program is no alarm of the plant: its shape stands in the colour of words.
    sign(&inner, pos2(left + 6.0, y), theme);
    inner.text_within(pos2(left + 20.0, y), Align::Min, right - left - 20.0, words.title, Face::Title, theme.text);
    y += 20.0;
    if !words.place.is_empty() {
        inner.text_within(pos2(left, y), Align::Min, right - left, words.place, Face::NumberLabel, theme.text2);
        y += 20.0;
    }
    let text = inner.paragraph(pos2(left, y - 8.0), right - left, &sentence(words.text), Face::Body, theme.text);
    if !words.cure.is_empty() {
        inner.paragraph(pos2(left, text.bottom() + 8.0), right - left, words.cure, Face::Body, theme.text2);
    }
    spoken(ui, card.with_max_y(buttons.top()), id.with("words"), &words.plain().replace('\n', ". "));
    let mut x = buttons.left();
    let mut place = |button: &Button<'_>| {
        let rect = Rect::from_min_size(pos2(x, buttons.top() + 5.0), vec2(button.width(&pen) + 8.0, 24.0));
        x = rect.right() + 8.0;
        rect
    };
    let mut pressed = false;
    if let Some(name) = button {
        let button = Button::words(name, "").look(Look::Primary);
        let rect = place(&button);
        pressed = button.show(ui, theme, rect, id.with("button")).clicked();
    }
    let copy = Button::words("Copy", "Copies the words, with place and cure");
    let rect = place(&copy);
    if copy.show(ui, theme, rect, id.with("copy")).clicked() {
        ui.ctx().copy_text(words.plain());
    }
    pressed
}

/// The outlined triangle of something that could not be done.
pub(super) fn sign(pen: &Pen, at: egui::Pos2, theme: &Theme) {
    let ink: Color32 = *theme.text;
    glyph::severity(&pen.painter, Severity::Warning, at, 13.0, *theme.raised, Some(ink));
    pen.painter.line_segment([at + vec2(0.0, -2.0), at + vec2(0.0, 1.5)], Stroke::new(1.3, ink));
    pen.painter.circle_filled(at + vec2(0.0, 3.4), 0.8, ink);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_taken_off_the_front() {
        assert_eq!(split_place("runs/a.csv:8: no number"), ("runs/a.csv:8", "no number"));
        assert_eq!(split_place("--plant: there is no `x`"), ("--plant", "there is no `x`"));
        assert_eq!(split_place("Two rows: both wrong"), ("", "Two rows: both wrong"));
        assert_eq!(split_place("nothing"), ("", "nothing"));
    }
}
