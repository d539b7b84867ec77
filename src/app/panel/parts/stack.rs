//! Quantities on each other.

use egui::{Rect, StrokeKind, Ui};

use crate::signal::SignalId;

use super::super::{Cx, PanelState};

/// Draws a stack.
pub(in crate::app::panel) fn show(ui: &mut Ui, rect: Rect, title: &str, terms: &[SignalId], sum: Option<SignalId>, state: &mut PanelState, cx: &mut Cx<'_>) {
    let _ = (title, terms, sum, state);
    let plot = Rect::from_min_max(rect.min + egui::vec2(52.0, 8.0), rect.max - egui::vec2(12.0, 18.0));
    ui.painter().rect(plot, 0.0, cx.theme.sunken, cx.theme.hairline(), StrokeKind::Inside);
}
