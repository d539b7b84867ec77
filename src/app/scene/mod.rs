//! The 3D picture of a plant, drawn with Bevy into an image that the Site tile shows.
//!
//! A plant's [`model`](model::Model) is two lists of coloured faces: what stands still and what the run changes. Light and
//! shade are baked into the faces, so that the picture is flat and crisp, its colours are exactly the theme's, and a frame
//! is cheap even without a graphics card. The camera is awake only for frames on which the picture changes: when the eye
//! moves, when size, theme or selection change, when a value changes so much that it shows. Otherwise the last picture
//! stays and costs nothing.
//!
//! The shell hands in [`Scene::ask`] and [`Scene::view`] and reads [`Scene::tell`], [`Scene::picture`] and
//! [`Scene::wake`]; see [`crate::app::stage`].

mod c2g;
mod camera;
mod digits;
mod direct;
mod flow;
mod frames;
mod material;
mod model;
mod pace;
mod pick;
mod props;
mod solid;
mod sun;
mod sustaindc;
mod tint;
mod wrong;

use std::sync::Arc;
use std::time::{Duration, Instant};

use bevy::app::{App, Plugin, Update};
use bevy::asset::Handle;
use bevy::ecs::prelude::{Entity, Resource};
use bevy::ecs::schedule::IntoScheduleConfigs;
use bevy::ecs::schedule::SystemSet;
use bevy::image::Image;
use bevy::mesh::Mesh;

use crate::app::stage::{Quality, StageAsk, StageTell};
use crate::app::theme::ThemeName;
use crate::session::RunView;
use crate::signal::{Alarm, EntityId};

use camera::{Eye, Pose};
use model::Model;
use sun::Sun;

/// When the scene decides what to draw; what it tells holds for the picture of the same frame.
#[derive(SystemSet, Debug, Clone, PartialEq, Eq, Hash)]
pub struct SceneSet;

/// The scene and its seams.
#[derive(Resource, Default)]
pub struct Scene {
    /// What the tile asks for; movements are taken when they are carried out.
    pub ask: StageAsk,
    /// The run to show.
    pub view: Option<Arc<RunView>>,
    /// What the tile is told.
    pub tell: StageTell,
    /// The picture, once there is one.
    pub picture: Option<Handle<Image>>,
    /// When the scene wants another frame.
    pub wake: Option<Duration>,
    /// Draws every change at once, whatever it costs: for pictures that are saved.
    pub eager: bool,
    stage: Option<Built>,
    /// Plant and run of which there is no picture.
    failed: Option<(String, u64)>,
    camera: Option<Rig>,
    drawn: Option<Drawn>,
    /// Pictures still to draw until everything that was uploaded is seen.
    due: u8,
    last: Option<Instant>,
}

/// The model of the plant that is shown.
struct Built {
    /// Name of the plant and number of the run it was built for.
    of: (String, u64),
    model: Box<dyn Model>,
    eye: Eye,
    /// Station that the eye stands at or flies to.
    station: Option<String>,
}

/// What stands in the Bevy world.
struct Rig {
    camera: Entity,
    fixed: Handle<Mesh>,
    living: Handle<Mesh>,
    flowing: Handle<Mesh>,
    frames: Handle<Mesh>,
    driver: Driver,
}

/// What draws the pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Driver {
    /// A graphics card with memory of its own.
    Card,
    /// A graphics unit that shares the memory, or one of which nothing is known.
    Shared,
    /// The processor.
    Software,
}

/// What the last picture shows.
#[derive(Debug, Clone, PartialEq)]
struct Drawn {
    size: [u32; 2],
    theme: ThemeName,
    selected: Option<EntityId>,
    hovered: Option<EntityId>,
    pose: Pose,
    seen: Vec<i32>,
    streams: Vec<i32>,
    /// Where the sun stands, where the plant says where the site is.
    sun: Option<Sun>,
    /// Things with something wrong.
    wrong: Vec<(EntityId, Alarm)>,
    quality: Quality,
    of: (String, u64),
}

/// Draws [`Scene`] once per frame, before the panels.
pub struct ScenePlugin;

impl Plugin for ScenePlugin {
    fn build(&self, app: &mut App) {
        material::build(app);
        app.init_resource::<Scene>().add_systems(Update, direct::direct.in_set(SceneSet));
    }
}
