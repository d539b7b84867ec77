//! The entries of the one command table, in the order of menus and help.

use egui::{Key, KeyboardShortcut};

use crate::app::panel::TileId;
use crate::session::{Command, PlayState, RunView, Speed};

use super::write::{alt, ctrl, ctrl_shift, key, shift, window};
use super::{Deed, Entry, Group, WindowDeed};
use super::{beside, charts, guide, why};

/// Why nothing goes forward at the end.
const ENDED: &str = "The run has ended: go back or begin again.";

/// Why a replay is not changed.
const REPLAY: &str = "This is a replay: leave it first.";

/// Why nothing goes back at the beginning.
const BEGINNING: &str = "This is the beginning of the run.";

fn forward(view: &RunView, command: Command) -> Result<Deed, &'static str> {
    if view.play == PlayState::Ended { Err(ENDED) } else { Ok(Deed::Run(command)) }
}

fn back(view: &RunView, command: Command) -> Result<Deed, &'static str> {
    if view.tick == 0 { Err(BEGINNING) } else { Ok(Deed::Run(command)) }
}

/// A run that can be changed; a replay cannot.
fn alive(view: &RunView, deed: Deed) -> Result<Deed, &'static str> {
    if view.replay.is_some() { Err(REPLAY) } else { Ok(deed) }
}

fn lever(view: &RunView, index: usize) -> Result<Deed, &'static str> {
    if index < view.levers.len() { window(WindowDeed::FocusLever(index)) } else { Err("There is no such lever.") }
}

fn tile(view: &RunView, index: usize) -> Result<Deed, &'static str> {
    let tile = TileId::all(&view.spec).into_iter().nth(index);
    tile.map_or(Err("There is no such tile."), |tile| window(WindowDeed::ShowTile(tile)))
}

const fn tile_entry(
    id: &'static str,
    words: &'static str,
    keys: &'static [KeyboardShortcut],
    deed: fn(&RunView) -> Result<Deed, &'static str>,
) -> Entry {
    Entry { id, words, about: "Brings this tile to light", keys, group: Group::Tiles, deed }
}

