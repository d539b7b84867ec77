//! The list of levers, slot by slot, the fastest first. Only the rows in sight are drawn, so a slot may have hundreds.

use std::collections::BTreeSet;

use egui::{Align, Id, Rect, ScrollArea, Sense, TextEdit, Ui, WidgetInfo, WidgetType, pos2, vec2};

use crate::app::theme::{Face, corners};
use crate::control::shown_name;
use crate::rollout::{Intervention, LeverMode};
use crate::session::{Command, PlayState, RunView};

use super::Cx;
use super::beside::{Look, ghosts};
use super::lever::{CARD, LOW_CARD, Lever, SHORT_CARD};
use super::lever_entry::Entry;
use super::lever_input::Grip;
use super::lever_trend::Trend;
use super::pen::Pen;
use super::selection::Selection;
use super::widget::focus_ring;
use super::words::{duration, seconds, signed};

/// From this many actions on, a slot's cards are short and a filter stands above them.
const MANY: usize = 12;

/// Height of the line above a slot's levers.
const GROUP: f32 = 22.0;

/// What the list remembers.
#[derive(Debug, Clone, Default)]
pub(super) struct LeverState {
    /// What was asked for and is not in a picture yet: lever, mode, number of the picture then.
    pending: Option<(String, LeverMode, u64)>,
    grip: Grip,
    /// A number that is being typed.
    entry: Option<Entry>,
    /// Slots that are folded.
    folded: BTreeSet<usize>,
    filter: String,
    /// Lever that the keyboard shall go to.
    focus: Option<usize>,
    /// The track that has the keyboard, as of the last frame.
    pub focused: Option<Id>,
}

impl LeverState {
    /// Gives the keyboard to a lever, counted as it is listed.
    pub fn focus(&mut self, listed: usize) {
        self.focus = Some(listed);
        self.folded.clear();
        self.filter.clear();
    }

    /// Mode to show: what was asked for until the worker has answered, then the truth.
    fn mode(&self, view: &RunView, name: &str, truth: LeverMode) -> LeverMode {
        match &self.pending {
            Some((lever, mode, asked_at)) if lever == name && view.generation <= asked_at + 2 => *mode,
            _ => truth,
        }
    }
}

/// A row of the list.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Row {
    Slot(usize),
    Lever { index: usize, short: bool, height: f32 },
}

impl Row {
    fn height(self) -> f32 {
        match self {
            Self::Slot(_) => GROUP,
            Self::Lever { height, .. } => height,
        }
    }
}

/// Slots in the order they are listed: the fastest first.
pub(super) fn slot_order(view: &RunView) -> Vec<usize> {
    let mut order: Vec<usize> = (0..view.spec.slots.len()).collect();
    order.sort_by_key(|s| view.spec.slots.get(*s).map_or(u64::MAX, |slot| slot.period_ticks));
    order
}

/// Levers in the order they are listed.
pub(super) fn listed(view: &RunView) -> Vec<usize> {
    slot_order(view)
        .into_iter()
        .flat_map(|s| view.levers.iter().enumerate().filter(move |(_, l)| l.slot == s).map(|(i, _)| i))
        .collect()
}

/// Height of a whole card: all levers in sight where that can be, else those of the first slot.
fn card_height(view: &RunView, room: f32) -> f32 {
    let slots = slot_order(view);
    let levers = |slots: &[usize]| view.levers.iter().filter(|l| slots.contains(&l.slot)).count();
    let share = |slots: &[usize]| (room - GROUP * slots.len() as f32) / levers(slots).max(1) as f32;
    let all = share(&slots);
    let card = if all >= LOW_CARD { all } else { share(slots.get(..1).unwrap_or_default()) };
    card.floor().clamp(LOW_CARD, CARD)
}

/// Why nobody can move a lever now.
fn locked(view: &RunView) -> Option<&'static str> {
    (view.play == PlayState::Ended).then_some("The run has ended")
}

fn rows(view: &RunView, state: &LeverState, card: f32) -> Vec<Row> {
    let needle = state.filter.trim().to_lowercase();
    let mut rows = Vec::with_capacity(view.levers.len() + view.spec.slots.len());
    for slot in slot_order(view) {
        rows.push(Row::Slot(slot));
        if state.folded.contains(&slot) {
            continue;
        }
        let Some(spec) = view.spec.slots.get(slot) else { continue };
        let many = spec.actions.len() > MANY;
        for (index, lever) in view.levers.iter().enumerate().filter(|(_, l)| l.slot == slot) {
            let Some(action) = spec.actions.get(lever.action) else { continue };
            if needle.is_empty() || action.label.to_lowercase().contains(&needle) || lever.name.contains(&needle) {
                let short = many && state.mode(view, &lever.name, lever.mode) == LeverMode::Auto;
                rows.push(Row::Lever { index, short, height: if short { SHORT_CARD } else { card } });
            }
        }
    }
    rows
}

