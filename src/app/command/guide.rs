//! Entries of the command table about the first page and tours.

use egui::{Key, KeyboardShortcut, Modifiers};

use super::{Deed, Entry, Group, TourStep, WindowDeed};

const ALT_SHIFT: Modifiers = Modifiers::ALT.plus(Modifiers::SHIFT);

const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

pub(super) const WELCOME: Entry = Entry::new(
    Group::Guide,
    "welcome",
    "First page",
    "Three doors into the program, what was open last, samples, tours",
    &[KeyboardShortcut::new(Modifiers::COMMAND, Key::H)],
    |_| Ok(Deed::Window(WindowDeed::Welcome)),
);

pub(super) const CONTEST: Entry = Entry::new(
    Group::Guide,
    "contest",
    "Play against the machine",
    "A game with your own hands on the levers, scored beside controllers",
    &[KeyboardShortcut::new(Modifiers::COMMAND, Key::G)],
    |_| Ok(Deed::Window(WindowDeed::Contest)),
);

pub(super) const TOUR: Entry = Entry::new(
    Group::Guide,
    "tour_toggle",
    "Tour: pause or go on",
    "The tour that is played stands, or goes on",
    &[KeyboardShortcut::new(ALT_SHIFT, Key::T)],
    |_| Ok(Deed::Window(WindowDeed::TourStep(TourStep::Toggle))),
);

pub(super) const NEXT: Entry = Entry::new(
    Group::Guide,
    "tour_next",
    "Tour: next scene",
    "To the next scene of the tour that is played",
    &[KeyboardShortcut::new(ALT_SHIFT, Key::N)],
    |_| Ok(Deed::Window(WindowDeed::TourStep(TourStep::Next))),
);

pub(super) const BACK: Entry = Entry::new(
    Group::Guide,
    "tour_back",
    "Tour: scene before",
    "To the scene before; the run goes there at full speed",
    &[KeyboardShortcut::new(ALT_SHIFT, Key::B)],
    |_| Ok(Deed::Window(WindowDeed::TourStep(TourStep::Back))),
);

pub(super) const LOOP: Entry = Entry::new(
    Group::Guide,
    "tour_loop",
    "Tour: again and again",
    "The tour begins again after its last scene, or ends there",
    &[KeyboardShortcut::new(ALT_SHIFT, Key::J)],
    |_| Ok(Deed::Window(WindowDeed::TourStep(TourStep::Loop))),
);

pub(super) const END: Entry = Entry::new(
    Group::Guide,
    "tour_end",
    "End the tour",
    "Ends the tour; the tiles stand as before, the run stays",
    &[KeyboardShortcut::new(ALT_SHIFT, Key::Q)],
    |_| Ok(Deed::Window(WindowDeed::TourStep(TourStep::End))),
);

pub(super) const MANUAL: Entry = Entry::new(
    Group::Guide,
    "manual",
    "Manual",
    "Pages about every tile, with search, units and formulas",
    &[KeyboardShortcut::new(Modifiers::NONE, Key::F1)],
    |_| Ok(Deed::Window(WindowDeed::Manual)),
);

pub(super) const UNDO: Entry = Entry {
    id: "undo",
    words: "Undo",
    about: "Takes back the last change of layout or settings; the run is not touched",
    keys: &[KeyboardShortcut::new(Modifiers::COMMAND, Key::Z)],
    group: Group::View,
    deed: |_| Ok(Deed::Window(WindowDeed::Undo)),
};

pub(super) const REDO: Entry = Entry {
    id: "redo",
    words: "Redo",
    about: "Does again what was undone last",
    keys: &[KeyboardShortcut::new(CTRL_SHIFT, Key::Z)],
    group: Group::View,
    deed: |_| Ok(Deed::Window(WindowDeed::Redo)),
};
