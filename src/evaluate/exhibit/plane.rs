//! A plot on two axes: ranges, ticks, labels, legend, and the layers inside.

use super::lay::{Frame, cut, legend};
use super::layers::{self, extent};
use super::{Axis, Cells, Ink, Layer, Scale, Ticks, cells};
use crate::evaluate::figures::axis::{Plot, range, ticks};
use crate::evaluate::figures::style::{Colour, LABEL, SMALL};
use crate::evaluate::figures::{Anchor, Sheet};
use crate::evaluate::numbers::fixed;

/// Rows of names are so far from each other at least, points.
const NAME_ROW: f64 = 20.0;

/// The height that suits a plot of a width.
pub(super) fn height(y: &Axis, layers: &[Layer], width: f64) -> f64 {
    let around = 96.0;
    let usual = (width * 0.52).clamp(230.0, 330.0);
    let names = if let Ticks::Names(names) = &y.ticks { names.len() as f64 * NAME_ROW } else { 0.0 };
    let rows = layers.iter().filter_map(|l| if let Layer::Cells(c) = l { Some(c.rows.len()) } else { None });
    let grid = rows.max().unwrap_or(0).min(40) as f64 * 9.0;
    usual.max(names.max(grid) + around)
}

/// Value of an axis where it is drawn: logarithms on a logarithmic one.
pub(super) fn place(axis: &Axis, value: f64) -> f64 {
    if axis.ticks == Ticks::Powers { if value > 0.0 { libm::log10(value) } else { f64::NAN } } else { value }
}

/// Ends of an axis, where it is drawn.
fn ends(axis: &Axis, values: impl Iterator<Item = f64>) -> (f64, f64) {
    if let Ticks::Names(names) = &axis.ticks {
        return (-0.5, names.len().max(1) as f64 - 0.5);
    }
    let (low, high) = match axis.range {
        Some((from, to)) => (place(axis, from), place(axis, to)),
        None => range(values.map(|v| place(axis, v)), axis.zero && axis.ticks != Ticks::Powers),
    };
    if high > low && low.is_finite() && high.is_finite() { (low, high) } else { (low.min(0.0), low.max(0.0) + 1.0) }
}

/// A mark of an axis: where, and words.
fn marks(axis: &Axis, span: (f64, f64), count: usize) -> Vec<(f64, String)> {
    match &axis.ticks {
        Ticks::Names(names) => names.iter().enumerate().map(|(k, name)| (k as f64, name.clone())).collect(),
        Ticks::Hours => {
            let raw = (span.1 - span.0) / count.max(1) as f64;
            let step = [0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 12.0, 24.0].into_iter().find(|s| *s >= raw);
            let step = step.unwrap_or((raw / 24.0).ceil() * 24.0);
            let first = (span.0 / step - 1e-9).ceil();
            let number = (((span.1 - first * step) / step + 1e-9).floor().max(0.0) as usize).min(60);
            let at = (0..=number).map(|k| (first + k as f64) * step);
            at.map(|h| {
                let minutes = (h * 60.0).round() as i64;
                let (hour, minute) = (minutes.div_euclid(60), minutes.rem_euclid(60));
                let hour = if (0..=24).contains(&hour) { hour } else { hour.rem_euclid(24) };
                (h, format!("{hour:02}:{minute:02}"))
            })
            .collect()
        }
        Ticks::Powers => {
            let (low, high) = ((span.0 - 1e-9).ceil() as i64, (span.1 + 1e-9).floor() as i64);
            let step = (((high - low) as f64 / count.max(1) as f64).ceil() as i64).max(1);
            let whole: Vec<(f64, String)> = (low..=high).filter(|p| (p - low) % step == 0).map(power).collect();
            if whole.len() > 1 {
                return whole;
            }
            // Less than a decade: round numbers, where they lie.
            let (values, decimals) = ticks((libm::pow(10.0, span.0), libm::pow(10.0, span.1)), count);
            values.into_iter().map(|v| (libm::log10(v), fixed(v, decimals))).collect()
        }
        Ticks::Numbers => {
            let (values, decimals) = ticks(span, count);
            let long = values.iter().any(|v| v.abs() >= 100_000.0);
            let words = |v: f64| if long { format!("{} k", fixed(v / 1000.0, 0)) } else { fixed(v, decimals) };
            values.into_iter().map(|v| (v, words(v))).collect()
        }
    }
}

fn power(p: i64) -> (f64, String) {
    let words = if (-3..=4).contains(&p) {
        fixed(libm::pow(10.0, p as f64), usize::try_from(-p).unwrap_or(0))
    } else {
        let digits: String = p.unsigned_abs().to_string().chars().map(superscript).collect();
        // The face has no raised minus.
        if p < 0 { format!("1/10{digits}") } else { format!("10{digits}") }
    };
    (p as f64, words)
}

fn superscript(letter: char) -> char {
    match letter {
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4' => '⁴',
        '5' => '⁵',
        '6' => '⁶',
        '7' => '⁷',
        '8' => '⁸',
        '9' => '⁹',
        _ => '⁰',
    }
}

