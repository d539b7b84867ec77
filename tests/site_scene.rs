//! The 3D scene as the Site tile shows it, drawn without a display.
#![cfg(feature = "window-tests")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use c2g_twin::app::panel::TileId;
use c2g_twin::app::shell::Studio;
use c2g_twin::app::theme::ThemeName;
use c2g_twin::rollout::{Setup, World};
use c2g_twin::session::{Command, Session, SessionOptions};

#[test]
#[ignore = "for looking only"]
fn looks() {
    let setup = Setup::default_day().unwrap();
    let session = Session::start(World::default(), setup, SessionOptions::default()).unwrap();
    for _ in 0..57 {
        session.send(Command::StepInterval);
    }
    let begin = Instant::now();
    while session.view().tick < 57 * 180 && begin.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(20));
    }
    let out = PathBuf::from(std::env::var("SCENE_OUT").unwrap_or("/tmp/pic".into()));
    let sizes = std::env::var("SCENE_SIZES").unwrap_or("1112x598".into());
    let themes = std::env::var("SCENE_THEMES").unwrap_or("dark".into());
    for size in sizes.split(',') {
        let (w, h) = size.split_once('x').unwrap();
        for name in themes.split(',') {
            let begin = Instant::now();
            let mut studio =
                Studio::open(session.view(), (w.parse().unwrap(), h.parse().unwrap()), ThemeName::find(name).unwrap())
                    .unwrap();
            studio.tile(Some(TileId::Site));
            if let Ok(stations) = std::env::var("SCENE_STATIONS") {
                for station in stations.split(',') {
                    studio.station(station);
                    let entity = session.view().spec.entities.iter().position(|e| e.name == station);
                    studio.select(c2g_twin::app::panel::Selection { entity, signal: None });
                    studio.picture(session.view(), &out.join(format!("site_{name}_{station}.png"))).unwrap();
                }
                continue;
            }
            studio.picture(session.view(), &out.join(format!("site_{name}_{size}.png"))).unwrap();
            eprintln!("{name} {size} {:?}", begin.elapsed());
        }
    }
}
