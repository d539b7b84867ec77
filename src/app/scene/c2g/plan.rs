//! Where everything stands: the plan of the site, its stations and what can be picked.

use bevy::math::Vec3;

use crate::app::scene::camera::Pose;
use crate::app::scene::pick::{Body, Bounds};
use crate::app::scene::props;
use crate::app::stage::Station;

use super::Entities;

/// Racks that one drawn cabinet stands for.
pub(super) const RACKS_PER_CABINET: u32 = 20;

/// Middle of the site.
pub(super) const MIDDLE: Vec3 = Vec3::new(55.0, 20.0, 0.0);

/// Height of the halls' foundation.
pub(super) const FLOOR: f32 = 0.5;

/// Height of the walls.
pub(super) const WALL: f32 = 6.4;

/// A hall with rows of cabinets.
pub(super) struct Hall {
    /// South-west corner.
    pub at: (f32, f32),
    /// Width and depth.
    pub size: (f32, f32),
    /// West end of the rows.
    pub row_x: f32,
    /// Cabinets in a row.
    pub cabinets: usize,
    /// Distance from cabinet to cabinet, and width of one.
    pub pitch: (f32, f32),
}

/// Liquid-cooled: 2,000 racks.
pub(super) const HALL_A: Hall =
    Hall { at: (30.0, 0.0), size: (35.0, 40.0), row_x: 36.0, cabinets: 20, pitch: (1.38, 1.22) };

/// Air-cooled: 2,500 racks.
pub(super) const HALL_B: Hall =
    Hall { at: (70.0, 0.0), size: (45.0, 40.0), row_x: 73.2, cabinets: 25, pitch: (1.40, 1.24) };

/// Rows of a hall.
pub(super) const ROWS: usize = 5;

/// Depth and height of a cabinet.
pub(super) const CABINET: (f32, f32) = (2.5, 3.6);

/// South edge of a row.
pub(super) fn row_y(row: usize) -> f32 {
    3.0 + row as f32 * 7.4
}

impl Hall {
    /// East end of the rows.
    pub fn row_end(&self) -> f32 {
        self.row_x + (self.cabinets - 1) as f32 * self.pitch.0 + self.pitch.1
    }

    fn row(&self, row: usize) -> Bounds {
        Bounds::new(
            Vec3::new(self.row_x, row_y(row), FLOOR),
            Vec3::new(self.row_end() - self.row_x, CABINET.0, CABINET.1),
        )
    }

    fn floor(&self) -> Bounds {
        Bounds::new(
            Vec3::new(self.at.0 - 1.0, self.at.1 - 1.0, 0.0),
            Vec3::new(self.size.0 + 2.0, self.size.1 + 2.0, FLOOR),
        )
    }
}

/// Coolant distribution unit at the west end of a row.
pub(super) fn cdu(row: usize) -> Bounds {
    Bounds::new(Vec3::new(31.4, row_y(row), FLOOR), Vec3::new(2.4, 2.5, 3.9))
}

/// Air handlers along the east wall.
pub(super) const CRAHS: usize = 6;

/// An air handler.
pub(super) fn crah(index: usize) -> Bounds {
    Bounds::new(Vec3::new(110.6, 1.6 + index as f32 * 6.5, FLOOR), Vec3::new(3.2, 4.8, 4.2))
}

/// Dry coolers behind the halls.
pub(super) const COOLERS: usize = 9;

/// A dry cooler.
pub(super) fn cooler(index: usize) -> Bounds {
    Bounds::new(Vec3::new(32.0 + index as f32 * 9.4, 46.4, 0.9), Vec3::new(8.0, 4.6, 2.1))
}

/// Battery containers.
pub(super) const CONTAINERS: usize = 5;

/// A battery container.
pub(super) fn container(index: usize) -> Bounds {
    Bounds::new(Vec3::new(-4.0 + index as f32 * 6.2, -17.0, 0.4), Vec3::new(4.6, 12.0, 3.6))
}

/// The inverter behind a battery container.
pub(super) fn inverter(index: usize) -> Bounds {
    let b = container(index);
    Bounds::new(Vec3::new(b.least.x + 1.1, b.most.y + 1.4, 0.2), Vec3::new(2.4, 2.6, 2.4))
}

/// The rooms of the UPS, south one for zone A.
pub(super) fn ups(index: usize) -> Bounds {
    Bounds::new(Vec3::new(17.0, 10.0 + index as f32 * 14.0, 0.2), Vec3::new(8.6, 8.6, 4.6))
}

/// The power distribution beside a UPS.
pub(super) fn pdu(index: usize) -> Bounds {
    Bounds::new(Vec3::new(26.3, 12.9 + index as f32 * 14.0, 0.2), Vec3::new(1.5, 3.0, 2.7))
}

