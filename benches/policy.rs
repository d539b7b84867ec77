//! How fast a policy decides, told as multiples of the same matrix-vector products written out by hand.
//!
//! `cargo bench --no-default-features --features onnx --bench policy` prints one table: actors of 18 observations and 4
//! actions with two hidden layers, one decision at a time. Both are measured in turn, and the median of several rounds
//! counts, so that the ratio says the same on a slow and on a busy machine.

#[path = "../tests/policies/net.rs"]
mod net;

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use c2g_twin::control::onnx::Network;

const ROUNDS: usize = 15;
const DECISIONS: u32 = 400;

/// A layer by hand: weights by column, so that a column is one dot product.
struct Layer {
    weights: Vec<Vec<f32>>,
    bias: Vec<f32>,
}

/// The layers of [`net::actor`].
fn layers(sizes: &[usize]) -> Vec<Layer> {
    let layer = |(number, pair): (usize, &[usize])| {
        let scale = 1.0 / (pair[0] as f32).sqrt();
        let column = |c| (0..pair[0]).map(|r| net::weight(number as u64, r, c) * scale).collect();
        let bias = (0..pair[1]).map(|c| net::weight(99, number, c) * 0.1).collect();
        Layer { weights: (0..pair[1]).map(column).collect(), bias }
    };
    sizes.windows(2).enumerate().map(layer).collect()
}

fn by_hand(layers: &[Layer], observation: &[f32]) -> Vec<f32> {
    let mut values = observation.to_vec();
    for (number, layer) in layers.iter().enumerate() {
        let dot = |(column, bias): (&Vec<f32>, &f32)| {
            let mut lanes = [0.0_f32; 8];
            let (chunks, rest) = column.as_chunks::<8>();
            let (others, tail) = values.as_chunks::<8>();
            for (a, b) in chunks.iter().zip(others) {
                for ((lane, x), y) in lanes.iter_mut().zip(a).zip(b) {
                    *lane += x * y;
                }
            }
            let rest: f32 = rest.iter().zip(tail).map(|(x, y)| x * y).sum();
            let z = lanes.iter().sum::<f32>() + rest + bias;
            if number + 1 == layers.len() { z.tanh() } else { z.max(0.0) }
        };
        values = layer.weights.iter().zip(&layer.bias).map(dot).collect();
    }
    values
}

/// Microseconds a decision.
fn time(mut decide: impl FnMut(&[f32])) -> f64 {
    let mut observation: Vec<f32> = (0..18).map(|k| net::weight(1, k, 0)).collect();
    let begin = Instant::now();
    for _ in 0..DECISIONS {
        decide(black_box(&observation));
        observation.rotate_left(1);
    }
    begin.elapsed().as_secs_f64() * 1e6 / f64::from(DECISIONS)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("{:<18} {:>12} {:>12} {:>8}", "actor", "network", "by hand", "ratio");
    for sizes in [[18, 64, 64, 4], [18, 256, 256, 4], [18, 512, 512, 4]] {
        let path = std::env::temp_dir().join(format!("c2g-twin-bench-{}-{}.onnx", std::process::id(), sizes[1]));
        std::fs::write(&path, net::actor(&sizes).file())?;
        let network = Network::open(&path, None);
        std::fs::remove_file(&path)?;
        let mut network = network.map_err(|e| e.report())?;
        let layers = layers(&sizes);
        let (mut ours, mut hand) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            ours.push(time(|o| drop(black_box(network.run(o)))));
            hand.push(time(|o| drop(black_box(by_hand(&layers, o)))));
        }
        let (ours, hand) = (median(ours), median(hand));
        let name = sizes.map(|n| n.to_string()).join("-");
        println!("{name:<18} {ours:>9.1} µs {hand:>9.1} µs {:>8.2}", ours / hand);
    }
    Ok(())
}
