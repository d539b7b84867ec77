//! `policy`, and runs that networks drive.

#[path = "../policies/net.rs"]
mod net;

use super::{folder, summary, twin, twin_in};

const ACTOR: &str = "models/sac_actor_18_4.onnx";
const PAIRS: &str = "models/sac_actor_18_4.io.json";

#[test]
fn a_card_says_what_a_network_is_and_compares_its_pairs() {
    let card = twin(&["policy", "check", ACTOR, "--io", PAIRS]).ended(0).out;
    for line in [
        "  takes    observation [1, 18] f32",
        "  gives    action [1, 4] f32",
        "  fits     c2g hardware: `action` acts: one value an action, clamped to its bounds",
        "  probe    zeros give 0.2059 0.0205 0.0010 0.0595",
        "  pairs    hold: 14 compared, worst error ",
    ] {
        assert!(card.contains(line), "`{line}` is missing in:\n{card}");
    }
}

#[test]
fn a_miss_ends_with_1_and_a_shape_that_fits_no_slot_with_0() {
    let dir = folder();
    let text = std::fs::read_to_string(PAIRS).unwrap().replacen("0.2058965", "0.2158965", 1);
    std::fs::write(dir.path().join("off.json"), text).unwrap();
    let actor = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(ACTOR);
    let done = twin_in(dir.path(), &["policy", "check", actor.to_str().unwrap(), "--io", "off.json"]).ended(1);
    assert!(done.out.contains("  pairs    FAIL: 14 compared, worst error 1.00e-2"), "{}", done.out);
    let nets = "tests/policies/nets/iquitos_actor_396_129";
    let done = twin(&["policy", "check", &format!("{nets}.onnx"), "--io", &format!("{nets}.io.json")]).ended(0);
    assert!(done.out.contains("c2g hardware: it takes 396 values, the slot sees 18"), "{}", done.out);
    // Pairs of another network are a miss as well.
    let done = twin(&["policy", "check", ACTOR, "--io", &format!("{nets}.io.json")]).ended(1);
    assert!(done.out.contains("  pairs    FAIL: pair 0: "), "{}", done.out);
    twin(&["policy", "check", "gone.onnx"]).refused(&["gone.onnx: cannot read"]);
    twin(&["policy", "check", "README.md"]).refused(&["README.md: this network cannot be loaded"]);
}

#[test]
fn export_scripts_are_printed_as_they_stand_in_models() {
    for kind in ["sb3", "harl"] {
        let script = std::fs::read_to_string(format!("models/export_{kind}.py")).unwrap();
        assert_eq!(twin(&["policy", "export-help", kind]).ended(0).out, script);
    }
}

#[test]
fn a_models_folder_names_the_network_or_the_way_to_export_it() {
    let dir = folder();
    let model = dir.path().join("sac_default_s100");
    std::fs::create_dir(&model).unwrap();
    std::fs::write(model.join("final_model.zip"), "PK").unwrap();
    let at = model.to_str().unwrap();
    let run = ["run", "--hardware=sac", "--hw_model_dir", at, "--ticks=60"];
    twin(&run).refused(&[
        "there is only ",
        "final_model.zip, which holds Python objects",
        "c2g-twin policy export-help sb3 > export_sb3.py",
        &format!("python export_sb3.py {at}/final_model.zip {at}/final_model.onnx --slot hardware"),
    ]);
    std::fs::copy(ACTOR, model.join("final_model.onnx")).unwrap();
    let by_folder = summary(&run[1..]);
    assert_eq!(by_folder["agent"], "sac");
    let by_file = summary(&["--policy", &format!("hardware={ACTOR}"), "--ticks=60"]);
    assert_eq!(by_file["agent"], "sac_actor_18_4");
    assert_eq!(by_folder["metrics"], by_file["metrics"]);
    twin(&["run", "--hardware=sac", "--ticks=1"]).refused(&["controller `sac` has no network", "--hw-model-dir DIR"]);
}

