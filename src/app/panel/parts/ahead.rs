//! When signals reach their limits if they go on as they do.

use egui::{Align, Color32, Rect, StrokeKind, Ui, pos2, vec2};

use crate::app::theme::{Face, corners};
use crate::session::RunView;
use crate::signal::{Alarm, Limits, Signal, SignalId};

use super::super::Cx;
use super::super::glyph;
use super::super::pen::{Pen, Run};
use super::super::words::{duration, number_of, seconds, signed, value_unit};
use super::source::slope_per_minute;
use super::{Headline, selectable};

/// How far a slope is trusted.
const HORIZON_MIN: f64 = 240.0;

/// From this width on, value and slope stand beside each other.
const WIDE: f32 = 190.0;

/// Distance between two signals beside each other.
const GUTTER: f32 = 20.0;

/// Heights: of the value, of the label above it, of a line of words, and between two signals.
const CHIP: f32 = 25.0;
const LABEL: f32 = 15.0;
const WORDS: f32 = 14.0;
const APART: f32 = 8.0;

/// When a signal reaches a limit.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Forecast {
    /// It is beyond its trip limit.
    Beyond,
    /// It reaches a limit in so many minutes.
    In(f64, Alarm),
    /// It reaches no limit within the horizon.
    Nothing,
    /// There is no slope yet.
    Unknown,
}

impl Forecast {
    /// The next trip within the horizon, else the next warning.
    fn of(limits: Limits, value: f64, slope: f64) -> Self {
        if limits.judge(value) == Alarm::Trip {
            return Self::Beyond;
        }
        if !(value.is_finite() && slope.is_finite()) {
            return Self::Unknown;
        }
        let (warn, trip) =
            if slope > 0.0 { (limits.warn_high, limits.trip_high) } else { (limits.warn_low, limits.trip_low) };
        let reach =
            |limit: Option<f64>| limit.map(|limit| (limit - value) / slope).filter(|m| (0.0..=HORIZON_MIN).contains(m));
        match (reach(trip), reach(warn)) {
            (Some(minutes), _) => Self::In(minutes, Alarm::Trip),
            (None, Some(minutes)) => Self::In(minutes, Alarm::Warn),
            (None, None) => Self::Nothing,
        }
    }

    /// Words before the time, the time, words after it.
    fn words(self) -> (&'static str, String, &'static str) {
        match self {
            Self::Beyond => ("beyond its trip limit", String::new(), ""),
            Self::In(minutes, Alarm::Trip) => ("trip in ", whole_minutes(minutes), " at this slope"),
            Self::In(minutes, _) => ("warning in ", whole_minutes(minutes), " at this slope"),
            Self::Nothing => ("no limit within ", duration(HORIZON_MIN * 60.0), " at this slope"),
            Self::Unknown => ("no slope yet", String::new(), ""),
        }
    }
}

/// A time with its digits in the face of numbers and its units in that of words.
fn time_runs(time: &str, ink: Color32) -> Vec<Run<'_>> {
    time.split_inclusive(' ')
        .flat_map(|word| {
            let (number, space) = word.split_at(word.trim_end().len());
            let is_number = number.starts_with(|c: char| c.is_ascii_digit());
            [(number, if is_number { Face::NumberLabel } else { Face::Label }, ink), (space, Face::Label, ink)]
        })
        .collect()
}

fn whole_minutes(minutes: f64) -> String {
    duration(minutes.round().max(1.0) * 60.0)
}

/// What the signals say together: the soonest trip, else the soonest warning, else that there is none.
pub(super) fn headline(signals: &[SignalId], cx: &Cx<'_>) -> Option<Headline> {
    let rank = |f: &Forecast| match *f {
        Forecast::Beyond => (0, 0.0),
        Forecast::In(m, Alarm::Trip) => (1, m),
        Forecast::In(m, _) => (2, m),
        Forecast::Nothing => (3, 0.0),
        Forecast::Unknown => (4, 0.0),
    };
    let soonest = signals
        .iter()
        .filter_map(|id| cx.view.schema.signals.get(*id).map(|s| (*id, s)))
        .map(|(id, signal)| Forecast::of(signal.limits, cx.view.value(id), slope_per_minute(cx.view, id)))
        .min_by(|a, b| rank(a).partial_cmp(&rank(b)).unwrap_or(std::cmp::Ordering::Equal))?;
    let (before, time, after) = soonest.words();
    let (number, unit) = time.split_once(' ').unwrap_or((&time, ""));
    (soonest != Forecast::Unknown).then(|| Headline {
        before: before.trim().to_owned(),
        number: number.to_owned(),
        after: format!("{unit}{after}"),
        face: Face::Number,
        whole: true,
        doc: "The soonest of its signals: (limit − value) / slope, the slope over the last 5 minutes, as if it stayed. \
              Looks 4 h ahead, trips before warnings",
    })
}

