//! The window from outside: the real program on a display of its own, driven by keyboard and mouse.
//!
//! Needs Xvfb, xdotool, ImageMagick and a Vulkan driver (software will do); `./test` installs them. Nothing is skipped
//! when one is missing: the test fails and says which.
#![cfg(all(feature = "window-tests", target_os = "linux"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "window/harness.rs"]
mod harness;
#[path = "window/tour.rs"]
mod tour;
#[path = "window/tours.rs"]
mod tours;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread::sleep;
use std::time::Duration;

use harness::{
    CLICK, Display, ONE_AT_A_TIME, Owned, TWIN, Window, assert_valid, colours, inputs, path_text, place_of, rows, tool,
};

#[test]
fn a_person_swaps_pins_pauses_and_closes_and_the_log_holds() {
    let _turn = ONE_AT_A_TIME.lock();
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("day.csv");
    let display = Display::start();
    let mut window = Window::open(&display, &["--paused", "--speed", "1000", "--log", path_text(&log)]);

    display.key("space");
    window.until("time that passes", |_| (rows(&log) > 0).then_some(()));

    display.key("ctrl+p");
    display.xdotool(&["type", "--delay", "200", "hardware: pid"]);
    sleep(CLICK);
    display.key("Return");
    window.until("the other controller", |_| {
        inputs(&log).iter().any(|line| line.contains("controller") && line.contains("\"pid\"")).then_some(())
    });

    let (x, y) = place_of("Battery: Pin");
    display.click(x, y);
    window.until("the pin", |_| {
        inputs(&log).iter().any(|line| line.contains("hardware.bess_dispatch") && line.contains("pinned")).then_some(())
    });

    display.key("space");
    let mut before = rows(&log);
    window.until("time that stands", |_| {
        sleep(Duration::from_millis(1_500));
        let stands = rows(&log) == before;
        before = rows(&log);
        stands.then_some(())
    });
    assert!(before > 100, "only {before} ticks were played");

    let picture = folder.path().join("window.png");
    display.picture(&picture);
    assert!(colours(&picture) > 300, "only {} colours in the picture", colours(&picture));
    if let Some(keep) = std::env::var_os("C2G_KEEP_PICTURES") {
        std::fs::create_dir_all(&keep).unwrap();
        std::fs::copy(&picture, PathBuf::from(keep).join("window.png")).unwrap();
    }

    let (status, said) = window.close();
    assert_eq!(status.code(), Some(0), "the window ended with {status}: {said}");
    assert!(!said.contains("panicked"), "{said}");
    assert!(rows(&log) >= before);
    assert_valid(&log);
}

#[test]
fn ctrl_c_closes_a_sleeping_window_and_leaves_a_valid_log() {
    let _turn = ONE_AT_A_TIME.lock();
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("day.csv");
    let display = Display::start();
    let mut window = Window::open(&display, &["--paused", "--log", path_text(&log)]);
    display.key("Right");
    tool(Command::new("kill").args(["-INT", &window.process.0.id().to_string()]));
    let status = window.process.wait();
    assert_eq!(status.code(), Some(130), "{status}: {}", window.said());
    assert_valid(&log);
}

#[test]
fn a_window_takes_its_own_picture_and_closes() {
    let _turn = ONE_AT_A_TIME.lock();
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("new/shot.png");
    let display = Display::start();
    let mut process = display.command(TWIN);
    let mut process =
        Owned(process.args(["--paused", "--theme", "light", "--shot", path_text(&picture)]).spawn().unwrap());
    assert_eq!(process.wait().code(), Some(0));
    assert!(colours(&picture) > 300, "only {} colours in the picture", colours(&picture));
}

#[test]
fn pictures_are_drawn_without_a_display() {
    let _turn = ONE_AT_A_TIME.lock();
    let folder = tempfile::tempdir().unwrap();
    let mut shot = Command::new(TWIN);
    shot.env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .args(["shot", "--at", "200,400", "--size", "960x600", "--out"]);
    let printed = tool(shot.arg(folder.path()));
    let pictures: Vec<&Path> = printed.lines().map(Path::new).collect();
    assert_eq!(pictures.len(), 2, "{printed}");
    for picture in pictures {
        assert_eq!(tool(Command::new("identify").args(["-format", "%wx%h"]).arg(picture)), "960x600");
        assert!(colours(picture) > 300, "only {} colours in {}", colours(picture), picture.display());
    }
}

#[test]
fn without_a_display_the_window_says_so_and_what_to_do() {
    for (name, value, cure) in [
        ("DISPLAY", "", "c2g-twin shot"),
        ("DISPLAY", ":9999", "Check DISPLAY"),
        ("WAYLAND_DISPLAY", "none-7", "unset WAYLAND_DISPLAY"),
    ] {
        let mut program = Command::new(TWIN);
        program.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env_remove("WAYLAND_SOCKET").env(name, value);
        let Output { status, stderr, .. } = program.output().unwrap();
        let said = String::from_utf8_lossy(&stderr);
        assert_eq!(status.code(), Some(2), "{name}={value}: {said}");
        assert!(said.contains(cure) && !said.contains("panicked"), "{name}={value}: {said}");
    }
}

#[test]
fn without_a_graphics_driver_the_cure_is_named() {
    let mut shot = Command::new(TWIN);
    let Output { status, stderr, .. } =
        shot.env("VK_DRIVER_FILES", "/none.json").env("VK_ICD_FILENAMES", "/none.json").arg("shot").output().unwrap();
    let said = String::from_utf8_lossy(&stderr);
    assert_eq!(status.code(), Some(2), "{said}");
    assert!(said.contains("apt-get install mesa-vulkan-drivers") && !said.contains("panicked"), "{said}");
}
