//! The scoreboard and the policy card: what they show, what they ask for, and the threads behind them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use c2g_twin::app::board::{
    Ask, Board, FitView, News, Office, Policy, PolicyView, Progress, Section, Stored, StoredRow,
};
use c2g_twin::app::panel::{FileWish, TileId};
use c2g_twin::app::theme::ThemeName;
use c2g_twin::control::Setting;
use c2g_twin::evaluate::matrix::Request;
use c2g_twin::evaluate::statistics::Moments;
use c2g_twin::rollout::{Intervention, Setup, World};
use c2g_twin::session::Command;
use egui::{Key, Modifiers};

use super::desk::Desk;
use super::lone::Lone;
use super::views::{self, Toy};

/// Results as a benchmark leaves them: one section beside which the default day is comparable, and another.
fn stored() -> Arc<Stored> {
    let keys = |kind: &str| {
        let keys = [("type", kind), ("market", "pjm"), ("fidelity", "documented"), ("noise", "counter")];
        keys.map(|(a, b)| (a.to_owned(), b.to_owned())).to_vec()
    };
    let row = |scenario: &str, agent: &str, values: &[f64]| StoredRow {
        scenario: scenario.to_owned(),
        agent: agent.to_owned(),
        episodes: 5,
        cells: values.iter().map(|&mean| Some(Moments { n: 5, mean, std: (mean * 0.04).abs() })).collect(),
    };
    let columns = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<String>>();
    let view = views::day(10);
    let (scenario, market) = (view.axes[0].value.clone(), view.axes[1].value.clone());
    let mut own = keys("macro");
    own[1].1 = market;
    own[2].1 = view.axes[2].value.clone();
    Arc::new(Stored {
        files: vec![PathBuf::from("evaluation/results/multi_episodes.csv"), PathBuf::from("old.csv")],
        sections: vec![
            Section {
                title: "hardware · market pjm".to_owned(),
                keys: keys("hardware"),
                columns: columns(&["mean_reward", "tracking_rmse"]),
                rows: vec![row("stress", "pid", &[-0.31, 0.21]), row("stress", "random", &[-4.8, 2.4])],
            },
            Section {
                title: "macro · noise counter".to_owned(),
                keys: own,
                columns: columns(&["mean_reward", "total_reward", "tracking_rmse", "bid_acceptance_rate"]),
                rows: vec![
                    row(&scenario, "rule_macro+rule_based", &[12.1, 1_161.6, 0.9, 0.97]),
                    row(&scenario, "rule_macro+pid", &[-900.0, -86_400.0, 0.000_1, 0.96]),
                    row("stress", "milp+mpc_fast", &[15.2, 1_459.2, 0.3, 1.0]),
                ],
            },
        ],
        notes: vec!["old.csv:8: `x` in column `mean_reward` is no number; the row is left out".to_owned()],
    })
}

fn board(ticks: u64, size: (f32, f32), theme: ThemeName) -> Lone {
    let mut lone = Lone::open(TileId::Scoreboard, views::day(ticks), size, theme);
    lone.shown().panel.board.stored = stored();
    lone.settle();
    lone
}

#[test]
fn an_empty_scoreboard_says_what_to_do() {
    let mut lone = Lone::open(TileId::Scoreboard, views::day(0), (640.0, 300.0), ThemeName::Dark);
    assert_eq!(lone.shown().panel.board.asks, [Ask::Look], "the default folder is read once");
    assert!(lone.names_with("Nothing to compare yet") > 0);
    lone.snapshot("tile_scoreboard_empty_dark");
    lone.click("Open results…");
    assert_eq!(lone.shown().panel.wish, Some(FileWish::Results));
    let mut lone = Lone::open(TileId::Scoreboard, Toy::positions().view(), (640.0, 300.0), ThemeName::Light);
    lone.snapshot("tile_scoreboard_empty_light");
}

