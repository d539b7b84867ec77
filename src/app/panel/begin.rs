//! What a run begins with: plant, axes, seed, noise, start; and everything that a person holds, at once.

use egui::{Align, Key, Rect, TextEdit, Ui, pos2, vec2};

use crate::app::theme::{Face, corners};
use crate::rollout::{Intervention, LeverMode, Setup};
use crate::session::{Command, PlayState, RunView};

use super::control::{FIELD, WORDS, field, name_width};
use super::pen::Pen;
use super::picker::{Alternative, Picker};
use super::widget::{Button, Look, spoken};
use super::words::{date, duration, grouped, seconds};
use super::{Cx, PanelState};

/// Noise modes that need nothing beside them. A recording is named in a setup file.
const NOISE: [(&str, &str); 2] = [
    ("counter", "A draw depends on seed, stream and tick alone"),
    ("numpy", "Draws in the order of the reference, one after the other"),
];

/// Gives every lever that a person holds or has pinned back to its controller.
pub(super) fn hand_back(view: &RunView) -> Vec<Command> {
    set(view, |mode, _| (mode != LeverMode::Auto).then_some(LeverMode::Auto))
}

/// Pins every lever where it stands.
pub(super) fn pin_all(view: &RunView) -> Vec<Command> {
    set(view, |mode, applied| {
        let stands = mode.value().unwrap_or(applied);
        (!matches!(mode, LeverMode::Pinned(_)) && stands.is_finite()).then_some(LeverMode::Pinned(stands))
    })
}

/// Releases every pin.
pub(super) fn release_all(view: &RunView) -> Vec<Command> {
    set(view, |mode, _| matches!(mode, LeverMode::Pinned(_)).then_some(LeverMode::Auto))
}

/// Levers that change hands, as commands.
fn set(view: &RunView, wanted: impl Fn(LeverMode, f64) -> Option<LeverMode>) -> Vec<Command> {
    let changes = view.levers.iter().filter_map(|lever| {
        let mode = wanted(lever.mode, lever.applied)?;
        Some(Command::Intervene(Intervention::Lever { lever: lever.name.clone(), mode }))
    });
    changes.collect()
}

/// The setup of the run in the picture, with the controllers that drive now.
fn present(view: &RunView) -> Setup {
    let mut setup = Setup::clone(&view.setup);
    for (slot, state) in view.spec.slots.iter().zip(&view.slots) {
        setup.policies.insert(slot.name.clone(), state.controller.clone());
    }
    setup
}

/// A run of another plant: what belongs to the present one is left behind.
fn other_plant(view: &RunView, plant: String) -> Setup {
    Setup { plant, seed: view.seed, ..Setup::default() }
}

/// Buttons for all levers at once.
pub(super) fn hands(ui: &mut Ui, cx: &mut Cx<'_>) {
    let view = cx.view;
    let theme = cx.theme;
    if view.levers.is_empty() {
        return;
    }
    let ended = (view.play == PlayState::Ended).then_some("The run has ended");
    let ended = if view.replay.is_some() { Some("This is a replay: nothing can be changed") } else { ended };
    let (held, pinned) = (view.driver.manual + view.driver.pinned, view.driver.pinned);
    let without = |count: usize, why: &'static str| ended.or((count == 0).then_some(why));
    let buttons = [
        (
            "Hand all back",
            "Gives every lever back to its controller",
            without(held, "Every lever is with its controller"),
            hand_back as fn(&RunView) -> Vec<Command>,
        ),
        ("Pin all", "Pins every lever where it stands", ended, pin_all),
        (
            "Release pins",
            "Gives pinned levers back to their controllers",
            without(pinned, "Nothing is pinned"),
            release_all,
        ),
    ];
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), 38.0));
    let pen = Pen::new(ui, &theme);
    let (left, right) = (rect.left() + 12.0, rect.right() - 12.0);
    let widths = buttons.map(|(words, ..)| Button::words(words, "").width(&pen));
    let gap = 6.0;
    let spare = ((right - left - widths.iter().sum::<f32>() - 2.0 * gap) / 3.0).min(24.0);
    let mut x = left;
    for ((words, tip, disabled, deed), width) in buttons.into_iter().zip(widths) {
        let place = Rect::from_min_size(pos2(x, rect.top() + 5.0), vec2((width + spare).max(1.0), 24.0));
        x = place.right() + gap;
        let button = Button { disabled, ..Button::words(words, tip) };
        if button.show(ui, &theme, place, ui.id().with(words)).clicked() {
            cx.out.extend(deed(view));
        }
    }
    pen.hline(left, right, rect.bottom() - 3.5, theme.hairline());
}

