//! What a window and a picture need from the machine, looked for before Bevy would panic about it.

#[cfg(target_os = "linux")]
mod linux;

use bevy::tasks::block_on;

use crate::config::{Error, Place, Result};

/// Kinds of graphics drivers that are asked: the native ones, or what `WGPU_BACKEND` says.
pub(super) fn drivers() -> wgpu::Backends {
    wgpu::Backends::from_env().unwrap_or(wgpu::Backends::PRIMARY)
}

/// Whether pictures can be drawn at all.
///
/// # Errors
/// No graphics driver, with what to install.
pub(super) fn can_draw() -> Result<()> {
    let mut wanted = wgpu::InstanceDescriptor::new_without_display_handle();
    wanted.backends = drivers();
    if block_on(wgpu::Instance::new(wanted).enumerate_adapters(drivers())).is_empty() {
        let cure = if cfg!(target_os = "linux") {
            "Install one: sudo apt-get install mesa-vulkan-drivers (draws without a graphics card, too)."
        } else {
            "Install the driver of the graphics card's maker."
        };
        return Err(Error::invalid(Place::source("graphics"), "no graphics driver was found", cure));
    }
    Ok(())
}

/// Whether a window can be opened.
///
/// # Errors
/// No display, one that does not answer, missing libraries, no graphics driver; each with its cure.
pub(super) fn can_open_a_window() -> Result<()> {
    #[cfg(target_os = "linux")]
    linux::has_display()?;
    can_draw()
}
