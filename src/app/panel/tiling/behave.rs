//! How tiles look and behave: headers with tabs, buttons at their right end, a guard around every tile.

use std::collections::HashMap;

use egui::{
    Align, CursorIcon, Id, Popup, Rect, Response, Sense, Stroke, Ui, UiBuilder, Vec2, WidgetInfo, WidgetType, pos2,
    vec2,
};
use egui_tiles::{Behavior, EditAction, SimplificationOptions, TabState, Tabs, Tile, Tiles, UiResponse};

use crate::app::command::WindowDeed;
use crate::app::guard::guarded;
use crate::app::panel::glyph::Glyph;
use crate::app::panel::pen::Pen;
use crate::app::panel::widget::{self, Button, Look};
use crate::app::panel::{Cx, PanelState, TileId, custom, events, headroom, parts, tiles};
use crate::app::theme::{Face, Theme, corners};
use crate::evaluate::charts::ChartKind;
use crate::plant::TileSpec;

/// What a header's buttons ask for; done after the tree was drawn.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Ask {
    /// Takes a tile out of the layout.
    Close(egui_tiles::TileId),
    /// Fills the workspace with a tile.
    Maximise(TileId),
    /// Puts a tile beside others under one header.
    AddTo(egui_tiles::TileId, TileId),
}

/// Draws tiles for the tiling library.
pub(super) struct Desk<'a, 'b> {
    /// How the person looks at the run.
    pub state: &'a mut PanelState,
    /// Theme, picture and where wishes go.
    pub cx: &'a mut Cx<'b>,
    /// What headers asked for.
    pub asked: Vec<Ask>,
    /// Whether the person moved, resized or closed something.
    pub changed: bool,
    /// Tiles that share their header with no other: found before the tree is drawn, which takes it apart.
    pub alone: Vec<egui_tiles::TileId>,
    /// Tiles of the plant that the layout does not show.
    pub missing: Vec<TileId>,
    /// Widths of tabs that have to share a header too narrow for all of their names.
    pub narrow: HashMap<egui_tiles::TileId, f32>,
}

impl Desk<'_, '_> {
    fn theme(&self) -> Theme {
        self.cx.theme
    }
}

/// Draws a tile's body; when it fails, a card that says so stands in its place and everything else lives on.
pub(super) fn body(ui: &mut Ui, rect: Rect, tile: &TileId, state: &mut PanelState, cx: &mut Cx<'_>) {
    if rect.width() < 8.0 || rect.height() < 8.0 {
        return;
    }
    if ui.input(|i| i.pointer.any_pressed() && i.pointer.interact_pos().is_some_and(|at| rect.contains(at))) {
        state.tiling.current = Some(tile.clone());
    }
    if let Some(what) = state.tiling.failed.get(tile).cloned() {
        let title = format!("{} could not be drawn", tile.title(&cx.view.spec));
        let cure = "The run goes on. Draw it again; if it fails again, begin the run anew or choose another layout.";
        if failure(ui, rect, &title, &what, cure, &cx.theme) {
            state.tiling.failed.remove(tile);
        }
        return;
    }
    let mut child = ui.new_child(UiBuilder::new().max_rect(rect).id_salt(("tile", tile)));
    child.shrink_clip_rect(rect);
    let drawn = guarded(|| {
        #[cfg(feature = "window-tests")]
        state.break_if_told(tile);
        tiles::show(&mut child, rect, tile, state, cx);
    });
    if let Err(what) = drawn {
        state.tiling.failed.insert(tile.clone(), what);
        ui.ctx().request_repaint();
    }
}

/// Says that a tile failed; true when the person wants to try again.
fn failure(ui: &Ui, rect: Rect, title: &str, what: &str, cure: &str, theme: &Theme) -> bool {
    let pen = Pen::new(ui, theme).clipped(rect);
    let inner = rect.shrink2(vec2(14.0, 12.0));
    let width = inner.width().max(1.0);
    let mut top = inner.top();
    for (text, face, colour) in
        [(title, Face::Title, *theme.text), (what, Face::Body, *theme.text2), (cure, Face::Label, *theme.text2)]
    {
        let drawn = pen.paragraph(pos2(inner.left(), top), width, text, face, colour);
        widget::spoken(ui, drawn, ui.id().with(("failure", title, top as i32)), text);
        top = drawn.bottom() + 8.0;
    }
    let button = Button { name: title, ..Button::words("Draw it again", "Draws this tile again") };
    let place = Rect::from_min_size(pos2(inner.left(), top), vec2(button.width(&pen).min(width), 24.0));
    Button { name: "Draw it again", ..button }.show(ui, theme, place, ui.id().with(("again", title))).clicked()
}

