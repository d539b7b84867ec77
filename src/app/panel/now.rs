//! Numbers of this moment: the charts' signals with their ranges, and every slot's reward with its terms.

use egui::{Align, Rect, ScrollArea, Ui, pos2, vec2};

use crate::app::theme::{Face, corners};
use crate::plant::Slot;
use crate::session::RunView;
use crate::signal::{Alarm, Limits, Signal};

use super::glyph;
use super::levers::slot_order;
use super::pen::Pen;
use super::widget::spoken;
use super::words::{number_of, signed};
use super::{Cx, PanelState, events};

/// Height of a signal with its gauge.
const GAUGE: f32 = 42.0;

/// Height of a reward term.
const TERM: f32 = 21.0;

/// Height of a heading.
const HEADING: f32 = 28.0;

/// Most signals that get a gauge.
const MOST_GAUGES: usize = 24;

/// Draws the numbers into a tile's body; `latest` adds the newest events where room is left.
pub(super) fn show(ui: &mut Ui, rect: Rect, latest: bool, state: &mut PanelState, cx: &Cx<'_>) {
    super::inside(ui, rect, "now", |ui| {
        ScrollArea::vertical().id_salt("now").auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.allocate_space(vec2(1.0, 6.0));
            gauges(ui, cx);
            for slot in slot_order(cx.view) {
                if let Some(slot) = cx.view.spec.slots.get(slot).filter(|s| s.reward.is_some()) {
                    reward(ui, slot, cx);
                }
            }
            let end = ui.cursor().top();
            if latest {
                let left_over = Rect::from_min_max(pos2(rect.left(), end), rect.max);
                events::latest(ui, left_over, state, cx);
            }
        });
    });
}

fn gauges(ui: &mut Ui, cx: &Cx<'_>) {
    let mut seen = Vec::new();
    for column in cx.view.spec.charts.iter().flat_map(|c| &c.series).copied() {
        if seen.contains(&column) || seen.len() >= MOST_GAUGES {
            continue;
        }
        seen.push(column);
        let Some(signal) = cx.view.schema.signals.get(column) else { continue };
        let (_, rect) = ui.allocate_space(vec2(ui.available_width(), GAUGE));
        if ui.is_rect_visible(rect) {
            gauge(ui, rect, signal, cx.view.value(column), cx);
        }
    }
}

/// A number above a bar of its range: normal part bright, limits marked, thumb at the value.
fn gauge(ui: &Ui, rect: Rect, signal: &Signal, value: f64, cx: &Cx<'_>) {
    let theme = &cx.theme;
    let pen = Pen::new(ui, theme);
    let (left, right) = (rect.left() + 12.0, rect.right() - 12.0);
    let line = rect.top() + 12.0;
    let number = number_of(signal, value);
    let unit = if signal.unit.is_empty() { String::new() } else { format!(" {}", signal.unit) };
    let value_at = pen.runs(
        pos2(right, line),
        Align::Max,
        &[(&number, Face::Number, *theme.text), (&unit, Face::Label, *theme.text3)],
    );
    let alarm = signal.limits.judge(value);
    let mut from = left;
    if alarm != Alarm::Normal {
        let colour = if alarm == Alarm::Trip { *theme.alarm.trip } else { *theme.alarm.warn };
        glyph::alarm(&pen.painter, alarm, pos2(left + 5.0, line), 11.0, colour, theme.alarm_text.map(|_| *theme.text));
        from += 16.0;
    }
    let name = pen.text_within(
        pos2(from, line),
        Align::Min,
        value_at.left() - from - 8.0,
        &signal.label,
        Face::Body,
        theme.text2,
    );
    let spoken_words = format!("{} {number}{unit}", signal.label);
    spoken(ui, rect, ui.id().with(("now", &signal.name)), &spoken_words).on_hover_text(&signal.doc);
    let _ = name;
    let (low, high) = signal.range;
    if !(low.is_finite() && high.is_finite() && low < high) {
        return;
    }
    let x = |v: f64| left + (((v - low) / (high - low)).clamp(0.0, 1.0) as f32) * (right - left);
    let y = rect.top() + 27.0;
    let track = Rect::from_min_max(pos2(left, y - 3.5), pos2(right, y + 3.5));
    pen.painter.rect(track, corners(2.0), theme.sunken, theme.hairline(), egui::StrokeKind::Inside);
    let Limits { warn_low, warn_high, trip_low, trip_high } = signal.limits;
    if warn_low.is_some() || warn_high.is_some() {
        let normal = x(warn_low.unwrap_or(low))..=x(warn_high.unwrap_or(high));
        pen.painter.rect_filled(Rect::from_x_y_ranges(normal, track.shrink(1.0).y_range()), 0.0, theme.hover);
    }
    let zero = if low < 0.0 && high > 0.0 { 0.0 } else { low };
    if value.is_finite() {
        let bar = Rect::from_x_y_ranges(x(zero).min(x(value))..=x(zero).max(x(value)), track.shrink(1.5).y_range());
        pen.painter.rect_filled(bar, 0.0, theme.accent_fill.of(signal.carrier));
    }
    for (limit, is_trip) in [(warn_low, false), (warn_high, false), (trip_low, true), (trip_high, true)] {
        if let Some(limit) = limit.filter(|l| (low..=high).contains(l)) {
            let colour = if is_trip { theme.alarm.trip } else { theme.alarm.warn };
            pen.vline(x(limit), track.top() - 2.0, track.bottom() + 2.0, egui::Stroke::new(1.5, colour));
        }
    }
    if value.is_finite() {
        let thumb = Rect::from_center_size(pos2(x(value), y), vec2(4.0, 13.0));
        pen.painter.rect_filled(thumb.expand(1.0), corners(1.0), theme.surface);
        pen.painter.rect_filled(thumb, corners(1.0), theme.text);
    }
}

