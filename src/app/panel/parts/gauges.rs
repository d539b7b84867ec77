//! Gauges: a number above a bar of its range, with its limits. Never a dial.

use egui::{Align, Pos2, Rect, Shape, Stroke, Ui, pos2, vec2};

use crate::app::theme::{Face, corners};
use crate::signal::{Alarm, Limits, Signal, SignalId};

use super::super::Cx;
use super::super::glyph;
use super::super::mini;
use super::super::pen::{Pen, Run};
use super::super::words::number_of;
use super::selectable;

/// Height of a gauge.
const PLAIN: f32 = 38.0;

/// Height of a gauge with marks below its bar.
const MARKED: f32 = 48.0;

/// Least width of a gauge beside another one.
const LEAST_WIDTH: f32 = 180.0;

/// Width of the small trend between name and number.
const TREND: f32 = 56.0;

/// Distance between two columns of gauges.
const GUTTER: f32 = 20.0;

/// Height that a signal's gauge takes.
pub(in crate::app::panel) fn height_of(signal: &Signal) -> f32 {
    let Limits { warn_low, warn_high, trip_low, trip_high } = signal.limits;
    let (low, high) = signal.range;
    let seen = [warn_low, warn_high, trip_low, trip_high].into_iter().flatten().any(|l| (low..=high).contains(&l));
    if seen { MARKED } else { PLAIN }
}

fn columns(width: f32, count: usize) -> usize {
    (((width + GUTTER) / (LEAST_WIDTH + GUTTER)).floor().max(1.0) as usize).min(count.max(1))
}

/// Heights of the rows of gauges.
fn rows(signals: &[SignalId], width: f32, cx: &Cx<'_>) -> Vec<f32> {
    let high = |id: &SignalId| cx.view.schema.signals.get(*id).map_or(0.0, height_of);
    signals.chunks(columns(width, signals.len())).map(|row| row.iter().map(high).fold(0.0, f32::max)).collect()
}

/// Heights of one row, two rows, and so on to all of them.
pub(super) fn heights(signals: &[SignalId], width: f32, cx: &Cx<'_>) -> Vec<f32> {
    let add = |sum: &mut f32, row: f32| {
        *sum += row;
        Some(*sum)
    };
    rows(signals, width, cx).into_iter().scan(0.0, add).collect()
}

/// Draws gauges in as many columns as there is room for; those that do not fit below are left out.
pub(super) fn show(ui: &Ui, rect: Rect, signals: &[SignalId], cx: &mut Cx<'_>) {
    let count = columns(rect.width(), signals.len());
    let width = (rect.width() - GUTTER * (count - 1) as f32) / count as f32;
    let mut top = rect.top();
    for (row, high) in signals.chunks(count).zip(rows(signals, rect.width(), cx)) {
        if top + high > rect.bottom() + 1.0 {
            return;
        }
        for (column, signal) in row.iter().enumerate() {
            let at = pos2(rect.left() + column as f32 * (width + GUTTER), top);
            gauge(ui, Rect::from_min_size(at, vec2(width, high)), *signal, cx);
        }
        top += high;
    }
}

