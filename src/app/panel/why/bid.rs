//! The tile of the bid: the acceptance curve with the point on it, what became of the bid, what was paid.

use egui::{Align, Pos2, Rect, Shape, Stroke, Ui, pos2, vec2};

use crate::app::panel::pen::Pen;
use crate::app::panel::scale::round_step;
use crate::app::panel::widget::spoken;
use crate::app::panel::words::clock;
use crate::app::panel::{Cx, PanelState};
use crate::app::theme::Face;
use crate::rollout::{DealWhy, SlotWhy};
use crate::signal::{Carrier, format_number};

use super::{Ink, PAD, foretold, told};

/// Narrowest tile with a curve beside the numbers.
const BESIDE: f32 = 380.0;

/// Room for the numbers.
const NUMBERS: f32 = 190.0;

/// Height of a line of numbers.
const LINE: f32 = 30.0;

/// Draws the tile's body.
pub(in crate::app::panel) fn show(ui: &mut Ui, rect: Rect, state: &mut PanelState, cx: &mut Cx<'_>) {
    crate::app::panel::inside(ui, rect, "bid", |ui| {
        let theme = cx.theme;
        let say = |ui: &Ui, words: &str, ink: Option<Ink>| {
            let pen = Pen::new(ui, &theme);
            let colour = ink.map_or(*theme.text2, |ink| ink.of(theme.text2));
            let width = (rect.width() - 2.0 * PAD).max(1.0);
            let at = pen.paragraph(rect.min + vec2(PAD, PAD), width, words, Face::Body, colour);
            spoken(ui, at, ui.id().with("bid says"), words);
        };
        if !cx.view.spec.telling.slots.iter().any(|s| s.deal.is_some()) {
            say(ui, "This plant sells nothing by bids.", None);
            return;
        }
        let Some((why, ink)) = told(ui, rect, state, cx) else { return };
        let found = why.slots.iter().find_map(|slot| Some((slot, slot.deal.as_ref()?)));
        let Some((slot, deal)) = found else {
            say(ui, "No interval has begun yet.", Some(ink));
            return;
        };
        draw(ui, rect, slot, deal, ink, cx);
    });
}

fn draw(ui: &Ui, rect: Rect, slot: &SlotWhy, deal: &DealWhy, ink: Ink, cx: &Cx<'_>) {
    let theme = &ink.theme;
    let pen = Pen::new(ui, theme);
    let calendar = &cx.view.spec.calendar;
    let span = format!("{} to {}", clock(calendar.civil(deal.from)), clock(calendar.civil(deal.until)));
    let words = match foretold(slot, cx.view) {
        Some(late) => format!("{span}. {late}"),
        None => span,
    };
    let at = pos2(rect.left() + PAD, rect.top() + 12.0);
    let line = pen.text_within(at, Align::Min, rect.width() - 2.0 * PAD, &words, Face::Caption, ink.of(theme.text3));
    spoken(ui, line, ui.id().with("bid span"), &words)
        .on_hover_text("The interval that the bid is for, in site time: hours, minutes and seconds");
    let body = Rect::from_min_max(pos2(rect.left(), rect.top() + 22.0), rect.max);
    let curved = !deal.curve.is_empty() && body.width() >= BESIDE && body.height() > 90.0;
    let numbers = if curved {
        let room = NUMBERS.max(0.4 * body.width());
        let (plot, numbers) = body.split_left_right_at_x(body.right() - room);
        curve(ui, plot, deal, ink);
        numbers
    } else {
        body
    };
    table(ui, numbers, deal, ink, cx);
}

