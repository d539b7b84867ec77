//! What holds on every tick of the data centre, whatever is done to it: random setups, levers, swaps and disturbances.
//!
//! Runs ride through trips, so that a property is also held against states that no sane site reaches.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod until;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use c2g_twin::plant::c2g::workload::Queue;
use c2g_twin::plant::{Operation, Override, PlantFactory, PlantSpec, c2g};
use c2g_twin::rollout::{Intervention, LeverMode, OnTrip, Rollout, Setup, Step, World};
use c2g_twin::session::{Command, PlayState, Session, SessionOptions, Speed};
use c2g_twin::signal::{Edge, NodeKind};
use proptest::prelude::*;
use proptest::sample::select;

const MACRO: [&str; 8] = ["fixed", "rule_macro", "random_macro", "random", "hold", "manual", "mpc_macro", "milp"];
const HARDWARE: [&str; 8] = ["rule_based", "bang_bang", "pid", "random", "hold", "manual", "mpc_fast", "rule_based"];

/// Columns that have a value only while somebody bids, or only once an interval is over.
const SOMETIMES: [&str; 30] = [
    "rmcp_usd",
    "p_reg_need_mw",
    "p_reg_residual_mw",
    "p_bid_mw",
    "bid_price_usd",
    "bid_accepted",
    "bid_accept_prob",
    "revenue_interval_usd",
    "electricity_cost_interval_usd",
    "energy_cost_interval_usd",
    "perf_score",
    "macro_reward",
    "macro_reward_regulation",
    "macro_reward_sub",
    "macro_reward_elec",
    "macro_reward_churn",
    "commit_churn_frac",
    "tracking_error_mean_mw",
    "lmp_mean_usd_mwh",
    "p_committed_interval_mw",
    "t_zone_a_max_degc",
    "t_zone_b_max_degc",
    "spike_any",
    "backlog_mean_frac",
    "interval_ticks",
    "p_flex_reduction_mean_mw",
    "p_bess_mean_mw",
    "p_cool_delta_mean_mw",
    "p_pump_mean_mw",
    "p_hvac_mean_mw",
];

/// The choices of an axis of the data centre.
fn choices(axis: &str) -> Vec<String> {
    let axis = c2g::Factory.axes().into_iter().find(|a| a.name == axis).unwrap();
    axis.choices.into_iter().map(|c| c.name).collect()
}

fn names(list: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(list).prop_map(str::to_owned)
}

fn setups() -> impl Strategy<Value = Setup> {
    let axes = (select(choices("scenario")), select(choices("market")), select(choices("fidelity")));
    let start = (1_u8..=12, 1_u8..=28, 0_u8..24).prop_map(|(m, d, h)| format!("{m:02}-{d:02} {h:02}:00"));
    let start = prop_oneof![Just(None), start.prop_map(Some)];
    (any::<u64>(), axes, names(&MACRO), names(&HARDWARE), select(vec!["counter", "numpy"]), start).prop_map(
        |(seed, (scenario, market, fidelity), market_agent, hardware, noise, start)| Setup {
            axes: [("scenario", scenario), ("market", market), ("fidelity", fidelity)]
                .map(|(n, v)| (n.to_owned(), v))
                .into(),
            policies: BTreeMap::from([("macro".to_owned(), market_agent), ("hardware".to_owned(), hardware)]),
            seed,
            noise: noise.to_owned(),
            start,
            on_trip: OnTrip::RideThrough,
            ..Setup::default()
        },
    )
}

/// A change from outside, as numbers that any setup can turn into one: entry `k` of a list, round and round.
#[derive(Debug, Clone)]
enum Act {
    Lever(usize, u8, f64),
    Input(usize, u8, f64),
    Clear(usize),
    Macro(usize),
    Hardware(usize),
}

/// A change and the tick before which it is made.
type Script = Vec<(u64, Act)>;

