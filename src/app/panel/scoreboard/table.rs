//! Rows of the scoreboard: what is comparable stands together, the running episode among it.

use std::cmp::Ordering;

use egui::{Align, CursorIcon, Pos2, Rect, Sense, Shape, Stroke, Ui, WidgetInfo, WidgetType, pos2, vec2};

use crate::app::board::Section;
use crate::app::theme::{Face, Theme};
use crate::control::shown_name;
use crate::evaluate::statistics::{Direction, Moments, direction};
use crate::signal::format_number;

use super::super::pen::Pen;
use super::super::widget::{focus_ring, spoken};
use super::super::{Cx, PanelState};
use super::PAD;
use super::column::{self, Column};
use super::running::{Mark, Running};

/// Height of the title of a section.
const TITLE: f32 = 30.0;

/// Narrower than this, a row has two lines.
const WIDE: f32 = 640.0;

/// How large everything is: wide tiles give every figure a line, narrow ones stand it over its spread.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Sizes {
    /// Two lines a row.
    two: bool,
    /// Height of a row.
    row: f32,
    /// Height of the headings.
    header: f32,
    /// Widths of agent, scenario and number of episodes; the last two are 0 where they stand below the agent.
    lead: [f32; 3],
    /// Width of a metric.
    cell: f32,
}

impl Sizes {
    fn of(width: f32) -> Self {
        let agent = (width * 0.36).clamp(96.0, 168.0);
        let sizes = if width < WIDE {
            Self { two: true, row: 36.0, header: 50.0, lead: [agent, 0.0, 0.0], cell: 78.0 }
        } else {
            Self { two: false, row: 23.0, header: 50.0, lead: [176.0, 96.0, 34.0], cell: 122.0 }
        };
        // As many whole columns as there is room for: none is cut off before figures are moved.
        let room = width - sizes.frozen() - 4.0;
        let cell = room / (room / sizes.cell).floor().max(1.0);
        Self { cell: cell.clamp(sizes.cell, 1.4 * sizes.cell), ..sizes }
    }

    /// Letters that fit into a line of a heading.
    fn letters(&self) -> usize {
        ((self.cell - 20.0) / 6.4).max(6.0) as usize
    }

    /// Width of what stays in sight when figures are moved.
    fn frozen(&self) -> f32 {
        PAD + self.lead.iter().sum::<f32>()
    }
}

/// The column that rows are sorted by, and which way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sorted {
    /// Name of the column; empty keeps the order of the files.
    column: String,
    /// The largest first.
    down: bool,
}

/// Columns that name a row.
const NAMES: [&str; 2] = ["agent", "scenario"];

impl Sorted {
    /// The person clicked on a column: the best first, then the other way round.
    fn click(&mut self, column: &str) {
        if self.column == column {
            self.down = !self.down;
        } else {
            self.down = !NAMES.contains(&column) && direction(column) != Direction::Lower;
            column.clone_into(&mut self.column);
        }
    }
}

/// A row as it is drawn.
struct Line<'a> {
    scenario: &'a str,
    agent: &'a str,
    /// Episodes behind it; 0 for the running one.
    episodes: usize,
    cells: Vec<Option<Moments>>,
    marks: Vec<Option<Mark>>,
}

/// Draws all sections, the one of the running episode first.
pub(super) fn show(ui: &mut Ui, width: f32, state: &mut PanelState, running: Option<&Running>, cx: &mut Cx<'_>) {
    let stored = std::sync::Arc::clone(&state.board.stored);
    let belongs = |section: &Section| running.is_some_and(|r| r.belongs(section, cx.view));
    let (own, others): (Vec<&Section>, Vec<&Section>) = stored.sections.iter().partition(|s| belongs(s));
    if let Some(running) = running.filter(|_| own.is_empty()) {
        let alone = Section {
            title: format!("{} · this episode", running.kind),
            columns: running.figures.iter().map(|f| f.column.clone()).collect(),
            ..Section::default()
        };
        section(ui, width, "own", &alone, Some(running), &mut state.scoreboard.sorted, cx);
    }
    for (k, stored) in own.iter().chain(&others).enumerate() {
        let here = running.filter(|_| k < own.len());
        section(ui, width, &format!("{k}"), stored, here, &mut state.scoreboard.sorted, cx);
    }
    ui.allocate_space(vec2(1.0, 8.0));
}

