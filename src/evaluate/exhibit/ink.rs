//! Colours of a drawing: the roles that an exhibit names, and what they are on paper.

use crate::evaluate::figures::Colour;
use crate::evaluate::figures::style::{LINE, LINE_STRONG, SERIES, SUNKEN, SURFACE, TEXT, TEXT2, TEXT3};

/// What a colour stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tint {
    /// The colour of a series by its number; they come again after eight.
    Series(usize),
    /// Well.
    Good,
    /// Take care.
    Warn,
    /// Wrong.
    Bad,
    /// Beside the point.
    Muted,
    /// As words are.
    Ink,
}

/// Colours of everything that is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ink {
    /// Behind everything.
    pub paper: Colour,
    /// Ground of a plot.
    pub ground: Colour,
    /// Hairlines.
    pub line: Colour,
    /// Axes.
    pub axis: Colour,
    /// Titles and values.
    pub text: Colour,
    /// Labels.
    pub text2: Colour,
    /// Ticks and hints.
    pub text3: Colour,
    /// Series.
    pub series: [Colour; 8],
    /// Well.
    pub good: Colour,
    /// Take care.
    pub warn: Colour,
    /// Wrong.
    pub bad: Colour,
}

impl Ink {
    /// White paper: the window's light theme.
    pub const PAPER: Self = Self {
        paper: SURFACE,
        ground: SUNKEN,
        line: LINE,
        axis: LINE_STRONG,
        text: TEXT,
        text2: TEXT2,
        text3: TEXT3,
        series: SERIES,
        good: Colour(0x1E, 0x7A, 0x46),
        warn: Colour(0x9A, 0x5B, 0x00),
        bad: Colour(0xC2, 0x2F, 0x2F),
    };

    /// The colour that a tint is.
    pub fn of(&self, tint: Tint) -> Colour {
        match tint {
            Tint::Series(number) => self.series.get(number % self.series.len()).copied().unwrap_or(self.text2),
            Tint::Good => self.good,
            Tint::Warn => self.warn,
            Tint::Bad => self.bad,
            Tint::Muted => self.axis,
            Tint::Ink => self.text2,
        }
    }

    /// A colour as strong as a value is far from zero: the first series' below, the second's above, the ground at zero.
    pub(super) fn around(&self, place: f64) -> Colour {
        let toward = self.of(Tint::Series(usize::from(place > 0.0)));
        let t = place.abs().clamp(0.0, 1.0);
        let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * t).round() as u8;
        let Colour(r, g, b) = self.ground;
        Colour(mix(r, toward.0), mix(g, toward.1), mix(b, toward.2))
    }
}
