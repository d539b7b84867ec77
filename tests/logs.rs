//! The full log: what is written can be read by anybody, run again to the same bytes, cut off anywhere, and trusted.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod until;

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use c2g_twin::config::Error;
use c2g_twin::evaluate::{compute_rows, verify_log};
use c2g_twin::plant::{Operation, Override};
use c2g_twin::record::{ColumnNote, FullLog, LogHeader, LogWriter, Saved, read_full_log, recover};
use c2g_twin::rollout::{Intervention, Layer, LeverMode, LoggedIntervention, Rollout, Setup, Step, World};
use c2g_twin::session::{Command, RunView, Session, SessionOptions};
use proptest::prelude::*;
use tempfile::TempDir;
use until::until;

fn folder() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run.csv");
    (dir, path)
}

fn july() -> Setup {
    Setup { seed: 5, ..Setup::default_day().unwrap() }
}

/// Writes a log of so many ticks and returns the run.
fn write_log(path: &Path, setup: &Setup, ticks: u64) -> Rollout {
    let mut rollout = World::default().build(setup).unwrap();
    let mut log = LogWriter::create(path, &LogHeader::of(&rollout)).unwrap();
    for tick in 0..ticks {
        assert_eq!(rollout.step().unwrap(), Step::Ran);
        log.row(tick, rollout.row()).unwrap();
    }
    log.finish().unwrap();
    rollout
}

/// Bits of all values, every NaN as one.
fn bits(rows: &[Vec<f64>]) -> Vec<Vec<u64>> {
    let one = |v: &f64| if v.is_nan() { f64::NAN.to_bits() } else { v.to_bits() };
    rows.iter().map(|row| row.iter().map(one).collect()).collect()
}

fn lever(name: &str, mode: LeverMode) -> Intervention {
    Intervention::Lever { lever: name.to_owned(), mode }
}

fn input(name: &str, operation: Operation, value: f64) -> Intervention {
    Intervention::Input { input: name.to_owned(), change: Some(Override { operation, value }) }
}

fn driver(slot: &str, name: &str) -> Intervention {
    Intervention::Controller { slot: slot.to_owned(), name: name.to_owned() }
}

#[track_caller]
fn assert_replays(path: &Path, rows: u64) {
    let comparison = verify_log(&World::default(), path, 0.0).unwrap();
    assert!(comparison.holds(), "{comparison}");
    assert_eq!((comparison.rows, comparison.remark.as_deref()), (rows, None));
}

#[test]
fn a_header_comes_back_as_it_was_whatever_stands_in_it() {
    let (_dir, path) = folder();
    let mut setup = july();
    setup.fixed_actions.insert("bess_dispatch".into(), 0.1 + 0.2 - 1.0);
    setup.layers.push(Layer {
        name: "c:\\odd name: \"x\".yaml".into(),
        text: "# first\r\ncontrol:\n\n  pid:   # ünïcode · °C\n    kp: 1.25\n#check 1 2 3\n".into(),
    });
    setup.set.push("control.pid.ki=1e-3".into());
    setup.seed = u64::MAX;
    let rollout = write_log(&path, &setup, 3);
    let log = read_full_log(&path).unwrap();
    assert_eq!(log.header, LogHeader::of(&rollout));
    assert_eq!(log.header.setup, setup);
    assert_replays(&path, 3);
}

#[test]
fn other_programs_read_it_as_a_table_with_comments() {
    let (_dir, path) = folder();
    let rollout = write_log(&path, &july(), 600);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("#c2g-log 1\n") && text.ends_with('\n'));
    // As `pandas.read_csv(path, comment='#')` does: a comment begins anywhere in a line.
    let table: Vec<Vec<&str>> = text
        .lines()
        .map(|l| l.split('#').next().unwrap())
        .filter(|l| !l.is_empty())
        .map(|l| l.split(',').collect())
        .collect();
    let names = &table[0];
    assert_eq!(names[0], "tick");
    assert!(names[1..].iter().zip(&rollout.schema().signals).all(|(name, signal)| *name == signal.name));
    assert_eq!(names.len(), rollout.schema().len() + 1);
    assert_eq!(table.len(), 601);
    for (tick, row) in table[1..].iter().enumerate() {
        assert_eq!(row.len(), names.len(), "tick {tick}");
        assert_eq!(row[0], tick.to_string());
        assert!(row.iter().all(|cell| cell.is_empty() || cell.parse::<f64>().is_ok()), "tick {tick}");
    }
    // A check every 180 rows and at the end; lines with `#` in a row would have been cut above.
    let checks: Vec<&str> = text.lines().filter(|l| l.starts_with("#check ")).collect();
    let rows: Vec<&str> = checks.iter().map(|l| l.split(' ').nth(1).unwrap()).collect();
    assert_eq!(rows, ["180", "360", "540", "600"]);
    let log = read_full_log(&path).unwrap();
    assert_eq!((log.checked_rows, log.incomplete), (600, false));
}

