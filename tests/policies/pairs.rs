//! Outputs against recorded ones: the actors of `nets/` were run by onnxruntime, ours by hand.

use std::path::Path;

use c2g_twin::control::onnx::Network;
use serde_json::Value;

use super::net::{actor, actor_by_hand};
use super::{folder, stored, written};

const TOLERANCE: f32 = 1e-5;

fn assert_close(computed: &[f32], expected: &[f32], what: &str) {
    assert_eq!(computed.len(), expected.len(), "{what}");
    for (c, e) in computed.iter().zip(expected) {
        assert!((c - e).abs() <= TOLERANCE, "{what}: {c} is not {e}");
    }
}

/// Numbers of a JSON array, nested ones flattened.
fn numbers(value: &Value) -> Vec<f32> {
    match value {
        Value::Array(list) => list.iter().flat_map(numbers).collect(),
        other => vec![other.as_f64().unwrap() as f32],
    }
}

fn holds(net: &Path, pairs: &Path) {
    let recorded: Value = serde_json::from_str(&std::fs::read_to_string(pairs).unwrap()).unwrap();
    let mut network = Network::open(net, None).unwrap();
    let list = recorded["pairs"].as_array().unwrap();
    assert!(list.len() >= 5);
    let mut batches = 0;
    for (k, pair) in list.iter().enumerate() {
        let what = format!("{} pair {k}", net.display());
        if let Some(rows) = pair["batch_input"].as_array() {
            let computed = network.run_batch(rows.len(), &numbers(&pair["batch_input"])).unwrap();
            assert_close(&computed[0], &numbers(&pair["batch_output"]), &what);
            batches += 1;
            continue;
        }
        let computed = network.run(&numbers(&pair["input"])).unwrap();
        assert_close(&computed[0], &numbers(&pair["output"]), &what);
    }
    assert_eq!(batches > 0, network.batches());
}

#[test]
fn recorded_pairs_hold() {
    for name in ["maddpg_actor_19_2", "discrete_logits_26_3", "iquitos_actor_396_129"] {
        holds(&stored(&format!("{name}.onnx")), &stored(&format!("{name}.io.json")));
    }
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    holds(&models.join("sac_actor_18_4.onnx"), &models.join("sac_actor_18_4.io.json"));
}

#[test]
fn actors_with_layer_normalisation_hold_in_both_spellings() {
    for (net, table) in [
        ("synthetic_64x64_ls.onnx", "synthetic_64x64_ls.csv"),
        ("synthetic_64x64_ls_opset13.onnx", "synthetic_64x64_ls.csv"),
        ("synthetic_64x64_dc.onnx", "synthetic_64x64_dc.csv"),
    ] {
        let mut network = Network::open(&stored(net), None).unwrap();
        let mut reader = csv::Reader::from_path(stored(table)).unwrap();
        let header = reader.headers().unwrap().clone();
        let column = |name: String| header.iter().position(|h| h == name).unwrap();
        let (inputs, outputs): (Vec<_>, Vec<_>) = (
            (0..26).map(|k| column(format!("obs{k}"))).collect(),
            (0..3).map(|k| column(format!("logit{k}"))).collect(),
        );
        let mut rows = 0;
        for record in reader.records() {
            let record = record.unwrap();
            let take =
                |columns: &[usize]| columns.iter().map(|&c| record[c].parse::<f32>().unwrap()).collect::<Vec<_>>();
            let computed = network.run(&take(&inputs)).unwrap();
            assert_close(&computed[0], &take(&outputs), &format!("{net} row {rows}"));
            rows += 1;
        }
        assert_eq!(rows, 96);
    }
}

#[test]
fn a_network_with_known_weights_is_computed_as_by_hand() {
    let dir = folder();
    let sizes = [18, 16, 4];
    let mut network = Network::open(&written(&dir, "tiny.onnx", actor(&sizes)), None).unwrap();
    for k in 0..20 {
        let observation: Vec<f32> = (0..18).map(|i| super::net::weight(7, k, i)).collect();
        assert_close(
            &network.run(&observation).unwrap()[0],
            &actor_by_hand(&sizes, &observation),
            &format!("input {k}"),
        );
    }
}
