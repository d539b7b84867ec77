//! Tables on the screen, as CSV and as JSON.

use super::*;

#[test]
fn episodes_are_summed_up_and_compared() {
    let dir = bench();
    let told =
        twin_in(dir.path(), &["evaluate", "short_episodes.csv", "--baseline", "rule_based", "--out", "deep/t.csv"]);
    told.ended(0).says(&[
        "mean_reward · hardware · market scenario · fidelity documented · noise counter",
        "against rule_based",
        "Thermal Squeeze",
        "95 % bootstrap",
        "Holm",
    ]);
    let text = std::fs::read_to_string(dir.path().join("deep/t.csv")).unwrap();
    let rows = cells(&text);
    let (header, rows) = (rows[0].clone(), &rows[1..]);
    let column = |name: &str| at(&header, name);
    // Two scenarios and three agents in each of the headline metrics.
    assert_eq!(rows.len() % 6, 0);
    let row = |agent: &str, metric: &str| {
        let fits = |r: &&Vec<String>| {
            r[column("agent")] == agent && r[column("metric")] == metric && r[column("scenario")] == "default"
        };
        rows.iter().find(fits).unwrap()
    };
    let pid = row("pid", "tracking_rmse");
    // The mean again, from the episodes' own file.
    let given = cells(episodes());
    let rmse = at(&given[0], "tracking_rmse");
    let of = |agent: &str| -> Vec<f64> {
        let own = given.iter().skip(1).filter(|r| r[0] == "default" && r[1] == agent);
        own.map(|r| r[rmse].parse().unwrap()).collect()
    };
    let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
    let number = |row: &[String], name: &str| row[column(name)].parse::<f64>().unwrap();
    assert!((number(pid, "mean") / mean(&of("pid")) - 1.0).abs() < 1e-12);
    let difference = mean(&of("pid")) - mean(&of("rule_based"));
    assert!((number(pid, "difference") - difference).abs() < 1e-9 * difference.abs());
    assert_eq!((number(pid, "n"), number(pid, "shared_seeds")), (5.0, 5.0));
    assert!(
        number(pid, "bootstrap_low") <= number(pid, "mean") && number(pid, "mean") <= number(pid, "bootstrap_high")
    );
    for (alone, corrected) in
        [("p", "p_holm"), ("p", "p_bh"), ("p_paired_t", "p_paired_t_holm"), ("p_wilcoxon", "p_wilcoxon_bh")]
    {
        assert!(number(pid, alone) <= number(pid, corrected), "{corrected}");
    }
    assert_eq!(pid[column("direction")], "lower is better");
    let verdict = pid[column("verdict")].as_str();
    let expected = match number(pid, "p_paired_t_holm") {
        p if p >= 0.05 => "same within noise",
        _ if difference < 0.0 => "better",
        _ => "worse",
    };
    assert_eq!(verdict, expected);
    // The baseline has nothing to be held against.
    assert_eq!(row("rule_based", "tracking_rmse")[column("verdict")], "");
}

#[test]
fn the_same_files_give_the_same_bytes() {
    let dir = bench();
    let write = |name: &str| {
        twin_in(dir.path(), &["evaluate", "short_episodes.csv", "--metric", "all", "--out", name]).ended(0);
        std::fs::read(dir.path().join(name)).unwrap()
    };
    assert_eq!(write("a.csv"), write("b.csv"));
}

#[test]
fn json_holds_what_the_table_holds() {
    let dir = bench();
    let args = [
        "evaluate",
        "short_episodes.csv",
        "--json",
        "--metric",
        "mean_reward",
        "--level",
        "0.9",
        "--scenario",
        "scenario_b",
    ];
    let done = twin_in(dir.path(), &args).ended(0);
    let json: serde_json::Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(json["level"], 0.9);
    assert_eq!(json["frames"][0]["scenarios"], serde_json::json!(["scenario_b"]));
    assert_eq!(json["frames"][0]["baseline"], "rule_based");
    let rows = json["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 3);
    assert!(rows[0].get("verdict").is_none() && rows[1]["verdict"].is_string());
    assert!(rows[1]["p"].is_number() && rows[1]["p_wilcoxon"].is_number());
}

#[test]
fn of_means_only_what_means_allow_is_computed() {
    let dir = tempfile::tempdir().unwrap();
    let text = "scenario,agent,n_episodes,wall_time_s,mean_reward,tracking_rmse,survival_rate,mean_reward_std,tracking_rmse_std\n\
        default,rule_based,5,9.1,0.8064,500.85,1.0,0.0217,76.01\n\
        default,pid,5,9.0,0.8172,477.87,1.0,0.0170,66.55\n";
    std::fs::write(dir.path().join("multi.csv"), text).unwrap();
    let done = twin_in(dir.path(), &["evaluate", "multi.csv", "--json"]).ended(0);
    let json: serde_json::Value = serde_json::from_str(&done.out).unwrap();
    let pid = &json["rows"].as_array().unwrap().iter().find(|r| r["agent"] == "pid").unwrap().clone();
    // SciPy: ttest_ind_from_stats(0.8172, 0.0170, 5, 0.8064, 0.0217, 5, equal_var=False).
    let p = pid["p"].as_f64().unwrap();
    assert!((p - 0.40794784596083283).abs() < 1e-9, "{p}");
    assert_eq!(pid["test"], "Welch t");
    for name in ["median", "bootstrap_low", "p_mann_whitney", "p_paired_t", "p_wilcoxon"] {
        assert!(pid[name].is_null(), "{name} cannot be known");
    }
    let missing = json["missing"][0].as_str().unwrap();
    for word in ["multi.csv", "median", "bootstrap", "Mann–Whitney", "paired"] {
        assert!(missing.contains(word), "{missing}");
    }
    // Where the episodes lie beside, that is told.
    std::fs::write(dir.path().join("multi_episodes.csv"), episodes()).unwrap();
    twin_in(dir.path(), &["evaluate", "multi.csv"]).ended(0).says(&["multi_episodes.csv has them", "95 % Student's t"]);
}

#[test]
fn several_files_become_one_set_and_what_stands_twice_is_told() {
    let dir = bench();
    let text = episodes().to_owned();
    std::fs::write(dir.path().join("again.csv"), &text).unwrap();
    let done =
        twin_in(dir.path(), &["evaluate", "short_episodes.csv", "again.csv", "--metric", "mean_reward"]).ended(0);
    done.says(&["again.csv:2: seed 100 of rule_based in default stands in the files twice", "more remarks"]);
    // Another configuration of the same agent is another agent.
    std::fs::write(dir.path().join("other.csv"), text.replace("00ff", "11ee")).unwrap();
    let done =
        twin_in(dir.path(), &["evaluate", "short_episodes.csv", "other.csv", "--metric", "mean_reward"]).ended(0);
    done.says(&["pid was run with several configurations", "pid#1", "pid#2"]);
}

#[test]
fn t_takes_the_bootstraps_place_on_demand() {
    let dir = bench();
    let args = ["evaluate", "short_episodes.csv", "--metric", "mean_reward", "--interval", "t"];
    twin_in(dir.path(), &args).ended(0).says(&["95 % Student's t"]);
}
