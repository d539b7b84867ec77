//! The sky around the site: clear where power is clean, brown with bands of haze where it is not.
//!
//! It is seen from within only, so that it never stands between the eye and the site.

use bevy::math::Vec3;

use crate::app::scene::solid::Solid;
use crate::app::scene::tint::{Paint, Tint};
use crate::app::theme::ThemeName;

use super::plan::{MIDDLE, SKY};

/// Carbon intensity of a band of haze, g/kWh.
pub(super) const BAND_G_KWH: i32 = 50;

/// Most bands.
const MOST_BANDS: i32 = 14;

/// Carbon intensity at which the sky is as brown as it gets, g/kWh.
const BROWN_G_KWH: f32 = 600.0;

/// Pieces of the ring.
const PIECES: usize = 72;

/// Height of the haze above the horizon's edge.
const HORIZON: f32 = 7.0;

/// Colours at the horizon and above, of a clear sky and of a dirty one.
struct Air {
    clear: [Tint; 2],
    dirty: [Tint; 2],
}

fn air(paint: &Paint) -> Air {
    let tints = |clear: [[u8; 3]; 2], dirty: [[u8; 3]; 2]| {
        let tint = |[r, g, b]: [u8; 3]| Tint::bytes(r, g, b);
        Air { clear: clear.map(tint), dirty: dirty.map(tint) }
    };
    match paint.theme.name {
        ThemeName::Dark => tints([[0x37, 0x5F, 0x88], [0x20, 0x3A, 0x58]], [[0x5E, 0x54, 0x48], [0x3B, 0x35, 0x2F]]),
        ThemeName::Light => tints([[0xDC, 0xEC, 0xF8], [0xA2, 0xCB, 0xEE]], [[0xCB, 0xC0, 0xB1], [0xA8, 0x9B, 0x8A]]),
        // The process is drawn in greys: a dirty sky is a dark one.
        ThemeName::Operator => {
            tints([[0xEA, 0xEC, 0xED], [0xDF, 0xE2, 0xE4]], [[0x9E, 0xA1, 0xA3], [0x8A, 0x8D, 0x8F]])
        }
        ThemeName::HighContrast => {
            tints([[0x00, 0x3C, 0x8F], [0x00, 0x28, 0x60]], [[0x4A, 0x4A, 0x4A], [0x2A, 0x2A, 0x2A]])
        }
    }
}

/// Bands of haze at a carbon intensity.
fn bands(g_kwh: i32) -> i32 {
    (g_kwh / BAND_G_KWH).clamp(0, MOST_BANDS)
}

fn on_ring(turn: f32, radius: f32, z: f32) -> Vec3 {
    let (sin, cos) = (turn * std::f32::consts::TAU).sin_cos();
    MIDDLE + Vec3::new(cos * radius, sin * radius, z)
}

/// Draws the sky at a carbon intensity, g/kWh; one that is unknown is the ground's own colour.
pub(super) fn draw(solid: &mut Solid, paint: &Paint, g_kwh: Option<i32>) {
    let Some(g_kwh) = g_kwh else { return };
    let share = (g_kwh as f32 / BROWN_G_KWH).clamp(0.0, 1.0);
    let air = air(paint);
    let [low, high] = [0, 1].map(|k| air.dirty[k].over(air.clear[k], share));
    let (radius, top) = SKY;
    for k in 0..PIECES {
        let (a, b) = (k as f32 / PIECES as f32, (k + 1) as f32 / PIECES as f32);
        let mut storey = |from: f32, to: f32, foot: Tint, head: Tint| {
            let corners =
                [on_ring(b, radius, from), on_ring(a, radius, from), on_ring(a, radius, to), on_ring(b, radius, to)];
            solid.fade(corners, foot, head);
        };
        // From the ground's haze over the horizon to the sky, and out into nothing.
        storey(0.0, HORIZON * 0.4, paint.ground, low);
        storey(HORIZON * 0.4, top * 0.62, low, high);
        storey(top * 0.62, top, high, paint.ground);
    }
    let haze = air.dirty[1].over(low, 0.75).shade(if paint.is_dark() { 0.8 } else { 0.9 });
    for k in 0..bands(g_kwh) {
        // Each band hangs in every quarter of the sky, at a height of its own.
        let z = HORIZON * 0.5 + 1.0 + ((k * 5) % MOST_BANDS) as f32 * 1.75;
        for quarter in 0..4 {
            let begin = (quarter as f32 + (k as f32 * 0.618_034).fract() * 0.7 + 0.02) / 4.0;
            band(solid, radius - 0.6 - k as f32 * 0.05, z, begin, 0.062 + (k % 3) as f32 * 0.018, haze);
        }
    }
}

/// A flat cloud, pointed at both ends.
fn band(solid: &mut Solid, radius: f32, z: f32, begin: f32, length: f32, tint: Tint) {
    const PARTS: usize = 10;
    let half = |k: usize| {
        let u = k as f32 / PARTS as f32;
        0.62 * (4.0 * u * (1.0 - u)).max(0.0).sqrt()
    };
    for k in 0..PARTS {
        let (a, b) = (begin + length * k as f32 / PARTS as f32, begin + length * (k + 1) as f32 / PARTS as f32);
        let (low, high) = (half(k), half(k + 1));
        solid.face(
            &[
                on_ring(b, radius, z - high * 0.5),
                on_ring(a, radius, z - low * 0.5),
                on_ring(a, radius, z + low),
                on_ring(b, radius, z + high),
            ],
            tint,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dirtier_the_power_the_more_haze() {
        assert_eq!([0, 49, 50, 273, 10_000].map(bands), [0, 0, 1, 5, MOST_BANDS]);
        let faces = |g_kwh| {
            let mut solid = Solid::new(0.5);
            draw(&mut solid, &Paint::of(ThemeName::Dark), g_kwh);
            solid.triangles()
        };
        assert_eq!(faces(None), 0);
        assert!(faces(Some(20)) < faces(Some(260)) && faces(Some(260)) < faces(Some(550)));
    }

    #[test]
    fn the_sky_has_its_own_colour_in_every_theme_and_gets_darker_with_dirt() {
        for name in ThemeName::ALL {
            let air = air(&Paint::of(name));
            let bright = |t: Tint| t.0.iter().sum::<f32>();
            assert_ne!(air.clear, air.dirty, "{name:?}");
            if name != ThemeName::HighContrast {
                assert!(bright(air.clear[0]) > bright(air.dirty[0]), "{name:?}");
            }
        }
    }
}
