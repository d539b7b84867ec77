//! Tiles that plants compose: rows of parts, drawn from [`TileSpec`].

pub(in crate::app::panel) mod lines;
pub(in crate::app::panel) mod stack;
pub(in crate::app::panel) mod strip;

use egui::{Rect, Ui};

use crate::plant::{Part, TileSpec};

use super::{Cx, PanelState};

/// How a person looks at the parts of tiles.
#[derive(Debug, Clone, Default)]
pub(super) struct PartsState {}

/// Draws a tile's body.
pub(super) fn show(ui: &mut Ui, rect: Rect, tile: &TileSpec, state: &mut PanelState, cx: &mut Cx<'_>) {
    let _ = &state.parts;
    let shares: f32 = tile.rows.iter().map(|row| row.share).sum::<f32>().max(1e-3);
    let mut top = rect.top();
    for (index, row) in tile.rows.iter().enumerate() {
        let place = Rect::from_min_size(
            egui::pos2(rect.left(), top),
            egui::vec2(rect.width(), rect.height() * row.share / shares),
        );
        top = place.bottom();
        super::inside(ui, place, ("part", index), |ui| match &row.part {
            Part::Lines(spec) => lines::show(ui, place, spec, state, cx),
            Part::Strip { title, signal } => strip::show(ui, place, title, *signal, state, cx),
            Part::Stack { title, terms, sum } => stack::show(ui, place, title, terms, *sum, state, cx),
            _ => {}
        });
    }
}

/// Draws the tile's headline number into its header, right-aligned.
pub(super) fn header(ui: &mut Ui, rect: Rect, tile: &TileSpec, cx: &mut Cx<'_>) {
    let _ = (ui, rect, tile, cx);
}
