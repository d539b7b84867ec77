//! Puts a drawing on the screen.

use egui::{Color32, Pos2, Rect, Shape, Stroke, StrokeKind, pos2, vec2};

use crate::app::theme::{Face, ThemeName, corners};
use crate::signal::Alarm;

use super::super::glyph;
use super::super::pen::Pen;
use super::block::LINE;
use super::facts::Facts;
use super::layout::{Cable, Drawing, Ink, Role, Spot};

/// Flows smaller than this share of the largest one are drawn as resting.
const REST: f64 = 1e-5;

/// How the pointer and the selection stand to a spot.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Mood {
    /// The pointer rests on it.
    pub hovered: bool,
    /// It is selected.
    pub selected: bool,
}

/// Width of a flow, points.
fn thickness(pen: &Pen, facts: &Facts, flow: f64) -> f32 {
    let tokens = pen.theme.tokens;
    let (least, most) = (tokens.stroke.flow_min, tokens.stroke.flow_max);
    // Plants that count in another unit use the whole range of widths for their largest flow.
    let per_unit = match facts.unit.as_str() {
        "MW" => f64::from(tokens.flow_width_per_mw),
        _ => f64::from(most) / facts.largest.max(1e-9),
    };
    let width = (flow.abs() * per_unit) as f32;
    if width.is_finite() { width.clamp(least, most) } else { least }
}

/// Draws everything; `moods` stand beside the spots.
pub(super) fn draw(pen: &Pen, drawing: &Drawing, facts: &Facts, moods: &[Mood]) {
    let theme = &pen.theme;
    for cable in &drawing.cables {
        draw_cable(pen, cable, facts);
    }
    for fork in &drawing.forks {
        pen.hline(fork.left, fork.right, fork.y, Stroke::new(2.0, theme.accent_of(fork.carrier)));
    }
    for bracket in &drawing.brackets {
        let line = Stroke::new(1.0, theme.text3);
        if let Some(last) = bracket.teeth.last() {
            pen.vline(bracket.x, bracket.top, *last, line);
        }
        for tooth in &bracket.teeth {
            pen.hline(bracket.x, bracket.x + 6.0, *tooth, line);
        }
    }
    for (spot, mood) in drawing.spots.iter().zip(moods) {
        draw_spot(pen, spot, facts, *mood);
    }
    for tag in &drawing.tags {
        let ink = match tag.ink {
            Ink::Strong if tag.text.starts_with('–') || is_zero(&tag.text) => *theme.text3,
            Ink::Strong => *theme.text,
            Ink::Plain => *theme.text2,
            Ink::Faint => *theme.text3,
        };
        match tag.text.split_once('\u{A0}') {
            // Numbers are fixed in width, units are words.
            Some((number, unit)) if matches!(tag.face, Face::Number | Face::NumberLabel | Face::NumberCaption) => {
                let unit = format!(" {unit}");
                pen.runs(tag.at, tag.align, &[(number, tag.face, ink), (&unit, Face::Caption, *theme.text3)]);
            }
            _ => {
                pen.text(tag.at, tag.align, &tag.text, tag.face, ink);
            }
        }
    }
}

/// Whether a printed number is nothing but zeros.
fn is_zero(text: &str) -> bool {
    let number = text.split('\u{A0}').next().unwrap_or(text);
    number.bytes().all(|b| matches!(b, b'0' | b'.'))
}

fn draw_cable(pen: &Pen, cable: &Cable, facts: &Facts) {
    let theme = &pen.theme;
    let down = facts.sum(&cable.wires);
    let rests = !down.is_finite() || down.abs() <= facts.largest * REST;
    let colour = if rests { *theme.line_strong } else { theme.accent_of(cable.carrier) };
    let width = thickness(pen, facts, down);
    let (mut top, mut bottom) = (cable.top, cable.bottom);
    if bottom <= top {
        return;
    }
    // An arrow head, within what the wire has of height.
    let half = (width / 2.0 + 3.5).min(8.0);
    let length = (half + 1.5).min((bottom - top) * 0.6);
    if !rests && (cable.arrow || down < 0.0) {
        let (tip, base) = if down > 0.0 { (bottom, bottom - length) } else { (top, top + length) };
        if down > 0.0 {
            bottom = base;
        } else {
            top = base;
        }
        let points = vec![pos2(cable.x, tip), pos2(cable.x + half, base), pos2(cable.x - half, base)];
        pen.painter.add(Shape::convex_polygon(points, colour, Stroke::NONE));
    }
    if cable.store {
        let ends = [pos2(cable.x, top), pos2(cable.x, bottom)];
        let stroke = Stroke::new(width.max(2.0), colour);
        pen.painter.extend(Shape::dashed_line(&ends, stroke, 4.0, 3.0));
    } else {
        let rect = Rect::from_min_max(pos2(cable.x - width / 2.0, top), pos2(cable.x + width / 2.0, bottom));
        pen.painter.rect_filled(rect, 0.0, colour);
    }
}

