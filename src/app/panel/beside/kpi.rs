//! Verdicts: the metrics of every drawn run against those of the shown one.

use std::sync::Arc;

use egui::{Align, Rect, Shape, Stroke, Ui, pos2, vec2};

use crate::app::board::{Ask, Compare, CompareKey};
use crate::app::theme::Face;
use crate::evaluate::compare::kpi::KpiRow;
use crate::evaluate::statistics::{Direction, Verdict};
use crate::plant::PlantSpec;
use crate::record::Recording;
use crate::session::Command;
use crate::signal::format_number;

use super::super::pen::Pen;
use super::super::scoreboard::column;
use super::super::widget::spoken;
use super::super::words::{clock, signed};
use super::super::{Cx, PanelState};
use super::others;
use super::runs::PAD;

/// Height of a line.
const LINE: f32 = 24.0;

/// Width of a number of the shown run.
const OWN: f32 = 66.0;

/// Width of another run: number, verdict and difference.
const CELL: f32 = 150.0;

/// The same where room is short: verdict and difference.
const NARROW: f32 = 104.0;

/// Narrower than this, a verdict has no word beside its mark.
const WORDED: f32 = 96.0;

/// Rows that come before verdicts are worked out anew while time passes.
const RENEWED: u64 = 60;

/// Metrics that are told: those with a way that is better first, rewards before all; other countings of the same and
/// plain sums are left out.
fn told(rows: &[KpiRow]) -> Vec<&KpiRow> {
    let again = |name: &str| {
        ["_program", "_documented", "_ticks"].iter().any(|end| name.ends_with(end)) || name.starts_with("cumul_")
    };
    let kept = |row: &&KpiRow| !again(&row.name) && !["episode_length", "survived"].contains(&row.name.as_str());
    let mut all: Vec<&KpiRow> = rows.iter().filter(kept).collect();
    all.sort_by_key(|row| (row.better == Direction::Neither, !row.name.contains("reward")));
    all
}

/// Asks for verdicts where those at hand are of other runs, another range, or old.
fn ask(state: &mut PanelState, key: CompareKey, runs: Vec<(Arc<PlantSpec>, Recording)>) {
    let board = &mut state.board;
    let near = |have: &CompareKey| {
        have.runs == key.runs
            && have.from == key.from
            && (have.to == key.to || have.to < key.to && key.to - have.to < RENEWED)
    };
    if board.comparing.is_some() || board.compared.as_ref().is_some_and(|have| near(&have.key)) {
        return;
    }
    board.comparing = Some(key.clone());
    board.asks.push(Ask::Compare(Box::new(Compare { key, runs })));
}

