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
use super::running::{Mark, Running};

/// Height of a row.
const ROW: f32 = 23.0;

/// Height of the names of the columns, with their units.
const HEADER: f32 = 36.0;

/// Height of the title of a section.
const TITLE: f32 = 30.0;

/// Widths of scenario, agent and number of episodes.
const LEAD: [f32; 3] = [104.0, 168.0, 34.0];

/// Width of a metric.
const CELL: f32 = 142.0;

/// The column that rows are sorted by, and which way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sorted {
    /// Name of the column; empty keeps the order of the files.
    column: String,
    /// The largest first.
    down: bool,
}

/// Columns that name a row.
const NAMES: [&str; 2] = ["scenario", "agent"];

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
    let wide = (2.0 * PAD + LEAD.iter().sum::<f32>() + CELL * section.columns.len() as f32).max(width);
    let (_, title) = ui.allocate_space(vec2(wide, TITLE));
    let pen = Pen::new(ui, theme);
    let id = ui.id().with(("section", name));
    let at = pos2(title.left() + PAD, title.center().y + 2.0);
    let said = pen.text(at, Align::Min, &section.title, Face::Title, theme.text);
    spoken(ui, said, id, &section.title);
    if running.is_some_and(|r| !r.ended) {
        let words = "The running episode is not over: sums are compared at its end";
        pen.text(pos2(said.right() + 14.0, at.y), Align::Min, words, Face::Label, theme.text3);
    }
    let (_, header) = ui.allocate_space(vec2(wide, HEADER));
    head(ui, header, id, section, sorted, cx);
    for (k, line) in lines.iter().enumerate() {
        let (_, rect) = ui.allocate_space(vec2(wide, ROW));
        if ui.is_rect_visible(rect) {
            draw(ui, rect, id.with(k), line, section, cx);
        }
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

/// Left edges and widths of all columns.
fn columns(left: f32, metrics: usize) -> Vec<(f32, f32)> {
    let widths = LEAD.into_iter().chain(std::iter::repeat_n(CELL, metrics));
    widths
        .scan(left + PAD, |x, width| {
            let from = *x;
            *x += width;
            Some((from, width))
        })
        .collect()
}

/// Unit of a column, where a metric of the plant has its name.
fn unit<'a>(column: &str, cx: &'a Cx<'_>) -> &'a str {
    let name = column.strip_prefix("inner_").unwrap_or(column);
    cx.view.spec.metrics.iter().find(|m| m.name == name).map_or("", |m| m.unit.as_str())
}

/// What a column means, where the plant tells.
fn about(column: &str, cx: &Cx<'_>) -> String {
    let name = column.strip_prefix("inner_").unwrap_or(column);
    let doc = cx.view.spec.metrics.iter().find(|m| m.name == name).map_or("", |m| m.doc.as_str());
    let way = match direction(column) {
        Direction::Lower => "Lower is better",
        Direction::Higher => "Higher is better",
        Direction::Neither => "Neither way is better",
    };
    [column, doc, way].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join("\n")
}

fn head(ui: &Ui, rect: Rect, id: egui::Id, section: &Section, sorted: &mut Sorted, cx: &Cx<'_>) {
    let theme = &cx.theme;
    let pen = Pen::new(ui, theme);
    pen.painter.rect_filled(rect, 0.0, theme.header);
    pen.hline(rect.left(), rect.right(), rect.bottom() - 0.5, theme.hairline());
    let names = NAMES.iter().copied().chain(["n"]).chain(section.columns.iter().map(String::as_str));
    for ((k, name), (left, width)) in names.enumerate().zip(columns(rect.left(), section.columns.len())) {
        let place = Rect::from_min_size(pos2(left, rect.top()), vec2(width - 6.0, rect.height()));
        if !ui.is_rect_visible(place) {
            continue;
        }
        let words = super::super::words::sentence(&name.replace('_', " "));
        let numbers = k >= NAMES.len();
        let (align, at) = if numbers { (Align::Max, place.right()) } else { (Align::Min, place.left()) };
        let face = if sorted.column == name { Face::LabelStrong } else { Face::Label };
        let line = if k > 2 { rect.top() + 12.0 } else { rect.center().y };
        let said = pen.text_within(pos2(at, line), align, place.width() - 12.0, &words, face, theme.text2);
        if sorted.column == name {
            let edge = if numbers { said.left() - 8.0 } else { said.right() + 8.0 };
            triangle(&pen, pos2(edge, line), !sorted.down, theme, true);
        }
        if k > 2 {
            let at = pos2(place.right(), rect.top() + 26.0);
            pen.text_within(at, Align::Max, place.width(), unit(name, cx), Face::Caption, theme.text3);
        }
        if name == "n" {
            spoken(ui, place, id.with("n"), "Episodes").on_hover_text("Episodes behind a row");
            continue;
        }
        let response = ui.interact(place, id.with(("column", name)), Sense::click());
        let spoken_name = format!("Sort by {name} in {}", section.title);
        response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &spoken_name));
        focus_ring(ui, theme, &response, place.shrink(2.0));
        let tip = if numbers { about(name, cx) } else { "Sorts the rows".to_owned() };
        if response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(tip).clicked() {
            sorted.click(name);
            ui.ctx().request_repaint();
        }
    }
}

