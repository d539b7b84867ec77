//! What is claimed is what the live run had.

use c2g_twin::record::Provenance;

use super::{Recorded, c2g, read, record, sustaindc};

/// Compares every claimed value of a log with the run; returns how many columns are logged, derived, absent.
fn compare(recorded: &Recorded, path: &std::path::Path, every: usize, relative: f64, absolute: f64) -> [usize; 3] {
    let (tape, rows) = read(path);
    assert_eq!(tape.bad().count, 0, "{:?}", tape.bad().listed);
    assert_eq!(rows.len(), recorded.rows.len() / every, "{}", path.display());
    let mut counts = [0; 3];
    for (column, origin) in tape.head().provenance.iter().enumerate() {
        let name = &tape.head().schema.signals[column].name;
        let live = recorded.schema.find(name).unwrap();
        let (mut told, mut had) = (0, 0);
        // A difference of two rounded energies, times up to 400 g/kWh.
        let absolute = match name.as_str() {
            "co2_saved_g" => 0.05,
            // Shares of the zones follow from the voltage, whose last digit is a kilowatt or two.
            n if absolute > 0.0 && (n.contains("_a_") || n.contains("_b_") || n.ends_with("_usd")) => 8e-3,
            _ => absolute,
        };
        for (k, row) in rows.iter().enumerate() {
            let (is, was) = (row[column], recorded.rows[k * every + every - 1][live]);
            had += usize::from(!was.is_nan());
            if *origin == Provenance::Absent {
                assert!(is.is_nan(), "{name} is absent and yet {is} at {k}");
            } else if !is.is_nan() {
                told += 1;
                let near = (is - was).abs() <= absolute + relative * was.abs();
                assert!(near, "{name} ({origin:?}) at {k}: replay {is}, run {was}");
            }
        }
        match origin {
            Provenance::Logged(_) => counts[0] += 1,
            Provenance::Derived => {
                counts[1] += 1;
                assert!(told * 10 >= had * 9, "{name} is said to be derived, on {told} of {had} rows");
            }
            Provenance::Absent => counts[2] += 1,
        }
    }
    counts
}

#[test]
fn a_full_log_brings_every_value_back() {
    for setup in [c2g(&[], &[("macro", "rule_macro"), ("hardware", "rule_based")], 400), sustaindc(200)] {
        let dir = tempfile::tempdir().unwrap();
        let recorded = record(dir.path(), &setup);
        let counts = compare(&recorded, &recorded.full, 1, 0.0, 0.0);
        assert_eq!(counts, [recorded.schema.len(), 0, 0]);
        let (_, rows) = read(&recorded.full);
        let bits = |rows: &[Vec<f64>]| rows.iter().flatten().map(|v| v.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&rows), bits(&recorded.rows), "also what is no value");
    }
}

#[test]
fn hardware_transitions_tell_what_they_claim() {
    for (scenario, macro_agent) in [("default", "fixed"), ("scenario_a", "rule_macro"), ("scenario_b", "fixed")] {
        let dir = tempfile::tempdir().unwrap();
        let axes = [("scenario", scenario)];
        let recorded = record(dir.path(), &c2g(&axes, &[("macro", macro_agent), ("hardware", "pid")], 720));
        let hardware = recorded.others.iter().find(|p| p.to_string_lossy().contains("_hardware")).unwrap();
        // Observations are binary32: seven digits; a difference of two of them has fewer.
        let [logged, derived, _] = compare(&recorded, hardware, 1, 3e-6, 2e-3);
        assert!(logged >= 28, "{logged} logged");
        assert!(derived >= 40, "{derived} derived");
    }
}

#[test]
fn sustaindc_evaluations_tell_what_they_claim() {
    let dir = tempfile::tempdir().unwrap();
    let recorded = record(dir.path(), &sustaindc(400));
    // Four decimals; sums and quotients of rounded numbers are a little worse.
    let [logged, derived, absent] = compare(&recorded, &recorded.others[0], 1, 2e-5, 4e-3);
    assert!(logged >= 30 && derived >= 16 && absent > 20, "{logged} {derived} {absent}");
    let (tape, _) = read(&recorded.others[0]);
    let soc = tape.head().schema.find("soc_frac").unwrap();
    assert_eq!(tape.head().provenance[soc], Provenance::Logged("bat_SOC".to_owned()));
    assert!(tape.head().schema.signals[soc].doc.contains("column `bat_SOC`"));
}

