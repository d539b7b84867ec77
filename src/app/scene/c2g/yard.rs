//! Outside the halls: transformer and gantry, UPS rooms, battery containers, the pylon with the tie line.

use bevy::math::Vec3;

use crate::app::scene::pick::Bounds;
use crate::app::scene::props::{self, ARMS, hang, ring};
use crate::app::scene::solid::{Coat, Solid};
use crate::app::scene::tint::{Paint, Tint};

use super::Look;
use super::plan::{self, PYLON, YARD};

/// Height of the gantry that the conductors end at.
const GANTRY: f32 = 6.4;

/// What stands still.
pub(super) fn fixed(solid: &mut Solid, paint: &Paint) {
    let (from, to) = YARD;
    solid.floor(from, to, 0.06, paint.slab);
    transformer(solid, paint);
    gantry(solid, paint);
    for index in 0..2 {
        ups(solid, paint, &plan::ups(index));
        cubicle(solid, paint, &plan::pdu(index), paint.housing.shade(0.94));
    }
    for index in 0..plan::CONTAINERS {
        container(solid, paint, &plan::container(index));
        cubicle(solid, paint, &plan::inverter(index), paint.housing);
    }
    props::pylon(solid, paint, PYLON);
    conductors(solid, paint);
}

fn cast(solid: &mut Solid, bounds: &Bounds, z: f32, tint: Tint) {
    let (a, b) = (bounds.least, bounds.most);
    solid.shadow((a.x, a.y), (b.x, b.y), z, bounds.size().z * 0.62, tint);
}

fn transformer(solid: &mut Solid, paint: &Paint) {
    let tank = plan::tank();
    let metal = paint.housing.over(paint.machine, 0.55);
    cast(solid, &tank, 0.09, paint.shadow(paint.slab));
    let plinth = Vec3::new(1.4, 2.8, 0.0);
    solid.block(
        tank.least - plinth - Vec3::Z * 0.34,
        tank.size() * Vec3::new(1.0, 1.0, 0.0) + plinth * 2.0 + Vec3::Z * 0.34,
        Coat { top: paint.slab.over(paint.slab_edge, 0.4), sides: paint.slab_edge },
    );
    solid.block(tank.least, tank.size(), metal);
    // Radiators on both sides.
    for k in 0..6 {
        let x = tank.least.x + 0.5 + k as f32 * 1.55;
        for y in [tank.least.y - 2.0, tank.most.y] {
            let foot = Vec3::new(x, y, 0.7);
            solid.block(foot, Vec3::new(0.5, 2.0, 3.9), metal.shade(0.84));
        }
        for (y, z) in [(tank.least.y - 1.0, 4.2), (tank.most.y + 1.0, 4.2)] {
            solid.block(Vec3::new(x - 0.1, y - 0.15, z), Vec3::new(0.7, 0.3, 0.3), metal);
        }
    }
    // The lid, the conservator on its stand, and three bushings.
    let lid = tank.least + Vec3::new(-0.25, -0.25, tank.size().z);
    solid.block(lid, Vec3::new(tank.size().x + 0.5, tank.size().y + 0.5, 0.3), metal.shade(1.06));
    let top = tank.most.z + 0.3;
    solid.block(Vec3::new(3.2, 17.2, top + 0.7), Vec3::new(7.2, 1.9, 1.6), metal.shade(1.06));
    for x in [4.0, 9.2] {
        solid.block(Vec3::new(x, 17.8, top), Vec3::new(0.4, 0.7, 0.7), metal.shade(0.8));
    }
    for k in 0..3 {
        let foot = Vec3::new(4.0 + k as f32 * 2.9, 22.0, top);
        bushing(solid, paint, foot);
    }
}

fn bushing(solid: &mut Solid, paint: &Paint, foot: Vec3) {
    ring(solid, foot, 0.62, 0.5, paint.steel.shade(0.8));
    for k in 0..5 {
        let z = 0.5 + k as f32 * 0.56;
        ring(solid, foot + Vec3::Z * z, 0.5 - k as f32 * 0.03, 0.3, paint.ceramic);
        ring(solid, foot + Vec3::Z * (z + 0.3), 0.34, 0.26, paint.ceramic.shade(0.82));
    }
    ring(solid, foot + Vec3::Z * 3.3, 0.16, 0.7, paint.steel);
}

