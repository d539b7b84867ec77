//! Which networks are opened, which fit a slot, and what the card says.

use std::sync::Arc;

use c2g_twin::control::onnx::{Give, Network, PolicyCard, Take};
use c2g_twin::plant::{PlantSpec, Slot};
use c2g_twin::rollout::{Setup, World};

use super::net::{F32, F64, I64, Net, actor};
use super::{folder, stored, written};

fn specs() -> Vec<Arc<PlantSpec>> {
    let build = |plant: &str| World::default().build(&Setup { plant: plant.to_owned(), ..Setup::default() }).unwrap();
    ["c2g", "sustaindc"].iter().map(|plant| Arc::clone(build(plant).spec())).collect()
}

fn card_of(path: &std::path::Path) -> PolicyCard {
    let specs = specs();
    let slots: Vec<(&PlantSpec, &Slot)> = specs.iter().flat_map(|p| p.slots.iter().map(move |s| (&**p, s))).collect();
    PolicyCard::of(&mut Network::open(path, None).unwrap(), &slots)
}

/// Slots that a network fits, as `plant slot`.
fn fits(card: &PolicyCard) -> Vec<String> {
    card.fits.iter().filter(|f| f.outcome.is_ok()).map(|f| format!("{} {}", f.plant, f.slot)).collect()
}

fn reason<'a>(card: &'a PolicyCard, slot: &str) -> &'a str {
    card.fits.iter().find(|f| f.slot == slot).unwrap().outcome.as_ref().unwrap_err()
}

#[test]
fn every_stored_network_is_opened_and_told_where_it_fits() {
    for (net, expected) in [
        ("maddpg_actor_19_2.onnx", &["c2g macro"][..]),
        ("discrete_logits_26_3.onnx", &["sustaindc agent_ls", "sustaindc agent_dc", "sustaindc agent_bat"]),
        ("synthetic_64x64_dc.onnx", &["sustaindc agent_ls", "sustaindc agent_dc", "sustaindc agent_bat"]),
        ("iquitos_actor_396_129.onnx", &[]),
    ] {
        let card = card_of(&stored(net));
        let here: Vec<String> =
            fits(&card).into_iter().filter(|f| f.starts_with("c2g") || f.starts_with("sustaindc")).collect();
        assert_eq!(here, expected, "{net}");
        assert!(card.sound() && card.latency.is_some(), "{net}");
    }
    let card = card_of(&stored("iquitos_actor_396_129.onnx"));
    assert_eq!(reason(&card, "hardware"), "it takes 396 values, the slot sees 18");
    let text = card.to_string();
    for line in
        ["  takes    observation [1, 396] f32", "  gives    action [1, 129] f32", "  fits     no slot", "and 121 more"]
    {
        assert!(text.contains(line), "`{line}` is missing in:\n{text}");
    }
}

#[test]
fn metadata_and_other_outputs_stand_on_the_card() {
    let dir = folder();
    let net = actor(&[18, 16, 4])
        .says("c2g.algo", "sac")
        .says("c2g.obs_dim", "18")
        .linear("h1", "value", [16, 1], |_, _| 0.1, |_| 0.0)
        .output("value", F32, &[-1, 1])
        .node("Sigmoid", &["z1"], "gate", &[])
        .output("gate", F32, &[-1, 4]);
    let card = card_of(&written(&dir, "a.onnx", net));
    assert_eq!(fits(&card), ["c2g hardware"]);
    assert_eq!(card.header.metadata["c2g.algo"], "sac");
    let binding = card.fits.iter().find_map(|f| f.outcome.as_ref().ok()).unwrap();
    assert_eq!((binding.output, &binding.extras[..]), (0, &[1, 2][..]));
    let text = card.to_string();
    for line in [
        "  says     c2g.algo: sac",
        "`value` is shown beside it",
        "`gate` is shown beside it",
        "operators 13, written by tests",
    ] {
        assert!(text.contains(line), "`{line}` is missing in:\n{text}");
    }
}

