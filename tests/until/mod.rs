//! Waits until a live session shows what is awaited.

use std::sync::Arc;
use std::time::{Duration, Instant};

use c2g_twin::session::{RunView, Session};

/// The first picture of which `done` holds; fails after two minutes.
#[track_caller]
pub fn until(session: &Session, done: impl Fn(&RunView) -> bool) -> Arc<RunView> {
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(120) {
        let view = session.view();
        if done(&view) {
            return view;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    let view = session.view();
    let thinking: Vec<_> = view.slots.iter().map(|slot| slot.thinking).collect();
    panic!("after two minutes: tick {}, {:?}, {thinking:?}, {:?}", view.tick, view.play, view.notices);
}
