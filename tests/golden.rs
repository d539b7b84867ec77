//! Every golden file is run and counted: module vectors, trajectories, NumPy's generator.
//!
//! `tests/golden/` holds what a clone tests without anything beside it. `C2G_TWIN_GOLDEN=DIR` names the full set (the
//! folder that holds `c2g/ sustaindc/ …`); it must be complete then. The count is written to
//! `target/golden-report.txt`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod golden_modules;
mod golden_runs;
mod golden_sustaindc;
mod golden_table;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What can be done with a golden file.
type Check = fn(&Path) -> Result<(), String>;

/// Golden files and what runs each; inputs of others are not listed.
const FILES: &[(&str, Check)] = &[
    ("c2g/modules/bess.csv", golden_modules::bess),
    ("c2g/modules/electrical.csv", golden_modules::electrical),
    ("c2g/modules/genai_spike_scale.csv", golden_modules::genai_spike_scale),
    ("c2g/modules/inverse_rack_util.csv", golden_modules::inverse_rack_util),
    ("c2g/modules/lmp.csv", golden_modules::lmp),
    ("c2g/modules/macro_grid_regd.csv", golden_modules::macro_grid_regd),
    ("c2g/modules/pcc_voltage.csv", golden_modules::pcc_voltage),
    ("c2g/modules/rmcp_bid.csv", golden_modules::rmcp_bid),
    ("c2g/modules/swing_frequency.csv", golden_modules::swing_frequency),
    ("c2g/modules/synthetic_load.csv", golden_modules::synthetic_load),
    ("c2g/modules/thermal.csv", golden_modules::thermal),
    ("c2g/modules/weather_lookup.csv", golden_modules::weather_lookup),
    ("c2g/modules/weather_synthetic.csv", golden_modules::weather_synthetic),
    ("c2g/modules/workload_power.csv", golden_modules::workload_power),
    ("c2g/modules/workload_queue.csv", golden_modules::workload_queue),
    ("c2g/numpy_rng/seed_0.csv", golden_runs::numpy_seed),
    ("c2g/numpy_rng/seed_1.csv", golden_runs::numpy_seed),
    ("c2g/numpy_rng/seed_100.csv", golden_runs::numpy_seed),
    ("c2g/numpy_rng/seed_20240601.csv", golden_runs::numpy_seed),
    ("c2g/control/controller_golden.csv", golden_runs::controllers),
    ("c2g/control/regd_nyiso_seeds100_102.csv", golden_runs::regd),
    ("c2g/env/fixed_action_default.csv", golden_runs::fixed_action),
    ("c2g/env/freq_fault_default.csv", golden_runs::freq_fault),
    ("c2g/env/seed_default_sin.csv", golden_runs::trajectory),
    ("c2g/env/code_default_sin.csv", golden_runs::trajectory),
    ("c2g/macro/seed_default_const.csv", golden_runs::trajectory),
    ("c2g/macro/code_default_const.csv", golden_runs::trajectory),
    ("sustaindc/modules/battery_seq.csv", golden_sustaindc::battery_seq),
    ("sustaindc/modules/chiller_power.csv", golden_sustaindc::chiller_power),
    ("sustaindc/modules/dc_grid.csv", golden_sustaindc::dc_grid),
    ("sustaindc/modules/features.csv", golden_sustaindc::features),
    ("sustaindc/modules/init_day.csv", golden_sustaindc::init_day),
    ("sustaindc/modules/ls_queue_seq.csv", golden_sustaindc::ls_queue_seq),
    ("sustaindc/modules/rack_table.csv", golden_sustaindc::rack_table),
    ("sustaindc/modules/reward_seq.csv", golden_sustaindc::reward_seq),
    ("sustaindc/modules/rule_agents.csv", golden_sustaindc::rule_agents),
    ("sustaindc/modules/setpoint_seq.csv", golden_sustaindc::setpoint_seq),
    ("sustaindc/modules/sizing.csv", golden_sustaindc::sizing),
    ("sustaindc/modules/time_encoding.csv", golden_sustaindc::time_encoding),
    ("sustaindc/modules/wet_bulb.csv", golden_sustaindc::wet_bulb),
    ("sustaindc/ny_june_pattern.csv", golden_sustaindc::trajectory),
    ("sustaindc/ny_july_userfork_pattern.csv", golden_sustaindc::trajectory),
    ("sustaindc/ny_june_pattern.all_agents_episode_1.csv", golden_sustaindc::episode_log),
    ("sustaindc/analysis/ny_june_pattern.analysis.json", golden_sustaindc::analysis),
    // The rest of the full set.
    ("sustaindc/analysis/ny_june_base.analysis.json", golden_sustaindc::analysis),
    ("sustaindc/modules/managers_stats.csv", golden_sustaindc::managers_stats),
    ("sustaindc/modules/managers_samples.csv", golden_sustaindc::managers_samples),
    ("sustaindc/ny_june_base.csv", golden_sustaindc::trajectory),
    ("sustaindc/ny_june_rules.csv", golden_sustaindc::trajectory),
    ("sustaindc/az_july_base.csv", golden_sustaindc::trajectory),
    ("sustaindc/ny_june_base.all_agents_episode_1.csv", golden_sustaindc::episode_log),
    ("c2g/env/seed_default_const.csv", golden_runs::trajectory),
    ("c2g/env/seed_scenario_a_const.csv", golden_runs::trajectory),
    ("c2g/env/seed_scenario_a_sin.csv", golden_runs::trajectory),
    ("c2g/env/code_scenario_a_const.csv", golden_runs::trajectory),
    ("c2g/macro/seed_scenario_a_default_inner.csv", golden_runs::trajectory),
];

