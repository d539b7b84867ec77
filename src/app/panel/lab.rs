//! The Lab: a study of the plant itself, its parameters beside it, what it shows and what it found.

use std::collections::BTreeMap;
use std::sync::Arc;

use egui::{Align, DragValue, Rect, ScrollArea, Sense, Slider, Ui, pos2, vec2};

use crate::app::board::{Ask, LabKey, LabShown};
use crate::app::theme::{Face, ThemeName};
use crate::evaluate::figures::Sheet;
use crate::evaluate::study::{self, Parameter, Range, Study};

use super::pen::Pen;
use super::picker::{Alternative, Picker};
use super::widget::{Button, Look, Segment, segmented, spoken};
use super::{Cx, PanelState, drawing};

/// Width of the column with parameters.
const SIDE: f32 = 268.0;

/// From this width on parameters stand beside the drawing.
const WIDE: f32 = 640.0;

/// Height of a parameter that is a number.
const NUMBER: f32 = 44.0;

/// Height of a parameter that is a choice.
const CHOICE: f32 = 46.0;

/// Height of the line that tells what is going on.
const STATUS: f32 = 30.0;

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
    drawn: Option<Drawn>,
}

/// A drawing, and what it was made from.
#[derive(Debug, Clone)]
struct Drawn {
    of: Arc<LabShown>,
    exhibit: usize,
    size: (f32, f32),
    theme: ThemeName,
    sheet: Arc<Sheet>,
}

impl LabState {
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
                    values(ui, study, parameters.as_deref(), state, cx);
                });
            });
        });
        body.with_min_x(side.right() + 2.0 * pad)
    } else {
        body
    };
    ask(ui, study, state, cx);
    if body.width() >= WIDE {
        shown(ui, main, study, state, cx);
    } else {
        super::inside(ui, main, "lab narrow", |ui| {
            ScrollArea::vertical().id_salt("lab narrow").auto_shrink(false).show(ui, |ui| {
                let width = ui.available_width();
                let (_, head) = ui.allocate_space(vec2(width, 96.0));
                let used = controls(ui, head, study, parameters.as_deref(), state, cx);
                ui.add_space((used - 96.0).max(0.0));
                let (_, place) = ui.allocate_space(vec2(width, drawing_height(study, width, state)));
                shown(ui, place, study, state, cx);
                values(ui, study, parameters.as_deref(), state, cx);
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
    all.sort_by_key(|s| s.group());
    let labels: Vec<String> = all.iter().map(|s| format!("{} · {}", s.group().label(), s.title())).collect();
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
        state.lab.study = name;
        state.lab.exhibit = 0;
        state.lab.asked = None;
    }
    let pen = Pen::new(ui, &theme);
    let words = study.about();
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
        state.manual.open_at(&format!("Study: {}", study.title()));
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
    if let Some(data) = &cx.view.setup.data {
        text += &format!(" --data '{}'", data.display());
    }
    text
}

/// Rows of the parameters.
fn values(
    ui: &mut Ui,
    study: &'static dyn Study,
    parameters: Option<&[Parameter]>,
    state: &mut PanelState,
    cx: &mut Cx<'_>,
) {
    let Some(parameters) = parameters else { return };
    ui.spacing_mut().item_spacing.y = 0.0;
    let defaults = || parameters.iter().map(|p| p.default).collect::<Vec<f64>>();
    let mut own = state.lab.values.get(study.name()).cloned().unwrap_or_else(defaults);
    own.resize(parameters.len(), 0.0);
    let before = own.clone();
    for (p, value) in parameters.iter().zip(&mut own) {
        match &p.range {
            Range::Number { low, high, decimals } => {
                state.lab.moving |= number(ui, p, (*low, *high), *decimals, value, cx);
            }
            Range::Choice(choices) => {
                let list: Vec<Alternative<'_>> =
                    choices.iter().map(|c| Alternative { name: &c.name, label: &c.label, about: "" }).collect();
                if let Some(name) = choice(ui, p, &list, *value, cx)
                    && let Some(k) = choices.iter().position(|c| c.name == name)
                {
                    *value = k as f64;
                }
            }
        }
    }
    if own != before {
        state.lab.values.insert(study.name().to_owned(), own);
    }
}

/// A name above its slider, the number at the right; returns whether it is being moved.
fn number(ui: &mut Ui, p: &Parameter, (low, high): (f64, f64), decimals: usize, value: &mut f64, cx: &Cx<'_>) -> bool {
    let theme = cx.theme;
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), NUMBER));
    let rect = rect.with_max_x(rect.right() - 8.0);
    let name = if p.unit.is_empty() { p.label.clone() } else { format!("{}, {}", p.label, p.unit) };
    let field = 66.0_f32.min(rect.width() * 0.4);
    let pen = Pen::new(ui, &theme);
    let y = rect.top() + 12.0;
    let at =
        pen.text_within(pos2(rect.left(), y), Align::Min, rect.width() - field - 6.0, &name, Face::Label, theme.text2);
    spoken(ui, at, ui.id().with(("lab name", &p.name)), &name).on_hover_text(tip(p));
    let place = Rect::from_min_max(pos2(rect.right() - field, rect.top() + 1.0), pos2(rect.right(), rect.top() + 23.0));
    let speed = ((high - low) / 400.0).max(libm::pow(10.0, -(decimals as f64)) / 4.0);
    let drag = super::inside(ui, place, ("lab number", &p.name), |ui| {
        let drag = DragValue::new(value).range(low..=high).speed(speed).fixed_decimals(decimals);
        ui.add_sized(place.size(), drag.update_while_editing(false))
    });
    ui.ctx().accesskit_node_builder(drag.id, |node| node.set_label(format!("{name}, typed")));
    let track = Rect::from_min_max(pos2(rect.left(), rect.top() + 24.0), pos2(rect.right(), rect.top() + 42.0));
    let slider = super::inside(ui, track, ("lab slider", &p.name), |ui| {
        ui.spacing_mut().slider_width = track.width();
        let step = libm::pow(10.0, -(decimals as f64));
        let slider = Slider::new(value, low..=high).show_value(false).fixed_decimals(decimals).step_by(step);
        ui.put(track, slider)
    });
    ui.ctx().accesskit_node_builder(slider.id, |node| node.set_label(name.clone()));
    let moving = drag.dragged() || slider.dragged();
    drag.on_hover_text(tip(p));
    slider.on_hover_text(tip(p));
    moving
}

