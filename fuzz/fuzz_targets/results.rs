//! Results of benchmarks.
#![no_main]

mod common;

use c2g_twin::evaluate::results::Results;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let file = common::file(b"scenario,agent,n_episodes,", bytes);
    let _ = Results::read(&[file.path()]);
    let file = common::file(b"scenario,agent,seed,", bytes);
    let _ = Results::read(&[file.path()]);
    let _ = common::world();
});
