//! `export`: pictures, drawings, films, reports and tables of a run or of a recorded log.

#[cfg(feature = "app")]
mod pictures;
mod source;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::config::{Error, Place, Result};
use crate::evaluate::charts::{ChartDrawing, ChartKind};
use crate::evaluate::film::write_whole;
use crate::evaluate::report::RunPage;
use crate::rollout::{Setup, World};
use crate::signal::SignalId;

use super::disturb::DisturbArgs;
use super::{Exit, Outcome, SetupArgs, say};

use source::Source;

/// What is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum What {
    /// A picture of a tile or of the window
    Png,
    /// A chart of any kind, as vectors
    Svg,
    /// An animated GIF of a tile or of the window
    Gif,
    /// A film: a folder of PNG files, FILE.y4m, or FILE.mp4 where `ffmpeg` is installed
    Film,
    /// A page about the run that holds everything
    Report,
    /// Rows of signals
    Csv,
}

impl What {
    /// End of the file's name where none is given.
    fn end(self) -> &'static str {
        match self {
            Self::Png => ".png",
            Self::Svg => ".svg",
            Self::Gif => ".gif",
            Self::Film => ".y4m",
            Self::Report => ".html",
            Self::Csv => ".csv",
        }
    }
}

/// Flags of `export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// What to export
    #[arg(value_enum)]
    what: What,
    #[command(flatten)]
    setup: SetupArgs,
    #[command(flatten)]
    disturb: DisturbArgs,
    /// A recorded log instead of a run
    #[arg(long, value_name = "FILE", conflicts_with = "disturb", help_heading = "Export")]
    replay: Option<PathBuf>,
    /// File that is written; of a film also a folder [runs/export/PLANT.END]
    #[arg(long, value_name = "FILE", help_heading = "Export")]
    out: Option<PathBuf>,
    /// First tick
    #[arg(long, value_name = "TICK", default_value_t = 0, help_heading = "Export")]
    from: u64,
    /// Tick after the last one [the end of the run]
    #[arg(long, value_name = "TICK", help_heading = "Export")]
    to: Option<u64>,
    /// Tick of a picture [the end of the run]
    #[arg(long, value_name = "TICK", help_heading = "Export")]
    at: Option<u64>,
    /// Width and height: pixels of pictures and films, points of drawings [1280x800; drawings 960x360]
    #[arg(long, value_name = "WxH", help_heading = "Export")]
    size: Option<String>,
    /// A chart of the plant, by its name
    #[arg(long, value_name = "NAME", conflicts_with = "signals", help_heading = "Charts and tables")]
    chart: Option<String>,
    /// Signals of a chart or a table, by name
    #[arg(long, value_name = "NAME", value_delimiter = ',', help_heading = "Charts and tables")]
    signals: Vec<String>,
    /// Kind of chart [lines, xy, histogram, duration, carpet, stacked]
    #[arg(long, value_name = "KIND", default_value = "lines", help_heading = "Charts and tables")]
    kind: String,
    /// Draws one tile alone, by its name as layouts store it (site, one_line, plant:thermal)
    #[arg(long, value_name = "NAME", help_heading = "Pictures and films")]
    tile: Option<String>,
    /// Layout of the whole window [Live, Flows, Charts, Everything]
    #[arg(long, value_name = "NAME", conflicts_with = "layout_file", help_heading = "Pictures and films")]
    layout: Option<String>,
    /// Layout of the whole window, as a file
    #[arg(long, value_name = "FILE", help_heading = "Pictures and films")]
    layout_file: Option<PathBuf>,
    /// Colours [dark, light, operator, high_contrast]
    #[arg(long, value_name = "NAME", help_heading = "Pictures and films")]
    theme: Option<String>,
    /// How much of the past charts show [15 min, 1 h, 6 h, Day, All]
    #[arg(long, value_name = "SPAN", help_heading = "Pictures and films")]
    span: Option<String>,
    /// Ticks from one picture of a film to the next
    #[arg(long, value_name = "TICKS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..), help_heading = "Pictures and films")]
    every: u64,
    /// Pictures a second of a film [10 of a GIF, 20 of a film]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=60), help_heading = "Pictures and films")]
    fps: Option<u32>,
    /// The log is a copy of a run that goes on: drawn as that run, not as a replay
    #[arg(long, hide = true, requires = "replay")]
    as_run: bool,
    /// Says after each picture how many there are, one line each
    #[arg(long, hide = true)]
    progress: bool,
}

impl ExportArgs {
    /// Width and height, or what is usual.
    fn size(&self, usual: (u32, u32)) -> Result<(u32, u32)> {
        let Some(text) = &self.size else { return Ok(usual) };
        let parts = text.split_once(['x', 'X', '×']);
        let size = parts.and_then(|(w, h)| Some((w.trim().parse().ok()?, h.trim().parse().ok()?)));
        size.filter(|(w, h)| (16..=8_192).contains(w) && (16..=8_192).contains(h)).ok_or_else(|| {
            let what = format!("`{text}` is no size");
            Error::invalid(Place::source("--size"), what, "Write width and height like 1280x800, up to 8192x8192.")
        })
    }

