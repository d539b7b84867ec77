//! Puts measured pieces in their places.

use egui::{Align, Pos2, Rect, pos2, vec2};

use crate::app::theme::Face;
use crate::signal::{Carrier, NodeKind};

use super::block::{BESIDE, BOX, Block, Builder, COLUMN_GAP, GAP, LINE, LIST_GAP, Line, NOTE, Shape, columns_of};
use super::detail::Merge;
use super::facts::Quantity;
use super::layout::{
    BREAKER, BUS, Bracket, Cable, Drawing, Fork, Ink, MOST_STRETCH, Plan, Role, SOURCE, STAGE, Spot, Tag, fork_drop,
    top_of,
};
use super::tree::{Head, Wire};

/// Puts everything in its place.
pub(super) fn place(mut plans: Vec<Plan<'_>>, builder: &Builder<'_>, area: Rect, trunk: f32, cramped: bool) -> Drawing {
    let drawing = Drawing {
        detail: builder.detail,
        spots: Vec::new(),
        tags: Vec::new(),
        cables: Vec::new(),
        forks: Vec::new(),
        brackets: Vec::new(),
    };
    let mut placer = Placer { drawing, builder, bottom: area.bottom(), stretch: 0.0, wishes: Vec::new() };
    if cramped && (area.height() < SOURCE + BUS || area.width() < 40.0) {
        return placer.drawing;
    }
    let liked = plans.iter().map(|p| p.liked).fold(0.0, f32::max);
    let stages = plans.iter().map(|p| p.gaps.len()).max().unwrap_or(0);
    let rows = plans.iter().flat_map(|p| &p.pane.heads).map(|h| h.stages.len()).max().unwrap_or(0);
    let trunk_rows = 1.0 + if builder.detail.trunk { rows as f32 } else { 0.0 };
    let mut spare = (area.height() - trunk - liked).max(0.0);
    // Reactive power stands below the flow of its branch: what is left over goes there first.
    let facts = builder.facts;
    let reactive = |plan: &Plan<'_>| {
        let wires = plan.blocks.iter().flat_map(|block| &block.wires);
        wires.filter_map(|w| facts.flows.get(w.edge)).any(|flow| flow.reactive.is_some())
    };
    let row = plans.iter().filter_map(|p| p.gaps.first()).map(|gap| REACTIVE_GAP - gap).fold(0.0, f32::max);
    if row > 0.0 && spare >= row && plans.iter().any(reactive) {
        for gap in plans.iter_mut().filter_map(|plan| plan.gaps.first_mut()) {
            *gap += row;
        }
        spare -= row;
    }
    let stretch = (spare / (stages as f32 + trunk_rows * 0.6).max(1.0)).min(MOST_STRETCH);
    placer.stretch = stretch;
    let bus = area.top() + trunk + trunk_rows * 0.6 * stretch;
    let between = GAP * 2.0;
    let count = plans.len().max(1) as f32;
    let wanted = plans.iter().map(|p| p.width).sum::<f32>() + between * (count - 1.0);
    let more = (area.width() - wanted) / count;
    let mut left = area.left();
    for plan in plans {
        let right = (left + plan.width + more).min(area.right());
        placer.pane(&plan, left, right, area.top(), bus);
        left = right + between;
    }
    placer.grant(area);
    placer.drawing
}

/// What is wider belongs to no column: source and bus, points.
const BAR: f32 = 170.0;

/// Gap between bus and boxes in which a flow and its reactive power have room one below the other, points.
const REACTIVE_GAP: f32 = 38.0;

/// Air between a branch's flow and its reactive power, points.
const APART: f32 = 7.0;

struct Placer<'a> {
    drawing: Drawing,
    builder: &'a Builder<'a>,
    bottom: f32,
    stretch: f32,
    wishes: Vec<Wish>,
}

/// A text that is told where something is left over: it takes the first of its places that is free.
struct Wish {
    places: Vec<(Pos2, Align)>,
    text: String,
    face: Face,
    /// What it is about.
    about: About,
}

/// What a wish is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    /// Reactive power: told of all branches at the same side, or of none.
    Reactive,
    /// Devices that trip: told of all loads or of none.
    Trips,
    /// Anything that stands for itself.
    Own,
}

