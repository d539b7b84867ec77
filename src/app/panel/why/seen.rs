//! The tile Observation: what a controller saw, with meanings and normal ranges.

use egui::{Align, Rect, ScrollArea, Stroke, Ui, pos2, vec2};

use crate::app::panel::pen::Pen;
use crate::app::panel::widget::spoken;
use crate::app::panel::{Cx, PanelState};
use crate::app::theme::{Face, corners};
use crate::rollout::SeenWhy;
use crate::signal::format_number;

use super::{Ink, PAD, told_slot};

/// Lowest and highest line of an entry.
const ROWS: (f32, f32) = (18.0, 26.0);

/// Height of the captions.
const CAPTIONS: f32 = 22.0;

/// Where the columns stand.
struct Places {
    name: f32,
    name_room: f32,
    scale: Option<(f32, f32)>,
    seen: Option<f32>,
    means: f32,
    means_room: f32,
}

/// Draws the tile's body.
pub(in crate::app::panel) fn show(ui: &mut Ui, rect: Rect, state: &mut PanelState, cx: &mut Cx<'_>) {
    crate::app::panel::inside(ui, rect, "observation", |ui| {
        let Some(told) = told_slot(ui, rect, state, cx) else { return };
        let (slot, ink) = (told.slot, told.ink);
        let theme = &ink.theme;
        let pen = Pen::new(ui, theme);
        let entries = &slot.seen;
        if entries.is_empty() {
            let words = "No decision has been made yet.";
            pen.text(rect.min + vec2(PAD, 20.0), Align::Min, words, Face::Body, ink.of(theme.text2));
            return;
        }
        let (head, body) = rect.split_top_bottom_at_y(rect.top() + CAPTIONS.min(rect.height()));
        let places = places(&pen, rect, entries);
        let y = head.center().y + 2.0;
        let caption = |x: f32, align: Align, text: &str| {
            pen.text(pos2(x, y), align, text, Face::Caption, ink.of(theme.text3));
        };
        let who = crate::control::shown_name(&slot.controller);
        let room = places.scale.map_or(places.means - places.means_room, |s| s.0) - rect.left() - PAD - 8.0;
        let long = format!("{} numbers that {who} saw", entries.len());
        let short = format!("{} numbers", entries.len());
        let words = if pen.width(&long, Face::Caption) <= room { &long } else { &short };
        let at =
            pen.text_within(pos2(rect.left() + PAD, y), Align::Min, room, words, Face::Caption, ink.of(theme.text3));
        spoken(ui, at, ui.id().with("who saw"), &long).on_hover_text(&long);
        if let Some((from, _)) = places.scale {
            let words = if places.seen.is_some() { "scale, normal range" } else { "normal range" };
            caption(from, Align::Min, words);
        }
        if let Some(seen) = places.seen {
            caption(seen, Align::Max, "as seen");
        }
        caption(places.means, Align::Max, "means");
        let high = ((body.height() - 4.0) / entries.len() as f32).clamp(ROWS.0, ROWS.1);
        crate::app::panel::inside(ui, body, "entries", |ui| {
            ScrollArea::vertical().id_salt("observation").auto_shrink(false).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                for (index, entry) in entries.iter().enumerate() {
                    let (_, row) = ui.allocate_space(vec2(rect.width(), high));
                    if ui.is_rect_visible(row) {
                        draw(ui, row, index, entry, &places, ink);
                    }
                }
            });
        });
    });
}

