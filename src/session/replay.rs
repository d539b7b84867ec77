//! A recorded log in place of a run: rows come from a file, time passes over them, and nothing can be changed.
//!
//! All rows are kept as they were read; the picture holds those up to the present, so that every tile shows a replay as
//! it shows a run.

mod room;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::config::Result;
use crate::control::{FIXED, Insight};
use crate::plant::{MetricBank, PlantSpec};
use crate::record::{BadRows, Found, LogKind, Provenance, Recorder, Recording, Tape, TapeHead};
use crate::rollout::{End, EndKind, Intervention, LeverMode, LoggedIntervention, World};

use super::beside::Beside;
use super::clock::Pace;
use super::command::Command;
use super::events::EventList;
use super::marks::Instant as Moment;
use super::notices::Notices;
use super::parts::{self, happened, rate_per_min, to_decision};
use super::plan::Plan;
use super::reader::{Batch, Ended, Following, Reading};
use super::room::Room;
use super::set::Set;
use super::view::{DriverView, EventView, LeverView, NoticeKind, OptionView, PlayState, ReplayView, RunView, SlotView};
use crate::plant::Severity;

/// Why nothing can be changed.
const REFUSED: &str = "This is a replay: what happened cannot be changed";

/// What to do about it.
const REFUSED_CURE: &str = "A branch comes from a live run: leave the replay, or begin a run.";

/// Rows between two states of the metrics that are kept.
const MARK_ROWS: u64 = 512;

/// Longest time that rows are taken in without looking at messages.
const TAKE_IN: Duration = Duration::from_millis(8);

/// A log that is played.
pub(super) struct Replay {
    set: Set,
    chosen: usize,
    head: TapeHead,
    reading: Option<Reading>,
    /// All that is there has been read.
    whole: bool,
    /// More rows are expected.
    following: bool,
    /// Time passed when the last row was reached: it goes on with the next one.
    ran_out: bool,
    progress: f64,
    bad: Arc<BadRows>,
    /// Everything that has been read.
    recorder: Recorder,
    /// The same as a picture.
    all: Recording,
    /// Rows that do not fit into memory, and how much they may take.
    pub room: Room,
    /// Which rows are gaps.
    gaps: Vec<bool>,
    /// Metrics after every [`MARK_ROWS`] rows that were read.
    marks: Vec<MetricBank>,
    read_metrics: MetricBank,
    /// Metrics that the log cannot tell.
    untold: Vec<bool>,
    flags: Vec<bool>,
    happened: Vec<EventView>,
    inputs: Vec<LoggedIntervention>,
    /// Disturbances that the log tells of.
    disturbed: Plan,
    metrics: MetricBank,
    row: Vec<f64>,
    tick: u64,
    /// Events before this number of `happened` are in `events`.
    told: usize,
    events: EventList,
    plants: Arc<Vec<OptionView>>,
    pub notices: Notices,
    pub pace: Pace,
    /// Counts logs that were opened.
    pub number: u64,
}

impl Replay {
    /// Opens one log of a set. `number` tells it from those before it.
    ///
    /// # Errors
    /// As [`Tape::open`].
    pub fn open(world: &World, set: Set, chosen: usize, number: u64, pace: Pace, notices: Notices) -> Result<Self> {
        let (path, options) = set.open(chosen);
        let tape = Tape::open_with(&path, &options, world)?;
        let following = Following { world: world.clone(), options, watch: set.watch() };
        let head = tape.head().clone();
        let columns = head.schema.len();
        let bank = MetricBank::new(&head.spec.metrics);
        Ok(Self {
            chosen,
            reading: Some(Reading::follow(tape, following)?),
            whole: false,
            following: false,
            ran_out: false,
            progress: 0.0,
            bad: Arc::default(),
            recorder: Recorder::new(columns),
            all: Recording::default(),
            room: Room::default(),
            gaps: Vec::new(),
            marks: vec![bank.clone()],
            read_metrics: bank.clone(),
            untold: untold(&head),
            flags: vec![false; head.spec.events.len()],
            happened: Vec::new(),
            inputs: Vec::new(),
            disturbed: Plan::default(),
            metrics: bank,
            row: vec![f64::NAN; columns],
            tick: 0,
            told: 0,
            events: EventList::new(),
            plants: Arc::new(super::parts::plants(world)),
            notices,
            pace,
            number,
            head,
            set,
        })
    }

