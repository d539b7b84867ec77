//! The one-line and the faceplate, alone.

use std::sync::Arc;

use c2g_twin::app::panel::{self, PanelState, Selection, TileId};
use c2g_twin::app::theme::ThemeName;
use c2g_twin::rollout::Setup;
use c2g_twin::session::{Command, RunView, Session, SessionOptions};
use egui_kittest::kittest::{NodeT, Queryable};
use egui_kittest::{Harness, SnapshotOptions, SnapshotResults};

use super::views::{self, Toy};
use crate::plants;

/// A tile alone, with what was asked for.
struct Alone {
    panel: PanelState,
    view: RunView,
    asked: Vec<Command>,
}

struct Bench(Harness<'static, Alone>);

impl Bench {
    /// A tile of a size (its frame included), on so many physical pixels a point.
    fn open(tile: TileId, view: RunView, size: (f32, f32), theme: ThemeName, scale: f32) -> Self {
        let mut panel = PanelState::default();
        panel.theme = theme;
        let mut bench = Self(
            Harness::builder()
                .with_size((size.0 + 16.0, size.1 + 16.0))
                .with_pixels_per_point(scale)
                .with_max_steps(12)
                .wgpu()
                .build_ui_state(
                    move |ui, alone: &mut Alone| {
                        let whole = ui.ctx().content_rect();
                        let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(whole));
                        ui.set_clip_rect(whole);
                        panel::tile_alone(&mut ui, &mut alone.panel, &alone.view, &tile, &mut alone.asked);
                    },
                    Alone { panel, view, asked: Vec::new() },
                ),
        );
        bench.0.run_steps(4);
        bench
    }

    fn select(mut self, entity: &str) -> Self {
        let alone = self.0.state_mut();
        let entity = alone.view.spec.entities.iter().position(|e| e.name == entity).expect("an entity of the plant");
        alone.panel.selection = Selection { entity: Some(entity), signal: None };
        self.0.run_steps(3);
        self
    }

    /// Compares it with its picture; the results of all pictures of a test are judged together.
    fn picture(mut self, name: &str, all: &mut SnapshotResults) {
        let options = SnapshotOptions::new().threshold(1.2).failed_pixel_count_threshold(200_usize);
        self.0.snapshot_options(name, &options);
        all.extend(self.0.take_snapshot_results());
    }
}

fn one_line(view: RunView, size: (f32, f32), theme: ThemeName) -> Bench {
    Bench::open(TileId::OneLine, view, size, theme, 1.0)
}

