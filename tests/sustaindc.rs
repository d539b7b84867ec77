//! SustainDC as a plant: what holds on every tick whatever is done to it, what its choices change, what its rules do,
//! and that a run goes on from any tick as if one had never left.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use c2g_twin::evaluate::{SustainGolden, verify_log};
use c2g_twin::plant::sustaindc::queue::{Queue, Rules, Shift};
use c2g_twin::plant::{Operation, Override, PlantSpec};
use c2g_twin::record::{
    EvaluationOrder, LogHeader, LogWriter, evaluation_header, evaluation_line, read_evaluation_log,
};
use c2g_twin::rollout::{EndKind, Intervention, Layer, LeverMode, Rollout, Setup, Step, World};
use proptest::prelude::*;
use proptest::sample::select;

const AGENTS: [&str; 3] = ["agent_ls", "agent_dc", "agent_bat"];
const LS: [&str; 4] = ["hold", "manual", "random", "carbon_shift"];
const DC: [&str; 4] = ["hold", "manual", "random", "trim_and_respond"];
const BAT: [&str; 4] = ["hold", "manual", "random", "rbc_battery"];

/// Columns without a value until a day is over, or before the first tick.
const SOMETIMES: [&str; 4] = ["pue_best_day", "pue_worst_day", "pue_day", "pue_episode"];

fn setup(axes: &[(&str, &str)], policies: [&str; 3]) -> Setup {
    Setup {
        plant: "sustaindc".to_owned(),
        axes: axes.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect(),
        policies: AGENTS.iter().zip(policies).map(|(a, p)| ((*a).to_owned(), p.to_owned())).collect(),
        ..Setup::default()
    }
}

fn resting() -> Setup {
    setup(&[], ["hold"; 3])
}

fn build(setup: &Setup) -> Rollout {
    World::default().build(setup).unwrap_or_else(|e| panic!("{}", e.report()))
}

fn value(rollout: &Rollout, signal: &str) -> f64 {
    rollout.row()[rollout.schema().find(signal).unwrap_or_else(|| panic!("no signal {signal}"))]
}

fn metric(rollout: &Rollout, slot: &str, name: &str) -> f64 {
    let spec = rollout.spec();
    let slot = spec.slot(slot).unwrap();
    rollout.metric(spec.metrics.iter().position(|m| m.slot == slot && m.name == name).unwrap())
}

fn run(rollout: &mut Rollout, ticks: u64) {
    for _ in 0..ticks {
        assert_eq!(rollout.step().unwrap(), Step::Ran, "{:?}", rollout.end());
    }
}

fn play(setup: &Setup) -> Rollout {
    let mut rollout = build(setup);
    while rollout.step().unwrap() == Step::Ran {}
    rollout
}

fn bits(row: &[f64]) -> Vec<u64> {
    row.iter().map(|v| v.to_bits()).collect()
}

/// A change from outside.
#[derive(Debug, Clone)]
enum Act {
    Lever(usize, u8, f64),
    Input(usize, u8, f64),
    Clear(usize),
    Controller(usize, usize),
}

type Script = Vec<(u64, Act)>;

fn scripts(ticks: u64, most: usize) -> impl Strategy<Value = Script> {
    let act = prop_oneof![
        4 => (0_usize..3, 0_u8..3, -0.5..2.5).prop_map(|(k, mode, x)| Act::Lever(k, mode, x)),
        4 => (0_usize..7, 0_u8..4, -0.2..1.2).prop_map(|(k, operation, x)| Act::Input(k, operation, x)),
        2 => (0_usize..7).prop_map(Act::Clear),
        2 => (0_usize..3, 0_usize..4).prop_map(|(slot, k)| Act::Controller(slot, k)),
    ];
    prop::collection::vec((0..ticks, act), 0..most).prop_map(|mut script| {
        script.sort_by_key(|(tick, _)| *tick);
        script
    })
}

