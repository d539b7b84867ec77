//! What was done in the run or log that is shown, and what came of it: figures, findings, rules in words.

use std::sync::Arc;

use egui::{Align, Rect, ScrollArea, Sense, Ui, pos2, vec2};

use crate::app::board::{Ask, ExplainKey, ExplainShown, Explaining};
use crate::app::theme::{Face, ThemeName};
use crate::control::FIXED;
use crate::evaluate::explain::Part;
use crate::evaluate::figures::Sheet;
use crate::record::{Provenance, Recording};
use crate::session::{PlayState, RunView};

use super::pen::Pen;
use super::picker::{Alternative, Picker};
use super::widget::{Button, spoken};
use super::{Cx, PanelState, drawing, inside};

/// Width of the column with words.
const SIDE: f32 = 320.0;
/// From this width on words stand beside the figure.
const WIDE: f32 = 700.0;
/// Height of the line that tells what is going on.
const STATUS: f32 = 28.0;
/// Rows that pass before everything is worked out anew while time passes, as a share of those that there are.
const RENEWED: u64 = 12;
/// Room at the right of a figure: letters of the window are a little wider than those of files.
const EDGE: f32 = 14.0;
/// Room between findings.
const GAP: f32 = 6.0;

/// What the tile remembers.
#[derive(Debug, Clone, Default)]
pub(super) struct ExplainState {
    /// Name of the figure that is shown; empty for the first.
    exhibit: String,
    /// Whether the run is made again.
    again: bool,
    /// What was asked for last.
    asked: Option<ExplainKey>,
    /// The figure, as it was drawn last.
    drawn: Option<Drawn>,
}

/// A drawing, and what it was made from.
#[derive(Debug, Clone)]
struct Drawn {
    of: Arc<ExplainShown>,
    exhibit: String,
    size: (f32, f32),
    theme: ThemeName,
    sheet: Arc<Sheet>,
}

/// All rows of what is shown, and where their columns come from.
fn rows(view: &RunView) -> (Recording, Option<Arc<[Provenance]>>) {
    match (&view.replay, view.beside.shown_run()) {
        (Some(replay), _) => (replay.all.clone(), Some(Arc::clone(&replay.provenance))),
        (None, Some(run)) => (run.recording.clone(), None),
        (None, None) => (view.recording.clone(), None),
    }
}

/// What the run is called.
fn source(view: &RunView) -> String {
    match &view.replay {
        Some(replay) => replay.name.clone(),
        None => format!("{}, run {}", view.spec.title, view.run),
    }
}

/// Asks where what is known is of another run, or old.
fn ask(state: &mut PanelState, cx: &Cx<'_>) {
    let view = cx.view;
    let (recording, provenance) = rows(view);
    let mut key = ExplainKey {
        run: view.run,
        log: view.replay.as_ref().map_or_else(String::new, |replay| replay.path.clone()),
        rows: recording.rows(),
        again: state.explain.again,
    };
    if state.explain.asked.as_ref().is_some_and(|have| have.run != key.run || have.log != key.log) {
        // What was made again was another run.
        state.explain.again = false;
    }
    key.again = state.explain.again;
    let same = |have: &ExplainKey| have.run == key.run && have.log == key.log;
    let moving = view.play == PlayState::Playing || view.replay.as_ref().is_some_and(|r| r.reading.is_some());
    let fresh = |have: &ExplainKey| {
        let grown = key.rows.saturating_sub(have.rows);
        same(have)
            && have.again == key.again
            && have.rows <= key.rows
            && (grown == 0 || (moving || key.again) && grown < (key.rows / RENEWED).max(60))
    };
    let board = &state.board.explain;
    let known = board.shown.as_ref().is_some_and(|have| fresh(&have.key));
    let busy = board.running.as_ref().is_some_and(|r| same(&r.key) && r.key.again == key.again && !r.stopping);
    if known || busy || key.rows == 0 || state.explain.asked.as_ref() == Some(&key) {
        return;
    }
    let idle = |slot: &crate::plant::Slot| {
        let driver = view.spec.slots.iter().position(|s| s.name == slot.name).and_then(|k| view.slots.get(k));
        slot.optional && driver.is_some_and(|d| d.controller == FIXED)
    };
    let part = Part {
        spec: Arc::clone(&view.spec),
        schema: Arc::clone(&view.schema),
        rows: recording.rows(),
        recording,
        provenance,
        idle_slots: view.spec.slots.iter().map(idle).collect(),
        name: "episode 1".to_owned(),
    };
    state.explain.asked = Some(key.clone());
    let path = view.replay.as_ref().map(|replay| replay.path.clone().into());
    let what = Explaining { key, parts: vec![part], path, passing: false, source: source(view) };
    state.board.asks.push(Ask::Explain(Box::new(what)));
}

