//! A sheet becomes an SVG document or a PNG, through plotters' backends.
//!
//! Both are drawn on a grid four times as fine as a point, for the backends know whole places only. The SVG says its
//! size in points; the bitmap is averaged down to two pixels a point, which also smooths its edges.

use std::sync::OnceLock;

use plotters::backend::DrawingBackend;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontDesc, FontFamily, FontStyle, FontTransform, RGBAColor, ShapeStyle, TextStyle};

use super::sheet::{Anchor, Mark, Sheet};
use super::style::{Colour, SURFACE};
use crate::config::{Error, Place, Result};

/// Places to a point, in each direction.
const FINE: u32 = 4;
/// Places that become one pixel of a PNG, in each direction.
const AVERAGED: u32 = 2;
/// The face, by the name under which SVG viewers look for it; the registered outline stands behind the same name.
const FACE: &str = "Ubuntu, Inter, Helvetica, Arial, sans-serif";
/// How far below its point a line of letters must be asked for to stand in the middle, in heights of the line. The
/// bitmap's text has its base line at half the height; an SVG viewer centres by itself.
const BITMAP_DROP: f64 = 0.2;

/// Registers the face once and tells whether it is there.
fn face_is_there() -> bool {
    static THERE: OnceLock<bool> = OnceLock::new();
    *THERE.get_or_init(|| {
        plotters::style::register_font(FACE, FontStyle::Normal, epaint_default_fonts::UBUNTU_LIGHT).is_ok()
    })
}

fn font(size: f64) -> FontDesc<'static> {
    face_is_there();
    FontDesc::new(FontFamily::Name(FACE), size, FontStyle::Normal)
}

/// Width of words in points.
pub(in crate::evaluate) fn width_of(text: &str, size: f64) -> f64 {
    // Measured large, because whole places come back.
    let fine = 16.0;
    let measured = font(size * fine).layout_box(text).map(|(_, (right, _))| f64::from(right) / fine);
    measured.unwrap_or(size * 0.5 * text.chars().count() as f64)
}

/// The sheet as an SVG document.
pub(in crate::evaluate) fn svg(sheet: &Sheet) -> Result<String> {
    let (width, height) = places(sheet);
    let mut text = String::new();
    {
        let mut backend = plotters::backend::SVGBackend::with_string(&mut text, (width, height));
        draw(&mut backend, sheet, 0.0).map_err(failed)?;
    }
    // The document's own size, in points: what is drawn keeps its fine grid.
    let fine = format!("<svg width=\"{width}\" height=\"{height}\"");
    let own = format!("<svg width=\"{}\" height=\"{}\"", width / FINE, height / FINE);
    Ok(text.replacen(&fine, &own, 1))
}

/// The sheet as a PNG.
pub(in crate::evaluate) fn png(sheet: &Sheet) -> Result<Vec<u8>> {
    let (width, height) = places(sheet);
    let mut fine = vec![0_u8; width as usize * height as usize * 3];
    {
        let mut backend = plotters::backend::BitMapBackend::with_buffer(&mut fine, (width, height));
        draw(&mut backend, sheet, BITMAP_DROP).map_err(failed)?;
    }
    let (across, down) = (width / AVERAGED, height / AVERAGED);
    let pixels = averaged(&fine, width as usize);
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, across, down);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(&pixels));
    written.map_err(failed)?;
    Ok(out)
}

/// Means of squares of [`AVERAGED`] places.
fn averaged(fine: &[u8], width: usize) -> Vec<u8> {
    let step = AVERAGED as usize;
    let mut out = Vec::with_capacity(fine.len() / (step * step));
    for rows in fine.chunks_exact(width * 3 * step) {
        for x in 0..width / step {
            for channel in 0..3 {
                let mut sum = 0_u32;
                for (dy, dx) in (0..step).flat_map(|dy| (0..step).map(move |dx| (dy, dx))) {
                    sum += rows.get(dy * width * 3 + (x * step + dx) * 3 + channel).map_or(0, |&v| u32::from(v));
                }
                out.push((sum / (AVERAGED * AVERAGED)) as u8);
            }
        }
    }
    out
}

fn places(sheet: &Sheet) -> (u32, u32) {
    let whole = |v: f64| v.round().clamp(1.0, 10_000.0) as u32 * FINE;
    (whole(sheet.width), whole(sheet.height))
}

fn failed(what: impl std::fmt::Display) -> Error {
    Error::invalid(Place::source("figure"), format!("it cannot be drawn: {what}"), "Tell us how it came about.")
}

fn colour(of: Colour, alpha: f64) -> RGBAColor {
    RGBAColor(of.0, of.1, of.2, alpha)
}

