//! The Site tile without its scene: labels, legend, stations and what a person does on the picture.

use c2g_twin::app::panel::{self, PanelState, Selection, TileId};
use c2g_twin::app::stage::{Anchor, Legend, Reading, StageTell, Station};
use c2g_twin::app::theme::ThemeName;
use c2g_twin::plant::Planned;
use c2g_twin::session::{PlannedView, RunView};
use c2g_twin::signal::Alarm;
use egui_kittest::kittest::Queryable;
use egui_kittest::{Harness, SnapshotOptions};

use super::views;

struct Shown {
    panel: PanelState,
    view: RunView,
}

/// The tile in a window of its own.
struct Tile {
    harness: Harness<'static, Shown>,
}

impl Tile {
    fn open(view: RunView, tell: StageTell, size: (f32, f32), theme: ThemeName, scale: f32) -> Self {
        let mut panel = PanelState::default();
        panel.theme = theme;
        panel.set_scale(scale);
        panel.stage.tell = tell;
        let harness = Harness::builder().with_size(size).with_max_steps(12).wgpu().build_ui_state(
            |ui, shown: &mut Shown| {
                let whole = ui.ctx().content_rect();
                let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(whole));
                ui.set_clip_rect(whole);
                let Shown { panel, view } = shown;
                panel::tile_alone(&mut ui, panel, view, &TileId::Site, &mut Vec::new());
            },
            Shown { panel, view },
        );
        let mut tile = Self { harness };
        tile.harness.run_steps(4);
        tile
    }

    fn snapshot(&mut self, name: &str) {
        self.harness.remove_cursor();
        self.harness.run_steps(4);
        let options = SnapshotOptions::new().threshold(1.2).failed_pixel_count_threshold(200_usize);
        self.harness.snapshot_options(name, &options);
    }

    fn state(&self) -> &PanelState {
        &self.harness.state().panel
    }
}

/// What the scene would tell of the shipped plant, seen from its first station.
fn told(view: &RunView) -> StageTell {
    let entity = |name: &str| view.spec.entities.iter().position(|e| e.name == name).expect(name);
    let reading = |(name, scale, unit, decimals): (&str, f64, &str, usize)| Reading {
        signal: view.spec.signal(name).expect(name),
        scale,
        unit: unit.to_owned(),
        decimals,
        signed: name == "p_bess_mw",
    };
    type Row<'a> = (&'a str, &'a str, &'a str, &'a [(&'a str, f64, &'a str, usize)], [f32; 2], [f32; 2], u8);
    let rows: [Row<'_>; 6] = [
        (
            "zone_a",
            "Zone A, liquid",
            "Zone A",
            &[("t_zone_a_degc", 1.0, "°C", 1), ("p_it_a_mw", 1.0, "MW IT", 1)],
            [0.42, 0.3],
            [-96.0, -92.0],
            0,
        ),
        (
            "zone_b",
            "Zone B, air",
            "Zone B",
            &[("t_zone_b_degc", 1.0, "°C", 1), ("p_it_b_mw", 1.0, "MW IT", 1)],
            [0.77, 0.26],
            [-30.0, -98.0],
            0,
        ),
        ("pcc", "Tie line 138 kV", "Tie line", &[("p_facility_mw", 1.0, "MW in", 1)], [0.05, 0.04], [24.0, -30.0], 0),
        (
            "bess",
            "Battery 15 MWh",
            "Battery",
            &[("p_bess_mw", 1.0, "MW", 1), ("soc_frac", 100.0, "%", 0)],
            [0.29, 0.85],
            [34.0, 14.0],
            0,
        ),
        (
            "transformer",
            "Transformer 300 MVA",
            "Transformer",
            &[("p_xfmr_loss_mw", 1.0, "MW loss", 2)],
            [0.16, 0.44],
            [-30.0, -92.0],
            1,
        ),
        (
            "cdu",
            "CDU pumps",
            "CDU",
            &[("pump_speed", 1.0, "speed", 2), ("p_pump_mw", 1.0, "MW", 2)],
            [0.35, 0.64],
            [44.0, 52.0],
            2,
        ),
    ];
    let anchors = rows.into_iter().enumerate().map(|(k, (name, label, brief, readings, at, lean, rank))| Anchor {
        entity: entity(name),
        label: label.to_owned(),
        brief: brief.to_owned(),
        readings: readings.iter().copied().map(reading).collect(),
        at,
        lean,
        depth: 100.0 + k as f32,
        rank,
    });
    let station = |name: &str, label: &str, brief: &str| Station {
        name: name.to_owned(),
        label: label.to_owned(),
        brief: brief.to_owned(),
    };
    StageTell {
        stations: vec![
            station("overview", "Overview", "Overview"),
            station("zone_a", "Zone A", "A"),
            station("yard", "Yard", "Yard"),
        ],
        station: Some("overview".to_owned()),
        anchors: anchors.collect(),
        caption: vec!["1 cabinet drawn = 20".to_owned(), "Cold aisle = supply".to_owned()],
        legend: Some(Legend {
            title: "Temperature, °C".to_owned(),
            marks_degc: vec![(33.0, Alarm::Warn), (35.0, Alarm::Trip)],
        }),
        ..StageTell::default()
    }
}

