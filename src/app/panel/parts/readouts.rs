//! Labelled numbers: prominent ones large below their caption, the others with label left and value right.

use egui::{Align, Rect, Ui, pos2, vec2};

use crate::app::theme::Face;
use crate::plant::{Readout, Source};

use super::super::Cx;
use super::super::pen::{Pen, Run};
use super::super::widget::spoken;
use super::source::{self, Memo, words};

/// Height of the title.
const TITLE: f32 = 19.0;

/// Height of a line of label and value.
const LINE: f32 = 20.0;

/// The same where it is narrow.
const TIGHT_LINE: f32 = 17.0;

/// Height of a prominent number with its caption.
const HERO: f32 = 42.0;

/// Distance between columns.
const GUTTER: f32 = 20.0;

/// Most columns beside each other.
const MOST_COLUMNS: usize = 4;

/// Widest column; wider ones would tear a value from its label.
const WIDEST: f32 = 260.0;

/// A number of so many digits always fits, so that columns do not jump while numbers change.
const USUAL_NUMBER: &str = "−00.00";

/// Width that a label and its value need beside each other.
fn line_width(pen: &Pen, readout: &Readout, value: f64) -> f32 {
    let (number, unit) = words(readout, value);
    let number = pen.width(&number, Face::Number).max(pen.width(USUAL_NUMBER, Face::Number));
    let unit = if unit.is_empty() { 0.0 } else { pen.width(&unit, Face::Label) + 4.0 };
    pen.width(&readout.label, Face::Label) + 10.0 + number + unit
}

/// Width that a prominent number needs below its caption.
fn hero_width(pen: &Pen, readout: &Readout, value: f64) -> f32 {
    let (number, _) = words(readout, value);
    let number = pen.width(&number, Face::NumberLarge).max(pen.width(USUAL_NUMBER, Face::NumberLarge));
    number.max(pen.width(&caption(readout), Face::Label))
}

/// `Asked, MW`.
fn caption(readout: &Readout) -> String {
    if readout.unit.is_empty() || readout.unit == "$" {
        readout.label.clone()
    } else {
        format!("{}, {}", readout.label, readout.unit)
    }
}

/// How many columns of a width stand side by side.
fn columns(width: f32, need: f32, count: usize) -> usize {
    let fit = ((width + GUTTER) / (need + GUTTER)).floor().clamp(1.0, MOST_COLUMNS as f32) as usize;
    fit.min(count.max(1))
}

/// Rows of prominent and of other numbers with the columns of each.
struct Grid {
    heroes: usize,
    hero_columns: usize,
    lines: usize,
    line_columns: usize,
}

impl Grid {
    fn of(pen: &Pen, list: &[Readout], width: f32, large: bool, cx: &Cx<'_>) -> Self {
        // The width of what takes a scan is not worth the scan.
        let guess = |r: &Readout| match r.source {
            Source::Sum(_) | Source::SumSince(..) | Source::RmsSince(..) => 0.0,
            _ => source::value(cx.view, &r.source),
        };
        let heroes: Vec<&Readout> = list.iter().filter(|r| large && r.prominent).collect();
        let lines: Vec<&Readout> = list.iter().filter(|r| !(large && r.prominent)).collect();
        let most = |widths: Vec<f32>| widths.into_iter().fold(0.0, f32::max);
        let hero = most(heroes.iter().map(|r| hero_width(pen, r, guess(r))).collect());
        let line = most(lines.iter().map(|r| line_width(pen, r, guess(r))).collect());
        Self {
            heroes: heroes.len(),
            hero_columns: columns(width, hero, heroes.len()),
            lines: lines.len(),
            line_columns: columns(width, line, lines.len()),
        }
    }

    fn height(&self, line: f32) -> f32 {
        self.heroes.div_ceil(self.hero_columns) as f32 * HERO + self.lines.div_ceil(self.line_columns) as f32 * line
    }
}

