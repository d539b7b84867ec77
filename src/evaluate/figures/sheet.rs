//! A list of marks in points, from the upper left corner.

use super::paint;
use super::style::Colour;

/// Which part of a text stands at its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// Its left end.
    Left,
    /// Its middle.
    Middle,
    /// Its right end.
    Right,
}

/// One thing that is drawn. Lengths in points.
#[derive(Debug, Clone, PartialEq)]
pub enum Mark {
    /// A line through points.
    Line {
        /// Corners.
        points: Vec<(f64, f64)>,
        /// Colour.
        colour: Colour,
        /// Width.
        width: f64,
        /// Length of dashes and of the gaps between them; 0 for a whole line.
        dash: f64,
    },
    /// A filled area.
    Area {
        /// Corners.
        points: Vec<(f64, f64)>,
        /// Colour.
        colour: Colour,
        /// Opacity, 0..1.
        alpha: f64,
    },
    /// A filled rectangle.
    Rect {
        /// Left edge.
        x: f64,
        /// Upper edge.
        y: f64,
        /// Width.
        width: f64,
        /// Height.
        height: f64,
        /// Colour.
        colour: Colour,
        /// Opacity, 0..1.
        alpha: f64,
    },
    /// A filled circle.
    Dot {
        /// Centre.
        at: (f64, f64),
        /// Radius.
        radius: f64,
        /// Colour.
        colour: Colour,
        /// Opacity, 0..1.
        alpha: f64,
    },
    /// Words, their middle line at the point.
    Text {
        /// Where.
        at: (f64, f64),
        /// What.
        text: String,
        /// Height of a line.
        size: f64,
        /// Colour.
        colour: Colour,
        /// Which part stands at the point.
        anchor: Anchor,
        /// Turned to be read from below.
        upright: bool,
    },
}

/// A sheet of paper with marks on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
    /// What is drawn, first below last.
    pub marks: Vec<Mark>,
}

impl Sheet {
    /// Takes in another sheet, its upper left corner at a point.
    pub(in crate::evaluate) fn take_in(&mut self, other: Self, (dx, dy): (f64, f64)) {
        let moved = |(x, y): (f64, f64)| (x + dx, y + dy);
        self.marks.extend(other.marks.into_iter().map(|mut mark| {
            match &mut mark {
                Mark::Line { points, .. } | Mark::Area { points, .. } => {
                    points.iter_mut().for_each(|point| *point = moved(*point));
                }
                Mark::Rect { x, y, .. } => (*x, *y) = moved((*x, *y)),
                Mark::Dot { at, .. } | Mark::Text { at, .. } => *at = moved(*at),
            }
            mark
        }));
    }

    /// An empty sheet.
    pub(in crate::evaluate) fn new(width: f64, height: f64) -> Self {
        Self { width, height, marks: Vec::new() }
    }

    /// Draws a line.
    pub(in crate::evaluate) fn line(&mut self, points: Vec<(f64, f64)>, colour: Colour, width: f64) {
        self.marks.push(Mark::Line { points, colour, width, dash: 0.0 });
    }

    /// Draws a dashed line.
    pub(in crate::evaluate) fn dashed(&mut self, points: Vec<(f64, f64)>, colour: Colour, width: f64) {
        self.marks.push(Mark::Line { points, colour, width, dash: 4.0 });
    }

    /// Fills an area.
    pub(in crate::evaluate) fn area(&mut self, points: Vec<(f64, f64)>, colour: Colour, alpha: f64) {
        self.marks.push(Mark::Area { points, colour, alpha });
    }

    /// Fills a rectangle, whichever way its size points.
    pub(in crate::evaluate) fn rect(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), colour: Colour) {
        let (x, width) = if width < 0.0 { (x + width, -width) } else { (x, width) };
        let (y, height) = if height < 0.0 { (y + height, -height) } else { (y, height) };
        self.marks.push(Mark::Rect { x, y, width, height, colour, alpha: 1.0 });
    }

    /// Fills a circle.
    pub(in crate::evaluate) fn dot(&mut self, at: (f64, f64), radius: f64, colour: Colour, alpha: f64) {
        self.marks.push(Mark::Dot { at, radius, colour, alpha });
    }

    /// Writes words.
    pub(in crate::evaluate) fn text(&mut self, at: (f64, f64), text: &str, size: f64, colour: Colour, anchor: Anchor) {
        self.marks.push(Mark::Text { at, text: text.to_owned(), size, colour, anchor, upright: false });
    }

    /// Writes words that are read from below.
    pub(in crate::evaluate) fn upright(&mut self, at: (f64, f64), text: &str, size: f64, colour: Colour) {
        let text = text.to_owned();
        self.marks.push(Mark::Text { at, text, size, colour, anchor: Anchor::Middle, upright: true });
    }

    /// Width of words.
    pub(in crate::evaluate) fn width_of(text: &str, size: f64) -> f64 {
        paint::width_of(text, size)
    }

    /// All words on the sheet.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.marks.iter().filter_map(|m| if let Mark::Text { text, .. } = m { Some(text.as_str()) } else { None })
    }
}
