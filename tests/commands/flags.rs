//! Flags of `run` and what they do.

use super::{folder, golden, plain_lines, summary, twin, twin_in};

#[test]
fn every_flag_is_accepted_with_dashes_and_with_underscores() {
    let dir = folder();
    let noise = golden("env/noise.csv");
    std::fs::write(dir.path().join("own.yaml"), "control:\n  pid:\n    kp: 2.0\n").unwrap();
    twin_in(dir.path(), &["data", "synth", "data"]).ended(0);
    let recorded = format!("--noise=recorded={}", noise.display());
    for swap in [false, true] {
        let flags: Vec<String> = [
            "run",
            "--plant=c2g",
            "--scenario=scenario_a",
            "--market=nyiso_nyc",
            "--fidelity=as_shipped",
            "--macro=fixed",
            "--hardware=pid",
            "--policy",
            "hardware=pid",
            "--fixed-action=bess_dispatch=-0.25",
            "--pin",
            "hvac_effort=0.8",
            "--seed=7",
            &recorded,
            "--start=07-13 06:30",
            "--ticks=400",
            "--continuous",
            "--on-trip=ride-through",
            "--data=data",
            "--nyiso-zone=nyc",
            "--commit-mw=12.5",
            "--config=own.yaml",
            "--set",
            "control.pid.ki=0.03",
            "--log=run.csv",
            "--summary=run.json",
            "--record-transitions=runs",
            "--quiet",
        ]
        .iter()
        .map(|flag| {
            let (name, rest) = flag.split_once('=').map_or((*flag, ""), |(n, _)| (n, &flag[n.len()..]));
            let dashes = name.strip_prefix("--").filter(|_| swap).map(|n| format!("--{}", n.replace('-', "_")));
            dashes.map_or_else(|| (*flag).to_owned(), |n| n + rest)
        })
        .collect();
        let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
        assert_eq!(flags.contains(&"--record_transitions=runs"), swap);
        let done = twin_in(dir.path(), &flags).ended(0);
        assert!(done.out.is_empty() && done.err.is_empty(), "--quiet says nothing: {}{}", done.out, done.err);
        for file in ["run.csv", "run.json", "runs/pid_scenario_a_hardware/episode0__BESS_-0.25_HVAC_0.8.csv"] {
            let path = dir.path().join(file);
            assert!(path.is_file(), "{file} is missing");
            if file != "run.csv" {
                std::fs::remove_file(path).unwrap();
            }
        }
        assert_eq!(plain_lines(&dir.path().join("run.csv")).len(), 401);
        twin_in(dir.path(), &["verify", "run.csv"]).ended(0);
    }
}

#[test]
fn flags_reach_the_run() {
    let one = summary(&[
        "--ticks",
        "200",
        "--hardware",
        "pid",
        "--macro",
        "rule_macro",
        "--seed",
        "9",
        "--scenario",
        "scenario_c",
    ]);
    assert_eq!(one["agent"], "rule_macro+pid");
    assert_eq!(one["axes"]["scenario"], "scenario_c");
    assert_eq!((&one["seed"], &one["ticks"]), (&9.into(), &200.into()));
    assert_eq!(one["start"], "2024-01-01T00:00:00");
    let policies = summary(&[
        "--ticks=200",
        "--policy=hardware=pid",
        "--policy",
        "macro=rule_macro",
        "--seed=9",
        "--scenario=scenario_c",
    ]);
    assert_eq!(one["metrics"], policies["metrics"], "--policy names the same controllers");
    let july = summary(&["--ticks", "200", "--start", "07-13 12:00"]);
    assert_eq!(july["start"], "2024-07-13T12:00:00");
    let january = summary(&["--ticks", "200"]);
    assert_ne!(july["metrics"], january["metrics"]);
    assert_eq!(january["agent"], "rule_based", "the default drives the hardware alone");
    assert_eq!((&january["seed"], &january["noise"]), (&42.into(), &"counter".into()));
    let commit = summary(&["--ticks", "200", "--commit-mw", "20"]);
    assert_ne!(commit["metrics"], january["metrics"]);
    let five = summary(&["--ticks", "200", "--commit-mw", "5"]);
    assert_eq!(five["metrics"], january["metrics"], "5 MW is the baseline");
}