fn scripts(ticks: u64, most: usize) -> impl Strategy<Value = Script> {
    let act = prop_oneof![
        4 => (0_usize..60, 0_u8..3, -0.2..1.2).prop_map(|(k, mode, x)| Act::Lever(k, mode, x)),
        4 => (0_usize..60, 0_u8..4, -0.2..1.2).prop_map(|(k, operation, x)| Act::Input(k, operation, x)),
        2 => (0_usize..60).prop_map(Act::Clear),
        1 => (0_usize..60).prop_map(Act::Macro),
        1 => (0_usize..60).prop_map(Act::Hardware),
    ];
    prop::collection::vec((0..ticks, act), 0..most).prop_map(|mut script| {
        script.sort_by_key(|(tick, _)| *tick);
        script
    })
}

fn entry<T>(list: &[T], k: usize) -> &T {
    &list[k % list.len()]
}

/// The intervention that an act stands for; numbers reach a little beyond the range of what they change.
fn intervention(act: &Act, spec: &PlantSpec) -> Intervention {
    let within = |x: f64, (low, high): (f64, f64)| low + x * (high - low);
    match act {
        Act::Lever(k, mode, x) => {
            let name = entry(&spec.action_names(), *k).clone();
            let (s, a) = spec.find_action(&name).unwrap();
            let value = within(*x, spec.slots[s].actions[a].domain.bounds());
            let mode = [LeverMode::Auto, LeverMode::Manual(value), LeverMode::Pinned(value)][usize::from(*mode)];
            Intervention::Lever { lever: name, mode }
        }
        Act::Input(k, operation, x) => {
            let input = entry(&spec.inputs, *k);
            let (operation, value) = match operation {
                0 => (Operation::Set, within(*x, input.range)),
                1 => (Operation::Add, (x - 0.5) * (input.range.1 - input.range.0)),
                2 => (Operation::Scale, 2.0 * x),
                _ => (Operation::Hold, 0.0),
            };
            Intervention::Input { input: input.name.clone(), change: Some(Override { operation, value }) }
        }
        Act::Clear(k) => Intervention::Input { input: entry(&spec.inputs, *k).name.clone(), change: None },
        Act::Macro(k) => Intervention::Controller { slot: "macro".to_owned(), name: (*entry(&MACRO, *k)).to_owned() },
        Act::Hardware(k) => {
            Intervention::Controller { slot: "hardware".to_owned(), name: (*entry(&HARDWARE, *k)).to_owned() }
        }
    }
}

/// Makes the changes of one tick, then runs it.
fn step(rollout: &mut Rollout, script: &Script) {
    let tick = rollout.tick();
    for (_, act) in script.iter().filter(|(t, _)| *t == tick) {
        let what = intervention(act, rollout.spec());
        rollout.apply(&what).unwrap();
    }
    assert_eq!(rollout.step().unwrap(), Step::Ran, "{:?}", rollout.end());
}

fn build(setup: &Setup) -> Rollout {
    World::default().build(setup).unwrap()
}

fn bits(row: &[f64]) -> Vec<u64> {
    row.iter().map(|v| v.to_bits()).collect()
}

/// Holds one row against the row before it.
struct Invariants {
    spec: Arc<PlantSpec>,
    names: Vec<String>,
    sometimes: Vec<bool>,
    soc_window: (f64, f64),
    before: Vec<f64>,
}

impl Invariants {
    fn new(rollout: &Rollout) -> Self {
        let spec = Arc::clone(rollout.spec());
        let names: Vec<String> = rollout.schema().signals.iter().map(|s| s.name.clone()).collect();
        for name in SOMETIMES {
            assert!(names.iter().any(|n| n == name), "{name} is no column");
        }
        Self {
            sometimes: names.iter().map(|n| SOMETIMES.contains(&n.as_str())).collect(),
            names,
            soc_window: (spec.facts["soc_min"], spec.facts["soc_max"]),
            before: rollout.row().to_vec(),
            spec,
        }
    }

