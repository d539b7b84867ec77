//! The window opens on plants that it has never heard of: panels and shell, with a registry that holds two toys.
#![cfg(feature = "window-tests")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod plants;
mod until;

use std::sync::Arc;

use c2g_twin::app::panel::{PanelState, workspace};
use c2g_twin::app::shell::Studio;
use c2g_twin::app::theme::ThemeName;
use c2g_twin::rollout::{Intervention, LeverMode, Setup};
use c2g_twin::session::{Command, RunView, Session, SessionOptions};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use until::until;

/// A live session on a toy after a few ticks.
fn session(plant: &str, ticks: u64) -> Session {
    let setup = Setup { plant: plant.to_owned(), ..Setup::default() };
    let session =
        Session::start(plants::world(), setup, SessionOptions::default()).unwrap_or_else(|e| panic!("{}", e.report()));
    for _ in 0..ticks {
        session.send(Command::StepTick);
    }
    until(&session, |view| view.tick == ticks);
    session
}

struct Shown {
    panel: PanelState,
    view: Arc<RunView>,
    asked: Vec<Command>,
}

fn window(view: Arc<RunView>) -> Harness<'static, Shown> {
    let mut harness = Harness::builder().with_size((1280.0, 800.0)).with_max_steps(12).build_ui_state(
        |ui, shown: &mut Shown| workspace(ui, &mut shown.panel, &shown.view, &mut shown.asked),
        Shown { panel: PanelState::default(), view, asked: Vec::new() },
    );
    harness.run_steps(4);
    harness
}

#[test]
fn a_lever_of_a_toy_is_pinned_from_the_panels() {
    for plant in [plants::THREE_AGENTS, plants::CHARGERS] {
        let session = session(plant, 8);
        let view = session.view();
        let mut harness = window(Arc::clone(&view));
        let pin = harness
            .get_all_by_label_contains("Pin")
            .next()
            .unwrap_or_else(|| panic!("{plant}: no lever can be pinned"));
        pin.click();
        harness.run_steps(4);
        let asked = std::mem::take(&mut harness.state_mut().asked);
        let pinned = asked.iter().find_map(|c| match c {
            Command::Intervene(Intervention::Lever { lever, mode: LeverMode::Pinned(_) }) => Some(lever.clone()),
            _ => None,
        });
        let lever = pinned.unwrap_or_else(|| panic!("{plant}: the click asked for {asked:?}"));
        assert!(view.levers.iter().any(|l| l.name == lever), "{plant}: {lever} is no lever of it");
        asked.into_iter().for_each(|c| session.send(c));
        until(&session, |v| v.driver.pinned == 1);
    }
}

#[test]
fn the_panels_show_every_slot_axis_and_chart_of_a_toy() {
    for plant in [plants::THREE_AGENTS, plants::CHARGERS] {
        let session = session(plant, 12);
        let view = session.view();
        let harness = window(Arc::clone(&view));
        for chart in &view.spec.charts {
            assert!(
                harness.query_all_by_label_contains(&chart.title).next().is_some(),
                "{plant}: no chart {}",
                chart.title
            );
        }
        for slot in &view.spec.slots {
            assert!(
                harness.query_all_by_label_contains(&slot.label).next().is_some(),
                "{plant}: no slot {}",
                slot.label
            );
        }
    }
}

#[test]
fn the_shell_draws_a_toy() {
    let session = session(plants::CHARGERS, 40);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("chargers.png");
    let mut studio =
        Studio::open(session.view(), (960, 640), ThemeName::default()).unwrap_or_else(|e| panic!("{}", e.report()));
    studio.picture(session.view(), &path).unwrap_or_else(|e| panic!("{}", e.report()));
    // A blank PNG of this size is a few kilobytes.
    assert!(std::fs::metadata(&path).unwrap().len() > 20_000, "the picture is blank");
}
