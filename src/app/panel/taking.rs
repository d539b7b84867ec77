//! Taking along: the field that asks how large and how long, and the chip that says how far a film is.

use egui::{Align2, Area, Id, Order, Rect, RichText, Stroke, TextEdit, Ui, pos2, vec2};

use super::asking::Answer;
use super::{Cx, FileWish, PanelState, TileId};
use crate::app::board::{Ask, Take, TakeChart, TakePictures, TakeReport};
use crate::app::command::WindowDeed;
use crate::app::layout_file::LayoutFile;
use crate::app::theme::{Face, corners};
use crate::evaluate::charts::ChartKind;
use crate::evaluate::report::RunFigure;
use crate::session::RunView;

use super::pen::Pen;
use super::widget::{self, Button};

/// Sides of pictures, pixels.
const SIDES: std::ops::RangeInclusive<u32> = 64..=8_192;

/// Words for a film, with the kinds of files that this build writes.
const FILM: &str = if cfg!(feature = "h264") { "Film (Y4M, MP4)" } else { "Film (Y4M)" };

/// Size of a drawing, points.
const DRAWING: (f64, f64) = (960.0, 360.0);

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Picture,
    Gif,
    Film,
}

/// How large and how long.
#[derive(Debug, Clone)]
struct Form {
    what: What,
    /// The tile; `None` is the window.
    tile: Option<TileId>,
    /// Whether only that tile is drawn.
    alone: bool,
    size: String,
    every: String,
    fps: String,
    wrong: Option<String>,
}

/// What the field remembers.
#[derive(Debug, Clone, Default)]
pub(super) struct TakingState {
    form: Option<Form>,
    /// Whether the run is asked about while the file is being chosen.
    pub(super) fresh: bool,
}

impl PanelState {
    /// Opens the field for a picture of a tile or of the window.
    pub(super) fn ask_picture(&mut self, tile: Option<TileId>, film: bool) {
        let [width, height] = self.window.unwrap_or([1_280, 800]);
        let what = if film { What::Gif } else { What::Picture };
        let alone = tile.is_some();
        let tile = tile.or_else(|| self.tiling.current());
        let size = format!("{width}x{height}");
        let (every, fps) = ("60".to_owned(), "10".to_owned());
        self.taking.form = Some(Form { what, tile, alone, size, every, fps, wrong: None });
        self.taking.fresh = true;
    }

    /// Asks for the file of a chart as vectors: of a tile, else of the one that was touched last, else of what charts
    /// show.
    pub(super) fn ask_svg(&mut self, tile: Option<TileId>, view: &RunView) {
        let tile = tile.or_else(|| self.tiling.current());
        let (title, kind, columns) = match &tile {
            Some(TileId::Custom(number)) => {
                let names = self.custom.charts.get(number).cloned().unwrap_or_default();
                let columns = names.iter().filter_map(|name| view.schema.find(name)).collect();
                (format!("Chart {number}"), self.custom.kind(*number), columns)
            }
            Some(TileId::Chart(name)) => match view.spec.charts.iter().find(|c| c.name == *name) {
                Some(chart) => (chart.title.clone(), ChartKind::Lines, chart.series.clone()),
                None => (view.spec.title.clone(), ChartKind::Lines, self.charts.seen.clone()),
            },
            _ => (view.spec.title.clone(), ChartKind::Lines, self.charts.seen.clone()),
        };
        if columns.is_empty() {
            let cure = "Touch a chart first, or open one of your own (Ctrl+N).";
            let place = crate::config::Place::source("window");
            self.complain(&crate::config::Error::invalid(place, "there is no chart to draw", cure));
            return;
        }
        let (from, to) = self.charts.range(view);
        let last = view.recording.rows();
        let rows = if kind == ChartKind::Carpet {
            (0, last)
        } else {
            (from.max(0.0) as u64, (to.max(0.0).ceil() as u64).min(last))
        };
        let chart = TakeChart {
            title,
            kind,
            columns,
            spec: std::sync::Arc::clone(&view.spec),
            schema: std::sync::Arc::clone(&view.schema),
            recording: view.recording.clone(),
            rows,
            size: DRAWING,
        };
        self.board.take = Some(Take::Svg(Box::new(chart)));
        self.wish = Some(FileWish::Svg);
    }

