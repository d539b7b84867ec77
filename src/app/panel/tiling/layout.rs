//! A layout as plain data: what stands beside what, in which shares, under which tab.
//!
//! [`Node`] is what settings store and what arrangements are written in; the tiling library's tree is made from it and
//! read back into it.

use egui_tiles::{Container, Linear, LinearDir, Tile, Tiles, Tree};
use serde::{Deserialize, Serialize};

use crate::app::panel::TileId;

/// A part of the window.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// Parts side by side, each with its share of the width.
    Across(Vec<(f32, Node)>),
    /// Parts one below the other, each with its share of the height.
    Down(Vec<(f32, Node)>),
    /// Tiles as tabs, and the number of the open one.
    Tabs(Vec<TileId>, usize),
    /// A tile without a header.
    Bare(TileId),
}

impl Node {
    /// One tile with its header.
    pub fn tile(tile: TileId) -> Self {
        Self::Tabs(vec![tile], 0)
    }

    /// Tiles as tabs, the first one open.
    pub fn tabs(tiles: impl IntoIterator<Item = TileId>) -> Self {
        Self::Tabs(tiles.into_iter().collect(), 0)
    }

    /// All tiles, in reading order.
    pub fn tiles(&self) -> Vec<&TileId> {
        match self {
            Self::Across(parts) | Self::Down(parts) => parts.iter().flat_map(|(_, part)| part.tiles()).collect(),
            Self::Tabs(tiles, _) => tiles.iter().collect(),
            Self::Bare(tile) => vec![tile],
        }
    }

    /// Opens the tabs that were open before.
    pub fn opening(mut self, open: &[TileId]) -> Self {
        self.open(open);
        self
    }

    fn open(&mut self, open: &[TileId]) {
        match self {
            Self::Across(parts) | Self::Down(parts) => parts.iter_mut().for_each(|(_, part)| part.open(open)),
            Self::Tabs(tiles, at) => {
                if let Some(index) = tiles.iter().position(|tile| open.contains(tile)) {
                    *at = index;
                }
            }
            Self::Bare(_) => {}
        }
    }

    /// The tiling library's tree of this layout.
    pub fn to_tree(&self, id: egui::Id) -> Tree<TileId> {
        let mut tiles = Tiles::default();
        let root = self.plant(&mut tiles);
        Tree::new(id, root, tiles)
    }

    fn plant(&self, tiles: &mut Tiles<TileId>) -> egui_tiles::TileId {
        match self {
            Self::Across(parts) => linear(LinearDir::Horizontal, parts, tiles),
            Self::Down(parts) => linear(LinearDir::Vertical, parts, tiles),
            Self::Tabs(list, open) => {
                let children: Vec<_> = list.iter().map(|tile| tiles.insert_pane(tile.clone())).collect();
                let mut tabs = egui_tiles::Tabs::new(children.clone());
                if let Some(child) = children.get(*open) {
                    tabs.set_active(*child);
                }
                tiles.insert_container(Container::Tabs(tabs))
            }
            Self::Bare(tile) => tiles.insert_pane(tile.clone()),
        }
    }

    /// The layout that a tree has come to; `None` of an empty one.
    pub fn of(tree: &Tree<TileId>) -> Option<Self> {
        tree.root().and_then(|root| Self::of_tile(tree, root, 0))
    }

    fn of_tile(tree: &Tree<TileId>, tile: egui_tiles::TileId, depth: usize) -> Option<Self> {
        match tree.tiles.get(tile)? {
            Tile::Pane(pane) => Some(Self::Bare(pane.clone())),
            Tile::Container(Container::Tabs(tabs)) => {
                // A tab may hold a whole container after a drop; its first tile stands for it.
                let first =
                    |child| Self::of_tile(tree, child, depth + 1).and_then(|n| n.tiles().first().map(|t| (*t).clone()));
                let list: Vec<TileId> = tabs.children.iter().filter_map(|child| first(*child)).collect();
                let open = tabs.active.and_then(|a| tabs.children.iter().position(|c| *c == a)).unwrap_or(0);
                (!list.is_empty()).then_some(Self::Tabs(list, open))
            }
            Tile::Container(_) if depth >= DEEPEST => None,
            Tile::Container(Container::Linear(linear)) => {
                let parts: Vec<(f32, Self)> = linear
                    .children
                    .iter()
                    .filter_map(|c| Self::of_tile(tree, *c, depth + 1).map(|node| (linear.shares[*c], node)))
                    .collect();
                let whole = if linear.dir == LinearDir::Horizontal { Self::Across(parts) } else { Self::Down(parts) };
                (!whole.tiles().is_empty()).then_some(whole)
            }
            Tile::Container(Container::Grid(grid)) => {
                let parts: Vec<(f32, Self)> =
                    grid.children().filter_map(|c| Self::of_tile(tree, *c, depth + 1)).map(|n| (1.0, n)).collect();
                (!parts.is_empty()).then_some(Self::Down(parts))
            }
        }
    }
}

/// Deepest nesting that is read: the tiling library walks trees by recursion.
const DEEPEST: usize = 16;

