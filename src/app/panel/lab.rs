//! The Lab: a study of the plant itself, its parameters beside it, what it shows and what it found.

mod picture;
mod values;

use std::collections::BTreeMap;

use egui::{Rect, ScrollArea, Ui, pos2, vec2};

use crate::app::board::{Ask, LabKey};
use crate::app::theme::Face;
use crate::evaluate::study::{self, Parameter, Range, Study};

use super::pen::Pen;
use super::picker::{Alternative, Picker};
use super::widget::{Button, spoken};
use super::{Cx, PanelState};

/// Width of the column with parameters.
const SIDE: f32 = 268.0;

/// From this width on parameters stand beside the drawing.
const WIDE: f32 = 640.0;

/// The study that is open at first.
const FIRST: &str = "step-response";

/// What the Lab remembers.
#[derive(Debug, Clone, Default)]
pub(super) struct LabState {
    /// Name of the study; empty for the first.
    study: String,
    /// Values of each study that was touched.
    values: BTreeMap<String, Vec<f64>>,
    /// Number of the exhibit that is shown.
    exhibit: usize,
    /// What was asked for last.
    asked: Option<LabKey>,
    /// A value is being moved.
    moving: bool,
    /// The drawing, as it was made last.
    drawn: Option<picture::Drawn>,
}

impl LabState {
    /// Opens a study by its name.
    pub(super) fn open(&mut self, name: &str) {
        name.clone_into(&mut self.study);
        self.exhibit = 0;
        self.asked = None;
    }

    fn name(&self) -> &str {
        if self.study.is_empty() { FIRST } else { &self.study }
    }
}

/// Draws it into a tile's body.
pub(super) fn show(ui: &mut Ui, rect: Rect, state: &mut PanelState, cx: &mut Cx<'_>) {
    let pad = cx.theme.tokens.space.tile_pad;
    let body = rect.shrink2(vec2(pad, 8.0));
    if body.width() < 160.0 || body.height() < 90.0 {
        return;
    }
    let Ok(study) = study::find(state.lab.name()) else {
        state.lab.study.clear();
        return;
    };
    let parameters = state.board.lab.parameters.get(study.name()).cloned();
    state.lab.moving = false;
    let main = if body.width() >= WIDE {
        let side = body.with_max_x(body.left() + SIDE);
        let theme = cx.theme;
        Pen::new(ui, &theme).vline(side.right() + pad, rect.top(), rect.bottom(), theme.hairline());
        super::inside(ui, side, "lab side", |ui| {
            let height = controls(ui, side, study, parameters.as_deref(), state, cx);
            let lower = side.with_min_y(side.top() + height);
            super::inside(ui, lower, "lab values", |ui| {
                ScrollArea::vertical().id_salt(("lab values", study.name())).auto_shrink(false).show(ui, |ui| {
                    values::show(ui, study, parameters.as_deref(), state, cx);
                });
            });
        });
        body.with_min_x(side.right() + 2.0 * pad)
    } else {
        body
    };
    ask(ui, study, state, cx);
    if body.width() >= WIDE {
        picture::show(ui, main, study, state, cx);
    } else {
        super::inside(ui, main, "lab narrow", |ui| {
            ScrollArea::vertical().id_salt("lab narrow").auto_shrink(false).show(ui, |ui| {
                let width = ui.available_width();
                let (_, head) = ui.allocate_space(vec2(width, 96.0));
                let used = controls(ui, head, study, parameters.as_deref(), state, cx);
                ui.add_space((used - 96.0).max(0.0));
                let (_, place) = ui.allocate_space(vec2(width, picture::height(study, width, state)));
                picture::show(ui, place, study, state, cx);
                values::show(ui, study, parameters.as_deref(), state, cx);
            });
        });
    }
}

/// The picker with what the study is about, and buttons; returns the height that they took.
fn controls(
    ui: &mut Ui,
    rect: Rect,
    study: &'static dyn Study,
    parameters: Option<&[Parameter]>,
    state: &mut PanelState,
    cx: &mut Cx<'_>,
) -> f32 {
    let theme = cx.theme;
    let mut all: Vec<&'static dyn Study> = study::ALL.to_vec();
    all.sort_by_key(|s| s.card().group);
    let labels: Vec<String> = all.iter().map(|s| format!("{} · {}", s.card().group.label(), s.card().title)).collect();
    let alternatives: Vec<Alternative<'_>> =
        all.iter().zip(&labels).map(|(s, label)| Alternative { name: s.name(), label, about: "" }).collect();
    let picker = Picker {
        label: "Study",
        about: "What is swept. Every study runs the plant's own code",
        value: study.name(),
        alternatives: &alternatives,
    };
    let place = Rect::from_min_size(rect.min, vec2(rect.width(), 28.0));
    if let Some(name) = picker.show(ui, &theme, place, ui.id().with("lab study")) {
        state.lab.open(&name);
    }
    let pen = Pen::new(ui, &theme);
    let words = study.card().about;
    let at = pos2(rect.left(), place.bottom() + 8.0);
    let told = pen.paragraph(at, rect.width(), words, Face::Caption, theme.text2);
    spoken(ui, told, ui.id().with("lab about"), words);
    let line = Rect::from_min_size(pos2(rect.left(), told.bottom() + 8.0), vec2(rect.width(), 24.0));
    buttons(ui, line, study, parameters, state, cx);
    line.bottom() + 8.0 - rect.top()
}

