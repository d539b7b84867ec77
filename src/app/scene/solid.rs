//! Geometry as lists of coloured faces: boxes, bars, paths on the ground, discs. Site coordinates: x east, y north, z up.

use bevy::asset::RenderAssetUsages;
use bevy::math::Vec3;
use bevy::mesh::{Indices, Mesh, PrimitiveTopology};

use super::sun::Sun;
use super::tint::{Light, Tint, light};

/// How much darker the foot of an upright face is than its head: things stand on the ground.
const FOOT: f32 = 0.88;

/// Faces with a colour at each corner.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Solid {
    /// How light falls on it.
    light: Light,
    positions: Vec<[f32; 3]>,
    colours: Vec<[f32; 4]>,
    indices: Vec<u32>,
}

/// Site coordinates as Bevy counts them (y up, z towards the viewer).
pub(super) fn to_bevy(p: Vec3) -> Vec3 {
    Vec3::new(p.x, p.z, -p.y)
}

/// The colours of a box: its own, or others for some of its faces.
#[derive(Debug, Clone, Copy)]
pub(super) struct Coat {
    /// Top, as the sun sees it.
    pub top: Tint,
    /// All sides, before shading.
    pub sides: Tint,
}

impl From<Tint> for Coat {
    fn from(tint: Tint) -> Self {
        Self { top: tint, sides: tint }
    }
}

impl Solid {
    /// Nothing yet, in a light; a bare number is the brightness of a face that sees no sun.
    pub fn new(light: impl Into<Light>) -> Self {
        Self { light: light.into(), positions: Vec::new(), colours: Vec::new(), indices: Vec::new() }
    }

    /// Number of triangles.
    #[cfg(test)]
    pub fn triangles(&self) -> usize {
        self.indices.len() / 3
    }

    /// Least and greatest x of all corners.
    #[cfg(test)]
    pub fn extent_x(&self) -> (f32, f32) {
        let xs = || self.positions.iter().map(|p| p[0]);
        (xs().fold(f32::INFINITY, f32::min), xs().fold(f32::NEG_INFINITY, f32::max))
    }

    fn corner(&mut self, p: Vec3, ink: [f32; 4]) -> u32 {
        let index = self.positions.len() as u32;
        self.positions.push(to_bevy(p).to_array());
        self.colours.push(ink);
        index
    }

    /// A convex face in one colour as it stands; corners run counter-clockwise for who looks at it.
    pub fn face(&mut self, corners: &[Vec3], tint: Tint) {
        let ink = tint.linear();
        let Some(first) = corners.first().map(|p| self.corner(*p, ink)) else { return };
        for p in corners.iter().skip(1) {
            self.corner(*p, ink);
        }
        for k in 1..corners.len().saturating_sub(1) as u32 {
            self.indices.extend([first, first + k, first + k + 1]);
        }
    }

    /// A quadrilateral whose first two corners are one colour and whose last two another.
    pub fn fade(&mut self, [a, b, c, d]: [Vec3; 4], foot: Tint, head: Tint) {
        let (foot, head) = (foot.linear(), head.linear());
        let first = self.corner(a, foot);
        self.corner(b, foot);
        self.corner(c, head);
        self.corner(d, head);
        self.indices.extend([first, first + 1, first + 2, first, first + 2, first + 3]);
    }

    /// An upright face above the segment from `a` to `b`, looking to the right of it; shaded, darker at its foot.
    fn upright(&mut self, a: Vec3, b: Vec3, height: f32, tint: Tint) {
        let up = Vec3::Z * height;
        let tone = light((b - a).cross(up), self.light);
        self.fade([a, b, b + up, a + up], tint.shade(tone * FOOT), tint.shade(tone));
    }

    /// A box on its least corner.
    pub fn block(&mut self, least: Vec3, size: Vec3, coat: impl Into<Coat>) {
        let coat = coat.into();
        let at = |x: f32, y: f32| least + Vec3::new(size.x * x, size.y * y, 0.0);
        let foot = [at(0.0, 0.0), at(1.0, 0.0), at(1.0, 1.0), at(0.0, 1.0)];
        self.prism(&foot, size.z, coat);
    }

