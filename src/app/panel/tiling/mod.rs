//! The workspace: tiles that can be moved, joined, resized, closed, filled and kept under a name.
//!
//! A layout that came with the window follows the window's size: it is made anew for every size until the person moves
//! something. From then on it is theirs, and only its shares follow the window.

mod arrange;
mod behave;
mod layout;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use egui::{Align, Id, Rect, Ui, UiBuilder, Vec2, pos2, vec2};
use egui_tiles::{Container, Tile, Tree};

use super::glyph::Glyph;
use super::pen::Pen;
use super::widget::{self, Button, Look};
use super::{Cx, PanelState, TileId, custom};
use crate::app::theme::Face;
use crate::plant::PlantSpec;

pub use arrange::{BuiltIn, WIDE};
pub use layout::{Node, NodeDoc};

use behave::{Ask, Desk};

/// How the tiles stand.
#[derive(Debug, Clone, Default)]
pub struct Tiling {
    tree: Option<Tree<TileId>>,
    /// Name of the layout in force.
    name: Option<String>,
    /// Whether the person changed it since.
    changed: bool,
    /// Size and run that the tree was made for.
    made_for: Option<([u32; 2], u64)>,
    /// Layouts of the person, by name.
    saved: BTreeMap<String, Node>,
    /// The tile that fills the workspace.
    filled: Option<TileId>,
    /// The tile that was touched last.
    pub(super) current: Option<TileId>,
    /// Tiles that failed, with what they said.
    pub(super) failed: BTreeMap<TileId, String>,
}

