//! What a person is told of a log that cannot be played.

use std::path::Path;

use c2g_twin::config::Error;
use c2g_twin::record::{Item, Tape};
use c2g_twin::rollout::World;

/// The error of a log, met on opening it or on its first row; fails when there is a row.
pub fn first_error(path: &Path) -> Error {
    let mut tape = match Tape::open(path, 0, &World::default()) {
        Ok(tape) => tape,
        Err(error) => return error,
    };
    let mut row = vec![0.0; tape.head().schema.len()];
    loop {
        match tape.next(&mut row) {
            Ok(Some(Item::Input(_))) => {}
            Ok(found) => panic!("{} was read: {found:?}", path.display()),
            Err(error) => return error,
        }
    }
}
