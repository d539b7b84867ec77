//! The faceplate of the selected thing: its state, gauges, a short trend and its alarms. While nothing is selected it
//! tells of what the power flow begins with.

mod about;
mod gauge;
mod trend;

use egui::{Align, Rect, ScrollArea, StrokeKind, Ui, pos2, vec2};

use crate::app::theme::{Face, corners};
use crate::signal::Alarm;

use about::About;

use super::glyph;
use super::mini;
use super::one_line::{self, Row, Story};
use super::pen::Pen;
use super::selection::Selection;
use super::widget::{Button, Look, spoken};
use super::words::{clock, instant, severity};
use super::{Cx, PanelState};

/// Words where nothing is selected.
const NOTHING: &str = "Nothing is selected. Click a thing in Site, One-line, Events or Signals.";

/// The same in short, above what stands in for a selection.
const HINT_WORDS: &str = "Nothing is selected: click a thing to see it here";

/// Height of the trend.
const TREND: f32 = 132.0;

/// Height of a line of words and number.
const ROW: f32 = 20.0;

/// Gauges above the trend.
const MOST_FIRST: usize = 5;

/// Height of the words that tell why this thing is shown.
const HINT: f32 = 22.0;

/// What is told of the selection, or of what stands in for it; and whether something does.
fn about(state: &mut PanelState, cx: &Cx<'_>) -> Option<(About, bool)> {
    match of(cx.selection, state, cx) {
        Some(about) => Some((about, false)),
        None => Some((of(one_line::first(state, cx)?, state, cx)?, true)),
    }
}

fn of(selection: Selection, state: &mut PanelState, cx: &Cx<'_>) -> Option<About> {
    let signals = &cx.view.spec.signals;
    let entity = selection.entity.or_else(|| signals.get(selection.signal?).map(|s| s.entity));
    let story = entity.map_or_else(Story::default, |entity| one_line::story(state, cx, entity));
    About::of(cx.view, selection, &story)
}

/// Draws it into a tile's body.
pub(super) fn show(ui: &mut Ui, rect: Rect, state: &mut PanelState, cx: &mut Cx<'_>) {
    let theme = cx.theme;
    let pad = theme.tokens.space.tile_pad;
    let width = rect.width() - 2.0 * pad;
    if width < 40.0 || rect.height() < 24.0 {
        return;
    }
    let Some((about, stands_in)) = about(state, cx) else {
        let pen = Pen::new(ui, &theme).clipped(rect);
        let at = rect.min + vec2(pad, 16.0);
        let place = pen.paragraph(at, width, NOTHING, Face::Label, theme.text3);
        spoken(ui, place, ui.id().with("nothing"), NOTHING);
        return;
    };
    let name = ui.id().with(("faceplate", &about.name));
    super::inside(ui, rect, "faceplate", |ui| {
        ScrollArea::vertical().id_salt(name).auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let mut next = |ui: &mut Ui, height: f32| {
                let (_, place) = ui.allocate_space(vec2(ui.available_width(), height));
                Rect::from_min_size(pos2(rect.left() + pad, place.top()), vec2(width, height))
            };
            let pen = Pen::new(ui, &theme);
            if stands_in {
                let place = next(ui, HINT);
                let at = pos2(place.left(), place.bottom() - 7.0);
                pen.text_within(at, Align::Min, width, HINT_WORDS, Face::Caption, theme.text3);
                spoken(ui, place, ui.id().with("nothing"), NOTHING);
            }
            let height = head_height(&pen, &about, width);
            let place = next(ui, height);
            head(ui, &pen, place, &about, cx);
            // What says most stands above the trend; everything else below the alarms.
            let first = if about.gauges.len() <= MOST_FIRST { MOST_FIRST } else { MOST_FIRST - 1 };
            let (first, more) = about.gauges.split_at(first.min(about.gauges.len()));
            gauges(ui, &pen, &about, first, &mut next, cx);
            for line in &about.rows {
                let place = next(ui, ROW);
                row(ui, &pen, place, line);
            }
            if !about.trend.is_empty() {
                let place = next(ui, TREND);
                trend::show(ui, &pen, place.with_min_y(place.top() + 6.0), &about.trend, cx.view);
            }
            limits(ui, &pen, &about, &mut next);
            events(ui, &pen, &about, &mut next, state, cx);
            if !more.is_empty() {
                heading(ui, &pen, &mut next, "More of it");
                gauges(ui, &pen, &about, more, &mut next, cx);
            }
            kin(ui, &pen, &about, &mut next, cx);
            next(ui, 8.0);
        });
    });
}

