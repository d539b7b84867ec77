//! The two halls: cabinets in the colour of their zone, coolant and air beside them, dry coolers behind.

use bevy::math::Vec3;

use crate::app::scene::pick::Bounds;
use crate::app::scene::props::{fan_ring, level_bar};
use crate::app::scene::solid::{Coat, Solid};
use crate::app::scene::tint::{Paint, Tint};

use super::plan::{self, CABINET, FLOOR, HALL_A, HALL_B, Hall, ROWS, WALL, row_y};
use super::{Look, SUPPLY_DEGC};

/// Lights on a cabinet.
const LIGHTS: usize = 6;

/// What stands still: foundations, walls, machines.
pub(super) fn fixed(solid: &mut Solid, paint: &Paint) {
    for hall in [&HALL_A, &HALL_B] {
        foundation(solid, paint, hall);
    }
    let wall = Coat { top: paint.wall.shade(1.18), sides: paint.wall };
    for hall in [&HALL_A, &HALL_B] {
        let (x, y) = hall.at;
        solid.block(
            Vec3::new(x - 1.0, y + hall.size.1 + 0.4, FLOOR),
            Vec3::new(hall.size.0 + 2.0, 0.6, WALL - FLOOR),
            wall,
        );
    }
    for x in [HALL_A.at.0 + HALL_A.size.0 + 0.4, HALL_B.at.0 + HALL_B.size.0 + 0.4] {
        solid.block(Vec3::new(x, -1.0, FLOOR), Vec3::new(0.6, 41.4, WALL - FLOOR), wall);
    }
    for row in 0..ROWS {
        manifold(solid, paint, row);
        machine(solid, paint, &plan::cdu(row));
        fan_ring(solid, paint, pump(row), PUMP_RADIUS, paint.machine.shade(0.9));
    }
    for index in 0..plan::CRAHS {
        let unit = plan::crah(index);
        machine(solid, paint, &unit);
        fan_ring(solid, paint, crah_fan(&unit), 1.3, paint.machine.shade(0.9));
        let size = (unit.size().x, unit.size().z);
        solid.on_south(unit.least, size, (0.12, 0.1), (0.88, 0.5), paint.grille);
        for k in 0..4 {
            let v = 0.14 + k as f32 * 0.09;
            solid.on_south(unit.least - Vec3::Y * 0.02, size, (0.16, v), (0.84, v + 0.03), paint.machine.shade(0.5));
        }
    }
    coolers(solid, paint);
}

fn foundation(solid: &mut Solid, paint: &Paint, hall: &Hall) {
    let ((x, y), (w, d)) = (hall.at, hall.size);
    solid.shadow((x - 1.0, y - 1.0), (x + w + 1.0, y + d + 1.0), 0.02, 4.0, paint.shadow(paint.ground));
    let coat = Coat { top: paint.slab, sides: paint.slab_edge.shade(1.25) };
    solid.block(Vec3::new(x - 1.0, y - 1.0, 0.0), Vec3::new(w + 2.0, d + 2.0, FLOOR), coat);
    // What the walls and the cabinets keep from the sun.
    let dark = paint.shadow(paint.slab);
    for row in 0..ROWS {
        let y = row_y(row);
        solid.shadow((hall.row_x, y), (hall.row_end(), y + CABINET.0), FLOOR + 0.012, 1.3, dark);
    }
}

/// A housing with the tone of what matters.
fn machine(solid: &mut Solid, paint: &Paint, bounds: &Bounds) {
    let (a, b) = (bounds.least, bounds.most);
    let dark = paint.shadow(paint.slab);
    solid.shadow((a.x, a.y), (b.x, b.y), a.z + 0.016, 1.2, dark);
    solid.block(a, bounds.size(), paint.machine);
}

