//! Pictures without a display: the same panels, drawn into an image.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bevy::app::{App, PluginsState};
use bevy::asset::{Assets, Handle};
use bevy::camera::RenderTarget;
use bevy::ecs::observer::On;
use bevy::image::Image;
use bevy::log::LogPlugin;
use bevy::render::pipelined_rendering::PipelinedRenderingPlugin;
use bevy::render::render_resource::TextureFormat;
use bevy::render::view::screenshot::{Screenshot, ScreenshotCaptured};
use bevy::window::{ExitCondition, WindowPlugin};
use bevy::winit::WinitPlugin;

use crate::app::board::Office;
use crate::app::guard;
use crate::app::panel::{BuiltIn, PanelState, Selection, TileId};
use crate::app::theme::ThemeName;
use crate::config::{Error, Place, Result};
use crate::evaluate::film::Picture;
use crate::rollout::World;
use crate::session::RunView;

use super::desk::{Desk, DeskPlugin, Source, egui_camera};
use super::stage::StagePlugin;
use super::{machine, save};

/// Frames until fonts are uploaded and panels have settled into their sizes.
const SETTLING_FRAMES: u32 = 12;

/// Frames until a picture of a film has settled: all that was there before stays where it is.
const FILM_FRAMES: u32 = 3;

/// Frames that a picture may take to come back from the graphics driver.
const MOST_FRAMES: u32 = 240;

/// Largest side of a picture, pixels: what every Vulkan driver can draw.
const LARGEST: u32 = 8_192;

/// Longest wait for answers that belong into a picture.
const ANSWERS: Duration = Duration::from_secs(20);

type Taken = Arc<Mutex<Option<Image>>>;

/// Draws pictures of a run without a display, on any Vulkan driver, in software too.
pub struct Studio {
    app: App,
    canvas: Handle<Image>,
    taken: Taken,
}

impl Studio {
    /// Prepares to draw pictures of `size` pixels, beginning with `view`.
    ///
    /// # Errors
    /// No graphics driver, a size that cannot be drawn.
    pub fn open(view: Arc<RunView>, size: (u32, u32), theme: ThemeName) -> Result<Self> {
        for (key, value) in [("width", size.0), ("height", size.1)] {
            if !(1..=LARGEST).contains(&value) {
                let (min, max) = (1.0, f64::from(LARGEST));
                let place = Place::source("--size");
                return Err(Error::Range {
                    place,
                    key: key.to_owned(),
                    value: f64::from(value),
                    min,
                    max,
                    unit: " px".to_owned(),
                });
            }
        }
        machine::can_draw()?;
        guard::guarded(|| Self::build(view, size, theme)).map_err(|what| failed(&what))
    }

    fn build(view: Arc<RunView>, (width, height): (u32, u32), theme: ThemeName) -> Self {
        let window =
            WindowPlugin { primary_window: None, exit_condition: ExitCondition::DontExit, ..WindowPlugin::default() };
        let plugins = super::plugins(window)
            .disable::<WinitPlugin>()
            .disable::<PipelinedRenderingPlugin>()
            .disable::<LogPlugin>();
        let mut panel = PanelState::default();
        panel.theme = theme;
        let mut app = App::new();
        app.add_plugins((plugins, super::egui_plugin(), DeskPlugin, StagePlugin { eager: true }))
            .insert_resource(Desk::new(Source::Still(view), panel, None));
        let image = Image::new_target_texture(width, height, TextureFormat::Rgba8UnormSrgb, None);
        let canvas = app.world_mut().resource_mut::<Assets<Image>>().add(image);
        app.world_mut().spawn((egui_camera(), RenderTarget::Image(canvas.clone().into())));
        let taken = Taken::default();
        let slot = Arc::clone(&taken);
        app.add_observer(move |shot: On<ScreenshotCaptured>| {
            if let Ok(mut slot) = slot.lock() {
                *slot = Some(shot.image.clone());
            }
        });
        while app.plugins_state() == PluginsState::Adding {
            std::thread::yield_now();
        }
        app.finish();
        app.cleanup();
        Self { app, canvas, taken }
    }