#[test]
fn a_log_of_a_network_is_verified_both_ways() {
    let dir = folder();
    let actor = dir.path().join("mine.onnx");
    std::fs::copy(ACTOR, &actor).unwrap();
    let done = twin_in(
        dir.path(),
        &["run", "--hardware=mine.onnx", "--ticks=300", "--log=run.csv", "--record-transitions", "--quiet"],
    );
    done.ended(0);
    assert!(dir.path().join("runs/mine_default_hardware/episode0.csv").is_file());
    let told = twin_in(dir.path(), &["verify", "run.csv"]).ended(0).out;
    assert!(told.contains("actions of mine as logged"), "{told}");
    let told = twin_in(dir.path(), &["verify", "run.csv", "--recompute"]).ended(0).out;
    assert!(!told.contains("as logged"), "{told}");
    std::fs::remove_file(actor).unwrap();
    twin_in(dir.path(), &["verify", "run.csv", "--as-logged"]).ended(0);
    let why = twin_in(dir.path(), &["why", "--log=run.csv", "--tick=150", "--slot=hardware"]).ended(0).out;
    assert!(why.contains("Hardware, mine\n") && why.contains("would have been"), "{why}");
    twin_in(dir.path(), &["verify", "run.csv", "--recompute"]).refused(&["mine.onnx: cannot read"]);
}

#[test]
fn another_engine_must_be_a_library_of_onnx_runtime() {
    let check = |path: &str| twin(&["policy", "check", ACTOR, "--onnxruntime", path]);
    check("gone.so").refused(&["gone.so: cannot read"]);
    check("README.md").refused(&["README.md: this library cannot be loaded", "leave the option out"]);
    // Where the machine has one, it must say the same; nothing is said about machines without.
    let Ok(library) = std::env::var("C2G_TEST_ONNXRUNTIME") else { return };
    let done = twin(&["policy", "check", ACTOR, "--io", PAIRS, "--onnxruntime", &library]).ended(0);
    assert!(done.out.contains("  engine   onnxruntime 1."), "{}", done.out);
    let run = ["--hardware", ACTOR, "--ticks=60", "--onnxruntime", &library];
    assert_eq!(summary(&run)["fallbacks"], summary(&["--hardware", ACTOR, "--ticks=60"])["fallbacks"]);
}

#[test]
fn a_run_says_at_its_end_what_a_network_did_wrong() {
    let dir = folder();
    let net = |values: [f32; 4]| {
        let net = net::Net::new().input("obs", net::F32, &[-1, 18]);
        net.linear("obs", "action", [18, 4], |_, _| 0.0, |k| values[k]).output("action", net::F32, &[-1, 4])
    };
    std::fs::write(dir.path().join("raw.onnx"), net([-0.5, 0.5, 0.5, 0.0]).file()).unwrap();
    let run = ["run", "--hardware=raw.onnx", "--ticks=150", "--quiet"];
    let done = twin_in(dir.path(), &run).ended(0);
    let told = "warning: raw: 100.0 % of the decisions were clamped to their bounds, most of them throttle_batch";
    assert!(done.err.contains(told) && done.err.contains("rescale"), "{}", done.err);
    let more: Vec<&str> = run.into_iter().chain(["--set", "control.onnx.rescale=true"]).collect();
    assert_eq!(twin_in(dir.path(), &more).ended(0).err, "");
    // The square root of RegD: no number half of the time, and the run goes on.
    let root = net::Net::new()
        .input("obs", net::F32, &[-1, 18])
        .linear("obs", "z", [18, 4], |r, _| f32::from(u8::from(r == 6)), |_| 0.0)
        .node("Sqrt", &["z"], "action", &[])
        .output("action", net::F32, &[-1, 4]);
    std::fs::write(dir.path().join("root.onnx"), root.file()).unwrap();
    let done =
        twin_in(dir.path(), &["run", "--hardware=root.onnx", "--ticks=300", "--quiet", "--log=root.csv"]).ended(0);
    for words in
        ["decisions were not those of root; the last time: root: value 0 of its output is NaN", "the last action holds"]
    {
        assert!(done.err.contains(words), "`{words}` is missing in:\n{}", done.err);
    }
    twin_in(dir.path(), &["verify", "root.csv"]).ended(0);
    twin_in(dir.path(), &["verify", "root.csv", "--recompute"]).ended(0);
}
