//! The SustainDC data centre: a hall of racks with their inlet and outlet temperatures, the waiting tasks as a line before
//! its door, cooling, battery, the tie to the grid, and carbon intensity as the sky.
//!
//! Things are drawn three times as large as they are, so that twenty racks fill a picture. Site coordinates: x east,
//! y north, z up.

mod flows;
mod hall;
mod labels;
mod line;
mod plan;
mod sky;
mod yard;

use crate::app::stage::{Legend, Station};
use crate::plant::PlantSpec;
use crate::session::RunView;
use crate::signal::{EntityId, SignalId};

use super::camera::Pose;
use super::flow;
use super::model::{Label, Model};
use super::pace;
use super::pick::Body;
use super::props;
use super::solid::Solid;
use super::tint::Paint;

use plan::Grid;

/// The signals that the picture shows.
struct Signals {
    grid: SignalId,
    it: SignalId,
    hvac: SignalId,
    compressor: SignalId,
    tower: SignalId,
    tower_speed: SignalId,
    heat_hall: SignalId,
    heat_tower: SignalId,
    battery: SignalId,
    soc: SignalId,
    carbon: SignalId,
    outside: SignalId,
    wet_bulb: SignalId,
    room: SignalId,
    hottest: SignalId,
    set_point: SignalId,
    back: SignalId,
    busy: SignalId,
    waiting: SignalId,
    oldest: SignalId,
    total: SignalId,
    pue: SignalId,
    /// Tasks that leave the line: taken up, and forced.
    taken: [SignalId; 2],
    /// Waiting tasks by class of age, the youngest first.
    ages: [SignalId; 5],
    /// Inlet and outlet of each rack.
    racks: Vec<[SignalId; 2]>,
}

impl Signals {
    fn of(spec: &PlantSpec, racks: &[EntityId]) -> Option<Self> {
        let rack = |entity: &EntityId| {
            let name = &spec.entities.get(*entity)?.name;
            Some([spec.signal(&format!("{name}_t_inlet_degc"))?, spec.signal(&format!("{name}_t_outlet_degc"))?])
        };
        Some(Self {
            grid: spec.signal("p_grid_kw")?,
            it: spec.signal("p_it_kw")?,
            hvac: spec.signal("p_hvac_kw")?,
            compressor: spec.signal("p_compressor_kw")?,
            tower: spec.signal("p_tower_kw")?,
            tower_speed: spec.signal("tower_speed_frac")?,
            heat_hall: spec.signal("q_crac_kw")?,
            heat_tower: spec.signal("q_tower_kw")?,
            battery: spec.signal("p_battery_kw")?,
            soc: spec.signal("soc_frac")?,
            carbon: spec.signal("ci_g_kwh")?,
            outside: spec.signal("t_ambient_degc")?,
            wet_bulb: spec.signal("t_wet_bulb_degc")?,
            room: spec.signal("t_room_degc")?,
            hottest: spec.signal("t_outlet_max_degc")?,
            set_point: spec.signal("t_set_degc")?,
            back: spec.signal("t_return_degc")?,
            busy: spec.signal("utilisation_frac")?,
            waiting: spec.signal("tasks_in_queue")?,
            oldest: spec.signal("age_oldest_h")?,
            total: spec.signal("p_total_kw")?,
            pue: spec.signal("pue")?,
            taken: [spec.signal("tasks_processed")?, spec.signal("tasks_forced")?],
            ages: [
                spec.signal("tasks_age_0_6h")?,
                spec.signal("tasks_age_6_12h")?,
                spec.signal("tasks_age_12_18h")?,
                spec.signal("tasks_age_18_24h")?,
                spec.signal("tasks_age_over_24h")?,
            ],
            racks: racks.iter().map(rack).collect::<Option<_>>()?,
        })
    }
}

/// The entities that stand on the site.
struct Entities {
    site: EntityId,
    grid: EntityId,
    weather: EntityId,
    workload: EntityId,
    hall: EntityId,
    crac: EntityId,
    chiller: EntityId,
    tower: EntityId,
    battery: EntityId,
    /// Row by row.
    racks: Vec<EntityId>,
}

impl Entities {
    fn of(spec: &PlantSpec) -> Option<Self> {
        let find = |name: &str| spec.entities.iter().position(|e| e.name == name);
        let racks = spec.entities.iter().enumerate().filter(|(_, e)| e.class == "rack");
        Some(Self {
            site: find("site")?,
            grid: find("grid")?,
            weather: find("weather")?,
            workload: find("workload")?,
            hall: find("hall")?,
            crac: find("crac")?,
            chiller: find("chiller")?,
            tower: find("tower")?,
            battery: find("battery")?,
            racks: racks.map(|(id, _)| id).collect(),
        })
    }
}

/// A temperature as it was rounded.
fn degc(tenths: i32) -> f64 {
    if tenths == i32::MAX { f64::NAN } else { f64::from(tenths) / 10.0 }
}

