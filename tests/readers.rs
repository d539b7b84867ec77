//! Whatever stands in a file, its reader neither panics nor hangs nor fills the memory; it says what is wrong, with a
//! cure. Bytes at random, text that is nearly a table, and good files with something broken in them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod recorded;

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::OnceLock;

use c2g_twin::config::Document;
use c2g_twin::noise::{self, NoiseKind};
use c2g_twin::record::{Change, Item, Tape, TapeOptions, detect, read_evaluation_log, read_full_log};
use c2g_twin::rollout::World;
use c2g_twin::trace::RegdSignal;
use proptest::prelude::*;
use recorded::{c2g, record, sustaindc};
use tempfile::TempDir;

/// One good file of each kind, with its name.
struct Good {
    _dir: TempDir,
    files: Vec<(String, Vec<u8>)>,
    world: World,
}

fn good() -> &'static Good {
    static GOOD: OnceLock<Good> = OnceLock::new();
    GOOD.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        let both = record(dir.path(), &c2g(&[], &[("macro", "rule_macro"), ("hardware", "pid")], 400));
        let other = dir.path().join("other");
        std::fs::create_dir(&other).unwrap();
        let hall = record(&other, &sustaindc(60));
        let named = |name: &str, path: &Path| (name.to_owned(), std::fs::read(path).unwrap());
        let of = |ending: &str| both.others.iter().find(|p| p.to_string_lossy().contains(ending)).unwrap();
        let mut files = vec![
            named("full.csv", &both.full),
            named("hardware.csv", of("_hardware")),
            named("macro.csv", of("_macro")),
            named("evaluation.csv", &hall.others[0]),
        ];
        let rows: String = (0..40).map(|k| format!("2024-07-01 {:02}:00;{k};\"{}\";a\r\n", k % 24, k * k)).collect();
        files.push(("table.csv".to_owned(), format!("when;x_mw;\"y; usd\";z\r\n{rows}").into_bytes()));
        let rows: String = (0..40).map(|k| format!("{k},{}\n", f64::from(k) / 7.0)).collect();
        files.push(("bare.csv".to_owned(), format!("time_s,x\n{rows}").into_bytes()));
        Good { _dir: dir, files, world: World::default() }
    })
}

/// Most ticks that a small file can make: rows, and gaps as far as they are admitted.
const MOST: usize = 500_000;

/// Reads a file with everything that reads logs.
fn read(path: &Path, partner: Option<PathBuf>) {
    let world = &good().world;
    let kind = detect(path);
    if let Err(error) = &kind {
        assert!(!error.cure().is_empty() && !error.to_string().is_empty());
    }
    for (patient, episode) in [(false, 0), (true, 0), (false, 1)] {
        let options = TapeOptions { episode, partner: partner.clone(), ..TapeOptions::default() };
        let mut tape = match Tape::open_with(path, &options, world) {
            Ok(tape) => tape,
            Err(error) => {
                assert!(!error.cure().is_empty() && !error.to_string().is_empty());
                continue;
            }
        };
        tape.set_patient(patient);
        let mut row = vec![0.0; tape.head().schema.len()];
        let mut ticks = 0;
        loop {
            match tape.next(&mut row) {
                Ok(Some(Item::Row)) => ticks += 1,
                Ok(Some(Item::Gap)) => {
                    assert!(row.iter().all(|v| v.is_nan()));
                    ticks += 1;
                }
                Ok(Some(Item::Input(_))) => {}
                Ok(None) => break,
                Err(error) => {
                    assert!(!error.cure().is_empty());
                    break;
                }
            }
            assert!(ticks < MOST, "{} makes {ticks} ticks", path.display());
        }
        assert_eq!(tape.poll(), Change::Same);
        assert!((0.0..=1.0).contains(&tape.progress()) && tape.bad().listed.len() <= 200);
    }
    // The others that read the same files.
    let _ = read_evaluation_log(path);
    let _ = read_full_log(path);
}

