//! The one material: faces in the colour of their vertices, untouched by light, cheap on every driver.

use bevy::app::App;
use bevy::asset::{Asset, Assets, Handle, uuid_handle};
use bevy::pbr::{Material, MaterialPlugin};
use bevy::reflect::TypePath;
use bevy::render::render_resource::AsBindGroup;
use bevy::shader::{Shader, ShaderRef};

/// Where the shader is kept: it is built into the program and never read from a disk.
const SHADER: Handle<Shader> = uuid_handle!("5f0d8b1e-6a35-4a8e-9b0f-3d6b2f4c7a11");

/// Faces in the colour of their vertices.
#[derive(Asset, TypePath, AsBindGroup, Clone, Debug, Default)]
pub(super) struct Flat {}

impl Material for Flat {
    fn fragment_shader() -> ShaderRef {
        SHADER.into()
    }

    fn enable_prepass() -> bool {
        false
    }

    fn enable_shadows() -> bool {
        false
    }
}

/// Makes the material known.
pub(super) fn build(app: &mut App) {
    app.add_plugins(MaterialPlugin::<Flat>::default());
    if let Some(mut shaders) = app.world_mut().get_resource_mut::<Assets<Shader>>() {
        // Fails only for a handle that was given out elsewhere, which this one is not.
        let _ = shaders.insert(SHADER.id(), Shader::from_wgsl(include_str!("flat.wgsl"), "scene/flat.wgsl"));
    }
}
