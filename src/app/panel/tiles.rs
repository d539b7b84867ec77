//! Which tile draws what.

use egui::{Rect, Ui};

use super::tile_id::TileId;
use super::{
    Cx, PanelState, chart, control, custom, events, faceplate, levers, now, one_line, parts, signals, site, timeline,
};

/// Draws the body of a tile.
pub(super) fn show(ui: &mut Ui, rect: Rect, tile: &TileId, state: &mut PanelState, cx: &mut Cx<'_>) {
    let spec = std::sync::Arc::clone(&cx.view.spec);
    match tile {
        TileId::Site => site::show(ui, rect, state, cx),
        TileId::OneLine => one_line::show(ui, rect, state, cx),
        TileId::Levers => levers::show(ui, rect, &mut state.levers, cx),
        TileId::Control => control::show(ui, rect, cx),
        TileId::Events => events::show(ui, rect, state, cx),
        TileId::Signals => signals::show(ui, rect, state, cx),
        TileId::Now => now::show(ui, rect, false, state, cx),
        TileId::Timeline => timeline::show(ui, rect, state, cx),
        TileId::Faceplate => faceplate::show(ui, rect, state, cx),
        TileId::Plant(name) => {
            if let Some(tile) = spec.tiles.iter().find(|t| t.name == *name) {
                parts::show(ui, rect, tile, state, cx);
            }
        }
        TileId::Chart(name) => {
            if let Some(chart) = spec.charts.iter().find(|c| c.name == *name) {
                chart::show(ui, rect, chart, &mut state.charts, cx);
            }
        }
        TileId::Custom(number) => custom::show(ui, rect, *number, state, cx),
    }
}
