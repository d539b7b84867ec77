//! The design tokens as they stand in `assets/tokens.yaml`.

use std::ops::Deref;

use egui::Color32;
use serde::Deserialize;

use crate::config::{Document, Result};
use crate::signal::Carrier;

/// The tokens that the program is built with.
pub(super) const TOKENS: &str = include_str!("../../../assets/tokens.yaml");

/// A colour, written `#RRGGBB` in sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(try_from = "String")]
pub struct Hex(Color32);

impl TryFrom<String> for Hex {
    type Error = String;

    fn try_from(text: String) -> std::result::Result<Self, String> {
        let digits = text.strip_prefix('#').filter(|d| d.len() == 6);
        let value = digits.and_then(|d| u32::from_str_radix(d, 16).ok());
        let [_, r, g, b] = value.ok_or_else(|| format!("`{text}` is no colour; write #RRGGBB"))?.to_be_bytes();
        Ok(Self(Color32::from_rgb(r, g, b)))
    }
}

impl Deref for Hex {
    type Target = Color32;

    fn deref(&self) -> &Color32 {
        &self.0
    }
}

impl From<Hex> for Color32 {
    fn from(hex: Hex) -> Self {
        hex.0
    }
}

/// One colour per form of energy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accents {
    /// Grid connection.
    pub grid: Hex,
    /// Racks and their work.
    pub it: Hex,
    /// Coolant, air, temperatures.
    pub cooling: Hex,
    /// Cells and inverter.
    pub battery: Hex,
    /// Bids and prices.
    pub market: Hex,
    /// Everything else.
    pub aux: Hex,
}

impl Accents {
    /// The colour of a form of energy.
    pub fn of(&self, carrier: Carrier) -> Color32 {
        *match carrier {
            Carrier::Grid => self.grid,
            Carrier::It => self.it,
            Carrier::Cooling => self.cooling,
            Carrier::Battery => self.battery,
            Carrier::Market => self.market,
            Carrier::Aux => self.aux,
        }
    }
}

/// Colours of what is abnormal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlarmColours {
    /// Shape of a warning.
    pub warn: Hex,
    /// Ground of a warning.
    pub warn_bg: Hex,
    /// Shape of a trip.
    pub trip: Hex,
    /// Ground of a trip.
    pub trip_bg: Hex,
    /// Shape of a note.
    pub note: Hex,
    /// Shape of "nothing is wrong".
    pub ok: Hex,
}

/// Words on a chip that is filled with an alarm colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlarmText {
    /// On a warning.
    pub warn: Hex,
    /// On a trip.
    pub trip: Hex,
}

/// Colours of the things that stand around in the scene.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SceneColours {
    /// Ground.
    pub ground: Hex,
    /// Lines on the ground.
    pub ground_line: Hex,
    /// Foundation of a building.
    pub slab: Hex,
    /// Its edge.
    pub slab_edge: Hex,
    /// Bright metal.
    pub metal: Hex,
    /// Dark metal.
    pub metal_dark: Hex,
    /// Walls.
    pub wall: Hex,
    /// Glass.
    pub glass: Hex,
    /// Brightness of the ambient light, 0..1.
    pub ambient: f32,
}

/// All colours of a theme.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Palette {
    /// Window behind the tiles.
    pub bg: Hex,
    /// Body of a tile.
    pub surface: Hex,
    /// Header strip of a tile.
    pub header: Hex,
    /// Controls, chips, input fields.
    pub raised: Hex,
    /// A control under the pointer.
    pub hover: Hex,
    /// Plot areas and tracks.
    pub sunken: Hex,
    /// Hairlines.
    pub line: Hex,
    /// Outlines of controls, axes.
    pub line_strong: Hex,
    /// Values and titles.
    pub text: Hex,
    /// Labels.
    pub text2: Hex,
    /// Axis ticks and hints.
    pub text3: Hex,
    /// Keyboard focus, selection, play head.
    pub focus: Hex,
    /// Selected row or segment.
    pub select_bg: Hex,
    /// One colour per form of energy.
    pub accent: Accents,
    /// The same, as a quiet fill.
    pub accent_fill: Accents,
    /// Colours of series that are no form of energy.
    pub series: Vec<Hex>,
    /// What is abnormal.
    pub alarm: AlarmColours,
    /// Words on a filled alarm chip, where they are not in the alarm's own colour.
    #[serde(default)]
    pub alarm_text: Option<AlarmText>,
    /// Things in the scene.
    pub scene: SceneColours,
}

/// The four themes.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Themes {
    /// Demos and analysis.
    pub dark: Palette,
    /// Print and bright rooms.
    pub light: Palette,
    /// Grey ground, colour only for the abnormal.
    pub operator: Palette,
    /// Black and white.
    pub high_contrast: Palette,
}

/// Distances in points.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Space {
    /// The grid's unit.
    pub unit: f32,
    /// Half a unit.
    pub half: f32,
    /// Between tiles.
    pub tile_gap: f32,
    /// Inside a tile.
    pub tile_pad: f32,
    /// Height of a row.
    pub row: f32,
    /// Between controls.
    pub control_gap: f32,
}

/// Corner radii in points.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Radius {
    /// Of a tile.
    pub tile: f32,
    /// Of a control.
    pub control: f32,
    /// Of a chip.
    pub chip: f32,
    /// Of a bar.
    pub bar: f32,
    /// Of a menu.
    pub menu: f32,
}

/// Heights in points.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Header strip of a tile.
    pub tile: f32,
    /// Top bar of a wide window.
    pub top_bar: f32,
    /// Top bar of a narrow window.
    pub top_bar_compact: f32,
    /// Timeline of a wide window.
    pub timeline: f32,
    /// Timeline of a narrow window.
    pub timeline_compact: f32,
}

