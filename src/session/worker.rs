//! The live run: owns the rollout with its history and log, applies commands between ticks, makes pictures.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use crossbeam_channel::Sender;

use crate::config::{Error, Result};
use crate::control::shown_name;
use crate::plant::Severity;
use crate::record::{LogHeader, LogWriter, Recorder};
use crate::rollout::{Intervention, LeverMode, Rollout, Setup, Step, World};

use super::beside::Beside;
use super::clock::Pace;
use super::command::Command;
use super::events::EventList;
use super::handle::{Message, Question, Shared};
use super::history::History;
use super::inquiries::Inquiries;
use super::memory::Memory;
use super::notices::Notices;
use super::parts::{self, choices, defeated, levers, next_free, parameters, plants, to_decision, with_own};
use super::query::{Outlook, Query};
use super::rerun::{every_row, mend};
use super::view::{DriverView, EventView, OptionView, PlayState, RunView, SlotView};

/// A rewind that takes longer than this is announced before it begins, s.
const LONG_REWIND_S: f64 = 0.05;

/// How far an outlook looks: a quarter of an hour of site time.
const OUTLOOK_S: u64 = 900;

/// Everything the worker owns.
pub(super) struct Live {
    world: World,
    rollout: Rollout,
    recorder: Recorder,
    history: History,
    events: EventList,
    choices: Vec<Vec<OptionView>>,
    setup: Arc<Setup>,
    plants: Arc<Vec<OptionView>>,
    log: Option<LogWriter>,
    inquiries: Inquiries,
    /// Slots whose last decision was not their controller's own, as the list of events has been told.
    troubled: Vec<bool>,
    /// Tick that a step over several ticks still has to reach once an answer is there.
    target: Option<u64>,
    pub notices: Notices,
    pub pace: Pace,
    pub memory: Memory,
    generation: u64,
    run: u64,
    outlook: Option<Outlook>,
    asked_at: Option<(u64, u64)>,
    changes: u64,
    /// Seconds that a tick takes, as measured last.
    tick_cost_s: f64,
    /// A long rewind is under way: ticks to run again.
    rewinding: Option<u64>,
    questions: Sender<Question>,
    pub newest_question: Arc<AtomicU64>,
}

impl Live {
    /// A run at its first tick. What controllers ask somebody outside comes back to `answers`.
    pub fn new(world: World, setup: Setup, questions: Sender<Question>, answers: Sender<Message>) -> Result<Self> {
        let rollout = world.build(&setup)?;
        let mut inquiries = Inquiries::new(answers);
        inquiries.begin(&rollout);
        Ok(Self {
            recorder: Recorder::new(rollout.schema().len()),
            history: History::begin(&rollout),
            choices: choices(&world, &rollout),
            setup: Arc::new(rollout.setup().clone()),
            plants: Arc::new(plants(&world)),
            events: EventList::new(),
            troubled: vec![false; rollout.slots().len()],
            target: None,
            world,
            rollout,
            log: None,
            inquiries,
            notices: Notices::default(),
            pace: Pace::new(),
            memory: Memory::default(),
            generation: 0,
            run: 0,
            outlook: None,
            asked_at: None,
            changes: 0,
            tick_cost_s: 0.0,
            rewinding: None,
            questions,
            newest_question: Arc::new(AtomicU64::new(0)),
        })
    }

    /// Notes what a tick costs.
    pub fn measure(&mut self, begin: Instant, ticks: u64) {
        if ticks > 0 {
            self.tick_cost_s = begin.elapsed().as_secs_f64() / ticks as f64;
        }
    }

