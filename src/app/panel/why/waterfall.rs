//! The tile Why: a tick in a sentence, its reward as a waterfall of terms, what was asked for and given.

use egui::{Align, Color32, Rect, Stroke, Ui, pos2, vec2};

use crate::app::panel::line::colours;
use crate::app::panel::pen::Pen;
use crate::app::panel::scale::Values;
use crate::app::panel::widget::spoken;
use crate::app::panel::words::{decimals_of, signed};
use crate::app::panel::{Cx, PanelState};
use crate::app::theme::Face;
use crate::rollout::{ServiceWhy, SlotWhy};
use crate::signal::format_number;

use super::{HEAD, Ink, PAD, Told, command, foretold, head, told, told_slot};

/// Height of a term with two lines of words, and with one.
const ROWS: [f32; 2] = [38.0, 20.0];

/// Highest a term stands.
const TALLEST: f32 = 52.0;

/// Height of the line of marks below the terms.
const MARKS: f32 = 18.0;

/// Height of what was asked for and given.
const SERVICE: f32 = 56.0;

/// Least height of a term, points: where there is less, the terms are one sentence.
const FLATTEST: f32 = 15.0;

/// Draws the tile's body.
pub(in crate::app::panel) fn show(ui: &mut Ui, rect: Rect, state: &mut PanelState, cx: &mut Cx<'_>) {
    crate::app::panel::inside(ui, rect, "why", |ui| {
        let (top, body) = rect.split_top_bottom_at_y(rect.top() + HEAD.min(rect.height()));
        head(ui, top, state, cx);
        if state.why.commands {
            if let Some((why, ink)) = told(ui, body, state, cx) {
                command::show(ui, body, why, ink);
            }
        } else if let Some(told) = told_slot(ui, body, state, cx) {
            draw(ui, body, &told, cx);
        }
    });
}

fn draw(ui: &Ui, rect: Rect, told: &Told<'_>, cx: &Cx<'_>) {
    let (slot, ink) = (told.slot, told.ink);
    let theme = &ink.theme;
    let pen = Pen::new(ui, theme);
    let width = (rect.width() - 2.0 * PAD).max(1.0);
    let left = rect.left() + PAD;
    let at = if pen.width(&slot.headline, Face::Title) <= width {
        let line = pos2(left, rect.top() + 13.0);
        pen.text(line, Align::Min, &slot.headline, Face::Title, ink.of(theme.text)).with_max_y(rect.top() + 22.0)
    } else {
        pen.paragraph(pos2(left, rect.top() + 4.0), width, &slot.headline, Face::Title, ink.of(theme.text))
    };
    spoken(ui, at, ui.id().with("headline"), &slot.headline)
        .on_hover_text("Reward of the stretch, without unit: the sum of the terms below. Asked and given: their means");
    let service = slot.service.as_ref().filter(|s| s.asked.is_finite() && !s.shares.is_empty());
    let count = slot.terms.len() + 1;
    let below = if service.is_some() && rect.height() > 240.0 { SERVICE } else { 0.0 };
    let least = count as f32 * ROWS[1] + MARKS + below;
    let mut y = at.bottom() + 3.0;
    // Reasons as far as they leave the terms their room, the strongest first.
    let reasons = slot.because.iter().map(|b| b.text.as_str());
    let late = foretold(slot, cx.view);
    for (k, text) in late.as_deref().into_iter().chain(reasons).enumerate() {
        let high = pen.paragraph_height(width, text, Face::Label);
        if k >= 5 || y + high + 2.0 + least > rect.bottom() {
            break;
        }
        let at = pen.paragraph(pos2(left, y), width, text, Face::Label, ink.of(theme.text2));
        spoken(ui, at, ui.id().with(("because", k)), text)
            .on_hover_text("Found by running the stretch again through the plant with one thing elsewhere");
        y = at.bottom() + 1.0;
    }
    if slot.terms.is_empty() {
        return;
    }
    let terms = Rect::from_min_max(pos2(left, y + 4.0), pos2(rect.right() - PAD, rect.bottom() - below));
    if terms.height() < count as f32 * FLATTEST + MARKS {
        let own = slot.terms.iter().filter(|t| t.value != 0.0);
        let text = own.map(|t| format!("{} {}", t.label, signed(t.value, 3))).collect::<Vec<_>>().join(", ");
        if !text.is_empty() && y + pen.paragraph_height(width, &text, Face::Label) <= rect.bottom() {
            let at = pen.paragraph(pos2(left, y), width, &text, Face::Label, ink.of(theme.text2));
            spoken(ui, at, ui.id().with("terms"), &text)
                .on_hover_text("Terms of the reward, without unit; they add up to it");
        }
        return;
    }
    waterfall(ui, terms, slot, ink, cx);
    if let Some(service) = service.filter(|_| below > 0.0) {
        let place =
            Rect::from_min_max(pos2(left, rect.bottom() - below), pos2(rect.right() - PAD, rect.bottom() - 4.0));
        asked_and_given(ui, place, slot, service, ink, cx);
    }
}