    /// Asks for the file of a report about the run.
    pub(super) fn ask_report(&mut self, view: &RunView) {
        let own = self.custom.charts.iter().map(|(number, names)| RunFigure {
            title: format!("Chart {number}"),
            kind: self.custom.kind(*number),
            columns: names.iter().filter_map(|name| view.schema.find(name)).collect(),
        });
        let tells = view.replay.as_ref().is_none_or(|r| r.tells_setup);
        let mut notes = Vec::new();
        if let Some(end) = &view.end {
            notes.push(format!("The run ended: {}", end.cause));
        }
        let hands = view.events.iter().filter(|e| e.event.is_none() && e.slot.is_none()).count();
        if hands > 0 {
            notes.push(format!("{hands} things were done by hand or from outside: they stand in the full log."));
        }
        if let Some(replay) = &view.replay {
            notes.extend(replay.notes.iter().cloned());
        }
        let report = TakeReport {
            spec: std::sync::Arc::clone(&view.spec),
            schema: std::sync::Arc::clone(&view.schema),
            recording: view.recording.clone(),
            setup: tells.then(|| std::sync::Arc::clone(&view.setup)),
            driver: view.driver.controllers.clone(),
            source: view.replay.as_ref().map_or_else(|| "the run in the window".to_owned(), |r| r.name.clone()),
            // An XY chart of one signal is none.
            figures: own.filter(|f| f.columns.len() >= if f.kind == ChartKind::Xy { 2 } else { 1 }).collect(),
            notes,
        };
        self.board.take = Some(Take::Report(Box::new(report)));
        self.wish = Some(FileWish::Report);
    }

    /// Asks for the file of the layout that stands.
    pub(super) fn ask_layout_file(&mut self, view: &RunView) {
        if let Some(file) = LayoutFile::of(self, &view.spec) {
            self.board.take = Some(Take::Layout(Box::new(file)));
            self.wish = Some(FileWish::SaveLayout);
        }
    }

    /// Takes in a layout that was read from a file.
    pub(super) fn take_layout(&mut self, view: &RunView) {
        let Some(file) = self.board.layout.take() else { return };
        let notes = file.apply(self, &view.spec, &view.schema);
        let mut words = format!("Layout {}", self.tiling.name());
        if !notes.is_empty() {
            words = format!("{words}: {}", notes.join("; "));
        }
        self.tell(words);
    }
}

/// What the deeds of this file do.
pub(super) fn act(state: &mut PanelState, deed: &WindowDeed, view: &RunView) {
    match deed {
        WindowDeed::TakePicture(tile) => state.ask_picture(tile.clone(), false),
        WindowDeed::TakeFilm => state.ask_picture(None, true),
        WindowDeed::TakeSvg(tile) => state.ask_svg(tile.clone(), view),
        WindowDeed::TakeReport => state.ask_report(view),
        WindowDeed::SaveLayoutFile => state.ask_layout_file(view),
        WindowDeed::OpenLayoutFile => state.wish = Some(FileWish::OpenLayout),
        _ => {}
    }
}

/// Draws the field, while something is asked for, and the chip, while a film is being drawn.
pub(super) fn show(ui: &Ui, state: &mut PanelState, cx: &Cx<'_>) {
    form(ui, state, cx);
    chip(ui, state, cx);
}

