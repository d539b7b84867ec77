//! A picker: a box with the choice in force that opens a list of alternatives.

use egui::{Align, CursorIcon, Id, Popup, Rect, ScrollArea, Sense, StrokeKind, Ui, WidgetInfo, WidgetType, pos2, vec2};

use crate::app::theme::{Face, Theme, corners};

use super::glyph::{self, Glyph};
use super::pen::Pen;
use super::widget::focus_ring;

/// One alternative.
#[derive(Debug, Clone, Copy)]
pub(super) struct Alternative<'a> {
    /// Stable name.
    pub name: &'a str,
    /// Words.
    pub label: &'a str,
    /// One line about it; may be empty.
    pub about: &'a str,
}

/// A box with the choice in force.
pub(super) struct Picker<'a> {
    /// What is chosen here.
    pub label: &'a str,
    /// What it decides, for the tooltip.
    pub about: &'a str,
    /// Stable name of the choice in force.
    pub value: &'a str,
    /// The alternatives.
    pub alternatives: &'a [Alternative<'a>],
}

impl Picker<'_> {
    /// Words of the choice in force.
    pub fn words(&self) -> &str {
        self.alternatives.iter().find(|a| a.name == self.value).map_or(self.value, |a| a.label)
    }

    /// Width that the box would like, within bounds that keep a bar of them in order.
    pub fn width(&self, pen: &Pen, most: f32) -> f32 {
        (pen.width(self.words(), Face::Label) + 34.0).clamp(64.0, most)
    }

    /// Draws the box, opens the list when asked, and returns the name of another choice that was made.
    pub fn show(&self, ui: &Ui, theme: &Theme, rect: Rect, id: Id) -> Option<String> {
        let response = ui.interact(rect, id, Sense::click());
        response.widget_info(|| {
            let mut info = WidgetInfo::labeled(WidgetType::ComboBox, ui.is_enabled(), self.label);
            info.current_text_value = Some(self.words().to_owned());
            info
        });
        let pen = Pen::new(ui, theme);
        let fill = if response.hovered() { theme.hover } else { theme.raised };
        pen.painter.rect(rect, corners(theme.tokens.radius.control), fill, theme.outline(), StrokeKind::Inside);
        let at = pos2(rect.left() + 9.0, rect.center().y);
        pen.text_within(at, Align::Min, rect.width() - 30.0, self.words(), Face::Label, theme.text);
        glyph::draw(&pen.painter, Glyph::Caret, pos2(rect.right() - 13.0, rect.center().y), 9.0, *theme.text2);
        focus_ring(ui, theme, &response, rect);
        let mut made = None;
        Popup::menu(&response).id(id.with("list")).gap(4.0).show(|ui| {
            let width = self.list_width(&pen).max(rect.width() - 12.0);
            ui.set_width(width);
            ui.spacing_mut().item_spacing.y = 2.0;
            ScrollArea::vertical().max_height(380.0).show(ui, |ui| made = self.list(ui, theme, width));
        });
        if !Popup::is_id_open(ui.ctx(), id.with("list")) {
            response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(format!("{}. {}", self.label, self.about));
        }
        made
    }

    fn list_width(&self, pen: &Pen) -> f32 {
        let widest = |face: Face, text: fn(&Alternative<'_>) -> String| {
            self.alternatives.iter().map(|a| pen.width(&text(a), face)).fold(0.0, f32::max)
        };
        let label = widest(Face::Label, |a| a.label.to_owned());
        let about = widest(Face::Caption, |a| a.about.to_owned());
        (label.max(about) + 44.0).clamp(150.0, 360.0)
    }

    /// Draws the alternatives and returns the one that was clicked.
    pub fn list(&self, ui: &mut Ui, theme: &Theme, width: f32) -> Option<String> {
        let mut made = None;
        for choice in self.alternatives {
            let height = if choice.about.is_empty() { 26.0 } else { 40.0 };
            let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::click());
            let on = choice.name == self.value;
            let name = format!("{}: {}", self.label, choice.label);
            response.widget_info(|| WidgetInfo::selected(WidgetType::RadioButton, true, on, &name));
            let pen = Pen::new(ui, theme);
            if response.hovered() || response.has_focus() {
                pen.painter.rect_filled(rect, corners(theme.tokens.radius.control), theme.hover);
            }
            let line = rect.top() + if choice.about.is_empty() { height / 2.0 } else { 13.0 };
            if on {
                pen.painter.circle_filled(pos2(rect.left() + 10.0, line), 3.0, theme.focus);
            }
            let face = if on { Face::LabelStrong } else { Face::Label };
            pen.text_within(pos2(rect.left() + 22.0, line), Align::Min, width - 28.0, choice.label, face, theme.text);
            if !choice.about.is_empty() {
                let at = pos2(rect.left() + 22.0, rect.top() + 29.0);
                pen.text_within(at, Align::Min, width - 28.0, choice.about, Face::Caption, theme.text2);
            }
            if response.on_hover_cursor(CursorIcon::PointingHand).clicked() {
                made = (!on).then(|| choice.name.to_owned());
                ui.close();
            }
        }
        made
    }
}