impl Tiling {
    /// Name of the layout in force.
    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(BuiltIn::default().name())
    }

    /// Whether the person changed the layout since it was chosen.
    pub fn changed(&self) -> bool {
        self.changed
    }

    /// Layouts of the person, by name.
    pub fn saved(&self) -> &BTreeMap<String, Node> {
        &self.saved
    }

    /// Takes over layouts that were stored.
    pub fn set_saved(&mut self, saved: BTreeMap<String, Node>) {
        self.saved = saved;
    }

    /// Names of all layouts: those that came with the window, then the person's own.
    pub fn names(&self) -> Vec<String> {
        let own = self.saved.keys().filter(|name| BuiltIn::find(name).is_none()).cloned();
        BuiltIn::ALL.iter().map(|l| l.name().to_owned()).chain(own).collect()
    }

    /// Changes to a layout; an unknown name is the default one.
    pub fn choose(&mut self, name: &str) {
        let known = BuiltIn::find(name).is_some() || self.saved.contains_key(name);
        self.name = Some(if known { name.to_owned() } else { BuiltIn::default().name().to_owned() });
        self.reset();
    }

    /// Puts the layout in force back to what it was when it was chosen.
    pub fn reset(&mut self) {
        self.tree = None;
        self.made_for = None;
        self.changed = false;
        self.filled = None;
        self.failed.clear();
    }

    /// Keeps what stands now under a name of the person's; names of the window's own layouts get a number.
    pub fn save(&mut self, name: &str) -> Option<String> {
        let node = self.tree.as_ref().and_then(Node::of)?;
        let plain = name.trim();
        let plain = if plain.is_empty() { "My layout" } else { plain };
        let mut name: String = plain.chars().take(40).collect();
        let mut number = 2;
        while BuiltIn::find(&name).is_some() {
            name = format!("{plain} {number}");
            number += 1;
        }
        self.saved.insert(name.clone(), node);
        self.name = Some(name.clone());
        self.changed = false;
        Some(name)
    }

    /// Takes a layout in among the person's own, under its name or one that is free beside those of the window, and
    /// changes to it. Returns the name.
    pub fn adopt(&mut self, name: &str, node: Node) -> String {
        let plain: String = name.trim().chars().take(40).collect();
        let plain = if plain.is_empty() { "My layout".to_owned() } else { plain };
        let mut name = plain.clone();
        let mut number = 2;
        while BuiltIn::find(&name).is_some() || self.saved.get(&name).is_some_and(|own| *own != node) {
            name = format!("{plain} {number}");
            number += 1;
        }
        self.saved.insert(name.clone(), node);
        self.choose(&name);
        name
    }

    /// What stands now, under whatever name.
    pub fn standing(&self) -> Option<Node> {
        let tree = self.tree.as_ref().and_then(Node::of);
        tree.or_else(|| self.saved.get(self.name()).cloned())
    }

    /// Forgets a layout of the person.
    pub fn forget(&mut self, name: &str) {
        self.saved.remove(name);
        if self.name.as_deref() == Some(name) {
            self.choose(BuiltIn::default().name());
        }
    }

    /// What stands now, for storing it although it has no name.
    pub fn present(&self) -> Option<Node> {
        self.tree.as_ref().filter(|_| self.changed).and_then(Node::of)
    }

    /// Takes over what stood when the window was closed.
    pub fn restore(&mut self, name: &str, present: Option<Node>) {
        self.choose(name);
        if let Some(node) = present {
            self.tree = Some(node.to_tree(tree_id()));
            self.changed = true;
        }
    }

    /// Whether a tile stands somewhere in the layout.
    pub fn shows(&self, tile: &TileId) -> bool {
        self.find(tile).is_some()
    }

    /// Where a tile was drawn in the last frame; `None` while it is not in sight.
    pub fn place(&self, tile: &TileId) -> Option<Rect> {
        let tree = self.tree.as_ref().filter(|_| self.filled.is_none())?;
        tree.tiles.rect(tree.tiles.find_pane(tile)?)
    }

    fn find(&self, tile: &TileId) -> Option<egui_tiles::TileId> {
        self.tree.as_ref().and_then(|tree| tree.tiles.find_pane(tile))
    }

    /// Brings a tile to light: opens its tab, or adds it beside the largest tiles.
    pub fn reveal(&mut self, tile: &TileId) {
        if self.filled.as_ref().is_some_and(|filled| filled != tile) {
            self.filled = Some(tile.clone()).filter(|_| *tile != TileId::Timeline);
        }
        self.current = Some(tile.clone());
        let found = self.find(tile);
        let Some(tree) = &mut self.tree else { return };
        if let Some(found) = found {
            tree.make_active(|id, _| id == found);
            return;
        }
        self.changed = true;
        if *tile == TileId::Timeline {
            let pane = tree.tiles.insert_pane(tile.clone());
            let root = tree.root.map_or_else(Vec::new, |root| vec![root]);
            let mut linear = egui_tiles::Linear::new(egui_tiles::LinearDir::Vertical, root.clone());
            root.iter().for_each(|r| linear.shares.set_share(*r, 9.0));
            linear.add_child(pane);
            linear.shares.set_share(pane, 1.0);
            tree.root = Some(tree.tiles.insert_container(Container::Linear(linear)));
            return;
        }
        let area = |id: &egui_tiles::TileId| tree.tiles.rect(*id).map_or(0.0, |r| r.area());
        let site = tree.tiles.find_pane(&TileId::Site);
        let tabs = tree.tiles.iter().filter_map(|(id, t)| match t {
            // The site keeps its picture as long as there is another place.
            Tile::Container(Container::Tabs(tabs)) => {
                Some((*id, site.is_none_or(|site| !tabs.children.contains(&site))))
            }
            _ => None,
        });
        let largest = tabs.max_by(|a, b| a.1.cmp(&b.1).then(area(&a.0).total_cmp(&area(&b.0))).then(a.0.0.cmp(&b.0.0)));
        let largest = largest.map(|(id, _)| id);
        self.add_to(largest, tile);
    }

    /// Adds a tile to tabs, or as the only one.
    fn add_to(&mut self, container: Option<egui_tiles::TileId>, tile: &TileId) {
        let Some(tree) = &mut self.tree else { return };
        self.changed = true;
        let pane = tree.tiles.insert_pane(tile.clone());
        if let Some(Tile::Container(Container::Tabs(tabs))) = container.and_then(|c| tree.tiles.get_mut(c)) {
            tabs.add_child(pane);
            tabs.set_active(pane);
            return;
        }
        let tabs = tree.tiles.insert_tab_tile(vec![pane]);
        match tree.root.and_then(|root| tree.tiles.get_mut(root)) {
            Some(Tile::Container(root)) if !matches!(root, Container::Tabs(_)) => root.add_child(tabs),
            _ => tree.root = Some(tabs),
        }
    }

    /// Takes a tile out of the layout.
    pub fn close(&mut self, tile: &TileId) {
        if let Some(id) = self.find(tile) {
            self.close_id(id);
        }
        if self.filled.as_ref() == Some(tile) {
            self.filled = None;
        }
    }

    fn close_id(&mut self, id: egui_tiles::TileId) {
        if let Some(tree) = &mut self.tree {
            tree.remove_recursively(id);
            self.changed = true;
        }
    }

    /// Fills the workspace with a tile, or gives the room back.
    pub fn fill(&mut self, tile: Option<TileId>) {
        self.filled = if self.filled == tile { None } else { tile };
    }

    /// The tile that fills the workspace.
    pub fn filled(&self) -> Option<&TileId> {
        self.filled.as_ref()
    }

    /// The tile that was touched last, or the first one.
    pub fn current(&self) -> Option<TileId> {
        let shown = |tile: &TileId| self.shows(tile) && *tile != TileId::Timeline;
        self.current.clone().filter(shown).or_else(|| {
            let node = self.tree.as_ref().and_then(Node::of)?;
            node.tiles().into_iter().find(|t| **t != TileId::Timeline).cloned()
        })
    }

    /// Tiles that the layout does not show.
    pub fn missing(&self, spec: &PlantSpec) -> Vec<TileId> {
        TileId::all(spec).into_iter().filter(|t| !self.shows(t)).collect()
    }

    /// Makes the tree if the size, the run or the layout is another one.
    fn prepare(&mut self, size: Vec2, run: u64, spec: &PlantSpec) {
        let key = ([size.x.round().max(0.0) as u32, size.y.round().max(0.0) as u32], run);
        if self.tree.is_some() && (self.changed || self.made_for == Some(key)) {
            return;
        }
        let name = self.name().to_owned();
        let node = match self.saved.get(&name) {
            Some(node) => node.clone(),
            None => {
                let open: Vec<TileId> = self.tree.as_ref().map(open_tabs).unwrap_or_default();
                BuiltIn::find(&name).unwrap_or_default().node(size, spec).opening(&open)
            }
        };
        self.tree = Some(node.to_tree(tree_id()));
        self.made_for = Some(key);
    }
}

