//! Labelled numbers: prominent ones large below their caption, the others with label left and value right.

use egui::{Align, Rect, Ui, pos2, vec2};

use crate::app::theme::Face;
use crate::plant::Readout;
use crate::signal::Alarm;

use super::super::Cx;
use super::super::pen::{Pen, Run};
use super::super::widget::spoken;
use super::ahead::value_chip;
use super::gauges::sign;
use super::layout::Want;
use super::source::{self, Memo, signal_of, words};

/// Height of the title.
const TITLE: f32 = 19.0;

/// Height of a line of label and value.
const LINE: f32 = 20.0;

/// The same where it is narrow.
const TIGHT_LINE: f32 = 17.0;

/// Height of a prominent number with its caption.
const HERO: f32 = 42.0;

/// Height of a label above its value.
const BELOW: f32 = 13.0;

/// Distance between columns.
const GUTTER: f32 = 16.0;

/// Most columns beside each other.
const MOST_COLUMNS: usize = 4;

/// Widest column; wider ones would tear a value from its label.
const WIDEST: f32 = 260.0;

/// So many digits always fit, so that columns do not jump while numbers change.
const USUAL_DIGITS: usize = 6;

/// Widths that a readout needs in the ways that it can be set.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Needs {
    /// Large, below its caption.
    hero: f32,
    /// Beside its label.
    line: f32,
    /// Beside its label, both in small print.
    small: f32,
    /// Whether it is set large where there is room.
    prominent: bool,
}

/// What each readout needs. Numbers count by their digits, which are all of one width.
fn needs(pen: &Pen, list: &[Readout], cx: &Cx<'_>) -> Vec<Needs> {
    let digit = [Face::NumberLarge, Face::Number, Face::NumberLabel].map(|face| pen.width("0", face));
    let of = |readout: &Readout| {
        let (digits, unit) = most_digits(readout, cx);
        let [large, usual, tight] = digit.map(|d| d * digits as f32);
        let beside = |face: Face, gap: f32| {
            let unit = if unit.is_empty() { 0.0 } else { pen.width(&unit, face) + 4.0 };
            pen.width(&readout.label, face) + gap + unit
        };
        Needs {
            hero: if readout.prominent { large.max(pen.width(&caption(readout), Face::Label)) } else { 0.0 },
            line: beside(Face::Label, 8.0) + usual,
            small: beside(Face::Caption, 5.0) + tight,
            prominent: readout.prominent,
        }
    };
    list.iter().map(of).collect()
}

/// Most digits and signs that a readout may come to need, and its unit.
fn most_digits(readout: &Readout, cx: &Cx<'_>) -> (usize, String) {
    let digits = |value: f64| words(cx.view, readout, value).0.chars().count();
    let most = match signal_of(cx.view, readout) {
        Some(signal) if signal.labels.is_empty() => {
            let of = [signal.range.0, signal.range.1, source::value(cx.view, &readout.source)];
            of.map(digits).into_iter().max().unwrap_or(0)
        }
        Some(signal) => signal.labels.iter().map(|l| l.chars().count()).max().unwrap_or(0),
        // The value of what takes a scan is not worth the scan here.
        None => USUAL_DIGITS,
    };
    (most, words(cx.view, readout, 0.0).1)
}

/// `Asked, MW`.
fn caption(readout: &Readout) -> String {
    if readout.unit.is_empty() || readout.unit == "$" {
        readout.label.clone()
    } else {
        format!("{}, {}", readout.label, readout.unit)
    }
}

/// Widths of as many columns as fit for cells that fill them line by line.
fn columns(needs: &[f32], width: f32) -> Vec<f32> {
    let count = (1..=MOST_COLUMNS.min(needs.len()))
        .rev()
        .find(|count| column_needs(needs, *count).iter().sum::<f32>() + GUTTER * (count - 1) as f32 <= width);
    let count = count.unwrap_or(1);
    if count == 1 {
        return vec![width];
    }
    let least = column_needs(needs, count);
    let spare = (width - GUTTER * (count - 1) as f32 - least.iter().sum::<f32>()) / count as f32;
    least.into_iter().map(|w| (w + spare).min(WIDEST.max(w))).collect()
}

/// The widest cell of each of so many columns.
fn column_needs(needs: &[f32], count: usize) -> Vec<f32> {
    (0..count).map(|c| needs.iter().skip(c).step_by(count).copied().fold(0.0, f32::max)).collect()
}

