//! Tiles that plants compose: rows of parts, drawn from [`TileSpec`].

use egui::{Rect, Ui};

use crate::plant::TileSpec;

use super::{Cx, PanelState};

/// How a person looks at the parts of tiles.
#[derive(Debug, Clone, Default)]
pub(super) struct PartsState {}

/// Draws a tile's body.
pub(super) fn show(ui: &mut Ui, rect: Rect, tile: &TileSpec, state: &mut PanelState, cx: &mut Cx<'_>) {
    let _ = (ui, rect, tile, &state.parts, cx);
}

/// Draws the tile's headline number into its header, right-aligned.
pub(super) fn header(ui: &mut Ui, rect: Rect, tile: &TileSpec, cx: &mut Cx<'_>) {
    let _ = (ui, rect, tile, cx);
}
