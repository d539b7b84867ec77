//! Any table with a line of names is played: its columns are signals, its time is found, its rows stand at their time.

use std::path::{Path, PathBuf};

use c2g_twin::record::{Item, LogKind, Provenance, ROW_NUMBER, Tape, TapeOptions, detect};
use c2g_twin::rollout::World;

use super::read;

fn write(dir: &Path, name: &str, text: &str) -> PathBuf {
    let path = dir.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn a_table_becomes_a_plant() {
    let dir = tempfile::tempdir().unwrap();
    let text = "\u{feff}when;total_mw;\"price; usd\";site;Indoor (C)\r\n\
                2024-07-01 00:00;1.5;20;a;21\r\n\
                2024-07-01 00:15;-2;\"21\";b;22\r\n\
                2024-07-01 00:45;3;22;c;\r\n";
    let path = write(dir.path(), "power.csv", text);
    assert_eq!(detect(&path).unwrap(), LogKind::Table);
    let (tape, rows) = read(&path);
    let head = tape.head();
    let names: Vec<&str> = head.schema.signals.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names, ["total_mw", "price_usd", "indoor_c"]);
    let units: Vec<&str> = head.schema.signals.iter().map(|s| s.unit.as_str()).collect();
    assert_eq!(units, ["MW", "$", "°C"]);
    assert_eq!((head.spec.calendar.tick_s, head.spec.calendar.start.to_string()), (900, "2024-07-01T00:00:00".into()));
    assert_eq!(rows.len(), 4);
    assert_eq!(rows[1], [-2.0, 21.0, 22.0]);
    assert!(rows[2].iter().all(|v| v.is_nan()), "a quarter of an hour is lacking");
    assert!(rows[3][..2] == [3.0, 22.0] && rows[3][2].is_nan());
    assert_eq!(tape.bad().count, 0, "{:?}", tape.bad().listed);
    assert_eq!(head.provenance[0], Provenance::Logged("total_mw".to_owned()));
    assert!(head.notes.iter().any(|n| n.contains("1 columns hold text and are left out: site")), "{:?}", head.notes);
    assert_eq!(head.time.as_ref().unwrap().chosen.as_deref(), Some("when"));
}

#[test]
fn another_time_column_can_be_taken() {
    let dir = tempfile::tempdir().unwrap();
    let path = write(dir.path(), "a.csv", "time_s,other_min,x\n0,10,1\n5,11,2\n15,13,3\n");
    let open = |column: Option<&str>| {
        let options = TapeOptions { time_column: column.map(str::to_owned), ..TapeOptions::default() };
        Tape::open_with(&path, &options, &World::default())
    };
    let names = |tape: &Tape| tape.head().schema.signals.iter().map(|s| s.name.clone()).collect::<Vec<_>>();
    let tape = open(None).unwrap();
    assert_eq!((names(&tape), tape.head().spec.calendar.tick_s), (vec!["other_min".into(), "x".into()], 5));
    let tape = open(Some("other_min")).unwrap();
    assert_eq!((names(&tape), tape.head().spec.calendar.tick_s), (vec!["time_s".into(), "x".into()], 60));
    let tape = open(Some(ROW_NUMBER)).unwrap();
    assert_eq!((names(&tape).len(), tape.head().spec.calendar.tick_s), (3, 1));
    assert!(open(Some("y")).err().unwrap().to_string().contains("unknown time column `y`"));
}

#[test]
fn bad_rows_of_a_table_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let text = "t,x,y\n0,1,1\n1,soon,1\n2,1\n1,1,1\n3,1,1\nlater,1,1\n4,\"a\nb\",1\n5,1,1\n99999999,1,1\n6,1,1\n";
    let rest: String = (7..40).map(|k| format!("{k},1,1\n")).collect();
    let path = write(dir.path(), "a.csv", &format!("{text}{rest}"));
    // A column that is mostly a time is named, since so many of its cells are none.
    let options = TapeOptions { time_column: None, ..TapeOptions::default() };
    let mut tape = Tape::open_with(&path, &options, &World::default()).unwrap();
    let mut row = [0.0; 3];
    while tape.next(&mut row[..tape.head().schema.len()]).unwrap().is_some() {}
    let listed = tape.bad().listed.join("\n");
    for what in ["a.csv:3:2: `soon` is not a number", "a.csv:4:2: 2 cells where 3 should stand"] {
        assert!(listed.contains(what), "{what}\n{listed}");
    }
    assert!(listed.contains("`a\nb` is not a number"), "{listed}");
}

#[test]
fn time_that_goes_back_is_left_out() {
    let dir = tempfile::tempdir().unwrap();
    let begin: String = (0..1_200).map(|k| format!("{},1\n", 5 * k)).collect();
    let path =
        write(dir.path(), "a.csv", &format!("time_s,x\n{begin}5990,2\n5995,2\nsoon,2\n6000,2\n6010,3\n99999999,1\n"));
    let (tape, rows) = read(&path);
    assert_eq!((rows.len(), tape.bad().count), (1_203, 4), "{:?}", tape.bad().listed);
    assert!(rows[1_201][0].is_nan() && rows[1_202][0] == 3.0);
    let listed = tape.bad().listed.join("\n");
    for what in ["1202:1: time goes back: `5990`", "1204:1: `soon` is no time", "is too far from"] {
        assert!(listed.contains(what), "{what}\n{listed}");
    }
}

#[test]
fn tables_of_the_wild_are_played() {
    // Only where the files are at hand; they are not part of this repository.
    let Some(data) = std::env::var_os("C2G_TWIN_TEST_DATA").map(PathBuf::from) else { return };
    let mut played = 0;
    let mut folders = vec![data];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "csv") {
                let (tape, rows) = read(&path);
                println!("{}: {} rows, {:?}", path.display(), rows.len(), tape.head().notes);
                assert!(rows.len() > 100 && tape.bad().count == 0, "{}: {:?}", path.display(), tape.bad().listed);
                played += 1;
            }
        }
    }
    assert!(played > 10);
}

#[test]
fn results_of_a_benchmark_point_to_the_scoreboard() {
    let dir = tempfile::tempdir().unwrap();
    let path = write(dir.path(), "r.csv", "scenario,agent,n_episodes,mean_reward\ndefault,pid,5,1\n");
    assert_eq!(detect(&path).unwrap(), LogKind::Results);
    let error = Tape::open(&path, 0, &World::default()).err().unwrap();
    assert!(error.to_string().contains("they have no time") && error.cure().contains("Scoreboard"));
}

#[test]
fn a_table_that_grows_goes_on() {
    use std::io::Write;
    let dir = tempfile::tempdir().unwrap();
    let path = write(dir.path(), "a.csv", "time_s,x\n0,1\n5,2\n10,");
    let mut tape = Tape::open(&path, 0, &World::default()).unwrap();
    tape.set_patient(true);
    let mut row = [0.0];
    let mut seen = Vec::new();
    let mut drain = |tape: &mut Tape, seen: &mut Vec<f64>| {
        while let Some(item) = tape.next(&mut row).unwrap() {
            assert_eq!(item, Item::Row);
            seen.push(row[0]);
        }
    };
    drain(&mut tape, &mut seen);
    assert!(seen == [1.0, 2.0] && tape.is_half());
    let mut file = std::fs::File::options().append(true).open(&path).unwrap();
    file.write_all(b"3\n15,4\n").unwrap();
    assert_eq!(tape.poll(), c2g_twin::record::Change::Grown);
    drain(&mut tape, &mut seen);
    assert_eq!(seen, [1.0, 2.0, 3.0, 4.0]);
}
