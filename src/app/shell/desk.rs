//! The desk: one egui context that fills the window, and the one system that lets the panels draw on it.

use std::sync::Arc;
use std::time::Duration;

use bevy::app::{App, Plugin, Startup, Update};
use bevy::camera::{Camera2d, ClearColor};
use bevy::color::Color;
use bevy::ecs::prelude::{Commands, Query, Res, ResMut, Resource, With};
use bevy_egui::{EguiContext, EguiContextSettings, EguiFullOutput, EguiInput, PrimaryEguiContext};

use crate::app::board::{News, Office};
use crate::app::guard::guarded;
use crate::app::panel::{self, BuiltIn, FileWish, PanelState, Selection, TileId, TypedPath};
use crate::app::settings::Keeper;
use crate::app::stage::Stage;
use crate::session::{Command, RunView, Session};

use super::dialog::{Dialogs, answered};
use super::redraw::Waker;
use super::watch::Watch;

/// Where the pictures of the run come from.
pub(super) enum Source {
    /// A world that runs.
    Live(Arc<Session>),
    /// One instant, for pictures.
    Still(Arc<RunView>),
}

/// What lies on the desk.
#[derive(Resource)]
pub(super) struct Desk {
    source: Source,
    panel: PanelState,
    /// The one tile that is shown instead of all.
    alone: Option<TileId>,
    /// Keeps the settings; `None` keeps nothing.
    keeper: Option<Keeper>,
    /// Reads results, runs benchmarks, looks at policies; pictures have none.
    office: Option<Office>,
    /// Commands of one frame; kept to spare allocations.
    asked: Vec<Command>,
    /// Why the panels cannot be drawn, once they broke.
    failure: Option<String>,
    /// Whether panels can ask for a frame later.
    wakes: bool,
    dialogs: Dialogs,
    /// Time that taking the newest picture took in this frame.
    waited: Duration,
}

impl Desk {
    /// An orderly desk.
    pub fn new(source: Source, panel: PanelState, keeper: Option<Keeper>) -> Self {
        Self {
            source,
            panel,
            alone: None,
            keeper,
            office: None,
            asked: Vec::new(),
            failure: None,
            wakes: false,
            dialogs: Dialogs::default(),
            waited: Duration::ZERO,
        }
    }

    /// Gives the desk an office.
    pub fn employ(&mut self, office: Office) {
        self.office = Some(office);
    }

    /// The newest picture of the run.
    pub fn view(&self) -> Arc<RunView> {
        match &self.source {
            Source::Live(session) => session.view(),
            Source::Still(view) => Arc::clone(view),
        }
    }

    /// Shows another instant.
    pub fn show(&mut self, view: Arc<RunView>) {
        self.source = Source::Still(view);
    }

    /// Shows one tile alone, or all of them again.
    pub fn tile(&mut self, tile: Option<TileId>) {
        self.alone = tile;
    }

    /// Changes to a layout.
    pub fn layout(&mut self, layout: BuiltIn) {
        self.panel.tiling.choose(layout.name());
    }

    /// How a person looks at the run.
    pub fn panel(&mut self) -> &mut PanelState {
        &mut self.panel
    }

    /// Selects a thing in all tiles.
    pub fn select(&mut self, selection: Selection) {
        self.panel.selection = selection;
    }

    /// What Site tile and 3D scene tell each other.
    pub fn stage(&mut self) -> &mut Stage {
        &mut self.panel.stage
    }

    /// Why the panels cannot be drawn, if they broke.
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// Sends what was asked for, and keeps settings that changed.
    fn send(&mut self, ctx: &egui::Context) {
        if let Some(keeper) = &mut self.keeper {
            keeper.see(&self.panel);
            if let Some(error) = keeper.problem() {
                self.panel.complain(&error);
            }
        }
        if let Source::Live(session) = &self.source {
            let post = self.office.as_ref().map(Office::post);
            if let Some(wish) = self.panel.wish.take() {
                let ctx = ctx.clone();
                self.dialogs.ask(wish, session, post.clone(), move || ctx.request_repaint());
            }
            if let Some(wish) = self.dialogs.take_refused() {
                self.panel.ask_path(wish, proposed(wish));
            }
            match self.panel.typed.take() {
                Some(TypedPath { wish, path, sure: false }) if wish.saves().is_some() && path.is_file() => {
                    self.panel.ask_replacing(wish, &path);
                }
                Some(TypedPath { wish, path, .. }) => answered(wish, vec![path], session, post.as_ref()),
                None => {}
            }
        }
        if let Some(office) = &mut self.office {
            for news in office.collect(&mut self.panel.board) {
                match news {
                    News::Done(text) => self.panel.tell(text),
                    News::Problem(error) => self.panel.complain(&error),
                    News::Wants(command) => self.asked.push(command),
                }
            }
        }
        for command in self.asked.drain(..) {
            if let Source::Live(session) = &self.source {
                session.send(command);
            }
        }
    }