/// The transformer's tank.
pub(super) fn tank() -> Bounds {
    Bounds::new(Vec3::new(2.0, 16.2, 0.4), Vec3::new(9.6, 8.6, 5.2))
}

/// South-west and north-east corner of the transformer's yard.
pub(super) const YARD: ((f32, f32), (f32, f32)) = ((-8.0, 6.0), (14.5, 42.0));

/// Foot of the pylon.
pub(super) const PYLON: (f32, f32) = (-10.0, 54.0);

/// Where the camera can stand.
pub(super) fn stations() -> Vec<(Station, Pose)> {
    let station = |name: &str, label: &str, brief: &str, eye: [f32; 3], target: [f32; 3]| {
        let pose = Pose::looking(Vec3::from(eye), Vec3::from(target));
        (Station { name: name.to_owned(), label: label.to_owned(), brief: brief.to_owned() }, pose)
    };
    vec![
        station("overview", "Overview", "Overview", [38.2, -144.0, 109.0], [53.6, 20.6, 0.0]),
        station("zone_a", "Zone A", "A", [34.0, -58.0, 49.0], [48.0, 18.5, 1.0]),
        station("zone_b", "Zone B", "B", [80.0, -66.0, 56.0], [93.5, 18.5, 1.0]),
        station("battery", "Battery", "Battery", [19.0, -66.0, 25.0], [10.0, -8.5, 1.2]),
        station("yard", "Yard", "Yard", [36.0, -68.0, 58.0], [5.5, 29.0, 9.6]),
        station("flow", "Follow flow", "Flow", [16.0, -22.0, 44.0], [-6.0, 48.0, 8.0]),
    ]
}

/// Where the eye goes from a station: with the power, from the tie line over the transformer, the UPS rooms and the halls
/// to the dry coolers that its heat leaves by, and back to the whole.
pub(super) fn path(station: &str) -> Vec<Pose> {
    if station != "flow" {
        return Vec::new();
    }
    let stops: [([f32; 3], [f32; 3]); 7] = [
        ([26.0, -22.0, 30.0], [7.0, 20.0, 3.0]),
        ([38.0, -20.0, 26.0], [21.0, 20.0, 2.0]),
        ([44.0, -40.0, 34.0], [46.0, 16.0, 1.0]),
        ([96.0, -48.0, 40.0], [92.0, 16.0, 1.0]),
        ([116.0, -30.0, 44.0], [100.0, 30.0, 2.0]),
        ([70.0, -18.0, 46.0], [66.0, 46.0, 2.0]),
        ([38.2, -144.0, 109.0], [53.6, 20.6, 0.0]),
    ];
    stops.map(|(eye, target)| Pose::looking(Vec3::from(eye), Vec3::from(target))).into()
}

/// What the pointer can hit, by entity.
pub(super) fn bodies(e: &Entities) -> Vec<Body> {
    let list = |count: usize, of: fn(usize) -> Bounds| (0..count).map(of).collect::<Vec<_>>();
    let zone = |entity, hall: &Hall| {
        let mut hits: Vec<Bounds> = (0..ROWS).map(|row| hall.row(row)).collect();
        hits.push(hall.floor());
        Body { entity, hits, frames: vec![hall.floor()] }
    };
    // Coolers in the west serve the liquid loop, those in the east the air.
    let (west, east): (Vec<usize>, Vec<usize>) = (0..COOLERS).partition(|k| cooler(*k).least.x < HALL_B.at.0 - 6.0);
    let joined = |mut own: Vec<Bounds>, coolers: Vec<usize>| {
        own.extend(coolers.into_iter().map(cooler));
        own
    };
    let mut battery = list(CONTAINERS, container);
    battery.extend(list(CONTAINERS, inverter));
    let (x, y) = PYLON;
    let pylon = Bounds::new(Vec3::new(x - 3.6, y - 3.6, 0.0), Vec3::new(7.2, 7.2, props::PYLON_HEIGHT));
    let tank = tank();
    let whole = Bounds { least: tank.least - Vec3::Y * 2.2, most: tank.most + Vec3::new(0.0, 2.2, 3.2) };
    vec![
        zone(e.zones[0], &HALL_A),
        zone(e.zones[1], &HALL_B),
        Body::new(e.cdu, joined(list(ROWS, cdu), west)),
        Body::new(e.crah, joined(list(CRAHS, crah), east)),
        Body { entity: e.bess, frames: list(CONTAINERS, container), hits: battery },
        Body::new(e.ups[0], vec![ups(0)]),
        Body::new(e.ups[1], vec![ups(1)]),
        Body::new(e.pdu[0], vec![pdu(0)]),
        Body::new(e.pdu[1], vec![pdu(1)]),
        Body::new(e.transformer, vec![whole]),
        Body::new(e.pcc, vec![pylon]),
    ]
}
