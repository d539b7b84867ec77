//! The time that all charts share: which part of the run they show, and what the pointer and the keys do to it.

use egui::{CursorIcon, EventFilter, Id, Key, Pos2, Response, Sense, Ui, Vec2, WidgetInfo, WidgetType};

use crate::session::RunView;
use crate::signal::SignalId;

use super::Cx;
use super::axes::Frame;
use super::beside::Comparison;
use super::cache::Cache;
use super::widget::focus_ring;

/// Stretches that the widest chart draws.
const STRETCHES: usize = 2_000;

/// How much of the past the charts show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Span {
    /// A quarter of an hour.
    Quarter,
    /// An hour.
    #[default]
    Hour,
    /// Six hours.
    SixHours,
    /// A day.
    Day,
    /// Everything.
    All,
}

impl Span {
    /// All spans, shortest first.
    pub const ALL: [Self; 5] = [Self::Quarter, Self::Hour, Self::SixHours, Self::Day, Self::All];

    /// Words on its button.
    pub fn label(self) -> &'static str {
        match self {
            Self::Quarter => "15 min",
            Self::Hour => "1 h",
            Self::SixHours => "6 h",
            Self::Day => "Day",
            Self::All => "All",
        }
    }

    /// Length in ticks.
    fn ticks(self, view: &RunView) -> f64 {
        let seconds = match self {
            Self::Quarter => 900.0,
            Self::Hour => 3_600.0,
            Self::SixHours => 21_600.0,
            Self::Day => 86_400.0,
            Self::All => return (view.tick as f64).max(1.0),
        };
        // A plant of long ticks still shows some of them.
        (seconds / f64::from(view.spec.calendar.tick_s.max(1))).max(8.0)
    }
}

/// Which part of the run the charts show, all alike.
#[derive(Debug, Clone, Default)]
pub struct ChartState {
    /// How much of the past they show while they follow the present.
    pub span: Span,
    /// A range that a person chose, ticks; `None` follows the present.
    free: Option<(f64, f64)>,
    /// Instant under the pointer in the last frame, and the plot that it was over.
    cursor: Option<(f64, Id)>,
    /// The same in this frame.
    hovered: Option<(f64, Id)>,
    /// Number of this frame.
    frame: Option<u64>,
    /// How other runs are held against the shown one.
    pub compare: Comparison,
    /// Rows that were asked for, because charts show them and they were gone.
    needed: Option<std::ops::Range<u64>>,
    /// Series on charts in the last frame.
    pub(super) seen: Vec<SignalId>,
    /// The same in this frame.
    drawn: Vec<SignalId>,
    /// Instant that a person jumped to.
    pub(super) mark: Option<u64>,
    /// The plot that has the keyboard.
    pub(super) focused: Option<Id>,
    /// The plot that got the keyboard by a click: it needs no ring to be found.
    clicked: Option<Id>,
    /// What was drawn last.
    pub(super) cache: Cache,
    /// What charts other than lines made of the rows last.
    pub(super) stats: super::custom::stats::Stats,
    /// What is shown of charts without a time axis.
    pub(super) zooms: super::custom::zoom::Zooms,
}

impl ChartState {
    /// Whether part of a chart without a time axis is out of sight because somebody looks closer.
    pub fn is_zoomed(&self) -> bool {
        self.zooms.any()
    }

    /// Follows the present again.
    pub fn follow(&mut self) {
        self.free = None;
        self.mark = None;
    }

    /// Shows a shorter (below 0) or longer time.
    pub fn step_span(&mut self, step: i8) {
        let at = Span::ALL.iter().position(|s| *s == self.span).unwrap_or(0);
        let next = at.saturating_add_signed(step.into()).min(Span::ALL.len() - 1);
        self.span = Span::ALL.get(next).copied().unwrap_or_default();
        self.follow();
    }

    /// Whether the charts follow the present.
    pub fn follows(&self) -> bool {
        self.free.is_none()
    }

    /// Shows an instant in the middle, without changing how much is shown.
    pub fn centre_on(&mut self, view: &RunView, tick: u64) {
        let (from, to) = self.range(view);
        let half = (to - from) / 2.0;
        self.free = Some((tick as f64 - half, tick as f64 + half));
        self.mark = Some(tick);
    }

