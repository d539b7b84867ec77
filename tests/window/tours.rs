//! Tours in the real window: every scene is shown, and what the log holds can be run again.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use c2g_twin::rollout::World;
use c2g_twin::session::tour;

use super::harness::{Display, ONE_AT_A_TIME, TWIN, Window, assert_valid, colours, inputs, path_text};

/// Where pictures go that a person wants to look at.
fn keep(picture: &Path, name: &str) {
    if let Some(folder) = std::env::var_os("C2G_KEEP_PICTURES") {
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::copy(picture, PathBuf::from(folder).join(format!("{name}.png"))).unwrap();
    }
}

/// Plays a tour to its end with a picture of each scene; a key hurries from scene to scene.
fn plays(name: &str) {
    let _turn = ONE_AT_A_TIME.lock();
    let scenes = tour::find(name, &World::default()).unwrap().scenes.len();
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("tour.csv");
    let display = Display::of_size(1280, 800);
    let arguments = ["--tour", name, "--size", "1280x800", "--no-settings", "--log", path_text(&log)];
    let window = Window::open(&display, &arguments);
    let picture = folder.path().join("scene.png");
    let mut last = 0;
    for scene in 0..scenes {
        // The scene draws itself at its own speed for a while, then goes by.
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_secs(4) {
            std::thread::sleep(Duration::from_millis(500));
        }
        display.picture(&picture);
        last = colours(&picture);
        assert!(last > 200, "{name}: scene {} shows {last} colours", scene + 1);
        keep(&picture, &format!("tour-{name}-{}", scene + 1));
        display.key("alt+shift+n");
    }
    assert!(last > 0);
    let (status, said) = window.close();
    assert_eq!(status.code(), Some(0), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    // The tour's own run began a log beside the first one, and everything done stands in it.
    let logs: Vec<PathBuf> = std::fs::read_dir(folder.path())
        .unwrap()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "csv"))
        .collect();
    assert!(logs.len() > 1, "{logs:?}");
    logs.iter().for_each(|log| assert_valid(log));
    let done: usize = logs.iter().map(|log| inputs(log).len()).sum();
    assert!(name == "handshake" || done > 0, "{name} did nothing");
}

#[test]
fn the_handshake_is_played_in_the_window() {
    plays("handshake");
}

#[test]
#[ignore = "a minute or two each: ./test --long"]
fn every_other_tour_is_played_in_the_window() {
    for name in ["four_levers", "thermal_squeeze", "battery_drain", "deferring"] {
        plays(name);
    }
}

#[test]
fn a_window_opens_with_the_first_page_and_the_page_stays_away_when_it_is_told_to() {
    let _turn = ONE_AT_A_TIME.lock();
    let folder = tempfile::tempdir().unwrap();
    let display = Display::start();
    // The harness adds the flag that leaves the page out; here it is wanted.
    let mut process = display.command(TWIN);
    let mut process = super::Owned(process.args(["--paused", "--close-after", "12"]).spawn().unwrap());
    std::thread::sleep(Duration::from_secs(9));
    let picture = folder.path().join("welcome.png");
    display.picture(&picture);
    keep(&picture, "welcome");
    assert!(colours(&picture) > 100, "{} colours", colours(&picture));
    assert_eq!(process.wait().code(), Some(0));
}

#[test]
fn a_tour_with_a_mistake_is_refused_before_the_window_opens() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.yaml");
    std::fs::write(&file, "title: T\nabout: a\nminutes: 1\nscenes:\n  - { title: S, caption: C, show: [levrs] }\n")
        .unwrap();
    let out = Command::new(TWIN).arg("--tour").arg(&file).output().unwrap();
    let said = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(2), "{said}");
    assert!(said.contains("mine.yaml:5:") && said.contains("Did you mean `levers`?"), "{said}");
}
