//! The worker thread: a live run, and in front of it perhaps a replay. Applies commands between ticks, publishes
//! pictures.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError};

use crate::config::Result;
use crate::rollout::World;

use super::again::{self, Again, Found};
use super::beside::Checked;
use super::clock::Pace;
use super::command::Command;
use super::handle::{Message, Shared};
use super::limits::LogLimits;
use super::marks::Marks;
use super::replay::Replay;
use super::set::{Set, Sorted};
use super::until::Until;
use super::view::{NoticeKind, PlayState, RunView};
use super::why::{Subject, WhyDesk};
use super::worker::Live;

/// Longest time the worker steps without looking at its messages.
const BATCH: Duration = Duration::from_millis(8);

/// Shortest time between two pictures while time passes.
const FRAME: Duration = Duration::from_millis(16);

/// Longest time between two pictures while time passes, so that countdowns move.
const HEARTBEAT: Duration = Duration::from_millis(100);

/// Longest wait while a log is being read.
const READING: Duration = Duration::from_millis(5);

/// Longest wait while a file or a folder is watched.
const WATCHING: Duration = Duration::from_millis(100);

/// Numbers pictures and runs, so that the window sees what is new.
#[derive(Debug, Default)]
struct Counter {
    generation: u64,
    run: u64,
    /// What the last picture showed: a replay or not, and its number.
    last: Option<(bool, u64)>,
}

impl Counter {
    fn stamp(&mut self, of: (bool, u64), view: &mut RunView) {
        if self.last.is_some_and(|last| last != of) {
            self.run += 1;
        }
        self.last = Some(of);
        self.generation += 1;
        (view.generation, view.run) = (self.generation, self.run);
    }
}

/// Everything the worker owns.
pub(super) struct Worker {
    world: World,
    pub(super) live: Live,
    replay: Option<Replay>,
    /// Marks of the live runs, and of the log that is played.
    marks: Marks,
    replay_marks: Marks,
    /// Work on the log that is played, and what came of comparing it.
    again: Option<Again>,
    agains: u64,
    checked: Option<Checked>,
    /// Logs opened so far.
    opened: u64,
    /// Results of benchmarks that were given as logs.
    results: Vec<PathBuf>,
    counter: Counter,
    /// Questions why.
    why: WhyDesk,
    /// Head-room of the log that is played.
    limits: Option<LogLimits>,
}

impl Worker {
    /// A worker on a live run.
    pub fn new(world: World, live: Live) -> Self {
        let (marks, replay_marks) = (Marks::default(), Marks::default());
        Self {
            world,
            live,
            replay: None,
            marks,
            replay_marks,
            again: None,
            agains: 0,
            checked: None,
            opened: 0,
            results: Vec::new(),
            counter: Counter::default(),
            why: WhyDesk::default(),
            limits: None,
        }
    }

    /// Opens logs in front of the live run: the first one that can be opened is played.
    ///
    /// # Errors
    /// When none of them can be opened: the first one's. Of several the others are told as notices.
    pub fn open(&mut self, paths: &[PathBuf], time_column: Option<&str>) -> Result<()> {
        let Sorted { mut set, results, mut errors } = Set::of(paths, time_column, &self.world);
        let scored = !results.is_empty();
        self.results.extend(results);
        let mut opened = None;
        while !set.is_empty() && opened.is_none() {
            match self.play_log(set.clone(), 0) {
                Ok(replay) => opened = Some(replay),
                Err(error) => {
                    errors.push(error);
                    set.drop_first();
                }
            }
        }
        match opened {
            Some(replay) => self.show(replay),
            None if !scored && !errors.is_empty() => return Err(errors.swap_remove(0)),
            None => {}
        }
        for error in &errors {
            self.complain(error);
        }
        Ok(())
    }

    fn play_log(&mut self, set: Set, chosen: usize) -> Result<Replay> {
        let mut pace = *self.pace();
        pace.play = PlayState::Playing;
        pace.rest(0);
        let notices = match &self.replay {
            Some(replay) => replay.notices.clone(),
            None => self.live.notices.clone(),
        };
        let mut replay = Replay::open(&self.world, set, chosen, self.opened + 1, pace, notices)?;
        self.opened += 1;
        replay.room.memory.set(self.live.memory.bytes());
        // The run behind waits where it is.
        self.live.pace.set_play(false, self.live.now());
        Ok(replay)
    }

