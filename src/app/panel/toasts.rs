//! Messages of the worker: what happened, where, what to do. Lower right, three at most, never for alarms; an error stays
//! until it was read and opens as a card.

use std::collections::BTreeMap;

use egui::{
    Area, CursorIcon, Key, Modifiers, Order, Pos2, Rect, Sense, StrokeKind, Ui, WidgetInfo, WidgetType, pos2, vec2,
};

use crate::app::theme::{Face, corners};
use crate::plant::Severity;
use crate::session::{Command, Notice, NoticeKind};

use super::error_card::{self, Words};
use super::glyph::{self, Glyph};
use super::pen::Pen;
use super::widget::{Button, Look};
use super::words::sentence;
use super::{Cx, PanelState};

/// Most toasts at once.
const MOST: usize = 3;

/// Width of a toast.
const WIDTH: f32 = 380.0;

/// Width of an error that was opened.
const CARD: f32 = 520.0;

/// Letters of a text that a toast shows; its card shows the rest.
const LETTERS: usize = 150;

/// When toasts came.
#[derive(Debug, Clone, Default)]
pub(super) struct ToastState {
    /// Time each one came, by its number; `None` once it was sent away.
    since: BTreeMap<u64, Option<f64>>,
    /// The error that lies open as a card.
    open: Option<u64>,
}

/// What a person did with a toast.
enum Done {
    Nothing,
    Dismissed,
    Opened,
}

/// Draws the newest notices above a height, and the error that was opened.
pub(super) fn show(ui: &Ui, bottom: f32, state: &mut PanelState, cx: &mut Cx<'_>) {
    let now = ui.input(|i| i.time);
    let notices: Vec<Notice> = cx.view.notices.iter().chain(&state.notices).cloned().collect();
    state.toasts.since.retain(|id, _| notices.iter().any(|n| n.id == *id));
    let stay = f64::from(cx.theme.tokens.duration_ms.toast) / 1_000.0;
    let mut y = bottom - 8.0;
    let mut dismissed = Vec::new();
    let open = state.toasts.open;
    let known = &mut state.toasts.since;
    let shown = notices.iter().rev().filter(|n| open != Some(n.id));
    let shown = shown.filter_map(|n| Some((n, (*known.entry(n.id).or_insert(Some(now)))?)));
    let shown: Vec<_> = shown.take(MOST).collect();
    for (notice, since) in shown {
        // Only good news goes away by itself: an error stays until it was read.
        if notice.kind == NoticeKind::Done {
            let left = since + stay - now;
            if left <= 0.0 {
                dismissed.push(notice.id);
                continue;
            }
            ui.ctx().request_repaint_after_secs(left as f32);
        }
        let (height, done) = toast(ui, pos2(ui.max_rect().right() - 16.0, y), notice, cx);
        y -= height + 8.0;
        match done {
            Done::Nothing => {}
            Done::Dismissed => dismissed.push(notice.id),
            Done::Opened => state.toasts.open = Some(notice.id),
        }
    }
    if let Some(id) = state.toasts.open {
        match notices.iter().find(|n| n.id == id).map(|notice| card(ui, notice, cx)) {
            Some(false) => {}
            Some(true) => {
                dismissed.push(id);
                state.toasts.open = None;
            }
            None => state.toasts.open = None,
        }
    }
    for id in &dismissed {
        state.toasts.since.insert(*id, None);
    }
    state.notices.retain(|n| !dismissed.contains(&n.id));
    cx.out.extend(dismissed.into_iter().map(|notice| Command::Dismiss { notice }));
}

/// The beginning of a text, where all of it is too long for a toast.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(LETTERS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(text).trim_end()),
        None => text.to_owned(),
    }
}

