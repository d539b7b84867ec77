//! The time machine: going back forgets nothing, branches and races run on the same noise, what is planned happens,
//! time stops where it is told to, and a mark stays.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod until;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use c2g_twin::evaluate::verify_log;
use c2g_twin::plant::{Operation, Override, Planned};
use c2g_twin::rollout::{Intervention, LeverMode, Rollout, Setup, World};
use c2g_twin::session::{
    Checked, Command, NoticeKind, PlayState, RunEntry, RunKind, RunView, Session, SessionOptions, Speed, Until,
};
use c2g_twin::signal::Alarm;
use until::until;

fn day() -> Setup {
    Setup { seed: 5, ..Setup::default_day().unwrap() }
}

fn lever(value: f64) -> Intervention {
    Intervention::Lever { lever: "hardware.bess_dispatch".to_owned(), mode: LeverMode::Pinned(value) }
}

fn driver(name: &str) -> Intervention {
    Intervention::Controller { slot: "hardware".to_owned(), name: name.to_owned() }
}

/// An instant that no run comes to.
const FAR: u64 = u64::MAX;

/// A session whose worker is waited for.
struct Person(Session);

impl Person {
    fn begin(setup: Setup) -> Self {
        Self::with(setup, SessionOptions::default())
    }

    fn with(setup: Setup, options: SessionOptions) -> Self {
        let session = Session::start(World::default(), setup, options).unwrap();
        session.send(Command::Speed(Speed::Max));
        Self(session)
    }

    #[track_caller]
    fn wait(&self, wanted: impl Fn(&RunView) -> bool) -> Arc<RunView> {
        until(&self.0, wanted)
    }

    /// Sends a command and waits until it has been obeyed: a mark that is set after it stands then.
    #[track_caller]
    fn tell(&self, command: Command) -> Arc<RunView> {
        self.0.send(command);
        self.0.send(Command::Mark { tick: FAR, text: String::new() });
        let view = self.wait(|v| v.beside.bookmarks.last().is_some_and(|m| m.tick == FAR));
        let id = view.beside.bookmarks.last().unwrap().id;
        self.0.send(Command::Unmark(id));
        self.wait(|v| v.beside.bookmarks.last().is_none_or(|m| m.tick != FAR));
        view
    }

    #[track_caller]
    fn run_to(&self, tick: u64) -> Arc<RunView> {
        self.tell(Command::Until(Some(Until::Tick(tick))));
        let view = self.wait(|v| v.play != PlayState::Playing);
        assert_eq!(view.tick, tick, "{:?}", view.notices);
        for notice in &view.notices {
            self.tell(Command::Dismiss { notice: notice.id });
        }
        self.0.view()
    }
}

fn bits(row: &[f64]) -> Vec<u64> {
    row.iter().map(|v| v.to_bits()).collect()
}

fn rows(run: &RunEntry) -> Vec<Vec<u64>> {
    until::rows(&run.recording, run.schema.len())
}

/// Rows of a run without a session, with things done before given ticks.
fn headless(setup: &Setup, ticks: u64, done: &[(u64, Intervention)]) -> Vec<Vec<u64>> {
    let mut rollout = World::default().build(setup).unwrap();
    let step = |rollout: &mut Rollout, tick: u64| {
        for (_, what) in done.iter().filter(|(at, _)| *at == tick) {
            rollout.apply(what).unwrap();
        }
        rollout.step().unwrap();
        bits(rollout.row())
    };
    (0..ticks).map(|tick| step(&mut rollout, tick)).collect()
}

