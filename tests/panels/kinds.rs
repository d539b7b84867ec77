//! Charts of a person, of every kind: what they show, how the kind is chosen, what they say at the pointer.

use c2g_twin::app::command::{Deed, WindowDeed, find};
use c2g_twin::app::panel::{PanelState, TileId, tile_alone};
use c2g_twin::app::settings::Settings;
use c2g_twin::app::theme::ThemeName;
use c2g_twin::evaluate::charts::ChartKind;
use c2g_twin::record::Recorder;
use c2g_twin::session::{Command, RunView};
use egui::{Pos2, pos2};
use egui_kittest::kittest::Queryable;
use egui_kittest::{Harness, SnapshotOptions};

use super::views;

/// A chart of a person alone in a window.
struct Chart {
    harness: Harness<'static, (PanelState, RunView, Vec<Command>)>,
}

impl Chart {
    fn open(view: RunView, kind: ChartKind, signals: &[&str], size: (f32, f32), theme: ThemeName) -> Self {
        let mut panel = PanelState::default();
        panel.theme = theme;
        panel.charts.span = c2g_twin::app::panel::Span::All;
        panel.custom.charts.insert(1, signals.iter().map(|s| (*s).to_owned()).collect());
        panel.custom.set_kind(1, kind);
        let builder = Harness::builder().with_size(size).with_step_dt(0.05);
        let draw = |ui: &mut egui::Ui, state: &mut (PanelState, RunView, Vec<Command>)| {
            tile_alone(ui, &mut state.0, &state.1, &TileId::Custom(1), &mut state.2);
        };
        let mut chart = Self { harness: builder.wgpu().build_ui_state(draw, (panel, view, Vec::new())) };
        chart.harness.run_steps(4);
        chart
    }

    fn panel(&mut self) -> &mut PanelState {
        &mut self.harness.state_mut().0
    }

    fn names(&self, part: &str) -> usize {
        self.harness.query_all_by_label_contains(part).count()
    }

    fn point(&mut self, at: Pos2) {
        self.harness.hover_at(at);
        self.harness.run_steps(3);
    }

    fn picture(&mut self, name: &str) {
        let options = SnapshotOptions::new().threshold(1.2).failed_pixel_count_threshold(200_usize);
        // Not the harness's own collection: a test takes pictures of several windows.
        if let Err(error) = self.harness.try_snapshot_options(name, &options) {
            panic!("{error}");
        }
    }
}

/// The default day late in the evening.
fn day() -> RunView {
    views::day(15_000)
}

/// Several days of a view's last rows, one after the other, each a little warmer.
fn days(count: u64) -> RunView {
    let mut view = day();
    let columns = view.schema.len();
    let mut recorder = Recorder::new(columns);
    let mut row = vec![0.0; columns];
    let rows = view.recording.rows();
    let warm = view.schema.find("t_zone_a_degc");
    for k in 0..count * 17_280 {
        view.recording.row(k % rows, &mut row);
        if let Some(cell) = warm.and_then(|w| row.get_mut(w)) {
            *cell += (k / 17_280) as f64 * 0.6;
        }
        recorder.push(&row);
    }
    view.recording = recorder.picture();
    view.tick = view.recording.rows();
    view
}

const SIGNALS: [&str; 3] = ["t_zone_a_degc", "t_zone_b_degc", "p_facility_mw"];

#[test]
fn lines_have_an_axis_for_every_unit() {
    let signals = ["t_zone_a_degc", "p_facility_mw", "f_grid_hz", "soc_frac"];
    let mut chart = Chart::open(day(), ChartKind::Lines, &signals, (760.0, 320.0), ThemeName::Dark);
    chart.picture("kind_lines_four_axes_dark");
    // A narrow tile keeps its lines and drops numbers.
    Chart::open(day(), ChartKind::Lines, &signals, (260.0, 160.0), ThemeName::Dark).picture("kind_lines_narrow_dark");
}

