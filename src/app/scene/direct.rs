//! Decides once a frame what the scene shows and whether a picture must be drawn.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bevy::asset::{Assets, RenderAssetUsages};
use bevy::camera::visibility::NoFrustumCulling;
use bevy::camera::{Camera, Camera3d, ClearColorConfig, PerspectiveProjection, Projection, RenderTarget};
use bevy::color::Color;
use bevy::core_pipeline::tonemapping::{DebandDither, Tonemapping};
use bevy::ecs::prelude::{Commands, Query, Res, ResMut};
use bevy::ecs::system::SystemParam;
use bevy::image::{Image, ImageSampler};
use bevy::mesh::{Mesh, Mesh3d};
use bevy::pbr::MeshMaterial3d;
use bevy::render::render_resource::TextureFormat;
use bevy::render::renderer::RenderAdapterInfo;
use bevy::render::view::Msaa;
use bevy::time::{Real, Time};
use bevy::transform::components::Transform;
use wgpu::DeviceType;

use crate::app::guard::guarded;
use crate::app::stage::{Anchor, Place, Quality, StageAsk, StageTell};
use crate::session::RunView;
use crate::signal::EntityId;

use super::camera::{Eye, Lens};
use super::frames::frames;
use super::material::Flat;
use super::model::{self, Label};
use super::pick::first_hit;
use super::solid::Solid;
use super::sun::Sun;
use super::tint::Paint;
use super::wrong;
use super::{Built, Drawn, Driver, Rig, Scene};

/// Largest side of a picture, pixels.
const LARGEST: u32 = 4_096;

/// Pictures of up to so many pixels are drawn at twice their size where a graphics card of its own does it.
const FINE_PX: f32 = 1_300_000.0;

/// Pixels that are drawn at most where there is no graphics card; larger pictures are stretched.
const SOFT_PX: f32 = 1_300_000.0;

/// Pictures until all that was uploaded is seen.
const SETTLING: u8 = 2;

/// Least time between two pictures that only a value changed: with a graphics card, and in software.
const GAP: (Duration, Duration) = (Duration::from_millis(30), Duration::from_millis(250));

/// What a picture is made of.
#[derive(SystemParam)]
pub(super) struct Tools<'w, 's> {
    commands: Commands<'w, 's>,
    images: ResMut<'w, Assets<Image>>,
    meshes: ResMut<'w, Assets<Mesh>>,
    materials: ResMut<'w, Assets<Flat>>,
    adapter: Option<Res<'w, RenderAdapterInfo>>,
    cameras: Query<'w, 's, (&'static mut Camera, &'static mut Projection, &'static mut Transform)>,
    time: Res<'w, Time<Real>>,
}

/// Moves the eye, tells what is where, wakes the camera when the picture changes.
pub(super) fn direct(mut scene: ResMut<Scene>, mut tools: Tools) {
    let scene = &mut *scene;
    scene.wake = None;
    let (Some(view), Some(size)) = (scene.view.clone(), scene.ask.size_px) else {
        scene.sleep(&mut tools);
        return;
    };
    if !scene.build(&view) {
        scene.sleep(&mut tools);
        return;
    }
    scene.show(&view, size.map(|side| side.clamp(8, LARGEST)), &mut tools);
}

impl Scene {
    /// Puts the camera to sleep.
    fn sleep(&mut self, tools: &mut Tools) {
        if let Some((mut camera, ..)) = self.camera.as_ref().and_then(|rig| tools.cameras.get_mut(rig.camera).ok())
            && camera.is_active
        {
            camera.is_active = false;
        }
    }

    /// Makes the model of the plant that the run is of; false when it has none.
    fn build(&mut self, view: &RunView) -> bool {
        let of = (view.spec.name.clone(), view.run);
        if self.stage.as_ref().is_some_and(|built| built.of == of) {
            return true;
        }
        if self.failed.as_ref() == Some(&of) {
            return false;
        }
        let before = self.stage.take();
        let found = guarded(|| model::find(&view.spec));
        let model = match found {
            Ok(Some(model)) => model,
            Ok(None) => {
                self.fail(of, "This plant has no 3D scene. The one-line shows its flows.".to_owned());
                return false;
            }
            Err(what) => {
                self.fail(of, format!("The 3D scene could not be built: {what}. The one-line shows the flows."));
                return false;
            }
        };
        let stations = model.stations();
        let Some((first, pose)) = stations.first().cloned() else { return false };
        // A new run of the same plant keeps the eye where it was.
        let (eye, station) = match before {
            Some(built) if built.of.0 == of.0 => (built.eye, built.station),
            _ => (Eye::at(pose), Some(first.name)),
        };
        self.failed = None;
        self.tell.failure = None;
        self.tell.stations = stations.into_iter().map(|(station, _)| station).collect();
        self.tell.caption = model.caption();
        self.tell.legend = model.legend();
        self.stage = Some(Built { of, model, eye, station });
        true
    }

