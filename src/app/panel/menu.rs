//! The main menu, made from the command table, and the menu of layouts.

use egui::{Align2, Button, Id, Popup, Response, RichText, TextEdit, Ui};

use crate::app::command::{Entry, Group, TABLE, in_words};
use crate::app::panel::TileId;
use crate::app::panel::tiling::BuiltIn;

use super::asking::{Answer, Form};
use super::{Cx, PanelState};

/// What the menus remember.
#[derive(Debug, Clone, Default)]
pub(super) struct MenuState {
    /// Name that a layout will be kept under, while it is asked for.
    name: Option<String>,
    /// The field was just opened and takes the keyboard.
    fresh: bool,
}

impl MenuState {
    /// Opens the field for the name of a layout.
    pub fn ask_for_name(&mut self, present: &str) {
        let own = BuiltIn::find(present).is_none();
        self.name = Some(if own { present.to_owned() } else { String::new() });
        self.fresh = true;
    }
}

/// The main menu: a submenu for each group of the command table.
pub(super) fn main(button: &Response, state: &PanelState, cx: &mut Cx<'_>) {
    Popup::menu(button).gap(4.0).show(|ui| {
        ui.set_min_width(150.0);
        for group in Group::ALL {
            ui.menu_button(group.label(), |ui| {
                ui.set_min_width(250.0);
                if group == Group::Tiles {
                    tiles(ui, state, cx);
                    ui.separator();
                }
                if group == Group::Guide {
                    for offer in state.tour_offers() {
                        let button = ui.button(format!("Tour: {}", offer.title)).on_hover_text(&offer.about);
                        if button.clicked() {
                            cx.deeds.push(crate::app::command::WindowDeed::Tour(offer.handle()));
                            ui.close();
                        }
                    }
                    ui.separator();
                }
                for entry in TABLE.iter().filter(|e| e.group == group) {
                    item(ui, entry, cx);
                }
            });
        }
    });
}

/// Every tile with a mark when it is shown; a click shows or closes it.
fn tiles(ui: &mut Ui, state: &PanelState, cx: &mut Cx<'_>) {
    let spec = std::sync::Arc::clone(&cx.view.spec);
    for tile in TileId::all(&spec) {
        let shown = state.tiling.shows(&tile);
        let title = tile.title(&spec);
        let response = ui.selectable_label(shown, title).on_hover_text(if shown {
            "Shown: a click closes it"
        } else {
            "A click shows it"
        });
        if response.clicked() {
            let deed = crate::app::command::WindowDeed::ShowTile(tile.clone());
            cx.deeds.push(if shown { crate::app::command::WindowDeed::CloseTile(Some(tile)) } else { deed });
            ui.close();
        }
    }
}

/// What an entry is called now: levers and tiles by their own names.
pub(super) fn words(entry: &Entry, cx: &Cx<'_>) -> String {
    let number = |prefix: &str| entry.id.strip_prefix(prefix).and_then(|n| n.parse::<usize>().ok());
    if let Some(n) = number("lever_") {
        let index = super::levers::listed(cx.view).get(n.saturating_sub(1)).copied();
        let lever = index.and_then(|i| cx.view.levers.get(i));
        let action = lever.and_then(|l| cx.view.spec.slots.get(l.slot)?.actions.get(l.action));
        if let Some(action) = action {
            return format!("Lever {n}: {}", action.label);
        }
    }
    if let Some(n) = number("tile_") {
        let tile = TileId::all(&cx.view.spec).into_iter().nth(n.saturating_sub(1));
        if let Some(tile) = tile {
            return format!("Show {}", tile.title(&cx.view.spec));
        }
    }
    entry.words.to_owned()
}

/// An entry of the command table as a menu item; the reason stands in the tooltip when it cannot be done now.
pub(super) fn item(ui: &mut Ui, entry: &Entry, cx: &mut Cx<'_>) {
    let keys = entry.keys.first().map(in_words).unwrap_or_default();
    let deed = (entry.deed)(cx.view);
    let button = Button::new(words(entry, cx)).shortcut_text(keys);
    let response = ui.add_enabled(deed.is_ok(), button).on_hover_text(entry.about);
    let response = match deed {
        Err(why) => response.on_disabled_hover_text(why),
        Ok(_) => response,
    };
    if response.clicked() {
        cx.run(entry);
        ui.close();
    }
}

/// The menu of layouts.
pub(super) fn layouts(button: &Response, state: &mut PanelState, cx: &mut Cx<'_>) {
    Popup::menu(button).gap(4.0).show(|ui| {
        ui.set_min_width(220.0);
        ui.label(RichText::new("Layout").color(*cx.theme.text3).small());
        for name in state.tiling.names() {
            let chosen = state.tiling.name() == name;
            let words = if chosen && state.tiling.changed() { format!("{name} (changed)") } else { name.clone() };
            ui.horizontal(|ui| {
                if ui.selectable_label(chosen, words).clicked() {
                    cx.deeds.push(crate::app::command::WindowDeed::Layout(name.clone()));
                    ui.close();
                }
                if BuiltIn::find(&name).is_none() {
                    let response = ui.small_button("Forget").on_hover_text(format!("Forgets the layout {name}"));
                    if response.clicked() {
                        state.tiling.forget(&name);
                        state.custom.kept.remove(&name);
                        ui.close();
                    }
                }
            });
        }
        ui.separator();
        for id in [
            "save_layout",
            "save_layout_file",
            "open_layout_file",
            "reset_layout",
            "fill_tile",
            "close_tile",
            "new_chart",
        ] {
            if let Some(entry) = crate::app::command::find(id) {
                item(ui, entry, cx);
            }
        }
        let missing = state.tiling.missing(&cx.view.spec);
        if !missing.is_empty() {
            ui.separator();
            ui.label(RichText::new("Show a tile").color(*cx.theme.text3).small());
            for tile in missing {
                if ui.button(tile.title(&cx.view.spec)).clicked() {
                    cx.deeds.push(crate::app::command::WindowDeed::ShowTile(tile));
                    ui.close();
                }
            }
        }
    });
}

/// The field for the name of a layout, while it is asked for.
pub(super) fn name_field(ui: &Ui, state: &mut PanelState, cx: &Cx<'_>) {
    let Some(mut name) = state.menu.name.clone() else { return };
    let form = Form {
        name: "layout name",
        at: (Align2::CENTER_TOP, 64.0),
        width: 320.0,
        question: "Keep the tiles as they stand under a name",
        go: "Save the layout",
    };
    let answer = form.show(ui, &cx.theme, |ui| {
        let edit = ui.add(
            TextEdit::singleline(&mut name)
                .hint_text("My layout")
                .desired_width(f32::INFINITY)
                .id(Id::new("layout name field")),
        );
        ui.ctx().accesskit_node_builder(edit.id, |node| node.set_label("Name of the layout"));
        if std::mem::take(&mut state.menu.fresh) {
            edit.request_focus();
        }
    });
    if answer == Answer::Yes {
        state.save_layout(&name);
    }
    state.menu.name = (answer == Answer::Open).then_some(name);
}
