//! The tables: columns in the source's order, other figures behind them, combos split in two.

use super::finished::HARDWARE_FIGURES;
use super::{Finished, Table, benchmark, command_in, folder, number, text};

/// What every table of means begins with.
const FIRST: &str = "scenario agent n_episodes wall_time_s";

/// Figures of a macro agent before the inner ones (control 5.1).
const MACRO_FIGURES: &str = "mean_reward total_reward bid_acceptance_rate total_reg_revenue total_elec_cost \
    mean_perf_score mean_committed_mw tracking_rmse temp_A_max temp_B_max episode_length mean_flex_kw mean_bess_kw \
    mean_cool_delta_kw mean_p_pump_mw mean_p_hvac_mw mean_inner_throttle mean_inner_pump mean_inner_hvac \
    mean_inner_bess";

fn words(parts: &[&str]) -> Vec<String> {
    parts.iter().flat_map(|part| part.split_whitespace()).map(str::to_owned).collect()
}

/// Columns of a hardware table (control 5.1): means, the survival rate, deviations.
fn hardware_columns() -> Vec<String> {
    let deviations = HARDWARE_FIGURES.split_whitespace().map(|figure| format!("{figure}_std"));
    words(&[FIRST, HARDWARE_FIGURES, "survival_rate"]).into_iter().chain(deviations).collect()
}

#[test]
fn a_hardware_table_begins_with_the_source_s_columns() {
    let dir = folder();
    benchmark(dir.path(), &["--agents", "pid", "--scenarios", "scenario_b", "--n_episodes", "1"]).ended(0);
    let table = Table::read(&dir, "evaluation/results/pid_scenario_b_hardware_base.csv");
    assert!(table.header.starts_with(&hardware_columns()), "{:?}", table.header);
    assert_eq!(table.header[table.header.len() - 5..], ["market", "fidelity", "noise", "first_seed", "config_hash"]);
    let row = &table.rows[0];
    assert_eq!(row["mean_reward_std"], "0.0", "one episode deviates by nothing");
    assert!(!table.header.iter().any(|h| h == "survival_rate_std" || h == "survived"));
    let episodes = Table::read(&dir, "evaluation/results/pid_scenario_b_hardware_base_episodes.csv");
    assert_eq!(
        episodes.header[..9],
        ["scenario", "agent", "type", "episode", "seed", "market", "fidelity", "noise", "config_hash"]
    );
    let episode = &episodes.rows[0];
    assert_eq!(number(row, "total_reward"), (number(episode, "total_reward") * 1e4).round() / 1e4);
    assert_eq!((episode["survived"].as_str(), episode["end"].as_str()), ("1", "episode_end"));
    assert_eq!(episode["config_hash"], row["config_hash"]);
    assert_eq!(row["config_hash"].len(), 16);
}

#[test]
fn both_definitions_stand_in_the_table_where_documentation_and_program_differ() {
    let dir = folder();
    let play = |fidelity: &str| {
        let args = ["--agents=random", "--scenarios=scenario_a", "--n_episodes=1", "--output=x.csv", "--fidelity"];
        benchmark(dir.path(), &[&args[..], &[fidelity]].concat()).ended(0);
        Table::read(&dir, "x.csv").rows.remove(0)
    };
    let (documented, shipped) = (play("documented"), play("as_shipped"));
    assert_eq!(documented["throughput_ratio"], documented["throughput_ratio_documented"]);
    assert_eq!(shipped["throughput_ratio"], shipped["throttle_mean"]);
    assert_ne!(shipped["throughput_ratio"], shipped["throughput_ratio_documented"]);
    for row in [&documented, &shipped] {
        assert_eq!(row["thermal_viol_rate"], row["thermal_viol_rate_program"], "differs on equality alone");
        assert!(number(row, "thermal_viol_rate") > 0.0);
        let fade = number(row, "bess_degradation_documented") / number(row, "bess_degradation");
        assert!((fade - 0.2).abs() < 1e-4, "fade is a fifth of the age: {fade}");
        assert_eq!(row["survived_288_ticks"], "1.0");
    }
}