/// The terms one below the other, each beginning where the one before ends.
fn waterfall(ui: &Ui, rect: Rect, slot: &SlotWhy, ink: Ink, cx: &Cx<'_>) {
    let theme = &ink.theme;
    let pen = Pen::new(ui, theme);
    let Some(spec) = cx.view.spec.slots.get(slot.slot) else { return };
    let carriers: Vec<_> = spec.reward_terms.iter().map(|t| t.carrier).collect();
    let colours = colours(theme, &carriers);
    let count = slot.terms.len() + 1;
    let high = ((rect.height() - MARKS) / count as f32).min(TALLEST);
    let two = high >= ROWS[0] - 6.0;
    let value_room = pen.width("+00.000", Face::Number).max(pen.width(&signed(slot.reward, 3), Face::Number)) + 8.0;
    let label_room = if rect.width() >= 420.0 { (0.47 * rect.width()).min(340.0) } else { 0.36 * rect.width() };
    let plot = Rect::from_min_max(
        pos2(rect.left() + label_room + 12.0, rect.top()),
        pos2(rect.right() - value_room - 6.0, rect.top() + high * count as f32),
    );
    let mut sums = Vec::with_capacity(count);
    let mut sum = 0.0;
    for term in &slot.terms {
        sums.push((sum, sum + term.value));
        sum += term.value;
    }
    sums.push((0.0, slot.reward));
    let ends = sums.iter().flat_map(|(a, b)| [*a, *b]);
    let (low, top) = ends.fold((0.0_f64, 0.0_f64), |(low, high), v| (low.min(v), high.max(v)));
    let values = Values::around(low, top, 0.1, (plot.width() / 56.0).clamp(2.0, 6.0) as usize);
    let x = |value: f64| {
        let share = (value - values.low) / (values.high - values.low);
        plot.left() + (share.clamp(0.0, 1.0) as f32) * plot.width()
    };
    if plot.width() > 40.0 {
        let mut free = f32::NEG_INFINITY;
        for mark in values.marks() {
            let strong = mark == 0.0;
            let line = if strong { theme.line_strong } else { theme.line };
            pen.vline(x(mark), plot.top(), plot.bottom(), Stroke::new(1.0, ink.of(line)));
            let text = if strong { "0".to_owned() } else { signed(mark, decimals_of(values.step)) };
            let half = pen.width(&text, Face::NumberCaption) / 2.0;
            if x(mark) - half > free {
                let at = pos2(x(mark), plot.bottom() + MARKS / 2.0);
                pen.text(at, Align::Center, &text, Face::NumberCaption, ink.of(theme.text3));
                free = x(mark) + half + 6.0;
            }
        }
    }
    let mut row = Rect::from_min_size(rect.min, vec2(rect.width(), high));
    for (index, (from, to)) in sums.iter().enumerate() {
        let y = row.center().y;
        let term = slot.terms.get(index);
        let value = term.map_or(slot.reward, |t| t.value);
        let colour = term.and(colours.get(index).copied()).unwrap_or(*theme.text);
        if plot.width() > 40.0 {
            let (a, b) = (x(*from), x(*to));
            let thick = (0.46 * high).clamp(6.0, 20.0);
            let bar = Rect::from_min_max(
                pos2(a.min(b), y - thick / 2.0),
                pos2(a.max(b).max(a.min(b) + 1.5), y + thick / 2.0),
            );
            pen.painter.rect_filled(bar, 0.0, ink.of(if value == 0.0 { *theme.text3 } else { colour }));
            // Down to where the next one begins.
            if index + 1 < sums.len() {
                let stroke = Stroke::new(1.0, ink.of(theme.text3));
                let (top, bottom) = (bar.bottom(), row.bottom() + high / 2.0 - thick / 2.0);
                dotted(&pen, b, top, bottom, stroke);
            }
        }
        label(&pen, row, label_room, term, (colour, two), ink);
        let text = if value == 0.0 { "0".to_owned() } else { signed(value, 3) };
        let face = if term.is_some() { Face::NumberLabel } else { Face::Number };
        let shade = if value == 0.0 { theme.text3 } else { theme.text };
        pen.text(pos2(rect.right(), y), Align::Max, &text, face, ink.of(shade));
        if index + 1 < sums.len() {
            pen.hline(rect.left(), rect.right(), row.bottom(), Stroke::new(1.0, ink.of(theme.line)));
        }
        let (name, tip) = match term {
            Some(t) => (format!("{} {text}", t.label), format!("{}: {}\n{}", t.label, t.formula, t.words)),
            None => (format!("Sum {text}"), format!("Sum of the terms: {}", signed(slot.sum(), 6))),
        };
        spoken(ui, row, ui.id().with(("why term", index)), &name).on_hover_text(tip.trim_end());
        row = row.translate(vec2(0.0, high));
    }
}

