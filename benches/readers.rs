//! How fast logs are read, told as multiples of a bare scan of the same file by the `csv` crate.
//!
//! `cargo bench --no-default-features --bench readers` writes two files into a folder of its own and reads them several
//! times: transitions of the hardware agent (100 MB of numbers with up to 17 digits), and a table of 547 columns and
//! 8,760 rows, as the year of a building with many chargers is. Three things are measured in turn, and the median of the
//! ratios counts, so that they say the same on a slow and on a busy machine:
//!
//! - *scan*: `csv::Reader` hands out every record, nobody reads its cells;
//! - *numbers*: the same, and every cell becomes a number;
//! - *tape*: the reader of this program, which finds cells by name, checks them, and makes rows of the plant with all
//!   that follows from them.
//!
//! The wanted ratio is told; the exit status is 0 all the same.

use std::error::Error;
use std::fs::File;
use std::hint::black_box;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use c2g_twin::record::{Item, Tape, TransitionWriter};
use c2g_twin::rollout::{Rollout, Setup, Step, World};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Rounds of each measurement; the median counts.
const ROUNDS: usize = 5;

/// Size of the transition log, bytes.
const SIZE: u64 = 100_000_000;

/// Most of a bare scan's time that reading should take.
const MOST: f64 = 2.0;

/// Writes transitions until the file is large enough: the rows of a day, again and again, with their time going on.
fn transitions(dir: &Path) -> Result<std::path::PathBuf> {
    let mut setup = Setup::default_day()?;
    setup.ticks = Some(2_000);
    let mut rollout: Rollout = World::default().build(&setup)?;
    let mut writer = TransitionWriter::create(dir, &rollout)?;
    while rollout.step()? == Step::Ran {
        writer.tick(&rollout)?;
    }
    writer.flush()?;
    let paths = writer.paths();
    let path = paths.iter().find(|p| p.to_string_lossy().contains("_hardware")).ok_or("no hardware log")?;
    let text = std::fs::read_to_string(path)?;
    let (names, rows) = text.split_once('\n').ok_or("no line of names")?;
    let rows: Vec<&str> = rows.lines().filter_map(|row| row.split_once(',').map(|(_, rest)| rest)).collect();
    let large = path.with_file_name("episode1.csv");
    let mut out = BufWriter::new(File::create(&large)?);
    writeln!(out, "{names}")?;
    let (mut size, mut tick) = (0, 0_u64);
    while size < SIZE {
        for row in &rows {
            size += row.len() as u64 + 8;
            writeln!(out, "{tick},{row}")?;
            tick += 1;
        }
    }
    out.flush()?;
    Ok(large)
}

/// Writes a wide table: a column of time, chargers, meters.
fn wide(dir: &Path) -> Result<std::path::PathBuf> {
    let path = dir.join("wide.csv");
    let mut out = BufWriter::new(File::create(&path)?);
    let names: Vec<String> = (1..547).map(|k| format!("charger_{k}_p_kw")).collect();
    writeln!(out, "timestamp,{}", names.join(","))?;
    let mut state = 1_u64;
    for hour in 0..8_760_i64 {
        let time = jiff::civil::datetime(2024, 1, 1, 0, 0, 0, 0).saturating_add(jiff::SignedDuration::from_hours(hour));
        write!(out, "{}", time.strftime("%Y-%m-%d %H:%M:%S"))?;
        for _ in 1..547 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            // Chargers mostly stand still.
            let value = if state >> 62 == 0 { (state >> 40) as f64 / 1e5 } else { 0.0 };
            write!(out, ",{value}")?;
        }
        writeln!(out)?;
    }
    out.flush()?;
    Ok(path)
}

fn scan(path: &Path) -> Result<Duration> {
    let begin = Instant::now();
    let mut reader = csv::Reader::from_path(path)?;
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record)? {
        black_box(&record);
    }
    Ok(begin.elapsed())
}

fn numbers(path: &Path) -> Result<Duration> {
    let begin = Instant::now();
    let mut reader = csv::Reader::from_path(path)?;
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record)? {
        for cell in &record {
            black_box(std::str::from_utf8(cell)?.parse::<f64>().unwrap_or(f64::NAN));
        }
    }
    Ok(begin.elapsed())
}

fn tape(path: &Path, world: &World) -> Result<(Duration, u64)> {
    let begin = Instant::now();
    let mut tape = Tape::open(path, 0, world)?;
    let mut row = vec![f64::NAN; tape.head().schema.len()];
    let mut rows = 0;
    while let Some(item) = tape.next(&mut row)? {
        rows += u64::from(item == Item::Row);
        black_box(&row);
    }
    if tape.bad().count > 0 {
        return Err(format!("bad rows: {:?}", tape.bad().listed.first()).into());
    }
    Ok((begin.elapsed(), rows))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn main() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let world = World::default();
    for (name, path) in [("transitions", transitions(dir.path())?), ("547 columns", wide(dir.path())?)] {
        let mb = std::fs::metadata(&path)?.len() as f64 / 1e6;
        let (mut to_scan, mut to_numbers, mut speed, mut rows) = (Vec::new(), Vec::new(), Vec::new(), 0);
        for _ in 0..ROUNDS {
            let scanned = scan(&path)?.as_secs_f64();
            let parsed = numbers(&path)?.as_secs_f64();
            let (read, count) = tape(&path, &world)?;
            let read = read.as_secs_f64();
            rows = count;
            to_scan.push(read / scanned);
            to_numbers.push(read / parsed);
            speed.push(mb / read);
        }
        let ratio = median(to_scan);
        println!(
            "{name}: {mb:.0} MB, {rows} rows, {:.0} MB/s; {ratio:.2} of a bare scan (wanted {MOST}), {:.2} of a scan that reads numbers{}",
            median(speed),
            median(to_numbers),
            if ratio <= MOST { "" } else { " — MORE THAN WANTED" },
        );
    }
    Ok(())
}
