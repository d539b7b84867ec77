//! Language models in the live world: while a server thinks the twin waits or goes on, everything that a person does
//! works, and answers that nobody waits for any more change nothing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "language_model/server.rs"]
mod server;
mod until;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use c2g_twin::control::Setting;
use c2g_twin::evaluate::verify_log;
use c2g_twin::rollout::{Intervention, Setup, World};
use c2g_twin::session::{Command, PlayState, RunView, Session, SessionOptions, Speed};
use server::{Manner, Server, start};
use until::until;

fn setup(base: &str, set: &[&str]) -> Setup {
    let mut setup = Setup::default();
    setup.policies.insert("macro".into(), "llm_policy_macro".into());
    setup.set.push(format!("control.llm_policy_macro.base_url={base}"));
    setup.set.extend(set.iter().map(|s| (*s).to_owned()));
    setup
}

fn bid(offer: f64) -> String {
    format!("{{\"commit_norm\": {offer}, \"bid_price\": 20}}")
}

/// A server that answers with 0.25, 0.5, 0.75 …, each once it is let go; and the session that asks it.
struct Asked {
    server: Server,
    free: Arc<AtomicUsize>,
    session: Session,
}

fn asked(play: bool, set: &[&str], log: Option<std::path::PathBuf>) -> Asked {
    let free = Arc::new(AtomicUsize::new(0));
    let texts = [0.25, 0.5, 0.75, 1.0].map(bid).to_vec();
    let server = start(Manner::Held(Arc::clone(&free), texts));
    let options = SessionOptions { play, speed: Speed::Max, log, ..SessionOptions::default() };
    let session = Session::start(World::default(), setup(&server.base, set), options).unwrap();
    Asked { server, free, session }
}

impl Asked {
    fn let_go(&self, count: usize) {
        self.free.store(count, Ordering::Relaxed);
    }

    fn until_asked(&self, count: usize) {
        until(&self.session, |_| self.server.asked.lock().unwrap().len() == count);
    }

    /// Nothing comes of what arrives now: time enough for an answer to be taken by mistake.
    fn still_waits(&self, tick: u64) {
        std::thread::sleep(Duration::from_millis(300));
        let view = self.session.view();
        assert_eq!((view.tick, waits(&view)), (tick, true));
    }
}

fn waits(view: &RunView) -> bool {
    view.slots[0].thinking.is_some_and(|t| t.waits)
}

fn offer(view: &RunView) -> f64 {
    view.levers.iter().find(|l| l.slot == 0).unwrap().applied
}

#[test]
fn the_twin_waits_for_every_answer_and_says_so() {
    let asked = asked(true, &[], None);
    let view = until(&asked.session, waits);
    assert_eq!((view.tick, view.play, view.slots[0].thinking.unwrap().since), (0, PlayState::Playing, 0));
    assert_eq!(view.achieved, 0.0);
    asked.until_asked(1);
    asked.still_waits(0);
    asked.let_go(1);
    let view = until(&asked.session, |v| v.tick == 180 && waits(v));
    assert_eq!((offer(&view), view.slots[0].fallbacks), (0.25, 0));
    asked.until_asked(2);
    asked.let_go(2);
    let view = until(&asked.session, |v| v.tick == 360 && waits(v));
    assert_eq!(offer(&view), 0.5);
    assert_eq!(view.slots[1].thinking, None, "who does not ask does not think");
}

#[test]
fn a_person_can_do_everything_while_the_twin_waits() {
    let asked = asked(true, &[], None);
    until(&asked.session, waits);
    asked.session.send(Command::Pause);
    let view = until(&asked.session, |v| v.play == PlayState::Paused);
    assert!(waits(&view));
    // A step over several ticks goes its way once the answer is there, and no farther.
    asked.session.send(Command::StepInterval);
    asked.until_asked(1);
    asked.still_waits(0);
    asked.let_go(1);
    let view = until(&asked.session, |v| v.tick == 180);
    assert_eq!((view.play, view.slots[0].thinking), (PlayState::Paused, None));
    asked.session.send(Command::StepTick);
    until(&asked.session, waits);
    // Another controller needs no answer, and the step goes on.
    asked
        .session
        .send(Command::Intervene(Intervention::Controller { slot: "macro".into(), name: "rule_macro".into() }));
    let view = until(&asked.session, |v| v.tick == 181);
    assert_eq!((view.slots[0].controller.as_str(), view.slots[0].thinking), ("rule_macro", None));
    asked.let_go(9);
    asked.session.send(Command::StepInterval);
    let view = until(&asked.session, |v| v.tick == 360);
    assert_eq!(view.slots[0].insight.texts, [], "an answer to another controller is nobody's");
}

#[test]
fn an_answer_to_a_future_that_was_left_is_dropped() {
    let asked = asked(true, &[], None);
    asked.let_go(1);
    until(&asked.session, |v| v.tick == 180 && waits(v));
    asked.until_asked(2);
    asked.session.send(Command::GoTo { tick: 100 });
    let view = until(&asked.session, |v| v.tick == 100);
    assert_eq!((view.play, view.slots[0].thinking), (PlayState::Paused, None));
    asked.session.send(Command::Play);
    until(&asked.session, |v| v.tick == 180 && waits(v));
    asked.until_asked(3);
    asked.let_go(2);
    asked.still_waits(180);
    asked.let_go(3);
    let view = until(&asked.session, |v| v.tick == 360 && waits(v));
    assert_eq!(offer(&view), 0.75, "the answer to the second asking, not to the first");
}

