//! The menu of an instant on the time line: go there, branch, mark, run until, disturb.

use egui::{RichText, Ui};

use crate::app::panel::words::{clock, duration, seconds};
use crate::app::panel::{Cx, PanelState};
use crate::session::{Command, Until};

/// Draws what can be done at an instant.
pub(in crate::app::panel) fn show(ui: &mut Ui, tick: u64, state: &mut PanelState, cx: &mut Cx<'_>) {
    let view = cx.view;
    let theme = cx.theme;
    let time = clock(view.spec.calendar.civil(tick));
    let (known, live) = (tick <= view.reach(), view.replay.is_none());
    ui.set_min_width(210.0);
    ui.label(RichText::new(format!("At {time}")).color(*theme.text3).small());
    let item = |ui: &mut Ui, words: &str, why: Option<&str>| {
        let response = ui.add_enabled(why.is_none(), egui::Button::new(words));
        let clicked = response.on_disabled_hover_text(why.unwrap_or_default()).clicked();
        if clicked {
            ui.close();
        }
        clicked
    };
    let unknown = (!known).then_some("It has not been run yet.");
    if item(ui, "Go there", unknown.or((tick == view.tick).then_some("It is the present."))) {
        cx.out.push(Command::GoTo { tick });
    }
    if item(ui, "Branch from there", unknown.or((!live).then_some("This is a replay: take over first."))) {
        cx.out.push(Command::Branch { tick: Some(tick), name: None, changes: Vec::new() });
    }
    let past = (tick <= view.tick).then_some("It lies behind.");
    if item(ui, "Run until then", past.or((!live).then_some("This is a replay."))) {
        cx.out.push(Command::Until(Some(Until::Tick(tick))));
    }
    ui.separator();
    if item(ui, "Set a bookmark…", None) {
        state.timeline.write(None, tick, String::new());
    }
    if item(ui, "Cursor A", None) {
        state.charts.compare.set(Some(tick), None);
    }
    if item(ui, "Cursor B", None) {
        state.charts.compare.set(None, Some(tick));
    }
    if view.beside.looped.is_some() && item(ui, "End the loop", None) {
        cx.out.push(Command::Loop(None));
    }
    if live {
        disturbances(ui, tick, cx);
    }
}

/// What can befall the plant, beginning at an instant.
fn disturbances(ui: &mut Ui, tick: u64, cx: &mut Cx<'_>) {
    let spec = std::sync::Arc::clone(&cx.view.spec);
    if spec.disturbances.is_empty() {
        return;
    }
    ui.separator();
    ui.menu_button("Disturb from there", |ui| {
        ui.set_min_width(200.0);
        for disturbance in &spec.disturbances {
            let long = match disturbance.ticks {
                Some(ticks) => format!("for {}", duration(seconds(cx.view, ticks as f64))),
                None => "until it is taken away".to_owned(),
            };
            let button = egui::Button::new(&disturbance.label).shortcut_text(&long);
            let tip = format!("{} Drag it on the time line to move it.", disturbance.about);
            if ui.add(button).on_hover_text(tip).clicked() {
                // What has been run already is disturbed from its next tick on.
                let from = tick.max(cx.view.tick);
                let planned = disturbance.at(from);
                cx.out.push(Command::Plan {
                    label: planned.label,
                    input: planned.input,
                    change: planned.change,
                    from,
                    ticks: disturbance.ticks,
                });
                ui.close();
            }
        }
    });
}
