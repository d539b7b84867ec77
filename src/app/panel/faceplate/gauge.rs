//! A number above a bar of its range: normal part bright, limits marked by shape, thumb at the value.

use egui::{Align, Pos2, Rect, Shape, Stroke, StrokeKind, Ui, Vec2, pos2, vec2};

use crate::app::theme::{Face, corners};
use crate::session::RunView;
use crate::signal::{Alarm, Limits, Signal, SignalId};

use super::super::glyph;
use super::super::mini;
use super::super::pen::Pen;
use super::super::widget::spoken;
use super::super::words::{number_of, value_unit};

/// Height of a gauge.
const HEIGHT: f32 = 40.0;

/// Width of the small trend between name and number.
const TREND: f32 = 56.0;

/// Height of the marks below a bar with limits.
const MARKS: f32 = 14.0;

/// Whether there is a range to draw a bar of.
fn has_bar(signal: &Signal) -> bool {
    let (low, high) = signal.range;
    low.is_finite() && high.is_finite() && low < high
}

/// The limits that lie on the bar.
fn limits(signal: &Signal) -> Vec<(f64, Alarm)> {
    let Limits { warn_low, warn_high, trip_low, trip_high } = signal.limits;
    let (low, high) = signal.range;
    [(trip_low, Alarm::Trip), (warn_low, Alarm::Warn), (warn_high, Alarm::Warn), (trip_high, Alarm::Trip)]
        .into_iter()
        .filter_map(|(limit, alarm)| Some((limit.filter(|l| (low..=high).contains(l))?, alarm)))
        .collect()
}

/// Height that a signal's gauge takes.
pub(in super::super) fn height(signal: &Signal) -> f32 {
    match (has_bar(signal), limits(signal).is_empty()) {
        (false, _) => 22.0,
        (true, true) => HEIGHT,
        (true, false) => HEIGHT + MARKS,
    }
}

/// Draws a gauge into a rectangle as wide as its bar.
///
/// `wanted` is the set point, in the signal's unit; `column` names the signal whose trend stands beside its name.
pub(in super::super) fn gauge(
    ui: &Ui,
    pen: &Pen,
    rect: Rect,
    signal: &Signal,
    (value, wanted): (f64, Option<f64>),
    trend: Option<(SignalId, &RunView)>,
) {
    let theme = &pen.theme;
    let line = rect.top() + 9.0;
    let number = number_of(signal, value);
    let unit = if signal.unit.is_empty() { String::new() } else { format!(" {}", signal.unit) };
    let quiet = value == 0.0 || !value.is_finite();
    let ink = if quiet { *theme.text3 } else { *theme.text };
    let digits = pen.runs(
        pos2(rect.right(), line),
        Align::Max,
        &[(&number, Face::Number, ink), (&unit, Face::Caption, *theme.text3)],
    );
    let alarm = signal.limits.judge(value);
    let mut from = rect.left();
    if alarm != Alarm::Normal {
        let colour = if alarm == Alarm::Trip { *theme.alarm.trip } else { *theme.alarm.warn };
        glyph::alarm(&pen.painter, alarm, pos2(from + 5.0, line), 11.0, colour, theme.alarm_text.map(|_| *theme.text));
        from += 16.0;
    }
    let mut room = digits.left() - from - 8.0;
    if let Some((column, view)) = trend.filter(|_| room - pen.width(&signal.label, Face::Label) > TREND + 12.0) {
        let place = Rect::from_min_size(pos2(digits.left() - TREND - 10.0, line - 6.0), vec2(TREND, 12.0));
        mini::trend(pen, place, column, view);
        room = place.left() - from - 6.0;
    }
    pen.text_within(pos2(from, line), Align::Min, room, &signal.label, Face::Label, theme.text2);
    let words = format!("{} {}", signal.label, value_unit(signal, value));
    spoken(ui, rect, ui.id().with(("gauge", &signal.name)), &words).on_hover_text(&signal.doc);
    if has_bar(signal) {
        let track = Rect::from_min_max(pos2(rect.left(), rect.top() + 20.0), pos2(rect.right(), rect.top() + 30.0));
        bar(pen, track, signal, value);
        if let Some(wanted) = wanted.filter(|w| w.is_finite()) {
            let (low, high) = signal.range;
            let share = ((wanted - low) / (high - low)).clamp(0.0, 1.0) as f32;
            mini::caret(pen, track.left() + share * track.width(), track);
        }
    }
}

fn bar(pen: &Pen, track: Rect, signal: &Signal, value: f64) {
    let theme = &pen.theme;
    let (low, high) = signal.range;
    let x = |v: f64| track.left() + (((v - low) / (high - low)).clamp(0.0, 1.0) as f32) * track.width();
    let radius = corners(theme.tokens.radius.bar);
    pen.painter.rect_filled(track, radius, theme.sunken);
    let limits = limits(signal);
    if !limits.is_empty() {
        let normal = x(signal.limits.warn_low.or(signal.limits.trip_low).unwrap_or(low))
            ..=x(signal.limits.warn_high.or(signal.limits.trip_high).unwrap_or(high));
        pen.painter.rect_filled(Rect::from_x_y_ranges(normal, track.shrink(1.0).y_range()), 0.0, theme.hover);
    }
    if value.is_finite() {
        let zero = x(if low < 0.0 && high > 0.0 { 0.0 } else { low });
        let end = x(value);
        let middle = track.center().y;
        let fill = Rect::from_x_y_ranges(zero.min(end)..=zero.max(end), middle - 2.0..=middle + 2.0);
        pen.painter.rect_filled(fill, 0.0, theme.accent_of(signal.carrier));
    }
    pen.painter.rect_stroke(track, radius, theme.outline(), StrokeKind::Inside);
    marks(pen, track, &limits, &x);
    if value.is_finite() {
        let thumb = Rect::from_center_size(pos2(x(value), track.center().y), vec2(4.0, 16.0));
        pen.painter.rect_filled(thumb.expand(1.0), corners(1.0), theme.surface);
        pen.painter.rect_filled(thumb, corners(1.0), theme.text);
    }
}

/// A line at each limit, and its shape below: triangles for warnings, octagons for trips. Close ones step apart.
fn marks(pen: &Pen, track: Rect, limits: &[(f64, Alarm)], x: &dyn Fn(f64) -> f32) {
    let ink = pen.theme.text2;
    let line = Stroke::new(1.2, ink);
    let least = 13.0;
    let mut places: Vec<f32> = limits.iter().map(|(limit, _)| x(*limit)).collect();
    for index in 1..places.len() {
        let overlap = least - (places[index] - places[index - 1]);
        if overlap > 0.0 {
            places[index - 1] -= overlap / 2.0;
            places[index] += overlap / 2.0;
        }
    }
    for ((limit, alarm), place) in limits.iter().zip(places) {
        pen.vline(x(*limit), track.top() - 3.0, track.bottom() + 3.0, Stroke::new(1.5, ink));
        let at = pos2(place.clamp(track.left() + 4.0, track.right() - 4.0), track.bottom() + 10.0);
        pen.painter.add(Shape::closed_line(outline(*alarm, at), line));
    }
}

fn outline(alarm: Alarm, at: Pos2) -> Vec<Pos2> {
    let corner = |angle: f32, radius: f32| at + Vec2::angled(angle) * radius;
    match alarm {
        Alarm::Trip => (0..8).map(|k| corner(std::f32::consts::TAU * (k as f32 + 0.5) / 8.0, 4.6)).collect(),
        _ => vec![at + vec2(0.0, -4.6), at + vec2(4.8, 3.8), at + vec2(-4.8, 3.8)],
    }
}
