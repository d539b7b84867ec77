//! Entries of the command table about charts of a person and about taking pictures, films and reports along.

use egui::{Key, KeyboardShortcut, Modifiers};

use crate::evaluate::charts::ChartKind;
use crate::session::RunView;

use super::{Deed, Entry, Group, WindowDeed};

const fn alt_shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::ALT.plus(Modifiers::SHIFT), key)
}

fn window(deed: WindowDeed) -> Result<Deed, &'static str> {
    Ok(Deed::Window(deed))
}

/// An entry that makes a kind of the chart that was touched last.
const fn kind(
    id: &'static str,
    words: &'static str,
    about: &'static str,
    keys: &'static [KeyboardShortcut],
    deed: fn(&RunView) -> Result<Deed, &'static str>,
) -> Entry {
    Entry { id, words, about, keys, group: Group::Tiles, deed }
}

pub(super) const LINES: Entry =
    kind("chart_lines", "Chart: lines", "Draws your chart as lines over time", &[alt_shift(Key::L)], |_| {
        window(WindowDeed::ChartKind(ChartKind::Lines))
    });

pub(super) const XY: Entry =
    kind("chart_xy", "Chart: XY", "Draws the second signal of your chart over the first", &[alt_shift(Key::X)], |_| {
        window(WindowDeed::ChartKind(ChartKind::Xy))
    });

pub(super) const HISTOGRAM: Entry =
    kind("chart_histogram", "Chart: histogram", "Shows how often every value occurs", &[alt_shift(Key::H)], |_| {
        window(WindowDeed::ChartKind(ChartKind::Histogram))
    });

pub(super) const DURATION: Entry =
    kind("chart_duration", "Chart: duration curve", "Sorts values from high to low", &[alt_shift(Key::D)], |_| {
        window(WindowDeed::ChartKind(ChartKind::Duration))
    });

pub(super) const CARPET: Entry =
    kind("chart_carpet", "Chart: carpet", "Shows one signal by day and time of day", &[alt_shift(Key::P)], |_| {
        window(WindowDeed::ChartKind(ChartKind::Carpet))
    });

pub(super) const STACKED: Entry =
    kind("chart_stacked", "Chart: stacked areas", "Puts signals on top of each other", &[alt_shift(Key::S)], |_| {
        window(WindowDeed::ChartKind(ChartKind::Stacked))
    });
