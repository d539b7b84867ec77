//! A signed quantity as bars from zero: an error below its chart.

use egui::epaint::Mesh;
use egui::{Align, Rect, Shape, Ui, pos2};

use crate::app::panel::axes::{self, Edges, Frame, Place, on_pixel};
use crate::app::panel::graph::{badge, instants};
use crate::app::panel::line::selection_of;
use crate::app::panel::pen::Pen;
use crate::app::panel::readout::line_at;
use crate::app::panel::scale::{Values, round_bound};
use crate::app::panel::series::{Bars, row_at};
use crate::app::panel::time_axis::interact;
use crate::app::panel::words::value_unit;
use crate::app::panel::{Cx, PanelState};
use crate::app::theme::{Face, mix};
use crate::plant::Span;
use crate::signal::{Signal, SignalId};

/// From this width on, bars of neighbouring ticks stand a pixel apart.
const APART: f32 = 4.0;

/// Draws the bars on their own scale, on the time and the left margin of the chart above.
pub(in crate::app::panel) fn show(
    ui: &mut Ui,
    rect: Rect,
    title: &str,
    signal: SignalId,
    state: &mut PanelState,
    cx: &mut Cx<'_>,
) {
    let (theme, view, charts) = (cx.theme, cx.view, &mut state.charts);
    let Some(of) = view.schema.signals.get(signal) else { return };
    let Some(place) = Place::of(rect, false, true, false) else { return };
    let id = ui.id().with(("strip", title, signal));
    let pen = Pen::new(ui, &theme);
    let (from, to) = charts.range(view);
    let bars = charts.cache.bars(view, signal, (from, to), place.plot.width());
    let frame = Frame { rect: place.plot, from, to, values: scale(&bars, of) };
    axes::draw(&pen, &frame, &view.spec.calendar, &Edges::left("", place.times));
    let inner = pen.clipped(frame.rect);
    let selected = cx.selection.signal == Some(signal);
    let colour = if selected { *theme.text } else { mix(theme.text2, theme.sunken, 0.8) };
    draw(&inner, &frame, &bars, colour);
    instants(&pen, &frame, place.times, charts, view);
    let words = if of.unit.is_empty() { title.to_owned() } else { format!("{title}, {}", of.unit) };
    words_on_ground(&inner, &frame, &words);
    let decimated = if bars.each > 1 { format!("min/max of {}", bars.each) } else { String::new() };
    if !view.recording.is_empty() {
        badge(&inner, frame.rect, &decimated, view);
    }
    let spoken = format!("{title} strip");
    let response = interact(ui, id, &frame, (&spoken, Span::Shared), charts, cx);
    if let Some(at) = response.interact_pointer_pos().filter(|_| response.clicked() && !response.double_clicked()) {
        charts.clicked_at(ui, view, &frame, at, Span::Shared);
        cx.selection = selection_of(view, signal);
    }
    if let Some(row) = charts.cursor().and_then(|instant| row_at(&view.recording, instant))
        && line_at(&inner, &frame, row)
    {
        let words = value_unit(of, view.recording.value(row, signal));
        let x = frame.x((row + 1) as f64);
        let width = pen.width(&words, Face::NumberLabel) + 8.0;
        let right = x + width + 4.0 < frame.rect.right();
        let left = if right { x + 3.0 } else { x - 3.0 - width };
        let ground = Rect::from_min_size(pos2(left, frame.rect.top() + 2.0), egui::vec2(width, 15.0));
        inner.painter.rect_filled(ground, 2.0, theme.raised);
        inner.text(ground.center(), Align::Center, &words, Face::NumberLabel, theme.text);
    }
}

/// As far to one side as to the other, unless the quantity knows one sign only.
fn scale(bars: &Bars, of: &Signal) -> Values {
    let (low, high) = bars.extremes().unwrap_or((0.0, 0.0));
    let least = 0.02 * (of.range.1 - of.range.0).abs().max(1e-6);
    let most = round_bound(high.abs().max(low.abs()).max(if least.is_finite() { least } else { 1.0 }));
    if of.range.0 >= 0.0 && low >= 0.0 {
        return Values { low: 0.0, high: most, step: most };
    }
    Values { low: -most, high: most, step: most }
}

/// One bar a stretch, from zero to its furthest value on either side.
fn draw(pen: &Pen, frame: &Frame, bars: &Bars, colour: egui::Color32) {
    let zero = frame.y(0.0);
    let pixel = 1.0 / pen.painter.pixels_per_point();
    let mut mesh = Mesh::default();
    for (index, stretch) in bars.list.iter().enumerate() {
        let Some(stretch) = stretch else { continue };
        let (start, end) = bars.span(index);
        let (left, right) = (on_pixel(pen, frame.x(start)), on_pixel(pen, frame.x(end)));
        let right = if right - left >= APART { right - pixel } else { right };
        let (top, bottom) = (frame.y(stretch.high.max(0.0)), frame.y(stretch.low.min(0.0)));
        if right > left && (top < zero || bottom > zero) {
            mesh.add_colored_rect(Rect::from_min_max(pos2(left, top), pos2(right, bottom)), colour);
        }
    }
    pen.painter.add(Shape::mesh(mesh));
}

fn words_on_ground(pen: &Pen, frame: &Frame, words: &str) {
    let theme = &pen.theme;
    // Where the bars are not: below zero, or above bars that only go up.
    let y = if frame.values.low < 0.0 { frame.rect.bottom() - 8.0 } else { frame.rect.top() + 8.0 };
    let at = pos2(frame.rect.left() + 6.0, y);
    let width = pen.width(words, Face::Caption);
    if width < frame.rect.width() * 0.6 && frame.rect.height() > 26.0 {
        let ground = Rect::from_min_max(at - egui::vec2(3.0, 6.0), at + egui::vec2(width + 3.0, 6.0));
        pen.painter.rect_filled(ground, 2.0, theme.sunken);
        pen.text(at, Align::Min, words, Face::Caption, theme.text2);
    }
}
