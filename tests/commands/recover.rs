//! `recover`: what was saved, what is lost and why, and the codes that say it.

use std::path::{Path, PathBuf};

use c2g_twin::record::{Item, Tape, read_full_log};
use c2g_twin::rollout::World;

use super::{Finished, arg, folder, twin_in};

/// A full log of 500 ticks beside the transition logs of the same run.
fn recorded(dir: &Path) -> String {
    let run = ["run", "--quiet", "--macro=rule_macro", "--ticks=500", "--log=run.csv", "--record-transitions"];
    twin_in(dir, &run).ended(0);
    std::fs::read_to_string(dir.join("run.csv")).unwrap()
}

fn rescue(dir: &Path, more: &[&str]) -> Finished {
    let _ = std::fs::remove_file(dir.join("fixed.csv"));
    twin_in(dir, &[&["recover", "run.csv", "--out", "fixed.csv"], more].concat())
}

/// Writes a spoilt log, rescues it and gives what was said.
#[track_caller]
fn rescued(dir: &Path, bytes: &[u8], more: &[&str], code: i32) -> String {
    std::fs::write(dir.join("run.csv"), bytes).unwrap();
    let told = rescue(dir, more).ended(code).out;
    assert_eq!(dir.join("fixed.csv").exists(), code != 1, "{told}");
    assert!(!dir.join("fixed.csv.part").exists(), "nothing half is left behind");
    if code != 1 {
        twin_in(dir, &["verify", "fixed.csv"]).ended(0);
    }
    told
}

#[track_caller]
fn says(told: &str, words: &[&str]) {
    for word in words {
        assert!(told.contains(word), "`{word}` is missing in:\n{told}");
    }
}

fn fixed(dir: &Path) -> String {
    std::fs::read_to_string(dir.join("fixed.csv")).unwrap()
}

/// Where the row of a tick begins.
fn row(text: &str, tick: u64) -> usize {
    text.find(&format!("\n{tick},")).unwrap() + 1
}

#[test]
fn a_whole_log_comes_out_as_it_is() {
    let dir = folder();
    let text = recorded(dir.path());
    let told = rescued(dir.path(), text.as_bytes(), &[], 0);
    says(&told, &["full log: 500 rows saved (ticks 0 to 499); checks prove all of them", "written: fixed.csv"]);
    assert!(fixed(dir.path()) == text, "the same bytes");
    assert_eq!(rescue(dir.path(), &["--quiet"]).ended(0).out, "");
    let windows = text.replace('\n', "\r\n");
    rescued(dir.path(), windows.as_bytes(), &[], 0);
    assert!(fixed(dir.path()) == text, "the same bytes");
}

#[test]
fn a_log_that_was_cut_off_keeps_its_whole_lines() {
    let dir = folder();
    let text = recorded(dir.path());
    let half = row(&text, 433) + 20;
    let told = rescued(dir.path(), &text.as_bytes()[..half], &[], 3);
    says(&told, &["433 rows saved (ticks 0 to 432)", "the check at row 360 proves", "the row of tick 433"]);
    let line = text[..half].lines().count();
    says(&told, &[&format!("lost: run.csv:{line}: the last line is cut off")]);
    assert_eq!(fixed(dir.path()), text[..row(&text, 433)]);
    assert_eq!(read_full_log(&dir.path().join("fixed.csv")).unwrap().checked_rows, 360);
    let quiet = rescue(dir.path(), &["--quiet"]).ended(3).out;
    says(&quiet, &["lost: "]);
    // A line end is all that a killed run needs; a half check costs nothing.
    let told = rescued(dir.path(), &text.as_bytes()[..row(&text, 433)], &[], 0);
    says(&told, &["433 rows saved", "the check at row 360 proves what stands before it, none the rest"]);
    let check = text.rfind("#check").unwrap();
    let told = rescued(dir.path(), &text.as_bytes()[..check + 9], &[], 0);
    says(&told, &["500 rows saved", "a check, is cut off"]);
    // A machine that lost its power leaves zeros.
    let told = rescued(dir.path(), &[&text.as_bytes()[..row(&text, 433)], &[0; 4096]].concat(), &[], 0);
    says(&told, &["433 rows saved", "4096 bytes without content"]);
}

