//! Lines over time in a tile of the plant.

use egui::{Rect, Ui};

use crate::app::panel::graph::{self, Graph};
use crate::app::panel::{Cx, PanelState, line};
use crate::plant::{Lines, Part, Row, TileSpec};

/// Draws lines with their legend. Where an error strip stands directly below, it carries the times of both.
pub(in crate::app::panel) fn show(ui: &mut Ui, rect: Rect, lines: &Lines, state: &mut PanelState, cx: &mut Cx<'_>) {
    let series = lines.series.iter().map(|s| (s.signal, s.role));
    let dressed = line::dress(series, cx.view, &cx.theme, cx.selection);
    let first = dressed.first().map_or("", |l| l.signal.label.as_str());
    let what = if lines.title.is_empty() { first } else { &lines.title };
    let graph = Graph {
        name: &lines.name,
        spoken: format!("{what} chart"),
        title: &lines.title,
        known: &lines.title,
        lines: dressed,
        bounds: &lines.bounds,
        span: lines.span,
        zero: lines.zero,
        times: !cx.view.spec.tiles.iter().any(|tile| strip_below(tile, lines)),
        removable: false,
        note: "",
    };
    graph::show(ui, rect, &graph, &mut state.charts, cx);
}

/// Whether a tile has a strip directly below these lines, on the same time.
fn strip_below(tile: &TileSpec, lines: &Lines) -> bool {
    lines.span == crate::plant::Span::Shared && in_rows(&tile.rows, lines)
}

fn in_rows(rows: &[Row], lines: &Lines) -> bool {
    let pairs = rows.iter().zip(rows.iter().skip(1).map(Some).chain([None]));
    pairs.into_iter().any(|(row, next)| match &row.part {
        Part::Lines(these) => these == lines && next.is_some_and(|next| matches!(next.part, Part::Strip { .. })),
        Part::Columns(columns) => columns.iter().any(|column| in_rows(&column.rows, lines)),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plant::{Column, Span};

    #[test]
    fn a_strip_below_carries_the_times() {
        let lines = |name: &str, span| Lines {
            name: name.to_owned(),
            title: String::new(),
            series: Vec::new(),
            bounds: Vec::new(),
            span,
            zero: false,
        };
        let row = |part| Row { share: 1.0, part };
        let strip = || Part::Strip { title: "error".to_owned(), signal: 0 };
        let (shared, whole) = (lines("a", Span::Shared), lines("b", Span::Episode));
        let column = |rows| Column { share: 1.0, least_pt: 0.0, rows };
        let inner = column(vec![row(Part::Lines(shared.clone())), row(strip()), row(Part::Lines(whole.clone()))]);
        let rows = [row(Part::Columns(vec![column(Vec::new()), inner])), row(strip())];
        assert!(in_rows(&rows, &shared));
        assert!(!in_rows(&rows, &whole));
        assert!(!in_rows(&[], &shared));
    }
}
