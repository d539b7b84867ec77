//! Colours of the scene: taken from the theme as they stand, shaded by hand, handed on as linear light.

use bevy::color::{Color, ColorToComponents};
use bevy::math::Vec3;

use crate::app::theme::{Hex, Theme, ThemeName};

use super::sun::Sun;

/// An opaque colour, sRGB, each channel from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tint(pub [f32; 3]);

impl From<Hex> for Tint {
    fn from(hex: Hex) -> Self {
        let [r, g, b, _] = hex.to_array();
        Self::bytes(r, g, b)
    }
}

impl Tint {
    /// From eight bits a channel.
    pub fn bytes(r: u8, g: u8, b: u8) -> Self {
        Self([r, g, b].map(|c| f32::from(c) / 255.0))
    }

    /// Darker below 1, brighter above.
    pub fn shade(self, factor: f32) -> Self {
        Self(self.0.map(|c| (c * factor).clamp(0.0, 1.0)))
    }

    /// A share of this colour over another one.
    pub fn over(self, ground: Self, share: f32) -> Self {
        let mut out = ground.0;
        for (channel, own) in out.iter_mut().zip(self.0) {
            *channel += (own - *channel) * share;
        }
        Self(out)
    }

    /// As the graphics card adds up light.
    pub fn linear(self) -> [f32; 4] {
        let [r, g, b] = self.0;
        Color::srgb(r, g, b).to_linear().to_f32_array()
    }
}

/// The palette of the scene in one theme.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint {
    /// The theme.
    pub theme: Theme,
    /// Ground.
    pub ground: Tint,
    /// Lines on the ground.
    pub ground_line: Tint,
    /// Foundations.
    pub slab: Tint,
    /// Edges of foundations.
    pub slab_edge: Tint,
    /// Walls.
    pub wall: Tint,
    /// Machines: what stands out.
    pub machine: Tint,
    /// Housings that stand back.
    pub housing: Tint,
    /// Grilles, doors, openings.
    pub grille: Tint,
    /// Steel bars and poles.
    pub steel: Tint,
    /// Bars of a lattice, conductors.
    pub wire: Tint,
    /// Insulators.
    pub ceramic: Tint,
    /// Front of a cabinet.
    pub front: Tint,
    /// A light that is lit.
    pub lit: Tint,
    /// A light that is dark.
    pub unlit: Tint,
    /// What is selected.
    pub focus: Tint,
    /// How light falls on what stands still.
    pub light: Light,
}

/// How light falls.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Light {
    /// Brightness of a face that sees no sun.
    pub ambient: f32,
    /// The sun, where the hour is shown.
    pub sun: Option<Sun>,
}

impl From<f32> for Light {
    /// Light that knows no hour.
    fn from(ambient: f32) -> Self {
        Self { ambient, sun: None }
    }
}

impl Paint {
    /// The palette of a theme.
    pub fn of(name: ThemeName) -> Self {
        let theme = Theme::of(name);
        let scene = theme.scene;
        let (ground, slab) = (Tint::from(scene.ground), Tint::from(scene.slab));
        let (metal, dark) = (Tint::from(scene.metal), Tint::from(scene.metal_dark));
        let (text, bg) = (Tint::from(theme.text), Tint::from(theme.bg));
        let white = Tint([1.0; 3]);
        let pick = |on_dark: Tint, light: Tint, operator: Tint, contrast: Tint| match name {
            ThemeName::Dark => on_dark,
            ThemeName::Light => light,
            ThemeName::Operator => operator,
            ThemeName::HighContrast => contrast,
        };
        Self {
            theme,
            ground,
            ground_line: scene.ground_line.into(),
            slab,
            slab_edge: scene.slab_edge.into(),
            wall: scene.wall.into(),
            machine: pick(metal.shade(1.28), white.over(metal, 0.74), white.over(metal, 0.58), metal.shade(1.15)),
            housing: pick(metal.shade(0.86), white.over(metal, 0.5), white.over(metal, 0.36), metal.shade(0.72)),
            grille: pick(bg.over(dark, 0.45), dark.over(white, 0.62), metal.shade(0.92), bg.over(dark, 0.6)),
            steel: pick(metal.shade(1.14), dark, dark.shade(0.92), metal),
            wire: pick(metal.shade(0.78), dark.over(ground, 0.9), dark, metal.shade(0.9)),
            ceramic: pick(
                Tint::bytes(0xA4, 0x8C, 0x74),
                Tint::bytes(0x77, 0x60, 0x4A),
                dark.shade(0.8),
                Tint::from(theme.accent.it),
            ),
            front: pick(bg, Tint::bytes(0x4C, 0x56, 0x60), dark.shade(0.55), bg),
            lit: pick(theme.accent.it.into(), Tint::bytes(0xE9, 0xE2, 0xCF), white.shade(0.9), white),
            unlit: pick(
                Tint::from(theme.hover).shade(0.78),
                Tint::bytes(0x5D, 0x66, 0x70),
                dark.shade(0.7),
                dark.shade(0.6),
            ),
            focus: if theme.is_dark() { theme.focus.into() } else { text },
            light: Light::from(scene.ambient),
        }
    }

