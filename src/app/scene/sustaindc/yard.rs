//! Around the hall: switch house, pylon, battery, chiller, cooling tower, the mast with the thermometer.

use bevy::math::Vec3;

use crate::app::scene::pick::Bounds;
use crate::app::scene::props::{ARMS, charge, fan_ring, hang, level_bar, pylon, ring};
use crate::app::scene::solid::{Coat, Solid};
use crate::app::scene::tint::{Paint, Tint};

use super::plan::{self, MAST, MAST_HEIGHT, PYLON, SKY, TOWER};
use super::{Look, degc};

/// Compressors of the chiller.
const COMPRESSORS: usize = 3;

/// Sides of the tower.
const SIDES: usize = 16;

/// Temperatures at the foot and at the head of the thermometer, °C: the ends of the weather that the plant knows.
const GLASS_DEGC: (f64, f64) = (0.0, 45.0);

/// What stands still.
pub(super) fn fixed(solid: &mut Solid, paint: &Paint) {
    switch_house(solid, paint);
    for index in 0..plan::CONTAINERS {
        container(solid, paint, &plan::container(index));
    }
    pylon(solid, paint, PYLON);
    wires(solid, paint);
    chiller(solid, paint);
    tower(solid, paint);
    mast(solid, paint);
}

/// A slab with the shadow of what stands on it.
fn slab(solid: &mut Solid, paint: &Paint, bounds: &Bounds, rim: f32) {
    let (a, b) = (bounds.least, bounds.most);
    solid.shadow((a.x, a.y), (b.x, b.y), 0.025, bounds.size().z * 0.62, paint.shadow(paint.ground));
    let size = Vec3::new(b.x - a.x + 2.0 * rim, b.y - a.y + 2.0 * rim, a.z);
    let coat = Coat { top: paint.slab, sides: paint.slab_edge };
    solid.block(Vec3::new(a.x - rim, a.y - rim, 0.0), size, coat);
}

fn switch_house(solid: &mut Solid, paint: &Paint) {
    let house = plan::switch_house();
    slab(solid, paint, &house, 0.6);
    solid.block(house.least, house.size(), paint.housing);
    let face = (house.size().x, house.size().z);
    for k in 0..4 {
        let u = 0.07 + k as f32 * 0.225;
        solid.on_south(house.least, face, (u, 0.14), (u + 0.18, 0.78), paint.grille);
        solid.on_south(house.least - Vec3::Y * 0.02, face, (u + 0.03, 0.62), (u + 0.15, 0.7), paint.unlit);
    }
    let (a, b) = (house.least, house.most);
    solid.floor((a.x + 0.4, a.y + 0.4), (b.x - 0.4, b.y - 0.4), b.z + 0.02, paint.housing.shade(0.92));
    for k in 0..3 {
        ring(solid, Vec3::new(a.x + 1.6 + k as f32 * 2.4, b.y - 1.6, b.z), 0.34, 2.0, paint.ceramic);
    }
}

/// Wires from the pylon to the house and away, out of the picture.
fn wires(solid: &mut Solid, paint: &Paint) {
    let (x, y) = PYLON;
    let house = plan::switch_house();
    for (k, (z, reach)) in ARMS.into_iter().enumerate() {
        let z = z - 0.9;
        let end = Vec3::new(house.least.x + 1.6 + k as f32 * 2.4, house.most.y - 1.6, house.most.z + 2.0);
        hang(solid, paint, Vec3::new(x + reach, y, z), end, 1.4);
        // As far as the sky: what lies behind it is not seen.
        let way = (Vec3::new(x, y, 0.0) - plan::MIDDLE).normalize_or_zero();
        let far = plan::MIDDLE + Vec3::new(way.x, way.y + 0.35, 0.0).normalize_or_zero() * SKY.0;
        hang(solid, paint, Vec3::new(x - reach, y, z), Vec3::new(far.x, far.y, z + 0.6), 1.2);
    }
}

fn container(solid: &mut Solid, paint: &Paint, bounds: &Bounds) {
    slab(solid, paint, bounds, 0.5);
    let tint = paint.machine.over(paint.housing, 0.5);
    let size = bounds.size();
    solid.block(bounds.least, size, tint);
    let face = (size.x, size.z);
    for u in [0.56, 0.76] {
        solid.on_south(bounds.least, face, (u, 0.08), (u + 0.018, 0.93), tint.shade(0.42));
    }
    solid.on_south(bounds.least, face, (0.1, 0.07), (0.46, 0.94), paint.front);
    for k in 1..5 {
        let y = bounds.least.y + size.y * k as f32 / 5.0;
        solid.floor((bounds.least.x, y - 0.06), (bounds.most.x, y + 0.06), bounds.most.z + 0.02, tint.shade(0.88));
    }
}

