//! Interrupts and full disks: what was written is whole rows.
#![cfg(unix)]

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{Finished, Table, benchmark, command, folder};

/// Starts a benchmark that would take long and waits for its first episodes.
fn long_run(dir: &Path, more: &[&str]) -> Child {
    let args = ["--agents=pid", "--n_episodes=4000", "--scenarios=default", "--output=x.csv", "--jobs=2"];
    let all: Vec<&str> = args.iter().chain(more).copied().collect();
    let child = command(dir, &all).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let begin = Instant::now();
    while std::fs::metadata(dir.join("x_episodes.csv")).map_or(0, |m| m.len()) < 3_000 {
        assert!(begin.elapsed() < Duration::from_secs(60), "no episode comes to its end");
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}

#[test]
fn an_interrupt_ends_with_130_and_whole_rows() {
    for name in ["-INT", "-TERM"] {
        let dir = folder();
        let child = long_run(dir.path(), &[]);
        assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
        let done = Finished::of(child.wait_with_output().unwrap()).ended(130);
        assert!(done.err.contains("interrupted after "), "{}", done.err);
        let episodes = Table::read(&dir, "x_episodes.csv");
        assert!(episodes.rows.len() > 1 && episodes.rows.iter().all(|r| r["end"] == "episode_end"));
        let seeds: Vec<u64> = episodes.rows.iter().map(|r| r["seed"].parse().unwrap()).collect();
        assert_eq!(seeds, (100..100 + seeds.len() as u64).collect::<Vec<_>>(), "in the order of the plan");
        assert!(Table::read(&dir, "x.csv").rows.is_empty(), "a mean of half the episodes is no result");
    }
}

#[test]
fn a_killed_benchmark_goes_on_where_it_was() {
    let dir = folder();
    let mut child = long_run(dir.path(), &[]);
    child.kill().unwrap();
    child.wait().unwrap();
    let before = Table::read(&dir, "x_episodes.csv").rows.len();
    let args = ["--agents=pid", "--scenarios=default", "--output=x.csv", "--append"];
    let episodes = format!("--n_episodes={}", before + 2);
    benchmark(dir.path(), &[&args[..], &[episodes.as_str()]].concat()).ended(0);
    let (gone_on, means) = (Table::read(&dir, "x_episodes.csv"), Table::read(&dir, "x.csv"));
    assert_eq!(gone_on.rows.len(), before + 2);
    let whole = folder();
    benchmark(whole.path(), &["--agents=pid", "--scenarios=default", "--output=x.csv", &episodes]).ended(0);
    assert_eq!(Table::read(&whole, "x_episodes.csv").lasting(), gone_on.lasting());
    assert_eq!(Table::read(&whole, "x.csv").lasting(), means.lasting());
}

#[test]
fn a_full_disk_is_told_and_leaves_whole_rows() {
    let dir = folder();
    // A limit on the size of files (in blocks of 512 or 1024 bytes) refuses like a full disk, in mid-row.
    let script = "trap '' XFSZ; ulimit -f 24; exec \"$0\" benchmark --agents=pid --scenarios=default --n_episodes=120 --output=x.csv";
    let shell =
        Command::new("bash").current_dir(dir.path()).args(["-c", script, env!("CARGO_BIN_EXE_c2g-twin")]).output();
    let done = Finished::of(shell.unwrap()).ended(2);
    assert!(done.err.contains("x_episodes.csv: cannot write the results"), "{}", done.err);
    assert!(done.err.contains("cure: "), "{}", done.err);
    let text = std::fs::read_to_string(dir.path().join("x_episodes.csv")).unwrap();
    assert!(text.ends_with('\n'));
    assert!(Table::read(&dir, "x_episodes.csv").rows.iter().all(|r| r["end"] == "episode_end"));
}

#[test]
fn a_place_that_cannot_be_written_is_told_before_anything_runs() {
    let dir = folder();
    std::fs::write(dir.path().join("file"), "").unwrap();
    benchmark(dir.path(), &["--agents=pid", "--output=file/x.csv"]).refused(&["file: cannot create the folder"]);
}
