//! The shell: Bevy plugins that put the panels into a window, or into a picture without one.
//!
//! The shell owns no state of the run. Each frame it takes the session's newest picture, lets
//! [`crate::app::panel::workspace`] draw it and sends on what the person asks for. It draws on demand: when the session
//! has a new picture, when the person moves something, when a panel asked for it; never otherwise.
//!
//! `desk` holds what lies between two frames, `stage` ties the Site tile to the 3D scene, `redraw` decides when a frame is
//! made, `watch` measures what it cost, `offscreen` makes pictures without a window.

mod desk;
mod dialog;
mod direct;
mod machine;
mod offscreen;
mod redraw;
mod save;
mod stage;
mod watch;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use bevy::app::{App, AppExit, PluginGroup, PluginGroupBuilder, TerminalCtrlCHandlerPlugin};
use bevy::log::{Level, LogPlugin};
use bevy::render::RenderPlugin;
use bevy::render::settings::{RenderCreation, WgpuSettings};
use bevy::window::{PresentMode, Window, WindowPlugin};
use bevy::winit::{EventLoopProxyWrapper, UpdateMode, WinitSettings};
use bevy_egui::EguiPlugin;

use crate::app::board::{Ask, Office};
use crate::app::layout_file::LayoutFile;
use crate::app::panel::PanelState;
use crate::app::theme::ThemeName;
use crate::app::{PRODUCT, guard, settings};
use crate::config::{Error, Place, Result};
use crate::session::{Session, tour};

use desk::{Desk, DeskPlugin, Source};
use direct::{DirectPlugin, Direction};
use redraw::{RedrawPlugin, Waker};
use stage::StagePlugin;
use watch::{Watch, WatchPlugin};

pub use offscreen::{Studio, picture_name};

/// Smallest window, logical pixels: below it panels would overlap.
const SMALLEST: (f32, f32) = (640.0, 400.0);

/// Size of the first window, logical pixels.
const NATURAL: (u32, u32) = (1280, 800);

/// How a window is opened.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ShellOptions {
    /// Width and height, logical pixels; `None` takes those of the settings.
    pub size: Option<(u32, u32)>,
    /// Colours from the start; `None` takes those of the settings.
    pub theme: Option<ThemeName>,
    /// Layout of the tiles from the start; `None` takes that of the settings.
    pub layout: Option<LayoutFile>,
    /// File that settings are read from and kept in; `None` begins with the default ones and keeps nothing.
    pub settings: Option<PathBuf>,
    /// Saves a picture of the window as PNG, then closes it. The picture is taken once time stands, or two seconds
    /// after the window opened, or just before [`ShellOptions::close_after_s`].
    pub shot: Option<PathBuf>,
    /// Closes the window by itself after so many seconds.
    pub close_after_s: Option<f64>,
    /// CSV file that the cost of every frame is written to when the window closes.
    pub watch: Option<PathBuf>,
    /// Opens with the first page, where the settings want it.
    pub welcome: bool,
    /// A tour that is played from the start, by name or file.
    pub tour: Option<String>,
}

/// Why a window closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// The person closed it, or its time was over.
    Done,
    /// Ctrl-C or a signal; the log is valid.
    Interrupted,
}

/// Opens the window on a session and returns when it has closed. By then the session has stopped and its log is
/// complete, however the window ended.
///
/// # Errors
/// No display, no graphics driver, a missing library; a picture that could not be written; a window that broke down.
pub fn run(session: Session, options: ShellOptions) -> Result<Closed> {
    options.shot.as_deref().map(save::check_name).transpose()?;
    machine::can_open_a_window()?;
    let session = Arc::new(session);
    let problem = Arc::new(Mutex::new(None));
    let for_window = (Arc::clone(&session), Arc::clone(&problem));
    let exit = guard::guarded(move || window(for_window.0, options, for_window.1).run());
    // The hook holds the event loop's address; the worker must be gone before anything of the window is.
    drop(session);
    if let Some(error) = problem.lock().ok().and_then(|mut slot| slot.take()) {
        return Err(error);
    }
    match exit {
        Ok(AppExit::Success) => Ok(Closed::Done),
        Ok(AppExit::Error(code)) if code.get() == 130 => Ok(Closed::Interrupted),
        Ok(AppExit::Error(code)) => Err(broke_down(&format!("it ended with code {code}"))),
        Err(what) => Err(broke_down(&what)),
    }
}