    /// The set, to choose another log of it.
    pub fn set(&self) -> Set {
        self.set.clone()
    }

    /// Ticks that have been played.
    pub fn now(&self) -> u64 {
        self.tick
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.head.path
    }

    /// Whether it holds all that is needed to run it again.
    pub fn is_full(&self) -> bool {
        self.head.kind == LogKind::Full
    }

    /// What kind of log it is, in words.
    pub fn kind(&self) -> &'static str {
        self.head.kind.words()
    }

    /// The plant's tables.
    pub fn spec(&self) -> &Arc<PlantSpec> {
        &self.head.spec
    }

    /// The shown instant, for somebody who watches it.
    pub fn instant<T>(&self, look: impl FnOnce(&Moment<'_>) -> T) -> T {
        let on_last = self.happened.iter().take(self.told).rev().take_while(|e| e.instant == self.tick);
        let events: Vec<usize> = on_last.filter_map(|e| e.event).collect();
        let (spec, schema) = (&self.head.spec, &self.head.schema);
        look(&Moment { tick: self.tick, row: &self.row, events: &events, spec, schema })
    }

    /// Goes back to where a loop begins, while time passes.
    pub fn go_round(&mut self, tick: u64) {
        self.go_to(tick);
        self.pace.play = PlayState::Playing;
    }

    /// Length of a tick, s.
    pub fn tick_s(&self) -> f64 {
        f64::from(self.head.spec.calendar.tick_s)
    }

    /// Whether the file is still being read.
    pub fn reads(&self) -> bool {
        (self.reading.is_some() && !self.whole) || self.room.memory.wants()
    }

    /// Whether rows and logs may still come.
    pub fn watches(&self) -> bool {
        self.reading.is_some()
    }

    /// Whether the rows that are there are all that are expected.
    fn is_over(&self) -> bool {
        self.reading.is_none() || (self.whole && !self.following)
    }

    /// Number of this log in the set.
    pub fn chosen(&self) -> usize {
        self.chosen
    }

    /// Takes in rows that were read; true when there were some.
    pub fn take_in(&mut self) -> bool {
        let begin = Instant::now();
        let mut some = false;
        while let Some(batch) = self.reading.as_ref().and_then(|r| r.batches.try_recv().ok()) {
            some = true;
            self.swallow(batch);
            if begin.elapsed() > TAKE_IN {
                break;
            }
        }
        if some {
            self.keep_within_budget();
            self.all = self.recorder.picture();
        }
        some |= self.bring_back();
        // A picture without a row says nothing.
        if some && self.tick == 0 && self.all.rows() > 0 {
            self.tick();
        }
        let more = self.tick < self.all.rows() || !self.is_over();
        if some && more && self.pace.play == PlayState::Ended {
            self.pace.play = if self.ran_out { PlayState::Playing } else { PlayState::Paused };
            self.pace.rest(self.tick);
        }
        self.end_if_over();
        some
    }

    /// Time ends on the last row, when no more are expected.
    fn end_if_over(&mut self) {
        if self.tick > 0 && self.tick == self.all.rows() && self.is_over() && self.pace.play != PlayState::Ended {
            self.ran_out = self.pace.play == PlayState::Playing;
            if self.ran_out {
                self.pace.play = PlayState::Ended;
            }
        }
    }

    /// Forgets every row: the file was cut, or is another one.
    fn begin_again(&mut self, head: TapeHead) {
        let name = self.set.name(self.chosen);
        let text = format!("{name}: the file was replaced or cut, and is read again from its beginning");
        self.notices.tell(NoticeKind::Done, &text, "");
        let bank = MetricBank::new(&head.spec.metrics);
        let columns = head.schema.len();
        (self.recorder, self.all, self.gaps) = (Recorder::new(columns), Recording::default(), Vec::new());
        self.room.clear();
        (self.marks, self.read_metrics, self.metrics) = (vec![bank.clone()], bank.clone(), bank);
        (self.untold, self.flags) = (untold(&head), vec![false; head.spec.events.len()]);
        (self.happened, self.inputs, self.events, self.told) = (Vec::new(), Vec::new(), EventList::new(), 0);
        (self.row, self.tick, self.bad) = (vec![f64::NAN; columns], 0, Arc::default());
        self.disturbed = Plan::default();
        (self.whole, self.head) = (false, head);
        // The tables may be others.
        self.number = self.number.wrapping_add(1 << 32);
        if self.pace.play == PlayState::Ended {
            self.pace.play = if self.ran_out { PlayState::Playing } else { PlayState::Paused };
        }
        self.pace.rest(0);
    }

    /// Takes over what stands in the folders now.
    fn renew(&mut self, found: &[Found]) {
        self.chosen = self.set.renew(found, self.chosen);
    }

    fn swallow(&mut self, batch: Batch) {
        if let Some(head) = batch.again {
            self.begin_again(*head);
        }
        if let Some(found) = &batch.found {
            self.renew(found);
        }
        self.following = batch.following;
        if !batch.gaps.is_empty() {
            self.whole = false;
        }
        let columns = self.head.schema.len().max(1);
        // What happened stands in the order of time.
        let mut inputs = batch.inputs.into_iter().peekable();
        for (row, gap) in batch.cells.chunks_exact(columns).zip(batch.gaps) {
            while let Some(input) = inputs.next_if(|i| i.tick <= self.recorder.rows()) {
                self.note(input);
            }
            self.add(row, gap);
        }
        inputs.for_each(|input| self.note(input));
        self.progress = batch.progress;
        if let Some(bad) = batch.bad {
            self.bad = Arc::new(bad);
        }
        self.set.spread(&self.head.path, batch.episodes);
        match batch.end {
            None => {}
            Some(Ended::Whole) => {
                self.whole = true;
                self.tell_bad();
            }
            Some(Ended::Failed(text, cure)) => {
                self.whole = true;
                self.notices.tell(NoticeKind::Error, &text, &cure);
            }
        }
    }

    /// Says how many rows could not be read.
    fn tell_bad(&mut self) {
        if let (count @ 1.., Some(first)) = (self.bad.count, self.bad.listed.first()) {
            let rows = match count {
                1 => "1 row is left out because it cannot be read".to_owned(),
                _ => format!("{count} rows are left out because they cannot be read"),
            };
            let name = self.set.name(self.chosen);
            // The folder is known; line and column are not.
            let folder = self.head.path.parent().map_or(String::new(), |p| p.display().to_string());
            let first = first.strip_prefix(&folder).map_or(first.as_str(), |f| f.trim_start_matches(['/', '\\']));
            self.notices.tell(NoticeKind::Error, &format!("{name}: {rows}"), &format!("The first one: {first}"));
        }
    }

    /// What a person did in the recorded run, as the list of events has it.
    fn note(&mut self, input: LoggedIntervention) {
        self.inputs.push(input.clone());
        self.disturbed.hear(self.inputs.len() as u64, input.tick, &input.what, &self.head.spec);
        let spec = &self.head.spec;
        if !parts::is_deed(&input.what) {
            return;
        }
        let state = self.hands(input.tick);
        let names: Vec<&str> = state.controllers.iter().map(String::as_str).collect();
        self.happened.push(EventView {
            tick: input.tick,
            instant: input.tick,
            event: None,
            slot: None,
            entity: input.what.entity(spec),
            severity: Severity::Note,
            label: input.what.describe(spec, &names),
            value: String::new(),
        });
    }

    /// Takes in a row of the file.
    fn add(&mut self, row: &[f64], gap: bool) {
        let tick = self.recorder.rows();
        self.recorder.push(row);
        self.gaps.push(gap);
        if !gap {
            let spec = &self.head.spec;
            self.read_metrics.push(&spec.metrics, row);
            let at = |s: usize| row.get(s).copied().unwrap_or(f64::NAN);
            for (index, (kind, was)) in spec.events.iter().zip(&mut self.flags).enumerate() {
                let value = at(kind.flag);
                let on = value != 0.0 && !value.is_nan();
                if on && !*was {
                    let value = kind.value.map_or(f64::NAN, at);
                    self.happened.push(happened(spec, index, kind, tick, value));
                }
                *was = on;
            }
        }
        if (tick + 1).is_multiple_of(MARK_ROWS) {
            self.marks.push(self.read_metrics.clone());
        }
    }

    /// Goes on by one row; false when there is none yet, or none any more.
    pub fn tick(&mut self) -> bool {
        let there = self.all.row(self.tick, &mut self.row) || {
            self.bring(&(self.tick..self.tick + 1));
            self.all.row(self.tick, &mut self.row)
        };
        if !there {
            if self.is_over() {
                self.end_if_over();
                self.pace.play = PlayState::Ended;
            } else {
                // What is not read yet is not owed.
                self.pace.forgive();
            }
            return false;
        }
        if !self.gaps.get(self.tick as usize).copied().unwrap_or(false) {
            self.metrics.push(&self.head.spec.metrics, &self.row);
        }
        self.tick += 1;
        self.tell_events();
        if self.tick == self.all.rows() && self.is_over() {
            self.end_if_over();
            self.pace.play = PlayState::Ended;
        }
        true
    }

    /// Puts what has happened by now on the list.
    fn tell_events(&mut self) {
        while let Some(event) = self.happened.get(self.told).filter(|e| e.tick < self.tick) {
            self.events.push(event.clone());
            self.told += 1;
        }
    }

    /// Goes to the instant after `tick` rows, back or forth.
    fn go_to(&mut self, tick: u64) {
        let tick = tick.min(self.all.rows());
        self.pace.play = PlayState::Paused;
        self.pace.rest(tick);
        let mark = tick / MARK_ROWS;
        self.bring(&((mark * MARK_ROWS).min(tick.saturating_sub(1))..tick));
        let fresh = || MetricBank::new(&self.head.spec.metrics);
        self.metrics = self.marks.get(mark as usize).cloned().unwrap_or_else(fresh);
        for row in mark * MARK_ROWS..tick {
            if self.all.row(row, &mut self.row) && !self.gaps.get(row as usize).copied().unwrap_or(false) {
                self.metrics.push(&self.head.spec.metrics, &self.row);
            }
        }
        if tick == 0 || !self.all.row(tick - 1, &mut self.row) {
            self.row.fill(f64::NAN);
        }
        self.tick = tick;
        self.events = EventList::new();
        self.told = 0;
        self.tell_events();
        self.ran_out = false;
        if tick == self.all.rows() && self.is_over() {
            self.pace.play = PlayState::Ended;
        }
    }

    /// Period of the slowest slot, ticks.
    fn longest_period(&self) -> u64 {
        self.head.spec.slots.iter().map(|s| s.period_ticks).max().unwrap_or(1).max(1)
    }

    /// Does what a person asks for; what would change the run is refused.
    pub fn obey(&mut self, command: Command) {
        let period = self.longest_period();
        let boundary_before = self.tick.saturating_sub(1) / period * period;
        match command {
            Command::Play => self.pace.set_play(true, self.tick),
            Command::Pause => self.pace.set_play(false, self.tick),
            Command::TogglePlay => self.pace.set_play(self.pace.play != PlayState::Playing, self.tick),
            Command::StepTick => self.step_to(self.tick + 1),
            Command::StepInterval => self.step_to((self.tick / period + 1) * period),
            Command::BackTick => self.go_to(self.tick.saturating_sub(1)),
            Command::BackInterval => self.go_to(boundary_before),
            Command::GoTo { tick } => self.go_to(tick),
            Command::Reset { seed: None } => self.go_to(0),
            Command::Speed(speed) => self.pace.set_speed(speed, self.tick),
            Command::StopReading if self.reading.is_some() => {
                self.reading = None;
                let text = format!("Reading was stopped after {} rows", self.all.rows());
                self.notices.tell(NoticeKind::Done, &text, "");
            }
            Command::Dismiss { notice } => self.notices.dismiss(notice),
            Command::Need { from, to, .. } => self.room.memory.need(self.number, from..to),
            Command::Intervene(_) | Command::Axis { .. } | Command::Reset { .. } => {
                self.notices.tell(NoticeKind::Error, REFUSED, REFUSED_CURE);
            }
            Command::Log(_) => {
                self.notices.tell(NoticeKind::Error, "This is a replay: its log is the file itself", REFUSED_CURE);
            }
            // The worker takes these itself.
            _ => {}
        }
    }

    fn step_to(&mut self, tick: u64) {
        if self.pace.play != PlayState::Ended {
            self.pace.play = PlayState::Paused;
        }
        while self.tick < tick && self.tick() {}
    }

    /// Who moved what before a tick.
    fn hands(&self, tick: u64) -> Hands {
        let spec = &self.head.spec;
        let names = spec.slots.iter().zip(&self.head.controllers).enumerate().map(|(s, (_, known))| {
            let moved = self
                .head
                .schema
                .levers
                .get(s)
                .into_iter()
                .flatten()
                .any(|c| !matches!(self.head.provenance.get(c.commanded), None | Some(Provenance::Absent)));
            match known {
                Some(name) => name.clone(),
                None if moved => "recorded".to_owned(),
                None => "not in this log".to_owned(),
            }
        });
        let controllers: Vec<String> = names.collect();
        let drives = controllers.iter().map(|name| name != FIXED && name != "not in this log").collect();
        let levers = spec.slots.iter().map(|slot| vec![LeverMode::Auto; slot.actions.len()]).collect();
        let mut hands = Hands { controllers, drives, levers };
        for input in self.inputs.iter().take_while(|i| i.tick <= tick) {
            match &input.what {
                Intervention::Lever { lever, mode } => {
                    let place = spec.find_action(lever);
                    let cell = place.and_then(|(s, a)| hands.levers.get_mut(s)?.get_mut(a));
                    if let Some(cell) = cell {
                        *cell = *mode;
                    }
                }
                Intervention::Controller { slot, name } => {
                    let Some(s) = spec.slot(slot) else { continue };
                    if let (Some(cell), Some(drives)) = (hands.controllers.get_mut(s), hands.drives.get_mut(s)) {
                        cell.clone_from(name);
                        *drives = name != FIXED;
                    }
                }
                Intervention::Input { .. } | Intervention::Parameter { .. } | Intervention::Answer { .. } => {}
            }
        }
        hands
    }

    fn levers(&self, hands: &Hands, recording: &Recording) -> Vec<LeverView> {
        let (spec, schema) = (&self.head.spec, &self.head.schema);
        let at = |signal: usize| self.row.get(signal).copied().unwrap_or(f64::NAN);
        let mut levers = Vec::with_capacity(spec.action_count());
        for (s, slot) in spec.slots.iter().enumerate() {
            for (a, action) in slot.actions.iter().enumerate() {
                let columns = schema.levers.get(s).and_then(|l| l.get(a));
                let mode = hands.levers.get(s).and_then(|l| l.get(a)).copied().unwrap_or_default();
                levers.push(LeverView {
                    name: format!("{}.{}", slot.name, action.name),
                    slot: s,
                    action: a,
                    mode,
                    commanded: columns.map_or(f64::NAN, |c| at(c.commanded)),
                    applied: columns.map_or(f64::NAN, |c| at(c.applied)),
                    effect: action.effect.map_or(f64::NAN, at),
                    effect_unit: action
                        .effect
                        .and_then(|e| spec.signals.get(e))
                        .map_or(String::new(), |x| x.unit.clone()),
                    rate_per_min: columns.map_or(0.0, |c| rate_per_min(recording, c.applied, spec.calendar.tick_s)),
                    reason: action.reasons.iter().find(|(flag, _)| at(*flag) == 1.0).map(|(_, text)| text.clone()),
                });
            }
        }
        levers
    }

    /// The end, when it has come: a trip where the last row shows one.
    fn end(&self) -> Option<End> {
        let over = self.is_over() && self.tick == self.all.rows() && self.tick > 0;
        let at = |signal: usize| self.row.get(signal).copied().unwrap_or(f64::NAN);
        over.then(|| {
            let tripped = self.head.spec.events.iter().filter(|e| e.terminal && at(e.flag) == 1.0);
            let causes: Vec<&str> = tripped.map(|e| e.label.as_str()).collect();
            if causes.is_empty() {
                End { tick: self.tick, kind: EndKind::TicksReached, cause: "the log has no more rows".to_owned() }
            } else {
                End { tick: self.tick, kind: EndKind::Trip, cause: causes.join("; ") }
            }
        })
    }

    /// What the window shows.
    pub fn picture(&mut self) -> RunView {
        let spec = Arc::clone(&self.head.spec);
        let hands = self.hands(self.tick.saturating_sub(1));
        let recording = self.all.until(self.tick, self.head.schema.len());
        let levers = self.levers(&hands, &recording);
        let slots: Vec<SlotView> = spec
            .slots
            .iter()
            .zip(hands.controllers.iter().zip(&hands.drives))
            .map(|(slot, (name, drives))| SlotView {
                controller: name.clone(),
                choices: vec![OptionView { name: name.clone(), about: String::new() }],
                ticks_to_decision: to_decision(slot, self.tick),
                insight: Insight::default(),
                fallbacks: 0,
                trouble: None,
                troubled: false,
                thinking: None,
                parameters: Vec::new(),
                drives: *drives,
            })
            .collect();
        let counts = |want: fn(&LeverMode) -> bool| levers.iter().filter(|l| want(&l.mode)).count();
        let mut controllers: Vec<&str> = slots.iter().filter(|s| s.drives).map(|s| s.controller.as_str()).collect();
        controllers.dedup();
        let driver = DriverView {
            controllers: controllers.join(" + "),
            manual: counts(|m| matches!(m, LeverMode::Manual(_))),
            pinned: counts(|m| matches!(m, LeverMode::Pinned(_))),
            shield: false,
            defeated: Vec::new(),
        };
        let metrics = self
            .untold
            .iter()
            .enumerate()
            .map(|(m, untold)| if *untold { f64::NAN } else { self.metrics.value(&spec.metrics, m) });
        let tells_setup = self.head.kind == LogKind::Full;
        let view = ReplayView {
            name: self.set.name(self.chosen),
            path: self.head.path.display().to_string(),
            kind: self.head.kind.words(),
            set: self.set.names().collect(),
            chosen: self.chosen,
            rows: self.all.rows(),
            all: self.all.clone(),
            reading: self.reads().then_some(self.progress),
            following: self.following && self.reading.is_some(),
            time: self.head.time.clone(),
            bad: Arc::clone(&self.bad),
            provenance: Arc::clone(&self.head.provenance),
            notes: self.head.notes.clone().into(),
            tells_setup,
        };
        RunView {
            generation: 0,
            run: 0,
            schema: Arc::clone(&self.head.schema),
            axes: spec.axes.iter().filter(|a| self.head.known_axes.contains(&a.name)).cloned().collect(),
            tick: self.tick,
            clock: spec.calendar.civil(self.tick),
            play: self.pace.play,
            speed: self.pace.speed,
            achieved: self.pace.achieved(),
            fraction: self.pace.fraction(),
            row: self.row.as_slice().into(),
            recording,
            levers,
            slots,
            driver,
            events: self.events.picture(self.pace.play == PlayState::Playing),
            end: self.end(),
            notices: self.notices.all(),
            setup: Arc::new(self.head.setup.clone()),
            plants: Arc::clone(&self.plants),
            seed: self.head.setup.seed,
            noise: if tells_setup { self.head.setup.noise.clone() } else { "not in this log".to_owned() },
            log: None,
            outlook: None,
            headroom: None,
            metrics: metrics.collect(),
            rewinding: None,
            replay: Some(Arc::new(view)),
            beside: Beside { plan: self.disturbed.picture(), ..Beside::default() },
            spec,
        }
    }
}

/// Metrics that a log cannot tell.
fn untold(head: &TapeHead) -> Vec<bool> {
    let lacking = |s: &usize| !matches!(head.provenance.get(*s), Some(Provenance::Logged(_) | Provenance::Derived));
    head.spec.metrics.iter().map(|m| m.fold.signals().iter().chain(&m.when).any(lacking)).collect()
}

/// Who moved what.
struct Hands {
    controllers: Vec<String>,
    drives: Vec<bool>,
    levers: Vec<Vec<LeverMode>>,
}
