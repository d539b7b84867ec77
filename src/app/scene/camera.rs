//! The eye: it looks at a point from a direction, flies between stations and turns places on the picture into rays.
//!
//! Site coordinates: x east, y north, z up.

use bevy::math::{Mat3, Quat, Vec2, Vec3};
use bevy::transform::components::Transform;

use crate::app::stage::Place;

use super::solid::to_bevy;

/// Horizontal angle of view where the picture is at least [`WIDE`] times as wide as high; a long lens, radians.
const ANGLE: f32 = 0.68;

/// Width over height up to which the horizontal angle holds; a wider picture shows more at its sides instead.
const WIDE: f32 = 1.98;

/// How long a flight takes, s.
const FLIGHT_S: f32 = 0.6;

/// How long each leg of a path takes, s.
const LEG_S: f32 = 4.5;

/// Lowest and highest elevation, radians.
const PITCH: (f32, f32) = (0.09, 1.5);

/// Nearest and farthest distance.
const DISTANCE: (f32, f32) = (14.0, 420.0);

/// How far the middle may wander from the origin of the site, in each direction: west, east, south, north.
const WANDER: (f32, f32, f32, f32) = (-60.0, 160.0, -60.0, 90.0);

/// Where the eye is and where it looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pose {
    /// The point in the middle of the picture.
    pub target: Vec3,
    /// Direction of the eye seen from the target, counter-clockwise from east, radians.
    pub yaw: f32,
    /// Height of the eye above the horizon, radians.
    pub pitch: f32,
    /// Distance of the eye from the target.
    pub distance: f32,
}

impl Pose {
    /// The pose of an eye that looks at a target.
    pub fn looking(eye: Vec3, target: Vec3) -> Self {
        let way = eye - target;
        let distance = way.length().max(1e-3);
        Self { target, yaw: way.y.atan2(way.x), pitch: (way.z / distance).asin(), distance }
    }

    /// From the target to the eye, length 1.
    fn out(&self) -> Vec3 {
        let (sin, cos) = self.pitch.sin_cos();
        Vec3::new(cos * self.yaw.cos(), cos * self.yaw.sin(), sin)
    }

    /// Where the eye is.
    pub fn eye(&self) -> Vec3 {
        self.target + self.out() * self.distance
    }

    /// To the right and upwards on the picture, and into it.
    fn axes(&self) -> (Vec3, Vec3, Vec3) {
        let forward = -self.out();
        let right = Vec3::new(-self.yaw.sin(), self.yaw.cos(), 0.0);
        (right, right.cross(forward), forward)
    }

    /// As Bevy places a camera.
    pub fn transform(&self) -> Transform {
        let (right, up, forward) = self.axes();
        let turn = Mat3::from_cols(to_bevy(right), to_bevy(up), to_bevy(-forward));
        Transform { translation: to_bevy(self.eye()), rotation: Quat::from_mat3(&turn), scale: Vec3::ONE }
    }

    /// Within reach of the site.
    fn held(mut self) -> Self {
        self.pitch = self.pitch.clamp(PITCH.0, PITCH.1);
        self.distance = self.distance.clamp(DISTANCE.0, DISTANCE.1);
        self.target.x = self.target.x.clamp(WANDER.0, WANDER.1);
        self.target.y = self.target.y.clamp(WANDER.2, WANDER.3);
        self.target.z = self.target.z.clamp(-2.0, 20.0);
        self
    }

    /// Part of the way to another pose, the shorter way around.
    fn towards(&self, other: &Self, share: f32) -> Self {
        let turn =
            (other.yaw - self.yaw + std::f32::consts::PI).rem_euclid(std::f32::consts::TAU) - std::f32::consts::PI;
        Self {
            target: self.target.lerp(other.target, share),
            yaw: self.yaw + turn * share,
            pitch: self.pitch + (other.pitch - self.pitch) * share,
            distance: (self.distance.ln() + (other.distance.ln() - self.distance.ln()) * share).exp(),
        }
    }
}

/// How a pose is seen on a picture of a certain shape.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lens {
    /// Width over height of the picture.
    pub aspect: f32,
}

impl Lens {
    /// A lens for a picture of so many pixels.
    pub fn of(size: [u32; 2]) -> Self {
        Self { aspect: size[0].max(1) as f32 / size[1].max(1) as f32 }
    }