#[test]
fn the_running_episode_stands_among_comparable_rows() {
    let mut lone = board(1_500, (900.0, 360.0), ThemeName::Dark);
    assert!(lone.names_with("running") > 0, "the running episode has a row");
    let of = |lone: &Lone, name: &str| lone.rect_with(name).top();
    assert!(of(&lone, "macro · noise counter") < of(&lone, "hardware · market pjm"), "its section comes first");
    lone.snapshot("tile_scoreboard_results_dark");
    let (pid, milp) = ("rule_macro+pid in", "milp+mpc_fast in");
    assert!(of(&lone, pid) < of(&lone, milp), "as in the files");
    lone.click("Sort by mean_reward in macro · noise counter");
    assert!(of(&lone, milp) < of(&lone, pid), "the best first");
    lone.click("Sort by mean_reward in macro · noise counter");
    assert!(of(&lone, pid) < of(&lone, milp));
    lone.click("Clear");
    assert_eq!(lone.shown().panel.board.asks.last(), Some(&Ask::Forget));
    let mut lone = board(1_500, (900.0, 360.0), ThemeName::Operator);
    lone.snapshot("tile_scoreboard_results_operator");
}

#[test]
fn a_benchmark_is_started_watched_and_cancelled() {
    let mut lone = board(400, (760.0, 520.0), ThemeName::Dark);
    lone.click("Benchmark…");
    lone.snapshot("tile_scoreboard_form_dark");
    lone.click("Start the benchmark");
    let asks = std::mem::take(&mut lone.shown().panel.board.asks);
    let Some(Ask::Benchmark(request)) = asks.last() else { panic!("{asks:?}") };
    assert_eq!(request.agents, ["rule_based", "bang_bang", "pid", "random"].map(str::to_owned));
    assert_eq!((request.episodes, request.base.seed, request.append), (5, 100, true));
    assert!(request.axes.values().all(|v| v.len() == 1), "what is run now: {:?}", request.axes);
    assert!(request.base.policies.is_empty() && request.jobs >= 1);
    for (theme, name) in [(ThemeName::Dark, "dark"), (ThemeName::Operator, "operator")] {
        let mut lone = board(400, (760.0, 400.0), theme);
        let progress =
            Progress { done: 7, total: 20, left_s: Some(95.0), now: "pid · default".into(), stopping: false };
        lone.shown().panel.board.progress = Some(progress);
        lone.settle();
        assert!(lone.names_with("7 of 20 episodes") > 0);
        lone.snapshot(&format!("tile_scoreboard_running_{name}"));
        lone.click("Cancel the benchmark");
        assert_eq!(lone.shown().panel.board.asks.last(), Some(&Ask::Cancel));
    }
}

#[test]
fn networks_and_language_models_are_offered_as_agents() {
    let mut lone = board(400, (760.0, 620.0), ThemeName::Dark);
    let Policy::Card(fitting) = card() else { panic!() };
    let none = PolicyView {
        path: "models/other.onnx".into(),
        fits: vec![FitView {
            plant: "c2g".into(),
            slot: "hardware".into(),
            why_not: Some("it takes 14 values".into()),
        }],
        ..fitting.clone()
    };
    let models: Vec<PathBuf> = ["models/actor.onnx", "models/other.onnx", "models/new.onnx"].map(Into::into).to_vec();
    {
        let board = &mut lone.shown().panel.board;
        board.models = models.into();
        for card in [fitting, none] {
            board.networks.insert(card.path.clone(), Policy::Card(card));
        }
        board.asks.clear();
    }
    lone.settle();
    lone.click("Benchmark…");
    let asks = lone.shown().panel.board.asks.clone();
    assert_eq!(asks, [Ask::Fit(vec!["models/new.onnx".into()])], "what was not looked at is looked at, once");
    lone.click("Hardware networks: actor");
    lone.click("Macro agents: llm_policy_macro");
    assert!(lone.names_with("fits no slot") > 0 && lone.names_with("Reading new.onnx") > 0);
    lone.click("Server of language models");
    lone.write("http://localhost:9/v1");
    lone.snapshot("tile_scoreboard_agents_dark");
    lone.click("Start the benchmark");
    let asks = std::mem::take(&mut lone.shown().panel.board.asks);
    let Some(Ask::Benchmark(request)) = asks.last() else { panic!("{asks:?}") };
    assert!(request.agents.contains(&"models/actor.onnx".to_owned()), "{:?}", request.agents);
    assert!(request.agents.contains(&"llm_policy_macro".to_owned()), "{:?}", request.agents);
    assert_eq!(request.options.llm.api_base.as_deref(), Some("http://localhost:9/v1"));
}