fn tree_id() -> Id {
    Id::new("workspace tiles")
}

/// Tiles that are the open one of several tabs.
fn open_tabs(tree: &Tree<TileId>) -> Vec<TileId> {
    let mut open = Vec::new();
    for (_, tile) in tree.tiles.iter() {
        if let Tile::Container(Container::Tabs(tabs)) = tile
            && let Some(pane) = tabs.active.and_then(|a| tree.tiles.get_pane(&a))
        {
            open.push(pane.clone());
        }
    }
    open
}

/// Draws the tiles into the part of the window below the top bar.
pub(super) fn show(ui: &mut Ui, rect: Rect, state: &mut PanelState, cx: &mut Cx<'_>) {
    if rect.width() < 16.0 || rect.height() < 16.0 {
        return;
    }
    let spec = Arc::clone(&cx.view.spec);
    state.tiling.prepare(rect.size(), cx.view.run, &spec);
    let filled = state.tiling.filled.clone();
    match filled {
        Some(tile) => fill(ui, rect, &tile, state, cx),
        None => tree(ui, rect, &spec, state, cx),
    }
}

fn tree(ui: &mut Ui, rect: Rect, spec: &PlantSpec, state: &mut PanelState, cx: &mut Cx<'_>) {
    let Some(mut tree) = state.tiling.tree.take() else { return };
    let missing = TileId::all(spec).into_iter().filter(|t| tree.tiles.find_pane(t).is_none()).collect();
    let mut child = ui.new_child(UiBuilder::new().max_rect(rect).id_salt("tiles"));
    child.shrink_clip_rect(rect);
    let theme = cx.theme;
    let alone = tree.tiles.tiles().filter_map(|tile| match tile {
        Tile::Container(Container::Tabs(tabs)) if tabs.children.len() == 1 => tabs.children.first().copied(),
        _ => None,
    });
    let alone = alone.collect();
    let mut desk = Desk { state, cx, asked: Vec::new(), changed: false, alone, missing, narrow: HashMap::new() };
    tree.ui(&mut desk, &mut child);
    let (asked, changed) = (std::mem::take(&mut desk.asked), desk.changed);
    behave::outlines(&child, &tree, &theme);
    let empty = tree.root.is_none() || tree.tiles.is_empty();
    state.tiling.tree = Some(tree);
    state.tiling.changed |= changed;
    for ask in asked {
        match ask {
            Ask::Close(id) => state.tiling.close_id(id),
            Ask::Maximise(tile) => state.tiling.fill(Some(tile)),
            Ask::AddTo(container, tile) => state.tiling.add_to(Some(container), &tile),
        }
        ui.ctx().request_repaint();
    }
    if empty {
        nothing(ui, rect, state, cx);
    }
}

/// Every tile was closed: how to get them back.
fn nothing(ui: &Ui, rect: Rect, state: &mut PanelState, cx: &Cx<'_>) {
    let theme = cx.theme;
    let pen = Pen::new(ui, &theme);
    pen.text(rect.center() - vec2(0.0, 24.0), Align::Center, "Every tile is closed", Face::Body, theme.text2);
    let button = Button::words("Reset the layout", "Puts the tiles back (Ctrl+Shift+L)").look(Look::Primary);
    let place = Rect::from_center_size(rect.center() + vec2(0.0, 10.0), vec2(button.width(&pen), 26.0));
    if button.show(ui, &theme, place, ui.id().with("reset")).clicked() {
        state.tiling.reset();
    }
}

