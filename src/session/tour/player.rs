//! Plays a tour: looks at the newest picture of the run and says what to command next. Knows no clock and no window: who
//! plays it tells how much time has passed, and shows what [`Player::entered`] says.

use std::sync::Arc;

use crate::rollout::{Intervention, LeverMode};

use super::super::beside::{RunEntry, RunKind};
use super::super::clock::Speed;
use super::super::until::Until;
use super::super::view::{PlayState, RunView};
use super::Command;
use super::document::{Act, Hand, Scene, Tour};
use super::quantity::Found;

/// How long the worker may take to do what it was asked for, s.
const PATIENCE_S: f64 = 20.0;

/// Ticks that a caption tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// Ticks run when the scene began.
    pub from: u64,
}

/// How far a tour is.
#[derive(Debug, Clone, PartialEq)]
pub enum Phase {
    /// Its run is being begun.
    Begins,
    /// The scene does what it does.
    Acts,
    /// Time passes.
    Passes,
    /// The last words of the scene stand.
    Stands,
    /// A question waits for its answer, or for the person to go on once it was answered with this choice.
    Asks(Option<usize>),
    /// The last scene is over.
    Over,
    /// It cannot go on, and why.
    Failed(String),
}

/// A tour that is being played.
#[derive(Debug, Clone)]
pub struct Player {
    tour: Arc<Tour>,
    at: usize,
    phase: Phase,
    paused: bool,
    /// Somebody did something to the run that the tour did not ask for.
    touched: bool,
    looping: bool,
    /// Scenes before this one go by at full speed.
    hurry_to: usize,
    /// Everything goes by at full speed and questions answer themselves.
    rehearses: bool,
    /// Whether the deed that is waited for was asked for.
    asked: bool,
    /// Deeds of the scene that were done.
    done: usize,
    /// Highest number of a run before the tour began its own.
    runs_before: u64,
    /// The run as the tour left it.
    run: u64,
    span: Span,
    target: Option<u64>,
    phase_s: f64,
    entered: Option<usize>,
    found: Vec<(usize, Vec<Found>)>,
}

impl Player {
    /// A tour before its first scene.
    pub fn new(tour: Arc<Tour>) -> Self {
        Self {
            tour,
            at: 0,
            phase: Phase::Begins,
            paused: false,
            touched: false,
            looping: false,
            hurry_to: 0,
            rehearses: false,
            asked: false,
            done: 0,
            runs_before: 0,
            run: 0,
            span: Span::default(),
            target: None,
            phase_s: 0.0,
            entered: None,
            found: Vec::new(),
        }
    }

    /// The same tour at full speed, with questions that answer themselves.
    pub fn rehearsing(self) -> Self {
        Self { rehearses: true, ..self }
    }

    /// The tour.
    pub fn tour(&self) -> &Arc<Tour> {
        &self.tour
    }

    /// Number of the present scene, from 0.
    pub fn at(&self) -> usize {
        self.at
    }

    /// The present scene.
    pub fn scene(&self) -> Option<&Scene> {
        self.tour.scenes.get(self.at)
    }

    /// How far it is.
    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// Ticks that the captions of the scene tell of.
    pub fn span(&self) -> Span {
        self.span
    }

    /// Whether it stands because somebody wanted it to.
    pub fn paused(&self) -> bool {
        self.paused
    }

    /// Whether it begins again after its last scene.
    pub fn looping(&self) -> bool {
        self.looping
    }

    /// Lets it begin again after its last scene, or not.
    pub fn set_looping(&mut self, on: bool) {
        self.looping = on;
    }

    /// Whether scenes go by at full speed until a later one.
    pub fn hurries(&self) -> bool {
        self.rehearses || self.at < self.hurry_to
    }

    /// The scene that has begun since the last call: its layout, tiles and camera are to be shown.
    pub fn entered(&mut self) -> Option<usize> {
        self.entered.take()
    }

    /// What came of the expectations of the scenes that are over, by scene.
    pub fn found(&self) -> &[(usize, Vec<Found>)] {
        &self.found
    }

