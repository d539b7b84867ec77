//! One signal by day and time of day: a row for every day, a cell for every quarter of an hour.

use egui::epaint::Mesh;
use egui::{Align, Color32, Rect, Shape, Stroke, pos2, vec2};

use super::plot::{self, Canvas, Told, badge_words, tip};
use super::stats::{self, shown};
use super::zoom::Stretch;
use crate::app::panel::Cx;
use crate::app::panel::axes::Place;
use crate::app::panel::graph::badge;
use crate::app::panel::pen::Pen;
use crate::app::panel::time_axis::ChartState;
use crate::app::panel::words::{clock, date, decimals_of, short_date, value_unit};
use crate::app::theme::{Face, Theme};
use crate::evaluate::charts::{Carpet, carpet_place, carpet_range, every_words};
use crate::signal::{Alarm, Kind, Signal, SignalId, format_number};

/// Room for the colours with their numbers, points.
const SCALE: f32 = 64.0;

/// Draws the chart and tells which series is to be taken off.
pub(super) fn show(on: Canvas<'_, '_>, state: &mut ChartState, cx: &mut Cx<'_>) -> Option<SignalId> {
    let Canvas { ui, rect, chart, lines } = on;
    let (view, theme) = (cx.view, cx.theme);
    let line = lines.iter().find(|l| l.selected).or(lines.first())?;
    state.note([line.column]);
    let place = Place::of(rect, true, true, false)?;
    let pen = Pen::new(ui, &theme);
    let note = if lines.len() > 1 { format!("Shown: {}", line.signal.label) } else { String::new() };
    let removed = chart.legend(ui, place.legend, lines, plot::pointed(state, cx), &note, cx);
    // All of the run: a carpet is for looking at days.
    let of = shown(view, (0.0, view.tick as f64));
    let calendar = &view.spec.calendar;
    let carpet = state.stats.carpet(of, &view.recording, (line.column, line.signal), calendar);
    let body = place.plot.with_max_x((place.plot.right() - SCALE).max(place.plot.left() + 24.0));
    let (low, high) = carpet_range(line.signal, &carpet);
    let colour = |value: f64| scale(&theme, (value - low) / (high - low));
    let (days, columns) = (carpet.days.len().max(1), carpet.columns.max(1));
    // Days count downwards.
    let up = (days > 1).then_some((-(days as f64), 0.0));
    let part = state.zooms.shown(chart.zoom_id(ui, "carpet"), (0.0, columns as f64), up);
    let (low_day, high_day) = part.up.map_or((-(days as f64), 0.0), |(_, shown)| shown);
    let grid = Cells { rect: body, days, columns, across: part.across.1, down: (-high_day, -low_day) };
    pen.painter.rect_filled(body, 0.0, theme.sunken);
    let sight = [grid.across.0, grid.across.1, grid.down.0, grid.down.1].map(f64::to_bits);
    let look = (theme.name as u8, low.to_bits(), high.to_bits(), sight);
    let what = ("carpet", line.column, stats::place(body), look, carpet.days.len());
    let mesh = state.stats.mesh(of, what, || cells(&grid, &carpet, &colour));
    let inner = pen.clipped(body);
    inner.painter.add(Shape::mesh(mesh));
    axes(&pen, &grid, cx);
    let (day, column) = carpet_place(calendar, view.tick.saturating_sub(1));
    if day < grid.days && view.tick > 0 {
        let stroke = Stroke::new(1.5, theme.focus);
        inner.painter.rect_stroke(grid.cell(day, column), 0.0, stroke, egui::StrokeKind::Outside);
    }
    legend(&pen, body, line.signal, (low, high), &colour);
    let gone = stats::gone(state, of, carpet.every, carpet.gone);
    let what = if matches!(line.signal.kind, Kind::Sum | Kind::Event) { "sums" } else { "means" };
    let words = badge_words(&[
        &format!("{what} of {} min", carpet.cell_s / 60),
        &every_words(carpet.every),
        gone,
        part.words(),
    ]);
    badge(&pen.clipped(body), body, &words, view);
    let response = chart.plot(ui, body, "carpet");
    state.zooms.turn(ui, &response, body, &part);
    if let Some(at) = response.hover_pos()
        && let Some((day, column)) = grid.at(at)
        && let Some(cell) = carpet.cell(day, column)
    {
        inner.painter.rect_stroke(grid.cell(day, column), 0.0, (1.5, *theme.text), egui::StrokeKind::Outside);
        let begin = calendar.civil(cell.row);
        let heading = format!("{}, {}", date(begin), clock(begin));
        let name = if what == "sums" { "Sum" } else { "Mean" };
        let value = |v: f64| value_unit(line.signal, v);
        let told: Vec<Told> = vec![
            (Some(colour(cell.value)), name.to_owned(), value(cell.value)),
            (None, "Lowest".to_owned(), value(cell.low)),
            (None, "Highest".to_owned(), value(cell.high)),
        ];
        tip(&pen, ui.clip_rect(), at, &heading, &told);
        if response.clicked() && !response.double_clicked() {
            state.centre_on(view, cell.row);
        }
    }
    removed
}