/// Values as the picture shows them, rounded to what the eye can tell apart.
#[derive(Debug, Clone, PartialEq)]
struct Look {
    /// Inlet and outlet of each rack, tenths of a degree.
    racks_10: Vec<[i32; 2]>,
    /// Supply air, tenths of a degree.
    set_point_10: i32,
    /// Outside, tenths of a degree.
    outside_10: i32,
    /// Utilisation, percent.
    busy_pct: i32,
    /// State of charge, percent.
    soc_pct: i32,
    /// Heat out of the hall, compressor and tower fan over their ranges, twentieths.
    cooling_20: i32,
    compressor_20: i32,
    tower_20: i32,
    /// Carbon intensity in steps of ten g/kWh; `i32::MAX` while it is unknown.
    carbon_10: i32,
    /// Waiting tasks by class of age.
    ages: [i32; 5],
}

/// The model.
struct SustainDc {
    signals: Signals,
    grid: Grid,
    /// Tops of the ranges of heat and compressor power, kW.
    full_kw: [f64; 2],
    /// Tasks that a box of the line stands for.
    per_box: i32,
    labels: Vec<Label>,
    bodies: Vec<Body>,
    legend: Legend,
}

/// The model of the plant as its tables describe it; `None` where they lack something that it shows.
pub(super) fn model(spec: &PlantSpec) -> Option<Box<dyn Model>> {
    let entities = Entities::of(spec)?;
    let signals = Signals::of(spec, &entities.racks)?;
    let rows = spec.entities.iter().filter(|e| e.class == "row").count();
    if rows == 0 || entities.racks.is_empty() {
        return None;
    }
    let grid = Grid { rows, per_row: entities.racks.len().div_ceil(rows) };
    let top = |signal: SignalId| spec.signals.get(signal).map_or(1.0, |s| s.range.1);
    let legend = Legend::degc(spec.signals.get(signals.hottest)?.limits);
    let places = line::PLACES as f64;
    Some(Box::new(SustainDc {
        full_kw: [top(signals.heat_hall), top(signals.compressor)],
        per_box: (top(signals.waiting) / places).ceil().clamp(1.0, 1e6) as i32,
        labels: labels::labels(spec, &signals, &entities, grid),
        bodies: plan::bodies(&entities, grid),
        legend,
        grid,
        signals,
    }))
}

impl SustainDc {
    fn look(&self, view: &RunView) -> Look {
        let s = &self.signals;
        let round = |value: f64, steps: f64| (value * steps).round().clamp(-1e6, 1e6) as i32;
        let known = |value: f64, steps: f64| if value.is_finite() { round(value, steps) } else { i32::MAX };
        let share = |value: f64, full: f64, steps: f64| round((value / full).clamp(0.0, 1.0), steps);
        let tenths = |signal: SignalId| known(view.value(signal), 10.0);
        Look {
            racks_10: s.racks.iter().map(|rack| rack.map(tenths)).collect(),
            set_point_10: tenths(s.set_point),
            outside_10: tenths(s.outside),
            busy_pct: share(view.value(s.busy), 1.0, 100.0),
            soc_pct: share(view.value(s.soc), 1.0, 100.0),
            cooling_20: share(view.value(s.heat_hall), self.full_kw[0], 20.0),
            compressor_20: share(view.value(s.compressor), self.full_kw[1], 20.0),
            tower_20: share(view.value(s.tower_speed), 1.0, 20.0),
            carbon_10: known(view.value(s.carbon), 0.1),
            ages: s.ages.map(|signal| round(view.value(signal), 1.0)),
        }
    }
}

impl Model for SustainDc {
    fn stations(&self) -> Vec<(Station, Pose)> {
        plan::stations()
    }

    fn labels(&self) -> &[Label] {
        &self.labels
    }

    fn bodies(&self) -> &[Body] {
        &self.bodies
    }

    fn caption(&self) -> Vec<String> {
        let tasks = if self.per_box == 1 { "task".to_owned() } else { format!("{} tasks", self.per_box) };
        vec![
            format!("1 box = {tasks}, the oldest at the door; posts: hours"),
            "Doors: outlet above inlet, °C".to_owned(),
            format!("1 band of haze = {} g/kWh", sky::BAND_G_KWH),
        ]
    }

    fn legend(&self) -> Option<Legend> {
        Some(self.legend.clone())
    }

    fn seen(&self, view: &RunView) -> Vec<i32> {
        let look = self.look(view);
        let mut seen: Vec<i32> = look.racks_10.concat();
        seen.extend([look.set_point_10, look.outside_10, look.busy_pct, look.soc_pct]);
        seen.extend([look.cooling_20, look.compressor_20, look.tower_20, look.carbon_10]);
        seen.extend(look.ages);
        seen
    }

    fn streams(&self, view: &RunView) -> Vec<i32> {
        let mut seen = vec![(pace::phase(view) * 48.0) as i32];
        seen.extend(flows::flows(&self.signals, view).iter().map(|flow| (flow.width * 60.0) as i32 * flow.way as i32));
        seen
    }

    fn fixed(&self, paint: &Paint) -> Solid {
        let mut solid = Solid::new(paint.light);
        props::ground(&mut solid, paint, plan::MIDDLE);
        hall::fixed(&mut solid, paint, self.grid);
        line::fixed(&mut solid, paint);
        yard::fixed(&mut solid, paint);
        solid
    }