/// Chance over price: by price alone, and with the quantity; the bid on it.
fn curve(ui: &Ui, rect: Rect, deal: &DealWhy, ink: Ink) {
    let theme = &ink.theme;
    let pen = Pen::new(ui, theme);
    let plot = Rect::from_min_max(rect.min + vec2(44.0, 8.0), rect.max - vec2(10.0, 34.0));
    let high = deal.curve.last().map_or(1.0, |p| p[0]);
    let low = deal.curve.first().map_or(0.0, |p| p[0]);
    if plot.width() < 40.0 || plot.height() < 30.0 || high <= low {
        return;
    }
    let place = |price: f64, chance: f64| {
        let x = plot.left() + (((price - low) / (high - low)).clamp(0.0, 1.0) as f32) * plot.width();
        pos2(x, plot.bottom() - (chance.clamp(0.0, 1.0) as f32) * plot.height())
    };
    pen.painter.rect_filled(plot, 0.0, ink.of(theme.sunken));
    for percent in [0.0, 25.0, 50.0, 75.0, 100.0] {
        let y = place(low, percent / 100.0).y;
        let line = if percent == 0.0 { theme.line_strong } else { theme.line };
        pen.hline(plot.left(), plot.right(), y, Stroke::new(1.0, ink.of(line)));
        let text = format_number(percent, 0);
        pen.text(pos2(plot.left() - 6.0, y), Align::Max, &text, Face::NumberCaption, ink.of(theme.text3));
    }
    let step = round_step((high - low) / (plot.width() / 60.0).clamp(2.0, 6.0) as f64);
    let mut mark = (low / step).ceil() * step;
    while mark <= high + 1e-9 {
        let x = place(mark, 0.0).x;
        pen.vline(x, plot.top(), plot.bottom(), Stroke::new(1.0, ink.of(theme.line)));
        let at = pos2(x, plot.bottom() + 10.0);
        pen.text(at, Align::Center, &format_number(mark, 0), Face::NumberCaption, ink.of(theme.text3));
        mark += step;
    }
    let unit = format!("bid price, {}", deal.units[0]);
    let at = pos2(plot.center().x, plot.bottom() + 25.0);
    pen.text_within(at, Align::Center, plot.width(), &unit, Face::Caption, ink.of(theme.text3));
    let inner = pen.clipped(plot.expand(1.0));
    // Guides first, curves over them, the bid on top.
    let cleared = place(deal.cleared, 0.0).x;
    let grey = Stroke::new(1.0, ink.of(theme.text2));
    inner.broken(&[pos2(plot.left(), place(0.0, deal.chance).y), place(deal.price, deal.chance)], 3.0, 3.0, grey);
    dashes(&inner, place(deal.price, deal.chance).x, place(deal.price, deal.chance).y, plot.bottom(), grey);
    dashes(&inner, cleared, plot.top(), plot.bottom(), grey);
    let line = |k: usize| -> Vec<Pos2> {
        let points = deal.curve.iter().filter_map(|p| Some((p[0], *p.get(k)?)));
        points.map(|(price, chance)| place(price, chance)).collect()
    };
    let market = theme.accent_of(Carrier::Market);
    inner.broken(&line(1), 5.0, 3.0, Stroke::new(1.2, ink.of(theme.text3)));
    inner.painter.add(Shape::line(line(2), Stroke::new(2.0, ink.of(market))));
    let at = place(deal.price, deal.chance);
    pen.painter.circle(at, 5.0, ink.of(market), Stroke::new(1.5, ink.of(theme.text)));
    // Words where the curves leave room: the high end is left, clearing in the middle.
    let words = format!("cleared {}", format_number(deal.cleared, 2));
    let right = cleared + 5.0 + pen.width(&words, Face::Caption) < plot.right();
    let (x, align) = if right { (cleared + 5.0, Align::Min) } else { (cleared - 5.0, Align::Max) };
    pen.text(pos2(x, plot.top() + 22.0), align, &words, Face::Caption, ink.of(theme.text2));
    let top = pos2(plot.right() - 4.0, plot.top() + 8.0);
    let long = "chance of acceptance, %";
    let roomy = pen.width(long, Face::Caption) < plot.right() - cleared - 8.0;
    let words = if roomy { long } else { "chance, %" };
    pen.text_within(top, Align::Max, plot.width() - 8.0, words, Face::Caption, ink.of(theme.text3));
    // Right of the clearing price and above one half no curve comes by.
    if plot.right() - cleared > 110.0 && plot.height() > 110.0 {
        let legend = [("by price alone", theme.text3, 36.0), ("with quantity", theme.text2, 50.0)];
        for (k, (words, shade, down)) in legend.into_iter().enumerate() {
            let y = plot.top() + down;
            let at = pen.text(pos2(plot.right() - 4.0, y), Align::Max, words, Face::Caption, ink.of(shade));
            let sample = [pos2(at.left() - 24.0, y), pos2(at.left() - 6.0, y)];
            match k {
                0 => pen.broken(&sample, 5.0, 3.0, Stroke::new(1.2, ink.of(theme.text3))),
                _ => pen.hline(sample[0].x, sample[1].x, y, Stroke::new(2.0, ink.of(market))),
            }
        }
    }
    let told = format!(
        "Chance {} %, by price alone {} %",
        format_number(100.0 * deal.chance, 0),
        format_number(100.0 * deal.chance_by_price, 0)
    );
    spoken(ui, plot, ui.id().with("curve"), &told).on_hover_text(&told);
}

