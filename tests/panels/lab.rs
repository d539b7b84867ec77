//! The Lab: what it asks for, what it shows, what a parameter, a cancel and a failure do.

use std::sync::Arc;

use c2g_twin::app::board::{Ask, LabFailed, LabKey, LabRunning, run_study};
use c2g_twin::app::panel::TileId;
use c2g_twin::app::theme::ThemeName;
use c2g_twin::evaluate::study::{self, Quiet};
use c2g_twin::rollout::World;

use super::lone::Lone;
use super::views;

/// A tile with the study that it asked for shown.
fn opened(size: (f32, f32), theme: ThemeName) -> Lone {
    let mut tile = Lone::open(TileId::Lab, views::day(10), size, theme);
    answer(&mut tile);
    tile
}

/// Runs what the tile asked for, as the laboratory would; tells what it was.
fn answer(tile: &mut Lone) -> Vec<LabKey> {
    let mut keys = Vec::new();
    for _ in 0..3 {
        let lab = &mut tile.shown().panel.board;
        for ask in std::mem::take(&mut lab.asks) {
            let Ask::Study(key) = ask else { continue };
            let list = study::find(&key.study).unwrap().parameters(&World::default()).unwrap();
            let shown = run_study(&World::default(), &key, &list, &Quiet);
            lab.lab.parameters.insert(key.study.clone(), list.into());
            lab.lab.shown = Some(Arc::new(shown.unwrap().unwrap()));
            lab.lab.running = None;
            keys.push(key);
        }
        tile.settle();
    }
    keys
}

/// Picks a study from the list.
fn pick(tile: &mut Lone, name: &str) {
    let study = study::find(name).unwrap();
    tile.click("Study");
    tile.click(&format!("Study: {} · {}", study.card().group.label(), study.card().title));
    answer(tile);
}

#[test]
fn pictures_of_the_lab() {
    opened((1_240.0, 720.0), ThemeName::Dark).snapshot("tile_lab_1240_dark");
    let mut tile = opened((820.0, 560.0), ThemeName::Light);
    tile.shown().panel.board.lab.running = None;
    tile.snapshot("tile_lab_820_light");
    opened((376.0, 620.0), ThemeName::Operator).snapshot("tile_lab_376_operator");
    Lone::open(TileId::Lab, views::day(10), (540.0, 240.0), ThemeName::Dark).snapshot("tile_lab_working_dark");
}

#[test]
fn a_study_is_asked_for_once() {
    let mut tile = opened((900.0, 700.0), ThemeName::Dark);
    tile.settle();
    assert!(tile.shown().panel.board.asks.is_empty(), "nothing new, nothing asked");
    assert_eq!(tile.names_with("Zone A settles at"), 1);
    let shown = tile.shown().panel.board.lab.shown.clone().unwrap();
    assert_eq!(shown.key.study, "step-response");
    pick(&mut tile, "hvac");
    assert_eq!(tile.shown().panel.board.lab.shown.clone().unwrap().key.study, "hvac");
    assert_eq!(tile.names_with("An effort of"), 1);
    assert!(tile.shown().panel.board.asks.is_empty());
}

#[test]
fn moving_a_parameter_asks_for_the_study_with_it() {
    let mut tile = opened((900.0, 900.0), ThemeName::Dark);
    let before = tile.shown().panel.board.lab.shown.clone().unwrap();
    tile.click("Pump speed");
    let keys = answer(&mut tile);
    let after = tile.shown().panel.board.lab.shown.clone().unwrap();
    assert_eq!(keys.len(), 1, "{keys:?}");
    assert_ne!(after.key.values, before.key.values, "a click on the slider's middle moves it");
    assert_ne!(after.shown, before.shown);
    tile.click("Defaults");
    assert_eq!(answer(&mut tile).len(), 1);
    assert_eq!(tile.shown().panel.board.lab.shown.clone().unwrap().shown, before.shown);
}

#[test]
fn a_long_study_tells_how_far_it_is_and_can_be_cancelled() {
    let mut tile = opened((900.0, 700.0), ThemeName::Dark);
    pick(&mut tile, "throttle");
    assert_eq!(tile.names_with("What piles up"), 2, "the figure and its name above");
    let key = tile.shown().panel.board.lab.shown.clone().unwrap().key.clone();
    tile.shown().panel.board.lab.running = Some(LabRunning { key: key.clone(), done: 9, of: 36, stopping: false });
    tile.settle();
    assert_eq!(tile.names_with("Working it out, 25 %"), 1);
    tile.snapshot("tile_lab_running_dark");
    tile.click("Cancel");
    assert_eq!(std::mem::take(&mut tile.shown().panel.board.asks), [Ask::StopStudy]);
    let lab = &mut tile.shown().panel.board.lab;
    (lab.running, lab.stopped) = (None, Some(key));
    tile.settle();
    assert_eq!(tile.names_with("Stopped."), 1);
    assert!(tile.shown().panel.board.asks.is_empty(), "it does not begin again by itself");
}

#[test]
fn a_study_that_fails_says_why_and_can_be_tried_again() {
    let mut tile = opened((900.0, 700.0), ThemeName::Dark);
    let lab = &mut tile.shown().panel.board.lab;
    let key = lab.shown.take().unwrap().key.clone();
    lab.failed = Some(LabFailed { key, text: "no such folder".into(), cure: "Give another one.".into() });
    tile.settle();
    assert_eq!(tile.names_with("no such folder Give another one."), 1);
    tile.shown().panel.board.asks.clear();
    tile.click("Try again");
    assert_eq!(answer(&mut tile).len(), 1);
    assert_eq!(tile.names_with("Zone A settles at"), 1);
}

#[test]
fn every_study_is_drawn_at_every_width() {
    for width in [360.0, 760.0, 1_240.0] {
        let mut tile = opened((width, 760.0), ThemeName::Light);
        for study in study::ALL.iter().filter(|s| s.card().quick) {
            tile.shown().panel.open_study(study.name());
            tile.settle();
            answer(&mut tile);
            let shown = tile.shown().panel.board.lab.shown.clone().unwrap();
            assert_eq!(shown.key.study, study.name());
            let title = &shown.shown.exhibits[0].title;
            assert!(tile.names_with(title) >= 1, "{title} at {width}");
        }
    }
}
