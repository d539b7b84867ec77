//! What the program prints and writes, and what happens when that cannot be written.

use super::{arg, command_in, folder, twin, twin_in};

#[test]
fn a_summary_is_a_table_for_people_and_json_for_programs() {
    let table = twin(&["run", "--ticks=100", "--macro=rule_macro"]).ended(0).out;
    for text in
        ["c2g · rule_macro+rule_based · scenario default", "100 ticks in ", "Hardware\n", "Macro\n", "tracking_rmse"]
    {
        assert!(table.contains(text), "`{text}` is missing in:\n{table}");
    }
    let json = twin(&["run", "--ticks=100", "--macro=rule_macro", "--summary"]).ended(0).json();
    for key in [
        "plant",
        "agent",
        "axes",
        "seed",
        "noise",
        "start",
        "ticks",
        "restarts",
        "end",
        "fallbacks",
        "metrics",
        "wall_time_s",
    ] {
        assert!(!json[key].is_null(), "{key} is missing");
    }
    let hardware = json["metrics"]["hardware"].as_object().unwrap();
    // The columns of the benchmark's tables, in their order (control 5.1).
    let places: Vec<usize> = super::finished::HARDWARE_FIGURES
        .split_whitespace()
        .map(|c| hardware.keys().position(|k| k == c).unwrap())
        .collect();
    assert!(places.is_sorted(), "{:?}", hardware.keys());
    assert!(hardware.values().all(|v| v.is_number()));
    assert_eq!(hardware["episode_length"], 100.0);
    let market = json["metrics"]["macro"].as_object().unwrap();
    for column in
        ["bid_acceptance_rate", "total_reg_revenue", "total_elec_cost", "mean_perf_score", "mean_committed_mw"]
    {
        assert!(market[column].is_number(), "{column}");
    }
    let alone = twin(&["run", "--ticks=100", "--summary"]).ended(0).json();
    assert!(alone["metrics"].get("macro").is_none(), "nobody bids: nothing to sum up");
}

