//! Language models as controllers, against a small server on loopback: what they are asked, what becomes of their
//! answers, and that no answer, however bad, stops a run.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

#[path = "language_model/server.rs"]
mod server;

use std::time::Duration;

use c2g_twin::evaluate::{Replay, replay_log, verify_log};
use c2g_twin::plant::{Operation, Override};
use c2g_twin::record::{LogHeader, LogWriter};
use c2g_twin::rollout::{Intervention, OnTrip, Rollout, Setup, Step, World};
use server::{Manner, start};

fn setup(base: &str, ticks: u64, set: &[&str]) -> Setup {
    let mut setup = Setup { ticks: Some(ticks), ..Setup::default() };
    setup.policies.insert("macro".into(), "llm_policy_macro".into());
    setup.set.push(format!("control.llm_policy_macro.base_url={base}"));
    setup.set.push("control.llm_policy_macro.timeout_s=0.5".into());
    setup.set.extend(set.iter().map(|s| (*s).to_owned()));
    setup
}

/// Runs to the end, asking before every tick; returns the answers with their ticks.
fn play(rollout: &mut Rollout) -> Vec<(u64, Intervention)> {
    let mut answers = Vec::new();
    loop {
        let tick = rollout.tick();
        answers.extend(rollout.consult().unwrap().into_iter().map(|a| (tick, a)));
        if rollout.step().unwrap() == Step::Ended {
            return answers;
        }
    }
}

const BID: &str = "<think>hm {</think>\n{\"commit_norm\": 0.75, \"bid_price\": 20}";

#[test]
fn a_bid_is_asked_for_every_interval_and_taken() {
    let server = start(Manner::Says(BID.into()));
    let mut rollout = World::default().build(&setup(&server.base, 541, &[])).unwrap();
    let answers = play(&mut rollout);
    assert_eq!(answers.iter().map(|(tick, _)| *tick).collect::<Vec<_>>(), [0, 180, 360, 540]);
    assert_eq!(rollout.slots()[0].applied, [0.75, f64::from(0.2_f32)]);
    assert_eq!(rollout.slots()[0].fallbacks, 0);
    let asked = server.asked.lock().unwrap();
    assert_eq!(asked.len(), 4);
    let body: serde_json::Value = serde_json::from_str(&asked[2].0).unwrap();
    assert_eq!(body["model"], "toy");
    assert_eq!((body["max_tokens"].as_u64(), body["temperature"].as_f64()), (Some(8192), Some(0.0)));
    assert_eq!(body["chat_template_kwargs"]["enable_thinking"], true);
    let text = body["messages"][0]["content"].as_str().unwrap();
    for part in
        ["Scenario: default", "\"temp_A_mean\":", "standing contract of 5 MW", "Interval 0: state {", "Interval 1:"]
    {
        assert!(text.contains(part), "{part} is not in: {text}");
    }
    assert!(!text.contains("Interval 2:"), "what is being decided has no reward yet");
    assert!(asked[0].1.starts_with("Bearer "));
}

#[test]
fn the_settings_of_a_question_reach_the_server() {
    let server = start(Manner::Says(BID.into()));
    let set = [
        "control.llm_policy_macro.max_new_tokens=64",
        "control.llm_policy_macro.temperature=0.7",
        "control.llm_policy_macro.thinking=false",
        "control.llm_policy_macro.context_steps=0",
    ];
    let mut rollout = World::default().build(&setup(&server.base, 200, &set)).unwrap();
    play(&mut rollout);
    let asked = server.asked.lock().unwrap();
    let body: serde_json::Value = serde_json::from_str(&asked[1].0).unwrap();
    assert_eq!((body["max_tokens"].as_u64(), body["temperature"].as_f64()), (Some(64), Some(0.7)));
    assert_eq!(body["chat_template_kwargs"]["enable_thinking"], false);
    assert!(!body["messages"][0]["content"].as_str().unwrap().contains("Interval 0"));
}