/// A session whose worker is waited for.
struct Person(Session);

impl Person {
    fn begin(setup: Setup, log: Option<PathBuf>) -> Self {
        Self(Session::start(World::default(), setup, SessionOptions { log, ..SessionOptions::default() }).unwrap())
    }

    #[track_caller]
    fn wait(&self, wanted: impl Fn(&RunView) -> bool) -> Arc<RunView> {
        until(&self.0, wanted)
    }

    /// Sends a command and waits until it has been obeyed.
    #[track_caller]
    fn tell(&self, command: Command) -> Arc<RunView> {
        let before = self.0.view().generation;
        self.0.send(command);
        let view = self.wait(|v| v.generation > before);
        assert!(view.notices.is_empty(), "{:?}", view.notices);
        view
    }

    #[track_caller]
    fn steps(&self, ticks: u64) {
        for _ in 0..ticks {
            self.tell(Command::StepTick);
        }
    }

    #[track_caller]
    fn does(&self, what: Intervention) {
        self.tell(Command::Intervene(what));
    }
}

#[test]
fn moves_swaps_and_rewinds_are_replayed_to_the_same_bytes() {
    for noise in ["counter", "numpy"] {
        let (_dir, path) = folder();
        let person = Person::begin(Setup { noise: noise.to_owned(), ..july() }, Some(path.clone()));
        person.does(lever("hardware.bess_dispatch", LeverMode::Manual(0.5)));
        person.steps(40);
        person.does(lever("hardware.bess_dispatch", LeverMode::Auto));
        person.does(lever("throttle_batch", LeverMode::Pinned(0.25)));
        person.tell(Command::StepInterval);
        person.does(driver("hardware", "pid"));
        person.does(input("t_ambient_degc", Operation::Add, 8.0));
        person.does(input("regd", Operation::Hold, 0.0));
        person.tell(Command::StepInterval);
        person.does(driver("macro", "fixed"));
        person.steps(25);
        // Back before two of the moves: what is done now begins another future, with a log of its own.
        let first = person.tell(Command::GoTo { tick: 170 });
        assert_eq!((first.tick, first.reach()), (170, 385));
        person.does(driver("hardware", "bang_bang"));
        person.does(input("regd", Operation::Hold, 0.0));
        person.steps(15);
        person.does(lever("throttle_batch", LeverMode::Auto));
        person.does(Intervention::Input { input: "regd".into(), change: None });
        person.tell(Command::BackTick);
        person.tell(Command::StepInterval);
        person.tell(Command::StepInterval);
        let last = person.tell(Command::StepTick);
        let second = PathBuf::from(last.log.clone().unwrap());
        drop(person);
        let ticks = |log: &FullLog| log.inputs.iter().map(|i| i.tick).collect::<Vec<_>>();
        let log = read_full_log(&second).unwrap();
        assert_eq!((log.rows.len() as u64, last.tick), (541, 541));
        assert_eq!(ticks(&log), [0, 40, 40, 170, 170, 185, 185], "{noise}");
        assert_eq!(bits(&[log.rows[540].clone()]), bits(&[last.row.to_vec()]));
        assert_replays(&second, 541);
        // The run that stands beside has come along, and its log with it.
        let log = read_full_log(&path).unwrap();
        assert_eq!(second.file_name().unwrap(), "run-2.csv");
        assert_eq!(ticks(&log), [0, 40, 40, 180, 180, 180, 360], "{noise}: nothing that was recorded is lost");
        assert_replays(&path, log.rows.len() as u64);
        assert!(log.rows.len() >= 541, "{noise}: {} rows", log.rows.len());
    }
}

