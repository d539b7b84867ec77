//! The C2G data centre: two halls, the yard with its transformer, UPS rooms, batteries, dry coolers and the tie line.
//!
//! One drawn cabinet stands for twenty. Site coordinates in metres or so: x east, y north, z up.

mod flows;
mod halls;
mod plan;
mod yard;

use bevy::math::Vec3;

use crate::app::stage::{Legend, Reading, Station};
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

/// Temperature of the supply air in the cold aisles, °C (core 4).
const SUPPLY_DEGC: f64 = 20.0;

/// The signals that the picture shows.
struct Signals {
    t_a: SignalId,
    t_b: SignalId,
    t_out: SignalId,
    it_a: SignalId,
    it_b: SignalId,
    soc: SignalId,
    battery: SignalId,
    facility: SignalId,
    xfmr_loss: SignalId,
    xfmr_loading: SignalId,
    ups_a: SignalId,
    ups_b: SignalId,
    pdu_a: SignalId,
    pdu_b: SignalId,
    eta_a: SignalId,
    eta_b: SignalId,
    cooling: SignalId,
    pump_speed: SignalId,
    pump: SignalId,
    effort: SignalId,
    hvac: SignalId,
    throttle: SignalId,
    spike: SignalId,
}

impl Signals {
    fn of(spec: &PlantSpec) -> Option<Self> {
        Some(Self {
            t_a: spec.signal("t_zone_a_degc")?,
            t_b: spec.signal("t_zone_b_degc")?,
            t_out: spec.signal("t_ambient_degc")?,
            it_a: spec.signal("p_it_a_mw")?,
            it_b: spec.signal("p_it_b_mw")?,
            soc: spec.signal("soc_frac")?,
            battery: spec.signal("p_bess_mw")?,
            facility: spec.signal("p_facility_mw")?,
            xfmr_loss: spec.signal("p_xfmr_loss_mw")?,
            xfmr_loading: spec.signal("xfmr_loading_pct")?,
            ups_a: spec.signal("p_ups_in_a_mw")?,
            ups_b: spec.signal("p_ups_in_b_mw")?,
            pdu_a: spec.signal("p_pdu_in_a_mw")?,
            pdu_b: spec.signal("p_pdu_in_b_mw")?,
            eta_a: spec.signal("ups_eta_a")?,
            eta_b: spec.signal("ups_eta_b")?,
            cooling: spec.signal("p_cooling_mw")?,
            pump_speed: spec.signal("pump_speed")?,
            pump: spec.signal("p_pump_mw")?,
            effort: spec.signal("hvac_effort")?,
            hvac: spec.signal("p_hvac_mw")?,
            throttle: spec.signal("throttle")?,
            spike: spec.signal("is_spike")?,
        })
    }
}

/// The entities that stand on the site.
struct Entities {
    pcc: EntityId,
    transformer: EntityId,
    ups: [EntityId; 2],
    pdu: [EntityId; 2],
    zones: [EntityId; 2],
    cdu: EntityId,
    crah: EntityId,
    bess: EntityId,
}

impl Entities {
    fn of(spec: &PlantSpec) -> Option<Self> {
        let find = |name: &str| spec.entities.iter().position(|e| e.name == name);
        Some(Self {
            pcc: find("pcc")?,
            transformer: find("transformer")?,
            ups: [find("ups_a")?, find("ups_b")?],
            pdu: [find("pdu_a")?, find("pdu_b")?],
            zones: [find("zone_a")?, find("zone_b")?],
            cdu: find("cdu")?,
            crah: find("crah")?,
            bess: find("bess")?,
        })
    }
}

/// Values as the picture shows them, rounded to what the eye can tell apart.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Look {
    /// Temperatures of the zones, tenths of a degree.
    degc_10: [i32; 2],
    /// Lights that are lit, percent.
    lit_pct: [i32; 2],
    /// State of charge, percent.
    soc_pct: i32,
    /// Speed of the pumps and effort of the air handling, twentieths.
    effort_20: [i32; 2],
    /// Cabinets that the throttle keeps dark, percent.
    dimmed_pct: i32,
    /// A spike of GenAI work has just begun.
    flash: bool,
}

impl Look {
    fn list(self) -> Vec<i32> {
        let [t_a, t_b] = self.degc_10;
        let [lit_a, lit_b] = self.lit_pct;
        let [pump, hvac] = self.effort_20;
        vec![t_a, t_b, lit_a, lit_b, self.soc_pct, pump, hvac, self.dimmed_pct, i32::from(self.flash)]
    }
}

/// The model.
struct C2g {
    signals: Signals,
    /// IT power at which every light is lit, MW, by zone.
    full_mw: [f64; 2],
    /// Part of the cabinets that runs batch work, by the greatest power of each kind of work.
    batch: f64,
    labels: Vec<Label>,
    bodies: Vec<Body>,
    legend: Legend,
}