/// One tile in the whole workspace, above the timeline.
fn fill(ui: &mut Ui, rect: Rect, tile: &TileId, state: &mut PanelState, cx: &mut Cx<'_>) {
    let theme = cx.theme;
    let gap = theme.tokens.space.tile_gap;
    let low = theme.tokens.header.timeline_compact.min(rect.height() * 0.4);
    let below = Rect::from_min_max(pos2(rect.left(), rect.bottom() - low), rect.max);
    let above = Rect::from_min_max(rect.min, pos2(rect.right(), below.top() - gap));
    let (header, body) = widget::tile(ui, &theme, above);
    widget::title(ui, &theme, header, &tile.title(&cx.view.spec));
    let place = Rect::from_min_size(header.right_center() - vec2(30.0, 12.0), vec2(24.0, 24.0));
    let button = Button::sign(Glyph::Cross, "Give the room back", "Shows all tiles again (Z)").look(Look::Quiet);
    let back = button.show(ui, &theme, place, ui.id().with("give back")).clicked();
    if let TileId::Custom(number) = tile {
        let width = custom::header_width(ui, *number, state, cx);
        let kinds = Rect::from_min_max(
            pos2(place.left() - 8.0 - width, header.top()),
            pos2(place.left() - 8.0, header.bottom()),
        );
        if kinds.left() > header.center().x {
            custom::header(ui, kinds, *number, state, cx);
        }
    }
    behave::body(ui, body, tile, state, cx);
    behave::body(ui, below, &TileId::Timeline, state, cx);
    let escaped = ui.memory(|m| m.focused().is_none())
        && ui.input_mut(|i| i.consume_key(egui::Modifiers::NONE, egui::Key::Escape));
    if back || escaped {
        state.tiling.filled = None;
        ui.ctx().request_repaint();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn tiling() -> Tiling {
        let mut tiling = Tiling::default();
        tiling.prepare(vec2(1280.0, 752.0), 0, &PlantSpec::default());
        tiling
    }

    #[test]
    fn a_layout_follows_the_size_until_it_is_changed() {
        let mut tiling = tiling();
        let small = Node::of(tiling.tree.as_ref().unwrap()).unwrap();
        tiling.prepare(vec2(1920.0, 1000.0), 0, &PlantSpec::default());
        assert_ne!(Node::of(tiling.tree.as_ref().unwrap()).unwrap(), small);
        tiling.close(&TileId::Control);
        assert!(tiling.changed() && !tiling.shows(&TileId::Control));
        let mine = Node::of(tiling.tree.as_ref().unwrap()).unwrap();
        tiling.prepare(vec2(1280.0, 752.0), 0, &PlantSpec::default());
        assert_eq!(Node::of(tiling.tree.as_ref().unwrap()).unwrap(), mine);
        tiling.reset();
        tiling.prepare(vec2(1280.0, 752.0), 0, &PlantSpec::default());
        assert_eq!(Node::of(tiling.tree.as_ref().unwrap()).unwrap(), small);
    }

    #[test]
    fn a_saved_layout_comes_back_under_its_name() {
        let mut tiling = tiling();
        tiling.close(&TileId::Control);
        assert_eq!(tiling.save("Live").unwrap(), "Live 2");
        tiling.choose("Flows");
        tiling.prepare(vec2(1280.0, 752.0), 0, &PlantSpec::default());
        assert!(tiling.shows(&TileId::Control));
        tiling.choose("Live 2");
        tiling.prepare(vec2(1280.0, 752.0), 0, &PlantSpec::default());
        assert!(!tiling.shows(&TileId::Control));
        assert_eq!(tiling.names().last().unwrap(), "Live 2");
        tiling.forget("Live 2");
        assert_eq!(tiling.name(), "Live");
    }

    #[test]
    fn a_tile_is_revealed_wherever_it_was() {
        let mut tiling = tiling();
        for tile in [TileId::Control, TileId::Custom(4), TileId::Timeline] {
            tiling.close(&tile);
            tiling.reveal(&tile);
            assert!(tiling.shows(&tile), "{tile}");
        }
        for tile in TileId::all(&PlantSpec::default()) {
            tiling.close(&tile);
        }
        tiling.reveal(&TileId::Site);
        assert!(tiling.shows(&TileId::Site));
    }
}