#[test]
fn what_is_done_at_the_present_instant_stays_done_however_one_comes_back_to_it() {
    let (_dir, path) = folder();
    let person = Person::begin(july(), Some(path.clone()));
    person.steps(7);
    person.does(lever("hardware.bess_dispatch", LeverMode::Pinned(-1.0)));
    let pinned = |view: &RunView| view.levers.iter().filter(|l| matches!(l.mode, LeverMode::Pinned(_))).count();
    assert_eq!(pinned(&person.tell(Command::GoTo { tick: 7 })), 1);
    assert_eq!(pinned(&person.tell(Command::GoTo { tick: 3 })), 0, "it was not pinned then");
    assert_eq!(pinned(&person.tell(Command::GoTo { tick: 7 })), 1);
    person.steps(3);
    drop(person);
    let log = read_full_log(&path).unwrap();
    assert_eq!((log.rows.len(), log.inputs.len()), (10, 1));
    assert_replays(&path, 10);
}

#[test]
fn a_log_that_begins_in_mid_run_holds_the_run_from_its_first_tick() {
    let (_dir, path) = folder();
    let person = Person::begin(july(), None);
    person.does(lever("hardware.hvac_effort", LeverMode::Manual(0.9)));
    person.tell(Command::StepInterval);
    person.does(driver("hardware", "pid"));
    person.does(lever("hardware.hvac_effort", LeverMode::Auto));
    person.tell(Command::Log(path.clone()));
    person.tell(Command::StepInterval);
    drop(person);
    assert_eq!(read_full_log(&path).unwrap().inputs.len(), 3);
    assert_replays(&path, 360);
}

#[test]
fn rows_reach_the_file_within_about_a_second_even_while_time_stands() {
    let (_dir, path) = folder();
    let person = Person::begin(july(), Some(path.clone()));
    person.steps(11);
    person.does(lever("hardware.bess_dispatch", LeverMode::Manual(0.5)));
    let begin = Instant::now();
    // The reader sees a log that is still being written: no check yet, and not an error.
    while read_full_log(&path).unwrap().inputs.is_empty() {
        assert!(begin.elapsed() < Duration::from_millis(2500), "nothing was flushed");
        std::thread::sleep(Duration::from_millis(20));
    }
    let log = read_full_log(&path).unwrap();
    assert_eq!((log.rows.len(), log.checked_rows, log.incomplete), (11, 0, false));
    let comparison = verify_log(&World::default(), &path, 0.0).unwrap();
    assert!(comparison.holds() && comparison.remark.as_deref().unwrap().contains("last 11 rows have no check"));
    drop(person);
    assert_replays(&path, 11);
}

#[test]
fn a_log_cut_off_at_any_byte_gives_its_whole_lines_or_says_where_it_ends() {
    let (_dir, path) = folder();
    // The last second of a log of the plant in a sample, and a small log nearly everywhere.
    write_log(&path, &july(), 200);
    let real = std::fs::read(&path).unwrap();
    let near_the_end = real.len() - 6_000..real.len();
    assert_prefixes_are_read(&path, &real, near_the_end.step_by(127).chain(real.len() - 20..real.len()));
    write_small_log(&path, 190);
    let small = std::fs::read(&path).unwrap();
    assert_prefixes_are_read(&path, &small, (0..small.len()).step_by(5).chain(small.len() - 150..small.len()));
}