/// Draws the list into a tile's body.
pub(super) fn show(ui: &mut Ui, rect: Rect, state: &mut LeverState, cx: &mut Cx<'_>) {
    let mut rect = rect;
    state.focused = None;
    if cx.view.levers.len() > MANY {
        filter(ui, &mut rect, state, cx);
    }
    if cx.view.levers.is_empty() {
        Pen::new(ui, &cx.theme).text(
            rect.center(),
            Align::Center,
            "This plant has no levers",
            Face::Body,
            cx.theme.text3,
        );
        return;
    }
    let rows = rows(cx.view, state, card_height(cx.view, rect.height()));
    let wanted = state.focus.take().and_then(|n| listed(cx.view).get(n).copied());
    let total: f32 = rows.iter().map(|r| r.height()).sum();
    let id = ui.id().with("levers");
    super::inside(ui, rect, "levers", |ui| {
        ScrollArea::vertical().id_salt("levers").auto_shrink(false).show_viewport(ui, |ui, viewport| {
            let origin = ui.max_rect().min;
            let width = ui.max_rect().width();
            ui.allocate_space(vec2(width, total));
            let mut y = 0.0;
            for row in rows {
                let place = Rect::from_min_size(pos2(origin.x, origin.y + y), vec2(width, row.height()));
                let in_sight = y + row.height() >= viewport.top() && y <= viewport.bottom();
                y += row.height();
                let is_wanted = matches!(row, Row::Lever { index, .. } if Some(index) == wanted);
                if is_wanted {
                    ui.scroll_to_rect(place, None);
                }
                if in_sight || is_wanted {
                    draw(ui, place, id, row, state, cx, is_wanted);
                }
            }
        });
    });
}

fn draw(ui: &mut Ui, place: Rect, id: Id, row: Row, state: &mut LeverState, cx: &mut Cx<'_>, focus: bool) {
    match row {
        Row::Slot(slot) => group(ui, place, id.with(("slot", slot)), slot, state, cx),
        Row::Lever { index, short, .. } => lever(ui, place, id, index, short, state, cx, focus),
    }
}

#[expect(clippy::too_many_arguments, reason = "a row with its place")]
fn lever(
    ui: &mut Ui,
    place: Rect,
    id: Id,
    index: usize,
    short: bool,
    state: &mut LeverState,
    cx: &mut Cx<'_>,
    focus: bool,
) {
    let view = cx.view;
    let Some(lever) = view.levers.get(index) else { return };
    let Some(slot) = view.spec.slots.get(lever.slot) else { return };
    let Some(action) = slot.actions.get(lever.action) else { return };
    let effect = action.effect.and_then(|e| view.spec.signals.get(e));
    let limit = action.reasons.iter().find(|(flag, _)| view.value(*flag) == 1.0).map(|(_, words)| words.as_str());
    let card = Lever {
        action,
        view: lever,
        mode: state.mode(view, &lever.name, lever.mode),
        effect,
        limit,
        defeats_shield: view.driver.defeated.contains(&lever.name),
        driver: view.slots.get(lever.slot).map_or("", |s| shown_name(&s.controller)),
        driven: view.slots.get(lever.slot).is_some_and(|s| s.drives),
        locked: locked(view),
        trend: Trend {
            view,
            columns: view.schema.levers.get(lever.slot).and_then(|s| s.get(lever.action)).copied(),
            period_ticks: slot.period_ticks,
            lever: (lever.slot, lever.action),
            plan: view.slots.get(lever.slot).and_then(|s| s.insight.plans.iter().find(|p| p.lever == lever.action)),
        },
        shadows: ghosts::of_slot(view, lever.slot)
            .map(|s| (Look::of(&cx.theme, s.colour), s.commanded.get(lever.action).copied().unwrap_or(f64::NAN)))
            .collect(),
        selected: effect.is_some_and(|signal| cx.selection.is(signal.entity)) && meant(cx, action.effect),
        short,
    };
    let theme = cx.theme;
    let done = card.show(ui, &theme, place, id.with(&lever.name), &mut state.grip, &mut state.entry);
    if focus {
        done.track.request_focus();
    }
    if done.track.has_focus() {
        state.focused = Some(done.track.id);
    }
    if let (true, Some(signal)) = (done.selected, effect) {
        cx.selection = Selection { entity: Some(signal.entity), signal: action.effect };
    }
    if let Some(mode) = done.asked {
        state.pending = Some((lever.name.clone(), mode, view.generation));
        cx.out.push(Command::Intervene(Intervention::Lever { lever: lever.name.clone(), mode }));
    }
}

