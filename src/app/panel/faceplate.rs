//! The faceplate of the selected thing: its state, gauges, a short trend and its alarms.

use egui::{Rect, Ui};

use super::{Cx, PanelState};

/// Draws it into a rectangle.
pub(super) fn show(ui: &mut Ui, rect: Rect, state: &mut PanelState, cx: &mut Cx<'_>) {
    let _ = (ui, rect, state, cx);
}
