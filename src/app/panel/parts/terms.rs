//! The reward of a slot, taken apart: each term on this tick, over the episode, and its share of everything that counted.

use egui::{Align, Color32, Rect, Ui, pos2, vec2};

use crate::app::theme::{Face, corners};
use crate::plant::Slot;
use crate::signal::{Carrier, SignalId};

use super::super::Cx;
use super::super::line::colours;
use super::super::pen::Pen;
use super::super::widget::spoken;
use super::super::words::signed;
use super::selectable;
use super::source::{Memo, reward_row, signed_grouped};

/// Height of the captions above the columns.
const HEAD: f32 = 16.0;

/// Heights of a term: tight, usual, wide.
const ROWS: [f32; 3] = [15.5, 20.0, 24.0];

/// Height of the sum with the line above it.
const SUM: f32 = 28.0;

/// Widest bar of a share.
const WIDEST_SHARE: f32 = 90.0;

/// Heights, tight, as usual, and wide.
pub(in crate::app::panel) fn heights(slot: usize, cx: &Cx<'_>) -> [f32; 3] {
    let count = cx.view.spec.slots.get(slot).map_or(0, |s| s.reward_terms.len()) as f32;
    ROWS.map(|row| HEAD + count * row + SUM)
}

/// A line of the table.
struct Line {
    label: String,
    signal: Option<SignalId>,
    colour: Option<Color32>,
    now: f64,
    so_far: f64,
    share: f64,
    decimals: usize,
}

/// Where the columns of the table stand.
struct Places {
    label: f32,
    label_room: f32,
    share: Option<(f32, f32)>,
    percent: bool,
    now: f32,
    so_far: f32,
}

/// Draws the table.
pub(in crate::app::panel) fn show(ui: &Ui, rect: Rect, slot: usize, memo: &mut Memo, cx: &mut Cx<'_>) {
    let Some(spec) = cx.view.spec.slots.get(slot) else { return };
    let theme = cx.theme;
    let pen = Pen::new(ui, &theme);
    let lines = lines(spec, slot, memo, cx);
    let (terms, sum) = match lines.split_last() {
        Some((sum, terms)) => (terms, sum),
        None => return,
    };
    let so_far_decimals = match lines.iter().map(|l| l.so_far.abs()).filter(|v| v.is_finite()).fold(0.0, f64::max) {
        most if most < 100.0 => 2,
        most if most < 1_000.0 => 1,
        _ => 0,
    };
    let places = places(&pen, rect, &lines, so_far_decimals);
    let head = rect.top() + 7.0;
    let when = if spec.reward_when.is_some() { "interval" } else { "tick" };
    pen.text(pos2(places.now, head), Align::Max, when, Face::Caption, theme.text3);
    pen.text(pos2(places.so_far, head), Align::Max, "episode", Face::Caption, theme.text3);
    if let Some((from, _)) = places.share {
        pen.text(pos2(from, head), Align::Min, "share", Face::Caption, theme.text3);
    }
    let room = rect.height() - HEAD - SUM;
    let high = (room / terms.len().max(1) as f32).clamp(ROWS[0], ROWS[2]);
    let mut top = rect.top() + HEAD;
    for (index, line) in terms.iter().enumerate() {
        let row = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), high));
        draw(&pen, row, line, &places, so_far_decimals);
        let words = spoken_words(line, so_far_decimals, when);
        if let Some(signal) = line.signal {
            selectable(ui, row.expand2(vec2(4.0, 0.0)), ui.id().with(("term", index)), signal, &words, cx);
        }
        top += high;
    }
    pen.hline(rect.left(), rect.right(), top + 4.0, theme.hairline());
    let row = Rect::from_min_size(pos2(rect.left(), top + 6.0), vec2(rect.width(), SUM - 8.0));
    draw(&pen, row, sum, &places, so_far_decimals);
    let tip = "The terms above added up: on this tick, and since reset";
    spoken(ui, row, ui.id().with("sum"), &spoken_words(sum, so_far_decimals, when)).on_hover_text(tip);
}

