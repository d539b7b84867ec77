//! The part of Markdown that the manual uses: headings, paragraphs, lists, tables, pictures, code, bold and code in a
//! line.

use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, Rect, Stroke, Ui, pos2, vec2};

use crate::app::panel::pen::Pen;
use crate::app::panel::widget;
use crate::app::theme::{Face, Theme, mix};

/// Room at both sides of a page.
const SIDE: f32 = 22.0;

/// Widest line of text, points: longer ones are hard to read.
const WIDEST: f32 = 740.0;

/// A block of a page.
#[derive(Debug, PartialEq)]
enum Block<'a> {
    Heading(usize, &'a str),
    Paragraph(String),
    Item(String),
    Table(Vec<Vec<&'a str>>),
    Code(Vec<&'a str>),
    /// A picture: its words and its name.
    Picture(&'a str, &'a str),
}

/// Words and name of a line that is a picture.
fn picture(line: &str) -> Option<(&str, &str)> {
    line.strip_prefix("![")?.strip_suffix(')')?.split_once("](")
}

/// The names of the pictures on a page.
#[cfg(test)]
pub(super) fn pictures_of(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| picture(line.trim())).map(|(_, name)| name).collect()
}

/// Divides a text into its blocks.
fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut out: Vec<Block<'_>> = Vec::new();
    let mut lines = text.lines().peekable();
    let mut open = false;
    while let Some(line) = lines.next() {
        let plain = line.trim();
        if plain.starts_with("```") {
            let mut code = Vec::new();
            for line in lines.by_ref().take_while(|line| !line.trim().starts_with("```")) {
                code.push(line);
            }
            out.push(Block::Code(code));
            open = false;
        } else if plain.is_empty() {
            open = false;
        } else if let Some((words, name)) = picture(plain) {
            out.push(Block::Picture(words, name));
            open = false;
        } else if plain.starts_with('#') {
            let level = plain.bytes().take_while(|b| *b == b'#').count();
            out.push(Block::Heading(level, plain.trim_start_matches('#').trim()));
            open = false;
        } else if let Some(item) = plain.strip_prefix("- ") {
            out.push(Block::Item(item.to_owned()));
            open = true;
        } else if plain.starts_with('|') {
            let cells: Vec<&str> = plain.trim_matches('|').split('|').map(str::trim).collect();
            let rule = cells.iter().all(|cell| !cell.is_empty() && cell.bytes().all(|b| matches!(b, b'-' | b':')));
            match out.last_mut() {
                Some(Block::Table(rows)) if open => rows.extend((!rule).then_some(cells)),
                _ => out.push(Block::Table(vec![cells])),
            }
            open = true;
        } else {
            match out.last_mut() {
                Some(Block::Paragraph(text) | Block::Item(text)) if open => {
                    text.push(' ');
                    text.push_str(plain);
                }
                _ => out.push(Block::Paragraph(plain.to_owned())),
            }
            open = true;
        }
    }
    out
}

/// Draws a page from the cursor of `ui` down; words that were searched for stand on coloured ground.
pub(super) fn show(ui: &mut Ui, text: &str, searched: &str, theme: &Theme) {
    let width = (ui.available_width() - 2.0 * SIDE).clamp(80.0, WIDEST);
    let writer = Writer { width, words: searched.split_whitespace().map(str::to_lowercase).collect(), theme };
    ui.spacing_mut().item_spacing.y = 0.0;
    ui.add_space(14.0);
    for block in blocks(text) {
        match block {
            Block::Heading(1, words) => writer.line(ui, words, 0.0, 19.0, 10.0),
            Block::Heading(_, words) => {
                ui.add_space(8.0);
                writer.line(ui, words, 0.0, 14.5, 5.0);
            }
            Block::Paragraph(words) => writer.line(ui, &words, 0.0, 0.0, 8.0),
            Block::Item(words) => {
                let top = ui.cursor().top();
                let pen = Pen::new(ui, theme);
                pen.painter.circle_filled(pos2(ui.cursor().left() + SIDE + 6.0, top + 8.0), 2.0, theme.text2);
                writer.line(ui, &words, 16.0, 0.0, 4.0);
            }
            Block::Table(rows) => writer.table(ui, &rows),
            Block::Code(lines) => writer.code(ui, &lines),
            Block::Picture(words, name) => super::pictures::show(ui, name, words, (SIDE, width), theme),
        }
    }
    ui.add_space(24.0);
}