    /// Plays a log, with the marks that stand beside it.
    fn show(&mut self, replay: Replay) {
        let (marks, error) = Marks::of(replay.path());
        (self.replay, self.replay_marks) = (Some(replay), marks);
        (self.again, self.checked, self.limits) = (None, None, None);
        if let Some(error) = error {
            self.complain(&error);
        }
    }

    /// Marks of what is shown.
    fn marks(&mut self) -> &mut Marks {
        if self.replay.is_some() { &mut self.replay_marks } else { &mut self.marks }
    }

    fn tell(&mut self, kind: NoticeKind, text: &str, cure: &str) {
        match &mut self.replay {
            Some(replay) => replay.notices.tell(kind, text, cure),
            None => self.live.notices.tell(kind, text, cure),
        }
    }

    fn complain(&mut self, error: &crate::config::Error) {
        match &mut self.replay {
            Some(replay) => replay.notices.complain(error),
            None => self.live.complain(error),
        }
    }

    /// The pace in force.
    pub fn pace(&mut self) -> &mut Pace {
        match &mut self.replay {
            Some(replay) => &mut replay.pace,
            None => &mut self.live.pace,
        }
    }

    /// Whether time passes: it is played, and nobody outside has to answer first.
    fn plays(&mut self) -> bool {
        let waits = self.replay.is_none() && self.live.waits();
        !waits && self.pace().play == PlayState::Playing
    }

    fn now(&self) -> u64 {
        self.replay.as_ref().map_or_else(|| self.live.now(), Replay::now)
    }

    fn tick_s(&self) -> f64 {
        self.replay.as_ref().map_or_else(|| self.live.tick_s(), Replay::tick_s)
    }

    /// Goes on by a tick of what is shown; returns whether there was one.
    fn tick(&mut self) -> bool {
        let went_on = match &mut self.replay {
            Some(replay) => replay.tick(),
            None => self.live.tick(),
        };
        let watches = if self.replay.is_some() { self.replay_marks.watches() } else { self.marks.watches() };
        if watches { self.look(went_on) } else { went_on }
    }

    /// Looks after a tick whether time stops here or goes round; returns whether it goes on.
    fn look(&mut self, went_on: bool) -> bool {
        let tick = self.now();
        let reached = match &self.replay {
            Some(replay) => replay.instant(|now| self.replay_marks.reached(now)),
            None => self.live.instant(|now| self.marks.reached(now)),
        };
        if reached && let Some(until) = self.marks().until.take() {
            let (spec, clock) = match &self.replay {
                Some(replay) => (Arc::clone(replay.spec()), replay.spec().calendar.civil(tick)),
                None => (self.live.spec(), self.live.spec().calendar.civil(tick)),
            };
            if !self.marks().quiet {
                let text = format!("Stopped at tick {tick} ({clock}): {}", until.words(&spec));
                self.tell(NoticeKind::Done, &text, "");
            }
            self.pace().set_play(false, tick);
            return false;
        }
        if let Some(begin) = self.marks().round(tick) {
            match &mut self.replay {
                Some(replay) => replay.go_round(begin),
                None => self.live.go_round(begin),
            }
            return true;
        }
        went_on
    }

    /// Begins to run the log that is played again: to compare it, or to go on from its instant.
    fn run_again(&mut self, command: &Command) {
        let number = self.agains + 1;
        let found = match (&self.replay, command) {
            (Some(replay), _) if !replay.is_full() => Err((
                format!("{} cannot be run again: it does not hold what the run was begun with", replay.kind()),
                "Only full logs hold that (`--log FILE`).",
            )),
            (Some(replay), Command::Check { recompute }) => {
                self.checked = Some(Checked::Running(0.0));
                Ok(again::check(&self.world, replay.path(), *recompute, number, &self.live.answers))
            }
            (Some(replay), _) => {
                let (path, tick) = (replay.path().to_path_buf(), replay.now());
                let stem = path.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
                let Some(passport) = self.live.passport_for(stem) else { return };
                Ok(again::go_on(&self.world, (path, tick), passport, number, &self.live.answers))
            }
            (None, _) => Err(("No log is played".to_owned(), "Open a full log first.")),
        };
        match found {
            Ok(Ok(work)) => (self.again, self.agains) = (Some(work), number),
            Ok(Err(error)) => self.complain(&error),
            Err((text, cure)) => self.tell(NoticeKind::Error, &text, cure),
        }
    }