fn section(
    ui: &mut Ui,
    width: f32,
    name: &str,
    section: &Section,
    running: Option<&Running>,
    sorted: &mut Sorted,
    cx: &Cx<'_>,
) {
    let theme = &cx.theme;
    let mut lines: Vec<Line<'_>> = section.rows.iter().map(|row| stored_line(row, section, running)).collect();
    lines.extend(running.map(|r| running_line(r, section)));
    sort(&mut lines, section, sorted);
    let sizes = Sizes::of(width);
    let columns = column::of(section, &cx.view.spec, sizes.letters());
    let wide = (sizes.frozen() + sizes.cell * columns.len() as f32 + PAD).max(width);
    let (_, title) = ui.allocate_space(vec2(wide, TITLE));
    // What names rows stays where it is when figures are moved.
    let edge = ui.clip_rect().left().max(title.left());
    let pen = Pen::new(ui, theme);
    let id = ui.id().with(("section", name));
    let at = pos2(edge + PAD, title.center().y + 2.0);
    let room = (width - 2.0 * PAD).max(1.0);
    let said = pen.text_within(at, Align::Min, room, &section.title, Face::Title, theme.text);
    spoken(ui, said, id, &section.title).on_hover_text(&section.title);
    if running.is_some_and(|r| !r.ended) {
        let from = said.right() + 14.0;
        let room = edge + width - PAD - from;
        let words = ["The running episode is not over: sums are compared at its end", "Sums are compared at the end"];
        if let Some(words) = words.into_iter().find(|w| pen.width(w, Face::Label) <= room) {
            pen.text(pos2(from, at.y), Align::Min, words, Face::Label, theme.text3);
        }
    }
    let grid = Grid { sizes, columns: &columns, edge, right: edge + width };
    let (_, header) = ui.allocate_space(vec2(wide, sizes.header));
    head(ui, header, id, section, &grid, sorted, cx);
    for (k, line) in lines.iter().enumerate() {
        let (_, rect) = ui.allocate_space(vec2(wide, sizes.row));
        if ui.is_rect_visible(rect) {
            draw(ui, rect, id.with(k), line, &grid, cx);
        }
    }
}

/// Where columns stand.
struct Grid<'a> {
    sizes: Sizes,
    columns: &'a [Column],
    /// Left edge of what is in sight.
    edge: f32,
    /// Right edge of it.
    right: f32,
}

impl Grid<'_> {
    /// Right edge of what stays in sight.
    fn frozen(&self) -> f32 {
        self.edge + self.sizes.frozen()
    }

    /// Place of a metric in a row that begins at `left`.
    fn cell(&self, left: f32, k: usize, row: Rect) -> Rect {
        let from = left + self.sizes.frozen() + self.sizes.cell * k as f32;
        Rect::from_min_max(pos2(from, row.top()), pos2(from + self.sizes.cell, row.bottom()))
    }

    /// Places of agent, scenario and number of episodes.
    fn lead(&self, row: Rect) -> [Rect; 3] {
        let mut x = self.edge + PAD;
        self.sizes.lead.map(|width| {
            let place = Rect::from_min_max(pos2(x, row.top()), pos2(x + width, row.bottom()));
            x += width;
            place
        })
    }

    /// The part of a row in which figures are in sight.
    fn figures(&self, row: Rect) -> Rect {
        Rect::from_min_max(pos2(self.frozen(), row.top()), pos2(self.right.max(self.frozen()), row.bottom()))
    }
}

fn stored_line<'a>(row: &'a crate::app::board::StoredRow, section: &Section, running: Option<&Running>) -> Line<'a> {
    let mark = |(column, cell): (&String, &Option<Moments>)| {
        running.zip(cell.as_ref()).and_then(|(running, cell)| running.mark(&row.scenario, column, cell))
    };
    Line {
        scenario: &row.scenario,
        agent: &row.agent,
        episodes: row.episodes,
        cells: row.cells.clone(),
        marks: section.columns.iter().zip(&row.cells).map(mark).collect(),
    }
}

