//! One lever: who moves it, what was commanded, what is applied, its effect, and why they differ.

use egui::{
    Align, Color32, Event, EventFilter, Id, Key, Pos2, Rect, Response, Sense, Shape, Stroke, StrokeKind, Ui,
    WidgetInfo, pos2, vec2,
};

use crate::app::theme::{Face, Theme, corners};
use crate::plant::{Action, Domain};
use crate::rollout::LeverMode;
use crate::session::LeverView;
use crate::signal::{Signal, format_number};

use super::pen::Pen;
use super::widget::{self, Segment};
use super::words::{SPACE, decimals_of, signed};

/// Height of a whole card.
pub(super) const CARD: f32 = 92.0;

/// Height of a card where many stand below each other.
pub(super) const SHORT_CARD: f32 = 58.0;

/// Everything a card shows.
pub(super) struct Lever<'a> {
    /// The actuator.
    pub action: &'a Action,
    /// Its state.
    pub view: &'a LeverView,
    /// Mode to show: the view's, or what was asked for a moment ago.
    pub mode: LeverMode,
    /// The signal that tells its effect.
    pub effect: Option<&'a Signal>,
    /// Whether anybody drives its slot.
    pub driven: bool,
    /// Two lines of words, or none.
    pub short: bool,
}

/// Where the pointer holds a thumb, kept while it is dragged.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Grip {
    /// From the pointer to the thumb, points.
    pub offset: f32,
}

