//! The help: keys from the table, every tile in a sentence, and what the signs on the screen mean.
//!
//! Items flow into columns of about the same height: two of keys and two of words where there is width, else one of
//! each, below each other in a narrow window. What does not fit scrolls.

use egui::text::{LayoutJob, TextFormat};
use egui::{
    Align, Area, Color32, Key, Modifiers, Order, Pos2, Rect, ScrollArea, Sense, Ui, WidgetInfo, WidgetType, pos2, vec2,
};

use crate::app::command::{Entry, Group, TABLE, in_words};
use crate::app::theme::{Face, corners};
use crate::plant::{Part, PlantSpec, Row};

use super::glyph::Glyph;
use super::pen::Pen;
use super::widget::{self, Button, Look};
use super::{Cx, PanelState};

/// Tiles that every plant has, each with what it shows.
const TILES: [(&str, &str); 22] = [
    (
        "Site",
        "The plant in 3D, where it has a model. Drag turns, right drag shifts, the wheel comes nearer, a click selects, \
         a double click flies there.",
    ),
    (
        "One-line",
        "Power from the grid down to the loads, thicker lines for more. Below: the sums, and whether they close.",
    ),
    ("Faceplate", "All about the selected thing: state, values on their ranges, trend, alarms, events, neighbours."),
    ("Levers", "What can be moved, the fastest slot first, each with its last minutes."),
    ("Control", "Who decides in each slot, and with which inner values. Below: what a run begins with."),
    ("Events", "What happened, newest first. A click takes note, shows the moment in the charts, selects the thing."),
    ("Signals", "Every signal with its value and its last hour. Drag one onto a chart of your own, or press Enter."),
    ("Now", "Gauges of the signals in the plant's charts, and every slot's reward."),
    (
        "Timeline",
        "The whole run, the tree of branches, what is planned, bookmarks. A click goes there; what came after stays, \
         paler, until something is changed. Shift and dragging loop, a right click branches, marks, disturbs.",
    ),
    (
        "Runs",
        "All runs: follow, hide, colour, rename, promote, close. A race stands by its reward. Below: shadows, and the \
         metrics of each run against the shown one; better and worse only beyond noise.",
    ),
    (
        "Cursors",
        "Every signal on the charts at A and at B, Δ, mean and extremes between; without cursors of what the charts show.",
    ),
    (
        "Scoreboard",
        "The running episode beside stored results, mean ± deviation. A triangle up is better than the running episode, \
         down is worse, beyond the spread. A click on a column sorts, the best first.",
    ),
    ("Chart", "Lines over the time that all charts share."),
    (
        "Chart 1, 2 …",
        "Charts of your own: lines with an axis for every unit, XY, histogram, duration curve, carpet, stacked areas. The \
         kind stands in the header; the cross in the legend takes a signal off.",
    ),
    (
        "Why",
        "The tick under the pointer, else at the mark, else the last one: its reward by terms, and why. Every number after \
         “would have been” is the tick run again with one lever elsewhere. Paler: the answer is about the tick before.",
    ),
    (
        "Observation",
        "What the controller saw, in its numbers and in physical ones; bold lies outside the normal range.",
    ),
    (
        "One step more",
        "What one step less and more of each lever would have given and earned, everything else as it was.",
    ),
    ("The bid of this interval", "Chance of acceptance over price with the bid on it, its result, and what was paid."),
    (
        "Head-room",
        "What the site could give for the next 15 min, up (draw less) and down (draw more), against the commitment: the \
         plant is rolled on with its levers at their limits, and no warning is passed.",
    ),
    (
        "Ask",
        "Ready questions with number and time; a click goes there. The field finds more, and any signal by its name.",
    ),
    (
        "Lab",
        "Studies of the plant itself: pick one, move its parameters, watch it redraw. Longer ones tell how far they are.",
    ),
    (
        "Explain",
        "What was done in the run or log that is shown: shares, days and hours, what it goes along with, rules in words, PUE, \
         rewards; with Make it again what it saves on the same inputs, where the plant tells that.",
    ),
];

