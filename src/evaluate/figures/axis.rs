//! Plot areas: ranges, ticks, grid and titles.

use super::sheet::{Anchor, Sheet};
use super::style::{LABEL, LINE, LINE_STRONG, SMALL, SUNKEN, TEXT, TEXT3};
use crate::evaluate::numbers::fixed;

/// A rectangle of a sheet with the ranges that it shows.
#[derive(Debug, Clone, Copy)]
pub(in crate::evaluate) struct Plot {
    /// Left edge, points.
    pub(in crate::evaluate) left: f64,
    /// Upper edge, points.
    pub(in crate::evaluate) top: f64,
    /// Width, points.
    pub(in crate::evaluate) width: f64,
    /// Height, points.
    pub(in crate::evaluate) height: f64,
    /// Range from left to right.
    pub(in crate::evaluate) x: (f64, f64),
    /// Range from below to above.
    pub(in crate::evaluate) y: (f64, f64),
}

impl Plot {
    /// Where a value of the x axis lies.
    pub(in crate::evaluate) fn at_x(&self, value: f64) -> f64 {
        self.left + self.width * (value - self.x.0) / (self.x.1 - self.x.0)
    }

    /// Where a value of the y axis lies.
    pub(in crate::evaluate) fn at_y(&self, value: f64) -> f64 {
        self.top + self.height * (self.y.1 - value) / (self.y.1 - self.y.0)
    }

    /// Where a point lies.
    pub(in crate::evaluate) fn at(&self, x: f64, y: f64) -> (f64, f64) {
        (self.at_x(x), self.at_y(y))
    }

    /// Its ground.
    pub(in crate::evaluate) fn ground(&self, sheet: &mut Sheet) {
        sheet.rect((self.left, self.top), (self.width, self.height), SUNKEN);
    }

    /// Hairlines and numbers of the y axis.
    pub(in crate::evaluate) fn y_axis(&self, sheet: &mut Sheet, count: usize) {
        let (ticks, decimals) = ticks(self.y, count);
        for tick in ticks {
            let y = self.at_y(tick);
            sheet.line(vec![(self.left, y), (self.left + self.width, y)], LINE, 0.75);
            sheet.text((self.left - 5.0, y), &tick_text(tick, decimals), SMALL, TEXT3, Anchor::Right);
        }
    }

    /// Ticks and numbers of the x axis.
    pub(in crate::evaluate) fn x_axis(&self, sheet: &mut Sheet, count: usize) {
        let (ticks, decimals) = ticks(self.x, count);
        let bottom = self.top + self.height;
        sheet.line(vec![(self.left, bottom), (self.left + self.width, bottom)], LINE_STRONG, 0.75);
        for tick in ticks {
            let x = self.at_x(tick);
            sheet.line(vec![(x, bottom), (x, bottom + 3.0)], LINE_STRONG, 0.75);
            sheet.text((x, bottom + 11.0), &tick_text(tick, decimals), SMALL, TEXT3, Anchor::Middle);
        }
    }

    /// A title above its left edge.
    pub(in crate::evaluate) fn title(&self, sheet: &mut Sheet, words: &str) {
        sheet.text((self.left, self.top - 12.0), words, LABEL, TEXT, Anchor::Left);
    }
}

/// A tick's number; thousands in short where they would be long.
fn tick_text(value: f64, decimals: usize) -> String {
    if value.abs() >= 100_000.0 {
        let thousands = value / 1000.0;
        let decimals = usize::from(thousands.fract().abs() > 0.01);
        return format!("{} k", fixed(thousands, decimals));
    }
    fixed(value, decimals)
}

/// Round numbers inside a range, about `count` of them, and the decimals that they need.
pub(in crate::evaluate) fn ticks((low, high): (f64, f64), count: usize) -> (Vec<f64>, usize) {
    let span = high - low;
    if !(span > 0.0 && span.is_finite()) {
        return (vec![low], 1);
    }
    let raw = span / count.max(1) as f64;
    let power = libm::floor(libm::log10(raw));
    let unit = libm::pow(10.0, power);
    let factor = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().find(|f| f * unit >= raw * 0.999).unwrap_or(10.0);
    let step = factor * unit;
    let decimals = (if factor == 2.5 { 1.0 - power } else { -power } - f64::from(factor == 10.0)).clamp(0.0, 9.0);
    let (first, last) = (libm::ceil(low / step - 1e-9), libm::floor(high / step + 1e-9));
    let number = ((last - first) as usize).min(50);
    ((0..=number).map(|k| (first + k as f64) * step).collect(), decimals as usize)
}

/// A range that holds all values and, where asked, zero, with a little air; never empty.
pub(in crate::evaluate) fn range(values: impl IntoIterator<Item = f64>, with_zero: bool) -> (f64, f64) {
    let start = if with_zero { (0.0, 0.0) } else { (f64::INFINITY, f64::NEG_INFINITY) };
    let finite = values.into_iter().filter(|v| v.is_finite());
    let (low, high) = finite.fold(start, |(low, high): (f64, f64), v| (low.min(v), high.max(v)));
    if low > high {
        return (0.0, 1.0);
    }
    let span = high - low;
    if span <= 1e-12 * high.abs().max(1e-6) {
        let air = if high == 0.0 { 1.0 } else { high.abs() * 0.1 };
        return if with_zero { (low.min(0.0), high.max(0.0) + air) } else { (low - air, high + air) };
    }
    let air = span * 0.06;
    let pad = |edge: f64, air: f64| if with_zero && edge == 0.0 { 0.0 } else { edge + air };
    (pad(low, -air), pad(high, air))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_inside() {
        assert_eq!(ticks((0.0, 1.0), 5), (vec![0.0, 0.2, 0.4, 0.6000000000000001, 0.8, 1.0], 1));
        assert_eq!(
            ticks((-7.2, 1.0), 4).0,
            [-7.5, -5.0, -2.5, 0.0].into_iter().filter(|t| *t > -7.2).collect::<Vec<_>>()
        );
        assert_eq!(ticks((0.0, 24.0), 3), (vec![0.0, 10.0, 20.0], 0));
        assert_eq!(ticks((0.8, 0.81), 4).1, 4);
        assert_eq!(ticks((3.0, 3.0), 4).0, [3.0]);
    }

    #[test]
    fn ranges_hold_their_values_and_are_never_empty() {
        assert_eq!(range([], false), (0.0, 1.0));
        assert_eq!(range([0.0, 0.0], true), (0.0, 1.0));
        let (low, high) = range([2.0, 4.0, f64::NAN], true);
        assert!(low == 0.0 && high > 4.0);
        let (low, high) = range([5.0, 5.0], false);
        assert!(low < 5.0 && high > 5.0);
    }
}
