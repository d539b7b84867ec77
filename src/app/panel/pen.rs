//! Text and lines, set by hand: every word on a baseline, nothing moves when a number changes.

use std::sync::Arc;

use egui::epaint::Mesh;
use egui::epaint::text::PlacedRow;
use egui::text::LayoutJob;
use egui::{Align, Align2, Color32, Galley, Id, LayerId, Order, Painter, Pos2, Rect, Shape, Stroke, Ui, Vec2, pos2};

use crate::app::theme::{Face, Theme};

use super::curve::thinned;

/// Draws in one layer with one theme.
pub(super) struct Pen {
    /// Where it draws.
    pub painter: Painter,
    /// With what.
    pub theme: Theme,
}

/// A stretch of text in one face and colour.
pub(super) type Run<'a> = (&'a str, Face, Color32);

impl Pen {
    /// A pen for a region; drawing outside its clip is cut off.
    pub fn new(ui: &Ui, theme: &Theme) -> Self {
        Self { painter: ui.painter().clone(), theme: *theme }
    }

    /// The same pen, cut off at a rectangle.
    pub fn clipped(&self, rect: Rect) -> Self {
        let clip = rect.intersect(self.painter.clip_rect());
        Self { painter: self.painter.with_clip_rect(clip), theme: self.theme }
    }

    /// A pen above all tiles and below fields and messages, for what may lie over its neighbours.
    pub fn above(&self) -> Self {
        let ctx = self.painter.ctx();
        let layer = LayerId::new(Order::Middle, Id::new("above the tiles"));
        Self { painter: Painter::new(ctx.clone(), layer, ctx.content_rect()), theme: self.theme }
    }

    /// One line of text without a colour: measured, set and set again in another colour it is laid out once.
    fn galley(&self, text: &str, face: Face) -> Arc<Galley> {
        self.galley_within(text, face, f32::INFINITY)
    }

    /// One line of text on any width. Numbers change on every tick, and shaping a text anew costs more than drawing it: so
    /// a text with a number in it is put together from words and digits, which are shaped once.
    fn whole(&self, text: &str, face: Face) -> Arc<Galley> {
        let mut parts = pieces(text).map(|piece| self.galley(piece, face));
        let scale = self.painter.pixels_per_point();
        let Some(first) = parts.next() else { return self.galley(text, face) };
        let Some(second) = parts.next() else { return first };
        let mut whole = Galley::clone(&first);
        let mut right = first.size().x;
        for part in std::iter::once(second).chain(parts) {
            // Letters stand on whole pixels, as egui sets them itself.
            let off = Vec2::new((right * scale).round() / scale, 0.0);
            let placed = part.rows.iter().map(|row| PlacedRow { pos: row.pos + off, ..row.clone() });
            whole.rows.extend(placed);
            whole.num_vertices += part.num_vertices;
            whole.num_indices += part.num_indices;
            whole.mesh_bounds |= part.mesh_bounds.translate(off);
            right += part.size().x;
        }
        whole.rect.max.x = whole.rect.min.x + right;
        Arc::new(whole)
    }

    /// As [`Pen::galley`], shortened with `…` to a width.
    fn galley_within(&self, text: &str, face: Face, width: f32) -> Arc<Galley> {
        let mut job = LayoutJob::simple_singleline(text.to_owned(), self.theme.font(face), Color32::PLACEHOLDER);
        job.wrap.max_width = width.max(1.0);
        job.wrap.max_rows = 1;
        job.wrap.break_anywhere = true;
        self.painter.layout_job(job)
    }

    /// Width that a text takes.
    pub fn width(&self, text: &str, face: Face) -> f32 {
        pieces(text).map(|piece| self.galley(piece, face).size().x).sum()
    }