#[test]
fn going_back_forgets_nothing_and_time_passes_as_it_did() {
    let person = Person::begin(day());
    person.run_to(300);
    person.tell(Command::Intervene(driver("pid")));
    person.run_to(500);
    person.tell(Command::Intervene(lever(0.5)));
    let all = person.run_to(700);
    let expected = headless(&day(), 700, &[(300, driver("pid")), (500, lever(0.5))]);
    assert_eq!(rows(all.beside.shown_run().unwrap()), expected);
    let view = person.tell(Command::GoTo { tick: 123 });
    assert_eq!((view.tick, view.reach(), view.recording.rows()), (123, 700, 123));
    let run = view.beside.shown_run().unwrap();
    assert_eq!(run.metrics, all.metrics, "the run is told as far as it came");
    assert_ne!(run.metrics, view.metrics);
    assert_eq!((bits(&view.row), view.slots[1].controller.as_str()), (expected[122].clone(), "rule_based"));
    assert!(view.events.iter().all(|e| e.instant <= 123) && view.beside.events_ahead.iter().all(|e| e.instant > 123));
    assert_eq!(view.events.len() + view.beside.events_ahead.len(), all.events.len());
    // Forth as well as back, and step by step over what was done.
    let view = person.tell(Command::GoTo { tick: 640 });
    assert_eq!((bits(&view.row), view.slots[1].controller.as_str()), (expected[639].clone(), "pid"));
    person.tell(Command::GoTo { tick: 299 });
    person.tell(Command::StepTick);
    let view = person.tell(Command::StepTick);
    assert_eq!((view.slots[1].controller.as_str(), bits(&view.row)), ("pid", expected[300].clone()));
    let view = person.run_to(900);
    assert_eq!((view.beside.runs.len(), view.reach()), (1, 900));
    let expected = headless(&day(), 900, &[(300, driver("pid")), (500, lever(0.5))]);
    assert_eq!(rows(view.beside.shown_run().unwrap()), expected);
}

#[test]
fn something_done_in_the_past_begins_another_future_and_the_old_one_stays() {
    let person = Person::begin(day());
    person.run_to(400);
    person.tell(Command::Intervene(lever(0.5)));
    person.run_to(600);
    person.tell(Command::GoTo { tick: 200 });
    let view = person.tell(Command::Intervene(lever(-1.0)));
    let [home, branch] = &*view.beside.runs else { panic!("{} runs", view.beside.runs.len()) };
    assert_eq!((home.kind, home.reach, home.parent), (RunKind::Home, 600, None));
    assert_eq!(
        (branch.kind, branch.reach, branch.parent, branch.branched_at),
        (RunKind::Branch, 200, Some(home.id), 200)
    );
    assert_eq!((view.beside.shown, view.tick, view.recording.rows()), (branch.id, 200, 200));
    assert_ne!((branch.colour, &branch.name), (home.colour, &home.name));
    // A second move at the same instant belongs to the same future.
    person.tell(Command::Intervene(driver("pid")));
    let view = person.run_to(800);
    person.wait(|v| v.beside.runs.iter().all(|r| r.reach == 800));
    assert_eq!(view.beside.runs.len(), 2);
    let view = person.0.view();
    assert_eq!(rows(&view.beside.runs[0]), headless(&day(), 800, &[(400, lever(0.5))]));
    assert_eq!(rows(&view.beside.runs[1]), headless(&day(), 800, &[(200, lever(-1.0)), (200, driver("pid"))]));
    assert_eq!(view.beside.runs[1].differs_at, Some(200), "the first row that is not the parent's");
    // Back in the old future, at the same instant.
    let view = person.tell(Command::Follow(view.beside.runs[0].id));
    assert_eq!((view.tick, view.slots[1].controller.as_str()), (800, "rule_based"));
}

#[test]
fn branches_are_named_promoted_and_closed() {
    let person = Person::begin(day());
    person.run_to(100);
    let branch =
        |name: &str| Command::Branch { tick: Some(50), name: Some(name.to_owned()), changes: vec![driver("pid")] };
    person.tell(branch("Try"));
    person.tell(Command::Follow(0));
    let view = person.tell(branch("Try"));
    let names: Vec<&str> = view.beside.runs.iter().map(|r| r.name.as_str()).collect();
    assert_eq!(names, ["Home", "Try", "Try (2)"]);
    let view = person.tell(Command::Rename { id: 2, name: " Better ".to_owned() });
    assert_eq!(view.beside.run(2).unwrap().name, "Better");
    let view = person.tell(Command::Promote(2));
    assert_eq!(view.beside.run(2).unwrap().kind, RunKind::Home);
    assert_eq!(view.beside.run(0).unwrap().kind, RunKind::Branch);
    // The parent is shown when a branch goes that is shown; children of a run that goes have no parent.
    let view = person.tell(Command::Close(2));
    assert_eq!((view.beside.shown, view.beside.runs.len()), (0, 2));
    person.tell(Command::Follow(1));
    let view = person.tell(Command::Close(0));
    assert_eq!((view.beside.shown, view.beside.run(1).unwrap().parent, view.notices.len()), (1, None, 0));
    let view = person.tell(Command::Close(1));
    assert_eq!((view.beside.runs.len(), view.notices[0].text.as_str()), (1, "The only run cannot be closed"));
}

