//! The published hardware table, made by the benchmark: as-shipped profile, NumPy noise, gain 6 (control 0 and 7.1).
//!
//! Figures that depend on noise and controllers alone agree to the printed decimals; those that depend on the traces,
//! which are synthetic here, lie within one published deviation.

use super::{Table, benchmark, folder, number};

const PUBLISHED: [&str; 8] =
    ["--fidelity", "as_shipped", "--noise", "numpy", "--rule-gain", "6", "--n_episodes=5", "--output=published.csv"];

#[test]
fn the_published_hardware_table_comes_out_to_the_printed_decimals() {
    let dir = folder();
    let done = benchmark(dir.path(), &PUBLISHED).ended(0);
    assert!(done.out.contains("14121.5283"), "{}", done.out);
    let table = Table::read(&dir, "published.csv");
    assert_eq!(table.rows.len(), 16, "four agents on four scenarios");
    let episodes = Table::read(&dir, "published_episodes.csv");
    assert_eq!(episodes.rows.len(), 80);
    for row in &table.rows {
        assert_eq!((row["survival_rate"].as_str(), row["episode_length"].as_str()), ("1.0", "17280.0"));
        assert_eq!(row["n_episodes"], "5");
    }

    let pid = table.row(&[("scenario", "default"), ("agent", "pid")]);
    for (column, printed) in [
        ("mean_reward", "0.8172"),
        ("total_reward", "14121.5283"),
        ("total_reward_std", "293.3766"),
        ("tracking_rmse", "477.8665"),
        ("tracking_rmse_std", "66.5533"),
        ("thermal_viol_rate", "0.0"),
        ("cumul_p_pump_mw", "18150.8977"),
        ("cumul_p_hvac_mw", "605029.9247"),
        ("cumul_flex_reduction_kw", "0.0"),
        ("cumul_bess_actual_kw", "-789045.7917"),
        ("cumul_bess_actual_kw_std", "2503218.4823"),
    ] {
        assert_eq!(pid[column], printed, "{column}");
    }
    let each = |agent: &str, column: &str| -> Vec<String> {
        let one = |seed: u64| {
            let seed = seed.to_string();
            let row = episodes.row(&[("scenario", "default"), ("agent", agent), ("seed", &seed)]);
            format!("{:.4}", number(row, column))
        };
        (100..105).map(one).collect()
    };
    assert_eq!(each("pid", "total_reward"), ["14505.5337", "14077.5841", "13685.3322", "14169.5958", "14169.5958"]);
    assert_eq!(each("pid", "tracking_rmse"), ["428.1764", "466.7872", "594.3676", "450.0006", "450.0006"]);
    assert_eq!(
        each("pid", "cumul_bess_actual_kw"),
        ["3444076.0219", "-1957218.6907", "-1093572.2960", "-1200298.6548", "-3138215.3386"]
    );
    assert_eq!(
        each("rule_based", "cumul_bess_actual_kw"),
        ["601384.3897", "-1578169.5478", "-1130109.5902", "-1150692.2212", "-3026382.4541"]
    );

    let rule = table.row(&[("scenario", "default"), ("agent", "rule_based")]);
    assert!((number(rule, "cumul_bess_actual_kw") + 1_256_793.88).abs() < 0.005);
    for (column, published, band) in [
        ("mean_reward", 0.8064, 0.0217),
        ("total_reward", 13933.77, 375.49),
        ("tracking_rmse", 500.85, 76.01),
        ("cumul_p_pump_mw", 18162.01, 1.0),
        ("cumul_p_hvac_mw", 605400.25, 50.0),
    ] {
        assert!((number(rule, column) - published).abs() < band, "{column}: {}", rule[column]);
    }
    // Unseeded in the source: bands alone.
    for (scenario, total, total_std, rmse, rmse_std) in [
        ("default", -119074.42, 998.06, 22494.37, 172.43),
        ("scenario_a", -118873.35, 1381.28, 22454.07, 222.11),
        ("scenario_b", -119590.93, 381.40, 22523.85, 78.93),
        ("scenario_c", -118702.29, 1315.99, 22365.33, 201.86),
    ] {
        let random = table.row(&[("scenario", scenario), ("agent", "random")]);
        assert!((number(random, "total_reward") - total).abs() < total_std, "{scenario}: {}", random["total_reward"]);
        assert!((number(random, "tracking_rmse") - rmse).abs() < rmse_std, "{scenario}: {}", random["tracking_rmse"]);
    }
}