    /// The file that is written.
    fn out(&self, plant: &str) -> PathBuf {
        self.out.clone().unwrap_or_else(|| Path::new("runs/export").join(format!("{plant}{}", self.what.end())))
    }

    /// Signals, title and kind of the chart that is meant.
    fn chart(&self, source: &Source) -> Result<(String, ChartKind, Vec<SignalId>)> {
        let kind = ChartKind::find(&self.kind).ok_or_else(|| {
            let all = ChartKind::ALL.map(ChartKind::name);
            Error::unknown(Place::source("--kind"), "kind of chart", &self.kind, all)
        })?;
        if let Some(name) = &self.chart {
            let name = name.strip_prefix("chart:").unwrap_or(name);
            let all = || source.spec.charts.iter().map(|c| c.name.clone());
            let chart = source.spec.charts.iter().find(|c| c.name == name);
            let chart = chart.ok_or_else(|| Error::unknown(Place::source("--chart"), "chart", name, all()))?;
            return Ok((chart.title.clone(), kind, chart.series.clone()));
        }
        let columns = self.columns(source)?;
        if columns.is_empty() {
            return match source.spec.charts.first() {
                Some(chart) => Ok((chart.title.clone(), kind, chart.series.clone())),
                None => {
                    let cure = "Name signals (--signals) or a chart of the plant (--chart).";
                    Err(Error::invalid(Place::source("export"), "no chart is named", cure))
                }
            };
        }
        let labels = columns.iter().filter_map(|c| source.schema.signals.get(*c).map(|s| s.label.as_str()));
        Ok((labels.collect::<Vec<_>>().join(", "), kind, columns))
    }

    /// The signals that are named.
    fn columns(&self, source: &Source) -> Result<Vec<SignalId>> {
        let of = |name: &String| {
            let all = || source.schema.signals.iter().map(|s| s.name.clone());
            source
                .schema
                .find(name.trim())
                .ok_or_else(|| Error::unknown(Place::source("--signals"), "signal", name, all()))
        };
        self.signals.iter().map(of).collect()
    }
}

/// Exports what is asked for and says where it lies.
///
/// # Errors
/// Everything that can be wrong with setup, log, names and sizes; places that cannot be written.
pub fn run(args: &ExportArgs, world: &World, axes: &BTreeMap<String, String>) -> Outcome {
    let setup = args.setup.to_setup(Setup::default_day()?, axes)?;
    match args.what {
        What::Svg | What::Report | What::Csv => table(args, world, setup),
        #[cfg(feature = "app")]
        What::Png | What::Gif | What::Film => pictures::run(args, world, setup),
        #[cfg(not(feature = "app"))]
        What::Png | What::Gif | What::Film => Err(Error::invalid(
            Place::source("c2g-twin"),
            "this build has no window, and so no pictures",
            "Export svg, report or csv, or build with the default features.",
        )),
    }
}

/// What needs rows only.
fn table(args: &ExportArgs, world: &World, setup: Setup) -> Outcome {
    let source = match &args.replay {
        Some(path) => Source::log(path, world, args.to)?,
        None => Source::play(setup, &args.disturb, world, args.to)?,
    };
    let out = args.out(&source.spec.name);
    let to = args.to.unwrap_or(u64::MAX);
    match args.what {
        What::Csv => {
            let mut columns = args.columns(&source)?;
            if columns.is_empty() {
                columns = (0..source.schema.len()).collect();
            }
            let export = crate::record::Export {
                schema: &source.schema,
                calendar: &source.spec.calendar,
                columns: &columns,
                from: args.from,
                to,
            };
            export.write(&out, &source.recording)?;
        }
        What::Report => {
            let page = RunPage {
                spec: &source.spec,
                schema: &source.schema,
                recording: &source.recording,
                setup: source.setup.as_ref(),
                driver: &source.driver,
                source: &source.words,
                figures: &[],
                notes: &source.notes,
            };
            write_whole(&out, page.html()?.as_bytes())?;
        }
        _ => {
            let (title, kind, columns) = args.chart(&source)?;
            let (width, height) = args.size((960, 360))?;
            let drawing = ChartDrawing {
                title: &title,
                kind,
                schema: &source.schema,
                calendar: &source.spec.calendar,
                recording: &source.recording,
                columns: &columns,
                from: args.from,
                to,
                size: (f64::from(width), f64::from(height)),
            };
            write_whole(&out, drawing.svg()?.as_bytes())?;
        }
    }
    say(&out.display().to_string())?;
    Ok(Exit::Good)
}