    /// Width of stretches set one after the other.
    pub fn width_of(&self, runs: &[Run<'_>]) -> f32 {
        runs.iter().map(|(text, face, _)| self.width(text, *face)).sum()
    }

    /// Distance from the middle of a line to its baseline: a little more than half the height of a digit.
    fn drop_of(&self, face: Face) -> f32 {
        self.theme.font(face).size * 0.345
    }

    /// Puts a galley with its left end and baseline at a point.
    fn place(&self, left: f32, baseline: f32, galley: Arc<Galley>, face: Face, colour: Color32) -> Rect {
        let ascent =
            galley.rows.first().map_or(0.0, |row| row.pos.y + row.row.glyphs.first().map_or(0.0, |glyph| glyph.pos.y));
        let at = pos2(left, baseline - ascent);
        let rect = Rect::from_min_size(at, galley.size());
        if matches!(face, Face::Title | Face::LabelStrong) {
            // The proportional face comes in one light weight: setting it twice thickens its stems.
            self.painter.galley(at + Vec2::new(0.4, 0.0), Arc::clone(&galley), colour);
        }
        self.painter.galley(at, galley, colour);
        rect
    }

    /// Sets a text by its anchor; vertically the digits are centred on the point.
    pub fn text(&self, at: Pos2, align: Align, text: &str, face: Face, colour: impl Into<Color32>) -> Rect {
        self.text_within(at, align, f32::INFINITY, text, face, colour)
    }

    /// As [`Pen::text`], shortened with `…` to a width.
    pub fn text_within(
        &self,
        at: Pos2,
        align: Align,
        width: f32,
        text: &str,
        face: Face,
        colour: impl Into<Color32>,
    ) -> Rect {
        let colour = colour.into();
        let whole = self.whole(text, face);
        let galley = if whole.size().x <= width { whole } else { self.galley_within(text, face, width) };
        let left = match align {
            Align::Min => at.x,
            Align::Center => at.x - galley.size().x / 2.0,
            Align::Max => at.x - galley.size().x,
        };
        self.place(left, at.y + self.drop_of(face), galley, face, colour)
    }

    /// Sets stretches of text one after the other on one baseline; returns what they cover.
    pub fn runs(&self, at: Pos2, align: Align, runs: &[Run<'_>]) -> Rect {
        let width = self.width_of(runs);
        let left = match align {
            Align::Min => at.x,
            Align::Center => at.x - width / 2.0,
            Align::Max => at.x - width,
        };
        let drop = runs.iter().map(|(_, face, _)| self.drop_of(*face)).fold(0.0, f32::max);
        let mut x = left;
        for (text, face, colour) in runs {
            let galley = self.whole(text, *face);
            let advance = galley.size().x;
            self.place(x, at.y + drop, galley, *face, *colour);
            x += advance;
        }
        Rect::from_min_max(pos2(left, at.y - 8.0), pos2(x, at.y + 8.0))
    }

    /// Sets text in several lines of a width from a corner down; returns what it covers.
    pub fn paragraph(&self, at: Pos2, width: f32, text: &str, face: Face, colour: impl Into<Color32>) -> Rect {
        let colour = colour.into();
        let job = LayoutJob::simple(text.to_owned(), self.theme.font(face), colour, width.max(8.0));
        let galley = self.painter.layout_job(job);
        let rect = Rect::from_min_size(at, galley.size());
        self.painter.galley(at, galley, colour);
        rect
    }

    /// Height of a paragraph.
    pub fn paragraph_height(&self, width: f32, text: &str, face: Face) -> f32 {
        let job = LayoutJob::simple(text.to_owned(), self.theme.font(face), Color32::WHITE, width.max(8.0));
        self.painter.layout_job(job).size().y
    }

    /// A horizontal line on a pixel.
    pub fn hline(&self, left: f32, right: f32, y: f32, stroke: Stroke) {
        let y = self.painter.round_to_pixel_center(y);
        self.painter.hline(left..=right, y, stroke);
    }

    /// A vertical line on a pixel.
    pub fn vline(&self, x: f32, top: f32, bottom: f32, stroke: Stroke) {
        let x = self.painter.round_to_pixel_center(x);
        self.painter.vline(x, top..=bottom, stroke);
    }

    /// A dashed horizontal line on whole pixels: one mesh, because egui draws each dash as a line of its own.
    pub fn dashed_hline(&self, left: f32, right: f32, y: f32, stroke: Stroke) {
        let scale = self.painter.pixels_per_point();
        let on_pixel = |at: f32| (at * scale).round() / scale;
        let high = on_pixel(stroke.width).max(1.0 / scale);
        let top = on_pixel(y - high / 2.0);
        let mut mesh = Mesh::default();
        let count = ((right - left) / 7.0).ceil().clamp(0.0, 4_096.0) as usize;
        for from in (0..count).map(|dash| left + 7.0 * dash as f32) {
            let (min, max) = (pos2(on_pixel(from), top), pos2(on_pixel((from + 4.0).min(right)), top + high));
            mesh.add_colored_rect(Rect::from_min_max(min, max), stroke.color);
        }
        self.painter.add(Shape::mesh(mesh));
    }

    /// A broken line along points that go from left to right. It breaks along the horizontal alone, so that a line that
    /// runs up and down has no more dashes than a flat one; a dash then holds all that happens in its width.
    pub fn broken(&self, points: &[Pos2], dash: f32, gap: f32, stroke: Stroke) {
        let soft = 1.0 / self.painter.pixels_per_point();
        let mut mesh = Mesh::default();
        runs_along(points, dash, gap, &mut |run| match block(run, stroke.width) {
            Some(block) => mesh.add_colored_rect(block, stroke.color),
            None => thinned(run, 0.2).windows(2).for_each(|ends| strand(&mut mesh, ends, stroke, soft)),
        });
        if !mesh.is_empty() {
            self.painter.add(Shape::mesh(mesh));
        }
    }

    /// Sets a text at a corner or an edge of a rectangle, which it must not leave.
    pub fn text_at(&self, rect: Rect, anchor: Align2, text: &str, face: Face, colour: impl Into<Color32>) -> Rect {
        let half = self.theme.font(face).size * 0.6;
        let y = match anchor.y() {
            Align::Min => rect.top() + half,
            Align::Center => rect.center().y,
            Align::Max => rect.bottom() - half,
        };
        let x = match anchor.x() {
            Align::Min => rect.left(),
            Align::Center => rect.center().x,
            Align::Max => rect.right(),
        };
        self.text_within(pos2(x, y), anchor.x(), rect.width(), text, face, colour)
    }
}

/// Longest text that is put together from pieces.
const LONGEST: usize = 64;

/// Digits one by one, and what stands between them.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let is_digit = |c: char| c.is_ascii_digit();
        let end = match rest.find(is_digit).filter(|_| text.len() <= LONGEST) {
            Some(0) => 1,
            Some(digit) => digit,
            None => rest.len(),
        };
        let (piece, after) = rest.split_at_checked(end).filter(|(piece, _)| !piece.is_empty())?;
        rest = after;
        Some(piece)
    })
}

