//! Labels on the picture: dot, leader, box; name on the first line, numbers with their units on the second.

use egui::{Align, Color32, CursorIcon, Pos2, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, WidgetType, pos2, vec2};

use crate::app::panel::pen::Pen;
use crate::app::panel::selection::Selection;
use crate::app::panel::words::{SPACE, signed};
use crate::app::panel::{Cx, PanelState, glyph, widget};
use crate::app::stage::{Anchor, Reading};
use crate::app::theme::{Face, corners};
use crate::session::RunView;
use crate::signal::{Alarm, format_number};

use super::place::{Wanted, foot, place};

/// Height of a line, and the box's margins.
const LINE: f32 = 16.0;
const PAD: (f32, f32) = (8.0, 4.0);

/// Between two numbers.
const GAP: f32 = 12.0;

/// Room for an alarm's shape.
const SHAPE: f32 = 18.0;

/// Width of the tile that the labels' leanings were made for.
const NATURAL: f32 = 1_112.0;

/// A label ready to be placed and set.
struct Label<'a> {
    anchor: &'a Anchor,
    words: &'a str,
    numbers: Vec<Number>,
    alarm: Alarm,
    /// What befalls it.
    befalls: Option<&'a str>,
    width: f32,
}

impl Label<'_> {
    /// Its size: a line more where something befalls it.
    fn size(&self) -> egui::Vec2 {
        let lines = if self.befalls.is_some() { 3.0 } else { 2.0 };
        vec2(self.width, lines * LINE + 2.0 * PAD.1)
    }
}

/// A number with the room that it may ever need.
struct Number {
    text: String,
    unit: String,
    room: f32,
}

