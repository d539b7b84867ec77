//! A stock as an upright tank.

use egui::{Align, Rect, Shape, Stroke, StrokeKind, Ui, pos2, vec2};

use crate::app::theme::{Face, corners};
use crate::signal::{SignalId, format_number};

use super::super::Cx;
use super::super::pen::{Pen, Run};
use super::super::words::decimals_of;
use super::selectable;

/// Room for the number below the tank.
const NUMBER: f32 = 30.0;

/// Widest tank.
const WIDEST: f32 = 44.0;

/// Draws the tank with its usable window and the number below.
pub(super) fn show(ui: &Ui, rect: Rect, id: SignalId, usable: (f64, f64), cx: &mut Cx<'_>) {
    let view = cx.view;
    let Some(signal) = view.schema.signals.get(id) else { return };
    let theme = cx.theme;
    let pen = Pen::new(ui, &theme);
    let value = view.value(id);
    // A fraction of one is read in percent.
    let (scale, unit) =
        if signal.unit.is_empty() && signal.range == (0.0, 1.0) { (100.0, "%") } else { (1.0, signal.unit.as_str()) };
    let decimals = if scale > 1.0 { 1 } else { signal.decimals };
    let number = format_number(value * scale, decimals);
    let spoken = format!("{} {number} {unit}", signal.label);
    selectable(ui, rect.expand2(vec2(4.0, 2.0)), ui.id().with(("level", id)), id, spoken.trim_end(), cx);
    let line = rect.bottom() - 12.0;
    let unit_words = if unit.is_empty() { String::new() } else { format!(" {unit}") };
    let runs: [Run<'_>; 2] = [(&number, Face::NumberLarge, *theme.text), (&unit_words, Face::Label, *theme.text2)];
    let runs = if pen.width_of(&runs) <= rect.width() { &runs[..] } else { &runs[..1] };
    pen.runs(pos2(rect.left(), line), Align::Min, runs);
    let (low, high) = signal.range;
    let room = Rect::from_min_max(rect.min + vec2(0.0, 2.0), rect.max - vec2(0.0, NUMBER));
    if !(low.is_finite() && high.is_finite() && low < high) || room.height() < 16.0 {
        return;
    }
    let tank = room.with_max_x(room.left() + WIDEST.min(room.width() * 0.52));
    let y = |v: f64| tank.bottom() - (((v - low) / (high - low)).clamp(0.0, 1.0) as f32) * tank.height();
    let radius = corners(theme.tokens.radius.bar);
    pen.painter.rect_filled(tank, radius, theme.sunken);
    if value.is_finite() {
        let fill = Rect::from_min_max(pos2(tank.left(), y(value)), tank.max);
        pen.painter.rect_filled(fill, radius, theme.accent_of(signal.carrier));
        // What lies below the usable window cannot be had.
        let dead = fill.with_min_y(y(usable.0).max(fill.top()));
        pen.painter.rect_filled(dead, radius, theme.accent_fill.of(signal.carrier));
    }
    pen.painter.rect_stroke(tank, radius, theme.outline(), StrokeKind::Inside);
    for bound in [usable.0, usable.1] {
        if !bound.is_finite() || bound <= low || bound >= high {
            continue;
        }
        let at = y(bound);
        let right = (tank.right() + 3.0).min(rect.right());
        pen.dashed_hline(tank.left() - 3.0, right, at, Stroke::new(1.0, *theme.text2));
        let scaled = bound * scale;
        let words = format_number(scaled, decimals_of(scaled).min(1));
        let words_at = at.clamp(room.top() + 5.0, room.bottom() - 5.0);
        pen.text(pos2(tank.right() + 12.0, words_at), Align::Min, &words, Face::NumberCaption, theme.text2);
    }
    if value.is_finite() {
        let tip = pos2(tank.right() + 2.0, y(value));
        let points = vec![tip, tip + vec2(7.0, -4.5), tip + vec2(7.0, 4.5)];
        pen.painter.add(Shape::convex_polygon(points, *theme.text, Stroke::NONE));
    }
}
