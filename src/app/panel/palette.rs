//! The palette: finds any command, any choice of an axis, any controller by a few letters.

use egui::{
    Align, Area, CursorIcon, Id, Key, Modifiers, Order, Rect, ScrollArea, Sense, TextEdit, Ui, WidgetInfo, WidgetType,
    pos2, vec2,
};

use crate::app::command::{Deed, TABLE, WindowDeed, in_words};
use crate::app::theme::{Face, corners, mix};
use crate::control::shown_name;
use crate::rollout::{Intervention, LeverMode};
use crate::session::{Command, RunView};

use super::pen::Pen;
use super::{Cx, PanelState};

/// Height of a row.
const ROW: f32 = 30.0;

/// Most rows in sight.
const ROWS: usize = 11;

/// What the palette remembers.
#[derive(Debug, Clone, Default)]
pub(super) struct PaletteState {
    open: bool,
    /// Just opened: the field takes the keyboard.
    fresh: bool,
    text: String,
    chosen: usize,
}

impl PaletteState {
    /// Opens or closes it.
    pub fn toggle(&mut self) {
        *self = Self { open: !self.open, fresh: !self.open, ..Self::default() };
    }
}

/// One line of the palette.
struct Item {
    words: String,
    about: String,
    keys: String,
    deed: Result<Deed, &'static str>,
}

/// Everything that can be done now.
fn items(view: &RunView) -> Vec<Item> {
    let mut items: Vec<Item> = TABLE
        .iter()
        .filter(|e| !(e.id == "palette" || e.id.starts_with("lever_") || e.id.starts_with("tile_")))
        .map(|e| Item {
            words: e.words.to_owned(),
            about: e.about.to_owned(),
            keys: e.keys.first().map(in_words).unwrap_or_default(),
            deed: (e.deed)(view),
        })
        .collect();
    let plain = |words: String, about: &str, deed: Deed| Item {
        words,
        about: about.to_owned(),
        keys: String::new(),
        deed: Ok(deed),
    };
    for axis in &view.axes {
        for choice in axis.choices.iter().filter(|c| c.name != axis.value) {
            let command = Command::Axis { name: axis.name.clone(), value: choice.name.clone() };
            items.push(plain(
                format!("{}: {}", axis.label, choice.label),
                "Begins a new run with it",
                Deed::Run(command),
            ));
        }
    }
    for (spec, slot) in view.spec.slots.iter().zip(&view.slots) {
        for choice in slot.choices.iter().filter(|c| c.name != slot.controller) {
            let what = Intervention::Controller { slot: spec.name.clone(), name: choice.name.clone() };
            items.push(plain(
                format!("{}: {}", spec.label, shown_name(&choice.name)),
                &choice.about,
                Deed::Run(Command::Intervene(what)),
            ));
        }
    }
    for offer in crate::session::tour::built_in() {
        items.push(plain(
            format!("Tour: {}", offer.title),
            &offer.about,
            Deed::Window(WindowDeed::Tour(offer.handle())),
        ));
    }
    for study in crate::evaluate::study::ALL {
        let deed = Deed::Window(WindowDeed::Study(study.name()));
        items.push(plain(format!("Study: {}", study.card().title), study.card().about, deed));
    }
    for (number, tile) in crate::app::panel::TileId::all(&view.spec).into_iter().enumerate() {
        let keys = TABLE.iter().find(|e| e.id == format!("tile_{}", number + 1)).and_then(|e| e.keys.first());
        items.push(Item {
            words: format!("Show {}", tile.title(&view.spec)),
            about: "Brings this tile to light".to_owned(),
            keys: keys.map(in_words).unwrap_or_default(),
            deed: Ok(Deed::Window(WindowDeed::ShowTile(tile))),
        });
    }
    for (listed, index) in super::levers::listed(view).into_iter().enumerate() {
        let Some(lever) = view.levers.get(index) else { continue };
        let action = view.spec.slots.get(lever.slot).and_then(|s| s.actions.get(lever.action));
        let label = action.map_or(lever.name.as_str(), |a| a.label.as_str());
        items.push(plain(
            format!("Lever: {label}"),
            "Gives the keyboard to it",
            Deed::Window(WindowDeed::FocusLever(listed)),
        ));
        if lever.mode != LeverMode::Auto {
            let what = Intervention::Lever { lever: lever.name.clone(), mode: LeverMode::Auto };
            items.push(plain(format!("Give back {label}"), "To its controller", Deed::Run(Command::Intervene(what))));
        }
    }
    items
}

/// How well a text fits what was typed: letters in order, better when they begin words. `None` when it does not.
fn fit(words: &str, typed: &str) -> Option<u32> {
    let typed: Vec<char> = typed.to_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    let mut wanted = typed.iter().peekable();
    let (mut score, mut last, mut at_begin) = (0, None, true);
    for (index, letter) in words.to_lowercase().chars().enumerate() {
        if wanted.peek() == Some(&&letter) {
            wanted.next();
            score += 1 + if at_begin { 4 } else { 0 } + if last.is_some_and(|l| l + 1 == index) { 3 } else { 0 };
            last = Some(index);
        }
        at_begin = !letter.is_alphanumeric();
    }
    wanted.peek().is_none().then_some(score)
}

/// The items that fit, best first; among equals the order of the table.
fn matching(view: &RunView, typed: &str) -> Vec<Item> {
    let mut scored: Vec<(u32, Item)> =
        items(view).into_iter().filter_map(|item| fit(&item.words, typed).map(|score| (score, item))).collect();
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    scored.into_iter().map(|(_, item)| item).collect()
}

