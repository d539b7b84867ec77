//! Waits until a live session shows what is awaited, and reads what it recorded.
#![allow(dead_code)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use c2g_twin::record::Recording;
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

/// Rows of a recording with so many columns, as bits.
#[track_caller]
pub fn rows(recording: &Recording, columns: usize) -> Vec<Vec<u64>> {
    let mut row = vec![0.0; columns];
    let mut bits = |r| {
        assert!(recording.row(r, &mut row), "row {r} is gone");
        row.iter().map(|v| v.to_bits()).collect()
    };
    (0..recording.rows()).map(&mut bits).collect()
}
