//! Which tile draws what.

use egui::{Rect, Ui};

use super::beside::{cursors, runs};
use super::error_card::error_card;
use super::tile_id::TileId;
use super::{
    Cx, PanelState, ask, chart, control, custom, events, explain, faceplate, headroom, lab, levers, now, one_line,
    parts, scoreboard, signals, site, timeline, why,
};

/// Draws the body of a tile.
pub(super) fn show(ui: &mut Ui, rect: Rect, tile: &TileId, state: &mut PanelState, cx: &mut Cx<'_>) {
    let spec = std::sync::Arc::clone(&cx.view.spec);
    match tile {
        TileId::Site => site::show(ui, rect, state, cx),
        TileId::OneLine => one_line::show(ui, rect, state, cx),
        TileId::Levers => levers::show(ui, rect, &mut state.levers, cx),
        TileId::Control => control::show(ui, rect, state, cx),
        TileId::Events => events::show(ui, rect, state, cx),
        TileId::Signals => signals::show(ui, rect, state, cx),
        TileId::Now => now::show(ui, rect, false, state, cx),
        TileId::Timeline => timeline::show(ui, rect, state, cx),
        TileId::Faceplate => faceplate::show(ui, rect, state, cx),
        TileId::Scoreboard => scoreboard::show(ui, rect, state, cx),
        TileId::Runs => runs::show(ui, rect, state, cx),
        TileId::Cursors => cursors::show(ui, rect, state, cx),
        TileId::Why => why::why(ui, rect, state, cx),
        TileId::Observation => why::seen(ui, rect, state, cx),
        TileId::Steps => why::steps(ui, rect, state, cx),
        TileId::Bid => why::bid(ui, rect, state, cx),
        TileId::Headroom => headroom::show(ui, rect, &mut state.headroom, cx),
        TileId::Ask => ask::show(ui, rect, state, cx),
        TileId::Lab => lab::show(ui, rect, state, cx),
        TileId::Explain => explain::show(ui, rect, state, cx),
        TileId::Plant(name) => match spec.tiles.iter().find(|t| t.name == *name) {
            Some(tile) => parts::show(ui, rect, tile, state, cx),
            None => absent(ui, rect, name, cx),
        },
        TileId::Chart(name) => match spec.charts.iter().find(|c| c.name == *name) {
            Some(chart) => chart::show(ui, rect, chart, &mut state.charts, cx),
            None => absent(ui, rect, name, cx),
        },
        TileId::Custom(number) => custom::show(ui, rect, *number, state, cx),
    }
}

/// A layout of another plant names a tile that this one does not have.
fn absent(ui: &Ui, rect: Rect, name: &str, cx: &Cx<'_>) {
    let text = format!("{} has no tile of the name `{name}`.", cx.view.spec.title);
    error_card(ui, &cx.theme, rect, "No such tile", &text, "Choose another tile for this place.", false);
}
