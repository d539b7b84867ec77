//! Recorded noise.
#![no_main]

mod common;

use std::str::FromStr;
use std::sync::OnceLock;

use c2g_twin::noise::{self, NoiseKind};
use c2g_twin::plant::PlantSpec;
use c2g_twin::rollout::Setup;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let file = common::file(b"tick,regd_z,freq_z\n", bytes);
    let Ok(kind) = NoiseKind::from_str(&format!("recorded={}", file.path().display())) else { return };
    let setup = Setup::default();
    static SPEC: OnceLock<PlantSpec> = OnceLock::new();
    let spec = SPEC.get_or_init(|| {
        let config = common::world().configuration(&setup).expect("a configuration");
        common::world().tables(&setup, &config).expect("tables")
    });
    let _ = noise::build(&kind, 1, &spec.streams);
});