fn linear(dir: LinearDir, parts: &[(f32, Node)], tiles: &mut Tiles<TileId>) -> egui_tiles::TileId {
    let children: Vec<_> = parts.iter().map(|(_, part)| part.plant(tiles)).collect();
    let mut linear = Linear::new(dir, children.clone());
    for (child, (share, _)) in children.into_iter().zip(parts) {
        linear.shares.set_share(child, if share.is_finite() { share.max(0.01) } else { 1.0 });
    }
    tiles.insert_container(Container::Linear(linear))
}

/// A [`Node`] as settings write it: exactly one of `across`, `down`, `tabs` and `bare` is there.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeDoc {
    /// Share of the room beside its neighbours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<f32>,
    /// Parts side by side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub across: Option<Vec<NodeDoc>>,
    /// Parts one below the other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub down: Option<Vec<NodeDoc>>,
    /// Tiles as tabs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tabs: Option<Vec<String>>,
    /// The open one of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<String>,
    /// A tile without a header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bare: Option<String>,
}

impl NodeDoc {
    /// The document of a layout.
    pub fn of(node: &Node) -> Self {
        let parts = |parts: &[(f32, Node)]| {
            let all = parts.iter().map(|(share, part)| Self { share: Some(*share), ..Self::of(part) });
            Some(all.collect())
        };
        match node {
            Node::Across(list) => Self { across: parts(list), ..Self::default() },
            Node::Down(list) => Self { down: parts(list), ..Self::default() },
            Node::Tabs(list, open) => Self {
                tabs: Some(list.iter().map(ToString::to_string).collect()),
                open: list.get(*open).filter(|_| *open > 0).map(ToString::to_string),
                ..Self::default()
            },
            Node::Bare(tile) => Self { bare: Some(tile.to_string()), ..Self::default() },
        }
    }

    /// The layout of a document. Tiles that nobody knows any more are left out; `None` when none is left.
    pub fn to_node(&self) -> Option<Node> {
        self.node_at(0)
    }

    /// Names of all tiles, those too that nobody knows.
    pub fn names(&self) -> Vec<String> {
        self.names_at(0)
    }

    fn names_at(&self, depth: usize) -> Vec<String> {
        if depth > DEEPEST {
            return Vec::new();
        }
        let parts = self.across.iter().chain(&self.down).flatten().flat_map(|part| part.names_at(depth + 1));
        parts.chain(self.tabs.iter().flatten().cloned()).chain(self.bare.iter().cloned()).collect()
    }

    fn node_at(&self, depth: usize) -> Option<Node> {
        if depth > DEEPEST {
            return None;
        }
        let parts = |list: &[Self]| -> Vec<(f32, Node)> {
            list.iter().filter_map(|p| p.node_at(depth + 1).map(|node| (p.share.unwrap_or(1.0), node))).collect()
        };
        if let Some(list) = &self.across {
            Some(Node::Across(parts(list))).filter(|n| !n.tiles().is_empty())
        } else if let Some(list) = &self.down {
            Some(Node::Down(parts(list))).filter(|n| !n.tiles().is_empty())
        } else if let Some(list) = &self.tabs {
            let tiles: Vec<TileId> = list.iter().filter_map(|name| TileId::find(name)).collect();
            let wanted = self.open.as_deref().and_then(TileId::find);
            let open = wanted.and_then(|w| tiles.iter().position(|t| *t == w)).unwrap_or(0);
            (!tiles.is_empty()).then_some(Node::Tabs(tiles, open))
        } else {
            self.bare.as_deref().and_then(TileId::find).map(Node::Bare)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn sample() -> Node {
        Node::Down(vec![
            (
                3.0,
                Node::Across(vec![
                    (1.0, Node::Tabs(vec![TileId::Levers, TileId::Control], 1)),
                    (2.0, Node::tile(TileId::Site)),
                ]),
            ),
            (1.0, Node::Bare(TileId::Timeline)),
        ])
    }

    #[test]
    fn a_layout_survives_the_tree_and_the_document() {
        let node = sample();
        assert_eq!(Node::of(&node.to_tree(egui::Id::new("t"))).unwrap(), node);
        assert_eq!(NodeDoc::of(&node).to_node().unwrap(), node);
    }

    #[test]
    fn unknown_tiles_and_empty_parts_fall_out() {
        let mut doc = NodeDoc::of(&sample());
        doc.down.as_mut().unwrap()[0].across.as_mut().unwrap()[0].tabs = Some(vec!["gone".into()]);
        let node = doc.to_node().unwrap();
        assert_eq!(node.tiles(), [&TileId::Site, &TileId::Timeline]);
        assert_eq!(NodeDoc::default().to_node(), None);
    }

    #[test]
    fn a_document_that_nests_without_end_is_cut() {
        let mut doc = NodeDoc { bare: Some("site".into()), ..NodeDoc::default() };
        for _ in 0..100 {
            doc = NodeDoc { down: Some(vec![doc]), ..NodeDoc::default() };
        }
        assert_eq!(doc.to_node(), None);
    }

    #[test]
    fn tabs_that_were_open_stay_open() {
        let node = sample().opening(&[TileId::Levers]);
        let Node::Down(parts) = node else { unreachable!() };
        let Node::Across(parts) = &parts[0].1 else { unreachable!() };
        assert_eq!(parts[0].1, Node::Tabs(vec![TileId::Levers, TileId::Control], 0));
    }
}
