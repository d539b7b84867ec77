//! The one table of what can be done: keys, buttons, menus, the palette and the help are all made from it.

mod beside;
mod charts;
mod guide;
mod keys;
mod table;
mod why;
mod write;

use egui::KeyboardShortcut;

use crate::app::panel::TileId;
use crate::evaluate::charts::ChartKind;
use crate::session::{Command, RunView};

pub use keys::{Kept, in_words, pressed};
pub use table::TABLE;

/// What happens when an entry is chosen.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// The worker is asked for something.
    Run(Command),
    /// The window changes itself.
    Window(WindowDeed),
}

/// What the window does without the worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WindowDeed {
    /// Goes on to the next theme.
    NextTheme,
    /// Shows or hides the help.
    Help,
    /// Shows or hides the palette.
    Palette,
    /// Makes everything larger.
    Larger,
    /// Makes everything smaller.
    Smaller,
    /// Makes everything 100 %.
    NaturalSize,
    /// Charts follow the present again.
    Follow,
    /// Asks for a setup file and begins a run with it.
    OpenSetup,
    /// Asks for a file and writes the full log into it.
    SaveLog,
    /// Asks for recorded logs and plays them.
    Replay,
    /// Asks for files of results and puts them on the scoreboard.
    OpenResults,
    /// Shows what a benchmark can be started with.
    Benchmark,
    /// Ends the benchmark that is running.
    CancelBenchmark,
    /// Shows or hides the card of a policy.
    Policy,
    /// Gives the keyboard to a lever, counted from 0 as the levers are listed.
    FocusLever(usize),
    /// Brings a tile to light.
    ShowTile(TileId),
    /// Closes a tile; `None` closes the one that was touched last.
    CloseTile(Option<TileId>),
    /// Fills the workspace with the tile that was touched last, or gives the room back.
    FillTile,
    /// Changes to a layout by its name.
    Layout(String),
    /// Asks for a name and keeps the layout under it.
    SaveLayout,
    /// Puts the layout back to what it was.
    ResetLayout,
    /// Opens a chart that a person puts together.
    NewChart,
    /// Makes another kind of the chart that was touched last.
    ChartKind(ChartKind),
    /// Asks how large a picture of a tile or of the window shall be.
    TakePicture(Option<TileId>),
    /// Asks how long and how large a film shall be.
    TakeFilm,
    /// Asks for a file and draws a chart into it as vectors.
    TakeSvg(Option<TileId>),
    /// Asks for a file and writes a report of the run into it.
    TakeReport,
    /// Asks for a file and writes the layout into it.
    SaveLayoutFile,
    /// Asks for a file with a layout and takes it in.
    OpenLayoutFile,
    /// Charts show less (−1) or more (+1) of the past.
    Span(i8),
    /// Movements jump instead of flying, nothing blinks; or the other way round.
    Still,
    /// The next quality of the 3D picture.
    Quality,
    /// Acknowledges every alarm.
    Acknowledge,
    /// Gives every lever back to its controller.
    HandBack,
    /// Pins every lever where it stands.
    PinAll,
    /// Releases every pin.
    ReleasePins,
    /// Asks for recorded logs and lays them beside the runs.
    Lay,
    /// Shows what a race or shadows can be begun with, for a slot where one is meant.
    Race(Option<usize>),
    /// Charts show differences, or the runs themselves again.
    Difference,
    /// Lays the times of runs over each other in the next way.
    NextAlign,
    /// Sets the first cursor.
    CursorA,
    /// Sets the second cursor.
    CursorB,
    /// Takes both cursors away.
    CursorsOff,
    /// Asks for the note of a mark.
    Mark,
    /// Asks what time shall pass until.
    Until,
    /// Time goes round between the cursors, or in what charts show.
    LoopRange,
    /// Asks for a file and writes the signals of the charts into it.
    Export,
    /// Nothing is selected any more.
    SelectNothing,
    /// Shows the start card of a game against the machine, or ends the game.
    Contest,
    /// Shows the manual at the page of the tile that was touched last, or puts it away.
    Manual,
    /// Takes back the last change of layout or settings.
    Undo,
    /// Does again what was undone last.
    Redo,
    /// Shows the first page, or puts it away.
    Welcome,
    /// Begins a tour, by its name.
    Tour(String),
    /// The tour that is played does this.
    TourStep(TourStep),
    /// Opens a study in the Lab, by its name.
    Study(&'static str),
}

