//! The first page: three doors into the program, and below them what was open last, samples, tours.
//!
//! It lies over the tiles, not over the top bar; the run goes on behind it.

mod doors;

use std::path::PathBuf;

use egui::{Align, Area, CursorIcon, Key, Modifiers, Order, Rect, Sense, Ui, WidgetInfo, WidgetType, pos2, vec2};

use crate::app::board::Ask;
use crate::app::command::WindowDeed;
use crate::app::samples::SAMPLES;
use crate::app::theme::{Face, corners};
use crate::session::{Command, tour};
use crate::signal::format_number;

use super::glyph::{self, Glyph};
use super::pen::Pen;
use super::widget::{self, spoken};
use super::words::grouped;
use super::{Cx, FileWish, PanelState, TileId};

/// Widest page, points.
const WIDEST: f32 = 1_440.0;

/// Room between columns.
const GAP: f32 = 20.0;

/// Height of a line of a list.
const LINE: f32 = 38.0;

/// Most lines of a list.
const LINES: usize = 5;

/// Most files that are remembered.
const REMEMBERED: usize = 8;

/// Height of a list's header.
const HEADER: f32 = 28.0;

/// What the first page remembers.
#[derive(Debug, Clone)]
pub(super) struct WelcomeState {
    open: bool,
    /// Whether it comes by itself when the window opens.
    pub at_start: bool,
    /// Files that were open, the newest first, each with what it is.
    pub recent: Vec<(PathBuf, String)>,
}

impl Default for WelcomeState {
    fn default() -> Self {
        Self { open: false, at_start: true, recent: Vec::new() }
    }
}

impl PanelState {
    /// Opens the first page, where the person wants it at the start.
    pub fn open_welcome_at_start(&mut self) {
        self.welcome.open = self.welcome.at_start;
    }

    /// Opens the first page, or puts it away.
    pub fn toggle_welcome(&mut self) {
        self.welcome.open = !self.welcome.open;
    }

    pub(super) fn close_welcome(&mut self) {
        self.welcome.open = false;
    }

    /// Whether the first page comes by itself when the window opens.
    pub fn welcome_at_start(&self) -> bool {
        self.welcome.at_start
    }

    /// Sets whether the first page comes by itself when the window opens.
    pub fn set_welcome_at_start(&mut self, on: bool) {
        self.welcome.at_start = on;
    }

    /// Files that were open, the newest first, each with what it is.
    pub fn recent(&self) -> &[(PathBuf, String)] {
        &self.welcome.recent
    }

    /// Takes over the files that were open before.
    pub fn set_recent(&mut self, recent: Vec<(PathBuf, String)>) {
        self.welcome.recent = recent;
        self.welcome.recent.truncate(REMEMBERED);
    }
}

/// Remembers the log that is played, or written.
pub(super) fn remember(state: &mut PanelState, cx: &Cx<'_>) {
    let view = cx.view;
    let (path, what) = match (&view.replay, &view.log) {
        (Some(replay), _) if replay.reading.is_none() => {
            (replay.path.as_str(), format!("{}, {} rows", replay.kind, grouped(replay.rows)))
        }
        (None, Some(log)) => (log.as_str(), "full log of a run in this window".to_owned()),
        _ => return,
    };
    let recent = &mut state.welcome.recent;
    if recent.first().is_some_and(|(first, words)| first.as_os_str() == path && *words == what) {
        return;
    }
    let path = PathBuf::from(path);
    recent.retain(|(known, _)| *known != path);
    recent.insert(0, (path, what));
    recent.truncate(REMEMBERED);
}

/// A sample that was laid where it can be opened is opened.
pub(super) fn sampled(state: &mut PanelState, cx: &mut Cx<'_>) {
    match state.board.sample.take() {
        Some(sample) if sample.results => {
            state.board.asks.push(Ask::Read(vec![sample.path]));
            cx.deeds.push(WindowDeed::ShowTile(TileId::Scoreboard));
        }
        Some(sample) => cx.out.push(Command::Replay(vec![sample.path])),
        None => {}
    }
}

