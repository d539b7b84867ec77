//! Frames of charts: ground, hairline grid, labels at the edges.

use egui::{Align, Rect, Stroke, pos2};

use crate::app::theme::{Face, ThemeName, mix};
use crate::plant::Calendar;

use super::pen::Pen;
use super::scale::{Mark, Values, times};
use super::words::{decimals_of, signed};

/// The rectangle and the ranges of a chart.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Frame {
    /// Plot area.
    pub rect: Rect,
    /// First instant shown, ticks.
    pub from: f64,
    /// Last instant shown, ticks.
    pub to: f64,
    /// Values shown.
    pub values: Values,
}

impl Frame {
    /// Horizontal place of an instant.
    pub fn x(&self, tick: f64) -> f32 {
        let share = (tick - self.from) / (self.to - self.from);
        if share.is_finite() {
            self.rect.left() + (share.clamp(-4.0, 5.0) as f32) * self.rect.width()
        } else {
            self.rect.left()
        }
    }

    /// Vertical place of a value.
    pub fn y(&self, value: f64) -> f32 {
        let share = (value - self.values.low) / (self.values.high - self.values.low);
        if share.is_finite() {
            self.rect.bottom() - (share.clamp(-4.0, 5.0) as f32) * self.rect.height()
        } else {
            self.rect.bottom()
        }
    }

    /// The instant under a horizontal place.
    pub fn tick(&self, x: f32) -> f64 {
        self.from + f64::from((x - self.rect.left()) / self.rect.width().max(1.0)) * (self.to - self.from)
    }
}

/// How many time marks fit into a width.
pub(super) fn time_marks(calendar: &Calendar, from: f64, to: f64, width: f32) -> Vec<Mark> {
    times(calendar, from, to, (width / 76.0).clamp(2.0, 16.0) as usize)
}

/// Draws the grid over the ground, and the labels beside it.
pub(super) fn draw(pen: &Pen, frame: &Frame, calendar: &Calendar, unit: &str) {
    let theme = &pen.theme;
    let rect = frame.rect;
    let decimals = decimals_of(frame.values.step);
    // Hairlines of the High contrast theme are bright; a whole grid of them would hide the lines that matter.
    let calm = if theme.name == ThemeName::HighContrast { 0.5 } else { 1.0 };
    let grid = Stroke::new(theme.tokens.stroke.hairline, mix(theme.line, theme.sunken, calm));
    let both_signs = frame.values.low < 0.0 && frame.values.high > 0.0;
    for value in frame.values.marks() {
        let y = frame.y(value);
        let zero = value == 0.0 && both_signs;
        pen.hline(rect.left(), rect.right(), y, if zero { Stroke::new(1.0, theme.line_strong) } else { grid });
        let text = if both_signs { signed(value, decimals) } else { crate::signal::format_number(value, decimals) };
        let y = y.clamp(rect.top() + 4.0, rect.bottom() - 4.0);
        pen.text(pos2(rect.left() - 6.0, y), Align::Max, &text, Face::NumberCaption, theme.text3);
    }
    for mark in time_marks(calendar, frame.from, frame.to, rect.width()) {
        let x = frame.x(mark.at);
        pen.vline(x, rect.top(), rect.bottom(), grid);
        let half = pen.width(&mark.text, Face::NumberCaption) / 2.0;
        let x = x.clamp(rect.left() + half - 4.0, (rect.right() - half + 8.0).max(rect.left() + half - 4.0));
        pen.text(pos2(x, rect.bottom() + 9.0), Align::Center, &mark.text, Face::NumberCaption, theme.text3);
    }
    if !unit.is_empty() {
        pen.text(pos2(rect.left() + 6.0, rect.top() + 9.0), Align::Min, unit, Face::Caption, theme.text3);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_instants_go_both_ways() {
        let rect = Rect::from_min_max(pos2(10.0, 0.0), pos2(110.0, 50.0));
        let frame = Frame { rect, from: 100.0, to: 200.0, values: Values { low: 0.0, high: 10.0, step: 5.0 } };
        assert_eq!(frame.x(150.0), 60.0);
        assert_eq!(frame.tick(60.0), 150.0);
        assert_eq!(frame.y(0.0), 50.0);
        assert_eq!(frame.y(10.0), 0.0);
        assert!(frame.y(f64::NAN).is_finite() && frame.x(f64::INFINITY).is_finite());
    }
}
