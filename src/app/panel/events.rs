//! What happened, newest first. A click takes note of it, shows the moment in the charts and selects what it is about.

use egui::{Align, CursorIcon, Rect, ScrollArea, Sense, TextEdit, Ui, WidgetInfo, WidgetType, pos2, vec2};

use crate::app::theme::{Face, corners};
use crate::plant::Severity;
use crate::session::{EventView, RunView};

use super::acknowledged::{Acknowledged, kind_of, selection_of};
use super::device;
use super::glyph;
use super::pen::Pen;
use super::picker::{Alternative, Picker};
use super::widget::{self, Button, Segment};
use super::words::{clock, instant, severity, value_unit};
use super::{Cx, PanelState};

/// Height of an event on one line.
const ONE_LINE: f32 = 25.0;

/// Height of an event on two lines.
const TWO_LINES: f32 = 40.0;

/// Height of the bar above the list.
const BAR: f32 = 32.0;

/// Least room for the search field.
const FIELD: f32 = 120.0;

/// Name of the picker's choice that hides nothing.
const ANY: &str = "";

/// Name of the picker's choice for what a person did.
const BY_HAND: &str = "by hand";

/// Which events the list shows, and which of them were taken note of.
#[derive(Debug, Clone, Default)]
pub(super) struct EventsState {
    /// What was taken note of.
    pub known: Acknowledged,
    /// One severity, or all.
    severity: Option<Severity>,
    /// Label of one kind of event; empty shows all.
    kind: String,
    /// Text that the label has to contain.
    search: String,
}

impl EventsState {
    fn shows(&self, view: &RunView, event: &EventView) -> bool {
        let kind = match self.kind.as_str() {
            ANY => true,
            BY_HAND => kind_of(view, event).is_none() && event.slot.is_none(),
            kind => event.label == kind,
        };
        kind && self.severity.is_none_or(|s| s == event.severity) && contains(&event.label, self.search.trim())
    }
}

/// Whether a text contains another, small and capital letters alike.
fn contains(text: &str, part: &str) -> bool {
    part.is_empty() || text.to_lowercase().contains(&part.to_lowercase())
}

/// Writes the number of events into a tile's header.
pub(super) fn count(ui: &Ui, header: Rect, cx: &Cx<'_>) {
    let count = |kind| cx.view.events.iter().filter(|e| e.severity == kind).count();
    let (trips, warnings) = (count(Severity::Trip), count(Severity::Warning));
    let mut words = format!("{} in all", cx.view.events.len());
    if warnings > 0 {
        words = format!("{warnings} {}, {words}", if warnings == 1 { "warning" } else { "warnings" });
    }
    if trips > 0 {
        words = format!("{trips} {}, {words}", if trips == 1 { "trip" } else { "trips" });
    }
    let at = pos2(header.right() - cx.theme.tokens.space.tile_pad, header.center().y);
    Pen::new(ui, &cx.theme).text(at, Align::Max, &words, Face::Label, cx.theme.text3);
}

/// Draws bar and list into a tile's body.
pub(super) fn show(ui: &mut Ui, rect: Rect, state: &mut PanelState, cx: &mut Cx<'_>) {
    let view = cx.view;
    state.events.known.observe(view);
    let top = bar(ui, rect, &mut state.events, cx);
    let rect = rect.with_min_y(top.min(rect.bottom()));
    let shown: Vec<usize> = (0..view.events.len())
        .rev()
        .filter(|i| view.events.get(*i).is_some_and(|e| state.events.shows(view, e)))
        .collect();
    if shown.is_empty() {
        let words = if view.events.is_empty() { "Nothing has happened yet" } else { "Nothing of this kind" };
        let at = pos2(rect.center().x, rect.top() + 24.0);
        let room = rect.width() - 16.0;
        Pen::new(ui, &cx.theme).text_within(at, Align::Center, room, words, Face::Label, cx.theme.text3);
        return;
    }
    let height = if rect.width() < one_line_width(ui, cx) { TWO_LINES } else { ONE_LINE };
    let standing = standing(view);
    super::inside(ui, rect, "events", |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let list = ScrollArea::vertical().id_salt("events").auto_shrink(false);
        list.show_rows(ui, height, shown.len(), |ui, range| {
            for place in range {
                let (_, rect) = ui.allocate_space(vec2(ui.available_width(), height));
                let Some((index, event)) = shown.get(place).and_then(|i| Some((*i, view.events.get(*i)?))) else {
                    continue;
                };
                if row(ui, rect, place, event, standing.contains(&index), state, cx)
                    && let Some(selection) = selection_of(view, event)
                {
                    cx.selection = selection;
                }
            }
        });
    });
}