    fn check(&mut self, rollout: &Rollout) -> Result<(), TestCaseError> {
        let (row, tick, spec) = (rollout.row(), rollout.tick(), &self.spec);
        let find = |name: &str| self.names.iter().position(|n| n == name).unwrap();
        let at = |name: &str| row[find(name)];
        let was = |name: &str| self.before[find(name)];
        for ((value, name), &sometimes) in row.iter().zip(&self.names).zip(&self.sometimes) {
            prop_assert!(value.is_finite() || (sometimes && value.is_nan()), "{name} is {value} at tick {tick}");
        }
        let (low, high) = self.soc_window;
        prop_assert!((low..=high).contains(&at("soc_frac")), "SOC is {} at tick {tick}", at("soc_frac"));
        let (p, c) = (at("p_bess_mw"), at("p_bess_cell_mw"));
        prop_assert!(c - p >= -1e-9, "the battery makes energy: {p} at its terminals, {c} in its cells, tick {tick}");
        prop_assert!(at("p_backlog_mw") >= 0.0 && at("p_flex_served_mw") >= 0.0);
        let error = at("p_regd_delivered_mw") - at("p_regd_demanded_mw");
        prop_assert!((at("p_tracking_error_signed_mw") - error).abs() < 1e-9);
        prop_assert!((at("p_tracking_error_mw") - error.abs()).abs() < 1e-9);
        let grown = at("reward_total") - was("reward_total");
        prop_assert!((grown - at("reward")).abs() < 1e-6, "the cumulated reward grew by {grown} on tick {tick}");
        prop_assert!(at("bess_cycles") >= was("bess_cycles"));
        prop_assert!((0.0..=75.0 + 1e-9).contains(&at("e_bess_up_15min_mw_min")));
        prop_assert!((0.0..=75.0 + 1e-9).contains(&at("e_bess_down_15min_mw_min")));
        let (age, age_was) = (at("delay_oldest_ticks"), was("delay_oldest_ticks"));
        prop_assert!(age <= age_was + 1.0, "work grew {} ticks older on tick {tick}", age - age_was);
        prop_assert!(at("p_backlog_mw") > 0.0 || age == 0.0, "work of age {age} waits, but none does");
        for (n, node) in spec.topology.nodes.iter().enumerate() {
            let flow = |ends: fn(&Edge) -> usize| {
                spec.topology.edges.iter().filter(|e| ends(e) == n).map(|e| row[e.flow]).sum::<f64>()
            };
            let Some(eta) = node.efficiency.filter(|_| node.kind == NodeKind::Converter).map(|s| row[s]) else {
                continue;
            };
            let (into, out) = (flow(|e| e.to), flow(|e| e.from));
            prop_assert!((eta * into - out).abs() < 1e-6, "{}: {into} MW in, {out} MW out, η {eta}", node.label);
        }
        for balance in &spec.topology.balances {
            let left = balance.residual(&self.before, row);
            prop_assert!(balance.closes(&self.before, row), "{}: {left} is left at tick {tick}", balance.name);
        }
        for slot in &spec.slots {
            let reward = row[slot.reward.unwrap()];
            // Without a bid nobody earned the reward of an interval: it has no value.
            if slot.reward_when.is_some_and(|w| row[w] != 1.0) || reward.is_nan() {
                continue;
            }
            let sum: f64 = slot.reward_terms.iter().map(|t| row[t.signal]).sum();
            prop_assert!((reward - sum).abs() <= 1e-9 * reward.abs().max(1.0), "{}: {reward} is not {sum}", slot.name);
        }
        for (slot, state) in spec.slots.iter().zip(rollout.slots()) {
            for (action, applied) in slot.actions.iter().zip(&state.applied) {
                let (low, high) = action.domain.bounds();
                prop_assert!((low..=high).contains(applied), "{} is applied at {applied}", action.name);
            }
        }
        self.before.copy_from_slice(row);
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_row_keeps_the_laws(setup in setups(), script in scripts(1_500, 24)) {
        let mut rollout = build(&setup);
        let mut laws = Invariants::new(&rollout);
        for _ in 0..1_500 {
            step(&mut rollout, &script);
            laws.check(&rollout)?;
        }
    }

    /// Threads, and what is read or saved between ticks, leave no trace in the rows.
    #[test]
    fn batches_and_threads_give_the_same_bytes(
        setup in setups(), script in scripts(500, 16), batches in prop::collection::vec(1_usize..60, 1..12)
    ) {
        let straight = {
            let mut rollout = build(&setup);
            (0..500).map(|_| { step(&mut rollout, &script); bits(rollout.row()) }).collect::<Vec<_>>()
        };
        let (setup, script, batches) = (&setup, &script, &batches);
        let interrupted = || {
            let mut rollout = build(setup);
            let mut rows = Vec::new();
            let mut seen = [0.0; 18];
            for &batch in batches.iter().cycle() {
                for _ in 0..batch.min(500 - rows.len()) {
                    step(&mut rollout, script);
                    rows.push(bits(rollout.row()));
                }
                if rows.len() == 500 {
                    return rows;
                }
                rollout.observe(batch % 2, &mut seen);
                let snapshot = rollout.snapshot();
                assert!(rollout.metric(0).is_finite() && snapshot.size() > 0);
                if batch % 3 == 0 {
                    rollout.restore(&snapshot).unwrap();
                }
                std::thread::yield_now();
            }
            rows
        };
        let others = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..3).map(|_| scope.spawn(interrupted)).collect();
            threads.into_iter().map(|t| t.join().unwrap()).collect::<Vec<_>>()
        });
        prop_assert!(others.iter().all(|rows| *rows == straight), "the rows depend on how they were made");
    }

    /// The queue against one that keeps every tick's arrivals apart.
    #[test]
    fn the_oldest_work_is_served_first(
        records in prop::collection::vec((0.0..20_000.0_f64, prop::collection::vec(0.0..40_000.0_f64, 1..8)), 1..40)
    ) {
        let mut queue = Queue::default();
        // Work by the tick it came on, with the tick on which its record began: what stands first is served first.
        let mut plain: Vec<(u64, u64, f64)> = Vec::new();
        let (mut tick, mut arrived_kw, mut served_kw, mut age_was) = (0, 0.0, 0.0, 0.0);
        for (arrivals_kw, capacities_kw) in &records {
            let begin = tick;
            for (k, capacity_kw) in capacities_kw.iter().enumerate() {
                let served = queue.step(tick, k == 0, *arrivals_kw, *capacity_kw);
                plain.push((tick, begin, *arrivals_kw));
                let mut left = *capacity_kw;
                for (_, _, waiting) in &mut plain {
                    let part = waiting.min(left);
                    *waiting -= part;
                    left -= part;
                }
                plain.retain(|(_, _, waiting)| *waiting > 1e-6);
                arrived_kw += arrivals_kw;
                served_kw += served.served_kw;
                let close = |a: f64, b: f64| (a - b).abs() <= 1e-9 * arrived_kw.max(1.0) + 1e-6;
                prop_assert!(close(arrived_kw, served_kw + served.backlog_kw), "work was lost or made");
                prop_assert!(close(queue.cohort_sum_kw(), served.backlog_kw), "cohorts are not the backlog");
                prop_assert!(close(plain.iter().map(|w| w.2).sum(), served.backlog_kw));
                prop_assert!(served.oldest_age_ticks <= age_was + 1.0);
                // Arrivals of a record share a cohort, so that age counts from the record's first waiting tick at most.
                if let Some((came, record, _)) = plain.first().filter(|_| served.backlog_kw > 1e-3) {
                    let ages = (tick - came) as f64..=(tick - record) as f64;
                    prop_assert!(ages.contains(&served.oldest_age_ticks), "{served:?} at tick {tick}, not in {ages:?}");
                }
                age_was = served.oldest_age_ticks;
                tick += 1;
            }
        }
    }
}

