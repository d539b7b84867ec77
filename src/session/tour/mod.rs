//! Tours: guided walks through a run. A YAML file says with what the run begins, and scene by scene what is shown, what
//! is done, how long time passes and what a person reads; everything that is done is an ordinary [`Command`], so that it
//! stands in the log like anything else.
//!
//! Numbers in captions are not written down: they are asked of the run ([`Phrase`]). What must be true of a scene for its
//! words to be true stands beside it as expectations, which [`rehearse`] checks without a window.

mod document;
mod phrase;
mod player;
mod quantity;
mod read;
mod rehearse;

use std::path::{Path, PathBuf};

use crate::config::{Error, Place, Result};
use crate::rollout::World;

use super::command::Command;

pub use document::{Act, Hand, Question, Scene, Tour};
pub use phrase::Phrase;
pub use player::{Phase, Player, Span};
pub use quantity::{Expectation, Found, Quantity};
pub use rehearse::{Rehearsal, Verdict, rehearse};

/// Tours that come with the program: file name and text.
const BUILT_IN: [(&str, &str); 5] = [
    ("assets/tours/handshake.yaml", include_str!("../../../assets/tours/handshake.yaml")),
    ("assets/tours/four_levers.yaml", include_str!("../../../assets/tours/four_levers.yaml")),
    ("assets/tours/thermal_squeeze.yaml", include_str!("../../../assets/tours/thermal_squeeze.yaml")),
    ("assets/tours/battery_drain.yaml", include_str!("../../../assets/tours/battery_drain.yaml")),
    ("assets/tours/deferring.yaml", include_str!("../../../assets/tours/deferring.yaml")),
];

/// Largest tour file, bytes.
const MOST_BYTES: u64 = 1 << 20;

/// A tour on offer: enough for a list, without building its plant.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// Name on the command line: the file's name without its ending.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What it is about, in a few words.
    pub about: String,
    /// How long it takes, minutes.
    pub minutes: f64,
    /// The file; `None` for those that come with the program.
    pub file: Option<PathBuf>,
}

impl Offer {
    /// What [`find`] finds it by.
    pub fn handle(&self) -> String {
        self.file.as_ref().map_or_else(|| self.name.clone(), |file| file.display().to_string())
    }
}

/// The tours that come with the program, in the order of the list.
pub fn built_in() -> Vec<Offer> {
    BUILT_IN.iter().filter_map(|(file, text)| read::offer(file, text, None).ok()).collect()
}

/// Finds a tour by name, or reads it from a file.
///
/// # Errors
/// A name that is no tour and no file; a file that cannot be read; a tour that is refused, with line, column and cure.
pub fn find(name: &str, world: &World) -> Result<Tour> {
    if let Some((file, text)) = BUILT_IN.iter().find(|(file, _)| stem(file) == name) {
        return Tour::read(file, text, world);
    }
    let path = Path::new(name);
    if path.is_file() {
        return from_file(path, world);
    }
    let known = BUILT_IN.iter().map(|(file, _)| stem(file));
    Err(Error::unknown(Place::source("--tour"), "tour", name, known))
}

/// Reads a tour from a file.
///
/// # Errors
/// As [`Tour::read`], and a file that cannot be read.
pub fn from_file(path: &Path, world: &World) -> Result<Tour> {
    Tour::read(&path.display().to_string(), &text_of(path)?, world)
}

/// The tours in a folder of a person's own, by file name, and what is wrong with the others.
pub fn in_folder(folder: &Path) -> (Vec<Offer>, Vec<Error>) {
    let (mut offers, mut wrong) = (Vec::new(), Vec::new());
    let Ok(entries) = std::fs::read_dir(folder) else { return (offers, wrong) };
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|file| file.extension().is_some_and(|e| e == "yaml" || e == "yml"));
    files.sort();
    for file in files {
        let name = file.display().to_string();
        match text_of(&file).and_then(|text| read::offer(&name, &text, Some(file.clone()))) {
            Ok(offer) => offers.push(offer),
            Err(error) => wrong.push(error),
        }
    }
    (offers, wrong)
}

fn text_of(path: &Path) -> Result<String> {
    let size = std::fs::metadata(path).map_err(|e| Error::io(path, "read the tour", e))?.len();
    if size > MOST_BYTES {
        let what = format!("{size} bytes are too many for a tour");
        return Err(Error::invalid(Place::file(path), what, "Give a YAML file of at most 1 MiB."));
    }
    std::fs::read_to_string(path).map_err(|e| Error::io(path, "read the tour", e))
}

/// The name of a file without folder and ending.
fn stem(file: &str) -> &str {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_tour_that_comes_with_the_program_is_read() {
        let world = World::default();
        let offers = built_in();
        assert_eq!(offers.len(), BUILT_IN.len());
        for offer in offers {
            let tour = find(&offer.name, &world).map_err(|e| e.report()).unwrap();
            assert_eq!(tour.title, offer.title);
            assert!(tour.scenes.iter().any(|s| !s.expect.is_empty()), "{} expects nothing", offer.name);
        }
    }

    #[test]
    fn an_unknown_tour_is_answered_with_the_list() {
        let error = find("handshak", &World::default()).unwrap_err();
        assert!(error.cure().starts_with("Did you mean `handshake`?"), "{}", error.cure());
    }
}
