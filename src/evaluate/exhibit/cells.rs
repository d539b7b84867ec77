//! Grids of coloured cells with the scale that explains them.

use super::plane::place;
use super::{Axis, Cells, Ink, Layer, Scale, even};
use crate::evaluate::figures::axis::Plot;
use crate::evaluate::figures::style::{Colour, SMALL, ink_on, red_yellow_green};
use crate::evaluate::figures::{Anchor, Sheet};
use crate::evaluate::numbers::{fixed, short};

/// Lowest and highest value that colours stand for.
fn ends(cells: &Cells) -> (f64, f64) {
    let known = cells.values.iter().copied().filter(|v| v.is_finite());
    let found = || known.clone().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    let (low, high) = match &cells.scale {
        Scale::Even(Some(range)) => *range,
        Scale::Around(full) => (-full, *full),
        Scale::Even(None) | Scale::Good => found(),
        Scale::Named(_) => (0.0, 1.0),
    };
    if low <= high { (low, high) } else { (0.0, 1.0) }
}

/// The colour of a value.
fn colour(ink: &Ink, cells: &Cells, (low, high): (f64, f64), value: f64) -> Colour {
    let along = if high > low { (value - low) / (high - low) } else { 0.5 };
    match &cells.scale {
        Scale::Even(_) => even(along),
        Scale::Around(full) => ink.around(if *full > 0.0 { value / full } else { 0.0 }),
        Scale::Good => red_yellow_green(along),
        Scale::Named(named) => named.get(value.max(0.0) as usize).map_or(ink.ground, |(_, tint)| ink.of(*tint)),
    }
}

/// Room at the right for the scale, points.
pub(super) fn scale_room(layer: &Layer) -> f64 {
    match layer {
        Layer::Cells(c) if !matches!(c.scale, Scale::Named(_)) => {
            let (low, high) = ends(c);
            let numbers = [low, high].map(|v| Sheet::width_of(&words(c, v), SMALL));
            24.0 + numbers.into_iter().fold(0.0, f64::max) + if c.label.is_empty() { 0.0 } else { 18.0 }
        }
        _ => 0.0,
    }
}

fn words(cells: &Cells, value: f64) -> String {
    cells.numbers.map_or_else(|| short(value), |decimals| fixed(value, decimals))
}

/// Draws the cells; neighbours of one colour in a row become one rectangle.
pub(super) fn draw(sheet: &mut Sheet, ink: &Ink, plot: &Plot, (x, y): (&Axis, &Axis), cells: &Cells) {
    let span = ends(cells);
    let columns = cells.columns.len().saturating_sub(1);
    let kept = |v: f64, (low, high): (f64, f64)| v.clamp(low, high);
    let across = |edge: f64| plot.at_x(kept(place(x, edge), plot.x));
    let up = |edge: f64| plot.at_y(kept(place(y, edge), plot.y));
    for (row, (low, high)) in cells.rows.iter().zip(cells.rows.iter().skip(1)).enumerate() {
        let (top, bottom) = (up(*high), up(*low));
        let at = |column: usize| cells.values.get(row * columns + column).copied().unwrap_or(f64::NAN);
        let mut column = 0;
        while column < columns {
            let first = column;
            let value = at(first);
            column += 1;
            if !value.is_finite() {
                continue;
            }
            let ground = colour(ink, cells, span, value);
            while cells.numbers.is_none() && column < columns && {
                let next = at(column);
                next.is_finite() && colour(ink, cells, span, next) == ground
            } {
                column += 1;
            }
            let edge = |k: usize| cells.columns.get(k).map_or(plot.left, |e| across(*e));
            let (left, right) = (edge(first), edge(column));
            sheet.rect((left, top), (right - left, bottom - top), ground);
            if let Some(decimals) = cells.numbers {
                let text = fixed(value, decimals);
                if Sheet::width_of(&text, SMALL) <= right - left - 2.0 && bottom - top >= SMALL {
                    let middle = ((left + right) / 2.0, (top + bottom) / 2.0);
                    sheet.text(middle, &text, SMALL, ink_on(ground), Anchor::Middle);
                }
            }
        }
    }
}

/// Draws the scale at the right of a plot.
pub(super) fn draw_scale(sheet: &mut Sheet, ink: &Ink, plot: &Plot, cells: &Cells) {
    if matches!(cells.scale, Scale::Named(_)) {
        return;
    }
    let (low, high) = ends(cells);
    let (x, steps) = (plot.left + plot.width + 10.0, 40);
    let part = plot.height / f64::from(steps);
    for k in 0..steps {
        let value = high - (high - low) * (f64::from(k) + 0.5) / f64::from(steps);
        sheet.rect((x, plot.top + part * f64::from(k)), (9.0, part), colour(ink, cells, (low, high), value));
    }
    let right = x + 13.0;
    sheet.text((right, plot.top + 6.0), &words(cells, high), SMALL, ink.text3, Anchor::Left);
    sheet.text((right, plot.top + plot.height - 6.0), &words(cells, low), SMALL, ink.text3, Anchor::Left);
    if !cells.label.is_empty() {
        let text = super::lay::cut(&cells.label, SMALL, plot.height - 36.0);
        sheet.upright((right + 6.0, plot.top + plot.height / 2.0), &text, SMALL, ink.text2);
    }
}