impl Lever<'_> {
    fn bounds(&self) -> (f64, f64) {
        let (low, high) = self.action.domain.bounds();
        if low < high { (low, high) } else { (low, low + 1.0) }
    }

    fn decimals(&self) -> usize {
        match self.action.domain {
            Domain::Discrete { .. } => 0,
            Domain::Continuous { .. } => decimals_of(self.action.nudge).max(2),
        }
    }

    /// A value as this lever writes it: a number, or the name of a position.
    fn words(&self, value: f64) -> String {
        match &self.action.domain {
            Domain::Discrete { labels } if value.is_finite() => {
                labels.get(value.round().max(0.0) as usize).cloned().unwrap_or_else(|| format_number(value, 0))
            }
            _ if self.bounds().0 < 0.0 => signed(value, self.decimals()),
            _ => format_number(value, self.decimals()),
        }
    }

    /// What is in force once the worker has heard: a hand's value at once, else what was applied.
    fn applied(&self) -> f64 {
        match self.mode.value() {
            Some(v) if self.mode != self.view.mode => v,
            _ => self.view.applied,
        }
    }

    /// Draws the card; returns the mode that the person asks for.
    pub fn show(&self, ui: &Ui, theme: &Theme, rect: Rect, id: Id, grip: &mut Grip) -> (Response, Option<LeverMode>) {
        let pen = Pen::new(ui, theme);
        let accent = theme.accent_of(self.action.carrier);
        let edge = Rect::from_min_max(rect.left_top() + vec2(0.0, 4.0), pos2(rect.left() + 3.0, rect.bottom() - 4.0));
        pen.painter.rect_filled(edge, 0.0, accent);
        let (left, right) = (rect.left() + 12.0, rect.right() - 12.0);
        let switch_width = widget::segmented_width(&pen, &["Auto", "Pin", "Manual"]).min(130.0);
        let switch = Rect::from_min_max(pos2(right - switch_width, rect.top() + 5.0), pos2(right, rect.top() + 26.0));
        let mut asked = self.switch(ui, theme, switch, id);
        let name_room = (switch.left() - left - 8.0).max(1.0);
        let at = pos2(left, switch.center().y);
        let name = pen.text_within(at, Align::Min, name_room, &self.action.label, Face::Title, theme.text);
        widget::spoken(ui, name, id.with("name"), &self.action.label).on_hover_text(&self.action.doc);
        let middle = rect.top() + if self.short { 44.0 } else { 43.0 };
        let track_end = if self.short { right - self.short_value(&pen, pos2(right, middle)) } else { right };
        let track = Rect::from_x_y_ranges(left..=track_end.max(left + 1.0), middle - 12.0..=middle + 12.0);
        let response = ui.interact(track, id.with("track"), Sense::drag());
        self.describe(ui, &response);
        if let Some(value) = self.moved(ui, &response, track, grip) {
            asked = Some(self.held(value));
        }
        match &self.action.domain {
            Domain::Discrete { labels } => self.positions(&pen, track, labels, accent),
            Domain::Continuous { .. } => self.track(&pen, track, accent, &response),
        }
        if response.has_focus() {
            pen.painter.rect_stroke(
                track.expand2(vec2(4.0, 0.0)),
                corners(4.0),
                theme.focus_ring(),
                StrokeKind::Middle,
            );
        }
        if !self.short {
            self.lines(ui, &pen, id, left, right, rect.top());
        }
        pen.hline(left, right, rect.bottom() - 0.5, theme.hairline());
        (response, asked)
    }

    /// Writes the applied value at the end of a short card's track; returns the room it takes.
    fn short_value(&self, pen: &Pen, end: Pos2) -> f32 {
        let Domain::Continuous { low, high } = self.action.domain else { return 0.0 };
        let width = |value: f64| pen.width(&self.words(value), Face::NumberLabel);
        pen.text(end, Align::Max, &self.words(self.applied()), Face::NumberLabel, pen.theme.text2);
        width(low).max(width(high)) + 10.0
    }

    fn switch(&self, ui: &Ui, theme: &Theme, rect: Rect, id: Id) -> Option<LeverMode> {
        let name = |mode: &str| format!("{}: {mode}", self.action.label);
        let segment =
            |words: &'static str, tip: &'static str, chosen: bool| Segment { words, name: name(words), tip, chosen };
        let segments = [
            segment("Auto", "The slot's controller moves this lever", self.mode == LeverMode::Auto),
            segment("Pin", "Held at a value, whatever anybody commands", matches!(self.mode, LeverMode::Pinned(_))),
            segment("Manual", "You move this lever", matches!(self.mode, LeverMode::Manual(_))),
        ];
        // Whoever takes a lever over begins where it stands, so that nothing jumps.
        let now = self.mode.value().unwrap_or(self.view.applied);
        match widget::segmented(ui, theme, rect, id.with("switch"), &segments)? {
            0 => Some(LeverMode::Auto),
            1 => Some(LeverMode::Pinned(now)),
            _ => Some(LeverMode::Manual(now)),
        }
    }

    /// The mode that a value set by hand leads to: a pin stays a pin.
    fn held(&self, value: f64) -> LeverMode {
        match self.mode {
            LeverMode::Pinned(_) => LeverMode::Pinned(value),
            LeverMode::Auto | LeverMode::Manual(_) => LeverMode::Manual(value),
        }
    }

    fn describe(&self, ui: &Ui, response: &Response) {
        let (low, high) = self.bounds();
        let applied = self.applied();
        response.widget_info(|| WidgetInfo::slider(ui.is_enabled(), applied, format!("{} lever", self.action.label)));
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_min_numeric_value(low);
            node.set_max_numeric_value(high);
            node.set_numeric_value_step(self.action.nudge);
            node.add_action(egui::accesskit::Action::SetValue);
            node.add_action(egui::accesskit::Action::Increment);
            node.add_action(egui::accesskit::Action::Decrement);
        });
    }

    /// The value that pointer, keyboard or screen reader ask for.
    fn moved(&self, ui: &Ui, response: &Response, track: Rect, grip: &mut Grip) -> Option<f64> {
        let (low, high) = self.bounds();
        if response.drag_started() {
            response.request_focus();
            let thumb = self.x_of(track, self.applied());
            let pressed = response.interact_pointer_pos().map_or(0.0, |p| thumb - p.x);
            grip.offset = if pressed.abs() <= 8.0 { pressed } else { 0.0 };
        }
        if let Some(pointer) = response.interact_pointer_pos().filter(|_| response.dragged()) {
            let share = f64::from((pointer.x + grip.offset - track.left()) / track.width().max(1.0)).clamp(0.0, 1.0);
            let value = self.rounded(low + share * (high - low));
            // Holding a thumb without moving it asks for nothing.
            let same = (value - self.mode.value().unwrap_or_else(|| self.rounded(self.view.applied))).abs() < 1e-9;
            return (!same).then_some(value);
        }
        let steps = self.steps(ui, response);
        if steps != 0.0 {
            let from = self.mode.value().unwrap_or(self.view.applied);
            let to = from + steps * self.action.nudge;
            return Some(if to.is_finite() { to.clamp(low, high) } else { self.action.default });
        }
        ui.input(|input| {
            input.accesskit_action_requests(response.id, egui::accesskit::Action::SetValue).find_map(|request| {
                match request.data {
                    Some(egui::accesskit::ActionData::NumericValue(value)) if value.is_finite() => {
                        Some(value.clamp(low, high))
                    }
                    _ => None,
                }
            })
        })
    }

    /// Nudges up and down since the last frame.
    fn steps(&self, ui: &Ui, response: &Response) -> f64 {
        let mut steps = ui.input(|input| {
            use egui::accesskit::Action::{Decrement, Increment};
            let count = |action| input.num_accesskit_action_requests(response.id, action) as f64;
            count(Increment) - count(Decrement)
        });
        if response.has_focus() {
            let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..Default::default() };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
            ui.input(|input| {
                for event in &input.events {
                    if let Event::Key { key, pressed: true, modifiers, .. } = event {
                        let size = if modifiers.shift { 5.0 } else { 1.0 };
                        match key {
                            Key::ArrowRight | Key::ArrowUp => steps += size,
                            Key::ArrowLeft | Key::ArrowDown => steps -= size,
                            _ => {}
                        }
                    }
                }
            });
        }
        steps
    }

    /// A dragged value on a grid fine enough for a hand: a fifth of a nudge.
    fn rounded(&self, value: f64) -> f64 {
        let (low, high) = self.bounds();
        let grid = match self.action.domain {
            Domain::Discrete { .. } => 1.0,
            Domain::Continuous { .. } => (self.action.nudge / 5.0).max((high - low) / 1_000.0),
        };
        if grid > 0.0 && grid.is_finite() {
            ((value / grid).round() * grid).clamp(low, high)
        } else {
            value.clamp(low, high)
        }
    }

    fn x_of(&self, track: Rect, value: f64) -> f32 {
        let (low, high) = self.bounds();
        let share = ((value - low) / (high - low)) as f32;
        let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
        track.left() + share * track.width()
    }

    fn track(&self, pen: &Pen, area: Rect, accent: Color32, response: &Response) {
        let theme = &pen.theme;
        let y = area.center().y;
        let groove =
            Rect::from_center_size(area.center(), vec2(area.width(), theme.tokens.control.lever_track_h - 1.0));
        pen.painter.rect(groove, corners(theme.tokens.radius.bar), theme.sunken, theme.outline(), StrokeKind::Inside);
        let (neutral, applied) = (self.x_of(area, self.action.default), self.x_of(area, self.applied()));
        let bar = Rect::from_x_y_ranges(neutral.min(applied)..=neutral.max(applied), groove.y_range());
        pen.painter.rect_filled(bar.shrink2(vec2(0.0, 1.0)), 0.0, accent);
        pen.vline(neutral, y - 7.0, y + 7.0, Stroke::new(1.0, theme.text2));
        let by_hand = matches!(self.mode, LeverMode::Manual(_));
        let (w, h) = theme.tokens.control.slider_thumb;
        let thumb = if by_hand || response.dragged() { vec2(w + 2.0, h + 2.0) } else { vec2(w, h) };
        let thumb = Rect::from_center_size(pos2(applied, y), thumb);
        // A dark rim parts the thumb from a bar of the same brightness.
        pen.painter.rect_filled(thumb.expand(1.0), corners(2.0), theme.surface);
        let ink = if response.hovered() || response.dragged() { theme.focus } else { theme.text };
        pen.painter.rect_filled(thumb, corners(1.0), ink);
        if self.view.commanded.is_finite() {
            caret(pen, self.x_of(area, self.view.commanded), y - 10.0);
        }
    }

    /// A lever with a few positions: a box for each.
    fn positions(&self, pen: &Pen, area: Rect, labels: &[String], accent: Color32) {
        let theme = &pen.theme;
        let area = area.shrink2(vec2(0.0, 2.0));
        pen.painter.rect(area, corners(theme.tokens.radius.control), theme.sunken, theme.outline(), StrokeKind::Inside);
        let width = area.width() / labels.len().max(1) as f32;
        for (index, label) in labels.iter().enumerate() {
            let part =
                Rect::from_min_size(pos2(area.left() + index as f32 * width, area.top()), vec2(width, area.height()));
            let applied = (self.applied() - index as f64).abs() < 0.5;
            if applied {
                pen.painter.rect_filled(part.shrink(2.0), corners(theme.tokens.radius.bar), theme.select_bg);
                let base = Rect::from_min_max(
                    pos2(part.left() + 2.0, part.bottom() - 4.0),
                    part.right_bottom() - vec2(2.0, 2.0),
                );
                pen.painter.rect_filled(base, 0.0, accent);
            }
            let (face, ink) = if applied { (Face::LabelStrong, theme.text) } else { (Face::Label, theme.text2) };
            pen.text_within(part.center(), Align::Center, width - 6.0, label, face, ink);
            if (self.view.commanded - index as f64).abs() < 0.5 {
                caret(pen, part.center().x, area.top() - 1.0);
            }
        }
    }

    fn lines(&self, ui: &Ui, pen: &Pen, id: Id, left: f32, right: f32, top: f32) {
        let theme = &pen.theme;
        let (first, second) = (top + 64.0, top + 79.0);
        let effect = self.effect_words();
        let ink = if self.view.effect.abs() > 0.0 { *theme.text2 } else { *theme.text3 };
        let effect_at = pen.text(pos2(right, first), Align::Max, &effect, Face::Label, ink);
        let (applied, commanded) = (self.words(self.applied()), self.words(self.view.commanded));
        let (label, number, ink) = (Face::Label, Face::NumberLabel, *theme.text3);
        let mut runs = vec![("Applied ", label, ink), (applied.as_str(), number, *theme.text)];
        let more = [("  Cmd ", label, ink), (commanded.as_str(), number, *theme.text2)];
        let room = effect_at.left() - left - 8.0;
        if pen.width_of(&runs) + pen.width_of(&more) < room || effect.is_empty() {
            runs.extend(more);
        }
        pen.clipped(Rect::from_min_max(pos2(left, top), pos2(left + room.max(0.0), top + CARD))).runs(
            pos2(left, first),
            Align::Min,
            &runs,
        );
        let (face, ink, words) = match (&self.view.reason, self.mode) {
            (Some(reason), _) => (Face::LabelStrong, theme.text, reason.clone()),
            (None, LeverMode::Manual(_)) => (Face::LabelStrong, theme.text, "Manual: you hold it".to_owned()),
            (None, LeverMode::Pinned(v)) => (Face::LabelStrong, theme.text, format!("Pinned at {}", self.words(v))),
            (None, LeverMode::Auto) if !self.driven => (Face::Label, theme.text3, "Nobody drives this slot".to_owned()),
            (None, LeverMode::Auto) => (Face::Label, theme.text3, "Applied as commanded".to_owned()),
        };
        let at = pen.text_within(pos2(left, second), Align::Min, right - left, &words, face, ink);
        let reason = widget::spoken(ui, at, id.with("reason"), &words);
        if pen.width(&words, face) > right - left {
            reason.on_hover_text(words);
        }
    }

    /// `sheds 0.8 MW`.
    fn effect_words(&self) -> String {
        let Some(signal) = self.effect.filter(|_| self.view.effect.is_finite()) else { return String::new() };
        let verb = if self.view.effect < 0.0 { &self.action.verbs.1 } else { &self.action.verbs.0 };
        let number = signal.format(self.view.effect.abs());
        format!("{verb} {number}{SPACE}{}", self.view.effect_unit).trim_end().to_owned()
    }
}

/// The hollow triangle that points at the commanded value.
fn caret(pen: &Pen, x: f32, y: f32) {
    let points = vec![pos2(x - 4.5, y - 5.0), pos2(x + 4.5, y - 5.0), pos2(x, y + 2.0)];
    pen.painter.add(Shape::convex_polygon(points, *pen.theme.surface, Stroke::new(1.3, pen.theme.text)));
}
