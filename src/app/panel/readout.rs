//! The true samples under the pointer.

use egui::{Align, Color32, Rect, StrokeKind, pos2, vec2};

use crate::app::theme::{Face, corners};
use crate::session::RunView;

use super::axes::Frame;
use super::chart::Line;
use super::pen::Pen;
use super::series::row_at;
use super::words::{clock, value_unit};

/// Draws the line under the pointer with the values of every series there, taken from the rows, never from the picture.
pub(super) fn draw(pen: &Pen, frame: &Frame, lines: &[Line<'_>], view: &RunView, instant: f64) {
    let theme = &pen.theme;
    let Some(row) = row_at(&view.recording, instant) else { return };
    let x = frame.x((row + 1) as f64);
    if x < frame.rect.left() - 0.5 || x > frame.rect.right() + 0.5 {
        return;
    }
    pen.vline(x, frame.rect.top(), frame.rect.bottom(), egui::Stroke::new(1.0, theme.text2));
    let values: Vec<(String, String, Color32)> = lines
        .iter()
        .map(|line| {
            let value = view.recording.value(row, line.column);
            if value.is_finite() {
                pen.painter.circle(pos2(x, frame.y(value)), 3.0, line.colour, (1.0, *theme.sunken));
            }
            (line.signal.label.clone(), value_unit(line.signal, value), line.colour)
        })
        .collect();
    let time = clock(view.spec.calendar.civil(row + 1));
    let label = values.iter().map(|(l, ..)| pen.width(l, Face::Label)).fold(0.0, f32::max);
    let number = values.iter().map(|(_, v, _)| pen.width(v, Face::NumberLabel)).fold(0.0, f32::max);
    let width = (label + number + 44.0).max(pen.width(&time, Face::NumberLabel) + 20.0);
    let size = vec2(width, values.len() as f32 * 17.0 + 26.0);
    // Beside the line, on the side that has room.
    let left = if x + size.x + 12.0 < frame.rect.right() { x + 10.0 } else { x - 10.0 - size.x };
    let rect = Rect::from_min_size(pos2(left, frame.rect.top() + 6.0), size);
    pen.painter.rect(rect, corners(theme.tokens.radius.control), theme.raised, theme.outline(), StrokeKind::Inside);
    pen.text(pos2(rect.left() + 10.0, rect.top() + 13.0), Align::Min, &time, Face::NumberLabel, theme.text2);
    let mut y = rect.top() + 31.0;
    for (label, value, colour) in values {
        let sample = Rect::from_center_size(pos2(rect.left() + 15.0, y), vec2(10.0, 2.0));
        pen.painter.rect_filled(sample, 0.0, colour);
        pen.text(pos2(rect.left() + 26.0, y), Align::Min, &label, Face::Label, theme.text2);
        pen.text(pos2(rect.right() - 10.0, y), Align::Max, &value, Face::NumberLabel, theme.text);
        y += 17.0;
    }
}
