//! One chart: its lines, limits, outlook, present and cursor.

use egui::{Align, Align2, Color32, Id, Rect, Sense, Stroke, Ui, WidgetInfo, WidgetType, pos2, vec2};
use egui_plot::{LineStyle, Plot, PlotPoints};

use crate::app::theme::{Face, Theme, mix};
use crate::plant::Chart;
use crate::session::RunView;
use crate::signal::{Alarm, Hold, Kind, Limits, Signal, SignalId};

use super::Cx;
use super::axes::{self, Frame};
use super::charts::ChartState;
use super::pen::{Pen, Run};
use super::readout;
use super::scale::Values;
use super::series::{self, Points, Trace};
use super::widget;
use super::words::{duration, number_of, seconds, value_unit};

/// Room for the labels of the value axis; the same on every chart, so that time stands below time.
pub(super) const LEFT_MARGIN: f32 = 52.0;

/// Room at the right edge.
pub(super) const RIGHT_MARGIN: f32 = 12.0;

/// A series with its looks.
pub(super) struct Line<'a> {
    /// Column of the row.
    pub column: SignalId,
    /// What it is.
    pub signal: &'a Signal,
    /// Its colour.
    pub colour: Color32,
    /// Its width, points.
    pub width: f32,
}

/// The series of a chart. A request with its answer is drawn thick under thin: the gap between them is the message.
fn lines<'a>(chart: &Chart, view: &'a RunView, theme: &Theme) -> Vec<Line<'a>> {
    let stroke = theme.tokens.stroke;
    let signals = chart.series.iter().filter_map(|s| view.schema.signals.get(*s).map(|signal| (*s, signal)));
    let mut out: Vec<Line<'a>> = Vec::with_capacity(chart.series.len());
    for (index, (column, signal)) in signals.enumerate() {
        let accent = theme.accent_of(signal.carrier);
        let is_step = signal.hold == Hold::Step;
        let (colour, width) = match (index, is_step) {
            (0, true) => (accent, stroke.series_live + 1.0),
            (0, false) => (accent, stroke.series_live),
            (1, true) => (*theme.text, 1.2),
            // Later series take colours that are far from the accents.
            (n, _) => (theme.series_of([4, 3, 1, 6, 7, 5][(n - 1) % 6]), stroke.series),
        };
        out.push(Line { column, signal, colour, width });
    }
    out
}

/// Draws the tile of a chart.
pub(super) fn show(ui: &mut Ui, rect: Rect, chart: &Chart, state: &mut ChartState, cx: &mut Cx<'_>) {
    let theme = cx.theme;
    let view = cx.view;
    let id = ui.id().with(("chart", &chart.name));
    let (header, body) = widget::tile(ui, &theme, rect);
    let lines = lines(chart, view, &theme);
    let title = widget::title(ui, &theme, header, &chart.title);
    let pen = Pen::new(ui, &theme);
    legend(&pen, header, title.right(), &chart.title, &lines, view);
    let plot = Rect::from_min_max(
        pos2(body.left() + LEFT_MARGIN, body.top() + 8.0),
        pos2(body.right() - RIGHT_MARGIN, body.bottom() - 18.0),
    );
    if plot.width() < 24.0 || plot.height() < 16.0 {
        return;
    }
    let (from, to) = state.range(view);
    let traces: Vec<Trace> =
        lines.iter().map(|l| series::past(&view.recording, l.column, l.signal.hold, from, to, plot.width())).collect();
    let ghosts: Vec<Points> = lines
        .iter()
        .map(|l| series::future(view.outlook.as_ref(), l.column, l.signal.hold, view.tick, view.value(l.column)))
        .collect();
    let values = values(&lines, &traces, &ghosts, view, plot.height());
    let frame = Frame { rect: plot, from, to, values };
    let unit = lines.first().map_or("", |l| l.signal.unit.as_str());
    let inner = pen.clipped(plot);
    inner.painter.rect_filled(plot, 0.0, theme.sunken);
    bands(&inner, &frame, &lines, view);
    axes::draw(&pen, &frame, &view.spec.calendar, unit);
    plot_lines(ui, &chart.name, &frame, &lines, &traces, ghosts, &theme);
    limits(&inner, &frame, &lines);
    present(&inner, &frame, view);
    if let Some(tick) = state.mark {
        inner.vline(frame.x(tick as f64), plot.top(), plot.bottom(), Stroke::new(1.0, theme.text));
    }
    badge(&inner, plot, &traces, view);
    interact(ui, id, &frame, chart, state, view);
    if let Some(instant) = state.cursor {
        readout::draw(&inner, &frame, &lines, view, instant);
    }
}

