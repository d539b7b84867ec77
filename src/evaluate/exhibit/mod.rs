//! Exhibits: what a study or an explanation shows, as plain data.
//!
//! An [`Exhibit`] holds a few [`Plot`]s and the [`Table`] of their numbers. It knows neither size nor colours: [`Exhibit::sheet`]
//! lays it out for a size in an [`Ink`], so that a file on white paper and a tile in a dark room are the same drawing.
#![deny(clippy::indexing_slicing)]

mod cells;
mod ink;
mod lay;
mod layers;
mod plane;
mod radar;
mod table;

use std::path::{Path, PathBuf};

use super::figures::{Colour, Figure, Sheet};
use crate::config::Result;

pub use ink::{Ink, Tint};
pub use table::{Cell, Table};

/// Something worth looking at: plots beside each other, one sentence about them, and their numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Exhibit {
    /// Stable name, also of its files.
    pub name: String,
    /// Words above it.
    pub title: String,
    /// What it shows, in a sentence or two.
    pub caption: String,
    /// The plots, from the left and from above.
    pub plots: Vec<Plot>,
    /// Most plots beside each other; a narrow sheet takes fewer.
    pub columns: usize,
    /// The numbers.
    pub table: Table,
}

/// One plot.
#[derive(Debug, Clone, PartialEq)]
pub struct Plot {
    /// Words above it.
    pub title: String,
    /// What is drawn.
    pub body: Body,
}

/// What a plot is.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// Layers on two axes, the first at the back.
    Plane {
        /// From left to right.
        x: Axis,
        /// From below to above.
        y: Axis,
        /// What lies on it.
        layers: Vec<Layer>,
    },
    /// Closed lines around a middle.
    Radar {
        /// Names of the spokes.
        spokes: Vec<String>,
        /// Name and place on each spoke, 0 in the middle to 1 at the rim.
        rings: Vec<(String, Vec<f64>)>,
    },
}

impl Plot {
    /// Layers on two axes.
    pub fn new(title: impl Into<String>, x: Axis, y: Axis, layers: Vec<Layer>) -> Self {
        Self { title: title.into(), body: Body::Plane { x, y, layers } }
    }

    /// Closed lines around a middle, places from 0 to 1.
    pub fn radar(title: impl Into<String>, spokes: Vec<String>, rings: Vec<(String, Vec<f64>)>) -> Self {
        Self { title: title.into(), body: Body::Radar { spokes, rings } }
    }
}

/// How the values of an axis are written.
#[derive(Debug, Clone, PartialEq)]
pub enum Ticks {
    /// Round numbers.
    Numbers,
    /// Powers of ten; the axis is logarithmic and values must be above 0.
    Powers,
    /// Times of day of hours, `06:00`.
    Hours,
    /// Names at 0, 1, 2 …; the axis reaches from −½ to the last and ½.
    Names(Vec<String>),
}

/// An axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// What is measured, with its unit: `ambient, °C`.
    pub label: String,
    /// Values at its ends; as far as the layers reach where nothing is said.
    pub range: Option<(f64, f64)>,
    /// Whether 0 lies on it.
    pub zero: bool,
    /// How its values are written.
    pub ticks: Ticks,
}

impl Axis {
    /// An axis of round numbers as far as the layers reach.
    pub fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), range: None, zero: false, ticks: Ticks::Numbers }
    }

    /// A logarithmic axis.
    pub fn powers(label: impl Into<String>) -> Self {
        Self { ticks: Ticks::Powers, ..Self::new(label) }
    }

    /// The hours of a day.
    pub fn hours(label: impl Into<String>) -> Self {
        Self { ticks: Ticks::Hours, range: Some((0.0, 24.0)), ..Self::new(label) }
    }

    /// Names at 0, 1, 2 …
    pub fn names<T: Into<String>>(label: impl Into<String>, names: impl IntoIterator<Item = T>) -> Self {
        Self { ticks: Ticks::Names(names.into_iter().map(Into::into).collect()), ..Self::new(label) }
    }

    /// From one value to another.
    #[must_use]
    pub fn from_to(mut self, from: f64, to: f64) -> Self {
        self.range = Some((from, to));
        self
    }

    /// With 0 on it.
    #[must_use]
    pub fn with_zero(mut self) -> Self {
        self.zero = true;
        self
    }
}

