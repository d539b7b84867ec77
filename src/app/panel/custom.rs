//! Charts that a person puts together by dragging signals onto them.

use egui::{Rect, Ui};

use super::{Cx, PanelState};

/// The signals of each such chart, by name, so that they live on when a run begins with other tables.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CustomCharts {
    /// By number of the chart; a number is never used again while its tile is open.
    pub charts: std::collections::BTreeMap<u32, Vec<String>>,
}

impl CustomCharts {
    /// Opens an empty chart and tells its number.
    pub fn open(&mut self) -> u32 {
        let number = (1..).find(|n| !self.charts.contains_key(n)).unwrap_or(1);
        self.charts.insert(number, Vec::new());
        number
    }
}

/// Draws chart `number` into a tile's body.
pub(super) fn show(ui: &mut Ui, rect: Rect, number: u32, state: &mut PanelState, cx: &mut Cx<'_>) {
    let _ = (ui, rect, number, &state.custom, cx);
}
