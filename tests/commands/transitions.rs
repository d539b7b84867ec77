//! Transition logs as the benchmark writes them (control 5.3).

use std::path::Path;

use super::{folder, summary, twin_in};

/// Columns of a hardware log.
const HARDWARE: &str = "timestep,\
s_temp_A_norm,s_temp_B_norm,s_bess_soc,s_p_base_norm,s_p_flex_nom_norm,s_p_facility_norm,s_regd_signal,s_lmp_norm,\
s_grid_load_norm,s_is_spike,s_prev_throttle,s_prev_pump_speed,s_pue_norm,s_T_amb_norm,s_freq_dev_norm,s_v_pcc_pu,\
s_backlog_norm,s_committed_mw_norm,\
a_throttle_batch,a_pump_speed_A,a_hvac_effort,a_bess_dispatch,\
o_temp_A_norm,o_temp_B_norm,o_bess_soc,o_p_base_norm,o_p_flex_nom_norm,o_p_facility_norm,o_regd_signal,o_lmp_norm,\
o_grid_load_norm,o_is_spike,o_prev_throttle,o_prev_pump_speed,o_pue_norm,o_T_amb_norm,o_freq_dev_norm,o_v_pcc_pu,\
o_backlog_norm,o_committed_mw_norm,\
r,r_backlog,r_freq,r_soc,r_thermal,r_throughput,r_tracking,r_volt";

/// Columns of a macro log: names of the fast log, whatever they mean here.
const MACRO: &str = "timestep,\
s_temp_A_norm,s_temp_B_norm,s_bess_soc,s_p_base_norm,s_p_flex_nom_norm,s_p_facility_norm,s_regd_signal,s_lmp_norm,\
s_grid_load_norm,s_is_spike,s_prev_throttle,s_prev_pump_speed,s_pue_norm,s_T_amb_norm,s_freq_dev_norm,s_v_pcc_pu,\
s_backlog_norm,s_rmcp_norm,s_reg_need_norm,\
a_commit_norm,a_bid_price,\
o_temp_A_norm,o_temp_B_norm,o_bess_soc,o_p_base_norm,o_p_flex_nom_norm,o_p_facility_norm,o_regd_signal,o_lmp_norm,\
o_grid_load_norm,o_is_spike,o_prev_throttle,o_prev_pump_speed,o_pue_norm,o_T_amb_norm,o_freq_dev_norm,o_v_pcc_pu,\
o_backlog_norm,o_rmcp_norm,o_reg_need_norm,\
r,r_churn,r_elec,r_regulation,r_sub";

/// A transition log: column names and cells.
struct Log {
    names: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Log {
    fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        assert!(text.ends_with("\r\n") && !text.replace("\r\n", "").contains(['\r', '\n']), "lines end as Python's do");
        let mut lines = text.lines().map(|l| l.split(',').map(str::to_owned).collect::<Vec<String>>());
        let names = lines.next().unwrap();
        let rows: Vec<Vec<String>> = lines.collect();
        assert!(rows.iter().all(|r| r.len() == names.len()));
        Self { names, rows }
    }

    fn at(&self, name: &str) -> usize {
        self.names.iter().position(|n| n == name).unwrap_or_else(|| panic!("no column {name}"))
    }

    fn numbers(&self, name: &str) -> Vec<f64> {
        let k = self.at(name);
        self.rows.iter().map(|r| r[k].parse().unwrap()).collect()
    }

    /// Columns that begin with a prefix, of one row.
    fn part(&self, row: usize, prefix: &str) -> Vec<&str> {
        let cells = self.names.iter().zip(&self.rows[row]);
        cells.filter(|(name, _)| name.starts_with(prefix)).map(|(_, cell)| cell.as_str()).collect()
    }

    /// What the next row saw is what this row led to; rows count from 0.
    fn assert_chained(&self) {
        for k in 1..self.rows.len() {
            assert_eq!(self.part(k, "s_"), self.part(k - 1, "o_"), "row {k}");
        }
        assert!(self.rows.iter().enumerate().all(|(k, r)| r[0] == k.to_string()));
    }

    /// The reward is the sum of its terms.
    fn assert_sums(&self) {
        for (k, reward) in self.numbers("r").into_iter().enumerate() {
            let terms: f64 = self.part(k, "r_").iter().map(|c| c.parse::<f64>().unwrap()).sum();
            assert!((reward - terms).abs() < 1e-9 * reward.abs().max(1.0), "row {k}: {reward}, terms {terms}");
        }
    }
}

#[test]
fn a_hardware_agent_writes_one_folder_with_49_columns() {
    let dir = folder();
    twin_in(dir.path(), &["run", "--quiet", "--hardware=pid", "--ticks=3000", "--record_transitions", "runs"]).ended(0);
    let log = Log::read(&dir.path().join("runs/pid_default_hardware/episode0.csv"));
    assert_eq!((log.names.join(","), log.names.len()), (HARDWARE.to_owned(), 49));
    assert_eq!(log.rows.len(), 3000);
    log.assert_chained();
    log.assert_sums();
    assert_eq!(std::fs::read_dir(dir.path().join("runs")).unwrap().count(), 1, "nobody bids: no macro log");
    // Binary32 values are printed by their binary64 image, as Python prints them.
    assert_eq!(log.rows[0][log.at("a_pump_speed_A")], "0.699999988079071");
    assert_eq!(log.rows[0][log.at("a_throttle_batch")], "1.0");
    for name in ["s_regd_signal", "o_temp_A_norm", "a_bess_dispatch"] {
        assert!(log.numbers(name).iter().all(|&x| x == f64::from(x as f32)), "{name}");
    }
    let total: f64 = log.numbers("r").iter().sum();
    let told = summary(&["--hardware=pid", "--ticks=3000"]);
    assert!((told["metrics"]["hardware"]["total_reward"].as_f64().unwrap() - total).abs() < 1e-6);
}