#[test]
fn there_is_an_end_to_branches_and_a_branch_that_cannot_be_leaves_nothing() {
    let person = Person::begin(day());
    person.run_to(10);
    let view = person.tell(Command::Branch { tick: Some(11), name: None, changes: Vec::new() });
    assert_eq!((view.beside.runs.len(), view.notices.len()), (1, 1), "{:?}", view.notices);
    let unknown = Intervention::Controller { slot: "hardware".into(), name: "no_such".into() };
    let view = person.tell(Command::Branch { tick: None, name: None, changes: vec![unknown] });
    assert_eq!((view.beside.runs.len(), view.notices.len()), (1, 2));
    for _ in 0..30 {
        person.tell(Command::Branch { tick: Some(5), name: None, changes: Vec::new() });
    }
    let view = person.0.view();
    assert_eq!(view.beside.runs.len(), 24);
    assert!(view.notices.last().unwrap().text.contains("side by side"), "{:?}", view.notices.last());
}

#[test]
fn a_race_runs_in_step_on_the_same_noise() {
    let person = Person::begin(day());
    person.run_to(90);
    let controllers = ["pid", "rule_based", "bang_bang", "random"].map(str::to_owned).to_vec();
    let view = person.tell(Command::Race { slot: "hardware".to_owned(), controllers });
    let names: Vec<&str> = view.beside.runs.iter().map(|r| r.name.as_str()).collect();
    assert_eq!(names, ["Home", "pid", "bang_bang", "random"], "who drives already runs as it is");
    assert!(view.beside.runs.iter().all(|r| r.race == Some(1)));
    let view = person.run_to(450);
    assert!(view.beside.runs.iter().all(|r| r.reach == 450), "in step, whenever one looks");
    for (run, name) in view.beside.runs.iter().zip(["rule_based", "pid", "bang_bang", "random"]) {
        let done = if run.id == 0 { vec![] } else { vec![(90, driver(name))] };
        assert_eq!(rows(run), headless(&day(), 450, &done), "{name}");
    }
    let view = person.tell(Command::Follow(2));
    assert_eq!((view.tick, view.slots[1].controller.as_str()), (450, "bang_bang"));
    let view = person.tell(Command::Race { slot: "hardware".to_owned(), controllers: vec!["bang_bang".to_owned()] });
    assert_eq!((view.beside.runs.len(), view.notices.len()), (4, 1), "a race needs two");
}

#[test]
fn branches_of_a_logged_run_have_logs_of_their_own_and_all_verify() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("run.csv");
    let person = Person::with(day(), SessionOptions { log: Some(log.clone()), ..SessionOptions::default() });
    person.run_to(250);
    person.tell(Command::Branch { tick: Some(120), name: None, changes: vec![lever(0.25)] });
    let view = person.run_to(400);
    assert_eq!(view.log.as_deref(), Some(dir.path().join("run-2.csv").to_str().unwrap()));
    drop(person);
    for (path, ticks) in [(log, 400), (dir.path().join("run-2.csv"), 400)] {
        let comparison = verify_log(&World::default(), &path, 0.0).unwrap();
        assert!(comparison.holds() && comparison.rows == ticks, "{}: {comparison}", path.display());
    }
}

fn plan(input: &str, value: f64, from: u64, ticks: Option<u64>) -> Command {
    let change = Override { operation: Operation::Set, value };
    Command::Plan { label: "Heat".to_owned(), input: input.to_owned(), change, from, ticks }
}

