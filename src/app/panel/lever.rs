//! One lever: who moves it, what was commanded, what is applied, its effect, and why they differ.

use egui::{Align, Color32, Id, Pos2, Rect, Response, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use crate::app::theme::{Face, Theme, corners, mix};
use crate::plant::{Action, Domain};
use crate::rollout::LeverMode;
use crate::session::LeverView;
use crate::signal::{Signal, format_number};

use super::beside::{Look, ghosts};
use super::glyph::{self, Glyph};
use super::lever_entry::Entry;
use super::lever_input::Grip;
use super::lever_trend::Trend;
use super::pen::Pen;
use super::widget::{self, Segment};
use super::words::{SPACE, decimals_of, signed};

/// Height of a whole card.
pub(super) const CARD: f32 = 94.0;

/// Height of a whole card where room is short.
pub(super) const LOW_CARD: f32 = 74.0;

/// Height of a card where many stand below each other.
pub(super) const SHORT_CARD: f32 = 58.0;

/// From this width on the history stands beside the track.
const WIDE: f32 = 390.0;

/// Room that the history takes beside the track.
const BESIDE: f32 = 112.0;

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
    /// Why the effect falls short of the value, whoever moves the lever.
    pub limit: Option<&'a str>,
    /// Whether a pin on it puts aside what a shield wanted.
    pub defeats_shield: bool,
    /// Name of the controller of its slot.
    pub driver: &'a str,
    /// Whether anybody drives its slot.
    pub driven: bool,
    /// Why nobody can move it now.
    pub locked: Option<&'a str>,
    /// What it did of late.
    pub trend: Trend<'a>,
    /// What shadows would command: their looks and values.
    pub shadows: Vec<(Look, f64)>,
    /// Whether what it acts on is selected.
    pub selected: bool,
    /// One line, for slots of many levers.
    pub short: bool,
}

/// What a person did on a card.
pub(super) struct Done {
    /// The track, which takes the keyboard.
    pub track: Response,
    /// Mode that is asked for.
    pub asked: Option<LeverMode>,
    /// The card was clicked: what it acts on becomes the selection.
    pub selected: bool,
}

/// Heights of a card's lines above its upper edge.
struct Lines {
    title: f32,
    track: f32,
    first: f32,
    second: f32,
}

impl Lines {
    fn of(height: f32) -> Self {
        let share = ((height - LOW_CARD) / (CARD - LOW_CARD)).clamp(0.0, 1.0);
        let between = |low: f32, high: f32| (low + share * (high - low)).round();
        Self {
            title: between(11.0, 15.0),
            track: between(36.0, 38.0),
            first: between(53.0, 71.0),
            second: between(66.0, 85.0),
        }
    }
}

