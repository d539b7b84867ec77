//! Interrupts and killings in mid-run.
#![cfg(unix)]

use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use c2g_twin::record::read_full_log;

use super::{Finished, command_in, folder, twin_in};

/// Starts a run that would take for ever and waits until its log grows.
fn endless_run(dir: &Path) -> Child {
    let args = [
        "run",
        "--continuous",
        "--ticks=900000000",
        "--macro=rule_macro",
        "--log=run.csv",
        "--record-transitions=runs",
        "--summary=sum.json",
    ];
    let child = command_in(dir, &args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let log = dir.join("run.csv");
    let begin = Instant::now();
    while std::fs::metadata(&log).map_or(0, |m| m.len()) < 1 << 20 {
        assert!(begin.elapsed() < Duration::from_secs(60), "the log does not grow");
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}

fn signal(child: &Child, name: &str) {
    let status = std::process::Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
    assert!(status.success());
}

#[test]
fn an_interrupted_run_ends_with_130_and_everything_it_wrote_is_valid() {
    for name in ["-INT", "-TERM"] {
        let dir = folder();
        let child = endless_run(dir.path());
        signal(&child, name);
        let done = Finished::of(child.wait_with_output().unwrap()).ended(130);
        assert!(done.out.contains("still running"), "{}", done.out);
        let log = read_full_log(&dir.path().join("run.csv")).unwrap();
        assert!(!log.incomplete && log.checked_rows == log.rows.len() as u64, "the log is complete");
        let rows = log.rows.len();
        let summary: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(dir.path().join("sum.json")).unwrap()).unwrap();
        assert_eq!(summary["ticks"], rows);
        assert!(summary["end"].is_null());
        let transitions = dir.path().join("runs/rule_macro+rule_based_default_hardware/episode0.csv");
        let text = std::fs::read_to_string(transitions).unwrap();
        assert_eq!(text.lines().count(), rows + 1);
        assert!(text.ends_with("\r\n"));
        twin_in(dir.path(), &["verify", "run.csv"]).ended(0);
    }
}

#[test]
fn a_killed_run_loses_about_a_second_and_the_rest_can_be_read() {
    let dir = folder();
    let mut child = endless_run(dir.path());
    std::thread::sleep(Duration::from_millis(300));
    let killed = std::time::SystemTime::now();
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().code(), None);
    let path = dir.path().join("run.csv");
    let written = std::fs::metadata(&path).unwrap().modified().unwrap();
    let lost = killed.duration_since(written).unwrap_or_default();
    assert!(lost < Duration::from_millis(1500), "last written {lost:?} before the end");
    let log = read_full_log(&path).unwrap();
    assert!(log.rows.len() > 500, "{} rows", log.rows.len());
    assert!(log.rows.len() as u64 - log.checked_rows <= 180, "what lies before the last check is covered by it");
    let told = twin_in(dir.path(), &["verify", "run.csv"]).ended(0).out;
    assert!(told.contains("holds: "), "{told}");
}