/// Reads the log cut off at these bytes: its whole lines come back, or an error says where it ends.
fn assert_prefixes_are_read(path: &Path, bytes: &[u8], cuts: impl Iterator<Item = usize>) {
    std::fs::write(path, bytes).unwrap();
    let whole = read_full_log(path).unwrap();
    let names = bytes.windows(6).position(|w| w == b"\ntick,").unwrap() + 1;
    let header_end = names + bytes[names..].iter().position(|b| *b == b'\n').unwrap();
    for cut in cuts {
        std::fs::write(path, &bytes[..cut]).unwrap();
        match read_full_log(path) {
            Ok(log) => {
                assert!(cut > header_end, "cut at {cut}");
                assert_eq!(log.incomplete, bytes[cut - 1] != b'\n', "cut at {cut}");
                assert!(bits(&log.rows) == bits(&whole.rows[..log.rows.len()]), "cut at {cut}");
                let lines = bytes[header_end + 1..cut].split(|b| *b == b'\n');
                let rows = lines.rev().skip(1).filter(|l| l.first().is_some_and(u8::is_ascii_digit)).count();
                assert_eq!(log.rows.len(), rows, "cut at {cut}");
                assert!(log.rows.len() as u64 - log.checked_rows <= 180);
            }
            Err(error) => {
                assert!(cut <= header_end, "cut at {cut}: {error}");
                assert_located(&error, path);
            }
        }
    }
}

/// Writes a log of three columns with inputs between its rows.
fn write_small_log(path: &Path, rows: u64) {
    let mut writer = LogWriter::create(path, &small_header(3, 5)).unwrap();
    for tick in 0..rows {
        if tick % 50 == 7 {
            writer.input(tick, &driver("hardware", "pid")).unwrap();
        }
        writer.row(tick, &[value(tick), value(tick + 3), 0.1 * tick as f64]).unwrap();
    }
    writer.finish().unwrap();
}

/// The message names the file and what to do.
#[track_caller]
fn assert_located(error: &Error, path: &Path) {
    let text = error.to_string();
    assert!(text.starts_with(&path.display().to_string()) && !error.cure().is_empty(), "{text}");
}

#[test]
fn a_changed_byte_is_found_wherever_it_stands() {
    let (_dir, path) = folder();
    write_small_log(&path, 190);
    let bytes = std::fs::read(&path).unwrap();
    let whole = read_full_log(&path).unwrap();
    let body = bytes.windows(6).position(|w| w == b"\ntick,").unwrap() + 1;
    for at in (body..bytes.len()).step_by(5).chain(bytes.len() - 60..bytes.len()) {
        let flip = [0x01, 0x10, 0x80][at % 3];
        let mut changed = bytes.clone();
        changed[at] ^= flip;
        std::fs::write(&path, &changed).unwrap();
        match read_full_log(&path) {
            Err(error) => assert_located(&error, &path),
            // Without its end the last check is a line that was cut off: nothing that was recorded is wrong.
            Ok(log) => {
                assert!(at == bytes.len() - 1 && log.incomplete, "byte {at} ^ {flip:#x} goes unnoticed");
                assert_eq!(bits(&log.rows), bits(&whole.rows));
            }
        }
    }
}

#[test]
fn lines_that_were_taken_out_put_in_or_swapped_are_found() {
    let (_dir, path) = folder();
    write_log(&path, &july(), 200);
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let first = lines.iter().position(|l| l.starts_with("tick,")).unwrap() + 1;
    let broken = |change: &dyn Fn(&mut Vec<String>)| {
        let mut copy: Vec<String> = lines.iter().map(|l| (*l).to_owned()).collect();
        change(&mut copy);
        std::fs::write(&path, copy.join("\n") + "\n").unwrap();
        let error = read_full_log(&path).unwrap_err();
        assert_located(&error, &path);
        error.to_string()
    };
    assert!(broken(&|l| drop(l.remove(first + 5))).contains("tick `6` where 5 should stand"));
    assert!(broken(&|l| l.swap(first + 5, first + 6)).contains("tick `6` where 5"));
    assert!(broken(&|l| l.insert(first, "# a remark".into())).contains("neither a row nor an input nor a check"));
    assert!(broken(&|l| l[first + 3].push_str(",1")).contains("cells where"));
    assert!(broken(&|l| l[first + 3] = l[first + 3].replacen(',', ",x", 1)).contains(":2: `x"));
    let late = "#input 9 {\"controller\":{\"slot\":\"hardware\",\"name\":\"pid\"}}";
    assert!(
        broken(&|l| l.insert(first + 5, late.into())).contains("an input of tick 9 stands before the row of tick 5")
    );
    assert!(broken(&|l| l.insert(first + 5, "#input 5 {\"jump\":1}".into())).contains("what was done cannot be read"));
    assert!(broken(&|l| l[0] = "#c2g-log 2".into()).contains("format `#c2g-log 2` is not known"));
    assert!(broken(&|l| l[0] = "tick,a".into()).contains("this is not a full log"));
    assert!(broken(&|l| l[first - 1] = l[first - 1].replacen("soc_frac", "soc", 1)).contains("the column names"));
    assert!(broken(&|l| l[2] = "# tick_s: soon".into()).contains("expected"));
    // What belongs to another run is found when it is run again.
    let seed = lines.iter().position(|l| l.trim_start_matches("# ").trim() == "seed: 5").unwrap();
    let mut copy = lines.clone();
    copy[seed] = "#   seed: 6";
    std::fs::write(&path, copy.join("\n") + "\n").unwrap();
    let comparison = verify_log(&World::default(), &path, 0.0).unwrap();
    assert!(!comparison.holds(), "{comparison}");
}

