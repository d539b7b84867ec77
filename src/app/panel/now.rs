//! Numbers of this moment: the charts' signals with their ranges, and every slot's reward with its terms. For plants
//! that compose no tiles of their own.

use egui::{Align, Rect, ScrollArea, Ui, pos2, vec2};

use crate::app::theme::Face;

use super::levers::slot_order;
use super::parts::source::reward_row;
use super::parts::{PAD, gauges, terms};
use super::pen::Pen;
use super::widget::spoken;
use super::words::signed;
use super::{Cx, PanelState, events};

/// Height of a heading.
const HEADING: f32 = 28.0;

/// Most signals that get a gauge.
const MOST_GAUGES: usize = 24;

/// Draws the numbers into a tile's body; `latest` adds the newest events where room is left.
pub(super) fn show(ui: &mut Ui, rect: Rect, latest: bool, state: &mut PanelState, cx: &mut Cx<'_>) {
    super::inside(ui, rect, "now", |ui| {
        ScrollArea::vertical().id_salt("now").auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.allocate_space(vec2(1.0, 6.0));
            all_gauges(ui, cx);
            for slot in slot_order(cx.view) {
                if cx.view.spec.slots.get(slot).is_some_and(|s| s.reward.is_some()) {
                    reward(ui, slot, state, cx);
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

/// A gauge for each signal of the plant's charts.
fn all_gauges(ui: &mut Ui, cx: &mut Cx<'_>) {
    let mut seen = Vec::new();
    for column in cx.view.spec.charts.iter().flat_map(|c| &c.series).copied() {
        if seen.contains(&column) || seen.len() >= MOST_GAUGES {
            continue;
        }
        seen.push(column);
        let Some(signal) = cx.view.schema.signals.get(column) else { continue };
        let (_, rect) = ui.allocate_space(vec2(ui.available_width(), gauges::height_of(signal) + 4.0));
        if ui.is_rect_visible(rect) {
            gauges::gauge(ui, rect.shrink2(vec2(PAD, 0.0)), column, cx);
        }
    }
}

/// A slot's reward: its sum in the heading, then its terms.
fn reward(ui: &mut Ui, slot: usize, state: &mut PanelState, cx: &mut Cx<'_>) {
    let theme = &cx.theme;
    let Some(spec) = cx.view.spec.slots.get(slot) else { return };
    let total = match (spec.reward, reward_row(cx.view, spec)) {
        (Some(signal), Some(row)) => cx.view.recording.value(row, signal),
        _ => f64::NAN,
    };
    let decimals = spec.reward.and_then(|c| cx.view.schema.signals.get(c)).map_or(2, |s| s.decimals);
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), HEADING));
    let pen = Pen::new(ui, theme);
    let (left, right) = (rect.left() + PAD, rect.right() - PAD);
    pen.hline(left, right, rect.top() + 3.0, theme.hairline());
    let line = rect.top() + 17.0;
    let words = signed(total, decimals);
    let sum = pen.text(pos2(right, line), Align::Max, &words, Face::Number, theme.text);
    let when = if spec.reward_when.is_some() { ", last interval" } else { "" };
    let title = format!("{} reward", spec.label);
    let name = pen.text_within(pos2(left, line), Align::Min, sum.left() - left, &title, Face::Title, theme.text);
    let room = sum.left() - name.right() - 6.0;
    pen.text_within(pos2(name.right(), line), Align::Min, room, when, Face::Label, theme.text3);
    let doc = spec.reward.and_then(|c| cx.view.schema.signals.get(c)).map_or("Sum of the terms below", |s| &s.doc);
    spoken(ui, rect, ui.id().with(("reward", &spec.name)), &format!("{title} {words}")).on_hover_text(doc);
    let [_, natural, _] = terms::heights(slot, cx);
    let (_, place) = ui.allocate_space(vec2(ui.available_width(), natural));
    if ui.is_rect_visible(place) {
        super::inside(ui, place, ("terms", slot), |ui| {
            terms::show(ui, place.shrink2(vec2(PAD, 0.0)), slot, &mut state.parts.memo, cx);
        });
    }
}
