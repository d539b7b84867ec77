//! Lines over the shared time.

use egui::{Rect, StrokeKind, Ui};

use crate::plant::Lines;

use super::super::{Cx, PanelState};

/// Draws lines over time.
pub(in crate::app::panel) fn show(ui: &mut Ui, rect: Rect, lines: &Lines, state: &mut PanelState, cx: &mut Cx<'_>) {
    let _ = (lines, state);
    let plot = Rect::from_min_max(rect.min + egui::vec2(52.0, 8.0), rect.max - egui::vec2(12.0, 18.0));
    ui.painter().rect(plot, 0.0, cx.theme.sunken, cx.theme.hairline(), StrokeKind::Inside);
}
