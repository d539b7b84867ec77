//! Inputs that are refused: each error names the place, what is wrong and the cure, and the program ends with 2.

use super::{arg, folder, twin, twin_in};

#[test]
fn unknown_names_get_the_nearest_one() {
    for (args, words) in [
        (&["--plant", "nosuch"][..], &["--plant: unknown plant `nosuch`", "cure: Known: c2g"][..]),
        (&["--plant", "c2"], &["Did you mean `c2g`?"]),
        (&["--hardware", "rulebased"], &["--hardware: unknown controller `rulebased`", "Did you mean `rule_based`?"]),
        (&["--macro", "rule-macro2"], &["--macro: unknown controller", "Did you mean `rule_macro`?"]),
        (&["--macro", "pid"], &["controller `pid` does not fit slot `macro`", "rule_macro"]),
        (&["--hardware", "fixed"], &["does not fit slot `hardware`"]),
        (&["--policy", "hardwar=pid"], &["--policy: unknown slot `hardwar`", "Did you mean `hardware`?"]),
        (&["--policy", "hardware"], &["--policy: `hardware` is not of the form SLOT=NAME"]),
        (
            &["--scenario", "scenario_d"],
            &["--scenario: unknown choice `scenario_d`", "scenario_a, scenario_b, scenario_c"],
        ),
        (&["--market", "nyiso"], &["--market: unknown choice `nyiso`", "nyiso_nyc"]),
        (&["--fidelity", "asshipped"], &["--fidelity: unknown choice", "Did you mean `as_shipped`?"]),
        (&["--nyiso-zone", "NYK"], &["--nyiso-zone: unknown zone `NYK`", "Did you mean `NYC`?"]),
        (&["--nyiso_zone", "PJM_DOM"], &["--nyiso-zone: unknown zone `PJM_DOM`", "CAPITL"]),
        (&["--nyiso-zone", "west"], &["no load for the NYISO zone WEST", "Choose the zone NYC", "--data DIR"]),
        (&["--noise", "numpi"], &["unknown noise source `numpi`", "Did you mean `numpy`?"]),
        (&["--noise", "recorded=nosuch.csv"], &["nosuch.csv", "cannot read", "Check the path"]),
        (&["--on-trip", "halt"], &["--on-trip: unknown choice `halt`", "stop, restart, ride-through"]),
        (&["--data", "nosuch"], &["nosuch: cannot open the data folder", "Check the path"]),
        (&["--setup", "nosuch.yaml"], &["nosuch.yaml: cannot read"]),
        (&["--config", "nosuch.yaml"], &["nosuch.yaml: cannot read"]),
    ] {
        let all: Vec<&str> = ["run", "--ticks=3"].iter().chain(args).copied().collect();
        let done = twin(&all);
        assert!(done.err.starts_with("error: ") && done.err.contains("\n  cure: "), "{args:?}:\n{}", done.err);
        done.refused(words);
    }
}

#[test]
fn wrong_pins_are_refused_with_their_names() {
    for (pin, words) in [
        ("nosuch=1", &["--fixed-action: unknown lever `nosuch`", "hardware.bess_dispatch"][..]),
        ("bess_dispach=0", &["unknown lever `bess_dispach`", "Did you mean `hardware.bess_dispatch`?"]),
        ("hardware.throttle=0", &["unknown lever `hardware.throttle`"]),
        ("bess_dispatch=nan", &["`nan` for `bess_dispatch` is not a finite number", "Give a number"]),
        ("bess_dispatch=inf", &["is not a finite number"]),
        ("bess_dispatch=full", &["`full` for `bess_dispatch`"]),
        ("bess_dispatch", &["not of the form ACTION=VALUE"]),
        ("bess_dispatch=", &["not of the form ACTION=VALUE"]),
    ] {
        twin(&["run", "--ticks=3", "--pin", pin]).refused(words);
    }
}

#[test]
fn wrong_numbers_and_times_are_refused() {
    twin(&["run", "--ticks=0"]).refused(&["--ticks: there are no ticks to run", "from 1 up"]);
    twin(&["run", "--ticks=-1"]).refused(&["--ticks"]);
    twin(&["run", "--ticks=many"]).refused(&["--ticks", "invalid digit"]);
    twin(&["run", "--seed=1.5"]).refused(&["--seed"]);
    twin(&["run", "--commit-mw=99"]).refused(&["99 MW, outside 0 to 30 MW", "Give a value from 0 to 30 MW"]);
    twin(&["run", "--commit-mw=nan", "--ticks=3"]).refused(&["commitment.fixed_mw"]);
    for (start, words) in [
        ("02-30 00:00", &["--start (column 4)", "the day is 30"][..]),
        ("13-01 00:00", &["--start", "month"]),
        ("07-13 25:00", &["--start", "25"]),
        ("July", &["--start", "for example '07-13 14:00'"]),
        ("", &["--start"]),
    ] {
        twin(&["run", "--ticks=3", "--start", start]).refused(words);
    }
    twin(&["run", "--no-such-flag"]).refused(&["--no-such-flag"]);
    twin(&["fly"]).refused(&["fly"]);
    twin(&["verify"]).refused(&["FILE"]);
}

