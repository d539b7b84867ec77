//! An error as bars.

use egui::{Rect, StrokeKind, Ui};

use crate::signal::SignalId;

use super::super::{Cx, PanelState};

/// Draws bars from zero.
pub(in crate::app::panel) fn show(ui: &mut Ui, rect: Rect, title: &str, signal: SignalId, state: &mut PanelState, cx: &mut Cx<'_>) {
    let _ = (title, signal, state);
    let plot = Rect::from_min_max(rect.min + egui::vec2(52.0, 8.0), rect.max - egui::vec2(12.0, 18.0));
    ui.painter().rect(plot, 0.0, cx.theme.sunken, cx.theme.hairline(), StrokeKind::Inside);
}
