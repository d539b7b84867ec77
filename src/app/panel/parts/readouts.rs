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
use super::source::{self, Memo, signal_of, words};

/// Height of the title.
const TITLE: f32 = 19.0;

/// Height of a line of label and value.
const LINE: f32 = 20.0;

/// The same where it is narrow.
const TIGHT_LINE: f32 = 17.0;

/// Height of a prominent number with its caption.
const HERO: f32 = 42.0;

/// Distance between columns.
const GUTTER: f32 = 16.0;

/// Most columns beside each other.
const MOST_COLUMNS: usize = 4;

/// Widest column; wider ones would tear a value from its label.
const WIDEST: f32 = 260.0;

/// A number of so many digits always fits, so that columns do not jump while numbers change.
const USUAL_NUMBER: &str = "−00.00";

/// Width that the number of a readout may come to need.
fn number_width(pen: &Pen, readout: &Readout, face: Face, cx: &Cx<'_>) -> f32 {
    let width = |value: f64| pen.width(&words(cx.view, readout, value).0, face);
    match signal_of(cx.view, readout) {
        Some(signal) if signal.labels.is_empty() => {
            let of = [signal.range.0, signal.range.1, source::value(cx.view, &readout.source)];
            of.map(width).into_iter().fold(0.0, f32::max)
        }
        Some(signal) => signal.labels.iter().map(|l| pen.width(l, face)).fold(0.0, f32::max),
        // The value of what takes a scan is not worth the scan here.
        None => pen.width(USUAL_NUMBER, face),
    }
}

/// Width that a label and its value need beside each other.
fn line_width(pen: &Pen, readout: &Readout, cx: &Cx<'_>) -> f32 {
    let (_, unit) = words(cx.view, readout, 0.0);
    let unit = if unit.is_empty() { 0.0 } else { pen.width(&unit, Face::Label) + 4.0 };
    pen.width(&readout.label, Face::Label) + 8.0 + number_width(pen, readout, Face::Number, cx) + unit
}

