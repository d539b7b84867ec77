//! The live world: the run that is shown and those beside it. Applies commands between ticks, makes pictures.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use crossbeam_channel::Sender;

use crate::config::{Error, Result};
use crate::control::shown_name;
use crate::plant::PlantSpec;
use crate::rollout::{Intervention, LeverMode, Setup, World};

use super::beside::RunKind;
use super::clock::Pace;
use super::command::Command;
use super::course::{Course, Passed, Passport};
use super::handle::{Message, Question, Shared};
use super::laid::Laid;
use super::limits::Limits;
use super::marks::Instant as Moment;
use super::memory::Memory;
use super::notices::Notices;
use super::parts::{self, defeated, levers, next_free, parameters, plants, to_decision, with_own};
use super::query::{Outlook, Query};
use super::view::{DriverView, OptionView, PlayState, RunView, SlotView};

/// A rewind that takes longer than this is announced before it begins, s.
const LONG_REWIND_S: f64 = 0.05;

/// How far an outlook looks: a quarter of an hour of site time.
const OUTLOOK_S: u64 = 900;

/// Everything the worker owns of live runs.
pub(super) struct Live {
    pub(super) world: World,
    /// The run that is shown.
    pub(super) course: Course,
    /// The others.
    pub(super) others: Vec<Course>,
    /// Recorded logs to compare with.
    pub(super) laid: Vec<Laid>,
    /// Runs so far.
    pub(super) runs: u64,
    /// Races so far.
    pub(super) races: u64,
    /// Numbers given to what is planned and to shadows so far.
    pub(super) numbers: u64,
    pub(super) answers: Sender<Message>,
    plants: Arc<Vec<OptionView>>,
    /// Tick that a step over several ticks still has to reach once an answer is there.
    target: Option<u64>,
    pub notices: Notices,
    pub pace: Pace,
    pub memory: Memory,
    generation: u64,
    outlook: Option<Outlook>,
    asked_at: Option<(u64, u64, u64)>,
    /// What the site could give, as far as somebody wanted to know.
    pub(super) limits: Limits,
    pub(super) changes: u64,
    /// Seconds that a tick takes, as measured last.
    tick_cost_s: f64,
    /// A long rewind is under way: ticks to run again.
    rewinding: Option<u64>,
    pub(super) questions: Sender<Question>,
    pub newest_question: Arc<AtomicU64>,
}