fn running_line<'a>(running: &'a Running, section: &Section) -> Line<'a> {
    let cell =
        |column: &String| running.figure(column).map(|figure| Moments { n: 1, mean: figure.value, std: f64::NAN });
    Line {
        scenario: &running.scenario,
        agent: &running.agent,
        episodes: 0,
        cells: section.columns.iter().map(cell).collect(),
        marks: Vec::new(),
    }
}

/// Sorts rows; those without a number come last, equal ones keep their order.
fn sort(lines: &mut [Line<'_>], section: &Section, sorted: &Sorted) {
    let turn = |order: Ordering| if sorted.down { order.reverse() } else { order };
    match sorted.column.as_str() {
        "" => {}
        "scenario" => lines.sort_by(|a, b| turn(a.scenario.cmp(b.scenario))),
        "agent" => lines.sort_by(|a, b| turn(a.agent.cmp(b.agent))),
        column => {
            let Some(k) = section.columns.iter().position(|c| c == column) else { return };
            let value = |line: &Line<'_>| line.cells.get(k).copied().flatten().map(|c| c.mean).filter(|m| !m.is_nan());
            lines.sort_by(|a, b| match (value(a), value(b)) {
                (Some(a), Some(b)) => turn(a.total_cmp(&b)),
                (a, b) => b.is_some().cmp(&a.is_some()),
            });
        }
    }
}

fn head(ui: &Ui, rect: Rect, id: egui::Id, section: &Section, grid: &Grid<'_>, sorted: &mut Sorted, cx: &Cx<'_>) {
    let theme = &cx.theme;
    let pen = Pen::new(ui, theme);
    pen.painter.rect_filled(rect, 0.0, theme.header);
    let order = (sorted.column.clone(), sorted.down);
    let mut sort_by = |place: Rect, name: &str, about: &str| {
        if !place.is_positive() {
            return;
        }
        let response = ui.interact(place, id.with(("column", name)), Sense::click());
        let spoken_name = format!("Sort by {name} in {}", section.title);
        response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &spoken_name));
        focus_ring(ui, theme, &response, place.shrink(2.0));
        if response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(about).clicked() {
            sorted.click(name);
            ui.ctx().request_repaint();
        }
    };
    let window = grid.figures(rect);
    let clipped = pen.clipped(window);
    for (k, column) in grid.columns.iter().enumerate() {
        let place = grid.cell(rect.left(), k, rect).with_max_x(grid.cell(rect.left(), k, rect).right() - 6.0);
        if !window.intersects(place) {
            continue;
        }
        let chosen = order.0 == column.name;
        let face = if chosen { Face::LabelStrong } else { Face::Label };
        let [first, second] = &column.heading;
        let lines =
            if second.is_empty() { [("", 11.0), (first, 20.0)] } else { [(first.as_str(), 11.0), (second, 25.0)] };
        let mut covered = Rect::NOTHING;
        for (words, y) in lines {
            let at = pos2(place.right(), rect.top() + y);
            covered |= clipped.text_within(at, Align::Max, place.width() - 10.0, words, face, theme.text2);
        }
        let at = pos2(place.right(), rect.top() + 40.0);
        clipped.text_within(at, Align::Max, place.width(), &column.unit, Face::Caption, theme.text3);
        if chosen {
            triangle(&clipped, pos2(covered.left() - 8.0, covered.center().y), !order.1, theme, true);
        }
        sort_by(place.intersect(window), &column.name, &column.about);
    }
    let names: &[(&str, &str)] = if grid.sizes.two {
        &[("agent", "Agent")]
    } else {
        &[("agent", "Agent"), ("scenario", "Scenario"), ("n", "N")]
    };
    for ((name, words), place) in names.iter().zip(grid.lead(rect)) {
        let numbers = *name == "n";
        let face = if order.0 == *name { Face::LabelStrong } else { Face::Label };
        let (align, x) = if numbers { (Align::Max, place.right() - 8.0) } else { (Align::Min, place.left()) };
        let said = pen.text_within(pos2(x, rect.top() + 20.0), align, place.width() - 14.0, words, face, theme.text2);
        if order.0 == *name {
            triangle(&pen, pos2(said.right() + 8.0, said.center().y), !order.1, theme, true);
        }
        if numbers {
            spoken(ui, place, id.with("n"), "Episodes").on_hover_text("Episodes behind a row");
        } else {
            sort_by(place, name, "Sorts the rows");
        }
    }
    if grid.sizes.two {
        let at = pos2(grid.edge + PAD, rect.top() + 40.0);
        pen.text_within(at, Align::Min, grid.sizes.lead[0], "scenario · episodes", Face::Caption, theme.text3);
    }
    pen.hline(rect.left(), rect.right(), rect.bottom() - 0.5, theme.hairline());
    pen.vline(grid.frozen(), rect.top(), rect.bottom(), theme.hairline());
}