/// What a tour that is played can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TourStep {
    /// Stands, or goes on.
    Toggle,
    /// To the next scene.
    Next,
    /// To the scene before.
    Back,
    /// Begins again after the last scene, or not.
    Loop,
    /// Ends.
    End,
}

/// Where an entry belongs in menus and help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Time passes, stands, goes back.
    Time,
    /// How fast.
    Speed,
    /// The run as a whole.
    Run,
    /// Other runs, marks, comparing.
    Beside,
    /// The window itself.
    View,
    /// Levers.
    Lever,
    /// Tiles and layouts.
    Tiles,
    /// Tours, playing against the machine, manual.
    Guide,
}

impl Group {
    /// All groups in the order of the help.
    pub const ALL: [Self; 8] =
        [Self::Time, Self::Speed, Self::Run, Self::Beside, Self::Lever, Self::Tiles, Self::View, Self::Guide];

    /// Words for headings.
    pub fn label(self) -> &'static str {
        match self {
            Self::Time => "Time",
            Self::Speed => "Speed",
            Self::Run => "Run",
            Self::Beside => "Runs and comparing",
            Self::View => "Window",
            Self::Lever => "Levers",
            Self::Tiles => "Tiles",
            Self::Guide => "Tours and help",
        }
    }
}

/// One thing that can be done.
pub struct Entry {
    /// Stable name.
    pub id: &'static str,
    /// Words on buttons and in lists.
    pub words: &'static str,
    /// One sentence for the tooltip.
    pub about: &'static str,
    /// Keys, the first of which is shown.
    pub keys: &'static [KeyboardShortcut],
    /// Where it belongs.
    pub group: Group,
    /// What it does now, or why it cannot be done now.
    pub deed: fn(&RunView) -> Result<Deed, &'static str>,
}

impl Entry {
    /// An entry: where it belongs, stable name, words, tooltip, keys, what it does.
    const fn new(
        group: Group,
        id: &'static str,
        words: &'static str,
        about: &'static str,
        keys: &'static [KeyboardShortcut],
        deed: fn(&RunView) -> Result<Deed, &'static str>,
    ) -> Self {
        Self { id, words, about, keys, group, deed }
    }

    /// Words and keys for a tooltip.
    pub fn tip(&self) -> String {
        match self.keys.first() {
            Some(keys) => format!("{} ({})", self.about, in_words(keys)),
            None => self.about.to_owned(),
        }
    }
}

/// An entry by its stable name.
pub fn find(id: &str) -> Option<&'static Entry> {
    TABLE.iter().find(|e| e.id == id)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_and_keys_are_unique() {
        let ids: BTreeSet<_> = TABLE.iter().map(|e| e.id).collect();
        assert_eq!(ids.len(), TABLE.len());
        let mut keys: Vec<String> = TABLE.iter().flat_map(|e| e.keys).map(in_words).collect();
        let count = keys.len();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), count, "two entries share a key");
    }

    #[test]
    fn every_entry_says_what_it_does() {
        for entry in TABLE {
            assert!(!entry.words.is_empty() && !entry.about.is_empty(), "{}", entry.id);
            assert!(!entry.keys.is_empty(), "{} has no key", entry.id);
            assert!(entry.about.starts_with(char::is_uppercase) && !entry.about.ends_with('.'), "{}", entry.id);
            assert!(Group::ALL.contains(&entry.group));
        }
        assert_eq!(find("toggle_play").unwrap().tip(), "Lets time pass or stand (Space)");
        assert!(find("nothing").is_none());
    }
}