/// Name, formula and words of a term, left of its bar.
fn label(
    pen: &Pen,
    row: Rect,
    room: f32,
    term: Option<&crate::rollout::TermWhy>,
    (colour, two): (Color32, bool),
    ink: Ink,
) {
    let theme = &ink.theme;
    let left = row.left() + 10.0;
    let Some(term) = term else {
        pen.text_within(pos2(left, row.center().y), Align::Min, room, "Sum", Face::LabelStrong, ink.of(theme.text));
        return;
    };
    let edge = Rect::from_min_max(row.min + vec2(0.0, 4.0), pos2(row.left() + 3.0, row.bottom() - 4.0));
    pen.painter.rect_filled(edge, 0.0, ink.of(colour));
    let y = if two { row.center().y - 8.0 } else { row.center().y };
    let room = room - 10.0;
    let name = pen.text_within(pos2(left, y), Align::Min, room, &term.label, Face::LabelStrong, ink.of(theme.text));
    let free = left + room - name.right() - 8.0;
    let (beside, shade) = if two { (&term.formula, theme.text3) } else { (&term.words, theme.text2) };
    if free > 30.0 {
        pen.text_within(pos2(name.right() + 8.0, y), Align::Min, free, beside, Face::Caption, ink.of(shade));
    }
    if two {
        let at = pos2(left, row.center().y + 8.0);
        pen.text_within(at, Align::Min, room, &term.words, Face::Label, ink.of(theme.text2));
    }
}

/// A dotted vertical line.
fn dotted(pen: &Pen, x: f32, top: f32, bottom: f32, stroke: Stroke) {
    let count = ((bottom - top) / 4.0).ceil().clamp(0.0, 64.0) as usize;
    for k in 0..count {
        let y = top + 4.0 * k as f32;
        pen.vline(x, y, (y + 2.0).min(bottom), stroke);
    }
}

