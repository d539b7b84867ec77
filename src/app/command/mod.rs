//! The one table of what can be done: keys, buttons, menus, the palette and the help are all made from it.

mod keys;

use egui::{Key, KeyboardShortcut, Modifiers};

use crate::session::{Command, PlayState, RunView, Speed};

pub use keys::{Kept, in_words, pressed};

/// What happens when an entry is chosen.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// The worker is asked for something.
    Run(Command),
    /// The window changes itself.
    Window(WindowDeed),
}

/// What the window does without the worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    /// Gives the keyboard to a lever, counted from 0 as the levers are listed.
    FocusLever(usize),
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
    /// The window itself.
    View,
    /// Levers.
    Lever,
}

impl Group {
    /// All groups in the order of the help.
    pub const ALL: [Self; 5] = [Self::Time, Self::Speed, Self::Run, Self::Lever, Self::View];

    /// Words for headings.
    pub fn label(self) -> &'static str {
        match self {
            Self::Time => "Time",
            Self::Speed => "Speed",
            Self::Run => "Run",
            Self::View => "Window",
            Self::Lever => "Levers",
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
    /// Words and keys for a tooltip.
    pub fn tip(&self) -> String {
        match self.keys.first() {
            Some(keys) => format!("{} ({})", self.about, in_words(keys)),
            None => self.about.to_owned(),
        }
    }
}

const fn key(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::NONE, key)
}

const fn shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::SHIFT, key)
}

const fn ctrl(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND, key)
}

/// Why nothing goes forward at the end.
const ENDED: &str = "The run has ended: go back or begin again.";

/// Why nothing goes back at the beginning.
const BEGINNING: &str = "This is the beginning of the run.";

fn forward(view: &RunView, command: Command) -> Result<Deed, &'static str> {
    if view.play == PlayState::Ended { Err(ENDED) } else { Ok(Deed::Run(command)) }
}

fn back(view: &RunView, command: Command) -> Result<Deed, &'static str> {
    if view.tick == 0 { Err(BEGINNING) } else { Ok(Deed::Run(command)) }
}

fn window(deed: WindowDeed) -> Result<Deed, &'static str> {
    Ok(Deed::Window(deed))
}

fn lever(view: &RunView, index: usize) -> Result<Deed, &'static str> {
    if index < view.levers.len() { window(WindowDeed::FocusLever(index)) } else { Err("There is no such lever.") }
}

const fn lever_entry(
    id: &'static str,
    words: &'static str,
    keys: &'static [KeyboardShortcut],
    deed: fn(&RunView) -> Result<Deed, &'static str>,
) -> Entry {
    Entry { id, words, about: "Gives the keyboard to this lever; arrows move it", keys, group: Group::Lever, deed }
}

