//! The line above a plot: what each series is called, what it is now, and what the outlook says.

use egui::{
    Align, Color32, CursorIcon, Id, Rect, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, WidgetType, pos2, vec2,
};
use egui_plot::LineStyle;

use crate::app::theme::{Face, corners};
use crate::plant::Role;
use crate::session::RunView;
use crate::signal::{Alarm, Kind, SignalId};

use super::custom::Dragged;
use super::glyph::{self, Glyph};
use super::line::{Line, ink};
use super::pen::Pen;
use super::widget::focus_ring;
use super::words::{clock, duration, number_of, seconds, value_unit};

/// Distance of two entries.
const GAP: f32 = 14.0;

/// The same in small print.
const SMALL_GAP: f32 = 7.0;

/// Room for the sample of a line with the gap behind it.
const SAMPLE: f32 = 17.0;

/// Room for the sign that takes a series away.
const REMOVE: f32 = 18.0;

/// What a legend stands above.
pub(super) struct Legend<'a> {
    /// Words before the entries; empty without.
    pub title: &'a str,
    /// A name that a lone series need not repeat.
    pub known: &'a str,
    /// The series.
    pub lines: &'a [Line<'a>],
    /// The row whose values are shown; `None` shows the present.
    pub row: Option<u64>,
    /// Whether series can be taken away.
    pub removable: bool,
    /// Words at the right end instead of the outlook's.
    pub note: &'a str,
}

/// What was asked for on a legend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// Nothing.
    Nothing,
    /// A series was clicked.
    Select(SignalId),
    /// A series is to be taken away.
    Remove(SignalId),
}

/// How much of every entry is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Detail {
    /// Name, value and unit.
    All,
    /// Name and value.
    Value,
    /// Name alone.
    Name,
    /// Name alone, in small print and close together.
    Small,
}

impl Detail {
    /// The face of names.
    fn face(self) -> Face {
        if self == Self::Small { Face::Caption } else { Face::Label }
    }

    /// Distance of two entries.
    fn gap(self) -> f32 {
        if self == Self::Small { SMALL_GAP } else { GAP }
    }
}

/// An entry with what it needs.
struct Entry<'a> {
    line: &'a Line<'a>,
    label: &'a str,
    number: String,
    alarm: Alarm,
    widest: f32,
}

impl Entry<'_> {
    fn width(&self, pen: &Pen, detail: Detail, removable: bool) -> f32 {
        let label = if self.label.is_empty() { 0.0 } else { pen.width(self.label, detail.face()) };
        let gap = if self.label.is_empty() { 0.0 } else { 6.0 };
        let unit = &self.line.signal.unit;
        let value = match detail {
            Detail::Name | Detail::Small => 0.0,
            Detail::Value => gap + self.widest,
            Detail::All if unit.is_empty() => gap + self.widest,
            Detail::All => gap + self.widest + 4.0 + pen.width(unit, Face::Label),
        };
        SAMPLE + label + value + if removable { REMOVE } else { 0.0 }
    }
}

/// The most that each of some widths may have so that all of them fit into `room`: short ones stay as they are.
fn widest(widths: &[f32], room: f32) -> f32 {
    let mut sorted = widths.to_vec();
    sorted.sort_by(f32::total_cmp);
    let mut left = room.max(0.0);
    for (index, width) in sorted.iter().enumerate() {
        let share = left / (sorted.len() - index) as f32;
        if *width > share {
            return share;
        }
        left -= width;
    }
    f32::INFINITY
}

