//! Full logs.
#![no_main]

mod common;

use c2g_twin::record::TapeOptions;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let file = common::file(b"#c2g-log 1\n", bytes);
    common::play(file.path(), &TapeOptions::default());
    let _ = c2g_twin::record::read_full_log(file.path());
});