    /// There is no picture, for a reason.
    fn fail(&mut self, of: (String, u64), why: String) {
        self.failed = Some(of);
        self.tell = StageTell { failure: Some(why), texture: self.tell.texture, ..StageTell::default() };
        self.stage = None;
    }

    fn show(&mut self, view: &Arc<RunView>, size: [u32; 2], tools: &mut Tools) {
        let Some(built) = self.stage.as_mut() else { return };
        let lens = Lens::of(size);
        // A click was made on the picture before any movement.
        let clicked = self.ask.click.take().map(|place| built.hit(lens, place));
        self.tell.picked = clicked.or(self.tell.picked);
        let flying = built.moved(&mut self.ask, lens, tools.time.delta_secs());
        self.tell.hovered = self.ask.pointer.and_then(|place| built.hit(lens, place));
        self.tell.station.clone_from(&built.station);
        self.tell.anchors = anchors(built, lens);
        let driver = self.camera.as_ref().map_or(Driver::Shared, |rig| rig.driver);
        let plain = self.ask.quality.or(driver) == Quality::Plain;
        let wanted = Drawn {
            size,
            theme: self.ask.theme,
            selected: self.ask.selected,
            hovered: self.tell.hovered,
            pose: built.eye.pose,
            seen: built.model.seen(view),
            streams: if plain { Vec::new() } else { built.model.streams(view) },
            sun: Sun::over(view),
            wrong: wrong::of(view),
            quality: self.ask.quality,
            of: built.of.clone(),
        };
        let at_once = self.drawn.as_ref().is_none_or(|drawn| !drawn.differs_in_values_only(&wanted));
        let changed = self.drawn.as_ref() != Some(&wanted);
        let gap = self.camera.as_ref().map_or(Duration::ZERO, |rig| rig.driver.gap());
        let rested = self.last.map_or(gap, |last| last.elapsed());
        if changed && (at_once || self.eager || rested >= gap) {
            let drew = guarded(|| self.draw(&wanted, view, tools));
            if let Err(what) = drew {
                self.fail(
                    wanted.of.clone(),
                    format!("The 3D scene could not be drawn: {what}. The one-line shows the flows."),
                );
            }
            self.drawn = Some(wanted);
            self.last = Some(Instant::now());
        } else if changed {
            self.wake = Some(gap.saturating_sub(rested));
        }
        self.keep_awake(tools);
        if flying || self.due > 0 {
            self.wake = Some(Duration::ZERO);
        }
    }

    /// The camera works while pictures are due.
    fn keep_awake(&mut self, tools: &mut Tools) {
        let Some(rig) = &self.camera else { return };
        let Ok((mut camera, ..)) = tools.cameras.get_mut(rig.camera) else {
            // It was spawned in this very frame and is awake.
            self.due = self.due.saturating_sub(1);
            return;
        };
        let awake = self.due > 0;
        if camera.is_active != awake {
            camera.is_active = awake;
        }
        self.due = self.due.saturating_sub(1);
    }

