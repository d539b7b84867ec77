//! The one engine behind every chart of lines: the plant's charts, the lines in its tiles, and what a person puts
//! together.
//!
//! A frame costs little when nothing changed: traces come from a cache, and only lines, words and the cursor are drawn
//! again.

use std::sync::Arc;

use egui::{Align, Align2, Pos2, Rect, Stroke, Ui, pos2, vec2};
use egui_plot::LineStyle;

use crate::app::theme::{Face, mix};
use crate::plant::{Bound, Role, Span};
use crate::session::RunView;
use crate::signal::SignalId;

use super::Cx;
use super::axes::{self, Edges, Frame, Place, Side, Sides};
use super::beside::overlay::{self, Over};
use super::beside::{self, difference};
use super::curve;
use super::legend::{Asked, Legend};
use super::levels::{self, Level};
use super::line::{Line, selection_of};
use super::pen::Pen;
use super::readout;
use super::scale::Values;
use super::series::{self, Points, Trace, row_at};
use super::time_axis::{ChartState, interact};
use super::words::clock;

/// Plots lower than this have no room for words in them, points.
pub(super) const LOW: f32 = 48.0;

/// Share of its colour that a line keeps after the present, where it was run and then gone back from.
const KEPT: f32 = 0.45;

/// How near to a line a click must be to mean it, points.
const NEAR: f32 = 6.0;

/// A chart, ready to be drawn.
pub(super) struct Graph<'a> {
    /// Stable name within its tile.
    pub name: &'a str,
    /// What it is called for screen readers.
    pub spoken: String,
    /// Words before the legend; empty where the tile's title says it.
    pub title: &'a str,
    /// A name that a lone series need not repeat.
    pub known: &'a str,
    /// The series, most important first.
    pub lines: Vec<Line<'a>>,
    /// Levels beside the limits of the signals.
    pub bounds: &'a [Bound],
    /// What the horizontal axis spans.
    pub span: Span,
    /// Whether zero is always in sight.
    pub zero: bool,
    /// Whether times stand below.
    pub times: bool,
    /// Whether series can be taken away in the legend.
    pub removable: bool,
    /// Words at the right end of the legend.
    pub note: &'a str,
}

impl Graph<'_> {
    fn unit(&self, side: Side) -> &str {
        self.lines.iter().find(|l| l.side == side).map_or("", |l| l.signal.unit.as_str())
    }

    /// How many axes stand at the right.
    fn right_axes(&self) -> usize {
        let number = |line: &Line<'_>| if let Side::Right(n) = line.side { usize::from(n) + 1 } else { 0 };
        self.lines.iter().map(number).max().unwrap_or(0)
    }

    /// Colour of the first series of an axis.
    fn colour(&self, side: Side) -> Option<egui::Color32> {
        self.lines.iter().find(|l| l.side == side).map(|l| l.colour)
    }
}

/// What is drawn of one series.
struct Drawn<'a> {
    line: &'a Line<'a>,
    past: Arc<Trace>,
    /// What was run and came after the present, after going back.
    kept: Option<Arc<Trace>>,
    ghost: Points,
}

