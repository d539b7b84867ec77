//! Full logs run again with progress, and recorded runs that go on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};

use c2g_twin::evaluate::{Outcome, Replay, again, take_over};
use c2g_twin::plant::{Operation, Override};
use c2g_twin::record::{LogHeader, LogWriter};
use c2g_twin::rollout::{Intervention, LeverMode, Setup, World};
use tempfile::TempDir;

const ROWS: u64 = 700;

/// What somebody did to the recorded run.
fn deeds() -> Vec<(u64, Intervention)> {
    let change = Some(Override { operation: Operation::Add, value: 5.0 });
    vec![
        (0, Intervention::Lever { lever: "hardware.bess_dispatch".into(), mode: LeverMode::Manual(0.2) }),
        (90, Intervention::Controller { slot: "hardware".into(), name: "pid".into() }),
        (200, Intervention::Input { input: "t_ambient_degc".into(), change }),
        (400, Intervention::Input { input: "t_ambient_degc".into(), change: None }),
        (500, Intervention::Lever { lever: "hardware.bess_dispatch".into(), mode: LeverMode::Auto }),
    ]
}

/// A recorded run with its deeds, and the rows.
fn record() -> (TempDir, PathBuf, Vec<Vec<f64>>) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run.csv");
    let mut rollout = World::default().build(&Setup::default_day().unwrap()).unwrap();
    let mut log = LogWriter::create(&path, &LogHeader::of(&rollout)).unwrap();
    let mut rows = Vec::new();
    for tick in 0..ROWS {
        for (_, what) in deeds().into_iter().filter(|(at, _)| *at == tick) {
            rollout.apply(&what).unwrap();
            log.input(tick, &what).unwrap();
        }
        rollout.step().unwrap();
        log.row(tick, rollout.row()).unwrap();
        rows.push(rollout.row().to_vec());
    }
    log.finish().unwrap();
    (dir, path, rows)
}

/// Another value of a column in a row, with the checks taken out.
fn spoil(path: &Path, row: usize, column: &str, value: &str) {
    let text = std::fs::read_to_string(path).unwrap();
    let names = text.lines().find(|l| l.starts_with("tick,")).unwrap();
    let place = names.split(',').position(|n| n == column).unwrap();
    let mut out = String::new();
    for line in text.lines().filter(|l| !l.starts_with("#check")) {
        let mut cells: Vec<&str> = line.split(',').collect();
        if !line.starts_with('#') && cells[0] == row.to_string() {
            cells[place] = value;
        }
        out += &cells.join(",");
        out.push('\n');
    }
    std::fs::write(path, out).unwrap();
}

#[test]
fn a_log_is_run_again_with_progress() {
    let (_dir, path, _) = record();
    let world = World::default();
    for how in [Replay::AsLogged, Replay::Recompute] {
        let mut told = Vec::new();
        let outcome = again(&world, &path, how, &mut |part| {
            told.push(part);
            true
        });
        assert_eq!(outcome.unwrap(), Outcome::Same { rows: ROWS, remark: None });
        assert!(told.len() >= 10 && told.is_sorted() && told.iter().all(|p| (0.0..=1.0).contains(p)), "{told:?}");
    }
    let mut left = 4;
    let stopped = again(&world, &path, Replay::AsLogged, &mut |_| {
        left -= 1;
        left > 0
    });
    assert_eq!(stopped.unwrap(), Outcome::Stopped { rows: 193 });
}

#[test]
fn the_first_difference_is_named() {
    let (_dir, path, rows) = record();
    spoil(&path, 321, "soc_frac", "0.25");
    let outcome = again(&World::default(), &path, Replay::AsLogged, &mut |_| true).unwrap();
    let Outcome::Differs { tick, signal, logged, run } = outcome else { panic!("{outcome:?}") };
    assert_eq!((tick, signal.as_str(), logged), (321, "soc_frac", 0.25));
    assert!(rows[321].contains(&run) && run != 0.25);
}

#[test]
fn a_recorded_run_goes_on_as_it_went() {
    let (_dir, path, rows) = record();
    let world = World::default();
    let bits = |row: &[f64]| row.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
    for tick in [0, 1, 90, 300, ROWS] {
        let mut seen = Vec::new();
        let taken = take_over(&world, &path, tick, &mut |rollout, part| {
            assert!((0.0..=1.0).contains(&part));
            seen.push((rollout.tick(), bits(rollout.row())));
            true
        });
        let mut taken = taken.unwrap().unwrap();
        assert_eq!(taken.rollout.tick(), tick);
        assert_eq!(seen.len() as u64, tick + 1);
        assert!(seen.iter().skip(1).zip(&rows).all(|((_, a), b)| *a == bits(b)));
        assert_eq!(taken.setup, Setup::default_day().unwrap());
        let done: Vec<(u64, Intervention)> = taken.inputs.iter().map(|i| (i.tick, i.what.clone())).collect();
        assert_eq!(done, deeds().into_iter().filter(|(at, _)| *at < tick).collect::<Vec<_>>());
        // With the deeds that are still to come it is the recorded run to its end.
        for now in tick..ROWS {
            for (_, what) in deeds().into_iter().filter(|(at, _)| *at == now) {
                taken.rollout.apply(&what).unwrap();
            }
            taken.rollout.step().unwrap();
            assert_eq!(bits(taken.rollout.row()), bits(&rows[now as usize]), "from {tick}, tick {now}");
        }
    }
}

#[test]
fn a_log_that_differs_is_taken_over_before_that() {
    let (_dir, path, _) = record();
    spoil(&path, 321, "soc_frac", "0.25");
    let world = World::default();
    assert_eq!(take_over(&world, &path, 321, &mut |_, _| true).unwrap().unwrap().rollout.tick(), 321);
    let error = take_over(&world, &path, 322, &mut |_, _| true).err().unwrap();
    assert!(error.to_string().contains("differs at tick 321: soc_frac is"), "{error}");
    assert!(error.cure().starts_with("Go on from tick 321 or before"), "{}", error.cure());
    let error = take_over(&world, &path, ROWS + 1, &mut |_, _| true).err().unwrap();
    assert!(error.to_string().contains("it has 700 rows"), "{error}");
    assert!(take_over(&world, &path, 200, &mut |rollout, _| rollout.tick() < 50).unwrap().is_none());
}
