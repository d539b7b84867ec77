//! Everything with a time axis: charts of the plant, parts of tiles, charts that a person puts together, signals.

use std::sync::Arc;

use c2g_twin::app::panel::{PanelState, Selection, TileId, tile_alone};
use c2g_twin::app::theme::ThemeName;
use c2g_twin::plant::{
    Bound, BoundAt, Column, Lines, Part, PlantSpec, Readout, Role, Row, Series, Source, Span, TileSpec,
};
use c2g_twin::record::Recorder;
use c2g_twin::session::{Command, RunView};
use c2g_twin::signal::{Carrier, SignalId};
use egui::{Key, Modifiers, Pos2, Rect, pos2, vec2};
use egui_kittest::kittest::Queryable;
use egui_kittest::{Harness, SnapshotOptions};

use super::views::{self, Toy};

/// Some tiles side by side, drawn one after another in one window.
struct Tiles {
    harness: Harness<'static, Shown>,
}

struct Shown {
    panel: PanelState,
    view: RunView,
    asked: Vec<Command>,
    tiles: Vec<TileId>,
}

impl Tiles {
    fn open(view: RunView, tiles: &[TileId], size: (f32, f32), theme: ThemeName) -> Self {
        Self::scaled(view, tiles, size, theme, 1.0)
    }

    fn scaled(view: RunView, tiles: &[TileId], size: (f32, f32), theme: ThemeName, scale: f32) -> Self {
        let mut panel = PanelState::default();
        panel.theme = theme;
        let shown = Shown { panel, view, asked: Vec::new(), tiles: tiles.to_vec() };
        let window = (size.0 * tiles.len() as f32, size.1);
        let builder = Harness::builder().with_size(window).with_pixels_per_point(scale).with_step_dt(0.05);
        let harness = builder.wgpu().build_ui_state(draw, shown);
        let mut tiles = Self { harness };
        tiles.settle();
        tiles
    }

    fn settle(&mut self) {
        self.harness.run_steps(4);
    }

    fn panel(&mut self) -> &mut PanelState {
        &mut self.harness.state_mut().panel
    }

    fn names(&self, part: &str) -> usize {
        self.harness.query_all_by_label_contains(part).count()
    }

    fn click(&mut self, name: &str) {
        self.harness.get_by_label_contains(name).click();
        self.settle();
    }

    fn place(&self, name: &str) -> egui::Rect {
        self.harness.get_by_label_contains(name).rect()
    }

    fn press(&mut self, key: Key) {
        self.harness.key_press_modifiers(Modifiers::NONE, key);
        self.settle();
    }

    fn drag(&mut self, from: Pos2, to: Pos2) {
        self.harness.hover_at(from);
        self.harness.run_steps(1);
        self.button(from, true);
        for share in [0.1, 0.5, 1.0] {
            self.harness.hover_at(from + share * (to - from));
            self.harness.run_steps(2);
        }
    }

    fn button(&mut self, at: Pos2, pressed: bool) {
        let button = egui::PointerButton::Primary;
        let event = egui::Event::PointerButton { pos: at, button, pressed, modifiers: Modifiers::NONE };
        self.harness.event(event);
        self.harness.run_steps(2);
    }

    fn snapshot(&mut self, name: &str) {
        self.harness.remove_cursor();
        self.settle();
        self.picture(name);
    }

    fn picture(&mut self, name: &str) {
        let options = SnapshotOptions::new().threshold(1.2).failed_pixel_count_threshold(200_usize);
        self.harness.snapshot_options(name, &options);
    }
}

/// Every tile in its share of the width.
fn draw(ui: &mut egui::Ui, shown: &mut Shown) {
    let whole = ui.ctx().content_rect();
    let width = whole.width() / shown.tiles.len().max(1) as f32;
    for (index, tile) in shown.tiles.iter().enumerate() {
        let place = egui::Rect::from_min_size(whole.min + vec2(width * index as f32, 0.0), vec2(width, whole.height()));
        let mut child = ui.new_child(egui::UiBuilder::new().max_rect(place).id_salt(index));
        child.set_clip_rect(place);
        tile_alone(&mut child, &mut shown.panel, &shown.view, tile, &mut shown.asked);
    }
}

