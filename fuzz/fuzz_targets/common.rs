//! What the targets share: bytes become a file, and a reader reads it to its end.

#![allow(dead_code)] // Every target needs only a part.

use std::io::Write;
use std::path::Path;
use std::sync::OnceLock;

use c2g_twin::record::{Item, Tape, TapeOptions};
use c2g_twin::rollout::World;

/// What can be built by name, made once.
pub fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(World::default)
}

/// A file of these bytes, after a beginning that makes it one of the kind.
pub fn file(beginning: &[u8], bytes: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::Builder::new().suffix(".csv").tempfile().expect("a file");
    file.write_all(beginning).and_then(|()| file.write_all(bytes)).expect("bytes");
    file
}

/// Reads a log to its end.
pub fn play(path: &Path, options: &TapeOptions) {
    let Ok(mut tape) = Tape::open_with(path, options, world()) else { return };
    let mut row = vec![0.0; tape.head().schema.len()];
    let mut ticks = 0_u64;
    while let Ok(Some(item)) = tape.next(&mut row) {
        ticks += u64::from(!matches!(item, Item::Input(_)));
        assert!(ticks < 2_000_000, "a small file makes {ticks} ticks");
    }
    tape.set_patient(true);
    tape.poll();
}
