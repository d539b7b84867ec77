//! Entries of the command table about why a tick came as it did.

use egui::{Key, KeyboardShortcut, Modifiers};

use crate::app::panel::TileId;

use super::{Deed, Entry, Group, WindowDeed};

/// Why no tick can be taken apart.
const NOTHING: &str = "No tick has been run yet.";

pub(super) const WHY: Entry = Entry {
    id: "why",
    words: "Why this tick",
    about: "Takes apart the tick under the pointer, else at the mark, else the last one",
    keys: &[KeyboardShortcut::new(Modifiers::ALT, Key::W)],
    group: Group::Tiles,
    deed: |v| if v.reach() == 0 { Err(NOTHING) } else { Ok(Deed::Window(WindowDeed::ShowTile(TileId::Why))) },
};

pub(super) const LAYOUT: Entry = Entry {
    id: "layout_why",
    words: "Layout: Why",
    about: "Changes to this layout of the tiles",
    keys: &[KeyboardShortcut::new(Modifiers::COMMAND, Key::Num6)],
    group: Group::Tiles,
    deed: |_| Ok(Deed::Window(WindowDeed::Layout("Why".to_owned()))),
};
