//! Quantities on top of each other: positive ones upwards from zero, negative ones downwards.
//!
//! While more than one row falls on a pixel, every term stands with its value of largest size among those rows: a peak
//! of one tick never vanishes, and the badge says so. The sum over it is drawn as the range that it went through.

use egui::epaint::Mesh;
use egui::{Color32, Rect, Shape, Stroke, Ui, pos2};

use crate::app::panel::axes::{self, Edges, Frame, Place, on_pixel};
use crate::app::panel::curve;
use crate::app::panel::graph::{LOW, badge, instants};
use crate::app::panel::legend::{Asked, Legend};
use crate::app::panel::line::{self, Line, selection_of};
use crate::app::panel::pen::Pen;
use crate::app::panel::readout;
use crate::app::panel::scale::Values;
use crate::app::panel::series::{Bars, Trace, row_at};
use crate::app::panel::time_axis::interact;
use crate::app::panel::{Cx, PanelState};
use crate::plant::{Role, Span};
use crate::record::Envelope;
use crate::signal::{Hold, SignalId};

/// Draws the stack with its sum, or the chart of a person, whose terms can be taken off (`own`); tells which is to go.
pub(in crate::app::panel) fn show(
    ui: &mut Ui,
    rect: Rect,
    (title, own): (&str, bool),
    terms: &[SignalId],
    sum: Option<SignalId>,
    state: &mut PanelState,
    cx: &mut Cx<'_>,
) -> Option<SignalId> {
    let (theme, view, charts) = (cx.theme, cx.view, &mut state.charts);
    let place = Place::of(rect, true, true, false)?;
    let mut removed = None;
    let id = ui.id().with(("stack", title, terms));
    let pen = Pen::new(ui, &theme);
    let dressed = line::dress(terms.iter().map(|t| (*t, Role::Line)), view, &theme, cx.selection);
    let total = line::dress(sum.map(|s| (s, Role::Answer)), view, &theme, cx.selection);
    let row = charts.cursor().and_then(|instant| row_at(&view.recording, instant));
    let (from, to) = charts.range(view);
    let width = place.plot.width();
    let bars: Vec<_> = dressed.iter().map(|l| charts.cache.bars(view, l.column, (from, to), width)).collect();
    let trace = sum.map(|s| charts.cache.past(view, s, Hold::Step, (from, to), width)).unwrap_or_default();
    let each = bars.iter().map(|b| b.each).max().unwrap_or(1);
    let decimated = if each > 1 { format!("peaks of {each}") } else { String::new() };
    if let Some(line) = place.legend {
        let note = if place.plot.height() < LOW { &decimated } else { "" };
        let lines = if own { dressed.clone() } else { legend_lines(&pen, line, title, &dressed, &total) };
        let legend = Legend { title, known: title, lines: &lines, row, removable: own, note };
        match legend.show(ui, &pen, line, id.with("legend"), view) {
            Asked::Select(column) => cx.selection = selection_of(view, column),
            Asked::Remove(column) => removed = Some(column),
            Asked::Nothing => {}
        }
    }
    let layers = layers(&bars);
    let (mut low, mut high) = (0.0_f64, 0.0_f64);
    for (from, to) in layers.iter().flatten().flatten() {
        low = low.min(*to).min(*from);
        high = high.max(*to).max(*from);
    }
    if let Some((l, h)) = trace.extremes {
        (low, high) = (low.min(l), high.max(h));
    }
    let values = Values::around(low, high, 0.1, (place.plot.height() / 30.0).clamp(2.0, 6.0) as usize);
    let frame = Frame { rect: place.plot, from, to, values };
    let unit = dressed.first().map_or("", |l| l.signal.unit.as_str());
    axes::draw(&pen, &frame, &view.spec.calendar, &Edges::left(unit, place.times));
    let inner = pen.clipped(frame.rect);
    for ((line, bars), layer) in dressed.iter().zip(&bars).zip(&layers) {
        inner.painter.add(Shape::mesh(columns(&inner, &frame, bars, layer, line.colour)));
    }
    sum_line(&inner, &frame, &trace);
    zero(&inner, &frame);
    instants(&pen, &frame, place.times, charts, view);
    badge(&inner, frame.rect, &decimated, view);
    let spoken = format!("{} stack", if title.is_empty() { "Terms" } else { title });
    let response = interact(ui, id, &frame, (&spoken, Span::Shared), charts, cx);
    if let Some(at) = response.interact_pointer_pos().filter(|_| response.clicked() && !response.double_clicked()) {
        match under(&frame, &dressed, &bars, &layers, at) {
            Some(column) => cx.selection = selection_of(view, column),
            None => charts.clicked_at(ui, view, &frame, at, Span::Shared),
        }
    }
    if let Some(row) = row {
        let within = charts.is_under_pointer(id).then(|| ui.clip_rect());
        let all: Vec<Line<'_>> = dressed.into_iter().chain(total).collect();
        readout::draw_values(&pen, &frame, &all, view, row, within);
    }
    removed
}

