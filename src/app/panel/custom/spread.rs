//! How values spread: how often each occurs, and sorted from high to low over the share of time.

use egui::epaint::Mesh;
use egui::{Pos2, Rect, Shape, Stroke, pos2};

use super::plane::beside_of;
use super::plot::{self, Begun, Canvas, Told, badge_words, tip};
use super::stats::{self, Of};
use crate::app::panel::Cx;
use crate::app::panel::axes::{Frame, Sides};
use crate::app::panel::beside::{self, Other};
use crate::app::panel::curve::{self, Form};
use crate::app::panel::graph::badge;
use crate::app::panel::levels;
use crate::app::panel::line::Line;
use crate::app::panel::pen::Pen;
use crate::app::panel::scale::Values;
use crate::app::panel::time_axis::ChartState;
use crate::app::panel::words::{duration as time_words, seconds, value_unit};
use crate::app::theme::mix;
use crate::evaluate::charts::{Bins, Duration, Histogram, Samples, bins, every_words};
use crate::signal::{Alarm, SignalId};

/// Points of a duration curve.
const POINTS: usize = 600;

/// The line that other runs are held against.
fn meant<'a, 'b>(own: &[&'b Line<'a>]) -> Option<&'b Line<'a>> {
    own.iter().find(|l| l.selected).or(own.first()).copied()
}

/// Draws a histogram of signals of one unit and tells which series is to be taken off.
pub(super) fn histogram(on: Canvas<'_, '_>, state: &mut ChartState, cx: &mut Cx<'_>) -> Option<SignalId> {
    let (view, theme) = (cx.view, cx.theme);
    let Begun { plot: body, pen, of, removed } = on.begin("", state, cx)?;
    let Canvas { ui, chart, lines, .. } = on;
    let own: Vec<&Line<'_>> = lines.iter().collect();
    let all: Vec<_> = own.iter().map(|l| state.stats.samples(of, &view.recording, l.column)).collect();
    let extremes = all.iter().filter_map(|s| s.extremes()).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    let unit = own.first().map_or("", |l| l.signal.unit.as_str());
    let range = own.first().map_or((0.0, 1.0), |l| l.signal.range);
    let (low, high) = extremes.unwrap_or(range);
    let about = (body.width() / 12.0).clamp(8.0, 60.0) as usize;
    let whole = bins(low, high, about);
    let part = state.zooms.shown(chart.zoom_id(ui, "histogram"), (whole.low, whole.high()), None);
    // A closer look has finer bins.
    let bins = if part.is_part() { bins(part.across.1.0, part.across.1.1, about) } else { whole };
    let counted: Vec<_> = own.iter().map(|l| state.stats.histogram(of, &view.recording, l.column, bins)).collect();
    let beside = beside::others(view, &state.compare, &theme);
    let others = other_histograms(&beside, meant(&own), of, bins, state);
    let most = counted.iter().chain(others.iter().map(|(_, h)| h)).map(|h| h.largest()).fold(0.01, f64::max);
    let values = Values::around(0.0, 100.0 * most, 0.0, (body.height() / 30.0).clamp(2.0, 8.0) as usize);
    let (from, to) = part.across.1;
    let frame = Frame { rect: body, from, to, values };
    let horizontal = within(from, to, frame.rect.width());
    let below = if unit.is_empty() { "share of ticks".to_owned() } else { format!("{unit}, share of ticks") };
    plot::ground(&pen, &frame, &horizontal, (&below, "%"));
    let inner = pen.clipped(frame.rect);
    for (line, counted) in own.iter().zip(&counted) {
        let fill = mix(line.colour, theme.sunken, if own.len() > 1 { 0.25 } else { 0.6 });
        let mut mesh = Mesh::default();
        for bin in 0..bins.count {
            mesh.add_colored_rect(bar(&frame, counted, bin), fill);
        }
        inner.painter.add(Shape::mesh(mesh));
    }
    for (line, counted) in own.iter().zip(&counted) {
        curve::draw(&inner, &outline(&frame, counted), Form::Steps, Stroke::new(1.4, line.colour));
    }
    for (other, counted) in &others {
        let (dash, gap) = other.look.dash.unwrap_or((f32::INFINITY, 1.0));
        inner.broken(&outline(&frame, counted), dash, gap, Stroke::new(1.4, other.look.colour));
    }
    for line in &own {
        plot::limits_across(&inner, &frame, &levels::limits(std::slice::from_ref(*line)));
    }
    if let Some(line) = meant(&own) {
        let now = view.value(line.column);
        if now.is_finite() {
            let at = frame.x(now);
            inner.vline(at, frame.rect.top(), frame.rect.bottom(), Stroke::new(1.0, theme.focus));
        }
    }
    say(&inner, frame.rect, (of, part.words()), all.first().map(|s| s.as_ref()), state, cx);
    let response = chart.plot(ui, frame.rect, "histogram");
    state.zooms.turn(ui, &response, frame.rect, &part);
    if let Some(at) = response.hover_pos()
        && let Some(bin) = bins.of(frame.tick(at.x))
    {
        let (a, b) = bins.edges(bin);
        let signal = own.first().map(|l| l.signal);
        let number = |v: f64| signal.map_or(String::new(), |s| crate::signal::format_number(v, s.decimals));
        let heading = plot::with_unit(&format!("{} to {}", number(a), number(b)), unit);
        let mut told: Vec<Told> = own
            .iter()
            .zip(&counted)
            .map(|(line, h)| (Some(line.colour), line.signal.label.clone(), of_ticks(h, bin)))
            .collect();
        told.extend(others.iter().map(|(o, h)| (Some(o.look.colour), o.run.name.clone(), of_ticks(h, bin))));
        tip(&pen, ui.clip_rect(), at, &heading, &told);
    }
    removed
}

