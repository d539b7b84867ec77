//! Menus of the top bar: the run with its seed, and how the window looks.

use egui::{Key, Popup, Response, TextEdit, Ui};

use crate::app::command;
use crate::app::theme::ThemeName;
use crate::session::Command;

use super::menu::item;
use super::words::grouped;
use super::{Cx, PanelState, SCALES};

/// Seed, noise, log, and the ways to begin again.
pub(super) fn run(response: &Response, state: &mut PanelState, cx: &mut Cx<'_>) {
    let shown = Popup::menu(response).gap(4.0).close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside);
    shown.show(|ui| {
        ui.set_min_width(250.0);
        ui.set_max_width(320.0);
        heading(ui, cx, &cx.view.spec.title.clone());
        let told = cx.view.replay.as_ref().is_none_or(|replay| replay.tells_setup);
        fact(ui, cx, "Seed", &if told { cx.view.seed.to_string() } else { "not in this log".to_owned() });
        fact(ui, cx, "Noise", &cx.view.noise.clone());
        fact(ui, cx, "Episode", &format!("{} ticks", grouped(cx.view.spec.episode_ticks)));
        let log = cx.view.log.clone().unwrap_or_else(|| "none is written".to_owned());
        fact(ui, cx, "Full log", &log);
        ui.separator();
        for id in ["reset", "next_seed", "replay", "leave_replay"] {
            if let Some(entry) = command::find(id) {
                item(ui, entry, cx);
            }
        }
        ui.horizontal(|ui| {
            ui.label("Seed");
            let edit = ui.add(TextEdit::singleline(&mut state.seed).hint_text("number").desired_width(90.0));
            ui.ctx().accesskit_node_builder(edit.id, |node| node.set_label("New seed"));
            let seed = state.seed.trim().parse::<u64>().ok();
            let enter = edit.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
            let button = ui.add_enabled(seed.is_some(), egui::Button::new("Begin with it"));
            if let Some(seed) = seed.filter(|_| button.clicked() || enter) {
                cx.out.push(Command::Reset { seed: Some(seed) });
                state.seed.clear();
                ui.close();
            }
        });
        if !state.seed.trim().is_empty() && state.seed.trim().parse::<u64>().is_err() {
            ui.label(egui::RichText::new("A seed is a whole number from 0 on").color(*cx.theme.text2));
        }
    });
}

/// Theme and scale.
pub(super) fn view(response: &Response, state: &mut PanelState, cx: &mut Cx<'_>) {
    Popup::menu(response).gap(4.0).show(|ui| {
        ui.set_min_width(170.0);
        heading(ui, cx, "Theme");
        for theme in ThemeName::ALL {
            if ui.selectable_label(state.theme == theme, theme.label()).clicked() {
                state.theme = theme;
                ui.ctx().request_repaint();
            }
        }
        ui.separator();
        heading(ui, cx, "Scale");
        for scale in SCALES {
            let words = format!("{:.0} %", scale * 100.0);
            if ui.selectable_label((state.scale() - scale).abs() < 1e-3, words).clicked() {
                state.set_scale(scale);
                ui.ctx().request_repaint();
            }
        }
    });
}

fn heading(ui: &mut Ui, cx: &Cx<'_>, words: &str) {
    ui.label(egui::RichText::new(words).color(*cx.theme.text3).small());
}

fn fact(ui: &mut Ui, cx: &Cx<'_>, name: &str, value: &str) {
    ui.horizontal(|ui| {
        ui.label(egui::RichText::new(name).color(*cx.theme.text2));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.add(egui::Label::new(egui::RichText::new(value).monospace().color(*cx.theme.text)).truncate());
        });
    });
}
