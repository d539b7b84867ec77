//! How high parts want to be.

use crate::plant::Part;

use super::super::Cx;
use super::super::pen::Pen;
use super::layout::{Want, widths};
use super::{ahead, gauges, intervals, part_rect, readouts, score, small, swing, terms};

/// What a part is made of, as far as margins care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A plot with axes and margins of its own.
    Chart,
    /// Words, numbers and bars.
    Numbers,
    /// Other parts.
    Columns,
}

/// The kind of a part.
pub(super) fn kind(part: &Part) -> Kind {
    match part {
        Part::Lines(_) | Part::Strip { .. } | Part::Stack { .. } | Part::Intervals(_) => Kind::Chart,
        Part::Columns(_) => Kind::Columns,
        _ => Kind::Numbers,
    }
}

/// Least height of a chart with its time axis.
const CHART: f32 = 64.0;

/// What a part asks of the height at a width.
pub(super) fn of(pen: &Pen, part: &Part, width: f32, cx: &Cx<'_>) -> Want {
    match part {
        Part::Columns(columns) => {
            let asked: Vec<(f32, f32)> = columns.iter().map(|c| (c.share, c.least_pt)).collect();
            let mut all = (0.0_f32, 0.0_f32);
            for (column, width) in columns.iter().zip(widths(&asked, width)) {
                let (least, natural) = column_height(pen, &column.rows, width, cx);
                all = (all.0.max(least), all.1.max(natural));
            }
            Want::of(vec![all.0, all.1.max(all.0)], 0)
        }
        Part::Lines(_) | Part::Stack { .. } => Want::of(vec![CHART, 140.0], 0),
        Part::Strip { .. } => Want::of(vec![38.0, 60.0], 0),
        Part::Terms { slot } => Want::of(terms::heights(*slot, cx).to_vec(), 0),
        Part::Intervals(spec) => {
            let (least, natural) = intervals::height(spec);
            Want::of(vec![least, natural], 0)
        }
        Part::Gauges(signals) => Want::of(gauges::heights(signals, width, cx), 0),
        Part::Level { .. } => Want::of(vec![72.0, 180.0], 0),
        Part::Swing { .. } => Want::of(swing::HEIGHTS.to_vec(), 1),
        Part::Readouts { title, list } => readouts::want(pen, title, list, width, cx),
        Part::Score { .. } => Want::of(score::HEIGHTS.to_vec(), 2),
        Part::Ahead { signals } => Want::of(ahead::heights(pen, signals, width), 1),
        Part::Countdown { .. } => Want::of(vec![18.0, 20.0], 0),
        Part::Note(words) => Want { expendable: true, ..Want::of(vec![small::note_height(pen, words, width)], 0) },
    }
}

/// Least and natural height of the rows of a column: the least holds the first row and any stretching one.
fn column_height(pen: &Pen, rows: &[crate::plant::Row], width: f32, cx: &Cx<'_>) -> (f32, f32) {
    let place = egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(width, 1.0));
    let (mut least, mut natural) = (0.0_f32, 0.0);
    for (index, row) in rows.iter().enumerate() {
        let want = of(pen, &row.part, part_rect(place, &row.part).width(), cx);
        if index == 0 || row.share > 0.0 {
            least = least.max(want.least());
        }
        let before = index.checked_sub(1).and_then(|i| rows.get(i));
        natural += want.natural() + before.map_or(0.0, |b| gap(&b.part, &row.part));
    }
    (least + 8.0, natural + 14.0)
}

/// Whether a hairline parts two rows.
pub(super) fn parted(above: &Part, below: &Part) -> bool {
    let titled = matches!(below, Part::Readouts { title, .. } if !title.is_empty());
    let scored = matches!(above, Part::Score { .. }) || matches!(below, Part::Score { .. });
    kind(above) == Kind::Numbers
        && kind(below) == Kind::Numbers
        && (titled || scored)
        && !matches!(below, Part::Note(_))
}

/// Distance between two rows.
pub(super) fn gap(above: &Part, below: &Part) -> f32 {
    match (kind(above), kind(below)) {
        _ if parted(above, below) => 13.0,
        (Kind::Chart, Kind::Chart) => 0.0,
        (Kind::Numbers, Kind::Numbers) => 8.0,
        _ => 4.0,
    }
}
