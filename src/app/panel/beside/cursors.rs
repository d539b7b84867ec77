//! The tile Cursors: values at two instants, their difference, and statistics of what lies between; without cursors, of
//! the visible range.

use egui::{Align, Rect, ScrollArea, Ui, pos2, vec2};

use crate::app::command;
use crate::app::theme::Face;
use crate::record::Recording;
use crate::session::RunView;
use crate::signal::{Signal, SignalId};

use super::super::pen::Pen;
use super::super::widget::{Button, spoken};
use super::super::words::{clock, duration, number_of, seconds};
use super::super::{Cx, PanelState};
use super::{Look, others};

/// Height of a line.
const LINE: f32 = 22.0;

/// Height of the line of buttons.
const HEAD: f32 = 32.0;

/// Rows up to which gaps are counted one by one.
const EXACT: u64 = 100_000;

/// A column between two instants.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Statistics {
    /// Value of the tick that ends at the first instant.
    pub at_a: f64,
    /// Value of the tick that ends at the second one.
    pub at_b: f64,
    /// Mean of the ticks between.
    pub mean: f64,
    /// Lowest.
    pub low: f64,
    /// Highest.
    pub high: f64,
}

/// A column between two instants of its own run, ticks.
pub(super) fn of(rows: &Recording, column: SignalId, a: f64, b: f64) -> Statistics {
    let row = |tick: f64| (tick.round() - 1.0).max(0.0) as u64;
    let at = |tick: f64| if tick >= 0.5 { rows.value(row(tick), column) } else { f64::NAN };
    let (from, to) = (a.max(0.0).round() as u64, (b.max(0.0).round() as u64).min(rows.rows()));
    let (low, high) = rows.extremes(column, from, to).unwrap_or((f64::NAN, f64::NAN));
    let count = if to.saturating_sub(from) <= EXACT {
        (from..to).filter(|&k| rows.value(k, column).is_finite()).count() as f64
    } else {
        (to - from) as f64
    };
    let mean = if count > 0.0 { rows.sum(column, from, to) / count } else { f64::NAN };
    Statistics { at_a: at(a), at_b: at(b), mean, low, high }
}

/// Draws the tile's body.
pub(in crate::app::panel) fn show(ui: &mut Ui, rect: Rect, state: &mut PanelState, cx: &mut Cx<'_>) {
    super::super::inside(ui, rect, "cursors", |ui| {
        let (head, body) = rect.split_top_bottom_at_y(rect.top() + HEAD.min(rect.height()));
        heading(ui, head, state, cx);
        super::super::inside(ui, body, "values", |ui| {
            ScrollArea::vertical().id_salt("cursors").auto_shrink(false).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                table(ui, body.width(), state, cx);
            });
        });
    });
}

/// What lies between: the cursors, else what charts show, ticks.
fn range(state: &PanelState, view: &RunView) -> ((f64, f64), bool) {
    match state.charts.compare.cursors() {
        Some((a, b)) => ((a as f64, b as f64), true),
        None => {
            let (from, to) = state.charts.range(view);
            ((from.max(0.0), to.min(view.reach() as f64).max(from.max(0.0))), false)
        }
    }
}

fn heading(ui: &Ui, rect: Rect, state: &PanelState, cx: &mut Cx<'_>) {
    let theme = cx.theme;
    let view = cx.view;
    let pen = Pen::new(ui, &theme);
    pen.hline(rect.left(), rect.right(), rect.bottom() - 0.5, theme.hairline());
    let ((a, b), set) = range(state, view);
    let time = |tick: f64| clock(view.spec.calendar.civil(tick.round() as u64));
    let long = duration(seconds(view, (b - a).round()));
    let words = match (set, state.charts.compare.a) {
        (true, _) => format!("A {} · B {} · Δ {long}", time(a), time(b)),
        (false, Some(a)) => format!("A {} · set B with Shift and a click", time(a as f64)),
        (false, None) => format!("Visible range {} to {}", time(a), time(b)),
    };
    let mut x = rect.right() - 12.0;
    for (id, label) in [("export", "Export…"), ("cursors_off", "Clear")] {
        let Some(entry) = command::find(id) else { continue };
        if id == "cursors_off" && state.charts.compare.a.is_none() {
            continue;
        }
        let tip = entry.tip();
        let button = Button { name: entry.words, disabled: (entry.deed)(view).err(), ..Button::words(label, &tip) };
        let width = button.width(&pen);
        x -= width;
        let at = Rect::from_min_size(pos2(x, rect.center().y - 11.0), vec2(width, 22.0));
        if button.show(ui, &theme, at, ui.id().with(id)).clicked() {
            cx.run(entry);
        }
        x -= 6.0;
    }
    let from = pos2(rect.left() + 12.0, rect.center().y);
    let at = pen.text_within(from, Align::Min, x - from.x - 4.0, &words, Face::Label, theme.text2);
    let tip = "Shift and a click on a chart set A, then B; statistics are those of the ticks between";
    spoken(ui, at, ui.id().with("range"), &words).on_hover_text(format!("{words}\n{tip}"));
}