/// Names and colours for the legend.
fn entries(ink: &Ink, layers: &[Layer]) -> Vec<(String, Colour)> {
    let mut out: Vec<(String, Colour)> = Vec::new();
    for layer in layers {
        let one = match layer {
            Layer::Line { name, tint, .. }
            | Layer::Band { name, tint, .. }
            | Layer::Dots { name, tint, .. }
            | Layer::Bars { name, tint, .. } => vec![(name.clone(), ink.of(*tint))],
            Layer::Cells(Cells { scale: Scale::Named(named), .. }) => {
                named.iter().map(|(name, tint)| (name.clone(), ink.of(*tint))).collect()
            }
            _ => Vec::new(),
        };
        for (name, colour) in one {
            if !name.is_empty() && !out.iter().any(|(known, _)| *known == name) {
                out.push((name, colour));
            }
        }
    }
    out
}

/// Draws a plot into its part of a sheet.
pub(super) fn draw(sheet: &mut Sheet, ink: &Ink, frame: Frame, title: &str, x: &Axis, y: &Axis, layers: &[Layer]) {
    let x_span = ends(x, layers.iter().flat_map(|l| extent(l).0));
    let y_span = ends(y, layers.iter().flat_map(|l| extent(l).1));
    let tall = (frame.height - 80.0).max(40.0);
    let y_marks = marks(y, y_span, (tall / 38.0).clamp(2.0, 8.0) as usize);
    let widest = y_marks.iter().map(|(_, words)| Sheet::width_of(words, SMALL)).fold(0.0, f64::max);
    let left_room = widest.min(frame.width * 0.42) + 8.0 + if y.label.is_empty() { 0.0 } else { 19.0 };
    let scale_room = layers.iter().map(cells::scale_room).fold(0.0, f64::max);
    let entries = entries(ink, layers);
    let mut top = frame.top + 8.0;
    if !title.is_empty() {
        sheet.text((frame.left, top + 6.0), &cut(title, LABEL, frame.width), LABEL, ink.text, Anchor::Left);
        top += 22.0;
    }
    if !entries.is_empty() {
        legend(sheet, ink, frame, top + 4.0, &entries);
        top += 18.0;
    }
    let below = 20.0 + if x.label.is_empty() { 0.0 } else { 16.0 };
    let plot = Plot {
        left: frame.left + left_room,
        top: top + 2.0,
        width: (frame.width - left_room - scale_room - 12.0).max(40.0),
        height: (frame.top + frame.height - below - top - 10.0).max(30.0),
        x: x_span,
        y: y_span,
    };
    sheet.rect((plot.left, plot.top), (plot.width, plot.height), ink.ground);
    let bottom = plot.top + plot.height;
    let is_names = |axis: &Axis| matches!(axis.ticks, Ticks::Names(_));
    for (at, words) in &y_marks {
        let at = plot.at_y(*at);
        if !is_names(y) {
            sheet.line(vec![(plot.left, at), (plot.left + plot.width, at)], ink.line, 0.75);
        }
        let words = cut(words, SMALL, frame.width * 0.42);
        sheet.text((plot.left - 6.0, at), &words, SMALL, ink.text3, Anchor::Right);
    }
    let widest = |marks: &[(f64, String)]| marks.iter().map(|(_, w)| Sheet::width_of(w, SMALL)).fold(0.0, f64::max);
    let mut count = (plot.width / 64.0).clamp(2.0, 12.0) as usize;
    let mut x_marks = marks(x, x_span, count);
    while !is_names(x) && count > 2 && x_marks.len() as f64 * (widest(&x_marks) + 10.0) > plot.width {
        count -= 1;
        x_marks = marks(x, x_span, count);
    }
    // Names that do not fit beside each other are left out in even steps, or cut where there are few.
    let room = plot.width / x_marks.len().max(1) as f64;
    let every = if is_names(x) && x_marks.len() > 12 { ((widest(&x_marks) + 8.0) / room).ceil().max(1.0) } else { 1.0 };
    for (k, (at, words)) in x_marks.iter().enumerate() {
        let at = plot.at_x(*at);
        if !is_names(x) {
            sheet.line(vec![(at, plot.top), (at, bottom)], ink.line, 0.75);
        }
        if k % every as usize == 0 {
            let words = if is_names(x) { cut(words, SMALL, room * every - 4.0) } else { words.clone() };
            sheet.text((at, bottom + 11.0), &words, SMALL, ink.text3, Anchor::Middle);
        }
    }
    for layer in layers {
        layers::draw(sheet, ink, &plot, (x, y), layer);
    }
    sheet.line(vec![(plot.left, bottom), (plot.left + plot.width, bottom)], ink.axis, 0.75);
    if !x.label.is_empty() {
        let at = (plot.left + plot.width / 2.0, bottom + 27.0);
        sheet.text(at, &cut(&x.label, SMALL, frame.width), SMALL, ink.text2, Anchor::Middle);
    }
    if !y.label.is_empty() {
        let at = (frame.left + 8.0, plot.top + plot.height / 2.0);
        sheet.upright(at, &cut(&y.label, SMALL, plot.height + 30.0), SMALL, ink.text2);
    }
    for layer in layers {
        if let Layer::Cells(c) = layer {
            cells::draw_scale(sheet, ink, &plot, c);
        }
    }
    layers::words(sheet, ink, &plot, (x, y), layers);
}

/// Whether a plot has anything that can be drawn.
#[cfg(test)]
pub(super) fn is_empty(body: &super::Body) -> bool {
    match body {
        super::Body::Plane { layers, .. } => layers.iter().all(|l| extent(l).0.iter().all(|v| !v.is_finite())),
        super::Body::Radar { rings, .. } => rings.is_empty(),
    }
}
