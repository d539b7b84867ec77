//! Pictures and films: recorded states, drawn one after the other off the clock.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;

use crate::app::layout_file::LayoutFile;
use crate::app::panel::{Span, TileId};
use crate::app::shell::Studio;
use crate::cli::export::{ExportArgs, What};
use crate::cli::shot::{Player, layout_named};
use crate::cli::window::theme_named;
use crate::cli::{Exit, Outcome, complain, say};
use crate::config::{Error, Place, Result};
use crate::evaluate::film::{GifWriter, Picture, Whole, Y4mWriter, write_whole};
use crate::rollout::{EndKind, Setup, World};
use crate::session::{PlayState, RunView};

/// Draws what is asked for and says where it lies.
pub(super) fn run(args: &ExportArgs, world: &World, setup: Setup) -> Outcome {
    let theme = theme_named(args.theme.as_deref())?;
    let layout = args.layout.as_deref().map(layout_named).transpose()?;
    let file = args.layout_file.as_deref().map(LayoutFile::read).transpose()?;
    let size = args.size((1_280, 800))?;
    let plan = args.disturb.of(&setup, world)?;
    let mut player = Player::open(world, setup, plan, args.replay.clone().into_iter().collect())?;
    let view = player.session.view();
    let spec = Arc::clone(&view.spec);
    let out = args.out(&spec.name);
    let kind = Kind::of(args.what, &out)?;
    let mut studio = Studio::open(shown(args, view.clone()), size, theme)?;
    if let Some(name) = &args.span {
        let known = Span::ALL.into_iter().find(|span| span.label().eq_ignore_ascii_case(name.trim()));
        let span =
            known.ok_or_else(|| Error::unknown(Place::source("--span"), "span", name, Span::ALL.map(Span::label)))?;
        studio.arrange(|panel| panel.charts.span = span);
    }
    if let Some(layout) = layout {
        studio.layout(layout);
    }
    if let Some(file) = &file {
        for note in studio.arrange(|panel| file.apply(panel, &spec, &view.schema)) {
            complain(&format!("warning: {note}"));
        }
    }
    if let Some(name) = &args.tile {
        let own = studio.arrange(|panel| panel.custom.charts.keys().copied().map(TileId::Custom).collect::<Vec<_>>());
        let all: Vec<TileId> = TileId::all(&spec).into_iter().chain(own).collect();
        let tile = TileId::find(name).filter(|tile| all.contains(tile));
        let names = all.iter().map(ToString::to_string);
        studio.tile(Some(tile.ok_or_else(|| Error::unknown(Place::source("--tile"), "tile", name, names))?));
    }
    let end = view.span_ticks();
    if args.what == What::Png {
        let view = shown(args, player.play_to(args.at.unwrap_or(end)));
        let picture = studio.frame(view, true)?;
        write_whole(&out, &picture.png()?)?;
        say(&out.display().to_string())?;
        return Ok(Exit::Good);
    }
    let to = args.to.unwrap_or(end).min(end.max(1));
    if args.from > to {
        let what = format!("the film ends at tick {to}, before it begins at {}", args.from);
        return Err(Error::invalid(Place::source("--to"), what, "Give a tick after --from."));
    }
    let fps = args.fps.unwrap_or(if args.what == What::Gif { 10 } else { 20 });
    let frames = (to - args.from) / args.every + 1;
    let mut film = Film::begin(kind, &out, size, fps)?;
    for number in 0..frames {
        let wanted = args.from + number * args.every;
        let view = player.step_to(wanted);
        let ended = view.tick < wanted;
        if ended && number > 0 {
            // The run ended earlier: so does the film.
            break;
        }
        film.picture(&studio.frame(shown(args, view), number == 0)?)?;
        if args.progress {
            say(&format!("picture {} of {frames}", number + 1))?;
        }
    }
    film.finish()?;
    say(&out.display().to_string())?;
    Ok(Exit::Good)
}

/// A state as it is drawn. A copy of a run that goes on is that run: nobody plays a log, and the last row of the copy is
/// not the run's end.
fn shown(args: &ExportArgs, view: Arc<RunView>) -> Arc<RunView> {
    if !args.as_run || view.replay.is_none() {
        return view;
    }
    let mut view = RunView::clone(&view);
    view.replay = None;
    view.end = view.end.filter(|end| end.kind == EndKind::Trip);
    if view.end.is_none() && view.play == PlayState::Ended {
        view.play = PlayState::Paused;
    }
    Arc::new(view)
}

/// How a film is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Gif,
    Y4m,
    Mp4,
    Folder,
}