/// A toy of tables after some ticks.
fn toy(plant: &str, ticks: u64) -> RunView {
    let setup = Setup { plant: plant.to_owned(), ..Setup::default() };
    let session =
        Session::start(plants::world(), setup, SessionOptions::default()).unwrap_or_else(|e| panic!("{}", e.report()));
    (0..ticks).for_each(|_| session.send(Command::StepTick));
    let begin = std::time::Instant::now();
    while session.view().tick < ticks {
        assert!(begin.elapsed().as_secs() < 20, "the toy did not get there");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    RunView::clone(&session.view())
}

const WIDE: (f32, f32) = (440.0, 368.0);
/// The tile in the layout Live of a window of 1920 x 1080: every branch tells its reactive power.
const LIVE: (f32, f32) = (434.0, 314.0);
const LOW: (f32, f32) = (440.0, 260.0);
const NARROW: (f32, f32) = (370.0, 390.0);
const SMALL: (f32, f32) = (240.0, 180.0);

#[test]
fn one_line_of_the_default_day() {
    let (day, mut all) = (views::day(10_327), SnapshotResults::new());
    one_line(day.clone(), WIDE, ThemeName::Dark).picture("tile_one_line_dark", &mut all);
    one_line(day.clone(), LOW, ThemeName::Dark).picture("tile_one_line_low", &mut all);
    one_line(day.clone(), NARROW, ThemeName::Dark).picture("tile_one_line_narrow", &mut all);
    one_line(day.clone(), NARROW, ThemeName::Operator).picture("tile_one_line_operator", &mut all);
    one_line(day.clone(), SMALL, ThemeName::Dark).picture("tile_one_line_small", &mut all);
    one_line(day.clone(), LIVE, ThemeName::Dark).picture("tile_one_line_live", &mut all);
    one_line(day.clone(), (900.0, 560.0), ThemeName::Light).picture("tile_one_line_large", &mut all);
    Bench::open(TileId::OneLine, day, WIDE, ThemeName::HighContrast, 2.0).picture("tile_one_line_2x", &mut all);
}

#[test]
fn one_line_before_the_first_tick() {
    let mut all = SnapshotResults::new();
    one_line(views::day(0), WIDE, ThemeName::Light).picture("tile_one_line_begin", &mut all);
}

#[test]
fn one_line_of_plants_it_has_never_heard_of() {
    let mut all = SnapshotResults::new();
    one_line(toy(plants::CHARGERS, 150), WIDE, ThemeName::Dark).picture("tile_one_line_chargers", &mut all);
    one_line(toy(plants::THREE_AGENTS, 50), LOW, ThemeName::Light).picture("tile_one_line_hall", &mut all);
    one_line(Toy::positions().view(), LOW, ThemeName::Dark).picture("tile_one_line_none", &mut all);
}

#[test]
fn a_click_selects_and_everything_has_a_name() {
    let mut bench = one_line(views::day(10_327), WIDE, ThemeName::Dark);
    let name = bench.0.get_by_label_contains("UPS A:").accesskit_node().label().unwrap_or_default();
    assert!(name.contains("MW in, loss ") && name.contains(", efficiency ") && name.ends_with('%'), "{name}");
    for name in ["PCC 138 kV:", "Transformer:", "Zone B IT:", "Pump A:", "Auxiliary:", "Battery:", "Cooling:"] {
        assert_eq!(bench.0.query_all_by_label_contains(name).count(), 1, "{name}");
    }
    assert_eq!(bench.0.query_all_by_label_contains("; closes").count(), 1);
    bench.0.get_by_label_contains("UPS A:").click();
    bench.0.run_steps(4);
    let alone = bench.0.state();
    let selected = alone.panel.selection.entity.and_then(|e| alone.view.spec.entities.get(e));
    assert_eq!(selected.map(|e| e.label.as_str()), Some("UPS A"));
    bench.0.get_by_label_contains("UPS A:").hover();
    bench.0.run_steps(2);
    std::thread::sleep(std::time::Duration::from_millis(500));
    bench.0.run_steps(6);
    let mut all = SnapshotResults::new();
    bench.picture("tile_one_line_selected", &mut all);
}

fn faceplate(view: RunView, of: &str, size: (f32, f32), theme: ThemeName) -> Bench {
    Bench::open(TileId::Faceplate, view, size, theme, 1.0).select(of)
}

#[test]
fn faceplates_of_the_default_day() {
    let (day, mut all) = (views::day(10_327), SnapshotResults::new());
    faceplate(day.clone(), "ups_a", (320.0, 560.0), ThemeName::Dark).picture("tile_faceplate_dark", &mut all);
    faceplate(day.clone(), "zone_a", (320.0, 680.0), ThemeName::Light).picture("tile_faceplate_light", &mut all);
    faceplate(day.clone(), "bess", (320.0, 420.0), ThemeName::Operator).picture("tile_faceplate_operator", &mut all);
    faceplate(day.clone(), "pcc", (240.0, 180.0), ThemeName::Dark).picture("tile_faceplate_small", &mut all);
    let nothing = Bench::open(TileId::Faceplate, day.clone(), (320.0, 180.0), ThemeName::Dark, 1.0);
    nothing.picture("tile_faceplate_nothing", &mut all);
    let double = Bench::open(TileId::Faceplate, day, (320.0, 560.0), ThemeName::HighContrast, 2.0);
    double.select("cdu").picture("tile_faceplate_2x", &mut all);
    faceplate(views::day(0), "ups_a", (320.0, 560.0), ThemeName::Dark).picture("tile_faceplate_begin", &mut all);
}

#[test]
fn faceplates_of_what_went_wrong_and_of_toys() {
    let mut all = SnapshotResults::new();
    let hot = super::pictures::tripped();
    for (theme, name) in [(ThemeName::Dark, "dark"), (ThemeName::Operator, "operator")] {
        let name = format!("tile_faceplate_tripped_{name}");
        faceplate(hot.clone(), "zone_b", (320.0, 620.0), theme).picture(&name, &mut all);
        let name = name.replace("faceplate", "one_line");
        one_line(hot.clone(), WIDE, theme).picture(&name, &mut all);
    }
    let park = toy(plants::CHARGERS, 150);
    faceplate(park.clone(), "feeder", (320.0, 480.0), ThemeName::Dark).picture("tile_faceplate_feeder", &mut all);
    faceplate(park, "row_02", (320.0, 480.0), ThemeName::Light).picture("tile_faceplate_row", &mut all);
}

#[test]
fn a_faceplate_leads_to_its_neighbours() {
    let mut bench = faceplate(views::day(300), "zone_a", (320.0, 1_400.0), ThemeName::Dark);
    assert_eq!(bench.0.query_all_by_label_contains("Zone A, Zone, part of Site").count(), 1);
    bench.0.get_by_label("Select Liquid cooling").click();
    bench.0.run_steps(4);
    let alone = bench.0.state();
    let selected = alone.panel.selection.entity.and_then(|e| alone.view.spec.entities.get(e));
    assert_eq!(selected.map(|e| e.name.as_str()), Some("cdu"));
}

#[test]
fn any_size_and_any_number_is_drawn() {
    let mut view = views::day(300);
    for size in [(1.0, 1.0), (60.0, 40.0), (240.0, 60.0), (90.0, 400.0), (300.0, 140.0)] {
        one_line(view.clone(), size, ThemeName::Dark);
        Bench::open(TileId::Faceplate, view.clone(), size, ThemeName::Dark, 1.0).select("bess");
    }
    for odd in [f64::NAN, f64::INFINITY, -1e30, 0.0] {
        let row: Vec<f64> = view.row.iter().map(|_| odd).collect();
        view.row = Arc::from(row);
        one_line(view.clone(), WIDE, ThemeName::Dark);
        Bench::open(TileId::Faceplate, view.clone(), WIDE, ThemeName::Dark, 1.0).select("bess");
    }
}