/// The terms and, last, their sum.
fn lines(spec: &Slot, slot: usize, memo: &mut Memo, cx: &Cx<'_>) -> Vec<Line> {
    let view = cx.view;
    let row = reward_row(view, spec);
    let now = |signal: SignalId| row.map_or(f64::NAN, |row| view.recording.value(row, signal));
    let decimals = |signal: SignalId| {
        // One digit less than the signal's own, which is made for logs.
        view.schema.signals.get(signal).map_or(2, |s| s.decimals.saturating_sub(1).clamp(2, 3))
    };
    let carriers: Vec<Carrier> = spec.reward_terms.iter().map(|t| t.carrier).collect();
    let mut lines: Vec<Line> = spec
        .reward_terms
        .iter()
        .zip(colours(&cx.theme, &carriers))
        .map(|(term, colour)| Line {
            label: term.label.clone(),
            signal: Some(term.signal),
            colour: Some(colour),
            now: now(term.signal),
            so_far: memo.earned(view, term.signal, slot),
            share: 0.0,
            decimals: decimals(term.signal),
        })
        .collect();
    let all: f64 = lines.iter().map(|l| l.so_far.abs()).filter(|v| v.is_finite()).sum();
    lines.iter_mut().for_each(|l| l.share = if all > 0.0 { l.so_far.abs() / all } else { 0.0 });
    let (now, so_far) = match spec.reward {
        Some(signal) => (now(signal), memo.earned(view, signal, slot)),
        None => (lines.iter().map(|l| l.now).sum(), lines.iter().map(|l| l.so_far).sum()),
    };
    let decimals = spec.reward.map_or(2, decimals);
    lines.push(Line { label: "Sum".to_owned(), signal: spec.reward, colour: None, now, so_far, share: 0.0, decimals });
    lines
}

/// Divides the width: numbers first, then labels, then bars where there is room.
fn places(pen: &Pen, rect: Rect, lines: &[Line], so_far_decimals: usize) -> Places {
    let widest =
        |texts: &mut dyn Iterator<Item = String>| texts.map(|t| pen.width(&t, Face::NumberLabel)).fold(0.0, f32::max);
    let so_far = widest(&mut lines.iter().map(|l| signed_grouped(l.so_far, so_far_decimals)))
        .max(pen.width("+00\u{202F}000", Face::NumberLabel));
    let now = widest(&mut lines.iter().map(|l| signed(l.now, l.decimals))).max(pen.width("−0.00", Face::NumberLabel));
    let label = rect.left() + 14.0;
    let words = lines.iter().map(|l| pen.width(&l.label, Face::Label)).fold(0.0, f32::max);
    let so_far_at = rect.right();
    let now_at = so_far_at - so_far - 9.0;
    let free = now_at - now - 7.0 - label;
    let share_room = free - words - 12.0;
    let percent = share_room >= 76.0;
    let share = (share_room >= 30.0).then(|| {
        let from = label + words + 12.0;
        let width = share_room.min(WIDEST_SHARE) - if percent { 34.0 } else { 0.0 };
        (from, from + width)
    });
    Places { label, label_room: words.min(free).max(1.0), share, percent, now: now_at, so_far: so_far_at }
}

fn draw(pen: &Pen, row: Rect, line: &Line, places: &Places, so_far_decimals: usize) {
    let theme = &pen.theme;
    let y = row.center().y;
    let number = |at: f32, value: f64, text: String| {
        let ink = if value == 0.0 || value.is_nan() { theme.text3 } else { theme.text };
        let text = if value == 0.0 { "0".to_owned() } else { text };
        let face = if line.colour.is_some() { Face::NumberLabel } else { Face::Number };
        pen.text(pos2(at, y), Align::Max, &text, face, ink);
    };
    number(places.now, line.now, signed(line.now, line.decimals));
    number(places.so_far, line.so_far, signed_grouped(line.so_far, so_far_decimals));
    let (face, ink) = match line.colour {
        Some(colour) => {
            let swatch = Rect::from_center_size(pos2(row.left() + 3.0, y), vec2(5.0, 10.0));
            pen.painter.rect_filled(swatch, corners(1.0), colour);
            let silent = line.now == 0.0 && line.so_far == 0.0;
            (Face::Label, if silent { theme.text3 } else { theme.text2 })
        }
        None => (Face::Title, theme.text),
    };
    pen.text_within(pos2(places.label, y), Align::Min, places.label_room, &line.label, face, ink);
    let (Some((from, to)), Some(colour)) = (places.share, line.colour) else { return };
    let track = Rect::from_min_max(pos2(from, y - 3.0), pos2(to, y + 3.0));
    pen.painter.rect_filled(track, corners(1.0), theme.sunken);
    if line.share > 0.0 {
        let bar = track.with_max_x(from + (line.share.clamp(0.0, 1.0) as f32) * track.width());
        pen.painter.rect_filled(bar, corners(1.0), colour);
    }
    if places.percent {
        let (text, ink) = if line.share > 0.0 {
            (format!("{:.0}\u{202F}%", 100.0 * line.share), theme.text2)
        } else {
            ("0\u{202F}%".to_owned(), theme.text3)
        };
        pen.text(pos2(to + 34.0, y), Align::Max, &text, Face::NumberCaption, ink);
    }
}

fn spoken_words(line: &Line, so_far_decimals: usize, when: &str) -> String {
    let now = signed(line.now, line.decimals);
    format!("{} {now} this {when}, {} this episode", line.label, signed_grouped(line.so_far, so_far_decimals))
}