#[test]
fn the_plane_shows_path_and_present() {
    let signals = ["p_facility_mw", "t_zone_a_degc"];
    let mut chart = Chart::open(day(), ChartKind::Xy, &signals, (640.0, 400.0), ThemeName::Dark);
    chart.picture("kind_xy_dark");
    assert_eq!(chart.names("Chart 1, XY"), 1);
    Chart::open(day(), ChartKind::Xy, &signals, (640.0, 400.0), ThemeName::Light).picture("kind_xy_light");
    let mut lone = Chart::open(day(), ChartKind::Xy, &signals[..1], (420.0, 240.0), ThemeName::Dark);
    lone.picture("kind_xy_lone_dark");
}

#[test]
fn histograms_tell_shares_at_the_pointer() {
    let mut chart = Chart::open(day(), ChartKind::Histogram, &SIGNALS, (640.0, 340.0), ThemeName::Dark);
    chart.point(pos2(300.0, 200.0));
    chart.picture("kind_histogram_dark");
    Chart::open(day(), ChartKind::Histogram, &SIGNALS[2..], (640.0, 340.0), ThemeName::Operator)
        .picture("kind_histogram_operator");
}

#[test]
fn duration_curves_tell_the_time_beyond_limits() {
    let mut chart = Chart::open(day(), ChartKind::Duration, &SIGNALS, (640.0, 340.0), ThemeName::Dark);
    chart.point(pos2(260.0, 200.0));
    chart.picture("kind_duration_dark");
}

#[test]
fn a_carpet_has_a_row_for_every_day() {
    let mut chart = Chart::open(days(5), ChartKind::Carpet, &SIGNALS, (720.0, 340.0), ThemeName::Dark);
    chart.picture("kind_carpet_dark");
    let at = pos2(300.0, 150.0);
    chart.point(at);
    chart.picture("kind_carpet_pointer_dark");
    let follows = chart.panel().charts.follows();
    for pressed in [true, false] {
        let button = egui::PointerButton::Primary;
        let event = egui::Event::PointerButton { pos: at, button, pressed, modifiers: egui::Modifiers::NONE };
        chart.harness.event(event);
        chart.harness.run_steps(2);
    }
    assert!(follows && !chart.panel().charts.follows(), "a click shows that quarter of an hour in the other charts");
    Chart::open(day(), ChartKind::Carpet, &SIGNALS[2..], (720.0, 220.0), ThemeName::Light).picture("kind_carpet_light");
}

#[test]
fn stacked_areas_have_a_pane_for_every_unit() {
    let signals = ["p_it_mw", "p_cooling_mw", "t_zone_a_degc"];
    let mut chart = Chart::open(day(), ChartKind::Stacked, &signals, (640.0, 320.0), ThemeName::Dark);
    chart.picture("kind_stacked_dark");
    assert_eq!(chart.names("Terms stack"), 2, "megawatts and degrees");
    chart.harness.get_all_by_label_contains("Remove ").next().unwrap().click();
    chart.harness.run_steps(4);
    assert_eq!(chart.panel().custom.charts[&1].len(), 2);
}

#[test]
fn the_kind_is_chosen_in_the_header_and_by_command() {
    let mut chart = Chart::open(day(), ChartKind::Lines, &SIGNALS, (640.0, 320.0), ThemeName::Dark);
    chart.harness.get_by_label("Kind of chart").click();
    chart.harness.run_steps(4);
    chart.picture("kind_picker_dark");
    chart.harness.get_by_label("Kind of chart: Histogram").click();
    chart.harness.run_steps(4);
    assert_eq!(chart.panel().custom.kind(1), ChartKind::Histogram);
    let deed = (find("chart_carpet").unwrap().deed)(&day()).unwrap();
    assert_eq!(deed, Deed::Window(WindowDeed::ChartKind(ChartKind::Carpet)));
    chart.harness.key_press_modifiers(egui::Modifiers::ALT | egui::Modifiers::SHIFT, egui::Key::D);
    chart.harness.run_steps(4);
    assert_eq!(chart.panel().custom.kind(1), ChartKind::Duration);
    // What was chosen is kept with the settings.
    let kept = Settings::of(chart.panel());
    let mut again = PanelState::default();
    kept.apply(&mut again);
    assert_eq!(again.custom.kind(1), ChartKind::Duration);
}

