//! A line of the signals' tree: a branch, or a signal with its value, its unit and its last hour.

use std::collections::BTreeSet;

use egui::{Align, Pos2, Rect, Response, Shape, Stroke, Ui, WidgetInfo, WidgetType, pos2};

use crate::app::theme::{Face, mix};
use crate::session::RunView;
use crate::signal::{Alarm, Hold, Kind, Signal, SignalId, format_number};

use super::Cx;
use super::curve;
use super::custom::Dragged;
use super::glyph::{self, Glyph};
use super::pen::Pen;
use super::signal_tree::{self, Leaf};
use super::signals::ground;
use super::time_axis::ChartState;
use super::widget::focus_ring;
use super::words::{number_of, value_unit};

/// Left edge of the first column.
const PAD: f32 = 12.0;

/// How far a level stands in.
const INDENT: f32 = 14.0;

/// Width of a sparkline.
const SPARK: f32 = 64.0;

/// Where the columns of all lines stand.
pub(super) struct RowLook {
    /// Right end of the numbers.
    number: f32,
    /// Width of the widest unit.
    unit: f32,
    /// Whether there is room for sparklines.
    spark: bool,
}

/// What a person did on a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Happened {
    /// Nothing.
    Nothing,
    /// A click.
    Clicked,
    /// A click on the sign of a branch, or a double click on its words.
    Folded,
    /// The keyboard came here.
    Walked,
    /// A double click, or Enter.
    Chosen,
}

impl RowLook {
    /// Columns for a width.
    pub fn of(pen: &Pen, width: f32, view: &RunView) -> Self {
        let units: BTreeSet<&str> = view.schema.signals.iter().map(|s| s.unit.as_str()).collect();
        let unit = units.into_iter().map(|u| pen.width(u, Face::Label)).fold(0.0, f32::max).min(width * 0.2);
        Self { number: width - PAD - 4.0 - unit - 5.0, unit, spark: width > 350.0 }
    }
}

/// Draws a line and tells what a person did on it.
pub(super) fn show(
    ui: &Ui,
    look: &RowLook,
    rect: Rect,
    leaf: &Leaf,
    response: &Response,
    charts: &mut ChartState,
    cx: &Cx<'_>,
) -> Happened {
    let pen = Pen::new(ui, &cx.theme);
    match *leaf {
        Leaf::Branch { branch, depth, count, open } => {
            let label = signal_tree::label(cx.view, branch);
            let spoken = format!("{label}, {count} signals");
            response.widget_info(|| WidgetInfo {
                selected: Some(open),
                ..WidgetInfo::labeled(WidgetType::CollapsingHeader, true, &spoken)
            });
            let entity = match branch {
                signal_tree::Branch::Entity(entity) => Some(entity),
                _ => None,
            };
            let selected = entity.is_some() && cx.selection.entity == entity && cx.selection.signal.is_none();
            ground(&pen, rect, selected, response.hovered());
            branch_words(&pen, rect, &label, (depth, count, open));
            focus_ring(ui, &cx.theme, response, rect.shrink(3.0));
            let words = rect.left() + PAD + depth as f32 * INDENT + 13.0;
            let on_sign = response.interact_pointer_pos().is_some_and(|at| at.x < words);
            match (response.clicked(), on_sign || response.double_clicked()) {
                (true, true) => Happened::Folded,
                (true, false) => Happened::Clicked,
                _ => Happened::Nothing,
            }
        }
        Leaf::Signal { signal, depth } => {
            let Some(of) = cx.view.schema.signals.get(signal) else { return Happened::Nothing };
            let value = cx.view.value(signal);
            let selected = cx.selection.signal == Some(signal);
            let spoken = format!("{}, {}", of.label, value_unit(of, value));
            response.widget_info(|| WidgetInfo::selected(WidgetType::SelectableLabel, true, selected, &spoken));
            ground(&pen, rect, selected, response.hovered() || response.dragged());
            words(&pen, look, rect, (signal, of, value), depth, charts, cx);
            focus_ring(ui, &cx.theme, response, rect.shrink(3.0));
            response.dnd_set_drag_payload(Dragged(signal));
            if !response.dragged() {
                response.clone().on_hover_ui(|ui| about(ui, of, cx.view));
            }
            match (response.double_clicked(), response.clicked()) {
                (true, _) => Happened::Chosen,
                (_, true) => Happened::Clicked,
                _ => Happened::Nothing,
            }
        }
    }
}

fn branch_words(pen: &Pen, rect: Rect, label: &str, (depth, count, open): (usize, usize, bool)) {
    let theme = &pen.theme;
    let y = rect.center().y;
    let left = rect.left() + PAD + depth as f32 * INDENT;
    let at = pos2(left + 4.0, y);
    if open {
        glyph::draw(&pen.painter, Glyph::Caret, at, 9.0, *theme.text2);
    } else {
        let points = [(-1.5, -3.0), (2.0, 0.0), (-1.5, 3.0)].map(|(x, y)| at + egui::vec2(x, y));
        pen.painter.add(Shape::line(points.to_vec(), Stroke::new(1.3, theme.text2)));
    }
    let count =
        pen.text(pos2(rect.right() - PAD - 4.0, y), Align::Max, &count.to_string(), Face::NumberCaption, theme.text3);
    let left = left + 14.0;
    pen.text_within(pos2(left, y), Align::Min, count.left() - left - 8.0, label, Face::LabelStrong, theme.text);
}

