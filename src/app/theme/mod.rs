//! Colours, sizes and type of the window, from the design tokens.
//!
//! Four themes share one set of measures. Fonts are the two faces that come with egui: a proportional one for words and
//! a monospaced one for every number that changes.

mod style;
mod temperature;
mod tokens;

use std::ops::Deref;
use std::sync::LazyLock;

use egui::{Color32, Context, CornerRadius, FontFamily, FontId, Stroke};

use crate::plant::Severity;
use crate::signal::{Alarm, Carrier};

pub use tokens::{Accents, AlarmColours, Control, Hex, Palette, SceneColours, Temperature, Tokens, TypeSize};

/// The four themes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ThemeName {
    /// Demos and analysis.
    #[default]
    Dark,
    /// Print and bright rooms.
    Light,
    /// Grey ground, colour only for what is abnormal (ISA-101).
    Operator,
    /// Black and white, nothing in between that carries meaning.
    HighContrast,
}

impl ThemeName {
    /// All themes, in the order that menus and keys go through.
    pub const ALL: [Self; 4] = [Self::Dark, Self::Light, Self::Operator, Self::HighContrast];

    /// Words for menus.
    pub fn label(self) -> &'static str {
        match self {
            Self::Dark => "Dark",
            Self::Light => "Light",
            Self::Operator => "Operator",
            Self::HighContrast => "High contrast",
        }
    }

    /// Name on the command line (`high_contrast`).
    pub fn name(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
            Self::Operator => "operator",
            Self::HighContrast => "high_contrast",
        }
    }

    /// Finds a theme by its command-line name; `-` counts as `_`.
    pub fn find(name: &str) -> Option<Self> {
        let name = name.to_lowercase().replace('-', "_");
        Self::ALL.into_iter().find(|t| t.name() == name)
    }

    /// The next theme.
    pub fn next(self) -> Self {
        match self {
            Self::Dark => Self::Light,
            Self::Light => Self::Operator,
            Self::Operator => Self::HighContrast,
            Self::HighContrast => Self::Dark,
        }
    }
}

/// The tokens in force. A test reads them strictly; should they fail to read all the same, the window is colourless but
/// there.
static TOKENS: LazyLock<Tokens> =
    LazyLock::new(|| Tokens::from_yaml("assets/tokens.yaml", tokens::TOKENS).unwrap_or_default());

/// A theme with the measures that all themes share. Derefs to its [`Palette`].
#[derive(Debug, Clone, Copy)]
pub struct Theme {
    /// Which one.
    pub name: ThemeName,
    palette: &'static Palette,
    /// Measures.
    pub tokens: &'static Tokens,
}

impl Deref for Theme {
    type Target = Palette;

    fn deref(&self) -> &Palette {
        self.palette
    }
}

/// A face of type: family, size, and whether its strokes are thickened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// Axis ticks, hints.
    Caption,
    /// Labels.
    Label,
    /// Labels that carry weight.
    LabelStrong,
    /// Running text.
    Body,
    /// Titles of tiles and names of things.
    Title,
    /// Numbers on an axis and in a caption.
    NumberCaption,
    /// Numbers in a line of labels.
    NumberLabel,
    /// Numbers.
    Number,
    /// The clock.
    NumberLarge,
}

impl Theme {
    /// A theme by name.
    pub fn of(name: ThemeName) -> Self {
        let tokens: &'static Tokens = &TOKENS;
        let palette = match name {
            ThemeName::Dark => &tokens.themes.dark,
            ThemeName::Light => &tokens.themes.light,
            ThemeName::Operator => &tokens.themes.operator,
            ThemeName::HighContrast => &tokens.themes.high_contrast,
        };
        Self { name, palette, tokens }
    }

    /// Accent of a form of energy.
    pub fn accent_of(&self, carrier: Carrier) -> Color32 {
        self.accent.of(carrier)
    }

    /// Colour of the `index`-th series that has no form of energy of its own.
    pub fn series_of(&self, index: usize) -> Color32 {
        let count = self.series.len().max(1);
        self.series.get(index % count).map_or(*self.text, |c| **c)
    }

    /// Colour of an event's shape.
    pub fn severity(&self, severity: Severity) -> Color32 {
        *match severity {
            Severity::Note => self.alarm.note,
            Severity::Warning => self.alarm.warn,
            Severity::Trip => self.alarm.trip,
        }
    }

