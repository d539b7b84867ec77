//! Verdicts: the metrics of every drawn run against those of the shown one.

use egui::{Align, Rect, Shape, Stroke, Ui, pos2, vec2};

use crate::app::theme::Face;
use crate::evaluate::statistics::{Direction, direction};
use crate::plant::MetricSpec;
use crate::signal::format_number;

use super::super::pen::Pen;
use super::super::widget::spoken;
use super::super::words::{sentence, signed};
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

/// Share of the larger number below which two numbers count as the same, where nothing better is known of the noise.
const SAME: f64 = 0.005;

/// How a run stands to the shown one in a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Better,
    Worse,
    More,
    Less,
    Same,
    Unknown,
}

impl Verdict {
    fn of(metric: &str, own: f64, other: f64) -> Self {
        let more = other - own;
        if more.is_nan() {
            return Self::Unknown;
        }
        if more.abs() <= SAME * own.abs().max(other.abs()) {
            return Self::Same;
        }
        match (direction(metric), more > 0.0) {
            (Direction::Higher, true) | (Direction::Lower, false) => Self::Better,
            (Direction::Higher, false) | (Direction::Lower, true) => Self::Worse,
            (Direction::Neither, true) => Self::More,
            (Direction::Neither, false) => Self::Less,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Better => "better",
            Self::Worse => "worse",
            Self::More => "higher",
            Self::Less => "lower",
            Self::Same => "same",
            Self::Unknown => "–",
        }
    }
}