impl Kind {
    /// By what is asked for and the file's name.
    fn of(what: What, out: &Path) -> Result<Self> {
        let end = out.extension().map_or(String::new(), |e| e.to_string_lossy().to_lowercase());
        let wrong = |cure: &str| {
            let what = format!("`.{end}` is no kind of film");
            Err(Error::invalid(Place::file(out), what, cure))
        };
        match (what, end.as_str()) {
            (What::Png, "png") => Ok(Self::Folder),
            (What::Png, _) => Err(Error::invalid(
                Place::file(out),
                "pictures are written as PNG only",
                "Give a name that ends in .png.",
            )),
            (What::Gif, "gif") => Ok(Self::Gif),
            (What::Gif, _) => wrong("Give a name that ends in .gif."),
            (_, "y4m") => Ok(Self::Y4m),
            (_, "mp4") if cfg!(feature = "h264") => Ok(Self::Mp4),
            (_, "mp4") => Err(Error::invalid(
                Place::file(out),
                "this build writes no H.264",
                "Give a name that ends in .y4m, which every encoder reads, or build with the feature `h264`.",
            )),
            (_, "") => Ok(Self::Folder),
            _ => wrong("Give a name that ends in .y4m or .mp4, or a folder for PNG files."),
        }
    }
}

/// A film on its way: it takes its place when it is whole.
enum Film {
    Gif(GifWriter<Whole>),
    Y4m(Y4mWriter<Whole>),
    Mp4(Encoder),
    Folder(Folder),
}

impl Film {
    fn begin(kind: Kind, out: &Path, size: (u32, u32), fps: u32) -> Result<Self> {
        match kind {
            Kind::Gif => Ok(Self::Gif(GifWriter::new(Whole::create(out)?, size, fps)?)),
            Kind::Y4m => Ok(Self::Y4m(Y4mWriter::new(Whole::create(out)?, size, fps)?)),
            Kind::Mp4 => Ok(Self::Mp4(Encoder::start(Command::new("ffmpeg"), out, size, fps)?)),
            Kind::Folder => Ok(Self::Folder(Folder::create(out)?)),
        }
    }

    fn picture(&mut self, picture: &Picture) -> Result<()> {
        match self {
            Self::Gif(film) => film.picture(picture),
            Self::Y4m(film) => film.picture(picture),
            Self::Mp4(film) => film.film.picture(picture),
            Self::Folder(film) => film.picture(picture),
        }
    }

    fn finish(self) -> Result<()> {
        match self {
            Self::Gif(film) => film.finish()?.finish(),
            Self::Y4m(film) => film.finish()?.finish(),
            Self::Mp4(film) => film.finish(),
            Self::Folder(film) => film.finish(),
        }
    }
}

/// PNG files in a folder that takes its name when all are there.
struct Folder {
    place: PathBuf,
    partial: PathBuf,
    number: u64,
}

impl Folder {
    fn create(out: &Path) -> Result<Self> {
        if out.exists() {
            let cure = "Give the name of a folder that does not exist yet.";
            return Err(Error::invalid(Place::file(out), "something of this name is there already", cure));
        }
        let partial = beside(out, ".partial");
        std::fs::create_dir_all(&partial).map_err(|e| Error::io(&partial, "create the folder", e))?;
        Ok(Self { place: out.to_path_buf(), partial, number: 0 })
    }

    fn picture(&mut self, picture: &Picture) -> Result<()> {
        self.number += 1;
        write_whole(&self.partial.join(format!("frame-{:05}.png", self.number)), &picture.png()?)
    }

    fn finish(self) -> Result<()> {
        std::fs::rename(&self.partial, &self.place).map_err(|e| Error::io(&self.place, "write", e))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // After finish there is no such folder any more.
        let _ = std::fs::remove_dir_all(&self.partial);
    }
}

/// A name beside a file's.
fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.to_path_buf();
    name.as_mut_os_string().push(end);
    name
}

/// The system's `ffmpeg`, which makes H.264 of Y4M.
struct Encoder {
    film: Y4mWriter<ChildStdin>,
    child: Process,
    place: PathBuf,
    partial: PathBuf,
}