#[test]
fn a_summary_goes_into_a_file_with_its_folders() {
    let dir = folder();
    let done = twin_in(dir.path(), &["run", "--ticks=50", "--summary", "deep/er/sum.json"]).ended(0);
    assert!(done.out.contains("50 ticks"), "the table is printed besides");
    let text = std::fs::read_to_string(dir.path().join("deep/er/sum.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["ticks"], 50);
    assert!(text.ends_with('\n'));
    let quiet = twin_in(dir.path(), &["run", "--ticks=50", "--summary=sum.json", "--quiet"]).ended(0);
    assert_eq!(quiet.out, "");
}

#[test]
fn the_same_run_prints_and_writes_the_same_twice() {
    let dir = folder();
    let play = |log: &str| {
        let mut json = twin_in(dir.path(), &["run", "--ticks=2000", "--macro=rule_macro", "--summary", "--log", log])
            .ended(0)
            .json();
        json["wall_time_s"].take();
        (json, std::fs::read(dir.path().join(log)).unwrap())
    };
    assert!(play("a.csv") == play("b.csv"), "same bytes on every run");
}

#[test]
fn help_and_version_end_well() {
    let help = twin(&["--help"]).ended(0).out;
    assert!(help.contains("Exit codes: 0 good, 1 a check failed, 2 bad input, 130 interrupted"), "{help}");
    for command in ["run", "verify", "data"] {
        assert!(help.contains(command));
        assert!(twin(&[command, "--help"]).ended(0).out.contains("Usage: c2g-twin"));
    }
    let run = twin(&["run", "--help"]).ended(0).out;
    for flag in [
        "--scenario",
        "--market",
        "--fidelity",
        "--fixed-action",
        "[alias: --pin]",
        "--record-transitions",
        "rule_macro",
    ] {
        assert!(run.contains(flag), "{flag} is missing");
    }
    assert!(twin(&["--version"]).ended(0).out.starts_with("c2g-twin "));
}

#[test]
#[cfg(not(feature = "app"))]
fn without_a_window_no_command_is_an_error() {
    twin(&[]).refused(&["this build has no window", "Use `c2g-twin run`"]);
}

#[test]
fn a_place_that_cannot_be_written_is_told() {
    let dir = folder();
    std::fs::write(dir.path().join("file"), "").unwrap();
    let run = ["run", "--quiet", "--ticks=5"];
    for (flag, words) in [
        ("--log=file/run.csv", "file: cannot create the folder"),
        ("--log=.", ".: cannot create the log"),
        ("--summary=file/sum.json", "file: cannot create the folder"),
        ("--summary=.", ".: cannot write the summary"),
        ("--record-transitions=file", "cannot create the folder"),
    ] {
        twin_in(dir.path(), &[&run[..], &[flag]].concat()).refused(&[words, "cure: "]);
    }
    twin_in(dir.path(), &["data", "synth", "file"]).refused(&["file: cannot create the folder"]);
}

#[cfg(unix)]
#[test]
fn a_folder_without_permission_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let dir = folder();
    let locked = dir.path().join("locked");
    std::fs::create_dir(&locked).unwrap();
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o555)).unwrap();
    if std::fs::write(locked.join("probe"), "").is_ok() {
        // This account may write everywhere.
        return;
    }
    for flag in ["--log=locked/run.csv", "--record-transitions=locked"] {
        twin_in(dir.path(), &["run", "--quiet", "--ticks=5", flag])
            .refused(&["cannot create", "that you may read and write"]);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_without_a_panic() {
    let dir = folder();
    for flag in ["--log=/dev/full", "--summary=/dev/full"] {
        twin_in(dir.path(), &["run", "--quiet", "--ticks=300", flag]).refused(&[
            "/dev/full: cannot write the",
            "No space left on device",
            "Free some space",
        ]);
    }
    // A link makes the file of the transitions end on the full device too.
    let runs = dir.path().join("runs/rule_based_default_hardware");
    std::fs::create_dir_all(&runs).unwrap();
    std::os::unix::fs::symlink("/dev/full", runs.join("episode0.csv")).unwrap();
    twin_in(dir.path(), &["run", "--quiet", "--ticks=300", "--record-transitions"])
        .refused(&["write the transition log"]);
    let golden = super::golden("env/fixed_action_default.json");
    twin_in(dir.path(), &["verify", "--emit=/dev/full", arg(&golden)]).refused(&["/dev/full: cannot write"]);
    assert!(!std::fs::metadata("/dev/full").unwrap().is_file(), "a device stays a device");
    let full = || std::process::Stdio::from(std::fs::File::create("/dev/full").unwrap());
    for args in [
        &["run", "--ticks=5"][..],
        &["run", "--ticks=5", "--summary"],
        &["verify", arg(&golden)],
        &["data", "synth", "set"],
    ] {
        let output = command_in(dir.path(), args).stdout(full()).output().unwrap();
        super::Finished::of(output).refused(&["standard output: cannot write"]);
    }
    let status = command_in(dir.path(), &["run", "--plant=nosuch"]).stderr(full()).status().unwrap();
    assert_eq!(status.code(), Some(2), "even the error cannot be told, and yet the code says it");
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_error() {
    let dir = folder();
    for args in [&["run", "--ticks=5", "--summary"][..], &["run", "--ticks=5"], &["data", "synth", "set"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = command_in(dir.path(), args).stdout(writer).output().unwrap();
        super::Finished::of(output).ended(0);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_log_may_go_to_a_device_or_a_pipe() {
    twin(&["run", "--quiet", "--ticks=5", "--log=/dev/null"]).ended(0);
    let out = twin(&["run", "--quiet", "--ticks=5", "--log=/dev/stdout"]).ended(0).out;
    assert!(out.starts_with("#c2g-log 1\n"));
    let emitted =
        twin(&["verify", "--emit=/dev/stdout", arg(&super::golden("env/fixed_action_default.json"))]).ended(0).out;
    assert!(emitted.starts_with("t,") && emitted.lines().count() == 102, "101 lines and the verdict");
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_fills_up_in_mid_run_leaves_a_log_that_can_be_read() {
    let dir = folder();
    // The shell's limit on file sizes stands in for the disk; blocks are 512 or 1024 bytes.
    let script =
        format!("trap '' XFSZ; ulimit -f 1000; exec '{}' run --quiet --log run.csv", env!("CARGO_BIN_EXE_c2g-twin"));
    let output = std::process::Command::new("sh").args(["-c", &script]).current_dir(dir.path()).output().unwrap();
    super::Finished::of(output).refused(&["run.csv: cannot write the log"]);
    let log = c2g_twin::record::read_full_log(&dir.path().join("run.csv")).unwrap();
    assert!(log.rows.len() > 100, "{} rows", log.rows.len());
    assert!(log.rows.len() as u64 - log.checked_rows <= 180);
    let told = twin_in(dir.path(), &["verify", "run.csv"]).ended(0).out;
    assert!(told.contains("the log was cut off"), "{told}");
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_fails_leaves_the_others_whole() {
    let dir = folder();
    let args = [
        "run",
        "--quiet",
        "--ticks=2000",
        "--log=full.csv",
        "--parquet=run.parquet",
        "--record-transitions=runs",
        "--summary=sum.json",
    ];
    // The header fits on the disk, the rows do not.
    let header = twin_in(dir.path(), &["run", "--quiet", "--ticks=1", "--log=full.csv"]).ended(0);
    assert_eq!(header.err, "");
    let script = |blocks: u32| format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let blocks = u32::try_from(std::fs::metadata(dir.path().join("full.csv")).unwrap().len() / 512 + 100).unwrap();
    let output = std::process::Command::new("sh")
        .args(["-c", &script(blocks), env!("CARGO_BIN_EXE_c2g-twin")])
        .args(["run", "--quiet", "--ticks=2000", "--log=full.csv", "--summary=sum.json", "--parquet=small.parquet"])
        .current_dir(dir.path())
        .output()
        .unwrap();
    let done = super::Finished::of(output);
    assert!(done.err.contains("full.csv: cannot write the log"), "{}", done.err);
    assert!(done.err.contains("Choose a disk that takes larger files"), "{}", done.err);
    done.refused(&["the other outputs go on"]);
    // A whole disk that is full, under the log alone.
    std::fs::remove_file(dir.path().join("full.csv")).unwrap();
    std::os::unix::fs::symlink("/dev/full", dir.path().join("folder")).unwrap();
    let runs = dir.path().join("runs/rule_based_default_hardware");
    std::fs::create_dir_all(&runs).unwrap();
    std::os::unix::fs::symlink("/dev/full", runs.join("episode0.csv")).unwrap();
    let done = twin_in(dir.path(), &args);
    assert!(done.err.contains("warning: ") && done.err.contains("the other outputs go on"), "{}", done.err);
    done.refused(&["episode0.csv: cannot write the transition log", "Free some space"]);
    let log = c2g_twin::record::read_full_log(&dir.path().join("full.csv")).unwrap();
    assert_eq!((log.rows.len(), log.checked_rows), (2_000, 2_000));
    assert!(dir.path().join("run.parquet").exists() && dir.path().join("sum.json").exists());
    twin_in(dir.path(), &["verify", "full.csv"]).ended(0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_log_into_a_pipe_ends_with_its_reader() {
    // The log once held the reading end as well, and waited for ever for itself to read.
    let dir = folder();
    let script = "\"$0\" \"$@\" 2>err.txt | head -c 100000 >/dev/null; echo ${PIPESTATUS[0]}";
    let output = std::process::Command::new("bash")
        .args(["-c", script, env!("CARGO_BIN_EXE_c2g-twin")])
        .args(["run", "--quiet", "--ticks=20000", "--log=/dev/stdout"])
        .current_dir(dir.path())
        .output()
        .unwrap();
    let told = std::fs::read_to_string(dir.path().join("err.txt")).unwrap();
    assert!(told.contains("/dev/stdout: cannot write the log: Broken pipe") && told.contains("cure: "), "{told}");
    assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), "2");
}
