//! Where everything stands: the plan of the site, its stations and what can be picked.

use bevy::math::Vec3;

use crate::app::scene::camera::Pose;
use crate::app::scene::pick::{Body, Bounds};
use crate::app::scene::props::PYLON_HEIGHT;
use crate::app::stage::Station;

use super::{Entities, line};

/// Middle of the site.
pub(super) const MIDDLE: Vec3 = Vec3::new(40.0, 14.0, 0.0);

/// Height of the hall's foundation.
pub(super) const FLOOR: f32 = 0.5;

/// Height of its walls.
pub(super) const WALL: f32 = 5.6;

/// South-west corner of the hall.
pub(super) const HALL: (f32, f32) = (26.0, -1.0);

/// Width, depth and height of a rack.
pub(super) const RACK: Vec3 = Vec3::new(4.2, 3.6, 4.6);

/// West end of the rows, distance from rack to rack and from row to row.
const ROW_X: f32 = 30.5;
const PITCH: (f32, f32) = (4.9, 10.8);

/// Rows and racks in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Grid {
    /// Rows.
    pub rows: usize,
    /// Racks in a row.
    pub per_row: usize,
}

impl Grid {
    /// A rack by its number, row by row.
    pub fn rack(&self, index: usize) -> Bounds {
        let per_row = self.per_row.max(1);
        let (row, k) = (index / per_row, index % per_row);
        let at = Vec3::new(ROW_X + k as f32 * PITCH.0, 3.4 + row as f32 * PITCH.1, FLOOR);
        Bounds::new(at, RACK)
    }

    /// East end of the rows.
    fn row_end(&self) -> f32 {
        ROW_X + self.per_row.max(1) as f32 * PITCH.0
    }

    /// Aisles before (cold) and behind (hot) a row.
    pub fn aisles(&self, row: usize) -> [((f32, f32), (f32, f32)); 2] {
        let y = 3.4 + row as f32 * PITCH.1;
        let (x0, x1) = (ROW_X - 0.6, self.row_end() + 0.2);
        [((x0, y - 3.2), (x1, y - 0.1)), ((x0, y + RACK.y + 0.1), (x1, y + RACK.y + 3.2))]
    }

    /// The hall's floor.
    pub fn floor(&self) -> Bounds {
        let depth = self.rows.max(1) as f32 * PITCH.1 + 2.0;
        Bounds::new(Vec3::new(HALL.0, HALL.1, 0.0), Vec3::new(self.row_end() + 8.0 - HALL.0, depth, FLOOR))
    }

    /// The cooling unit beside a row.
    pub fn crac(&self, row: usize) -> Bounds {
        let at = Vec3::new(self.row_end() + 3.4, 2.6 + row as f32 * PITCH.1, FLOOR);
        Bounds::new(at, Vec3::new(3.0, 5.2, 4.4))
    }
}

/// The chiller.
pub(super) fn chiller() -> Bounds {
    Bounds::new(Vec3::new(74.0, 13.0, 0.4), Vec3::new(12.0, 6.4, 4.4))
}

/// Middle of the cooling tower's foot, its radius and height.
pub(super) const TOWER: (Vec3, f32, f32) = (Vec3::new(80.0, 34.0, 0.4), 5.6, 8.6);

/// Battery containers.
pub(super) const CONTAINERS: usize = 2;

/// A battery container.
pub(super) fn container(index: usize) -> Bounds {
    Bounds::new(Vec3::new(-6.0 + index as f32 * 7.4, -3.0, 0.4), Vec3::new(5.6, 10.0, 4.2))
}

/// The switch house: all power of the site goes through it.
pub(super) fn switch_house() -> Bounds {
    Bounds::new(Vec3::new(9.0, 18.0, 0.2), Vec3::new(8.0, 8.0, 4.6))
}

/// Foot of the pylon.
pub(super) const PYLON: (f32, f32) = (-10.0, 40.0);

/// Foot of the mast with the thermometer.
pub(super) const MAST: (f32, f32) = (92.0, -6.0);

/// Height of the mast.
pub(super) const MAST_HEIGHT: f32 = 9.0;

/// Radius and height of the sky around the site.
pub(super) const SKY: (f32, f32) = (74.0, 46.0);

/// Where the camera can stand.
pub(super) fn stations() -> Vec<(Station, Pose)> {
    let station = |name: &str, label: &str, brief: &str, eye: [f32; 3], target: [f32; 3]| {
        let pose = Pose::looking(Vec3::from(eye), Vec3::from(target));
        (Station { name: name.to_owned(), label: label.to_owned(), brief: brief.to_owned() }, pose)
    };
    vec![
        station("overview", "Overview", "Overview", [40.0, -138.0, 86.0], [40.0, 10.0, 9.0]),
        station("racks", "Racks", "Racks", [42.0, -54.0, 46.0], [44.5, 16.0, 2.0]),
        station("queue", "Queue", "Queue", [29.0, -116.0, 54.0], [27.0, 0.0, 4.0]),
        station("cooling", "Cooling", "Cooling", [58.0, -52.0, 36.0], [76.0, 20.0, 4.0]),
        station("power", "Power", "Power", [-6.0, -72.0, 36.0], [6.0, 16.0, 7.0]),
    ]
}

/// What the pointer can hit, by entity.
pub(super) fn bodies(e: &Entities, grid: Grid) -> Vec<Body> {
    let (foot, radius, height) = TOWER;
    let around = |(x, y): (f32, f32), half: f32, height: f32| {
        Bounds::new(Vec3::new(x - half, y - half, 0.0), Vec3::new(half * 2.0, half * 2.0, height))
    };
    let mut all = vec![
        Body::new(e.hall, vec![grid.floor()]),
        Body::new(e.crac, (0..grid.rows).map(|row| grid.crac(row)).collect()),
        Body::new(e.chiller, vec![chiller()]),
        Body::new(e.tower, vec![around((foot.x, foot.y), radius, height + foot.z)]),
        Body::new(e.battery, (0..CONTAINERS).map(container).collect()),
        Body::new(e.site, vec![switch_house()]),
        Body::new(e.grid, vec![around(PYLON, 3.6, PYLON_HEIGHT)]),
        Body::new(e.weather, vec![around(MAST, 0.9, MAST_HEIGHT)]),
        Body::new(e.workload, line::lanes()),
    ];
    all.extend(e.racks.iter().enumerate().map(|(index, rack)| Body::new(*rack, vec![grid.rack(index)])));
    all
}
