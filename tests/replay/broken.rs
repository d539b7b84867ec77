//! Broken files: what, where, cure; and how much of a file is still read.

use std::path::{Path, PathBuf};

use super::unreadable::first_error as error;
use super::{c2g, read, record, sustaindc};

fn write(dir: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = dir.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn files_that_are_no_logs_say_what_they_are() {
    let dir = tempfile::tempdir().unwrap();
    let files: [(&str, &[u8], &str, &str); 15] = [
        ("empty.csv", b"", "the file is empty", "record again"),
        ("blank.csv", b" \n\n", "the file is empty", "record again"),
        ("packed.csv", &[0x1f, 0x8b, 8, 0], "packed", "Unpack"),
        ("zip.csv", b"PK\x03\x04....", "packed", "Unpack"),
        ("table.parquet", b"PAR1....", "Parquet", "CSV"),
        ("wide.csv", &[0xff, 0xfe, b't', 0], "UTF-16", "UTF-8"),
        ("binary.csv", &[1, 0, 2, 0, 3], "not text", "full log"),
        ("latin.csv", &[b'a', 0xe4, b',', b'b', b'\n'], "not UTF-8", "full log"),
        ("header.json", b"{\"plant\": \"c2g\"}", "JSON", "verify"),
        ("setup.yaml", b"plant: c2g\nseed: 1\n", "looks like a setup", "Open a setup"),
        ("results.csv", b"scenario,agent,n_episodes,wall_time_s,mean_reward\n", "benchmark", "Scoreboard"),
        ("numbers.csv", b"1,2,3\n4,5,6\n", "column names is missing", "first line"),
        ("weather.csv", b"Time Stamp,Load\n", "no rows below", "first row"),
        ("word.csv", b"hello\n", "no line of column names", "full log"),
        ("later.csv", b"#c2g-log 99\n", "format `#c2g-log 99` is not known", "version"),
    ];
    for (name, bytes, what, cure) in files {
        let path = write(dir.path(), name, bytes);
        let error = error(&path);
        let text = error.to_string();
        assert!(text.contains(name) && text.contains(what), "{name}: {text}");
        assert!(error.cure().contains(cure), "{name}: {}", error.cure());
    }
    assert!(error(dir.path()).to_string().contains("this is a folder"));
    assert!(error(&dir.path().join("none.csv")).cure().contains("nothing stands at"));
}

#[test]
fn logs_with_nothing_to_read_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let full = record(dir.path(), &c2g(&[], &[("hardware", "pid")], 3));
    let text = std::fs::read_to_string(&full.full).unwrap();
    let names = text.lines().find(|l| !l.starts_with('#')).unwrap();
    let header_end = text.find(names).unwrap();
    let hardware = std::fs::read_to_string(&full.others[0]).unwrap();
    let columns = hardware.lines().next().unwrap();
    let evaluation = c2g_twin::record::evaluation_header(c2g_twin::record::EvaluationOrder::Evaluation);
    for (name, content, what) in [
        ("cut.csv", text[..header_end / 2].to_owned(), "ends inside its header"),
        ("yaml.csv", text.replacen("# version:", "# version: [", 1), "yaml.csv (header"),
        ("key.csv", text.replacen("# tick_s:", "# tick_t:", 1), "tick_t"),
        ("plant.csv", text.replacen("plant: c2g", "plant: d3h", 1), "unknown plant `d3h`"),
        ("names.csv", text.replacen(names, &names.replacen("tick", "tock", 1), 1), "column names is missing"),
        ("rowless.csv", text[..header_end + names.len() + 1].to_owned(), "there are no rows"),
        ("bare.csv", format!("{columns}\n"), "there are no rows"),
        ("spoilt.csv", format!("{columns}\nx,y\n"), "spoilt.csv:2:1: `x` is not a number"),
        ("after.csv", "timestep,s_temp_A_norm,a_throttle_batch,r\n0,1,1,0\n".to_owned(), "what came after the step"),
        ("evaluation.csv", format!("{evaluation}\n"), "there are no rows"),
        ("clock.csv", evaluation.replace(",hour,", ",hours,") + "\n1\n", "the column `hour` is missing"),
        ("clocks.csv", format!("{evaluation}\n{}\n", vec!["x"; 34].join(",")), "clocks.csv:2:1: `x` is not a number"),
    ] {
        let path = write(dir.path(), name, content.as_bytes());
        let error = error(&path);
        assert!(error.to_string().contains(what), "{name}: {error}");
        assert!(!error.cure().is_empty(), "{name}");
    }
}