/// Golden files of `FILES` that a clone holds.
const COMMITTED: usize = 44;

/// Files that are inputs of others, or tables that a controller which does not exist yet will use.
const NOT_RUN: [&str; 6] = [
    "c2g/env/inputs_traces.csv",
    "c2g/env/noise.csv",
    "c2g/macro/noise_macro.csv",
    "c2g/modules/synthetic_load_z.csv",
    "c2g/numpy_rng/ziggurat_normal.csv",
    "c2g/control/hj_tables.csv",
];

fn committed_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// CSV files below a folder, relative to it.
fn csv_files(root: &Path, below: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![root.join(below)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "csv") {
                found.insert(path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/"));
            }
        }
    }
    found
}

/// Runs every file of `FILES` that stands below `root`; returns how many.
fn run_all(root: &Path, failures: &mut Vec<String>) -> usize {
    let mut run = 0;
    for (name, check) in FILES {
        let path = root.join(name);
        if !path.is_file() {
            continue;
        }
        run += 1;
        if let Err(what) = check(&path) {
            failures.push(format!("{name}: {what}"));
        }
    }
    // Trajectories that are not listed by name are run too: the full set may grow.
    let folders: [(&str, Check); 3] = [
        ("c2g/env", golden_runs::trajectory),
        ("c2g/macro", golden_runs::trajectory),
        ("sustaindc", golden_sustaindc::trajectory),
    ];
    let all = folders.iter().flat_map(|(folder, check)| csv_files(root, folder).into_iter().map(move |n| (n, check)));
    for (name, check) in all {
        let listed = FILES.iter().any(|(n, _)| *n == name) || NOT_RUN.contains(&name.as_str());
        // Only headers of trajectories name their steps; modules, policies and analyses are other matters.
        let path = root.join(&name);
        let header = std::fs::read_to_string(path.with_extension("json")).unwrap_or_default();
        if !listed && (!name.starts_with("sustaindc") || header.contains("\"start_time_step\"")) && !header.is_empty() {
            run += 1;
            if let Err(what) = check(&path) {
                failures.push(format!("{name}: {what}"));
            }
        }
    }
    run
}

#[test]
fn every_golden_file_holds() {
    let mut failures = Vec::new();
    let (run, skipped, reason) = match std::env::var_os("C2G_TWIN_GOLDEN").map(PathBuf::from) {
        Some(root) => {
            let missing: Vec<&str> = FILES.iter().map(|(n, _)| *n).filter(|n| !root.join(n).is_file()).collect();
            assert!(missing.is_empty(), "C2G_TWIN_GOLDEN={} is incomplete: {}", root.display(), missing.join(", "));
            let run = run_all(&root, &mut failures);
            let others = ["citylearn", "iquitos"].map(|p| csv_files(&root, p).len());
            let hj = csv_files(&root, "c2g/control").iter().filter(|n| n.ends_with("hj_tables.csv")).count();
            let reason = "plants and shields that this version does not have (citylearn, iquitos, HJ tables)";
            (run, others.iter().sum::<usize>() + hj, reason)
        }
        None => {
            let run = run_all(&committed_root(), &mut failures);
            (run, FILES.len() - COMMITTED, "C2G_TWIN_GOLDEN is not set; only tests/golden was run")
        }
    };
    assert!(failures.is_empty(), "{} of {run} golden files fail:\n{}", failures.len(), failures.join("\n"));
    assert!(run >= COMMITTED, "{run} golden files were run, {COMMITTED} are committed");
    let report = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../golden-report.txt");
    std::fs::write(&report, format!("run {run}\nskipped {skipped}\nreason {reason}\n")).unwrap();
    println!("{run} golden files run, {skipped} skipped ({reason})");
}

#[test]
fn the_committed_count_is_what_stands_in_the_clone() {
    let here = FILES.iter().filter(|(n, _)| committed_root().join(n).is_file()).count();
    assert_eq!(here, COMMITTED, "change COMMITTED and tests/golden/COUNT together");
    let count = std::fs::read_to_string(committed_root().join("COUNT")).unwrap();
    assert_eq!(count.trim().parse::<usize>().unwrap(), COMMITTED);
}

#[test]
fn a_changed_golden_file_is_noticed() {
    let from = committed_root().join("c2g");
    let dir = tempfile::tempdir().unwrap();
    for name in ["env/inputs_traces.csv", "env/noise.csv", "env/code_default_sin.json", "env/code_default_sin.csv"] {
        let to = dir.path().join(name);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        let text = std::fs::read_to_string(from.join(name)).unwrap();
        let text = if name.ends_with("sin.csv") {
            text.replacen("\n1,0.51", "\n1,0.52", 1).replacen(",3.44", ",3.45", 1)
        } else {
            text
        };
        std::fs::write(to, text).unwrap();
    }
    let what = golden_runs::trajectory(&dir.path().join("env/code_default_sin.csv")).unwrap_err();
    assert!(what.contains("column"), "{what}");
}