impl Behavior<TileId> for Desk<'_, '_> {
    fn pane_ui(&mut self, ui: &mut Ui, _: egui_tiles::TileId, pane: &mut TileId) -> UiResponse {
        let rect = ui.max_rect();
        if *pane == TileId::Timeline {
            return self.timeline(ui, rect);
        }
        let theme = self.theme();
        let radius = egui::CornerRadius { nw: 0, ne: 0, ..corners(theme.tokens.radius.tile) };
        ui.painter().rect_filled(rect, radius, theme.surface);
        body(ui, rect.shrink(1.0), pane, self.state, self.cx);
        UiResponse::None
    }

    fn tab_title_for_pane(&mut self, pane: &TileId) -> egui::WidgetText {
        pane.title(&self.cx.view.spec).into()
    }

    fn tab_ui(
        &mut self,
        tiles: &mut Tiles<TileId>,
        ui: &mut Ui,
        id: Id,
        tile: egui_tiles::TileId,
        state: &TabState,
    ) -> Response {
        let theme = self.theme();
        let pane = tiles.get_pane(&tile).cloned();
        let title = pane.as_ref().map_or_else(|| "Tiles".to_owned(), |p| p.title(&self.cx.view.spec));
        let pen = Pen::new(ui, &theme);
        let pad = self.narrow.get(&tile).map_or(12.0, |_| NARROW_PAD);
        let whole = pen.width(&title, Face::Title);
        let width = self.narrow.get(&tile).map_or(whole, |narrow| (narrow - 2.0 * pad).min(whole));
        let room = self.narrow.get(&tile).copied().unwrap_or(whole + 20.0);
        let (_, rect) = ui.allocate_space(vec2(room, ui.available_height()));
        let response = ui.interact(rect, id, Sense::click_and_drag());
        let on = state.active;
        response.widget_info(|| WidgetInfo::selected(WidgetType::SelectableLabel, true, on, format!("{title} tab")));
        if !state.is_being_dragged {
            let alone = self.alone.contains(&tile);
            let (face, colour) = match (on, response.hovered()) {
                (true, _) => (Face::Title, *theme.text),
                (false, true) => (Face::Body, *theme.text),
                (false, false) => (Face::Body, *theme.text2),
            };
            let left = rect.left() + pad;
            pen.text_within(pos2(left, rect.center().y), Align::Min, width + 0.5, &title, face, colour);
            if on && !alone {
                let line = Rect::from_min_max(pos2(left, rect.bottom() - 2.0), pos2(left + width, rect.bottom()));
                pen.painter.rect_filled(line, 0.0, theme.focus);
            }
            widget::focus_ring(ui, &theme, &response, rect.shrink2(vec2(5.0, 3.0)));
        }
        if response.clicked_by(egui::PointerButton::Middle) {
            self.asked.push(Ask::Close(tile));
        }
        if let Some(pane) = pane.filter(|_| response.double_clicked()) {
            self.asked.push(Ask::Maximise(pane));
        }
        let response = response.on_hover_cursor(CursorIcon::PointingHand);
        if width < whole { response.on_hover_text(title) } else { response }
    }

    fn drag_ui(&mut self, tiles: &Tiles<TileId>, ui: &mut Ui, tile: egui_tiles::TileId) {
        let title = tiles.get_pane(&tile).map_or_else(|| "Tiles".to_owned(), |p| p.title(&self.cx.view.spec));
        let theme = self.theme();
        egui::Frame::new().fill(*theme.raised).stroke(theme.outline()).inner_margin(8).show(ui, |ui| {
            ui.label(egui::RichText::new(title).color(*theme.text));
        });
    }

