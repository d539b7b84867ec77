//! A drawing of the engine's, painted into a tile: the same marks as in a file, in the theme's colours.

use egui::epaint::{Mesh, TextShape};
use egui::{Align2, Color32, FontId, Painter, Pos2, Rect, Shape, Stroke, pos2, vec2};

use crate::app::theme::{Hex, Theme};
use crate::evaluate::exhibit::Ink;
use crate::evaluate::figures::{Anchor, Colour, Mark, Sheet};

/// Height of the window's letters to those of a file of the same size.
const LETTERS: f32 = 0.95;

/// The theme's colours for a drawing.
pub fn ink(theme: &Theme) -> Ink {
    let own = |hex: Hex| Colour(hex.r(), hex.g(), hex.b());
    let mut series = Ink::PAPER.series;
    for (slot, colour) in series.iter_mut().zip(&theme.series) {
        *slot = own(*colour);
    }
    Ink {
        paper: own(theme.surface),
        ground: own(theme.sunken),
        line: own(theme.line),
        axis: own(theme.line_strong),
        text: own(theme.text),
        text2: own(theme.text2),
        text3: own(theme.text3),
        series,
        good: own(theme.alarm.ok),
        warn: readable(own(theme.alarm.warn), own(theme.sunken), own(theme.text)),
        bad: own(theme.alarm.trip),
    }
}

/// A colour that words can stand in: halfway to the ink where it is as light as the ground, as a yellow on grey is.
fn readable(colour: Colour, ground: Colour, ink: Colour) -> Colour {
    let light = |c: Colour| 0.299 * f32::from(c.0) + 0.587 * f32::from(c.1) + 0.114 * f32::from(c.2);
    if (light(colour) - light(ground)).abs() > 60.0 {
        return colour;
    }
    let mix = |a: u8, b: u8| ((u16::from(a) + u16::from(b)) / 2) as u8;
    Colour(mix(colour.0, ink.0), mix(colour.1, ink.1), mix(colour.2, ink.2))
}

fn shade(colour: Colour, alpha: f64) -> Color32 {
    Color32::from_rgb(colour.0, colour.1, colour.2).gamma_multiply(alpha as f32)
}

/// Paints a drawing with its upper left corner at a point.
pub fn paint(painter: &Painter, at: Pos2, sheet: &Sheet) {
    let place = |(x, y): (f64, f64)| at + vec2(x as f32, y as f32);
    let clip = painter.clip_rect();
    for mark in &sheet.marks {
        match mark {
            Mark::Line { points, colour, width, dash } => {
                let stroke = Stroke::new(*width as f32, shade(*colour, 1.0));
                let points: Vec<Pos2> = points.iter().map(|p| place(*p)).collect();
                if *dash > 0.0 {
                    painter.extend(Shape::dashed_line(&points, stroke, *dash as f32, *dash as f32 * 0.8));
                } else {
                    painter.add(Shape::line(points, stroke));
                }
            }
            Mark::Area { points, colour, alpha } => {
                let points: Vec<Pos2> = points.iter().map(|p| place(*p)).collect();
                painter.add(area(&points, shade(*colour, *alpha)));
            }
            Mark::Rect { x, y, width, height, colour, alpha } => {
                let rect = Rect::from_min_size(place((*x, *y)), vec2(*width as f32, *height as f32));
                if rect.intersects(clip) {
                    painter.rect_filled(rect, 0.0, shade(*colour, *alpha));
                }
            }
            Mark::Dot { at, radius, colour, alpha } => {
                painter.circle_filled(place(*at), *radius as f32, shade(*colour, *alpha));
            }
            Mark::Text { at, text, size, colour, anchor, upright } => {
                let font = FontId::proportional(*size as f32 * LETTERS);
                let galley = painter.layout_no_wrap(text.clone(), font, shade(*colour, 1.0));
                let size = galley.size();
                let middle = place(*at);
                if *upright {
                    let corner = pos2(middle.x - size.y / 2.0, middle.y + size.x / 2.0);
                    let shape = TextShape::new(corner, galley, shade(*colour, 1.0));
                    painter.add(shape.with_angle(-std::f32::consts::FRAC_PI_2));
                } else {
                    let align = match anchor {
                        Anchor::Left => Align2::LEFT_CENTER,
                        Anchor::Middle => Align2::CENTER_CENTER,
                        Anchor::Right => Align2::RIGHT_CENTER,
                    };
                    painter.galley(align.anchor_size(middle, size).min, galley, shade(*colour, 1.0));
                }
            }
        }
    }
}

/// A filled area. Bands go there along their upper edge and back along the lower one, which need not be convex: they are
/// filled strip by strip; anything else is filled around its middle.
fn area(points: &[Pos2], colour: Color32) -> Shape {
    let mut mesh = Mesh::default();
    let half = points.len() / 2;
    let (there, back) = points.split_at(half);
    let strips = points.len() >= 4
        && points.len().is_multiple_of(2)
        && there.iter().zip(back.iter().rev()).all(|(a, b)| (a.x - b.x).abs() < 0.01);
    if strips {
        for (upper, lower) in there.iter().zip(back.iter().rev()) {
            mesh.colored_vertex(*upper, colour);
            mesh.colored_vertex(*lower, colour);
        }
        for k in (0..half.saturating_sub(1) as u32).map(|k| k * 2) {
            mesh.add_triangle(k, k + 1, k + 2);
            mesh.add_triangle(k + 1, k + 3, k + 2);
        }
    } else {
        let sum = points.iter().fold(egui::Vec2::ZERO, |sum, p| sum + p.to_vec2());
        mesh.colored_vertex((sum / points.len().max(1) as f32).to_pos2(), colour);
        points.iter().for_each(|p| mesh.colored_vertex(*p, colour));
        let count = points.len() as u32;
        for k in 0..count {
            mesh.add_triangle(0, 1 + k, 1 + (k + 1) % count);
        }
    }
    Shape::mesh(mesh)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn triangles(points: &[(f32, f32)]) -> usize {
        let points: Vec<Pos2> = points.iter().map(|(x, y)| pos2(*x, *y)).collect();
        match area(&points, Color32::WHITE) {
            Shape::Mesh(mesh) => mesh.indices.len() / 3,
            _ => 0,
        }
    }

    #[test]
    fn words_of_a_limit_are_not_as_light_as_their_ground() {
        use crate::app::theme::ThemeName;
        for name in ThemeName::ALL {
            let ink = ink(&Theme::of(name));
            let light = |c: Colour| 0.299 * f32::from(c.0) + 0.587 * f32::from(c.1) + 0.114 * f32::from(c.2);
            for colour in [ink.warn, ink.bad, ink.text3] {
                assert!((light(colour) - light(ink.ground)).abs() > 60.0, "{name:?}: {colour:?} on {:?}", ink.ground);
            }
        }
    }

    #[test]
    fn a_band_is_filled_in_strips_and_a_ring_around_its_middle() {
        let band = [(0.0, 1.0), (1.0, 5.0), (2.0, 1.0), (2.0, 0.0), (1.0, 4.0), (0.0, 0.0)];
        assert_eq!(triangles(&band), 4);
        assert_eq!(triangles(&[(0.0, 1.0), (1.0, 0.0), (0.0, -1.0), (-1.0, 0.0), (-0.5, 0.5)]), 5);
    }
}
