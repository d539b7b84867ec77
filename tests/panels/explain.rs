//! The tile Explain: what it asks for, what it shows, making a run again, cancel and failure.

use std::sync::Arc;

use c2g_twin::app::board::{Ask, ExplainFailed, ExplainRunning, Explaining, run_explaining};
use c2g_twin::app::panel::TileId;
use c2g_twin::app::theme::ThemeName;
use c2g_twin::rollout::World;
use c2g_twin::session::RunView;

use super::lone::Lone;
use super::views;

/// Works out what the tile asked for, as its thread would; tells what it was.
fn answer(tile: &mut Lone) -> Vec<Explaining> {
    let mut asked = Vec::new();
    let board = &mut tile.shown().panel.board;
    for ask in std::mem::take(&mut board.asks) {
        let Ask::Explain(what) = ask else { continue };
        if !what.key.again {
            let shown = run_explaining(&World::default(), &what, &mut |_, _| true).unwrap().unwrap();
            board.explain.shown = Some(Arc::new(shown));
        }
        asked.push(*what);
    }
    tile.settle();
    asked
}

fn opened(view: RunView, size: (f32, f32), theme: ThemeName) -> Lone {
    let mut tile = Lone::open(TileId::Explain, view, size, theme);
    assert_eq!(answer(&mut tile).len(), 1, "asked for once");
    tile
}

fn week() -> RunView {
    let policies = [("agent_ls", "carbon_shift"), ("agent_dc", "trim_and_respond"), ("agent_bat", "rbc_battery")];
    let policies = policies.map(|(slot, name)| (slot.to_owned(), name.to_owned())).into_iter().collect();
    let setup = c2g_twin::rollout::Setup { plant: "sustaindc".to_owned(), policies, ..Default::default() };
    views::run(setup, 400, &[])
}

#[test]
fn pictures_of_explain() {
    opened(views::day(4_000), (1_240.0, 720.0), ThemeName::Dark).snapshot("tile_explain_1240_dark");
    let mut tile = opened(week(), (860.0, 560.0), ThemeName::Light);
    tile.click("Figure");
    tile.click("Figure: Power, carbon and efficiency by action");
    tile.settle();
    tile.snapshot("tile_explain_860_light");
    opened(views::day(4_000), (376.0, 620.0), ThemeName::Operator).snapshot("tile_explain_376_operator");
}

#[test]
fn it_is_asked_once_and_made_again_on_wish() {
    let mut tile = opened(week(), (900.0, 700.0), ThemeName::Dark);
    assert!(tile.shown().panel.board.asks.is_empty(), "nothing new, nothing asked");
    tile.click("Make it again");
    let asked = answer(&mut tile);
    assert!(asked.len() == 1 && asked[0].key.again);
    let key = asked[0].key.clone();
    tile.shown().panel.board.explain.running =
        Some(ExplainRunning { key, share: 0.25, what: "Other sizes of the store".into(), stopping: false });
    tile.settle();
    assert_eq!(tile.names_with("Other sizes of the store · 25 %"), 1);
    assert!(tile.names_with("Load shifting") > 0, "what was shown stays");
    tile.click("Cancel");
    let asks = std::mem::take(&mut tile.shown().panel.board.asks);
    assert!(asks.contains(&Ask::StopExplain), "{asks:?}");
}

#[test]
fn a_plant_without_such_stories_is_not_made_again() {
    let mut tile = opened(views::day(400), (900.0, 700.0), ThemeName::Dark);
    tile.click("Make it again");
    assert!(answer(&mut tile).is_empty());
}

#[test]
fn a_failure_says_what_to_do() {
    let mut tile = opened(week(), (900.0, 700.0), ThemeName::Dark);
    let key = tile.shown().panel.board.explain.shown.as_ref().unwrap().key.clone();
    let failed = ExplainFailed { key, text: "the log is gone".into(), cure: "Open it again.".into() };
    tile.shown().panel.board.explain.failed = Some(failed);
    tile.settle();
    assert_eq!(tile.names_with("the log is gone Open it again."), 1);
    tile.click("Try again");
    assert!(tile.shown().panel.board.explain.failed.is_none());
}