/// Pickers and facts of the setup, and the ways to begin again.
pub(super) fn setup(ui: &mut Ui, state: &mut PanelState, cx: &mut Cx<'_>) {
    let view = cx.view;
    if view.plants.len() > 1 {
        let plants: Vec<Alternative<'_>> =
            view.plants.iter().map(|p| Alternative { name: &p.name, label: &p.name, about: &p.about }).collect();
        let about = "Which plant is run. Another one begins a new run";
        let picker = Picker { label: "Plant", about, value: &view.spec.name, alternatives: &plants };
        if let Some(plant) = choice(ui, &picker, cx) {
            cx.out.push(Command::Begin(Box::new(other_plant(view, plant))));
        }
    }
    for axis in &view.axes {
        let alternatives: Vec<Alternative<'_>> =
            axis.choices.iter().map(|c| Alternative { name: &c.name, label: &c.label, about: "" }).collect();
        let picker = Picker { label: &axis.label, about: &axis.doc, value: &axis.value, alternatives: &alternatives };
        if let Some(value) = choice(ui, &picker, cx) {
            cx.out.push(Command::Axis { name: axis.name.clone(), value });
        }
    }
    let mut modes: Vec<Alternative<'_>> =
        NOISE.iter().map(|(name, about)| Alternative { name, label: name, about }).collect();
    if !modes.iter().any(|m| m.name == view.noise) {
        modes.push(Alternative { name: &view.noise, label: &view.noise, about: "As the setup says" });
    }
    let about = "Where random draws come from. Another mode begins a new run";
    let picker = Picker { label: "Noise", about, value: &view.noise, alternatives: &modes };
    if let Some(noise) = choice(ui, &picker, cx) {
        cx.out.push(Command::Begin(Box::new(Setup { noise, ..present(view) })));
    }
    seed(ui, state, cx);
    ui.allocate_space(vec2(1.0, 4.0));
    let calendar = &view.spec.calendar;
    let begin = calendar.civil(0);
    fact(ui, cx, "Start", &format!("{} {}", date(begin), begin.strftime("%H:%M")));
    let length = duration(seconds(view, view.spec.episode_ticks as f64));
    fact(ui, cx, "Episode", &format!("{} ticks, {length}", grouped(view.spec.episode_ticks)));
    fact(ui, cx, "Full log", view.log.as_deref().unwrap_or("none is written"));
    let data = view.setup.data.as_ref().map(|d| d.display().to_string());
    if let Some(data) = data {
        fact(ui, cx, "Data", &data);
    }
    for layer in &view.setup.layers {
        fact(ui, cx, "Layer", &layer.name);
    }
    for change in &view.setup.set {
        fact(ui, cx, "Set", change);
    }
    ui.allocate_space(vec2(1.0, 8.0));
}

/// A line with a picker.
fn choice(ui: &mut Ui, picker: &Picker<'_>, cx: &Cx<'_>) -> Option<String> {
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), FIELD));
    let place = field(&Pen::new(ui, &cx.theme), rect, picker.label);
    // The top bar has a picker of the same name.
    let name = format!("{} of the run", picker.label);
    Picker { label: &name, ..*picker }.show(ui, &cx.theme, place, ui.id().with(("setup", picker.label)))
}

