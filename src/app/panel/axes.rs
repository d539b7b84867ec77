//! Frames of charts: ground, hairline grid, labels at the edges.

use egui::epaint::Mesh;
use egui::{Align, Color32, Pos2, Rect, Shape, Stroke, pos2, vec2};

use crate::app::theme::{Face, ThemeName, corners, mix};
use crate::plant::Calendar;

use super::pen::Pen;
use super::scale::{Mark, Values, times};
use super::words::{decimals_of, signed};

/// Room for the labels of the value axis; the same on everything with a time axis, so that time stands below time.
pub(super) const LEFT_MARGIN: f32 = 48.0;

/// Room at the right edge.
pub(super) const RIGHT_MARGIN: f32 = 12.0;

/// Room at the right edge for each further value axis.
const RIGHT_AXIS: f32 = 48.0;

/// Least width of a plot beside its axes: where there is less, the last axes have no numbers.
const LEAST_PLOT: f32 = 150.0;

/// Height of the legend above the plot.
const LEGEND: f32 = 22.0;

/// Height of the line of times below the plot.
const TIMES: f32 = 18.0;

/// Where the parts of a chart stand in the rectangle that it was given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Place {
    /// One line of legend; none where a chart is too low for it.
    pub legend: Option<Rect>,
    /// Plot area.
    pub plot: Rect,
    /// Whether times stand below the plot.
    pub times: bool,
    /// Further value axes that there is room for.
    pub axes: usize,
}

impl Place {
    /// Divides a rectangle; `None` when it is too small to draw anything in it.
    pub fn of(rect: Rect, legend: bool, times: bool, right_axes: impl Into<usize>) -> Option<Self> {
        let legend = legend && rect.height() >= 64.0;
        let times = times && rect.height() >= 44.0;
        let top = rect.top() + if legend { LEGEND + 4.0 } else { 6.0 };
        let bottom = rect.bottom() - if times { TIMES } else { 6.0 };
        let left = rect.left() + LEFT_MARGIN;
        let most = ((rect.right() - left - LEAST_PLOT) / RIGHT_AXIS).max(1.0) as usize;
        let axes = right_axes.into().min(most);
        let right = rect.right() - (RIGHT_AXIS * axes as f32).max(RIGHT_MARGIN);
        if right - left < 24.0 || bottom - top < 10.0 {
            return None;
        }
        let plot = Rect::from_min_max(pos2(left, top), pos2(right, bottom));
        let legend = legend.then(|| {
            Rect::from_min_max(pos2(left, rect.top() + 4.0), pos2(plot.right() - if axes > 0 { 2.0 } else { 0.0 }, top))
        });
        Some(Self { legend, plot, times, axes })
    }
}

/// The value axis that a series is read on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Side {
    /// The left one.
    #[default]
    Left,
    /// One at the right, for a second unit and more: the innermost is number 0.
    Right(u8),
}

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

/// A frame with one value axis or several: the same plot and the same time, read on the left and on the right.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sides {
    /// With the values of the left axis.
    pub left: Frame,
    /// With the values of the axes at the right, the innermost first.
    pub right: Vec<Frame>,
}

impl Sides {
    /// The frame to read a series on.
    pub fn of(&self, side: Side) -> &Frame {
        match side {
            Side::Left => &self.left,
            Side::Right(number) => self.right.get(usize::from(number)).unwrap_or(&self.left),
        }
    }
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

    /// Places of points `[ticks, value]`, put into a list that is emptied first.
    pub fn places(&self, points: &[[f64; 2]], out: &mut Vec<Pos2>) {
        out.clear();
        out.extend(points.iter().map(|[tick, value]| pos2(self.x(*tick), self.y(*value))));
    }

    /// The instant under a horizontal place.
    pub fn tick(&self, x: f32) -> f64 {
        self.from + f64::from((x - self.rect.left()) / self.rect.width().max(1.0)) * (self.to - self.from)
    }
}

/// Moves a place to the edge of a pixel, so that columns side by side neither overlap nor leave a gap.
pub(super) fn on_pixel(pen: &Pen, x: f32) -> f32 {
    let scale = pen.painter.pixels_per_point();
    (x * scale).round() / scale
}

/// How many time marks fit into a width.
pub(super) fn time_marks(calendar: &Calendar, from: f64, to: f64, width: f32) -> Vec<Mark> {
    times(calendar, from, to, (width / 76.0).clamp(2.0, 16.0) as usize)
}

/// What stands around a plot.
pub(super) struct Edges<'a> {
    /// Unit of the left axis.
    pub unit: &'a str,
    /// Frame, unit and colour of the axes at the right, the innermost first.
    pub right: Vec<(&'a Frame, &'a str, Color32)>,
    /// Colour of the left axis, where there are several.
    pub colour: Option<Color32>,
    /// Whether times stand below.
    pub times: bool,
}

impl<'a> Edges<'a> {
    /// One axis on the left.
    pub fn left(unit: &'a str, times: bool) -> Self {
        Self { unit, right: Vec::new(), colour: None, times }
    }
}