/// The model of the plant as its tables describe it; `None` where they lack something that it shows.
pub(super) fn model(spec: &PlantSpec) -> Option<Box<dyn Model>> {
    let (signals, entities) = (Signals::of(spec)?, Entities::of(spec)?);
    let top = |signal: SignalId| spec.signals.get(signal).map_or(1.0, |s| s.range.1);
    let legend = Legend::degc(spec.signals.get(signals.t_a)?.limits);
    let named = |name: &str| spec.signal(name).map(top);
    let (batch, rigid) = (named("p_flex_served_mw")?, named("p_base_a_mw")? + named("p_base_b_mw")?);
    Some(Box::new(C2g {
        full_mw: [top(signals.it_a), top(signals.it_b)],
        batch: batch / (batch + rigid),
        labels: labels(spec, &signals, &entities),
        bodies: plan::bodies(&entities),
        legend,
        signals,
    }))
}

impl C2g {
    fn look(&self, view: &RunView) -> Look {
        let s = &self.signals;
        let round = |value: f64, steps: f64| (value * steps).round().clamp(-1e6, 1e6) as i32;
        let share = |signal: SignalId, full: f64| round((view.value(signal) / full).clamp(0.0, 1.0), 100.0);
        Look {
            degc_10: [s.t_a, s.t_b].map(|signal| {
                let degc = view.value(signal);
                if degc.is_finite() { round(degc, 10.0) } else { i32::MAX }
            }),
            lit_pct: [share(s.it_a, self.full_mw[0]), share(s.it_b, self.full_mw[1])],
            soc_pct: share(s.soc, 1.0),
            effort_20: [s.pump_speed, s.effort].map(|signal| round(view.value(signal).clamp(0.0, 1.0), 20.0)),
            dimmed_pct: round((1.0 - view.value(s.throttle)).clamp(0.0, 1.0) * self.batch, 100.0),
            flash: pace::flashes(view, s.spike),
        }
    }
}

impl Model for C2g {
    fn stations(&self) -> Vec<(Station, Pose)> {
        plan::stations()
    }

    fn path(&self, station: &str) -> Vec<Pose> {
        plan::path(station)
    }

    fn labels(&self) -> &[Label] {
        &self.labels
    }

    fn bodies(&self) -> &[Body] {
        &self.bodies
    }

    fn caption(&self) -> Vec<String> {
        vec![
            format!("1 cabinet drawn = {}", plan::RACKS_PER_CABINET),
            "Cold aisle = supply, hot aisle = zone temperature".to_owned(),
            "Faster dashes = more power".to_owned(),
        ]
    }

    fn legend(&self) -> Option<Legend> {
        Some(self.legend.clone())
    }

    fn seen(&self, view: &RunView) -> Vec<i32> {
        self.look(view).list()
    }

    fn streams(&self, view: &RunView) -> Vec<i32> {
        let mut seen = vec![(pace::phase(view) * 48.0) as i32];
        let pace = |flow: &flow::Flow| (flow.width * 60.0) as i32 * flow.way as i32 * 16 + (flow.rate * 10.0) as i32;
        seen.extend(flows::flows(&self.signals, view).iter().map(pace));
        seen
    }

    fn fixed(&self, paint: &Paint) -> Solid {
        let mut solid = Solid::new(paint.light);
        props::ground(&mut solid, paint, plan::MIDDLE);
        halls::fixed(&mut solid, paint);
        yard::fixed(&mut solid, paint);
        solid
    }

    fn living(&self, paint: &Paint, view: &RunView) -> Solid {
        let look = self.look(view);
        let mut solid = Solid::new(paint.ambient());
        halls::living(&mut solid, paint, &look);
        yard::living(&mut solid, paint, &look);
        solid
    }

    fn flowing(&self, paint: &Paint, view: &RunView) -> Solid {
        let mut solid = Solid::new(paint.ambient());
        let phase = pace::phase(view) as f32;
        flow::draw(&mut solid, paint, &flows::flows(&self.signals, view), phase);
        let gear = |signal: SignalId| flow::gear(view.value(signal), 1.0);
        halls::turning(&mut solid, paint, phase, [gear(self.signals.pump_speed), gear(self.signals.effort)]);
        solid
    }
}

