//! A recorded run made again, as it was or with other hands on its levers: on the same inputs, so that nothing but the hands
//! differs.
//!
//! A full log is built from its own header: noise and inputs come out the same. An evaluation log of SustainDC holds neither
//! place nor configuration: its plant is put together from what the rows and, where there is one, the run folder's
//! `config.json` tell, and its exogenous columns are played as inputs. Whether the run that comes of it is the recorded one
//! is checked before anything is said ([`Remake::check`]).

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::config::{Document, Error, Place, Result};
use crate::control::FIXED;
use crate::plant::{Operation, Override, PlantSpec};
use crate::record::{LogKind, read_full_log};
use crate::rollout::{Intervention, LoggedIntervention, OnTrip, Rollout, Setup, Snapshot, Step, World};
use crate::signal::SignalId;
use crate::trace::TraceSource;

use super::frame::Part;

/// Stands in a slot that is told what to do.
const STAND_IN: &str = "hold";

/// Relative deviation of a sum up to which a run counts as made again: logs of four decimals are never exact.
pub const SAME: f64 = 2e-3;

/// Ticks between two looks at whether to go on.
const LOOK_EVERY: u64 = 64;

/// Who moves the levers of a slot.
#[derive(Debug, Clone, PartialEq)]
pub enum Hand {
    /// What was recorded.
    Recorded,
    /// Nobody: every lever at its neutral value.
    Rest,
    /// A controller by name.
    Controller(String),
    /// A value for every tick, of the slot's first action.
    Script(Vec<f64>),
}

/// Asked now and then whether to go on.
pub type GoOn<'a> = &'a mut dyn FnMut() -> bool;

/// A recorded run that can be made again.
pub struct Remake {
    setup: Setup,
    config: Document,
    traces: Arc<dyn TraceSource>,
    /// What was done to inputs.
    inputs: Vec<LoggedIntervention>,
    /// Inputs that are played from rows, a value a tick.
    played: Vec<(String, Vec<f64>)>,
    /// What was in force on each slot, by slot, tick and action.
    hands: Vec<Vec<Vec<f64>>>,
    rows: u64,
    part: Part,
    /// Told of the run: where it is not what was recorded but made like it.
    pub remarks: Vec<String>,
}

/// How a run that was made again stands to the recorded one.
#[derive(Debug, Clone, PartialEq)]
pub struct Deviation {
    /// The column.
    pub signal: SignalId,
    /// Sum over the recorded run.
    pub recorded: f64,
    /// Sum over the run made again.
    pub again: f64,
}

impl Deviation {
    /// Relative to the recorded sum.
    pub fn relative(&self) -> f64 {
        (self.again - self.recorded).abs() / self.recorded.abs().max(1e-9)
    }
}

impl Remake {
    /// The run of a log. `part` holds its rows; `configured` is what a run folder says of it.
    ///
    /// # Errors
    /// Logs of kinds that cannot be run again, and everything that can be wrong with a setup: each says why and what to do.
    pub fn open(world: &World, path: &Path, kind: LogKind, part: &Part, configured: Option<&Setup>) -> Result<Self> {
        match kind {
            LogKind::Full => Self::of_full_log(world, path, part),
            LogKind::Evaluation => Self::of_rows(world, path, part, configured),
            other => Err(Error::invalid(
                Place::file(path),
                format!("this is {}: it does not tell the inputs that its run had", other.words()),
                "Record a full log (`run --log`): it can be run again.",
            )),
        }
    }

