//! A small form in front of the window: a question, fields, a button that goes on and one that gives up.

use egui::{Align2, Area, Id, Key, Modifiers, Order, RichText, Ui, vec2};

use crate::app::theme::Theme;

/// What became of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// It stays open.
    Open,
    /// The person goes on.
    Yes,
    /// The person gives up.
    No,
}

/// A form.
pub(super) struct Form<'a> {
    /// Stable name.
    pub name: &'a str,
    /// Side of the window that it hangs on, and how far down from there, points.
    pub at: (Align2, f32),
    /// Width of its inside, points.
    pub width: f32,
    /// What is asked.
    pub question: &'a str,
    /// Words of the button that goes on; Enter does the same.
    pub go: &'a str,
}

impl Form<'_> {
    /// Draws it around its fields.
    pub fn show(&self, ui: &Ui, theme: &Theme, fields: impl FnOnce(&mut Ui)) -> Answer {
        let (side, down) = self.at;
        let area = Area::new(Id::new(self.name)).order(Order::Foreground).anchor(side, vec2(0.0, down));
        let frame = egui::Frame::new().fill(*theme.header).stroke(theme.outline());
        let frame = frame.corner_radius(theme.tokens.radius.menu).inner_margin(14);
        let (mut yes, mut no) = (false, false);
        area.show(ui.ctx(), |ui| {
            frame.show(ui, |ui| {
                ui.set_width(self.width);
                ui.label(RichText::new(self.question).color(*theme.text2));
                ui.add_space(6.0);
                fields(ui);
                ui.add_space(8.0);
                ui.horizontal(|ui| {
                    yes = ui.button(self.go).clicked();
                    no = ui.button("Cancel").clicked();
                });
                yes |= ui.input_mut(|i| i.consume_key(Modifiers::NONE, Key::Enter));
                no |= ui.input_mut(|i| i.consume_key(Modifiers::NONE, Key::Escape));
            });
        });
        match (yes, no) {
            (true, _) => Answer::Yes,
            (false, true) => Answer::No,
            (false, false) => Answer::Open,
        }
    }
}
