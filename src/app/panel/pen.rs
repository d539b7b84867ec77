//! Text and lines, set by hand: every word on a baseline, nothing moves when a number changes.

use std::sync::Arc;

use egui::text::LayoutJob;
use egui::{Align, Align2, Color32, Galley, Painter, Pos2, Rect, Stroke, Ui, Vec2, pos2};

use crate::app::theme::{Face, Theme};

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

    fn galley(&self, text: &str, face: Face, colour: Color32, width: f32) -> Arc<Galley> {
        let mut job = LayoutJob::simple_singleline(text.to_owned(), self.theme.font(face), colour);
        job.wrap.max_width = width.max(1.0);
        job.wrap.max_rows = 1;
        job.wrap.break_anywhere = true;
        self.painter.layout_job(job)
    }

    /// Width that a text takes.
    pub fn width(&self, text: &str, face: Face) -> f32 {
        self.galley(text, face, Color32::WHITE, f32::INFINITY).size().x
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
        let galley = self.galley(text, face, colour, width);
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
            let galley = self.galley(text, *face, *colour, f32::INFINITY);
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

    /// A dashed horizontal line on a pixel.
    pub fn dashed_hline(&self, left: f32, right: f32, y: f32, stroke: Stroke) {
        let y = self.painter.round_to_pixel_center(y);
        self.painter.extend(egui::Shape::dashed_line(&[pos2(left, y), pos2(right, y)], stroke, 4.0, 3.0));
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
