//! What happened, newest first. A click shows the moment in the charts.

use egui::{Align, CursorIcon, Rect, ScrollArea, Sense, Ui, WidgetInfo, WidgetType, pos2, vec2};

use crate::app::theme::Face;
use crate::plant::Severity;
use crate::session::EventView;

use super::glyph;
use super::pen::Pen;
use super::words::{clock, instant, severity};
use super::{Cx, PanelState};

/// From this width on, an event takes one line.
const ONE_LINE: f32 = 330.0;

/// Height of an event on two lines.
const TWO_LINES: f32 = 40.0;

/// Writes the number of events into a tile's header.
pub(super) fn count(ui: &Ui, header: Rect, cx: &Cx<'_>) {
    let count = |kind| cx.view.events.iter().filter(|e| e.severity == kind).count();
    let (trips, warnings) = (count(Severity::Trip), count(Severity::Warning));
    let mut words = format!("{} in all", cx.view.events.len());
    if warnings > 0 {
        words = format!("{warnings} warnings, {words}");
    }
    if trips > 0 {
        words = format!("{trips} trips, {words}");
    }
    let at = pos2(header.right() - cx.theme.tokens.space.tile_pad, header.center().y);
    Pen::new(ui, &cx.theme).text(at, Align::Max, &words, Face::Label, cx.theme.text3);
}

/// Draws the list into a tile's body.
pub(super) fn show(ui: &mut Ui, rect: Rect, state: &mut PanelState, cx: &Cx<'_>) {
    let view = cx.view;
    let theme = &cx.theme;
    if view.events.is_empty() {
        let at = pos2(rect.center().x, rect.top() + 28.0);
        Pen::new(ui, theme).text_within(
            at,
            Align::Center,
            rect.width() - 16.0,
            "Nothing has happened yet",
            Face::Label,
            theme.text3,
        );
        return;
    }
    let height = if rect.width() < ONE_LINE { TWO_LINES } else { 25.0 };
    super::inside(ui, rect, "events", |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let list = ScrollArea::vertical().id_salt("events").auto_shrink(false);
        list.show_rows(ui, height, view.events.len(), |ui, range| {
            for index in range {
                let (_, place) = ui.allocate_space(vec2(ui.available_width(), height));
                let newest_first = view.events.len() - 1 - index;
                if let Some(event) = view.events.get(newest_first) {
                    row(ui, place, index, event, state, cx);
                }
            }
        });
    });
}

/// Draws the newest events into what another list left over, if at least one fits.
pub(super) fn latest(ui: &Ui, rect: Rect, state: &mut PanelState, cx: &Cx<'_>) {
    let heading = 28.0;
    let count = ((rect.height() - heading - 4.0) / TWO_LINES).floor();
    if count < 1.0 || cx.view.events.is_empty() {
        return;
    }
    let (left, right) = (rect.left() + 12.0, rect.right() - 12.0);
    let pen = Pen::new(ui, &cx.theme);
    pen.hline(left, right, rect.top() + 3.0, cx.theme.hairline());
    pen.text(pos2(left, rect.top() + 17.0), Align::Min, "Latest events", Face::Title, cx.theme.text);
    for (place, event) in cx.view.events.iter().rev().take(count as usize).enumerate() {
        let top = rect.top() + heading + place as f32 * TWO_LINES;
        row(ui, Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), TWO_LINES)), place, event, state, cx);
    }
}

/// One event; `place` counts from the newest, so that a row keeps its name while events go by.
fn row(ui: &Ui, rect: Rect, place: usize, event: &EventView, state: &mut PanelState, cx: &Cx<'_>) {
    let theme = &cx.theme;
    let tick = instant(cx.view, event);
    let time = clock(cx.view.spec.calendar.civil(tick));
    let response = ui.interact(rect, ui.id().with(("event", place)), Sense::click());
    response.widget_info(|| {
        let words = format!("{} at {time}: {} {}", severity(event.severity), event.label, event.value);
        WidgetInfo::labeled(WidgetType::Button, true, words.trim_end())
    });
    let pen = Pen::new(ui, theme);
    let ground = match event.severity {
        _ if response.hovered() || response.has_focus() => Some(*theme.hover),
        _ if state.charts.mark == Some(tick) => Some(*theme.select_bg),
        Severity::Trip => Some(*theme.alarm.trip_bg),
        Severity::Warning | Severity::Note => None,
    };
    if let Some(ground) = ground {
        pen.painter.rect_filled(rect.shrink2(vec2(1.0, 0.0)), 0.0, ground);
    }
    let (left, right) = (rect.left() + 12.0, rect.right() - 12.0);
    let two_lines = rect.height() > 30.0;
    let line = if two_lines { rect.top() + 12.0 } else { rect.center().y };
    let outline = theme.alarm_text.map(|_| *theme.text);
    glyph::severity(
        &pen.painter,
        event.severity,
        pos2(left + 5.0, line),
        11.0,
        theme.severity(event.severity),
        outline,
    );
    let face = if event.severity == Severity::Note { Face::Label } else { Face::LabelStrong };
    let number_face = Face::NumberLabel;
    if two_lines {
        let second = rect.top() + 28.0;
        pen.text_within(pos2(left + 18.0, line), Align::Min, right - left - 18.0, &event.label, face, theme.text);
        pen.text(pos2(left + 18.0, second), Align::Min, &time, number_face, theme.text3);
        pen.text_within(pos2(right, second), Align::Max, (right - left) * 0.6, &event.value, number_face, theme.text2);
    } else {
        let time = pen.text(pos2(left + 18.0, line), Align::Min, &time, number_face, theme.text2);
        let value = pen.text_within(
            pos2(right, line),
            Align::Max,
            (right - left) * 0.4,
            &event.value,
            number_face,
            theme.text2,
        );
        let from = time.right() + 10.0;
        pen.text_within(pos2(from, line), Align::Min, value.left() - from - 8.0, &event.label, face, theme.text);
    }
    pen.hline(left, right, rect.bottom() - 0.5, theme.hairline());
    let response = response.on_hover_cursor(CursorIcon::PointingHand);
    let response = response.on_hover_text(format!("{}. Click to see the moment in the charts", event.label));
    if response.clicked() {
        state.charts.centre_on(cx.view, tick);
    }
}