    fn top_bar_right_ui(
        &mut self,
        tiles: &Tiles<TileId>,
        ui: &mut Ui,
        tile: egui_tiles::TileId,
        tabs: &Tabs,
        _: &mut f32,
    ) {
        let Some(active) = tabs.active else { return };
        let Some(pane) = tiles.get_pane(&active).cloned() else { return };
        let theme = self.theme();
        let whole = ui.max_rect();
        let pen = Pen::new(ui, &theme);
        let title_of = |pane: &TileId| pen.width(&pane.title(&self.cx.view.spec), Face::Title);
        let widths: Vec<(egui_tiles::TileId, f32)> =
            tabs.children.iter().filter_map(|c| Some((*c, title_of(tiles.get_pane(c)?)))).collect();
        let room = whole.width() - widths.iter().map(|(_, width)| width + 20.0).sum::<f32>();
        for tab in &tabs.children {
            self.narrow.remove(tab);
        }
        // Beside the names the menu has to stand.
        let free = whole.width() - 34.0;
        if room < 34.0 {
            let natural: Vec<f32> = widths.iter().map(|(_, width)| width + 2.0 * NARROW_PAD).collect();
            let first = widths.iter().position(|(tab, _)| *tab == active);
            self.narrow.extend(widths.iter().map(|(tab, _)| *tab).zip(shared(&natural, first, free)));
        }
        ui.spacing_mut().item_spacing.x = 0.0;
        ui.add_space(4.0);
        let title = pane.title(&self.cx.view.spec);
        let more = {
            let (_, rect) = ui.allocate_space(Vec2::splat(24.0));
            let name = format!("{title} tile menu");
            Button::sign(Glyph::More, &name, "Close, fill the window, add a tile here").look(Look::Quiet).show(
                ui,
                &theme,
                rect,
                ui.id().with("more"),
            )
        };
        self.menu(&more, tile, active, &pane);
        if room > 96.0 {
            let (_, rect) = ui.allocate_space(Vec2::splat(24.0));
            let name = format!("Fill the window with {title}");
            let response = Button::sign(Glyph::Expand, &name, "Fills the window with this tile (Z)")
                .look(Look::Quiet)
                .show(ui, &theme, rect, ui.id().with("fill"));
            if response.clicked() {
                self.asked.push(Ask::Maximise(pane.clone()));
            }
        }
        if let TileId::Custom(number) = pane {
            let width = custom::header_width(ui, number, self.state, self.cx);
            if room > width + 64.0 {
                let (_, rect) = ui.allocate_space(vec2(width, ui.available_height()));
                custom::header(ui, rect, number, self.state, self.cx);
            }
        }
        let spec = std::sync::Arc::clone(&self.cx.view.spec);
        if pane == TileId::Events && room > 260.0 {
            let (_, rect) = ui.allocate_space(vec2(room - 70.0, ui.available_height()));
            events::count(ui, rect, self.cx);
        }
        let caption = match pane {
            TileId::Headroom => headroom::caption(&self.cx.view.spec),
            TileId::Ask => "ready questions".to_owned(),
            TileId::Lab => "sweeps of the plant; no run is touched".to_owned(),
            _ => String::new(),
        };
        if !caption.is_empty() && room > 240.0 {
            let (_, rect) = ui.allocate_space(vec2(room - 70.0, ui.available_height()));
            let at = pos2(rect.right() - theme.tokens.space.tile_pad, rect.center().y);
            let pen = Pen::new(ui, &theme);
            pen.text_within(at, Align::Max, rect.width() - 12.0, &caption, Face::Label, theme.text3);
        }
        if let TileId::Plant(name) = &pane
            && let Some(own) = spec.tiles.iter().find(|t| t.name == *name)
            && room > 180.0
        {
            let width = (room - 60.0).min(260.0);
            let (_, rect) = ui.allocate_space(vec2(width, ui.available_height()));
            let behind: Vec<&TileSpec> = tabs
                .children
                .iter()
                .filter(|child| **child != active)
                .filter_map(|child| match tiles.get_pane(child)? {
                    TileId::Plant(name) => spec.tiles.iter().find(|t| t.name == *name),
                    _ => None,
                })
                .collect();
            parts::header(ui, rect, own, &behind, self.cx);
        }
    }

    fn tab_bar_height(&self, _: &egui::Style) -> f32 {
        self.cx.theme.tokens.header.tile
    }

    fn gap_width(&self, _: &egui::Style) -> f32 {
        self.cx.theme.tokens.space.tile_gap
    }

    fn min_size(&self) -> f32 {
        64.0
    }

    fn simplification_options(&self) -> SimplificationOptions {
        SimplificationOptions {
            prune_empty_tabs: true,
            prune_empty_containers: true,
            prune_single_child_tabs: false,
            prune_single_child_containers: true,
            all_panes_must_have_tabs: false,
            join_nested_linear_containers: true,
        }
    }

