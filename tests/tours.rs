//! Every tour that comes with the program, played against a session: what it says of the run holds, twice the same.
#![allow(clippy::unwrap_used, clippy::panic)]

use c2g_twin::rollout::World;
use c2g_twin::session::Command;
use c2g_twin::session::tour::{self, Act, Rehearsal};

fn played(name: &str) -> Rehearsal {
    let world = World::default();
    let tour = tour::find(name, &world).map_err(|e| e.report()).unwrap();
    let scenes = tour.scenes.len();
    let rehearsal = tour::rehearse(tour, &world).map_err(|e| e.report()).unwrap();
    assert_eq!(rehearsal.scenes.len(), scenes, "every scene is played");
    for scene in &rehearsal.scenes {
        for found in &scene.found {
            assert!(found.holds, "{name}, {}: {} ({} against {})", scene.title, found.text, found.left, found.right);
        }
        let words = [&scene.words].into_iter().chain(&scene.question);
        for text in words {
            assert!(!text.contains("– ") && !text.contains("–."), "{name}, {}: no number in `{text}`", scene.title);
            assert!(!text.contains("NaN") && !text.contains('{'), "{name}, {}: `{text}`", scene.title);
        }
    }
    rehearsal
}

#[test]
fn the_handshake_holds_and_is_the_same_every_time() {
    let first = played("handshake");
    let again = played("handshake");
    assert_eq!(first.scenes, again.scenes);
    assert_eq!(first.commands, again.commands);
}

#[test]
fn the_four_levers_hold() {
    let rehearsal = played("four_levers");
    let levers = rehearsal.commands.iter().filter(|c| matches!(c, Command::Intervene(_))).count();
    assert!(levers >= 12, "everything is done by commands that stand in the log");
}

#[test]
fn thermal_squeeze_holds() {
    played("thermal_squeeze");
}

#[test]
fn battery_drain_holds() {
    played("battery_drain");
}

#[test]
fn deferring_holds() {
    played("deferring");
}

#[test]
fn every_kind_of_deed_is_played_by_some_tour() {
    let world = World::default();
    let tours: Vec<_> = tour::built_in().iter().map(|offer| tour::find(&offer.name, &world).unwrap()).collect();
    let acts = || tours.iter().flat_map(|tour| &tour.scenes).flat_map(|scene| &scene.acts);
    assert!(acts().any(|act| matches!(act, Act::Lever(_))) && acts().any(|act| matches!(act, Act::Branch(_))));
    assert!(acts().any(|act| matches!(act, Act::Race(_))) && acts().any(|act| matches!(act, Act::Follow(_))));
    assert!(acts().any(|act| matches!(act, Act::Controller(_))));
    assert!(tours.iter().flat_map(|t| &t.scenes).any(|scene| scene.question.is_some()), "somebody is asked something");
}

#[test]
fn disturbances_shadows_and_going_back_are_played_too() {
    let text = "title: T\nabout: a\nminutes: 1\nsetup: { policies: { hardware: pid } }\nscenes:\n  - title: A\n    caption: C\n    \
        do:\n      - disturb: { name: pump_fault, value: 0.3, ticks: 60 }\n      - shadow: { slot: hardware, name: rule_based }\n    \
        minutes: 5\n    expect: [cooling_a_impaired == 1, tick == 60]\n  - title: B\n    caption: C\n    do:\n      - go_to: 24\n    \
        minutes: 3\n    expect: [tick == 60]\n  - title: C\n    caption: C\n    until: event\n    expect: [ticks > 0]\n";
    let world = World::default();
    let tour = tour::Tour::read("mine.yaml", text, &world).map_err(|e| e.report()).unwrap();
    let rehearsal = tour::rehearse(tour, &world).map_err(|e| e.report()).unwrap();
    assert!(rehearsal.holds(), "{:?}", rehearsal.scenes);
}
