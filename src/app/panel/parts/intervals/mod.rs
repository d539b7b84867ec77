//! The decisions of a slow slot, one column an interval: prices as steps, sizes as bars, what came of it below.

mod axis;
mod columns;

use egui::{
    Align, Color32, CursorIcon, Rect, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, WidgetType, pos2, vec2,
};

use crate::app::theme::{Face, Theme, mix};
use crate::plant::{IntervalRow, Intervals, Told};
use crate::session::RunView;
use crate::signal::{SignalId, format_number};

use crate::app::panel::Cx;
use crate::app::panel::axes::{LEFT_MARGIN, RIGHT_MARGIN};
use crate::app::panel::charts::ChartState;
use crate::app::panel::glyph::{self, Glyph};
use crate::app::panel::pen::Pen;
use crate::app::panel::words::value_unit;

use axis::Axis;
use columns::{Bands, Columns, PLOT, ROW, columns};

/// Least and natural height: bars and times at the least.
pub(super) fn height(spec: &Intervals) -> (f32, f32) {
    let rows = spec.rows.len() as f32 + 1.0 + f32::from(u8::from(spec.won.is_some()));
    (PLOT + 2.0 * ROW, 200.0 + rows * ROW)
}

/// Draws the decisions.
pub(super) fn show(ui: &Ui, rect: Rect, spec: &Intervals, state: &mut ChartState, cx: &Cx<'_>) {
    let view = cx.view;
    let Some(slot) = view.spec.slots.get(spec.slot) else { return };
    let theme = &cx.theme;
    let pen = Pen::new(ui, theme);
    let labels = spec.rows.iter().map(|r| pen.width(&r.label, Face::Caption)).fold(0.0, f32::max);
    let margin = LEFT_MARGIN.max(labels + 16.0).min(rect.width() * 0.3);
    let area = Rect::from_min_max(rect.min + vec2(margin, 8.0), rect.max - vec2(RIGHT_MARGIN, 4.0));
    if area.width() < 24.0 || area.height() < 24.0 {
        return;
    }
    let columns = columns(view, slot, area, state);
    let bands = Bands::of(area, spec);
    for band in [bands.steps, Some(bands.bars)].into_iter().flatten() {
        pen.painter.rect_filled(band, 0.0, theme.sunken);
    }
    if let Some(running) = columns.last.filter(|l| columns.is_running(*l) && columns.shown().any(|i| i == *l)) {
        let share = if theme.is_dark() { 0.45 } else { 0.6 };
        pen.painter.rect_filled(columns.cell(running, area), 0.0, mix(theme.select_bg, theme.surface, share));
    }
    let grid = theme.hairline();
    for interval in columns.shown().chain([columns.first + columns.count]) {
        let x = columns.left_of(interval).min(area.right());
        for band in [bands.steps, Some(bands.bars)].into_iter().flatten() {
            pen.vline(x, band.top(), band.bottom(), grid);
        }
    }
    if let Some(band) = bands.steps {
        steps(&pen, band, rect.left(), spec, &columns);
    }
    bars(&pen, bands.bars, rect.left(), spec, &columns);
    below(&pen, &bands, rect.left(), spec, &columns);
    interact(ui, area, spec, &columns, state);
}

/// Inks of the steps: the accent for the first signal, the colour of text for the second.
fn inks(theme: &Theme, view: &RunView, signals: &[SignalId]) -> Vec<Color32> {
    let first =
        signals.first().and_then(|s| view.schema.signals.get(*s)).map_or(*theme.text, |s| theme.accent_of(s.carrier));
    let others = [*theme.text, theme.series_of(0), theme.series_of(3)];
    std::iter::once(first).chain(others.into_iter().cycle()).take(signals.len()).collect()
}

fn steps(pen: &Pen, rect: Rect, left: f32, spec: &Intervals, columns: &Columns<'_>) {
    let theme = &pen.theme;
    let axis = Axis::of(rect, columns.extremes(&spec.steps));
    let known = |s: &SignalId| columns.view.schema.signals.get(*s);
    axis.draw(pen, left, spec.steps.first().and_then(known).map_or("", |s| s.unit.as_str()));
    let inks = inks(theme, columns.view, &spec.steps);
    let inner = pen.clipped(rect.expand(1.5));
    for (index, (signal, ink)) in spec.steps.iter().zip(&inks).enumerate() {
        let mut points = Vec::new();
        for interval in columns.shown() {
            let value = columns.value(interval, *signal, Told::Within);
            let cell = columns.cell(interval, rect);
            let y = axis.y(value);
            match (value.is_finite(), index) {
                // The first signal runs through, the others are strokes of their own in each interval.
                (true, 0) => points.extend([pos2(cell.left(), y), pos2(cell.right(), y)]),
                (true, _) => {
                    let stroke = cell.x_range().shrink(4.0);
                    let bar = Rect::from_x_y_ranges(stroke, y - 1.0..=y + 1.0);
                    inner.painter.rect_filled(bar, 0.0, *ink);
                }
                (false, _) => line(&inner, std::mem::take(&mut points), *ink),
            }
        }
        line(&inner, points, *ink);
    }
    if rect.height() >= 56.0 {
        legend(pen, rect, spec, &inks, columns.view);
    }
}

