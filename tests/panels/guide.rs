//! The first page, tours and what else takes a newcomer by the hand.

use std::time::{Duration, Instant};

use c2g_twin::app::board::{Ask, Sampled};
use c2g_twin::app::panel::TileId;
use c2g_twin::app::settings::Settings;
use c2g_twin::app::theme::ThemeName;
use c2g_twin::rollout::{Intervention, LeverMode, Setup, World};
use c2g_twin::session::contest::Stage;
use c2g_twin::session::tour::{self, Phase};
use c2g_twin::session::{Command, RunView, Session, SessionOptions};
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;

use super::asking;
use super::desk::Desk;
use super::views;

const NARROW: (f32, f32) = (1280.0, 800.0);
const WIDE: (f32, f32) = (1920.0, 1080.0);

fn welcome(size: (f32, f32), theme: ThemeName) -> Desk {
    let mut desk = Desk::open(views::day(4_320), size, theme);
    desk.shown().panel.toggle_welcome();
    desk.settle();
    desk
}

#[test]
fn the_first_page() {
    welcome(NARROW, ThemeName::Dark).snapshot("welcome_dark_1280");
    welcome(WIDE, ThemeName::Dark).snapshot("welcome_dark_1920");
    welcome((900.0, 600.0), ThemeName::Light).snapshot("welcome_light_900");
}

#[test]
fn the_doors_of_the_first_page_lead_where_they_say() {
    let mut desk = welcome(NARROW, ThemeName::Dark);
    assert_eq!(desk.press(Modifiers::NONE, Key::Enter), [Command::Play]);
    assert!(!desk.has("Welcome"), "the page is gone");
    desk.press(Modifiers::COMMAND, Key::H);
    assert!(desk.has("Welcome"), "the menu opens it again");
    desk.click("Open a log…");
    assert!(desk.shown().panel.wish.take().is_some(), "a file is asked for");

    desk.press(Modifiers::COMMAND, Key::H);
    desk.click("C2G transition log: hardware, 18 in, 4 out, 20 minutes");
    assert_eq!(desk.shown().panel.board.asks, [Ask::Sample(0)]);
    let path = std::path::PathBuf::from("/samples/c2g_hardware.csv");
    desk.shown().panel.board.sample = Some(Sampled { path: path.clone(), results: false });
    desk.shown().asked.clear();
    desk.settle();
    assert_eq!(desk.shown().asked, [Command::Replay(vec![path])]);

    desk.shown().panel.board.asks.clear();
    desk.press(Modifiers::COMMAND, Key::H);
    desk.click("The handshake: bid, clearing, commitment, score");
    assert_eq!(desk.shown().panel.board.asks, [Ask::Tour("handshake".to_owned())]);
    desk.press(Modifiers::COMMAND, Key::H);
    desk.press(Modifiers::NONE, Key::Escape);
    assert!(!desk.has("Welcome"), "Escape closes it");
}

#[test]
fn the_first_page_remembers_what_was_open_and_whether_it_is_wanted() {
    let mut view = views::day(300);
    view.log = Some("runs/today.csv".to_owned());
    let mut desk = Desk::open(view, NARROW, ThemeName::Dark);
    desk.shown().panel.toggle_welcome();
    desk.settle();
    assert!(desk.has("today.csv: full log of a run in this window"));
    desk.click("Show this at start");
    let settings = Settings::of(&desk.shown().panel);
    assert!(!settings.welcome);
    assert_eq!(settings.recent.len(), 1);
    let mut panel = c2g_twin::app::panel::PanelState::default();
    settings.apply(&mut panel);
    panel.open_welcome_at_start();
    assert_eq!(panel.recent().len(), 1);
    let asked = desk.click("today.csv: full log of a run in this window");
    assert_eq!(asked, [Command::Replay(vec!["runs/today.csv".into()])]);
}

/// A window on a session that lives.
struct Live {
    desk: Desk,
    session: Session,
}

impl Live {
    fn tour(name: &str, size: (f32, f32)) -> Self {
        let mut live = Self::open(size);
        live.desk.shown().panel.start_tour(tour::find(name, &World::default()).unwrap());
        live
    }

    fn open(size: (f32, f32)) -> Self {
        let setup = Setup { ticks: Some(400), ..Setup::default_day().unwrap() };
        let session = Session::start(World::default(), setup, SessionOptions::default()).unwrap();
        let desk = Desk::open(RunView::clone(&session.view()), size, ThemeName::Dark);
        Self { desk, session }
    }

