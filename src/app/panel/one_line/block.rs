//! The pieces below a bus and how much room each one needs.

use crate::app::theme::Face;
use crate::signal::{Carrier, NodeKind, format_number};

use super::contour::{Contour, Span, pack};
use super::detail::{Detail, Lists, Merge};
use super::facts::Facts;
use super::tree::{Branch, Wire};

/// Height of a box.
pub(super) const BOX: f32 = 20.0;

/// Height of a line in a list.
pub(super) const LINE: f32 = 17.0;

/// Height of a small line below a box.
pub(super) const NOTE: f32 = 14.0;

/// Height of value and name below an arrow.
pub(super) const TIP: f32 = 28.0;

/// Least distance between columns.
pub(super) const GAP: f32 = 8.0;

/// Distance of a label from its line.
pub(super) const BESIDE: f32 = 8.0;

/// Distance between names and numbers of a list.
pub(super) const LIST_GAP: f32 = 6.0;

/// Distance between two columns of a list.
pub(super) const COLUMN_GAP: f32 = 10.0;

/// Half of what a wire with its arrow takes.
const WIRE: f32 = 8.0;

/// Room for the shape of an alarm before a value.
const ALARM: f32 = 12.0;

/// Longest list; more things fold into one box.
const LONGEST: usize = 24;

/// How wide a text is in a face.
pub(super) type Ruler<'a> = &'a dyn Fn(&str, Face) -> f32;

/// One line of a list.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    /// The node.
    pub node: usize,
    /// What feeds it.
    pub wire: Option<Wire>,
    /// Its name.
    pub label: String,
    /// Its flow.
    pub number: String,
}

/// What stands at the end of a wire.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Shape {
    /// A box with a name, and behind it its efficiency.
    Box(String),
    /// A bus of its own.
    Bar,
    /// An arrow with value and name.
    Tip(String),
    /// A box with small lines below it.
    Store(Vec<String>),
    /// A box with a list below it, and lines below that stand for themselves.
    Group(Vec<Line>, Vec<Line>),
    /// A box for many.
    Fold,
}

/// A piece with all that hangs on it. Sideways distances count from its own wire.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Block {
    /// What it is drawn as.
    pub shape: Shape,
    /// Nodes that it stands for.
    pub nodes: Vec<usize>,
    /// What feeds it.
    pub wires: Vec<Wire>,
    /// Name in its box or below its arrow.
    pub label: String,
    /// Form of energy of its wire.
    pub carrier: Carrier,
    /// Whether its wire goes both ways.
    pub store: bool,
    /// The flow beside its wire; empty where the arrow tells it.
    pub flow: String,
    /// What the piece above loses, beside the wire; empty where it is not told.
    pub lost: String,
    /// What it loses itself, where no piece below tells it.
    pub spur: String,
    /// Whether this flow is one between two stages, and so set small.
    pub stage: bool,
    /// What it covers with all that hangs on it.
    pub contour: Contour,
    /// Width of its box or text alone.
    pub width: f32,
    /// Distance of its wire from that of the piece above.
    pub at: f32,
    /// What hangs on it.
    pub children: Vec<Block>,
}

impl Block {
    /// Height of the piece without what hangs on it, at least or as it likes to be.
    pub fn body(&self, detail: Detail, least: bool) -> f32 {
        match &self.shape {
            Shape::Bar => 4.0,
            Shape::Box(_) | Shape::Fold => BOX,
            Shape::Tip(_) => TIP,
            Shape::Store(notes) => BOX + if least { 0.0 } else { notes.len() as f32 * NOTE + 2.0 },
            Shape::Group(lines, tail) => {
                let tail_height = if tail.is_empty() { 0.0 } else { tail.len() as f32 * LINE + 5.0 };
                let rows = lines.len().div_ceil(columns_of(lines, detail));
                let all = rows as f32 * LINE + tail_height + 6.0;
                BOX + if least && detail.lists != Lists::Full { 0.0 } else { all }
            }
        }
    }
}

