//! Levers that change hands: nothing jumps, everything that falls short says why.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use c2g_twin::plant::{Operation, Override};
use c2g_twin::rollout::{Intervention, LeverMode, Rollout, Setup, World};
use c2g_twin::session::{Command, LeverView, RunView, Session, SessionOptions};

fn lever(name: &str, mode: LeverMode) -> Intervention {
    Intervention::Lever { lever: name.to_owned(), mode }
}

fn input(name: &str, value: f64) -> Intervention {
    Intervention::Input { input: name.to_owned(), change: Some(Override { operation: Operation::Set, value }) }
}

fn day(hardware: &str) -> Setup {
    let mut setup = Setup::default_day().unwrap();
    setup.policies.insert("hardware".to_owned(), hardware.to_owned());
    setup
}

fn steps(rollout: &mut Rollout, ticks: u64) {
    for _ in 0..ticks {
        rollout.step().unwrap();
    }
}

#[test]
fn a_lever_that_is_taken_over_stays_where_it_is() {
    for hardware in ["rule_based", "pid", "bang_bang"] {
        let mut rollout = World::default().build(&day(hardware)).unwrap();
        steps(&mut rollout, 400);
        let hardware_slot = rollout.spec().slot("hardware").unwrap();
        let names: Vec<String> = rollout.spec().slots[hardware_slot].actions.iter().map(|a| a.name.clone()).collect();
        for (a, name) in names.iter().enumerate() {
            let applied = |rollout: &Rollout| rollout.slots()[hardware_slot].applied[a];
            let commanded = |rollout: &Rollout| rollout.slots()[hardware_slot].commanded[a];
            let stood = applied(&rollout);
            for mode in [LeverMode::Manual(stood), LeverMode::Pinned(stood)] {
                rollout.apply(&lever(name, mode)).unwrap();
                steps(&mut rollout, 3);
                assert_eq!(applied(&rollout).to_bits(), stood.to_bits(), "{hardware}: {name} jumped on {mode:?}");
            }
            rollout.apply(&lever(name, LeverMode::Auto)).unwrap();
            assert_eq!(applied(&rollout).to_bits(), stood.to_bits(), "handing over moves nothing by itself");
            steps(&mut rollout, 1);
            let domain = &rollout.spec().slots[hardware_slot].actions[a].domain;
            assert_eq!(
                applied(&rollout),
                domain.admit(commanded(&rollout)),
                "{hardware}: {name} goes where it is told"
            );
        }
    }
}

/// A session that stands still, and the picture after what is sent to it.
struct Desk(Session);

impl Desk {
    fn new(setup: Setup) -> Self {
        Self(Session::start(World::default(), setup, SessionOptions::default()).unwrap())
    }

    /// Sends commands and waits for a picture that shows what they lead to.
    fn until(&self, commands: Vec<Command>, what: &str, shown: impl Fn(&RunView) -> bool) -> Arc<RunView> {
        for command in commands {
            self.0.send(command);
        }
        let begin = Instant::now();
        loop {
            let view = self.0.view();
            if shown(&view) {
                return view;
            }
            assert!(begin.elapsed() < Duration::from_secs(60), "{what} does not come");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn run_to(&self, tick: u64) -> Arc<RunView> {
        let now = self.0.view().tick;
        let mut commands = Vec::new();
        let mut at = now;
        while at < tick {
            let boundary = (at / 180 + 1) * 180;
            let whole = boundary <= tick;
            commands.push(if whole { Command::StepInterval } else { Command::StepTick });
            at = if whole { boundary } else { at + 1 };
        }
        self.until(commands, "the tick", |v| v.tick >= tick || v.end.is_some())
    }
}

fn of<'a>(view: &'a RunView, name: &str) -> &'a LeverView {
    view.levers.iter().find(|l| l.name == name).unwrap()
}

fn reason<'a>(view: &'a RunView, name: &str) -> Option<&'a str> {
    of(view, name).reason.as_deref()
}