/// Two bars: what was asked for, and what was given by its parts.
fn asked_and_given(ui: &Ui, rect: Rect, slot: &SlotWhy, service: &ServiceWhy, ink: Ink, cx: &Cx<'_>) {
    let theme = &ink.theme;
    let pen = Pen::new(ui, theme);
    let service_of = cx.view.spec.telling.slots.get(slot.slot).and_then(|t| t.service.as_ref());
    let shares = service_of.map_or(&[][..], |s| &s.shares);
    pen.hline(rect.left() - PAD, rect.right() + PAD, rect.top(), Stroke::new(1.0, ink.of(theme.line)));
    let number = |value: f64| format!("{} {}", signed_plain(value), service.unit);
    let (asked, given) = (number(service.asked), number(service.given));
    let words = pen.width(&asked, Face::NumberLabel).max(pen.width(&given, Face::NumberLabel));
    let left = rect.left() + pen.width("Asked", Face::Label) + 14.0;
    let legend: Vec<String> = service.shares.iter().map(|(label, v)| format!("{label} {}", signed_plain(*v))).collect();
    let legend_width: f32 = legend.iter().map(|l| pen.width(l, Face::Label) + 26.0).sum();
    let wide = rect.right() - left - words - 16.0;
    let beside = wide - legend_width > 70.0;
    let track = if beside { wide - legend_width } else { wide };
    let ups: f64 = service.shares.iter().map(|(_, v)| v.max(0.0)).sum();
    let downs: f64 = service.shares.iter().map(|(_, v)| v.min(0.0)).sum();
    let (low, high) = (downs.min(service.asked).min(0.0), ups.max(service.asked).max(1e-6));
    let x = |value: f64| left + (((value - low) / (high - low)) as f32) * track.max(1.0);
    let lines = [rect.top() + 18.0, rect.top() + 38.0];
    for (label, y) in ["Asked", "Gave"].iter().zip(lines) {
        pen.text(pos2(rect.left(), y), Align::Min, label, Face::Label, ink.of(theme.text2));
    }
    let bar = |a: f64, b: f64, y: f32, colour: Color32| {
        let (a, b) = (x(a), x(b));
        let rect = Rect::from_min_max(pos2(a.min(b), y - 6.0), pos2(a.max(b), y + 6.0));
        pen.painter.rect_filled(rect, 0.0, ink.of(colour));
    };
    bar(0.0, service.asked, lines[0], theme.accent_of(crate::signal::Carrier::Grid));
    let (mut up, mut down) = (0.0, 0.0);
    for ((_, value), share) in service.shares.iter().zip(shares) {
        let start = if *value >= 0.0 { &mut up } else { &mut down };
        bar(*start, *start + value, lines[1], theme.accent_of(share.carrier));
        *start += value;
    }
    if low < 0.0 {
        pen.vline(x(0.0), lines[0] - 8.0, lines[1] + 8.0, Stroke::new(1.0, ink.of(theme.line_strong)));
    }
    let right = |value: f64| x(value.max(0.0)) + 8.0;
    pen.text(pos2(right(service.asked), lines[0]), Align::Min, &asked, Face::NumberLabel, ink.of(theme.text));
    let at = pen.text(pos2(right(up), lines[1]), Align::Min, &given, Face::NumberLabel, ink.of(theme.text));
    let mut at_x = if beside { rect.right() - legend_width } else { at.right() + 12.0 };
    for (text, share) in legend.iter().zip(shares) {
        let width = pen.width(text, Face::Label) + 26.0;
        if at_x + width > rect.right() + 10.0 {
            break;
        }
        let square = Rect::from_center_size(pos2(at_x + 6.0, lines[1]), vec2(9.0, 9.0));
        pen.painter.rect_filled(square, 0.0, ink.of(theme.accent_of(share.carrier)));
        pen.text(pos2(at_x + 14.0, lines[1]), Align::Min, text, Face::Label, ink.of(theme.text2));
        at_x += width;
    }
    let parts = legend.join(", ");
    let tip = format!("Means over the stretch, in {}. Given is the sum of its parts: {parts}", service.unit);
    spoken(ui, rect, ui.id().with("asked and given"), &format!("Asked {asked}, gave {given}: {parts}"))
        .on_hover_text(tip);
}

fn signed_plain(value: f64) -> String {
    format_number(value, 2)
}