fn labels(spec: &PlantSpec, s: &Signals, e: &Entities) -> Vec<Label> {
    let reading = Reading::new;
    let power = Reading { signed: true, ..reading(s.battery, 1.0, "MW", 1) };
    let connection = spec.topology.edges.iter().find(|edge| edge.flow == s.facility);
    let rating = connection.and_then(|edge| edge.limit);
    let rating_unit = connection.and_then(|edge| edge.limit_unit.as_deref()).unwrap_or("MW");
    let energy_mwh = spec.facts.get("bess_e_mwh").copied();
    let rated = |value: Option<f64>, unit: &str| value.map_or(String::new(), |v| format!(" {v:.0} {unit}"));
    let label =
        |entity: EntityId, label: &'static str, brief: &'static str, point: [f32; 3], lean: [f32; 2], rank: u8| {
            let point = Vec3::from(point);
            Label { entity, label, brief, rating: String::new(), readings: Vec::new(), point, lean, rank }
        };
    let mut list = vec![
        label(e.zones[0], "Zone A, liquid", "Zone A", [44.0, 40.4, 6.2], [-96.0, -92.0], 0),
        label(e.zones[1], "Zone B, air", "Zone B", [96.0, 40.4, 6.2], [-30.0, -98.0], 0),
        label(e.pcc, "Tie line 138 kV", "Tie line", [-10.0, 54.0, 23.0], [24.0, -30.0], 0),
        label(e.bess, "Battery", "Battery", [25.4, -17.0, 2.0], [34.0, 14.0], 0),
        label(e.transformer, "Transformer", "Transformer", [6.9, 22.0, 9.8], [-30.0, -92.0], 1),
        label(e.cdu, "CDU pumps", "CDU", [32.6, 3.0, 1.6], [44.0, 52.0], 2),
        label(e.crah, "CRAH fans", "CRAH", [112.2, 4.0, 4.8], [-110.0, 70.0], 2),
        label(e.ups[0], "UPS A, B", "UPS", [21.3, 10.0, 1.6], [-14.0, 62.0], 3),
        label(e.cdu, "Dry coolers", "Dry coolers", [66.0, 48.6, 3.0], [-60.0, -92.0], 4),
    ];
    let readings = [
        vec![reading(s.t_a, 1.0, "°C", 1), reading(s.it_a, 1.0, "MW IT", 1)],
        vec![reading(s.t_b, 1.0, "°C", 1), reading(s.it_b, 1.0, "MW IT", 1)],
        vec![reading(s.facility, 1.0, "MW in", 1)],
        vec![power, reading(s.soc, 100.0, "%", 0)],
        vec![reading(s.xfmr_loading, 1.0, "%", 0), reading(s.xfmr_loss, 1.0, "MW loss", 2)],
        vec![reading(s.pump_speed, 1.0, "speed", 2), reading(s.pump, 1.0, "MW", 2)],
        vec![reading(s.effort, 1.0, "effort", 2), reading(s.hvac, 1.0, "MW", 1)],
        vec![reading(s.eta_a, 100.0, "%", 1), reading(s.eta_b, 100.0, "%", 1)],
        vec![reading(s.t_out, 1.0, "°C out", 1)],
    ];
    for (label, readings) in list.iter_mut().zip(readings) {
        label.readings = readings;
        if label.entity == e.transformer {
            label.rating = rated(rating, rating_unit);
        }
        if label.entity == e.bess {
            label.rating = rated(energy_mwh, "MWh");
        }
    }
    list
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::app::theme::ThemeName;
    use crate::rollout::{Setup, World};
    use crate::session::{Session, SessionOptions};

    fn day() -> std::sync::Arc<RunView> {
        let setup = Setup::default_day().unwrap();
        Session::start(World::default(), setup, SessionOptions::default()).unwrap().view()
    }

    #[test]
    fn the_shipped_plant_has_a_model_with_everything_in_it() {
        let view = day();
        let model = model(&view.spec).unwrap();
        assert!(crate::app::stage::has_scene(&view.spec.name));
        assert_eq!(model.labels().len(), 9);
        assert!(model.labels().iter().all(|l| !l.readings.is_empty()));
        let solids = |name| {
            let paint = Paint::of(name);
            [model.fixed(&paint), model.living(&paint, &view), model.flowing(&paint, &view)]
        };
        for name in ThemeName::ALL {
            let triangles: usize = solids(name).iter().map(Solid::triangles).sum();
            assert!((6_000..40_000).contains(&triangles), "{triangles} triangles");
        }
        let names: Vec<_> = model.bodies().iter().map(|b| view.spec.entities[b.entity].name.as_str()).collect();
        for name in
            ["zone_a", "zone_b", "cdu", "crah", "bess", "transformer", "ups_a", "ups_b", "pdu_a", "pdu_b", "pcc"]
        {
            assert!(names.contains(&name), "{name} cannot be picked");
        }
    }

    #[test]
    fn the_transformer_tells_the_plants_own_loading() {
        let view = day();
        let model = model(&view.spec).unwrap();
        let transformer = view.spec.entities.iter().position(|e| e.name == "transformer").unwrap();
        let label = model.labels().iter().find(|l| l.entity == transformer).unwrap();
        assert!(label.rating.ends_with(" MVA"), "{}", label.rating);
        assert_eq!(Some(label.readings[0].signal), view.spec.signal("xfmr_loading_pct"));
    }

    #[test]
    fn a_picture_is_redrawn_for_what_shows_and_not_for_less() {
        let (mut view, spec) = (RunView::clone(&day()), day().spec.clone());
        let model = model(&spec).unwrap();
        let t_a = spec.signal("t_zone_a_degc").unwrap();
        let mut with = |degc: f64| {
            let mut row = view.row.to_vec();
            row[t_a] = degc;
            view.row = row.into();
            model.seen(&view)
        };
        assert_eq!(with(30.01), with(30.02));
        assert_ne!(with(30.0), with(30.4));
        assert_ne!(with(f64::NAN), with(30.0));
    }
}
