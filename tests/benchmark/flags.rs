//! Every flag, by what it changes.

use super::{Table, benchmark, folder, number, text};

/// Short runs: one agent, one scenario, one episode.
const SHORT: [&str; 6] = ["--agents", "pid", "--scenarios", "default", "--n_episodes", "1"];

fn short<'a>(more: &[&'a str]) -> Vec<&'a str> {
    SHORT.iter().chain(more).copied().collect()
}

#[test]
fn what_is_not_given_is_the_source_s_default() {
    let dir = folder();
    let out = benchmark(dir.path(), &["--dry-run"]).ended(0).out;
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines.len(), 17, "four agents, four scenarios, and the last line");
    assert!(lines[0].starts_with("rule_based  scenario default  market scenario  fidelity documented"), "{}", lines[0]);
    assert!(lines[0].contains("noise counter  seeds 100..104"), "{}", lines[0]);
    assert!(lines[15].starts_with("random  scenario scenario_c"), "{}", lines[15]);
    assert!(lines[16].starts_with("16 rows, 80 episodes, "), "{}", lines[16]);
    assert!(lines[16].contains("evaluation/results/multi_multi_hardware_base.csv"), "{}", lines[16]);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "a dry run writes nothing");
}

#[test]
fn lists_take_blanks_and_commas_and_both_forms_of_an_axis() {
    let dir = folder();
    let dry = |args: &[&str]| benchmark(dir.path(), &[&["--dry-run"], args].concat()).ended(0).out;
    let many =
        ["--agents", "pid", "random", "--scenarios", "default", "scenario_b", "--markets", "pjm_dom", "aemo_nsw"];
    let blanks = dry(&many);
    assert_eq!(blanks.lines().count(), 9);
    let commas = ["--agents=pid,random", "--scenario=default,scenario_b", "--market=pjm_dom,aemo_nsw"];
    assert_eq!(dry(&commas), blanks);
    assert!(dry(&["--agents=pid", "--fidelity", "documented", "as_shipped"]).contains("fidelity as_shipped"));
}

#[test]
fn markets_and_fidelities_stand_in_the_rows() {
    let dir = folder();
    let more = ["--markets", "scenario", "aemo_nsw", "--fidelities", "documented", "as_shipped", "--output", "x.csv"];
    benchmark(dir.path(), &short(&more)).ended(0);
    let table = Table::read(&dir, "x.csv");
    assert_eq!(table.rows.len(), 4);
    let figure = |market: &str, fidelity: &str, column: &str| {
        table.row(&[("market", market), ("fidelity", fidelity)])[column].clone()
    };
    let battery = |fidelity: &str| figure("scenario", fidelity, "cumul_bess_actual_kw");
    assert_ne!(battery("documented"), battery("as_shipped"));
    let power = |market: &str| figure(market, "documented", "facility_mean_mw");
    assert_ne!(power("scenario"), power("aemo_nsw"));
    let hashes: std::collections::BTreeSet<&str> = table.rows.iter().map(|r| r["config_hash"].as_str()).collect();
    assert_eq!(hashes.len(), 4);
}

#[test]
fn seed_and_number_of_episodes_choose_the_seeds() {
    let dir = folder();
    let args = ["--agents=pid", "--scenarios=default", "--n-episodes=2", "--seed=7", "--output=x.csv"];
    benchmark(dir.path(), &args).ended(0);
    let episodes = Table::read(&dir, "x_episodes.csv");
    let seeds: Vec<&str> = episodes.rows.iter().map(|r| r["seed"].as_str()).collect();
    assert_eq!(seeds, ["7", "8"]);
    assert_eq!(Table::read(&dir, "x.csv").rows[0]["first_seed"], "7");
    benchmark(dir.path(), &["--n_episodes=0"]).refused(&["--n-episodes: there are no episodes"]);
}

#[test]
fn any_number_of_jobs_gives_the_same_tables() {
    let dir = folder();
    let play = |jobs: &str| {
        let args = ["--agents", "rule_macro+bang_bang", "random", "--n_episodes=3", "--output=x.csv", "--scores"];
        benchmark(dir.path(), &[&args[..], &["--scenarios", "default", "scenario_c", "--jobs", jobs]].concat())
            .ended(0);
        let tables = ["x_macro.csv", "x_hardware.csv", "x_episodes.csv", "x_scores.csv"];
        tables.map(|file| Table::read(&dir, file).lasting())
    };
    let one = play("1");
    assert_eq!(play("4"), one);
    assert_eq!(play("0"), one);
}

