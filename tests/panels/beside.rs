//! What stands beside the shown run: branches, races, shadows, plans, marks, cursors, differences.

use std::sync::Arc;

use c2g_twin::app::board::{Ask, Compared};
use c2g_twin::app::panel::{Align, FileWish, PanelState, TileId};
use c2g_twin::app::theme::ThemeName;
use c2g_twin::evaluate::compare::kpi::{KpiRun, kpis};
use c2g_twin::plant::{Operation, Override};
use c2g_twin::record::Recorder;
use c2g_twin::rollout::{Intervention, Setup};
use c2g_twin::session::{
    Beside, Bookmark, Checked, Command, PlannedView, RunEntry, RunKind, RunView, ShadowView, Until,
};
use egui::{Key, Modifiers};

use super::desk::Desk;
use super::lone::Lone;
use super::views;

/// Ticks of all runs.
const TICKS: u64 = 1_500;

/// Instant of the branches.
const BRANCHED: u64 = 1_300;

/// A run as the window sees it.
fn entry(id: u64, name: &str, view: &RunView, kind: RunKind) -> RunEntry {
    RunEntry {
        id,
        name: name.to_owned(),
        colour: id as usize,
        kind,
        parent: (kind == RunKind::Branch).then_some(0),
        branched_at: if kind == RunKind::Branch { BRANCHED } else { 0 },
        race: None,
        spec: Arc::clone(&view.spec),
        schema: Arc::clone(&view.schema),
        controllers: view.driver.controllers.clone(),
        recording: view.recording.clone(),
        reach: view.recording.rows(),
        metrics: Arc::clone(&view.metrics),
        end: None,
        differs_at: (kind == RunKind::Branch).then_some(BRANCHED + 2),
        reading: None,
    }
}

fn branch(controller: &str) -> RunView {
    let change = Intervention::Controller { slot: "hardware".to_owned(), name: controller.to_owned() };
    views::run(Setup::default_day().unwrap(), TICKS, &[change])
}

/// The default day beside two branches and a log.
fn compared() -> RunView {
    let mut view = views::day(TICKS);
    let (pid, bang) = (branch("pid"), branch("bang_bang"));
    let mut hidden = entry(2, "branch 2", &bang, RunKind::Branch);
    hidden.reach = 1_420;
    let mut log = entry(3, "monday_manual.csv", &view, RunKind::Log);
    log.reading = Some(0.42);
    let runs = vec![entry(0, "live", &view, RunKind::Home), entry(1, "branch 1", &pid, RunKind::Branch), hidden, log];
    view.beside = Beside { runs: runs.into(), shown: 0, reach: TICKS, ..Beside::default() };
    view
}

/// Three runs that race.
fn racing() -> RunView {
    let mut view = compared();
    let mut runs: Vec<RunEntry> = view.beside.runs.iter().take(3).cloned().collect();
    for run in &mut runs {
        run.race = Some(1);
        run.kind = RunKind::Branch;
        run.reach = TICKS;
        run.name = run.controllers.split(" + ").last().unwrap().to_owned();
    }
    view.beside.runs = runs.into();
    view
}

/// Two shadows of the hardware slot.
fn shadowed(mut view: RunView) -> RunView {
    let slot = view.spec.slots.iter().position(|s| s.name == "hardware").unwrap();
    let actions = view.spec.slots[slot].actions.len();
    let shadow = |id: u64, name: &str, off: f64, ahead: f64| {
        let mut recorder = Recorder::new(actions + 1);
        for tick in 0..400_u64 {
            let wave = ((tick % 60) as f64 - 30.0).abs() / 60.0;
            let mut row: Vec<f64> = (0..actions).map(|k| (wave + off + 0.1 * k as f64).clamp(0.0, 1.0)).collect();
            row.push(0.7);
            recorder.push(&row);
        }
        ShadowView {
            id,
            slot,
            controller: name.to_owned(),
            colour: id as usize,
            commanded: (0..actions).map(|k| (0.3 + off + 0.1 * k as f64).clamp(0.0, 1.0)).collect(),
            reward: 0.721 + off,
            recording: recorder.picture(),
            since: TICKS - 400,
            ahead,
            trouble: None,
        }
    };
    let mut second = shadow(5, "bang_bang", 0.25, -12.4);
    second.trouble = Some("no usable number".to_owned());
    view.beside.shadows = vec![shadow(4, "pid", 0.1, 31.27), second].into();
    view
}

