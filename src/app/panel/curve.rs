//! Curves of points on the screen, drawn with no more shapes than can be seen.
//!
//! A line that egui strokes pays for every point: normals, joints, soft edges. So a curve that runs smoothly loses the
//! points that it passes anyway, steps become bars on whole pixels, and where a curve goes up and down within a pixel, a
//! bar stands for all that happens there. Each kind is one shape.

use egui::epaint::Mesh;
use egui::{Color32, Pos2, Rect, Shape, Stroke, pos2};

use super::pen::Pen;

/// How far a line may pass beside a point that it leaves out, points.
const INVISIBLE: f32 = 0.12;

/// How often a busy curve goes through all that it covers.
const TURNS: f32 = 2.5;

/// Points that are looked at together to tell a busy curve.
const SAMPLE: usize = 32;

/// What the points of a curve are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Places along a line.
    Line,
    /// Begin and end of every step.
    Steps,
    /// Two for each stretch: the ends of the range that it went through.
    Ranges,
}

/// Draws a curve through points that go from left to right.
pub(super) fn draw(pen: &Pen, points: &[Pos2], form: Form, stroke: Stroke) {
    let shape = match (points, form) {
        ([], _) => return,
        ([only], _) => {
            let dot = Rect::from_center_size(*only, egui::Vec2::splat(stroke.width));
            pen.painter.rect_filled(dot, 0.0, stroke.color);
            return;
        }
        (_, Form::Steps) => Shape::mesh(steps(points, &Grid::of(pen, stroke), stroke.color)),
        _ => {
            if form == Form::Ranges && is_busy(points) {
                Shape::mesh(ranges(points, &Grid::of(pen, stroke), stroke.color))
            } else {
                Shape::line(thinned(points, INVISIBLE), stroke)
            }
        }
    };
    pen.painter.add(shape);
}

/// Whether a curve goes up and down so often that no line could be followed: a few stretches of it tell.
fn is_busy(points: &[Pos2]) -> bool {
    let (mut travel, mut height, mut seen) = (0.0_f32, 0.0_f32, 0);
    for sample in points.chunks(SAMPLE).step_by((points.len() / (4 * SAMPLE)).max(1)) {
        let range = Rect::from_points(sample);
        height += range.height();
        travel += sample.windows(2).map(|pair| (pair[1].y - pair[0].y).abs()).sum::<f32>();
        seen += sample.len();
    }
    seen > 16 && travel > TURNS * height && travel > 0.5 * seen as f32
}

/// Whole pixels, and how many of them a stroke takes.
struct Grid {
    scale: f32,
    thick: f32,
}

impl Grid {
    fn of(pen: &Pen, stroke: Stroke) -> Self {
        let scale = pen.painter.pixels_per_point().max(0.1);
        Self { scale, thick: (stroke.width * scale).round().max(1.0) / scale }
    }

    fn on(&self, at: f32) -> f32 {
        (at * self.scale).round() / self.scale
    }

    /// Upper edge of a stroke along a height, left edge of one along a place.
    fn before(&self, middle: f32) -> f32 {
        self.on(middle - self.thick / 2.0)
    }
}