/// A slot's reward: its sum in the heading, then a bar per term.
fn reward(ui: &mut Ui, slot: &Slot, cx: &Cx<'_>) {
    let theme = &cx.theme;
    let row = reward_row(cx.view, slot);
    let at = |column: usize| match row {
        Some(row) => cx.view.recording.value(row, column),
        None => f64::NAN,
    };
    let total = slot.reward.map_or(f64::NAN, at);
    let decimals = |column: Option<usize>| column.and_then(|c| cx.view.schema.signals.get(c)).map_or(2, |s| s.decimals);
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), HEADING));
    let pen = Pen::new(ui, theme);
    let (left, right) = (rect.left() + 12.0, rect.right() - 12.0);
    pen.hline(left, right, rect.top() + 3.0, theme.hairline());
    let line = rect.top() + 17.0;
    let total_words = signed(total, decimals(slot.reward));
    let sum = pen.text(pos2(right, line), Align::Max, &total_words, Face::Number, theme.text);
    let when = if slot.reward_when.is_some() { ", last interval" } else { "" };
    let title = format!("{} reward", slot.label);
    let name = pen.text_within(pos2(left, line), Align::Min, sum.left() - left, &title, Face::Title, theme.text);
    pen.text_within(
        pos2(name.right(), line),
        Align::Min,
        sum.left() - name.right() - 6.0,
        when,
        Face::Label,
        theme.text3,
    );
    spoken(ui, rect, ui.id().with(("reward", &slot.name)), &format!("{title} {total_words}"));
    let values: Vec<f64> = slot.reward_terms.iter().map(|t| at(t.signal)).collect();
    // One scale for all terms, never finer than one, so that small terms look small.
    let most = values.iter().filter(|v| v.is_finite()).fold(1.0_f64, |m, v| m.max(v.abs()));
    let signals = || slot.reward_terms.iter().filter_map(|t| cx.view.schema.signals.get(t.signal));
    // The widest number that a term can become, so that bars and digits stand still.
    let digits_room = signals()
        .flat_map(|s| [s.range.0, s.range.1].map(|v| pen.width(&signed(v, s.decimals), Face::NumberLabel)))
        .fold(0.0, f32::max);
    let words = slot.reward_terms.iter().map(|t| pen.width(&t.label, Face::Label)).fold(0.0, f32::max);
    let words = (words + 2.0).min((right - left) * 0.46);
    for (term, value) in slot.reward_terms.iter().zip(values) {
        let (_, rect) = ui.allocate_space(vec2(ui.available_width(), TERM));
        if !ui.is_rect_visible(rect) {
            continue;
        }
        let line = rect.center().y;
        let digits = signed(value, decimals(Some(term.signal)));
        let zero = value == 0.0 || value.is_nan();
        let ink = if zero { theme.text3 } else { theme.text };
        pen.text(pos2(right, line), Align::Max, &digits, Face::NumberLabel, ink);
        let swatch = Rect::from_center_size(pos2(left + 4.0, line), vec2(8.0, 8.0));
        pen.painter.rect_filled(swatch, corners(1.0), theme.accent_of(term.carrier));
        let ink = if zero { theme.text3 } else { theme.text2 };
        pen.text_within(pos2(left + 14.0, line), Align::Min, words, &term.label, Face::Label, ink);
        let digits_width = digits_room.max(pen.width(&digits, Face::NumberLabel));
        let (from, to) = (left + 20.0 + words, right - digits_width - 8.0);
        if to - from > 16.0 && value.is_finite() {
            let (middle, half) = ((from + to) / 2.0, (to - from) / 2.0);
            pen.vline(middle, line - 6.0, line + 6.0, theme.outline());
            let end = middle + (value / most).clamp(-1.0, 1.0) as f32 * half;
            let bar = Rect::from_x_y_ranges(middle.min(end)..=middle.max(end), line - 4.0..=line + 4.0);
            pen.painter.rect_filled(bar, 0.0, theme.accent_of(term.carrier));
        }
    }
    ui.allocate_space(vec2(1.0, 5.0));
}

/// The newest row on which the slot's reward holds.
fn reward_row(view: &RunView, slot: &Slot) -> Option<u64> {
    let last = view.recording.rows().checked_sub(1)?;
    let Some(flag) = slot.reward_when else { return Some(last) };
    // It holds once a period; two periods back nothing can be newer.
    let reach = slot.period_ticks.max(1).saturating_mul(2);
    (last.saturating_sub(reach)..=last).rev().find(|row| view.recording.value(*row, flag) == 1.0)
}
