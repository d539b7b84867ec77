//! `evaluate`: what a benchmark's results say, with intervals, tests and figures.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::config::{Error, Place, Result};
use crate::evaluate::analysis::{Analysis, Comparison, Line, Request};
use crate::evaluate::figures::{self, Figure, TraceFolder, TraceRequest, scenario_label, traces};
use crate::evaluate::numbers::{p_value, percent, short};
use crate::evaluate::results::{Results, Shape};
use crate::evaluate::statistics::{Interval, effect_label, stars};
use crate::evaluate::tables::{to_csv, to_json, with_comparisons};
use crate::record::pin_tags;
use crate::rollout::World;

use super::text_table::TextTable;
use super::{Exit, Outcome, say};

/// Which interval of the mean the table shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum IntervalKind {
    /// Percentiles of 10,000 resampled means
    Bootstrap,
    /// Student's t; the bootstrap below four episodes
    T,
}

/// What results and figures are made from.
#[derive(Debug, Args)]
pub(super) struct InputArgs {
    /// Tables of `benchmark` (`<stem>_episodes.csv` says most), folders of transition logs
    #[arg(value_name = "FILE")]
    inputs: Vec<PathBuf>,
    /// The agent that others are held against [ha_c2g where it is there, else the first]
    #[arg(long, value_name = "AGENT")]
    baseline: Option<String>,
    /// A metric to look at, `all` for every one [the headline ones]
    #[arg(long, value_name = "NAME", num_args = 1..)]
    metric: Vec<String>,
    /// Share of intervals that hold the true value; one minus it is the level of tests
    #[arg(long, value_name = "SHARE", default_value_t = 0.95)]
    level: f64,
    /// Scenarios to look at
    #[arg(long, value_name = "NAME", num_args = 1.., help_heading = "Choice")]
    scenario: Vec<String>,
    /// Agent whose transition logs are drawn
    #[arg(long, value_name = "AGENT", help_heading = "Choice")]
    algoname: Option<String>,
    /// Kind of agent whose transition logs are drawn
    #[arg(long, value_name = "TYPE", default_value = "hardware", help_heading = "Choice")]
    agent_type: String,
    /// Where `--algoname` looks for transition logs
    #[arg(long, value_name = "DIR", default_value = "runs", help_heading = "Choice")]
    runs: PathBuf,
    /// Draws the episodes in which this lever was pinned so
    #[arg(long, value_name = "ACTION=VALUE", help_heading = "Choice")]
    fixed_action: Vec<String>,
    /// Draws the episodes whose file names end in these tags
    #[arg(long, value_name = "TAGS", conflicts_with = "fixed_action", help_heading = "Choice")]
    suffix: Option<String>,
}

/// Flags of `evaluate`.
#[derive(Debug, Args)]
pub struct EvaluateArgs {
    #[command(flatten)]
    input: InputArgs,
    /// Interval that the table on the screen shows
    #[arg(long, value_enum, default_value_t = IntervalKind::Bootstrap)]
    interval: IntervalKind,
    /// Writes everything as a CSV, a row per metric, agent and scenario
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    out: Option<PathBuf>,
    /// Prints everything as JSON in place of the tables
    #[arg(long, help_heading = "Output")]
    json: bool,
    /// Writes figures as PNG and SVG, each with its numbers as CSV
    #[arg(long, value_name = "DIR", num_args = 0..=1, default_missing_value = "figures", help_heading = "Output")]
    figures: Option<PathBuf>,
}

/// Tables and folders of transition logs, read.
pub(super) struct Input {
    pub(super) results: Option<Results>,
    pub(super) analysis: Option<Analysis>,
    pub(super) traces: Vec<Figure>,
}

impl InputArgs {
    /// Reads everything that was given; `draw` says whether transition logs are to be drawn.
    pub(super) fn read(&self, world: &World) -> Result<Input> {
        let (folders, tables): (Vec<&PathBuf>, Vec<&PathBuf>) = self.inputs.iter().partition(|p| p.is_dir());
        let mut found = Vec::new();
        for folder in folders {
            found.extend(trace_folders(folder)?);
        }
        if let Some(agent) = &self.algoname {
            let scenarios = if self.scenario.is_empty() { vec!["default".to_owned()] } else { self.scenario.clone() };
            for scenario in scenarios {
                found.push(TraceFolder::find(&self.runs, agent, &scenario, &self.agent_type)?);
            }
        }
        if found.is_empty() && tables.is_empty() {
            return Err(Error::invalid(
                Place::source("FILE"),
                "nothing to look at was given",
                "Give `<stem>_episodes.csv` of a benchmark, a folder of transition logs, or `--algoname AGENT`.",
            ));
        }
        let request = TraceRequest { suffix: self.trace_suffix(world)? };
        let drawn = found.iter().map(|folder| traces(folder, &request)).collect::<Result<Vec<_>>>()?;
        if tables.is_empty() {
            return Ok(Input { results: None, analysis: None, traces: drawn });
        }
        let mut results = Results::read(&tables)?;
        // With `--algoname` the scenario says which log is drawn.
        if self.algoname.is_none() {
            results.only_scenarios(&self.scenario)?;
        }
        let metrics = (!self.metric.is_empty()).then(|| self.metric.clone());
        let request = Request { metrics, baseline: self.baseline.clone(), level: self.level };
        let analysis = Analysis::of(&results, &request)?;
        Ok(Input { results: Some(results), analysis: Some(analysis), traces: drawn })
    }