#[test]
fn a_whole_day_is_played_when_no_ticks_are_given() {
    let day = summary(&[]);
    assert_eq!((&day["ticks"], &day["end"]["kind"]), (&17_280.into(), &"episode_end".into()));
    assert_eq!(day["metrics"]["hardware"]["survived"], 1.0);
    let setup = summary(&["--setup", "configs/default_day.yaml"]);
    assert_eq!((&setup["agent"], &setup["ticks"]), (&"rule_macro+rule_based".into(), &17_280.into()));
    assert_eq!(setup["start"], "2024-07-13T00:00:00");
    let over = summary(&["--setup", "configs/default_day.yaml", "--hardware", "pid", "--ticks", "10"]);
    assert_eq!((&over["agent"], &over["ticks"]), (&"rule_macro+pid".into(), &10.into()), "flags override the file");
}

#[test]
fn pins_take_short_and_long_names_and_hold() {
    let dir = folder();
    for name in ["bess_dispatch", "hardware.bess_dispatch"] {
        for flag in ["--pin", "--fixed-action", "--fixed_action"] {
            let pin = format!("{name}=-0.5");
            twin_in(dir.path(), &["run", "--quiet", "--ticks=20", flag, &pin, "--log=pin.csv"]).ended(0);
            let lines = plain_lines(&dir.path().join("pin.csv"));
            let column = lines[0].split(',').position(|c| c == "act_hardware_bess_dispatch").unwrap();
            assert!(lines[1..].iter().all(|l| l.split(',').nth(column) == Some("-0.5")), "{flag} {pin}");
        }
    }
}

#[test]
fn a_pin_out_of_range_is_clipped_with_a_warning_that_names_both_values() {
    for (pin, both) in [
        ("bess_dispatch=3", ["bess_dispatch=3", "clipped to 1"]),
        ("hardware.bess_dispatch=-1.5", ["hardware.bess_dispatch=-1.5", "clipped to -1"]),
        ("pump_speed_A=-2", ["pump_speed_A=-2", "clipped to 0"]),
        ("bid_mw_norm=1.25", ["bid_mw_norm=1.25", "clipped to 1"]),
    ] {
        let done = twin(&["run", "--quiet", "--ticks=10", "--pin", pin]).ended(0);
        assert!(done.err.starts_with("warning: "), "{}", done.err);
        assert!(both.iter().all(|text| done.err.contains(text)), "{}", done.err);
    }
    assert_eq!(twin(&["run", "--quiet", "--ticks=10", "--pin=bess_dispatch=1"]).ended(0).err, "");
}

#[test]
fn settings_change_the_configuration_and_files_lie_below_them() {
    let plain = summary(&["--ticks", "500", "--hardware", "rule_based"]);
    let six = summary(&["--ticks", "500", "--hardware", "rule_based", "--set", "control.rule_based.gain=6"]);
    assert_eq!(plain["metrics"], six["metrics"], "6 is the default scenario's gain");
    let two = summary(&["--ticks", "500", "--set", "control.rule_based.gain=2"]);
    assert_ne!(plain["metrics"], two["metrics"]);
    let dir = folder();
    let file = dir.path().join("gain.yaml");
    std::fs::write(&file, "control:\n  rule_based:\n    gain: 2\n").unwrap();
    let from_file = summary(&["--ticks", "500", "--config", super::arg(&file)]);
    assert_eq!(from_file["metrics"], two["metrics"]);
    let above = summary(&["--ticks=500", "--config", super::arg(&file), "--set=control.rule_based.gain=6"]);
    assert_eq!(above["metrics"], six["metrics"], "--set lies on top of --config");
    let dashed = summary(&["--ticks=500", "--set", "control.rule-based.gain=2"]);
    assert_eq!(dashed["metrics"], two["metrics"]);
}