    /// Part of the scene's time that has passed, 0 to 1.
    pub fn passed(&self, view: &RunView) -> f64 {
        match (&self.phase, self.target) {
            (Phase::Begins | Phase::Acts, _) => 0.0,
            (Phase::Passes, Some(target)) => {
                let whole = target.saturating_sub(self.span.from).max(1) as f64;
                (view.tick.saturating_sub(self.span.from) as f64 / whole).clamp(0.0, 1.0)
            }
            (Phase::Passes, None) => 0.5,
            _ => 1.0,
        }
    }

    /// What the scene says now.
    pub fn words(&self, view: &RunView) -> String {
        let Some(scene) = self.scene() else { return String::new() };
        let over = matches!(self.phase, Phase::Stands | Phase::Asks(_) | Phase::Over);
        let phrase = scene.then.as_ref().filter(|_| over).unwrap_or(&scene.caption);
        // Before its deeds are done the run still shows the scene before.
        if matches!(self.phase, Phase::Begins) { String::new() } else { phrase.words(view, self.span) }
    }

    /// Stands. `touched` says that the run was changed: the scene begins again when the tour goes on.
    pub fn pause(&mut self, touched: bool) {
        self.paused = true;
        self.touched |= touched;
    }

    /// Goes on: where it stood, or from the scene's begin where somebody changed the run.
    pub fn play(&mut self, view: &RunView, out: &mut Vec<Command>) {
        if self.phase == Phase::Over {
            self.jump(0);
        } else if self.paused {
            let as_left = self.phase == Phase::Begins
                || view.beside.shown == self.run && view.replay.is_none() && view.tick >= self.span.from;
            if self.touched || !as_left {
                self.jump(self.at);
            } else if self.phase == Phase::Passes {
                self.pass(out);
            }
        }
        (self.paused, self.touched) = (false, false);
    }

    /// To the next scene.
    pub fn skip(&mut self, out: &mut Vec<Command>) {
        match self.phase {
            Phase::Over | Phase::Failed(_) => {}
            Phase::Stands | Phase::Asks(_) if !self.touched => {
                self.paused = false;
                self.advance();
            }
            _ if self.touched => {
                self.jump((self.at + 1).min(self.tour.scenes.len().saturating_sub(1)));
            }
            _ => {
                self.hurry_to = self.hurry_to.max(self.at + 1);
                self.paused = false;
                if self.phase == Phase::Passes {
                    self.pass(out);
                }
            }
        }
    }

    /// To the scene before: the run is begun again and brought there at full speed.
    pub fn back(&mut self) {
        self.jump(self.at.saturating_sub(1));
    }

    /// To a scene: the run is begun again and brought there at full speed.
    pub fn jump(&mut self, scene: usize) {
        self.at = 0;
        self.hurry_to = scene.min(self.tour.scenes.len().saturating_sub(1));
        (self.paused, self.touched, self.asked) = (false, false, false);
        self.enter(Phase::Begins);
    }

    /// Answers the question of the scene.
    pub fn answer(&mut self, choice: usize) {
        if self.phase == Phase::Asks(None) {
            self.enter(Phase::Asks(Some(choice)));
        }
    }

    /// Looks at the newest picture, `dt_s` seconds after the last call, and pushes what to command.
    pub fn frame(&mut self, view: &RunView, dt_s: f64, out: &mut Vec<Command>) {
        if self.paused {
            return;
        }
        self.phase_s += dt_s.max(0.0);
        match self.phase {
            Phase::Begins => self.begin(view, out),
            Phase::Acts => self.act(view, out),
            Phase::Passes => self.watch(view),
            Phase::Stands => {
                let stay = self.scene().map_or(0.0, |scene| scene.stay_s);
                if self.hurries() || self.phase_s >= stay {
                    self.over();
                }
            }
            Phase::Asks(_) if self.hurries() => self.advance(),
            Phase::Asks(_) | Phase::Over | Phase::Failed(_) => {}
        }
    }