/// Where cells stand.
struct Cells {
    rect: Rect,
    days: usize,
    columns: usize,
    /// Columns that are shown, from and to.
    across: Stretch,
    /// Days that are shown, from above.
    down: Stretch,
}

impl Cells {
    /// The place of a cell.
    fn cell(&self, day: usize, column: usize) -> Rect {
        let at = |(from, to): Stretch, place: usize| ((place as f64 - from) / (to - from).max(1e-9)) as f32;
        let corner = |day: usize, column: usize| {
            self.rect.min + self.rect.size() * vec2(at(self.across, column), at(self.down, day))
        };
        Rect::from_min_max(corner(day, column), corner(day + 1, column + 1))
    }

    /// Day and cell at a place.
    fn at(&self, at: egui::Pos2) -> Option<(usize, usize)> {
        let share = (at - self.rect.min) / self.rect.size();
        let inside = (0.0..1.0).contains(&share.x) && (0.0..1.0).contains(&share.y);
        let of = |(from, to): Stretch, share: f32| (from + f64::from(share) * (to - from)) as usize;
        inside.then_some((of(self.down, share.y), of(self.across, share.x)))
    }
}

/// A colour of the perceptual scale, by a place from 0 to 1.
fn scale(theme: &Theme, place: f64) -> Color32 {
    let (low, high) = theme.tokens.temperature.range_degc;
    let place = if place.is_finite() { place.clamp(0.0, 1.0) } else { 0.0 };
    theme.temperature(low + place * (high - low))
}

/// All cells as one mesh; neighbours of one colour are one rectangle.
fn cells(grid: &Cells, carpet: &Carpet, colour: &dyn Fn(f64) -> Color32) -> Mesh {
    let mut mesh = Mesh::default();
    for (day, cells) in carpet.days.iter().enumerate() {
        let mut open: Option<(Rect, Color32)> = None;
        for (column, cell) in cells.iter().enumerate() {
            let next = cell.as_ref().map(|c| (grid.cell(day, column), colour(c.value)));
            open = match (open, next) {
                (Some((rect, a)), Some((cell, b))) if a == b => Some((rect.with_max_x(cell.right()), a)),
                (before, next) => {
                    if let Some((rect, colour)) = before {
                        mesh.add_colored_rect(rect, colour);
                    }
                    next
                }
            };
        }
        if let Some((rect, colour)) = open {
            mesh.add_colored_rect(rect, colour);
        }
    }
    mesh
}

