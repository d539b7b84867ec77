//! `shot`: pictures of a run at chosen instants, without a display.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;

use crate::app::panel::{BuiltIn, TileId};
use crate::app::shell::{Studio, picture_name};
use crate::config::{Error, Place, Result};
use crate::plant::Planned;
use crate::rollout::{Setup, World};
use crate::session::{Command, HeadroomNote, PlayState, RunView, Session, SessionOptions};

use super::disturb::DisturbArgs;
use super::window::{size, theme_named};
use super::{Exit, Outcome, SetupArgs, say};

/// Flags of `shot`.
#[derive(Debug, Args)]
pub struct ShotArgs {
    #[command(flatten)]
    setup: SetupArgs,
    #[command(flatten)]
    disturb: DisturbArgs,
    /// Folder that the pictures go to
    #[arg(long, value_name = "DIR", default_value = "runs/shots", help_heading = "Output")]
    out: PathBuf,
    /// Ticks to show; without them the quarters of the episode and its end
    #[arg(long, value_name = "TICK", value_delimiter = ',', help_heading = "Output")]
    at: Vec<u64>,
    /// Size of the pictures in pixels
    #[arg(long, value_name = "WxH", default_value = "1280x800", value_parser = size, help_heading = "Output")]
    size: (u32, u32),
    /// Draws one tile alone, by its name as layouts store it (site, one_line, plant:thermal)
    #[arg(long, value_name = "NAME", help_heading = "Output")]
    tile: Option<String>,
    /// Layout of the whole window [Live, Flows, Charts, Everything, Compare, Why]
    #[arg(long, value_name = "NAME", conflicts_with = "tile", help_heading = "Output")]
    layout: Option<String>,
    /// Colours [dark, light, operator, high_contrast]
    #[arg(long, value_name = "NAME", help_heading = "Output")]
    theme: Option<String>,
}

/// Longest wait for a log to be read.
const READING_WAIT: Duration = Duration::from_secs(600);

/// Longest wait for an answer that runs the plant again and again.
const ANSWER_WAIT: Duration = Duration::from_secs(20);

/// Longest wait for the outlook that belongs into a picture.
const OUTLOOK_WAIT: Duration = Duration::from_secs(3);

/// Draws pictures of a run at chosen instants; prints the path of each.
///
/// # Errors
/// Everything that can be wrong with setup, theme, tile and layout, no graphics driver, pictures that cannot be written.
pub fn run(args: &ShotArgs, world: &World, axes: &BTreeMap<String, String>) -> Outcome {
    let theme = theme_named(args.theme.as_deref())?;
    let setup = args.setup.to_setup(Setup::default_day()?, axes)?;
    let plan = args.disturb.of(&setup, world)?;
    let mut player = Player::open(world, setup, plan, Vec::new())?;
    let mut studio = Studio::open(player.session.view(), args.size, theme)?;
    studio.employ(world)?;
    if let Some(name) = &args.tile {
        let spec = &player.session.view().spec;
        let tile = TileId::find(name).filter(|tile| TileId::all(spec).contains(tile));
        let all = TileId::all(spec).into_iter().map(|tile| tile.to_string());
        studio.tile(Some(tile.ok_or_else(|| Error::unknown(Place::source("--tile"), "tile", name, all))?));
    }
    if let Some(name) = &args.layout {
        studio.layout(layout_named(name)?);
    }
    let episode = player.session.view().span_ticks();
    let mut instants = args.at.clone();
    if instants.is_empty() {
        instants.extend((1..=4).map(|quarter| episode * quarter / 4));
    }
    instants.sort_unstable();
    instants.dedup();
    let mut shown = None;
    for wanted in instants {
        let view = player.play_to(wanted);
        // A run that ended earlier has one last picture, not several.
        if shown == Some(view.tick) {
            break;
        }
        shown = Some(view.tick);
        let path = picture_name(&args.out, &view.spec.name, view.tick);
        studio.picture(view, &path)?;
        say(&path.display().to_string())?;
    }
    Ok(Exit::Good)
}

/// The layout of a name, whatever its case.
pub(super) fn layout_named(name: &str) -> Result<BuiltIn> {
    let known = BuiltIn::ALL.into_iter().find(|layout| layout.name().eq_ignore_ascii_case(name.trim()));
    let all = BuiltIn::ALL.map(BuiltIn::name);
    known.ok_or_else(|| Error::unknown(Place::source("--layout"), "layout", name, all))
}

/// Plays a session step by step, so that it stands at exactly the wanted instants.
pub(super) struct Player {
    pub(super) session: Session,
    news: crossbeam_channel::Receiver<()>,
}

