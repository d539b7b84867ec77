//! All signals as a searchable tree; one can be dragged onto a chart.

use std::collections::BTreeSet;
use std::sync::Arc;

use egui::{Align, EventFilter, Id, Key, Modifiers, Rect, ScrollArea, Sense, TextEdit, Ui, pos2, vec2};

use crate::app::theme::{Face, corners};
use crate::rollout::Schema;
use crate::session::RunView;

use super::glyph::Glyph;
use super::line::selection_of;
use super::pen::Pen;
use super::selection::Selection;
use super::signal_row::{self, Happened, RowLook};
use super::signal_tree::{self, Branch, Leaf};
use super::widget::Button;
use super::{Cx, PanelState};

/// Height of a line.
const ROW: f32 = 24.0;

/// Height of the search field with the room around it.
const FIELD: f32 = 40.0;

/// How a person looks at the signals.
#[derive(Debug, Clone, Default)]
pub(super) struct SignalsState {
    query: String,
    folded: BTreeSet<Branch>,
    /// The line that the keyboard is on.
    at: usize,
    /// Whether the keyboard's line has just moved and must come into sight.
    moved: bool,
    /// Selection that the tree has followed.
    seen: Selection,
    /// Lines as they were drawn last.
    lines: Option<Kept>,
}

/// Lines of the tree, and what they were made from.
#[derive(Debug, Clone)]
struct Kept {
    schema: Arc<Schema>,
    query: String,
    folded: BTreeSet<Branch>,
    lines: Arc<[Leaf]>,
}

impl SignalsState {
    /// The lines as they are; made again only when the tables, the search or a fold changed.
    fn lines(&mut self, view: &RunView) -> Arc<[Leaf]> {
        let fresh = |kept: &&Kept| {
            Arc::ptr_eq(&kept.schema, &view.schema) && kept.query == self.query && kept.folded == self.folded
        };
        if let Some(kept) = self.lines.as_ref().filter(fresh) {
            return Arc::clone(&kept.lines);
        }
        let lines: Arc<[Leaf]> = signal_tree::lines(view, &self.query, &self.folded).into();
        let (schema, query, folded) = (Arc::clone(&view.schema), self.query.clone(), self.folded.clone());
        self.at = self.at.min(lines.len().saturating_sub(1));
        self.lines = Some(Kept { schema, query, folded, lines: Arc::clone(&lines) });
        lines
    }

    /// Brings what was selected elsewhere into sight.
    fn follow(&mut self, selection: Selection, lines: &[Leaf]) {
        if self.seen == selection {
            return;
        }
        self.seen = selection;
        let is = |leaf: &Leaf| match (*leaf, selection.signal) {
            (Leaf::Signal { signal, .. }, Some(selected)) => signal == selected,
            (Leaf::Branch { branch: Branch::Entity(entity), .. }, None) => selection.is(entity),
            _ => false,
        };
        if let Some(at) = lines.iter().position(is) {
            (self.at, self.moved) = (at, true);
        }
    }

    fn toggle(&mut self, branch: Branch) {
        if !self.folded.remove(&branch) {
            self.folded.insert(branch);
        }
    }

    /// Folds every branch, or opens all when all are folded.
    fn toggle_all(&mut self, view: &RunView) {
        let all = signal_tree::lines(view, "", &BTreeSet::new());
        let branches = all.iter().filter_map(|leaf| match leaf {
            Leaf::Branch { branch, .. } => Some(*branch),
            Leaf::Signal { .. } => None,
        });
        if self.folded.is_empty() { self.folded.extend(branches) } else { self.folded.clear() }
    }
}

/// Draws the tree into a tile's body.
pub(super) fn show(ui: &mut Ui, rect: Rect, state: &mut PanelState, cx: &mut Cx<'_>) {
    if rect.width() < 60.0 || rect.height() < FIELD + ROW {
        return;
    }
    let (top, list) = rect.split_top_bottom_at_y(rect.top() + FIELD);
    field(ui, top, state, cx);
    Pen::new(ui, &cx.theme).hline(rect.left(), rect.right(), top.bottom(), cx.theme.hairline());
    super::inside(ui, list.with_min_y(list.top() + 1.0), "signals", |ui| tree(ui, list, state, cx));
}

/// The search field, and the button that folds everything.
fn field(ui: &mut Ui, rect: Rect, state: &mut PanelState, cx: &Cx<'_>) {
    let theme = &cx.theme;
    let inner = rect.shrink2(vec2(10.0, 7.0));
    let place = inner.with_max_x(inner.right() - 32.0);
    let id = ui.id().with("signal search");
    super::inside(ui, place, "search", |ui| {
        let edit = TextEdit::singleline(&mut state.signals.query)
            .id(id)
            .hint_text("Find a signal")
            .font(theme.font(Face::Label))
            .vertical_align(Align::Center)
            .desired_width(f32::INFINITY);
        let response = ui.add_sized(place.size(), edit);
        ui.ctx().accesskit_node_builder(id, |node| node.set_label("Find a signal"));
        if response.changed() {
            state.signals.at = 0;
        }
        if response.has_focus() && ui.input_mut(|i| i.consume_key(Modifiers::NONE, Key::ArrowDown)) {
            let first = state.signals.lines(cx.view).iter().position(|l| matches!(l, Leaf::Signal { .. }));
            state.signals.at = first.unwrap_or(0);
            state.signals.moved = true;
            ui.memory_mut(|memory| memory.request_focus(keyboard_line()));
        }
    });
    let all = state.signals.folded.is_empty();
    let (sign, name) = if all { (Glyph::Caret, "Fold everything") } else { (Glyph::More, "Open everything") };
    let place = Rect::from_min_max(pos2(inner.right() - 26.0, inner.top()), inner.max);
    if Button::sign(sign, name, name).show(ui, theme, place, ui.id().with("fold all")).clicked() {
        state.signals.toggle_all(cx.view);
    }
}