/// Draws as many labels as there is room for. Returns nothing: what was clicked is selected.
pub(super) fn show(ui: &Ui, rect: Rect, blocked: &[Rect], state: &PanelState, cx: &mut Cx<'_>, roomy: bool) {
    let pen = Pen::new(ui, &cx.theme).clipped(rect);
    let mut labels: Vec<Label<'_>> = state
        .stage
        .tell
        .anchors
        .iter()
        .filter(|anchor| roomy || anchor.rank == 0 || cx.view.faults().any(|(_, entity)| entity == anchor.entity))
        .filter(|anchor| anchor.at.iter().all(|share| (0.0..=1.0).contains(share)))
        .map(|anchor| label(&pen, cx.view, anchor, roomy))
        .collect();
    labels.sort_by(|a, b| {
        (a.anchor.rank, a.anchor.depth)
            .partial_cmp(&(b.anchor.rank, b.anchor.depth))
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    let lean = (rect.width() / NATURAL).clamp(0.62, 1.2);
    let at =
        |anchor: &Anchor| pos2(rect.left() + anchor.at[0] * rect.width(), rect.top() + anchor.at[1] * rect.height());
    let wanted: Vec<Wanted> = labels
        .iter()
        .map(|label| Wanted {
            at: at(label.anchor),
            size: label.size(),
            lean: egui::Vec2::from(label.anchor.lean) * lean,
        })
        .collect();
    let placed = place(rect.shrink(8.0), blocked, &wanted);
    // Leaders lie under every box.
    for (label, spot) in labels.iter().zip(&placed) {
        if let Some(spot) = spot {
            leader(&pen, at(label.anchor), *spot);
        }
    }
    for (index, (label, spot)) in labels.iter().zip(&placed).enumerate() {
        if let Some(spot) = spot {
            draw(ui, &pen, index, label, *spot, cx);
        }
    }
}

fn label<'a>(pen: &Pen, view: &'a RunView, anchor: &'a Anchor, roomy: bool) -> Label<'a> {
    let named = view.spec.entities.get(anchor.entity).map_or("", |e| e.label.as_str());
    let words = match (roomy, anchor.brief.as_str(), anchor.label.as_str()) {
        (false, brief, _) if !brief.is_empty() => brief,
        (_, _, "") => named,
        (_, _, label) => label,
    };
    let count = if roomy { 2 } else { 1 };
    let numbers: Vec<Number> = anchor.readings.iter().take(count).map(|r| number(pen, view, r)).collect();
    let alarm = anchor.readings.iter().map(|r| judged(view, r)).max().unwrap_or(Alarm::Normal);
    let befalls = view.faults().filter(|(_, entity)| *entity == anchor.entity).last();
    let befalls = befalls.map(|(planned, _)| planned.label.as_str());
    let alarm = if befalls.is_some() { alarm.max(Alarm::Warn) } else { alarm };
    let line: f32 = numbers.iter().map(|n| n.room + GAP).sum::<f32>() - GAP;
    let shape = if alarm == Alarm::Normal { 0.0 } else { SHAPE };
    let words_room = [Some(words), befalls].into_iter().flatten().map(|w| pen.width(w, Face::Label) + 1.0);
    let width = words_room.fold(line, f32::max) + 2.0 * PAD.0 + shape;
    Label { anchor, words, numbers, alarm, befalls, width: width.ceil() }
}

fn judged(view: &RunView, reading: &Reading) -> Alarm {
    let limits = view.spec.signals.get(reading.signal).map(|s| s.limits);
    limits.map_or(Alarm::Normal, |limits| limits.judge(view.value(reading.signal)))
}

/// A reading with as much room as the ends of its range need, so that nothing moves when it changes.
fn number(pen: &Pen, view: &RunView, reading: &Reading) -> Number {
    let range = view.spec.signals.get(reading.signal).map_or((0.0, 1.0), |s| s.range);
    let text = |value: f64| {
        let value = value * reading.scale;
        if reading.signed { signed(value, reading.decimals) } else { format_number(value, reading.decimals) }
    };
    let now = text(view.value(reading.signal));
    let letters = [range.0, range.1].map(|v| text(v).chars().count()).into_iter().chain([now.chars().count()]).max();
    let widest = "0".repeat(letters.unwrap_or(1));
    let unit = format!("\u{2009}{}", reading.unit);
    let room = pen.width(&widest, Face::Number) + pen.width(&unit, Face::Caption);
    Number { text: now, unit, room }
}

fn leader(pen: &Pen, at: Pos2, spot: Rect) {
    let theme = &pen.theme;
    if !spot.contains(at) {
        pen.painter.line_segment([at, foot(at, spot)], Stroke::new(1.0, theme.text3));
    }
    pen.painter.circle_filled(at, 3.4, theme.scene.ground);
    pen.painter.circle_filled(at, 2.5, theme.text2);
}

fn draw(ui: &Ui, pen: &Pen, index: usize, label: &Label<'_>, spot: Rect, cx: &mut Cx<'_>) {
    let theme = cx.theme;
    let entity = label.anchor.entity;
    let response = ui.interact(spot, ui.id().with(("callout", index, entity)), Sense::click());
    let spoken = spoken(label);
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &spoken));
    let radius = corners(theme.tokens.radius.control);
    let alarmed = label.alarm != Alarm::Normal;
    let fill = match label.alarm {
        Alarm::Normal if response.hovered() => *theme.hover,
        Alarm::Normal => *theme.surface,
        Alarm::Warn => *theme.alarm.warn_bg,
        Alarm::Trip => *theme.alarm.trip_bg,
    };
    let edge: Color32 = match label.alarm {
        Alarm::Normal => *theme.line_strong,
        _ if theme.alarm_text.is_some() => *theme.text,
        Alarm::Warn => *theme.alarm.warn,
        Alarm::Trip => *theme.alarm.trip,
    };
    let width = if alarmed { 1.5 } else { 1.0 };
    pen.painter.rect(spot, radius, fill, Stroke::new(width, edge), StrokeKind::Inside);
    if cx.selection.is(entity) {
        pen.painter.rect_stroke(spot, radius, theme.focus_ring(), StrokeKind::Outside);
    }
    let mut left = spot.left() + PAD.0;
    if alarmed {
        let shape = if label.alarm == Alarm::Warn { theme.alarm.warn } else { theme.alarm.trip };
        let outline = theme.alarm_text.is_some().then_some(*theme.text);
        glyph::alarm(&pen.painter, label.alarm, pos2(left + 5.0, spot.center().y), 13.0, *shape, outline);
        left += SHAPE;
    }
    let top = spot.top() + PAD.1;
    strong(ui, pen, pos2(left, top + LINE * 0.5), label.words);
    let mut x = left;
    let y = top + LINE * 1.5;
    for number in &label.numbers {
        let zero = number.text.bytes().all(|b| matches!(b, b'0' | b'.'));
        let ink = if zero && !alarmed { *theme.text3 } else { *theme.text };
        pen.runs(
            pos2(x, y),
            Align::Min,
            &[(&number.text, Face::Number, ink), (&number.unit, Face::Caption, *theme.text2)],
        );
        x += number.room + GAP;
    }
    if let Some(befalls) = label.befalls {
        pen.text(pos2(left, top + LINE * 2.5), Align::Min, befalls, Face::Label, theme.text);
    }
    widget::focus_ring(ui, &theme, &response, spot);
    let docs = label.anchor.readings.iter().filter_map(|r| cx.view.spec.signals.get(r.signal));
    let docs: Vec<String> = docs.map(|s| format!("{}: {}", s.label, s.doc)).collect();
    let response = if docs.is_empty() { response } else { response.on_hover_text(docs.join("\n")) };
    if response.on_hover_cursor(CursorIcon::PointingHand).clicked() {
        cx.selection = Selection { entity: Some(entity), signal: None };
    }
}

/// A name, set twice a pixel apart: the proportional face has no bold cut.
fn strong(ui: &Ui, pen: &Pen, at: Pos2, words: &str) {
    for x in [at.x, at.x + 1.0 / ui.ctx().pixels_per_point()] {
        pen.text(pos2(x, at.y), Align::Min, words, Face::Label, pen.theme.text);
    }
}

fn spoken(label: &Label<'_>) -> String {
    let numbers: Vec<String> =
        label.numbers.iter().map(|n| format!("{}{SPACE}{}", n.text, n.unit.trim_start_matches('\u{2009}'))).collect();
    let alarm = match label.alarm {
        Alarm::Normal => "",
        Alarm::Warn => ", warning",
        Alarm::Trip => ", trip",
    };
    let befalls = label.befalls.map_or(String::new(), |befalls| format!(", {}", befalls.to_lowercase()));
    format!("{}: {}{alarm}{befalls}", label.words, numbers.join(", "))
}