#[test]
fn what_a_later_check_proves_is_computed_again() {
    let dir = folder();
    let text = recorded(dir.path());
    let at = row(&text, 200) + 12;
    let mut changed = text.clone().into_bytes();
    changed[at] = if changed[at] == b'7' { b'3' } else { b'7' };
    let told = rescued(dir.path(), &changed, &[], 0);
    says(&told, &["500 rows saved", "all of them", "restored: 1 row computed again", "the check does not hold"]);
    assert!(fixed(dir.path()) == text, "the same bytes");
    let told = rescued(dir.path(), &changed, &["--as-read"], 3);
    says(&told, &["180 rows saved", "the check does not hold", "320 rows (ticks 180 to 499)"]);
    assert_eq!(fixed(dir.path()), text[..row(&text, 180)]);
    // Noise over several rows and a check, and once more behind it.
    let mut noisy = text.clone().into_bytes();
    noisy[row(&text, 150) + 3..row(&text, 230) - 20].fill(0xee);
    noisy[row(&text, 300) + 5..row(&text, 300) + 9].fill(b'\n');
    let told = rescued(dir.path(), &noisy, &[], 0);
    says(&told, &["restored: 81 rows"]);
    assert!(fixed(dir.path()) == text, "the same bytes");
    let told = rescued(dir.path(), &noisy, &["--as_read"], 3);
    says(&told, &["150 rows saved", "this is not text", "350 rows (ticks 150 to 499)"]);
    // Behind the last check nothing is proven, and rows do not follow from others.
    let check = text.rfind("#check").unwrap();
    let gap = format!("{}{}", &text[..row(&text, 400)], &text[row(&text, 410)..check]);
    let told = rescued(dir.path(), gap.as_bytes(), &[], 3);
    says(&told, &["400 rows saved", "tick 410 where 400 should stand", "100 rows (ticks 400 to 499)"]);
}

#[test]
fn an_input_that_is_lost_ends_what_can_be_proven() {
    let dir = folder();
    let text = recorded(dir.path());
    let input = "#input 250 {\"lever\":{\"lever\":\"hardware.bess_dispatch\",\"mode\":{\"manual\":0.5}}}\n";
    let at = row(&text, 250);
    let with = format!("{}{input}{}", &text[..at], &text[at..]);
    // The line was put in later, so the checks behind do not hold, and the run with it is another one.
    let told = rescued(dir.path(), with.as_bytes(), &[], 3);
    says(&told, &["180 rows saved", "the check does not hold"]);
    let spoilt = format!("{}#input 250 {{\"lev\n{}", &text[..at], &text[row(&text, 255)..]);
    let told = rescued(dir.path(), spoilt.as_bytes(), &["--as-read"], 3);
    says(&told, &["250 rows saved", "what was done cannot be read", "250 rows (ticks 250 to 499)"]);
    let remark = format!("{}# a remark\n\n{}", &text[..at], &text[at..]);
    let told = rescued(dir.path(), remark.as_bytes(), &[], 0);
    says(&told, &["500 rows saved", "a remark that is no part of the log is left out"]);
    assert!(fixed(dir.path()) == text, "the same bytes");
}

#[test]
fn names_that_follow_from_the_header_are_put_back() {
    let dir = folder();
    let text = recorded(dir.path());
    let names = text.find("\ntick,").unwrap() + 1;
    let end = row(&text, 0);
    let spoilt = format!("#c2g\n{}t!ck,{}", &text[text.find('\n').unwrap() + 1..names], &text[names + 5..]);
    let told = rescued(dir.path(), spoilt.as_bytes(), &[], 0);
    says(&told, &["run.csv:1: the first line was spoilt", "the line of column names was spoilt", "500 rows saved"]);
    assert!(fixed(dir.path()) == text, "the same bytes");
    let without = format!("{}{}", &text[..names], &text[end..]);
    rescued(dir.path(), without.as_bytes(), &[], 0);
    assert!(fixed(dir.path()) == text, "the same bytes");
}

#[test]
fn where_nothing_can_be_saved_no_file_is_written() {
    let dir = folder();
    let text = recorded(dir.path());
    let refused = |bytes: &[u8], words: &[&str]| {
        std::fs::write(dir.path().join("run.csv"), bytes).unwrap();
        let done = rescue(dir.path(), &[]).ended(1);
        for word in words {
            assert!(done.err.contains(word) || done.out.contains(word), "`{word}`: {}{}", done.out, done.err);
        }
        assert!(done.err.contains("cure: "), "{}", done.err);
        assert!(!dir.path().join("fixed.csv").exists() && !dir.path().join("fixed.csv.part").exists());
    };
    refused(b"", &["run.csv: the file is empty"]);
    refused(&[0; 100], &["run.csv:1:1: this is not text"]);
    refused(b"hello\n", &["no line of column names"]);
    refused(b"time,load\n0,1\n", &["run.csv:1: this is no log of the twin", "Open it as it is"]);
    refused(&text.as_bytes()[..900], &["the log ends inside its header"]);
    refused(&text.as_bytes()[..row(&text, 0)], &["0 rows saved", "nothing can be saved"]);
    refused(text.replacen("# tick_s:", "# tick_t:", 1).as_bytes(), &["unknown key `tick_t`"]);
    refused(b"timestep,s_temp_A_norm,a_throttle_batch,r\n", &["0 rows saved"]);
    refused(b"timestep,s_temp_A_norm,a_throttle_batch,r\nx,1,1,1\n", &["`x` is not a number", "nothing can be saved"]);
    refused(b"timestep,s_temp_A_norm,a_throttle_batch", &["line of column names"]);
}