    /// Takes in what came of it.
    fn found(&mut self, number: u64, found: Found) {
        if self.again.as_ref().is_none_or(|work| work.number != number) {
            return;
        }
        match found {
            Found::Part(part) => self.checked = Some(Checked::Running(part)),
            Found::Checked(checked) => self.checked = Some(checked),
            Found::Failed(error) => {
                (self.again, self.checked) = (None, None);
                self.complain(&error);
            }
            Found::Course(course) => {
                let (name, tick) = (course.passport.name.clone(), course.now());
                self.leave();
                self.live.show_taken(*course);
                let text = format!("{name} goes on from tick {tick}: every row up to here is as it was logged");
                self.live.notices.tell(NoticeKind::Done, &text, "");
            }
        }
    }

    /// Commands about marks; true when it was one.
    fn mark(&mut self, command: &Command) -> bool {
        let done = match command.clone() {
            Command::Mark { tick, text } => self.marks().mark(tick, text),
            Command::Remark { id, text } => self.marks().remark(id, text),
            Command::Unmark(id) => self.marks().unmark(id),
            Command::Until(until) => {
                self.marks().quiet = false;
                self.run_until(until);
                Ok(())
            }
            Command::PlayUntil(until) => {
                self.marks().quiet = true;
                let tick = self.now();
                // Whoever asked did not know yet that it is there.
                if matches!(until, Until::Tick(wanted) if wanted <= tick) {
                    self.marks().until = None;
                    self.pace().set_play(false, tick);
                } else {
                    self.run_until(Some(until));
                }
                Ok(())
            }
            Command::Loop(range) => {
                self.go_round(range);
                Ok(())
            }
            _ => return false,
        };
        if let Err(error) = done {
            self.complain(&error);
        }
        true
    }

    fn run_until(&mut self, until: Option<Until>) {
        let tick = self.now();
        if let Some(Until::Tick(wanted)) = until
            && wanted <= tick
        {
            let text = format!("Tick {wanted} has passed: it is tick {tick}");
            self.tell(NoticeKind::Error, &text, "Give a later tick, or go back on the time line.");
            return;
        }
        let begins = until.is_some();
        self.marks().until = until;
        if begins {
            self.pace().set_play(true, tick);
        }
    }

    fn go_round(&mut self, range: Option<(u64, u64)>) {
        let range = range.map(|(a, b)| (a.min(b), a.max(b))).filter(|(a, b)| a < b);
        self.marks().looped = range;
        if let Some((begin, end)) = range
            && !(begin..end).contains(&self.now())
        {
            let order = Command::GoTo { tick: begin };
            match &mut self.replay {
                Some(replay) => replay.obey(order),
                None => self.live.obey(order),
            }
        }
    }

    /// What is shown: a replay or not, and its number.
    fn shown(&self) -> (bool, u64) {
        self.replay.as_ref().map_or_else(|| (false, self.live.number()), |replay| (true, replay.number))
    }

    /// Sends on what somebody wants to know why; true when there is something new to show.
    fn ask_why(&mut self) -> bool {
        let of = self.shown();
        if self.why.next(of).is_none() {
            return false;
        }
        let subject = match &self.replay {
            None => Subject::Live,
            Some(replay) if replay.is_full() => Subject::Log(replay.path().to_path_buf()),
            Some(replay) => Subject::Untold(replay.kind()),
        };
        self.live.ask_why(&mut self.why, of, subject)
    }

    /// Somebody wants to know what the site of the log could have given.
    fn want_log_headroom(&mut self) {
        let Some(replay) = &self.replay else { return };
        // A file that was replaced is another log.
        let limits = match self.limits.take().filter(|limits| limits.number == replay.number) {
            Some(limits) => self.limits.insert(limits),
            None => self.limits.insert(LogLimits::new(replay.number)),
        };
        match replay.is_full() {
            true => limits.want(&self.world, replay.path(), replay.now(), &self.live.answers),
            false => limits.refuse(replay.now(), replay.kind()),
        }
    }

