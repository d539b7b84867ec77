//! Entries of the command table about charts of a person and about taking pictures, films and reports along.

use egui::Key;

use crate::evaluate::charts::ChartKind;
use crate::session::RunView;

use super::write::{alt_shift, window};
use super::{Deed, Entry, Group, WindowDeed};

pub(super) const LINES: Entry = Entry::new(
    Group::Tiles,
    "chart_lines",
    "Chart: lines",
    "Draws your chart as lines over time",
    &[alt_shift(Key::L)],
    |_| window(WindowDeed::ChartKind(ChartKind::Lines)),
);

pub(super) const XY: Entry = Entry::new(
    Group::Tiles,
    "chart_xy",
    "Chart: XY",
    "Draws the second signal of your chart over the first",
    &[alt_shift(Key::X)],
    |_| window(WindowDeed::ChartKind(ChartKind::Xy)),
);

pub(super) const HISTOGRAM: Entry = Entry::new(
    Group::Tiles,
    "chart_histogram",
    "Chart: histogram",
    "Shows how often every value occurs",
    &[alt_shift(Key::H)],
    |_| window(WindowDeed::ChartKind(ChartKind::Histogram)),
);

pub(super) const DURATION: Entry = Entry::new(
    Group::Tiles,
    "chart_duration",
    "Chart: duration curve",
    "Sorts values from high to low",
    &[alt_shift(Key::D)],
    |_| window(WindowDeed::ChartKind(ChartKind::Duration)),
);

pub(super) const CARPET: Entry = Entry::new(
    Group::Tiles,
    "chart_carpet",
    "Chart: carpet",
    "Shows one signal by day and time of day",
    &[alt_shift(Key::P)],
    |_| window(WindowDeed::ChartKind(ChartKind::Carpet)),
);

pub(super) const STACKED: Entry = Entry::new(
    Group::Tiles,
    "chart_stacked",
    "Chart: stacked areas",
    "Puts signals on top of each other",
    &[alt_shift(Key::S)],
    |_| window(WindowDeed::ChartKind(ChartKind::Stacked)),
);

/// Why nothing can be taken along.
const NO_ROWS: &str = "No tick has been run yet.";

/// Something that needs rows.
fn taken(view: &RunView, deed: WindowDeed) -> Result<Deed, &'static str> {
    if view.recording.is_empty() { Err(NO_ROWS) } else { window(deed) }
}

pub(super) const PICTURE: Entry = Entry::new(
    Group::Run,
    "take_picture",
    "Picture…",
    "Draws a tile or the window at any size into a PNG file",
    &[alt_shift(Key::I)],
    |v| taken(v, WindowDeed::TakePicture(None)),
);

pub(super) const FILM: Entry = Entry::new(
    Group::Run,
    "take_film",
    "GIF or film…",
    "Draws what charts show, or what lies between the cursors, as a film at a fixed rate",
    &[alt_shift(Key::G)],
    |v| taken(v, WindowDeed::TakeFilm),
);

pub(super) const SVG: Entry = Entry::new(
    Group::Run,
    "take_svg",
    "Chart as SVG…",
    "Draws the chart that was touched last as vectors",
    &[alt_shift(Key::V)],
    |v| taken(v, WindowDeed::TakeSvg(None)),
);

pub(super) const REPORT: Entry = Entry::new(
    Group::Run,
    "take_report",
    "Report…",
    "Writes a page about the run: metrics, events, figures, how to run it again",
    &[alt_shift(Key::R)],
    |v| taken(v, WindowDeed::TakeReport),
);

pub(super) const SAVE_LAYOUT: Entry = Entry::new(
    Group::Tiles,
    "save_layout_file",
    "Save the layout as a file…",
    "Writes the tiles and your charts into a file that others can open",
    &[alt_shift(Key::W)],
    |_| window(WindowDeed::SaveLayoutFile),
);

pub(super) const OPEN_LAYOUT: Entry = Entry::new(
    Group::Tiles,
    "open_layout_file",
    "Open a layout file…",
    "Takes tiles and charts in from a file",
    &[alt_shift(Key::O)],
    |_| window(WindowDeed::OpenLayoutFile),
);