/// Days at the left, hours below.
fn axes(pen: &Pen, grid: &Cells, cx: &Cx<'_>) {
    let theme = &pen.theme;
    let rect = grid.rect;
    let shown = (grid.down.1 - grid.down.0).max(1.0).ceil() as usize;
    let step = shown.div_ceil(((rect.height() / 14.0) as usize).max(1));
    let ticks = 86_400 / u64::from(cx.view.spec.calendar.tick_s.max(1));
    for day in (0..grid.days).step_by(step.max(1)) {
        let y = grid.cell(day, 0).center().y;
        if !rect.y_range().expand(1.0).contains(y) {
            continue;
        }
        let words = short_date(cx.view.spec.calendar.civil(day as u64 * ticks));
        let at = pos2(rect.left() - 6.0, y);
        pen.text_within(at, Align::Max, 42.0, &words, Face::NumberCaption, theme.text3);
    }
    let per_hour = grid.columns as f64 / 24.0;
    let (from, to) = (grid.across.0 / per_hour, grid.across.1 / per_hour);
    // Minutes between two marks, so that words have room.
    let least = 60.0 * (to - from) * 44.0 / f64::from(rect.width().max(1.0));
    let step = [15_u32, 30, 60, 120, 240, 360, 720].into_iter().find(|m| f64::from(*m) >= least).unwrap_or(720);
    for minute in (0..=24 * 60).step_by(step as usize) {
        let hours = f64::from(minute) / 60.0;
        if hours < from - 1e-9 || hours > to + 1e-9 {
            continue;
        }
        let x = rect.left() + rect.width() * ((hours - from) / (to - from).max(1e-9)) as f32;
        let stroke = Stroke::new(1.0, theme.line_strong);
        pen.vline(x.min(rect.right() - 0.5), rect.bottom(), rect.bottom() + 3.0, stroke);
        let words = format!("{:02}:{:02}", minute / 60, minute % 60);
        pen.text(pos2(x, rect.bottom() + 10.0), Align::Center, &words, Face::NumberCaption, theme.text3);
    }
}

/// The colours with their numbers and unit at the right, limits marked.
fn legend(pen: &Pen, body: Rect, signal: &Signal, (low, high): (f64, f64), colour: &dyn Fn(f64) -> Color32) {
    let theme = &pen.theme;
    let bar =
        Rect::from_min_max(pos2(body.right() + 14.0, body.top() + 14.0), pos2(body.right() + 24.0, body.bottom()));
    if bar.height() < 16.0 {
        return;
    }
    let parts = 40;
    let mut mesh = Mesh::default();
    for k in 0..parts {
        let share = (f64::from(k) + 0.5) / f64::from(parts);
        let high_end = bar.bottom() - bar.height() * (k + 1) as f32 / parts as f32;
        let part =
            Rect::from_min_size(pos2(bar.left(), high_end), vec2(bar.width(), bar.height() / parts as f32 + 0.5));
        mesh.add_colored_rect(part, colour(low + share * (high - low)));
    }
    pen.painter.add(Shape::mesh(mesh));
    let y = |value: f64| bar.bottom() - (((value - low) / (high - low)) as f32).clamp(0.0, 1.0) * bar.height();
    let middle = f64::midpoint(low, high);
    let shown = if bar.height() > 60.0 { vec![low, middle, high] } else { vec![low, high] };
    for value in shown {
        let at = pos2(bar.right() + 5.0, y(value).clamp(bar.top() + 4.0, bar.bottom() - 4.0));
        pen.text_within(
            at,
            Align::Min,
            SCALE - 22.0,
            &format_number(value, decimals_of(value).min(signal.decimals.min(2))),
            Face::NumberCaption,
            theme.text3,
        );
    }
    pen.text_within(
        pos2(bar.left(), body.top() + 3.0),
        Align::Min,
        SCALE - 14.0,
        &signal.unit,
        Face::Caption,
        theme.text3,
    );
    let l = signal.limits;
    for (at, alarm) in
        [(l.warn_low, Alarm::Warn), (l.warn_high, Alarm::Warn), (l.trip_low, Alarm::Trip), (l.trip_high, Alarm::Trip)]
    {
        if let Some(at) = at.filter(|at| *at > low && *at < high) {
            let ink = if alarm == Alarm::Trip { *theme.alarm.trip } else { *theme.alarm.warn };
            pen.hline(bar.left() - 4.0, bar.right() + 2.0, y(at), Stroke::new(2.0, ink));
        }
    }
}