/// What a person chose.
enum Chosen {
    Watch,
    Drive,
    Open,
    Recent(PathBuf),
    Sample(usize),
    Tour(String),
    Clear,
}

/// Draws the page over the tiles, if it is open.
pub(super) fn show(ui: &Ui, room: Rect, state: &mut PanelState, cx: &mut Cx<'_>) {
    remember(state, cx);
    if !state.welcome.open || room.width() < 300.0 || room.height() < 240.0 {
        return;
    }
    let keys = ui.ctx().input_mut(|i| {
        let mut take = |key| i.consume_key(Modifiers::NONE, key);
        (take(Key::Escape), take(Key::Enter), take(Key::D))
    });
    let area = Area::new(ui.id().with("welcome")).order(Order::Middle).fixed_pos(room.min);
    let clicked = area.show(ui.ctx(), |ui| page(ui, room, state, cx)).inner;
    let chosen = match keys {
        (_, true, _) => Some(Chosen::Watch),
        (_, _, true) => Some(Chosen::Drive),
        _ => clicked,
    };
    if keys.0 {
        state.welcome.open = false;
    }
    let Some(chosen) = chosen else { return };
    state.welcome.open = matches!(chosen, Chosen::Clear);
    match chosen {
        Chosen::Watch => cx.out.push(Command::Play),
        Chosen::Drive => cx.deeds.push(WindowDeed::Contest),
        Chosen::Open => state.wish = Some(FileWish::Replay),
        Chosen::Recent(path) => cx.out.push(Command::Replay(vec![path])),
        Chosen::Sample(index) => state.board.asks.push(Ask::Sample(index)),
        Chosen::Tour(name) => state.board.asks.push(Ask::Tour(name)),
        Chosen::Clear => state.welcome.recent.clear(),
    }
    ui.ctx().request_repaint();
}

