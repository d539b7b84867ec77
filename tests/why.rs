//! Why: every number that a tick is explained with is run again here by a run of its own, and must be the same to the
//! bit.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "plants/mod.rs"]
mod plants;
#[path = "recorded/mod.rs"]
mod recorded;
#[path = "until/mod.rs"]
mod until;

use std::sync::Arc;

use c2g_twin::plant::{Factor, PlantSpec};
use c2g_twin::rollout::{Intervention, LeverMode, OnTrip, Probe, Rollout, Setup, SlotWhy, Step, Trial, Why, World};
use c2g_twin::session::{Command, Session, SessionOptions};
use until::until;

/// Numbers without chance: a small generator of its own.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }
}

/// What is done to a run from outside.
type Deeds = Vec<(u64, Intervention)>;

fn lever(lever: &str, mode: LeverMode) -> Intervention {
    Intervention::Lever { lever: lever.to_owned(), mode }
}

fn do_deeds(rollout: &mut Rollout, deeds: &Deeds) {
    let now = rollout.tick();
    for (_, what) in deeds.iter().filter(|(tick, _)| *tick == now) {
        rollout.apply(what).unwrap();
    }
}

/// A run stepped from tick 0, with what was done to it: everything a test needs to know of it.
struct Told {
    rows: Vec<Vec<f64>>,
    /// Applied values by tick, slot and action.
    applied: Vec<Vec<Vec<f64>>>,
    seen: Vec<Vec<Vec<f64>>>,
    /// Snapshots before every so many ticks, for the probe alone.
    snapshots: Vec<c2g_twin::rollout::Snapshot>,
}

const EVERY: u64 = 180;

fn tell(world: &World, setup: &Setup, deeds: &Deeds, ticks: u64) -> Told {
    let mut rollout = world.build(setup).unwrap();
    let mut told = Told { rows: Vec::new(), applied: Vec::new(), seen: Vec::new(), snapshots: Vec::new() };
    while rollout.tick() < ticks {
        if rollout.tick().is_multiple_of(EVERY) {
            told.snapshots.push(rollout.snapshot());
        }
        do_deeds(&mut rollout, deeds);
        if rollout.step().unwrap() == Step::Ended {
            break;
        }
        told.rows.push(rollout.row().to_vec());
        told.applied.push(rollout.slots().iter().map(|s| s.applied.clone()).collect());
        told.seen.push(rollout.slots().iter().map(|s| s.seen.clone()).collect());
    }
    told
}

/// A run of its own from tick 0: up to the decision as it was, then every lever of every slot pinned at what was applied
/// there, but for one, up to the end of the stretch. Its last row.
fn again(rollout: &mut Rollout, deeds: &Deeds, told: &Told, why: &SlotWhy, trial: &Trial) -> Vec<f64> {
    rollout.restore(&told.snapshots[0]).unwrap();
    assert_eq!(rollout.tick(), 0);
    let spec = std::sync::Arc::clone(rollout.spec());
    let from = why.decided.unwrap();
    while rollout.tick() < from {
        do_deeds(rollout, deeds);
        rollout.step().unwrap();
    }
    while rollout.tick() < why.until {
        do_deeds(rollout, deeds);
        let now = rollout.tick() as usize;
        for (s, slot) in spec.slots.iter().enumerate() {
            if !rollout.slots()[s].drives() {
                continue;
            }
            for (a, action) in slot.actions.iter().enumerate() {
                let here = (s, a) == (why.slot, trial.lever);
                let value = if here { trial.value } else { told.applied[now][s][a] };
                let name = format!("{}.{}", slot.name, action.name);
                rollout.apply(&lever(&name, LeverMode::Pinned(value))).unwrap();
            }
        }
        assert_eq!(rollout.step().unwrap(), Step::Ran);
        // A stretch ends with its episode.
        if rollout.end().is_some() || spec.signal("terminated").is_some_and(|t| rollout.row()[t] == 1.0) {
            break;
        }
    }
    rollout.row().to_vec()
}

fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
}

/// What a row says of a slot: reward, and what is given by a lever.
fn read(spec: &PlantSpec, row: &[f64], slot: usize, lever: usize) -> (f64, f64) {
    let table = &spec.slots[slot];
    let is_told = table.reward_when.is_none_or(|when| row[when] == 1.0);
    let given = spec.telling(slot).service.map_or(table.actions[lever].effect, |s| Some(s.given));
    let at = |signal: Option<usize>| signal.filter(|_| is_told).map_or(f64::NAN, |s| row[s]);
    (at(table.reward), at(given))
}

