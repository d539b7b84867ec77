//! The Control tile: who decides, all hands at once, and what a run begins with.

use c2g_twin::app::panel::TileId;
use c2g_twin::app::theme::ThemeName;
use c2g_twin::rollout::{Intervention, LeverMode};
use c2g_twin::session::{Command, OptionView, RunView};
use egui::{Key, Modifiers};

use super::lone::Lone;
use super::pictures::taken;
use super::views::{self, Toy};

fn plants(mut view: RunView) -> RunView {
    let option = |name: &str, about: &str| OptionView { name: name.to_owned(), about: about.to_owned() };
    let own = view.spec.name.clone();
    view.plants = std::sync::Arc::new(vec![option(&own, "The plant of this run"), option("other", "Another plant")]);
    view
}

fn open(view: RunView, size: (f32, f32)) -> Lone {
    Lone::open(TileId::Control, view, size, ThemeName::Dark)
}

fn lever(name: &str, mode: LeverMode) -> Command {
    Command::Intervene(Intervention::Lever { lever: name.to_owned(), mode })
}

#[test]
fn pictures_of_control() {
    let mut view = plants(taken());
    let mut setup = (*view.setup).clone();
    setup.set = vec!["thermal.zone_a.limit_degc=34".to_owned()];
    view.setup = std::sync::Arc::new(setup);
    view.log = Some("/home/someone/runs/2024-07-17/monday-afternoon-2.csv".to_owned());
    open(view.clone(), (256.0, 620.0)).snapshot("tile_control_256_dark");
    open(view.clone(), (336.0, 560.0)).snapshot("tile_control_336_dark");
    Lone::open(TileId::Control, view.clone(), (336.0, 200.0), ThemeName::Operator)
        .snapshot("tile_control_336_operator");
    Lone::scaled(TileId::Control, view, (520.0, 420.0), ThemeName::Light, 2.0).snapshot("tile_control_520_light_2x");
    open(views::day(0), (256.0, 388.0)).snapshot("tile_control_begin");
    open(Toy::positions().view(), (256.0, 560.0)).snapshot("tile_control_toy");
}

#[test]
fn all_hands_at_once() {
    let mut tile = open(taken(), (336.0, 600.0));
    let mut back = tile.click("Hand all back");
    back.sort_by_key(|c| format!("{c:?}"));
    let auto = LeverMode::Auto;
    assert_eq!(back, [lever("hardware.bess_dispatch", auto), lever("hardware.pump_speed_A", auto)]);
    assert_eq!(tile.click("Release pins"), [lever("hardware.pump_speed_A", auto)]);
    let pinned = tile.click("Pin all");
    assert_eq!(pinned.len(), tile.shown().view.levers.len() - 1, "one is pinned already");
    assert!(pinned.contains(&lever("hardware.bess_dispatch", LeverMode::Pinned(0.4))), "where it stands");
    // Nothing to hand back: the buttons tell so and do nothing.
    tile.shown().view = views::day(50);
    tile.settle();
    assert_eq!(tile.click("Hand all back"), []);
    assert_eq!(tile.click("Release pins"), []);
}

#[test]
fn a_run_begins_with_another_plant_noise_or_seed() {
    let mut tile = open(plants(taken()), (336.0, 700.0));
    tile.click("Plant of the run");
    let asked = tile.click("Plant of the run: other");
    assert!(matches!(&asked[..], [Command::Begin(setup)] if setup.plant == "other" && setup.seed == 115), "{asked:?}");
    tile.click("Noise of the run");
    let asked = tile.click("Noise of the run: numpy");
    let [Command::Begin(setup)] = &asked[..] else { panic!("{asked:?}") };
    assert_eq!((setup.noise.as_str(), setup.policy("hardware")), ("numpy", Some("rule_based")));
    let choice = tile.shown().view.axes[0].choices[1].clone();
    tile.click("Scenario of the run");
    let asked = tile.click(&format!("Scenario of the run: {}", choice.label));
    assert_eq!(asked, [Command::Axis { name: "scenario".to_owned(), value: choice.name }]);
    assert_eq!(tile.click("Next seed"), [Command::Reset { seed: Some(116) }]);
    assert_eq!(tile.click("Begin again"), [Command::Reset { seed: None }]);
    tile.click("Seed, now 115");
    tile.write("7x");
    assert_eq!(tile.click("Begin again"), [], "no number");
    tile.click("Seed, now 115");
    tile.press(Modifiers::NONE, Key::End);
    tile.press(Modifiers::NONE, Key::Backspace);
    assert_eq!(tile.press(Modifiers::NONE, Key::Enter), [Command::Reset { seed: Some(7) }]);
}
