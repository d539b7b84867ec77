//! The true samples under the pointer.

use egui::{Align, Rect, Stroke, StrokeKind, pos2, vec2};

use crate::app::theme::{Face, corners};
use crate::session::RunView;

use super::axes::{Frame, Sides};
use super::legend::sample;
use super::line::Line;
use super::pen::Pen;
use super::words::{clock, value_unit};

/// Draws the line at a row with a dot on every series there; `within` adds the values in a box that keeps to it where it can.
/// All values are taken from the rows, never from the picture.
pub(super) fn draw(pen: &Pen, sides: &Sides, lines: &[Line<'_>], view: &RunView, row: u64, within: Option<Rect>) {
    let frame = &sides.left;
    let x = frame.x((row + 1) as f64);
    let inner = pen.clipped(frame.rect.expand(3.0));
    for line in lines.iter().filter(|_| in_sight(frame, row)) {
        let value = view.recording.value(row, line.column);
        if value.is_finite() {
            inner.painter.circle(pos2(x, sides.of(line.side).y(value)), 3.0, line.colour, (1.0, *pen.theme.sunken));
        }
    }
    draw_values(pen, frame, lines, view, row, within);
}

/// As [`draw`], without the dots: where quantities are stacked, their own values stand nowhere.
pub(super) fn draw_values(
    pen: &Pen,
    frame: &Frame,
    lines: &[Line<'_>],
    view: &RunView,
    row: u64,
    within: Option<Rect>,
) {
    if !line_at(&pen.clipped(frame.rect), frame, row) {
        return;
    }
    let theme = &pen.theme;
    let x = frame.x((row + 1) as f64);
    let of = |line: &Line<'_>| value_unit(line.signal, view.recording.value(row, line.column));
    let values: Vec<(&str, String, &Line<'_>)> =
        lines.iter().map(|line| (line.signal.label.as_str(), of(line), line)).collect();
    let Some(within) = within.filter(|_| !values.is_empty()) else { return };
    let time = clock(view.spec.calendar.civil(row + 1));
    let label = values.iter().map(|(l, ..)| pen.width(l, Face::Label)).fold(0.0, f32::max);
    let number = values.iter().map(|(_, v, _)| pen.width(v, Face::NumberLabel)).fold(0.0, f32::max);
    let width = (label + number + 44.0).max(pen.width(&time, Face::NumberLabel) + 20.0);
    let size = vec2(width, values.len() as f32 * 17.0 + 26.0);
    // Beside the line, on the side that has room; over the tile next to it rather than cut off at its edge.
    let pen = &pen.above();
    let whole = pen.painter.clip_rect().shrink(4.0);
    let left = if x + size.x + 12.0 < within.right() { x + 10.0 } else { x - 10.0 - size.x };
    let left = if left < whole.left() { (x + 10.0).min(whole.right() - size.x) } else { left };
    let top =
        (frame.rect.top() + 6.0).min(within.bottom() - size.y - 2.0).max(within.top()).min(whole.bottom() - size.y);
    let rect = Rect::from_min_size(pos2(left, top), size);
    pen.painter.rect(rect, corners(theme.tokens.radius.control), theme.raised, theme.outline(), StrokeKind::Inside);
    pen.text(pos2(rect.left() + 10.0, rect.top() + 13.0), Align::Min, &time, Face::NumberLabel, theme.text2);
    let mut y = rect.top() + 31.0;
    for (label, value, line) in values {
        sample(pen, pos2(rect.left() + 15.0, y), 2.0, line);
        pen.text(pos2(rect.left() + 26.0, y), Align::Min, label, Face::Label, theme.text2);
        pen.text(pos2(rect.right() - 10.0, y), Align::Max, &value, Face::NumberLabel, theme.text);
        y += 17.0;
    }
}

/// Draws the line at a row, if it is in sight, and tells whether it is.
pub(super) fn line_at(pen: &Pen, frame: &Frame, row: u64) -> bool {
    if !in_sight(frame, row) {
        return false;
    }
    let x = frame.x((row + 1) as f64);
    pen.vline(x, frame.rect.top(), frame.rect.bottom(), Stroke::new(1.0, pen.theme.text2));
    true
}

/// Whether the end of a row's tick is in sight.
fn in_sight(frame: &Frame, row: u64) -> bool {
    let x = frame.x((row + 1) as f64);
    x >= frame.rect.left() - 0.5 && x <= frame.rect.right() + 0.5
}