#[test]
fn names_that_cannot_be_meant_are_refused() {
    let dir = folder();
    recorded(dir.path());
    std::fs::write(dir.path().join("there.csv"), "mine").unwrap();
    let recover = |args: &[&str]| twin_in(dir.path(), &[&["recover"], args].concat());
    recover(&["nosuch.csv", "--out=x.csv"]).refused(&["nosuch.csv: cannot read", "Check the path"]);
    recover(&["run.csv", "--out=there.csv"]).refused(&["there.csv: a file stands here already", "name of a new file"]);
    recover(&["run.csv", "--out=run.csv"]).refused(&["run.csv: a file stands here already"]);
    recover(&["run.csv", "--out=runs"]).refused(&["runs: this is a folder"]);
    recover(&["runs", "--out=x.csv"]).refused(&["runs: this is a folder"]);
    recover(&["run.csv", "--out=there.csv/x.csv"]).refused(&["there.csv: cannot create the folder"]);
    recover(&["run.csv"]).refused(&["--out <FIXED>"]);
    recover(&["--out=x.csv"]).refused(&["<FILE>"]);
    assert_eq!(std::fs::read_to_string(dir.path().join("there.csv")).unwrap(), "mine");
    says(&twin_in(dir.path(), &["recover", "--help"]).ended(0).out, &["--out", "--as-read", "--quiet", "3 some lost"]);
    #[cfg(target_os = "linux")]
    recover(&["run.csv", "--out=/dev/full"]).refused(&["/dev/full: cannot write", "Free some space"]);
}

/// Rows that the twin reads of a log, and how many of them are bad.
fn readable(path: &Path) -> (u64, u64) {
    let mut tape = Tape::open(path, 0, &World::default()).unwrap();
    let mut row = vec![0.0; tape.head().schema.len()];
    let mut rows = 0;
    while let Some(item) = tape.next(&mut row).unwrap() {
        rows += u64::from(item == Item::Row);
    }
    (rows, tape.bad().count)
}

#[test]
fn transition_logs_lose_their_unreadable_rows_only() {
    let dir = folder();
    recorded(dir.path());
    let runs = dir.path().join("runs");
    let of = |slot: &str| -> PathBuf { runs.join(format!("rule_macro+rule_based_default_{slot}/episode0.csv")) };
    for (path, kind) in [(of("hardware"), "hardware agent"), (of("macro"), "macro agent")] {
        let text = std::fs::read_to_string(&path).unwrap();
        let mut lines: Vec<String> = text.split_inclusive("\r\n").map(str::to_owned).collect();
        let rows = lines.len() as u64 - 1;
        let fix = |content: &[u8], code: i32| {
            let (spoilt, fixed) = (path.with_file_name("spoilt.csv"), path.with_file_name("fixed.csv"));
            std::fs::write(&spoilt, content).unwrap();
            let _ = std::fs::remove_file(&fixed);
            let told = twin_in(dir.path(), &["recover", arg(&spoilt), "--out", arg(&fixed)]).ended(code).out;
            let (read, bad) = readable(&fixed);
            assert_eq!(bad, 0, "{told}");
            (told, std::fs::read_to_string(&fixed).unwrap(), read)
        };
        let (told, same, _) = fix(text.as_bytes(), 0);
        says(&told, &[kind, &format!("{rows} rows saved (ticks 0 to {})", rows - 1)]);
        assert!(same == text, "the same bytes");
        let (told, cut, read) = fix(&text.as_bytes()[..text.len() - 30], 3);
        says(&told, &["the last line is cut off, 1 row"]);
        assert_eq!((cut + &lines[rows as usize], read), (text.clone(), rows - 1));
        lines[1] = "0,half a row\r\n".to_owned();
        let expected = lines[0].clone() + &lines[2..].concat();
        let (told, kept, _) = fix(lines.concat().as_bytes(), 3);
        says(&told, &["spoilt.csv:2:2: `half a row` is not a number, 1 row"]);
        assert_eq!(kept, expected);
    }
    // More bad rows than are listed, one that comes twice, one that is missing.
    let text = std::fs::read_to_string(of("hardware")).unwrap();
    let mut lines: Vec<&str> = text.split_inclusive("\r\n").collect();
    lines.insert(40, lines[39]);
    lines.remove(90);
    lines.splice(100..130, std::iter::repeat_n("~\r\n", 30));
    std::fs::write(dir.path().join("run.csv"), lines.concat()).unwrap();
    let told = rescue(dir.path(), &[]).ended(3).out;
    says(&told, &["469 rows saved", "run.csv:41:1: step 38 stands after step 38", "and 11 unreadable rows more"]);
    says(&told, &["note: run.csv:91: steps 88 to 88 are not in the file"]);
}

#[test]
fn evaluation_logs_of_sustaindc_are_rescued_too() {
    let dir = folder();
    twin_in(dir.path(), &["run", "--quiet", "--plant=sustaindc", "--ticks=60", "--evaluation-data=eval"]).ended(0);
    let text = std::fs::read_to_string(dir.path().join("eval/all_agents_episode_1.csv")).unwrap();
    std::fs::write(dir.path().join("run.csv"), &text[..text.len() - 9]).unwrap();
    let told = rescue(dir.path(), &[]).ended(3).out;
    says(&told, &["SustainDC evaluation log: 59 rows saved", "the last line is cut off"]);
    assert_eq!(readable(&dir.path().join("fixed.csv")), (59, 0));
}
