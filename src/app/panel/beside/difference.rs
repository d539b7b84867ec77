//! Charts of differences: every other run less the shown one, row by row.

use egui::{Align, Pos2, Rect, Stroke, Ui, pos2, vec2};

use crate::app::theme::Face;
use crate::session::RunView;
use crate::signal::SignalId;

use super::super::Cx;
use super::super::axes::{self, Edges, Frame, Place};
use super::super::curve::{self, Form};
use super::super::graph::{Graph, badge, instants};
use super::super::line::Line;
use super::super::pen::Pen;
use super::super::scale::Values;
use super::super::time_axis::{ChartState, interact};
use super::super::words::{clock, value_unit};
use super::cursors::with_sign;
use super::{Other, first_difference, ring};

/// Most rows that are held against each other for a picture: more are looked at in even steps.
const MOST: u64 = 20_000;

/// A difference over a range.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Difference {
    /// Ticks of the shown run, and the difference.
    pub points: Vec<[f64; 2]>,
    /// Rows from one that was looked at to the next.
    pub every: u64,
    /// Largest difference by size, with its row.
    pub largest: Option<(u64, f64)>,
    /// Root of the mean square.
    pub rms: f64,
}

/// Rows of another run less those of the shown one, over a range of ticks.
pub(super) fn of(view: &RunView, other: &Other<'_>, line: &Line<'_>, (from, to): (f64, f64)) -> Difference {
    let own = view.beside.shown_run().map_or(&view.recording, |shown| &shown.recording);
    let Some(column) = other.run.schema.find(&line.signal.name) else { return Difference::default() };
    let last = (to.max(0.0).ceil() as u64).min(own.rows());
    let first = (from.max(0.0) as u64).min(last);
    let every = ((last - first) / MOST).max(1);
    let mut out = Difference { every, ..Difference::default() };
    let (mut squares, mut count) = (0.0, 0_u64);
    let mut row = first;
    while row < last {
        // A row tells about the tick that ends at row + 1.
        let there = other.shift.there((row + 1) as f64).round() - 1.0;
        if there >= 0.0 && (there as u64) < other.run.recording.rows() {
            let difference = other.run.recording.value(there as u64, column) - own.value(row, line.column);
            if difference.is_finite() {
                out.points.push([(row + 1) as f64, difference]);
                squares += difference * difference;
                count += 1;
                if out.largest.is_none_or(|(_, most)| difference.abs() > most.abs()) {
                    out.largest = Some((row, difference));
                }
            }
        }
        row += every;
    }
    out.rms = if count > 0 { (squares / count as f64).sqrt() } else { f64::NAN };
    out
}