#[test]
fn networks_of_the_wrong_kind_are_opened_and_refused_with_the_reason() {
    let dir = folder();
    let plain = |net: Net| net.node("Identity", &["obs"], "action", &[]);
    let hardware = |name: &str, net: Net| reason(&card_of(&written(&dir, name, net)), "hardware").to_owned();
    let several = plain(Net::new().input("obs", F32, &[1, 18]).input("rnn_states", F32, &[1, 18]))
        .node("Add", &["action", "rnn_states"], "sum", &[])
        .output("sum", F32, &[1, 18]);
    assert_eq!(
        hardware("rnn.onnx", several),
        "it has 2 inputs (`obs`, `rnn_states`): recurrent state and masks cannot be fed"
    );
    let whole = plain(Net::new().input("obs", I64, &[1, 18])).output("action", I64, &[1, 18]);
    assert_eq!(hardware("whole.onnx", whole), "input `obs` holds i64, not float32");
    let rank = plain(Net::new().input("obs", F32, &[1, 3, 18])).output("action", F32, &[1, 3, 18]);
    assert!(hardware("rank.onnx", rank).contains("has shape [1, 3, 18]"));
    let same = plain(Net::new().input("obs", F32, &[1, 18])).output("action", F32, &[1, 18]);
    assert_eq!(hardware("same.onnx", same), "the slot needs 4 values in float32, it gives `action` [1, 18] f32");
    let old = actor(&[14, 16, 16, 16, 3]);
    assert!(reason(&card_of(&written(&dir, "old.onnx", old)), "agent_ls").contains("actors of June 2024"));
}

#[test]
fn a_network_that_gives_no_numbers_on_a_probe_fits_nothing() {
    let dir = folder();
    // The logarithm of zero, and of what lies below.
    let net = actor(&[18, 16, 4]).node("Log", &["action"], "log", &[]).output("log_action", F32, &[-1, 4]);
    let net = net.node("Identity", &["log"], "log_action", &[]);
    let mut only = Net::new().input("obs", F32, &[-1, 18]);
    only = only.linear("obs", "z", [18, 4], |_, _| 1.0, |_| 0.0).node("Log", &["z"], "action", &[]);
    let card = card_of(&written(&dir, "log.onnx", only.output("action", F32, &[-1, 4])));
    assert_eq!(reason(&card, "hardware"), "on zeros value 0 of its output is -inf, not a number that can act");
    assert!(!card.sound() && card.to_string().contains("(NOT FINITE)"));
    // An output that is only shown may be anything.
    let card = card_of(&written(&dir, "shown.onnx", net));
    assert_eq!(fits(&card), ["c2g hardware"]);
}

#[test]
fn seventeen_inputs_doubles_and_free_batches_fit() {
    let dir = folder();
    let card = card_of(&written(&dir, "old.onnx", actor(&[17, 8, 4])));
    assert_eq!(fits(&card), ["c2g hardware"]);
    let binding = card.fits.iter().find_map(|f| f.outcome.as_ref().ok()).unwrap();
    assert_eq!((binding.take, binding.give), (Take::Without(17), Give::Values));
    assert!(binding.warnings[0].starts_with("a network of 17 inputs: entry 17 ("), "{:?}", binding.warnings);
    let double = Net::new().input("obs", F64, &[-1, 19]).node("Cast", &["obs"], "x", &[("to", 1)]);
    let double = double.linear("x", "action", [19, 2], |_, _| 0.01, |_| 0.5).output("action", F32, &[-1, 2]);
    assert_eq!(fits(&card_of(&written(&dir, "double.onnx", double))), ["c2g macro"]);
}

#[test]
fn outputs_outside_their_bounds_are_told_beforehand() {
    let dir = folder();
    let low = Net::new().input("obs", F32, &[1, 18]).linear("obs", "z", [18, 4], |_, _| 0.0, |_| -0.5);
    let card =
        card_of(&written(&dir, "low.onnx", low.node("Tanh", &["z"], "action", &[]).output("action", F32, &[1, 4])));
    let binding = card.fits.iter().find_map(|f| f.outcome.as_ref().ok()).unwrap();
    assert!(
        binding.warnings.iter().any(|w| w.contains(
            "throttle_batch, pump_speed_A, hvac_effort lies outside its bounds; if its outputs lie in −1 to 1"
        )),
        "{:?}",
        binding.warnings
    );
}

#[test]
fn files_that_are_no_networks_are_told_apart() {
    let dir = folder();
    let refused = |name: &str, bytes: &[u8]| {
        let path = dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        Network::open(&path, None).err().unwrap().to_string()
    };
    assert!(refused("a.onnx", b"PK\x03\x04rest").contains("zip archive"));
    assert!(refused("b.onnx", b"").contains("this file is empty"));
    assert!(refused("c.onnx", b"version https://git-lfs.github.com/spec/v1").contains("Git LFS"));
    assert!(refused("d.onnx", b"obs,action\n1,2\n").contains("cannot be loaded"));
    let net = actor(&[18, 16, 4]).file();
    assert!(refused("e.onnx", &net[..net.len() / 2]).contains("cannot be loaded"));
    assert!(Network::open(&dir.path().join("gone.onnx"), None).err().unwrap().to_string().contains("cannot read"));
}