impl Placer<'_> {
    fn pane(&mut self, plan: &Plan<'_>, left: f32, right: f32, top: f32, bus: f32) {
        let hidden: Vec<usize> = if self.builder.detail.merge == Merge::Hidden {
            let mut nodes = Vec::new();
            let mut open: Vec<&super::tree::Branch> = plan.pane.branches.iter().collect();
            while let Some(branch) = open.pop() {
                nodes.push(branch.node);
                open.extend(&branch.children);
            }
            nodes
        } else {
            Vec::new()
        };
        let heads = plan.pane.heads.len();
        let share = (right - left) / heads.max(1) as f32;
        let joins = heads > 0 && (plan.pane.bus.is_some() || !plan.blocks.is_empty() || heads > 1);
        for (index, head) in plan.pane.heads.iter().enumerate() {
            let from = left + share * index as f32 + if index > 0 { GAP } else { 0.0 };
            let to = left + share * (index + 1) as f32;
            self.head(head, from, to, top, if joins { bus - BUS } else { bus });
        }
        if joins || plan.pane.bus.is_some() || !hidden.is_empty() {
            let nodes: Vec<usize> = plan.pane.bus.into_iter().chain(hidden).collect();
            let label = plan.pane.bus.and_then(|n| self.builder.facts.nodes.get(n)).map_or("", |n| n.label.as_str());
            self.drawing.spots.push(Spot {
                role: Role::Bus,
                rect: Rect::from_min_max(pos2(left, bus - BUS), pos2(right, bus)),
                members: nodes.clone(),
                nodes,
                wires: Vec::new(),
                label: label.to_owned(),
                second: String::new(),
            });
        }
        let count = plan.blocks.len();
        let span = plan.span;
        let spare = (right - left - (span.right - span.left)).max(0.0);
        // Air between columns, and half as much at the edges.
        let air = spare / count.max(1) as f32;
        for (index, (block, place)) in plan.blocks.iter().zip(&plan.places).enumerate() {
            // A lone piece hangs straight below its source where it can.
            let middle = ((left + right) / 2.0).round();
            let lone = middle.clamp(left - span.left, (right - span.right).max(left - span.left));
            let own = (left - span.left + place + air * (index as f32 + 0.5)).round();
            self.block(block, if count == 1 { lone } else { own }, bus, 0, (bus, bus), &plan.gaps);
        }
    }

    /// A source, its breaker and the stages below.
    fn head(&mut self, head: &Head, left: f32, right: f32, top: f32, bus: f32) {
        let facts = self.builder.facts;
        let ruler = self.builder.ruler;
        let x = ((left + right) / 2.0).round();
        let half = (right - left) / 2.0 - 14.0;
        let Some(source) = facts.nodes.get(head.source) else { return };
        let mut nodes = vec![head.source];
        let shown: &[(Wire, usize)] = if self.builder.detail.trunk { &head.stages } else { &[] };
        if shown.is_empty() {
            nodes.extend(head.stages.iter().map(|(_, node)| *node));
        }
        let mut values: Vec<&Quantity> = source.voltage.iter().chain(&source.frequency).collect();
        let width = |q: &Quantity| ruler(&q.widest, Face::NumberLabel) + ruler(&q.unit, Face::Caption) + 14.0;
        while !values.is_empty() && values.iter().map(|q| width(q)).sum::<f32>() > half {
            values.pop();
        }
        self.drawing.spots.push(Spot {
            role: Role::Source,
            rect: Rect::from_min_max(pos2(left, top), pos2(right, top + SOURCE)),
            members: nodes.clone(),
            nodes,
            wires: head.first().into_iter().collect(),
            label: source.label.clone(),
            second: String::new(),
        });
        let mut end = right;
        for quantity in values.iter().rev() {
            let y = top + 13.0;
            let unit = self.tag(pos2(end, y), Align::Max, &quantity.unit, Face::Caption, Ink::Faint);
            let number = pos2(unit.left() - 3.0, y);
            let text = self.tag(number, Align::Max, &quantity.text, Face::NumberLabel, Ink::Strong);
            end = text.left().min(number.x - ruler(&quantity.widest, Face::NumberLabel)) - 9.0;
        }
        let row = self.stretch * 0.6;
        let mut y = top + SOURCE;
        let breaker = y + (BREAKER + row) / 2.0;
        self.breaker(head, x, breaker, half);
        y += BREAKER + row;
        let mut from = top + 4.0;
        for (wire, node) in shown {
            let middle = y + (STAGE + row) / 2.0;
            let edge = self.stage(*node, *wire, x, middle, half);
            self.cable(x, from, edge.top(), vec![*wire], facts.nodes.get(*node), false);
            from = edge.bottom();
            y += STAGE + row;
        }
        let last = if shown.is_empty() { head.first() } else { head.into };
        let wires: Vec<Wire> = last.or(head.first()).into_iter().collect();
        if from < bus && !wires.is_empty() {
            self.cable(x, from, bus, wires, Some(source), false);
        }
    }

    /// The square below a source, with the flow through it.
    fn breaker(&mut self, head: &Head, x: f32, y: f32, half: f32) {
        let facts = self.builder.facts;
        let Some(wire) = head.first() else { return };
        self.drawing.spots.push(Spot {
            role: Role::Breaker,
            rect: Rect::from_center_size(pos2(x, y), vec2(13.0, 13.0)),
            nodes: Vec::new(),
            members: vec![head.source],
            wires: vec![wire],
            label: String::new(),
            second: String::new(),
        });
        let known = facts.nodes.get(head.source);
        let device = known.and_then(|n| n.device.as_deref()).unwrap_or_default();
        // What trips the breaker stands before it, as far as there is room.
        let trips = known.map_or(&[][..], |n| &n.trips);
        let all = trips.iter().rev().map(String::as_str).chain([device]).filter(|d| !d.is_empty());
        let all = all.collect::<Vec<_>>().join(" · ");
        let at = pos2(x - 14.0, y);
        if self.tag_within(at, Align::Max, half - 4.0, &all, Face::Caption, Ink::Faint).is_none() {
            self.tag_within(at, Align::Max, half - 4.0, device, Face::Caption, Ink::Faint);
        }
        let number = facts.wire_text(wire, false);
        let text = if number.contains('\u{A0}') || facts.unit.is_empty() {
            number
        } else {
            format!("{number}\u{A0}{}", facts.unit)
        };
        let room = half - 4.0;
        let at = pos2(x + 16.0, y);
        let plain = text.split('\u{A0}').next().unwrap_or(&text);
        let number = self
            .tag_within(at, Align::Min, room, &text, Face::Number, Ink::Strong)
            .or_else(|| self.tag_within(at, Align::Min, room, plain, Face::NumberLabel, Ink::Strong));
        let reactive = facts.flows.get(wire.edge).and_then(|f| f.reactive.as_ref());
        if let (Some(reactive), Some(number)) = (reactive, number) {
            let room = room - number.width() - 12.0;
            let at = pos2(number.right() + 10.0, y);
            let words = format!("{}\u{A0}{}", crate::signal::format_number(reactive.value, 0), reactive.unit);
            self.tag_within(at, Align::Min, room, &words, Face::NumberLabel, Ink::Faint);
        }
    }

    /// A stage between source and bus: rings for a transformer, else a box.
    fn stage(&mut self, node: usize, wire: Wire, x: f32, y: f32, half: f32) -> Rect {
        let facts = self.builder.facts;
        let Some(known) = facts.nodes.get(node) else { return Rect::from_center_size(pos2(x, y), vec2(0.0, 0.0)) };
        let rings = known.carrier == Carrier::Grid && known.kind == NodeKind::Converter;
        let width = if rings { 18.0 } else { self.builder.label_width(&known.label, Face::Label) + 16.0 };
        let size = if rings { vec2(18.0, 26.0) } else { vec2(width, BOX) };
        let rect = Rect::from_center_size(pos2(x, y), size);
        self.drawing.spots.push(Spot {
            role: if rings { Role::Rings } else { Role::Box },
            rect,
            nodes: vec![node],
            members: vec![node],
            wires: vec![wire],
            label: known.label.clone(),
            second: String::new(),
        });
        let limit = facts.flows.get(wire.edge).and_then(|f| f.limit.map(|limit| (limit, f.burden_unit())));
        let mut left: Vec<String> = Vec::new();
        if let Some((limit, unit)) = limit {
            let number = crate::signal::format_number(limit, super::super::words::decimals_of(limit));
            left.push(format!("{number}\u{A0}{unit}"));
        }
        left.extend(known.loading.iter().map(Quantity::words));
        let beside = width / 2.0 + 9.0;
        let room = half + 12.0 - beside;
        // Loading says more than the rating where only one of them has room.
        while !left.is_empty() && (self.builder.ruler)(&left.join(", "), Face::Caption) > room {
            left.remove(0);
        }
        self.tag_within(pos2(x - beside, y), Align::Max, room, &left.join(", "), Face::Caption, Ink::Faint);
        if let Some(loss) = &known.loss {
            let words = format!("loss {}", loss.words());
            self.tag_within(pos2(x + beside, y), Align::Min, room, &words, Face::Caption, Ink::Faint);
        }
        rect
    }

    /// A piece below the bus, with all that hangs on it.
    fn block(&mut self, block: &Block, x: f32, bus: f32, stage: usize, from: (f32, f32), gaps: &[f32]) {
        // The wire begins at one height, what stands beside it may begin lower.
        let (from, free) = from;
        let facts = self.builder.facts;
        let top = bus + top_of(stage, gaps, self.stretch);
        let node = block.nodes.first().and_then(|n| facts.nodes.get(*n));
        let is_tip = matches!(block.shape, Shape::Tip(_));
        if !block.wires.is_empty() {
            let end = if is_tip { top - 1.0 } else { top };
            let carrier = node.map(|n| super::facts::NodeFacts { carrier: block.carrier, ..n.clone() });
            let arrow = is_tip || block.store;
            self.cable(x, from, end, block.wires.clone(), carrier.as_ref(), arrow);
            if let Some(cable) = self.drawing.cables.last_mut() {
                cable.store = block.store;
            }
        }
        let beside = (free + top) / 2.0;
        if !block.lost.is_empty() {
            let at = pos2(x + BESIDE + 2.0, if is_tip { beside - 1.0 } else { beside });
            self.tag(at, Align::Min, &block.lost, Face::NumberCaption, Ink::Faint);
        }
        if !block.flow.is_empty() {
            match (block.stage, block.lost.is_empty()) {
                (true, false) => {
                    self.tag(pos2(x - BESIDE, beside), Align::Max, &block.flow, Face::NumberCaption, Ink::Plain)
                }
                (true, true) => {
                    self.tag(pos2(x + BESIDE, beside), Align::Min, &block.flow, Face::NumberCaption, Ink::Plain)
                }
                (false, _) => self.tag(pos2(x + BESIDE, beside), Align::Min, &block.flow, Face::Number, Ink::Strong),
            };
        }
        if !block.flow.is_empty() && !block.stage {
            self.wish_beside(block, x, beside);
        }
        let bottom = self.body(block, x, top);
        if block.children.is_empty() {
            return;
        }
        let mut from = (bottom, bottom);
        if !block.spur.is_empty() {
            let at = pos2(x + BESIDE + 2.0, bottom + NOTE / 2.0);
            self.tag(at, Align::Min, &block.spur, Face::NumberCaption, Ink::Faint);
            from.1 = bottom + NOTE;
        }
        if block.children.len() > 1 && !matches!(block.shape, Shape::Bar) {
            let y = bottom + fork_drop(block) - 4.0;
            let wires = block.children.iter().flat_map(|c| c.wires.clone()).collect();
            self.cable(x, bottom, y, wires, node, false);
            let ends = block.children.iter().map(|c| x + c.at);
            let (left, right) = ends.fold((x, x), |(l, r), at| (l.min(at), r.max(at)));
            self.drawing.forks.push(Fork { left, right, y, carrier: block.carrier });
            from = (y, y);
        }
        for child in &block.children {
            self.block(child, x + child.at, bus, stage + 1, from, gaps);
        }
    }

    /// What stands at the end of a wire; returns its lower edge.
    fn body(&mut self, block: &Block, x: f32, top: f32) -> f32 {
        let centred = |width: f32, height: f32| Rect::from_min_size(pos2(x - width / 2.0, top), vec2(width, height));
        let mut spot = Spot {
            role: Role::Box,
            rect: centred(block.width, BOX),
            nodes: block.nodes.clone(),
            members: block.nodes.clone(),
            wires: block.wires.clone(),
            label: block.label.clone(),
            second: String::new(),
        };
        match &block.shape {
            Shape::Box(efficiency) => efficiency.clone_into(&mut spot.second),
            Shape::Bar => {
                let ends = block.children.iter().map(|c| x + c.at);
                let (left, right) = ends.fold((x - 12.0, x + 12.0), |(l, r), at| (l.min(at), r.max(at)));
                spot.role = Role::Bus;
                spot.rect = Rect::from_min_max(pos2(left, top), pos2(right, top + 4.0));
            }
            Shape::Tip(value) => {
                spot.role = Role::Tip;
                spot.rect = centred(block.width, super::block::TIP);
                value.clone_into(&mut spot.second);
            }
            Shape::Store(notes) => {
                spot.role = Role::Store;
                for (index, note) in notes.iter().enumerate() {
                    let y = top + BOX + 2.0 + (index as f32 + 0.5) * NOTE;
                    if y + NOTE / 2.0 > self.bottom {
                        break;
                    }
                    let face = if index == 0 && note.contains('%') { Face::NumberCaption } else { Face::Caption };
                    self.tag(pos2(x, y), Align::Center, note, face, Ink::Faint);
                }
            }
            Shape::Fold => spot.role = Role::Family,
            Shape::Group(lines, tail) => {
                spot.role = Role::Family;
                spot.nodes = self.list(lines, tail, x - block.width / 2.0, top + BOX);
            }
        }
        let bottom = spot.rect.bottom();
        self.drawing.spots.push(spot);
        bottom
    }

    /// A list below a box; returns the nodes that found no line.
    fn list(&mut self, lines: &[Line], tail: &[Line], left: f32, top: f32) -> Vec<usize> {
        let (label, number) = self.builder.list_columns(lines, tail);
        let right = left + 12.0 + label + LIST_GAP + number;
        let columns = columns_of(lines, self.builder.detail);
        if columns > 1 {
            self.columns(lines, tail, (left, right), top, columns);
            return Vec::new();
        }
        let all = lines.len() + tail.len();
        let fit = |height: f32| (height / LINE + 0.01).floor().max(0.0) as usize;
        let space = self.bottom - top - 4.0;
        let apart = if tail.is_empty() { 0.0 } else { 5.0 };
        let room = fit(space - apart).min(all);
        // What has no line of its own is told together on the last one.
        let (shown, more) = match room {
            room if room >= all => (all, false),
            0 => (0, false),
            room => (room - 1, true),
        };
        let mut bracket = Bracket { x: left + 4.0, top, teeth: Vec::new() };
        let mut y = top + 4.0 + LINE / 2.0;
        for (index, line) in lines.iter().chain(tail).take(shown).enumerate() {
            let in_tail = index >= lines.len();
            if index == lines.len() {
                y += 5.0;
            }
            let from = if in_tail { left } else { left + 8.0 };
            self.line(line, from, right, y);
            if !in_tail {
                bracket.teeth.push(y);
            }
            y += LINE;
        }
        let rest: Vec<&Line> = lines.iter().chain(tail).skip(shown).collect();
        let nodes: Vec<usize> = rest.iter().map(|l| l.node).collect();
        if more {
            let wires: Vec<Wire> = rest.iter().filter_map(|l| l.wire).collect();
            let label = format!("{} more", rest.len());
            let number = self.builder.facts.sum_text(&wires);
            let more = Line { node: 0, wire: None, label, number };
            self.line(&more, left + 8.0, right, y);
            bracket.teeth.push(y);
            if let Some(spot) = self.drawing.spots.last_mut() {
                spot.nodes.clone_from(&nodes);
                spot.members.clone_from(&nodes);
                spot.wires = wires;
            }
        }
        if !bracket.teeth.is_empty() {
            self.drawing.brackets.push(bracket);
        }
        if more { Vec::new() } else { nodes }
    }

    /// A list in columns side by side, with the lines that stand for themselves below the first. Only the first column
    /// has a bracket: the others stand beside it.
    fn columns(&mut self, lines: &[Line], tail: &[Line], (left, right): (f32, f32), top: f32, columns: usize) {
        let rows = lines.len().div_ceil(columns);
        let first = top + 4.0 + LINE / 2.0;
        for (index, line) in lines.iter().enumerate() {
            let off = (index / rows) as f32 * (right - left + COLUMN_GAP);
            self.line(line, left + off + 8.0, right + off, first + (index % rows) as f32 * LINE);
        }
        let teeth = (0..rows).map(|row| first + row as f32 * LINE).collect();
        self.drawing.brackets.push(Bracket { x: left + 4.0, top, teeth });
        for (index, line) in tail.iter().enumerate() {
            self.line(line, left, right, first + 5.0 + (rows + index) as f32 * LINE);
        }
    }

    fn line(&mut self, line: &Line, left: f32, right: f32, y: f32) {
        let rect = Rect::from_min_max(pos2(left, y - LINE / 2.0), pos2(right, y + LINE / 2.0));
        self.drawing.spots.push(Spot {
            role: Role::Line,
            rect,
            nodes: vec![line.node],
            members: vec![line.node],
            wires: line.wire.into_iter().collect(),
            label: line.label.clone(),
            second: line.number.clone(),
        });
    }

    /// Wants the reactive power of a branch below its flow or beside its wire, and how much of its rating a lone thing
    /// takes.
    fn wish_beside(&mut self, block: &Block, x: f32, y: f32) {
        let facts = self.builder.facts;
        let parts = block.wires.iter().map(|w| facts.flows.get(w.edge).and_then(|f| f.reactive.as_ref()));
        let reactive: Option<Vec<&Quantity>> = parts.collect();
        if let Some(reactive) = reactive.filter(|all| !all.is_empty())
            && let Some(unit) = reactive.first().map(|q| q.unit.clone())
        {
            let sum: f64 = reactive.iter().map(|q| q.value).sum();
            let text = format!("{}\u{A0}{unit}", crate::signal::format_number(sum, 1));
            let behind = x + BESIDE + (self.builder.ruler)(&block.flow, Face::Number) + APART + 1.0;
            let places = vec![
                (pos2(x + BESIDE, y + 14.0), Align::Min),
                (pos2(x - BESIDE, y), Align::Max),
                (pos2(behind, y), Align::Min),
            ];
            self.wishes.push(Wish { places, text, face: Face::NumberCaption, about: About::Reactive });
        }
        let lone = block.nodes.first().and_then(|n| facts.nodes.get(*n)).filter(|_| block.nodes.len() == 1);
        if let Some(loading) = lone.filter(|n| n.kind == NodeKind::Storage).and_then(|n| n.loading.as_ref())
            && loading.value.is_finite()
        {
            let text = format!("load {}", loading.words());
            // Its column goes on with words; where these end is known when all is placed.
            let places = vec![
                (pos2(x + BESIDE, y + 14.0), Align::Min),
                (pos2(x - BESIDE, y), Align::Max),
                (pos2(x, f32::NAN), Align::Center),
            ];
            self.wishes.push(Wish { places, text, face: Face::Caption, about: About::Own });
        }
    }

    /// Tells what was wished for where it is free: nothing that stands there is covered.
    fn grant(&mut self, area: Rect) {
        let facts = self.builder.facts;
        for spot in &self.drawing.spots {
            let Some(node) = spot.nodes.first().and_then(|n| facts.nodes.get(*n)) else { continue };
            let y = spot.rect.center().y;
            match spot.role {
                // Loads of a list tell how much of their rating they take.
                Role::Line => {
                    if let Some(loading) = node.loading.as_ref().filter(|q| q.value.is_finite()) {
                        let places = vec![(pos2(spot.rect.right() + 16.0, y), Align::Min)];
                        self.wishes.push(Wish {
                            places,
                            text: loading.words(),
                            face: Face::NumberCaption,
                            about: About::Own,
                        });
                    }
                }
                // Converters below the bus, beside their box.
                Role::Box if node.kind == NodeKind::Converter && node.rating.is_some() => {
                    if let Some(loading) = node.loading.as_ref().filter(|q| q.value.is_finite()) {
                        let places = vec![
                            (pos2(spot.rect.right() + 16.0, y), Align::Min),
                            (pos2(spot.rect.left() - 16.0, y), Align::Max),
                        ];
                        let text = format!("load {}", loading.words());
                        self.wishes.push(Wish { places, text, face: Face::Caption, about: About::Own });
                    }
                }
                Role::Tip if !node.trips.is_empty() => {
                    let low = spot.rect.bottom() - 6.0;
                    let places = vec![
                        (pos2(spot.rect.right() + 6.0, low), Align::Min),
                        (pos2(spot.rect.left() - 6.0, low), Align::Max),
                    ];
                    let text = node.trips.join(" · ");
                    self.wishes.push(Wish { places, text, face: Face::Caption, about: About::Trips });
                }
                _ => {}
            }
        }
        let all = std::mem::take(&mut self.wishes);
        for about in [About::Reactive, About::Trips] {
            let kind: Vec<&Wish> = all.iter().filter(|wish| wish.about == about).collect();
            let sides = kind.iter().map(|wish| wish.places.len()).min().unwrap_or(0);
            let free = |wish: &Wish, side: usize| wish.places.get(side).is_some_and(|p| self.is_free(area, wish, *p));
            let Some(side) = (0..sides).find(|side| kind.iter().all(|wish| free(wish, *side))) else { continue };
            for wish in kind {
                if let Some(&(at, align)) = wish.places.get(side) {
                    self.tag(at, align, &wish.text, wish.face, Ink::Faint);
                }
            }
        }
        for wish in all.iter().filter(|wish| wish.about == About::Own) {
            let below = |&(at, align): &(Pos2, Align)| {
                (if at.y.is_nan() { pos2(at.x, self.end_of_column(at.x) + 9.0) } else { at }, align)
            };
            if let Some((at, align)) = wish.places.iter().map(below).find(|place| self.is_free(area, wish, *place)) {
                self.tag(at, align, &wish.text, wish.face, Ink::Faint);
            }
        }
    }

    /// Where what stands at an `x` ends.
    fn end_of_column(&self, x: f32) -> f32 {
        let rects = self.drawing.tags.iter().map(|t| t.rect).chain(self.drawing.spots.iter().map(|s| s.rect));
        let own = rects.filter(|rect| rect.x_range().contains(x) && rect.width() < BAR);
        own.map(|rect| rect.bottom()).fold(f32::NEG_INFINITY, f32::max)
    }

    /// Whether nothing stands where a wish would.
    fn is_free(&self, area: Rect, wish: &Wish, (at, align): (Pos2, Align)) -> bool {
        let width = (self.builder.ruler)(&wish.text, wish.face);
        let left = match align {
            Align::Min => at.x,
            Align::Center => at.x - width / 2.0,
            Align::Max => at.x - width,
        };
        let rect = Rect::from_min_size(pos2(left, at.y - 6.5), vec2(width, 13.0));
        // What stands at the other side of a gap must not look as if it belonged here.
        let gap = match wish.about {
            About::Trips => 4.0,
            About::Reactive => APART,
            About::Own => 14.0,
        };
        let apart = |other: Rect| !other.expand2(vec2(gap, -1.0)).intersects(rect);
        let cable = |c: &Cable| Rect::from_min_max(pos2(c.x - 6.0, c.top), pos2(c.x + 6.0, c.bottom));
        let fork = |f: &Fork| Rect::from_min_max(pos2(f.left, f.y - 4.0), pos2(f.right, f.y + 4.0));
        let drawing = &self.drawing;
        area.contains_rect(rect)
            && drawing.tags.iter().all(|tag| apart(tag.rect))
            && drawing.spots.iter().all(|spot| apart(spot.rect))
            && drawing.cables.iter().all(|c| !cable(c).intersects(rect))
            && drawing.forks.iter().all(|f| !fork(f).intersects(rect))
    }

    fn cable(
        &mut self,
        x: f32,
        top: f32,
        bottom: f32,
        wires: Vec<Wire>,
        node: Option<&super::facts::NodeFacts>,
        arrow: bool,
    ) {
        let carrier = node.map_or(Carrier::Aux, |n| n.carrier);
        self.drawing.cables.push(Cable { x, top, bottom, wires, carrier, store: false, arrow });
    }

    /// A text that is left away where it has no room.
    fn tag_within(&mut self, at: Pos2, align: Align, room: f32, text: &str, face: Face, ink: Ink) -> Option<Rect> {
        let fits = !text.is_empty() && (self.builder.ruler)(text, face) <= room;
        fits.then(|| self.tag(at, align, text, face, ink))
    }

    fn tag(&mut self, at: Pos2, align: Align, text: &str, face: Face, ink: Ink) -> Rect {
        let width = (self.builder.ruler)(text, face);
        let left = match align {
            Align::Min => at.x,
            Align::Center => at.x - width / 2.0,
            Align::Max => at.x - width,
        };
        let rect = Rect::from_min_size(pos2(left, at.y - 6.5), vec2(width, 13.0));
        self.drawing.tags.push(Tag { at, align, text: text.to_owned(), face, ink, rect });
        rect
    }
}