fn places(pen: &Pen, rect: Rect, entries: &[SeenWhy]) -> Places {
    let widest =
        |face: Face, texts: &mut dyn Iterator<Item = &str>| texts.map(|text| pen.width(text, face)).fold(0.0, f32::max);
    let means_room = widest(Face::NumberLabel, &mut entries.iter().map(|e| e.words.as_str())).clamp(40.0, 130.0);
    let names = widest(Face::LabelStrong, &mut entries.iter().map(|e| e.label.as_str())) + 2.0;
    let means = rect.right() - PAD;
    let name = rect.left() + PAD + 26.0;
    let free = means - means_room - name;
    let seen_room = pen.width("−0.000", Face::NumberLabel) + 14.0;
    // The scale says most; the number as it was seen stands beside it where there is room for both.
    let left = free - names - 28.0;
    let with_seen = left - seen_room >= 60.0 || (left < 44.0 && free - names - seen_room >= 10.0);
    let left = left - if with_seen { seen_room } else { 0.0 };
    let scale = (left >= 44.0).then(|| {
        let from = name + names + 14.0;
        (from, from + left.min(180.0))
    });
    let seen = with_seen.then_some(means - means_room - 14.0);
    Places { name, name_room: names.min(free - 8.0).max(10.0), scale, seen, means, means_room }
}

fn draw(ui: &Ui, row: Rect, index: usize, entry: &SeenWhy, places: &Places, ink: Ink) {
    let theme = &ink.theme;
    let pen = Pen::new(ui, theme);
    let y = row.center().y;
    pen.hline(row.left() + PAD, row.right() - PAD, row.bottom(), Stroke::new(1.0, ink.of(theme.line)));
    let number = index.to_string();
    pen.text(pos2(row.left() + PAD, y), Align::Min, &number, Face::NumberCaption, ink.of(theme.text3));
    let outside = entry.normal.is_some_and(|n| n.outside);
    let (face, shade) = if outside { (Face::LabelStrong, theme.text) } else { (Face::Label, theme.text2) };
    pen.text_within(pos2(places.name, y), Align::Min, places.name_room, &entry.label, face, ink.of(shade));
    if let Some((from, to)) = places.scale {
        let track = Rect::from_min_max(pos2(from, y - 4.0), pos2(to, y + 4.0));
        pen.painter.rect_filled(track, corners(1.0), ink.of(theme.sunken));
        let (low, high) = entry.range;
        let x = |v: f64| {
            let share = ((v - low) / (high - low)).clamp(0.0, 1.0);
            from + (if share.is_finite() { share as f32 } else { 0.0 }) * (to - from)
        };
        if let Some(normal) = entry.normal {
            let (a, b) = (x(normal.seen.0), x(normal.seen.1));
            let band = Rect::from_min_max(pos2(a.min(b), y - 4.0), pos2(a.max(b), y + 4.0));
            pen.painter.rect_filled(band, 0.0, ink.of(theme.line_strong));
        }
        let thumb = Rect::from_center_size(pos2(x(entry.seen).clamp(from + 1.0, to - 1.0), y), vec2(2.5, 12.0));
        pen.painter.rect_filled(thumb, 0.0, ink.of(theme.text));
        if outside {
            let cap = Rect::from_center_size(pos2(thumb.center().x, thumb.top()), vec2(8.0, 2.0));
            pen.painter.rect_filled(cap, 0.0, ink.of(theme.text));
        }
    }
    if let Some(seen) = places.seen {
        let text = format_number(entry.seen, 3);
        pen.text(pos2(seen, y), Align::Max, &text, Face::NumberLabel, ink.of(theme.text2));
    }
    let at = pos2(places.means, y);
    pen.text_within(at, Align::Max, places.means_room, &entry.words, Face::NumberLabel, ink.of(theme.text));
    let normal = match (entry.usual.is_empty(), outside) {
        (true, _) => String::new(),
        (false, true) => format!(", outside the normal {}", entry.usual),
        (false, false) => format!(", normal {}", entry.usual),
    };
    let words = format!("{} {}{}", entry.label, entry.words, normal);
    let tip =
        format!("{words}\n{}: {} on {} to {}", entry.name, format_number(entry.seen, 5), entry.range.0, entry.range.1);
    spoken(ui, row, ui.id().with(("seen", index)), &words).on_hover_text(tip);
}