/// Two beams on posts; the conductors end on the northern one, the breakers stand between them.
fn gantry(solid: &mut Solid, paint: &Paint) {
    let steel = paint.steel.shade(0.86);
    for y in [30.5, 35.5] {
        for x in [-4.0, 4.0, 12.0] {
            solid.block(Vec3::new(x - 0.25, y - 0.25, 0.06), Vec3::new(0.5, 0.5, GANTRY), steel);
        }
        solid.bar(Vec3::new(-4.3, y, GANTRY), Vec3::new(12.3, y, GANTRY), 0.42, steel);
    }
    for k in 0..3 {
        let foot = Vec3::new(0.0 + k as f32 * 4.0, 33.0, 0.06);
        solid.block(foot - Vec3::new(0.5, 0.5, 0.0), Vec3::new(1.0, 1.0, 1.2), paint.housing.shade(0.9));
        ring(solid, foot + Vec3::Z * 1.2, 0.3, 2.2, paint.ceramic.shade(0.94));
        solid.bar(Vec3::new(k as f32 * 4.0, 33.0, 3.4), Vec3::new(4.0 + k as f32 * 2.9, 22.0, 9.6), 0.09, paint.wire);
        solid.bar(
            Vec3::new(k as f32 * 4.0, 33.0, 3.4),
            Vec3::new(-2.0 + k as f32 * 6.0, 35.5, GANTRY),
            0.09,
            paint.wire,
        );
    }
}

fn cubicle(solid: &mut Solid, paint: &Paint, bounds: &Bounds, tint: Tint) {
    cast(solid, bounds, 0.025, paint.shadow(paint.ground));
    solid.block(bounds.least, bounds.size(), tint);
    let size = (bounds.size().x, bounds.size().z);
    solid.on_south(bounds.least, size, (0.18, 0.12), (0.82, 0.84), tint.shade(0.56));
}

fn ups(solid: &mut Solid, paint: &Paint, room: &Bounds) {
    cast(solid, room, 0.025, paint.shadow(paint.ground));
    solid.block(
        room.least - Vec3::new(0.5, 0.5, 0.2),
        room.size() * Vec3::new(1.0, 1.0, 0.0) + Vec3::new(1.0, 1.0, 0.24),
        Coat { top: paint.slab, sides: paint.slab_edge },
    );
    solid.block(room.least, room.size(), paint.housing);
    let (w, h) = (room.size().x, room.size().z);
    for k in 0..5 {
        let u = (0.7 + k as f32 * 1.52) / w;
        solid.on_south(room.least, (w, h), (u, 0.16), (u + 1.1 / w, 0.72), paint.grille);
    }
    // A rim around the roof and two air handlers on it.
    let roof = Vec3::new(room.least.x, room.least.y, room.most.z);
    solid.floor(
        (roof.x + 0.35, roof.y + 0.35),
        (room.most.x - 0.35, room.most.y - 0.35),
        roof.z + 0.02,
        paint.housing.shade(0.92),
    );
    for x in [1.3, 4.9] {
        solid.block(roof + Vec3::new(x, 3.2, 0.0), Vec3::new(2.3, 2.3, 0.8), paint.housing.shade(1.05));
        solid.floor(
            (roof.x + x + 0.35, roof.y + 3.55),
            (roof.x + x + 1.95, roof.y + 5.15),
            roof.z + 0.82,
            paint.grille,
        );
    }
}

fn container(solid: &mut Solid, paint: &Paint, bounds: &Bounds) {
    cast(solid, bounds, 0.03, paint.shadow(paint.ground));
    let tint = paint.machine.over(paint.housing, 0.5);
    let size = bounds.size();
    solid.block(bounds.least - Vec3::new(0.0, 0.0, 0.4), Vec3::new(size.x, size.y, 0.4), paint.slab_edge);
    solid.block(bounds.least, size, tint);
    let face = (size.x, size.z);
    for u in [0.46, 0.7] {
        solid.on_south(bounds.least, face, (u, 0.08), (u + 0.018, 0.93), tint.shade(0.42));
    }
    for u in [0.52, 0.76] {
        solid.on_south(bounds.least, face, (u, 0.42), (u + 0.03, 0.58), tint.shade(0.42));
    }
    // The gauge's frame, in which the charge stands.
    solid.on_south(bounds.least, face, (0.1, 0.09), (0.36, 0.93), paint.front);
    // Ribs of the roof.
    for k in 1..6 {
        let y = bounds.least.y + size.y * k as f32 / 6.0;
        solid.floor((bounds.least.x, y - 0.06), (bounds.most.x, y + 0.06), bounds.most.z + 0.02, tint.shade(0.88));
    }
}

/// What shows the run: the charge.
pub(super) fn living(solid: &mut Solid, paint: &Paint, look: &Look) {
    for index in 0..plan::CONTAINERS {
        props::charge(solid, paint, &plan::container(index), (0.13, 0.33), (0.12, 0.78), look.soc_pct);
    }
}

/// Conductors from the arms down to the gantry and away over land.
fn conductors(solid: &mut Solid, paint: &Paint) {
    let (x, y) = PYLON;
    for (k, (z, reach)) in ARMS.into_iter().enumerate() {
        let z = z - 0.9;
        let east = Vec3::new(x + reach, y, z);
        let west = Vec3::new(x - reach, y, z);
        hang(solid, paint, east, Vec3::new(-2.0 + k as f32 * 6.0, 35.5, GANTRY), 1.8);
        hang(solid, paint, east, Vec3::new(x - 62.0, y + 52.0, z + 3.0), 6.0);
        hang(solid, paint, west, Vec3::new(x - 72.0, y + 46.0, z + 3.0), 6.0);
    }
}
