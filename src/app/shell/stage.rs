//! Ties the Site tile and the 3D scene: hands on what one asks and the other tells, and lends egui the picture.

use std::sync::Arc;

use bevy::app::{App, Plugin, Update};
use bevy::ecs::prelude::{IntoScheduleConfigs, Res, ResMut};
use bevy_egui::{EguiTextureHandle, EguiUserTextures};

use crate::app::scene::{Scene, ScenePlugin, SceneSet};
use crate::app::stage::StageAsk;

use super::desk::{self, Desk};
use super::redraw::Waker;

/// The scene and its ties to the desk.
pub(super) struct StagePlugin {
    /// Draws every change at once and lets nothing fly: for pictures that are saved.
    pub eager: bool,
}

impl Plugin for StagePlugin {
    fn build(&self, app: &mut App) {
        app.add_plugins(ScenePlugin)
            .add_systems(Update, (tell.after(SceneSet).before(desk::draw), ask.after(desk::draw)));
        app.world_mut().resource_mut::<Scene>().eager = self.eager;
    }
}

/// Before the panels are drawn: what the scene has to tell, and the picture that it draws in this frame.
fn tell(
    mut scene: ResMut<Scene>,
    mut desk: ResMut<Desk>,
    mut textures: ResMut<EguiUserTextures>,
    waker: Option<Res<Waker>>,
) {
    if let Some(picture) = scene.picture.clone()
        && scene.tell.texture.is_none()
        && let egui::TextureId::User(number) = textures.add_image(EguiTextureHandle::Strong(picture))
    {
        scene.tell.texture = Some(number);
    }
    let stage = desk.stage();
    let picked = scene.tell.picked.take().or(stage.tell.picked.take());
    stage.tell.clone_from(&scene.tell);
    stage.tell.picked = picked;
    // A tile that is to be seen says so again.
    stage.ask.size_px = None;
    stage.ask.pointer = None;
    if let (Some(delay), Some(waker)) = (scene.wake, waker) {
        waker.after(delay);
    }
}

/// After the panels were drawn: what they ask of the next frame's picture.
fn ask(mut scene: ResMut<Scene>, mut desk: ResMut<Desk>, waker: Option<Res<Waker>>) {
    let view = desk.view();
    if scene.view.as_ref().is_none_or(|shown| !Arc::ptr_eq(shown, &view)) {
        scene.view = Some(view);
    }
    let asked = std::mem::take(&mut desk.stage().ask);
    desk.stage().ask =
        StageAsk { size_px: asked.size_px, theme: asked.theme, quality: asked.quality, ..StageAsk::default() };
    let before = &scene.ask;
    let sum = |a: [f32; 2], b: [f32; 2]| [a[0] + b[0], a[1] + b[1]];
    let next = StageAsk {
        orbit_pt: sum(before.orbit_pt, asked.orbit_pt),
        pan_pt: sum(before.pan_pt, asked.pan_pt),
        zoom_pt: before.zoom_pt + asked.zoom_pt,
        station: asked.station.or_else(|| before.station.clone()),
        click: asked.click.or(before.click),
        enter: asked.enter.or(before.enter),
        still: asked.still || scene.eager,
        ..asked
    };
    if scene.ask != next {
        if let Some(waker) = waker {
            waker.now();
        }
        scene.ask = next;
    }
}