/// Columns that a list breaks into: few lines stay together.
pub(super) fn columns_of(lines: &[Line], detail: Detail) -> usize {
    detail.list_columns.min(lines.len().div_ceil(2)).max(1)
}

/// Every node of a branch.
fn all_nodes(branch: &Branch) -> Vec<usize> {
    let mut out = vec![branch.node];
    let mut open: Vec<&Branch> = branch.children.iter().collect();
    while let Some(next) = open.pop() {
        out.push(next.node);
        open.extend(&next.children);
    }
    out
}

/// Makes and measures pieces.
pub(super) struct Builder<'a> {
    /// Numbers and words.
    pub facts: &'a Facts,
    /// How much is told.
    pub detail: Detail,
    /// Widths of texts.
    pub ruler: Ruler<'a>,
}

impl Builder<'_> {
    /// The pieces on the main bus.
    pub fn top(&self, branches: &[Branch]) -> Vec<Block> {
        let merge = self.detail.merge;
        if merge == Merge::Hidden {
            return Vec::new();
        }
        if merge == Merge::None {
            return self.pieces(branches, 1, &Above::default());
        }
        // Families in the order of their first member.
        let key = |branch: &Branch| {
            let node = self.facts.nodes.get(branch.node);
            let is_load = node.is_some_and(|n| n.kind == NodeKind::Load) && branch.children.is_empty();
            match merge {
                Merge::Class => node.map(|n| (is_load, n.class.clone(), None)),
                Merge::Carrier if is_load => Some((true, String::new(), None)),
                Merge::Carrier => node.map(|n| (false, String::new(), Some(n.carrier))),
                _ => None,
            }
        };
        let listed = |branch: &Branch| merge == Merge::Class && key(branch).is_some_and(|(is_load, ..)| is_load);
        let mut families: Vec<Vec<&Branch>> = Vec::new();
        for branch in branches {
            // Loads find together below, by form of energy.
            if listed(branch) {
                families.push(vec![branch]);
                continue;
            }
            match families.iter_mut().find(|f| f.first().is_some_and(|first| key(first) == key(branch))) {
                Some(family) => family.push(branch),
                None => families.push(vec![branch]),
            }
        }
        let single: Vec<Branch> = families.iter().filter(|f| f.len() == 1).map(|f| f[0].clone()).collect();
        let mut out: Vec<Block> = families.iter().filter(|f| f.len() > 1).map(|f| self.fold(f)).collect();
        out.extend(self.pieces(&single, 1, &Above::default()));
        let place = |block: &Block| {
            let first = block.nodes.first();
            branches.iter().position(|b| Some(&b.node) == first).unwrap_or(usize::MAX)
        };
        out.sort_by_key(place);
        out
    }

    /// The pieces below one piece.
    fn pieces(&self, branches: &[Branch], level: usize, above: &Above) -> Vec<Block> {
        let fork = branches.len() > 1;
        let mut taken = vec![false; branches.len()];
        let mut out: Vec<Block> = Vec::new();
        let group_of = |branch: &Branch| {
            let node = self.facts.nodes.get(branch.node)?;
            let listed = matches!(node.kind, NodeKind::Load | NodeKind::Storage) && branch.children.is_empty();
            (listed && branch.wire.is_some()).then_some((node.kind, node.carrier))
        };
        let least = |kind: NodeKind| if kind == NodeKind::Storage { 3 } else { 2 };
        let members = |key: (NodeKind, Carrier)| branches.iter().filter(move |b| group_of(b) == Some(key));
        let is_group = |key: (NodeKind, Carrier)| members(key).nth(least(key.0) - 1).is_some();
        // A lone small load finds a place below the list of others.
        let lone = |b: &Branch| group_of(b).filter(|k| *k == (NodeKind::Load, Carrier::Aux) && !is_group(*k)).is_some();
        let short = |key: (NodeKind, Carrier)| self.detail.lists == Lists::Folded || members(key).count() <= LONGEST;
        let host = branches.iter().filter_map(group_of).find(|k| k.0 == NodeKind::Load && is_group(*k) && short(*k));
        for (place, branch) in branches.iter().enumerate() {
            if taken[place] || (host.is_some() && lone(branch)) {
                continue;
            }
            match group_of(branch).filter(|key| is_group(*key)) {
                Some(key) => {
                    for (at, other) in branches.iter().enumerate() {
                        taken[at] |= group_of(other) == Some(key);
                    }
                    let tail: Vec<&Branch> =
                        if host == Some(key) { branches.iter().filter(|b| lone(b)).collect() } else { Vec::new() };
                    out.push(self.group(&members(key).collect::<Vec<_>>(), &tail));
                }
                None => out.push(self.piece(branch, level, above, fork)),
            }
        }
        out
    }

    /// One branch.
    fn piece(&self, branch: &Branch, level: usize, above: &Above, fork: bool) -> Block {
        let node = self.facts.nodes.get(branch.node);
        let kind = node.map_or(NodeKind::Load, |n| n.kind);
        let label = node.map_or_else(String::new, |n| n.label.clone());
        let store = kind == NodeKind::Storage;
        // Where even families stand together, nothing has room for a box.
        let plain = self.detail.merge >= Merge::Carrier && branch.children.is_empty() && branch.wire.is_some();
        let folded = level >= self.detail.depth && !branch.children.is_empty();
        let shape = match kind {
            NodeKind::Bus if !folded && !branch.children.is_empty() => Shape::Bar,
            _ if plain || (kind == NodeKind::Load && branch.children.is_empty() && branch.wire.is_some()) => {
                Shape::Tip(branch.wire.map_or_else(String::new, |w| self.with_unit(&self.facts.wire_text(w, store))))
            }
            NodeKind::Storage if branch.children.is_empty() || folded => Shape::Store(self.store_notes(branch.node)),
            _ => {
                let efficiency = node.and_then(|n| n.efficiency.as_ref()).filter(|_| self.detail.efficiencies);
                Shape::Box(efficiency.map_or_else(String::new, super::facts::Quantity::words))
            }
        };
        let is_tip = matches!(shape, Shape::Tip(_));
        // Between two stages of a plain chain the loss says more than the flow, which is nearly the same.
        let stage = level > 1 && !fork && !above.bar;
        let lost = if stage { above.loss.clone() } else { String::new() };
        let told = !is_tip && (!stage || self.detail.stage_flows);
        let flow = branch.wire.filter(|_| told).map_or_else(String::new, |w| self.facts.wire_text(w, store));
        let mut block = Block {
            nodes: if folded { all_nodes(branch) } else { vec![branch.node] },
            wires: branch.wire.into_iter().collect(),
            carrier: node.map_or(Carrier::Aux, |n| n.carrier),
            children: Vec::new(),
            contour: Contour::default(),
            width: 0.0,
            at: 0.0,
            shape,
            label,
            store,
            flow,
            lost,
            spur: String::new(),
            stage,
        };
        if !folded {
            let loss = node.and_then(|n| n.loss.as_ref()).filter(|l| self.detail.losses && l.value != 0.0);
            let loss = loss.map_or_else(String::new, |l| match l.text.as_str() {
                "–" => l.text.clone(),
                text => format!("−{}", text.trim_start_matches('−')),
            });
            let below = Above { loss, bar: matches!(block.shape, Shape::Bar) };
            block.children = self.pieces(&branch.children, level + 1, &below);
            if block.children.iter().all(|child| child.lost.is_empty()) && !block.children.is_empty() {
                block.spur = below.loss;
            }
        }
        self.measure(&mut block);
        block
    }

    /// Leaf loads of one kind, and lone ones below them.
    fn group(&self, members: &[&Branch], tail: &[&Branch]) -> Block {
        let nodes: Vec<usize> = members.iter().map(|b| b.node).collect();
        let lists = self.detail.lists;
        if lists == Lists::Folded || members.len() > LONGEST {
            let all: Vec<&Branch> = members.iter().chain(tail).copied().collect();
            return self.fold(&all);
        }
        let line = |branch: &&Branch| Line {
            node: branch.node,
            wire: branch.wire,
            label: self.facts.nodes.get(branch.node).map_or_else(String::new, |n| n.label.clone()),
            number: branch.wire.map_or_else(|| "–".to_owned(), |w| self.line_text(w)),
        };
        let shape = Shape::Group(members.iter().map(line).collect(), tail.iter().map(line).collect());
        self.gathered(shape, &nodes, members)
    }

    /// Many branches as one box.
    fn fold(&self, members: &[&Branch]) -> Block {
        let wires: Vec<Wire> = members.iter().filter_map(|b| b.wire).collect();
        let shape = if self.detail.merge >= Merge::Carrier && !wires.is_empty() {
            Shape::Tip(self.with_unit(&self.facts.sum_text(&wires)))
        } else {
            Shape::Fold
        };
        let mut block = self.gathered(shape, &members.iter().map(|b| b.node).collect::<Vec<_>>(), members);
        block.nodes = members.iter().flat_map(|b| all_nodes(b)).collect();
        block
    }

    fn gathered(&self, shape: Shape, nodes: &[usize], members: &[&Branch]) -> Block {
        let wires: Vec<Wire> = members.iter().filter_map(|b| b.wire).collect();
        let of = |n: &usize| self.facts.nodes.get(*n);
        let carriers: Vec<Carrier> = nodes.iter().filter_map(of).map(|n| n.carrier).collect();
        let carrier = carriers.first().copied().filter(|c| carriers.iter().all(|o| o == c)).unwrap_or(Carrier::Aux);
        let mut block = Block {
            label: self.facts.family(nodes, !matches!(shape, Shape::Group(..))),
            flow: match shape {
                Shape::Tip(_) => String::new(),
                _ if wires.is_empty() => String::new(),
                _ => self.facts.sum_text(&wires),
            },
            store: nodes.iter().filter_map(of).all(|n| n.kind == NodeKind::Storage),
            nodes: nodes.to_vec(),
            lost: String::new(),
            spur: String::new(),
            stage: false,
            children: Vec::new(),
            contour: Contour::default(),
            width: 0.0,
            at: 0.0,
            shape,
            wires,
            carrier,
        };
        self.measure(&mut block);
        block
    }

    /// How full a store is, and whether it is metered apart.
    fn store_notes(&self, node: usize) -> Vec<String> {
        let Some(node) = self.facts.nodes.get(node) else { return Vec::new() };
        let mut notes: Vec<String> = node.charge.iter().map(super::facts::Quantity::words).collect();
        if node.apart {
            notes.extend(["metered".to_owned(), "apart".to_owned()]);
        }
        notes
    }

    /// A flow in a list: in its own decimals.
    fn line_text(&self, wire: Wire) -> String {
        let Some(flow) = self.facts.flows.get(wire.edge) else { return "–".to_owned() };
        let exact = if wire.down { flow.exact.value } else { -flow.exact.value };
        let text = format_number(exact, super::facts::decimals(&flow.exact));
        if flow.exact.unit == self.facts.unit { text } else { format!("{text}\u{A0}{}", flow.exact.unit) }
    }

    fn with_unit(&self, number: &str) -> String {
        if self.facts.unit.is_empty() || number.contains('\u{A0}') {
            number.to_owned()
        } else {
            format!("{number}\u{A0}{}", self.facts.unit)
        }
    }

    /// Width that a label takes at most.
    pub fn label_width(&self, text: &str, face: Face) -> f32 {
        (self.ruler)(text, face).min(self.detail.label_pt)
    }

    /// Width of a number that stays the same while its digits change.
    fn number_width(&self, text: &str, wires: &[Wire], face: Face) -> f32 {
        let widest = wires.iter().filter_map(|w| self.facts.flows.get(w.edge)).map(|f| f.brief.widest.as_str());
        widest.chain([text]).map(|t| (self.ruler)(t, face)).fold(0.0, f32::max)
    }

    /// Finds out how much room a piece with its children needs.
    fn measure(&self, block: &mut Block) {
        let box_width = |more: f32| self.label_width(&block.label, Face::Label) + more + 16.0;
        let width = match &block.shape {
            Shape::Box(efficiency) if efficiency.is_empty() => box_width(0.0),
            Shape::Box(efficiency) => box_width((self.ruler)(efficiency, Face::NumberLabel) + 8.0),
            Shape::Bar => 24.0,
            Shape::Tip(value) => {
                self.number_width(value, &[], Face::Number).max(self.label_width(&block.label, Face::Label))
            }
            Shape::Store(notes) => {
                notes.iter().map(|n| (self.ruler)(n, Face::Caption) + 2.0).fold(box_width(0.0), f32::max)
            }
            Shape::Group(..) | Shape::Fold => box_width(0.0),
        };
        block.width = width.max(28.0);
        let half = block.width / 2.0;
        let mut body = Span::both(half);
        let mut gap = Span::both(WIRE);
        let flow_face = if block.stage { Face::NumberCaption } else { Face::Number };
        if !block.flow.is_empty() {
            let beside = self.number_width(&block.flow, &block.wires, flow_face) + BESIDE;
            if block.stage && !block.lost.is_empty() {
                gap.left = gap.left.min(-beside);
            } else {
                gap.right = gap.right.max(beside);
            }
        }
        let loss_width = |loss: &str| (self.ruler)(loss, Face::NumberCaption) + BESIDE + 2.0;
        if !block.lost.is_empty() {
            gap.right = gap.right.max(loss_width(&block.lost));
        }
        // Alarms stand before a value.
        if matches!(block.shape, Shape::Tip(_)) {
            body.left -= ALARM;
        }
        let (places, hanging) = pack(block.children.iter().map(|c| &c.contour), GAP);
        let (first, last) = (0.0, places.last().copied().unwrap_or(0.0));
        let own = (first + last) / 2.0;
        for (child, at) in block.children.iter_mut().zip(&places) {
            child.at = at - own;
        }
        if matches!(block.shape, Shape::Bar) {
            body = body.with(Span { left: first - own, right: last - own });
            // It is thinner than a box: labels below it stand beside the boxes of its neighbours.
            body = hanging.top().map_or(body, |below| body.with(below.moved(-own)));
        }
        let mut bands = vec![gap, body];
        match &block.shape {
            Shape::Group(lines, tail) => {
                bands.push(Span { left: -half, right: half.max(self.list_width(lines, tail) - half) });
            }
            _ if !block.children.is_empty() => {
                let fork = Span { left: first - own, right: last - own }.with(Span::both(WIRE));
                let spur = if block.spur.is_empty() { 0.0 } else { loss_width(&block.spur) };
                bands.push(fork.with(Span { left: 0.0, right: spur }));
            }
            _ => {}
        }
        block.contour = Contour::new(bands);
        block.contour.join(&hanging, -own, 2);
    }

    /// Width of a list with its bracket.
    fn list_width(&self, lines: &[Line], tail: &[Line]) -> f32 {
        let (label, number) = self.list_columns(lines, tail);
        let columns = columns_of(lines, self.detail) as f32;
        columns * (12.0 + label + LIST_GAP + number) + (columns - 1.0) * COLUMN_GAP
    }

    /// Widths of the names and of the numbers of a list.
    pub fn list_columns(&self, lines: &[Line], tail: &[Line]) -> (f32, f32) {
        let all = || lines.iter().chain(tail);
        let label = all().map(|l| self.label_width(&l.label, Face::Label)).fold(0.0, f32::max);
        let number = all().map(|l| {
            let widest = l.wire.and_then(|w| self.facts.flows.get(w.edge)).map_or("", |f| f.exact.widest.as_str());
            (self.ruler)(widest, Face::NumberLabel).max((self.ruler)(&l.number, Face::NumberLabel))
        });
        (label, number.fold(0.0, f32::max))
    }
}

/// What a piece needs to know of the one above.
#[derive(Debug, Clone, Default)]
struct Above {
    /// What it loses, as printed.
    loss: String,
    /// Whether it is a bus of its own.
    bar: bool,
}