fn form(ui: &Ui, state: &mut PanelState, cx: &Cx<'_>) {
    let Some(mut form) = state.taking.form.take() else { return };
    let theme = cx.theme;
    let asked = super::asking::Form {
        name: "take pictures",
        at: (Align2::CENTER_TOP, 64.0),
        width: 360.0,
        question: "Draw a picture or a film of the run",
        go: "Choose a file…",
    };
    let answer = asked.show(ui, &theme, |ui| {
        ui.horizontal(|ui| {
            for (what, words) in [(What::Picture, "Picture"), (What::Gif, "GIF"), (What::Film, FILM)] {
                if ui.selectable_label(form.what == what, words).clicked() {
                    form.what = what;
                }
            }
        });
        if let Some(tile) = form.tile.clone() {
            ui.horizontal(|ui| {
                if ui.selectable_label(form.alone, tile.title(&cx.view.spec)).clicked() {
                    form.alone = true;
                }
                if ui.selectable_label(!form.alone, "The whole window").clicked() {
                    form.alone = false;
                }
            });
        }
        ui.add_space(6.0);
        field(ui, "Size, pixels", &mut form.size, std::mem::take(&mut state.taking.fresh), cx);
        if form.what != What::Picture {
            field(ui, "Ticks from picture to picture", &mut form.every, false, cx);
            field(ui, "Pictures a second", &mut form.fps, false, cx);
            ui.label(RichText::new(length(&form, state, cx.view)).color(*theme.text2).small());
        }
        if let Some(wrong) = &form.wrong {
            ui.label(RichText::new(wrong).color(*theme.text));
        }
    });
    if answer == Answer::No {
        return;
    }
    if answer == Answer::Yes {
        match arguments(&form, state, cx.view) {
            Ok(take) => {
                state.wish = Some(match form.what {
                    What::Picture => FileWish::Picture,
                    What::Gif => FileWish::Gif,
                    What::Film => FileWish::Film,
                });
                state.board.take = Some(Take::Pictures(Box::new(take)));
                return;
            }
            Err(wrong) => form.wrong = Some(wrong),
        }
    }
    state.taking.form = Some(form);
}

/// A field with its name before it.
fn field(ui: &mut Ui, name: &str, text: &mut String, focus: bool, cx: &Cx<'_>) {
    ui.horizontal(|ui| {
        let line = egui::Layout::left_to_right(egui::Align::Center);
        ui.allocate_ui_with_layout(vec2(200.0, 20.0), line, |ui| {
            ui.set_min_width(200.0);
            ui.label(RichText::new(name).color(*cx.theme.text2));
        });
        let edit = ui.add(TextEdit::singleline(text).desired_width(120.0));
        ui.ctx().accesskit_node_builder(edit.id, |node| node.set_label(name));
        if focus {
            edit.request_focus();
        }
    });
}

/// What charts show, as far as there are rows: what a film tells of.
fn range(state: &PanelState, view: &RunView) -> (u64, u64) {
    let cursors = state.charts.compare.cursors();
    let (from, to) = cursors.unwrap_or_else(|| {
        let (from, to) = state.charts.range(view);
        (from.max(0.0) as u64, to.max(0.0) as u64)
    });
    let last = view.recording.rows();
    (from.min(last), to.min(last))
}

/// How many pictures, how long.
fn length(form: &Form, state: &PanelState, view: &RunView) -> String {
    let (from, to) = range(state, view);
    let every = form.every.trim().parse::<u64>().unwrap_or(0).max(1);
    let fps = form.fps.trim().parse::<f64>().unwrap_or(10.0).max(1.0);
    let count = (to - from) / every + 1;
    let time = |tick| super::words::clock(view.spec.calendar.civil(tick));
    format!(
        "{} to {} (between the cursors, else what charts show): {count} pictures, {:.1} s",
        time(from),
        time(to),
        count as f64 / fps
    )
}

