//! The three doors of the first page: a picture of what lies behind each, its words, its button.

use egui::{
    Align, Color32, CursorIcon, Rect, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, WidgetType, pos2, vec2,
};

use crate::app::command::{find, in_words};
use crate::app::panel::pen::Pen;
use crate::app::panel::widget::{Button, Look};
use crate::app::panel::words::value_unit;
use crate::app::panel::{Cx, PanelState};
use crate::app::theme::{Face, corners};
use crate::plant::Domain;

/// Height of words and button below the picture.
const BELOW: f32 = 128.0;

const NAMES: [&str; 3] = ["Watch", "Drive", "Replay"];
const WORDS: [&str; 3] = [
    "The default day of July. Controllers drive, you look around.",
    "Take the levers for five minutes. Your score stands beside PID and rule_based on the same noise.",
    "Open a log or a folder of runs. It shows at once, and full logs can be verified while you look.",
];
const BUTTONS: [&str; 3] = ["Watch the day", "Take a lever", "Open a log…"];
const HINTS: [&str; 3] = [
    "Space pauses, the timeline goes back.",
    "Give it back with Backspace.",
    "Or drop a file anywhere in this window.",
];

/// Draws a door; true when it was opened.
pub(super) fn show(ui: &Ui, rect: Rect, door: usize, state: &PanelState, cx: &Cx<'_>) -> bool {
    let theme = &cx.theme;
    let (name, words) = (NAMES.get(door).copied().unwrap_or(""), WORDS.get(door).copied().unwrap_or(""));
    let pen = Pen::new(ui, theme);
    let radius = corners(theme.tokens.radius.tile);
    let response = ui.interact(rect, ui.id().with(("door", door)), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, format!("{name}: {words}")));
    pen.painter.rect_filled(rect, radius, theme.surface);
    let picture = Rect::from_min_max(rect.min, pos2(rect.right(), rect.bottom() - BELOW));
    if picture.height() > 40.0 {
        match door {
            0 => watch(&pen.clipped(picture), picture, state, cx),
            1 => drive(&pen.clipped(picture), picture, cx),
            _ => replay(&pen.clipped(picture), picture),
        }
        pen.hline(rect.left(), rect.right(), picture.bottom(), theme.hairline());
    }
    let (left, width) = (rect.left() + 18.0, rect.width() - 36.0);
    let mut y = rect.bottom() - BELOW + 22.0;
    super::large(&pen, pos2(left, y), name, 17.0);
    y += 16.0;
    pen.paragraph(pos2(left, y), width, words, Face::Label, theme.text2);
    let primary = door == 0;
    let label = BUTTONS.get(door).copied().unwrap_or("");
    let button = Button::words(label, words).look(if primary { Look::Primary } else { Look::Plain });
    let place = Rect::from_min_size(pos2(left, rect.bottom() - 40.0), vec2(button.width(&pen) + 16.0, 26.0));
    let clicked = button.show(ui, theme, place, ui.id().with(("open door", door))).clicked();
    let key = match door {
        0 => "Enter".to_owned(),
        1 => "D".to_owned(),
        _ => find("replay").and_then(|e| e.keys.first()).map(in_words).unwrap_or_default(),
    };
    let wide = pen.width(&key, Face::NumberLabel) + 12.0;
    let cap = Rect::from_min_size(pos2(place.right() + 10.0, place.center().y - 9.0), vec2(wide, 18.0));
    pen.painter.rect(cap, corners(3.0), theme.raised, theme.outline(), StrokeKind::Inside);
    pen.text(cap.center(), Align::Center, &key, Face::NumberLabel, theme.text);
    let hint = HINTS.get(door).copied().unwrap_or("");
    let free = rect.right() - 12.0 - cap.right() - 10.0;
    if pen.width(hint, Face::Caption) <= free {
        pen.text(pos2(cap.right() + 10.0, cap.center().y), Align::Min, hint, Face::Caption, theme.text3);
    }
    let edge = if primary || response.hovered() || response.has_focus() { theme.focus_ring() } else { theme.outline() };
    pen.painter.rect_stroke(rect, radius, edge, StrokeKind::Inside);
    clicked || response.on_hover_cursor(CursorIcon::PointingHand).clicked()
}

/// The site as it is now, and three of its numbers.
fn watch(pen: &Pen, rect: Rect, state: &PanelState, cx: &Cx<'_>) {
    let theme = &pen.theme;
    pen.painter.rect_filled(rect, 0.0, theme.sunken);
    match (state.stage.tell.texture, state.stage.ask.size_px) {
        (Some(texture), Some([width, height])) if width > 0 && height > 0 => {
            // As much of the picture's middle as fits.
            let (own, free) = (width as f32 / height as f32, rect.width() / rect.height().max(1.0));
            let (u, v) = if own > free { (free / own, 1.0) } else { (1.0, own / free) };
            let part = Rect::from_center_size(pos2(0.5, 0.5), vec2(u, v));
            pen.painter.image(egui::TextureId::User(texture), rect, part, Color32::WHITE);
        }
        _ => halls(pen, rect),
    }
    let view = cx.view;
    let mut x = rect.left() + 12.0;
    let y = rect.bottom() - 20.0;
    for chart in &view.spec.charts {
        let Some(signal) = chart.series.first() else { continue };
        let Some(spec) = view.spec.signals.get(*signal) else { continue };
        let (label, value) = (format!("{} ", spec.label), value_unit(spec, view.value(*signal)));
        let width = pen.width(&label, Face::Caption) + pen.width(&value, Face::NumberLabel) + 16.0;
        if x + width > rect.right() - 8.0 {
            break;
        }
        let chip = Rect::from_min_size(pos2(x, y - 11.0), vec2(width, 22.0));
        pen.painter.rect(chip, corners(theme.tokens.radius.chip), theme.header, theme.outline(), StrokeKind::Inside);
        let runs = [(label.as_str(), Face::Caption, *theme.text2), (value.as_str(), Face::NumberLabel, *theme.text)];
        pen.runs(pos2(x + 8.0, y), Align::Min, &runs);
        x += width + 8.0;
    }
}

