//! What is wrong stands where it is: a frame and a sign over everything with a value beyond its limits, and over what a
//! disturbance befalls.

use bevy::math::Vec3;

use crate::session::RunView;
use crate::signal::{Alarm, EntityId};

use super::frames::frame;
use super::pick::{Body, Bounds};
use super::solid::Solid;
use super::tint::{Paint, Tint};

/// Things with something wrong now, each once with the worst of it, in the order of the plant's table.
pub(super) fn of(view: &RunView) -> Vec<(EntityId, Alarm)> {
    let worst = view.wrong();
    worst.into_iter().enumerate().filter(|(_, alarm)| *alarm != Alarm::Normal).collect()
}

/// Draws frames and signs; `width` is that of a frame's bars.
pub(super) fn draw(solid: &mut Solid, paint: &Paint, bodies: &[Body], wrong: &[(EntityId, Alarm)], width: f32) {
    for (entity, alarm) in wrong {
        let tint = Tint::from(if *alarm == Alarm::Trip { paint.theme.alarm.trip } else { paint.theme.alarm.warn });
        for body in bodies.iter().filter(|body| body.entity == *entity) {
            for bounds in &body.frames {
                frame(solid, bounds, width * 1.5, tint);
            }
            if let Some(bounds) = body.whole() {
                sign(solid, paint, &bounds, *alarm, tint);
            }
        }
    }
}

/// A sign on a post, seen from all sides: a triangle for a warning, an octagon for a trip.
fn sign(solid: &mut Solid, paint: &Paint, bounds: &Bounds, alarm: Alarm, tint: Tint) {
    const SIZE: f32 = 2.6;
    let foot = Vec3::new(bounds.middle().x, bounds.middle().y, bounds.most.z);
    let middle = foot + Vec3::Z * 7.0;
    solid.glow(foot, middle, 0.3, tint);
    let corners = if alarm == Alarm::Trip { 8 } else { 3 };
    let turn = if alarm == Alarm::Trip { 0.5 / 8.0 } else { 0.25 };
    // Two plates across each other, each with a dark rim and both its sides.
    for across in [Vec3::X, Vec3::Y] {
        let plate = |solid: &mut Solid, size: f32, lift: f32, tint: Tint| {
            let out = Vec3::Z.cross(across);
            let ring: Vec<Vec3> = (0..corners)
                .map(|k| {
                    let (sin, cos) = ((k as f32 / corners as f32 + turn) * std::f32::consts::TAU).sin_cos();
                    middle + (across * cos + Vec3::Z * sin) * size
                })
                .collect();
            let front: Vec<Vec3> = ring.iter().map(|p| *p - out * lift).collect();
            let back: Vec<Vec3> = ring.iter().rev().map(|p| *p + out * lift).collect();
            solid.face(&front, tint);
            solid.face(&back, tint);
        };
        plate(solid, SIZE * 1.22, 0.02, paint.ground.shade(0.4));
        plate(solid, SIZE, 0.06, tint);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::app::theme::ThemeName;
    use crate::plant::{Operation, Override};
    use crate::rollout::{Setup, World};
    use crate::session::{PlannedView, Session, SessionOptions};

    fn day() -> RunView {
        let setup = Setup::default_day().unwrap();
        RunView::clone(&Session::start(World::default(), setup, SessionOptions::default()).unwrap().view())
    }

    #[test]
    fn a_hot_zone_and_a_failed_pump_are_marked_where_they_stand() {
        let mut view = day();
        assert_eq!(of(&view), [], "the default day begins with nothing wrong");
        let spec = view.spec.clone();
        let (zone, t) = (spec.entities.iter().position(|e| e.name == "zone_b"), spec.signal("t_zone_b_degc").unwrap());
        let mut row = view.row.to_vec();
        view.tick = 1;
        row[t] = 34.0;
        view.row = row.clone().into();
        assert_eq!(of(&view), [(zone.unwrap(), Alarm::Warn)]);
        row[t] = 35.5;
        view.row = row.into();
        assert_eq!(of(&view), [(zone.unwrap(), Alarm::Trip)]);
        let fault = spec.disturbances.iter().find(|d| d.name == "pump_fault").unwrap();
        let planned = PlannedView {
            id: 1,
            label: fault.label.clone(),
            input: fault.input.clone(),
            change: Override { operation: Operation::Set, value: 0.5 },
            from: view.tick,
            until: Some(view.tick + 10),
        };
        view.beside.plan = vec![planned].into();
        assert_eq!(of(&view).len(), 2, "{:?}", of(&view));
        view.tick += 10;
        assert_eq!(of(&view).len(), 1, "it is over");
    }

    #[test]
    fn a_sign_is_seen_from_all_sides() {
        let paint = Paint::of(ThemeName::Dark);
        let bodies = [Body::new(2, vec![Bounds::new(Vec3::ZERO, Vec3::splat(4.0))])];
        let drawn = |wrong: &[(EntityId, Alarm)]| {
            let mut solid = Solid::new(1.0);
            draw(&mut solid, &paint, &bodies, wrong, 0.1);
            solid.triangles()
        };
        assert_eq!(drawn(&[]), 0);
        assert!(drawn(&[(2, Alarm::Trip)]) > drawn(&[(2, Alarm::Warn)]));
        assert_eq!(drawn(&[(1, Alarm::Warn)]), 0, "what has no body has no sign");
    }
}