#[test]
fn an_answer_to_another_run_is_dropped() {
    let asked = asked(true, &[], None);
    until(&asked.session, waits);
    asked.until_asked(1);
    asked.session.send(Command::Reset { seed: Some(7) });
    until(&asked.session, |v| v.run == 1 && v.seed == 7 && waits(v));
    asked.until_asked(2);
    asked.let_go(1);
    asked.still_waits(0);
    asked.let_go(2);
    let view = until(&asked.session, |v| v.tick == 180 && waits(v));
    assert_eq!(offer(&view), 0.5);
}

/// The address of a server that never answers can be corrected: the question goes out again.
#[test]
fn a_tuned_controller_is_asked_again() {
    let good = start(Manner::Says(bid(0.5)));
    let asked = asked(true, &[], None);
    until(&asked.session, waits);
    asked.until_asked(1);
    let tuned = |name: &str, value: Setting| {
        let (slot, name) = ("macro".to_owned(), name.to_owned());
        asked.session.send(Command::Intervene(Intervention::Parameter { slot, name, value: Some(value) }));
    };
    tuned("base_url", Setting::Text(good.base.clone()));
    let view = until(&asked.session, |v| v.tick > 200);
    assert_eq!(offer(&view), 0.5);
    assert!(view.slots[0].parameters.iter().any(|p| p.name == "base_url" && p.tuned));
}

#[test]
fn a_twin_that_goes_on_takes_the_answer_when_it_comes_and_its_log_runs_again() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("hold.csv");
    let asked = asked(false, &["control.llm_policy_macro.while_thinking=hold"], Some(path.clone()));
    asked.session.send(Command::StepInterval);
    let view = until(&asked.session, |v| v.tick == 180);
    let thinking = view.slots[0].thinking.unwrap();
    assert_eq!((thinking.since, thinking.waits), (0, false));
    let held = offer(&view);
    // The next decision is due: it is not asked for while the first answer is outstanding.
    asked.session.send(Command::StepTick);
    let view = until(&asked.session, |v| v.tick == 181);
    assert_eq!((offer(&view), view.slots[0].thinking.unwrap().since), (held, 0));
    asked.until_asked(1);
    asked.let_go(1);
    until(&asked.session, |v| v.slots[0].thinking.is_none());
    asked.session.send(Command::StepInterval);
    asked.session.send(Command::StepTick);
    let view = until(&asked.session, |v| v.tick == 361);
    assert_eq!((offer(&view), view.slots[0].thinking.unwrap().since), (0.25, 360));
    asked.until_asked(2);
    drop(asked.session);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.lines().any(|l| l.starts_with("#input 181") && l.contains("commit_norm")), "no answer at its tick");
    let count = asked.server.asked.lock().unwrap().len();
    let comparison = verify_log(&World::default(), &path, 0.0).unwrap();
    assert!(comparison.holds() && comparison.rows == 361, "{comparison}");
    assert_eq!(asked.server.asked.lock().unwrap().len(), count, "a replay asks nobody");
}

/// Going back and playing on gives the rows that a run without any way back gives.
#[test]
fn a_run_with_answers_can_be_rewound() {
    let server = start(Manner::Says(bid(0.75)));
    let options = SessionOptions::default;
    let rows = |back: bool| {
        let session = Session::start(World::default(), setup(&server.base, &[]), options()).unwrap();
        for _ in 0..3 {
            session.send(Command::StepInterval);
        }
        let mut view = until(&session, |v| v.tick == 540);
        if back {
            session.send(Command::GoTo { tick: 200 });
            until(&session, |v| v.tick == 200);
            session.send(Command::StepInterval);
            session.send(Command::StepInterval);
            view = until(&session, |v| v.tick == 540);
        }
        let mut row = vec![0.0; view.row.len()];
        let bits = |row: &[f64]| row.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        (0..540).map(|r| (view.recording.row(r, &mut row), bits(&row))).collect::<Vec<_>>()
    };
    assert_eq!(rows(false), rows(true));
}

#[test]
fn trouble_is_told_once_however_long_it_lasts() {
    let server = start(Manner::Turns(vec!["no".into(), "no".into(), bid(0.5), "no".into()]));
    let session = Session::start(World::default(), setup(&server.base, &[]), SessionOptions::default()).unwrap();
    let step = |ticks: u64| {
        session.send(Command::StepInterval);
        until(&session, |v| v.tick == ticks)
    };
    let told = |view: &RunView| view.events.iter().filter(|e| e.slot == Some(0)).map(|e| e.tick).collect::<Vec<_>>();
    let view = step(180);
    assert_eq!((view.slots[0].fallbacks, view.slots[0].troubled, told(&view)), (1, true, vec![0]));
    let event = view.events.iter().find(|e| e.slot == Some(0)).unwrap();
    assert_eq!((event.label.as_str(), event.instant), ("Macro: llm_policy_macro did not decide itself", 1));
    assert_eq!(event.value, "the answer holds no JSON object");
    let view = step(360);
    assert_eq!((view.slots[0].fallbacks, view.slots[0].troubled, told(&view)), (2, true, vec![0]));
    let view = step(540);
    assert_eq!((view.slots[0].fallbacks, view.slots[0].troubled), (2, false));
    let view = step(720);
    assert_eq!((view.slots[0].fallbacks, told(&view)), (3, vec![0, 540]));
    session.send(Command::GoTo { tick: 300 });
    let view = until(&session, |v| v.tick == 300);
    assert_eq!((view.slots[0].fallbacks, view.slots[0].troubled, told(&view)), (2, true, vec![0]));
}

/// Nobody waits for a server that does not answer, the end of the session neither.
#[test]
fn a_session_ends_while_servers_think() {
    let asked = asked(true, &[], None);
    until(&asked.session, waits);
    asked.until_asked(1);
    let begin = Instant::now();
    drop(asked.session);
    assert!(begin.elapsed() < Duration::from_secs(20), "the server was never let go");
}