/// Sets text in a width.
struct Writer<'a> {
    width: f32,
    words: Vec<String>,
    theme: &'a Theme,
}

impl Writer<'_> {
    /// A job for text with bold and code in it; a size of 0 is running text.
    fn job(&self, text: &str, width: f32, size: f32) -> LayoutJob {
        let theme = self.theme;
        let mut job = LayoutJob::default();
        job.wrap.max_width = width.max(8.0);
        let body = if size > 0.0 { egui::FontId::proportional(size) } else { theme.font(Face::Body) };
        for (piece, code, bold) in pieces(text) {
            let font = if code { theme.font(Face::NumberLabel) } else { body.clone() };
            let ink: Color32 =
                if bold || code || size > 0.0 { *theme.text } else { mix(theme.text, theme.text2, 0.55) };
            let mut rest = piece;
            // Words that were searched for.
            while let Some((at, length)) = self.first(rest) {
                let (before, hit, after) = (rest.get(..at), rest.get(at..at + length), rest.get(at + length..));
                let (Some(before), Some(hit), Some(after)) = (before, hit, after) else { break };
                job.append(before, 0.0, TextFormat::simple(font.clone(), ink));
                let ground = mix(theme.accent.grid, theme.header, 0.35);
                job.append(
                    hit,
                    0.0,
                    TextFormat { background: ground, ..TextFormat::simple(font.clone(), *theme.text) },
                );
                rest = after;
            }
            job.append(rest, 0.0, TextFormat::simple(font, ink));
        }
        job
    }

    /// The first place of a searched word.
    fn first(&self, text: &str) -> Option<(usize, usize)> {
        // Lower case may be of other length: then nothing is marked, rather than the wrong letters.
        let low = text.to_lowercase();
        if low.len() != text.len() {
            return None;
        }
        self.words
            .iter()
            .filter(|word| !word.is_empty())
            .filter_map(|word| Some((low.find(word.as_str())?, word.len())))
            .min()
    }

    fn line(&self, ui: &mut Ui, text: &str, indent: f32, size: f32, below: f32) {
        let galley = ui.painter().layout_job(self.job(text, self.width - indent, size));
        let height = galley.size().y;
        let (_, place) = ui.allocate_space(vec2(ui.available_width(), height + below));
        let at = place.min + vec2(SIDE + indent, 0.0);
        if !ui.is_rect_visible(place) {
            return;
        }
        ui.painter().galley(at, galley, *self.theme.text);
        let plain: String = pieces(text).into_iter().map(|(piece, ..)| piece).collect();
        widget::spoken(
            ui,
            Rect::from_min_size(at, vec2(self.width, height)),
            ui.id().with(("line", at.y as i32)),
            &plain,
        );
    }

    fn table(&self, ui: &mut Ui, rows: &[Vec<&str>]) {
        let theme = self.theme;
        let columns = rows.iter().map(Vec::len).max().unwrap_or(1).max(1);
        let natural: Vec<f32> = (0..columns)
            .map(|column| {
                let cells = rows.iter().filter_map(|row| row.get(column));
                cells
                    .map(|cell| ui.painter().layout_job(self.job(cell, f32::INFINITY, 0.0)).size().x + 14.0)
                    .fold(20.0, f32::max)
            })
            .collect();
        // The last column takes what the others leave; they get no more than a third each.
        let most = self.width / 3.0;
        let mut widths: Vec<f32> = natural.iter().map(|width| width.min(most)).collect();
        let others: f32 = widths.iter().take(columns - 1).sum();
        if let Some(last) = widths.last_mut() {
            *last = (self.width - others).max(60.0);
        }
        for (number, row) in rows.iter().enumerate() {
            let cells: Vec<_> = row
                .iter()
                .zip(&widths)
                .map(|(cell, width)| ui.painter().layout_job(self.job(cell, width - 12.0, 0.0)))
                .collect();
            let height = cells.iter().map(|galley| galley.size().y).fold(14.0, f32::max) + 8.0;
            let (_, place) = ui.allocate_space(vec2(ui.available_width(), height));
            if !ui.is_rect_visible(place) {
                continue;
            }
            let pen = Pen::new(ui, theme);
            let left = place.left() + SIDE;
            let mut x = left;
            for (galley, width) in cells.into_iter().zip(&widths) {
                if number == 0 {
                    // A heading of a table is set twice: the face comes in one light weight.
                    ui.painter().galley(pos2(x + 0.4, place.top() + 4.0), std::sync::Arc::clone(&galley), *theme.text);
                }
                ui.painter().galley(pos2(x, place.top() + 4.0), galley, *theme.text);
                x += width;
            }
            let stroke = if number == 0 { theme.outline() } else { theme.hairline() };
            pen.hline(left, left + self.width, place.bottom() - 0.5, stroke);
            let words = row.join(", ").replace('`', "");
            widget::spoken(ui, place.with_max_x(left + self.width), ui.id().with(("row", place.top() as i32)), &words);
        }
        ui.add_space(10.0);
    }

    fn code(&self, ui: &mut Ui, lines: &[&str]) {
        let theme = self.theme;
        let text = lines.join("\n");
        let mut job = LayoutJob::simple(text.clone(), theme.font(Face::NumberLabel), *theme.text, f32::INFINITY);
        job.wrap.max_width = f32::INFINITY;
        let galley = ui.painter().layout_job(job);
        let height = galley.size().y + 16.0;
        let (_, place) = ui.allocate_space(vec2(ui.available_width(), height + 10.0));
        let ground = Rect::from_min_size(place.min + vec2(SIDE, 0.0), vec2(self.width, height));
        ui.painter().rect(ground, 3.0, theme.sunken, Stroke::NONE, egui::StrokeKind::Inside);
        ui.painter().with_clip_rect(ground.intersect(ui.clip_rect())).galley(
            ground.min + vec2(10.0, 8.0),
            galley,
            *theme.text,
        );
        widget::spoken(ui, ground, ui.id().with(("code", place.top() as i32)), &text);
    }
}