/// `in 15 min 33.10 °C`, from the look ahead.
fn outlook(view: &RunView, id: SignalId, signal: &Signal) -> Option<String> {
    let outlook = view.outlook.as_ref().filter(|_| view.end.is_none())?;
    let (tick, row) = outlook.rows.last().filter(|(tick, _)| *tick > view.tick)?;
    let value = row.get(id).copied().filter(|v| v.is_finite())?;
    let ahead = (seconds(view, (*tick - view.tick) as f64) / 60.0).round().max(1.0);
    Some(format!("in {} {}", duration(ahead * 60.0), value_unit(signal, value)))
}

fn columns(width: f32, count: usize) -> usize {
    (((width + GUTTER) / (WIDE + GUTTER)).floor().max(1.0) as usize).min(count.max(1))
}

fn cell_width(width: f32, columns: usize) -> f32 {
    ((width - GUTTER * (columns - 1) as f32) / columns as f32).max(1.0)
}

/// Height of one signal at a width and a level of detail: 0 label and value, 1 the forecast too, 2 the outlook too.
fn block_height(pen: &Pen, width: f32, detail: usize) -> f32 {
    if detail == 0 {
        return CHIP;
    }
    let (before, time, after) = Forecast::Nothing.words();
    let long = format!("{before}{time}{after}");
    // The longest words decide, so that nothing moves when the forecast changes.
    let forecast = if pen.width(&long, Face::Label) <= width { WORDS } else { 2.0 * WORDS };
    let label = if width < WIDE { LABEL } else { 0.0 };
    label + CHIP + forecast + if detail == 1 { 0.0 } else { WORDS }
}

/// Heights of the levels of detail.
pub(super) fn heights(pen: &Pen, signals: &[SignalId], width: f32) -> Vec<f32> {
    let count = columns(width, signals.len());
    let rows = signals.len().div_ceil(count) as f32;
    let cell = cell_width(width, count);
    (0..3).map(|detail| rows * block_height(pen, cell, detail) + (rows - 1.0).max(0.0) * APART).collect()
}

/// Draws the signals with what is ahead of them.
pub(super) fn show(ui: &Ui, rect: Rect, signals: &[SignalId], cx: &mut Cx<'_>) {
    let pen = Pen::new(ui, &cx.theme);
    let count = columns(rect.width(), signals.len());
    let width = cell_width(rect.width(), count);
    let fits = heights(&pen, signals, rect.width()).iter().rposition(|h| *h <= rect.height() + 1.0);
    let detail = fits.unwrap_or(0);
    let high = block_height(&pen, width, detail);
    for (index, id) in signals.iter().enumerate() {
        let (column, row) = (index % count, index / count);
        let at = pos2(rect.left() + column as f32 * (width + GUTTER), rect.top() + row as f32 * (high + APART));
        let cell = Rect::from_min_size(at, vec2(width, high));
        if cell.bottom() <= rect.bottom() + 2.0 {
            block(ui, &pen, cell, *id, detail, cx);
        }
    }
}

