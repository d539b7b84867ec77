//! The one-line: how power flows through the plant, drawn from its topology.
//!
//! The tables become a tree that hangs from the sources ([`tree`]), numbers and words for each of its parts ([`facts`]),
//! pieces with the room that they need ([`block`]), places ([`layout`]) and at last lines and texts ([`draw`]).

mod balance;
mod block;
mod contour;
mod detail;
mod draw;
mod facts;
mod footer;
mod layout;
#[cfg(test)]
mod layout_tests;
mod place;
mod tell;
mod tree;

use std::sync::Arc;

use egui::{Align, CursorIcon, Rect, Sense, Ui, WidgetInfo, WidgetType, pos2, vec2};

use crate::app::theme::Face;
use crate::plant::PlantSpec;
use crate::signal::{EntityId, SignalId};

use super::pen::Pen;
use super::selection::Selection;
use super::widget::{focus_ring, spoken};
use super::{Cx, PanelState};

use draw::Mood;
use facts::Facts;
pub(super) use facts::value;
use layout::{Drawing, Role, Spot};
pub(super) use tell::Row;
use tree::Tree;

/// How a person looks at the one-line.
#[derive(Debug, Clone, Default)]
pub(super) struct OneLineState {
    /// The tree of the tables that were drawn last.
    tree: Option<(Arc<PlantSpec>, Arc<Tree>)>,
}

impl OneLineState {
    /// The tree of these tables.
    fn tree(&mut self, spec: &Arc<PlantSpec>) -> Arc<Tree> {
        if let Some((known, tree)) = &self.tree
            && Arc::ptr_eq(known, spec)
        {
            return Arc::clone(tree);
        }
        let tree = Arc::new(Tree::of(&spec.topology));
        self.tree = Some((Arc::clone(spec), Arc::clone(&tree)));
        tree
    }
}

/// What the drawing begins with: the first source, with what it delivers.
pub(super) fn first(state: &mut PanelState, cx: &Cx<'_>) -> Option<Selection> {
    let tree = state.one_line.tree(&cx.view.spec);
    let head = tree.panes.iter().flat_map(|pane| &pane.heads).next()?;
    let entity = cx.view.spec.topology.nodes.get(head.source)?.entity;
    let flow = head.first().and_then(|wire| cx.view.spec.topology.edges.get(wire.edge)).map(|edge| edge.flow);
    Some(Selection { entity: Some(entity), signal: flow })
}

/// What the one-line knows of an entity, for its faceplate.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Story {
    /// What it does now, in words; empty where it is no node.
    pub state: String,
    /// Signals of its flows, efficiencies and losses.
    pub signals: Vec<SignalId>,
    /// Those of them that tell an efficiency, as a share.
    pub efficiencies: Vec<SignalId>,
    /// Those of them that tell a loss.
    pub losses: Vec<SignalId>,
    /// Numbers that no signal of its own tells.
    pub rows: Vec<Row>,
}

/// Gathers what the one-line knows of an entity.
pub(super) fn story(state: &mut PanelState, cx: &Cx<'_>, entity: EntityId) -> Story {
    let topology = &cx.view.spec.topology;
    let mut story = Story::default();
    if !topology.nodes.iter().any(|n| n.entity == entity) {
        return story;
    }
    let tree = state.one_line.tree(&cx.view.spec);
    let facts = Facts::of(cx.view, &tree);
    let own = || facts.nodes.iter().zip(&topology.nodes).filter(|(n, _)| n.entity == entity);
    let several = own().nth(1).is_some();
    let measures_reactive = cx.view.spec.signals.iter().any(|s| s.entity == entity && s.unit == "MVAr");
    let mut deeds = Vec::new();
    for (known, node) in own() {
        let deed = facts.deed(known);
        if !deed.is_empty() {
            deeds.push(if several { format!("{} {deed}", known.label) } else { deed });
        }
        story.signals.extend(known.feed.and_then(|w| facts.flows.get(w.edge)).map(|f| f.signal));
        story.rows.extend(facts.rows(known).into_iter().filter(|row| match row.words.as_str() {
            "Out" | "Limit" | "Rating" | "Loading" => !several,
            // An entity that measures it has a gauge for it.
            "Reactive" => !several && !measures_reactive,
            _ => false,
        }));
        if known.apart {
            let doc = "Its power is measured by a meter of its own and stands in no balance of the import";
            let (words, value) = ("Metered".to_owned(), "apart from the import".to_owned());
            story.rows.push(Row { words, value, doc: doc.to_owned() });
        }
        story.losses.extend(node.loss);
    }
    story.efficiencies.extend(own().filter_map(|(_, n)| n.efficiency));
    story.signals.extend(story.efficiencies.iter().copied());
    story.signals.extend(story.losses.iter().copied());
    story.state = deeds.join(", ");
    story
}

