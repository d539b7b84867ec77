//! Lanes of the time line: the tree of runs, what is planned, bookmarks, the loop.

use egui::{
    Align, CursorIcon, Popup, Pos2, Rect, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, WidgetType, pos2, vec2,
};

use crate::app::panel::beside::{Comparison, Look};
use crate::app::panel::overview::{NAMES, Strip};
use crate::app::panel::pen::Pen;
use crate::app::panel::words::{clock, duration, seconds};
use crate::app::panel::{Cx, PanelState};
use crate::app::theme::{Face, corners, mix};
use crate::session::{Bookmark, Command, PlannedView, RunEntry, RunKind, RunView};

/// Height of the lane of what is planned.
pub(in crate::app::panel) const PLAN: f32 = 14.0;

/// The same where the time line is low: bars without words.
pub(in crate::app::panel) const LOW_PLAN: f32 = 7.0;

/// From this height on, lanes have names.
const NAMED: f32 = 11.0;

/// Most rows of what is planned at the same time; what is more lies over the last one.
const MOST_ROWS: usize = 3;

/// The row of every plan: those that work at the same time stand below each other.
pub(in crate::app::panel) fn plan_rows(plan: &[PlannedView]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..plan.len()).collect();
    order.sort_by_key(|k| plan.get(*k).map(|planned| planned.from));
    let mut ends: Vec<u64> = Vec::new();
    let mut rows = vec![0; plan.len()];
    for k in order {
        let (Some(planned), Some(row)) = (plan.get(k), rows.get_mut(k)) else { continue };
        let until = planned.until.unwrap_or(u64::MAX);
        *row = ends.iter().position(|end| *end <= planned.from).unwrap_or(ends.len()).min(MOST_ROWS - 1);
        match ends.get_mut(*row) {
            Some(end) => *end = until.max(*end),
            None => ends.push(until),
        }
    }
    rows
}

/// Heights that the lane of what is planned may have, the liked one first.
pub(in crate::app::panel) fn plan_heights(plan: &[PlannedView]) -> Vec<f32> {
    let rows = plan_rows(plan).into_iter().max().map_or(0, |most| most + 1);
    let mut heights: Vec<f32> = (1..=rows).rev().map(|rows| PLAN * rows as f32).collect();
    heights.extend((rows > 0).then_some(LOW_PLAN));
    heights
}

/// Height that lanes of runs get of `free` points; 0 for a single run.
pub(in crate::app::panel) fn runs_height(view: &RunView, free: f32) -> f32 {
    let count = view.beside.runs.len();
    if count < 2 { 0.0 } else { (count as f32 * 14.0).min(free.max(count.min(6) as f32 * 4.0)) }
}

/// A line for every run, joined to the one that it was branched from.
pub(in crate::app::panel) fn runs(ui: &Ui, pen: &Pen, lane: Rect, strip: &Strip, compare: &Comparison, view: &RunView) {
    let theme = &pen.theme;
    let runs = &view.beside.runs;
    let pitch = lane.height() / runs.len().max(1) as f32;
    let y_of = |k: usize| lane.top() + (k as f32 + 0.5) * pitch;
    let place = |id: u64| runs.iter().position(|r| r.id == id);
    for (k, run) in runs.iter().enumerate() {
        let y = y_of(k);
        let look = compare.look(theme, run);
        let shown = run.id == view.beside.shown;
        let drawn = shown || compare.shows(run);
        let fade = |colour| if drawn { colour } else { mix(colour, theme.surface, 0.4) };
        let begin = if run.kind == RunKind::Branch { run.branched_at } else { 0 };
        let (from, to) = (strip.x(begin as f64), strip.x(run.reach as f64));
        let thick = if shown { 3.0 } else { 2.0 };
        if let Some(parent) = run.parent.and_then(place) {
            pen.vline(from, y_of(parent).min(y), y_of(parent).max(y), Stroke::new(1.0, fade(look.colour)));
        }
        let seen = if shown { strip.x(view.tick as f64).clamp(from, to) } else { to };
        let bar = |a: f32, b: f32, colour| {
            pen.painter.rect_filled(
                Rect::from_min_max(pos2(a, y - thick / 2.0), pos2(b.max(a + 1.0), y + thick / 2.0)),
                0.0,
                colour,
            );
        };
        bar(from, seen, fade(look.colour));
        if seen < to {
            bar(seen, to, mix(look.colour, theme.surface, 0.4));
        }
        if run.kind == RunKind::Branch && pitch >= 6.0 {
            pen.painter.circle(pos2(from, y), 3.0, *theme.surface, Stroke::new(1.5, fade(look.colour)));
        }
        if pitch >= NAMED {
            let ink = if shown { theme.text } else { theme.text2 };
            pen.text_within(pos2(lane.left() - 8.0, y), Align::Max, NAMES - 14.0, &run.name, Face::Caption, ink);
            let words = tail(run, drawn);
            let room = lane.right() - to - 12.0;
            if pen.width(&words, Face::Caption) < room {
                pen.text(pos2(to + 8.0, y), Align::Min, &words, Face::Caption, theme.text3);
            }
        }
        let spoken = format!(
            "Lane of {}: {} to {}",
            run.name,
            clock(run.spec.calendar.civil(begin)),
            clock(run.spec.calendar.civil(run.reach))
        );
        let rect =
            Rect::from_min_max(pos2(lane.left() - NAMES, y - pitch / 2.0), pos2(lane.left() - 4.0, y + pitch / 2.0));
        super::super::widget::spoken(ui, rect, ui.id().with(("lane", run.id)), &spoken).on_hover_text(&spoken);
    }
}

