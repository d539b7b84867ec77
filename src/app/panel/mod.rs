//! All tiles of the window, drawn with egui alone from one picture of the run.
//!
//! [`workspace`] reads a [`RunView`], draws the whole window and pushes what the person asks for. Nothing here keeps
//! state of the run: [`PanelState`] holds only how a person looks at it. Every tile is made from the plant's tables, so a
//! plant with other slots, levers and charts opens on the same tiles.

mod acknowledged;
mod alarms;
mod axes;
mod banner;
mod begin;
mod chart;
mod charts;
mod control;
mod custom;
mod drivers;
mod error_card;
mod events;
mod faceplate;
mod glyph;
mod help;
mod layout;
mod lever;
mod lever_entry;
mod lever_input;
mod lever_trend;
mod levers;
mod menus;
mod now;
mod one_line;
mod overview;
mod palette;
mod parts;
mod pen;
mod picker;
mod readout;
mod scale;
mod selection;
mod series;
mod signals;
mod site;
mod tile_id;
mod tiles;
mod timeline;
mod toasts;
mod top_bar;
mod widget;
mod words;

use egui::{Rect, Ui, UiBuilder};

use crate::app::command::{self, Deed, Entry, Kept, WindowDeed};
use crate::app::stage::Stage;
use crate::app::theme::{self, Theme, ThemeName};
use crate::session::{Command, RunView};

pub use charts::{ChartState, Span};
pub use custom::CustomCharts;
pub use selection::Selection;
pub use tile_id::TileId;

use events::EventsState;
use layout::Areas;
use levers::LeverState;
use one_line::OneLineState;
use palette::PaletteState;
use parts::PartsState;
use signals::SignalsState;
use site::SiteState;
use toasts::ToastState;

/// Smallest and largest scale of the window.
pub const SCALE_RANGE: (f32, f32) = (0.75, 2.0);

/// The scales that menu and keys offer.
const SCALES: [f32; 6] = [0.75, 1.0, 1.25, 1.5, 1.75, 2.0];

/// What a file is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileWish {
    /// A setup to begin a run with.
    OpenSetup,
    /// A place for the full log.
    SaveLog,
}

/// How a person looks at the run.
#[derive(Debug, Clone, Default)]
pub struct PanelState {
    /// Colours.
    pub theme: ThemeName,
    /// Whether the help lies over the tiles.
    pub help: bool,
    /// Part of the run that the charts show.
    pub charts: ChartState,
    /// A file that the person wants to name; whoever owns the window asks for it and takes the wish away.
    pub wish: Option<FileWish>,
    /// What is selected.
    pub selection: Selection,
    /// Charts that the person put together.
    pub custom: CustomCharts,
    /// Nothing blinks or glides (reduced motion).
    pub still: bool,
    /// What Site tile and 3D scene tell each other.
    pub stage: Stage,
    applied: Option<ThemeName>,
    scale: Scale,
    levers: LeverState,
    one_line: OneLineState,
    parts: PartsState,
    signals: SignalsState,
    site: SiteState,
    events: EventsState,
    palette: PaletteState,
    toasts: ToastState,
    left_tab: usize,
    right_tab: usize,
    seed: String,
    /// Run that the charts were last drawn for.
    run: u64,
    /// Tick under the pointer on the timeline while it is dragged.
    scrub: Option<u64>,
    /// Ticks that the rewind in progress had to run when it began.
    rewind: u64,
}

/// Scale of the window, 1 = 100 %.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Scale(f32);

impl Default for Scale {
    fn default() -> Self {
        Self(1.0)
    }
}

impl PanelState {
    /// Scale of the window, 1 = 100 %.
    pub fn scale(&self) -> f32 {
        self.scale.0
    }

    /// Sets the scale of the window, within [`SCALE_RANGE`].
    pub fn set_scale(&mut self, scale: f32) {
        let scale = if scale.is_finite() { scale } else { 1.0 };
        self.scale = Scale(scale.clamp(SCALE_RANGE.0, SCALE_RANGE.1));
    }