#[test]
fn narrow_scoreboards_keep_agents_in_sight() {
    for (theme, name) in [(ThemeName::Dark, "dark"), (ThemeName::HighContrast, "high_contrast")] {
        let mut lone = board(1_500, (410.0, 300.0), theme);
        lone.snapshot(&format!("tile_scoreboard_narrow_{name}"));
    }
    let mut lone = Lone::open(TileId::Scoreboard, views::day(1_500), (410.0, 300.0), ThemeName::Dark);
    assert!(lone.names_with("Only the running episode is here") > 0);
    lone.snapshot("tile_scoreboard_alone_dark");
    let mut desk = Desk::open(views::day(1_500), (1280.0, 800.0), ThemeName::Dark);
    desk.shown().panel.tiling.choose("Everything");
    desk.shown().panel.tiling.reveal(&TileId::Scoreboard);
    desk.shown().panel.board.stored = stored();
    desk.settle();
    desk.shown().panel.tiling.reveal(&TileId::Scoreboard);
    desk.snapshot("everything_scoreboard_dark_1280");
}

/// Lets an office work until the board satisfies a condition.
fn until(office: &mut Office, board: &mut Board, what: &str, ready: impl Fn(&Board, &[News]) -> bool) -> Vec<News> {
    let (begin, mut all) = (Instant::now(), Vec::new());
    loop {
        all.extend(office.collect(board));
        if ready(board, &all) {
            return all;
        }
        assert!(begin.elapsed() < Duration::from_secs(300), "{what} did not come: {all:?}");
        std::thread::sleep(Duration::from_millis(3));
    }
}

fn office() -> Office {
    Office::open(World::default(), Arc::new(|| {})).unwrap()
}

fn request(dir: &Path, agents: &[&str], episodes: u64, ticks: u64) -> Ask {
    Ask::Benchmark(Box::new(Request {
        base: Setup { seed: 7, ticks: Some(ticks), ..Setup::default() },
        agents: agents.iter().map(|a| (*a).to_owned()).collect(),
        axes: [("scenario".to_owned(), vec!["default".to_owned()])].into(),
        episodes,
        jobs: 1,
        output: Some(dir.join("own.csv")),
        append: true,
        ..Request::default()
    }))
}

#[test]
fn a_benchmark_of_the_office_puts_its_rows_on_the_board() {
    let dir = tempfile::tempdir().unwrap();
    let (mut office, mut board) = (office(), Board::default());
    board.asks.push(request(dir.path(), &["pid", "random"], 2, 60));
    let news = until(&mut office, &mut board, "the end", |b, news| !news.is_empty() && b.stored.rows() == 2);
    assert!(matches!(&news[..], [News::Done(text)] if text.contains("4 episodes")), "{news:?}");
    assert!(board.progress.is_none());
    assert_eq!(board.stored.sections[0].rows[0].episodes, 2);
    assert!(dir.path().join("own.csv").exists() && dir.path().join("own_episodes.csv").exists());
    board.asks.push(request(dir.path(), &["pid", "rulebased"], 2, 60));
    let news = until(&mut office, &mut board, "the refusal", |_, news| !news.is_empty());
    let [News::Problem(error)] = &news[..] else { panic!("{news:?}") };
    assert!(error.cure().contains("Did you mean `rule_based`?"), "{error}");
}