#[test]
fn a_written_data_set_plays_the_same_rows_as_the_embedded_one() {
    let dir = folder();
    let told = twin_in(dir.path(), &["data", "synth", "set"]).ended(0).out;
    assert!(told.lines().last().unwrap().contains("all synthetic"), "{told}");
    let checked = twin_in(dir.path(), &["data", "check", "set"]).ended(0).out;
    assert!(checked.contains("no problems"), "{checked}");
    for extra in [&[][..], &["--start=07-13 17:00"], &["--scenario=scenario_b"], &["--fidelity=as_shipped"]] {
        let play = |log: &str, data: &[&str]| {
            let args: Vec<&str> = ["run", "--quiet", "--ticks=800", "--macro=rule_macro", "--log", log]
                .iter()
                .chain(extra)
                .chain(data)
                .copied()
                .collect();
            twin_in(dir.path(), &args).ended(0);
            plain_lines(&dir.path().join(log))
        };
        let (embedded, folder) = (play("a.csv", &[]), play("b.csv", &["--data", "set"]));
        assert_eq!(embedded.len(), 801);
        assert_eq!(embedded, folder, "{extra:?}");
    }
}

#[test]
fn recorded_noise_is_played_until_it_ends() {
    let file = format!("recorded={}", golden("env/noise.csv").display());
    let first = summary(&["--ticks", "300", "--noise", &file, "--seed", "1"]);
    let second = summary(&["--ticks", "300", "--noise", &file, "--seed", "2"]);
    assert_eq!(first["metrics"], second["metrics"], "the seed plays no part");
    let both = format!("{file}+{}", golden("macro/noise_macro.csv").display());
    let market = summary(&["--ticks", "400", "--noise", &both, "--macro", "rule_macro"]);
    assert_eq!(market["noise"], both);
    let beyond = summary(&["--continuous", "--ticks", "40000", "--noise", &file]);
    assert_eq!(beyond["end"]["kind"], "noise_exhausted");
    // 17,300 innovations: one at reset and one a tick.
    assert_eq!(beyond["ticks"], 17_299);
}

#[test]
fn continuous_goes_on_past_the_day_with_the_same_state() {
    let dir = folder();
    twin_in(dir.path(), &["run", "--quiet", "--continuous", "--ticks=20000", "--log=on.csv"]).ended(0);
    twin_in(dir.path(), &["run", "--quiet", "--log=day.csv"]).ended(0);
    let (on, day) = (plain_lines(&dir.path().join("on.csv")), plain_lines(&dir.path().join("day.csv")));
    assert_eq!((on.len(), day.len()), (20_001, 17_281));
    assert_eq!(on[..17_281], day[..], "the first day is the same");
    let column = on[0].split(',').position(|c| c == "e_bess_mwh").unwrap();
    let stored = |line: &str| line.split(',').nth(column).unwrap().parse::<f64>().unwrap();
    assert!((stored(&on[17_281]) - stored(&on[17_280])).abs() < 0.01, "the battery does not jump");
    // Without a number of ticks even such a run ends after a day.
    assert_eq!(summary(&["--continuous"])["ticks"], 17_280);
}

#[test]
fn a_trip_stops_restarts_or_is_ridden_through() {
    let hot = ["--scenario", "scenario_b", "--pin", "pump_speed_A=0", "--pin", "hvac_effort=0", "--ticks", "2000"];
    let with = |what: &[&str]| summary(&hot.iter().chain(what).copied().collect::<Vec<_>>());
    let stop = with(&[]);
    assert_eq!(stop["end"]["kind"], "trip");
    assert_eq!(stop["end"]["cause"], "Zone above its safe temperature");
    let tick = stop["ticks"].as_u64().unwrap();
    assert!((50..1000).contains(&tick), "{tick}");
    assert_eq!(with(&["--on-trip", "stop"])["metrics"], stop["metrics"]);
    let ride = with(&["--on_trip", "ride-through"]);
    assert_eq!(
        (&ride["ticks"], &ride["restarts"], &ride["end"]["kind"]),
        (&2000.into(), &0.into(), &"ticks_reached".into())
    );
    assert!(ride["metrics"]["hardware"]["temp_B_max"].as_f64().unwrap() > 40.0);
    assert_eq!(with(&["--on_trip", "ride_through"])["metrics"], ride["metrics"]);
    let restart = with(&["--on-trip", "restart"]);
    assert_eq!(restart["ticks"], 2000);
    assert!(restart["restarts"].as_u64().unwrap() >= 2000 / (2 * tick), "{}", restart["restarts"]);
    assert!(restart["metrics"]["hardware"]["temp_B_max"].as_f64().unwrap() < 36.0);
    let endless = summary(&[&hot[..6], &["--on-trip", "restart"]].concat());
    assert_eq!(endless["ticks"], 17_280, "a run that trips for ever ends after a day's ticks");
}