#[test]
fn a_combination_writes_two_folders_and_46_macro_columns() {
    let dir = folder();
    let args = [
        "run",
        "--quiet",
        "--macro=rule_macro",
        "--hardware=rule_based",
        "--scenario=scenario_a",
        "--record-transitions=runs",
    ];
    twin_in(dir.path(), &args).ended(0);
    let hardware = Log::read(&dir.path().join("runs/rule_macro+rule_based_scenario_a_hardware/episode0.csv"));
    let market = Log::read(&dir.path().join("runs/rule_macro+rule_based_scenario_a_macro/episode0.csv"));
    assert_eq!(hardware.names.join(","), HARDWARE);
    assert_eq!((market.names.join(","), market.names.len()), (MACRO.to_owned(), 46));
    assert_eq!((hardware.rows.len(), market.rows.len()), (17_280, 96), "the time runs through the day");
    hardware.assert_chained();
    hardware.assert_sums();
    market.assert_chained();
    market.assert_sums();
    // The mean hardware reward of an interval is a macro term.
    let rewards = hardware.numbers("r");
    for (m, sub) in market.numbers("r_sub").into_iter().enumerate() {
        let mean = rewards[180 * m..180 * (m + 1)].iter().sum::<f64>() / 180.0;
        assert!((sub - mean).abs() < 1e-9, "interval {m}: {sub}, mean {mean}");
    }
    // Column 13 is the bid just made, whatever it is called.
    let bids = market.numbers("a_commit_norm");
    assert_eq!(market.numbers("o_pue_norm"), bids);
    assert!(bids.iter().all(|b| (0.0..=1.0).contains(b)));
}

#[test]
fn the_documentation_eras_zeros_stand_in_as_shipped_combinations_only() {
    let dir = folder();
    for (fidelity, zeros) in [("as_shipped", true), ("documented", false)] {
        let fidelity = format!("--fidelity={fidelity}");
        let args = ["run", "--quiet", "--macro=rule_macro", "--ticks=540", "--record-transitions", &fidelity];
        twin_in(dir.path(), &args).ended(0);
        let log = Log::read(&dir.path().join("runs/rule_macro+rule_based_default_hardware/episode0.csv"));
        let blank: Vec<usize> = (0..540).filter(|&k| log.part(k, "s_").iter().all(|c| *c == "0.0")).collect();
        assert_eq!(blank, if zeros { vec![0, 180, 360] } else { vec![] }, "{fidelity}");
    }
}

#[test]
fn pinned_levers_stand_in_the_file_name_and_not_in_the_action() {
    let dir = folder();
    let args = ["run", "--quiet", "--ticks=100", "--record_transitions=runs", "--hardware=pid"];
    let pins = ["--pin=throttle_batch=0.5", "--pin=hardware.bess_dispatch=-7"];
    twin_in(dir.path(), &[&args[..], &pins].concat()).ended(0);
    // The value in force after clipping, tags in order.
    let log = Log::read(&dir.path().join("runs/pid_default_hardware/episode0__BESS_-1_THROTTLE_0.5.csv"));
    assert!(log.numbers("o_prev_throttle").iter().all(|&x| x == 0.5), "what was applied");
    assert!(log.numbers("a_throttle_batch").iter().all(|&x| x == 1.0), "what the agent asked for");
    assert!(log.numbers("a_bess_dispatch").iter().all(|&x| x > -1.0));
}

#[test]
fn every_restart_begins_a_file() {
    let dir = folder();
    let args =
        ["run", "--quiet", "--scenario=scenario_b", "--pin=pump_speed_A=0", "--pin=hvac_effort=0", "--on-trip=restart"];
    twin_in(dir.path(), &[&args[..], &["--macro=rule_macro", "--ticks=700", "--record-transitions"]].concat()).ended(0);
    let folder_of = |kind: &str| dir.path().join(format!("runs/rule_macro+rule_based_scenario_b_{kind}"));
    let episodes = std::fs::read_dir(folder_of("hardware")).unwrap().count();
    assert!(episodes >= 3, "{episodes} episodes");
    let mut ticks = 0;
    for episode in 0..episodes {
        let name = format!("episode{episode}__HVAC_0_PUMP_0.csv");
        let log = Log::read(&folder_of("hardware").join(&name));
        log.assert_chained();
        let last = *log.numbers("o_temp_B_norm").last().unwrap();
        assert_eq!(last > 1.0, episode + 1 < episodes, "episode {episode} ends at {last}");
        ticks += log.rows.len();
        let market = Log::read(&folder_of("macro").join(&name));
        market.assert_chained();
        assert_eq!(market.rows.len(), log.rows.len().div_ceil(180), "a trip closes the interval");
        let first = market.numbers("s_pue_norm")[0];
        assert_eq!(first, 0.5, "the first observation of an episode is that of the reset");
    }
    assert_eq!(ticks, 700);
}
