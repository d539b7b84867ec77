//! No subcommand: opens the window.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;

use crate::app::layout_file::LayoutFile;
use crate::app::panel::check_tour;
use crate::app::settings::Settings;
use crate::app::shell::{self, Closed, ShellOptions};
use crate::app::theme::ThemeName;
use crate::config::{Error, Place, Result};
use crate::plant::Planned;
use crate::rollout::{Setup, World};
use crate::session::{self, Session, SessionOptions, Speed};

use super::disturb::DisturbArgs;
use super::{Exit, Outcome, SetupArgs};

/// Flags of the window.
#[derive(Debug, Args)]
#[command(next_help_heading = "Window")]
pub struct WindowArgs {
    /// Plays recorded logs instead of a run: full logs, SustainDC evaluation logs, C2G transitions, tables; of a folder
    /// all that are in it
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with_all = ["log", "disturb"])]
    replay: Vec<PathBuf>,
    /// Column of a table that is its time, or "(row number)" [found by name and course]
    #[arg(long, value_name = "NAME", requires = "replay")]
    time_column: Option<String>,
    #[command(flatten)]
    disturb: DisturbArgs,
    /// Writes the full log while the window is open
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
    /// Saves a picture of the window and closes it
    #[arg(long, value_name = "PNG")]
    shot: Option<PathBuf>,
    /// Size of the window in logical pixels
    #[arg(long, value_name = "WxH", value_parser = size)]
    size: Option<(u32, u32)>,
    /// Colours [dark, light, operator, high_contrast]
    #[arg(long, value_name = "NAME")]
    theme: Option<String>,
    /// Simulated seconds per second, 0.1 to 10000, or max
    #[arg(long, value_name = "FACTOR", value_parser = speed)]
    speed: Option<Speed>,
    /// Begins with time standing still
    #[arg(long)]
    paused: bool,
    /// Plays a tour, by its name or file; `c2g-twin tour` lists them
    #[arg(long, value_name = "NAME|FILE", conflicts_with = "replay")]
    tour: Option<String>,
    /// Begins with the run, not with the first page
    #[arg(long)]
    no_welcome: bool,
    /// Memory for the past of all runs, MiB; beyond it old rows go and are run again when they are looked at [1024]
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u64).range(16..=1 << 24))]
    memory_mib: Option<u64>,
    /// Layout of the tiles, as a file that was saved or shared
    #[arg(long, value_name = "FILE")]
    layout_file: Option<PathBuf>,
    /// File that settings are read from and kept in [your configuration folder; none with --shot]
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Begins with the default settings and keeps none
    #[arg(long, conflicts_with = "settings")]
    no_settings: bool,
    /// Closes the window by itself
    #[arg(long, value_name = "SECONDS", hide = true)]
    close_after: Option<f64>,
    /// Writes what every frame cost
    #[arg(long, value_name = "CSV", hide = true)]
    watch: Option<PathBuf>,
}

/// How a window is opened.
#[derive(Debug, Clone, PartialEq)]
pub struct WindowOptions {
    /// What it shows.
    pub setup: Setup,
    /// What befalls the run, and when.
    pub plan: Vec<Planned>,
    /// Recorded logs that are played instead, the first one first.
    pub replay: Vec<PathBuf>,
    /// Column of tables among them that is taken for the time; `None` finds it.
    pub time_column: Option<String>,
    /// File that the full log goes to.
    pub log: Option<PathBuf>,
    /// PNG that a picture of the window is saved to before it closes.
    pub shot: Option<PathBuf>,
    /// Width and height, logical pixels; `None` takes those of the settings.
    pub size: Option<(u32, u32)>,
    /// Layout of the tiles, as a file.
    pub layout_file: Option<PathBuf>,
    /// File that settings are read from and kept in; `None` begins with the default ones and keeps nothing.
    pub settings: Option<PathBuf>,
    /// Colours; `None` takes those of the settings.
    pub theme: Option<String>,
    /// Speed from the start; `None` takes the session's own.
    pub speed: Option<Speed>,
    /// Begins with time standing still.
    pub paused: bool,
    /// A tour that is played from the start, by name or file.
    pub tour: Option<String>,
    /// Begins with the first page, where the settings want it.
    pub welcome: bool,
    /// Memory for the past of all runs, MiB; `None` takes the session's own.
    pub memory_mib: Option<u64>,
    /// Closes the window by itself after so many seconds.
    pub close_after_s: Option<f64>,
    /// CSV file that the cost of every frame is written to when the window closes.
    pub watch: Option<PathBuf>,
}