    /// Begins a frame, before any chart is drawn: the pointer's place is the one of the frame before, so that all charts
    /// show the same.
    pub(super) fn begin(&mut self, ctx: &egui::Context, view: &RunView) {
        let frame = Some(ctx.cumulative_frame_nr());
        if self.frame != frame {
            self.frame = frame;
            self.cursor = self.hovered.take();
            self.seen = std::mem::take(&mut self.drawn);
            self.cache.begin(view);
            self.stats.begin();
        }
    }

    /// Rows that charts show and that are gone, once: of wide ranges the pyramid still tells everything.
    pub(super) fn need(&mut self, view: &RunView) -> Option<std::ops::Range<u64>> {
        let (from, to) = self.range(view);
        let (from, to) = (from.max(0.0) as u64, to.max(0.0).ceil() as u64);
        if self.drawn.is_empty() {
            return None;
        }
        let rows = view.recording.needs(from, to, STRETCHES)?;
        (self.needed.as_ref() != Some(&rows)).then(|| {
            self.needed = Some(rows.clone());
            rows
        })
    }

    /// Ends a frame, after all charts were drawn.
    pub(super) fn end(&self, ctx: &egui::Context) {
        if self.hovered != self.cursor {
            ctx.request_repaint();
        }
    }

    /// Instant under the pointer, wherever in the window it is.
    pub(super) fn cursor(&self) -> Option<f64> {
        self.cursor.map(|(instant, _)| instant)
    }

    /// Takes down which series a chart shows.
    pub(super) fn note(&mut self, columns: impl IntoIterator<Item = SignalId>) {
        for column in columns {
            if !self.drawn.contains(&column) {
                self.drawn.push(column);
            }
        }
    }

    /// A click on a plot where nothing else is meant: a mark, or with Shift a cursor.
    pub(super) fn clicked_at(&mut self, ui: &Ui, view: &RunView, frame: &Frame, at: Pos2, span: crate::plant::Span) {
        if ui.input(|i| i.modifiers.shift) {
            let tick = frame.tick(at.x).round().clamp(0.0, view.span_ticks() as f64);
            self.compare.set_next(tick as u64);
        } else {
            self.mark_at(view, frame, at, span);
        }
    }

    /// Whether the pointer is over this plot.
    pub(super) fn is_under_pointer(&self, plot: Id) -> bool {
        self.cursor.is_some_and(|(_, under)| under == plot)
    }

    /// First and last instant shown, ticks; always a proper range.
    pub(super) fn range(&self, view: &RunView) -> (f64, f64) {
        if let Some((from, to)) = self.free {
            return (from, to);
        }
        let now = view.tick as f64;
        let past = self.span.ticks(view);
        // Room for what comes: the outlook, but never more than a sixth of the chart.
        let ahead = (900.0 / f64::from(view.spec.calendar.tick_s.max(1))).min(past * 0.2).max(1.0);
        let from = (now - past).max(0.0);
        (from, from + past + ahead)
    }

    /// The range of a chart of this span.
    pub(super) fn range_of(&self, view: &RunView, span: crate::plant::Span) -> (f64, f64) {
        match span {
            crate::plant::Span::Shared => self.range(view),
            crate::plant::Span::Episode => (0.0, view.span_ticks() as f64),
        }
    }

    /// Makes the range shorter (factor above 1) or longer around an instant.
    pub(super) fn zoom(&mut self, view: &RunView, around: f64, factor: f64) {
        let (from, to) = self.range(view);
        let most = view.span_ticks() as f64 * 1.5 + 16.0;
        let width = ((to - from) / factor.clamp(0.05, 20.0)).clamp(6.0, most);
        let share = ((around - from) / (to - from)).clamp(0.0, 1.0);
        self.set(view, around - share * width, width);
    }

    /// Moves the range.
    pub(super) fn pan(&mut self, view: &RunView, ticks: f64) {
        let (from, to) = self.range(view);
        self.set(view, from + ticks, to - from);
    }