/// `4.2 % (31)`.
fn of_ticks(histogram: &Histogram, bin: usize) -> String {
    let count = histogram.counts.get(bin).copied().unwrap_or(0);
    format!("{:.1} % ({})", 100.0 * histogram.share(bin), crate::app::panel::words::grouped(count))
}

/// An axis whose ends are given.
fn within(low: f64, high: f64, width: f32) -> Values {
    let marks = plot::across(low, high, 0.0, width);
    Values { low, high, step: marks.step }
}

fn other_histograms<'a>(
    beside: &[Other<'a>],
    line: Option<&Line<'_>>,
    of: Of,
    bins: Bins,
    state: &mut ChartState,
) -> Vec<(Other<'a>, std::sync::Arc<Histogram>)> {
    let Some(line) = line else { return Vec::new() };
    let mut out = Vec::new();
    for other in beside {
        if let Some(column) = other.run.schema.find(&line.signal.name) {
            let there = beside_of(other, of);
            out.push((*other, state.stats.histogram(there, &other.run.recording, column, bins)));
        }
    }
    out
}

/// The bar of a bin.
fn bar(frame: &Frame, histogram: &Histogram, bin: usize) -> Rect {
    let (a, b) = histogram.bins.edges(bin);
    let top = frame.y(100.0 * histogram.share(bin));
    Rect::from_min_max(pos2(frame.x(a), top), pos2(frame.x(b), frame.y(0.0)))
}

/// The upper edge of all bars.
fn outline(frame: &Frame, histogram: &Histogram) -> Vec<Pos2> {
    let bars = (0..histogram.bins.count).map(|bin| bar(frame, histogram, bin));
    bars.flat_map(|b| [b.left_top(), b.right_top()]).collect()
}