    /// Brings meshes, camera and image up to what is wanted.
    fn draw(&mut self, wanted: &Drawn, view: &RunView, tools: &mut Tools) {
        let Some(built) = &self.stage else { return };
        let paint = Paint::of(wanted.theme);
        let outside = paint.under(wanted.sun);
        let lens = Lens::of(wanted.size);
        let rig = self.camera.get_or_insert_with(|| rig(tools, &mut self.picture));
        let before = self.drawn.as_ref();
        let new_model = before.is_none_or(|b| b.of != wanted.of || b.theme != wanted.theme);
        let mut put = |handle: &bevy::asset::Handle<Mesh>, solid: Solid| {
            let _ = tools.meshes.insert(handle.id(), solid.mesh());
        };
        if new_model || before.is_none_or(|b| b.sun != wanted.sun) {
            put(&rig.fixed, built.model.fixed(&outside));
        }
        if new_model || before.is_none_or(|b| b.seen != wanted.seen) {
            put(&rig.living, built.model.living(&paint, view));
        }
        if new_model || before.is_none_or(|b| b.streams != wanted.streams) {
            put(&rig.flowing, built.model.flowing(&paint, view));
        }
        let focus = |d: &Drawn| (d.selected, d.hovered, d.pose, d.size, d.wrong.clone());
        if new_model || before.is_none_or(|b| focus(b) != focus(wanted)) {
            let width = lens.unit_per_point(wanted.size[0] as f32) * wanted.pose.distance * 1.6;
            let mut solid = frames(built.model.bodies(), wanted.selected, wanted.hovered, width, &paint);
            wrong::draw(&mut solid, &paint, built.model.bodies(), &wanted.wrong, width);
            put(&rig.frames, solid);
        }
        let sized = before.is_none_or(|b| (b.size, b.quality) != (wanted.size, wanted.quality));
        if sized && let Some(handle) = &self.picture {
            let grain = wanted.quality.or(rig.driver).grain(rig.driver, wanted.size, self.eager);
            let [width, height] = wanted.size.map(|side| ((side as f32 * grain).round() as u32).clamp(8, LARGEST));
            let _ = tools.images.insert(handle.id(), canvas(width, height));
        }
        let [r, g, b] = outside.ground.0;
        let ground = ClearColorConfig::Custom(Color::srgb(r, g, b));
        let transform = wanted.pose.transform();
        let perspective = PerspectiveProjection {
            fov: lens.fov(),
            aspect_ratio: lens.aspect,
            near: 1.0,
            far: 2_000.0,
            ..PerspectiveProjection::default()
        };
        let edges = if wanted.quality.or(rig.driver) == Quality::Plain { Msaa::Off } else { Msaa::Sample4 };
        if before.is_none_or(|b| b.quality != wanted.quality) {
            tools.commands.entity(rig.camera).insert(edges);
        }
        if let Ok((mut camera, mut projection, mut place)) = tools.cameras.get_mut(rig.camera) {
            camera.clear_color = ground;
            *projection = Projection::Perspective(perspective);
            *place = transform;
        } else {
            // It was spawned in this very frame.
            let camera = Camera { order: -1, clear_color: ground, ..Camera::default() };
            tools.commands.entity(rig.camera).insert((camera, transform, Projection::Perspective(perspective)));
            self.due = SETTLING + 1;
        }
        self.due = self.due.max(SETTLING);
    }
}

impl Drawn {
    /// Whether everything but the run's values is the same.
    fn differs_in_values_only(&self, other: &Self) -> bool {
        let (seen, streams, wrong) = (self.seen.clone(), self.streams.clone(), self.wrong.clone());
        *self == Self { seen, streams, wrong, sun: self.sun, ..other.clone() }
    }
}

impl Built {
    /// What stands at a place of the picture.
    fn hit(&self, lens: Lens, place: Place) -> Option<EntityId> {
        let (eye, way) = lens.ray(&self.eye.pose, place);
        first_hit(self.model.bodies(), eye, way)
    }

