//! A window of the panels that a test can click in.

use c2g_twin::app::panel::{self, PanelState};
use c2g_twin::app::theme::ThemeName;
use c2g_twin::session::{Command, RunView};
use egui_kittest::kittest::Queryable;
use egui_kittest::{Harness, SnapshotOptions};

/// What the window shows and what was asked for.
pub struct Shown {
    /// Panels.
    pub panel: PanelState,
    /// Picture of the run.
    pub view: RunView,
    /// What was asked for so far.
    pub asked: Vec<Command>,
}

/// A window of the panels.
pub struct Desk {
    harness: Harness<'static, Shown>,
}

impl Desk {
    /// Opens a window on a picture.
    pub fn open(view: RunView, size: (f32, f32), theme: ThemeName) -> Self {
        let mut panel = PanelState::default();
        panel.theme = theme;
        let harness = Harness::builder().with_size(size).with_max_steps(12).wgpu().build_ui_state(
            |ui, shown: &mut Shown| {
                // The harness leaves a margin; a window has none.
                let whole = ui.ctx().content_rect();
                let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(whole));
                ui.set_clip_rect(whole);
                panel::workspace(&mut ui, &mut shown.panel, &shown.view, &mut shown.asked);
            },
            Shown { panel, view, asked: Vec::new() },
        );
        let mut desk = Self { harness };
        desk.settle();
        desk
    }

    /// Begins again with fresh panels.
    pub fn reopen(&mut self, view: RunView) {
        let theme = self.shown().panel.theme;
        let shown = self.shown();
        shown.panel = PanelState::default();
        shown.panel.theme = theme;
        shown.view = view;
        shown.asked.clear();
        self.settle();
    }

    /// Runs a few frames.
    pub fn settle(&mut self) {
        self.harness.run_steps(4);
    }

    /// The window.
    pub fn harness(&mut self) -> &mut Harness<'static, Shown> {
        &mut self.harness
    }

    /// Picture and panels, to change them.
    pub fn shown(&mut self) -> &mut Shown {
        self.harness.state_mut()
    }

    /// Clicks the control of this name and tells what it asked for.
    pub fn click(&mut self, name: &str) -> Vec<Command> {
        self.shown().asked.clear();
        self.harness.get_by_label(name).click();
        self.settle();
        std::mem::take(&mut self.shown().asked)
    }

    /// Presses keys and tells what they asked for.
    pub fn press(&mut self, modifiers: egui::Modifiers, key: egui::Key) -> Vec<Command> {
        self.shown().asked.clear();
        self.harness.key_press_modifiers(modifiers, key);
        self.settle();
        std::mem::take(&mut self.shown().asked)
    }

    /// Whether something of this name is on the screen.
    pub fn has(&self, name: &str) -> bool {
        self.harness.query_by_label(name).is_some()
    }

    /// Names of everything on the screen that contain a text.
    pub fn names_with(&self, part: &str) -> usize {
        self.harness.query_all_by_label_contains(part).count()
    }

    /// Moves the pointer to the middle of the control of this name.
    pub fn hover(&mut self, name: &str) {
        self.harness.get_by_label(name).hover();
        self.settle();
    }

    /// Compares the window with its picture in `tests/snapshots`, without the pointer.
    pub fn snapshot(&mut self, name: &str) {
        self.harness.remove_cursor();
        self.settle();
        self.picture(name);
    }

    /// Compares the window as it is with its picture in `tests/snapshots`.
    pub fn picture(&mut self, name: &str) {
        compare(&mut self.harness, name);
    }
}

/// Compares what a harness shows with its picture in `tests/snapshots`.
pub fn compare<S>(harness: &mut Harness<'_, S>, name: &str) {
    // Drivers rasterise edges of lines and glyphs a little differently.
    let options = SnapshotOptions::new().threshold(1.2).failed_pixel_count_threshold(200_usize);
    // Not the harness's own collection: a test takes pictures of several windows.
    if let Err(error) = harness.try_snapshot_options(name, &options) {
        panic!("{error}");
    }
}
