//! Charts that a person puts together by dragging signals onto them, of the kind that the person chooses.

mod carpet;
mod panes;
mod plane;
mod plot;
mod spread;
pub(super) mod stats;
pub(super) mod zoom;

use std::collections::BTreeMap;

use egui::{Align, DragAndDrop, Rect, Response, Sense, Shape, Stroke, Ui, pos2, vec2};

use self::plot::{Canvas, Chart};
use crate::app::theme::Face;
use crate::evaluate::charts::ChartKind;
use crate::plant::{Role, Span};
use crate::session::RunView;
use crate::signal::SignalId;

use super::axes::Side;
use super::graph::{self, Graph};
use super::line;
use super::parts::stack;
use super::pen::Pen;
use super::picker::{Alternative, Picker};
use super::{Cx, PanelState};

/// A signal on its way to a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dragged(pub SignalId);

/// The signals of each such chart, by name, so that they live on when a run begins with other tables.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CustomCharts {
    /// By number of the chart; a number is never used again while its tile is open.
    pub charts: BTreeMap<u32, Vec<String>>,
    /// Their kinds; lines where nothing is said.
    pub kinds: BTreeMap<u32, ChartKind>,
    /// Charts of the person's layouts, by name of the layout: what stood on them when it was saved.
    pub kept: BTreeMap<String, BTreeMap<u32, (ChartKind, Vec<String>)>>,
    /// A signal that wants a chart while none is open: whoever owns the window opens one with [`CustomCharts::open`]
    /// and takes the wish away.
    pub wanted: Option<SignalId>,
    /// Why the last signal was not taken, and by which chart.
    refused: Option<(u32, String)>,
    /// When that began to be said, s; `None` until it was drawn.
    since_s: Option<f64>,
}

/// Most units on a chart of lines: more axes than that leave no room for the lines.
const MOST_UNITS: usize = 6;

/// How long a refusal is said, s.
const SAID_S: f64 = 6.0;

impl CustomCharts {
    /// Opens an empty chart and returns its number; the signal that waited for one is on it.
    pub fn open(&mut self, view: &RunView) -> u32 {
        let number = (1..).find(|n| !self.charts.contains_key(n)).unwrap_or(u32::MAX);
        self.charts.insert(number, Vec::new());
        if let Some(signal) = self.wanted.take() {
            self.add(view, number, signal);
        }
        number
    }

    /// Forgets a chart whose tile was closed.
    pub fn close(&mut self, number: u32) {
        self.charts.remove(&number);
        self.kinds.remove(&number);
    }

    /// What a chart makes of its signals.
    pub fn kind(&self, number: u32) -> ChartKind {
        self.kinds.get(&number).copied().unwrap_or_default()
    }

    /// Makes something else of a chart's signals.
    pub fn set_kind(&mut self, number: u32, kind: ChartKind) {
        self.kinds.insert(number, kind);
        self.refused = None;
    }

    /// The charts of some tiles, with their kinds.
    pub fn of_tiles(&self, tiles: &[&super::TileId]) -> BTreeMap<u32, (ChartKind, Vec<String>)> {
        let own = tiles.iter().filter_map(|tile| if let super::TileId::Custom(n) = tile { Some(*n) } else { None });
        own.map(|n| (n, (self.kind(n), self.charts.get(&n).cloned().unwrap_or_default()))).collect()
    }

    /// Puts charts back as they were.
    pub fn restore(&mut self, charts: &BTreeMap<u32, (ChartKind, Vec<String>)>) {
        for (number, (kind, signals)) in charts {
            self.charts.insert(*number, signals.clone());
            self.kinds.insert(*number, *kind);
        }
    }

    /// Puts a signal onto the first chart, or wishes for one.
    pub(super) fn add_to_first(&mut self, view: &RunView, signal: SignalId) {
        match self.charts.keys().next() {
            Some(number) => self.add(view, *number, signal),
            None => self.wanted = Some(signal),
        }
    }

    /// Puts a signal onto a chart, unless there is no axis left for it.
    fn add(&mut self, view: &RunView, number: u32, signal: SignalId) {
        let Some(name) = view.schema.signals.get(signal).map(|s| s.name.clone()) else { return };
        self.refused = self.refusal(view, number, signal).map(|why| (number, why));
        self.since_s = None;
        let names = self.charts.entry(number).or_default();
        if self.refused.is_none() && !names.contains(&name) {
            names.push(name);
        }
    }

    /// Why a chart cannot take a signal.
    fn refusal(&self, view: &RunView, number: u32, signal: SignalId) -> Option<String> {
        let units = units(view, &self.columns(view, number));
        let of = view.schema.signals.get(signal)?;
        let full = units.len() >= MOST_UNITS && !units.contains(&of.unit.as_str());
        (full && self.kind(number) == ChartKind::Lines)
            .then(|| format!("All {MOST_UNITS} axes are taken: take a signal off, or open another chart"))
    }

    /// The columns of a chart that this run has.
    fn columns(&self, view: &RunView, number: u32) -> Vec<SignalId> {
        self.charts.get(&number).into_iter().flatten().filter_map(|name| view.schema.find(name)).collect()
    }
}

