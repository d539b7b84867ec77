//! What a ray hits first, among boxes.

use bevy::math::Vec3;

use crate::signal::EntityId;

/// A box along the axes of the site.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// Least corner.
    pub least: Vec3,
    /// Greatest corner.
    pub most: Vec3,
}

impl Bounds {
    /// A box on its least corner.
    pub fn new(least: Vec3, size: Vec3) -> Self {
        Self { least, most: least + size }
    }

    /// Its middle.
    pub fn middle(&self) -> Vec3 {
        (self.least + self.most) / 2.0
    }

    /// Its size.
    pub fn size(&self) -> Vec3 {
        self.most - self.least
    }

    /// The box around two.
    pub fn with(&self, other: &Self) -> Self {
        Self { least: self.least.min(other.least), most: self.most.max(other.most) }
    }

    /// Distance at which a ray enters; `None` when it misses or the box lies behind.
    pub fn hit(&self, eye: Vec3, way: Vec3) -> Option<f32> {
        if !(eye.is_finite() && way.is_finite()) {
            return None;
        }
        let (mut enter, mut leave) = (0.0_f32, f32::INFINITY);
        for axis in 0..3 {
            let (from, along) = (eye[axis], way[axis]);
            let (low, high) = (self.least[axis], self.most[axis]);
            if along.abs() < 1e-9 {
                if from < low || from > high {
                    return None;
                }
                continue;
            }
            let (a, b) = ((low - from) / along, (high - from) / along);
            enter = enter.max(a.min(b));
            leave = leave.min(a.max(b));
        }
        (enter <= leave).then_some(enter)
    }
}

/// A thing that can be picked: several boxes of one entity.
#[derive(Debug, Clone, PartialEq)]
pub struct Body {
    /// What it is.
    pub entity: EntityId,
    /// Boxes that the pointer can hit.
    pub hits: Vec<Bounds>,
    /// Boxes that are framed when it is selected.
    pub frames: Vec<Bounds>,
}

impl Body {
    /// A thing whose boxes are framed as they are.
    pub fn new(entity: EntityId, hits: Vec<Bounds>) -> Self {
        Self { entity, frames: hits.clone(), hits }
    }

    /// The box around all its boxes.
    pub fn whole(&self) -> Option<Bounds> {
        self.frames.iter().copied().reduce(|a, b| a.with(&b))
    }
}

/// The entity that a ray meets first.
pub fn first_hit(bodies: &[Body], eye: Vec3, way: Vec3) -> Option<EntityId> {
    bodies
        .iter()
        .flat_map(|body| body.hits.iter().filter_map(move |b| Some((b.hit(eye, way)?, body.entity))))
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, entity)| entity)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cube(x: f32) -> Bounds {
        Bounds::new(Vec3::new(x, -1.0, -1.0), Vec3::splat(2.0))
    }

    #[test]
    fn a_ray_enters_at_the_near_side_and_misses_beside_and_behind() {
        assert_eq!(cube(4.0).hit(Vec3::ZERO, Vec3::X), Some(4.0));
        assert_eq!(cube(4.0).hit(Vec3::ZERO, Vec3::NEG_X), None);
        assert_eq!(cube(4.0).hit(Vec3::Y * 1.5, Vec3::X), None);
        assert_eq!(cube(-1.0).hit(Vec3::ZERO, Vec3::X), Some(0.0), "the eye is inside");
        assert!(cube(4.0).hit(Vec3::new(0.0, 5.0, 0.0), Vec3::new(1.0, -1.0, 0.0)).is_some());
    }

    #[test]
    fn the_nearest_of_several_is_hit() {
        let bodies = [Body::new(7, vec![cube(20.0)]), Body::new(3, vec![cube(30.0), cube(10.0)])];
        assert_eq!(first_hit(&bodies, Vec3::ZERO, Vec3::X), Some(3));
        assert_eq!(first_hit(&bodies, Vec3::X * 15.0, Vec3::X), Some(7));
        assert_eq!(first_hit(&bodies, Vec3::ZERO, Vec3::Z), None);
        let whole = bodies[1].whole().map(|b| (b.least.x, b.most.x));
        assert_eq!(whole, Some((10.0, 32.0)));
    }

    #[test]
    fn a_ray_that_is_no_number_hits_nothing_and_does_no_harm() {
        assert_eq!(first_hit(&[Body::new(1, vec![cube(4.0)])], Vec3::NAN, Vec3::X), None);
    }
}