/// The table.
pub const TABLE: &[Entry] = &[
    Entry {
        id: "toggle_play",
        words: "Play or pause",
        about: "Lets time pass or stand",
        keys: &[key(Key::Space)],
        group: Group::Time,
        deed: |v| forward(v, Command::TogglePlay),
    },
    Entry {
        id: "step_tick",
        words: "Step one tick",
        about: "Runs one tick and pauses",
        keys: &[key(Key::ArrowRight)],
        group: Group::Time,
        deed: |v| forward(v, Command::StepTick),
    },
    Entry {
        id: "back_tick",
        words: "Back one tick",
        about: "Goes back one tick and pauses; what came after is forgotten",
        keys: &[key(Key::ArrowLeft)],
        group: Group::Time,
        deed: |v| back(v, Command::BackTick),
    },
    Entry {
        id: "step_interval",
        words: "Step one interval",
        about: "Runs to the next decision of the slowest slot and pauses",
        keys: &[shift(Key::ArrowRight)],
        group: Group::Time,
        deed: |v| forward(v, Command::StepInterval),
    },
    Entry {
        id: "back_interval",
        words: "Back one interval",
        about: "Goes back to the decision of the slowest slot before this and pauses",
        keys: &[shift(Key::ArrowLeft)],
        group: Group::Time,
        deed: |v| back(v, Command::BackInterval),
    },
    Entry {
        id: "faster",
        words: "Faster",
        about: "The next faster step of speed",
        keys: &[key(Key::Plus), key(Key::Equals)],
        group: Group::Speed,
        deed: |v| Ok(Deed::Run(Command::Speed(v.speed.faster()))),
    },
    Entry {
        id: "slower",
        words: "Slower",
        about: "The next slower step of speed",
        keys: &[key(Key::Minus)],
        group: Group::Speed,
        deed: |v| Ok(Deed::Run(Command::Speed(v.speed.slower()))),
    },
    Entry {
        id: "speed_real",
        words: "Real time",
        about: "One simulated second per second",
        keys: &[key(Key::R)],
        group: Group::Speed,
        deed: |_| Ok(Deed::Run(Command::Speed(Speed::Factor(1.0)))),
    },
    Entry {
        id: "speed_max",
        words: "As fast as possible",
        about: "As fast as this machine can; the factor reached is shown",
        keys: &[key(Key::M)],
        group: Group::Speed,
        deed: |_| Ok(Deed::Run(Command::Speed(Speed::Max))),
    },
    Entry {
        id: "reset",
        words: "Begin again",
        about: "Begins this run again from its first tick, with the same seed",
        keys: &[ctrl(Key::R)],
        group: Group::Run,
        deed: |_| Ok(Deed::Run(Command::Reset { seed: None })),
    },
    Entry {
        id: "next_seed",
        words: "Begin with the next seed",
        about: "Begins again with other random streams",
        keys: &[],
        group: Group::Run,
        deed: |v| Ok(Deed::Run(Command::Reset { seed: Some(v.seed.wrapping_add(1)) })),
    },
    lever_entry("lever_1", "Lever 1", &[key(Key::Num1)], |v| lever(v, 0)),
    lever_entry("lever_2", "Lever 2", &[key(Key::Num2)], |v| lever(v, 1)),
    lever_entry("lever_3", "Lever 3", &[key(Key::Num3)], |v| lever(v, 2)),
    lever_entry("lever_4", "Lever 4", &[key(Key::Num4)], |v| lever(v, 3)),
    lever_entry("lever_5", "Lever 5", &[key(Key::Num5)], |v| lever(v, 4)),
    lever_entry("lever_6", "Lever 6", &[key(Key::Num6)], |v| lever(v, 5)),
    lever_entry("lever_7", "Lever 7", &[key(Key::Num7)], |v| lever(v, 6)),
    lever_entry("lever_8", "Lever 8", &[key(Key::Num8)], |v| lever(v, 7)),
    lever_entry("lever_9", "Lever 9", &[key(Key::Num9)], |v| lever(v, 8)),
    Entry {
        id: "open_setup",
        words: "Open a setup…",
        about: "Begins a run with the setup in a file",
        keys: &[ctrl(Key::O)],
        group: Group::Run,
        deed: |_| window(WindowDeed::OpenSetup),
    },
    Entry {
        id: "save_log",
        words: "Write the full log…",
        about: "Writes everything from the first tick on into a file, and goes on writing",
        keys: &[ctrl(Key::S)],
        group: Group::Run,
        deed: |_| window(WindowDeed::SaveLog),
    },
    Entry {
        id: "palette",
        words: "Find a command",
        about: "Finds any command by a few letters",
        keys: &[ctrl(Key::P), ctrl(Key::K)],
        group: Group::View,
        deed: |_| window(WindowDeed::Palette),
    },
    Entry {
        id: "help",
        words: "Help",
        about: "Keys, and what is what on this screen",
        keys: &[key(Key::F1)],
        group: Group::View,
        deed: |_| window(WindowDeed::Help),
    },
    Entry {
        id: "follow",
        words: "Follow the present",
        about: "Charts show the present again",
        keys: &[key(Key::F)],
        group: Group::View,
        deed: |_| window(WindowDeed::Follow),
    },
    Entry {
        id: "theme",
        words: "Next theme",
        about: "Dark, Light, Operator, High contrast",
        keys: &[key(Key::T)],
        group: Group::View,
        deed: |_| window(WindowDeed::NextTheme),
    },
    Entry {
        id: "larger",
        words: "Larger",
        about: "Makes everything on the screen larger",
        keys: &[ctrl(Key::Equals), ctrl(Key::Plus)],
        group: Group::View,
        deed: |_| window(WindowDeed::Larger),
    },
    Entry {
        id: "smaller",
        words: "Smaller",
        about: "Makes everything on the screen smaller",
        keys: &[ctrl(Key::Minus)],
        group: Group::View,
        deed: |_| window(WindowDeed::Smaller),
    },
    Entry {
        id: "natural_size",
        words: "Natural size",
        about: "Shows everything at 100 %",
        keys: &[ctrl(Key::Num0)],
        group: Group::View,
        deed: |_| window(WindowDeed::NaturalSize),
    },
];

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
            assert!(entry.about.starts_with(char::is_uppercase) && !entry.about.ends_with('.'), "{}", entry.id);
            assert!(Group::ALL.contains(&entry.group));
        }
        assert_eq!(find("toggle_play").unwrap().tip(), "Lets time pass or stand (Space)");
        assert!(find("nothing").is_none());
    }
}
