//! How fast the engine is, told as multiples of one `libm::exp` on the same machine in the same minute.
//!
//! `cargo bench --no-default-features --bench engine` prints one table. Each measurement is interleaved with the
//! exponential over an array, and the median of several rounds counts: the ratio says the same on a slow and on a busy
//! machine. Words after `--` choose the measurements whose names hold them. Where a target stands, the verdict says whether it is met; the exit status is 0 all the same, because a
//! busy machine is no fault of the program.

use std::error::Error;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use c2g_twin::noise::{self, Noise, NoiseKind};
use c2g_twin::plant::{BuildRequest, InputBus, Plant, PlantSpec, SlotActions, StepContext};
use c2g_twin::record::{LogHeader, LogWriter, Recorder};
use c2g_twin::rollout::{Rollout, Setup, Step, World};
use c2g_twin::session::{Command, PlayState, RunView, Session, SessionOptions, Speed};
use c2g_twin::trace::{Embedded, Start, TraceSource, layout};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Rounds of each measurement; the median counts.
const ROUNDS: usize = 15;

/// Ticks of a day.
const DAY: u64 = 17_280;

/// Exponentials of one round.
const EXPONENTIALS: usize = 1 << 19;

/// What a measurement is held against.
enum Target {
    /// At most so many exponentials.
    Ratio(f64),
    /// At most so long.
    Time(Duration),
    /// Only told.
    None,
}

/// The exponential over an array, ns each.
struct Exponential {
    arguments: Vec<f64>,
}

impl Exponential {
    fn new() -> Self {
        // The whole range in which the twin uses it, in an order that no branch predictor knows.
        let arguments = (0..4_096_u64).map(|k| (k * 2_654_435_761 % 4_096) as f64 / 512.0 - 7.0).collect();
        Self { arguments }
    }

    fn measure(&self) -> f64 {
        let begin = Instant::now();
        let mut sum = 0.0;
        for _ in 0..EXPONENTIALS / self.arguments.len() {
            for &x in std::hint::black_box(&self.arguments) {
                sum += libm::exp(x);
            }
        }
        std::hint::black_box(sum);
        begin.elapsed().as_secs_f64() * 1e9 / EXPONENTIALS as f64
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The table that is printed.
struct Report {
    exponential: Exponential,
    /// Only measurements whose names hold one of these; all when empty.
    only: Vec<String>,
}

impl Report {
    fn begin() -> Self {
        let exponential = Exponential::new();
        let ns = median((0..ROUNDS).map(|_| exponential.measure()).collect());
        println!("{:<46} {:>14} {:>9} {:>9}  verdict", "measurement", "median", "per exp", "target");
        println!("{:<46} {:>14} {:>9} {:>9}", "libm::exp over an array", human(ns), "1.0", "");
        let only = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
        Self { exponential, only }
    }

    /// Measures `work`, which does `operations` at a time and says how long it took.
    fn line(
        &self,
        name: &str,
        target: Target,
        operations: u64,
        mut work: impl FnMut() -> Result<Duration>,
    ) -> Result<()> {
        if !self.only.is_empty() && !self.only.iter().any(|word| name.contains(word)) {
            return Ok(());
        }
        let (mut times, mut ratios) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let before = self.exponential.measure();
            let ns = work()?.as_secs_f64() * 1e9 / operations as f64;
            let after = self.exponential.measure();
            times.push(ns);
            ratios.push(ns / f64::midpoint(before, after));
        }
        self.print(name, &target, median(times), median(ratios));
        Ok(())
    }

    fn print(&self, name: &str, target: &Target, ns: f64, ratio: f64) {
        let (wanted, met) = match target {
            Target::Ratio(most) => (format!("≤ {most}"), Some(ratio <= *most)),
            Target::Time(most) => {
                (format!("≤ {}", human(most.as_secs_f64() * 1e9)), Some(ns <= most.as_secs_f64() * 1e9))
            }
            Target::None => (String::new(), None),
        };
        let verdict = met.map_or("", |met| if met { "met" } else { "MISSED" });
        // Beyond a millisecond a multiple of nanoseconds tells nobody anything.
        let ratio = if ns < 1e6 { format!("{ratio:.1}") } else { String::new() };
        println!("{name:<46} {:>14} {ratio:>9} {wanted:>9}  {verdict}", human(ns));
    }
}

fn human(ns: f64) -> String {
    match ns {
        ns if ns < 1e4 => format!("{ns:.1} ns"),
        ns if ns < 1e6 => format!("{:.1} µs", ns / 1e3),
        ns => format!("{:.1} ms", ns / 1e6),
    }
}

/// Runs so many ticks and hands each row on.
fn run(rollout: &mut Rollout, ticks: u64, mut row: impl FnMut(u64, &[f64]) -> Result<()>) -> Result<()> {
    for _ in 0..ticks {
        let tick = rollout.tick();
        if rollout.step()? == Step::Ended {
            return Err(format!("the run ended at tick {tick}: {:?}", rollout.end()).into());
        }
        row(tick, rollout.row())?;
    }
    Ok(())
}

/// The plant without a rollout around it.
struct Bare {
    plant: Box<dyn Plant>,
    noise: Box<dyn Noise>,
    inputs: InputBus,
    actions: Vec<SlotActions>,
    row: Vec<f64>,
}

impl Bare {
    fn new(world: &World, day: &Setup) -> Result<Self> {
        let config = world.configuration(day)?;
        let start = day.start.as_deref().map(Start::from_str).transpose()?;
        let request = BuildRequest { config: &config, axes: &day.axes, traces: &Embedded, start, seed: day.seed };
        let plant = world.factory(&day.plant)?.build(&request)?;
        let spec: Arc<PlantSpec> = Arc::clone(plant.spec());
        let neutral = |s: &c2g_twin::plant::Slot| s.actions.iter().map(|a| a.default).collect();
        Ok(Self {
            noise: noise::build(&NoiseKind::Counter, day.seed, &spec.streams)?,
            inputs: InputBus::new(spec.inputs.iter().map(|i| i.range)),
            // The market rests, as in the reference's fast environment.
            actions: (spec.slots.iter())
                .map(|s| SlotActions { values: neutral(s), active: !s.optional, due: true })
                .collect(),
            row: vec![0.0; spec.signals.len()],
            plant,
        })
    }

