//! `policy`: looks at an ONNX file before anybody lets it drive, and prints scripts that export one.

use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};
use serde_json::Value;

use crate::config::{Error, Place, Result};
use crate::control::onnx::{Network, PolicyCard};
use crate::rollout::{Setup, World};

use super::{Exit, Outcome, say};

/// What to do with a policy.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Prints the card of a network: what it takes and gives, which slots it fits, what it says to probes
    Check {
        /// The ONNX file
        file: PathBuf,
        /// Recorded pairs: JSON with a list `pairs` of `input` and `output`; each must hold to 1e-5
        #[arg(long, value_name = "PAIRS.json")]
        io: Option<PathBuf>,
        /// Runs it on this libonnxruntime instead of the built-in engine
        #[arg(long, value_name = "PATH")]
        onnxruntime: Option<PathBuf>,
    },
    /// Prints a Python script that exports a trained model as ONNX
    ExportHelp {
        /// Where the model comes from
        source: ExportSource,
    },
}

/// Libraries whose models the export scripts know.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum ExportSource {
    /// stable-baselines3: SAC, PPO (zip)
    Sb3,
    /// HARL: the actors of SustainDC (pt)
    Harl,
}

const SB3: &str = include_str!("../../models/export_sb3.py");
const HARL: &str = include_str!("../../models/export_harl.py");

/// Largest error of a recorded pair.
const TOLERANCE: f32 = 1e-5;

/// Runs a policy command.
pub fn run(command: &PolicyCommand, world: &World) -> Outcome {
    match command {
        PolicyCommand::ExportHelp { source } => {
            say(match source {
                ExportSource::Sb3 => SB3.trim_end(),
                ExportSource::Harl => HARL.trim_end(),
            })?;
            Ok(Exit::Good)
        }
        PolicyCommand::Check { file, io, onnxruntime } => check(file, io.as_deref(), onnxruntime.as_deref(), world),
    }
}

fn check(file: &Path, io: Option<&Path>, runtime: Option<&Path>, world: &World) -> Outcome {
    let mut network = Network::open(file, runtime)?;
    let specs: Vec<_> = world
        .plants
        .names()
        .into_iter()
        // A plant that cannot be built today (its data are missing) has no slots to fit.
        .filter_map(|plant| world.build(&Setup { plant: plant.to_owned(), ..Setup::default() }).ok())
        .map(|rollout| std::sync::Arc::clone(rollout.spec()))
        .collect();
    let slots: Vec<_> = specs.iter().flat_map(|spec| spec.slots.iter().map(move |slot| (&**spec, slot))).collect();
    let card = PolicyCard::of(&mut network, &slots);
    say(&file.display().to_string())?;
    say(card.to_string().trim_end())?;
    let mut good = card.sound();
    if let Some(pairs) = io {
        let outcome = compare(&mut network, pairs)?;
        let (holds, words) = match outcome {
            Ok((pairs, worst)) => (worst <= TOLERANCE, format!("{pairs} compared, worst error {worst:.2e}")),
            Err(why) => (false, why),
        };
        say(&format!("  pairs    {}: {words}", if holds { "hold" } else { "FAIL" }))?;
        good &= holds;
    }
    Ok(if good { Exit::Good } else { Exit::CheckFailed })
}

/// Numbers of a JSON array, nested ones flattened.
fn numbers(value: &Value, out: &mut Vec<f32>) {
    match value {
        Value::Array(list) => list.iter().for_each(|v| numbers(v, out)),
        other => out.push(other.as_f64().map_or(f32::NAN, |x| x as f32)),
    }
}

/// Number of pairs and worst error, or what the network did instead of answering.
fn compare(network: &mut Network, path: &Path) -> Result<std::result::Result<(usize, f32), String>> {
    let wrong = |what: &str| {
        Error::invalid(Place::file(path), what, "Give JSON with a list `pairs`, each with `input` and `output`.")
    };
    let text = std::fs::read_to_string(path).map_err(|e| Error::io(path, "read", e))?;
    let pairs: Value = serde_json::from_str(&text).map_err(|e| {
        let place = Place::file(path).at_line(e.line() as u64).at_column(e.column() as u64);
        Error::invalid(place, e.to_string(), "Give JSON with a list `pairs`.")
    })?;
    let list = pairs.get("pairs").and_then(Value::as_array).filter(|l| !l.is_empty());
    let list = list.ok_or_else(|| wrong("there is no list `pairs`"))?;
    // The file may say which output was recorded.
    let named = pairs.get("output_name").and_then(Value::as_str);
    let output = named.and_then(|name| network.outputs().iter().position(|p| p.name == name)).unwrap_or(0);
    let mut worst = 0.0_f32;
    for (k, pair) in list.iter().enumerate() {
        let (mut observation, mut expected) = (Vec::new(), Vec::new());
        let batch = pair.get("batch_input").and_then(Value::as_array).map(Vec::len);
        let keys = if batch.is_some() { ["batch_input", "batch_output"] } else { ["input", "output"] };
        for (key, values) in keys.into_iter().zip([&mut observation, &mut expected]) {
            numbers(pair.get(key).ok_or_else(|| wrong(&format!("pair {k} has no `{key}`")))?, values);
        }
        let computed = match network.run_batch(batch.unwrap_or(1), &observation) {
            Ok(all) => all.into_iter().nth(output).unwrap_or_default(),
            Err(error) => return Ok(Err(format!("pair {k}: {error}"))),
        };
        if computed.len() != expected.len() {
            return Ok(Err(format!("pair {k}: {} values recorded, {} computed", expected.len(), computed.len())));
        }
        for (c, e) in computed.iter().zip(&expected) {
            let error = (c - e).abs();
            worst = if error.is_nan() { f32::INFINITY } else { worst.max(error) };
        }
    }
    Ok(Ok((list.len(), worst)))
}