fn words(
    pen: &Pen,
    look: &RowLook,
    rect: Rect,
    (column, signal, value): (SignalId, &Signal, f64),
    depth: usize,
    charts: &mut ChartState,
    cx: &Cx<'_>,
) {
    let theme = &pen.theme;
    let y = rect.center().y;
    let left = rect.left() + PAD + depth as f32 * INDENT;
    let swatch = Rect::from_center_size(pos2(left + 4.0, y), egui::vec2(3.0, 12.0));
    pen.painter.rect_filled(swatch, 0.0, theme.accent_of(signal.carrier));
    let number = number_of(signal, value);
    let zero = value == 0.0 || !value.is_finite();
    let ink = if zero { *theme.text3 } else { *theme.text };
    let right = rect.left() + look.number;
    let at = pen.text(pos2(right, y), Align::Max, &number, Face::NumberLabel, ink);
    pen.text_within(pos2(right + 5.0, y), Align::Min, look.unit + 2.0, &signal.unit, Face::Label, theme.text3);
    let mut end = at.left() - 8.0;
    let alarm = signal.limits.judge(value);
    if alarm != Alarm::Normal {
        let colour = if alarm == Alarm::Trip { *theme.alarm.trip } else { *theme.alarm.warn };
        let outline = theme.alarm_text.map(|_| *theme.text);
        glyph::alarm(&pen.painter, alarm, pos2(end - 6.0, y), 11.0, colour, outline);
        end -= 18.0;
    }
    if look.spark {
        // Numbers of different width must not push the sparklines around.
        let spark = Rect::from_center_size(pos2(right - 74.0 - SPARK / 2.0 - 18.0, y), egui::vec2(SPARK, 14.0));
        if spark.right() < end && spark.left() > left + 60.0 {
            sparkline(pen, spark, column, signal, charts, cx.view);
            end = end.min(spark.left() - 8.0);
        }
    }
    let left = left + 14.0;
    pen.text_within(pos2(left, y), Align::Min, (end - left).max(8.0), &signal.label, Face::Label, theme.text);
}

/// The last hour, or eight ticks of a plant whose ticks are long.
fn sparkline(pen: &Pen, rect: Rect, column: SignalId, signal: &Signal, charts: &mut ChartState, view: &RunView) {
    let ticks = (3_600.0 / f64::from(view.spec.calendar.tick_s.max(1))).max(8.0);
    let to = view.tick as f64;
    let (from, to) = ((to - ticks).max(0.0), to.max(1.0));
    // Half the points are enough for so small a picture.
    let trace = charts.cache.past(view, column, Hold::Linear, (from, to), rect.width() / 2.0);
    let Some((low, high)) = trace.extremes else { return };
    // What hardly moves is drawn as a flat line in the middle.
    let least = (0.01 * (signal.range.1 - signal.range.0)).abs();
    let room = (high - low).max(if least.is_finite() { least } else { 0.0 }).max(1e-12);
    let middle = (high + low) / 2.0;
    let place = |p: &[f64; 2]| {
        let x = rect.left() + (((p[0] - from) / (to - from)) as f32).clamp(0.0, 1.0) * rect.width();
        pos2(x, rect.center().y - (((p[1] - middle) / room) as f32).clamp(-0.5, 0.5) * rect.height())
    };
    let stroke = Stroke::new(1.0, mix(pen.theme.accent_of(signal.carrier), pen.theme.surface, 0.8));
    for piece in &trace.pieces {
        let places: Vec<Pos2> = piece.iter().map(place).collect();
        curve::draw(pen, &places, trace.form(Hold::Linear), stroke);
    }
}

/// What a signal is.
fn about(ui: &mut Ui, signal: &Signal, view: &RunView) {
    ui.set_max_width(320.0);
    let mono = |text: &str| egui::RichText::new(text).monospace();
    ui.label(mono(&signal.name));
    // In a replay the description also says where the values come from.
    ui.label(&signal.doc);
    let kind = match signal.kind {
        Kind::State => "Value at the end of a tick",
        Kind::Mean => "Mean over a tick",
        Kind::Sum => "Sum over a tick",
        Kind::Event => "1 on the ticks where it happens",
    };
    let owner = view.spec.entities.get(signal.entity).map_or(String::new(), |e| format!("{}. ", e.label));
    ui.label(format!("{owner}{kind}."));
    let number = |v: f64| format_number(v, signal.decimals);
    let unit = if signal.unit.is_empty() { String::new() } else { format!("{}{}", super::words::SPACE, signal.unit) };
    ui.label(format!("Range {} to {}{unit}", number(signal.range.0), number(signal.range.1)));
    let limits = signal.limits;
    let of = [
        ("Trip below", limits.trip_low),
        ("Warning below", limits.warn_low),
        ("Warning above", limits.warn_high),
        ("Trip above", limits.trip_high),
    ];
    for (words, limit) in of.into_iter().filter_map(|(words, limit)| limit.map(|l| (words, l))) {
        ui.label(format!("{words} {}{unit}", number(limit)));
    }
}