    /// The picture of the present.
    pub fn picture(&mut self) -> RunView {
        let (of, mut view) = match &mut self.replay {
            Some(replay) => ((true, replay.number), replay.picture()),
            None => ((false, self.live.number()), self.live.picture()),
        };
        self.counter.stamp(of, &mut view);
        let marks = if self.replay.is_some() { &self.replay_marks } else { &self.marks };
        view.beside.bookmarks = marks.bookmarks().into();
        view.beside.until = marks.until.as_ref().map(|until| until.words(&view.spec));
        view.beside.looped = marks.looped;
        view.beside.checked = self.checked.clone();
        view.beside.results = self.results.as_slice().into();
        view.beside.why = self.why.picture(of);
        match &self.limits {
            Some(limits) if self.replay.is_some() => {
                (view.headroom, view.beside.headroom) = (limits.told(view.tick), limits.note());
            }
            _ if self.replay.is_none() => view.beside.headroom = self.live.limits.note(),
            _ => {}
        }
        view
    }

    /// Works until it is told to stop.
    pub fn run(mut self, messages: &Receiver<Message>, shared: &Shared) {
        let mut last = Instant::now();
        let mut published = Instant::now();
        let mut published_tick = self.now();
        self.live.ask();
        // Whether a run beside the shown one has still to come up to it.
        let mut behind = false;
        loop {
            let tick_s = self.tick_s();
            let playing = self.plays();
            let reads = self.live.reads() || self.replay.as_ref().is_some_and(Replay::reads);
            let wait = if behind {
                Duration::ZERO
            } else if playing {
                self.pace().wait(tick_s)
            } else {
                Duration::from_millis(500)
            };
            let watches = self.replay.as_ref().is_some_and(Replay::watches);
            let wait = match (reads, watches) {
                (true, _) => wait.min(READING),
                (false, true) => wait.min(WATCHING),
                (false, false) => wait,
            };
            let mut changed = false;
            match messages.recv_timeout(wait) {
                Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => break,
                Ok(message) => {
                    self.take(message, shared);
                    changed = true;
                    // Take in whatever else waits, so that a burst of clicks costs one picture.
                    let mut stop = false;
                    for message in messages.try_iter() {
                        if matches!(message, Message::Stop) {
                            stop = true;
                            break;
                        }
                        self.take(message, shared);
                    }
                    if stop {
                        break;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
            changed |= self.ask_why();
            if self.replay.is_none() {
                // A question that found no room waits for no other news.
                self.live.ask_headroom();
            }
            let laid = self.live.take_in_laid();
            let read = self.replay.as_mut().is_some_and(Replay::take_in) || (laid && !self.live.reads());
            let now = Instant::now();
            if self.plays() {
                // Time that stood owes nothing.
                self.advance(if playing { now.duration_since(last).as_secs_f64() } else { 0.0 });
            } else {
                let tick = self.now();
                self.pace().rest(tick);
            }
            // Also between two slow ticks: a move made after the last row does not wait for the next one.
            changed |= self.live.flush_log();
            let was_behind = std::mem::replace(&mut behind, self.replay.is_none() && self.live.catch_up(BATCH));
            changed |= was_behind && !behind;
            last = now;
            let since = published.elapsed();
            let ticked = self.now() != published_tick;
            let playing_still = self.plays();
            if changed
                || (ticked && since >= FRAME)
                || ((playing || reads || behind) && since >= HEARTBEAT)
                || (playing != playing_still)
                || (ticked && !playing_still)
                || (read && !self.replay.as_ref().is_some_and(Replay::reads))
            {
                if self.replay.is_none() {
                    self.live.ask();
                }
                shared.view.store(Arc::new(self.picture()));
                published = Instant::now();
                published_tick = self.now();
                shared.wake();
            }
        }
        self.live.close();
    }

    /// Messages of what is shown.
    #[cfg(all(test, not(feature = "app")))]
    pub(super) fn notices(&self) -> Vec<super::view::Notice> {
        self.replay.as_ref().map_or_else(|| self.live.notices.all(), |replay| replay.notices.all())
    }

    /// A frame without a clock: as much as these seconds are worth passes, at most so many ticks.
    #[cfg(all(test, not(feature = "app")))]
    pub(super) fn pass(&mut self, wall_s: f64, most: u32) {
        self.live.take_in_laid();
        self.replay.as_mut().map(Replay::take_in);
        if self.plays() {
            let tick_s = self.tick_s();
            self.pace().owe(wall_s, tick_s);
            for _ in 0..most {
                if !(self.pace().due() && self.tick()) {
                    break;
                }
            }
        }
        self.live.catch_up(BATCH);
    }

    /// Runs the ticks that are owed, in batches bounded by time.
    fn advance(&mut self, wall_s: f64) {
        let begin = Instant::now();
        let tick_s = self.tick_s();
        self.pace().owe(wall_s, tick_s);
        let mut count = 0_u32;
        while self.pace().due() {
            if !self.tick() {
                break;
            }
            count += 1;
            if count.is_multiple_of(16) && begin.elapsed() > BATCH {
                break;
            }
        }
        if self.replay.is_none() {
            self.live.measure(begin, u64::from(count));
            self.live.keep_within_budget();
        }
        let tick = self.now();
        self.pace().measure(tick, tick_s);
    }

    /// Does what a message asks for.
    pub(super) fn take(&mut self, message: Message, shared: &Shared) {
        let command = match message {
            Message::Command(command) => command,
            Message::Again(number, found) => return self.found(number, found),
            Message::Why(number, told) => return self.why.answered(number, told),
            Message::LogHeadroom(number, told) => {
                if let Some(limits) = self.limits.as_mut().filter(|limits| limits.number == number) {
                    limits.take(told);
                }
                return;
            }
            // What the second worker found out belongs to the run, whether it is shown or not.
            other => return self.live.take(other),
        };
        if self.mark(&command) {
            return;
        }
        match command {
            Command::Replay(paths) => {
                if let Err(error) = self.open(&paths, None) {
                    self.complain(&error);
                }
            }
            Command::Pick(chosen) => {
                let Some(set) = self.replay.as_ref().map(Replay::set) else { return };
                match self.play_log(set, chosen) {
                    Ok(replay) => self.show(replay),
                    Err(error) => self.complain(&error),
                }
            }
            Command::TimeColumn(column) => {
                let Some((mut set, chosen)) = self.replay.as_ref().map(|r| (r.set(), r.chosen())) else { return };
                set.set_time_column(chosen, column);
                match self.play_log(set, chosen) {
                    Ok(replay) => self.show(replay),
                    Err(error) => self.complain(&error),
                }
            }
            Command::Memory(bytes) => {
                if let Some(replay) = &mut self.replay {
                    replay.room.memory.set(bytes);
                }
                self.live.obey(command);
            }
            // The runs and the logs beside a replay are the live side's.
            Command::Need { run: Some(run), from, to } if self.live.knows(run) => self.live.need(Some(run), from..to),
            Command::Leave => self.leave(),
            Command::Why { tick } => self.why.want(self.shown(), tick),
            Command::Headroom if self.replay.is_some() => self.want_log_headroom(),
            Command::TakeOver | Command::Check { .. } => self.run_again(&command),
            Command::Begin(_) | Command::Open(_) if self.replay.is_some() => {
                self.leave();
                self.live.obey(command);
            }
            command => match &mut self.replay {
                Some(replay) => replay.obey(command),
                None => {
                    let message = Message::Command(command);
                    let (counter, number) = (&mut self.counter, self.live.number());
                    self.live.announce(&message, shared, &mut |view| counter.stamp((false, number), view));
                    self.live.take(message);
                    if let Some(error) = self.live.log_path().and_then(|log| self.marks.keep_beside(&log).err()) {
                        self.complain(&error);
                    }
                }
            },
        }
    }

    /// Back to the live run, which stands still where it was left.
    fn leave(&mut self) {
        (self.again, self.checked, self.limits) = (None, None, None);
        if let Some(replay) = self.replay.take() {
            self.live.pace.speed = replay.pace.speed;
            self.live.notices = replay.notices;
        }
    }
}