fn intervention(act: &Act, spec: &PlantSpec) -> Intervention {
    match act {
        Act::Lever(k, mode, x) => {
            let lever = spec.action_names()[*k].clone();
            let mode = [LeverMode::Auto, LeverMode::Manual(*x), LeverMode::Pinned(*x)][usize::from(*mode)];
            Intervention::Lever { lever, mode }
        }
        Act::Input(k, operation, x) => {
            let input = &spec.inputs[*k];
            let span = input.range.1 - input.range.0;
            let (operation, value) = match operation {
                0 => (Operation::Set, input.range.0 + x * span),
                1 => (Operation::Add, (x - 0.5) * span),
                2 => (Operation::Scale, 2.0 * x),
                _ => (Operation::Hold, 0.0),
            };
            Intervention::Input { input: input.name.clone(), change: Some(Override { operation, value }) }
        }
        Act::Clear(k) => Intervention::Input { input: spec.inputs[*k].name.clone(), change: None },
        Act::Controller(slot, k) => {
            Intervention::Controller { slot: AGENTS[*slot].to_owned(), name: [LS, DC, BAT][*slot][*k].to_owned() }
        }
    }
}

fn step(rollout: &mut Rollout, script: &Script) {
    let tick = rollout.tick();
    for (_, act) in script.iter().filter(|(t, _)| *t == tick) {
        let what = intervention(act, rollout.spec());
        rollout.apply(&what).unwrap();
    }
    assert_eq!(rollout.step().unwrap(), Step::Ran, "{:?}", rollout.end());
}

fn setups() -> impl Strategy<Value = Setup> {
    let places = vec!["az", "ca", "ga", "il", "ny", "tx", "va", "wa"];
    let months = vec!["january", "february", "june", "july", "december"];
    let axes = (
        select(places),
        select(months),
        select(vec!["alibaba_1", "alibaba_2", "google"]),
        select(vec!["head", "user_fork"]),
    );
    let switches = select(vec![
        vec![],
        vec!["profile.reward_mixing=true"],
        vec!["profile.battery=explicit", "max_bat_cap_Mw=0.7"],
        vec!["profile.queue_max_tasks=40", "datacenter_capacity_mw=0.4"],
    ]);
    let policies = (select(LS.to_vec()), select(DC.to_vec()), select(BAT.to_vec()));
    (any::<u64>(), axes, policies, switches, select(vec!["counter", "numpy"])).prop_map(
        |(seed, (place, month, load, flavour), (ls, dc, bat), switches, noise)| Setup {
            seed,
            noise: noise.to_owned(),
            continuous: true,
            set: switches.into_iter().map(str::to_owned).collect(),
            ..setup(&[("location", place), ("month", month), ("workload", load), ("flavour", flavour)], [ls, dc, bat])
        },
    )
}