/// What drives a run, behind its line.
fn tail(run: &RunEntry, drawn: bool) -> String {
    let who = match run.kind {
        RunKind::Log => "log".to_owned(),
        _ => run.controllers.split(" + ").last().map_or(String::new(), |c| crate::control::shown_name(c).to_owned()),
    };
    if drawn { who } else { format!("{who}, hidden") }
}

/// The range that time goes round in.
pub(in crate::app::panel) fn looped(pen: &Pen, area: Rect, strip: &Strip, (from, to): (u64, u64)) {
    let theme = &pen.theme;
    let (a, b) = (strip.x(from as f64), strip.x(to as f64).max(strip.x(from as f64) + 2.0));
    let band = Rect::from_min_max(pos2(a, area.top() + 14.0), pos2(b, area.bottom()));
    pen.painter.rect_filled(band, 0.0, mix(theme.select_bg, theme.surface, 0.55));
    let line = Stroke::new(1.0, theme.text2);
    for (x, inward) in [(a, 1.0), (b, -1.0)] {
        pen.vline(x, band.top(), band.bottom(), line);
        pen.hline(x.min(x + 4.0 * inward), x.max(x + 4.0 * inward), band.top(), line);
        pen.hline(x.min(x + 4.0 * inward), x.max(x + 4.0 * inward), band.bottom() - 1.0, line);
    }
}