    fn of_full_log(world: &World, path: &Path, part: &Part) -> Result<Self> {
        let log = read_full_log(path)?;
        let mut config = Document::new();
        config.layer_text(&format!("{} (configuration)", path.display()), &log.header.configuration)?;
        let mut setup = log.header.setup.clone();
        let idle: Vec<bool> = part.idle_slots.clone();
        stand_in(&mut setup, &part.spec, &idle);
        let traces = world.traces(&setup)?;
        let inputs = log.inputs.into_iter().filter(|i| matches!(i.what, Intervention::Input { .. })).collect();
        let levers = &part.schema.levers;
        let of_slot = |columns: &Vec<crate::rollout::ActionColumns>| {
            let values = |row: &Vec<f64>| {
                columns.iter().map(|c| row.get(c.applied).copied().unwrap_or(f64::NAN)).collect::<Vec<f64>>()
            };
            log.rows.iter().map(values).collect::<Vec<_>>()
        };
        let hands = levers.iter().map(of_slot).collect();
        let rows = log.rows.len() as u64;
        Ok(Self {
            setup,
            config,
            traces,
            inputs,
            played: Vec::new(),
            hands,
            rows,
            part: part.clone(),
            remarks: Vec::new(),
        })
    }

    /// A run whose inputs stand in its rows (the plant's pairing says which).
    fn of_rows(world: &World, path: &Path, part: &Part, configured: Option<&Setup>) -> Result<Self> {
        let spec = &part.spec;
        let Some(pairing) = &spec.explain.pairing else {
            let what = "its plant does not say which columns are inputs";
            return Err(Error::invalid(Place::file(path), what, "Record a full log (`run --log`)."));
        };
        let rows = part.rows.min(part.recording.rows());
        let column = |id: SignalId| (0..rows).map(|row| part.recording.value(row, id)).collect::<Vec<f64>>();
        let mut played = Vec::new();
        for (input, signal) in &pairing.inputs {
            let values = column(*signal);
            if !values.iter().all(|v| v.is_finite()) {
                let label = part.schema.signals.get(*signal).map_or("", |s| s.label.as_str());
                let what = format!("{label} is not told on every row: the run cannot be made again");
                return Err(Error::invalid(Place::file(path), what, "Give the evaluation log as it was written."));
            }
            played.push((input.clone(), values));
        }
        let mut hands = Vec::new();
        for columns in &part.schema.levers {
            let values = |row: u64| columns.iter().map(|c| part.recording.value(row, c.applied)).collect::<Vec<f64>>();
            hands.push((0..rows).map(values).collect::<Vec<_>>());
        }
        let base = Setup {
            plant: spec.name.clone(),
            start: Some(spec.calendar.start.strftime("%m-%d %H:%M").to_string()),
            set: ["profile.weather_noise=false", "profile.weather_roll_days=0"].map(str::to_owned).to_vec(),
            ticks: Some(rows),
            continuous: true,
            on_trip: OnTrip::RideThrough,
            ..Setup::default()
        };
        let mut best: Option<(f64, Self, String)> = None;
        for (setup, words) in candidates(world, &base, spec, configured) {
            let mut setup = setup;
            stand_in(&mut setup, spec, &part.idle_slots);
            let Ok(config) = world.configuration(&setup) else { continue };
            let traces = world.traces(&setup)?;
            let remake = Self {
                setup,
                config,
                traces,
                inputs: Vec::new(),
                played: played.clone(),
                hands: hands.clone(),
                rows,
                part: part.clone(),
                remarks: Vec::new(),
            };
            // How far it is off, as the mean deviation of the first amount on a tick.
            let Some(amount) = pairing.amounts.first() else { continue };
            let run = remake.play(world, &[], &[], &[amount.signal], &mut || true);
            let Ok(Some(values)) = run else { continue };
            let told = column(amount.signal);
            let again = values.first().map_or(&[][..], Vec::as_slice);
            let off: f64 = told.iter().zip(again).map(|(a, b)| (a - b).abs()).sum::<f64>()
                / told.iter().map(|v| v.abs()).sum::<f64>().max(1e-9);
            if best.as_ref().is_none_or(|(least, ..)| off < *least) {
                let sure = off < 1e-6;
                best = Some((off, remake, words));
                if sure {
                    break;
                }
            }
        }
        let Some((_, mut remake, words)) = best else {
            let what = "no plant could be put together that it may have come from";
            return Err(Error::invalid(Place::file(path), what, "Record a full log (`run --log`)."));
        };
        remake.remarks.push(format!(
            "The log does not tell its configuration; made again with {words}, its own load, ambient and carbon intensity."
        ));
        Ok(remake)
    }