    /// A convex outline on a level, counter-clockwise from above, drawn up to a height.
    pub fn prism(&mut self, foot: &[Vec3], height: f32, coat: impl Into<Coat>) {
        let coat = coat.into();
        for (a, b) in foot.iter().zip(foot.iter().cycle().skip(1)) {
            self.upright(*a, *b, height, coat.sides);
        }
        let top: Vec<Vec3> = foot.iter().map(|p| *p + Vec3::Z * height).collect();
        self.face(&top, coat.top);
    }

    /// A level rectangle seen from above.
    pub fn floor(&mut self, (x0, y0): (f32, f32), (x1, y1): (f32, f32), z: f32, tint: Tint) {
        self.face(&[Vec3::new(x0, y0, z), Vec3::new(x1, y0, z), Vec3::new(x1, y1, z), Vec3::new(x0, y1, z)], tint);
    }

    /// A rectangle on a face that looks south, a hair before it. Shares of width and height from the lower left corner.
    pub fn on_south(&mut self, least: Vec3, size: (f32, f32), (u0, v0): (f32, f32), (u1, v1): (f32, f32), tint: Tint) {
        let at = |u: f32, v: f32| least + Vec3::new(size.0 * u, -0.03, size.1 * v);
        self.face(&[at(u0, v0), at(u1, v0), at(u1, v1), at(u0, v1)], tint);
    }

    /// A bar of square section between two points.
    pub fn bar(&mut self, a: Vec3, b: Vec3, width: f32, tint: Tint) {
        let along = (b - a).normalize_or_zero();
        if along == Vec3::ZERO {
            return;
        }
        let up = if along.z.abs() > 0.9 { Vec3::Y } else { Vec3::Z };
        let right = along.cross(up).normalize_or_zero() * (width / 2.0);
        let up = right.cross(along).normalize_or_zero() * (width / 2.0);
        let ring = [right - up, right + up, up - right, -right - up];
        for (p, q) in ring.iter().zip(ring.iter().cycle().skip(1)) {
            let tone = light(*p + *q, self.light);
            self.face(&[a + *p, b + *p, b + *q, a + *q], tint.shade(tone));
        }
        let tone = tint.shade(light(along, self.light));
        self.face(&[ring[3], ring[2], ring[1], ring[0]].map(|p| b + p), tone);
        let tone = tint.shade(light(-along, self.light));
        self.face(&ring.map(|p| a + p), tone);
    }

    /// A bar in one colour from all sides.
    pub fn glow(&mut self, a: Vec3, b: Vec3, width: f32, tint: Tint) {
        let from = self.colours.len();
        self.bar(a, b, width, tint);
        let own = tint.linear();
        self.colours.iter_mut().skip(from).for_each(|c| *c = own);
    }

    /// Bars along a row of points.
    pub fn bars(&mut self, points: &[Vec3], width: f32, tint: Tint) {
        for (a, b) in points.iter().zip(points.iter().skip(1)) {
            self.bar(*a, *b, width, tint);
        }
    }

    /// A level disc.
    pub fn disc(&mut self, middle: Vec3, radius: f32, corners: usize, tint: Tint) {
        let rim: Vec<Vec3> = (0..corners).map(|k| middle + turned(k as f32 / corners as f32) * radius).collect();
        self.face(&rim, tint);
    }

    /// The three blades of a fan seen from above, turned by a share of a turn, with their hub.
    pub fn blades(&mut self, middle: Vec3, radius: f32, turn: f32, tint: Tint) {
        for k in 0..3 {
            let begin = turn + k as f32 / 3.0;
            let at = |step: f32, r: f32| middle + turned(begin + step) * radius * r;
            self.face(&[at(0.0, 0.08), at(0.02, 0.9), at(0.08, 0.98), at(0.13, 0.9), at(0.15, 0.12)], tint);
        }
        self.disc(middle + Vec3::Z * 0.02, radius * 0.2, 10, tint.shade(0.8));
    }

