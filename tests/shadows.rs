//! Shadows: they decide on what a slot saw, change nothing, and earn what their command would have earned.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;

use c2g_twin::config::Result;
use c2g_twin::control::{Controller, ControllerFactory, ControllerRequest, Decision};
use c2g_twin::plant::{PlantSpec, Slot};
use c2g_twin::rollout::{Intervention, LeverMode, OnTrip, Rollout, Setup, Shadow, Step, World};

const MACRO: usize = 0;
const HARDWARE: usize = 1;

fn day() -> Setup {
    Setup::default_day().unwrap()
}

fn column(rollout: &Rollout, name: &str) -> usize {
    rollout.schema().find(name).unwrap()
}

fn bits(row: &[f64]) -> Vec<u64> {
    row.iter().map(|v| v.to_bits()).collect()
}

/// Runs a tick with its shadows.
fn tick(rollout: &mut Rollout, shadows: &mut [Shadow]) -> bool {
    let before = rollout.before();
    if rollout.step().unwrap() == Step::Ended {
        return false;
    }
    for shadow in shadows {
        shadow.after(&before, rollout);
    }
    true
}

#[test]
fn a_shadow_of_the_driver_commands_and_earns_the_same() {
    let world = World::default();
    for (hardware, begin) in [("rule_based", 0), ("pid", 0), ("pid", 411), ("random", 60)] {
        let mut setup = day();
        setup.policies.insert("hardware".into(), hardware.into());
        let mut rollout = world.build(&setup).unwrap();
        for _ in 0..begin {
            rollout.step().unwrap();
        }
        let mut shadows = [
            Shadow::new(&world, &rollout, "hardware", hardware).unwrap(),
            Shadow::new(&world, &rollout, "macro", "rule_macro").unwrap(),
        ];
        let reward = column(&rollout, "reward");
        let (closed, macro_reward) = (column(&rollout, "macro_interval_closed"), column(&rollout, "macro_reward"));
        let mut told = 0;
        for now in begin..2_000 {
            if now == 900 {
                let lever = "hardware.bess_dispatch".to_owned();
                rollout.apply(&Intervention::Lever { lever, mode: LeverMode::Pinned(0.25) }).unwrap();
                let lever = "hardware.hvac_effort".to_owned();
                rollout.apply(&Intervention::Lever { lever, mode: LeverMode::Manual(0.75) }).unwrap();
            }
            assert!(tick(&mut rollout, &mut shadows));
            let state = &rollout.slots()[HARDWARE];
            let own = shadows[0].commanded();
            if now < 900 {
                assert_eq!(bits(own), bits(&state.applied), "{hardware}, tick {now}");
            } else {
                assert_eq!(own[0].to_bits(), state.applied[0].to_bits());
            }
            assert_eq!(shadows[0].reward().to_bits(), rollout.row()[reward].to_bits(), "{hardware}, tick {now}");
            let decided = (begin..=now).any(|t| t % 180 == 0);
            assert_eq!(shadows[1].commanded().iter().all(|v| v.is_finite()), decided);
            // A stretch whose decision the shadow did not see tells nothing.
            let seen_whole = now >= 179 && now - 179 >= begin;
            if rollout.row()[closed] == 1.0 && seen_whole {
                assert_eq!(shadows[1].reward().to_bits(), rollout.row()[macro_reward].to_bits(), "tick {now}");
                told += 1;
            } else {
                assert!(shadows[1].reward().is_nan(), "tick {now}");
            }
        }
        assert!(told >= 8);
        assert_eq!(shadows.iter().filter_map(Shadow::trouble).count(), 0);
    }
}

