//! One tile alone, that a test can click in.

use c2g_twin::app::panel::{self, PanelState, TileId};
use c2g_twin::app::theme::ThemeName;
use c2g_twin::session::{Command, RunView};
use egui::{Event, Key, Modifiers, PointerButton, Pos2, Rect};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

use super::desk::{Shown, compare};

/// A window with one tile.
pub struct Lone {
    harness: Harness<'static, Shown>,
}

impl Lone {
    /// Opens a tile whose body has about this size.
    pub fn open(tile: TileId, view: RunView, body: (f32, f32), theme: ThemeName) -> Self {
        Self::scaled(tile, view, body, theme, 1.0)
    }

    /// As [`Lone::open`], with so many pixels a point.
    pub fn scaled(tile: TileId, view: RunView, body: (f32, f32), theme: ThemeName, pixels: f32) -> Self {
        let mut panel = PanelState::default();
        panel.theme = theme;
        // Header and the gap around the tile.
        let size = (body.0 + 16.0, body.1 + 44.0);
        let harness = Harness::builder()
            .with_size(size)
            .with_pixels_per_point(pixels)
            .with_step_dt(0.05)
            .with_max_steps(12)
            .wgpu()
            .build_ui_state(
                move |ui, shown: &mut Shown| {
                    let whole = ui.ctx().content_rect();
                    let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(whole));
                    ui.set_clip_rect(whole);
                    panel::tile_alone(&mut ui, &mut shown.panel, &shown.view, &tile, &mut shown.asked);
                },
                Shown { panel, view, asked: Vec::new() },
            );
        let mut lone = Self { harness };
        lone.settle();
        lone
    }

    /// Runs a few frames.
    pub fn settle(&mut self) {
        self.harness.run_steps(4);
    }

    /// Picture and panels, to change them.
    pub fn shown(&mut self) -> &mut Shown {
        self.harness.state_mut()
    }

    /// What was asked for since the last question.
    pub fn asked(&mut self) -> Vec<Command> {
        std::mem::take(&mut self.shown().asked)
    }

    /// Whether something of this name is in the tile.
    pub fn has(&self, name: &str) -> bool {
        self.harness.query_by_label(name).is_some()
    }

    /// How many things have a name that contains a text.
    pub fn names_with(&self, part: &str) -> usize {
        self.harness.query_all_by_label_contains(part).count()
    }

    /// Where the thing of this name stands.
    pub fn rect(&self, name: &str) -> Rect {
        self.harness.get_by_label(name).rect()
    }

    /// Where the first thing stands whose name contains a text.
    pub fn rect_with(&self, part: &str) -> Rect {
        self.harness.get_all_by_label_contains(part).next().expect("something of this name").rect()
    }

    /// Clicks at a point so many times and tells what it asked for.
    pub fn tap(&mut self, at: Pos2, times: usize) -> Vec<Command> {
        self.asked();
        self.harness.event(Event::PointerMoved(at));
        for _ in 0..times {
            for pressed in [true, false] {
                let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
                self.harness.event(Event::PointerButton { pos: at, button, pressed, modifiers });
            }
        }
        self.settle();
        self.asked()
    }

    /// Clicks the thing of this name and tells what it asked for.
    pub fn click(&mut self, name: &str) -> Vec<Command> {
        let at = self.rect(name).center();
        self.tap(at, 1)
    }

    /// Presses keys and tells what they asked for.
    pub fn press(&mut self, modifiers: Modifiers, key: Key) -> Vec<Command> {
        self.asked();
        self.harness.key_press_modifiers(modifiers, key);
        self.settle();
        self.asked()
    }

    /// Labels that tell a number, and where they stand.
    pub fn numbers(&self) -> Vec<(String, Pos2)> {
        let whole = self.harness.ctx.content_rect();
        let told = self.harness.query_all_by_label_contains("").filter_map(|node| {
            let inner = node.accesskit_node();
            let words = inner.value().or(inner.label()).filter(|_| inner.role() == egui::accesskit::Role::Label)?;
            let at = node.rect().center();
            (words.chars().any(|c| c.is_ascii_digit()) && whole.contains(at)).then_some((words, at))
        });
        told.collect()
    }

    /// Whether a tooltip comes where the pointer rests at a point.
    pub fn tells(&mut self, at: Pos2) -> bool {
        self.harness.remove_cursor();
        self.harness.run_steps(2);
        let before = self.names_with("");
        self.harness.event(Event::PointerMoved(at));
        // The tooltip waits until the pointer has rested for a while.
        self.harness.run_steps(24);
        self.names_with("") > before
    }

    /// Types a text.
    pub fn write(&mut self, text: &str) {
        self.harness.event(Event::Text(text.to_owned()));
        self.settle();
    }

    /// Compares the tile with its picture in `tests/snapshots`, without the pointer.
    pub fn snapshot(&mut self, name: &str) {
        self.harness.remove_cursor();
        self.settle();
        self.picture(name);
    }

    /// Compares the tile as it is with its picture in `tests/snapshots`.
    pub fn picture(&mut self, name: &str) {
        compare(&mut self.harness, name);
    }
}