/// Steps as bars: one for each height that the curve rests on, one for each jump.
fn steps(points: &[Pos2], grid: &Grid, colour: Color32) -> Mesh {
    let mut mesh = Mesh::default();
    // Left, right and upper edge of the bar that is not yet drawn, and whether a jump stands at its left.
    let mut rest: Option<(f32, f32, f32, bool)> = None;
    let mut put = |rest: (f32, f32, f32, bool), jumped: bool| {
        let (left, right, top, before) = rest;
        // Between two jumps that touch each other nothing of it is left to see.
        if !(before && jumped && right - left <= grid.thick) && right > left {
            mesh.add_colored_rect(Rect::from_min_max(pos2(left, top), pos2(right, top + grid.thick)), colour);
        }
    };
    let mut jumps = Mesh::default();
    for pair in points.windows(2) {
        let [a, b] = pair else { continue };
        if a.y == b.y {
            let (left, right, top) = (grid.on(a.x), grid.on(b.x), grid.before(a.y));
            match &mut rest {
                Some((_, end, at, _)) if *at == top => *end = right,
                _ => {
                    let jumped = rest.take().map(|rest| put(rest, true)).is_some();
                    rest = Some((left, right, top, jumped));
                }
            }
        } else {
            let (top, bottom) = (grid.before(a.y.min(b.y)), grid.before(a.y.max(b.y)) + grid.thick);
            if bottom - top > 1.5 * grid.thick {
                let left = grid.before((a.x + b.x) / 2.0);
                jumps.add_colored_rect(Rect::from_min_max(pos2(left, top), pos2(left + grid.thick, bottom)), colour);
            }
        }
    }
    if let Some(rest) = rest {
        put(rest, false);
    }
    mesh.append(jumps);
    mesh
}

/// Ranges as bars, each of which reaches to where the one before it ended.
fn ranges(points: &[Pos2], grid: &Grid, colour: Color32) -> Mesh {
    let mut mesh = Mesh::default();
    let mut before: Option<f32> = None;
    let mut wide: Option<Rect> = None;
    for pair in points.chunks(2) {
        let (Some(a), Some(b)) = (pair.first(), pair.last()) else { continue };
        let from = before.unwrap_or(a.y);
        before = Some(b.y);
        let (high, low) = (a.y.min(b.y).min(from), a.y.max(b.y).max(from));
        // The two points stand a quarter and three quarters into their stretch.
        let (middle, half) = ((a.x + b.x) / 2.0, (b.x - a.x).max(grid.thick / 2.0));
        let (left, right) = (grid.on(middle - half), grid.on(middle + half));
        let bar = Rect::from_min_max(
            pos2(left, grid.before(high)),
            pos2(right.max(left + 1.0 / grid.scale), grid.before(low) + grid.thick),
        );
        match &mut wide {
            Some(last) if last.top() == bar.top() && last.bottom() == bar.bottom() => last.max.x = bar.right(),
            _ => {
                wide.replace(bar).into_iter().for_each(|last| mesh.add_colored_rect(last, colour));
            }
        }
    }
    wide.into_iter().for_each(|last| mesh.add_colored_rect(last, colour));
    mesh
}

