//! A tour of every tile and layout in the real window, with a watchdog on what every frame costs.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use c2g_twin::app::panel::TileId;
use c2g_twin::app::settings::Settings;
use c2g_twin::rollout::{Setup, World};

use super::harness::{CLICK, Display, ONE_AT_A_TIME, Owned, TWIN, Window, assert_valid, colours, path_text, rows};

/// Most processor time of the window's own threads in one frame, ms.
const MOST_CPU_MS: f64 = 250.0;

/// Where pictures go that a person wants to look at.
fn keep(picture: &Path, name: &str) {
    if let Some(folder) = std::env::var_os("C2G_KEEP_PICTURES") {
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::copy(picture, PathBuf::from(folder).join(format!("{name}.png"))).unwrap();
    }
}

/// One line of the watchdog's table: processor time of the window's threads, wall time of the frame, handing over; ms.
fn costs(table: &Path) -> Vec<[f64; 3]> {
    let text = std::fs::read_to_string(table).unwrap();
    let row = |line: &str| {
        let cells: Vec<f64> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
        [cells[1], cells[3], cells[4]]
    };
    text.lines().skip(1).map(row).collect()
}

fn palette(display: &Display, words: &str) {
    display.key("ctrl+p");
    display.xdotool(&["type", "--delay", "120", words]);
    sleep(CLICK);
    display.key("Return");
}

/// Every tile fills the window in turn, and shows something there.
fn fill_with_every_tile(display: &Display, picture: &Path, size: &str) {
    let spec = std::sync::Arc::clone(World::default().build(&Setup::default_day().unwrap()).unwrap().spec());
    let tiles = TileId::all(&spec).into_iter().filter(|t| *t != TileId::Timeline && !matches!(t, TileId::Chart(_)));
    for tile in tiles {
        palette(display, &format!("show {}", tile.title(&spec)));
        display.key("z");
        display.picture(picture);
        assert!(colours(picture) > 60, "{tile} at {size} shows {} colours", colours(picture));
        keep(picture, &format!("tile-{}-{size}", tile.to_string().replace(':', "-")));
        display.key("z");
    }
}