/// A dashed vertical line.
fn dashes(pen: &Pen, x: f32, top: f32, bottom: f32, stroke: Stroke) {
    let count = ((bottom - top) / 6.0).ceil().clamp(0.0, 256.0) as usize;
    for k in 0..count {
        let y = top + 6.0 * k as f32;
        pen.vline(x, y, (y + 3.0).min(bottom), stroke);
    }
}

/// Offer, result, settlement in numbers.
fn table(ui: &Ui, rect: Rect, deal: &DealWhy, ink: Ink, cx: &Cx<'_>) {
    let theme = &ink.theme;
    let pen = Pen::new(ui, theme);
    let [price, quantity, paid] = &deal.units;
    let percent = |x: f64| format!("{} %", format_number(100.0 * x, 0));
    let mut lines: Vec<(&str, String, &str)> = Vec::new();
    if deal.offered {
        let bid = format!("{} {quantity} at {}", format_number(deal.quantity, 1), format_number(deal.price, 2));
        lines.push(("Bid", bid, "Quantity, and the price that is asked"));
        let wanted = format!("{} {quantity}", format_number(deal.wanted, 1));
        lines.push(("Needed from us", wanted, "What competitors leave open"));
        lines.push(("Chance", percent(deal.chance), "Chance by price and quantity that the bid was drawn with"));
        let result = if deal.taken == Some(true) { "accepted" } else { "rejected" };
        lines.push(("Result", result.to_owned(), "A draw by chance decides"));
        let cleared = format!("{} {price}", format_number(deal.cleared, 2));
        lines.push(("Cleared at", cleared, "The market's price of this interval"));
    } else {
        lines.push(("Bid", "none".to_owned(), "Nobody bids: the baseline holds"));
    }
    if let Some(rate) = deal.factors.first().filter(|f| f.value.is_finite()) {
        lines.push(("Paid price", format!("{} {price}", rate.words), "The clearing price, or the baseline's rate"));
    }
    let score = if deal.score.is_finite() { format_number(deal.score, 3) } else { "not told yet".to_owned() };
    lines.push(("Score", score, "1 − mean error over commitment (core 9)"));
    let foot = 52.0;
    let high = ((rect.height() - foot) / lines.len() as f32).clamp(15.0, LINE);
    let (left, right) = (rect.left() + PAD, rect.right() - PAD);
    let mut top = rect.top();
    for (label, value, tip) in &lines {
        if top + high > rect.bottom() - foot + 1.0 {
            break;
        }
        let row = Rect::from_min_max(pos2(left, top), pos2(right, top + high));
        let at = pen.text(pos2(left, row.center().y), Align::Min, label, Face::Label, ink.of(theme.text2));
        let room = right - at.right() - 8.0;
        pen.text_within(pos2(right, row.center().y), Align::Max, room, value, Face::NumberLabel, ink.of(theme.text));
        pen.hline(left, right, row.bottom(), Stroke::new(1.0, ink.of(theme.line)));
        let words = format!("{label} {value}");
        spoken(ui, row, ui.id().with(("deal", *label)), &words).on_hover_text(*tip);
        top += high;
    }
    let name = cx
        .view
        .spec
        .telling
        .slots
        .iter()
        .find_map(|s| s.deal.as_ref())
        .and_then(|d| cx.view.spec.signals.get(d.paid))
        .map_or("Paid", |s| s.label.as_str());
    let row = Rect::from_min_max(pos2(left, rect.bottom() - foot + 4.0), pos2(right, rect.bottom() - 4.0));
    let (sum, product) = if deal.paid.is_finite() {
        (format!("{} {paid}", format_number(deal.paid, 2)), deal.product.clone())
    } else {
        ("not told yet".to_owned(), String::new())
    };
    pen.text(pos2(left, row.top() + 14.0), Align::Min, name, Face::LabelStrong, ink.of(theme.text));
    pen.text(pos2(right, row.top() + 14.0), Align::Max, &sum, Face::Number, ink.of(theme.text));
    let at = pos2(right, row.top() + 32.0);
    let wide = pen.width(&product, Face::NumberCaption) <= right - left;
    let shown = if wide { product.clone() } else { product.replace(" × ", "×") };
    pen.text_within(at, Align::Max, right - left, &shown, Face::NumberCaption, ink.of(theme.text3));
    let words = if product.is_empty() { format!("{name} {sum}") } else { format!("{name} {sum} = {product}") };
    spoken(ui, row, ui.id().with("paid"), &words).on_hover_text(&words);
}