/// A process that ends with its owner.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // One that has ended refuses this; nothing is lost.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Encoder {
    fn start(mut program: Command, out: &Path, size: (u32, u32), fps: u32) -> Result<Self> {
        if let Some(folder) = out.parent().filter(|f| !f.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|e| Error::io(folder, "create the folder", e))?;
        }
        let partial = beside(out, ".partial.mp4");
        let child = program
            .args([
                "-y",
                "-loglevel",
                "error",
                "-f",
                "yuv4mpegpipe",
                "-i",
                "-",
                "-c:v",
                "libx264",
                "-pix_fmt",
                "yuv420p",
            ])
            // Players want even sides.
            .args(["-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-movflags", "+faststart"])
            .arg(&partial)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn();
        let mut child = child.map(Process).map_err(|e| {
            let what = format!("H.264 is made by ffmpeg, which cannot be started: {e}");
            let cure = "Install ffmpeg, or write FILE.y4m, which every encoder reads.";
            Error::invalid(Place::file(out), what, cure)
        })?;
        let input =
            child.0.stdin.take().ok_or_else(|| {
                Error::invalid(Place::file(out), "ffmpeg takes no pictures", "Write FILE.y4m instead.")
            })?;
        Ok(Self { film: Y4mWriter::new(input, size, fps)?, child, place: out.to_path_buf(), partial })
    }

    fn finish(self) -> Result<()> {
        let Self { film, mut child, place, partial } = self;
        let mut input = film.finish()?;
        let closed = input.flush();
        drop(input);
        let ended = child.0.wait();
        let good = closed.is_ok() && ended.as_ref().is_ok_and(std::process::ExitStatus::success);
        if !good {
            let _ = std::fs::remove_file(&partial);
            let what = "ffmpeg could not finish the film";
            return Err(Error::invalid(Place::file(&place), what, "Read what it said above, or write FILE.y4m."));
        }
        std::fs::rename(&partial, &place).map_err(|e| Error::io(&place, "write", e))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn films_are_told_by_their_names() {
        let of = |what, name: &str| Kind::of(what, Path::new(name)).ok();
        assert_eq!(of(What::Film, "a/b.y4m"), Some(Kind::Y4m));
        assert_eq!(of(What::Film, "b.MP4"), cfg!(feature = "h264").then_some(Kind::Mp4));
        assert_eq!(of(What::Film, "frames"), Some(Kind::Folder));
        assert_eq!(of(What::Gif, "b.gif"), Some(Kind::Gif));
        for (what, name) in [(What::Film, "b.gif"), (What::Gif, "b.y4m"), (What::Png, "b.jpg")] {
            assert!(Kind::of(what, Path::new(name)).unwrap_err().cure().starts_with("Give a name"));
        }
    }

    #[test]
    fn a_folder_of_pictures_is_whole_or_not_there() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("frames");
        let picture = Picture::new(2, 1, vec![1, 2, 3, 4, 5, 6]).unwrap();
        let mut half = Folder::create(&out).unwrap();
        half.picture(&picture).unwrap();
        drop(half);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
        let mut whole = Folder::create(&out).unwrap();
        (0..3).for_each(|_| whole.picture(&picture).unwrap());
        whole.finish().unwrap();
        assert_eq!(std::fs::read_dir(&out).unwrap().count(), 3);
        assert!(Folder::create(&out).is_err(), "nothing is written over");
    }
    /// A stand-in for `ffmpeg` on a path of its own: it notes its arguments and keeps what it is fed.
    #[cfg(unix)]
    fn stand_in(folder: &Path, words: &str) -> Command {
        use std::os::unix::fs::PermissionsExt;
        let program = folder.join("ffmpeg");
        let text =
            format!("#!/bin/sh\nprintf '%s\\n' \"$@\" > {0}/arguments\ncat > {0}/fed\n{words}\n", folder.display());
        std::fs::write(&program, text).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let mut command = Command::new("ffmpeg");
        command.env("PATH", format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default()));
        command
    }

    #[test]
    #[cfg(unix)]
    fn an_mp4_is_the_y4m_through_ffmpeg() {
        let dir = tempfile::tempdir().unwrap();
        let picture = Picture::new(3, 2, (0..18).collect()).unwrap();
        let out = dir.path().join("films/day.mp4");
        let last = "for last; do :; done; printf H264 > \"$last\"";
        let mut film = Encoder::start(stand_in(dir.path(), last), &out, (3, 2), 20).unwrap();
        (0..4).for_each(|_| film.film.picture(&picture).unwrap());
        assert!(!out.exists(), "it takes its place when it is whole");
        film.finish().unwrap();
        assert_eq!(std::fs::read(&out).unwrap(), b"H264");
        let mut plain = Y4mWriter::new(Vec::new(), (3, 2), 20).unwrap();
        (0..4).for_each(|_| plain.picture(&picture).unwrap());
        assert_eq!(std::fs::read(dir.path().join("fed")).unwrap(), plain.finish().unwrap());
        let told = std::fs::read_to_string(dir.path().join("arguments")).unwrap();
        let arguments: Vec<&str> = told.lines().collect();
        for pair in [["-f", "yuv4mpegpipe"], ["-i", "-"], ["-c:v", "libx264"], ["-pix_fmt", "yuv420p"]] {
            assert!(arguments.windows(2).any(|w| w == pair), "{pair:?} in {arguments:?}");
        }
        assert!(arguments.last().unwrap().ends_with("day.mp4.partial.mp4"), "{arguments:?}");
    }

    #[test]
    #[cfg(unix)]
    fn an_ffmpeg_that_fails_or_is_missing_leaves_no_film() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("day.mp4");
        let film = Encoder::start(stand_in(dir.path(), "exit 3"), &out, (3, 2), 20).unwrap();
        assert!(film.finish().unwrap_err().to_string().contains("could not finish"));
        assert!(!out.exists());
        let mut none = Command::new("ffmpeg");
        none.env("PATH", dir.path().join("nowhere"));
        let error = Encoder::start(none, &out, (3, 2), 20).err().unwrap();
        assert!(error.cure().contains("Install ffmpeg"), "{}", error.cure());
    }
}