fn page(ui: &mut Ui, room: Rect, state: &mut PanelState, cx: &Cx<'_>) -> Option<Chosen> {
    let theme = &cx.theme;
    let ground = ui.allocate_rect(room, Sense::click_and_drag());
    ground.widget_info(|| WidgetInfo::labeled(WidgetType::Window, true, "Welcome"));
    ui.painter().rect_filled(room.expand(theme.tokens.space.tile_gap), 0.0, theme.bg);
    let width = (room.width() - 48.0).min(WIDEST);
    let lists = HEADER + LINES as f32 * LINE + 8.0;
    let tight = room.height() < 620.0;
    let above = if tight { 46.0 } else { 74.0 };
    let height = room.height() - above - 20.0 - lists - 44.0;
    let doors = height.clamp(150.0, 520.0);
    let spare = (height - doors).max(0.0) / 2.0;
    let mut chosen = None;
    let mut draw = |ui: &mut Ui| {
        let left = room.center().x - width / 2.0;
        let mut y = room.top() + 18.0 + spare;
        let pen = Pen::new(ui, theme);
        let title = "A data centre that sells frequency regulation.";
        let at = large(&pen, pos2(left, y + 8.0), title, 22.0);
        spoken(ui, at, ui.id().with("welcome title"), title);
        if !tight {
            let words = "It bids every 15 minutes and moves its levers every few seconds. Choose how to begin; you can change hands at any time.";
            pen.text_within(pos2(left, y + 34.0), Align::Min, width, words, Face::Body, theme.text2);
        }
        y += above - 14.0;
        let column = (width - 2.0 * GAP) / 3.0;
        let place = |index: usize, top: f32, height: f32| {
            Rect::from_min_size(pos2(left + index as f32 * (column + GAP), top), vec2(column, height))
        };
        for door in 0..3 {
            if doors::show(ui, place(door, y, doors), door, state, cx) {
                chosen =
                    Some([Chosen::Watch, Chosen::Drive, Chosen::Open].into_iter().nth(door).unwrap_or(Chosen::Watch));
            }
        }
        y += doors + 16.0;
        let mut list = |found: Option<Chosen>| {
            if found.is_some() {
                chosen = found;
            }
        };
        list(recent(ui, place(0, y, lists), state, cx));
        list(samples(ui, place(1, y, lists), cx));
        list(tours(ui, place(2, y, lists), state, cx));
        y += lists + 18.0;
        let id = ui.id().with("at start");
        let label = "Show this at start";
        let boxed = Rect::from_min_size(pos2(left, y - 7.0), vec2(14.0, 14.0));
        let whole = boxed.with_max_x(boxed.right() + 10.0 + pen.width(label, Face::Label));
        let response = ui.interact(whole.expand(4.0), id, Sense::click());
        response.widget_info(|| WidgetInfo::selected(WidgetType::Checkbox, true, state.welcome.at_start, label));
        pen.painter.rect(boxed, corners(2.0), theme.sunken, theme.outline(), egui::StrokeKind::Inside);
        if state.welcome.at_start {
            let points = vec![boxed.min + vec2(3.0, 7.0), boxed.min + vec2(6.0, 10.5), boxed.min + vec2(11.5, 3.5)];
            pen.painter.add(egui::Shape::line(points, egui::Stroke::new(1.8, theme.text)));
        }
        pen.text(pos2(boxed.right() + 9.0, y), Align::Min, label, Face::Label, theme.text);
        widget::focus_ring(ui, theme, &response, whole);
        if response.on_hover_cursor(CursorIcon::PointingHand).clicked() {
            state.welcome.at_start = !state.welcome.at_start;
        }
        let words = "Esc closes this page; the menu opens it again";
        pen.text(pos2(left + width, y), Align::Max, words, Face::Label, theme.text3);
    };
    let needed = above + 150.0 + 20.0 + lists + 44.0;
    if room.height() >= needed {
        draw(ui);
    } else {
        egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            ui.allocate_space(vec2(1.0, needed));
            draw(ui);
        });
    }
    chosen
}

/// Large letters: set twice, because the proportional face comes in one light weight.
fn large(pen: &Pen, at: egui::Pos2, text: &str, size: f32) -> Rect {
    let font = egui::FontId::proportional(size);
    let ink = *pen.theme.text;
    pen.painter.text(at + vec2(0.5, 0.0), egui::Align2::LEFT_CENTER, text, font.clone(), ink);
    pen.painter.text(at, egui::Align2::LEFT_CENTER, text, font, ink)
}

/// A list with a header; draws its lines and tells which was clicked.
struct List<'a> {
    title: &'a str,
    empty: &'a str,
    glyph: Glyph,
    lines: Vec<[String; 3]>,
}