    /// Lets tiles ask what is worked out beside the window; pictures wait for the answers.
    ///
    /// # Errors
    /// A thread that cannot be begun.
    pub fn employ(&mut self, world: &World) -> Result<()> {
        let office = Office::open(world.clone(), Arc::new(|| {}))?;
        self.app.world_mut().resource_mut::<Desk>().employ(office);
        Ok(())
    }

    /// Draws one tile alone from now on, or the whole window again.
    pub fn tile(&mut self, tile: Option<TileId>) {
        self.app.world_mut().resource_mut::<Desk>().tile(tile);
    }

    /// Puts the tiles of the whole window as a layout says.
    pub fn layout(&mut self, layout: BuiltIn) {
        self.app.world_mut().resource_mut::<Desk>().layout(layout);
    }

    /// Puts the camera of the 3D scene at a station, by its name (`zone_a`).
    pub fn station(&mut self, name: &str) {
        self.app.world_mut().resource_mut::<Desk>().stage().ask.station = Some(name.to_owned());
    }

    /// Selects a thing in all tiles.
    pub fn select(&mut self, selection: Selection) {
        self.app.world_mut().resource_mut::<Desk>().select(selection);
    }

    /// Changes how a person would look at the run: layout, charts, span.
    pub fn arrange<R>(&mut self, change: impl FnOnce(&mut PanelState) -> R) -> R {
        change(self.app.world_mut().resource_mut::<Desk>().panel())
    }

    /// Draws one instant as a picture of a film, or of one that begins.
    ///
    /// # Errors
    /// Panels or graphics driver that break down.
    pub fn frame(&mut self, view: Arc<RunView>, first: bool) -> Result<Picture> {
        let settling = if first { SETTLING_FRAMES } else { FILM_FRAMES };
        let image = guard::guarded(|| self.draw(view, settling)).map_err(|what| failed(&what))??;
        let pixels = image.try_into_dynamic().map_err(|e| failed(&e.to_string()))?.to_rgb8();
        let (width, height) = pixels.dimensions();
        Picture::new(width, height, pixels.into_raw())
    }

    /// Draws one instant and saves it as PNG.
    ///
    /// # Errors
    /// Panels or graphics driver that break down, a picture that cannot be written.
    pub fn picture(&mut self, view: Arc<RunView>, path: &Path) -> Result<()> {
        save::check_name(path)?;
        let image = guard::guarded(|| self.draw(view, SETTLING_FRAMES)).map_err(|what| failed(&what))??;
        save::png(&image, path)
    }

    fn draw(&mut self, view: Arc<RunView>, settling: u32) -> Result<Image> {
        self.app.world_mut().resource_mut::<Desk>().show(view);
        for _ in 0..settling {
            self.app.update();
        }
        let busy = |app: &mut App| {
            let mut desk = app.world_mut().resource_mut::<Desk>();
            let board = &desk.panel().board;
            board.asking.is_some()
                || board.comparing.is_some()
                || board.lab.running.is_some()
                || board.explain.running.is_some()
        };
        let begin = Instant::now();
        while busy(&mut self.app) && begin.elapsed() < ANSWERS {
            std::thread::sleep(Duration::from_millis(10));
            self.app.update();
        }
        if let Some(what) = self.app.world().resource::<Desk>().failure() {
            return Err(failed(what));
        }
        self.app.world_mut().spawn(Screenshot::image(self.canvas.clone()));
        for _ in 0..MOST_FRAMES {
            self.app.update();
            if let Some(image) = self.taken.lock().ok().and_then(|mut slot| slot.take()) {
                return Ok(image);
            }
        }
        Err(failed("the graphics driver returns no picture"))
    }
}

/// A picture could not be drawn.
fn failed(what: &str) -> Error {
    let cure = "Try the software driver: sudo apt-get install mesa-vulkan-drivers, then WGPU_ADAPTER_NAME=llvmpipe before the command.";
    Error::invalid(Place::source("pictures"), format!("no picture could be drawn: {what}"), cure)
}

/// Names of pictures: `day-08640.png` for tick 8,640.
pub fn picture_name(folder: &Path, stem: &str, tick: u64) -> PathBuf {
    folder.join(format!("{stem}-{tick:05}.png"))
}
