//! `why`: a tick of a run and of its log come apart in the same way.

use super::{folder, twin_in};

#[test]
fn a_log_tells_the_same_as_the_run_that_wrote_it() {
    let dir = folder();
    let run = ["--macro=rule_macro", "--hardware=pid", "--seed=7", "--ticks=500"];
    twin_in(dir.path(), &[&["run", "--quiet", "--log=run.csv"][..], &run].concat()).ended(0);
    // Setups of `why` begin with the default day: the log's own is given whole.
    let plain = ["--setup=setup.yaml", "--json"];
    std::fs::write(dir.path().join("setup.yaml"), "plant: c2g\n").unwrap();
    for tick in ["0", "333", "499"] {
        let tick = format!("--tick={tick}");
        let of_log = twin_in(dir.path(), &["why", "--log=run.csv", "--json", &tick]).ended(0).out;
        let of_run = twin_in(dir.path(), &[&["why", &tick][..], &plain, &run].concat()).ended(0).out;
        assert_eq!(of_log, of_run, "{tick}");
        let told: serde_json::Value = serde_json::from_str(&of_log).unwrap();
        let hardware = &told["slots"][1];
        let sum: f64 = hardware["terms"].as_array().unwrap().iter().map(|t| t["value"].as_f64().unwrap()).sum();
        assert_eq!(sum, hardware["reward"].as_f64().unwrap());
        assert_eq!(hardware["steps"].as_array().unwrap().len(), 8);
        assert!(told["slots"][0]["deal"]["curve"].as_array().unwrap().len() > 100);
    }
    let told = twin_in(dir.path(), &["why", "--log=run.csv", "--tick=333", "--slot=hardware"]).ended(0).out;
    for words in ["Tick 333, ", "Hardware, pid", "Reward ", "would have been ", "Sum", "one step", "Zone A temperature"]
    {
        assert!(told.contains(words), "`{words}` is missing in:\n{told}");
    }
    assert!(!told.contains("Macro"));
}

#[test]
fn what_cannot_be_told_is_refused_with_its_reason() {
    let dir = folder();
    let run = ["run", "--quiet", "--macro=rule_macro", "--ticks=200", "--log=run.csv", "--record-transitions=out"];
    twin_in(dir.path(), &run).ended(0);
    let why = |more: &[&str]| twin_in(dir.path(), &[&["why"], more].concat()).ended(2).err;
    assert!(why(&["--log=run.csv", "--tick=200"]).contains("tick 200 is not in it: it has 200 rows"));
    assert!(why(&["--log=run.csv", "--tick=5", "--slot=hardwrae"]).contains("Did you mean `hardware`?"));
    assert!(why(&["--tick=9", "--ticks=5"]).contains("tick 9 was not run"));
    // A row that is not what the run comes to.
    let text = std::fs::read_to_string(dir.path().join("run.csv")).unwrap();
    let spoilt = text.replacen("seed: 42", "seed: 43", 1);
    assert_ne!(spoilt, text);
    std::fs::write(dir.path().join("other.csv"), spoilt).unwrap();
    assert!(why(&["--log=other.csv", "--tick=150"]).contains("run again it differs at tick 0"));
}
