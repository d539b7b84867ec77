//! A full log is run again from its header and its inputs, and held against its rows.

use std::path::Path;

use crate::config::{Document, Error, Place, Result};
use crate::control::shown_name;
use crate::record::{FullLog, read_full_log};
use crate::rollout::{Intervention, Rollout, Step, World};

use super::compare::Comparison;

/// Where a replay takes the actions of networks and language models from. The actions of all others follow from the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Replay {
    /// From the log, as the inputs that they are. The networks themselves are not needed.
    #[default]
    AsLogged,
    /// From the networks, asked again: another machine or engine may give other last digits.
    Recompute,
}

/// Stands in a slot whose actions are played from the log.
const STAND_IN: &str = "hold";

/// A log's run, built again from its own configuration, not today's defaults.
struct Again<'a> {
    world: &'a World,
    rollout: Rollout,
    how: Replay,
    /// Whether a slot's actions are played from the log.
    played: Vec<bool>,
    /// Names of all controllers that were played.
    names: Vec<String>,
}

impl<'a> Again<'a> {
    fn new(world: &'a World, path: &Path, log: &FullLog, how: Replay) -> Result<Self> {
        let mut config = Document::new();
        config.layer_text(&format!("{} (configuration)", path.display()), &log.header.configuration)?;
        let mut setup = log.header.setup.clone();
        let mut names = Vec::new();
        let mut from_log = Vec::new();
        for (slot, name) in &mut setup.policies {
            if how == Replay::AsLogged && !world.controllers.native(name) {
                from_log.push(slot.clone());
                names.push(std::mem::replace(name, STAND_IN.to_owned()));
            }
        }
        let rollout = world.build_with(&setup, config)?;
        let played = rollout.spec().slots.iter().map(|s| from_log.contains(&s.name)).collect();
        Ok(Self { world, rollout, how, played, names })
    }

    /// Applies what was done to the run, with the stand-in for controllers that are played.
    fn apply(&mut self, what: &Intervention) -> Result<()> {
        let slot = match what {
            Intervention::Controller { slot, .. }
            | Intervention::Parameter { slot, .. }
            | Intervention::Answer { slot, .. } => self.rollout.spec().slot(slot),
            _ => None,
        };
        let played = slot.and_then(|index| self.played.get_mut(index));
        match (what, played) {
            (Intervention::Controller { slot, name }, Some(played)) => {
                *played = self.how == Replay::AsLogged && !self.world.controllers.native(name);
                if !*played {
                    return self.rollout.apply(what);
                }
                self.names.push(name.clone());
                self.rollout.apply(&Intervention::Controller { slot: slot.clone(), name: STAND_IN.to_owned() })
            }
            // What was said to a controller that is not asked changes nothing.
            (_, Some(played)) if *played => Ok(()),
            _ => self.rollout.apply(what),
        }
    }

    /// Runs a tick whose row is `row`.
    fn step(&mut self, row: &[f64]) -> Result<Step> {
        let schema = std::sync::Arc::clone(self.rollout.schema());
        for (slot, columns) in
            schema.levers.iter().enumerate().filter(|(slot, _)| self.played.get(*slot) == Some(&true))
        {
            let logged = columns.iter().map(|c| row.get(c.commanded).copied().unwrap_or(f64::NAN));
            self.rollout.command(slot, &logged.collect::<Vec<_>>());
        }
        self.rollout.step()
    }

    /// Who was played from the log, for the remark.
    fn remark(&self) -> Option<String> {
        let mut names: Vec<&str> = self.names.iter().map(|name| shown_name(name)).collect();
        names.sort_unstable();
        names.dedup();
        (!names.is_empty()).then(|| format!("actions of {} as logged (--recompute asks again)", names.join(", ")))
    }
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

/// Runs a full log again. Every value must be the same number; `rtol` loosens that. Actions of networks are played as
/// they were logged.
///
/// # Errors
/// A log that cannot be read or whose run cannot be built.
pub fn verify_log(world: &World, path: &Path, rtol: f64) -> Result<Comparison> {
    replay_log(world, path, rtol, Replay::AsLogged)
}

/// Runs a full log again, with the actions of networks from where `how` says.
///
/// # Errors
/// A log that cannot be read or whose run cannot be built.
pub fn replay_log(world: &World, path: &Path, rtol: f64, how: Replay) -> Result<Comparison> {
    let log = read_full_log(path)?;
    let mut again = Again::new(world, path, &log, how)?;
    let names: Vec<&str> = log.header.signals.iter().map(|s| s.name.as_str()).collect();
    let same = again.rollout.schema().signals.iter().map(|s| s.name.as_str()).eq(names.iter().copied());
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
            again.apply(&next.what)?;
        }
        if again.step(row)? == Step::Ended {
            let cause = again.rollout.end().map_or(String::new(), |e| e.cause.clone());
            return Err(Error::invalid(
                Place::file(path),
                format!("the run ends at tick {tick} ({cause}), but the log has {} rows", log.rows.len()),
                "The log was not made by this setup.",
            ));
        }
        for ((name, &computed), &expected) in names.iter().zip(again.rollout.row()).zip(row) {
            comparison.value(tick as u64, name, computed, expected);
        }
        comparison.rows += 1;
    }
    let remarks: Vec<String> = comparison.remark.take().into_iter().chain(again.remark()).collect();
    comparison.remark = (!remarks.is_empty()).then(|| remarks.join("; "));
    Ok(comparison)
}

/// Computes the rows of a log from the end of those that it holds up to `until`, from its header and its inputs. `None`
/// where the run cannot be built, ends before, or takes actions from somebody who cannot be asked again.
pub fn compute_rows(world: &World, path: &Path, log: &FullLog, until: u64) -> Option<Vec<Vec<f64>>> {
    let mut again = Again::new(world, path, log, Replay::AsLogged).ok()?;
    let names = log.header.signals.iter().map(|s| s.name.as_str());
    if !again.rollout.schema().signals.iter().map(|s| s.name.as_str()).eq(names) {
        return None;
    }
    let known = log.rows.len() as u64;
    let mut inputs = log.inputs.iter().peekable();
    let mut rows = Vec::new();
    for tick in 0..until {
        while let Some(next) = inputs.next_if(|i| i.tick <= tick) {
            again.apply(&next.what).ok()?;
        }
        if tick >= known && again.played.contains(&true) {
            return None;
        }
        let row = log.rows.get(tick as usize).map_or(&[][..], Vec::as_slice);
        if again.step(row).ok()? == Step::Ended {
            return None;
        }
        if tick >= known {
            rows.push(again.rollout.row().to_vec());
        }
    }
    Some(rows)
}
