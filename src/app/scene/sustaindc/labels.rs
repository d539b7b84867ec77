//! What the labels on the picture say and where they point.

use bevy::math::Vec3;

use crate::app::scene::model::Label;
use crate::app::scene::pick::Bounds;
use crate::app::stage::Reading;
use crate::plant::PlantSpec;
use crate::signal::EntityId;

use super::plan::{self, Grid};
use super::{Entities, Signals};

/// All labels.
pub(super) fn labels(spec: &PlantSpec, s: &Signals, e: &Entities, grid: Grid) -> Vec<Label> {
    let reading = Reading::new;
    let battery = Reading { signed: true, ..reading(s.battery, 1.0, "kW", 0) };
    let energy_mwh = spec.facts.get("battery_mwh").copied();
    let label = |entity: EntityId,
                 (label, brief): (&'static str, &'static str),
                 point: Vec3,
                 lean: [f32; 2],
                 rank: u8,
                 readings: Vec<Reading>| {
        Label { entity, label, brief, rating: String::new(), readings, point, lean, rank }
    };
    let floor = grid.floor();
    let crac = grid.crac(grid.rows.saturating_sub(2));
    let (foot, _, height) = plan::TOWER;
    let (radius, _) = plan::SKY;
    let sky = plan::MIDDLE + Vec3::new(4.0, radius - 1.0, 11.0);
    let chiller = plan::chiller();
    let house = plan::switch_house();
    let cells = plan::container(1);
    let mast = Vec3::new(plan::MAST.0, plan::MAST.1, plan::MAST_HEIGHT);
    let hall = Vec3::new(floor.middle().x, floor.most.y - 0.3, plan::WALL);
    let tie = Vec3::new(plan::PYLON.0, plan::PYLON.1, 23.0);
    let queue = Vec3::new(12.0, -9.0, 1.8);
    let on = |b: &Bounds| Vec3::new(b.middle().x, b.middle().y, b.most.z);
    let mut list = vec![
        label(
            e.grid,
            ("Sky: carbon intensity", "Carbon"),
            sky,
            [-260.0, -20.0],
            0,
            vec![reading(s.carbon, 1.0, "g/kWh", 0)],
        ),
        label(
            e.workload,
            ("Waiting tasks", "Queue"),
            queue,
            [2.0, -92.0],
            0,
            vec![reading(s.waiting, 1.0, "tasks", 0), reading(s.oldest, 1.0, "h oldest", 1)],
        ),
        label(
            e.hall,
            ("IT hall", "Hall"),
            hall,
            [-60.0, -96.0],
            0,
            vec![reading(s.room, 1.0, "°C outlets", 1), reading(s.it, 1.0, "kW IT", 0)],
        ),
        label(
            e.battery,
            ("Battery", "Battery"),
            on(&cells),
            [-170.0, -84.0],
            0,
            vec![battery, reading(s.soc, 100.0, "%", 0)],
        ),
        label(e.grid, ("Grid tie", "Grid"), tie, [30.0, -20.0], 1, vec![reading(s.grid, 1.0, "kW in", 0)]),
        label(
            e.tower,
            ("Cooling tower", "Tower"),
            foot + Vec3::Z * height,
            [20.0, -80.0],
            1,
            vec![reading(s.tower, 1.0, "kW fan", 0), reading(s.heat_tower, 1.0, "kW heat", 0)],
        ),
        label(
            e.chiller,
            ("Chiller", "Chiller"),
            on(&chiller),
            [-150.0, 60.0],
            1,
            vec![reading(s.compressor, 1.0, "kW", 0), reading(s.heat_hall, 1.0, "kW heat", 0)],
        ),
        label(
            e.crac,
            ("CRAC", "CRAC"),
            on(&crac),
            [60.0, -90.0],
            2,
            vec![reading(s.set_point, 1.0, "°C supply", 1), reading(s.back, 1.0, "°C return", 1)],
        ),
        label(
            e.site,
            ("Site bus", "Bus"),
            on(&house),
            [-110.0, -84.0],
            2,
            vec![reading(s.total, 1.0, "kW", 0), reading(s.pue, 1.0, "PUE", 3)],
        ),
        label(
            e.weather,
            ("Outside", "Outside"),
            mast,
            [-60.0, -70.0],
            3,
            vec![reading(s.outside, 1.0, "°C", 1), reading(s.wet_bulb, 1.0, "°C wet bulb", 1)],
        ),
    ];
    for label in &mut list {
        if label.entity == e.battery {
            label.rating = energy_mwh.map_or(String::new(), |mwh| format!(" {mwh:.2} MWh"));
        }
    }
    list
}
