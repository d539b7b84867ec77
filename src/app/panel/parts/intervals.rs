//! The decisions of a slow slot, one column an interval: prices as steps, sizes as bars, what came of it below.

use egui::{
    Align, Color32, CursorIcon, Rect, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, WidgetType, pos2, vec2,
};

use crate::app::theme::{Face, Theme, mix};
use crate::plant::{IntervalRow, Intervals, Slot, Told};
use crate::session::RunView;
use crate::signal::{SignalId, format_number};

use super::super::Cx;
use super::super::axes::{LEFT_MARGIN, RIGHT_MARGIN};
use super::super::charts::ChartState;
use super::super::glyph::{self, Glyph};
use super::super::pen::Pen;
use super::super::words::{decimals_of, value_unit};

/// Least width of an interval.
const LEAST_WIDTH: f32 = 40.0;

/// Height of a row of marks or numbers.
const ROW: f32 = 15.0;

/// Least height of each plot.
const PLOT: f32 = 40.0;

/// Height between the plots.
const BETWEEN: f32 = 8.0;

/// Least and natural height: bars and times at the least.
pub(super) fn height(spec: &Intervals) -> (f32, f32) {
    let rows = spec.rows.len() as f32 + 1.0 + f32::from(u8::from(spec.won.is_some()));
    (PLOT + 2.0 * ROW, 200.0 + rows * ROW)
}

/// Which intervals are shown, and where.
struct Columns<'a> {
    view: &'a RunView,
    slot: &'a Slot,
    left: f32,
    width: f32,
    /// Number of the first interval shown.
    first: u64,
    count: u64,
    /// The interval of the last row; `None` before the first.
    last: Option<u64>,
}

impl Columns<'_> {
    fn begin(&self, interval: u64) -> u64 {
        self.slot.phase_ticks.saturating_add(interval.saturating_mul(self.slot.period_ticks.max(1)))
    }

    fn end(&self, interval: u64) -> u64 {
        self.begin(interval.saturating_add(1))
    }

    fn shown(&self) -> impl Iterator<Item = u64> + use<> {
        self.first..self.first + self.count
    }

    fn left_of(&self, interval: u64) -> f32 {
        self.left + interval.saturating_sub(self.first) as f32 * self.width
    }

    /// The interval's part of a band.
    fn cell(&self, interval: u64, band: Rect) -> Rect {
        let left = self.left_of(interval);
        Rect::from_x_y_ranges(left..=left + self.width, band.y_range())
    }

    /// The interval that has not begun.
    fn next(&self) -> u64 {
        self.last.map_or(0, |last| last + 1)
    }

    /// Whether the interval has begun and not yet closed.
    fn is_running(&self, interval: u64) -> bool {
        self.last == Some(interval) && self.view.recording.rows() < self.end(interval)
    }

    /// A value of an interval; NaN where it has none (yet).
    fn value(&self, interval: u64, signal: SignalId, told: Told) -> f64 {
        if self.last.is_none_or(|last| interval > last) {
            return f64::NAN;
        }
        let (rows, end) = (self.view.recording.rows(), self.end(interval));
        match told {
            Told::Within => self.view.recording.value(rows.min(end).saturating_sub(1), signal),
            Told::AtClose if rows >= end => self.view.recording.value(end - 1, signal),
            Told::AtClose => f64::NAN,
        }
    }

    /// Largest and smallest value of some signals over what is shown, zero included.
    fn extremes(&self, signals: &[SignalId]) -> (f64, f64) {
        let all = self.shown().flat_map(|i| signals.iter().map(move |s| (i, *s)));
        all.map(|(i, s)| self.value(i, s, Told::Within))
            .filter(|v| v.is_finite())
            .fold((0.0, 0.0), |(low, high), v| (v.min(low), v.max(high)))
    }
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

/// As many of the newest intervals as fit; where the charts show an older time, those up to its end.
fn columns<'a>(view: &'a RunView, slot: &'a Slot, area: Rect, state: &ChartState) -> Columns<'a> {
    let period = slot.period_ticks.max(1);
    let number = |tick: u64| tick.checked_sub(slot.phase_ticks).map(|t| t / period);
    let last = view.recording.rows().checked_sub(1).and_then(number);
    let count = (area.width() / LEAST_WIDTH).floor().clamp(1.0, 96.0) as u64;
    let next = last.map_or(0, |l| l + 1);
    let newest = if state.follows() {
        next
    } else {
        let (_, to) = state.range(view);
        number((to - 1.0).max(0.0) as u64).unwrap_or(0).min(next)
    };
    let first = (newest + 1).saturating_sub(count);
    Columns { view, slot, left: area.left(), width: area.width() / count as f32, first, count, last }
}

/// The bands from the top down, as many as the height holds.
struct Bands {
    steps: Option<Rect>,
    bars: Rect,
    marks: Option<Rect>,
    rows: Vec<Rect>,
    times: Rect,
}

impl Bands {
    fn of(area: Rect, spec: &Intervals) -> Self {
        let band = |top: f32, high: f32| Rect::from_min_size(pos2(area.left(), top), vec2(area.width(), high));
        let mut left = (area.height() - ROW - PLOT).max(0.0);
        let mut take = |high: f32| {
            let fits = left >= high;
            left -= if fits { high } else { 0.0 };
            fits
        };
        let marked = spec.won.is_some() && take(ROW);
        let stepped = !spec.steps.is_empty() && take(PLOT + BETWEEN);
        let rows = spec.rows.iter().take_while(|_| take(ROW)).count();
        let numbers = (rows + usize::from(marked)) as f32 * ROW + ROW;
        let plots = (area.height() - numbers - if stepped { BETWEEN } else { 0.0 }).max(8.0);
        let steps = stepped.then(|| band(area.top(), plots * 0.52));
        let bars_top = steps.map_or(area.top(), |s| s.bottom() + BETWEEN);
        let bars = band(bars_top, plots - steps.map_or(0.0, |s| s.height()));
        let mut top = bars.bottom() + 1.0;
        let mut next = || {
            let rect = band(top, ROW);
            top += ROW;
            rect
        };
        let marks = marked.then(&mut next);
        let rows = (0..rows).map(|_| next()).collect();
        Self { steps, bars, marks, rows, times: next() }
    }
}

/// A value axis that holds zero, with a mark in the middle of each side.
struct Axis {
    rect: Rect,
    low: f64,
    high: f64,
}

impl Axis {
    fn of(rect: Rect, (low, high): (f64, f64)) -> Self {
        let high = if high <= 0.0 && low < 0.0 { 0.0 } else { round_top(high) };
        Self { rect, low: if low < 0.0 { -round_top(-low) } else { 0.0 }, high }
    }

    fn y(&self, value: f64) -> f32 {
        let share = ((value - self.low) / (self.high - self.low)).clamp(-0.1, 1.1);
        self.rect.bottom() - if share.is_finite() { share as f32 } else { 0.0 } * self.rect.height()
    }

    /// Grid lines, their numbers and the unit between them.
    fn draw(&self, pen: &Pen, left: f32, unit: &str) {
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
        let words = words(spec, interval, columns);
        let response = ui.interact(cell, ui.id().with(("interval", interval - columns.first)), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &words));
        if response.has_focus() || response.hovered() {
            let ink = if response.has_focus() { ui.visuals().selection.stroke.color } else { Color32::TRANSPARENT };
            ui.painter().rect_stroke(cell, 2.0, Stroke::new(1.5, ink), StrokeKind::Inside);
        }
        if response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(words).clicked() {
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