/// What the signs on the screen mean.
const SIGNS: [(&str, &str); 21] = [
    ("Tiles", "Drag a tab to move a tile, an edge to resize it. A double click on the tab fills the window."),
    ("Layouts", "They follow the window's size until you move something. Layouts of your own keep their shares."),
    ("Selection", "One thing at a time, outlined in every tile that shows it."),
    (
        "Lever",
        "Solid thumb: applied. Hollow triangle: commanded; below, in colours, by shadows. The bar begins at the neutral value. Drag it and it is \
         yours; a double click on the value types a number.",
    ),
    (
        "Auto, Pin, Manual",
        "Auto: the slot's controller moves it. Manual: you do, before any shield. Pin: forced, whatever anybody \
         commands.",
    ),
    (
        "Last line of a lever",
        "Why it is not applied as commanded, or why its effect falls short; at the right its rate.",
    ),
    ("Driver chip", "Who drives. A hand: levers that you hold. A lock: pins. Click it to give them back."),
    (
        "Alarms",
        "Signals beyond a limit now. Triangle: warning. Octagon: trip. New ones blink, the worst as a card, until acknowledged.",
    ),
    (
        "Charts",
        "Drag moves the time, the wheel zooms, a click marks an instant, with Shift it sets cursors, a double click follows \
         the present.",
    ),
    (
        "Branch, shadow, race",
        "A branch is another future with the same noise. A shadow computes without acting. A race is a branch for each \
         controller, in step.",
    ),
    ("Ring on a line", "Where a run first differs from the shown one."),
    ("Paler line ahead", "What was run and gone back from. Changing something replaces it, a branch keeps it."),
    ("min/max of n", "So many rows share a pixel; lowest and highest are kept. The pointer shows the true row."),
    ("every nth row", "So many rows stand behind a chart of many; without these words it looks at each one."),
    (
        "Taking along",
        "The menu of a tile and the group Run draw pictures, GIFs, films, SVG and a report, the layout goes into a file; \
         the same on the command line: c2g-twin export.",
    ),
    ("Dashed line ahead", "What comes if nothing changes: same controllers, same levers, same noise."),
    ("Filled band", "A limit is broken now."),
    ("At this slope", "When a limit is reached if the last five minutes go on like this, up to 4 h."),
    ("Site clock, tick", "The site's own time. A tick is one step of the plant; slots decide every so many ticks."),
    ("Achieved", "Simulated seconds per second of late, beside the speed that was asked for."),
    ("Messages", "A click on an error shows all of it: where, what, and the cure."),
];

/// What the score means, for plants that show one.
const SCORE: (&str, &str) = (
    "PJM-style score",
    "How well the answer follows the request in blocks of 5 min: correlation, delay, precision, each 0 to 1, and their \
     mean. By PJM Manual 12 before 2025.",
);

/// Keys of what has the keyboard, which the table does not know.
const LEVER_KEYS: [(&str, &str); 7] = [
    ("Go to lever 1 to 9", "1 … 9"),
    ("Move it", "← →"),
    ("A fifth of that", "Shift+← →"),
    ("Five times that", "PgUp PgDn"),
    ("Neutral value", "Home"),
    ("Type a number", "Enter"),
    ("Auto, pin, manual", "A P M"),
];
const CHART_KEYS: [(&str, &str); 3] =
    [("Earlier, later", "← →"), ("Nearer, farther", "↑ ↓"), ("Begin, present", "Home End")];
const SITE_KEYS: [(&str, &str); 3] = [("Turn", "← → ↑ ↓"), ("Nearer, farther", "+ −"), ("First view", "Home")];

/// Height of the title with its line.
const HEADER: f32 = 42.0;

/// Height of a heading with the room above it.
const HEADING: f32 = 27.0;

/// Height of a key with its words.
const KEY_ROW: f32 = 19.5;

/// Room below a sentence.
const GAP: f32 = 5.0;

/// Room between columns, and at both sides.
const MARGIN: f32 = 18.0;

/// Width of a column of keys.
const KEYS: f32 = 244.0;

