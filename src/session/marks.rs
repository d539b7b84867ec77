//! Marks on the time line of whatever is shown: bookmarks with notes, what time passes until, what it goes round between.
//!
//! Bookmarks stand in a file beside the log (`LOG.marks.yaml`), which is written whenever one changes and read when the
//! log is played.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::config::{Document, Error, Place, Result};
use crate::plant::PlantSpec;
use crate::rollout::Schema;

use super::beside::Bookmark;
use super::until::Until;

/// What is shown at one instant.
pub(super) struct Instant<'a> {
    /// Ticks run.
    pub tick: u64,
    /// The row.
    pub row: &'a [f64],
    /// Kinds of events that happened on its tick, by number.
    pub events: &'a [usize],
    /// The plant's tables.
    pub spec: &'a PlantSpec,
    /// The row's columns.
    pub schema: &'a Schema,
}

/// The marks of a time line.
#[derive(Debug, Clone, Default)]
pub(super) struct Marks {
    /// What time passes until.
    pub until: Option<Until>,
    /// Whether nothing is told when it is reached.
    pub quiet: bool,
    /// Instants that time goes round between.
    pub looped: Option<(u64, u64)>,
    bookmarks: Vec<Bookmark>,
    next: u64,
    /// The file that they stand in.
    file: Option<PathBuf>,
}

/// A bookmark in the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    tick: u64,
    note: String,
}

impl Marks {
    /// The file beside a log.
    pub fn beside(log: &Path) -> PathBuf {
        let mut name = log.file_name().map(std::ffi::OsString::from).unwrap_or_default();
        name.push(".marks.yaml");
        log.with_file_name(name)
    }

    /// The marks of a log that is played: those in the file beside it, where there is one.
    ///
    /// # Errors
    /// A file that cannot be read; there are no bookmarks then, and the file is left as it is.
    pub fn of(log: &Path) -> (Self, Option<Error>) {
        let file = Self::beside(log);
        let mut marks = Self::default();
        if !file.exists() {
            marks.file = Some(file);
            return (marks, None);
        }
        match read(&file) {
            Ok(lines) => {
                marks.file = Some(file);
                for line in lines {
                    marks.put(line.tick, line.note);
                }
                (marks, None)
            }
            // What a person wrote by hand and mistyped is not written over.
            Err(error) => (marks, Some(error)),
        }
    }