/// What is planned, as bars; a right click takes one away, dragging moves it. What a recorded run tells of stays.
pub(in crate::app::panel) fn plan(
    ui: &Ui,
    pen: &Pen,
    lane: Rect,
    strip: &Strip,
    state: &mut PanelState,
    cx: &mut Cx<'_>,
) {
    let theme = cx.theme;
    let plan = std::sync::Arc::clone(&cx.view.beside.plan);
    let rows = plan_rows(&plan);
    let pitch = lane.height() / rows.iter().max().map_or(1.0, |most| *most as f32 + 1.0);
    let worded = pitch >= NAMED;
    let recorded = cx.view.replay.is_some();
    let title = if recorded { "Disturbed" } else { "Planned" };
    if lane.height() >= NAMED {
        pen.text(pos2(lane.left() - 8.0, lane.center().y), Align::Max, title, Face::Caption, theme.text2);
    }
    // Words stand only where nothing else does, and not on the line of the present.
    let present = strip.x(cx.view.tick as f64);
    let bar_of = |(planned, row): (&PlannedView, &usize)| {
        let long = planned.until.map_or(f64::INFINITY, |until| until.saturating_sub(planned.from) as f64);
        let begin = begin_of(planned, state);
        let from = strip.x(begin);
        let to = strip.x(begin + long.min(1e15)).max(from + 4.0);
        let top = lane.top() + *row as f32 * pitch;
        let edge = if pitch > 6.0 { 1.5 } else { 0.5 };
        Rect::from_min_max(pos2(from, top + edge), pos2(to.min(lane.right()), top + pitch - edge))
    };
    let bars: Vec<Rect> = plan.iter().zip(&rows).map(bar_of).collect();
    let mut written: Vec<Rect> = Vec::new();
    for (index, (planned, bar)) in plan.iter().zip(bars.iter().copied()).enumerate() {
        let sense = if recorded { Sense::hover() } else { Sense::click_and_drag() };
        let response = ui.interact(bar.expand2(vec2(2.0, 1.0)), ui.id().with(("planned", planned.id)), sense);
        let words = words(planned, cx.view);
        let kind = if recorded { WidgetType::Label } else { WidgetType::Button };
        response.widget_info(|| WidgetInfo::labeled(kind, true, format!("{title}: {words}")));
        let works = planned.from <= cx.view.tick && planned.until.is_none_or(|until| cx.view.tick < until);
        let fill = if works { *theme.text2 } else { mix(theme.text2, theme.surface, 0.35) };
        let edge = Stroke::new(1.0, if response.hovered() { theme.focus } else { theme.text2 });
        pen.painter.rect(bar, corners(2.0), fill, edge, StrokeKind::Inside);
        if planned.until.is_none() {
            // It stays: an open end.
            pen.vline(bar.right() - 3.0, bar.top(), bar.bottom(), Stroke::new(1.0, theme.surface));
        }
        let ink = if works { theme.surface } else { theme.text };
        let wide = pen.width(&planned.label, Face::Caption);
        let place = |left: f32| Rect::from_min_size(pos2(left, bar.top()), vec2(wide, bar.height()));
        let free = |place: &Rect, but: usize| {
            let others = bars.iter().enumerate().filter(|(k, _)| *k != but).map(|(_, other)| other);
            place.right() + 4.0 < lane.right()
                && !place.x_range().expand(3.0).contains(present)
                && !others.chain(&written).any(|other| other.intersects(*place))
        };
        let after = present + 5.0;
        let within = [bar.left() + 4.0, after.max(bar.left() + 4.0)].map(place);
        let within = within.into_iter().find(|p| p.right() + 4.0 <= bar.right() && free(p, index));
        let behind = [bar.right() + 4.0, after.max(bar.right() + 4.0)].map(place);
        let behind = behind.into_iter().find(|p| p.left() < bar.right() + 16.0 && free(p, index));
        let spot = within.map(|place| (place, ink)).or(behind.map(|place| (place, theme.text2)));
        if let Some((place, ink)) = spot.filter(|_| worded) {
            pen.text(place.left_center(), Align::Min, &planned.label, Face::Caption, ink);
            written.push(place);
        }
        if recorded {
            response.on_hover_text(words);
            continue;
        }
        if response.dragged() {
            let by = f64::from(response.drag_delta().x / strip.rect.width().max(1.0)) * strip.span;
            let before = state.timeline.moved.filter(|(id, _)| *id == planned.id).map_or(0.0, |(_, by)| by);
            state.timeline.moved = Some((planned.id, before + by));
        }
        if response.drag_stopped() {
            let from = begin_of(planned, state).round() as u64;
            state.timeline.moved = None;
            if from != planned.from {
                cx.out.push(Command::Unplan(planned.id));
                cx.out.push(Command::Plan {
                    label: planned.label.clone(),
                    input: planned.input.clone(),
                    change: planned.change,
                    from,
                    ticks: planned.until.map(|until| until.saturating_sub(planned.from)),
                });
            }
        }
        Popup::context_menu(&response).show(|ui| {
            ui.label(egui::RichText::new(&words).color(*theme.text3).small());
            if ui.button("Take it away").clicked() {
                cx.out.push(Command::Unplan(planned.id));
                ui.close();
            }
        });
        response
            .on_hover_cursor(CursorIcon::Grab)
            .on_hover_text(format!("{words}\nDrag to move it, a right click takes it away"));
    }
}

/// Where a plan begins, ticks; while it is dragged where it would.
fn begin_of(planned: &PlannedView, state: &PanelState) -> f64 {
    let dragged = state.timeline.moved.filter(|(id, _)| *id == planned.id).map_or(0.0, |(_, by)| by);
    (planned.from as f64 + dragged).max(0.0)
}

fn words(planned: &PlannedView, view: &RunView) -> String {
    let from = clock(view.spec.calendar.civil(planned.from));
    match planned.until {
        Some(until) => {
            let long = duration(seconds(view, until.saturating_sub(planned.from) as f64));
            format!("{} at {from} for {long}", planned.label)
        }
        None => format!("{} from {from} on", planned.label),
    }
}

