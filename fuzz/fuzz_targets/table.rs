//! Any other table, and the detection of kinds.
#![no_main]

mod common;

use c2g_twin::record::TapeOptions;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let file = common::file(b"", bytes);
    let _ = c2g_twin::record::detect(file.path());
    common::play(file.path(), &TapeOptions::default());
    let rows = TapeOptions { time_column: Some(c2g_twin::record::ROW_NUMBER.to_owned()), ..TapeOptions::default() };
    common::play(file.path(), &rows);
});
