//! Small signs, drawn as shapes so that no font has to bring them.

use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, Vec2, pos2, vec2};

use crate::plant::Severity;
use crate::signal::Alarm;

/// A small sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Glyph {
    /// Time passes.
    Play,
    /// Time stands.
    Pause,
    /// One tick on.
    StepTick,
    /// One tick back.
    BackTick,
    /// One interval on.
    StepInterval,
    /// One interval back.
    BackInterval,
    /// A controller drives.
    Ring,
    /// A person drives.
    Hand,
    /// A lever is pinned.
    Lock,
    /// A shield changed something.
    Shield,
    /// Opens a list below.
    Caret,
    /// Opens a list of what did not fit.
    More,
    /// Closes.
    Cross,
    /// Help.
    Question,
    /// Finds.
    Lens,
    /// Half bright, half dark: themes.
    Contrast,
    /// Settings of the run.
    Sliders,
    /// Fills the window with a tile.
    Expand,
    /// How the tiles stand.
    Tiles,
    /// A run that has left another.
    Branch,
    /// To the event before.
    PreviousEvent,
    /// To the next event.
    NextEvent,
}

/// Draws a sign in a square of `size` points around a point.
pub(super) fn draw(painter: &Painter, glyph: Glyph, at: Pos2, size: f32, colour: Color32) {
    let at = pos2(painter.round_to_pixel_center(at.x) - 0.5, painter.round_to_pixel_center(at.y) - 0.5);
    let h = size / 2.0;
    let line = Stroke::new((size / 9.0).max(1.2), colour);
    let point = |x: f32, y: f32| at + vec2(x * h, y * h);
    let fill = |points: Vec<Pos2>| painter.add(Shape::convex_polygon(points, colour, Stroke::NONE));
    let bar = |x: f32, y0: f32, y1: f32, w: f32| {
        painter.rect_filled(Rect::from_min_max(point(x - w, y0), point(x + w, y1)), 0.0, colour);
    };
    // A triangle that points right for `s` = 1 and left for `s` = −1, with its middle at `x`.
    let arrow = |x: f32, s: f32, w: f32| {
        fill(vec![point(x - s * w, -0.72), point(x + s * w, 0.0), point(x - s * w, 0.72)]);
    };
    match glyph {
        Glyph::Play => arrow(0.1, 1.0, 0.62),
        Glyph::Pause => {
            bar(-0.4, -0.72, 0.72, 0.2);
            bar(0.4, -0.72, 0.72, 0.2);
        }
        Glyph::StepTick => {
            arrow(-0.15, 1.0, 0.5);
            bar(0.6, -0.72, 0.72, 0.13);
        }
        Glyph::BackTick => {
            arrow(0.15, -1.0, 0.5);
            bar(-0.6, -0.72, 0.72, 0.13);
        }
        Glyph::Branch => {
            painter.add(Shape::line(vec![point(-0.55, -0.8), point(-0.55, 0.8)], line));
            painter.add(Shape::line(vec![point(-0.55, 0.35), point(0.5, -0.35)], line));
            painter.circle_filled(point(0.6, -0.45), h * 0.32, colour);
        }
        Glyph::PreviousEvent | Glyph::NextEvent => {
            let s = if glyph == Glyph::NextEvent { 1.0 } else { -1.0 };
            arrow(-0.35 * s, s, 0.5);
            let (x, w) = (0.62 * s, 0.42);
            fill(vec![point(x, -w), point(x + w, 0.0), point(x, w), point(x - w, 0.0)]);
        }
        Glyph::StepInterval => {
            arrow(-0.55, 1.0, 0.4);
            arrow(0.2, 1.0, 0.4);
            bar(0.85, -0.72, 0.72, 0.13);
        }
        Glyph::BackInterval => {
            arrow(0.55, -1.0, 0.4);
            arrow(-0.2, -1.0, 0.4);
            bar(-0.85, -0.72, 0.72, 0.13);
        }
        Glyph::Ring => {
            painter.circle_stroke(at, h * 0.85, line);
            painter.circle_filled(at, h * 0.32, colour);
        }
        Glyph::Hand => {
            painter.rect_filled(Rect::from_center_size(at, Vec2::splat(size * 0.8)), 1.5, colour);
        }
        Glyph::Lock => {
            painter.rect_filled(Rect::from_min_max(point(-0.7, -0.1), point(0.7, 0.9)), 1.5, colour);
            let shackle = vec![
                point(-0.42, -0.1),
                point(-0.42, -0.6),
                point(-0.2, -0.9),
                point(0.2, -0.9),
                point(0.42, -0.6),
                point(0.42, -0.1),
            ];
            painter.add(Shape::line(shackle, line));
        }
        Glyph::Shield => {
            let outline = vec![
                point(-0.75, -0.7),
                point(0.0, -0.95),
                point(0.75, -0.7),
                point(0.65, 0.25),
                point(0.0, 0.95),
                point(-0.65, 0.25),
            ];
            painter.add(Shape::closed_line(outline, line));
        }
        Glyph::Caret => {
            painter.add(Shape::line(vec![point(-0.55, -0.25), point(0.0, 0.3), point(0.55, -0.25)], line));
        }
        Glyph::More => {
            for x in [-0.7, 0.0, 0.7] {
                painter.circle_filled(point(x, 0.0), (h * 0.2).max(1.0), colour);
            }
        }
        Glyph::Cross => {
            painter.line_segment([point(-0.6, -0.6), point(0.6, 0.6)], line);
            painter.line_segment([point(-0.6, 0.6), point(0.6, -0.6)], line);
        }
        Glyph::Question => {
            let hook = vec![
                point(-0.4, -0.45),
                point(-0.2, -0.8),
                point(0.2, -0.8),
                point(0.42, -0.45),
                point(0.3, -0.15),
                point(0.0, 0.1),
                point(0.0, 0.4),
            ];
            painter.add(Shape::line(hook, line));
            painter.circle_filled(point(0.0, 0.8), line.width * 0.7, colour);
        }
        Glyph::Lens => {
            painter.circle_stroke(point(-0.15, -0.15), h * 0.55, line);
            painter.line_segment([point(0.28, 0.28), point(0.85, 0.85)], line);
        }
        Glyph::Contrast => {
            painter.circle_stroke(at, h * 0.85, line);
            let half: Vec<Pos2> = (0..=12)
                .map(|k| {
                    let angle = std::f32::consts::PI * (k as f32 / 12.0 - 0.5);
                    at + Vec2::angled(angle) * (h * 0.85)
                })
                .collect();
            fill(half);
        }
        Glyph::Expand => {
            painter.add(Shape::line(vec![point(0.1, -0.75), point(0.75, -0.75), point(0.75, -0.1)], line));
            painter.add(Shape::line(vec![point(-0.1, 0.75), point(-0.75, 0.75), point(-0.75, 0.1)], line));
            painter.line_segment([point(0.7, -0.7), point(0.12, -0.12)], line);
            painter.line_segment([point(-0.7, 0.7), point(-0.12, 0.12)], line);
        }
        Glyph::Tiles => {
            let top = Rect::from_min_max(point(-0.85, -0.85), point(0.85, -0.15));
            let low = Rect::from_min_max(point(-0.85, 0.15), point(-0.1, 0.85));
            let right = Rect::from_min_max(point(0.2, 0.15), point(0.85, 0.85));
            for part in [top, low, right] {
                painter.rect_stroke(part, 1.0, line, egui::StrokeKind::Middle);
            }
        }
        Glyph::Sliders => {
            for (y, knob) in [(-0.6, 0.35), (0.0, -0.4), (0.6, 0.1)] {
                painter.line_segment([point(-0.85, y), point(0.85, y)], Stroke::new(1.0, colour));
                painter.circle_filled(point(knob, y), (h * 0.24).max(1.5), colour);
            }
        }
    }
}