#[test]
fn a_run_goes_the_same_with_shadows_and_without() {
    let world = World::default();
    // A trip every few hundred ticks, and an episode after it.
    let squeezed = Setup {
        axes: [("scenario".to_owned(), "scenario_b".to_owned())].into(),
        fixed_actions: [("pump_speed_A".to_owned(), 0.0), ("hvac_effort".to_owned(), 0.0)].into(),
        on_trip: OnTrip::Restart,
        ticks: Some(2_000),
        ..day()
    };
    let numpy = Setup { noise: "numpy".to_owned(), ..day() };
    for setup in [day(), squeezed, numpy] {
        let [mut plain, mut shadowed] = [0; 2].map(|_| world.build(&setup).unwrap());
        let mut shadows: Vec<Shadow> =
            [("hardware", "bang_bang"), ("hardware", "pid"), ("macro", "random_macro"), ("hardware", "mpc_fast")]
                .iter()
                .map(|(slot, name)| Shadow::new(&world, &shadowed, slot, name).unwrap())
                .collect();
        let mut restarts = 0;
        for now in 0..2_000 {
            let ran = plain.step().unwrap() == Step::Ran;
            assert_eq!(tick(&mut shadowed, &mut shadows), ran);
            if !ran {
                break;
            }
            assert_eq!(bits(plain.row()), bits(shadowed.row()), "tick {now}");
            assert!(shadows[0].reward().is_finite(), "tick {now}");
            restarts = plain.restarts();
        }
        assert_eq!((plain.end(), plain.snapshot()), (shadowed.end(), shadowed.snapshot()));
        assert_eq!(restarts > 0, setup.on_trip == OnTrip::Restart, "{restarts}");
    }
}

#[test]
fn going_back_and_on_again_gives_the_same_shadows() {
    let world = World::default();
    let mut rollout = world.build(&day()).unwrap();
    let pairs = [("hardware", "pid"), ("macro", "random_macro"), ("hardware", "random")];
    let mut shadows = pairs.map(|(slot, name)| Shadow::new(&world, &rollout, slot, name).unwrap());
    let rows = |rollout: &mut Rollout, shadows: &mut [Shadow; 3]| -> Vec<Vec<u64>> {
        let mut rows = Vec::new();
        while rollout.tick() < 1_300 {
            tick(rollout, shadows);
            rows.extend(shadows.iter().map(|s| bits(&s.row())));
        }
        rows
    };
    for _ in 0..777 {
        tick(&mut rollout, &mut shadows);
    }
    let (snapshot, saved) = (rollout.snapshot(), shadows.each_ref().map(Shadow::save));
    let first = rows(&mut rollout, &mut shadows);
    rollout.restore(&snapshot).unwrap();
    for (shadow, saved) in shadows.iter_mut().zip(&saved) {
        shadow.restore(saved).unwrap();
    }
    assert_eq!(rows(&mut rollout, &mut shadows), first);
    // Shadows that were built later take the same states.
    rollout.restore(&snapshot).unwrap();
    let mut others = pairs.map(|(slot, name)| Shadow::new(&world, &rollout, slot, name).unwrap());
    for (shadow, saved) in others.iter_mut().zip(&saved) {
        shadow.restore(saved).unwrap();
    }
    assert_eq!(rows(&mut rollout, &mut others), first);
}

/// What a slot's reward comes to when its command is told to the whole run itself.
#[test]
fn what_a_shadow_earns_is_what_the_run_would_have_earned() {
    let world = World::default();
    let mut rollout = world.build(&day()).unwrap();
    let mut other = world.build(&day()).unwrap();
    let mut interval = world.build(&day()).unwrap();
    let mut shadows = [
        Shadow::new(&world, &rollout, "hardware", "bang_bang").unwrap(),
        Shadow::new(&world, &rollout, "macro", "random_macro").unwrap(),
    ];
    let (reward, macro_reward) = (column(&rollout, "reward"), column(&rollout, "macro_reward"));
    let (mut differs, mut told) = (0, 0);
    for now in 0..1_000 {
        let snapshot = rollout.snapshot();
        assert!(tick(&mut rollout, &mut shadows));
        if now % 9 == 0 {
            other.restore(&snapshot).unwrap();
            other.command(HARDWARE, shadows[0].commanded());
            other.step().unwrap();
            assert_eq!(shadows[0].reward().to_bits(), other.row()[reward].to_bits(), "tick {now}");
            differs += u32::from(other.row()[reward] != rollout.row()[reward]);
        }
        if now % 180 == 0 {
            interval.restore(&snapshot).unwrap();
            interval.command(MACRO, shadows[1].commanded());
        }
        interval.command(HARDWARE, &rollout.slots()[HARDWARE].commanded);
        interval.step().unwrap();
        if now % 180 == 179 {
            assert_eq!(shadows[1].reward().to_bits(), interval.row()[macro_reward].to_bits(), "tick {now}");
            told += u32::from(interval.row()[macro_reward] != rollout.row()[macro_reward]);
        }
    }
    assert!(differs > 50 && told >= 4, "{differs}, {told}");
}