/// Flags with their notes: a click goes there, a right click changes or takes away.
pub(in crate::app::panel) fn bookmarks(
    ui: &Ui,
    pen: &Pen,
    lane: Rect,
    strip: &Strip,
    state: &mut PanelState,
    cx: &mut Cx<'_>,
) {
    let all = std::sync::Arc::clone(&cx.view.beside.bookmarks);
    for mark in all.iter() {
        let x = strip.x(mark.tick as f64);
        let place = Rect::from_min_max(pos2(x - 3.0, lane.top()), pos2(x + 9.0, lane.bottom()));
        let response = ui.interact(place, ui.id().with(("bookmark", mark.id)), Sense::click());
        let time = clock(cx.view.spec.calendar.civil(mark.tick));
        let note = if mark.text.is_empty() { String::new() } else { format!(": {}", mark.text) };
        response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, format!("Bookmark {time}{note}")));
        flag(pen, pos2(x, lane.center().y), response.hovered());
        let reached = mark.tick <= cx.view.reach();
        if response.clicked() && reached {
            cx.out.push(Command::GoTo { tick: mark.tick });
        }
        Popup::context_menu(&response).show(|ui| bookmark_menu(ui, mark, reached, state, cx));
        let act = if reached { "A click goes there" } else { "It has not been run yet" };
        response
            .on_hover_cursor(CursorIcon::PointingHand)
            .on_hover_text(format!("Bookmark {time}{note}\n{act}, a right click changes it"));
    }
}

fn bookmark_menu(ui: &mut Ui, mark: &Bookmark, reached: bool, state: &mut PanelState, cx: &mut Cx<'_>) {
    if ui.add_enabled(reached, egui::Button::new("Go there")).clicked() {
        cx.out.push(Command::GoTo { tick: mark.tick });
        ui.close();
    }
    if ui.button("Change the note…").clicked() {
        state.timeline.write(Some(mark.id), mark.tick, mark.text.clone());
        ui.close();
    }
    if ui.button("Take it away").clicked() {
        cx.out.push(Command::Unmark(mark.id));
        ui.close();
    }
}

/// A small flag on a pole.
fn flag(pen: &Pen, at: Pos2, hovered: bool) {
    let ink = if hovered { *pen.theme.focus } else { *pen.theme.text };
    pen.vline(at.x, at.y - 8.0, at.y + 7.0, Stroke::new(1.2, ink));
    let cloth = vec![pos2(at.x, at.y - 8.0), pos2(at.x + 8.0, at.y - 5.0), pos2(at.x, at.y - 2.0)];
    pen.painter.add(Shape::convex_polygon(cloth, ink, Stroke::NONE));
}

/// The look of the bar that tells how far the shown run has come, where it is alone.
pub(in crate::app::panel) fn lived(pen: &Pen, area: Rect, strip: &Strip, compare: &Comparison, view: &RunView) {
    let theme = &pen.theme;
    let look = view.beside.shown_run().map_or_else(|| Look::of(theme, 0), |run| compare.look(theme, run));
    let y = area.bottom() - 2.0..=area.bottom();
    let present = strip.x(view.tick as f64);
    pen.painter.rect_filled(Rect::from_x_y_ranges(area.left()..=present, y.clone()), 0.0, look.colour);
    let reach = strip.x(view.beside.reach.max(view.tick) as f64);
    if reach > present {
        pen.painter.rect_filled(Rect::from_x_y_ranges(present..=reach, y), 0.0, mix(look.colour, theme.surface, 0.4));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plant::{Operation, Override};

    #[test]
    fn plans_of_the_same_time_stand_below_each_other() {
        let bar = |id: u64, from: u64, until: Option<u64>| PlannedView {
            id,
            label: String::new(),
            input: String::new(),
            change: Override { operation: Operation::Set, value: 0.0 },
            from,
            until,
        };
        let plan =
            [bar(0, 10, Some(30)), bar(1, 0, Some(20)), bar(2, 20, Some(40)), bar(3, 25, None), bar(4, 50, None)];
        assert_eq!(plan_rows(&plan), [1, 0, 0, 2, 0]);
        assert_eq!(plan_heights(&plan), [3.0 * PLAN, 2.0 * PLAN, PLAN, LOW_PLAN]);
        let all = [bar(0, 0, None), bar(1, 0, None), bar(2, 0, None), bar(3, 0, None)];
        assert_eq!(plan_rows(&all), [0, 1, 2, 2], "what is more lies over the last row");
        assert_eq!((plan_rows(&[]).len(), plan_heights(&[])), (0, vec![]));
    }
}
