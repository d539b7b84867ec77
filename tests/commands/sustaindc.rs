//! The second plant on the command line: runs, evaluation logs, goldens, data.

use super::*;

fn trajectory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/sustaindc/ny_june_pattern.json")
}

#[test]
fn a_week_is_run_and_summed_up() {
    let s = summary(&["--plant", "sustaindc", "--location", "az", "--month", "june", "--flavour", "user_fork"]);
    assert_eq!((s["plant"].as_str(), s["ticks"].as_u64()), (Some("sustaindc"), Some(672)));
    assert_eq!((s["axes"]["location"].as_str(), s["axes"]["month"].as_str()), (Some("az"), Some("june")));
    let m = &s["metrics"]["agent_dc"];
    for name in ["co2_kg", "energy_kwh", "water_l", "pue", "pue_best_day", "pue_worst_day"] {
        assert!(m[name].as_f64().unwrap() > 0.0, "{name}");
    }
    for name in ["tasks_dropped", "tasks_overdue"] {
        assert_eq!(s["metrics"]["agent_ls"][name].as_f64(), Some(0.0), "{name}");
    }
    let rules = [
        "--policy",
        "agent_ls=carbon_shift",
        "--policy",
        "agent_dc=trim_and_respond",
        "--policy",
        "agent_bat=rbc_battery",
    ];
    let with: Vec<&str> = ["--plant", "sustaindc"].into_iter().chain(rules).collect();
    assert_eq!(summary(&with)["agent"].as_str(), Some("carbon_shift+trim_and_respond+rbc_battery"));
    twin(&["run", "--plant", "sustaindc", "--policy", "agent_dc=rbc_battery"])
        .refused(&["does not fit", "trim_and_respond"]);
    twin(&["run", "--plant", "sustaindc", "--scenario", "scenario_a"]).refused(&["unknown axis", "location"]);
    twin(&["run", "--location", "ny"]).refused(&["unknown axis", "scenario"]);
}

#[test]
fn a_golden_is_verified_and_written_as_it_is_written() {
    let dir = folder();
    let out = dir.path().join("out.csv");
    let done = twin(&["verify", arg(&trajectory()), "--emit", arg(&out)]).ended(0);
    assert!(done.out.contains("holds: 672 rows × 151 columns"), "{}", done.out);
    let (given, written) = (trajectory().with_extension("csv"), std::fs::read_to_string(&out).unwrap());
    let given = std::fs::read_to_string(given).unwrap();
    assert_eq!(given.lines().next(), written.lines().next());
    for (k, (a, b)) in given.lines().zip(written.lines()).enumerate().skip(1) {
        for (x, y) in a.split(',').zip(b.split(',')) {
            let same = match (x.parse::<f64>(), y.parse::<f64>()) {
                (Ok(x), Ok(y)) => (x - y).abs() <= 2e-6 * x.abs().max(1.0),
                _ => x == y,
            };
            assert!(same, "line {}: {x} and {y}", k + 1);
        }
    }
    assert_eq!(given.lines().count(), written.lines().count());
}

#[test]
fn a_changed_golden_fails() {
    let dir = folder();
    for end in ["json", "csv", "inputs.csv"] {
        let text = std::fs::read_to_string(trajectory().with_extension(end)).unwrap();
        let text = if end == "inputs.csv" { text.replacen("14496,0.507", "14496,0.517", 1) } else { text };
        std::fs::write(dir.path().join("ny_june_pattern").with_extension(end), text).unwrap();
    }
    let header = dir.path().join("ny_june_pattern.json");
    let done = twin(&["verify", arg(&header)]).ended(1);
    assert!(done.out.contains("FAILS"), "{}", done.out);
    std::fs::remove_file(dir.path().join("ny_june_pattern.inputs.csv")).unwrap();
    twin(&["verify", arg(&header)]).refused(&["ny_june_pattern.inputs.csv", "cannot read"]);
}

#[test]
fn an_evaluation_log_has_the_sources_columns() {
    let dir = folder();
    let done =
        twin_in(dir.path(), &["run", "--plant", "sustaindc", "--ticks", "40", "--quiet", "--evaluation_data", "eval"]);
    done.ended(0);
    let text = std::fs::read_to_string(dir.path().join("eval/all_agents_episode_1.csv")).unwrap();
    assert_eq!(text.lines().count(), 41);
    let golden = trajectory().with_extension("all_agents_episode_1.csv");
    let golden = std::fs::read_to_string(golden).unwrap();
    assert_eq!(text.lines().next(), golden.lines().next());
    assert!(text.lines().skip(1).all(|l| l.split(',').count() == 34));
    twin_in(dir.path(), &["run", "--ticks", "5", "--evaluation-data", "x"]).refused(&["SustainDC's"]);
}

#[test]
fn its_data_are_written_checked_and_played() {
    let dir = folder();
    let set = dir.path().join("set");
    let done = twin(&["data", "synth", arg(&set), "--plant", "sustaindc"]).ended(0);
    assert!(done.out.contains("20 files written, all synthetic"), "{}", done.out);
    twin(&["data", "check", arg(&set)]).ended(0);
    let with = summary(&["--plant", "sustaindc", "--ticks", "30", "--data", arg(&set)]);
    let without = summary(&["--plant", "sustaindc", "--ticks", "30"]);
    assert_eq!(with["metrics"], without["metrics"]);
    let mine = set.join("mine.csv");
    std::fs::write(&mine, ",cpu_load\n".to_owned() + &"0,0.5\n".repeat(100)).unwrap();
    let file = format!("workload_file={}", arg(&mine));
    twin(&["run", "--plant", "sustaindc", "--set", &file]).refused(&["100 hours", "at least 168"]);
    twin(&["data", "synth", arg(&set), "--plant", "mars"]).refused(&["unknown plant"]);
}