    /// Tags that file names must end in.
    fn trace_suffix(&self, world: &World) -> Result<Option<String>> {
        if self.fixed_action.is_empty() {
            return Ok(self.suffix.clone());
        }
        let known: Vec<String> = {
            let rollout = world.build(&crate::rollout::Setup::default())?;
            rollout.spec().slots.iter().flat_map(|s| s.actions.iter().map(|a| a.name.clone())).collect()
        };
        let mut pins = Vec::new();
        for text in &self.fixed_action {
            let place = || Place::source(format!("--fixed-action {text}"));
            let cure = "Write for example pump_speed_A=0.25.";
            let Some((name, value)) = text.split_once('=') else {
                return Err(Error::invalid(place(), "there is no `=`", cure));
            };
            let value: f64 =
                value.parse().map_err(|_| Error::invalid(place(), format!("`{value}` is no number"), cure))?;
            if !known.iter().any(|k| k == name) {
                return Err(Error::unknown(place(), "lever", name, known));
            }
            pins.push((name.to_owned(), value));
        }
        Ok(Some(pin_tags(&pins)))
    }
}

/// Writes a file and the folders above it.
pub(super) fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|e| Error::io(folder, "create the folder", e))?;
    }
    std::fs::write(path, bytes).map_err(|e| Error::io(path, "write", e))
}

/// A folder of episodes, or all such folders in one.
fn trace_folders(path: &Path) -> Result<Vec<TraceFolder>> {
    if TraceFolder::holds_episodes(path) {
        return Ok(vec![TraceFolder::new(path)]);
    }
    let entries = std::fs::read_dir(path).map_err(|e| Error::io(path, "read the folder", e))?;
    let mut below: Vec<PathBuf> =
        entries.flatten().map(|e| e.path()).filter(|p| p.is_dir() && TraceFolder::holds_episodes(p)).collect();
    below.sort();
    if below.is_empty() {
        let cure = "Give a folder that `--record_transitions` wrote, as runs/pid_default_hardware.";
        return Err(Error::invalid(Place::file(path), "there is no `episode<N>.csv` in it or one folder below", cure));
    }
    Ok(below.iter().map(|p| TraceFolder::new(p)).collect())
}

/// Weighs results and draws them.
pub fn run(args: &EvaluateArgs, world: &World) -> Outcome {
    let input = args.input.read(world)?;
    if let (Some(results), Some(analysis)) = (&input.results, &input.analysis) {
        if let Some(path) = &args.out {
            write_file(path, to_csv(results, analysis).as_bytes())?;
        }
        if args.json {
            let text = serde_json::to_string_pretty(&to_json(results, analysis)).unwrap_or_default();
            say(&text)?;
        } else {
            say(&screen(results, analysis, args.interval))?;
        }
    } else if args.out.is_some() || args.json {
        let cure = "Give `<stem>_episodes.csv` as well.";
        return Err(Error::invalid(Place::source("--out"), "there is no table among the files", cure));
    }
    // Transition logs are given to be drawn; everything else only on demand.
    let folder = args.figures.clone().or_else(|| (!input.traces.is_empty()).then(|| PathBuf::from("figures")));
    if let Some(folder) = folder {
        let of_tables = if args.figures.is_some() { input.results.as_ref().map(figures::all) } else { None };
        let drawn: Vec<Figure> = input.traces.into_iter().chain(of_tables.into_iter().flatten()).collect();
        for figure in &drawn {
            figure.save(&folder)?;
        }
        let many = if drawn.len() == 1 { "figure" } else { "figures" };
        let words = format!("{} {many} (PNG, SVG, CSV) in {}", drawn.len(), folder.display());
        if args.json { super::complain(&words) } else { say(&format!("\n{words}"))? }
    }
    Ok(Exit::Good)
}