/// The sum, and all terms with it where their names fit into one line.
fn legend_lines<'a>(pen: &Pen, rect: Rect, title: &str, terms: &[Line<'a>], total: &[Line<'a>]) -> Vec<Line<'a>> {
    let all: Vec<Line<'a>> = total.iter().chain(terms).cloned().collect();
    if Legend::names_width(pen, title, &all) <= rect.width() { all } else { total.to_vec() }
}

/// Where every term begins and ends in every stretch, seen from zero.
type Layer = Vec<Option<(f64, f64)>>;

fn layers(bars: &[std::sync::Arc<Bars>]) -> Vec<Layer> {
    let count = bars.iter().map(|b| b.list.len()).max().unwrap_or(0);
    let (mut up, mut down) = (vec![0.0; count], vec![0.0; count]);
    let place = |(index, stretch): (usize, &Option<Envelope>)| {
        let value = peak(stretch.as_ref()?);
        let end = if value >= 0.0 { up.get_mut(index)? } else { down.get_mut(index)? };
        let start = *end;
        *end += value;
        Some((start, *end))
    };
    let mut place = place;
    bars.iter().map(|bars| bars.list.iter().enumerate().map(&mut place).collect()).collect()
}

/// The value of largest size in a stretch.
fn peak(stretch: &Envelope) -> f64 {
    if stretch.high.abs() >= stretch.low.abs() { stretch.high } else { stretch.low }
}

/// A layer as columns that touch each other: edges stand on whole pixels, so that no gap shines through.
fn columns(pen: &Pen, frame: &Frame, bars: &Bars, layer: &Layer, colour: Color32) -> Mesh {
    let mut mesh = Mesh::default();
    for (index, stretch) in layer.iter().enumerate() {
        let Some((start, end)) = stretch.filter(|(start, end)| start != end) else { continue };
        let (left, right) = bars.span(index);
        let (left, right) = (on_pixel(pen, frame.x(left)), on_pixel(pen, frame.x(right)));
        let (a, b) = (frame.y(start), frame.y(end));
        if right > left {
            mesh.add_colored_rect(Rect::from_min_max(pos2(left, a.min(b)), pos2(right, a.max(b))), colour);
        }
    }
    mesh
}

/// The sum as a line with an outline, readable over any term.
fn sum_line(pen: &Pen, frame: &Frame, trace: &Trace) {
    let mut places = Vec::new();
    for (colour, width) in [(pen.theme.sunken, 4.0), (pen.theme.text, 1.5)] {
        for piece in &trace.pieces {
            frame.places(piece, &mut places);
            curve::draw(pen, &places, trace.form(Hold::Step), Stroke::new(width, *colour));
        }
    }
}

/// The zero line stays in sight over the terms.
fn zero(pen: &Pen, frame: &Frame) {
    let y = frame.y(0.0);
    pen.hline(frame.rect.left(), frame.rect.right(), y, Stroke::new(1.0, pen.theme.line_strong));
}

/// The term at a place of the stack.
fn under(
    frame: &Frame,
    terms: &[Line<'_>],
    bars: &[std::sync::Arc<Bars>],
    layers: &[Layer],
    at: egui::Pos2,
) -> Option<SignalId> {
    let row = frame.tick(at.x);
    terms.iter().zip(bars).zip(layers).find_map(|((line, bars), layer)| {
        let index = ((row - bars.first as f64) / bars.each.max(1) as f64).floor();
        let (start, end) = (*layer.get(if index >= 0.0 { index as usize } else { return None })?)?;
        let (a, b) = (frame.y(start), frame.y(end));
        (a.min(b)..=a.max(b)).contains(&at.y).then_some(line.column)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn bars(values: &[f64]) -> Arc<Bars> {
        let of = |row: usize, v: f64| {
            v.is_finite().then_some(Envelope { row: row as u64, rows: 1, low: v, high: v, first: v, last: v })
        };
        Arc::new(Bars {
            first: 0,
            each: 1,
            lacks: None,
            list: values.iter().enumerate().map(|(r, v)| of(r, *v)).collect(),
        })
    }

    #[test]
    fn positive_terms_go_up_and_negative_ones_down() {
        let all = [bars(&[1.0, 1.0, f64::NAN]), bars(&[-0.5, 2.0, -1.0]), bars(&[-0.25, 0.0, -1.0])];
        let layers = layers(&all);
        assert_eq!(layers.first(), Some(&vec![Some((0.0, 1.0)), Some((0.0, 1.0)), None]));
        assert_eq!(layers.get(1), Some(&vec![Some((0.0, -0.5)), Some((1.0, 3.0)), Some((0.0, -1.0))]));
        assert_eq!(layers.get(2), Some(&vec![Some((-0.5, -0.75)), Some((3.0, 3.0)), Some((-1.0, -2.0))]));
    }

    #[test]
    fn a_peak_of_one_tick_is_what_its_stretch_shows() {
        let stretch = Envelope { row: 0, rows: 24, low: -8.0, high: 1.0, first: 1.0, last: 1.0 };
        assert_eq!(peak(&stretch), -8.0);
        assert_eq!(peak(&Envelope { low: -0.1, ..stretch }), 1.0);
    }
}
