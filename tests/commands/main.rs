//! The real program, run as a person runs it: every flag, what it prints, what it writes, how it ends.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod disturbances;
mod endings;
mod errors;
mod exports;
#[path = "../finished/mod.rs"]
mod finished;
mod flags;
mod kills;
mod outputs;
mod parquet;
#[cfg(feature = "onnx")]
mod policies;
mod recover;
#[path = "../language_model/server.rs"]
mod server;
mod sustaindc;
mod tours;
mod transitions;
mod verifying;
mod why;

use std::path::{Path, PathBuf};

use finished::{Finished, command_in};
use tempfile::TempDir;

fn twin_in(dir: &Path, args: &[&str]) -> Finished {
    Finished::of(command_in(dir, args).output().unwrap())
}

/// Runs the program in the package's folder.
fn twin(args: &[&str]) -> Finished {
    twin_in(Path::new(env!("CARGO_MANIFEST_DIR")), args)
}

/// Runs `run --quiet --summary` with these arguments and returns the summary.
#[track_caller]
fn summary(args: &[&str]) -> serde_json::Value {
    let all: Vec<&str> = ["run", "--quiet", "--summary"].iter().chain(args).copied().collect();
    twin(&all).ended(0).json()
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/c2g").join(name)
}

/// Lines of a log without those that begin with `#`.
fn plain_lines(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().filter(|l| !l.starts_with('#')).map(str::to_owned).collect()
}

/// A path as an argument.
fn arg(path: &Path) -> &str {
    path.to_str().unwrap()
}