/// Gauges below each other.
fn gauges(
    ui: &mut Ui,
    pen: &Pen,
    about: &About,
    columns: &[crate::signal::SignalId],
    next: &mut dyn FnMut(&mut Ui, f32) -> Rect,
    cx: &Cx<'_>,
) {
    for column in columns {
        let Some((signal, value)) = about.shown(cx.view, *column) else { continue };
        let place = next(ui, gauge::height(&signal));
        if ui.is_rect_visible(place) {
            let wanted = mini::set_point(&cx.view.spec, *column).map(|wanted| cx.view.value(wanted));
            // The large trend below shows the first ones already.
            let small = (!about.trend.contains(column)).then_some((*column, cx.view));
            gauge::gauge(ui, pen, place, &signal, (value, wanted), small);
        }
    }
}

/// Height of name, class and state.
fn head_height(pen: &Pen, about: &About, width: f32) -> f32 {
    let state =
        if about.state.is_empty() { 0.0 } else { pen.paragraph_height(width - 26.0, &about.state, Face::Label) + 12.0 };
    44.0 + state
}

/// Name, class and state.
fn head(ui: &Ui, pen: &Pen, rect: Rect, about: &About, cx: &Cx<'_>) {
    let theme = &pen.theme;
    let at = pos2(rect.left(), rect.top() + 14.0);
    pen.text_within(at, Align::Min, rect.width(), &about.name, Face::Title, theme.text);
    let at = pos2(rect.left(), rect.top() + 31.0);
    pen.text_within(at, Align::Min, rect.width(), &about.class, Face::Caption, theme.text3);
    if !about.state.is_empty() {
        let chip = Rect::from_min_max(pos2(rect.left(), rect.top() + 40.0), rect.max - vec2(0.0, 6.0));
        let (ground, ink) = theme.alarm_chip(about.alarm);
        let quiet = about.alarm == Alarm::Normal;
        let edge = if quiet { theme.hairline() } else { egui::Stroke::new(1.0, ink) };
        pen.painter.rect(chip, corners(theme.tokens.radius.chip), ground, edge, StrokeKind::Inside);
        let sign = match about.alarm {
            Alarm::Normal => *theme.alarm.ok,
            _ if theme.alarm_text.is_some() => ink,
            Alarm::Warn => *theme.alarm.warn,
            Alarm::Trip => *theme.alarm.trip,
        };
        let at = pos2(chip.left() + 11.0, chip.top() + 11.0);
        glyph::alarm(&pen.painter, about.alarm, at, 11.0, sign, None);
        pen.paragraph(chip.min + vec2(22.0, 3.0), chip.width() - 26.0, &about.state, Face::Label, ink);
    }
    let sentence = about.sentence(cx.view);
    let tip = about.tip(cx.view);
    let response = spoken(ui, rect, ui.id().with("thing"), &sentence);
    if !tip.is_empty() {
        response.on_hover_text(tip);
    }
}

/// Words and a number.
fn row(ui: &Ui, pen: &Pen, rect: Rect, line: &Row) {
    let Row { words, value, doc } = line;
    let theme = &pen.theme;
    let y = rect.center().y;
    let (number, unit) = value.split_once('\u{A0}').unwrap_or((value.as_str(), ""));
    let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
    // What is not a number is set as words.
    let digits = number.chars().any(|c| c.is_ascii_digit()) || number == "–";
    let face = if digits { Face::NumberLabel } else { Face::Label };
    let runs = [(number, face, *theme.text), (unit.as_str(), Face::Caption, *theme.text3)];
    let at = pen.runs(pos2(rect.right(), y), Align::Max, &runs);
    let room = at.left() - rect.left() - 8.0;
    pen.text_within(pos2(rect.left(), y), Align::Min, room, words, Face::Label, theme.text2);
    let response = spoken(ui, rect, ui.id().with(("row", words)), &format!("{words} {value}"));
    if !doc.is_empty() {
        response.on_hover_text(doc);
    }
}

/// A heading with a line above it.
fn heading(ui: &mut Ui, pen: &Pen, next: &mut dyn FnMut(&mut Ui, f32) -> Rect, words: &str) {
    let place = next(ui, 28.0);
    pen.hline(place.left(), place.right(), place.top() + 6.0, pen.theme.hairline());
    let at = pos2(place.left(), place.top() + 18.0);
    pen.text(at, Align::Min, words, Face::LabelStrong, pen.theme.text2);
}