fn draw(ui: &Ui, rect: Rect, id: egui::Id, line: &Line<'_>, grid: &Grid<'_>, cx: &Cx<'_>) {
    let theme = &cx.theme;
    let pen = Pen::new(ui, theme);
    let runs = line.episodes == 0;
    if runs {
        pen.painter.rect_filled(rect, 0.0, theme.select_bg);
    }
    let window = grid.figures(rect);
    let clipped = pen.clipped(window);
    for (k, column) in grid.columns.iter().enumerate() {
        let place = grid.cell(rect.left(), k, rect);
        let right = place.right() - 6.0;
        let Some(cell) = line.cells.get(column.cell).copied().flatten().filter(|_| window.intersects(place)) else {
            continue;
        };
        let (mean, spread) = in_words(&cell);
        let spread = if spread.is_empty() { spread } else { format!("±{spread}") };
        let number = (mean.as_str(), Face::NumberLabel, *theme.text);
        let said = if grid.sizes.two && !spread.is_empty() {
            let low = pos2(right, rect.bottom() - 10.0);
            clipped.text(low, Align::Max, &spread, Face::NumberCaption, theme.text3);
            clipped.runs(pos2(right, rect.top() + 12.0), Align::Max, &[number])
        } else {
            let gap = if spread.is_empty() { "" } else { " " };
            let all = [number, (gap, Face::Label, *theme.text3), (spread.as_str(), Face::NumberCaption, *theme.text3)];
            clipped.runs(pos2(right, rect.center().y), Align::Max, &all)
        };
        if let Some(mark) = line.marks.get(column.cell).copied().flatten() {
            triangle(&clipped, pos2(said.left() - 8.0, said.center().y), mark == Mark::Better, theme, false);
        }
    }
    if runs {
        pen.painter.rect_filled(
            Rect::from_min_max(pos2(grid.edge, rect.top()), pos2(grid.edge + 3.0, rect.bottom())),
            0.0,
            theme.focus,
        );
    }
    let words = if runs { Face::LabelStrong } else { Face::Label };
    let count = |n: usize| if n == 1 { "1 episode".to_owned() } else { format!("{n} episodes") };
    let [agent, scenario, episodes] = grid.lead(rect);
    let name = agent_name(line.agent);
    if grid.sizes.two {
        let room = agent.width() - 8.0;
        let below =
            format!("{} · {}", line.scenario, if runs { "running".to_owned() } else { line.episodes.to_string() });
        pen.text_within(pos2(agent.left(), rect.top() + 12.0), Align::Min, room, &name, words, theme.text);
        pen.text_within(pos2(agent.left(), rect.bottom() - 10.0), Align::Min, room, &below, Face::Caption, theme.text3);
    } else {
        let y = rect.center().y;
        let n = if runs { "now".to_owned() } else { line.episodes.to_string() };
        pen.text_within(pos2(agent.left(), y), Align::Min, agent.width() - 8.0, &name, words, theme.text);
        pen.text_within(pos2(scenario.left(), y), Align::Min, scenario.width() - 8.0, line.scenario, words, theme.text);
        pen.text_within(
            pos2(episodes.right() - 8.0, y),
            Align::Max,
            episodes.width(),
            &n,
            Face::NumberLabel,
            theme.text,
        );
    }
    pen.hline(rect.left(), rect.right(), rect.bottom() - 0.5, theme.hairline());
    pen.vline(grid.frozen(), rect.top(), rect.bottom(), theme.hairline());
    let what = if runs { "running".to_owned() } else { count(line.episodes) };
    let seen = rect.with_min_x(grid.edge).with_max_x(grid.right.min(rect.right()).max(grid.edge));
    let response = spoken(ui, seen, id, &format!("{} in {}, {what}", line.agent, line.scenario));
    response.on_hover_ui(|ui| {
        ui.label(format!("{} in {}, {what}", line.agent, line.scenario));
        for column in grid.columns {
            let Some(cell) = line.cells.get(column.cell).copied().flatten() else { continue };
            let (mean, spread) = in_words(&cell);
            let spread = if spread.is_empty() { spread } else { format!(" ± {spread}") };
            let mark = line.marks.get(column.cell).copied().flatten();
            let mark = mark.map_or(String::new(), |m| format!(", {}", m.words()));
            ui.label(format!("{} {mean}{spread} {}{mark}", column.name, column.unit));
        }
    });
}