#[test]
fn a_hand_that_waits_for_the_clock_says_so() {
    let desk = Desk::new(day("rule_based"));
    desk.run_to(100);
    let done = |what: Intervention| vec![Command::Intervene(what)];
    let view = desk.until(done(lever("hvac_effort", LeverMode::Manual(0.9))), "the hand", |v| v.driver.manual == 1);
    let hvac = of(&view, "hardware.hvac_effort");
    assert_eq!((hvac.commanded, hvac.reason.as_deref()), (0.9, Some("Takes effect with the next tick")));
    let view = desk.until(done(lever("bid_mw_norm", LeverMode::Pinned(0.1))), "the pin", |v| v.driver.pinned == 1);
    assert_eq!(reason(&view, "macro.bid_mw_norm"), Some("Takes effect with the next tick"));

    let view = desk.run_to(101);
    let hvac = of(&view, "hardware.hvac_effort");
    assert_eq!((hvac.applied, hvac.reason.as_deref()), (f64::from(0.9_f32), None));
    assert!(hvac.rate_per_min > 0.0, "it moved within the last minute");
    let bid = of(&view, "macro.bid_mw_norm");
    assert_eq!((bid.applied, bid.reason.as_deref()), (f64::from(0.1_f32), Some("Counts from the next bid on")));
    assert_eq!(view.value_of("p_bid_mw"), desk.run_to(102).value_of("p_bid_mw"), "the bid of this interval is made");
    let told: Vec<(&str, u64, Option<usize>, bool)> = view
        .events
        .iter()
        .filter(|e| e.event.is_none())
        .map(|e| (e.label.as_str(), e.instant, e.event, e.entity.is_some()))
        .collect();
    assert_eq!(told, [("Bid size pinned at 0.10", 100, None, true)], "moving a lever by hand is no event");
    let bid = view.events.iter().find(|e| e.label.starts_with("Bid ") && e.event.is_some()).unwrap();
    assert_eq!((bid.tick, bid.instant), (0, 1), "a row is seen at the end of its tick");
    assert_eq!(bid.entity.map(|e| view.spec.entities[e].name.as_str()), Some("market"));
    let view = desk.run_to(181);
    assert!((view.value_of("p_bid_mw") - 0.1 * view.spec.facts["committed_mw_max"]).abs() < 1e-6);
    let reason = reason(&view, "macro.bid_mw_norm").unwrap();
    assert!(reason.starts_with("Rejected") || reason.starts_with("Pinned"), "{reason}");
}

#[test]
fn whatever_holds_a_lever_back_is_named() {
    let desk = Desk::new(day("hold"));
    let done = |list: Vec<Intervention>| list.into_iter().map(Command::Intervene).collect::<Vec<_>>();
    desk.run_to(10);
    let faults = vec![
        lever("pump_speed_A", LeverMode::Pinned(0.05)),
        lever("throttle_batch", LeverMode::Pinned(0.9)),
        lever("bess_dispatch", LeverMode::Pinned(1.0)),
        input("bess_available", 0.5),
        input("cooling_factor", 0.8),
    ];
    desk.until(done(faults), "the faults", |v| v.driver.pinned == 3);
    let view = desk.run_to(11);
    assert_eq!(reason(&view, "hardware.pump_speed_A"), Some("Runs at its floor of 0.15"));
    assert_eq!(reason(&view, "hardware.throttle_batch"), Some("No effect: all work is served anyway"));
    assert_eq!(reason(&view, "hardware.bess_dispatch"), Some("Outage: only part of it is in service"));
    assert_eq!(reason(&view, "hardware.hvac_effort"), Some("Fault: the air carries less heat"));

    let sound = ["bess_available", "cooling_factor"].map(|i| Intervention::Input { input: i.to_owned(), change: None });
    desk.until(done(sound.to_vec()), "no faults", |v| {
        v.events.iter().any(|e| e.label == "Cooling fault back to normal")
    });
    let view = desk.run_to(900);
    assert!(view.value_of("soc_frac") < 0.2, "the battery is nearly empty");
    assert_eq!(reason(&view, "hardware.bess_dispatch"), Some("Derated: its charge is near a limit"));
    assert_eq!(reason(&view, "hardware.hvac_effort"), None);
}
