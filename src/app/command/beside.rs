//! Entries of the command table about other runs, marks and comparing.

use egui::Key;

use crate::app::panel::TileId;
use crate::session::{Checked, Command, RunKind, RunView, Until};

use super::write::{alt, ctrl, ctrl_shift, key, shift, window};
use super::{Deed, Entry, Group, WindowDeed};

/// Why a replay has no runs beside it.
const REPLAY: &str = "This is a replay: take over, or leave it first.";

/// Why nothing is compared.
const ALONE: &str = "There is no other run: branch this one, or lay a log beside.";

fn live(view: &RunView, deed: Deed) -> Result<Deed, &'static str> {
    if view.replay.is_some() { Err(REPLAY) } else { Ok(deed) }
}

/// Something that needs another run.
fn compared(view: &RunView, deed: Deed) -> Result<Deed, &'static str> {
    if view.beside.runs.len() > 1 { Ok(deed) } else { Err(ALONE) }
}

/// The run after (1) or before (−1) the shown one, logs left out, going round.
fn neighbour(view: &RunView, step: isize) -> Result<Deed, &'static str> {
    let runs: Vec<u64> = view.beside.runs.iter().filter(|r| r.kind != RunKind::Log).map(|r| r.id).collect();
    let at = runs.iter().position(|id| *id == view.beside.shown).filter(|_| runs.len() > 1).ok_or(ALONE)?;
    let next = (at as isize + step).rem_euclid(runs.len() as isize) as usize;
    runs.get(next).map(|id| Deed::Run(Command::Follow(*id))).ok_or(ALONE)
}

/// The next event that is known, else time passes until one happens.
fn next_event(view: &RunView) -> Result<Deed, &'static str> {
    let known = view.events.iter().chain(view.beside.events_ahead.iter());
    let ahead = known.map(|e| e.instant).filter(|at| *at > view.tick && *at <= view.reach()).min();
    match ahead {
        Some(tick) => Ok(Deed::Run(Command::GoTo { tick })),
        None if view.replay.is_some() => Err("No event comes after this in the log."),
        None if view.end.is_some() => Err("The run has ended: go back or begin again."),
        None => Ok(Deed::Run(Command::Until(Some(Until::Event(None))))),
    }
}

fn previous_event(view: &RunView) -> Result<Deed, &'static str> {
    let behind = view.events.iter().map(|e| e.instant).filter(|at| *at < view.tick).max();
    behind.map(|tick| Deed::Run(Command::GoTo { tick })).ok_or("No event came before this.")
}

/// A log that is played and not being run again just now.
fn check(view: &RunView, recompute: bool) -> Result<Deed, &'static str> {
    let replay = view.replay.as_ref().ok_or("No log is played.")?;
    if !replay.tells_setup {
        return Err("This log does not tell what it was run with: only a full log can be run again.");
    }
    if matches!(view.beside.checked, Some(Checked::Running(_))) {
        return Err("It is being run again.");
    }
    Ok(Deed::Run(Command::Check { recompute }))
}

fn take_over(view: &RunView) -> Result<Deed, &'static str> {
    let replay = view.replay.as_ref().ok_or("No log is played.")?;
    if replay.tells_setup {
        Ok(Deed::Run(Command::TakeOver))
    } else {
        Err("This log does not tell what it was run with: only a full log can be gone on from.")
    }
}

fn promote(view: &RunView) -> Result<Deed, &'static str> {
    let shown = view.beside.shown_run().ok_or(REPLAY)?;
    if shown.kind == RunKind::Branch { Ok(Deed::Run(Command::Promote(shown.id))) } else { Err("It is the home run.") }
}

/// The newest run beside the shown one.
fn close(view: &RunView) -> Result<Deed, &'static str> {
    let other = view.beside.runs.iter().rev().find(|r| r.id != view.beside.shown);
    other.map(|run| Deed::Run(Command::Close(run.id))).ok_or(ALONE)
}

pub(super) const BRANCH: Entry = Entry::new(
    Group::Beside,
    "branch",
    "Branch here",
    "Begins another future of this run from this instant, with the same noise, and shows it",
    &[key(Key::B)],
    |v| live(v, Deed::Run(Command::Branch { tick: None, name: None, changes: Vec::new() })),
);

pub(super) const RACE: Entry = Entry::new(
    Group::Beside,
    "race",
    "Race or shadow…",
    "Lets controllers run in step from this instant, or compute beside the one that drives",
    &[shift(Key::B)],
    |v| live(v, Deed::Window(WindowDeed::Race(None))),
);

pub(super) const LAY: Entry = Entry::new(
    Group::Beside,
    "lay",
    "Lay a log beside…",
    "Shows recorded logs beside the runs, to compare",
    &[ctrl(Key::J)],
    |v| live(v, Deed::Window(WindowDeed::Lay)),
);

pub(super) const NEXT_RUN: Entry = Entry::new(
    Group::Beside,
    "next_run",
    "Follow the next run",
    "Shows the next run of the list; the shown one stands beside",
    &[key(Key::N)],
    |v| neighbour(v, 1),
);

pub(super) const PREVIOUS_RUN: Entry = Entry::new(
    Group::Beside,
    "previous_run",
    "Follow the run before",
    "Shows the run before in the list; the shown one stands beside",
    &[shift(Key::N)],
    |v| neighbour(v, -1),
);

pub(super) const PROMOTE: Entry = Entry::new(
    Group::Beside,
    "promote",
    "Promote this run",
    "Makes the shown branch the home run; its parents stay",
    &[ctrl_shift(Key::H)],
    promote,
);

