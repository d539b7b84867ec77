//! All tiles of the window, drawn with egui alone from one picture of the run.
//!
//! [`workspace`] reads a [`RunView`], draws the whole window and pushes what the person asks for. Nothing here keeps
//! state of the run: [`PanelState`] holds only how a person looks at it. Every tile is made from the plant's tables, so a
//! plant with other slots, levers and charts opens on the same tiles.
//!
//! `tiling` decides which tile stands where, `tiles` which tile draws what; [`TileId`] names them. `parts` draws the
//! tiles that a plant composes, `graph` every chart. A tile writes what a click selects into `Cx::selection`; it holds
//! from the next frame on, everywhere.

mod acknowledged;
mod alarms;
mod ask;
mod asking;
mod axes;
mod banner;
mod begin;
mod beside;
mod cache;
mod chart;
mod charts;
mod contest;
mod control;
mod curve;
mod custom;
mod device;
pub mod drawing;
mod drivers;
mod error_card;
mod events;
mod explain;
mod faceplate;
mod file_wish;
mod glyph;
mod graph;
mod headroom;
mod help;
mod lab;
mod legend;
mod levels;
mod lever;
mod lever_entry;
mod lever_input;
mod lever_trend;
mod levers;
mod line;
mod manual;
mod menu;
mod menus;
mod mini;
mod now;
mod one_line;
mod overview;
mod palette;
mod parts;
mod path_field;
mod pen;
mod picker;
mod policy_card;
mod policy_drift;
mod readout;
mod replay;
mod scale;
mod scoreboard;
mod selection;
mod series;
mod signal_row;
mod signal_tree;
mod signals;
mod site;
mod taking;
mod tile_id;
mod tiles;
mod tiling;
mod time_axis;
mod timeline;
mod toasts;
mod told;
mod top_bar;
mod tour;
mod tuning;
mod undo;
mod welcome;
mod why;
mod widget;
mod words;

use egui::{Rect, Ui, UiBuilder};

use crate::app::board::{Ask, Board, Export};
use crate::app::command::{self, Deed, Entry, Kept, WindowDeed};
use crate::app::stage::{Quality, Stage};
use crate::app::theme::{self, Theme, ThemeName};
use crate::session::{Command, Notice, NoticeKind, RunView};

pub use beside::{Align, Comparison};
pub use charts::{ChartState, Span};
pub use contest::Best;
pub use custom::CustomCharts;
pub use file_wish::FileWish;
pub use path_field::TypedPath;
pub use selection::Selection;
pub use tile_id::TileId;
pub use tiling::{BuiltIn, Node, NodeDoc, Tiling};
pub use tour::check as check_tour;

use ask::AskState;
use beside::runs::RunsState;
use events::EventsState;
use headroom::HeadroomState;
use levers::LeverState;
use menu::MenuState;
use one_line::OneLineState;
use palette::PaletteState;
use parts::PartsState;
use policy_card::PolicyState;
use scoreboard::ScoreboardState;
use signals::SignalsState;
use site::SiteState;
use toasts::ToastState;

/// Smallest and largest scale of the window.
pub const SCALE_RANGE: (f32, f32) = (0.75, 2.0);

