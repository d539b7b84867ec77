//! One run with everything that is its own: rollout, rows, history, events, log. Several stand side by side in a
//! session; one of them is shown.
//!
//! Going back forgets nothing. Up to the farthest tick that a run has come, its frontier, time passes as it did: what was
//! done is done again at the same ticks and gives the same rows. Beyond it everything is new.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::Sender;

use crate::config::{Error, Result};
use crate::record::{LogHeader, LogWriter, Recorder, Recording};
use crate::rollout::{End, Intervention, LoggedIntervention, Rollout, Setup, Step, World};

use super::beside::RunKind;
use super::events::EventList;
use super::handle::Message;
use super::history::History;
use super::inquiries::Inquiries;
use super::parts::{self, choices};
use super::plan::Plan;
use super::rerun::{every_row, mend, mend_ahead};
use super::shadows::Shadows;
use super::view::{EventView, OptionView};

/// Shortest time between two pictures of a run beside while time passes: each copies the rows that are not sealed yet.
const GLIMPSE_EVERY: Duration = Duration::from_millis(100);

/// What became of an attempt to go on by a tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Passed {
    /// A tick was run.
    Tick,
    /// Somebody outside has to answer first.
    Waits,
    /// The run is over.
    Over,
}

/// Who a run is among the others.
#[derive(Debug, Clone)]
pub(super) struct Passport {
    /// Number, never used again.
    pub id: u64,
    /// Name, unique in the session.
    pub name: String,
    /// Place in the row of run colours.
    pub colour: usize,
    /// Where it comes from.
    pub kind: RunKind,
    /// Run that it was branched from.
    pub parent: Option<u64>,
    /// Instant at which it was branched.
    pub branched_at: u64,
    /// Race that it runs in.
    pub race: Option<u64>,
}

/// Keeps what is needed of a recorded run while it is gone through again.
#[derive(Default)]
pub(super) struct Witness {
    recorder: Option<Recorder>,
    history: Option<History>,
    events: Vec<EventView>,
}

impl Witness {
    /// Sees the run before its first tick and after each one.
    pub fn see(&mut self, rollout: &Rollout) {
        let (Some(recorder), Some(history)) = (&mut self.recorder, &mut self.history) else {
            self.recorder = Some(Recorder::new(rollout.schema().len()));
            self.history = Some(History::begin(rollout));
            return;
        };
        recorder.push(rollout.row());
        history.tick(rollout);
        self.events.extend(parts::happened_now(rollout));
    }
}

/// A run with everything that is its own.
pub(super) struct Course {
    pub passport: Passport,
    pub rollout: Rollout,
    pub recorder: Recorder,
    pub history: History,
    pub events: EventList,
    pub choices: Vec<Vec<OptionView>>,
    pub setup: Arc<Setup>,
    pub log: Option<LogWriter>,
    pub inquiries: Inquiries,
    pub plan: Plan,
    pub shadows: Shadows,
    /// Slots whose last decision was not their controller's own, as the list of events has been told.
    troubled: Vec<bool>,
    /// Rows that were compared with the parent's, and the first that differs.
    pub compared: (u64, Option<u64>),
    /// What went wrong with the log, to be told.
    pub failure: Option<Error>,
    /// The last picture of its rows, and when it was taken.
    shown: (Recording, Instant),
    /// Metrics and end at the frontier, while the run stands before it.
    left: (Arc<[f64]>, Option<End>),
}