/// From this width on there are two columns of each kind, from the second on one of each.
const WIDE: [f32; 2] = [1_040.0, 560.0];

/// Draws the help over everything, if it is open.
pub(super) fn show(ui: &Ui, state: &mut PanelState, cx: &Cx<'_>) {
    let whole = ui.max_rect();
    if !state.help || whole.width() < 160.0 || whole.height() < 160.0 {
        return;
    }
    let room = (whole.size() - vec2(32.0, 40.0)).max(vec2(1.0, 1.0));
    let width = room.x.min(1_248.0);
    let page = Page::of(&Pen::new(ui, &cx.theme), width - 2.0 * MARGIN, &cx.view.spec);
    let size = vec2(width, room.y.min(HEADER + page.height + 12.0));
    let rect = Rect::from_center_size(whole.center(), size);
    let area = Area::new(ui.id().with("help")).order(Order::Foreground).fixed_pos(rect.min);
    let closed = area.show(ui.ctx(), |ui| draw(ui, rect, &page, cx)).inner;
    let escaped = ui.ctx().input_mut(|i| i.consume_key(Modifiers::NONE, Key::Escape));
    if closed || escaped {
        state.help = false;
    }
}

fn draw(ui: &mut Ui, rect: Rect, page: &Page, cx: &Cx<'_>) -> bool {
    let theme = &cx.theme;
    let ground = ui.allocate_rect(rect, Sense::click_and_drag());
    ground.widget_info(|| WidgetInfo::labeled(WidgetType::Window, true, "Help"));
    let pen = Pen::new(ui, theme);
    pen.painter.rect(rect, corners(theme.tokens.radius.menu), theme.header, theme.outline(), egui::StrokeKind::Inside);
    let title = pos2(rect.left() + MARGIN, rect.top() + 21.0);
    pen.text(title, Align::Min, "Keys, and what is what", Face::Title, theme.text);
    let cross = Rect::from_min_size(pos2(rect.right() - 38.0, rect.top() + 8.0), vec2(26.0, 26.0));
    let button = Button::sign(Glyph::Cross, "Close help", "Closes the help (Shift+F1)").look(Look::Quiet);
    let closed = button.show(ui, theme, cross, ui.id().with("close")).clicked();
    pen.hline(rect.left(), rect.right(), rect.top() + HEADER - 1.0, theme.hairline());
    let body = Rect::from_min_max(pos2(rect.left(), rect.top() + HEADER), rect.max - vec2(0.0, 2.0));
    super::inside(ui, body, "body", |ui| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            scroll(ui, body.height());
            let from = pos2(rect.left() + MARGIN, ui.max_rect().top());
            for column in &page.columns {
                column.draw(ui, &pen.clipped(body), from);
            }
            ui.allocate_space(vec2(1.0, page.height + 8.0));
        });
    });
    closed
}

/// The keyboard scrolls what does not fit.
fn scroll(ui: &Ui, page: f32) {
    let pages =
        [(Key::PageDown, -0.9 * page), (Key::PageUp, 0.9 * page), (Key::ArrowDown, -40.0), (Key::ArrowUp, 40.0)];
    for (key, step) in pages {
        if ui.input_mut(|i| i.consume_key(Modifiers::NONE, key)) {
            ui.scroll_with_delta(vec2(0.0, step));
        }
    }
}

/// Lines that stay together, below a heading where a new subject begins.
struct Item {
    heading: Option<&'static str>,
    lines: Vec<Line>,
}

/// A line of the help.
enum Line {
    /// What keys do.
    Keys(String, String),
    /// A thing and what it tells.
    Thing(String, String),
}

/// All columns, set for a width.
struct Page {
    columns: Vec<Column>,
    height: f32,
}

/// Items below each other.
struct Column {
    /// Distance from the left edge.
    left: f32,
    width: f32,
    items: Vec<Item>,
}

