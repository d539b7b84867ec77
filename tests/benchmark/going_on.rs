//! `--append`: what stands in the files is kept, what is missing is played, another configuration is refused.

use super::{Table, benchmark, folder, number, text};

#[test]
fn appended_agents_come_behind_and_nothing_is_played_twice() {
    let dir = folder();
    let play = |agents: &[&str], more: &[&str]| {
        let args = ["--scenarios=default", "--n_episodes=2", "--output=x.csv", "--agents"];
        benchmark(dir.path(), &[&args[..], agents, more].concat()).ended(0)
    };
    play(&["pid"], &[]);
    let first = text(&dir, "x.csv");
    play(&["pid"], &["--append"]);
    assert_eq!(text(&dir, "x.csv"), first, "all rows stand there");
    play(&["random", "pid"], &["--append"]);
    assert!(text(&dir, "x.csv").starts_with(&first), "wall times among the rest: nothing was played again");
    let agents = |file: &str| Table::read(&dir, file).rows.iter().map(|r| r["agent"].clone()).collect::<Vec<_>>();
    assert_eq!(agents("x.csv"), ["pid", "random"]);
    assert_eq!(agents("x_episodes.csv"), ["pid", "pid", "random", "random"]);
    play(&["random"], &[]);
    assert_eq!(agents("x.csv"), ["random"], "without --append files begin anew");
}

#[test]
fn more_episodes_use_those_that_are_there() {
    let dir = folder();
    let play = |episodes: &str, more: &[&str]| {
        let args = ["--scenarios=default", "--agents=random", "--output=x.csv", "--n_episodes"];
        benchmark(dir.path(), &[&args[..], &[episodes], more].concat()).ended(0);
    };
    play("1", &[]);
    let one = text(&dir, "x_episodes.csv");
    play("3", &["--append"]);
    assert!(text(&dir, "x_episodes.csv").starts_with(&one));
    let rows = Table::read(&dir, "x.csv").rows;
    assert_eq!(rows.iter().map(|r| r["n_episodes"].as_str()).collect::<Vec<_>>(), ["1", "3"]);
    play("3", &[]);
    let fresh = Table::read(&dir, "x.csv").rows.remove(0);
    assert_eq!(fresh["total_reward"], rows[1]["total_reward"], "numbers read back to the same bits");
    assert_eq!(fresh["total_reward_std"], rows[1]["total_reward_std"]);
}

#[test]
fn carried_episodes_are_made_again_from_the_first() {
    let dir = folder();
    let play = |episodes: &str, more: &[&str]| {
        let args = ["--scenarios=default", "--agents=random", "--carry-state", "--output=x.csv", "--n_episodes"];
        benchmark(dir.path(), &[&args[..], &[episodes], more].concat()).ended(0);
        Table::read(&dir, "x_episodes.csv").lasting()
    };
    let whole = play("3", &[]);
    play("1", &[]);
    assert_eq!(play("3", &["--append"]), whole);
}

#[test]
fn another_configuration_is_refused() {
    let dir = folder();
    let args = ["--scenarios=default", "--agents=pid", "--n_episodes=1", "--output=x.csv", "--append"];
    benchmark(dir.path(), &args).ended(0);
    let before = text(&dir, "x.csv");
    for more in
        [&["--set=control.pid.kp=2"][..], &["--carry-state"], &["--pin=bess_dispatch=0"], &["--start=07-13 00:00"]]
    {
        benchmark(dir.path(), &[&args[..], more].concat())
            .refused(&["x.csv: the results of pid on default were made with configuration", "Give another --output"]);
    }
    assert_eq!(text(&dir, "x.csv"), before);
    // What stands in a column of its own makes another row.
    benchmark(dir.path(), &[&args[..], &["--noise=numpy"]].concat()).ended(0);
    assert_eq!(Table::read(&dir, "x.csv").rows.len(), 2);
}

/// Files behind the same names: what an agent or the noise comes from has changed.
#[test]
fn recorded_noise_that_changed_behind_its_name_is_refused() {
    let dir = folder();
    let noise = |scale: f64| {
        let row = |k: u32| format!("{k},{},{}\n", scale * (f64::from(k % 7) - 3.0), f64::from(k % 5) - 2.0);
        let rows: String = (0..400).map(row).collect();
        std::fs::write(dir.path().join("noise.csv"), format!("t,regd_z,freq_z\n{rows}")).unwrap();
    };
    noise(0.1);
    let args =
        ["--scenarios=default", "--agents=pid", "--n_episodes=1", "--noise=recorded=noise.csv", "--output=x.csv"];
    benchmark(dir.path(), &args).ended(0);
    let again = [&args[..], &["--append"]].concat();
    benchmark(dir.path(), &again).ended(0);
    noise(0.2);
    benchmark(dir.path(), &again).refused(&["x.csv: the results of pid on default were made with configuration"]);
    std::fs::remove_file(dir.path().join("noise.csv")).unwrap();
    benchmark(dir.path(), &again).refused(&["noise.csv: cannot read"]);
}

#[test]
fn a_table_of_the_source_is_gone_on_with() {
    let dir = folder();
    let theirs = "scenario,agent,n_episodes,wall_time_s,mean_reward,their_own\r\ndefault,sac,5,8.6,0.9,x\r\n";
    std::fs::write(dir.path().join("x.csv"), theirs).unwrap();
    let args = ["--scenarios=default", "--agents=pid", "--n_episodes=1", "--output=x.csv", "--append"];
    benchmark(dir.path(), &args).ended(0);
    let table = Table::read(&dir, "x.csv");
    assert_eq!(table.header[..6], ["scenario", "agent", "n_episodes", "wall_time_s", "mean_reward", "their_own"]);
    assert_eq!((table.rows[0]["agent"].as_str(), table.rows[0]["their_own"].as_str()), ("sac", "x"));
    assert!(number(&table.rows[1], "mean_reward") > 0.5);
    std::fs::write(dir.path().join("x.csv"), [0xff, 0xfe, b'\n', 0xff, b'\n']).unwrap();
    benchmark(dir.path(), &args).refused(&["x.csv", "this is no table of results"]);
}
