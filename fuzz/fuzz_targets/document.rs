//! YAML documents of configurations.
#![no_main]

mod common;

use c2g_twin::config::Document;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let mut document = Document::new();
        if document.layer_text("fuzz.yaml", text).is_ok() {
            let again = document.to_yaml();
            assert!(Document::new().layer_text("again.yaml", &again).is_ok(), "{again}");
        }
    }
    let _ = common::world();
});
