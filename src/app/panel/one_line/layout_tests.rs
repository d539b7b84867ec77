//! Whatever a plant's tables say and however small the tile is: nothing overlaps, and no node is lost.

use std::collections::BTreeMap;

use egui::{Rect, pos2, vec2};
use proptest::prelude::*;

use crate::app::theme::Face;
use crate::signal::{Alarm, Carrier, NodeKind, Topology};

use super::facts::{Facts, FlowFacts, NodeFacts, Quantity};
use super::layout::{Drawing, Role, lay};
use super::tree::{Tree, tests::topology};

fn quantity(text: &str, unit: &str) -> Quantity {
    Quantity { value: 1.0, text: text.to_owned(), widest: text.to_owned(), unit: unit.to_owned() }
}

/// Facts about a topology without a plant behind it.
fn facts(topology: &Topology) -> Facts {
    let carriers = [Carrier::Grid, Carrier::It, Carrier::Cooling, Carrier::Battery, Carrier::Aux];
    let classes = ["ups", "pdu", "cooling", "battery", "charger"];
    let nodes = topology.nodes.iter().enumerate().map(|(i, node)| NodeFacts {
        label: node.label.clone(),
        kind: node.kind,
        carrier: carriers[i % carriers.len()],
        entity: i,
        class: classes[i * 7 % classes.len()].to_owned(),
        feed: None,
        out: None,
        device: Some("52".to_owned()),
        trips: Vec::new(),
        loss: (node.kind == NodeKind::Converter).then(|| quantity("5.21", "MW")),
        efficiency: (node.kind == NodeKind::Converter && i % 2 == 0).then(|| quantity("84.9", "%")),
        charge: (node.kind == NodeKind::Storage).then(|| quantity("48", "%")),
        loading: None,
        rating: None,
        rated_by: String::new(),
        voltage: (node.kind == NodeKind::Source).then(|| quantity("0.991", "pu")),
        frequency: (node.kind == NodeKind::Source).then(|| quantity("60.014", "Hz")),
        apart: node.kind == NodeKind::Storage,
        alarm: Alarm::Normal,
    });
    let flows = topology.edges.iter().map(|edge| FlowFacts {
        signal: edge.flow,
        exact: quantity("126.62", "MW"),
        brief: quantity("126.6", "MW"),
        reactive: Some(quantity("53", "MVAr")),
        limit: None,
        limit_unit: None,
        counted: true,
    });
    Facts { nodes: nodes.collect(), flows: flows.collect(), unit: "MW".to_owned(), largest: 300.0 }
}

fn draw(topology: &Topology, size: (f32, f32)) -> Drawing {
    let ruler = |text: &str, face: Face| {
        let each = if matches!(face, Face::Caption | Face::NumberCaption) { 6.0 } else { 7.2 };
        text.chars().count() as f32 * each
    };
    lay(&Tree::of(topology), &facts(topology), Rect::from_min_size(pos2(10.0, 40.0), vec2(size.0, size.1)), &ruler)
}

/// What is wrong with a drawing.
fn faults(drawing: &Drawing, topology: &Topology, size: (f32, f32)) -> Vec<String> {
    let mut faults = Vec::new();
    let mut seen: BTreeMap<usize, usize> = BTreeMap::new();
    for node in drawing.spots.iter().flat_map(|s| &s.nodes) {
        *seen.entry(*node).or_default() += 1;
    }
    for node in 0..topology.nodes.len() {
        if seen.get(&node).copied() != Some(1) {
            faults.push(format!("node {node} is drawn {:?} times", seen.get(&node)));
        }
    }
    let area = Rect::from_min_size(pos2(10.0, 40.0), vec2(size.0, size.1)).expand(1.0);
    // The name of a source and its numbers share its strip by halves; the strip itself is ground, not an obstacle.
    let things: Vec<(Rect, String)> = drawing
        .spots
        .iter()
        .filter(|s| s.role != Role::Source)
        .map(|s| (s.rect, format!("{:?} {}", s.role, s.label)))
        .chain(drawing.tags.iter().map(|t| (t.rect, format!("text {}", t.text))))
        .collect();
    for (index, (rect, name)) in things.iter().enumerate() {
        if !area.contains_rect(*rect) {
            faults.push(format!("{name} leaves the area: {rect:?}"));
        }
        for (other, other_name) in things.iter().skip(index + 1) {
            if rect.shrink(0.6).intersects(other.shrink(0.6)) {
                faults.push(format!("{name} {rect:?} lies over {other_name} {other:?}"));
            }
        }
    }
    faults
}