/// The window ended in a way that is nobody's wish.
fn broke_down(what: &str) -> Error {
    Error::invalid(
        Place::source("window"),
        format!("the window broke down: {what}"),
        "The log is complete up to here. Start the window again; if it happens again, `c2g-twin run` plays the same day without one.",
    )
}

/// Where a problem waits for [`run`] while the window is open.
type Problem = Arc<Mutex<Option<Error>>>;

fn window(session: Arc<Session>, options: ShellOptions, problem: Problem) -> App {
    let mut panel = PanelState::default();
    let keeper = options.settings.as_deref().map(|path| {
        let (settings, keeper, told) = settings::open(path);
        settings.apply(&mut panel);
        if let Some(error) = told {
            panel.complain(&error);
        }
        keeper
    });
    if let Some(theme) = options.theme {
        panel.theme = theme;
    }
    let own = options.settings.as_deref().and_then(std::path::Path::parent).map(|folder| folder.join("tours"));
    let (own, wrong) = own.as_deref().map(tour::in_folder).unwrap_or_default();
    panel.set_own_tours(own);
    wrong.iter().for_each(|error| panel.complain(error));
    if options.welcome {
        panel.open_welcome_at_start();
    }
    panel.board.asks.extend(options.tour.map(Ask::Tour));
    panel.board.layout = options.layout;
    let stored = panel
        .window
        .map(|[width, height]| (width.clamp(SMALLEST.0 as u32, 8_192), height.clamp(SMALLEST.1 as u32, 8_192)));
    let (width, height) = options.size.or(stored).unwrap_or(NATURAL);
    let mut window = Window {
        title: PRODUCT.to_owned(),
        name: Some("c2g-twin".to_owned()),
        resolution: (width, height).into(),
        present_mode: PresentMode::AutoVsync,
        ..Window::default()
    };
    window.resize_constraints.min_width = SMALLEST.0;
    window.resize_constraints.min_height = SMALLEST.1;
    let mut app = App::new();
    app.add_plugins((plugins(WindowPlugin { primary_window: Some(window), ..WindowPlugin::default() }), egui_plugin()));

    // Nothing is drawn but on demand; the waker demands.
    let idle = UpdateMode::reactive_low_power(std::time::Duration::from_secs(60));
    app.insert_resource(WinitSettings { focused_mode: idle, unfocused_mode: idle });
    let waker = Waker::start((**app.world().resource::<EventLoopProxyWrapper>()).clone());
    session.set_wake(Arc::new({
        let waker = waker.clone();
        move || waker.now()
    }));
    catch_signals(waker.clone());

    if let Some(path) = options.watch {
        app.insert_resource(Watch::new(path, Arc::clone(&problem))).add_plugins(WatchPlugin);
    }
    let hook = waker.clone();
    let office = Office::open(session.world().clone(), Arc::new(move || hook.now()));
    let office = office.map_err(|error| panel.complain(&error)).ok();
    let mut desk = Desk::new(Source::Live(Arc::clone(&session)), panel, keeper);
    office.into_iter().for_each(|office| desk.employ(office));
    app.insert_resource(desk)
        .insert_resource(waker)
        .insert_resource(Direction::new(options.shot, options.close_after_s, problem))
        .add_plugins((DeskPlugin, StagePlugin { eager: false }, RedrawPlugin, DirectPlugin));
    app
}

/// Bevy's plugins as both the window and the pictures want them.
fn plugins(window: WindowPlugin) -> PluginGroupBuilder {
    // Terminals hear about what went wrong, not about what drivers and displays are like. `RUST_LOG` tells more.
    let log = LogPlugin { level: Level::ERROR, filter: "wgpu_hal=off".to_owned(), ..LogPlugin::default() };
    let drivers = WgpuSettings { backends: Some(machine::drivers()), ..WgpuSettings::default() };
    let render = RenderPlugin {
        render_creation: RenderCreation::Automatic(Box::new(drivers)),
        // Pipelines are ready before the first frame is shown: nothing flickers and pictures are whole.
        synchronous_pipeline_compilation: true,
        ..RenderPlugin::default()
    };
    bevy::DefaultPlugins.set(log).set(window).set(render)
}

/// egui without bindless textures: panels use few, and every driver can do without.
fn egui_plugin() -> EguiPlugin {
    EguiPlugin { bindless_mode_array_size: None, ..EguiPlugin::default() }
}

/// Ctrl-C closes the window at once, also while it sleeps.
fn catch_signals(waker: Waker) {
    // Refused only when the process has a handler of its own already, which then decides.
    let _ = ctrlc::set_handler(move || {
        TerminalCtrlCHandlerPlugin::gracefully_exit();
        waker.now();
    });
}