/// Ticks of an hour.
const HOUR: u64 = 720;

/// A recording that reaches through the hour, beside the two sources that need no file.
fn noises() -> [String; 3] {
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/c2g");
    [
        "counter".to_owned(),
        "numpy".to_owned(),
        format!("recorded={golden}/env/noise.csv+{golden}/macro/noise_macro.csv"),
    ]
}

/// Runs an hour, then again from every tick of it (from every `stride`-th), and holds every row of every run against
/// the first.
fn restore_everywhere(setup: &Setup, script: &Script, stride: usize) {
    let mut rollout = build(setup);
    let mut snapshots = Vec::new();
    let mut rows = Vec::new();
    for _ in 0..HOUR {
        snapshots.push(rollout.snapshot());
        step(&mut rollout, script);
        rows.push(rollout.row().to_vec());
    }
    // The other run has been elsewhere: what it did there must not matter.
    let mut other = build(setup);
    let elsewhere: Script = vec![(2, Act::Lever(3, 2, 0.1)), (5, Act::Input(6, 0, 1.0)), (9, Act::Hardware(2))];
    for _ in 0..50 {
        step(&mut other, &elsewhere);
    }
    for (k, snapshot) in snapshots.iter().enumerate().step_by(stride) {
        other.restore(snapshot).unwrap();
        for (tick, expected) in rows.iter().enumerate().skip(k) {
            step(&mut other, script);
            let same = other.row().iter().zip(expected).all(|(a, b)| a.to_bits() == b.to_bits());
            assert!(same, "{:?} with {}: row {tick} differs after restoring tick {k}", setup.policies, setup.noise);
        }
    }
    // As text, because NaN is not NaN.
    assert!(format!("{:?}", other.snapshot()) == format!("{:?}", rollout.snapshot()), "the ends differ");
}

