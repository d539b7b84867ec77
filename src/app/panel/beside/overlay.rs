//! Other runs over a chart: their lines in their colours and dashes, their names, and where they first differ.

use std::sync::Arc;

use egui::{Align, Pos2, Rect, Stroke, pos2, vec2};

use crate::app::theme::{Face, corners};
use crate::plant::Role;
use crate::session::RunView;

use super::super::axes::Sides;
use super::super::cache::Cache;
use super::super::curve;
use super::super::line::Line;
use super::super::pen::Pen;
use super::super::series::Trace;
use super::super::words::clock;
use super::{Other, first_difference, ring};

/// Width of the lines of other runs, points.
const WIDTH: f32 = 1.5;

/// A line of another run.
pub(in crate::app::panel) struct Over<'a> {
    /// Whose it is.
    pub other: Other<'a>,
    /// The line of the chart that it is held against.
    pub line: usize,
    /// Its past, in ticks of its own run.
    pub trace: Arc<Trace>,
}

/// The lines of other runs: those of the selected series where one is selected, else all that are not asked for.
pub(in crate::app::panel) fn of<'a>(
    others: &[Other<'a>],
    lines: &[Line<'_>],
    (from, to): (f64, f64),
    pixels: f32,
    cache: &mut Cache,
) -> Vec<Over<'a>> {
    let selected = lines.iter().any(|l| l.selected);
    let meant = |line: &Line<'_>| if selected { line.selected } else { line.role != Role::Request };
    let mut all = Vec::new();
    for other in others {
        for (index, line) in lines.iter().enumerate().filter(|(_, l)| meant(l)) {
            let Some(column) = other.run.schema.find(&line.signal.name) else { continue };
            let range = (other.shift.there(from), other.shift.there(to));
            let trace = cache.beside(other.run.id, &other.run.recording, column, line.signal.hold, range, pixels);
            all.push(Over { other: *other, line: index, trace });
        }
    }
    all
}

/// Draws them below the shown run's own lines.
pub(in crate::app::panel) fn draw(pen: &Pen, sides: &Sides, overs: &[Over<'_>], lines: &[Line<'_>]) {
    for over in overs {
        let Some(line) = lines.get(over.line) else { continue };
        let frame = sides.of(line.side);
        let stroke = Stroke::new(WIDTH, over.other.look.colour);
        for piece in &over.trace.pieces {
            let points: Vec<Pos2> = piece
                .iter()
                .map(|[tick, value]| pos2(frame.x(over.other.shift.here(*tick)), frame.y(*value)))
                .collect();
            match over.other.look.dash {
                Some((dash, gap)) => pen.broken(&points, dash, gap, stroke),
                None => curve::draw(pen, &points, over.trace.form(line.signal.hold), stroke),
            }
        }
    }
}

/// Rings where other runs first differ from the shown one.
pub(in crate::app::panel) fn partings(
    pen: &Pen,
    sides: &Sides,
    overs: &[Over<'_>],
    lines: &[Line<'_>],
    view: &RunView,
) {
    let mut seen: Vec<u64> = Vec::new();
    for over in overs {
        let (Some(row), Some(line)) = (first_difference(view, over.other.run), lines.get(over.line)) else { continue };
        let frame = sides.of(line.side);
        let x = frame.x((row + 1) as f64);
        let value = view.beside.shown_run().map_or(f64::NAN, |shown| shown.recording.value(row, line.column));
        if seen.contains(&over.other.run.id) || x < frame.rect.left() || x > frame.rect.right() {
            continue;
        }
        seen.push(over.other.run.id);
        if value.is_finite() {
            ring(pen, pos2(x, frame.y(value)), over.other.look.colour);
        }
        pen.vline(x, frame.rect.bottom() - 5.0, frame.rect.bottom(), Stroke::new(2.0, over.other.look.colour));
    }
}

/// Width that the names of runs take in a line.
pub(in crate::app::panel) fn names_width(pen: &Pen, others: &[Other<'_>]) -> f32 {
    others.iter().map(|other| pen.width(&other.run.name, Face::Caption) + 34.0).sum()
}

/// Names of the runs with samples of their lines, in one line from its left end on.
pub(in crate::app::panel) fn names(pen: &Pen, line: Rect, others: &[Other<'_>], view: &RunView) {
    let theme = &pen.theme;
    let mut x = line.left() + 6.0;
    let y = line.center().y;
    for (k, other) in others.iter().enumerate() {
        let width = pen.width(&other.run.name, Face::Caption) + 28.0;
        if x + width > line.right() + 1.0 {
            pen.text(pos2(x, y), Align::Min, &format!("{} more", others.len() - k), Face::Caption, theme.text3);
            return;
        }
        let ground = Rect::from_min_size(pos2(x, y - 7.0), vec2(width, 14.0));
        pen.painter.rect_filled(
            ground,
            corners(2.0),
            if line.height() < 20.0 { *theme.sunken } else { *theme.surface },
        );
        other.look.sample(pen, Rect::from_min_size(pos2(x + 2.0, y - 1.0), vec2(20.0, 2.0)));
        pen.text(pos2(x + 26.0, y), Align::Min, &other.run.name, Face::Caption, theme.text2);
        x = ground.right() + 6.0;
    }
    // One run alone leaves room for the instant at which it leaves the shown one.
    if let [other] = others
        && let Some(row) = first_difference(view, other.run)
    {
        let words = format!("first difference {}", clock(view.spec.calendar.civil(row + 1)));
        if x + pen.width(&words, Face::Caption) < line.right() {
            pen.text(pos2(x, y), Align::Min, &words, Face::Caption, theme.text3);
        }
    }
}
