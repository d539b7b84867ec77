//! Every tile alone: two themes, two scales; and all layouts at all sizes.

use c2g_twin::app::panel::{BuiltIn, PanelState, TileId, workspace};
use c2g_twin::app::theme::ThemeName;
use c2g_twin::session::RunView;
use egui_kittest::{Harness, SnapshotOptions, SnapshotResults};

use super::views::{self, Toy};

/// Draws a tile alone and compares it with its picture; the results of all pictures of a test are judged together.
fn picture(
    view: &RunView,
    tile: &TileId,
    size: (f32, f32),
    (theme, scale): (ThemeName, f32),
    name: &str,
) -> SnapshotResults {
    let mut panel = PanelState::default();
    panel.theme = theme;
    panel.set_scale(scale);
    let (view, tile) = (view.clone(), tile.clone());
    let mut harness =
        Harness::builder().with_size((size.0 * scale, size.1 * scale)).with_max_steps(12).wgpu().build_ui(move |ui| {
            let whole = ui.ctx().content_rect();
            let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(whole));
            ui.set_clip_rect(whole);
            c2g_twin::app::panel::tile_alone(&mut ui, &mut panel, &view, &tile, &mut Vec::new());
        });
    harness.run_steps(4);
    let options = SnapshotOptions::new().threshold(1.2).failed_pixel_count_threshold(400_usize);
    harness.snapshot_options(name, &options);
    harness.take_snapshot_results()
}

#[test]
fn every_tile_in_two_themes_and_two_scales() {
    let (view, mut all) = (views::day(10_327), SnapshotResults::new());
    // The scoreboard has pictures of its own, with results on it.
    for tile in TileId::all(&view.spec).into_iter().filter(|tile| *tile != TileId::Scoreboard) {
        let name = tile.to_string().replace(':', "_");
        let size = if tile == TileId::Timeline { (640.0, 120.0) } else { (640.0, 400.0) };
        all.extend(picture(&view, &tile, size, (ThemeName::Dark, 1.0), &format!("each_{name}_dark")));
        all.extend(picture(&view, &tile, size, (ThemeName::Operator, 2.0), &format!("each_{name}_operator_2x")));
    }
}

/// Draws the whole window without looking at it; a panic or a clash of names would end the test.
pub fn draw(view: &RunView, layout: &str, size: (f32, f32), scale: f32) {
    let mut panel = PanelState::default();
    panel.set_scale(scale);
    panel.tiling.choose(layout);
    let view = view.clone();
    let mut harness = Harness::builder().with_size(size).with_max_steps(12).build_ui(move |ui| {
        let whole = ui.ctx().content_rect();
        let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(whole));
        workspace(&mut ui, &mut panel, &view, &mut Vec::new());
    });
    harness.run_steps(2);
}

/// Smallest, usual and largest window, each with the scale that is hardest on it.
const WINDOWS: [((f32, f32), f32); 6] = [
    ((640.0, 400.0), 1.0),
    ((640.0, 400.0), 2.0),
    ((960.0, 640.0), 1.0),
    ((1280.0, 800.0), 1.0),
    ((1920.0, 1080.0), 0.75),
    ((3840.0, 2160.0), 2.0),
];

pub fn at_every_size(view: &RunView) {
    for layout in BuiltIn::ALL {
        for (size, scale) in WINDOWS {
            draw(view, layout.name(), size, scale);
        }
    }
}

#[test]
fn every_layout_stands_at_every_size_and_scale() {
    at_every_size(&views::day(1_500));
}

#[test]
fn every_layout_stands_before_the_first_tick() {
    at_every_size(&views::day(0));
}

#[test]
fn every_layout_stands_for_other_plants() {
    at_every_size(&Toy::positions().view());
    draw(&Toy::chargers().view(), "Everything", (1280.0, 800.0), 1.0);
}

#[test]
fn a_window_of_no_size_draws_nothing_and_does_not_fail() {
    let view = views::day(400);
    for size in [(1.0, 1.0), (30.0, 400.0), (400.0, 30.0), (120.0, 90.0)] {
        draw(&view, "Everything", size, 1.0);
    }
}
