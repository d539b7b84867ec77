//! What lies on two axes, drawn.

use super::lay::cut;
use super::plane::place;
use super::{Axis, Bar, Ink, Layer, cells};
use crate::evaluate::figures::axis::Plot;
use crate::evaluate::figures::style::{BAND, SMALL};
use crate::evaluate::figures::{Anchor, Colour, Sheet};

/// All values that a layer reaches to, from left to right and from below to above.
pub(super) fn extent(layer: &Layer) -> (Vec<f64>, Vec<f64>) {
    match layer {
        Layer::Line { points, .. } | Layer::Dots { points, .. } => points.iter().copied().unzip(),
        Layer::Band { points, .. } => {
            (points.iter().map(|p| p.0).collect(), points.iter().flat_map(|p| [p.1, p.2]).collect())
        }
        Layer::Bars { bars, lying, .. } => {
            let places = bars.iter().flat_map(|b| [b.at - b.width / 2.0, b.at + b.width / 2.0]).collect();
            let ends = bars.iter().flat_map(|b| [b.from, b.to]).collect();
            if *lying { (ends, places) } else { (places, ends) }
        }
        Layer::Whiskers { points, lying, .. } => {
            let places = points.iter().map(|p| p.0).collect();
            let ends = points.iter().flat_map(|p| [p.1, p.2]).collect();
            if *lying { (ends, places) } else { (places, ends) }
        }
        Layer::Cells(c) => (c.columns.clone(), c.rows.clone()),
        Layer::Limit { at, upright, .. } => {
            if *upright {
                (vec![*at], Vec::new())
            } else {
                (Vec::new(), vec![*at])
            }
        }
        Layer::Words { at, .. } => (vec![at.0], vec![at.1]),
    }
}

/// Where a point lies on the sheet, kept inside the plot; `None` where it is no number.
fn at(plot: &Plot, (x, y): (&Axis, &Axis), point: (f64, f64)) -> Option<(f64, f64)> {
    let (a, b) = (place(x, point.0), place(y, point.1));
    let inside = |v: f64, (low, high): (f64, f64)| v.clamp(low, high);
    (a.is_finite() && b.is_finite()).then(|| plot.at(inside(a, plot.x), inside(b, plot.y)))
}

/// Whether a place lies within the range of the x axis.
fn seen(plot: &Plot, x: &Axis, value: f64) -> bool {
    let v = place(x, value);
    v >= plot.x.0 - 1e-9 && v <= plot.x.1 + 1e-9
}

/// Draws a layer without its words.
pub(super) fn draw(sheet: &mut Sheet, ink: &Ink, plot: &Plot, axes: (&Axis, &Axis), layer: &Layer) {
    match layer {
        Layer::Line { points, tint, dashed, .. } => {
            let mut part: Vec<(f64, f64)> = Vec::new();
            let mut parts = Vec::new();
            for point in points {
                match at(plot, axes, *point).filter(|_| seen(plot, axes.0, point.0)) {
                    Some(p) => part.push(p),
                    None => parts.push(std::mem::take(&mut part)),
                }
            }
            parts.push(part);
            for part in parts.into_iter().filter(|p| p.len() > 1) {
                if *dashed {
                    sheet.dashed(part, ink.of(*tint), 1.4);
                } else {
                    sheet.line(part, ink.of(*tint), 1.6);
                }
            }
        }
        Layer::Band { points, tint, .. } => {
            let ends =
                |of: fn(&(f64, f64, f64)) -> f64| points.iter().filter_map(move |p| at(plot, axes, (p.0, of(p))));
            let mut corners: Vec<(f64, f64)> = ends(|p| p.2).collect();
            let mut lower: Vec<(f64, f64)> = ends(|p| p.1).collect();
            lower.reverse();
            corners.extend(lower);
            if corners.len() > 2 {
                sheet.area(corners, ink.of(*tint), BAND);
            }
        }
        Layer::Dots { points, tint, radius, .. } => {
            let alpha = if points.len() > 400 { 0.45 } else { 0.85 };
            for point in points.iter().filter(|p| seen(plot, axes.0, p.0)) {
                if let Some(p) = at(plot, axes, *point) {
                    sheet.dot(p, *radius, ink.of(*tint), alpha);
                }
            }
        }
        Layer::Bars { bars, tint, lying, .. } => {
            for bar in bars {
                if let Some((a, b)) = corners(plot, axes, bar, *lying) {
                    let size = (b.0 - a.0, b.1 - a.1);
                    // A bar of no length is still to be seen.
                    let least = |v: f64| if v.abs() < 0.75 { 0.75 } else { v };
                    let size = if *lying { (least(size.0), -size.1.abs()) } else { (size.0.abs(), least(size.1)) };
                    let start = if *lying { (a.0, a.1.max(b.1)) } else { (a.0.min(b.0), a.1) };
                    sheet.area(
                        vec![
                            start,
                            (start.0 + size.0, start.1),
                            (start.0 + size.0, start.1 + size.1),
                            (start.0, start.1 + size.1),
                        ],
                        ink.of(bar.tint.unwrap_or(*tint)),
                        0.92,
                    );
                }
            }
        }
        Layer::Whiskers { points, tint, lying } => {
            let colour = ink.of(*tint);
            for (p, low, high) in points {
                let end = |v: f64| at(plot, axes, if *lying { (v, *p) } else { (*p, v) });
                if let (Some(a), Some(b)) = (end(*low), end(*high)) {
                    let (dx, dy) = if *lying { (0.0, 4.0) } else { (4.0, 0.0) };
                    sheet.line(vec![a, b], colour, 1.2);
                    for e in [a, b] {
                        sheet.line(vec![(e.0 - dx, e.1 - dy), (e.0 + dx, e.1 + dy)], colour, 1.2);
                    }
                }
            }
        }
        Layer::Cells(c) => cells::draw(sheet, ink, plot, axes, c),
        Layer::Limit { at: value, upright, tint, .. } => {
            let colour = ink.of(*tint);
            if *upright {
                let v = place(axes.0, *value);
                if v >= plot.x.0 && v <= plot.x.1 {
                    let x = plot.at_x(v);
                    sheet.dashed(vec![(x, plot.top), (x, plot.top + plot.height)], colour, 1.0);
                }
            } else {
                let v = place(axes.1, *value);
                if v >= plot.y.0 && v <= plot.y.1 {
                    let y = plot.at_y(v);
                    sheet.dashed(vec![(plot.left, y), (plot.left + plot.width, y)], colour, 1.0);
                }
            }
        }
        Layer::Words { .. } => {}
    }
}