#[test]
fn a_bad_answer_keeps_the_last_bid_and_is_told() {
    let texts = [BID, "I cannot say", "{\"commit_norm\": 0.25}", "{\"commit_norm\": 0.5, \"bid_price\": 1e9}"];
    let server = start(Manner::Turns(texts.iter().map(|t| (*t).to_owned()).collect()));
    let mut rollout = World::default().build(&setup(&server.base, 1000, &[])).unwrap();
    let mut bids = Vec::new();
    for _ in 0..4 {
        for _ in 0..180 {
            rollout.consult().unwrap();
            rollout.step().unwrap();
        }
        bids.push(rollout.slots()[0].applied.clone());
    }
    let price = f64::from(0.2_f32);
    assert_eq!(bids, [vec![0.75, price], vec![0.75, price], vec![0.25, price], vec![0.5, 1.0]]);
    let slot = &rollout.slots()[0];
    assert_eq!(slot.fallbacks, 2);
    assert_eq!(slot.trouble.as_deref(), Some("the answer has no number for bid_price"));
}

#[test]
fn no_server_stops_a_run() {
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}/v1", listener.local_addr().unwrap())
    };
    let bases = [
        (start(Manner::Slow(Duration::from_secs(3))).base, "no answer in time"),
        (start(Manner::Garbage).base, "the answer is no JSON"),
        (start(Manner::Truncated).base, "chat/completions"),
        (start(Manner::Refused).base, "refuses the key"),
        (start(Manner::CutOff("{\"commit".into())).base, "cut off"),
        (closed, "/models"),
    ];
    for (base, words) in bases {
        let mut rollout = World::default().build(&setup(&base, 181, &[])).unwrap();
        let answers = play(&mut rollout);
        assert_eq!((rollout.tick(), answers.len()), (181, 2), "{words}");
        let slot = &rollout.slots()[0];
        assert_eq!(slot.fallbacks, 2, "{words}");
        let trouble = slot.trouble.clone().unwrap();
        assert!(trouble.contains(words), "{words}: {trouble}");
        assert!(rollout.row().iter().take(10).all(|x| x.is_finite()), "{words}");
    }
}

/// The answers stand in the log as inputs: it runs again to the same bytes although nobody answers any more.
#[test]
fn a_logged_run_replays_without_a_server() {
    let server =
        start(Manner::Turns(vec![BID.into(), "nothing".into(), "{\"commit_norm\": 0.1, \"bid_price\": 3}".into()]));
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("llm.csv");
    let world = World::default();
    let mut rollout = world.build(&setup(&server.base, 700, &[])).unwrap();
    let mut log = LogWriter::create(&path, &LogHeader::of(&rollout)).unwrap();
    loop {
        for answer in rollout.consult().unwrap() {
            log.input(rollout.tick(), &answer).unwrap();
        }
        if rollout.step().unwrap() == Step::Ended {
            break;
        }
        log.row(rollout.tick() - 1, rollout.row()).unwrap();
    }
    log.finish().unwrap();
    let asked = server.asked.lock().unwrap().len();
    let comparison = verify_log(&world, &path, 0.0).unwrap();
    assert!(comparison.holds(), "{comparison:?}");
    assert_eq!(server.asked.lock().unwrap().len(), asked, "a replay asks nobody");
}

#[test]
fn the_levers_can_be_moved_by_a_model_too() {
    let text = "{\"throttle_batch\": 1, \"pump_speed_A\": 0.5, \"hvac_effort\": 0.6, \"bess_dispatch\": -0.25}";
    let server = start(Manner::Says(text.into()));
    let mut setup = Setup { ticks: Some(30), ..Setup::default() };
    setup.policies.insert("hardware".into(), "llm_policy".into());
    setup.set.push(format!("control.llm_policy.base_url={}", server.base));
    let mut rollout = World::default().build(&setup).unwrap();
    let answers = play(&mut rollout);
    assert_eq!(answers.iter().map(|(tick, _)| *tick).collect::<Vec<_>>(), [0, 12, 24]);
    let image = |x: f32| f64::from(x);
    assert_eq!(rollout.slots()[1].applied, [1.0, 0.5, image(0.6), -0.25]);
    let asked = server.asked.lock().unwrap();
    assert!(
        asked[0].0.contains("\\\"temp_A_norm\\\":") && asked[0].0.contains("Zones trip at 35 °C"),
        "{}",
        asked[0].0
    );
}

