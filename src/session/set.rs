//! The logs that a person chooses from: files that were given, those of folders, episodes of a file. It grows while
//! folders are watched.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::config::Error;
use crate::record::{Found, LogKind, TapeOptions, sort_out};
use crate::rollout::World;

/// One log of the set that is open.
#[derive(Debug, Clone, PartialEq)]
struct Entry {
    path: PathBuf,
    /// The macro agent's log of the same run.
    partner: Option<PathBuf>,
    /// Name for people; else the file's.
    name: Option<String>,
    episode: usize,
    /// Whether its file holds several episodes.
    several: bool,
    /// Column of a table that is taken for the time.
    time_column: Option<String>,
}

impl Entry {
    fn name(&self) -> String {
        let file = || {
            self.path.file_name().map_or_else(|| self.path.display().to_string(), |n| n.to_string_lossy().into_owned())
        };
        let name = self.name.clone().unwrap_or_else(file);
        if self.several { format!("{name}, episode {}", self.episode + 1) } else { name }
    }
}

/// Logs that a person chooses from.
#[derive(Debug, Clone, Default)]
pub(super) struct Set {
    entries: Vec<Entry>,
    watch: Option<Watch>,
}

/// Folders that are looked at again and again.
#[derive(Debug, Clone)]
pub(super) struct Watch {
    /// What was given.
    given: Vec<PathBuf>,
    scenarios: Vec<String>,
    known: BTreeMap<PathBuf, LogKind>,
    found: Vec<Found>,
}

impl Watch {
    /// What stands in the folders now, when it is not what stood there before.
    pub fn look(&mut self) -> Option<Vec<Found>> {
        let shelf = sort_out(&self.given, &self.scenarios, std::mem::take(&mut self.known));
        self.known = shelf.known;
        if shelf.logs == self.found {
            return None;
        }
        self.found.clone_from(&shelf.logs);
        Some(shelf.logs)
    }
}

/// What was found among files and folders.
pub(super) struct Sorted {
    /// Logs.
    pub set: Set,
    /// Results of benchmarks, for the Scoreboard.
    pub results: Vec<PathBuf>,
    /// What cannot be opened.
    pub errors: Vec<Error>,
}

impl Set {
    /// Sorts out files and folders.
    pub fn of(paths: &[PathBuf], time_column: Option<&str>, world: &World) -> Sorted {
        let axes = world.factory("c2g").map(|f| f.axes()).unwrap_or_default();
        let scenarios: Vec<String> = axes
            .iter()
            .filter(|a| a.name == "scenario")
            .flat_map(|a| a.choices.iter().map(|c| c.name.clone()))
            .collect();
        let shelf = sort_out(paths, &scenarios, BTreeMap::new());
        let entry = |found: &Found| {
            let time_column = time_column.filter(|_| found.kind == LogKind::Table).map(str::to_owned);
            Entry { time_column, ..new(found) }
        };
        let entries = shelf.logs.iter().map(entry).collect();
        let watch = paths.iter().any(|p| p.is_dir()).then(|| Watch {
            given: paths.to_vec(),
            scenarios,
            known: shelf.known,
            found: shelf.logs,
        });
        Sorted { set: Self { entries, watch }, results: shelf.results, errors: shelf.errors }
    }

    /// Folders to look at again.
    pub fn watch(&self) -> Option<Watch> {
        self.watch.clone()
    }

    /// Whether there are no logs.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Takes the first log away.
    pub fn drop_first(&mut self) {
        if !self.entries.is_empty() {
            self.entries.remove(0);
        }
    }

    /// File and options of a log.
    pub fn open(&self, chosen: usize) -> (PathBuf, TapeOptions) {
        let options = |e: &Entry| TapeOptions {
            episode: e.episode,
            time_column: e.time_column.clone(),
            partner: e.partner.clone(),
        };
        self.entries.get(chosen).map_or_else(Default::default, |e| (e.path.clone(), options(e)))
    }

    /// Takes another column of a table for the time.
    pub fn set_time_column(&mut self, chosen: usize, column: String) {
        if let Some(entry) = self.entries.get_mut(chosen) {
            entry.time_column = Some(column);
        }
    }

    /// Names for people.
    pub fn names(&self) -> impl Iterator<Item = String> {
        self.entries.iter().map(Entry::name)
    }

    /// Name of a log.
    pub fn name(&self, chosen: usize) -> String {
        self.entries.get(chosen).map_or(String::new(), Entry::name)
    }

    /// A file's episodes beyond the first are entries too, once they are known.
    pub fn spread(&mut self, path: &Path, episodes: usize) {
        if episodes < 2 {
            return;
        }
        let known = self.entries.iter().filter(|e| e.path == path).count();
        for entry in self.entries.iter_mut().filter(|e| e.path == path) {
            entry.several = true;
        }
        let Some(last) = self.entries.iter().rposition(|e| e.path == path) else { return };
        let model = self.entries.get(last).cloned();
        for (k, episode) in (known..episodes).enumerate() {
            if let Some(model) = &model {
                self.entries.insert(last + 1 + k, Entry { episode, ..model.clone() });
            }
        }
    }

    /// Takes over what stands in the folders now; the log that is played stays. Returns its number.
    pub fn renew(&mut self, found: &[Found], chosen: usize) -> usize {
        let playing = self.entries.get(chosen).cloned();
        let mut entries: Vec<Entry> = Vec::with_capacity(found.len());
        for log in found {
            let before = entries.len();
            entries.extend(self.entries.iter().filter(|e| e.path == log.path).cloned());
            for entry in entries.iter_mut().skip(before) {
                // A partner that has come since is played from the next opening on.
                (entry.partner, entry.name) = (log.partner.clone(), log.name.clone());
            }
            if entries.len() == before {
                entries.push(new(log));
            }
        }
        let same = |e: &Entry| playing.as_ref().is_some_and(|p| p.path == e.path && p.episode == e.episode);
        let at = match entries.iter().position(same) {
            Some(at) => at,
            None => {
                entries.extend(playing);
                entries.len().saturating_sub(1)
            }
        };
        self.entries = entries;
        if let Some(watch) = &mut self.watch {
            watch.found = found.to_vec();
        }
        at
    }
}

fn new(found: &Found) -> Entry {
    Entry {
        path: found.path.clone(),
        partner: found.partner.clone(),
        name: found.name.clone(),
        episode: 0,
        several: false,
        time_column: None,
    }
}
