//! Kills at any moment: what a run wrote can be opened, rescued and run again.
#![cfg(unix)]

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant, SystemTime};

use c2g_twin::record::{Tape, read_full_log};
use c2g_twin::rollout::World;

use super::server::{Manner, start};
use super::{arg, command_in, folder, twin_in};

/// The next number of a sequence that looks like chance.
fn chance(state: &mut u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

/// Starts a run without an end, kills it after so many milliseconds, and holds what is left against itself.
fn kill_after(ms: u64, told: &str) {
    let dir = folder();
    let args = [
        "run",
        "--quiet",
        "--continuous",
        "--on-trip=ride-through",
        "--ticks=900000000",
        "--macro=rule_macro",
        "--log=run.csv",
        "--record-transitions=runs",
        "--parquet=run.parquet",
    ];
    let mut child = command_in(dir.path(), &args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(ms));
    let killed = SystemTime::now();
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().code(), None, "{told}: it ended by itself");
    assert!(!dir.path().join("run.parquet").exists(), "{told}: a Parquet file without its end has another name");
    let path = dir.path().join("run.csv");
    let Ok(bytes) = std::fs::read(&path) else { return };
    if !String::from_utf8_lossy(&bytes).contains("\n0,") {
        // Killed before the first rows were brought to the disk, which may take a second from their making.
        assert!(ms < 2_000 || bytes.is_empty(), "{told}: no row after {ms} ms");
        return;
    }
    let written = std::fs::metadata(&path).unwrap().modified().unwrap();
    let lost = killed.duration_since(written).unwrap_or_default();
    assert!(lost < Duration::from_millis(2_500), "{told}: last written {lost:?} before the end");
    let log = read_full_log(&path).unwrap_or_else(|e| panic!("{told}: {e}"));
    assert!(log.rows.len() as u64 - log.checked_rows <= 180, "{told}");
    let done = twin_in(dir.path(), &["recover", "run.csv", "--out=fixed.csv"]);
    assert_eq!(done.code, Some(if log.incomplete { 3 } else { 0 }), "{told}: {}{}", done.out, done.err);
    let fixed = read_full_log(&dir.path().join("fixed.csv")).unwrap();
    assert_eq!((fixed.rows.len(), fixed.incomplete), (log.rows.len(), false), "{told}");
    let whole = bytes.iter().rposition(|b| *b == b'\n').unwrap() + 1;
    assert!(std::fs::read(dir.path().join("fixed.csv")).unwrap() == bytes[..whole], "{told}: the same bytes");
    let verdict = twin_in(dir.path(), &["verify", "fixed.csv"]).ended(0).out;
    assert!(verdict.contains(&format!("holds: {} rows", log.rows.len())), "{told}: {verdict}");
    for slot in ["hardware", "macro"] {
        transitions_hold(dir.path(), slot, log.rows.len(), told);
    }
}

/// A transition log that was cut off gives all its whole lines.
fn transitions_hold(dir: &Path, slot: &str, rows: usize, told: &str) {
    let path = dir.join(format!("runs/rule_macro+rule_based_default_{slot}/episode0.csv"));
    let Ok(text) = std::fs::read_to_string(&path) else { return };
    if text.matches('\n').count() < 2 {
        return;
    }
    let fixed = dir.join(format!("{slot}.csv"));
    let done = twin_in(dir, &["recover", arg(&path), "--out", arg(&fixed)]);
    let code = if text.ends_with('\n') { 0 } else { 3 };
    assert_eq!(done.code, Some(code), "{told}: {}{}", done.out, done.err);
    let whole = text.rfind('\n').unwrap() + 1;
    assert!(std::fs::read_to_string(&fixed).unwrap() == text[..whole], "{told}: the same bytes");
    let mut tape = Tape::open(&fixed, 0, &World::default()).unwrap();
    let mut row = vec![0.0; tape.head().schema.len()];
    let mut read = 0;
    while tape.next(&mut row).unwrap().is_some() {
        read += 1;
    }
    assert_eq!(tape.bad().count, 0, "{told}");
    assert!(read > 0 && read <= rows + 1_000_000, "{told}: {read} rows of {rows}");
}

fn kills(number: u64, longest_ms: u64) {
    let seed = std::env::var("C2G_TWIN_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(20_261_121);
    let mut state = seed;
    for k in 0..number {
        let ms = 20 + chance(&mut state) % longest_ms;
        kill_after(ms, &format!("C2G_TWIN_SEED={seed}, kill {k} after {ms} ms"));
    }
}

#[test]
fn five_kills_leave_what_was_written() {
    kills(5, 900);
}

#[test]
#[ignore = "takes minutes; ./test --long runs it"]
fn two_hundred_kills_leave_what_was_written() {
    kills(200, 1_500);
}

#[test]
fn rows_reach_the_file_while_a_controller_thinks() {
    // A row must not wait in memory for the tick after it: that one may take minutes.
    let dir = folder();
    let bid = "{\"commit_norm\": 0.75, \"bid_price\": 20}";
    let gate = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(1));
    let server = start(Manner::Held(gate, vec![bid.to_owned()]));
    let base = format!("control.llm_policy_macro.base_url={}", server.base);
    let args = [
        "run",
        "--quiet",
        "--ticks=1000",
        "--macro=llm_policy_macro",
        "--set=control.llm_policy_macro.timeout_s=60",
        "--set",
        &base,
        "--log=run.csv",
        "--record-transitions=runs",
    ];
    let mut child = command_in(dir.path(), &args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let begin = Instant::now();
    let rows = |path: &Path| read_full_log(path).map_or(0, |log| log.rows.len());
    let transitions = || {
        let folders = std::fs::read_dir(dir.path().join("runs")).into_iter().flatten().flatten();
        let path = folders.map(|f| f.path()).find(|f| f.to_string_lossy().ends_with("_hardware"));
        path.map_or(0, |p| std::fs::read_to_string(p.join("episode0.csv")).unwrap().lines().count())
    };
    while rows(&dir.path().join("run.csv")) < 180 || transitions() < 181 {
        assert!(begin.elapsed() < Duration::from_secs(30), "rows wait in memory for the answer");
        assert!(child.try_wait().unwrap().is_none(), "the run ended");
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(server.asked.lock().unwrap().len(), 2, "the second question has no answer yet");
    let log = read_full_log(&dir.path().join("run.csv")).unwrap();
    assert_eq!((log.rows.len(), log.checked_rows, log.inputs.len()), (180, 180, 1));
}