/// Supply and return above a row of cabinets, from the unit at its west end, with a drop at every fourth cabinet.
fn manifold(solid: &mut Solid, paint: &Paint, row: usize) {
    let y = row_y(row);
    let cooling = Tint::from(paint.theme.accent.cooling);
    let (x0, x1) = (HALL_A.row_x - 2.4, HALL_A.row_end() - 0.2);
    for (dy, width, share) in [(0.75, 0.26, 0.92), (1.75, 0.34, 0.52)] {
        let tint = cooling.over(paint.slab, share);
        let z = FLOOR + CABINET.1 + 0.42;
        solid.bar(Vec3::new(x0, y + dy, z), Vec3::new(x1, y + dy, z), width, tint);
        for k in 0..5 {
            let x = HALL_A.row_x + 0.6 + k as f32 * 4.0 * HALL_A.pitch.0;
            solid.bar(Vec3::new(x, y + dy, z), Vec3::new(x, y + dy, FLOOR + CABINET.1), width * 0.6, tint);
        }
    }
}

fn coolers(solid: &mut Solid, paint: &Paint) {
    for index in 0..plan::COOLERS {
        let unit = plan::cooler(index);
        let (a, b) = (unit.least, unit.most);
        solid.shadow((a.x, a.y), (b.x, b.y), 0.03, 1.6, paint.shadow(paint.ground));
        for x in [a.x + 0.2, b.x - 0.6] {
            for y in [a.y + 0.1, b.y - 0.5] {
                solid.block(Vec3::new(x, y, 0.0), Vec3::new(0.4, 0.4, a.z), paint.steel.shade(0.8));
            }
        }
        solid.block(a, unit.size(), paint.housing);
        let size = (unit.size().x, unit.size().z);
        solid.on_south(a, size, (0.03, 0.1), (0.97, 0.86), paint.grille);
        for middle in cooler_fans(&unit) {
            fan_ring(solid, paint, middle, 1.65, paint.housing.shade(0.86));
        }
    }
}

/// Radius of a pump's housing on top of its distribution unit.
const PUMP_RADIUS: f32 = 0.95;

fn pump(row: usize) -> Vec3 {
    let unit = plan::cdu(row);
    Vec3::new(unit.middle().x, unit.middle().y, unit.most.z)
}

fn crah_fan(unit: &Bounds) -> Vec3 {
    Vec3::new(unit.middle().x, unit.middle().y, unit.most.z)
}

fn cooler_fans(unit: &Bounds) -> [Vec3; 2] {
    [0.26, 0.74].map(|u| Vec3::new(unit.least.x + unit.size().x * u, unit.middle().y, unit.most.z))
}

/// The impellers of the pumps and the blades of all fans: `gears` of the pumps and of the air handling.
pub(super) fn turning(solid: &mut Solid, paint: &Paint, phase: f32, gears: [f32; 2]) {
    let blade = if paint.is_dark() { paint.machine.shade(0.95) } else { paint.steel.over(paint.machine, 0.7) };
    for index in 0..plan::CRAHS {
        let middle = crah_fan(&plan::crah(index)) + Vec3::Z * 0.09;
        solid.blades(middle, 1.3 * 0.86, phase * gears[1] / 3.0 + index as f32 * 0.11, blade);
    }
    for row in 0..ROWS {
        solid.blades(pump(row) + Vec3::Z * 0.09, PUMP_RADIUS * 0.86, phase * gears[0] / 3.0 + row as f32 * 0.07, blade);
    }
    for index in 0..plan::COOLERS {
        let unit = plan::cooler(index);
        // Those in the west stand on the liquid loop, those in the east on the air.
        let gear = gears[usize::from(unit.least.x >= HALL_B.at.0 - 6.0)];
        for (k, middle) in cooler_fans(&unit).into_iter().enumerate() {
            let turn = phase * gear / 3.0 + (index * 2 + k) as f32 * 0.17;
            solid.blades(middle + Vec3::Z * 0.09, 1.65 * 0.86, turn, blade.shade(0.86));
        }
    }
}

