//! Tiles that plants compose: rows of parts, drawn from [`TileSpec`].
//!
//! Each part knows how high it wants to be at a width; [`layout`] divides the tile, and what does not fit leaves from the
//! bottom and from the right.

mod ahead;
pub(super) mod gauges;
mod intervals;
mod layout;
mod level;
pub(super) mod lines;
mod readouts;
mod score;
mod size;
mod small;
pub(super) mod source;
pub(super) mod stack;
pub(super) mod strip;
mod swing;
pub(super) mod terms;

use egui::{Align, Id, Rect, Response, ScrollArea, Sense, StrokeKind, Ui, WidgetInfo, WidgetType, pos2, vec2};

use crate::app::theme::{Face, Theme, corners};
use crate::plant::{Column, Part, Row, TileSpec};
use crate::signal::SignalId;

use super::line::selection_of;
use super::pen::{Pen, Run};
use super::widget::focus_ring;
use super::{Cx, PanelState};

use layout::Want;
use size::{Kind, kind};
use source::Memo;

/// Distance of numbers from the edges of their column.
pub(super) const PAD: f32 = 12.0;

/// How a person looks at the parts of tiles.
#[derive(Debug, Clone, Default)]
pub(super) struct PartsState {
    /// Values that took a scan.
    pub memo: Memo,
}

/// Draws a tile's body.
pub(super) fn show(ui: &mut Ui, rect: Rect, tile: &TileSpec, state: &mut PanelState, cx: &mut Cx<'_>) {
    if rect.width() < 24.0 || rect.height() < 12.0 {
        return;
    }
    super::inside(ui, rect, ("tile", &tile.name), |ui| rows(ui, rect, &tile.rows, state, cx));
}

/// What a tile says at the right end of its header.
struct Headline {
    /// Words before the number.
    before: String,
    /// The number, or a state's name.
    number: String,
    /// Unit or words after it.
    after: String,
    /// Face of the number.
    face: Face,
    /// Whether the number says nothing without the words around it.
    whole: bool,
    /// What it means.
    doc: &'static str,
}

/// Writes a tile's one number into the free part of its header, before it those of tiles that lie behind it, then its
/// caption, as far as there is room.
pub(super) fn header(ui: &Ui, rect: Rect, tile: &TileSpec, behind: &[&TileSpec], cx: &Cx<'_>) {
    let (theme, pen) = (&cx.theme, Pen::new(ui, &cx.theme));
    let y = rect.center().y;
    let mut free = rect;
    if let Some(headline) = headline(tile, cx)
        && let Some(at) = own_number(ui, &pen, free, tile, &headline, true)
    {
        free.max.x = at.left() - 16.0;
        // Beside its own number nobody takes another one for it.
        for hidden in behind.iter().filter(|hidden| hidden.headline.is_some()) {
            // A number or a state without words of its own would be taken for one of this tile.
            if let Some(headline) = self::headline(hidden, cx).filter(|headline| !headline.before.is_empty())
                && let Some(at) = own_number(ui, &pen, free, hidden, &headline, false)
            {
                free.max.x = at.left() - 16.0;
            }
        }
    }
    if !tile.caption.is_empty() && pen.width(&tile.caption, Face::Label) <= free.width() {
        pen.text(pos2(rect.left(), y), Align::Min, &tile.caption, Face::Label, theme.text3);
    }
}

/// Writes a tile's number at the right end of `free`; `None` where there is no room. A number that says more than its
/// name goes without it on its own tile; behind another one it needs its name.
fn own_number(ui: &Ui, pen: &Pen, free: Rect, tile: &TileSpec, headline: &Headline, open: bool) -> Option<Rect> {
    let theme = &pen.theme;
    let pad = |words: &str, before: bool| match (words.is_empty(), before) {
        (true, _) => String::new(),
        (false, true) => format!("{words} "),
        (false, false) => format!(" {words}"),
    };
    let (before, after) = (pad(&headline.before, true), pad(&headline.after, false));
    let ink = if open { *theme.text } else { *theme.text2 };
    let runs: [Run<'_>; 3] = [
        (&before, Face::Label, *theme.text2),
        (&headline.number, headline.face, ink),
        (&after, Face::Label, *theme.text2),
    ];
    // The number says more than its name.
    let ways = [&runs[..], &runs[1..], &runs[1..2]];
    let ways = if headline.whole || !open { &ways[..1] } else { &ways[..] };
    let fitting = ways.iter().find(|r| pen.width_of(r) <= free.width())?;
    let at = pen.runs(pos2(free.right(), free.center().y), Align::Max, fitting);
    let words = format!("{}: {before}{}{after}", tile.title, headline.number);
    let response = super::widget::spoken(ui, at, ui.id().with(("headline", &tile.name)), &words);
    match tile.headline.as_ref().filter(|r| !r.doc.is_empty()) {
        Some(readout) => response.on_hover_text(&readout.doc),
        None => response.on_hover_text(headline.doc),
    };
    Some(at)
}