/// The units of some columns, in the order in which they came.
fn units<'a>(view: &'a RunView, columns: &[SignalId]) -> Vec<&'a str> {
    let mut units: Vec<&str> = Vec::new();
    for signal in columns.iter().filter_map(|c| view.schema.signals.get(*c)) {
        if !units.contains(&signal.unit.as_str()) {
            units.push(&signal.unit);
        }
    }
    units
}

/// Draws chart `number` into a tile's body.
pub(super) fn show(ui: &mut Ui, rect: Rect, number: u32, state: &mut PanelState, cx: &mut Cx<'_>) {
    let view = cx.view;
    let theme = cx.theme;
    // A chart that is on the screen can be added to, empty or not.
    state.custom.charts.entry(number).or_default();
    let columns = state.custom.columns(view, number);
    let id = ui.id().with(("custom", number));
    let zone = ui.interact(rect, id, Sense::hover());
    let pen = Pen::new(ui, &theme);
    let missing = state.custom.charts.get(&number).map_or(0, Vec::len).saturating_sub(columns.len());
    if columns.is_empty() {
        empty(ui, &pen, rect, number, missing);
    } else {
        let absent = if missing == 0 { String::new() } else { format!("{missing} not in this plant") };
        if let Some(removed) = draw(ui, rect, number, &columns, &absent, state, cx) {
            let name = view.schema.signals.get(removed).map(|s| s.name.as_str());
            state.custom.charts.entry(number).or_default().retain(|n| Some(n.as_str()) != name);
            state.custom.refused = None;
        }
        refusal(ui, &pen, rect, number, &mut state.custom);
    }
    drop_zone(ui, &pen, rect, &zone, number, state, view);
}

/// Draws a chart by its kind and tells which of its series is to be taken off.
fn draw(
    ui: &mut Ui,
    rect: Rect,
    number: u32,
    columns: &[SignalId],
    absent: &str,
    state: &mut PanelState,
    cx: &mut Cx<'_>,
) -> Option<SignalId> {
    let (view, theme) = (cx.view, cx.theme);
    let kind = state.custom.kind(number);
    let mut lines = line::dress(columns.iter().map(|c| (*c, Role::Line)), view, &theme, cx.selection);
    let name = format!("custom {number}");
    let chart = Chart { name: &name, number, pane: "", note: absent };
    match kind {
        ChartKind::Lines => {
            let units = units(view, columns);
            for line in &mut lines {
                let at = units.iter().position(|unit| *unit == line.signal.unit).unwrap_or(0);
                line.side = at.checked_sub(1).map_or(Side::Left, |n| Side::Right(u8::try_from(n).unwrap_or(u8::MAX)));
            }
            let graph = Graph {
                name: &name,
                spoken: format!("Chart {number}"),
                title: "",
                known: "",
                lines,
                bounds: &[],
                span: Span::Shared,
                zero: false,
                times: true,
                removable: true,
                note: absent,
            };
            graph::show(ui, rect, &graph, &mut state.charts, cx)
        }
        ChartKind::Stacked => {
            // A stack for each unit, below each other, so that time stands below time.
            let unit = |c: &SignalId| view.schema.signals.get(*c).map_or("", |s| s.unit.as_str());
            let groups = panes::by_unit(columns, unit);
            let places = panes::places(rect, groups.len(), false);
            let mut removed = None;
            for (group, place) in groups.iter().zip(places) {
                removed = removed.or(stack::show(ui, place, ("", true), group, None, state, cx));
            }
            removed
        }
        ChartKind::Xy => plane::show(Canvas { ui, rect, chart: &chart, lines: &lines }, &mut state.charts, cx),
        ChartKind::Histogram => {
            panes::show(Canvas { ui, rect, chart: &chart, lines: &lines }, &mut state.charts, cx, &spread::histogram)
        }
        ChartKind::Duration => {
            panes::show(Canvas { ui, rect, chart: &chart, lines: &lines }, &mut state.charts, cx, &spread::duration)
        }
        ChartKind::Carpet => carpet::show(Canvas { ui, rect, chart: &chart, lines: &lines }, &mut state.charts, cx),
    }
}

/// Width that the picker of the kind takes in a header.
pub(super) fn header_width(ui: &Ui, number: u32, state: &PanelState, cx: &Cx<'_>) -> f32 {
    kinds(number, state, &|picker| picker.width(&Pen::new(ui, &cx.theme), 140.0))
}

/// Draws the picker of the kind into a header.
pub(super) fn header(ui: &Ui, rect: Rect, number: u32, state: &mut PanelState, cx: &Cx<'_>) {
    let place = Rect::from_center_size(rect.center(), vec2(rect.width(), rect.height().min(20.0)));
    let id = ui.id().with(("kind", number));
    let chosen = kinds(number, state, &|picker| picker.show(ui, &cx.theme, place, id));
    if let Some(kind) = chosen.as_deref().and_then(ChartKind::find) {
        state.custom.set_kind(number, kind);
        ui.ctx().request_repaint();
    }
}