/// Draws it into a tile's body.
pub(super) fn show(ui: &mut Ui, rect: Rect, state: &mut PanelState, cx: &mut Cx<'_>) {
    let pad = cx.theme.tokens.space.tile_pad;
    let body = rect.shrink2(vec2(pad, 8.0));
    if body.width() < 140.0 || body.height() < 80.0 {
        return;
    }
    ask(state, cx);
    let body = status(ui, body, state, cx);
    let view = cx.view;
    let log = view.replay.as_ref().map_or("", |r| r.path.as_str());
    let have = state.board.explain.shown.clone().filter(|have| have.key.run == view.run && have.key.log == log);
    let Some(have) = have else {
        if state.board.explain.failed.is_none() {
            let words = if rows(view).0.rows() == 0 { "There are no rows yet" } else { "Working it out …" };
            note(ui, body, words, cx);
        }
        return;
    };
    if body.width() >= WIDE {
        let side = body.with_max_x(body.left() + SIDE);
        Pen::new(ui, &cx.theme).vline(side.right() + pad, rect.top(), rect.bottom(), cx.theme.hairline());
        let top = controls(ui, side, &have, state, cx);
        words(ui, side.with_min_y(top), "explain words", &have, cx);
        figure(ui, body.with_min_x(side.right() + 2.0 * pad), &have, state, cx);
        return;
    }
    let top = controls(ui, body, &have, state, cx);
    let lower = body.with_min_y(top);
    inside(ui, lower, "explain narrow", |ui| {
        ScrollArea::vertical().id_salt("explain narrow").auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let width = ui.available_width();
            let height = chosen(&have, state).map_or(0.0, |e| e.height(f64::from(width.max(320.0))) as f32);
            let (_, place) = ui.allocate_space(vec2(width, height));
            draw(ui, place, &have, state, cx);
            sentences(ui, width, &have, cx);
        });
    });
}

/// The figure that is chosen.
fn chosen<'a>(have: &'a ExplainShown, state: &PanelState) -> Option<&'a crate::evaluate::exhibit::Exhibit> {
    have.exhibits.iter().find(|e| e.name == state.explain.exhibit).or_else(|| have.exhibits.first())
}