/// Draws a chart of differences where [`super::super::graph::show`] would draw the lines themselves.
pub(in crate::app::panel) fn show(
    ui: &mut Ui,
    rect: Rect,
    graph: &Graph<'_>,
    others: &[Other<'_>],
    state: &mut ChartState,
    cx: &mut Cx<'_>,
) -> Option<SignalId> {
    let theme = cx.theme;
    let view = cx.view;
    let id = ui.id().with(("chart", graph.name));
    let place = Place::of(rect, true, graph.times, false)?;
    let pen = Pen::new(ui, &theme);
    let (from, to) = state.range_of(view, graph.span);
    let plot = place.plot;
    let selected = graph.lines.iter().position(|l| l.selected);
    let line = selected.or(graph.lines.len().checked_sub(1)).and_then(|k| graph.lines.get(k))?;
    let all: Vec<(Other<'_>, Difference)> = others.iter().map(|o| (*o, of(view, o, line, (from, to)))).collect();
    let most = all.iter().filter_map(|(_, d)| d.largest).map(|(_, v)| v.abs()).fold(0.0, f64::max);
    let range = (line.signal.range.1 - line.signal.range.0).abs();
    let least = if range.is_finite() && range > 0.0 { 0.02 * range } else { 1e-9 };
    let values = Values::around(-most, most, least, (plot.height() / 30.0).clamp(2.0, 8.0) as usize);
    let frame = Frame { rect: plot, from, to, values };
    if let Some(legend) = place.legend {
        heading(&pen, legend, line, &all, view);
    }
    axes::draw(&pen, &frame, &view.spec.calendar, &Edges::left(&line.signal.unit, place.times));
    let inner = pen.clipped(plot);
    for (other, difference) in &all {
        let points: Vec<Pos2> = difference.points.iter().map(|[t, v]| pos2(frame.x(*t), frame.y(*v))).collect();
        let stroke = Stroke::new(1.5, other.look.colour);
        match other.look.dash {
            Some((dash, gap)) if others.len() > 1 => inner.broken(&points, dash, gap, stroke),
            _ => curve::draw(&inner, &points, Form::Line, stroke),
        }
        if let Some(row) = first_difference(view, other.run) {
            let x = frame.x((row + 1) as f64);
            let value = difference.points.iter().find(|p| p[0] >= (row + 1) as f64).map_or(0.0, |p| p[1]);
            if plot.x_range().contains(x) {
                ring(&inner, pos2(x, frame.y(value)), other.look.colour);
                parting(&inner, plot, pos2(x, frame.y(value)), row, view);
            }
        }
    }
    instants(&pen, &frame, place.times, state, view);
    let every = all.iter().map(|(_, d)| d.every).max().unwrap_or(1);
    let words = if every > 1 { format!("every {every}th row") } else { String::new() };
    badge(&inner, plot, &words, view);
    let response = interact(ui, id, &frame, (&graph.spoken, graph.span), state, cx);
    if let Some(at) = response.interact_pointer_pos().filter(|_| response.clicked() && !response.double_clicked()) {
        state.clicked_at(ui, view, &frame, at, graph.span);
    }
    None
}

/// Time and size of the first difference, beside its ring.
fn parting(pen: &Pen, plot: Rect, at: Pos2, row: u64, view: &RunView) {
    let words = format!("First difference {}", clock(view.spec.calendar.civil(row + 1)));
    let width = pen.width(&words, Face::Caption) + 10.0;
    if plot.height() < 60.0 || plot.width() < width + 40.0 {
        return;
    }
    let left = if at.x + width + 12.0 < plot.right() { at.x + 10.0 } else { at.x - width - 10.0 };
    let ground = Rect::from_min_size(pos2(left, plot.top() + 18.0), vec2(width, 15.0));
    let theme = &pen.theme;
    pen.painter.rect(ground, 2.0, theme.raised, theme.outline(), egui::StrokeKind::Inside);
    pen.text(ground.center(), Align::Center, &words, Face::Caption, theme.text);
}

/// What is held against what, and how far they are apart.
fn heading(pen: &Pen, rect: Rect, line: &Line<'_>, all: &[(Other<'_>, Difference)], view: &RunView) {
    let theme = &pen.theme;
    let y = rect.center().y;
    let shown = view.beside.shown_run().map_or("the shown run", |run| run.name.as_str());
    let name = pen.text_within(
        pos2(rect.left(), y),
        Align::Min,
        rect.width() * 0.5,
        &format!("{}, less {shown}", line.signal.label),
        Face::Label,
        theme.text2,
    );
    let mut x = name.right() + 12.0;
    for (other, difference) in all {
        let largest = difference
            .largest
            .map_or(String::new(), |(_, v)| format!("largest {}", with_sign(value_unit(line.signal, v), v)));
        let long = format!("{}: RMS {}, {largest}", other.run.name, value_unit(line.signal, difference.rms));
        let short = format!("{}: RMS {}", other.run.name, value_unit(line.signal, difference.rms));
        let fits = |w: &String| x + 22.0 + pen.width(w, Face::Label) <= rect.right();
        let Some(words) = [long, short, other.run.name.clone()].into_iter().find(fits) else { break };
        other.look.sample(pen, Rect::from_min_size(pos2(x, y - 1.0), vec2(16.0, 2.0)));
        x = pen.text(pos2(x + 20.0, y), Align::Min, &words, Face::Label, theme.text).right() + 12.0;
    }
}