/// The tables for the screen.
fn screen(results: &Results, analysis: &Analysis, interval: IntervalKind) -> String {
    let mut out = Vec::new();
    let files: Vec<String> = results
        .sources
        .iter()
        .map(|s| {
            let what = if s.shape == Shape::Episodes { "episodes" } else { "rows of means" };
            format!("{} ({} {what})", s.path.display(), s.rows)
        })
        .collect();
    out.push(format!("Read {}.", files.join(", ")));
    let level = percent(analysis.level);
    let how = if interval == IntervalKind::T { "Student's t" } else { "bootstrap" };
    for (at, frame) in results.frames.iter().enumerate() {
        for metric in &analysis.metrics {
            let own = |l: &&(&Line, Option<&Comparison>)| l.0.frame == at && &l.0.metric == metric;
            let pairs: Vec<(&Line, Option<&Comparison>)> = with_comparisons(analysis).collect();
            let pairs: Vec<_> = pairs.iter().filter(own).collect();
            if pairs.is_empty() {
                continue;
            }
            out.push(format!("\n{metric} · {}", frame.title()));
            // Of means alone only t can be said.
            let means_only = pairs.iter().all(|(line, _)| line.summary.is_none());
            let ci = format!("{level} {}", if means_only { "Student's t" } else { how });
            let mut table = TextTable::new(
                &["scenario", "agent", "n", "mean", "std", ci.as_str(), "median", "quartiles", "min", "max"],
                2,
            );
            let mut against = TextTable::new(
                &[
                    "scenario",
                    "agent",
                    "verdict",
                    "difference",
                    level.as_str(),
                    "d",
                    "effect",
                    "test",
                    "p",
                    "Holm",
                    "BH",
                    "pairs",
                    "paired t",
                    "Holm",
                    "Wilcoxon",
                ],
                3,
            );
            for (line, comparison) in pairs {
                table.row(line_cells(line, interval));
                against_row(&mut against, *comparison);
            }
            out.push(table.lines());
            if !against.is_empty() {
                let baseline = analysis.baselines.get(at).and_then(Option::as_deref).unwrap_or("");
                out.push(format!("  against {baseline}"));
                out.push(against.lines());
            }
        }
    }
    let tests = analysis.comparisons.iter().filter(|c| !c.p.alone.is_nan()).count();
    if tests > 0 {
        out.push(format!(
            "\nVerdicts go by p corrected by Holm over the {tests} comparisons of this call, at the level {}; stars: * 0.05, ** 0.01, *** 0.001.",
            format!("{:.4}", 1.0 - analysis.level).trim_end_matches('0')
        ));
    }
    for (title, lines) in [("Cannot be computed from these files", &analysis.missing), ("Remarks", &results.notes)] {
        if !lines.is_empty() {
            out.push(format!("\n{title}:"));
            out.extend(lines.iter().map(|l| format!("  - {l}")));
        }
    }
    out.join("\n")
}

fn between(interval: Option<Interval>) -> String {
    interval.map_or_else(|| "–".to_owned(), |i| format!("{} to {}", short(i.low), short(i.high)))
}

fn line_cells(line: &Line, interval: IntervalKind) -> Vec<String> {
    let s = line.summary;
    let ci = match (interval, s) {
        (IntervalKind::Bootstrap, Some(s)) => Some(s.bootstrap),
        (IntervalKind::T, Some(s)) => Some(s.t_or_bootstrap()),
        // Of means alone only t can be said.
        (_, None) => line.t,
    };
    let of = |f: fn(&crate::evaluate::statistics::Summary) -> f64| {
        s.as_ref().map_or_else(|| "–".to_owned(), |s| short(f(s)))
    };
    let std = s.map_or(line.moments.std, |s| s.std);
    vec![
        scenario_label(&line.scenario).to_owned(),
        line.agent.clone(),
        line.moments.n.to_string(),
        short(line.moments.mean),
        short(std),
        between(ci),
        of(|s| s.median),
        s.map_or_else(|| "–".to_owned(), |s| between(Some(Interval { low: s.q1, high: s.q3 }))),
        of(|s| s.min),
        of(|s| s.max),
    ]
}

fn against_row(table: &mut TextTable, comparison: Option<&Comparison>) {
    let Some(c) = comparison else { return };
    let p = |p: f64| format!("{}{}", p_value(p), stars(p));
    table.row(vec![
        scenario_label(&c.scenario).to_owned(),
        c.agent.clone(),
        c.verdict.words().to_owned(),
        short(c.difference),
        between(c.interval()),
        short(c.effect.unwrap_or(f64::NAN)),
        c.effect.map_or("", effect_label).to_owned(),
        c.test.words().to_owned(),
        p(c.p.alone),
        p(c.p.holm),
        p(c.p.bh),
        c.paired.map_or(0, |t| t.n).to_string(),
        p(c.paired_p.alone),
        p(c.paired_p.holm),
        p(c.wilcoxon_p.alone),
    ]);
}
