//! A person who does anything at any time: 20,000 frames of random commands on a printed seed. Whatever is asked, in
//! whatever order, the picture stays whole and every run stays what its setup and inputs make of it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use arc_swap::ArcSwap;
use crossbeam_channel::bounded;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use super::command::Command;
use super::course::Course;
use super::handle::{Message, Shared};
use super::reel::Worker;
use super::until::{Comparison, Until};
use super::view::{NoticeKind, PlayState, RunView};
use super::worker::Live;
use crate::plant::{Operation, Override};
use crate::rollout::{Intervention, LeverMode, Setup, World};
use crate::session::Speed;

/// Frames of the whole.
const FRAMES: u64 = 20_000;

/// Frames between two times that every run is made again from its inputs.
const AGAIN_EVERY: u64 = 2_500;

/// Ticks that a run may come to before another one is begun: making it again costs as much.
const LONG: u64 = 1_500;

/// The kind of a command. A new one has to be named here, and to be asked for below.
fn kind(command: &Command) -> &'static str {
    match command {
        Command::Play => "play",
        Command::Pause => "pause",
        Command::TogglePlay => "toggle",
        Command::StepTick => "step",
        Command::StepInterval => "step interval",
        Command::BackTick => "back",
        Command::BackInterval => "back interval",
        Command::GoTo { .. } => "go to",
        Command::Speed(_) => "speed",
        Command::Intervene(what) => match what {
            Intervention::Lever { .. } => "lever",
            Intervention::Controller { .. } => "controller",
            Intervention::Parameter { .. } => "parameter",
            Intervention::Answer { .. } => "answer",
            Intervention::Input { .. } => "input",
        },
        Command::Axis { .. } => "axis",
        Command::Reset { .. } => "reset",
        Command::Begin(_) => "begin",
        Command::Open(_) => "open",
        Command::Log(_) => "log",
        Command::CopyLog(_) => "copy log",
        Command::Replay(_) => "replay",
        Command::Pick(_) => "pick",
        Command::StopReading => "stop reading",
        Command::Leave => "leave",
        Command::TakeOver => "take over",
        Command::Check { .. } => "check",
        Command::Branch { .. } => "branch",
        Command::Race { .. } => "race",
        Command::Follow(_) => "follow",
        Command::Promote(_) => "promote",
        Command::Close(_) => "close",
        Command::Rename { .. } => "rename",
        Command::Lay(_) => "lay",
        Command::Shadow { .. } => "shadow",
        Command::Unshadow(_) => "unshadow",
        Command::Plan { .. } => "plan",
        Command::Unplan(_) => "unplan",
        Command::Until(_) => "until",
        Command::PlayUntil(_) => "play until",
        Command::Loop(_) => "loop",
        Command::Mark { .. } => "mark",
        Command::Remark { .. } => "remark",
        Command::Unmark(_) => "unmark",
        Command::Dismiss { .. } => "dismiss",
        Command::Need { .. } => "need",
        Command::Memory(_) => "memory",
        Command::Why { .. } => "why",
        Command::TimeColumn(_) => "time column",
        Command::Headroom => "head-room",
    }
}

/// Number of kinds.
const KINDS: usize = 49;

/// Somebody who does anything.
struct Anybody {
    dice: Pcg64,
    /// Logs that can be opened, and files that cannot.
    logs: Vec<PathBuf>,
    broken: PathBuf,
    setup_file: PathBuf,
    folder: PathBuf,
    logs_begun: u32,
}

