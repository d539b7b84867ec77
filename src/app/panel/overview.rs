//! The whole run in one strip: the plant's first series, what is planned, what happened, the tree of runs, the present.

use egui::epaint::Mesh;
use egui::{Align, Id, Popup, Pos2, Rect, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::app::theme::{Face, corners, mix};
use crate::plant::Severity;
use crate::session::{Command, RunView};
use crate::signal::Hold;

use super::axes::{on_pixel, time_marks};
use super::cache::Cache;
use super::curve;
use super::glyph;
use super::pen::Pen;
use super::timeline::{lanes, menu};
use super::words::{clock, instant};
use super::{Cx, PanelState};

/// Room for the names of the lanes.
pub(super) const NAMES: f32 = 84.0;

/// Height of the line of times.
const TIMES: f32 = 16.0;

/// Height of the lane of events.
const EVENTS: f32 = 18.0;

/// Least height of the lane of the first series.
const LEAST: f32 = 16.0;

/// Where things stand on the strip.
pub(super) struct Strip {
    /// The strip itself.
    pub rect: Rect,
    /// Ticks that it spans.
    pub span: f64,
}

impl Strip {
    /// Horizontal place of an instant.
    pub fn x(&self, tick: f64) -> f32 {
        let share = (tick / self.span).clamp(0.0, 1.0) as f32;
        self.rect.left() + share * self.rect.width()
    }

    /// The instant under a horizontal place.
    pub fn tick(&self, x: f32) -> u64 {
        let share = f64::from((x - self.rect.left()) / self.rect.width().max(1.0)).clamp(0.0, 1.0);
        (share * self.span).round() as u64
    }
}

/// Draws the strip and lets a person go back on it.
pub(super) fn show(ui: &Ui, rect: Rect, state: &mut PanelState, cx: &mut Cx<'_>) {
    let area = Rect::from_min_max(pos2(rect.left() + NAMES, rect.top()), pos2(rect.right() - 10.0, rect.bottom()));
    if area.width() < 40.0 || area.height() < TIMES + EVENTS {
        return;
    }
    let theme = cx.theme;
    let view = cx.view;
    let pen = Pen::new(ui, &theme);
    let strip = Strip { rect: area, span: view.span_ticks() as f64 };
    let present = strip.x(view.tick as f64);
    for mark in time_marks(&view.spec.calendar, 0.0, strip.span, area.width()) {
        let x = strip.x(mark.at);
        pen.vline(x, area.top() + TIMES, area.bottom(), theme.hairline());
        let half = pen.width(&mark.text, Face::NumberCaption) / 2.0;
        let x = x.clamp(area.left() + half - 8.0, area.right() - half + 8.0);
        // The head's own time stands on the same line.
        if (x - present).abs() < half + 40.0 {
            continue;
        }
        pen.text(pos2(x, area.top() + 7.0), Align::Center, &mark.text, Face::NumberCaption, theme.text3);
    }
    let room = (area.height() - TIMES - EVENTS).max(0.0);
    // Where it is low, plans of the same time share what there is and lose their words first.
    let beside = lanes::runs_height(view, 0.0) + 2.0;
    let heights = lanes::plan_heights(&view.beside.plan);
    let more = |height: f32| if height > lanes::PLAN { LEAST } else { 0.0 };
    let planned = heights.iter().copied().find(|height| height + more(*height) + beside <= room);
    let planned = planned.or(heights.last().copied()).map_or(0.0, |height| height.min(room));
    let runs = lanes::runs_height(view, room - planned - LEAST).min((room - planned - 2.0).max(0.0));
    let bottom = area.bottom() - runs - if runs > 0.0 { 2.0 } else { 0.0 };
    let strip_of = |top: f32, bottom: f32| Rect::from_min_max(pos2(area.left(), top), pos2(area.right(), bottom));
    if let Some(range) = view.beside.looped {
        lanes::looped(&pen, area, &strip, range);
    }
    if let Some((from, to)) = state.timeline.loop_from.zip(state.scrub) {
        lanes::looped(&pen, area, &strip, (from.min(to), from.max(to)));
    }
    let lane = strip_of(area.top() + TIMES + 2.0, bottom - EVENTS - planned);
    if lane.height() > 8.0 {
        line(&pen, lane, &strip, &mut state.charts.cache, cx);
    }
    let events = strip_of(bottom - EVENTS, bottom);
    pen.hline(area.left(), area.right(), events.top(), theme.hairline());
    pen.text(pos2(area.left() - 8.0, events.center().y), Align::Max, "Events", Face::Caption, theme.text2);
    marks(&pen, events, &strip, view);
    if runs > 0.0 {
        let tree = strip_of(bottom + 1.0, area.bottom());
        pen.hline(area.left(), area.right(), tree.top() - 1.0, theme.hairline());
        lanes::runs(ui, &pen, tree, &strip, &state.charts.compare, view);
    } else {
        lanes::lived(&pen, area, &strip, &state.charts.compare, view);
    }
    head(&pen, area, present, &clock(view.clock), true);
    scrub(ui, ui.id().with("overview"), &pen, &strip, state, cx);
    // Above the strip, so that the pointer finds them.
    if planned > 0.0 {
        let lane = strip_of(events.top() - planned, events.top());
        pen.hline(area.left(), area.right(), lane.top(), theme.hairline());
        lanes::plan(ui, &pen, lane, &strip, state, cx);
    }
    lanes::bookmarks(ui, &pen, events, &strip, state, cx);
}

/// The first chart's first series over the run.
fn line(pen: &Pen, lane: Rect, strip: &Strip, cache: &mut Cache, cx: &Cx<'_>) {
    let theme = &pen.theme;
    let view = cx.view;
    let first = view.spec.charts.first().and_then(|c| c.series.first()).copied();
    let Some((column, signal)) = first.and_then(|c| view.schema.signals.get(c).map(|s| (c, s))) else { return };
    let with_unit = format!("{}, {}", signal.label, signal.unit);
    let fits = !signal.unit.is_empty() && pen.width(&with_unit, Face::Caption) < NAMES - 14.0;
    let name = if fits { with_unit } else { signal.label.clone() };
    let at = pos2(lane.left() - 8.0, lane.center().y);
    pen.text_within(at, Align::Max, NAMES - 14.0, &name, Face::Caption, theme.text2);
    let trace = cache.past(view, column, Hold::Linear, (0.0, strip.span), lane.width());
    let shown = view.beside.shown_run().filter(|run| run.recording.rows() > view.tick);
    // What came after the present, after going back: it stays until something is changed.
    let range = (view.tick as f64 + 2.0, strip.span);
    let kept = shown
        .filter(|_| range.0 < range.1)
        .map(|run| cache.beside(run.id, &run.recording, column, Hold::Linear, range, lane.width()));
    let both = [Some(&trace), kept.as_ref()].into_iter().flatten().filter_map(|t| t.extremes);
    let Some((low, high)) = both.reduce(|(l, h), (low, high)| (l.min(low), h.max(high))) else { return };
    let (low, high) = if low < 0.0 && high > 0.0 { (low.min(-high * 0.2), high) } else { (low, high) };
    let room = (high - low).max(1e-9);
    let y = |v: f64| lane.bottom() - 2.0 - ((v - low) / room) as f32 * (lane.height() - 4.0);
    if low < 0.0 && high > 0.0 {
        pen.hline(lane.left(), lane.right(), y(0.0), theme.hairline());
    }
    let accent = theme.accent_of(signal.carrier);
    let pale = kept.iter().map(|kept| (kept, mix(accent, theme.surface, 0.4)));
    for (trace, colour) in pale.chain([(&trace, accent)]) {
        for piece in &trace.pieces {
            let points: Vec<Pos2> = piece.iter().map(|p| pos2(strip.x(p[0]), y(p[1]))).collect();
            curve::draw(pen, &points, trace.form(Hold::Linear), Stroke::new(1.2, colour));
        }
    }
}

/// One mark a pixel, the most serious event that fell on it.
fn marks(pen: &Pen, lane: Rect, strip: &Strip, view: &RunView) {
    let theme = &pen.theme;
    let pixels = lane.width().ceil().max(1.0) as usize;
    let mut worst: Vec<Option<Severity>> = vec![None; pixels + 1];
    // What is ahead of the present was run and gone back from: it stays until something is changed.
    for event in view.events.iter().chain(view.beside.events_ahead.iter()) {
        let pixel = (strip.x(instant(view, event) as f64) - lane.left()).max(0.0) as usize;
        if let Some(cell) = worst.get_mut(pixel) {
            *cell = (*cell).max(Some(event.severity));
        }
    }
    let middle = lane.center().y - 1.0;
    let at = |pixel: usize| lane.left() + pixel as f32;
    let colour = mix(theme.alarm.note, theme.surface, 0.55);
    let mut notes = Mesh::default();
    for (pixel, _) in worst.iter().enumerate().filter(|(_, w)| **w == Some(Severity::Note)) {
        let left = on_pixel(pen, at(pixel));
        notes.add_colored_rect(Rect::from_x_y_ranges(left..=left + 1.0, middle - 3.0..=middle + 3.0), colour);
    }
    pen.painter.add(Shape::mesh(notes));
    // The serious ones above the notes, and never so close that they hide each other.
    for kind in [Severity::Warning, Severity::Trip] {
        let mut last = f32::NEG_INFINITY;
        for (pixel, _) in worst.iter().enumerate().filter(|(_, w)| **w == Some(kind)) {
            let x = at(pixel);
            if x - last >= 6.0 || kind == Severity::Trip {
                let outline = theme.alarm_text.map(|_| *theme.text);
                glyph::severity(&pen.painter, kind, pos2(x, middle), 9.0, theme.severity(kind), outline);
                last = x;
            }
        }
    }
}

/// The play head with its time.
fn head(pen: &Pen, area: Rect, x: f32, words: &str, solid: bool) {
    let theme = &pen.theme;
    let width = pen.width(words, Face::NumberCaption) + 12.0;
    let middle =
        x.clamp(area.left() + width / 2.0 - 8.0, (area.right() - width / 2.0 + 8.0).max(area.left() + width / 2.0));
    let tag = Rect::from_center_size(pos2(middle, area.top() + 7.0), vec2(width, 15.0));
    let (fill, ink) = if solid { (*theme.focus, *theme.bg) } else { (*theme.raised, *theme.text) };
    let line = Stroke::new(if solid { 2.0 } else { 1.0 }, if solid { *theme.focus } else { *theme.text2 });
    pen.vline(x, tag.bottom(), area.bottom(), line);
    pen.painter.rect(
        tag,
        corners(2.0),
        fill,
        if solid { Stroke::NONE } else { theme.outline() },
        egui::StrokeKind::Inside,
    );
    pen.text(tag.center(), Align::Center, words, Face::NumberCaption, ink);
}

/// Pointer on the strip: goes there on release. With Shift it draws a loop; a right click opens a menu.
fn scrub(ui: &Ui, id: Id, pen: &Pen, strip: &Strip, state: &mut PanelState, cx: &mut Cx<'_>) {
    let view = cx.view;
    let response = ui.interact(strip.rect, id, Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::slider(true, view.tick as f64, "Time of the run"));
    if response.secondary_clicked() {
        state.timeline.menu_at = response.interact_pointer_pos().map(|at| strip.tick(at.x));
    }
    Popup::context_menu(&response).show(|ui| {
        let tick = state.timeline.menu_at.unwrap_or(view.tick);
        menu::show(ui, tick, state, cx);
    });
    let Some(pointer) = response.interact_pointer_pos().or(response.hover_pos()) else {
        state.scrub = None;
        return;
    };
    let tick = strip.tick(pointer.x);
    if response.drag_started() && ui.input(|i| i.modifiers.shift) {
        state.timeline.loop_from = Some(tick);
    }
    state.scrub = response.dragged().then_some(tick);
    if let Some(from) = state.timeline.loop_from {
        if response.drag_stopped() {
            state.timeline.loop_from = None;
            let (from, to) = (from.min(tick), from.max(tick));
            cx.out.extend((from < to).then_some(Command::Loop(Some((from, to)))));
        }
        return;
    }
    // What has been run or read can be gone to, before and after the present.
    let known = tick != view.tick && tick <= view.reach();
    let time = clock(view.spec.calendar.civil(tick));
    if known {
        head(pen, strip.rect, strip.x(tick as f64), &time, false);
    }
    if known && (response.clicked() || response.drag_stopped()) {
        cx.out.push(Command::GoTo { tick });
    }
    if Popup::is_any_open(ui.ctx()) {
        return;
    }
    let tip = match (known, view.replay.is_some()) {
        (true, true) => format!("Go to {time}"),
        (true, false) if tick > view.tick => format!("Go to {time}, as it was run"),
        (true, false) => format!("Go back to {time}. What came after it stays until something is changed"),
        (false, true) => format!("{time} has not been read"),
        (false, false) => format!("{time} has not come yet. A right click tells what can be done there"),
    };
    response
        .on_hover_cursor(if known { egui::CursorIcon::PointingHand } else { egui::CursorIcon::Default })
        .on_hover_text(tip);
}
