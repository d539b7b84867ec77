//! The topology as trees that hang from their sources: what a drawing follows from the top down.

use std::collections::VecDeque;

use crate::signal::{NodeKind, Topology};

/// A flow as the drawing meets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wire {
    /// Index of the edge.
    pub edge: usize,
    /// Whether positive flows go down on the drawing.
    pub down: bool,
}

/// A node with all that hangs on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Branch {
    /// What feeds it; `None` where nothing does.
    pub wire: Option<Wire>,
    /// Index of the node.
    pub node: usize,
    /// What hangs on it.
    pub children: Vec<Branch>,
}

/// A source and the chain between it and the bus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    /// Index of the source's node.
    pub source: usize,
    /// The nodes on the way down, each with what feeds it.
    pub stages: Vec<(Wire, usize)>,
    /// The flow into the bus; `None` where the last stage is the bus itself.
    pub into: Option<Wire>,
}

impl Head {
    /// The flow at the source.
    pub fn first(&self) -> Option<Wire> {
        self.stages.first().map(|(wire, _)| *wire).or(self.into)
    }
}

/// Sources side by side, the bus that joins them, and what hangs on it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Pane {
    /// Sources; none for things that no source reaches.
    pub heads: Vec<Head>,
    /// The bus's node; `None` where the plant names none.
    pub bus: Option<usize>,
    /// What hangs on the bus, in the plant's order.
    pub branches: Vec<Branch>,
}

/// A whole topology.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Tree {
    /// Parts that no flow joins.
    pub panes: Vec<Pane>,
    /// Edges that close a ring, and so have no place on a tree.
    pub ties: Vec<usize>,
}

impl Tree {
    /// Hangs every node below a source. Rings are cut where the way from the source is longest.
    pub fn of(topology: &Topology) -> Self {
        let count = topology.nodes.len();
        let mut near: Vec<Vec<(usize, Wire)>> = vec![Vec::new(); count];
        for (edge, flow) in topology.edges.iter().enumerate() {
            if flow.from >= count || flow.to >= count || flow.from == flow.to {
                continue;
            }
            near[flow.from].push((flow.to, Wire { edge, down: true }));
            near[flow.to].push((flow.from, Wire { edge, down: false }));
        }
        let mut tree = Self::default();
        let mut seen = vec![false; count];
        let mut used = vec![false; topology.edges.len()];
        let is_source = |node: usize| topology.nodes.get(node).is_some_and(|n| n.kind == NodeKind::Source);
        let fed = |node: usize| near[node].iter().any(|(_, wire)| !wire.down);
        // Sources first, then what nothing feeds, then whatever is left: a ring without a source.
        let roots = (0..count).filter(|n| is_source(*n));
        let roots = roots.chain((0..count).filter(|n| !is_source(*n) && !fed(*n))).chain(0..count);
        let mut loose = Pane::default();
        for root in roots {
            if seen[root] {
                continue;
            }
            let hanging = hang(root, &near, &mut seen, &mut used);
            if hanging.children.is_empty() && !is_source(root) {
                loose.branches.push(hanging);
            } else {
                tree.panes.push(pane(hanging, topology));
            }
        }
        if !loose.branches.is_empty() {
            tree.panes.push(loose);
        }
        let ends = |edge: usize| topology.edges.get(edge).is_some_and(|e| e.from < count && e.to < count);
        tree.ties =
            used.iter().enumerate().filter(|(edge, used)| !**used && ends(*edge)).map(|(edge, _)| edge).collect();
        tree
    }
}