    /// Carries out movements; true while a flight is under way.
    fn moved(&mut self, ask: &mut StageAsk, lens: Lens, seconds: f32) -> bool {
        let width = ask.width_pt.max(1.0);
        let by_hand = [ask.orbit_pt, ask.pan_pt].iter().flatten().any(|p| *p != 0.0) || ask.zoom_pt != 0.0;
        if by_hand {
            self.eye.orbit(std::mem::take(&mut ask.orbit_pt));
            self.eye.pan(std::mem::take(&mut ask.pan_pt), lens, width);
            self.eye.zoom(std::mem::take(&mut ask.zoom_pt));
            self.station = None;
        }
        if let Some(name) = ask.station.take()
            && let Some((station, pose)) = self.model.stations().into_iter().find(|(s, _)| s.name == name)
        {
            self.eye.go(pose, ask.still);
            if !ask.still {
                self.eye.follow(self.model.path(&station.name));
            }
            self.station = Some(station.name);
        }
        if let Some(place) = ask.enter.take() {
            let hit = self.hit(lens, place);
            if let Some(bounds) = self.model.bodies().iter().find(|b| Some(b.entity) == hit).and_then(|b| b.whole()) {
                self.eye.go(self.eye.near(bounds.middle(), bounds.size()), ask.still);
                self.station = None;
            }
        }
        self.eye.fly(seconds)
    }
}

/// Labels whose points are in sight.
fn anchors(built: &Built, lens: Lens) -> Vec<Anchor> {
    let pose = &built.eye.pose;
    let seen = |label: &Label| {
        let (at, depth) = lens.place(pose, label.point)?;
        at.iter().all(|p| (0.0..=1.0).contains(p)).then(|| Anchor {
            entity: label.entity,
            label: format!("{}{}", label.label, label.rating),
            brief: label.brief.to_owned(),
            readings: label.readings.clone(),
            at,
            lean: label.lean,
            depth,
            rank: label.rank,
        })
    };
    built.model.labels().iter().filter_map(seen).collect()
}

/// An image to draw into.
fn canvas(width: u32, height: u32) -> Image {
    let mut image = Image::new_target_texture(width.max(1), height.max(1), TextureFormat::Rgba8UnormSrgb, None);
    image.sampler = ImageSampler::linear();
    image.asset_usage = RenderAssetUsages::default();
    image
}

/// Puts camera and meshes into the world.
fn rig(tools: &mut Tools, picture: &mut Option<bevy::asset::Handle<Image>>) -> Rig {
    let driver = match tools.adapter.as_ref().map(|info| info.device_type) {
        Some(DeviceType::Cpu) => Driver::Software,
        Some(DeviceType::DiscreteGpu) => Driver::Card,
        _ => Driver::Shared,
    };
    let image = tools.images.add(canvas(8, 8));
    *picture = Some(image.clone());
    let material = tools.materials.add(Flat::default());
    let mut mesh = || {
        let handle = tools.meshes.add(Solid::new(1.0).mesh());
        tools.commands.spawn((Mesh3d(handle.clone()), MeshMaterial3d(material.clone()), NoFrustumCulling));
        handle
    };
    let (fixed, living, flowing, frames) = (mesh(), mesh(), mesh(), mesh());
    let camera = tools
        .commands
        .spawn((
            Camera3d::default(),
            RenderTarget::Image(image.into()),
            Msaa::Sample4,
            Tonemapping::None,
            DebandDither::Disabled,
        ))
        .id();
    Rig { camera, fixed, living, flowing, frames, driver }
}

impl Quality {
    /// What a person asked for, else what suits the driver.
    fn or(self, driver: Driver) -> Self {
        match (self, driver) {
            (Self::Auto, Driver::Card) => Self::Fine,
            (Self::Auto, _) => Self::Normal,
            (asked, _) => asked,
        }
    }

