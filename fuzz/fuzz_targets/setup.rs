//! Configurations on top of the plant's own, and changes of single values.
#![no_main]

mod common;

use c2g_twin::rollout::{Layer, Setup};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let layer = Layer { name: "fuzz.yaml".to_owned(), text: text.to_owned() };
    let setup = Setup { layers: vec![layer], ..Setup::default() };
    if let Ok(config) = common::world().configuration(&setup) {
        let _ = common::world().tables(&setup, &config);
    }
    let _ = c2g_twin::config::Document::new().set(text);
});