fn part(share: f32, part: Part) -> Row {
    Row { share, part }
}

fn tile(name: &str, title: &str, rows: Vec<Row>) -> TileSpec {
    TileSpec {
        home: c2g_twin::plant::Home::Side,
        name: name.to_owned(),
        title: title.to_owned(),
        caption: String::new(),
        carrier: Carrier::Grid,
        headline: None,
        rows,
        doc: String::new(),
    }
}

fn lines(name: &str, title: &str, series: &[(SignalId, Role)]) -> Lines {
    Lines {
        name: name.to_owned(),
        title: title.to_owned(),
        series: series.iter().map(|(signal, role)| Series { signal: *signal, role: *role }).collect(),
        bounds: Vec::new(),
        span: Span::Shared,
        zero: false,
    }
}

/// A picture with other tables.
fn with_spec(mut view: RunView, change: impl FnOnce(&mut PlantSpec)) -> RunView {
    change(Arc::make_mut(&mut view.spec));
    view
}

/// The day with tiles made of lines, strips and stacks.
fn day(ticks: u64) -> RunView {
    with_spec(views::day(ticks), |spec| {
        let at = |name: &str| spec.signal(name).unwrap();
        let bound =
            |factor: f64| Bound { label: "commitment".to_owned(), at: BoundAt::Signal(factor, at("p_committed_mw")) };
        let request = [(at("p_regd_demanded_mw"), Role::Request), (at("p_regd_delivered_mw"), Role::Answer)];
        let regulation = Lines { bounds: vec![bound(1.0), bound(-1.0)], ..lines("response", "", &request) };
        let strip = Part::Strip { title: "error".to_owned(), signal: at("p_tracking_error_mw") };
        let names = ["throughput", "tracking", "thermal", "soc", "freq", "volt", "backlog"];
        let terms: Vec<SignalId> = names.iter().map(|n| at(&format!("reward_{n}"))).collect();
        let stack = Part::Stack { title: String::new(), terms, sum: Some(at("reward")) };
        let earned = Lines {
            span: Span::Episode,
            zero: true,
            ..lines("earned", "earned", &[(at("revenue_total_usd"), Role::Line)])
        };
        let usable = |label: &str, at: f64| Bound { label: label.to_owned(), at: BoundAt::Value(at) };
        let charge = Lines {
            bounds: vec![usable("full", 0.95), usable("empty", 0.1)],
            ..lines("charge", "", &[(at("soc_frac"), Role::Line)])
        };
        let power = lines(
            "power",
            "Power",
            &[
                (at("p_facility_mw"), Role::Line),
                (at("p_it_mw"), Role::Line),
                (at("p_cooling_mw"), Role::Line),
                (at("p_it_demand_mw"), Role::Line),
            ],
        );
        spec.tiles = vec![
            tile("regulation", "Regulation", vec![part(3.0, Part::Lines(regulation)), part(1.4, strip)]),
            tile("reward", "Reward", vec![part(3.0, stack), part(2.0, Part::Lines(earned))]),
            tile("battery", "Battery", vec![part(1.0, Part::Lines(charge)), part(1.0, Part::Lines(power))]),
        ];
    })
}

fn plant(name: &str) -> TileId {
    TileId::Plant(name.to_owned())
}

fn chart(name: &str) -> TileId {
    TileId::Chart(name.to_owned())
}

/// A toy with a signed strip, a stack and a gap in every column.
fn toy() -> RunView {
    let mut view = with_spec(Toy::positions().view(), |spec| {
        let strip = Part::Strip { title: "reward".to_owned(), signal: 2 };
        let lines = lines("all", "Both", &[(0, Role::Request), (1, Role::Line)]);
        let stack = Part::Stack { title: "Stacked".to_owned(), terms: vec![0, 2], sum: None };
        spec.tiles = vec![tile("own", "Own", vec![part(2.0, Part::Lines(lines)), part(1.0, strip), part(2.0, stack)])];
    });
    let columns = view.schema.len();
    let mut recorder = Recorder::new(columns);
    let mut row = vec![0.0; columns];
    for tick in 0..view.tick {
        view.recording.row(tick, &mut row);
        if (40..44).contains(&tick) {
            row.fill(f64::NAN);
        }
        recorder.push(&row);
    }
    view.recording = recorder.picture();
    view
}

