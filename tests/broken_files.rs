//! Files that are cut off, spoilt or of another kind, over all formats: every error names the file, line and column where
//! there is one, what is wrong, and what to do.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod unreadable;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use c2g_twin::config::{Document, Error};
use c2g_twin::evaluate::results::Results;
use c2g_twin::evaluate::{Golden, SustainGolden, verify_log};
use c2g_twin::record::{EvaluationOrder, LogHeader, LogWriter, TransitionWriter};
use c2g_twin::record::{evaluation_header, read_evaluation_log, read_full_log};
use c2g_twin::rollout::{RegdFile, Rollout, Setup, Step, World};

/// A broken file, who reads it, and what the person is told.
struct Case {
    name: &'static str,
    bytes: Vec<u8>,
    reader: fn(&Path) -> Error,
    /// Words of the message; `$` stands for the file.
    says: &'static [&'static str],
    cure: &'static str,
}

fn case(
    name: &'static str,
    bytes: impl Into<Vec<u8>>,
    reader: fn(&Path) -> Error,
    says: &'static [&'static str],
    cure: &'static str,
) -> Case {
    Case { name, bytes: bytes.into(), reader, says, cure }
}

use unreadable::first_error as played;

fn world() -> World {
    World::default()
}

fn full(path: &Path) -> Error {
    read_full_log(path).unwrap_err()
}

fn verified(path: &Path) -> Error {
    verify_log(&world(), path, 0.0).unwrap_err()
}

fn evaluation(path: &Path) -> Error {
    read_evaluation_log(path).unwrap_err()
}

fn results(path: &Path) -> Error {
    Results::read(&[path]).unwrap_err()
}

fn setup(path: &Path) -> Error {
    Setup::from_file(path).unwrap_err()
}

/// The file as configuration of a run.
fn configured(path: &Path) -> Error {
    let mut document = Document::new();
    if let Err(error) = document.layer_file(path) {
        return error;
    }
    let text = std::fs::read_to_string(path).unwrap();
    let layer = c2g_twin::rollout::Layer { name: path.display().to_string(), text };
    world().build(&Setup { layers: vec![layer], ..Setup::default() }).err().unwrap()
}

/// The file as the one that explains a run of noise.
fn noise(path: &Path) -> Error {
    let setup = Setup { noise: format!("recorded={}", path.display()), ..Setup::default() };
    world().build(&setup).err().unwrap()
}

fn regd(path: &Path) -> Error {
    let setup = Setup { regd: Some(RegdFile { file: path.to_path_buf(), step_s: 2.0 }), ..Setup::default() };
    world().build(&setup).err().unwrap()
}

/// The file as the batch trace of an otherwise sound folder.
fn batch(path: &Path) -> Error {
    let root = path.parent().unwrap().join("set");
    std::fs::create_dir_all(root.join("workload_traces")).unwrap();
    std::fs::copy(path, root.join("workload_traces/batch_v2023.csv")).unwrap();
    world().build(&Setup { data: Some(root), ..Setup::default() }).err().unwrap()
}

/// The file as weather, carbon intensity or workload of a SustainDC folder.
fn hourly(path: &Path, folder: &str, name: &str) -> Error {
    let root = path.parent().unwrap().join("hourly");
    let _ = std::fs::remove_dir_all(&root);
    std::fs::create_dir_all(root.join(folder)).unwrap();
    std::fs::copy(path, root.join(folder).join(name)).unwrap();
    world().build(&Setup { plant: "sustaindc".into(), data: Some(root), ..Setup::default() }).err().unwrap()
}

fn weather(path: &Path) -> Error {
    hourly(path, "Weather", "USA_NY_New.York-LaGuardia.epw")
}

fn carbon(path: &Path) -> Error {
    hourly(path, "CarbonIntensity", "NY_NG_&_avgCI.csv")
}

fn workload(path: &Path) -> Error {
    hourly(path, "Workload", "Alibaba_CPU_Data_Hourly_1.csv")
}

fn golden(path: &Path) -> Error {
    match Golden::open(path) {
        Ok(golden) => golden.verify(1e-9, &mut |_| Ok(())).err().unwrap(),
        Err(error) => error,
    }
}

fn sustain_golden(path: &Path) -> Error {
    SustainGolden::open(path).err().unwrap()
}

