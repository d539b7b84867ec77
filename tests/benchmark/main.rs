//! `benchmark`, run as a person runs it: every flag, the tables, how it ends and goes on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod endings;
#[path = "../finished/mod.rs"]
mod finished;
mod flags;
mod going_on;
#[cfg(feature = "onnx")]
mod networks;
mod published;
mod tables;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use finished::{Finished, command_in};
use tempfile::TempDir;

/// `c2g-twin benchmark` with these arguments in a folder.
fn command(dir: &Path, args: &[&str]) -> Command {
    command_in(dir, &[&["benchmark"], args].concat())
}

fn benchmark(dir: &Path, args: &[&str]) -> Finished {
    Finished::of(command(dir, args).output().unwrap())
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn text(dir: &TempDir, file: &str) -> String {
    std::fs::read_to_string(dir.path().join(file)).unwrap_or_else(|e| panic!("{file}: {e}"))
}

/// A table: its header and its rows by column.
struct Table {
    header: Vec<String>,
    rows: Vec<BTreeMap<String, String>>,
}

impl Table {
    fn read(dir: &TempDir, file: &str) -> Self {
        let mut reader = csv::Reader::from_path(dir.path().join(file)).unwrap_or_else(|e| panic!("{file}: {e}"));
        let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let row = |r: csv::StringRecord| header.iter().cloned().zip(r.iter().map(str::to_owned)).collect();
        let rows = reader.records().map(|r| row(r.unwrap())).collect();
        Self { header, rows }
    }

    /// The one row with these values.
    fn row(&self, keys: &[(&str, &str)]) -> &BTreeMap<String, String> {
        let hits: Vec<_> = self.rows.iter().filter(|r| keys.iter().all(|(k, v)| r[*k] == *v)).collect();
        assert_eq!(hits.len(), 1, "{keys:?}");
        hits[0]
    }

    /// The table without wall times: what must not depend on the machine.
    fn lasting(&self) -> Vec<Vec<String>> {
        let kept = |r: &BTreeMap<String, String>| {
            self.header.iter().filter(|h| *h != "wall_time_s").map(|h| r[h].clone()).collect()
        };
        self.rows.iter().map(kept).collect()
    }
}

fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap_or_else(|_| panic!("{column}: `{}`", row[column]))
}