/// Going back asks again, and never waits for an answer that belongs to another future.
#[test]
fn going_back_asks_again() {
    let server = start(Manner::Says(BID.into()));
    let mut rollout = World::default().build(&setup(&server.base, 400, &[])).unwrap();
    let begin = rollout.snapshot();
    assert!(rollout.question(0).is_some());
    assert!(rollout.question(0).is_none(), "one question at a time");
    rollout.restore(&begin).unwrap();
    assert!(rollout.question(0).is_some());
}

/// The first decision after a trip was made without asking: a question was put before its episode had begun.
#[test]
fn the_first_decision_after_a_restart_is_asked_for() {
    let texts = [0.25, 0.5, 0.75].map(|offer| format!("{{\"commit_norm\": {offer}, \"bid_price\": 20}}"));
    let server = start(Manner::Turns(texts.to_vec()));
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("restarts.csv");
    let world = World::default();
    let setup = Setup { on_trip: OnTrip::Restart, continuous: true, ..setup(&server.base, 6_000, &[]) };
    let mut rollout = world.build(&setup).unwrap();
    let mut log = LogWriter::create(&path, &LogHeader::of(&rollout)).unwrap();
    for (input, operation, value) in [("cooling_factor", Operation::Set, 0.0), ("t_ambient_degc", Operation::Add, 40.0)]
    {
        let fault = Intervention::Input { input: input.into(), change: Some(Override { operation, value }) };
        rollout.apply(&fault).unwrap();
        log.input(0, &fault).unwrap();
    }
    let (mut begun, mut rows) = (Vec::new(), Vec::new());
    let mut before = None;
    while begun.len() < 2 && rollout.end().is_none() {
        let (tick, restarts) = (rollout.tick(), rollout.restarts());
        let due = rollout.snapshot();
        let asked = rollout.question(0).is_some();
        if asked && rollout.episode_tick() % 180 != 0 {
            assert_eq!(rollout.snapshot(), due, "a question about the next episode leaves this one as it is");
        }
        rollout.restore(&due).unwrap();
        for answer in rollout.consult().unwrap() {
            log.input(tick, &answer).unwrap();
        }
        let told = rollout.snapshot();
        rollout.step().unwrap();
        log.row(tick, rollout.row()).unwrap();
        rows.push(rollout.row().to_vec());
        if rollout.restarts() > restarts {
            assert!(asked, "nobody was asked for the first decision of the episode that began at tick {tick}");
            begun.push(rollout.slots()[0].applied[0]);
            before.get_or_insert((tick as usize, told));
        }
    }
    log.finish().unwrap();
    assert_eq!(begun.len(), 2, "the fault trips the site");
    assert_eq!(rollout.slots()[0].fallbacks, 0);
    let asked = server.asked.lock().unwrap().len();
    // The answer that waits for its episode belongs to the state of the run.
    let (tick, told) = before.unwrap();
    rollout.restore(&told).unwrap();
    rollout.step().unwrap();
    let bits = |row: &[f64]| row.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(rollout.row()), bits(&rows[tick]));
    for how in [Replay::AsLogged, Replay::Recompute] {
        let comparison = replay_log(&world, &path, 0.0, how).unwrap();
        assert!(comparison.holds() && comparison.rows == rows.len() as u64, "{comparison}");
    }
    assert_eq!(server.asked.lock().unwrap().len(), asked, "a replay asks nobody");
}

/// A twin that does not wait holds the last bid and takes the answer at the next decision.
#[test]
fn a_twin_that_does_not_wait_takes_the_answer_later() {
    let set = ["control.llm_policy_macro.while_thinking=hold"];
    let mut rollout = World::default().build(&setup("http://127.0.0.1:9/v1", 800, &set)).unwrap();
    let question = rollout.question(0).unwrap();
    assert!(!question.wait);
    let held = rollout.slots()[0].applied.clone();
    for _ in 0..100 {
        assert!(rollout.question(0).is_none());
        rollout.step().unwrap();
    }
    assert_eq!((&rollout.slots()[0].applied, rollout.slots()[0].fallbacks), (&held, 0));
    let text = serde_json::json!({ "content": BID }).to_string();
    rollout.apply(&Intervention::Answer { slot: "macro".into(), text }).unwrap();
    for _ in 100..181 {
        rollout.step().unwrap();
    }
    assert_eq!(rollout.slots()[0].applied[0], 0.75);
}