/// Draws it into a tile's body.
pub(super) fn show(ui: &mut Ui, rect: Rect, state: &mut PanelState, cx: &mut Cx<'_>) {
    let theme = cx.theme;
    let pen = Pen::new(ui, &theme).clipped(rect);
    let pad = theme.tokens.space.tile_pad;
    let body = Rect::from_min_max(rect.min + vec2(pad, 8.0), rect.max - vec2(pad, 0.0));
    if !(body.width() >= 40.0 && body.height() >= 24.0) {
        return;
    }
    if cx.view.spec.topology.nodes.is_empty() {
        let words = "This plant publishes no power flow";
        let place = pen.text_within(
            pos2(rect.center().x, rect.top() + 28.0),
            Align::Center,
            body.width(),
            words,
            Face::Label,
            theme.text3,
        );
        spoken(ui, place, ui.id().with("no flow"), words);
        return;
    }
    let tree = state.one_line.tree(&cx.view.spec);
    let facts = Facts::of(cx.view, &tree);
    let area = footer::show(ui, &pen, rect, body, &facts, tree.ties.len(), cx);
    let drawing = layout::lay(&tree, &facts, area, &|text, face| pen.width(text, face));
    let moods = interact(ui, &drawing, &facts, cx);
    draw::draw(&pen, &drawing, &facts, &moods);
}

/// Makes everything that stands for a thing a button.
fn interact(ui: &Ui, drawing: &Drawing, facts: &Facts, cx: &mut Cx<'_>) -> Vec<Mood> {
    let clip = ui.clip_rect();
    let mut moods = Vec::with_capacity(drawing.spots.len());
    for (index, spot) in drawing.spots.iter().enumerate() {
        let selected = spot.role != Role::Breaker && is_selected(spot, facts, cx.selection);
        let mut mood = Mood { hovered: false, selected };
        if spot.role != Role::Breaker && !spot.members.is_empty() {
            let place = reach(spot, drawing).intersect(clip);
            let id = ui.id().with(("one-line", spot.members.first(), index));
            let response = ui.interact(place, id, Sense::click());
            response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, spoken_words(spot, facts)));
            focus_ring(ui, &cx.theme, &response, spot.rect);
            mood.hovered = response.hovered();
            if response.clicked()
                && let Some(selection) = next(spot, facts, cx.selection)
            {
                cx.selection = selection;
            }
            response.on_hover_cursor(CursorIcon::PointingHand).on_hover_ui(|ui| tooltip(ui, spot, facts, cx));
        }
        moods.push(mood);
    }
    moods
}

/// What reacts to the pointer: the thing and the wire that leads to it.
fn reach(spot: &Spot, drawing: &Drawing) -> Rect {
    if spot.role == Role::Source {
        return spot.rect;
    }
    let grown = if spot.role == Role::Bus { spot.rect.expand2(vec2(0.0, 2.0)) } else { spot.rect };
    let ends_here = |c: &&layout::Cable| {
        !spot.wires.is_empty() && c.wires == spot.wires && (c.bottom - spot.rect.top()).abs() < 2.0
    };
    drawing.cables.iter().find(ends_here).map_or(grown, |cable| {
        let strip = Rect::from_min_max(pos2(cable.x - 7.0, cable.top), pos2(cable.x + 7.0, cable.bottom));
        grown.union(strip)
    })
}

/// Whether a spot tells of what is selected. Of several things of one entity only the one whose flow was clicked.
fn is_selected(spot: &Spot, facts: &Facts, selection: Selection) -> bool {
    let Some(entity) = selection.entity else { return false };
    let own = |node: &usize| facts.nodes.get(*node).filter(|n| n.entity == entity);
    let flow = |n: &facts::NodeFacts| n.feed.and_then(|w| facts.flows.get(w.edge)).map(|f| f.signal);
    let named =
        selection.signal.is_some_and(|s| facts.nodes.iter().filter(|n| n.entity == entity).any(|n| flow(n) == Some(s)));
    // A box above a list stays plain while the line itself wears the ring.
    spot.nodes.iter().filter_map(own).any(|n| !named || flow(n) == selection.signal)
}