impl Course {
    /// A recorded run that was gone through again, at the instant that it was taken over at.
    pub fn witnessed(
        world: &World,
        witness: Witness,
        setup: Setup,
        inputs: Vec<LoggedIntervention>,
        rollout: Rollout,
        passport: Passport,
        answers: &Sender<Message>,
    ) -> Self {
        let spec = Arc::clone(rollout.spec());
        let mut controllers: Vec<String> =
            spec.slots.iter().map(|s| setup.policy(&s.name).unwrap_or(&s.default_controller).to_owned()).collect();
        let mut history = witness.history.unwrap_or_else(|| History::begin(&rollout));
        let mut events = EventList::new();
        let mut happened = witness.events.into_iter().peekable();
        for LoggedIntervention { tick, what } in inputs {
            while let Some(event) = happened.next_if(|e| e.instant <= tick) {
                events.push(event);
            }
            let names: Vec<&str> = controllers.iter().map(String::as_str).collect();
            if parts::is_deed(&what) {
                events.push(parts::deed(&spec, &names, tick, &what));
            }
            if let Intervention::Controller { slot, name } = &what
                && let Some(cell) = spec.slot(slot).and_then(|s| controllers.get_mut(s))
            {
                cell.clone_from(name);
            }
            history.note(tick, what);
        }
        happened.for_each(|event| events.push(event));
        let mut course = Self::on(world, rollout, passport, answers.clone());
        course.setup = Arc::new(setup);
        course.recorder = witness.recorder.unwrap_or(course.recorder);
        course.troubled = course.rollout.slots().iter().map(|s| s.troubled).collect();
        (course.history, course.events) = (history, events);
        course
    }

    /// A run at its first tick. What controllers ask somebody outside comes back to `answers`.
    pub fn begin(world: &World, setup: &Setup, passport: Passport, answers: Sender<Message>) -> Result<Self> {
        Ok(Self::on(world, world.build(setup)?, passport, answers))
    }

    /// A run that was built.
    fn on(world: &World, rollout: Rollout, passport: Passport, answers: Sender<Message>) -> Self {
        let mut inquiries = Inquiries::new(passport.id, answers);
        inquiries.begin(&rollout);
        Self {
            passport,
            recorder: Recorder::new(rollout.schema().len()),
            history: History::begin(&rollout),
            choices: choices(world, &rollout),
            setup: Arc::new(rollout.setup().clone()),
            events: EventList::new(),
            troubled: vec![false; rollout.slots().len()],
            log: None,
            inquiries,
            plan: Plan::default(),
            shadows: Shadows::default(),
            compared: (0, None),
            failure: None,
            shown: (Recording::default(), Instant::now()),
            left: (Arc::default(), None),
            rollout,
        }
    }

    /// Another run that is this one up to an instant, and stands there. What was done later is not done in it.
    pub fn fork(&mut self, world: &World, tick: u64, passport: Passport, answers: Sender<Message>) -> Result<Self> {
        // A recorded run that goes on has the configuration of its log.
        let rollout = world.build_with(&self.setup, self.rollout.config().as_ref().clone())?;
        let mut fork = Self::on(world, rollout, passport, answers);
        mend(&mut self.recorder, &self.history, &mut fork.rollout, tick)?;
        fork.history = self.history.fork(tick);
        fork.recorder = self.recorder.fork(tick);
        fork.events = self.events.fork(tick);
        fork.plan = self.plan.clone();
        fork.compared = (tick, None);
        fork.go_to(tick)?;
        Ok(fork)
    }

    /// Ticks run at the instant that the run stands at.
    pub fn now(&self) -> u64 {
        self.rollout.tick()
    }

    /// The farthest that it has come, ticks run.
    pub fn reach(&self) -> u64 {
        self.recorder.rows()
    }

    /// A picture of its rows for a run that stands beside: while time passes it may be a tenth of a second old.
    pub fn glimpse(&mut self, playing: bool) -> Recording {
        let (rows, now) = (self.reach(), Instant::now());
        if self.shown.0.rows() != rows && (!playing || now.duration_since(self.shown.1) >= GLIMPSE_EVERY) {
            self.shown = (self.recorder.picture(), now);
        }
        self.shown.0.clone()
    }

    /// Metrics and end at the frontier.
    pub fn outcome(&self) -> (Arc<[f64]>, Option<End>) {
        if self.at_frontier() {
            (parts::metrics(&self.rollout), self.rollout.end().cloned())
        } else {
            self.left.clone()
        }
    }

    /// Whether the next tick is one that was never run.
    pub fn at_frontier(&self) -> bool {
        self.now() >= self.reach()
    }

    /// Whether everything that was done so far is in force: nothing that was done would be undone by doing something.
    pub fn is_present(&self) -> bool {
        self.at_frontier() && !self.history.pending()
    }