const SMALL: (f32, f32) = (300.0, 190.0);
const USUAL: (f32, f32) = (560.0, 270.0);

#[test]
fn charts_dark() {
    let tiles = [chart("regulation"), chart("thermal"), chart("battery")];
    Tiles::open(day(10_327), &tiles, (440.0, 240.0), ThemeName::Dark).snapshot("tile_charts_dark");
}

#[test]
fn charts_operator() {
    let tiles = [plant("regulation"), chart("thermal"), plant("battery")];
    Tiles::open(day(10_327), &tiles, (440.0, 270.0), ThemeName::Operator).snapshot("tile_charts_operator");
}

#[test]
fn parts_dark() {
    let tiles = [plant("regulation"), plant("reward")];
    let mut shown = Tiles::open(day(10_327), &tiles, USUAL, ThemeName::Dark);
    shown.panel().charts.span = c2g_twin::app::panel::Span::Quarter;
    shown.settle();
    shown.snapshot("tile_charts_parts_dark");
}

#[test]
fn parts_light_over_the_day() {
    let tiles = [plant("regulation"), plant("reward")];
    let mut shown = Tiles::scaled(day(10_327), &tiles, (480.0, 260.0), ThemeName::Light, 2.0);
    shown.panel().charts.span = c2g_twin::app::panel::Span::Day;
    shown.settle();
    shown.snapshot("tile_charts_day_light_2x");
}

#[test]
fn small_tiles() {
    let tiles = [plant("regulation"), plant("reward"), chart("thermal"), plant("battery")];
    Tiles::open(day(10_327), &tiles, SMALL, ThemeName::HighContrast).snapshot("tile_charts_small_high_contrast");
}

#[test]
fn before_the_first_tick() {
    let tiles = [plant("regulation"), plant("reward"), chart("thermal"), TileId::Signals];
    Tiles::open(day(0), &tiles, (380.0, 250.0), ThemeName::Dark).snapshot("tile_charts_begin_dark");
}

#[test]
fn a_toy_with_gaps() {
    let tiles = [plant("own"), chart("room"), TileId::Signals];
    let mut shown = Tiles::open(toy(), &tiles, (380.0, 360.0), ThemeName::Light);
    shown.panel().charts.span = c2g_twin::app::panel::Span::All;
    shown.settle();
    shown.snapshot("tile_charts_toy_light");
}

#[test]
fn the_cursor_is_shared_and_tells_the_true_sample() {
    let tiles = [plant("regulation"), chart("thermal")];
    let mut shown = Tiles::open(day(10_327), &tiles, USUAL, ThemeName::Dark);
    shown.panel().charts.span = c2g_twin::app::panel::Span::Day;
    shown.settle();
    let plot = shown.place("Zone temperatures chart");
    shown.harness.hover_at(plot.center());
    shown.settle();
    shown.picture("tile_charts_cursor_dark");
    // The legend of every chart tells the row under the pointer, which is not the present.
    let view = shown.harness.state().view.clone();
    let row = (0.5 * (17_280.0 + 180.0_f64)).round() as u64 - 1;
    for name in ["p_regd_demanded_mw", "t_zone_a_degc"] {
        let column = view.spec.signal(name).unwrap();
        let (value, signal) = (view.recording.value(row, column), &view.schema.signals[column]);
        let plus = if value > 0.0 && signal.range.0 < 0.0 { "+" } else { "" };
        let words = format!("{} in the legend: {plus}{}", signal.label, signal.format(value));
        assert_eq!(shown.names(&words), 1, "{words}");
    }
}