const fn layout_entry(
    id: &'static str,
    words: &'static str,
    keys: &'static [KeyboardShortcut],
    deed: fn(&RunView) -> Result<Deed, &'static str>,
) -> Entry {
    Entry { id, words, about: "Changes to this layout of the tiles", keys, group: Group::Tiles, deed }
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
        about: "Goes back one tick and pauses; what came after stays until something is changed",
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
    beside::PREVIOUS_EVENT,
    beside::NEXT_EVENT,
    beside::UNTIL,
    beside::UNTIL_NOTHING,
    beside::LOOP,
    beside::LOOP_OFF,
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
        keys: &[ctrl_shift(Key::R)],
        group: Group::Run,
        deed: |v| alive(v, Deed::Run(Command::Reset { seed: Some(v.seed.wrapping_add(1)) })),
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
        id: "hand_back",
        words: "Hand all levers back",
        about: "Gives every lever that you hold or pinned back to its controller",
        keys: &[key(Key::Backspace)],
        group: Group::Lever,
        deed: |v| {
            let held = v.driver.manual + v.driver.pinned > 0;
            if held { window(WindowDeed::HandBack) } else { Err("The controllers hold every lever.") }
        },
    },
    Entry {
        id: "pin_all",
        words: "Pin all levers",
        about: "Pins every lever where it stands",
        keys: &[ctrl_shift(Key::P)],
        group: Group::Lever,
        deed: |v| alive(v, Deed::Window(WindowDeed::PinAll)),
    },
    Entry {
        id: "release_pins",
        words: "Release all pins",
        about: "Gives every pinned lever back to its controller",
        keys: &[ctrl_shift(Key::U)],
        group: Group::Lever,
        deed: |v| if v.driver.pinned > 0 { window(WindowDeed::ReleasePins) } else { Err("Nothing is pinned.") },
    },
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
        deed: |v| alive(v, Deed::Window(WindowDeed::SaveLog)),
    },
    Entry {
        id: "replay",
        words: "Replay a log…",
        about: "Plays recorded logs; the live run waits behind them",
        keys: &[ctrl_shift(Key::O)],
        group: Group::Run,
        deed: |_| window(WindowDeed::Replay),
    },
    Entry {
        id: "leave_replay",
        words: "Back to the live run",
        about: "Leaves the replay; the run waits where it was left",
        keys: &[ctrl_shift(Key::B)],
        group: Group::Run,
        deed: |v| if v.replay.is_some() { Ok(Deed::Run(Command::Leave)) } else { Err("No log is played.") },
    },
    Entry {
        id: "open_results",
        words: "Open results…",
        about: "Puts the results of benchmarks on the scoreboard",
        keys: &[ctrl(Key::E)],
        group: Group::Run,
        deed: |_| window(WindowDeed::OpenResults),
    },
    Entry {
        id: "benchmark",
        words: "Run a benchmark…",
        about: "Shows what a benchmark can be started with; the run goes on beside it",
        keys: &[ctrl(Key::B)],
        group: Group::Run,
        deed: |_| window(WindowDeed::Benchmark),
    },
    Entry {
        id: "cancel_benchmark",
        words: "Cancel the benchmark",
        about: "Ends the benchmark that is running; rows that are complete stay in its files",
        keys: &[ctrl_shift(Key::E)],
        group: Group::Run,
        deed: |_| window(WindowDeed::CancelBenchmark),
    },
    Entry {
        id: "policy",
        words: "Look at a policy…",
        about: "Shows the card of an ONNX file: what it takes and gives, which slots it can drive",
        keys: &[ctrl(Key::I)],
        group: Group::Run,
        deed: |_| window(WindowDeed::Policy),
    },
    beside::BRANCH,
    beside::RACE,
    beside::LAY,
    beside::NEXT_RUN,
    beside::PREVIOUS_RUN,
    beside::PROMOTE,
    beside::CLOSE,
    beside::DIFFERENCE,
    beside::ALIGN,
    beside::CURSOR_A,
    beside::CURSOR_B,
    beside::CURSORS_OFF,
    beside::EXPORT,
    beside::MARK,
    beside::TAKE_OVER,
    beside::CHECK,
    beside::CHECK_RECOMPUTE,
    tile_entry("scoreboard", "Show Scoreboard", &[alt(Key::Num0)], |_| {
        window(WindowDeed::ShowTile(TileId::Scoreboard))
    }),
    beside::RUNS,
    beside::CURSORS,
    tile_entry("tile_1", "Tile 1", &[alt(Key::Num1)], |v| tile(v, 0)),
    tile_entry("tile_2", "Tile 2", &[alt(Key::Num2)], |v| tile(v, 1)),
    tile_entry("tile_3", "Tile 3", &[alt(Key::Num3)], |v| tile(v, 2)),
    tile_entry("tile_4", "Tile 4", &[alt(Key::Num4)], |v| tile(v, 3)),
    tile_entry("tile_5", "Tile 5", &[alt(Key::Num5)], |v| tile(v, 4)),
    tile_entry("tile_6", "Tile 6", &[alt(Key::Num6)], |v| tile(v, 5)),
    tile_entry("tile_7", "Tile 7", &[alt(Key::Num7)], |v| tile(v, 6)),
    tile_entry("tile_8", "Tile 8", &[alt(Key::Num8)], |v| tile(v, 7)),
    tile_entry("tile_9", "Tile 9", &[alt(Key::Num9)], |v| tile(v, 8)),
    layout_entry("layout_live", "Layout: Live", &[ctrl(Key::Num1)], |_| window(WindowDeed::Layout("Live".to_owned()))),
    layout_entry("layout_flows", "Layout: Flows", &[ctrl(Key::Num2)], |_| {
        window(WindowDeed::Layout("Flows".to_owned()))
    }),
    layout_entry("layout_charts", "Layout: Charts", &[ctrl(Key::Num3)], |_| {
        window(WindowDeed::Layout("Charts".to_owned()))
    }),
    layout_entry("layout_everything", "Layout: Everything", &[ctrl(Key::Num4)], |_| {
        window(WindowDeed::Layout("Everything".to_owned()))
    }),
    beside::LAYOUT,
    why::WHY,
    why::LAYOUT,
    Entry {
        id: "fill_tile",
        words: "Fill the window",
        about: "Fills the window with the tile that was touched last, or gives the room back",
        keys: &[key(Key::Z)],
        group: Group::Tiles,
        deed: |_| window(WindowDeed::FillTile),
    },
    Entry {
        id: "close_tile",
        words: "Close the tile",
        about: "Closes the tile that was touched last",
        keys: &[ctrl(Key::W)],
        group: Group::Tiles,
        deed: |_| window(WindowDeed::CloseTile(None)),
    },
    Entry {
        id: "new_chart",
        words: "New chart",
        about: "Opens a chart of your own; drag signals onto it",
        keys: &[ctrl(Key::N)],
        group: Group::Tiles,
        deed: |_| window(WindowDeed::NewChart),
    },
    Entry {
        id: "save_layout",
        words: "Save the layout…",
        about: "Keeps the tiles as they stand under a name",
        keys: &[ctrl(Key::L)],
        group: Group::Tiles,
        deed: |_| window(WindowDeed::SaveLayout),
    },
    Entry {
        id: "reset_layout",
        words: "Reset the layout",
        about: "Puts the tiles back to where they stood",
        keys: &[ctrl_shift(Key::L)],
        group: Group::Tiles,
        deed: |_| window(WindowDeed::ResetLayout),
    },
    Entry {
        id: "select_nothing",
        words: "Select nothing",
        about: "Takes the selection away",
        keys: &[shift(Key::Escape)],
        group: Group::View,
        deed: |_| window(WindowDeed::SelectNothing),
    },
    Entry {
        id: "acknowledge",
        words: "Acknowledge alarms",
        about: "Says that every alarm was seen",
        keys: &[key(Key::K)],
        group: Group::View,
        deed: |_| window(WindowDeed::Acknowledge),
    },
    Entry {
        id: "span_less",
        words: "Show less of the past",
        about: "Charts show a shorter time",
        keys: &[key(Key::OpenBracket)],
        group: Group::View,
        deed: |_| window(WindowDeed::Span(-1)),
    },
    Entry {
        id: "span_more",
        words: "Show more of the past",
        about: "Charts show a longer time",
        keys: &[key(Key::CloseBracket)],
        group: Group::View,
        deed: |_| window(WindowDeed::Span(1)),
    },
    Entry {
        id: "still",
        words: "Reduced motion",
        about: "Cameras jump instead of flying and nothing blinks",
        keys: &[ctrl_shift(Key::M)],
        group: Group::View,
        deed: |_| window(WindowDeed::Still),
    },
    Entry {
        id: "scene_quality",
        words: "Quality of the 3D picture",
        about: "Goes through automatic, fine, normal and plain; plain is the least work for a processor without a card",
        keys: &[ctrl_shift(Key::Q)],
        group: Group::View,
        deed: |_| window(WindowDeed::Quality),
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
        words: "Keys and signs",
        about: "Every key, and what is what on this screen",
        keys: &[shift(Key::F1)],
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
    guide::UNDO,
    guide::REDO,
    guide::MANUAL,
    guide::WELCOME,
    guide::CONTEST,
    guide::TOUR,
    guide::NEXT,
    guide::BACK,
    guide::LOOP,
    guide::END,
    charts::LINES,
    charts::XY,
    charts::HISTOGRAM,
    charts::DURATION,
    charts::CARPET,
    charts::STACKED,
    charts::PICTURE,
    charts::FILM,
    charts::SVG,
    charts::REPORT,
    charts::SAVE_LAYOUT,
    charts::OPEN_LAYOUT,
];