impl Anybody {
    fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        if of.is_empty() { None } else { of.get(self.dice.random_range(0..of.len())) }
    }

    fn chance(&mut self, part: f64) -> bool {
        self.dice.random_bool(part)
    }

    fn tick(&mut self, view: &RunView) -> u64 {
        self.dice.random_range(0..=view.reach().max(1))
    }

    fn number(&mut self) -> f64 {
        if self.chance(0.03) { f64::NAN } else { self.dice.random_range(-2.0..2.0) }
    }

    fn run(&mut self, view: &RunView) -> u64 {
        let runs: Vec<u64> = view.beside.runs.iter().map(|r| r.id).collect();
        if self.chance(0.05) { 1_000_000 } else { self.pick(&runs).copied().unwrap_or_default() }
    }

    fn controller(&mut self, view: &RunView, slot: usize) -> String {
        // Those that think long are for other tests.
        let slow = ["mpc", "milp", "macro_planner", "macro_reference", "llm"];
        let quick = view.slots[slot].choices.iter().filter(|c| !slow.iter().any(|s| c.name.contains(s)));
        let names: Vec<String> = quick.map(|c| c.name.clone()).collect();
        if self.chance(0.03) { "nobody".to_owned() } else { self.pick(&names).cloned().unwrap_or_default() }
    }

    fn lever(&mut self, view: &RunView) -> Intervention {
        let names: Vec<String> = view.levers.iter().map(|l| l.name.clone()).collect();
        let lever = self.pick(&names).cloned().unwrap_or_default();
        let value = self.number();
        let mode = match self.dice.random_range(0..3) {
            0 => LeverMode::Auto,
            1 => LeverMode::Manual(value),
            _ => LeverMode::Pinned(value),
        };
        Intervention::Lever { lever, mode }
    }

    fn change(&mut self, view: &RunView) -> (String, Override) {
        let inputs: Vec<(String, (f64, f64))> = view.spec.inputs.iter().map(|i| (i.name.clone(), i.range)).collect();
        let (input, (low, high)) = self.pick(&inputs).cloned().unwrap();
        let operations = [Operation::Set, Operation::Add, Operation::Scale, Operation::Hold];
        let operation = *self.pick(&operations).unwrap();
        let part = self.dice.random_range(0.0..1.0);
        // Only so far that a run does not trip at once.
        let value = match operation {
            Operation::Scale => 0.9 + 0.2 * part,
            Operation::Add => 0.02 * (part - 0.5) * (high - low).min(100.0),
            Operation::Set | Operation::Hold => low + part * (high - low).min(1e3),
        };
        (input, Override { operation, value })
    }

    fn slot(&mut self, view: &RunView) -> (usize, String) {
        let slots: Vec<(usize, String)> = view.spec.slots.iter().map(|s| s.name.clone()).enumerate().collect();
        self.pick(&slots).cloned().unwrap()
    }

    /// A command of the kind of this number.
    #[allow(clippy::too_many_lines)]
    fn command(&mut self, number: usize, view: &RunView) -> Command {
        match number % KINDS {
            0 => Command::Play,
            1 => Command::Pause,
            2 => Command::TogglePlay,
            3 => Command::StepTick,
            4 => Command::StepInterval,
            5 => Command::BackTick,
            6 => Command::BackInterval,
            7 => Command::GoTo { tick: self.tick(view) },
            8 => {
                let speeds = [Speed::Factor(60.0), Speed::Factor(600.0), Speed::Max, Speed::Factor(f64::NAN)];
                Command::Speed(*self.pick(&speeds).unwrap())
            }
            9 => Command::Intervene(self.lever(view)),
            10 => {
                let (index, slot) = self.slot(view);
                Command::Intervene(Intervention::Controller { slot, name: self.controller(view, index) })
            }
            11 => {
                let (index, slot) = self.slot(view);
                let names: Vec<String> = view.slots[index].parameters.iter().map(|p| p.name.clone()).collect();
                let name = self.pick(&names).cloned().unwrap_or_default();
                Command::Intervene(Intervention::Parameter { slot, name, value: None })
            }
            12 => Command::Intervene(Intervention::Answer { slot: self.slot(view).1, text: "{}".to_owned() }),
            13 => {
                let (input, change) = self.change(view);
                let change = (!self.chance(0.5)).then_some(change);
                Command::Intervene(Intervention::Input { input, change })
            }
            14 => {
                let axes = view.axes.clone();
                let axis = self.pick(&axes).cloned().unwrap();
                let value = self.pick(&axis.choices).map(|c| c.name.clone()).unwrap_or_default();
                Command::Axis { name: axis.name, value }
            }
            15 => Command::Reset { seed: if self.chance(0.5) { None } else { Some(self.dice.random_range(0..50)) } },
            16 => {
                Command::Begin(Box::new(Setup { seed: self.dice.random_range(0..50), ..Setup::default_day().unwrap() }))
            }
            17 => Command::Open(if self.chance(0.1) { self.broken.clone() } else { self.setup_file.clone() }),
            18 => {
                self.logs_begun += 1;
                Command::Log(self.folder.join(format!("own-{}.csv", self.logs_begun)))
            }
            19 => {
                let logs = self.logs.clone();
                Command::Replay(if self.chance(0.1) { vec![self.broken.clone()] } else { logs })
            }
            20 => Command::Pick(self.dice.random_range(0..self.logs.len())),
            21 => Command::StopReading,
            22 => Command::Leave,
            23 => Command::TakeOver,
            24 => Command::Check { recompute: self.chance(0.5) },
            25 => {
                let tick = if self.chance(0.5) { None } else { Some(self.tick(view)) };
                let changes = if self.chance(0.5) { vec![self.lever(view)] } else { Vec::new() };
                Command::Branch { tick, name: self.chance(0.5).then(|| "Try".to_owned()), changes }
            }
            26 => {
                let (index, slot) = self.slot(view);
                let controllers = vec![self.controller(view, index), self.controller(view, index)];
                Command::Race { slot, controllers }
            }
            27 => Command::Follow(self.run(view)),
            28 => Command::Promote(self.run(view)),
            29 => Command::Close(self.run(view)),
            30 => Command::Rename { id: self.run(view), name: " Other ".to_owned() },
            31 => Command::Lay(vec![if self.chance(0.1) { self.broken.clone() } else { self.logs[0].clone() }]),
            32 => {
                let (index, slot) = self.slot(view);
                Command::Shadow { slot, controller: self.controller(view, index) }
            }
            33 => {
                let shadows: Vec<u64> = view.beside.shadows.iter().map(|s| s.id).collect();
                Command::Unshadow(self.pick(&shadows).copied().unwrap_or(u64::MAX))
            }
            34 => {
                let (input, change) = self.change(view);
                let from = view.tick + self.dice.random_range(0..60);
                let ticks = self.chance(0.8).then_some(30);
                Command::Plan { label: "Something".to_owned(), input, change, from, ticks }
            }
            35 => {
                let planned: Vec<u64> = view.beside.plan.iter().map(|p| p.id).collect();
                Command::Unplan(self.pick(&planned).copied().unwrap_or(u64::MAX))
            }
            36 => Command::Until(match self.dice.random_range(0..4) {
                0 => None,
                1 => Some(Until::Tick(view.tick + 40)),
                2 => Some(Until::Event(None)),
                _ => Some(Until::Signal {
                    signal: view.schema.signals[0].name.clone(),
                    comparison: Comparison::Above,
                    value: 30.0,
                }),
            }),
            37 => Command::Loop(self.chance(0.5).then(|| (self.tick(view), self.tick(view)))),
            38 => Command::Mark { tick: self.tick(view), text: "here".to_owned() },
            39 | 40 => {
                let marks: Vec<u64> = view.beside.bookmarks.iter().map(|m| m.id).collect();
                let id = self.pick(&marks).copied().unwrap_or(u64::MAX);
                if number % KINDS == 39 {
                    Command::Remark { id, text: "there".to_owned() }
                } else {
                    Command::Unmark(id)
                }
            }
            41 => Command::Need { run: None, from: self.tick(view), to: self.tick(view) },
            42 => Command::Memory(if self.chance(0.2) { 4 << 20 } else { 1 << 30 }),
            43 => Command::TimeColumn("tick".to_owned()),
            44 => Command::Headroom,
            45 => Command::PlayUntil(Until::Tick(view.tick + 30)),
            46 => Command::Why { tick: self.tick(view) },
            47 => {
                self.logs_begun += 1;
                Command::CopyLog(self.folder.join(format!("copy-{}.csv", self.logs_begun)))
            }
            _ => Command::Dismiss { notice: view.notices.first().map_or(u64::MAX, |n| n.id) },
        }
    }
}

