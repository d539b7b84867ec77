//! The top bar: what is run, who drives, what is wrong, what time it is.

use egui::{Align, Id, Popup, Pos2, Rect, Response, Ui, pos2, vec2};

use crate::app::PRODUCT;
use crate::app::command;
use crate::app::theme::Face;
use crate::control::shown_name;
use crate::plant::Axis;
use crate::rollout::Intervention;
use crate::session::{Command, PlayState, RunView};

use super::alarms;
use super::glyph::{self, Glyph};
use super::pen::Pen;
use super::picker::{Alternative, Picker};
use super::widget::{Button, Look, spoken};
use super::words::{clock, date, factor, grouped, short_date};
use super::{Cx, PanelState, control, drivers, menu, menus};

/// Height of pickers and chips.
const CONTROL: f32 = 24.0;

/// From this width on, pickers have their names beside them.
const WIDE: f32 = 1_500.0;

/// Below this width the bar drops words that the eye can do without.
const TIGHT: f32 = 1_080.0;

/// Draws the bar.
pub(super) fn show(ui: &mut Ui, rect: Rect, state: &mut PanelState, cx: &mut Cx<'_>) {
    let theme = cx.theme;
    let pen = Pen::new(ui, &theme);
    pen.painter.rect_filled(rect, 0.0, theme.header);
    pen.hline(rect.left(), rect.right(), rect.bottom() - 0.5, theme.hairline());
    let y = rect.center().y;
    let wide = rect.width() >= WIDE;
    let tight = rect.width() < TIGHT;
    let product = if tight { "" } else { PRODUCT };
    let name = product_button(ui, &pen, rect, product, state, cx);
    // From the right: what must never be dropped. What is left over goes to the pickers.
    let mut right = rect.right() - 8.0;
    right = buttons(ui, pos2(right, y), state, cx);
    right = achieved(ui, &pen, pos2(right, y), wide, tight, cx.view);
    right = site_clock(ui, &pen, pos2(right, y), wide, tight, cx.view);
    let chips = drivers::width(&pen, cx.view);
    right = alarms::chip(ui, &pen, pos2(right, y), name.right() + chips + 80.0, state, cx);
    pen.vline(right, y - 11.0, y + 11.0, theme.outline());
    let left = pickers(ui, &pen, pos2(name.right() + 16.0, y), right - chips - 24.0, wide, cx);
    pen.vline(left + 4.0, y - 11.0, y + 11.0, theme.outline());
    drivers::show(ui, &pen, pos2(left + 14.0, y), right - 10.0, cx);
}

/// The rectangle of a control that begins at a point of the bar's middle line.
pub(super) fn place(at: Pos2, width: f32) -> Rect {
    Rect::from_min_size(pos2(at.x, at.y - CONTROL / 2.0), vec2(width, CONTROL))
}

/// The product's mark and name: a click opens the menu of everything. Returns where the name stands.
fn product_button(ui: &Ui, pen: &Pen, bar: Rect, product: &str, state: &PanelState, cx: &mut Cx<'_>) -> Rect {
    let theme = cx.theme;
    let y = bar.center().y;
    let width = 47.0 + pen.width(product, Face::Title);
    let place = Rect::from_min_max(pos2(bar.left() + 6.0, y - 15.0), pos2(bar.left() + width, y + 15.0));
    let response = ui.interact(place, ui.id().with("main menu"), egui::Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Button, true, "Menu"));
    if response.hovered() || response.has_focus() {
        pen.painter.rect_filled(place, crate::app::theme::corners(theme.tokens.radius.control), theme.hover);
    }
    glyph::mark(&pen.painter, pos2(bar.left() + 24.0, y), 22.0, *theme.text);
    let name = pen.text(pos2(bar.left() + 43.0, y), Align::Min, product, Face::Title, theme.text);
    super::widget::focus_ring(ui, &theme, &response, place);
    let response = response.on_hover_text("Menu of everything that can be done");
    menu::main(&response, state, cx);
    name
}