/// What a click on a spot selects; more clicks on a family go through its members.
fn next(spot: &Spot, facts: &Facts, selection: Selection) -> Option<Selection> {
    let members: Vec<Selection> = spot
        .members
        .iter()
        .filter_map(|n| facts.nodes.get(*n))
        .map(|n| Selection {
            entity: Some(n.entity),
            signal: n.feed.and_then(|w| facts.flows.get(w.edge)).map(|f| f.signal),
        })
        .collect();
    let after = members.iter().position(|m| *m == selection).map_or(0, |at| at + 1);
    // Only families have a next member: what folded into a box is not what a click on it means.
    let count = if matches!(spot.role, Role::Family | Role::Line) { members.len().max(1) } else { 1 };
    members.get(after % count).copied()
}

fn spoken_words(spot: &Spot, facts: &Facts) -> String {
    let of = |n: &usize| facts.nodes.get(*n);
    match (spot.members.as_slice(), spot.role) {
        ([one], _) => of(one).map_or_else(|| spot.label.clone(), |n| facts.sentence(n)),
        (_, Role::Family | Role::Line) => {
            format!("{}: {}\u{A0}{} together", spot.label, facts.sum_text(&spot.wires), facts.unit)
        }
        ([first, rest @ ..], _) => {
            let own = of(first).map_or_else(|| spot.label.clone(), |n| facts.sentence(n));
            format!("{own}, with {} behind it", rest.len())
        }
        ([], _) => spot.label.clone(),
    }
}

/// A thing's numbers in two columns.
fn tooltip(ui: &mut Ui, spot: &Spot, facts: &Facts, cx: &Cx<'_>) {
    let theme = &cx.theme;
    let text = |words: &str, face: Face, colour: egui::Color32| {
        egui::RichText::new(words).font(theme.font(face)).color(colour)
    };
    let family = matches!(spot.role, Role::Family | Role::Line) && spot.members.len() > 1;
    let node = spot.members.first().and_then(|n| facts.nodes.get(*n)).filter(|_| !family);
    let title = node.map_or(spot.label.as_str(), |n| n.label.as_str());
    ui.spacing_mut().interact_size.y = 0.0;
    ui.spacing_mut().item_spacing.y = 3.0;
    ui.label(text(title, Face::Title, *theme.text));
    let rows = match node {
        Some(node) => facts.rows(node),
        None => {
            let line = |n: &usize| {
                let node = facts.nodes.get(*n)?;
                let value = facts.flows.get(node.feed?.edge)?.exact.words();
                Some(Row { words: node.label.clone(), value, doc: String::new() })
            };
            let value = format!("{}\u{A0}{}", facts.sum_text(&spot.wires), facts.unit);
            let mut rows = vec![Row { words: "Together".to_owned(), value, doc: String::new() }];
            rows.extend(spot.members.iter().filter_map(line).take(8));
            rows
        }
    };
    egui::Grid::new("numbers").num_columns(2).spacing(vec2(16.0, 2.0)).show(ui, |ui| {
        for Row { words, value, .. } in rows {
            ui.label(text(&words, Face::Label, *theme.text2));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                ui.label(text(&value, Face::NumberLabel, *theme.text));
            });
            ui.end_row();
        }
    });
    let folded = spot.members.len().saturating_sub(if family { 8 } else { 1 });
    if folded > 0 {
        let words = if family { format!("and {folded} more") } else { format!("{folded} behind it") };
        ui.label(text(&words, Face::Caption, *theme.text3));
    }
    if let Some(node) = node.filter(|n| !n.rated_by.is_empty()) {
        let words = match node.loading.is_some() {
            true => format!("Loading: what flows over the rating. {}", node.rated_by),
            false => node.rated_by.clone(),
        };
        ui.add(egui::Label::new(text(&words, Face::Caption, *theme.text3)).wrap());
    }
    if node.is_some_and(|n| n.apart) {
        ui.label(text("Metered apart: not part of the import", Face::Caption, *theme.text3));
    }
    let beyond = spot.wires.iter().filter_map(|w| facts.flows.get(w.edge)).any(facts::FlowFacts::is_beyond);
    if beyond {
        ui.label(text("Above its limit", Face::LabelStrong, *theme.text));
    }
}