/// All that is reached from a root, nearest first.
fn hang(root: usize, near: &[Vec<(usize, Wire)>], seen: &mut [bool], used: &mut [bool]) -> Branch {
    // Parents come before their children, so that children can be handed up from the back.
    let mut order: Vec<(usize, Option<(usize, Wire)>)> = Vec::new();
    let mut queue = VecDeque::from([(root, None)]);
    seen[root] = true;
    while let Some((node, above)) = queue.pop_front() {
        let place = order.len();
        order.push((node, above));
        for (next, wire) in &near[node] {
            if !seen[*next] {
                seen[*next] = true;
                used[wire.edge] = true;
                queue.push_back((*next, Some((place, *wire))));
            }
        }
    }
    let mut below: Vec<Vec<Branch>> = vec![Vec::new(); order.len()];
    let mut top = Branch { wire: None, node: root, children: Vec::new() };
    for (place, (node, above)) in order.iter().enumerate().rev() {
        let mut children = std::mem::take(&mut below[place]);
        children.reverse();
        let branch = Branch { wire: above.map(|(_, wire)| wire), node: *node, children };
        match above {
            Some((parent, _)) => below[*parent].push(branch),
            None => top = branch,
        }
    }
    top
}

/// Finds the bus below a root: the first node that several things hang on, or that the plant calls a bus.
fn pane(root: Branch, topology: &Topology) -> Pane {
    let kind = |node: usize| topology.nodes.get(node).map_or(NodeKind::Load, |n| n.kind);
    let mut head = Head { source: root.node, stages: Vec::new(), into: None };
    let mut children = root.children;
    let mut bus = None;
    if kind(root.node) == NodeKind::Bus {
        return with_sources(Pane { heads: Vec::new(), bus: Some(root.node), branches: children }, topology);
    }
    loop {
        let next = match children.as_slice() {
            [only] if kind(only.node) == NodeKind::Bus => {
                bus = Some(only.node);
                head.into = only.wire;
                true
            }
            // A chain that ends without ever branching keeps its last piece as the one branch.
            [only] => kind(only.node) == NodeKind::Converter && !only.children.is_empty(),
            _ => false,
        };
        if !next {
            break;
        }
        let Some(only) = children.pop() else { break };
        children = only.children;
        if bus.is_some() {
            break;
        }
        if let Some(wire) = only.wire {
            head.stages.push((wire, only.node));
        }
    }
    with_sources(Pane { heads: vec![head], bus, branches: children }, topology)
}

/// Lifts further sources that feed the bus through a plain chain to the top.
fn with_sources(mut pane: Pane, topology: &Topology) -> Pane {
    let (lifted, rest): (Vec<Branch>, Vec<Branch>) =
        pane.branches.into_iter().partition(|branch| ends_in_source(branch, topology));
    pane.branches = rest;
    for branch in lifted {
        // From the bus up: each wire leads from the node above into the one before, so every direction turns around.
        let turned = |wire: Wire| Wire { down: !wire.down, ..wire };
        let mut stages = Vec::new();
        let mut into = branch.wire.map(turned);
        let mut at = branch;
        while let Some(next) = at.children.pop() {
            if let Some(wire) = next.wire.map(turned) {
                stages.push((wire, at.node));
            }
            at = next;
        }
        stages.reverse();
        if pane.bus.is_none() && stages.is_empty() && into.is_none() {
            into = at.wire;
        }
        pane.heads.push(Head { source: at.node, stages, into });
    }
    pane
}