/// Rows of cabinets, where there is no picture of the site.
fn halls(pen: &Pen, rect: Rect) {
    let theme = &pen.theme;
    let (w, h) = (rect.width(), rect.height());
    for hall in 0..2 {
        let left = rect.left() + w * (0.10 + 0.44 * hall as f32);
        for row in 0..4 {
            let y = rect.top() + h * (0.18 + 0.14 * row as f32);
            for cabinet in 0..9 {
                let x = left + w * 0.04 * cabinet as f32;
                let place = Rect::from_min_size(pos2(x, y), vec2(w * 0.03, h * 0.08));
                let ink = if hall == 0 { theme.accent.it } else { theme.accent.cooling };
                pen.painter.rect_filled(
                    place,
                    1.0,
                    crate::app::theme::mix(ink, theme.sunken, 0.45 + 0.06 * row as f32),
                );
            }
        }
    }
}

/// The levers as they stand now.
fn drive(pen: &Pen, rect: Rect, cx: &Cx<'_>) {
    let theme = &pen.theme;
    pen.painter.rect_filled(rect, 0.0, theme.sunken);
    let view = cx.view;
    let mut shown: Vec<_> = view.levers.iter().filter(|lever| lever.applied.is_finite()).collect();
    // Those of the fastest slot are what a hand moves.
    let period =
        |lever: &&crate::session::LeverView| view.spec.slots.get(lever.slot).map_or(u64::MAX, |s| s.period_ticks);
    let fastest = shown.iter().map(period).min().unwrap_or(0);
    shown.retain(|lever| period(lever) == fastest);
    let count = shown.len().clamp(1, 4);
    let step = (rect.height() - 16.0) / count as f32;
    for (index, lever) in shown.into_iter().take(4).enumerate() {
        let Some(action) = view.spec.slots.get(lever.slot).and_then(|s| s.actions.get(lever.action)) else { continue };
        let y = rect.top() + 8.0 + step * (index as f32 + 0.5);
        let (left, right) = (rect.left() + 22.0, rect.right() - 22.0);
        pen.text(pos2(left, y - 10.0), Align::Min, &action.label, Face::Label, theme.text2);
        let (low, high) = match &action.domain {
            Domain::Continuous { low, high } => (*low, *high),
            Domain::Discrete { labels } => (0.0, labels.len().saturating_sub(1).max(1) as f64),
        };
        let share = ((lever.applied - low) / (high - low)).clamp(0.0, 1.0) as f32;
        let track = Rect::from_min_max(pos2(left, y + 3.0), pos2(right, y + 9.0));
        pen.painter.rect(track, 2.0, theme.bg, theme.outline(), StrokeKind::Inside);
        let zero = ((0.0 - low) / (high - low)).clamp(0.0, 1.0) as f32;
        let at = |share: f32| left + (right - left) * share;
        let bar = Rect::from_min_max(pos2(at(zero.min(share)), y + 4.0), pos2(at(zero.max(share)), y + 8.0));
        pen.painter.rect_filled(bar, 1.0, theme.accent_of(action.carrier));
        pen.painter.rect_filled(Rect::from_center_size(pos2(at(share), y + 6.0), vec2(5.0, 14.0)), 1.0, theme.text);
    }
}

/// A run, a branch that leaves it and where: drawn, not recorded.
fn replay(pen: &Pen, rect: Rect) {
    let theme = &pen.theme;
    pen.painter.rect_filled(rect, 0.0, theme.sunken);
    let inner = rect.shrink2(vec2(20.0, 16.0));
    for k in 0..=4 {
        pen.vline(inner.left() + inner.width() * k as f32 / 4.0, inner.top(), inner.bottom() - 34.0, theme.hairline());
    }
    let fork = 0.32_f32;
    let curve = |from: f32, seed: f32, lean: f32| {
        let points = (0..=60).map(|k| k as f32 / 60.0).filter(|x| *x >= from).map(|x| {
            let wave = (x * 11.0 + 0.4).sin() * 0.22 + (x * 27.0).sin() * 0.10 + (x * 3.0).cos() * 0.2;
            let own = if x > fork { (x - fork) * lean + (x * 31.0 + seed).sin() * 0.05 * lean.abs() } else { 0.0 };
            let share = 0.45 - wave * 0.8 - own;
            pos2(inner.left() + x * inner.width(), inner.top() + (inner.height() - 40.0) * share.clamp(0.02, 0.98))
        });
        points.collect::<Vec<_>>()
    };
    let (home, branch) = (theme.series_of(0), theme.series_of(1));
    pen.painter.add(Shape::line(curve(fork, 2.0, -0.45), Stroke::new(1.5, branch)));
    pen.painter.add(Shape::line(curve(0.0, 0.0, 0.0), Stroke::new(1.8, home)));
    let x = inner.left() + fork * inner.width();
    pen.vline(x, inner.top(), inner.bottom() - 34.0, Stroke::new(1.5, theme.focus));
    let (first, second) = (inner.bottom() - 18.0, inner.bottom() - 6.0);
    pen.hline(inner.left(), inner.right(), first, Stroke::new(2.5, home));
    pen.hline(x, inner.right() - inner.width() * 0.18, second, Stroke::new(2.5, branch));
    pen.vline(x, first, second, Stroke::new(1.5, branch));
    pen.painter.circle(pos2(x, second), 3.5, theme.bg, Stroke::new(1.5, branch));
}