    fn day(&mut self) -> Duration {
        self.plant.reset(&mut self.inputs, &mut *self.noise, &mut self.row);
        let begin = Instant::now();
        for tick in 0..DAY {
            let (inputs, noise) = (&mut self.inputs, &mut *self.noise);
            self.plant.step(StepContext { tick, actions: &self.actions, inputs, noise }, &mut self.row);
            std::hint::black_box(&self.row);
        }
        begin.elapsed()
    }
}

/// Expands everything that is built in; only the first call of a process does any work.
fn expand() -> Result<Duration> {
    let begin = Instant::now();
    for id in layout::set_ids() {
        Embedded.table(&id)?;
    }
    Ok(begin.elapsed())
}

fn ticks(report: &Report, world: &World, day: &Setup, folder: &Path) -> Result<()> {
    let mut bare = Bare::new(world, day)?;
    report.line("bare tick: the plant alone", Target::Ratio(40.0), DAY, || Ok(bare.day()))?;

    let mut rollout = world.build(day)?;
    let dawn = rollout.snapshot();
    let columns = rollout.schema().len();
    let header = LogHeader::of(&rollout);
    report.line("controlled tick: rule_macro + rule_based", Target::Ratio(60.0), DAY, || {
        rollout.restore(&dawn)?;
        let begin = Instant::now();
        run(&mut rollout, DAY, |_, _| Ok(()))?;
        Ok(begin.elapsed())
    })?;
    report.line("  the same with a recording", Target::Ratio(120.0), DAY, || {
        rollout.restore(&dawn)?;
        let begin = Instant::now();
        let mut recorder = Recorder::new(columns);
        run(&mut rollout, DAY, |_, row| {
            recorder.push(row);
            Ok(())
        })?;
        std::hint::black_box(&recorder);
        Ok(begin.elapsed())
    })?;
    report.line("  the same with a full log", Target::None, DAY, || {
        rollout.restore(&dawn)?;
        let begin = Instant::now();
        let mut log = LogWriter::create(&folder.join("day.csv"), &header)?;
        run(&mut rollout, DAY, |tick, row| Ok(log.row(tick, row)?))?;
        log.finish()?;
        Ok(begin.elapsed())
    })?;
    report.line("a whole day, controlled", Target::None, 1, || {
        rollout.restore(&dawn)?;
        let begin = Instant::now();
        run(&mut rollout, DAY, |_, _| Ok(()))?;
        Ok(begin.elapsed())
    })
}

/// A recording of noise that reaches through the day.
fn write_noise(folder: &Path) -> Result<String> {
    let mut generator = noise::numpy::Generator::new(1);
    let mut ticks = String::from("k,regd_z,freq_z\n");
    for k in 0..DAY + 20 {
        ticks += &format!("{k},{},{}\n", generator.standard_normal(), generator.standard_normal());
    }
    let mut intervals = String::from("m,rmcp_z,accept_u\n");
    for m in 0..100 {
        intervals += &format!("{m},{},{}\n", generator.standard_normal(), generator.random());
    }
    let (a, b) = (folder.join("noise.csv"), folder.join("noise_macro.csv"));
    std::fs::write(&a, ticks)?;
    std::fs::write(&b, intervals)?;
    Ok(NoiseKind::Recorded(vec![a, b]).to_string())
}

fn noises(report: &Report, world: &World, day: &Setup, folder: &Path) -> Result<()> {
    for (name, noise) in [("numpy", "numpy".to_owned()), ("recorded", write_noise(folder)?)] {
        let mut rollout = world.build(&Setup { noise, ..day.clone() })?;
        let dawn = rollout.snapshot();
        report.line(&format!("controlled tick, {name} noise"), Target::None, DAY, || {
            rollout.restore(&dawn)?;
            let begin = Instant::now();
            // The last row of a recording is for the look ahead.
            run(&mut rollout, DAY, |_, _| Ok(()))?;
            Ok(begin.elapsed())
        })?;
    }
    Ok(())
}

fn snapshots(report: &Report, world: &World, day: &Setup) -> Result<()> {
    const TIMES: u64 = 2_000;
    let mut rollout = world.build(day)?;
    run(&mut rollout, DAY / 2, |_, _| Ok(()))?;
    report.line("snapshot", Target::None, TIMES, || {
        let begin = Instant::now();
        for _ in 0..TIMES {
            std::hint::black_box(rollout.snapshot());
        }
        Ok(begin.elapsed())
    })?;
    let noon = rollout.snapshot();
    report.line("restore", Target::None, TIMES, || {
        let begin = Instant::now();
        for _ in 0..TIMES {
            rollout.restore(std::hint::black_box(&noon))?;
        }
        Ok(begin.elapsed())
    })
}

/// Waits for a picture and does not sleep, so that what is timed is the session's time.
fn wait(session: &Session, wanted: impl Fn(&RunView) -> bool) -> Result<()> {
    let begin = Instant::now();
    while !wanted(&session.view()) {
        if begin.elapsed() > Duration::from_secs(60) {
            return Err("the session does not answer".into());
        }
        std::thread::yield_now();
    }
    Ok(())
}

fn rewinding(report: &Report, world: &World, day: &Setup) -> Result<()> {
    let session = Session::start(world.clone(), day.clone(), SessionOptions::default())?;
    session.send(Command::Speed(Speed::Max));
    session.send(Command::Play);
    wait(&session, |view| view.play == PlayState::Ended)?;
    // Snapshots stand on every 180th tick: one tick before the next is the longest way. A frame is time enough.
    let mut target = DAY - 1;
    report.line("going to any tick of the day, longest way", Target::Time(Duration::from_millis(16)), 1, || {
        let begin = Instant::now();
        session.send(Command::GoTo { tick: target });
        wait(&session, |view| view.tick == target)?;
        target -= 1_080;
        Ok(begin.elapsed())
    })
}

/// SustainDC: 2,000 times the 455 ticks a second of its Python environment on one core (sustaindc 14). That is 1.1 µs, or
/// 150 exponentials of a quiet core.
fn sustaindc(report: &Report, world: &World) -> Result<()> {
    const WEEK: u64 = 672;
    const ROUND: u64 = 20;
    let slots = ["agent_ls", "agent_dc", "agent_bat"];
    let policies = |names: [&str; 3]| slots.iter().zip(names).map(|(s, n)| ((*s).to_owned(), n.to_owned())).collect();
    for (name, names) in [
        ("sustaindc tick: nobody moves a lever", ["hold"; 3]),
        ("sustaindc tick: three rule controllers", ["carbon_shift", "trim_and_respond", "rbc_battery"]),
    ] {
        let setup = Setup { plant: "sustaindc".to_owned(), policies: policies(names), ..Setup::default() };
        let mut rollout = world.build(&setup)?;
        let dawn = rollout.snapshot();
        report.line(name, Target::Ratio(150.0), WEEK * ROUND, || {
            let mut time = Duration::ZERO;
            for _ in 0..ROUND {
                rollout.restore(&dawn)?;
                let begin = Instant::now();
                run(&mut rollout, WEEK, |_, _| Ok(()))?;
                time += begin.elapsed();
            }
            Ok(time)
        })?;
    }
    let setup = Setup { plant: "sustaindc".to_owned(), ..Setup::default() };
    report.line("sustaindc: building a run with a year of noise", Target::None, 1, || {
        let begin = Instant::now();
        std::hint::black_box(world.build(&setup)?);
        Ok(begin.elapsed())
    })
}

fn main() -> Result<()> {
    // Before anything else: the second call would find the tables expanded.
    let cold = expand()?;
    let report = Report::begin();
    let ns = cold.as_secs_f64() * 1e9;
    let exponential = report.exponential.measure();
    report.print("embedded data set, expanded once", &Target::Time(Duration::from_millis(100)), ns, ns / exponential);

    let (world, day) = (World::default(), Setup::default_day()?);
    let folder = tempfile::tempdir()?;
    report.line("building the default day's run", Target::None, 1, || {
        let begin = Instant::now();
        std::hint::black_box(world.build(&day)?);
        Ok(begin.elapsed())
    })?;
    ticks(&report, &world, &day, folder.path())?;
    noises(&report, &world, &day, folder.path())?;
    snapshots(&report, &world, &day)?;
    rewinding(&report, &world, &day)?;
    sustaindc(&report, &world)
}