#[test]
fn a_cancelled_benchmark_leaves_whole_rows_and_can_be_gone_on_with() {
    let dir = tempfile::tempdir().unwrap();
    let (mut office, mut board) = (office(), Board::default());
    board.asks.push(request(dir.path(), &["pid", "random"], 40, 400));
    until(&mut office, &mut board, "an episode", |b, _| b.progress.as_ref().is_some_and(|p| p.done > 0));
    board.asks.push(request(dir.path(), &["pid"], 1, 60));
    board.asks.push(Ask::Cancel);
    let two = |_: &Board, news: &[News]| news.len() == 2;
    let news = until(&mut office, &mut board, "the end", two);
    assert!(matches!(&news[0], News::Problem(e) if e.to_string().contains("another benchmark")), "{news:?}");
    assert!(matches!(&news[1], News::Done(text) if text.contains("cancelled")), "{news:?}");
    let text = std::fs::read_to_string(dir.path().join("own_episodes.csv")).unwrap();
    let columns = |line: &str| line.split(',').count();
    let width = columns(text.lines().next().unwrap());
    assert!(text.ends_with('\n') && text.lines().all(|l| columns(l) == width));
    let rows = text.lines().count() - 1;
    assert!((1..80).contains(&rows), "{rows}");
    // Closing the window is dropping the office: it cancels and waits.
    board.asks.push(request(dir.path(), &["pid", "random"], 40, 400));
    until(&mut office, &mut board, "the next episode", |b, _| {
        b.progress.as_ref().is_some_and(|p| p.done > rows as u64)
    });
    drop(office);
    let after = std::fs::read_to_string(dir.path().join("own_episodes.csv")).unwrap();
    assert!(after.starts_with(&text) && after.ends_with('\n') && after.lines().all(|l| columns(l) == width));
}

#[test]
fn results_and_networks_that_are_dropped_find_their_place() {
    let mut desk = Desk::open(views::day(10), (1280.0, 800.0), ThemeName::Dark);
    let mut drop = |names: &[&str]| {
        desk.shown().asked.clear();
        desk.shown().panel.board.asks.clear();
        let file = |name: &&str| egui::DroppedFile { path: Some(PathBuf::from(name)), ..Default::default() };
        desk.harness().input_mut().dropped_files = names.iter().map(file).collect();
        desk.settle();
        let shown = desk.shown();
        (std::mem::take(&mut shown.asked), std::mem::take(&mut shown.panel.board.asks))
    };
    let (asked, asks) = drop(&["x/multi_episodes.csv"]);
    assert!(asked.is_empty() && asks.contains(&Ask::Read(vec!["x/multi_episodes.csv".into()])), "{asks:?}");
    let (asked, asks) = drop(&["m/net.ONNX"]);
    assert!(asked.is_empty() && asks.contains(&Ask::Check("m/net.ONNX".into())), "{asks:?}");
}

#[test]
fn results_that_were_given_as_logs_go_on_the_board_once() {
    let mut view = views::day(10);
    view.beside.results = std::sync::Arc::from(vec![PathBuf::from("x/results.csv")]);
    let mut desk = Desk::open(view, (1280.0, 800.0), ThemeName::Dark);
    desk.settle();
    let read = |asks: &[Ask]| asks.iter().filter(|a| matches!(a, Ask::Read(_))).cloned().collect::<Vec<_>>();
    assert_eq!(read(&desk.shown().panel.board.asks), [Ask::Read(vec!["x/results.csv".into()])]);
}

