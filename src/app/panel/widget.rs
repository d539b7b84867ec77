//! The parts that tiles are made of: buttons, segmented buttons, chips, tile frames. Each has a name for screen readers.

use egui::{
    Align, Color32, CursorIcon, Id, Rect, Response, Sense, Stroke, StrokeKind, Ui, WidgetInfo, WidgetType, pos2, vec2,
};

use crate::app::theme::{Face, Theme, corners, mix};

use super::glyph::{self, Glyph};
use super::pen::Pen;

/// How a button looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// Outlined on raised ground.
    Plain,
    /// Inverted: the one that is meant.
    Primary,
    /// No ground until the pointer comes.
    Quiet,
}

/// A button's words and state.
pub(super) struct Button<'a> {
    /// Sign before the words.
    pub glyph: Option<Glyph>,
    /// Words; empty for a sign alone.
    pub words: &'a str,
    /// Name for screen readers.
    pub name: &'a str,
    /// Tooltip.
    pub tip: &'a str,
    /// Why it does nothing now.
    pub disabled: Option<&'a str>,
    /// How it looks.
    pub look: Look,
}

impl<'a> Button<'a> {
    /// A plain button with words.
    pub fn words(words: &'a str, tip: &'a str) -> Self {
        Self { glyph: None, words, name: words, tip, disabled: None, look: Look::Plain }
    }

    /// A plain button with a sign; the name tells what it does.
    pub fn sign(glyph: Glyph, name: &'a str, tip: &'a str) -> Self {
        Self { glyph: Some(glyph), words: "", name, tip, disabled: None, look: Look::Plain }
    }

    /// The same button with another look.
    pub fn look(self, look: Look) -> Self {
        Self { look, ..self }
    }

    /// Width that the words and the sign need.
    pub fn width(&self, pen: &Pen) -> f32 {
        let words = if self.words.is_empty() { 0.0 } else { pen.width(self.words, Face::Label) };
        let sign = match (self.glyph, self.words.is_empty()) {
            (None, _) => 0.0,
            (Some(_), true) => 12.0,
            (Some(_), false) => 18.0,
        };
        words + sign + 16.0
    }

    /// Draws it into a rectangle.
    pub fn show(self, ui: &Ui, theme: &Theme, rect: Rect, id: Id) -> Response {
        let enabled = self.disabled.is_none() && ui.is_enabled();
        let response = ui.interact(rect, id, if enabled { Sense::click() } else { Sense::hover() });
        response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, enabled, self.name));
        let pen = Pen::new(ui, theme);
        let (mut fill, mut words, edge) = match self.look {
            Look::Plain => (*theme.raised, *theme.text, theme.outline()),
            Look::Primary => (*theme.focus, *theme.bg, Stroke::new(1.0, theme.focus)),
            Look::Quiet => (Color32::TRANSPARENT, *theme.text2, Stroke::NONE),
        };
        if enabled && response.hovered() {
            fill = if self.look == Look::Primary { *theme.text2 } else { *theme.hover };
            words = if self.look == Look::Primary { words } else { *theme.text };
        }
        if enabled && response.is_pointer_button_down_on() && self.look != Look::Primary {
            fill = *theme.select_bg;
        }
        let fade = if enabled { 1.0 } else { theme.tokens.opacity.disabled };
        let faded = |c: Color32| if c == Color32::TRANSPARENT { c } else { mix(c, theme.surface, fade) };
        let radius = corners(theme.tokens.radius.control);
        pen.painter.rect(rect, radius, faded(fill), Stroke::new(edge.width, faded(edge.color)), StrokeKind::Inside);
        let words = faded(words);
        let middle = rect.center();
        match (self.glyph, self.words.is_empty()) {
            (Some(sign), true) => glyph::draw(&pen.painter, sign, middle, 12.0, words),
            (Some(sign), false) => {
                let width = pen.width(self.words, Face::Label) + 18.0;
                glyph::draw(&pen.painter, sign, pos2(middle.x - width / 2.0 + 6.0, middle.y), 11.0, words);
                pen.text(pos2(middle.x - width / 2.0 + 18.0, middle.y), Align::Min, self.words, Face::Label, words);
            }
            (None, _) => {
                pen.text_within(middle, Align::Center, rect.width() - 8.0, self.words, Face::Label, words);
            }
        }
        focus_ring(ui, theme, &response, rect);
        if enabled {
            response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(self.tip)
        } else {
            response.on_hover_text(self.disabled.unwrap_or(self.tip))
        }
    }
}

/// Draws the keyboard's ring around what has the focus.
pub(super) fn focus_ring(ui: &Ui, theme: &Theme, response: &Response, rect: Rect) {
    if response.has_focus() {
        let radius = corners(theme.tokens.radius.control + 2.0);
        ui.painter().rect_stroke(rect.expand(2.0), radius, theme.focus_ring(), StrokeKind::Middle);
    }
}

/// One alternative of segmented buttons.
pub(super) struct Segment<'a> {
    /// Words.
    pub words: &'a str,
    /// Name for screen readers.
    pub name: String,
    /// Tooltip.
    pub tip: &'a str,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// Draws segmented buttons and tells which one was clicked.