/// A run in which zone A is too warm.
fn warm(mut view: RunView) -> RunView {
    let mut row = view.row.to_vec();
    row[view.spec.signal("t_zone_a_degc").expect("zone A")] = 33.1;
    view.row = row.into();
    view
}

fn looks(name: &str, theme: ThemeName, size: (f32, f32), scale: f32, view: RunView) {
    let tell = told(&view);
    Tile::open(view, tell, size, theme, scale).snapshot(&format!("tile_site_{name}"));
}

#[test]
fn the_site_looks_right_where_there_is_room() {
    looks("dark_1112", ThemeName::Dark, (1_128.0, 480.0), 1.0, views::day(600));
}

#[test]
fn the_site_looks_right_where_room_is_short() {
    looks("light_616", ThemeName::Light, (632.0, 412.0), 1.0, views::day(600));
}

#[test]
fn the_site_shows_a_warning() {
    looks("operator_warm_1112", ThemeName::Operator, (1_128.0, 480.0), 1.0, warm(views::day(600)));
}

/// Zone A with a failed pump, the battery out of service.
fn befallen(mut view: RunView) -> RunView {
    let planned = |(id, name): (usize, &str)| {
        let Planned { label, input, change, from, until } = view.spec.disturbance(name).expect(name).at(view.tick);
        PlannedView { id: id as u64, label, input, change, from, until }
    };
    view.beside.plan = ["pump_fault", "battery_outage"].into_iter().enumerate().map(planned).collect();
    view
}

#[test]
fn labels_say_what_befalls_a_thing() {
    let view = befallen(views::day(600));
    let tell = told(&view);
    let mut tile = Tile::open(view, tell, (1_128.0, 480.0), ThemeName::Dark, 1.0);
    assert!(tile.harness.query_by_label_contains("warning, pump fault").is_some());
    assert!(tile.harness.query_by_label_contains("warning, battery outage").is_some());
    tile.snapshot("tile_site_befallen_dark");
}

#[test]
fn the_site_looks_right_at_twice_the_scale_and_before_the_first_tick() {
    looks("contrast_scaled", ThemeName::HighContrast, (1_280.0, 820.0), 2.0, views::day(0));
}

#[test]
fn a_site_without_a_picture_says_why() {
    let tell = StageTell {
        failure: Some("This plant has no 3D scene. The one-line shows its flows.".to_owned()),
        ..StageTell::default()
    };
    let mut tile = Tile::open(views::Toy::chargers().view(), tell, (632.0, 412.0), ThemeName::Light, 1.0);
    assert!(tile.harness.query_by_label_contains("no 3D scene").is_some());
    tile.snapshot("tile_site_none_light");
}