/// The scales that menu and keys offer.
const SCALES: [f32; 6] = [0.75, 1.0, 1.25, 1.5, 1.75, 2.0];

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
    /// A path that the person typed; whoever owns the window takes it away.
    pub typed: Option<TypedPath>,
    /// What is selected.
    pub selection: Selection,
    /// Charts that the person put together.
    pub custom: CustomCharts,
    /// Reduced motion: cameras jump, nothing blinks.
    pub still: bool,
    /// How much work the 3D picture may be.
    pub quality: Quality,
    /// Memory for the past of all runs, MiB; `None` is the program's own. Read when the window opens.
    pub memory_mib: Option<u64>,
    /// Result files among the logs that were given, as far as they were sent on to the scoreboard.
    results_sent: usize,
    /// What Site tile and 3D scene tell each other.
    pub stage: Stage,
    /// Stored results, the benchmark that is running, the policy that was looked at.
    pub board: Board,
    ask: AskState,
    headroom: HeadroomState,
    lab: lab::LabState,
    explain: explain::ExplainState,
    applied: Option<ThemeName>,
    scale: Scale,
    levers: LeverState,
    menu: MenuState,
    one_line: OneLineState,
    parts: PartsState,
    scoreboard: ScoreboardState,
    policy: PolicyState,
    runs: RunsState,
    timeline: timeline::TimelineState,
    signals: SignalsState,
    taking: taking::TakingState,
    site: SiteState,
    events: EventsState,
    palette: PaletteState,
    path: path_field::PathState,
    toasts: ToastState,
    tuning: tuning::TuningState,
    told: told::Opened,
    tour: tour::TourState,
    welcome: welcome::WelcomeState,
    contest: contest::ContestState,
    manual: manual::ManualState,
    undo: undo::UndoState,
    why: why::WhyState,
    /// How the tiles stand.
    pub tiling: Tiling,
    /// Size of the window, logical pixels at 100 %; `None` before the first frame.
    pub window: Option<[u32; 2]>,
    /// Messages of the window itself, beside those of the worker.
    pub notices: Vec<Notice>,
    seed: String,
    /// Run that the charts were last drawn for.
    run: u64,
    /// Tick under the pointer on the timeline while it is dragged.
    scrub: Option<u64>,
    /// Ticks that the rewind in progress had to run when it began.
    rewind: u64,
    /// Messages of the window so far.
    complaints: u64,
    /// A tile that a test told to fail.
    #[cfg(feature = "window-tests")]
    broken: Option<TileId>,
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

    /// Tells the person what went wrong beside the run.
    pub fn complain(&mut self, error: &crate::config::Error) {
        self.notice(NoticeKind::Error, error.to_string(), error.cure());
    }

    /// Tells the person what went as wished beside the run.
    pub fn tell(&mut self, text: String) {
        self.notice(NoticeKind::Done, text, String::new());
    }

    fn notice(&mut self, kind: NoticeKind, text: String, cure: String) {
        // Numbers of the window's own messages count down, those of the worker up.
        let id = u64::MAX - self.complaints;
        self.complaints += 1;
        self.notices.push(Notice { id, kind, text, cure });
    }

    /// Tells a tile to fail when it is drawn next: how tests see that the others live on.
    #[cfg(feature = "window-tests")]
    pub fn break_tile(&mut self, tile: TileId) {
        self.broken = Some(tile);
    }

    #[cfg(feature = "window-tests")]
    #[allow(clippy::panic)] // the point of it
    fn break_if_told(&mut self, tile: &TileId) {
        if self.broken.as_ref() == Some(tile) {
            self.broken = None;
            panic!("told to fail");
        }
    }

    /// The instant that a person means: under the pointer, else the mark, else the present.
    fn instant_meant(&self, view: &RunView) -> u64 {
        let pointed = self.charts.cursor().map(|instant| instant.round().max(0.0) as u64);
        pointed.or(self.charts.mark).unwrap_or(view.tick).min(view.span_ticks())
    }

    /// Makes a kind of the chart of the person that was touched last, else of the first one, else of a new one.
    fn chart_kind(&mut self, kind: crate::evaluate::charts::ChartKind, view: &RunView) {
        let shown = |n: &u32| self.tiling.shows(&TileId::Custom(*n));
        let touched = self.tiling.current().and_then(|tile| match tile {
            TileId::Custom(number) => Some(number),
            _ => None,
        });
        let first = || self.custom.charts.keys().copied();
        let number = touched.or_else(|| first().find(shown)).or_else(|| first().next());
        let number = number.unwrap_or_else(|| self.custom.open(view));
        self.custom.set_kind(number, kind);
        self.tiling.reveal(&TileId::Custom(number));
    }

    /// Opens a study in the Lab.
    pub fn open_study(&mut self, name: &str) {
        self.lab.open(name);
        self.tiling.reveal(&TileId::Lab);
    }

    /// Keeps the tiles as they stand under a name, with the charts of the person that stand among them.
    fn save_layout(&mut self, name: &str) {
        let Some(name) = self.tiling.save(name) else { return };
        let charts = self.tiling.saved().get(&name).map(|node| self.custom.of_tiles(&node.tiles()));
        self.custom.kept.insert(name, charts.unwrap_or_default());
    }

    /// Does what needs no worker.
    fn act(&mut self, deed: WindowDeed, view: &RunView, out: &mut Vec<Command>) {
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
            WindowDeed::Replay => self.wish = Some(FileWish::Replay),
            WindowDeed::OpenResults => {
                self.tiling.reveal(&TileId::Scoreboard);
                self.wish = Some(FileWish::Results);
            }
            WindowDeed::Benchmark => {
                self.tiling.reveal(&TileId::Scoreboard);
                self.scoreboard.toggle_form();
            }
            WindowDeed::CancelBenchmark => {
                if self.board.progress.is_some() {
                    self.board.asks.push(Ask::Cancel);
                }
            }
            WindowDeed::Policy => policy_card::toggle(self),
            WindowDeed::FocusLever(index) => {
                self.tiling.reveal(&TileId::Levers);
                self.levers.focus(index);
            }
            WindowDeed::ShowTile(tile) => self.tiling.reveal(&tile),
            WindowDeed::CloseTile(tile) => {
                if let Some(tile) = tile.or_else(|| self.tiling.current()) {
                    self.tiling.close(&tile);
                    if let TileId::Custom(number) = tile {
                        self.custom.close(number);
                    }
                }
            }
            WindowDeed::FillTile => {
                let tile = self.tiling.filled().cloned().or_else(|| self.tiling.current());
                self.tiling.fill(tile);
            }
            WindowDeed::Layout(name) => {
                self.tiling.choose(&name);
                if let Some(charts) = self.custom.kept.get(&name).cloned() {
                    self.custom.restore(&charts);
                }
            }
            WindowDeed::SaveLayout => self.menu.ask_for_name(self.tiling.name()),
            WindowDeed::ResetLayout => self.tiling.reset(),
            WindowDeed::NewChart => {
                let number = self.custom.open(view);
                self.tiling.reveal(&TileId::Custom(number));
            }
            WindowDeed::ChartKind(kind) => self.chart_kind(kind, view),
            WindowDeed::TakePicture(_)
            | WindowDeed::TakeFilm
            | WindowDeed::TakeSvg(_)
            | WindowDeed::TakeReport
            | WindowDeed::SaveLayoutFile
            | WindowDeed::OpenLayoutFile => taking::act(self, &deed, view),
            WindowDeed::Span(step) => self.charts.step_span(step),
            WindowDeed::Still => self.still = !self.still,
            WindowDeed::Quality => {
                self.quality = self.quality.next();
                self.tell(format!("The 3D picture is {}.", self.quality.words()));
            }
            WindowDeed::Acknowledge => self.events.known.everything(view),
            WindowDeed::HandBack => out.extend(begin::hand_back(view)),
            WindowDeed::PinAll => out.extend(begin::pin_all(view)),
            WindowDeed::ReleasePins => out.extend(begin::release_all(view)),
            WindowDeed::Lay => {
                self.tiling.reveal(&TileId::Runs);
                self.wish = Some(FileWish::Lay);
            }
            WindowDeed::Race(slot) => {
                self.tiling.reveal(&TileId::Runs);
                match slot {
                    Some(slot) => self.runs.race_for(slot),
                    None => self.runs.toggle_race(),
                }
            }
            WindowDeed::Difference => self.charts.compare.difference = !self.charts.compare.difference,
            WindowDeed::NextAlign => {
                let all = Align::ALL;
                let at = all.iter().position(|a| *a == self.charts.compare.align).unwrap_or(0);
                self.charts.compare.align = all.get((at + 1) % all.len()).copied().unwrap_or_default();
            }
            WindowDeed::CursorA => self.charts.compare.set(Some(self.instant_meant(view)), None),
            WindowDeed::CursorB => self.charts.compare.set(None, Some(self.instant_meant(view))),
            WindowDeed::Export => {
                let (from, to) = self.charts.compare.cursors().unwrap_or_else(|| {
                    let (from, to) = self.charts.range(view);
                    (from.max(0.0) as u64, to.max(0.0).ceil() as u64)
                });
                let recording = view.beside.shown_run().map_or(&view.recording, |run| &run.recording).clone();
                let to = to.min(recording.rows());
                let columns = self.charts.seen.clone();
                if columns.is_empty() {
                    self.notice(
                        NoticeKind::Error,
                        "No chart is in sight, so that there is nothing to export".to_owned(),
                        "Open a chart with the signals, or one of your own (Ctrl+N).".to_owned(),
                    );
                    return;
                }
                let calendar = view.spec.calendar.clone();
                let schema = std::sync::Arc::clone(&view.schema);
                self.board.export = Some(Export { recording, schema, calendar, columns, from: from.min(to), to });
                self.wish = Some(FileWish::Export);
            }
            WindowDeed::CursorsOff => (self.charts.compare.a, self.charts.compare.b) = (None, None),
            WindowDeed::Mark => self.timeline.write(None, self.instant_meant(view), String::new()),
            WindowDeed::Until => self.timeline.ask_until(),
            WindowDeed::LoopRange => {
                let range = self.charts.compare.cursors().unwrap_or_else(|| {
                    let (from, to) = self.charts.range(view);
                    (from.max(0.0).round() as u64, (to.round() as u64).min(view.reach()))
                });
                out.extend((range.0 < range.1).then_some(Command::Loop(Some(range))));
            }
            WindowDeed::SelectNothing => self.selection = Selection::default(),
            WindowDeed::Manual => manual::toggle(self),
            WindowDeed::Undo => undo::step(self, true),
            WindowDeed::Redo => undo::step(self, false),
            WindowDeed::Contest => self.toggle_contest(view, out),
            WindowDeed::Welcome => self.toggle_welcome(),
            WindowDeed::Tour(name) => self.board.asks.push(Ask::Tour(name)),
            WindowDeed::TourStep(step) => tour::step(self, step, view),
            WindowDeed::Study(name) => self.open_study(name),
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
    let mut mine = tour::frame(ui, state, view);
    contest::frame(ui, state, view, &mut mine);
    let before = out.len();
    let mut cx = Cx { theme: Theme::of(state.theme), view, out, deeds: Vec::new(), selection: state.selection };
    for entry in command::pressed(ui.ctx(), kept(ui, state)) {
        cx.run(entry);
    }
    replay::dropped(ui, state, &mut cx);
    replay::results(state, &mut cx);
    welcome::sampled(state, &mut cx);
    state.take_layout(view);
    let whole = ui.max_rect();
    let natural = whole.size() * ui.ctx().zoom_factor();
    state.window = Some([natural.x.round().max(1.0) as u32, natural.y.round().max(1.0) as u32]);
    ui.painter().rect_filled(whole, 0.0, cx.theme.bg);
    let (top, tiles) = divide(whole, &cx.theme);
    top_bar::show(ui, top, state, &mut cx);
    tiling::show(ui, tiles, state, &mut cx);
    tour::point_out(ui, state, &cx.theme);
    let above = Rect::from_min_max(tiles.min, tiles.max - egui::vec2(0.0, cx.theme.tokens.header.timeline));
    banner::show(ui, above, state, &mut cx);
    // Over the site, beside its legend, where there is room; else in the corner that toasts share with it.
    let legend = 264.0;
    let site = state.tiling.place(&TileId::Site).filter(|site| site.width() > 330.0 + legend);
    let over = site.map_or(above, |site| site.with_max_x(site.right() - legend));
    let corner = alarms::card(ui, over, state, &mut cx);
    // A wide timeline says itself that a trip is ahead.
    let trips = view.outlook.as_ref().is_some_and(|outlook| outlook.ticks_to_trip.is_some());
    if trips && corner >= over.bottom() && tiles.width() < tiling::WIDE.x && over.width() > 200.0 {
        let line = Rect::from_min_max(over.left_bottom() + egui::vec2(8.0, -36.0), over.max - egui::vec2(8.0, 10.0));
        charts::ahead(ui, line, state, &cx);
    }
    toasts::show(ui, if site.is_some() { above.bottom() } else { corner }, state, &mut cx);
    menu::name_field(ui, state, &cx);
    taking::show(ui, state, &cx);
    path_field::show(ui, state, &cx);
    policy_card::show(ui, state, &mut cx);
    timeline::show_fields(ui, state, &mut cx);
    palette::show(ui, state, &mut cx);
    welcome::show(ui, tiles, state, &mut cx);
    help::show(ui, state, &cx);
    manual::show(ui, state, &cx);
    // What charts show of rows that went from memory comes back.
    let lacks = state.charts.cache.take_lacks();
    cx.out.extend(lacks.into_iter().map(|l| Command::Need { run: l.run, from: l.from, to: l.to }));
    let theme = cx.theme;
    finish(ui, state, cx);
    let mut own = out.split_off(before);
    tour::join(state, view, &mut own, mine);
    tour::show(ui, above, state, view, &theme, &mut own);
    contest::show(ui, above, state, view, &theme, &mut own);
    state.site.end_frame(ui);
    undo::see(ui, state);
    out.append(&mut own);
}