/// Least and natural height: at the least the title and the first lines.
pub(super) fn height(pen: &Pen, title: &str, list: &[Readout], width: f32, cx: &Cx<'_>) -> (f32, f32) {
    let title = if title.is_empty() { 0.0 } else { TITLE };
    let natural = Grid::of(pen, list, width, true, cx).height(LINE);
    let small = Grid::of(pen, list, width, false, cx);
    let least = small.lines.div_ceil(small.line_columns).min(2) as f32 * TIGHT_LINE;
    (title + least.min(natural), title + natural)
}

/// Draws the numbers.
pub(super) fn show(ui: &Ui, rect: Rect, title: &str, list: &[Readout], memo: &mut Memo, cx: &Cx<'_>) {
    let theme = &cx.theme;
    let pen = Pen::new(ui, theme);
    let mut top = rect.top();
    if !title.is_empty() {
        pen.text_within(pos2(rect.left(), top + 9.0), Align::Min, rect.width(), title, Face::Title, theme.text);
        top += TITLE;
    }
    let room = rect.bottom() - top;
    let large = Grid::of(&pen, list, rect.width(), true, cx);
    let is_large = large.height(TIGHT_LINE) <= room + 0.5;
    let grid = if is_large { large } else { Grid::of(&pen, list, rect.width(), false, cx) };
    let heroes_high = grid.heroes.div_ceil(grid.hero_columns) as f32 * HERO;
    let rows = grid.lines.div_ceil(grid.line_columns).max(1) as f32;
    let line = ((room - heroes_high) / rows).clamp(TIGHT_LINE, LINE);
    let (mut heroes, mut lines) = (0, 0);
    for (index, readout) in list.iter().enumerate() {
        let (number, of, base, high) = if is_large && readout.prominent {
            heroes += 1;
            (heroes - 1, grid.hero_columns, top, HERO)
        } else {
            lines += 1;
            (lines - 1, grid.line_columns, top + heroes_high, line)
        };
        let width = cell_width(rect.width(), of);
        let (column, row) = (number % of, number / of);
        let at = pos2(rect.left() + column as f32 * (width + GUTTER), base + row as f32 * high);
        let cell = Rect::from_min_size(at, vec2(width, high));
        if cell.bottom() > rect.bottom() + 1.0 {
            continue;
        }
        let (number, unit) = words(readout, memo.value(cx.view, &readout.source));
        if high == HERO {
            hero(&pen, cell, readout, &number);
        } else {
            pair(&pen, cell, &readout.label, &number, &unit);
        }
        let spoken_words = format!("{} {number} {unit}", readout.label);
        let response = spoken(ui, cell, ui.id().with(("readout", index)), spoken_words.trim_end());
        if !readout.doc.is_empty() {
            response.on_hover_text(&readout.doc);
        }
    }
}

fn cell_width(width: f32, columns: usize) -> f32 {
    let even = (width - GUTTER * (columns - 1) as f32) / columns as f32;
    if columns > 1 { even.min(WIDEST) } else { even }
}

fn hero(pen: &Pen, cell: Rect, readout: &Readout, number: &str) {
    let theme = &pen.theme;
    let at = pos2(cell.left(), cell.top() + 7.0);
    pen.text_within(at, Align::Min, cell.width(), &caption(readout), Face::Label, theme.text2);
    pen.text(pos2(cell.left(), cell.top() + 25.0), Align::Min, number, Face::NumberLarge, theme.text);
}

/// Label left, value and unit right.
pub(super) fn pair(pen: &Pen, cell: Rect, label: &str, number: &str, unit: &str) {
    let theme = &pen.theme;
    let y = cell.center().y;
    let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
    let zero = !number.bytes().any(|b| matches!(b, b'1'..=b'9'));
    let ink = if zero { *theme.text3 } else { *theme.text };
    let runs: [Run<'_>; 2] = [(number, Face::Number, ink), (&unit, Face::Label, *theme.text3)];
    let value = pen.runs(pos2(cell.right(), y), Align::Max, &runs);
    let room = value.left() - cell.left() - 8.0;
    if room > 12.0 {
        pen.text_within(pos2(cell.left(), y), Align::Min, room, label, Face::Label, theme.text2);
    }
}