    /// Draws frames and hands over what they ask for until something is so.
    fn until(&mut self, what: &str, mut there: impl FnMut(&mut Desk) -> bool) {
        let begin = Instant::now();
        while !there(&mut self.desk) {
            assert!(begin.elapsed() < Duration::from_secs(120), "{what} did not come");
            self.frame();
        }
    }

    fn frame(&mut self) {
        self.desk.shown().view = RunView::clone(&self.session.view());
        self.desk.harness().step();
        for command in std::mem::take(&mut self.desk.shown().asked) {
            self.session.send(command);
        }
        std::thread::sleep(Duration::from_millis(2));
    }

    /// Clicks a control and hands over what it asks for.
    fn click(&mut self, name: &str) {
        for command in self.desk.click(name) {
            self.session.send(command);
        }
    }

    fn phase(&mut self) -> (usize, Phase, bool) {
        let player = self.desk.shown().panel.tour_player().unwrap();
        (player.at(), player.phase().clone(), player.paused())
    }
}

#[test]
fn a_tour_plays_stops_for_a_hand_and_goes_on() {
    let mut live = Live::tour("handshake", NARROW);
    // The first scenes go by at full speed.
    live.desk.shown().panel.tour_player().unwrap().jump(2);
    live.until("the third scene", |desk| {
        let player = desk.shown().panel.tour_player().unwrap();
        player.at() == 2 && *player.phase() == Phase::Stands
    });
    for _ in 0..10 {
        live.frame();
    }
    assert!(live.desk.has("The handshake · 3 of 6"));
    assert!(live.desk.names_with("This one is: Accepted.") == 1, "the words have the run's numbers");
    let at = live.session.view().tick;
    live.until("the outlook", |desk| desk.shown().view.outlook.as_ref().is_some_and(|o| o.tick == at));
    live.desk.snapshot("tour_dark_1280");

    // A lever that a person takes stops it; the tour begins its scene again afterwards.
    let what = Intervention::Lever { lever: "hardware.hvac_effort".to_owned(), mode: LeverMode::Manual(0.9) };
    live.desk.shown().panel.tour_player().unwrap().pause(true);
    live.session.send(Command::Intervene(what));
    for _ in 0..30 {
        live.frame();
    }
    assert_eq!(live.phase(), (2, Phase::Stands, true));
    assert_eq!(live.session.view().driver.manual, 1);
    live.click("Go on");
    live.until("the scene again", |desk| {
        let player = desk.shown().panel.tour_player().unwrap();
        player.at() == 2 && *player.phase() == Phase::Stands && !player.paused()
    });
    assert_eq!(live.session.view().driver.manual, 0, "the run is as the tour has it");

    live.desk.press(Modifiers::ALT | Modifiers::SHIFT, Key::Q);
    assert!(live.desk.shown().panel.tour_player().is_none());
    assert!(!live.desk.has("End the tour"));
}

/// The commands that the next scene needs were taken for the person's own, and stopped the tour.
#[test]
fn the_key_for_the_next_scene_does_not_stop_a_tour() {
    let mut live = Live::tour("handshake", NARROW);
    live.until("the first scene", |desk| *desk.shown().panel.tour_player().unwrap().phase() == Phase::Passes);
    for command in live.desk.press(Modifiers::ALT | Modifiers::SHIFT, Key::N) {
        live.session.send(command);
    }
    live.until("the second scene", |desk| {
        let player = desk.shown().panel.tour_player().unwrap();
        assert!(!player.paused(), "scene {}", player.at() + 1);
        player.at() == 1
    });
}

#[test]
fn a_question_is_answered_with_numbers_of_the_run() {
    let mut live = Live::tour("handshake", WIDE);
    live.desk.shown().panel.tour_player().unwrap().jump(5);
    live.until("the question", |desk| *desk.shown().panel.tour_player().unwrap().phase() == Phase::Asks(None));
    for _ in 0..10 {
        live.frame();
    }
    live.desk.click("Nothing: the price was too low");
    assert!(live.desk.names_with("Not that.") == 1);
    let at = live.session.view().tick;
    live.until("the outlook", |desk| desk.shown().view.outlook.as_ref().is_some_and(|o| o.tick == at));
    live.desk.snapshot("tour_question_dark_1920");
    live.desk.click("Finish");
    live.frame();
    assert_eq!(live.phase().1, Phase::Over);
}