/// What shows the run: cabinets, aisles, pump and fan bars.
pub(super) fn living(solid: &mut Solid, paint: &Paint, look: &Look) {
    let degc = look.degc_10.map(|t| if t == i32::MAX { f64::NAN } else { f64::from(t) / 10.0 });
    aisles(solid, paint, degc[1]);
    for (zone, hall) in [&HALL_A, &HALL_B].into_iter().enumerate() {
        let tint = paint.temperature(degc[zone]);
        for row in 0..ROWS {
            for k in 0..hall.cabinets {
                let x = hall.row_x + k as f32 * hall.pitch.0;
                let number = zone * 1_000 + row * hall.cabinets + k;
                let lit = lights_of(number, look, zone);
                cabinet(solid, paint, Vec3::new(x, row_y(row), FLOOR), hall.pitch.1, tint, lit);
            }
        }
    }
    let cooling = Tint::from(paint.theme.accent.cooling);
    for row in 0..ROWS {
        level_bar(solid, paint, &plan::cdu(row), 0.2, look.effort_20[0], cooling);
    }
    for index in 0..plan::CRAHS {
        level_bar(solid, paint, &plan::crah(index), 0.62, look.effort_20[1], cooling);
    }
}

/// Cold aisles have the colour of the supply air, hot ones that of the zone.
fn aisles(solid: &mut Solid, paint: &Paint, degc: f64) {
    let share = if paint.is_dark() { 0.42 } else { 0.5 };
    let (x0, x1) = (HALL_B.row_x - 0.3, HALL_B.row_end() + 0.5);
    let z = FLOOR + 0.008;
    for row in 0..ROWS {
        let y = row_y(row);
        let cold = paint.temperature(SUPPLY_DEGC).over(paint.slab, share);
        let hot = paint.temperature(degc).over(paint.slab, share * 0.8);
        solid.floor((x0, y - 2.3), (x1, y), z, cold);
        solid.floor((x0, y + CABINET.0), (x1, y + CABINET.0 + 2.3), z, hot);
    }
}

/// One cabinet: body, front door with its lights, back door.
fn cabinet(solid: &mut Solid, paint: &Paint, at: Vec3, width: f32, tint: Tint, lit: Lights) {
    let (depth, height) = CABINET;
    solid.block(at, Vec3::new(width, depth, height), tint);
    let size = (width, height);
    // A dark cabinet has no light and its door is as the body, only darker.
    let door = match lit {
        Lights::Dark => paint.front.over(tint.shade(0.4), 0.5),
        Lights::Flash => paint.lit,
        Lights::Lit(_) => paint.front,
    };
    solid.on_south(at, size, (0.13, 0.05), (0.89, 0.89), door);
    let lit = if let Lights::Lit(lit) = lit { Some(lit) } else { None };
    for (k, on) in lit.into_iter().flatten().enumerate() {
        let v = 0.13 + k as f32 * 0.122;
        let tint = if on { paint.lit } else { paint.unlit };
        solid.on_south(at - Vec3::Y * 0.02, size, (0.25, v), (0.78, v + 0.062), tint);
    }
    let back = at + Vec3::new(width, depth + 0.03, 0.0);
    let corner = |u: f32, v: f32| back + Vec3::new(-width * u, 0.0, height * v);
    solid.face(&[corner(0.12, 0.05), corner(0.88, 0.05), corner(0.88, 0.9), corner(0.12, 0.9)], tint.shade(0.3));
}

/// How the front of a cabinet looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lights {
    /// The throttle keeps its work waiting.
    Dark,
    /// A spike of GenAI work has just come to its hall.
    Flash,
    /// These are lit.
    Lit([bool; LIGHTS]),
}