/// A name above a picker; returns another choice that was made.
fn choice(ui: &mut Ui, p: &Parameter, list: &[Alternative<'_>], value: f64, cx: &Cx<'_>) -> Option<String> {
    let theme = cx.theme;
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), CHOICE));
    let rect = rect.with_max_x(rect.right() - 8.0);
    let pen = Pen::new(ui, &theme);
    pen.text_within(pos2(rect.left(), rect.top() + 9.0), Align::Min, rect.width(), &p.label, Face::Label, theme.text2);
    let place = Rect::from_min_max(pos2(rect.left(), rect.top() + 18.0), pos2(rect.right(), rect.top() + 42.0));
    let own = list.get(value.max(0.0) as usize).map_or("", |a| a.name);
    let picker = Picker { label: &p.label, about: &p.about, value: own, alternatives: list };
    picker.show(ui, &theme, place, ui.id().with(("lab choice", &p.name)))
}

/// What a parameter does, its range and its default.
fn tip(p: &Parameter) -> String {
    let mut text = if p.about.is_empty() { String::new() } else { format!("{} ", p.about) };
    if let Range::Number { low, high, .. } = &p.range {
        text += &format!("From {} to {}. ", p.words(*low), p.words(*high));
    }
    text + &format!("Default {}.", p.words(p.default))
}

/// What the person wants to see.
fn wanted(study: &dyn Study, state: &LabState, cx: &Cx<'_>) -> LabKey {
    let values = state.values.get(study.name()).cloned().unwrap_or_default();
    LabKey { study: study.name().to_owned(), values, data: cx.view.setup.data.clone() }
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
    if !study.quick() && state.lab.moving && ui.input(|i| i.pointer.any_down()) {
        return;
    }
    state.lab.asked = Some(key.clone());
    state.board.asks.push(Ask::Study(key));
}

/// Whether a person has moved a parameter of a study.
fn moved(state: &PanelState, study: &dyn Study) -> bool {
    state.lab.values.contains_key(study.name())
}

