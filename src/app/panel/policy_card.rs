//! The card of a policy: what it takes and gives, what it says to probes, and which slots it can drive.

use std::path::{Path, PathBuf};

use egui::{Area, Id, Key, Modifiers, Order, RichText, ScrollArea, Ui, vec2};

use crate::app::board::{Ask, FitView, Policy, PolicyView};
use crate::control::Setting;
use crate::rollout::Intervention;
use crate::session::Command;

use super::error_card;
use super::policy_drift;
use super::{Cx, FileWish, PanelState};

/// Parameter of networks that says whether outputs are rescaled.
const RESCALE: &str = "rescale";

/// Widest card.
const WIDEST: f32 = 640.0;

/// Width of what a line is about.
const HEADS: f32 = 66.0;

/// How a person looks at policies.
#[derive(Debug, Clone, Default)]
pub(super) struct PolicyState {
    open: bool,
    /// Outputs are rescaled when it drives; `None` takes what the card suggests.
    rescale: Option<bool>,
    /// The folder of models was read.
    looked: bool,
}

/// Shows the card, or puts it away.
pub(super) fn toggle(state: &mut PanelState) {
    state.policy.open = !state.policy.open;
    if state.policy.open && !std::mem::replace(&mut state.policy.looked, true) {
        state.board.asks.push(Ask::Look);
    }
}

/// Shows the card of a file.
pub(super) fn look_at(state: &mut PanelState, path: PathBuf) {
    state.policy.open = true;
    state.policy.rescale = None;
    state.board.asks.push(Ask::Check(path));
}

/// Draws the card over everything, if it is open.
pub(super) fn show(ui: &Ui, state: &mut PanelState, cx: &mut Cx<'_>) {
    let whole = ui.max_rect();
    if !state.policy.open || whole.width() < 200.0 || whole.height() < 160.0 {
        return;
    }
    let theme = cx.theme;
    let width = (whole.width() - 32.0).min(WIDEST);
    let area = Area::new(Id::new("policy card")).order(Order::Foreground);
    let area = area.anchor(egui::Align2::CENTER_TOP, vec2(0.0, (whole.height() * 0.08).min(64.0)));
    let mut closed = ui.ctx().input_mut(|i| i.consume_key(Modifiers::NONE, Key::Escape));
    area.show(ui.ctx(), |ui| {
        let frame = egui::Frame::new().fill(*theme.header).stroke(theme.outline());
        frame.corner_radius(theme.tokens.radius.menu).inner_margin(14).show(ui, |ui| {
            ui.set_width(width - 28.0);
            ui.spacing_mut().item_spacing = vec2(6.0, 5.0);
            ui.horizontal(|ui| {
                ui.label(RichText::new("Policy").color(*theme.text).strong());
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    closed |= ui.button("Close the card").clicked();
                    if ui.button("Open a file…").on_hover_text("Asks for an ONNX file to look at").clicked() {
                        state.wish = Some(FileWish::Policy);
                    }
                });
            });
            models(ui, state, cx);
            ui.separator();
            // An area is as high as it was: without the lowest height the card would stay as low as it began.
            let height = (whole.height() * 0.62).max(80.0);
            ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, |ui| {
                ui.set_width(width - 40.0);
                match state.board.policy.clone() {
                    None => {
                        let words = "Open an ONNX file, drop one onto the window, or choose one of the folder “models”. \
                                     Nothing drives before you say so.";
                        ui.label(RichText::new(words).color(*theme.text2));
                    }
                    Some(Policy::Reading(path)) => {
                        ui.label(RichText::new(format!("Reading {}", path.display())).color(*theme.text2));
                    }
                    Some(Policy::Failed { path, text, cure }) => failed(ui, &path, &text, &cure, cx),
                    Some(Policy::Card(view)) => card(ui, &view, state, cx),
                }
            });
        });
    });
    if closed {
        state.policy.open = false;
    }
}

/// Policies of the folder.
fn models(ui: &mut Ui, state: &mut PanelState, cx: &Cx<'_>) {
    let models = std::sync::Arc::clone(&state.board.models);
    if models.is_empty() {
        return;
    }
    ui.label(RichText::new("In the folder models").color(*cx.theme.text3).small());
    ui.horizontal_wrapped(|ui| {
        for path in models.iter() {
            let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            let shown = match &state.board.policy {
                Some(Policy::Card(view)) => view.path == *path,
                Some(Policy::Reading(of) | Policy::Failed { path: of, .. }) => of == path,
                None => false,
            };
            if ui.selectable_label(shown, name).clicked() {
                look_at(state, path.clone());
            }
        }
    });
}