/// The logs of a short run.
struct Sound {
    full: String,
    hardware: String,
    market: String,
}

fn sound() -> &'static Sound {
    static LOGS: OnceLock<Sound> = OnceLock::new();
    LOGS.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        let setup = Setup { ticks: Some(365), ..Setup::default_day().unwrap() };
        let mut rollout: Rollout = world().build(&setup).unwrap();
        let path = dir.path().join("full.csv");
        let mut log = LogWriter::create(&path, &LogHeader::of(&rollout)).unwrap();
        let mut transitions = TransitionWriter::create(dir.path(), &rollout).unwrap();
        while rollout.step().unwrap() == Step::Ran {
            log.row(rollout.tick() - 1, rollout.row()).unwrap();
            transitions.tick(&rollout).unwrap();
        }
        log.finish().unwrap();
        transitions.flush().unwrap();
        let paths: Vec<PathBuf> = transitions.paths().iter().map(|p| p.to_path_buf()).collect();
        let read = |path: &Path| std::fs::read_to_string(path).unwrap();
        let of = |slot: &str| read(paths.iter().find(|p| p.to_string_lossy().contains(slot)).unwrap());
        Sound { full: read(&path), hardware: of("_hardware"), market: of("_macro") }
    })
}

/// The text with its first `from` as `to`.
fn swap(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1)
}

fn full_logs() -> Vec<Case> {
    let text = &sound().full;
    let names = text.find("\ntick,").unwrap() + 1;
    let row = |tick: u64| text.find(&format!("\n{tick},")).unwrap() + 1;
    let put = |at: usize, what: &str| format!("{}{what}{}", &text[..at], &text[at..]);
    let cut = |from: usize, to: usize| format!("{}{}", &text[..from], &text[to..]);
    let mut garbled = text.clone().into_bytes();
    garbled[row(3) + 7] = 0xfe;
    vec![
        case("empty.csv", "", full, &["$:1: this is not a full log"], "run --log"),
        case("other.csv", "tick,a\n0,1\n", full, &["$:1: this is not a full log", "`#c2g-log 1`"], "run --log"),
        case("newer.csv", "#c2g-log 7\n", full, &["$:1: format `#c2g-log 7` is not known"], "version"),
        case(
            "headless.csv",
            "#c2g-log 1\n# version: 1\n",
            full,
            &["$:3: the log ends inside its header"],
            "record again",
        ),
        case("head.csv", &text[..names / 2], full, &["the log ends inside its header"], "record again"),
        case("yaml.csv", swap(text, "# version:", "# version: ["), full, &["$ (header, from line 2):"], ""),
        case("key.csv", swap(text, "# tick_s:", "# tick_t:"), full, &["$ (header", "unknown key `tick_t`"], "tick_s"),
        case("number.csv", swap(text, "# tick_s: 5", "# tick_s: five"), full, &["$ (header", "expected", "five"], ""),
        case("names.csv", swap(text, "\ntick,", "\ntock,"), full, &["the column names are not those"], "Restore"),
        case("word.csv", put(row(2) + 2, "x"), full, &["`x", "is not a number"], "as it was written"),
        case("wide.csv", put(row(2) - 1, ",1"), full, &["cells where"], "as it was written"),
        case("gap.csv", cut(row(2), row(4)), full, &[":1: tick `4` where 2 should stand"], "as it was written"),
        case("twice.csv", put(row(3), &text[row(2)..row(3)]), full, &["tick `2` where 3 should stand"], "as it was"),
        case(
            "changed.csv",
            swap(text, "\n#check 180 ", "\n#check 181 "),
            full,
            &["the check does not hold"],
            "Use the log",
        ),
        case(
            "remark.csv",
            put(row(2), "# mine\n"),
            full,
            &["neither a row nor an input nor a check"],
            "Take the line out",
        ),
        case("when.csv", put(row(2), "#input soon {}\n"), full, &["`soon` is not a tick"], "Restore the line"),
        case("late.csv", put(row(2), "#input 9 {\"jump\":1}\n"), full, &["what was done cannot be read"], "Restore"),
        case("bare.csv", put(row(2), "#input\n"), full, &["neither a row nor an input"], "Take the line out"),
        case("bytes.csv", garbled, full, &[":8: this is not UTF-8 text"], "as it was written"),
        case("policy.csv", swap(text, "rule_based", "rule_bosed"), verified, &["rule_bosed"], "rule_based"),
        case("plant.csv", swap(text, "plant: c2g", "plant: d3h"), verified, &["unknown plant `d3h`"], "Known: c2g"),
    ]
}