fn draw_spot(pen: &Pen, spot: &Spot, facts: &Facts, mood: Mood) {
    let theme = &pen.theme;
    let rect = spot.rect;
    match spot.role {
        Role::Source => {
            let bar = Rect::from_min_size(rect.min, vec2(rect.width(), 4.0));
            pen.painter.rect_filled(bar, 0.0, theme.accent.grid);
            let at = pos2(rect.left(), rect.top() + 13.0);
            let room = rect.width() / 2.0 - 12.0;
            pen.text_within(at, egui::Align::Min, room, &spot.label, Face::LabelStrong, theme.text);
        }
        Role::Breaker => {
            let fill = if theme.name == ThemeName::Operator { *theme.line_strong } else { *theme.accent.grid };
            pen.painter.rect(rect, 0.0, fill, Stroke::new(1.5, theme.text), StrokeKind::Inside);
        }
        Role::Rings => {
            let line = Stroke::new(1.6, theme.text);
            let middle = rect.center();
            let radius = rect.width() / 2.0 - 0.8;
            let apart = rect.height() / 2.0 - radius - 0.8;
            pen.painter.circle_filled(middle - vec2(0.0, apart), radius, theme.surface);
            pen.painter.circle_filled(middle + vec2(0.0, apart), radius, theme.surface);
            pen.painter.circle_stroke(middle - vec2(0.0, apart), radius, line);
            pen.painter.circle_stroke(middle + vec2(0.0, apart), radius, line);
        }
        Role::Bus => {
            pen.painter.rect_filled(rect, 0.0, if mood.hovered { theme.text2 } else { theme.text });
        }
        Role::Box | Role::Store | Role::Family => boxed(pen, spot, mood),
        Role::Tip => {
            let ink = if is_zero(&spot.second) || spot.second.starts_with('–') { theme.text3 } else { theme.text };
            let middle = rect.center().x;
            let (number, unit) = spot.second.split_once('\u{A0}').unwrap_or((&spot.second, ""));
            let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
            let runs = [(number, Face::Number, *ink), (unit.as_str(), Face::Caption, *theme.text3)];
            pen.runs(pos2(middle, rect.top() + 8.0), egui::Align::Center, &runs);
            let name = pos2(middle, rect.top() + 22.0);
            let ink = if mood.hovered { theme.text } else { theme.text2 };
            pen.text_within(name, egui::Align::Center, rect.width() + 1.0, &spot.label, Face::Label, ink);
        }
        Role::Line => {
            if mood.hovered {
                pen.painter.rect_filled(rect.expand2(vec2(2.0, 0.0)), corners(2.0), theme.hover);
            }
            let y = rect.center().y;
            let zero = is_zero(&spot.second) || spot.second.starts_with('–');
            let ink = if zero { theme.text3 } else { theme.text };
            let number = pen.text(pos2(rect.right(), y), egui::Align::Max, &spot.second, Face::NumberLabel, ink);
            let from = pos2(rect.left() + 4.0, y);
            let room = number.left() - from.x - 4.0;
            pen.text_within(from, egui::Align::Min, room, &spot.label, Face::Label, theme.text2);
        }
    }
    let alarm = spot.members.iter().filter_map(|n| facts.nodes.get(*n)).map(|n| n.alarm).max();
    if let Some(alarm) = alarm.filter(|a| *a != Alarm::Normal && spot.role != Role::Breaker) {
        badge(pen, spot, alarm);
    }
    if mood.selected {
        let grown = if matches!(spot.role, Role::Line) { 0.0 } else { 2.0 };
        let radius = corners(theme.tokens.radius.control);
        pen.painter.rect_stroke(rect.expand(grown), radius, theme.focus_ring(), StrokeKind::Middle);
    }
}

fn boxed(pen: &Pen, spot: &Spot, mood: Mood) {
    let theme = &pen.theme;
    let rect = spot.rect;
    let fill = if mood.hovered { theme.hover } else { theme.raised };
    pen.painter.rect(rect, corners(3.0), fill, theme.outline(), StrokeKind::Inside);
    let y = rect.center().y;
    if spot.second.is_empty() {
        let room = rect.width() - 8.0;
        pen.text_within(rect.center(), egui::Align::Center, room, &spot.label, Face::Label, theme.text);
    } else {
        let (number, unit) = spot.second.split_once('\u{A0}').unwrap_or((&spot.second, ""));
        let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
        let runs = [(number, Face::NumberLabel, *theme.text), (unit.as_str(), Face::Caption, *theme.text3)];
        let value = pen.runs(pos2(rect.right() - 8.0, y), egui::Align::Max, &runs);
        let room = value.left() - rect.left() - 12.0;
        pen.text_within(pos2(rect.left() + 8.0, y), egui::Align::Min, room, &spot.label, Face::Label, theme.text);
    }
}

/// The shape of an alarm at the corner of a thing.
fn badge(pen: &Pen, spot: &Spot, alarm: Alarm) {
    let theme = &pen.theme;
    let colour = if alarm == Alarm::Trip { *theme.alarm.trip } else { *theme.alarm.warn };
    let edge = theme.alarm_text.map_or(*theme.surface, |_| *theme.text);
    let at: Pos2 = match spot.role {
        Role::Line => pos2(spot.rect.left() - 2.0, spot.rect.top() + LINE / 2.0),
        Role::Source => spot.rect.right_top() + vec2(-6.0, 2.0),
        Role::Bus => spot.rect.left_center() + vec2(6.0, 0.0),
        Role::Tip => spot.rect.left_top() + vec2(-6.0, 8.0),
        _ => spot.rect.right_top() + vec2(-1.0, 1.0),
    };
    glyph::alarm(&pen.painter, alarm, at, 11.0, colour, Some(edge));
}

/// The tick mark of a closed balance, or the cross of an open one.
pub(super) fn verdict(pen: &Pen, at: Pos2, closes: bool, colour: Color32) {
    let line = Stroke::new(1.6, colour);
    let point = |x: f32, y: f32| at + vec2(x, y);
    if closes {
        pen.painter.add(Shape::line(vec![point(-4.5, 0.2), point(-1.4, 3.4), point(4.6, -3.6)], line));
    } else {
        pen.painter.line_segment([point(-3.8, -3.8), point(3.8, 3.8)], line);
        pen.painter.line_segment([point(-3.8, 3.8), point(3.8, -3.8)], line);
    }
}
