//! What charts without a time axis share: ground, axes of values, limits across, the box at the pointer.

use egui::epaint::Mesh;
use egui::{
    Align, Color32, Id, Pos2, Rect, Response, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, WidgetType, pos2, vec2,
};

use super::stats::{Of, shown};
use super::zoom::Stretch;
use crate::app::panel::Cx;
use crate::app::panel::axes::{self, Frame, Place, on_pixel};
use crate::app::panel::legend::{Asked, Legend};
use crate::app::panel::levels::Limit;
use crate::app::panel::line::{Line, selection_of};
use crate::app::panel::pen::Pen;
use crate::app::panel::scale::Values;
use crate::app::panel::time_axis::ChartState;
use crate::app::panel::words::{SPACE, decimals_of};
use crate::app::theme::{Face, corners};
use crate::signal::{Alarm, SignalId, format_number};

/// A chart of a person.
pub(super) struct Chart<'a> {
    /// Stable name within its tile.
    pub name: &'a str,
    /// Its number.
    pub number: u32,
    /// Which of its panes it is: the unit; empty where there is one.
    pub pane: &'a str,
    /// Words at the right end of the legend.
    pub note: &'a str,
}

/// A chart with its signals, and where it is drawn.
pub(super) struct Canvas<'c, 'l> {
    pub ui: &'c mut Ui,
    pub rect: Rect,
    pub chart: &'c Chart<'c>,
    pub lines: &'c [Line<'l>],
}

/// A chart over values, once its legend is drawn.
pub(super) struct Begun {
    /// Where its plane lies.
    pub plot: Rect,
    pub pen: Pen,
    /// The rows that it tells of.
    pub of: Of,
    /// Series that is to be taken off.
    pub removed: Option<SignalId>,
}

impl Canvas<'_, '_> {
    /// Draws the legend of a chart over values and keeps room for words below its plane; `None` where it is too small.
    pub fn begin(&self, note: &str, state: &mut ChartState, cx: &mut Cx<'_>) -> Option<Begun> {
        state.note(self.lines.iter().map(|l| l.column));
        let mut place = Place::of(self.rect, true, true, false)?;
        place.plot.max.y -= 14.0;
        let pen = Pen::new(self.ui, &cx.theme);
        let removed = self.chart.legend(self.ui, place.legend, self.lines, pointed(state, cx), note, cx);
        Some(Begun { plot: place.plot, pen, of: shown(cx.view, state.range(cx.view)), removed })
    }
}

impl Chart<'_> {
    /// Draws the legend above the plot and tells which series is to be taken off.
    pub fn legend(
        &self,
        ui: &Ui,
        place: Option<Rect>,
        lines: &[Line<'_>],
        row: Option<u64>,
        note: &str,
        cx: &mut Cx<'_>,
    ) -> Option<SignalId> {
        let rect = place?;
        let pen = Pen::new(ui, &cx.theme);
        let note = if note.is_empty() { self.note } else { note };
        let legend = Legend { title: "", known: "", lines, row, removable: true, note };
        match legend.show(ui, &pen, rect, self.id(ui).with("legend"), cx.view) {
            Asked::Nothing => None,
            Asked::Select(column) => {
                cx.selection = selection_of(cx.view, column);
                None
            }
            Asked::Remove(column) => Some(column),
        }
    }

    /// Its name in egui's memory.
    pub fn id(&self, ui: &Ui) -> Id {
        ui.id().with(("chart", self.name))
    }

    /// Its plot in egui's memory: what is shown of it is forgotten when it becomes of another kind or unit.
    pub fn zoom_id(&self, ui: &Ui, kind: &str) -> Id {
        self.id(ui).with((kind, self.pane))
    }

    /// The plot as something that is pointed at and clicked, with its name for screen readers.
    pub fn plot(&self, ui: &Ui, rect: Rect, kind: &str) -> Response {
        let response = ui.interact(rect, self.zoom_id(ui, kind), Sense::click_and_drag());
        let of = if self.pane.is_empty() { String::new() } else { format!(" of {}", self.pane) };
        let name = format!("Chart {}, {kind}{of}", self.number);
        response.widget_info(|| WidgetInfo::labeled(WidgetType::Image, true, &name));
        response
    }
}

/// Ground, hairlines and numbers of a plane: the frame's horizontal axis counts values instead of ticks.
pub(super) fn ground(pen: &Pen, frame: &Frame, across: &Values, words: (&str, &str)) {
    let theme = &pen.theme;
    let rect = frame.rect;
    let (grid, hairline) = axes::ground(pen, rect);
    let mut lines = Mesh::default();
    let decimals = decimals_of(across.step);
    let texts: Vec<(f32, String)> =
        across.marks().into_iter().map(|at| (frame.x(at), format_number(at, decimals))).collect();
    let mut last = f32::NEG_INFINITY;
    for (x, text) in texts {
        let left = on_pixel(pen, x - hairline / 2.0);
        lines.add_colored_rect(Rect::from_x_y_ranges(left..=left + hairline, rect.y_range()), grid);
        let half = pen.width(&text, Face::NumberCaption) / 2.0;
        if x - half > last + 6.0 {
            let x = x.min(rect.right() - half + 8.0);
            pen.text(pos2(x, rect.bottom() + 9.0), Align::Center, &text, Face::NumberCaption, theme.text3);
            last = x + half;
        }
    }
    for value in frame.values.marks() {
        let top = on_pixel(pen, frame.y(value) - hairline / 2.0);
        lines.add_colored_rect(Rect::from_x_y_ranges(rect.x_range(), top..=top + hairline), grid);
    }
    pen.painter.add(Shape::mesh(lines));
    axes::labels(pen, frame, None);
    let (below, beside) = words;
    let room = axes::LEFT_MARGIN - 8.0;
    pen.text_within(pos2(rect.left() - 6.0, rect.top() - 12.0), Align::Max, room, beside, Face::Caption, theme.text3);
    if !below.is_empty() {
        let at = pos2(rect.center().x, rect.bottom() + 22.0);
        pen.text_within(at, Align::Center, rect.width() * 0.55, below, Face::Caption, theme.text2);
    }
}