fn draw<B: DrawingBackend>(backend: &mut B, sheet: &Sheet, drop: f64) -> std::result::Result<(), String> {
    // The kind of failure depends on the backend; its words do not.
    let told = |e: &dyn std::fmt::Display| e.to_string();
    let fine = f64::from(FINE);
    let place = |(x, y): (f64, f64)| ((x * fine).round() as i32, (y * fine).round() as i32);
    let thick = |width: f64| (width * fine).round().max(1.0) as u32;
    let (width, height) = backend.get_size();
    backend.draw_rect((0, 0), (width as i32, height as i32), &colour(SURFACE, 1.0), true).map_err(|e| told(&e))?;
    for mark in &sheet.marks {
        match mark {
            Mark::Line { points, colour: c, width, dash } => {
                let style = ShapeStyle { color: colour(*c, 1.0), filled: false, stroke_width: thick(*width) };
                for piece in if *dash > 0.0 { dashes(points, *dash) } else { vec![points.clone()] } {
                    let path: Vec<(i32, i32)> = without_repeats(piece.into_iter().map(place));
                    match path.as_slice() {
                        [] | [_] => {}
                        [a, b] => backend.draw_line(*a, *b, &style).map_err(|e| told(&e))?,
                        _ => backend.draw_path(path, &style).map_err(|e| told(&e))?,
                    }
                }
            }
            Mark::Area { points, colour: c, alpha } => {
                backend.fill_polygon(points.iter().copied().map(place), &colour(*c, *alpha)).map_err(|e| told(&e))?;
            }
            Mark::Rect { x, y, width, height, colour: c, alpha } => {
                backend
                    .draw_rect(place((*x, *y)), place((x + width, y + height)), &colour(*c, *alpha), true)
                    .map_err(|e| told(&e))?;
            }
            Mark::Dot { at, radius, colour: c, alpha } => {
                backend.draw_circle(place(*at), thick(*radius), &colour(*c, *alpha), true).map_err(|e| told(&e))?;
            }
            Mark::Text { at, text, size, colour: c, anchor, upright } => {
                let h = match anchor {
                    Anchor::Left => HPos::Left,
                    Anchor::Middle => HPos::Center,
                    Anchor::Right => HPos::Right,
                };
                let mut letters = font(size * fine);
                let (mut x, mut y) = *at;
                if *upright {
                    letters = letters.transform(FontTransform::Rotate270);
                    x += drop * size;
                } else {
                    y += drop * size;
                }
                let ink = colour(*c, 1.0);
                let style = TextStyle::from(letters).color(&ink).pos(Pos::new(h, VPos::Center));
                backend.draw_text(text, &style, place((x, y))).map_err(|e| told(&e))?;
            }
        }
    }
    backend.present().map_err(|e| told(&e))
}

/// The same path without points that follow themselves; thick joins cannot do with them.
fn without_repeats(path: impl Iterator<Item = (i32, i32)>) -> Vec<(i32, i32)> {
    let mut out: Vec<(i32, i32)> = Vec::new();
    for point in path {
        if out.last() != Some(&point) {
            out.push(point);
        }
    }
    out
}

/// A path cut into dashes of a length with gaps of the same length.
fn dashes(points: &[(f64, f64)], length: f64) -> Vec<Vec<(f64, f64)>> {
    let mut out = Vec::new();
    let (mut left, mut drawing) = (length, true);
    let mut open: Vec<(f64, f64)> = points.first().copied().into_iter().collect();
    for (a, b) in points.iter().zip(points.iter().skip(1)) {
        let (mut from, whole) = (*a, libm::hypot(b.0 - a.0, b.1 - a.1));
        let mut rest = whole;
        while rest > left {
            let t = left / rest;
            from = (from.0 + (b.0 - from.0) * t, from.1 + (b.1 - from.1) * t);
            rest -= left;
            left = length;
            if drawing {
                open.push(from);
                out.push(std::mem::take(&mut open));
            } else {
                open = vec![from];
            }
            drawing = !drawing;
        }
        left -= rest;
        if drawing {
            open.push(*b);
        }
    }
    if drawing && open.len() > 1 {
        out.push(open);
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn dashes_and_gaps_are_of_one_length() {
        let cut = dashes(&[(0.0, 0.0), (10.0, 0.0)], 2.0);
        assert_eq!(cut, [[(0.0, 0.0), (2.0, 0.0)], [(4.0, 0.0), (6.0, 0.0)], [(8.0, 0.0), (10.0, 0.0)]]);
    }

    #[test]
    fn wider_words_measure_wider() {
        assert!(face_is_there());
        let (narrow, wide) = (width_of("iiii", 12.0), width_of("MMMM", 12.0));
        assert!(narrow > 4.0 && wide > 2.0 * narrow, "{narrow} and {wide}");
    }

    #[test]
    fn a_sheet_has_its_size_and_its_colours_in_both_forms() {
        let mut sheet = Sheet::new(30.0, 20.0);
        sheet.rect((0.0, 0.0), (30.0, 10.0), Colour(200, 10, 10));
        let vector = svg(&sheet).unwrap();
        assert!(vector.starts_with("<svg width=\"30\" height=\"20\" viewBox=\"0 0 120 80\""), "{vector}");
        assert!(vector.contains("#C80A0A") && vector.trim_end().ends_with("</svg>"));
        let picture = png(&sheet).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(picture)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!((info.width, info.height), (60, 40));
        assert_eq!(pixels[..3], [200, 10, 10]);
        assert_eq!(pixels[pixels.len() - 3..], [255, 255, 255]);
    }
}
