//! What a frame of the window costs, told as multiples of frames that should cost about the same.
//!
//! `cargo bench --profile dev --features app --bench window` draws the window without a screen: egui lays out and
//! tessellates every frame, nothing is sent to a graphics card. Frames are measured in turns and medians of ratios count,
//! so that a busy machine says the same as a quiet one:
//!
//! - all tiles over a day that plays, each frame with a new tick, against the same tiles before the first tick;
//! - charts over 1,000,000 rows against the same charts over 10,000;
//! - twelve charts of a person with four signals each over 1,000,000 rows that play, of lines and of every kind, against
//!   the same twelve tiles without a row;
//! - a frame in which only the pointer moved against one with a new tick;
//! - and a window in which nothing happens must not ask to be drawn again.
//!
//! The exit status is 1 when a ratio is beyond its limit. `-- tiles` tells what each tile costs on its own; other words
//! measure only what has one of them in its name.

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use c2g_twin::app::panel::{self, Node, PanelState, Span, TileId};
use c2g_twin::evaluate::charts::ChartKind;
use c2g_twin::record::{Recorder, Recording};
use c2g_twin::rollout::{OnTrip, Setup, Step, World};
use c2g_twin::session::{Command, PlayState, RunView, Session, SessionOptions, Speed};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Tick of the day at which frames are drawn, and how many ticks one after the other.
const TICK: u64 = 17_000;
const TICKS: u64 = 32;

/// Rows of the short and of the long run.
const SHORT: u64 = 10_000;
const LONG: u64 = 1_000_000;

/// Rounds of each measurement, and frames of each window in a round.
const ROUNDS: usize = 15;
const FRAMES: usize = 6;

/// Most that tiles full of a day may cost, as a multiple of empty ones.
const MOST_FULL: f64 = 2.0;

/// Most that charts of a long run may cost, as a multiple of those of a short one.
const MOST_LONG: f64 = 1.3;

/// Signals of a person's charts: three units, two of one.
const SIGNALS: [&str; 4] = ["t_zone_a_degc", "t_zone_b_degc", "p_facility_mw", "soc_frac"];

/// A window without a screen.
struct Window {
    ctx: egui::Context,
    panel: PanelState,
    size: egui::Vec2,
    /// Draws this tile alone, or all of the layout.
    tile: Option<TileId>,
    frames: u32,
}

impl Window {
    fn new(size: (f32, f32), layout: &str) -> Self {
        let mut panel = PanelState::default();
        panel.tiling.choose(layout);
        Self { ctx: egui::Context::default(), panel, size: size.into(), tile: None, frames: 0 }
    }

    fn of_tile(size: (f32, f32), tile: TileId) -> Self {
        let mut window = Self::new(size, "Live");
        window.panel.charts.span = Span::All;
        window.tile = Some(tile);
        window
    }

    /// Twelve charts of a person, of these kinds in turns, in four columns.
    fn of_charts(size: (f32, f32), kinds: &[ChartKind]) -> Self {
        let mut window = Self::new(size, "Live");
        let panel = &mut window.panel;
        panel.charts.span = Span::All;
        for (number, kind) in (1..=12).zip(kinds.iter().cycle()) {
            panel.custom.charts.insert(number, SIGNALS.map(str::to_owned).to_vec());
            panel.custom.set_kind(number, *kind);
        }
        let tile = |number: u32| (1.0, Node::tile(TileId::Custom(number)));
        let row = |first: u32| (1.0, Node::Across((first..first + 4).map(tile).collect()));
        panel.tiling.adopt("Twelve", Node::Down([1, 5, 9].map(row).to_vec()));
        window
    }

    /// Draws a frame; returns the time that it took and when the window wants to be drawn again.
    fn draw(&mut self, view: &RunView, pointer: Option<egui::Pos2>) -> (Duration, Duration) {
        self.frames += 1;
        let input = egui::RawInput {
            screen_rect: Some(egui::Rect::from_min_size(egui::Pos2::ZERO, self.size)),
            time: Some(f64::from(self.frames) / 60.0),
            max_texture_side: Some(8_192),
            events: pointer.map(egui::Event::PointerMoved).into_iter().collect(),
            ..egui::RawInput::default()
        };
        let begin = Instant::now();
        let mut asked = Vec::new();
        let (panel, tile) = (&mut self.panel, &self.tile);
        let output = self.ctx.run_ui(input, |ui| match tile {
            None => panel::workspace(ui, panel, view, &mut asked),
            Some(tile) => panel::tile_alone(ui, panel, view, tile, &mut asked),
        });
        let shapes = self.ctx.tessellate(output.shapes, output.pixels_per_point);
        let time = begin.elapsed();
        std::hint::black_box(shapes);
        let again = output.viewport_output.values().map(|v| v.repaint_delay).min().unwrap_or(Duration::MAX);
        (time, again)
    }

