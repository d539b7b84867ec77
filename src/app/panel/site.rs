//! The Site tile: the picture of the 3D scene with its labels, legend and camera stations.
//!
//! The picture may be older than the numbers on it: labels are set anew in every frame, the picture only when it changes.

mod callouts;
mod legend;
mod place;

use egui::epaint::RectShape;
use egui::{
    Align, CornerRadius, CursorIcon, EventFilter, Id, Key, PointerButton, Pos2, Rect, Response, Sense, Stroke,
    TextureId, Ui, WidgetInfo, WidgetType, pos2, vec2,
};

use crate::app::theme::{Face, mix};

use super::pen::Pen;
use super::selection::Selection;
use super::widget::{self, Segment};
use super::{Cx, PanelState};

/// Points that a press of an arrow key turns the eye by, and a press of `+` brings it nearer.
const NUDGE: (f32, f32) = (24.0, 60.0);

/// Width and height from which words and labels are written out.
const ROOMY: (f32, f32) = (760.0, 330.0);

/// Least height at which the picture says what it shows, points.
const TELLING: f32 = 200.0;

/// How a person looks at the site.
#[derive(Debug, Clone, Default)]
pub(super) struct SiteState {
    /// Size of the picture that was asked for last, physical pixels.
    size_px: Option<[u32; 2]>,
    /// The picture as a widget, for the keys that it keeps.
    id: Option<Id>,
    /// Cards that lie over the tiles: those drawn in this frame, and those of the frame before.
    cards: Vec<Rect>,
    cards_before: Vec<Rect>,
    /// Whether the keyboard came to it with the pointer: then it needs no ring to be found.
    by_pointer: bool,
}

impl SiteState {
    /// A card was drawn over the tiles: labels keep away from it from the next frame on.
    pub fn lies_over(&mut self, card: Rect) {
        self.cards.push(card);
    }

    /// All cards were drawn.
    pub fn end_frame(&mut self, ui: &Ui) {
        if self.cards != self.cards_before {
            ui.ctx().request_repaint();
        }
        self.cards_before = std::mem::take(&mut self.cards);
    }

    /// Whether this widget is the picture.
    pub fn is_at(&self, id: Id) -> bool {
        self.id == Some(id)
    }
}

/// Draws it into a tile's body.
pub(super) fn show(ui: &mut Ui, rect: Rect, state: &mut PanelState, cx: &mut Cx<'_>) {
    // The tile's own outline stays in sight.
    let rect = Rect::from_min_max(rect.min + vec2(1.0, 1.0), rect.max - vec2(1.0, 1.0));
    if !(rect.width() >= 16.0 && rect.height() >= 16.0) {
        return;
    }
    let response = ui.interact(rect, ui.id().with("site"), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Image, true, "3D picture of the site"));
    state.site.id = Some(response.id);
    ask(ui, rect, state, &response, cx);
    let clip = rect.intersect(ui.clip_rect());
    let mut inner = ui.new_child(egui::UiBuilder::new().max_rect(rect).id_salt("site picture"));
    inner.set_clip_rect(clip);
    let ui = &mut inner;
    picture(ui, rect, state, cx);
    if let Some(why) = &state.stage.tell.failure {
        let why = why.clone();
        message(ui, rect, "No 3D picture", &why, cx);
        return;
    }
    let roomy = rect.width() >= ROOMY.0 && rect.height() >= ROOMY.1;
    let mut blocked: Vec<Rect> = state.site.cards_before.iter().copied().filter(|c| c.intersects(rect)).collect();
    blocked.extend(stations(ui, rect, state, cx, roomy));
    let legend = legend::show(ui, rect, state, cx, roomy);
    blocked.extend(legend);
    if rect.height() >= TELLING {
        blocked.extend(caption(ui, rect, state, cx, legend));
    }
    callouts::show(ui, rect, &blocked, state, cx, roomy);
    if let Some(hit) = state.stage.tell.picked.take() {
        cx.selection = Selection { entity: hit, signal: None };
        ui.ctx().request_repaint();
    }
    if response.clicked() || response.drag_started() {
        response.request_focus();
        state.site.by_pointer = true;
    }
    if !response.has_focus() {
        state.site.by_pointer = false;
    } else if !state.site.by_pointer {
        let ring = CornerRadius::same(3);
        ui.painter().rect_stroke(rect.shrink(2.0), ring, cx.theme.focus_ring(), egui::StrokeKind::Inside);
    }
}

