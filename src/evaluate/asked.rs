//! A full log that is asked why: run again as far as questions reach, with snapshots on the way.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::{Error, Place, Result};
use crate::plant::{PlantSpec, Slot};
use crate::record::{FullLog, read_full_log};
use crate::rollout::{Intervention, LoggedIntervention, Probe, Rollout, Snapshot, Why, World};

use super::headroom::{self, Headroom};
use super::replay::{Again, Replay, begin, first_difference};

/// Ticks between two snapshots.
const SNAPSHOT_EVERY: u64 = 180;

/// Ticks between two words about how far a walk is.
const TELL_EVERY: u64 = 64;

/// A full log and its run, which stands somewhere in it.
pub struct Asked<'a> {
    path: PathBuf,
    log: FullLog,
    again: Again<'a>,
    /// Snapshots by tick, with who was played from the log then.
    snapshots: Vec<(Snapshot, Vec<bool>)>,
    /// Rows before this one were held against the log.
    checked: u64,
}

impl<'a> Asked<'a> {
    /// Reads a full log and builds its run. Actions of networks and language models are played as they were logged.
    ///
    /// # Errors
    /// A log that cannot be read, or whose run cannot be built.
    pub fn open(world: &'a World, path: &Path) -> Result<Self> {
        Self::open_as(world, path, Replay::AsLogged)
    }

    /// The same with actions of networks and language models played as they were logged, or decided again: a future of
    /// the run can be asked about only then.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_as(world: &'a World, path: &Path, how: Replay) -> Result<Self> {
        let log = read_full_log(path)?;
        let again = begin(world, path, &log, how)?;
        let first = (again.rollout.snapshot(), again.played.clone());
        Ok(Self { path: path.to_path_buf(), log, again, snapshots: vec![first], checked: 0 })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The tables of its plant.
    pub fn spec(&self) -> Arc<PlantSpec> {
        Arc::clone(self.again.rollout.spec())
    }

    /// Rows that were read.
    pub fn rows(&self) -> u64 {
        self.log.rows.len() as u64
    }

    /// Takes a tick apart. Every row that is run on the way is held against the log.
    ///
    /// # Errors
    /// A tick that is not in the log, and the first row that differs.
    pub fn why(&mut self, tick: u64) -> Result<Why> {
        let rows = self.rows();
        if tick >= rows {
            let what = format!("tick {tick} is not in it: it has {rows} rows");
            return Err(Error::invalid(Place::file(&self.path), what, "Choose a tick of the log; they count from 0."));
        }
        let spec = self.spec();
        self.go_to(Probe::from(&spec, tick))?;
        let mut probe = Probe::new(&spec, tick, rows);
        let mut next = self.log.inputs.partition_point(|i| i.tick < self.again.rollout.tick());
        while !probe.is_over() && self.again.rollout.end().is_none() {
            let now = self.again.rollout.tick();
            next = self.apply(next, now)?;
            let row = self.log.rows.get(now as usize);
            match row {
                Some(row) => self.again.command(row),
                // Beyond the log everything goes on as it does, unless somebody decided who cannot be asked.
                None if self.again.played.contains(&true) => break,
                None => {}
            }
            if !probe.step(&mut self.again.rollout)? {
                break;
            }
            if let Some(row) = row {
                hold(&self.path, &self.again.rollout, row, now)?;
            }
        }
        for (index, slot) in spec.slots.iter().enumerate() {
            if let Some(decided) = probe.decided(index) {
                probe.call(index, self.driver(slot, decided));
            }
        }
        probe.tell(&mut self.again.rollout)
    }