/// Holds all that is told of a slot against runs of its own. Returns how many counterfactuals were run again.
fn hold(own: &mut Rollout, deeds: &Deeds, told: &Told, why: &SlotWhy, spec: &PlantSpec) -> usize {
    let name = format!("{} {:?} {} tick {:?}", spec.name, own.setup().axes, why.name, why.decided);
    let slot = &spec.slots[why.slot];
    let Some(decided) = why.decided else { return 0 };
    if why.foretold_from.is_some() {
        return 0;
    }
    let last = &told.rows[why.until as usize - 1];
    // The stretch holds exactly one decision, its own.
    assert!(why.until > decided, "{name}");
    // Reward and terms are those of the run; the terms sum to the reward.
    let is_told = slot.reward_when.is_none_or(|when| last[when] == 1.0);
    let reward = slot.reward.filter(|_| is_told).map_or(f64::NAN, |r| last[r]);
    assert!(same(why.reward, reward), "{name}: {} {reward}", why.reward);
    if reward.is_finite() {
        assert_eq!(why.terms.len(), slot.reward_terms.len());
        for (term, table) in why.terms.iter().zip(&slot.reward_terms) {
            assert!(same(term.value, last[table.signal]), "{name} {}", term.name);
            for (signal, value) in &term.numbers {
                let column = spec.signal(signal).unwrap();
                assert!(same(*value, last[column]), "{name} {signal}");
                assert!(term.words.contains(&spec.signals[column].format(*value)), "{}", term.words);
            }
        }
        let slack = if spec.name == "sustaindc" { 1e-12 } else { 0.0 };
        assert!((why.sum() - reward).abs() <= slack * reward.abs().max(1.0), "{name}: {} {reward}", why.sum());
    }
    // What was seen.
    for (entry, seen) in why.seen.iter().zip(&told.seen[decided as usize][why.slot]) {
        assert!(same(entry.seen, *seen), "{name} {}", entry.name);
    }
    // What became of the command.
    for (a, lever) in why.levers.iter().enumerate() {
        let Some(plant) = lever.stages.last() else { continue };
        assert!(same(plant.value, told.applied[decided as usize][why.slot][a]), "{name} {}", lever.name);
        let effect = slot.actions[a].effect.map_or(f64::NAN, |e| last[e]);
        assert!(same(lever.effect, effect), "{name} {}", lever.name);
    }
    // What was asked for and given.
    if let Some(service) = &why.service {
        let table = spec.telling(why.slot).service.unwrap();
        assert!(
            same(service.given, last[table.given]) && same(service.asked, table.asked.map_or(f64::NAN, |s| last[s]))
        );
        if !service.shares.is_empty() {
            let sum: f64 = service.shares.iter().map(|(_, v)| v).sum();
            assert!((sum - service.given).abs() < 1e-9, "{name}: {sum} {}", service.given);
        }
    }
    // Every counterfactual.
    let steps = why.steps.iter().filter_map(|s| s.trial);
    let levers = why.levers.iter().flat_map(|l| l.neutral.into_iter().chain(l.own));
    let because = why.because.iter().map(|b| b.trial);
    let mut trials: Vec<Trial> = steps.chain(levers).collect();
    let known = trials.clone();
    assert!(because.into_iter().all(|b| known.iter().any(|t| same(t.value, b.value) && t.lever == b.lever)));
    trials.dedup_by(|a, b| a.lever == b.lever && a.value == b.value);
    for trial in &trials {
        let row = again(own, deeds, told, why, trial);
        let (reward, given) = read(spec, &row, why.slot, trial.lever);
        assert!(same(trial.reward, reward), "{name} {trial:?}: {reward}");
        assert!(same(trial.given, given), "{name} {trial:?}: {given}");
    }
    for step in &why.steps {
        let Some(trial) = step.trial else {
            assert_eq!(step.held, "at its limit");
            continue;
        };
        assert!(same(step.reward, trial.reward - why.reward), "{name} {}", step.label);
        let (_, actual) = read(spec, last, why.slot, step.lever);
        assert!(same(step.given, trial.given - actual), "{name} {}", step.label);
    }
    let most = why.steps.iter().map(|s| s.reward).filter(|r| *r > 0.0).fold(f64::NAN, f64::max);
    assert!(same(why.best.map_or(f64::NAN, |b| why.steps[b].reward), most), "{name}");
    if let Some(deal) = &why.deal {
        hold_deal(spec, why, deal, &told.rows[decided as usize], last);
    }
    trials.len()
}