/// Draws one gauge: normal part bright, limits marked, thumb at the value.
pub(in crate::app::panel) fn gauge(ui: &Ui, rect: Rect, id: SignalId, cx: &mut Cx<'_>) {
    let view = cx.view;
    let Some(signal) = view.schema.signals.get(id) else { return };
    let theme = cx.theme;
    let pen = Pen::new(ui, &theme);
    let value = view.value(id);
    let number = number_of(signal, value);
    let unit = if signal.unit.is_empty() { String::new() } else { format!(" {}", signal.unit) };
    let spoken = format!("{} {number}{unit}", signal.label);
    selectable(ui, rect.expand2(vec2(4.0, 0.0)), ui.id().with(("gauge", id)), id, &spoken, cx);
    let line = rect.top() + 12.0;
    let runs: [Run<'_>; 2] = [(&number, Face::Number, *theme.text), (&unit, Face::Label, *theme.text3)];
    let value_at = pen.runs(pos2(rect.right(), line), Align::Max, &runs);
    let alarm = signal.limits.judge(value);
    let mut from = rect.left();
    if alarm != Alarm::Normal {
        sign(&pen, alarm, pos2(from + 6.0, line), 11.0);
        from += 17.0;
    }
    let mut room = value_at.left() - from - 8.0;
    let label = pen.width(&signal.label, Face::Body);
    if room - label > TREND + 12.0 {
        let place = Rect::from_min_size(pos2(value_at.left() - TREND - 10.0, line - 6.0), vec2(TREND, 12.0));
        mini::trend(&pen, place, id, view);
        room = place.left() - from - 6.0;
    }
    pen.text_within(pos2(from, line), Align::Min, room, &signal.label, Face::Body, theme.text2);
    let wanted = mini::set_point(&view.spec, id).map(|wanted| view.value(wanted));
    bar(&pen, rect, signal, value, wanted);
}

/// The filled shape of an alarm, outlined where the theme's ground is as bright as its amber.
pub(super) fn sign(pen: &Pen, alarm: Alarm, at: Pos2, size: f32) {
    let theme = &pen.theme;
    let colour = if alarm == Alarm::Trip { *theme.alarm.trip } else { *theme.alarm.warn };
    glyph::alarm(&pen.painter, alarm, at, size, colour, theme.alarm_text.map(|_| *theme.text));
}

fn bar(pen: &Pen, rect: Rect, signal: &Signal, value: f64, wanted: Option<f64>) {
    let theme = &pen.theme;
    let (low, high) = signal.range;
    if !(low.is_finite() && high.is_finite() && low < high) {
        return;
    }
    let x = |v: f64| rect.left() + (((v - low) / (high - low)).clamp(0.0, 1.0) as f32) * rect.width();
    let y = rect.top() + 27.0;
    let track = Rect::from_min_max(pos2(rect.left(), y - 4.0), pos2(rect.right(), y + 4.0));
    pen.painter.rect(track, corners(2.0), theme.sunken, theme.outline(), egui::StrokeKind::Inside);
    let Limits { warn_low, warn_high, trip_low, trip_high } = signal.limits;
    if warn_low.is_some() || warn_high.is_some() {
        let (from, to) = (x(warn_low.unwrap_or(low)), x(warn_high.unwrap_or(high)));
        let normal = Rect::from_x_y_ranges(from.min(to)..=to, track.shrink(1.0).y_range());
        pen.painter.rect_filled(normal, 0.0, theme.hover);
    }
    let zero = if low < 0.0 && high > 0.0 { 0.0 } else { low };
    if value.is_finite() {
        let bar = Rect::from_x_y_ranges(x(zero).min(x(value))..=x(zero).max(x(value)), track.shrink(1.5).y_range());
        pen.painter.rect_filled(bar, 0.0, theme.accent_fill.of(signal.carrier));
    }
    let limits = [(warn_low, Alarm::Warn), (warn_high, Alarm::Warn), (trip_low, Alarm::Trip), (trip_high, Alarm::Trip)];
    for (limit, alarm) in limits {
        if let Some(limit) = limit.filter(|l| (low..=high).contains(l)) {
            mark(pen, x(limit), track, alarm);
        }
    }
    if value.is_finite() {
        let thumb = Rect::from_center_size(pos2(x(value), y), vec2(4.0, 13.0));
        pen.painter.rect_filled(thumb.expand(1.0), corners(1.0), theme.surface);
        pen.painter.rect_filled(thumb, corners(1.0), theme.text);
    }
    if let Some(wanted) = wanted.filter(|w| w.is_finite()) {
        mini::caret(pen, x(wanted), track);
    }
}

/// The mark of a limit: a line through the bar, below it an outlined triangle for a warning, an octagon for a trip.
fn mark(pen: &Pen, x: f32, track: Rect, alarm: Alarm) {
    let ink = *pen.theme.text2;
    pen.vline(x, track.top() - 3.0, track.bottom() + 3.0, Stroke::new(1.0, ink));
    let at = pos2(x, track.bottom() + 9.0);
    let line = Stroke::new(1.2, ink);
    let points: Vec<Pos2> = if alarm == Alarm::Trip {
        (0..8).map(|k| at + egui::Vec2::angled(std::f32::consts::TAU * (k as f32 + 0.5) / 8.0) * 4.6).collect()
    } else {
        vec![at + vec2(0.0, -4.5), at + vec2(4.6, 3.8), at + vec2(-4.6, 3.8)]
    };
    pen.painter.add(Shape::closed_line(points, line));
}
