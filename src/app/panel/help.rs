//! The help: keys from the table, and what is what on the screen.

use egui::{Align, Area, Key, Modifiers, Order, Rect, ScrollArea, Sense, Ui, WidgetInfo, WidgetType, pos2, vec2};

use crate::app::command::{Group, TABLE, in_words};
use crate::app::theme::{Face, corners};

use super::glyph::Glyph;
use super::pen::Pen;
use super::widget::{Button, Look};
use super::{Cx, PanelState};

/// What is what: a thing on the screen and what it tells.
const THINGS: [(&str, &str); 12] = [
    (
        "Lever",
        "The solid thumb is what is applied, the hollow triangle what was commanded; the bar begins at the neutral value. Drag it and it is yours.",
    ),
    (
        "Auto, Pin, Manual",
        "Auto: the slot's controller moves it. Manual: you do, before any shield. Pin: the value is forced, whatever anybody commands.",
    ),
    ("Second line of a lever", "Why applied and commanded differ, or why the effect falls short."),
    (
        "Driver chip",
        "Who drives. It turns bright while a lever is in your hand; a lock counts pins. Click it to give levers back.",
    ),
    ("Alarms", "Signals beyond a limit now, the worst by name. Triangle: warning. Octagon: trip."),
    (
        "Charts",
        "Steps are drawn as steps. Drag moves, the wheel zooms, a double click follows the present again. All charts share one time.",
    ),
    (
        "min/max of n",
        "So many rows share a pixel; lowest and highest are kept, so no peak is lost. The pointer shows the true row.",
    ),
    ("Dashed line ahead", "What happens next if nothing changes: same controllers, same levers, same noise."),
    ("Filled band", "A limit is broken now. The band goes when the value comes back."),
    ("Strip at the bottom", "The whole run. A click on the past goes back there; what came after is forgotten."),
    (
        "Site clock and tick",
        "The clock is the site's own. A tick is one step of the plant; slots decide every so many ticks.",
    ),
    ("Achieved", "Simulated seconds per second over the last moments, beside the speed you asked for."),
];

/// Draws the help over everything, if it is open.
pub(super) fn show(ui: &Ui, state: &mut PanelState, cx: &Cx<'_>) {
    let whole = ui.max_rect();
    if !state.help || whole.width() < 160.0 || whole.height() < 160.0 {
        return;
    }
    let size = vec2(900.0, 690.0).min(whole.size() - vec2(32.0, 48.0)).max(vec2(1.0, 1.0));
    let rect = Rect::from_center_size(whole.center(), size);
    let area = Area::new(ui.id().with("help")).order(Order::Foreground).fixed_pos(rect.min);
    let closed = area.show(ui.ctx(), |ui| draw(ui, rect, cx)).inner;
    let escaped = ui.ctx().input_mut(|i| i.consume_key(Modifiers::NONE, Key::Escape));
    if closed || escaped {
        state.help = false;
    }
}

fn draw(ui: &mut Ui, rect: Rect, cx: &Cx<'_>) -> bool {
    let theme = &cx.theme;
    let ground = ui.allocate_rect(rect, Sense::click_and_drag());
    ground.widget_info(|| WidgetInfo::labeled(WidgetType::Window, true, "Help"));
    let pen = Pen::new(ui, theme);
    pen.painter.rect(rect, corners(theme.tokens.radius.menu), theme.header, theme.outline(), egui::StrokeKind::Inside);
    pen.text(rect.min + vec2(20.0, 24.0), Align::Min, "Keys, and what is what", Face::Title, theme.text);
    let cross = Rect::from_min_size(pos2(rect.right() - 38.0, rect.top() + 11.0), vec2(26.0, 26.0));
    let button = Button::sign(Glyph::Cross, "Close help", "Closes the help (F1)").look(Look::Quiet);
    let closed = button.show(ui, theme, cross, ui.id().with("close")).clicked();
    pen.hline(rect.left(), rect.right(), rect.top() + 46.0, theme.hairline());
    let body = Rect::from_min_max(pos2(rect.left(), rect.top() + 47.0), rect.max - vec2(0.0, 2.0));
    super::inside(ui, body, "body", |ui| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            let keys_width = (rect.width() * 0.42).min(360.0);
            let top = ui.max_rect().top();
            let left = keys(ui, pos2(rect.left() + 20.0, top + 8.0), keys_width - 20.0, cx);
            let from = rect.left() + keys_width + 20.0;
            let right = things(ui, pos2(from, top + 8.0), rect.right() - 20.0 - from, cx);
            ui.allocate_space(vec2(1.0, left.max(right) - top + 16.0));
        });
    });
    closed
}

/// The keyboard, group by group; returns where it ends.
fn keys(ui: &Ui, at: egui::Pos2, width: f32, cx: &Cx<'_>) -> f32 {
    let theme = &cx.theme;
    let pen = Pen::new(ui, theme);
    let mut y = at.y;
    for group in Group::ALL {
        y += 7.0;
        pen.text(pos2(at.x, y + 8.0), Align::Min, group.label(), Face::LabelStrong, theme.text2);
        y += 22.0;
        let rows: Vec<(String, String)> = match group {
            Group::Tiles => {
                let listed = TABLE.iter().filter(|e| e.group == group && !e.id.starts_with("tile_"));
                let mut rows: Vec<(String, String)> = vec![("Show tile 1 to 9".to_owned(), "Alt+1 … 9".to_owned())];
                rows.extend(listed.filter_map(|e| e.keys.first().map(|k| (e.words.to_owned(), in_words(k)))));
                rows
            }
            Group::Lever => vec![
                ("Go to lever 1 to 9".to_owned(), "1 … 9".to_owned()),
                ("Move the lever".to_owned(), "← →".to_owned()),
                ("Move it five times as far".to_owned(), "Shift+← →".to_owned()),
            ],
            _ => TABLE
                .iter()
                .filter(|e| e.group == group)
                .filter_map(|e| e.keys.first().map(|k| (e.words.to_owned(), in_words(k))))
                .collect(),
        };
        for (words, keys) in rows {
            let keys_at = pen.width(&keys, Face::NumberLabel) + 14.0;
            let cap = Rect::from_min_size(pos2(at.x + width - keys_at, y), vec2(keys_at, 19.0));
            pen.painter.rect(cap, corners(3.0), theme.raised, theme.outline(), egui::StrokeKind::Inside);
            pen.text(cap.center(), Align::Center, &keys, Face::NumberLabel, theme.text);
            pen.text_within(pos2(at.x, y + 9.5), Align::Min, width - keys_at - 10.0, &words, Face::Body, theme.text);
            y += 22.0;
        }
    }
    y
}

/// What is what; returns where it ends.
fn things(ui: &Ui, at: egui::Pos2, width: f32, cx: &Cx<'_>) -> f32 {
    let theme = &cx.theme;
    let pen = Pen::new(ui, theme);
    let mut y = at.y + 8.0;
    for (name, words) in THINGS {
        pen.text(pos2(at.x, y + 8.0), Align::Min, name, Face::LabelStrong, theme.text);
        let text = pen.paragraph(pos2(at.x, y + 17.0), width, words, Face::Label, theme.text2);
        y = text.bottom() + 10.0;
    }
    y
}