/// Holds offer, curve and settlement against rows and formulas (core 6.7, 9).
fn hold_deal(spec: &PlantSpec, why: &SlotWhy, deal: &c2g_twin::rollout::DealWhy, first: &[f64], last: &[f64]) {
    let table = spec.telling(why.slot).deal.unwrap();
    assert!(same(deal.quantity, first[table.quantity]) && same(deal.price, first[table.price]));
    assert!(same(deal.cleared, first[table.cleared]) && same(deal.wanted, first[table.wanted]));
    assert!(same(deal.chance, first[table.chance]));
    assert_eq!(deal.offered, first[table.taken].is_finite());
    if deal.offered {
        assert_eq!(deal.taken, Some(first[table.taken] == 1.0));
        // The formula of the market, written down again.
        let by_price = |price: f64| 1.0 / (1.0 + libm::exp(-0.15 * (deal.cleared - price)));
        let with = |price: f64| by_price(price) * (deal.wanted / deal.quantity.max(0.01)).min(1.0);
        assert!(same(deal.chance, with(deal.price)), "{} {}", deal.chance, with(deal.price));
        assert!(same(deal.chance_by_price, by_price(deal.price)));
        assert!(deal.curve.len() > 100);
        for [price, alone, whole] in &deal.curve {
            assert!(same(*alone, by_price(*price)) && same(*whole, with(*price)), "{price}");
        }
        assert!(deal.curve.last().unwrap()[0] >= deal.price.min(table.prices.1));
    } else {
        assert!(deal.curve.is_empty() && deal.chance.is_nan());
    }
    if deal.paid.is_finite() {
        assert!(same(deal.paid, last[table.paid]) && same(deal.score, last[table.score]));
        let product = deal.factors.iter().fold(1.0, |product, f| product * f.value);
        assert_eq!(product, deal.paid, "{}", deal.product);
        for (factor, table) in deal.factors.iter().zip(&table.factors) {
            let value = match table {
                Factor::Signal(signal) => last[*signal],
                Factor::Constant(value, _) => *value,
            };
            assert!(same(factor.value, value));
        }
    }
}

/// Takes a tick apart as the session does: from the nearest snapshot that is early enough.
fn take_apart(rollout: &mut Rollout, told: &Told, deeds: &Deeds, tick: u64) -> Why {
    let from = Probe::from(&std::sync::Arc::clone(rollout.spec()), tick);
    let nearest = told.snapshots.iter().rev().find(|s| s.tick <= from).unwrap();
    rollout.restore(nearest).unwrap();
    let known = told.rows.len() as u64;
    Probe::take_apart(rollout, tick, known, &mut |rollout| {
        do_deeds(rollout, deeds);
        Ok(true)
    })
    .unwrap()
}

/// Asks about `count` ticks of a run; returns how many were asked and how many counterfactuals were run again.
fn ask(world: &World, setup: &Setup, deeds: &Deeds, ticks: u64, count: u64, dice: &mut Dice) -> usize {
    let told = tell(world, setup, deeds, ticks);
    let rows = told.rows.len() as u64;
    assert!(rows > ticks / 4, "{:?} ends at {rows}", setup.axes);
    // The one that is asked, and the one that is run from tick 0 for every answer.
    let [mut rollout, mut own] = [0; 2].map(|_| world.build(setup).unwrap());
    let spec = std::sync::Arc::clone(rollout.spec());
    let mut trials = 0;
    for k in 0..count {
        // The last tick of a run, too.
        let tick = if k == 0 { rows - 1 } else { dice.roll(rows) };
        let why = take_apart(&mut rollout, &told, deeds, tick);
        assert_eq!((why.tick, why.slots.len()), (tick, spec.slots.len()));
        for slot in &why.slots {
            assert!(slot.decided.is_some_and(|d| d <= tick) && slot.until > tick, "{slot:?}");
            // A slow slot costs whole stretches: every eighth is run again.
            let slow = spec.slots[slot.slot].period_ticks > 1;
            if !slow || k % 8 == 0 {
                trials += hold(&mut own, deeds, &told, slot, &spec);
            }
        }
    }
    trials
}

fn c2g(scenario: &str, market: &str, hardware: &str) -> Setup {
    let mut setup = Setup::default_day().unwrap();
    setup.axes.insert("scenario".into(), scenario.into());
    setup.policies.insert("macro".into(), market.into());
    setup.policies.insert("hardware".into(), hardware.into());
    setup
}

/// Hands and pins on the way of the commands.
fn meddling() -> Deeds {
    vec![
        (150, lever("hardware.pump_speed_A", LeverMode::Pinned(0.55))),
        (220, lever("hardware.bess_dispatch", LeverMode::Manual(-0.4))),
        (300, lever("macro.bid_mw_norm", LeverMode::Pinned(0.8))),
        (410, lever("hardware.throttle_batch", LeverMode::Manual(0.5))),
        (500, lever("hardware.pump_speed_A", LeverMode::Auto)),
        (620, lever("hardware.bess_dispatch", LeverMode::Auto)),
    ]
}

