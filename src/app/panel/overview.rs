//! The whole run in one strip: the plant's first series, what happened, where the present is.

use egui::epaint::Mesh;
use egui::{Align, Id, Pos2, Rect, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::app::theme::{Face, corners, mix};
use crate::plant::Severity;
use crate::session::{Command, RunView};
use crate::signal::Hold;

use super::axes::{on_pixel, time_marks};
use super::cache::Cache;
use super::curve;
use super::glyph;
use super::pen::Pen;
use super::words::{clock, instant};
use super::{Cx, PanelState};

/// Room for the names of the lanes.
const NAMES: f32 = 84.0;

/// Height of the line of times.
const TIMES: f32 = 16.0;

/// Height of the lane of events.
const EVENTS: f32 = 18.0;

/// Where things stand on the strip.
struct Strip {
    rect: Rect,
    span: f64,
}

impl Strip {
    fn x(&self, tick: f64) -> f32 {
        let share = (tick / self.span).clamp(0.0, 1.0) as f32;
        self.rect.left() + share * self.rect.width()
    }

    fn tick(&self, x: f32) -> u64 {
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
    let lane =
        Rect::from_min_max(pos2(area.left(), area.top() + TIMES + 2.0), pos2(area.right(), area.bottom() - EVENTS));
    line(&pen, lane, &strip, &mut state.charts.cache, cx);
    let events = Rect::from_min_max(pos2(area.left(), lane.bottom()), area.max);
    pen.hline(area.left(), area.right(), events.top(), theme.hairline());
    pen.text(pos2(area.left() - 8.0, events.center().y), Align::Max, "Events", Face::Caption, theme.text2);
    marks(&pen, events, &strip, view);
    let lived = Rect::from_min_max(pos2(area.left(), area.bottom() - 2.0), pos2(present, area.bottom()));
    pen.painter.rect_filled(lived, 0.0, theme.series_of(0));
    head(&pen, area, present, &clock(view.clock), true);
    scrub(ui, ui.id().with("overview"), &pen, &strip, state, cx);
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
    let Some((low, high)) = trace.extremes else { return };
    let (low, high) = if low < 0.0 && high > 0.0 { (low.min(-high * 0.2), high) } else { (low, high) };
    let room = (high - low).max(1e-9);
    let y = |v: f64| lane.bottom() - 2.0 - ((v - low) / room) as f32 * (lane.height() - 4.0);
    if low < 0.0 && high > 0.0 {
        pen.hline(lane.left(), lane.right(), y(0.0), theme.hairline());
    }
    let stroke = Stroke::new(1.2, theme.accent_of(signal.carrier));
    for piece in &trace.pieces {
        let points: Vec<Pos2> = piece.iter().map(|p| pos2(strip.x(p[0]), y(p[1]))).collect();
        curve::draw(pen, &points, trace.form(Hold::Linear), stroke);
    }
}

/// One mark a pixel, the most serious event that fell on it.
fn marks(pen: &Pen, lane: Rect, strip: &Strip, view: &RunView) {
    let theme = &pen.theme;
    let pixels = lane.width().ceil().max(1.0) as usize;
    let mut worst: Vec<Option<Severity>> = vec![None; pixels + 1];
    for event in view.events.iter() {
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

/// Pointer on the strip: goes back on release, because what comes after is forgotten.
fn scrub(ui: &Ui, id: Id, pen: &Pen, strip: &Strip, state: &mut PanelState, cx: &mut Cx<'_>) {
    let view = cx.view;
    let response = ui.interact(strip.rect, id, Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::slider(true, view.tick as f64, "Time of the run"));
    let Some(pointer) = response.interact_pointer_pos().or(response.hover_pos()) else {
        state.scrub = None;
        return;
    };
    let tick = strip.tick(pointer.x);
    // What has been read of a log can be gone to, before and after the present.
    let past = if view.replay.is_some() { tick != view.tick && tick <= view.reach() } else { tick < view.tick };
    let time = clock(view.spec.calendar.civil(tick));
    if past {
        head(pen, strip.rect, strip.x(tick as f64), &time, false);
    }
    state.scrub = response.dragged().then_some(tick);
    if past && (response.clicked() || response.drag_stopped()) {
        cx.out.push(Command::GoTo { tick });
    }
    let tip = if view.replay.is_some() {
        if past { format!("Go to {time}") } else { format!("{time} has not been read") }
    } else if past {
        format!("Go back to {time}. What came after it is forgotten")
    } else {
        format!("{time} has not come yet")
    };
    response
        .on_hover_cursor(if past { egui::CursorIcon::PointingHand } else { egui::CursorIcon::Default })
        .on_hover_text(tip);
}