#[test]
fn labels_select_and_the_picture_takes_what_was_hit() {
    let day = views::day(20);
    let (tell, bess) = (told(&day), day.spec.entities.iter().position(|e| e.name == "bess"));
    let mut tile = Tile::open(day, tell, (1_128.0, 480.0), ThemeName::Dark, 1.0);
    tile.harness.get_by_label_contains("Battery 15 MWh").click();
    tile.harness.run_steps(3);
    assert_eq!(tile.state().selection.entity, bess);
    assert_eq!(tile.state().stage.ask.selected, bess);
    tile.harness.state_mut().panel.stage.tell.picked = Some(None);
    tile.harness.run_steps(3);
    assert_eq!(tile.state().selection, Selection::default());
}

#[test]
fn buttons_keys_and_drags_ask_the_camera() {
    let day = views::day(20);
    let tell = told(&day);
    let mut tile = Tile::open(day, tell, (1_128.0, 480.0), ThemeName::Dark, 1.0);
    assert_eq!(tile.state().stage.ask.size_px.map(|[w, h]| (w, h)), Some((1_110, 434)));
    tile.harness.get_by_label("Camera: Yard").click();
    tile.harness.run_steps(2);
    assert_eq!(tile.state().stage.ask.station.as_deref(), Some("yard"));
    tile.harness.get_by_label("3D picture of the site").focus();
    tile.harness.run_steps(2);
    tile.harness.key_press(egui::Key::ArrowLeft);
    tile.harness.run_steps(3);
    tile.harness.key_press(egui::Key::Plus);
    tile.harness.run_steps(3);
    let ask = tile.state().stage.ask.clone();
    assert!(ask.orbit_pt[0] > 0.0 && ask.zoom_pt > 0.0, "{ask:?}");
    let at = egui::pos2(700.0, 380.0);
    for (button, step) in [(egui::PointerButton::Primary, 30.0), (egui::PointerButton::Secondary, 40.0)] {
        let event =
            |pos, pressed| egui::Event::PointerButton { pos, button, pressed, modifiers: egui::Modifiers::NONE };
        tile.harness.event(egui::Event::PointerMoved(at));
        tile.harness.event(event(at, true));
        tile.harness.run_steps(1);
        let there = at + egui::vec2(step, 10.0);
        tile.harness.event(egui::Event::PointerMoved(there));
        tile.harness.run_steps(1);
        tile.harness.event(event(there, false));
        tile.harness.run_steps(1);
    }
    let after = tile.state().stage.ask.clone();
    assert!(after.orbit_pt[0] > ask.orbit_pt[0] && after.pan_pt[0] >= 40.0, "{after:?}");
    assert_eq!(after.click, None, "a drag is no click");
    tile.harness.event(egui::Event::PointerMoved(at));
    tile.harness.run_steps(1);
    for pressed in [true, false] {
        let (button, modifiers) = (egui::PointerButton::Primary, egui::Modifiers::NONE);
        tile.harness.event(egui::Event::PointerButton { pos: at, button, pressed, modifiers });
        tile.harness.run_steps(1);
    }
    let click = tile.state().stage.ask.click.expect("a click on the picture");
    assert!((click[0] - (700.0 - 9.0) / 1_110.0).abs() < 1e-3, "{click:?}");
}

#[test]
fn nothing_breaks_where_nothing_fits() {
    let day = views::day(0);
    let tell = told(&day);
    for size in [(40.0, 60.0), (17.0, 90.0), (300.0, 120.0)] {
        Tile::open(day.clone(), tell.clone(), size, ThemeName::Dark, 1.0);
    }
    let broken = StageTell {
        anchors: tell.anchors.iter().map(|a| Anchor { at: [f32::NAN, 0.5], depth: f32::NAN, ..a.clone() }).collect(),
        ..tell
    };
    Tile::open(day, broken, (632.0, 412.0), ThemeName::Dark, 1.0);
}
