//! A full log is run again from its header and its inputs, and held against its rows.

use std::path::Path;

use crate::config::{Document, Error, Place, Result};
use crate::record::{FullLog, read_full_log};
use crate::rollout::{Rollout, Step, World};

use super::compare::Comparison;

/// Builds the run that a log's header describes: its own configuration, not today's defaults.
fn rebuild(world: &World, path: &Path, log: &FullLog) -> Result<Rollout> {
    let mut config = Document::new();
    config.layer_text(&format!("{} (configuration)", path.display()), &log.header.configuration)?;
    world.build_with(&log.header.setup, config)
}

/// What the end of a log says about the run that wrote it.
fn remark(log: &FullLog) -> Option<String> {
    let unchecked = log.rows.len() as u64 - log.checked_rows;
    match (unchecked, log.incomplete) {
        (0, false) => None,
        (_, true) => Some("the log was cut off: its last line is incomplete and left out".to_owned()),
        (rows, false) => Some(format!("the log was cut off: its last {rows} rows have no check")),
    }
}

/// Runs a full log again. Every value must be the same number; `rtol` loosens that.
///
/// # Errors
/// A log that cannot be read or whose run cannot be built.
pub fn verify_log(world: &World, path: &Path, rtol: f64) -> Result<Comparison> {
    let log = read_full_log(path)?;
    let mut rollout = rebuild(world, path, &log)?;
    let names: Vec<&str> = log.header.signals.iter().map(|s| s.name.as_str()).collect();
    let same = rollout.schema().signals.iter().map(|s| s.name.as_str()).eq(names.iter().copied());
    if !same {
        return Err(Error::invalid(
            Place::file(path),
            format!("its columns are not those of this version ({} wrote it)", log.header.version),
            "Verify it with the version that wrote it.",
        ));
    }
    let mut comparison = Comparison { remark: remark(&log), ..Comparison::new(names.len(), rtol) };
    let mut inputs = log.inputs.iter().peekable();
    for (tick, row) in log.rows.iter().enumerate() {
        while let Some(next) = inputs.next_if(|i| i.tick <= tick as u64) {
            rollout.apply(&next.what)?;
        }
        if rollout.step()? == Step::Ended {
            let cause = rollout.end().map_or(String::new(), |e| e.cause.clone());
            return Err(Error::invalid(
                Place::file(path),
                format!("the run ends at tick {tick} ({cause}), but the log has {} rows", log.rows.len()),
                "The log was not made by this setup.",
            ));
        }
        for ((name, &computed), &expected) in names.iter().zip(rollout.row()).zip(row) {
            comparison.value(tick as u64, name, computed, expected);
        }
        comparison.rows += 1;
    }
    Ok(comparison)
}
