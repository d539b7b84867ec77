//! Charts that have one unit on an axis, with signals of several units: a small chart for each unit.

use egui::{Rect, pos2, vec2};

use super::plot::{Canvas, Chart};
use crate::app::panel::Cx;
use crate::app::panel::line::Line;
use crate::app::panel::time_axis::ChartState;
use crate::signal::SignalId;

/// Least size of a pane that tells anything, points.
const LEAST: (f32, f32) = (210.0, 104.0);

/// Room between two panes.
const GAP: f32 = 4.0;

/// Draws what a kind makes of signals of one unit, for a pane of a place.
pub(super) type Draw<'d> = dyn Fn(Canvas<'_, '_>, &mut ChartState, &mut Cx<'_>) -> Option<SignalId> + 'd;

/// Signals by unit, in the order in which they came.
pub(super) fn by_unit<'a, T: Clone>(all: &[T], unit: impl Fn(&T) -> &'a str) -> Vec<Vec<T>> {
    let mut groups: Vec<(&str, Vec<T>)> = Vec::new();
    for one in all {
        match groups.iter_mut().find(|(of, _)| *of == unit(one)) {
            Some((_, group)) => group.push(one.clone()),
            None => groups.push((unit(one), vec![one.clone()])),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// Places for so many panes: beside each other while each is wide enough, else below each other, else in rows. `beside`
/// says whether they may stand beside each other at all.
pub(super) fn places(rect: Rect, count: usize, beside: bool) -> Vec<Rect> {
    let count = count.max(1);
    let most = |length: f32, least: f32| (((length + GAP) / (least + GAP)).floor().max(1.0) as usize).min(count);
    let (wide, high) = (most(rect.width(), LEAST.0), most(rect.height(), LEAST.1));
    let columns = if !beside {
        1
    } else if wide >= count {
        count
    } else if high >= count {
        1
    } else {
        wide
    };
    let rows = count.div_ceil(columns);
    let size = vec2(
        (rect.width() - GAP * (columns - 1) as f32) / columns as f32,
        (rect.height() - GAP * (rows - 1) as f32) / rows as f32,
    );
    (0..count)
        .map(|k| {
            let (column, row) = (k % columns, k / columns);
            let at = vec2(column as f32 * (size.x + GAP), row as f32 * (size.y + GAP));
            Rect::from_min_size(pos2(rect.left(), rect.top()) + at, size)
        })
        .collect()
}

/// Draws a pane for each unit and tells which series is to be taken off.
pub(super) fn show(on: Canvas<'_, '_>, state: &mut ChartState, cx: &mut Cx<'_>, draw: &Draw<'_>) -> Option<SignalId> {
    let groups = by_unit(on.lines, |l: &Line<'_>| l.signal.unit.as_str());
    if groups.len() < 2 {
        return draw(on, state, cx);
    }
    let Canvas { ui, rect, chart, .. } = on;
    let mut removed = None;
    for (number, (group, place)) in groups.iter().zip(places(rect, groups.len(), true)).enumerate() {
        let name = format!("{} {number}", chart.name);
        let unit = group.first().map_or("", |l| l.signal.unit.as_str());
        let unit = if unit.is_empty() { "no unit" } else { unit };
        let note = if number == 0 { chart.note } else { "" };
        let pane = Chart { name: &name, number: chart.number, pane: unit, note };
        removed = removed.or(draw(Canvas { ui: &mut *ui, rect: place, chart: &pane, lines: group }, state, cx));
    }
    removed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_fall_into_groups_by_unit_in_their_order() {
        let all = [("a", "MW"), ("b", "°C"), ("c", "MW"), ("d", "")];
        let groups = by_unit(&all, |(_, unit)| *unit);
        let names: Vec<Vec<&str>> = groups.iter().map(|g| g.iter().map(|(name, _)| *name).collect()).collect();
        assert_eq!(names, [vec!["a", "c"], vec!["b"], vec!["d"]]);
    }

    #[test]
    fn panes_stand_beside_each_other_below_each_other_or_in_rows() {
        let rect = |w: f32, h: f32| Rect::from_min_size(pos2(10.0, 20.0), vec2(w, h));
        let wide = places(rect(700.0, 200.0), 3, true);
        assert!(wide.iter().all(|p| p.top() == 20.0 && p.height() == 200.0));
        let high = places(rect(300.0, 400.0), 3, true);
        assert!(high.iter().all(|p| p.width() == 300.0));
        let rows = places(rect(450.0, 230.0), 4, true);
        assert_eq!(rows.iter().filter(|p| p.top() == 20.0).count(), 2);
        let below = places(rect(900.0, 230.0), 2, false);
        assert!(below.iter().all(|p| p.width() == 900.0));
        for all in [wide, high, rows, below] {
            for (k, a) in all.iter().enumerate() {
                assert!(all.iter().skip(k + 1).all(|b| !a.shrink(0.5).intersects(b.shrink(0.5))));
            }
        }
    }
}
