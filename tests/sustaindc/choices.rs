//! Tables, axes, configuration, controllers.

use std::collections::{BTreeMap, BTreeSet};

use c2g_twin::evaluate::SustainGolden;
use c2g_twin::plant::{Operation, Override};
use c2g_twin::rollout::{Intervention, Layer, Rollout, Setup, World};

use super::{bits, build, metric, play, resting, run, setup, value};

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

/// From the measured files themselves: resampling, wet bulb, scaling and physics in one, against the published totals.
#[test]
fn measured_files_make_the_golden_week() {
    let Some(golden) = std::env::var_os("C2G_TWIN_GOLDEN").map(std::path::PathBuf::from) else { return };
    let data = golden.join("../data/sustaindc");
    for (place, start, kwh, kg) in [
        ("ny", "06-01 00:00", 247_160.706_283_184_06, 65_110.314_424_856_6),
        ("az", "07-01 00:00", 227_653.650, 133_914.241),
    ] {
        if !data.join("Weather").is_dir() {
            return;
        }
        let rollout = play(&Setup {
            data: Some(data.clone()),
            start: Some(start.to_owned()),
            set: vec!["profile.weather_noise=false".to_owned()],
            ..setup(&[("location", place)], ["hold"; 3])
        });
        let near = |name: &str, wanted: f64| {
            let got = metric(&rollout, "agent_dc", name);
            assert!((got - wanted).abs() < 1e-3, "{place}, {name}: {got}, {wanted} was wanted");
        };
        near("energy_kwh", kwh);
        near("co2_kg", kg);
    }
}