/// Picker of the figure and buttons; returns where they end.
fn controls(ui: &mut Ui, rect: Rect, have: &Arc<ExplainShown>, state: &mut PanelState, cx: &Cx<'_>) -> f32 {
    let theme = cx.theme;
    let line = Rect::from_min_size(rect.min, vec2(rect.width(), 28.0));
    let value = chosen(have, state).map_or(String::new(), |e| e.name.clone());
    let alternatives: Vec<Alternative<'_>> =
        have.exhibits.iter().map(|e| Alternative { name: &e.name, label: &e.title, about: "" }).collect();
    let picker =
        Picker { label: "Figure", about: "What is shown of the run", value: &value, alternatives: &alternatives };
    if let Some(name) = picker.show(ui, &theme, line, ui.id().with("explain figure")) {
        state.explain.exhibit = name;
    }
    let line = Rect::from_min_size(pos2(rect.left(), line.bottom() + 8.0), vec2(rect.width(), 24.0));
    let pen = Pen::new(ui, &theme);
    let done = "The run was made again; what came of it is among the figures";
    let never = "This plant has no story for which its run must be made again";
    let disabled = if have.key.again {
        Some(done)
    } else if have.may_again {
        None
    } else {
        Some(never)
    };
    let tip = "Runs the plant on the same inputs with its levers at rest and with other sizes of its battery: what the policy \
               saves, whose the saving is, from which size on a battery would matter";
    let again = Button { disabled, ..Button::words("Make it again", tip) };
    let log = cx.view.replay.as_ref().map(|r| r.path.clone());
    let no_log = log.is_none().then_some("Save the run's log first; then play it");
    let copy = Button {
        name: "Copy the command",
        disabled: no_log,
        ..Button::words("Copy command", "Copies the command that writes these figures, rules and numbers as files")
    };
    let rules = Button {
        name: "Copy the rules",
        ..Button::words("Copy rules", "Copies the rules in words with their support")
    };
    let mut x = line.left();
    let mut clicked = [false; 3];
    for (button, clicked) in [again, rules, copy].into_iter().zip(&mut clicked) {
        let width = button.width(&pen).min(line.right() - x);
        if width < 40.0 {
            continue;
        }
        let place = Rect::from_min_size(pos2(x, line.top()), vec2(width, line.height()));
        x = place.right() + 6.0;
        let id = ui.id().with(("explain", button.name));
        *clicked = button.show(ui, &theme, place, id).clicked();
    }
    let [again, rules, copy] = clicked;
    if again {
        state.explain.again = true;
    }
    if rules {
        ui.ctx().copy_text(have.rules.clone());
        state.tell("The rules are in the clipboard".to_owned());
    }
    if let Some(log) = log.filter(|_| copy) {
        ui.ctx().copy_text(format!("c2g-twin explain '{log}' --out explained"));
        state.tell("The command is in the clipboard".to_owned());
    }
    line.bottom() + 10.0
}

/// A line about what is being worked out or went wrong; returns the room below it.
fn status(ui: &mut Ui, rect: Rect, state: &mut PanelState, cx: &Cx<'_>) -> Rect {
    let theme = cx.theme;
    let line = Rect::from_min_size(rect.min, vec2(rect.width(), STATUS - 6.0));
    let board = &state.board.explain;
    let (words, ink, button) =
        if let Some(running) = board.running.as_ref().filter(|r| r.key.again || board.shown.is_none()) {
            let bar = line.with_min_y(line.bottom() - 3.0);
            ui.painter().rect_filled(bar, 0.0, theme.sunken);
            ui.painter().rect_filled(bar.with_max_x(bar.left() + bar.width() * running.share as f32), 0.0, theme.text2);
            let words = match (running.stopping, running.what.is_empty()) {
                (true, _) => "Stopping …".to_owned(),
                (false, true) => "Working it out …".to_owned(),
                (false, false) => format!("{} · {:.0} %", running.what, 100.0 * running.share),
            };
            (words, theme.text2, ("Cancel", "Stops it; what was shown stays"))
        } else if let Some(failed) = &board.failed {
            (format!("{} {}", failed.text, failed.cure), theme.alarm.warn, ("Try again", "Works it out again"))
        } else {
            return rect;
        };
    let pen = Pen::new(ui, &theme);
    let button_look = Button::words(button.0, button.1);
    let width = button_look.width(&pen);
    let place = Rect::from_min_size(pos2(line.right() - width, line.top()), vec2(width, 20.0));
    if button_look.show(ui, &theme, place, ui.id().with("explain status")).clicked() {
        if button.0 == "Cancel" {
            state.explain.again = false;
            state.board.asks.push(Ask::StopExplain);
        } else {
            state.board.explain.failed = None;
        }
        state.explain.asked = None;
    }
    let at = pos2(line.left(), line.top() + 9.0);
    let told = pen.text_within(at, Align::Min, place.left() - line.left() - 8.0, &words, Face::Label, ink);
    spoken(ui, told, ui.id().with("explain doing"), &words);
    rect.with_min_y(rect.top() + STATUS)
}