/// Draws duration curves of signals of one unit and tells which series is to be taken off.
pub(super) fn duration(on: Canvas<'_, '_>, state: &mut ChartState, cx: &mut Cx<'_>) -> Option<SignalId> {
    let (view, theme) = (cx.view, cx.theme);
    let Begun { plot: body, pen, of, removed } = on.begin("", state, cx)?;
    let Canvas { ui, chart, lines, .. } = on;
    let own: Vec<&Line<'_>> = lines.iter().collect();
    let first = own.first().map(|l| state.stats.samples(of, &view.recording, l.column));
    let curves: Vec<_> = own.iter().map(|l| state.stats.duration(of, &view.recording, l.column)).collect();
    let beside = beside::others(view, &state.compare, &theme);
    let mut others = Vec::new();
    for other in &beside {
        if let Some(column) = meant(&own).and_then(|l| other.run.schema.find(&l.signal.name)) {
            others.push((*other, state.stats.duration(beside_of(other, of), &other.run.recording, column)));
        }
    }
    let part = state.zooms.shown(chart.zoom_id(ui, "duration curve"), (0.0, 100.0), None);
    let (from, to) = part.across.1;
    // What is in sight has the whole height.
    let ends_of = |d: &Duration| d.ends().map(|_| (d.at(from / 100.0), d.at(to / 100.0)));
    let ends = curves.iter().chain(others.iter().map(|(_, d)| d)).filter_map(|d| ends_of(d));
    let (high, low) = ends.reduce(|a, b| (a.0.max(b.0), a.1.min(b.1))).unwrap_or((1.0, 0.0));
    let limits = levels::limits(&own.iter().map(|l| (*l).clone()).collect::<Vec<_>>());
    let near = high - low;
    let reach = limits.iter().map(|l| l.at).filter(|at| *at >= low - near && *at <= high + near);
    let (low, high) = reach.fold((low, high), |(l, h), at| (l.min(at), h.max(at)));
    let least = own.first().map_or(0.0, |l| 0.02 * (l.signal.range.1 - l.signal.range.0));
    let values = Values::around(low, high, least, (body.height() / 30.0).clamp(2.0, 8.0) as usize);
    let frame = Frame { rect: body, from, to, values };
    let unit = own.first().map_or("", |l| l.signal.unit.as_str());
    plot::ground(&pen, &frame, &within(from, to, frame.rect.width()), ("% of the time at or above", unit));
    let inner = pen.clipped(frame.rect);
    let places = |curve: &Duration| -> Vec<Pos2> {
        if !part.is_part() {
            return curve.points(POINTS).iter().map(|p| pos2(frame.x(100.0 * p[0]), frame.y(p[1]))).collect();
        }
        let shares = (0..=POINTS).map(|k| from + (to - from) * k as f64 / POINTS as f64);
        shares.map(|share| pos2(frame.x(share), frame.y(curve.at(share / 100.0)))).collect()
    };
    for (other, curve) in &others {
        let (dash, gap) = other.look.dash.unwrap_or((f32::INFINITY, 1.0));
        inner.broken(&places(curve), dash, gap, Stroke::new(1.4, other.look.colour));
    }
    for (line, curve) in own.iter().zip(&curves) {
        curve::draw(&inner, &places(curve), Form::Line, Stroke::new(line.width, line.colour));
    }
    let sides = Sides { left: frame.clone(), right: Vec::new() };
    levels::draw_limits(&inner, &sides, limits.clone());
    say(&inner, frame.rect, (of, part.words()), first.as_deref(), state, cx);
    let response = chart.plot(ui, frame.rect, "duration curve");
    state.zooms.turn(ui, &response, frame.rect, &part);
    if let Some(at) = response.hover_pos() {
        let share = (frame.tick(at.x) / 100.0).clamp(0.0, 1.0);
        inner.vline(at.x, frame.rect.top(), frame.rect.bottom(), Stroke::new(1.0, theme.text2));
        let long = time_words((seconds(view, share * (of.to - of.from) as f64) / 60.0).round() * 60.0);
        let heading = format!("{:.1} % of the time, {long}", 100.0 * share);
        let mut told: Vec<Told> = Vec::new();
        for (line, curve) in own.iter().zip(&curves) {
            told.push((Some(line.colour), line.signal.label.clone(), value_unit(line.signal, curve.at(share))));
            for limit in levels::limits(std::slice::from_ref(*line)) {
                told.push(beyond(line, curve, limit.at, limit.alarm));
            }
        }
        if let Some(line) = meant(&own) {
            let of_run = |(o, d): &(Other<'_>, std::sync::Arc<Duration>)| {
                (Some(o.look.colour), o.run.name.clone(), value_unit(line.signal, d.at(share)))
            };
            told.extend(others.iter().map(of_run));
        }
        tip(&pen, ui.clip_rect(), at, &heading, &told);
    }
    removed
}

/// How much of the time a limit was violated.
fn beyond(line: &Line<'_>, curve: &Duration, at: f64, alarm: Alarm) -> Told {
    let l = line.signal.limits;
    let word = if alarm == Alarm::Trip { "trip" } else { "warn" };
    let above = [l.warn_high, l.trip_high].contains(&Some(at));
    let (side, share) = if above { ("above", curve.above(at)) } else { ("below", curve.below(at)) };
    (None, format!("{side} {word} {}", value_unit(line.signal, at)), format!("{:.1} %", 100.0 * share))
}

/// The badge: how rows were looked at.
fn say(pen: &Pen, plot: Rect, (of, part): (Of, &str), first: Option<&Samples>, state: &mut ChartState, cx: &Cx<'_>) {
    let (every, gone) = first.map_or((1, 0), |s| (s.every, s.gone));
    let gone = stats::gone(state, of, every, gone);
    badge(pen, plot, &badge_words(&[&every_words(every), gone, part]), cx.view);
}