#[test]
fn a_game_is_played_scored_and_kept() {
    let mut live = Live::open(NARROW);
    live.desk.press(Modifiers::COMMAND, Key::G);
    assert!(live.desk.has("Play against the machine"));
    live.desk.snapshot("play_start_dark_1280");
    live.click("Play in 1 min");
    live.click("Start");
    live.until("the game", |desk| desk.shown().panel.game().is_some_and(|game| *game.stage() == Stage::Plays));
    live.until("a minute of it", |desk| desk.shown().view.tick > 190);
    assert!(live.desk.names_with("Follow the request") == 1);
    let [card, site] = ["Game", "3D picture of the site"].map(|name| live.desk.harness().get_by_label(name).rect());
    assert!(site.contains_rect(card) && card.height() < 0.33 * site.height(), "most of the site is seen: {card}");
    // The rest of it goes by faster than a hand could follow.
    live.session.send(Command::Speed(c2g_twin::session::Speed::Max));
    live.until("its end", |desk| desk.shown().panel.game().is_some_and(|game| *game.stage() == Stage::Over));
    let at = live.session.view().tick;
    live.until("the outlook", |desk| desk.shown().view.outlook.as_ref().is_some_and(|o| o.tick == at));
    live.click("Keep my result");
    live.desk.snapshot("play_over_dark_1280");
    let settings = Settings::of(&live.desk.shown().panel);
    let best = settings.best_results.values().next().unwrap();
    assert_eq!((best.len(), best[0].name.as_str(), best[0].speed), (1, "Somebody", 5.0));
    live.click("Forget the best results");
    assert!(live.desk.shown().panel.best_results().is_empty());
    live.click("Play again");
    assert!(live.desk.has("Start"));
    live.desk.press(Modifiers::NONE, Key::Escape);
    assert!(!live.desk.has("Start"));
}

#[test]
fn the_manual_opens_at_the_tile_and_is_searched() {
    let mut desk = Desk::open(views::day(4_320), NARROW, ThemeName::Dark);
    desk.press(Modifiers::NONE, Key::F1);
    assert!(desk.has("Close manual"));
    desk.click("Page Scores, rewards and their formulas");
    desk.snapshot("manual_dark_1280");
    desk.harness().get_by_label("Search the manual").focus();
    desk.settle();
    desk.harness().event(egui::Event::Text("p_facility_mw".to_owned()));
    desk.settle();
    assert!(desk.has("Page All signals") && !desk.has("Page Cursors"));
    desk.press(Modifiers::NONE, Key::Escape);
    assert!(!desk.has("Close manual"));

    let mut desk = Desk::open(views::day(4_320), WIDE, ThemeName::Light);
    desk.press(Modifiers::NONE, Key::F1);
    desk.click("Page Market");
    desk.snapshot("manual_light_1920");
}

#[test]
fn layout_and_settings_are_undone_and_done_again() {
    let mut desk = Desk::open(views::day(300), NARROW, ThemeName::Dark);
    desk.press(Modifiers::NONE, Key::T);
    desk.press(Modifiers::COMMAND, Key::Num2);
    assert_eq!(desk.shown().panel.tiling.name(), "Flows");
    let asked = desk.press(Modifiers::COMMAND, Key::Z);
    assert!(asked.is_empty(), "the run is not touched");
    assert_eq!(desk.shown().panel.tiling.name(), "Live");
    assert!(desk.names_with("Undid the change of the layout") > 0, "it tells what it undid");
    desk.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(desk.shown().panel.theme, ThemeName::Dark);
    desk.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert_eq!(desk.shown().panel.theme, ThemeName::Light);
}

/// What tells a number says on a hover what it means, in every tile of both plants.
#[test]
fn numbers_on_tiles_say_what_they_mean() {
    let mut silent = Vec::new();
    let hall = Setup { plant: "sustaindc".to_owned(), ..Setup::default() };
    for mut view in [views::day(4_320), views::run(hall, 300, &[])] {
        asking::add_headroom(&mut view);
        for tile in TileId::all(&view.spec) {
            let name = format!("{}, {tile}", view.spec.name);
            let mut lone = asking::asked_of(tile, view.clone());
            for (label, at) in lone.numbers() {
                if !lone.tells(at) {
                    silent.push(format!("{name}: {label}"));
                }
            }
        }
    }
    assert!(silent.is_empty(), "{} numbers without a tooltip: {silent:#?}", silent.len());
}