    /// Draws panels, or the card that stands for them after they broke.
    fn draw(&mut self, ui: &mut egui::Ui) {
        let asking = std::time::Instant::now();
        let view = self.view();
        self.waited = asking.elapsed();
        if self.failure.is_none() {
            let (panel, asked, alone) = (&mut self.panel, &mut self.asked, &self.alone);
            let drawn = guarded(|| match alone {
                None => panel::workspace(ui, panel, &view, asked),
                Some(tile) => panel::tile_alone(ui, panel, &view, tile, asked),
            });
            if let Err(what) = drawn {
                // What a broken panel left behind is not trusted: neither its state nor its wishes.
                let theme = self.panel.theme;
                let board = std::mem::take(&mut self.panel.board);
                self.panel = PanelState::default();
                self.panel.board = board;
                match &self.keeper {
                    Some(keeper) => keeper.last().apply(&mut self.panel),
                    None => self.panel.theme = theme,
                }
                self.asked.clear();
                self.failure = Some(what);
            }
        } else if card(ui, self.failure.as_deref().unwrap_or_default()) {
            self.failure = None;
        }
    }
}

/// What stands in the field for a path: a new file, or the folder that the program was started in.
fn proposed(wish: FileWish) -> String {
    let folder = std::env::current_dir().unwrap_or_default();
    folder.join(wish.saves().unwrap_or_default()).display().to_string()
}

/// Says that the panels broke; true when the person wants to try again.
fn card(ui: &mut egui::Ui, what: &str) -> bool {
    let mut again = false;
    egui::Frame::group(ui.style()).inner_margin(24).outer_margin(48).show(ui, |ui| {
        ui.heading("The panels could not be drawn");
        ui.label(what);
        ui.label("The run goes on and its log is being written.");
        ui.add_space(12.0);
        again = ui.button("Draw the panels again").clicked();
    });
    again
}

/// Camera, egui context and the drawing system.
pub(super) struct DeskPlugin;

impl Plugin for DeskPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(Startup, spawn_camera).add_systems(Update, draw);
    }
}

fn spawn_camera(mut commands: Commands, cameras: Query<(), With<PrimaryEguiContext>>) {
    // Pictures bring a camera of their own.
    if cameras.is_empty() {
        commands.spawn(egui_camera());
    }
}

/// A camera that shows nothing but egui, which this module runs itself: so the panels get egui's own root `Ui`.
pub(super) fn egui_camera() -> (Camera2d, PrimaryEguiContext, EguiContextSettings) {
    (Camera2d, PrimaryEguiContext, EguiContextSettings { run_manually: true, ..EguiContextSettings::default() })
}

type Contexts<'w, 's> = Query<
    'w,
    's,
    (&'static mut EguiContext, &'static mut EguiInput, &'static mut EguiFullOutput),
    With<PrimaryEguiContext>,
>;

/// Lets the panels draw.
pub(super) fn draw(
    mut desk: ResMut<Desk>,
    mut clear: ResMut<ClearColor>,
    waker: Option<Res<Waker>>,
    mut contexts: Contexts,
    watch: Option<ResMut<Watch>>,
) {
    let Ok((mut context, mut input, mut output)) = contexts.single_mut() else { return };
    let context = context.get_mut();
    if let Some(waker) = waker.filter(|_| !desk.wakes) {
        let waker = waker.clone();
        context.set_request_repaint_callback(move |info| waker.after(info.delay));
        desk.wakes = true;
    }
    **output = Some(context.run_ui(input.take(), |ui| desk.draw(ui)));
    let handing = std::time::Instant::now();
    desk.send(context);
    if let Some(mut watch) = watch {
        watch.worker = desk.waited + handing.elapsed();
    }
    let [r, g, b, _] = context.global_style().visuals.panel_fill.to_array();
    let ground = Color::srgb_u8(r, g, b);
    if clear.0 != ground {
        clear.0 = ground;
    }
}