    /// The shadow of a box on a level: its foot and where its top's shadow ends. `reach` is how far it goes to the east
    /// where no hour is shown; else it falls away from the sun, and at night there is none.
    pub fn shadow(&mut self, (x0, y0): (f32, f32), (x1, y1): (f32, f32), z: f32, reach: f32, tint: Tint) {
        let (dx, dy) = match self.light.sun.map(Sun::way) {
            None => (reach, reach * 0.5),
            Some(None) => return,
            Some(Some(way)) => {
                let level = (way.x * way.x + way.y * way.y).sqrt();
                let long = reach * (level / way.z.max(0.05)).clamp(0.2, 2.4) / level.max(1e-3);
                (-way.x * long, -way.y * long)
            }
        };
        // From the corner that lies farthest from the sun on, counter-clockwise around foot and shadow.
        let p = |x: f32, y: f32| Vec3::new(x, y, z);
        let corners = match (dx >= 0.0, dy >= 0.0) {
            (true, true) => [(x0, y0, 0), (x1, y0, 0), (x1, y0, 1), (x1, y1, 1), (x0, y1, 1), (x0, y1, 0)],
            (false, true) => [(x1, y0, 0), (x1, y1, 0), (x1, y1, 1), (x0, y1, 1), (x0, y0, 1), (x0, y0, 0)],
            (false, false) => [(x1, y1, 0), (x0, y1, 0), (x0, y1, 1), (x0, y0, 1), (x1, y0, 1), (x1, y0, 0)],
            (true, false) => [(x0, y1, 0), (x0, y0, 0), (x0, y0, 1), (x1, y0, 1), (x1, y1, 1), (x1, y1, 0)],
        };
        self.face(&corners.map(|(x, y, k)| p(x + dx * k as f32, y + dy * k as f32)), tint);
    }

    /// A path on a level, with mitred bends.
    pub fn path(&mut self, points: &[Vec3], width: f32, tint: Tint) {
        let half = width / 2.0;
        let sides = mitres(points);
        for ((a, side_a), (b, side_b)) in points.iter().zip(&sides).zip(points.iter().zip(&sides).skip(1)) {
            self.face(&[*a - *side_a * half, *b - *side_b * half, *b + *side_b * half, *a + *side_a * half], tint);
        }
    }

    /// Dashes on a path: `length` and `gap` in its own unit, shifted by a share of their sum.
    pub fn dashes(&mut self, points: &[Vec3], width: f32, (length, gap): (f32, f32), phase: f32, tint: Tint) {
        let period = (length + gap).max(1e-3);
        let total: f32 = points.iter().zip(points.iter().skip(1)).map(|(a, b)| a.distance(*b)).sum();
        let count = (total / period).ceil().min(400.0) as i32;
        for k in -1..=count {
            let begin = (k as f32 + phase.rem_euclid(1.0)) * period;
            let (from, to) = (begin.max(0.0), (begin + length).min(total));
            if to - from > length * 0.08 {
                self.path(&stretch(points, from, to), width, tint);
            }
        }
    }

    /// As a mesh. Bevy's allocator complains about meshes of nothing, so that nothing is a triangle without a size.
    pub fn mesh(mut self) -> Mesh {
        if self.indices.is_empty() {
            self.face(&[Vec3::ZERO; 3], Tint([0.0; 3]));
        }
        let normals = vec![[0.0, 1.0, 0.0]; self.positions.len()];
        Mesh::new(PrimitiveTopology::TriangleList, RenderAssetUsages::default())
            .with_inserted_attribute(Mesh::ATTRIBUTE_POSITION, self.positions)
            .with_inserted_attribute(Mesh::ATTRIBUTE_NORMAL, normals)
            .with_inserted_attribute(Mesh::ATTRIBUTE_COLOR, self.colours)
            .with_inserted_indices(Indices::U32(self.indices))
    }
}

/// A direction on the level after a share of a turn.
fn turned(share: f32) -> Vec3 {
    let (sin, cos) = (share * std::f32::consts::TAU).sin_cos();
    Vec3::new(cos, sin, 0.0)
}