/// Ways back to the defaults, to the manual and to the command line.
fn buttons(
    ui: &mut Ui,
    line: Rect,
    study: &'static dyn Study,
    parameters: Option<&[Parameter]>,
    state: &mut PanelState,
    cx: &mut Cx<'_>,
) {
    let theme = cx.theme;
    let pen = Pen::new(ui, &theme);
    let own = state.lab.values.get(study.name()).cloned();
    let touched = own
        .as_ref()
        .zip(parameters)
        .is_some_and(|(own, list)| own.iter().zip(list).any(|(value, p)| (value - p.default).abs() > 1e-12));
    let disabled = (!touched).then_some("All parameters stand at their defaults");
    let mut x = line.left();
    let reset = Button { disabled, ..Button::words("Defaults", "Sets all parameters of this study back") };
    let help = Button {
        name: "Manual of this study",
        ..Button::words("Manual", "What to see in this study, and what to try")
    };
    let copy = Button {
        name: "Copy the command",
        ..Button::words("Copy command", "Copies the command that writes these figures and their numbers as files")
    };
    let mut clicked = [false; 3];
    for (button, clicked) in [reset, help, copy].into_iter().zip(&mut clicked) {
        let width = button.width(&pen);
        let place = Rect::from_min_size(pos2(x, line.top()), vec2(width, line.height()));
        x = place.right() + 6.0;
        let id = ui.id().with(("lab", button.name));
        *clicked = button.show(ui, &theme, place, id).clicked();
    }
    let [reset, help, copy] = clicked;
    if reset {
        state.lab.values.remove(study.name());
    }
    if help {
        state.manual.open_study(study.name());
    }
    if copy {
        ui.ctx().copy_text(command(study, parameters.unwrap_or_default(), own.as_deref(), cx));
        state.tell("The command is in the clipboard".to_owned());
    }
}

/// The command that makes the same figures as files.
fn command(study: &dyn Study, parameters: &[Parameter], own: Option<&[f64]>, cx: &Cx<'_>) -> String {
    let mut text = format!("c2g-twin study {} --out {}", study.name(), study.name());
    for (p, value) in parameters.iter().zip(own.unwrap_or_default()) {
        if (value - p.default).abs() > 1e-12 {
            let value = match &p.range {
                Range::Number { .. } => format!("{value}"),
                Range::Choice(choices) => choices.get(*value as usize).map_or_else(String::new, |c| c.name.clone()),
            };
            text += &format!(" --set {}={value}", p.name);
        }
    }
    if let Some(data) = data(cx) {
        text += &format!(" --data '{}'", data.display());
    }
    text
}

/// The folder of measured series that the run plays, where studies can play it too.
fn data(cx: &Cx<'_>) -> Option<std::path::PathBuf> {
    cx.view.setup.data.clone().filter(|_| cx.view.setup.plant == study::PLANT)
}

/// What the person wants to see.
fn wanted(study: &dyn Study, state: &LabState, cx: &Cx<'_>) -> LabKey {
    let values = state.values.get(study.name()).cloned().unwrap_or_default();
    LabKey { study: study.name().to_owned(), values, data: data(cx) }
}

/// Asks where what is shown is of another study or other values. Those that take their time wait until the value is let go.
fn ask(ui: &Ui, study: &'static dyn Study, state: &mut PanelState, cx: &Cx<'_>) {
    let mut key = wanted(study, &state.lab, cx);
    if key.values.is_empty()
        && let Some(list) = state.board.lab.parameters.get(study.name())
    {
        key.values = list.iter().map(|p| p.default).collect();
    }
    let known = state.board.lab.shown.as_ref().is_some_and(|have| have.key == key);
    let asked = state.lab.asked.as_ref().is_some_and(|asked| {
        // The first asking did not know the defaults yet.
        asked == &key
            || asked.values.is_empty() && *asked == LabKey { values: Vec::new(), ..key.clone() } && !moved(state, study)
    });
    if known || asked {
        return;
    }
    if !study.card().quick && state.lab.moving && ui.input(|i| i.pointer.any_down()) {
        return;
    }
    state.lab.asked = Some(key.clone());
    state.board.asks.push(Ask::Study(key));
}

/// Whether a person has moved a parameter of a study.
fn moved(state: &PanelState, study: &dyn Study) -> bool {
    state.lab.values.contains_key(study.name())
}