/// Name of the keyboard's line: the one line that Tab finds; arrows walk from there.
fn keyboard_line() -> Id {
    Id::new("signals keyboard line")
}

/// The tree itself; only lines in sight are drawn.
fn tree(ui: &mut Ui, rect: Rect, state: &mut PanelState, cx: &mut Cx<'_>) {
    let view = cx.view;
    let lines = state.signals.lines(view);
    let pen = Pen::new(ui, &cx.theme);
    if lines.is_empty() {
        let words = if view.schema.is_empty() { "This plant has no signals" } else { "No signal has these words" };
        pen.text_within(rect.center(), Align::Center, rect.width() - 16.0, words, Face::Label, cx.theme.text3);
        return;
    }
    state.signals.follow(cx.selection, &lines);
    let look = RowLook::of(&pen, rect.width(), view);
    let at = state.signals.at.min(lines.len() - 1);
    let moved = std::mem::take(&mut state.signals.moved);
    let focus = keyboard_line();
    ui.spacing_mut().scroll.fade.strength = 0.0;
    let mut asked = None;
    ScrollArea::vertical().id_salt("tree").auto_shrink(false).show_viewport(ui, |ui, viewport| {
        ui.set_height(lines.len() as f32 * ROW);
        let origin = ui.min_rect().left_top();
        let place = |index: usize| Rect::from_min_size(origin + vec2(0.0, index as f32 * ROW), vec2(rect.width(), ROW));
        if moved {
            ui.scroll_to_rect(place(at).expand2(vec2(0.0, ROW)), None);
        }
        let first = (viewport.top() / ROW).floor().max(0.0) as usize;
        let last = ((viewport.bottom() / ROW).ceil().max(0.0) as usize + 1).min(lines.len());
        for index in first.min(at)..last.max(at + 1) {
            // The keyboard's line stays where the keyboard finds it, even out of sight.
            if !(first..last).contains(&index) && index != at {
                continue;
            }
            let Some(leaf) = lines.get(index) else { continue };
            let id = if index == at { focus } else { ui.id().with(("line", index)) };
            let sense = if index == at { Sense::click_and_drag() } else { Sense::CLICK | Sense::DRAG };
            let response = ui.interact(place(index), id, sense);
            let happened = signal_row::show(ui, &look, place(index), leaf, &response, &mut state.charts, cx);
            if response.clicked() {
                state.signals.at = index;
                response.request_focus();
                if index != at {
                    ui.memory_mut(|memory| memory.request_focus(focus));
                }
            }
            if happened != Happened::Nothing {
                asked = Some((*leaf, happened));
            }
        }
    });
    if ui.memory(|memory| memory.has_focus(focus)) {
        asked = keys(ui, focus, at, &lines, state).or(asked);
    }
    if let Some((leaf, happened)) = asked {
        act(leaf, happened, state, cx);
    }
}

/// Arrows walk, left and right fold and open, Enter puts the signal onto a chart.
fn keys(ui: &Ui, focus: Id, at: usize, lines: &[Leaf], state: &mut PanelState) -> Option<(Leaf, Happened)> {
    let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(focus, filter));
    let leaf = *lines.get(at)?;
    let pressed = |key: Key| ui.input(|i| i.key_pressed(key));
    let page = 12;
    let to = [
        (Key::ArrowDown, at + 1),
        (Key::ArrowUp, at.saturating_sub(1)),
        (Key::PageDown, at + page),
        (Key::PageUp, at.saturating_sub(page)),
        (Key::Home, 0),
        (Key::End, lines.len()),
    ];
    if let Some((_, to)) = to.into_iter().find(|(key, _)| pressed(*key)) {
        state.signals.at = to.min(lines.len() - 1);
        state.signals.moved = true;
        ui.ctx().request_repaint();
        return lines.get(state.signals.at).map(|leaf| (*leaf, Happened::Walked));
    }
    match leaf {
        Leaf::Branch { open, .. } if pressed(if open { Key::ArrowLeft } else { Key::ArrowRight }) => {
            Some((leaf, Happened::Folded))
        }
        Leaf::Signal { .. } if pressed(Key::Enter) => Some((leaf, Happened::Chosen)),
        _ => None,
    }
}

/// Does what was asked for on a line.
fn act(leaf: Leaf, happened: Happened, state: &mut PanelState, cx: &mut Cx<'_>) {
    match (leaf, happened) {
        (Leaf::Branch { branch, .. }, Happened::Folded) => state.signals.toggle(branch),
        (Leaf::Branch { branch: Branch::Entity(entity), .. }, _) => {
            cx.selection = Selection { entity: Some(entity), signal: None };
        }
        (Leaf::Signal { signal, .. }, Happened::Clicked | Happened::Walked) => {
            cx.selection = selection_of(cx.view, signal);
        }
        (Leaf::Signal { signal, .. }, Happened::Chosen) => {
            cx.selection = selection_of(cx.view, signal);
            state.custom.add_to_first(cx.view, signal);
        }
        _ => {}
    }
}

/// The ground of a line: chosen, under the pointer, or plain.
pub(super) fn ground(pen: &Pen, rect: Rect, selected: bool, hovered: bool) {
    let theme = &pen.theme;
    let fill = match (selected, hovered) {
        (true, _) => theme.select_bg,
        (false, true) => theme.hover,
        (false, false) => return,
    };
    pen.painter.rect_filled(rect.shrink2(vec2(4.0, 0.5)), corners(theme.tokens.radius.control), fill);
}