/// A card as the office makes it.
fn card() -> Policy {
    let line = |(head, words): (&str, &str)| (head.to_owned(), words.to_owned());
    let lines = [
        ("file", "ONNX format 8, operators 17, written by pytorch"),
        ("engine", "tract (built in)"),
        ("takes", "observation [batch, 18] f32"),
        ("gives", "action [batch, 4] f32"),
        ("fits", "c2g hardware: `action` acts: one value an action, clamped to its bounds"),
        ("probe", "zeros give 0.1204 −0.3310 0.9121 0.0410"),
    ];
    let fit = |plant: &str, slot: &str, why: Option<&str>| FitView {
        plant: plant.to_owned(),
        slot: slot.to_owned(),
        why_not: why.map(str::to_owned),
    };
    Policy::Card(PolicyView {
        path: "models/actor.onnx".into(),
        lines: lines.map(line).to_vec(),
        fits: vec![
            fit("c2g", "macro", Some("it takes 18 values, and the slot gives 19")),
            fit("c2g", "hardware", None),
        ],
        sound: true,
        unit_outputs: false,
    })
}

#[test]
fn a_policy_is_looked_at_before_it_drives() {
    for theme in [ThemeName::Dark, ThemeName::Light] {
        let mut desk = Desk::open(views::day(400), (1280.0, 800.0), theme);
        desk.press(Modifiers::COMMAND, Key::I);
        assert!(desk.names_with("Nothing drives before you say so") > 0);
        desk.shown().panel.board.policy = Some(card());
        desk.shown().panel.board.models = vec![PathBuf::from("models/actor.onnx")].into();
        desk.settle();
        let hardware = desk.shown().view.spec.slots.iter().find(|s| s.name == "hardware").unwrap().label.clone();
        let asked = desk.click(&format!("Drive {hardware}"));
        let controller = Intervention::Controller { slot: "hardware".to_owned(), name: "models/actor.onnx".to_owned() };
        let rescale = Intervention::Parameter { slot: "hardware".into(), name: "rescale".into(), value: None };
        assert_eq!(asked, [Command::Intervene(controller), Command::Intervene(rescale)]);
        assert!(!desk.has("Close the card"), "the card is put away");
    }
    let mut desk = Desk::open(views::day(400), (1280.0, 800.0), ThemeName::Dark);
    desk.press(Modifiers::COMMAND, Key::I);
    desk.shown().panel.board.policy = Some(card());
    desk.settle();
    desk.click("Outputs are in [−1,1], rescale");
    let hardware = desk.shown().view.spec.slots.iter().find(|s| s.name == "hardware").unwrap().label.clone();
    let asked = desk.click(&format!("Drive {hardware}"));
    let value = Some(Setting::Switch(true));
    let rescale = Intervention::Parameter { slot: "hardware".into(), name: "rescale".into(), value };
    assert_eq!(asked.last(), Some(&Command::Intervene(rescale)));
}

/// A card of its own kind.
fn variant(change: impl FnOnce(&mut PolicyView)) -> Policy {
    let Policy::Card(mut view) = card() else { panic!("a card") };
    change(&mut view);
    Policy::Card(view)
}

