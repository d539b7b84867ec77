//! What a plant's 3D model is made of, and which plants have one.

use bevy::math::Vec3;

use crate::app::stage::{Legend, Reading, Station};
use crate::plant::PlantSpec;
use crate::session::RunView;
use crate::signal::EntityId;

use super::c2g;
use super::camera::Pose;
use super::pick::Body;
use super::solid::Solid;
use super::sustaindc;
use super::tint::Paint;

/// A label with its point in the site.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Label {
    /// What it is.
    pub entity: EntityId,
    /// Words of its first line.
    pub label: &'static str,
    /// The same where room is short.
    pub brief: &'static str,
    /// Words that follow the label, made from the plant's tables (a rating).
    pub rating: String,
    /// Its numbers, most important first.
    pub readings: Vec<Reading>,
    /// Where it points.
    pub point: Vec3,
    /// Where its box would like to begin, points to the right and down from there.
    pub lean: [f32; 2],
    /// 0 stays to the last.
    pub rank: u8,
}

/// A plant as a thing to look at.
pub(super) trait Model: Send + Sync {
    /// Camera stations; the first is where the eye begins.
    fn stations(&self) -> Vec<(Station, Pose)>;

    /// Where the eye goes from a station, one after the other, slowly; nowhere from most.
    fn path(&self, station: &str) -> Vec<Pose> {
        let _ = station;
        Vec::new()
    }

    /// Things with labels.
    fn labels(&self) -> &[Label];

    /// Things that can be picked.
    fn bodies(&self) -> &[Body];

    /// What the picture shows, in small print; the last parts fold away where room is short.
    fn caption(&self) -> Vec<String>;

    /// The scale of its colours.
    fn legend(&self) -> Option<Legend>;

    /// All that the picture shows of a run, rounded to what the eye can tell apart: a picture is worth drawing again when
    /// this changes.
    fn seen(&self, view: &RunView) -> Vec<i32>;

    /// As [`Model::seen`], for what flows: it changes with every picture while time passes.
    fn streams(&self, view: &RunView) -> Vec<i32>;

    /// What stands still.
    fn fixed(&self, paint: &Paint) -> Solid;

    /// What changes with the run.
    fn living(&self, paint: &Paint, view: &RunView) -> Solid;

    /// What moves while time passes.
    fn flowing(&self, paint: &Paint, view: &RunView) -> Solid;
}

/// The model of a plant; `None` for a plant without one.
pub(super) fn find(spec: &PlantSpec) -> Option<Box<dyn Model>> {
    match spec.name.as_str() {
        "c2g" => c2g::model(spec),
        "sustaindc" => sustaindc::model(spec),
        _ => None,
    }
}