/// The limits that are broken.
fn limits(ui: &mut Ui, pen: &Pen, about: &About, next: &mut dyn FnMut(&mut Ui, f32) -> Rect) {
    let theme = &pen.theme;
    heading(ui, pen, next, "Alarms");
    if about.broken.is_empty() {
        let words = if about.has_limits { "None: every signal is within its limits" } else { "None: it has no limits" };
        let place = next(ui, ROW);
        pen.text_within(place.left_center(), Align::Min, place.width(), words, Face::Label, theme.text3);
        spoken(ui, place, ui.id().with("limits"), words).on_hover_text("Warning and trip limits of all of its signals");
    }
    for (index, (alarm, words)) in about.broken.iter().enumerate() {
        let width = ui.available_width() - 2.0 * theme.tokens.space.tile_pad - 18.0;
        let height = pen.paragraph_height(width, words, Face::Label) + 4.0;
        let place = next(ui, height.max(ROW));
        let colour = if *alarm == Alarm::Trip { *theme.alarm.trip } else { *theme.alarm.warn };
        let at = pos2(place.left() + 6.0, place.top() + 10.0);
        glyph::alarm(&pen.painter, *alarm, at, 11.0, colour, theme.alarm_text.map(|_| *theme.text));
        pen.paragraph(place.min + vec2(18.0, 2.0), width, words, Face::Label, theme.text);
        spoken(ui, place, ui.id().with(("broken", index)), words)
            .on_hover_text("A signal beyond its warning or trip limit; the gauges above show both");
    }
}

/// What happened to it; a click shows the moment in the charts.
fn events(
    ui: &mut Ui,
    pen: &Pen,
    about: &About,
    next: &mut dyn FnMut(&mut Ui, f32) -> Rect,
    state: &mut PanelState,
    cx: &Cx<'_>,
) {
    let theme = &pen.theme;
    if about.events.is_empty() {
        return;
    }
    heading(ui, pen, next, "What happened");
    for (place, event) in about.events.iter().filter_map(|at| cx.view.events.get(*at)).enumerate() {
        let rect = next(ui, 22.0);
        let tick = instant(cx.view, event);
        let time = clock(cx.view.spec.calendar.civil(tick));
        let response = ui.interact(rect, ui.id().with(("what", place)), egui::Sense::click());
        let name = format!("{} at {time}: {} {}", severity(event.severity), event.label, event.value);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Button, true, name.trim_end()));
        if response.hovered() || response.has_focus() {
            pen.painter.rect_filled(rect.expand2(vec2(4.0, 0.0)), 0.0, theme.hover);
        }
        let y = rect.center().y;
        let outline = theme.alarm_text.map(|_| *theme.text);
        let colour = theme.severity(event.severity);
        glyph::severity(&pen.painter, event.severity, pos2(rect.left() + 6.0, y), 11.0, colour, outline);
        let time = pen.text(pos2(rect.left() + 18.0, y), Align::Min, &time, Face::NumberLabel, theme.text2);
        let from = time.right() + 8.0;
        let mut room = rect.right() - from;
        // The value stands beside the words only where both are whole.
        let value = pen.width(&event.value, Face::NumberLabel) + 6.0;
        if pen.width(&event.label, Face::Label) + value <= room {
            pen.text(pos2(rect.right(), y), Align::Max, &event.value, Face::NumberLabel, theme.text2);
            room -= value;
        }
        pen.text_within(pos2(from, y), Align::Min, room, &event.label, Face::Label, theme.text);
        let response = response.on_hover_cursor(egui::CursorIcon::PointingHand);
        if response.on_hover_text(format!("{}. Click to see the moment in the charts", event.label)).clicked() {
            state.charts.centre_on(cx.view, tick);
        }
    }
}

/// What it is a part of, and its parts, as buttons that select them.
fn kin(ui: &mut Ui, pen: &Pen, about: &About, next: &mut dyn FnMut(&mut Ui, f32) -> Rect, cx: &mut Cx<'_>) {
    let entities = &cx.view.spec.entities;
    let theme = cx.theme;
    if about.kin.is_empty() {
        return;
    }
    heading(ui, pen, next, "Around it");
    let height = theme.tokens.control.button_h;
    let mut line = next(ui, height);
    let mut x = line.left();
    let mut clicked = None;
    for id in &about.kin {
        let Some(entity) = entities.get(*id) else { continue };
        let tip = format!("Shows {}", entity.label);
        let name = format!("Select {}", entity.label);
        let button = Button { name: &name, ..Button::words(&entity.label, &tip) }.look(Look::Plain);
        let width = button.width(pen).min(line.width());
        if x + width > line.right() + 0.5 {
            next(ui, 4.0);
            line = next(ui, height);
            x = line.left();
        }
        let place = Rect::from_min_size(pos2(x, line.top()), vec2(width, height));
        if button.show(ui, &theme, place, ui.id().with(("kin", id))).clicked() {
            clicked = Some(*id);
        }
        x += width + 6.0;
    }
    if clicked.is_some() {
        cx.selection = Selection { entity: clicked, signal: None };
    }
}