impl Legend<'_> {
    /// Width that a title and the bare names of some series need.
    pub fn names_width(pen: &Pen, title: &str, lines: &[Line<'_>]) -> f32 {
        let title = if title.is_empty() { 0.0 } else { pen.width(title, Face::Label) + GAP };
        lines.iter().map(|l| SAMPLE + pen.width(&l.signal.label, Face::Label) + GAP).sum::<f32>() + title
    }

    /// Draws it into one line.
    pub fn show(&self, ui: &Ui, pen: &Pen, rect: Rect, id: Id, view: &RunView) -> Asked {
        let title = if self.title.is_empty() { 0.0 } else { pen.width(self.title, Face::Label) + GAP };
        let lone = self.lines.len() == 1 && !self.removable;
        // A lone series below a title, or called like its chart, needs no name beside its number.
        let named = |line: &Line<'_>| match (lone, title > 0.0) {
            (false, _) => true,
            (true, false) => line.signal.label != self.known,
            (true, true) => title + self.entry(pen, line, false, view).width(pen, Detail::All, false) > rect.width(),
        };
        let entries: Vec<Entry<'_>> = self.lines.iter().map(|line| self.entry(pen, line, named(line), view)).collect();
        let wants = |detail: Detail, crosses: bool| -> f32 {
            let widths = entries.iter().map(|e| e.width(pen, detail, crosses));
            widths.sum::<f32>() + detail.gap() * entries.len().saturating_sub(1) as f32
        };
        // Names say more than signs to take them away: where there is no room for both, a sign comes with pointer or
        // focus.
        let crosses = self.removable && wants(Detail::Small, true) <= rect.width();
        let needs = |detail: Detail| wants(detail, crosses);
        let mut left = rect.left();
        // Values say more than a title over series that have names.
        let levels = [
            (true, Detail::All),
            (true, Detail::Value),
            (false, Detail::All),
            (false, Detail::Value),
            (true, Detail::Name),
            (false, Detail::Name),
            (false, Detail::Small),
        ];
        let fits =
            |(titled, detail): &(bool, Detail)| needs(*detail) + if *titled { title } else { 0.0 } <= rect.width();
        let (titled, detail) = levels.into_iter().find(fits).unwrap_or((false, Detail::Small));
        if titled && title > 0.0 {
            pen.text_within(rect.left_center(), Align::Min, rect.width(), self.title, Face::Label, pen.theme.text2);
            left += title;
        }
        let room = rect.right() - left;
        // Where not even the names fit, the longest are shortened first.
        let gaps = detail.gap() * entries.len().saturating_sub(1) as f32;
        let widths: Vec<f32> = entries.iter().map(|e| e.width(pen, detail, crosses)).collect();
        let most = widest(&widths, room - gaps);
        let mut asked = Asked::Nothing;
        for (entry, width) in entries.iter().zip(widths) {
            let width = width.min(most);
            if width < SAMPLE + 8.0 && !entry.label.is_empty() {
                break;
            }
            let place = Rect::from_min_max(pos2(left, rect.top()), pos2(left + width, rect.bottom()));
            let own = id.with(entry.line.column);
            let looked_at =
                ui.rect_contains_pointer(place) || ui.memory(|m| m.has_focus(own) || m.has_focus(own.with("remove")));
            let crossed = crosses || self.removable && looked_at;
            match self.draw(ui, pen, (place, crossed), own, entry, detail) {
                Asked::Nothing => {}
                something => asked = something,
            }
            left = place.right() + detail.gap();
        }
        self.words(pen, rect, left, view);
        asked
    }

    fn entry<'b>(&self, pen: &Pen, line: &'b Line<'b>, named: bool, view: &RunView) -> Entry<'b> {
        let value = match self.row {
            Some(row) => view.recording.value(row, line.column),
            None => view.value(line.column),
        };
        let signal = line.signal;
        let label = if named { signal.label.as_str() } else { "" };
        // Room for the widest number of this signal, so that neighbours stand still.
        let widest =
            [signal.range.0, signal.range.1, value].map(|v| pen.width(&number_of(signal, v), Face::NumberLabel));
        Entry {
            line,
            label,
            number: number_of(signal, value),
            alarm: signal.limits.judge(value),
            widest: widest.into_iter().fold(0.0, f32::max),
        }
    }

    /// Draws an entry into its place, with the sign that takes it away or without.
    fn draw(
        &self,
        ui: &Ui,
        pen: &Pen,
        (rect, crossed): (Rect, bool),
        id: Id,
        entry: &Entry<'_>,
        detail: Detail,
    ) -> Asked {
        let theme = &pen.theme;
        let signal = entry.line.signal;
        let mut asked = Asked::Nothing;
        let mut right = rect.right();
        if crossed {
            let cross = Rect::from_min_max(pos2(right - REMOVE + 3.0, rect.top()), rect.max);
            let response = ui.interact(cross, id.with("remove"), Sense::click());
            let name = format!("Remove {}", signal.label);
            response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &name));
            let colour = if response.hovered() { theme.text } else { theme.text3 };
            glyph::draw(&pen.painter, Glyph::Cross, cross.center(), 8.0, *colour);
            focus_ring(ui, theme, &response, cross.shrink(2.0));
            if response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text("Takes this series off").clicked() {
                asked = Asked::Remove(entry.line.column);
            }
            right -= REMOVE;
        }
        let body = rect.with_max_x(right);
        let response = ui.interact(body, id, Sense::click_and_drag());
        let spoken = format!("{} in the legend: {}{}", signal.label, entry.number, unit_of(signal));
        let selected = entry.line.selected;
        response.widget_info(|| WidgetInfo::selected(WidgetType::SelectableLabel, true, selected, &spoken));
        if response.hovered() {
            let ground = body.expand2(vec2(4.0, -1.0));
            pen.painter.rect_filled(ground, corners(theme.tokens.radius.control), theme.hover);
        }
        if selected {
            let ring = body.expand2(vec2(4.0, -1.0));
            pen.painter.rect_stroke(
                ring,
                corners(theme.tokens.radius.control),
                (1.0, *theme.focus),
                StrokeKind::Inside,
            );
        }
        self.entry_words(pen, body, entry, detail);
        focus_ring(ui, theme, &response, body.expand2(vec2(4.0, -1.0)));
        response.dnd_set_drag_payload(Dragged(entry.line.column));
        if response.clicked() {
            asked = Asked::Select(entry.line.column);
        }
        response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(&signal.doc);
        asked
    }

    fn entry_words(&self, pen: &Pen, body: Rect, entry: &Entry<'_>, detail: Detail) {
        let theme = &pen.theme;
        let y = body.center().y;
        let thick = if entry.line.role == Role::Request { 3.0 } else { 2.0 };
        sample(pen, pos2(body.left() + 5.5, y), thick, entry.line);
        let mut right = body.right();
        if detail == Detail::All && !entry.line.signal.unit.is_empty() {
            let unit = &entry.line.signal.unit;
            right = pen.text(pos2(right, y), Align::Max, unit, Face::Label, theme.text3).left() - 4.0;
        }
        if !matches!(detail, Detail::Name | Detail::Small) {
            let colour = if entry.alarm == Alarm::Normal { *theme.text } else { ink(theme, entry.alarm) };
            pen.text(pos2(right, y), Align::Max, &entry.number, Face::NumberLabel, colour);
            right -= entry.widest + 6.0;
        }
        let left = body.left() + SAMPLE;
        if !entry.label.is_empty() {
            let colour: Color32 = if entry.line.selected { *theme.text } else { *theme.text2 };
            pen.text_within(
                pos2(left, y),
                Align::Min,
                (right - left + 1.0).max(4.0),
                entry.label,
                detail.face(),
                colour,
            );
        }
    }

    /// The note, the time of the row that is shown, or what the outlook says, where there is room.
    fn words(&self, pen: &Pen, rect: Rect, left: f32, view: &RunView) {
        let words = match self.row {
            _ if !self.note.is_empty() => self.note.to_owned(),
            Some(row) => format!("at {}", clock(view.spec.calendar.civil(row + 1))),
            None => outlook_words(self.lines, view).unwrap_or_default(),
        };
        if !words.is_empty() && rect.right() - left > pen.width(&words, Face::Label) {
            let colour = if self.row.is_some() { pen.theme.text2 } else { pen.theme.text3 };
            pen.text(pos2(rect.right(), rect.center().y), Align::Max, &words, Face::Label, colour);
        }
    }
}