/// Draws a chart into a rectangle and tells which series is to be taken away.
///
/// Small charts lose their legend first, then their times.
pub(super) fn show(
    ui: &mut Ui,
    rect: Rect,
    graph: &Graph<'_>,
    state: &mut ChartState,
    cx: &mut Cx<'_>,
) -> Option<SignalId> {
    let theme = cx.theme;
    let view = cx.view;
    let id = ui.id().with(("chart", graph.name));
    let others = beside::others(view, &state.compare, &theme);
    state.note(graph.lines.iter().map(|l| l.column));
    if state.compare.difference && !others.is_empty() {
        return difference::show(ui, rect, graph, &others, state, cx);
    }
    let place = Place::of(rect, true, graph.times, graph.right_axes())?;
    let pen = Pen::new(ui, &theme);
    let cursor_row = state.cursor().and_then(|instant| row_at(&view.recording, instant));
    let (from, to) = state.range_of(view, graph.span);
    let plot = place.plot;
    let drawn: Vec<Drawn<'_>> = graph
        .lines
        .iter()
        .map(|line| {
            let hold = line.signal.hold;
            let past = state.cache.past(view, line.column, hold, (from, to), plot.width());
            let now = view.value(line.column);
            let kept = future_kept(view, line, (from, to), plot.width(), &mut state.cache);
            Drawn { line, past, kept, ghost: series::future(view.outlook.as_ref(), line.column, hold, view.tick, now) }
        })
        .collect();
    let overs = overlay::of(&others, &graph.lines, (from, to), plot.width(), &mut state.cache);
    let rows = drawn.iter().map(|d| d.past.rows_each).max().unwrap_or(1);
    let time = |tick: u64| clock(view.spec.calendar.civil(tick));
    let decimated = match drawn.iter().find_map(|d| d.past.lacks) {
        // They were asked for and are drawn as soon as they are there.
        Some((from, to)) => format!("running {}–{} again …", time(from), time(to)),
        None if rows > 1 => format!("min/max of {rows}"),
        None => String::new(),
    };
    let mut removed = None;
    let mut named = false;
    if let Some(line) = place.legend {
        let Graph { title, known, lines, removable, .. } = graph;
        // A low plot has no room for the badge beside its lines.
        let note = if graph.note.is_empty() && plot.height() < LOW { &decimated } else { graph.note };
        // Names of other runs at the right end, where names and values of the series leave room for them.
        let names = overlay::names_width(&pen, &others);
        let least = Legend::names_width(&pen, title, lines) + 70.0 * lines.len() as f32;
        named = names > 0.0 && line.width() - names > least;
        let line = if named {
            let (series, runs) = line.split_left_right_at_x(line.right() - names);
            overlay::names(&pen, runs, &others, view);
            series
        } else {
            line
        };
        let legend = Legend { title, known, lines, row: cursor_row, removable: *removable, note };
        match legend.show(ui, &pen, line, id.with("legend"), view) {
            Asked::Nothing => {}
            Asked::Select(column) => cx.selection = selection_of(view, column),
            Asked::Remove(column) => removed = Some(column),
        }
    }
    let bounds = levels::levels(graph.bounds, &graph.lines, view, (from, to), plot.width(), &mut state.cache);
    let values = values_of(graph, Side::Left, (&drawn, &overs), &bounds, view, plot.height());
    let frame = |values| Frame { rect: plot, from, to, values };
    let on_right = |n: usize| Side::Right(u8::try_from(n).unwrap_or(u8::MAX));
    let right =
        (0..graph.right_axes()).map(|n| values_of(graph, on_right(n), (&drawn, &overs), &[], view, plot.height()));
    let sides = Sides { left: frame(values), right: right.map(frame).collect() };
    let frame = &sides.left;
    let inner = pen.clipped(plot);
    let told = sides.right.iter().enumerate().take(place.axes);
    let right = told.map(|(n, frame)| {
        let colour = graph.colour(on_right(n)).unwrap_or(*theme.line_strong);
        (frame, graph.unit(on_right(n)), colour)
    });
    let colour = graph.colour(Side::Left);
    let edges = Edges { right: right.collect(), colour, ..Edges::left(graph.unit(Side::Left), place.times) };
    axes::draw(&pen, frame, &view.spec.calendar, &edges);
    levels::bands(&inner, &sides, &graph.lines, view);
    levels::draw_levels(&inner, frame, &bounds);
    overlay::draw(&inner, &sides, &overs, &graph.lines);
    plot_lines(&inner, &sides, &drawn, &bounds);
    overlay::partings(&inner, &sides, &overs, &graph.lines, view);
    let off = if decimated.is_empty() { 0.0 } else { pen.width(&decimated, Face::Caption) + 12.0 };
    levels::level_words(&inner, frame, &bounds, off);
    levels::draw_limits(&inner, &sides, levels::limits(&graph.lines));
    instants(&pen, frame, place.times, state, view);
    badge(&inner, plot, &decimated, view);
    if !named && plot.height() >= 70.0 && plot.width() >= 160.0 {
        overlay::names(&inner, plot.with_max_y(plot.top() + 18.0).with_max_x(plot.right() - 90.0), &others, view);
    }
    let response = interact(ui, id, frame, (&graph.spoken, graph.span), state, cx);
    if let Some(at) = response.interact_pointer_pos().filter(|_| response.clicked() && !response.double_clicked()) {
        match nearest(&sides, &drawn, at) {
            Some(column) if !ui.input(|i| i.modifiers.shift) => cx.selection = selection_of(view, column),
            _ => state.clicked_at(ui, view, frame, at, graph.span),
        }
    }
    if let Some(row) = cursor_row {
        // Under the pointer with all values; on the other charts the legend tells them.
        let within = state.is_under_pointer(id).then(|| ui.clip_rect());
        readout::draw(&pen, &sides, &graph.lines, view, row, within);
    }
    removed
}

