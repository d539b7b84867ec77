//! Frames around what is selected or under the pointer: the edges of its boxes as thin bars.

use bevy::math::Vec3;

use crate::signal::EntityId;

use super::pick::{Body, Bounds};
use super::solid::Solid;
use super::tint::{Paint, Tint};

/// The frames of a selected and a hovered thing; `width` is that of a bar.
pub(super) fn frames(
    bodies: &[Body],
    selected: Option<EntityId>,
    hovered: Option<EntityId>,
    width: f32,
    paint: &Paint,
) -> Solid {
    let mut solid = Solid::new(paint.ambient());
    let mut all = |entity: Option<EntityId>, width: f32, tint: Tint| {
        for body in bodies.iter().filter(|b| Some(b.entity) == entity) {
            body.frames.iter().for_each(|b| frame(&mut solid, b, width, tint));
        }
    };
    all(selected, width, paint.focus);
    if hovered != selected {
        all(hovered, width * 0.6, paint.focus.over(paint.ground, 0.62));
    }
    solid
}

/// The twelve edges of a box, a little outside of it.
pub(super) fn frame(solid: &mut Solid, bounds: &Bounds, width: f32, tint: Tint) {
    let (a, b) = (bounds.least - Vec3::new(1.0, 1.0, 0.0) * width, bounds.most + Vec3::splat(width));
    let corner = |k: usize| {
        let pick = |bit: usize, low: f32, high: f32| if k & bit == 0 { low } else { high };
        Vec3::new(pick(1, a.x, b.x), pick(2, a.y, b.y), pick(4, a.z, b.z))
    };
    for from in 0..8 {
        for bit in [1, 2, 4] {
            if from & bit == 0 {
                solid.glow(corner(from), corner(from | bit), width, tint);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::theme::ThemeName;

    #[test]
    fn a_selected_box_gets_its_twelve_edges_once() {
        let paint = Paint::of(ThemeName::Dark);
        let bodies = [Body::new(4, vec![Bounds::new(Vec3::ZERO, Vec3::splat(3.0))])];
        let edges = |selected, hovered| frames(&bodies, selected, hovered, 0.1, &paint).triangles();
        let one = edges(Some(4), None);
        assert_eq!(one, 12 * 12);
        assert_eq!(edges(Some(4), Some(4)), one);
        assert_eq!(edges(None, Some(4)), one);
        assert_eq!(edges(Some(1), None), 0);
    }
}