/// An agent in short: networks by the names of their files.
fn agent_name(agent: &str) -> String {
    agent.split('+').map(shown_name).collect::<Vec<_>>().join("+")
}

/// Mean and deviation with about five digits; no deviation where one episode has none.
fn in_words(cell: &Moments) -> (String, String) {
    let size = cell.mean.abs().max(if cell.std.is_finite() { cell.std } else { 0.0 });
    let decimals = match size {
        x if x >= 10_000.0 => 0,
        x if x >= 1_000.0 => 1,
        x if x >= 100.0 => 2,
        x if x >= 10.0 => 3,
        _ => 4,
    };
    let spread = if cell.std.is_finite() { format_number(cell.std, decimals) } else { String::new() };
    (format_number(cell.mean, decimals), spread)
}

/// A small triangle: up and filled, or down and hollow. `plain` fills both, for the order of rows.
fn triangle(pen: &Pen, at: Pos2, up: bool, theme: &Theme, plain: bool) {
    let y = if up { -1.0 } else { 1.0 };
    let points = vec![at + vec2(0.0, 3.5 * y), at + vec2(4.0, -3.0 * y), at + vec2(-4.0, -3.0 * y)];
    let ink = if plain { *theme.text3 } else { *theme.text2 };
    let fill = if up || plain { ink } else { egui::Color32::TRANSPARENT };
    pen.painter.add(Shape::convex_polygon(points, fill, Stroke::new(1.0, ink)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines<'a>(values: &[(&'a str, Option<f64>)]) -> Vec<Line<'a>> {
        let line = |(agent, value): &(&'a str, Option<f64>)| Line {
            scenario: "s",
            agent,
            episodes: 1,
            cells: vec![value.map(|mean| Moments { n: 1, mean, std: f64::NAN })],
            marks: Vec::new(),
        };
        values.iter().map(line).collect()
    }

    #[test]
    fn the_best_comes_first_and_what_is_missing_last() {
        let order = |column: &str, clicks: usize| -> Vec<&str> {
            let section = Section { columns: vec![column.to_owned()], ..Section::default() };
            let mut sorted = Sorted::default();
            (0..clicks).for_each(|_| sorted.click(column));
            let mut lines = lines(&[("a", Some(2.0)), ("b", None), ("c", Some(1.0)), ("d", Some(3.0))]);
            sort(&mut lines, &section, &sorted);
            lines.iter().map(|l| l.agent).collect()
        };
        assert_eq!(order("mean_reward", 0), ["a", "b", "c", "d"], "as in the files");
        assert_eq!(order("mean_reward", 1), ["d", "a", "c", "b"]);
        assert_eq!(order("mean_reward", 2), ["c", "a", "d", "b"]);
        assert_eq!(order("tracking_rmse", 1), ["c", "a", "d", "b"], "lower is better");
    }

    #[test]
    fn numbers_keep_about_five_digits() {
        let words = |mean: f64, std: f64| in_words(&Moments { n: 2, mean, std });
        assert_eq!(words(0.81724, 0.01), ("0.8172".to_owned(), "0.0100".to_owned()));
        assert_eq!(words(-1_093_572.3, f64::NAN), ("−1093572".to_owned(), String::new()));
    }
}
