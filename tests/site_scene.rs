//! The 3D scene as the Site tile shows it, drawn without a display.
#![cfg(feature = "window-tests")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[allow(unused_imports)]
mod plants;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use c2g_twin::app::panel::{Selection, TileId};
use c2g_twin::app::shell::Studio;
use c2g_twin::app::theme::ThemeName;
use c2g_twin::rollout::{Setup, World};
use c2g_twin::session::{Command, RunView, Session, SessionOptions};

/// A run after so many market intervals.
fn after(world: World, setup: Setup, intervals: u64) -> Arc<RunView> {
    let session = Session::start(world, setup, SessionOptions::default()).unwrap();
    for _ in 0..intervals {
        session.send(Command::StepInterval);
    }
    let begin = Instant::now();
    loop {
        let view = session.view();
        let period = view.spec.slots.iter().map(|s| s.period_ticks).max().unwrap_or(1);
        if view.tick >= intervals * period {
            return view;
        }
        assert!(begin.elapsed() < Duration::from_secs(60), "the session did not get there");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn day(intervals: u64) -> Arc<RunView> {
    after(World::default(), Setup::default_day().unwrap(), intervals)
}

/// The second plant with load put off, some of it too long.
fn hall(intervals: u64) -> Arc<RunView> {
    let mut setup = Setup { plant: "sustaindc".to_owned(), ..Setup::default() };
    setup.policies.insert("agent_dc".to_owned(), "trim_and_respond".to_owned());
    setup.policies.insert("agent_bat".to_owned(), "rbc_battery".to_owned());
    setup.fixed_actions.insert("agent_ls.ls_action".to_owned(), 0.0);
    after(World::default(), setup, intervals)
}

/// Draws a view into a file and returns its bytes.
fn picture(studio: &mut Studio, view: &Arc<RunView>, path: &Path) -> Vec<u8> {
    studio.picture(Arc::clone(view), path).unwrap_or_else(|e| panic!("{}", e.report()));
    std::fs::read(path).unwrap()
}

/// Only one graphics world at a time fits on a small machine, so that this is one test.
#[test]
fn the_scene_shows_the_run_the_camera_and_the_selection() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("site.png");
    let (early, late) = (day(1), day(60));
    let mut studio = Studio::open(Arc::clone(&early), (800, 460), ThemeName::Dark).unwrap();
    studio.tile(Some(TileId::Site));
    let first = picture(&mut studio, &early, &path);
    assert!(first.len() > 60_000, "the picture is nearly blank: {} bytes", first.len());
    assert!(picture(&mut studio, &early, &path) == first, "the same instant gives the same picture");
    let second = picture(&mut studio, &late, &path);
    assert!(second != first, "the run does not show");
    studio.station("zone_a");
    let third = picture(&mut studio, &late, &path);
    assert!(third != second, "the camera does not move");
    let entity = late.spec.entities.iter().position(|e| e.name == "zone_a");
    studio.select(Selection { entity, signal: None });
    assert!(picture(&mut studio, &late, &path) != third, "the selection does not show");

    let toy = after(plants::world(), Setup { plant: plants::CHARGERS.to_owned(), ..Setup::default() }, 4);
    picture(&mut studio, &toy, &path);
    studio.select(Selection::default());
    studio.station("overview");
    assert!(picture(&mut studio, &late, &path) == second, "the scene does not come back after a plant without one");

    let (short, long) = (hall(8), hall(110));
    let few = picture(&mut studio, &short, &path);
    assert!(few.len() > 60_000 && few != second, "the hall is nearly blank: {} bytes", few.len());
    studio.station("queue");
    let many = picture(&mut studio, &long, &path);
    let entity = long.spec.entities.iter().position(|e| e.name == "rack_1_1");
    studio.station("racks");
    let racks = picture(&mut studio, &long, &path);
    assert!(racks != many, "the camera does not move in the hall");
    studio.select(Selection { entity, signal: None });
    assert!(picture(&mut studio, &long, &path) != racks, "a selected rack does not show");
}

/// Pictures to look at: sizes, themes and stations from the environment.
#[test]
#[ignore = "draws pictures for people"]
fn pictures_to_look_at() {
    let list = |name: &str, default: &str| {
        let text = std::env::var(name).unwrap_or_else(|_| default.to_owned());
        text.split(',').map(str::to_owned).collect::<Vec<_>>()
    };
    let folder = PathBuf::from(std::env::var("C2G_KEEP_PICTURES").unwrap_or_else(|_| "runs/site".to_owned()));
    let mut setup = Setup::default_day().unwrap();
    if let Ok(scenario) = std::env::var("C2G_SCENARIO") {
        setup.axes.insert("scenario".to_owned(), scenario);
    }
    let view = if std::env::var("C2G_PLANT").is_ok_and(|plant| plant == "sustaindc") {
        hall(std::env::var("C2G_TICK").map_or(110, |tick| tick.parse().unwrap()))
    } else {
        after(World::default(), setup, 57)
    };
    for size in list("C2G_SIZES", "1112x598") {
        let (width, height) = size.split_once('x').unwrap();
        let pixels = (width.parse().unwrap(), height.parse().unwrap());
        for theme in list("C2G_THEMES", "dark,light,operator,high_contrast") {
            let mut studio = Studio::open(Arc::clone(&view), pixels, ThemeName::find(&theme).unwrap()).unwrap();
            studio.tile(Some(TileId::Site));
            for station in list("C2G_STATIONS", "overview") {
                studio.station(&station);
                if let Ok(name) = std::env::var("C2G_SELECT") {
                    let entity = view.spec.entities.iter().position(|e| e.name == name);
                    studio.select(Selection { entity, signal: None });
                }
                let path = folder.join(format!("site_{theme}_{size}_{station}.png"));
                studio.picture(Arc::clone(&view), &path).unwrap();
            }
        }
    }
}