/// A few words where there is nothing else.
fn note(ui: &Ui, body: Rect, words: &str, cx: &Cx<'_>) {
    let at = pos2(body.center().x, body.top() + 24.0);
    let place =
        Pen::new(ui, &cx.theme).text_within(at, Align::Center, body.width(), words, Face::Label, cx.theme.text3);
    spoken(ui, place, ui.id().with("explain note"), words);
}

/// The words in a column of their own.
fn words(ui: &mut Ui, rect: Rect, name: &str, have: &ExplainShown, cx: &Cx<'_>) {
    inside(ui, rect, name, |ui| {
        ScrollArea::vertical().id_salt(name).auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let width = ui.available_width();
            sentences(ui, width, have, cx);
        });
    });
}

/// Findings and notes, line by line.
fn sentences(ui: &mut Ui, width: f32, have: &ExplainShown, cx: &Cx<'_>) {
    let theme = cx.theme;
    ui.add_space(2.0);
    let findings = have.findings.iter().map(|f| (f.words.as_str(), theme.text));
    let notes = have.notes.iter().map(|n| (n.as_str(), theme.text3));
    for (k, (words, ink)) in findings.chain(notes).enumerate() {
        let pen = Pen::new(ui, &theme);
        let height = pen.paragraph_height(width - 20.0, words, Face::Label);
        let (_, place) = ui.allocate_space(vec2(width, height + GAP));
        pen.painter.circle_filled(pos2(place.left() + 5.0, place.top() + 8.0), 2.0, *theme.text3);
        let at = pos2(place.left() + 14.0, place.top());
        let told = pen.paragraph(at, width - 20.0, words, Face::Label, ink);
        spoken(ui, told, ui.id().with(("explain finding", k)), words);
    }
}

/// The figure with room to scroll where it is higher than the tile.
fn figure(ui: &mut Ui, rect: Rect, have: &Arc<ExplainShown>, state: &mut PanelState, cx: &Cx<'_>) {
    inside(ui, rect, "explain figure room", |ui| {
        ScrollArea::vertical().id_salt(("explain figure", &state.explain.exhibit)).auto_shrink(false).show(ui, |ui| {
            let width = ui.available_width();
            let least = chosen(have, state).map_or(200.0, |e| e.height(f64::from(width)) as f32);
            // A single plot fills the tile, up to twice the height that suits it.
            let height = least.max(rect.height().min(1.6 * least)).max(200.0);
            let (_, place) = ui.allocate_space(vec2(width, height));
            draw(ui, place, have, state, cx);
        });
    });
}

/// Paints the figure, made anew where run, size or colours are others.
fn draw(ui: &mut Ui, rect: Rect, have: &Arc<ExplainShown>, state: &mut PanelState, cx: &Cx<'_>) {
    let Some(exhibit) = chosen(have, state) else { return };
    let size = (rect.width().round(), rect.height().round());
    let same =
        |d: &Drawn| Arc::ptr_eq(&d.of, have) && d.exhibit == exhibit.name && d.size == size && d.theme == state.theme;
    let sheet = match state.explain.drawn.as_ref().filter(|d| same(d)) {
        Some(drawn) => Arc::clone(&drawn.sheet),
        None => {
            let sheet =
                Arc::new(exhibit.sheet((f64::from(size.0 - EDGE), f64::from(size.1)), &drawing::ink(&cx.theme)));
            let (of, exhibit) = (Arc::clone(have), exhibit.name.clone());
            state.explain.drawn = Some(Drawn { of, exhibit, size, theme: state.theme, sheet: Arc::clone(&sheet) });
            sheet
        }
    };
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    drawing::paint(&painter, rect.min, &sheet);
    let words = format!("{}. {}", exhibit.title, exhibit.caption);
    let response = ui.interact(rect, ui.id().with("explain drawing"), Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Image, true, &words));
}