#[test]
fn every_number_of_five_hundred_ticks_is_the_same_when_it_is_run_again() {
    let world = plants::world();
    let mut dice = Dice(0x005e_ed0f_7ea5);
    let none = Deeds::new();
    let numpy = Setup { noise: "numpy".into(), ..c2g("default", "rule_macro", "pid") };
    let trips = Setup {
        fixed_actions: [("pump_speed_A".to_owned(), 0.0), ("hvac_effort".to_owned(), 0.0)].into(),
        on_trip: OnTrip::Restart,
        ..c2g("scenario_b", "rule_macro", "rule_based")
    };
    let plain = |plant: &str| Setup { plant: plant.into(), ..Setup::default() };
    let mut trials = 0;
    for (setup, deeds, ticks, count) in [
        (c2g("default", "rule_macro", "rule_based"), &none, 900, 110),
        (c2g("scenario_a", "random_macro", "random"), &meddling(), 800, 90),
        (c2g("scenario_c", "fixed", "bang_bang"), &none, 600, 60),
        (numpy, &none, 600, 60),
        (trips, &none, 700, 60),
        (plain("sustaindc"), &none, 300, 50),
        (plain(plants::THREE_AGENTS), &none, 150, 50),
        (plain(plants::CHARGERS), &none, 60, 20),
    ] {
        trials += ask(&world, &setup, deeds, ticks, count, &mut dice);
    }
    assert!(trials > 3_000, "{trials}");
}

fn asked(session: &Session, tick: u64) -> std::result::Result<Arc<Why>, (String, String)> {
    session.send(Command::Why { tick });
    let view = until(session, |v| v.beside.why.as_ref().is_some_and(|why| why.tick == tick));
    view.beside.why.clone().unwrap().told
}

#[test]
fn the_session_tells_the_same_of_runs_branches_and_logs() {
    let world = World::default();
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("run.csv");
    let setup = c2g("default", "rule_macro", "rule_based");
    let options = SessionOptions { log: Some(log.clone()), ..SessionOptions::default() };
    let session = Session::start(world.clone(), setup.clone(), options).unwrap();
    let deeds: Deeds = vec![(360, lever("hardware.pump_speed_A", LeverMode::Pinned(0.55)))];
    let go = |to: u64| {
        while session.view().tick < to {
            let before = session.view().tick;
            session.send(Command::StepInterval);
            until(&session, |v| v.tick > before);
        }
    };
    go(360);
    session.send(Command::Intervene(deeds[0].1.clone()));
    go(720);
    let told = tell(&world, &setup, &deeds, 720);
    let mut own = world.build(&setup).unwrap();
    for tick in [0, 100, 359, 360, 500, 719] {
        let expected = take_apart(&mut own, &told, &deeds, tick);
        assert_eq!(format!("{:?}", asked(&session, tick).unwrap()), format!("{expected:?}"), "tick {tick}");
    }
    assert!(asked(&session, 5_000).unwrap_err().0.contains("not been run"));
    // Another future from 400 on: what comes after differs, what came before does not.
    let other: Deeds = vec![deeds[0].clone(), (400, lever("hardware.bess_dispatch", LeverMode::Manual(0.5)))];
    let change = Command::Branch { tick: Some(400), name: None, changes: vec![other[1].1.clone()] };
    session.send(change);
    until(&session, |v| v.beside.runs.len() == 2 && v.tick == 400);
    assert!(session.view().beside.why.is_none(), "nothing is known of another run");
    go(720);
    let told = tell(&world, &setup, &other, 720);
    for tick in [100, 400, 719] {
        let expected = take_apart(&mut own, &told, &other, tick);
        assert_eq!(format!("{:?}", asked(&session, tick).unwrap()), format!("{expected:?}"), "branch, tick {tick}");
    }
    drop(session);
    // The log of the first run, played.
    let options = SessionOptions { replay: vec![log], ..SessionOptions::default() };
    let session = Session::start(world.clone(), setup.clone(), options).unwrap();
    until(&session, |v| v.replay.as_ref().is_some_and(|r| r.rows >= 720 && r.reading.is_none()));
    let told = tell(&world, &setup, &deeds, 720);
    for tick in [719, 100, 365, 360] {
        let expected = take_apart(&mut own, &told, &deeds, tick);
        assert_eq!(format!("{:?}", asked(&session, tick).unwrap()), format!("{expected:?}"), "log, tick {tick}");
    }
    // A log that does not hold its setup says so.
    let short = Setup { ticks: Some(20), ..setup };
    let transitions = recorded::record(&folder.path().join("short"), &short).others;
    session.send(Command::Replay(transitions));
    until(&session, |v| v.replay.as_ref().is_some_and(|r| !r.tells_setup && r.rows > 3));
    assert!(asked(&session, 2).unwrap_err().0.contains("does not hold what the run was begun with"));
}