/// A random tree below one or two sources, with a few more edges that close rings.
fn plants() -> impl Strategy<Value = Topology> {
    let node = prop_oneof![
        2 => Just(NodeKind::Converter),
        1 => Just(NodeKind::Bus),
        4 => Just(NodeKind::Load),
        1 => Just(NodeKind::Storage),
    ];
    (proptest::collection::vec((node, any::<prop::sample::Index>()), 1..24), 0..3_usize, 0..3_usize).prop_map(
        |(nodes, sources, rings)| {
            let mut kinds = vec![NodeKind::Source, NodeKind::Bus];
            let mut edges = vec![(0, 1)];
            for (kind, parent) in nodes {
                // Only what passes energy on has something below it.
                let parents: Vec<usize> =
                    (1..kinds.len()).filter(|p| matches!(kinds[*p], NodeKind::Bus | NodeKind::Converter)).collect();
                let parent = parents[parent.index(parents.len())];
                let own = kinds.len();
                edges.push(if kind == NodeKind::Storage { (own, parent) } else { (parent, own) });
                kinds.push(kind);
            }
            for _ in 0..sources {
                kinds.push(NodeKind::Source);
                edges.push((kinds.len() - 1, 1));
            }
            for ring in 0..rings {
                edges.push((1 + ring, kinds.len() / 2));
            }
            topology(&kinds, &edges)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn nothing_overlaps_and_every_node_has_its_place(
        plant in plants(),
        width in 200.0..900.0_f32,
        height in 96.0..500.0_f32,
    ) {
        let found = faults(&draw(&plant, (width, height)), &plant, (width, height));
        prop_assert!(found.is_empty(), "{width} × {height}: {found:#?}");
    }
}

#[test]
fn many_things_of_one_kind_fold_into_one_box() {
    let mut kinds = vec![NodeKind::Source, NodeKind::Bus];
    kinds.extend([NodeKind::Load; 129]);
    let edges: Vec<(usize, usize)> = std::iter::once((0, 1)).chain((2..kinds.len()).map(|n| (1, n))).collect();
    let mut plant = topology(&kinds, &edges);
    plant.nodes.iter_mut().for_each(|n| n.carrier = Carrier::Battery);
    let tree = Tree::of(&plant);
    let mut facts = facts(&plant);
    facts.nodes.iter_mut().enumerate().for_each(|(i, n)| {
        // Names that share no word, so that the class names the family.
        n.label = format!("Bay-{i}");
        n.class = "charger".to_owned();
        n.label = format!("{} charger", n.entity);
        n.carrier = Carrier::Battery;
    });
    let area = Rect::from_min_size(pos2(0.0, 0.0), vec2(400.0, 250.0));
    let drawing = lay(&tree, &facts, area, &|text, _| text.chars().count() as f32 * 7.0);
    let family = drawing.spots.iter().find(|s| s.role == Role::Family).map(|s| (s.label.clone(), s.nodes.len()));
    assert_eq!(family, Some(("Charger ×\u{A0}129".to_owned(), 129)));
}

#[test]
fn losses_give_way_before_efficiencies_and_those_before_loads() {
    use NodeKind::{Bus, Converter, Load, Source};
    let plant =
        topology(&[Source, Converter, Bus, Converter, Converter, Load], &[(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)]);
    let tall = draw(&plant, (420.0, 320.0)).detail;
    assert!(tall.losses && tall.efficiencies && tall.trunk);
    let lower = draw(&plant, (420.0, 190.0)).detail;
    assert!(!lower.losses && lower.efficiencies && lower.depth == usize::MAX, "{lower:?}");
    let low = draw(&plant, (420.0, 110.0)).detail;
    assert!(!low.losses && low.depth < 3, "{low:?}");
}

#[test]
fn a_store_on_a_ring_keeps_its_notes_for_itself() {
    use NodeKind::{Bus, Load, Source, Storage};
    let plant = topology(&[Source, Bus, Storage, Load, Load], &[(0, 1), (2, 1), (2, 3), (1, 4), (4, 3)]);
    let size = (480.0, 330.0);
    assert_eq!(faults(&draw(&plant, size), &plant, size), Vec::<String>::new());
}

#[test]
fn no_room_draws_nothing_and_ends() {
    use NodeKind::{Bus, Load, Source};
    let plant = topology(&[Source, Bus, Load, Load], &[(0, 1), (1, 2), (1, 3)]);
    for size in [(0.0, 0.0), (10.0, 300.0), (300.0, 5.0), (60.0, 60.0)] {
        let drawing = draw(&plant, size);
        assert!(drawing.spots.iter().all(|s| s.rect.is_finite()));
    }
}
