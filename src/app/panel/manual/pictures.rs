//! Pictures of the manual: they lie beside its pages in `docs/manual/pictures` and are part of the program.
//!
//! They are taken of the real window, those of studies of their figures (`docs/manual/pictures/take.sh`). A page names
//! one as Markdown does, with words below it; pages that are made from a plant's tables have theirs by plant and tile.

use std::collections::HashMap;

use egui::{ColorImage, Id, Rect, TextureHandle, TextureOptions, Ui, pos2, vec2};

use crate::app::panel::pen::Pen;
use crate::app::panel::widget;
use crate::app::theme::{Face, Theme};

/// A picture by its name, as pages write it, with the bytes of its PNG.
type Held = (&'static str, &'static [u8]);

macro_rules! held {
    ($($name:literal),* $(,)?) => {
        &[$((concat!("pictures/", $name, ".png"), include_bytes!(concat!("../../../../docs/manual/pictures/", $name, ".png")))),*]
    };
}

/// All pictures.
pub(super) const PICTURES: &[Held] = held![
    "ask",
    "bid",
    "c2g-battery",
    "c2g-grid",
    "c2g-market",
    "c2g-regulation",
    "c2g-reward",
    "c2g-thermal",
    "c2g-workload",
    "chart",
    "commands",
    "control",
    "cursors",
    "events",
    "everything",
    "explain",
    "export",
    "faceplate",
    "headroom",
    "lab",
    "levers",
    "live",
    "now",
    "observation",
    "one_line",
    "play",
    "replay",
    "runs",
    "scoreboard",
    "signals",
    "site",
    "steps",
    "study_ablation",
    "study_acceptance",
    "study_battery_cycle",
    "study_cop",
    "study_failures",
    "study_frequency",
    "study_hvac",
    "study_implied_cop",
    "study_loss_chain",
    "study_prices",
    "study_pue",
    "study_pump_fault",
    "study_regd",
    "study_round_trip",
    "study_scenario_grid",
    "study_scenario_risk",
    "study_scenario_traces",
    "study_scenarios",
    "study_steady_state",
    "study_step_response",
    "study_thermal_constants",
    "study_throttle",
    "study_tornado",
    "study_ups",
    "study_voltage",
    "study_weather",
    "study_workload",
    "sustaindc-air",
    "sustaindc-carbon",
    "sustaindc-queue",
    "sustaindc-rewards",
    "timeline",
    "tour",
    "welcome",
    "why",
];

/// The bytes of a picture.
#[cfg(test)]
pub(super) fn bytes(name: &str) -> Option<&'static [u8]> {
    PICTURES.iter().find(|(known, _)| *known == name).map(|(_, bytes)| *bytes)
}

/// The picture of a tile of a plant's own tables, where there is one.
pub(super) fn of_plant(plant: &str, tile: &str) -> Option<&'static str> {
    let name = format!("pictures/{plant}-{tile}.png");
    PICTURES.iter().find(|(known, _)| *known == name).map(|(known, _)| *known)
}

/// Pixels of a PNG, 8 bits a colour or a palette of them.
fn decoded(bytes: &[u8]) -> Option<ColorImage> {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().ok()?;
    let mut pixels = vec![0; reader.output_buffer_size()?];
    let info = reader.next_frame(&mut pixels).ok()?;
    pixels.truncate(info.buffer_size());
    let size = [usize::try_from(info.width).ok()?, usize::try_from(info.height).ok()?];
    match info.color_type {
        png::ColorType::Rgb => Some(ColorImage::from_rgb(size, &pixels)),
        png::ColorType::Rgba => Some(ColorImage::from_rgba_unmultiplied(size, &pixels)),
        png::ColorType::Grayscale => Some(ColorImage::from_gray(size, &pixels)),
        _ => None,
    }
}

/// Pictures that were shown: each is unpacked once.
#[derive(Clone, Default)]
struct Unpacked(HashMap<&'static str, Option<TextureHandle>>);

/// The picture of a name, unpacked.
fn texture(ui: &Ui, name: &str) -> Option<TextureHandle> {
    let (name, bytes) = PICTURES.iter().find(|(known, _)| *known == name)?;
    let id = Id::new("pictures of the manual");
    let known = ui.ctx().data_mut(|data| data.get_temp_mut_or_default::<Unpacked>(id).0.get(name).cloned());
    known.unwrap_or_else(|| {
        // Outside of egui's memory: both have a lock.
        let texture = decoded(bytes).map(|image| ui.ctx().load_texture(*name, image, TextureOptions::LINEAR));
        let kept = texture.clone();
        ui.ctx().data_mut(|data| data.get_temp_mut_or_default::<Unpacked>(id).0.insert(name, kept));
        texture
    })
}

/// Draws a picture with its words below it, as wide as the text at most.
pub(super) fn show(ui: &mut Ui, name: &str, words: &str, (side, width): (f32, f32), theme: &Theme) {
    let texture = texture(ui, name);
    let size = texture.as_ref().map_or(vec2(width, 24.0), |t| t.size_vec2());
    let shown = size * (width / size.x.max(1.0)).min(1.0);
    let pen = Pen::new(ui, theme);
    let below = if words.is_empty() { 0.0 } else { pen.paragraph_height(width, words, Face::Caption) + 6.0 };
    let (_, place) = ui.allocate_space(vec2(ui.available_width(), shown.y + below + 14.0));
    if !ui.is_rect_visible(place) {
        return;
    }
    let rect = Rect::from_min_size(place.min + vec2(side, 2.0), shown);
    match &texture {
        Some(texture) => {
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            pen.painter.image(texture.id(), rect, whole, egui::Color32::WHITE);
            pen.painter.rect_stroke(rect, 0.0, theme.outline(), egui::StrokeKind::Outside);
        }
        None => {
            pen.text(rect.left_center(), egui::Align::Min, "This picture is missing", Face::Label, theme.text3);
        }
    }
    if !words.is_empty() {
        pen.paragraph(rect.left_bottom() + vec2(0.0, 6.0), width, words, Face::Caption, theme.text3);
    }
    widget::spoken(ui, rect, ui.id().with(("picture", name)), &format!("Picture: {words}"));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    #[test]
    fn every_picture_is_small_and_can_be_unpacked() {
        let mut all = 0;
        for (name, bytes) in PICTURES {
            let image = decoded(bytes).unwrap_or_else(|| panic!("{name}"));
            assert!(image.size[0] >= 200 && image.size[0] <= 1_300 && image.size[1] >= 60, "{name}: {:?}", image.size);
            assert!(bytes.len() < 150_000, "{name}: {} bytes", bytes.len());
            all += bytes.len();
        }
        assert!(all < 2_500_000, "{all} bytes together");
        assert!(bytes("pictures/none.png").is_none() && decoded(b"no picture").is_none());
    }

    #[test]
    fn every_picture_that_lies_beside_the_pages_is_part_of_the_program() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/manual/pictures");
        let files = std::fs::read_dir(folder).unwrap().filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut files: Vec<String> = files.filter(|name| name.ends_with(".png")).collect();
        files.sort();
        let mut held: Vec<&str> = PICTURES.iter().filter_map(|(name, _)| name.strip_prefix("pictures/")).collect();
        held.sort_unstable();
        assert_eq!(files, held);
    }
}