/// Opens the window with what stands on the command line, on top of the default day.
///
/// # Errors
/// As [`open`].
pub fn main(args: WindowArgs, setup: &SetupArgs, axes: &BTreeMap<String, String>, world: &World) -> Outcome {
    let setup = setup.to_setup(Setup::default_day()?, axes)?;
    let WindowArgs {
        disturb,
        replay,
        time_column,
        log,
        shot,
        size,
        theme,
        speed,
        paused,
        tour,
        no_welcome,
        memory_mib,
        layout_file,
        settings,
        no_settings,
        close_after,
        watch,
    } = args;
    let plan = disturb.of(&setup, world)?;
    // A picture looks the same for everybody, unless settings are named.
    let settings = settings.or_else(|| Settings::default_path().filter(|_| !no_settings && shot.is_none()));
    if let Some(name) = &tour {
        check_tour(&session::tour::find(name, world)?)?;
    }
    let welcome = !no_welcome && tour.is_none() && replay.is_empty() && shot.is_none();
    let options = WindowOptions {
        welcome,
        tour,
        setup,
        plan,
        replay,
        time_column,
        log,
        shot,
        size,
        layout_file,
        settings,
        theme,
        speed,
        paused,
        memory_mib,
        close_after_s: close_after,
        watch,
    };
    open(options, world)
}

/// Opens the window and returns when it has closed; by then the log is complete.
///
/// # Errors
/// Everything that can be wrong with setup, log, theme, display and graphics driver.
pub fn open(options: WindowOptions, world: &World) -> Outcome {
    // A file that cannot be read is told of by the window.
    let kept = options.settings.as_deref().and_then(|path| Settings::read(path).ok().flatten());
    let memory_mib = options.memory_mib.or(kept.and_then(|settings| settings.memory_mib));
    let shell = ShellOptions {
        size: options.size,
        theme: options.theme.as_deref().map(|name| theme_named(Some(name))).transpose()?,
        layout: options.layout_file.as_deref().map(LayoutFile::read).transpose()?,
        settings: options.settings,
        shot: options.shot,
        close_after_s: options.close_after_s,
        watch: options.watch,
        welcome: options.welcome,
        tour: options.tour,
    };
    let defaults = SessionOptions::default();
    let session = SessionOptions {
        log: options.log,
        replay: options.replay,
        time_column: options.time_column,
        plan: options.plan,
        play: !options.paused,
        speed: options.speed.unwrap_or(defaults.speed),
        memory_bytes: memory_mib.map_or(defaults.memory_bytes, |mib| mib.clamp(16, 1 << 24) << 20),
        wake: None,
    };
    match shell::run(Session::start(world.clone(), options.setup, session)?, shell)? {
        Closed::Done => Ok(Exit::Good),
        Closed::Interrupted => Ok(Exit::Interrupted),
    }
}

/// The theme of a name, the default one without.
pub(super) fn theme_named(name: Option<&str>) -> Result<ThemeName> {
    let Some(name) = name else { return Ok(ThemeName::default()) };
    ThemeName::find(name)
        .ok_or_else(|| Error::unknown(Place::source("--theme"), "theme", name, ThemeName::ALL.map(ThemeName::name)))
}

/// Reads `1280x800`.
pub(super) fn size(text: &str) -> std::result::Result<(u32, u32), String> {
    let parts =
        text.split_once(['x', 'X', '×']).and_then(|(w, h)| Some((w.trim().parse().ok()?, h.trim().parse().ok()?)));
    parts
        .filter(|(w, h)| (320..=8_192).contains(w) && (240..=8_192).contains(h))
        .ok_or_else(|| "write width and height like 1280x800, from 320x240 to 8192x8192".to_owned())
}

/// Reads `60`, `60x` or `max`.
fn speed(text: &str) -> std::result::Result<Speed, String> {
    if text.eq_ignore_ascii_case("max") {
        return Ok(Speed::Max);
    }
    let factor = text.trim_end_matches(['x', '×']).parse::<f64>().ok().filter(|f| (0.1..=10_000.0).contains(f));
    factor.map(Speed::Factor).ok_or_else(|| "give a factor from 0.1 to 10000, or max".to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn sizes_and_speeds_are_read_or_refused() {
        assert_eq!(size("1920x1080"), Ok((1_920, 1_080)));
        assert!(size("1920").is_err() && size("0x800").is_err() && size("ax800").is_err());
        assert_eq!(speed("1000"), Ok(Speed::Factor(1_000.0)));
        assert_eq!(speed("0.1x"), Ok(Speed::Factor(0.1)));
        assert_eq!(speed("MAX"), Ok(Speed::Max));
        assert!(speed("0").is_err() && speed("nan").is_err() && speed("fast").is_err());
    }

    #[test]
    fn themes_are_found_by_name_and_refused_with_the_list() {
        assert_eq!(theme_named(None).unwrap(), ThemeName::default());
        assert_eq!(theme_named(Some("High-Contrast")).unwrap().name(), "high_contrast");
        let error = theme_named(Some("drak")).unwrap_err();
        assert!(error.cure().starts_with("Did you mean `dark`?"), "{}", error.cure());
    }
}