impl List<'_> {
    fn show(&self, ui: &mut Ui, rect: Rect, cx: &Cx<'_>) -> Option<usize> {
        let theme = &cx.theme;
        let (header, body) = widget::tile(ui, theme, rect);
        widget::title(ui, theme, header, self.title);
        let pen = Pen::new(ui, theme);
        if self.lines.is_empty() {
            pen.paragraph(body.min + vec2(12.0, 12.0), body.width() - 24.0, self.empty, Face::Label, theme.text3);
        }
        if self.lines.len() <= LINES {
            return self.lines(ui, body, cx);
        }
        super::inside(ui, body.shrink(1.0), self.title, |ui| {
            egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                let size = vec2(body.width() - 8.0, self.lines.len() as f32 * LINE + 8.0);
                let (_, rect) = ui.allocate_space(size);
                self.lines(ui, rect, cx)
            })
        })
        .inner
    }

    fn lines(&self, ui: &Ui, body: Rect, cx: &Cx<'_>) -> Option<usize> {
        let theme = &cx.theme;
        let pen = Pen::new(ui, theme);
        let mut clicked = None;
        for (index, [title, about, tail]) in self.lines.iter().enumerate() {
            let top = body.top() + 4.0 + index as f32 * LINE;
            let place = Rect::from_min_size(pos2(body.left() + 4.0, top), vec2(body.width() - 8.0, LINE));
            let response = ui.interact(place, ui.id().with((self.title, index)), Sense::click());
            response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, format!("{title}: {about}")));
            if response.hovered() {
                pen.painter.rect_filled(place, corners(theme.tokens.radius.control), theme.hover);
            }
            if index > 0 {
                pen.hline(body.left() + 12.0, body.right() - 12.0, top, theme.hairline());
            }
            glyph::draw(&pen.painter, self.glyph, pos2(place.left() + 14.0, place.center().y), 10.0, *theme.text2);
            let right = place.right() - 8.0;
            let at = pen.text(pos2(right, top + 13.0), Align::Max, tail, Face::NumberLabel, theme.text2);
            let room = at.left() - place.left() - 40.0;
            let from = place.left() + 30.0;
            pen.text_within(pos2(from, top + 13.0), Align::Min, room, title, Face::Body, theme.text);
            pen.text_within(pos2(from, top + 28.0), Align::Min, right - from, about, Face::Caption, theme.text3);
            widget::focus_ring(ui, theme, &response, place.shrink(1.0));
            if response.on_hover_cursor(CursorIcon::PointingHand).clicked() {
                clicked = Some(index);
            }
        }
        clicked
    }
}

fn recent(ui: &mut Ui, rect: Rect, state: &PanelState, cx: &Cx<'_>) -> Option<Chosen> {
    let line = |(path, what): &(PathBuf, String)| {
        let name = path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
        [name, what.clone(), String::new()]
    };
    let lines = state.welcome.recent.iter().map(line).collect();
    let empty = "Logs that you play or write stand here.";
    let list = List { title: "Recent", empty, glyph: Glyph::Tiles, lines };
    let chosen = list.show(ui, rect, cx).and_then(|index| state.welcome.recent.get(index));
    if !state.welcome.recent.is_empty() {
        let pen = Pen::new(ui, &cx.theme);
        let button = widget::Button::words("Clear", "Forgets these files; the files stay").look(widget::Look::Quiet);
        let width = button.width(&pen);
        let place = Rect::from_min_size(pos2(rect.right() - width - 6.0, rect.top() + 3.0), vec2(width, 22.0));
        if button.show(ui, &cx.theme, place, ui.id().with("clear recent")).clicked() {
            return Some(Chosen::Clear);
        }
    }
    chosen.map(|(path, _)| Chosen::Recent(path.clone()))
}

fn samples(ui: &mut Ui, rect: Rect, cx: &Cx<'_>) -> Option<Chosen> {
    let lines =
        SAMPLES.iter().map(|s| [s.title.to_owned(), s.about.to_owned(), format!("{} rows", grouped(s.rows() as u64))]);
    let list = List { title: "Sample logs", empty: "", glyph: Glyph::Tiles, lines: lines.collect() };
    list.show(ui, rect, cx).map(Chosen::Sample)
}

fn tours(ui: &mut Ui, rect: Rect, state: &mut PanelState, cx: &Cx<'_>) -> Option<Chosen> {
    let offers = state.tour.offers();
    let line = |offer: &tour::Offer| {
        let length = if offer.minutes < 2.0 {
            format!("{:.0} s", offer.minutes * 60.0)
        } else {
            format!("{} min", format_number(offer.minutes, 0))
        };
        [offer.title.clone(), offer.about.clone(), length]
    };
    let list = List { title: "Tours", empty: "", glyph: Glyph::Play, lines: offers.iter().map(line).collect() };
    let clicked = list.show(ui, rect, cx)?;
    offers.get(clicked).map(|offer| Chosen::Tour(offer.handle()))
}