    fn paint_on_top_of_tile(&self, painter: &egui::Painter, _: &egui::Style, _: egui_tiles::TileId, _: Rect) {
        let _ = painter;
    }

    fn resize_stroke(&self, _: &egui::Style, state: egui_tiles::ResizeState) -> Stroke {
        let theme = self.theme();
        match state {
            egui_tiles::ResizeState::Idle => Stroke::NONE,
            egui_tiles::ResizeState::Hovering => Stroke::new(2.0, theme.line_strong),
            egui_tiles::ResizeState::Dragging => Stroke::new(2.0, theme.focus),
        }
    }

    fn tab_bar_color(&self, _: &egui::Visuals) -> egui::Color32 {
        *self.cx.theme.header
    }

    fn tab_bar_hline_stroke(&self, _: &egui::Visuals) -> Stroke {
        self.theme().hairline()
    }

    fn drag_preview_stroke(&self, _: &egui::Visuals) -> Stroke {
        self.theme().focus_ring()
    }

    fn drag_preview_color(&self, _: &egui::Visuals) -> egui::Color32 {
        let theme = self.theme();
        crate::app::theme::mix(theme.focus, theme.surface, 0.15).gamma_multiply(0.6)
    }

    fn dragged_overlay_color(&self, _: &egui::Visuals) -> egui::Color32 {
        self.theme().bg.gamma_multiply(0.5)
    }

    fn on_edit(&mut self, action: EditAction) {
        if action != EditAction::TabSelected {
            self.changed |= matches!(action, EditAction::TileResized | EditAction::TileDropped);
        }
    }
}

/// Distance of a name from the edges of its tab where tabs are narrow.
const NARROW_PAD: f32 = 6.0;

/// Width below which nobody can read a tab's name.
const LEAST_TAB: f32 = 54.0;

/// Room of the arrow that scrolls tabs.
const ARROW: f32 = 30.0;

/// Divides a width among tabs: the open one keeps its name, the longest of the others give way first.
fn shared(natural: &[f32], open: Option<usize>, width: f32) -> Vec<f32> {
    let kept = open.and_then(|at| natural.get(at)).copied().unwrap_or(0.0).min(width * 0.6);
    let others = || natural.iter().enumerate().filter(|(at, _)| Some(*at) != open).map(|(_, w)| *w);
    let mut sorted: Vec<f32> = others().collect();
    sorted.sort_by(f32::total_cmp);
    // The width at which every longer name is cut.
    let (mut left, mut most) = ((width - kept).max(0.0), f32::INFINITY);
    for (place, need) in sorted.iter().enumerate() {
        let each = left / (sorted.len() - place) as f32;
        if *need > each {
            most = each;
            break;
        }
        left -= need;
    }
    if most < LEAST_TAB {
        // Not all can be read: as many equal ones as there is room for, and the arrow beside them leads to the others.
        let beside = (width - ARROW).max(LEAST_TAB);
        let each = beside / (beside / LEAST_TAB).floor().max(1.0);
        return vec![each; natural.len()];
    }
    let of = |(at, need): (usize, &f32)| if Some(at) == open { kept } else { need.min(most) };
    natural.iter().enumerate().map(of).collect()
}

impl Desk<'_, '_> {
    /// The timeline has no header; a grip at its left edge moves it.
    fn timeline(&mut self, ui: &mut Ui, rect: Rect) -> UiResponse {
        body(ui, rect, &TileId::Timeline, self.state, self.cx);
        let theme = self.theme();
        let grip = Rect::from_min_size(rect.min + vec2(2.0, rect.height() / 2.0 - 12.0), vec2(6.0, 24.0));
        let response = ui.interact(grip.expand(2.0), ui.id().with("grip"), Sense::click_and_drag());
        response.widget_info(|| WidgetInfo::labeled(WidgetType::Other, true, "Move the timeline"));
        let colour = if response.hovered() { *theme.text2 } else { *theme.line_strong };
        for k in 0..3 {
            let at = pos2(grip.center().x, grip.top() + 6.0 + 6.0 * k as f32);
            ui.painter().circle_filled(at, 1.2, colour);
        }
        let response = response.on_hover_cursor(CursorIcon::Grab);
        if response.drag_started() { UiResponse::DragStarted } else { UiResponse::None }
    }