    /// Keeps a range where there is something to see.
    fn set(&mut self, view: &RunView, from: f64, width: f64) {
        let last = (view.span_ticks() as f64 - width * 0.1).max(0.0);
        let from = if from.is_finite() { from.clamp(-width * 0.1, last) } else { 0.0 };
        self.free = Some((from, from + width));
    }

    /// Marks the instant at a place of a plot, or takes the mark away that stands there. A mark on a chart of the whole
    /// episode brings the other charts there.
    pub(super) fn mark_at(&mut self, view: &RunView, frame: &Frame, at: Pos2, span: crate::plant::Span) {
        if self.mark.is_some_and(|tick| (frame.x(tick as f64) - at.x).abs() < 4.0) {
            self.mark = None;
            return;
        }
        let instant = frame.tick(at.x).round().clamp(0.0, view.span_ticks() as f64);
        let tick = if instant.is_finite() { instant as u64 } else { 0 };
        let (from, to) = self.range(view);
        if span == crate::plant::Span::Episode && !(from..=to).contains(&instant) {
            self.centre_on(view, tick);
        }
        self.mark = Some(tick);
    }
}

/// Pointer and keys on a plot: they move the cursor of all charts, and drag and zoom the time that they share.
pub(super) fn interact(
    ui: &Ui,
    id: Id,
    frame: &Frame,
    (name, span): (&str, crate::plant::Span),
    state: &mut ChartState,
    cx: &Cx<'_>,
) -> Response {
    let view = cx.view;
    let response = ui.interact(frame.rect, id, Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Image, true, name));
    let shared = span == crate::plant::Span::Shared;
    let width = frame.to - frame.from;
    if let Some(pointer) = response.hover_pos() {
        let instant = frame.tick(pointer.x);
        state.hovered = Some((instant, id));
        let (scroll, zoom) = ui.input(|i| (i.smooth_scroll_delta, i.zoom_delta()));
        let factor = f64::from(zoom) * f64::from((scroll.y / 240.0).clamp(-1.0, 1.0)).mul_add(0.8, 1.0).max(0.2);
        if shared && (factor - 1.0).abs() > 1e-3 {
            state.zoom(view, instant, factor);
        }
        if shared && scroll.x.abs() > 0.1 {
            state.pan(view, -f64::from(scroll.x / frame.rect.width()) * width);
        }
        if shared && scroll != Vec2::ZERO {
            // What the plot took must not scroll the tile as well.
            ui.input_mut(|i| i.smooth_scroll_delta = Vec2::ZERO);
        }
    }
    if shared && response.dragged() {
        let share = f64::from(response.drag_delta().x / frame.rect.width());
        state.pan(view, -share * width);
        ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
    }
    if response.clicked() || response.drag_started() {
        response.request_focus();
        state.clicked = Some(id);
    }
    if response.double_clicked() {
        state.follow();
    }
    if state.clicked != Some(id) {
        focus_ring(ui, &cx.theme, &response, frame.rect.shrink(2.0));
    }
    keys(ui, &response, frame, shared, state, view);
    response
}

/// Arrows walk and zoom, Home shows the begin, End the present.
fn keys(ui: &Ui, response: &Response, frame: &Frame, shared: bool, state: &mut ChartState, view: &RunView) {
    if !response.has_focus() {
        if state.focused == Some(response.id) {
            (state.focused, state.clicked) = (None, None);
        }
        return;
    }
    state.focused = Some(response.id);
    let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    if !shared {
        return;
    }
    let width = frame.to - frame.from;
    let around = state.mark.map_or(frame.to.min(view.tick as f64), |tick| tick as f64).clamp(frame.from, frame.to);
    let pressed = |key: Key| ui.input(|i| i.key_pressed(key));
    if pressed(Key::ArrowLeft) {
        state.pan(view, -0.1 * width);
    }
    if pressed(Key::ArrowRight) {
        state.pan(view, 0.1 * width);
    }
    if pressed(Key::ArrowUp) {
        state.zoom(view, around, 1.25);
    }
    if pressed(Key::ArrowDown) {
        state.zoom(view, around, 0.8);
    }
    if pressed(Key::Home) {
        state.pan(view, -frame.from);
    }
    if pressed(Key::End) {
        state.follow();
    }
}
