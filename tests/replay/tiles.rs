//! A replayed transition log drives every tile as the live run did: what is recorded or follows is what the run had,
//! what does not is no value, never zero.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use c2g_twin::plant::{BoundAt, Column, Part, PlantSpec, Readout, Row, Source};
use c2g_twin::record::{Item, Provenance, Tape, TapeOptions};
use c2g_twin::rollout::World;
use c2g_twin::signal::SignalId;

use super::{Recorded, c2g, record};

fn of_source(source: &Source, spec: &PlantSpec, out: &mut BTreeSet<SignalId>) {
    match source {
        Source::Signal(s) | Source::Sum(s) | Source::SlopePerMinute(s) | Source::Change(s) => {
            out.insert(*s);
        }
        Source::SumSince(s, _) | Source::RmsSince(s, _) => {
            out.insert(*s);
        }
        Source::Metric(m) => out.extend(spec.metrics[*m].fold.signals()),
    }
}

fn of_rows(rows: &[Row], spec: &PlantSpec, out: &mut BTreeSet<SignalId>) {
    let readouts = |list: &[Readout], out: &mut BTreeSet<SignalId>| {
        for readout in list {
            of_source(&readout.source, spec, out);
        }
    };
    for row in rows {
        match &row.part {
            Part::Columns(columns) => columns.iter().for_each(|c: &Column| of_rows(&c.rows, spec, out)),
            Part::Lines(lines) => {
                out.extend(lines.series.iter().map(|s| s.signal));
                out.extend(lines.bounds.iter().filter_map(|b| match b.at {
                    BoundAt::Signal(_, s) => Some(s),
                    BoundAt::Value(_) => None,
                }));
            }
            Part::Strip { signal, .. } | Part::Level { signal, .. } => {
                out.insert(*signal);
            }
            Part::Stack { terms, sum, .. } => out.extend(terms.iter().chain(sum)),
            Part::Terms { slot } => {
                let slot = &spec.slots[*slot];
                out.extend(slot.reward_terms.iter().map(|t| t.signal).chain(slot.reward));
            }
            Part::Intervals(intervals) => {
                out.extend(intervals.steps.iter().chain(&intervals.bars).chain(&intervals.won));
                out.extend(intervals.rows.iter().map(|r| r.signal));
            }
            Part::Gauges(signals) | Part::Ahead { signals } => out.extend(signals),
            Part::Swing { signal, limit_low, limit_high, .. } => {
                out.extend([*signal].iter().chain(limit_low).chain(limit_high));
            }
            Part::Readouts { list, .. } => readouts(list, out),
            Part::Score { request, response } => out.extend([*request, *response]),
            Part::Countdown { .. } | Part::Note(_) => {}
        }
    }
}

/// Tiles by name with their signals; the one-line among them.
fn tiles(spec: &PlantSpec) -> Vec<(String, BTreeSet<SignalId>)> {
    let mut all = Vec::new();
    for tile in &spec.tiles {
        let mut signals = BTreeSet::new();
        if let Some(headline) = &tile.headline {
            of_source(&headline.source, spec, &mut signals);
        }
        of_rows(&tile.rows, spec, &mut signals);
        all.push((tile.name.clone(), signals));
    }
    let t = &spec.topology;
    let edges = t.edges.iter().flat_map(|e| [Some(e.flow), e.reactive]);
    let nodes = t.nodes.iter().flat_map(|n| [n.loss, n.efficiency]);
    all.push(("one_line".to_owned(), edges.chain(nodes).flatten().collect()));
    all.push(("charts".to_owned(), spec.charts.iter().flat_map(|c| c.series.iter().copied()).collect()));
    all.push(("events".to_owned(), spec.events.iter().map(|e| e.flag).collect()));
    all.push(("signals".to_owned(), (0..spec.signals.len()).collect()));
    all
}

/// Largest difference that rounding to binary32 explains: absolute, in the signal's unit, and relative.
fn rounding(name: &str) -> (f64, f64) {
    match name {
        // Shares of the zones follow from the voltage, whose last digit is a kilowatt or two.
        n if n.contains("_a_") || n.contains("_b_") => (8e-3, 1e-5),
        "q_mvar" | "s_pcc_mva" | "p_loss_mw" => (4e-3, 1e-5),
        n if n.ends_with("_total") || n.ends_with("_usd") => (5e-3, 1e-5),
        // Megawatts times minutes, of a state of charge with seven digits.
        n if n.starts_with("e_bess") => (5e-3, 1e-5),
        _ => (2e-3, 3e-6),
    }
}