    /// Begins the run of the tour in place of the one that is shown, without branches of an earlier round.
    fn begin(&mut self, view: &RunView, out: &mut Vec<Command>) {
        if !self.asked {
            if view.replay.is_some() {
                out.push(Command::Leave);
            }
            out.extend([Command::Pause, Command::Until(None), Command::Loop(None)]);
            let home = view.beside.runs.iter().find(|run| run.kind == RunKind::Home);
            if let Some(home) = home.filter(|home| home.id != view.beside.shown) {
                out.push(Command::Follow(home.id));
            }
            let own = view.beside.runs.iter().filter(|run| run.kind == RunKind::Branch && self.tour.makes(&run.name));
            out.extend(own.map(|run| Command::Close(run.id)));
            self.runs_before = view.beside.runs.iter().map(|run| run.id).max().unwrap_or(0).max(view.beside.shown);
            out.push(Command::Begin(Box::new(self.tour.setup.clone())));
            (self.asked, self.phase_s) = (true, 0.0);
            return;
        }
        // In a replay the numbers of runs are others: the live run must be there first.
        if view.replay.is_none() && view.beside.shown > self.runs_before && view.tick == 0 {
            self.found.clear();
            self.at = 0;
            self.arrive(view);
        } else {
            self.wait("its run does not begin");
        }
    }

    /// A scene begins.
    fn arrive(&mut self, view: &RunView) {
        self.done = 0;
        self.asked = false;
        self.run = view.beside.shown;
        self.span = Span { from: view.tick };
        self.target = None;
        if !self.hurries() || self.rehearses {
            self.entered = Some(self.at);
        }
        self.enter(Phase::Acts);
    }

    /// Does what the scene does, one after the other, then lets time pass.
    fn act(&mut self, view: &RunView, out: &mut Vec<Command>) {
        let tour = Arc::clone(&self.tour);
        let Some(scene) = tour.scenes.get(self.at) else { return };
        if self.done == 0 && !self.asked && self.phase_s <= 0.0 {
            // The scene before may have ended in the picture that is a frame old.
            self.span = Span { from: view.tick };
        }
        while let Some(act) = scene.acts.get(self.done) {
            if !self.asked {
                match commands(act, view) {
                    Ok(commands) => out.extend(commands),
                    Err(why) => {
                        self.enter(Phase::Failed(why));
                        return;
                    }
                }
                self.asked = true;
                if !at_once(act) {
                    return;
                }
            }
            if !at_once(act) && !is_done(act, view) {
                self.wait(&format!("the run does not do what the scene asks of it ({act:?})"));
                return;
            }
            (self.asked, self.done) = (false, self.done + 1);
        }
        self.run = view.beside.shown;
        self.span = Span { from: view.tick };
        self.target = scene.ticks.map(|ticks| view.tick + ticks);
        if scene.ticks.is_none() && scene.until.is_none() {
            self.enter(Phase::Stands);
            self.judge(view);
            return;
        }
        self.pass(out);
        self.enter(Phase::Passes);
    }

    /// Lets time pass as the scene wants it.
    fn pass(&mut self, out: &mut Vec<Command>) {
        let Some(scene) = self.tour.scenes.get(self.at) else { return };
        let until = self.target.map(Until::Tick).or_else(|| scene.until.clone());
        let Some(until) = until else { return };
        let speed = if self.hurries() { Speed::Max } else { Speed::Factor(scene.speed) };
        out.extend([Command::Speed(speed), Command::PlayUntil(until)]);
    }

    /// Whether the time of the scene has passed, for all runs.
    fn watch(&mut self, view: &RunView) {
        let stands = view.play != PlayState::Playing && view.tick > self.span.from && view.beside.until.is_none();
        let behind = |run: &RunEntry| run.kind != RunKind::Log && run.end.is_none() && run.reach < view.tick;
        if !stands || view.rewinding.is_some() || view.beside.runs.iter().any(behind) {
            return;
        }
        if self.target.is_some_and(|target| view.tick < target) && view.play != PlayState::Ended {
            // Somebody stopped time: the tour stands with it.
            self.pause(false);
            return;
        }
        self.enter(Phase::Stands);
        self.judge(view);
    }

    fn judge(&mut self, view: &RunView) {
        let Some(scene) = self.tour.scenes.get(self.at) else { return };
        let found = scene.expect.iter().map(|expectation| expectation.check(view, self.span)).collect();
        self.found.push((self.at, found));
    }

