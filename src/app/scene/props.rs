//! What stands on the sites of several plants: pylon, wires, fans, level bars, the lines of the ground.

use bevy::math::Vec3;

use super::pick::Bounds;
use super::solid::Solid;
use super::tint::{Paint, Tint};

/// Heights of the pylon's arms with half their lengths.
pub(super) const ARMS: [(f32, f32); 3] = [(15.0, 5.6), (19.0, 4.8), (23.0, 4.0)];

/// Height of the pylon.
pub(super) const PYLON_HEIGHT: f32 = 24.0;

/// An upright prism with eight sides.
pub(super) fn ring(solid: &mut Solid, middle: Vec3, radius: f32, height: f32, tint: Tint) {
    let foot: Vec<Vec3> = (0..8)
        .map(|k| {
            let (sin, cos) = (k as f32 / 8.0 * std::f32::consts::TAU).sin_cos();
            middle + Vec3::new(cos, sin, 0.0) * radius
        })
        .collect();
    solid.prism(&foot, height, tint);
}

/// Half the width of the pylon at a height.
fn half_width(z: f32) -> f32 {
    3.2 * (1.0 - z / 27.0) + 0.35
}

/// A lattice pylon on its foot.
pub(super) fn pylon(solid: &mut Solid, paint: &Paint, (x, y): (f32, f32)) {
    let corner = |k: usize, z: f32| {
        let (a, b) = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)][k % 4];
        Vec3::new(x + a * half_width(z), y + b * half_width(z), z)
    };
    for k in 0..4 {
        solid.bar(corner(k, 0.0), corner(k, PYLON_HEIGHT), 0.26, paint.steel);
        for step in 0..6 {
            let (low, high) = (step as f32 * 4.0, step as f32 * 4.0 + 4.0);
            solid.bar(corner(k, low), corner(k + 1, high), 0.13, paint.wire);
            solid.bar(corner(k + 1, low), corner(k, high), 0.13, paint.wire);
        }
        let foot = corner(k, 0.0);
        solid.block(foot - Vec3::new(0.5, 0.5, 0.0), Vec3::new(1.0, 1.0, 0.4), paint.slab_edge);
    }
    for (z, reach) in ARMS {
        let (west, east) = (Vec3::new(x - reach, y, z), Vec3::new(x + reach, y, z));
        solid.bar(west, east, 0.26, paint.steel);
        for end in [west, east] {
            solid.bar(end, Vec3::new(x, y, z + 1.3), 0.13, paint.wire);
            solid.bar(end, end - Vec3::Z * 0.9, 0.18, paint.ceramic);
        }
    }
}

/// A wire that sags between two points.
pub(super) fn hang(solid: &mut Solid, paint: &Paint, a: Vec3, b: Vec3, sag: f32) {
    const PARTS: usize = 14;
    let points: Vec<Vec3> = (0..=PARTS)
        .map(|k| {
            let t = k as f32 / PARTS as f32;
            a.lerp(b, t) - Vec3::Z * (sag * 4.0 * t * (1.0 - t))
        })
        .collect();
    solid.bars(&points, 0.14, paint.wire);
}

/// The rim and the opening of a fan seen from above.
pub(super) fn fan_ring(solid: &mut Solid, paint: &Paint, middle: Vec3, radius: f32, rim: Tint) {
    solid.disc(middle + Vec3::Z * 0.03, radius, 24, rim);
    solid.disc(middle + Vec3::Z * 0.06, radius * 0.9, 24, paint.grille);
}

/// A level on the south face of a machine, at a share of its height.
pub(super) fn level_bar(solid: &mut Solid, paint: &Paint, unit: &Bounds, v: f32, twentieths: i32, tint: Tint) {
    let size = (unit.size().x, unit.size().z);
    let full = 0.1 + 0.8 * (twentieths as f32 / 20.0).clamp(0.0, 1.0);
    solid.on_south(unit.least, size, (0.1, v), (0.9, v + 0.1), paint.grille);
    solid.on_south(unit.least - Vec3::Y * 0.02, size, (0.1, v), (full, v + 0.1), tint);
}

/// The charge in the gauge on the south face of a battery's container, with a mark at each tenth. Shares of the face: its
/// sides, and its foot with its height.
pub(super) fn charge(
    solid: &mut Solid,
    paint: &Paint,
    unit: &Bounds,
    (left, right): (f32, f32),
    (foot, height): (f32, f32),
    percent: i32,
) {
    let fill = Tint::from(paint.theme.accent.battery);
    let full = foot + height * (percent as f32 / 100.0).clamp(0.0, 1.0);
    let size = (unit.size().x, unit.size().z);
    let before = unit.least - Vec3::Y * 0.02;
    solid.on_south(before, size, (left, foot), (right, full), fill);
    for tenth in 1..10 {
        let v = foot + height * 0.1 * tenth as f32;
        let dark = if v < full { fill.shade(0.75) } else { paint.unlit };
        solid.on_south(before - Vec3::Y * 0.02, size, (left, v - 0.005), (right, v + 0.005), dark);
    }
}

/// The ground's lines, fading with the distance.
pub(super) fn ground(solid: &mut Solid, paint: &Paint, middle: Vec3) {
    let tint = |p: Vec3| {
        let far = ((p.distance(middle) - 60.0) / 75.0).clamp(0.0, 1.0);
        paint.ground.over(paint.ground_line, far)
    };
    const STEP: f32 = 10.0;
    let half = 0.07;
    for i in -8..=20 {
        for k in -10..=15 {
            let (x, y) = (i as f32 * STEP, k as f32 * STEP);
            let here = Vec3::new(x, y, 0.0);
            for (way, side) in [(Vec3::X, Vec3::Y), (Vec3::Y, Vec3::NEG_X)] {
                let there = here + way * STEP;
                let side = side * half;
                if here.distance(middle).min(there.distance(middle)) < 135.0 {
                    solid.fade([here + side, here - side, there - side, there + side], tint(here), tint(there));
                }
            }
        }
    }
}
