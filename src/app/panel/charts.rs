//! What all charts share on the screen: the bar that says which part of the run they show, and what the outlook says.

use egui::{Align, Rect, Ui, pos2, vec2};

use crate::app::theme::Face;
use crate::signal::Alarm;

use super::glyph;
use super::pen::Pen;
use super::widget::{self, Button, Segment};
use super::words::{duration, seconds};
use super::{Cx, PanelState};

pub use super::time_axis::{ChartState, Span};

/// Width of the button that follows the present.
const FOLLOW: f32 = 74.0;

/// Height of the buttons of the span bar.
fn span_bar_height(theme: &crate::app::theme::Theme) -> f32 {
    theme.tokens.control.segmented_h + 2.0
}

/// Width that [`span_bar`] needs.
pub(super) fn span_bar_width(pen: &Pen) -> f32 {
    widget::segmented_width(pen, &Span::ALL.map(Span::label)) + 8.0 + FOLLOW
}

/// Draws the spans and the button that follows the present, from the left edge of a rectangle, vertically in its middle.
pub(super) fn span_bar(ui: &Ui, rect: Rect, state: &mut PanelState, cx: &mut Cx<'_>) {
    let state = &mut state.charts;
    let theme = cx.theme;
    let pen = Pen::new(ui, &theme);
    let id = ui.id().with("span bar");
    let height = span_bar_height(&theme).min(rect.height());
    let width = widget::segmented_width(&pen, &Span::ALL.map(Span::label)).min((rect.width() - 8.0 - FOLLOW).max(0.0));
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
    let place = Rect::from_min_size(pos2(place.right() + 8.0, place.top()), vec2(FOLLOW, height));
    if button.show(ui, &theme, place, id.with("follow")).clicked() {
        state.follow();
    }
}

/// Draws what happens in the next minutes if nothing changes, or how far a rewind has come, at the right end of a
/// rectangle.
pub(super) fn ahead(ui: &Ui, rect: Rect, state: &PanelState, cx: &Cx<'_>) {
    let pen = &Pen::new(ui, &cx.theme);
    let most = state.rewind;
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
    let room = rect.width() - 8.0;
    let ahead = duration(seconds(view, outlook.ticks as f64));
    match (outlook.ticks_to_trip, &outlook.trip) {
        (Some(ticks), trip) => {
            let passed = view.tick.saturating_sub(outlook.tick);
            let left = duration((seconds(view, ticks.saturating_sub(passed) as f64) / 5.0).ceil() * 5.0);
            let cause = trip.as_deref().unwrap_or("a limit");
            let words = format!("Trip in {left} if nothing changes: {cause}");
            let (ground, ink) = theme.alarm_chip(Alarm::Trip);
            let width = (pen.width(&words, Face::LabelStrong) + 34.0).min(room);
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