    /// Does what needs no worker.
    fn act(&mut self, deed: WindowDeed) {
        match deed {
            WindowDeed::NextTheme => self.theme = self.theme.next(),
            WindowDeed::Help => self.help = !self.help,
            WindowDeed::Palette => self.palette.toggle(),
            WindowDeed::Larger => {
                let next = SCALES.into_iter().find(|s| *s > self.scale.0 + 0.01);
                self.set_scale(next.unwrap_or(SCALE_RANGE.1));
            }
            WindowDeed::Smaller => {
                let next = SCALES.into_iter().rev().find(|s| *s < self.scale.0 - 0.01);
                self.set_scale(next.unwrap_or(SCALE_RANGE.0));
            }
            WindowDeed::NaturalSize => self.set_scale(1.0),
            WindowDeed::Follow => self.charts.follow(),
            WindowDeed::OpenSetup => self.wish = Some(FileWish::OpenSetup),
            WindowDeed::SaveLog => self.wish = Some(FileWish::SaveLog),
            WindowDeed::FocusLever(index) => {
                self.left_tab = 0;
                self.levers.focus(index);
            }
        }
    }
}

/// What every tile is handed: the theme, the picture, and where wishes go.
struct Cx<'a> {
    theme: Theme,
    view: &'a RunView,
    out: &'a mut Vec<Command>,
    deeds: Vec<WindowDeed>,
    /// What is selected; what a tile writes here holds from the next frame on.
    selection: Selection,
}

impl Cx<'_> {
    /// Does what an entry of the command table says, if it can be done now.
    fn run(&mut self, entry: &Entry) {
        match (entry.deed)(self.view) {
            Ok(Deed::Run(command)) => self.out.push(command),
            Ok(Deed::Window(deed)) => self.deeds.push(deed),
            Err(_) => {}
        }
    }

    /// As [`Cx::run`], by name.
    fn run_named(&mut self, id: &str) {
        if let Some(entry) = command::find(id) {
            self.run(entry);
        }
    }
}

/// Draws into a part of the window, cut off at its edges.
///
/// A child of its own, not a scope: tiles stand where the layout puts them and move no cursor.
fn inside<R>(ui: &mut Ui, rect: Rect, name: impl egui::AsIdSalt, draw: impl FnOnce(&mut Ui) -> R) -> R {
    let mut child = ui.new_child(UiBuilder::new().max_rect(rect).id_salt(name));
    child.shrink_clip_rect(rect);
    draw(&mut child)
}

/// Draws the whole window into `ui` from one picture and pushes what the person asks for.
pub fn workspace(ui: &mut Ui, state: &mut PanelState, view: &RunView, out: &mut Vec<Command>) {
    prepare(ui, state, view);
    let mut cx = Cx { theme: Theme::of(state.theme), view, out, deeds: Vec::new(), selection: state.selection };
    for entry in command::pressed(ui.ctx(), kept(ui, state)) {
        cx.run(entry);
    }
    let whole = ui.max_rect();
    ui.painter().rect_filled(whole, 0.0, cx.theme.bg);
    let areas = Areas::of(whole, &cx.theme, levers::height(view));
    top_bar::show(ui, areas.top, state, &mut cx);
    left(ui, &areas, state, &mut cx);
    charts::show(ui, areas.centre, state, &mut cx);
    right(ui, &areas, state, &mut cx);
    timeline::show(ui, areas.timeline, state, &mut cx);
    let above = whole.with_max_y(areas.timeline.top()).with_min_y(areas.top.bottom());
    let corner = alarms::card(ui, above, state, &mut cx);
    toasts::show(ui, corner, state, &mut cx);
    palette::show(ui, state, &mut cx);
    help::show(ui, state, &cx);
    finish(ui, state, cx);
}

/// Draws one tile alone, as large as `ui`: for tests and for pictures of a single tile.
pub fn tile_alone(ui: &mut Ui, state: &mut PanelState, view: &RunView, tile: &TileId, out: &mut Vec<Command>) {
    prepare(ui, state, view);
    let mut cx = Cx { theme: Theme::of(state.theme), view, out, deeds: Vec::new(), selection: state.selection };
    for entry in command::pressed(ui.ctx(), kept(ui, state)) {
        cx.run(entry);
    }
    let whole = ui.max_rect();
    ui.painter().rect_filled(whole, 0.0, cx.theme.bg);
    let (header, body) = widget::tile(ui, &cx.theme, whole.shrink(cx.theme.tokens.space.tile_gap));
    widget::title(ui, &cx.theme, header, &tile.title(&view.spec));
    tiles::show(ui, body, tile, state, &mut cx);
    finish(ui, state, cx);
}

