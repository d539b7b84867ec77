//! Runs with every log that their plant has, for the tests of readers.

#![allow(dead_code)]

use std::path::{Path, PathBuf};

use c2g_twin::record::{EvaluationOrder, EvaluationWriter, Item, LogHeader, LogWriter, Tape, TransitionWriter};
use c2g_twin::rollout::{Rollout, Schema, Setup, Step, World};

/// A run with its rows and the logs that were written along.
pub struct Recorded {
    /// Rows of the run.
    pub rows: Vec<Vec<f64>>,
    /// Their columns.
    pub schema: Schema,
    /// The full log.
    pub full: PathBuf,
    /// Transition logs, or the evaluation log of SustainDC.
    pub others: Vec<PathBuf>,
}

/// Plays a setup and writes every log that its plant has into a folder.
pub fn record(dir: &Path, setup: &Setup) -> Recorded {
    let mut rollout: Rollout = World::default().build(setup).unwrap();
    let full = dir.join("full.csv");
    let mut log = LogWriter::create(&full, &LogHeader::of(&rollout)).unwrap();
    let sustaindc = setup.plant == "sustaindc";
    let mut transitions = (!sustaindc).then(|| TransitionWriter::create(&dir.join("runs"), &rollout).unwrap());
    let order = EvaluationOrder::Evaluation;
    let mut evaluation = sustaindc.then(|| EvaluationWriter::create(&dir.join("evaluation"), &rollout, order).unwrap());
    let mut rows = Vec::new();
    while rollout.step().unwrap() == Step::Ran {
        rows.push(rollout.row().to_vec());
        log.row(rollout.tick() - 1, rollout.row()).unwrap();
        if let Some(writer) = &mut transitions {
            writer.tick(&rollout).unwrap();
        }
        if let Some(writer) = &mut evaluation {
            writer.tick(&rollout).unwrap();
        }
    }
    log.finish().unwrap();
    let mut others = Vec::new();
    if let Some(mut writer) = transitions {
        writer.flush().unwrap();
        others.extend(writer.paths().into_iter().map(Path::to_path_buf));
    }
    if let Some(writer) = evaluation {
        others.push(writer.finish().unwrap());
    }
    Recorded { rows, schema: Schema::clone(rollout.schema()), full, others }
}

/// All rows of a log, gaps among them.
pub fn read(path: &Path) -> (Tape, Vec<Vec<f64>>) {
    let mut tape = Tape::open(path, 0, &World::default()).unwrap();
    let mut row = vec![0.0; tape.head().schema.len()];
    let mut rows = Vec::new();
    while let Some(item) = tape.next(&mut row).unwrap() {
        if !matches!(item, Item::Input(_)) {
            rows.push(row.clone());
        }
    }
    (tape, rows)
}

/// A C2G run of some hours.
pub fn c2g(axes: &[(&str, &str)], policies: &[(&str, &str)], ticks: u64) -> Setup {
    let map = |pairs: &[(&str, &str)]| pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    Setup { axes: map(axes), policies: map(policies), ticks: Some(ticks), ..Setup::default() }
}

/// A SustainDC run of some days.
pub fn sustaindc(ticks: u64) -> Setup {
    let policies = [("agent_ls", "carbon_shift"), ("agent_dc", "trim_and_respond"), ("agent_bat", "rbc_battery")];
    Setup { plant: "sustaindc".to_owned(), ..c2g(&[], &policies, ticks) }
}