#[test]
fn settings_are_refused_at_their_place() {
    for (set, words) in [
        ("nosuch.x=1", &["--set nosuch.x: unknown section `nosuch`"][..]),
        ("handshak.interval_s=900", &["unknown section `handshak`", "Did you mean `handshake`?"]),
        ("site.t_saf_degc=35", &["unknown key `t_saf_degc`", "Did you mean `t_safe_degc`?"]),
        ("site.t_safe_degc=1000", &["`site.t_safe_degc` is 1000 degC, outside 20 to 80 degC", "Give a value from 20"]),
        ("site.t_safe_degc=warm", &["expected a number, found the text `warm`"]),
        ("fidelity.regd_squash=soft", &["regd_squash", "tanh"]),
        ("control.pid.kpp=1", &["--set control.pid.kpp: unknown key `kpp`", "Did you mean `kp`?"]),
        ("control.rulebased.gain=6", &["unknown controller section `rulebased`", "Did you mean `rule_based`?"]),
        ("control.pid.kp", &["there is no `=` in it", "Write `path=value`"]),
        ("control.pid.kp=", &["no value after `=`"]),
        ("=1", &["a step that cannot be a key"]),
        ("scenarios.default.soc_initial=2", &["soc_initial", "outside"]),
    ] {
        twin(&["run", "--ticks=3", "--set", set]).refused(words);
    }
}

#[test]
fn a_wrong_key_in_a_file_is_shown_with_line_and_column() {
    let dir = folder();
    let refuse = |text: &str, words: &[&str]| {
        std::fs::write(dir.path().join("own.yaml"), text).unwrap();
        twin_in(dir.path(), &["run", "--ticks=3", "--config", "own.yaml"]).refused(words);
    };
    // Nobody reads the section of pid in this run, and yet it is checked.
    refuse("# mine\ncontrol:\n  pid:\n    kpp: 2\n", &["own.yaml:4:5: unknown key `kpp`", "Did you mean `kp`?"]);
    refuse("contrl:\n  pid:\n    kp: 2\n", &["own.yaml:1:1: unknown section `contrl`", "Did you mean `control`?"]);
    refuse("site:\n  t_safe_degc: 1000\n", &["own.yaml:2:16: `site.t_safe_degc` is 1000 degC"]);
    refuse("control:\n  pid:\n    kp: [1, 2\n", &["own.yaml:3:9: ", "kp: [1, 2", "^", "Check the indentation"]);
    refuse("just a text\n", &["own.yaml:1:1: expected a map"]);
    refuse("control:\n  pid: {}\n  pid: {}\n", &["own.yaml:3:3"]);
    std::fs::write(dir.path().join("own.yaml"), b"a: \xff\n").unwrap();
    twin_in(dir.path(), &["run", "--config=own.yaml"]).refused(&["own.yaml:1:4: the byte 0xff is not UTF-8"]);
    std::fs::write(dir.path().join("setup.yaml"), "plant: c2g\nhardware: pid\n").unwrap();
    twin_in(dir.path(), &["run", "--setup=setup.yaml"])
        .refused(&["setup.yaml:2:1: unknown key `hardware`", "policies"]);
    std::fs::write(dir.path().join("setup.yaml"), "ticks: 0\n").unwrap();
    twin_in(dir.path(), &["run", "--setup=setup.yaml"]).refused(&["setup.yaml: there are no ticks to run"]);
}

#[test]
fn a_broken_data_folder_fails_its_check() {
    let dir = folder();
    let set = dir.path().join("set");
    twin(&["data", "synth", arg(&set)]).ended(0);
    let load = set.join("energy/NYC.csv");
    let text = std::fs::read_to_string(&load).unwrap();
    // A number that is none, in line 5.
    let broken: Vec<String> =
        text.lines().enumerate().map(|(i, l)| if i == 4 { format!("{}x", l) } else { l.to_owned() }).collect();
    std::fs::write(&load, broken.join("\n")).unwrap();
    let told = twin(&["data", "check", arg(&set)]).ended(1).out;
    assert!(told.contains("NYC.csv") && told.contains(":5"), "{told}");
    std::fs::remove_file(set.join("workload_traces/batch_v2023.csv")).unwrap();
    let told = twin(&["data", "check", arg(&set)]).ended(1).out;
    assert!(told.contains("batch_v2023.csv"), "{told}");
    twin(&["run", "--ticks=3", "--data", arg(&set)]).refused(&["batch_v2023.csv"]);
    twin(&["data", "check", arg(&dir.path().join("nosuch"))]).refused(&["cannot open the data folder"]);
    // Measured files are never overwritten.
    std::fs::remove_file(set.join("SYNTHETIC.md")).ok();
    let marker = std::fs::read_dir(&set).unwrap().flatten().filter(|e| e.path().is_file()).count();
    assert_eq!(marker, 0, "the marker is the only file on top");
    twin(&["data", "synth", arg(&set)]).refused(&["may hold measured data", "Choose an empty folder"]);
}
