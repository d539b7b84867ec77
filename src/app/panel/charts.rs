//! The centre: the plant's charts below one bar that says which part of the run they show.

use egui::{Align, Rect, ScrollArea, Ui, pos2, vec2};

use crate::app::theme::Face;
use crate::session::RunView;
use crate::signal::Alarm;

use super::glyph;
use super::pen::Pen;
use super::widget::{self, Button, Segment};
use super::words::{duration, seconds};
use super::{Cx, PanelState, banner, chart};

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
    /// Instant under the pointer in the last frame.
    pub(super) cursor: Option<f64>,
    /// Instant under the pointer in this frame.
    pub(super) hovered: Option<f64>,
    /// Instant that a person jumped to.
    pub(super) mark: Option<u64>,
}

impl ChartState {
    /// Follows the present again.
    pub fn follow(&mut self) {
        self.free = None;
        self.mark = None;
    }

    /// Shows a shorter (below 0) or longer time.
    pub fn step_span(&mut self, step: i8) {
        let at = Span::ALL.iter().position(|s| *s == self.span).unwrap_or(0);
        let next = at.saturating_add_signed(step.into()).min(Span::ALL.len() - 1);
        self.span = Span::ALL[next];
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
}

/// Height of the bar above the charts.
const BAR: f32 = 26.0;

/// Least height of a chart before the column scrolls.
const LEAST: f32 = 104.0;

/// Draws the bar, the charts, and what lies over them at the end of a run.
pub(super) fn show(ui: &mut Ui, rect: Rect, state: &mut PanelState, cx: &mut Cx<'_>) {
    let bar_rect = Rect::from_min_size(rect.min, vec2(rect.width(), BAR.min(rect.height())));
    super::inside(ui, bar_rect, "charts bar", |ui| bar(ui, bar_rect, &mut state.charts, state.rewind, cx));
    let area = Rect::from_min_max(pos2(rect.left(), (bar_rect.bottom() + 6.0).min(rect.bottom())), rect.max);
    let view = cx.view;
    state.charts.hovered = None;
    let count = view.spec.charts.len();
    if count == 0 {
        Pen::new(ui, &cx.theme).text(
            area.center(),
            Align::Center,
            "This plant has no charts",
            Face::Body,
            cx.theme.text3,
        );
    } else {
        let gap = cx.theme.tokens.space.tile_gap;
        let height = ((area.height() - gap * (count - 1) as f32) / count as f32).max(LEAST);
        super::inside(ui, area, "charts", |ui| {
            ui.spacing_mut().item_spacing.y = gap;
            ScrollArea::vertical().id_salt("charts").auto_shrink(false).show(ui, |ui| {
                for spec in &view.spec.charts {
                    let (_, place) = ui.allocate_space(vec2(area.width(), height));
                    if ui.is_rect_visible(place) {
                        chart::show(ui, place, spec, &mut state.charts, cx);
                    }
                }
            });
        });
    }
    if state.charts.hovered != state.charts.cursor {
        state.charts.cursor = state.charts.hovered;
        ui.ctx().request_repaint();
    }
    banner::show(ui, area, state, cx);
}

/// Span, follow, and what the outlook says.
fn bar(ui: &Ui, rect: Rect, state: &mut ChartState, rewind: u64, cx: &mut Cx<'_>) {
    let theme = cx.theme;
    let pen = Pen::new(ui, &theme);
    let id = ui.id().with("charts bar");
    let labels = Span::ALL.map(Span::label);
    let width = widget::segmented_width(&pen, &labels).min(rect.width());
    let height = theme.tokens.control.segmented_h + 2.0;
    let place = Rect::from_min_size(pos2(rect.left(), rect.center().y - height / 2.0), vec2(width, height));
    let segments: Vec<Segment<'_>> = Span::ALL
        .iter()
        .map(|span| Segment {
            words: span.label(),
            name: format!("Show {}", span.label()),
            tip: "How much of the past the charts show",
            chosen: state.follows() && state.span == *span,
        })
        .collect();
    if let Some(span) = widget::segmented(ui, &theme, place, id, &segments).and_then(|i| Span::ALL.get(i)) {
        state.span = *span;
        state.follow();
    }
    let words = if state.follows() { "Following" } else { "Follow" };
    let tip = crate::app::command::find("follow").map(|e| e.tip()).unwrap_or_default();
    let disabled = state.follows().then_some("The charts follow the present. Drag or scroll on a chart to look around");
    let button = Button { disabled, name: "Follow the present", ..Button::words(words, &tip) };
    let place = Rect::from_min_size(pos2(place.right() + 8.0, place.top()), vec2(button.width(&pen).max(74.0), height));
    if button.show(ui, &theme, place, id.with("follow")).clicked() {
        state.follow();
    }
    outlook(&pen, ui, rect, place.right(), rewind, cx);
}

/// What happens in the next minutes if nothing changes.
fn outlook(pen: &Pen, ui: &Ui, rect: Rect, left: f32, most: u64, cx: &Cx<'_>) {
    let view = cx.view;
    let theme = &cx.theme;
    if let Some(ticks) = view.rewinding {
        let words = format!("Going back: {} ticks still to run", super::words::grouped(ticks));
        let at = pos2(rect.right() - 4.0, rect.center().y - 3.0);
        let words_at = pen.text(at, Align::Max, &words, Face::LabelStrong, theme.text);
        widget::spoken(ui, words_at, ui.id().with("rewinding"), &words);
        let track =
            Rect::from_min_max(pos2(words_at.left(), rect.bottom() - 5.0), pos2(words_at.right(), rect.bottom() - 2.0));
        let done = 1.0 - (ticks as f32 / most.max(1) as f32).clamp(0.0, 1.0);
        pen.painter.rect_filled(track, 1.0, theme.sunken);
        pen.painter.rect_filled(track.with_max_x(track.left() + done * track.width()), 1.0, theme.focus);
        return;
    }
    let Some(outlook) = view.outlook.as_ref().filter(|_| view.end.is_none()) else { return };
    let room = rect.right() - left - 40.0;
    let ahead = duration(seconds(view, outlook.ticks as f64));
    match (outlook.ticks_to_trip, &outlook.trip) {
        (Some(ticks), trip) => {
            let passed = view.tick.saturating_sub(outlook.tick);
            let left = duration((seconds(view, ticks.saturating_sub(passed) as f64) / 5.0).ceil() * 5.0);
            let cause = trip.as_deref().unwrap_or("a limit");
            let words = format!("Trip in {left} if nothing changes: {cause}");
            let (ground, ink) = theme.alarm_chip(Alarm::Trip);
            let width = pen.width(&words, Face::LabelStrong).min(room) + 34.0;
            let chip = Rect::from_min_max(pos2(rect.right() - width, rect.top() + 1.0), rect.max - vec2(0.0, 1.0));
            pen.painter.rect_filled(chip, super::super::theme::corners(theme.tokens.radius.chip), ground);
            let sign = if theme.alarm_text.is_some() { ink } else { *theme.alarm.trip };
            glyph::alarm(&pen.painter, Alarm::Trip, pos2(chip.left() + 13.0, chip.center().y), 12.0, sign, None);
            let at = pos2(chip.left() + 25.0, chip.center().y);
            pen.text_within(at, Align::Min, width - 32.0, &words, Face::LabelStrong, ink);
            widget::spoken(ui, chip, ui.id().with("outlook"), &words);
        }
        (None, _) => {
            let words = format!("Next {ahead}, if nothing changes: no trip");
            if pen.width(&words, Face::Label) < room {
                pen.text(pos2(rect.right() - 4.0, rect.center().y), Align::Max, &words, Face::Label, theme.text3);
            }
        }
    }
}