    /// Pixels drawn for a pixel of the tile, in each direction. Pictures that are saved are never coarser than they are,
    /// and a processor draws no more than it can.
    fn grain(self, driver: Driver, size: [u32; 2], saved: bool) -> f32 {
        let pixels = size[0] as f32 * size[1] as f32;
        let most = if driver == Driver::Software && !saved { (SOFT_PX / pixels).sqrt().min(1.0) } else { 2.0 };
        let wanted = match self {
            Self::Fine if pixels <= FINE_PX => 2.0,
            Self::Plain if !saved => 0.6,
            _ => 1.0,
        };
        f32::min(wanted, most)
    }
}

impl Driver {
    /// Least time between two pictures that only a value changed.
    pub(super) fn gap(self) -> Duration {
        if self == Self::Software { GAP.1 } else { GAP.0 }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;
    use crate::app::theme::ThemeName;
    use bevy::ecs::system::RunSystemOnce;
    use bevy::ecs::world::World;

    use crate::rollout::Setup;
    use crate::session::{Session, SessionOptions};

    /// A world with a scene of the default day, without a graphics driver.
    fn world() -> World {
        let setup = Setup::default_day().unwrap();
        let session = Session::start(crate::rollout::World::default(), setup, SessionOptions::default()).unwrap();
        let mut world = World::new();
        world.insert_resource(Assets::<Image>::default());
        world.insert_resource(Assets::<Mesh>::default());
        world.insert_resource(Assets::<Flat>::default());
        world.insert_resource(Time::<Real>::default());
        let ask = StageAsk { size_px: Some([800, 400]), width_pt: 800.0, ..StageAsk::default() };
        world.insert_resource(Scene { ask, view: Some(session.view()), ..Scene::default() });
        world
    }

    /// Runs frames until the scene rests and tells how many drew a picture.
    fn drawn(world: &mut World) -> usize {
        let mut pictures = 0;
        for _ in 0..40 {
            world.run_system_once(direct).unwrap();
            let awake = world.query::<&Camera>().iter(world).filter(|camera| camera.is_active).count();
            pictures += awake;
            if awake == 0 && world.resource::<Scene>().wake.is_none() {
                return pictures;
            }
        }
        panic!("the scene never rests");
    }

    #[test]
    fn the_camera_wakes_for_what_changes_and_sleeps_for_the_rest() {
        let mut world = world();
        assert!(drawn(&mut world) >= 2);
        assert_eq!(drawn(&mut world), 0, "nothing changed");
        world.resource_mut::<Scene>().ask.orbit_pt = [40.0, 0.0];
        assert!(drawn(&mut world) > 0);
        assert_eq!(world.resource::<Scene>().tell.station, None);
        world.resource_mut::<Scene>().ask.theme = ThemeName::Light;
        assert!(drawn(&mut world) > 0);
        let mut scene = world.resource_mut::<Scene>();
        scene.ask.station = Some("yard".to_owned());
        scene.ask.still = true;
        assert!(drawn(&mut world) > 0);
        world.resource_mut::<Scene>().ask.size_px = None;
        assert_eq!(drawn(&mut world), 0, "the tile is not to be seen");
    }

    #[test]
    fn the_pointer_picks_what_stands_there_and_the_eye_enters_it() {
        let mut world = world();
        drawn(&mut world);
        let scene = world.resource::<Scene>();
        let spec = scene.view.as_ref().unwrap().spec.clone();
        let named = |name: &str| spec.entities.iter().position(|e| e.name == name);
        let tell = &scene.tell;
        assert!(tell.failure.is_none() && tell.anchors.len() >= 8 && tell.stations.len() == 6);
        let bess = tell.anchors.iter().find(|a| Some(a.entity) == named("bess")).unwrap().at;
        let mut scene = world.resource_mut::<Scene>();
        let place = [bess[0] - 0.01, bess[1] - 0.02];
        scene.ask.pointer = Some(place);
        scene.ask.click = Some(place);
        drawn(&mut world);
        let mut scene = world.resource_mut::<Scene>();
        assert_eq!((scene.tell.hovered, scene.tell.picked), (named("bess"), Some(named("bess"))));
        scene.ask.pointer = None;
        scene.ask.click = Some([0.99, 0.01]);
        scene.ask.enter = Some(place);
        scene.ask.still = true;
        let before = scene.stage.as_ref().unwrap().eye.pose.distance;
        drawn(&mut world);
        let scene = world.resource::<Scene>();
        assert_eq!(scene.tell.picked, Some(None), "the sky is nothing");
        assert!(scene.stage.as_ref().unwrap().eye.pose.distance < before);
    }

    #[test]
    fn a_plant_without_a_model_is_told_so() {
        let mut world = world();
        let mut scene = world.resource_mut::<Scene>();
        let mut view = RunView::clone(scene.view.as_ref().unwrap());
        let mut spec = crate::plant::PlantSpec::clone(&view.spec);
        spec.name = "toy".to_owned();
        view.spec = Arc::new(spec);
        scene.view = Some(Arc::new(view));
        assert_eq!(drawn(&mut world), 0);
        assert!(world.resource::<Scene>().tell.failure.as_ref().is_some_and(|why| why.contains("no 3D scene")));
    }

    #[test]
    fn a_card_draws_finer_and_software_never_more_than_it_can() {
        let grain = |driver, size, saved| Quality::Auto.or(driver).grain(driver, size, saved);
        assert_eq!(grain(Driver::Card, [1_112, 560], false), 2.0);
        assert_eq!(grain(Driver::Card, [3_840, 1_800], false), 1.0);
        assert_eq!(grain(Driver::Shared, [1_112, 560], false), 1.0);
        assert_eq!(grain(Driver::Software, [1_112, 560], false), 1.0);
        let soft = grain(Driver::Software, [3_840, 1_800], false);
        assert!(soft < 0.5 && 3_840.0 * 1_800.0 * soft * soft <= SOFT_PX * 1.01);
        assert_eq!(grain(Driver::Software, [3_840, 1_800], true), 1.0);
        for driver in [Driver::Card, Driver::Shared, Driver::Software] {
            assert!(Quality::Plain.grain(driver, [1_112, 560], false) < 1.0);
            assert_eq!(Quality::Plain.grain(driver, [1_112, 560], true), 1.0);
        }
        assert_eq!(Quality::Fine.grain(Driver::Software, [1_112, 560], false), 1.0);
        assert_eq!(Quality::Fine.grain(Driver::Shared, [1_112, 560], false), 2.0);
    }
}
