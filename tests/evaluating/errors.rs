//! Bad files and flags: place, what is wrong, cure.

use super::*;

#[test]
fn what_is_no_table_of_results_is_refused_with_place_and_cure() {
    let dir = bench();
    let refuse = |name: &str, bytes: &[u8], words: &[&str]| {
        std::fs::write(dir.path().join(name), bytes).unwrap();
        twin_in(dir.path(), &["evaluate", name]).refused(words);
        twin_in(dir.path(), &["report", name]).refused(words);
    };
    refuse("noise.csv", &[0xff, 0xfe, 0x00], &["noise.csv:1:1: this is not UTF-8 text", "_episodes.csv"]);
    refuse("empty.csv", b"", &["empty.csv:1: there is no column `agent`"]);
    refuse("other.csv", b"a,b\n1,2\n", &["other.csv:1: there is no column `agent` (found: a, b)"]);
    refuse("place.csv", b"agent,seed\npid,1\n", &["place.csv:1: there is no column `scenario` or `location`"]);
    refuse("seedless.csv", b"scenario,agent,mean_reward\ndefault,pid,1\n", &["no column `seed` or `n_episodes`"]);
    refuse("header.csv", b"scenario,agent,seed,mean_reward\n", &["header.csv: there is a header and no row"]);
    refuse("twice.csv", b"scenario,agent,seed,seed\ndefault,pid,1,1\n", &["the column `seed` stands twice"]);
    refuse(
        "torn.csv",
        b"scenario,agent,seed,mean_reward\ndefault,pi\n",
        &["torn.csv:2: 2 cells where the header has 4"],
    );
    refuse("nobody.csv", b"scenario,agent,seed,mean_reward\ndefault,,1,2\n", &["nobody.csv:2: the agent is empty"]);
    twin_in(dir.path(), &["evaluate", "nowhere.csv"]).refused(&["nowhere.csv: cannot read"]);
    twin_in(dir.path(), &["evaluate"]).refused(&["nothing to look at was given"]);
}

#[test]
fn a_bad_row_is_left_out_and_told() {
    let dir = bench();
    let mut lines: Vec<String> = episodes().lines().map(str::to_owned).collect();
    lines[3] = lines[3].replacen(",102,", ",1o2,", 1);
    lines.push("default,rule_based,hardw".to_owned());
    // With the line ends of Python and spreadsheets the places are the same.
    std::fs::write(dir.path().join("hurt.csv"), lines.join("\r\n")).unwrap();
    twin_in(dir.path(), &["evaluate", "hurt.csv", "--metric", "mean_reward"]).ended(0).says(&[
        "hurt.csv:4: `1o2` in column `seed` is no whole number; the row is left out",
        "hurt.csv:32: 3 cells where the header has",
    ]);
}

#[test]
fn names_and_levels_that_do_not_exist_are_refused() {
    let dir = bench();
    let refuse = |flags: &[&str], words: &[&str]| {
        let args: Vec<&str> = ["evaluate", "short_episodes.csv"].iter().chain(flags).copied().collect();
        twin_in(dir.path(), &args).refused(words);
    };
    refuse(&["--metric", "mean_rewards"], &["--metric: unknown metric `mean_rewards`", "Did you mean `mean_reward`?"]);
    refuse(&["--baseline", "pdi"], &["--baseline: unknown agent `pdi`", "pid"]);
    refuse(&["--scenario", "scenario_x"], &["--scenario: unknown scenario `scenario_x`"]);
    refuse(&["--level", "95"], &["--level: 95 is no share between 0 and 1"]);
    refuse(
        &["--algoname", "pid"],
        &["runs: there is no folder `pid_default_hardware` or `pid_default`", "--record_transitions"],
    );
    refuse(&["--out", "/dev/full/x.csv"], &["/dev/full"]);
}

#[test]
fn transition_logs_that_cannot_be_drawn_are_refused() {
    let dir = bench();
    std::fs::create_dir(dir.path().join("hollow")).unwrap();
    twin_in(dir.path(), &["evaluate", "hollow"]).refused(&["hollow: there is no `episode<N>.csv`"]);
    let runs = recorded(dir.path(), 1);
    let folder = "runs/pid_default_hardware";
    twin_in(dir.path(), &["evaluate", folder, "--suffix", "HVAC_0"])
        .refused(&["no episode ends in `HVAC_0`", "Tags that are there: PUMP_0.25"]);
    twin_in(dir.path(), &["evaluate", folder, "--fixed-action", "pump=1"]).refused(&["unknown lever `pump`"]);
    twin_in(dir.path(), &["evaluate", folder, "--fixed-action", "pump_speed_A"]).refused(&["there is no `=`"]);
    twin_in(dir.path(), &["evaluate", folder, "--out", "t.csv"]).refused(&["there is no table among the files"]);
    twin_in(dir.path(), &["report", folder, "--latex", "t.tex"]).refused(&["there is no table among the files"]);
    let file = runs.join("pid_default_hardware/episode0.csv");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replacen("\r\n1,", "\r\n1,warm,", 1)).unwrap();
    twin_in(dir.path(), &["evaluate", folder]).refused(&["episode0.csv:3: 50 cells where the header has 49"]);
}