    /// The tables of the plant.
    pub fn spec(&self) -> &Arc<PlantSpec> {
        &self.part.spec
    }

    /// Rows of the run.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The recorded part with other rows, every column of which is told.
    pub(super) fn part_with(&self, recording: crate::record::Recording) -> Part {
        Part {
            rows: recording.rows(),
            recording,
            provenance: None,
            idle_slots: vec![true; self.hands.len()],
            ..self.part.clone()
        }
    }

    /// A recorded column.
    pub fn recorded(&self, column: SignalId) -> Vec<f64> {
        (0..self.rows).map(|row| self.part.recording.value(row, column)).collect()
    }

    /// Builds the run with changes of its configuration.
    fn build(&self, world: &World, hands: &[Hand], set: &[String]) -> Result<Rollout> {
        let mut setup = self.setup.clone();
        let mut config = self.config.clone();
        for change in set {
            config.set(change)?;
            setup.set.push(change.clone());
        }
        for (slot, hand) in self.part.spec.slots.iter().zip(hands) {
            if let Hand::Controller(name) = hand {
                setup.policies.insert(slot.name.clone(), name.clone());
            }
        }
        world.build_on(&setup, config, Arc::clone(&self.traces))
    }

    /// Runs it with a hand on each slot (the recorded one where none is given) and changes of its configuration; returns
    /// the columns that are asked for, a value a tick. `None` when it was told to stop.
    ///
    /// # Errors
    /// A configuration that does not fit, a run that ends before the recorded one.
    pub fn play(
        &self,
        world: &World,
        hands: &[Hand],
        set: &[String],
        columns: &[SignalId],
        go_on: GoOn<'_>,
    ) -> Result<Option<Vec<Vec<f64>>>> {
        let mut rollout = self.build(world, hands, set)?;
        self.run(&mut rollout, hands, columns, go_on)
    }

    /// A run at its first tick, to be played several times with other hands.
    ///
    /// # Errors
    /// As [`Remake::play`].
    pub fn stage(&self, world: &World) -> Result<(Rollout, Snapshot)> {
        let rollout = self.build(world, &[], &[])?;
        let snapshot = rollout.snapshot();
        Ok((rollout, snapshot))
    }

    /// Runs a rollout that stands at its first tick.
    ///
    /// # Errors
    /// As [`Remake::play`].
    pub fn run(
        &self,
        rollout: &mut Rollout,
        hands: &[Hand],
        columns: &[SignalId],
        go_on: GoOn<'_>,
    ) -> Result<Option<Vec<Vec<f64>>>> {
        let mut out = vec![Vec::with_capacity(self.rows as usize); columns.len()];
        let mut inputs = self.inputs.iter().peekable();
        let spec = Arc::clone(&self.part.spec);
        for tick in 0..self.rows {
            if tick.is_multiple_of(LOOK_EVERY) && !go_on() {
                return Ok(None);
            }
            while let Some(next) = inputs.next_if(|i| i.tick <= tick) {
                rollout.apply(&next.what)?;
            }
            for (input, values) in &self.played {
                let value = values.get(tick as usize).copied().unwrap_or(f64::NAN);
                let change = Some(Override { operation: Operation::Set, value });
                rollout.apply(&Intervention::Input { input: input.clone(), change })?;
            }
            for (slot, of) in spec.slots.iter().enumerate() {
                let recorded = || self.hands.get(slot).and_then(|h| h.get(tick as usize)).cloned();
                let rest = || of.actions.iter().map(|a| a.default).collect::<Vec<f64>>();
                let told = match hands.get(slot).unwrap_or(&Hand::Recorded) {
                    Hand::Recorded => recorded(),
                    Hand::Rest => Some(rest()),
                    Hand::Controller(_) => None,
                    Hand::Script(values) => values.get(tick as usize).map(|v| {
                        let mut all = recorded().unwrap_or_else(rest);
                        if let Some(first) = all.first_mut() {
                            *first = *v;
                        }
                        all
                    }),
                };
                if let Some(told) = told.filter(|t| t.iter().all(|v| v.is_finite())) {
                    rollout.command(slot, &told);
                }
            }
            if rollout.step()? == Step::Ended {
                let cause = rollout.end().map_or(String::new(), |e| e.cause.clone());
                let what = format!("run again it ends at tick {tick} of {}: {cause}", self.rows);
                return Err(Error::invalid(Place::source("explain"), what, "Explain a log that ends before."));
            }
            for (values, column) in out.iter_mut().zip(columns) {
                values.push(rollout.row().get(*column).copied().unwrap_or(f64::NAN));
            }
        }
        Ok(Some(out))
    }

