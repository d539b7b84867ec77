//! Tiles that plants compose: what they show, and what they look like at any size.

use std::sync::Arc;

use c2g_twin::app::panel::{self, PanelState, TileId};
use c2g_twin::app::theme::ThemeName;
use c2g_twin::plant::{
    Column, IntervalRow, Intervals, Lines, Part, PlantSpec, Readout, Role, Row, Series, Source, TileSpec, Told,
};
use c2g_twin::record::{Recorder, Recording};
use c2g_twin::rollout::Setup;
use c2g_twin::session::{Command, RunView};
use egui_kittest::kittest::Queryable;
use egui_kittest::{Harness, SnapshotOptions};

use super::desk::Desk;
use super::views::{self, Toy};

/// A window with tiles and nothing else.
struct Alone {
    panel: PanelState,
    view: RunView,
    asked: Vec<Command>,
}

/// A tile by name with the size that it is drawn at, points.
type Sized = (&'static str, (f32, f32));

/// Places of tiles: from left to right, a new line where they reach a width.
fn places(tiles: &[Sized], width: f32) -> (Vec<egui::Rect>, egui::Vec2) {
    let mut at = egui::pos2(0.0, 0.0);
    let (mut high, mut size) = (0.0_f32, egui::Vec2::ZERO);
    let mut out = Vec::new();
    for (_, (w, h)) in tiles {
        let (w, h) = (w + 16.0, h + 16.0);
        if at.x > 0.0 && at.x + w > width {
            at = egui::pos2(0.0, at.y + high);
            high = 0.0;
        }
        out.push(egui::Rect::from_min_size(at, egui::vec2(w, h)));
        at.x += w;
        high = high.max(h);
        size = size.max(egui::vec2(at.x, at.y + high));
    }
    (out, size)
}

/// Opens tiles side by side.
fn open(view: RunView, tiles: &'static [Sized], width: f32, theme: ThemeName, scale: f32) -> Harness<'static, Alone> {
    let mut panel = PanelState::default();
    panel.theme = theme;
    panel.set_scale(scale);
    let (places, size) = places(tiles, width);
    let mut harness = Harness::builder().with_size(size * scale).with_max_steps(12).wgpu().build_ui_state(
        move |ui, shown: &mut Alone| {
            for ((name, _), place) in tiles.iter().zip(&places) {
                let id = TileId::Plant((*name).to_owned());
                let child =
                    egui::UiBuilder::new().max_rect(*place).id_salt((name, place.left() as i32, place.top() as i32));
                let mut ui = ui.new_child(child);
                ui.set_clip_rect(*place);
                panel::tile_alone(&mut ui, &mut shown.panel, &shown.view, &id, &mut shown.asked);
            }
        },
        Alone { panel, view, asked: Vec::new() },
    );
    harness.run_steps(4);
    harness
}

fn picture(harness: &mut Harness<'static, Alone>, name: &str) {
    harness.remove_cursor();
    harness.run_steps(2);
    let options = SnapshotOptions::new().threshold(1.2).failed_pixel_count_threshold(200_usize);
    harness.snapshot_options(format!("tile_parts_{name}"), &options);
}

/// All tiles at the sizes that they have at 1920 × 1080.
const WIDE: [Sized; 7] = [
    ("regulation", (832.0, 304.0)),
    ("reward", (496.0, 304.0)),
    ("market", (560.0, 304.0)),
    ("battery", (440.0, 215.0)),
    ("thermal", (440.0, 215.0)),
    ("workload", (560.0, 304.0)),
    ("grid", (440.0, 304.0)),
];

/// The same at 1280 × 800.
const NARROW: [Sized; 7] = [
    ("regulation", (744.0, 232.0)),
    ("reward", (512.0, 232.0)),
    ("market", (512.0, 232.0)),
    ("battery", (376.0, 232.0)),
    ("thermal", (376.0, 232.0)),
    ("workload", (376.0, 232.0)),
    ("grid", (376.0, 232.0)),
];

/// Far smaller than anybody wants them.
const SMALL: [Sized; 7] = [
    ("regulation", (240.0, 160.0)),
    ("reward", (240.0, 160.0)),
    ("market", (240.0, 160.0)),
    ("battery", (240.0, 160.0)),
    ("thermal", (240.0, 160.0)),
    ("workload", (240.0, 160.0)),
    ("grid", (240.0, 160.0)),
];

/// On a large screen: every column has its place.
const LARGE: [Sized; 4] = [
    ("regulation", (1_000.0, 480.0)),
    ("reward", (1_000.0, 480.0)),
    ("market", (1_000.0, 480.0)),
    ("thermal", (1_000.0, 480.0)),
];

const TWO: [Sized; 3] = [("battery", (440.0, 215.0)), ("thermal", (440.0, 215.0)), ("market", (560.0, 304.0))];

const TOY: [Sized; 6] = [
    ("gauges", (300.0, 240.0)),
    ("gauges", (560.0, 160.0)),
    ("storage", (400.0, 240.0)),
    ("earned", (420.0, 240.0)),
    ("decisions", (480.0, 300.0)),
    ("words", (260.0, 300.0)),
];

#[test]
fn dark() {
    picture(&mut open(views::day(10_327), &WIDE, 1_300.0, ThemeName::Dark, 1.0), "wide_dark");
}

#[test]
fn light() {
    picture(&mut open(views::day(10_327), &NARROW, 1_300.0, ThemeName::Light, 1.0), "narrow_light");
}

#[test]
fn small() {
    picture(&mut open(views::day(10_327), &SMALL, 1_100.0, ThemeName::Dark, 1.0), "small_dark");
}

#[test]
fn large() {
    picture(&mut open(views::day(10_327), &LARGE, 2_100.0, ThemeName::Operator, 1.0), "large_operator");
}

/// Minutes before a thermal trip: cooling is pinned low.
fn hot() -> RunView {
    let mut setup = Setup::default_day().unwrap();
    setup.fixed_actions.insert("hardware.hvac_effort".to_owned(), 0.05);
    setup.fixed_actions.insert("hardware.pump_speed_A".to_owned(), 0.15);
    let view = views::run(setup, 372, &[]);
    assert!(view.end.is_none());
    view
}

#[test]
fn hot_operator() {
    picture(&mut open(hot(), &TWO, 1_000.0, ThemeName::Operator, 1.0), "hot_operator");
}

#[test]
fn hot_twice_as_large() {
    picture(&mut open(hot(), &TWO, 1_000.0, ThemeName::Dark, 2.0), "hot_dark_200");
}

#[test]
fn before_the_first_tick() {
    picture(&mut open(views::day(0), &NARROW, 1_300.0, ThemeName::Dark, 1.0), "begin_dark");
}

#[test]
fn toy() {
    picture(&mut open(toy_view(), &TOY, 1_100.0, ThemeName::HighContrast, 1.0), "toy_high_contrast");
}

fn readout(label: &str, source: Source, unit: &str, decimals: usize) -> Readout {
    Readout::new(label, source, unit, decimals, "A number of the toy.")
}

fn row(share: f32, part: Part) -> Row {
    Row { share, part }
}

fn tile(name: &str, title: &str, rows: Vec<Row>) -> TileSpec {
    TileSpec {
        name: name.to_owned(),
        title: title.to_owned(),
        caption: "of the toy".to_owned(),
        rows,
        ..TileSpec::default()
    }
}

/// Every kind of part on a plant of five signals.
fn toy_tiles() -> Vec<TileSpec> {
    let series = [Series { signal: 0, role: Role::Line }];
    let lines = Part::Lines(Lines::new("power", "Power, MW", series.to_vec()));
    let numbers = vec![
        readout("Power", Source::Signal(0), "MW", 1).prominent().signed(),
        readout("Room", Source::Signal(1), "°C", 1).prominent(),
        readout("All of it", Source::Sum(0), "MWh", 0).scaled(250.0),
        readout("This round", Source::SumSince(0, 2), "MW", 1),
        readout("Spread", Source::RmsSince(0, 2), "MW", 2),
        readout("Warms", Source::SlopePerMinute(1), "K/min", 3).signed(),
        readout("Since the begin", Source::Change(1), "K", 1).signed(),
        readout("Nothing", Source::Metric(7), "", 1),
    ];
    let intervals = Part::Intervals(Intervals {
        slot: 2,
        steps: vec![1],
        bars: vec![0],
        won: None,
        rows: vec![IntervalRow { label: "Worth".to_owned(), signal: 2, told: Told::AtClose, decimals: 1 }],
    });
    let swing = Part::Swing {
        title: "Power, MW".to_owned(),
        signal: 0,
        limit_low: None,
        limit_high: Some(1),
        verbs: ("give".to_owned(), "draw".to_owned()),
    };
    let side = |rows| Column { share: 1.0, least_pt: 60.0, rows };
    let storage = Part::Columns(vec![
        Column { share: 0.3, ..side(vec![row(1.0, Part::Level { signal: 1, usable: (15.0, 32.0) })]) },
        side(vec![row(0.0, swing), row(1.0, lines)]),
    ]);
    vec![
        tile("gauges", "Gauges", vec![row(0.0, Part::Gauges(vec![1, 0, 2]))]),
        tile("storage", "Storage", vec![row(1.0, storage)]),
        tile("earned", "Earned", vec![row(0.0, Part::Terms { slot: 0 }), row(0.0, Part::Terms { slot: 9 })]),
        tile(
            "decisions",
            "Decisions",
            vec![row(1.0, intervals), row(0.0, Part::Countdown { slot: 2, words: "next in".to_owned() })],
        ),
        tile(
            "words",
            "Words",
            vec![
                row(0.0, Part::Readouts { title: "Numbers".to_owned(), list: numbers }),
                row(0.0, Part::Score { request: 0, response: 1 }),
                row(0.0, Part::Ahead { signals: vec![1, 77] }),
                row(0.0, Part::Note("Nothing of this means anything.".to_owned())),
            ],
        ),
    ]
}

/// The toy of positions with its tiles, its room beyond the warning.
fn toy_view() -> RunView {
    let mut view = Toy::positions().view();
    let mut spec = PlantSpec::clone(&view.spec);
    spec.tiles = toy_tiles();
    view.spec = Arc::new(spec);
    let mut values = view.row.to_vec();
    values[1] = 30.4;
    view.row = values.into();
    view
}

#[test]
fn names_are_spoken() {
    let harness = open(toy_view(), &TOY, 1_100.0, ThemeName::Dark, 1.0);
    for name in ["Room 30.4 °C", "next in", "Sum", "Warms"] {
        assert!(harness.query_all_by_label_contains(name).count() > 0, "{name}");
    }
}

#[test]
fn a_click_selects_the_signal_everywhere() {
    let mut harness = open(toy_view(), &[("gauges", (300.0, 240.0))], 400.0, ThemeName::Dark, 1.0);
    harness.get_by_label("Room 30.4 °C").click();
    harness.run_steps(3);
    assert_eq!(harness.state().panel.selection.signal, Some(1));
}

#[test]
fn a_click_on_an_interval_shows_it_in_the_charts() {
    let mut harness = open(views::day(10_327), &[("market", (560.0, 304.0))], 600.0, ThemeName::Dark, 1.0);
    assert!(harness.state().panel.charts.follows());
    harness.get_by_label_contains("13:30 to 13:45").click();
    harness.run_steps(3);
    assert!(!harness.state().panel.charts.follows());
    assert_eq!(harness.query_all_by_label_contains("14:15 to 14:30").count(), 0, "older intervals come into sight");
}

#[test]
fn tiles_stand_any_size_and_any_number() {
    let mut view = toy_view();
    view.row = vec![f64::NAN; view.row.len()].into();
    let mut nothing = Recorder::new(view.schema.len());
    nothing.push(&vec![f64::NAN; view.schema.len()]);
    for recording in [Recording::default(), nothing.picture()] {
        view.recording = recording;
        for size in [(0.0, 0.0), (1.0, 300.0), (40.0, 40.0), (300.0, 30.0), (90.0, 400.0)] {
            let tiles: Vec<Sized> = TOY.iter().map(|(name, _)| (*name, size)).collect();
            open(view.clone(), Box::leak(tiles.into_boxed_slice()), 2_000.0, ThemeName::Light, 1.0);
        }
    }
}

/// Found by looking at the small window: what the site earns lay behind the reward.
#[test]
fn a_header_tells_the_number_of_the_tile_behind_it() {
    let mut desk = Desk::open(views::day(10_327), (1_280.0, 800.0), ThemeName::Dark);
    assert_eq!(desk.names_with("Reward: last tick"), 1, "its own number");
    assert_eq!(desk.names_with("Market: earned so far $"), 1, "the number of the tab beside it");
    desk.click("Market tab");
    assert_eq!(desk.names_with("Market: earned so far $"), 1);
}
