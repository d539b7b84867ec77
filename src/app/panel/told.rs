//! What a slot's controller tells of itself: that it thinks, its words, its trouble.

use std::collections::BTreeSet;

use egui::{Align, Sense, Ui, WidgetInfo, WidgetType, pos2, vec2};

use crate::app::theme::Face;
use crate::plant::{Severity, Slot};
use crate::session::SlotView;

use super::control::WORDS;
use super::pen::Pen;
use super::widget::{focus_ring, spoken};
use super::{Cx, glyph};

/// Letters of a text that are shown before it is opened: a few lines.
const BRIEF: usize = 160;

/// Most letters of a tooltip.
const TIP: usize = 1_200;

/// Texts that are open: slot and name.
pub(super) type Opened = BTreeSet<(String, String)>;

/// That somebody outside thinks, and what time does meanwhile.
pub(super) fn thinking(state: &SlotView) -> Option<&'static str> {
    state.thinking.map(|t| if t.waits { "thinks, the twin waits" } else { "thinks, its last decision holds" })
}

/// `12 decisions not its own: no answer in time`.
pub(super) fn trouble(state: &SlotView) -> Option<String> {
    let why = state.trouble.as_deref().filter(|_| state.fallbacks > 0)?;
    let noun = if state.fallbacks == 1 { "decision" } else { "decisions" };
    Some(format!("{} {noun} not its own: {why}", super::words::grouped(state.fallbacks)))
}

/// The first letters of a text on one line.
fn brief(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= most {
        return line;
    }
    let cut: String = line.chars().take(most).collect();
    format!("{}…", cut.trim_end())
}

/// Draws words and trouble of a controller.
pub(super) fn show(ui: &mut Ui, spec: &Slot, state: &SlotView, opened: &mut Opened, cx: &Cx<'_>) {
    for (name, text) in &state.insight.texts {
        words(ui, spec, name, text, opened, cx);
    }
    let Some(words) = trouble(state) else { return };
    let theme = &cx.theme;
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), WORDS));
    let pen = Pen::new(ui, theme);
    let (left, right) = (rect.left() + 12.0, rect.right() - 12.0);
    let middle = rect.center().y;
    let outline = theme.alarm_text.map(|_| *theme.text);
    let (inside, edge) = if state.troubled {
        (*theme.alarm.warn, outline)
    } else {
        // It decides itself again: the outline alone.
        (*theme.surface, Some(outline.unwrap_or(*theme.alarm.warn)))
    };
    glyph::severity(&pen.painter, Severity::Warning, pos2(left + 6.0, middle), 10.0, inside, edge);
    let from = pos2(left + 18.0, middle);
    let at = pen.text_within(from, Align::Min, right - left - 18.0, &words, Face::Label, theme.text);
    spoken(ui, at, ui.id().with(("trouble", &spec.name)), &words).on_hover_text(&words);
}

/// A text, wrapped: short until it is opened.
fn words(ui: &mut Ui, spec: &Slot, name: &str, text: &str, opened: &mut Opened, cx: &Cx<'_>) {
    let theme = &cx.theme;
    let key = (spec.name.clone(), name.to_owned());
    let open = opened.contains(&key);
    let short = brief(text, BRIEF);
    let whole = format!("{name}: {}", if open { text } else { &short });
    let width = ui.available_width() - 24.0;
    let pen = Pen::new(ui, theme);
    let height = pen.paragraph_height(width, &whole, Face::Label) + 4.0;
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), height));
    pen.paragraph(pos2(rect.left() + 12.0, rect.top() + 2.0), width, &whole, Face::Label, theme.text2);
    let id = ui.id().with(("told", &spec.name, name));
    let place = rect.shrink2(vec2(12.0, 1.0));
    if short == text {
        spoken(ui, place, id, &whole);
        return;
    }
    let response = ui.interact(place, id, Sense::click());
    response.widget_info(|| WidgetInfo::selected(WidgetType::CollapsingHeader, true, open, &whole));
    focus_ring(ui, theme, &response, place);
    let response = response.on_hover_text(brief(text, TIP));
    if response.clicked() && !opened.remove(&key) {
        opened.insert(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_shortened_on_one_line() {
        assert_eq!(brief("a\n b", 10), "a b");
        assert_eq!(brief("one two three", 8), "one two…");
    }
}