/// Hands over the pieces of a line that lie in dashes along the horizontal, the first one at its begin.
fn runs_along(points: &[Pos2], dash: f32, gap: f32, put: &mut dyn FnMut(&[Pos2])) {
    let Some(first) = points.first() else { return };
    let (mut inside, mut edge) = (true, first.x + dash);
    let mut run = vec![*first];
    for pair in points.windows(2) {
        let [a, b] = pair else { continue };
        while b.x > edge {
            let at = *a + (*b - *a) * ((edge - a.x) / (b.x - a.x));
            if inside {
                run.push(at);
                put(&run);
            }
            run.clear();
            inside = !inside;
            if inside {
                run.push(at);
            }
            edge += if inside { dash } else { gap };
        }
        if inside {
            run.push(*b);
        }
    }
    if run.len() > 1 {
        put(&run);
    }
}

/// A straight piece of a line with soft edges.
fn strand(mesh: &mut Mesh, ends: &[Pos2], stroke: Stroke, soft: f32) {
    let &[a, b] = ends else { return };
    let across = (b - a).normalized().rot90();
    let (outer, inner) = ((stroke.width + soft) / 2.0, ((stroke.width - soft) / 2.0).max(0.0));
    let first = mesh.vertices.len() as u32;
    for end in [a, b] {
        for (off, colour) in [
            (-outer, Color32::TRANSPARENT),
            (-inner, stroke.color),
            (inner, stroke.color),
            (outer, Color32::TRANSPARENT),
        ] {
            mesh.colored_vertex(end + across * off, colour);
        }
    }
    for lane in first..first + 3 {
        mesh.add_triangle(lane, lane + 1, lane + 4);
        mesh.add_triangle(lane + 1, lane + 4, lane + 5);
    }
}

/// What a dash covers that goes up and down so often that nobody could follow it.
fn block(run: &[Pos2], width: f32) -> Option<Rect> {
    let covered = Rect::from_points(run);
    let travel: f32 = run.windows(2).map(|pair| (pair[1].y - pair[0].y).abs()).sum();
    (covered.height() > width && travel > 3.0 * covered.height()).then_some(covered)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dash_is_a_block_once_nobody_could_follow_it() {
        let run = |turns: usize| (0..=turns).map(|k| pos2(k as f32, 20.0 * (k % 2) as f32)).collect::<Vec<_>>();
        assert_eq!(block(&run(1), 1.0), None);
        assert_eq!(block(&run(4), 1.0), Some(Rect::from_min_max(pos2(0.0, 0.0), pos2(4.0, 20.0))));
    }

    #[test]
    fn texts_fall_into_words_and_digits() {
        let of = |text: &'static str| pieces(text).collect::<Vec<_>>();
        assert_eq!(of("loss 0.49 MW"), ["loss ", "0", ".", "4", "9", " MW"]);
        assert_eq!(of("\u{2212}5"), ["\u{2212}", "5"]);
        assert_eq!(of("Applied as commanded"), ["Applied as commanded"]);
        assert!(of("").is_empty());
    }

    #[test]
    fn a_line_breaks_along_the_horizontal() {
        let points = [pos2(0.0, 0.0), pos2(2.0, 0.0), pos2(2.0, 90.0), pos2(12.0, 90.0)];
        let runs = |points: &[Pos2]| {
            let mut all: Vec<Vec<Pos2>> = Vec::new();
            runs_along(points, 5.0, 3.0, &mut |run| all.push(run.to_vec()));
            all
        };
        let second = vec![pos2(8.0, 90.0), pos2(12.0, 90.0)];
        assert_eq!(runs(&points), [vec![points[0], points[1], points[2], pos2(5.0, 90.0)], second]);
        assert!(runs(&[]).is_empty());
        assert!(runs(&[pos2(f32::NAN, 1.0), pos2(4.0, 1.0)]).len() <= 1);
    }
}