/// The top bar and the room for tiles below it.
fn divide(whole: Rect, theme: &Theme) -> (Rect, Rect) {
    let (header, gap) = (theme.tokens.header, theme.tokens.space.tile_gap);
    let wide = whole.width() >= tiling::WIDE.x && whole.height() >= tiling::WIDE.y + header.top_bar;
    let bar = if wide { header.top_bar } else { header.top_bar_compact };
    let top = Rect::from_min_max(whole.min, egui::pos2(whole.right(), (whole.top() + bar).min(whole.bottom())));
    let min = egui::pos2(whole.left() + gap, (top.bottom() + gap).min(whole.bottom()));
    let max = egui::pos2((whole.right() - gap).max(min.x), (whole.bottom() - gap).max(min.y));
    (top, Rect::from_min_max(min, max))
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
    let title = widget::title(ui, &cx.theme, header, &tile.title(&view.spec));
    if let TileId::Plant(name) = tile
        && let Some(spec) = view.spec.tiles.iter().find(|t| t.name == *name)
    {
        let free = header.with_min_x(title.right() + 12.0).with_max_x(header.right() - cx.theme.tokens.space.tile_pad);
        parts::header(ui, free, spec, &[], &cx);
    }
    if let TileId::Custom(number) = tile {
        let width = custom::header_width(ui, *number, state, &cx);
        let free = header.with_max_x(header.right() - cx.theme.tokens.space.tile_pad);
        if free.right() - width > title.right() + 12.0 {
            custom::header(ui, free.with_min_x(free.right() - width), *number, state, &cx);
        }
    }
    tiles::show(ui, body, tile, state, &mut cx);
    finish(ui, state, cx);
}