/// Does what the tiles asked of the window.
fn finish(ui: &Ui, state: &mut PanelState, mut cx: Cx<'_>) {
    if state.selection != cx.selection {
        state.selection = cx.selection;
        ui.ctx().request_repaint();
    }
    for deed in std::mem::take(&mut cx.deeds) {
        state.act(deed);
        ui.ctx().request_repaint();
    }
}

/// Brings theme, scale and memory up to date before anything is drawn.
fn prepare(ui: &mut Ui, state: &mut PanelState, view: &RunView) {
    if state.applied != Some(state.theme) {
        theme::apply(ui.ctx(), state.theme);
        ui.set_style(ui.ctx().global_style());
        state.applied = Some(state.theme);
    }
    if (ui.ctx().zoom_factor() - state.scale.0).abs() > 1e-3 {
        ui.ctx().set_zoom_factor(state.scale.0);
    }
    if state.run != view.run {
        state.run = view.run;
        state.charts.follow();
        state.scrub = None;
    }
    state.rewind = view.rewinding.map_or(0, |left| state.rewind.max(left));
}

/// Which keys the widget with the focus keeps for itself.
fn kept(ui: &Ui, state: &PanelState) -> Kept {
    if ui.ctx().text_edit_focused() {
        return Kept::Letters;
    }
    match ui.memory(|memory| memory.focused()) {
        None => Kept::Nothing,
        Some(id) if state.levers.focused == Some(id) => Kept::Arrows,
        Some(_) => Kept::ArrowsAndSpace,
    }
}

/// The left column: levers over control, or both as tabs.
fn left(ui: &mut Ui, areas: &Areas, state: &mut PanelState, cx: &mut Cx<'_>) {
    let theme = cx.theme;
    let (header, body) = widget::tile(ui, &theme, areas.left);
    let id = ui.id().with("left tabs");
    match areas.left_below {
        Some(below) => {
            widget::title(ui, &theme, header, "Levers");
            levers::show(ui, body, &mut state.levers, cx);
            let (header, body) = widget::tile(ui, &theme, below);
            widget::title(ui, &theme, header, "Control");
            control::show(ui, body, state, cx);
        }
        None => {
            let names: &[&str] =
                if areas.right.is_some() { &["Levers", "Control"] } else { &["Levers", "Control", "Now", "Events"] };
            state.left_tab = state.left_tab.min(names.len() - 1);
            if let Some(tab) = widget::tabs(ui, &theme, header, id, names, state.left_tab) {
                state.left_tab = tab;
            }
            match state.left_tab {
                0 => levers::show(ui, body, &mut state.levers, cx),
                1 => control::show(ui, body, state, cx),
                2 => now::show(ui, body, true, state, cx),
                _ => events::show(ui, body, state, cx),
            }
        }
    }
}

/// The right column: numbers over events, or both as tabs.
fn right(ui: &mut Ui, areas: &Areas, state: &mut PanelState, cx: &mut Cx<'_>) {
    let Some(area) = areas.right else { return };
    let theme = cx.theme;
    let (header, body) = widget::tile(ui, &theme, area);
    match areas.right_below {
        Some(below) => {
            widget::title(ui, &theme, header, "Now");
            now::show(ui, body, false, state, cx);
            let (header, body) = widget::tile(ui, &theme, below);
            widget::title(ui, &theme, header, "Events");
            events::count(ui, header, cx);
            events::show(ui, body, state, cx);
        }
        None => {
            let id = ui.id().with("right tabs");
            if let Some(tab) = widget::tabs(ui, &theme, header, id, &["Now", "Events"], state.right_tab) {
                state.right_tab = tab;
            }
            match state.right_tab {
                0 => now::show(ui, body, true, state, cx),
                _ => events::show(ui, body, state, cx),
            }
        }
    }
}
