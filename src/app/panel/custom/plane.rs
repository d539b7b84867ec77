//! The second signal over the first: a path in the plane, coloured by time, the present as a point.

use std::sync::Arc;

use egui::epaint::Mesh;
use egui::{Align, Color32, Pos2, Rect, Shape, Stroke, pos2, vec2};

use super::plot::{self, Begun, Canvas, across, badge_words, fixed, tip};
use super::stats::{self, Of};
use crate::app::panel::Cx;
use crate::app::panel::axes::{Frame, Sides};
use crate::app::panel::beside;
use crate::app::panel::graph::badge;
use crate::app::panel::levels;
use crate::app::panel::line::Line;
use crate::app::panel::pen::Pen;
use crate::app::panel::scale::Values;
use crate::app::panel::time_axis::ChartState;
use crate::app::panel::words::{clock, value_unit};
use crate::app::theme::{Face, Theme};
use crate::evaluate::charts::{Path, every_words};
use crate::signal::{Alarm, SignalId};

/// Distance that a path has to go before another piece of it is drawn, points.
const VISIBLE: f32 = 0.7;

/// Farthest that the pointer may be from a point to mean it, points.
const NEAR: f32 = 36.0;

/// Draws the chart and tells which series is to be taken off.
pub(super) fn show(on: Canvas<'_, '_>, state: &mut ChartState, cx: &mut Cx<'_>) -> Option<SignalId> {
    let (view, theme) = (cx.view, cx.theme);
    let row = plot::pointed(state, cx);
    let note = if on.lines.len() > 2 { "XY shows the first two" } else { "" };
    let Begun { plot: body, pen, of, removed } = on.begin(note, state, cx)?;
    let Canvas { ui, chart, lines, .. } = on;
    let [x, y, ..] = lines else {
        plot::ground(&pen, &nowhere(body), &Values::around(0.0, 1.0, 0.0, 4), ("", ""));
        let words = "Add a second signal for the vertical axis";
        pen.text_within(body.center(), Align::Center, body.width() - 8.0, words, Face::Label, theme.text2);
        chart.plot(ui, body, "XY");
        return removed;
    };
    let path = state.stats.path(of, &view.recording, (x.column, y.column));
    let others = other_paths(x, y, of, state, cx);
    let whole = frame(body, (x, y), &path, &others);
    let up = (whole.values.low, whole.values.high);
    let part = state.zooms.shown(chart.zoom_id(ui, "XY"), (whole.from, whole.to), Some(up));
    let frame = match part.up {
        Some((_, up)) if part.is_part() => {
            let values = fixed(up, (whole.rect.height() / 30.0).clamp(2.0, 8.0) as usize);
            Frame { rect: whole.rect, from: part.across.1.0, to: part.across.1.1, values }
        }
        _ => whole,
    };
    let horizontal = fixed((frame.from, frame.to), (frame.rect.width() / 70.0).clamp(2.0, 12.0) as usize);
    let comma = if x.signal.unit.is_empty() { "" } else { ", " };
    let words = format!("{}{comma}{}", x.signal.label, x.signal.unit);
    plot::ground(&pen, &frame, &horizontal, (&words, &y.signal.unit));
    let inner = pen.clipped(frame.rect);
    bands(&inner, &frame, (x, y), cx);
    plot::limits_across(&inner, &frame, &levels::limits(std::slice::from_ref(x)));
    let sides = Sides { left: frame.clone(), right: Vec::new() };
    levels::draw_limits(&inner, &sides, levels::limits(std::slice::from_ref(y)));
    for (number, (look, path)) in others.iter().enumerate() {
        let what = (pictured(&frame, x, y, &theme), number, look.to_array(), path.points.len());
        let mesh = state.stats.mesh(of, what, || drawn(&frame, path, &|_| *look));
        inner.painter.add(Shape::mesh(mesh));
    }
    let span = (of.to - of.from).max(1) as f64;
    let shade = |row: u64| shade(&theme, row.saturating_sub(of.from) as f64 / span);
    let what = (pictured(&frame, x, y, &theme), path.points.len());
    let mesh = state.stats.mesh(of, what, || drawn(&frame, &path, &shade));
    inner.painter.add(Shape::mesh(mesh));
    ramp(&pen, frame.rect, &theme, &[of.from, of.to].map(|row| clock(view.spec.calendar.civil(row))));
    present(&inner, &frame, (x, y), cx);
    let gone = stats::gone(state, of, path.every, path.gone);
    badge(&inner, frame.rect, &badge_words(&[&every_words(path.every), gone, part.words()]), view);
    let response = chart.plot(ui, frame.rect, "XY");
    state.zooms.turn(ui, &response, frame.rect, &part);
    let near = response.hover_pos().and_then(|at| nearest(&frame, &path, at));
    // Under the pointer the true row; elsewhere what the pointer of another chart means.
    let told = near.or(row.filter(|_| response.hover_pos().is_none()));
    if let Some(row) = told {
        let value = |line: &Line<'_>| view.recording.value(row, line.column);
        let at = pos2(frame.x(value(x)), frame.y(value(y)));
        if value(x).is_finite() && value(y).is_finite() {
            inner.painter.circle(at, 3.5, *theme.text, Stroke::new(1.0, *theme.sunken));
        }
        if near.is_some() {
            let line =
                |line: &Line<'_>| (Some(line.colour), line.signal.label.clone(), value_unit(line.signal, value(line)));
            let heading = clock(view.spec.calendar.civil(row + 1));
            tip(&pen, ui.clip_rect(), at, &heading, &[line(x), line(y)]);
        }
    }
    if let Some(row) = near.filter(|_| response.clicked() && !response.double_clicked()) {
        state.mark = Some(row + 1);
    }
    removed
}