#[test]
fn what_is_planned_happens_is_logged_and_ends() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("run.csv");
    let person = Person::with(day(), SessionOptions { log: Some(log.clone()), ..SessionOptions::default() });
    person.run_to(50);
    person.tell(plan("t_ambient_degc", 44.0, 100, Some(60)));
    let view = person.run_to(300);
    let ambient = view.schema.find("t_ambient_degc").unwrap();
    let at = |tick: u64| view.recording.value(tick, ambient);
    assert!(at(99) != 44.0 && at(100) == 44.0 && at(159) == 44.0 && at(160) != 44.0);
    assert_eq!(view.beside.plan.len(), 1);
    let change = Some(Override { operation: Operation::Set, value: 44.0 });
    let input = |change| Intervention::Input { input: "t_ambient_degc".to_owned(), change };
    let expected = headless(&day(), 300, &[(100, input(change)), (160, input(None))]);
    assert_eq!(rows(view.beside.shown_run().unwrap()), expected);
    // Over it again: the same, and nothing twice in the log.
    person.tell(Command::GoTo { tick: 130 });
    person.run_to(320);
    // Taken away while it works: another future, in which it ends there.
    person.tell(Command::GoTo { tick: 130 });
    let view = person.tell(Command::Unplan(view.beside.plan[0].id));
    assert_eq!((view.beside.runs.len(), view.beside.plan.len()), (2, 0));
    let view = person.run_to(200);
    let expected = headless(&day(), 200, &[(100, input(change)), (130, input(None))]);
    assert_eq!(rows(view.beside.shown_run().unwrap()), expected);
    // Into the past of what is there: another future too. Into what has passed: refused.
    person.tell(Command::GoTo { tick: 20 });
    let view = person.tell(plan("t_ambient_degc", 20.0, 30, None));
    assert_eq!((view.beside.runs.len(), view.notices.len()), (3, 0));
    let view = person.tell(plan("t_ambient_degc", 20.0, 19, None));
    assert_eq!((view.beside.plan.len(), view.notices.len()), (1, 1));
    let view = person.tell(plan("no_such_input", 20.0, 25, None));
    assert_eq!((view.beside.plan.len(), view.notices.len()), (1, 2));
    drop(person);
    for (name, rows) in [("run.csv", 320), ("run-2.csv", 200)] {
        let comparison = verify_log(&World::default(), &dir.path().join(name), 0.0).unwrap();
        assert!(comparison.holds() && comparison.rows == rows, "{name}: {comparison}");
    }
}

/// Found in pictures: a replay of a run with a failed pump showed nothing wrong, because only a run knew its plan.
#[test]
fn what_befell_a_recorded_run_is_shown_where_it_is_and_can_be_taken_away_later() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("run.csv");
    let spec = World::default().build(&day()).unwrap().spec().clone();
    let outage = spec.disturbance("battery_outage").unwrap();
    let plan = vec![
        Planned { until: Some(200), ..outage.at(100) },
        Planned { until: None, ..spec.disturbance("pump_fault").unwrap().at(150) },
    ];
    let options = SessionOptions { log: Some(log.clone()), plan, ..SessionOptions::default() };
    let person = Person::with(day(), options);
    let befalls = |view: &RunView| -> Vec<String> { view.at_work().map(|(p, _)| p.label.clone()).collect() };
    let (battery, pump) = (outage.label.clone(), spec.disturbance("pump_fault").unwrap().label.clone());
    let view = person.run_to(160);
    assert_eq!(befalls(&view), [battery.clone(), pump.clone()]);
    let entity = outage.entities(&spec).next().unwrap();
    assert_eq!(view.wrong()[entity], Alarm::Warn);
    let run = rows(person.run_to(300).beside.shown_run().unwrap());
    drop(person);
    let person = Person::begin(day());
    person.tell(Command::Replay(vec![log]));
    person.wait(|v| v.replay.as_ref().is_some_and(|r| r.rows == 300 && r.reading.is_none()));
    for (tick, expected) in [(99, &[][..]), (120, &[battery][..]), (250, &[pump.clone()][..])] {
        let view = person.tell(Command::GoTo { tick });
        assert_eq!(befalls(&view), expected, "tick {tick}");
        assert_eq!(view.wrong()[entity] == Alarm::Warn, tick == 120, "tick {tick}");
    }
    person.tell(Command::GoTo { tick: 250 });
    person.tell(Command::TakeOver);
    let view = person.wait(|v| v.replay.is_none());
    assert_eq!(befalls(&view), std::slice::from_ref(&pump));
    assert_eq!(rows(view.beside.shown_run().unwrap()), run[..250]);
    let fault = view.beside.plan.iter().find(|p| p.label == pump).unwrap().id;
    assert_eq!(befalls(&person.tell(Command::Unplan(fault))), Vec::<String>::new());
    let view = person.run_to(300);
    assert_ne!(rows(view.beside.shown_run().unwrap()), run, "without the fault another day follows");
}