pub(super) fn segmented(ui: &Ui, theme: &Theme, rect: Rect, id: Id, segments: &[Segment<'_>]) -> Option<usize> {
    let pen = Pen::new(ui, theme);
    let radius = corners(theme.tokens.radius.control);
    pen.painter.rect(rect, radius, theme.sunken, theme.outline(), StrokeKind::Inside);
    let widths: Vec<f32> = segments.iter().map(|s| pen.width(s.words, Face::Label) + 10.0).collect();
    let total: f32 = widths.iter().sum::<f32>().max(1.0);
    let mut clicked = None;
    let mut x = rect.left();
    for (index, (segment, width)) in segments.iter().zip(&widths).enumerate() {
        let part = Rect::from_min_size(pos2(x, rect.top()), vec2(rect.width() * width / total, rect.height()));
        x = part.right();
        let response = ui.interact(part, id.with(index), Sense::click());
        response.widget_info(|| {
            WidgetInfo::selected(WidgetType::RadioButton, ui.is_enabled(), segment.chosen, &segment.name)
        });
        let inner = part.shrink(2.0);
        let face = if segment.chosen { Face::LabelStrong } else { Face::Label };
        let words = if segment.chosen {
            pen.painter.rect_filled(inner, corners(theme.tokens.radius.bar), theme.select_bg);
            *theme.text
        } else if response.hovered() {
            pen.painter.rect_filled(inner, corners(theme.tokens.radius.bar), theme.hover);
            *theme.text
        } else {
            *theme.text2
        };
        pen.text_within(part.center(), Align::Center, part.width() - 2.0, segment.words, face, words);
        focus_ring(ui, theme, &response, part.shrink(1.0));
        if response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(segment.tip).clicked() {
            clicked = Some(index);
        }
    }
    clicked
}

/// Width that segmented buttons need.
pub(super) fn segmented_width(pen: &Pen, words: &[&str]) -> f32 {
    words.iter().map(|w| pen.width(w, Face::LabelStrong) + 16.0).sum()
}

/// Draws the ground and the header strip of a tile; returns header and body.
pub(super) fn tile(ui: &Ui, theme: &Theme, rect: Rect) -> (Rect, Rect) {
    let tokens = theme.tokens;
    let radius = corners(tokens.radius.tile);
    let painter = ui.painter();
    painter.rect_filled(rect, radius, theme.surface);
    let header = Rect::from_min_size(rect.min, vec2(rect.width(), tokens.header.tile));
    let top = egui::CornerRadius { sw: 0, se: 0, ..radius };
    painter.rect_filled(header, top, theme.header);
    Pen::new(ui, theme).hline(rect.left(), rect.right(), header.bottom(), theme.hairline());
    painter.rect_stroke(rect, radius, theme.hairline(), StrokeKind::Inside);
    (header, Rect::from_min_max(header.left_bottom(), rect.max))
}

/// A tile's title.
pub(super) fn title(ui: &Ui, theme: &Theme, header: Rect, text: &str) -> Rect {
    let at = pos2(header.left() + theme.tokens.space.tile_pad, header.center().y);
    Pen::new(ui, theme).text_within(at, Align::Min, header.width() * 0.5, text, Face::Title, theme.text)
}

/// A chip with a sign and words; clickable. Returns what happened on it.
pub(super) struct Chip<'a> {
    /// Sign before the words.
    pub glyph: Option<Glyph>,
    /// Words.
    pub words: &'a str,
    /// Name for screen readers.
    pub name: &'a str,
    /// Ground.
    pub fill: Color32,
    /// Outline.
    pub edge: Stroke,
    /// Words and sign.
    pub ink: Color32,
}

impl Chip<'_> {
    /// Draws it into a rectangle.
    pub fn show(self, ui: &Ui, theme: &Theme, rect: Rect, id: Id) -> Response {
        let response = ui.interact(rect, id, Sense::click());
        response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, self.name));
        let pen = Pen::new(ui, theme);
        pen.painter.rect(rect, corners(theme.tokens.radius.chip), self.fill, self.edge, StrokeKind::Inside);
        let mut x = rect.left() + 9.0;
        if let Some(sign) = self.glyph {
            glyph::draw(&pen.painter, sign, pos2(x + 5.5, rect.center().y), 11.0, self.ink);
            x += 17.0;
        }
        let room = rect.right() - 7.0 - x;
        pen.text_within(pos2(x, rect.center().y), Align::Min, room, self.words, Face::LabelStrong, self.ink);
        focus_ring(ui, theme, &response, rect);
        response.on_hover_cursor(CursorIcon::PointingHand)
    }
}

/// A label that screen readers and tests find, for text that was painted by hand.
pub(super) fn spoken(ui: &Ui, rect: Rect, id: Id, text: &str) -> Response {
    let response = ui.interact(rect, id, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, text));
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::theme::ThemeName;

    /// Runs `draw` for a frame of a window of 400 × 300 points.
    fn frame(draw: impl FnMut(&mut Ui)) {
        let ctx = egui::Context::default();
        let screen = Rect::from_min_size(pos2(0.0, 0.0), vec2(400.0, 300.0));
        let input = egui::RawInput { screen_rect: Some(screen), ..Default::default() };
        let _ = ctx.run_ui(input, draw);
    }

    #[test]
    fn parts_stand_rectangles_without_any_size() {
        let theme = Theme::of(ThemeName::Dark);
        frame(|ui| {
            let nothing = Rect::from_min_size(pos2(5.0, 5.0), vec2(0.0, 0.0));
            let id = ui.id();
            Button::words("Word", "tip").show(ui, &theme, nothing, id.with("a"));
            let segment = Segment { words: "Word", name: "Word".to_owned(), tip: "", chosen: true };
            segmented(ui, &theme, nothing, id.with("b"), &[segment]);
            segmented(ui, &theme, nothing, id.with("c"), &[]);
            tile(ui, &theme, nothing);
        });
    }
}
