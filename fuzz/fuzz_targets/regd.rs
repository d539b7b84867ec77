//! Recorded regulation signals.
#![no_main]

mod common;

use c2g_twin::trace::RegdSignal;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let file = common::file(b"", bytes);
    if let Ok(signal) = RegdSignal::read(file.path(), 2.0) {
        assert!(signal.resampled(5).iter().all(|v| v.is_finite()));
    }
    let _ = common::world();
});