/// The tile's own number, or what its parts would say first.
fn headline(tile: &TileSpec, cx: &Cx<'_>) -> Option<Headline> {
    if let Some(readout) = &tile.headline {
        let (number, after) = source::words(cx.view, readout, source::value(cx.view, &readout.source));
        let is_state = source::signal_of(cx.view, readout).is_some_and(|s| !s.labels.is_empty());
        let face = if is_state { Face::Title } else { Face::Number };
        return Some(Headline { before: readout.label.clone(), number, after, face, whole: false, doc: "" });
    }
    parts_of(&tile.rows).into_iter().find_map(|part| match part {
        Part::Ahead { signals } => ahead::headline(signals, cx),
        Part::Swing { signal, verbs, .. } => {
            let number = swing::state(verbs, *signal, cx);
            let (before, after) = (String::new(), String::new());
            let doc = "What it does now, by the sign of its power; less than the last printed digit tells is idle";
            let headline = Headline { before, number, after, face: Face::Title, whole: false, doc };
            (!headline.number.is_empty()).then_some(headline)
        }
        Part::Countdown { slot, words } => {
            let headline = |number| Headline {
                before: words.clone(),
                number,
                after: String::new(),
                face: Face::Number,
                whole: true,
                doc: "Site time until the slot decides again; minutes and seconds",
            };
            small::time_left(*slot, cx).map(headline)
        }
        _ => None,
    })
}

/// All parts of some rows, those in columns too.
fn parts_of(rows: &[Row]) -> Vec<&Part> {
    let mut out = Vec::new();
    for row in rows {
        match &row.part {
            Part::Columns(columns) => columns.iter().for_each(|c| out.extend(parts_of(&c.rows))),
            part => out.push(part),
        }
    }
    out
}

/// Draws rows from the top down.
fn rows(ui: &mut Ui, rect: Rect, rows: &[Row], state: &mut PanelState, cx: &mut Cx<'_>) {
    let pen = Pen::new(ui, &cx.theme);
    let framed = |row: Option<&Row>| row.is_some_and(|r| matches!(kind(&r.part), Kind::Numbers));
    let top = if framed(rows.first()) { 8.0 } else { 0.0 };
    let bottom = if framed(rows.last()) { 6.0 } else { 0.0 };
    let inner = Rect::from_min_max(rect.min + vec2(0.0, top), (rect.max - vec2(0.0, bottom)).max(rect.min));
    let wants: Vec<Want> = rows
        .iter()
        .enumerate()
        .map(|(index, row)| {
            let before = index.checked_sub(1).and_then(|i| rows.get(i));
            let size = size::of(&pen, &row.part, part_rect(inner, &row.part).width(), cx);
            Want { share: row.share.max(0.0), gap: before.map_or(0.0, |b| size::gap(&b.part, &row.part)), ..size }
        })
        .collect();
    let heights = layout::heights(&wants, inner.height());
    if heights.total > inner.height() + 1.0 {
        let total = heights.total;
        super::inside(ui, inner, "scroll", |ui| {
            ScrollArea::vertical().id_salt("rows").auto_shrink(false).show(ui, |ui| {
                let (_, place) = ui.allocate_space(vec2(inner.width(), total));
                draw_rows(ui, place, rows, &heights, state, cx);
            });
        });
    } else {
        draw_rows(ui, inner, rows, &heights, state, cx);
    }
}

fn draw_rows(
    ui: &mut Ui,
    rect: Rect,
    rows: &[Row],
    heights: &layout::Heights,
    state: &mut PanelState,
    cx: &mut Cx<'_>,
) {
    let mut before: Option<&Part> = None;
    for (index, (row, place)) in rows.iter().zip(&heights.rows).enumerate() {
        let Some((top, height)) = *place else { continue };
        let whole = Rect::from_min_size(pos2(rect.left(), rect.top() + top), vec2(rect.width(), height));
        let place = part_rect(whole, &row.part);
        if let Some(above) = before.filter(|above| size::parted(above, &row.part)) {
            let y = whole.top() - size::gap(above, &row.part) / 2.0;
            Pen::new(ui, &cx.theme).hline(rect.left() + PAD, rect.right() - PAD, y, cx.theme.hairline());
        }
        before = Some(&row.part);
        super::inside(ui, place.expand(3.0).intersect(rect.expand(3.0)), ("part", index), |ui| {
            part(ui, place, &row.part, state, cx);
        });
    }
}