/// What is shown of a study, if it is shown.
fn have(study: &dyn Study, state: &PanelState) -> Option<Arc<LabShown>> {
    state.board.lab.shown.clone().filter(|have| have.key.study == study.name())
}

/// The height that drawing and findings want on a narrow tile.
fn drawing_height(study: &dyn Study, width: f32, state: &PanelState) -> f32 {
    let Some(have) = have(study, state) else { return 220.0 };
    let exhibit = have.shown.exhibits.get(state.lab.exhibit.min(have.shown.exhibits.len().saturating_sub(1)));
    let drawing = exhibit.map_or(200.0, |e| e.height(f64::from(width.max(320.0))) as f32);
    drawing + 34.0 + STATUS + 40.0 * have.shown.findings.len() as f32
}

/// The drawing with what stands above and below it.
fn shown(ui: &mut Ui, rect: Rect, study: &'static dyn Study, state: &mut PanelState, cx: &mut Cx<'_>) {
    let theme = cx.theme;
    let rect = status(ui, rect, study, state, cx);
    let Some(have) = have(study, state) else {
        let failed = state.board.lab.failed.as_ref().is_some_and(|f| f.key.study == study.name());
        if !failed && state.board.lab.stopped.is_none() {
            note(ui, rect, "Working it out …", cx);
        }
        return;
    };
    let exhibits = &have.shown.exhibits;
    state.lab.exhibit = state.lab.exhibit.min(exhibits.len().saturating_sub(1));
    let mut body = rect;
    if exhibits.len() > 1 {
        let line = Rect::from_min_size(rect.min, vec2(rect.width(), 26.0));
        let segments: Vec<Segment<'_>> = exhibits
            .iter()
            .enumerate()
            .map(|(k, e)| Segment {
                words: &e.title,
                name: e.title.clone(),
                tip: &e.caption,
                chosen: k == state.lab.exhibit,
            })
            .collect();
        if let Some(k) = segmented(ui, &theme, line, ui.id().with("lab exhibits"), &segments) {
            state.lab.exhibit = k;
        }
        body = rect.with_min_y(line.bottom() + 6.0);
    }
    super::inside(ui, body, "lab shown", |ui| {
        ScrollArea::vertical().id_salt(("lab shown", study.name(), state.lab.exhibit)).auto_shrink(false).show(
            ui,
            |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                let width = ui.available_width();
                let below = findings_height(ui, width, &have, cx);
                let least = exhibits.get(state.lab.exhibit).map_or(200.0, |e| e.height(f64::from(width)) as f32);
                let height = least.max(body.height() - below).max(200.0);
                let (_, place) = ui.allocate_space(vec2(width, height));
                draw(ui, place, &have, state, cx);
                findings(ui, width, &have, cx);
            },
        );
    });
}

/// A line about a study that is being run, was stopped or failed; returns the room below it.
fn status(ui: &mut Ui, rect: Rect, study: &dyn Study, state: &mut PanelState, cx: &Cx<'_>) -> Rect {
    let theme = cx.theme;
    let line = Rect::from_min_size(rect.min, vec2(rect.width(), STATUS - 6.0));
    let below = rect.with_min_y(rect.top() + STATUS);
    let lab = &state.board.lab;
    let running = lab.running.as_ref().filter(|r| r.key.study == study.name() && !study.quick());
    let (words, ink, button) = if let Some(running) = running {
        let share = if running.of > 0 { 100.0 * running.done as f64 / running.of as f64 } else { 0.0 };
        let words =
            if running.stopping { "Stopping …".to_owned() } else { format!("Working it out, {share:.0} % …") };
        let bar = line.with_min_y(line.bottom() - 3.0);
        ui.painter().rect_filled(bar, 0.0, theme.sunken);
        let done = bar.with_max_x(bar.left() + bar.width() * share as f32 / 100.0);
        ui.painter().rect_filled(done, 0.0, theme.text2);
        (words, theme.text2, Some(("Cancel", "Stops the study; what was shown stays")))
    } else if let Some(failed) = lab.failed.as_ref().filter(|f| f.key.study == study.name()) {
        (format!("{} {}", failed.text, failed.cure), theme.alarm.warn, Some(("Try again", "Runs the study again")))
    } else if lab.stopped.as_ref().is_some_and(|key| key.study == study.name()) {
        (
            "Stopped. What is shown is of other values.".to_owned(),
            theme.text2,
            Some(("Go on", "Runs the study after all")),
        )
    } else {
        return rect;
    };
    let pen = Pen::new(ui, &theme);
    let mut right = line.right();
    if let Some((label, tip)) = button {
        let button = Button::words(label, tip).look(Look::Plain);
        let width = button.width(&pen);
        let place = Rect::from_min_size(pos2(right - width, line.top()), vec2(width, 20.0));
        right = place.left() - 8.0;
        if button.show(ui, &theme, place, ui.id().with("lab status")).clicked() {
            if label == "Cancel" {
                state.board.asks.push(Ask::StopStudy);
            } else {
                state.board.lab.failed = None;
                state.board.lab.stopped = None;
                state.lab.asked = None;
            }
        }
    }
    let at = pos2(line.left(), line.top() + 10.0);
    let place = pen.text_within(at, Align::Min, right - line.left(), &words, Face::Label, ink);
    spoken(ui, place, ui.id().with("lab words"), &words);
    below
}