/// Draws the newest events into what another list left over, if at least one fits.
pub(super) fn latest(ui: &Ui, rect: Rect, state: &mut PanelState, cx: &Cx<'_>) {
    let heading = 28.0;
    let count = ((rect.height() - heading - 4.0) / TWO_LINES).floor();
    if count < 1.0 || cx.view.events.is_empty() {
        return;
    }
    state.events.known.observe(cx.view);
    let standing = standing(cx.view);
    let (left, right) = (rect.left() + 12.0, rect.right() - 12.0);
    let pen = Pen::new(ui, &cx.theme);
    pen.hline(left, right, rect.top() + 3.0, cx.theme.hairline());
    pen.text(pos2(left, rect.top() + 17.0), Align::Min, "Latest events", Face::Title, cx.theme.text);
    for (place, (index, event)) in cx.view.events.iter().enumerate().rev().take(count as usize).enumerate() {
        let top = rect.top() + heading + place as f32 * TWO_LINES;
        let rect = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), TWO_LINES));
        row(ui, rect, place, event, standing.contains(&index), state, cx);
    }
}

/// Events whose cause still holds: the newest of each kind whose flag is up.
fn standing(view: &RunView) -> Vec<usize> {
    let up: Vec<_> = view.spec.events.iter().filter(|kind| view.value(kind.flag) == 1.0).collect();
    let flags = up.iter().filter_map(|kind| view.events.iter().rposition(|e| e.label == kind.label));
    let troubled = (0..view.slots.len()).filter(|slot| view.slots.get(*slot).is_some_and(|s| s.troubled));
    let slots = troubled.filter_map(|slot| view.events.iter().rposition(|e| e.slot == Some(slot)));
    flags.chain(slots).collect()
}

/// Width from which an event of any kind fits on one line.
fn one_line_width(ui: &Ui, cx: &Cx<'_>) -> f32 {
    let pen = Pen::new(ui, &cx.theme);
    let spec = &cx.view.spec;
    let label = spec.events.iter().map(|kind| pen.width(&kind.label, Face::LabelStrong)).fold(120.0, f32::max);
    let value = spec.events.iter().filter_map(|kind| spec.signals.get(kind.value?));
    let value = value
        .flat_map(|s| [s.range.0, s.range.1].map(|v| pen.width(&value_unit(s, v), Face::NumberLabel)))
        .fold(0.0, f32::max);
    24.0 + 18.0 + pen.width("00:00:00", Face::NumberLabel) + 10.0 + label + 12.0 + value
}

