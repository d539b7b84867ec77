//! Where the plots of an exhibit stand on a sheet.

use super::{Body, Exhibit, Ink, plane, radar};
use crate::evaluate::figures::style::{SMALL, TITLE};
use crate::evaluate::figures::{Anchor, Sheet};

/// Height of a title's letters, points.
const HEADING: f64 = TITLE * 0.85;
/// Free space at the edges.
const EDGE: f64 = 14.0;
/// Height of a line of the caption.
const LINE: f64 = 16.0;
/// A plot that is narrower than this goes below the others.
const NARROWEST: f64 = 300.0;

/// A part of a sheet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// Plots beside each other on a sheet of this width.
fn columns(exhibit: &Exhibit, width: f64) -> usize {
    let fit = ((width - 2.0 * EDGE) / NARROWEST).floor().max(1.0) as usize;
    exhibit.columns.clamp(1, exhibit.plots.len().max(1)).min(fit)
}

/// Height of the words above the plots.
fn head(exhibit: &Exhibit, width: f64) -> f64 {
    let lines = wrapped(&exhibit.caption, width - 2.0 * EDGE).len() as f64;
    let title = if exhibit.title.is_empty() { 0.0 } else { 28.0 };
    8.0 + title + lines * LINE + if lines > 0.0 { 6.0 } else { 0.0 }
}

/// The width that files have.
pub(super) fn width(exhibit: &Exhibit) -> f64 {
    match exhibit.columns.clamp(1, exhibit.plots.len().max(1)) {
        1 => 900.0,
        2 => 1_080.0,
        n => 400.0 * n as f64,
    }
}

/// The height that suits a width.
pub(super) fn height(exhibit: &Exhibit, width: f64) -> f64 {
    let width = width.max(320.0);
    let columns = columns(exhibit, width);
    let rows = exhibit.plots.len().div_ceil(columns);
    let wide = (width - 2.0 * EDGE) / columns as f64;
    let tallest = exhibit.plots.iter().map(|plot| match &plot.body {
        Body::Plane { y, layers, .. } => plane::height(y, layers, wide),
        Body::Radar { .. } => (wide * 0.78).clamp(280.0, 440.0),
    });
    head(exhibit, width) + rows as f64 * tallest.fold(0.0, f64::max) + EDGE
}

/// The exhibit as a drawing.
pub(super) fn sheet(exhibit: &Exhibit, (width, height): (f64, f64), ink: &Ink) -> Sheet {
    let (width, height) = (width.max(320.0), height.max(200.0));
    let mut sheet = Sheet::new(width, height);
    sheet.rect((0.0, 0.0), (width, height), ink.paper);
    let mut down = 20.0;
    if !exhibit.title.is_empty() {
        sheet.text((EDGE, down), &exhibit.title, HEADING, ink.text, Anchor::Left);
        down += 24.0;
    }
    for line in wrapped(&exhibit.caption, width - 2.0 * EDGE) {
        sheet.text((EDGE, down), &line, SMALL, ink.text3, Anchor::Left);
        down += LINE;
    }
    let columns = columns(exhibit, width);
    let rows = exhibit.plots.len().div_ceil(columns).max(1);
    let top = head(exhibit, width);
    let cell = ((width - 2.0 * EDGE) / columns as f64, (height - top - EDGE) / rows as f64);
    for (k, plot) in exhibit.plots.iter().enumerate() {
        let frame = Frame {
            left: EDGE + (k % columns) as f64 * cell.0,
            top: top + (k / columns) as f64 * cell.1,
            width: cell.0 - if columns > 1 { 10.0 } else { 0.0 },
            height: cell.1,
        };
        match &plot.body {
            Body::Plane { x, y, layers } => plane::draw(&mut sheet, ink, frame, &plot.title, x, y, layers),
            Body::Radar { spokes, rings } => radar::draw(&mut sheet, ink, frame, &plot.title, spokes, rings),
        }
    }
    sheet
}

/// Words in lines that fit a width.
fn wrapped(text: &str, width: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if Sheet::width_of(&format!("{line} {word}"), SMALL) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Words that fit a width, with an ellipsis where they were cut.
pub(super) fn cut(text: &str, size: f64, width: f64) -> String {
    if Sheet::width_of(text, size) <= width {
        return text.to_owned();
    }
    let mut kept: Vec<char> = text.chars().collect();
    while kept.pop().is_some() {
        let short = format!("{}…", kept.iter().collect::<String>().trim_end());
        if Sheet::width_of(&short, size) <= width {
            return short;
        }
    }
    String::new()
}

/// A legend in the line at a height: as many entries as fit, and how many more there are.
pub(super) fn legend(
    sheet: &mut Sheet,
    ink: &Ink,
    frame: Frame,
    y: f64,
    entries: &[(String, crate::evaluate::figures::Colour)],
) {
    let (mut x, right) = (frame.left, frame.left + frame.width);
    for (k, (name, colour)) in entries.iter().enumerate() {
        let left = entries.len() - k;
        let more = if left > 1 { 60.0 } else { 0.0 };
        let wide = 15.0 + Sheet::width_of(name, SMALL) + 14.0;
        if x + wide - 14.0 + more > right && !(k == 0 && left == 1) {
            sheet.text((x, y), &format!("{left} more"), SMALL, ink.text3, Anchor::Left);
            return;
        }
        sheet.rect((x, y - 2.0), (11.0, 4.0), *colour);
        sheet.text((x + 15.0, y), &cut(name, SMALL, right - x - 15.0), SMALL, ink.text2, Anchor::Left);
        x += wide;
    }
}