/// A line without the points that it passes closer than a distance up or down anyway. Peaks and jumps stay.
pub(super) fn thinned(points: &[Pos2], distance: f32) -> Vec<Pos2> {
    let Some((first, rest)) = points.split_first() else { return Vec::new() };
    let mut out = vec![*first];
    let (mut from, mut last) = (*first, *first);
    // Slopes of all lines from the last point kept that pass every point since closely enough.
    let (mut least, mut most) = (f32::NEG_INFINITY, f32::INFINITY);
    for point in rest {
        let run = point.x - from.x;
        let slope = (point.y - from.y) / run;
        if !(run > 0.0 && slope >= least && slope <= most) && last != from {
            out.push(last);
            from = last;
            (least, most) = (f32::NEG_INFINITY, f32::INFINITY);
        }
        let run = point.x - from.x;
        if run > 0.0 {
            least = least.max((point.y - distance - from.y) / run);
            most = most.min((point.y + distance - from.y) / run);
        } else {
            // A jump: nothing but its other end can follow.
            (least, most) = (f32::INFINITY, f32::NEG_INFINITY);
        }
        last = *point;
    }
    if last != from {
        out.push(last);
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const GRID: Grid = Grid { scale: 1.0, thick: 2.0 };

    /// What a mesh covers, bar by bar.
    fn bars(mesh: &Mesh) -> Vec<[f32; 4]> {
        let of = |corners: &[egui::epaint::Vertex]| {
            let rect = Rect::from_points(&corners.iter().map(|v| v.pos).collect::<Vec<_>>());
            [rect.left(), rect.top(), rect.right(), rect.bottom()]
        };
        mesh.vertices.chunks(4).map(of).collect()
    }

    #[test]
    fn steps_rest_on_whole_pixels_and_equal_ones_are_one_bar() {
        let at = |x: f32, y: f32| pos2(x, y);
        let points = [at(0.2, 10.0), at(10.0, 10.0), at(10.0, 10.0), at(20.0, 10.0), at(20.0, 40.3), at(29.9, 40.3)];
        let mesh = steps(&points, &GRID, Color32::WHITE);
        assert_eq!(bars(&mesh), [[0.0, 9.0, 20.0, 11.0], [20.0, 39.0, 30.0, 41.0], [19.0, 9.0, 21.0, 41.0]]);
    }

    #[test]
    fn a_spike_of_one_pixel_survives() {
        let at = |x: f32, y: f32| pos2(x, y);
        let spike = [at(0.0, 50.0), at(9.0, 50.0), at(9.0, 5.0), at(10.0, 5.0), at(10.0, 50.0), at(20.0, 50.0)];
        let all = bars(&steps(&spike, &GRID, Color32::WHITE));
        assert!(all.iter().any(|[_, top, _, bottom]| *top <= 4.0 && *bottom >= 50.0), "{all:?}");
        let noisy: Vec<Pos2> = (0..80).map(|k| at(0.5 * k as f32, if k == 41 { 2.0 } else { 40.0 })).collect();
        let all = bars(&ranges(&noisy, &GRID, Color32::WHITE));
        assert!(all.iter().any(|[_, top, ..]| *top <= 2.0), "{all:?}");
        assert!(all.len() < 8, "what rests is one bar: {all:?}");
    }

    #[test]
    fn a_curve_that_only_climbs_is_not_busy() {
        let climbing: Vec<Pos2> = (0..400).map(|k| pos2(0.5 * k as f32, 300.0 - 0.7 * k as f32)).collect();
        assert!(!is_busy(&climbing));
        let noisy: Vec<Pos2> = (0..400).map(|k| pos2(0.5 * k as f32, 20.0 * (k % 2) as f32)).collect();
        assert!(is_busy(&noisy) && !is_busy(&noisy[..8]));
    }

    #[test]
    fn ranges_reach_to_the_one_before() {
        let at = |x: f32, y: f32| pos2(x, y);
        let all = bars(&ranges(&[at(0.5, 10.0), at(1.5, 12.0), at(2.5, 30.0), at(3.5, 34.0)], &GRID, Color32::WHITE));
        assert_eq!(all, [[0.0, 9.0, 2.0, 13.0], [2.0, 11.0, 4.0, 35.0]]);
    }

    #[test]
    fn thinned_lines_keep_what_can_be_seen() {
        let flat: Vec<Pos2> = (0..50).map(|k| pos2(k as f32, 3.0)).collect();
        assert_eq!(thinned(&flat, 0.0), [pos2(0.0, 3.0), pos2(49.0, 3.0)]);
        let steps = [[0.0, 1.0], [1.0, 1.0], [1.0, 2.0], [2.0, 2.0], [2.0, 1.0], [3.0, 1.0]].map(Pos2::from);
        assert_eq!(thinned(&steps, 0.01), steps);
        assert!(thinned(&[], 1.0).is_empty());
        assert_eq!(thinned(&[pos2(1.0, 2.0)], 1.0), [pos2(1.0, 2.0)]);
        let wave: Vec<Pos2> = (0..2_000).map(|k| pos2(k as f32, 100.0 * (k as f32 / 90.0).sin())).collect();
        let thin = thinned(&wave, 0.1);
        assert!(thin.len() < 500, "{} points", thin.len());
        for point in &wave {
            let next = thin.iter().position(|p| p.x >= point.x).unwrap().max(1);
            let (a, b) = (thin[next - 1], thin[next]);
            let at = a.y + (b.y - a.y) * (point.x - a.x) / (b.x - a.x);
            assert!((at - point.y).abs() <= 0.2, "{at} instead of {} at {}", point.y, point.x);
        }
    }
}
