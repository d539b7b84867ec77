//! What the past costs, told as multiples of a tick that is run for the first time.
//!
//! `cargo bench --no-default-features --bench history` lets two days pass in a session with room for all rows and in one
//! whose old rows have gone, and then goes back, branches and looks at rows that went. Ticks that are run straight
//! through are measured in turns with everything else, and the median of the ratios counts: it says the same on a slow
//! and on a busy machine. The exit status is 0 all the same, because a busy machine is no fault of the program.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use c2g_twin::record::{CHUNK_ROWS, Recorder, Refill, shed};
use c2g_twin::rollout::{Rollout, Setup, Snapshot, Step, World};
use c2g_twin::session::{Command, RunView, Session, SessionOptions, Speed};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Ticks of a day.
const DAY: u64 = 17_280;

/// Days that pass.
const DAYS: u64 = 2;

/// Ticks between two snapshots of a session.
const SNAPSHOT_EVERY: u64 = 180;

/// Rounds of each measurement; the median counts.
const ROUNDS: usize = 15;

/// Longest that going to a tick of a day may take.
const MOST: Duration = Duration::from_millis(10);

/// Ticks that are run straight through and recorded.
struct Straight {
    rollout: Rollout,
    dawn: Snapshot,
}

impl Straight {
    const TICKS: u64 = 4_096;

    fn new(world: &World, setup: &Setup) -> Result<Self> {
        let rollout = world.build(setup)?;
        Ok(Self { dawn: rollout.snapshot(), rollout })
    }

