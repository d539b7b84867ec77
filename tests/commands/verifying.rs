//! `verify`: golden trajectories and full logs, by content.

use std::path::{Path, PathBuf};

use super::{arg, folder, golden, twin, twin_in};

/// A copy of the golden trajectories with everything they name.
fn copy_of_goldens(dir: &Path) -> PathBuf {
    for room in ["env", "macro"] {
        std::fs::create_dir_all(dir.join(room)).unwrap();
        for entry in std::fs::read_dir(golden(room)).unwrap() {
            let from = entry.unwrap().path();
            std::fs::copy(&from, dir.join(room).join(from.file_name().unwrap())).unwrap();
        }
    }
    dir.to_path_buf()
}

/// Changes the last digit of one cell: row and column from 0, the header not counted.
fn tamper(path: &Path, row: usize, column: usize) {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut cells: Vec<String> = lines[row + 1].split(',').map(str::to_owned).collect();
    let value: f64 = cells[column].parse().unwrap();
    cells[column] = format!("{:?}", value + 1e-6);
    lines[row + 1] = cells.join(",");
    std::fs::write(path, lines.join("\n") + "\n").unwrap();
}

#[test]
fn goldens_hold_and_several_files_are_verified_at_once() {
    let files = [
        "env/seed_default_sin.json",
        "env/code_default_sin.json",
        "env/fixed_action_default.json",
        "macro/seed_default_const.json",
    ];
    let paths: Vec<PathBuf> = files.iter().map(|f| golden(f)).collect();
    let args: Vec<&str> = std::iter::once("verify").chain(paths.iter().map(|p| arg(p))).collect();
    let told = twin(&args).ended(0).out;
    assert_eq!(told.lines().filter(|l| l.contains(": holds: ")).count(), files.len(), "{told}");
}

#[test]
fn a_tampered_golden_fails_and_the_place_is_told() {
    let dir = folder();
    let root = copy_of_goldens(dir.path());
    tamper(&root.join("env/seed_default_sin.csv"), 1234, 20);
    let header = root.join("env/seed_default_sin.json");
    let told = twin(&["verify", arg(&header)]).ended(1).out;
    assert!(told.contains("FAILS: ") && told.contains("tick 1234, column "), "{told}");
    twin(&["verify", "--rtol=1e-5", arg(&header)]).ended(0);
    // A failure among several files is not lost, and the others are verified all the same.
    let good = golden("env/fixed_action_default.json");
    let told = twin(&["verify", arg(&header), arg(&good)]).ended(1).out;
    assert!(told.contains("FAILS: ") && told.contains("holds: "), "{told}");
}

#[test]
fn what_is_malformed_is_bad_input_and_hides_no_other_file() {
    let dir = folder();
    let root = copy_of_goldens(dir.path());
    let header = root.join("env/fixed_action_default.json");
    let sheet = root.join("env/fixed_action_default.csv");
    let good = golden("env/fixed_action_default.json");
    let text = std::fs::read_to_string(&sheet).unwrap();
    let refuse = |broken: &str, words: &[&str]| {
        std::fs::write(&sheet, broken).unwrap();
        twin(&["verify", arg(&header)]).refused(words);
    };
    refuse(&text.replacen("\n0,", "\nzero,", 1), &["fixed_action_default.csv:2:1: `zero` is not a number"]);
    refuse(&text.replacen("o_bess_soc,", "o_soc,", 1), &["fixed_action_default.csv: unknown column `o_bess_soc`"]);
    refuse(&text.replacen("\n3,", "\n3,9,", 1), &["fixed_action_default.csv:5", "cells where"]);
    refuse(&text.lines().take(50).collect::<Vec<_>>().join("\n"), &["`rows` is 100, but", "holds 49"]);
    std::fs::remove_file(&sheet).unwrap();
    twin(&["verify", arg(&header)]).refused(&["fixed_action_default.csv: cannot read"]);
    std::fs::write(&sheet, text).unwrap();
    let json = std::fs::read_to_string(&header).unwrap();
    std::fs::write(&header, &json[..json.len() / 2]).unwrap();
    let done = twin(&["verify", arg(&header), arg(&good), "nosuch.csv"]);
    assert!(done.out.contains("holds: "), "the good file between two bad ones: {}", done.out);
    done.refused(&["fixed_action_default.json:", "EOF", "nosuch.csv: cannot read"]);
    std::fs::write(&header, json.replace("\"inputs\"", "\"input\"")).unwrap();
    twin(&["verify", arg(&header)]).refused(&["the header has no `inputs`"]);
    twin(&["verify", arg(&sheet)]).refused(&["neither the JSON header of a golden trajectory nor a full log"]);
    twin(&["verify", arg(dir.path())]).refused(&["cannot read"]);
    twin(&["verify", "--rtol=nan", arg(&good)]).refused(&["--rtol: the tolerance is not a number"]);
}

#[test]
fn a_column_that_nobody_knows_is_told_and_not_counted() {
    let dir = folder();
    let root = copy_of_goldens(dir.path());
    for file in ["env/fixed_action_default.json", "env/fixed_action_default.csv"] {
        let path = root.join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replacen("o_bess_soc", "o_soc", 1)).unwrap();
    }
    let told = twin(&["verify", arg(&root.join("env/fixed_action_default.json"))]).ended(0).out;
    assert!(told.contains("100 rows × 27 columns") && told.contains("unknown and not compared: o_soc"), "{told}");
}

