//! A lever's value typed as a number.

use egui::{Align, Id, Key, Rect, Response, Sense, TextEdit, Ui, vec2};

use crate::app::theme::{Face, Theme, corners};
use crate::rollout::LeverMode;

use super::lever::Lever;

/// A number that is being typed.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Entry {
    /// `slot.action`.
    lever: String,
    /// As typed so far.
    text: String,
    /// Just opened: the field takes the keyboard.
    fresh: bool,
}

impl Entry {
    /// Opens the value of a lever for typing.
    pub fn begin(lever: &Lever<'_>) -> Self {
        Self { lever: lever.view.name.clone(), text: lever.words(lever.stands_at()), fresh: true }
    }

    /// Whether it is this lever's.
    pub fn is_of(&self, lever: &str) -> bool {
        self.lever == lever
    }

    /// The number, if it is one that the lever can take.
    fn value(&self, lever: &Lever<'_>) -> Option<f64> {
        let (low, high) = lever.bounds();
        number(&self.text).filter(|v| (low..=high).contains(v))
    }

    /// What is wrong with the text.
    pub fn complaint(&self, lever: &Lever<'_>) -> Option<String> {
        let (low, high) = lever.bounds();
        (self.value(lever).is_none()).then(|| format!("From {} to {}", lever.words(low), lever.words(high)))
    }

    /// Opens on a double click on a value, shows the field while it is open, and returns what was typed in the end.
    pub fn over(
        ui: &mut Ui,
        theme: &Theme,
        value: Rect,
        id: Id,
        lever: &Lever<'_>,
        entry: &mut Option<Self>,
        track: &Response,
    ) -> Option<LeverMode> {
        if entry.as_ref().is_none_or(|e| !e.is_of(&lever.view.name)) {
            let response = ui.interact(value.expand(3.0), id.with("value"), Sense::CLICK);
            let response = response.on_hover_text("Double click, or Enter on the lever: type a number");
            if response.double_clicked() {
                *entry = Some(Self::begin(lever));
            }
            return None;
        }
        let this = entry.as_mut()?;
        let field = Rect::from_min_size(value.left_top() - vec2(5.0, 0.0), vec2(value.width().max(40.0) + 16.0, 18.0));
        ui.painter().rect(
            field,
            corners(theme.tokens.radius.control),
            theme.sunken,
            theme.focus_ring(),
            egui::StrokeKind::Middle,
        );
        let edit_id = id.with("entry");
        let response = super::inside(ui, field, edit_id, |ui| {
            let edit = TextEdit::singleline(&mut this.text)
                .id(edit_id.with("field"))
                .font(theme.font(Face::NumberLabel))
                .vertical_align(Align::Center)
                .frame(egui::Frame::NONE.inner_margin(egui::Margin::symmetric(5, 0)))
                .desired_width(f32::INFINITY);
            ui.add_sized(field.size(), edit)
        });
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(format!("{} value", lever.action.label)));
        if this.fresh {
            this.fresh = false;
            response.request_focus();
            select_all(ui, response.id, &this.text);
            return None;
        }
        if !response.lost_focus() {
            return None;
        }
        let typed = ui.input(|i| i.key_pressed(Key::Enter)).then(|| this.value(lever));
        match typed {
            Some(Some(value)) => {
                *entry = None;
                track.request_focus();
                Some(lever.held(value))
            }
            // Enter on a text that is no good keeps the field open; its line says what is wanted.
            Some(None) => {
                response.request_focus();
                None
            }
            None => {
                *entry = None;
                None
            }
        }
    }
}

/// Marks the whole text, so that the first digit replaces it.
fn select_all(ui: &Ui, id: Id, text: &str) {
    let mut state = egui::text_edit::TextEditState::load(ui.ctx(), id).unwrap_or_default();
    let range =
        egui::text::CCursorRange::two(egui::text::CCursor::new(0), egui::text::CCursor::new(text.chars().count()));
    state.cursor.set_char_range(Some(range));
    state.store(ui.ctx(), id);
}

/// A number as people type it: with a true minus or a comma, too.
fn number(text: &str) -> Option<f64> {
    let text = text.trim().replace('−', "-").replace(',', ".");
    text.parse::<f64>().ok().filter(|v| v.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_type_them() {
        assert_eq!(number(" −0,25 "), Some(-0.25));
        assert_eq!(number("+1"), Some(1.0));
        assert_eq!(number("nan"), None);
        assert_eq!(number("half"), None);
    }
}