fn table(ui: &mut Ui, width: f32, state: &PanelState, cx: &Cx<'_>) {
    let theme = &cx.theme;
    let view = cx.view;
    let ((a, b), set) = range(state, view);
    let seen = &state.charts.seen;
    let names = (width * 0.3).clamp(84.0, 190.0);
    let all: &[&str] = if set {
        &["at A", "at B", "Δ", "mean", "min", "max"]
    } else {
        &["first", "last", "Δ", "mean", "min", "max"]
    };
    let most = ((width - names - 24.0) / 58.0).floor().max(2.0) as usize;
    // What matters least goes first: extremes, then the mean.
    let heads = all.get(..most.min(all.len())).unwrap_or_default();
    let cell = (width - names - 24.0) / heads.len().max(1) as f32;
    let (_, head) = ui.allocate_space(vec2(width, 22.0));
    let right = |rect: Rect, k: usize| rect.left() + 12.0 + names + (k + 1) as f32 * cell;
    let pen = Pen::new(ui, theme);
    for (k, words) in heads.iter().enumerate() {
        pen.text(pos2(right(head, k), head.center().y), Align::Max, words, Face::Caption, theme.text3);
    }
    if seen.is_empty() {
        let (_, rect) = ui.allocate_space(vec2(width, 60.0));
        let words = "No chart is in sight. Open one, or the layout Compare.";
        let pen = Pen::new(ui, theme);
        pen.paragraph(pos2(rect.left() + 12.0, rect.top() + 8.0), width - 24.0, words, Face::Body, theme.text2);
        spoken(ui, rect, ui.id().with("nothing"), words);
        return;
    }
    let others = others(view, &state.charts.compare, theme);
    for column in seen {
        let Some(signal) = view.schema.signals.get(*column) else { continue };
        let own = view.beside.shown_run().map_or(&view.recording, |run| &run.recording);
        let look = view.beside.shown_run().map(|run| state.charts.compare.look(theme, run));
        let sizes = (width, names, cell, heads.len());
        line(ui, cx, sizes, signal, None, look, of(own, *column, a, b));
        for other in &others {
            let Some(there) = other.run.schema.find(&signal.name) else { continue };
            let statistics = of(&other.run.recording, there, other.shift.there(a), other.shift.there(b));
            let name = Some(other.run.name.as_str());
            line(ui, cx, sizes, signal, name, Some(other.look), statistics);
        }
    }
}

fn line(
    ui: &mut Ui,
    cx: &Cx<'_>,
    (width, names, cell, cells): (f32, f32, f32, usize),
    signal: &Signal,
    run: Option<&str>,
    look: Option<Look>,
    s: Statistics,
) {
    let theme = &cx.theme;
    let (_, rect) = ui.allocate_space(vec2(width, LINE));
    if !ui.is_rect_visible(rect) {
        return;
    }
    let pen = Pen::new(ui, theme);
    let y = rect.center().y;
    pen.hline(rect.left() + 12.0, rect.right() - 12.0, rect.bottom() - 0.5, theme.hairline());
    if let Some(look) = look {
        let bar = Rect::from_min_size(pos2(rect.left() + 12.0, y - 6.0), vec2(3.0, 12.0));
        pen.painter.rect_filled(bar, 0.0, look.colour);
    }
    let label = match run {
        Some(run) => format!("{}, {run}", signal.label),
        None => signal.label.clone(),
    };
    // Lines of other runs stand below that of their signal.
    let from = pos2(rect.left() + if run.is_some() { 28.0 } else { 20.0 }, y);
    let unit = if signal.unit.is_empty() || run.is_some() { 0.0 } else { pen.width(&signal.unit, Face::Caption) + 5.0 };
    let room = names - 12.0 - unit;
    let ink = if run.is_some() { theme.text2 } else { theme.text };
    let said = pen.text_within(from, Align::Min, room.max(10.0), run.unwrap_or(&signal.label), Face::Label, ink);
    if run.is_none() {
        pen.text(pos2(said.right() + 5.0, y), Align::Min, &signal.unit, Face::Caption, theme.text3);
    }
    let values = [s.at_a, s.at_b, s.at_b - s.at_a, s.mean, s.low, s.high];
    for (k, value) in values.iter().take(cells).enumerate() {
        let x = rect.left() + 12.0 + names + (k + 1) as f32 * cell;
        let text = number_of(signal, *value);
        let text = if k == 2 { with_sign(text, *value) } else { text };
        pen.text_within(pos2(x, y), Align::Max, cell - 4.0, &text, Face::NumberLabel, theme.text);
    }
    let n = |v: f64| number_of(signal, v);
    let words = format!(
        "{label}: {} to {}, mean {}, lowest {}, highest {} {}",
        n(s.at_a),
        n(s.at_b),
        n(s.mean),
        n(s.low),
        n(s.high),
        signal.unit
    );
    spoken(ui, rect, ui.id().with(("cursor line", &label)), &words).on_hover_text(&words);
}

/// A difference with its sign; numbers of a signal that is told with one have it already.
pub(super) fn with_sign(text: String, value: f64) -> String {
    if value > 0.0 && !text.starts_with('+') { format!("+{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_has_one_sign() {
        let told = |text: &str, value| with_sign(text.to_owned(), value);
        assert_eq!([told("+1.94", 1.94), told("0.37", 0.37), told("−2", -2.0)], ["+1.94", "+0.37", "−2"]);
    }
    use crate::record::Recorder;

    #[test]
    fn statistics_are_those_of_the_ticks_between() {
        let mut recorder = Recorder::new(1);
        [1.0, 2.0, f64::NAN, 4.0, 9.0].iter().for_each(|v| recorder.push(&[*v]));
        let rows = recorder.picture();
        // Ticks 2 and 3 lie between the ends of ticks 1 and 3: rows 2 and 3.
        let s = of(&rows, 0, 2.0, 4.0);
        assert_eq!((s.at_a, s.at_b, s.mean, s.low, s.high), (2.0, 4.0, 4.0, 4.0, 4.0));
        let all = of(&rows, 0, 0.0, 5.0);
        assert!(all.at_a.is_nan(), "before the first tick there is no value");
        assert_eq!((all.at_b, all.mean, all.low, all.high), (9.0, 4.0, 1.0, 9.0));
    }
}
