//! Messages of the worker: what happened, where, what to do. Lower right, three at most.

use std::collections::BTreeMap;

use egui::{Area, Order, Rect, Sense, Ui, WidgetInfo, WidgetType, pos2, vec2};

use crate::app::theme::{Face, corners};
use crate::plant::Severity;
use crate::session::{Command, Notice, NoticeKind};

use super::glyph::{self, Glyph};
use super::pen::Pen;
use super::widget::{Button, Look};
use super::{Cx, PanelState};

/// Most toasts at once.
const MOST: usize = 3;

/// Width of a toast.
const WIDTH: f32 = 380.0;

/// When toasts came.
#[derive(Debug, Clone, Default)]
pub(super) struct ToastState {
    /// Time each one came, by its number; `None` once it was sent away.
    since: BTreeMap<u64, Option<f64>>,
}

/// Draws the newest notices above a height.
pub(super) fn show(ui: &Ui, bottom: f32, state: &mut PanelState, cx: &mut Cx<'_>) {
    let now = ui.input(|i| i.time);
    let notices: Vec<Notice> = cx.view.notices.iter().chain(&state.notices).cloned().collect();
    state.toasts.since.retain(|id, _| notices.iter().any(|n| n.id == *id));
    let stay = f64::from(cx.theme.tokens.duration_ms.toast) / 1_000.0;
    let mut y = bottom - 8.0;
    let mut dismissed = Vec::new();
    let known = &mut state.toasts.since;
    let shown = notices.iter().rev().filter_map(|n| Some((n, (*known.entry(n.id).or_insert(Some(now)))?)));
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
        let (height, dismiss) = toast(ui, pos2(ui.max_rect().right() - 16.0, y), notice, cx);
        y -= height + 8.0;
        if dismiss {
            dismissed.push(notice.id);
        }
    }
    for id in &dismissed {
        state.toasts.since.insert(*id, None);
    }
    state.notices.retain(|n| !dismissed.contains(&n.id));
    cx.out.extend(dismissed.into_iter().map(|notice| Command::Dismiss { notice }));
}

/// Draws a toast with its lower right corner at a point; returns its height and whether it was sent away.
fn toast(ui: &Ui, corner: egui::Pos2, notice: &Notice, cx: &Cx<'_>) -> (f32, bool) {
    let theme = &cx.theme;
    let pen = Pen::new(ui, theme);
    let width = WIDTH.min(ui.max_rect().width() - 32.0);
    let words = width - 78.0;
    let text_height = pen.paragraph_height(words, &notice.text, Face::Body);
    let cure_height =
        if notice.cure.is_empty() { 0.0 } else { pen.paragraph_height(words, &notice.cure, Face::Label) + 4.0 };
    let height = text_height + cure_height + 22.0;
    let rect = Rect::from_min_size(corner - vec2(width, height), vec2(width, height));
    let area = Area::new(ui.id().with(("toast", notice.id))).order(Order::Foreground).fixed_pos(rect.min);
    let dismissed = area
        .show(ui.ctx(), |ui| {
            ui.set_clip_rect(rect.expand(2.0));
            let response = ui.allocate_rect(rect, Sense::hover());
            response.widget_info(|| {
                WidgetInfo::labeled(WidgetType::Label, true, format!("{} {}", notice.text, notice.cure))
            });
            let pen = Pen::new(ui, theme);
            pen.painter.rect(
                rect,
                corners(theme.tokens.radius.menu),
                theme.raised,
                theme.outline(),
                egui::StrokeKind::Inside,
            );
            let severity = if notice.kind == NoticeKind::Error { Severity::Warning } else { Severity::Note };
            let outline = theme.alarm_text.map(|_| *theme.text);
            glyph::severity(
                &pen.painter,
                severity,
                rect.min + vec2(22.0, 20.0),
                13.0,
                theme.severity(severity),
                outline,
            );
            let at = rect.min + vec2(40.0, 11.0);
            let text = pen.paragraph(at, words, &notice.text, Face::Body, theme.text);
            if !notice.cure.is_empty() {
                pen.paragraph(pos2(at.x, text.bottom() + 4.0), words, &notice.cure, Face::Label, theme.text2);
            }
            let cross = Rect::from_min_size(pos2(rect.right() - 32.0, rect.top() + 8.0), vec2(24.0, 24.0));
            let button = Button::sign(Glyph::Cross, "Dismiss", "Takes this message away").look(Look::Quiet);
            button.show(ui, theme, cross, ui.id().with("dismiss")).clicked()
        })
        .inner;
    (height, dismissed)
}