fn transitions() -> Vec<Case> {
    let (hardware, market) = (&sound().hardware, &sound().market);
    let header = hardware.lines().next().unwrap();
    let bids = market.lines().next().unwrap();
    vec![
        case("nothing.csv", "", played, &["$: the file is empty"], "record again"),
        case("blank.csv", " \n\t\n", played, &["$: the file is empty"], "record again"),
        case("rowless.csv", format!("{header}\r\n"), played, &["$: there are no rows"], "record again"),
        case(
            "words.csv",
            format!("{header}\r\na,b\r\n"),
            played,
            &["no row can be read", "$:2:1: `a` is not a number"],
            "",
        ),
        case("short.csv", format!("{header}\n0,1,1\n"), played, &["$:2:3: 3 cells where"], "as it was written"),
        case("cut.csv", format!("{header}\n0,1"), played, &["$: there are no rows"], "as it was written"),
        case("macro.csv", format!("{bids}\n"), played, &["$: there are no rows"], "record again"),
        case("bid.csv", format!("{bids}\n0,high\n"), played, &["$:2:2: `high` is not a number"], "as it was written"),
        case("ha.csv", swap(header, "a_throttle_batch", "a_t") + "\n~\n", played, &["no row can be read"], "as it was"),
        case(
            "agent.csv",
            "timestep,s_x,a_y,o_x,r\n",
            played,
            &["$:1: transitions of an agent that is not known"],
            "macro",
        ),
        case(
            "after.csv",
            "timestep,s_temp_A_norm,a_hvac_effort,r\n0,1,1,0\n",
            played,
            &["$:1: no column of what came after"],
            "line of names",
        ),
        case(
            "latin.csv",
            [header.as_bytes(), b"\n0,\xe4\n"].concat(),
            played,
            &["$:2:2: this is not UTF-8 text"],
            "as it was",
        ),
        case("utf16.csv", b"\xff\xfet\0i\0".as_slice(), played, &["$: this is UTF-16 text"], "UTF-8"),
        case("packed.csv", b"\x1f\x8b\x08\0".as_slice(), played, &["$: this is a packed file"], "Unpack"),
        case("table.parquet", b"PAR1\x15\0PAR1".as_slice(), played, &["$: this is a Parquet file"], "CSV"),
        case("golden.json", "{\"plant\": \"c2g\"}", played, &["$:1: this is JSON"], "verify"),
    ]
}

fn sustaindc() -> Vec<Case> {
    let header = evaluation_header(EvaluationOrder::Evaluation);
    let row = |cell: &str| format!("{header}\n{}\n", vec![cell; 34].join(","));
    vec![
        case("none.csv", "", evaluation, &["$: the file is empty"], "all_agents_episode_N.csv"),
        case("column.csv", swap(&row("1"), ",hour,", ",hours,"), evaluation, &["the column `hour` is missing"], ""),
        case("cell.csv", row("x"), evaluation, &["$:2:1: `x` is not a number"], "as it was written"),
        case(
            "cells.csv",
            format!("{header}\n1,2\n"),
            evaluation,
            &["$:2:2: 2 cells where 34 should stand"],
            "as it was",
        ),
        case("text.csv", b"\xff\xfe\xfd".as_slice(), evaluation, &["$: cannot read"], "UTF-8"),
        case("days.csv", format!("{header}\n"), played, &["$: there are no rows"], "record again"),
    ]
}

fn benchmarks() -> Vec<Case> {
    vec![
        case("r1.csv", "", results, &["$: the file is empty"], "benchmark"),
        case("r2.csv", "name,value\na,1\n", results, &["$:1: there is no column `agent`", "found: name, value"], ""),
        case("r3.csv", "agent,seed\na,1\n", results, &["$:1: there is no column `scenario` or `location`"], ""),
        case("r4.csv", "agent,scenario,x\na,b,1\n", results, &["there is no column `seed` or `n_episodes`"], ""),
        case("r5.csv", "agent,scenario,seed,agent\n", results, &["$:1: the column `agent` stands twice"], "Keep one"),
        case("r6.csv", "agent,scenario,seed,mean_reward\n", results, &["$: there is a header and no row"], "again"),
        case(
            "r7.csv",
            "agent,scenario,seed,mean_reward\npid,default\n",
            results,
            &["no row can be used", ":2"],
            "again",
        ),
        case(
            "r8.csv",
            b"agent,scenario\n\xff,1\n".as_slice(),
            results,
            &["$:2:1: this is not UTF-8 text"],
            "benchmark",
        ),
    ]
}