fn failed(ui: &mut Ui, path: &Path, text: &str, cure: &str, cx: &Cx<'_>) {
    let pen = super::pen::Pen::new(ui, &cx.theme);
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let title = format!("{name} cannot be used");
    let words = error_card::Words::of(&title, text, cure);
    let width = ui.available_width().min(520.0);
    let (_, rect) = ui.allocate_space(vec2(width, words.height(&pen, width)));
    error_card::draw(ui, &cx.theme, rect, &words, None);
}

fn card(ui: &mut Ui, view: &PolicyView, state: &mut PanelState, cx: &mut Cx<'_>) {
    let theme = cx.theme;
    ui.label(RichText::new(view.path.display().to_string()).color(*theme.text).monospace());
    if !view.sound {
        ui.label(RichText::new("A probe gave no usable number: think twice before it drives").color(*theme.alarm.warn));
    }
    for (head, words) in &view.lines {
        ui.horizontal_top(|ui| {
            let room = vec2(HEADS, 16.0);
            ui.allocate_ui_with_layout(room, egui::Layout::left_to_right(egui::Align::TOP), |ui| {
                ui.set_width(HEADS);
                ui.label(RichText::new(head).color(*theme.text3));
            });
            ui.add(egui::Label::new(RichText::new(words).color(*theme.text2)).wrap());
        });
    }
    let own: Vec<&FitView> = view.fits.iter().filter(|f| f.plant == cx.view.spec.name).collect();
    for (fit, why) in own.iter().filter_map(|f| Some((f, f.why_not.as_ref()?))) {
        // The printed card gives reasons only where no slot fits at all.
        if view.fits.iter().any(|f| f.why_not.is_none()) {
            ui.label(RichText::new(format!("{} cannot be driven: {why}", label(&fit.slot, cx))).color(*theme.text3));
        }
    }
    let path = view.path.display().to_string();
    for (slot, seen) in cx.view.spec.slots.iter().zip(&cx.view.slots).filter(|(_, seen)| seen.controller == path) {
        policy_drift::show(ui, &slot.label, seen, cx);
    }
    ui.separator();
    let mut rescale = state.policy.rescale.unwrap_or(view.unit_outputs);
    let fits = own.iter().any(|f| f.why_not.is_none());
    let switch = ui.add_enabled(fits, egui::Checkbox::new(&mut rescale, "Outputs are in [−1,1], rescale"));
    if switch.on_hover_text("Stretches outputs from −1 to 1 over the bounds of each action").changed() {
        state.policy.rescale = Some(rescale);
    }
    ui.horizontal_wrapped(|ui| {
        let replay = cx.view.replay.as_ref().map(|_| "This is a replay: leave it first.".to_owned());
        for fit in &own {
            let why = replay.clone().or_else(|| fit.why_not.clone());
            let button = egui::Button::new(format!("Drive {}", label(&fit.slot, cx)));
            let response = ui.add_enabled(why.is_none(), button).on_hover_text("From the next decision on");
            if response.on_disabled_hover_text(why.unwrap_or_default()).clicked() {
                cx.out.extend(drive(view, &fit.slot, rescale));
                state.policy.open = false;
            }
        }
        if own.is_empty() {
            ui.label(RichText::new("This plant has no slots to drive").color(*theme.text2));
        }
    });
}

/// What a person calls a slot.
fn label(slot: &str, cx: &Cx<'_>) -> String {
    cx.view.spec.slots.iter().find(|s| s.name == slot).map_or(slot, |s| s.label.as_str()).to_owned()
}

/// Lets a policy drive a slot. The switch is told each time: what was tuned for another network must not stay.
fn drive(view: &PolicyView, slot: &str, rescale: bool) -> [Command; 2] {
    let name = view.path.display().to_string();
    [
        Command::Intervene(Intervention::Controller { slot: slot.to_owned(), name }),
        Command::Intervene(Intervention::Parameter {
            slot: slot.to_owned(),
            name: RESCALE.to_owned(),
            value: rescale.then_some(Setting::Switch(true)),
        }),
    ]
}