    fn living(&self, paint: &Paint, view: &RunView) -> Solid {
        let look = self.look(view);
        let mut solid = Solid::new(paint.ambient());
        let carbon = (look.carbon_10 != i32::MAX).then(|| look.carbon_10.saturating_mul(10));
        sky::draw(&mut solid, paint, carbon);
        hall::living(&mut solid, paint, self.grid, &look);
        line::living(&mut solid, paint, look.ages, self.per_box);
        yard::living(&mut solid, paint, &look);
        solid
    }

    fn flowing(&self, paint: &Paint, view: &RunView) -> Solid {
        let mut solid = Solid::new(paint.ambient());
        let phase = pace::phase(view) as f32;
        flow::draw(&mut solid, paint, &flows::flows(&self.signals, view), phase);
        hall::fans(&mut solid, paint, self.grid, phase);
        yard::fans(&mut solid, paint, phase);
        solid
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bevy::math::Vec3;

    use super::*;
    use crate::app::theme::ThemeName;
    use crate::rollout::{Setup, World};
    use crate::session::{Session, SessionOptions};

    fn week() -> RunView {
        let setup = Setup { plant: "sustaindc".to_owned(), ..Setup::default() };
        let view = Session::start(World::default(), setup, SessionOptions::default()).unwrap().view();
        RunView::clone(&view)
    }

    /// A week with values of its own: what is not named is as before the first tick.
    fn with(values: &[(&str, f64)]) -> RunView {
        let mut view = week();
        let mut row = view.row.to_vec();
        row.resize(view.spec.signals.len(), f64::NAN);
        for (name, value) in values {
            row[view.spec.signal(name).unwrap()] = *value;
        }
        view.row = row.into();
        view
    }

    #[test]
    fn the_shipped_plant_has_a_hall_with_everything_in_it() {
        let view = week();
        let model = model(&view.spec).unwrap();
        assert!(crate::app::stage::has_scene(&view.spec.name));
        assert!(model.labels().iter().all(|l| !l.readings.is_empty()));
        for name in ThemeName::ALL {
            let paint = Paint::of(name);
            let solids = [model.fixed(&paint), model.living(&paint, &view), model.flowing(&paint, &view)];
            let triangles: usize = solids.iter().map(Solid::triangles).sum();
            assert!((4_000..40_000).contains(&triangles), "{triangles} triangles");
        }
        let picked: Vec<_> = model.bodies().iter().map(|b| view.spec.entities[b.entity].name.as_str()).collect();
        for name in ["site", "grid", "weather", "workload", "hall", "crac", "chiller", "tower", "battery"] {
            assert!(picked.contains(&name), "{name} cannot be picked");
        }
        assert_eq!(picked.iter().filter(|name| name.starts_with("rack_")).count(), 20);
    }

    #[test]
    fn a_rack_is_hit_through_its_own_door_and_not_the_hall_around_it() {
        let view = week();
        let entities = Entities::of(&view.spec).unwrap();
        let model = model(&view.spec).unwrap();
        for (index, rack) in entities.racks.iter().enumerate() {
            let middle = Grid { rows: 4, per_row: 5 }.rack(index).middle();
            let hit = super::super::pick::first_hit(model.bodies(), middle + Vec3::Z * 40.0, Vec3::NEG_Z);
            assert_eq!(hit, Some(*rack), "rack {index}");
        }
    }

    #[test]
    fn a_picture_is_redrawn_for_what_shows_and_not_for_less() {
        let model = model(&week().spec).unwrap();
        let seen = |values: &[(&str, f64)]| model.seen(&with(values));
        let inlet = "rack_3_2_t_inlet_degc";
        assert_eq!(seen(&[(inlet, 23.01)]), seen(&[(inlet, 23.02)]));
        assert_ne!(seen(&[(inlet, 23.0)]), seen(&[(inlet, 23.4)]));
        assert_ne!(seen(&[(inlet, f64::NAN)]), seen(&[(inlet, 23.0)]));
        assert_ne!(seen(&[("tasks_age_over_24h", 0.0)]), seen(&[("tasks_age_over_24h", 1.0)]));
        assert_eq!(seen(&[("ci_g_kwh", 271.0)]), seen(&[("ci_g_kwh", 272.0)]));
        assert_ne!(seen(&[("ci_g_kwh", 271.0)]), seen(&[("ci_g_kwh", 301.0)]));
    }

    #[test]
    fn the_line_and_the_sky_grow_with_what_they_show() {
        let model = model(&week().spec).unwrap();
        let paint = Paint::of(ThemeName::Dark);
        let faces = |values: &[(&str, f64)]| model.living(&paint, &with(values)).triangles();
        let empty = faces(&[("ci_g_kwh", 100.0)]);
        assert!(faces(&[("ci_g_kwh", 100.0), ("tasks_age_0_6h", 300.0)]) > empty);
        assert!(faces(&[("ci_g_kwh", 400.0)]) > empty);
        assert!(faces(&[("ci_g_kwh", f64::NAN)]) < empty, "no sky while carbon intensity is unknown");
    }
}