impl Live {
    /// A run at its first tick. What controllers ask somebody outside comes back to `answers`.
    pub fn new(world: World, setup: Setup, questions: Sender<Question>, answers: Sender<Message>) -> Result<Self> {
        let course = Course::begin(&world, &setup, home(0), answers.clone())?;
        Ok(Self {
            plants: Arc::new(plants(&world)),
            course,
            others: Vec::new(),
            laid: Vec::new(),
            runs: 1,
            races: 0,
            numbers: 0,
            answers,
            target: None,
            world,
            notices: Notices::default(),
            pace: Pace::new(),
            memory: Memory::default(),
            generation: 0,
            outlook: None,
            asked_at: None,
            limits: Limits::default(),
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
        let passed = self.course.tick();
        self.tell_failure();
        match passed {
            Ok(Passed::Tick) => {
                self.keep_step();
                true
            }
            Ok(Passed::Waits) => false,
            Ok(Passed::Over) => {
                self.pace.play = PlayState::Ended;
                self.keep_step();
                false
            }
            Err(error) => {
                self.pace.play = PlayState::Paused;
                self.complain(&error);
                false
            }
        }
    }

    /// Tells what went wrong with a log.
    pub(super) fn tell_failure(&mut self) {
        if let Some(error) = self.course.failure.take() {
            self.complain(&error);
        }
    }

    /// An answer from outside came: it counts only while its question does.
    fn answered(&mut self, run: u64, number: u64, text: String) {
        let shown = self.course.passport.id == run;
        let course = if shown { Some(&mut self.course) } else { self.others.iter_mut().find(|c| c.passport.id == run) };
        match course.map(|course| course.answered(number, text)) {
            Some(Ok(true)) if shown => {
                self.changes += 1;
                self.walk_on();
            }
            Some(Err(error)) => self.complain(&error),
            _ => {}
        }
        self.tell_failure();
    }

    /// Goes the rest of a step over several ticks as soon as time need not stand any more.
    fn walk_on(&mut self) {
        if !self.waits()
            && let Some(target) = self.target.take()
        {
            self.step_to(target);
        }
    }

    /// Whether time stands until somebody outside answers.
    pub fn waits(&self) -> bool {
        self.course.inquiries.wait()
    }

    pub fn take(&mut self, message: Message) {
        match message {
            Message::Command(command) => self.obey(command),
            Message::Outlook(run, outlook) if run == self.number() => self.outlook = Some(outlook),
            Message::Answer { run, number, text } => self.answered(run, number, text),
            Message::Rows(rows) => self.take_back(rows),
            Message::Headroom(run, found) => {
                let (shown, changes) = (self.number(), self.changes);
                self.limits.found(found, |asked_at| run == shown && asked_at == changes);
            }
            Message::LogHeadroom(..) | Message::Outlook(..) | Message::Again(..) | Message::Why(..) | Message::Stop => {
            }
        }
    }

    /// Shows that a long rewind is about to begin; nothing else is shown until it is over.
    pub fn announce(&mut self, message: &Message, shared: &Shared, stamp: &mut dyn FnMut(&mut RunView)) {
        let tick = match message {
            Message::Command(Command::BackTick) => self.now().saturating_sub(1),
            Message::Command(Command::BackInterval) => self.boundary_before(),
            Message::Command(Command::GoTo { tick }) => (*tick).min(self.course.reach()),
            _ => return,
        };
        let left = self.course.history.ticks_to(tick);
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
            Command::BackTick => self.visit(self.now().saturating_sub(1)),
            Command::BackInterval => self.visit(self.boundary_before()),
            Command::GoTo { tick } => self.visit(tick),
            Command::Speed(speed) => self.pace.set_speed(speed, self.now()),
            Command::Intervene(what) => {
                self.intervene(what);
                self.walk_on();
            }
            Command::Axis { name, value } => {
                let mut setup = self.course.present_setup();
                setup.axes.insert(name, value);
                self.begin_again(setup);
            }
            Command::Reset { seed } => {
                let mut setup = self.course.present_setup();
                if let Some(seed) = seed {
                    setup.seed = seed;
                }
                self.begin_again(setup);
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
            Command::CopyLog(path) => {
                if let Err(error) = self.course.copy_log(&path) {
                    self.complain(&error);
                }
            }
            Command::Dismiss { notice } => self.notices.dismiss(notice),
            Command::Need { run, from, to } => self.need(run, from..to),
            Command::Headroom => self.limits.want(),
            Command::Memory(bytes) => {
                self.memory.set(bytes);
                self.keep_laid_within_budget();
            }
            other => self.arrange(other),
        }
    }

    fn set_play(&mut self, on: bool) {
        self.target = None;
        self.pace.set_play(on, self.now());
    }

    /// Period of the slowest slot, ticks.
    fn longest_period(&self) -> u64 {
        self.course.rollout.spec().slots.iter().map(|s| s.period_ticks).max().unwrap_or(1).max(1)
    }

    /// Where the run stands, or comes to stand once an answer is there: steps that are asked for meanwhile add up.
    fn destination(&self) -> u64 {
        self.target.unwrap_or(0).max(self.now())
    }

    fn boundary_after(&self) -> u64 {
        let period = self.longest_period();
        (self.destination() / period + 1) * period
    }

    fn boundary_before(&self) -> u64 {
        let period = self.longest_period();
        self.now().saturating_sub(1) / period * period
    }

    fn step_to(&mut self, tick: u64) {
        if self.pace.play != PlayState::Ended {
            self.pace.play = PlayState::Paused;
        }
        let (begin, from) = (Instant::now(), self.now());
        while self.now() < tick && self.tick() {}
        self.measure(begin, self.now() - from);
        self.keep_within_budget();
        // The rest of the way follows the answer.
        self.target = (self.waits() && self.now() < tick).then_some(tick);
    }

    /// Goes to an instant that the run has come to and stands there.
    fn visit(&mut self, tick: u64) {
        self.pace.play = PlayState::Paused;
        self.go_to(tick);
    }

    /// Goes to an instant that the run has come to; time passes or stands as before.
    pub fn go_to(&mut self, tick: u64) {
        self.rewinding = None;
        if let Err(error) = self.course.go_to(tick) {
            self.complain(&error);
        }
        self.moved();
    }

    /// The run stands elsewhere than before, or another one is shown.
    pub(super) fn moved(&mut self) {
        self.target = None;
        self.outlook = None;
        self.limits.forget();
        self.changes += 1;
        let ended = self.course.rollout.end().is_some();
        match self.pace.play {
            PlayState::Ended if !ended => self.pace.play = PlayState::Paused,
            PlayState::Paused | PlayState::Playing if ended => self.pace.play = PlayState::Ended,
            _ => {}
        }
        self.pace.rest(self.now());
    }

    /// Does something at the present instant. Where the run has gone on from here before, another future begins: the
    /// one that is there stands beside.
    pub(super) fn intervene(&mut self, what: Intervention) {
        if !self.course.is_present() {
            self.branch(self.now(), None, vec![what]);
            return;
        }
        if let Err(error) = self.course.intervene(what) {
            self.complain(&error);
        }
        self.tell_failure();
        // What the site could give was told of another state.
        self.limits.forget();
        self.changes += 1;
    }

    /// Begins a run with the controllers of the one that is shown, tuned as they are: noted as done before its first
    /// tick, so that its log has it.
    fn begin_again(&mut self, setup: Setup) {
        let (tuning, before) = (parts::tuning(&self.world, &self.course.rollout), self.number());
        self.begin(setup);
        if self.number() == before {
            return;
        }
        for what in tuning {
            if let Err(error) = self.course.intervene(what) {
                self.complain(&error);
            }
        }
        self.course.history.found();
        self.tell_failure();
    }

    /// Begins a run in place of the one that is shown. The others stay.
    fn begin(&mut self, setup: Setup) {
        let passport = Passport { name: self.course.passport.name.clone(), ..home(self.runs) };
        let mut course = match Course::begin(&self.world, &setup, passport, self.answers.clone()) {
            Ok(course) => course,
            Err(error) => {
                self.complain(&error);
                return;
            }
        };
        let old = self.course.passport.clone();
        course.passport.colour = old.colour;
        course.passport.kind = old.kind;
        self.runs += 1;
        let log = self.course.log.take().map(|log| log.path().to_path_buf());
        self.orphan(old.id);
        self.course = course;
        self.asked_at = None;
        self.moved();
        if let Some(path) = log {
            // A new run is a new log beside the old one: nothing that was recorded is overwritten.
            if let Err(error) = self.start_log(next_free(&path)) {
                self.complain(&error);
            }
        }
    }

    pub fn start_log(&mut self, path: PathBuf) -> Result<()> {
        self.course.start_log(path)
    }

    /// Brings the logs to the disk while time stands; true when something is to be told.
    pub fn flush_log(&mut self) -> bool {
        for course in &mut self.others {
            course.flush_log();
        }
        let told = self.course.flush_log();
        self.tell_failure();
        told
    }

    /// Closes the logs.
    pub fn close(mut self) {
        self.course.close();
        self.others.iter_mut().for_each(Course::close);
    }

    /// Ticks run.
    pub fn now(&self) -> u64 {
        self.course.now()
    }

    /// The shown instant, for somebody who watches it.
    pub fn instant<T>(&self, look: impl FnOnce(&Moment<'_>) -> T) -> T {
        let rollout = &self.course.rollout;
        // The events that began on the last tick, whether it was run for the first time or again.
        let events: Vec<usize> = rollout.events().iter().map(|e| e.event).collect();
        let (spec, schema) = (rollout.spec(), rollout.schema());
        look(&Moment { tick: rollout.tick(), row: rollout.row(), events: &events, spec, schema })
    }

    /// The plant's tables.
    pub fn spec(&self) -> Arc<PlantSpec> {
        Arc::clone(self.course.rollout.spec())
    }

    /// Goes back to where a loop begins, while time passes.
    pub fn go_round(&mut self, tick: u64) {
        if self.pace.play == PlayState::Ended {
            self.pace.play = PlayState::Playing;
        }
        self.go_to(tick);
    }

    /// The file that the full log of the shown run goes to.
    pub fn log_path(&self) -> Option<PathBuf> {
        self.course.log.as_ref().map(|log| log.path().to_path_buf())
    }

    /// Length of a tick, s.
    pub fn tick_s(&self) -> f64 {
        f64::from(self.course.rollout.spec().calendar.tick_s)
    }

    /// The number of the run that is shown.
    pub fn number(&self) -> u64 {
        self.course.passport.id
    }

    pub fn complain(&mut self, error: &Error) {
        self.notices.complain(error);
    }

    /// Asks the second worker for rows of the past that are wanted back, and about the future whenever the present is a
    /// new one.
    pub fn ask(&mut self) {
        self.ask_back();
        self.ask_ahead();
        self.ask_headroom();
    }

    fn ask_ahead(&mut self) {
        let rollout = &self.course.rollout;
        let present = (self.number(), rollout.tick(), self.changes);
        if self.asked_at == Some(present) || rollout.end().is_some() || self.questions.is_full() {
            return;
        }
        let number = self.newest_question.fetch_add(1, Ordering::Relaxed) + 1;
        let ticks = rollout.spec().calendar.ticks_in(OUTLOOK_S);
        let query = Query::Outlook { from: Arc::new(rollout.snapshot()), ticks, run: self.number() };
        if self.questions.try_send(Question::of(rollout, query, number)).is_ok() {
            self.asked_at = Some(present);
        }
    }

    pub fn picture(&mut self) -> RunView {
        self.generation += 1;
        let rollout = &self.course.rollout;
        let spec = Arc::clone(rollout.spec());
        let tick = rollout.tick();
        let slots: Vec<SlotView> = spec
            .slots
            .iter()
            .zip(rollout.slots())
            .zip(&self.course.choices)
            .enumerate()
            .map(|(index, ((slot, state), choices))| SlotView {
                controller: state.controller_name.clone(),
                choices: with_own(choices, &state.controller_name),
                ticks_to_decision: to_decision(slot, tick),
                insight: state.insight(),
                fallbacks: state.fallbacks,
                trouble: state.trouble.clone(),
                troubled: state.troubled,
                thinking: self.course.inquiries.thinking(index),
                parameters: parameters(&self.world, rollout, state),
                drives: state.drives(),
            })
            .collect();
        let all = self.course.recorder.picture();
        let recording = if all.rows() > tick { all.until(tick, rollout.schema().len()) } else { all.clone() };
        let levers = levers(rollout, &recording);
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
            shield: rollout.slots().iter().any(|s| s.shielded),
            defeated: defeated(rollout),
        };
        let (beside, events) = self.beside(all);
        let rollout = &self.course.rollout;
        RunView {
            generation: self.generation,
            run: self.course.passport.id,
            schema: Arc::clone(rollout.schema()),
            axes: spec.axes.clone(),
            tick,
            clock: spec.calendar.civil(tick),
            play: self.pace.play,
            speed: self.pace.speed,
            achieved: if self.waits() { 0.0 } else { self.pace.achieved() },
            fraction: self.pace.fraction(),
            row: rollout.row().into(),
            recording,
            levers,
            slots,
            driver,
            events,
            end: rollout.end().cloned(),
            notices: self.notices.all(),
            setup: Arc::clone(&self.course.setup),
            plants: Arc::clone(&self.plants),
            seed: rollout.setup().seed,
            noise: rollout.setup().noise.clone(),
            log: self.course.log.as_ref().map(|l| l.path().display().to_string()),
            outlook: self.outlook.clone().filter(|o| o.tick <= tick),
            headroom: self.limits.told(tick),
            metrics: parts::metrics(rollout),
            rewinding: self.rewinding,
            replay: None,
            beside,
            spec,
        }
    }
}

/// The run that a session begins with.
fn home(id: u64) -> Passport {
    Passport { id, name: "Home".to_owned(), colour: 0, kind: RunKind::Home, parent: None, branched_at: 0, race: None }
}