/// The values of the left axis: what is drawn, declared levels, and limits that are near enough to matter.
fn values_of(
    graph: &Graph<'_>,
    side: Side,
    (drawn, overs): (&[Drawn<'_>], &[Over<'_>]),
    bounds: &[Level<'_>],
    view: &RunView,
    height: f32,
) -> Values {
    let (mut low, mut high) = (f64::NAN, f64::NAN);
    let mut take = |value: f64| {
        if value.is_finite() {
            low = low.min(value);
            high = high.max(value);
        }
    };
    let here = |over: &&Over<'_>| graph.lines.get(over.line).is_some_and(|l| l.side == side);
    for (l, h) in overs.iter().filter(here).filter_map(|over| over.trace.extremes) {
        take(l);
        take(h);
    }
    for Drawn { line, past, kept, ghost } in drawn.iter().filter(|d| d.line.side == side) {
        for (l, h) in [Some(past), kept.as_ref()].into_iter().flatten().filter_map(|trace| trace.extremes) {
            take(l);
            take(h);
        }
        ghost.iter().for_each(|p| take(p[1]));
        take(view.value(line.column));
    }
    for level in bounds {
        take(level.now);
        if let Some((l, h)) = level.extremes {
            take(l);
            take(h);
        }
    }
    if graph.zero {
        take(0.0);
    }
    let lines = || graph.lines.iter().filter(|l| l.side == side);
    let range = lines().map(|l| l.signal.range.1 - l.signal.range.0).filter(|r| r.is_finite()).fold(0.0, f64::max);
    let near = 1.5 * (high - low).max(0.15 * range);
    for limit in levels::limits(&graph.lines).into_iter().filter(|l| l.side == side) {
        if (limit.at - high).abs() <= near || (limit.at - low).abs() <= near {
            low = low.min(limit.at);
            high = high.max(limit.at);
        }
    }
    if low == 0.0 && high == 0.0 && lines().all(|l| l.signal.range.0 >= 0.0) {
        high = 0.02 * range;
    }
    if low.is_nan() {
        // Nothing has a value yet: the range that the first series declares.
        (low, high) = lines().next().map_or((0.0, 1.0), |l| l.signal.range);
    }
    Values::around(low, high, 0.02 * range, (height / 30.0).clamp(2.0, 8.0) as usize)
}

/// The lines themselves, past solid and future dashed, below them the levels that move.
fn plot_lines(pen: &Pen, sides: &Sides, drawn: &[Drawn<'_>], bounds: &[Level<'_>]) {
    let theme = &pen.theme;
    // One list of places serves all lines.
    let mut places: Vec<Pos2> = Vec::new();
    for piece in bounds.iter().flat_map(|level| &level.moving) {
        sides.left.places(piece, &mut places);
        pen.broken(&places, 4.0, 2.4, Stroke::new(1.0, theme.text3));
    }
    for Drawn { line, past, kept, ghost } in drawn {
        let frame = sides.of(line.side);
        if let Some(kept) = kept {
            // It was, but will not be once something is changed: paler than what has been played.
            let pale = Stroke::new(line.width.min(1.5), mix(line.colour, theme.sunken, KEPT));
            for piece in &kept.pieces {
                frame.places(piece, &mut places);
                curve::draw(pen, &places, kept.form(line.signal.hold), pale);
            }
        }
        let (form, stroke) = (past.form(line.signal.hold), Stroke::new(line.width, line.colour));
        for piece in &past.pieces {
            frame.places(piece, &mut places);
            match line.style {
                LineStyle::Dashed { length } => pen.broken(&places, length, 0.6 * length, stroke),
                LineStyle::Solid | LineStyle::Dotted { .. } => curve::draw(pen, &places, form, stroke),
            }
        }
        let colour = mix(line.colour, theme.sunken, theme.tokens.opacity.ghost);
        frame.places(ghost, &mut places);
        pen.broken(&places, 5.0, 3.0, Stroke::new(theme.tokens.stroke.ghost + 0.3, colour));
    }
}

/// What was run of a line and came after the present: it stays until something is changed.
fn future_kept(
    view: &RunView,
    line: &Line<'_>,
    (from, to): (f64, f64),
    pixels: f32,
    cache: &mut super::cache::Cache,
) -> Option<Arc<Trace>> {
    let shown = view.beside.shown_run().filter(|run| run.recording.rows() > view.tick)?;
    let from = from.max(view.tick as f64 + 2.0);
    if to <= from {
        return None;
    }
    Some(cache.beside(shown.id, &shown.recording, line.column, line.signal.hold, (from, to), pixels))
}

/// The present, where the past ends, and the instant that a person marked; with times where there is room for them.
pub(super) fn instants(pen: &Pen, frame: &Frame, times: bool, state: &ChartState, view: &RunView) {
    let theme = &pen.theme;
    let rect = frame.rect;
    let inside = |x: f32| x > rect.left() && x < rect.right() - 1.0;
    let present = frame.x(view.tick as f64);
    if inside(present) {
        pen.vline(present, rect.top(), rect.bottom(), Stroke::new(1.0, theme.focus));
    }
    let time = |tick: u64| clock(view.spec.calendar.civil(tick));
    if let Some(tick) = state.mark {
        let x = frame.x(tick as f64);
        if inside(x) {
            pen.vline(x, rect.top(), rect.bottom(), Stroke::new(1.0, theme.text));
            let flag = [pos2(x - 4.0, rect.top()), pos2(x + 4.0, rect.top()), pos2(x, rect.top() + 5.0)];
            pen.painter.add(egui::Shape::convex_polygon(flag.to_vec(), *theme.text, Stroke::NONE));
            if times {
                axes::tag(pen, frame, x, &time(tick));
            }
        }
    }
    let cursors = [(state.compare.a, "A"), (state.compare.b, "B")];
    for (tick, name) in cursors.into_iter().filter_map(|(tick, name)| Some((tick?, name))) {
        let x = frame.x(tick as f64);
        if inside(x) {
            let line = Stroke::new(1.0, theme.focus);
            match name {
                "A" => pen.vline(x, rect.top(), rect.bottom(), line),
                _ => {
                    let ends = [pos2(x, rect.top()), pos2(x, rect.bottom())];
                    pen.painter.extend(egui::Shape::dashed_line(&ends, line, 4.0, 3.0));
                }
            }
            let flag = Rect::from_min_size(pos2(x - 7.0, rect.top()), vec2(14.0, 13.0));
            let (fill, ink) = if name == "A" { (*theme.focus, *theme.bg) } else { (*theme.raised, *theme.text) };
            pen.painter.rect(flag, 2.0, fill, line, egui::StrokeKind::Inside);
            pen.text(flag.center(), Align::Center, name, Face::Caption, ink);
        }
    }
    if let Some(row) = state.cursor().and_then(|instant| row_at(&view.recording, instant)) {
        let x = frame.x((row + 1) as f64);
        if times && inside(x) {
            axes::tag(pen, frame, x, &time(row + 1));
        }
    }
}

/// Says that not every row is drawn, or that there is none.
pub(super) fn badge(pen: &Pen, plot: Rect, words: &str, view: &RunView) {
    if plot.height() < LOW {
        return;
    }
    if view.recording.is_empty() {
        let words = "No tick has been run yet";
        let size = vec2(pen.width(words, Face::Label) + 12.0, 18.0);
        pen.painter.rect_filled(Rect::from_center_size(plot.center(), size).intersect(plot), 2.0, pen.theme.sunken);
        let room = plot.width() - 8.0;
        pen.text_within(plot.center(), Align::Center, room, words, Face::Label, pen.theme.text3);
    } else if !words.is_empty() {
        let width = pen.width(words, Face::Caption) + 8.0;
        let ground = Rect::from_min_size(pos2(plot.right() - width - 3.0, plot.top() + 2.0), vec2(width, 14.0));
        pen.painter.rect_filled(ground, 2.0, pen.theme.sunken);
        pen.text_at(plot.shrink2(vec2(6.0, 2.0)), Align2::RIGHT_TOP, words, Face::Caption, pen.theme.text3);
    }
}

/// The series whose line runs under a place.
fn nearest(sides: &Sides, drawn: &[Drawn<'_>], at: Pos2) -> Option<SignalId> {
    let distance = |d: &Drawn<'_>| {
        let frame = sides.of(d.line.side);
        let place = |p: &[f64; 2]| pos2(frame.x(p[0]), frame.y(p[1]));
        let pieces = d.past.pieces.iter().flat_map(|piece| piece.windows(2));
        let near = pieces.filter_map(|pair| match pair {
            [a, b] => Some((place(a), place(b))),
            _ => None,
        });
        near.filter(|(a, b)| a.x - NEAR <= at.x && at.x <= b.x + NEAR)
            .map(|(a, b)| to_segment(at, a, b))
            .fold(f32::INFINITY, f32::min)
    };
    let all = drawn.iter().map(|d| (distance(d), d.line)).filter(|(distance, _)| *distance <= NEAR);
    // Where an answer runs over its request, it is the answer that was clicked.
    let over = |role: Role| if role == Role::Answer { 0 } else { 1 };
    all.min_by(|a, b| a.0.round().total_cmp(&b.0.round()).then(over(a.1.role).cmp(&over(b.1.role))))
        .map(|(_, l)| l.column)
}

fn to_segment(at: Pos2, a: Pos2, b: Pos2) -> f32 {
    let along = b - a;
    let length = along.length_sq();
    let share = if length > 0.0 { ((at - a).dot(along) / length).clamp(0.0, 1.0) } else { 0.0 };
    at.distance(a + along * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_click_counts_by_its_distance_from_the_line() {
        let (a, b) = (pos2(0.0, 0.0), pos2(10.0, 0.0));
        assert_eq!(to_segment(pos2(5.0, 3.0), a, b), 3.0);
        assert_eq!(to_segment(pos2(14.0, 3.0), a, b), 5.0);
        assert_eq!(to_segment(pos2(3.0, 4.0), a, a), 5.0);
    }
}
