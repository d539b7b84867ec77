//! Loads of any length, logs, data folders.

use std::path::Path;

use c2g_twin::evaluate::verify_log;
use c2g_twin::record::{
    EvaluationOrder, LogHeader, LogWriter, evaluation_header, evaluation_line, read_evaluation_log,
};
use c2g_twin::rollout::{EndKind, Setup, Step, World};

use super::{bits, build, play, resting, run, setup, value};

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
    let rollout = build(&resting());
    let schema = rollout.schema();
    let mut row = vec![0.0; schema.len()];
    c2g_twin::record::evaluation_as_plant_row(&episode.rows[0], schema, &mut row);
    let at = |name: &str| row[schema.find(name).unwrap()];
    assert_eq!((at("p_it_kw"), at("act_agent_dc_dc_action"), at("t_set_degc")), (970.8199, 0.0, 17.0));
    assert!(at("p_cpu_kw").is_nan());
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