    /// Runs one tick; returns whether there was one to run. There is none while time stands for an answer.
    pub fn tick(&mut self) -> bool {
        if self.inquiries.any() {
            self.consult();
            if self.inquiries.wait() {
                return false;
            }
        }
        match self.rollout.step() {
            Ok(Step::Ran) => {}
            Ok(Step::Ended) => {
                self.pace.play = PlayState::Ended;
                return false;
            }
            Err(error) => {
                self.pace.play = PlayState::Paused;
                self.complain(&error);
                return false;
            }
        }
        self.recorder.push(self.rollout.row());
        self.history.tick(&self.rollout);
        if !self.rollout.events().is_empty() {
            self.note_events();
        }
        self.note_troubles();
        let tick = self.rollout.tick();
        if let Some(Err(error)) = self.log.as_mut().map(|log| log.row(tick - 1, self.rollout.row())) {
            self.log_failed(&error);
        }
        if self.rollout.end().is_some() {
            self.pace.play = PlayState::Ended;
            return false;
        }
        true
    }

    fn note_events(&mut self) {
        let spec = self.rollout.spec();
        for record in self.rollout.events() {
            let Some(kind) = spec.events.get(record.event) else { continue };
            self.events.push(parts::happened(spec, record.event, kind, record.tick, record.value));
        }
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

    /// Asks for every slot whose controller wants to ask somebody outside before the next tick.
    fn consult(&mut self) {
        for (slot, text) in self.inquiries.consult(&mut self.rollout) {
            self.answer(slot, text);
        }
    }

    fn answer(&mut self, slot: usize, text: String) {
        let Some(slot) = self.rollout.spec().slots.get(slot).map(|s| s.name.clone()) else { return };
        self.intervene(Intervention::Answer { slot, text });
    }

    /// An answer from outside came: it counts only while its question does.
    fn answered(&mut self, number: u64, text: String) {
        let Some(slot) = self.inquiries.answered(number) else { return };
        self.answer(slot, text);
        self.walk_on();
    }

    /// Goes the rest of a step over several ticks as soon as time need not stand any more.
    fn walk_on(&mut self) {
        if !self.inquiries.wait()
            && let Some(target) = self.target.take()
        {
            self.step_to(target);
        }
    }

    /// Whether time stands until somebody outside answers.
    pub fn waits(&self) -> bool {
        self.inquiries.wait()
    }

    pub fn take(&mut self, message: Message) {
        match message {
            Message::Command(command) => self.obey(command),
            Message::Outlook(run, outlook) if run == self.run => self.outlook = Some(outlook),
            Message::Answer(number, text) => self.answered(number, text),
            Message::Rows(rows) if rows.run == self.run => {
                if let Some(error) = self.memory.take(&mut self.recorder, rows) {
                    self.complain(&error);
                }
                self.keep_within_budget();
            }
            Message::Outlook(..) | Message::Rows(_) | Message::Stop => {}
        }
    }

    /// Shows that a long rewind is about to begin; nothing else is shown until it is over.
    pub fn announce(&mut self, message: &Message, shared: &Shared, stamp: &mut dyn FnMut(&mut RunView)) {
        let tick = match message {
            Message::Command(Command::BackTick) => self.rollout.tick().saturating_sub(1),
            Message::Command(Command::BackInterval) => self.boundary_before(),
            Message::Command(Command::GoTo { tick }) => (*tick).min(self.rollout.tick()),
            _ => return,
        };
        let left = self.history.ticks_to(tick);
        if left as f64 * self.tick_cost_s < LONG_REWIND_S {
            return;
        }
        self.rewinding = Some(left);
        let mut picture = self.picture();
        stamp(&mut picture);
        shared.view.store(Arc::new(picture));
        shared.wake();
    }

    pub fn obey(&mut self, command: Command) {
        match command {
            Command::Play => self.set_play(true),
            Command::Pause => self.set_play(false),
            Command::TogglePlay => self.set_play(self.pace.play != PlayState::Playing),
            Command::StepTick => self.step_to(self.destination() + 1),
            Command::StepInterval => self.step_to(self.boundary_after()),
            Command::BackTick => self.go_back(self.rollout.tick().saturating_sub(1)),
            Command::BackInterval => self.go_back(self.boundary_before()),
            Command::GoTo { tick } => self.go_back(tick.min(self.rollout.tick())),
            Command::Speed(speed) => self.pace.set_speed(speed, self.rollout.tick()),
            Command::Intervene(what) => {
                self.intervene(what);
                self.walk_on();
            }
            Command::Axis { name, value } => {
                let mut setup = self.present_setup();
                setup.axes.insert(name, value);
                self.begin(setup);
            }
            Command::Reset { seed } => {
                let mut setup = self.present_setup();
                if let Some(seed) = seed {
                    setup.seed = seed;
                }
                self.begin(setup);
            }
            Command::Begin(setup) => self.begin(*setup),
            Command::Open(path) => match Setup::from_file(&path) {
                Ok(setup) => self.begin(setup),
                Err(error) => self.complain(&error),
            },
            Command::Log(path) => {
                if let Err(error) = self.start_log(path) {
                    self.complain(&error);
                }
            }
            Command::Dismiss { notice } => self.notices.dismiss(notice),
            Command::Need { from, to } => self.memory.need(from..to),
            Command::Memory(bytes) => {
                self.memory.set(bytes);
                self.keep_within_budget();
            }
            // The worker takes these itself.
            Command::Replay(_) | Command::Pick(_) | Command::StopReading | Command::Leave => {}
            _ => {}
        }
    }

    fn set_play(&mut self, on: bool) {
        self.target = None;
        self.pace.set_play(on, self.rollout.tick());
    }

    /// Period of the slowest slot, ticks.
    fn longest_period(&self) -> u64 {
        self.rollout.spec().slots.iter().map(|s| s.period_ticks).max().unwrap_or(1).max(1)
    }

    /// Where the run stands, or comes to stand once an answer is there: steps that are asked for meanwhile add up.
    fn destination(&self) -> u64 {
        self.target.unwrap_or(0).max(self.rollout.tick())
    }

    fn boundary_after(&self) -> u64 {
        let period = self.longest_period();
        (self.destination() / period + 1) * period
    }

    fn boundary_before(&self) -> u64 {
        let period = self.longest_period();
        let tick = self.rollout.tick();
        tick.saturating_sub(1) / period * period
    }

    fn step_to(&mut self, tick: u64) {
        if self.pace.play != PlayState::Ended {
            self.pace.play = PlayState::Paused;
        }
        let (begin, from) = (Instant::now(), self.rollout.tick());
        while self.rollout.tick() < tick && self.tick() {}
        self.measure(begin, self.rollout.tick() - from);
        self.keep_within_budget();
        // The rest of the way follows the answer.
        self.target = (self.inquiries.wait() && self.rollout.tick() < tick).then_some(tick);
    }

    fn go_back(&mut self, tick: u64) {
        self.pace.play = PlayState::Paused;
        self.rewinding = None;
        self.memory.forget();
        if let Err(error) = mend(&mut self.recorder, &self.history, &mut self.rollout, tick) {
            self.complain(&error);
        }
        if let Err(error) = self.history.go_back(&mut self.rollout, tick) {
            self.complain(&error);
        }
        self.start_over();
        let rows = self.rollout.tick();
        self.recorder.truncate(rows);
        self.events.truncate(rows);
        if let Some(Err(error)) = self.log.as_mut().map(|log| log.truncate(rows)) {
            self.log_failed(&error);
        }
        if self.rollout.end().is_some() {
            self.pace.play = PlayState::Ended;
        }
        self.outlook = None;
        self.changes += 1;
    }

    /// Forgets what belongs to a future that was left, or to another run.
    fn start_over(&mut self) {
        self.target = None;
        self.inquiries.begin(&self.rollout);
        self.troubled = self.rollout.slots().iter().map(|s| s.troubled).collect();
    }

    fn intervene(&mut self, what: Intervention) {
        let tick = self.rollout.tick();
        if let Err(error) = self.rollout.apply(&what) {
            self.complain(&error);
            return;
        }
        if let Some(Err(error)) = self.log.as_mut().map(|log| log.input(tick, &what)) {
            self.log_failed(&error);
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
            let event = EventView {
                tick,
                instant: tick,
                event: None,
                slot: None,
                entity: what.entity(self.rollout.spec()),
                severity: Severity::Note,
                label: what.describe(self.rollout.spec(), &controllers),
                value: String::new(),
            };
            self.events.push(event);
        }
        self.history.note(tick, what);
        self.changes += 1;
    }

    /// The setup with the controllers that drive now, so that a new run goes on with them.
    fn present_setup(&self) -> Setup {
        let mut setup = self.rollout.setup().clone();
        for (slot, state) in self.rollout.spec().slots.iter().zip(self.rollout.slots()) {
            setup.policies.insert(slot.name.clone(), state.controller_name.clone());
        }
        setup
    }

    fn begin(&mut self, setup: Setup) {
        let rollout = match self.world.build(&setup) {
            Ok(rollout) => rollout,
            Err(error) => {
                self.complain(&error);
                return;
            }
        };
        let log = self.log.take().map(|log| log.path().to_path_buf());
        self.recorder = Recorder::new(rollout.schema().len());
        self.history = History::begin(&rollout);
        self.choices = choices(&self.world, &rollout);
        self.setup = Arc::new(rollout.setup().clone());
        self.events = EventList::new();
        self.rollout = rollout;
        self.start_over();
        self.outlook = None;
        self.asked_at = None;
        self.run += 1;
        self.memory.forget();
        if self.pace.play == PlayState::Ended {
            self.pace.play = PlayState::Paused;
        }
        self.pace.rest(0);
        if let Some(path) = log {
            // A new run is a new log beside the old one: nothing that was recorded is overwritten.
            if let Err(error) = self.start_log(next_free(&path)) {
                self.complain(&error);
            }
        }
    }

    pub fn start_log(&mut self, path: PathBuf) -> Result<()> {
        let mut log = LogWriter::create(&path, &LogHeader::of(&self.rollout))?;
        let mut inputs = self.history.interventions().iter().peekable();
        // Rows that are gone from memory belong to the log all the same.
        let again = || self.world.build(self.rollout.setup());
        every_row(&self.recorder, &self.history, &again, &mut |tick, row| {
            while let Some(next) = inputs.next_if(|i| i.tick <= tick) {
                log.input(next.tick, &next.what)?;
            }
            log.row(tick, row)
        })?;
        for next in inputs {
            log.input(next.tick, &next.what)?;
        }
        log.flush()?;
        self.log = Some(log);
        Ok(())
    }

    /// Brings the log to the disk while time stands; true when something is to be told.
    pub fn flush_log(&mut self) -> bool {
        let Some(Err(error)) = self.log.as_mut().map(LogWriter::flush_if_due) else { return false };
        self.log_failed(&error);
        true
    }

    /// Closes the log.
    pub fn close(mut self) {
        if let Some(log) = self.log.take() {
            // Nobody is left to tell; the rows before the failure are in the file.
            let _ = log.finish();
        }
    }

    /// Ticks run.
    pub fn now(&self) -> u64 {
        self.rollout.tick()
    }

    /// Length of a tick, s.
    pub fn tick_s(&self) -> f64 {
        f64::from(self.rollout.spec().calendar.tick_s)
    }

    /// The number of this run.
    pub fn number(&self) -> u64 {
        self.run
    }

    fn log_failed(&mut self, error: &Error) {
        self.log = None;
        self.complain(error);
    }

    pub fn complain(&mut self, error: &Error) {
        self.notices.complain(error);
    }

    /// Lets old rows go where they, what is told of them and snapshots take more than they may.
    pub fn keep_within_budget(&mut self) {
        self.memory.keep(&mut [(self.run, &mut self.recorder)], self.history.bytes());
    }

    /// Asks the second worker for rows that are gone and wanted back.
    fn ask_back(&mut self) {
        if self.questions.is_full() {
            return;
        }
        let Some((number, ticks)) = self.memory.next(self.run, &self.recorder) else { return };
        let query = self.history.plan_for(ticks).map(|past| past.into_query(self.run));
        let setup = self.rollout.setup().clone();
        let sent = query.map(|query| self.questions.try_send(Question { setup, query, number }));
        if !matches!(sent, Some(Ok(()))) {
            self.memory.not_asked();
        }
    }

    /// Asks the second worker for rows of the past that are wanted back, and about the future whenever the present is a
    /// new one.
    pub fn ask(&mut self) {
        self.ask_back();
        let present = (self.rollout.tick(), self.changes);
        if self.asked_at == Some(present) || self.rollout.end().is_some() || self.questions.is_full() {
            return;
        }
        let number = self.newest_question.fetch_add(1, Ordering::Relaxed) + 1;
        let ticks = self.rollout.spec().calendar.ticks_in(OUTLOOK_S);
        let query = Query::Outlook { from: Arc::new(self.rollout.snapshot()), ticks, run: self.run };
        if self.questions.try_send(Question { setup: self.rollout.setup().clone(), query, number }).is_ok() {
            self.asked_at = Some(present);
        }
    }

    pub fn picture(&mut self) -> RunView {
        self.generation += 1;
        let spec = Arc::clone(self.rollout.spec());
        let tick = self.rollout.tick();
        let slots: Vec<SlotView> = spec
            .slots
            .iter()
            .zip(self.rollout.slots())
            .zip(&self.choices)
            .enumerate()
            .map(|(index, ((slot, state), choices))| SlotView {
                controller: state.controller_name.clone(),
                choices: with_own(choices, &state.controller_name),
                ticks_to_decision: to_decision(slot, tick),
                insight: state.insight(),
                fallbacks: state.fallbacks,
                trouble: state.trouble.clone(),
                troubled: state.troubled,
                thinking: self.inquiries.thinking(index),
                parameters: parameters(&self.world, &self.rollout, state),
                drives: state.drives(),
            })
            .collect();
        let recording = self.recorder.picture();
        let levers = levers(&self.rollout, &recording);
        let counts = |want: fn(&LeverMode) -> bool| levers.iter().filter(|l| want(&l.mode)).count();
        let driver = DriverView {
            controllers: slots
                .iter()
                .filter(|s| s.drives)
                .map(|s| shown_name(&s.controller))
                .collect::<Vec<_>>()
                .join(" + "),
            manual: counts(|m| matches!(m, LeverMode::Manual(_))),
            pinned: counts(|m| matches!(m, LeverMode::Pinned(_))),
            shield: self.rollout.slots().iter().any(|s| s.shielded),
            defeated: defeated(&self.rollout),
        };
        RunView {
            generation: self.generation,
            run: self.run,
            schema: Arc::clone(self.rollout.schema()),
            axes: spec.axes.clone(),
            tick,
            clock: spec.calendar.civil(tick),
            play: self.pace.play,
            speed: self.pace.speed,
            achieved: if self.waits() { 0.0 } else { self.pace.achieved() },
            fraction: self.pace.fraction(),
            row: self.rollout.row().into(),
            recording,
            levers,
            slots,
            driver,
            events: self.events.picture(self.pace.play == PlayState::Playing),
            end: self.rollout.end().cloned(),
            notices: self.notices.all(),
            setup: Arc::clone(&self.setup),
            plants: Arc::clone(&self.plants),
            seed: self.rollout.setup().seed,
            noise: self.rollout.setup().noise.clone(),
            log: self.log.as_ref().map(|l| l.path().display().to_string()),
            outlook: self.outlook.clone().filter(|o| o.tick <= tick),
            metrics: (0..spec.metrics.len()).map(|m| self.rollout.metric(m)).collect(),
            rewinding: self.rewinding,
            replay: None,
            beside: Beside::default(),
            spec,
        }
    }
}
