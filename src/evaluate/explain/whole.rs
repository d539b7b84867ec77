//! From a file or folder to everything that is shown of it: command line and window call the same.

use std::path::{Path, PathBuf};

use super::{Explained, Frame, Part, Remake, Watch, exhibits, findings, frame, has_again, read, told};
use crate::config::Result;
use crate::evaluate::exhibit::Exhibit;
use crate::evaluate::study::Finding;
use crate::record::{LogKind, RunFolder};
use crate::rollout::World;

/// Part of the work that reading is.
const READING: f64 = 0.25;
/// Part of the work that reading and counting are, where the run is made again.
const COUNTED: f64 = 0.4;

/// Everything that is shown of a run.
pub struct Whole {
    /// Its rows as columns.
    pub frame: Frame,
    /// What was worked out.
    pub told: Explained,
    /// The exhibits.
    pub exhibits: Vec<Exhibit>,
    /// What they say.
    pub findings: Vec<Finding>,
}

impl Whole {
    fn of(frame: Frame, told: Explained) -> Self {
        let exhibits = exhibits(&frame, &told);
        let findings = findings(&frame, &told);
        Self { frame, told, exhibits, findings }
    }

    /// Of rows at hand, without making the run again; `None` when it was told to stop.
    pub fn of_rows(parts: &[Part], source: &str, folder: Option<RunFolder>, watch: Watch<'_>) -> Option<Self> {
        let frame = frame(parts);
        let mut told = told(&frame, source, watch)?;
        told.folder = folder;
        Some(Self::of(frame, told))
    }
}

/// How a file or folder is explained.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Wanted {
    /// A log, a folder of logs, a run folder.
    pub path: PathBuf,
    /// One of several episodes in a file, from 0; `None` takes all.
    pub episode: Option<usize>,
    /// Leaves out what needs the run made again.
    pub as_recorded: bool,
    /// What it is called; empty takes the path.
    pub source: String,
}

/// Reads, works out, and makes the run again where its plant has stories that need it; `None` when it was told to stop.
///
/// # Errors
/// Files that cannot be read, folders without a log: each with place and cure. A run that cannot be made again is no error:
/// the notes say why.
pub fn explain(world: &World, wanted: &Wanted, watch: Watch<'_>) -> Result<Option<Whole>> {
    let mut reading = |share: f64| watch(READING * share, "Reading");
    let Some(opened) = read(&wanted.path, wanted.episode, world, &mut reading)? else { return Ok(None) };
    let source = if wanted.source.is_empty() { wanted.path.display().to_string() } else { wanted.source.clone() };
    let frame = frame(&opened.parts);
    let plays = opened.parts.first().filter(|p| !wanted.as_recorded && has_again(&p.spec));
    let end = if plays.is_some() { COUNTED } else { 1.0 };
    let mut counting = |share: f64, what: &str| watch(READING + (end - READING) * share, what);
    let Some(mut told) = told(&frame, &source, &mut counting) else { return Ok(None) };
    told.notes.splice(0..0, opened.notes);
    if opened.parts.is_empty() {
        told.notes.retain(|n| !n.starts_with("No lever"));
        told.notes.push("There is no evaluation log in the folder yet.".to_owned());
    }
    if let Some(folder) = &opened.folder {
        // The logs of the folder say the same again.
        told.notes.retain(|note| !folder.notes.contains(note));
    }
    told.folder = opened.folder;
    if let (Some(part), Some(path), Some(kind)) = (plays, &opened.path, opened.kind) {
        let configured = told.folder.as_ref().and_then(|f| f.setup.clone());
        let done = again(world, path, kind, part, configured.as_ref(), &mut told, &mut |share, what| {
            watch(COUNTED + (1.0 - COUNTED) * share, what)
        });
        match done {
            Ok(true) => {
                if opened.parts.len() > 1 {
                    told.notes.push(format!("Made again was {} only.", part.name));
                }
            }
            Ok(false) => return Ok(None),
            Err(error) => told.notes.push(format!("The run is not made again: {error}. {}", error.cure())),
        }
    }
    Ok(Some(Whole::of(frame, told)))
}

fn again(
    world: &World,
    path: &Path,
    kind: LogKind,
    part: &Part,
    configured: Option<&crate::rollout::Setup>,
    told: &mut Explained,
    watch: Watch<'_>,
) -> Result<bool> {
    let remake = Remake::open(world, path, kind, part, configured)?;
    super::again(told, &remake, world, &part.schema, watch)
}
