//! `policy`: looks at an ONNX file before anybody lets it drive.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde_json::Value;

use crate::config::{Error, Place, Result};
use crate::control::onnx::{Policy, Port};

use super::{Exit, Outcome, say};

/// What to do with a policy.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Prints what a network takes and gives, runs a probe, compares recorded pairs
    Check {
        /// The ONNX file
        file: PathBuf,
        /// Recorded pairs: JSON with a list `pairs` of `input` and `output`
        #[arg(long, value_name = "PAIRS.json")]
        io: Option<PathBuf>,
    },
}

/// Probe values that are printed.
const SHOWN: usize = 8;

/// Largest error of a recorded pair.
const TOLERANCE: f32 = 1e-5;

/// Runs a policy command.
pub fn run(command: &PolicyCommand) -> Outcome {
    let PolicyCommand::Check { file, io } = command;
    let mut policy = Policy::open(file)?;
    say(&file.display().to_string())?;
    say_ports("takes", policy.inputs())?;
    say_ports("gives", policy.outputs())?;
    if let Some(width) = policy.inputs().first().and_then(Port::width) {
        let probe = policy.run(&vec![0.0; width])?;
        let finite = probe.iter().flatten().all(|v| v.is_finite());
        let first = probe.first().map_or(&[][..], |v| v);
        let shown: Vec<String> = first.iter().take(SHOWN).map(|v| format!("{v:.4}")).collect();
        let more = if first.len() > SHOWN { format!(" and {} more", first.len() - SHOWN) } else { String::new() };
        let remark = if finite { "" } else { " (NOT FINITE)" };
        say(&format!("  probe  zeros give {}{more}{remark}", shown.join(" ")))?;
    }
    let Some(pairs) = io else { return Ok(Exit::Good) };
    let worst = compare(&mut policy, pairs)?;
    let holds = worst <= TOLERANCE;
    say(&format!("  pairs  {}: worst error {worst:.2e}", if holds { "hold" } else { "FAIL" }))?;
    Ok(if holds { Exit::Good } else { Exit::CheckFailed })
}

fn say_ports(verb: &str, ports: &[Port]) -> Result<()> {
    ports.iter().try_for_each(|port| say(&format!("  {verb}  {} {:?} {}", port.name, port.shape, port.kind)))
}

/// Numbers of a JSON array, nested ones flattened.
fn numbers(value: &Value, out: &mut Vec<f32>) {
    match value {
        Value::Array(list) => list.iter().for_each(|v| numbers(v, out)),
        other => out.push(other.as_f64().map_or(f32::NAN, |x| x as f32)),
    }
}

fn compare(policy: &mut Policy, path: &Path) -> Result<f32> {
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
    let mut worst = 0.0_f32;
    for pair in list {
        let (mut observation, mut expected) = (Vec::new(), Vec::new());
        numbers(pair.get("input").unwrap_or(&Value::Null), &mut observation);
        numbers(pair.get("output").unwrap_or(&Value::Null), &mut expected);
        let computed = policy.run(&observation)?.into_iter().next().unwrap_or_default();
        if computed.len() != expected.len() {
            return Err(wrong("an output has another width than the network's"));
        }
        for (c, e) in computed.iter().zip(&expected) {
            let error = (c - e).abs();
            worst = if error.is_nan() { f32::INFINITY } else { worst.max(error) };
        }
    }
    Ok(worst)
}