fn configurations() -> Vec<Case> {
    vec![
        case("c1.yaml", "site:\n  t_saf_degc: 35\n", configured, &["$:2:3: unknown key `t_saf_degc`"], "`t_safe_degc`"),
        case(
            "c2.yaml",
            "sit:\n  t_safe_degc: 35\n",
            configured,
            &["$:1:1: unknown section `sit`"],
            "Did you mean `site`",
        ),
        case(
            "c3.yaml",
            "site:\n  t_safe_degc: 1000\n",
            configured,
            &["$:2:16: `site.t_safe_degc` is 1000 degC"],
            "from 20",
        ),
        case(
            "c4.yaml",
            "site:\n  t_safe_degc: warm\n",
            configured,
            &["$:2:16: `site.t_safe_degc`: expected a number, found the text `warm`"],
            "",
        ),
        case("c5.yaml", "site:\n  t_safe_degc: [3\n", configured, &["$:"], "indentation"),
        case("c6.yaml", "site: {}\nsite: {}\n", configured, &["$:2:1"], ""),
        case("c7.yaml", "a: \u{7}b\n", configured, &["$:1:4"], ""),
        case("c8.yaml", b"a: \xff\n".as_slice(), configured, &["$:1:4: the byte 0xff is not UTF-8"], "UTF-8"),
        case("c9.yaml", "- 1\n- 2\n", configured, &["$:1:1: expected a map"], ""),
        case("s1.yaml", "hardware: pid\n", setup, &["$:1:1: unknown key `hardware`"], "policies"),
        case("s2.yaml", "seed: many\n", setup, &["$:1:7: `seed`: expected a whole number", "`many`"], ""),
        case(
            "s3.yaml",
            "policies: [a]\n",
            setup,
            &["$:1:11: `policies`: expected a map of keys and values, found a list"],
            "",
        ),
        case("s4.yaml", "on_trip: halt\n", setup, &["$:1:10", "halt"], "ride_through"),
    ]
}

fn series() -> Vec<Case> {
    let head = "k,regd_z,freq_z\n";
    let batch_head = "tick,gpu_milli_request,avg_duration_ticks\n";
    vec![
        case("n1.csv", "", noise, &["$: the recording is empty"], "header line such as"),
        case("n2.csv", head, noise, &["$", "there is no row in column `regd_z`"], "Add the column"),
        case("n3.csv", format!("{head}0,0.1,x\n"), noise, &["$:2:3", "`x`"], ""),
        case("n4.csv", format!("{head}0,nan,1\n"), noise, &["$:2:2: `regd_z` is NaN"], ""),
        case("n5.csv", "k,freq_z\n0,0.5\n", noise, &["$", "there is no column `regd_z`"], "Columns found: k, freq_z"),
        case("n6.csv", format!("{head}5,0.1,0\n"), noise, &["$:2:1: the row counts `5`, expected 0"], "without gaps"),
        case("g1.csv", "", regd, &["$: there is no value of the signal"], "last column"),
        case("g2.csv", "time,regd\n0,0.5\n2,1.5\n", regd, &["$:3:2: 1.5 lies beyond ±1"], "from -1 to 1"),
        case("g3.csv", "regd\n0.1\n\u{1F}?\n", regd, &["$:3:1: `", "` is no number"], "from -1 to 1"),
        case("g4.csv", "regd\n", regd, &["$: there is no value of the signal"], "one value a row"),
        case("t1.csv", "", batch, &["batch_v2023.csv: the file is empty"], "first line is"),
        case("t2.csv", "when,what\n1,2\n", batch, &["batch_v2023.csv:1:1: the column", "is missing"], "first line is"),
        case("t3.csv", batch_head, batch, &["batch_v2023.csv: the file has a header but no rows"], "complete"),
        case("t4.csv", format!("{batch_head}0,x,1\n"), batch, &["batch_v2023.csv:2:3: `gpu_milli_request` is `x`"], ""),
        case("w1.epw", "", weather, &["epw:1: the first line is not LOCATION"], "EnergyPlus"),
        case("w2.epw", "LOCATION,New York\n", weather, &["epw:9: 0 hours after the header"], "EnergyPlus"),
        case(
            "w3.epw",
            format!("LOCATION,x{}1,2\n", "\n".repeat(8)),
            weather,
            &["epw:9: 2 cells, at least"],
            "EnergyPlus",
        ),
        case("i1.csv", "timestamp,CI\na,1\n", carbon, &[".csv:1: unknown column `avg_CI`"], "Known"),
        case("i2.csv", "timestamp,avg_CI\na,\n", carbon, &[".csv:2: no row has a value in `avg_CI`"], "hourly rows"),
        case("l1.csv", ",cpu_load\n1,full\n", workload, &[".csv:2: `full` in column `cpu_load`"], "hourly rows"),
        case("l2.csv", b",cpu_load\n1,\xff\n".as_slice(), workload, &[".csv:2: this is not UTF-8 text"], "hourly rows"),
    ]
}