/// Draws the ground of a plot; colour and width (points) of the hairlines on it.
pub(super) fn ground(pen: &Pen, rect: Rect) -> (Color32, f32) {
    let theme = &pen.theme;
    pen.painter.rect_filled(rect, 0.0, theme.sunken);
    // Hairlines of the High contrast theme are bright; a whole grid of them would hide the lines that matter.
    let calm = if theme.name == ThemeName::HighContrast { 0.5 } else { 1.0 };
    let hairline = on_pixel(pen, theme.tokens.stroke.hairline).max(1.0 / pen.painter.pixels_per_point());
    (mix(theme.line, theme.sunken, calm), hairline)
}

/// Draws the ground with its hairlines, and the labels beside it.
pub(super) fn draw(pen: &Pen, frame: &Frame, calendar: &Calendar, edges: &Edges<'_>) {
    let theme = &pen.theme;
    let rect = frame.rect;
    let (grid, hairline) = ground(pen, rect);
    // All hairlines are one mesh: a line of its own costs egui more than all of them together.
    let mut lines = Mesh::default();
    for mark in time_marks(calendar, frame.from, frame.to, rect.width()) {
        let x = frame.x(mark.at);
        let left = on_pixel(pen, x - hairline / 2.0);
        lines.add_colored_rect(Rect::from_x_y_ranges(left..=left + hairline, rect.y_range()), grid);
        if edges.times {
            let half = pen.width(&mark.text, Face::NumberCaption) / 2.0;
            let x = x.clamp(rect.left() + half - 4.0, (rect.right() - half + 8.0).max(rect.left() + half - 4.0));
            pen.text(pos2(x, rect.bottom() + 9.0), Align::Center, &mark.text, Face::NumberCaption, theme.text3);
        }
    }
    let both_signs = |values: &Values| values.low < 0.0 && values.high > 0.0;
    for value in frame.values.marks() {
        let y = frame.y(value);
        if value == 0.0 && both_signs(&frame.values) {
            pen.hline(rect.left(), rect.right(), y, Stroke::new(1.0, theme.line_strong));
        } else {
            let top = on_pixel(pen, y - hairline / 2.0);
            lines.add_colored_rect(Rect::from_x_y_ranges(rect.x_range(), top..=top + hairline), grid);
        }
    }
    pen.painter.add(Shape::mesh(lines));
    labels(pen, frame, None);
    let y = rect.top() - 12.0;
    let room = LEFT_MARGIN - 8.0;
    pen.text_within(pos2(rect.left() - 6.0, y), Align::Max, room, edges.unit, Face::Caption, theme.text3);
    for (number, (right, unit, colour)) in edges.right.iter().enumerate() {
        labels(pen, right, Some(number));
        let room = RIGHT_AXIS - 8.0;
        let left = rect.right() + RIGHT_AXIS * number as f32;
        pen.text_within(pos2(left + 6.0, y), Align::Min, room, unit, Face::Caption, theme.text3);
        if edges.right.len() > 1 {
            axis_line(pen, left, rect, *colour);
        }
    }
    if let Some(colour) = edges.colour.filter(|_| edges.right.len() > 1) {
        axis_line(pen, rect.left(), rect, colour);
    }
}

/// An axis in the colour of its first series: of several, which is whose.
fn axis_line(pen: &Pen, x: f32, rect: Rect, colour: Color32) {
    let line = Rect::from_min_max(pos2(x - 1.0, rect.top()), pos2(x + 1.0, rect.bottom()));
    pen.painter.rect_filled(line, 0.0, colour);
}

/// The numbers beside one axis, the left one or one at the right by its number. Where marks stand closer than digits are high, some stay without.
pub(super) fn labels(pen: &Pen, frame: &Frame, right: Option<usize>) {
    let rect = frame.rect;
    let values = &frame.values;
    let (x, align) = match right {
        None => (rect.left() - 6.0, Align::Max),
        Some(number) => (rect.right() + RIGHT_AXIS * number as f32 + 6.0, Align::Min),
    };
    let decimals = decimals_of(values.step);
    let marks = values.marks();
    let distance = rect.height() / (marks.len().max(2) - 1) as f32;
    let every = (12.0 / distance.max(0.1)).ceil().clamp(1.0, 64.0) as usize;
    for value in marks.into_iter().step_by(every) {
        let with_sign = values.low < 0.0 && values.high > 0.0;
        let text = if with_sign { signed(value, decimals) } else { crate::signal::format_number(value, decimals) };
        let y = frame.y(value).clamp(rect.top() + 3.0, rect.bottom() - 3.0);
        pen.text(pos2(x, y), align, &text, Face::NumberCaption, pen.theme.text3);
    }
}

/// The time of an instant on a small ground over the line of times.
pub(super) fn tag(pen: &Pen, frame: &Frame, x: f32, words: &str) {
    let theme = &pen.theme;
    let width = pen.width(words, Face::NumberCaption) + 10.0;
    let half = width / 2.0;
    let x = x.clamp(frame.rect.left() + half - 6.0, (frame.rect.right() - half + 10.0).max(frame.rect.left() + half));
    let ground = Rect::from_center_size(pos2(x, frame.rect.bottom() + 9.0), vec2(width, 14.0));
    pen.painter.rect(ground, corners(2.0), theme.raised, theme.outline(), egui::StrokeKind::Inside);
    pen.text(ground.center(), Align::Center, words, Face::NumberCaption, theme.text);
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