/// Does what the tiles asked of the window.
fn finish(ui: &Ui, state: &mut PanelState, mut cx: Cx<'_>) {
    let gone = state.charts.need(cx.view).filter(|_| cx.view.replay.is_none());
    cx.out.extend(gone.map(|rows| Command::Need { run: None, from: rows.start, to: rows.end }));
    state.charts.end(ui.ctx());
    custom::carry(ui, &cx);
    if state.selection != cx.selection {
        state.selection = cx.selection;
        ui.ctx().request_repaint();
    }
    if state.custom.wanted.is_some() {
        cx.deeds.push(WindowDeed::NewChart);
    }
    for deed in std::mem::take(&mut cx.deeds) {
        state.act(deed, cx.view, cx.out);
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
    state.stage.ask.theme = state.theme;
    state.stage.ask.selected = state.selection.entity;
    state.stage.ask.still = state.still;
    state.rewind = view.rewinding.map_or(0, |left| state.rewind.max(left));
    state.charts.begin(ui.ctx(), view);
}

/// Which keys the widget with the focus keeps for itself.
fn kept(ui: &Ui, state: &PanelState) -> Kept {
    if ui.ctx().text_edit_focused() {
        return Kept::Letters;
    }
    match ui.memory(|memory| memory.focused()) {
        None => Kept::Nothing,
        Some(id) if [state.levers.focused, state.charts.focused].contains(&Some(id)) => Kept::Arrows,
        Some(id) if state.site.is_at(id) => Kept::Camera,
        Some(_) => Kept::ArrowsAndSpace,
    }
}
