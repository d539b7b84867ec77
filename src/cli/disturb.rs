//! `--disturb` and `--list-disturbances`: what befalls the plant, and when.

use clap::Args;

use crate::config::{Place, Result};
use crate::plant::{Operation, Planned, PlantSpec};
use crate::rollout::{Intervention, Rollout};
#[cfg(feature = "app")]
use crate::rollout::{Setup, World};

use super::say;
use super::text_table::TextTable;

/// The flag of everything that plays a run.
#[derive(Debug, Default, Args)]
pub struct DisturbArgs {
    /// What befalls the plant, from a tick or a time of day on, for so many ticks; may be given several times; `run
    /// --list-disturbances` tells them
    #[arg(long, value_name = "NAME[@TICK|@HH:MM][+TICKS][=VALUE]", help_heading = "Run")]
    disturb: Vec<String>,
}

impl DisturbArgs {
    /// Reads all of them by the tables of a setup's plant.
    ///
    /// # Errors
    /// Everything that can be wrong with the setup; see [`Planned::parse`].
    #[cfg(feature = "app")]
    pub(super) fn of(&self, setup: &Setup, world: &World) -> Result<Vec<Planned>> {
        if self.disturb.is_empty() {
            return Ok(Vec::new());
        }
        self.read(world.build(setup)?.spec())
    }

    /// Reads all of them.
    ///
    /// # Errors
    /// See [`Planned::parse`].
    pub(super) fn read(&self, spec: &PlantSpec) -> Result<Vec<Planned>> {
        self.disturb.iter().map(|text| Planned::parse(text, spec, &Place::source("--disturb"))).collect()
    }
}

/// Applies what is due before the next tick, and tells of it.
///
/// # Errors
/// None where the plan was read from the same plant's tables.
pub(super) fn apply(plan: &[Planned], rollout: &mut Rollout, mut tell: impl FnMut(u64, &Intervention)) -> Result<()> {
    if plan.is_empty() || rollout.end().is_some() {
        return Ok(());
    }
    let tick = rollout.tick();
    for (input, change) in Planned::due(plan, tick) {
        let what = Intervention::Input { input: input.to_owned(), change };
        rollout.apply(&what)?;
        tell(tick, &what);
    }
    Ok(())
}

/// Warnings about disturbances that the run did not come to.
pub(super) fn missed(plan: &[Planned], rollout: &Rollout) -> Vec<String> {
    let ran = rollout.tick();
    let late = plan.iter().filter(|p| p.from >= ran);
    late.map(|p| format!("{} at tick {} did not happen: the run has {ran} ticks", p.label, p.from)).collect()
}

/// Prints the disturbances of a plant.
///
/// # Errors
/// A standard output that takes nothing.
pub(super) fn list(spec: &PlantSpec) -> Result<()> {
    if spec.disturbances.is_empty() {
        return say(&format!("Plant `{}` has no disturbances.", spec.name));
    }
    let mut table = TextTable::new(&["disturbance", "value", "unit", "range", "ticks", "input", "about"], usize::MAX);
    for d in &spec.disturbances {
        let sign = if d.operation == Operation::Add && d.value > 0.0 { "+" } else { "" };
        let (value, range) = match d.operation {
            Operation::Hold => ("–".to_owned(), "–".to_owned()),
            _ => (format!("{sign}{}", d.value), format!("{} to {}", d.range.0, d.range.1)),
        };
        let ticks = d.ticks.map_or_else(|| "stays".to_owned(), |ticks| ticks.to_string());
        table.row(vec![d.name.clone(), value, d.unit.clone(), range, ticks, d.input.clone(), d.about.clone()]);
    }
    say(&table.lines())?;
    say("\nGive them by --disturb 'NAME[@TICK|@HH:MM][+TICKS][=VALUE]', as often as wanted.")
}
