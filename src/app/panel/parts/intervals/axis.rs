//! The value axis of a plot of intervals.

use egui::{Align, Rect, pos2};

use crate::app::panel::pen::Pen;
use crate::app::panel::words::decimals_of;
use crate::app::theme::Face;
use crate::signal::format_number;

/// A value axis that holds zero, with a mark in the middle of each side.
pub(super) struct Axis {
    /// Plot area.
    rect: Rect,
    /// Lowest value.
    low: f64,
    /// Highest value.
    high: f64,
}

impl Axis {
    /// An axis that shows values from a lowest to a highest one.
    pub fn of(rect: Rect, (low, high): (f64, f64)) -> Self {
        let high = if high <= 0.0 && low < 0.0 { 0.0 } else { round_top(high) };
        Self { rect, low: if low < 0.0 { -round_top(-low) } else { 0.0 }, high }
    }

    /// Vertical place of a value.
    pub fn y(&self, value: f64) -> f32 {
        let share = ((value - self.low) / (self.high - self.low)).clamp(-0.1, 1.1);
        self.rect.bottom() - if share.is_finite() { share as f32 } else { 0.0 } * self.rect.height()
    }

    /// Grid lines, their numbers and the unit between them.
    pub fn draw(&self, pen: &Pen, left: f32, unit: &str) {
        let theme = &pen.theme;
        let rect = self.rect;
        let middle = if self.low < 0.0 && self.high > 0.0 { 0.0 } else { (self.low + self.high) / 2.0 };
        let decimals = decimals_of(middle).min(2);
        let (mut widest, mut lowest) = (0.0_f32, f32::INFINITY);
        for value in [self.low, middle, self.high] {
            let y = self.y(value);
            let line = if value == 0.0 { theme.outline() } else { theme.hairline() };
            pen.hline(rect.left(), rect.right(), y, line);
            let at = y.clamp(rect.top() + 4.0, rect.bottom() - 4.0);
            if lowest - at < 10.0 && value != self.high {
                continue;
            }
            lowest = at;
            let text = format_number(value, if value == 0.0 { 0 } else { decimals });
            widest = widest.max(pen.width(&text, Face::NumberCaption));
            pen.text(pos2(rect.left() - 6.0, at), Align::Max, &text, Face::NumberCaption, theme.text3);
        }
        // The unit stands between two numbers, or left of them.
        let beside = rect.left() - left - 16.0 - widest >= pen.width(unit, Face::Caption);
        if rect.height() >= 64.0 || beside {
            let at = pos2(left + 8.0, rect.top() + rect.height() / 4.0);
            pen.text_within(at, Align::Min, rect.left() - left - 10.0, unit, Face::Caption, theme.text3);
        }
    }
}

/// The next of 1, 2, 3, 4, 5, 6, 8 × a power of ten that leaves a little air above a value.
fn round_top(value: f64) -> f64 {
    let value = value * 1.02;
    if !value.is_finite() || value <= 0.0 {
        return 1.0;
    }
    let power = 10_f64.powi(value.log10().floor().clamp(-300.0, 300.0) as i32);
    [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0].into_iter().map(|f| f * power).find(|v| *v >= value).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_end_at_round_values_just_above_what_they_show() {
        assert_eq!([51.0, 24.0, 0.0, f64::NAN, 99.0, 0.013].map(round_top), [60.0, 30.0, 1.0, 1.0, 200.0, 0.02]);
        let rect = Rect::from_min_max(pos2(0.0, 0.0), pos2(10.0, 100.0));
        let axis = Axis::of(rect, (-3.5, 24.0));
        assert_eq!((axis.low, axis.high), (-4.0, 30.0));
        assert!(axis.y(f64::NAN).is_finite());
        assert_eq!(Axis::of(rect, (0.0, 0.0)).y(0.0), 100.0);
    }
}