/// A few words where there is no drawing.
fn note(ui: &Ui, body: Rect, words: &str, cx: &Cx<'_>) {
    let at = pos2(body.center().x, body.top() + 24.0);
    let place =
        Pen::new(ui, &cx.theme).text_within(at, Align::Center, body.width(), words, Face::Label, cx.theme.text3);
    spoken(ui, place, ui.id().with("lab note"), words);
}

/// Paints the exhibit, made anew where study, size or colours are others.
fn draw(ui: &mut Ui, rect: Rect, have: &Arc<LabShown>, state: &mut PanelState, cx: &Cx<'_>) {
    let Some(exhibit) = have.shown.exhibits.get(state.lab.exhibit) else { return };
    let size = (rect.width().round(), rect.height().round());
    let same = |d: &Drawn| {
        Arc::ptr_eq(&d.of, have) && d.exhibit == state.lab.exhibit && d.size == size && d.theme == state.theme
    };
    let sheet = match state.lab.drawn.as_ref().filter(|d| same(d)) {
        Some(drawn) => Arc::clone(&drawn.sheet),
        None => {
            let sheet = exhibit.sheet((f64::from(size.0), f64::from(size.1)), &drawing::ink(&cx.theme));
            let sheet = Arc::new(sheet);
            let (of, exhibit) = (Arc::clone(have), state.lab.exhibit);
            state.lab.drawn = Some(Drawn { of, exhibit, size, theme: state.theme, sheet: Arc::clone(&sheet) });
            sheet
        }
    };
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    drawing::paint(&painter, rect.min, &sheet);
    let words = format!("{}. {}", exhibit.title, exhibit.caption);
    let response = ui.interact(rect, ui.id().with("lab drawing"), Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Image, true, &words));
}

/// Room between findings.
const GAP: f32 = 5.0;

fn findings_height(ui: &Ui, width: f32, have: &LabShown, cx: &Cx<'_>) -> f32 {
    let pen = Pen::new(ui, &cx.theme);
    let lines = have.shown.findings.iter().map(|f| pen.paragraph_height(width - 18.0, &f.words, Face::Label) + GAP);
    lines.sum::<f32>() + 14.0
}

/// What was found, in sentences.
fn findings(ui: &mut Ui, width: f32, have: &LabShown, cx: &Cx<'_>) {
    let theme = cx.theme;
    ui.add_space(8.0);
    for (k, finding) in have.shown.findings.iter().enumerate() {
        let pen = Pen::new(ui, &theme);
        let height = pen.paragraph_height(width - 18.0, &finding.words, Face::Label);
        let (_, place) = ui.allocate_space(vec2(width, height + GAP));
        pen.painter.circle_filled(pos2(place.left() + 5.0, place.top() + 8.0), 2.0, theme.text3);
        let at = pos2(place.left() + 14.0, place.top());
        let told = pen.paragraph(at, width - 18.0, &finding.words, Face::Label, theme.text);
        spoken(ui, told, ui.id().with(("lab finding", k)), &finding.words);
    }
}