/// How a number stands in its cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Set {
    /// Large, below its caption.
    Large,
    /// Beside its label.
    Line,
    /// Beside its label, both in small print.
    Small,
    /// Below its label.
    Below,
}

/// Where each number stands.
struct Grid {
    /// Cell of each readout below the title, and how it is set.
    cells: Vec<(Rect, Set)>,
    height: f32,
}

impl Grid {
    /// Prominent numbers side by side above the others; all in the order of the list where only one fits beside another.
    fn of(list: &[Needs], width: f32, large: bool, line: f32) -> Self {
        let is_hero = |n: &Needs| large && n.prominent;
        let heroes: Vec<f32> = list.iter().filter(|n| is_hero(n)).map(|n| n.hero).collect();
        let lines: Vec<f32> = list.iter().filter(|n| !is_hero(n)).map(|n| n.line).collect();
        let (mut hero_columns, mut line_columns) = (columns(&heroes, width), columns(&lines, width));
        let mixed = hero_columns.len() == 1 && !heroes.is_empty();
        if mixed {
            (hero_columns, line_columns) = (vec![width], vec![width]);
        }
        // One that does not fit makes all of them small.
        let small = line_columns.len() == 1 && lines.iter().any(|need| *need > width);
        let mut cells = Vec::with_capacity(list.len());
        let mut top = 0.0;
        let passes: &[Option<bool>] = if mixed { &[None] } else { &[Some(true), Some(false)] };
        for pass in passes {
            let (mut column, mut bottom) = (0, top);
            for (index, needs) in list.iter().enumerate() {
                let is_hero = is_hero(needs);
                if pass.is_some_and(|p| p != is_hero) {
                    continue;
                }
                let columns = if is_hero { &hero_columns } else { &line_columns };
                let (set, high) = match (is_hero, small) {
                    (true, _) => (Set::Large, HERO),
                    (false, false) => (Set::Line, line),
                    (false, true) if needs.small <= width => (Set::Small, line),
                    (false, true) => (Set::Below, line + BELOW),
                };
                let left: f32 = columns.iter().take(column).map(|w| w + GUTTER).sum();
                let cell_width = columns.get(column).copied().unwrap_or(width);
                let cell = Rect::from_min_size(pos2(left, top), vec2(cell_width, high));
                cells.push((index, cell, set));
                bottom = cell.bottom();
                column += 1;
                if column >= columns.len() {
                    (column, top) = (0, bottom);
                }
            }
            top = bottom;
        }
        cells.sort_by_key(|(index, ..)| *index);
        Self { cells: cells.into_iter().map(|(_, cell, set)| (cell, set)).collect(), height: top }
    }
}

/// How the numbers can be set, best first: large ones large or not, and the height of a line.
const WAYS: [(bool, f32); 4] = [(true, LINE), (true, TIGHT_LINE), (false, LINE), (false, TIGHT_LINE)];

/// What the numbers ask of the height: one line after the other, then large ones large. All lines matter, size does not.
pub(super) fn want(pen: &Pen, title: &str, list: &[Readout], width: f32, cx: &Cx<'_>) -> Want {
    let title = if title.is_empty() { 0.0 } else { TITLE };
    let needs = needs(pen, list, cx);
    let small = Grid::of(&needs, width, false, TIGHT_LINE);
    let mut levels: Vec<f32> = small.cells.iter().map(|(cell, _)| title + cell.bottom()).collect();
    levels.extend(WAYS.iter().map(|(large, line)| title + Grid::of(&needs, width, *large, *line).height));
    levels.sort_by(f32::total_cmp);
    levels.dedup();
    let wish = levels.iter().position(|l| *l >= title + small.height).unwrap_or(0);
    Want::of(levels, wish)
}