fn ends_in_source(branch: &Branch, topology: &Topology) -> bool {
    let mut at = branch;
    loop {
        match at.children.as_slice() {
            [] => return topology.nodes.get(at.node).is_some_and(|n| n.kind == NodeKind::Source),
            [only] => at = only,
            _ => return false,
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;
    use crate::signal::{Carrier, Edge, Node};

    /// A topology of kinds and edges; edge `i` flows in signal `i`.
    pub fn topology(kinds: &[NodeKind], edges: &[(usize, usize)]) -> Topology {
        let nodes = kinds.iter().enumerate().map(|(i, kind)| Node::new(i, &format!("Node {i}"), *kind, Carrier::Grid));
        let edges = edges.iter().enumerate().map(|(flow, (from, to))| Edge {
            from: *from,
            to: *to,
            flow,
            limit: None,
            limit_unit: None,
            reactive: None,
        });
        Topology { nodes: nodes.collect(), edges: edges.collect(), balances: Vec::new() }
    }

    /// Every node of a tree, in no order.
    pub fn nodes(tree: &Tree) -> Vec<usize> {
        fn walk(branch: &Branch, out: &mut Vec<usize>) {
            out.push(branch.node);
            branch.children.iter().for_each(|b| walk(b, out));
        }
        let mut out = Vec::new();
        for pane in &tree.panes {
            out.extend(pane.bus);
            for head in &pane.heads {
                out.push(head.source);
                out.extend(head.stages.iter().map(|(_, node)| *node));
            }
            pane.branches.iter().for_each(|b| walk(b, &mut out));
        }
        out
    }

    use NodeKind::{Bus, Converter, Load, Source, Storage};

    #[test]
    fn a_site_hangs_from_its_source_through_the_transformer() {
        let kinds = [Source, Converter, Bus, Converter, Load, Load, Storage];
        let tree = Tree::of(&topology(&kinds, &[(0, 1), (1, 2), (2, 3), (3, 4), (2, 5), (6, 2)]));
        let [pane] = tree.panes.as_slice() else { panic!("one pane: {tree:?}") };
        let [head] = pane.heads.as_slice() else { panic!("one head") };
        assert_eq!((head.source, pane.bus), (0, Some(2)));
        assert_eq!(head.stages, [(Wire { edge: 0, down: true }, 1)]);
        assert_eq!(head.into, Some(Wire { edge: 1, down: true }));
        let hanging: Vec<usize> = pane.branches.iter().map(|b| b.node).collect();
        assert_eq!(hanging, [3, 5, 6]);
        assert_eq!(pane.branches[2].wire, Some(Wire { edge: 5, down: false }), "the battery's flow points at the bus");
        assert!(tree.ties.is_empty());
    }

    #[test]
    fn two_sources_stand_side_by_side_above_one_bus() {
        let tree = Tree::of(&topology(&[Source, Bus, Load, Converter, Source], &[(0, 1), (1, 2), (4, 3), (3, 1)]));
        let pane = &tree.panes[0];
        let sources: Vec<usize> = pane.heads.iter().map(|h| h.source).collect();
        assert_eq!(sources, [0, 4]);
        assert_eq!(pane.heads[1].stages, [(Wire { edge: 2, down: true }, 3)]);
        assert_eq!(pane.heads[1].into, Some(Wire { edge: 3, down: true }));
        assert_eq!(pane.branches.len(), 1);
    }

    #[test]
    fn a_ring_is_cut_and_told() {
        let tree = Tree::of(&topology(&[Source, Bus, Bus, Bus, Load], &[(0, 1), (1, 2), (1, 3), (2, 3), (3, 4)]));
        assert_eq!(tree.ties, [3]);
        let mut all = nodes(&tree);
        all.sort_unstable();
        assert_eq!(all, [0, 1, 2, 3, 4]);
    }

    #[test]
    fn odd_tables_are_drawn_all_the_same() {
        assert_eq!(Tree::of(&Topology::default()), Tree::default());
        let lone = Tree::of(&topology(&[Load, Source, Storage], &[]));
        assert_eq!(lone.panes.len(), 2, "a lone source, and loose things together: {lone:?}");
        let wrong = Tree::of(&topology(&[Source, Load], &[(0, 9), (1, 1), (0, 1)]));
        assert_eq!(nodes(&wrong).len(), 2);
        let chain = Tree::of(&topology(&[Source, Converter, Load], &[(0, 1), (1, 2)]));
        assert_eq!(chain.panes[0].heads[0].stages.len(), 1);
        assert_eq!(chain.panes[0].branches.len(), 1);
        let ring = Tree::of(&topology(&[Bus, Bus, Bus], &[(0, 1), (1, 2), (2, 0)]));
        assert_eq!(nodes(&ring).len(), 3);
    }
}