#[test]
fn a_slot_that_nobody_drives_has_shadows_too() {
    let world = World::default();
    let setup = Setup { policies: [("macro".to_owned(), "fixed".to_owned())].into(), ..day() };
    let [mut plain, mut rollout] = [0; 2].map(|_| world.build(&setup).unwrap());
    let mut shadows = [Shadow::new(&world, &rollout, "macro", "rule_macro").unwrap()];
    let mut told = Vec::new();
    for _ in 0..720 {
        plain.step().unwrap();
        assert!(tick(&mut rollout, &mut shadows));
        assert_eq!(bits(plain.row()), bits(rollout.row()));
        told.extend(Some(shadows[0].reward()).filter(|r| r.is_finite()));
    }
    assert_eq!(told.len(), 4);
    assert!(shadows[0].commanded().iter().all(|v| (0.0..=1.0).contains(v)));
}

#[test]
fn who_cannot_be_a_shadow_is_told_why() {
    let world = World::default();
    let rollout = world.build(&day()).unwrap();
    for (slot, name, words) in [
        ("macro", "llm_policy_macro", "asks somebody outside"),
        ("macro", "fixed", "commands nothing"),
        ("cooling", "pid", "unknown slot `cooling`"),
        ("hardware", "rule_macro", "does not fit slot `hardware`"),
        ("hardware", "pdi", "unknown controller `pdi`"),
        ("hardware", "no_such.onnx", "no_such.onnx"),
    ] {
        let error = Shadow::new(&world, &rollout, slot, name).err().unwrap();
        assert!(error.report().contains(words), "{name}: {}", error.report());
    }
}

/// A controller that gives numbers on every second tick.
struct Broken(bool);

impl Controller for Broken {
    fn decide(&mut self, _: &Decision<'_>, action: &mut [f64]) {
        self.0 = !self.0;
        action.fill(if self.0 { f64::NAN } else { 9.0 });
    }
}

struct BrokenFactory;

impl ControllerFactory for BrokenFactory {
    fn name(&self) -> &str {
        "broken"
    }

    fn about(&self) -> &str {
        "gives no numbers"
    }

    fn fits(&self, _: &PlantSpec, _: &Slot) -> bool {
        true
    }

    fn build(&self, _: &ControllerRequest<'_>) -> Result<Box<dyn Controller>> {
        Ok(Box::new(Broken(false)))
    }
}

#[test]
fn a_broken_shadow_holds_what_the_levers_stood_at() {
    let mut world = World::default();
    world.controllers.register(Arc::new(BrokenFactory));
    let mut rollout = world.build(&day()).unwrap();
    let mut shadows = [Shadow::new(&world, &rollout, "hardware", "broken").unwrap()];
    for now in 0..50 {
        let stood = rollout.slots()[HARDWARE].applied.clone();
        assert!(tick(&mut rollout, &mut shadows));
        if now % 2 == 0 {
            assert_eq!(shadows[0].commanded(), stood);
            assert!(shadows[0].trouble().is_some_and(|t| t.contains("not a number")));
        } else {
            assert_eq!(
                (shadows[0].commanded(), shadows[0].trouble()),
                (&[1.0; 4][..], None),
                "clipped as the run does"
            );
        }
        assert!(shadows[0].reward().is_finite());
    }
}

#[test]
fn every_slot_of_the_other_plant_has_shadows() {
    let world = World::default();
    let text = "plant: sustaindc\npolicies: {agent_ls: random, agent_dc: trim_and_respond, agent_bat: rbc_battery}\n";
    let mut rollout = world.build(&Setup::from_yaml("sustaindc", text).unwrap()).unwrap();
    let names = ["random", "trim_and_respond", "rbc_battery"];
    let slots: Vec<String> = rollout.spec().slots.iter().map(|s| s.name.clone()).collect();
    let mut shadows: Vec<Shadow> =
        slots.iter().zip(names).map(|(slot, name)| Shadow::new(&world, &rollout, slot, name).unwrap()).collect();
    let rewards: Vec<usize> = rollout.spec().slots.iter().map(|s| s.reward.unwrap()).collect();
    for now in 0..300 {
        assert!(tick(&mut rollout, &mut shadows));
        for ((shadow, reward), state) in shadows.iter().zip(&rewards).zip(rollout.slots()) {
            assert_eq!(bits(shadow.commanded()), bits(&state.applied), "{}, tick {now}", shadow.name());
            assert_eq!(shadow.reward().to_bits(), rollout.row()[*reward].to_bits(), "{}, tick {now}", shadow.name());
        }
    }
}
