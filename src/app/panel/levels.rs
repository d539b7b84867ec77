//! What is drawn across a chart: limits of its signals, bands beyond a violated limit, levels that the plant declares.

use egui::{Align, Rect, Stroke, pos2, vec2};

use crate::app::theme::{Face, mix};
use crate::plant::{Bound, BoundAt};
use crate::session::RunView;
use crate::signal::{Alarm, Hold, Limits, format_number};

use super::axes::{Frame, Side, Sides};
use super::cache::Cache;
use super::graph::LOW;
use super::line::Line;
use super::pen::Pen;
use super::series::Trace;
use super::words::{SPACE, decimals_of};

/// Rows a pixel from which on a level that moves has one stretch a dash.
const CROWDED: f32 = 4.0;

/// Length of a dash of such a level with the gap behind it, points.
const DASH_AND_GAP: f32 = 6.4;

/// Least distance between a level and its mirror image that words stand in, points.
const LEAST_BETWEEN: f32 = 90.0;

/// A limit that a series brings along.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Limit {
    /// Where, in the unit of the series.
    pub at: f64,
    /// What it means to be beyond.
    pub alarm: Alarm,
    /// The axis that it is read on.
    pub side: Side,
    /// Digits that the series prints.
    decimals: usize,
}

/// Every limit of every series, once.
pub(super) fn limits(lines: &[Line<'_>]) -> Vec<Limit> {
    let mut all: Vec<Limit> = Vec::new();
    for line in lines {
        let Limits { warn_low, warn_high, trip_low, trip_high } = line.signal.limits;
        let of = [(warn_low, Alarm::Warn), (warn_high, Alarm::Warn), (trip_low, Alarm::Trip), (trip_high, Alarm::Trip)];
        for (at, alarm) in of.into_iter().filter_map(|(at, alarm)| at.map(|at| (at, alarm))) {
            let known = |l: &Limit| l.at == at && l.alarm == alarm && l.side == line.side;
            if at.is_finite() && !all.iter().any(known) {
                all.push(Limit { at, alarm, side: line.side, decimals: line.signal.decimals });
            }
        }
    }
    all
}

/// The band beyond a limit, filled only while the limit is violated.
pub(super) fn bands(pen: &Pen, sides: &Sides, lines: &[Line<'_>], view: &RunView) {
    let theme = &pen.theme;
    for line in lines {
        let frame = sides.of(line.side);
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
pub(super) fn draw_limits(pen: &Pen, sides: &Sides, mut all: Vec<Limit>) {
    let theme = &pen.theme;
    let rect = sides.left.rect;
    let y_of = |limit: &Limit| sides.of(limit.side).y(limit.at);
    all.sort_by(|a, b| y_of(a).total_cmp(&y_of(b)));
    let mut last = f32::NEG_INFINITY;
    for limit in all {
        let y = y_of(&limit);
        if y < rect.top() - 1.0 || y > rect.bottom() + 1.0 {
            continue;
        }
        let (word, colour) =
            if limit.alarm == Alarm::Trip { ("trip", *theme.alarm.trip) } else { ("warn", *theme.alarm.warn) };
        pen.dashed_hline(rect.left(), rect.right(), y, Stroke::new(theme.tokens.stroke.limit, colour));
        // Above its line, unless the frame or the words of the limit above are in the way.
        let above = y - 13.0 > rect.top().max(last);
        let line = if above { y - 7.0 } else { y + 8.0 };
        if line + 7.0 > rect.bottom() || line - 6.0 < last || rect.height() < LOW {
            continue;
        }
        last = line + 6.0;
        let words = format!("{word} {}", format_number(limit.at, limit.decimals.min(decimals_of(limit.at))));
        let left = match limit.side {
            Side::Left => rect.left() + 6.0,
            Side::Right(_) => rect.right() - 6.0 - pen.width(&words, Face::Caption),
        };
        on_ground(pen, pos2(left, line), &words);
    }
}

/// Small words on the ground of the plot, readable over lines.
fn on_ground(pen: &Pen, at: egui::Pos2, words: &str) {
    let width = pen.width(words, Face::Caption) + 6.0;
    let ground = Rect::from_center_size(pos2(at.x + width / 2.0 - 3.0, at.y), vec2(width, 12.0));
    pen.painter.rect_filled(ground, 2.0, pen.theme.sunken);
    pen.text(at, Align::Min, words, Face::Caption, pen.theme.text2);
}

/// A declared level, ready to be drawn.
pub(super) struct Level<'a> {
    label: &'a str,
    /// Where it stands now.
    pub now: f64,
    /// Smallest and largest value in sight.
    pub extremes: Option<(f64, f64)>,
    /// Points over time, where it moves.
    pub moving: Vec<Vec<[f64; 2]>>,
    decimals: usize,
    unit: &'a str,
}

/// The declared levels in a range of time.
pub(super) fn levels<'a>(
    bounds: &'a [Bound],
    lines: &[Line<'a>],
    view: &'a RunView,
    range: (f64, f64),
    pixels: f32,
    cache: &mut Cache,
) -> Vec<Level<'a>> {
    let of_series = lines.first().map(|l| l.signal);
    let unit = of_series.map_or("", |s| s.unit.as_str());
    bounds
        .iter()
        .filter_map(|bound| match bound.at {
            BoundAt::Value(at) if at.is_finite() => {
                let decimals = of_series.map_or(2, |s| s.decimals).min(decimals_of(at));
                let (now, extremes) = (at, Some((at, at)));
                Some(Level { label: &bound.label, now, extremes, moving: Vec::new(), decimals, unit })
            }
            BoundAt::Value(_) => None,
            BoundAt::Signal(factor, signal) => {
                let decimals = view.schema.signals.get(signal)?.decimals;
                // Dashes show no more than one stretch each, once rows crowd on the pixels.
                let rows = range.1.min(view.recording.rows() as f64) - range.0.max(0.0);
                let crowded = rows > f64::from(CROWDED * pixels);
                let pixels = if crowded { pixels / DASH_AND_GAP } else { pixels };
                let trace = cache.past(view, signal, Hold::Step, range, pixels);
                let extremes = trace.extremes.map(|(a, b)| (a * factor, b * factor)).map(|(a, b)| (a.min(b), a.max(b)));
                let moving = scaled(&trace, factor);
                Some(Level { label: &bound.label, now: factor * view.value(signal), extremes, moving, decimals, unit })
            }
        })
        .collect()
}

/// The stretches in which a level stands still: a jump needs no line of its own. A level that never stands still is
/// drawn as it goes.
fn scaled(trace: &Trace, factor: f64) -> Vec<Vec<[f64; 2]>> {
    let all = || trace.pieces.iter().map(|piece| piece.iter().map(|p| [p[0], factor * p[1]]).collect::<Vec<_>>());
    let mut flat: Vec<Vec<[f64; 2]>> = Vec::new();
    for piece in all() {
        let same = |a: &[f64; 2], b: &[f64; 2]| a[1] == b[1];
        let runs = piece.chunk_by(same).filter(|run| run.len() > 1);
        flat.extend(runs.filter_map(|run| Some(vec![*run.first()?, *run.last()?])));
    }
    let (shown, points) = (flat.len(), trace.pieces.iter().map(Vec::len).sum::<usize>());
    if trace.rows_each > 1 && 4 * shown > points { all().collect() } else { flat }
}

/// The levels that stand still, as dashed lines.
pub(super) fn draw_levels(pen: &Pen, frame: &Frame, levels: &[Level<'_>]) {
    let stroke = Stroke::new(pen.theme.tokens.stroke.limit, pen.theme.text3);
    for level in levels.iter().filter(|level| level.moving.is_empty() && level.now.is_finite()) {
        pen.dashed_hline(frame.rect.left(), frame.rect.right(), frame.y(level.now), stroke);
    }
}

/// The words of all levels, readable over the lines. A level with its mirror image is told once; words at the top keep
/// `off` points away from the right edge, where the badge stands.
pub(super) fn level_words(pen: &Pen, frame: &Frame, levels: &[Level<'_>], off: f32) {
    if frame.rect.height() < LOW {
        return;
    }
    let mut told: Vec<(&str, f64)> = Vec::new();
    for level in levels {
        if !level.now.is_finite() || level.label.is_empty() || told.contains(&(level.label, level.now.abs())) {
            continue;
        }
        told.push((level.label, level.now.abs()));
        let mirrored = |other: &Level<'_>| other.label == level.label && other.now == -level.now && level.now != 0.0;
        let (sign, value) = if levels.iter().any(mirrored) { ("±", level.now.abs()) } else { ("", level.now) };
        let unit = if level.unit.is_empty() { String::new() } else { format!("{SPACE}{}", level.unit) };
        let words = format!("{} {sign}{}{unit}", level.label, format_number(value, level.decimals));
        // Towards the middle of the plot, where there is room; not between a level and its mirror image where these
        // stand so close that the words would lie on what they bound.
        let y = frame.y(level.now);
        let narrow = sign == "±" && (frame.y(-level.now) - y).abs() < LEAST_BETWEEN;
        let line = if (y < frame.rect.center().y) != narrow { y + 8.0 } else { y - 7.0 };
        if line - 6.0 >= frame.rect.top() && line + 6.0 <= frame.rect.bottom() {
            let right = frame.rect.right() - 6.0 - pen.width(&words, Face::Caption);
            let beside = line < frame.rect.top() + 24.0 && off > 0.0;
            let at = match (beside, right - off > frame.rect.left() + 4.0) {
                (true, true) => pos2(right - off, line),
                // Where there is no room beside the badge, below it.
                (true, false) => pos2(right, line.max(frame.rect.top() + 25.0)),
                (false, _) => pos2(right, line),
            };
            if at.x > frame.rect.left() {
                on_ground(pen, at, &words);
            }
        }
    }
}