fn line(pen: &Pen, points: Vec<egui::Pos2>, ink: Color32) {
    if points.len() >= 2 {
        pen.painter.add(Shape::line(points, Stroke::new(2.0, ink)));
    }
}

/// Names of the steps at the foot of their plot.
fn legend(pen: &Pen, rect: Rect, spec: &Intervals, inks: &[Color32], view: &RunView) {
    let theme = &pen.theme;
    let y = rect.bottom() - 9.0;
    let mut x = rect.left() + 6.0;
    for (signal, ink) in spec.steps.iter().zip(inks) {
        let Some(signal) = view.schema.signals.get(*signal) else { continue };
        let width = pen.width(&signal.label, Face::Caption);
        if x + 16.0 + width > rect.right() - 4.0 {
            return;
        }
        let ground = Rect::from_min_max(pos2(x - 2.0, y - 6.0), pos2(x + 18.0 + width, y + 6.0));
        pen.painter.rect_filled(ground, 0.0, theme.sunken);
        pen.painter.rect_filled(Rect::from_center_size(pos2(x + 6.0, y), vec2(12.0, 2.0)), 0.0, *ink);
        pen.text(pos2(x + 16.0, y), Align::Min, &signal.label, Face::Caption, theme.text2);
        x += 16.0 + width + 12.0;
    }
}

fn bars(pen: &Pen, rect: Rect, left: f32, spec: &Intervals, columns: &Columns<'_>) {
    let theme = &pen.theme;
    let axis = Axis::of(rect, columns.extremes(&spec.bars));
    let first = spec.bars.first().and_then(|s| columns.view.schema.signals.get(*s));
    axis.draw(pen, left, first.map_or("", |s| s.unit.as_str()));
    let accent = first.map_or(*theme.text, |s| theme.accent_of(s.carrier));
    for interval in columns.shown() {
        let cell = columns.cell(interval, rect).shrink2(vec2((columns.width * 0.12).clamp(3.0, 10.0), 0.0));
        let bar = |value: f64| {
            let (a, b) = (axis.y(0.0), axis.y(value));
            Rect::from_x_y_ranges(cell.x_range(), a.min(b)..=a.max(b))
        };
        let of = |index: usize| {
            spec.bars.get(index).map(|s| columns.value(interval, *s, Told::Within)).filter(|v| v.is_finite())
        };
        let won = spec.won.is_none_or(|flag| columns.value(interval, flag, Told::Within) == 1.0);
        let (wanted, holds) = (of(0), if spec.bars.len() > 1 { of(1) } else { of(0) });
        if let Some(wanted) = wanted {
            pen.painter.rect_stroke(bar(wanted), 0.0, Stroke::new(1.0, theme.line_strong), StrokeKind::Inside);
        }
        if let Some(holds) = holds {
            // What runs is bright, what was is calm; what holds without a grant is grey.
            let share = if columns.is_running(interval) { 1.0 } else { 0.74 };
            let ink = if won { mix(accent, theme.sunken, share) } else { mix(theme.text3, theme.sunken, share) };
            pen.painter.rect_filled(bar(holds), 0.0, ink);
            if won {
                pen.painter.rect_stroke(bar(holds), 0.0, Stroke::new(1.0, accent), StrokeKind::Inside);
            }
        }
        if interval == columns.next() {
            let ground = Rect::from_center_size(cell.center(), vec2(pen.width("next", Face::Caption) + 6.0, 12.0));
            pen.painter.rect_filled(ground, 0.0, theme.sunken);
            pen.text(cell.center(), Align::Center, "next", Face::Caption, theme.text3);
        }
    }
}