/// The seed: in force, typed, the next one.
fn seed(ui: &mut Ui, state: &mut PanelState, cx: &mut Cx<'_>) {
    let theme = cx.theme;
    let pen = Pen::new(ui, &theme);
    let again = Button::words("Begin again", "Begins this run again from its first tick, with the seed beside it");
    let next = Button::words("Next seed", "Begins again with other random streams");
    let (first, second) = (again.width(&pen) + 2.0, next.width(&pen) + 2.0);
    let (width, gap) = (ui.available_width(), 6.0);
    // Buttons beside the seed where they fit, else below it.
    let one_line = width - 24.0 - name_width(Rect::from_min_size(pos2(0.0, 0.0), vec2(width, 1.0))) - 70.0
        >= first + second + 2.0 * gap;
    let (_, rect) = ui.allocate_space(vec2(width, if one_line { FIELD } else { 2.0 * FIELD }));
    let place = field(&pen, rect, "Seed");
    let buttons = if one_line {
        Rect::from_min_max(pos2(place.right() - first - second - gap, place.top()), place.max)
    } else {
        place.translate(vec2(0.0, FIELD))
    };
    let edit = if one_line { place.with_max_x(buttons.left() - gap) } else { place };
    let typed = state.seed.trim().parse::<u64>().ok();
    let wrong = !state.seed.trim().is_empty() && typed.is_none();
    let entered = entry(ui, edit, wrong, state, cx);
    let disabled = wrong.then_some("A seed is a whole number from 0 on");
    let second = second.min((buttons.width() - gap) / 2.0);
    let left = buttons.with_max_x(buttons.right() - second - gap);
    let again = Button { disabled, look: Look::Plain, ..again };
    let again = again.show(ui, &theme, left, ui.id().with("begin again")).clicked();
    if again || entered && !wrong {
        cx.out.push(Command::Reset { seed: typed });
        state.seed.clear();
    }
    let right = buttons.with_min_x(buttons.right() - second);
    if next.show(ui, &theme, right, ui.id().with("next seed")).clicked() {
        cx.run_named("next_seed");
        state.seed.clear();
    }
}

/// The field of the seed: shows the one in force until another is typed. Returns whether Enter was pressed.
fn entry(ui: &mut Ui, rect: Rect, wrong: bool, state: &mut PanelState, cx: &Cx<'_>) -> bool {
    let theme = &cx.theme;
    let edge = if wrong { theme.focus_ring() } else { theme.outline() };
    let radius = corners(theme.tokens.radius.control);
    ui.painter().rect(rect, radius, theme.sunken, edge, egui::StrokeKind::Inside);
    let hint = egui::RichText::new(cx.view.seed.to_string()).color(*theme.text).font(theme.font(Face::NumberLabel));
    super::inside(ui, rect, "seed", |ui| {
        let edit = TextEdit::singleline(&mut state.seed)
            .hint_text(hint)
            .font(theme.font(Face::NumberLabel))
            .vertical_align(Align::Center)
            .frame(egui::Frame::NONE.inner_margin(egui::Margin::symmetric(9, 0)))
            .desired_width(f32::INFINITY);
        let response = ui.add_sized(rect.size(), edit);
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(format!("Seed, now {}", cx.view.seed)));
        let entered = response.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
        response.on_hover_text("Seed of every random stream. Type another one");
        entered
    })
}

/// A fact: its name, and what it is; long ones keep their end, which tells more of a path.
fn fact(ui: &mut Ui, cx: &Cx<'_>, name: &str, value: &str) {
    let theme = &cx.theme;
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), WORDS));
    let pen = Pen::new(ui, theme);
    let (left, right) = (rect.left() + 12.0, rect.right() - 12.0);
    let from = left + name_width(rect);
    let y = rect.center().y;
    pen.text_within(pos2(left, y), Align::Min, from - left - 6.0, name, Face::Label, theme.text3);
    let room = (right - from).max(1.0);
    let words = tail(&pen, value, room);
    let at = pen.text_within(pos2(from, y), Align::Min, room, &words, Face::NumberLabel, theme.text2);
    let response = spoken(ui, at, ui.id().with(("fact", name, value)), &format!("{name}: {value}"));
    if words != value {
        response.on_hover_text(value);
    }
}

/// The end of a text that fits into a room.
fn tail(pen: &Pen, text: &str, room: f32) -> String {
    if pen.width(text, Face::NumberLabel) <= room {
        return text.to_owned();
    }
    let count = text.chars().count();
    let fits = (room / pen.width("0", Face::NumberLabel).max(1.0)) as usize;
    let end: String = text.chars().skip(count.saturating_sub(fits.saturating_sub(1))).collect();
    format!("…{end}")
}
