//! Networks as agents: one result for any number of cores, and a network that has changed is another configuration.

use std::path::{Path, PathBuf};

use super::{Table, benchmark, folder, number, text};

/// A file of the repository.
fn stored(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// An actor of the hardware, 18 → 4.
const HARDWARE: &str = "models/sac_actor_18_4.onnx";

/// An actor of the macro slot, 19 → 2.
const BIDDING: &str = "tests/policies/nets/maddpg_actor_19_2.onnx";

#[test]
fn networks_give_the_same_tables_for_any_number_of_jobs() {
    let dir = folder();
    let hardware = stored(HARDWARE).display().to_string();
    let joint = format!("{}+{hardware}", stored(BIDDING).display());
    let play = |jobs: &str| {
        let args = ["--agents", &hardware, &joint, "--scenarios=scenario_c", "--n_episodes=2"];
        benchmark(dir.path(), &[&args[..], &["--output=x.csv", "--jobs", jobs]].concat()).ended(0);
        ["x_macro.csv", "x_hardware.csv", "x_episodes.csv"].map(|file| Table::read(&dir, file).lasting())
    };
    let one = play("1");
    assert_eq!(play("3"), one);
    let episodes = Table::read(&dir, "x_episodes.csv");
    let agents: std::collections::BTreeSet<&str> = episodes.rows.iter().map(|r| r["agent"].as_str()).collect();
    assert_eq!(agents.into_iter().collect::<Vec<_>>(), ["maddpg_actor_19_2+sac_actor_18_4", "sac_actor_18_4"]);
    let rewards: std::collections::BTreeSet<&str> = episodes.rows.iter().map(|r| r["total_reward"].as_str()).collect();
    assert_eq!(rewards.len(), 4, "every episode is its own");
}

#[test]
fn a_network_of_another_plant_gives_the_same_table_for_any_number_of_jobs() {
    let dir = folder();
    let agent = format!("agent_dc={}", stored("tests/policies/nets/synthetic_64x64_dc.onnx").display());
    let play = |jobs: &str| {
        let args = ["--plant=sustaindc", "--agents", &agent, "hold", "--locations=ny", "--n_episodes=2"];
        benchmark(dir.path(), &[&args[..], &["--output=x.csv", "--jobs", jobs]].concat()).ended(0);
        Table::read(&dir, "x.csv").lasting()
    };
    let one = play("1");
    assert_eq!(play("4"), one);
    let table = Table::read(&dir, "x.csv");
    let energy = |agent: &str| number(table.row(&[("agent", agent)]), "energy_kwh");
    assert_ne!(energy("agent_dc=synthetic_64x64_dc"), energy("hold"), "the network drives");
}

#[test]
fn a_network_that_changed_behind_its_name_is_refused() {
    let dir = folder();
    let model = dir.path().join("models");
    std::fs::create_dir(&model).unwrap();
    let (by_folder, by_name) = (model.join("final_model.onnx"), dir.path().join("mine.onnx"));
    for file in [&by_folder, &by_name] {
        std::fs::copy(stored(HARDWARE), file).unwrap();
    }
    let play = |agents: &[&str]| {
        let args = ["--scenarios=default", "--n_episodes=1", "--hw-model-dir=models", "--output=x.csv", "--append"];
        benchmark(dir.path(), &[&args[..], &["--agents"], agents].concat())
    };
    play(&["sac", "mine.onnx"]).ended(0);
    let before = text(&dir, "x.csv");
    let hashes: Vec<String> = Table::read(&dir, "x.csv").rows.iter().map(|r| r["config_hash"].clone()).collect();
    play(&["sac", "mine.onnx"]).ended(0);
    assert_eq!(text(&dir, "x.csv"), before, "the same networks: nothing is played again");
    // The bias of the last layer, by one bit.
    for file in [&by_folder, &by_name] {
        let mut bytes = std::fs::read(file).unwrap();
        let at = bytes.len() / 2;
        bytes[at] ^= 1;
        std::fs::write(file, bytes).unwrap();
    }
    for (agent, name) in [("sac", "sac"), ("mine.onnx", "mine")] {
        let told = format!("x.csv: the results of {name} on default were made with configuration ");
        play(&[agent]).refused(&[&told, "Give another --output"]);
    }
    assert_eq!(text(&dir, "x.csv"), before);
    // The same networks as before are gone on with, whatever was tried meanwhile.
    for file in [&by_folder, &by_name] {
        std::fs::copy(stored(HARDWARE), file).unwrap();
    }
    play(&["sac", "mine.onnx", "pid"]).ended(0);
    let rows = Table::read(&dir, "x.csv").rows;
    assert_eq!(rows.len(), 3);
    assert_eq!(rows.iter().take(2).map(|r| r["config_hash"].clone()).collect::<Vec<_>>(), hashes);
}