/// Marks, numbers and times below the bars.
fn below(pen: &Pen, bands: &Bands, left: f32, spec: &Intervals, columns: &Columns<'_>) {
    let theme = &pen.theme;
    let label = |band: Rect, text: &str| {
        let room = band.left() - left - 12.0;
        pen.text_within(pos2(left + 8.0, band.center().y), Align::Min, room, text, Face::Caption, theme.text3);
    };
    if let (Some(band), Some(flag)) = (bands.marks, spec.won) {
        let name = spec.bars.first().and_then(|s| columns.view.schema.signals.get(*s));
        label(band, name.map_or("", |s| s.label.as_str()));
        for interval in columns.shown() {
            let at = columns.cell(interval, band).center();
            match columns.value(interval, flag, Told::Within) {
                1.0 => check(pen, at),
                v if v.is_finite() => glyph::draw(&pen.painter, Glyph::Cross, at, 9.0, *theme.text3),
                _ => {}
            }
        }
    }
    for (row, band) in spec.rows.iter().zip(&bands.rows) {
        label(*band, &row.label);
        for interval in columns.shown() {
            let cell = columns.cell(interval, *band);
            let (text, ink) = number(row, interval, columns, theme);
            pen.text_within(cell.center(), Align::Center, columns.width - 2.0, &text, Face::NumberCaption, ink);
        }
    }
    // A time below each column, or below every other one where they are narrow.
    let every = if columns.width >= pen.width("00:00", Face::NumberCaption) + 6.0 { 1 } else { 2 };
    for interval in columns.shown().filter(|i| i.is_multiple_of(every)) {
        let time = columns.view.spec.calendar.civil(columns.begin(interval));
        let text = format!("{:02}:{:02}", time.hour(), time.minute());
        let ink = if columns.is_running(interval) { theme.text } else { theme.text3 };
        if interval <= columns.next() {
            pen.text(columns.cell(interval, bands.times).center(), Align::Center, &text, Face::NumberCaption, ink);
        }
    }
}

/// A number of an interval: `…` while it is still to come.
fn number(row: &IntervalRow, interval: u64, columns: &Columns<'_>, theme: &Theme) -> (String, Color32) {
    let value = columns.value(interval, row.signal, row.told);
    if value.is_finite() {
        let text = format_number(value, row.decimals);
        let is_zero = !text.bytes().any(|b| matches!(b, b'1'..=b'9'));
        (text, if is_zero { *theme.text3 } else { *theme.text })
    } else if columns.is_running(interval) {
        ("…".to_owned(), *theme.text3)
    } else {
        (String::new(), *theme.text3)
    }
}

/// A tick mark.
fn check(pen: &Pen, at: egui::Pos2) {
    let points = vec![at + vec2(-4.0, 0.5), at + vec2(-1.2, 3.2), at + vec2(4.2, -3.4)];
    pen.painter.add(Shape::line(points, Stroke::new(1.6, *pen.theme.text)));
}

/// A click shows an interval in the charts; scrolling goes back and forth.
fn interact(ui: &Ui, area: Rect, spec: &Intervals, columns: &Columns<'_>, state: &mut ChartState) {
    let view = columns.view;
    for interval in columns.shown().filter(|i| columns.last.is_some_and(|l| *i <= l)) {
        let cell = columns.cell(interval, area);
        // Many words for each interval: made when somebody asks for them.
        let words = || words(spec, interval, columns);
        let response = ui.interact(cell, ui.id().with(("interval", interval - columns.first)), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, words()));
        if response.has_focus() || response.hovered() {
            let ink = if response.has_focus() { ui.visuals().selection.stroke.color } else { Color32::TRANSPARENT };
            ui.painter().rect_stroke(cell, 2.0, Stroke::new(1.5, ink), StrokeKind::Inside);
        }
        let tip = |ui: &mut Ui| {
            ui.label(words());
        };
        if response.on_hover_cursor(CursorIcon::PointingHand).on_hover_ui(tip).clicked() {
            let middle = (columns.begin(interval) + columns.end(interval)) / 2;
            state.centre_on(view, middle.min(view.tick));
        }
    }
    if ui.rect_contains_pointer(area) {
        let scroll = ui.input(|i| i.smooth_scroll_delta);
        let points = if scroll.x.abs() > scroll.y.abs() { scroll.x } else { scroll.y };
        if points.abs() > 0.1 {
            let ticks = f64::from(points / columns.width) * columns.slot.period_ticks.max(1) as f64;
            state.pan(view, -ticks);
        }
    }
}

/// Everything about an interval, for the tooltip and for screen readers.
fn words(spec: &Intervals, interval: u64, columns: &Columns<'_>) -> String {
    let view = columns.view;
    let clock = |tick: u64| {
        let time = view.spec.calendar.civil(tick);
        format!("{:02}:{:02}", time.hour(), time.minute())
    };
    let mut out = format!("{} to {}", clock(columns.begin(interval)), clock(columns.end(interval)));
    let told = spec.bars.iter().chain(&spec.steps).map(|s| (*s, Told::Within));
    for (id, told) in told.chain(spec.rows.iter().map(|r| (r.signal, r.told))) {
        let value = columns.value(interval, id, told);
        if let Some(signal) = view.schema.signals.get(id).filter(|_| value.is_finite()) {
            out.push_str(&format!("\n{} {}", signal.label, value_unit(signal, value)));
        }
    }
    if let Some(signal) = spec.won.and_then(|flag| view.schema.signals.get(flag)) {
        let won = spec.won.map_or(f64::NAN, |flag| columns.value(interval, flag, Told::Within));
        if won.is_finite() {
            out.push_str(&format!("\n{}: {}", signal.label, if won == 1.0 { "yes" } else { "no" }));
        }
    }
    out
}
