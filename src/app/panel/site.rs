//! The Site tile: the picture of the 3D scene with its labels, legend and camera stations.

use egui::{Rect, Ui};

use super::{Cx, PanelState};

/// How a person looks at the site.
#[derive(Debug, Clone, Default)]
pub(super) struct SiteState {}

/// Draws it into a tile's body.
pub(super) fn show(ui: &mut Ui, rect: Rect, state: &mut PanelState, cx: &mut Cx<'_>) {
    let _ = (ui, rect, &state.site, &state.stage, cx);
}