/// Draws a toast with its lower right corner at a point; returns its height and what the person did.
fn toast(ui: &Ui, corner: Pos2, notice: &Notice, cx: &Cx<'_>) -> (f32, Done) {
    let theme = &cx.theme;
    let pen = Pen::new(ui, theme);
    let is_error = notice.kind == NoticeKind::Error;
    let width = WIDTH.min(ui.max_rect().width() - 32.0);
    let room = width - 78.0;
    let words = Words::of("", &notice.text, &notice.cure);
    let text = shortened(&sentence(words.text));
    let more = [words.place, words.cure].into_iter().filter(|w| !w.is_empty()).collect::<Vec<_>>().join("\n");
    let more = shortened(&more);
    let text_height = pen.paragraph_height(room, &text, Face::Body);
    let more_height = if more.is_empty() { 0.0 } else { pen.paragraph_height(room, &more, Face::Label) + 4.0 };
    let height = text_height + more_height + 22.0;
    let rect = Rect::from_min_size(corner - vec2(width, height), vec2(width, height));
    let area = Area::new(ui.id().with(("toast", notice.id))).order(Order::Foreground).fixed_pos(rect.min);
    let done = area
        .show(ui.ctx(), |ui| {
            ui.set_clip_rect(rect.expand(2.0));
            let sense = if is_error { Sense::click() } else { Sense::hover() };
            let response = ui.allocate_rect(rect, sense);
            response.widget_info(|| {
                let kind = if is_error { WidgetType::Button } else { WidgetType::Label };
                WidgetInfo::labeled(kind, true, format!("{} {}", notice.text, notice.cure))
            });
            let pen = Pen::new(ui, theme);
            let ground = if is_error && response.hovered() { theme.hover } else { theme.raised };
            let edge = if response.has_focus() { theme.focus_ring() } else { theme.outline() };
            pen.painter.rect(rect, corners(theme.tokens.radius.menu), ground, edge, StrokeKind::Inside);
            let sign = rect.min + vec2(22.0, 20.0);
            if is_error {
                error_card::sign(&pen, sign, theme);
            } else {
                glyph::severity(&pen.painter, Severity::Note, sign, 13.0, theme.severity(Severity::Note), None);
            }
            let at = rect.min + vec2(40.0, 11.0);
            let text = pen.paragraph(at, room, &text, Face::Body, theme.text);
            if !more.is_empty() {
                pen.paragraph(pos2(at.x, text.bottom() + 4.0), room, &more, Face::Label, theme.text2);
            }
            let cross = Rect::from_min_size(pos2(rect.right() - 32.0, rect.top() + 8.0), vec2(24.0, 24.0));
            let button = Button::sign(Glyph::Cross, "Dismiss", "Takes this message away").look(Look::Quiet);
            if button.show(ui, theme, cross, ui.id().with("dismiss")).clicked() {
                return Done::Dismissed;
            }
            let tip = "Click: the whole message, with a button that copies it";
            let opened = is_error && response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(tip).clicked();
            if opened { Done::Opened } else { Done::Nothing }
        })
        .inner;
    (height, done)
}

/// Draws an error at full length in the middle; returns whether it was read. Time goes on behind it.
fn card(ui: &Ui, notice: &Notice, cx: &Cx<'_>) -> bool {
    let theme = &cx.theme;
    let words = Words::of("This could not be done", &notice.text, &notice.cure);
    let screen = ui.max_rect();
    let width = CARD.min(screen.width() - 32.0).max(1.0);
    let height = words.height(&Pen::new(ui, theme), width).min(screen.height() - 32.0).max(1.0);
    let rect = Rect::from_center_size(screen.center(), vec2(width, height));
    let area = Area::new(ui.id().with("error")).order(Order::Foreground).fixed_pos(rect.min);
    let read = area.show(ui.ctx(), |ui| {
        ui.set_clip_rect(rect.expand(2.0));
        ui.allocate_rect(rect, Sense::click_and_drag());
        error_card::draw(ui, theme, rect, &words, Some("Close"))
    });
    read.inner || ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape))
}