/// Asks the scene for a picture of the tile's size, and for what a person does on it.
fn ask(ui: &Ui, rect: Rect, state: &mut PanelState, response: &Response, cx: &Cx<'_>) {
    let ppp = ui.ctx().pixels_per_point();
    let exact = [rect.width(), rect.height()].map(|side| (side * ppp).round().clamp(16.0, 8_192.0) as u32);
    let held = ui.input(|i| i.pointer.any_down());
    let size = sized(state.site.size_px, exact, held);
    if size != exact {
        ui.ctx().request_repaint_after_secs(0.2);
    }
    state.site.size_px = Some(size);
    let ask = &mut state.stage.ask;
    ask.size_px = Some(size);
    ask.width_pt = rect.width();
    ask.theme = state.theme;
    ask.selected = cx.selection.entity;
    ask.still = state.still;
    ask.quality = state.quality;
    let share = |p: Pos2| [(p.x - rect.left()) / rect.width(), (p.y - rect.top()) / rect.height()];
    ask.pointer = if response.dragged() { None } else { response.hover_pos().map(share) };
    if response.dragged() {
        let moved = response.drag_delta();
        let shift = ui.input(|i| i.modifiers.shift);
        let turns = response.dragged_by(PointerButton::Primary) && !shift;
        let sum = if turns { &mut ask.orbit_pt } else { &mut ask.pan_pt };
        *sum = [sum[0] + moved.x, sum[1] + moved.y];
    }
    if response.hovered() {
        ask.zoom_pt += ui.input(|i| i.smooth_scroll_delta().y + (i.zoom_delta() - 1.0) * 400.0);
        ui.ctx().set_cursor_icon(if response.dragged() {
            CursorIcon::Grabbing
        } else if state.stage.tell.hovered.is_some() {
            CursorIcon::PointingHand
        } else {
            CursorIcon::Grab
        });
    }
    if let Some(at) = response.interact_pointer_pos().map(share) {
        if response.double_clicked() {
            ask.enter = Some(at);
        }
        if response.clicked() {
            ask.click = Some(at);
        }
    }
    if response.has_focus() {
        keys(ui, state, response.id);
    }
}

/// The size to draw at: exact, but while the pointer holds an edge only in coarse steps, so that not every frame makes a
/// new picture.
fn sized(before: Option<[u32; 2]>, exact: [u32; 2], held: bool) -> [u32; 2] {
    match before {
        Some(before) if held => {
            let near = |a: u32, b: u32| a.abs_diff(b) * 8 <= b;
            if near(before[0], exact[0]) && near(before[1], exact[1]) { before } else { exact }
        }
        _ => exact,
    }
}