    /// Draws one frame for each picture, over and over, and returns the median time, ms.
    fn cost(&mut self, views: &[RunView], pointer: impl Fn(usize) -> Option<egui::Pos2>) -> f64 {
        let frames = views.iter().cycle().skip(self.frames as usize % views.len().max(1)).take(FRAMES);
        let times = frames.enumerate().map(|(k, view)| self.draw(view, pointer(k)).0.as_secs_f64() * 1e3);
        median(times.collect())
    }
}

fn still(_: usize) -> Option<egui::Pos2> {
    None
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Whether the words of the command line ask for a measurement.
fn is_wanted(name: &str) -> bool {
    let mut words = std::env::args().skip(1).filter(|a| !a.starts_with('-') && a != "tiles").peekable();
    words.peek().is_none() || words.any(|word| name.contains(&word))
}

/// Measures two kinds of frames in turns and prints both; returns whether the second costs no more than it may.
fn compare(name: &str, most: Option<f64>, mut base: impl FnMut() -> f64, mut other: impl FnMut() -> f64) -> bool {
    if !is_wanted(name) {
        return true;
    }
    // Fonts, layouts and memories of the first frames.
    for _ in 0..3 {
        base();
        other();
    }
    let pairs: Vec<(f64, f64)> = (0..ROUNDS).map(|_| (base(), other())).collect();
    let ratio = median(pairs.iter().map(|(base, other)| other / base).collect());
    let (base, other) = pairs.into_iter().unzip();
    let met = most.is_none_or(|most| ratio <= most);
    let verdict = match most {
        Some(most) => format!("≤ {most} {}", if met { "met" } else { "MISSED" }),
        None => String::new(),
    };
    println!("{name:<52} {:>8.2} {:>8.2} {ratio:>6.2}  {verdict}", median(base), median(other));
    met
}

/// Waits until the session shows a picture that satisfies a condition.
fn wait(session: &Session, ready: impl Fn(&RunView) -> bool) -> Result<Arc<RunView>> {
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(120) {
        let view = session.view();
        if ready(&view) {
            return Ok(view);
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    Err("the run did not come that far".into())
}

/// The picture before the first tick, and those of some ticks late in the day, as if it played.
fn day() -> Result<(RunView, Vec<RunView>)> {
    let session = Session::start(World::default(), Setup::default_day()?, SessionOptions::default())?;
    let playing = |view: &RunView| {
        let mut view = view.clone();
        (view.play, view.speed, view.achieved) = (PlayState::Playing, Speed::Factor(600.0), 598.4);
        view
    };
    let empty = playing(&session.view());
    let mut tick = 0;
    while tick < TICK {
        let before = tick;
        session.send(if tick + 180 <= TICK { Command::StepInterval } else { Command::StepTick });
        tick = wait(&session, |v| v.tick > before || v.end.is_some())?.tick;
    }
    let first = wait(&session, |v| v.outlook.as_ref().is_some_and(|o| o.tick == tick))?;
    let mut views = vec![playing(&first)];
    while tick < TICK + TICKS {
        session.send(Command::StepTick);
        let view = wait(&session, |v| v.tick > tick || v.end.is_some())?;
        (tick, views) = (view.tick, views.into_iter().chain([playing(&view)]).collect());
    }
    for view in &mut views {
        view.outlook = view.outlook.take().or_else(|| first.outlook.clone());
    }
    Ok((empty, views))
}

/// Pictures of a run that goes on and on, after so many rows: for each length a few ticks one after the other.
fn record(template: &RunView) -> Result<[Vec<RunView>; 2]> {
    let setup = Setup { continuous: true, on_trip: OnTrip::RideThrough, ticks: Some(LONG), ..Setup::default_day()? };
    let mut rollout = World::default().build(&setup)?;
    let mut recorder = Recorder::new(rollout.schema().len());
    let mut all = [Vec::new(), Vec::new()];
    for (views, rows) in all.iter_mut().zip([SHORT, LONG]) {
        while recorder.rows() < rows {
            if rollout.step()? == Step::Ended {
                return Err(format!("the run ended at tick {}: {:?}", rollout.tick(), rollout.end()).into());
            }
            recorder.push(rollout.row());
            let (tick, recording) = (rollout.tick(), || recorder.picture());
            if recorder.rows() + TICKS > rows {
                views.push(picture(template, tick, rollout.row(), recording()));
            }
        }
    }
    Ok(all)
}

fn picture(template: &RunView, tick: u64, row: &[f64], recording: Recording) -> RunView {
    let clock = template.spec.calendar.civil(tick);
    RunView { generation: tick, tick, clock, row: row.into(), recording, outlook: None, ..template.clone() }
}

/// What each tile costs on its own, empty and full.
fn tiles(empty: &[RunView], full: &[RunView]) {
    let Some(spec) = full.first().map(|v| Arc::clone(&v.spec)) else { return };
    for size in [(470.0, 240.0), (640.0, 520.0)] {
        for tile in TileId::all(&spec) {
            let (mut a, mut b) = (Window::of_tile(size, tile.clone()), Window::of_tile(size, tile.clone()));
            compare(
                &format!("  {tile}, {} × {}", size.0, size.1),
                None,
                || a.cost(empty, still),
                || b.cost(full, still),
            );
        }
    }
}

/// Brings the C library's memory to where it is in a window that has been open for a while: once a large block was given
/// back, blocks of its size are kept for the next frame instead of being taken from the kernel each time.
fn settle_memory() {
    drop(std::hint::black_box(Vec::<u8>::with_capacity(30 << 20)));
}

fn main() -> Result<ExitCode> {
    settle_memory();
    let (empty, full) = day()?;
    let empty = [empty];
    println!("{:<52} {:>8} {:>8} {:>6}", "ms a frame", "base", "other", "ratio");
    let mut met = true;
    for size in [(1_920.0, 1_080.0), (3_840.0, 2_160.0)] {
        for layout in ["Everything", "Live"] {
            let (mut a, mut b) = (Window::new(size, layout), Window::new(size, layout));
            let name = format!("{layout}, {} × {}, empty and a day", size.0, size.1);
            met &= compare(&name, Some(MOST_FULL), || a.cost(&empty, still), || b.cost(&full, still));
        }
        let (mut a, mut b) = (Window::new(size, "Everything"), Window::new(size, "Everything"));
        let over = |k: usize| Some(egui::pos2(0.6 * size.0 + 3.0 * k as f32, 0.3 * size.1));
        let name = format!("Everything, {} × {}, new tick and pointer only", size.0, size.1);
        let same = full.first().map(std::slice::from_ref).unwrap_or_default();
        met &= compare(&name, Some(1.0), || a.cost(&full, still), || b.cost(same, over));
    }
    met &= idle(&full);
    if std::env::args().any(|a| a == "tiles") {
        tiles(&empty, &full);
    }
    let template = full.first().ok_or("no picture")?;
    let [short, long] = record(template)?;
    let other = [ChartKind::Xy, ChartKind::Histogram, ChartKind::Duration, ChartKind::Carpet, ChartKind::Stacked];
    let kinds = [[ChartKind::Lines].as_slice(), &ChartKind::ALL, &other];
    for (kinds, words) in kinds.into_iter().zip(["lines", "all kinds", "no lines"]) {
        let size = (1_920.0, 1_080.0);
        let (mut a, mut b) = (Window::of_charts(size, kinds), Window::of_charts(size, kinds));
        let name = format!("12 charts of 4 signals, {words}, empty and 1,000,000 rows");
        met &= compare(&name, Some(MOST_FULL), || a.cost(&empty, still), || b.cost(&long, still));
    }
    let lines = template.spec.tiles.iter().map(|t| TileId::Plant(t.name.clone()));
    for tile in template.spec.charts.iter().map(|c| TileId::Chart(c.name.clone())).chain(lines) {
        let size = (1_500.0, 400.0);
        let (mut a, mut b) = (Window::of_tile(size, tile.clone()), Window::of_tile(size, tile.clone()));
        let name = format!("{tile}, 10,000 and 1,000,000 rows");
        met &= compare(&name, Some(MOST_LONG), || a.cost(&short, still), || b.cost(&long, still));
    }
    Ok(if met { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Whether a window in which nothing happens comes to rest.
fn idle(full: &[RunView]) -> bool {
    let Some(view) = full.first() else { return false };
    let view = RunView { play: PlayState::Paused, ..view.clone() };
    let mut rests = true;
    for layout in ["Live", "Flows", "Charts", "Everything"] {
        let mut window = Window::new((1_920.0, 1_080.0), layout);
        let again = (0..120).map(|_| window.draw(&view, None).1).last().unwrap_or_default();
        let calm = again > Duration::from_secs(1);
        println!("{layout}, paused: {}", if calm { "comes to rest".to_owned() } else { format!("AGAIN in {again:?}") });
        rests &= calm;
    }
    rests
}
