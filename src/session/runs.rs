//! Runs beside the one that is shown: branches, races, who is shown, who goes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::config::{Error, Place};
use crate::control::{FIXED, shown_name};
use crate::record::{Divergence, Recording};
use crate::rollout::{Intervention, LoggedIntervention};

use super::beside::{Beside, PlannedView, RunEntry, RunKind};
use super::command::Command;
use super::course::{Course, Passed, Passport};
use super::laid::Laid;
use super::parts::next_free;
use super::view::{EventView, NoticeKind, PlayState};
use super::worker::Live;

/// Most runs that stand side by side.
const MOST_RUNS: usize = 24;

/// Most controllers that compute beside a run.
const MOST_SHADOWS: usize = 12;

/// Ticks that a run which is behind goes for one of the shown run, so that it comes up.
const CATCH_UP: u64 = 8;

impl Live {
    /// Commands about what stands beside the run that is shown.
    pub(super) fn arrange(&mut self, command: Command) {
        match command {
            Command::Branch { tick, name, changes } => {
                let tick = tick.unwrap_or(self.now());
                self.branch(tick, name, changes);
            }
            Command::Race { slot, controllers } => self.race(&slot, &controllers),
            Command::Follow(id) => self.follow(id),
            Command::Promote(id) => self.promote(id),
            Command::Close(id) => self.close_run(id),
            Command::Rename { id, name } => self.rename(id, &name),
            Command::Lay(paths) => {
                for path in paths {
                    self.lay(&path);
                }
            }
            Command::Plan { label, input, change, from, ticks } => {
                self.numbers += 1;
                let until = ticks.map(|ticks| from.saturating_add(ticks.max(1)));
                self.plan(PlannedView { id: self.numbers, label, input, change, from, until });
            }
            Command::Unplan(id) => self.unplan(id),
            Command::Shadow { slot, controller } => self.shadow(&slot, &controller),
            Command::Unshadow(id) => {
                self.course.shadows.remove(id);
                self.changes += 1;
            }
            // The worker takes the others itself.
            _ => {}
        }
    }

    /// All runs that can go on, the shown one first.
    #[cfg(all(test, not(feature = "app")))]
    pub(super) fn courses(&self) -> impl Iterator<Item = &Course> {
        std::iter::once(&self.course).chain(&self.others)
    }

    /// Whether another run has room; says so when it has not.
    fn has_room(&mut self) -> bool {
        let room = self.others.len() + self.laid.len() + 1 < MOST_RUNS;
        if !room {
            self.notices.tell(
                NoticeKind::Error,
                &format!("{MOST_RUNS} runs stand side by side already"),
                "Close one in the tile Runs, then try again.",
            );
        }
        room
    }

    /// A passport for a recorded run that goes on here; nothing when there is no room for it.
    pub fn passport_for(&mut self, name: String) -> Option<Passport> {
        self.has_room().then(|| self.passport(RunKind::Branch, Some(name), None, 0))
    }

    /// Shows a recorded run that goes on; what was shown stands beside.
    pub fn show_taken(&mut self, mut course: Course) {
        course.passport.branched_at = course.now();
        // What befell the recorded run stands on the time line; what is still at work can be taken away.
        let spec = Arc::clone(course.rollout.spec());
        for LoggedIntervention { tick, what } in course.history.interventions() {
            self.numbers += 1;
            course.plan.hear(self.numbers, *tick, what, &spec);
        }
        let old = std::mem::replace(&mut self.course, course);
        self.others.push(old);
        self.pace.play = PlayState::Paused;
        self.moved();
    }

    /// A passport for a new run.
    fn passport(&mut self, kind: RunKind, name: Option<String>, parent: Option<u64>, branched_at: u64) -> Passport {
        let id = self.runs;
        self.runs += 1;
        let wanted = name.filter(|n| !n.trim().is_empty()).unwrap_or_else(|| match kind {
            RunKind::Log => "Log".to_owned(),
            _ => format!("Branch {id}"),
        });
        Passport {
            id,
            name: self.free_name(wanted.trim(), id),
            colour: self.free_colour(),
            kind,
            parent,
            branched_at,
            race: None,
        }
    }