/// Draws the numbers: large where there is room for all of them, and as many as there is room for.
pub(super) fn show(ui: &Ui, rect: Rect, title: &str, list: &[Readout], memo: &mut Memo, cx: &Cx<'_>) {
    let theme = &cx.theme;
    let pen = Pen::new(ui, theme);
    let mut body = rect;
    if !title.is_empty() {
        pen.text_within(pos2(rect.left(), rect.top() + 9.0), Align::Min, rect.width(), title, Face::Title, theme.text);
        body = rect.with_min_y((rect.top() + TITLE).min(rect.bottom()));
    }
    let needs = needs(&pen, list, cx);
    let grids = WAYS.into_iter().map(|(large, line)| Grid::of(&needs, rect.width(), large, line));
    let mut last = None;
    for grid in grids {
        let fits = grid.height <= body.height() + 1.0;
        last = Some(grid);
        if fits {
            break;
        }
    }
    let Some(grid) = last else { return };
    for (index, (readout, (cell, set))) in list.iter().zip(grid.cells).enumerate() {
        let cell = cell.translate(body.min.to_vec2());
        if cell.bottom() > rect.bottom() + 1.0 {
            continue;
        }
        let value = memo.value(cx.view, &readout.source);
        let (number, unit) = words(cx.view, readout, value);
        let alarm = signal_of(cx.view, readout).map_or(Alarm::Normal, |s| s.limits.judge(value));
        let printed = Printed { number: &number, unit: &unit, alarm };
        match set {
            Set::Large => hero(&pen, cell, &caption(readout), printed),
            Set::Line => pair(&pen, cell, &readout.label, printed, false),
            Set::Small => pair(&pen, cell, &readout.label, printed, true),
            Set::Below => {
                let at = pos2(cell.left(), cell.top() + 8.0);
                pen.text_within(at, Align::Min, cell.width(), &readout.label, Face::Caption, theme.text2);
                pair(&pen, cell.with_min_y(cell.top() + BELOW), "", printed, true);
            }
        }
        let spoken_words = format!("{} {number} {unit}", readout.label);
        let response = spoken(ui, cell, ui.id().with(("readout", index)), spoken_words.trim_end());
        if !readout.doc.is_empty() {
            response.on_hover_text(&readout.doc);
        }
    }
}

/// A value as it is printed.
#[derive(Clone, Copy)]
struct Printed<'a> {
    number: &'a str,
    unit: &'a str,
    alarm: Alarm,
}

fn hero(pen: &Pen, cell: Rect, caption: &str, value: Printed<'_>) {
    let theme = &pen.theme;
    let at = pos2(cell.left(), cell.top() + 7.0);
    pen.text_within(at, Align::Min, cell.width(), caption, Face::Label, theme.text2);
    let place = Rect::from_min_size(pos2(cell.left(), cell.top() + 14.0), vec2(cell.width(), 24.0));
    value_chip(pen, place, value.alarm, value.number, "");
}

/// Label left, value and unit right; the shape of an alarm before the label.
fn pair(pen: &Pen, cell: Rect, label: &str, value: Printed<'_>, small: bool) {
    let theme = &pen.theme;
    let y = cell.center().y;
    let number = value.number;
    let unit = if value.unit.is_empty() { String::new() } else { format!(" {}", value.unit) };
    let is_number = number == "–" || number.bytes().any(|b| b.is_ascii_digit());
    let is_zero = is_number && !number.bytes().any(|b| matches!(b, b'1'..=b'9'));
    let ink = if is_zero { *theme.text3 } else { *theme.text };
    let (words, digits) = if small { (Face::Caption, Face::NumberLabel) } else { (Face::Label, Face::Number) };
    // A state is told in words.
    let face = if is_number { digits } else { words };
    let runs: [Run<'_>; 2] = [(number, face, ink), (&unit, words, *theme.text3)];
    let value_at = pen.runs(pos2(cell.right(), y), Align::Max, &runs);
    let mut left = cell.left();
    if value.alarm != Alarm::Normal {
        sign(pen, value.alarm, pos2(left + 6.0, y), 11.0);
        left += 16.0;
    }
    let room = value_at.left() - left - 4.0;
    if room > 12.0 && !label.is_empty() {
        pen.text_within(pos2(left, y), Align::Min, room, label, words, theme.text2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_take_what_their_cells_need() {
        let needs = [100.0, 60.0, 80.0, 90.0];
        assert_eq!(columns(&needs, 150.0), [150.0]);
        assert_eq!(columns(&needs, 100.0 + 90.0 + GUTTER), [100.0, 90.0]);
        assert_eq!(columns(&needs, 4_000.0).len(), 4);
        assert!(columns(&needs, 4_000.0).iter().all(|w| *w <= WIDEST));
        assert_eq!(columns(&[], 50.0), [50.0]);
    }
}
