//! The tiles Ask and Head-room: what they say, what a click does, what they look like.

use std::sync::Arc;

use c2g_twin::app::board::{self, Answered, Ask};
use c2g_twin::app::panel::{self, PanelState, TileId};
use c2g_twin::app::theme::ThemeName;
use c2g_twin::evaluate::headroom;
use c2g_twin::record::Provenance;
use c2g_twin::rollout::{Setup, World};
use c2g_twin::session::{Command, HeadroomNote, PlayState, ReplayView, RunView};

use super::lone::Lone;
use super::views::{self, Toy};

/// A tile with the questions that it asked answered, as the board would.
fn asked(view: RunView, size: (f32, f32), theme: ThemeName) -> Lone {
    let mut tile = Lone::open(TileId::Ask, view, size, theme);
    answer(&mut tile);
    tile
}

/// Answers what a tile asked.
fn answer(tile: &mut Lone) {
    let shown = tile.shown();
    for ask in std::mem::take(&mut shown.panel.board.asks) {
        let Ask::Question(asking) = ask else { continue };
        let mut all = Answered::default();
        board::answer_all(&asking, &|| false, &mut |answered| all = answered.clone());
        shown.panel.board.asking = None;
        shown.panel.board.answered = Some(Arc::new(all));
    }
    tile.settle();
}

/// The default day after so many ticks, with what it could give.
fn with_headroom(ticks: u64) -> RunView {
    let mut view = views::day(ticks);
    add_headroom(&mut view);
    view
}

/// A tile with its questions answered.
pub fn asked_of(tile: TileId, view: RunView) -> Lone {
    let mut tile = Lone::open(tile, view, (640.0, 400.0), ThemeName::Dark);
    answer(&mut tile);
    tile
}

/// Adds what the site could give.
pub fn add_headroom(view: &mut RunView) {
    let mut rollout = World::default().build(&view.setup).unwrap();
    for _ in 0..view.tick {
        rollout.step().unwrap();
    }
    let from = rollout.snapshot();
    view.headroom = headroom::find(&mut rollout, &from, &|| false).unwrap().map(Arc::new);
}

#[test]
fn pictures_of_questions() {
    asked(views::day(10_206), (540.0, 300.0), ThemeName::Dark).snapshot("tile_ask_540_dark");
    asked(views::day(10_206), (376.0, 300.0), ThemeName::Operator).snapshot("tile_ask_376_operator");
    asked(views::day(10_206), (256.0, 240.0), ThemeName::Light).snapshot("tile_ask_256_light");
    asked(views::day(10_206), (820.0, 400.0), ThemeName::HighContrast).snapshot("tile_ask_820_contrast");
    asked(views::day(0), (376.0, 160.0), ThemeName::Dark).snapshot("tile_ask_begin_dark");
    asked(Toy::positions().view(), (376.0, 240.0), ThemeName::Light).snapshot("tile_ask_toy_light");
    Lone::open(TileId::Ask, views::day(200), (376.0, 120.0), ThemeName::Dark).snapshot("tile_ask_working_dark");
}

#[test]
fn a_click_goes_to_the_tick() {
    let mut tile = asked(views::day(10_206), (540.0, 700.0), ThemeName::Dark);
    let answers = tile.shown().panel.board.answered.clone().unwrap();
    let worst = answers.list.iter().find(|(q, _)| q.name == "worst_tracking").unwrap().1.clone().unwrap();
    let place = tile.rect_with("Worst tracking").center();
    assert_eq!(tile.tap(place, 1), [Command::GoTo { tick: worst.instant.unwrap() }]);
    assert!(!tile.shown().panel.charts.follows(), "the charts show the moment");
    // What never happened has no place to go to.
    let place = tile.rect_with("First trip, never").center();
    assert_eq!(tile.tap(place, 1), []);
}

#[test]
fn a_search_finds_questions_and_signals() {
    let mut tile = asked(views::day(2_000), (540.0, 700.0), ThemeName::Dark);
    assert_eq!(tile.names_with("Lowest PUE"), 1);
    tile.click("Find a question or a signal");
    tile.write("backlog");
    answer(&mut tile);
    assert_eq!(tile.names_with("Lowest PUE"), 0);
    assert!(tile.names_with("Longest backlog") >= 1 && tile.names_with("Workload, backlog, highest") == 1);
    tile.write(" of the moon");
    answer(&mut tile);
    assert!(tile.has("No question and no signal of these words"));
}