/// Current values, right-aligned in the header; what does not fit is left out from the left.
fn legend(pen: &Pen, header: Rect, title_end: f32, chart_title: &str, lines: &[Line<'_>], view: &RunView) {
    let theme = &pen.theme;
    let mut right = header.right() - theme.tokens.space.tile_pad;
    let y = header.center().y;
    for line in lines.iter().rev() {
        let value = view.value(line.column);
        // A lone series that is called like its chart needs no name beside its number.
        let named = lines.len() > 1 || line.signal.label != chart_title;
        let label = if named { format!("{}  ", line.signal.label) } else { String::new() };
        let number = number_of(line.signal, value);
        let unit = if line.signal.unit.is_empty() { String::new() } else { format!(" {}", line.signal.unit) };
        // Room for the widest number of this signal, so that neighbours stand still.
        let widest = [line.signal.range.0, line.signal.range.1, value]
            .map(|v| pen.width(&number_of(line.signal, v), Face::Number))
            .into_iter()
            .fold(0.0, f32::max);
        let label_width = pen.width(&label, Face::Label);
        let total = 18.0 + label_width + widest + pen.width(&unit, Face::Label);
        if right - total < title_end + 16.0 {
            break;
        }
        let alarm = line.signal.limits.judge(value);
        let ink = if alarm == Alarm::Normal { *theme.text } else { alarm_ink(theme, alarm) };
        let runs: [Run<'_>; 2] = [(&number, Face::Number, ink), (&unit, Face::Label, *theme.text3)];
        pen.runs(pos2(right, y), Align::Max, &runs);
        let left = right - total;
        pen.text(pos2(left + 18.0, y), Align::Min, &label, Face::Label, theme.text2);
        let sample = Rect::from_center_size(pos2(left + 7.0, y), vec2(12.0, line.width.max(2.0)));
        pen.painter.rect_filled(sample, 0.0, line.colour);
        right = left - 16.0;
    }
    outlook_words(pen, pos2(right, y), title_end, lines, view);
}

/// Ink for a number beyond a limit. A theme that forbids alarm colours as text writes it in its own.
fn alarm_ink(theme: &Theme, alarm: Alarm) -> Color32 {
    match (alarm, theme.alarm_text) {
        (Alarm::Trip, None) => *theme.alarm.trip,
        (Alarm::Warn, None) => *theme.alarm.warn,
        _ => *theme.text,
    }
}

/// `in 15 min 31.20 °C`, for charts of states, where the future says something.
fn outlook_words(pen: &Pen, at: egui::Pos2, title_end: f32, lines: &[Line<'_>], view: &RunView) {
    let theme = &pen.theme;
    let Some(outlook) = &view.outlook else { return };
    let Some((tick, row)) = outlook.rows.last().filter(|(tick, _)| *tick > view.tick) else { return };
    let at_end = |line: &Line<'_>| row.get(line.column).copied().unwrap_or(f64::NAN);
    // The first series, unless another one will be worse off.
    let worst = lines.iter().rev().max_by_key(|line| line.signal.limits.judge(at_end(line)));
    let Some(line) = worst.filter(|line| line.signal.kind == Kind::State && at_end(line).is_finite()) else { return };
    let ahead = duration((seconds(view, (*tick - view.tick) as f64) / 60.0).round().max(1.0) * 60.0);
    let who = if lines.len() > 1 { format!("{} in", line.signal.label) } else { "in".to_owned() };
    let words = format!("{who} {ahead}: {}", value_unit(line.signal, at_end(line)));
    let width = pen.width(&words, Face::Label);
    if at.x - width > title_end + 16.0 {
        pen.text(at, Align::Max, &words, Face::Label, theme.text3);
    }
}

/// Every limit of every series, once.
fn all_limits(lines: &[Line<'_>]) -> Vec<(f64, Alarm)> {
    let mut all: Vec<(f64, Alarm)> = Vec::new();
    for line in lines {
        let Limits { warn_low, warn_high, trip_low, trip_high } = line.signal.limits;
        let of = [(warn_low, Alarm::Warn), (warn_high, Alarm::Warn), (trip_low, Alarm::Trip), (trip_high, Alarm::Trip)];
        for (limit, alarm) in of.into_iter().filter_map(|(limit, alarm)| limit.map(|l| (l, alarm))) {
            if limit.is_finite() && !all.contains(&(limit, alarm)) {
                all.push((limit, alarm));
            }
        }
    }
    all
}

/// The values to show: what is drawn, and limits that are near enough to matter.
fn values(lines: &[Line<'_>], traces: &[Trace], ghosts: &[Points], view: &RunView, height: f32) -> Values {
    let (mut low, mut high) = (f64::NAN, f64::NAN);
    let mut take = |value: f64| {
        low = low.min(value);
        high = high.max(value);
    };
    for ((line, trace), ghost) in lines.iter().zip(traces).zip(ghosts) {
        if let Some((l, h)) = trace.extremes {
            take(l);
            take(h);
        }
        ghost.iter().for_each(|p| take(p[1]));
        take(view.value(line.column));
    }
    let range = lines.iter().map(|l| l.signal.range.1 - l.signal.range.0).fold(0.0, f64::max);
    let near = 1.5 * (high - low).max(0.15 * range);
    for (limit, _) in all_limits(lines) {
        if (limit - high).abs() <= near || (limit - low).abs() <= near {
            low = low.min(limit);
            high = high.max(limit);
        }
    }
    Values::around(low, high, 0.02 * range, (height / 30.0).clamp(2.0, 8.0) as usize)
}

/// The band beyond a limit, filled only while the limit is violated.
fn bands(pen: &Pen, frame: &Frame, lines: &[Line<'_>], view: &RunView) {
    let theme = &pen.theme;
    for line in lines {
        let value = view.value(line.column);
        let alarm = line.signal.limits.judge(value);
        if alarm == Alarm::Normal {
            continue;
        }
        let Limits { warn_low, warn_high, trip_low, trip_high } = line.signal.limits;
        let (low, high) = if alarm == Alarm::Trip { (trip_low, trip_high) } else { (warn_low, warn_high) };
        let colour = if alarm == Alarm::Trip { *theme.alarm.trip } else { *theme.alarm.warn };
        let fill = mix(colour, theme.sunken, theme.tokens.opacity.band);
        if let Some(limit) = high.filter(|l| value > *l) {
            let band = Rect::from_min_max(frame.rect.min, pos2(frame.rect.right(), frame.y(limit)));
            pen.painter.rect_filled(band.intersect(frame.rect), 0.0, fill);
        }
        if let Some(limit) = low.filter(|l| value < *l) {
            let band = Rect::from_min_max(pos2(frame.rect.left(), frame.y(limit)), frame.rect.max);
            pen.painter.rect_filled(band.intersect(frame.rect), 0.0, fill);
        }
    }
}

/// Limits as dashed lines with their value.
fn limits(pen: &Pen, frame: &Frame, lines: &[Line<'_>]) {
    let theme = &pen.theme;
    let mut all = all_limits(lines);
    all.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut last = f32::NEG_INFINITY;
    for (limit, alarm) in all {
        let y = frame.y(limit);
        if y < frame.rect.top() - 1.0 || y > frame.rect.bottom() + 1.0 {
            continue;
        }
        let (word, colour) =
            if alarm == Alarm::Trip { ("trip", *theme.alarm.trip) } else { ("warn", *theme.alarm.warn) };
        pen.dashed_hline(frame.rect.left(), frame.rect.right(), y, Stroke::new(theme.tokens.stroke.limit, colour));
        let number = lines.first().map_or(String::new(), |l| {
            crate::signal::format_number(limit, l.signal.decimals.min(super::words::decimals_of(limit)))
        });
        // Above its line, unless the frame or the words of the limit above are in the way.
        let above = y - 13.0 > frame.rect.top().max(last);
        let line = if above { y - 7.0 } else { y + 8.0 };
        last = line + 6.0;
        let words = format!("{word} {number}");
        let at = pos2(frame.rect.left() + 34.0, line);
        let width = pen.width(&words, Face::Caption) + 6.0;
        let ground = Rect::from_center_size(pos2(at.x + width / 2.0 - 3.0, line), vec2(width, 12.0));
        pen.painter.rect_filled(ground, 2.0, theme.sunken);
        pen.text(at, Align::Min, &words, Face::Caption, theme.text2);
    }
}

/// The lines themselves, past solid and future dashed.
fn plot_lines(
    ui: &mut Ui,
    name: &str,
    frame: &Frame,
    lines: &[Line<'_>],
    traces: &[Trace],
    ghosts: Vec<Points>,
    theme: &Theme,
) {
    let mut items: Vec<egui_plot::Line<'static>> = Vec::new();
    for ((line, trace), ghost) in lines.iter().zip(traces).zip(ghosts) {
        for piece in &trace.pieces {
            let points = PlotPoints::from(piece.clone());
            items.push(egui_plot::Line::new(line.signal.name.clone(), points).color(line.colour).width(line.width));
        }
        if !ghost.is_empty() {
            let colour = mix(line.colour, theme.sunken, theme.tokens.opacity.ghost);
            let dashed = LineStyle::Dashed { length: 5.0 };
            let ghost = egui_plot::Line::new(format!("{} outlook", line.signal.name), PlotPoints::from(ghost));
            items.push(ghost.color(colour).width(theme.tokens.stroke.ghost + 0.3).style(dashed));
        }
    }
    let (x, y) = (frame.from..=frame.to, frame.values.low..=frame.values.high);
    super::inside(ui, frame.rect, ("plot", name), |ui| {
        Plot::new("lines")
            .show_axes(false)
            .show_grid(false)
            .show_background(false)
            .allow_zoom(false)
            .allow_drag(false)
            .allow_scroll(false)
            .allow_boxed_zoom(false)
            .allow_double_click_reset(false)
            .set_margin_fraction(egui::Vec2::ZERO)
            .show_x(false)
            .show_y(false)
            .show_crosshair(false)
            .cursor_color(Color32::TRANSPARENT)
            .sense(Sense::hover())
            .width(frame.rect.width())
            .height(frame.rect.height())
            .show(ui, move |plot| {
                plot.set_plot_bounds_x(x);
                plot.set_plot_bounds_y(y);
                for item in items {
                    plot.line(item.allow_hover(false));
                }
            });
    });
}

/// The present: a thin line where the past ends.
fn present(pen: &Pen, frame: &Frame, view: &RunView) {
    let x = frame.x(view.tick as f64);
    if x > frame.rect.left() && x < frame.rect.right() - 1.0 {
        pen.vline(x, frame.rect.top(), frame.rect.bottom(), Stroke::new(1.0, pen.theme.focus));
    }
}

/// Says that not every row is drawn.
fn badge(pen: &Pen, plot: Rect, traces: &[Trace], view: &RunView) {
    let rows = traces.iter().map(|t| t.rows_each).max().unwrap_or(1);
    if view.recording.is_empty() {
        pen.text(plot.center(), Align::Center, "No tick has been run yet", Face::Label, pen.theme.text3);
    } else if rows > 1 {
        let words = format!("min/max of {rows}");
        let width = pen.width(&words, Face::Caption) + 8.0;
        let ground = Rect::from_min_size(pos2(plot.right() - width - 3.0, plot.top() + 2.0), vec2(width, 14.0));
        pen.painter.rect_filled(ground, 2.0, pen.theme.sunken);
        pen.text_at(plot.shrink2(vec2(6.0, 2.0)), Align2::RIGHT_TOP, &words, Face::Caption, pen.theme.text3);
    }
}

/// Pointer on the plot: moves the cursor of all charts, drags and zooms their common time axis.
fn interact(ui: &Ui, id: Id, frame: &Frame, chart: &Chart, state: &mut ChartState, view: &RunView) {
    let response = ui.interact(frame.rect, id, Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Image, true, format!("{} chart", chart.title)));
    if let Some(pointer) = response.hover_pos() {
        let instant = frame.tick(pointer.x);
        state.hovered = Some(instant);
        let (scroll, zoom) = ui.input(|i| (i.smooth_scroll_delta, i.zoom_delta()));
        let factor = f64::from(zoom) * f64::from((scroll.y / 240.0).clamp(-1.0, 1.0)).mul_add(0.8, 1.0).max(0.2);
        if (factor - 1.0).abs() > 1e-3 {
            state.zoom(view, instant, factor);
        }
        if scroll.x.abs() > 0.1 {
            state.pan(view, -f64::from(scroll.x / frame.rect.width()) * (frame.to - frame.from));
        }
    }
    if response.dragged() {
        let share = f64::from(response.drag_delta().x / frame.rect.width());
        state.pan(view, -share * (frame.to - frame.from));
        ui.ctx().set_cursor_icon(egui::CursorIcon::Grabbing);
    }
    if response.double_clicked() {
        state.follow();
    }
}