/// A plan, marks, a loop, and a future that is kept.
fn planned(mut view: RunView) -> RunView {
    let disturbance = view.spec.disturbances.first().cloned().expect("the plant can be disturbed");
    let bar = |id: u64, label: &str, from: u64, until: Option<u64>| PlannedView {
        id,
        label: label.to_owned(),
        input: disturbance.input.clone(),
        change: Override { operation: Operation::Scale, value: 0.5 },
        from,
        until,
    };
    view.beside.plan = vec![
        bar(1, "Pump fault", 900, Some(1_260)),
        bar(2, "RegD hold", 4_200, Some(7_800)),
        bar(3, "Ambient step", 12_000, None),
    ]
    .into();
    let mark = |id: u64, tick: u64, text: &str| Bookmark { id, tick, text: text.to_owned() };
    view.beside.bookmarks = vec![mark(1, 700, "bid rejected"), mark(2, 5_000, "")].into();
    view.beside.looped = Some((9_000, 10_800));
    view.beside.until = Some("the next event".to_owned());
    view
}

/// The same after going back.
fn gone_back(mut view: RunView) -> RunView {
    let tick = 1_100;
    view.tick = tick;
    view.clock = view.spec.calendar.civil(tick);
    view.recording = view.recording.until(tick, view.schema.len());
    view.outlook = None;
    view
}

/// Answers what the panels ask of runs, as the office does.
fn answer(panel: &mut PanelState) {
    let asks = std::mem::take(&mut panel.board.asks);
    for ask in asks {
        let Ask::Compare(what) = ask else { continue };
        let runs: Vec<KpiRun<'_>> = what.runs.iter().map(|(spec, recording)| KpiRun { spec, recording }).collect();
        let rows = kpis(&runs, 0, what.key.from, what.key.to).unwrap();
        panel.board.comparing = None;
        panel.board.compared = Some(Arc::new(Compared { key: what.key, rows }));
    }
}

#[test]
fn a_lone_run_tells_how_to_make_the_first_branch() {
    for (theme, name) in [(ThemeName::Dark, "dark"), (ThemeName::Light, "light")] {
        let mut view = compared();
        view.beside.runs = view.beside.runs.iter().take(1).cloned().collect();
        let mut lone = Lone::open(TileId::Runs, view, (320.0, 320.0), theme);
        assert!(lone.names_with("Only this run is here") > 0);
        lone.snapshot(&format!("tile_runs_lone_{name}"));
        let branch = Command::Branch { tick: None, name: None, changes: Vec::new() };
        assert_eq!(lone.click("Make the first branch"), std::slice::from_ref(&branch));
        assert_eq!(lone.click("Branch here"), [branch]);
        lone.click("Lay a log…");
        assert_eq!(lone.shown().panel.wish, Some(FileWish::Lay));
    }
}

#[test]
fn runs_are_shown_followed_hidden_coloured_and_closed() {
    for (theme, name) in [(ThemeName::Dark, "dark"), (ThemeName::Operator, "operator")] {
        let mut lone = Lone::open(TileId::Runs, shadowed(compared()), (400.0, 760.0), theme);
        assert!(lone.names_with("Shadow pid of Hardware") > 0);
        answer(&mut lone.shown().panel);
        lone.settle();
        lone.snapshot(&format!("tile_runs_{name}"));
        assert_eq!(lone.click("Follow branch 1"), [Command::Follow(1)]);
        lone.click("Draw branch 2");
        assert!(lone.shown().panel.charts.compare.hidden.contains("branch 2"));
        lone.click("Colour of branch 1");
        lone.click("Colour 6 for branch 1");
        assert_eq!(lone.shown().panel.charts.compare.colours.get("branch 1"), Some(&5));
        lone.click("More about branch 1");
        assert_eq!(lone.click("Promote"), [Command::Promote(1)]);
        lone.click("More about branch 1");
        assert_eq!(lone.click("Close"), [Command::Close(1)]);
        lone.click("More about branch 1");
        lone.click("Rename…");
        lone.write("gentle pid");
        let asked = lone.press(Modifiers::NONE, Key::Enter);
        let Some(Command::Rename { id: 1, name }) = asked.first() else { panic!("{asked:?}") };
        assert!(name.contains("gentle pid"), "{name}");
        assert_eq!(lone.click("Take the shadow pid away"), [Command::Unshadow(4)]);
        lone.click("Align by event");
        assert_eq!(lone.shown().panel.charts.compare.align, Align::Event);
    }
    let mut lone = Lone::open(TileId::Runs, compared(), (256.0, 460.0), ThemeName::HighContrast);
    answer(&mut lone.shown().panel);
    lone.snapshot("tile_runs_narrow_high_contrast");
}