fn chiller(solid: &mut Solid, paint: &Paint) {
    let unit = plan::chiller();
    slab(solid, paint, &unit, 0.8);
    solid.block(unit.least, unit.size(), paint.housing);
    let face = (unit.size().x, unit.size().z);
    solid.on_south(unit.least, face, (0.04, 0.12), (0.96, 0.44), paint.grille);
    for k in 0..COMPRESSORS {
        fan_ring(solid, paint, chiller_fan(k), 1.5, paint.housing.shade(0.86));
    }
}

fn chiller_fan(index: usize) -> Vec3 {
    let unit = plan::chiller();
    let u = (index as f32 + 0.5) / COMPRESSORS as f32;
    Vec3::new(unit.least.x + unit.size().x * u, unit.middle().y, unit.most.z)
}

/// A level ring of corners.
fn circle(middle: Vec3, radius: f32) -> Vec<Vec3> {
    (0..SIDES)
        .map(|k| {
            let (sin, cos) = (k as f32 / SIDES as f32 * std::f32::consts::TAU).sin_cos();
            middle + Vec3::new(cos, sin, 0.0) * radius
        })
        .collect()
}

fn tower(solid: &mut Solid, paint: &Paint) {
    let (foot, radius, height) = TOWER;
    let around = Bounds::new(
        Vec3::new(foot.x - radius, foot.y - radius, foot.z),
        Vec3::new(radius * 2.0, radius * 2.0, height * 0.7),
    );
    slab(solid, paint, &around, 0.8);
    // Basin, louvres, waist and mouth.
    solid.prism(&circle(foot, radius), 1.0, paint.housing.shade(0.9));
    solid.prism(&circle(foot + Vec3::Z, radius * 0.94), 1.6, paint.grille);
    for k in 0..5 {
        let z = 2.6 + k as f32 * 1.0;
        let waist = 1.0 - 0.05 * k as f32;
        solid.prism(&circle(foot + Vec3::Z * z, radius * waist), 1.0, paint.housing);
    }
    let mouth = foot + Vec3::Z * 7.6;
    solid.prism(&circle(mouth, radius * 0.84), height - 7.6, paint.machine);
    fan_ring(solid, paint, foot + Vec3::Z * height, radius * 0.8, paint.machine.shade(0.9));
}

fn mast(solid: &mut Solid, paint: &Paint) {
    let foot = Vec3::new(MAST.0, MAST.1, 0.0);
    solid.block(foot - Vec3::new(0.7, 0.7, 0.0), Vec3::new(1.4, 1.4, 0.4), paint.slab_edge);
    solid.block(foot - Vec3::new(0.14, 0.14, 0.0), Vec3::new(0.28, 0.28, MAST_HEIGHT), paint.steel);
    solid.block(foot + Vec3::new(-0.7, -0.5, 3.0), Vec3::new(1.4, 0.3, 5.4), paint.front);
}

/// The blades of chiller and tower.
pub(super) fn fans(solid: &mut Solid, paint: &Paint, phase: f32) {
    let blade = if paint.is_dark() { paint.machine.shade(0.95) } else { paint.steel.over(paint.machine, 0.7) };
    for k in 0..COMPRESSORS {
        solid.blades(chiller_fan(k) + Vec3::Z * 0.09, 1.3, phase / 3.0 + k as f32 * 0.17, blade.shade(0.86));
    }
    let (foot, radius, height) = TOWER;
    solid.blades(foot + Vec3::Z * (height + 0.09), radius * 0.7, phase / 3.0, blade);
}

/// What shows the run: charge, compressor, tower fan, thermometer.
pub(super) fn living(solid: &mut Solid, paint: &Paint, look: &Look) {
    for index in 0..plan::CONTAINERS {
        charge(solid, paint, &plan::container(index), (0.14, 0.42), (0.11, 0.79), look.soc_pct);
    }
    let cooling = Tint::from(paint.theme.accent.cooling);
    level_bar(solid, paint, &plan::chiller(), 0.6, look.compressor_20, cooling);
    // A plate before the tower, with the speed of its fan.
    let (foot, radius, _) = TOWER;
    let plate = Bounds::new(foot + Vec3::new(-2.4, -radius - 0.5, 2.8), Vec3::new(4.8, 0.3, 2.6));
    solid.block(plate.least, plate.size(), paint.housing);
    level_bar(solid, paint, &plate, 0.4, look.tower_20, cooling);
    thermometer(solid, paint, degc(look.outside_10));
}

fn thermometer(solid: &mut Solid, paint: &Paint, outside_degc: f64) {
    if !outside_degc.is_finite() {
        return;
    }
    let (low, high) = GLASS_DEGC;
    let share = ((outside_degc - low) / (high - low)).clamp(0.02, 1.0) as f32;
    let glass = Vec3::new(MAST.0 - 0.35, MAST.1 - 0.54, 3.3);
    let tint = paint.temperature(outside_degc);
    solid.on_south(glass, (0.7, 4.8), (0.0, 0.0), (1.0, share), tint);
}