    /// Half the width and half the height of the picture at distance 1.
    fn half(&self) -> Vec2 {
        let half_width = (ANGLE / 2.0).tan();
        if self.aspect > WIDE {
            Vec2::new(half_width / WIDE * self.aspect, half_width / WIDE)
        } else {
            Vec2::new(half_width, half_width / self.aspect)
        }
    }

    /// Vertical angle of view, radians.
    pub fn fov(&self) -> f32 {
        2.0 * self.half().y.atan()
    }

    /// Where a point stands on the picture and how far in front of the eye; `None` behind it.
    pub fn place(&self, pose: &Pose, point: Vec3) -> Option<(Place, f32)> {
        let (right, up, forward) = pose.axes();
        let way = point - pose.eye();
        let depth = way.dot(forward);
        if depth <= 0.5 {
            return None;
        }
        let on = Vec2::new(way.dot(right), way.dot(up)) / depth / self.half();
        Some(([0.5 + on.x / 2.0, 0.5 - on.y / 2.0], depth))
    }

    /// Eye and direction of the ray through a place.
    pub fn ray(&self, pose: &Pose, place: Place) -> (Vec3, Vec3) {
        let (right, up, forward) = pose.axes();
        let half = self.half();
        let on = Vec2::new((place[0] - 0.5) * 2.0 * half.x, (0.5 - place[1]) * 2.0 * half.y);
        (pose.eye(), (forward + right * on.x + up * on.y).normalize())
    }

    /// Width of a point of the picture at a distance of 1, as a share of the picture's width of `width` points.
    pub fn unit_per_point(&self, width: f32) -> f32 {
        2.0 * self.half().x / width.max(1.0)
    }
}

/// The eye with its flight.
#[derive(Debug, Clone, PartialEq)]
pub struct Eye {
    /// Where it is.
    pub pose: Pose,
    flight: Option<Flight>,
    /// Where it goes on to after this flight, the last one first.
    path: Vec<Pose>,
}

/// From where to where, how far (0 to 1), and how long it takes in all, s.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Flight {
    from: Pose,
    to: Pose,
    flown: f32,
    seconds: f32,
}

impl Eye {
    /// An eye that stands still.
    pub fn at(pose: Pose) -> Self {
        Self { pose, flight: None, path: Vec::new() }
    }

    /// Flies to a pose, or jumps there.
    pub fn go(&mut self, pose: Pose, still: bool) {
        self.path.clear();
        if still {
            *self = Self::at(pose);
        } else if self.pose != pose {
            self.flight = Some(Flight { from: self.pose, to: pose, flown: 0.0, seconds: FLIGHT_S });
        }
    }

    /// After the flight that is under way, goes on from pose to pose.
    pub fn follow(&mut self, mut path: Vec<Pose>) {
        path.reverse();
        self.path = path;
    }

    /// Stays where it is.
    fn rest(&mut self) {
        self.flight = None;
        self.path.clear();
    }

    /// Goes on with a flight; true while one is under way.
    pub fn fly(&mut self, seconds: f32) -> bool {
        let next =
            |from: Pose, path: &mut Vec<Pose>| path.pop().map(|to| Flight { from, to, flown: 0.0, seconds: LEG_S });
        let Some(mut flight) = self.flight.take().or_else(|| next(self.pose, &mut self.path)) else { return false };
        flight.flown += seconds.clamp(0.0, 0.25) / flight.seconds;
        if flight.flown >= 1.0 {
            self.pose = flight.to;
            return !self.path.is_empty();
        }
        let share = flight.flown;
        self.pose = flight.from.towards(&flight.to, share * share * (3.0 - 2.0 * share));
        self.flight = Some(flight);
        true
    }

    /// Turns around the target by so many points dragged.
    pub fn orbit(&mut self, points: [f32; 2]) {
        self.rest();
        self.pose.yaw -= points[0] * 0.006;
        self.pose.pitch += points[1] * 0.005;
        self.pose = self.pose.held();
    }

    /// Shifts the target along the ground by so many points dragged on a picture of a width.
    pub fn pan(&mut self, points: [f32; 2], lens: Lens, width: f32) {
        self.rest();
        let per_point = lens.unit_per_point(width) * self.pose.distance;
        let (right, ..) = self.pose.axes();
        let ahead = Vec3::Z.cross(right);
        let steep = self.pose.pitch.sin().max(0.35);
        self.pose.target += (-right * points[0] + ahead * points[1] / steep) * per_point;
        self.pose = self.pose.held();
    }