/// The arguments of the export, or what is wrong with the field.
fn arguments(form: &Form, state: &PanelState, view: &RunView) -> Result<TakePictures, String> {
    let size = form.size.split_once(['x', 'X', '×']);
    let size = size.and_then(|(w, h)| Some((w.trim().parse::<u32>().ok()?, h.trim().parse::<u32>().ok()?)));
    let (width, height) = size
        .filter(|(w, h)| SIDES.contains(w) && SIDES.contains(h))
        .ok_or("Write width and height like 1280x800, from 64 to 8192")?;
    let number = |text: &str, most: u64, what: &str| {
        let number = text.trim().parse::<u64>().ok().filter(|n| (1..=most).contains(n));
        number.ok_or(format!("{what}: give a number from 1 to {most}"))
    };
    let mut arguments = vec![match form.what {
        What::Picture => "png".to_owned(),
        What::Gif => "gif".to_owned(),
        What::Film => "film".to_owned(),
    }];
    let mut flag = |name: &str, value: String| arguments.extend([format!("--{name}"), value]);
    flag("size", format!("{width}x{height}"));
    flag("theme", state.theme.name().to_owned());
    flag("span", state.charts.span.label().to_owned());
    if let Some(tile) = form.tile.as_ref().filter(|_| form.alone) {
        flag("tile", tile.to_string());
    }
    if form.what == What::Picture {
        flag("at", view.tick.to_string());
    } else {
        let (from, to) = range(state, view);
        flag("from", from.to_string());
        flag("to", to.to_string());
        flag("every", number(&form.every, 1_000_000, "Ticks from picture to picture")?.to_string());
        flag("fps", number(&form.fps, 60, "Pictures a second")?.to_string());
    }
    if view.recording.is_empty() {
        return Err("No tick has been run yet".to_owned());
    }
    let log = view.replay.as_ref().map(|replay| std::path::PathBuf::from(&replay.path));
    Ok(TakePictures { arguments, layout: LayoutFile::of(state, &view.spec), log, program: None })
}

/// How far a film is, with a button that ends it.
fn chip(ui: &Ui, state: &mut PanelState, cx: &Cx<'_>) {
    let Some(taking) = state.board.taking.clone() else { return };
    let theme = cx.theme;
    let whole = ui.max_rect();
    let place = Rect::from_min_size(pos2(whole.center().x - 150.0, whole.top() + 56.0), vec2(300.0, 40.0));
    let area = Area::new(Id::new("taking")).order(Order::Foreground).fixed_pos(place.min);
    area.show(ui.ctx(), |ui| {
        let pen = Pen::new(ui, &theme);
        ui.allocate_rect(place, egui::Sense::hover());
        pen.painter.rect(
            place,
            corners(theme.tokens.radius.menu),
            theme.raised,
            theme.outline(),
            egui::StrokeKind::Inside,
        );
        let words = match (taking.stopping, taking.total) {
            (true, _) => "Ending …".to_owned(),
            (_, 0) => "Drawing …".to_owned(),
            (_, total) => format!("Picture {} of {total}", taking.done),
        };
        let at = pos2(place.left() + 14.0, place.center().y - 3.0);
        pen.text_within(at, egui::Align::Min, 180.0, &words, Face::Label, theme.text);
        widget::spoken(ui, place, Id::new("taking words"), &words);
        let track = Rect::from_min_max(
            pos2(place.left() + 14.0, place.bottom() - 8.0),
            pos2(place.right() - 90.0, place.bottom() - 5.0),
        );
        pen.painter.rect_filled(track, 1.0, theme.sunken);
        let share = taking.done as f32 / taking.total.max(1) as f32;
        pen.painter.rect(
            track.with_max_x(track.left() + share * track.width()),
            1.0,
            theme.focus,
            Stroke::NONE,
            egui::StrokeKind::Inside,
        );
        let button = Rect::from_center_size(pos2(place.right() - 44.0, place.center().y), vec2(68.0, 24.0));
        let stop = Button {
            disabled: taking.stopping.then_some("It ends in a moment"),
            name: "Cancel the film",
            ..Button::words("Cancel", "Ends it; nothing half is left")
        };
        if stop.show(ui, &theme, button, Id::new("cancel taking")).clicked() {
            state.board.asks.push(Ask::StopTaking);
        }
    });
}