/// Draws the table into a scrolling list.
pub(super) fn show(ui: &mut Ui, width: f32, state: &mut PanelState, cx: &mut Cx<'_>) {
    let theme = cx.theme;
    let view = cx.view;
    let Some(shown) = view.beside.shown_run() else { return };
    let all = others(view, &state.charts.compare, &theme);
    if all.is_empty() {
        return;
    }
    let (from, to) = state.charts.compare.cursors().unwrap_or((0, u64::MAX));
    let shared = all.iter().map(|o| o.run.recording.rows()).chain([shown.recording.rows()]).min().unwrap_or(0);
    let key = CompareKey {
        runs: [shown.id].into_iter().chain(all.iter().map(|o| o.run.id)).collect(),
        from: from.min(shared),
        to: to.min(shared),
    };
    let runs = || [shown].into_iter().chain(all.iter().map(|o| o.run));
    // Rows that are gone are brought back first.
    let gone = runs().find_map(|run| {
        let missing = run.recording.missing(key.from, key.to);
        Some((run.id, missing.first()?.start..missing.last()?.end))
    });
    if let Some((run, rows)) = gone.filter(|gone| state.runs.needed.as_ref() != Some(gone)) {
        cx.out.push(Command::Need { run: Some(run), from: rows.start, to: rows.end });
        state.runs.needed = Some((run, rows));
    }
    let runs = runs().map(|run| (Arc::clone(&run.spec), run.recording.clone())).collect();
    ask(state, key.clone(), runs);
    let compared = state.board.compared.clone().filter(|have| have.key.runs == key.runs);
    let (_, title) = ui.allocate_space(vec2(width, 32.0));
    let pen = Pen::new(ui, &theme);
    let y = title.center().y + 4.0;
    let at = pen.text(pos2(title.left() + PAD, y), Align::Min, "Verdicts", Face::LabelStrong, theme.text2);
    let time = |tick: u64| clock(view.spec.calendar.civil(tick));
    let words = match compared.as_ref().map(|have| (have.key.from, have.key.to)) {
        Some((from, to)) => format!("against {}, {} to {}", shown.name, time(from), time(to)),
        None => format!("against {}: being worked out", shown.name),
    };
    let room = title.right() - PAD - at.right() - 12.0;
    pen.text_within(pos2(at.right() + 12.0, y), Align::Min, room, &words, Face::Label, theme.text3);
    let names = (width * 0.4).clamp(96.0, 190.0);
    let free = width - 2.0 * PAD - names - OWN;
    let narrow = free < CELL;
    let cell_width = if narrow { free.clamp(40.0, NARROW) } else { CELL };
    let fitting = ((free / cell_width).floor() as usize).clamp(1, all.len());
    let own_x = title.left() + PAD + names + OWN;
    let (_, head) = ui.allocate_space(vec2(width, 20.0));
    let pen = Pen::new(ui, &theme);
    let y = head.center().y;
    let right = |k: usize| own_x + (k + 1) as f32 * cell_width;
    let own_look = state.charts.compare.look(&theme, shown);
    own_look.sample(&pen, Rect::from_min_size(pos2(own_x - 22.0, y - 1.0), vec2(22.0, 2.0)));
    for (k, other) in all.iter().take(fitting).enumerate() {
        let said = pen.text_within(
            pos2(right(k), y),
            Align::Max,
            cell_width - 30.0,
            &other.run.name,
            Face::LabelStrong,
            theme.text,
        );
        other.look.sample(&pen, Rect::from_min_size(pos2(said.left() - 24.0, y - 1.0), vec2(18.0, 2.0)));
    }
    pen.hline(head.left() + PAD, head.right() - PAD, head.bottom() - 0.5, theme.hairline());
    for row in compared.iter().flat_map(|have| told(&have.rows)) {
        let own = row.cells.first().map_or(f64::NAN, |c| c.value);
        if row.cells.iter().all(|c| c.value.is_nan()) {
            continue;
        }
        let (_, rect) = ui.allocate_space(vec2(width, LINE));
        if !ui.is_rect_visible(rect) {
            continue;
        }
        let pen = Pen::new(ui, &theme);
        let y = rect.center().y;
        pen.hline(rect.left() + PAD, rect.right() - PAD, rect.bottom() - 0.5, theme.hairline());
        let several = view.spec.metrics.iter().filter(|m| m.name == row.name).count() > 1;
        // The slot that decides most often is meant where none is named.
        let fastest = super::super::levers::slot_order(view).first().and_then(|k| view.spec.slots.get(*k));
        let slot = view.spec.slots.iter().find(|s| several && s.name == row.slot);
        let slot = slot.filter(|s| fastest.is_none_or(|f| f.name != s.name));
        let slot = slot.map_or(String::new(), |s| format!(", {}", s.label.to_lowercase()));
        let label = format!("{}{slot}", column::words(&row.name, &row.unit));
        let from = pos2(rect.left() + PAD, y);
        let unit = if row.unit.is_empty() { 0.0 } else { pen.width(&row.unit, Face::Caption) + 5.0 };
        let said = pen.text_within(from, Align::Min, names - unit - 6.0, &label, Face::Label, theme.text);
        pen.text(pos2(said.right() + 5.0, y), Align::Min, &row.unit, Face::Caption, theme.text3);
        let decimals = decimals(&row.cells.iter().map(|c| c.value).collect::<Vec<_>>());
        pen.text(pos2(own_x, y), Align::Max, &format_number(own, decimals), Face::NumberLabel, theme.text);
        let mut words = format!("{label}: {} {}", format_number(own, decimals), row.unit);
        for (k, (other, cell)) in all.iter().zip(row.cells.iter().skip(1)).enumerate() {
            let (there, verdict) = (cell.value, cell.verdict);
            let delta = difference(cell.difference, decimals);
            words.push_str(&format!(
                "\n{}: {} {}, {} {delta}",
                other.run.name,
                format_number(there, decimals),
                row.unit,
                verdict.words(),
            ));
            if k >= fitting {
                continue;
            }
            let at = pen.text(pos2(right(k), y), Align::Max, &delta, Face::NumberCaption, theme.text2);
            let strong = matches!(verdict, Verdict::Better | Verdict::Worse);
            let face = if strong { Face::LabelStrong } else { Face::Label };
            let ink = if strong { theme.text } else { theme.text3 };
            let end = at.left().min(right(k) - 44.0) - 6.0;
            // Where there is no room for the word, the mark stands alone and the tooltip has the word.
            let left = if cell_width < WORDED {
                end - 1.0
            } else {
                pen.text(pos2(end, y), Align::Max, short(verdict), face, ink).left() - 9.0
            };
            mark(&pen, pos2(left, y), verdict);
        }
        let doc = view.spec.metrics.get(row.metric).map_or("", |m| m.doc.as_str());
        let words = format!("{words}\n{doc}");
        spoken(ui, rect, ui.id().with(("verdict", row.metric)), &words).on_hover_text(&words);
    }
    if fitting < all.len() {
        let (_, rect) = ui.allocate_space(vec2(width, 20.0));
        let words = format!("{} more runs in the tooltips", all.len() - fitting);
        let pen = Pen::new(ui, &theme);
        pen.text(pos2(rect.left() + PAD, rect.center().y), Align::Min, &words, Face::Caption, theme.text3);
    }
}

