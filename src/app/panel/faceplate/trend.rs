//! A quarter of an hour of a thing's first signals.

use egui::{Align, Rect, Stroke, Ui, pos2};

use crate::app::theme::Face;
use crate::session::RunView;
use crate::signal::{Alarm, Limits, SignalId};

use super::super::axes::{self, Edges, Frame};
use super::super::curve;
use super::super::pen::Pen;
use super::super::scale::{Values, round_step};
use super::super::series::{self, Trace};
use super::super::widget::spoken;
use super::super::words::{duration, seconds, value_unit};

/// Room for the labels of the value axis.
const LEFT: f32 = 42.0;

/// Seconds that a trend shows.
const SPAN_S: f64 = 900.0;

/// Draws it into a rectangle; nothing where that is too small.
pub(super) fn show(ui: &Ui, pen: &Pen, rect: Rect, columns: &[SignalId], view: &RunView) {
    let theme = &pen.theme;
    let plot = Rect::from_min_max(pos2(rect.left() + LEFT, rect.top() + 18.0), rect.max - egui::vec2(1.0, 18.0));
    let signals: Vec<_> = columns.iter().filter_map(|c| Some((*c, view.spec.signals.get(*c)?))).collect();
    let Some((first_column, first)) = signals.first().copied() else { return };
    if plot.width() < 60.0 || plot.height() < 24.0 {
        return;
    }
    // A plant of long ticks still shows some of them.
    let ticks = (SPAN_S / f64::from(view.spec.calendar.tick_s.max(1))).max(8.0);
    let to = (view.tick as f64).max(ticks);
    let from = to - ticks;
    let traces: Vec<Trace> = signals
        .iter()
        .map(|(column, signal)| series::past(&view.recording, *column, signal.hold, from, to, plot.width()))
        .collect();
    let extremes = traces.iter().filter_map(|t| t.extremes);
    let (low, high) = extremes.fold((f64::NAN, f64::NAN), |(l, h), (low, high)| (l.min(low), h.max(high)));
    let span = (first.range.1 - first.range.0).abs();
    let marks = (plot.height() / 28.0).clamp(2.0, 5.0);
    let values = if low.is_finite() || !(span > 0.0 && span.is_finite()) {
        Values::around(low, high, 0.02 * span, marks as usize)
    } else {
        // Without a value yet the axis shows what may come.
        let step = round_step(span / f64::from(marks));
        Values { low: first.range.0.min(first.range.1), high: first.range.0.max(first.range.1), step }
    };
    let frame = Frame { rect: plot, from, to, values };
    pen.painter.rect_filled(plot, 0.0, theme.sunken);
    axes::draw(pen, &frame, &view.spec.calendar, &Edges::left("", true));
    let inner = pen.clipped(plot);
    let Limits { warn_low, warn_high, trip_low, trip_high } = first.limits;
    let limits = [(warn_low, Alarm::Warn), (warn_high, Alarm::Warn), (trip_low, Alarm::Trip), (trip_high, Alarm::Trip)];
    for limit in limits.into_iter().filter_map(|(limit, _)| limit) {
        let y = frame.y(limit);
        if plot.y_range().contains(y) {
            inner.dashed_hline(plot.left(), plot.right(), y, Stroke::new(theme.tokens.stroke.limit, theme.text2));
        }
    }
    let colour = |index: usize| if index == 0 { theme.accent_of(first.carrier) } else { *theme.text };
    let mut places = Vec::new();
    for (index, (trace, (_, signal))) in traces.iter().zip(&signals).enumerate().rev() {
        let width = if index == 0 { theme.tokens.stroke.series_live } else { theme.tokens.stroke.series };
        for piece in &trace.pieces {
            frame.places(piece, &mut places);
            curve::draw(&inner, &places, trace.form(signal.hold), Stroke::new(width, colour(index)));
        }
    }
    let unit = if first.unit.is_empty() { String::new() } else { format!(", {}", first.unit) };
    let length = duration(seconds(view, ticks));
    let names: Vec<&str> = signals.iter().map(|(_, s)| s.label.as_str()).collect();
    let title = format!("{}{unit}, last {length}", names.join(" and "));
    let y = rect.top() + 7.0;
    let mut x = rect.left();
    for (index, name) in names.iter().enumerate() {
        // A lone line needs no sample of its colour.
        if names.len() > 1 {
            let sample = Rect::from_center_size(pos2(x + 5.0, y), egui::vec2(10.0, 2.0));
            pen.painter.rect_filled(sample, 0.0, colour(index));
            x += 14.0;
        }
        let room = (rect.right() - x).max(1.0);
        x = pen.text_within(pos2(x, y), Align::Min, room, name, Face::Caption, theme.text2).right() + 10.0;
    }
    let rest =
        format!("{}last {length}", unit.trim_start_matches(", ").to_owned() + if unit.is_empty() { "" } else { ", " });
    if pen.width(&rest, Face::Caption) < rect.right() - x {
        pen.text(pos2(rect.right(), y), Align::Max, &rest, Face::Caption, theme.text3);
    }
    let words = format!("Trend of {title}, now {}", value_unit(first, view.value(first_column)));
    spoken(ui, plot, ui.id().with("trend"), &words).on_hover_text(&first.doc);
}