/// The front of a cabinet: dark ones are spread over the hall, the others carry what the hall draws.
fn lights_of(number: usize, look: &Look, zone: usize) -> Lights {
    let (hall_number, dark) = (number % 1_000, look.dimmed_pct.clamp(0, 90) as f32 / 100.0);
    if look.flash && zone == 0 {
        return Lights::Flash;
    }
    // So many of the first n cabinets are dark, for every n.
    let before = |n: usize| (n as f32 * dark).floor() as i32;
    if before(hall_number + 1) > before(hall_number) {
        return Lights::Dark;
    }
    Lights::Lit(lights(number, (look.lit_pct[zone] as f32 / (1.0 - dark)).round() as i32))
}

/// Which lights of a cabinet are lit so that their share over the hall is `percent`: as many on each cabinet as the next,
/// give or take one, at places of its own.
fn lights(cabinet: usize, percent: i32) -> [bool; LIGHTS] {
    let wanted = percent.clamp(0, 100) as f32 / 100.0 * LIGHTS as f32;
    // The golden ratio spreads the odd light evenly over the cabinets.
    let odd = (cabinet as f32 * 0.618_034).fract();
    let count = ((wanted + odd).floor() as usize).min(LIGHTS);
    let mut lit = [false; LIGHTS];
    // Steps that share no factor with the number of lights visit each once.
    let (from, step) = (scattered(cabinet) % LIGHTS, [1, 5][scattered(cabinet + 77) % 2]);
    let mut order: Vec<usize> = (0..LIGHTS).map(|k| (from + k * step) % LIGHTS).collect();
    if scattered(cabinet + 191).is_multiple_of(2) {
        order.swap(1, 4);
        order.swap(2, 5);
    }
    for k in order.into_iter().take(count) {
        if let Some(light) = lit.get_mut(k) {
            *light = true;
        }
    }
    lit
}

/// A number that looks like chance and is always the same.
fn scattered(number: usize) -> usize {
    let mut x = (number as u32).wrapping_mul(0x9E37_79B1) ^ 0x5BD1_E995;
    x ^= x >> 15;
    x = x.wrapping_mul(0x846C_A68B);
    (x ^ (x >> 13)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn throttled_cabinets_are_dark_and_a_spike_flashes_in_its_hall() {
        let look = |dimmed_pct: i32, flash: bool| Look {
            degc_10: [300, 260],
            lit_pct: [50, 50],
            soc_pct: 60,
            effort_20: [14, 14],
            dimmed_pct,
            flash,
        };
        let dark = |look: &Look| (0..100).filter(|k| lights_of(*k, look, 0) == Lights::Dark).count();
        assert_eq!([0, 12, 36].map(|pct| dark(&look(pct, false))), [0, 12, 36]);
        let lit = |look: &Look| -> usize {
            let count = |k: usize| match lights_of(k, look, 0) {
                Lights::Lit(lit) => lit.iter().filter(|on| **on).count(),
                _ => 0,
            };
            (0..100).map(count).sum()
        };
        assert!(lit(&look(36, false)).abs_diff(lit(&look(0, false))) < 12, "the hall draws the same");
        assert_eq!(lights_of(3, &look(0, true), 0), Lights::Flash);
        assert_ne!(lights_of(1_003, &look(0, true), 1), Lights::Flash, "the work came to zone A");
    }

    #[test]
    fn the_share_of_lights_is_the_utilisation_and_spread_evenly() {
        for percent in [0, 7, 19, 50, 83, 100] {
            let counts: Vec<usize> = (0..100).map(|k| lights(k, percent).iter().filter(|on| **on).count()).collect();
            let lit: usize = counts.iter().sum();
            let share = lit as f32 / (100 * LIGHTS) as f32;
            assert!((share - percent as f32 / 100.0).abs() < 0.01, "{percent} %: {share}");
            let (least, most) = (counts.iter().min().copied(), counts.iter().max().copied());
            assert!(most.unwrap_or(0) - least.unwrap_or(0) <= 1, "{percent} %: cabinets differ");
        }
    }
}