    /// The name, or the name with a number where it is taken.
    fn free_name(&self, wanted: &str, but: u64) -> String {
        let passports = self.passports();
        let taken: Vec<&str> = passports.iter().filter(|p| p.id != but).map(|p| p.name.as_str()).collect();
        let numbered = |k: u32| if k == 1 { wanted.to_owned() } else { format!("{wanted} ({k})") };
        (1..).map(numbered).find(|name| !taken.contains(&name.as_str())).unwrap_or_default()
    }

    fn free_colour(&self) -> usize {
        let passports = self.passports();
        (0..).find(|colour| passports.iter().all(|p| p.colour != *colour)).unwrap_or(0)
    }

    fn passports(&self) -> Vec<&Passport> {
        let others = self.others.iter().map(|c| &c.passport);
        std::iter::once(&self.course.passport).chain(others).chain(self.laid.iter().map(|l| &l.passport)).collect()
    }

    /// Another future of the shown run from an instant on, with something different in it. Nothing is there when
    /// something is wrong with it.
    fn fork(&mut self, tick: u64, name: Option<String>, changes: Vec<Intervention>) -> Option<Course> {
        if !self.has_room() {
            return None;
        }
        if tick > self.course.reach() {
            self.notices.tell(
                NoticeKind::Error,
                &format!("No branch at tick {tick}: the run has come to tick {}", self.course.reach()),
                "Let it run that far first, or branch at an earlier instant.",
            );
            return None;
        }
        let numpy = self.course.setup.noise.starts_with("numpy");
        let passport = self.passport(RunKind::Branch, name, Some(self.number()), tick);
        let answers = self.answers.clone();
        let mut fork = match self.course.fork(&self.world, tick, passport, answers) {
            Ok(fork) => fork,
            Err(error) => {
                self.complain(&error);
                return None;
            }
        };
        for change in changes {
            if numpy && swaps_bidder(&fork, &change) {
                let text = "With numpy noise another macro agent draws other noise from here on";
                self.notices.tell(NoticeKind::Done, text, "Noise `counter` is the same for every agent.");
            }
            if let Err(error) = fork.intervene(change) {
                self.complain(&error);
                return None;
            }
        }
        // Those who compute beside the run compute beside its other future too.
        for (slot, controller) in self.course.shadows.names() {
            let Some(slot) = self.course.rollout.spec().slots.get(slot).map(|s| s.name.clone()) else { continue };
            self.numbers += 1;
            if let Err(error) = fork.shadows.add(&self.world, &fork.rollout, &slot, &controller, self.numbers) {
                self.complain(&error);
            }
        }
        if let Some(log) = &self.course.log
            && let Err(error) = fork.start_log(next_free(log.path()))
        {
            self.complain(&error);
        }
        Some(fork)
    }

    /// Begins another future of the shown run and shows it.
    pub(super) fn branch(&mut self, tick: u64, name: Option<String>, changes: Vec<Intervention>) {
        let Some(fork) = self.fork(tick, name, changes) else { return };
        let old = std::mem::replace(&mut self.course, fork);
        self.others.push(old);
        self.moved();
    }

    /// Begins a branch for each controller; they run in step from here.
    fn race(&mut self, slot: &str, controllers: &[String]) {
        let spec = std::sync::Arc::clone(self.course.rollout.spec());
        let Some(index) = spec.slot(slot) else {
            let known = spec.slots.iter().map(|s| s.name.as_str());
            self.complain(&Error::unknown(Place::source("race"), "slot", slot, known));
            return;
        };
        let present = self.course.rollout.slots().get(index).map(|s| s.controller_name.clone()).unwrap_or_default();
        let others: Vec<&String> = controllers.iter().filter(|name| **name != present).collect();
        if others.is_empty() {
            self.notices.tell(
                NoticeKind::Error,
                "A race needs another controller than the one that drives",
                "Choose one or more of the controllers that fit the slot.",
            );
            return;
        }
        let race = self.races + 1;
        let mut begun = Vec::new();
        for name in others {
            let change = Intervention::Controller { slot: slot.to_owned(), name: name.clone() };
            let Some(mut fork) = self.fork(self.now(), Some(shown_name(name).to_owned()), vec![change]) else {
                continue;
            };
            fork.passport.race = Some(race);
            // Later ones find colour and name taken.
            begun.push(fork.passport.id);
            self.others.push(fork);
        }
        if begun.is_empty() {
            return;
        }
        self.races = race;
        self.course.passport.race = Some(race);
        self.changes += 1;
    }

