//! Windows that do something by themselves: take their picture, close after a while.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use bevy::app::{App, AppExit, Plugin, Update};
use bevy::ecs::message::MessageWriter;
use bevy::ecs::observer::On;
use bevy::ecs::prelude::{Commands, Res, ResMut, Resource};
use bevy::render::view::screenshot::{Screenshot, ScreenshotCaptured};

use crate::session::PlayState;

use super::Problem;
use super::desk::Desk;
use super::redraw::Waker;
use super::save;

/// Frames after which fonts, layout and pipelines stand.
const SETTLED_FRAMES: u32 = 6;

/// When a picture is taken of a run that never pauses.
const PATIENCE: Duration = Duration::from_secs(2);

/// How far the picture is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shot {
    /// Nobody wants one, or it is saved.
    None,
    /// Waits for the window to settle.
    Wanted,
    /// Bevy is at it.
    Taken,
}

/// What the window does by itself.
#[derive(Resource)]
pub(super) struct Direction {
    shot: Shot,
    path: PathBuf,
    close_after: Option<Duration>,
    problem: Problem,
    opened: Option<Instant>,
    frames: u32,
}

impl Direction {
    /// `problem` receives what goes wrong.
    pub fn new(shot: Option<PathBuf>, close_after_s: Option<f64>, problem: Problem) -> Self {
        let close_after = close_after_s.and_then(|s| Duration::try_from_secs_f64(s).ok());
        let (shot, path) = shot.map_or((Shot::None, PathBuf::new()), |path| (Shot::Wanted, path));
        Self { shot, path, close_after, problem, opened: None, frames: 0 }
    }
}

/// Takes the picture and closes the window when it is time.
pub(super) struct DirectPlugin;

impl Plugin for DirectPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(Update, direct).add_observer(captured);
    }
}

fn direct(
    mut direction: ResMut<Direction>,
    desk: Res<Desk>,
    waker: Res<Waker>,
    mut commands: Commands,
    mut exit: MessageWriter<AppExit>,
) {
    let open_for = direction.opened.get_or_insert_with(Instant::now).elapsed();
    direction.frames += 1;
    let over = direction.close_after.is_some_and(|after| open_for >= after);
    match direction.shot {
        Shot::Wanted => {
            let stands = desk.view().play != PlayState::Playing;
            let patience = direction.close_after.unwrap_or(PATIENCE);
            if direction.frames > SETTLED_FRAMES && (stands || open_for >= patience) {
                direction.shot = Shot::Taken;
                commands.spawn(Screenshot::primary_window());
            }
            waker.now();
        }
        // The picture comes back a frame or two later.
        Shot::Taken => waker.now(),
        Shot::None if over => {
            exit.write(AppExit::Success);
        }
        Shot::None => {
            if let Some(after) = direction.close_after {
                waker.after(after.saturating_sub(open_for));
            }
        }
    }
}

fn captured(shot: On<ScreenshotCaptured>, mut direction: ResMut<Direction>, mut exit: MessageWriter<AppExit>) {
    if let Err(error) = save::png(&shot.image, &direction.path)
        && let Ok(mut problem) = direction.problem.lock()
    {
        *problem = Some(error);
    }
    direction.shot = Shot::None;
    exit.write(AppExit::Success);
}