#[test]
fn time_passes_until_something_is_so() {
    let person = Person::begin(day());
    let view = person.0.view();
    let until = |text: &str| Until::parse(text, &view.spec, &view.schema).unwrap();
    person.tell(Command::Until(Some(until("soc_frac < 0.45"))));
    let stopped = person.wait(|v| v.play == PlayState::Paused);
    let soc = view.schema.find("soc_frac").unwrap();
    assert!(stopped.row[soc] < 0.45 && stopped.recording.value(stopped.tick - 2, soc) >= 0.45, "the first tick of it");
    assert!(stopped.notices[0].text.contains("soc_frac < 0.45"), "{:?}", stopped.notices);
    assert_eq!(stopped.beside.until, None);
    person.tell(Command::Until(Some(until("event"))));
    let stopped = person.wait(|v| v.play == PlayState::Paused);
    assert_eq!(stopped.events.last().unwrap().instant, stopped.tick);
    let view = person.tell(Command::Until(Some(Until::Tick(3))));
    assert!(view.notices.last().unwrap().text.contains("has passed") && view.play == PlayState::Paused);
    for (text, words) in [
        ("soc_frax > 1", "soc_frac"),
        ("soc_frac > x", "not a number"),
        ("soon", "not a condition"),
        ("event nothing", "event"),
        ("tick -1", "not a tick"),
    ] {
        let error = Until::parse(text, &view.spec, &view.schema).unwrap_err();
        assert!(format!("{error} {}", error.cure()).contains(words), "{text}: {error}");
    }
}

#[test]
fn time_goes_round_between_two_instants_and_shows_the_same() {
    let person = Person::begin(day());
    let all = person.run_to(200);
    let expected = rows(all.beside.shown_run().unwrap());
    let view = person.tell(Command::Loop(Some((60, 20))));
    assert_eq!((view.tick, view.beside.looped), (20, Some((20, 60))));
    person.tell(Command::Speed(Speed::Factor(600.0)));
    person.tell(Command::Play);
    let mut back = 0;
    let mut last = 0;
    while back < 2 {
        let view = person.0.view();
        assert!((20..60).contains(&view.tick), "tick {}", view.tick);
        assert_eq!(bits(&view.row), expected[view.tick as usize - 1]);
        back += u32::from(view.tick < last);
        last = view.tick;
        std::thread::sleep(Duration::from_millis(1));
    }
    person.tell(Command::Loop(None));
    let view = person.wait(|v| v.tick > 60);
    assert_eq!(view.beside.runs.len(), 1, "going round changes nothing");
}

#[test]
fn marks_stand_beside_the_log_and_come_back_with_it() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("run.csv");
    let person = Person::begin(day());
    person.run_to(40);
    person.tell(Command::Mark { tick: 30, text: "before the log".to_owned() });
    person.tell(Command::Log(log.clone()));
    person.tell(Command::Mark { tick: 10, text: "here: it \"begins\"".to_owned() });
    let view = person.tell(Command::Mark { tick: 20, text: "gone".to_owned() });
    let id = view.beside.bookmarks.iter().find(|m| m.text == "gone").unwrap().id;
    person.tell(Command::Unmark(id));
    let id = view.beside.bookmarks.iter().find(|m| m.tick == 30).unwrap().id;
    person.tell(Command::Remark { id, text: "changed".to_owned() });
    drop(person);
    let options = SessionOptions { replay: vec![log.clone()], ..SessionOptions::default() };
    let person = Person::with(day(), options);
    let marks = |view: &RunView| {
        view.beside.bookmarks.iter().filter(|m| m.tick != FAR).map(|m| (m.tick, m.text.clone())).collect::<Vec<_>>()
    };
    let view = person.0.view();
    assert_eq!(marks(&view), [(10, "here: it \"begins\"".to_owned()), (30, "changed".to_owned())]);
    let view = person.tell(Command::Leave);
    assert_eq!(marks(&view), [], "the live run has its own");
    assert!(PathBuf::from(format!("{}.marks.yaml", log.display())).exists());
}

