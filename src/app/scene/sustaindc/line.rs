//! The waiting tasks as a line of boxes before the hall: the oldest at the door, each class of age in its own shade,
//! those that are too late taller and in the colour of a warning; up to a post they wait longer than its hours.

use bevy::math::Vec3;

use crate::app::scene::digits;
use crate::app::scene::pick::Bounds;
use crate::app::scene::solid::Solid;
use crate::app::scene::tint::{Paint, Tint};

/// Places in the line.
pub(super) const PLACES: usize = 100;

/// Places in a lane.
const IN_LANE: usize = 50;

/// East end of the lanes, distance of places, south edge of each lane.
const EAST: f32 = 62.0;
const STEP: f32 = 1.4;
const LANES: [f32; 2] = [-10.4, -15.4];

/// Width, depth and height of a box.
const BOX: Vec3 = Vec3::new(1.04, 2.4, 1.5);

/// How much taller an overdue one is.
const TALLER: f32 = 1.7;

/// Classes of age with the hours at which they begin, the youngest first.
pub(super) const BEGINS_H: [&str; 5] = ["0", "6", "12", "18", "24"];

/// What one place holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    /// Class of age, 0 the youngest.
    class: usize,
    /// Whether it is the youngest of its class: behind it stands the post.
    last: bool,
}

/// Boxes of each class from its tasks: every class with a task has a box, and all together are as many as the tasks.
fn boxes(tasks: [i32; 5], per_box: i32) -> [usize; 5] {
    let mut out = [0; 5];
    let (mut so_far, mut drawn) = (0_i64, 0_i64);
    let per_box = i64::from(per_box.max(1));
    // From the oldest on, so that the few that are late never vanish among the many that are not.
    for (count, tasks) in out.iter_mut().zip(tasks).rev() {
        let tasks = i64::from(tasks.max(0));
        so_far += tasks;
        let wanted = (so_far + per_box - 1) / per_box - drawn;
        let own = if tasks > 0 { wanted.max(1) } else { 0 };
        drawn += own;
        *count = own as usize;
    }
    out
}

/// The line from the door on: the oldest first.
fn places(tasks: [i32; 5], per_box: i32) -> Vec<Place> {
    let counts = boxes(tasks, per_box);
    let line = (0..counts.len()).rev().zip(counts.into_iter().rev());
    let all = line.flat_map(|(class, count)| (0..count).map(move |k| Place { class, last: k + 1 == count }));
    all.take(PLACES).collect()
}

/// Least corner of a place: the line leaves the door to the west, turns and comes back.
fn corner(place: usize) -> Vec3 {
    let (lane, k) = (place / IN_LANE, place % IN_LANE);
    let k = if lane % 2 == 0 { k } else { IN_LANE - 1 - k };
    let y = LANES.get(lane).copied().unwrap_or_default();
    Vec3::new(EAST - (k + 1) as f32 * STEP, y, 0.24)
}

/// The lanes as boxes that can be hit.
pub(super) fn lanes() -> Vec<Bounds> {
    let west = EAST - IN_LANE as f32 * STEP;
    let lane = |y: f32| {
        Bounds::new(Vec3::new(west - 0.4, y - 0.6, 0.0), Vec3::new(EAST - west + 0.8, BOX.y + 1.2, 0.24 + BOX.z))
    };
    LANES.map(lane).to_vec()
}

/// The lanes with their empty places.
pub(super) fn fixed(solid: &mut Solid, paint: &Paint) {
    let west = EAST - IN_LANE as f32 * STEP;
    for y in LANES {
        let coat = paint.slab.over(paint.slab_edge, 0.6);
        solid.block(
            Vec3::new(west - 0.4, y - 0.6, 0.0),
            Vec3::new(EAST - west + 0.8, BOX.y + 1.2, 0.2),
            crate::app::scene::solid::Coat { top: coat, sides: paint.slab_edge },
        );
    }
    // Where the line turns.
    let (a, b) = (LANES[0] - 0.6, LANES[1] + BOX.y + 0.6);
    solid.floor((west - 0.4, b), (west + 4.0, a), 0.19, paint.slab);
    let mark = paint.slab_edge.over(paint.slab, 0.5);
    for place in 0..PLACES {
        let at = corner(place);
        solid.floor((at.x, at.y), (at.x + BOX.x, at.y + BOX.y), 0.215, mark);
    }
}