/// Filters and the button that takes note of everything; returns where the list begins.
fn bar(ui: &mut Ui, rect: Rect, state: &mut EventsState, cx: &mut Cx<'_>) -> f32 {
    let theme = cx.theme;
    let pen = Pen::new(ui, &theme);
    let view = cx.view;
    if view.events.is_empty() {
        return rect.top();
    }
    let line = Rect::from_min_size(rect.min, vec2(rect.width(), BAR)).shrink2(vec2(12.0, 4.0));
    let mut right = line.right();
    let mut bottom = rect.top() + BAR;
    let new = state.known.new_events(view);
    let button = Button::words("Acknowledge all", "Takes note of every trip and warning");
    let wide = button.width(&pen) + 2.0;
    let width_of = |words: &[(String, &str, Option<Severity>)]| {
        let labels: Vec<&str> = words.iter().map(|(w, ..)| w.as_str()).collect();
        widget::segmented_width(&pen, &labels)
    };
    // Counts stand in the filter where they leave room for the button.
    let counted = severity_words(view, true);
    let free = line.width() - if new > 0 { wide + 8.0 } else { 0.0 };
    let words = if width_of(&counted) <= free { counted } else { severity_words(view, false) };
    let width = width_of(&words).min(line.width());
    if new > 0 {
        let place = if width + wide + 6.0 <= line.width() {
            right -= wide + 8.0;
            Rect::from_min_size(pos2(line.right() - wide, line.top()), vec2(wide, line.height()))
        } else {
            bottom += 28.0;
            Rect::from_min_size(pos2(line.left(), line.bottom() + 5.0), vec2(line.width(), line.height()))
        };
        if button.show(ui, &theme, place, ui.id().with("acknowledge all")).clicked() {
            state.known.everything(view);
        }
    }
    let place = Rect::from_min_size(line.min, vec2(width, line.height()));
    let segments: Vec<Segment<'_>> = words
        .iter()
        .map(|(words, name, kind)| Segment {
            words,
            name: format!("Show {name}"),
            tip: "Which events the list shows",
            chosen: state.severity == *kind,
        })
        .collect();
    if let Some((_, _, kind)) =
        widget::segmented(ui, &theme, place, ui.id().with("severity"), &segments).and_then(|i| words.get(i))
    {
        state.severity = *kind;
    }
    let mut left = place.right() + 8.0;
    if right - left >= FIELD {
        let room = if right - left >= 2.0 * FIELD { 150.0_f32.min(right - left - FIELD) } else { right - left };
        kinds(ui, Rect::from_min_size(pos2(left, line.top()), vec2(room, line.height())), state, cx);
        left += room + 8.0;
    } else {
        state.kind.clear();
    }
    if right - left >= FIELD {
        let field = Rect::from_min_max(pos2(left, line.top()), pos2(right.min(left + 260.0), line.bottom()));
        search(ui, field, state, cx);
    } else {
        state.search.clear();
    }
    pen.hline(rect.left(), rect.right(), bottom - 0.5, theme.hairline());
    bottom
}

/// What the severity filter says: words, name, severity.
fn severity_words(view: &RunView, counted: bool) -> [(String, &'static str, Option<Severity>); 4] {
    [
        ("All", None),
        ("Trips", Some(Severity::Trip)),
        ("Warnings", Some(Severity::Warning)),
        ("Notes", Some(Severity::Note)),
    ]
    .map(|(name, kind)| {
        let count = view.events.iter().filter(|e| kind.is_none_or(|k| k == e.severity)).count();
        let words = if counted && count > 0 { format!("{name} {count}") } else { name.to_owned() };
        (words, name, kind)
    })
}

/// The picker of one kind of event.
fn kinds(ui: &Ui, rect: Rect, state: &mut EventsState, cx: &Cx<'_>) {
    let alternative = |name, label| Alternative { name, label, about: "" };
    let mut alternatives = vec![alternative(ANY, "Every kind"), alternative(BY_HAND, "Done by hand")];
    alternatives.extend(cx.view.spec.events.iter().map(|kind| alternative(&kind.label, &kind.label)));
    let picker = Picker {
        label: "Kind of event",
        about: "One kind, or all of them",
        value: &state.kind,
        alternatives: &alternatives,
    };
    if let Some(kind) = picker.show(ui, &cx.theme, rect, ui.id().with("kind")) {
        state.kind = kind;
    }
}

fn search(ui: &mut Ui, field: Rect, state: &mut EventsState, cx: &Cx<'_>) {
    let theme = &cx.theme;
    ui.painter().rect_filled(field, corners(theme.tokens.radius.control), theme.sunken);
    super::inside(ui, field, "event search", |ui| {
        let edit = TextEdit::singleline(&mut state.search)
            .hint_text("Find in events")
            .vertical_align(Align::Center)
            .desired_width(f32::INFINITY);
        let response = ui.add_sized(field.size(), edit);
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_label("Find events"));
    });
}