#[test]
fn a_click_selects_a_line_or_marks_an_instant() {
    let mut shown = Tiles::open(day(10_327), &[chart("thermal")], USUAL, ThemeName::Dark);
    shown.click("Zone B in the legend");
    let view = &shown.harness.state().view;
    let (signal, entity) = (view.spec.signal("t_zone_b_degc").unwrap(), view.spec.signals[1].entity);
    assert_eq!(shown.panel().selection, Selection { entity: Some(entity), signal: Some(signal) });
    shown.snapshot("tile_charts_selected_dark");
    let plot = shown.place("Zone temperatures chart");
    let at = plot.left_top() + vec2(60.0, plot.height() * 0.5);
    shown.harness.hover_at(at);
    shown.button(at, true);
    shown.button(at, false);
    shown.snapshot("tile_charts_marked_dark");
}

#[test]
fn wheel_drag_keys_and_double_click_move_the_shared_time() {
    let mut shown = Tiles::open(day(10_327), &[plant("regulation"), plant("reward")], USUAL, ThemeName::Dark);
    assert!(shown.panel().charts.follows());
    let plot = shown.place("error strip");
    shown.drag(plot.center(), plot.center() + vec2(60.0, 0.0));
    shown.button(plot.center() + vec2(60.0, 0.0), false);
    assert!(!shown.panel().charts.follows(), "dragged");
    shown.press(Key::End);
    assert!(shown.panel().charts.follows(), "End follows");
    shown.press(Key::ArrowLeft);
    assert!(!shown.panel().charts.follows(), "walked");
    let at = plot.center();
    shown.harness.hover_at(at);
    shown.settle();
    for pressed in [true, false, true, false] {
        let button = egui::PointerButton::Primary;
        shown.harness.event(egui::Event::PointerButton { pos: at, button, pressed, modifiers: Modifiers::NONE });
    }
    shown.harness.run_steps(1);
    assert!(shown.panel().charts.follows(), "a double click follows");
    let wheel = egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: vec2(0.0, 80.0),
        phase: egui::TouchPhase::Move,
        modifiers: Modifiers::NONE,
    };
    shown.harness.hover_at(at);
    shown.harness.event(wheel);
    shown.settle();
    assert!(!shown.panel().charts.follows(), "zoomed");
}

#[test]
fn signals_are_found_selected_and_added() {
    let mut shown = Tiles::open(day(10_327), &[TileId::Signals], (420.0, 520.0), ThemeName::Dark);
    shown.snapshot("tile_signals_dark");
    shown.harness.get_by_label("Find a signal").focus();
    shown.settle();
    shown.harness.get_by_label("Find a signal").type_text("hottest tick zone_b");
    shown.settle();
    shown.snapshot("tile_signals_search_dark");
    assert_eq!(shown.names("Zone B maximum"), 1);
    shown.press(Key::ArrowDown);
    shown.press(Key::ArrowUp);
    assert!(shown.panel().selection.signal.is_none(), "the branch above");
    shown.press(Key::ArrowDown);
    shown.press(Key::Enter);
    let signal = shown.harness.state().view.spec.signal("t_zone_b_max_degc");
    assert_eq!(shown.panel().selection.signal, signal);
    let charts = shown.panel().custom.charts.clone();
    assert_eq!(charts.values().flatten().collect::<Vec<_>>(), ["t_zone_b_max_degc"], "a chart was opened for it");
    assert_eq!(shown.panel().custom.wanted, None);
}

#[test]
fn signals_light_and_narrow() {
    let mut shown = Tiles::scaled(day(10_327), &[TileId::Signals], (250.0, 300.0), ThemeName::Light, 2.0);
    shown.snapshot("tile_signals_light_2x");
}

#[test]
fn branches_fold_at_their_sign() {
    let mut shown = Tiles::open(day(10_327), &[TileId::Signals], (300.0, 300.0), ThemeName::Operator);
    shown.click("Fold everything");
    shown.snapshot("tile_signals_folded_operator");
    let levers = shown.place("Levers, macro");
    let sign = pos2(levers.left() + 16.0, levers.center().y);
    shown.harness.hover_at(sign);
    shown.button(sign, true);
    shown.button(sign, false);
    assert_eq!(shown.names("commanded,"), 2, "one branch is open");
}