/// Arrows turn, plus and minus come nearer and go away, Home goes back to the first station.
fn keys(ui: &Ui, state: &mut PanelState, id: Id) {
    let filter =
        EventFilter { horizontal_arrows: true, vertical_arrows: true, escape: false, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    let ask = &mut state.stage.ask;
    let (turn, near) = NUDGE;
    ui.input(|i| {
        if !i.modifiers.is_none() && !i.modifiers.shift_only() {
            return;
        }
        let presses = |key: Key| i.num_presses(key) as f32;
        ask.orbit_pt[0] += turn * (presses(Key::ArrowLeft) - presses(Key::ArrowRight));
        ask.orbit_pt[1] += turn * (presses(Key::ArrowUp) - presses(Key::ArrowDown));
        ask.zoom_pt += near * (presses(Key::Plus) + presses(Key::Equals) - presses(Key::Minus));
        if i.key_pressed(Key::Home) {
            ask.station = state.stage.tell.stations.first().map(|s| s.name.clone());
        }
    });
}

/// The picture, or the calm ground that stands for it.
fn picture(ui: &Ui, rect: Rect, state: &PanelState, cx: &Cx<'_>) {
    let radius = cx.theme.tokens.radius.tile.clamp(0.0, 32.0) as u8;
    let corners = CornerRadius { nw: 0, ne: 0, sw: radius, se: radius };
    let tell = &state.stage.tell;
    let texture = tell.texture.filter(|_| tell.failure.is_none());
    if let Some(number) = texture {
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        let shape = RectShape::filled(rect, corners, egui::Color32::WHITE);
        ui.painter().add(shape.with_texture(TextureId::User(number), whole));
        return;
    }
    let scene = cx.theme.scene;
    ui.painter().rect_filled(rect, corners, scene.ground);
    let line = Stroke::new(1.0, scene.ground_line);
    let pen = Pen::new(ui, &cx.theme).clipped(rect);
    let middle = pos2(rect.center().x, rect.top() - rect.height() * 0.9);
    for k in -14..=14 {
        let foot = pos2(rect.center().x + k as f32 * rect.width() * 0.14, rect.bottom());
        let head = middle + (foot - middle) * 0.5;
        pen.painter.line_segment([head, foot], line);
    }
    for k in 0..8 {
        let depth = 1.0 - 0.62_f32.powi(k + 1) * 1.25;
        pen.hline(rect.left(), rect.right(), rect.bottom() - rect.height() * depth.max(0.0) * 0.98, line);
    }
    if tell.stations.is_empty() && tell.failure.is_none() {
        let at = pos2(rect.center().x, rect.center().y);
        pen.text(at, Align::Center, "The 3D picture is being prepared", Face::Label, cx.theme.text3);
    }
}

/// Why there is no picture, and what to do.
fn message(ui: &Ui, rect: Rect, title: &str, text: &str, cx: &Cx<'_>) {
    let pen = Pen::new(ui, &cx.theme).clipped(rect);
    let width = (rect.width() - 48.0).clamp(40.0, 380.0);
    let height = pen.paragraph_height(width, text, Face::Body) + 26.0;
    let left = rect.center().x - width / 2.0;
    let top = rect.center().y - height / 2.0;
    let ground = Rect::from_min_size(pos2(left - 14.0, top - 12.0), vec2(width + 28.0, height + 24.0));
    let radius = crate::app::theme::corners(cx.theme.tokens.radius.control);
    pen.painter.rect(ground, radius, cx.theme.surface, cx.theme.outline(), egui::StrokeKind::Inside);
    pen.text(pos2(left, top + 8.0), Align::Min, title, Face::Title, cx.theme.text);
    pen.paragraph(pos2(left, top + 24.0), width, text, Face::Body, cx.theme.text2);
    widget::spoken(ui, ground, ui.id().with("why"), &format!("{title}. {text}"));
}

/// The buttons of the camera stations; returns what they cover.
fn stations(ui: &Ui, rect: Rect, state: &mut PanelState, cx: &Cx<'_>, roomy: bool) -> Option<Rect> {
    let stage = &mut state.stage;
    if stage.tell.stations.is_empty() {
        return None;
    }
    let pen = Pen::new(ui, &cx.theme);
    let words: Vec<&str> =
        stage.tell.stations.iter().map(|s| if roomy { s.label.as_str() } else { s.brief.as_str() }).collect();
    let width = widget::segmented_width(&pen, &words);
    if width > rect.width() - 24.0 {
        return None;
    }
    let size = vec2(width, cx.theme.tokens.control.segmented_h);
    let bar = Rect::from_min_size(pos2(rect.right() - 12.0 - size.x, rect.top() + 12.0), size);
    let segments: Vec<Segment<'_>> = stage
        .tell
        .stations
        .iter()
        .zip(&words)
        .map(|(station, words)| Segment {
            words,
            name: format!("Camera: {}", station.label),
            tip: "Flies to this view. Drag turns, right drag or Shift shifts, the wheel comes nearer.",
            chosen: stage.tell.station.as_deref() == Some(station.name.as_str()),
        })
        .collect();
    if let Some(index) = widget::segmented(ui, &cx.theme, bar, ui.id().with("stations"), &segments) {
        stage.ask.station = stage.tell.stations.get(index).map(|s| s.name.clone());
    }
    Some(bar)
}

/// What the picture shows, in small print, as much as there is room for; returns what it covers.
fn caption(ui: &Ui, rect: Rect, state: &PanelState, cx: &Cx<'_>, legend: Option<Rect>) -> Option<Rect> {
    let pen = Pen::new(ui, &cx.theme).clipped(rect);
    let right = legend.map_or(rect.right(), |l| l.left()) - 16.0;
    let y = rect.bottom() - 16.0;
    let mut x = rect.left() + 14.0;
    let mut covered: Option<Rect> = None;
    for part in &state.stage.tell.caption {
        let wide = pen.width(part, Face::Caption);
        let place = Rect::from_center_size(pos2(x + wide / 2.0, y), vec2(wide, 14.0));
        if place.right() > right || state.site.cards_before.iter().any(|card| card.intersects(place)) {
            break;
        }
        let set =
            pen.text(pos2(x, y), Align::Min, part, Face::Caption, mix(cx.theme.text3, cx.theme.scene.ground, 0.95));
        covered = Some(covered.map_or(set, |c| c.union(set)));
        x = set.right() + 18.0;
    }
    if let Some(covered) = covered {
        widget::spoken(ui, covered, ui.id().with("caption"), &state.stage.tell.caption.join(". "));
    }
    covered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_follows_in_steps_while_an_edge_is_dragged() {
        assert_eq!(sized(None, [800, 400], true), [800, 400]);
        assert_eq!(sized(Some([800, 400]), [820, 400], true), [800, 400]);
        assert_eq!(sized(Some([800, 400]), [820, 400], false), [820, 400]);
        assert_eq!(sized(Some([800, 400]), [1_200, 400], true), [1_200, 400]);
    }
}