#[test]
fn the_policy_card_stands_in_all_its_states() {
    let line = |head: &str, words: &str| (head.to_owned(), words.to_owned());
    let none = variant(|card| {
        card.path = "models/actor_26.onnx".into();
        card.fits.iter_mut().for_each(|f| f.why_not = Some(format!("it takes 26 values, and {} gives others", f.slot)));
        card.lines[4] = line("fits", "no slot");
        card.lines.push(line("", "c2g hardware: it takes 26 values, and the slot gives 18"));
        card.lines.push(line("", "c2g macro: it takes 26 values, and the slot gives 19"));
    });
    let probes = variant(|card| {
        card.sound = false;
        card.unit_outputs = true;
        card.lines.push(line("", "middle of the ranges, c2g hardware gives NaN 0.0000 0.0000 0.0000"));
        card.lines.push(line(
            "",
            "on zeros throttle lies outside its bounds; if its outputs lie in −1 to 1, let them be rescaled",
        ));
        card.lines.push(line("time", "41 µs for a decision, the middle of 200"));
    });
    let failed = Policy::Failed {
        path: "models/broken.onnx".into(),
        text: "models/broken.onnx: this is no ONNX file: it ends after 12 bytes".into(),
        cure: "Export it again with the script that `c2g-twin policy export-help` prints.".into(),
    };
    let reading = Policy::Reading("models/actor.onnx".into());
    let all = [("fits", card()), ("fits_none", none), ("probes", probes), ("failed", failed), ("reading", reading)];
    for (name, policy) in all {
        for theme in [ThemeName::Dark, ThemeName::Light] {
            // Of the states that say little one theme is enough.
            if theme == ThemeName::Light && ["failed", "reading"].contains(&name) {
                continue;
            }
            let mut desk = Desk::open(views::day(400), (900.0, 640.0), theme);
            desk.press(Modifiers::COMMAND, Key::I);
            desk.shown().panel.board.policy = Some(policy.clone());
            desk.shown().panel.board.models = ["models/actor.onnx", "models/actor_26.onnx"].map(PathBuf::from).into();
            desk.settle();
            desk.snapshot(&format!("policy_{name}_{}", if theme == ThemeName::Dark { "dark" } else { "light" }));
        }
    }
}

#[test]
fn a_policy_that_drives_shows_how_far_its_inputs_stand_from_its_training() {
    for (theme, ink) in [(ThemeName::Dark, "dark"), (ThemeName::Operator, "operator")] {
        let mut view = views::day(400);
        let slot = view.spec.slots.iter().position(|s| s.name == "hardware").unwrap();
        let names: Vec<String> = view.spec.slots[slot].observations.iter().map(|o| o.name.clone()).collect();
        let seen = &mut view.slots[slot];
        seen.controller = "models/actor.onnx".to_owned();
        let z = |k: usize| [0.2, -1.4, 2.1, 4.6, -0.3, 0.0, -6.2, 1.0][k % 8];
        seen.insight.values = names
            .iter()
            .enumerate()
            .map(|(k, name)| (format!("z of {name}"), if k == 5 { f64::NAN } else { z(k) }))
            .collect();
        seen.insight.values.push(("clamps".to_owned(), 3.0));
        let warning = format!("{} drifts: its mean z-score is 4.6 (metadata of the policy)", names[3]);
        seen.insight.texts = vec![("warning".to_owned(), warning)];
        let mut desk = Desk::open(view, (900.0, 640.0), theme);
        desk.press(Modifiers::COMMAND, Key::I);
        desk.shown().panel.board.policy = Some(card());
        desk.settle();
        assert!(desk.names_with("It drives Hardware now") > 0 && desk.names_with("drifts") > 0);
        desk.snapshot(&format!("policy_drift_{ink}"));
    }
}

#[test]
fn the_office_tells_what_a_file_is_or_why_not() {
    let (mut office, mut board) = (office(), Board::default());
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/sac_actor_18_4.onnx");
    board.asks.push(Ask::Check(model));
    until(&mut office, &mut board, "the card", |b, _| matches!(b.policy, Some(Policy::Card(_))));
    let Some(Policy::Card(card)) = &board.policy else { panic!("no card") };
    assert!(card.sound && card.fits.iter().any(|f| f.slot == "hardware" && f.why_not.is_none()), "{card:?}");
    assert!(card.lines.iter().any(|(head, words)| head == "takes" && words.contains("18")), "{:?}", card.lines);
    board.asks.push(Ask::Check("no/such.onnx".into()));
    until(&mut office, &mut board, "the refusal", |b, _| matches!(b.policy, Some(Policy::Failed { .. })));
    let Some(Policy::Failed { text, cure, .. }) = &board.policy else { panic!("no refusal") };
    assert!(text.contains("no/such.onnx") && !cure.is_empty());
}