/// A frame without values.
fn nowhere(rect: Rect) -> Frame {
    Frame { rect, from: 0.0, to: 1.0, values: Values::around(0.0, 1.0, 0.0, 4) }
}

/// The same two signals of the runs beside, in their colours.
fn other_paths(x: &Line<'_>, y: &Line<'_>, of: Of, state: &mut ChartState, cx: &Cx<'_>) -> Vec<(Color32, Arc<Path>)> {
    let others = beside::others(cx.view, &state.compare, &cx.theme);
    let mut out = Vec::new();
    for other in others {
        let find = |line: &Line<'_>| other.run.schema.find(&line.signal.name);
        let (Some(a), Some(b)) = (find(x), find(y)) else { continue };
        let there = beside_of(&other, of);
        out.push((other.look.colour, state.stats.path(there, &other.run.recording, (a, b))));
    }
    out
}

/// The same stretch of time of another run.
pub(super) fn beside_of(other: &beside::Other<'_>, of: Of) -> Of {
    let row = |tick: u64| (other.shift.there(tick as f64).max(0.0) as u64).min(other.run.recording.rows());
    Of { run: (of.run.0, other.run.id, other.run.recording.changes()), from: row(of.from), to: row(of.to) }
}

/// The ranges of both axes: what is drawn, and limits that are near.
fn frame(rect: Rect, (x, y): (&Line<'_>, &Line<'_>), path: &Path, others: &[(Color32, Arc<Path>)]) -> Frame {
    let over = |of: fn(&Path) -> Option<(f64, f64)>, line: &Line<'_>| {
        let all = std::iter::once(path).chain(others.iter().map(|(_, p)| p.as_ref())).filter_map(of);
        let (low, high) = all.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))).unwrap_or(line.signal.range);
        let near = (high - low).max(0.05 * (line.signal.range.1 - line.signal.range.0));
        let limits = levels::limits(std::slice::from_ref(line));
        let reach = limits.iter().map(|l| l.at).filter(|at| *at >= low - near && *at <= high + near);
        reach.fold((low, high), |(l, h), at| (l.min(at), h.max(at)))
    };
    let least = |line: &Line<'_>| 0.02 * (line.signal.range.1 - line.signal.range.0);
    let (low, high) = over(|p| p.x, x);
    let horizontal = across(low, high, least(x), rect.width());
    let (low, high) = over(|p| p.y, y);
    let values = Values::around(low, high, least(y), (rect.height() / 30.0).clamp(2.0, 8.0) as usize);
    Frame { rect, from: horizontal.low, to: horizontal.high, values }
}

/// The colour of a place in time, early to late.
fn shade(theme: &Theme, share: f64) -> Color32 {
    let (low, high) = theme.tokens.temperature.range_degc;
    // The dark end of the scale would not be seen on a dark ground, nor the light one on a light ground.
    let share = if theme.is_dark() { 0.25 + 0.75 * share } else { 0.85 * share };
    theme.temperature(low + share.clamp(0.0, 1.0) * (high - low))
}