    /// Goes on by one tick.
    ///
    /// # Errors
    /// What the rollout complains of; the run stands where it stood.
    pub fn tick(&mut self) -> Result<Passed> {
        let fresh = self.at_frontier();
        if !fresh {
            mend_ahead(&mut self.recorder, &self.history, &mut self.rollout)?;
        }
        self.history.replay(&mut self.rollout)?;
        if fresh {
            self.keep_to_plan()?;
            if self.inquiries.any() {
                self.consult()?;
                if self.inquiries.wait() {
                    return Ok(Passed::Waits);
                }
            }
        }
        if !self.step()? {
            return Ok(Passed::Over);
        }
        if fresh {
            self.note_tick();
        } else if self.at_frontier() {
            self.arrive()?;
        }
        Ok(if self.rollout.end().is_some() { Passed::Over } else { Passed::Tick })
    }

    /// Runs a tick, with the shadows beside; whether there was one to run.
    fn step(&mut self) -> Result<bool> {
        let before = (!self.shadows.is_empty() && self.rollout.end().is_none()).then(|| self.rollout.before());
        if self.rollout.step()? == Step::Ended {
            return Ok(false);
        }
        if let Some(before) = before {
            self.shadows.after(&before, &self.rollout)?;
        }
        Ok(true)
    }

    /// Writes down a tick that was never run before.
    fn note_tick(&mut self) {
        self.recorder.push(self.rollout.row());
        self.history.tick(&self.rollout);
        parts::happened_now(&self.rollout).for_each(|event| self.events.push(event));
        self.note_troubles();
        let tick = self.rollout.tick();
        if let Some(Err(error)) = self.log.as_mut().map(|log| log.row(tick - 1, self.rollout.row())) {
            self.log_failed(error);
        }
    }

    /// What was done at the frontier is in force as soon as the run stands there.
    fn arrive(&mut self) -> Result<()> {
        self.history.replay(&mut self.rollout)?;
        self.troubled = self.rollout.slots().iter().map(|s| s.troubled).collect();
        self.inquiries.begin(&self.rollout);
        Ok(())
    }

    /// Tells of controllers that begin not to decide themselves: once, however long it lasts.
    fn note_troubles(&mut self) {
        for slot in 0..self.troubled.len() {
            let troubled = self.rollout.slots().get(slot).is_some_and(|s| s.troubled);
            let Some(before) = self.troubled.get_mut(slot) else { continue };
            if std::mem::replace(before, troubled) != troubled
                && troubled
                && let Some(event) = parts::trouble(&self.rollout, slot)
            {
                self.events.push(event);
            }
        }
    }

    /// Does what is planned before the next tick.
    fn keep_to_plan(&mut self) -> Result<()> {
        if self.plan.is_empty() {
            return Ok(());
        }
        for change in self.plan.due(self.now()) {
            if !self.history.has(self.now(), &change) {
                self.intervene(change)?;
            }
        }
        Ok(())
    }

    /// Asks for every slot whose controller wants to ask somebody outside before the next tick.
    fn consult(&mut self) -> Result<()> {
        for (slot, text) in self.inquiries.consult(&mut self.rollout) {
            self.answer(slot, text)?;
        }
        Ok(())
    }

    fn answer(&mut self, slot: usize, text: String) -> Result<()> {
        let Some(slot) = self.rollout.spec().slots.get(slot).map(|s| s.name.clone()) else { return Ok(()) };
        self.intervene(Intervention::Answer { slot, text })
    }

    /// An answer from outside came: it counts only while its question does.
    pub fn answered(&mut self, number: u64, text: String) -> Result<bool> {
        let Some(slot) = self.inquiries.answered(number) else { return Ok(false) };
        self.answer(slot, text)?;
        Ok(true)
    }

    /// Goes to an instant that the run has come to, back or forth.
    pub fn go_to(&mut self, tick: u64) -> Result<()> {
        let tick = tick.min(self.reach());
        if self.at_frontier() {
            self.left = self.outcome();
        }
        let mended = mend(&mut self.recorder, &self.history, &mut self.rollout, tick);
        let origin = if self.shadows.is_empty() { tick } else { self.shadows.origin(tick) };
        self.history.bring(&mut self.rollout, origin)?;
        self.shadows.bring(origin)?;
        while self.now() < tick {
            self.history.replay(&mut self.rollout)?;
            if !self.step()? {
                break;
            }
        }
        if self.at_frontier() {
            self.history.replay(&mut self.rollout)?;
        }
        self.troubled = self.rollout.slots().iter().map(|s| s.troubled).collect();
        self.inquiries.begin(&self.rollout);
        // Rows that do not come back are missing; the run stands where it should all the same.
        mended
    }