#[test]
fn signals_are_dragged_onto_a_chart_until_its_axes_are_taken() {
    let tiles = [TileId::Signals, TileId::Custom(1)];
    let mut shown = Tiles::open(day(10_327), &tiles, (420.0, 420.0), ThemeName::Dark);
    shown.snapshot("tile_custom_empty_dark");
    let chart = pos2(630.0, 220.0);
    for name in ["t_zone_a_degc", "t_zone_b_degc", "p_facility_mw", "f_grid_hz"] {
        let row = {
            let view = &shown.harness.state().view;
            format!("{}, ", view.schema.signals[view.schema.find(name).unwrap()].label)
        };
        shown.harness.get_by_label("Find a signal").focus();
        shown.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
        shown.harness.get_by_label("Find a signal").type_text(name);
        shown.settle();
        let rows: Vec<Rect> = shown.harness.query_all_by_label_contains(&row).map(|n| n.rect()).collect();
        let row = rows.into_iter().rfind(|r| r.left() < 200.0 && r.top() > 60.0).unwrap();
        shown.drag(row.center(), chart);
        if name == "p_facility_mw" {
            shown.picture("tile_custom_carried_dark");
        }
        shown.button(chart, false);
    }
    assert_eq!(shown.panel().custom.charts[&1], ["t_zone_a_degc", "t_zone_b_degc", "p_facility_mw", "f_grid_hz"]);
    shown.snapshot("tile_custom_dark");
    // Four names leave no room for the signs that take them away: these come with the pointer and with the focus.
    assert_eq!(shown.names("Remove "), 0);
    shown.harness.get_by_label_contains("Zone B in the legend").focus();
    shown.settle();
    assert_eq!(shown.names("Remove Zone B"), 1);
    let entry = shown.place("Zone A in the legend").center();
    shown.harness.hover_at(entry);
    shown.settle();
    shown.click("Remove Zone A");
    assert_eq!(shown.panel().custom.charts[&1], ["t_zone_b_degc", "p_facility_mw", "f_grid_hz"]);
    // Another plant: the names stay, the chart says that they are not there.
    shown.harness.state_mut().view = Toy::positions().view();
    shown.settle();
    assert_eq!(shown.panel().custom.charts[&1].len(), 3);
    shown.snapshot("tile_custom_other_plant_dark");
}

#[test]
fn odd_sizes_and_odd_tables_do_not_panic() {
    let mut view = day(200);
    let extra = with_spec(view.clone(), |spec| {
        let odd = Lines {
            bounds: vec![
                Bound { label: "nowhere".to_owned(), at: BoundAt::Value(f64::NAN) },
                Bound { label: "gone".to_owned(), at: BoundAt::Signal(1.0, 99_999) },
            ],
            ..lines("odd", "Odd", &[(99_999, Role::Request), (0, Role::Line)])
        };
        let headline = Readout {
            label: String::new(),
            source: Source::Signal(0),
            scale: 1.0,
            unit: String::new(),
            decimals: 0,
            signed: false,
            prominent: false,
            doc: String::new(),
        };
        let column = Column { share: 1.0, least_pt: 0.0, rows: vec![part(1.0, Part::Lines(odd.clone()))] };
        let rows = vec![
            part(1.0, Part::Lines(odd)),
            part(1.0, Part::Strip { title: String::new(), signal: 99_999 }),
            part(1.0, Part::Stack { title: String::new(), terms: vec![99_999], sum: Some(99_998) }),
            part(1.0, Part::Stack { title: String::new(), terms: vec![], sum: None }),
            part(1.0, Part::Columns(vec![column])),
        ];
        spec.tiles = vec![TileSpec { headline: Some(headline), ..tile("odd", "Odd", rows) }];
    });
    view.row = vec![f64::INFINITY; 3].into();
    for size in [(1.0, 1.0), (40.0, 30.0), (120.0, 70.0), (400.0, 300.0)] {
        let all = [plant("odd"), chart("thermal"), TileId::Signals, TileId::Custom(7)];
        Tiles::open(extra.clone(), &all, size, ThemeName::Dark);
        Tiles::open(view.clone(), &all, size, ThemeName::Dark);
    }
}
