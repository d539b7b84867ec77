//! What a gauge tells besides its value: the set point that it should follow, and a small trend.

use egui::{Pos2, Rect, Shape, Stroke, pos2, vec2};

use crate::app::theme::mix;
use crate::plant::{Part, PlantSpec, Role, Row};
use crate::session::RunView;
use crate::signal::{Hold, SignalId};

use super::curve;
use super::pen::Pen;
use super::series;

/// Site time that a small trend shows, s.
const SPAN_S: f64 = 900.0;

/// The signal that a signal is meant to follow: its request in a chart of the plant's tiles where it is the answer, in
/// the same unit.
pub(super) fn set_point(spec: &PlantSpec, id: SignalId) -> Option<SignalId> {
    let rows = spec.tiles.iter().flat_map(|tile| &tile.rows);
    let found = rows.filter_map(|row| in_row(row, id)).next()?;
    let unit = |s: SignalId| spec.signals.get(s).map(|s| s.unit.as_str());
    (unit(found) == unit(id)).then_some(found)
}

fn in_row(row: &Row, id: SignalId) -> Option<SignalId> {
    match &row.part {
        Part::Columns(columns) => columns.iter().flat_map(|c| &c.rows).find_map(|row| in_row(row, id)),
        Part::Lines(lines) => {
            let answers = lines.series.iter().any(|s| s.signal == id && s.role == Role::Answer);
            lines.series.iter().find(|s| answers && s.role == Role::Request).map(|s| s.signal)
        }
        _ => None,
    }
}

/// The hollow caret of a set point, above a bar at a place.
pub(super) fn caret(pen: &Pen, x: f32, track: Rect) {
    let tip = pos2(x, track.top() - 0.5);
    let points = vec![tip, tip + vec2(-4.0, -6.0), tip + vec2(4.0, -6.0)];
    pen.painter.add(Shape::convex_polygon(points.clone(), *pen.theme.surface, Stroke::NONE));
    pen.painter.add(Shape::closed_line(points, Stroke::new(1.2, *pen.theme.text)));
}

/// The last quarter of an hour, or eight ticks of a plant whose ticks are long, as a small line.
pub(super) fn trend(pen: &Pen, rect: Rect, column: SignalId, view: &RunView) {
    let Some(signal) = view.schema.signals.get(column) else { return };
    let ticks = (SPAN_S / f64::from(view.spec.calendar.tick_s.max(1))).max(8.0);
    let to = (view.tick as f64).max(1.0);
    let from = (to - ticks).max(0.0);
    let trace = series::past(&view.recording, column, Hold::Linear, from, to, rect.width() / 2.0);
    let Some((low, high)) = trace.extremes else { return };
    // What hardly moves is drawn as a flat line in the middle.
    let least = (0.01 * (signal.range.1 - signal.range.0)).abs();
    let room = (high - low).max(if least.is_finite() { least } else { 0.0 }).max(1e-12);
    let middle = (high + low) / 2.0;
    let place = |p: &[f64; 2]| {
        let x = rect.left() + (((p[0] - (to - ticks)) / ticks) as f32).clamp(0.0, 1.0) * rect.width();
        pos2(x, rect.center().y - (((p[1] - middle) / room) as f32).clamp(-0.5, 0.5) * rect.height())
    };
    let stroke = Stroke::new(1.0, mix(pen.theme.accent_of(signal.carrier), pen.theme.surface, 0.8));
    for piece in &trace.pieces {
        let places: Vec<Pos2> = piece.iter().map(place).collect();
        curve::draw(pen, &places, trace.form(Hold::Linear), stroke);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::rollout::{Setup, World};

    #[test]
    fn answers_have_their_request_for_a_set_point() {
        let rollout = World::default().build(&Setup::default()).unwrap();
        let spec = rollout.spec();
        let id = |name: &str| spec.signal(name).unwrap();
        assert_eq!(set_point(spec, id("p_regd_delivered_mw")), Some(id("p_regd_demanded_mw")));
        assert_eq!(set_point(spec, id("p_regd_demanded_mw")), None);
        assert_eq!(set_point(spec, id("t_zone_a_degc")), None);
    }
}