    /// Ground of an alarm chip and the words on it. A theme that forbids its alarm colours as text fills the chip.
    pub fn alarm_chip(&self, alarm: Alarm) -> (Color32, Color32) {
        match (alarm, self.alarm_text) {
            (Alarm::Normal, _) => (*self.raised, *self.text2),
            (Alarm::Warn, Some(words)) => (*self.alarm.warn, *words.warn),
            (Alarm::Trip, Some(words)) => (*self.alarm.trip, *words.trip),
            (Alarm::Warn, None) => (*self.alarm.warn_bg, *self.text),
            (Alarm::Trip, None) => (*self.alarm.trip_bg, *self.text),
        }
    }

    /// Font of a face.
    pub fn font(&self, face: Face) -> FontId {
        let size = self.tokens.font.size;
        match face {
            Face::Caption => FontId::new(size.caption + 0.5, FontFamily::Proportional),
            Face::Label | Face::LabelStrong => FontId::new(size.label + 0.5, FontFamily::Proportional),
            Face::Body => FontId::new(size.body + 0.5, FontFamily::Proportional),
            Face::Title => FontId::new(size.title + 1.0, FontFamily::Proportional),
            Face::NumberCaption => FontId::new(size.caption, FontFamily::Monospace),
            Face::NumberLabel => FontId::new(size.label, FontFamily::Monospace),
            Face::Number => FontId::new(size.value - 1.0, FontFamily::Monospace),
            Face::NumberLarge => FontId::new(size.value_large - 2.0, FontFamily::Monospace),
        }
    }

    /// Hairline in the colour of hairlines.
    pub fn hairline(&self) -> Stroke {
        Stroke::new(self.tokens.stroke.hairline, self.line)
    }

    /// Outline of a control.
    pub fn outline(&self) -> Stroke {
        Stroke::new(self.tokens.stroke.hairline, self.line_strong)
    }

    /// Ring around what has the keyboard.
    pub fn focus_ring(&self) -> Stroke {
        Stroke::new(self.tokens.stroke.focus, self.focus)
    }

    /// Whether words are bright on a dark ground.
    pub fn is_dark(&self) -> bool {
        matches!(self.name, ThemeName::Dark | ThemeName::HighContrast)
    }
}

/// Lays a share of one colour over another: an opaque colour.
///
/// Nothing in the window is drawn half transparent: renderers blend in different colour spaces, and in some of them a
/// faint red on white comes out grey.
pub fn mix(over: impl Into<Color32>, ground: impl Into<Color32>, share: f32) -> Color32 {
    let (over, ground, share) = (over.into(), ground.into(), share.clamp(0.0, 1.0));
    let channel = |o: u8, g: u8| (f32::from(g) + (f32::from(o) - f32::from(g)) * share).round() as u8;
    Color32::from_rgb(channel(over.r(), ground.r()), channel(over.g(), ground.g()), channel(over.b(), ground.b()))
}

/// Corner radius in points as egui takes it.
pub fn corners(radius: f32) -> CornerRadius {
    CornerRadius::same(radius.clamp(0.0, 255.0) as u8)
}

/// Gives egui the colours and measures of a theme. Cheap enough for every change of theme, not for every frame.
pub fn apply(ctx: &Context, name: ThemeName) {
    style::apply(ctx, &Theme::of(name));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_theme_is_found_by_its_name_and_follows_another() {
        let mut theme = ThemeName::default();
        for _ in ThemeName::ALL {
            assert_eq!(ThemeName::find(theme.name()), Some(theme));
            theme = theme.next();
        }
        assert_eq!(theme, ThemeName::default());
        assert_eq!(ThemeName::find("High-Contrast"), Some(ThemeName::HighContrast));
        assert_eq!(ThemeName::find("sepia"), None);
    }

    #[test]
    fn mixed_colours_are_opaque_and_lie_between() {
        let (black, white) = (Color32::BLACK, Color32::WHITE);
        assert_eq!(mix(white, black, 0.0), black);
        assert_eq!(mix(white, black, 2.0), white);
        assert_eq!(mix(white, black, 0.5), Color32::from_rgb(128, 128, 128));
    }

    #[test]
    fn the_operator_theme_never_writes_in_amber() {
        let theme = Theme::of(ThemeName::Operator);
        let (ground, words) = theme.alarm_chip(Alarm::Warn);
        assert_eq!(ground, *theme.alarm.warn);
        assert_ne!(words, *theme.alarm.warn);
    }
}