/// What must hold of every picture.
#[track_caller]
fn is_whole(view: &RunView) {
    assert_eq!(view.recording.rows(), view.tick, "the picture has the rows up to its instant");
    assert!(view.tick <= view.reach(), "tick {} beyond {}", view.tick, view.reach());
    assert_eq!(view.row.len(), view.schema.len());
    assert!(view.events.iter().all(|e| e.instant <= view.tick), "an event of the future");
    if view.replay.is_none() {
        let runs = &view.beside.runs;
        assert!(view.beside.shown_run().is_some_and(|run| run.reach == view.reach()));
        let mut names: Vec<&str> = runs.iter().map(|r| r.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), runs.len(), "two runs of one name");
        for (slot, lever) in view.levers.iter().map(|l| (&view.spec.slots[l.slot], l)) {
            let (low, high) = slot.actions[lever.action].domain.bounds();
            assert!((low..=high).contains(&lever.applied), "{} at {}", lever.name, lever.applied);
        }
        if view.tick > 1 {
            let mut before = vec![0.0; view.schema.len()];
            assert!(view.recording.row(view.tick - 2, &mut before));
            for balance in &view.spec.topology.balances {
                let left = balance.residual(&before, &view.row);
                assert!(balance.closes(&before, &view.row), "{} leaves {left} at tick {}", balance.name, view.tick);
            }
        }
        assert!(!(view.play == PlayState::Playing && view.end.is_some()), "time passes after the end");
        for signal in
            view.spec.signals.iter().zip(view.row.iter()).filter(|(s, _)| s.unit == "%" && s.name == "soc_pct")
        {
            assert!((0.0..=100.0).contains(signal.1), "state of charge {}", signal.1);
        }
    }
}