/// Stretches of a line: text, whether it is code, whether it is bold. `*single*` stars are dropped.
fn pieces(text: &str) -> Vec<(&str, bool, bool)> {
    let mut out = Vec::new();
    for (index, part) in text.split('`').enumerate() {
        if index % 2 == 1 {
            out.push((part, true, false));
            continue;
        }
        for (index, part) in part.split("**").enumerate() {
            out.extend(part.split('*').filter(|p| !p.is_empty()).map(|p| (p, false, index % 2 == 1)));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_falls_into_blocks() {
        let text = "# Title\nOne\ntwo\n![A tile](pictures/a.png)\n\n- a\n  more\n- b\n\n| x | y |\n|---|---|\n| 1 | `2` |\n\n```\ncode # 1\n```\nEnd\n";
        assert_eq!(
            blocks(text),
            [
                Block::Heading(1, "Title"),
                Block::Paragraph("One two".to_owned()),
                Block::Picture("A tile", "pictures/a.png"),
                Block::Item("a more".to_owned()),
                Block::Item("b".to_owned()),
                Block::Table(vec![vec!["x", "y"], vec!["1", "`2`"]]),
                Block::Code(vec!["code # 1"]),
                Block::Paragraph("End".to_owned()),
            ]
        );
    }

    #[test]
    fn a_line_falls_into_text_code_and_bold() {
        assert_eq!(
            pieces("Press `F1` for **the** *manual*"),
            [
                ("Press ", false, false),
                ("F1", true, false),
                (" for ", false, false),
                ("the", false, true),
                (" ", false, false),
                ("manual", false, false)
            ]
        );
    }
}