    /// Shows another run at the same instant, or as far as it has come.
    fn follow(&mut self, id: u64) {
        if id == self.number() {
            return;
        }
        let Some(index) = self.others.iter().position(|c| c.passport.id == id) else {
            self.unknown_run(id, "shown");
            return;
        };
        let tick = self.now();
        let Some(other) = self.others.get_mut(index) else { return };
        std::mem::swap(&mut self.course, other);
        self.go_to(tick);
    }

    fn unknown_run(&mut self, id: u64, what: &str) {
        let is_log = self.laid.iter().any(|l| l.passport.id == id);
        let text =
            if is_log { format!("A log beside the runs cannot be {what}") } else { format!("There is no run {id}") };
        let cure = if is_log { "Open it as a replay to see it in all tiles." } else { "It may have been closed." };
        self.notices.tell(NoticeKind::Error, &text, cure);
    }

    fn promote(&mut self, id: u64) {
        let all = || [&self.course].into_iter().chain(&self.others);
        if !all().any(|c| c.passport.id == id) {
            self.unknown_run(id, "the home run");
            return;
        }
        for course in std::iter::once(&mut self.course).chain(&mut self.others) {
            if course.passport.id == id {
                course.passport.kind = RunKind::Home;
            } else if course.passport.kind == RunKind::Home {
                course.passport.kind = RunKind::Branch;
            }
        }
        self.changes += 1;
        self.follow(id);
    }

    fn close_run(&mut self, id: u64) {
        if id == self.number() {
            // The parent is shown then, or whatever is there.
            let parent = self.course.passport.parent;
            let next = self.others.iter().find(|c| Some(c.passport.id) == parent).or(self.others.first());
            let Some(next) = next.map(|c| c.passport.id) else {
                self.notices.tell(NoticeKind::Error, "The only run cannot be closed", "Begin another one first.");
                return;
            };
            self.follow(next);
        }
        if let Some(index) = self.others.iter().position(|c| c.passport.id == id) {
            let mut gone = self.others.remove(index);
            gone.close();
            self.orphan(id);
            if gone.passport.kind == RunKind::Home {
                self.course.passport.kind = RunKind::Home;
            }
        } else if let Some(index) = self.laid.iter().position(|l| l.passport.id == id) {
            self.laid.remove(index);
        } else {
            self.unknown_run(id, "closed");
        }
        self.changes += 1;
    }

    /// A run that is gone is nobody's parent.
    pub(super) fn orphan(&mut self, id: u64) {
        for course in std::iter::once(&mut self.course).chain(&mut self.others) {
            if course.passport.parent == Some(id) {
                course.passport.parent = None;
            }
        }
    }

    fn rename(&mut self, id: u64, name: &str) {
        let name = self.free_name(name.trim(), id);
        let courses = std::iter::once(&mut self.course).chain(&mut self.others).map(|c| &mut c.passport);
        let found = courses.chain(self.laid.iter_mut().map(|l| &mut l.passport)).find(|p| p.id == id);
        if let Some(passport) = found.filter(|_| !name.is_empty()) {
            passport.name = name;
        }
    }