/// Where a part stands in its row: charts bring their own margins, numbers keep off the edges.
fn part_rect(rect: Rect, part: &Part) -> Rect {
    match kind(part) {
        Kind::Chart | Kind::Columns => rect,
        Kind::Numbers => {
            let pad = PAD.min(rect.width() / 4.0);
            // The words beside a tank are short; what stands right of it keeps its own distance.
            let right = if matches!(part, Part::Level { .. }) { 0.0 } else { pad };
            Rect::from_min_max(rect.min + vec2(pad, 0.0), rect.max - vec2(right, 0.0))
        }
    }
}

/// Draws columns side by side; a hairline parts numbers from the chart beside them.
fn columns(ui: &mut Ui, rect: Rect, columns: &[Column], state: &mut PanelState, cx: &mut Cx<'_>) {
    let asked: Vec<(f32, f32)> = columns.iter().map(|c| (c.share, c.least_pt)).collect();
    let mut left = rect.left();
    let mut after_chart = false;
    for (index, (column, width)) in columns.iter().zip(layout::widths(&asked, rect.width())).enumerate() {
        let place = Rect::from_min_size(pos2(left, rect.top()), vec2(width, rect.height()));
        left += width;
        let charted = parts_of(&column.rows).iter().any(|p| kind(p) == Kind::Chart);
        if index > 0 && after_chart && !charted {
            let ends = place.y_range().shrink(8.0_f32.min(place.height() / 4.0));
            Pen::new(ui, &cx.theme).vline(place.left(), ends.min, ends.max, cx.theme.hairline());
        }
        after_chart = charted;
        super::inside(ui, place, ("column", index), |ui| rows(ui, place, &column.rows, state, cx));
    }
}

/// Draws a part into its place.
fn part(ui: &mut Ui, rect: Rect, part: &Part, state: &mut PanelState, cx: &mut Cx<'_>) {
    match part {
        Part::Columns(list) => columns(ui, rect, list, state, cx),
        Part::Lines(spec) => lines::show(ui, rect, spec, state, cx),
        Part::Strip { title, signal } => strip::show(ui, rect, title, *signal, state, cx),
        Part::Stack { title, terms, sum } => {
            stack::show(ui, rect, (title, false), terms, *sum, state, cx);
        }
        Part::Terms { slot } => terms::show(ui, rect, *slot, &mut state.parts.memo, cx),
        Part::Intervals(spec) => intervals::show(ui, rect, spec, &mut state.charts, cx),
        Part::Gauges(signals) => gauges::show(ui, rect, signals, cx),
        Part::Level { signal, usable } => level::show(ui, rect, *signal, *usable, cx),
        Part::Swing { title, signal, limit_low, limit_high, verbs } => {
            let swing = swing::Swing { title, signal: *signal, limits: (*limit_low, *limit_high), verbs };
            swing.show(ui, rect, cx);
        }
        Part::Readouts { title, list } => readouts::show(ui, rect, title, list, &mut state.parts.memo, cx),
        Part::Score { request, response } => score::show(ui, rect, *request, *response, cx),
        Part::Ahead { signals } => ahead::show(ui, rect, signals, cx),
        Part::Countdown { slot, words } => small::countdown(ui, rect, *slot, words, cx),
        Part::Note(words) => small::note(ui, rect, words, cx),
    }
}

/// Makes a drawn signal selectable: a click or the keyboard selects it everywhere; the selected one wears a ring.
fn selectable(ui: &Ui, rect: Rect, id: Id, signal: SignalId, words: &str, cx: &mut Cx<'_>) -> Response {
    let response = ui.interact(rect, id, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, words));
    let Some(spec) = cx.view.schema.signals.get(signal) else { return response };
    if response.clicked() {
        cx.selection = selection_of(cx.view, signal);
    }
    if cx.selection.signal == Some(signal) {
        ring(ui, &cx.theme, rect);
    }
    focus_ring(ui, &cx.theme, &response, rect);
    response.on_hover_text(&spec.doc)
}

/// The ring around what is selected.
fn ring(ui: &Ui, theme: &Theme, rect: Rect) {
    let radius = corners(theme.tokens.radius.control);
    ui.painter().rect_stroke(rect, radius, egui::Stroke::new(1.0, theme.focus), StrokeKind::Middle);
}
