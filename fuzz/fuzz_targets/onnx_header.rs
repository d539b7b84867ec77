//! Headers of ONNX files.
#![no_main]

mod common;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let header = c2g_twin::control::onnx::Header::of(bytes);
    let _ = header.numbers("low");
    let _ = common::world();
});