impl Player {
    /// A run with what befalls it; of recorded logs where any are given: they are read to their end first.
    pub(super) fn open(world: &World, setup: Setup, plan: Vec<Planned>, replay: Vec<PathBuf>) -> Result<Self> {
        let reads = !replay.is_empty();
        let (tell, news) = crossbeam_channel::bounded(1);
        let wake = Arc::new(move || {
            let _ = tell.try_send(());
        });
        let options = SessionOptions { wake: Some(wake), plan, replay, ..SessionOptions::default() };
        let player = Self { session: Session::start(world.clone(), setup, options)?, news };
        if reads {
            player.session.send(Command::Pause);
            player.wait(READING_WAIT, |v| {
                let read = |r: &crate::session::ReplayView| r.following || r.reading.is_none() && r.rows > 0;
                v.replay.as_deref().is_some_and(read)
            });
        }
        Ok(player)
    }

    /// Goes to a tick of a log, or to its end when that comes first.
    fn turn_to(&self, wanted: u64) -> Arc<RunView> {
        let wanted = wanted.min(self.session.view().reach());
        self.session.send(Command::GoTo { tick: wanted });
        self.wait(Duration::from_secs(60), |v| v.tick == wanted)
    }

    /// Waits until a view is as wanted, or for `patience`.
    fn wait(&self, patience: Duration, wanted: impl Fn(&RunView) -> bool) -> Arc<RunView> {
        let begin = Instant::now();
        loop {
            let view = self.session.view();
            if wanted(&view) || begin.elapsed() > patience {
                return view;
            }
            let _ = self.news.recv_timeout(Duration::from_millis(50));
        }
    }

    /// Plays to a tick, or to the end of the run when that comes first.
    pub(super) fn play_to(&mut self, wanted: u64) -> Arc<RunView> {
        self.step_to(wanted);
        if self.session.view().replay.as_ref().is_some_and(|replay| !replay.tells_setup) {
            return self.session.view();
        }
        if let Some(tick) = self.session.view().tick.checked_sub(1) {
            self.session.send(Command::Why { tick });
            self.wait(ANSWER_WAIT, |v| v.beside.why.as_ref().is_some_and(|why| why.tick == tick));
        }
        if self.session.view().spec.headroom.is_some() && self.session.view().end.is_none() {
            self.session.send(Command::Headroom);
            self.wait(ANSWER_WAIT, |v| {
                let refused = matches!(v.beside.headroom, Some(HeadroomNote::Refused { tick, .. }) if tick == v.tick);
                refused || v.headroom.as_ref().is_some_and(|found| found.tick == v.tick)
            });
        }
        if self.session.view().replay.is_some() {
            return self.session.view();
        }
        self.wait(OUTLOOK_WAIT, |v| v.end.is_some() || v.outlook.as_ref().is_some_and(|o| o.tick == v.tick))
    }

    /// The same without waiting for what the outlook says: for films.
    pub(super) fn step_to(&mut self, wanted: u64) -> Arc<RunView> {
        if self.session.view().replay.is_some() {
            return self.turn_to(wanted);
        }
        loop {
            let view = self.session.view();
            if view.tick >= wanted || view.play == PlayState::Ended {
                break;
            }
            let period = view.spec.slots.iter().map(|s| s.period_ticks).max().unwrap_or(1).max(1);
            let boundary = (view.tick / period + 1) * period;
            self.session.send(if boundary <= wanted { Command::StepInterval } else { Command::StepTick });
            let before = view.generation;
            self.wait(Duration::from_secs(60), |v| {
                v.generation > before && (v.tick > view.tick || v.play == PlayState::Ended)
            });
        }
        self.session.view()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn layouts_are_found_by_name_and_refused_with_the_list() {
        assert_eq!(layout_named("flows").unwrap(), BuiltIn::Flows);
        let error = layout_named("flwos").unwrap_err();
        assert!(error.cure().starts_with("Did you mean `Flows`?"), "{}", error.cure());
    }

    #[test]
    fn a_player_stands_at_the_wanted_tick_and_at_the_end() {
        let setup = Setup { ticks: Some(400), ..Setup::default_day().unwrap() };
        let mut player = Player::open(&World::default(), setup, Vec::new(), Vec::new()).unwrap();
        assert_eq!(player.play_to(363).tick, 363);
        assert_eq!(player.play_to(10).tick, 363, "time does not go back");
        let last = player.play_to(9_999);
        assert_eq!((last.tick, last.play), (400, PlayState::Ended));
    }
}