    fn lay(&mut self, path: &std::path::Path) {
        if !self.has_room() {
            return;
        }
        let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned());
        let passport = self.passport(RunKind::Log, stem, None, 0);
        match Laid::open(&self.world, path, passport) {
            Ok(laid) => self.laid.push(laid),
            Err(error) => self.complain(&error),
        }
    }

    /// Lets a controller compute beside the one that drives, from here on.
    fn shadow(&mut self, slot: &str, controller: &str) {
        let (course, id) = (&mut self.course, self.numbers + 1);
        let there = course.rollout.spec().slot(slot).is_some_and(|s| course.shadows.has(s, controller));
        if there || course.shadows.len() >= MOST_SHADOWS {
            let text = if there {
                format!("{controller} computes beside slot {slot} already")
            } else {
                format!("{MOST_SHADOWS} controllers compute beside the run already")
            };
            self.notices.tell(NoticeKind::Error, &text, "Take one away first.");
            return;
        }
        match course.shadows.add(&self.world, &course.rollout, slot, controller, id) {
            Ok(()) => self.numbers = id,
            Err(error) => self.complain(&error),
        }
        self.changes += 1;
    }

    /// Puts a disturbance on the time line of the shown run.
    fn plan(&mut self, planned: PlannedView) {
        let spec = self.course.rollout.spec();
        if spec.input(&planned.input).is_none() {
            let known = spec.inputs.iter().map(|i| i.name.as_str());
            self.complain(&Error::unknown(Place::source("disturbance"), "input", &planned.input, known));
            return;
        }
        if !planned.change.value.is_finite() {
            let text = format!("The disturbance “{}” has no number", planned.label);
            self.notices.tell(NoticeKind::Error, &text, "Give a number.");
            return;
        }
        if planned.from < self.now() {
            self.notices.tell(
                NoticeKind::Error,
                &format!("Tick {} has passed: what happened cannot be disturbed", planned.from),
                "Go back to an instant before it first; the disturbance then begins another future.",
            );
            return;
        }
        // Where the run has gone on from here, another future begins.
        if planned.from < self.course.reach() {
            let before = self.number();
            self.branch(self.now(), Some(planned.label.clone()), Vec::new());
            if self.number() == before {
                return;
            }
        }
        self.course.plan.add(planned);
        self.changes += 1;
    }

    /// Takes a disturbance away; where it works it ends now.
    fn unplan(&mut self, id: u64) {
        let Some(planned) = self.course.plan.get(id).cloned() else {
            self.notices.tell(NoticeKind::Error, "This disturbance is not planned any more", "");
            return;
        };
        let now = self.now();
        let works = planned.from < now && planned.until.is_none_or(|until| now < until);
        let ahead = planned.from >= now && planned.from < self.course.reach();
        if (works && !self.course.is_present()) || ahead {
            // It has worked in the future that is there: that one stays as it is.
            let before = self.number();
            self.branch(now, Some(format!("Without {}", planned.label.to_lowercase())), Vec::new());
            if self.number() == before {
                return;
            }
        }
        self.course.plan.remove(id);
        if works {
            let change = self.course.plan.in_force(&planned.input, now);
            self.intervene(Intervention::Input { input: planned.input, change });
        }
        self.changes += 1;
    }

    /// Lets every run that is behind the shown one come up by a few ticks.
    pub(super) fn keep_step(&mut self) {
        let tick = self.now();
        let mut errors = Vec::new();
        for course in &mut self.others {
            let step = if course.reach() + 1 >= tick { 1 } else { CATCH_UP };
            errors.extend(come_up(course, tick, step).err());
        }
        errors.iter().for_each(|error| self.complain(error));
    }

    /// Lets runs that are behind come up for a while; true while some still are.
    pub fn catch_up(&mut self, budget: Duration) -> bool {
        let begin = Instant::now();
        let tick = self.now();
        let mut behind = false;
        let mut errors = Vec::new();
        for course in &mut self.others {
            while begin.elapsed() < budget {
                match come_up(course, tick, 256) {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err(error) => {
                        errors.push(error);
                        break;
                    }
                }
            }
            behind |= lags(course, tick) && !course.inquiries.wait();
        }
        errors.iter().for_each(|error| self.complain(error));
        behind
    }

    /// Takes in rows of logs that are laid beside; true when there were some.
    pub fn take_in_laid(&mut self) -> bool {
        let mut some = false;
        for laid in &mut self.laid {
            some |= laid.take_in(&mut self.notices);
            some |= laid.bring_back(&mut self.notices);
        }
        if some {
            self.keep_laid_within_budget();
        }
        some
    }

    /// Whether a number is that of a live run, or of a log that is laid beside.
    pub(super) fn knows(&self, run: u64) -> bool {
        self.passports().iter().any(|passport| passport.id == run)
    }

    /// Whether a log beside is being read.
    pub fn reads(&self) -> bool {
        self.laid.iter().any(Laid::reads)
    }

    /// What stands beside the shown run, whose rows are `all`; and what had happened by its instant.
    pub(super) fn beside(&mut self, all: Recording) -> (Beside, Arc<Vec<EventView>>) {
        let playing = self.pace.play == PlayState::Playing;
        let glimpses: Vec<(u64, Recording)> =
            self.others.iter_mut().map(|c| (c.passport.id, c.glimpse(playing))).collect();
        self.compare(&all, &glimpses);
        let (tick, shown, reach) = (self.now(), self.number(), self.course.reach());
        let (events, ahead) = if self.course.at_frontier() {
            (self.course.events.picture(playing), Arc::default())
        } else {
            self.course.events.parted(tick)
        };
        let mut runs: Vec<RunEntry> = Vec::with_capacity(self.others.len() + self.laid.len() + 1);
        runs.push(entry(&self.course, all));
        runs.extend(self.others.iter().zip(glimpses).map(|(course, (_, rows))| entry(course, rows)));
        runs.extend(self.laid.iter().map(Laid::entry));
        runs.sort_by_key(|run| run.id);
        let (plan, shadows) = (self.course.plan.picture(), self.course.shadows.picture());
        let (runs, changes) = (runs.into(), self.changes);
        (Beside { runs, shown, reach, events_ahead: ahead, plan, shadows, changes, ..Beside::default() }, events)
    }

    /// Looks on where branches begin to differ from their parents, in the rows of the shown run and of the others.
    fn compare(&mut self, all: &Recording, glimpses: &[(u64, Recording)]) {
        let shown = self.number();
        let (plant, schema) = (self.course.rollout.spec().name.clone(), Arc::clone(self.course.rollout.schema()));
        for laid in &mut self.laid {
            laid.compare(shown, &plant, &schema, all);
        }
        for course in std::iter::once(&mut self.course).chain(&mut self.others) {
            if course.compared.1.is_some() {
                continue;
            }
            let find =
                |id: u64| if id == shown { Some(all) } else { glimpses.iter().find(|g| g.0 == id).map(|g| &g.1) };
            let (Some(own), Some(parent)) = (find(course.passport.id), course.passport.parent.and_then(find)) else {
                continue;
            };
            let to = own.rows().min(parent.rows());
            let pairs: Vec<(usize, usize)> = (0..course.rollout.schema().len()).map(|c| (c, c)).collect();
            course.compared = match own.first_difference(parent, &pairs, course.compared.0, to) {
                Divergence::At(found) => (found.row, Some(found.row)),
                Divergence::Nowhere => (to.max(course.compared.0), None),
                // Looked at again when they came back.
                Divergence::Gone(rows) => (rows.start.max(course.compared.0), None),
            };
        }
    }
}