    /// The menu of a header.
    fn menu(&mut self, button: &Response, container: egui_tiles::TileId, active: egui_tiles::TileId, pane: &TileId) {
        let spec = std::sync::Arc::clone(&self.cx.view.spec);
        let missing = self.missing.clone();
        Popup::menu(button).gap(4.0).show(|ui| {
            ui.set_min_width(190.0);
            if ui.add(egui::Button::new("Fill the window").shortcut_text("Z")).clicked() {
                self.asked.push(Ask::Maximise(pane.clone()));
            }
            if ui.add(egui::Button::new(format!("Close {}", pane.title(&spec))).shortcut_text("Ctrl+W")).clicked() {
                self.asked.push(Ask::Close(active));
            }
            if ui.button("Picture of this tile…").clicked() {
                self.cx.deeds.push(WindowDeed::TakePicture(Some(pane.clone())));
                ui.close();
            }
            if matches!(pane, TileId::Custom(_) | TileId::Chart(_)) && ui.button("This chart as SVG…").clicked() {
                self.cx.deeds.push(WindowDeed::TakeSvg(Some(pane.clone())));
                ui.close();
            }
            if let TileId::Custom(number) = pane {
                ui.separator();
                ui.label(egui::RichText::new("Kind of chart").color(*self.cx.theme.text3).small());
                for kind in ChartKind::ALL {
                    let chosen = self.state.custom.kind(*number) == kind;
                    if ui.selectable_label(chosen, kind.label()).on_hover_text(kind.about()).clicked() {
                        self.state.custom.set_kind(*number, kind);
                        ui.close();
                    }
                }
            }
            if !missing.is_empty() {
                ui.separator();
                ui.label(egui::RichText::new("Add here").color(*self.cx.theme.text3).small());
                for tile in &missing {
                    if ui.button(tile.title(&spec)).clicked() {
                        self.asked.push(Ask::AddTo(container, tile.clone()));
                    }
                }
            }
        });
    }
}

/// Rounds off the corners and draws the outline of everything that has a header.
pub(super) fn outlines(ui: &Ui, tree: &egui_tiles::Tree<TileId>, theme: &Theme) {
    for (id, tile) in tree.tiles.iter() {
        let is_tabs = matches!(tile, Tile::Container(egui_tiles::Container::Tabs(_)));
        if let Some(rect) = tree.tiles.rect(*id).filter(|_| is_tabs && tree.is_visible(*id)) {
            round_off(ui, rect, theme);
        }
    }
}

/// Rounds off the corners of a rectangle that was drawn with square ones, and outlines it.
pub(super) fn round_off(ui: &Ui, rect: Rect, theme: &Theme) {
    let radius = theme.tokens.radius.tile;
    let painter = ui.painter();
    let quarter = std::f32::consts::FRAC_PI_2;
    for (corner, centre, from) in [
        (rect.left_top(), rect.left_top() + vec2(radius, radius), 2.0 * quarter),
        (rect.right_top(), rect.right_top() + vec2(-radius, radius), 3.0 * quarter),
        (rect.right_bottom(), rect.right_bottom() + vec2(-radius, -radius), 0.0),
        (rect.left_bottom(), rect.left_bottom() + vec2(radius, -radius), quarter),
    ] {
        let mut mesh = egui::Mesh::default();
        mesh.colored_vertex(corner, *theme.bg);
        for k in 0..=4_u32 {
            let angle = from + quarter * k as f32 / 4.0;
            mesh.colored_vertex(centre + radius * Vec2::angled(angle), *theme.bg);
            if k > 0 {
                mesh.add_triangle(0, k, k + 1);
            }
        }
        painter.add(mesh);
    }
    painter.rect_stroke(rect, corners(radius), theme.hairline(), egui::StrokeKind::Inside);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tabs_share_a_narrow_header_and_the_open_one_keeps_its_name() {
        let shared_of = |open, width| shared(&[60.0, 100.0, 40.0, 200.0], Some(open), width);
        assert_eq!(shared_of(1, 400.0), [60.0, 100.0, 40.0, 200.0]);
        assert_eq!(shared_of(1, 300.0), [60.0, 100.0, 40.0, 100.0]);
        assert_eq!(shared_of(1, 260.0), [60.0, 100.0, 40.0, 60.0]);
        assert_eq!(shared_of(3, 190.0), [80.0; 4], "two in sight beside the arrow");
        assert_eq!(shared(&[], None, 50.0), Vec::<f32>::new());
    }
}
