//! What is explained: a log of any kind, all its episodes, a folder of logs, a run folder of SustainDC's users.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::{Error, Place, Result};
use crate::control::FIXED;
use crate::record::{Item, LogKind, Recorder, RunFolder, Tape, TapeOptions, detect, sort_out};
use crate::rollout::World;

use super::frame::Part;

/// Episodes that are explained together, at most.
const MOST_EPISODES: usize = 64;

/// What was opened.
pub struct Opened {
    /// The log whose run is made again: the first of `parts`.
    pub path: Option<PathBuf>,
    /// Its kind.
    pub kind: Option<LogKind>,
    /// Its episodes, all of one plant.
    pub parts: Vec<Part>,
    /// The run folder that it belongs to.
    pub folder: Option<RunFolder>,
    /// What a person should know.
    pub notes: Vec<String>,
}

/// Reads what a person gave. `episode` picks one of several in a file; else all of them are read. `go_on` is asked now and
/// then; `None` when it said no.
///
/// # Errors
/// Files that cannot be read, folders without a log: each with place and cure.
pub fn read(
    path: &Path,
    episode: Option<usize>,
    world: &World,
    go_on: &mut dyn FnMut(f64) -> bool,
) -> Result<Option<Opened>> {
    let mut notes = Vec::new();
    let mut folder = RunFolder::around(path, world);
    let files = if path.is_dir() {
        let evaluations = folder.as_ref().map(|f| f.evaluations.clone()).unwrap_or_default();
        match (evaluations.last(), &folder) {
            (Some(last), _) => {
                if evaluations.len() > 1 {
                    notes.push(format!(
                        "There are {} evaluation logs; this is about the last one, {}. Give another to see it.",
                        evaluations.len(),
                        last.display()
                    ));
                }
                vec![last.clone()]
            }
            (None, Some(_)) => Vec::new(),
            (None, None) => logs_in(path, &mut notes)?,
        }
    } else {
        vec![path.to_path_buf()]
    };
    if let Some(first) = files.first()
        && folder.is_none()
    {
        folder = RunFolder::around(first, world);
    }
    let mut opened = Opened { path: files.first().cloned(), kind: None, parts: Vec::new(), folder, notes };
    let count = files.len().max(1) as f64;
    for (k, file) in files.iter().enumerate() {
        let kind = detect(file)?;
        opened.kind.get_or_insert(kind);
        let mut wanted = episode.unwrap_or(0);
        loop {
            let several = files.len() > 1;
            let mut tell = |share: f64| go_on((k as f64 + share) / count);
            let Some((part, episodes)) = read_part(file, wanted, several, world, &mut opened.notes, &mut tell)? else {
                return Ok(None);
            };
            opened.parts.push(part);
            wanted += 1;
            if episode.is_some() || wanted >= episodes || opened.parts.len() >= MOST_EPISODES {
                break;
            }
        }
        if opened.parts.len() >= MOST_EPISODES && k + 1 < files.len() {
            opened.notes.push(format!("Only the first {MOST_EPISODES} episodes are told of."));
            break;
        }
    }
    // Logs of other plants or of other shapes are not mixed.
    if let Some(first) = opened.parts.first().map(|p| Arc::clone(&p.schema)) {
        let before = opened.parts.len();
        opened.parts.retain(|p| p.schema.len() == first.len());
        if opened.parts.len() < before {
            opened.notes.push(format!("{} logs are of another plant and were left out.", before - opened.parts.len()));
        }
    }
    Ok(Some(opened))
}

/// Logs of a folder: those of the kind of its first one.
fn logs_in(folder: &Path, notes: &mut Vec<String>) -> Result<Vec<PathBuf>> {
    let shelf = sort_out(&[folder.to_path_buf()], &[], BTreeMap::new());
    let Some(first) = shelf.logs.first() else {
        let own = shelf.errors.into_iter().next();
        return Err(own.unwrap_or_else(|| {
            let what = "there is no log in this folder";
            Error::invalid(Place::file(folder), what, "Give a log, or a folder of logs of one plant.")
        }));
    };
    let files: Vec<PathBuf> = shelf.logs.iter().filter(|l| l.kind == first.kind).map(|l| l.path.clone()).collect();
    if files.len() < shelf.logs.len() {
        let others = shelf.logs.len() - files.len();
        notes.push(format!("{others} logs in the folder are of another kind and were left out."));
    }
    Ok(files)
}

/// Reads an episode of a file; also how many there are.
fn read_part(
    path: &Path,
    episode: usize,
    several: bool,
    world: &World,
    notes: &mut Vec<String>,
    go_on: &mut dyn FnMut(f64) -> bool,
) -> Result<Option<(Part, usize)>> {
    let options = TapeOptions { episode, ..TapeOptions::default() };
    let mut tape = Tape::open_with(path, &options, world)?;
    let head = tape.head().clone();
    let mut recorder = Recorder::new(head.schema.len());
    let mut row = vec![f64::NAN; head.schema.len()];
    let gap = row.clone();
    let mut count = 0_u64;
    while let Some(item) = tape.next(&mut row)? {
        match item {
            Item::Row => recorder.push(&row),
            Item::Gap => recorder.push(&gap),
            Item::Input(_) => {}
        }
        count += 1;
        if count.is_multiple_of(2_048) && !go_on(tape.progress()) {
            return Ok(None);
        }
    }
    let episodes = tape.episodes();
    for note in head.notes.iter().filter(|_| episode == 0) {
        if !notes.contains(note) {
            notes.push(note.clone());
        }
    }
    if tape.bad().count > 0 {
        let first = tape.bad().listed.first().map_or("", String::as_str);
        notes.push(format!("{} rows could not be read; the first: {first}", tape.bad().count));
    }
    let recording = recorder.picture();
    let file = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let name = match (several, episodes > 1) {
        (true, true) => format!("{file}, episode {}", episode + 1),
        (true, false) => file,
        (false, _) => format!("episode {}", episode + 1),
    };
    let idle = |slot: usize| {
        let controller = head.controllers.get(slot).and_then(Option::as_deref);
        controller == Some(FIXED)
            || controller.is_none() && head.setup.policy(&slot_name(&head.spec, slot)) == Some(FIXED)
    };
    let part = Part {
        idle_slots: (0..head.spec.slots.len()).map(idle).collect(),
        spec: head.spec,
        schema: head.schema,
        rows: recording.rows(),
        recording,
        provenance: Some(head.provenance),
        name,
    };
    Ok(Some((part, episodes)))
}

fn slot_name(spec: &crate::plant::PlantSpec, slot: usize) -> String {
    spec.slots.get(slot).map(|s| s.name.clone()).unwrap_or_default()
}