#[test]
fn combos_are_split_into_macro_and_hardware() {
    let dir = folder();
    let args = ["--agents", "rule_macro+pid", "rule_macro", "pid", "--scenarios", "default", "--n_episodes", "2"];
    let done = benchmark(dir.path(), &args).ended(0);
    assert!(done.out.contains("multi_default_base_macro.csv"), "{}", done.out);
    let upper = Table::read(&dir, "evaluation/results/multi_default_base_macro.csv");
    let columns = words(&[FIRST, MACRO_FIGURES, "inner_mean_reward"]);
    assert!(upper.header.starts_with(&columns), "{:?}", upper.header);
    assert_eq!(upper.rows.iter().map(|r| r["agent"].as_str()).collect::<Vec<_>>(), ["rule_macro+pid", "rule_macro"]);
    assert_eq!(upper.rows[1]["inner_mean_reward"], "", "a macro agent alone has no inner figures");
    let lower = Table::read(&dir, "evaluation/results/multi_default_base_hardware.csv");
    assert_eq!(lower.header[..16], hardware_columns()[..16]);
    assert_eq!(lower.header[16], "mean_reward__std");
    assert_eq!(lower.rows.len(), 2);
    let inner = lower.row(&[("macro_agent", "rule_macro")]);
    let alone = lower.row(&[("macro_agent", "")]);
    assert_eq!((inner["agent"].as_str(), alone["agent"].as_str()), ("pid", "pid"));
    assert_eq!(inner["mean_reward"], upper.rows[0]["inner_mean_reward"]);
    assert_eq!(inner["mean_reward__std"], upper.rows[0]["inner_mean_reward_std"]);
    assert!(inner["mean_reward_std"].is_empty() && alone["mean_reward__std"].is_empty());
    assert_eq!(inner["episode_length"], "17280.0");
    assert!(!dir.path().join("evaluation/results/multi_default_base.csv").exists());
    let episodes = Table::read(&dir, "evaluation/results/multi_default_base_episodes.csv");
    assert_eq!(episodes.rows.len(), 6, "one row an episode, also for a combo");
}

#[test]
fn agents_of_both_kinds_share_a_table_with_empty_cells() {
    let dir = folder();
    benchmark(dir.path(), &["--agents", "pid", "random_macro", "--scenarios=default", "--n_episodes=1"]).ended(0);
    let table = Table::read(&dir, "evaluation/results/multi_default_mixed_base.csv");
    assert!(table.header.starts_with(&hardware_columns()), "{:?}", table.header);
    assert_eq!(table.rows[0]["total_reg_revenue"], "");
    assert_eq!(table.rows[1]["cumul_p_pump_mw"], "");
    assert!(number(&table.rows[1], "total_reg_revenue") > 0.0);
}

#[test]
fn the_two_part_settlement_and_the_score_stand_beside_the_benchmark_s_revenue() {
    let dir = folder();
    let args = ["--agents", "rule_macro", "rule_macro+pid", "--scenarios=default", "--n_episodes=1", "--scores"];
    benchmark(dir.path(), &[&args[..], &["--output=s.csv"]].concat()).ended(0);
    let table = Table::read(&dir, "s_macro.csv");
    let (resting, pid) = (table.row(&[("agent", "rule_macro")]), table.row(&[("agent", "rule_macro+pid")]));
    let score = "pjm_m12_legacy_joint_argmax_v1_hour";
    assert!(number(pid, score) > 0.8 && number(resting, score) < 0.1, "{} {}", pid[score], resting[score]);
    // The benchmark pays for standing still; a market would not.
    assert!(number(resting, "total_reg_revenue") > 4000.0);
    assert_eq!(resting["pjm_m28_two_part_v1_capability_usd"], "0.0");
    assert_eq!(resting["pjm_m28_two_part_v1_forfeited_hours"], "24.0");
    assert!(number(pid, "pjm_m28_two_part_v1_capability_usd") > 3000.0);
    assert!(number(pid, "pjm_m28_two_part_v1_performance_usd") > 1000.0);
    let scores = Table::read(&dir, "s_scores.csv");
    let of = |agent: &str, span: &str| -> Vec<f64> {
        let rows = scores.rows.iter().filter(|r| r["agent"] == agent && r["span"] == span);
        rows.map(|r| number(r, "score")).collect()
    };
    assert_eq!((of("rule_macro+pid", "interval").len(), of("rule_macro+pid", "hour").len()), (96, 24));
    let hours = of("rule_macro+pid", "hour");
    assert!((hours.iter().sum::<f64>() / 24.0 - number(pid, score)).abs() < 1e-4);
    assert_eq!(scores.rows[0]["definition"], "pjm_m12_legacy_joint_argmax_v1");
}

