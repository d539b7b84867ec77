//! Titles and legends.

use super::sheet::{Anchor, Sheet};
use super::style::{Colour, LABEL, SMALL, TEXT, TEXT2, TEXT3, TITLE};

/// Room that a title with its second line takes, points.
pub(super) const TITLE_ROOM: f64 = 58.0;

/// Writes title and second line.
pub(super) fn title(sheet: &mut Sheet, title: &str, second: &str) {
    sheet.text((20.0, 22.0), title, TITLE, TEXT, Anchor::Left);
    sheet.text((20.0, 42.0), second, SMALL, TEXT3, Anchor::Left);
}

/// Width that the names of a legend need, points.
pub(super) fn width<'a>(names: impl IntoIterator<Item = &'a str>) -> f64 {
    names.into_iter().map(|n| Sheet::width_of(n, LABEL)).fold(0.0, f64::max) + 26.0
}

/// A legend, one name below the other.
pub(super) fn column<'a>(
    sheet: &mut Sheet,
    (x, y): (f64, f64),
    entries: impl IntoIterator<Item = (&'a str, Colour)>,
) -> f64 {
    let mut down = y;
    for (name, colour) in entries {
        sheet.rect((x, down - 5.0), (12.0, 10.0), colour);
        sheet.text((x + 19.0, down), name, LABEL, TEXT2, Anchor::Left);
        down += 20.0;
    }
    down
}