/// Type sizes in points.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypeSize {
    /// Axis ticks, hints.
    pub caption: f32,
    /// Labels.
    pub label: f32,
    /// Running text.
    pub body: f32,
    /// Titles of tiles.
    pub title: f32,
    /// Numbers.
    pub value: f32,
    /// Large numbers.
    pub value_large: f32,
    /// The one number.
    pub value_hero: f32,
}

/// Type.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
pub struct Type {
    /// Sizes.
    pub size: TypeSize,
}

/// Stroke widths in points.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
pub struct StrokeWidth {
    /// Hairlines.
    pub hairline: f32,
    /// A series of a chart.
    pub series: f32,
    /// The series that matters.
    pub series_live: f32,
    /// What might be.
    pub ghost: f32,
    /// Limits.
    pub limit: f32,
    /// Keyboard focus.
    pub focus: f32,
    /// The smallest flow.
    pub flow_min: f32,
    /// The largest flow.
    pub flow_max: f32,
}

/// Opacities, 0..1.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opacity {
    /// What might be.
    pub ghost: f32,
    /// A violated band.
    pub band: f32,
    /// A control that does nothing.
    pub disabled: f32,
    /// Between minimum and maximum.
    pub min_max_fill: f32,
}

/// Sizes of controls in points.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// Height of segmented buttons.
    pub segmented_h: f32,
    /// Height of a button.
    pub button_h: f32,
    /// Height of a lever's track.
    pub lever_track_h: f32,
    /// Width and height of a thumb.
    pub slider_thumb: (f32, f32),
    /// Smallest area that a pointer should have to hit.
    pub hit_min: f32,
}

/// How long things take, ms.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
pub struct DurationMs {
    /// A toast stays.
    pub toast: f32,
    /// A change of state.
    pub state: f32,
}

/// The temperature scale: fixed, the same in every theme and run.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
pub struct Temperature {
    /// Lowest and highest, °C.
    pub range_degc: (f64, f64),
    /// Where the colours stand, °C.
    pub stops_degc: Vec<f64>,
    /// The colours.
    pub stops: Vec<Hex>,
    /// Below the range.
    pub below: Hex,
    /// Above the range.
    pub above: Hex,
    /// Saturation of the scale in the Operator theme, 0..1.
    pub operator_saturation: f32,
}

/// The whole file, as far as the window uses it.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
pub struct Tokens {
    /// Colours.
    pub themes: Themes,
    /// Distances.
    pub space: Space,
    /// Corner radii.
    pub radius: Radius,
    /// Heights.
    pub header: Header,
    /// Type.
    #[serde(rename = "type")]
    pub font: Type,
    /// Stroke widths.
    pub stroke: StrokeWidth,
    /// Width of a flow, points per megawatt.
    pub flow_width_per_mw: f32,
    /// Opacities.
    pub opacity: Opacity,
    /// Controls.
    pub control: Control,
    /// Durations.
    pub duration_ms: DurationMs,
    /// Temperature scale.
    pub temperature: Temperature,
}

impl Tokens {
    /// Reads tokens from YAML; `name` stands in error messages.
    ///
    /// # Errors
    /// As [`Document::fill`]: unknown, missing and wrong entries with their places.
    pub fn from_yaml(name: &str, text: &str) -> Result<Self> {
        let mut document = Document::new();
        document.layer_text(name, text)?;
        document.fill("")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_embedded_tokens_are_whole() {
        let tokens = Tokens::from_yaml("assets/tokens.yaml", TOKENS).unwrap();
        assert_eq!(*tokens.themes.dark.bg, Color32::from_rgb(0x0C, 0x0F, 0x13));
        assert_eq!(tokens.header.tile, 28.0);
        assert_eq!(tokens.temperature.stops.len(), tokens.temperature.stops_degc.len());
        for palette in
            [&tokens.themes.dark, &tokens.themes.light, &tokens.themes.operator, &tokens.themes.high_contrast]
        {
            assert_eq!(palette.series.len(), 8);
        }
    }

    #[test]
    fn a_wrong_colour_is_told_with_its_place() {
        let text = TOKENS.replacen("#0C0F13", "blue", 1);
        let error = Tokens::from_yaml("mine.yaml", &text).unwrap_err().to_string();
        assert!(error.contains("mine.yaml") && error.contains("#RRGGBB"), "{error}");
    }

    /// Contrast of two colours (WCAG 2.2, relative luminance).
    fn contrast(a: Color32, b: Color32) -> f32 {
        let channel = |c: u8| {
            let s = f32::from(c) / 255.0;
            if s <= 0.04045 { s / 12.92 } else { ((s + 0.055) / 1.055).powf(2.4) }
        };
        let luminance = |c: Color32| 0.2126 * channel(c.r()) + 0.7152 * channel(c.g()) + 0.0722 * channel(c.b());
        let (x, y) = (luminance(a).max(luminance(b)), luminance(a).min(luminance(b)));
        (x + 0.05) / (y + 0.05)
    }

    #[test]
    fn every_text_can_be_read_on_every_ground() {
        let tokens = Tokens::from_yaml("assets/tokens.yaml", TOKENS).unwrap();
        for p in [&tokens.themes.dark, &tokens.themes.light, &tokens.themes.operator, &tokens.themes.high_contrast] {
            for text in [p.text, p.text2, p.text3] {
                for ground in [p.surface, p.header, p.raised, p.sunken] {
                    let ratio = contrast(*text, *ground);
                    assert!(ratio >= 4.5, "{text:?} on {ground:?}: {ratio}");
                }
            }
            for ground in [p.hover, p.select_bg] {
                assert!(contrast(*p.text, *ground) >= 4.5, "{:?} on {ground:?}", p.text);
            }
        }
    }
}