/// Menus and help at the right end; returns where they begin.
fn buttons(ui: &mut Ui, end: Pos2, state: &mut PanelState, cx: &mut Cx<'_>) -> f32 {
    let theme = cx.theme;
    let mut x = end.x;
    let mut button = |ui: &Ui, glyph: Glyph, name: &str, tip: &str| -> Response {
        x -= 28.0;
        Button::sign(glyph, name, tip).look(Look::Quiet).show(
            ui,
            &theme,
            place(pos2(x, end.y), 26.0),
            ui.id().with(name),
        )
    };
    let tip = |id: &str| command::find(id).map(|e| e.tip()).unwrap_or_default();
    let help = button(ui, Glyph::Question, "Manual", &tip("manual"));
    let view = button(ui, Glyph::Contrast, "Theme and scale", "Theme (T) and scale of the window");
    let find = button(ui, Glyph::Lens, "Find a command", &tip("palette"));
    let tiles = button(ui, Glyph::Tiles, "Layout", "Which tiles stand where");
    let run = button(ui, Glyph::Sliders, "Run", "Seed, noise, begin again");
    if help.clicked() {
        cx.run_named("manual");
    }
    if find.clicked() {
        cx.run_named("palette");
    }
    menu::layouts(&tiles, state, cx);
    menus::view(&view, state, cx);
    menus::run(&run, state, cx);
    x - 6.0
}

/// Speed that was reached; returns where it begins.
fn achieved(ui: &Ui, pen: &Pen, end: Pos2, wide: bool, tight: bool, view: &RunView) -> f32 {
    let theme = &pen.theme;
    let words = match view.play {
        PlayState::Playing => factor(view.achieved),
        PlayState::Paused => "paused".to_owned(),
        PlayState::Ended => "ended".to_owned(),
    };
    let playing = view.play == PlayState::Playing;
    let label = if playing && !tight { "achieved" } else { "" };
    let wanted = super::words::speed(view.speed);
    // Every part keeps the room of its longest words, so that the clock beside it stands still.
    let usual = pen.width("99.9M×", Face::NumberLabel).max(pen.width("paused", Face::NumberLabel));
    let number = usual.max(pen.width(&words, Face::NumberLabel));
    let at = pen.text(end, Align::Max, &words, Face::NumberLabel, theme.text);
    let mut left = end.x - number;
    if !tight {
        left -= 8.0;
        pen.text(pos2(left, end.y), Align::Max, label, Face::Label, theme.text2);
        left -= pen.width("achieved", Face::Label);
    }
    if wide {
        left -= 14.0;
        pen.text(pos2(left, end.y), Align::Max, &wanted, Face::NumberLabel, theme.text);
        left -= pen.width("0.1k×", Face::NumberLabel) + 6.0;
        pen.text(pos2(left, end.y), Align::Max, "Speed", Face::Label, theme.text2);
        left -= pen.width("Speed", Face::Label);
    }
    let spoken_words = if playing { format!("{words} achieved, {wanted} wanted") } else { words };
    let tip =
        "Simulated seconds per second of wall time: those that were asked for, and those of the last second or so";
    spoken(ui, at.with_min_x(left), ui.id().with("achieved"), &spoken_words).on_hover_text(tip);
    pen.vline(left - 11.0, end.y - 11.0, end.y + 11.0, theme.outline());
    left - 21.0
}

/// Date and clock of the site; returns where they begin.
fn site_clock(ui: &Ui, pen: &Pen, end: Pos2, wide: bool, tight: bool, view: &RunView) -> f32 {
    let theme = &pen.theme;
    let time = clock(view.clock);
    let at = pen.text(end, Align::Max, &time, Face::NumberLarge, theme.text);
    let left = at.left() - 10.0;
    let start = if wide {
        let day = view.clock.strftime("%a ").to_string() + &date(view.clock);
        let line = pen.text(pos2(left, end.y - 8.0), Align::Max, &day, Face::Caption, theme.text);
        let second = format!("{} · tick {}", view.spec.calendar.zone, grouped(view.tick));
        // The tick grows: the line is as wide as the last tick will make it.
        let widest = format!("{} · tick {}", view.spec.calendar.zone, grouped(view.span_ticks()));
        pen.text(pos2(left, end.y + 8.0), Align::Max, &second, Face::Caption, theme.text3);
        line.left().min(left - pen.width(&widest, Face::Caption))
    } else if tight {
        left + 6.0
    } else {
        pen.text(pos2(left, end.y), Align::Max, &short_date(view.clock), Face::Label, theme.text2).left()
    };
    let rect = Rect::from_min_max(pos2(start, end.y - 12.0), pos2(end.x, end.y + 12.0));
    let zone = &view.spec.calendar.zone;
    let words = format!("Site time {} {time}", date(view.clock));
    spoken(ui, rect, ui.id().with("clock"), &words).on_hover_text(format!("{words}, {zone}"));
    pen.vline(start - 8.0, end.y - 11.0, end.y + 11.0, theme.outline());
    start - 18.0
}