#[test]
fn noise_start_data_and_configuration_change_the_episodes() {
    let dir = folder();
    let total = |more: &[&str]| {
        benchmark(dir.path(), &short(&[more, &["--output=x.csv"]].concat())).ended(0);
        Table::read(&dir, "x.csv").rows.remove(0)
    };
    let plain = total(&[]);
    std::fs::write(dir.path().join("own.yaml"), "control:\n  pid:\n    bess_gain: 1\n").unwrap();
    for more in [
        &["--noise", "numpy"][..],
        &["--set", "control.pid.bess_gain=3"],
        &["--config", "own.yaml"],
        &["--start", "07-13 00:00"],
    ] {
        let other = total(more);
        assert_ne!(other["config_hash"], plain["config_hash"], "{more:?}");
        let figures = ["total_reward", "facility_mean_mw", "cumul_bess_actual_kw"];
        assert!(figures.iter().any(|f| other[*f] != plain[*f]), "{more:?}");
    }
    assert_eq!(total(&[])["config_hash"], plain["config_hash"]);
    let twin = std::process::Command::new(env!("CARGO_BIN_EXE_c2g-twin"))
        .current_dir(dir.path())
        .args(["data", "synth", "set"])
        .output()
        .unwrap();
    assert!(twin.status.success());
    let same = total(&["--data", "set"]);
    assert_eq!(same["total_reward"], plain["total_reward"], "the embedded set from files is the embedded set");
    benchmark(dir.path(), &short(&["--data=nosuch"])).refused(&["nosuch: cannot open the data folder"]);
}

#[test]
fn the_rule_s_gain_is_the_scenario_s_own_or_the_one_given() {
    let dir = folder();
    let sums = |more: &[&str]| {
        let args = ["--agents=rule_based", "--scenarios", "default", "scenario_b", "--n_episodes=1", "--output=x.csv"];
        benchmark(dir.path(), &[&args[..], more].concat()).ended(0);
        let table = Table::read(&dir, "x.csv");
        ["default", "scenario_b"].map(|s| table.row(&[("scenario", s)])["cumul_bess_actual_kw"].clone())
    };
    let (own, six) = (sums(&[]), sums(&["--rule-gain", "6"]));
    assert_eq!(own[0], six[0], "30 MW over 5 MW");
    assert_ne!(own[1], six[1], "60 MW over 5 MW");
    assert_eq!(sums(&["--rule_gain=12"])[1], own[1]);
}

#[test]
fn carried_memories_change_what_comes_after_the_first_episode() {
    let dir = folder();
    let play = |more: &[&str]| {
        let args = ["--agents=random", "--scenarios=default", "--n_episodes=2", "--output=x.csv"];
        benchmark(dir.path(), &[&args[..], more].concat()).ended(0);
        let rows = Table::read(&dir, "x_episodes.csv").rows;
        rows.iter().map(|r| r["cumul_p_pump_mw"].clone()).collect::<Vec<_>>()
    };
    let (fresh, carried) = (play(&[]), play(&["--carry-state"]));
    assert_eq!(fresh[0], carried[0]);
    assert_ne!(fresh[1], carried[1], "the draws of the first episode go on");
}

#[test]
fn pins_stand_in_the_file_name_and_are_clipped_with_a_warning() {
    let dir = folder();
    let done =
        benchmark(dir.path(), &short(&["--fixed-action", "bess_dispatch=-3", "--fixed_action=hvac_effort=0.90"]));
    let done = done.ended(0);
    assert!(done.err.contains("--fixed-action bess_dispatch=-3 is clipped to -1"), "{}", done.err);
    let table = Table::read(&dir, "evaluation/results/pid_default_hardware_BESS_-1_HVAC_0.9.csv");
    assert!(number(&table.rows[0], "cumul_bess_actual_kw") < 0.0);
    benchmark(dir.path(), &short(&["--pin", "bess=1"])).refused(&["unknown lever `bess`"]);
    benchmark(dir.path(), &short(&["--pin", "bess_dispatch=full"])).refused(&["is not a finite number"]);
}

#[test]
fn transitions_are_written_below_runs_only_when_asked_for() {
    let dir = folder();
    let args = ["--agents", "rule_macro+pid", "rule_macro", "--scenarios", "default", "--n_episodes", "2"];
    benchmark(dir.path(), &[&args[..], &["--record_transitions", "--pin=bess_dispatch=0"]].concat()).ended(0);
    let lines =
        |folder: &str, episode: u8| text(&dir, &format!("runs/{folder}/episode{episode}__BESS_0.csv")).lines().count();
    for episode in [0, 1] {
        assert_eq!(lines("rule_macro+pid_default_macro", episode), 97);
        assert_eq!(lines("rule_macro+pid_default_hardware", episode), 17_281);
        assert_eq!(lines("rule_macro_default_macro", episode), 97);
    }
    assert!(!dir.path().join("runs/rule_macro_default_hardware").exists(), "no hardware agent was named");
    std::fs::remove_dir_all(dir.path().join("runs")).unwrap();
    benchmark(dir.path(), &short(&["--record_transitions", "--no_record_transitions"])).ended(0);
    assert!(!dir.path().join("runs").exists());
    benchmark(dir.path(), &short(&["--record_transitions", "--markets", "pjm_dom", "aemo_nsw"])).ended(0);
    assert_eq!(lines_of(&dir, "runs/pjm_dom/pid_default_hardware/episode0.csv"), 17_281);
    assert_eq!(lines_of(&dir, "runs/aemo_nsw/pid_default_hardware/episode0.csv"), 17_281);
}

fn lines_of(dir: &tempfile::TempDir, file: &str) -> usize {
    text(dir, file).lines().count()
}

