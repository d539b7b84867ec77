//! `tour`: the list, tours that hold, tours that do not, tours that are refused; and the sample logs.

use super::{arg, folder, twin, twin_in};

#[test]
fn the_list_names_every_tour() {
    let list = twin(&["tour"]).ended(0).out;
    for name in ["handshake", "four_levers", "thermal_squeeze", "battery_drain", "deferring"] {
        assert!(list.contains(name), "{list}");
    }
}

#[test]
fn a_tour_that_does_not_hold_ends_with_1_and_says_what_failed() {
    let folder = folder();
    let file = folder.path().join("mine.yaml");
    let head =
        "title: T\nabout: a\nminutes: 1\nscenes:\n  - title: S\n    caption: At {t_zone_a_degc}\n    minutes: 1\n";
    std::fs::write(&file, format!("{head}    expect: [t_zone_a_degc > 90]\n")).unwrap();
    let told = twin(&["tour", arg(&file), "--words"]).ended(1).out;
    assert!(
        told.contains("does not hold") && told.contains("FAILS  t_zone_a_degc > 90") && told.contains("°C"),
        "{told}"
    );
    std::fs::write(&file, format!("{head}    expect: [t_zone_a_degc > 9]\n")).unwrap();
    twin(&["tour", arg(&file)]).ended(0);
    std::fs::write(&file, format!("{head}    expect: [t_zone_x_degc > 9]\n")).unwrap();
    let said = twin(&["tour", arg(&file)]).ended(2).err;
    assert!(said.contains("mine.yaml:8:") && said.contains("cure:"), "{said}");
}

#[test]
fn a_folder_of_tours_is_listed() {
    let folder = folder();
    let text = "title: Mine\nabout: of my own\nminutes: 2\nscenes: [{ title: S, caption: C }]\n";
    std::fs::write(folder.path().join("mine.yaml"), text).unwrap();
    let list = twin(&["tour", "--folder", arg(folder.path())]).ended(0).out;
    assert!(list.contains("Mine") && list.contains("of my own"), "{list}");
}

/// A file of the package, as text.
fn sample(name: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/samples").join(name);
    std::fs::read_to_string(path).unwrap()
}

/// The samples are what this program writes: made again, they are the same.
#[test]
fn sample_logs_are_made_again_byte_for_byte() {
    let folder = folder();
    let day = ["--macro", "rule_macro", "--hardware", "rule_based", "--seed", "115", "--quiet"];
    let short =
        [&["run"][..], &day, &["--start", "07-13 10:00", "--ticks", "240", "--record-transitions", "a"]].concat();
    twin_in(folder.path(), &short).ended(0);
    let path = folder.path().join("a/rule_macro+rule_based_default_hardware/episode0.csv");
    assert!(std::fs::read_to_string(path).unwrap() == sample("c2g_hardware.csv"), "c2g_hardware.csv differs");
    let long = [&["run"][..], &day, &["--start", "07-13 00:00", "--record-transitions", "b"]].concat();
    twin_in(folder.path(), &long).ended(0);
    let path = folder.path().join("b/rule_macro+rule_based_default_macro/episode0.csv");
    assert!(std::fs::read_to_string(path).unwrap() == sample("c2g_macro.csv"), "c2g_macro.csv differs");
    let hall = ["run", "--plant", "sustaindc", "--start", "07-01 00:00", "--seed", "42", "--ticks", "288", "--quiet"];
    twin_in(folder.path(), &[&hall[..], &["--evaluation-data", "c"]].concat()).ended(0);
    let path = folder.path().join("c/all_agents_episode_1.csv");
    assert!(std::fs::read_to_string(path).unwrap() == sample("sustaindc.csv"), "sustaindc.csv differs");
}

#[test]
fn the_sample_of_a_full_log_is_verified() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/samples/full_log.csv");
    twin(&["verify", arg(&path)]).ended(0);
    let results = sample("results_episodes.csv");
    assert_eq!(results.lines().count(), 25, "three agents, four scenarios, two episodes");
}