#[test]
fn the_answers_are_asked_for_once_and_again_when_there_are_more_rows() {
    let mut tile = asked(views::day(400), (376.0, 240.0), ThemeName::Dark);
    tile.settle();
    assert!(tile.shown().panel.board.asks.is_empty(), "nothing new, nothing asked");
    let view = views::day(800);
    tile.shown().view = view;
    tile.settle();
    let asks = tile.shown().panel.board.asks.len();
    assert_eq!(asks, 1, "twice as many rows");
    answer(&mut tile);
    assert_eq!(tile.shown().panel.board.answered.as_ref().unwrap().key.rows, 800);
}

#[test]
fn a_log_is_asked_as_a_whole_and_says_what_it_lacks() {
    let all = views::day(900);
    let mut view = views::day(300);
    let lacks = all.spec.signal("pue").unwrap();
    let provenance =
        (0..all.schema.len()).map(|column| if column == lacks { Provenance::Absent } else { Provenance::Derived });
    view.replay = Some(Arc::new(ReplayView {
        name: "monday.csv".into(),
        path: "logs/monday.csv".into(),
        kind: "full log",
        set: vec!["monday.csv".to_owned()].into(),
        chosen: 0,
        rows: 900,
        all: all.beside.shown_run().unwrap().recording.clone(),
        reading: None,
        following: false,
        time: None,
        bad: Arc::default(),
        provenance: provenance.collect(),
        notes: Vec::new().into(),
        tells_setup: true,
    }));
    view.beside.runs = Vec::new().into();
    let mut tile = asked(view, (540.0, 300.0), ThemeName::Dark);
    assert!(tile.has("Lowest PUE, not in this log"));
    assert_eq!(tile.shown().panel.board.answered.as_ref().unwrap().key.rows, 900, "rows after the shown one count");
    tile.snapshot("tile_ask_replay_dark");
}

#[test]
fn pictures_of_head_room() {
    let day = with_headroom(10_206);
    for (name, size, theme) in [
        ("540_dark", (540.0, 240.0), ThemeName::Dark),
        ("540_tall_dark", (540.0, 340.0), ThemeName::Dark),
        ("376_operator", (376.0, 240.0), ThemeName::Operator),
        ("256_light", (256.0, 180.0), ThemeName::Light),
        ("820_contrast", (820.0, 300.0), ThemeName::HighContrast),
    ] {
        Lone::open(TileId::Headroom, day.clone(), size, theme).snapshot(&format!("tile_headroom_{name}"));
    }
    // The line of the commitment goes through the widest pieces, beside their numbers.
    let mut cut = day.clone();
    let mut told = cut.headroom.as_deref().unwrap().clone();
    told.commitment = Some(0.6 * told.up.all.found().unwrap().amount);
    cut.headroom = Some(told.into());
    Lone::open(TileId::Headroom, cut, (376.0, 200.0), ThemeName::Dark).snapshot("tile_headroom_cut_dark");
    let mut hall = views::run(Setup { plant: "sustaindc".into(), ..Setup::default() }, 60, &[]);
    add_headroom(&mut hall);
    Lone::open(TileId::Headroom, hall, (376.0, 300.0), ThemeName::Dark).snapshot("tile_headroom_hall_dark");
    let toy = Toy::positions().view();
    Lone::open(TileId::Headroom, toy, (376.0, 120.0), ThemeName::Dark).snapshot("tile_headroom_toy_dark");
}

#[test]
fn head_room_is_told_against_the_commitment() {
    let view = with_headroom(10_206);
    let told = view.headroom.clone().unwrap();
    let (up, down) = (&told.up.all.found().unwrap(), &told.down.all.found().unwrap());
    let owed = told.commitment.unwrap();
    let mut tile = Lone::open(TileId::Headroom, view, (540.0, 360.0), ThemeName::Dark);
    assert_eq!(tile.names_with(&format!("Up, draw less: {:.1}\u{A0}MW. {:.1}", up.amount, up.amount - owed)), 1);
    let words = if down.amount < owed { "short of the commitment" } else { "to spare" };
    assert_eq!(tile.names_with(&format!("Down, draw more: {:.1}\u{A0}MW.", down.amount)), 1);
    assert!(tile.names_with(words) >= 1);
    assert_eq!(tile.names_with("Battery alone: up 5.0"), 1);
    assert!(tile.names_with("36.5 MW cooling baseline") >= 1);
    // Nothing is asked as long as the answer is that of the instant that is shown.
    tile.settle();
    assert_eq!(tile.shown().asked, []);
    tile.shown().view.tick += 1;
    tile.settle();
    assert_eq!(tile.shown().asked, [Command::Headroom]);
    tile.settle();
    assert_eq!(tile.shown().asked.len(), 1, "asked once for an instant");
    assert!(tile.names_with("Up, draw less") == 1, "what is known stays until there is something new");
}