/// A range of values for a horizontal axis of a width.
pub(super) fn across(low: f64, high: f64, least: f64, width: f32) -> Values {
    Values::around(low, high, least, (width / 70.0).clamp(2.0, 12.0) as usize)
}

/// Limits of a signal that is read along the horizontal axis, as dashed lines with their words.
pub(super) fn limits_across(pen: &Pen, frame: &Frame, limits: &[Limit]) {
    let theme = &pen.theme;
    for limit in limits {
        let x = frame.x(limit.at);
        if x <= frame.rect.left() || x >= frame.rect.right() {
            continue;
        }
        let (word, colour) =
            if limit.alarm == Alarm::Trip { ("trip", *theme.alarm.trip) } else { ("warn", *theme.alarm.warn) };
        let ends = [pos2(x, frame.rect.top()), pos2(x, frame.rect.bottom())];
        let stroke = Stroke::new(theme.tokens.stroke.limit, colour);
        pen.painter.extend(Shape::dashed_line(&ends, stroke, 4.0, 3.0));
        let words = format!("{word} {}", format_number(limit.at, decimals_of(limit.at)));
        let width = pen.width(&words, Face::Caption);
        let left = if x + width + 8.0 < frame.rect.right() { x + 4.0 } else { x - width - 4.0 };
        let at = pos2(left, frame.rect.top() + 22.0);
        let ground = Rect::from_center_size(at + vec2(width / 2.0, 0.0), vec2(width + 4.0, 12.0));
        pen.painter.rect_filled(ground, 2.0, theme.sunken);
        pen.text(at, Align::Min, &words, Face::Caption, theme.text2);
    }
}

/// A line of the box at the pointer: a colour, what it is, its value.
pub(super) type Told = (Option<Color32>, String, String);

/// The box at the pointer: a heading and values, beside the pointer and never out of sight.
pub(super) fn tip(pen: &Pen, within: Rect, at: Pos2, heading: &str, told: &[Told]) {
    let theme = &pen.theme;
    let label = told.iter().map(|(_, l, _)| pen.width(l, Face::Label)).fold(0.0, f32::max);
    let number = told.iter().map(|(.., v)| pen.width(v, Face::NumberLabel)).fold(0.0, f32::max);
    let width = (label + number + 44.0).max(pen.width(heading, Face::NumberLabel) + 20.0);
    let size = vec2(width, told.len() as f32 * 17.0 + 26.0);
    let left = if at.x + size.x + 14.0 < within.right() { at.x + 12.0 } else { at.x - 12.0 - size.x };
    let top = (at.y - size.y / 2.0).min(within.bottom() - size.y - 2.0).max(within.top());
    let rect = Rect::from_min_size(pos2(left.max(within.left()), top), size);
    pen.painter.rect(rect, corners(theme.tokens.radius.control), theme.raised, theme.outline(), StrokeKind::Inside);
    pen.text(pos2(rect.left() + 10.0, rect.top() + 13.0), Align::Min, heading, Face::NumberLabel, theme.text2);
    let mut y = rect.top() + 31.0;
    for (colour, label, value) in told {
        if let Some(colour) = colour {
            let sample = Rect::from_center_size(pos2(rect.left() + 15.0, y), vec2(11.0, 2.0));
            pen.painter.rect_filled(sample, 0.0, *colour);
        }
        pen.text(pos2(rect.left() + 26.0, y), Align::Min, label, Face::Label, theme.text2);
        pen.text(pos2(rect.right() - 10.0, y), Align::Max, value, Face::NumberLabel, theme.text);
        y += 17.0;
    }
}

/// An axis whose ends are given, with about so many marks.
pub(super) fn fixed((low, high): Stretch, marks: usize) -> Values {
    Values { low, high, step: Values::around(low, high, 0.0, marks).step }
}

/// Words about how rows were looked at, as one badge.
pub(super) fn badge_words(parts: &[&str]) -> String {
    parts.iter().filter(|p| !p.is_empty()).copied().collect::<Vec<_>>().join(", ")
}

/// A value with a unit.
pub(super) fn with_unit(number: &str, unit: &str) -> String {
    if unit.is_empty() { number.to_owned() } else { format!("{number}{SPACE}{unit}") }
}

/// The row that the pointer of any chart means.
pub(super) fn pointed(state: &ChartState, cx: &Cx<'_>) -> Option<u64> {
    state.cursor().and_then(|instant| crate::app::panel::series::row_at(&cx.view.recording, instant))
}