    /// Seconds that a tick takes.
    fn measure(&mut self) -> Result<f64> {
        self.rollout.restore(&self.dawn)?;
        let begin = Instant::now();
        let mut recorder = Recorder::new(self.rollout.schema().len());
        for _ in 0..Self::TICKS {
            if self.rollout.step()? == Step::Ended {
                return Err("the run ended".into());
            }
            recorder.push(self.rollout.row());
        }
        std::hint::black_box(recorder.picture());
        Ok(begin.elapsed().as_secs_f64() / Self::TICKS as f64)
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Measures `work`, which does `parts` at a time and says how long it took: time of a part, and how many ticks could
/// have been run meanwhile.
fn line(
    straight: &mut Straight,
    name: &str,
    target: Option<Duration>,
    parts: u64,
    mut work: impl FnMut(u64) -> Result<Duration>,
) -> Result<()> {
    let (mut times, mut ratios) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS as u64 {
        let before = straight.measure()?;
        let seconds = work(round)?.as_secs_f64() / parts as f64;
        times.push(seconds);
        ratios.push(seconds / f64::midpoint(before, straight.measure()?));
    }
    let (time, ratio) = (median(times), median(ratios));
    let verdict = target.map_or("", |most| if time <= most.as_secs_f64() { "met" } else { "MISSED" });
    let target = target.map_or(String::new(), |most| format!("≤ {} ms", most.as_millis()));
    println!("{name:<62} {:>11.3} ms {ratio:>9.2} {target:>9}  {verdict}", time * 1e3);
    Ok(())
}

/// Waits for a picture and does not sleep, so that what is timed is the session's time.
fn wait(session: &Session, wanted: impl Fn(&RunView) -> bool) -> Result<Arc<RunView>> {
    let begin = Instant::now();
    loop {
        let view = session.view();
        if wanted(&view) {
            return Ok(view);
        }
        if begin.elapsed() > Duration::from_secs(60) {
            return Err("the session does not answer".into());
        }
        std::thread::yield_now();
    }
}

/// A session in which two days have passed.
fn lived(world: &World, setup: &Setup, memory_bytes: u64) -> Result<Session> {
    let setup = Setup { ticks: Some(DAYS * DAY), ..setup.clone() };
    let options = SessionOptions { memory_bytes, speed: Speed::Max, play: true, ..SessionOptions::default() };
    let session = Session::start(world.clone(), setup, options)?;
    wait(&session, |view| view.tick == DAYS * DAY)?;
    Ok(session)
}

fn going_back(straight: &mut Straight, session: &Session, name: &str) -> Result<()> {
    // One tick before the next snapshot is the longest way; everywhere in the day.
    let target = |round: u64| (round * 37 % 96) * SNAPSHOT_EVERY + SNAPSHOT_EVERY - 1;
    line(straight, name, Some(MOST), 1, |round| {
        let begin = Instant::now();
        session.send(Command::GoTo { tick: target(round) });
        wait(session, |view| view.tick == target(round))?;
        let taken = begin.elapsed();
        session.send(Command::GoTo { tick: DAYS * DAY });
        wait(session, |view| view.tick == DAYS * DAY)?;
        Ok(taken)
    })
}

fn branching(straight: &mut Straight, session: &Session) -> Result<()> {
    line(straight, "a branch at noon, with snapshots and rows", None, 1, |_| {
        let shown = session.view().beside.shown;
        let begin = Instant::now();
        session.send(Command::Branch { tick: Some(DAY / 2), name: None, changes: Vec::new() });
        let branch = wait(session, |view| view.beside.shown != shown)?.beside.shown;
        let taken = begin.elapsed();
        session.send(Command::Follow(shown));
        session.send(Command::Close(branch));
        wait(session, |view| view.beside.runs.len() == 1)?;
        session.send(Command::GoTo { tick: DAYS * DAY });
        wait(session, |view| view.tick == DAYS * DAY)?;
        Ok(taken)
    })
}

/// Rows that go and come back, without a session around them.
fn rows(straight: &mut Straight) -> Result<()> {
    const CHUNKS: u64 = 64;
    const ROWS: u64 = CHUNKS * CHUNK_ROWS as u64;
    let columns = straight.rollout.schema().len();
    let mut recorder = Recorder::new(columns);
    straight.rollout.restore(&straight.dawn)?;
    let mut table = Vec::new();
    // The newest rows stay.
    for _ in 0..ROWS + 16 * CHUNK_ROWS as u64 {
        straight.rollout.step()?;
        recorder.push(straight.rollout.row());
        table.extend_from_slice(straight.rollout.row());
    }
    let whole = recorder.picture().bytes();
    let refill = || {
        let mut refill = Refill::new(columns, 0);
        table.chunks_exact(columns).take(ROWS as usize).for_each(|row| refill.push(row));
        refill
    };
    line(straight, "letting a row go", None, ROWS, |_| {
        let begin = Instant::now();
        std::hint::black_box(shed(&mut [&mut recorder], 0, &|_, _| 0));
        let taken = begin.elapsed();
        recorder.fill(refill())?;
        Ok(taken)
    })?;
    line(straight, "sealing a row again and putting it back", None, ROWS, |_| {
        shed(&mut [&mut recorder], 0, &|_, _| 0);
        let begin = Instant::now();
        recorder.fill(refill())?;
        Ok(begin.elapsed())
    })?;
    let left = shed(&mut [&mut recorder], 0, &|_, _| 0);
    let kept = 100.0 * left as f64 / whole as f64;
    println!("what stays of {} rows, of which 4,096 are whole: {kept:.1} % of the bytes", ROWS + 4_096);
    Ok(())
}

/// An interval of a run whose rows have gone.
fn looking_back(straight: &mut Straight, session: &Session) -> Result<()> {
    const TICKS: u64 = 2_048;
    line(straight, "a row that went and is looked at: run again and put back", None, TICKS, |round| {
        // What was looked at last stays; each interval comes again when others were looked at since.
        let from = round % 6 * TICKS;
        session.send(Command::Memory(0));
        wait(session, |view| !view.recording.missing(from, from + 1).is_empty())?;
        session.send(Command::Memory(u64::MAX));
        let missing = session.view().recording.missing(from, from + TICKS);
        let lacking: u64 = missing.iter().map(|rows| rows.end - rows.start).sum();
        let begin = Instant::now();
        session.send(Command::Need { run: None, from, to: from + TICKS });
        wait(session, |view| view.recording.missing(from, from + TICKS).is_empty())?;
        Ok(begin.elapsed().mul_f64(TICKS as f64 / lacking.max(1) as f64))
    })
}

fn main() -> Result<()> {
    let world = World::default();
    let setup = Setup { continuous: true, ..Setup::default_day()? };
    let mut straight = Straight::new(&world, &setup)?;
    println!("{:<62} {:>14} {:>9} {:>9}  verdict", "measurement", "median", "ticks", "target");
    line(&mut straight, "a tick, run straight through and recorded", None, Straight::TICKS, {
        let mut again = Straight::new(&world, &setup)?;
        move |_| Ok(Duration::from_secs_f64(again.measure()? * Straight::TICKS as f64))
    })?;
    let session = lived(&world, &setup, u64::MAX)?;
    println!(
        "two days take {:.1} MiB in {} columns",
        session.view().recording.bytes() as f64 / 1_048_576.0,
        session.view().schema.len()
    );
    going_back(&mut straight, &session, "going to a tick of the day, longest way")?;
    branching(&mut straight, &session)?;
    drop(session);
    let session = lived(&world, &setup, 0)?;
    going_back(&mut straight, &session, "  the same where rows have gone")?;
    drop(session);
    rows(&mut straight)?;
    let session = lived(&world, &setup, u64::MAX)?;
    looking_back(&mut straight, &session)
}