#[test]
fn a_race_is_ranked_by_its_reward() {
    let view = racing();
    let metric = |run: &RunEntry| {
        let slot = view.spec.slots.iter().position(|s| s.name == "hardware").unwrap();
        let k = view.spec.metrics.iter().position(|m| m.slot == slot && m.name == "total_reward").unwrap();
        run.metrics[k]
    };
    let mut order: Vec<&RunEntry> = view.beside.runs.iter().collect();
    order.sort_by(|a, b| metric(b).total_cmp(&metric(a)));
    let names: Vec<String> = order.iter().map(|r| r.name.clone()).collect();
    let mut lone = Lone::open(TileId::Runs, view, (400.0, 420.0), ThemeName::Dark);
    for (place, name) in names.iter().enumerate() {
        assert!(lone.names_with(&format!("Run {name}, place {}", place + 1)) > 0, "{names:?}");
    }
    answer(&mut lone.shown().panel);
    lone.snapshot("tile_runs_race_dark");
}

#[test]
fn races_and_shadows_are_begun_from_the_form() {
    for (theme, name) in [(ThemeName::Dark, "dark"), (ThemeName::Light, "light")] {
        let mut lone = Lone::open(TileId::Runs, compared(), (400.0, 480.0), theme);
        lone.press(Modifiers::SHIFT, Key::B);
        lone.click("Race with pid");
        lone.snapshot(&format!("tile_runs_form_{name}"));
        let asked = lone.click("Let compute beside");
        let shadow = Command::Shadow { slot: "hardware".to_owned(), controller: "pid".to_owned() };
        assert_eq!(asked, [shadow]);
        lone.press(Modifiers::SHIFT, Key::B);
        lone.click("Race with bang_bang");
        let asked = lone.click("Race these");
        let controllers = vec!["bang_bang".to_owned(), "rule_based".to_owned()];
        assert_eq!(asked, [Command::Race { slot: "hardware".to_owned(), controllers }]);
    }
}

#[test]
fn charts_draw_other_runs_over_the_shown_one_or_their_difference() {
    for (theme, name) in [(ThemeName::Dark, "dark"), (ThemeName::Operator, "operator")] {
        let view = compared();
        let chart = view.spec.charts.last().map(|c| c.name.clone()).unwrap();
        let mut lone = Lone::open(TileId::Chart(chart.clone()), view.clone(), (760.0, 260.0), theme);
        lone.snapshot(&format!("chart_overlay_{name}"));
        let compare = &mut lone.shown().panel.charts.compare;
        compare.hidden.insert("branch 2".to_owned());
        compare.hidden.insert("monday_manual.csv".to_owned());
        compare.difference = true;
        lone.settle();
        lone.snapshot(&format!("chart_difference_{name}"));
        let mut lone = Lone::open(TileId::Chart(chart), gone_back(view), (760.0, 260.0), theme);
        lone.snapshot(&format!("chart_kept_{name}"));
    }
}

#[test]
fn cursors_tell_values_differences_and_statistics() {
    for (theme, name) in [(ThemeName::Dark, "dark"), (ThemeName::Light, "light")] {
        let mut desk = Desk::open(compared(), (1440.0, 900.0), theme);
        desk.press(Modifiers::COMMAND, Key::Num5);
        desk.press(Modifiers::NONE, Key::C);
        assert!(desk.names_with("set B with Shift") > 0);
        desk.shown().panel.charts.centre_on(&compared(), 1_150);
        desk.press(Modifiers::NONE, Key::V);
        assert!(desk.names_with("Δ ") > 0);
        desk.shown().panel.charts.follow();
        desk.settle();
        answer(&mut desk.shown().panel);
        desk.snapshot(&format!("compare_{name}_1440"));
        desk.press(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::S);
        let shown = desk.shown();
        assert_eq!(shown.panel.wish, Some(FileWish::Export));
        let export = shown.panel.board.export.clone().expect("something to export");
        assert!(
            !export.columns.is_empty() && export.to - export.from == TICKS - 1_150,
            "{} {}",
            export.from,
            export.to
        );
        desk.press(Modifiers::NONE, Key::X);
        assert!(desk.names_with("Visible range") > 0);
    }
}

#[test]
fn the_time_line_shows_the_tree_the_plan_and_the_marks() {
    for (theme, name) in [(ThemeName::Dark, "dark"), (ThemeName::Operator, "operator")] {
        let mut lone = Lone::open(TileId::Timeline, planned(gone_back(compared())), (1260.0, 130.0), theme);
        lone.snapshot(&format!("timeline_tree_{name}"));
        assert_eq!(lone.click("Bookmark 00:58:20: bid rejected"), [Command::GoTo { tick: 700 }]);
    }
    let mut low = Lone::open(TileId::Timeline, planned(compared()), (1260.0, 72.0), ThemeName::Dark);
    low.snapshot("timeline_low_dark");
}