#[test]
fn sustaindc_gives_a_table_of_policies_and_places() {
    let dir = folder();
    let args = ["--plant", "sustaindc", "--locations", "ny", "wa", "--n_episodes", "2", "--output", "t.csv"];
    let done = benchmark(dir.path(), &args).ended(0);
    assert!(done.out.starts_with("location  agent"), "{}", done.out);
    let table = Table::read(&dir, "t.csv");
    let first =
        ["location", "agent", "n_episodes", "wall_time_s", "co2_kg", "energy_kwh", "pue", "water_l", "tasks_dropped"];
    assert_eq!(table.header[..9], first);
    assert_eq!(table.header[9], "tasks_overdue");
    assert!(
        table.header.iter().any(|h| h == "agent_ls_mean_reward"),
        "a name of three slots gets the slot's before it"
    );
    let agents: Vec<&str> = table.rows.iter().map(|r| r["agent"].as_str()).collect();
    assert!(agents.contains(&"hold") && agents.contains(&"carbon_shift+trim_and_respond+rbc_battery"), "{agents:?}");
    let cell = |location: &str, agent: &str, column: &str| {
        number(table.row(&[("location", location), ("agent", agent)]), column)
    };
    assert!(cell("wa", "hold", "co2_kg") < cell("ny", "hold", "co2_kg"), "Washington's grid is cleaner");
    assert!(cell("ny", "trim_and_respond", "energy_kwh") < cell("ny", "hold", "energy_kwh"));
    assert!(table.rows.iter().all(|r| number(r, "pue") > 1.0 && r["survival_rate"] == "1.0"));
    let all = benchmark(dir.path(), &["--plant=sustaindc", "--agents=hold", "--dry-run"]).ended(0);
    assert_eq!(all.out.lines().count(), 9, "all eight locations and the last line:\n{}", all.out);
}

#[test]
fn the_effective_configuration_stands_beside_the_tables_and_on_the_page() {
    let dir = folder();
    let play = |more: &[&str]| {
        let args = ["--scenarios=default", "--n_episodes=1", "--output=x.csv", "--agents"];
        benchmark(dir.path(), &[&args[..], more].concat()).ended(0).says(&["x_configurations.yaml"]);
    };
    let report = |file: &str| {
        Finished::of(command_in(dir.path(), &["report", file, "--out", "page.html"]).output().unwrap()).ended(0);
        text(&dir, "page.html")
    };
    play(&["pid", "--set=control.pid.kp=2.25"]);
    play(&["rule_macro+pid", "--markets=pjm_dom", "--set=control.pid.kp=2.75", "--append"]);
    let stored = text(&dir, "x_configurations.yaml");
    for table in ["x.csv", "x_macro.csv", "x_hardware.csv", "x_episodes.csv"] {
        let (page, rows) = (report(table), Table::read(&dir, table).rows);
        for row in &rows {
            let hash = &row["config_hash"];
            assert!(stored.contains(&format!("\n\"{hash}\":\n  setup:\n    plant: c2g\n")), "{table}");
            assert!(page.contains(&format!("<details><summary><code>{hash}</code> ")), "{table}");
            let gain = if row.get("market").is_some_and(|m| m == "pjm_dom") { "2.75" } else { "2.25" };
            assert!(page.contains(&format!("\n      kp: {gain}\n")), "{table} {gain}");
        }
        assert_eq!(page.matches("<details><summary><code>").count(), rows.len(), "{table}");
        assert!(!page.contains("are not known"), "{table}");
    }
    std::fs::remove_file(dir.path().join("x_configurations.yaml")).unwrap();
    let page = report("x.csv");
    let hash = &Table::read(&dir, "x.csv").rows[0]["config_hash"];
    assert!(
        page.contains(&format!("The configurations behind {hash} are not known"))
            && !page.contains("<details><summary><code>")
    );
}