#[test]
fn bad_rows_are_counted_listed_and_leave_a_gap() {
    let dir = tempfile::tempdir().unwrap();
    let c2g = record(dir.path(), &c2g(&[], &[("hardware", "pid")], 40));
    let other = tempfile::tempdir().unwrap();
    let sustaindc = record(other.path(), &sustaindc(40));
    for (path, recorded) in [(&c2g.full, &c2g), (&c2g.others[0], &c2g), (&sustaindc.others[0], &sustaindc)] {
        let text = std::fs::read_to_string(path).unwrap();
        let first = text.lines().position(|l| !l.starts_with('#')).unwrap() + 1;
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        // Row 10 has a word in its third cell, row 20 is cut short, row 30 is a line of noise.
        let mut cells: Vec<&str> = lines[first + 10].split(',').collect();
        cells[2] = "soon";
        lines[first + 10] = cells.join(",");
        lines[first + 20] = lines[first + 20].split(',').take(5).collect::<Vec<_>>().join(",");
        lines[first + 30] = "~~~".to_owned();
        let spoilt = path.with_file_name("spoilt.csv");
        std::fs::write(&spoilt, lines.join("\n") + "\n").unwrap();
        let (tape, rows) = read(&spoilt);
        assert_eq!(tape.bad().count, 3, "{}: {:?}", path.display(), tape.bad().listed);
        let listed = tape.bad().listed.join("\n");
        assert!(listed.contains(&format!("spoilt.csv:{}:3: `soon` is not a number", first + 11)), "{listed}");
        assert!(listed.contains(&format!("spoilt.csv:{}:", first + 21)), "{listed}");
        // What follows stays at its time.
        assert_eq!(rows.len(), 40, "{}", path.display());
        for k in [10, 20, 30] {
            assert!(rows[k].iter().all(|v| v.is_nan()), "row {k} is a gap");
        }
        let (_, sound) = read(path);
        for name in ["soc_frac", "p_facility_mw", "p_it_kw"] {
            let Some(column) = recorded.schema.find(name) else { continue };
            for k in [9, 11, 19, 21, 29, 31, 39] {
                assert_eq!(rows[k][column].to_bits(), sound[k][column].to_bits(), "{name} at {k}");
            }
        }
    }
}

#[test]
fn a_file_that_is_being_written_ends_before_its_last_line() {
    let dir = tempfile::tempdir().unwrap();
    let recorded = record(dir.path(), &c2g(&[], &[("hardware", "pid")], 20));
    for path in [&recorded.full, &recorded.others[0]] {
        let text = std::fs::read_to_string(path).unwrap();
        let rows: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
        let last_row = text.trim_end().rfind("\n19,").unwrap();
        assert!(rows.contains(&last_row));
        let half = path.with_file_name("half.csv");
        std::fs::write(&half, &text[..last_row + 40]).unwrap();
        let (tape, rows) = read(&half);
        assert_eq!((rows.len(), tape.bad().count), (19, 0), "{}", path.display());
    }
}

#[test]
fn windows_line_ends_and_byte_order_marks_are_no_faults() {
    let dir = tempfile::tempdir().unwrap();
    let other = tempfile::tempdir().unwrap();
    let c2g = record(dir.path(), &c2g(&[], &[("hardware", "pid")], 10));
    let sustaindc = record(other.path(), &sustaindc(10));
    for path in [&c2g.others[0], &sustaindc.others[0]] {
        let text = std::fs::read_to_string(path).unwrap().replace("\r\n", "\n");
        let (_, before) = read(path);
        let bits = |rows: &[Vec<f64>]| rows.iter().flatten().map(|v| v.to_bits()).collect::<Vec<_>>();
        for changed in [text.clone(), text.replace('\n', "\r\n"), format!("\u{feff}{text}"), text.trim_end().to_owned()]
        {
            let path = path.with_file_name("other.csv");
            std::fs::write(&path, changed).unwrap();
            let (tape, rows) = read(&path);
            assert_eq!(tape.bad().count, 0, "{:?}", tape.bad().listed);
            assert_eq!(bits(&rows), bits(&before));
        }
    }
}