/// One event; `place` counts from the newest, so that a row keeps its name while events go by. Returns whether it was
/// clicked.
fn row(
    ui: &Ui,
    rect: Rect,
    place: usize,
    event: &EventView,
    stands: bool,
    state: &mut PanelState,
    cx: &Cx<'_>,
) -> bool {
    let theme = &cx.theme;
    let tick = instant(cx.view, event);
    let time = clock(cx.view.spec.calendar.civil(tick));
    let known = &state.events.known;
    let shelved = known.is_shelved_event(cx.view, event);
    let new = !shelved && known.is_new(event);
    let label = device::label(kind_of(cx.view, event), &event.label);
    let response = ui.interact(rect, ui.id().with(("event", place)), Sense::click());
    response.widget_info(|| {
        let note = if shelved {
            ", shelved"
        } else if new {
            ", to acknowledge"
        } else {
            ""
        };
        let words = format!("{} at {time}: {label} {}", severity(event.severity), event.value);
        WidgetInfo::labeled(WidgetType::Button, true, format!("{}{note}", words.trim_end()))
    });
    let pen = Pen::new(ui, theme);
    let ground = match event.severity {
        Severity::Trip if new => Some(*theme.alarm.trip_bg),
        Severity::Warning if new => Some(*theme.alarm.warn_bg),
        _ if state.charts.mark == Some(tick) => Some(*theme.select_bg),
        _ if response.hovered() => Some(*theme.hover),
        _ => None,
    };
    if let Some(ground) = ground {
        pen.painter.rect_filled(rect.shrink2(vec2(1.0, 0.5)), 0.0, ground);
    }
    // The faint ink is for the tile's own ground only.
    let faint = if ground.is_some() { theme.text2 } else { theme.text3 };
    let (left, right) = (rect.left() + 12.0, rect.right() - 12.0);
    let two_lines = rect.height() > 30.0;
    let line = if two_lines { rect.top() + 12.0 } else { rect.center().y };
    let at = pos2(left + 5.0, line);
    let colour = theme.severity(event.severity);
    if !shelved && (stands || event.severity == Severity::Note) {
        let outline = theme.alarm_text.map(|_| *theme.text);
        glyph::severity(&pen.painter, event.severity, at, 11.0, colour, outline);
    } else {
        // Its cause is gone: the outline alone. A theme that never draws in amber draws it in the colour of words.
        let amber = theme.alarm_text.is_some() && event.severity == Severity::Warning;
        let ink = if amber { *theme.text } else { colour };
        let inside = ground.unwrap_or(*theme.surface);
        glyph::severity(&pen.painter, event.severity, at, 11.0, inside, Some(ink));
    }
    if shelved {
        glyph::barred(&pen.painter, at, 11.0, *theme.text);
    }
    let (face, ink) = if new { (Face::LabelStrong, theme.text) } else { (Face::Label, theme.text) };
    let value_ink = if new { theme.text } else { theme.text2 };
    if two_lines {
        let second = rect.top() + 28.0;
        pen.text_within(pos2(left + 18.0, line), Align::Min, right - left - 18.0, &label, face, ink);
        pen.text(pos2(left + 18.0, second), Align::Min, &time, Face::NumberLabel, faint);
        let room = (right - left) * 0.6;
        pen.text_within(pos2(right, second), Align::Max, room, &event.value, Face::NumberLabel, value_ink);
    } else {
        let time = pen.text(pos2(left + 18.0, line), Align::Min, &time, Face::NumberLabel, theme.text2);
        let room = (right - left) * 0.4;
        let value = pen.text_within(pos2(right, line), Align::Max, room, &event.value, Face::NumberLabel, value_ink);
        let from = time.right() + 10.0;
        pen.text_within(pos2(from, line), Align::Min, value.left() - from - 8.0, &label, face, ink);
    }
    pen.hline(left, right, rect.bottom() - 0.5, theme.hairline());
    widget::focus_ring(ui, theme, &response, rect.shrink(3.0));
    let response = response.on_hover_cursor(CursorIcon::PointingHand);
    let response = response.on_hover_text(if shelved { format!("{label}. Shelved") } else { tip(event, new, stands) });
    if response.clicked() {
        state.events.known.event(cx.view, event);
        state.charts.centre_on(cx.view, tick);
    }
    response.clicked()
}

fn tip(event: &EventView, new: bool, stands: bool) -> String {
    let state = match (event.severity, new, stands) {
        (Severity::Note, ..) => "",
        (_, true, true) => " Stands, not acknowledged.",
        (_, true, false) => " Back to normal, not acknowledged.",
        (_, false, true) => " Stands, acknowledged.",
        (_, false, false) => " Back to normal.",
    };
    let deed = if new {
        "Click: acknowledge, and see the moment in the charts"
    } else {
        "Click: see the moment in the charts"
    };
    format!("{}.{state} {deed}", event.label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_knows_no_capitals() {
        assert!(contains("Zone A above", "zone a"));
        assert!(contains("anything", ""));
        assert!(!contains("Zone A", "b"));
    }
}