impl Page {
    fn of(pen: &Pen, width: f32, spec: &PlantSpec) -> Self {
        let (keys, things) = (keys(), things(spec));
        let many = if width >= WIDE[0] { 2 } else { 1 };
        let mut columns = Vec::new();
        if width < WIDE[1] {
            let items = keys.into_iter().chain(things).collect();
            columns.push(Column { left: 0.0, width, items });
        } else {
            let count = many as f32;
            let room = width - count * (KEYS + MARGIN) - (count - 1.0) * MARGIN;
            let mut left = 0.0;
            for (items, width) in [(keys, KEYS), (things, room / count)] {
                for items in divided(pen, items, width, many) {
                    columns.push(Column { left, width, items });
                    left += width + MARGIN;
                }
            }
        }
        let height = columns.iter().map(|c| c.items.iter().map(|i| i.height(pen, c.width)).sum()).fold(0.0, f32::max);
        Self { columns, height }
    }
}

/// Items in one column, or in two of about the same height.
fn divided(pen: &Pen, mut items: Vec<Item>, width: f32, count: usize) -> Vec<Vec<Item>> {
    if count < 2 {
        return vec![items];
    }
    let heights: Vec<f32> = items.iter().map(|item| item.height(pen, width)).collect();
    let whole: f32 = heights.iter().sum();
    let (mut above, mut best, mut split) = (0.0_f32, f32::INFINITY, items.len());
    for (index, height) in heights.iter().enumerate() {
        above += height;
        let higher = above.max(whole - above);
        if higher < best {
            (best, split) = (higher, index + 1);
        }
    }
    let second = items.split_off(split);
    vec![items, second]
}

impl Column {
    fn draw(&self, ui: &Ui, pen: &Pen, from: Pos2) {
        let mut at = from + vec2(self.left, 0.0);
        for item in &self.items {
            if let Some(heading) = item.heading {
                pen.text(at + vec2(0.0, 18.0), Align::Min, heading, Face::LabelStrong, pen.theme.text2);
                at.y += HEADING;
            }
            for line in &item.lines {
                at.y += line.draw(ui, pen, at, self.width);
            }
        }
    }
}

impl Item {
    fn height(&self, pen: &Pen, width: f32) -> f32 {
        let heading = if self.heading.is_some() { HEADING } else { 0.0 };
        heading + self.lines.iter().map(|line| line.height(pen, width)).sum::<f32>()
    }
}

impl Line {
    fn height(&self, pen: &Pen, width: f32) -> f32 {
        match self {
            Self::Keys(..) => KEY_ROW,
            Self::Thing(name, words) => {
                let theme = &pen.theme;
                let job = sentence(pen, name, words, width, *theme.text, *theme.text2);
                pen.painter.layout_job(job).size().y + GAP
            }
        }
    }

    /// Draws it and returns its height.
    fn draw(&self, ui: &Ui, pen: &Pen, at: Pos2, width: f32) -> f32 {
        let theme = &pen.theme;
        let height = self.height(pen, width);
        let place = Rect::from_min_size(at, vec2(width, height));
        if !ui.is_rect_visible(place) {
            return height;
        }
        let spoken = match self {
            Self::Keys(words, keys) => {
                let cap_width = pen.width(keys, Face::NumberLabel) + 12.0;
                let cap = Rect::from_min_size(pos2(place.right() - cap_width, at.y), vec2(cap_width, KEY_ROW - 2.5));
                pen.painter.rect(cap, corners(3.0), theme.raised, theme.outline(), egui::StrokeKind::Inside);
                pen.text(cap.center(), Align::Center, keys, Face::NumberLabel, theme.text);
                let room = width - cap_width - 8.0;
                pen.text_within(pos2(at.x, cap.center().y), Align::Min, room, words, Face::Label, theme.text);
                format!("{words}: {keys}")
            }
            Self::Thing(name, words) => {
                let clear = Color32::TRANSPARENT;
                let galley = pen.painter.layout_job(sentence(pen, name, words, width, *theme.text, *theme.text2));
                pen.painter.galley(at, galley, *theme.text2);
                // The proportional face comes in one light weight: setting the name twice thickens it.
                let again = pen.painter.layout_job(sentence(pen, name, words, width, *theme.text, clear));
                pen.painter.galley(at + vec2(0.4, 0.0), again, clear);
                format!("{name}: {words}")
            }
        };
        widget::spoken(ui, place, ui.id().with(("help", &spoken)), &spoken);
        height
    }
}