    /// A log is written from now on: bookmarks go beside it.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn keep_beside(&mut self, log: &Path) -> Result<()> {
        let file = Self::beside(log);
        if self.file.as_ref() == Some(&file) {
            return Ok(());
        }
        self.file = Some(file);
        if self.bookmarks.is_empty() { Ok(()) } else { self.write() }
    }

    /// Bookmarks by time.
    pub fn bookmarks(&self) -> &[Bookmark] {
        &self.bookmarks
    }

    fn put(&mut self, tick: u64, text: String) {
        self.next += 1;
        self.bookmarks.push(Bookmark { id: self.next, tick, text });
        self.bookmarks.sort_by_key(|mark| (mark.tick, mark.id));
    }

    /// Sets a mark.
    ///
    /// # Errors
    /// A file that cannot be written; the mark stands all the same.
    pub fn mark(&mut self, tick: u64, text: String) -> Result<()> {
        self.put(tick, text);
        self.write()
    }

    /// Changes a note; nothing happens when there is no such mark.
    ///
    /// # Errors
    /// As [`Self::mark`].
    pub fn remark(&mut self, id: u64, text: String) -> Result<()> {
        let Some(mark) = self.bookmarks.iter_mut().find(|mark| mark.id == id) else { return Ok(()) };
        mark.text = text;
        self.write()
    }

    /// Takes a mark away; nothing happens when there is no such mark.
    ///
    /// # Errors
    /// As [`Self::mark`].
    pub fn unmark(&mut self, id: u64) -> Result<()> {
        let before = self.bookmarks.len();
        self.bookmarks.retain(|mark| mark.id != id);
        if self.bookmarks.len() == before { Ok(()) } else { self.write() }
    }

    /// Writes the bookmarks into a new file that takes the old one's place.
    fn write(&self) -> Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        let mut text = String::from("# Bookmarks: instants in ticks run, with notes.\nmarks:\n");
        if self.bookmarks.is_empty() {
            text = text.replace("marks:", "marks: []");
        }
        for mark in &self.bookmarks {
            let note = serde_json::Value::from(mark.text.as_str());
            let _ = writeln!(text, "  - tick: {}\n    note: {note}", mark.tick);
        }
        let mut new = file.clone().into_os_string();
        new.push(".new");
        let new = PathBuf::from(new);
        let done = std::fs::File::create(&new)
            .and_then(|mut f| f.write_all(text.as_bytes()).and_then(|()| f.sync_all()))
            .and_then(|()| std::fs::rename(&new, file));
        done.map_err(|e| {
            let cure =
                "Make room or choose another place for the log; the marks stay in the window until it is closed.";
            Error::invalid(Place::file(file), format!("the bookmarks cannot be written: {e}"), cure)
        })
    }

    /// Whether anything has to be asked after a tick.
    pub fn watches(&self) -> bool {
        self.until.is_some() || self.looped.is_some()
    }

    /// Whether what time passes until is so now.
    pub fn reached(&self, now: &Instant<'_>) -> bool {
        match &self.until {
            None => false,
            Some(Until::Tick(tick)) => now.tick >= *tick,
            Some(Until::Event(None)) => !now.events.is_empty(),
            Some(Until::Event(Some(name))) => {
                now.events.iter().filter_map(|e| now.spec.events.get(*e)).any(|kind| kind.name == *name)
            }
            Some(Until::Signal { signal, comparison, value }) => {
                let cell = now.schema.find(signal).and_then(|s| now.row.get(s));
                cell.is_some_and(|cell| comparison.holds(*cell, *value))
            }
        }
    }

    /// Where time goes on after this instant, when it goes round there.
    pub fn round(&self, tick: u64) -> Option<u64> {
        self.looped.filter(|(_, end)| tick >= *end).map(|(begin, _)| begin)
    }
}

fn read(file: &Path) -> Result<Vec<Line>> {
    let mut document = Document::new();
    document.layer_file(file)?;
    document.fill("marks")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn marks_come_back_from_the_file_beside_the_log() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("day.csv");
        let (mut marks, error) = Marks::of(&log);
        assert!(error.is_none() && marks.bookmarks().is_empty());
        marks.mark(720, "Line one\n\"two\": ü".to_owned()).unwrap();
        marks.mark(10, String::new()).unwrap();
        let (mut again, error) = Marks::of(&log);
        assert!(error.is_none());
        assert_eq!(
            again.bookmarks(),
            [
                Bookmark { id: 2, tick: 10, text: String::new() },
                Bookmark { id: 1, tick: 720, text: "Line one\n\"two\": ü".to_owned() },
            ]
            .map(|b| Bookmark { id: again.bookmarks().iter().find(|x| x.tick == b.tick).unwrap().id, ..b })
        );
        let id = again.bookmarks()[0].id;
        again.remark(id, "first".to_owned()).unwrap();
        assert_eq!(Marks::of(&log).0.bookmarks()[0].text, "first");
        for id in [1, 2] {
            again.unmark(id).unwrap();
        }
        let (none, error) = Marks::of(&log);
        assert!(error.is_none() && none.bookmarks().is_empty(), "an empty list is a list");
    }

    #[test]
    fn a_file_that_cannot_be_read_is_told_and_not_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("day.csv");
        std::fs::write(Marks::beside(&log), "marks:\n  - tick: soon\n    note: x\n").unwrap();
        let (mut marks, error) = Marks::of(&log);
        let error = error.unwrap().to_string();
        assert!(error.contains("day.csv.marks.yaml:2"), "{error}");
        marks.mark(1, String::new()).unwrap();
        assert!(std::fs::read_to_string(Marks::beside(&log)).unwrap().contains("soon"));
    }
}