/// Whether the selected quantity is this effect, or no lever's effect at all.
fn meant(cx: &Cx<'_>, effect: Option<usize>) -> bool {
    let signal = cx.selection.signal;
    let of_another = || cx.view.spec.slots.iter().flat_map(|s| &s.actions).any(|a| a.effect == signal);
    signal.is_none() || signal == effect || !of_another()
}

/// The line above a slot's levers: its name, how often it decides, who drives it. A click folds it.
fn group(ui: &Ui, rect: Rect, id: Id, slot: usize, state: &mut LeverState, cx: &Cx<'_>) {
    let Some(spec) = cx.view.spec.slots.get(slot) else { return };
    let theme = &cx.theme;
    let response = ui.interact(rect, id, Sense::click());
    let open = !state.folded.contains(&slot);
    response.widget_info(|| {
        WidgetInfo::selected(WidgetType::CollapsingHeader, true, open, format!("{} levers", spec.label))
    });
    let pen = Pen::new(ui, theme);
    let ground = if response.hovered() { theme.hover } else { theme.sunken };
    pen.painter.rect_filled(rect.shrink2(vec2(1.0, 0.0)), 0.0, ground);
    pen.hline(rect.left(), rect.right(), rect.bottom() - 0.5, theme.hairline());
    let y = rect.center().y;
    let x = rect.left() + 12.0;
    let tip = if open { [(-3.5, -2.0), (3.5, -2.0), (0.0, 2.5)] } else { [(-2.0, -3.5), (-2.0, 3.5), (2.5, 0.0)] };
    let points = tip.map(|(dx, dy)| pos2(x + 3.0 + dx, y + dy)).to_vec();
    pen.painter.add(egui::Shape::convex_polygon(points, *theme.text3, egui::Stroke::NONE));
    let name = pen.text(pos2(x + 13.0, y), Align::Min, &spec.label, Face::LabelStrong, theme.text2);
    let every = format!("every {}", duration(seconds(cx.view, spec.period_ticks as f64)));
    let controller = cx.view.slots.get(slot).map_or("", |s| s.controller.as_str());
    let words = format!("{} · {every}", shown_name(controller));
    let mut right = rect.right() - 12.0;
    // Shadows with what they would have earned this tick, as far as there is room.
    for shadow in ghosts::of_slot(cx.view, slot) {
        let reward = if shadow.reward.is_finite() { signed(shadow.reward, 3) } else { "–".to_owned() };
        let width = pen.width(&reward, Face::NumberCaption) + 14.0;
        if right - width < name.right() + 60.0 {
            break;
        }
        let at = pen.text(pos2(right, y), Align::Max, &reward, Face::NumberCaption, theme.text2);
        ghosts::mark(&pen, at.left() - 7.0, y - 1.5, 0, &Look::of(theme, shadow.colour));
        let words = format!("Shadow {}: reward {reward} this tick", shown_name(&shadow.controller));
        super::widget::spoken(ui, at, id.with(("shadow", shadow.id)), &words).on_hover_text(&words);
        right -= width + 6.0;
    }
    let room = right - name.right() - 12.0;
    pen.text_within(pos2(right, y), Align::Max, room, &words, Face::Caption, theme.text3);
    focus_ring(ui, theme, &response, rect.shrink(3.0));
    if response.clicked() && !state.folded.remove(&slot) {
        state.folded.insert(slot);
    }
}

fn filter(ui: &mut Ui, rect: &mut Rect, state: &mut LeverState, cx: &Cx<'_>) {
    let line = Rect::from_min_size(rect.min, vec2(rect.width(), 34.0));
    rect.min.y = line.bottom();
    let field = line.shrink2(vec2(10.0, 5.0));
    let hint = format!("Find among {} levers", cx.view.levers.len());
    ui.painter().rect_filled(field, corners(cx.theme.tokens.radius.control), cx.theme.sunken);
    super::inside(ui, field, "lever filter", |ui| {
        let edit = TextEdit::singleline(&mut state.filter)
            .hint_text(hint)
            .vertical_align(Align::Center)
            .desired_width(f32::INFINITY);
        let response = ui.add_sized(field.size(), edit);
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_label("Find levers"));
    });
}