#[test]
fn a_recorded_signal_replaces_the_generated_one() {
    let dir = folder();
    // A minute up, a minute down, in values of 2 s.
    let minute = |value: &str| format!("{value}\n").repeat(30);
    std::fs::write(dir.path().join("regd.csv"), format!("RegD\n{}{}", minute("0.5"), minute("-0.5"))).unwrap();
    let seen = |more: &[&str]| -> Vec<String> {
        let args = short(&[&["--regd", "regd.csv", "--record_transitions", "--output", "x.csv"], more].concat());
        benchmark(dir.path(), &args).ended(0);
        let log = Table::read(&dir, "runs/pid_default_hardware/episode0.csv");
        log.rows[..48].iter().map(|r| r["s_regd_signal"].clone()).collect()
    };
    let two = seen(&[]);
    assert!(two[1..11].iter().all(|v| v == "0.5") && two[13..23].iter().all(|v| v == "-0.5"), "{two:?}");
    let four = seen(&["--regd-step", "4"]);
    assert!(four[1..23].iter().all(|v| v == "0.5") && four[25..47].iter().all(|v| v == "-0.5"), "{four:?}");
    std::fs::write(dir.path().join("bad.csv"), "0.1\n7\n").unwrap();
    benchmark(dir.path(), &short(&["--regd=bad.csv"])).refused(&["bad.csv:2", "from -1 to 1"]);
    benchmark(dir.path(), &short(&["--regd=none.csv"])).refused(&["none.csv: cannot read the regulation signal"]);
    let plant = ["--plant=sustaindc", "--agents=hold", "--regd=regd.csv"];
    benchmark(dir.path(), &plant).refused(&["follows no regulation signal"]);
}

#[test]
fn agents_that_lack_something_are_refused_with_the_flag_that_gives_it() {
    let dir = folder();
    for (args, words) in [
        (&["--agents", "sac"][..], &["agent `sac` is a trained network", "--hw-model-dir"][..]),
        (&["--agents", "rule_macro+sac", "--hw-model-dir", "nosuch"], &["nosuch: cannot read the folder"]),
        (&["--agents", "none.onnx"], &["none.onnx: cannot read"]),
        (&["--agents", "cbf_ppo"], &["needs a shield"]),
        (&["--agents", "sac_macro+pid"], &["--macro-model-dir"]),
        (&["--agents", "sac_macro", "--macro-model-dir=nosuch"], &["nosuch"]),
        (&["--agents", "rulebased"], &["unknown agent `rulebased`", "Did you mean `rule_based`?"]),
        (&["--agents", "pid+rule_macro"], &["`pid` does not fit slot `macro`"]),
        (&["--scenarios", "scenario_d"], &["--scenario: unknown choice `scenario_d`"]),
        (&["--markets", "nyiso"], &["--market: unknown choice `nyiso`"]),
        (&["--fidelity", "both"], &["--fidelity: unknown choice `both`"]),
        (&["--locations", "ny"], &["plant `c2g` has no axis `location`", "scenario, market, fidelity"]),
        (&["--noise", "dice"], &["unknown noise source `dice`"]),
        (&["--plant", "mall"], &["unknown plant `mall`"]),
        (&["--set", "control.pidd.kp=1"], &["pidd"]),
        (&["--llm-icrl-mode", "guess"], &["autonomous, preset, exploit"]),
        (&["--llm-context-stride", "0"], &["--llm-context-stride"]),
        (&["--jobs=-1"], &["--jobs"]),
    ] {
        benchmark(dir.path(), args).refused(words);
    }
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "nothing is written before all is known to be right");
}

#[test]
fn flags_of_language_models_are_taken() {
    let dir = folder();
    let flags = [
        "--llm-api-base=http://127.0.0.1:1/v1",
        "--llm_template_path=prompts.yaml",
        "--llm-max-new-tokens=64",
        "--llm-temperature=0.5",
        "--llm-no-thinking",
        "--llm-context-num-steps=5",
        "--llm-context-stride=2",
        "--llm-icrl-mode=preset",
    ];
    benchmark(dir.path(), &[&["--dry-run"][..], &flags].concat()).ended(0);
    // They reach the agent: a server that is not there makes every bid a fallback, and the benchmark goes on.
    std::fs::write(dir.path().join("prompts.yaml"), "macro_system_prompt: Bid.\nmacro_user_prompt: \"{state_json}\"\n")
        .unwrap();
    let agent = ["--agents=llm_policy_macro+pid", "--scenarios=default", "--n_episodes=1", "--output=x.csv"];
    let done = benchmark(dir.path(), &[&agent[..], &flags].concat()).ended(0);
    assert!(done.err.contains("were not those of llm_policy_macro"), "{}", done.err);
    assert_eq!(Table::read(&dir, "x_macro.csv").rows[0]["fallbacks"], "96.0");
}

#[test]
fn quiet_prints_nothing() {
    let dir = folder();
    let done = benchmark(dir.path(), &short(&["--quiet"])).ended(0);
    assert_eq!((done.out.as_str(), done.err.as_str()), ("", ""));
}