/// All tiles at once while the run plays at full speed and is recorded and logged; then every tile fills the window.
#[test]
fn every_tile_is_shown_and_no_frame_is_dear_at_full_speed() {
    let _turn = ONE_AT_A_TIME.lock();
    let folder = tempfile::tempdir().unwrap();
    let (log, table) = (folder.path().join("day.csv"), folder.path().join("frames.csv"));
    let settings = folder.path().join("settings.yaml");
    let display = Display::start();
    // Full speed ends a day in a second: many days, one after the other.
    let arguments = ["--paused", "--speed", "max", "--continuous", "--ticks", "400000", "--size", "1280x800"];
    let files = ["--log", path_text(&log), "--watch", path_text(&table), "--settings", path_text(&settings)];
    let mut window = Window::open(&display, &[&arguments[..], &files[..]].concat());
    let picture = folder.path().join("tile.png");

    display.key("space");
    window.until("time that passes", |_| (rows(&log) > 1_000).then_some(()));
    sleep(Duration::from_secs(3));
    display.key("ctrl+4");
    sleep(Duration::from_secs(3));
    display.picture(&picture);
    keep(&picture, "everything-1280");
    display.key("space");
    display.key("ctrl+1");

    fill_with_every_tile(&display, &picture, "1280");
    // Closed while rows are being written: the log is whole, and the settings say what stood.
    display.key("space");
    let (status, said) = window.close();
    assert_eq!(status.code(), Some(0), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    assert_valid(&log);
    assert!(Settings::read(&settings).unwrap().unwrap().changed_layout.is_some(), "tiles were added to the layout");

    let mut frames = costs(&table);
    assert!(frames.len() > 100, "only {} frames", frames.len());
    // The first frames build pipelines and fonts.
    frames.drain(..10);
    let most = |column: usize| frames.iter().map(|f| f[column]).fold(0.0, f64::max);
    let sum = |column: usize| frames.iter().map(|f| f[column]).sum::<f64>();
    println!(
        "{} frames, at most {:.0} ms of processor time each, {:.1} ms on average, handing over {:.4} of the wall time",
        frames.len(),
        most(0),
        sum(0) / frames.len() as f64,
        sum(2) / sum(1)
    );
    assert!(most(0) < MOST_CPU_MS, "a frame took {:.0} ms of processor time", most(0));
    assert!(sum(2) < 0.02 * sum(1), "the window waits for the worker");
}

/// All layouts at 1920 × 1080 after an hour of the default day; then every tile fills the window.
#[test]
fn every_layout_stands_in_a_large_window() {
    let _turn = ONE_AT_A_TIME.lock();
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("day.csv");
    let display = Display::of_size(1920, 1080);
    let arguments = ["--paused", "--speed", "600", "--size", "1920x1080", "--no-settings", "--log", path_text(&log)];
    let mut window = Window::open(&display, &arguments);
    display.key("space");
    window.until("an hour", |_| (rows(&log) > 720).then_some(()));
    display.key("space");
    let picture = folder.path().join("layout.png");
    for (key, name) in [("ctrl+1", "live"), ("ctrl+2", "flows"), ("ctrl+3", "charts"), ("ctrl+4", "everything")] {
        display.key(key);
        sleep(Duration::from_secs(2));
        display.picture(&picture);
        assert!(colours(&picture) > 300, "{name} shows {} colours", colours(&picture));
        keep(&picture, &format!("layout-{name}-1920"));
    }
    display.key("ctrl+1");
    fill_with_every_tile(&display, &picture, "1920");
    let (status, said) = window.close();
    assert_eq!(status.code(), Some(0), "{said}");
    assert_valid(&log);
}

/// A transition log of at least so many bytes: the rows of an hour, over and over.
fn long_log(display: &Display, folder: &Path, bytes: u64) -> PathBuf {
    let short = folder.join("short");
    let run =
        ["run", "--hardware", "rule_based", "--ticks", "720", "--quiet", "--record_transitions", path_text(&short)];
    assert!(display.command(TWIN).args(run).status().unwrap().success());
    let episode = short.join("rule_based_default_hardware").join("episode0.csv");
    let text = std::fs::read_to_string(&episode).unwrap();
    let (names, rows) = text.split_once('\n').unwrap();
    let path = folder.join("long.csv");
    let mut file = BufWriter::new(File::create(&path).unwrap());
    writeln!(file, "{names}").unwrap();
    let mut written = 0;
    while written < bytes {
        file.write_all(rows.as_bytes()).unwrap();
        written += rows.len() as u64;
    }
    file.flush().unwrap();
    path
}

/// A long log is being read and a benchmark runs: the window goes on being drawn, and no frame is dear.
fn a_window_that_reads_is_not_held_up(bytes: u64) {
    let _turn = ONE_AT_A_TIME.lock();
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("frames.csv");
    let display = Display::start();
    let log = long_log(&display, folder.path(), bytes);
    let results = folder.path().join("results.csv");
    let asked = [
        "benchmark",
        "--agents",
        "rule_based",
        "pid",
        "--n_episodes",
        "40",
        "--output",
        path_text(&results),
        "--jobs",
        "1",
    ];
    let mut benchmark =
        Owned(display.command(TWIN).args(asked).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    let arguments = ["--replay", path_text(&log), "--speed", "max", "--size", "1280x800", "--no-settings"];
    let mut window = Window::open(&display, &[&arguments[..], &["--watch", path_text(&table)]].concat());
    for key in ["ctrl+4", "ctrl+1", "ctrl+2", "ctrl+3", "ctrl+1"] {
        display.key(key);
        sleep(Duration::from_secs(3));
    }
    assert!(window.process.0.try_wait().unwrap().is_none());
    let (status, said) = window.close();
    assert_eq!(status.code(), Some(0), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    let _ = benchmark.0.kill();
    let mut frames = costs(&table);
    assert!(frames.len() > 20, "only {} frames", frames.len());
    frames.drain(..10);
    let most = frames.iter().map(|f| f[0]).fold(0.0, f64::max);
    println!("{} frames, at most {most:.0} ms of processor time each", frames.len());
    assert!(most < MOST_CPU_MS, "a frame took {most:.0} ms of processor time");
    let (over, wall) = frames.iter().fold((0.0, 0.0), |(over, wall), f| (over + f[2], wall + f[1]));
    assert!(over < 0.02 * wall, "the window waits for the worker");
}

#[test]
fn no_frame_is_dear_while_a_log_is_read_and_a_benchmark_runs() {
    a_window_that_reads_is_not_held_up(100 << 20);
}

#[test]
#[ignore = "writes and reads a log of 1 GB"]
fn no_frame_is_dear_while_a_log_of_a_gigabyte_is_read_and_a_benchmark_runs() {
    a_window_that_reads_is_not_held_up(1 << 30);
}