/// Metrics that are told: those of a bidding slot first, without other countings of the same.
fn told(metrics: &[MetricSpec]) -> Vec<usize> {
    let again = |name: &str| {
        ["_program", "_documented", "_ticks"].iter().any(|end| name.ends_with(end)) || name.starts_with("cumul_")
    };
    let kept = |m: &MetricSpec| !again(&m.name) && !["episode_length", "survived"].contains(&m.name.as_str());
    let mut all: Vec<usize> = (0..metrics.len()).filter(|k| metrics.get(*k).is_some_and(kept)).collect();
    let rank = |k: &usize| {
        let name = metrics.get(*k).map_or("", |m| m.name.as_str());
        (direction(name) == Direction::Neither, !name.contains("reward"))
    };
    all.sort_by_key(rank);
    all
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
    let (_, title) = ui.allocate_space(vec2(width, 32.0));
    let pen = Pen::new(ui, &theme);
    let y = title.center().y + 4.0;
    let at = pen.text(pos2(title.left() + PAD, y), Align::Min, "Verdicts", Face::LabelStrong, theme.text2);
    let words = format!("against {}", shown.name);
    let room = title.right() - PAD - at.right() - 12.0;
    pen.text_within(pos2(at.right() + 12.0, y), Align::Min, room, &words, Face::Label, theme.text3);
    let names = (width * 0.36).clamp(90.0, 170.0);
    let free = width - 2.0 * PAD - names - OWN;
    let narrow = free < CELL;
    let cell = if narrow { free.clamp(40.0, NARROW) } else { CELL };
    let fitting = ((free / cell).floor() as usize).clamp(1, all.len());
    let own_x = title.left() + PAD + names + OWN;
    let (_, head) = ui.allocate_space(vec2(width, 20.0));
    let pen = Pen::new(ui, &theme);
    let y = head.center().y;
    let right = |k: usize| own_x + (k + 1) as f32 * cell;
    let own_look = state.charts.compare.look(&theme, shown);
    own_look.sample(&pen, Rect::from_min_size(pos2(own_x - 22.0, y - 1.0), vec2(22.0, 2.0)));
    for (k, other) in all.iter().take(fitting).enumerate() {
        let said =
            pen.text_within(pos2(right(k), y), Align::Max, cell - 30.0, &other.run.name, Face::LabelStrong, theme.text);
        other.look.sample(&pen, Rect::from_min_size(pos2(said.left() - 24.0, y - 1.0), vec2(18.0, 2.0)));
    }
    pen.hline(head.left() + PAD, head.right() - PAD, head.bottom() - 0.5, theme.hairline());
    for metric in told(&view.spec.metrics) {
        let Some(spec) = view.spec.metrics.get(metric) else { continue };
        let value = |metrics: &[f64]| metrics.get(metric).copied().unwrap_or(f64::NAN);
        let own = value(&shown.metrics);
        if own.is_nan() && all.iter().all(|o| value(&o.run.metrics).is_nan()) {
            continue;
        }
        let (_, rect) = ui.allocate_space(vec2(width, LINE));
        if !ui.is_rect_visible(rect) {
            continue;
        }
        let pen = Pen::new(ui, &theme);
        let y = rect.center().y;
        pen.hline(rect.left() + PAD, rect.right() - PAD, rect.bottom() - 0.5, theme.hairline());
        let several = view.spec.metrics.iter().filter(|m| m.name == spec.name).count() > 1;
        let slot =
            view.spec.slots.get(spec.slot).filter(|_| several).map_or(String::new(), |s| format!("{}: ", s.label));
        let name = sentence(&spec.name.replace('_', " "));
        let label = if slot.is_empty() { name.clone() } else { format!("{slot}{}", name.to_lowercase()) };
        let from = pos2(rect.left() + PAD, y);
        let unit = if spec.unit.is_empty() { 0.0 } else { pen.width(&spec.unit, Face::Caption) + 5.0 };
        let said = pen.text_within(from, Align::Min, names - unit - 6.0, &label, Face::Label, theme.text);
        pen.text(pos2(said.right() + 5.0, y), Align::Min, &spec.unit, Face::Caption, theme.text3);
        let decimals = decimals(own, &all.iter().map(|o| value(&o.run.metrics)).collect::<Vec<_>>());
        pen.text(pos2(own_x, y), Align::Max, &format_number(own, decimals), Face::NumberLabel, theme.text);
        let mut words = format!("{label}: {} {}", format_number(own, decimals), spec.unit);
        for (k, other) in all.iter().enumerate() {
            let there = value(&other.run.metrics);
            let verdict = Verdict::of(&spec.name, own, there);
            let delta = if (there - own).is_finite() { signed(there - own, decimals) } else { String::new() };
            words.push_str(&format!(
                "\n{}: {} {}, {} {delta}",
                other.run.name,
                format_number(there, decimals),
                spec.unit,
                if verdict == Verdict::Same { "same within noise" } else { verdict.words() },
            ));
            if k >= fitting {
                continue;
            }
            let at = pen.text(pos2(right(k), y), Align::Max, &delta, Face::NumberCaption, theme.text2);
            let strong = matches!(verdict, Verdict::Better | Verdict::Worse);
            let face = if strong { Face::LabelStrong } else { Face::Label };
            let ink = if strong { theme.text } else { theme.text3 };
            let said = pen.text(pos2(at.left().min(right(k) - 44.0) - 6.0, y), Align::Max, verdict.words(), face, ink);
            mark(&pen, pos2(said.left() - 9.0, y), verdict);
        }
        let words = format!("{words}\n{}", spec.doc);
        spoken(ui, rect, ui.id().with(("verdict", metric)), &words).on_hover_text(&words);
    }
    if fitting < all.len() {
        let (_, rect) = ui.allocate_space(vec2(width, 20.0));
        let words = format!("{} more runs in the tooltips", all.len() - fitting);
        let pen = Pen::new(ui, &theme);
        pen.text(pos2(rect.left() + PAD, rect.center().y), Align::Min, &words, Face::Caption, theme.text3);
    }
}

/// Decimals with which several numbers have about five digits.
fn decimals(own: f64, others: &[f64]) -> usize {
    let most = others.iter().copied().chain([own]).filter(|v| v.is_finite()).map(f64::abs).fold(0.0, f64::max);
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
        Verdict::More | Verdict::Less | Verdict::Unknown => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_that_is_better_decides() {
        assert_eq!(Verdict::of("mean_reward", 1.0, 2.0), Verdict::Better);
        assert_eq!(Verdict::of("tracking_rmse", 1.0, 2.0), Verdict::Worse);
        assert_eq!(Verdict::of("mean_reward", 1_000.0, 1_001.0), Verdict::Same);
        assert_eq!(Verdict::of("throttle_mean", 0.5, 0.6), Verdict::More);
        assert_eq!(Verdict::of("mean_reward", f64::NAN, 0.6), Verdict::Unknown);
    }
}