#[test]
fn line_ends_of_windows_and_bytes_that_are_no_text() {
    let (_dir, path) = folder();
    write_log(&path, &july(), 200);
    let whole = read_full_log(&path).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace('\n', "\r\n")).unwrap();
    let log = read_full_log(&path).unwrap();
    assert_eq!(log.header, whole.header);
    assert_eq!((bits(&log.rows), log.checked_rows), (bits(&whole.rows), 200));
    assert_replays(&path, 200);
    let mut bytes = text.into_bytes();
    let at = bytes.windows(6).position(|w| w == b"\n100,0").or_else(|| bytes.windows(5).position(|w| w == b"\n100,"));
    bytes[at.unwrap() + 8] = 0xff;
    std::fs::write(&path, &bytes).unwrap();
    let error = read_full_log(&path).unwrap_err();
    assert!(error.to_string().contains(":8: this is not UTF-8 text"), "{error}");
    for nothing in [&b""[..], b"\n", b"#c2g-log 1", b"#c2g-log 1\n", b"#c2g-log 1\n# version: x\n", b"\0\0\0\0"] {
        std::fs::write(&path, nothing).unwrap();
        assert_located(&read_full_log(&path).unwrap_err(), &path);
    }
}

/// A header without a plant, for the writer alone.
fn small_header(columns: usize, tick_s: u32) -> LogHeader {
    let note = |k| ColumnNote { name: format!("c{k}"), unit: "MW".into(), kind: "mean".into(), doc: String::new() };
    LogHeader {
        version: "0".into(),
        tick_s,
        start: "2024-01-01T00:00:00".into(),
        regd_crc32: None,
        setup: Setup::default(),
        configuration: "a: 1\n".into(),
        signals: (0..columns).map(note).collect(),
    }
}

/// Digits that YAML would take for numbers.
#[test]
fn a_crc_is_read_back_as_it_was_written() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("log.csv");
    for crc in ["12345678", "00123456", "1e234567", "0e000000", "abcdef01", "00000000"] {
        let header = LogHeader { regd_crc32: Some(crc.to_owned()), ..small_header(1, 5) };
        LogWriter::create(&path, &header).unwrap().finish().unwrap();
        assert_eq!(read_full_log(&path).unwrap().header, header);
    }
}

/// What may happen to a log.
#[derive(Debug, Clone)]
enum Deed {
    Rows(u16),
    Input,
    Flush,
    /// Time is turned back to this share of what has been recorded.
    Back(f64),
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let deed = prop_oneof![
        4 => (1_u16..250).prop_map(Deed::Rows),
        2 => Just(Deed::Input),
        1 => Just(Deed::Flush),
        2 => prop_oneof![Just(1.0), Just(0.0), 0.0..1.0_f64].prop_map(Deed::Back),
    ];
    prop::collection::vec(deed, 1..24)
}

