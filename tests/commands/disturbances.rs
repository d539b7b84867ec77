//! Disturbances on the command line: listed, applied at their ticks, logged, replayed, refused.

use super::{arg, folder, twin};

#[test]
fn disturbances_are_listed_for_each_plant() {
    let done = twin(&["run", "--list-disturbances"]).ended(0);
    for name in ["regd_step", "regd_hold", "genai_spike", "ambient_step", "pump_fault", "battery_outage"] {
        assert!(done.out.contains(name), "{}", done.out);
    }
    assert!(done.out.contains("price_spike") && done.out.contains("voltage_dip"));
    let other = twin(&["run", "--plant=sustaindc", "--list_disturbances"]).ended(0);
    assert!(other.out.contains("carbon_spike") && !other.out.contains("regd_step"), "{}", other.out);
}

#[test]
fn disturbances_stand_in_the_log_and_replay() {
    let dir = folder();
    let log = dir.path().join("run.csv");
    let flags = [
        "run",
        "--quiet",
        "--start=07-13 12:00",
        "--ticks=120",
        "--disturb=pump_fault@30+40=0.7",
        "--disturb",
        "price_spike@12:05+10",
        "--disturb=ambient_step@100",
        "--disturb=voltage_dip@500",
        "--log",
        arg(&log),
    ];
    let done = twin(&flags).ended(0);
    assert_eq!(done.err.trim(), "warning: Voltage dip at tick 500 did not happen: the run has 120 ticks");
    let text = std::fs::read_to_string(&log).unwrap();
    let inputs: Vec<&str> = text.lines().filter(|l| l.starts_with("#input ")).collect();
    assert_eq!(
        inputs,
        [
            r#"#input 30 {"input":{"input":"pump_factor","change":{"operation":"set","value":0.7}}}"#,
            r#"#input 60 {"input":{"input":"lmp_usd_mwh","change":{"operation":"set","value":300.0}}}"#,
            r#"#input 70 {"input":{"input":"pump_factor","change":null}}"#,
            r#"#input 70 {"input":{"input":"lmp_usd_mwh","change":null}}"#,
            r#"#input 100 {"input":{"input":"t_ambient_degc","change":{"operation":"add","value":6.0}}}"#,
        ]
    );
    let mut rows = text.lines().filter(|l| !l.starts_with('#'));
    let column = rows.next().unwrap().split(',').position(|c| c == "lmp_usd_mwh").unwrap();
    let price: Vec<bool> = rows.map(|row| row.split(',').nth(column) == Some("300")).collect();
    assert_eq!(price.iter().filter(|at| **at).count(), 10);
    assert!(price[60..70].iter().all(|at| *at));
    twin(&["verify", arg(&log)]).ended(0);
}

#[test]
fn what_cannot_befall_a_plant_is_refused() {
    for (text, words) in [
        ("pump_falt", ["unknown disturbance `pump_falt`", "Did you mean `pump_fault`?"]),
        ("pump_fault@25:00", ["neither a tick nor a time of day", "@14:30"]),
        ("pump_fault+0", ["no number of ticks", "+180"]),
        ("pump_fault=2", ["pump_fault", "0 to 1"]),
        ("regd_hold=1", ["takes no number", "Leave the number out"]),
    ] {
        twin(&["run", "--ticks=10", "--quiet", "--disturb", text]).refused(&words);
    }
}