#[test]
fn the_row_of_a_trip_stands_in_the_log_of_a_restarting_run() {
    let dir = folder();
    let args =
        ["run", "--quiet", "--scenario=scenario_b", "--pin=pump_speed_A=0", "--pin=hvac_effort=0", "--on-trip=restart"];
    twin_in(dir.path(), &[&args[..], &["--ticks=1000", "--log=trips.csv"]].concat()).ended(0);
    let lines = plain_lines(&dir.path().join("trips.csv"));
    let column = |name: &str| lines[0].split(',').position(|c| c == name).unwrap();
    let (fault, hot) = (column("fault_thermal"), column("t_zone_b_degc"));
    let cell = |line: &str, k: usize| line.split(',').nth(k).unwrap().parse::<f64>().unwrap();
    let trips: Vec<usize> = (1..lines.len()).filter(|&k| cell(&lines[k], fault) == 1.0).collect();
    assert!(trips.len() >= 2, "{} trips", trips.len());
    for k in trips.into_iter().filter(|k| k + 1 < lines.len()) {
        assert!(cell(&lines[k], hot) > 35.0);
        assert!(cell(&lines[k + 1], hot) < 34.2, "the next row begins an episode");
    }
    twin_in(dir.path(), &["verify", "trips.csv"]).ended(0);
}

#[test]
fn a_recorded_signal_takes_the_place_of_the_markets_law_and_the_log_verifies() {
    let folder = tempfile::tempdir().unwrap();
    let signal: Vec<f64> = (0..600).map(|k| f64::from((k * 7) % 40 - 20) / 20.0).collect();
    let text: String = signal.iter().map(|x| format!("{x}\n")).collect();
    std::fs::write(folder.path().join("regd.csv"), format!("RegD\n{text}")).unwrap();
    let run = ["run", "--regd", "regd.csv", "--regd-step", "4", "--ticks", "300", "--log", "a.csv", "--quiet"];
    twin_in(folder.path(), &run).ended(0);
    let log = std::fs::read_to_string(folder.path().join("a.csv")).unwrap();
    let mut rows = log.lines().filter(|l| !l.starts_with('#'));
    let column = rows.next().unwrap().split(',').position(|n| n == "regd").unwrap();
    let found: Vec<f64> = rows.map(|l| l.split(',').nth(column).unwrap().parse().unwrap()).collect();
    // Seconds 5 to 10 lie under the second value for three seconds and under the third for two.
    let second = (3.0 * signal[1] + 2.0 * signal[2]) / 5.0;
    assert!((found[0] - second).abs() < 1e-12, "{} is shown after the first tick, {second} is recorded", found[0]);
    twin_in(folder.path(), &["verify", "a.csv"]).ended(0);
    twin_in(folder.path(), &["run", "--regd", "none.csv", "--ticks", "5"]).refused(&["none.csv", "regulation signal"]);
    twin_in(folder.path(), &["run", "--regd", "regd.csv", "--regd-step", "0", "--ticks", "5"])
        .refused(&["--regd-step"]);
    twin_in(folder.path(), &["run", "--plant", "sustaindc", "--regd", "regd.csv", "--ticks", "5"]).refused(&["--regd"]);
}

/// The list and the help are made from the cards: every controller that exists stands in both.
#[test]
fn controllers_are_listed_with_their_parameters() {
    let list = twin(&["run", "--list-controllers"]).ended(0).out;
    for part in ["pid  (", "kp", "llm_policy_macro  (plant c2g, slot macro)", "while_thinking", "wait, hold"] {
        assert!(list.contains(part), "{part} is not in: {list}");
    }
    let help = twin(&["run", "--help"]).ended(0).out;
    for name in ["rule_macro", "llm_policy_macro", "bang_bang", "llm_policy,"] {
        assert!(help.contains(name), "{name} is not in: {help}");
    }
}
