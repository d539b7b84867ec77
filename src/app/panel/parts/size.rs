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

/// Least and natural height of a part at a width.
pub(super) fn of(pen: &Pen, part: &Part, width: f32, cx: &Cx<'_>) -> Want {
    let (least, natural) = match part {
        Part::Columns(columns) => {
            let asked: Vec<(f32, f32)> = columns.iter().map(|c| (c.share, c.least_pt)).collect();
            let mut all = (0.0_f32, 0.0_f32);
            for (column, width) in columns.iter().zip(widths(&asked, width)) {
                let (least, natural) = column_height(pen, &column.rows, width, cx);
                all = (all.0.max(least), all.1.max(natural));
            }
            all
        }
        Part::Lines(_) | Part::Stack { .. } => (CHART, 140.0),
        Part::Strip { .. } => (38.0, 60.0),
        Part::Terms { slot } => terms::height(*slot, cx),
        Part::Intervals(spec) => intervals::height(spec),
        Part::Gauges(signals) => gauges::height(signals, width, cx),
        Part::Level { .. } => (72.0, 180.0),
        Part::Swing { .. } => swing::HEIGHTS,
        Part::Readouts { title, list } => readouts::height(pen, title, list, width, cx),
        Part::Score { .. } => score::HEIGHTS,
        Part::Ahead { signals } => ahead::height(pen, signals, width),
        Part::Countdown { .. } => (18.0, 20.0),
        Part::Note(words) => small::note_height(pen, words, width),
    };
    Want { least, natural: natural.max(least), share: 0.0, gap: 0.0 }
}

/// Least and natural height of the rows of a column. A stretching row can do without the natural ones below it.
fn column_height(pen: &Pen, rows: &[crate::plant::Row], width: f32, cx: &Cx<'_>) -> (f32, f32) {
    let place = egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(width, 1.0));
    let (mut least, mut natural) = (0.0_f32, 0.0);
    for (index, row) in rows.iter().enumerate() {
        let want = of(pen, &row.part, part_rect(place, &row.part).width(), cx);
        if index == 0 || row.share > 0.0 {
            least = least.max(want.least);
        }
        let before = index.checked_sub(1).and_then(|i| rows.get(i));
        natural += want.natural + before.map_or(0.0, |b| gap(&b.part, &row.part));
    }
    (least + 8.0, natural + 14.0)
}

/// Whether a hairline parts two rows.
pub(super) fn parted(above: &Part, below: &Part) -> bool {
    let titled = matches!(below, Part::Readouts { title, .. } if !title.is_empty());
    let scored = matches!(above, Part::Score { .. }) || matches!(below, Part::Score { .. });
    kind(above) == Kind::Numbers && kind(below) == Kind::Numbers && (titled || scored) && !matches!(below, Part::Note(_))
}

/// Distance between two rows.
pub(super) fn gap(above: &Part, below: &Part) -> f32 {
    match (kind(above), kind(below)) {
        _ if parted(above, below) => 15.0,
        (Kind::Chart, Kind::Chart) => 0.0,
        (Kind::Numbers, Kind::Numbers) => 8.0,
        _ => 4.0,
    }
}