/// Two corners of a bar on the sheet: where it begins and where it ends.
fn corners(plot: &Plot, axes: (&Axis, &Axis), bar: &Bar, lying: bool) -> Option<((f64, f64), (f64, f64))> {
    let (low, high) = (bar.at - bar.width / 2.0, bar.at + bar.width / 2.0);
    if lying {
        Some((at(plot, axes, (bar.from, low))?, at(plot, axes, (bar.to, high))?))
    } else {
        Some((at(plot, axes, (low, bar.from))?, at(plot, axes, (high, bar.to))?))
    }
}

/// Writes the words of all layers, above what is drawn.
pub(super) fn words(sheet: &mut Sheet, ink: &Ink, plot: &Plot, axes: (&Axis, &Axis), layers: &[Layer]) {
    let right = plot.left + plot.width;
    // On coloured cells words stand on a strip of paper.
    let on_cells = layers.iter().any(|l| matches!(l, Layer::Cells(_)));
    let write = |sheet: &mut Sheet, at: (f64, f64), text: &str, colour: Colour, anchor: Anchor| {
        if on_cells {
            let wide = Sheet::width_of(text, SMALL);
            let left = at.0
                - wide
                    * match anchor {
                        Anchor::Left => 0.0,
                        Anchor::Middle => 0.5,
                        Anchor::Right => 1.0,
                    };
            let (low, high) = (at.1 + 8.0, at.1 - 8.0);
            let corners = [(left - 3.0, low), (left + wide + 3.0, low), (left + wide + 3.0, high), (left - 3.0, high)];
            sheet.area(corners.to_vec(), ink.paper, 0.82);
        }
        sheet.text(at, text, SMALL, colour, anchor);
    };
    for layer in layers {
        match layer {
            Layer::Bars { bars, lying, .. } => {
                for bar in bars.iter().filter(|b| !b.words.is_empty()) {
                    let Some((a, b)) = corners(plot, axes, bar, *lying) else { continue };
                    if *lying {
                        let wide = Sheet::width_of(&bar.words, SMALL);
                        let leftwards = bar.to < bar.from;
                        // Beside the end where there is room, else inside.
                        let outside = if leftwards { b.0 - 4.0 - wide >= plot.left } else { b.0 + 4.0 + wide <= right };
                        let y = (a.1 + b.1) / 2.0;
                        let (x, anchor, colour) = match (leftwards, outside) {
                            (false, true) => (b.0 + 4.0, Anchor::Left, ink.text2),
                            (false, false) => (b.0 - 4.0, Anchor::Right, ink.paper),
                            (true, true) => (b.0 - 4.0, Anchor::Right, ink.text2),
                            (true, false) => (b.0 + 4.0, Anchor::Left, ink.paper),
                        };
                        write(sheet, (x, y), &bar.words, colour, anchor);
                    } else {
                        let above = if bar.to < bar.from { b.1 + 8.0 } else { (b.1 - 8.0).max(plot.top + 7.0) };
                        write(sheet, ((a.0 + b.0) / 2.0, above), &bar.words, ink.text2, Anchor::Middle);
                    }
                }
            }
            Layer::Limit { at: value, upright, words, tint } if !words.is_empty() => {
                let colour = ink.of(*tint);
                if *upright {
                    let v = place(axes.0, *value);
                    if v >= plot.x.0 && v <= plot.x.1 {
                        let x = plot.at_x(v);
                        let wide = Sheet::width_of(words, SMALL);
                        let (x, anchor) =
                            if x + 4.0 + wide <= right { (x + 4.0, Anchor::Left) } else { (x - 4.0, Anchor::Right) };
                        write(sheet, (x, plot.top + 9.0), words, colour, anchor);
                    }
                } else {
                    let v = place(axes.1, *value);
                    if v >= plot.y.0 && v <= plot.y.1 {
                        let y = plot.at_y(v);
                        let y = if y - 8.0 < plot.top { y + 9.0 } else { y - 8.0 };
                        let words = cut(words, SMALL, plot.width - 8.0);
                        write(sheet, (right - 4.0, y), &words, colour, Anchor::Right);
                    }
                }
            }
            Layer::Words { at: point, text, tint } => {
                if let Some((x, y)) = at(plot, axes, *point) {
                    let wide = Sheet::width_of(text, SMALL);
                    let (x, anchor) =
                        if x + 6.0 + wide <= right { (x + 6.0, Anchor::Left) } else { (x - 6.0, Anchor::Right) };
                    write(sheet, (x, y), text, ink.of(*tint), anchor);
                }
            }
            _ => {}
        }
    }
}
