//! What is wrong with a tour is told with line, column and cure.
#![allow(clippy::unwrap_used)]

use super::*;

const HEAD: &str = "title: T\nabout: a\nminutes: 1\nscenes:\n  - title: S\n    caption: Zone A at {t_zone_a_degc}\n";

fn read(more: &str) -> Result<Tour> {
    Tour::read("mine.yaml", &format!("{HEAD}{more}"), &World::default())
}

/// Message and cure of what is refused.
fn refused(more: &str) -> (String, String) {
    let error = read(more).map(|tour| tour.title).unwrap_err();
    (error.to_string(), error.cure())
}

#[test]
fn a_short_tour_is_read() {
    let tour = read("    minutes: 15\n    do:\n      - lever: { name: bess_dispatch, to: { pin: 1.0 } }\n      - lever: { name: hvac_effort, to: auto }\n").unwrap();
    let scene = &tour.scenes[0];
    assert_eq!((scene.ticks, scene.acts.len(), scene.speed), (Some(180), 2, 60.0));
}

#[test]
fn every_mistake_is_told_with_its_place() {
    for (more, message) in [
        ("    spead: 60\n", "mine.yaml:7:5: unknown key `spead`"),
        ("    speed: 0.01\n", "mine.yaml:7:12: `speed` is 0.01, outside 0.1 to 10000"),
        ("    until: t_zone_a > 34\n", "mine.yaml:7:12: unknown signal `t_zone_a`"),
        ("    minutes: 3\n    until: tick 9\n", "mine.yaml:8:12: `minutes` and `until` both say how long time passes"),
        ("    select: zone_c\n", "mine.yaml:7:13: unknown entity `zone_c`"),
        ("    expect: [t_zone_a_degc near 30]\n", "mine.yaml:7:14: `t_zone_a_degc near 30` compares nothing"),
        ("    do:\n      - lever: { name: bess, to: auto }\n", "mine.yaml:8:24: unknown lever `bess`"),
        (
            "    do:\n      - lever: { name: throttle_batch, to: { pin: 2 } }\n",
            "mine.yaml:8:44: `throttle_batch` is 2, outside 0 to 1",
        ),
        ("    do:\n      - disturb: { name: flood }\n", "mine.yaml:8:26: unknown disturbance `flood`"),
        ("    do:\n      - controller: { slot: hardware, name: pdi }\n", "mine.yaml:8:45: unknown controller `pdi`"),
        ("    do:\n      - follow: Elsewhere\n", "mine.yaml:8:17: no scene makes a run of the name `Elsewhere`"),
        ("    then: Under {mean reward @ pid}\n", "mine.yaml:7:11: unknown run `pid`"),
        (
            "    question: { text: Q, choices: [a, b], right: 3, answer: A }\n",
            "mine.yaml:7:50: choice 3 is not one of 2",
        ),
    ] {
        let (told, cure) = refused(more);
        assert_eq!(told, message, "{more}");
        assert!(!cure.is_empty(), "{more} has no cure");
    }
}

#[test]
fn a_setup_that_cannot_run_is_told_at_its_place() {
    let text = "title: T\nabout: a\nminutes: 1\nsetup:\n  plant: c3g\nscenes:\n  - { title: S, caption: C }\n";
    let error = Tour::read("mine.yaml", text, &World::default()).map(|tour| tour.title).unwrap_err();
    assert!(error.to_string().starts_with("mine.yaml:"), "{error}");
    let text = "title: T\nabout: a\nminutes: 1\nscenes: []\n";
    let error = Tour::read("mine.yaml", text, &World::default()).map(|tour| tour.title).unwrap_err();
    assert!(error.to_string().contains("this one has 0"), "{error}");
}

#[test]
fn braces_that_do_not_match_are_told() {
    for text in ["{t_zone_a_degc", "t_zone_a_degc}"] {
        let whole = format!("title: T\nabout: a\nminutes: 1\nscenes:\n  - title: S\n    caption: \"{text}\"\n");
        let error = Tour::read("mine.yaml", &whole, &World::default()).map(|tour| tour.title).unwrap_err();
        assert!(error.to_string().starts_with("mine.yaml:6:14: "), "{error}");
    }
}