fn polygon(at: Pos2, radius: f32, corners: usize, turn: f32) -> Vec<Pos2> {
    (0..corners)
        .map(|k| at + Vec2::angled(std::f32::consts::TAU * (k as f32 / corners as f32) + turn) * radius)
        .collect()
}

/// The shape of a severity: circle for a note, triangle for a warning, octagon for a trip.
pub(super) fn severity(
    painter: &Painter,
    kind: Severity,
    at: Pos2,
    size: f32,
    colour: Color32,
    outline: Option<Color32>,
) {
    let radius = size / 2.0;
    let edge = outline.map_or(Stroke::NONE, |c| Stroke::new(1.0, c));
    match kind {
        Severity::Note => {
            painter.circle_stroke(at, radius * 0.75, Stroke::new(1.4, colour));
        }
        Severity::Warning => {
            let points =
                vec![at + vec2(0.0, -radius), at + vec2(radius, radius * 0.8), at + vec2(-radius, radius * 0.8)];
            painter.add(Shape::convex_polygon(points, colour, edge));
        }
        Severity::Trip => {
            painter.add(Shape::convex_polygon(polygon(at, radius, 8, std::f32::consts::FRAC_PI_8), colour, edge));
        }
    }
}

/// The shape of an alarm level.
pub(super) fn alarm(painter: &Painter, level: Alarm, at: Pos2, size: f32, colour: Color32, outline: Option<Color32>) {
    let kind = match level {
        Alarm::Normal => Severity::Note,
        Alarm::Warn => Severity::Warning,
        Alarm::Trip => Severity::Trip,
    };
    severity(painter, kind, at, size, colour, outline);
}

/// The bar across the shape of an alarm that is shelved.
pub(super) fn barred(painter: &Painter, at: Pos2, size: f32, colour: Color32) {
    let half = size * 0.62;
    painter.line_segment([at + vec2(-half, half), at + vec2(half, -half)], Stroke::new(1.6, colour));
}

/// The mark of the product: a wave in a frame.
pub(super) fn mark(painter: &Painter, at: Pos2, size: f32, colour: Color32) {
    let rect = Rect::from_center_size(at, Vec2::splat(size));
    let line = Stroke::new(1.4, colour);
    painter.rect_stroke(rect, 4.0, line, StrokeKind::Inside);
    let p = |x: f32, y: f32| pos2(rect.left() + x * size, rect.top() + y * size);
    painter.add(Shape::line(
        vec![
            p(0.18, 0.5),
            p(0.32, 0.5),
            p(0.32, 0.3),
            p(0.5, 0.3),
            p(0.5, 0.7),
            p(0.68, 0.7),
            p(0.68, 0.5),
            p(0.82, 0.5),
        ],
        line,
    ));
}