/// What the person chose: axes first, then who decides; what does not fit goes into a list. Returns where they end.
fn pickers(ui: &mut Ui, pen: &Pen, from: Pos2, to: f32, wide: bool, cx: &mut Cx<'_>) -> f32 {
    let view = cx.view;
    let theme = cx.theme;
    let axes = view.axes.len();
    let total = axes + view.spec.slots.len().min(view.slots.len());
    let mut x = from.x;
    let mut shown = 0;
    for index in 0..total {
        let (label, width) = match view.axes.get(index) {
            Some(axis) => (axis.label.as_str(), axis_picker(axis, &alternatives(axis)).width(pen, 128.0)),
            None => {
                let slot = index - axes;
                let label = view.spec.slots.get(slot).map_or("", |s| s.label.as_str());
                let value = view.slots.get(slot).map_or("", |s| shown_name(&s.controller));
                (label, (pen.width(value, Face::Label) + 34.0).clamp(64.0, 128.0))
            }
        };
        let label_width = if wide { pen.width(label, Face::Label) + 8.0 } else { 0.0 };
        let more = if index + 1 < total { 34.0 } else { 0.0 };
        if x + label_width + width + more > to {
            break;
        }
        if wide {
            pen.text(pos2(x, from.y), Align::Min, label, Face::Label, theme.text2);
        }
        pick(ui, place(pos2(x + label_width, from.y), width), ui.id().with(("picker", index)), index, cx);
        x += label_width + width + if wide { 14.0 } else { 8.0 };
        shown += 1;
    }
    if shown < total {
        let rect = place(pos2(x, from.y), 28.0);
        let tip = "More choices: what is run, and who decides";
        let response = Button::sign(Glyph::More, "More choices", tip).show(ui, &theme, rect, ui.id().with("more"));
        let popup = Popup::menu(&response).gap(4.0).close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside);
        popup.show(|ui| rest(ui, shown, total, cx));
        x += 36.0;
    }
    x
}

fn alternatives(axis: &Axis) -> Vec<Alternative<'_>> {
    axis.choices.iter().map(|c| Alternative { name: &c.name, label: &c.label, about: "" }).collect()
}

fn axis_picker<'a>(axis: &'a Axis, alternatives: &'a [Alternative<'a>]) -> Picker<'a> {
    Picker { label: &axis.label, about: &axis.doc, value: &axis.value, alternatives }
}

/// Draws the picker of an axis or, after these, of a slot.
fn pick(ui: &Ui, rect: Rect, id: Id, index: usize, cx: &mut Cx<'_>) {
    let view = cx.view;
    if let Some(axis) = view.axes.get(index) {
        if let Some(value) = axis_picker(axis, &alternatives(axis)).show(ui, &cx.theme, rect, id) {
            cx.out.push(Command::Axis { name: axis.name.clone(), value });
        }
    } else {
        let slot = index - view.axes.len();
        if let (Some(spec), Some(state)) = (view.spec.slots.get(slot), view.slots.get(slot)) {
            control::pick(ui, rect, id, spec, state, cx);
        }
    }
}

/// The pickers that did not fit, one below the other. Their lists are laid open: a list in a list closes badly.
fn rest(ui: &mut Ui, from: usize, to: usize, cx: &mut Cx<'_>) {
    let view = cx.view;
    let theme = cx.theme;
    ui.set_width(250.0);
    egui::ScrollArea::vertical().max_height(ui.ctx().content_rect().height() - 140.0).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for index in from..to {
            let label = match view.axes.get(index) {
                Some(axis) => axis.label.as_str(),
                None => view.spec.slots.get(index - view.axes.len()).map_or("", |s| s.label.as_str()),
            };
            ui.add_space(4.0);
            ui.label(egui::RichText::new(label).color(*theme.text3).small());
            if let Some(axis) = view.axes.get(index) {
                if let Some(value) = axis_picker(axis, &alternatives(axis)).list(ui, &theme, 246.0) {
                    cx.out.push(Command::Axis { name: axis.name.clone(), value });
                }
                continue;
            }
            let slot = index - view.axes.len();
            let (Some(spec), Some(state)) = (view.spec.slots.get(slot), view.slots.get(slot)) else { continue };
            let choices: Vec<Alternative<'_>> = state
                .choices
                .iter()
                .map(|c| Alternative { name: &c.name, label: shown_name(&c.name), about: "" })
                .collect();
            let picker = Picker { label: &spec.label, about: "", value: &state.controller, alternatives: &choices };
            if let Some(name) = picker.list(ui, &theme, 246.0) {
                cx.out.push(Command::Intervene(Intervention::Controller { slot: spec.name.clone(), name }));
            }
        }
    });
}