fn draw(ui: &Ui, rect: Rect, id: egui::Id, line: &Line<'_>, section: &Section, cx: &Cx<'_>) {
    let theme = &cx.theme;
    let pen = Pen::new(ui, theme);
    let runs = line.episodes == 0;
    if runs {
        pen.painter.rect_filled(rect, 0.0, theme.select_bg);
        pen.painter.rect_filled(rect.with_max_x(rect.left() + 3.0), 0.0, theme.focus);
    }
    pen.hline(rect.left(), rect.right(), rect.bottom() - 0.5, theme.hairline());
    let y = rect.center().y;
    let words = if runs { Face::LabelStrong } else { Face::Label };
    let episodes = if runs { "now".to_owned() } else { line.episodes.to_string() };
    let all = columns(rect.left(), section.columns.len());
    let lead = [
        (line.scenario, Align::Min, words),
        (shown_name(line.agent), Align::Min, words),
        (episodes.as_str(), Align::Max, Face::NumberLabel),
    ];
    for ((text, align, face), (left, width)) in lead.into_iter().zip(&all) {
        let at = if align == Align::Max { left + width - 6.0 } else { *left };
        pen.text_within(pos2(at, y), align, width - 8.0, text, face, theme.text);
    }
    for (k, (cell, (left, width))) in line.cells.iter().zip(all.iter().skip(LEAD.len())).enumerate() {
        let place = Rect::from_min_size(pos2(*left, rect.top()), vec2(width - 6.0, ROW));
        let Some(cell) = cell.filter(|_| ui.is_rect_visible(place)) else { continue };
        let (mean, spread) = in_words(&cell);
        let spread = if spread.is_empty() { spread } else { format!(" ±{spread}") };
        let runs =
            [(mean.as_str(), Face::NumberLabel, *theme.text), (spread.as_str(), Face::NumberCaption, *theme.text3)];
        let said = pen.runs(pos2(place.right(), y), Align::Max, if spread.is_empty() { &runs[..1] } else { &runs[..] });
        if let Some(mark) = line.marks.get(k).copied().flatten() {
            triangle(&pen, pos2((said.left() - 8.0).max(place.left() + 3.0), y), mark == Mark::Better, theme, false);
        }
    }
    let what = if runs { "running".to_owned() } else { format!("{} episodes", line.episodes) };
    let response = spoken(ui, rect, id, &format!("{} in {}, {what}", line.agent, line.scenario));
    response.on_hover_ui(|ui| {
        ui.label(format!("{} in {}, {what}", line.agent, line.scenario));
        for ((column, cell), k) in section.columns.iter().zip(&line.cells).zip(0..) {
            let Some(cell) = cell else { continue };
            let (mean, spread) = in_words(cell);
            let spread = if spread.is_empty() { spread } else { format!(" ± {spread}") };
            let mark = line.marks.get(k).copied().flatten().map_or(String::new(), |m| format!(", {}", m.words()));
            ui.label(format!("{column} {mean}{spread} {}{mark}", unit(column, cx)));
        }
    });
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
