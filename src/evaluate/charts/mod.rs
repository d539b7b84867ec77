//! Charts of a run: what each kind of chart says about rows, and the same as drawings in points.
//!
//! The window and the export ask the same functions, so that a picture and a file tell the same numbers. A chart of few
//! rows looks at every one; of many it looks at every 2nd, 4th, 8th … and says so ([`Samples::every`]).
#![deny(clippy::indexing_slicing)]

mod carpet;
mod draw;
mod panes;
mod path;
mod samples;
mod spread;

pub use carpet::{Carpet, CarpetCell, carpet, carpet_columns, carpet_place, carpet_range};
pub use draw::ChartDrawing;
pub use path::{Path, path};
pub use samples::{Samples, every_for, samples, snapped};
pub use spread::{Bins, Duration, Histogram, bins, duration, histogram};

/// Most rows of a signal that a chart other than lines looks at: a day of 5 s ticks is looked at whole.
pub const MOST_ROWS: u64 = 20_000;

/// The same of a carpet, which shows more of them: fifteen days of 5 s ticks are looked at whole.
pub const MOST_CARPET_ROWS: u64 = 262_144;

/// The same of a path, whose every row is a point.
pub const MOST_PATH_ROWS: u64 = 4_096;

/// What a chart makes of its signals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum ChartKind {
    /// Lines over time, with an axis for every unit.
    #[default]
    Lines,
    /// The second signal over the first: a path in the plane, coloured by time.
    Xy,
    /// How often every value occurs.
    Histogram,
    /// Values sorted from high to low over the share of time.
    Duration,
    /// One signal by day and time of day.
    Carpet,
    /// Signals on top of each other over time.
    Stacked,
}

impl ChartKind {
    /// All kinds, in the order of menus.
    pub const ALL: [Self; 6] = [Self::Lines, Self::Xy, Self::Histogram, Self::Duration, Self::Carpet, Self::Stacked];

    /// Stable name, as files and the command line use it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lines => "lines",
            Self::Xy => "xy",
            Self::Histogram => "histogram",
            Self::Duration => "duration",
            Self::Carpet => "carpet",
            Self::Stacked => "stacked",
        }
    }

    /// Words for menus.
    pub fn label(self) -> &'static str {
        match self {
            Self::Lines => "Lines",
            Self::Xy => "XY",
            Self::Histogram => "Histogram",
            Self::Duration => "Duration curve",
            Self::Carpet => "Carpet",
            Self::Stacked => "Stacked areas",
        }
    }

    /// One line about it.
    pub fn about(self) -> &'static str {
        match self {
            Self::Lines => "Signals over time, an axis for every unit",
            Self::Xy => "The second signal over the first, coloured by time",
            Self::Histogram => "How often every value occurs",
            Self::Duration => "Values from high to low over the share of time",
            Self::Carpet => "One row a day, one column a quarter of an hour",
            Self::Stacked => "Signals of one unit on top of each other",
        }
    }

    /// The kind of a stable name.
    pub fn find(name: &str) -> Option<Self> {
        let name = name.trim().to_lowercase();
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Stops of the perceptual scale in sRGB, evenly spaced: lightness rises steadily, readable with every colour-vision
/// deficiency. The same as the window's scale of temperatures.
pub const SCALE: [(u8, u8, u8); 9] = [
    (0x0B, 0x2C, 0x63),
    (0x22, 0x43, 0x7A),
    (0x41, 0x54, 0x7C),
    (0x5D, 0x64, 0x80),
    (0x7A, 0x78, 0x80),
    (0x97, 0x8E, 0x78),
    (0xB6, 0xA6, 0x6C),
    (0xD8, 0xC2, 0x57),
    (0xFB, 0xE4, 0x42),
];

/// A colour of the perceptual scale at a place from 0 to 1; places beyond stand at its ends.
pub fn scale_colour(place: f64) -> (u8, u8, u8) {
    let last = SCALE.len() - 1;
    let along = if place.is_finite() { place.clamp(0.0, 1.0) * last as f64 } else { 0.0 };
    let at = |k: usize| SCALE.get(k.min(last)).copied().unwrap_or_default();
    let (a, b, t) = (at(along as usize), at(along as usize + 1), along.fract());
    let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * t).round() as u8;
    (mix(a.0, b.0), mix(a.1, b.1), mix(a.2, b.2))
}

/// `every 8th row`; nothing when every row was looked at.
pub fn every_words(every: u64) -> String {
    match every {
        0 | 1 => String::new(),
        n => {
            let end = match (n % 10, n % 100) {
                (1, r) if r != 11 => "st",
                (2, r) if r != 12 => "nd",
                (3, r) if r != 13 => "rd",
                _ => "th",
            };
            format!("every {n}{end} row")
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn kinds_are_found_by_their_names() {
        for kind in ChartKind::ALL {
            assert_eq!(ChartKind::find(kind.name()), Some(kind));
        }
        assert_eq!((ChartKind::find(" XY "), ChartKind::find("pie")), (Some(ChartKind::Xy), None));
    }

    #[test]
    fn the_scale_is_that_of_the_window() {
        let tokens = include_str!("../../../assets/tokens.yaml");
        let stops = SCALE.map(|(r, g, b)| format!("\"#{r:02X}{g:02X}{b:02X}\"")).join(", ");
        assert!(tokens.contains(&stops), "{stops}");
        assert_eq!((scale_colour(-1.0), scale_colour(2.0)), (SCALE[0], SCALE[8]));
        assert_eq!(scale_colour(0.5), SCALE[4]);
        let light = |c: (u8, u8, u8)| 0.2126 * f64::from(c.0) + 0.7152 * f64::from(c.1) + 0.0722 * f64::from(c.2);
        let all: Vec<f64> = (0..=64).map(|k| light(scale_colour(f64::from(k) / 64.0))).collect();
        assert!(all.is_sorted_by(|low, high| *high >= low - 0.6), "lightness falls: {all:?}");
    }

    #[test]
    fn steps_are_told_in_words() {
        assert_eq!(
            [1, 2, 3, 8, 11, 22, 512].map(every_words).join("|"),
            "|every 2nd row|every 3rd row|every 8th row|every 11th row|every 22nd row|every 512th row"
        );
    }
}