/// Holds one row against the row before it.
fn check_row(spec: &PlantSpec, before: &[f64], rollout: &Rollout) -> Result<(), TestCaseError> {
    let (row, tick) = (rollout.row(), rollout.tick());
    for (signal, value) in rollout.schema().signals.iter().zip(row) {
        let sometimes = SOMETIMES.contains(&signal.name.as_str());
        prop_assert!(value.is_finite() || (sometimes && value.is_nan()), "{} is {value} at tick {tick}", signal.name);
    }
    let at = |name: &str| value(rollout, name);
    prop_assert!((0.0..=1.0).contains(&at("soc_frac")), "SOC is {} at tick {tick}", at("soc_frac"));
    prop_assert!((15.0..=21.6).contains(&at("t_set_degc")));
    prop_assert!(at("tasks_in_queue") >= 0.0 && at("tasks_in_queue") <= spec.facts["queue_max_tasks"]);
    prop_assert!(at("e_grid_kwh") >= 0.0, "the site feeds into the grid");
    let ages: f64 =
        ["0_6h", "6_12h", "12_18h", "18_24h", "over_24h"].iter().map(|a| at(&format!("tasks_age_{a}"))).sum();
    prop_assert_eq!(ages, at("tasks_in_queue"));
    for balance in &spec.topology.balances {
        let left = balance.residual(before, row);
        prop_assert!(left.abs() <= balance.tolerance, "{}: {left} is left at tick {tick}", balance.name);
    }
    for slot in &spec.slots {
        let sum: f64 = slot.reward_terms.iter().map(|t| row[t.signal]).sum();
        prop_assert!(
            (row[slot.reward.unwrap()] - sum).abs() < 1e-9,
            "reward of {} is not the sum of its terms",
            slot.name
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_row_keeps_the_laws(setup in setups(), script in scripts(700, 24)) {
        let mut rollout = build(&setup);
        let spec = Arc::clone(rollout.spec());
        let mut before = rollout.row().to_vec();
        for _ in 0..700 {
            step(&mut rollout, &script);
            check_row(&spec, &before, &rollout)?;
            before.copy_from_slice(rollout.row());
        }
    }

    /// The queue against a plain list of tasks.
    #[test]
    fn no_task_is_lost_or_made(
        ticks in prop::collection::vec((0.0..1.0_f64, 0_u8..3), 1..300), flexible in 0.0..1.0_f64, most in 0_i64..200
    ) {
        let rules = Rules { flexible_ratio: flexible, queue_max: most };
        let (mut queue, mut plain) = (Queue::default(), std::collections::VecDeque::new());
        for (k, (load, action)) in ticks.iter().enumerate() {
            let now = 0.25 * k as f64;
            let overdue = plain.iter().filter(|came| now - **came > 24.0).count() as i64;
            let out = queue.step(now, *load, Shift::from_position(f64::from(*action)), &rules);
            prop_assert_eq!(out.overdue, overdue);
            for _ in 0..out.forced + out.processed {
                prop_assert!(plain.pop_front().is_some(), "a task ran that nobody sent");
            }
            plain.extend(std::iter::repeat_n(now, out.deferred as usize));
            prop_assert_eq!(queue.len(), plain.len() as i64);
            prop_assert!(queue.len() <= most);
            let ages = queue.ages(now);
            prop_assert_eq!(ages.oldest_h, plain.front().map_or(0.0, |came| now - came));
            prop_assert_eq!(ages.classes.iter().sum::<i64>(), queue.len());
            let ran = (out.utilisation * 100.0).round() as i64;
            prop_assert_eq!(ran, out.fixed + out.shiftable - out.deferred + out.processed + out.forced);
            prop_assert_eq!(out.overflow, if *action == 0 { out.shiftable - out.deferred } else { 0 });
        }
    }
}

/// Runs a while, then again from every tick of it, and holds every row of every run against the first.
fn restore_everywhere(setup: &Setup, script: &Script) {
    const TICKS: u64 = 150;
    let mut rollout = build(setup);
    let (mut snapshots, mut rows) = (Vec::new(), Vec::new());
    for _ in 0..TICKS {
        snapshots.push(rollout.snapshot());
        step(&mut rollout, script);
        rows.push(bits(rollout.row()));
    }
    // The other run has been elsewhere: what it did there must not matter.
    let mut other = build(setup);
    let elsewhere: Script = vec![(2, Act::Lever(0, 2, 0.0)), (5, Act::Input(3, 0, 1.0)), (9, Act::Controller(2, 2))];
    for _ in 0..40 {
        step(&mut other, &elsewhere);
    }
    for (k, snapshot) in snapshots.iter().enumerate() {
        other.restore(snapshot).unwrap();
        for (tick, expected) in rows.iter().enumerate().skip(k) {
            step(&mut other, script);
            assert!(bits(other.row()) == *expected, "{:?}: row {tick} differs after tick {k}", setup.policies);
        }
    }
    assert!(format!("{:?}", other.snapshot()) == format!("{:?}", rollout.snapshot()), "the ends differ");
}

#[test]
fn every_controller_and_noise_goes_on_from_any_tick() {
    for noise in ["counter", "numpy"] {
        for ((ls, dc), bat) in LS.into_iter().zip(DC).zip(BAT) {
            restore_everywhere(&Setup { noise: noise.to_owned(), ..setup(&[], [ls, dc, bat]) }, &Vec::new());
        }
    }
}

#[test]
fn hands_pins_disturbances_and_swaps_go_on_from_any_tick() {
    let script: Script = vec![
        (3, Act::Lever(0, 1, 0.0)),
        (10, Act::Input(1, 3, 0.0)),
        (11, Act::Input(3, 1, 0.7)),
        (25, Act::Lever(2, 2, 0.0)),
        (40, Act::Controller(0, 3)),
        (41, Act::Lever(0, 0, 0.0)),
        (60, Act::Controller(1, 3)),
        (70, Act::Input(4, 0, 0.1)),
        (80, Act::Clear(1)),
        (90, Act::Lever(2, 0, 0.0)),
        (91, Act::Controller(2, 3)),
        (110, Act::Input(5, 0, 0.0)),
        (120, Act::Controller(1, 2)),
        (130, Act::Clear(5)),
    ];
    for noise in ["counter", "numpy"] {
        restore_everywhere(&Setup { noise: noise.to_owned(), ..resting() }, &script);
    }
}

#[test]
fn the_tables_are_whole() {
    let rollout = build(&resting());
    let (spec, schema) = (rollout.spec(), rollout.schema());
    let names: BTreeSet<&str> = schema.signals.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names.len(), schema.len(), "two columns share a name");
    assert!(spec.entities.iter().enumerate().all(|(i, e)| e.parent.is_none_or(|p| p < i)), "parents come first");
    assert!(spec.signals.iter().all(|s| s.entity < spec.entities.len() && s.doc.ends_with('.')));
    let racks = spec.signals.iter().filter(|s| s.quantity == "t_outlet_degc").count();
    assert_eq!((racks, spec.slots.len(), spec.calendar.tick_s, spec.episode_ticks), (20, 3, 900, 672));
    for chart in &spec.charts {
        let units: BTreeSet<&str> = chart.series.iter().map(|&s| spec.signals[s].unit.as_str()).collect();
        assert_eq!(units.len(), 1, "chart {} mixes units", chart.name);
    }
    for (index, slot) in spec.slots.iter().enumerate() {
        let mut seen = [f64::NAN; 26];
        assert_eq!(slot.observations.len(), 26);
        rollout.observe(index, &mut seen);
        let used = [26, 14, 13][index];
        assert!(seen.iter().all(|v| v.is_finite()) && seen[used..].iter().all(|v| *v == 0.0));
    }
    assert_eq!(
        rollout.spec().axes.iter().map(|a| a.name.as_str()).collect::<Vec<_>>(),
        ["location", "month", "workload", "flavour"]
    );
}

#[test]
fn every_input_moves_something() {
    for input in build(&resting()).spec().inputs.clone() {
        let busy = setup(&[], ["random", "random", "random"]);
        let (mut calm, mut disturbed) = (build(&busy), build(&busy));
        let change = Some(Override { operation: Operation::Set, value: 0.8 * input.range.0 + 0.2 * input.range.1 });
        disturbed.apply(&Intervention::Input { input: input.name.clone(), change }).unwrap();
        let differs = (0..100).any(|_| {
            run(&mut calm, 1);
            run(&mut disturbed, 1);
            bits(calm.row()) != bits(disturbed.row())
        });
        assert!(differs, "{} does nothing", input.name);
    }
}

#[test]
fn choices_and_seeds_change_the_run() {
    let total = |axes: &[(&str, &str)], seed: u64| {
        metric(&play(&Setup { seed, ..setup(axes, ["hold"; 3]) }), "agent_dc", "co2_kg")
    };
    let all = [
        total(&[], 1),
        total(&[], 2),
        total(&[("location", "az")], 1),
        total(&[("month", "january")], 1),
        total(&[("workload", "google")], 1),
    ];
    let distinct: BTreeSet<u64> = all.iter().map(|v| v.to_bits()).collect();
    assert_eq!(distinct.len(), all.len(), "{all:?}");
    assert_eq!(total(&[], 1).to_bits(), all[0].to_bits());
    // A fixed start leaves the seed only the weather.
    let at = |seed: u64| build(&Setup { seed, start: Some("07-04 13:00".to_owned()), ..resting() });
    assert_eq!((value(&at(1), "day"), value(&at(1), "hour")), (184.0, 13.0));
    assert_eq!(at(1).spec().calendar.start, at(2).spec().calendar.start);
    assert!(value(&at(1), "t_ambient_degc") != value(&at(2), "t_ambient_degc"));
}

#[test]
fn episodes_begin_around_the_first_of_the_month() {
    let mut days = BTreeSet::new();
    let mut hours = BTreeSet::new();
    for seed in 0..200 {
        let rollout = build(&Setup { seed, set: vec!["profile.weather_noise=false".to_owned()], ..resting() });
        days.insert(value(&rollout, "day") as i64);
        hours.insert(value(&rollout, "hour") as i64);
    }
    assert_eq!((days.first(), days.last(), days.len()), (Some(&174), Some(&188), 15));
    assert_eq!(hours.len(), 24);
    let january = build(&Setup {
        set: vec!["profile.weather_noise=false".to_owned()],
        ..setup(&[("month", "january")], ["hold"; 3])
    });
    assert!((0.0..=7.0).contains(&value(&january, "day")));
}

#[test]
fn flavours_batteries_and_mixing_are_switches() {
    let defer = |axes: &[(&str, &str)], set: &[&str]| {
        let mut s = setup(axes, ["hold"; 3]);
        s.set = set.iter().map(|s| (*s).to_owned()).collect();
        s.fixed_actions = BTreeMap::from([("ls_action".to_owned(), 0.0), ("bat_action".to_owned(), 0.0)]);
        let mut rollout = build(&s);
        run(&mut rollout, 90);
        rollout
    };
    let (head, fork) = (defer(&[], &[]), defer(&[("flavour", "user_fork")], &[]));
    assert!(value(&head, "tasks_in_queue") > 400.0, "{}", value(&head, "tasks_in_queue"));
    assert_eq!(value(&fork, "tasks_in_queue"), 500.0);
    assert_eq!((head.spec().facts["flexible_ratio"], fork.spec().facts["flexible_ratio"]), (0.2, 0.6));
    assert!((value(&head, "e_battery_max_mwh") - 4.831_371_631_889_747).abs() < 1e-12);
    let small = defer(&[], &["profile.battery=explicit", "max_bat_cap_Mw=2"]);
    assert_eq!(value(&small, "e_battery_max_mwh"), 2.0);
    let mixed = defer(&[], &["profile.reward_mixing=true"]);
    let own = |r: &Rollout| ["ls", "dc", "bat"].map(|a| value(r, &format!("reward_{a}")));
    let ([a, b, c], [x, ..]) = (own(&head), own(&mixed));
    assert!((x - (0.8 * a + 0.1 * (b + c))).abs() < 1e-12);
    assert!((value(&mixed, "reward_ls_others") - (x - a)).abs() < 1e-12);
}

#[test]
fn a_configuration_of_the_source_is_taken_and_what_it_ignores_is_told() {
    let text = "agents:\n  - agent_ls\n  - agent_dc\n  - agent_bat\nlocation: ca\nworkload_file: 'Alibaba_CPU_Data_Hourly_1.csv'\n\
        max_bat_cap_Mw: 1.0\nindividual_reward_weight: 0.8\nflexible_load: 0.6\nls_reward: default_ls_reward\n\
        dc_reward: default_dc_reward\nbat_reward: default_bat_reward\ndc_config_file: 'dc_config.json'\nmonth: 6\n\
        days_per_episode: 30\npartial_obs: True\nnonoverlapping_shared_obs_space: True\n";
    let layers = vec![Layer { name: "sustaindc.yaml".to_owned(), text: text.to_owned() }];
    let rollout =
        build(&Setup { layers: layers.clone(), ..Setup { plant: "sustaindc".to_owned(), ..Setup::default() } });
    assert_eq!(rollout.spec().episode_ticks, 2880);
    let axis = |name: &str| rollout.spec().axes.iter().find(|a| a.name == name).unwrap().value.clone();
    assert_eq!(
        (axis("location").as_str(), axis("month").as_str(), axis("workload").as_str()),
        ("ca", "july", "alibaba_1")
    );
    let told: Vec<&str> = ["flexible_load", "max_bat_cap_Mw", "individual_reward_weight"]
        .into_iter()
        .filter(|k| rollout.warnings().iter().any(|w| w.contains(&format!("`{k}` is not in force"))))
        .collect();
    assert_eq!(told.len(), 3, "{:?}", rollout.warnings());
    // A choice on the command line wins over the file; a month may be a name.
    let set = vec!["month=November".to_owned()];
    let rollout = build(&Setup { layers, set, ..setup(&[("location", "wa")], ["hold"; 3]) });
    let axis = |name: &str| rollout.spec().axes.iter().find(|a| a.name == name).unwrap().value.clone();
    assert_eq!((axis("location").as_str(), axis("month").as_str()), ("wa", "november"));

    for (set, words) in [
        ("partial_obs=false", "full observations"),
        ("month=12", "outside 0 to 11"),
        ("month=juli", "unknown month"),
        ("location=berlin", "unknown location"),
        ("ls_reward=my_reward", "my_reward"),
        ("dc_config_file=dc_config_dc3.json", "not built in"),
        ("agents=[agent_x]", "unknown agent"),
        ("flexible_loads=0.5", "unknown section"),
        ("workload_file=mine.csv", "is missing"),
    ] {
        let error = World::default().build(&Setup { set: vec![set.to_owned()], ..resting() }).err().unwrap();
        assert!(error.report().contains(words), "{set}: {}", error.report());
    }
}

#[test]
fn every_named_reward_can_be_chosen() {
    for name in [
        "default_ls_reward",
        "custom_agent_reward",
        "tou_reward",
        "renewable_energy_reward",
        "energy_efficiency_reward",
        "energy_PUE_reward",
        "temperature_efficiency_reward",
        "water_usage_efficiency_reward",
    ] {
        let mut rollout = build(&Setup { set: vec![format!("dc_reward={name}")], ..resting() });
        run(&mut rollout, 20);
        let (pue, reward) = (value(&rollout, "pue"), value(&rollout, "reward_dc"));
        match name {
            "custom_agent_reward" => assert_eq!(reward, 0.0),
            "energy_efficiency_reward" => assert!((reward - 1.0 / pue).abs() < 1e-12),
            "energy_PUE_reward" => assert!((reward + (pue - 1.0)).abs() < 1e-12),
            "water_usage_efficiency_reward" => assert!((reward + 0.01 * value(&rollout, "water_l")).abs() < 1e-12),
            _ => assert!(reward.is_finite()),
        }
    }
}

fn write_load(dir: &Path, hours: usize) -> String {
    let path = dir.join(format!("load_{hours}.csv"));
    let mut text = ",cpu_load\n".to_owned();
    for k in 0..hours {
        text += &format!("{k},{}\n", 0.4 + 0.3 * ((k % 24) as f64 / 24.0));
    }
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_load_of_any_length_is_played_round_and_round() {
    let dir = tempfile::tempdir().unwrap();
    let with = |hours: usize, flavour: &str| {
        let file = write_load(dir.path(), hours);
        Setup {
            set: vec![format!("workload_file={file}"), "profile.weather_noise=false".to_owned()],
            start: Some("01-05 00:00".to_owned()),
            ..setup(&[("flavour", flavour)], ["hold"; 3])
        }
    };
    let mut rollout = build(&with(200, "user_fork"));
    assert!(
        rollout.warnings().iter().any(|w| w.contains("begins again: it has 200 hours")),
        "{:?}",
        rollout.warnings()
    );
    let mut wraps = 0;
    let mut first = None;
    for tick in 0..672 {
        run(&mut rollout, 1);
        if value(&rollout, "workload_wrapped") == 1.0 {
            wraps += 1;
            first.get_or_insert(tick);
        }
        assert!((0.0..=1.0).contains(&value(&rollout, "workload_frac")));
    }
    // 4 days in, 200 hours long: 104 hours are left, then it begins again every 200 hours.
    assert_eq!((wraps, first), (1, Some(104 * 4)));
    let long = build(&with(4418, "user_fork"));
    assert!(long.warnings().is_empty(), "{:?}", long.warnings());
    let error = World::default().build(&with(167, "head")).err().unwrap().report();
    assert!(error.contains("167 hours") && error.contains("168"), "{error}");
    // December runs into the new year.
    let december = Setup { start: Some("12-30 00:00".to_owned()), ..resting() };
    let rollout = play(&december);
    assert_eq!(rollout.end().unwrap().kind, EndKind::EpisodeEnd);
    assert_eq!(value(&rollout, "day_next"), 370.0);
}

#[test]
fn the_rules_make_the_golden_actions() {
    // Base and rules are one episode: the rules meet the very series that the recorded actions were made in.
    let golden = |name: &str| {
        let root = std::env::var_os("C2G_TWIN_GOLDEN").map(std::path::PathBuf::from)?;
        let path = root.join("sustaindc").join(name);
        path.is_file().then_some(path)
    };
    let Some(path) = golden("ny_june_rules.json") else { return };
    let mut rollout = SustainGolden::open(&path).unwrap().rollout().unwrap();
    for (slot, name) in [("agent_dc", "trim_and_respond"), ("agent_bat", "rbc_battery")] {
        rollout.apply(&Intervention::Controller { slot: slot.to_owned(), name: name.to_owned() }).unwrap();
    }
    let text = std::fs::read_to_string(path.with_extension("csv")).unwrap();
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    let at = |name: &str| names.iter().position(|n| *n == name).unwrap();
    let (dc, bat, energy) = (at("a_dc"), at("a_bat"), at("bat_total_energy_with_battery_KWh"));
    for (k, line) in lines.enumerate() {
        let cells: Vec<&str> = line.split(',').collect();
        run(&mut rollout, 1);
        assert_eq!(value(&rollout, "act_agent_dc_dc_action"), cells[dc].parse::<f64>().unwrap(), "row {k}");
        assert_eq!(value(&rollout, "act_agent_bat_bat_action"), cells[bat].parse::<f64>().unwrap(), "row {k}");
        assert!((value(&rollout, "e_grid_kwh") - cells[energy].parse::<f64>().unwrap()).abs() < 1e-8, "row {k}");
    }
}

#[test]
fn the_rules_do_some_good() {
    let fork = [("flavour", "user_fork"), ("location", "ca")];
    let base = play(&setup(&fork, ["hold"; 3]));
    let shifted = play(&setup(&fork, ["carbon_shift", "hold", "hold"]));
    let co2 = |r: &Rollout| metric(r, "agent_dc", "co2_kg");
    assert!(co2(&shifted) < co2(&base), "{} against {}", co2(&shifted), co2(&base));
    assert!(metric(&shifted, "agent_ls", "tasks_deferred") > 100.0);
    assert_eq!(metric(&shifted, "agent_ls", "tasks_overdue"), 0.0);
    let trimmed = play(&setup(&fork, ["hold", "trim_and_respond", "hold"]));
    assert!(metric(&trimmed, "agent_dc", "room_mean_degc") < metric(&base, "agent_dc", "room_mean_degc"));
    let driven = play(&setup(&fork, ["hold", "hold", "rbc_battery"]));
    assert!(metric(&driven, "agent_bat", "battery_idle_share") < 0.6);
    for rollout in [&base, &shifted, &trimmed, &driven] {
        let spec = rollout.spec();
        for (k, m) in spec.metrics.iter().enumerate() {
            assert!(rollout.metric(k).is_finite(), "{} has no value", m.name);
        }
    }
}

#[test]
fn a_full_log_is_written_and_verified() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("week.csv");
    let mut rollout = build(&setup(&[("location", "tx")], ["carbon_shift", "trim_and_respond", "rbc_battery"]));
    let mut log = LogWriter::create(&path, &LogHeader::of(&rollout)).unwrap();
    while rollout.step().unwrap() == Step::Ran {
        log.row(rollout.tick() - 1, rollout.row()).unwrap();
    }
    log.finish().unwrap();
    let comparison = verify_log(&World::default(), &path, 0.0).unwrap();
    assert!(comparison.holds() && comparison.rows == 672, "{comparison}");
}

/// Lines of an evaluation log of one run.
fn lines(setup: &Setup, ticks: u64, order: EvaluationOrder) -> Vec<String> {
    let mut rollout = build(setup);
    (0..ticks)
        .map(|_| {
            run(&mut rollout, 1);
            evaluation_line(&rollout, order)
        })
        .collect()
}

/// Day and hour of a line, in either order.
fn moment(line: &str, order: EvaluationOrder) -> f64 {
    let header = evaluation_header(order);
    let cells: Vec<f64> = line.split(',').map(|c| c.parse().unwrap()).collect();
    let at = |name: &str| cells[header.split(',').position(|n| n == name).unwrap()];
    24.0 * at("day") + at("hour")
}

#[test]
fn interleaved_episodes_are_taken_apart() {
    let dir = tempfile::tempdir().unwrap();
    for order in [EvaluationOrder::Evaluation, EvaluationOrder::Render] {
        let one = |seed: u64, start: &str, policies: [&str; 3]| {
            let s = Setup { seed, start: Some(start.to_owned()), ..setup(&[], policies) };
            lines(&s, 300, order)
        };
        let runs = [
            one(1, "07-01 00:00", ["random"; 3]),
            one(2, "07-02 05:00", ["random"; 3]),
            one(3, "07-02 05:00", ["hold", "random", "rbc_battery"]),
            one(4, "07-20 00:00", ["carbon_shift", "hold", "hold"]),
        ];
        let mut all: Vec<&String> = runs.iter().flatten().collect();
        all.sort_by(|a, b| moment(a, order).total_cmp(&moment(b, order)));
        let path = dir.path().join("all_agents_episode_4.csv");
        let body: Vec<&str> = all.iter().map(|l| l.as_str()).collect();
        std::fs::write(&path, evaluation_header(order) + "\n" + &body.join("\n") + "\n").unwrap();
        let log = read_evaluation_log(&path).unwrap();
        assert_eq!((log.order, log.episodes.len()), (order, 4));
        let soc = c2g_twin::record::evaluation_column("bat_SOC").unwrap();
        for expected in &runs {
            let header = evaluation_header(order);
            let k = header.split(',').position(|n| n == "bat_SOC").unwrap();
            let wanted: Vec<f64> = expected.iter().map(|l| l.split(',').nth(k).unwrap().parse().unwrap()).collect();
            let found = log.episodes.iter().any(|e| e.rows.iter().map(|r| r[soc]).eq(wanted.iter().copied()));
            assert!(found, "an episode was not found again in {order:?}");
        }
    }
}

#[test]
fn the_sources_own_log_is_one_episode() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/sustaindc/ny_june_pattern.all_agents_episode_1.csv");
    let log = read_evaluation_log(&path).unwrap();
    assert_eq!((log.order, log.episodes.len()), (EvaluationOrder::Evaluation, 1));
    let episode = &log.episodes[0];
    assert_eq!((episode.rows.len(), episode.lines[0], *episode.lines.last().unwrap()), (672, 2, 673));
    let energy: f64 = episode.column("bat_total_energy_with_battery_KWh").unwrap().iter().sum();
    assert!((energy - 247_366.353).abs() < 0.1, "{energy}");
}