    /// The words of the scene have stood.
    fn over(&mut self) {
        match self.scene().map(|scene| scene.question.is_some()) {
            Some(true) => self.enter(Phase::Asks(None)),
            _ => self.advance(),
        }
    }

    fn advance(&mut self) {
        if self.at + 1 < self.tour.scenes.len() {
            self.at += 1;
            self.done = 0;
            self.asked = false;
            if !self.hurries() || self.rehearses {
                self.entered = Some(self.at);
            }
            self.enter(Phase::Acts);
        } else if self.looping {
            self.jump(0);
        } else {
            self.enter(Phase::Over);
        }
    }

    fn enter(&mut self, phase: Phase) {
        self.phase = phase;
        self.phase_s = 0.0;
    }

    fn wait(&mut self, what: &str) {
        if self.phase_s > PATIENCE_S {
            self.enter(Phase::Failed(format!("The tour cannot go on: {what}")));
        }
    }
}

/// Deeds that need no waiting: what follows comes after them anyway.
fn at_once(act: &Act) -> bool {
    matches!(act, Act::Lever(_) | Act::Controller(_) | Act::Disturb(_) | Act::Shadow(_))
}

/// The commands of a deed.
fn commands(act: &Act, view: &RunView) -> Result<Vec<Command>, String> {
    let one = |command: Command| Ok(vec![command]);
    match act {
        Act::Lever(lever) => {
            let name = view.spec.find_action(&lever.name).and_then(|(s, a)| {
                let slot = view.spec.slots.get(s)?;
                Some(format!("{}.{}", slot.name, slot.actions.get(a)?.name))
            });
            let mode = match lever.to {
                Hand::Auto => LeverMode::Auto,
                Hand::Hand(value) => LeverMode::Manual(value),
                Hand::Pin(value) => LeverMode::Pinned(value),
            };
            one(Command::Intervene(Intervention::Lever { lever: name.unwrap_or_else(|| lever.name.clone()), mode }))
        }
        Act::Controller(to) => {
            one(Command::Intervene(Intervention::Controller { slot: to.slot.clone(), name: to.name.clone() }))
        }
        Act::Shadow(of) => one(Command::Shadow { slot: of.slot.clone(), controller: of.name.clone() }),
        Act::Disturb(what) => {
            let found = view.spec.disturbances.iter().find(|d| d.name == what.name);
            let found = found.ok_or_else(|| format!("The plant knows no disturbance {}", what.name))?;
            one(Command::Plan {
                label: found.label.clone(),
                input: found.input.clone(),
                change: found.change(what.value.unwrap_or(found.value)),
                from: view.tick,
                ticks: what.ticks.or(found.ticks),
            })
        }
        Act::Branch(name) => one(Command::Branch { tick: None, name: Some(name.clone()), changes: Vec::new() }),
        Act::Race(race) => one(Command::Race { slot: race.slot.clone(), controllers: race.controllers.clone() }),
        Act::Follow(name) => match run_named(view, name) {
            Some(run) if run.id == view.beside.shown => Ok(Vec::new()),
            Some(run) => one(Command::Follow(run.id)),
            None => Err(format!("There is no run of the name {name}")),
        },
        Act::GoTo(tick) => one(Command::GoTo { tick: *tick }),
    }
}

/// Whether a picture shows that a deed was done.
fn is_done(act: &Act, view: &RunView) -> bool {
    let shown = |name: &str| run_named(view, name).is_some_and(|run| run.id == view.beside.shown);
    match act {
        Act::Branch(name) | Act::Follow(name) => shown(name),
        Act::Race(race) => race.controllers.iter().any(|c| run_named(view, crate::control::shown_name(c)).is_some()),
        Act::GoTo(tick) => view.tick == *tick && view.rewinding.is_none(),
        Act::Lever(_) | Act::Controller(_) | Act::Disturb(_) | Act::Shadow(_) => true,
    }
}

/// A run by its name; `Home` is the one that the tour began, whatever it is called.
pub(super) fn run_named<'a>(view: &'a RunView, name: &str) -> Option<&'a RunEntry> {
    let named = view.beside.runs.iter().find(|run| run.name == name);
    named.or_else(|| view.beside.runs.iter().find(|run| name == "Home" && run.kind == RunKind::Home))
}