/// For each point of a path on a level, the way to its left edge at half a width of 1.
fn mitres(points: &[Vec3]) -> Vec<Vec3> {
    let left = |a: Vec3, b: Vec3| Vec3::Z.cross(b - a).normalize_or_zero();
    (0..points.len())
        .map(|k| {
            let at = |i: usize| points.get(i).copied();
            let here = at(k).unwrap_or_default();
            let before = k.checked_sub(1).and_then(at).map(|p| left(p, here));
            let after = at(k + 1).map(|p| left(here, p));
            match (before, after) {
                (Some(a), Some(b)) => (a + b) / (1.0 + a.dot(b)).max(0.3),
                (Some(a), None) | (None, Some(a)) => a,
                (None, None) => Vec3::ZERO,
            }
        })
        .collect()
}

/// The part of a path between two lengths from its beginning.
fn stretch(points: &[Vec3], from: f32, to: f32) -> Vec<Vec3> {
    let mut out = Vec::new();
    let mut walked = 0.0;
    for (a, b) in points.iter().zip(points.iter().skip(1)) {
        let length = a.distance(*b);
        let at = |s: f32| a.lerp(*b, ((s - walked) / length.max(1e-6)).clamp(0.0, 1.0));
        if walked + length > from && walked < to {
            if out.is_empty() {
                out.push(at(from));
            }
            out.push(at(to.min(walked + length)));
        }
        walked += length;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_has_five_faces_that_look_outwards() {
        let mut solid = Solid::new(0.5);
        solid.block(Vec3::new(1.0, 2.0, 3.0), Vec3::new(4.0, 5.0, 6.0), Tint([0.5; 3]));
        assert_eq!(solid.triangles(), 10);
        let middle = to_bevy(Vec3::new(3.0, 4.5, 6.0));
        for three in solid.indices.chunks(3) {
            let p: Vec<Vec3> = three.iter().map(|i| Vec3::from(solid.positions[*i as usize])).collect();
            let normal = (p[1] - p[0]).cross(p[2] - p[0]);
            assert!(normal.dot(p[0] - middle) > 0.0, "a face looks inwards");
        }
    }

    #[test]
    fn bars_look_outwards_in_every_direction() {
        for end in [Vec3::X, Vec3::NEG_Y, Vec3::Z, Vec3::NEG_Z, Vec3::new(1.0, 2.0, -0.5)] {
            let mut solid = Solid::new(0.5);
            solid.bar(Vec3::ZERO, end * 9.0, 0.5, Tint([0.5; 3]));
            let middle = to_bevy(end * 4.5);
            for three in solid.indices.chunks(3) {
                let p: Vec<Vec3> = three.iter().map(|i| Vec3::from(solid.positions[*i as usize])).collect();
                let normal = (p[1] - p[0]).cross(p[2] - p[0]);
                assert!(normal.dot(p[0] - middle) > 0.0, "{end}: a face looks inwards");
            }
        }
    }

    #[test]
    fn dashes_stay_on_their_path_and_move_with_the_phase() {
        let path = [Vec3::ZERO, Vec3::X * 10.0, Vec3::new(10.0, 10.0, 0.0)];
        let drawn = |phase: f32| {
            let mut solid = Solid::new(0.5);
            solid.dashes(&path, 0.4, (2.0, 1.0), phase, Tint([0.5; 3]));
            solid
        };
        let solid = drawn(0.25);
        assert!(solid.triangles() >= 12);
        for p in &solid.positions {
            assert!((-0.3..=10.3).contains(&p[0]) && (-10.3..=0.3).contains(&p[2]), "{p:?}");
        }
        assert_ne!(drawn(0.25), drawn(0.5));
        assert_eq!(drawn(0.25), drawn(1.25));
        assert_eq!(stretch(&path, 9.0, 12.0).len(), 3);
        drawn(f32::NAN);
    }

    #[test]
    fn nothing_is_drawn_from_nothing() {
        let mut solid = Solid::new(0.5);
        solid.face(&[], Tint([0.5; 3]));
        solid.bar(Vec3::X, Vec3::X, 1.0, Tint([0.5; 3]));
        solid.path(&[], 1.0, Tint([0.5; 3]));
        solid.dashes(&[Vec3::X], 1.0, (0.0, 0.0), 0.0, Tint([0.5; 3]));
        assert_eq!(solid.triangles(), 0);
    }
}