#[test]
fn every_controller_and_noise_goes_on_from_any_tick() {
    for noise in noises() {
        for (market_agent, hardware) in MACRO.into_iter().zip(HARDWARE) {
            let setup = Setup {
                policies: [("macro", market_agent), ("hardware", hardware)]
                    .map(|(s, c)| (s.to_owned(), c.to_owned()))
                    .into(),
                noise: noise.clone(),
                on_trip: OnTrip::RideThrough,
                ..Setup::default_day().unwrap()
            };
            // Planners solve programs: a stride that shares no factor with their periods still meets every age of a plan.
            let plans = [market_agent, hardware].iter().any(|name| ["mpc_macro", "milp", "mpc_fast"].contains(name));
            restore_everywhere(&setup, &Vec::new(), if plans { 13 } else { 1 });
        }
    }
}

#[test]
fn hands_pins_disturbances_and_swaps_go_on_from_any_tick() {
    // In the order of the plant's levers and inputs; every operation, every lever mode, swaps with and without a bid.
    let script: Script = vec![
        (3, Act::Lever(2, 1, 0.4)),
        (40, Act::Input(3, 3, 0.0)),
        (41, Act::Input(6, 1, 0.7)),
        (90, Act::Lever(5, 2, 0.9)),
        (120, Act::Input(9, 2, 0.3)),
        (180, Act::Macro(0)),
        (200, Act::Hardware(2)),
        (250, Act::Input(13, 0, 0.55)),
        (300, Act::Lever(2, 0, 0.0)),
        (330, Act::Clear(6)),
        (360, Act::Macro(2)),
        (400, Act::Lever(0, 2, 0.6)),
        (405, Act::Hardware(3)),
        (500, Act::Input(8, 0, 0.5)),
        (540, Act::Macro(1)),
        (600, Act::Hardware(1)),
        (610, Act::Clear(3)),
        (700, Act::Lever(5, 0, 0.0)),
    ];
    for noise in noises() {
        let day = Setup::default_day().unwrap();
        restore_everywhere(&Setup { noise, on_trip: OnTrip::RideThrough, ..day }, &script, 1);
    }
}

/// Plays a session to the end of its ticks and gives its rows; `pauses` says how often time stands still on the way.
fn session_rows(setup: &Setup, speed: Speed, pauses: usize) -> Vec<Vec<u64>> {
    let session = Session::start(World::default(), setup.clone(), SessionOptions::default()).unwrap();
    session.send(Command::Speed(speed));
    session.send(Command::Play);
    for pause in 0..pauses {
        std::thread::sleep(Duration::from_millis(5));
        session.send(Command::TogglePlay);
        session.send(Command::StepTick);
        session.send(if pause % 2 == 0 { Command::Speed(speed.slower()) } else { Command::Speed(speed) });
        session.send(Command::Play);
    }
    let view = until::until(&session, |v| v.play == PlayState::Ended);
    until::rows(&view.recording, view.schema.len())
}

#[test]
fn speed_and_pauses_leave_no_trace() {
    let setup = Setup { ticks: Some(3_000), ..Setup::default_day().unwrap() };
    let mut rollout = build(&setup);
    let expected: Vec<Vec<u64>> = (0..3_000)
        .map(|_| {
            step(&mut rollout, &Vec::new());
            bits(rollout.row())
        })
        .collect();
    for (speed, pauses) in [(Speed::Max, 0), (Speed::Max, 6), (Speed::Factor(10_000.0), 4)] {
        assert!(session_rows(&setup, speed, pauses) == expected, "{speed} with {pauses} pauses");
    }
}