    /// Comes nearer by so many points scrolled.
    pub fn zoom(&mut self, points: f32) {
        self.rest();
        self.pose.distance *= (-points * 0.0022).exp();
        self.pose = self.pose.held();
    }

    /// The pose that shows a box of a middle and a size from here.
    pub fn near(&self, middle: Vec3, size: Vec3) -> Pose {
        let distance = (size.length() * 2.2).clamp(34.0, 150.0);
        Pose { target: middle, distance, ..self.pose }.held()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn overview() -> Pose {
        Pose::looking(Vec3::new(36.0, -147.0, 110.0), Vec3::new(52.0, 21.0, 0.0))
    }

    #[test]
    fn the_target_stands_in_the_middle_and_rays_go_through_places() {
        let (pose, lens) = (overview(), Lens::of([1_112, 560]));
        let (place, depth) = lens.place(&pose, pose.target).unwrap();
        assert!((place[0] - 0.5).abs() < 1e-4 && (place[1] - 0.5).abs() < 1e-4, "{place:?}");
        assert!((depth - pose.distance).abs() < 1e-2);
        for point in [Vec3::new(-10.0, 54.0, 24.0), Vec3::new(110.0, 4.0, 4.0), Vec3::new(0.0, -17.0, 0.0)] {
            let (place, _) = lens.place(&pose, point).unwrap();
            assert!(place.iter().all(|p| (0.0..=1.0).contains(p)), "{point} is off the picture: {place:?}");
            let (eye, way) = lens.ray(&pose, place);
            let miss = (point - eye).reject_from(way).length();
            assert!(miss < 0.01, "the ray misses {point} by {miss}");
        }
    }

    #[test]
    fn what_is_to_the_east_is_to_the_right_and_what_is_high_is_up() {
        let (pose, lens) = (overview(), Lens::of([800, 600]));
        let at = |p: Vec3| lens.place(&pose, p).unwrap().0;
        let middle = at(pose.target);
        assert!(at(pose.target + Vec3::X)[0] > middle[0]);
        assert!(at(pose.target + Vec3::Z)[1] < middle[1]);
        assert_eq!(lens.place(&pose, pose.eye() + Vec3::NEG_Y * 9.0), None);
    }

    #[test]
    fn a_flight_ends_where_it_was_bound_for_within_its_time() {
        let mut eye = Eye::at(overview());
        let there = Pose { target: Vec3::ZERO, yaw: 1.0, pitch: 0.4, distance: 60.0 };
        eye.go(there, false);
        let mut frames = 0;
        while eye.fly(0.016) {
            frames += 1;
            assert!(frames < 60, "the flight never ends");
        }
        assert_eq!(eye.pose, there);
        eye.go(overview(), true);
        assert_eq!((eye.pose, eye.fly(0.1)), (overview(), false));
    }

    #[test]
    fn a_path_is_gone_to_its_end_and_a_hand_ends_it() {
        let stop = |x: f32| Pose { target: Vec3::X * x, yaw: -1.0, pitch: 0.5, distance: 60.0 };
        let mut eye = Eye::at(overview());
        let gone = |eye: &mut Eye| (0..4_000).take_while(|_| eye.fly(0.016)).count();
        eye.go(stop(1.0), false);
        eye.follow(vec![stop(20.0), stop(40.0)]);
        let frames = gone(&mut eye);
        assert_eq!(eye.pose, stop(40.0));
        assert!((500..700).contains(&frames), "two legs of {LEG_S} s took {frames} frames");
        eye.follow(vec![stop(20.0)]);
        eye.fly(0.1);
        eye.orbit([3.0, 0.0]);
        assert_eq!(gone(&mut eye), 0, "a hand moves it now");
        eye.follow(vec![stop(20.0)]);
        eye.go(stop(2.0), true);
        assert_eq!((gone(&mut eye), eye.pose), (0, stop(2.0)));
    }

    #[test]
    fn no_movement_leaves_the_site_or_goes_below_the_ground() {
        let (mut eye, lens) = (Eye::at(overview()), Lens::of([800, 500]));
        for _ in 0..500 {
            eye.orbit([30.0, -80.0]);
            eye.pan([900.0, 700.0], lens, 800.0);
            eye.zoom(400.0);
        }
        assert!(eye.pose.eye().z > 0.0);
        assert!(eye.pose.distance >= DISTANCE.0 && eye.pose.target.x >= WANDER.0);
    }
}