/// The path, as one mesh: pieces that would not be seen are left out.
fn drawn(frame: &Frame, path: &Path, colour: &dyn Fn(u64) -> Color32) -> Mesh {
    let half = 0.7_f32;
    let mut mesh = Mesh::default();
    let mut last: Option<(Pos2, u64)> = None;
    for (x, y, row) in &path.points {
        let at = pos2(frame.x(*x), frame.y(*y));
        match last {
            Some((from, before)) if row - before <= path.every.max(1) * 64 => {
                let along = at - from;
                if along.length() < VISIBLE {
                    continue;
                }
                let across = along.normalized().rot90() * half;
                let first = mesh.vertices.len() as u32;
                let colour = colour(*row);
                for corner in [from - across, from + across, at + across, at - across] {
                    mesh.colored_vertex(corner, colour);
                }
                mesh.add_triangle(first, first + 1, first + 2);
                mesh.add_triangle(first, first + 2, first + 3);
                last = Some((at, *row));
            }
            _ => last = Some((at, *row)),
        }
    }
    mesh
}

/// Everything that a picture of a path depends on beside its rows.
fn pictured(frame: &Frame, x: &Line<'_>, y: &Line<'_>, theme: &Theme) -> impl std::hash::Hash + use<> {
    let ranges = [frame.from, frame.to, frame.values.low, frame.values.high].map(f64::to_bits);
    (x.column, y.column, stats::place(frame.rect), ranges, theme.name as u8)
}

/// Where values are beyond a limit now, the band beyond it.
fn bands(pen: &Pen, frame: &Frame, (x, y): (&Line<'_>, &Line<'_>), cx: &Cx<'_>) {
    let sides = Sides { left: frame.clone(), right: Vec::new() };
    levels::bands(pen, &sides, std::slice::from_ref(y), cx.view);
    let value = cx.view.value(x.column);
    let alarm = x.signal.limits.judge(value);
    let l = x.signal.limits;
    let (low, high, colour) = match alarm {
        Alarm::Normal => return,
        Alarm::Warn => (l.warn_low, l.warn_high, *pen.theme.alarm.warn),
        Alarm::Trip => (l.trip_low, l.trip_high, *pen.theme.alarm.trip),
    };
    let fill = crate::app::theme::mix(colour, pen.theme.sunken, pen.theme.tokens.opacity.band);
    if let Some(limit) = high.filter(|at| value > *at) {
        pen.painter.rect_filled(frame.rect.with_min_x(frame.x(limit)), 0.0, fill);
    }
    if let Some(limit) = low.filter(|at| value < *at) {
        pen.painter.rect_filled(frame.rect.with_max_x(frame.x(limit)), 0.0, fill);
    }
}

/// The present as a point.
fn present(pen: &Pen, frame: &Frame, (x, y): (&Line<'_>, &Line<'_>), cx: &Cx<'_>) {
    let (a, b) = (cx.view.value(x.column), cx.view.value(y.column));
    if a.is_finite() && b.is_finite() {
        let at = pos2(frame.x(a), frame.y(b));
        pen.painter.circle(at, 5.0, *pen.theme.focus, Stroke::new(2.0, *pen.theme.sunken));
    }
}

/// Which colour is which time, below the right end of the plot.
fn ramp(pen: &Pen, plot: Rect, theme: &Theme, ends: &[String; 2]) {
    let [from, to] = ends;
    let y = plot.bottom() + 22.0;
    let late = pen.text(pos2(plot.right(), y), Align::Max, to, Face::NumberCaption, theme.text3);
    let bar = Rect::from_min_max(pos2(late.left() - 66.0, y - 3.0), pos2(late.left() - 6.0, y + 3.0));
    if bar.left() < plot.center().x + plot.width() * 0.2 {
        return;
    }
    let mut mesh = Mesh::default();
    for k in 0..20 {
        let part = Rect::from_min_size(bar.min + vec2(3.0 * k as f32, 0.0), vec2(3.0, bar.height()));
        mesh.add_colored_rect(part, shade(theme, (f64::from(k) + 0.5) / 20.0));
    }
    pen.painter.add(Shape::mesh(mesh));
    pen.text(pos2(bar.left() - 6.0, y), Align::Max, from, Face::NumberCaption, theme.text3);
}

/// The row whose point is nearest to a place.
fn nearest(frame: &Frame, path: &Path, at: Pos2) -> Option<u64> {
    let distance = |p: &(f64, f64, u64)| pos2(frame.x(p.0), frame.y(p.1)).distance(at);
    let near = path.points.iter().map(|p| (distance(p), p.2)).min_by(|a, b| a.0.total_cmp(&b.0));
    near.filter(|(distance, _)| *distance <= NEAR).map(|(_, row)| row)
}