#[test]
fn macro_logs_are_shown_by_their_true_meaning() {
    let dir = tempfile::tempdir().unwrap();
    let setup = c2g(&[], &[("macro", "rule_macro"), ("hardware", "rule_based")], 1_440);
    let recorded = record(dir.path(), &setup);
    let path = recorded.others.iter().find(|p| p.to_string_lossy().contains("_macro")).unwrap();
    let (tape, rows) = read(path);
    assert_eq!(rows.len(), 8);
    assert_eq!(tape.head().spec.calendar.tick_s, 900);
    let at = |name: &str| tape.head().schema.find(name).unwrap();
    for (name, column) in
        [("bid_price_usd", "o_T_amb_norm"), ("p_bid_mw", "o_pue_norm"), ("t_zone_a_max_degc", "o_prev_throttle")]
    {
        assert_eq!(tape.head().provenance[at(name)], Provenance::Logged(column.to_owned()));
    }
    // What holds for the whole interval, or at its end, is what the run had on the interval's last tick.
    for name in [
        "bid_price_usd",
        "p_bid_mw",
        "t_zone_a_max_degc",
        "t_zone_b_max_degc",
        "soc_frac",
        "rmcp_usd",
        "p_reg_residual_mw",
        "macro_reward",
        "macro_reward_regulation",
        "macro_reward_sub",
        "macro_reward_elec",
        "macro_reward_churn",
        "revenue_interval_usd",
        "revenue_total_usd",
        "macro_reward_total",
        "spike_any",
        "backlog_mean_frac",
        "lmp_mean_usd_mwh",
        "electricity_cost_interval_usd",
    ] {
        let live = recorded.schema.find(name).unwrap();
        for (k, row) in rows.iter().enumerate() {
            let (is, was) = (row[at(name)], recorded.rows[180 * k + 179][live]);
            assert!((is - was).abs() <= 1e-6 + 1e-5 * was.abs(), "{name} in interval {k}: {is}, run {was}");
        }
    }
    // The name in the file says voltage drop of nothing: PUE and ambient are not in a macro log.
    for name in ["pue", "t_ambient_degc", "throttle", "pump_speed"] {
        assert_eq!(tape.head().provenance[at(name)], Provenance::Absent, "{name}");
        assert!(rows.iter().all(|row| row[at(name)].is_nan()));
    }
}

#[test]
fn older_hardware_logs_have_seventeen_observations() {
    let dir = tempfile::tempdir().unwrap();
    let recorded = record(dir.path(), &c2g(&[], &[("hardware", "rule_based")], 360));
    let text = std::fs::read_to_string(&recorded.others[0]).unwrap();
    let names: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    let keep: Vec<bool> = names.iter().map(|n| !n.ends_with("committed_mw_norm")).collect();
    let cut = |line: &str| -> String {
        let kept: Vec<&str> = line.split(',').zip(&keep).filter(|(_, keep)| **keep).map(|(cell, _)| cell).collect();
        kept.join(",")
    };
    let without: Vec<String> = text.lines().map(cut).collect();
    let folder = dir.path().join("old/rule_based_default_hardware");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("episode0_.csv");
    std::fs::write(&path, without.join("\n") + "\n").unwrap();
    compare(&recorded, &path, 1, 3e-6, 2e-3);
    let (tape, rows) = read(&path);
    let committed = tape.head().schema.find("p_committed_mw").unwrap();
    assert_eq!(tape.head().provenance[committed], Provenance::Derived);
    assert!(rows.iter().all(|row| row[committed] == 5.0));
    // The eighteenth one by its number.
    let numbered = text.replace("s_committed_mw_norm", "s_17").replace("o_committed_mw_norm", "o_17");
    std::fs::write(&path, numbered).unwrap();
    compare(&recorded, &path, 1, 3e-6, 2e-3);
    let (tape, _) = read(&path);
    assert_eq!(tape.head().provenance[committed], Provenance::Logged("o_17".to_owned()));
}

#[test]
fn pins_in_the_file_name_are_what_was_applied() {
    let dir = tempfile::tempdir().unwrap();
    let mut setup = c2g(&[], &[("hardware", "rule_based")], 180);
    setup.fixed_actions.insert("bess_dispatch".to_owned(), -0.5);
    setup.fixed_actions.insert("hvac_effort".to_owned(), 0.8);
    let recorded = record(dir.path(), &setup);
    compare(&recorded, &recorded.others[0], 1, 3e-6, 2e-3);
}

#[test]
fn a_log_without_a_column_lacks_what_follows_from_it() {
    let dir = tempfile::tempdir().unwrap();
    let recorded = record(dir.path(), &c2g(&[], &[("hardware", "rule_based")], 50));
    let text = std::fs::read_to_string(&recorded.others[0]).unwrap();
    let path = dir.path().join("some.csv");
    std::fs::write(&path, text.replace("o_pue_norm", "o_other").replace("a_bess_dispatch", "a_other")).unwrap();
    let (tape, rows) = read(&path);
    for name in ["pue", "p_it_mw", "pue_episode", "p_bess_mw", "p_regd_delivered_mw", "bess_dispatch"] {
        let column = tape.head().schema.find(name).unwrap();
        assert_eq!(tape.head().provenance[column], Provenance::Absent, "{name}");
        assert!(rows.iter().all(|row| row[column].is_nan()), "{name}: never zero");
    }
    assert_ne!(tape.head().provenance[tape.head().schema.find("p_facility_mw").unwrap()], Provenance::Absent);
}