    /// Makes the run again as it was and holds sums of columns against the recorded ones; those that the log does not tell
    /// are left out. `None` when it was told to stop.
    ///
    /// # Errors
    /// As [`Remake::play`].
    pub fn check(&self, world: &World, columns: &[SignalId], go_on: GoOn<'_>) -> Result<Option<Vec<Deviation>>> {
        let Some(values) = self.play(world, &[], &[], columns, go_on)? else { return Ok(None) };
        let mut all = Vec::new();
        for (signal, again) in columns.iter().zip(values) {
            let told = self.recorded(*signal);
            if told.iter().any(|v| v.is_finite()) {
                let pairs = told.iter().zip(&again).filter(|(a, b)| a.is_finite() && b.is_finite());
                let (recorded, again) = pairs.fold((0.0, 0.0), |(a, b), (x, y)| (a + x, b + y));
                all.push(Deviation { signal: *signal, recorded, again });
            }
        }
        Ok(Some(all))
    }
}

/// Puts the stand-in into every slot that somebody drove, and takes hands off the levers.
fn stand_in(setup: &mut Setup, spec: &PlantSpec, idle: &[bool]) {
    setup.fixed_actions.clear();
    setup.policies = BTreeMap::new();
    for (k, slot) in spec.slots.iter().enumerate() {
        let name = if slot.optional && idle.get(k) == Some(&true) { FIXED } else { STAND_IN };
        setup.policies.insert(slot.name.clone(), name.to_owned());
    }
}

/// Setups that rows may have come from, likeliest first, with their words: every value of the axes that change the plant
/// itself rather than its inputs.
fn candidates(world: &World, base: &Setup, spec: &PlantSpec, configured: Option<&Setup>) -> Vec<(Setup, String)> {
    let mut all = Vec::new();
    if let Some(own) = configured {
        let mut setup = base.clone();
        setup.axes = own.axes.clone();
        setup.layers = own.layers.clone();
        setup.set = own.set.iter().chain(&base.set).cloned().collect();
        all.push((setup.clone(), "the run folder's configuration".to_owned()));
        for choice in choices(spec, "flavour") {
            let mut other = setup.clone();
            other.axes.insert("flavour".to_owned(), choice.clone());
            all.push((other, format!("the run folder's configuration, flavour {choice}")));
        }
    }
    let known = world.factory(&base.plant).map(|f| f.axes()).unwrap_or_default();
    let has = |name: &str| known.iter().any(|a| a.name == name);
    for location in choices(spec, "location") {
        for flavour in choices(spec, "flavour") {
            let mut setup = base.clone();
            let mut words = Vec::new();
            for (name, value) in [("location", &location), ("flavour", &flavour)] {
                if has(name) {
                    setup.axes.insert(name.to_owned(), value.clone());
                    words.push(format!("{name} {value}"));
                }
            }
            all.push((setup, words.join(", ")));
        }
    }
    all
}

/// Choices of an axis, the one in force first.
fn choices(spec: &PlantSpec, axis: &str) -> Vec<String> {
    let Some(axis) = spec.axes.iter().find(|a| a.name == axis) else { return Vec::new() };
    let mut names: Vec<String> = axis.choices.iter().map(|c| c.name.clone()).collect();
    names.sort_by_key(|n| *n != axis.value);
    names
}