/// Whether a run has still to come up to a tick, and can.
fn lags(course: &Course, tick: u64) -> bool {
    course.reach() < tick && !(course.at_frontier() && course.rollout.end().is_some())
}

/// Lets a run come up to a tick, by so many ticks at most; whether it is still behind and can go on.
fn come_up(course: &mut Course, tick: u64, most: u64) -> crate::config::Result<bool> {
    if !lags(course, tick) {
        return Ok(false);
    }
    if !course.at_frontier() {
        course.go_to(course.reach())?;
    }
    for _ in 0..most {
        if course.reach() >= tick || course.tick()? != Passed::Tick {
            return Ok(false);
        }
    }
    Ok(lags(course, tick))
}

/// Whether a change puts a bidder where none was, or takes one away: with numpy noise that draws other numbers.
fn swaps_bidder(course: &Course, change: &Intervention) -> bool {
    let Intervention::Controller { slot, name } = change else { return false };
    let spec = course.rollout.spec();
    let Some(index) = spec.slot(slot) else { return false };
    let (optional, state) = (spec.slots.get(index).is_some_and(|s| s.optional), course.rollout.slots().get(index));
    optional && state.is_some_and(|s| s.drives() == (name == FIXED))
}

/// A run as the window lists it.
fn entry(course: &Course, recording: Recording) -> RunEntry {
    let Passport { id, name, colour, kind, parent, branched_at, race } = course.passport.clone();
    let (metrics, end) = course.outcome();
    RunEntry {
        id,
        name,
        colour,
        kind,
        parent,
        branched_at,
        race,
        spec: Arc::clone(course.rollout.spec()),
        schema: Arc::clone(course.rollout.schema()),
        controllers: course.controllers(),
        reach: recording.rows(),
        recording,
        metrics,
        end,
        differs_at: course.compared.1,
        reading: None,
    }
}