/// Shade of a class of age.
fn shade(paint: &Paint, class: usize) -> Tint {
    let it = Tint::from(paint.theme.accent.it);
    let old = if paint.is_dark() { paint.slab_edge } else { paint.theme.text2.into() };
    let fresh = if paint.is_dark() { it } else { Tint([1.0; 3]).over(it, 0.62) };
    match class {
        4 => paint.theme.alarm.warn.into(),
        class => old.over(fresh, class as f32 * 0.27),
    }
}

/// The boxes, with a post where a class of age begins.
pub(super) fn living(solid: &mut Solid, paint: &Paint, tasks: [i32; 5], per_box: i32) {
    for (k, place) in places(tasks, per_box).into_iter().enumerate() {
        let at = corner(k);
        let late = place.class == 4;
        let height = if late { BOX.z * TALLER } else { BOX.z };
        solid.block(at, Vec3::new(BOX.x, BOX.y, height), shade(paint, place.class));
        if late {
            let dark = paint.theme.alarm.warn;
            let size = (BOX.x, height);
            solid.on_south(at, size, (0.42, 0.34), (0.58, 0.86), Tint::from(dark).shade(0.3));
            solid.on_south(at, size, (0.42, 0.14), (0.58, 0.26), Tint::from(dark).shade(0.3));
        }
        if place.last && place.class > 0 {
            post(solid, paint, at, BEGINS_H.get(place.class).copied().unwrap_or_default());
        }
    }
}

/// A post at the youngest box of a class, with the hours at which the class begins: up to here they wait longer.
fn post(solid: &mut Solid, paint: &Paint, at: Vec3, hours: &str) {
    const HEIGHT: f32 = 1.7;
    let foot = at + Vec3::new(BOX.x / 2.0, BOX.y + 0.35, -0.04);
    solid.block(foot - Vec3::new(0.08, 0.08, 0.0), Vec3::new(0.16, 0.16, 3.6), paint.steel);
    let wide = digits::width(hours, HEIGHT);
    let plate = foot + Vec3::new(-wide / 2.0 - 0.3, -0.12, 3.1);
    solid.block(plate, Vec3::new(wide + 0.6, 0.16, HEIGHT + 0.6), paint.front);
    digits::write(solid, plate + Vec3::new(0.3, -0.04, 0.3), HEIGHT, hours, paint.lit);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::theme::ThemeName;

    #[test]
    fn the_line_is_as_long_as_the_queue_and_no_late_task_vanishes() {
        assert_eq!(boxes([0; 5], 10), [0; 5]);
        assert_eq!(boxes([100, 0, 0, 0, 0], 10), [10, 0, 0, 0, 0]);
        assert_eq!(boxes([95, 0, 0, 0, 1], 10), [9, 0, 0, 0, 1]);
        assert_eq!(boxes([400, 300, 200, 99, 1], 10).iter().sum::<usize>(), 100);
        assert_eq!(boxes([1, 1, 1, 1, 1], 10), [1; 5]);
        assert!(places([5_000, 0, 0, 0, 0], 10).len() == PLACES, "a line never leaves its lanes");
    }

    #[test]
    fn the_oldest_stand_at_the_door_and_the_line_has_no_gap() {
        let line = places([20, 0, 30, 0, 10], 10);
        assert_eq!(line.iter().map(|p| p.class).collect::<Vec<_>>(), [4, 2, 2, 2, 0, 0]);
        assert_eq!(line.iter().filter(|p| p.last).count(), 3);
        for place in 1..PLACES {
            let step = (corner(place) - corner(place - 1)).length();
            assert!(step < STEP + 1e-4 || place == IN_LANE && step < 5.1, "place {place}: {step}");
        }
        assert!(corner(0).x > corner(IN_LANE - 1).x && corner(PLACES - 1).x > corner(IN_LANE).x);
    }

    #[test]
    fn every_class_of_age_has_its_own_shade_in_every_theme() {
        for name in ThemeName::ALL {
            let paint = Paint::of(name);
            let shades: Vec<Tint> = (0..5).map(|class| shade(&paint, class)).collect();
            for (k, one) in shades.iter().enumerate() {
                for other in &shades[k + 1..] {
                    let far: f32 = one.0.iter().zip(other.0).map(|(a, b)| (a - b).abs()).sum();
                    assert!(far > 0.12, "{name:?}: {shades:?}");
                }
            }
        }
    }
}