#[test]
fn logs_are_laid_beside_to_compare() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("other day.csv");
    let person = Person::with(
        Setup { seed: 9, ..day() },
        SessionOptions { log: Some(log.clone()), ..SessionOptions::default() },
    );
    let other = person.run_to(600);
    let expected = rows(other.beside.shown_run().unwrap());
    drop(person);
    let person = Person::begin(day());
    person.tell(Command::Lay(vec![log.clone(), dir.path().join("none.csv")]));
    let view = person.wait(|v| v.beside.runs.len() == 2 && v.beside.runs[1].reading.is_none());
    let laid = &view.beside.runs[1];
    assert_eq!((laid.kind, laid.name.as_str(), laid.reach), (RunKind::Log, "other day", 600));
    assert_eq!((rows(laid), view.notices.len()), (expected, 1));
    let reward = view.spec.metrics.iter().position(|m| m.name.contains("reward")).unwrap();
    assert_eq!(laid.metrics[reward].to_bits(), other.metrics[reward].to_bits());
    assert_eq!(laid.differs_at, None, "nothing has been played yet");
    person.run_to(40);
    let view = person.wait(|v| v.beside.runs[1].differs_at.is_some());
    let (mine, theirs) = (rows(&view.beside.runs[0]), rows(&view.beside.runs[1]));
    let first = (0..40).find(|k| mine[*k] != theirs[*k]).unwrap();
    assert_eq!(view.beside.runs[1].differs_at, Some(first as u64), "another seed draws other noise");
    let view = person.tell(Command::Follow(view.beside.runs[1].id));
    let laid = &view.beside.runs[1];
    assert!(view.notices.last().unwrap().text.contains("cannot be shown"));
    let view = person.tell(Command::Close(laid.id));
    assert_eq!(view.beside.runs.len(), 1);
}

/// A tour that skipped a scene at its end was told in a toast that the tick had passed.
#[test]
fn playing_until_an_instant_that_has_come_stands_there_without_a_word() {
    let person = Person::begin(day());
    person.run_to(40);
    for wanted in [40, 12] {
        let view = person.tell(Command::PlayUntil(Until::Tick(wanted)));
        assert_eq!((view.tick, view.play), (40, PlayState::Paused));
        assert!(view.notices.iter().all(|n| n.kind != NoticeKind::Error), "{:?}", view.notices);
    }
    person.tell(Command::PlayUntil(Until::Tick(60)));
    person.wait(|v| v.tick == 60 && v.play == PlayState::Paused);
}

fn shadow(controller: &str) -> Command {
    Command::Shadow { slot: "hardware".to_owned(), controller: controller.to_owned() }
}

#[test]
fn shadows_compute_beside_and_change_nothing() {
    let person = Person::begin(day());
    person.run_to(100);
    person.tell(shadow("rule_based"));
    person.tell(shadow("pid"));
    let view = person.tell(shadow("pid"));
    assert_eq!((view.beside.shadows.len(), view.notices.len()), (2, 1), "one of a kind is enough");
    let view = person.run_to(700);
    assert_eq!(rows(view.beside.shown_run().unwrap()), headless(&day(), 700, &[]), "nobody acts but the driver");
    let [own, pid] = &*view.beside.shadows else { panic!("{} shadows", view.beside.shadows.len()) };
    let commanded: Vec<f64> = view.levers.iter().filter(|l| l.slot == 1).map(|l| l.applied).collect();
    assert_eq!(&*own.commanded, commanded, "the same controller commands the same");
    assert_eq!((own.since, own.recording.rows(), own.ahead), (100, 600, 0.0), "and earns the same");
    assert!(pid.ahead.is_finite() && pid.ahead != 0.0 && pid.reward.is_finite());
    let all = |view: &RunView, s: usize| {
        let recording = &view.beside.shadows[s].recording;
        (0..recording.rows())
            .map(|r| (0..5).map(|c| recording.value(r, c).to_bits()).collect::<Vec<_>>())
            .collect::<Vec<_>>()
    };
    assert_ne!(all(&view, 0), all(&view, 1), "another one commands something else");
    let (first, ahead) = (all(&view, 1), pid.ahead);
    // Back and forth, over the instant at which they came: the same again.
    for tick in [650, 400, 180, 101, 100, 60] {
        let view = person.tell(Command::GoTo { tick });
        assert_eq!(all(&view, 1), first[..tick.saturating_sub(100) as usize], "at {tick}");
        assert_eq!(view.beside.shadows[1].commanded[0].is_nan(), tick <= 100, "at {tick}");
        let view = person.run_to(700);
        assert_eq!(
            (all(&view, 1), view.beside.shadows[1].ahead.to_bits()),
            (first.clone(), ahead.to_bits()),
            "from {tick}"
        );
    }
    // They follow into another future.
    person.tell(Command::GoTo { tick: 300 });
    let view = person.tell(Command::Intervene(lever(0.5)));
    assert_eq!(view.beside.shadows.iter().map(|s| s.since).collect::<Vec<_>>(), [300, 300]);
    let view = person.tell(Command::Unshadow(view.beside.shadows[0].id));
    assert_eq!(view.beside.shadows.len(), 1);
    let view = person.tell(shadow("llm_policy"));
    assert!(view.notices.last().unwrap().text.contains("asks somebody outside"), "{:?}", view.notices);
}