#[test]
fn plans_of_the_same_time_stand_below_each_other_as_far_as_there_is_room() {
    let mut view = planned(compared());
    view.beside.runs = view.beside.runs.iter().take(1).cloned().collect();
    let begun = view.beside.plan.iter().find(|plan| plan.label == "RegD hold").cloned().expect("it is planned");
    let beside = PlannedView { id: 9, label: "Price spike".to_owned(), from: begun.from + 600, ..begun };
    view.beside.plan = view.beside.plan.iter().cloned().chain([beside]).collect();
    for (height, name) in [(150.0, "roomy"), (92.0, "usual"), (64.0, "low")] {
        let mut lone = Lone::open(TileId::Timeline, view.clone(), (1260.0, height), ThemeName::Dark);
        let [held, spike] =
            ["RegD hold at", "Price spike at"].map(|words| lone.rect_with(&format!("Planned: {words}")));
        assert!(held.x_range().intersects(spike.x_range()), "they work at the same time");
        assert!(spike.center().y >= held.center().y + 3.0, "{name}: {held} {spike}");
        lone.snapshot(&format!("timeline_plans_{name}_dark"));
    }
}

#[test]
fn run_until_tells_what_is_wrong_at_the_field() {
    for (theme, name) in [(ThemeName::Dark, "dark"), (ThemeName::Light, "light")] {
        let mut desk = Desk::open(compared(), (1280.0, 800.0), theme);
        desk.press(Modifiers::NONE, Key::U);
        desk.harness().event(egui::Event::Text("t_zone".to_owned()));
        desk.settle();
        desk.snapshot(&format!("until_{name}_1280"));
        let asked = desk.press(Modifiers::NONE, Key::Enter);
        assert!(asked.is_empty() && desk.names_with("is not a condition") > 0, "{asked:?}");
        desk.harness().event(egui::Event::Text("_a_degc > 34".to_owned()));
        desk.settle();
        let asked = desk.press(Modifiers::NONE, Key::Enter);
        let [Command::Until(Some(Until::Signal { signal, value, .. }))] = &asked[..] else { panic!("{asked:?}") };
        assert_eq!((signal.as_str(), *value), ("t_zone_a_degc", 34.0));
        desk.press(Modifiers::COMMAND, Key::D);
        desk.harness().event(egui::Event::Text("look here".to_owned()));
        desk.settle();
        let asked = desk.press(Modifiers::NONE, Key::Enter);
        assert_eq!(asked, [Command::Mark { tick: TICKS, text: "look here".to_owned() }]);
    }
}

#[test]
fn shadows_leave_ghosts_on_the_levers() {
    for (theme, name) in [(ThemeName::Dark, "dark"), (ThemeName::HighContrast, "high_contrast")] {
        let mut lone = Lone::open(TileId::Levers, shadowed(compared()), (420.0, 420.0), theme);
        assert!(lone.names_with("Shadow pid: reward +0.821") > 0);
        lone.snapshot(&format!("tile_levers_shadows_{name}"));
    }
}

#[test]
fn a_log_that_is_run_again_tells_what_became_of_it() {
    let replay = || {
        let mut view = views::day(400);
        view.replay = Some(Arc::new(c2g_twin::session::ReplayView {
            name: "monday.csv".into(),
            path: "logs/monday.csv".into(),
            kind: "full log",
            set: vec!["monday.csv".to_owned()].into(),
            chosen: 0,
            rows: 400,
            all: views::day(400).recording,
            reading: None,
            following: false,
            time: None,
            bad: Arc::default(),
            provenance: Vec::new().into(),
            notes: Vec::new().into(),
            tells_setup: true,
        }));
        view.beside.runs = Vec::new().into();
        view
    };
    let how = || "as logged".to_owned();
    let states = [
        ("running", Checked::Running(0.4)),
        ("same", Checked::Same { rows: 400, how: how() }),
        ("differs", Checked::Differs { tick: 231, signal: "soc_frac".into(), logged: 0.5, run: 0.51, how: how() }),
        (
            "failed",
            Checked::Failed("the header names plant `moon`".into(), "Open it where that plant is known.".into()),
        ),
    ];
    for (name, checked) in states {
        let theme = if name == "differs" { ThemeName::Light } else { ThemeName::Dark };
        let mut view = replay();
        view.beside.checked = Some(checked);
        let mut lone = Lone::open(TileId::Runs, view, (340.0, 260.0), theme);
        lone.snapshot(&format!("tile_runs_replay_{name}"));
        if name == "same" {
            assert_eq!(lone.click("Take over here"), [Command::TakeOver]);
            assert_eq!(lone.click("Run again and compare"), [Command::Check { recompute: false }]);
        }
    }
}