/// Draws the palette over everything, if it is open.
pub(super) fn show(ui: &Ui, state: &mut PanelState, cx: &mut Cx<'_>) {
    let whole = ui.max_rect();
    if !state.palette.open || whole.width() < 160.0 || whole.height() < 160.0 {
        return;
    }
    let width = 560.0_f32.min(whole.width() - 32.0);
    let items = matching(cx.view, &state.palette.text);
    let rows = items.len().clamp(1, ROWS) as f32;
    let size = vec2(width, (48.0 + rows * ROW + 10.0).min(whole.height() - 80.0));
    let rect = Rect::from_min_size(pos2(whole.center().x - width / 2.0, whole.top() + 64.0), size);
    let keys = ui.ctx().input_mut(|i| {
        let mut take = |key| i.consume_key(Modifiers::NONE, key);
        (take(Key::ArrowDown), take(Key::ArrowUp), take(Key::Enter), take(Key::Escape))
    });
    let palette = &mut state.palette;
    palette.chosen = palette.chosen.min(items.len().saturating_sub(1));
    if keys.0 {
        palette.chosen = (palette.chosen + 1).min(items.len().saturating_sub(1));
    }
    if keys.1 {
        palette.chosen = palette.chosen.saturating_sub(1);
    }
    let area = Area::new(ui.id().with("palette")).order(Order::Foreground).fixed_pos(rect.min);
    let clicked = area.show(ui.ctx(), |ui| draw(ui, rect, &items, palette, cx, keys.0 || keys.1)).inner;
    let done = if keys.2 { Some(palette.chosen) } else { clicked };
    let outside = ui.input(|i| i.pointer.any_pressed() && i.pointer.interact_pos().is_some_and(|p| !rect.contains(p)));
    if let Some(item) = done.and_then(|index| items.into_iter().nth(index)) {
        match item.deed {
            Ok(Deed::Run(command)) => cx.out.push(command),
            Ok(Deed::Window(deed)) => cx.deeds.push(deed),
            Err(_) => return,
        }
        *palette = PaletteState::default();
    } else if keys.3 || (outside && !palette.fresh) {
        *palette = PaletteState::default();
    }
}

fn draw(ui: &mut Ui, rect: Rect, items: &[Item], state: &mut PaletteState, cx: &Cx<'_>, moved: bool) -> Option<usize> {
    let theme = &cx.theme;
    ui.allocate_rect(rect, Sense::click_and_drag());
    let pen = Pen::new(ui, theme);
    pen.painter.rect(rect, corners(theme.tokens.radius.menu), theme.header, theme.outline(), egui::StrokeKind::Inside);
    let field = Rect::from_min_size(rect.min + vec2(10.0, 10.0), vec2(rect.width() - 20.0, 28.0));
    super::inside(ui, field, "field", |ui| {
        let edit = TextEdit::singleline(&mut state.text)
            .id(Id::new("palette field"))
            .hint_text("Find a command, a choice, a lever")
            .vertical_align(Align::Center)
            .desired_width(f32::INFINITY);
        let response = ui.add_sized(field.size(), edit);
        if std::mem::take(&mut state.fresh) {
            response.request_focus();
        }
        if response.changed() {
            state.chosen = 0;
        }
    });
    let list = Rect::from_min_max(pos2(rect.left() + 6.0, field.bottom() + 8.0), rect.max - vec2(6.0, 6.0));
    if items.is_empty() {
        pen.text(list.center(), Align::Center, "Nothing fits", Face::Label, theme.text3);
        return None;
    }
    let mut clicked = None;
    super::inside(ui, list, "list", |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            for (index, item) in items.iter().enumerate() {
                let (rect, response) = ui.allocate_exact_size(vec2(list.width(), ROW), Sense::click());
                if index == state.chosen && moved {
                    ui.scroll_to_rect(rect, None);
                }
                if ui.is_rect_visible(rect) {
                    row(ui, rect, item, index == state.chosen, &response, cx);
                }
                if response.on_hover_cursor(CursorIcon::PointingHand).clicked() {
                    clicked = Some(index);
                }
            }
        });
    });
    clicked
}

fn row(ui: &Ui, rect: Rect, item: &Item, chosen: bool, response: &egui::Response, cx: &Cx<'_>) {
    let theme = &cx.theme;
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, item.deed.is_ok(), &item.words));
    let pen = Pen::new(ui, theme);
    if chosen || response.hovered() {
        let ground = if chosen { theme.select_bg } else { theme.hover };
        pen.painter.rect_filled(rect, corners(theme.tokens.radius.control), ground);
    }
    let y = rect.center().y;
    let ink =
        if item.deed.is_ok() { *theme.text } else { mix(theme.text2, theme.header, theme.tokens.opacity.disabled) };
    let words =
        pen.text_within(pos2(rect.left() + 10.0, y), Align::Min, rect.width() * 0.6, &item.words, Face::Body, ink);
    let keys = pen.text(pos2(rect.right() - 10.0, y), Align::Max, &item.keys, Face::NumberCaption, theme.text2);
    let about = item.deed.as_ref().err().copied().unwrap_or(&item.about);
    let from = words.right() + 12.0;
    pen.text_within(pos2(from, y), Align::Min, (keys.left() - from - 10.0).max(1.0), about, Face::Label, theme.text2);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_in_order_fit_and_beginnings_of_words_fit_best() {
        assert!(fit("Step one tick", "sot").is_some());
        assert!(fit("Step one tick", "xyz").is_none());
        assert!(fit("Begin again", "ba") > fit("Alabama", "ba"), "beginnings of words count more");
        assert_eq!(fit("anything", ""), Some(0));
        assert!(fit("Macro: pid", "macro pid").is_some(), "spaces do not count");
    }
}