/// Something drawn on two axes. A value that is not finite breaks a line and leaves out a point.
#[derive(Debug, Clone, PartialEq)]
pub enum Layer {
    /// A line through points.
    Line {
        /// Name in the legend; empty for none.
        name: String,
        /// Points.
        points: Vec<(f64, f64)>,
        /// Colour.
        tint: Tint,
        /// Dashed rather than whole.
        dashed: bool,
    },
    /// The area between two lines.
    Band {
        /// Name in the legend; empty for none.
        name: String,
        /// Place, lower and upper value.
        points: Vec<(f64, f64, f64)>,
        /// Colour.
        tint: Tint,
    },
    /// Points.
    Dots {
        /// Name in the legend; empty for none.
        name: String,
        /// Points.
        points: Vec<(f64, f64)>,
        /// Colour.
        tint: Tint,
        /// Radius, points.
        radius: f64,
    },
    /// Bars.
    Bars {
        /// Name in the legend; empty for none.
        name: String,
        /// The bars.
        bars: Vec<Bar>,
        /// Colour of those that have none of their own.
        tint: Tint,
        /// Whether they lie: places count upwards, lengths to the right.
        lying: bool,
    },
    /// Spans with short ends (intervals).
    Whiskers {
        /// Place, lower and upper value.
        points: Vec<(f64, f64, f64)>,
        /// Colour.
        tint: Tint,
        /// Whether they lie, as bars do.
        lying: bool,
    },
    /// Cells of a grid, coloured by value.
    Cells(Cells),
    /// A limit: a thin dashed line through the whole plot.
    Limit {
        /// Where.
        at: f64,
        /// Whether it stands upright (a value of the x axis).
        upright: bool,
        /// Words at its end; may be empty.
        words: String,
        /// Colour.
        tint: Tint,
    },
    /// Words at a point.
    Words {
        /// Where.
        at: (f64, f64),
        /// What.
        text: String,
        /// Colour.
        tint: Tint,
    },
}

impl Layer {
    /// A whole line in the colour of its number.
    pub fn line(name: impl Into<String>, points: Vec<(f64, f64)>, number: usize) -> Self {
        Self::Line { name: name.into(), points, tint: Tint::Series(number), dashed: false }
    }

    /// A dashed line in the colour of its number.
    pub fn dashed(name: impl Into<String>, points: Vec<(f64, f64)>, number: usize) -> Self {
        Self::Line { name: name.into(), points, tint: Tint::Series(number), dashed: true }
    }

    /// Points in the colour of their number.
    pub fn dots(name: impl Into<String>, points: Vec<(f64, f64)>, number: usize) -> Self {
        Self::Dots { name: name.into(), points, tint: Tint::Series(number), radius: 2.0 }
    }

    /// Upright bars from zero at 0, 1, 2 … in the colour of their number.
    pub fn bars(name: impl Into<String>, values: impl IntoIterator<Item = f64>, number: usize) -> Self {
        let bars = values.into_iter().enumerate().map(|(k, value)| Bar::new(k as f64, 0.72, value)).collect();
        Self::Bars { name: name.into(), bars, tint: Tint::Series(number), lying: false }
    }

    /// A histogram: edges, one more than counts.
    pub fn histogram(name: impl Into<String>, edges: &[f64], counts: &[f64], number: usize) -> Self {
        let bars = edges
            .iter()
            .zip(edges.iter().skip(1))
            .zip(counts)
            .map(|((low, high), count)| Bar::new((low + high) / 2.0, high - low, *count))
            .collect();
        Self::Bars { name: name.into(), bars, tint: Tint::Series(number), lying: false }
    }

    /// A limit across, in the colour of a warning.
    pub fn limit(at: f64, words: impl Into<String>) -> Self {
        Self::Limit { at, upright: false, words: words.into(), tint: Tint::Warn }
    }

    /// An upright mark, muted.
    pub fn upright(at: f64, words: impl Into<String>) -> Self {
        Self::Limit { at, upright: true, words: words.into(), tint: Tint::Muted }
    }
}