fn put(dir: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = dir.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// Something that goes wrong with a file.
#[derive(Debug, Clone)]
enum Harm {
    /// Another byte at a place.
    Byte(f64, u8),
    /// Bytes are lacking.
    Cut(f64, u16),
    /// Bytes stand there twice.
    Twice(f64, u16),
    /// Something else stands there.
    Put(f64, &'static str),
    /// It ends.
    End(f64),
}

/// What breaks numbers, lines and quotes.
const BITS: [&str; 16] = [
    "\n",
    "\r\n",
    "\"",
    ",",
    ";",
    "#",
    "#input 3 {\"lever\"",
    "nan",
    "1e308",
    "-1e999",
    "99999999999999999999",
    "\u{feff}",
    "é",
    "\t\t",
    "0,0,0,0,0,0\n",
    "\n# x: [\n",
];

fn harm() -> impl Strategy<Value = Harm> {
    let at = 0.0..1.0_f64;
    prop_oneof![
        (at.clone(), any::<u8>()).prop_map(|(at, byte)| Harm::Byte(at, byte)),
        (at.clone(), 1_u16..400).prop_map(|(at, n)| Harm::Cut(at, n)),
        (at.clone(), 1_u16..400).prop_map(|(at, n)| Harm::Twice(at, n)),
        (at.clone(), proptest::sample::select(&BITS[..])).prop_map(|(at, bit)| Harm::Put(at, bit)),
        at.prop_map(Harm::End),
    ]
}

fn harmed(mut bytes: Vec<u8>, harms: &[Harm]) -> Vec<u8> {
    for harm in harms {
        let place = |at: f64| ((at * bytes.len() as f64) as usize).min(bytes.len());
        match *harm {
            Harm::Byte(at, byte) => {
                let at = place(at);
                if let Some(cell) = bytes.get_mut(at) {
                    *cell = byte;
                }
            }
            Harm::Cut(at, n) => {
                let from = place(at);
                let to = (from + usize::from(n)).min(bytes.len());
                bytes.drain(from..to);
            }
            Harm::Twice(at, n) => {
                let from = place(at);
                let to = (from + usize::from(n)).min(bytes.len());
                let part = bytes[from..to].to_vec();
                bytes.splice(from..from, part);
            }
            Harm::Put(at, bit) => {
                let at = place(at);
                bytes.splice(at..at, bit.bytes());
            }
            Harm::End(at) => {
                let at = place(at);
                bytes.truncate(at);
            }
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, max_shrink_iters: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_at_random_harm_no_reader(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let dir = tempfile::tempdir().unwrap();
        read(&put(&dir, "random.csv", &bytes), None);
    }

    #[test]
    fn text_that_is_nearly_a_table_harms_no_reader(text in "([a-z_ \"#]{0,6}[,;\t]){0,4}[a-z]{0,3}\n(([0-9.e\"-]{0,6}|[a-z/: -]{0,8})[,;\t\n]){0,40}") {
        let dir = tempfile::tempdir().unwrap();
        let path = put(&dir, "table.csv", text.as_bytes());
        read(&path, None);
        let _ = RegdSignal::read(&path, 2.0);
    }

    #[test]
    fn good_files_with_something_broken_harm_no_reader(
        which in 0_usize..6,
        harms in proptest::collection::vec(harm(), 1..6),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let (name, bytes) = &good().files[which];
        let path = put(&dir, name, &harmed(bytes.clone(), &harms));
        read(&path, None);
        if name == "macro.csv" {
            // Beside a good log of the hardware agent.
            let lower = put(&dir, "hardware.csv", &good().files[1].1);
            read(&lower, Some(path));
        }
    }

    #[test]
    fn other_files_with_something_broken_harm_no_reader(harms in proptest::collection::vec(harm(), 1..6)) {
        let dir = tempfile::tempdir().unwrap();
        let recording = harmed(b"tick,regd_z,freq_z\n0,0.5,-0.25\n1,0.125,1\n2,-1.5,0.75\n".to_vec(), &harms);
        let recording = put(&dir, "noise.csv", &recording);
        let spec = good().world.tables(&Default::default(), &good().world.configuration(&Default::default()).unwrap()).unwrap();
        if let Ok(kind) = NoiseKind::from_str(&format!("recorded={}", recording.display())) {
            let _ = noise::build(&kind, 1, &spec.streams);
        }
        let signal = put(&dir, "regd.csv", &harmed(b"t,regd\n0,0.1\n2,0.2\n4,-0.4\n".to_vec(), &harms));
        let _ = RegdSignal::read(&signal, 2.0);
        let yaml = harmed(b"plant: c2g\nset:\n  - a.b=1\naxes: {scenario: default}\nseed: 7\n".to_vec(), &harms);
        let _ = Document::new().layer_text("x.yaml", &String::from_utf8_lossy(&yaml));
    }
}
