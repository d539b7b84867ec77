//! The real program, run as a person runs it: every flag, what it prints, what it writes, how it ends.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod disturbances;
mod endings;
mod errors;
mod flags;
mod outputs;
#[cfg(feature = "onnx")]
mod policies;
mod sustaindc;
mod transitions;
mod verifying;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// What a finished program left behind.
struct Finished {
    /// Exit code; `None` when a signal ended it.
    code: Option<i32>,
    out: String,
    err: String,
}

impl Finished {
    fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let (out, err) = (text(output.stdout), text(output.stderr));
        assert!(!err.contains("panicked"), "{err}");
        Self { code: output.status.code(), out, err }
    }

    /// Asserts the exit code and shows what was printed when it is another.
    #[track_caller]
    fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "\nstdout: {}\nstderr: {}", self.out, self.err);
        self
    }

    /// Asserts that the program refused its input with an error that holds all of `words`.
    #[track_caller]
    fn refused(self, words: &[&str]) {
        let this = self.ended(2);
        for word in words {
            assert!(this.err.contains(word), "`{word}` is missing in:\n{}", this.err);
        }
    }

    /// The JSON on the standard output.
    #[track_caller]
    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}:\n{}", self.out))
    }
}

/// The program with these arguments in a folder.
fn command_in(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_c2g-twin"));
    command.current_dir(dir).args(args);
    command
}

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