#[test]
fn what_is_emitted_is_the_golden_again() {
    let dir = folder();
    for name in
        ["env/code_default_sin", "env/fixed_action_default", "macro/seed_default_const", "macro/code_default_const"]
    {
        let (header, sheet) = (golden(&format!("{name}.json")), golden(&format!("{name}.csv")));
        twin_in(dir.path(), &["verify", "--emit", "out.csv", arg(&header)]).ended(0);
        let read = |path: &Path| -> Vec<Vec<String>> {
            let text = std::fs::read_to_string(path).unwrap();
            text.lines().map(|l| l.split(',').map(str::to_owned).collect()).collect()
        };
        let (emitted, original) = (read(&dir.path().join("out.csv")), read(&sheet));
        assert_eq!(emitted[0], original[0], "{name}: the same columns in the same order");
        assert_eq!(emitted.len(), original.len(), "{name}");
        for (row, (ours, theirs)) in emitted.iter().zip(&original).enumerate().skip(1) {
            for (k, (a, b)) in ours.iter().zip(theirs).enumerate() {
                let same = a == b || {
                    let (a, b): (f64, f64) = (a.parse().unwrap(), b.parse().unwrap());
                    (a - b).abs() <= 1e-9 * b.abs().max(1.0)
                };
                assert!(same, "{name}, row {row}, {}: {a}, golden {b}", original[0][k]);
            }
        }
        let left: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(left, ["out.csv"], "nothing else is left behind");
    }
    let good = golden("env/fixed_action_default.json");
    twin(&["verify", "--emit=out.csv", arg(&good), arg(&good)]).refused(&["--emit: there are several files"]);
    twin(&["verify", "--emit=no/such/out.csv", arg(&good)]).refused(&["no/such/out.csv: cannot write"]);
}

#[test]
fn a_full_log_is_told_by_its_content_and_holds_bitwise() {
    let dir = folder();
    let args = [
        "run",
        "--quiet",
        "--scenario=scenario_c",
        "--macro=random_macro",
        "--hardware=random",
        "--ticks=2500",
        "--log=log.txt",
    ];
    twin_in(dir.path(), &args).ended(0);
    let golden = golden("env/fixed_action_default.json");
    let told = twin_in(dir.path(), &["verify", "log.txt", arg(&golden)]).ended(0).out;
    assert!(told.contains("log.txt: holds: 2500 rows") && told.contains("worst error 0.000e0"), "{told}");
    twin_in(dir.path(), &["verify", "--emit=x.csv", "log.txt"]).refused(&["a full log has nothing to emit"]);
    // Rows after the last check carry no sum of their own, but they are run again like all others.
    let text = std::fs::read_to_string(dir.path().join("log.txt")).unwrap();
    let body = &text[..text.rfind("#check").unwrap()];
    let cut = body.trim_end().rfind('\n').unwrap() + 1;
    let mut last: Vec<String> = body[cut..].trim_end().split(',').map(str::to_owned).collect();
    last[1] = "30.5".to_owned();
    std::fs::write(dir.path().join("log.txt"), format!("{}{}\n", &body[..cut], last.join(","))).unwrap();
    let told = twin_in(dir.path(), &["verify", "log.txt"]).ended(1).out;
    assert!(told.contains("FAILS: ") && told.contains("tick 2499, column t_zone_a_degc"), "{told}");
}

/// A log names its regulation signal and holds its CRC: `verify` finds it again, beside the log too, and takes no other.
#[test]
fn a_log_on_a_recorded_signal_needs_that_signal() {
    let dir = folder();
    let at = |name: &str| dir.path().join(name);
    let signal: String = (0..300).map(|k| format!("{}\n", f64::from(k % 17) / 8.5 - 1.0)).collect();
    std::fs::create_dir(at("signals")).unwrap();
    std::fs::write(at("signals/regd.csv"), &signal).unwrap();
    let run = ["run", "--quiet", "--ticks=100", "--regd=signals/regd.csv", "--log=logs/run.csv"];
    twin_in(dir.path(), &run).ended(0);
    let log = std::fs::read_to_string(at("logs/run.csv")).unwrap();
    let crc = format!("{:08x}", crc32fast::hash(signal.as_bytes()));
    assert!(log.lines().any(|line| line.starts_with("# regd_crc32: ") && line.contains(&crc)), "no CRC {crc}");
    let verify = || twin_in(dir.path(), &["verify", "logs/run.csv"]);
    verify().ended(0).says(&["logs/run.csv: holds: 100 rows"]);
    std::fs::write(at("signals/regd.csv"), signal.replacen("-1\n", "1\n", 1)).unwrap();
    let cure = "Put the file back as it was, at its path or beside the log.";
    verify().refused(&["logs/run.csv: the regulation signal signals/regd.csv has changed: its CRC-32 is ", cure]);
    std::fs::remove_file(at("signals/regd.csv")).unwrap();
    verify().refused(&["logs/run.csv: the regulation signal signals/regd.csv of the run cannot be read: ", cure]);
    std::fs::write(at("logs/regd.csv"), "0.5\n").unwrap();
    verify().refused(&["cannot be read", cure]);
    std::fs::write(at("logs/regd.csv"), &signal).unwrap();
    verify().ended(0);
    // Logs of older versions hold no CRC: the file at the path is taken as it is.
    std::fs::write(at("signals/regd.csv"), &signal).unwrap();
    let older: Vec<&str> = log.lines().filter(|line| !line.contains("regd_crc32")).collect();
    std::fs::write(at("logs/run.csv"), older.join("\n") + "\n").unwrap();
    verify().ended(0);
}