    /// Does something at the frontier, and writes it down. The owner sees to it that the run stands there.
    ///
    /// # Errors
    /// As [`Rollout::apply`]; nothing is changed then.
    pub fn intervene(&mut self, what: Intervention) -> Result<()> {
        let tick = self.now();
        self.rollout.apply(&what)?;
        if let Some(Err(error)) = self.log.as_mut().map(|log| log.input(tick, &what)) {
            self.log_failed(error);
        }
        if let Intervention::Controller { slot, .. } | Intervention::Parameter { slot, .. } = &what
            && let Some(slot) = self.rollout.spec().slot(slot)
        {
            let same = matches!(what, Intervention::Parameter { .. });
            self.inquiries.renew(&self.rollout, slot, same);
            if let Some(troubled) = self.troubled.get_mut(slot) {
                *troubled &= same;
            }
        }
        if parts::is_deed(&what) {
            let controllers: Vec<&str> = self.rollout.slots().iter().map(|s| s.controller_name.as_str()).collect();
            let event = parts::deed(self.rollout.spec(), &controllers, tick, &what);
            self.events.push(event);
        }
        self.history.note(tick, what);
        Ok(())
    }

    /// The setup with the controllers that drive now, so that a new run goes on with them.
    pub fn present_setup(&self) -> Setup {
        let mut setup = self.rollout.setup().clone();
        for (slot, state) in self.rollout.spec().slots.iter().zip(self.rollout.slots()) {
            setup.policies.insert(slot.name.clone(), state.controller_name.clone());
        }
        setup
    }

    /// Begins to write the full log, from the first tick on.
    ///
    /// # Errors
    /// A file that cannot be written; the run has no log then.
    pub fn start_log(&mut self, path: PathBuf) -> Result<()> {
        self.log = Some(self.log_so_far(&path)?);
        Ok(())
    }

    /// Writes what has been run into a file once; it appears whole.
    pub fn copy_log(&mut self, path: &Path) -> Result<()> {
        let partial = path.with_extension("csv.partial");
        self.log_so_far(&partial)?.finish()?;
        std::fs::rename(&partial, path).map_err(|e| Error::io(path, "write", e))
    }

    /// A log with everything that has been run.
    fn log_so_far(&mut self, path: &Path) -> Result<LogWriter> {
        let mut log = LogWriter::create(path, &LogHeader::of(&self.rollout))?;
        let mut inputs = self.history.interventions().iter().peekable();
        // Rows that are gone from memory belong to the log all the same.
        every_row(&self.recorder, &self.history, &mut self.rollout, &mut |tick, row| {
            while let Some(next) = inputs.next_if(|i| i.tick <= tick) {
                log.input(next.tick, &next.what)?;
            }
            log.row(tick, row)
        })?;
        for next in inputs {
            log.input(next.tick, &next.what)?;
        }
        log.flush()?;
        Ok(log)
    }

    /// Brings the log to the disk while time stands; true when something is to be told.
    pub fn flush_log(&mut self) -> bool {
        let Some(Err(error)) = self.log.as_mut().map(LogWriter::flush_if_due) else { return false };
        self.log_failed(error);
        true
    }

    fn log_failed(&mut self, error: Error) {
        self.log = None;
        self.failure = Some(error);
    }

    /// Closes the log.
    pub fn close(&mut self) {
        if let Some(log) = self.log.take() {
            // Nobody is left to tell; the rows before the failure are in the file.
            let _ = log.finish();
        }
    }

    /// Names of those who drive, joined by ` + `.
    pub fn controllers(&self) -> String {
        let driving = self.rollout.slots().iter().filter(|s| s.drives());
        let names: Vec<&str> = driving.map(|s| crate::control::shown_name(&s.controller_name)).collect();
        names.join(" + ")
    }
}