/// Values that are hard to write: signs, limits, gaps.
fn value(n: u64) -> f64 {
    match n % 11 {
        0 => f64::NAN,
        1 => -0.0,
        2 => f64::INFINITY,
        3 => f64::MIN_POSITIVE / 3.0,
        4 => 1e15 + n as f64,
        5 => 0.1 * n as f64,
        6 => -(n as f64),
        _ => f64::from_bits(n.wrapping_mul(0x9e37_79b9_7f4a_7c15) & !(1 << 62)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn a_log_is_what_was_written_and_not_taken_back(deeds in deeds(), slow in any::<bool>()) {
        let (_dir, path) = folder();
        let mut writer = LogWriter::create(&path, &small_header(3, if slow { 900 } else { 5 })).unwrap();
        let (mut rows, mut inputs, mut n) = (Vec::new(), Vec::new(), 0_u64);
        for deed in deeds {
            match deed {
                Deed::Rows(count) => for _ in 0..count {
                    let row: Vec<f64> = (0..3).map(|k| value(n + k)).collect();
                    n += 3;
                    writer.row(rows.len() as u64, &row).unwrap();
                    rows.push(row);
                },
                Deed::Input => {
                    n += 1;
                    let what = lever("hardware.bess_dispatch", LeverMode::Manual(0.1 * n as f64));
                    let tick = rows.len() as u64;
                    writer.input(tick, &what).unwrap();
                    inputs.push(LoggedIntervention { tick, what });
                }
                Deed::Flush => writer.flush().unwrap(),
                Deed::Back(share) => {
                    let keep = (rows.len() as f64 * share) as usize;
                    writer.truncate(keep as u64).unwrap();
                    rows.truncate(keep);
                    inputs.retain(|i| i.tick < keep as u64);
                }
            }
        }
        writer.finish().unwrap();
        let FullLog { rows: read, inputs: found, checked_rows, incomplete, .. } = read_full_log(&path).unwrap();
        prop_assert_eq!(bits(&read), bits(&rows));
        prop_assert_eq!(found, inputs);
        prop_assert_eq!((checked_rows, incomplete), (rows.len() as u64, false));
    }

    #[test]
    fn no_file_makes_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), head in any::<bool>()) {
        let (_dir, path) = folder();
        LogWriter::create(&path, &small_header(2, 5)).unwrap().finish().unwrap();
        let mut file = if head { std::fs::read(&path).unwrap() } else { b"#c2g-log 1\n".to_vec() };
        file.extend(bytes);
        std::fs::write(&path, file).unwrap();
        let _ = read_full_log(&path);
    }

    #[test]
    fn what_is_rescued_of_a_spoilt_log_is_what_was_written(
        hurts in prop::collection::vec((0.0..1.0_f64, 0.0..1.0_f64, 0_u8..4, any::<u8>()), 1..5)
    ) {
        let (dir, path) = folder();
        static WRITTEN: OnceLock<Vec<u8>> = OnceLock::new();
        let written = WRITTEN.get_or_init(|| {
            write_log(&path, &july(), 400);
            std::fs::read(&path).unwrap()
        });
        let mut bytes = written.clone();
        for (at, length, how, with) in hurts {
            let from = (at * bytes.len() as f64) as usize;
            // Most hurts are small, some take half of the file.
            let to = (from + (length.powi(6) * 0.5 * bytes.len() as f64) as usize + 1).min(bytes.len());
            match how {
                0 => bytes.truncate(to),
                1 => drop(bytes.drain(from..to)),
                2 => bytes[from..to].fill(with),
                _ => {
                    let copy = bytes[from..to].to_vec();
                    bytes.splice(from..from, copy);
                }
            }
            if bytes.is_empty() {
                break;
            }
        }
        std::fs::write(&path, &bytes).unwrap();
        let fixed = dir.path().join("fixed.csv");
        let world = World::default();
        let Ok(found) = recover(&path, &fixed, &|log, until| compute_rows(&world, &path, log, until)) else {
            prop_assert!(!fixed.exists());
            return Ok(());
        };
        prop_assert_eq!(found.saved() == Saved::Nothing, !fixed.exists());
        if fixed.exists() {
            let log = read_full_log(&fixed).unwrap();
            std::fs::write(&path, written).unwrap();
            let whole = read_full_log(&path).unwrap();
            prop_assert_eq!(log.rows.len() as u64, found.rows);
            let proven = found.proven.unwrap() as usize;
            prop_assert!(log.header != whole.header || bits(&log.rows[..proven]) == bits(&whole.rows[..proven]));
            prop_assert!(found.saved() != Saved::All || proven == 0 || found.rows >= found.proven.unwrap());
        }
    }
}
