//! The form for races and shadows: which controllers drive a branch each, or compute beside the one that drives.

use std::collections::BTreeSet;

use egui::{RichText, Ui, WidgetInfo, WidgetType, vec2};

use crate::control::shown_name;
use crate::session::{Command, RunView};

use super::super::Cx;
use super::super::levers::slot_order;

/// Controllers that decide nothing of their own, so that there is nothing to race or to look at.
const HANDS: [&str; 1] = ["manual"];

/// What a race or shadows are begun with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::app::panel) struct RaceForm {
    slot: usize,
    chosen: BTreeSet<String>,
}

impl RaceForm {
    /// For a slot, else for the one that decides most often.
    pub fn of(view: &RunView, slot: Option<usize>) -> Self {
        let slot = slot.or_else(|| slot_order(view).first().copied()).unwrap_or(0);
        let driver = view.slots.get(slot).map(|s| s.controller.clone());
        Self { slot, chosen: driver.into_iter().collect() }
    }
}

/// Draws the form; `false` when it is done with.
pub(super) fn show(ui: &mut Ui, width: f32, form: &mut RaceForm, cx: &mut Cx<'_>) -> bool {
    let theme = cx.theme;
    let view = cx.view;
    let mut kept = true;
    let frame = egui::Frame::new().fill(*theme.raised).stroke(theme.hairline()).inner_margin(10).outer_margin(6);
    frame.show(ui, |ui| {
        ui.set_width((width - 34.0).clamp(1.0, 560.0));
        ui.spacing_mut().item_spacing = vec2(6.0, 5.0);
        ui.label(RichText::new("Controllers beside each other").color(*theme.text).strong());
        if view.spec.slots.len() > 1 {
            ui.horizontal_wrapped(|ui| {
                for slot in slot_order(view) {
                    let label = view.spec.slots.get(slot).map_or("", |s| s.label.as_str());
                    let response = ui.selectable_label(form.slot == slot, label);
                    let name = format!("Race for {label}");
                    let chosen = form.slot == slot;
                    response.widget_info(|| WidgetInfo::selected(WidgetType::RadioButton, true, chosen, &name));
                    if response.clicked() && form.slot != slot {
                        *form = RaceForm::of(view, Some(slot));
                    }
                }
            });
        }
        let Some((spec, state)) = view.spec.slots.get(form.slot).zip(view.slots.get(form.slot)) else { return };
        ui.horizontal_wrapped(|ui| {
            for choice in state.choices.iter().filter(|c| !HANDS.contains(&c.name.as_str())) {
                let chosen = form.chosen.contains(&choice.name);
                let response = ui.selectable_label(chosen, shown_name(&choice.name));
                let name = format!("Race with {}", shown_name(&choice.name));
                response.widget_info(|| WidgetInfo::selected(WidgetType::Checkbox, true, chosen, &name));
                if response.clicked() && !form.chosen.remove(&choice.name) {
                    form.chosen.insert(choice.name.clone());
                }
                response.on_hover_text(&choice.about);
            }
        });
        if view.noise == "numpy" {
            let words = "With the noise “numpy” a controller that bids draws other numbers than one that does not, so \
                         that runs can see other noise.";
            ui.add(egui::Label::new(RichText::new(words).color(*theme.text2)).wrap());
        }
        let names: Vec<String> = form.chosen.iter().cloned().collect();
        ui.horizontal_wrapped(|ui| {
            let ended = view.end.is_some().then_some("The run has ended: go back first");
            let why = ended.or((names.len() < 2).then_some("Choose two controllers or more"));
            let race = ui.add_enabled(why.is_none(), egui::Button::new("Race these"));
            let race =
                race.on_hover_text("Begins a branch of this instant for each and runs them in step, on the same noise");
            if race.on_disabled_hover_text(why.unwrap_or_default()).clicked() {
                cx.out.push(Command::Race { slot: spec.name.clone(), controllers: names.clone() });
                kept = false;
            }
            let known = |name: &String| {
                *name == state.controller
                    || view.beside.shadows.iter().any(|s| s.slot == form.slot && s.controller == *name)
            };
            let fresh: Vec<&String> = names.iter().filter(|name| !known(name)).collect();
            let why =
                ended.or(fresh.is_empty().then_some("Choose a controller that does not drive and is no shadow yet"));
            let beside = ui.add_enabled(why.is_none(), egui::Button::new("Let compute beside"));
            let beside = beside
                .on_hover_text("They decide every tick without acting: ghost marks on the levers, and their rewards");
            if beside.on_disabled_hover_text(why.unwrap_or_default()).clicked() {
                let shadow = |name: &&String| Command::Shadow { slot: spec.name.clone(), controller: (*name).clone() };
                cx.out.extend(fresh.iter().map(shadow));
                kept = false;
            }
            kept &= !ui.button("Close").clicked();
        });
    });
    kept
}