fn block(ui: &Ui, pen: &Pen, cell: Rect, id: SignalId, detail: usize, cx: &mut Cx<'_>) {
    let view = cx.view;
    let Some(signal) = view.schema.signals.get(id) else { return };
    let theme = cx.theme;
    let value = view.value(id);
    let slope = slope_per_minute(view, id);
    let forecast = Forecast::of(signal.limits, value, slope);
    let (before, time, after) = forecast.words();
    let slope_number = signed(slope, signal.decimals.max(2));
    let slope_unit = format!("{}/min", if signal.unit == "°C" { "K" } else { signal.unit.as_str() });
    let spoken =
        format!("{} {}, {slope_number} {slope_unit}, {before}{time}{after}", signal.label, value_unit(signal, value));
    selectable(ui, cell.expand2(vec2(4.0, 2.0)), ui.id().with(("ahead", id)), id, &spoken, cx);
    let number = number_of(signal, value);
    let (label, unit) = (&signal.label, format!(" {slope_unit}"));
    // Label, value and slope in one line, or label and slope above the value.
    let is_wide = cell.width() >= WIDE || detail == 0;
    let (line, mut top) = if is_wide { (CHIP, cell.top()) } else { (LABEL, cell.top() + LABEL) };
    let y = cell.top() + line / 2.0;
    let (words, digits) = if is_wide { (Face::Label, Face::NumberLabel) } else { (Face::Label, Face::NumberCaption) };
    let label_at = pen.text_within(pos2(cell.left(), y), Align::Min, cell.width() * 0.5, label, words, theme.text2);
    let chip_left = if is_wide { label_at.right() + 8.0 } else { cell.left() };
    let chip = Rect::from_min_max(pos2(chip_left, top), pos2(cell.right().max(chip_left + 1.0), top + CHIP));
    let alarm = signal.limits.judge(value);
    let value_at = value_chip(pen, chip, alarm, &number, &signal.unit);
    let slope_runs: [Run<'_>; 2] = [(&slope_number, digits, *theme.text2), (&unit, Face::Caption, *theme.text3)];
    let beside = if is_wide { value_at } else { label_at };
    if beside.right() + 6.0 + pen.width_of(&slope_runs) <= cell.right() {
        pen.runs(pos2(cell.right(), y), Align::Max, &slope_runs);
    }
    top += CHIP;
    if detail == 0 {
        return;
    }
    let ink = if matches!(forecast, Forecast::In(..) | Forecast::Beyond) { *theme.text } else { *theme.text3 };
    let mut first: Vec<Run<'_>> = vec![(before, Face::Label, ink)];
    first.extend(time_runs(&time, ink));
    let at = pos2(cell.left(), top + WORDS / 2.0);
    if pen.width_of(&first) + pen.width(after, Face::Label) <= cell.width() {
        first.push((after, Face::Label, ink));
    } else {
        pen.text(at + vec2(0.0, WORDS), Align::Min, after.trim_start(), Face::Label, ink);
    }
    pen.runs(at, Align::Min, &first);
    if let Some(words) = outlook(view, id, signal).filter(|_| detail == 2) {
        let at = pos2(cell.left(), cell.bottom() - WORDS / 2.0);
        pen.text_within(at, Align::Min, cell.width(), &words, Face::Label, theme.text3);
    }
}

/// The value, large; beyond a limit on the ground of its alarm with its shape before it. Returns what it covers.
pub(super) fn value_chip(pen: &Pen, rect: Rect, alarm: Alarm, number: &str, unit: &str) -> Rect {
    let theme = &pen.theme;
    let y = rect.center().y;
    let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
    if alarm == Alarm::Normal {
        let runs: [Run<'_>; 2] = [(number, Face::NumberLarge, *theme.text), (&unit, Face::Label, *theme.text2)];
        return pen.runs(pos2(rect.left(), y), Align::Min, &runs);
    }
    let (ground, ink) = theme.alarm_chip(alarm);
    let runs: [Run<'_>; 2] = [(number, Face::NumberLarge, ink), (&unit, Face::Label, ink)];
    let width = (pen.width_of(&runs) + 32.0).min(rect.width());
    let chip = Rect::from_min_size(pos2(rect.left(), rect.top() + 1.0), vec2(width, rect.height() - 2.0));
    let edge = if theme.alarm_text.is_some() { theme.text } else { theme.line_strong };
    let radius = corners(theme.tokens.radius.chip);
    pen.painter.rect(chip, radius, ground, egui::Stroke::new(1.0, *edge), StrokeKind::Inside);
    // On a ground as bright as its colour the shape takes the colour of the words.
    let shape = if theme.alarm_text.is_some() {
        ink
    } else {
        if alarm == Alarm::Trip { *theme.alarm.trip } else { *theme.alarm.warn }
    };
    glyph::alarm(&pen.painter, alarm, pos2(chip.left() + 13.0, y), 13.0, shape, None);
    pen.runs(pos2(chip.left() + 24.0, y), Align::Min, &runs);
    chip
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]
    use super::*;

    #[test]
    fn a_slope_leads_to_the_trip_or_else_to_the_warning() {
        let limits = Limits::high(33.0, 35.0);
        assert_eq!(Forecast::of(limits, 33.0, 0.05), Forecast::In(40.0, Alarm::Trip));
        assert_eq!(Forecast::of(limits, 31.0, 0.01), Forecast::In(200.0, Alarm::Warn), "the trip is 400 min away");
        assert_eq!(Forecast::of(limits, 31.0, -0.05), Forecast::Nothing);
        assert_eq!(Forecast::of(limits, 31.0, 0.0), Forecast::Nothing);
        assert_eq!(Forecast::of(limits, 36.0, -0.05), Forecast::Beyond);
        assert_eq!(Forecast::of(limits, f64::NAN, 0.05), Forecast::Unknown);
        assert_eq!(Forecast::of(limits, 31.0, f64::NAN), Forecast::Unknown);
        let low = Limits { warn_low: Some(0.2), trip_low: Some(0.1), ..Limits::default() };
        let Forecast::In(minutes, Alarm::Trip) = Forecast::of(low, 0.3, -0.01) else { panic!("no trip") };
        assert!((minutes - 20.0).abs() < 1e-9);
    }

    #[test]
    fn forecasts_are_told_in_whole_minutes() {
        let words = |f: Forecast| {
            let (a, b, c) = f.words();
            format!("{a}{b}{c}")
        };
        assert_eq!(words(Forecast::In(39.7, Alarm::Trip)), "trip in 40 min at this slope");
        assert_eq!(words(Forecast::In(0.2, Alarm::Warn)), "warning in 1 min at this slope");
        assert_eq!(words(Forecast::Nothing), "no limit within 4 h at this slope");
    }
}
