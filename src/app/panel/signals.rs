//! All signals as a searchable tree; one can be dragged onto a chart.

use egui::{Rect, Ui};

use super::{Cx, PanelState};

/// How a person looks at the signals.
#[derive(Debug, Clone, Default)]
pub(super) struct SignalsState {}

/// Draws the tree into a tile's body.
pub(super) fn show(ui: &mut Ui, rect: Rect, state: &mut PanelState, cx: &mut Cx<'_>) {
    let _ = (ui, rect, &state.signals, cx);
}
