//! A chart of the plant's table.

use egui::{Rect, Ui};

use crate::plant::{Chart, Role, Span};
use crate::session::RunView;
use crate::signal::{Hold, SignalId};

use super::Cx;
use super::graph::{self, Graph};
use super::line;
use super::time_axis::ChartState;

/// Draws the body of a chart's tile: legend, plot and times. The title stands in the tile's header.
pub(super) fn show(ui: &mut Ui, rect: Rect, chart: &Chart, state: &mut ChartState, cx: &mut Cx<'_>) {
    let lines = line::dress(roles(chart, cx.view), cx.view, &cx.theme, cx.selection);
    let graph = Graph {
        name: &chart.name,
        spoken: format!("{} chart", chart.title),
        title: "",
        known: &chart.title,
        lines,
        bounds: &[],
        span: Span::Shared,
        zero: false,
        times: true,
        removable: false,
        note: "",
    };
    graph::show(ui, rect, &graph, state, cx);
}

/// Two steps are a request and its answer; anything else is lines.
fn roles(chart: &Chart, view: &RunView) -> Vec<(SignalId, Role)> {
    let is_step = |s: &SignalId| view.schema.signals.get(*s).is_some_and(|signal| signal.hold == Hold::Step);
    let pair = chart.series.len() == 2 && chart.series.iter().all(is_step);
    let role = |index: usize| match (pair, index) {
        (true, 0) => Role::Request,
        (true, _) => Role::Answer,
        (false, _) => Role::Line,
    };
    chart.series.iter().enumerate().map(|(index, series)| (*series, role(index))).collect()
}
