//! Networks as policies: recorded pairs, the contract, and what happens when a network misbehaves.
#![cfg(feature = "onnx")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod card;
mod drive;
mod net;
mod pairs;

use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A network of the tests.
fn stored(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policies/nets").join(name)
}

/// Writes a network into a folder.
fn written(dir: &TempDir, name: &str, net: net::Net) -> PathBuf {
    let path = dir.path().join(name);
    std::fs::write(&path, net.file()).unwrap();
    path
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}