/// Makes a run again from its setup and inputs and compares every row.
fn made_again(world: &World, course: &Course) {
    let mut rollout = world.build(&course.setup).unwrap();
    let mut inputs = course.history.interventions().iter().peekable();
    let recording = course.recorder.picture();
    let mut row = vec![0.0; rollout.schema().len()];
    for tick in 0..recording.rows() {
        while let Some(next) = inputs.next_if(|i| i.tick <= tick) {
            rollout.apply(&next.what).unwrap();
        }
        rollout.step().unwrap();
        assert!(recording.row(tick, &mut row));
        let differs = row.iter().zip(rollout.row()).position(|(a, b)| a.to_bits() != b.to_bits());
        let at = differs.map(|c| rollout.schema().signals[c].name.clone());
        assert_eq!(at, None, "tick {tick} of {} is not what its inputs make of it", course.passport.name);
    }
}

/// Logs to open, written by a run of its own.
fn write_logs(world: &World, folder: &std::path::Path) -> Vec<PathBuf> {
    let write = |name: &str, seed: u64, ticks: u64| {
        let setup = Setup { seed, ..Setup::default_day().unwrap() };
        let mut rollout = world.build(&setup).unwrap();
        let path = folder.join(name);
        let mut log = crate::record::LogWriter::create(&path, &crate::record::LogHeader::of(&rollout)).unwrap();
        for tick in 0..ticks {
            rollout.step().unwrap();
            log.row(tick, rollout.row()).unwrap();
        }
        log.finish().unwrap();
        path
    };
    vec![write("one.csv", 3, 120), write("two.csv", 4, 60)]
}

#[test]
fn whatever_a_person_does_the_picture_is_whole_and_every_run_is_what_its_inputs_make_of_it() {
    let seed = std::env::var("C2G_FUZZ_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(20_000);
    println!("seed {seed} (another one: C2G_FUZZ_SEED=…)");
    let dir = tempfile::tempdir().unwrap();
    let world = World::default();
    let logs = write_logs(&world, dir.path());
    let (broken, setup_file) = (dir.path().join("broken.csv"), dir.path().join("setup.yaml"));
    std::fs::write(&broken, "\u{0}\u{1}").unwrap();
    std::fs::write(&setup_file, "seed: 7\n").unwrap();
    let folder = dir.path().to_path_buf();
    let mut anybody = Anybody { dice: Pcg64::seed_from_u64(seed), logs, broken, setup_file, folder, logs_begun: 0 };

    let (answers, told) = bounded(1_024);
    let (questions, _asked) = bounded(1);
    let live = Live::new(world.clone(), Setup::default_day().unwrap(), questions, answers).unwrap();
    let mut worker = Worker::new(world.clone(), live);
    let first = worker.picture();
    let shared = Shared::new(ArcSwap::from_pointee(first), None);
    let mut asked: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    let mut order: Vec<usize> = (0..KINDS).collect();
    for frame in 0..FRAMES {
        let view = Arc::new(worker.picture());
        is_whole(&view);
        // Every kind comes once a round, in another order each time.
        let turn = frame as usize % KINDS;
        if turn == 0 {
            for k in (1..KINDS).rev() {
                let other = anybody.dice.random_range(0..=k);
                order.swap(k, other);
            }
        }
        let mut command = anybody.command(order[turn], &view);
        if view.replay.is_none() && view.reach() > LONG {
            command = Command::Reset { seed: None };
        } else if view.beside.runs.len() > 10 {
            command = Command::Close(anybody.run(&view));
        }
        let newest = view.notices.iter().map(|n| n.id).max();
        let kind = kind(&command);
        worker.take(Message::Command(command), &shared);
        let told_since = |id: u64| newest.is_none_or(|newest| id > newest);
        let complaint = worker.notices().iter().any(|n| n.kind == NoticeKind::Error && told_since(n.id));
        let count = asked.entry(kind).or_default();
        count.0 += 1;
        count.1 += u32::from(!complaint);
        worker.pass(anybody.dice.random_range(0.0..0.2), 24);
        for message in told.try_iter() {
            worker.take(message, &shared);
        }
        if frame % AGAIN_EVERY == AGAIN_EVERY - 1 {
            worker.live.courses().for_each(|course| made_again(&world, course));
        }
    }
    let (all, good) = asked.values().fold((0, 0), |(a, g), (all, good)| (a + all, g + good));
    println!("{good} of {all} accepted: {asked:?}");
    assert!(f64::from(good) >= 0.7 * f64::from(all), "{good} of {all} accepted: {asked:?}");
    assert_eq!(asked.len(), KINDS);
    for (kind, (count, _)) in &asked {
        assert!(*count >= 100, "{kind} only {count} times");
    }
}