#[test]
fn the_first_three_units_of_a_chart_are_not_refused() {
    let mut chart = Chart::open(day(), ChartKind::Lines, &SIGNALS, (640.0, 320.0), ThemeName::Dark);
    assert_eq!(chart.names("axes are taken"), 0);
    assert_eq!(chart.panel().custom.charts[&1].len(), 3);
}

#[test]
fn no_size_and_no_rows_break_a_kind() {
    let mut empty = day();
    empty.recording = Recorder::new(empty.schema.len()).picture();
    empty.tick = 0;
    for kind in ChartKind::ALL {
        for size in [(1.0, 1.0), (60.0, 40.0), (130.0, 80.0), (400.0, 60.0), (80.0, 400.0)] {
            Chart::open(day(), kind, &SIGNALS, size, ThemeName::Dark);
            Chart::open(empty.clone(), kind, &SIGNALS, size, ThemeName::HighContrast);
        }
    }
}

#[test]
fn histograms_and_duration_curves_have_a_pane_for_every_unit() {
    let signals = ["t_zone_a_degc", "t_zone_b_degc", "p_facility_mw", "soc_frac"];
    let chart = Chart::open(day(), ChartKind::Histogram, &signals, (900.0, 320.0), ThemeName::Dark);
    for unit in ["°C", "MW", "no unit"] {
        assert_eq!(chart.names(&format!("Chart 1, histogram of {unit}")), 1, "{unit}");
    }
    let mut chart = Chart::open(day(), ChartKind::Duration, &signals, (460.0, 420.0), ThemeName::Light);
    assert_eq!(chart.names("Chart 1, duration curve of "), 3);
    chart.picture("kind_duration_panes_light");
}

#[test]
fn the_wheel_looks_closer_a_drag_moves_and_a_double_click_shows_all_again() {
    let signals = ["t_zone_a_degc", "p_facility_mw"];
    for kind in [ChartKind::Xy, ChartKind::Histogram, ChartKind::Duration, ChartKind::Carpet] {
        let shown = if kind == ChartKind::Xy { &signals[..] } else { &signals[..1] };
        let mut chart = Chart::open(days(2), kind, shown, (640.0, 340.0), ThemeName::Dark);
        let at = pos2(280.0, 180.0);
        chart.point(at);
        assert!(!chart.panel().charts.is_zoomed());
        let wheel = egui::Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            delta: egui::vec2(0.0, 160.0),
            phase: egui::TouchPhase::Move,
            modifiers: egui::Modifiers::NONE,
        };
        chart.harness.event(wheel);
        chart.harness.run_steps(8);
        assert!(chart.panel().charts.is_zoomed(), "{kind:?}");
        if kind == ChartKind::Carpet {
            chart.picture("kind_carpet_zoomed_dark");
        }
        let follows = chart.panel().charts.follows();
        let button = |at, pressed| {
            let button = egui::PointerButton::Primary;
            egui::Event::PointerButton { pos: at, button, pressed, modifiers: egui::Modifiers::NONE }
        };
        chart.harness.event(button(at, true));
        for by in [10.0, 40.0, 60.0] {
            chart.harness.hover_at(at + egui::vec2(by, 0.0));
            chart.harness.run_steps(1);
        }
        chart.harness.event(button(at + egui::vec2(60.0, 0.0), false));
        chart.harness.run_steps(2);
        assert!(chart.panel().charts.is_zoomed(), "{kind:?}: what was dragged stays");
        assert_eq!(chart.panel().charts.follows(), follows, "{kind:?}: the time of the other charts is not moved");
        // A double click some time later.
        chart.harness.run_steps(20);
        for pressed in [true, false, true, false] {
            chart.harness.event(button(at + egui::vec2(60.0, 0.0), pressed));
        }
        chart.harness.run_steps(2);
        assert!(!chart.panel().charts.is_zoomed(), "{kind:?}: all is shown again");
    }
}
