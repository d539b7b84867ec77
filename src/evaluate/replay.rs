//! A full log is run again from its header and its inputs, and held against its rows.

use std::path::Path;

use crate::config::{Document, Error, Place, Result};
use crate::control::shown_name;
use crate::record::{FullLog, read_full_log};
use crate::rollout::{Intervention, LoggedIntervention, Rollout, Setup, Step, World};

use super::compare::Comparison;

/// What a run does with the instants of a log, one after another: whether to go on.
type Visit<'a> = &'a mut dyn FnMut(&Rollout, &[f64], u64) -> Result<bool>;

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
pub(super) struct Again<'a> {
    world: &'a World,
    pub rollout: Rollout,
    how: Replay,
    /// Whether a slot's actions are played from the log.
    pub played: Vec<bool>,
    /// Names of all controllers that were played.
    names: Vec<String>,
}

impl<'a> Again<'a> {
    fn new(world: &'a World, path: &Path, log: &FullLog, how: Replay) -> Result<Self> {
        let mut config = Document::new();
        config.layer_text(&format!("{} (configuration)", path.display()), &log.header.configuration)?;
        let mut setup = log.header.setup.clone();
        find_regd(path, log, &mut setup)?;
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
    pub fn apply(&mut self, what: &Intervention) -> Result<()> {
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

    /// Commands what `row` says for the next tick, where a slot is played.
    pub fn command(&mut self, row: &[f64]) {
        let schema = std::sync::Arc::clone(self.rollout.schema());
        for (slot, columns) in
            schema.levers.iter().enumerate().filter(|(slot, _)| self.played.get(*slot) == Some(&true))
        {
            let logged = columns.iter().map(|c| row.get(c.commanded).copied().unwrap_or(f64::NAN));
            self.rollout.command(slot, &logged.collect::<Vec<_>>());
        }
    }

    /// Runs a tick whose row is `row`.
    fn step(&mut self, row: &[f64]) -> Result<Step> {
        self.command(row);
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

/// Finds the recorded regulation signal that a log was made with: where it was then, or beside the log, as both travel.
fn find_regd(path: &Path, log: &FullLog, setup: &mut Setup) -> Result<()> {
    let Some(regd) = &mut setup.regd else { return Ok(()) };
    let digest = |file: &Path| std::fs::read(file).map(|bytes| format!("{:08x}", crc32fast::hash(&bytes)));
    let wanted = log.header.regd_crc32.as_deref();
    let found = digest(&regd.file);
    if found.as_deref().is_ok_and(|found| wanted.is_none_or(|wanted| wanted == found)) {
        return Ok(());
    }
    let beside = regd.file.file_name().map(|name| path.with_file_name(name));
    if let (Some(beside), Some(wanted)) = (beside, wanted)
        && digest(&beside).is_ok_and(|found| found == wanted)
    {
        regd.file = beside;
        return Ok(());
    }
    let file = regd.file.display();
    let what = match (&found, wanted) {
        (Ok(found), Some(wanted)) => {
            format!("the regulation signal {file} has changed: its CRC-32 is {found}, that of the run was {wanted}")
        }
        (Err(error), _) => format!("the regulation signal {file} of the run cannot be read: {error}"),
        (Ok(_), None) => return Ok(()),
    };
    let cure = "Put the file back as it was, at its path or beside the log.";
    Err(Error::invalid(Place::file(path), what, cure))
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

/// Builds the run of a log and holds its columns against this version's.
pub(super) fn begin<'a>(world: &'a World, path: &Path, log: &FullLog, how: Replay) -> Result<Again<'a>> {
    let again = Again::new(world, path, log, how)?;
    let names = log.header.signals.iter().map(|s| s.name.as_str());
    if again.rollout.schema().signals.iter().map(|s| s.name.as_str()).eq(names) {
        return Ok(again);
    }
    Err(Error::invalid(
        Place::file(path),
        format!("its columns are not those of this version ({} wrote it)", log.header.version),
        "Verify it with the version that wrote it.",
    ))
}

/// Runs the first `rows` ticks of a log again and shows each row, computed and logged, to `visit`.
fn walk(again: &mut Again<'_>, path: &Path, log: &FullLog, rows: u64, visit: Visit<'_>) -> Result<()> {
    let mut inputs = log.inputs.iter().peekable();
    for (tick, row) in (0..rows).zip(&log.rows) {
        while let Some(next) = inputs.next_if(|i| i.tick <= tick) {
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
        if !visit(&again.rollout, row, tick)? {
            break;
        }
    }
    Ok(())
}

/// All that should be known of a log that was run again.
fn remarks(log: &FullLog, again: &Again<'_>) -> Option<String> {
    let remarks: Vec<String> = remark(log).into_iter().chain(again.remark()).collect();
    (!remarks.is_empty()).then(|| remarks.join("; "))
}

/// Runs a full log again, with the actions of networks from where `how` says.
///
/// # Errors
/// A log that cannot be read or whose run cannot be built.
pub fn replay_log(world: &World, path: &Path, rtol: f64, how: Replay) -> Result<Comparison> {
    let log = read_full_log(path)?;
    let mut again = begin(world, path, &log, how)?;
    let names: Vec<&str> = log.header.signals.iter().map(|s| s.name.as_str()).collect();
    let mut comparison = Comparison::new(names.len(), rtol);
    walk(&mut again, path, &log, log.rows.len() as u64, &mut |rollout, row, tick| {
        for ((name, &computed), &expected) in names.iter().zip(rollout.row()).zip(row) {
            comparison.value(tick, name, computed, expected);
        }
        comparison.rows += 1;
        Ok(true)
    })?;
    comparison.remark = remarks(&log, &again);
    Ok(comparison)
}

/// First value of a row that is another number: signal, value of the run, value in the log.
pub(super) fn first_difference(rollout: &Rollout, row: &[f64]) -> Option<(usize, f64, f64)> {
    let pairs = rollout.row().iter().zip(row).enumerate();
    let differs = |a: f64, b: f64| a != b && !(a.is_nan() && b.is_nan());
    pairs.into_iter().find(|(_, (a, b))| differs(**a, **b)).map(|(k, (a, b))| (k, *a, *b))
}

/// What became of running a log again.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Every row is the same.
    Same {
        /// Rows compared.
        rows: u64,
        /// What should be known besides: rows that were cut off, actions that were played.
        remark: Option<String>,
    },
    /// It differs; the run was left there.
    Differs {
        /// First tick that differs.
        tick: u64,
        /// First column of it that differs.
        signal: String,
        /// Value in the log.
        logged: f64,
        /// Value of the run.
        run: f64,
    },
    /// It was told to stop.
    Stopped {
        /// Rows compared so far, all the same.
        rows: u64,
    },
}

/// Ticks between two calls for progress.
const TELL_EVERY: u64 = 64;

/// Runs a full log again and stops where it differs first. `progress` is told the part done, 0 to 1, and says whether to
/// go on; reading the log comes before its first call. Fit for a thread of one's own.
///
/// # Errors
/// A log that cannot be read or whose run cannot be built.
pub fn again(world: &World, path: &Path, how: Replay, progress: &mut dyn FnMut(f64) -> bool) -> Result<Outcome> {
    let log = read_full_log(path)?;
    let mut run = begin(world, path, &log, how)?;
    let all = log.rows.len() as u64;
    let mut outcome = Outcome::Same { rows: all, remark: None };
    walk(&mut run, path, &log, all, &mut |rollout, row, tick| {
        if let Some((column, run, logged)) = first_difference(rollout, row) {
            let signal = log.header.signals.get(column).map(|s| s.name.clone()).unwrap_or_default();
            outcome = Outcome::Differs { tick, signal, logged, run };
            return Ok(false);
        }
        if tick.is_multiple_of(TELL_EVERY) && !progress(tick as f64 / all as f64) {
            outcome = Outcome::Stopped { rows: tick + 1 };
            return Ok(false);
        }
        Ok(true)
    })?;
    if let Outcome::Same { remark, .. } = &mut outcome {
        *remark = remarks(&log, &run);
    }
    Ok(outcome)
}

/// A recorded run that goes on.
pub struct TakenOver {
    /// What fixed it before its first tick.
    pub setup: Setup,
    /// What was done to it before the instant at which it was taken over.
    pub inputs: Vec<LoggedIntervention>,
    /// The run at that instant, built from the log's own configuration ([`Rollout::config`]).
    pub rollout: Rollout,
}

/// Builds the run of a full log, applies its inputs as they were logged and holds every row against the log up to the
/// instant after `tick` ticks: from there it can go on.
///
/// Every controller decides itself, networks too, and answers of language models come from the log: only so does the run
/// remember what it needs to go on, and only so can it be rewound.
///
/// `visit` sees the run before its first tick and after each one with the part done, 0 to 1, so that rows, events and
/// snapshots can be kept, and says whether to go on; `None` when it did not.
///
/// # Errors
/// A log that cannot be read, whose run cannot be built, or that is shorter; and the first tick and signal that differ.
pub fn take_over(
    world: &World,
    path: &Path,
    tick: u64,
    visit: &mut dyn FnMut(&Rollout, f64) -> bool,
) -> Result<Option<TakenOver>> {
    let log = read_full_log(path)?;
    if tick > log.rows.len() as u64 {
        let what = format!("it has {} rows, and the run should go on after {tick} ticks", log.rows.len());
        return Err(Error::invalid(Place::file(path), what, "Choose an instant within the log."));
    }
    let mut run = begin(world, path, &log, Replay::Recompute)?;
    let mut goes = visit(&run.rollout, 0.0);
    if goes {
        walk(&mut run, path, &log, tick, &mut |rollout, row, at| {
            if let Some((column, run, logged)) = first_difference(rollout, row) {
                let signal = log.header.signals.get(column).map_or("", |s| s.name.as_str());
                return Err(Error::invalid(
                    Place::file(path),
                    format!("run again it differs at tick {at}: {signal} is {run}, the log says {logged}"),
                    format!("Go on from tick {at} or before; `c2g-twin verify --recompute` tells more."),
                ));
            }
            goes = visit(rollout, (at + 1) as f64 / tick as f64);
            Ok(goes)
        })?;
    }
    let inputs = log.inputs.into_iter().filter(|i| i.tick < tick).collect();
    Ok(goes.then_some(TakenOver { setup: log.header.setup, inputs, rollout: run.rollout }))
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