/// Width that a prominent number needs below its caption.
fn hero_width(pen: &Pen, readout: &Readout, cx: &Cx<'_>) -> f32 {
    number_width(pen, readout, Face::NumberLarge, cx).max(pen.width(&caption(readout), Face::Label))
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
    let count = (1..=MOST_COLUMNS.min(needs.len())).rev().find(|count| {
        column_needs(needs, *count).iter().sum::<f32>() + GUTTER * (count - 1) as f32 <= width
    });
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

/// Where each number stands.
struct Grid {
    /// Cell of each readout below the title, and whether it is set large.
    cells: Vec<(Rect, bool)>,
    height: f32,
}

impl Grid {
    /// Prominent numbers side by side above the others; all in the order of the list where only one fits beside another.
    fn of(pen: &Pen, list: &[Readout], width: f32, large: bool, line: f32, cx: &Cx<'_>) -> Self {
        let is_hero = |r: &Readout| large && r.prominent;
        let needs = |heroes: bool| -> Vec<f32> {
            let some = list.iter().filter(|r| is_hero(r) == heroes);
            some.map(|r| if heroes { hero_width(pen, r, cx) } else { line_width(pen, r, cx) }).collect()
        };
        let (mut hero_columns, mut line_columns) = (columns(&needs(true), width), columns(&needs(false), width));
        let sequence = hero_columns.len() == 1;
        if sequence && list.iter().any(is_hero) {
            (hero_columns, line_columns) = (vec![width], vec![width]);
        }
        let heroes = list.iter().filter(|r| is_hero(r)).count();
        let below = if sequence { 0.0 } else { heroes.div_ceil(hero_columns.len()) as f32 * HERO };
        let (mut hero, mut small, mut top) = (0, 0, 0.0);
        let mut cells = Vec::with_capacity(list.len());
        for readout in list {
            let is_hero = is_hero(readout);
            let (columns, number, high) = if is_hero { (&hero_columns, hero, HERO) } else { (&line_columns, small, line) };
            let (column, row) = (number % columns.len(), number / columns.len());
            let left: f32 = columns.iter().take(column).map(|w| w + GUTTER).sum();
            let y = match (is_hero, sequence && heroes > 0) {
                (_, true) => top,
                (true, false) => row as f32 * HERO,
                (false, false) => below + row as f32 * line,
            };
            let cell_width = columns.get(column).copied().unwrap_or(width);
            cells.push((Rect::from_min_size(pos2(left, y), vec2(cell_width, high)), is_hero));
            top += high;
            *(if is_hero { &mut hero } else { &mut small }) += 1;
        }
        let height = cells.iter().map(|(cell, _)| cell.bottom()).fold(0.0, f32::max);
        Self { cells, height }
    }
}

/// Least and natural height: at the least the title and the first lines.
pub(super) fn height(pen: &Pen, title: &str, list: &[Readout], width: f32, cx: &Cx<'_>) -> (f32, f32) {
    let title = if title.is_empty() { 0.0 } else { TITLE };
    let natural = Grid::of(pen, list, width, true, LINE, cx).height;
    let small = Grid::of(pen, list, width, false, TIGHT_LINE, cx).height;
    (title + small.min(2.0 * TIGHT_LINE), title + natural.max(small))
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
    let ways = [(true, LINE), (true, TIGHT_LINE), (false, LINE), (false, TIGHT_LINE)];
    let grids = ways.into_iter().map(|(large, line)| Grid::of(&pen, list, rect.width(), large, line, cx));
    let mut last = None;
    for grid in grids {
        let fits = grid.height <= body.height() + 1.0;
        last = Some(grid);
        if fits {
            break;
        }
    }
    let Some(grid) = last else { return };
    for (index, (readout, (cell, is_hero))) in list.iter().zip(grid.cells).enumerate() {
        let cell = cell.translate(body.min.to_vec2());
        if cell.bottom() > rect.bottom() + 1.0 {
            continue;
        }
        let value = memo.value(cx.view, &readout.source);
        let (number, unit) = words(cx.view, readout, value);
        let alarm = signal_of(cx.view, readout).map_or(Alarm::Normal, |s| s.limits.judge(value));
        if is_hero {
            hero(&pen, cell, &caption(readout), &number, alarm);
        } else {
            pair(&pen, cell, &readout.label, (&number, &unit), alarm);
        }
        let spoken_words = format!("{} {number} {unit}", readout.label);
        let response = spoken(ui, cell, ui.id().with(("readout", index)), spoken_words.trim_end());
        if !readout.doc.is_empty() {
            response.on_hover_text(&readout.doc);
        }
    }
}

fn hero(pen: &Pen, cell: Rect, caption: &str, number: &str, alarm: Alarm) {
    let theme = &pen.theme;
    let at = pos2(cell.left(), cell.top() + 7.0);
    pen.text_within(at, Align::Min, cell.width(), caption, Face::Label, theme.text2);
    let place = Rect::from_min_size(pos2(cell.left(), cell.top() + 14.0), vec2(cell.width(), 24.0));
    value_chip(pen, place, alarm, number, "");
}

/// Label left, value and unit right; the shape of an alarm before the label.
fn pair(pen: &Pen, cell: Rect, label: &str, (number, unit): (&str, &str), alarm: Alarm) {
    let theme = &pen.theme;
    let y = cell.center().y;
    let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
    let is_number = number.bytes().any(|b| b.is_ascii_digit());
    let is_zero = is_number && !number.bytes().any(|b| matches!(b, b'1'..=b'9')) || number == "–";
    let ink = if is_zero { *theme.text3 } else { *theme.text };
    // A state is told in words.
    let face = if is_number || is_zero { Face::Number } else { Face::Label };
    let runs: [Run<'_>; 2] = [(number, face, ink), (&unit, Face::Label, *theme.text3)];
    let value = pen.runs(pos2(cell.right(), y), Align::Max, &runs);
    let mut left = cell.left();
    if alarm != Alarm::Normal {
        sign(pen, alarm, pos2(left + 6.0, y), 11.0);
        left += 16.0;
    }
    let room = value.left() - left - 6.0;
    if room > 12.0 {
        pen.text_within(pos2(left, y), Align::Min, room, label, Face::Label, theme.text2);
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