/// Compares a replay with the run; part of the values of each tile that it tells.
fn told(recorded: &Recorded, hardware: &Path, partner: Option<PathBuf>) -> Vec<(String, f64)> {
    let options = TapeOptions { partner, ..TapeOptions::default() };
    let mut tape = Tape::open_with(hardware, &options, &World::default()).unwrap();
    let head = tape.head().clone();
    assert_eq!(head.schema.len(), recorded.schema.len());
    let mut row = vec![0.0; head.schema.len()];
    let mut rows = Vec::new();
    while let Some(item) = tape.next(&mut row).unwrap() {
        if !matches!(item, Item::Input(_)) {
            rows.push(row.clone());
        }
    }
    assert_eq!((rows.len(), tape.bad().count), (recorded.rows.len(), 0), "{:?}", tape.bad().listed);
    let mut counts = vec![(0_u32, 0_u32); head.schema.len()];
    let mut wrong = Vec::new();
    for (k, (is, was)) in rows.iter().zip(&recorded.rows).enumerate() {
        for (column, ((is, was), count)) in is.iter().zip(was).zip(&mut counts).enumerate() {
            let name = &head.schema.signals[column].name;
            let (absolute, relative) = rounding(name);
            count.1 += u32::from(!was.is_nan());
            if is.is_nan() {
                continue;
            }
            count.0 += 1;
            let absent = head.provenance[column] == Provenance::Absent;
            let near = (is - was).abs() <= absolute + relative * was.abs();
            if (absent || !near) && wrong.iter().all(|(n, _)| n != name) {
                wrong.push((name.clone(), format!("at {k}: replay {is}, run {was}, absent {absent}")));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let names = |s: &SignalId| (&head.schema.signals[*s].name, counts[*s]);
    let silent: Vec<_> = (0..counts.len()).map(|s| names(&s)).filter(|(_, c)| c.0 < c.1).collect();
    println!("not told, or not on every row: {silent:?}");
    let part = |signals: &BTreeSet<SignalId>| {
        let (told, had) =
            signals.iter().map(|s| counts[*s]).fold((0, 0), |sum, count| (sum.0 + count.0, sum.1 + count.1));
        if had == 0 { 1.0 } else { f64::from(told) / f64::from(had) }
    };
    tiles(&head.spec).into_iter().map(|(name, signals)| (name, part(&signals))).collect()
}

/// Least part of a tile's values that a replay tells. Load in megawatts is not in the log, nor is it in the hardware
/// agent's log what a macro agent that is not there would do.
fn least(tile: &str) -> f64 {
    match tile {
        "grid" => 0.88,
        "signals" => 0.98,
        _ => 1.0,
    }
}

#[test]
fn a_hardware_log_alone_drives_the_tiles() {
    for (scenario, hardware) in [("default", "rule_based"), ("scenario_a", "pid"), ("scenario_b", "bang_bang")] {
        let dir = tempfile::tempdir().unwrap();
        let recorded = record(dir.path(), &c2g(&[("scenario", scenario)], &[("hardware", hardware)], 1_080));
        let parts = told(&recorded, &recorded.others[0], None);
        println!("{scenario}, {hardware}: {parts:.3?}");
        for (tile, part) in parts {
            let least = least(&tile);
            assert!(part >= least, "{scenario}: {tile} {part}");
        }
    }
}

#[test]
fn joined_logs_drive_the_tiles() {
    for (scenario, agents) in [("default", ["rule_macro", "rule_based"]), ("scenario_c", ["rule_macro", "pid"])] {
        let dir = tempfile::tempdir().unwrap();
        let setup = c2g(&[("scenario", scenario)], &[("macro", agents[0]), ("hardware", agents[1])], 1_440);
        let recorded = record(dir.path(), &setup);
        let of = |ending: &str| recorded.others.iter().find(|p| p.to_string_lossy().contains(ending)).unwrap();
        let parts = told(&recorded, of("_hardware"), Some(of("_macro").clone()));
        println!("{scenario}, {agents:?}: {parts:.3?}");
        for (tile, part) in parts {
            let least = least(&tile);
            assert!(part >= least, "{scenario}: {tile} {part}");
        }
        // Alone, the market is what the hardware agent's log does not tell.
        let alone = told(&recorded, of("_hardware"), None);
        let market = alone.iter().find(|(tile, _)| tile == "market").unwrap().1;
        assert!(market < 0.6, "{market}");
    }
}

#[test]
fn what_something_else_moved_is_not_claimed() {
    // A voltage dip, a pump that fails: the log knows nothing of either, and the chain does not follow any more.
    use c2g_twin::plant::{Operation, Override};
    use c2g_twin::record::TransitionWriter;
    use c2g_twin::rollout::{Intervention, Step};
    let dir = tempfile::tempdir().unwrap();
    let setup = c2g(&[], &[("hardware", "pid")], 240);
    let mut rollout = World::default().build(&setup).unwrap();
    let mut writer = TransitionWriter::create(dir.path(), &rollout).unwrap();
    let mut rows = Vec::new();
    for (input, value) in [("", 0.0), ("v_dip_pu", 0.01), ("v_dip_pu", 0.0), ("pump_factor", 0.3)] {
        if !input.is_empty() {
            let change = Some(Override { operation: Operation::Set, value });
            rollout.apply(&Intervention::Input { input: input.to_owned(), change }).unwrap();
        }
        for _ in 0..60 {
            assert_eq!(rollout.step().unwrap(), Step::Ran);
            writer.tick(&rollout).unwrap();
            rows.push(rollout.row().to_vec());
        }
    }
    writer.flush().unwrap();
    let path = writer.paths()[0].to_path_buf();
    let (tape, played) = super::read(&path);
    let at = |name: &str| tape.head().schema.find(name).unwrap();
    for name in ["p_ups_in_a_mw", "p_chiller_a_mw", "q_mvar", "hvac_regime", "cooling_a_impaired"] {
        let column = at(name);
        for (k, (is, was)) in played.iter().zip(&rows).enumerate() {
            let (is, was) = (is[column], was[column]);
            if !(180..).contains(&k) {
                assert_eq!(is.is_nan(), (60..120).contains(&k), "{name} at {k}: {is}");
            }
            assert!(is.is_nan() || (is - was).abs() < 8e-3, "{name} at {k}: replay {is}, run {was}");
        }
        let told = played[180..].iter().filter(|row| !row[column].is_nan()).count();
        assert!(told < 10, "{name}: {told} of 60 rows although the pump failed");
    }
}