/// One bar.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// Its middle.
    pub at: f64,
    /// Its width, in units of the axis that it stands on.
    pub width: f64,
    /// Where it begins.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// Colour of its own.
    pub tint: Option<Tint>,
    /// Words at its end; may be empty.
    pub words: String,
}

impl Bar {
    /// A bar from zero.
    pub fn new(at: f64, width: f64, to: f64) -> Self {
        Self { at, width, from: 0.0, to, tint: None, words: String::new() }
    }

    /// With words at its end.
    #[must_use]
    pub fn words(mut self, words: impl Into<String>) -> Self {
        self.words = words.into();
        self
    }
}

/// A grid of values.
#[derive(Debug, Clone, PartialEq)]
pub struct Cells {
    /// Edges from left to right, one more than columns.
    pub columns: Vec<f64>,
    /// Edges from below to above, one more than rows.
    pub rows: Vec<f64>,
    /// Values row by row from the lowest; NaN where there is none.
    pub values: Vec<f64>,
    /// How values become colours.
    pub scale: Scale,
    /// What the values are, with their unit, beside the scale.
    pub label: String,
    /// Decimals of numbers that are written into the cells; `None` for cells without.
    pub numbers: Option<usize>,
}

/// How values of cells become colours.
#[derive(Debug, Clone, PartialEq)]
pub enum Scale {
    /// Dark blue to yellow between two values; between the lowest and the highest where nothing is said.
    Even(Option<(f64, f64)>),
    /// One hue below zero, another above, as strong as the value is far from it; full at this value.
    Around(f64),
    /// Red over yellow to green, high is good, between the lowest and the highest.
    Good,
    /// Named values 0, 1, 2 …, each with its colour.
    Named(Vec<(String, Tint)>),
}

impl Cells {
    /// Cells of equal size at 0, 1, 2 … both ways, as names on axes want them.
    pub fn grid(columns: usize, rows: usize, values: Vec<f64>, scale: Scale, label: impl Into<String>) -> Self {
        let edges = |n: usize| (0..=n).map(|k| k as f64 - 0.5).collect();
        Self { columns: edges(columns), rows: edges(rows), values, scale, label: label.into(), numbers: None }
    }

    /// With numbers in the cells.
    #[must_use]
    pub fn with_numbers(mut self, decimals: usize) -> Self {
        self.numbers = Some(decimals);
        self
    }
}

impl Exhibit {
    /// Numbers with words about them, and no plot yet.
    pub fn new(name: impl Into<String>, title: impl Into<String>, caption: impl Into<String>, table: Table) -> Self {
        Self { name: name.into(), title: title.into(), caption: caption.into(), plots: Vec::new(), columns: 1, table }
    }

    /// With these plots, at most so many beside each other.
    #[must_use]
    pub fn plots(mut self, columns: usize, plots: Vec<Plot>) -> Self {
        (self.columns, self.plots) = (columns, plots);
        self
    }

    /// The drawing for a size in points; at least 320 × 200.
    pub fn sheet(&self, size: (f64, f64), ink: &Ink) -> Sheet {
        lay::sheet(self, size, ink)
    }

    /// The height at which it looks well, for a width in points.
    pub fn height(&self, width: f64) -> f64 {
        lay::height(self, width)
    }

    /// The figure for files: on white paper, as wide as its columns want.
    pub fn figure(&self) -> Figure {
        let width = lay::width(self);
        let sheet = self.sheet((width, self.height(width)), &Ink::PAPER);
        Figure { name: self.name.clone(), caption: self.caption.clone(), sheet, data: self.table.csv() }
    }

    /// Writes `<name>.png`, `<name>.svg` and `<name>.csv` into a folder, which is created, and tells where.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn save(&self, folder: &Path) -> Result<Vec<PathBuf>> {
        self.figure().save(folder)
    }
}

/// A colour of a perceptual scale at a place from 0 to 1.
fn even(place: f64) -> Colour {
    let (r, g, b) = super::charts::scale_colour(place);
    Colour(r, g, b)
}

#[cfg(test)]
mod tests;