#[test]
fn real_folders_are_read_and_gaps_in_them_are_filled_from_the_embedded_set() {
    let dir = tempfile::tempdir().unwrap();
    c2g_twin::trace::write_sustaindc_set(dir.path()).unwrap();
    std::fs::remove_file(dir.path().join("Weather/USA_GA_Atlanta-Hartsfield-Jackson.epw")).unwrap();
    for place in ["ny", "ga"] {
        let embedded = setup(&[("location", place)], ["hold"; 3]);
        let read = Setup { data: Some(dir.path().to_path_buf()), ..embedded.clone() };
        let (mut a, mut b) = (build(&embedded), build(&read));
        assert_eq!(b.warnings().len(), usize::from(place == "ga"), "{:?}", b.warnings());
        run(&mut a, 100);
        run(&mut b, 100);
        assert!(
            bits(a.row()) == bits(b.row()),
            "{place}: the folder is played otherwise than the set it was made from"
        );
    }
}

#[test]
fn weather_files_also_serve_the_other_plant() {
    let dir = tempfile::tempdir().unwrap();
    c2g_twin::trace::write_set(dir.path(), &mut |_, _, _| {}).unwrap();
    std::fs::remove_file(dir.path().join("weather/NYC.csv")).unwrap();
    let sdc = tempfile::tempdir().unwrap();
    c2g_twin::trace::write_sustaindc_set(sdc.path()).unwrap();
    let name = "USA_NY_New.York-LaGuardia.epw";
    std::fs::copy(sdc.path().join("Weather").join(name), dir.path().join("weather").join(name)).unwrap();
    let day = Setup { data: Some(dir.path().to_path_buf()), start: Some("07-13 14:00".to_owned()), ..Setup::default() };
    let mut rollout = build(&day);
    assert!(rollout.warnings().iter().any(|w| w.contains(name)), "{:?}", rollout.warnings());
    run(&mut rollout, 1);
    let text = std::fs::read_to_string(sdc.path().join("Weather").join(name)).unwrap();
    // 14:00 of 13 July on the summer clock is 13:00 standard time: hour 193 × 24 + 13 of the file.
    let line = text.lines().nth(8 + 193 * 24 + 13).unwrap();
    let dry: f64 = line.split(',').nth(6).unwrap().parse().unwrap();
    assert_eq!(value(&rollout, "t_ambient_degc"), dry);
}

#[test]
fn a_session_plays_it_like_any_plant() {
    use c2g_twin::session::{Command, PlayState, Session, SessionOptions, Speed};
    let setup = setup(&[], ["carbon_shift", "trim_and_respond", "rbc_battery"]);
    let expected = play(&setup);
    let session = Session::start(World::default(), setup, SessionOptions::default()).unwrap();
    session.send(Command::Speed(Speed::Max));
    session.send(Command::Play);
    let begin = std::time::Instant::now();
    while session.view().play != PlayState::Ended {
        assert!(begin.elapsed().as_secs() < 60, "the session hangs");
        std::thread::yield_now();
    }
    session.send(Command::GoTo { tick: 333 });
    while session.view().tick != 333 {
        assert!(begin.elapsed().as_secs() < 60, "the session hangs");
        std::thread::yield_now();
    }
    session.send(Command::Play);
    while session.view().play != PlayState::Ended {
        assert!(begin.elapsed().as_secs() < 60, "the session hangs");
        std::thread::yield_now();
    }
    let view = session.view();
    let mut row = vec![0.0; view.schema.len()];
    assert!(view.recording.row(view.recording.rows() - 1, &mut row));
    assert_eq!(bits(&row), bits(expected.row()));
}