fn goldens() -> Vec<Case> {
    vec![
        case("j1.json", "", golden, &["$:1", "EOF"], "JSON header"),
        case("j2.json", "{\"file\": ", golden, &["$:1:9", "EOF"], "JSON header"),
        case("j3.json", "{}", golden, &["$", "has no `file`"], ""),
        case("j4.json", "{\"file\": \"none.csv\"}", golden, &["none.csv: cannot read"], "Check the path"),
        case("j5.json", b"{\"a\": \"\xff\"}".as_slice(), golden, &["$: cannot read"], "UTF-8"),
        case("j6.json", "[1", sustain_golden, &["$:1:2", "EOF"], "JSON header"),
        case("j7.json", "{}", sustain_golden, &["j7.csv: cannot read"], "Check the path"),
    ]
}

#[cfg(feature = "onnx")]
fn networks() -> Vec<Case> {
    fn network(path: &Path) -> Error {
        c2g_twin::control::onnx::Network::open(path, None).err().unwrap()
    }
    vec![
        case("o1.onnx", "", network, &["$: this file is empty"], "Export the network again"),
        case("o2.onnx", b"PK\x03\x04..".as_slice(), network, &["$: this is a zip archive"], "Export the network again"),
        case("o3.onnx", "hello\n", network, &["$: this network cannot be loaded"], "Export the network again"),
        case("o4.onnx", b"\x80\x02.".as_slice(), network, &["$: this is a Python pickle"], "Export the network again"),
    ]
}

#[test]
fn at_least_sixty_broken_files_are_told_with_place_and_cure() {
    let dir = tempfile::tempdir().unwrap();
    #[allow(unused_mut)]
    let mut cases =
        [full_logs(), transitions(), sustaindc(), benchmarks(), configurations(), series(), goldens()].concat_all();
    #[cfg(feature = "onnx")]
    cases.extend(networks());
    let mut faults = Vec::new();
    for Case { name, bytes, reader, says, cure } in &cases {
        let path = dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let Ok(error) = std::panic::catch_unwind(|| reader(&path)) else {
            faults.push(format!("{name}: it was read, or the reader broke down"));
            continue;
        };
        let (text, told) = (error.to_string(), error.cure());
        let at = path.display().to_string();
        for word in says.iter().map(|word| word.replace('$', &at)).filter(|word| !text.contains(word)) {
            faults.push(format!("{name}: `{word}` is not in `{text}`"));
        }
        if told.is_empty() || !told.contains(cure) {
            faults.push(format!("{name}: `{cure}` is not in the cure `{told}` of `{text}`"));
        }
        if text.len() > 600 || text.lines().count() > 1 {
            faults.push(format!("{name}: too long for a line: {text}"));
        }
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
    assert!(cases.len() >= 60, "{} files", cases.len());
}

/// Lists one after the other.
trait ConcatAll {
    fn concat_all(self) -> Vec<Case>;
}

impl<const N: usize> ConcatAll for [Vec<Case>; N] {
    fn concat_all(self) -> Vec<Case> {
        self.into_iter().flatten().collect()
    }
}