#[test]
fn a_recorded_run_goes_on_from_any_instant_once_it_is_found_true() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("run.csv");
    let person = Person::with(day(), SessionOptions { log: Some(log.clone()), ..SessionOptions::default() });
    person.run_to(300);
    person.tell(Command::Intervene(driver("pid")));
    let last = person.run_to(700);
    let events = last.events.len();
    drop(person);
    let done = [(300, driver("pid"))];
    let person = Person::begin(Setup { seed: 77, ..day() });
    person.run_to(20);
    person.tell(Command::Replay(vec![log.clone()]));
    person.wait(|v| v.replay.as_ref().is_some_and(|r| r.rows == 700 && r.reading.is_none()));
    person.tell(Command::Check { recompute: true });
    let view = person.wait(|v| !matches!(v.beside.checked, None | Some(Checked::Running(_))));
    assert!(matches!(view.beside.checked, Some(Checked::Same { rows: 700, .. })), "{:?}", view.beside.checked);
    person.tell(Command::GoTo { tick: 500 });
    person.tell(Command::TakeOver);
    let view = person.wait(|v| v.replay.is_none());
    assert_eq!((view.tick, view.seed, view.slots[1].controller.as_str()), (500, 5, "pid"));
    assert_eq!(view.beside.runs.iter().map(|r| r.name.as_str()).collect::<Vec<_>>(), ["Home", "run"]);
    let view = person.run_to(800);
    assert_eq!(rows(view.beside.shown_run().unwrap()), headless(&day(), 800, &done));
    assert!(view.events.len() >= events);
    assert_eq!(bits(&person.tell(Command::GoTo { tick: 250 }).row), headless(&day(), 250, &done)[249]);
    person.tell(Command::Intervene(lever(0.25)));
    let view = person.run_to(400);
    assert_eq!(rows(view.beside.shown_run().unwrap()), headless(&day(), 400, &[(250, lever(0.25))]));
    // A log that is not what its run makes of it is shown, checked and not gone on from.
    let text = std::fs::read_to_string(&log).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let row = lines.iter().position(|l| l.starts_with("42,")).unwrap();
    let cells: Vec<&str> = lines[row].splitn(3, ',').collect();
    lines[row] = format!("{},1.5,{}", cells[0], cells[2]);
    lines.retain(|l| !l.starts_with("#check"));
    let broken = dir.path().join("broken.csv");
    std::fs::write(&broken, lines.join("\n") + "\n").unwrap();
    person.tell(Command::Replay(vec![broken]));
    person.wait(|v| v.replay.as_ref().is_some_and(|r| r.rows == 700 && r.reading.is_none()));
    person.tell(Command::Check { recompute: false });
    let view = person.wait(|v| !matches!(v.beside.checked, None | Some(Checked::Running(_))));
    let Some(Checked::Differs { tick, signal, logged, .. }) = &view.beside.checked else {
        panic!("{:?}", view.beside.checked)
    };
    assert_eq!((*tick, signal.as_str(), *logged), (42, "t_zone_a_degc", 1.5));
    person.tell(Command::GoTo { tick: 100 });
    person.tell(Command::TakeOver);
    let view = person.wait(|v| v.notices.iter().any(|n| n.text.contains("differs at tick 42")));
    assert!(view.replay.is_some());
}
