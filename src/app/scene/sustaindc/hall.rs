//! The hall: racks that are cool at the front and hot at the back, their temperatures on their doors, aisles, cooling units.

use bevy::math::Vec3;

use crate::app::scene::digits;
use crate::app::scene::pick::Bounds;
use crate::app::scene::props::{fan_ring, level_bar};
use crate::app::scene::solid::{Coat, Solid};
use crate::app::scene::tint::{Paint, Tint};

use super::plan::{FLOOR, Grid, HALL, WALL};
use super::{Look, degc};

/// Lights on a rack.
const LIGHTS: usize = 10;

/// Height of the figures on a door.
const FIGURE: f32 = 1.12;

/// Share of a rack's depth that has the colour of its inlet.
const COOL_SHARE: f32 = 0.42;

/// What stands still: foundation, walls, cooling units.
pub(super) fn fixed(solid: &mut Solid, paint: &Paint, grid: Grid) {
    let floor = grid.floor();
    let (a, b) = (floor.least, floor.most);
    solid.shadow((a.x, a.y), (b.x, b.y), 0.02, 4.0, paint.shadow(paint.ground));
    solid.block(a, floor.size(), Coat { top: paint.slab, sides: paint.slab_edge.shade(1.25) });
    let wall = Coat { top: paint.wall.shade(1.18), sides: paint.wall };
    solid.block(Vec3::new(a.x, b.y - 0.6, FLOOR), Vec3::new(b.x - a.x, 0.6, WALL - FLOOR), wall);
    solid.block(Vec3::new(b.x - 0.6, a.y, FLOOR), Vec3::new(0.6, b.y - a.y, WALL - FLOOR), wall);
    let dark = paint.shadow(paint.slab);
    for index in 0..grid.rows * grid.per_row {
        let rack = grid.rack(index);
        let (a, b) = (rack.least, rack.most);
        solid.shadow((a.x, a.y), (b.x, b.y), FLOOR + 0.014, 1.1, dark);
    }
    for row in 0..grid.rows {
        crac(solid, paint, &grid.crac(row));
    }
    door(solid, paint);
}

/// The door that waiting tasks come in by.
fn door(solid: &mut Solid, paint: &Paint) {
    let at = Vec3::new(super::flows::DOOR_X - 2.0, HALL.1 - 0.3, 0.0);
    for x in [0.0, 3.6] {
        solid.block(at + Vec3::X * x, Vec3::new(0.4, 0.6, 4.4), paint.machine);
    }
    solid.block(at + Vec3::Z * 4.4, Vec3::new(4.0, 0.6, 0.5), paint.machine);
}

fn crac(solid: &mut Solid, paint: &Paint, unit: &Bounds) {
    let (a, b) = (unit.least, unit.most);
    solid.shadow((a.x, a.y), (b.x, b.y), FLOOR + 0.016, 1.2, paint.shadow(paint.slab));
    solid.block(a, unit.size(), paint.machine);
    fan_ring(solid, paint, crac_fan(unit), 1.2, paint.machine.shade(0.9));
    let size = (unit.size().x, unit.size().z);
    solid.on_south(a, size, (0.12, 0.1), (0.88, 0.5), paint.grille);
    for k in 0..4 {
        let v = 0.14 + k as f32 * 0.09;
        solid.on_south(a - Vec3::Y * 0.02, size, (0.16, v), (0.84, v + 0.03), paint.machine.shade(0.5));
    }
}

fn crac_fan(unit: &Bounds) -> Vec3 {
    Vec3::new(unit.middle().x, unit.middle().y, unit.most.z)
}

/// The blades of the cooling units' fans.
pub(super) fn fans(solid: &mut Solid, paint: &Paint, grid: Grid, phase: f32) {
    let blade = if paint.is_dark() { paint.machine.shade(0.95) } else { paint.steel.over(paint.machine, 0.7) };
    for row in 0..grid.rows {
        let middle = crac_fan(&grid.crac(row)) + Vec3::Z * 0.09;
        solid.blades(middle, 1.2 * 0.86, phase / 3.0 + row as f32 * 0.11, blade);
    }
}

/// What shows the run: racks, aisles, supply bars.
pub(super) fn living(solid: &mut Solid, paint: &Paint, grid: Grid, look: &Look) {
    for row in 0..grid.rows {
        let range = row * grid.per_row..(row + 1) * grid.per_row;
        let mean = |k: usize| {
            let own: Vec<f64> =
                look.racks_10.get(range.clone()).unwrap_or_default().iter().map(|t| degc(t[k])).collect();
            own.iter().sum::<f64>() / own.len().max(1) as f64
        };
        let share = if paint.is_dark() { 0.42 } else { 0.5 };
        for (k, (from, to)) in grid.aisles(row).into_iter().enumerate() {
            solid.floor(from, to, FLOOR + 0.008, paint.temperature(mean(k)).over(paint.slab, share));
        }
        let supply = paint.temperature(degc(look.set_point_10));
        level_bar(solid, paint, &grid.crac(row), 0.62, look.cooling_20, supply);
    }
    let lit = (look.busy_pct as f32 / 100.0 * LIGHTS as f32).round() as usize;
    for (index, temperatures) in look.racks_10.iter().enumerate() {
        rack(solid, paint, &grid.rack(index), *temperatures, lit);
    }
}

/// One rack: cool front, hot back, both temperatures on the door, lights below them.
fn rack(solid: &mut Solid, paint: &Paint, bounds: &Bounds, [inlet, outlet]: [i32; 2], lit: usize) {
    let (at, size) = (bounds.least, bounds.size());
    let [cool, hot] = [inlet, outlet].map(|t| paint.temperature(degc(t)));
    let front = size.y * COOL_SHARE;
    solid.block(at, Vec3::new(size.x, front, size.z), cool);
    solid.block(at + Vec3::Y * front, Vec3::new(size.x, size.y - front, size.z), hot);
    let face = (size.x, size.z);
    solid.on_south(at, face, (0.09, 0.06), (0.91, 0.94), paint.front);
    // The outlet above the inlet, each behind a stripe of its own colour.
    let door = at - Vec3::Y * 0.05;
    for (t, tint, v) in [(outlet, hot, 0.63), (inlet, cool, 0.29)] {
        let stripe = (v, v + FIGURE / size.z);
        solid.on_south(door, face, (0.13, stripe.0), (0.2, stripe.1), tint);
        let text = if t == i32::MAX { "-".to_owned() } else { format!("{:.1}", f64::from(t) / 10.0) };
        let wide = digits::width(&text, FIGURE);
        let from = door + Vec3::new(size.x * 0.87 - wide, -0.06, size.z * v);
        digits::write(solid, from, FIGURE, &text, paint.lit);
    }
    for k in 0..LIGHTS {
        let u = 0.14 + k as f32 * 0.074;
        let tint: Tint = if k < lit { paint.lit } else { paint.unlit };
        solid.on_south(door, face, (u, 0.13), (u + 0.05, 0.19), tint);
    }
}
