//! The Site tile: the picture of the 3D scene with its labels, legend and camera stations.

use egui::{Rect, Ui};

use super::{Cx, PanelState};

/// How a person looks at the site.
#[derive(Debug, Clone, Default)]
pub(super) struct SiteState {}

/// Draws it into a tile's body.
pub(super) fn show(ui: &mut Ui, rect: Rect, state: &mut PanelState, cx: &mut Cx<'_>) {
    let _ = &state.site;
    let stage = &mut state.stage;
    let ppp = ui.ctx().pixels_per_point();
    stage.ask.size_px = Some([(rect.width() * ppp).round() as u32, (rect.height() * ppp).round() as u32]);
    stage.ask.width_pt = rect.width();
    stage.ask.theme = state.theme;
    stage.ask.selected = cx.selection.entity;
    if let Some(number) = stage.tell.texture {
        let uv = Rect::from_min_max(egui::pos2(0.0, 0.0), egui::pos2(1.0, 1.0));
        ui.painter().image(egui::TextureId::User(number), rect, uv, egui::Color32::WHITE);
    }
}