    /// Finds what the site could have given from the instant after `tick` ticks on. Every row that is run on the way is
    /// held against the log. `progress` is told the part of the way that is done, 0 to 1, and says whether to go on.
    ///
    /// `None` where no tick is left to run, where the plant's tables tell nothing of head-room, and where it was stopped.
    ///
    /// # Errors
    /// An instant that is not in the log, and the first row that differs.
    pub fn headroom(&mut self, tick: u64, progress: &mut dyn FnMut(f64) -> bool) -> Result<Option<Headroom>> {
        let rows = self.rows();
        if tick > rows {
            let what = format!("the instant after {tick} ticks is not in it: it has {rows} rows");
            return Err(Error::invalid(Place::file(&self.path), what, "Choose an instant within the log."));
        }
        let mut begin = None;
        let mut goes_on = |at: u64| {
            let from = *begin.get_or_insert(at);
            progress((at - from) as f64 / (tick - from).max(1) as f64)
        };
        if !self.walk_to(tick, &mut goes_on)? {
            return Ok(None);
        }
        // Who was played from the log decides himself from here on: nobody logged this future.
        let here = self.again.rollout.snapshot();
        headroom::find(&mut self.again.rollout, &here, &|| false)
    }

    /// Who drove a slot in a tick, whoever stands in for him now.
    fn driver<'b>(&'b self, slot: &'b Slot, tick: u64) -> &'b str {
        let first = self.log.header.setup.policy(&slot.name).unwrap_or(&slot.default_controller);
        let done = self.log.inputs.iter().take_while(|i| i.tick <= tick);
        let swap = |i: &'b LoggedIntervention| match &i.what {
            Intervention::Controller { slot: of, name } if *of == slot.name => Some(name.as_str()),
            _ => None,
        };
        done.filter_map(swap).last().unwrap_or(first)
    }

    /// Does what was done before a tick; `next` is the first input that is not in force yet.
    fn apply(&mut self, mut next: usize, tick: u64) -> Result<usize> {
        while let Some(input) = self.log.inputs.get(next).filter(|i| i.tick <= tick) {
            self.again.apply(&input.what)?;
            next += 1;
        }
        Ok(next)
    }

    /// Brings the run to an instant of the log.
    fn go_to(&mut self, tick: u64) -> Result<()> {
        self.walk_to(tick, &mut |_| true).map(|_| ())
    }

    /// The same; `goes_on` is told now and then where the run stands, and says whether to go on. False when it did not.
    fn walk_to(&mut self, tick: u64, goes_on: &mut dyn FnMut(u64) -> bool) -> Result<bool> {
        let known = self.snapshots.partition_point(|(s, _)| s.tick <= tick);
        if let Some((snapshot, played)) = self.snapshots.get(known.saturating_sub(1)) {
            self.again.rollout.restore(snapshot)?;
            self.again.played.clone_from(played);
        }
        let mut next = self.log.inputs.partition_point(|i| i.tick < self.again.rollout.tick());
        while self.again.rollout.tick() < tick {
            let now = self.again.rollout.tick();
            if now.is_multiple_of(TELL_EVERY) && !goes_on(now) {
                return Ok(false);
            }
            let last = self.snapshots.last().map_or(0, |(s, _)| s.tick);
            if now.is_multiple_of(SNAPSHOT_EVERY) && now > last {
                self.snapshots.push((self.again.rollout.snapshot(), self.again.played.clone()));
            }
            next = self.apply(next, now)?;
            let Some(row) = self.log.rows.get(now as usize) else { break };
            self.again.command(row);
            self.again.rollout.step()?;
            if now >= self.checked {
                hold(&self.path, &self.again.rollout, row, now)?;
                self.checked = now + 1;
            }
        }
        Ok(true)
    }
}

/// Holds a row that was run again against the log.
fn hold(path: &Path, rollout: &Rollout, row: &[f64], tick: u64) -> Result<()> {
    let Some((column, run, logged)) = first_difference(rollout, row) else { return Ok(()) };
    let signal = rollout.schema().signals.get(column).map_or("", |s| s.name.as_str());
    Err(Error::invalid(
        Place::file(path),
        format!("run again it differs at tick {tick}: {signal} is {run}, the log says {logged}"),
        format!("Ask about a tick before {tick}; `c2g-twin verify --recompute` tells more."),
    ))
}