/// A name and its sentence in one paragraph.
fn sentence(pen: &Pen, name: &str, words: &str, width: f32, ink: Color32, pale: Color32) -> LayoutJob {
    let mut job = LayoutJob::default();
    job.wrap.max_width = width.max(8.0);
    let format = |face: Face, colour: Color32| TextFormat::simple(pen.theme.font(face), colour);
    job.append(name, 0.0, format(Face::LabelStrong, ink));
    job.append(words, 7.0, format(Face::Label, pale));
    job
}

/// The keyboard, group by group.
fn keys() -> Vec<Item> {
    let row = |(words, keys): &(&str, &str)| Line::Keys((*words).to_owned(), (*keys).to_owned());
    let of_table = |entry: &Entry| Some(Line::Keys(entry.words.to_owned(), in_words(entry.keys.first()?)));
    let mut items = Vec::new();
    for group in Group::ALL {
        let mut lines: Vec<Line> = match group {
            Group::Lever => LEVER_KEYS.iter().map(row).collect(),
            Group::Tiles => {
                [("Show tile 1 to 9", "Alt+1 … 9"), ("Layout 1 to 5", "Ctrl+1 … 5")].iter().map(row).collect()
            }
            _ => Vec::new(),
        };
        // Rows of numbers stand above as one.
        let numbered = |entry: &Entry| ["lever_", "tile_", "layout_"].iter().any(|n| entry.id.starts_with(n));
        lines.extend(TABLE.iter().filter(|e| e.group == group && !numbered(e)).filter_map(of_table));
        items.push(Item { heading: Some(group.label()), lines });
        if group == Group::Lever {
            items.push(Item { heading: Some("In a chart"), lines: CHART_KEYS.iter().map(row).collect() });
            items.push(Item { heading: Some("In the site"), lines: SITE_KEYS.iter().map(row).collect() });
        }
    }
    items
}

/// The tiles, those of the plant among them, and the signs.
fn things(spec: &PlantSpec) -> Vec<Item> {
    let own = spec.tiles.iter().map(|tile| (tile.title.as_str(), tile.doc.as_str()));
    let score = spec.tiles.iter().any(|tile| has_score(&tile.rows)).then_some(SCORE);
    let part = |heading: &'static str, list: Vec<(&str, &str)>| -> Vec<Item> {
        let thing = |(index, (name, words)): (usize, (&str, &str))| Item {
            heading: (index == 0).then_some(heading),
            lines: vec![Line::Thing(name.to_owned(), words.to_owned())],
        };
        list.into_iter().enumerate().map(thing).collect()
    };
    let mut items = part("Tiles", TILES.into_iter().collect());
    items.extend(part("Tiles of this plant", own.collect()));
    items.extend(part("On the screen", SIGNS.into_iter().chain(score).collect()));
    items
}

/// Whether a score stands somewhere in these rows.
pub(super) fn has_score(rows: &[Row]) -> bool {
    rows.iter().any(|row| match &row.part {
        Part::Score { .. } => true,
        Part::Columns(columns) => columns.iter().any(|column| has_score(&column.rows)),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::panel::TileId;

    #[test]
    fn every_tile_that_all_plants_have_is_explained() {
        for tile in TileId::all(&PlantSpec::default()) {
            let title = tile.title(&PlantSpec::default());
            assert!(TILES.iter().any(|(name, _)| *name == title), "{title} is not in the help");
        }
    }

    #[test]
    fn every_key_of_the_table_is_told() {
        let told: Vec<String> = keys()
            .into_iter()
            .flat_map(|item| item.lines)
            .filter_map(|line| match line {
                Line::Keys(words, _) => Some(words),
                Line::Thing(..) => None,
            })
            .collect();
        for entry in TABLE.iter().filter(|e| !e.id.ends_with(|c: char| c.is_ascii_digit())) {
            assert!(entry.id.starts_with("layout_") || told.iter().any(|w| w == entry.words), "{}", entry.id);
        }
    }
}
