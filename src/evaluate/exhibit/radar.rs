//! Closed lines around a middle.

use super::lay::{Frame, cut, legend};
use super::{Ink, Tint};
use crate::evaluate::figures::style::{LABEL, SMALL};
use crate::evaluate::figures::{Anchor, Sheet};

/// Draws a radar into its part of a sheet.
pub(super) fn draw(
    sheet: &mut Sheet,
    ink: &Ink,
    frame: Frame,
    title: &str,
    spokes: &[String],
    rings: &[(String, Vec<f64>)],
) {
    let mut top = frame.top + 8.0;
    if !title.is_empty() {
        sheet.text((frame.left, top + 6.0), &cut(title, LABEL, frame.width), LABEL, ink.text, Anchor::Left);
        top += 22.0;
    }
    let entries: Vec<_> =
        rings.iter().enumerate().map(|(k, (name, _))| (name.clone(), ink.of(Tint::Series(k)))).collect();
    legend(sheet, ink, frame, top + 4.0, &entries);
    top += 20.0;
    let count = spokes.len();
    if count < 3 {
        return;
    }
    let widest = spokes.iter().map(|s| Sheet::width_of(s, SMALL)).fold(0.0, f64::max).min(frame.width * 0.28);
    let middle = (frame.left + frame.width / 2.0, (top + frame.top + frame.height) / 2.0);
    let tall = (frame.top + frame.height - top) / 2.0 - 24.0;
    let radius = tall.min(frame.width / 2.0 - widest - 12.0).max(30.0);
    let at = |k: usize, part: f64| {
        let angle = std::f64::consts::TAU * k as f64 / count as f64;
        (middle.0 + radius * part * libm::sin(angle), middle.1 - radius * part * libm::cos(angle))
    };
    let closed = |part: &dyn Fn(usize) -> f64| (0..=count).map(|k| at(k % count, part(k % count))).collect::<Vec<_>>();
    for part in [0.25, 0.5, 0.75, 1.0] {
        sheet.line(closed(&|_| part), ink.line, 0.75);
    }
    for (k, name) in spokes.iter().enumerate() {
        sheet.line(vec![middle, at(k, 1.0)], ink.line, 0.75);
        let (x, y) = at(k, 1.0 + 12.0 / radius);
        let anchor = match x - middle.0 {
            d if d > 4.0 => Anchor::Left,
            d if d < -4.0 => Anchor::Right,
            _ => Anchor::Middle,
        };
        sheet.text((x, y), &cut(name, SMALL, widest + 4.0), SMALL, ink.text2, anchor);
    }
    for (k, (_, places)) in rings.iter().enumerate() {
        let colour = ink.of(Tint::Series(k));
        let place = |k: usize| places.get(k).copied().filter(|p| p.is_finite()).unwrap_or(0.0).clamp(0.0, 1.0);
        let line = closed(&place);
        sheet.area(line.clone(), colour, 0.10);
        sheet.line(line, colour, 1.8);
    }
}
