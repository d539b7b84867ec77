//! The one-line: how power flows through the plant, drawn from its topology.

use egui::{Rect, Ui};

use super::{Cx, PanelState};

/// How a person looks at the one-line.
#[derive(Debug, Clone, Default)]
pub(super) struct OneLineState {}

/// Draws it into a tile's body.
pub(super) fn show(ui: &mut Ui, rect: Rect, state: &mut PanelState, cx: &mut Cx<'_>) {
    let _ = (ui, rect, &state.one_line, cx);
}