/// A difference, with as many decimals as it needs to be seen.
fn difference(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return String::new();
    }
    let needed = (decimals..=6).find(|d| value == 0.0 || value.abs() >= 0.5 * 10.0_f64.powi(-(*d as i32)));
    signed(value, needed.unwrap_or(decimals))
}

/// A verdict in one word.
fn short(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Same => "same",
        Verdict::Unknown => "–",
        other => other.words(),
    }
}

/// Decimals with which several numbers have about five digits.
fn decimals(values: &[f64]) -> usize {
    let most = values.iter().copied().filter(|v| v.is_finite()).map(f64::abs).fold(0.0, f64::max);
    match most {
        x if x >= 10_000.0 => 0,
        x if x >= 100.0 => 1,
        x if x >= 10.0 => 2,
        _ => 3,
    }
}

/// Filled triangle up: better. Hollow triangle down: worse. Two bars: the same.
fn mark(pen: &Pen, at: egui::Pos2, verdict: Verdict) {
    let ink = *pen.theme.text2;
    let triangle = |y: f32| vec![at + vec2(0.0, 3.5 * y), at + vec2(4.0, -3.0 * y), at + vec2(-4.0, -3.0 * y)];
    let line = Stroke::new(1.2, ink);
    match verdict {
        Verdict::Better => {
            pen.painter.add(Shape::convex_polygon(triangle(-1.0), ink, Stroke::NONE));
        }
        Verdict::Worse => {
            pen.painter.add(Shape::convex_polygon(triangle(1.0), egui::Color32::TRANSPARENT, line));
        }
        Verdict::Same => {
            pen.hline(at.x - 3.5, at.x + 3.5, at.y - 1.5, line);
            pen.hline(at.x - 3.5, at.x + 3.5, at.y + 2.0, line);
        }
        Verdict::Higher | Verdict::Lower | Verdict::Unknown => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_about_five_digits() {
        assert_eq!(
            [decimals(&[0.81, 0.9]), decimals(&[12.0]), decimals(&[512.0]), decimals(&[86_400.0, 1.0])],
            [3, 2, 1, 0]
        );
        assert_eq!(decimals(&[f64::NAN]), 3);
        assert_eq!(difference(0.000_21, 3), "+0.0002");
        assert_eq!(difference(-1.26, 1), "−1.3");
        assert_eq!(difference(0.0, 2), "0.00");
    }
}