/// A short piece of a line as it is drawn.
pub(super) fn sample(pen: &Pen, at: egui::Pos2, thick: f32, line: &Line<'_>) {
    let ends = [at - vec2(5.5, 0.0), at + vec2(5.5, 0.0)];
    match line.style {
        LineStyle::Solid => {
            let rect = Rect::from_center_size(at, vec2(11.0, thick));
            pen.painter.rect_filled(rect, 0.0, line.colour);
        }
        LineStyle::Dashed { length } => {
            let dash = length.min(4.5);
            pen.painter.extend(Shape::dashed_line(&ends, Stroke::new(thick, line.colour), dash, 0.5 * dash));
        }
        LineStyle::Dotted { .. } => pen.painter.extend(Shape::dotted_line(&ends, line.colour, 3.6, thick / 2.0)),
    }
}

fn unit_of(signal: &crate::signal::Signal) -> String {
    if signal.unit.is_empty() { String::new() } else { format!("{}{}", super::words::SPACE, signal.unit) }
}

/// `in 15 min: 31.20 °C`, for charts of states, where the future says something.
fn outlook_words(lines: &[Line<'_>], view: &RunView) -> Option<String> {
    let (tick, row) = view.outlook.as_ref()?.rows.last().filter(|(tick, _)| *tick > view.tick)?;
    let at_end = |line: &Line<'_>| row.get(line.column).copied().unwrap_or(f64::NAN);
    // The first series, unless another one will be worse off.
    let worst = lines.iter().rev().max_by_key(|line| line.signal.limits.judge(at_end(line)))?;
    if worst.signal.kind != Kind::State || !at_end(worst).is_finite() {
        return None;
    }
    let ahead = duration((seconds(view, (*tick - view.tick) as f64) / 60.0).round().max(1.0) * 60.0);
    let who = if lines.len() > 1 { format!("{} in", worst.signal.label) } else { "in".to_owned() };
    Some(format!("{who} {ahead}: {}", value_unit(worst.signal, at_end(worst))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_stay_whole_while_long_ones_are_shortened() {
        assert_eq!(widest(&[50.0, 52.0, 110.0, 120.0], 400.0), f32::INFINITY);
        assert_eq!(widest(&[50.0, 52.0, 110.0, 120.0], 302.0), 100.0);
        assert_eq!(widest(&[120.0, 50.0, 110.0, 52.0], 302.0), 100.0);
        assert_eq!(widest(&[50.0, 60.0], 80.0), 40.0);
        assert_eq!(widest(&[], 80.0), f32::INFINITY);
        assert_eq!(widest(&[50.0], -3.0), 0.0);
    }
}