/// Hands over the picker of the kind of a chart.
fn kinds<R>(number: u32, state: &PanelState, use_it: &dyn Fn(&Picker<'_>) -> R) -> R {
    let alternatives =
        ChartKind::ALL.map(|kind| Alternative { name: kind.name(), label: kind.label(), about: kind.about() });
    let picker = Picker {
        label: "Kind of chart",
        about: "What the chart makes of its signals",
        value: state.custom.kind(number).name(),
        alternatives: &alternatives,
    };
    use_it(&picker)
}

/// What an empty chart says.
fn empty(ui: &Ui, pen: &Pen, rect: Rect, number: u32, missing: usize) {
    let theme = &pen.theme;
    let inner = rect.shrink(12.0);
    let corners = [inner.left_top(), inner.right_top(), inner.right_bottom(), inner.left_bottom(), inner.left_top()];
    if inner.is_positive() {
        pen.painter.extend(Shape::dashed_line(&corners, Stroke::new(1.0, theme.line_strong), 4.0, 4.0));
    }
    let room = inner.width() - 16.0;
    let at = rect.center();
    pen.text_within(at - vec2(0.0, 8.0), Align::Center, room, "Drag signals here", Face::Body, theme.text2);
    let hint = match missing {
        0 => "or press Enter on one in the Signals tile".to_owned(),
        n => format!("{n} signals of this chart are not in this plant"),
    };
    if rect.height() > 56.0 {
        pen.text_within(at + vec2(0.0, 10.0), Align::Center, room, &hint, Face::Label, theme.text3);
    }
    super::widget::spoken(ui, rect, ui.id().with(("custom", number, "empty")), "Drag signals here");
}

/// Says for a while why a signal was not taken.
fn refusal(ui: &Ui, pen: &Pen, rect: Rect, number: u32, charts: &mut CustomCharts) {
    let Some((_, words)) = charts.refused.as_ref().filter(|(of, _)| *of == number) else { return };
    let now = ui.input(|i| i.time);
    let left = SAID_S - (now - *charts.since_s.get_or_insert(now));
    if left <= 0.0 {
        charts.refused = None;
        return;
    }
    ui.ctx().request_repaint_after(std::time::Duration::from_secs_f64(left));
    super::widget::spoken(ui, chip(pen, rect, words), ui.id().with(("refused", number)), words);
}

/// Words on a small ground over the upper part of a chart.
fn chip(pen: &Pen, rect: Rect, words: &str) -> Rect {
    let theme = &pen.theme;
    let width = (pen.width(words, Face::LabelStrong) + 20.0).min(rect.width() - 8.0);
    let chip = Rect::from_center_size(pos2(rect.center().x, rect.top() + 54.0), vec2(width, 24.0));
    pen.painter.rect(chip, 4.0, theme.raised, theme.outline(), egui::StrokeKind::Inside);
    pen.text_within(chip.center(), Align::Center, chip.width() - 8.0, words, Face::LabelStrong, theme.text);
    chip
}

/// Takes in what is dropped, and says beforehand whether it can be.
fn drop_zone(ui: &Ui, pen: &Pen, rect: Rect, zone: &Response, number: u32, state: &mut PanelState, view: &RunView) {
    let theme = &pen.theme;
    if let Some(Dragged(signal)) = zone.dnd_hover_payload::<Dragged>().map(|p| *p)
        && let Some(of) = view.schema.signals.get(signal)
    {
        let refusal = state.custom.refusal(view, number, signal);
        let edge = if refusal.is_some() { theme.line_strong } else { theme.focus };
        pen.painter.rect_stroke(rect.shrink(3.0), 4.0, Stroke::new(2.0, edge), egui::StrokeKind::Inside);
        let words = refusal.unwrap_or_else(|| format!("Add {}", of.label));
        chip(pen, rect, &words);
        ui.ctx().set_cursor_icon(egui::CursorIcon::Grabbing);
    }
    if let Some(dropped) = zone.dnd_release_payload::<Dragged>() {
        state.custom.add(view, number, dropped.0);
    }
}

/// Draws the name of a signal that is being dragged beside the pointer, over everything.
pub(super) fn carry(ui: &Ui, cx: &Cx<'_>) {
    let ctx = ui.ctx();
    let (Some(dragged), Some(pointer)) = (DragAndDrop::payload::<Dragged>(ctx), ctx.pointer_latest_pos()) else {
        return;
    };
    let Some(of) = cx.view.schema.signals.get(dragged.0) else { return };
    let layer = egui::LayerId::new(egui::Order::Tooltip, egui::Id::new("carried signal"));
    let pen = Pen { painter: ctx.layer_painter(layer), theme: cx.theme };
    let width = pen.width(&of.label, Face::Label) + 18.0;
    let chip = Rect::from_min_size(pointer + vec2(12.0, 8.0), vec2(width, 22.0));
    pen.painter.rect(chip, 4.0, cx.theme.raised, cx.theme.outline(), egui::StrokeKind::Inside);
    pen.text(chip.center(), Align::Center, &of.label, Face::Label, cx.theme.text);
}