impl Lever<'_> {
    /// Lowest and highest value, always apart.
    pub(super) fn bounds(&self) -> (f64, f64) {
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
    pub(super) fn words(&self, value: f64) -> String {
        match &self.action.domain {
            Domain::Discrete { labels } if value.is_finite() => {
                labels.get(value.round().max(0.0) as usize).cloned().unwrap_or_else(|| format_number(value, 0))
            }
            _ if self.bounds().0 < 0.0 => signed(value, self.decimals()),
            _ => format_number(value, self.decimals()),
        }
    }

    /// What is in force once the worker has heard: a hand's value at once, else what was applied.
    pub(super) fn applied(&self) -> f64 {
        match self.mode.value() {
            Some(v) if self.mode != self.view.mode => v,
            _ => self.view.applied,
        }
    }

    /// As [`Lever::applied`], for what was commanded.
    fn commanded(&self) -> f64 {
        match self.mode {
            LeverMode::Manual(v) if self.mode != self.view.mode => v,
            _ => self.view.commanded,
        }
    }

    /// Where whoever takes the lever over begins: where it stands, so that nothing jumps.
    pub(super) fn stands_at(&self) -> f64 {
        let value = self.mode.value().unwrap_or(self.view.applied);
        if value.is_finite() { value } else { self.action.default }
    }

    /// The mode that a value set by hand leads to: a pin stays a pin.
    pub(super) fn held(&self, value: f64) -> LeverMode {
        match self.mode {
            LeverMode::Pinned(_) => LeverMode::Pinned(value),
            LeverMode::Auto | LeverMode::Manual(_) => LeverMode::Manual(value),
        }
    }

    /// Draws the card and tells what the person did.
    pub fn show(
        &self,
        ui: &mut Ui,
        theme: &Theme,
        rect: Rect,
        id: Id,
        grip: &mut Grip,
        entry: &mut Option<Entry>,
    ) -> Done {
        let pen = Pen::new(ui, theme);
        // Clicks that no control of the card takes select what the lever acts on; the keyboard has the track for that.
        let card = ui.interact(rect, id.with("card"), Sense::CLICK);
        self.ground(&pen, rect);
        let lines = Lines::of(rect.height());
        let (left, right) = (rect.left() + 12.0, rect.right() - 12.0);
        let title = if self.short { 15.0 } else { lines.title };
        let mut asked = self.heading(ui, &pen, id, left, right, rect.top() + title);
        let middle = rect.top() + if self.short { 41.0 } else { lines.track };
        let beside = !self.short && rect.width() >= WIDE && matches!(self.action.domain, Domain::Continuous { .. });
        let end = match (self.short, beside) {
            (true, _) => right - self.short_value(&pen, pos2(right, middle)),
            (false, true) => right - BESIDE,
            (false, false) => right,
        };
        let track = Rect::from_x_y_ranges(left..=end.max(left + 1.0), middle - 12.0..=middle + 12.0);
        let sense = if self.locked.is_some() { Sense::hover() } else { Sense::drag() };
        let response = ui.interact(track, id.with("track"), sense);
        self.describe(ui, &response);
        if self.locked.is_none() {
            asked = asked.or(self.moved(ui, &response, track, grip, entry));
        }
        match &self.action.domain {
            Domain::Discrete { labels } => self.positions(&pen, track, labels),
            Domain::Continuous { .. } => self.track(&pen, track, &response),
        }
        if response.has_focus() {
            let ring = track.expand2(vec2(4.0, -1.0));
            pen.painter.rect_stroke(ring, corners(4.0), theme.focus_ring(), StrokeKind::Middle);
        }
        if !self.short {
            let words_end = if beside { end } else { right };
            self.history(ui, &pen, id, rect, &lines, beside.then_some(end));
            asked = asked.or(self.numbers(ui, &pen, id, left, words_end, rect.top() + lines.first, entry, &response));
            self.reason(ui, &pen, id, left, words_end, rect.top() + lines.second, entry.as_ref(), beside);
        }
        pen.hline(left, right, rect.bottom() - 0.5, theme.hairline());
        Done { track: response, asked, selected: card.clicked() }
    }

    /// Edge bar in the colour of the energy, and what marks the selection.
    fn ground(&self, pen: &Pen, rect: Rect) {
        let accent = self.accent(&pen.theme);
        let edge = Rect::from_min_max(rect.left_top() + vec2(1.0, 4.0), pos2(rect.left() + 4.0, rect.bottom() - 4.0));
        pen.painter.rect_filled(edge, 0.0, accent);
        if self.selected {
            let frame = rect.shrink2(vec2(2.0, 1.5));
            let ring = Stroke::new(1.0, pen.theme.focus);
            pen.painter.rect_stroke(frame, corners(pen.theme.tokens.radius.control), ring, StrokeKind::Inside);
        }
    }

    /// The accent, or what is left of it while nobody can move the lever.
    fn accent(&self, theme: &Theme) -> Color32 {
        let accent = theme.accent_of(self.action.carrier);
        if self.locked.is_some() { mix(accent, theme.surface, theme.tokens.opacity.disabled) } else { accent }
    }

    /// Name and Auto | Pin | Manual.
    fn heading(&self, ui: &Ui, pen: &Pen, id: Id, left: f32, right: f32, y: f32) -> Option<LeverMode> {
        let theme = &pen.theme;
        let mut name_end = right;
        let mut asked = None;
        if self.locked.is_none() {
            let height = theme.tokens.control.segmented_h;
            let width = widget::segmented_width(pen, &["Auto", "Pin", "Manual"]).min(130.0);
            let switch = Rect::from_min_size(pos2(right - width, y - height / 2.0), vec2(width, height));
            asked = self.switch(ui, theme, switch, id);
            name_end = switch.left() - 8.0;
        }
        let ink = if self.locked.is_some() { theme.text3 } else { theme.text };
        let room = (name_end - left).max(1.0);
        let name = pen.text_within(pos2(left, y), Align::Min, room, &self.action.label, Face::Title, ink);
        widget::spoken(ui, name, id.with("name"), &self.action.label).on_hover_text(&self.action.doc);
        asked
    }

    fn switch(&self, ui: &Ui, theme: &Theme, rect: Rect, id: Id) -> Option<LeverMode> {
        let name = |mode: &str| format!("{}: {mode}", self.action.label);
        let segment =
            |words: &'static str, tip: &'static str, chosen: bool| Segment { words, name: name(words), tip, chosen };
        let segments = [
            segment("Auto", "The slot's controller moves this lever (A)", self.mode == LeverMode::Auto),
            segment("Pin", "Held at a value, whatever anybody commands (P)", matches!(self.mode, LeverMode::Pinned(_))),
            segment("Manual", "You move this lever (M)", matches!(self.mode, LeverMode::Manual(_))),
        ];
        match widget::segmented(ui, theme, rect, id.with("switch"), &segments)? {
            0 => Some(LeverMode::Auto),
            1 => Some(LeverMode::Pinned(self.stands_at())),
            _ => Some(LeverMode::Manual(self.stands_at())),
        }
    }

    /// Writes the applied value at the end of a short card's track; returns the room it takes.
    fn short_value(&self, pen: &Pen, end: Pos2) -> f32 {
        let Domain::Continuous { .. } = self.action.domain else { return 0.0 };
        pen.text(end, Align::Max, &self.words(self.applied()), Face::NumberLabel, pen.theme.text2);
        self.number_width(pen) + 10.0
    }

    /// Room of the widest value that the lever can take, so that nothing beside it moves.
    fn number_width(&self, pen: &Pen) -> f32 {
        let width = |value: f64| pen.width(&self.words(value), Face::NumberLabel);
        match &self.action.domain {
            Domain::Continuous { low, high } => width(*low).max(width(*high)),
            Domain::Discrete { labels } => labels.iter().map(|l| pen.width(l, Face::Label)).fold(0.0, f32::max),
        }
    }

    fn describe(&self, ui: &Ui, response: &Response) {
        let (low, high) = self.bounds();
        let applied = self.applied();
        let enabled = ui.is_enabled() && self.locked.is_none();
        response.widget_info(|| WidgetInfo::slider(enabled, applied, format!("{} lever", self.action.label)));
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_min_numeric_value(low);
            node.set_max_numeric_value(high);
            node.set_numeric_value_step(self.action.nudge);
            if enabled {
                node.add_action(egui::accesskit::Action::SetValue);
                node.add_action(egui::accesskit::Action::Increment);
                node.add_action(egui::accesskit::Action::Decrement);
            }
        });
    }

    /// Where a value stands on a track.
    pub(super) fn x_of(&self, track: Rect, value: f64) -> f32 {
        let (low, high) = self.bounds();
        let share = ((value - low) / (high - low)) as f32;
        let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
        track.left() + share * track.width()
    }

    fn track(&self, pen: &Pen, area: Rect, response: &Response) {
        let theme = &pen.theme;
        let y = area.center().y;
        let groove =
            Rect::from_center_size(area.center(), vec2(area.width(), theme.tokens.control.lever_track_h - 1.0));
        pen.painter.rect(groove, corners(theme.tokens.radius.bar), theme.sunken, theme.outline(), StrokeKind::Inside);
        let (neutral, applied) = (self.x_of(area, self.action.default), self.x_of(area, self.applied()));
        let bar = Rect::from_x_y_ranges(neutral.min(applied)..=neutral.max(applied), groove.y_range());
        pen.painter.rect_filled(bar.shrink2(vec2(0.0, 1.0)), 0.0, self.accent(theme));
        pen.vline(neutral, y - 7.0, y + 7.0, Stroke::new(1.0, theme.text2));
        let by_hand = matches!(self.mode, LeverMode::Manual(_));
        let (w, h) = theme.tokens.control.slider_thumb;
        let thumb = if by_hand || response.dragged() { vec2(w + 2.0, h + 2.0) } else { vec2(w, h) };
        let thumb = Rect::from_center_size(pos2(applied, y), thumb);
        // A dark rim parts the thumb from a bar of the same brightness.
        pen.painter.rect_filled(thumb.expand(1.0), corners(2.0), theme.surface);
        let ink = match self.locked {
            Some(_) => theme.text3,
            None if response.hovered() || response.dragged() => theme.focus,
            None => theme.text,
        };
        pen.painter.rect_filled(thumb, corners(1.0), ink);
        if self.commanded().is_finite() && self.locked.is_none() {
            caret(pen, self.x_of(area, self.commanded()), y - 7.0);
        }
        for (nth, (look, value)) in self.shadows.iter().enumerate().filter(|(_, (_, value))| value.is_finite()) {
            ghosts::mark(pen, self.x_of(area, *value), y + 6.0, nth, look);
        }
    }

    /// A lever with a few positions: a box for each.
    fn positions(&self, pen: &Pen, area: Rect, labels: &[String]) {
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
                pen.painter.rect_filled(base, 0.0, self.accent(theme));
            }
            let (face, ink) = if applied { (Face::LabelStrong, theme.text) } else { (Face::Label, theme.text2) };
            pen.text_within(part.center(), Align::Center, width - 6.0, label, face, ink);
            if (self.commanded() - index as f64).abs() < 0.5 && self.locked.is_none() {
                caret(pen, part.center().x, area.top() - 1.0);
            }
            let here = self.shadows.iter().enumerate().filter(|(_, (_, value))| (value - index as f64).abs() < 0.5);
            for (k, (nth, (look, _))) in here.enumerate() {
                ghosts::mark(pen, part.center().x + 10.0 * k as f32, area.bottom() - 1.0, nth, look);
            }
        }
    }

    /// What it did of late: beside the track where there is room, else a strip between track and words.
    fn history(&self, ui: &Ui, pen: &Pen, id: Id, rect: Rect, lines: &Lines, beside: Option<f32>) {
        let bounds = self.bounds();
        let accent = self.accent(&pen.theme);
        let right = rect.right() - 12.0;
        let place = match beside {
            Some(end) => Rect::from_min_max(
                pos2(end + 16.0, rect.top() + lines.track - 10.0),
                pos2(right, rect.top() + lines.second - 11.0),
            ),
            None if lines.first - lines.track >= 28.0 => Rect::from_min_max(
                pos2(rect.left() + 12.0, rect.top() + lines.track + 11.0),
                pos2(right, rect.top() + lines.first - 9.0),
            ),
            None => return,
        };
        let fill = mix(accent, pen.theme.surface, 0.3);
        self.trend.draw(pen, place, bounds, self.action.default, accent, fill);
        let mut words = format!("{} over the last {}", self.action.label, self.trend.span_words());
        let tip = format!(
            "{words}: what was applied, as an area from the neutral value {}; the thin line is what was commanded. Range \
             {} to {}.",
            self.words(self.action.default),
            self.words(bounds.0),
            self.words(bounds.1)
        );
        let ghosts = ghosts::words(self.trend.view, self.view.slot, self.view.action, |value| self.words(value));
        if !ghosts.is_empty() {
            words = format!("{words}\n{ghosts}");
        }
        match self.trend.ahead_words() {
            None if ghosts.is_empty() => widget::spoken(ui, place, id.with("history"), &words).on_hover_text(tip),
            None => widget::spoken(ui, place, id.with("history"), &words).on_hover_text(format!("{tip}\n{ghosts}")),
            Some(ahead) => {
                let plan = format!("what {} plans for the next {ahead}", self.driver);
                let response = widget::spoken(ui, place, id.with("history"), &format!("{words}; dashed: {plan}"));
                response.on_hover_text(format!("{tip}\nDashed: {plan}."))
            }
        };
    }

    /// Line 1: applied, commanded, effect. A double click on the applied value opens it for typing.
    #[expect(clippy::too_many_arguments, reason = "one line of the card with its places")]
    fn numbers(
        &self,
        ui: &mut Ui,
        pen: &Pen,
        id: Id,
        left: f32,
        right: f32,
        y: f32,
        entry: &mut Option<Entry>,
        track: &Response,
    ) -> Option<LeverMode> {
        let theme = &pen.theme;
        let effect = self.effect_words();
        let ink = if self.view.effect.abs() > 0.0 { *theme.text2 } else { *theme.text3 };
        let ink = if self.locked.is_some() { *theme.text3 } else { ink };
        let effect_at = pen.text(pos2(right, y), Align::Max, &effect, Face::Label, ink);
        let discrete = matches!(self.action.domain, Domain::Discrete { .. });
        let face = if discrete { Face::Label } else { Face::NumberLabel };
        let number = self.number_width(pen);
        let pen = pen.clipped(Rect::from_min_max(pos2(left, y - 9.0), pos2(effect_at.left() - 6.0, y + 9.0)));
        // Words and number; numbers keep their width, so that what follows stands still.
        let put = |x: f32, label: &str, value: f64, ink: Color32| -> Rect {
            let label = pen.text(pos2(x, y), Align::Min, label, Face::Label, theme.text3);
            let from = label.right() + 4.0;
            let words = self.words(value);
            if discrete {
                return pen.text(pos2(from, y), Align::Min, &words, face, ink);
            }
            pen.text(pos2(from + number, y), Align::Max, &words, face, ink);
            Rect::from_min_max(pos2(from, y - 9.0), pos2(from + number, y + 9.0))
        };
        let ink = if self.locked.is_some() { *theme.text3 } else { *theme.text };
        let value = put(left, "Applied", self.applied(), ink);
        let more = pen.width("Cmd", Face::Label) + number + 14.0;
        if value.right() + more < effect_at.left() - 6.0 && self.locked.is_none() {
            put(value.right() + 10.0, "Cmd", self.commanded(), *theme.text2);
        }
        if discrete || self.locked.is_some() {
            return None;
        }
        Entry::over(ui, theme, value, id, self, entry, track)
    }

    /// Line 2: why applied and commanded differ, and how fast the lever moves.
    #[expect(clippy::too_many_arguments, reason = "one line of the card with its places")]
    fn reason(&self, ui: &Ui, pen: &Pen, id: Id, left: f32, right: f32, y: f32, entry: Option<&Entry>, beside: bool) {
        let theme = &pen.theme;
        let (strong, words) = self.why(entry);
        let (face, ink) = if strong { (Face::LabelStrong, theme.text) } else { (Face::Label, theme.text3) };
        let pinned = matches!(self.mode, LeverMode::Pinned(_)) && self.locked.is_none();
        let from = if pinned { left + 14.0 } else { left };
        if pinned {
            glyph::draw(&pen.painter, Glyph::Lock, pos2(left + 4.5, y), 10.0, *theme.text);
        }
        let width = pen.width(&words, face);
        let at = pen.text_within(pos2(from, y), Align::Min, right - from, &words, face, ink);
        let reason = widget::spoken(ui, at, id.with("reason"), &words);
        if width > right - from {
            reason.on_hover_text(&words);
        }
        let rate = self.trend.rate_words(self.decimals());
        let (end, free) = if beside { (right + BESIDE, BESIDE - 16.0) } else { (right, right - at.right() - 10.0) };
        if matches!(self.action.domain, Domain::Continuous { .. }) && pen.width(&rate, Face::NumberCaption) <= free {
            let at = pen.text(pos2(end, y), Align::Max, &rate, Face::NumberCaption, theme.text3);
            let spoken = format!("{} moves {rate}", self.action.label);
            widget::spoken(ui, at, id.with("rate"), &spoken).on_hover_text(format!(
                "How fast what is applied has moved: its change over the last {}, per time",
                self.trend.window_words()
            ));
        }
    }

    /// The reason in words, and whether it weighs.
    fn why(&self, entry: Option<&Entry>) -> (bool, String) {
        if let Some(words) = entry.filter(|e| e.is_of(&self.view.name)).and_then(|e| e.complaint(self)) {
            return (true, words);
        }
        if let Some(locked) = self.locked {
            return (false, locked.to_owned());
        }
        match (self.mode, &self.view.reason) {
            (LeverMode::Pinned(v), _) => {
                let held = format!("Pinned at {}", self.words(v));
                (
                    true,
                    match self.limit {
                        _ if self.defeats_shield => format!("{held} against the shield"),
                        Some(limit) => format!("{held}. {limit}"),
                        None => format!("{held} by you"),
                    },
                )
            }
            (_, Some(reason)) => (true, reason.clone()),
            (LeverMode::Manual(_), None) => (true, "Manual, you hold it".to_owned()),
            (LeverMode::Auto, None) if !self.driven => (false, "Nobody drives this slot".to_owned()),
            (LeverMode::Auto, None) => (false, "Applied as commanded".to_owned()),
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