    /// The same at an hour of the day: ground, walls and machines, not what tells a value. In the themes for an
    /// operator's room and for high contrast it is always the same hour.
    pub fn under(mut self, sun: Option<Sun>) -> Self {
        let Some(sun) = sun else { return self };
        let hours = match self.theme.name {
            ThemeName::Dark => Hours {
                night: ([0.72, 0.76, 0.90], [0.0, 0.002, 0.008]),
                day: ([1.14, 1.14, 1.12], [0.020, 0.030, 0.042]),
                red: [0.075, 0.024, -0.012],
            },
            ThemeName::Light => {
                Hours { night: ([0.56, 0.61, 0.74], [0.0; 3]), day: ([1.0; 3], [0.0; 3]), red: [0.03, -0.03, -0.10] }
            }
            ThemeName::Operator | ThemeName::HighContrast => return self,
        };
        let shown = [
            &mut self.ground,
            &mut self.ground_line,
            &mut self.slab,
            &mut self.slab_edge,
            &mut self.wall,
            &mut self.machine,
            &mut self.housing,
            &mut self.grille,
            &mut self.steel,
            &mut self.wire,
            &mut self.ceramic,
        ];
        shown.into_iter().for_each(|tint| *tint = hours.at(*tint, sun));
        self.light.sun = Some(sun);
        self
    }

    /// Whether the ground is dark.
    pub fn is_dark(&self) -> bool {
        self.theme.is_dark()
    }

    /// Brightness of a face that sees no sun.
    pub fn ambient(&self) -> f32 {
        self.theme.scene.ambient
    }

    /// The colour of a temperature.
    pub fn temperature(&self, degc: f64) -> Tint {
        let [r, g, b, _] = self.theme.temperature(degc).to_array();
        Tint::bytes(r, g, b)
    }

    /// What lies in the shadow of something on this ground.
    pub fn shadow(&self, ground: Tint) -> Tint {
        ground.shade(if self.is_dark() { 0.62 } else { 0.925 })
    }
}

/// What the hours of a day do to a colour: a factor and an addend of each channel.
struct Hours {
    night: ([f32; 3], [f32; 3]),
    day: ([f32; 3], [f32; 3]),
    /// Addend of a sun on the horizon.
    red: [f32; 3],
}

impl Hours {
    fn at(&self, tint: Tint, sun: Sun) -> Tint {
        let (day, red) = (sun.day(), sun.red());
        let between = |night: f32, day_value: f32| night + (day_value - night) * day;
        let mut out = tint.0;
        for (k, channel) in out.iter_mut().enumerate() {
            let pick = |list: &[f32; 3]| list.get(k).copied().unwrap_or_default();
            let factor = between(pick(&self.night.0), pick(&self.day.0));
            let more = between(pick(&self.night.1), pick(&self.day.1)) + pick(&self.red) * red;
            *channel = (*channel * factor + more).clamp(0.0, 1.0);
        }
        Tint(out)
    }
}

/// Brightness of a face by where it looks (x east, y north, z up): the sun stands high in the south-west, and every
/// direction keeps its own tone, so that edges show without a line. Where the hour is shown, half of the light comes from
/// where the sun stands then.
pub(super) fn light(normal: Vec3, light: Light) -> f32 {
    let normal = normal.normalize_or_zero();
    let Vec3 { x, y, z } = normal;
    let side = |value: f32, plus: f32, minus: f32| value * value * if value > 0.0 { plus } else { minus };
    let always = side(x, 0.30, 0.34) + side(y, 0.14, 0.60) + side(z, 1.0, 0.0);
    let seen = match light.sun {
        None => always,
        Some(sun) => {
            let own = sun.way().map_or(0.0, |way| normal.dot(way).max(0.0));
            always * (1.0 - 0.5 * sun.day()) + own * 0.5 * sun.day()
        }
    };
    light.ambient + (1.0 - light.ambient) * seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_shaded_within_their_range_and_mixed_between() {
        let grey = Tint([0.5; 3]);
        assert_eq!(grey.shade(4.0), Tint([1.0; 3]));
        assert_eq!(grey.over(Tint([0.0; 3]), 0.5), Tint([0.25; 3]));
        let [r, .., a] = Tint([1.0; 3]).linear();
        assert_eq!((r, a), (1.0, 1.0));
    }

    #[test]
    fn nights_are_darker_than_days_and_an_operators_room_knows_no_hour() {
        let sun = |degc: i32| Some(Sun::standing(degc, 180));
        let brightness = |paint: Paint| paint.machine.0.iter().sum::<f32>();
        for name in [ThemeName::Dark, ThemeName::Light] {
            let [night, day] = [-30, 60].map(|elevation| brightness(Paint::of(name).under(sun(elevation))));
            assert!(night < 0.8 * day, "{name:?}: {night} {day}");
            let paint = Paint::of(name).under(sun(-30));
            assert_eq!((paint.lit, paint.temperature(30.0)), (Paint::of(name).lit, Paint::of(name).temperature(30.0)));
        }
        for name in [ThemeName::Operator, ThemeName::HighContrast] {
            assert_eq!(Paint::of(name).under(sun(-30)).light, Paint::of(name).light);
        }
    }

    #[test]
    fn a_wall_is_brightest_when_the_sun_stands_before_it() {
        let at = |azimuth: i32| Light { ambient: 0.4, sun: Some(Sun::standing(20, azimuth)) };
        assert!(light(Vec3::X, at(90)) > light(Vec3::X, at(270)) + 0.1);
        assert!(light(Vec3::NEG_X, at(270)) > light(Vec3::NEG_X, at(90)) + 0.1);
    }

    #[test]
    fn every_side_of_a_box_has_its_own_tone() {
        let tones = [Vec3::X, Vec3::NEG_X, Vec3::Y, Vec3::NEG_Y, Vec3::Z].map(|n| light(n, Light::from(0.42)));
        assert!(tones.iter().all(|t| (0.42..=1.0).contains(t)), "{tones:?}");
        for (k, tone) in tones.iter().enumerate() {
            assert!(tones.iter().skip(k + 1).all(|other| (other - tone).abs() > 0.01), "{tones:?}");
        }
    }
}