#[test]
fn the_constant_action_is_pinned_from_the_command_line() {
    let dir = folder();
    let pins = [
        "--fixed-action=throttle_batch=1",
        "--fixed-action=pump_speed_A=0.7",
        "--fixed-action=hvac_effort=0.7",
        "--fixed-action=bess_dispatch=0",
    ];
    let args: Vec<&str> = PUBLISHED[..4].iter().copied().chain(pins).collect();
    let more = ["--agents", "pid", "--scenarios", "default"];
    benchmark(dir.path(), &args.iter().copied().chain(more).collect::<Vec<_>>()).ended(0);
    let file = "evaluation/results/pid_default_hardware_BESS_0_HVAC_0.7_PUMP_0.7_THROTTLE_1";
    let episodes = Table::read(&dir, &format!("{file}_episodes.csv"));
    let each =
        |column: &str| -> Vec<String> { episodes.rows.iter().map(|r| format!("{:.4}", number(r, column))).collect() };
    assert_eq!(each("total_reward"), ["11124.2838", "9641.7336", "9946.9289", "8829.3690", "10159.5114"]);
    assert_eq!(each("tracking_rmse"), ["1087.2762", "1351.1508", "1335.2333", "1416.8447", "1242.9263"]);
}

#[test]
fn the_macro_table_bids_and_is_paid_as_published() {
    let dir = folder();
    let args: Vec<&str> = PUBLISHED[..6].iter().copied().chain(["--scenarios=default", "--output=m.csv"]).collect();
    let agents = ["--agents", "rule_macro", "rule_macro+bang_bang", "rule_macro+rule_based", "rule_macro+pid"];
    benchmark(dir.path(), &args.iter().copied().chain(agents).collect::<Vec<_>>()).ended(0);
    let table = Table::read(&dir, "m_macro.csv");
    for (agent, reward, std, revenue, perf) in [
        ("rule_macro", 0.6521, 0.0362, 5209.31, 0.7995),
        ("rule_macro+bang_bang", 0.7291, 0.0910, 5984.93, 0.8765),
        ("rule_macro+rule_based", 0.9252, 0.0253, 6176.83, 0.9360),
        ("rule_macro+pid", 0.8989, 0.0563, 6172.85, 0.9369),
    ] {
        let row = table.row(&[("agent", agent)]);
        assert_eq!((row["bid_acceptance_rate"].as_str(), row["mean_committed_mw"].as_str()), ("0.6375", "11.375"));
        assert_eq!((row["episode_length"].as_str(), row["survival_rate"].as_str()), ("96.0", "1.0"));
        assert!((number(row, "mean_reward") - reward).abs() < std, "{agent}: {}", row["mean_reward"]);
        assert!((number(row, "total_reg_revenue") / revenue - 1.0).abs() < 0.01, "{agent}");
        assert!((number(row, "mean_perf_score") - perf).abs() < 0.005, "{agent}");
        assert!((number(row, "temp_B_max") - 29.948).abs() < 0.001, "{agent}");
    }
    let resting = table.row(&[("agent", "rule_macro")]);
    for (column, printed) in [
        ("mean_p_pump_mw", "1.05"),
        ("mean_p_hvac_mw", "35.0"),
        ("mean_inner_throttle", "1.0"),
        ("mean_inner_pump", "0.7"),
        ("mean_inner_bess", "0.0"),
    ] {
        assert_eq!(resting[column], printed, "{column}");
    }
}