/// Draws a window over and over, for so many seconds in which nothing happens and nobody answers; returns what it asked
/// for and when it wants to be drawn again.
fn unanswered(
    ctx: &egui::Context,
    panel: &mut PanelState,
    view: &RunView,
    from_s: f64,
) -> (Vec<Command>, std::time::Duration) {
    let mut asked = Vec::new();
    let mut again = std::time::Duration::MAX;
    for frame in 0..100 {
        let input = egui::RawInput {
            screen_rect: Some(egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(1_920.0, 1_080.0))),
            time: Some(from_s + 0.1 * f64::from(frame)),
            max_texture_side: Some(8_192),
            ..egui::RawInput::default()
        };
        let output = ctx.run_ui(input, |ui| panel::workspace(ui, panel, view, &mut asked));
        again = output.viewport_output.values().map(|v| v.repaint_delay).min().unwrap_or(std::time::Duration::MAX);
    }
    (asked, again)
}

#[test]
fn a_question_that_nobody_answers_is_asked_once_and_wakes_nobody() {
    let mut view = views::day(10_327);
    (view.beside.why, view.headroom) = (None, None);
    let (ctx, mut panel) = (egui::Context::default(), PanelState::default());
    panel.tiling.choose("Why");
    let count = |asked: &[Command]| {
        let why = asked.iter().filter(|c| matches!(c, Command::Why { .. })).count();
        (why, asked.iter().filter(|c| **c == Command::Headroom).count())
    };
    let (asked, again) = unanswered(&ctx, &mut panel, &view, 0.0);
    assert_eq!(count(&asked), (1, 1));
    assert!(again > std::time::Duration::from_secs(1), "the window comes to rest: {again:?}");
    // The state is another one.
    view.beside.changes += 1;
    let (asked, again) = unanswered(&ctx, &mut panel, &view, 20.0);
    let whole = view.reach() >= c2g_twin::rollout::Probe::until(&view.spec, view.tick - 1);
    assert_eq!(count(&asked), (usize::from(!whole), 1));
    assert!(again > std::time::Duration::from_secs(1), "{again:?}");
    view.tick -= 1;
    let (asked, _) = unanswered(&ctx, &mut panel, &view, 40.0);
    assert_eq!(count(&asked), (1, 1));
}

#[test]
fn a_tile_without_head_room_says_why_and_how_far_it_is() {
    let mut view = views::day(200);
    view.headroom = None;
    let mut tile = Lone::open(TileId::Headroom, view, (376.0, 200.0), ThemeName::Dark);
    assert!(tile.has("Rolling the plant to its limits …"));
    tile.shown().view.beside.headroom = Some(HeadroomNote::Again(0.4));
    tile.settle();
    assert_eq!(tile.names_with("Running the log again up to here: 40"), 1);
    let (what, cure) = ("transitions: not what the run was begun with".to_owned(), "Take a full log.".to_owned());
    tile.shown().view.beside.headroom = Some(HeadroomNote::Refused { tick: 200, what, cure });
    tile.settle();
    assert!(tile.has("No head-room: transitions: not what the run was begun with"));
    assert_eq!(tile.asked(), [Command::Headroom], "asked once");
}

#[test]
fn rows_that_went_are_wanted_back_once_while_time_stands() {
    let mut view = views::day(1_200);
    let columns = view.schema.len();
    let mut recorder = c2g_twin::record::Recorder::new(columns);
    let mut row = vec![0.0; columns];
    // More than the newest ones, which stay.
    for k in 0..12_000 {
        assert!(view.recording.row(k % 1_200, &mut row));
        recorder.push(&row);
    }
    let whole = recorder.picture();
    c2g_twin::record::shed(&mut [&mut recorder], 0, &|_, _| 0);
    let lean = recorder.picture();
    let gone = lean.missing(0, lean.rows());
    assert!(!gone.is_empty() && whole.missing(0, whole.rows()).is_empty(), "rows went");
    view.tick = lean.rows();
    view.beside.runs = Vec::new().into();
    view.recording = lean;
    view.play = PlayState::Paused;
    let mut tile = asked(view.clone(), (540.0, 300.0), ThemeName::Dark);
    let need = Command::Need { run: None, from: gone[0].start, to: gone[gone.len() - 1].end };
    assert_eq!(tile.asked(), [need], "wanted as soon as the answers lack them");
    tile.settle();
    assert_eq!(tile.asked(), [], "wanted once");
    // They are back: everything is answered again.
    tile.shown().view.recording = whole;
    tile.settle();
    answer(&mut tile);
    assert_eq!(tile.shown().panel.board.answered.as_ref().unwrap().unseen(), 0);
    assert_eq!(tile.asked(), []);
    // While time passes nothing is asked for: the next tick sheds it again.
    view.play = PlayState::Playing;
    let mut tile = asked(view, (540.0, 300.0), ThemeName::Dark);
    assert_eq!(tile.asked(), []);
}
