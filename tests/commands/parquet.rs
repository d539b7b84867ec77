//! `run --parquet`: the columns of the log in a file for other programs, row by row the same.

use std::collections::BTreeMap;
use std::path::Path;

use c2g_twin::record::{LogHeader, read_full_log};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;

use super::{folder, twin, twin_in};

/// Names of the columns, all rows with NaN for null, key-value metadata, number of row groups.
struct Table {
    names: Vec<String>,
    rows: Vec<Vec<f64>>,
    notes: BTreeMap<String, String>,
    groups: usize,
}

fn read(path: &Path) -> Table {
    let reader = SerializedFileReader::new(std::fs::File::open(path).unwrap()).unwrap();
    let file = reader.metadata().file_metadata();
    let notes = file.key_value_metadata().unwrap();
    let notes = notes.iter().map(|n| (n.key.clone(), n.value.clone().unwrap_or_default())).collect();
    let names = file.schema().get_fields().iter().map(|f| f.name().to_owned()).collect();
    let cell = |field: &Field| match field {
        Field::Null => f64::NAN,
        Field::Double(value) => *value,
        Field::Long(value) => *value as f64,
        other => panic!("{other:?}"),
    };
    let rows = reader.get_row_iter(None).unwrap();
    let rows = rows.map(|row| row.unwrap().get_column_iter().map(|(_, field)| cell(field)).collect()).collect();
    Table { names, rows, notes, groups: reader.num_row_groups() }
}

#[test]
fn its_rows_are_those_of_the_log() {
    let dir = folder();
    for (plant, ticks) in [("c2g", "400"), ("sustaindc", "300")] {
        let flags = ["--plant", plant, "--ticks", ticks, "--log=a.csv", "--parquet=deep/a.parquet", "--seed=7"];
        twin_in(dir.path(), &[&["run", "--quiet"], &flags[..]].concat()).ended(0);
        let log = read_full_log(&dir.path().join("a.csv")).unwrap();
        let table = read(&dir.path().join("deep/a.parquet"));
        let names = std::iter::once("tick").chain(log.header.signals.iter().map(|s| s.name.as_str()));
        assert!(table.names.iter().eq(names));
        assert_eq!(table.rows.len(), log.rows.len());
        for (tick, (ours, theirs)) in table.rows.iter().zip(&log.rows).enumerate() {
            assert_eq!(ours[0], tick as f64);
            let same = |(a, b): (&f64, &f64)| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
            assert!(ours[1..].iter().zip(theirs).all(same), "tick {tick}");
        }
        let note = |key: &str| table.notes.get(key).unwrap_or_else(|| panic!("{key} is missing")).as_str();
        assert_eq!((note("seed"), note("noise"), note("plant"), note("c2g-log")), ("7", "counter", plant, "1"));
        let LogHeader { version, start, configuration, tick_s, signals, .. } = &log.header;
        assert_eq!((note("version"), note("start"), note("configuration")), (&**version, &**start, &**configuration));
        assert_eq!(note("tick_s"), tick_s.to_string());
        let units: serde_json::Value = serde_json::from_str(note("units")).unwrap();
        assert!(signals.iter().all(|s| units[&s.name] == s.unit.as_str()));
        assert!(note("signals").contains("kind: state") && note("setup").contains("seed: 7"));
        assert_eq!(note("inputs"), "");
        assert!(!dir.path().join("deep/a.parquet.part").exists());
    }
}

#[test]
fn rows_are_gathered_into_groups_and_the_bytes_are_the_same_twice() {
    let dir = folder();
    let play = |name: &str| {
        let flag = format!("--parquet={name}");
        let args = ["run", "--quiet", "--continuous", "--ticks=40000", "--on-trip=ride-through", &flag];
        twin_in(dir.path(), &args).ended(0);
        std::fs::read(dir.path().join(name)).unwrap()
    };
    assert!(play("a.parquet") == play("b.parquet"), "the same bytes");
    let table = read(&dir.path().join("a.parquet"));
    assert_eq!(table.rows.len(), 40_000);
    assert!(table.groups >= 3, "{} groups", table.groups);
    assert!(table.rows.iter().enumerate().all(|(tick, row)| row[0] == tick as f64));
}

#[test]
fn names_that_cannot_be_meant_are_refused() {
    let dir = folder();
    std::fs::create_dir(dir.path().join("folder")).unwrap();
    std::fs::write(dir.path().join("file"), "").unwrap();
    let run = |args: &[&str]| twin_in(dir.path(), &[&["run", "--quiet", "--ticks=5"], args].concat());
    run(&["--log=x.parquet"]).refused(&["--log: the log is a CSV, and its name says Parquet", "Use --parquet FILE"]);
    run(&["--log=x", "--parquet=x"]).refused(&["--parquet: the log goes to the same file"]);
    run(&["--parquet=folder"]).refused(&["folder: cannot create the Parquet file", "folder is a folder"]);
    run(&["--parquet=file/x"]).refused(&["file: cannot create the folder"]);
    run(&["--parquet"]).refused(&["--parquet"]);
    #[cfg(target_os = "linux")]
    run(&["--parquet=/dev/full"]).refused(&["/dev/full: cannot write the Parquet file", "Free some space"]);
    let help = twin(&["run", "--help"]).ended(0).out;
    assert!(help.contains("--parquet <FILE>") && help.contains("FILE.part"), "{help}");
}