pub(super) const CLOSE: Entry = Entry::new(
    Group::Beside,
    "close_run",
    "Close the newest other run",
    "Takes away the run that was begun last, the shown one excepted",
    &[ctrl_shift(Key::W)],
    close,
);

pub(super) const NEXT_EVENT: Entry = Entry::new(
    Group::Time,
    "next_event",
    "To the next event",
    "Goes to the next event that is known, else lets time pass until one happens",
    &[key(Key::E)],
    next_event,
);

pub(super) const PREVIOUS_EVENT: Entry = Entry::new(
    Group::Time,
    "previous_event",
    "To the event before",
    "Goes back to the event before this",
    &[shift(Key::E)],
    previous_event,
);

pub(super) const UNTIL: Entry = Entry::new(
    Group::Time,
    "until",
    "Run until…",
    "Lets time pass until a tick, an event, or a signal that crosses a number",
    &[key(Key::U)],
    |v| live(v, Deed::Window(WindowDeed::Until)),
);

pub(super) const UNTIL_NOTHING: Entry = Entry::new(
    Group::Time,
    "until_nothing",
    "Run until nothing",
    "Forgets what time passes until",
    &[shift(Key::U)],
    |v| {
        if v.beside.until.is_some() { Ok(Deed::Run(Command::Until(None))) } else { Err("Time passes until nothing.") }
    },
);

pub(super) const LOOP: Entry = Entry::new(
    Group::Time,
    "loop",
    "Loop",
    "Lets time go round between the cursors, else in what the charts show",
    &[key(Key::L)],
    |_| window(WindowDeed::LoopRange),
);

pub(super) const LOOP_OFF: Entry =
    Entry::new(Group::Time, "loop_off", "End the loop", "Time goes on at the end of the loop", &[shift(Key::L)], |v| {
        if v.beside.looped.is_some() { Ok(Deed::Run(Command::Loop(None))) } else { Err("There is no loop.") }
    });

pub(super) const MARK: Entry = Entry::new(
    Group::Beside,
    "mark",
    "Set a bookmark…",
    "Marks the instant under the pointer, else the present, with a note",
    &[ctrl(Key::D)],
    |_| window(WindowDeed::Mark),
);

pub(super) const DIFFERENCE: Entry = Entry::new(
    Group::Beside,
    "difference",
    "Differences",
    "Charts show runs less the shown one, or the runs over each other again",
    &[key(Key::I)],
    |v| compared(v, Deed::Window(WindowDeed::Difference)),
);

pub(super) const ALIGN: Entry = Entry::new(
    Group::Beside,
    "align",
    "Align in the next way",
    "Runs lie over each other by clock, by tick, by their first event",
    &[key(Key::J)],
    |v| compared(v, Deed::Window(WindowDeed::NextAlign)),
);

pub(super) const CURSOR_A: Entry = Entry::new(
    Group::Beside,
    "cursor_a",
    "Cursor A",
    "Sets cursor A under the pointer, else at the mark or the present",
    &[key(Key::C)],
    |_| window(WindowDeed::CursorA),
);

pub(super) const CURSOR_B: Entry = Entry::new(
    Group::Beside,
    "cursor_b",
    "Cursor B",
    "Sets cursor B under the pointer, else at the mark or the present",
    &[key(Key::V)],
    |_| window(WindowDeed::CursorB),
);

pub(super) const CURSORS_OFF: Entry =
    Entry::new(Group::Beside, "cursors_off", "Cursors off", "Takes both cursors away", &[key(Key::X)], |_| {
        window(WindowDeed::CursorsOff)
    });

pub(super) const EXPORT: Entry = Entry::new(
    Group::Beside,
    "export",
    "Export signals…",
    "Writes the signals of the charts into a file: every row between the cursors, else of what the charts show",
    &[ctrl_shift(Key::S)],
    |v| if v.recording.is_empty() { Err("No tick has been run yet.") } else { window(WindowDeed::Export) },
);

pub(super) const TAKE_OVER: Entry = Entry::new(
    Group::Beside,
    "take_over",
    "Take over here",
    "Goes on live from this instant of the log; it is run again and checked up to it",
    &[ctrl(Key::T)],
    take_over,
);

pub(super) const CHECK: Entry = Entry::new(
    Group::Beside,
    "check",
    "Run again and compare",
    "Runs the log again as it was logged and compares every row",
    &[ctrl(Key::Y)],
    |v| check(v, false),
);

pub(super) const CHECK_RECOMPUTE: Entry = Entry::new(
    Group::Beside,
    "check_recompute",
    "Run again, ask all anew",
    "Runs the log again, asks every controller anew, and compares every row",
    &[ctrl_shift(Key::Y)],
    |v| check(v, true),
);

pub(super) const RUNS: Entry =
    Entry::new(Group::Tiles, "runs", "Show Runs", "Brings this tile to light", &[alt(Key::R)], |_| {
        window(WindowDeed::ShowTile(TileId::Runs))
    });

pub(super) const CURSORS: Entry =
    Entry::new(Group::Tiles, "cursors", "Show Cursors", "Brings this tile to light", &[alt(Key::C)], |_| {
        window(WindowDeed::ShowTile(TileId::Cursors))
    });

pub(super) const LAYOUT: Entry = Entry::new(
    Group::Tiles,
    "layout_compare",
    "Layout: Compare",
    "Changes to this layout of the tiles",
    &[ctrl(Key::Num5)],
    |_| window(WindowDeed::Layout("Compare".to_owned())),
);
